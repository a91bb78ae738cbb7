"""Cases of robots.txt: RFC 9309 by section, and what crawlers forgive (Google's documented and published behaviour).

One table of (rule that is proved, file, {product: paths that it may (+) and may not (-) fetch}).
"""

LINE_LIMIT = 8 * 2_083 - 1
LONG_A = "/x/" + "a" * (LINE_LIMIT - len("disallow: /x/") - 1)


def file(*lines: str) -> bytes:
    return "\n".join([*lines, ""]).encode()


MERGED = file(
    "user-agent: ExampleBot", "disallow: /foo", "disallow: /bar", "", "user-agent: ExampleBot", "disallow: /baz"
)
FALLBACK = file("user-agent: *", "disallow: /foo", "disallow: /bar", "", "user-agent: BazBot", "disallow: /baz")
GROUPS = file(
    "allow: /foo/bar/", "", "user-agent: FooBot", "disallow: /", "allow: /x/", "user-agent: BarBot", "disallow: /",
    "allow: /y/", "", "", "allow: /w/", "user-agent: BazBot", "", "user-agent: FooBot", "allow: /z/", "disallow: /",
)  # fmt: skip
SIMPLE = file(
    "User-Agent: *", "Disallow: *.gif$", "Disallow: /example/", "Allow: /publications/", "",
    "User-Agent: foobot", "Disallow:/", "Allow:/example/page.html", "Allow:/example/allowed.gif", "",
    "User-Agent: barbot", "User-Agent: bazbot", "Disallow: /example/page.html", "",
    "User-Agent: quxbot",
)  # fmt: skip
LONGEST = file("User-Agent: foobot", "Allow: /example/page/", "Disallow: /example/page/disallowed.gif")


def foobot(*rules: str) -> bytes:
    return file("user-agent: FooBot", *rules)


CASES: list[tuple[str, bytes, dict[str, str]]] = [
    # --- RFC 9309, section 2.2: groups
    ("2.2 no file, no rules", b"", {"FooBot": "+/a +/"}),
    ("2.2 a group holds for its name alone", foobot("disallow: /"), {"FooBot": "-/a", "BarBot": "+/a"}),
    (
        "2.2 groups, their parts, and rules outside of them",
        GROUPS,
        {
            "FooBot": "+/x/b +/z/d -/y/c -/foo/bar/",
            "BarBot": "+/y/c +/w/a -/z/d -/foo/bar/",
            "BazBot": "+/z/d -/foo/bar/",
            "QuxBot": "+/x/b",
        },
    ),
    ("2.2 field names in any case", file("USER-AGENT: FooBot", "DISALLOW: /", "aLLoW: /x/"), {"FooBot": "-/a +/x/y"}),
    (
        "2.2 white space around the colon",
        file("  user-agent \t: FooBot  ", "\tdisallow  :  /x  "),
        {"FooBot": "-/x +/y"},
    ),
    ("2.2 unknown fields say nothing", file("foo: FooBot", "bar: /"), {"FooBot": "+/a"}),
    ("2.2 lines end in LF", b"user-agent: a\nallow: /p\nuser-agent: b\n\n\ndisallow: /\n", {"a": "+/q", "b": "-/q"}),
    (
        "2.2 lines end in CRLF",
        b"user-agent: a\r\nallow: /p\r\nuser-agent: b\r\n\r\n\r\ndisallow: /\r\n",
        {"a": "+/q", "b": "-/q"},
    ),
    ("2.2 lines end in CR", b"user-agent: a\rallow: /p\ruser-agent: b\r\r\rdisallow: /\r", {"a": "+/q", "b": "-/q"}),
    (
        "2.2 lines end in all of these, the last in nothing",
        b"user-agent: a\nallow: /p\r\nuser-agent: b\r\n\r\ndisallow: /",
        {"a": "+/q", "b": "-/q"},
    ),
    (
        "2.2 nothing else ends a line",
        "user-agent: *\ndisallow: /a\u2028allow: /\x0bdisallow: /b\x85\ndisallow: /c".encode(),
        {"FooBot": "+/b -/c +/a"},
    ),
    # --- 2.2.1: the user-agent line
    ("2.2.1 the groups of one name are one", MERGED, {"ExampleBot": "-/foo -/bar -/baz +/qux"}),
    (
        "2.2.1 the groups of `*` are one",
        file("user-agent: *", "disallow: /a", "user-agent: x", "disallow: /b", "user-agent: *", "disallow: /c"),
        {"FooBot": "-/a -/c +/b"},
    ),
    ("2.2.1 `*` holds for who has no group", FALLBACK, {"ExampleBot": "-/foo -/bar +/baz", "BazBot": "+/foo -/baz"}),
    (
        "2.2.1 `*` may come first or last",
        file("user-agent: FooBot", "disallow: /y/", "user-agent: *", "disallow: /x/"),
        {"FooBot": "+/x/page -/y/page", "BarBot": "-/x/page"},
    ),
    ("2.2.1 no group, no rules", file("user-agent: BarBot", "disallow: /"), {"FooBot": "+/a"}),
    ("2.2.1 names in any case", file("user-agent: FOOBOT", "disallow: /"), {"foobot": "-/a", "FooBot": "-/a"}),
    (
        "2.2.1 a name is matched whole",
        file(
            "user-agent: Foo", "disallow: /a", "user-agent: Bot", "disallow: /b", "user-agent: FooBotX", "disallow: /c"
        ),
        {"FooBot": "+/a +/b +/c"},
    ),
    (
        "2.2.1 hyphens and underscores are of the name",
        file("user-agent: Foo-Bot_x", "disallow: /"),
        {"foo-bot_x": "-/a", "foo": "+/a", "foo-bot": "+/a"},
    ),
    (
        "2.2.1 a group without rules allows all",
        file("user-agent: *", "disallow: /", "", "user-agent: FooBot"),
        {"FooBot": "+/a", "BarBot": "-/a"},
    ),
    (
        "2.2.1 many names, one group",
        file("user-agent: a", "user-agent: b", "", "# c", "user-agent: c", "disallow: /"),
        {"a": "-/x", "b": "-/x", "c": "-/x", "d": "+/x"},
    ),
    # --- 2.2.2: allow and disallow
    ("2.2.2 matching is case sensitive", foobot("disallow: /x/"), {"FooBot": "-/x/y +/X/y"}),
    ("2.2.2 matching starts at the first octet", foobot("disallow: /x"), {"FooBot": "+/y/x -/xy"}),
    (
        "2.2.2 the longest match wins, disallow",
        foobot("disallow: /x/page.html", "allow: /x/"),
        {"FooBot": "-/x/page.html +/x/"},
    ),
    (
        "2.2.2 the longest match wins, allow",
        foobot("allow: /x/page.html", "disallow: /x/"),
        {"FooBot": "+/x/page.html -/x/"},
    ),
    ("2.2.2 the order does not matter", foobot("disallow: /", "allow: /p"), {"FooBot": "+/page -/a"}),
    ("2.2.2 allow wins a tie", foobot("disallow: /folder", "allow: /folder"), {"FooBot": "+/folder/page"}),
    ("2.2.2 allow wins a tie of everything", foobot("disallow: /", "allow: /"), {"FooBot": "+/a"}),
    ("2.2.2 an octet more is a longer match", foobot("disallow: /x", "allow: /x/"), {"FooBot": "-/x +/x/"}),
    (
        "2.2.2 the length counts, not the wildcard",
        foobot("allow: /page", "disallow: /*.html"),
        {"FooBot": "-/page.html +/page"},
    ),
    (
        "2.2.2 the length counts, with a wildcard",
        foobot("allow: /x/page.", "disallow: /*.html"),
        {"FooBot": "+/x/page.html -/x/y.html"},
    ),
    ("2.2.2 a question mark is one octet", foobot("disallow: /*?", "allow: /ab/"), {"FooBot": "+/ab/c?d -/b?d"}),
    ("2.2.2 an empty rule says nothing", foobot("disallow:", "allow:"), {"FooBot": "+/a"}),
    (
        "2.2.2 an empty rule ends the names",
        file("user-agent: a", "disallow:", "user-agent: b", "disallow: /"),
        {"a": "+/x", "b": "-/x"},
    ),
    ("2.2.2 a rule given twice is given once", foobot("disallow: /a", "disallow: /a"), {"FooBot": "-/a"}),
    ("2.2.2 no rule matches", foobot("disallow: /a"), {"FooBot": "+/b"}),
    ("2.2.2 robots.txt itself is allowed", foobot("disallow: /"), {"FooBot": "+/robots.txt -/robots.txt.bak"}),
    (
        "2.2.2 table 4, plain",
        foobot("disallow: /foo/bar?baz=quz"),
        {"FooBot": "-/foo/bar?baz=quz +/foo/bar?baz=qux +/foo/bar"},
    ),
    (
        "2.2.2 table 4, reserved in a query",
        foobot("disallow: /foo/bar?baz=https://foo.bar"),
        {"FooBot": "-/foo/bar?baz=https%3A%2F%2Ffoo.bar -/foo/bar?baz=https://foo.bar +/foo/bar?baz=https"},
    ),
    (
        "2.2.2 table 4, reserved and encoded in the rule",
        foobot("disallow: /foo/bar?baz=https%3A%2F%2Ffoo.bar"),
        {"FooBot": "-/foo/bar?baz=https://foo.bar -/foo/bar?baz=https%3a%2f%2ffoo.bar"},
    ),
    (
        "2.2.2 table 4, beyond ASCII",
        foobot("disallow: /", "allow: /foo/bar/ツ"),
        {"FooBot": "+/foo/bar/%E3%83%84 +/foo/bar/%e3%83%84 +/foo/bar/ツ -/foo/bar/ッ"},
    ),
    (
        "2.2.2 table 4, beyond ASCII and encoded in the rule",
        foobot("disallow: /", "allow: /foo/bar/%E3%83%84"),
        {"FooBot": "+/foo/bar/%E3%83%84 +/foo/bar/ツ"},
    ),
    (
        "2.2.2 table 4, unreserved need no encoding",
        foobot("disallow: /", "allow: /foo/bar/%62%61%7A"),
        {"FooBot": "+/foo/bar/baz +/foo/bar/%62%61%7a"},
    ),
    (
        "2.2.2 unreserved encoded in the address",
        foobot("disallow: /~joe/a-b_c.d"),
        {"FooBot": "-/%7Ejoe/%61%2Db%5Fc%2Ed -/~joe/a-b_c.d"},
    ),
    (
        "2.2.2 a slash in a name is no slash",
        foobot("disallow: /a/b", "disallow: /c%2Fd"),
        {"FooBot": "+/a%2Fb -/a/b +/c/d -/c%2fd"},
    ),
    (
        "2.2.2 a question mark in a name is no query",
        foobot("disallow: /*?"),
        {"FooBot": "+/who-is-he%3F -/who? -/who?he"},
    ),
    (
        "2.2.2 a percent sign is itself",
        foobot("disallow: /100%25-sure", "disallow: /50%-off"),
        {"FooBot": "-/100%25-sure -/50%25-off -/100%-sure"},
    ),
    (
        "2.2.2 other encodings: octets are compared",
        b"user-agent: *\ndisallow: /caf\xe9\n",
        {"FooBot": "-/caf%E9 +/caf%E8 +/caf%C3%A9"},
    ),
    (
        "2.2.2 other encodings, encoded: octets are compared",
        foobot("disallow: /%F1%F2%E0"),
        {"FooBot": "-/%f1%f2%e0/ +/%F0%F2%E0/"},
    ),
    (
        "2.2.2 reserved and bare in the rule",
        foobot("disallow: /a:b,c;d@e!f'(g)+h&i"),
        {"FooBot": "-/a%3Ab%2Cc%3Bd%40e%21f%27%28g%29%2Bh%26i -/a:b,c;d@e!f'(g)+h&i"},
    ),
    ("2.2.2 spaces in a rule", foobot("disallow: /a b"), {"FooBot": "-/a%20b +/a"}),
    (
        "2.2.2 dot segments are gone before the address is sent",
        foobot("disallow: /private/"),
        {"FooBot": "-/a/../private/x -/./private/x +/private/../a +/a/..private/"},
    ),
    ("2.2.2 doubled slashes stay", foobot("disallow: //x", "disallow: /y"), {"FooBot": "-//x/a +/x/a +//y"}),
    ("2.2.2 an address without a path", foobot("disallow: /$"), {"FooBot": "- -/ +?a"}),
    ("2.2.2 a fragment is never sent", foobot("disallow: /a$"), {"FooBot": "-/a#!/b"}),
    # --- 2.2.3: special characters
    (
        "2.2.3 `#` begins a comment",
        foobot("# disallow: /", "disallow: /foo/quz#qux", "allow: / # all"),
        {"FooBot": "+/foo/bar -/foo/quz"},
    ),
    ("2.2.3 a comment after a name", file("user-agent: FooBot # ours", "disallow: /"), {"FooBot": "-/a"}),
    (
        "2.2.3 `$` ends the address",
        foobot("disallow: /foo/bar$", "allow: /foo/bar/qux"),
        {"FooBot": "-/foo/bar +/foo/bar/qux +/foo/bar/ +/foo/bar/baz +/foo/bar?a"},
    ),
    (
        "2.2.3 `$` elsewhere is itself",
        foobot("disallow: /a$b", "disallow: /c$"),
        {"FooBot": "-/a$b -/a%24b +/ab +/c$d"},
    ),
    (
        "2.2.3 `*` is any characters, or none",
        foobot("disallow: /foo/bar/quz", "allow: /foo/*/qux"),
        {"FooBot": "-/foo/bar/quz +/foo/quz +/foo//quz +/foo/bax/quz"},
    ),
    (
        "2.2.3 `*` in the middle",
        foobot("disallow: /", "allow: /this/*/exactly"),
        {"FooBot": "+/this/and/that/exactly -/this/exactly +/this//exactly"},
    ),
    ("2.2.3 many `*`", foobot("disallow: /a**b*c$"), {"FooBot": "-/axxbyyc -/abc +/abcd +/acb"}),
    ("2.2.3 `*` at the start", foobot("disallow: *.gif$"), {"FooBot": "-/a/b.gif +/a/b.gif?x"}),
    ("2.2.3 `*` reaches into the query", foobot("disallow: /*print="), {"FooBot": "-/a?x=1&print=1"}),
    (
        "2.2.3 `%2A` is a star",
        foobot("disallow: /path/file-with-a-%2A.html"),
        {"FooBot": "-/path/file-with-a-*.html -/path/file-with-a-%2a.html +/path/file-with-a-b.html"},
    ),
    (
        "2.2.3 `%24` is a dollar",
        foobot("disallow: /path/foo-%24"),
        {"FooBot": "-/path/foo-$ -/path/foo-$x +/path/foo-"},
    ),
    # --- 2.2.4: other records
    (
        "2.2.4 a sitemap ends no group",
        file("user-agent: BarBot", "sitemap: https://foo.bar/sitemap", "user-agent: *", "disallow: /"),
        {"FooBot": "-/a", "BarBot": "-/a"},
    ),
    (
        "2.2.4 a sitemap between rules",
        foobot("disallow: /a", "sitemap: https://foo.bar/s", "disallow: /b"),
        {"FooBot": "-/a -/b"},
    ),
    (
        "2.2.4 what is unknown ends no group",
        file("user-agent: BarBot", "Invalid-Unknown-Line: unknown", "user-agent: *", "disallow: /"),
        {"FooBot": "-/a", "BarBot": "-/a"},
    ),
    (
        "2.2.4 what is unknown between rules",
        foobot("disallow: /a", "Noindex: /b", "Host: foo.bar", "disallow: /c"),
        {"FooBot": "-/a +/b -/c"},
    ),
    ("2.2.4 a crawl delay among rules", foobot("crawl-delay: 5", "disallow: /a"), {"FooBot": "-/a"}),
    (
        "2.2.4 a robot's own delay is no other robot's ban",
        file("user-agent: *", "crawl-delay: 10", "", "user-agent: BadBot", "disallow: /"),
        {"FooBot": "+/a", "BadBot": "-/a"},
    ),
    # --- 2.5: limits are on octets (fetch/test_robots.py), a line is cut, not dropped
    ("2.5 a line too long is cut", foobot(f"disallow: {LONG_A}/qux"), {"FooBot": f"+/fux -{LONG_A}/fux"}),
    (
        "2.5 a line too long hides no other",
        foobot("disallow: /", f"allow: {LONG_A}/qux", "allow: /b"),
        {"FooBot": f"-/ +{LONG_A}/qux +/b"},
    ),
    # --- 5: examples
    (
        "5.1 simple example",
        SIMPLE,
        {
            "foobot": "+/example/page.html +/example/allowed.gif -/a",
            "barbot": "-/example/page.html +/a.gif",
            "bazbot": "-/example/page.html",
            "quxbot": "+/example/page.html +/a.gif",
            "other": "-/a.gif -/example/x +/publications/x +/publications/x.gif",
        },
    ),
    ("5.2 longest match", LONGEST, {"foobot": "-/example/page/disallowed.gif +/example/page/a"}),
    # --- what crawlers forgive
    *(
        (f"spelling: {spelled}", file("user-agent: FooBot", f"{spelled}: /a"), {"FooBot": "-/a"})
        for spelled in (
            "disallow",
            "dissallow",
            "dissalow",
            "disalow",
            "diasllow",
            "disallaw",
            "Disallowed",
            "Disallow all",
        )
    ),
    *(
        (f"spelling: {spelled}", file(f"{spelled}: FooBot", "disallow: /a"), {"FooBot": "-/a"})
        for spelled in ("user-agent", "useragent", "user agent", "User-Agents")
    ),
    ("white space for a colon", file("user-agent FooBot", "disallow /", "allow\t/x"), {"FooBot": "-/a +/x"}),
    ("white space for a colon, and a colon later", file("user-agent *", "disallow /a:b"), {"FooBot": "-/a:b +/a"}),
    (
        "three words without a colon are prose",
        file("user-agent: *", "disallow /a /b", "allow this please"),
        {"FooBot": "+/a"},
    ),
    (
        "a name up to its blank",
        file("User-Agent: FOO BAR", "Allow: /x/", "Disallow: /"),
        {"Foo": "+/x/y", "foo": "-/a/b"},
    ),
    (
        "a name up to its blank beats `*`",
        file("User-Agent: *", "Disallow: /", "User-Agent: Foo Bar", "Allow: /x/", "Disallow: /"),
        {"Foo": "+/x/y -/y"},
    ),
    ("a name up to its version", file("user-agent: FooBot/2.1", "disallow: /"), {"FooBot": "-/a"}),
    ("a name with a star is that name", file("user-agent: FooBot*", "disallow: /"), {"FooBot": "-/a", "Foo": "+/a"}),
    ("a star with words after it is a star", file("user-agent: * (all robots)", "disallow: /"), {"FooBot": "-/a"}),
    (
        "a name that is none is nobody's",
        file("user-agent:", "disallow: /", "user-agent: *bot", "disallow: /"),
        {"FooBot": "+/a", "bot": "+/a"},
    ),
    (
        "a mark of UTF-8 before the first line",
        b"\xef\xbb\xbfUser-Agent: FooBot\nAllow: /x\nDisallow: /\n",
        {"FooBot": "+/x -/a"},
    ),
    ("half a mark of UTF-8", b"\xef\xbbUser-Agent: FooBot\nDisallow: /\n", {"FooBot": "-/a"}),
    ("a third of a mark of UTF-8", b"\xefUser-Agent: FooBot\nDisallow: /\n", {"FooBot": "-/a"}),
    ("what is no mark spoils its line", b"\xef\x11\xbfUser-Agent: FooBot\nDisallow: /\n", {"FooBot": "+/a"}),
    (
        "a mark in the middle spoils its line",
        b"User-Agent: FooBot\n\xef\xbb\xbfDisallow: /a\nDisallow: /b\n",
        {"FooBot": "+/a -/b"},
    ),
    ("NULs are nothing", b"User-\0Agent: FooBot\0\nDisallow: /\0a\n\0", {"FooBot": "-/a +/b"}),
    ("UTF-16 is read as ASCII", "\ufeffUser-Agent: FooBot\nDisallow: /a\n".encode("utf-16-le"), {"FooBot": "-/a"}),
    (
        "index.html is its folder",
        file("User-Agent: *", "Allow: /allowed-slash/index.html", "Disallow: /"),
        {"foobot": "+/allowed-slash/ -/allowed-slash/index.htm +/allowed-slash/index.html -/anyother"},
    ),
    (
        "HTML is no rules",
        b"<!doctype html><html><head><title>Disallow: /</title></head>\n<p>User-agent: *</p></html>",
        {"FooBot": "+/a"},
    ),
    (
        "/fish",
        foobot("disallow: /", "allow: /fish"),
        {
            "FooBot": "+/fish +/fish.html +/fish/salmon.html +/fishheads +/fishheads/yummy.html +/fish.html?id=anything"
            " -/bar -/Fish.asp -/catfish -/?id=fish"
        },
    ),
    (
        "/fish*",
        foobot("disallow: /", "allow: /fish*"),
        {
            "FooBot": "+/fish +/fish.html +/fishheads/yummy.html +/fish.html?id=anything -/bar -/Fish.bar -/catfish -/?id=fish"
        },
    ),
    (
        "/fish/",
        foobot("disallow: /", "allow: /fish/"),
        {
            "FooBot": "+/fish/ +/fish/salmon +/fish/?salmon +/fish/?id=anything -/bar -/fish -/fish.html -/Fish/Salmon.html"
        },
    ),
    (
        "/*.php",
        foobot("disallow: /", "allow: /*.php"),
        {
            "FooBot": "+/filename.php +/folder/filename.php?parameters +//folder/any.php.file.html"
            " +/filename.php/ +/index?f=filename.php/"
            " -/php/ -/index?php -/windows.PHP"
        },
    ),
    (
        "/*.php$",
        foobot("disallow: /", "allow: /*.php$"),
        {
            "FooBot": "+/filename.php +/folder/filename.php"
            " -/filename.php?parameters -/filename.php/ -/filename.php5 -/filename?php -//windows.PHP"
        },
    ),
    (
        "/fish*.php",
        foobot("disallow: /", "allow: /fish*.php"),
        {"FooBot": "+/fish.php +/fishheads/catfish.php?parameters -/Fish.PHP"},
    ),
    ("/p beats /", foobot("allow: /p", "disallow: /"), {"FooBot": "+/page"}),
    ("/$ is the front page", foobot("allow: /$", "disallow: /"), {"FooBot": "+/ -/page.html"}),
    ("/*.htm beats /page", foobot("allow: /page", "disallow: /*.htm"), {"FooBot": "-/page.htm"}),
]

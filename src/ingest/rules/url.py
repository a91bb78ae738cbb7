"""Addresses: what is fetched (`as_found`), the key that tells articles apart (`canonical`), and whose site it is.

Nothing is fetched or resolved here; the public suffix list is the copy inside tldextract.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from hashlib import sha256
from ipaddress import IPv6Address
from typing import NamedTuple
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit, urlunsplit
from uuid import UUID

import idna
import tldextract

from ingest.ports import BAD_PORTS
from ingest.rules.url_names import ARTICLE_NAMES, CHANNEL, CHANNEL_NAMES, TRACKING_NAMES, TRACKING_PREFIXES

URL_RULE = 1  # a change of any table or step below is a new rule: it writes aliases, it splits no article
LIMIT_CHARS = 4_096  # longer addresses are not those of articles

DEFAULT_PORTS = {"http": 80, "https": 443}
NUMBERED = re.compile(r"\d{4,}")
# The end of a path that names its article itself: no `article_view.php`.
TELLING_SEGMENT = re.compile(r"[^/]*(?:\d{4}|(?:[-_][^-_/]+){3})[^/]*")
ROUTES = ("!", "/")  # `#!/story/1` and `#/story/1` name a page, `#comments` a place in it

UNRESERVED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"  # RFC 3986 section 2.3

EDGES = "".join(map(chr, range(0x21))) + "".join(map(chr, range(0x7F, 0xA1))) + "\u2028\u2029\u200b\u2060\ufeff"
DROPPED_INSIDE = dict.fromkeys(map(ord, "\t\n\r"))  # as browsers do (WHATWG URL, section 4.4)
UNPRINTABLE = re.compile(f"[{re.escape(EDGES)}]")
ABSOLUTE = re.compile(r"https?://[^/?#]")
STRANGE_AUTHORITY = re.compile(r"[\\%]|(?!^)\[|\](?!:|$)")  # parsers disagree on where its host is, or a zone id
HOST_NAME = re.compile(r"(?=.{1,253}\Z)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*")
DOT, TWO_DOTS = re.compile(r"\.|%2e", re.IGNORECASE), re.compile(r"(?:\.|%2e){2}", re.IGNORECASE)
DOTTED = re.compile(r"/(?:\.|%2e)", re.IGNORECASE)
STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
WWW = re.compile(r"^(www\.)+(?=[^.]+\.)")
SESSION = re.compile(r";(?:jsessionid|phpsessid)=[^/;]*", re.IGNORECASE)
SESSION_SEGMENT = re.compile(r"\(S\([a-z0-9]{24}\)\)", re.IGNORECASE)  # of ASP.NET
INDEX = re.compile(r"index\.(?:html?|php|shtml|aspx?|jsp|cfm)|default\.(?:html?|aspx?)", re.IGNORECASE)
ESCAPED_AGAIN = re.compile(r"^(?:amp;)+")  # `&amp;` that nobody unescaped
HOME_PATH = re.compile(r"/([a-z]{2}([-_][a-z]{2})?)?(/?(index|home|default|startseite)(\.[a-z]{2,5})?)?", re.IGNORECASE)
# What templates leave behind that had no address to write, and the page of errors: one of these is every article's
NO_ADDRESS = re.compile(r"/(?:undefined|null|nan|404)(?:\.html?)?(?:/|$)|%7B%7B|\$%7B|\{\{|%5Bobject", re.IGNORECASE)
VARIANT_SEGMENT = re.compile(r"amp|amp\.html|print|printable|page|full|single|all|comments|\d{1,2}", re.IGNORECASE)


class _Component(NamedTuple):
    """How a part of an address is spelt: `kept` stand bare, escapes of `bare` become bare, all others are %XX."""

    bare: frozenset[str]
    strange: re.Pattern[str]


def _component(kept: str, *, but: str = "") -> _Component:
    return _Component(frozenset(kept) - set(but), re.compile(f"%[0-9A-Fa-f]{{2}}|[^{re.escape(kept)}]"))


# An escape of what may stand there as it is (`%2C`) means the same to every server; of what divides, it does not.
PATH = _component(UNRESERVED + "!$&'()*+,;=:@/", but="/")
QUERY_NAME = _component(UNRESERVED + "!$'()*,;:@/?")
QUERY_VALUE = _component(UNRESERVED + "!$'()*,;:@/?=")
FRAGMENT = _component(UNRESERVED + "!$&'()*+,;=:@/?", but="!$&'()*+,;=:@/?")

_suffixes = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)


class _Address(NamedTuple):
    scheme: str
    host: str  # lower-case IDNA name or IP address, IPv6 in brackets
    port: int | None  # None: the scheme's own
    parts: SplitResult


def as_found(href: str, base: str | None = None) -> str | None:
    """The absolute http(s) address that `href` names and that is fetched; None if it is not a usable web address.

    White space around it and the fragment are dropped (a fragment that routes, `#!`, stays: it names another page,
    although it never goes over the wire). Dot segments are gone, and a `%` that begins no escape is one itself: what
    robots.txt is asked about is what is sent. Addresses that carry a user's name or password, and those of ports that
    serve something else (`BAD_PORTS`), are not usable.
    """
    text = href.strip(EDGES).translate(DROPPED_INSIDE)
    if not text or len(text) > LIMIT_CHARS:
        return None
    try:
        absolute = urljoin(base, text) if base and not ABSOLUTE.match(text) else text
    except ValueError:
        return None
    address = _address(absolute)
    if address is None or address.port in BAD_PORTS:
        return None
    parts = address.parts
    fragment = _printable(parts.fragment) if _routes(parts.fragment) else ""
    path = without_dots(STRAY_PERCENT.sub("%25", _printable(parts.path)))
    query = STRAY_PERCENT.sub("%25", _printable(parts.query))
    return urlunsplit((address.scheme, parts.netloc, path, query, fragment))


def canonical(url: str) -> str:
    """The key of an address: equal keys are one article. Never fetched; idempotent (version `URL_RULE`).

    RFC 3986 section 6.2.2 (case, percent-encoding, dot segments), then habits of the web: https for http, no `www.`,
    no doubled or trailing slash, no `index.html`, no session, no tracking names, the query sorted by name (repeated names
    keep their order).
    ValueError if `url` is not a web address: what comes from `as_found` always is.
    """
    address = _must_be_address(url)
    port = "" if address.port in (None, 80, 443) else f":{address.port}"
    path = _folded(without_dots(SESSION.sub("", _spelt(address.parts.path, PATH))))
    pairs = sorted(_pairs(address.parts.query), key=lambda pair: pair.partition("=")[0])
    query = f"?{'&'.join(pairs)}" if pairs else ""
    fragment = _spelt(address.parts.fragment, FRAGMENT) if address.parts.fragment else ""
    route = f"#{fragment}" if _routes(fragment) else ""
    return f"https://{WWW.sub('', address.host)}{port}{path}{query}{route}"


def identity(url: str) -> str:
    """The UUID text of an address' key: `entry_id` of a listed address, `article_id` of a canonical one."""
    return key_id(canonical(url))


def key_id(key: str) -> str:
    """The UUID text of what `canonical` gave."""
    return str(UUID(bytes=sha256(f"url-rule-{URL_RULE}\n{key}".encode()).digest()[:16]))


def host(url: str) -> str:
    """The unit of politeness: lower-case host, with its port where that is not the scheme's own."""
    address = _must_be_address(url)
    return address.host if address.port is None else f"{address.host}:{address.port}"


def same_site(a: str, b: str) -> bool:
    """Whether two addresses belong to one publisher: the same registrable domain (a blog of blogspot.com is its own).

    Hosts without one (IP addresses, localhost) are a site each, ports told apart.
    """
    return _site(a) == _site(b)


def without_dots(path: str) -> str:
    """A path without dot segments, `%2e` being a dot (WHATWG URL, section 4.4, path state); "/" for an empty one.

    Slashes that follow each other stay as they are.
    """
    if not DOTTED.search(path):
        return path or "/"
    kept: list[str] = []
    *segments, last = path.split("/")[1:]
    for segment in [*segments, last]:
        if TWO_DOTS.fullmatch(segment):
            del kept[-1:]
        elif not DOT.fullmatch(segment):
            kept.append(segment)
    if DOT.fullmatch(last) or TWO_DOTS.fullmatch(last):
        kept.append("")
    return "/" + "/".join(kept)


@lru_cache(maxsize=4_096)
def registrable(name: str) -> str:
    """The registrable domain of a host's name, "" for an IP address or a bare name.

    No rule for the ending means the rule `*` (PSL).
    """
    split = _suffixes.extract_str(name)
    if split.suffix or split.ipv4 or name.startswith("["):
        return split.top_domain_under_public_suffix
    return ".".join(name.split(".")[-2:]) if "." in name else ""


def is_home(url: str) -> bool:
    """Whether an address is a front page: `/`, `/index.html`, `/en/`, with nothing that names an article."""
    parts = urlsplit(canonical(url))
    return not parts.query and not parts.fragment and HOME_PATH.fullmatch(parts.path) is not None


def trusted_canonical(claimed: str | None, page_url: str) -> str | None:
    """What a page calls its canonical address, as found, where that can be believed; else None.

    Not believed: another site, a front page, a section above the page (`/news` for `/news/a-story`; `/a-story` for
    `/a-story/amp` is fine), the page's own path without what tells its articles apart (`?id=7`, `?xyz=20481`), and
    what a template wrote for want of an address (`/undefined`, `/{{slug}}`): it would make one article of all.
    """
    found = as_found(claimed, page_url) if claimed else None
    if found is None or not same_site(found, page_url) or is_home(found):
        return None
    claim, page = urlsplit(canonical(found)), urlsplit(canonical(page_url))
    if NO_ADDRESS.search(claim.path) and not NO_ADDRESS.search(page.path):
        return None
    if claim.path == page.path:
        lost = set(page.query.split("&")) - set(claim.query.split("&"))
        return None if any(_tells(pair, page.path) for pair in lost) else found
    if page.path.startswith(claim.path + "/"):
        rest = page.path[len(claim.path) + 1 :].split("/")
        return found if all(VARIANT_SEGMENT.fullmatch(segment) for segment in rest) else None
    return found


def _address(url: str) -> _Address | None:
    try:
        if not url.isascii():
            url.encode()  # a lone surrogate can neither be sent nor stored
        parts = urlsplit(url)
    except ValueError:
        return None
    authority = _authority(parts.netloc)
    if parts.scheme not in DEFAULT_PORTS or authority is None:
        return None
    name, port = authority
    return _Address(parts.scheme, name, None if port == DEFAULT_PORTS[parts.scheme] else port, parts)


@lru_cache(maxsize=4_096)
def _authority(netloc: str) -> tuple[str, int | None] | None:
    """Host and port as written; None for what carries a name or a password, or is no host."""
    try:
        parts = SplitResult("", netloc, "", "", "")
        name, port = parts.hostname, parts.port
    except ValueError:
        return None
    if not name or "@" in netloc or STRANGE_AUTHORITY.search(netloc) or port == 0:
        return None
    host = _ascii_host(name)
    return (host, port) if host else None


def _must_be_address(url: str) -> _Address:
    address = _address(url)
    if address is None:
        raise ValueError(f"not a web address: {url!r}")
    return address


def _ascii_host(name: str) -> str | None:
    if ":" in name:
        try:
            return f"[{IPv6Address(name).compressed}]"
        except ValueError:
            return None
    if not name.isascii():
        try:
            name = idna.encode(name, uts46=True).decode()
        except (idna.IDNAError, UnicodeError):
            return None
    name = name.lower().removesuffix(".")
    return name if HOST_NAME.fullmatch(name) else None


def _site(url: str) -> str:
    address = _must_be_address(url)
    return registrable(address.host) or host(url)


def _tells(pair: str, path: str) -> bool:
    """Whether a pair of a query may be all that tells an article from others."""
    name, _, value = pair.partition("=")
    if name.lower() in ARTICLE_NAMES:
        return True
    is_number = NUMBERED.fullmatch(value or name) is not None
    return is_number and TELLING_SEGMENT.fullmatch(path.rpartition("/")[2]) is None


def _printable(text: str) -> str:
    return UNPRINTABLE.sub(lambda match: quote(match.group()), text)


def _routes(fragment: str) -> bool:
    return len(fragment) > 1 and fragment.startswith(ROUTES)


def _pairs(query: str) -> Iterator[str]:
    for piece in filter(None, query.split("&")):
        name, equals, value = piece.replace("+", " ").partition("=")
        name, value = ESCAPED_AGAIN.sub("", _spelt(name, QUERY_NAME)), _spelt(value, QUERY_VALUE)
        plain = unquote(name).lower()
        if not (name or equals) or plain in TRACKING_NAMES or plain.startswith(TRACKING_PREFIXES):
            continue
        if plain in CHANNEL_NAMES and CHANNEL.fullmatch(unquote(value)):
            continue
        yield name + equals + value


def _spelt(text: str, component: _Component) -> str:
    """One spelling of a component: upper-case hex, and what may stand bare does."""

    def spell(match: re.Match[str]) -> str:
        found = match.group()
        if len(found) == 3:
            character = chr(int(found[1:], 16))
            return character if character in component.bare else found.upper()
        return "".join(f"%{byte:02X}" for byte in found.encode())

    return component.strange.sub(spell, text)


def _folded(path: str) -> str:
    """Empty segments, sessions, and the name of a folder's own page are dropped."""
    kept = [segment for segment in path.split("/") if segment and not SESSION_SEGMENT.fullmatch(segment)]
    while kept and INDEX.fullmatch(kept[-1]):
        kept.pop()
    return "/" + "/".join(kept)

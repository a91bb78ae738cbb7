"""What a robots.txt says (RFC 9309), with the spellings that crawlers forgive; which rule of a group wins is Protego's.

Nothing is asked of a host here, and nothing is kept.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Literal, NamedTuple

from protego import Protego

from ingest.rules.robots_path import path_of, pattern_of
from ingest.rules.url import as_found

Field = Literal["user-agent", "allow", "disallow", "sitemap", "crawl-delay", "content-signal", "content-usage"]

# Field names as they are written; one that goes on ("Disallowed", "Disallow all", "Sitemaps") counts too, as for Google.
SPELLINGS: dict[bytes, Field] = {
    b"user-agent": "user-agent", b"useragent": "user-agent", b"user agent": "user-agent",
    b"allow": "allow",
    b"disallow": "disallow", b"dissallow": "disallow", b"dissalow": "disallow", b"disalow": "disallow",
    b"diasllow": "disallow", b"disallaw": "disallow",
    b"sitemap": "sitemap", b"site-map": "sitemap",
    b"crawl-delay": "crawl-delay", b"crawl delay": "crawl-delay", b"crawldelay": "crawl-delay",
    b"content-signal": "content-signal",  # Cloudflare's content signals policy
    b"content-usage": "content-usage",  # draft-ietf-aipref-attach
}  # fmt: skip
# User agents that collect text for AI models or data sets, by the names that their operators gave to refuse them; those
# that fetch one page for one person's question are not among them.
AI_AGENTS = (
    "GPTBot", "Google-Extended", "CCBot", "ClaudeBot", "anthropic-ai", "Claude-Web", "Applebot-Extended", "Bytespider",
    "Meta-ExternalAgent", "FacebookBot", "PerplexityBot", "cohere-ai", "cohere-training-data-crawler", "Diffbot",
    "omgili", "omgilibot", "Webzio-Extended", "Amazonbot", "AI2Bot", "Ai2Bot-Dolma", "img2dataset", "ImagesiftBot",
    "PanguBot", "Timpibot", "VelenPublicWebCrawler", "Kangaroo", "Cotoyogi", "SBIntuitionsBot",
)  # fmt: skip
# Preferences about what was fetched; servers mix the words of both, and mean the same.
SIGNALS: dict[Field, str] = {"content-signal": "robots:ai-train", "content-usage": "robots:train-ai"}
TRAINING = frozenset((b"ai-train", b"train-ai"))
RESERVED = frozenset((b"n", b"no"))
GRANTED = frozenset((b"y", b"yes"))

LINE_LIMIT_BYTES = 8 * 2_083 - 1  # a longer line is cut, not dropped, as Google does
LONGEST_DELAY_S = 6 * 3_600.0  # well below the day for which rules are good: else they would be all that is asked for
SITEMAP_LIMIT = 100
SITEMAP_LINES = 1_000  # looked at
# Of one group, each rule once. A rule costs 12 us to read, a wildcard 4 to 10 us for each address.
RULE_LIMIT = 20_000
WILDCARD_LIMIT = 1_000
RESERVED_RULES = 1_000  # of one group that reserves; else the groups of one hostile file cost seconds
RESERVED_RULES_IN_ALL = 5_000  # of groups that differ

BYTE_ORDER_MARK = re.compile(rb"\xef(?:\xbb\xbf?)?|\xff\xfe|\xfe\xff")  # of UTF-8, whole or cut short; of UTF-16
LINE_END = re.compile(rb"\r\n|\r|\n")
SPELLED = re.compile(rb"(" + b"|".join(map(re.escape, SPELLINGS)) + rb")[\w -]*", re.IGNORECASE)
TOKEN = re.compile(rb"[\w-]+")
NUMBER = re.compile(rb"\d{1,9}(?:\.\d{1,6})?")
PREFERENCE = re.compile(rb"(?:^|[\s,;])([\w-]+)\s*=\s*([\w-]+)")


class RobotsLine(NamedTuple):
    """A line that says something: `number` counts from 1, `text` is as it stands, without its comment."""

    number: int
    text: str
    field: Field
    value: bytes


class _Rule(NamedTuple):
    is_allow: bool
    pattern: str  # spelled for Protego


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotsRules:
    """What holds for us on one host; paths are those of `path_of`."""

    crawl_delay_s: float | None
    sitemaps: tuple[str, ...]  # absolute addresses, as found
    rule_count: int  # of all groups kept: what they cost in memory
    own: Protego = field(repr=False)
    reserved: tuple[tuple[str, Protego | None], ...] = field(repr=False)  # None: on the whole host

    def is_allowed(self, path: str) -> bool:
        return _allows(self.own, path)

    def optouts(self, path: str) -> tuple[str, ...]:
        """Reservations against AI training and text mining that hold for a path: `robots:gptbot`, `robots:ai-train`."""
        answers = {id(rules): rules is None or not _allows(rules, path) for _, rules in self.reserved}
        return tuple(name for name, rules in self.reserved if answers[id(rules)])


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotsDecision:
    """Why an address is allowed or denied: `agent` names the group that applies, None if none does."""

    agent: str | None
    group: tuple[RobotsLine, ...]  # its lines, of all its parts
    rule: RobotsLine | None  # None: no rule matches, so it is allowed


def read_robots(body: bytes, *, product: str) -> RobotsRules:
    """The rules of a robots.txt for a product token (section 2.2.1), in time that grows with the body's length."""
    groups, site_wide = _grouped(_lines(body))
    own = _group(groups, product)
    rules = _considered(_rules(own))
    reserved = _reserved(groups, own)
    distinct = {id(kept): kept for _, kept in reserved}
    is_much = sum(map(len, distinct.values())) > RESERVED_RULES_IN_ALL
    compiled = {key: None if is_much or _is_everything(kept) else _compiled(kept) for key, kept in distinct.items()}
    return RobotsRules(
        crawl_delay_s=_delay_s(own),
        sitemaps=tuple(_sitemaps(site_wide)),
        rule_count=len(rules) + sum(map(len, distinct.values())),
        own=_compiled(rules),
        reserved=tuple((name, compiled[id(kept)]) for name, kept in reserved),
    )


def decide(body: bytes, *, product: str, url: str) -> RobotsDecision:
    """The group and the line that decide on an address: for a person who asks why, as it tries each rule by itself."""
    groups, _ = _grouped(_lines(body))
    token = product_token(product.encode())
    agent = next((name for name in (token, "*") if name in groups), None)
    group = _group(groups, product)
    path = path_of(url)
    rules = _rules(group)
    seen_as = _seen_as(rules)
    is_allowed = _allows(_compiled(_considered(rules)), path)
    deciding: tuple[int, RobotsLine] | None = None
    for line in group:
        for rule in filter(None, map(seen_as, _rules([line]))):
            trial = [_Rule(False, "/"), rule] if rule.is_allow else [rule]
            is_met = _allows(_compiled(trial), path) == rule.is_allow
            if is_met and rule.is_allow == is_allowed and (deciding is None or len(rule.pattern) > deciding[0]):
                deciding = len(rule.pattern), line
    return RobotsDecision(agent=agent, group=tuple(group), rule=deciding[1] if deciding else None)


def _lines(body: bytes) -> Iterator[RobotsLine]:
    """Lines end as section 2.2 says, not where Python sees a line's end too; what no field begins is passed over."""
    mark = BYTE_ORDER_MARK.match(body)
    for number, line in enumerate(LINE_END.split(body[mark.end() if mark else 0 :].replace(b"\0", b"")), start=1):
        text = line[:LINE_LIMIT_BYTES].partition(b"#")[0].strip()
        if text and (found := _record(text)):
            yield RobotsLine(number, text.decode("utf-8", "replace"), *found)


def _record(line: bytes) -> tuple[Field, bytes] | None:
    """Field and value; white space may stand for the colon where there are two words (`Disallow /a`)."""
    words = line.split(None, 2)
    if len(words) == 2 and not words[1].startswith(b":") and (found := SPELLED.fullmatch(words[0])):
        return SPELLINGS[found[1].lower()], words[1]
    key, colon, value = line.partition(b":")
    found = SPELLED.fullmatch(key.strip()) if colon else None
    return (SPELLINGS[found[1].lower()], value.strip()) if found else None


def _grouped(lines: Iterable[RobotsLine]) -> tuple[dict[str, list[list[RobotsLine]]], list[RobotsLine]]:
    """The blocks of lines by product token (section 2.2), and the lines of no group: one block may have many names.

    Sitemaps and what we do not know ends no run of user-agent lines (section 2.2.4); what we obey, crawl delays and
    preferences, does: nobody who gives a robot its own delay means the next robot's rules for it too.
    """
    groups: dict[str, list[list[RobotsLine]]] = {}
    site_wide: list[RobotsLine] = []
    block: list[RobotsLine] | None = None
    is_naming = False
    for line in lines:
        if line.field == "sitemap":
            site_wide.append(line)
        elif line.field == "user-agent":
            if block is None or not is_naming:
                block, is_naming = [], True
            blocks = groups.setdefault(product_token(line.value), [])
            if not blocks or blocks[-1] is not block:
                blocks.append(block)
        elif block is not None:
            is_naming = False
            block.append(line)
    return groups, site_wide


def product_token(value: bytes) -> str:
    """The product token that a line names, up to what no token holds (`Foo Bar`, `foo/1.0` -> foo); "" if there is none.

    Digits count, although section 2.2.1 has none: AI2Bot is not AI.
    """
    if value[:1] == b"*" and not value[1:2].strip():
        return "*"
    found = TOKEN.match(value)
    return found[0].decode("ascii").lower() if found else ""


def _group(groups: dict[str, list[list[RobotsLine]]], product: str) -> list[RobotsLine]:
    blocks = groups.get(product_token(product.encode()))
    return [line for block in (groups.get("*", []) if blocks is None else blocks) for line in block]


def _rules(lines: Iterable[RobotsLine]) -> list[_Rule]:
    return [
        _Rule(line.field == "allow", pattern_of(line.value))
        for line in lines
        if line.field in ("allow", "disallow") and line.value
    ]


def _considered(rules: Sequence[_Rule]) -> list[_Rule]:
    """Each rule once, and fewer of them where there are so many that they cost too much; no denial is lost."""
    return list(dict.fromkeys(filter(None, map(_seen_as(rules), rules))))


def _seen_as(rules: Sequence[_Rule]) -> Callable[[_Rule], _Rule | None]:
    """How each rule of a group counts: as it is; if there are too many, as the denial of all that begins like it."""
    distinct = set(rules)
    if len(distinct) <= RULE_LIMIT and sum(map(_is_wild, distinct)) <= WILDCARD_LIMIT:
        return lambda rule: rule
    if len({_blunt(rule) for rule in distinct}) <= RULE_LIMIT:
        return _blunt
    return lambda rule: None if rule.is_allow else _Rule(False, "/")


def _is_wild(rule: _Rule) -> bool:
    return "*" in rule.pattern or rule.pattern.endswith("$")


def _blunt(rule: _Rule) -> _Rule | None:
    return None if rule.is_allow else _Rule(False, re.split(r"[*$]", rule.pattern, maxsplit=1)[0] or "/")


def _reserved(
    groups: dict[str, list[list[RobotsLine]]], own: Sequence[RobotsLine]
) -> list[tuple[str, tuple[_Rule, ...]]]:
    """Who or what may not take text, and where; groups with the same rules share one tuple of them."""
    found: dict[str, list[_Rule]] = {}
    for name in map(str.lower, AI_AGENTS):
        found[f"robots:{name}"] = _rules([line for block in groups.get(name, []) for line in block][:RESERVED_RULES])
    preferences = [*own, *(line for block in groups.get("*", []) for line in block)]
    for kind, name in SIGNALS.items():
        found[name] = list(_preferences([line for line in preferences if line.field == kind][:RESERVED_RULES]))
    shared: dict[tuple[_Rule, ...], tuple[_Rule, ...]] = {}
    return [
        (name, shared.setdefault(tuple(rules), tuple(rules)))
        for name, rules in found.items()
        if not all(rule.is_allow for rule in rules)
    ]


def _preferences(lines: Iterable[RobotsLine]) -> Iterator[_Rule]:
    """`/docs/ train-ai=n` as a rule: reserved is denied, granted allowed, and the longest path wins as ever."""
    for line in lines:
        path, _, said = line.value.partition(b" ") if line.value.startswith(b"/") else (b"/", b"", line.value)
        for use, value in PREFERENCE.findall(said.lower()):
            if use in TRAINING and value in RESERVED | GRANTED:
                yield _Rule(value in GRANTED, pattern_of(path))


def _is_everything(rules: Sequence[_Rule]) -> bool:
    return all(not rule.is_allow for rule in rules) and any(rule.pattern in ("/", "/*", "*") for rule in rules)


def _delay_s(lines: Iterable[RobotsLine]) -> float | None:
    """Seconds between two visits; of several the longest."""
    found = [NUMBER.match(line.value) for line in lines if line.field == "crawl-delay"]
    asked_s = max((float(number[0]) for number in found if number), default=0.0)
    return min(asked_s, LONGEST_DELAY_S) or None


def _sitemaps(lines: Iterable[RobotsLine]) -> list[str]:
    found = (as_found(line.value.decode("utf-8", "replace")) for line in islice(lines, SITEMAP_LINES))
    return list(dict.fromkeys(url for url in found if url))[:SITEMAP_LIMIT]


def _compiled(rules: Iterable[_Rule]) -> Protego:
    lines = [f"{'Allow' if rule.is_allow else 'Disallow'}: {rule.pattern}" for rule in rules]
    return Protego.parse("\n".join(["User-agent: *", *lines]))


def _allows(rules: Protego, path: str) -> bool:
    return rules.can_fetch(f"http://host{path}", "any")

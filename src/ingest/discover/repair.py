"""Feeds that are not well-formed, made so in linear time: what a person reads in them stays, what breaks parsers goes.

The markup inside titles and texts is kept as text, so only the few elements that make up a feed have to fit together.
"""

import re
from collections import Counter
from html import unescape
from html.entities import html5
from typing import NamedTuple

from ingest.discover.text import INLINE
from ingest.discover.vocabulary import CONTAINERS, ENTRIES, LINES, ROOTS, TEXTS, USUAL_ADDRESSES

ROOT = re.compile(r"<(?>(?:[A-Za-z][\w.-]{0,20}+:)?)(?:rss|rdf|feed|channel)(?=[\s>])", re.IGNORECASE)
ENTRY = re.compile(r"<(?>(?:[A-Za-z][\w.-]{0,20}+:)?)(?:item|entry)(?=[\s>])", re.IGNORECASE)
SUBSET_END = re.compile(r"\]\s*+>")
DECLARED = re.compile(
    r"<!ENTITY\s++(?>(?:%\s++)?)(?P<name>[^\s%&;<>\"']{1,64}+)"
    r"""(?>(?:\s++(?:"(?P<double>(?:[^"<&%]|&\#\w{1,7};){1,100})"|'(?P<single>(?:[^'<&%]|&\#\w{1,7};){1,100})')\s*+>)?)"""
)
ABBREVIATIONS_LIMIT = (
    10_000  # so many references to entities of the feed's own, a line of text each at most, are written out
)
NOT_XML = re.compile(r"[\x00-\x08\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
GAP = re.compile(r"[\x0b\x0c]")
AMPERSAND = re.compile(
    r"&(?:#(?P<decimal>[0-9]{1,7});|#[xX](?P<hex>[0-9A-Fa-f]{1,6});|(?P<name>[^\s&;<>#\"'=]{1,64});)?"
)
# Every try ends where another tag begins: the walk is linear.
START = re.compile(
    r"""<(?P<name>[A-Za-z_][\w.:-]*+)(?=[\s/>])"""
    r"""(?P<rest>(?>(?:[^<>"']++|"(?>(?:[^"<]++|<(?![A-Za-z/!?]))*)"|'(?>(?:[^'<]++|<(?![A-Za-z/!?]))*)')*))>"""
)
LOOSE_START = re.compile(r"<(?P<name>[A-Za-z_][\w.:-]*+)(?=[\s/>])(?P<rest>[^<>]*+)>")  # its quotes do not fit
END = re.compile(r"</(?P<name>[A-Za-z_][\w.:-]*+)[^<>]*+>")
ATTRIBUTE = re.compile(
    r"""(?P<name>[^\s=/"'<>]++)(?>(?:\s*+=\s*+(?:"(?P<double>[^"]*+)"|'(?P<single>[^']*+)'|(?P<bare>[^\s"'>]++)))?)"""
)
XML_NAME = re.compile(r"[A-Za-z_][\w.-]*+(?>(?::[A-Za-z_][\w.-]*+)?)")
PREDEFINED = frozenset({"amp", "lt", "gt", "quot", "apos"})
OPENER, CLOSER = "<![CDATA[", "]]>"
STRUCTURE = ROOTS | ENTRIES | TEXTS | LINES | CONTAINERS
TITLES = frozenset({"title", "dc:title", "media:title"})
# Words of feeds that are words of HTML or SVG, too: in a long text they belong to it.
AMBIGUOUS = frozenset({"title", "summary", "link", "image", "source", "content", "info", "id", "body", "description"})
LEVELS = 100  # libxml2 stops at 256; no feed needs more than a dozen
TAG_LIMIT_CHARS = 5_000  # a `<` with no `>` so far behind it begins no tag


class _Open(NamedTuple):
    name: str
    spelling: str  # in the feed
    start: int  # of its tag in what is written


def mended(text: str) -> str:
    """The feed as well-formed XML, but for what nobody can mend; ValueError if no element of a feed is in it.

    Bare ampersands, HTML's entities, control characters, what stands before the root and after it, undeclared
    prefixes, tags that do not fit, CDATA without an end, and a tail cut off: the last entry that has its address
    whole is the last. Of entities that the feed declares itself, those that abbreviate a line of text are written out,
    and all others are dropped: nothing is expanded twice, and nothing is loaded.
    """
    prolog_end = _prolog_end(text)
    root = ROOT.search(text, prolog_end) or ENTRY.search(text, prolog_end)
    if root is None:
        raise ValueError("no feed in it: no element of RSS or Atom")
    declared = {
        found["name"]: unescape(found["double"] or found["single"] or "")
        for found in DECLARED.finditer(text, 0, root.start())
    }
    lost_head = "<rss>" if ENTRY.match(root[0] + " ") else ""
    return _Mending(lost_head + GAP.sub(" ", NOT_XML.sub("", text[root.start() :])), declared).done()


def _prolog_end(text: str) -> int:
    """Behind an internal DTD, if there is one: what it declares may look like a feed."""
    doctype = text.find("<!DOCTYPE")
    subset = text.find("[", doctype) if doctype >= 0 else -1
    if subset < 0 or 0 <= text.find(">", doctype) < subset:
        return 0
    end = SUBSET_END.search(text, subset)
    return end.end() if end else 0


class _Mending:
    """One walk over a feed: what is written so far, and which elements are open."""

    def __init__(self, text: str, declared: dict[str, str]) -> None:
        self.text = text
        self.declared = declared
        self.abbreviations_left = ABBREVIATIONS_LIMIT
        self.out: list[str] = []
        self.open: list[_Open] = []
        self.opened: Counter[str] = Counter()
        self.has_link = False  # of the entry that is open
        self.prefixes: set[str] = set()
        self.root_prefixes = {"xml", "xmlns"}
        self.closer = -1
        self.has_comment_end = True
        self.last_entry = max((found.start() for found in ENTRY.finditer(text)), default=0)

    def done(self) -> str:
        position = self._step(0)
        while position < len(self.text) and self.open:
            position = self._step(position)
        self._cut_off()
        while self.open:
            self._close()
        missing = sorted(self.prefixes - self.root_prefixes)
        addresses = ((prefix, USUAL_ADDRESSES.get(prefix, f"urn:undeclared:{prefix}")) for prefix in missing)
        self.out.insert(1, "".join(f' xmlns:{prefix}="{address}"' for prefix, address in addresses))
        return "".join(self.out)

    def _step(self, position: int) -> int:
        """One token; where the next begins."""
        text = self.text
        if text[position] != "<":
            end = text.find("<", position)
            end = len(text) if end < 0 else end
            self.out.append(self._text(text[position:end]))
            return end
        if text.startswith(OPENER, position):
            return self._section(position + len(OPENER))
        if text.startswith(("<!", "<?"), position):
            return self._passed_over(position)
        start = START.match(text, position) or LOOSE_START.match(text, position)
        if start:
            self._start(start)
            return start.end()
        end_tag = END.match(text, position)
        if end_tag:
            self._end(end_tag)
            return end_tag.end()
        return self._no_tag(position)

    def _text(self, text: str) -> str:
        text = AMPERSAND.sub(self._reference, text.replace(CLOSER, ""))
        return text.replace("<", "&lt;").replace(">", "&gt;")

    def _reference(self, found: re.Match[str]) -> str:
        name, digits = found["name"], found["decimal"] or found["hex"]
        if name in PREDEFINED:
            return found[0]
        if name:
            if name in self.declared:
                self.abbreviations_left -= 1
                return _literal(NOT_XML.sub("", self.declared[name])) if self.abbreviations_left >= 0 else ""
            return html5.get(f"{name};") or f"&amp;{name};"
        if digits is None:
            return "&amp;"
        number = int(digits, 10 if found["decimal"] else 16)
        is_gap, is_none = number in (11, 12), number > 0x10FFFF
        return " " if is_gap else "" if is_none or NOT_XML.match(chr(number)) else f"&#{number};"

    def _section(self, position: int) -> int:
        """CDATA. Without an end of its own it ends where its element does."""
        text = self.text
        if -1 < self.closer < position or self.closer == -1:
            found = text.find(CLOSER, position)
            self.closer = len(text) if found < 0 else found
        another = text.find(OPENER, position, self.closer)
        if self.open and (another >= 0 or self.closer == len(text)):
            limit = self.closer if another < 0 else another
            end = text.find(f"</{self.open[-1].spelling}", position, limit)
            if end >= 0:
                self.out.append(_literal(text[position:end]))
                return end
        self.out.append(_literal(text[position : self.closer].replace(OPENER, "")))
        return min(self.closer + len(CLOSER), len(text))

    def _passed_over(self, position: int) -> int:
        """Comments, instructions and doctypes say nothing to a reader."""
        is_comment = self.text.startswith("<!--", position)
        if is_comment and self.has_comment_end:
            end = self.text.find("-->", position + 4)
            self.has_comment_end = end >= 0
            if self.has_comment_end:
                return end + 3
        end = -1 if is_comment else self.text.find(">", position, position + TAG_LIMIT_CHARS)
        return end + 1 if end >= 0 else position + 2

    def _no_tag(self, position: int) -> int:
        """A `<` that begins nothing is one; the beginning of a tag that the file's end cuts off is none."""
        rest = self.text[position + 1 : position + TAG_LIMIT_CHARS]
        if len(rest) < TAG_LIMIT_CHARS - 1 and "<" not in rest and ">" not in rest:
            return len(self.text)
        self.out.append("&lt;")
        return position + 1

    def _leaf(self) -> str | None:
        name = self.open[-1].name if self.open else ""
        return name if name in TEXTS or name in LINES else None

    def _start(self, tag: re.Match[str]) -> None:
        name = _core(tag["name"])
        leaf = self._leaf()
        if leaf and not _interrupts(name, leaf):
            if leaf in TEXTS:
                self.out.append(_literal(tag[0]))
            return
        if leaf:
            self._close()
        is_root = name.removeprefix("rdf:") in ROOTS
        if (name in INLINE and not leaf) or len(self.open) >= LEVELS or (is_root and self.opened[name]):
            return
        if name in ENTRIES:
            while self.open and self.open[-1].name.removeprefix("rdf:") not in ROOTS:
                self._close()
            self.has_link = False
        self._write_start(name, tag)

    def _write_start(self, name: str, tag: re.Match[str]) -> None:
        attributes = self._attributes(tag["rest"])
        start = len(self.out)
        spelt = XML_NAME.match(tag["name"].lower())
        written = spelt[0] if spelt else "x"
        self.prefixes.update(each.partition(":")[0] for each in (written, *attributes) if ":" in each)
        if not self.out:
            self.root_prefixes |= {each[6:] for each in attributes if each.startswith("xmlns:")}
        self.out.append(f"<{written}" + "".join(f' {each}="{value}"' for each, value in attributes.items()))
        self.has_link |= name == "link" and "href" in attributes
        if tag["rest"].rstrip().endswith("/"):
            self.out.append("/>")
            return
        self.out.append(">")
        self.open.append(_Open(name, tag["name"], start))
        self.opened[name] += 1

    def _attributes(self, rest: str) -> dict[str, str]:
        """Each name once, the first time it is said."""
        attributes: dict[str, str] = {}
        for found in ATTRIBUTE.finditer(rest.rstrip().removesuffix("/")):
            name = found["name"].lower()
            value = found["double"] or found["single"] or found["bare"] or ""
            is_empty_namespace = name.startswith("xmlns:") and not value.strip()
            if XML_NAME.fullmatch(name) and not is_empty_namespace:
                attributes.setdefault(name, self._text(value).replace('"', "&quot;"))
        return attributes

    def _end(self, tag: re.Match[str]) -> None:
        name, leaf = _core(tag["name"]), self._leaf()
        if not self.opened[name]:
            if leaf in TEXTS and name not in STRUCTURE:
                self.out.append(_literal(tag[0]))
            return
        if leaf in TEXTS and name != leaf and name in AMBIGUOUS and leaf not in TITLES:
            return
        if name == self.open[0].name and tag.start() < self.last_entry:
            return  # entries stand behind the root's end
        while self.open[-1].name != name:
            self._close()
        self.has_link |= name == "link"
        self._close()

    def _close(self) -> None:
        closed = self.open.pop()
        self.opened[closed.name] -= 1
        written = XML_NAME.match(closed.spelling.lower())
        self.out.append(f"</{written[0] if written else 'x'}>")

    def _cut_off(self) -> None:
        """The file ends too early: what was being said is dropped, and its entry, if it has no address yet."""
        names = [one.name.removeprefix("rdf:") for one in self.open]
        first = next((number for number, name in enumerate(names) if name not in ROOTS | ENTRIES), len(names))
        if names and names[first - 1] in ENTRIES and not self.has_link:
            first -= 1
        if first < len(names):
            del self.out[self.open[first].start :]
            del self.open[first:]


def _core(spelling: str) -> str:
    """The name without the prefixes that say Atom or RSS."""
    prefix, _, local = spelling.lower().rpartition(":")
    return local if prefix in ("", "atom", "rss", "a", "ns0") else f"{prefix}:{local}"


def _interrupts(name: str, leaf: str) -> bool:
    """Whether an element begins where a text has not ended, so that the text must have."""
    return name in STRUCTURE and (leaf in LINES or leaf in TITLES or name not in AMBIGUOUS)


def _literal(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

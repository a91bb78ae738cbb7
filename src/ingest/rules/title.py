"""Which of a page's titles is the article's, and what of it is the site's name; pages are read elsewhere."""

import html
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ingest.records import TitleEvidence

SEPARATOR = re.compile(r"\s+(?:[|｜ㅣ│–—·•»›*]|-{1,2}|::|:|<|>)\s+")
# Without spaces, as Japanese and Korean sites write them: `題：東京新聞`, `제목-정치ㅣ한국일보`
BARE_SEPARATOR = re.compile(r"\s*[|｜ㅣ│：]\s*")
HYPHEN = re.compile(r"(?<=\S)[-_](?=\S)")
CONTROL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]"
)  # and halves of characters: no file can hold them
LETTERS = re.compile(r"[^\W_]+")  # and digits
ASCII_FOLD = {code: chr(code).lower() if chr(code).isalnum() else None for code in range(128)}
LIMIT_CHARS = 500
SHORTEST_CHARS = 3
SITE_CHARS = 5  # a shorter name inside a piece of a title may be a word of its own
PIECE_WORDS = 5  # a longer piece is part of what is said
BARE_CHARS = 12  # letters before a separator without spaces: what is shorter may be a compound
# Titles that are the site's furniture and no article's
GENERIC = frozenset({
    "", "home", "homepage", "startseite", "news", "untitled", "untitled document", "index", "article", "undefined",
    "null", "menu", "navigation", "search", "blog", "loading",
})  # fmt: skip
# Words that sites put beside their names or leave out
NAME_WORDS = frozenset({
    "the", "die", "der", "das", "le", "la", "les", "el", "il", "lo", "de", "het", "online", "digital", "news", "com", "net",
    "org", "web", "website", "premium", "plus", "live", "app", "official", "site",
})  # fmt: skip
# Names of hosts that say nothing
COMMON_NAMES = frozenset({"times", "world", "daily", "today", "online", "press", "herald", "politics", "sports", "local",
                          "media", "weather", "video", "article", "stories", "edition", "english"})  # fmt: skip
DATE_PIECE = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{2,4}")
QUOTES = "\"'“”„«»"


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What may stand in a title and is none of it: folded names of the site and of its sections."""

    names: frozenset[str]
    sections: frozenset[str]


def fold(text: str) -> str:
    """Letters and digits alone, compatibility forms resolved: two titles with equal folds are one title."""
    if text.isascii():
        return text.translate(ASCII_FOLD)  # ten times as fast, and most texts are
    return "".join(LETTERS.findall(unicodedata.normalize("NFKC", text).casefold()))


def one_line(text: str) -> str:
    """Text with its white space collapsed, without control characters and lone surrogates."""
    line = " ".join(text.split())
    return line if line.isprintable() else " ".join(CONTROL.sub("", line).split())


def tidy(text: str | None) -> str:
    """One line, entities resolved once more (`&amp;quot;` is common), no tags, soft hyphens dropped."""
    plain = re.sub(r"</?[a-zA-Z][^<>]{0,100}>", "", html.unescape(text or "")).replace("\u00ad", "")
    return one_line(plain)[:LIMIT_CHARS]


def site(names: Iterable[str | None], sections: Iterable[str | None]) -> Site:
    """The names of a site and of its sections as they are compared."""
    folded = {fold(name) for name in names if name} | {_core(name) for name in names if name}
    return Site(names=frozenset(folded - {""}), sections=frozenset(fold(name) for name in sections if name) - {""})


def readings(
    *,
    og: str | None,
    twitter: str | None,
    headline: str | None,
    document: str | None,
    headings: Sequence[str],
    of_site: Site,
) -> tuple[tuple[str, TitleEvidence], ...]:
    """Every claim that can be a title, with the site's names cut off, in the order of trust.

    `headline` as JSON-LD has it, `headings` the page's h1 texts in order, `document` the title element.
    """
    claims: tuple[tuple[str | None, TitleEvidence], ...] = (
        (og, "og"), (twitter, "meta"), (headline, "json-ld"), (document, "title"),
    )  # fmt: skip
    seen = [heading for heading in map(tidy, headings) if usable(heading, of_site)]
    given = [(tidy(text), evidence) for text, evidence in claims]
    given = [(text, evidence) for text, evidence in given if usable(text, of_site)]
    texts = [text for text, _ in given]
    named = fold(_without_name(tidy(headline), of_site))
    spoken: list[tuple[str, TitleEvidence]] = []
    for text, evidence in given:
        others = (*seen, *(other for other in texts if other != text))
        whole = _without_name(_whole(text, others), of_site)
        # schema.org's headline is no place for a site's name: what it says with others is not cut on a heading's word
        is_headline = fold(whole) == named and sum(fold(_without_name(other, of_site)) == named for other in texts) > 1
        spoken.append((whole if is_headline else without_site(whole, others, of_site), evidence))
    shown: list[tuple[str, TitleEvidence]] = [(heading, "h1") for heading in seen]
    return tuple(one for one in (*spoken, *shown) if usable(one[0], of_site))


def choose(
    given: Sequence[tuple[str, TitleEvidence]], *, is_article: bool, title_from: TitleEvidence | None
) -> tuple[str, TitleEvidence] | None:
    """The article's title among its readings, and which claim it is; `title_from` is what the source's rule prefers.

    News sites put kickers and words for search engines into headings and headlines: with the sites' names cut off,
    og:title is right on 87 % of 127 pages, the headline on 82 %, h1 on 73 %; a vote is on 80 %, a table learnt from who
    agrees with whom on 83-87 % of pages of other publishers. On pages that call themselves no article og:title is written
    for search engines (h1 79 %, og:title 71 % of 247).
    """
    spoken = [one for one in given if one[1] != "h1"]
    shown = [one for one in given if one[1] == "h1"]
    agreed = [one for one in shown if any(fold(one[0]) == fold(text) for text, _ in spoken)]
    alike = [one for one in shown if any(_is_alike(one[0], text) for text, _ in spoken)]
    preferred = [one for one in given if one[1] == title_from]
    order = (*preferred, *given) if is_article else (*preferred, *agreed, *alike, *given)
    return next(iter(order), None)


def usable(text: str, of_site: Site) -> bool:
    """Whether a text can be an article's title at all: not empty, not the site's name, not furniture."""
    folded = fold(text)
    return len(folded) >= SHORTEST_CHARS and text.casefold() not in GENERIC and folded not in of_site.names


def without_site(text: str, witnesses: Iterable[str], of_site: Site) -> str:
    """A title without the site's name, section and date at its end or start, where the page itself proves them.

    Proof: what is cut off is one of the site's names, or the rest is what another title of the page says.
    """
    bare = _without_name(text, of_site)
    said = {fold(witness) for witness in witnesses}
    return next((bare[:start].strip() for start in reversed(_cuts(bare)) if fold(bare[:start]) in said), bare)


def _without_name(text: str, of_site: Site) -> str:
    for start in _cuts(text):
        pieces = _pieces(text[start:])
        if pieces and _is_site(pieces[0], of_site) and all(len(piece.split()) <= PIECE_WORDS for piece in pieces):
            return _without_section(text[:start].strip(), of_site)
    opening = SEPARATOR.search(text)
    return text[opening.end() :].strip() if opening and fold(text[: opening.start()]) in of_site.names else text


def _cuts(text: str) -> list[int]:
    """Where a title may end, in order: separators with space around them, and bare ones behind enough text."""
    starts: set[int] = set()
    for pattern, least in ((SEPARATOR, SHORTEST_CHARS), (BARE_SEPARATOR, BARE_CHARS), (HYPHEN, BARE_CHARS)):
        starts |= {cut.start() for cut in pattern.finditer(text) if len(fold(text[: cut.start()])) >= least}
    return sorted(starts)


def _pieces(rest: str) -> list[str]:
    parts = (piece.strip(" -_") for part in SEPARATOR.split(f" {rest} ") for piece in BARE_SEPARATOR.split(part))
    return list(filter(None, parts))


def _is_site(piece: str, of_site: Site) -> bool:
    """`Mirror Online`, `The Standard`, `BILD.de`: the name itself, with the words that sites put beside it, or around it."""
    folded = fold(piece)
    if folded in of_site.names or _core(piece) in of_site.names:
        return True
    inside = (name for name in of_site.names if len(name) >= SITE_CHARS and name not in COMMON_NAMES)
    return len(piece.split()) < PIECE_WORDS and any(name in folded for name in inside)


def _without_section(text: str, of_site: Site) -> str:
    """A title whose site's name is gone, without the section and the date that stood before it."""
    for start in reversed(_cuts(text)):
        pieces = _pieces(text[start:])
        if not pieces or not all(fold(piece) in of_site.sections or DATE_PIECE.fullmatch(piece) for piece in pieces):
            break
        text = text[:start].strip()
    return text


def _core(name: str) -> str:
    return "".join(word for word in re.findall(r"\w+", name.casefold()) if word not in NAME_WORDS)


def _whole(text: str, others: Iterable[str]) -> str:
    """The title as another claim has it, where markup cut it at a quotation mark that it had not escaped."""
    for other in others:
        if other.startswith(text) and other[len(text) :].lstrip()[:1] in tuple(QUOTES):
            return other
    return text


def _is_alike(heading: str, other: str) -> bool:
    """Whether a heading is another wording of a title, not the title with more glued to it."""
    words, others = set(heading.casefold().split()), set(other.casefold().split())
    return len(words & others) >= 0.4 * len(words) and fold(other) not in fold(heading)

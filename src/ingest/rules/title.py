"""Which of a page's titles is the article's, and what of it is the site's name; pages are read elsewhere."""

import html
import re
import unicodedata
from collections.abc import Iterable, Sequence

SEPARATOR = re.compile(r"\s+(?:[|–—·•»›*]|-{1,2}|::|:|<|>)\s+")
CONTROL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]"
)  # and halves of characters: no file can hold them
LIMIT_CHARS = 500
SHORTEST_CHARS = 3
# Titles that are the site's furniture and no article's
GENERIC = frozenset({
    "", "home", "homepage", "startseite", "news", "untitled", "untitled document", "index", "article", "undefined",
    "null", "menu", "navigation", "search", "blog", "loading",
})  # fmt: skip


def fold(text: str) -> str:
    """Letters and digits alone, compatibility forms resolved: two titles with equal folds are one title."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))


def one_line(text: str) -> str:
    """Text with its white space collapsed, without control characters and lone surrogates."""
    return " ".join(CONTROL.sub("", " ".join(text.split())).split())


def tidy(text: str | None) -> str:
    """One line, entities resolved once more (`&amp;quot;` is common), no tags, soft hyphens dropped."""
    plain = re.sub(r"</?[a-zA-Z][^<>]{0,100}>", "", html.unescape(text or "")).replace("\u00ad", "")
    return one_line(plain)[:LIMIT_CHARS]


def choose(
    *,
    is_news: bool,
    headline: str | None,
    headings: Sequence[str],
    social: Iterable[str | None],
    document: str | None,
    site_names: Iterable[str],
) -> str | None:
    """The article's title.

    `headline` as JSON-LD has it, `headings` the page's h1 texts in order, `social` og:title and its kin, `document`
    the title element. News pages put kickers into their headings and the headline into og:title (og:title right on
    83 %, h1 on 68 % of 104); elsewhere og:title is written for search engines (h1 79 %, og:title 71 % of 247).
    """
    names = frozenset(fold(name) for name in site_names if name)
    given = [tidy(text) for text in (*social, headline, document)]
    seen = [heading for heading in map(tidy, headings) if usable(heading, names)]
    witnesses = [text for text in given if usable(text, names)]
    spoken = [without_site(text, (*seen, *(w for w in witnesses if w != text)), names) for text in witnesses]
    agreed = [heading for heading in seen if any(fold(heading) == fold(text) for text in spoken)]
    alike = [heading for heading in seen if any(_is_alike(heading, text) for text in spoken)]
    order = (*spoken, *seen) if is_news else (*agreed, *alike, *spoken, *seen)
    return next((text for text in order if usable(text, names)), None)


def _is_alike(heading: str, other: str) -> bool:
    """Whether a heading is another wording of a title, not the title with more glued to it."""
    words, others = set(heading.casefold().split()), set(other.casefold().split())
    return len(words & others) >= 0.4 * len(words) and fold(other) not in fold(heading)


def usable(text: str, names: frozenset[str]) -> bool:
    """Whether a text can be an article's title at all: not empty, not the site's name, not furniture."""
    folded = fold(text)
    return len(folded) >= SHORTEST_CHARS and text.casefold() not in GENERIC and folded not in names


def without_site(text: str, witnesses: Iterable[str], names: frozenset[str]) -> str:
    """A title without the site's name at its end or start, where the page itself proves that it is one.

    Proof: the rest is what another title of the page says, or what is cut off is one of the site's names.
    """
    said = {fold(witness) for witness in witnesses}
    cuts = list(SEPARATOR.finditer(text))
    for cut in cuts:
        if fold(text[: cut.start()]) in said and len(fold(text[: cut.start()])) >= SHORTEST_CHARS:
            return text[: cut.start()].strip()
    for cut in reversed(cuts):
        if fold(text[cut.end() :]) in names:
            return without_site(text[: cut.start()].strip(), (), names)
    for cut in cuts[:1]:
        if fold(text[: cut.start()]) in names:
            return text[cut.end() :].strip()
    return text

"""Pages as a reader's browser gets them: a template a layout, filled with escaped text; which page is served is in site.py."""

from collections.abc import Sequence
from functools import cache
from html import escape
from pathlib import Path
from string import Template

from ingest.demo import grammar, head
from ingest.demo.edition import Article, slug
from ingest.demo.papers import Paper

FOLDER = Path(__file__).with_name("layouts")
TEASER_COUNT = 4
WORDS = ("home", "read_more", "most_read", "newsletter", "share", "footer", "log_in")
OFFER = '<article class="offer"><h2><a href="/offers/2026110001">{}</a></h2></article>'
DATE_FORMATS = {
    "en": "{at:%d %B %Y, %H:%M}",
    "de": "{at:%d.%m.%Y, %H:%M} Uhr",
    "es": "{at:%d/%m/%Y %H:%M}",
    "fr": "{at:%d/%m/%Y} à {at:%Hh%M}",
    "ru": "{at:%d.%m.%Y, %H:%M}",
    "ja": "{at:%Y}年{at:%m}月{at:%d}日 {at:%H}時{at:%M}分",
}


def article_page(paper: Paper, one: Article, others: Sequence[Article], origin: str) -> bytes:
    """The article in its paper's layout, with teasers of `others`, in the paper's charset."""
    words = grammar.read(paper.language).chrome
    return _filled(
        paper.layout,
        paper,
        title=escape(one.title),
        head=head.tags(paper, one, origin),
        url=escape(head.address(origin, one.path)),
        section=escape(one.section),
        by_line=_by_line(paper, one),
        dates=_dates(paper, one),
        image=one.image_path,
        caption=escape(words["caption"]),
        paragraphs="\n".join(f"<p>{escape(text, quote=False)}</p>" for text in one.paragraphs),
        tags="".join(f'<li><a href="/tag/{slug(tag)}" rel="tag">{escape(tag)}</a></li>' for tag in one.tags),
        teasers=_teasers(others[:TEASER_COUNT]),
        most_read_list=_teasers(others[TEASER_COUNT : 2 * TEASER_COUNT]),
    )


def front_page(paper: Paper, printed: Sequence[Article], origin: str, section: str | None = None) -> bytes:
    """The paper's home page, or a section's: a list of links, with the feed announced in its head."""
    shown = [one for one in printed if section in (None, one.section)]
    title = escape(f"{section} – {paper.name}" if section else paper.name)
    return _filled(
        "front", paper, title=title, head="".join(head.feed_links(paper, origin)), teasers=_teasers(shown, origin)
    )


def latest_page(paper: Paper, printed: Sequence[Article], origins: dict[str, str]) -> bytes:
    """The page that a paper without a feed is found by: a card an article, among links that lead elsewhere."""
    cards = "\n".join(_card(one, head.address(origins[one.host], one.listed_path)) for one in printed)
    offer = grammar.read(paper.language).chrome["newsletter"]
    # It looks like an article in every way but one, its class: that is what section_links is for.
    offers = OFFER.format(escape(offer)) if paper.discovery.section_links else ""
    return _filled("latest", paper, title=escape(paper.name), cards=cards, offers=offers)


def absent_page(paper: Paper) -> bytes:
    """A page that says in words that there is nothing: the body of a 404, a 410 and of a soft 404."""
    words = grammar.read(paper.language).chrome
    return _filled("absent", paper, title=escape(words["not_found_title"]), paragraph=escape(words["not_found"]))


def brief_page(paper: Paper, one: Article) -> bytes:
    """A headline and the promise of more, as news flashes begin; too short for an article."""
    words = grammar.read(paper.language).chrome
    return _filled("brief", paper, title=escape(one.title), paragraph=escape(words["brief"]))


def wall_page(paper: Paper, wall: str) -> bytes:
    """`consent_wall` or `bot_challenge` in place of an article."""
    return _filled(wall, paper)


def _filled(name: str, paper: Paper, **parts: str) -> bytes:
    words = grammar.read(paper.language).chrome
    sections = sorted({topic["section"] for topic in grammar.read(paper.language).topics})
    page = _template(name).substitute(
        {
            "lang": paper.language,
            "charset": paper.charset,
            "site": escape(paper.name),
            "nav": "".join(f'<li><a href="{section_path(one)}">{escape(one)}</a></li>' for one in sections),
            "terms": "".join(f'<li><a href="/about">{escape(one)}</a></li>' for one in words["terms"]),
            **{key: escape(words[key]) for key in WORDS},
            **parts,
        }
    )
    return page.encode(paper.charset)


def section_path(section: str) -> str:
    """Where a section's page is: by name, or by number where the name is not Latin."""
    return f"/section/{slug(section) or sum(section.encode())}"


@cache
def _template(name: str) -> Template:
    return Template((FOLDER / f"{name}.html").read_text("utf-8"))


def _by_line(paper: Paper, one: Article) -> str:
    if not one.authors:
        return ""
    by = escape(grammar.read(paper.language).chrome["by"])
    if paper.layout == "itemprop":
        person = '<span itemprop="author" itemscope itemtype="https://schema.org/Person"><span itemprop="name">{}</span></span>'
    else:
        person = '<a rel="author" class="author" href="/about">{}</a>'
    return f"{by} " + ", ".join(person.format(escape(name)) for name in one.authors)


def _dates(paper: Paper, one: Article) -> str:
    words, form = grammar.read(paper.language).chrome, DATE_FORMATS[paper.language]
    moments = [("datePublished", words["published"], one.published_at)]
    if one.edited_at:
        moments.append(("dateModified", words["updated"], one.edited_at))
    return " ".join(
        f'{escape(word)} <time itemprop="{prop}" datetime="{at.isoformat()}">{form.format(at=at)}</time>'
        for prop, word, at in moments
    )


def _card(one: Article, url: str) -> str:
    writers = ", ".join(
        f'<a rel="author" href="/author/{slug(name) or sum(name.encode())}">{escape(name)}</a>' for name in one.authors
    )
    tags = "".join(f'<li><a href="/tag/{slug(tag) or sum(tag.encode())}">{escape(tag)}</a></li>' for tag in one.tags)
    return (
        f'<article class="card"><a href="{escape(url)}"><img src="{one.image_path}" alt=""></a>'
        f'<h2><a href="{escape(url)}">{escape(one.title)}</a></h2>'
        f'<p>{writers} <time datetime="{one.published_at.isoformat()}">{one.published_at:%d.%m. %H:%M}</time></p>'
        f'<ul class="tags">{tags}</ul></article>'
    )


def _teasers(others: Sequence[Article], origin: str = "") -> str:
    return "".join(
        f'<li><a href="{escape(head.address(origin, one.path))}">{escape(one.title)}</a></li>' for one in others
    )

"""Which address of a paper answers what: articles and their faults, feeds, robots.txt, front pages; no sockets here."""

from collections.abc import Mapping, Sequence
from urllib.parse import unquote

from ingest.demo import layout, listing
from ingest.demo.answer import HTML, Answer, Host, document, picture
from ingest.demo.edition import Article, is_healed
from ingest.demo.head import FEED_TYPES, address
from ingest.demo.papers import RETRY_AFTER_S, TICKER, Paper

TEXT = "text/plain; charset=utf-8"


def hosts(
    papers: Mapping[str, tuple[Paper, tuple[Article, ...]]], origins: dict[str, str], edition: int
) -> dict[str, Host]:
    """What every paper's host, and the ticker's, answers in an edition; keys are those of `origins`."""
    ticker: dict[str, Answer] = {
        "/robots.txt": Answer(status=200, content_type=TEXT, body=b"User-agent: *\nAllow: /\n")
    }
    answering: dict[str, Host] = {}
    for source_id, (paper, printed) in papers.items():
        answers = _front(paper, printed, origins)
        for number, one in enumerate(printed):
            others = _others(printed, number)
            pages = answers if one.host == source_id else ticker
            pages[one.listed_path] = _listed(paper, one, others, origins, edition)
            if one.way == "moved":
                pages[one.path] = _page(paper, one, others, origins)
            pages[one.image_path] = Answer(status=200, content_type="image/png", body=picture(number + 1))
        answering[source_id] = serving(answers, _absent(paper, 404))
    answering[TICKER] = serving(ticker, Answer(status=404, content_type=TEXT, body=b"nothing here\n"))
    return answering


def serving(answers: Mapping[str, Answer], otherwise: Answer) -> Host:
    """A host that answers from a table."""
    return lambda path: answers.get(path, otherwise)


def _front(paper: Paper, printed: Sequence[Article], origins: dict[str, str]) -> dict[str, Answer]:
    origin = origins[paper.source_id]
    changed_at = listing.last_modified_at(printed)
    readable = [one for one in printed if one.way == "plain"]
    feeds = {"feed": printed}
    if paper.has_section_feed:
        feeds["section"] = tuple(listing.section_entries(printed))
    pages = {layout.section_path(one.section): one.section for one in printed}
    return {
        "/": _html(paper, layout.front_page(paper, readable, origin)),
        **{path: _html(paper, layout.front_page(paper, readable, origin, name)) for path, name in pages.items()},
        **{
            f"/{name}.xml": Answer(
                status=200,
                content_type=FEED_TYPES[paper.feed],
                body=listing.feed(paper, entries, origins, name),
                last_modified_at=listing.last_modified_at(entries),
            )
            for name, entries in feeds.items()
        },
        "/robots.txt": Answer(status=200, content_type=TEXT, body=listing.robots(origin)),
        "/sitemap.xml": Answer(
            status=200,
            content_type="application/xml",
            body=listing.sitemap(printed, origin),
            last_modified_at=changed_at,
        ),
        "/media/logo.png": Answer(status=200, content_type="image/png", body=picture(0)),
    }


def _listed(paper: Paper, one: Article, others: Sequence[Article], origins: dict[str, str], edition: int) -> Answer:
    """The first answer at the address a feed prints; papers.WAYS holds its status."""
    match one.way:
        case "moved":
            target = address(origins[one.host], one.path)
            return Answer(status=301, content_type=HTML, body=b"moved\n", headers=(("Location", target),))
        case "missing":
            return _absent(paper, 404)
        case "gone":
            return _absent(paper, 410)
        case "soft_404":
            return _absent(paper, 200)
        case "consent_wall" | "bot_challenge":
            return _html(paper, layout.wall_page(paper, one.way))
        case "brief":
            return _html(paper, layout.brief_page(paper, one))
        case "pdf":
            return Answer(status=200, content_type="application/pdf", body=document(one.title))
        case "overloaded" if not is_healed(edition):
            wait = (("Retry-After", str(RETRY_AFTER_S)),)
            return Answer(status=503, content_type=HTML, body=b"<h1>Service Unavailable</h1>\n", headers=wait)
        case _:
            return _page(paper, one, others, origins)


def _page(paper: Paper, one: Article, others: Sequence[Article], origins: dict[str, str]) -> Answer:
    body = layout.article_page(paper, one, others, origins[one.host])
    return Answer(status=200, content_type=_type(paper), body=body, last_modified_at=one.changed_at)


def _html(paper: Paper, body: bytes) -> Answer:
    return Answer(status=200, content_type=_type(paper), body=body)


def _absent(paper: Paper, status: int) -> Answer:
    return Answer(status=status, content_type=_type(paper), body=layout.absent_page(paper))


def _type(paper: Paper) -> str:
    """Papers in UTF-8 say so in the header; the other leaves it to its `<meta>`, as old sites do."""
    return HTML if paper.charset == "utf-8" else "text/html"


def _others(printed: Sequence[Article], number: int) -> list[Article]:
    """The readable articles after this one, round the list."""
    return [one for one in (*printed[number + 1 :], *printed[:number]) if one.way == "plain"]


def path_of(raw_path: str) -> str:
    """The key a host looks up: percent-decoded, without query."""
    return unquote(raw_path.partition("?")[0])

"""Which address of a paper answers what: articles and their faults, feeds, robots.txt, front pages; no sockets here."""

from collections.abc import Mapping, Sequence
from urllib.parse import unquote

from ingest.demo import layout, listing, sitemap
from ingest.demo.answer import HTML, Answer, Host, document, picture
from ingest.demo.edition import Article, is_healed
from ingest.demo.head import FEED_TYPES, address
from ingest.demo.issue import Issue
from ingest.demo.papers import MOVED_IN, RETRY_AFTER_S, TICKER, Paper
from ingest.demo.sources import SECTION_PAGE

TEXT = "text/plain; charset=utf-8"


def hosts(issues: Mapping[str, Issue], origins: dict[str, str]) -> dict[str, Host]:
    """What every paper's host, and the ticker's, answers in an edition; keys are those of `origins`."""
    ticker: dict[str, Answer] = {
        "/robots.txt": Answer(status=200, content_type=TEXT, body=b"User-agent: *\nAllow: /\n")
    }
    answering: dict[str, Host] = {}
    for source_id, issue in issues.items():
        paper, printed = issue.paper, (*issue.articles, *issue.archived)
        answers = _front(issue, origins) | _listings(issue, origins)
        for number, one in enumerate(printed):
            others = _others(issue.articles, number)
            pages = answers if one.host == source_id else ticker
            pages[one.listed_path] = _listed(paper, one, others, origins, issue.edition)
            if one.way == "moved":
                pages[one.path] = _page(paper, one, others, origins)
            pages[one.image_path] = Answer(status=200, content_type="image/png", body=picture(number + 1))
        answering[source_id] = serving(answers, _absent(paper, 404))
    answering[TICKER] = serving(ticker, Answer(status=404, content_type=TEXT, body=b"nothing here\n"))
    return answering


def serving(answers: Mapping[str, Answer], otherwise: Answer) -> Host:
    """A host that answers from a table."""
    return lambda path: answers.get(path, otherwise)


def _front(issue: Issue, origins: dict[str, str]) -> dict[str, Answer]:
    paper, origin = issue.paper, origins[issue.paper.source_id]
    readable = [one for one in issue.articles if one.way == "plain"]
    pages = {layout.section_path(one.section): one.section for one in issue.articles}
    return {
        "/": _html(paper, layout.front_page(paper, readable, origin)),
        **{path: _html(paper, layout.front_page(paper, readable, origin, name)) for path, name in pages.items()},
        "/media/logo.png": Answer(status=200, content_type="image/png", body=picture(0)),
    }


def _listings(issue: Issue, origins: dict[str, str]) -> dict[str, Answer]:
    """Feeds, sitemaps, robots.txt, and the page that lists what a feed would."""
    paper, origin = issue.paper, origins[issue.paper.source_id]
    main = sitemap.main_path(paper)
    robots = listing.robots(paper, f"{origin}{main}" if main else None)
    answers = {"/robots.txt": Answer(status=200, content_type=TEXT, body=robots)} | sitemap.sitemaps(issue, origin)
    match paper.discovery.by:
        case "feed":
            answers |= _feeds(issue, origins)
        case "section":
            answers[SECTION_PAGE] = _html(paper, layout.latest_page(paper, issue.articles, origins))
    return answers


def _feeds(issue: Issue, origins: dict[str, str]) -> dict[str, Answer]:
    answers = {"/feed.xml": _feed(issue, issue.in_feed, origins, "feed")}
    if issue.in_section_feed:
        answers["/section.xml"] = _feed(issue, issue.in_section_feed, origins, "section")
    if (moves_to := issue.paper.discovery.moves_to) and issue.edition >= MOVED_IN:
        answers[moves_to] = answers["/feed.xml"]
        answers["/feed.xml"] = _moved(origins[issue.paper.source_id] + moves_to)
    return answers


def _feed(issue: Issue, shown: Sequence[Article], origins: dict[str, str], name: str) -> Answer:
    return Answer(
        status=200,
        content_type=FEED_TYPES[issue.paper.feed or "rss"],
        body=listing.feed(issue.paper, shown, origins, name),
        last_modified_at=listing.last_modified_at(shown),
    )


def _listed(paper: Paper, one: Article, others: Sequence[Article], origins: dict[str, str], edition: int) -> Answer:
    """The first answer at the address a feed prints; papers.WAYS holds its status."""
    match one.way:
        case "moved":
            return _moved(address(origins[one.host], one.path))
        case "sent_home":
            return _moved(address(origins[one.host], "/"))
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


def _moved(url: str) -> Answer:
    return Answer(status=301, content_type=HTML, body=b"moved\n", headers=(("Location", url),))


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

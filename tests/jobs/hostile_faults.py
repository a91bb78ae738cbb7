"""Faults of feeds and pages, each on a host of its own, with the outcome that its row must have."""

import gzip
import socket
from collections.abc import Callable
from dataclasses import dataclass

import brotli

from fetch.hostile import HostileWeb, drip, flood, hang_up, reset, stall

PRIVATE = "169.254.169.254"  # where clouds keep their machines' secrets
SPELLINGS = (
    "http://10.0.0.1/", "http://169.254.169.254/latest/meta-data/", "http://[::1]/", "http://[::ffff:10.0.0.1]/",
    "http://[64:ff9b::a00:1]/", "http://[2002:a00:1::]/", "http://0x0a000001/", "http://167772161/", "http://012.0.0.1/",
    "http://10.1/", "http://[fe80::1]/", "http://0.0.0.0/", "http://[fd00::1]/",
)  # fmt: skip
RSS = b'<?xml version="1.0"?><rss version="2.0"><channel><title>x</title>%s</channel></rss>'
XML = "Content-Type: application/rss+xml"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n"
PAGE = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
LAUGHS = b'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "ha">' + b"".join(
    b'<!ENTITY %c "%s">' % (98 + step, b"&%c;" % (97 + step) * 10) for step in range(9)
) + b"]><rss><channel><item><title>&j;</title></item></channel></rss>"  # fmt: skip
XXE = (
    b'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    b"<rss><channel><item><title>&f;</title><link>https://daily.example/x</link></item></channel></rss>"
)
GARBAGE = bytes(range(256)) * 400
ZEROS = 400_000_000


def gzip_bomb() -> bytes:
    return gzip.compress(bytes(ZEROS), 9)


def brotli_bomb() -> bytes:
    return brotli.compress(bytes(ZEROS), quality=5)


@dataclass(frozen=True)
class FeedFault:
    """`sets` makes a web answer /feed; `outcomes` are those its poll may have."""

    name: str
    sets: Callable[[HostileWeb], object]
    outcomes: tuple[str, ...]
    kind: str = "feeds"


@dataclass(frozen=True)
class PageFault:
    """`sets` makes a web answer /page, which its feed lists; `states` are (state, reason) that its item may end in."""

    name: str
    sets: Callable[[HostileWeb], object]
    states: tuple[tuple[str, str], ...]


def answers(head: bytes, *deeds: object) -> Callable[[HostileWeb], object]:
    return lambda web: web.does("/feed", head, *deeds)  # type: ignore[arg-type]


def body(content: bytes, *headers: str, status: str = "200 OK") -> Callable[[HostileWeb], object]:
    return lambda web: web.page("/feed", content, *(headers or (XML,)), status=status)


def redirect(location: str) -> Callable[[HostileWeb], object]:
    return lambda web: web.redirect("/feed", location)


def two_that_point_at_each_other(web: HostileWeb) -> None:
    web.redirect("/feed", "/other")
    web.redirect("/other", "/feed")


def longer_each_time(web: HostileWeb) -> None:
    for number in range(40):
        web.redirect("/feed" if number == 0 else f"/feed{number}", f"/feed{number + 1}")


FEED_FAULTS = (
    FeedFault("headers that drip", answers(b"HTTP/1.1 200 OK\r\nX-Slow: ", drip), ("timeout",)),
    FeedFault("no answer at all", answers(b"", stall), ("timeout",)),
    FeedFault("a body that drips", answers(HEAD + b"\r\n<rss>", drip), ("timeout",)),
    FeedFault("a body that stalls", answers(HEAD + b"\r\n<rss>", stall), ("timeout",)),
    FeedFault("a body without end", answers(HEAD + b"\r\n", flood), ("too_large",)),
    FeedFault("50 MB announced", answers(HEAD + b"Content-Length: 52428800\r\n\r\n", flood), ("too_large",)),
    FeedFault("a redirect to itself", redirect("/feed"), ("too_many_redirects",)),
    FeedFault("two redirects in a circle", two_that_point_at_each_other, ("too_many_redirects",)),
    FeedFault("redirects without end", longer_each_time, ("too_many_redirects",)),
    *(FeedFault(f"a redirect to {place}", redirect(place), ("blocked_address", "bad_url")) for place in SPELLINGS),
    FeedFault("a redirect to a file", redirect("file:///etc/passwd"), ("bad_url",)),
    FeedFault("a redirect to a script", redirect("javascript:alert(1)"), ("bad_url",)),
    FeedFault("a gzip bomb", lambda web: web.page("/feed", gzip_bomb(), XML, "Content-Encoding: gzip"), ("too_large",)),
    FeedFault("a brotli bomb", lambda web: web.page("/feed", brotli_bomb(), XML, "Content-Encoding: br"), ("too_large",)),
    FeedFault("stacked codings", body(b"x", XML, "Content-Encoding: gzip, gzip"), ("bad_encoding",)),
    FeedFault("a coding nobody asked for", body(b"x", XML, "Content-Encoding: zstd"), ("bad_encoding",)),
    FeedFault("gzip that is none", body(b"<rss/>", XML, "Content-Encoding: gzip"), ("bad_encoding",)),
    FeedFault("a length that lies", answers(HEAD + b"Content-Length: 999\r\n\r\n<rss>", hang_up), ("cut_short",)),
    FeedFault("a reset in mid-body", answers(HEAD + b"Content-Length: 999\r\n\r\n<rss>", reset, hang_up), ("cut_short",)),
    FeedFault("a hang-up before the head", answers(b"", hang_up), ("unreachable", "cut_short")),
    FeedFault("a hang-up amid the head", answers(b"HTTP/1.1 200 OK\r\nConte", hang_up), ("cut_short", "unreachable")),
    FeedFault("chunks that lie", answers(HEAD + b"Transfer-Encoding: chunked\r\n\r\nZZ\r\nx"), ("cut_short",)),
    FeedFault("no HTTP at all", answers(b"SSH-2.0-OpenSSH_9.2\r\n"), ("unreachable",)),
    FeedFault("a thousand headers", answers(b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 1_000 + b"\r\n"), ("unreachable",)),
    FeedFault("a header of a megabyte", answers(b"HTTP/1.1 200 OK\r\nX-A: " + b"b" * 1_000_000), ("unreachable",)),
    FeedFault("not modified, unasked", body(b"", XML, status="304 Not Modified"), ("http_error",)),
    FeedFault("too many requests", body(b"", XML, "Retry-After: 120", status="429 Slow"), ("rate_limited",)),
    FeedFault("wait for ten years", body(b"", XML, "Retry-After: 315360000", status="503 No"), ("rate_limited",)),
    FeedFault("an outage", body(b"", XML, status="503 No"), ("http_error",)),
    FeedFault("gone", body(b"", XML, status="410 Gone"), ("gone",)),
    FeedFault("a page instead of a feed", body(b"<!doctype html><html><p>Hello", "Content-Type: text/html"), ("not_a_feed",)),
    FeedFault("nothing, and all is well", body(b""), ("not_a_feed",)),
    FeedFault("garbage", body(GARBAGE), ("not_a_feed",)),
    FeedFault("200,000 attributes", body(b"<rss " + b'a="b" ' * 200_000 + b"><channel/></rss>"), ("not_a_feed",)),
    FeedFault("100,000 levels", body(RSS % (b"<a>" * 100_000 + b"</a>" * 100_000)), ("not_a_feed", "ok")),
    FeedFault("a billion laughs", body(LAUGHS), ("not_a_feed", "ok")),
    FeedFault("an entity that is a file", body(XXE), ("not_a_feed", "ok")),
    FeedFault("CDATA without an end", body(RSS % (b"<item><title><![CDATA[" + b"]] " * 300_000)), ("not_a_feed", "ok")),
    FeedFault("a sitemap that is a bomb", lambda web: web.page("/feed", gzip_bomb(), "Content-Type: application/gzip"),
              ("not_a_feed", "ok"), kind="sitemaps"),
    FeedFault("an index of itself", lambda web: web.page("/feed", b"<sitemapindex><sitemap><loc>%s</loc></sitemap>"
              b"</sitemapindex>" % web.url("/feed").encode(), "Content-Type: text/xml"), ("ok",), kind="sitemaps"),
)  # fmt: skip


def page(content: bytes, *headers: str, status: str = "200 OK") -> Callable[[HostileWeb], object]:
    return lambda web: web.page("/page", content, *headers, status=status)


def acts(*deeds: object) -> Callable[[HostileWeb], object]:
    return lambda web: web.does("/page", *deeds)  # type: ignore[arg-type]


def under(robots: Callable[[HostileWeb], object]) -> Callable[[HostileWeb], object]:
    """A page that is well, behind rules that are not."""

    def sets(web: HostileWeb) -> None:
        robots(web)
        web.page("/page", b"<html><h1>Well</h1><p>" + b"A sentence of some words. " * 80)

    return sets


REJECTED = tuple(
    ("rejected", reason)
    for reason in ("unreadable", "no_text", "too_short", "extract_timeout", "extract_memory", "extract_crash")
)
PAGE_FAULTS = (
    PageFault("a page that drips", acts(PAGE + b"\r\n<html>", drip), (("waiting", "timeout"),)),
    PageFault("a page without end", acts(PAGE + b"\r\n", flood), (("failed", "too_large"),)),
    PageFault("a page that is a bomb", lambda web: web.page("/page", gzip_bomb(), "Content-Encoding: gzip"),
              (("failed", "too_large"),)),
    PageFault("a page that is a film", page(b"x", "Content-Type: video/mp4"), (("failed", "not_html"),)),
    PageFault("a page that is a program, and says it is a page", page(GARBAGE), REJECTED),
    PageFault("a page cut short", acts(PAGE + b"Content-Length: 9999\r\n\r\n<html>", hang_up), (("waiting", "cut_short"),)),
    PageFault("a page that leads inside", lambda web: web.redirect("/page", f"http://{PRIVATE}/"),
              (("failed", "blocked_address"),)),
    PageFault("a page that is not there", page(b"", status="404 No"), (("waiting", "http_error"),)),
    PageFault("a page that must not be read", page(b"", status="403 No"), (("failed", "http_error"),)),
    PageFault("a page in an outage", page(b"", status="502 No"), (("waiting", "http_error"),)),
    PageFault("a page that must wait", page(b"", "Retry-After: 600", status="429 No"), (("waiting", "rate_limited"),)),
    PageFault("a page of 100,000 levels", page(b"<html>" + b"<div>" * 100_000 + b"text"), REJECTED),
    PageFault("a page of 200,000 attributes", page(b"<html><p " + b'a="b" ' * 200_000 + b">text"), REJECTED),
    PageFault("a table that takes for ever", page(b"<html><table>" + b"<tr><td>word word" * 40_000),
              (*REJECTED, ("stored", "article"), ("rejected", "section_page"))),
    PageFault("rules that drip", under(lambda web: web.does("/robots.txt", b"HTTP/1.1 200 OK\r\n\r\nUser-agent", drip)),
              (("waiting", "robots_unreachable"),)),
    PageFault("rules in an outage", under(lambda web: web.page("/robots.txt", b"", status="500 No")),
              (("waiting", "robots_unreachable"),)),
    PageFault("rules without end", under(lambda web: web.does("/robots.txt", b"HTTP/1.1 200 OK\r\n\r\n", flood)),
              (("waiting", "robots_unreachable"), ("stored", "article"))),
    PageFault("rules that forbid", under(lambda web: web.page("/robots.txt", b"User-agent: *\nDisallow: /\n")),
              (("failed", "robots_denied"),)),
    PageFault("rules that lead inside", under(lambda web: web.redirect("/robots.txt", f"http://{PRIVATE}/")),
              (("waiting", "robots_unreachable"),)),
)  # fmt: skip


def closed_port() -> int:
    """One where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])

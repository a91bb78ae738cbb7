"""What a page shows beside its text."""

import pytest

from ingest.extract import claims, shown
from ingest.extract.tree import parse
from webpage import gathered, json_ld

FIGURE = '<figure><img src="/harbour.jpg" width="800"><figcaption>Boats in the harbour <span class="credit">Ana Silva</span></figcaption></figure>'  # noqa: E501


def pictures(body: str) -> list[str]:
    tree = parse(f"<html><body>{body}</body></html>")
    assert tree is not None
    return [one.addresses[0] for one in shown.pictures(tree)]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (f"<article><h1>T</h1>{FIGURE}</article>", ["/harbour.jpg"]),
        (f"<article>{FIGURE}<h1>T</h1></article>", ["/harbour.jpg"]),
        ('<header><img src="/banner.jpg"></header><h1>T</h1>', []),
        ('<h1>T</h1><div class="author-box"><img src="/ana.jpg"></div>', []),
        ('<h1>T</h1><div class="relatedStories related"><img src="/other.jpg"></div>', []),
        ('<h1>T</h1><a href="/other-story"><img src="/other.jpg"></a>', []),
        ('<h1>T</h1><a href="/full.jpg"><img src="/harbour.jpg"></a>', ["/harbour.jpg"]),
        ('<h1>T</h1><aside><img src="/other.jpg"></aside>', []),
        ('<h1>T</h1><img src="/ana.jpg" width="60" height="60">', []),
        ('<h1>T</h1><img src="data:image/gif;base64,R0" data-src="/harbour.jpg">', ["/harbour.jpg"]),
        ('<h1>T</h1><img src="/s.jpg" srcset="/s.jpg 320w, /l.jpg 1280w">', ["/l.jpg"]),
        ('<h1>T</h1><picture><source srcset="/l.webp 1280w"><img src="/s.jpg"></picture>', ["/l.webp"]),
        ('<div class="page top-banner"><h1>T</h1><p><img src="/harbour.jpg"></p></div>', ["/harbour.jpg"]),
    ],
)
def test_pictures_of_the_article_are_told_from_the_site_s(body: str, found: list[str]) -> None:
    assert pictures(body) == found


def test_far_down_only_pictures_with_a_caption_may_lead() -> None:
    prose = "<p>" + "Many words about the harbour and its boats. " * 3 + "</p>"
    assert pictures(f'<h1>T</h1>{prose * 5}<img src="/logo-of-a-brand-1.jpg">{FIGURE}') == ["/harbour.jpg"]


def test_the_lead_picture_and_its_caption_are_the_ones_shown() -> None:
    page = gathered(
        '<meta property="og:image" content="/social-card.jpg">', f"<article><h1>T</h1>{FIGURE}<p>Text.</p></article>"
    )
    found = claims.image_claim(page)
    assert (found.value, found.evidence) == ("https://news.example/harbour.jpg", "shown")
    assert claims.image_caption(page) == "Boats in the harbour"


def test_a_caption_in_json_ld_is_taken_where_the_page_shows_none() -> None:
    picture = '{"@type": "ImageObject", "url": "/harbour.jpg", "caption": "Boats &amp; more"}'
    page = gathered(json_ld(f'{{"@type": "NewsArticle", "headline": "Harbour", "image": {picture}}}'))
    found = claims.image_claim(page)
    assert (found.value, found.evidence) == ("https://news.example/harbour.jpg", "json-ld")
    assert claims.image_caption(page) == "Boats & more"


@pytest.mark.parametrize(
    ("body", "topics"),
    [
        ('<h1>T</h1><p>See <a href="/tag/storms">storms</a></p>', ()),
        ('<nav><a href="/tag/sport">Sport</a></nav><h1>T</h1>', ()),
        ('<h1>T</h1><ul class="article-tags"><li><a href="/tag/a">Storms</a></li><li><a href="/tag/b">Ports</a></li></ul>',
         ("Storms", "Ports")),
        ('<h1>T</h1><div data-testid="tags-box"><a href="/sport/anna-ek">Anna Ek</a></div>', ("Anna Ek",)),
        ('<h1>T</h1><div class="meta"><span><a rel="tag" href="/x">Storms</a></span></div>', ("Storms",)),
        ('<h1>T</h1><div class="meta"><span><a rel="category tag" href="/news">News</a></span></div>', ()),
        ('<h1>T</h1><div class="articleTags"><a href="#top">Top</a><a href="/tag/storms">Storms</a></div>', ("Storms",)),
        ('<h1>T</h1><div class="related-stories"><div class="tag"><a href="/tag/x">X</a></div></div>', ()),
        ('<article class="post tag-storms"><h1>T</h1><a href="/shop">Shop</a></article>', ()),
        ('<h1>T</h1><div class="topic">Topic of a longer text with <a href="/x">a link</a> in it, and more words.</div>', ()),
    ],
)  # fmt: skip
def test_links_to_topics_stand_in_a_box_of_their_own(body: str, topics: tuple[str, ...]) -> None:
    tree = parse(f"<html><body>{body}</body></html>")
    assert tree is not None
    assert shown.topics(tree) == topics


def test_links_to_topics_count_where_the_markup_names_none() -> None:
    body = '<article><h1>T</h1><p>Text.</p><div class="tags"><a href="/tag/storms">Storms</a></div></article>'
    assert gathered(body=body).tags == claims.Claimed(value=("Storms",), evidence="link")
    named = gathered('<meta name="keywords" content="harbours, ferries, insurance">', body)
    assert named.tags == claims.Claimed(value=("harbours", "ferries", "insurance"), evidence="meta")

"""Which picture leads an article, and which of its sizes."""

import pytest

from ingest.rules.picture import choose, is_placeholder, largest, marks, sizes


@pytest.mark.parametrize(
    ("srcset", "found"),
    [
        ("/a.jpg", [("/a.jpg", 1.0)]),
        ("/a.jpg 1x, /b.jpg 2x", [("/a.jpg", 1.0), ("/b.jpg", 2.0)]),
        ("/w_120,c_fit/a.gif 120w, /w_240,c_fit/a.gif 240w", [("/w_120,c_fit/a.gif", 120.0), ("/w_240,c_fit/a.gif", 240.0)]),
        ("/a.jpg 320w,https://cdn.example/b.jpg 640w", [("/a.jpg", 320.0), ("https://cdn.example/b.jpg", 640.0)]),
        ("/a.jpg, /b.jpg 2x,", [("/a.jpg", 1.0), ("/b.jpg", 2.0)]),
        ("", []),
    ],
)  # fmt: skip
def test_a_srcset_is_read_with_commas_inside_addresses(srcset: str, found: list[tuple[str, float]]) -> None:
    assert sizes(srcset) == found


def test_the_largest_size_is_no_original_file() -> None:
    assert largest("/s.jpg 320w, /m.jpg 1600w, /original.jpg 6000w") == "/m.jpg"
    assert largest("/original.jpg 6000w") == "/original.jpg"
    assert largest("") is None


@pytest.mark.parametrize(
    ("address", "is_none"),
    [
        ("data:image/gif;base64,R0lGOD", True),
        ("https://news.example/static/logo-dark.png", True),
        ("/img/placeholder.jpg", True),
        ("/icons/x.png", True),
        ("/flag.svg?v=2", True),
        ("https://sb.scorecardresearch.com/p?c1=2", True),
        ("https://static.example/image/59234409_${formatId}.jpg", True),
        ("https://news.example/sites/default/files/harbour.jpg", False),
        ("https://news.example/2026/catalogo-de-flores.jpg", False),
        ("https://news.example/harbour.jpg", False),
    ],
)
def test_logos_counters_and_spacers_are_no_photographs(address: str, is_none: bool) -> None:
    assert is_placeholder(address) is is_none


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://cdn.example/2026/harbour-1024x768.jpg", "https://cdn.example/2026/harbour-300x200.jpg"),
        ("https://cdn.example/w_120/harbour.jpg?x=1", "https://img.example/w_900/harbour.jpg"),
        ("https://cdn.example/image/409952153/v16_9_1600.webp", "https://cdn.example/image/409952153/v1_1_400.jpeg"),
        ("/_next/image?url=https%3A%2F%2Fcdn.example%2Fharbour.jpg&w=640", "https://cdn.example/harbour.jpg"),
    ],
)
def test_sizes_of_one_picture_share_a_mark(one: str, other: str) -> None:
    assert marks(one) & marks(other)
    assert not marks(one) & marks("https://cdn.example/2026/ferry.jpg")


@pytest.mark.parametrize(
    ("claimed", "shown", "lead"),
    [
        (["/og.jpg"], [], ("/og.jpg", False)),
        (["/og-1200x600.jpg"], [["/x.jpg"], ["/og-300x150.jpg"]], ("/og-1200x600.jpg", False)),
        (["/social-card.jpg"], [["/harbour.jpg", "/harbour-small.jpg"]], ("/harbour.jpg", True)),
        (["/logo.png"], [], None),
        (["/logo.png", "/harbour.jpg"], [], ("/harbour.jpg", False)),
        ([], [["/harbour.jpg"]], ("/harbour.jpg", True)),
        ([], [], None),
    ],
)
def test_the_claimed_picture_leads_if_the_article_shows_it(
    claimed: list[str], shown: list[list[str]], lead: tuple[str, bool] | None
) -> None:
    assert choose(claimed, shown) == lead

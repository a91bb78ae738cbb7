"""The synthetic newspapers, how each is found, and the ways their links go wrong, as tables; no text and no server lives here."""

from dataclasses import dataclass, replace
from typing import Literal

Way = Literal[
    "plain", "moved", "amp", "missing", "gone", "soft_404", "consent_wall", "bot_challenge",
    "pdf", "brief", "members", "overloaded", "sent_home",
]  # fmt: skip
State = Literal["stored", "duplicate", "stored_or_duplicate", "rejected", "failed", "waiting", "unknown"]

# way -> what the first answer's HTTP status is, the ledger's state, its reason
WAYS: dict[Way, tuple[int, State, str | None]] = {
    "plain": (200, "stored", None),
    "moved": (301, "stored", None),
    "amp": (200, "stored_or_duplicate", None),
    "missing": (404, "waiting", "http_error"),
    "gone": (410, "failed", "gone"),
    "soft_404": (200, "rejected", "soft_404"),
    "consent_wall": (200, "rejected", "consent_wall"),
    "bot_challenge": (200, "rejected", "bot_challenge"),
    "pdf": (200, "failed", "not_html"),
    "brief": (200, "rejected", "too_short"),
    "members": (200, "failed", "robots_denied"),
    "overloaded": (503, "waiting", "rate_limited"),
}
# What becomes of old addresses; what is only listed in archives ends so.
PAST_WAYS: dict[Way, tuple[int, State, str | None]] = {
    "plain": (200, "stored", None),
    "moved": (301, "stored", None),
    "missing": (404, "failed", "gone"),
    "gone": (410, "failed", "gone"),
    "soft_404": (200, "rejected", "soft_404"),
    "sent_home": (301, "rejected", "redirect_home"),
}
HEALED_IN = 2  # the edition in which the overloaded host answers again
RETRY_AFTER_S = 2
TICKER = "ticker"  # a host of its own, so that its Retry-After holds back no other article
WIRE = "wire"
MEMBERS_FOLDER = "/members/"
MOVED_IN = 2  # the edition from which on a feed that moves is elsewhere


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """How a paper's articles are found; `by` is what its catalogue entry names."""

    by: Literal["feed", "sitemap", "section"]
    window_count: int | None  # entries that its feed shows, the newest ones; None: all
    moves_to: str | None  # the path of its feed in edition 2, for good
    section_links: str | None  # CSS selector of the catalogue entry


BY_FEED = Discovery(by="feed", window_count=None, moves_to=None, section_links=None)
BY_SITEMAP = replace(BY_FEED, by="sitemap")
BY_SECTION = replace(BY_FEED, by="section")


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """`count` articles in edition 1, the last of them going the `ways`; `edited` and `late_count` are edition 2."""

    source_id: str
    name: str
    country: str
    language: str
    offset_h: int  # from UTC
    discovery: Discovery
    feed: Literal["rss", "atom"] | None
    layout: Literal["broadsheet", "weblog", "itemprop", "portal", "table", "cards"]
    head: Literal["json-ld", "graph", "opengraph", "microdata", "meta"]
    charset: Literal["utf-8", "windows-1252"]
    path: str  # with {y} {m} {d} {section} {slug} {number}
    is_tracked: bool  # feed links carry utm_ parameters
    has_section_feed: bool  # a second feed, of one section
    count: int
    ways: tuple[Way, ...]
    edited: tuple[int, ...]
    late_count: int


PAPERS: tuple[Paper, ...] = (
    Paper(
        source_id="harbour-gazette", name="The Harbour Gazette", country="GB", language="en", offset_h=0,
        discovery=BY_FEED, feed="rss", layout="broadsheet", head="json-ld", charset="utf-8", path="/{section}/{slug}-{number}",
        is_tracked=True, has_section_feed=True, count=15, ways=("amp", "members"), edited=(1, 2), late_count=2,
    ),
    Paper(
        source_id="prairie-ledger", name="Prairie Ledger", country="US", language="en", offset_h=-6,
        discovery=BY_FEED, feed="atom", layout="weblog", head="opengraph", charset="utf-8", path="/{y}/{m}/{d}/{slug}/",
        is_tracked=False, has_section_feed=False, count=15, ways=("moved", "missing", "bot_challenge"), edited=(0,),
        late_count=2,
    ),
    Paper(
        source_id="liffey-courier", name="Liffey Courier", country="IE", language="en", offset_h=0,
        discovery=BY_FEED, feed="rss", layout="itemprop", head="microdata", charset="utf-8", path="/news/{slug}.{number}.html",
        is_tracked=False, has_section_feed=False, count=14, ways=("gone", "overloaded", "soft_404"), edited=(),
        late_count=0,
    ),
    Paper(
        source_id="donauer-abendblatt", name="Donauer Abendblatt", country="AT", language="de", offset_h=1,
        discovery=BY_FEED, feed="atom", layout="portal", head="graph", charset="utf-8", path="/story/{number}/{slug}",
        is_tracked=False, has_section_feed=False, count=15, ways=("consent_wall", "soft_404", "moved"), edited=(1, 3),
        late_count=1,
    ),
    Paper(
        source_id="diario-del-estrecho", name="Diario del Estrecho", country="ES", language="es", offset_h=1,
        discovery=BY_FEED, feed="rss", layout="portal", head="opengraph", charset="utf-8",
        path="/{section}/{y}-{m}-{d}/{slug}_{number}.html",
        is_tracked=True, has_section_feed=False, count=14, ways=("amp", "missing"), edited=(2,), late_count=1,
    ),
    Paper(
        source_id="courrier-du-lac", name="Le Courrier du Lac", country="FR", language="fr", offset_h=1,
        discovery=replace(BY_FEED, moves_to="/flux/une.xml"), feed="rss", layout="table", head="meta", charset="windows-1252",
        path="/{section}/article/{y}/{m}/{d}/{slug}_{number}.html",
        is_tracked=False, has_section_feed=False, count=14, ways=("pdf", "gone"), edited=(0,), late_count=1,
    ),
    Paper(
        source_id="stepnoy-vestnik", name="Степной вестник", country="KZ", language="ru", offset_h=5,
        discovery=BY_FEED, feed="atom", layout="itemprop", head="opengraph", charset="utf-8", path="/news/{y}/{m}/{d}/{number}/",
        is_tracked=False, has_section_feed=False, count=13, ways=("brief", "members"), edited=(), late_count=1,
    ),
    Paper(
        source_id="minato-shimpo", name="みなと新報", country="JP", language="ja", offset_h=9,
        discovery=BY_FEED, feed="rss", layout="cards", head="json-ld", charset="utf-8", path="/記事/{y}{m}{d}/{number}",
        is_tracked=False, has_section_feed=False, count=13, ways=("missing",), edited=(1,), late_count=1,
    ),
    Paper(
        source_id="tidewater-daily", name="Tidewater Daily", country="NZ", language="en", offset_h=13,
        discovery=replace(BY_FEED, window_count=8), feed="atom", layout="weblog", head="graph", charset="utf-8",
        path="/{y}/{m}/{slug}-{number}", is_tracked=False, has_section_feed=False, count=8, ways=(), edited=(),
        late_count=12,
    ),
    Paper(
        source_id="rheintaler-bote", name="Rheintaler Bote", country="CH", language="de", offset_h=1,
        discovery=BY_SITEMAP, feed=None, layout="portal", head="json-ld", charset="utf-8",
        path="/{section}/{slug}-{number}", is_tracked=False, has_section_feed=False, count=10, ways=("moved", "gone"),
        edited=(1,), late_count=2,
    ),
    Paper(
        source_id="gaceta-del-golfo", name="Gaceta del Golfo", country="MX", language="es", offset_h=-6,
        discovery=BY_SECTION, feed=None, layout="broadsheet", head="opengraph", charset="utf-8",
        path="/{y}/{m}/{d}/{slug}/", is_tracked=False, has_section_feed=False, count=8, ways=("soft_404",), edited=(),
        late_count=1,
    ),
    Paper(
        source_id="kitamisaki-nippo", name="北岬日報", country="JP", language="ja", offset_h=9,
        discovery=replace(BY_SECTION, section_links="article.card h2 a"), feed=None, layout="cards", head="json-ld",
        charset="utf-8", path="/articles/{number}", is_tracked=False, has_section_feed=False, count=8, ways=(),
        edited=(), late_count=1,
    ),
)  # fmt: skip

# what the robots.txt of some papers says beyond what all say: a rest between two visits, and that models are not to be trained
CRAWL_DELAY_S: dict[str, float] = {"gaceta-del-golfo": 0.1}
TRAINING_RESERVED: tuple[str, ...] = ("donauer-abendblatt",)

# agency text -> (paper, the first edition that prints it); the first paper printed it first
SYNDICATED: dict[str, tuple[tuple[str, int], ...]] = {
    "agency-1": (("harbour-gazette", 1), ("prairie-ledger", 1), ("liffey-courier", 1)),
    "agency-2": (("prairie-ledger", 1), ("harbour-gazette", 1), ("liffey-courier", 2)),
}

"""Which articles a paper holds in an edition, with their dates and addresses; how they look is in layout.py."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from random import Random

from ingest.demo import grammar
from ingest.demo.papers import HEALED_IN, MEMBERS_FOLDER, SYNDICATED, TICKER, Paper, Way

TRANSLITERATED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "œ": "oe", "ı": "i", "’": None})
PRESS_TIME = timedelta(hours=6)  # the last article of edition 1 is older than this, those of edition 2 are younger
LONGEST_AGE_MIN = 36 * 60
ARCHIVED_DAYS = (9, 10, 12, 13, 15, 17, 19, 20, 22, 24, 26, 28, 400, 400)  # ages of what only sitemaps still hold
# ways of some of them, by their place; the others are plain
ARCHIVED_WAYS: dict[int, Way] = {2: "moved", 4: "gone", 6: "soft_404", 8: "sent_home", 10: "missing"}
FIRST_ARCHIVED = 50  # numbers of the articles of a paper: below its own, above extra ones (70) and agency copy (90)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtraArticle:
    """A text from outside, printed on an ordinary page of the first paper; `body` is paragraphs, one a line."""

    title: str
    body: str
    authors: tuple[str, ...]
    published_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One listed entry of a paper. `listed_path` is what the feed links to, `path` is the article's own address."""

    id: str
    source_id: str
    host: str
    way: Way
    path: str
    listed_path: str
    title: str
    summary: str
    paragraphs: tuple[str, ...]
    authors: tuple[str, ...]
    section: str
    tags: tuple[str, ...]
    published_at: datetime  # with the paper's own offset
    edited_at: datetime | None
    image_path: str
    group: str | None  # of entries that carry one text: exactly one of them is stored
    first_edition: int

    @property
    def changed_at(self) -> datetime:
        return self.edited_at or self.published_at


def slug(text: str) -> str:
    """ASCII words of a title joined by hyphens, as most content systems do it; empty for other scripts."""
    plain = unicodedata.normalize("NFKD", text.lower().translate(TRANSLITERATED)).encode("ascii", "ignore").decode()
    return "-".join(re.findall(r"[a-z0-9]+", plain)[:9])


def press_at(now: datetime) -> datetime:
    """When edition 1 went to press: full hours, so that two webs of one hour are alike."""
    return now.replace(minute=0, second=0, microsecond=0) - PRESS_TIME


def articles(
    paper: Paper, *, seed: int, edition: int, now: datetime, extra: Sequence[ExtraArticle]
) -> tuple[Article, ...]:
    """All articles of the paper that are listed by this edition, newest first."""
    zone = timezone(timedelta(hours=paper.offset_h))
    pressed_at = press_at(now).astimezone(zone)
    printed = [
        *_own(paper, seed=seed, edition=edition, pressed_at=pressed_at),
        *_syndicated(paper, seed=seed, edition=edition, pressed_at=pressed_at),
        *(_from_outside(paper, number, text) for number, text in enumerate(extra)),
    ]
    variants = [
        replace(
            one, id=f"{one.id}-amp", way="amp", listed_path=f"{one.path.rstrip('/')}/amp", group=f"{one.id}-variants"
        )
        for one in printed
        if one.way == "amp"
    ]
    mains = [replace(one, way="plain", group=f"{one.id}-variants") if one.way == "amp" else one for one in printed]
    return tuple(sorted([*mains, *variants], key=lambda one: (one.published_at, one.id), reverse=True))


def archive(paper: Paper, *, seed: int, now: datetime) -> tuple[Article, ...]:
    """Articles of weeks ago and of a year before, newest first, where a paper's sitemaps hold them."""
    if paper.discovery.by != "sitemap":
        return ()
    words, taken = grammar.read(paper.language), set[str]()
    pressed_at = press_at(now).astimezone(timezone(timedelta(hours=paper.offset_h)))
    return tuple(
        _article(
            paper,
            rng=rng,
            number=FIRST_ARCHIVED + place,
            way=ARCHIVED_WAYS.get(place, "plain"),
            story=grammar.tell(words, rng, taken),
            authors=(),
            published_at=pressed_at - timedelta(days=days),
        )
        for place, days in enumerate(ARCHIVED_DAYS)
        for rng in (Random(f"{seed}/{paper.source_id}/archive/{place}"),)
    )


def _own(paper: Paper, *, seed: int, edition: int, pressed_at: datetime) -> list[Article]:
    words = grammar.read(paper.language)
    staff_rng = Random(f"{seed}/{paper.source_id}/staff")
    staff = sorted({grammar.person(words, staff_rng) for _ in range(6)})
    taken: set[str] = set()
    printed: list[Article] = []
    ways = (*["plain"] * (paper.count - len(paper.ways)), *paper.ways, *["plain"] * paper.late_count)
    for number, way in enumerate(ways):
        rng = Random(f"{seed}/{paper.source_id}/{number}")
        story = grammar.tell(words, rng, taken)
        age_min = rng.randint(20, LONGEST_AGE_MIN) if number < paper.count else -rng.randint(10, 120)
        one = _article(
            paper,
            rng=rng,
            number=number,
            way=way,  # type: ignore[arg-type]  # mypy widens the starred literals to str
            story=story,
            authors=tuple(sorted(rng.sample(staff, rng.choice((1, 1, 1, 2))))),
            published_at=pressed_at - timedelta(minutes=age_min),
        )
        if number >= paper.count:
            one = replace(one, first_edition=2)
        if edition >= 2 and number in paper.edited:
            one = _edited(one, story, at=pressed_at + timedelta(minutes=200 + rng.randint(0, 60)))
        if edition >= one.first_edition:
            printed.append(one)
    return printed


def _article(
    paper: Paper,
    *,
    rng: Random,
    number: int,
    way: Way,
    story: grammar.Story,
    authors: tuple[str, ...],
    published_at: datetime,
) -> Article:
    printed_number = f"{rng.randint(1000, 9999)}{number:02d}"
    path = paper.path.format(
        y=published_at.strftime("%Y"),
        m=published_at.strftime("%m"),
        d=published_at.strftime("%d"),
        section=slug(story.section),
        slug=slug(story.title),
        number=printed_number,
    )
    if way == "members":
        path = MEMBERS_FOLDER + path.lstrip("/")
    if way == "pdf":
        path = f"/documents/{printed_number}.pdf"
    return Article(
        id=f"{paper.source_id}-{number:02d}",
        source_id=paper.source_id,
        host=TICKER if way == "overloaded" else paper.source_id,
        way=way,
        path=path,
        listed_path=f"/go/{printed_number}" if way == "moved" else path,
        title=story.title,
        summary=story.summary,
        paragraphs=story.paragraphs,
        authors=authors,
        section=story.section,
        tags=story.tags,
        published_at=published_at,
        edited_at=None,
        image_path=f"/media/{printed_number}.png",
        group=None,
        first_edition=1,
    )


def _edited(one: Article, story: grammar.Story, *, at: datetime) -> Article:
    """Edition 2: a paragraph more; every article with an even number gets another headline too."""
    title = story.retold if int(one.id[-2:]) % 2 == 0 else one.title
    return replace(one, title=title, paragraphs=(*one.paragraphs, story.addition), edited_at=at)


def _syndicated(paper: Paper, *, seed: int, edition: int, pressed_at: datetime) -> list[Article]:
    """Agency copy: one text for all its papers, without a by-line; later papers print it later."""
    printed = []
    for group, copies in SYNDICATED.items():
        for place, (source_id, first_edition) in enumerate(copies):
            if source_id != paper.source_id or first_edition > edition:
                continue
            story = grammar.tell(grammar.read(paper.language), Random(f"{seed}/{group}"), set())
            one = _article(
                paper,
                rng=Random(f"{seed}/{group}/{source_id}"),
                number=90 + place,
                way="plain",
                story=story,
                authors=(),
                published_at=pressed_at
                - timedelta(minutes=300 - 40 * place)
                + timedelta(hours=6 * (first_edition - 1)),
            )
            printed.append(replace(one, id=f"{source_id}-{group}", group=group, first_edition=first_edition))
    return printed


def _from_outside(paper: Paper, number: int, text: ExtraArticle) -> Article:
    paragraphs = tuple(line.strip() for line in text.body.splitlines() if line.strip())
    story = grammar.Story(
        title=text.title,
        retold=text.title,
        summary=text.title,
        paragraphs=paragraphs,
        addition="",
        section="World",
        tags=("world",),
    )
    one = _article(
        paper,
        rng=Random(f"extra/{number}"),
        number=70 + number,
        way="plain",
        story=story,
        authors=text.authors,
        published_at=text.published_at,
    )
    return replace(one, id=f"{paper.source_id}-extra-{number}")


def is_healed(edition: int) -> bool:
    """Whether the overloaded host answers in this edition."""
    return edition >= HEALED_IN

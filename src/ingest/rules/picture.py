"""Which picture leads an article, and which of its sizes; where pictures stand in a page is read elsewhere."""

import re
from collections.abc import Iterable, Sequence
from urllib.parse import unquote, urlsplit

# Names of files and folders that show the site and not the story
PLACEHOLDER = re.compile(
    r"/(?:authors?|logos?|icons?|avatars?|sprites?|placeholders?|loaders?|favicons?)/|(?:^|[/_.-])(?:logos?|icons?|favicon|avatars?|"
    r"gravatar|sprites?|placeholder|default|fallback|blank|spacer|pixel|dummy|no-?image|noimg|transparent|loading|loader|"
    r"1x1)(?:[_.@\d-][^/]*)?$",
    re.IGNORECASE,
)
# Hosts of counters, whose pictures are one pixel
COUNTER = re.compile(
    r"scorecardresearch|doubleclick|facebook\.com/tr|vgwort|omtrdc|google-analytics|googletagmanager|chartbeat|imrworldwide|"
    r"quantserve|ivwbox|ioam\.de|xiti\.com|/wt\.pl|mc\.yandex|top-fwz1|liveinternet|hotjar|//pixel\.|//stats?\.",
    re.IGNORECASE,
)
TEMPLATE = re.compile(r"\$?\{\w+\}|%7B\w+%7D", re.IGNORECASE)  # an address that a script fills in
SIZE_SUFFIX = re.compile(r"[-_]\d{2,4}x\d{2,4}(?=\.\w+$)")  # WordPress: `storm-1024x768.jpg`
DESCRIPTOR = re.compile(r"(\d{1,5}(?:\.\d{1,4})?)[wx](?:,(.*))?")  # with the next address where no space parts them
WIDEST = 2_400  # a wider file is the photographer's
SHORTEST_MARK = 7
MARK_DIGITS = 3
SRCSET_LIMIT_CHARS = 20_000


def is_placeholder(address: str) -> bool:
    """Whether an address is a logo, a spacer, a counter or drawn by a program (`data:`, svg): no photograph of a story."""
    if address[:5].lower() == "data:" or TEMPLATE.search(address) or COUNTER.search(address):
        return True
    path = address.partition("?")[0].partition("#")[0]
    return path.lower().endswith(".svg") or bool(PLACEHOLDER.search(path))


def sizes(srcset: str) -> list[tuple[str, float]]:
    """The addresses of a `srcset` with their widths (or densities); commas inside addresses are kept."""
    found: list[tuple[str, float]] = []
    address = ""
    for word in srcset[:SRCSET_LIMIT_CHARS].split():
        described = DESCRIPTOR.fullmatch(word) if address else None
        if described is not None:
            found.append((address, float(described[1])))
            address = described[2] or ""
            continue
        if address:
            found.append((address, 1.0))
        address = word
        if word.endswith(","):
            found.append((word.rstrip(","), 1.0))
            address = ""
    return [(one, size) for one, size in (*found, (address, 1.0)) if one]


def largest(srcset: str) -> str | None:
    """The largest size that is no original file."""
    given = sizes(srcset)
    fit = [one for one in given if one[1] <= WIDEST] or given
    return max(fit, key=lambda one: one[1])[0] if fit else None


def marks(address: str) -> frozenset[str]:
    """What names a picture whatever its size: its file's name, and long parts of the address that hold digits."""
    split = urlsplit(address)
    proxied = split.query.partition("&")[0]  # `/_next/image?url=https%3A%2F%2F…`
    whole = unquote(unquote(f"{split.path}/{proxied}" if "%2f" in proxied.lower() else split.path)).lower().rstrip("/")
    parts = {part for part in re.split(r"[^a-z0-9]+", whole) if len(part) >= SHORTEST_MARK}
    named = {part for part in parts if sum(map(str.isdigit, part)) >= MARK_DIGITS}
    name = SIZE_SUFFIX.sub("", whole.rsplit("/", 1)[-1])
    return frozenset((named | {name}) - {""})


def choose(claimed: Sequence[str], shown: Sequence[Sequence[str]]) -> tuple[str, bool] | None:
    """The lead picture's address, and whether it is one that the page shows.

    `claimed`: og:image and its kin, the surest first; `shown`: the addresses of each picture in the article, in order.
    A claimed picture that the article shows is the lead. Where it shows others only, the claimed one was made for
    social networks (with the site's name in it, cut, or from an archive), and the first one shown leads.
    """
    story = [address for address in claimed if not is_placeholder(address)]
    seen = {mark for addresses in shown for address in addresses for mark in marks(address)}
    for address in story:
        if marks(address) & seen:
            return address, False
    if shown:
        return shown[0][0], True
    return (story[0], False) if story else None


def distinct(addresses: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(addresses))

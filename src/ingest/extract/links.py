"""Where an article's text links to; what its text is was decided elsewhere."""

from collections.abc import Iterable
from itertools import islice

from ingest.extract.blocks import Block
from ingest.rules import url

LINKS_LIMIT = 200


def of_text(blocks: Iterable[Block], text: str, *, page_url: str) -> tuple[str, ...]:
    """Addresses that the lines of `text` link to, distinct, in order; the page's own are none."""
    lines = frozenset(_bare(line) for line in text.split("\n"))
    own = page_url.partition("#")[0]
    found: dict[str, None] = {}
    for block in blocks:
        if block.hrefs and _bare(block.text) in lines:
            addresses = (url.as_found(href, page_url) for href in block.hrefs)
            found.update(dict.fromkeys(one for one in addresses if one and one.partition("#")[0] != own))
    return tuple(islice(found, LINKS_LIMIT))


def _bare(line: str) -> str:
    return "".join(line.split())

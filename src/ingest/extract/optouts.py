"""Where a page's markup reserves text mining or AI training: recorded as evidence, never a reason to reject.

What robots.txt and headers say of it is read with the fetch.
"""

from ingest.extract.markup import Markup

# name of the meta element -> words in its content that reserve something, and how that is recorded
# TDM Reservation Protocol (W3C community group report, 2024) section 4.3; `noai`, `noimageai`: DeviantArt's, widely copied
RESERVATIONS: dict[str, dict[str, str]] = {
    "tdm-reservation": {"1": "meta:tdm-reservation"},
    "robots": {"noai": "meta:noai", "noimageai": "meta:noimageai", "noml": "meta:noml"},
}


def reserved(markup: Markup) -> tuple[str, ...]:
    """Sorted, each once."""
    found = {
        recorded
        for name, words in RESERVATIONS.items()
        for value in markup.meta.get(name, ())
        for word, recorded in words.items()
        if word in value.lower().replace(",", " ").split()
    }
    return tuple(sorted(found))

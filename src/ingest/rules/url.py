"""Addresses: what is fetched (`as_found`), the key that tells articles apart (`canonical`), and whose site it is.

Nothing is fetched or resolved here; the public suffix list is the copy inside tldextract.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from hashlib import sha256
from ipaddress import IPv6Address
from typing import NamedTuple
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit
from uuid import UUID

import idna
import tldextract

URL_RULE = 1  # a change of any table or step below is a new rule: it writes aliases, it splits no article
LIMIT_CHARS = 4_096  # longer addresses are not those of articles

DEFAULT_PORTS = {"http": 80, "https": 443}
# Names that say how a reader came, never what is read; `ref`, `source`, `cid`, `id` and `p` may name an article.
TRACKING_PREFIXES = ("utm_", "mtm_", "pk_", "piwik_", "matomo_", "hsa_", "_hs", "__hs", "ns_", "guce_", "at_")
TRACKING_NAMES = frozenset({
    "fbclid", "fb_action_ids", "fb_action_types", "fb_source", "fb_ref", "gclid", "gclsrc", "dclid", "gbraid",
    "wbraid", "srsltid", "msclkid", "twclid", "ttclid", "yclid", "ysclid", "igshid", "igsh", "li_fat_id", "epik",
    "mc_cid", "mc_eid", "mkt_tok", "oly_anon_id", "oly_enc_id", "vero_id", "vero_conv", "wickedid", "_openstat",
    "_ga", "_gl", "cmpid", "ocid", "ncid", "ito", "smid", "smtyp", "xtor", "wt_mc", "wt.mc_id", "wt_zmc", "s_cid",
    "s_kwcid", "guccounter", "ftag", "taid", "sr_share", "soc_src", "soc_trk", "ftcamp", "spm_id_from",
    "__twitter_impression", "__tn__", "phpsessid", "jsessionid",
})  # fmt: skip
# Names that do so only with one of these values.
RSS_NAMES = frozenset({"ref", "source", "src", "from", "partner", "emc", "via", "feature"})
RSS_VALUES = frozenset({"rss", "feed", "rssfeed", "rss2", "atom"})
# Names that tell articles apart where every article has the same path.
ARTICLE_NAMES = frozenset({
    "id", "p", "aid", "nid", "pid", "artid", "idart", "article", "articleid", "article_id", "news", "newsid",
    "news_id", "story", "storyid", "story_id", "post", "postid", "post_id", "docid", "contentid",
})  # fmt: skip
ROUTES = ("!", "/")  # `#!/story/1` and `#/story/1` name a page, `#comments` a place in it

UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")  # RFC 3986 section 2.3
PATH_KEEPS = UNRESERVED | frozenset("!$&'()*+,;=:@/")
QUERY_KEEPS = UNRESERVED | frozenset("!$'()*,;:@/?")
FRAGMENT_KEEPS = QUERY_KEEPS | frozenset("&=+")

EDGES = "".join(map(chr, range(0x21))) + "".join(map(chr, range(0x7F, 0xA1))) + "\u2028\u2029\u200b\u2060\ufeff"
DROPPED_INSIDE = dict.fromkeys(map(ord, "\t\n\r"))  # as browsers do (WHATWG URL, section 4.4)
UNPRINTABLE = re.compile(f"[{re.escape(EDGES)}]")
HOST_NAME = re.compile(r"(?=.{1,253}\Z)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*")
ESCAPE_OR_CHARACTER = re.compile(r"%[0-9A-Fa-f]{2}|.", re.DOTALL)
WWW = re.compile(r"^(www\.)+(?=[^.]+\.)")
SESSION = re.compile(r";jsessionid=[^/;]*", re.IGNORECASE)
HOME_PATH = re.compile(r"/([a-z]{2}([-_][a-z]{2})?)?(/?(index|home|default|startseite)(\.[a-z]{2,5})?)?", re.IGNORECASE)
VARIANT_SEGMENT = re.compile(r"amp|amp\.html|print|printable|page|full|single|all|comments|\d{1,2}", re.IGNORECASE)

_suffixes = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)


class _Address(NamedTuple):
    scheme: str
    host: str  # lower-case IDNA name or IP address, IPv6 in brackets
    port: int | None  # None: the scheme's own
    parts: SplitResult


def as_found(href: str, base: str | None = None) -> str | None:
    """The absolute http(s) address that `href` names and that is fetched; None if it is not a usable web address.

    White space around it and the fragment are dropped (a fragment that routes, `#!`, stays: it names another page,
    although it never goes over the wire). Addresses that carry a user's name or password are not usable.
    """
    text = href.strip(EDGES).translate(DROPPED_INSIDE)
    if not text or len(text) > LIMIT_CHARS:
        return None
    try:
        absolute = urljoin(base, text) if base else text
    except ValueError:
        return None
    address = _address(absolute)
    if address is None:
        return None
    parts = address.parts
    return parts._replace(
        scheme=address.scheme,
        path=_printable(parts.path) or "/",
        query=_printable(parts.query),
        fragment=_printable(parts.fragment) if _routes(parts.fragment) else "",
    ).geturl()


def canonical(url: str) -> str:
    """The key of an address: equal keys are one article. Never fetched; idempotent (version `URL_RULE`).

    RFC 3986 section 6.2.2 (case, percent-encoding, dot segments), then habits of the web: https for http, no `www.`,
    no doubled or trailing slash, no tracking names, the query sorted by name (repeated names keep their order).
    ValueError if `url` is not a web address: what comes from `as_found` always is.
    """
    address = _must_be_address(url)
    port = "" if address.port in (None, 80, 443) else f":{address.port}"
    path = _without_dots(SESSION.sub("", _escaped(address.parts.path, PATH_KEEPS)))
    pairs = sorted(_pairs(address.parts.query), key=lambda pair: pair.partition("=")[0])
    query = f"?{'&'.join(pairs)}" if pairs else ""
    fragment = _escaped(address.parts.fragment, FRAGMENT_KEEPS)
    route = f"#{fragment}" if _routes(fragment) else ""
    return f"https://{WWW.sub('', address.host)}{port}{path}{query}{route}"


def identity(url: str) -> str:
    """The UUID text of an address' key: `entry_id` of a listed address, `article_id` of a canonical one."""
    key = f"url-rule-{URL_RULE}\n{canonical(url)}"
    return str(UUID(bytes=sha256(key.encode()).digest()[:16]))


def host(url: str) -> str:
    """The unit of politeness: lower-case host, with its port where that is not the scheme's own."""
    address = _must_be_address(url)
    return address.host if address.port is None else f"{address.host}:{address.port}"


def same_site(a: str, b: str) -> bool:
    """Whether two addresses belong to one publisher: the same registrable domain (a blog of blogspot.com is its own).

    Hosts without one (IP addresses, localhost) are a site each, ports told apart.
    """
    return _site(a) == _site(b)


def is_home(url: str) -> bool:
    """Whether an address is a front page: `/`, `/index.html`, `/en/`, with nothing that names an article."""
    parts = urlsplit(canonical(url))
    return not parts.query and not parts.fragment and HOME_PATH.fullmatch(parts.path) is not None


def trusted_canonical(claimed: str | None, page_url: str) -> str | None:
    """What a page calls its canonical address, as found, where that can be believed; else None.

    Not believed: another site, a front page, a section above the page (`/news` for `/news/a-story`; `/a-story` for
    `/a-story/amp` is fine), and the page's own path without the name that tells its articles apart (`?id=7`).
    """
    found = as_found(claimed, page_url) if claimed else None
    if found is None or not same_site(found, page_url) or is_home(found):
        return None
    claim, page = urlsplit(canonical(found)), urlsplit(canonical(page_url))
    if claim.path == page.path:
        lost = set(page.query.split("&")) - set(claim.query.split("&"))
        return None if any(pair.partition("=")[0].lower() in ARTICLE_NAMES for pair in lost) else found
    if page.path.startswith(claim.path + "/"):
        rest = page.path[len(claim.path) + 1 :].split("/")
        return found if all(VARIANT_SEGMENT.fullmatch(segment) for segment in rest) else None
    return found


def _address(url: str) -> _Address | None:
    try:
        url.encode()  # a lone surrogate can neither be sent nor stored
        parts = urlsplit(url)
        port, name = parts.port, parts.hostname
    except ValueError:
        return None
    scheme = parts.scheme.lower()
    if scheme not in DEFAULT_PORTS or not name or "@" in parts.netloc or port == 0:
        return None
    ascii_name = _ascii_host(name)
    if ascii_name is None:
        return None
    return _Address(scheme, ascii_name, None if port == DEFAULT_PORTS[scheme] else port, parts)


def _must_be_address(url: str) -> _Address:
    address = _address(url)
    if address is None:
        raise ValueError(f"not a web address: {url!r}")
    return address


@lru_cache(maxsize=4_096)
def _ascii_host(name: str) -> str | None:
    if ":" in name:
        try:
            return f"[{IPv6Address(name).compressed}]"
        except ValueError:
            return None
    if not name.isascii():
        try:
            name = idna.encode(name, uts46=True).decode()
        except (idna.IDNAError, UnicodeError):
            return None
    name = name.lower().removesuffix(".")
    return name if HOST_NAME.fullmatch(name) else None


@lru_cache(maxsize=4_096)
def _registrable(name: str) -> str:
    """Registrable domain, "" for an IP address or a bare name; no rule for the ending means the rule `*` (PSL)."""
    split = _suffixes.extract_str(name)
    if split.suffix or split.ipv4 or name.startswith("["):
        return split.top_domain_under_public_suffix
    return ".".join(name.split(".")[-2:]) if "." in name else ""


def _site(url: str) -> str:
    address = _must_be_address(url)
    return _registrable(address.host) or host(url)


def _printable(text: str) -> str:
    return UNPRINTABLE.sub(lambda match: quote(match.group()), text)


def _routes(fragment: str) -> bool:
    return len(fragment) > 1 and fragment.startswith(ROUTES)


def _pairs(query: str) -> Iterator[str]:
    for piece in query.split("&"):
        name, equals, value = piece.partition("=")
        plain = unquote(name).lower()
        if not piece or plain in TRACKING_NAMES or plain.startswith(TRACKING_PREFIXES):
            continue
        if plain in RSS_NAMES and unquote(value).lower() in RSS_VALUES:
            continue
        yield _in_query(name) + equals + _in_query(value)


def _in_query(text: str) -> str:
    return _escaped(text.replace("+", " "), QUERY_KEEPS | {"="})


def _escaped(text: str, keeps: frozenset[str]) -> str:
    """One spelling of a component: upper-case hex, unreserved characters bare, all others but `keeps` as %XX."""

    def spell(match: re.Match[str]) -> str:
        found = match.group()
        if len(found) == 3:
            character = chr(int(found[1:], 16))
            return character if character in UNRESERVED else found.upper()
        return found if found in keeps else "".join(f"%{byte:02X}" for byte in found.encode())

    return ESCAPE_OR_CHARACTER.sub(spell, text)


def _without_dots(path: str) -> str:
    """RFC 3986 section 5.2.4, then empty segments and the slash at the end are dropped."""
    kept: list[str] = []
    for segment in path.split("/")[1:]:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    return "/" + "/".join(segment for segment in kept if segment)

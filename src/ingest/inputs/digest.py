"""Digests as archives write them (`sha1:BASE32`, `sha256:hex`, a bare base32 of SHA-1), held against bytes."""

import base64
import binascii
import hashlib
from collections.abc import Callable, Iterable

ALGORITHMS: dict[str, Callable[[bytes], bytes]] = {
    "sha1": lambda body: hashlib.sha1(body, usedforsecurity=False).digest(),
    "sha256": lambda body: hashlib.sha256(body).digest(),
    "sha512": lambda body: hashlib.sha512(body).digest(),
    "md5": lambda body: hashlib.md5(body, usedforsecurity=False).digest(),
    "blake2b": lambda body: hashlib.blake2b(body).digest(),
}
BARE = "sha1"  # CDX lists write the base32 alone
LIMIT_CHARS = 200


def fits(claim: str, bodies: Iterable[bytes]) -> bool | None:
    """Whether one of the bodies has the digest that is claimed; None where the claim cannot be read or checked."""
    name, colon, value = claim.strip().rpartition(":")
    digest_of = ALGORITHMS.get(name.strip().lower().replace("-", "") if colon else BARE)
    if digest_of is None or not 0 < len(value) <= LIMIT_CHARS:
        return None
    length = len(digest_of(b""))
    wanted = {spelt for spelt in (_base32(value), _hex(value), _base64(value)) if spelt and len(spelt) == length}
    return any(digest_of(body) in wanted for body in bodies) if wanted else None


def _base32(value: str) -> bytes | None:
    text = value.rstrip("=").upper()
    try:
        return base64.b32decode(text + "=" * (-len(text) % 8))
    except (binascii.Error, ValueError):
        return None


def _hex(value: str) -> bytes | None:
    try:
        return bytes.fromhex(value)
    except ValueError:
        return None


def _base64(value: str) -> bytes | None:
    text = value.rstrip("=")
    try:
        return base64.b64decode(
            text + "=" * (-len(text) % 4), altchars=b"-_" if set(text) & set("-_") else None, validate=True
        )
    except (binascii.Error, ValueError):
        return None

"""The one form an access token has, read strictly before anything in it is believed."""

import base64
import binascii
import json
import re
from typing import Any
from uuid import UUID

from app.services.errors import Unauthenticated

ALGORITHM = "ES256"
TYPE = "at+jwt"
LONGEST = 4096
"""Longest token that is looked at, in bytes."""

_HEADER = frozenset({"alg", "typ", "kid"})
_PART = re.compile(r"[A-Za-z0-9_-]+\Z")


class Refused(Unauthenticated):
    """A token that doesn't hold; `reason` is for the tests and the operator, the caller only hears 401."""

    def __init__(self, reason: str) -> None:
        super().__init__("Mã truy cập không hợp lệ hoặc đã hết hạn. Hãy đăng nhập lại.")
        self.reason = reason


def opened(token: str) -> tuple[str, dict[str, Any]]:
    """The key id and the claims as they are written, before anything is believed.

    Raises:
        Refused: the token hasn't the one form that ours have.
    """
    if len(token) > LONGEST or not token.isascii():
        raise Refused("too long, or not ASCII")
    parts = token.split(".")
    if len(parts) != 3:  # noqa: PLR2004 - header, payload, signature
        raise Refused("not three parts")
    header, claims = _object(_bytes(parts[0])), _object(_bytes(parts[1]))
    _bytes(parts[2])
    if header.keys() != _HEADER:
        raise Refused("another header than ours")
    if header["alg"] != ALGORITHM or header["typ"] != TYPE:
        raise Refused("another algorithm or type")
    if not isinstance(header["kid"], str):
        raise Refused("kid is no text")
    return header["kid"], claims


def _bytes(part: str) -> bytes:
    """Base64url without padding, in its only spelling: unused bits of the last letter are zero."""
    if not _PART.match(part):
        raise Refused("not base64url")
    try:
        plain = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except binascii.Error as error:
        raise Refused("not base64url") from error
    if base64.urlsafe_b64encode(plain).rstrip(b"=").decode() != part:
        raise Refused("base64url in another spelling")
    return plain


def _object(text: bytes) -> dict[str, Any]:
    try:
        found = json.loads(text.decode(), object_pairs_hook=_distinct, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise Refused("not JSON") from error
    if not isinstance(found, dict):
        raise Refused("no JSON object")
    return found


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _no_constant(name: str) -> Any:  # noqa: ANN401 - it never returns
    raise ValueError(f"{name} is no JSON")


def uuid(text: str) -> UUID:
    """A UUID in the one spelling that ours have; Refused in any other."""
    try:
        found = UUID(text)
    except ValueError as error:
        raise Refused("no UUID") from error
    if str(found) != text:
        raise Refused("a UUID in another spelling")
    return found

"""What goes between a browser and the API: parameters, files, the secret of a session."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Params = Mapping[str, Any] | Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Upload:
    """A file on its way from a browser to the API; nothing of it is kept here."""

    name: str
    content: bytes
    content_type: str


@dataclass(frozen=True)
class Download:
    """A file of the API as a browser is to get it."""

    content: bytes
    content_type: str
    disposition: str


@dataclass(frozen=True)
class Relay:
    """A file of the API on its way to a browser, passed on piece by piece."""

    chunks: AsyncIterator[bytes]
    content_type: str
    disposition: str


@dataclass(frozen=True)
class SignedIn:
    """What a sign-in gave: the secret for the cookie and the first access token."""

    secret: str
    token: str
    expires_in: int


def cleaned(params: Params | None) -> list[tuple[str, str | int | float | bool | None]]:
    """Parameters without the empty ones; booleans as the API writes them."""
    if params is None:
        return []
    pairs = params.items() if isinstance(params, Mapping) else params
    return [
        (name, str(value).lower() if isinstance(value, bool) else str(value))
        for name, value in pairs
        if value is not None and value != ""
    ]

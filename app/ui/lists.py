"""Pages of a list: its cursors turned into addresses of our own."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from app.ui.shell import Shell

PER_PAGE = 50


@dataclass(frozen=True)
class Listing:
    """Rows with the addresses of the pages before and after."""

    items: list[dict[str, Any]]
    next: str
    prev: str
    total: int | None
    facets: dict[str, Any]

    @property
    def from_start(self) -> bool:
        """Whether this is the first page."""
        return not self.prev


def listing(shell: Shell, answer: Mapping[str, Any]) -> Listing:
    """An API list with its cursors turned into `sau=` and `truoc=` of this page."""

    def turned(name: str, ours: str) -> str:
        cursor = parse_qs(urlsplit(str(answer.get(name) or "")).query).get("cursor", [""])[0]
        return shell.here({ours: cursor}) if cursor else ""

    total = answer.get("total")
    return Listing(
        [row for row in answer.get("items", []) if isinstance(row, dict)],
        turned("next", "sau"),
        turned("prev", "truoc"),
        total if isinstance(total, int) else None,
        answer.get("facets") or {},
    )


def cursor(shell: Shell) -> str:
    """The cursor in the address; the API knows by itself which way it points."""
    asked = shell.request.query_params
    return asked.get("sau") or asked.get("truoc") or ""

"""What the API answers: a body with its version, or a problem."""

from dataclasses import dataclass, field
from typing import Any

import httpx

API = "/api/v1"

Json = Any  # what JSON may hold


@dataclass
class Problem(Exception):
    """What the API answered instead of data (RFC 9457), or that it did not answer at all (status 503)."""

    status: int
    title: str = ""
    detail: str = ""
    type: str = "about:blank"
    errors: list[dict[str, Any]] = field(default_factory=list)
    findings: list[dict[str, Any]] = field(default_factory=list)
    retry_after: int | None = None
    extra: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, answer: httpx.Response) -> "Problem":
        """Read a problem+json body; anything else keeps its status and says nothing more."""
        try:
            body = answer.json()
        except ValueError:
            body = {}
        if not isinstance(body, dict):
            body = {}
        known = {"type", "title", "status", "detail", "errors", "findings", "instance"}
        wait = answer.headers.get("retry-after", "")
        return cls(
            status=answer.status_code,
            title=str(body.get("title") or ""),
            detail=str(body.get("detail") or ""),
            type=str(body.get("type") or "about:blank"),
            errors=[e for e in body.get("errors") or [] if isinstance(e, dict)],
            findings=[f for f in body.get("findings") or [] if isinstance(f, dict)],
            retry_after=int(wait) if wait.isdigit() else None,
            extra={key: value for key, value in body.items() if key not in known},
        )


@dataclass(frozen=True)
class Answer:
    """A body with what stands beside it: the version to write back, the address of a new resource."""

    body: Any
    etag: str | None = None
    location: str | None = None

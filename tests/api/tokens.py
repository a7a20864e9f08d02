"""Inspection tokens as the tests of the API need them: issued, borne, looked up."""

from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import func, inspect
from sqlmodel import Session, SQLModel, col, select

from app.models.access import AccessToken
from app.models.audit import AuditEvent, AuditValue
from app.models.base import tables
from tests.api.asking import Maker
from tests.api.conftest import API, House

TOKENS = f"{API}/access-tokens"
PLACE = "meo-vac"


async def issued(house: House, place: str = PLACE, user: str = "ubkt.tinh", **changed: Any) -> dict[str, Any]:  # noqa: ANN401
    """A new token of a place."""
    caller = await house.caller(user)
    answer = await caller.post(TOKENS, json=Maker.token(place) | changed)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def bearing(house: House, token: str) -> httpx.AsyncClient:
    """A client that bears a token and nothing else."""
    client = httpx.AsyncClient(transport=httpx.ASGITransport(house.app), base_url="http://test")
    client.headers["Authorization"] = f"Bearer {token}"
    return client


def told(house: House, request_id: str) -> list[AuditEvent]:
    """The events of one request."""
    return house.scalars(select(AuditEvent).where(col(AuditEvent.request_id) == request_id))


def counts(house: House) -> dict[str, int]:
    """How many rows every table holds, the log aside."""
    found = {}
    for table in tables():
        if not table.__module__.startswith("app.") or table in {AuditEvent, AuditValue}:
            continue
        first = inspect(table).primary_key[0]
        found[str(table.__tablename__)] = house.scalars(select(func.count(first)))[0]
    return found


def changed(house: House, row: SQLModel, **values: object) -> None:
    """Changes a row past every check."""
    with Session(house.engine, expire_on_commit=False) as session:
        found = session.merge(row)
        for name, value in values.items():
            setattr(found, name, value)
        session.commit()


def stored(house: House, token: dict[str, Any]) -> AccessToken:
    row: AccessToken = house.scalars(select(AccessToken).where(col(AccessToken.id) == UUID(token["id"])))[0]
    return row

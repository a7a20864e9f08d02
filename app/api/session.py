"""Sessions of people: sign in, renew the access token, see and end one's own sessions.

And the public keys.
"""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from app.api import answers
from app.api.deps import Today, actor_of, address_of, may, public, record_session, settings_of
from app.api.route import ContractRoute
from app.models.access import GrantRead, MeRead, SessionCreate, SessionOpened, SessionRead, TokenIssued
from app.models.unit import UnitRef
from app.services import access
from app.services.errors import Unauthenticated
from app.services.scope import ScopedSession

router = APIRouter(route_class=ContractRoute, tags=["sessions"])
keys = APIRouter(route_class=ContractRoute, tags=["keys"])
Own = Annotated[ScopedSession, may("session:own")]


@router.post("/sessions", status_code=201, dependencies=[public])
def sign_in(request: Request, data: SessionCreate) -> SessionOpened:
    """Opens a session for a person; the secret is shown once."""
    with record_session(request) as session:
        opened = access.sign_in(
            session,
            request.app.state.keyring,
            data=data,
            address=address_of(request),
            user_agent=request.headers.get("user-agent", "")[:200],
            demo=settings_of(request).demo,
        )
        session.commit()
    return opened


@router.post("/sessions/current/token", dependencies=[public])
def renew(request: Request) -> TokenIssued:
    """A new access token for an open session (`Authorization: Session <secret>`)."""
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "session" or not secret:
        raise Unauthenticated("Cần mã phiên (Authorization: Session …).", scheme="Session")
    with record_session(request) as session:
        demo = settings_of(request).demo
        issued = access.exchange(session, request.app.state.keyring, secret.strip(), demo=demo)
        session.commit()
    return issued


@router.get("/sessions", response_model=answers.list_shape(SessionRead))
def list_sessions(request: Request, db: Own) -> Response:
    """The caller's own open sessions, newest first."""
    return answers.whole(access.list_sessions(db, actor_of(request)))


@router.delete("/sessions/current", status_code=204)
def sign_out(request: Request, db: Own) -> None:
    """Ends the session this token belongs to."""
    access.end_session(db, actor_of(request), actor_of(request).session_id)


@router.delete("/sessions/{session_id}", status_code=204)
def end_session(request: Request, db: Own, session_id: UUID) -> None:
    """Ends one of the caller's own sessions."""
    access.end_session(db, actor_of(request), session_id)


@router.get("/me")
def me(request: Request, db: Own, today: Today) -> MeRead:  # noqa: ARG001 - the session proves the caller
    """Who is calling, with which roles and permissions."""
    actor = actor_of(request)
    settings = settings_of(request)
    return MeRead(
        username=actor.username,
        display_name=actor.display_name,
        kind=actor.kind,
        cadre_id=actor.cadre_id,
        grants=[
            GrantRead(
                role=grant.role,
                unit=UnitRef(id=grant.unit_id, code=grant.code, name=grant.name, level=grant.level)
                if grant.unit_id is not None and grant.level is not None
                else None,
            )
            for grant in actor.grants
        ],
        permissions=sorted(actor.permissions),
        today=today,
        pinned=settings.today is not None,
        record_ends_on=settings.record_ends_on,
    )


@keys.get("/.well-known/jwks.json", dependencies=[public])
def jwks(request: Request) -> dict[str, Any]:
    """The public keys that access tokens verify with: next, active, retiring."""
    with record_session(request) as session:
        found: dict[str, Any] = request.app.state.keyring.jwks(session)
    return found

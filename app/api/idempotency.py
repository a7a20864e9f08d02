"""Idempotency-Key: the first answer is kept in the business transaction and given again."""

from datetime import timedelta
from uuid import UUID

import orjson
from fastapi import Request, Response
from sqlalchemy.exc import IntegrityError

from app.api.route import Replay
from app.models.access import IdempotencyKey
from app.models.base import utc_now
from app.services import (
    appointment,
    attachments,
    committee,
    imports,
    plan,
    post_change,
    rotation,
    rotation_plan,
    waiver,
)
from app.services.errors import Conflict, Invalid
from app.services.lookup import find
from app.services.scope import Actor, ScopedSession

KEPT = timedelta(hours=24)
LONGEST_KEY = 200
_HEADERS = ("content-type", "etag", "location")
_OK = range(200, 300)
_IN_FLIGHT = "Một yêu cầu cùng Idempotency-Key đang được xử lý. Hãy thử lại sau giây lát."
_PEOPLE, _PLANS, _IMPORTS, _COMMITTEES = "/cadres/", "/plans/", "/imports/", "/committees/"
_ACTIONS = "/appointments/"
_POST_CHANGES = "/post-changes/"
_ROTATIONS, _ROTATION_PLANS = "/rotations/", "/rotation-plans/"
_FILES = "/files/"
_WAIVERS = "/waivers/"
_REPLAY = "idempotency.replay"


def key_of(request: Request) -> str | None:
    """The key of a POST; other methods repeat safely, by If-Match or by themselves.

    Raises:
        Invalid: it is empty or too long.
    """
    key = request.headers.get("idempotency-key") if request.method == "POST" else None
    if key is not None and not 1 <= len(key) <= LONGEST_KEY:
        raise Invalid.at("/header/Idempotency-Key", f"Cần từ 1 đến {LONGEST_KEY} ký tự.")
    return key


def _ask_again(session: ScopedSession, request: Request, headers: dict[str, str]) -> None:
    """NotFound or Denied where the caller no longer reads what an answer is about; else tells the read."""
    person = _named(request, headers, "cadre_id", _PEOPLE)
    if person is not None:
        session.saw(_REPLAY, [person], root=find(session, person))
    elif _dossier_again(session, request, headers):
        return
    elif (import_id := _named(request, headers, "import_id", _IMPORTS)) is not None:
        imports.still_read(session, import_id)
    elif (committee_id := _named(request, headers, "committee_id", _COMMITTEES)) is not None:
        committee.still_read(session, committee_id)
    elif (file_id := _named(request, headers, "file_id", _FILES)) is not None:
        attachments.still_read(session, file_id)
    elif (waiver_id := _named(request, headers, "waiver_id", _WAIVERS)) is not None:
        waiver.find(session, waiver_id)


def _dossier_again(session: ScopedSession, request: Request, headers: dict[str, str]) -> bool:
    """The same for what is about a dossier; False where the answer is about none."""
    if (plan_id := _named(request, headers, "plan_id", _PLANS)) is not None:
        entry_id = _named(request, headers, "entry_id", "/entries/")
        votes = request.url.path.endswith("/meetings")
        people = plan.still_read(session, plan_id, entry_id=entry_id, votes=votes)
        session.saw(_REPLAY, people, root=plan.find(session, plan_id))
    elif (act := _named(request, headers, "appointment_id", _ACTIONS)) is not None:
        whole = "/candidates" in request.url.path
        people = appointment.still_read(session, act, whole=whole, votes=request.url.path.endswith("/steps"))
        session.saw(_REPLAY, people, root=appointment.find(session, act))
    elif (moved := _named(request, headers, "post_change_id", _POST_CHANGES)) is not None:
        people = post_change.still_read(session, moved)
        session.saw(_REPLAY, people, root=post_change.find(session, moved))
    elif (rotated := _named(request, headers, "rotation_id", _ROTATIONS)) is not None:
        session.saw(_REPLAY, rotation.still_read(session, rotated), root=rotation.find(session, rotated))
    elif (list_id := _named(request, headers, "rotation_plan_id", _ROTATION_PLANS)) is not None:
        rotation_plan.find(session, list_id)
    else:
        return False
    return True


def _named(request: Request, headers: dict[str, str], name: str, before: str) -> UUID | None:
    """The record a kept answer is about: that of the address, or the one that was made."""
    key = request.path_params.get(name)
    if key is None:
        _, _, rest = headers.get("location", "").partition(before)
        key, _, _ = rest.partition("/")
    return UUID(str(key)) if key else None


class Keeper:
    """One request's key: claimed before the work, kept with the answer, given back to who repeats it."""

    def __init__(self, request: Request, actor: Actor, permission: str, key: str) -> None:
        self._request = request
        self._identity = (actor.id, key)
        self._permission = permission
        self._row: IdempotencyKey | None = None

    def claim(self, session: ScopedSession) -> None:
        """Takes the key; raises Replay with the first answer, or says that another request holds it."""
        request = self._request
        kept = session.get(IdempotencyKey, self._identity)
        if kept is not None and kept.created_at < utc_now() - KEPT:
            session.delete(kept)
            session.flush()
            kept = None
        if kept is not None:
            self._replay(session, kept)
        principal_id, key = self._identity
        self._row = IdempotencyKey(
            principal_id=principal_id,
            key=key,
            method=request.method,
            path=request.url.path,
            body_hash=request.state.body_hash,
            permission=self._permission,
        )
        session.add(self._row)
        try:
            session.flush()
        except IntegrityError:
            # Another request held the key until it committed: its answer is there now.
            session.rollback()
            self._row = None
            kept = session.get(IdempotencyKey, self._identity)
            if kept is not None:
                self._replay(session, kept)
            raise Conflict(_IN_FLIGHT) from None

    def _replay(self, session: ScopedSession, kept: IdempotencyKey) -> None:
        """Raises Replay; first asks again whether the caller may still see whom the answer is about."""
        request = self._request
        same = (kept.method, kept.path, kept.body_hash) == (
            request.method,
            request.url.path,
            request.state.body_hash,
        )
        if not same:
            raise Invalid.at("/header/Idempotency-Key", "Idempotency-Key này đã dùng cho một yêu cầu khác.")
        if kept.status is None:
            raise Conflict(_IN_FLIGHT)
        headers = {**orjson.loads(kept.headers or "{}"), "Idempotency-Replayed": "true"}
        _ask_again(session, request, headers)
        raise Replay(Response(kept.body, kept.status, headers))

    def keep(self) -> None:
        """Stores the finished answer beside what it did; only a 2xx is kept."""
        answer: Response | None = getattr(self._request.state, "answer", None)
        if self._row is None or answer is None or answer.status_code not in _OK:
            return
        self._row.status = answer.status_code
        kept = {name: answer.headers[name] for name in _HEADERS if name in answer.headers}
        self._row.headers = orjson.dumps(kept).decode()
        self._row.body = bytes(answer.body)

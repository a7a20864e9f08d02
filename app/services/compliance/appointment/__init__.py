"""What the law says of a personnel action, from the rows as they stand on a day (III.3.5)."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from app.models.appointment import Appointment, AppointmentCandidate, TermOutcome
from app.models.cadre import Cadre
from app.models.post import Post
from app.models.title import TitleVersion
from app.models.unit import UnitVersion
from app.services import compliance
from app.services.compliance.appointment.facts import Judged
from app.services.compliance.appointment.known import Known, Seat
from app.services.dated import holds_on, live
from app.services.dated import known as known_now
from app.services.law.finding import Finding
from app.services.law.parameter import Law
from app.services.law.rules import judge
from app.services.scope import ScopedSession
from app.services.secretary import Posting

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["OF_PERSON", "judge_action", "judge_people", "judged_for"]

TERM = "term"
VOTED = frozenset({"five_steps", "three_steps"})
PERSONAL = frozenset({*VOTED, "head", "consulted", "elected"})
"""Routes that put somebody into a seat he doesn't hold yet."""


STAYS = frozenset({"time_bar", "evaluation", "political_standard", "asset_declaration"})
"""What is asked of who holds the seat already."""

OF_PERSON = frozenset(
    {
        "appointment.planned",
        "appointment.plan_changed_recently",
        "appointment.standards",
        "appointment.age_full_term",
        "appointment.tenure",
        "appointment.time_bar",
        "appointment.evaluation",
        "appointment.political_standard",
        "appointment.asset_declaration",
        "appointment.kinship",
        "appointment.non_local_secretary",
    }
)
"""Rules that judge one candidate apart from the others: an exception may be made for him alone."""


def judge_action(
    session: ScopedSession,
    law: Law,
    row: Appointment,
    candidates: list[AppointmentCandidate],
    *,
    route: str,
    day: date,
) -> list[Finding]:
    """What the law of `day` says of a dossier with the person chosen: of the seat, of him, of the process."""
    judged = _judged(session, law, row, candidates, [row.chosen_id], route, day)[0]
    found = []
    if judged.route in PERSONAL:
        found.append(judge("appointment.vacancy", judged.vacancy(), day, law))
    if judged.candidate is not None:
        found += _of_person(judged, law)
    if judged.route == TERM:
        found += [
            judge("reappointment.on_time", judged.on_time(), day, law),
            judge("reappointment.kind", judged.kind_of_term(), day, law),
            judge("reappointment.consecutive_terms", judged.consecutive(), day, law),
        ]
        process = judged.process()
        asked = ("quorum",) if row.outcome == TermOutcome.NOT_REAPPOINT else ("quorum", "majority")
        found += [judge(f"appointment.{name}", process, day, law) for name in asked]
        found.append(judge("appointment.participants", judged.summoned(), day, law))
    if judged.route in VOTED:
        process = judged.process()
        found += [judge(f"appointment.{name}", process, day, law) for name in ("steps", "quorum", "majority")]
        found.append(judge("appointment.participants", judged.summoned(), day, law))
    if judged.route == "head":
        found.append(judge("appointment.responsibility_note", judged.responsibility(), day, law))
    return found


def judge_people(
    session: ScopedSession,
    law: Law,
    row: Appointment,
    candidates: list[AppointmentCandidate],
    *,
    route: str,
    day: date,
) -> dict[UUID, list[Finding]]:
    """Candidate to whether he may be chosen: the eligibility panel; all are read of together."""
    wanted = [one.id for one in candidates]
    judged = _judged(session, law, row, candidates, wanted, route, day)
    return {key: _of_person(one, law) for key, one in zip(wanted, judged, strict=True)}


def judged_for(session: ScopedSession, law: Law, row: Appointment, cadre_id: UUID, day: date) -> Judged:
    """The facts about one person and the seat that `row` names, which may be a row never written."""
    candidate = AppointmentCandidate(
        unit_id=row.unit_id,
        appointment_id=row.id,
        cadre_id=cadre_id,
        added_by=row.created_by,
        added_on=row.opened_on,
    )
    return _judged(session, law, row, [candidate], [candidate.id], "consulted", day)[0]


def _of_person(judged: Judged, law: Law) -> list[Finding]:
    if judged.route not in PERSONAL and judged.route != TERM:
        return []
    rules: list[tuple[str, Callable[[], object]]] = [
        ("planned", judged.planned_for),
        ("plan_changed_recently", judged.plan_changed),
        ("standards", judged.standards),
        ("age_full_term", judged.age),
        ("tenure", judged.tenure),
        ("time_bar", judged.time_bar),
        ("evaluation", judged.evaluation),
        ("political_standard", judged.conclusion),
        ("asset_declaration", judged.declaration),
        ("kinship", judged.kinship),
        ("party_body_opinion", judged.opinion),
    ]
    if judged.route == TERM:
        # Who stays where he is was chosen already: what may have changed since is looked at.
        rules = [row for row in rules if row[0] in STAYS]
    found = [judge(f"appointment.{name}", facts(), judged.day, law) for name, facts in rules]
    candidate = judged.candidate
    if candidate is not None and judged.person is not None and judged.title.is_secretary:
        posting = Posting(candidate.cadre_id, judged.row.unit_id, judged.row.title_id, judged.day)
        found.append(compliance.judge_new_secretary(judged.session, law, posting))
    return found


def _judged(  # noqa: PLR0917 - what a dossier is judged by
    session: ScopedSession,
    law: Law,
    row: Appointment,
    candidates: list[AppointmentCandidate],
    wanted: Sequence[UUID | None],
    route: str,
    day: date,
) -> list[Judged]:
    """The dossier for each of `wanted`, candidates or nobody; what they share is read once."""
    keys = frozenset(one.cadre_id for one in candidates)
    people = {person.id: person for person in session.scalars(select(Cadre).where(col(Cadre.id).in_(keys)))}
    stubs = compliance.stubs(session, keys - people.keys())
    names = {key: person.full_name for key, person in people.items()}
    names |= {key: stub["full_name"] for key, stub in stubs.items()}
    seat = _seat(session, row, day)
    known = Known(session, keys, frozenset({row.unit_id, row.authority_id}), day)
    labels = {one.id: names[one.cadre_id] for one in candidates}
    by_id = {one.id: one for one in candidates}
    found = []
    for key in wanted:
        candidate = by_id.get(key) if key is not None else None
        person = None if candidate is None else people.get(candidate.cadre_id)
        found.append(Judged(session, row, seat, known, candidate, person, day, law.on(day), route, labels))
    return found


def _seat(session: ScopedSession, row: Appointment, day: date) -> Seat:
    """The seat as it stands on `day`; of a title that is gone by then, as it was last."""
    post = session.get(Post, row.post_id)
    assert post is not None  # noqa: S101 - a foreign key
    titles = session.scalars(
        select(TitleVersion)
        .where(col(TitleVersion.title_id) == row.title_id, known_now(TitleVersion))
        .order_by(col(TitleVersion.valid_from).desc())
    ).all()
    title = next((one for one in titles if holds_on(one, day)), titles[0])
    unit = session.scalars(
        select(UnitVersion).where(col(UnitVersion.unit_id) == row.unit_id, live(UnitVersion, day))
    ).first()
    return Seat(session, row, post, title, unit, day)

"""What the law says of a post change, from the rows as they stand on a day (III.3.5-g)."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlmodel import col

from app.models.assignment import AssignmentSpan
from app.models.cadre import Cadre
from app.models.post import Post
from app.models.post_change import ExemptReason, PostChange, PostChangeOutcome
from app.models.title import TitleVersion
from app.services import compliance
from app.services.compliance.appointment import rows
from app.services.dated import live
from app.services.law.finding import Finding
from app.services.law.parameter import Law, NotInForce
from app.services.law.retirement import months_left
from app.services.law.rules import judge
from app.services.law.rules.appointment import VacancyFacts
from app.services.law.rules.post_change import ExemptionFacts, Ground, PostChangeFacts, post_change_due_on
from app.services.scope import ScopedSession, everywhere
from app.services.sensitive import exempting, sensitive
from app.services.title import refs

_GROUNDS = {
    ExemptReason.ONLY_POST: Ground.ONLY_POST,
    ExemptReason.NEAR_RETIREMENT: Ground.NEAR_RETIREMENT,
}
"""What the record can tell; any other reason rests on papers."""


@dataclass(frozen=True, slots=True)
class Clock:
    """Since when somebody holds a post and its limit in months; None: the seat or its limit is gone."""

    since: date | None
    limit_months: int | None
    leader: bool = False

    @property
    def due_on(self) -> date | None:
        """The last day in time."""
        if self.since is None or self.limit_months is None:
            return None
        return post_change_due_on(self.since, self.limit_months)


def clock_of(session: ScopedSession, assignment_id: UUID, day: date) -> Clock:
    """The clock of a seat on `day`, whoever keeps the holder's file."""
    found = everywhere(session, because="since when a post is held, whoever keeps the file").execute(
        select(
            col(AssignmentSpan.valid_from),
            col(TitleVersion.sensitive_months),
            sensitive(TitleVersion).label("runs"),
        )
        .join(
            TitleVersion,
            and_(col(TitleVersion.title_id) == col(AssignmentSpan.title_id), live(TitleVersion, day)),
        )
        .where(col(AssignmentSpan.assignment_id) == assignment_id, live(AssignmentSpan, day))
    )
    row = found.first()
    if row is None:
        return Clock(None, None)
    return Clock(
        row.valid_from, row.sensitive_months, leader=not row.runs and row.sensitive_months is not None
    )


def judge_post_change(session: ScopedSession, law: Law, row: PostChange, *, day: date) -> list[Finding]:
    """What the law of `day` says: of the clock, of the new post's seats or of why the holder stays."""
    label, person = _holder(session, row.cadre_id)
    clock = clock_of(session, row.assignment_id, day)
    facts = PostChangeFacts(
        label, clock.since, clock.limit_months, exempt_reason=_exempt(session, row, day), leader=clock.leader
    )
    found = [judge("post_change.overdue", facts, day, law)]
    if row.outcome == PostChangeOutcome.CHANGE and row.new_post_id is not None:
        found.append(judge("appointment.vacancy", _vacancy(session, row, row.new_post_id, day), day, law))
    if row.outcome == PostChangeOutcome.EXEMPT and row.exempt_reason is not None:
        ground = _GROUNDS.get(row.exempt_reason, Ground.ON_PAPER)
        alike = _alike(session, row, day) if ground is Ground.ONLY_POST else None
        left = _months_left(person, law, day) if ground is Ground.NEAR_RETIREMENT else None
        found.append(judge("post_change.exemption", ExemptionFacts(label, ground, left, alike), day, law))
    return found


def _holder(session: ScopedSession, cadre_id: UUID) -> tuple[str, Cadre | None]:
    person = session.scalars(select(Cadre).where(col(Cadre.id) == cadre_id)).first()
    if person is not None:
        return person.full_name, person
    return compliance.stubs(session, {cadre_id})[cadre_id]["full_name"], None


def _exempt(session: ScopedSession, row: PostChange, day: date) -> str | None:
    """The exemption that holds on `day`, without its reason, which may be somebody's health."""
    until = session.execute(
        select(func.max(col(PostChange.exempt_ends_on))).where(exempting(PostChange, row.assignment_id, day))
    ).scalar()
    return None if until is None else f"đã có quyết định, đến hết ngày {until:%d/%m/%Y}"


def _vacancy(session: ScopedSession, row: PostChange, post_id: UUID, day: date) -> VacancyFacts:
    post = session.get(Post, post_id)
    assert post is not None  # noqa: S101 - a foreign key
    seats, held, promised = rows.seats(session, post, day, but=row.assignment_id)
    return VacancyFacts(refs(session, {post.title_id}, day)[post.title_id]["name"], seats, held, promised)


def _alike(session: ScopedSession, row: PostChange, day: date) -> int | None:
    """The seats of the same title in the unit: one post holds them all."""
    post = session.get(Post, row.post_id)
    assert post is not None  # noqa: S101 - a foreign key
    return rows.quota(session, post, day)


def _months_left(person: Cadre | None, law: Law, day: date) -> int | None:
    """Whole months in service; None where birth, sex or the table of the day is missing."""
    if person is None or person.birth_date is None or person.sex is None:
        return None
    try:
        return months_left(person.birth_date, person.sex.value, day, law.on(day))
    except NotInForce:
        return None

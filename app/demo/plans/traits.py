"""Facts of a dossier that its persons bring along: births, sexes, ethnicities, and how many there are."""

from collections.abc import Sequence
from datetime import date

from app.demo.committees import SEATS
from app.demo.people import Person
from app.demo.plans.dossiers import Dossier, Planned
from app.demo.plans.sites import MAJORITY
from app.demo.seats import Seat
from app.models.cadre import Sex
from app.models.committee import MemberRank
from app.models.plan import PlanKind
from app.models.unit import UnitKind
from app.services.law.rules.plan import (
    CommitteeNumberFacts,
    PersonBirth,
    PersonTraits,
    PlanAgeFacts,
    SeatAges,
    SeatPersons,
    StructureFacts,
)

_COMMITTEES = {UnitKind.DISTRICT: "HU", UnitKind.COMMUNE: "DU", UnitKind.ATTACHED_COMMITTEE: "DUK"}


def seat_on(person: Person, day: date) -> Seat | None:
    """The main seat somebody holds on a day."""
    return next(
        (span.seat for span in person.spans if span.start <= day and (span.end is None or span.end > day)),
        None,
    )


def committee_number(dossier: Dossier, own: Sequence[Planned]) -> CommitteeNumberFacts:
    """How many persons are planned for the seats of a committee; nothing for a plan of titles."""
    if dossier.kind is not PlanKind.COMMITTEE:
        return CommitteeNumberFacts(())
    seats, standing = SEATS[_COMMITTEES[dossier.site.unit.kind]]
    return CommitteeNumberFacts(
        tuple(
            SeatPersons(
                str(title.id),
                title.name,
                standing if title.committee_seat is MemberRank.STANDING else seats,
                len({row.person.id for row in own if row.title is title}),
            )
            for title in dossier.titles
        )
    )


def ages(dossier: Dossier, own: Sequence[Planned]) -> PlanAgeFacts:
    """Birth and sex of everybody planned."""
    people = {row.person.id: row.person for row in own}
    return PlanAgeFacts(
        dossier.period.begins_on,
        tuple(
            PersonBirth(str(key), f"{person.name} ({person.code})", person.birth, person.sex.value)
            for key, person in people.items()
        ),
    )


def structure(dossier: Dossier, own: Sequence[Planned], day: date) -> StructureFacts:
    """Ages, women and minority persons, beside the unit's staff."""
    people = {row.person.id: row.person for row in own}
    known, minority = dossier.site.minority(day)
    titles = dossier.titles if dossier.kind is PlanKind.COMMITTEE else ()
    return StructureFacts(
        tuple(
            PersonTraits(person.age(day), person.sex is Sex.FEMALE, person.ethnicity != MAJORITY)
            for person in people.values()
        ),
        tuple(
            SeatAges(
                str(title.id),
                title.name,
                tuple(row.person.age(day) for row in own if row.title is title),
            )
            for title in titles
        ),
        known,
        minority,
    )

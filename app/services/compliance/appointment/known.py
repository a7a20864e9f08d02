"""What is read of a dossier's candidates and of its seat: once, however many rules ask for it."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from uuid import UUID

from app.models.appointment import Appointment
from app.models.post import Post
from app.models.title import TitleVersion
from app.models.unit import UnitVersion
from app.services.compliance.appointment import rows
from app.services.scope import ScopedSession


@dataclass(frozen=True)
class Known:
    """What is on record of all candidates of a dossier: read once, however many they are and rules ask."""

    session: ScopedSession
    people: frozenset[UUID]
    units: frozenset[UUID]
    """The post's unit and the body that decides: where kinship matters."""
    day: date

    @cached_property
    def seats(self) -> dict[UUID, list[rows.Seat]]:
        """The main seats of each, the latest first."""
        return rows.main_seats(self.session, self.people, self.day)

    @cached_property
    def planned(self) -> dict[UUID, list[rows.Planned]]:
        """What each is planned for."""
        return rows.planned_for(self.session, self.people, self.day)

    @cached_property
    def levels(self) -> dict[UUID, dict[str, rows.Level]]:
        """The highest level of each kind."""
        return rows.levels(self.session, self.people, self.day)

    @cached_property
    def fields(self) -> dict[UUID, list[str]]:
        """The fields of the degrees."""
        return rows.fields(self.session, self.people, self.day)

    @cached_property
    def members(self) -> set[UUID]:
        """The Party members among them."""
        return rows.party_members(self.session, self.people, self.day)

    @cached_property
    def discipline(self) -> dict[UUID, list[rows.Sanction]]:
        """Sanctions and reviews."""
        return rows.discipline(self.session, self.people)

    @cached_property
    def grades(self) -> dict[UUID, list[tuple[int, str]]]:
        """Yearly grades."""
        return rows.grades(self.session, self.people)

    @cached_property
    def concluded_on(self) -> dict[UUID, date]:
        """The latest conclusion on political standards."""
        return rows.concluded_on(self.session, self.people, self.day)

    @cached_property
    def declared_on(self) -> dict[UUID, date]:
        """The latest asset declaration."""
        return rows.declared_on(self.session, self.people, self.day)

    @cached_property
    def kin(self) -> dict[UUID, list[rows.Kin]]:
        """Relatives, with what they lead by here."""
        return rows.kin_of(self.session, self.people, self.units, self.day)


@dataclass(frozen=True)
class Seat:
    """The seat a dossier is about: read once for all its candidates."""

    session: ScopedSession
    row: Appointment
    post: Post
    title: TitleVersion
    unit: UnitVersion | None
    day: date

    @cached_property
    def quota(self) -> int | None:
        """How many seats the post has; one: its holder is the head, not a deputy."""
        return rows.quota(self.session, self.post, self.day)

    @cached_property
    def asked(self) -> list[rows.Asked]:
        """What the title asks of its holder."""
        return rows.standards(self.session, self.row.title_id, self.day)

    @cached_property
    def line(self) -> list[UUID]:
        """The post's unit and what stands above it."""
        return rows.ancestors(self.session, self.row.unit_id, self.day)

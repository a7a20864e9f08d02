"""The inbox as it is answered: no table, everything follows from terms and dossiers."""

from datetime import date
from uuid import UUID

from sqlmodel import SQLModel

from app.models.dossier import DossierType
from app.models.unit import UnitRef


class InboxDossier(SQLModel):
    """A dossier that waits."""

    type: DossierType
    id: UUID


class InboxPerson(SQLModel):
    """Whom the work is about."""

    id: UUID
    code: str
    full_name: str


class InboxAction(SQLModel):
    """What the caller may do: a step of the dossier, or `open_reappointment` where a term has none."""

    action: str
    name: str


class InboxRead(SQLModel):
    """One thing to do. `kind`: `term` (then `assignment_id` opens the dossier) or that of the dossier.

    `since`: the day of the dossier's last step, or of its opening.
    `overdue_days`: 0 where nothing is late or no day is set.
    """

    kind: str
    dossier: InboxDossier | None
    assignment_id: UUID | None
    cadre: InboxPerson | None
    title: str
    unit: UnitRef | None
    state: str | None
    state_name: str | None
    since: date | None
    due_on: date | None
    overdue_days: int
    actions: list[InboxAction]

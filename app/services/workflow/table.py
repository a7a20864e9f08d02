"""What a kind of dossier gives to be walked: its table as data, and one dossier of it as a case."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

from app.models.dossier import DossierDecision, DossierStep, DossierType
from app.services.errors import Invalid
from app.services.law.finding import Finding

DECISION, NOTE = "decision", "note"


@dataclass(frozen=True, slots=True)
class Action:
    """One way out of some states. `label` and the words of `states` are what people read."""

    name: str
    label: str
    sources: frozenset[str]
    to: str
    permission: str
    at_authority: bool = False
    """The permission must hold at the deciding body, not only at the dossier's unit."""
    apart_from_makers: bool = False
    """Whoever made or sent the dossier may not take this step, by none of his accounts."""
    makes: bool = False
    """Whoever takes this step is one of the makers."""
    judged: bool = False
    """The law is asked; a finding that blocks refuses the step."""
    keeps: bool = False
    """What the law said is kept with the step, for good."""
    needs: frozenset[str] = frozenset()
    """What must be sent along: a decision, a note."""


@dataclass(frozen=True, slots=True)
class Table:
    """The transition table of one kind of dossier."""

    type: DossierType
    states: Mapping[str, str]
    actions: tuple[Action, ...]

    def action(self, name: str) -> Action:
        """The action of that name; Invalid names those there are."""
        for action in self.actions:
            if action.name == name:
                return action
        listed = ", ".join(action.name for action in self.actions)
        raise Invalid.at("/action", f"Không có bước này. Các bước: {listed}.")


class Root(Protocol):
    """What every dossier has."""

    id: UUID
    unit_id: UUID
    state: Any
    version: int


@dataclass(frozen=True, slots=True)
class Case:
    """One dossier about to be walked."""

    root: Any
    authority_id: UUID
    makers: frozenset[UUID]
    people: frozenset[UUID]
    judge: Callable[[], Sequence[Finding]]
    content: Callable[[], Any]
    parameter_digest: str
    person: UUID | None = None
    """Whom the dossier is decided for, where it is for one: waivers for him alone count."""
    hurdle: Callable[[Action], str | None] = field(default=lambda _action: None)
    """What stands in the way of an action besides the law, in Vietnamese."""
    effect: Callable[[Action, DossierDecision | None], None] = field(default=lambda _action, _decision: None)
    """What the dossier itself becomes by an action, in the same transaction."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A step that was taken: its action, the step, and the decision if there was one."""

    action: Action
    step: DossierStep
    decision: DossierDecision | None

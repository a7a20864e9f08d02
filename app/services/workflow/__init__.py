"""Dossiers walk tables: states, actions, who may, what must hold; one function takes every step (design §6).

A noun gives its table as data and, for one dossier, a `Case`: who made it, whom it is about, what the law
says of it. Here it is decided whether a step may be taken, and everything a step leaves behind is written:
the state, the decision with its number, the step itself, the snapshot of what it was judged on.
"""

from app.services.workflow.decision import number_key
from app.services.workflow.makers import accounts, hands, is_maker, worked_on
from app.services.workflow.reading import snapshot, steps, told
from app.services.workflow.table import DECISION, NOTE, Action, Case, Table
from app.services.workflow.waiving import waived, waived_of
from app.services.workflow.walking import offers, take

__all__ = [
    "DECISION",
    "NOTE",
    "Action",
    "Case",
    "Table",
    "accounts",
    "hands",
    "is_maker",
    "number_key",
    "offers",
    "snapshot",
    "steps",
    "take",
    "told",
    "waived",
    "waived_of",
    "worked_on",
]

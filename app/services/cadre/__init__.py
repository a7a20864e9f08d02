"""Cadres: list, read, enter and change persons inside the caller's scope."""

from app.services.cadre.listing import THEORY, Filters, beneath, count, list_, shaper
from app.services.lookup import find, lock
from app.services.cadre.single import assignment_row, assignments, get, history, timeline
from app.services.cadre.writing import change, create

__all__ = [
    "THEORY",
    "Filters",
    "assignment_row",
    "assignments",
    "beneath",
    "change",
    "count",
    "create",
    "find",
    "get",
    "history",
    "list_",
    "lock",
    "shaper",
    "timeline",
]

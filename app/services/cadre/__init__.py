"""Cadres: list, read, enter and change persons inside the caller's scope."""

from app.services.cadre.listing import by_managing_body, list_, shaper
from app.services.cadre.named import people_of
from app.services.cadre.single import assignment_row, assignments, get, group_rows, history, timeline
from app.services.cadre.statement import THEORY, Filters, beneath
from app.services.cadre.writing import change, create
from app.services.lookup import find, lock

__all__ = [
    "THEORY",
    "Filters",
    "assignment_row",
    "assignments",
    "beneath",
    "by_managing_body",
    "change",
    "create",
    "find",
    "get",
    "group_rows",
    "history",
    "list_",
    "lock",
    "people_of",
    "shaper",
    "timeline",
]

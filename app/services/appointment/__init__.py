"""Personnel actions: bổ nhiệm and its kin. Opened, voted on in steps, judged, decided, put into effect."""

from app.services.appointment.due import Due, due, undecided
from app.services.appointment.minutes import record_step, steps
from app.services.appointment.reading import Filters, candidate, candidates, get, list_, still_read
from app.services.appointment.table import EVERY, TABLES, Route, route_of, table
from app.services.appointment.walking import case, family, findings, mine, offers, take, taken
from app.services.appointment.writing import add_candidate, change, create, find, withdraw_candidate

__all__ = [
    "EVERY",
    "TABLES",
    "Due",
    "Filters",
    "Route",
    "add_candidate",
    "candidate",
    "candidates",
    "case",
    "change",
    "create",
    "due",
    "family",
    "find",
    "findings",
    "get",
    "list_",
    "mine",
    "offers",
    "record_step",
    "route_of",
    "steps",
    "still_read",
    "table",
    "take",
    "taken",
    "undecided",
    "withdraw_candidate",
]

"""Personnel actions: bổ nhiệm and its kin. Opened, voted on in steps, judged, decided, put into effect."""

from app.services.appointment.due import Due, due
from app.services.appointment.minutes import record_step, steps
from app.services.appointment.reading import Filters, candidate, candidates, get, list_, still_read
from app.services.appointment.table import EVERY, TABLES, Route, route_of
from app.services.appointment.walking import case, findings, offers, take, taken
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
    "find",
    "findings",
    "get",
    "list_",
    "offers",
    "record_step",
    "route_of",
    "steps",
    "still_read",
    "take",
    "taken",
    "withdraw_candidate",
]

"""Rotations: luân chuyển, leaders alone. Planned, heard, decided, served, and brought to an end."""

from app.services.rotation.due import Due, due, sensitive
from app.services.rotation.reading import Filters, get, list_, still_read
from app.services.rotation.table import TABLE
from app.services.rotation.walking import case, family, findings, mine, offers, take, taken
from app.services.rotation.writing import change, create, find

__all__ = [
    "TABLE",
    "Due",
    "Filters",
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
    "sensitive",
    "still_read",
    "take",
    "taken",
]

"""Succession plans: quy hoạch. Opened, filled, voted on, judged, approved, reviewed every year."""

from app.services.plan.candidates import candidates
from app.services.plan.minutes import meetings, record_meeting
from app.services.plan.planned import entries, entry, of_person
from app.services.plan.reading import Filters, find, get, list_, still_read
from app.services.plan.table import TABLE
from app.services.plan.walking import case, family, findings, mine, offers, steps, take
from app.services.plan.writing import add_entry, authorities, change_entry, create, remove_entry

__all__ = [
    "TABLE",
    "Filters",
    "add_entry",
    "authorities",
    "candidates",
    "case",
    "change_entry",
    "create",
    "entries",
    "entry",
    "family",
    "find",
    "findings",
    "get",
    "list_",
    "meetings",
    "mine",
    "of_person",
    "offers",
    "record_meeting",
    "remove_entry",
    "steps",
    "still_read",
    "take",
]

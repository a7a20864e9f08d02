"""Post changes: chuyển đổi vị trí công tác. Whose limit nears, what is proposed about him and decided."""

from app.services.post_change.due import Due, due
from app.services.post_change.reading import Filters, get, list_, still_read
from app.services.post_change.table import EVERY, TABLES, table
from app.services.post_change.walking import case, family, findings, mine, offers, take, taken
from app.services.post_change.writing import change, create, find

__all__ = [
    "EVERY",
    "TABLES",
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
    "still_read",
    "table",
    "take",
    "taken",
]

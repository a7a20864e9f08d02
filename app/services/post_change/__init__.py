"""Post changes: chuyển đổi vị trí công tác. Whose limit nears, what is proposed about him and decided."""

from app.services.post_change.due import Due, due
from app.services.post_change.reading import Filters, get, list_, still_read
from app.services.post_change.table import EVERY, TABLES
from app.services.post_change.walking import case, findings, offers, take, taken
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
    "find",
    "findings",
    "get",
    "list_",
    "offers",
    "still_read",
    "take",
    "taken",
]

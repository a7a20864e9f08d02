"""Rotation plans: kế hoạch luân chuyển. A unit's list for a year, approved as a whole."""

from app.services.rotation_plan.reading import Filters, get, items, list_
from app.services.rotation_plan.table import EDITABLE, TABLE
from app.services.rotation_plan.walking import case, mine, offers, take, taken
from app.services.rotation_plan.writing import add_item, change_item, create, find, remove_item

__all__ = [
    "EDITABLE",
    "TABLE",
    "Filters",
    "add_item",
    "case",
    "change_item",
    "create",
    "find",
    "get",
    "items",
    "list_",
    "mine",
    "offers",
    "remove_item",
    "take",
    "taken",
]

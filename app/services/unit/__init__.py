"""Units: the tree of a day, one unit with its life, its seats, and the changes between units."""

from app.services.unit.change import apply
from app.services.unit.history import change, changes
from app.services.unit.naming import Names
from app.services.unit.reading import Filters, get, list_
from app.services.unit.staffing import staffing
from app.services.unit.version import create, update

__all__ = ["Filters", "Names", "apply", "change", "changes", "create", "get", "list_", "staffing", "update"]

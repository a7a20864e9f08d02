"""Assignments: the one writer of who holds which seat, which unit keeps a file, who leads a committee."""

from app.services.assignment.keeping import begin_day, refresh_owners, settle
from app.services.assignment.seat import post_of
from app.services.assignment.writing import add, change, create

__all__ = ["add", "begin_day", "change", "create", "post_of", "refresh_owners", "settle"]

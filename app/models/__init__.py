"""The tables, one noun per module; importing this package maps them all."""

from app.models import (
    access,
    assignment,
    audit,
    cadre,
    code,
    committee,
    dossier,
    party,
    plan,
    post,
    qualification,
    record,
    residence,
    title,
    unit,
)

__all__ = [
    "access",
    "assignment",
    "audit",
    "cadre",
    "code",
    "committee",
    "dossier",
    "party",
    "plan",
    "post",
    "qualification",
    "record",
    "residence",
    "title",
    "unit",
]

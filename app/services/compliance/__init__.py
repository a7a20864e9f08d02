"""Rows to facts to law to findings: the only caller of the law's rules, and what crosses units on purpose."""

from app.services.compliance.crossing import (
    NON_LOCAL_SECRETARY,
    counted,
    held_ids,
    holder_of_national_id,
    judge_new_secretary,
    judge_secretary,
    out_of_sight,
    stubs,
    taken_codes,
)

__all__ = [
    "NON_LOCAL_SECRETARY",
    "counted",
    "held_ids",
    "holder_of_national_id",
    "judge_new_secretary",
    "judge_secretary",
    "out_of_sight",
    "stubs",
    "taken_codes",
]

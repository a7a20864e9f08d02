"""Rows of each group of a person's record, as the API takes them: new ones, and what mends them."""

from collections.abc import Callable
from typing import Any

GROUPS: dict[str, Callable[[int], dict[str, Any]]] = {
    "careers": lambda _: {
        "valid_from": "2008-01-01",
        "valid_to": "2009-01-01",
        "description": "Cộng tác viên",
    },
    "salaries": lambda _: {
        "valid_from": "2019-01-01",
        "grade_code": "01.003",
        "step": 2,
        "coefficient_hundredths": 267,
    },
    "trainings": lambda n: {"kind": "it", "name": f"Tin học {n}", "started_on": "2020-03-02"},
    "evaluations": lambda n: {"year": n, "grade": "good", "graded_by": "Tập thể", "decided_on": f"{n}-12-20"},
    "rewards": lambda _: {"awarded_on": "2020-02-03", "name": "Giấy khen", "issuer": "Ủy ban nhân dân"},
    "discipline": lambda _: {
        "side": "state",
        "form": "reprimand",
        "opened_on": "2012-01-05",
        "decided_on": "2012-03-01",
        "ended_on": "2013-03-01",
    },
    "family": lambda _: {"relation": "sibling", "full_name": "Vàng Thị Lan", "birth_year": 1990},
    "relatives-abroad": lambda _: {"relation": "sibling", "full_name": "Vàng Mí Pó", "country": "Lào"},
    "own-past": lambda _: {"description": "Không có gì cần khai"},
    "travels": lambda _: {
        "left_on": "2018-05-01",
        "returned_on": "2018-05-09",
        "country": "Lào",
        "purpose": "Công tác",
    },
    "declarations": lambda n: {"year": 2020, "reference": f"KK-{n}", "declared_on": "2020-12-20"},
    "confidence-votes": lambda _: (
        {"held_on": "2020-06-01", "body": "Đảng bộ", "high": 20, "middling": 3, "low": 1}
    ),
    "political-conclusions": lambda n: {
        "number": f"{n}-KL/TU",
        "concluded_on": "2020-06-01",
        "issuer": "Ban Thường vụ",
        "purpose": "Quy hoạch",
    },
}
MENDS = {
    "careers": {"place": "Hà Giang"},
    "salaries": {"step": 3},
    "trainings": {"hours": 12},
    "evaluations": {"graded_by": "Người đứng đầu"},
    "rewards": {"decision_number": "3/QĐ"},
    "discipline": {"issuer": "Sở Nội vụ"},
    "family": {"occupation": "Giáo viên"},
    "relatives-abroad": {"since_year": 2015},
    "own-past": {"description": "Đã khai"},
    "travels": {"purpose": "Học tập"},
    "declarations": {"reference": "KK-2020"},
    "confidence-votes": {"low": 2},
    "political-conclusions": {"purpose": "Bổ nhiệm"},
}

"""Words of work that waits, and that every kind of dossier and every state of a term has its own."""

import pytest

from app.models.appointment import OVER
from app.services.appointment.table import TABLES, Route
from app.services.inbox.kinds import DOSSIERS
from app.services.inbox.sources import OPEN_TERM
from app.ui import waiting

TODAY = "2023-03-01"


@pytest.mark.parametrize(
    ("due", "words", "late"),
    [
        ("2023-06-09", "còn 100 ngày", False),
        ("2023-03-02", "còn 1 ngày", False),
        ("2023-03-01", "hết hạn hôm nay", True),
        ("2023-02-28", "quá hạn 1 ngày", True),
        ("2019-01-01", "quá hạn 1.520 ngày", True),
        (None, "", False),
    ],
)
def test_days_are_told_in_words(due: str | None, words: str, *, late: bool) -> None:
    row = {"due_on": due}
    assert (waiting.left(row, TODAY), waiting.is_late(row, TODAY)) == (words, late)


def test_the_next_reminder_is_the_first_still_to_come() -> None:
    told = [
        {"name": "T-180", "on": "2022-12-11", "past": True},
        {"name": "legal", "on": "2023-03-11", "past": False},
        {"name": "T-60", "on": "2023-04-10", "past": False},
    ]
    assert waiting.next_reminder({"reminders": told}) == "hạn thông báo 11/03/2023"
    assert waiting.next_reminder({"reminders": told[2:]}) == "trước 60 ngày: 10/04/2023"
    assert waiting.next_reminder({"reminders": told[:1]}) == waiting.next_reminder({"reminders": []}) == ""


def test_every_kind_of_dossier_has_a_page_and_every_open_state_of_a_term_a_word() -> None:
    assert set(waiting.PAGES) == {kind.type.value for kind in DOSSIERS}
    over = {state.value for state in OVER}
    assert set(waiting.STATE) == set(TABLES[Route.TERM].states) - over
    assert OPEN_TERM[0] == waiting.OPEN_TERM
    row = {"dossier": {"type": "appointment", "id": "7"}, "actions": [{"name": "Trình"}, {"name": "Dừng"}]}
    assert (waiting.address(row), waiting.steps(row)) == ("/bo-nhiem/7", "Trình, Dừng")
    assert waiting.address({"dossier": None}) == ""

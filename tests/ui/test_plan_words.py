"""The words of plans name every value the API has."""

from app.models.plan import EntryState, MeetingStep, PlanKind, PlanPeriod, PlanState, RemovalReason
from app.services.plan.table import TABLE
from app.ui import planning


def test_every_value_of_the_api_has_a_word() -> None:
    for words, values in (
        (planning.STATE, PlanState),
        (planning.KIND, PlanKind),
        (planning.PERIOD, PlanPeriod),
        (planning.ENTRY, EntryState),
        (planning.REMOVAL, RemovalReason),
        (planning.MEETING, MeetingStep),
    ):
        assert words.keys() == {value.value for value in values}


def test_states_are_called_what_refusals_call_them() -> None:
    assert dict(TABLE.states) == planning.STATE


def test_every_action_has_an_address() -> None:
    assert planning.SLUG.keys() == {action.name for action in TABLE.actions}

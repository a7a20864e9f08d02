"""Rules on appointments beyond their cases: what may never turn, what is never told, what warns only."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.services.law.finding import Effect, Finding, Outcome
from app.services.law.parameter import Law
from app.services.law.retirement import Sex
from app.services.law.rules import REGISTRY, judge, rule_on
from app.services.law.rules.appointment import (
    AgeFullTermFacts,
    DossierFacts,
    Measure,
    MeetingFacts,
    PlanChangedFacts,
    StandardsFacts,
    TenureFacts,
    TimeBarFacts,
    Votes,
)
from app.services.law.working_days import add_working_days

LAW = Law()
PARTY_80, PARTY_377 = date(2022, 8, 18), date(2025, 10, 8)
DAY = date(2022, 10, 20)
EVE = timedelta(days=1)
FORMS = ("reprimand", "pay_cut", "warning", "demotion", "removal", "expulsion", "forced_resignation")
BY_LENGTH = ("reprimand", "warning", "removal")
NOT_IN_FORCE = {"reason": "not_in_force"}
ON = st.dates(PARTY_80, date(2030, 12, 31))
DECIDED = st.dates(date(2015, 1, 1), date(2025, 12, 31))
MEASURES = st.builds(
    Measure, side=st.sampled_from(["party", "state"]), form=st.sampled_from(FORMS), decided_on=DECIDED
)


def bar(*measures: Measure, effective: date, on: date = DAY, higher: bool = True) -> Finding:
    return judge("appointment.time_bar", TimeBarFacts("Người 1", effective, higher, measures), on, LAW)


def in_favour(step: int, summoned: int, *votes: int) -> MeetingFacts:
    """A meeting at which all came and each ballot may name everybody."""
    held = date(2022, 9, 11) + timedelta(days=step)
    counted = tuple(Votes(f"c{number}", f"Người {number}", vote) for number, vote in enumerate(votes, 1))
    return MeetingFacts(step, held, summoned, summoned, summoned, summoned, summoned, counted)


ROOM_FOR_ONE = st.integers(1, 30).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n - 1)))
"""Summoned and present, with at least one who hasn't come."""


# --- votes and attendance --------------------------------------------------------------------------------


@st.composite
def ballots(draw: st.DrawFn, *, room: int) -> DossierFacts:
    """A dossier with all deciding ballots; everybody could have `room` votes more."""
    route = draw(st.sampled_from(["five_steps", "three_steps"]))
    meetings = []
    for step in (2, 3, 4, 5) if route == "five_steps" else (3,):
        summoned = draw(st.integers(room, 12))
        votes = draw(st.lists(st.integers(0, summoned - room), min_size=1, max_size=4))
        meetings.append(in_favour(step, summoned, *votes))
    return DossierFacts(
        route,
        date(2022, 8, 20),
        meetings=tuple(meetings),
        chosen="c1",
        head_chose=draw(st.booleans()),
        explained=frozenset({3}) if draw(st.booleans()) else frozenset(),
    )


def one_more(meeting: MeetingFacts, candidate_id: str) -> MeetingFacts:
    return replace(
        meeting,
        votes=tuple(
            replace(vote, in_favour=vote.in_favour + (vote.candidate_id == candidate_id))
            for vote in meeting.votes
        ),
    )


@given(facts=ballots(room=1), on=ON)
@settings(max_examples=300)
def test_one_more_vote_for_the_chosen_never_turns_met_to_unmet(facts: DossierFacts, on: date) -> None:
    before = judge("appointment.majority", facts, on, LAW)
    more = replace(facts, meetings=tuple(one_more(meeting, "c1") for meeting in facts.meetings))
    after = judge("appointment.majority", more, on, LAW)
    assert (before.outcome, after.outcome) != (Outcome.MET, Outcome.UNMET), after.message


@given(facts=ballots(room=0), share=st.integers(0, 12))
def test_the_key_cadres_decide_nothing(facts: DossierFacts, share: int) -> None:
    others = tuple(meeting for meeting in facts.meetings if meeting.step != 4)
    spoken = (*others, in_favour(4, 12, share))
    without = judge("appointment.majority", replace(facts, meetings=others), DAY, LAW)
    assert judge("appointment.majority", replace(facts, meetings=spoken), DAY, LAW).outcome is without.outcome


@given(facts=ballots(room=0), step=st.integers(0, 3))
def test_of_a_missing_deciding_ballot_nothing_is_met(facts: DossierFacts, step: int) -> None:
    held = tuple(meeting for number, meeting in enumerate(facts.meetings) if number != step)
    lost = [one.step for one in facts.meetings if one not in held and one.step != 4]
    finding = judge("appointment.majority", replace(facts, meetings=held), DAY, LAW)
    assert not lost or finding.outcome in {Outcome.UNMET, Outcome.UNKNOWN}


@given(
    counts=st.lists(ROOM_FOR_ONE, max_size=5),
    more=st.integers(0, 4),
    on=ON,
)
def test_one_more_person_present_never_turns_quorum_to_unmet(
    counts: list[tuple[int, int]], more: int, on: date
) -> None:
    def finding(added: int) -> Finding:
        meetings = tuple(
            MeetingFacts(step, DAY, summoned, present + (added if step == more + 1 else 0))
            for step, (summoned, present) in enumerate(counts, 1)
        )
        facts = DossierFacts("five_steps", DAY, meetings=meetings)
        return judge("appointment.quorum", facts, on, LAW)

    assert (finding(0).outcome, finding(1).outcome) != (Outcome.MET, Outcome.UNMET)


@pytest.mark.parametrize(
    "counts",
    [
        {"summoned": -1, "present": -1},
        {"summoned": 10, "present": 11},
        {"summoned": 10, "present": -1},
        {"summoned": 10, "present": 8, "issued": 9},
        {"summoned": 10, "present": 8, "issued": 8, "returned": 9},
        {"summoned": 10, "present": 8, "issued": 8, "returned": 8, "valid": 9},
        {"summoned": 10, "present": 8, "valid": 9},
        {"summoned": 10, "present": 8, "valid": 7, "votes": (Votes("c1", "Người 1", 8),)},
        {"summoned": 10, "present": 8, "votes": (Votes("c1", "Người 1", 9),)},
        {"summoned": 10, "present": 8, "valid": 8, "votes": (Votes("c1", "Người 1", -1),)},
        {
            "summoned": 10,
            "present": 8,
            "valid": 7,
            "votes": (Votes("c1", "Người 1", 7), Votes("c2", "Người 2", 8)),
        },
    ],
)
def test_numbers_that_no_meeting_can_have_are_refused(counts: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="step 2"):
        MeetingFacts(2, DAY, **counts)


def test_a_meeting_in_which_all_numbers_are_the_same_is_one() -> None:
    whole = MeetingFacts(2, DAY, 8, 8, 8, 8, 8, (Votes("c1", "Người 1", 8), Votes("c2", "Người 2", 0)))
    assert whole.of("c1") == 8
    assert whole.of("c9") == whole.of(None) == 0
    assert MeetingFacts(1, DAY, 0, 0).votes == ()


# --- the clock of the steps ------------------------------------------------------------------------------


def process(*, answer: int, work: int) -> Finding:
    """Five steps, answered after so many working days and finished after so many."""
    asked = date(2022, 8, 22)
    decided = add_working_days(asked, answer)
    last = add_working_days(decided, work)
    meetings = tuple(MeetingFacts(step, decided if step < 5 else last, 9, 9) for step in range(1, 6))
    facts = DossierFacts("five_steps", asked, asked, decided, meetings)
    return judge("appointment.steps", facts, DAY, LAW)


@pytest.mark.parametrize(
    ("answer", "work", "late"), [(10, 30, 0), (11, 30, 1), (10, 31, 1), (11, 31, 2), (1, 1, 0)]
)
def test_clocks_warn_and_never_hold_up(answer: int, work: int, late: int) -> None:
    finding = process(answer=answer, work=work)
    assert finding.outcome is (Outcome.UNMET if late else Outcome.MET)
    assert not finding.holds_up
    assert finding.asks_reason is (late > 0)
    assert len(finding.measured.get("late") or []) == late  # type: ignore[arg-type]
    assert finding.effect is (Effect.WARNS if late else Effect.BLOCKS)


def test_a_missing_step_holds_up_however_late_the_rest_is() -> None:
    facts = DossierFacts("five_steps", DAY, date(2022, 1, 4), date(2022, 6, 1), (MeetingFacts(1, DAY, 9, 9),))
    finding = judge("appointment.steps", facts, DAY, LAW)
    assert finding.holds_up
    assert finding.effect is Effect.BLOCKS


# --- bars after a sanction -------------------------------------------------------------------------------


@given(
    measures=st.lists(MEASURES, max_size=3),
    effective=st.dates(date(2022, 8, 18), date(2031, 12, 31)),
    later=st.integers(0, 900),
    on=ON,
)
def test_a_later_effective_day_never_turns_free_to_barred(
    measures: list[Measure], effective: date, later: int, on: date
) -> None:
    before = bar(*measures, effective=effective, on=on)
    after = bar(*measures, effective=effective + timedelta(days=later), on=on)
    assert (before.outcome, after.outcome) != (Outcome.MET, Outcome.UNMET)


@given(
    measures=st.lists(MEASURES, max_size=2),
    added=MEASURES,
    effective=st.dates(date(2022, 8, 18), date(2031, 12, 31)),
    on=ON,
)
def test_one_more_sanction_never_frees_earlier(
    measures: list[Measure], added: Measure, effective: date, on: date
) -> None:
    before, after = (bar(*some, effective=effective, on=on) for some in (measures, [*measures, added]))
    assert (before.outcome, after.outcome) != (Outcome.UNMET, Outcome.MET)
    if before.outcome is Outcome.UNMET:
        assert str(before.measured["barred_until"]) <= str(after.measured["barred_until"])


@given(
    side=st.sampled_from(["party", "state"]),
    lengths=st.tuples(st.integers(0, 2), st.integers(0, 2)).map(sorted),
    decided=DECIDED,
    effective=st.dates(date(2022, 8, 18), date(2031, 12, 31)),
    on=ON,
)
def test_a_longer_bar_never_frees_earlier(
    side: str, lengths: list[int], decided: date, effective: date, on: date
) -> None:
    """Reprimand, warning, removal have bars of growing length on either side, on every day."""
    short, long = (
        bar(Measure(side, BY_LENGTH[number], decided), effective=effective, on=on) for number in lengths
    )
    assert (short.outcome, long.outcome) != (Outcome.UNMET, Outcome.MET)


@given(decided=DECIDED, form=st.sampled_from(BY_LENGTH))
def test_the_bars_of_2025_never_free_earlier_than_those_before(decided: date, form: str) -> None:
    old, new = (
        bar(Measure("party", form, decided), effective=decided + EVE, on=day)
        for day in (PARTY_377 - EVE, PARTY_377)
    )
    assert old.outcome is new.outcome is Outcome.UNMET
    assert str(old.measured["barred_until"]) <= str(new.measured["barred_until"])


def test_the_finding_tells_neither_the_form_nor_the_side_nor_the_day() -> None:
    """Sanctions of one end that differ in form, side and day read alike, letter by letter."""
    told = [
        bar(Measure(side, form, decided), effective=date(2022, 10, 1))
        for side, form, decided in (
            ("party", "reprimand", date(2022, 3, 4)),
            ("party", "warning", date(2020, 9, 4)),
            ("party", "removal", date(2018, 3, 4)),
            ("state", "warning", date(2022, 3, 4)),
            ("state", "demotion", date(2021, 3, 4)),
        )
    ]
    assert {finding.outcome for finding in told} == {Outcome.UNMET}
    assert len({finding.model_dump_json() for finding in told}) == 1
    assert "04/03/2023" in told[0].message


def test_a_review_is_told_without_its_day_and_its_side() -> None:
    one = bar(Measure("party", "", date(2022, 9, 1), under_review=True), effective=DAY)
    other = bar(Measure("state", "removal", date(2021, 5, 6), under_review=True), effective=DAY, higher=False)
    assert one == other
    assert one.holds_up
    assert not rule_on("appointment.time_bar", DAY, LAW)["waivable"]


def test_a_party_sanction_older_than_its_norm_never_reads_as_free() -> None:
    """Before 80-QĐ/TW the Party's bars aren't known here: shown as not in force, unless the state's holds."""
    eve = PARTY_80 - EVE
    party = Measure("party", "removal", date(2022, 1, 10))
    for effective in (eve, date(2030, 1, 1)):
        assert bar(party, effective=effective, on=eve).required == NOT_IN_FORCE
        ended = Measure("state", "reprimand", date(2015, 1, 15))
        assert bar(party, ended, effective=effective, on=eve).required == NOT_IN_FORCE
    running = Measure("state", "reprimand", date(2022, 1, 15))
    assert bar(party, running, effective=date(2022, 9, 1), on=eve).outcome is Outcome.UNMET
    assert bar(effective=eve, on=eve).outcome is Outcome.MET
    assert bar(party, effective=date(2022, 9, 1), on=PARTY_80).outcome is Outcome.UNMET


def test_early_versions_list_the_norms_of_their_own_day() -> None:
    for rule_id, first in (
        ("appointment.time_bar", date(2020, 7, 1)),
        ("appointment.steps", date(2017, 12, 19)),
    ):
        early, late = rule_on(rule_id, PARTY_80 - EVE, LAW), rule_on(rule_id, PARTY_80, LAW)
        assert early["in_force"]
        assert late["in_force"]
        assert (early["since"], early["until"]) == (first.isoformat(), late["since"])
        early_ids, late_ids = ({norm["id"] for norm in row["parameters"]} for row in (early, late))
        assert early_ids < late_ids


# --- age, plan, waivers ----------------------------------------------------------------------------------


@given(
    born=st.dates(date(1955, 1, 1), date(1990, 12, 31)),
    later=st.integers(0, 1500),
    sex=st.sampled_from(["female", "male"]),
    effective=st.dates(date(2022, 9, 1), date(2032, 12, 31)),
    on=ON,
)
def test_born_later_never_turns_a_full_term_to_none(
    born: date, later: int, sex: Sex, effective: date, on: date
) -> None:
    old, young = (
        judge("appointment.age_full_term", AgeFullTermFacts("Người 1", day, sex, effective), on, LAW)
        for day in (born, born + timedelta(days=later))
    )
    assert (old.outcome, young.outcome) != (Outcome.MET, Outcome.UNMET)


@given(
    born=st.dates(date(1955, 1, 1), date(1990, 12, 31)),
    sex=st.sampled_from(["female", "male"]),
    effective=st.dates(date(2022, 9, 1), date(2032, 12, 31)),
)
def test_the_finding_on_age_tells_no_birth_and_no_months(born: date, sex: Sex, effective: date) -> None:
    facts = AgeFullTermFacts("Người 1", born, sex, effective)
    finding = judge("appointment.age_full_term", facts, DAY, LAW)
    assert set(finding.measured) == {"full_term"}
    told = finding.model_dump_json()
    for spelled in (f"{born:%d/%m/%Y}", born.isoformat(), sex):
        assert spelled not in told


@given(months=st.integers(0, 120), more=st.integers(0, 120), on=ON)
def test_longer_in_the_title_never_turns_tenure_to_unmet(months: int, more: int, on: date) -> None:
    short, long = (
        judge("appointment.tenure", TenureFacts("Người 1", number), on, LAW)
        for number in (months, months + more)
    )
    assert (short.outcome, long.outcome) != (Outcome.MET, Outcome.UNMET)


@pytest.mark.parametrize(
    ("on", "opened_on", "effect"),
    [
        (PARTY_377 - EVE, date(2025, 9, 10), Effect.WARNS),
        (PARTY_377, date(2025, 9, 10), Effect.BLOCKS),
        (PARTY_377 - EVE, date(2025, 9, 25), Effect.WARNS),
        (PARTY_377, date(2025, 9, 25), Effect.WARNS),
    ],
)
def test_planned_in_the_same_dossier_blocks_from_2025_on(on: date, opened_on: date, effect: Effect) -> None:
    planned_from = date(2025, 9, 20)
    facts = PlanChangedFacts("Người 1", planned_from, opened_on, planned_from > opened_on)
    finding = judge("appointment.plan_changed_recently", facts, on, LAW)
    assert finding.outcome is Outcome.UNMET
    assert finding.effect is effect
    assert finding.holds_up is (effect is Effect.BLOCKS)


def test_a_gap_of_the_list_of_titles_holds_up() -> None:
    assert judge("appointment.standards", StandardsFacts("Người 1"), DAY, LAW).holds_up


def test_what_no_authority_can_waive() -> None:
    fixed = {
        rule_id
        for rule_id in REGISTRY.ids
        if rule_id.startswith("appointment.") and not rule_on(rule_id, PARTY_377, LAW)["waivable"]
    }
    assert fixed == {
        "appointment.majority",
        "appointment.political_standard",
        "appointment.quorum",
        "appointment.responsibility_note",
        "appointment.steps",
        "appointment.time_bar",
        "appointment.vacancy",
    }

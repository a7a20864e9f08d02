"""The register of rules, the shape of a finding, and «không phải là người địa phương» as data."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from app.services.law.finding import Effect, Finding, Outcome, Verdict, met_if, unknown
from app.services.law.parameter import Law, LawOn
from app.services.law.rules import REGISTRY, Registry, UnknownRule, judge, rule_on, rules_on
from app.services.law.rules.appointment import (
    OUTSIDE,
    Locality,
    NonLocalPolicy,
    OriginField,
    OriginLevel,
    OriginMode,
    SecretaryFacts,
    locality,
)
from app.services.law.rules.registry import Since
from app.services.law.strict_yaml import LawError

LAW = Law()
DAY = date(2022, 3, 1)
ID = "appointment.non_local_secretary"


@dataclass(frozen=True)
class Heads:
    number: int


def add(registry: Registry, since: Since, until: date | None = None, at_least: int = 1) -> None:
    @registry.rule(
        "plan.heads",
        clause="III.3.3-e",
        effect=Effect.BLOCKS,
        since=since,
        until=until,
        waivable=False,
        facts=Heads,
    )
    def _heads(facts: Heads, _: LawOn) -> Verdict:
        return met_if(
            facts.number >= at_least,
            measured={"number": facts.number},
            required={"number": at_least},
            message="Số người.",
            remedy="Thêm người.",
        )


def test_a_changed_norm_is_a_second_version_and_old_days_keep_the_first() -> None:
    registry = Registry()
    add(registry, "resolution", date(2025, 1, 1), at_least=1)
    add(registry, date(2025, 1, 1), at_least=2)
    old, new = (
        registry.judge("plan.heads", Heads(1), day, LAW) for day in (date(2024, 12, 31), date(2025, 1, 1))
    )
    assert (old.outcome, new.outcome) == (Outcome.MET, Outcome.UNMET)
    assert (old.required, new.required) == ({"number": 1}, {"number": 2})


def test_outside_every_version_the_finding_is_shown_and_never_blocks() -> None:
    registry = Registry()
    add(registry, date(2022, 1, 1), date(2023, 1, 1))
    for day in (date(2021, 12, 31), date(2023, 1, 1)):
        finding = registry.judge("plan.heads", Heads(0), day, LAW)
        assert finding.outcome is Outcome.NOT_APPLICABLE
        assert finding.required == {"reason": "not_in_force"}
        assert not finding.holds_up
    assert registry.judge("plan.heads", Heads(0), date(2022, 12, 31), LAW).holds_up


@pytest.mark.parametrize(
    ("first", "second", "says"),
    [
        (("resolution", date(2025, 1, 1)), (date(2025, 1, 2), None), "gap"),
        (("resolution", date(2025, 1, 1)), (date(2024, 12, 31), None), "overlaps"),
        (("resolution", None), (date(2025, 1, 1), None), "overlaps"),
        ((date(2022, 1, 1), date(2025, 1, 1)), ("resolution", None), "only the first"),
        ((date(2022, 1, 1), date(2025, 1, 1)), (date(2025, 1, 1), date(2025, 1, 1)), "empty"),
    ],
)
def test_gaps_and_overlaps_of_versions_are_refused(
    first: tuple[Since, date | None], second: tuple[Since, date | None], says: str
) -> None:
    registry = Registry()
    add(registry, *first)
    with pytest.raises(LawError, match=says):
        add(registry, *second)


def test_wrong_facts_and_unknown_rules_are_refused() -> None:
    with pytest.raises(TypeError, match="SecretaryFacts"):
        judge(ID, Heads(1), DAY, LAW)
    with pytest.raises(UnknownRule):
        judge("appointment.nothing", Heads(1), DAY, LAW)


def test_the_list_of_rules_on_a_day() -> None:
    row = rule_on(ID, DAY, LAW)
    assert row in rules_on(DAY, LAW)
    assert set(row) == {
        "id", "clause", "group", "effect", "in_force", "since", "until", "waivable", "parameters",
    }  # fmt: skip
    assert row["group"] is None
    assert (row["clause"], row["effect"], row["in_force"]) == ("II.2.2(5)-2025-h", "warns", True)
    assert (row["since"], row["until"]) == ("2021-01-01", None)
    assert [norm["id"] for norm in row["parameters"]] == [
        "secretary.non-local-2025",
        "secretary.local-fields",
        "secretary.local-level",
        "secretary.local-mode",
    ]
    assert all(norm["clause"] and norm["source"] for norm in row["parameters"])


def test_the_day_before_the_resolution_the_rule_is_listed_as_not_in_force() -> None:
    row = rule_on(ID, date(2020, 12, 31), LAW)
    assert row["in_force"] is False
    assert "secretary.non-local-2025" not in [norm["id"] for norm in row["parameters"]]
    assert rule_on(ID, date(2022, 1, 31), Law(date(2022, 2, 1)))["in_force"] is False


def test_a_finding_has_the_shape_of_the_contract() -> None:
    facts = SecretaryFacts(
        is_commune_secretary=True, commune=frozenset({"X"}), places={OriginField.HOMETOWN: "X"}
    )
    finding = judge(ID, facts, DAY, LAW)
    assert list(finding.as_json()) == [
        "rule",
        "clause",
        "effect",
        "outcome",
        "measured",
        "required",
        "as_of",
        "message",
        "remedy",
        "sources",
    ]
    sources = [norm["source"] for norm in rule_on(ID, DAY, LAW)["parameters"]]
    assert finding.as_json()["sources"] == list(dict.fromkeys(sources))
    assert finding.as_json()["as_of"] == "2022-03-01"
    waived = finding.model_copy(update={"waived_by": "0190"})
    assert waived.as_json()["waived_by"] == "0190"
    assert finding.asks_reason
    assert not waived.asks_reason
    assert not finding.holds_up
    assert Finding.model_validate(finding.as_json()) == finding
    with pytest.raises(ValidationError):
        finding.outcome = Outcome.MET  # type: ignore[misc]
    with pytest.raises(ValidationError):
        Finding.model_validate({**finding.as_json(), "extra": 1})


def test_unknown_blocks_where_the_rule_blocks() -> None:
    registry = Registry()

    @registry.rule("plan.x", clause="II.0", effect=Effect.BLOCKS, since=DAY, waivable=False, facts=Heads)
    def _x(_: Heads, __: LawOn) -> Verdict:
        return unknown(measured={}, required={}, message="Chưa rõ.", remedy="Nhập thêm.")

    assert registry.judge("plan.x", Heads(1), DAY, LAW).holds_up

    waived = registry.judge("plan.x", Heads(1), DAY, LAW).model_copy(update={"waived_by": "0190"})
    assert not waived.holds_up


def test_a_rule_whose_norm_is_not_yet_law_is_not_in_force() -> None:
    registry = Registry()

    @registry.rule(
        "plan.early",
        clause="II.0",
        effect=Effect.BLOCKS,
        since=date(2015, 1, 1),
        waivable=False,
        parameters=("managed.women-2025",),
        facts=Heads,
    )
    def _early(facts: Heads, law: LawOn) -> Verdict:
        threshold = law["managed.women-2025"].at_least
        return met_if(
            facts.number >= threshold, measured={}, required={}, message="Số người.", remedy="Thêm."
        )

    eve, first = date(2020, 12, 31), date(2021, 1, 1)
    assert registry.judge("plan.early", Heads(1), eve, LAW).required == {"reason": "not_in_force"}
    assert registry.judge("plan.early", Heads(1), first, LAW).outcome is Outcome.UNMET
    assert [registry.describe("plan.early", day, LAW)["in_force"] for day in (eve, first)] == [False, True]


def test_a_rule_never_holds_up_an_appointment_it_only_warns_of() -> None:
    local = SecretaryFacts(
        is_commune_secretary=True, commune=frozenset({"X"}), places={OriginField.HOMETOWN: "X"}
    )
    assert judge(ID, local, DAY, LAW).effect is Effect.WARNS
    assert not judge(ID, local, DAY, LAW).holds_up


def test_the_wider_variant_takes_the_district_for_the_place() -> None:
    facts = SecretaryFacts(
        is_commune_secretary=True,
        commune=frozenset({"X"}),
        district=frozenset({"D", "X", "Y"}),
        enclosing=frozenset({"D", "T"}),
        places={OriginField.HOMETOWN: "Y", OriginField.BIRTHPLACE: OUTSIDE},
    )
    today = LAW.on(DAY)
    assert locality(facts, NonLocalPolicy.of(today)).locality is Locality.NON_LOCAL
    assert locality(facts, NonLocalPolicy.of(today, level=OriginLevel.DISTRICT)).locality is Locality.LOCAL


def test_without_a_district_its_variant_is_unknown() -> None:
    facts = SecretaryFacts(
        is_commune_secretary=True,
        commune=frozenset({"X"}),
        places={OriginField.HOMETOWN: "E", OriginField.BIRTHPLACE: "E"},
    )
    policy = NonLocalPolicy.of(LAW.on(DAY), level=OriginLevel.DISTRICT)
    assert locality(facts, policy).locality is Locality.UNKNOWN


POSITIONS = {"inside": "X", "elsewhere": "E", "unclear": None}


@pytest.mark.parametrize(
    ("mode", "hometown", "birthplace", "expected"),
    [
        ("any", "inside", "inside", "local"),
        ("any", "inside", "elsewhere", "local"),
        ("any", "inside", "unclear", "local"),
        ("any", "elsewhere", "elsewhere", "non_local"),
        ("any", "elsewhere", "unclear", "unknown"),
        ("any", "unclear", "unclear", "unknown"),
        ("all", "inside", "inside", "local"),
        ("all", "inside", "elsewhere", "non_local"),
        ("all", "inside", "unclear", "unknown"),
        ("all", "elsewhere", "elsewhere", "non_local"),
        ("all", "elsewhere", "unclear", "non_local"),
        ("all", "unclear", "unclear", "unknown"),
    ],
)
def test_the_table_of_both_modes(mode: str, hometown: str, birthplace: str, expected: str) -> None:
    policy = NonLocalPolicy(
        (OriginField.HOMETOWN, OriginField.BIRTHPLACE), OriginLevel.COMMUNE, OriginMode(mode)
    )
    for one, other in ((hometown, birthplace), (birthplace, hometown)):
        facts = SecretaryFacts(
            is_commune_secretary=True,
            commune=frozenset({"X"}),
            places={OriginField.HOMETOWN: POSITIONS[one], OriginField.BIRTHPLACE: POSITIONS[other]},
        )
        assert locality(facts, policy).locality == expected


UNITS = st.sampled_from(["X", "P", "Y", "D", "T", "E", OUTSIDE])


@given(
    places=st.dictionaries(st.sampled_from(list(OriginField)), UNITS),
    fields=st.lists(st.sampled_from(list(OriginField)), min_size=1, unique=True),
    mode=st.sampled_from(list(OriginMode)),
    more=UNITS,
)
def test_more_knowledge_never_turns_one_verdict_into_the_other(
    places: dict[OriginField, str], fields: list[OriginField], mode: OriginMode, more: str
) -> None:
    policy = NonLocalPolicy(tuple(fields), OriginLevel.COMMUNE, mode)

    def verdict(known: dict[OriginField, str]) -> Locality:
        facts = SecretaryFacts(
            is_commune_secretary=True,
            commune=frozenset({"X", "P"}),
            enclosing=frozenset({"D", "T"}),
            places=known,
        )
        return locality(facts, policy).locality

    before = verdict(places)
    for name in set(OriginField) - set(places):
        after = verdict({**places, name: more})
        assert before in {after, Locality.UNKNOWN}


@given(
    day=st.dates(date(2010, 1, 1), date(2035, 12, 31)),
    resolution_on=st.dates(date(2021, 1, 1), date(2022, 12, 31)),
)
def test_the_rule_begins_with_the_resolution(day: date, resolution_on: date) -> None:
    facts = SecretaryFacts(
        is_commune_secretary=True, commune=frozenset({"X"}), places={OriginField.HOMETOWN: "X"}
    )
    finding = judge(ID, facts, day, Law(resolution_on))
    assert (finding.outcome is Outcome.UNMET) == (day >= resolution_on)
    eve = judge(ID, facts, resolution_on - timedelta(days=1), Law(resolution_on))
    assert eve.required == {"reason": "not_in_force"}


def test_ids_are_sorted_and_all_of_this_release() -> None:
    assert REGISTRY.ids == (
        "appointment.age_full_term",
        "appointment.asset_declaration",
        "appointment.evaluation",
        "appointment.kinship",
        "appointment.majority",
        ID,
        "appointment.participants",
        "appointment.party_body_opinion",
        "appointment.plan_changed_recently",
        "appointment.planned",
        "appointment.political_standard",
        "appointment.quorum",
        "appointment.responsibility_note",
        "appointment.standards",
        "appointment.steps",
        "appointment.tenure",
        "appointment.time_bar",
        "appointment.vacancy",
        "evaluation.excellent_cap",
        "plan.age",
        "plan.committee_number",
        "plan.higher_title",
        "plan.no_open_appointment",
        "plan.outsiders",
        "plan.persons_per_title",
        "plan.planned_below",
        "plan.political_standard",
        "plan.procedure",
        "plan.specialised_share",
        "plan.structure",
        "plan.titles_per_person",
        "plan.women_key_title",
        "post_change.exemption",
        "post_change.overdue",
        "reappointment.consecutive_terms",
        "reappointment.kind",
        "reappointment.on_time",
        "rotation.min_months",
        "rotation.planned",
        "rotation.years_left",
    )


def test_the_version_that_stands_on_a_day_needs_no_law() -> None:
    registry = Registry()
    add(registry, "resolution", DAY)
    add(registry, DAY)
    eve = DAY - timedelta(days=1)
    until = [registry.standing("plan.heads", day).until for day in (date.min, eve, DAY, date.max)]
    assert until == [DAY, DAY, None, None]
    for day in (date.min, eve, DAY):
        assert registry.standing("plan.heads", day) == registry.version_on("plan.heads", day, LAW)[0]
    with pytest.raises(UnknownRule):
        registry.standing("plan.tails", DAY)

"""The steps of an appointment, who came, how the votes fell (III.3.5-b, domain §10.2)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from pydantic import JsonValue

from app.services.law.finding import Effect, Verdict, met_if, not_applicable, unknown
from app.services.law.parameter import LawOn
from app.services.law.parameter_file import WHOLE
from app.services.law.rules.appointment.person import PARTY_80
from app.services.law.rules.registry import rule
from app.services.law.working_days import working_days_between

FIVE, THREE = "appointment.five-steps", "appointment.three-steps"
POLICY_DAYS, PROCESS_DAYS = "appointment.policy-working-days", "appointment.process-working-days"
PRESENCE, VOTES = "appointment.presence-at-least", "appointment.votes-more-than"
GO_ON = "appointment.highest-go-on"
STEP_NAMES: Mapping[str, str] = {
    "leadership_1": "hội nghị tập thể lãnh đạo lần 1",
    "enlarged": "hội nghị tập thể lãnh đạo mở rộng",
    "leadership_2": "hội nghị tập thể lãnh đạo lần 2",
    "key_cadres": "hội nghị cán bộ chủ chốt",
    "leadership_3": "hội nghị tập thể lãnh đạo lần 3",
    "agreement": "tập thể lãnh đạo thống nhất về nhân sự",
    "exchange": "trao đổi với nhân sự và nơi đang công tác",
    "leadership": "tập thể lãnh đạo bỏ phiếu",
}
"""Every step a rule set may name, as people call it."""

ENLARGED, SECOND = 2, 3
DECIDING: Mapping[str, tuple[int, ...]] = {
    "five_steps": (ENLARGED, SECOND, 5),
    "three_steps": (3,),
    "term": (2,),
}
"""Routes with ballots to the steps that decide; at a term's end the key cadres only give an opinion."""

EXCHANGE = ("three_steps", 2)
"""The one step that is no meeting: somebody is talked with, nobody is summoned."""


@dataclass(frozen=True, slots=True)
class Votes:
    """Votes in favour of one candidate; `label` is what every reader may be shown."""

    candidate_id: str
    label: str
    in_favour: int


@dataclass(frozen=True, slots=True)
class MeetingFacts:
    """A meeting by its minutes. ValueError for numbers that no meeting can have."""

    step: int
    held_on: date
    summoned: int
    present: int
    issued: int | None = None
    returned: int | None = None
    valid: int | None = None
    votes: tuple[Votes, ...] = ()

    def __post_init__(self) -> None:
        """Summoned >= present >= issued >= returned >= valid >= each one's votes >= 0."""
        chain = [
            number
            for number in (self.summoned, self.present, self.issued, self.returned, self.valid)
            if number is not None
        ]
        each = [vote.in_favour for vote in self.votes]
        most = max(each, default=0)
        if any(one < next_ for one, next_ in pairwise(chain)) or min([*chain, *each]) < 0 or most > chain[-1]:
            raise ValueError(f"step {self.step} can't have been counted so")

    def of(self, candidate_id: str | None) -> int:
        """Votes in favour of somebody; nobody's name on no ballot is none."""
        return next((one.in_favour for one in self.votes if one.candidate_id == candidate_id), 0)

    def passes(self, votes: int, percent: int) -> bool:
        """Whether the votes are more than the share of those summoned."""
        return WHOLE * votes > percent * self.summoned

    @property
    def ranked(self) -> list[Votes]:
        """Those voted on, the most favoured first."""
        return sorted(self.votes, key=lambda one: -one.in_favour)


@dataclass(frozen=True, slots=True)
class DossierFacts:
    """A dossier's process: its route, the days of the policy, the meetings, who is chosen.

    `explained`: the steps whose result, unlike the one before, is explained. `head_chose`: of exactly one
    half the head decided, and both results are reported.
    """

    route: str
    opened_on: date
    policy_requested_on: date | None = None
    policy_decided_on: date | None = None
    meetings: tuple[MeetingFacts, ...] = ()
    chosen: str | None = None
    head_chose: bool = False
    explained: frozenset[int] = field(default_factory=frozenset)

    def meeting(self, step: int) -> MeetingFacts | None:
        """The meeting of a step; None while it isn't held."""
        return next((one for one in self.meetings if one.step == step), None)


def _steps(facts: DossierFacts, law: LawOn) -> tuple[str, ...]:
    return law[FIVE if facts.route == "five_steps" else THREE].choices


def _no_process(clause: str) -> Verdict:
    return not_applicable(message=f"Loại quyết định này không theo các bước bỏ phiếu (mục {clause}).")


@rule(  # read from below: the later version stands above
    "appointment.steps",
    clause="III.3.5-b",
    effect=Effect.BLOCKS,
    since=PARTY_80,
    waivable=False,
    parameters=(FIVE, THREE, POLICY_DAYS, PROCESS_DAYS),
    facts=DossierFacts,
)
@rule(
    "appointment.steps",
    clause="III.3.5-b",
    effect=Effect.BLOCKS,
    since=date(2017, 12, 19),
    waivable=False,
    until=PARTY_80,
    parameters=(FIVE, THREE),
    facts=DossierFacts,
)
def steps(facts: DossierFacts, law: LawOn) -> Verdict:
    """Policy first, then every step of the route in its order; clocks in working days only warn."""
    if facts.route not in {"five_steps", "three_steps"}:
        return _no_process("III.3.5-b")
    names = _steps(facts, law)
    held = {one.step: one for one in facts.meetings}
    missing = [STEP_NAMES[name] for number, name in enumerate(names, 1) if number not in held]
    days = [held[number].held_on for number in sorted(held)]
    disordered = days != sorted(days)
    early = facts.policy_decided_on is None or (bool(days) and days[0] < facts.policy_decided_on)
    measured: dict[str, JsonValue] = {
        "policy_decided": facts.policy_decided_on is not None,
        "held": [*sorted(held)],
        "missing": list(missing),
    }
    required: dict[str, JsonValue] = {"steps": list(names)}
    faults = [
        text
        for wrong, text in (
            (facts.policy_decided_on is None, "chưa được đồng ý chủ trương"),
            (facts.policy_decided_on is not None and early, "có bước họp trước khi đồng ý chủ trương"),
            (disordered, "các bước không theo thứ tự ngày"),
            (bool(missing), f"chưa làm: {'; '.join(missing)}"),
        )
        if wrong
    ]
    if faults:
        return met_if(
            False,  # noqa: FBT003 - reads as the sentence it is
            measured=measured,
            required=required,
            message=f"Quy trình chưa đủ: {', '.join(faults)} (mục III.3.5-b).",
            remedy="Làm đủ các bước theo thứ tự và ghi biên bản từng bước.",
        )
    late = _late(facts, days[-1], law)
    if late:
        return met_if(
            False,  # noqa: FBT003 - reads as the sentence it is
            measured={**measured, "late": [text for text, _ in late]},
            required={**required, **dict(item for _, item in late)},
            message=f"Đủ các bước nhưng quá hạn: {'; '.join(text for text, _ in late)} (mục III.3.5-b).",
            remedy="Ghi rõ lý do quá hạn.",
        ).warning()
    return met_if(
        True,  # noqa: FBT003 - reads as the sentence it is
        measured=measured,
        required=required,
        message=f"Đủ {len(names)} bước, đúng thứ tự (mục III.3.5-b).",
        remedy="",
    )


def _late(facts: DossierFacts, last: date, law: LawOn) -> list[tuple[str, tuple[str, JsonValue]]]:
    """What took longer than the rule set gives; nothing where it gives no number of days."""
    if PROCESS_DAYS not in law or facts.policy_decided_on is None:
        return []
    found: list[tuple[str, tuple[str, JsonValue]]] = []
    limit = law[POLICY_DAYS].integer
    if facts.policy_requested_on is not None:
        taken = working_days_between(facts.policy_requested_on, facts.policy_decided_on)
        if taken > limit:
            found.append(
                (
                    f"trả lời chủ trương sau {taken} ngày làm việc, hạn {limit}",
                    ("policy_working_days", limit),
                )
            )
    limit = law[PROCESS_DAYS].integer
    taken = working_days_between(facts.policy_decided_on, last)
    if taken > limit:
        found.append((f"làm quy trình {taken} ngày làm việc, hạn {limit}", ("process_working_days", limit)))
    return found


@rule(
    "appointment.quorum",
    clause="III.3.5-b",
    effect=Effect.BLOCKS,
    since=PARTY_80,
    waivable=False,
    parameters=(PRESENCE,),
    facts=DossierFacts,
)
def quorum(facts: DossierFacts, law: LawOn) -> Verdict:
    """At each meeting two thirds of those summoned came; exactly two thirds are enough."""
    if facts.route not in DECIDING:
        return _no_process("III.3.5-b")
    meetings = [one for one in facts.meetings if (facts.route, one.step) != EXCHANGE]
    share, whole = law[PRESENCE].fraction
    required: dict[str, JsonValue] = {"present_of_summoned_at_least": f"{share}/{whole}"}
    if not meetings:
        return unknown(
            measured={},
            required=required,
            message="Chưa có hội nghị nào để xét số người dự (mục III.3.5-b).",
            remedy="Ghi biên bản các bước.",
        )
    short = [one for one in meetings if one.present * whole < one.summoned * share]
    told = "; ".join(f"bước {one.step}: {one.present} trong {one.summoned} người" for one in short)
    return met_if(
        not short,
        measured={"meetings": len(meetings), "short": [one.step for one in short]},
        required=required,
        message=f"Không đủ {share}/{whole} số người triệu tập: {told} (mục III.3.5-b)."
        if short
        else f"Các hội nghị có từ {share}/{whole} số người triệu tập dự họp (mục III.3.5-b).",
        remedy=f"Họp lại các bước không đủ số người: {told}.",
    )


@rule(
    "appointment.majority",
    clause="III.3.5-b",
    effect=Effect.BLOCKS,
    since=PARTY_80,
    waivable=False,
    parameters=(VOTES, GO_ON),
    facts=DossierFacts,
)
def majority(facts: DossierFacts, law: LawOn) -> Verdict:
    """Who is chosen was carried by each ballot that decides, on shares of those summoned.

    Enlarged leadership: the highest over one half, or one of those who go on where nobody has it, so many as
    the norm says. Second leadership meeting: highest and over one half; unlike the ballot before, explained.
    Last, and the collective's at a term's end: highest and over one half of all summoned; of exactly one half
    the head decides. The opinion of the key cadres decides nothing.
    """
    if facts.route not in DECIDING:
        return _no_process("III.3.5-b")
    percent, go_on = law[VOTES].more_than, law[GO_ON].integer
    required: dict[str, JsonValue] = {"votes_of_summoned_more_than_percent": percent}
    if facts.chosen is None:
        return unknown(
            measured={},
            required=required,
            message="Chưa chọn nhân sự nên chưa xét được phiếu (mục III.3.5-b).",
            remedy="Chọn người được đề nghị sau khi bỏ phiếu.",
        )
    deciding = DECIDING[facts.route]
    measured: dict[str, JsonValue] = {
        "ballots": [
            {"step": one.step, "in_favour": one.of(facts.chosen), "summoned": one.summoned}
            for one in facts.meetings
            if one.votes
        ]
    }
    missing = [step for step in deciding if facts.meeting(step) is None]
    faults = [text for step in deciding if (text := _fault(facts, step, percent, go_on)) is not None]
    if missing and not faults:
        return unknown(
            measured=measured,
            required=required,
            message=f"Chưa có phiếu của bước {', '.join(map(str, missing))} (mục III.3.5-b).",
            remedy="Ghi kết quả bỏ phiếu của các bước đó.",
        )
    return met_if(
        not faults,
        measured=measured,
        required=required,
        message=f"Phiếu chưa đạt: {'; '.join(faults)} (mục III.3.5-b)."
        if faults
        else f"Người được chọn đạt phiếu ở các bước quyết định, trên {percent} % (mục III.3.5-b).",
        remedy="Chọn người đạt phiếu, giải trình kết quả khác nhau, hoặc ghi hồ sơ không đạt.",
    )


def _fault(facts: DossierFacts, step: int, percent: int, go_on: int) -> str | None:
    """Why the ballot of a step doesn't carry who is chosen; None where it does or isn't held."""
    meeting = facts.meeting(step)
    if meeting is None:
        return None
    votes = meeting.of(facts.chosen)
    best = meeting.ranked[0].in_favour if meeting.ranked else 0
    if step == DECIDING[facts.route][-1]:
        return _last(facts, meeting, votes, best, percent)
    if step == ENLARGED:
        return _enlarged(meeting, votes, percent, go_on)
    before = facts.meeting(ENLARGED)
    unlike = (
        before is not None
        and before.ranked
        and before.of(facts.chosen) < before.ranked[0].in_favour
        and step not in facts.explained
    )
    if votes < best or not meeting.passes(votes, percent):
        return f"bước {step} không cao nhất hoặc không quá bán ({votes} trên {meeting.summoned})"
    return f"bước {step} khác kết quả bước {ENLARGED} mà chưa giải trình" if unlike else None


def _last(facts: DossierFacts, meeting: MeetingFacts, votes: int, best: int, percent: int) -> str | None:
    half = WHOLE * votes == percent * meeting.summoned
    if votes == best and (meeting.passes(votes, percent) or (half and facts.head_chose)):
        return None
    if votes < best:
        return f"bước {meeting.step} có người khác cao phiếu hơn"
    if half:
        return f"bước {meeting.step} được đúng một nửa, cần người đứng đầu quyết định"
    return f"bước {meeting.step} được {votes} phiếu trên {meeting.summoned} người"


def _enlarged(meeting: MeetingFacts, votes: int, percent: int, go_on: int) -> str | None:
    """Why somebody doesn't go on: not the highest, or not among those who do where nobody has the share."""
    best = meeting.ranked[0].in_favour if meeting.ranked else 0
    if meeting.passes(best, percent):
        return None if votes == best else f"bước {meeting.step} có người khác cao phiếu hơn"
    least = min((one.in_favour for one in meeting.ranked[:go_on]), default=0)
    return None if votes > 0 and votes >= least else f"bước {meeting.step} không thuộc {go_on} người cao nhất"

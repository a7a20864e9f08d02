"""The meetings that propose people for a plan, and the votes at the last of them (III.3.3-g)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from pydantic import JsonValue

from app.services.law.finding import Effect, Group, Verdict, met_if, not_applicable, unknown
from app.services.law.parameter import LawOn
from app.services.law.parameter_file import WHOLE
from app.services.law.rules.plan.common import FIRST_RULE_SET, listed
from app.services.law.rules.registry import rule

MEETINGS, PRESENCE, VOTES = "plan.meetings", "plan.presence-at-least", "plan.votes-more-than"

MEETING_NAMES: Mapping[str, str] = {
    "leadership_1": "Hội nghị tập thể lãnh đạo (lần 1)",
    "key_cadres": "Hội nghị cán bộ chủ chốt",
    "enlarged": "Hội nghị tập thể lãnh đạo mở rộng",
    "leadership_2": "Hội nghị tập thể lãnh đạo (lần 2)",
}
"""Every step a rule set may name, as people call it."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting that was held, by its minutes; None where they leave out a number.

    Ballots: handed out, handed in, valid; asked at the last meeting alone. One may favour several entries.
    """

    step: str
    held_on: date
    summoned: int | None = None
    present: int | None = None
    ballots_issued: int | None = None
    ballots_returned: int | None = None
    ballots_valid: int | None = None

    def is_consistent(self) -> bool:
        """Summoned >= present >= handed out >= handed in >= valid >= 0, as far as the minutes say."""
        chain = [
            number
            for number in (
                self.summoned,
                self.present,
                self.ballots_issued,
                self.ballots_returned,
                self.ballots_valid,
            )
            if number is not None
        ]
        return chain == sorted(chain, reverse=True) and min(chain, default=0) >= 0


@dataclass(frozen=True, slots=True)
class EntryVotes:
    """A newly proposed entry with its votes at the last meeting; None: no vote is recorded there.

    `label` is what the reader may be shown of the person: name or code, with the title.
    """

    entry_id: str
    label: str
    votes: int | None = None


@dataclass(frozen=True, slots=True)
class ProcedureFacts:
    """The meetings of the round that is judged, and the votes on what it newly proposes.

    - `needs_meetings`: False for a review that adds nobody.
    - `meetings`: those of this round, at most one of each step that the rule set names; of a step held again
      the latest counts.
    - `votes`: one per entry proposed in this round and not yet approved; those kept from before have none.
      An entry in it asks for meetings whatever `needs_meetings` says.
    """

    needs_meetings: bool
    meetings: tuple[Meeting, ...] = ()
    votes: tuple[EntryVotes, ...] = ()


def meeting_steps(law: LawOn) -> tuple[str, ...]:
    """The steps of the day's rule set in their order. NotInForce before the first."""
    return law[MEETINGS].choices


@dataclass(frozen=True, slots=True)
class _Fault:
    """What is wrong (or, with `gap`, not recorded), in code and in words, and what to do about it."""

    code: str
    step: str | None
    text: str
    remedy: str
    gap: bool = False


@dataclass(frozen=True, slots=True)
class _Norms:
    steps: tuple[str, ...]
    presence: tuple[int, int]
    votes_percent: int
    day: date

    @classmethod
    def of(cls, law: LawOn) -> "_Norms":
        return cls(meeting_steps(law), law[PRESENCE].fraction, law[VOTES].more_than, law.day)

    def quorate(self, meeting: Meeting) -> bool:
        """Whether enough of those summoned came; nobody summoned is no meeting."""
        numerator, denominator = self.presence
        summoned, present = meeting.summoned or 0, meeting.present or 0
        return summoned > 0 and denominator * present >= numerator * summoned

    def carried(self, votes: int, meeting: Meeting) -> bool:
        """Whether the votes are more than the share of those summoned; exactly that share is not enough."""
        return WHOLE * votes > self.votes_percent * (meeting.summoned or 0)


@dataclass(frozen=True, slots=True)
class _Round:
    """The meetings of a round by step, held against the norms of the day."""

    facts: ProcedureFacts
    norms: _Norms
    held: Mapping[str, Meeting] = field(init=False)

    def __post_init__(self) -> None:
        by_day = sorted(self.facts.meetings, key=lambda meeting: meeting.held_on)
        object.__setattr__(self, "held", {meeting.step: meeting for meeting in by_day})

    @property
    def missing(self) -> tuple[str, ...]:
        return tuple(step for step in self.norms.steps if step not in self.held)

    @property
    def last(self) -> Meeting | None:
        return self.held.get(self.norms.steps[-1])

    def faults(self) -> Iterator[_Fault]:
        """Everything that is wrong or not recorded, in the order of the meetings, then of the votes."""
        before: Meeting | None = None
        for step in self.norms.steps:
            meeting = self.held.get(step)
            if meeting is None:
                name = MEETING_NAMES[step]
                yield _Fault("missing", step, f"thiếu {name}", f"Tổ chức và ghi biên bản {name}")
                continue
            yield from self._days(meeting, before)
            yield from self._figures(meeting)
            before = meeting
        if self.last is not None:
            yield from self._votes(self.last)

    def _days(self, meeting: Meeting, before: Meeting | None) -> Iterator[_Fault]:
        name, on = MEETING_NAMES[meeting.step], meeting.held_on.strftime("%d/%m/%Y")
        if meeting.held_on > self.norms.day:
            yield _Fault(
                "not_yet_held",
                meeting.step,
                f"{name} ngày {on} chưa diễn ra",
                "Trình hồ sơ sau khi họp xong",
            )
        if before is not None and meeting.held_on < before.held_on:
            earlier = MEETING_NAMES[before.step]
            yield _Fault(
                "out_of_order",
                meeting.step,
                f"{name} ngày {on} họp trước {earlier}",
                f"Họp lại {name} sau {earlier}, hoặc sửa ngày họp theo biên bản",
            )

    def _figures(self, meeting: Meeting) -> Iterator[_Fault]:
        name = MEETING_NAMES[meeting.step]
        if not meeting.is_consistent():
            yield _Fault(
                "inconsistent",
                meeting.step,
                f"số người, số phiếu của {name} không khớp nhau",
                f"Sửa số liệu {name} theo biên bản",
            )
        elif meeting.summoned is None or meeting.present is None:
            yield _Fault(
                "attendance_not_recorded",
                meeting.step,
                f"chưa ghi số người được triệu tập, số người dự {name}",
                f"Ghi số người được triệu tập và dự {name}",
                gap=True,
            )
        elif not self.norms.quorate(meeting):
            numerator, denominator = self.norms.presence
            yield _Fault(
                "quorum",
                meeting.step,
                f"{name} có {meeting.present} trong {meeting.summoned} người dự, "
                f"chưa đủ {numerator}/{denominator}",
                f"Họp lại {name} với ít nhất {self.present_from(meeting)} người dự",
            )

    def present_from(self, meeting: Meeting) -> int:
        """The smallest number of persons present that makes a meeting of that many summoned quorate."""
        numerator, denominator = self.norms.presence
        return max(1, -(-numerator * (meeting.summoned or 0) // denominator))

    def _votes(self, last: Meeting) -> Iterator[_Fault]:
        name = MEETING_NAMES[last.step]
        if not self.facts.votes:
            return
        if None in {last.ballots_issued, last.ballots_returned, last.ballots_valid}:
            yield _Fault(
                "ballots_not_recorded",
                last.step,
                f"chưa ghi số phiếu phát ra, thu về, hợp lệ tại {name}",
                f"Ghi số phiếu phát ra, thu về, hợp lệ tại {name}",
                gap=True,
            )
        if absent := [entry.label for entry in self.facts.votes if entry.votes is None]:
            yield _Fault(
                "vote_missing",
                last.step,
                f"chưa có số phiếu tại {name} của {listed(absent)}",
                f"Lấy phiếu và ghi kết quả tại {name}: {listed(absent)}",
            )
        if beyond := [entry.label for entry in self.facts.votes if self._beyond(entry, last)]:
            yield _Fault(
                "inconsistent",
                last.step,
                f"số phiếu của {listed(beyond)} không khớp với số phiếu hợp lệ tại {name}",
                f"Sửa số phiếu tại {name} theo biên bản",
            )
        if last.summoned is not None and (short := [entry.label for entry in self.short(last)]):
            yield _Fault(
                "majority",
                last.step,
                f"phiếu tại {name} chưa quá {self.norms.votes_percent} % số người được triệu tập: "
                f"{listed(short)}",
                f"Đưa ra khỏi hồ sơ người chưa đủ phiếu: {listed(short)}",
            )

    @staticmethod
    def _beyond(entry: EntryVotes, last: Meeting) -> bool:
        ceilings = [n for n in (last.ballots_valid, last.present, last.summoned) if n is not None]
        return entry.votes is not None and not 0 <= entry.votes <= min(ceilings, default=entry.votes)

    def short(self, last: Meeting) -> list[EntryVotes]:
        """Entries whose votes are recorded and not enough."""
        return [
            entry
            for entry in self.facts.votes
            if entry.votes is not None and not self.norms.carried(entry.votes, last)
        ]

    def measured(self, faults: list[_Fault]) -> dict[str, JsonValue]:
        """What was found, without the votes themselves: those are told to fewer than the findings are."""
        last = self.last
        voted = [entry for entry in self.facts.votes if entry.votes is not None] if last else []
        short = self.short(last) if last and last.summoned is not None else []
        return {
            "meetings": [
                {
                    "step": meeting.step,
                    "held_on": meeting.held_on.isoformat(),
                    "summoned": meeting.summoned,
                    "present": meeting.present,
                }
                for step in self.norms.steps
                if (meeting := self.held.get(step)) is not None
            ],
            "missing": list(self.missing),
            "next": self.missing[0] if self.missing else None,
            "entries": len(self.facts.votes),
            "entries_voted": len(voted),
            "entries_short": [{"entry_id": entry.entry_id, "label": entry.label} for entry in short],
            "faults": [{"code": fault.code, "step": fault.step} for fault in faults],
        }

    def required(self) -> dict[str, JsonValue]:
        """The meetings in their order, the share that must come, the share that must vote in favour."""
        numerator, denominator = self.norms.presence
        summoned = self.last.summoned if self.last else None
        return {
            "meetings": list(self.norms.steps),
            "present_of_summoned_at_least": f"{numerator}/{denominator}",
            "votes_of_summoned_more_than_percent": self.norms.votes_percent,
            "votes_from": None if summoned is None else self.norms.votes_percent * summoned // WHOLE + 1,
        }


@rule(
    "plan.procedure",
    clause="III.3.3-g",
    group=Group.PROCEDURE,
    effect=Effect.BLOCKS,
    since=FIRST_RULE_SET,
    waivable=False,
    parameters=(MEETINGS, PRESENCE, VOTES),
    facts=ProcedureFacts,
)
def procedure(facts: ProcedureFacts, law: LawOn) -> Verdict:
    """Who is newly proposed went through the meetings of the rule set, in order, with quorum and majority.

    A meeting or a vote that is missing is unmet: the step wasn't taken. Minutes that leave out a number are
    unknown, which blocks too. Shares are of those summoned, cross-multiplied: exactly two thirds present is
    enough, exactly half of the votes is not.
    """
    clause = law[MEETINGS].clause
    round_ = _Round(facts, _Norms.of(law))
    if not (facts.needs_meetings or facts.votes):
        return not_applicable(
            required=round_.required(),
            message=f"Hồ sơ không giới thiệu thêm người nên không cần các hội nghị theo mục {clause}.",
        )
    faults = list(round_.faults())
    wrong = [fault for fault in faults if not fault.gap]
    measured, required = round_.measured(faults), round_.required()
    shown = wrong or faults
    text = "; ".join(fault.text for fault in shown)
    remedy = ". ".join(dict.fromkeys(fault.remedy for fault in shown)) + "."
    if faults and not wrong:
        return unknown(
            measured=measured,
            required=required,
            message=f"Biên bản chưa đủ để xét quy trình (mục {clause}): {text}.",
            remedy=remedy,
        )
    return met_if(
        not wrong,
        measured=measured,
        required=required,
        message=f"Quy trình chưa đúng (mục {clause}): {text}."
        if wrong
        else f"Đủ {len(round_.norms.steps)} hội nghị theo thứ tự, đủ người dự và đủ phiếu (mục {clause}).",
        remedy=remedy,
    )

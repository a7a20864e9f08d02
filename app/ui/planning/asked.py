"""What the pages of a plan ask and count: meetings, steps, votes, limits."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from app.ui.forms import Field
from app.ui.planning.judged import PERSONS, PROCEDURE
from app.ui.planning.words import MEETING, PERIOD
from app.ui.texts import _

Row = Mapping[str, Any]


def most_persons(findings: Sequence[Row]) -> int | None:
    """How many persons a title may have, as the law says on the day; None where it sets no number."""
    for finding in findings:
        if finding.get("rule") == PERSONS:
            limit = (finding.get("required") or {}).get("persons_at_most")
            return limit if isinstance(limit, int) else None
    return None


def meeting_steps(findings: Sequence[Row]) -> list[str]:
    """The meetings of the day's rule set in their order."""
    for finding in findings:
        if finding.get("rule") == PROCEDURE and (steps := (finding.get("required") or {}).get("meetings")):
            return [str(step) for step in steps]
    return list(MEETING)


def running(today: date) -> list[tuple[str, str]]:
    """The periods that a plan may still be made for, with their names."""
    return [
        (period, f"{period} ({name})")
        for period, name in PERIOD.items()
        if date(int(period[5:]), 1, 1) > today
    ]


def step_fields(step: Row) -> list[Field]:
    """What a step asks for: a note, and the decision where it rests on one."""
    needs = step.get("needs") or []
    fields: list[Field] = []
    if "decision" in needs:
        fields += [
            Field("number", _("Số quyết định"), "/decision/number", required=True, most=120, half=True),
            Field("signer", _("Người ký"), "/decision/signer", most=120, half=True),
            Field("signed", _("Ngày ký"), "/decision/signed_on", "date", required=True, half=True),
            Field(
                "effective", _("Hiệu lực từ ngày"), "/decision/effective_on", "date", required=True, half=True
            ),
        ]
    label = _("Lý do") if "note" in needs else _("Ghi chú")
    fields.append(Field("note", label, "/note", "area", required="note" in needs, most=1000))
    return fields


def meeting_fields(entries: Sequence[Row]) -> list[Field]:
    """The minutes of a meeting: day, attendance, ballots, and the votes for each proposed entry."""
    fields = [
        Field("held", _("Ngày họp"), "/held_on", "date", required=True, half=True),
        Field("document", _("Số biên bản"), "/document", most=120, half=True),
        Field("summoned", _("Số người được triệu tập"), "/summoned", "integer", required=True, half=True),
        Field("present", _("Số người dự họp"), "/present", "integer", required=True, half=True),
        Field("issued", _("Số phiếu phát ra"), "/ballots_issued", "integer", half=True),
        Field("returned", _("Số phiếu thu về"), "/ballots_returned", "integer", half=True),
        Field("valid", _("Số phiếu hợp lệ"), "/ballots_valid", "integer", half=True),
    ]
    return fields + [
        Field(
            f"v-{entry['id']}",
            f"{entry['cadre']['full_name']}, {entry['title']['name']}",
            f"/votes/{entry['id']}",
            "integer",
        )
        for entry in entries
    ]


def votes_of(meetings: Sequence[Row], round_: int, steps: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Entry to (votes in favour, persons summoned) at the last meeting of a round; empty if untold."""
    last = next((row for row in meetings if row["round"] == round_ and row["step"] == steps[-1]), None)
    if last is None:
        return {}
    return {
        str(vote["entry_id"]): (int(vote["votes"]), int(last["summoned"]))
        for vote in last.get("in_favour") or []
    }

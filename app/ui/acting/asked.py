"""What the pages of a personnel action ask: to open one, to fill it, minutes, steps."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from app.ui.acting.words import ENDS, HELD, KIND, NO_BALLOT, OUTCOME, SOURCE
from app.ui.display import number_vn, percent_vn
from app.ui.forms import Field
from app.ui.texts import _

Row = Mapping[str, Any]
Options = Sequence[tuple[str, str]]
HEAD: Final = "head"


def ways() -> list[tuple[str, str]]:
    """What may be opened: a kind, appointments by where the person comes from or who decides."""
    appointed = [
        ("in_house", _("Bổ nhiệm, %s") % SOURCE["in_house"]),
        ("outside", _("Bổ nhiệm, %s") % SOURCE["outside"]),
        (HEAD, _("Bổ nhiệm, người đứng đầu tự quyết định")),
    ]
    return appointed + [(kind, name) for kind, name in KIND.items() if kind != "appointment"]


def opening(way: str) -> dict[str, Any]:
    """The part of the API's body that a way stands for."""
    if way in SOURCE:
        return {"kind": "appointment", "source": way}
    if way == HEAD:
        return {"kind": "appointment", "head_decides": True}
    return {"kind": way}


def needs_person(way: str) -> bool:
    """Whether somebody is named at once: all but those whose names come out of the steps."""
    return way != "in_house"


def needs_unit(way: str) -> bool:
    """Whether it is about a seat to fill, which is chosen by its unit."""
    return way not in HELD


def opening_fields(way: str, seats: Options) -> list[Field]:
    """What a way asks for besides the person: the seat, and what its kind needs."""
    held = way in HELD
    fields = [
        Field(
            "seat",
            _("Chức vụ đang giữ") if held else _("Vị trí cần người"),
            "/assignment_id" if held else "/post_id",
            "select",
            required=True,
            options=tuple(seats),
        )
    ]
    if way in ENDS:
        fields += [
            Field("reason", _("Lý do"), "/reason", "area", required=True, most=1000),
            Field("basis", _("Căn cứ"), "/basis", required=True, most=500),
        ]
    elif way == HEAD:
        fields.append(_note())
    elif way == "reappointment":
        fields.append(_outcome())
    elif way == "secondment":
        fields.append(Field("until", _("Kết thúc dự kiến"), "/ends_on", "date", required=True))
    return fields


def _note() -> Field:
    return Field(
        "responsibility",
        _("Trách nhiệm của người đứng đầu"),
        "/responsibility_note",
        "area",
        most=1000,
        hint=_("Người đứng đầu ghi rõ chịu trách nhiệm về quyết định của mình; thiếu thì không trình được."),
    )


def _outcome() -> Field:
    return Field("outcome", _("Kết quả đề nghị"), "/outcome", "select", options=tuple(OUTCOME.items()))


def content_fields(row: Row, people: Options, step: int | None) -> list[Field]:
    """What is added while a dossier is open; `step`: the last meeting of its route, None without any."""
    fields = []
    if row["route"] == "five_steps":
        fields.append(Field("chosen", _("Người được đề nghị"), "/chosen_id", "select", options=tuple(people)))
    if step is not None and row["route"] != "term":
        fields.append(
            Field(
                "head-chose",
                _("Được đúng một nửa số phiếu, người đứng đầu quyết định chọn; báo cáo cả hai kết quả"),
                "/head_chose",
                "check",
            )
        )
    if row["route"] == HEAD:
        fields.append(_note())
    if row["kind"] == "reappointment":
        fields.append(_outcome())
    if row["kind"] == "secondment":
        fields.append(Field("until", _("Kết thúc dự kiến"), "/ends_on", "date"))
    if row["route"] in {"five_steps", "three_steps", HEAD, "consulted", "elected"}:
        fields += [
            Field("opinion-on", _("Ngày có ý kiến tổ chức đảng"), "/opinion_on", "date", half=True),
            Field("opinion", _("Số văn bản ý kiến"), "/opinion_document", most=120, half=True),
        ]
    return [
        *fields,
        Field("reason", _("Lý do"), "/reason", "area", most=1000),
        Field("basis", _("Căn cứ"), "/basis", most=500),
    ]


def meeting_fields(route: str, step: int, people: Sequence[Row], limits: Mapping[str, Any]) -> list[Field]:
    """The minutes of a step: day, attendance and, where it votes, ballots with the votes for each candidate.

    `limits`: what the rule set of the day asks, `presence` as «2/3» and `percent` of those summoned.
    """
    presence, percent = limits.get("presence"), limits.get("percent")
    fields = [
        Field("held", _("Ngày họp"), "/held_on", "date", required=True, half=True, hint=_("Ngày/tháng/năm")),
        Field("summoned", _("Số người được triệu tập"), "/summoned", "integer", required=True, half=True),
        Field(
            "present",
            _("Số người dự họp"),
            "/present",
            "integer",
            required=True,
            half=True,
            hint=_("Cần từ %s số người được triệu tập") % presence if presence else "",
        ),
    ]
    document = Field("document", _("Số biên bản"), "/document", most=120, half=True)
    if step in NO_BALLOT.get(route, frozenset()):
        return [*fields, document]
    fields += [
        Field("issued", _("Số phiếu phát ra"), "/ballots_issued", "integer", half=True),
        Field("returned", _("Số phiếu thu về"), "/ballots_returned", "integer", half=True),
        Field("valid", _("Số phiếu hợp lệ"), "/ballots_valid", "integer", half=True),
    ]
    votes = [
        Field(f"v-{one['cadre']['id']}", one["cadre"]["full_name"], f"/votes/{one['cadre']['id']}", "integer")
        for one in people
    ]
    explained = Field(
        "explanation",
        _("Giải trình"),
        "/explanation",
        "area",
        most=1000,
        hint=_("Khi kết quả khác bước 2, hoặc có điều cần nói rõ.")
        if not percent
        else _("Cần trên %s số người được triệu tập. Kết quả khác bước trước thì nói rõ vì sao.")
        % percent_vn(percent),
    )
    return [*fields, document, *votes, explained]


def of_field(pointer: str, people: Sequence[str]) -> str:
    """The pointer of a vote's control from its place in the list that was sent."""
    parts = pointer.strip("/").split("/")
    if parts[0] == "in_favour" and len(parts) > 1 and parts[1].isdigit() and int(parts[1]) < len(people):
        return f"/votes/{people[int(parts[1])]}"
    return pointer


def step_fields(step: Row, waivers: Mapping[str, str]) -> list[Field]:
    """What a step asks for: the decision where it rests on one, a note, the waivers it is to rest on.

    `waivers`: the id of each to what it lets pass, in words.
    """
    needs = step.get("needs") or []
    fields: list[Field] = []
    if "decision" in needs:
        number, signed = _("Số quyết định"), _("Ngày ký")
        if step["action"] == "elect":
            number, signed = _("Số biên bản, nghị quyết bầu"), _("Ngày bầu")
        fields += [
            Field("number", number, "/decision/number", required=True, most=120, half=True),
            Field("signer", _("Người ký"), "/decision/signer", most=120, half=True),
            Field("signed", signed, "/decision/signed_on", "date", required=True, half=True),
            Field(
                "effective", _("Hiệu lực từ ngày"), "/decision/effective_on", "date", required=True, half=True
            ),
        ]
    label = _("Ghi chú")
    if "note" in needs:
        label = {"hear": _("Ý kiến các đơn vị"), "self_review": _("Tóm tắt bản tự nhận xét")}.get(
            str(step["action"]), _("Lý do")
        )
    fields.append(Field("note", label, "/note", "area", required="note" in needs, most=1000))
    return fields + [
        Field(f"w-{key}", _("Viện dẫn văn bản cho phép: %s") % name, f"/waivers/{key}", "check")
        for key, name in waivers.items()
    ]


def withdrawal_fields() -> list[Field]:
    """Why somebody is off the list."""
    return [Field("reason", _("Lý do đưa ra khỏi danh sách"), "/reason", "area", required=True, most=500)]


def share(votes: int, summoned: int) -> str:
    """Votes as a share of those summoned, one place after the comma: «73,7%»."""
    return percent_vn(Decimal(100 * votes) / summoned, 1) if summoned else number_vn(votes)

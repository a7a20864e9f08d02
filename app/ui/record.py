"""What a profile shows on each tab, gathered from the person's own paths of the API."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.ui import planning
from app.ui.client import Json, Problem
from app.ui.display import date_vn, instant_vn, lower_first, number_vn, parse_iso
from app.ui.forms import read_date
from app.ui.shell import Changes, Shell
from app.ui.texts import (
    ASSIGNMENT_KIND,
    DISCIPLINE_FORM,
    END_REASON,
    FIELD,
    GRADE,
    QUALIFICATION_KIND,
    TABLE,
    TRAINING_KIND,
    VALUES,
    _,
    label,
)
from app.ui.together import together

FORBIDDEN, NOT_FOUND = 403, 404
KNOWN = "biet-den"
TABS: dict[str, str] = {
    "": _("Quá trình"),
    "ly-lich": _("Lý lịch 2C"),
    "dao-tao": _("Đào tạo, bồi dưỡng"),
    "danh-gia": _("Đánh giá"),
    "khen-thuong-ky-luat": _("Khen thưởng, kỷ luật"),
    "lich-su": _("Lịch sử thay đổi"),
}
SILENT = frozenset({"id", "row_id", "version", "recorded_at", "superseded_at", "changed_at", "is_stub"})
# Days before the end of a term from which the profile speaks of it; the legal day itself is the API's.
TERM_SOON_DAYS = 200


def tabs(shell: Shell, code: str, current: str) -> list[tuple[str, str, bool, None]]:
    """The tabs of a profile with their addresses."""
    known: Changes = {KNOWN: shell.request.query_params.get(KNOWN)}
    return [
        (name, shell.url(f"/can-bo/{code}" + (f"/{key}" if key else ""), known), key == current, None)
        for key, name in TABS.items()
    ]


def known_day(shell: Shell) -> date | None:
    """The day whose knowledge is asked for («như đã biết vào ngày»), if any."""
    typed = read_date(shell.request.query_params.get(KNOWN, ""))
    return typed.day if typed else None


def clocks(shell: Shell) -> Changes:
    """Both clocks as the API wants them."""
    known = known_day(shell)
    found = dict(shell.as_of)
    if known is not None:
        found["known_at"] = known.isoformat()
        found.setdefault("as_of", shell.day.isoformat())
    return found


async def content(shell: Shell, person: Mapping[str, Any], tab: str) -> dict[str, Any]:
    """The data of a tab; parts that the caller may not read come as None."""
    root = f"/cadres/{person['id']}"
    day = clocks(shell)
    data: dict[str, Any] = {
        "known": known_day(shell),
        "asked_known": shell.request.query_params.get(KNOWN, ""),
        "words": await shell.words(),
    }
    groups = person.get("groups") or {}
    if tab == "":
        timeline, held, history, planned = await together(
            part(shell, f"{root}/timeline", day),
            part(shell, f"{root}/assignments", day),
            part(shell, f"{root}/history", {"limit": 5}),
            _planned(shell, root),
        )
        seats = rows(held)
        data |= {
            "years": by_year([event(row) for row in rows(timeline)]),
            "drawn": drawn(seats, groups, data["words"]),
            "seats": [
                row
                for row in seats
                if row.get("valid_to") is None or str(row["valid_to"]) > shell.day.isoformat()
            ],
            "changes": changes(rows(history)),
            "planned": None if planned is None else rows(planned),
            "said": planning,
            "attention": attention(shell, person, seats),
            "barred": timeline is None or bool(person.get("redacted")),
        }
    elif tab != "lich-su":
        data["groups"] = groups
    else:
        asked = shell.request.query_params.get("truong", "")
        history = await part(shell, f"{root}/history", {"limit": 200})
        found = changes(rows(history))
        data |= {
            "changes": [c for c in found if not asked or any(f["name"] == asked for f in c["fields"])],
            "field_names": sorted(
                {(f["name"], f["label"]) for c in found for f in c["fields"]}, key=lambda p: p[1]
            ),
            "field": asked,
            "barred": history is None,
        }
    return data


async def _planned(shell: Shell, root: str) -> Json:
    """What the person is planned for, as it stands today; None where the caller reads no plans."""
    return await part(shell, f"{root}/plan-entries", {}) if shell.can("plan:read") else None


async def part(shell: Shell, path: str, params: Changes) -> Json:
    """A part of the record; None where the caller may not read it."""
    try:
        return await shell.api.get(path, params)
    except Problem as problem:
        if problem.status in {FORBIDDEN, NOT_FOUND}:
            return None
        raise


def rows(answer: Json) -> list[dict[str, Any]]:
    """The rows of a list answer; none for a part that was refused."""
    return [row for row in (answer or {}).get("items") or [] if isinstance(row, dict)]


LOOKS = {
    "assignment": ("c1", "briefcase"),
    "party": ("c4", "star"),
    "membership": ("c4", "star"),
    "qualification": ("c3", "graduation-cap"),
    "training": ("c3", "graduation-cap"),
    "evaluation": ("", "clipboard-check"),
    "reward": ("c2", "award"),
    "discipline": ("c4", "ban"),
}


def event(row: Mapping[str, Any]) -> dict[str, Any]:
    """An event of the API's timeline in words: what happened, where, by which paper."""
    kind, _dot, rest = str(row.get("kind") or "").partition(".")
    title = str(row.get("title") or "")
    if kind == "assignment" and rest.startswith("end."):
        head = _("%(w)s: thôi giữ %(t)s") % {
            "w": label(END_REASON, rest.removeprefix("end.")),
            "t": lower_first(title),
        }
    elif kind == "assignment":
        head = f"{label(ASSIGNMENT_KIND, rest)}: {title}"
    elif kind == "evaluation":
        head = _("Xếp loại năm %(y)s: %(g)s") % {"y": title, "g": label(GRADE, rest)}
    elif kind == "party":
        head = _("Vào Đảng") + (f", {title}" if title else "")
    elif kind == "discipline":
        head = (label(DISCIPLINE_FORM, rest) if rest != "review" else _("Đang xem xét kỷ luật")) + (
            f": {title}" if title else ""
        )
    elif kind in {"qualification", "training"}:
        words = QUALIFICATION_KIND if kind == "qualification" else TRAINING_KIND
        kind_words = label(words, rest)
        head = title if kind_words in {title, rest} else f"{title} ({lower_first(kind_words)})"
    else:
        head = title
    style, symbol = LOOKS.get(kind, ("", "info"))
    return {
        "from": row.get("on"),
        "title": head,
        "detail": row.get("detail") or "",
        "paper": row.get("decision") or "",
        "style": style,
        "icon": symbol,
    }


def drawn(
    seats: list[dict[str, Any]], groups: Mapping[str, Any], words: Mapping[str, Mapping[str, str]]
) -> list[dict[str, Any]]:
    """What the career chart draws, from the seats and the groups the caller may read."""
    items: list[dict[str, Any]] = [
        {
            "kind": "assignment",
            "from": row.get("valid_from"),
            "to": row.get("valid_to"),
            "title": f"{row.get('title_name')}, {row.get('unit_name')}",
            "short": row.get("title_name"),
            "is_main": row.get("is_main"),
        }
        for row in seats
    ]
    items += [
        {
            "kind": "party",
            "from": row.get("valid_from"),
            "to": row.get("valid_to"),
            "title": _("Đảng viên từ %s") % date_vn(row.get("valid_from")),
        }
        for row in groups.get("party_membership") or []
    ]
    items += [
        {
            "kind": "qualification",
            "from": row.get("valid_from"),
            "to": None,
            "title": row.get("name"),
            "short": words.get(str(row.get("kind")), {}).get(
                str(row.get("level")), str(row.get("name") or "")
            ),
        }
        for row in groups.get("qualifications") or []
    ]
    items += [
        {
            "kind": "training",
            "from": row.get("started_on"),
            "to": row.get("completed_on"),
            "title": row.get("name"),
            "short": label(TRAINING_KIND, row.get("kind")),
        }
        for row in groups.get("trainings") or []
    ]
    items += [
        {
            "kind": "evaluation",
            "from": f"{row.get('year')}-01-01",
            "to": f"{row.get('year')}-12-31",
            "grade": row.get("grade"),
        }
        for row in groups.get("evaluations") or []
    ]
    return items


def by_year(items: list[dict[str, Any]]) -> list[tuple[int, list[dict[str, Any]]]]:
    """Newest first, under the year they happened in."""
    years: dict[int, list[dict[str, Any]]] = {}
    for item in items:
        day = parse_iso(item.get("from"))
        if day is not None:
            years.setdefault(day.year, []).append(item)
    return list(years.items())


def attention(shell: Shell, person: Mapping[str, Any], seats: list[dict[str, Any]]) -> list[dict[str, str]]:
    """What stands out in the record on this day: ends coming up, acting seats, facts not entered.

    These are dates and gaps of the record itself; verdicts of rules come from the API alone.
    """
    found: list[dict[str, str]] = []
    for row in seats:
        if not _open(row, shell.day):
            continue
        title = str(row.get("title_name") or "")
        end = parse_iso(row.get("term_ends_on"))
        if end is not None and end < shell.day:
            found.append(
                {
                    "kind": "bad",
                    "title": _("Đã quá thời hạn giữ chức vụ"),
                    "clause": "III.3.5-a",
                    "sum": _("Hết hạn ngày %s") % date_vn(end),
                    "body": title,
                }
            )
        elif end is not None and (end - shell.day).days <= TERM_SOON_DAYS:
            found.append(
                {
                    "kind": "warn",
                    "title": _("Sắp hết thời hạn giữ chức vụ"),
                    "clause": "III.3.5-a",
                    "sum": _("Còn %(n)s ngày, đến %(d)s")
                    % {"n": number_vn((end - shell.day).days), "d": date_vn(end)},
                    "body": _("%s. Việc bổ nhiệm lại phải xong trước ngày hết hạn.") % title,
                }
            )
        if row.get("acting"):
            found.append(
                {
                    "kind": "warn",
                    "title": _("Đang giữ chức vụ tạm quyền"),
                    "clause": "",
                    "sum": title,
                    "body": _("Người tạm quyền không tính vào số lãnh đạo, quản lý."),
                }
            )
    if not person.get("redacted"):
        missing = [
            FIELD[name].lower()
            for name in ("hometown", "birthplace", "ethnicity")
            if name in person
            and person.get(name) in (None, "")
            and not (name == "ethnicity" and "T2" not in (person.get("tiers") or []))
        ]
        if person.get("birth_precision") not in (None, "day"):
            missing.insert(0, _("ngày, tháng sinh đầy đủ"))
        if missing:
            found.append(
                {
                    "kind": "na",
                    "title": _("Hồ sơ còn thiếu dữ liệu"),
                    "clause": "",
                    "sum": ", ".join(missing),
                    "body": _("Chỉ tiêu nào cần các dữ liệu này sẽ ghi «chưa đủ dữ liệu»."),
                }
            )
    return found


def _open(item: Mapping[str, Any], day: date) -> bool:
    begin, end = parse_iso(item.get("valid_from")), parse_iso(item.get("valid_to"))
    return begin is not None and begin <= day and (end is None or end > day)


def changes(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Events as the page tells them: who, when, why, and each field with old and new value."""
    return [
        {
            "at": instant_vn(event.get("at")),
            "actor": event.get("actor") or "",
            "action": event.get("action") or "",
            "reason": event.get("reason") or "",
            "fields": [_field(f) for f in event.get("changes") or [] if _telling(f)],
        }
        for event in events
    ]


def _field(change: Mapping[str, Any]) -> dict[str, str]:
    path = str(change.get("field") or "")
    table, _dot, name = path.rpartition(".")
    table = table.partition("[")[0]
    words = label(FIELD, name or path)
    if table not in {"", "cadre"}:
        words = f"{label(TABLE, table)}, {lower_first(words)}"
    return {
        "name": path,
        "label": words,
        "old": value_text(name, change.get("before")),
        "new": value_text(name, change.get("after")),
    }


def _telling(change: Mapping[str, Any]) -> bool:
    """Whether a changed column says anything to people; ids, keys and clocks don't."""
    name = str(change.get("field") or "").rpartition(".")[2]
    silent = name.endswith(("_id", "_key")) or name in SILENT
    return not silent and change.get("before") != change.get("after")


def value_text(name: str, value: Json) -> str:
    """A stored value in words; an absent one is «chưa có»."""
    if value is None or value == "":
        return _("chưa có")
    if isinstance(value, bool):
        return _("có") if value else _("không")
    if isinstance(value, dict):
        return str(
            value.get("name") or value.get("full_name") or ", ".join(str(v) for v in value.values() if v)
        )
    text = str(value)
    if name in VALUES:
        return label(VALUES[name], text)
    if len(text) == len("2021-12-31") and parse_iso(text) is not None:
        return date_vn(text)
    return text

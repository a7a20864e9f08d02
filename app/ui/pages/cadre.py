"""Cadres: the list, one person's profile, and the forms that enter and change the person."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Request, Response

from app.ui import record
from app.ui.client import Answer, Problem
from app.ui.display import date_vn
from app.ui.fields import assignment_fields, person_fields, update_fields
from app.ui.forms import CONFLICT, STALE, UNPROCESSABLE, Field, Form
from app.ui.lists import PER_PAGE, cursor, listing
from app.ui.places import offered
from app.ui.render import page, see
from app.ui.security import read_form
from app.ui.shell import Changes, Page, Shell, address, need_writable
from app.ui.texts import (
    MANAGED_BY,
    POLITICAL_THEORY,
    SEX,
    _,
)
from app.ui.together import together

pages = APIRouter()
FORBIDDEN, NOT_FOUND = 403, 404
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
SORTS = {
    "ten": "name",
    "-ten": "-name",
    "ngay-sinh": "birth_date",
    "-ngay-sinh": "-birth_date",
    "ma": "code",
    "-ma": "-code",
}

TABS = [
    ("", _("Tất cả"), ""),
    ("btvtu", _("Diện Ban Thường vụ Tỉnh ủy"), "province_committee"),
    ("btvhu", _("Diện Ban Thường vụ Huyện ủy"), "district_committee"),
    ("so-nganh", _("Diện sở, ngành, cấp ủy trực thuộc"), "department,attached_committee"),
    ("xa", _("Diện Đảng ủy xã"), "commune_committee"),
    ("don-vi", _("Diện người đứng đầu đơn vị"), "unit_head"),
]
"""`nhom=`, its name, and the managing bodies it stands for."""


@pages.get("/can-bo")
async def browse(shell: Page) -> Response:
    """People of the day by the filters in the address; with htmx only the results."""
    asked = shell.request.query_params
    filters, chips = _filters(shell)
    group = next((tab for tab in TABS if tab[0] == asked.get("nhom", "")), TABS[0])
    sort = asked.get("sap") if asked.get("sap") in SORTS else "ten"
    query: Changes = {
        **filters,
        "managed_by": group[2] or filters.get("managed_by"),
        "sort": SORTS[str(sort)],
        "limit": PER_PAGE,
        "cursor": cursor(shell),
        "facet": "managed_by",
        **shell.as_of,
    }
    unit_id = asked.get("don-vi", "")
    try:
        answer, unit, units = await together(
            shell.api.get("/cadres", query), _unit(shell, unit_id), offered(shell, shell.day)
        )
    except Problem as problem:
        if problem.status not in {FORBIDDEN, UNPROCESSABLE} or not (chips or group[0] or unit_id):
            raise
        return page(
            shell,
            "cadres.html",
            block="results",
            status=UNPROCESSABLE,
            refused=problem,
            list=None,
            chips=chips,
            tabs=_tabs(shell, group[0], {}),
            sort=sort,
            asked=asked,
            units=[],
            unit=None,
        )
    if unit is not None:
        chips.insert(0, (_("Đơn vị: %s") % unit.get("name"), shell.here({"don-vi": None})))
    found = listing(shell, answer)
    counts = found.facets.get("managed_by") or {}
    bodies = str(query["managed_by"]).split(",") if query["managed_by"] else list(counts)
    found = replace(found, total=sum(int(counts.get(body) or 0) for body in bodies))
    return page(
        shell,
        "cadres.html",
        block="results",
        list=found,
        chips=chips,
        tabs=_tabs(shell, group[0], counts),
        sort=sort,
        asked=asked,
        units=units,
        unit=unit,
        refused=None,
    )


def _filters(shell: Shell) -> tuple[Changes, list[tuple[str, str]]]:
    """Our parameters as the API's, and a chip for each that is in force."""
    asked = shell.request.query_params
    found: Changes = {}
    chips: list[tuple[str, str]] = []

    def take(ours: str, theirs: str, value: str, words: str) -> None:
        found[theirs] = value
        chips.append((words, shell.here({ours: None})))

    if text := asked.get("q", "").strip()[:100]:
        take("q", "q", text, _("Tên hoặc số hiệu: «%s»") % text)
    if unit := asked.get("don-vi"):
        found["unit_id"] = unit
    for ours, theirs, words, name in (
        ("gioi", "sex", SEX, _("Giới tính: %s")),
        ("ly-luan", "political_theory_min", POLITICAL_THEORY, _("Lý luận chính trị từ %s")),
    ):
        if (value := asked.get(ours, "")) in words:
            take(
                ours, theirs, value, name % words[value].lower() if ours == "ly-luan" else name % words[value]
            )
    _more_filters(shell, take)
    return found, chips


def _more_filters(shell: Shell, take: Callable[[str, str, str, str], None]) -> None:
    asked = shell.request.query_params
    if ethnic := asked.get("dan-toc"):
        take("dan-toc", "ethnicity", ethnic, _("Dân tộc: %s") % shell.ethnicity(ethnic))
    for ours, theirs, name in (
        ("tuoi-tu", "age_min", _("Từ %s tuổi")),
        ("tuoi-den", "age_max", _("Đến %s tuổi")),
    ):
        if (value := asked.get(ours, "").strip()).isdigit():
            take(ours, theirs, value, _("%(a)s tại %(d)s") % {"a": name % value, "d": date_vn(shell.day)})
    if (value := asked.get("dang-vien", "")) in {"1", "0"}:
        take(
            "dang-vien",
            "party_member",
            "true" if value == "1" else "false",
            _("Đảng viên") if value == "1" else _("Chưa là đảng viên"),
        )
    if (value := asked.get("quan-ly", "")) in MANAGED_BY:
        take("quan-ly", "managed_by", value, MANAGED_BY[value])


def _tabs(shell: Shell, current: str, counts: dict[str, Any]) -> list[tuple[str, str, bool, int | None]]:
    """Tabs by who manages; a count is shown where the API gave one."""
    tabs = []
    for key, name, bodies in TABS:
        parts = bodies.split(",") if bodies else list(counts)
        count = sum(int(counts.get(part) or 0) for part in parts) if counts else None
        tabs.append((name, shell.here({"nhom": key or None}), key == current, count))
    return tabs


async def _unit(shell: Shell, unit_id: str) -> dict[str, Any] | None:
    if not UUID.fullmatch(unit_id):
        return None
    try:
        found: dict[str, Any] = await shell.api.get(f"/units/{unit_id}", shell.as_of)
    except Problem as problem:
        if problem.status == NOT_FOUND:
            return None
        raise
    return found


# ---- profile -----------------------------------------------------------------------------------------------


@pages.get("/can-bo/them")
async def add_page(shell: Page) -> Response:
    """First the unit that keeps the file, then an empty form with that unit's vacant posts."""
    need_writable(shell, "cadre:write")
    place, units = await choose_unit(shell)
    form = Form.of(await create_fields(shell, place), {}) if place else None
    return page(
        shell,
        "cadre_form.html",
        form=form,
        person=None,
        place=place,
        units=units,
        q=shell.request.query_params.get("q", ""),
    )


@pages.post("/can-bo/them")
async def add(request: Request, shell: Page) -> Response:
    """Enter a person, then go to the profile."""
    sent = await read_form(request, shell.secret)
    place, _units = await choose_unit(shell)
    if place is None:
        return see("/can-bo/them")
    form = Form.typed(await create_fields(shell, place), sent)
    body = form.payload()
    if not form["as_post"]:
        body.pop("assignment", None)
        body["unit_id"] = place["id"]
    else:
        form.need("as_kind", "as_number", "as_signed", "as_effective", "as_issuer")
    if not form.wrong:
        try:
            made = await shell.api.post("/cadres", body, key=form.key)
            return see(address(f"/can-bo/{made.body.get('code') or made.body['id']}", {"xong": "them"}))
        except Problem as problem:
            if problem.status not in {UNPROCESSABLE, CONFLICT, FORBIDDEN}:
                raise
            form.refused(problem)
    return page(shell, "cadre_form.html", status=UNPROCESSABLE, form=form, person=None, place=place)


@pages.get("/can-bo/{code}/sua")
async def edit_page(shell: Page, code: str) -> Response:
    """The person's own facts, ready to be changed; carries the version it was read at."""
    need_writable(shell, "cadre:write")
    answer = await find(shell, code, fresh=True)
    form = Form.of(
        update_fields(shell, await shell.words(), answer.body), answer.body, etag=answer.etag or ""
    )
    return page(shell, "cadre_form.html", form=form, person=answer.body)


@pages.post("/can-bo/{code}/sua")
async def edit(request: Request, shell: Page, code: str) -> Response:
    """Write what changed; a version that somebody overtook is shown beside the one typed."""
    sent = await read_form(request, shell.secret)
    now = await find(shell, code, fresh=True)
    fields = update_fields(shell, await shell.words(), now.body)
    form = Form.typed(fields, sent)
    body = form.payload(blank=True)
    unchanged = Form.of(fields, now.body).payload(blank=True)
    changed = {k: v for k, v in body.items() if v != unchanged.get(k) or k == "reason"}
    if changed.get("reason") is None:
        changed.pop("reason", None)
    if not form.wrong:
        if not changed or set(changed) == {"reason"}:
            return see(f"/can-bo/{code}")
        try:
            await shell.api.patch(f"/cadres/{now.body['id']}", changed, etag=form.etag, key=None)
            return see(address(f"/can-bo/{code}", {"xong": "sua"}))
        except Problem as problem:
            if problem.status == STALE:
                overtake(form, now.body, now.etag or "")
                return page(
                    shell,
                    "cadre_form.html",
                    status=STALE,
                    form=form,
                    person=now.body,
                    who=await last_writer(shell, str(now.body["id"])),
                )
            if problem.status not in {UNPROCESSABLE, CONFLICT, FORBIDDEN}:
                raise
            form.refused(problem)
    return page(shell, "cadre_form.html", status=UNPROCESSABLE, form=form, person=now.body)


@pages.get("/can-bo/{code}")
@pages.get("/can-bo/{code}/{tab}")
async def profile(shell: Page, code: str, tab: str = "") -> Response:
    """A person on a day: head, lanes and timeline, or the tab asked for."""
    if tab not in record.TABS:
        raise Problem(NOT_FOUND)
    answer = await find(shell, code)
    person = answer.body
    data = await record.content(shell, person, tab)
    return page(
        shell,
        "cadre.html",
        block="part",
        person=person,
        tab=tab,
        tabs=record.tabs(shell, code, tab),
        writable=shell.may_write("cadre:write") and person.get("writable") is not False,
        done=shell.request.query_params.get("xong", ""),
        **data,
    )


async def find(shell: Shell, code: str, *, fresh: bool = False) -> Answer:
    """A person by id, or by the code that stands in the address."""
    day = {} if fresh else record.clocks(shell)
    if UUID.fullmatch(code):
        return await shell.api.read(f"/cadres/{code}", day)
    rows = await shell.api.get("/cadres", {"code": code, "limit": 1, **({} if fresh else shell.as_of)})
    if not rows.get("items"):
        raise Problem(NOT_FOUND)
    return await shell.api.read(f"/cadres/{rows['items'][0]['id']}", day)


def overtake(form: Form, stored: dict[str, Any], etag: str) -> None:
    """Keep what was typed, show what is stored, and let the next try be judged by the version now shown."""
    form.stale = stored
    form.etag = etag
    form.fail("", _("Hồ sơ vừa được người khác sửa, nên bản bạn nhập chưa được ghi."))


async def last_writer(shell: Shell, cadre_id: str) -> str:
    """Who wrote last, as the history names them; "" where the caller may not see it."""
    try:
        answer = await shell.api.get(f"/cadres/{cadre_id}/history", {"limit": 1})
    except Problem:
        return ""
    items = answer.get("items") or []
    return str(items[0].get("actor") or "") if items else ""


async def create_fields(shell: Shell, place: dict[str, Any]) -> list[Field]:
    """The form that enters a person: the facts, and the first post if one of the unit's is vacant."""
    code = Field("code", _("Số hiệu"), "/code", most=24, hint=_("Để trống thì hệ thống cấp"))
    posts = await vacant_posts(shell, str(place["id"]))
    return [
        *person_fields(shell, await shell.words(), new=True),
        code,
        *(assignment_fields(posts, first=True) if posts else []),
    ]


async def choose_unit(shell: Shell) -> tuple[dict[str, Any] | None, list[dict[str, Any]]]:
    """The unit chosen in the address, or those whose name matches what was typed."""
    asked = shell.request.query_params
    if chosen := await _unit(shell, asked.get("don-vi", "")):
        return chosen, []
    text = asked.get("q", "").strip()[:100]
    if not text:
        return None, await offered(shell, shell.day)
    found = await shell.api.get("/units", {"q": text, "form": "all", "limit": 60})
    return None, found["items"]


async def vacant_posts(shell: Shell, unit_id: str) -> list[tuple[str, str]]:
    """The unit's posts with a free seat, by name."""
    answer = await shell.api.get("/posts", {"unit_id": unit_id, "vacant": True, "limit": 200})
    return [
        (str(post["id"]), _("%(t)s (còn trống %(n)s)") % {"t": post["title"]["name"], "n": post["vacant"]})
        for post in answer.get("items", [])
        if post.get("vacant")
    ]

"""Steps of a personnel action: transitions, the minutes of its meetings, what belongs to it."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from app.ui import acting
from app.ui.client import Problem
from app.ui.forms import STALE, UNPROCESSABLE, Form
from app.ui.pages.appointment_dossier import (
    Dossier,
    candidates,
    judge,
    open_dossier,
    overtaken,
    settle,
    still_in,
)
from app.ui.render import page, see
from app.ui.security import read_form
from app.ui.shell import Page, Shell, address, need_writable
from app.ui.texts import _
from app.ui.together import together

pages = APIRouter()
FORBIDDEN, NOT_FOUND = 403, 404


# ---- transitions -------------------------------------------------------------------------------------------


async def _step(shell: Shell, key: UUID, slug: str) -> tuple[Dossier, dict[str, Any]]:
    """The dossier and the step its address names. Problem 404 for a word that names none of its route."""
    name = acting.ACTIONS.get(slug)
    if name is None:
        raise Problem(NOT_FOUND)
    dossier, offered = await together(
        open_dossier(shell, key), shell.api.get(f"/appointments/{key}/transitions")
    )
    for step in offered["items"]:
        if step["action"] == name:
            return dossier, step
    raise Problem(NOT_FOUND)


def _waivers(step: dict[str, Any]) -> dict[str, str]:
    """The waivers that lift findings of the step, each with what it lets pass."""
    lifted = [one for one in step["findings"] if one.get("waived_by")]
    return {str(one["waived_by"]): acting.RULE.get(one["rule"], one["rule"]).lower() for one in lifted}


@pages.get("/bo-nhiem/{key:uuid}/buoc/{slug}")
async def step_page(shell: Page, key: UUID, slug: str) -> Response:
    """What the step asks for and what the law says; it is judged by the version the dossier was read at."""
    need_writable(shell, "appointment:act")
    dossier, step = await _step(shell, key, slug)
    form = Form.of(acting.step_fields(step, _waivers(step)), {}, etag=dossier.etag)
    form.values |= {f"w-{waiver}": "1" for waiver in _waivers(step)}
    seen = shell.request.query_params.get("ban", "")
    if seen.isdecimal() and f'"{seen}"' != dossier.etag:
        form.fail("", overtaken())
    return await _draw_step(dossier, step, form, slug)


@pages.post("/bo-nhiem/{key:uuid}/buoc/{slug}")
async def take(request: Request, shell: Page, key: UUID, slug: str) -> Response:
    """Take the step; refused with all findings where the law blocks it, and nothing typed is lost."""
    sent = await read_form(request, shell.secret)
    need_writable(shell, "appointment:act")
    dossier, step = await _step(shell, key, slug)
    form = Form.typed(acting.step_fields(step, _waivers(step)), sent)
    body = form.payload()
    chosen = [waiver for waiver, named in (body.pop("waivers", None) or {}).items() if named]
    if chosen:
        body["waiver_ids"] = chosen
    status = UNPROCESSABLE
    if not form.wrong:
        told = {"action": step["action"], **body}
        try:
            await shell.api.post(f"{dossier.root}/transitions", told, key=form.key, etag=form.etag)
            return see(address(dossier.path, {"xong": slug}))
        except Problem as problem:
            status = settle(dossier, form, problem)
    return await _draw_step(dossier, step, form, slug, status)


async def _draw_step(
    dossier: Dossier, step: dict[str, Any], form: Form, slug: str, status: int = 200
) -> Response:
    dossier.extra |= {
        "step": step,
        "form": form,
        "slug": slug,
        "verdicts": acting.verdicts(form.findings or step["findings"]),
        "clauses": await dossier.shell.client.clauses(dossier.shell.api),
    }
    return page(dossier.shell, "appointment_step.html", status=status, **dossier.data())


# ---- minutes -----------------------------------------------------------------------------------------------


@pages.get("/bo-nhiem/{key:uuid}/hop/{step:int}")
async def meeting_page(shell: Page, key: UUID, step: int) -> Response:
    """The minutes of a step, as recorded or empty."""
    need_writable(shell, "appointment:write")
    dossier = await _meeting(shell, key, step)
    standing = _standing(dossier, step)
    record: dict[str, Any] = dict(standing or {})
    record["votes"] = {vote["cadre_id"]: vote["votes"] for vote in record.get("in_favour") or []}
    return _minutes(dossier, step, Form.of(_fields(dossier, step), record))


@pages.post("/bo-nhiem/{key:uuid}/hop/{step:int}")
async def record_meeting(request: Request, shell: Page, key: UUID, step: int) -> Response:
    """Record the minutes; what can't be is said beside its number, a step out of order above the form."""
    sent = await read_form(request, shell.secret)
    need_writable(shell, "appointment:write")
    dossier = await _meeting(shell, key, step)
    form = Form.typed(_fields(dossier, step), sent)
    body = form.payload()
    votes = list((body.pop("votes", None) or {}).items())
    body["step"] = step
    body["in_favour"] = [{"cadre_id": cadre_id, "votes": number} for cadre_id, number in votes]
    status = UNPROCESSABLE
    if not form.wrong:
        try:
            await shell.api.post(f"{dossier.root}/steps", body, key=form.key)
            return see(address(dossier.path, {"xong": "bien-ban"}) + "#cac-buoc")
        except Problem as problem:
            for error in problem.errors:
                error["pointer"] = acting.of_field(str(error.get("pointer") or ""), [k for k, _n in votes])
            status = settle(dossier, form, problem)
    return _minutes(dossier, step, form, status)


async def _meeting(shell: Shell, key: UUID, step: int) -> Dossier:
    """The dossier with its candidates, if it takes minutes from this account now. Problem 403 else."""
    dossier = await open_dossier(shell, key)
    if step not in acting.MEETINGS.get(dossier.row["route"], {}):
        raise Problem(NOT_FOUND)
    if not dossier.writable:
        raise Problem(
            FORBIDDEN, detail=_("Hồ sơ không nhận biên bản: đang ở trạng thái không sửa, hoặc chỉ xem.")
        )
    await judge(dossier)
    return dossier


def _standing(dossier: Dossier, step: int) -> dict[str, Any] | None:
    return next((one for one in dossier.meetings if one["step"] == step), None)


def _fields(dossier: Dossier, step: int) -> list[Any]:
    extra = dossier.extra
    return acting.meeting_fields(dossier.row["route"], step, extra["people"], extra["limits"])


def _minutes(dossier: Dossier, step: int, form: Form, status: int = 200) -> Response:
    dossier.extra |= {"step": step, "form": form, "recorded": _standing(dossier, step) is not None}
    return page(dossier.shell, "appointment_meeting.html", status=status, **dossier.data())


# ---- what belongs to it ------------------------------------------------------------------------------------


async def _content(shell: Shell, key: UUID) -> tuple[Dossier, list[Any]]:
    """The dossier with the fields it has now. Problem 403 where it takes no change."""
    dossier = await open_dossier(shell, key)
    if not dossier.writable:
        raise Problem(FORBIDDEN, detail=_("Hồ sơ đang ở trạng thái không sửa, hoặc chỉ xem."))
    people = [(str(row["id"]), str(row["cadre"]["full_name"])) for row in still_in(await candidates(dossier))]
    numbers = acting.MEETINGS.get(dossier.row["route"])
    return dossier, acting.content_fields(dossier.row, people, max(numbers) if numbers else None)


@pages.get("/bo-nhiem/{key:uuid}/noi-dung")
async def content_page(shell: Page, key: UUID) -> Response:
    """Who is chosen, what the head answers for, which opinion was given, as they stand."""
    need_writable(shell, "appointment:write")
    dossier, fields = await _content(shell, key)
    return _draw_content(dossier, Form.of(fields, dossier.row, etag=dossier.etag))


@pages.post("/bo-nhiem/{key:uuid}/noi-dung")
async def change(request: Request, shell: Page, key: UUID) -> Response:
    """Write what was changed, judged by the version the form was read at."""
    sent = await read_form(request, shell.secret)
    need_writable(shell, "appointment:write")
    dossier, fields = await _content(shell, key)
    form = Form.typed(fields, sent)
    body = form.payload(blank=True)
    stored = Form.of(fields, dossier.row).payload(blank=True)
    stale = form.etag != dossier.etag
    changed = body if stale else {name: value for name, value in body.items() if value != stored.get(name)}
    status = UNPROCESSABLE
    if not form.wrong:
        if not changed:
            return see(dossier.path)
        try:
            await shell.api.patch(dossier.root, changed, etag=form.etag)
            return see(address(dossier.path, {"xong": "noi-dung"}))
        except Problem as problem:
            if problem.status == STALE:
                form.stale = dossier.row
            status = settle(dossier, form, problem)
    return _draw_content(dossier, form, status)


def _draw_content(dossier: Dossier, form: Form, status: int = 200) -> Response:
    dossier.extra["form"] = form
    return page(dossier.shell, "appointment_content.html", status=status, **dossier.data())

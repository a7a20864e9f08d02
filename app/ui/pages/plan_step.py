"""Steps of a succession plan: submit, return, approve and so on; and the minutes of its meetings."""

from typing import Any

from fastapi import APIRouter, Request, Response

from app.ui import planning
from app.ui.client import Problem
from app.ui.forms import CONFLICT, STALE, UNPROCESSABLE, Form
from app.ui.pages.plan_dossier import Dossier, open_dossier, overtaken
from app.ui.render import page, see
from app.ui.security import read_form
from app.ui.shell import Page, Shell, address, need_writable
from app.ui.texts import _

pages = APIRouter()
FORBIDDEN, NOT_FOUND = 403, 404
REFUSED = {UNPROCESSABLE, CONFLICT, FORBIDDEN}


def _step(dossier: Dossier, slug: str) -> dict[str, Any]:
    """The step that an address names. Problem 404 for a word that names none."""
    name = planning.ACTIONS.get(slug)
    for step in dossier.steps:
        if step["action"] == name:
            return step
    raise Problem(NOT_FOUND)


@pages.get("/quy-hoach/{plan_id}/buoc/{slug}")
async def step_page(shell: Page, plan_id: str, slug: str) -> Response:
    """What the step asks for and what the law says; it is judged by the version the dossier was read at."""
    need_writable(shell, "plan:act")
    dossier = await open_dossier(shell, plan_id)
    step = _step(dossier, slug)
    form = Form.of(planning.step_fields(step), {})
    seen = shell.request.query_params.get("ban", "")
    form.etag = f'"{seen}"' if seen.isdigit() else dossier.etag
    if form.etag != dossier.etag:
        form.fail("", overtaken(dossier.plan))
    return await _draw(dossier, step, form, slug)


@pages.post("/quy-hoach/{plan_id}/buoc/{slug}")
async def take(request: Request, shell: Page, plan_id: str, slug: str) -> Response:
    """Take the step; refused with all findings where the law blocks it, and nothing typed is lost."""
    sent = await read_form(request, shell.secret)
    dossier = await open_dossier(shell, plan_id)
    step = _step(dossier, slug)
    form = Form.typed(planning.step_fields(step), sent)
    body = form.payload()
    status = UNPROCESSABLE
    if not form.wrong:
        try:
            await shell.api.post(
                f"{dossier.root}/transitions",
                {"action": step["action"], **body},
                key=form.key,
                etag=form.etag,
            )
            return see(address(dossier.path, {"xong": slug}))
        except Problem as problem:
            if problem.status == STALE:
                form.fail("", overtaken(dossier.plan))
            elif problem.status in REFUSED:
                form.refused(problem)
            else:
                raise
            status = problem.status
    return await _draw(dossier, step, form, slug, status)


async def _draw(dossier: Dossier, step: dict[str, Any], form: Form, slug: str, status: int = 200) -> Response:
    judged = form.findings or step["findings"]
    dossier.findings = judged
    stale = form.etag != dossier.etag
    dossier.extra |= {
        "step": step,
        "form": form,
        "slug": slug,
        "stale": stale,
        "clauses": await dossier.shell.client.clauses(dossier.shell.api),
        "women": [],
    }
    return page(dossier.shell, "plan_step.html", status=status, **dossier.data())


# ---- meetings ----------------------------------------------------------------------------------------------


@pages.get("/quy-hoach/{plan_id}/hoi-nghi/{step}")
async def meeting_page(shell: Page, plan_id: str, step: str) -> Response:
    """The minutes of a meeting, as recorded in this round or empty."""
    need_writable(shell, "plan:write")
    dossier, proposed, standing = await _meeting(shell, plan_id, step)
    record: dict[str, Any] = dict(standing or {})
    record["votes"] = {vote["entry_id"]: vote["votes"] for vote in record.get("in_favour") or []}
    form = Form.of(planning.meeting_fields(proposed), record)
    return _minutes(dossier, step, form, recorded=standing is not None)


@pages.post("/quy-hoach/{plan_id}/hoi-nghi/{step}")
async def record_meeting(request: Request, shell: Page, plan_id: str, step: str) -> Response:
    """Record the minutes; what can't be is said beside its number."""
    sent = await read_form(request, shell.secret)
    dossier, proposed, standing = await _meeting(shell, plan_id, step)
    form = Form.typed(planning.meeting_fields(proposed), sent)
    body = form.payload()
    votes = list((body.pop("votes", None) or {}).items())
    body |= {
        "step": step,
        "in_favour": [{"entry_id": entry_id, "votes": number} for entry_id, number in votes],
    }
    status = UNPROCESSABLE
    if not form.wrong:
        try:
            await shell.api.post(f"{dossier.root}/meetings", body, key=form.key)
            return see(address(dossier.path, {"xong": "hoi-nghi"}) + "#hoi-nghi")
        except Problem as problem:
            if problem.status not in REFUSED:
                raise
            for error in problem.errors:
                error["pointer"] = _of_field(str(error.get("pointer") or ""), [key for key, _n in votes])
            form.refused(problem)
            status = problem.status
    return _minutes(dossier, step, form, recorded=standing is not None, status=status)


def _of_field(pointer: str, entries: list[str]) -> str:
    """The pointer of a vote's control from its place in the list that was sent."""
    parts = pointer.strip("/").split("/")
    if parts[0] == "in_favour" and len(parts) > 1 and parts[1].isdigit() and int(parts[1]) < len(entries):
        return f"/votes/{entries[int(parts[1])]}"
    return pointer


async def _meeting(
    shell: Shell, plan_id: str, step: str
) -> tuple[Dossier, list[dict[str, Any]], dict[str, Any] | None]:
    """The dossier, who is proposed in it now, and what is recorded of the meeting in this round."""
    if step not in planning.MEETING:
        raise Problem(NOT_FOUND)
    dossier = await open_dossier(shell, plan_id)
    if not dossier.plan["writable"]:
        raise Problem(
            FORBIDDEN, detail=_("Hồ sơ không nhận biên bản: đang ở trạng thái không sửa, hoặc chỉ xem.")
        )
    entries = await shell.api.get(f"{dossier.root}/entries")
    meetings = await shell.api.get(f"{dossier.root}/meetings")
    proposed = [row for row in entries["items"] if row["state"] == "proposed"]
    standing = next(
        (row for row in meetings["items"] if row["round"] == dossier.plan["round"] and row["step"] == step),
        None,
    )
    return dossier, proposed, standing


def _minutes(
    dossier: Dossier,
    step: str,
    form: Form,
    *,
    recorded: bool,
    status: int = 200,
) -> Response:
    dossier.extra |= {"step": step, "form": form, "recorded": recorded}
    return page(dossier.shell, "plan_meeting.html", status=status, **dossier.data())

"""Steps of rotations and of rotation plans: what each asks for, and what stands in its way."""

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response

from app.ui import planning, rotating
from app.ui.client import Answer, Problem
from app.ui.forms import UNPROCESSABLE, Form
from app.ui.pages.cadre import need_writable
from app.ui.pages.plan import UUID
from app.ui.pages.rotation import NOT_FOUND, OVERTAKEN, ROOT, refuse
from app.ui.render import page, see
from app.ui.security import read_form
from app.ui.shell import Page, Shell, address
from app.ui.texts import _

pages = APIRouter()
ACTS = "rotation:act"


@dataclass(frozen=True)
class Walked:
    """A dossier or a plan: where it stands in the API and among our pages, and its words."""

    api: str
    back: str
    slugs: dict[str, str]
    tells: dict[str, str]
    plan: bool

    def name(self, row: dict[str, Any]) -> str:
        """What the page calls it."""
        if self.plan:
            return _("Kế hoạch luân chuyển %(y)s, %(u)s") % {"y": row["year"], "u": row["unit"]["name"]}
        return str(row["cadre"]["full_name"])


def _rotation(key: str) -> Walked:
    if not UUID.fullmatch(key):
        raise Problem(NOT_FOUND)
    return Walked(f"/rotations/{key}", f"{ROOT}/{key}", rotating.SLUG, rotating.TELLS, plan=False)


def _plan(key: str) -> Walked:
    if not UUID.fullmatch(key):
        raise Problem(NOT_FOUND)
    back = f"{ROOT}/ke-hoach/{key}"
    return Walked(f"/rotation-plans/{key}", back, rotating.PLAN_SLUG, rotating.PLAN_TELLS, plan=True)


@pages.get("/luan-chuyen/{rotation_id}/buoc/{slug}")
async def step_page(shell: Page, rotation_id: str, slug: str) -> Response:
    """What a step of a dossier asks for and what the law says."""
    return await _ask(shell, _rotation(rotation_id), slug)


@pages.post("/luan-chuyen/{rotation_id}/buoc/{slug}")
async def take(request: Request, shell: Page, rotation_id: str, slug: str) -> Response:
    """Takes a step of a dossier; refused with all findings where the law blocks it."""
    return await _take(request, shell, _rotation(rotation_id), slug)


@pages.get("/luan-chuyen/ke-hoach/{plan_id}/buoc/{slug}")
async def plan_step_page(shell: Page, plan_id: str, slug: str) -> Response:
    """What a step of a plan asks for."""
    return await _ask(shell, _plan(plan_id), slug)


@pages.post("/luan-chuyen/ke-hoach/{plan_id}/buoc/{slug}")
async def take_plan(request: Request, shell: Page, plan_id: str, slug: str) -> Response:
    """Takes a step of a plan."""
    return await _take(request, shell, _plan(plan_id), slug)


async def _ask(shell: Shell, what: Walked, slug: str) -> Response:
    need_writable(shell, ACTS)
    answer, step = await _step(shell, what, slug)
    form = Form.of(planning.step_fields(step), {})
    seen = shell.request.query_params.get("ban", "")
    form.etag = f'"{seen}"' if seen.isdigit() else answer.etag or ""
    if form.etag != answer.etag:
        form.fail("", OVERTAKEN)
    return await _draw(shell, what, answer, step, form)


async def _take(request: Request, shell: Shell, what: Walked, slug: str) -> Response:
    sent = await read_form(request, shell.secret)
    answer, step = await _step(shell, what, slug)
    form = Form.typed(planning.step_fields(step), sent)
    body = form.payload()
    status = UNPROCESSABLE
    if not form.wrong:
        try:
            await shell.api.post(
                f"{what.api}/transitions", {"action": step["action"], **body}, key=form.key, etag=form.etag
            )
            return see(address(what.back, {"xong": slug}))
        except Problem as problem:
            refuse(form, problem)
            status = problem.status
    return await _draw(shell, what, answer, step, form, status=status)


async def _step(shell: Shell, what: Walked, slug: str) -> tuple[Answer, dict[str, Any]]:
    """What is walked and the step that an address names. Problem 404 for a word that names none."""
    answer = await shell.api.read(what.api)
    steps = await shell.api.get(f"{what.api}/transitions")
    for step in steps["items"]:
        if what.slugs.get(step["action"]) == slug:
            return answer, step
    raise Problem(NOT_FOUND)


async def _draw(
    shell: Shell, what: Walked, answer: Answer, step: dict[str, Any], form: Form, *, status: int = 200
) -> Response:
    verdicts = rotating.verdicts(form.findings or step["findings"])
    return page(
        shell,
        "rotation_step.html",
        status=status,
        said=rotating,
        row=answer.body,
        plan=what.plan,
        name=what.name(answer.body),
        step=step,
        told=what.tells.get(step["action"], ""),
        form=form,
        to=f"{what.back}/buoc/{what.slugs[step['action']]}",
        stale=form.etag != answer.etag,
        verdicts=verdicts,
        tally=planning.tally(verdicts),
        clauses=await shell.client.clauses(shell.api),
        back=what.back,
    )

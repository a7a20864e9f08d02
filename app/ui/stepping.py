"""A step of a dossier on a page of its own: what it asks for, what the law says, what came of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import Request, Response

from app.ui import planning
from app.ui.client import Answer, Problem
from app.ui.forms import CONFLICT, STALE, UNPROCESSABLE, Form
from app.ui.render import page, see
from app.ui.security import read_form
from app.ui.shell import Shell, address, need_writable
from app.ui.texts import _

FORBIDDEN, NOT_FOUND = 403, 404
REFUSED = {UNPROCESSABLE, CONFLICT, FORBIDDEN}
OVERTAKEN = _(
    "Hồ sơ vừa được người khác sửa, nên thao tác của bạn chưa được ghi. Xem lại bản mới rồi làm lại."
)

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Walked:
    """What is walked: where it stands in the API and among our pages, and its words."""

    api: str
    back: str
    section: tuple[str, str]
    """The board it belongs to: its name and address."""
    slugs: Mapping[str, str]
    """Action to the word its address bears."""
    name: Callable[[Row], str]
    about: Callable[[Row], str]
    """One line about the dossier."""
    tells: Callable[[Row, Row], str]
    """What a step does, of the dossier and the step."""
    verdicts: Callable[[Sequence[Row]], list[planning.Verdict]]


def refuse(form: Form, problem: Problem) -> None:
    """Says in the form what the API refused; raises what is no refusal."""
    if problem.status == STALE:
        form.fail("", OVERTAKEN)
    elif problem.status in REFUSED:
        form.refused(problem)
    else:
        raise problem


async def ask(shell: Shell, what: Walked, slug: str, permission: str) -> Response:
    """What the step asks for and what the law says; judged by the version the dossier was read at."""
    need_writable(shell, permission)
    answer, step = await _step(shell, what, slug)
    form = Form.of(planning.step_fields(step), {})
    seen = shell.request.query_params.get("ban", "")
    form.etag = f'"{seen}"' if seen.isdigit() else answer.etag or ""
    if form.etag != answer.etag:
        form.fail("", OVERTAKEN)
    return await _draw(shell, what, answer, step, form)


async def take(request: Request, shell: Shell, what: Walked, slug: str) -> Response:
    """Takes the step; refused with all findings where the law blocks it, and nothing typed is lost."""
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
    row = answer.body
    verdicts = what.verdicts(form.findings or step["findings"])
    return page(
        shell,
        "step.html",
        status=status,
        said=planning,
        section=what.section,
        name=what.name(row),
        about=what.about(row),
        step=step,
        told=what.tells(row, step),
        form=form,
        to=f"{what.back}/buoc/{what.slugs[step['action']]}",
        stale=form.etag != answer.etag,
        verdicts=verdicts,
        tally=planning.tally(verdicts),
        clauses=await shell.client.clauses(shell.api),
        back=what.back,
    )

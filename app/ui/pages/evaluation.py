"""Yearly grades: the list, one result, the form that records one, the button that confirms one."""

from typing import Any

from fastapi import APIRouter, Request, Response

from app.ui import grading
from app.ui.client import Json, Problem
from app.ui.forms import CONFLICT, STALE, UNPROCESSABLE, Form
from app.ui.lists import PER_PAGE, cursor, listing
from app.ui.pages.cadre import find
from app.ui.render import page, see
from app.ui.security import read_form
from app.ui.shell import UUID, Changes, Page, Shell, address, need_writable
from app.ui.texts import EVALUATION_STATE, GRADE, _
from app.ui.together import together

pages = APIRouter()
FORBIDDEN, NOT_FOUND = 403, 404
ROOT, ADD = "/danh-gia", "/danh-gia/them"
FOUND_AT_MOST = 10


@pages.get(ROOT)
async def browse(shell: Page) -> Response:
    """Results by unit, year, grade and state; of one unit and year also what the law says."""
    asked = shell.request.query_params
    unit_id, year = asked.get("don-vi", ""), asked.get("nam", "")
    offered = [str(one) for one in grading.years(shell.today)]
    filters: Changes = {
        "unit_id": unit_id if UUID.fullmatch(unit_id) else "",
        "year": year if year in offered else "",
        "grade": _known(asked.get("xep-loai", ""), GRADE),
        "state": _known(asked.get("trang-thai", ""), EVALUATION_STATE),
    }
    answer, unit, places = await together(
        shell.api.get("/evaluations", {**filters, "limit": PER_PAGE, "cursor": cursor(shell), "count": True}),
        _maybe(shell, f"/units/{filters['unit_id']}" if filters["unit_id"] else ""),
        shell.client.places(shell.api, shell.today),
    )
    findings: Json = None
    if unit is not None and filters["year"]:
        of_unit = {"unit_id": filters["unit_id"], "year": filters["year"]}
        findings = await _maybe(shell, "/evaluations/findings", of_unit)
    units = {row["id"]: row for row in [*_own(shell), *places]}
    if unit is not None:
        units.setdefault(unit["id"], unit)
    return page(
        shell,
        "evaluations.html",
        block="results",
        said=grading,
        list=listing(shell, answer),
        verdicts=grading.verdicts((findings or {}).get("items", [])),
        clauses=await shell.client.clauses(shell.api),
        chips=_chips(shell, filters, unit),
        asked=filters,
        years=offered,
        units=list(units.values()),
    )


def _known(value: str, words: Json) -> str:
    return value if value in words else ""


def _own(shell: Shell) -> list[dict[str, Any]]:
    return [grant["unit"] for grant in shell.grants if isinstance(grant.get("unit"), dict)]


def _chips(shell: Shell, filters: Changes, unit: Json) -> list[tuple[str, str]]:
    chips = []
    if unit is not None:
        chips.append((_("Đơn vị: %s") % unit["name"], shell.here({"don-vi": None})))
    if filters["year"]:
        chips.append((_("Năm %s") % filters["year"], shell.here({"nam": None})))
    if filters["grade"]:
        chips.append((GRADE[str(filters["grade"])], shell.here({"xep-loai": None})))
    if filters["state"]:
        chips.append((EVALUATION_STATE[str(filters["state"])], shell.here({"trang-thai": None})))
    return chips


async def _maybe(shell: Shell, path: str, params: Changes | None = None) -> Json:
    """A part of the page that the caller may have no right to, or that isn't there; the rest stands."""
    if not path:
        return None
    try:
        return await shell.api.get(path, params)
    except Problem as problem:
        if problem.status in {FORBIDDEN, NOT_FOUND}:
            return None
        raise


# ---- a new result ------------------------------------------------------------------------------------------


@pages.get(ADD)
async def add_page(shell: Page) -> Response:
    """First the person, then year, grade and decision."""
    need_writable(shell, "evaluation:write")
    person = await _person(shell)
    if person is None:
        return await _search(shell)
    form = Form.of(await _fields(shell), {})
    form.values["year"] = str(shell.today.year)
    return page(shell, "evaluation_form.html", person=person, form=form)


@pages.post(ADD)
async def add(request: Request, shell: Page) -> Response:
    """Record the result, then show it with what the law says."""
    sent = await read_form(request, shell.secret)
    person = await _person(shell)
    if person is None:
        return see(ADD)
    form = Form.typed(await _fields(shell), sent)
    body = form.payload()
    if not form.wrong:
        body |= {"cadre_id": person["id"], "year": int(body["year"])}
        try:
            made = await shell.api.post("/evaluations", body, key=form.key)
            return see(address(f"{ROOT}/{made.body['id']}", {"xong": "ghi"}))
        except Problem as problem:
            if problem.status not in {UNPROCESSABLE, CONFLICT, FORBIDDEN}:
                raise
            form.refused(problem)
    return page(shell, "evaluation_form.html", status=UNPROCESSABLE, person=person, form=form)


async def _person(shell: Shell) -> dict[str, Any] | None:
    """The person named in the address by number; Problem 404 for one who isn't in scope."""
    code = shell.request.query_params.get("can-bo", "")
    return (await find(shell, code, fresh=True)).body if code else None


async def _search(shell: Shell) -> Response:
    text = shell.request.query_params.get("q", "").strip()[:80]
    found: list[dict[str, Any]] = []
    if text:
        found = (await shell.api.get("/cadres", {"q": text, "limit": FOUND_AT_MOST}))["items"]
    return page(shell, "evaluation_form.html", person=None, form=None, q=text, found=found)


async def _fields(shell: Shell) -> Any:  # noqa: ANN401 - a list of fields
    places = await shell.client.places(shell.api, shell.today)
    units = {row["id"]: row["name"] for row in [*_own(shell), *places]}
    special = any(grant.get("role") != "unit_head" for grant in shell.grants)
    return grading.result_fields(list(units.items()), shell.today, special=special)


# ---- one result --------------------------------------------------------------------------------------------


@pages.get("/danh-gia/{evaluation_id}")
async def one(shell: Page, evaluation_id: str) -> Response:
    """A result: its decision, the norm of its year, what the law says, who recorded and who confirmed it."""
    return await _draw(shell, evaluation_id, done=shell.request.query_params.get("xong", ""))


@pages.post("/danh-gia/{evaluation_id}/xac-nhan")
async def confirm(request: Request, shell: Page, evaluation_id: str) -> Response:
    """Confirm it, judged by the version the page was read at."""
    sent = await read_form(request, shell.secret)
    if not UUID.fullmatch(evaluation_id):
        raise Problem(NOT_FOUND)
    try:
        await shell.api.post(
            f"/evaluations/{evaluation_id}/transitions",
            {"action": "confirm"},
            etag=sent.get("_etag", ""),
            key=sent.get("_key"),
        )
    except Problem as problem:
        if problem.status not in {CONFLICT, FORBIDDEN, STALE}:
            raise
        return await _draw(shell, evaluation_id, refused=problem.detail, status=problem.status)
    return see(address(f"{ROOT}/{evaluation_id}", {"xong": "xac-nhan"}))


async def _draw(
    shell: Shell, evaluation_id: str, *, done: str = "", refused: str = "", status: int = 200
) -> Response:
    if not UUID.fullmatch(evaluation_id):
        raise Problem(NOT_FOUND)
    path = f"/evaluations/{evaluation_id}"
    answer, steps = await together(shell.api.read(path), shell.api.get(f"{path}/transitions"))
    found = answer.body
    kept = found["confirmed"]["findings"] if found["confirmed"] else []
    step = steps["items"][0]
    return page(
        shell,
        "evaluation.html",
        status=status,
        said=grading,
        row=found,
        form=Form([], etag=answer.etag or ""),
        step=step if step["due"] and step["granted"] and not shell.read_only else None,
        verdicts=grading.verdicts(kept or found["findings"]),
        clauses=await shell.client.clauses(shell.api),
        done=done,
        refused=refused,
    )

"""Personnel actions: the list, and the opening of a new dossier."""

from typing import Any

from fastapi import APIRouter, Request, Response

from app.ui import acting
from app.ui.client import Json, Problem
from app.ui.forms import CONFLICT, UNPROCESSABLE, Form
from app.ui.lists import PER_PAGE, cursor, listing
from app.ui.pages.cadre import choose_unit
from app.ui.places import offered
from app.ui.render import page, see
from app.ui.security import read_form
from app.ui.shell import UUID, Changes, Page, Shell, address, need_writable
from app.ui.texts import _
from app.ui.together import together

pages = APIRouter()
ROOT, OPEN = "/bo-nhiem", "/bo-nhiem/mo"
WRITES = "appointment:write"
FORBIDDEN, NOT_FOUND = 403, 404
FOUND_AT_MOST, SEATS_AT_MOST = 10, 200


@pages.get(ROOT)
async def browse(shell: Page) -> Response:
    """Personnel actions in scope by unit, kind, state and whether they are over; with htmx the results."""
    asked = shell.request.query_params
    chosen, person = asked.get("don-vi", ""), asked.get("can-bo", "")
    filters: Changes = {
        "unit_id": chosen if UUID.fullmatch(chosen) else "",
        "kind": _known(asked.get("loai", ""), acting.KIND),
        "state": _known(asked.get("trang-thai", ""), acting.STATE),
        "open": _known(asked.get("chua-xong", ""), acting.OPEN),
        "cadre_id": person if UUID.fullmatch(person) else "",
    }
    newest = {"sort": "-opened_on", "limit": PER_PAGE, "cursor": cursor(shell), "count": True}
    answer, unit, places = await together(
        shell.api.get("/appointments", {**filters, **newest}),
        _named(shell, "/units", filters["unit_id"]),
        offered(shell, shell.today),
    )
    if unit is not None and unit["id"] not in {place["id"] for place in places}:
        places = [*places, unit]
    return page(
        shell,
        "appointments.html",
        block="results",
        said=acting,
        list=listing(shell, answer),
        chips=_chips(shell, filters, unit),
        asked=filters,
        units=places,
    )


def _known(value: str, words: Json) -> str:
    return value if value in words else ""


def _chips(shell: Shell, filters: Changes, unit: Json) -> list[tuple[str, str]]:
    chips = []
    if unit is not None:
        chips.append((_("Đơn vị: %s") % unit["name"], shell.here({"don-vi": None})))
    told = (
        ("kind", acting.KIND, "loai"),
        ("state", acting.STATE, "trang-thai"),
        ("open", acting.OPEN, "chua-xong"),
    )
    chips += [(words[filters[name]], shell.here({ours: None})) for name, words, ours in told if filters[name]]
    if filters["cadre_id"]:
        chips.append((_("Của một cán bộ"), shell.here({"can-bo": None})))
    return chips


async def _named(shell: Shell, path: str, key: str) -> dict[str, Any] | None:
    """What an id in the address stands for; None for none, and for one out of scope."""
    if not UUID.fullmatch(key):
        return None
    try:
        found: dict[str, Any] = await shell.api.get(f"{path}/{key}")
    except Problem as problem:
        if problem.status == NOT_FOUND:
            return None
        raise
    return found


# ---- a new dossier -----------------------------------------------------------------------------------------


@pages.get(OPEN)
async def open_page(shell: Page) -> Response:
    """What is to be decided, then whom it is about, then the unit, then the seat: one question a page."""
    need_writable(shell, WRITES)
    return await _ask(shell)


@pages.post(OPEN)
async def open_(request: Request, shell: Page) -> Response:
    """Open the dossier, then go to it; where one about the same seat is under way, say where."""
    sent = await read_form(request, shell.secret)
    need_writable(shell, WRITES)
    about = await _about(shell)
    if about["missing"]:
        return see(address(OPEN, dict(shell.request.query_params)))
    form = Form.typed(acting.opening_fields(about["way"], about["seats"]), sent)
    body = form.payload() | acting.opening(about["way"])
    person, held = about["person"], about["way"] in acting.HELD
    if person is not None and not held:
        body["cadre_id"] = person["id"]
    standing = None
    if not form.wrong:
        try:
            made = await shell.api.post("/appointments", body, key=form.key)
            return see(address(f"{ROOT}/{made.body['id']}", {"xong": "mo"}))
        except Problem as problem:
            if problem.status not in {UNPROCESSABLE, CONFLICT, FORBIDDEN}:
                raise
            form.refused(problem)
            if problem.status == CONFLICT and person is not None:
                standing = await _standing(shell, str(person["id"]))
    return await _ask(shell, about, form, standing, UNPROCESSABLE)


async def _ask(
    shell: Shell,
    about: dict[str, Any] | None = None,
    form: Form | None = None,
    standing: str | None = None,
    status: int = 200,
) -> Response:
    about = about or await _about(shell)
    if form is None and not about["missing"]:
        form = Form.of(acting.opening_fields(about["way"], about["seats"]), {})
    if form is not None and not form["seat"] and len(about["seats"]) == 1:
        form.values["seat"] = about["seats"][0][0]
    return page(
        shell, "appointment_open.html", status=status, said=acting, form=form, standing=standing, **about
    )


async def _about(shell: Shell) -> dict[str, Any]:
    """What the address says so far, and which question comes next: `missing`, empty where none does."""
    asked = shell.request.query_params
    ways = dict(acting.ways())
    way = _known(asked.get("viec", ""), ways)
    found: dict[str, Any] = {"way": way, "ways": ways, "person": None, "place": None, "seats": []}
    found |= {"units": [], "people": None, "sought": "", "q": asked.get("q", ""), "missing": ""}
    if not way:
        return found | {"missing": "way"}
    if acting.needs_person(way):
        found["person"] = await _named(shell, "/cadres", asked.get("nguoi", ""))
        if found["person"] is None:
            return found | {"missing": "person"} | await _sought(shell)
    if not acting.needs_unit(way):
        return found | {"seats": await _held(shell, str(found["person"]["id"]))}
    place, units = await choose_unit(shell)
    if place is None:
        return found | {"missing": "unit", "units": units}
    return found | {"place": place, "seats": await _vacant(shell, place)}


async def _sought(shell: Shell) -> dict[str, Any]:
    """Persons whose name or code matches what was typed; None where nothing was."""
    text = shell.request.query_params.get("ten", "").strip()[:100]
    if not text:
        return {"people": None, "sought": ""}
    answer = await shell.api.get("/cadres", {"q": text, "limit": FOUND_AT_MOST})
    return {"people": answer["items"], "sought": text}


async def _held(shell: Shell, cadre_id: str) -> list[tuple[str, str]]:
    """The seats somebody holds today, the main one first."""
    rows = (await shell.api.get(f"/cadres/{cadre_id}/assignments"))["items"]
    day = shell.today.isoformat()
    now = [
        row for row in rows if row["valid_from"] <= day and (row["valid_to"] is None or row["valid_to"] > day)
    ]
    now.sort(key=lambda row: not row["is_main"])
    return [(str(row["id"]), f"{row['title_name']}, {row['unit_name']}") for row in now]


async def _vacant(shell: Shell, place: Json) -> list[tuple[str, str]]:
    """The posts of the unit, and of what lies beneath it, that have a seat free."""
    asked = {"unit_id": place["id"], "subtree": True, "vacant": True, "limit": SEATS_AT_MOST}
    rows = (await shell.api.get("/posts", asked))["items"]
    return [
        (
            str(row["id"]),
            _("%(t)s, %(u)s (còn trống %(n)s)")
            % {"t": row["title"]["name"], "u": row["unit"]["name"], "n": row["vacant"]},
        )
        for row in rows
        if row.get("vacant")
    ]


async def _standing(shell: Shell, cadre_id: str) -> str | None:
    """The id of a dossier about the same person that is under way; None where it isn't to be seen."""
    found = await shell.api.get("/appointments", {"cadre_id": cadre_id, "open": True, "limit": 1})
    return next((str(row["id"]) for row in found["items"]), None)

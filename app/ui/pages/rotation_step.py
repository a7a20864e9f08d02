"""Steps of rotations and of rotation plans: what each asks for, and what stands in its way."""

from fastapi import APIRouter, Request, Response

from app.ui import rotating, stepping
from app.ui.client import Problem
from app.ui.pages.rotation import ROOT
from app.ui.shell import UUID, Page
from app.ui.stepping import NOT_FOUND, Walked
from app.ui.texts import _

pages = APIRouter()
ACTS = "rotation:act"
SECTION = (_("Luân chuyển"), ROOT)


def _rotation(key: str) -> Walked:
    if not UUID.fullmatch(key):
        raise Problem(NOT_FOUND)
    return Walked(
        api=f"/rotations/{key}",
        back=f"{ROOT}/{key}",
        section=SECTION,
        slugs=rotating.SLUG,
        name=lambda row: str(row["cadre"]["full_name"]),
        about=rotating.about,
        tells=lambda _row, step: rotating.TELLS.get(step["action"], ""),
        verdicts=rotating.verdicts,
    )


def _plan(key: str) -> Walked:
    if not UUID.fullmatch(key):
        raise Problem(NOT_FOUND)
    return Walked(
        api=f"/rotation-plans/{key}",
        back=f"{ROOT}/ke-hoach/{key}",
        section=SECTION,
        slugs=rotating.PLAN_SLUG,
        name=rotating.plan_name,
        about=rotating.plan_name,
        tells=lambda _row, step: rotating.PLAN_TELLS.get(step["action"], ""),
        verdicts=rotating.verdicts,
    )


@pages.get("/luan-chuyen/{rotation_id}/buoc/{slug}")
async def step_page(shell: Page, rotation_id: str, slug: str) -> Response:
    """What a step of a dossier asks for and what the law says."""
    return await stepping.ask(shell, _rotation(rotation_id), slug, ACTS)


@pages.post("/luan-chuyen/{rotation_id}/buoc/{slug}")
async def take(request: Request, shell: Page, rotation_id: str, slug: str) -> Response:
    """Takes a step of a dossier; refused with all findings where the law blocks it."""
    return await stepping.take(request, shell, _rotation(rotation_id), slug)


@pages.get("/luan-chuyen/ke-hoach/{plan_id}/buoc/{slug}")
async def plan_step_page(shell: Page, plan_id: str, slug: str) -> Response:
    """What a step of a plan asks for."""
    return await stepping.ask(shell, _plan(plan_id), slug, ACTS)


@pages.post("/luan-chuyen/ke-hoach/{plan_id}/buoc/{slug}")
async def take_plan(request: Request, shell: Page, plan_id: str, slug: str) -> Response:
    """Takes a step of a plan."""
    return await stepping.take(request, shell, _plan(plan_id), slug)

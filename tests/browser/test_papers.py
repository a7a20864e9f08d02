"""Minutes as a file: put with a meeting by the clerk, fetched by approver and inspector, a fake refused."""

from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests import world
from tests.browser.conftest import NARROW, WIDE, Open, Witness
from tests.browser.test_pages import violations
from tests.browser.test_plan import Office
from tests.services.papers_kit import pdf

pytestmark = pytest.mark.browser
MINUTES = {"step": "leadership_1", "held_on": "2021-12-13", "summoned": 20, "present": 19}


@pytest.fixture(scope="module")
def plan(server: str) -> str:
    """The page of a plan with the minutes of its first meeting."""
    office = Office(server, "btc.meovac")
    place = {
        "unit_id": str(world.unit("truong.meo-vac")),
        "authority_id": str(world.unit("huyen-uy.meo-vac")),
    }
    plan_id = office.post("/plans", place | {"period": "2025-2030", "kind": "titles"})["id"]
    office.post(f"/plans/{plan_id}/meetings", MINUTES)
    office.client.close()
    return f"/quy-hoach/{plan_id}"


def sent(name: str, content: bytes) -> FilePayload:
    """A file as a browser is given one, under a type that its content may belie."""
    return {"name": name, "mimeType": "application/pdf", "buffer": content}


def fetched(page: Page, name: str) -> bytes:
    """What a reader gets who follows the link of a file."""
    with page.expect_download() as waiting:
        page.locator("#tai-lieu").get_by_role("link", name=name, exact=True).click()
    assert waiting.value.suggested_filename == name
    return Path(waiting.value.path()).read_bytes()


@pytest.mark.parametrize("script", [True, False], ids=["scripts", "no-scripts"])
def test_minutes_from_the_clerk_to_approver_and_inspector(
    open_page: Open, axe_source: str, plan: str, *, script: bool
) -> None:
    content, name = pdf(), f"Biên bản {'có' if script else 'không'} kịch bản.pdf"
    page = open_page(plan, user="btc.meovac", script=script)
    witness = Witness(page)
    page.get_by_role("link", name="Đính kèm tệp : Tập thể lãnh đạo (lần 1)").click()
    expect(page.get_by_label("Thuộc hội nghị")).to_have_value(
        page.get_by_label("Thuộc hội nghị").locator("option").nth(1).get_attribute("value") or ""
    )
    page.get_by_label("Tệp", exact=False).first.set_input_files(sent(name, b"<html>not a paper</html>"))
    page.get_by_label("Số văn bản").fill("12-BB/ĐU")
    page.get_by_role("button", name="Đính kèm").click()
    wrong = page.locator("#f-tep-l")
    expect(wrong).to_contain_text("nội dung tệp không phải loại được nhận. Chỉ nhận PDF")
    expect(page.get_by_label("Số văn bản")).to_have_value("12-BB/ĐU")
    if script:
        assert violations(page, axe_source) == []
    page.locator("#f-tep").set_input_files(sent(name, content))
    page.get_by_role("button", name="Đính kèm").click()
    expect(page.locator("#tai-lieu")).to_contain_text("Đã đính kèm tệp.")
    expect(page.locator("#tai-lieu")).to_contain_text("Biên bản số 12-BB/ĐU, 1 KB. Tập thể lãnh đạo (lần 1)")
    assert fetched(page, name) == content
    for user in ("btv.meovac", "ubkt.tinh"):
        reader = open_page(plan, user=user, script=script)
        assert fetched(reader, name) == content
        expect(reader.get_by_role("link", name="Đính kèm tệp")).to_have_count(0)
    if script:
        witness.expected = ("422",)
        assert witness.faults() == []


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_the_page_of_a_file_fits_and_reads(
    open_page: Open, axe_source: str, plan: str, size: tuple[int, int]
) -> None:
    for path in (plan, f"{plan}/tep"):
        page = open_page(path, user="btc.meovac", size=size)
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= size[0], path
        assert violations(page, axe_source) == []

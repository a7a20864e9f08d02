"""Files of a plan through forms and links alone: shown by meeting, put there, fetched, withdrawn, refused."""

from urllib.parse import unquote

import pytest
from httpx import codes

from app.ui import papers, uploads
from tests import world
from tests.services import papers_kit as kit
from tests.ui.conftest import Visit
from tests.ui.test_plan_pages import add, opened, path_of
from tests.ui.visitor import PageSeen, Visitor

MINUTES = {"held": "30/12/2021", "summoned": "12", "present": "10"}


@pytest.fixture
async def clerk(visit: Visit) -> Visitor:
    """btc.meovac, on a plan with one person and the minutes of one meeting."""
    found = await visit("btc.meovac")
    page = await opened(found)
    await add(found, page)
    await found.open(f"{path_of(page)}/hoi-nghi/leadership_1")
    page = await found.send("/hoi-nghi/leadership_1", **MINUTES)
    assert "Đã ghi biên bản hội nghị" in page.text
    return found


def here(visitor: Visitor) -> str:
    """The path of the plan looked at."""
    assert visitor.page is not None
    return visitor.page.path.partition("?")[0]


async def attached(visitor: Visitor, content: bytes, name: str = "Biên bản.pdf", **filled: str) -> PageSeen:
    """The page after a file was put with the first meeting."""
    page = await visitor.follow("Đính kèm tệp: Tập thể lãnh đạo (lần 1)")
    assert page.form("/tep").values["loai"] == "minutes"
    assert page.form("/tep").values["hoi-nghi"]
    return await visitor.upload("/tep", name, content, **filled)


async def test_minutes_are_put_with_their_meeting_and_fetched(clerk: Visitor, visit: Visit) -> None:
    plan, content = here(clerk), kit.pdf()
    page = await attached(clerk, content, so="12-BB/ĐU", ngay="30/12/2021")
    assert page.path == f"{plan}?xong=tep"
    assert "Đã đính kèm tệp." in page.text
    assert "Biên bản số 12-BB/ĐU ngày 30/12/2021, 1 KB. Tập thể lãnh đạo (lần 1)" in page.text
    link = page.link("Biên bản.pdf")
    assert page.link("Biên bản: Biên bản.pdf, 1 KB") == link
    for user in ("btv.meovac", "ubkt.tinh"):
        reader = await visit(user)
        seen = await reader.open(plan)
        assert seen.link("Biên bản.pdf") == link
        assert not any(href.endswith(("/tep", "/rut")) for _text, href in seen.links)
        sent = await reader.client.get(link)
        assert sent.content == content
        assert sent.headers["content-type"] == "application/pdf"
        assert unquote(sent.headers["content-disposition"]) == "attachment; filename*=UTF-8''Biên bản.pdf"
        assert sent.headers["content-security-policy"].startswith("sandbox")
        assert sent.headers["x-content-type-options"] == "nosniff"
        assert sent.headers["cache-control"] == "private, no-store"
    neighbour = await visit("btc.dongvan")
    assert (await neighbour.client.get(link)).status_code == codes.NOT_FOUND


async def test_who_reads_no_votes_sees_no_files_and_no_way_to_them(visit: Visit) -> None:
    """A commune's officer keeps the list of his plan; its minutes are restricted."""
    officer = await visit("xa.lungcu")
    await officer.open(f"/quy-hoach/them?don-vi={world.unit('lung-cu')}")
    route = f"titles:{world.unit('huyen-uy.dong-van')}"
    page = await officer.send("/quy-hoach/them", route=route, period="2025-2030")
    assert "Hội nghị giới thiệu" in page.text
    assert "Tài liệu kèm theo" not in page.text
    refused = await officer.open(f"{path_of(page)}/tep")
    assert refused.status == codes.FORBIDDEN


async def test_who_keeps_the_machine_gets_no_file_by_its_address(clerk: Visitor, visit: Visit) -> None:
    link = (await attached(clerk, kit.pdf())).link("Biên bản.pdf")
    keeper = await visit("quantri")
    assert (await keeper.client.get(link)).status_code == codes.FORBIDDEN


async def test_what_is_refused_is_said_beside_the_file_and_what_was_typed_stays(clerk: Visitor) -> None:
    page = await attached(clerk, b"<html><script>alert(1)</script></html>", so="12-BB/ĐU")
    assert page.status == codes.UNPROCESSABLE_ENTITY
    assert page.title.startswith("Lỗi: ")
    assert "Tệp: nội dung tệp không phải loại được nhận. Chỉ nhận PDF" in page.text
    assert page.html.count('id="f-tep-l"') == 1
    form = page.form("/tep").values
    assert (form["so"], form["loai"]) == ("12-BB/ĐU", "minutes")
    assert form["hoi-nghi"]
    page = await clerk.upload("/tep", "", b"")
    assert papers.CHOOSE in page.text
    page = await clerk.upload("/tep", "bb.pdf", kit.pdf(), loai="", ngay="31/02/2021")
    assert "Loại tài liệu: chưa nhập" in page.text
    assert "«31/02/2021» không phải là ngày" in page.text
    page = await clerk.upload("/tep", "bb.pdf", kit.pdf(), loai="minutes", ngay="1/1/2022")
    assert "Ngày văn bản: ngày văn bản không thể sau hôm nay" in page.text
    page = await clerk.upload("/tep", "lon.pdf", bytes(uploads.MOST_FILE_BYTES + 1))
    assert page.status == codes.REQUEST_ENTITY_TOO_LARGE
    assert papers.LARGE in page.text


async def test_a_file_sent_twice_is_one_and_another_way_round_is_named(clerk: Visitor) -> None:
    plan, content = here(clerk), kit.pdf()
    first = await attached(clerk, content)
    assert first.text.count("tải lên") == 1
    page = await attached(clerk, content, "Khác.pdf")
    assert page.status == codes.CONFLICT
    assert "Tệp này đã có ở đây với tên «Biên bản.pdf»" in page.text
    assert (await clerk.open(plan)).text.count("tải lên") == 1


async def test_a_withdrawn_file_is_gone_for_all_but_inspectors(clerk: Visitor, visit: Visit) -> None:
    plan = here(clerk)
    page = await attached(clerk, kit.pdf())
    link = page.link("Biên bản.pdf")
    await clerk.follow("Rút: Biên bản.pdf")
    page = await clerk.send("/rut", ly__do="")
    assert "Lý do rút: chưa nhập" in page.text
    page = await clerk.send("/rut", ly__do="Tải nhầm tệp")
    assert "Đã rút tệp." in page.text
    assert "Chưa có biên bản, kết luận nào được đính kèm." in page.text
    assert (await clerk.client.get(link)).status_code == codes.NOT_FOUND
    inspector = await visit("ubkt.tinh")
    page = await inspector.open(plan)
    assert "đã rút" in page.text
    assert "Tải nhầm tệp" in page.text
    assert (await inspector.client.get(page.link("Biên bản.pdf"))).status_code == codes.OK


async def test_a_withdrawal_on_an_older_reading_says_who_was_quicker(clerk: Visitor, visit: Visit) -> None:
    await attached(clerk, kit.pdf())
    plan = here(clerk)
    await clerk.follow("Rút: Biên bản.pdf")
    other = await visit("btc.tinh")
    await other.open(plan)
    await attached(other, kit.pdf(), "Phụ lục.pdf")
    page = await clerk.send("/rut", ly__do="Tải nhầm tệp")
    assert page.status == codes.PRECONDITION_FAILED
    assert "vừa được btc.tinh sửa" in page.text
    assert "Đã rút tệp." in (await clerk.send("/rut")).text


def test_a_size_is_told_in_words() -> None:
    told = [papers.size(count) for count in (1, 1024, 1025, 1024 * 1024, 1_500_000, 20 * 1024 * 1024)]
    assert told == ["1 KB", "1 KB", "2 KB", "1 MB", "1,5 MB", "20 MB"]

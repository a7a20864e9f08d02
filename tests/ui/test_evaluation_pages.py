"""Yearly grades through forms and links alone: recorded, warned of, confirmed by somebody else."""

import re
from uuid import uuid4

import pytest

from tests import world
from tests.api.conftest import holder
from tests.conftest import TODAY
from tests.ui.conftest import Visit
from tests.ui.visitor import PageSeen, Visitor

SLUG = holder("phong-noi-vu.meo-vac", "d.specialist")
ADD = "/danh-gia/them"
UNIT = world.unit("meo-vac")


def name() -> str:
    """What the person is called."""
    return world.crowd(TODAY).people[SLUG].name


async def form(clerk: Visitor) -> PageSeen:
    """The form about the person, found by name."""
    await clerk.open(ADD)
    page = await clerk.open(f"{ADD}?q={name()}")
    href = next(href for text, href in page.links if text.startswith(name()) and "can-bo=" in href)
    return await clerk.open(href)


async def recorded(clerk: Visitor, **changed: str) -> PageSeen:
    """A result of 2019, as the clerk sees it then."""
    await form(clerk)
    said = {"year": "2019", "grade": "excellent", "by": "Ban Thường vụ Huyện ủy", "number": "15-QĐ/HU"}
    return await clerk.send(ADD, **(said | {"on": "10/12/2019", "peers": "", "unit": str(UNIT)} | changed))


async def test_a_clerk_records_and_the_committee_confirms(visit: Visit) -> None:
    clerk, head = await visit("btc.meovac"), await visit("btv.meovac")
    page = await recorded(clerk, party="good", peers="staff")
    assert page.status == 200, page.text
    assert re.fullmatch(r"/danh-gia/[0-9a-f-]{36}\?xong=ghi", page.path), page.path
    path = page.path.partition("?")[0]
    for words in ("Chờ xác nhận", name(), "Hoàn thành xuất sắc nhiệm vụ", "khác nhau", "số 15-QĐ/HU"):
        assert words in page.text, words
    # 2019: the Party had a rule, the state's decree came a year later.
    assert "Quy định 132-QĐ/TW" in page.text
    assert "chưa có quy định tại ngày 10/12/2019" in page.text
    assert all("/xac-nhan" not in one.action for one in page.forms)
    await head.open(path)
    page = await head.send("/xac-nhan")
    assert page.path == f"{path}?xong=xac-nhan", page.text
    assert "Đã xác nhận" in page.text
    assert "btv.meovac" in page.text
    assert all("/xac-nhan" not in one.action for one in page.forms)


async def test_too_many_excellent_are_warned_of(visit: Visit) -> None:
    clerk = await visit("btc.meovac")
    page = await recorded(clerk, year="2021", on="10/12/2021")
    assert page.status == 422
    assert "Năm 2021 đã có xếp loại" in page.text
    page = await recorded(clerk, party="excellent", peers="leaders")
    assert "Tỷ lệ đảng viên hoàn thành xuất sắc" in page.text
    assert "Cần giải trình" in page.text
    assert "nhiều nhất 0" in page.text
    listed = await clerk.open(f"/danh-gia?don-vi={UNIT}&nam=2021")
    assert "Tỷ lệ hoàn thành xuất sắc" in listed.text
    assert "Nghị định 90/2020/NĐ-CP" in listed.text


async def test_what_is_left_out_is_named_and_the_rest_kept(visit: Visit) -> None:
    clerk = await visit("btc.meovac")
    page = await recorded(clerk, grade="", on="32/12/2019")
    assert page.status == 422
    assert page.title.startswith("Lỗi: ")
    assert "Xếp loại: chưa nhập" in page.text
    assert "không phải là ngày" in page.text
    assert page.form(ADD).values["by"] == "Ban Thường vụ Huyện ủy"
    page = await recorded(clerk, on="10/12/2018")
    assert page.status == 422
    assert "không thể có quyết định trước 01/01/2019" in page.text


async def test_the_list_narrows_and_names_the_condition_that_empties_it(visit: Visit) -> None:
    clerk = await visit("btc.meovac")
    page = await clerk.open("/danh-gia?nam=2020&trang-thai=recorded")
    assert "Không có kết quả nào khớp" in page.text
    assert page.link("Bỏ điều kiện: Năm 2020") == "/danh-gia?trang-thai=recorded"
    page = await clerk.open("/danh-gia?nam=2021&trang-thai=recorded&xep-loai=good")
    assert "Chờ xác nhận" in page.text
    assert "Không có kết quả nào khớp" not in page.text


async def test_a_record_leads_to_its_results(visit: Visit) -> None:
    clerk = await visit("btc.meovac")
    page = await clerk.open(f"/can-bo/{world.person(SLUG)}/danh-gia")
    assert "Chờ xác nhận" in page.text
    assert page.link("2021, kết quả xếp loại").startswith("/danh-gia/")


async def test_a_neighbours_result_is_not_found(visit: Visit) -> None:
    clerk, neighbour = await visit("btc.meovac"), await visit("btc.dongvan")
    path = (await recorded(clerk)).path.partition("?")[0]
    for visitor, there in ((neighbour, path), (clerk, f"/danh-gia/{uuid4()}"), (clerk, "/danh-gia/khong-co")):
        assert (await visitor.open(there)).status == 404, there


@pytest.mark.parametrize("user", ["mattran.tinh", "canbo", "quantri"])
async def test_who_reads_no_results_has_no_entry_in_the_menu(visit: Visit, user: str) -> None:
    visitor = await visit(user)
    page = await visitor.open("/tai-khoan")
    assert all("/danh-gia" not in href for _text, href in page.links)
    assert (await visitor.open("/danh-gia")).status == 403


async def test_who_only_reads_is_offered_nothing(visit: Visit) -> None:
    inspector = await visit("ubkt.tinh")
    page = await inspector.open("/danh-gia")
    assert all(ADD not in href for _text, href in page.links)
    assert (await inspector.open(ADD)).status == 403

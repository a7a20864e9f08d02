"""Personnel actions through forms and links alone: what is refused and how, what is kept, who sees what."""

import re
from uuid import uuid4

import pytest

from tests import world
from tests.api.acting import BODY, TITLE, at_work
from tests.conftest import TODAY
from tests.ui.conftest import Visit
from tests.ui.visitor import PageSeen, Visitor

SEAT = str(world.post(BODY, TITLE))
NEW = f"/bo-nhiem/mo?viec=in_house&don-vi={world.unit(BODY)}"
MINUTES = {"held": "31/12/2021", "summoned": "12", "present": "10"}


async def opened(clerk: Visitor, new: str = NEW, seat: str = SEAT) -> PageSeen:
    """A new in-house dossier, as the clerk sees it then."""
    await clerk.open(new)
    page = await clerk.send("/bo-nhiem/mo", seat=seat)
    assert re.fullmatch(r"/bo-nhiem/[0-9a-f-]{36}\?xong=mo", page.path), page.text
    return page


def path_of(page: PageSeen) -> str:
    """The page of a dossier without its query."""
    return page.path.partition("?")[0]


async def agreed(clerk: Visitor, head: Visitor, path: str) -> None:
    """The policy is asked for and agreed to."""
    await clerk.open(f"{path}/buoc/xin-chu-truong")
    await clerk.send("/buoc/xin-chu-truong")
    await head.open(f"{path}/buoc/dong-y-chu-truong")
    page = await head.send("/buoc/dong-y-chu-truong")
    assert "Đã đồng ý chủ trương" in page.text


async def entered(clerk: Visitor, path: str, name: str = "an") -> str:
    """The first person that a search finds, entered; gives the name."""
    page = await clerk.open(f"{path}?q={name}")
    await clerk.send("/nguoi", **page.form("/nguoi").values)
    found = re.search(r"Rút<span class=\"vh\"> ([^<]+)</span>", clerk.page.html if clerk.page else "")
    assert found is not None
    return found[1]


async def test_the_list_narrows_and_names_the_condition_that_empties_it(visit: Visit) -> None:
    clerk = await visit("btc.meovac")
    path = path_of(await opened(clerk))
    page = await clerk.open("/bo-nhiem?trang-thai=draft&loai=appointment&chua-xong=true")
    assert page.link("Bổ nhiệm Phó Trưởng phòng") == path
    page = await clerk.open("/bo-nhiem?trang-thai=cancelled")
    assert "Không có hồ sơ nhân sự nào khớp" in page.text
    assert page.link("Bỏ điều kiện: Đã dừng") == "/bo-nhiem"


async def test_what_is_no_dossier_of_the_callers_is_not_found(visit: Visit) -> None:
    clerk, neighbour = await visit("btc.meovac"), await visit("btc.dongvan")
    path = path_of(await opened(clerk))
    for visitor, where in (
        (neighbour, path),
        (neighbour, f"{path}/buoc/xin-chu-truong"),
        (clerk, f"/bo-nhiem/{uuid4()}"),
        (clerk, "/bo-nhiem/khong-co"),
        (clerk, f"{path}/buoc/khong-co"),
        (clerk, f"{path}/buoc/gioi-thieu"),
        (clerk, f"{path}/hop/6"),
        (clerk, f"{path}/nguoi/{uuid4()}/rut"),
    ):
        assert (await visitor.open(where)).status == 404, where


@pytest.mark.parametrize("user", ["mattran.tinh", "canbo", "quantri"])
async def test_who_reads_no_dossiers_has_no_entry_in_the_menu(visit: Visit, user: str) -> None:
    visitor = await visit(user)
    page = await visitor.open("/tai-khoan")
    assert all("/bo-nhiem" not in href for _text, href in page.links)
    assert (await visitor.open("/bo-nhiem")).status == 403


async def test_an_inspector_reads_and_is_offered_nothing_to_change(visit: Visit) -> None:
    clerk, inspector = await visit("btc.meovac"), await visit("ubkt.tinh")
    path = path_of(await opened(clerk))
    page = await inspector.open(path)
    assert "Chỉ xem" in page.text
    assert not [form for form in page.forms if form.method == "post" and form.action.startswith("/bo-nhiem")]
    for where in ("/bo-nhiem/mo", f"{path}/noi-dung", f"{path}/hop/1", f"{path}/buoc/trinh"):
        assert (await inspector.open(where)).status == 403, where


async def test_a_step_is_judged_by_the_version_it_was_read_at_and_nothing_typed_is_lost(visit: Visit) -> None:
    clerk = await visit("btc.meovac")
    path = path_of(await opened(clerk))
    other = await visit("btc.meovac")
    await clerk.open(f"{path}/buoc/xin-chu-truong")
    await other.open(f"{path}/noi-dung")
    await other.send("/noi-dung", reason="Kiện toàn")
    page = await clerk.send("/buoc/xin-chu-truong", note="Kính trình")
    assert page.status == 412
    assert page.title.startswith("Lỗi: ")
    assert "vừa được người khác sửa" in page.text
    assert page.form("/buoc/xin-chu-truong").values["note"] == "Kính trình"
    page = await clerk.send("/buoc/xin-chu-truong")
    assert "Đã xin chủ trương. Hồ sơ chờ" in page.text
    assert "Kính trình" in page.text


async def test_contents_that_were_overtaken_show_both_versions(visit: Visit) -> None:
    clerk, other = await visit("btc.meovac"), await visit("btc.meovac")
    path = path_of(await opened(clerk))
    await clerk.open(f"{path}/noi-dung")
    await other.open(f"{path}/noi-dung")
    await other.send("/noi-dung", reason="Kiện toàn")
    page = await clerk.send("/noi-dung", reason="Thay người nghỉ hưu")
    assert page.status == 412
    assert "Kiện toàn" in page.text
    assert page.form("/noi-dung").values["reason"] == "Thay người nghỉ hưu"
    page = await clerk.send("/noi-dung")
    assert page.path == f"{path}?xong=noi-dung"
    assert "Thay người nghỉ hưu" in page.text


async def test_a_second_dossier_about_one_seat_is_pointed_at_the_first(visit: Visit) -> None:
    clerk = await visit("btc.meovac")
    person = at_work(BODY, "d.specialist", TODAY)[0]
    new = f"/bo-nhiem/mo?viec=resignation&nguoi={person}"
    page = await clerk.open(new)
    assert page.form("/bo-nhiem/mo").values["seat"]
    page = await clerk.send("/bo-nhiem/mo", reason="Theo nguyện vọng")
    assert page.status == 422
    assert "Căn cứ: chưa nhập" in page.text
    assert page.form("/bo-nhiem/mo").values["reason"] == "Theo nguyện vọng"
    page = await clerk.send("/bo-nhiem/mo", basis="Đơn ngày 01/12/2021")
    first = path_of(page)
    assert "Theo nguyện vọng" in page.text
    await clerk.open(new)
    page = await clerk.send("/bo-nhiem/mo", reason="Theo nguyện vọng", basis="Đơn ngày 01/12/2021")
    assert page.status == 422
    assert page.link("Mở hồ sơ đang làm") == first


async def test_names_come_after_the_policy_and_go_with_a_reason(visit: Visit) -> None:
    clerk, head = await visit("btc.meovac"), await visit("btv.meovac")
    path = path_of(await opened(clerk))
    page = await clerk.open(f"{path}?q=an")
    assert not [form for form in page.forms if form.action.endswith("/nguoi")]
    await agreed(clerk, head, path)
    name = await entered(clerk, path)
    page = await clerk.follow(f"Rút {name}")
    page = await clerk.send("/rut", reason="")
    assert page.status == 422
    assert "Lý do đưa ra khỏi danh sách: chưa nhập" in page.text
    page = await clerk.send("/rut", reason="Xin rút")
    assert "Đã ra khỏi danh sách (1)" in page.text
    assert "Xin rút" in page.text


async def test_a_step_out_of_order_and_numbers_that_cannot_be_are_refused_in_place(visit: Visit) -> None:
    clerk, head = await visit("btc.meovac"), await visit("btv.meovac")
    path = path_of(await opened(clerk))
    await agreed(clerk, head, path)
    await clerk.open(f"{path}/hop/2")
    page = await clerk.send("/hop/2", **MINUTES)
    assert page.status == 409
    assert "Chưa làm các bước trước" in page.text
    await clerk.open(f"{path}/hop/1")
    page = await clerk.send("/hop/1", **MINUTES | {"present": "13"})
    assert page.status == 422
    assert "Số người dự họp: số người dự họp (13) không thể lớn hơn" in page.text
    assert page.form("/hop/1").values["present"] == "13"
    page = await clerk.send("/hop/1", present="10")
    assert page.path == f"{path}?xong=bien-ban"
    assert "10 trong 12 người dự" in page.text


async def test_votes_are_not_shown_to_who_may_not_read_them(visit: Visit) -> None:
    clerk, head, officer = [await visit(name) for name in ("btc.dongvan", "btv.dongvan", "xa.lungcu")]
    new = f"/bo-nhiem/mo?viec=in_house&don-vi={world.unit('lung-cu')}"
    page = await clerk.open(new)
    seat = re.search(r'<option value="([0-9a-f-]{36})"', page.html[page.html.index('id="f-seat"') :])
    assert seat is not None
    path = path_of(await opened(clerk, new, seat[1]))
    await agreed(clerk, head, path)
    await entered(clerk, path)
    await clerk.open(f"{path}/hop/1")
    await clerk.send("/hop/1", **MINUTES)
    page = await clerk.open(f"{path}/hop/2")
    votes = next(name for name in page.form("/hop/2").values if name.startswith("v-"))
    ballots = {"issued": "10", "returned": "10", "valid": "9"}
    page = await clerk.send("/hop/2", **MINUTES, **ballots, **{votes: "8"})
    assert "8/12" in page.text
    assert "66,7%" in page.text
    page = await officer.open(path)
    assert page.status == 200
    assert "8/12" not in page.text
    assert "không thuộc quyền xem" in page.text
    assert not [form for form in page.forms if "/hop/" in form.action]


async def test_a_paper_is_put_with_a_step_and_withdrawn(visit: Visit) -> None:
    clerk, head = await visit("btc.meovac"), await visit("btv.meovac")
    path = path_of(await opened(clerk))
    await agreed(clerk, head, path)
    await clerk.open(f"{path}/hop/1")
    await clerk.send("/hop/1", **MINUTES)
    page = await clerk.follow("Đính kèm tệp: bước 1")
    assert page.form("/tep").values | {"loai": "minutes", "hoi-nghi": "1"} == page.form("/tep").values
    page = await clerk.upload("/tep", "", b"")
    assert page.status == 422
    content = b"%PDF-1.4\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"
    page = await clerk.upload("/tep", "Biên bản 1.pdf", content)
    assert "Đã đính kèm tệp" in page.text
    assert "Bước 1: Tập thể lãnh đạo, lần 1" in page.text
    page = await clerk.follow("Rút: Biên bản 1.pdf")
    page = await clerk.send("/rut", ly__do="Nhầm tệp")
    assert page.path.startswith(f"{path}?xong=rut-tep")

"""Plans through forms and links alone: what is refused and how, what is kept, who sees what."""

import re
from uuid import uuid4

import pytest

from tests import world
from tests.ui.conftest import Visit
from tests.ui.visitor import PageSeen, Visitor

UNIT = world.unit("ta-lung-mv")
AUTHORITY = world.unit("huyen-uy.meo-vac")
SECRETARY = world.title("c.secretary")
NEW = f"/quy-hoach/them?don-vi={UNIT}"


async def opened(clerk: Visitor, period: str = "2021-2026") -> PageSeen:
    """A new plan of the commune, as the clerk sees it then."""
    await clerk.open(NEW)
    page = await clerk.send("/quy-hoach/them", route=f"titles:{AUTHORITY}", period=period)
    assert page.status == 200, page.text
    assert re.fullmatch(r"/quy-hoach/[0-9a-f-]{36}\?xong=lap", page.path), page.path
    return page


def path_of(page: PageSeen) -> str:
    """The page of a plan without its query."""
    return page.path.partition("?")[0]


def proposed(page: PageSeen) -> list[dict[str, str]]:
    """The persons that the page offers to add."""
    return [form.values for form in page.forms if form.action.endswith("/nguoi")]


async def add(clerk: Visitor, page: PageSeen) -> PageSeen:
    """Take in the first person offered."""
    return await clerk.send("/nguoi", **proposed(page)[0])


async def test_a_plan_that_stands_already_is_pointed_at(visit: Visit) -> None:
    clerk = await visit("btc.meovac")
    first = path_of(await opened(clerk))
    await clerk.open(NEW)
    page = await clerk.send("/quy-hoach/them", route=f"titles:{AUTHORITY}", period="2021-2026")
    assert page.status == 422
    assert page.title.startswith("Lỗi: ")
    assert page.link("Mở hồ sơ đã có") == first


async def test_a_unit_that_makes_no_plan_says_so(visit: Visit) -> None:
    clerk = await visit("btc.meovac")
    page = await clerk.open(f"/quy-hoach/them?don-vi={world.unit('ubnd.ta-lung-mv')}")
    assert "Đơn vị này không lập quy hoạch riêng" in page.text


async def test_a_choice_left_out_is_named_and_the_other_one_kept(visit: Visit) -> None:
    clerk = await visit("btc.meovac")
    await clerk.open(NEW)
    page = await clerk.send("/quy-hoach/them", route=f"titles:{AUTHORITY}", period="")
    assert page.status == 422
    assert "Giai đoạn: chưa nhập" in page.text
    assert page.form("/quy-hoach/them").values["route"] == f"titles:{AUTHORITY}"


async def test_the_list_narrows_and_names_the_condition_that_empties_it(visit: Visit) -> None:
    clerk = await visit("btc.meovac")
    plan = path_of(await opened(clerk))
    page = await clerk.open("/quy-hoach?trang-thai=draft&giai-doan=2021-2026")
    assert page.link("Xã Tả Lủng") == plan
    page = await clerk.open("/quy-hoach?trang-thai=closed")
    assert "Không có hồ sơ quy hoạch nào khớp" in page.text
    assert page.link("Bỏ điều kiện: Đã kết thúc") == "/quy-hoach"


async def test_what_is_no_plan_of_the_callers_is_not_found(visit: Visit) -> None:
    clerk, neighbour = await visit("btc.meovac"), await visit("btc.dongvan")
    plan = path_of(await opened(clerk))
    for visitor, path in (
        (neighbour, plan),
        (clerk, f"/quy-hoach/{uuid4()}"),
        (clerk, "/quy-hoach/khong-co"),
        (clerk, f"{plan}/buoc/khong-co"),
        (clerk, f"{plan}/hoi-nghi/khong-co"),
    ):
        page = await visitor.open(path)
        assert page.status == 404, path


@pytest.mark.parametrize("user", ["mattran.tinh", "canbo", "quantri"])
async def test_who_reads_no_plans_has_no_entry_in_the_menu(visit: Visit, user: str) -> None:
    visitor = await visit(user)
    page = await visitor.open("/tai-khoan")
    assert all("/quy-hoach" not in href for _text, href in page.links)
    page = await visitor.open("/quy-hoach")
    assert page.status == 403


async def test_a_step_is_judged_by_the_version_the_dossier_was_read_at(visit: Visit) -> None:
    clerk = await visit("btc.meovac")
    page = await opened(clerk)
    plan = path_of(page)
    await add(clerk, page)
    page = await clerk.open(f"{plan}/buoc/trinh?ban=1")
    assert "vừa được btc.meovac sửa" in page.text
    page = await clerk.send("/buoc/trinh", note="Kính trình")
    assert page.status == 412
    assert "vừa được btc.meovac sửa" in page.text
    assert page.form("/buoc/trinh").values["note"] == "Kính trình"


async def test_a_refused_submission_shows_every_finding_and_keeps_the_note(visit: Visit) -> None:
    clerk = await visit("btc.meovac")
    page = await opened(clerk)
    plan = path_of(page)
    await add(clerk, page)
    await clerk.open(f"{plan}/buoc/trinh")
    page = await clerk.send("/buoc/trinh", note="Kính trình")
    assert page.status == 409
    for words in ("III.3.3-e", "III.3.3-g", "Còn thiếu", "thiếu Hội nghị cán bộ chủ chốt"):
        assert words in page.text, words
    assert page.form("/buoc/trinh").values["note"] == "Kính trình"


async def test_minutes_that_cannot_be_are_refused_beside_their_number(visit: Visit) -> None:
    clerk = await visit("btc.meovac")
    page = await opened(clerk)
    plan = path_of(page)
    await add(clerk, page)
    await clerk.open(f"{plan}/hoi-nghi/leadership_2")
    form = clerk.page.form("/hoi-nghi/leadership_2") if clerk.page else None
    assert form is not None
    vote = next(name for name in form.values if name.startswith("v-"))
    typed = {"held": "10/12/2021", "summoned": "20", "present": "21", "valid": "18", vote: "19"}
    page = await clerk.send("/hoi-nghi/leadership_2", **typed)
    assert page.status == 422
    assert ("#f-present", f"#f-{vote}") == tuple(href for _text, href in page.links if href.startswith("#f-"))
    assert page.form("/hoi-nghi/leadership_2").values[vote] == "19"
    page = await clerk.send("/hoi-nghi/leadership_2", **typed | {"present": "20", "issued": "ba"})
    assert "«ba» không phải là số" in page.text
    page = await clerk.send("/hoi-nghi/leadership_2", **typed | {"present": "20", "issued": "", vote: "18"})
    assert page.status == 200, page.text
    assert "20 trong 20 người dự" in page.text
    assert "18/20" in page.text


async def test_a_person_of_another_district_is_a_name_without_a_link(visit: Visit) -> None:
    province, clerk = await visit("btc.tinh"), await visit("btc.meovac")
    plan = path_of(await opened(clerk))
    page = await province.open(f"{plan}?chuc-danh={SECRETARY}&q=thi")
    outside = None
    for form in proposed(page):
        seen = await clerk.open(f"/can-bo/{form['cadre_id']}")
        if seen.status == 404:
            outside = form
    assert outside is not None
    page = await province.open(f"{plan}?chuc-danh={SECRETARY}&q=thi")
    page = await province.send("/nguoi", **outside)
    assert page.status == 200
    page = await clerk.open(f"{plan}?chuc-danh={SECRETARY}")
    assert "hồ sơ do đơn vị khác quản lý" in page.text
    assert '<span class="nm">' in page.html


async def test_two_entries_of_one_person_for_one_title_are_refused_in_words(visit: Visit) -> None:
    clerk = await visit("btc.meovac")
    page = await opened(clerk)
    first = proposed(page)[0]
    await clerk.send("/nguoi", **first)
    page = await clerk.send("/nguoi", **first)
    assert page.status == 409
    assert "Người này đã có trong quy hoạch chức danh đó." in page.text
    assert page.title.startswith("Lỗi: ")


async def test_past_days_are_read_only_and_say_so(visit: Visit) -> None:
    clerk = await visit("btc.meovac")
    plan = path_of(await opened(clerk))
    page = await clerk.open(f"{plan}?tai-ngay=2019-06-30")
    assert "Hồ sơ quy hoạch luôn hiện như hôm nay (31/12/2021)." in page.text
    assert "Tuổi, chức vụ đều tính tại ngày này" not in page.text
    assert not proposed(page)
    assert all("/buoc/" not in href and "/hoi-nghi/" not in href for _text, href in page.links)
    page = await clerk.open(f"{plan}/buoc/trinh?tai-ngay=2019-06-30")
    assert page.status == 403


async def test_forms_of_a_stranger_session_are_refused(visit: Visit) -> None:
    clerk = await visit("btc.meovac")
    page = await opened(clerk)
    plan = path_of(page)
    body = proposed(page)[0] | {"_csrf": "x"}
    answer = await clerk.client.post(f"{plan}/nguoi", data=body)
    assert answer.status_code == 403
    page = await clerk.open(f"{plan}?chuc-danh=tat-ca")
    assert "Chưa có ai trong quy hoạch" in page.text


async def test_the_panel_alone_comes_with_the_head_and_whole_pages_for_others(visit: Visit) -> None:
    clerk = await visit("btc.meovac")
    plan = path_of(await opened(clerk))
    part = await clerk.client.get(f"{plan}/kiem-tra", headers={"HX-Request": "true"})
    assert part.status_code == 200
    assert "<html" not in part.text
    assert 'id="kiem-tra-t"' in part.text
    assert 'id="tinh-hinh" hx-swap-oob="true"' in part.text
    whole = await clerk.open(f"{plan}/kiem-tra")
    assert "Lịch sử hồ sơ" in whole.text


async def test_clauses_have_a_page_with_an_anchor_for_each(visit: Visit) -> None:
    clerk = await visit("btc.meovac")
    page = await clerk.open("/nghi-quyet")
    assert 'id="III.3.3-e"' in page.html
    assert "Đơn vị có từ 30 % nữ phải có nữ trong quy hoạch chức danh chủ chốt." in page.text


@pytest.mark.parametrize("address", ["/quy-hoach", "/can-bo"])
async def test_the_filter_offers_the_units_one_works_with(visit: Visit, address: str) -> None:
    district = await (await visit("btc.meovac")).open(address)
    for slug, offered in (("meo-vac", True), ("niem-son", True), ("dong-van", False), ("lung-cu", False)):
        assert (f'value="{world.unit(slug)}"' in district.html) is offered, slug
    province = await (await visit("btc.tinh")).open(address)
    for slug in ("tinh", "meo-vac", "dong-van"):
        assert f'value="{world.unit(slug)}"' in province.html, slug

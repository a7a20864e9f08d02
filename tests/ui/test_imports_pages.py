"""Pages of imports, jobs, the log and inspection tokens, as forms and links alone."""

import asyncio
import re
from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine

from app.models.base import HANOI, utc_now
from app.ui import uploads
from tests.services.imports_kit import make_room, newcomer, table
from tests.ui.conftest import Visit
from tests.ui.visitor import PageSeen, Visitor

NOWHERE = "00000000-0000-0000-0000-000000000000"


async def sent(visitor: Visitor, content: bytes, name: str = "danh-sach.csv") -> PageSeen:
    """The upload form, sent with a file."""
    await visitor.open("/nhap-lieu")
    return await visitor.upload("/nhap-lieu", name, content)


async def settled(visitor: Visitor, page: PageSeen) -> PageSeen:
    """The page once nothing is under way on it."""
    for _try in range(200):
        if 'id="tien-do"' not in page.html or "hx-get" not in page.html.partition('id="tien-do"')[2][:200]:
            return page
        await asyncio.sleep(0.1)
        page = await visitor.open(page.path)
    pytest.fail("the job never ended")


@pytest.fixture
async def clerk(world_engine: Engine, visit: Visit) -> Visitor:
    """btc.meovac, with seats to fill."""
    make_room(world_engine)
    return await visit("btc.meovac")


async def test_a_list_is_checked_written_and_found_without_scripts(clerk: Visitor) -> None:
    good, bad = (
        newcomer(full_name="Sùng Thị Nhập Liệu"),
        newcomer(full_name="Vừ Mí Sai", birth_date="31/02/1984"),
    )
    page = await settled(clerk, await sent(clerk, table([good, bad])))
    assert "Kiểm tra trước khi ghi" in page.text
    assert "31/02/1984" in page.text
    assert "Không phải một ngày có thật." in page.text
    assert "Cách ghi: 1/9/2021" in page.text
    assert "Ghi 1 dòng hợp lệ" in page.text
    assert good["national_id"] not in page.path
    here = page.path
    job = await clerk.send("/ghi")
    assert job.path.startswith("/viec-nen/")
    job = await settled(clerk, job)
    assert "Đã ghi 1 dòng vào hồ sơ" in job.text
    assert "1 dòng lỗi không được ghi" in job.text
    after = await clerk.follow("Xem kết quả")
    assert after.path == here
    assert not [form for form in after.forms if form.action.endswith(("/ghi", "/huy"))]
    found = await clerk.open("/can-bo?q=sung+thi+nhap+lieu")
    assert "Sùng Thị Nhập Liệu" in found.text
    again = await settled(clerk, await sent(clerk, table([good])))
    assert "Không có gì để ghi." in again.text
    assert not [form for form in again.forms if form.action.endswith("/ghi")]


async def test_an_update_shows_what_stands_and_what_it_would_become(clerk: Visitor) -> None:
    cells = newcomer(full_name="Giàng Thị Đổi Ngày")
    await settled(clerk, await sent(clerk, table([cells])))
    await settled(clerk, await clerk.send("/ghi"))
    page = await settled(clerk, await sent(clerk, table([cells | {"birth_date": "3/5/1990"}])))
    assert "Ghi cả 1 dòng" in page.text
    changes = re.search(r'<dl class="diff">.*?</dl>', page.html, re.DOTALL)
    assert changes
    assert "02/05/1990" in changes[0].partition("<ins>")[0]
    assert "03/05/1990" in changes[0].partition("<ins>")[2]


async def test_faulty_rows_come_back_as_a_workbook_with_their_reasons(clerk: Visitor) -> None:
    page = await settled(clerk, await sent(clerk, table([newcomer(ethnicity="H'Mông đen")])))
    answer = await clerk.client.get(page.link("Tải dòng lỗi"))
    assert answer.status_code == 200
    assert "dong-loi.xlsx" in answer.headers["content-disposition"]
    with ZipFile(BytesIO(answer.content)) as book:
        assert "Không có trong danh mục" in book.read("xl/sharedStrings.xml").decode()
    original = await clerk.client.get(page.link("danh-sach.csv"))
    assert original.content.startswith(b"\xef\xbb\xbf")
    assert original.headers["content-disposition"].startswith("attachment")
    assert original.headers["x-content-type-options"] == "nosniff"


async def test_the_template_is_a_workbook_or_a_csv(clerk: Visitor) -> None:
    book = await clerk.client.get("/nhap-lieu/mau")
    assert ZipFile(BytesIO(book.content)).testzip() is None
    text = await clerk.client.get("/nhap-lieu/mau?dang=csv")
    assert "Số định danh;Họ và tên" in text.content.decode("utf-8-sig")


async def test_what_is_no_list_is_told_beside_the_field(clerk: Visitor) -> None:
    for content, name, words in (
        (b"%PDF-1.4\x00\x01", "giay.pdf", "không phải .xlsx"),
        (b"", "trong.csv", "Tệp trống"),
        (b"PK\x03\x04 but broken", "hong.xlsx", "Excel"),
    ):
        page = await sent(clerk, content, name)
        assert page.status == 422, name
        assert page.title.startswith("Lỗi: ")
        assert words in page.text, name
        assert f"«{name}»" in page.text
    page = await sent(clerk, b"", "")
    assert page.status == 422
    assert "Chưa chọn tệp" in page.text


async def test_a_file_that_is_too_large_is_refused_in_words(
    clerk: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "MOST_FILE_BYTES", 10_000)
    page = await sent(clerk, b"x" * 10_001)
    assert page.status == 413
    assert "Tệp lớn hơn 20 MB" in page.text
    monkeypatch.setattr(uploads, "MOST_BODY_BYTES", 20_000)
    page = await sent(clerk, b"x" * 30_000)
    assert page.status == 413
    assert "Tệp lớn hơn 20 MB" in page.text
    assert page.form("/nhap-lieu").values["_csrf"]


async def test_the_same_form_sent_twice_is_one_import(clerk: Visitor) -> None:
    page = await clerk.open("/nhap-lieu")
    values = page.form("/nhap-lieu").values
    content = table([newcomer()])
    places = set()
    for _time in range(2):
        files = {"file": ("hai-lan.csv", content, "text/csv")}
        answer = await clerk.client.post("/nhap-lieu", data=values, files=files)
        assert answer.status_code == 303
        places.add(answer.headers["location"])
    assert len(places) == 1
    other = {"file": ("hai-lan.csv", table([newcomer()]), "text/csv")}
    answer = await clerk.client.post("/nhap-lieu", data=values, files=other)
    assert answer.status_code == 303
    assert answer.headers["location"] not in places


async def test_an_upload_without_its_token_is_refused(clerk: Visitor) -> None:
    files = {"file": ("a.csv", table([newcomer()]), "text/csv")}
    assert (await clerk.client.post("/nhap-lieu", data={"_csrf": "sai"}, files=files)).status_code == 403
    page = await clerk.open("/nhap-lieu")
    values = page.form("/nhap-lieu").values
    answer = await clerk.client.post(
        "/nhap-lieu", data=values, files=files, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert answer.status_code == 403
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = await clerk.client.post("/nhap-lieu", content=b"nonsense", headers=headers)
    assert answer.status_code in {400, 403}
    assert "Chưa có lần nhập nào" in (await clerk.open("/nhap-lieu")).text


async def test_an_import_that_is_not_written_can_be_cancelled_once(clerk: Visitor) -> None:
    page = await settled(clerk, await sent(clerk, table([newcomer()])))
    stale = page.form("/ghi").values
    cancelled = await clerk.send("/huy")
    assert "Lần nhập này đã hủy." in cancelled.text
    answer = await clerk.client.post(f"{page.path}/ghi", data=stale)
    assert answer.status_code == 412
    assert "vừa đổi trạng thái" in answer.text
    assert "Lần nhập này đã hủy." in answer.text


async def test_the_fragment_of_a_job_stops_its_own_polling(clerk: Visitor) -> None:
    page = await settled(clerk, await sent(clerk, table([newcomer()])))
    job = await clerk.send("/ghi")
    await settled(clerk, job)
    ask = {"HX-Request": "true"}
    answer = await clerk.client.get(job.path, headers=ask)
    assert answer.status_code == 286
    assert "hx-get" not in answer.text
    assert "<html" not in answer.text
    inside = await clerk.client.get(f"{job.path}?o=tep", headers=ask)
    assert inside.status_code == 286
    assert inside.headers["hx-refresh"] == "true"
    whole = await clerk.client.get(job.path)
    assert whole.status_code == 200
    listed = await clerk.open("/viec-nen")
    assert "Ghi hồ sơ" in listed.text
    assert page.path in {href for _text, href in listed.links}


@pytest.mark.parametrize("user", ["ubkt.tinh", "btv.meovac", "mattran.tinh", "canbo", "quantri", "xa.lungcu"])
async def test_others_have_neither_the_entry_nor_the_pages(visit: Visit, user: str) -> None:
    visitor = await visit(user)
    home = await visitor.open("/tai-khoan")
    hrefs = {href for _text, href in home.links}
    assert "/nhap-lieu" not in hrefs
    for path in ("/nhap-lieu", "/nhap-lieu/mau", "/viec-nen"):
        assert (await visitor.open(path)).status == 403, path
    for path in (f"/nhap-lieu/{NOWHERE}", f"/nhap-lieu/{NOWHERE}/dong-loi.xlsx", f"/viec-nen/{NOWHERE}"):
        assert (await visitor.open(path)).status in {403, 404}, path
    inspects = user == "ubkt.tinh"
    for path in ("/nhat-ky", "/ma-kiem-tra"):
        assert (path in hrefs) is inspects, path
        assert (await visitor.open(path)).status == (200 if inspects else 403), path


async def test_a_neighbour_finds_no_import_of_mine(clerk: Visitor, visit: Visit) -> None:
    page = await settled(clerk, await sent(clerk, table([newcomer()])))
    other = await visit("btc.dongvan")
    for path in (page.path, f"{page.path}/dong-loi.xlsx", f"{page.path}/tep"):
        assert (await other.open(path)).status == 404, path
    assert page.path not in (await other.open("/nhap-lieu")).html


async def test_on_another_day_imports_are_read_only(clerk: Visitor) -> None:
    page = await settled(clerk, await sent(clerk, table([newcomer()])))
    past = await clerk.open(f"{page.path}?tai-ngay=2019-06-30")
    assert "chỉ đọc" in past.text
    assert not [form for form in past.forms if form.action.endswith(("/ghi", "/huy"))]
    listed = await clerk.open("/nhap-lieu?tai-ngay=2019-06-30")
    assert not [form for form in listed.forms if form.action == "/nhap-lieu" and form.method == "post"]


async def test_the_log_tells_an_import_and_leads_from_a_person_to_it(clerk: Visitor, visit: Visit) -> None:
    page = await settled(clerk, await sent(clerk, table([newcomer(full_name="Lầu Thị Nhật Ký")])))
    await settled(clerk, await clerk.send("/ghi"))
    inspector = await visit("ubkt.tinh")
    log = await inspector.open("/nhat-ky?nguoi=btc.meovac")
    for words in ("Tải tệp lên để nhập", "Bấm ghi tệp nhập", "Ghi xong tệp nhập", "Thêm hồ sơ khi nhập tệp"):
        assert words in log.text, words
    assert page.path not in {href for _text, href in log.links}  # he may not open it
    added = await inspector.open("/nhat-ky?viec=cadre.import_new")
    history = await inspector.follow("lịch sử")
    assert "Lịch sử: cán bộ Lầu Thị Nhật Ký" in history.text
    assert "Thêm hồ sơ khi nhập tệp" in history.text
    assert added.status == 200
    of_import = await inspector.open("/nhat-ky?viec=cadre.import_new")
    assert of_import.link("Lần nhập").startswith("/nhat-ky?ho-so=")
    told = await inspector.follow("Lần nhập")
    assert "Ghi xong tệp nhập" in told.text


async def test_refused_attempts_are_seen_by_outcome(visit: Visit) -> None:
    front = await visit("mattran.tinh")
    assert (await front.open("/nhap-lieu")).status == 403
    inspector = await visit("ubkt.tinh")
    log = await inspector.open("/nhat-ky?ket-qua=refused&nguoi=mattran.tinh")
    assert "Thử xem: nhập dữ liệu" in log.text
    assert "Bị từ chối" in log.text
    assert "không có quyền" in log.text
    done = await inspector.open("/nhat-ky?ket-qua=done&nguoi=mattran.tinh")
    assert "Thử xem" not in done.text


async def test_the_log_is_found_by_code_and_says_what_it_does_not_understand(visit: Visit) -> None:
    inspector = await visit("ubkt.tinh")
    person = await inspector.open("/can-bo/HG-000133")
    assert person.status == 200
    log = await inspector.open("/nhat-ky?ho-so=hg-000133")
    assert "Xem hồ sơ" in log.text
    assert "HG-000133" in log.text
    wrong = await inspector.open("/nhat-ky?ho-so=HG-0&tu=99/99/2021&den=hôm+qua")
    assert "Không có cán bộ nào mang số hiệu «HG-0»" in wrong.text
    assert "«99/99/2021» không phải là ngày" in wrong.text
    assert "«hôm qua» không phải là ngày" in wrong.text


async def test_an_inspection_token_is_shown_once_opens_its_unit_and_is_taken_back(
    app: FastAPI, visit: Visit
) -> None:
    inspector = await visit("ubkt.tinh")
    await inspector.open("/ma-kiem-tra")
    missing = await inspector.send("/ma-kiem-tra")
    assert missing.status == 422
    assert "Căn cứ, mục đích: chưa nhập" in missing.text
    found = await inspector.open("/ma-kiem-tra?q=Mèo Vạc")
    units = dict(re.findall(r'<option value="([0-9a-f-]{36})"[^>]*>([^<]+)<', found.html))
    unit = next(key for key, name in units.items() if name == "Huyện Mèo Vạc")
    last = utc_now().astimezone(HANOI).date()
    late = await inspector.send(
        "/ma-kiem-tra", unit=unit, until=f"{last + timedelta(days=91):%d/%m/%Y}", reason="kế hoạch 12"
    )
    assert late.status == 422
    assert "nhiều nhất 90 ngày" in late.text
    until = f"{last + timedelta(days=30):%d/%m/%Y}"
    made = await inspector.send("/ma-kiem-tra", unit=unit, until=until, reason="kế hoạch 12")
    assert made.status == 201
    token = re.search(r"tct_[A-Za-z0-9_-]{43}", made.html)
    assert token
    assert made.headers["cache-control"] == "no-store"
    assert token[0] not in made.url
    listed = await inspector.open("/ma-kiem-tra")
    assert "kế hoạch 12" in listed.text
    assert "tct_" not in listed.html
    bearer = {"Authorization": f"Bearer {token[0]}"}
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as machine:
        assert (await machine.get("/api/v1/cadres", headers=bearer)).status_code == 200
        await inspector.open("/ma-kiem-tra")
        revoked = await inspector.send("/thu-hoi")
        assert "Đã thu hồi" in revoked.text
        assert (await machine.get("/api/v1/cadres", headers=bearer)).status_code == 401
    used = await inspector.open("/nhat-ky?viec=access_token.revoke")
    assert "Thu hồi mã kiểm tra" in used.text

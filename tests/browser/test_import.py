"""A list of people from its template to the record and the log, by clerk and inspector; scripts or none."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests import world
from tests.browser.conftest import LEAST, NARROW, WIDE, Open, Witness
from tests.browser.test_pages import violations
from tests.browser.test_plan import Office
from tests.services.imports_kit import newcomer, xlsx

pytestmark = pytest.mark.browser

WRONG_DAY, WRONG_GROUP, WRONG_TITLE = "31/02/1984", "H'Mông đen", "Trưởng ban"


@pytest.fixture(scope="module")
def office(server: str) -> Iterator[Office]:
    """btc.meovac at its API, with seats to fill in Niêm Sơn since before the rows of the files."""
    made = Office(server, "btc.meovac")
    post = f"/posts/{world.post('ubnd.niem-son', 'c.officer')}"
    wider = {"quota": 400, "valid_from": "2021-03-01", "corrects": True, "reason": "mở thêm chỗ để thử nhập"}
    answer = made.client.patch(post, json=wider, headers={"If-Match": made.client.get(post).headers["etag"]})
    assert answer.is_success, answer.text
    yield made
    made.client.close()


def faulty(name: str) -> list[dict[str, str]]:
    """Two rows in order, a woman called `name` first, and three with a fault each."""
    return [
        newcomer(full_name=name),
        newcomer(full_name="Thào Mí Đúng", sex="Nam"),
        newcomer(full_name="Vừ Mí Sò", birth_date=WRONG_DAY),
        newcomer(full_name="Lầu Thị Say", ethnicity=WRONG_GROUP),
        newcomer(full_name="Nông Văn Hiệp", title=WRONG_TITLE),
    ]


def upload(page: Page, file: Path) -> None:
    """From the list of imports to the preview, through the check."""
    page.goto("/nhap-lieu")
    page.locator("#f-tep").set_input_files(file)
    page.get_by_role("button", name="Tải lên và kiểm tra").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Kiểm tra trước khi ghi", timeout=30_000)


def shown(page: Page) -> dict[str, int]:
    """The four counts."""
    return {
        box.locator("span").inner_text(): int(box.locator("b").inner_text())
        for box in page.locator(".sum > div").all()
    }


@pytest.mark.usefixtures("office")
@pytest.mark.parametrize("script", [True, False], ids=["with scripts", "without scripts"])
def test_a_list_with_faults_is_checked_in_its_cells_written_and_found(
    open_page: Open, tmp_path: Path, *, script: bool
) -> None:
    name = "Sùng Thị Có Máy" if script else "Sùng Thị Không Máy"
    rows = faulty(name)
    file = tmp_path / "danh-sach-meo-vac.xlsx"
    file.write_bytes(xlsx(rows))
    page = open_page("/nhap-lieu", user="btc.meovac", script=script)
    witness = Witness(page) if script else None
    with page.expect_download() as template:
        page.get_by_role("link", name="Tải tệp mẫu .xlsx").first.click()
    assert template.value.suggested_filename == "mau-nhap-can-bo.xlsx"
    assert Path(template.value.path()).read_bytes().startswith(b"PK")

    upload(page, file)
    here = page.url
    assert shown(page) == {
        "dòng thêm mới": 2,
        "dòng cập nhật hồ sơ có sẵn": 0,
        "dòng có cảnh báo, vẫn ghi": 0,
        "dòng lỗi, không ghi": 3,
    }
    expect(page.locator(".tabs [aria-current]")).to_have_text("Dòng lỗi 3")
    cells = page.locator("td.err")
    expect(cells).to_have_count(3)
    for wrong, words in (
        (WRONG_DAY, "Cách ghi: 1/9/2021"),
        (WRONG_GROUP, "Chọn: Kinh"),
        (WRONG_TITLE, "Công chức xã"),
    ):
        expect(cells.filter(has_text=wrong)).to_contain_text(words)
    with page.expect_download() as back:
        page.get_by_role("link", name="Tải dòng lỗi").click()
    assert back.value.suggested_filename == "dong-loi.xlsx"
    for row in rows:
        assert row["national_id"] not in page.url

    page.get_by_role("button", name="Ghi 2 dòng hợp lệ").click()
    page.wait_for_url("**/viec-nen/*")
    job = page.url
    expect(page.locator("#tien-do")).to_contain_text("Đã ghi 2 dòng vào hồ sơ", timeout=30_000)
    page.reload()
    assert page.url == job
    expect(page.locator("#tien-do")).to_contain_text("3 dòng lỗi không được ghi")
    page.get_by_role("link", name="Xem kết quả").click()
    expect(page).to_have_url(here)
    expect(page.locator(".note.ok")).to_contain_text("Đã ghi 2 dòng vào hồ sơ.")
    expect(page.locator("main form")).to_have_count(0)

    page.goto("/can-bo")
    page.locator("#q").fill(name)
    page.get_by_role("button", name="Lọc").click()
    page.locator("#ket-qua a.nm", has_text=name).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    expect(page.locator("main")).to_contain_text("Công chức xã")

    # The same file once more changes nothing: two rows as they stand, three as wrong as before.
    upload(page, file)
    assert shown(page)["dòng thêm mới"] == shown(page)["dòng cập nhật hồ sơ có sẵn"] == 0
    expect(page.locator(".tabs")).to_contain_text("Không đổi 2")
    expect(page.get_by_role("button", name="Ghi")).to_have_count(0)
    if witness is not None:
        assert witness.faults() == []


@pytest.mark.usefixtures("office")
def test_the_inspector_reads_what_was_imported_and_can_change_nothing(
    open_page: Open, tmp_path: Path
) -> None:
    clerk = open_page("about:blank", user="btc.meovac")
    file = tmp_path / "de-kiem-tra.xlsx"
    file.write_bytes(xlsx([newcomer(full_name="Mua Thị Được Kiểm Tra")]))
    upload(clerk, file)
    clerk.get_by_role("button", name="Ghi cả 1 dòng").click()
    expect(clerk.locator("#tien-do")).to_contain_text("Đã ghi 1 dòng", timeout=30_000)

    page = open_page("/nhat-ky", user="ubkt.tinh")
    witness = Witness(page)
    expect(page.locator(".who .tag")).to_have_text("Chỉ xem")
    expect(page.locator("nav.side").get_by_role("link", name="Nhập dữ liệu")).to_have_count(0)
    page.get_by_label("Người thực hiện").fill("btc.meovac")
    page.locator("select#kq").select_option("done")
    page.get_by_role("button", name="Lọc").click()
    page.wait_for_url("**ket-qua=done**")
    table = page.locator("#ket-qua table")
    for words in ("Tải tệp lên để nhập", "Kiểm tra xong tệp nhập", "Bấm ghi tệp nhập", "Ghi xong tệp nhập"):
        expect(table).to_contain_text(words)
    added = page.locator("#ket-qua tr", has_text="Thêm hồ sơ khi nhập tệp").first
    expect(added).to_contain_text("Ủy ban nhân dân xã Niêm Sơn")
    added.get_by_role("link", name="lịch sử").click()
    expect(page.locator("#ket-qua h2")).to_contain_text("Lịch sử: cán bộ Mua Thị Được Kiểm Tra (CB-")
    expect(page.locator("main form[method=post]")).to_have_count(0)
    page.get_by_role("link", name="Mở hồ sơ").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mua Thị Được Kiểm Tra")
    expect(page.get_by_role("link", name="Cập nhật hồ sơ")).to_have_count(0)
    assert witness.faults() == []
    witness.expected = ("403 (Forbidden)",)
    page.goto(clerk.url)
    expect(page.get_by_role("heading", level=1)).to_have_text("Không được phép")
    page.goto("/nhat-ky?ket-qua=refused&nguoi=ubkt.tinh")
    expect(page.locator("#ket-qua table")).to_contain_text("Thử xem: việc nền")


def test_a_token_is_issued_shown_once_and_taken_back(open_page: Open, axe_source: str) -> None:
    page = open_page("/tai-khoan", user="ubkt.tinh")
    witness = Witness(page)
    witness.expected = ("422 (Unprocessable",)
    page.locator(".whod summary").click()
    page.get_by_role("link", name="Mã kiểm tra").click()
    page.get_by_role("button", name="Cấp mã").click()
    expect(page.locator(".errsum")).to_be_focused()
    assert violations(page, axe_source) == []
    page.get_by_label("Đơn vị được xem").select_option("Huyện Mèo Vạc")
    page.get_by_label("Dùng đến hết ngày").fill("1/1/2050")
    page.get_by_label("Căn cứ, mục đích").fill("Kế hoạch kiểm tra số 12")
    page.get_by_role("button", name="Cấp mã").click()
    told = page.locator(".ferr").inner_text()
    assert "nhiều nhất 90 ngày" in told
    page.get_by_label("Dùng đến hết ngày").fill(told.rpartition("đến ")[2].rstrip("."))
    page.get_by_role("button", name="Cấp mã").click()
    secret = page.locator(".secret").inner_text()
    assert secret.startswith("tct_")
    assert violations(page, axe_source) == []
    page.get_by_role("link", name="Đã chép, về danh sách").click()
    expect(page.locator("#ket-qua")).to_contain_text("Kế hoạch kiểm tra số 12")
    assert secret not in page.content()
    assert violations(page, axe_source) == []
    page.get_by_role("button", name="Thu hồi").first.click()
    expect(page.locator(".note.ok")).to_contain_text("Đã thu hồi")
    expect(page.locator("#ket-qua tbody tr").first).to_contain_text("Đã thu hồi")
    assert witness.faults() == []


# ---- one page at a time ------------------------------------------------------------------------------------

PAGES = {
    "imports": ("btc.meovac", "/nhap-lieu"),
    "imports past": ("btc.meovac", "/nhap-lieu?tai-ngay=2019-06-30"),
    "errors": ("btc.meovac", "/nhap-lieu/{mixed}"),
    "updates": ("btc.meovac", "/nhap-lieu/{mixed}?loai=cap-nhat"),
    "new": ("btc.meovac", "/nhap-lieu/{mixed}?loai=moi"),
    "warnings none": ("btc.meovac", "/nhap-lieu/{mixed}?loai=canh-bao"),
    "preview past": ("btc.meovac", "/nhap-lieu/{mixed}?tai-ngay=2019-06-30"),
    "written": ("btc.meovac", "/nhap-lieu/{written}?loai=moi"),
    "failed": ("btc.meovac", "/nhap-lieu/{failed}"),
    "jobs": ("btc.meovac", "/viec-nen"),
    "job": ("btc.meovac", "/viec-nen/{job}"),
    "job failed": ("btc.meovac", "/viec-nen/{stopped}"),
    "log": ("ubkt.tinh", "/nhat-ky"),
    "log refused": ("ubkt.tinh", "/nhat-ky?ket-qua=refused"),
    "log of a person": ("ubkt.tinh", "/nhat-ky?ho-so=HG-000133"),
    "log none": ("ubkt.tinh", "/nhat-ky?ho-so=HG-0&tu=99/99/2021"),
    "tokens": ("ubkt.tinh", "/ma-kiem-tra"),
    "tokens search": ("ubkt.tinh", "/ma-kiem-tra?q=xa"),
}


@pytest.fixture(scope="module")
def places(office: Office) -> dict[str, str]:
    """Imports in their states, made over the API: what the addresses of PAGES stand for."""

    def brought(content: bytes, name: str) -> dict[str, Any]:
        files = {"file": (name, content, "application/octet-stream")}
        made = office.client.post("/imports", files=files, data={"kind": "cadres"})
        assert made.is_success, made.text
        return settled(made.json()["id"])

    def settled(key: str) -> dict[str, Any]:
        for _try in range(300):
            found: dict[str, Any] = office.get(f"/imports/{key}")
            if found["state"] in {"validated", "committed", "failed"}:
                return found
        pytest.fail("the job never ended")

    known = newcomer(full_name="Ly Thị Đổi")
    written = brought(xlsx([known]), "da-ghi.xlsx")
    path, etag = f"/imports/{written['id']}/commit", f'"{written["version"]}"'
    office.post(path, {"mode": "all"}, etag=etag)
    done = settled(written["id"])
    assert done["state"] == "committed", done
    mixed = brought(xlsx([*faulty("Giàng Thị Mỷ"), known | {"birth_date": "3/5/1990"}]), "lan-lon.xlsx")
    failed = brought(b"a;b;c\n1;2;3\n", "la.csv")
    return {
        "mixed": mixed["id"],
        "written": done["id"],
        "failed": failed["id"],
        "job": done["job"]["id"],
        "stopped": failed["job"]["id"],
    }


@pytest.mark.parametrize("size", [WIDE, NARROW, LEAST], ids=["wide", "narrow", "least"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible_and_inside_its_policy(
    open_page: Open, places: dict[str, str], axe_source: str, name: str, size: tuple[int, int]
) -> None:
    user, path = PAGES[name]
    page = open_page("about:blank", user=user, size=size)
    witness = Witness(page)
    page.goto(path.format(**places))
    for folded in page.locator("main details:not([open]) > summary").all():
        if folded.is_visible():
            folded.click()
    page.evaluate("window.scrollTo(0, 0)")
    assert violations(page, axe_source) == []
    assert witness.faults() == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]


def test_a_file_that_is_too_large_is_answered_in_words(open_page: Open, tmp_path: Path) -> None:
    page = open_page("/nhap-lieu", user="btc.meovac")
    file = tmp_path / "lon.csv"
    file.write_bytes(b"x" * (21 * 1024 * 1024))
    page.locator("#f-tep").set_input_files(file)
    page.get_by_role("button", name="Tải lên và kiểm tra").click()
    expect(page.locator(".errsum")).to_contain_text("Tệp lớn hơn 20 MB", timeout=30_000)


def test_what_is_printed_of_a_preview_is_its_table(open_page: Open, places: dict[str, str]) -> None:
    page = open_page(f"/nhap-lieu/{places['mixed']}", user="btc.meovac")
    page.emulate_media(media="print")
    for frame in (".top", ".side", ".acts", ".tabs"):
        assert not page.locator(frame).first.is_visible(), frame
    assert page.locator("td.err").first.is_visible()
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")

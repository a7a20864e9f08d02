"""Sign-in, sign-out, and what every answer of the front end carries."""

import re
from importlib import import_module
from pkgutil import iter_modules

import httpx
import pytest

from app.settings import Settings
from app.ui import create_ui, pages
from app.ui.security import CSP
from tests import world
from tests.ui.conftest import Visit
from tests.ui.visitor import Visitor

OPEN = [
    "/chi-tieu",
    "/can-bo",
    "/don-vi",
    "/tai-khoan",
    "/nhat-ky",
    "/nhap-lieu",
    "/nhap-lieu/mau",
    "/nhap-lieu/00000000-0000-0000-0000-000000000000",
    "/viec-nen",
    "/viec-nen/00000000-0000-0000-0000-000000000000",
    "/ma-kiem-tra",
    "/van-ban-cho-phep",
    "/van-ban-cho-phep/00000000-0000-0000-0000-000000000000",
    "/can-bo/them",
    "/can-bo/XX-1",
    "/can-bo/XX-1/sua",
    "/bo-nhiem",
    "/bo-nhiem/mo",
    "/bo-nhiem/00000000-0000-0000-0000-000000000000",
    "/quy-hoach",
    "/quy-hoach/them",
    "/quy-hoach/00000000-0000-0000-0000-000000000000",
    "/viec",
    "/bo-nhiem/den-han",
    "/nghi-quyet",
]


@pytest.mark.parametrize("path", ["/", *OPEN])
async def test_pages_lead_a_stranger_to_the_sign_in_form(stranger: Visitor, path: str) -> None:
    page = await stranger.open(path)
    assert page.status == 200
    assert page.path.startswith("/dang-nhap")


async def test_htmx_is_sent_to_the_sign_in_form_by_header(stranger: Visitor) -> None:
    answer = await stranger.client.get("/can-bo?q=hoa", headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/dang-nhap?tiep=%2Fcan-bo%3Fq%3Dhoa"


async def test_sign_in_leads_to_the_page_that_was_wanted(stranger: Visitor) -> None:
    page = await stranger.sign_in("btc.tinh", world.PASSWORD, to="/tai-khoan")
    assert page.path == "/tai-khoan"
    assert "btc.tinh" in page.text


@pytest.mark.parametrize(
    ("name", "password"), [("btc.tinh", "sai"), ("khong-co", world.PASSWORD), ("btc.tinh", "")]
)
async def test_a_wrong_sign_in_says_so_without_saying_what_was_wrong(
    stranger: Visitor, name: str, password: str
) -> None:
    page = await stranger.sign_in(name, password)
    assert page.status == 422
    assert page.title.startswith("Lỗi: ")
    assert "Sai tên đăng nhập hoặc mật khẩu" in page.text or "Nhập mật khẩu" in page.text
    assert password not in page.html or not password


async def test_the_session_cookie_is_opaque_and_out_of_reach_of_scripts(stranger: Visitor) -> None:
    await stranger.open("/dang-nhap")
    assert stranger.page is not None
    values = stranger.page.form("/dang-nhap").values | {"ten": "btc.tinh", "mat-khau": world.PASSWORD}
    answer = await stranger.client.post("/dang-nhap", data=values)
    assert answer.status_code == 303
    cookie = next(c for c in answer.headers.get_list("set-cookie") if c.startswith("sid="))
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie
    assert "eyJ" not in cookie


async def test_under_https_cookies_bear_the_host_prefix_and_the_browser_is_told_to_stay() -> None:
    ui = create_ui(Settings(secure_cookies=True, api_base_url="http://127.0.0.1:9"), None)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(ui), base_url="https://cb.example") as client:
        answer = await client.get("/dang-nhap")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-pre=")
    assert "Secure" in cookie
    assert answer.headers["strict-transport-security"].startswith("max-age=63072000")
    await ui.state.client.aclose()


async def test_plain_loopback_is_not_told_to_use_https(stranger: Visitor) -> None:
    page = await stranger.open("/dang-nhap")
    assert "strict-transport-security" not in page.headers


async def test_signing_out_ends_the_session_at_the_api_too(visit: Visit) -> None:
    visitor = await visit("btc.tinh")
    await visitor.open("/tai-khoan")
    secret = visitor.client.cookies["sid"]
    page = await visitor.send("/dang-xuat")
    assert "Bạn đã đăng xuất" in page.text
    assert "sid" not in visitor.client.cookies
    answer = await visitor.client.post(
        "/api/v1/sessions/current/token", headers={"Authorization": f"Session {secret}"}
    )
    assert answer.status_code == 401


async def test_a_stolen_page_address_does_not_sign_anybody_out(visit: Visit) -> None:
    visitor = await visit("btc.tinh")
    answer = await visitor.client.post("/dang-xuat", data={"_csrf": "x"})
    assert answer.status_code == 403
    assert (await visitor.open("/tai-khoan")).status == 200


UNSAFE = [
    "/dang-nhap",
    "/dang-xuat",
    "/can-bo/them",
    "/can-bo/XX-1/sua",
    "/can-bo/XX-1/phan-cong/them",
    "/can-bo/XX-1/phan-cong/00000000-0000-0000-0000-000000000000/sua",
    "/tai-khoan/phien/00000000-0000-0000-0000-000000000000/ket-thuc",
    "/bo-nhiem/den-han/lap-ho-so",
    "/quy-hoach/them",
    "/quy-hoach/00000000-0000-0000-0000-000000000000/nguoi",
    "/quy-hoach/00000000-0000-0000-0000-000000000000/nguoi/00000000-0000-0000-0000-000000000000",
    "/quy-hoach/00000000-0000-0000-0000-000000000000/buoc/XX-1",
    "/quy-hoach/00000000-0000-0000-0000-000000000000/hoi-nghi/XX-1",
    "/quy-hoach/00000000-0000-0000-0000-000000000000/tep",
    "/quy-hoach/00000000-0000-0000-0000-000000000000/tep/00000000-0000-0000-0000-000000000000/rut",
    "/bo-nhiem/mo",
    "/bo-nhiem/00000000-0000-0000-0000-000000000000/nguoi",
    "/bo-nhiem/00000000-0000-0000-0000-000000000000/nguoi/00000000-0000-0000-0000-000000000000/rut",
    "/bo-nhiem/00000000-0000-0000-0000-000000000000/chon",
    "/bo-nhiem/00000000-0000-0000-0000-000000000000/buoc/XX-1",
    "/bo-nhiem/00000000-0000-0000-0000-000000000000/hop/1",
    "/bo-nhiem/00000000-0000-0000-0000-000000000000/noi-dung",
    "/bo-nhiem/00000000-0000-0000-0000-000000000000/tep",
    "/bo-nhiem/00000000-0000-0000-0000-000000000000/tep/00000000-0000-0000-0000-000000000000/rut",
    "/chuyen-doi/lap-ho-so",
    "/chuyen-doi/00000000-0000-0000-0000-000000000000",
    "/chuyen-doi/00000000-0000-0000-0000-000000000000/buoc/XX-1",
    "/luan-chuyen/lap-ke-hoach",
    "/luan-chuyen/lap-ho-so",
    "/luan-chuyen/00000000-0000-0000-0000-000000000000",
    "/luan-chuyen/00000000-0000-0000-0000-000000000000/buoc/XX-1",
    "/luan-chuyen/ke-hoach/00000000-0000-0000-0000-000000000000",
    "/luan-chuyen/ke-hoach/00000000-0000-0000-0000-000000000000/buoc/XX-1",
    "/luan-chuyen/ke-hoach/00000000-0000-0000-0000-000000000000/dong/00000000-0000-0000-0000-000000000000",
    "/luan-chuyen/ke-hoach/00000000-0000-0000-0000-000000000000/dong/00000000-0000-0000-0000-000000000000/bo",
    "/danh-gia/them",
    "/danh-gia/00000000-0000-0000-0000-000000000000/xac-nhan",
    "/nhap-lieu",
    "/nhap-lieu/00000000-0000-0000-0000-000000000000/ghi",
    "/nhap-lieu/00000000-0000-0000-0000-000000000000/huy",
    "/ma-kiem-tra",
    "/ma-kiem-tra/00000000-0000-0000-0000-000000000000/thu-hoi",
    "/van-ban-cho-phep/them",
    "/van-ban-cho-phep/00000000-0000-0000-0000-000000000000/thu-hoi",
]


def test_every_form_of_the_front_end_is_listed_here() -> None:
    nouns = [import_module(f"app.ui.pages.{found.name}") for found in iter_modules(pages.__path__)]
    routes = [route for noun in nouns for route in noun.pages.routes]
    posts = {route.path for route in routes if "POST" in route.methods}
    named = {re.sub(r"\{[^}]+\}", "X", path) for path in posts}
    listed = {re.sub(r"(XX-1|[0-9a-f-]{36}|\b1$)", "X", path) for path in UNSAFE}
    assert named == listed


@pytest.mark.parametrize("path", UNSAFE)
async def test_no_form_is_taken_without_its_own_token_or_from_another_site(visit: Visit, path: str) -> None:
    visitor = await visit("btc.tinh")
    other = await visit("btc.dongvan")
    await other.open("/tai-khoan")
    await visitor.open("/tai-khoan")
    assert other.page is not None
    assert visitor.page is not None
    foreign, own = (p.form("/dang-xuat").values["_csrf"] for p in (other.page, visitor.page))
    for data in ({}, {"_csrf": "sai"}, {"_csrf": foreign}):
        answer = await visitor.client.post(path, data=data)
        assert answer.status_code == 403, (data, answer.status_code)
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}):
        answer = await visitor.client.post(path, data={"_csrf": own}, headers=headers)
        assert answer.status_code == 403, headers
    assert (await visitor.open("/tai-khoan")).status == 200


async def test_only_a_form_is_a_form(visit: Visit) -> None:
    visitor = await visit("btc.tinh")
    assert (await visitor.client.post("/dang-xuat", json={"_csrf": "x"})).status_code == 415
    big = "x" * 300_000
    assert (await visitor.client.post("/dang-xuat", data={"_csrf": big})).status_code == 413


@pytest.mark.parametrize("path", ["/dang-nhap", "/khong-co-trang-nay", "/chi-tieu", "/static/app.js"])
async def test_every_answer_carries_the_security_headers(stranger: Visitor, path: str) -> None:
    answer = await stranger.client.get(path)
    assert answer.headers["content-security-policy"] == CSP
    assert "unsafe" not in CSP
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "HX-Request" in answer.headers["vary"]
    assert len(answer.headers.get_list("x-request-id")) == 1
    cached = answer.headers["cache-control"]
    assert cached == ("public, max-age=31536000, immutable" if path.startswith("/static/") else "no-store")


async def test_an_unknown_page_is_told_kindly_and_an_unknown_api_path_as_a_problem(visit: Visit) -> None:
    visitor = await visit("btc.tinh")
    page = await visitor.open("/khong-co-trang-nay")
    assert page.status == 404
    assert "Không tìm thấy" in page.title
    answer = await visitor.client.get("/api/v1/khong-co")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == 404


async def test_without_the_api_pages_say_so_and_offer_another_try() -> None:
    ui = create_ui(Settings(api_base_url="http://127.0.0.1:9"), None)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(ui), base_url="http://127.0.0.1:8000"
    ) as client:
        client.cookies.set("sid", "x" * 43)
        answer = await client.get("/can-bo?q=hoa")
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"
    assert 'href="/can-bo?q=hoa"' in answer.text
    assert "Thử lại" in answer.text
    await ui.state.client.aclose()

"""Code lists over HTTP."""

from app.models.code import CodeItemRead, EthnicityRead
from tests.api.conftest import API, House
from tests.api.test_unit import holds


async def test_code_lists_are_read_by_everybody_signed_in(shared_house: House) -> None:
    anonymous = await shared_house.caller(None)
    for path in ("/code-lists", "/code-lists/x", "/ethnicities"):
        assert (await anonymous.get(API + path)).status_code == 401
    client = await shared_house.caller("mattran.tinh")
    lists = (await client.get(f"{API}/code-lists")).json()["items"]
    assert lists
    for one in lists:
        answer = (await client.get(f"{API}/code-lists/{one['id']}")).json()
        assert answer["total"] == one["entries"]
        assert all(holds(CodeItemRead, row) for row in answer["items"])
    groups = (await client.get(f"{API}/ethnicities")).json()["items"]
    assert len(groups) == 54
    assert all(holds(EthnicityRead, row) for row in groups)
    missing = await client.get(f"{API}/code-lists/khong-co")
    assert missing.status_code == 404
    assert missing.headers["Content-Type"] == "application/problem+json"

"""The targets as who supervises from outside sees them: figures of ends of quarters alone, and told so."""

import pytest

from tests.ui.conftest import Visit


@pytest.mark.parametrize("address", ["/chi-tieu", "/chi-tieu/managed_minority"])
async def test_a_day_without_published_figures_leads_to_one_with_them(visit: Visit, address: str) -> None:
    front = await visit("mattran.tinh")
    page = await front.open(f"{address}?tai-ngay=2021-12-30")
    assert page.status == 200
    assert "Ngày 30/12/2021 không có số liệu công bố" in page.text
    there = await front.open(page.link("Xem ngày 30/09/2021"))
    assert "tai-ngay=2021-09-30" in there.path
    assert "không có số liệu công bố" not in there.text


async def test_who_reads_all_figures_is_told_nothing_of_it(visit: Visit) -> None:
    page = await (await visit("btc.tinh")).open("/chi-tieu/managed_minority?tai-ngay=2021-12-30")
    assert "không có số liệu công bố" not in page.text

"""Reads at once: a refusal is told when nobody is at work any more."""

import asyncio

import pytest

from app.ui.client import Problem
from app.ui.together import together


async def test_the_first_refusal_counts_once_all_have_ended() -> None:
    ended: list[str] = []

    async def refused(status: int) -> None:
        raise Problem(status)

    async def slow() -> str:
        await asyncio.sleep(0.01)
        ended.append("slow")
        return "slow"

    with pytest.raises(Problem) as told:
        await together(slow(), refused(403), refused(404))
    assert told.value.status == 403
    assert ended == ["slow"]
    assert await together(slow(), slow()) == ["slow", "slow"]

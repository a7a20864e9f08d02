"""Several reads at once, none of them left behind."""

import asyncio
from collections.abc import Awaitable
from typing import Any


async def together(*calls: Awaitable[Any]) -> list[Any]:
    """What each call gives, in their order; the first refusal counts, once all have ended.

    A page that is refused early would leave the others at work behind its back, past the server's stop.
    """
    answers = await asyncio.gather(*calls, return_exceptions=True)
    for answer in answers:
        if isinstance(answer, BaseException):
            raise answer
    return answers

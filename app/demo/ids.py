"""Ids and instants that are the same in every build of the province."""

from datetime import UTC, date, datetime
from uuid import UUID

FIRST_DAY = date(2010, 1, 1)
"""The record begins here: nothing was recorded before (settings `records_begin_on`)."""

_EPOCH = date(1970, 1, 1).toordinal()
_CLOSE_OF_BUSINESS_MS = 10 * 3_600_000
_MASK = (1 << 64) - 1
_VERSION = 7 << 76
_VARIANT = 2 << 62


class Ids:
    """UUIDv7s from a counter: the row's day as time, the counter mixed as the random part (one to one)."""

    def __init__(self, first: int = 0) -> None:
        """`first`: where the counter begins; two that begin far apart never make the same id."""
        self._count = first
        self._times: dict[date, int] = {}

    def new(self, day: date) -> UUID:
        """A UUIDv7 whose time is 17:00 in Hà Giang on `day`, or on the first day of the record."""
        self._count = count = self._count + 1
        mixed = (count * 0x9E3779B97F4A7C15) & _MASK
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _MASK
        mixed ^= mixed >> 31
        time = self._times.get(day)
        if time is None:
            stamp = (max(day, FIRST_DAY).toordinal() - _EPOCH) * 86_400_000 + _CLOSE_OF_BUSINESS_MS
            time = self._times[day] = (stamp << 80) | _VERSION | _VARIANT
        return UUID(
            int=time | ((count & 0x3FF) << 66) | ((mixed >> 62) << 64) | (mixed & 0x3FFF_FFFF_FFFF_FFFF)
        )


_INSTANTS: dict[date, datetime] = {}


def recorded(day: date) -> datetime:
    """The instant at which a decision of `day` is in the record: 17:00 in Hà Giang, from the first day on."""
    found = _INSTANTS.get(day)
    if found is None:
        first = max(day, FIRST_DAY)
        found = _INSTANTS[day] = datetime(first.year, first.month, first.day, 10, tzinfo=UTC)
    return found

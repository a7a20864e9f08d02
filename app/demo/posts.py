"""Rows of posts and quotas: grown year by year, ended with their unit, a few entered wrongly at first."""

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

from app.demo.ids import FIRST_DAY, Ids, recorded
from app.demo.seats import Post
from app.demo.staffing import Staffing
from app.demo.tree import COMMUNE_MERGER_DAY, COMMUNE_MERGER_DECIDED

QUOTA_CORRECTED_ON = date(2021, 4, 15)
QUOTA_DECIDED = date(2017, 12, 20)


def post_rows(staffing: Staffing, ids: Ids) -> dict[str, list[dict[str, Any]]]:
    """Rows of `post` and `post_quota`; a quota that changed also has the span as known before."""
    quotas: list[dict[str, Any]] = []
    mistaken = 5
    for post in staffing.posts.values():
        versions = _quota_versions(post)
        row = _quota(post, ids, versions[0][0], versions[0][1], FIRST_DAY)
        for start, quota in versions[1:]:
            quotas += _changed(row, ids, start, start - timedelta(days=20))
            row = _quota(post, ids, start, quota, start - timedelta(days=20))
        if post.unit.valid_to == COMMUNE_MERGER_DAY:
            *rest, ended = _changed(row, ids, COMMUNE_MERGER_DAY, COMMUNE_MERGER_DECIDED)
            quotas += rest
            row = ended
        elif mistaken and len(versions) == 1 and post.title.code == "d.primary_teacher":
            # The decision for 2018 was entered with two seats too many and put right in 2021.
            mistaken -= 1
            start = date(2018, 1, 1)
            quotas += _changed(row, ids, start, QUOTA_DECIDED)
            wrong = _quota(post, ids, start, versions[0][1] + 2, QUOTA_DECIDED)
            quotas.append(wrong | {"superseded_at": recorded(QUOTA_CORRECTED_ON)})
            row = _quota(post, ids, start, versions[0][1], QUOTA_CORRECTED_ON)
        quotas.append(row)
    posts = [
        {"id": post.id, "unit_id": post.unit.id, "title_id": post.title.id, "version": 1}
        for post in staffing.posts.values()
    ]
    return {"post": posts, "post_quota": quotas}


def _quota_versions(post: Post) -> list[tuple[date, int]]:
    opened: dict[date, int] = defaultdict(int)
    for seat in post.seats:
        opened[FIRST_DAY if seat.opens <= FIRST_DAY else date(seat.opens.year, 1, 1)] += 1
    total = post.spare
    versions: list[tuple[date, int]] = []
    for day in sorted({FIRST_DAY, *opened}):
        total += opened.get(day, 0)
        versions.append((day, total))
    return versions


def _quota(post: Post, ids: Ids, start: date, quota: int, decided: date) -> dict[str, Any]:
    return {
        "row_id": ids.new(decided),
        "unit_id": post.unit.id,
        "valid_from": start,
        "valid_to": None,
        "recorded_at": recorded(decided),
        "superseded_at": None,
        "post_id": post.id,
        "quota": quota,
        "basis_number": f"Giao biên chế năm {start.year}",
    }


def _changed(row: dict[str, Any], ids: Ids, day: date, decided: date) -> list[dict[str, Any]]:
    """A span that ends on `day` by a decision: as known before, and as known since."""
    known = recorded(decided)
    return [
        row | {"superseded_at": known},
        row | {"row_id": ids.new(decided), "valid_to": day, "recorded_at": known},
    ]

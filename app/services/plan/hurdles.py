"""What stands in a plan's way besides the law."""

from sqlalchemy import select
from sqlmodel import col

from app.models.plan import EntryState, Plan, PlanEntry
from app.services.scope import ScopedSession
from app.services.title import refs
from app.services.unit.planning import Place


def misrouted(session: ScopedSession, plan: Plan, place: Place) -> str | None:
    """What keeps a plan from its authority: titles that another body manages by now, or that left."""
    live_titles = set(
        session.scalars(
            select(col(PlanEntry.title_id)).where(
                col(PlanEntry.plan_id) == plan.id,
                col(PlanEntry.state).in_((EntryState.PROPOSED, EntryState.APPROVED)),
            )
        )
    )
    if not live_titles:
        return "Hồ sơ chưa có ai trong quy hoạch. Hãy đưa người vào rồi trình."
    titles = place.titles(plan.kind)
    moved = {
        key
        for key in live_titles
        if key not in titles or place.authority(titles[key].managed_by) != plan.authority_id
    }
    if not moved:
        return None
    names = ", ".join(sorted(ref["name"] for ref in refs(session, moved, place.day).values()))
    return (
        f"Cấp phê duyệt của hồ sơ không còn quản lý chức danh: {names}. Hãy đưa các dòng đó ra, lập ở hồ sơ "
        "trình cấp đang quản lý."
    )


def unreviewed(session: ScopedSession, plan: Plan) -> str | None:
    """What a yearly review has not looked at yet."""
    if plan.round == 1:
        return None
    left = session.scalars(
        select(col(PlanEntry.id)).where(
            col(PlanEntry.plan_id) == plan.id,
            col(PlanEntry.state) == EntryState.APPROVED,
            col(PlanEntry.kept_in_round).is_distinct_from(plan.round),
        )
    ).all()
    return (
        f"Còn {len(left)} người chưa được rà soát. Hãy chọn giữ lại hoặc đưa ra với từng người."
        if left
        else None
    )

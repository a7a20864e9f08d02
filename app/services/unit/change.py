"""Units are merged, split, renamed, dissolved or moved on a day, on a legal basis, in one transaction.

What lies beneath a unit that ends: territories go on under the one successor (a split says under which),
bodies of a territory end with it unless named to go on, bodies of a body go on. People stay in their old
seats until decisions move them; the answer says how many.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import col

from app.models.assignment import AssignmentSpan
from app.models.base import nfc
from app.models.title import LEVEL_RANK
from app.models.unit import (
    ChangeKind,
    ChangeTarget,
    Unit,
    UnitChange,
    UnitChangeCreate,
    UnitForm,
    UnitVersion,
)
from app.services import dated
from app.services.dated import holds_on, known, live
from app.services.errors import Conflict, Fault, Invalid
from app.services.scope import ScopedSession
from app.services.unit import history, tree
from app.services.unit.reading import life
from app.services.unit.version import basis_columns, begin, host, keys_of, record

Part = tuple[UUID | None, UUID | None, str]


@dataclass(slots=True)
class Work:
    """One change on its way: what ends, what moves where, what takes over, and the parts to record."""

    session: ScopedSession
    data: UnitChangeCreate
    sources: dict[UUID, UnitVersion]
    ends: set[UUID] = field(default_factory=set)
    moves: dict[UUID, UUID] = field(default_factory=dict)
    into: list[UUID] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)

    @property
    def day(self) -> date:
        """The day of the change."""
        return self.data.on

    def end(self, units: Iterable[UUID]) -> None:
        """`units` end on the day, each at its last version; what moves first isn't among them."""
        for version in standing(self.session, units, self.day).values():
            start = version.valid_from
            if start == self.day:
                raise Conflict(
                    f"«{version.name}» bắt đầu hoặc thay đổi đúng ngày {self.day:%d/%m/%Y} "
                    "nên không thể kết thúc ngày đó."
                )
            dated.supersede(self.session, version, valid_to=self.day)
            self.ends.add(version.unit_id)

    def move(self, moves: dict[UUID, UUID]) -> None:
        """Units go on under another parent."""
        for unit_id, version in standing(self.session, moves, self.day).items():
            dated.change(self.session, version, on=self.day, parent_id=moves[unit_id])
        self.moves |= moves


def apply(session: ScopedSession, *, data: UnitChangeCreate) -> dict[str, Any]:
    """Does what `data` says and records it; gives the change with how many seats are held in ended units.

    Invalid for a shape or a unit that doesn't fit, Conflict where later changes stand in the way.
    """
    _check_shape(data)
    tree.lock(session, data.on)
    named = [part.unit_id for part in data.sources]
    targets = [target.unit_id for target in data.targets if target.unit_id is not None]
    _refuse_twice([*named, *targets])
    work = Work(session, data, standing(session, named, data.on, pointer="/sources"))
    standing(session, targets, data.on, pointer="/targets")
    if work.sources:
        hosts = {*targets, *([data.parent_id] if data.parent_id else [])}
        if data.kind != ChangeKind.RENAME:
            tree.refuse_later(session, set(work.sources), hosts, data.on)
    _KINDS[data.kind](work)
    change = record(
        session,
        UnitChange(kind=data.kind, on_day=data.on, note=data.note, **basis_columns(data.basis)),
        work.parts,
    )
    tree.follow(session, work.ends | work.moves.keys(), set(work.into), data.on)
    for unit in session.scalars(select(Unit).where(col(Unit.id).in_(work.ends | work.moves.keys()))):
        session.note(unit, f"unit.{data.kind.value}", f"{data.basis.number}, {data.basis.issuer}")
    held = session.execute(
        select(func.count(col(AssignmentSpan.row_id))).where(
            col(AssignmentSpan.unit_id).in_(work.ends), live(AssignmentSpan, data.on)
        )
    ).scalar_one()
    return history.change(session, change.id) | {"open_assignments": held}


def standing(
    session: ScopedSession, units: Iterable[UUID], day: date, *, pointer: str = ""
) -> dict[UUID, UnitVersion]:
    """The versions of `units` on `day`, which must be their last.

    Invalid where one doesn't stand on `day`, Conflict where something is recorded of it later.
    """
    wanted = list(units)
    if not wanted:
        return {}
    versions: dict[UUID, list[UnitVersion]] = {unit: [] for unit in wanted}
    for row in session.scalars(
        select(UnitVersion)
        .where(col(UnitVersion.unit_id).in_(wanted), known(UnitVersion))
        .order_by(col(UnitVersion.valid_from))
    ):
        versions[row.unit_id].append(row)
    found: dict[UUID, UnitVersion] = {}
    faults: list[Fault] = []
    for place, unit in enumerate(wanted):
        own = versions[unit]
        current = next((row for row in own if holds_on(row, day)), None)
        if current is None:
            told = f"{life(own)}, không có vào ngày {day:%d/%m/%Y}." if own else "Không có đơn vị này."
            faults.append(Fault(f"{pointer}/{place}/unit_id", told))
            continue
        later = own[-1].valid_from if current is not own[-1] else current.valid_to
        if later is not None:
            raise Conflict(
                f"«{current.name}» đã có thay đổi ghi cho ngày {later:%d/%m/%Y}. "
                "Hãy ghi các thay đổi theo thứ tự ngày hiệu lực."
            )
        found[unit] = current
    if faults:
        raise Invalid("Có đơn vị không tồn tại vào ngày thay đổi.", faults)
    return found


# --- the kinds --------------------------------------------------------------------------------------


def _create(work: Work) -> None:
    for place, target in enumerate(work.data.targets):
        assert target.new is not None  # noqa: S101 - _check_shape
        version = begin(work.session, target.new, work.day, f"/targets/{place}/new")
        tree.plant(work.session, version.unit_id, version.parent_id, work.day)
        work.parts.append((None, version.unit_id, "whole"))


def _rename(work: Work) -> None:
    (version,) = work.sources.values()
    name = nfc(work.data.name or "")
    start = version.valid_from
    if start == work.day:
        raise Conflict(f"Đơn vị đã có thay đổi đúng ngày {work.day:%d/%m/%Y}.")
    if name == version.name:
        raise Invalid.at("/name", "Tên mới trùng tên đang dùng.")
    names: dict[str, Any] = {"name": name, **keys_of(name)}
    dated.change(work.session, version, on=work.day, **names)
    work.parts.append((version.unit_id, version.unit_id, "whole"))


def _reparent(work: Work) -> None:
    parent_id = work.data.parent_id
    assert parent_id is not None  # noqa: S101 - _check_shape
    inside = tree.beneath(work.session, work.sources, work.day)
    if parent_id in inside:
        raise Invalid.at(
            "/parent_id", "Không thể đặt một đơn vị dưới chính nó hoặc dưới đơn vị trực thuộc nó."
        )
    for version in work.sources.values():
        host(
            work.session,
            parent_id,
            work.day,
            "/parent_id",
            form=version.form,
            rank=LEVEL_RANK[version.level],
        )
        if version.parent_id == parent_id:
            raise Invalid.at("/parent_id", f"«{version.name}» đang trực thuộc đơn vị này.")
        work.parts.append((version.unit_id, version.unit_id, "whole"))
    work.move(dict.fromkeys(work.sources, parent_id))


def _dissolve(work: Work) -> None:
    left = [child for child in _children(work) if child.form == UnitForm.TERRITORY]
    if left:
        names = ", ".join(f"«{child.name}»" for child in left[:5])
        raise Conflict(
            f"Còn {len(left)} địa bàn trực thuộc: {names}. Hãy sáp nhập, chuyển hoặc giải thể trước."
        )
    work.parts += [(source, None, "whole") for source in work.sources]
    work.end(tree.beneath(work.session, work.sources, work.day))


def _merge(work: Work) -> None:
    target = work.data.targets[0]
    _check_alike(work, target, "/targets/0")
    children = _children(work)
    named = _named(work, children)
    goes_on = {
        child.unit_id
        for child in children
        if child.unit_id in named or child.form == UnitForm.TERRITORY or not _is_territory(work)
    }
    _succeed(work, dict.fromkeys(goes_on, 0))
    (into,) = work.into
    shares = {part.unit_id: part.share.value for part in work.data.sources}
    work.parts += [(source, into, shares[source]) for source in work.sources]


def _split(work: Work) -> None:
    for place, target in enumerate(work.data.targets):
        _check_alike(work, target, f"/targets/{place}")
    children = _children(work)
    named = _named(work, children)
    lost = [child for child in children if child.form == UnitForm.TERRITORY and child.unit_id not in named]
    if lost:
        names = ", ".join(f"«{child.name}»" for child in lost[:5])
        raise Invalid.at("/targets", f"Hãy ghi {len(lost)} địa bàn trực thuộc về đơn vị nào: {names}.")
    _succeed(work, named)
    (source,) = work.sources
    for target, into in zip(work.data.targets, work.into, strict=True):
        work.parts.append((source, into, target.share.value))


_KINDS: dict[ChangeKind, Callable[[Work], None]] = {
    ChangeKind.CREATE: _create,
    ChangeKind.RENAME: _rename,
    ChangeKind.REPARENT: _reparent,
    ChangeKind.DISSOLVE: _dissolve,
    ChangeKind.MERGE: _merge,
    ChangeKind.SPLIT: _split,
}


def _succeed(work: Work, goes_on: dict[UUID, int]) -> None:
    """Ends the sources with all that doesn't go on, begins new targets, moves the rest under them.

    Old units end first: a successor may take over a code on the day it falls free.
    """
    kept = tree.beneath(work.session, goes_on, work.day)
    work.end(tree.beneath(work.session, work.sources, work.day) - kept)
    for place, target in enumerate(work.data.targets):
        if target.new is None:
            work.into += [target.unit_id] if target.unit_id else []
            continue
        version = begin(work.session, target.new, work.day, f"/targets/{place}/new")
        tree.refuse_later(work.session, set(), {version.parent_id} if version.parent_id else set(), work.day)
        work.into.append(version.unit_id)
    work.move({child: work.into[place] for child, place in goes_on.items()})


def _children(work: Work) -> list[UnitVersion]:
    """The units directly beneath the sources on the day, sources themselves left out."""
    rows = work.session.scalars(
        select(UnitVersion)
        .where(col(UnitVersion.parent_id).in_(work.sources), live(UnitVersion, work.day))
        .order_by(col(UnitVersion.sort_key))
    )
    return [row for row in rows if row.unit_id not in work.sources]


def _named(work: Work, children: list[UnitVersion]) -> dict[UUID, int]:
    """The children that targets name, each with its target's place; Invalid if twice or a stranger."""
    own = {child.unit_id for child in children}
    named: dict[UUID, int] = {}
    for place, target in enumerate(work.data.targets):
        for number, child in enumerate(target.children):
            if child not in own:
                raise Invalid.at(
                    f"/targets/{place}/children/{number}",
                    "Không phải đơn vị trực thuộc của đơn vị bị thay đổi.",
                )
            if child in named:
                raise Invalid.at(f"/targets/{place}/children/{number}", "Đơn vị này đã ghi ở trên.")
            named[child] = place
    return named


def _is_territory(work: Work) -> bool:
    return all(version.form == UnitForm.TERRITORY for version in work.sources.values())


def _check_alike(work: Work, target: ChangeTarget, pointer: str) -> None:
    """Predecessors and successors are alike in form and level, and none lies inside another's remains."""
    if target.unit_id is not None:
        version = standing(work.session, [target.unit_id], work.day)[target.unit_id]
        if tree.line(work.session, target.unit_id, work.day).keys() & work.sources.keys():
            raise Invalid.at(f"{pointer}/unit_id", "Đơn vị nhận nằm trong chính đơn vị kết thúc.")
        form, level = version.form, version.level
    else:
        assert target.new is not None  # noqa: S101 - _check_shape
        form, level = target.new.form, target.new.level
    for source in work.sources.values():
        if (source.form, source.level) != (form, level):
            raise Invalid.at(pointer, f"«{source.name}» khác cấp hoặc khác loại với đơn vị nhận.")


# --- the shape of what was sent ---------------------------------------------------------------------


def _refuse_twice(units: list[UUID]) -> None:
    twice = [unit for unit, times in Counter(units).items() if times > 1]
    if twice:
        raise Invalid.at("/sources", "Một đơn vị chỉ đứng một lần trong một thay đổi, ở một phía.")


# Kind: least and most sources, least and most targets (None: any number).
_COUNTS: dict[ChangeKind, tuple[int, int | None, int, int | None]] = {
    ChangeKind.CREATE: (0, 0, 1, None),
    ChangeKind.MERGE: (1, None, 1, 1),
    ChangeKind.SPLIT: (1, 1, 2, None),
    ChangeKind.RENAME: (1, 1, 0, 0),
    ChangeKind.DISSOLVE: (1, None, 0, 0),
    ChangeKind.REPARENT: (1, None, 0, 0),
}


def _check_shape(data: UnitChangeCreate) -> None:
    """Each kind has its own number of sources and targets and its own fields; all faults at once."""
    least, most, fewest, greatest = _COUNTS[data.kind]
    faults = []
    if len(data.sources) < least or (most is not None and len(data.sources) > most):
        faults.append(Fault("/sources", f"Loại thay đổi này cần {_range(least, most)} đơn vị gốc."))
    if len(data.targets) < fewest or (greatest is not None and len(data.targets) > greatest):
        faults.append(Fault("/targets", f"Loại thay đổi này cần {_range(fewest, greatest)} đơn vị nhận."))
    for name, kind in (("name", ChangeKind.RENAME), ("parent_id", ChangeKind.REPARENT)):
        if (getattr(data, name) is not None) != (data.kind == kind):
            faults.append(Fault(f"/{name}", f"Trường này bắt buộc với {kind.value} và chỉ dùng ở đó."))
    for place, target in enumerate(data.targets):
        if (target.unit_id is None) == (target.new is None):
            faults.append(Fault(f"/targets/{place}", "Cần đúng một trong hai: unit_id hoặc new."))
        elif data.kind == ChangeKind.CREATE and target.new is None:
            faults.append(Fault(f"/targets/{place}/new", "Lập đơn vị mới cần new."))
    mains = sum(target.share.value == "main part" for target in data.targets)
    if data.kind == ChangeKind.SPLIT and mains > 1:
        faults.append(Fault("/targets", "Chỉ một đơn vị nhận phần chính."))
    if faults:
        raise Invalid("Hãy sửa các trường nêu dưới đây.", faults)


def _range(least: int, most: int | None) -> str:
    if most is None:
        return f"ít nhất {least}"
    return str(least) if least == most else f"{least} đến {most}"

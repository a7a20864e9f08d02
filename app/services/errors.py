"""What can go wrong, in the domain's words; `api/problems.py` alone knows which status each becomes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault in what was sent: a JSON pointer and what to do about it, in Vietnamese."""

    pointer: str
    detail: str


class DomainError(Exception):
    """The base of every refusal; `detail` is Vietnamese and says what to do."""

    title: ClassVar[str] = "Không thực hiện được"

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class Unauthenticated(DomainError):
    """No token, or one that doesn't hold."""

    title = "Chưa đăng nhập"

    def __init__(self, detail: str = "Cần đăng nhập lại để tiếp tục.", *, scheme: str = "Bearer") -> None:
        super().__init__(detail)
        self.scheme = scheme


class NotFound(DomainError):
    """Not there, or not the caller's to see: the two are told alike."""

    title = "Không tìm thấy"

    def __init__(self, detail: str = "Không có bản ghi này, hoặc bản ghi ngoài phạm vi được xem.") -> None:
        super().__init__(detail)


class Denied(DomainError):
    """The caller may not do this."""

    title = "Không có quyền"


class Conflict(DomainError):
    """The state of the record forbids it."""

    title = "Xung đột với dữ liệu hiện có"


class RuleBroken(Conflict):
    """A rule of the day forbids it; the findings say which, with clause and figures."""

    title = "Quy định không cho phép"

    def __init__(self, detail: str, findings: Sequence[Any]) -> None:
        super().__init__(detail)
        self.findings = tuple(findings)


class Stale(DomainError):
    """Somebody changed the record since the caller read it."""

    title = "Bản ghi vừa được người khác sửa"

    def __init__(
        self, detail: str = "Bản ghi đã thay đổi từ lúc mở. Hãy tải lại, xem thay đổi rồi lưu lại."
    ) -> None:
        super().__init__(detail)


class Invalid(DomainError):
    """What was sent can't be taken; each fault names its place."""

    title = "Dữ liệu chưa hợp lệ"

    def __init__(self, detail: str, faults: Sequence[Fault] = ()) -> None:
        super().__init__(detail)
        self.faults = tuple(faults)

    @classmethod
    def at(cls, pointer: str, detail: str) -> "Invalid":
        """One fault at one place."""
        return cls(detail, (Fault(pointer, detail),))


class Busy(DomainError):
    """The database could not take it now; nothing was written."""

    title = "Hệ thống đang bận"

    def __init__(
        self, detail: str = "Hệ thống đang bận, chưa ghi gì. Hãy thử lại.", *, retry_after: int = 5
    ) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class TooMany(Busy):
    """Too many tries."""

    title = "Thử quá nhiều lần"

"""A form that brings a file: proven to be ours, measured while it comes in, and never written to a disk."""

from collections.abc import AsyncGenerator

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from app.ui.carried import Upload
from app.ui.client import Problem
from app.ui.security import CSRF_FIELD, own, own_site, read_form
from app.ui.texts import _

MOST_FILE_BYTES = 20 * 1024 * 1024
MOST_BODY_BYTES = MOST_FILE_BYTES + 256 * 1024
MOST_DRAINED = 8 * MOST_FILE_BYTES
"""How much of a body that is too large is still taken in and thrown away, so that the browser hears why."""

MOST_FIELDS = 20
BAD_REQUEST, TOO_LARGE = 400, 413
LARGE = _("Tệp lớn hơn 20 MB. Chia danh sách thành nhiều tệp, hoặc xóa các trang không dùng, rồi tải lại.")


class _InMemory(MultiPartParser):
    """Starlette's parser, whose files would spill to a disk from one megabyte on."""

    spool_max_size = MOST_BODY_BYTES


async def read_upload(request: Request, tied_to: str | None) -> tuple[dict[str, str], Upload | None]:
    """The fields of a form and its file; None where no file was chosen.

    Raises Problem 403 for a form of another site or session, 400 for one that can't be read, 413 for a file
    beyond 20 MB.
    """
    own_site(request)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "multipart/form-data":
        return await read_form(request, tied_to), None
    parser = _InMemory(request.headers, _bounded(request), max_files=1, max_fields=MOST_FIELDS)
    try:
        parts = await parser.parse()
    except (MultiPartException, KeyError, ValueError) as error:
        raise Problem(BAD_REQUEST, detail=_("Không đọc được biểu mẫu. Mở lại trang rồi gửi lại.")) from error
    try:
        fields = {name: value for name, value in parts.multi_items() if isinstance(value, str)}
        own(request, tied_to, fields.pop(CSRF_FIELD, ""))
        files = [value for _name, value in parts.multi_items() if isinstance(value, UploadFile)]
        if not files or not files[0].filename:
            return fields, None
        content = await files[0].read(MOST_FILE_BYTES + 1)
        if len(content) > MOST_FILE_BYTES:
            raise Problem(TOO_LARGE, detail=LARGE)
        kind = files[0].content_type or "application/octet-stream"
        return fields, Upload(files[0].filename, content, kind)
    finally:
        await parts.close()


async def _bounded(request: Request) -> AsyncGenerator[bytes, None]:
    taken = 0
    async for chunk in request.stream():
        taken += len(chunk)
        if taken <= MOST_BODY_BYTES:
            yield chunk
        elif taken > MOST_DRAINED:
            break
    if taken > MOST_BODY_BYTES:
        raise Problem(TOO_LARGE, detail=LARGE)

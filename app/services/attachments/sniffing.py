"""What a paper is by its content: PDF, Word, Excel, PNG or JPEG; nothing else is taken, whatever its name.

Nothing is unpacked for this but the list of contents of an Office file, and that within bounds.
"""

import io
import lzma
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from xml.parsers import expat

from app.services.attachments.naming import refuse_long
from app.services.errors import Invalid

_OFFICE = "application/vnd.openxmlformats-officedocument."
_CONTENTS = "[Content_Types].xml"
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MOST_ENTRIES = 2_000
LARGEST_UNPACKED = 160 * 1024 * 1024
LARGEST_CONTENTS = 1024 * 1024
HIGHEST_RATIO = 200
"""Unpacked bytes to packed ones of a whole document: real ones stay far below."""
RATIO_COUNTS_FROM = 8 * 1024 * 1024
TAIL = 2048
"""Bytes at the end of a PDF in which its mark of the end stands."""


@dataclass(frozen=True, slots=True)
class Sort:
    """A type that is taken, with the ends its names have; the first one is added to a name without any."""

    content_type: str
    word: str
    ends: tuple[str, ...]


PDF = Sort("application/pdf", "PDF", ("pdf",))
PNG = Sort("image/png", "ảnh PNG", ("png",))
JPEG = Sort("image/jpeg", "ảnh JPEG", ("jpg", "jpeg"))
DOCX = Sort(f"{_OFFICE}wordprocessingml.document", "Word .docx", ("docx",))
XLSX = Sort(f"{_OFFICE}spreadsheetml.sheet", "Excel .xlsx", ("xlsx",))
SORTS = (PDF, DOCX, XLSX, PNG, JPEG)

_MAIN = {f"{sort.content_type}.main+xml": sort for sort in (DOCX, XLSX)}
_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    OSError,
    ValueError,
    NotImplementedError,
    OverflowError,
    RuntimeError,
    EOFError,
)
"""What the parts of a damaged zip file, in any of its ways of packing, are found out by."""

_TAKEN = "Chỉ nhận PDF, Word (.docx), Excel (.xlsx), ảnh PNG hoặc JPEG"
_NONE = f"Nội dung tệp không phải loại được nhận. {_TAKEN}."
_CUT = "Tệp {word} không trọn vẹn. Hãy mở thử tệp trên máy rồi tải lại."
_SWELLS = "Tệp nén này khi mở ra quá lớn nên không được nhận."
_BROKEN = "Không đọc được tệp nén. Hãy mở bằng Word hoặc Excel, lưu lại rồi tải lên."


def sniff(content: bytes) -> Sort:
    """The type of a file by its content; Invalid, naming what is taken, for everything else."""
    if not content:
        raise _refused("Tệp trống. Hãy chọn tệp khác.")
    if content.startswith(b"%PDF-"):
        return _whole(PDF, complete=b"%%EOF" in content[-TAIL:])
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return _whole(PNG, complete=content[12:16] == b"IHDR" and b"IEND\xae\x42\x60\x82" in content[-TAIL:])
    if content.startswith(b"\xff\xd8\xff"):
        return _whole(JPEG, complete=b"\xff\xd9" in content[4:])
    if content.startswith(_ZIP):
        return _office(content)
    if content.startswith(_OLE):
        raise _refused(
            "Tệp Word, Excel dạng cũ (.doc, .xls) hoặc có mật khẩu không được nhận. Hãy lưu thành PDF hoặc "
            ".docx, .xlsx không mật khẩu."
        )
    raise _refused(_NONE)


def named(name: str, sort: Sort) -> str:
    """The name with an end that fits its content, added where it has none; Invalid where another one stands.

    A name that promises something else would be opened as that.
    """
    stem, dot, end = name.rpartition(".")
    if not dot or not stem:
        name = f"{name}.{sort.ends[0]}"
        refuse_long(name)
        return name
    if end.lower() not in sort.ends:
        raise _refused(f"Tên tệp kết thúc bằng «.{end[:20]}» nhưng nội dung là {sort.word}. {_TAKEN}.")
    return name


def _refused(detail: str) -> Invalid:
    return Invalid.at("/file", detail)


def _whole(sort: Sort, *, complete: bool) -> Sort:
    if not complete:
        raise _refused(_CUT.format(word=sort.word))
    return sort


def _office(content: bytes) -> Sort:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            _refuse_swelling(packed.infolist(), len(content))
            names = [entry.filename for entry in packed.infolist()]
            if _CONTENTS not in names:
                raise _refused(_NONE)
            with packed.open(_CONTENTS) as listed:
                contents = listed.read(LARGEST_CONTENTS + 1)
    except _UNREADABLE as error:
        raise _refused(_BROKEN) from error
    if len(contents) > LARGEST_CONTENTS:
        raise _refused(_SWELLS)
    types = _types(contents)
    if _has_macros(names, types):
        raise _refused("Tệp có macro nên không được nhận. Hãy lưu lại dạng .docx, .xlsx hoặc PDF.")
    found = {_MAIN[kind] for kind in types if kind in _MAIN}
    if len(found) != 1:
        raise _refused(_NONE)
    return found.pop()


def _refuse_swelling(entries: list[zipfile.ZipInfo], size: int) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    swells = unpacked > RATIO_COUNTS_FROM and unpacked > HIGHEST_RATIO * size
    if len(entries) > MOST_ENTRIES or unpacked > LARGEST_UNPACKED or swells:
        raise _refused(_SWELLS)


def _has_macros(names: Iterable[str], types: Iterable[str]) -> bool:
    parts = (name.lower() for name in names)
    told = (kind.lower() for kind in types)
    return any("vbaproject" in part or "/activex/" in part for part in parts) or any(
        "macroenabled" in kind or "vbaproject" in kind for kind in told
    )


def _types(contents: bytes) -> list[str]:
    """The types that the list of contents names; no document of ours declares entities, so none may."""
    found: list[str] = []

    def begun(_name: str, attributes: dict[str, str]) -> None:
        if kind := attributes.get("ContentType"):
            found.append(kind)

    def declared(*_parts: object) -> None:
        raise _refused(_BROKEN)

    parser = expat.ParserCreate()
    parser.StartElementHandler = begun
    parser.StartDoctypeDeclHandler = declared
    try:
        parser.Parse(contents, True)  # noqa: FBT003 - expat's own signature
    except (expat.ExpatError, LookupError) as error:
        raise _refused(_BROKEN) from error
    return found

"""Papers as offices send them, and what isn't one: small files of each type by their content."""

import io
import zipfile
import zlib
from itertools import count

NUMBERS = count(1)
OFFICE = "application/vnd.openxmlformats-officedocument."
WORD, EXCEL = f"{OFFICE}wordprocessingml.document", f"{OFFICE}spreadsheetml.sheet"
PNG = b"\x89PNG\r\n\x1a\n"


def pdf(text: str = "") -> bytes:
    """A PDF of one empty page, another one each time if nothing else is said."""
    told = text or f"paper {next(NUMBERS)}"
    return f"%PDF-1.4\n% {told}\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n".encode()


def contents(kind: str, extra: str = "", head: str = "") -> str:
    """The list of contents of an Office file whose main part is of `kind`."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{head}'
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/main.xml" ContentType="{kind}"/>{extra}</Types>'
    )


def packed(parts: dict[str, str | bytes], *, squeeze: bool = True) -> bytes:
    """A zip file of these parts."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED if squeeze else zipfile.ZIP_STORED) as zipped:
        for name, part in parts.items():
            zipped.writestr(name, part)
    return target.getvalue()


def office(
    kind: str = f"{WORD}.main+xml",
    extra: str = "",
    head: str = "",
    parts: dict[str, str | bytes] | None = None,
) -> bytes:
    """An Office file with one main part, and others beside it."""
    told: dict[str, str | bytes] = {
        "[Content_Types].xml": contents(kind, extra, head),
        "main.xml": f"<a>{next(NUMBERS)}</a>",
    }
    return packed({**told, **(parts or {})})


def docx() -> bytes:
    """A Word file."""
    return office()


def xlsx() -> bytes:
    """An Excel file."""
    return office(f"{EXCEL}.main+xml")


def png() -> bytes:
    """A picture of one dot."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return len(data).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")

    head = (1).to_bytes(4, "big") * 2 + bytes([8, 0, 0, 0, 0])
    return PNG + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")


def jpeg() -> bytes:
    """The frame of a JPEG picture."""
    return b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(9) + b"\xff\xd9"

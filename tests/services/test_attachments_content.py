"""What a file is by its content and what its name becomes: whatever comes in, a clear word or a paper."""

import io
import zipfile

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from app.models.base import nfc
from app.services.attachments import sniffing
from app.services.attachments.naming import FORBIDDEN, LONGEST, clean_name
from app.services.attachments.sniffing import DOCX, JPEG, PDF, PNG, SORTS, XLSX, Sort, named, sniff
from app.services.errors import Invalid
from tests.services import papers_kit as kit

TAKEN = "Chỉ nhận PDF, Word (.docx), Excel (.xlsx), ảnh PNG hoặc JPEG"


@pytest.mark.parametrize(
    ("content", "sort"),
    [(kit.pdf(), PDF), (kit.docx(), DOCX), (kit.xlsx(), XLSX), (kit.png(), PNG), (kit.jpeg(), JPEG)],
    ids=["pdf", "docx", "xlsx", "png", "jpeg"],
)
def test_a_paper_is_known_by_its_content(content: bytes, sort: Sort) -> None:
    assert sniff(content) is sort


VBA = '<Override PartName="/x" ContentType="application/vnd.ms-office.vbaProject"/>'
MACRO = "application/vnd.ms-word.document.macroEnabled.main+xml"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "Tệp trống"),
        (b"<!doctype html><script>alert(1)</script>", TAKEN),
        (b"<html>%PDF-1.4 %%EOF</html>", TAKEN),
        (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', TAKEN),
        (b"MZ\x90\x00" + bytes(200), TAKEN),
        (b"\x7fELF" + bytes(200), TAKEN),
        (b"#!/bin/sh\n", TAKEN),
        (b"GIF89a" + bytes(20), TAKEN),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "dạng cũ"),
        (kit.packed({"a.txt": "không phải tài liệu"}), TAKEN),
        (kit.packed({"[Content_Types].xml": "<Types/>"}), TAKEN),
        (kit.office("application/vnd.openxmlformats-officedocument.presentationml.slide.main+xml"), TAKEN),
        (kit.office(MACRO), "macro"),
        (kit.office(parts={"word/vbaProject.bin": b"\0"}), "macro"),
        (kit.office(parts={"word/activeX/activeX1.bin": b"\0"}), "macro"),
        (kit.office(extra=VBA), "macro"),
        (kit.office(head='<!DOCTYPE Types [<!ENTITY a "aaaa">]>'), "Không đọc được"),
        (kit.packed({"[Content_Types].xml": "<Types"}), "Không đọc được"),
        (kit.office(parts={"bomb.xml": b"\0" * (12 * 1024 * 1024)}), "quá lớn"),
        (kit.packed({"[Content_Types].xml": b" " * (2 * 1024 * 1024)}, squeeze=False), "quá lớn"),
    ],
)  # fmt: skip
def test_nothing_else_is_taken(content: bytes, why: str) -> None:
    with pytest.raises(Invalid) as refused:
        sniff(content)
    assert why in refused.value.detail
    assert [fault.pointer for fault in refused.value.faults] == ["/file"]


def test_a_file_of_two_main_parts_is_neither() -> None:
    extra = f'<Override PartName="/other.xml" ContentType="{kit.EXCEL}.main+xml"/>'
    with pytest.raises(Invalid):
        sniff(kit.office(extra=extra))


def test_a_list_of_contents_that_lies_about_its_size_is_refused() -> None:
    whole = bytearray(kit.office())
    at = whole.rindex(b"PK\x01\x02")
    whole[at + 24 : at + 28] = (0x7FFFFFFF).to_bytes(4, "little")
    with pytest.raises(Invalid, match="quá lớn"):
        sniff(bytes(whole))


def test_too_many_parts_are_refused() -> None:
    parts = {f"{number}.xml": "" for number in range(sniffing.MOST_ENTRIES)}
    with pytest.raises(Invalid, match="quá lớn"):
        sniff(kit.packed({"[Content_Types].xml": kit.contents(f"{kit.WORD}.main+xml"), **parts}))


@pytest.mark.parametrize(
    "whole", [kit.pdf(), kit.docx(), kit.png(), kit.jpeg()], ids=["pdf", "docx", "png", "jpeg"]
)
def test_a_file_that_was_cut_off_is_refused(whole: bytes) -> None:
    refused = 0
    for end in range(1, len(whole) - 8):
        with pytest.raises(Invalid):
            sniff(whole[:end])
        refused += 1
    assert refused > 20 or whole[:2] == b"\xff\xd8"


def _damaged(whole: bytes) -> st.SearchStrategy[bytes]:
    places = st.lists(st.tuples(st.integers(0, len(whole) - 1), st.integers(0, 255)), max_size=12)

    def hit(changes: list[tuple[int, int]]) -> bytes:
        found = bytearray(whole)
        for place, value in changes:
            found[place] = value
        return bytes(found)

    return places.map(hit)


HEADS = st.sampled_from([b"", b"%PDF-", b"PK\x03\x04", kit.PNG, b"\xff\xd8\xff", b"<html>"])


@given(
    st.one_of(
        st.tuples(HEADS, st.binary(max_size=400)).map(b"".join), _damaged(kit.docx()), _damaged(kit.pdf())
    )
)
def test_garbage_is_refused_or_a_paper_and_never_fails(content: bytes) -> None:
    try:
        found = sniff(content)
    except Invalid:
        event("refused")
    else:
        event("taken")
        assert found in SORTS
        assert not content.startswith((b"<", b"MZ", b"#!"))


def test_an_encrypted_part_is_refused_not_a_failure() -> None:
    whole = bytearray(kit.office())
    for mark in (b"PK\x03\x04", b"PK\x01\x02"):
        at = whole.index(mark)
        whole[at + (6 if mark[2] == 3 else 8)] |= 1
    assert zipfile.ZipFile(io.BytesIO(bytes(whole))).infolist()[0].flag_bits & 1
    with pytest.raises(Invalid, match="Không đọc được"):
        sniff(bytes(whole))


# --- names -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("Biên bản 01.pdf", "Biên bản 01.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Hồ sơ\\bb.pdf", "bb.pdf"),
        ('a"<b>|c:d*?.pdf', "abcd.pdf"),
        ("Biên bản.pdf", "Biên bản.pdf"),
        ("  .bb.pdf. ", "bb.pdf"),
        ("a" * LONGEST, "a" * LONGEST),
    ],
)
def test_a_name_is_kept_without_what_harms(sent: str, kept: str) -> None:
    assert clean_name(sent) == kept


@pytest.mark.parametrize(
    "sent",
    ["", ".", "..", "a/", "\\", '"?"', "a\r\nb.pdf", "a\0.pdf", "gpj\u202efdp.exe", "a" * (LONGEST + 1)],
)
def test_a_name_that_hides_something_or_is_none_is_refused(sent: str) -> None:
    with pytest.raises(Invalid) as refused:
        clean_name(sent)
    assert [fault.pointer for fault in refused.value.faults] == ["/file"]


@given(st.text(max_size=230))
def test_whatever_is_sent_a_name_is_harmless_or_refused(sent: str) -> None:
    try:
        kept = clean_name(sent)
    except Invalid:
        return
    assert 1 <= len(kept) <= LONGEST
    assert kept == nfc(kept) == clean_name(kept)
    assert kept.isprintable()
    assert not FORBIDDEN & set(kept)
    assert not {"/", "\\"} & set(kept)
    assert not kept.startswith(".")
    assert kept.encode()


def test_a_name_ends_as_its_content_says() -> None:
    assert named("bien-ban", PDF) == "bien-ban.pdf"
    assert named("Ảnh.JPEG", JPEG) == "Ảnh.JPEG"
    for name in ("bien-ban.exe", "bien-ban.pdf.html", "bien-ban.docx"):
        with pytest.raises(Invalid, match=r"nhưng nội dung là PDF"):
            named(name, PDF)


def test_an_added_end_keeps_the_name_within_bounds() -> None:
    with pytest.raises(Invalid, match=f"{LONGEST} ký tự"):
        named("a" * LONGEST, PDF)

"""Papers of the demo's plans, made where they are needed: small PDFs and Word files that open."""

import hashlib
import io
import zipfile
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID
from xml.sax.saxutils import escape

from app.demo.ids import Ids, recorded
from app.demo.plans.dossiers import Dossier, Minutes
from app.demo.plans.offices import DISTRICTS, Actor
from app.models.attachment import AttachmentKind
from app.models.base import search_key
from app.models.dossier import DossierType
from app.models.plan import MeetingStep
from app.services.attachments.sniffing import DOCX, PDF

Row = dict[str, Any]
FIRST_ID = 1 << 40
"""Where the ids of papers begin: those of all other rows stay what they were without them."""

_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


@dataclass(frozen=True, slots=True)
class Paper:
    """A file of a dossier, as its snapshots tell it."""

    id: UUID
    name: str
    kind: AttachmentKind
    meeting_id: UUID
    sha256: str

    def told(self) -> Row:
        """As `services.workflow` keeps it with a step."""
        return {
            "id": str(self.id),
            "name": self.name,
            "kind": self.kind.value,
            "meeting_id": str(self.meeting_id),
            "step": None,
            "sha256": self.sha256,
        }


class Papers:
    """Makes the papers of the two districts that have accounts of their own."""

    def __init__(self) -> None:
        self.rows: dict[str, list[Row]] = {"file": [], "file_content": [], "attachment": []}
        self._ids = Ids(FIRST_ID)
        self._kept: dict[UUID, list[Paper]] = {}

    def of(self, dossier: Dossier) -> list[Row]:
        """The papers that stand with a dossier, the oldest first, as its snapshots tell them."""
        found = sorted(self._kept.get(dossier.id, ()), key=lambda paper: str(paper.id))
        return [paper.told() for paper in found]

    def file(self, dossier: Dossier, minutes: Minutes, sender: Actor) -> int:
        """Files the papers of a meeting, the conclusion after the last one; gives how many."""
        district = dossier.site.unit.district
        if district is None or district.code not in DISTRICTS:
            return 0
        head = f"Biên bản hội nghị quy hoạch {dossier.period.value}, {dossier.site.unit.name}"
        lines = [
            head,
            f"Ngày {minutes.held_on:%d/%m/%Y}: {minutes.present}/{minutes.summoned} người dự",
        ]
        self._put(dossier, minutes, sender, AttachmentKind.MINUTES, pdf(lines))
        if minutes.step is not MeetingStep.LEADERSHIP_2:
            return 1
        told = f"Kết luận của tập thể lãnh đạo về quy hoạch {dossier.period.value}, {dossier.site.unit.name}"
        self._put(dossier, minutes, sender, AttachmentKind.CONCLUSION, docx([told, lines[1]]))
        return 2

    def _put(
        self, dossier: Dossier, minutes: Minutes, sender: Actor, kind: AttachmentKind, content: bytes
    ) -> None:
        day, unit_id = minutes.held_on, dossier.site.unit.id
        sort, word = (PDF, "Biên bản") if kind is AttachmentKind.MINUTES else (DOCX, "Kết luận")
        paper = Paper(
            self._ids.new(day),
            f"{word} {day:%d-%m-%Y}.{sort.ends[0]}",
            kind,
            minutes.id,
            hashlib.sha256(content).hexdigest(),
        )
        self._kept.setdefault(dossier.id, []).append(paper)
        self.rows["file"].append(
            {
                "id": paper.id,
                "unit_id": unit_id,
                "principal_id": sender.id,
                "name": paper.name,
                "content_type": sort.content_type,
                "size": len(content),
                "sha256": paper.sha256,
                "expires_on": None,
                "removed_at": None,
                "created_at": recorded(day),
            }
        )
        self.rows["file_content"].append({"file_id": paper.id, "unit_id": unit_id, "content": content})
        self.rows["attachment"].append(
            {
                "file_id": paper.id,
                "unit_id": unit_id,
                "dossier_type": DossierType.PLAN,
                "dossier_id": dossier.id,
                "meeting_id": minutes.id,
                "step": None,
                "round": dossier.round,
                "kind": kind,
                "document_number": _number(kind, day),
                "document_date": day,
                "withdrawn_at": None,
                "withdrawn_by": None,
                "withdrawal_reason": None,
            }
        )


def _number(kind: AttachmentKind, day: date) -> str:
    return f"{day:%d%m}-{'BB' if kind is AttachmentKind.MINUTES else 'KL'}"


def pdf(lines: list[str]) -> bytes:
    """A PDF of one page; its letters bear no marks, since the fonts every reader has know none of ours."""
    shown = "".join(f"({_plain(line)}) Tj T* " for line in lines)
    page = f"BT /F1 12 Tf 16 TL 60 780 Td {shown}ET".encode()
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(page), page),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    made, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return made + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n"
        % (size, table, size, len(made))
    )


def _plain(line: str) -> str:
    letters = search_key(line).upper()
    return letters.replace("\\", "").replace("(", "").replace(")", "")


def docx(lines: list[str]) -> bytes:
    """A Word file of plain paragraphs, the same bytes every time."""
    text = "".join(f"<w:p><w:r><w:t>{escape(line)}</w:t></w:r></w:p>" for line in lines)
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    parts = {
        "[Content_Types].xml": f'{head}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{DOCX.content_type}.main+xml"/></Types>',
        "_rels/.rels": f'{head}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
        'Target="word/document.xml"/></Relationships>',
        "word/document.xml": f'{head}<w:document xmlns:w="{_WORD}"><w:body>{text}</w:body></w:document>',
    }
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as packed:
        for name, part in parts.items():
            packed.writestr(zipfile.ZipInfo(name), part)
    return target.getvalue()

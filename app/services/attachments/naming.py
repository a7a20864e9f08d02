"""The name a file keeps: the last part of what was sent, in one spelling, harmless wherever it is shown."""

import unicodedata

from app.models.base import nfc
from app.services.errors import Invalid

LONGEST = 200
FORBIDDEN = frozenset('"<>|:*?')
"""What a name can't hold on every system that may save it."""

_HIDDEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
"""Control and format (which turn the direction of writing round), unknown, private, half, line breaks."""


def clean_name(sent: str) -> str:
    """The name without folders, in NFC. Invalid where nothing is left, or with what can't be seen in it."""
    if any(unicodedata.category(letter) in _HIDDEN for letter in sent):
        raise Invalid.at("/file", "Tên tệp có ký tự điều khiển. Hãy đổi tên tệp rồi tải lại.")
    last = nfc(sent).replace("\\", "/").rpartition("/")[2]
    name = nfc("".join(letter for letter in last if letter not in FORBIDDEN)).strip(". ")
    if not name:
        raise Invalid.at("/file", "Tệp chưa có tên. Hãy đặt tên tệp rồi tải lại.")
    refuse_long(name)
    return name


def refuse_long(name: str) -> None:
    """Invalid for a name beyond what is kept."""
    if len(name) > LONGEST:
        raise Invalid.at("/file", f"Tên tệp dài quá {LONGEST} ký tự. Hãy đặt tên ngắn hơn rồi tải lại.")

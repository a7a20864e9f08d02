"""Attachments: tệp đính kèm. Papers put with a dossier: typed by content, read in scope, never exchanged."""

from app.services.attachments.reading import content, get, list_, still_read, written
from app.services.attachments.writing import Given, attach, withdraw

__all__ = ["Given", "attach", "content", "get", "list_", "still_read", "withdraw", "written"]

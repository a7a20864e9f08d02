"""The front end: an ASGI app of its own that speaks HTTP to the API (design §9)."""

from app.ui.app import create_ui

__all__ = ["create_ui"]

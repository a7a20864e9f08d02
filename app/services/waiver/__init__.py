"""Waivers: văn bản cho phép trường hợp đặc biệt. Recorded by who decides, read by inspectors, never a tick.

Where they lift a finding is `services/workflow/waiving.py`; here is their register.
"""

from app.services.waiver.reading import Filters, find, get, list_
from app.services.waiver.recording import create, revoke

__all__ = ["Filters", "create", "find", "get", "list_", "revoke"]

"""Work waiting for the caller (việc cần xử lý): what he can do now, the latest first, gone once done."""

from app.services.inbox.listing import list_

__all__ = ["list_"]

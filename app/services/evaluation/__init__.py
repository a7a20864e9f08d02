"""Yearly grades: đánh giá, xếp loại. Recorded by one hand, confirmed by another, capped by the law."""

from app.services.evaluation.confirming import offers, take
from app.services.evaluation.reading import Filters, find, findings, get, list_
from app.services.evaluation.recording import create

__all__ = ["Filters", "create", "find", "findings", "get", "list_", "offers", "take"]

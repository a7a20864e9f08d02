"""The targets of the resolution, as they are in force on a day."""

from datetime import date
from typing import Any

from app.services.law import indicators as law
from app.services.law.parameter import Law


def targets(law_: Law, *, day: date) -> list[dict[str, Any]]:
    """Every target and standing requirement in force on `day`, by indicator, the nearest due first."""
    return [
        {
            "id": norm.id,
            "indicator": indicator.id,
            "name": indicator.name,
            "label": norm.label,
            "kind": norm.kind.value,
            "due": norm.due,
            "comparator": norm.comparator.value if norm.comparator else None,
            "threshold_percent": norm.threshold,
            "strength": norm.strength.value if norm.strength else None,
            "clause": norm.clause,
            "source": norm.source,
            "valid_from": norm.since,
            "valid_to": norm.until,
            "confidence": norm.confidence,
            "note": norm.note,
        }
        for indicator in law.indicators()
        for norm in law_.targets(indicator.id, day)
    ]

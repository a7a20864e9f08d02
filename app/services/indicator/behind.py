"""Which number a list stands behind."""

from dataclasses import dataclass
from typing import Literal

from app.services.errors import Invalid
from app.services.law import indicators as law
from app.services.law.indicators import Indicator

Part = Literal["numerator", "denominator", "missing"]


@dataclass(frozen=True, slots=True)
class Behind:
    """Which number: which part of which reading, in the unit as a whole or in its own bodies alone."""

    indicator: Indicator
    part: Part
    variant: str | None = None
    own: bool = False
    q: str = ""

    @property
    def reading(self) -> tuple[str, str]:
        """Population and numerator; Invalid for an unknown variant or an indicator not counted yet."""
        if not self.indicator.is_built:
            raise Invalid.at("/path/indicator_id", law.reason_text(law.NOT_BUILT))
        for name, population, numerator in self.indicator.readings():
            if name == self.variant:
                return population, numerator
        raise Invalid.at("/query/variant", "Chỉ tiêu này không có cách đọc đó.")

"""Indicators of the resolution: figures for any unit on any day, and exactly the people behind them."""

from app.services.indicator.basis import Basis
from app.services.indicator.behind import Behind, Part
from app.services.indicator.figures import MOST_POINTS, Moment, Step, chosen, figures, one, series
from app.services.indicator.people import people
from app.services.indicator.targets import targets

__all__ = [
    "MOST_POINTS",
    "Basis",
    "Behind",
    "Moment",
    "Part",
    "Step",
    "chosen",
    "figures",
    "one",
    "people",
    "series",
    "targets",
]

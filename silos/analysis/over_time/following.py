"""How far contacts will have followed a new chart after a quarter and a year, by how fast they followed past moves."""

from dataclasses import dataclass
from typing import Any

from silos.analysis.over_time.responsiveness import Responsiveness
from silos.inference.estimate import Estimate

#: Months after which it is told: a quarter, and a year.
QUARTER, YEAR = 3, 12
_NONE = Estimate(None)


@dataclass(frozen=True)
class Following:
    """How far contacts will have followed a new chart.

    Half of the contacts with the old colleagues is gone after the half-life h of past moves, so 1 − 2^(−t/h) after t
    months. What is left falls at one pace: the log sees half a year or so of it, and the year is an extrapolation.

    Attributes:
        chart: the column of the roster whose past changes this rests on.
        movers: people who changed it.
        quarter, year: share of the contacts with the old colleagues that will be gone.
        unknown: why nothing is known: `undated` (the roster or the log has no dates), `few` (fewer people moved than
            may be shown), `not_seen` (contacts were not seen to follow), `wide` (too few moved to tell how fast); empty
            where something is.
    """

    chart: str | None = None
    movers: int = 0
    quarter: Estimate = _NONE
    year: Estimate = _NONE
    unknown: str = "undated"

    @classmethod
    def of(cls, found: Responsiveness, by: str) -> "Following":
        """What past moves tell of a new chart of the units `by`.

        Those of the same units, where there are any; else of the chart that most people moved on.
        """
        chart = by if by in found.curves else found.chart
        if chart is None:
            return cls(unknown=found.unknown)
        curve, half = found.curves[chart], found.curves[chart].half_life
        if curve.verdict != "follows":
            return cls(chart, curve.movers, unknown="not_seen")
        faded = curve.old_loss.high is not None and curve.old_loss.high < 0
        if not (faded and half.value and half.low and half.high):
            return cls(chart, curve.movers, unknown="wide")
        quarter, year = (
            Estimate(*(1 - 2 ** (-months / one) for one in (half.value, half.high, half.low)))
            for months in (QUARTER, YEAR)
        )
        return cls(chart, curve.movers, quarter, year, "")

    def to_dict(self) -> dict[str, Any]:
        """As the summary has it."""
        return {
            "chart": self.chart,
            "movers": self.movers,
            "quarter": self.quarter.to_dict(),
            "year": self.year.to_dict(),
            "unknown": self.unknown or None,
        }

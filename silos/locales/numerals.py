"""Numbers, dates and durations as each language writes them, by the tables of Unicode's CLDR (Babel).

Two habits are ours: a true minus sign, which CLDR leaves out for most languages, and the first of a month in French.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, SupportsFloat

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import NumberPattern, parse_pattern

from silos.locales.phrases import Counted, phrases, spoken

#: What stands for a number that does not exist.
MISSING = "–"
#: Shares from which a decimal says nothing that a reader can use.
LARGE = 0.0995


@dataclass(frozen=True)
class Numerals:
    """Numbers, shares and days as the readers of a language write them; what is missing is an en dash.

    Attributes:
        language: as in `phrases`.

    Examples:
        >>> Numerals("en").count(12345), Numerals("fr").decimal(-0.303, 2)
        ('12,345', '−0,30')
        >>> Numerals("en").times(9.23), Numerals("en").between(6.1, 13.4, "times")
        ('9', '6 to 13')
        >>> Numerals("en").decimal(None), Numerals("en").count(float("nan"))
        ('–', '–')
    """

    language: str = "en"

    def _say(self, key: str, **values: str) -> str:
        return phrases(self.language)["numbers"][key].format(**values)

    @property
    def locale(self) -> Locale:
        """The tables of the language."""
        return spoken(self.language).locale

    def decimal(self, value: float | None, digits: int | None = None) -> str:
        """A number with `digits` decimals; otherwise with two digits, as published ones have, or two decimals below 1.

        Examples:
            >>> [Numerals("en").decimal(number) for number in (14.2, 9.96, -1.74, 0.996, 0.314, 0.0)]
            ['14', '10', '−1.7', '1.0', '0.31', '0.00']
            >>> Numerals("en").decimal(1.74, 2)
            '1.74'
        """
        # A table may hold pandas' own word for missing, which is no number.
        if not isinstance(value, SupportsFloat) or not math.isfinite(value):
            return MISSING
        if digits is None:
            digits = 0 if abs(value) >= 9.95 else 1 if abs(value) >= 0.995 else 2
        # Rounded as Python rounds: Babel rounds the decimal digits instead.
        rounded = Decimal(f"{abs(value):.{digits}f}")
        text = _pattern(digits).apply(rounded, self.locale)
        return f"−{text}" if value < 0 and rounded else text

    def count(self, value: float | None) -> str:
        """A whole number, by which a phrase chooses its form."""
        written = self.decimal(value, 0)
        return written if value is None or written == MISSING else Counted.of(value, written)

    def about(self, value: float | None, step: int) -> str:
        """A count that is known in steps, or known to be below the first.

        Examples:
            >>> Numerals("en").about(30, 5), Numerals("en").about(None, 5), Numerals("fr").about(30, 5)
            ('about 30', 'fewer than 5', 'environ 30')
        """
        # As in `decimal`: a table may hold pandas' own word for missing.
        if not isinstance(value, SupportsFloat) or not math.isfinite(value):
            return Counted.of(step, self._say("fewer", value=self.count(step)))
        return Counted.of(value, self._say("about", value=self.count(value)))

    def below(self, step: int) -> str:
        """What stands in a table or a figure for a count that is known to be below a step.

        Examples:
            >>> Numerals("en").below(5)
            '<\u202f5'
        """
        return Counted.of(step, f"<\u202f{self.count(step)}")

    def times(self, value: float | None, *, like: float | None = None) -> str:
        """A ratio, with as many decimals as a reader can use (or as the ratio `like` has): 23, 4.2, 0.31.

        Examples:
            >>> [Numerals("en").times(ratio) for ratio in (23.4, 4.21, 0.314)], Numerals("en").times(4.2, like=9.0)
            (['23', '4.2', '0.31'], '4')
        """
        scale = value if like is None else like
        if scale is None or math.isnan(scale):
            return MISSING
        return self.decimal(value, 0 if scale >= 4.95 else 1 if scale >= 0.995 else 2)

    def percent(self, value: float | None, digits: int = 0, *, beside: Sequence[float | None] = ()) -> str:
        """A share of 1 as a percentage.

        Args:
            value: the share.
            digits: decimals.
            beside: the shares of one expression, this one among them. Where two of them would look alike, those that
                are small have a decimal; from `LARGE` on one has it only to be told from another.

        Examples:
            >>> told = (0.033, 0.019, 0.11, 0.018)
            >>> [Numerals("en").percent(share, beside=told) for share in told]
            ['3.3%', '1.9%', '11%', '1.8%']
            >>> [Numerals("en").percent(share, beside=(0.158, 0.162)) for share in (0.158, 0.162)]
            ['15.8%', '16.2%']
            >>> Numerals("en").percent(0.17, beside=(0.17, 0.08))
            '17%'
        """
        if value is None or not math.isfinite(value):
            return MISSING
        digits = max(digits, self._digits_apart(value, beside))
        return self.locale.percent_formats[None].pattern.replace("#,##0", self.decimal(100 * value, digits))

    def _digits_apart(self, value: float, beside: Sequence[float | None]) -> int:
        """Decimals with which a percentage does not look like another one that it is compared with."""
        written = {(self.percent(one), self.percent(one, 1)) for one in beside}
        alike = [whole for whole, _ in written]
        if all(alike.count(whole) == 1 for whole in alike):
            return 0
        return int(abs(value) < LARGE or alike.count(self.percent(value)) > 1)

    def change(self, value: float | None) -> str:
        """A difference of two shares, in points of a hundred: a small one has a decimal.

        Examples:
            >>> [Numerals("en").change(difference) for difference in (-0.0044, 0.12)]
            ['−0.4%', '12%']
        """
        return self.percent(value, int(value is not None and abs(value) < LARGE))

    def chance(self, value: float | None) -> str:
        """A probability as a percentage that never claims certainty.

        Examples:
            >>> [Numerals("en").chance(p) for p in (0.0, 0.934, 1.0)]
            ['under 1%', '93%', 'over 99%']
        """
        if value is None or not math.isfinite(value):
            return MISSING
        if value < 0.01:
            return self._say("under", value=self.percent(0.01))
        if value > 0.99:
            return self._say("over", value=self.percent(0.99))
        return self.percent(value)

    def p(self, value: float | None, levels: Sequence[float] = ()) -> str:
        """A p-value or false discovery rate; published, it is known to lie between two of the `levels` only.

        Examples:
            >>> [Numerals("en").p(value, (0.05, 0.2, 1.0)) for value in (0.05, 0.2, 1.0)]
            ['<\u202f0.05', '<\u202f0.2', '>\u202f0.2']
        """
        if value is None or not math.isfinite(value):
            return MISSING
        if levels:
            *below, _ = levels
            level = next((one for one in below if value <= one), None)
            return f">\u202f{self._level(below[-1])}" if level is None else f"<\u202f{self._level(level)}"
        return f"<\u202f{self.decimal(0.001, 3)}" if value < 0.001 else self.decimal(value, 3)

    def _level(self, level: float) -> str:
        return self.decimal(level, max(0, -math.floor(math.log10(level))))

    def between(self, low: float | None, high: float | None, form: str = "decimal", **options: Any) -> str:
        """An interval; `form` is the method that writes its ends, with `options`. Nothing where an end is missing."""
        if low is None or high is None or math.isnan(low) or math.isnan(high):
            return ""
        write = getattr(self, form)
        return self._say("between", low=write(low, **options), high=write(high, **options))

    def lasting(self, hours: float | None) -> str:
        """A time given in hours, in minutes, hours or days.

        Examples:
            >>> [Numerals("en").lasting(hours) for hours in (0.2, 3.21, 60.0, None)], Numerals("fr").lasting(60.0)
            (['12\u202fmin', '3.2\u202fh', '2.5 days', '–'], '2,5\u202fjours')
            >>> Numerals("en").lasting(0.0)
            'under 1\u202fmin'
        """
        if hours is None or not math.isfinite(hours):
            return MISSING
        if round(60 * hours) == 0:
            return self._say("under", value=self._say("minutes", value=self.count(1)))
        if hours < 1:
            return self._say("minutes", value=self.count(60 * hours))
        if hours < 48:
            return self._say("hours", value=self.times(hours))
        return self._say("days", value=self.times(hours / 24))

    def window(self, start: str | date | None, unit: str | None) -> str:
        """The week, month or quarter that starts on a day; the day itself where there is no such unit.

        Examples:
            >>> [Numerals("en").window("2025-04-07", unit) for unit in ("week", "month", "quarter")]
            ['the week of 7 April 2025', 'April 2025', 'quarter 2 of 2025']
        """
        if start is None or unit not in ("week", "month", "quarter"):
            return self.day(start)
        day = datetime.fromisoformat(start) if isinstance(start, str) else start
        return self._say(
            unit,
            day=self.day(day),
            month=format_date(day, "LLLL", self.locale),
            number=str((day.month + 2) // 3),
            year=str(day.year),
        )

    def day(self, value: str | date | None) -> str:
        """A day of the calendar, from an ISO date or time.

        Examples:
            >>> Numerals("en").day("2025-03-02T09:30:00"), Numerals("fr").day("2025-03-01")
            ('2 March 2025', '1er mars 2025')
        """
        if value is None:
            return MISSING
        try:
            day = datetime.fromisoformat(value) if isinstance(value, str) else value
        except ValueError:
            return str(value)
        written = format_date(day, "long", self.locale)
        return written.replace("1", self._say("first_of_month"), 1) if day.day == 1 else written

    def listing(self, names: Iterable[object]) -> str:
        """Several names in a row, the last joined by the language's "and"; a dash where there are none.

        Names with a comma of their own are parted by semicolons.

        Examples:
            >>> Numerals("en").listing(["HR", "IT", "R&D"]), Numerals("fr").listing(["HR", "IT"])
            ('HR, IT and R&D', 'HR et IT')
            >>> Numerals("en").listing(["Sales, North", "Sales, South", "IT"])
            'Sales, North; Sales, South; IT'
        """
        listed = [str(name) for name in names]
        if len(listed) > 1 and any("," in name for name in listed):
            return self._say("semicolon").join(listed)
        return format_list(listed, "standard", self.locale) or MISSING


@cache
def _pattern(digits: int) -> NumberPattern:
    return parse_pattern("#,##0" + ("." + "0" * digits if digits else ""))

"""The answer to a question: what every result offers, and how its numbers become JSON.

A result is a frozen object with `table` (one row per unit), `verdict` where there is one, `drawing` (the figure as
numbers), `plot`, `to_dict` (as in `summary.json`) and a display for notebooks.
"""

from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd

from silos.errors import SilosError
from silos.plots.drawing import Drawing

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Rows of a table that a display shows.
DISPLAYED = 12
#: What it shows of a table without rows.
NO_ROWS = "no rows: it was not asked for, or the log does not hold enough"
#: Digits of the numbers in a display.
DIGITS = 3
#: Names of counts in `summary.json`, which are whole but for ties and messages that have weights.
COUNTS = frozenset(
    (
        *("people", "people_outside", "messages", "ties", "ties_across", "walls", "bridges", "needed", "rows", "count"),
        *("joiners", "leavers", "movers", "coordinator", "gatekeeper", "liaison", "insiders", "outsiders", "members"),
        *("departments", "windows_before", "windows_after", "joined", "cut", "ties_inside", "ties_outside", "posts"),
    )
)
#: The column of published tables that names the counts of a row that are not published, and what stands between them.
SUPPRESSED, BETWEEN = "suppressed", ";"


class Result:
    """What all results share: the plot and the display. A result adds `table`, `to_dict` and perhaps `drawing`."""

    #: What the result is called above its table.
    title: ClassVar[str] = ""

    def __init_subclass__(cls, **options: Any) -> None:
        """Keep dataclasses from writing out every field in a display: some hold rows about persons."""
        super().__init_subclass__(**options)
        if "__repr__" not in cls.__dict__:
            setattr(cls, "__repr__", Result.__repr__)  # noqa: B010  mypy refuses to assign a method

    def drawing(self) -> Drawing | None:
        """The figure that shows it, as numbers; None where there is nothing to draw."""
        return None

    def plot(self, ax: "Axes | None" = None, *, language: str = "en") -> "Axes":
        """Draw it.

        Args:
            ax: axes of a figure of yours; a figure of its own otherwise.
            language: of every word in the figure.

        Raises:
            SilosError: there is nothing to draw, as the log cannot answer this question or the answer has no figure.
        """
        found = self.drawing()
        if found is None:
            if type(self).drawing is Result.drawing:
                raise SilosError(f"nothing to draw: {self.title!r} has no figure. Its numbers are in `.table`.")
            raise SilosError(f"nothing to draw: the log does not hold enough for {self.title!r}.")
        return Drawing(found.plot, found.numbers, language).axes(ax)

    def said(self) -> str:
        """The verdict in a few words, for a display; empty where there is none."""
        return ""

    def __repr__(self) -> str:
        table: pd.DataFrame = getattr(self, "table")  # noqa: B009  a field of every subclass
        said = f": {self.said()}" if self.said() else ""
        if not len(table):
            return f"{self.title}{said}\n{NO_ROWS}"
        more = f"\n… {len(table) - DISPLAYED} more rows" if len(table) > DISPLAYED else ""
        shown = table.head(DISPLAYED).round(DIGITS).to_string(na_rep="–", max_cols=DISPLAYED)
        return f"{self.title}{said}\n{shown}{more}"

    def _repr_html_(self) -> str:
        table: pd.DataFrame = getattr(self, "table")  # noqa: B009  a field of every subclass
        said = f": {escape(self.said())}" if self.said() else ""
        if not len(table):
            return f"<p><b>{escape(self.title)}</b>{said}</p><p>{NO_ROWS}</p>"
        more = f"<p>… {len(table) - DISPLAYED} more rows</p>" if len(table) > DISPLAYED else ""
        shown: str = table.head(DISPLAYED).round(DIGITS).to_html(na_rep="–", border=0)
        return f"<p><b>{escape(self.title)}</b>{said}</p>{shown}{more}"


def plain(value: Any) -> Any:
    """A value as JSON has it: Python's own numbers, None for what is not a number.

    Examples:
        >>> plain(np.float64("nan")), plain(np.int64(3)), plain("HR")
        (None, 3, 'HR')
    """
    if value is None or value is pd.NA:
        return None
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, int | np.integer):
        return int(value)
    if isinstance(value, float | np.floating):
        return float(value) if np.isfinite(value) else None
    return str(value)


def whole(count: Any) -> int | None:
    """A count as JSON has it; None where it is missing."""
    return None if pd.isna(count) else int(count)


def whole_counts(content: Any) -> Any:
    """What is to be JSON with whole counts as integers: a column in which one is missing holds them as floats.

    Examples:
        >>> whole_counts({"ties": 125.0, "share": 1.0, "windows": [{"people": 40.0, "messages": None, "needed": 2.5}]})
        {'ties': 125, 'share': 1.0, 'windows': [{'people': 40, 'messages': None, 'needed': 2.5}]}
    """
    if isinstance(content, list | tuple):
        return [whole_counts(one) for one in content]
    if not isinstance(content, Mapping):
        return content
    return {
        key: int(value) if key in COUNTS and isinstance(value, float) and value.is_integer() else whole_counts(value)
        for key, value in content.items()
    }


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a table as JSON has them."""
    rows = [{str(key): plain(value) for key, value in row.items()} for row in table.astype(object).to_dict("records")]
    if SUPPRESSED in table:
        rows = [row | {SUPPRESSED: suppressed(row)} for row in rows]
    return rows


def suppressed(row: Mapping[Any, Any] | pd.Series) -> list[str]:
    """The names of the counts of a row that are not published, as they are too small."""
    names: str = row.get(SUPPRESSED) or ""
    return names.split(BETWEEN) if names else []


def kept_back(table: pd.DataFrame, name: str) -> list[bool]:
    """Of each row whether its count of that name is not published, as it is too small."""
    return [name in suppressed(row) for _, row in table.iterrows()]


def spread(row: Mapping[Any, Any] | pd.Series, name: str) -> dict[str, Any]:
    """The estimate whose parts are the columns `name`, `name_low` and `name_high` of a row."""
    return {part: plain(row[f"{name}{end}"]) for part, end in (("value", ""), ("low", "_low"), ("high", "_high"))}


def counted(reasons: pd.Series) -> dict[str, int]:
    """How often each reason occurs, the most frequent first.

    Examples:
        >>> counted(pd.Series(["few_ties", "merged", "few_ties"]))
        {'few_ties': 2, 'merged': 1}
    """
    number = reasons.value_counts().rename_axis("reason").reset_index(name="count")
    number = number.sort_values(["count", "reason"], ascending=[False, True], kind="stable")
    return {str(reason): int(count) for reason, count in zip(number["reason"], number["count"], strict=True)}

"""Departments on one line each: insularity with its interval, the ranking of the connector, a course over time."""

import textwrap

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.transforms import blended_transform_factory

from silos.errors import SilosError
from silos.locales.numerals import MISSING, Numerals
from silos.locales.phrases import phrases
from silos.plots.canvas import (
    BAND,
    INK,
    LEADING,
    NO_VERDICT,
    PAPER,
    QUIET,
    RULE,
    STYLE,
    VERDICTS,
    bare,
    counted,
    entitled,
    mark,
    narrow_names,
    new_axes,
    numeric,
    place,
    shorts,
    wrapped,
)

#: Candidates in the ranking.
MOST_CANDIDATES = 15
#: On a phone, departments whose names may stand on two lines, and the inches of such a line.
MOST_ON_TWO_LINES, TWO_LINES = 20, 0.4


def _stripes(axes: Axes, count: int) -> None:
    for row in range(0, count, 2):
        axes.axhspan(row - 0.5, row + 0.5, color=BAND, linewidth=0, zorder=0)


def _broken(text: str) -> str:
    """A text under the frame of a figure for a phone."""
    return "\n".join(textwrap.fill(line, 24) for line in text.split("\n"))


def _marks(axes: Axes, verdicts: list[str], say_verdict: "dict[str, str]", *, below: int, narrow: bool) -> None:
    """A legend of the verdicts that occur, below the axis and the further lines of its label."""
    handles = []
    for verdict, (fill, edge, marker) in VERDICTS.items():
        if verdict in verdicts:
            handles.append(
                Line2D(
                    [],
                    [],
                    color=edge,
                    marker=marker,
                    markerfacecolor=fill,
                    markeredgecolor=edge,
                    markersize=6,
                    linewidth=1.4,
                    label=say_verdict[verdict],
                )
            )
    if handles:
        bottom = -(44 + 12 * below) / (axes.bbox.height * 72 / axes.figure.dpi)
        axes.legend(
            handles=handles,
            loc="upper left",
            bbox_to_anchor=(0, bottom),
            ncols=1 if narrow else 4,
            borderaxespad=0,
            handlelength=2.2,
            columnspacing=1.6,
            borderpad=0,
        )


@mpl.rc_context(STYLE)
def insularity_forest(
    departments: pd.DataFrame,
    *,
    median: float,
    ax: Axes | None = None,
    narrow: bool = False,
    language: str = "en",
) -> Axes:
    """How inward each department is, with its interval, against the organisation's own habit.

    One line per department, the most inward on top; a department without a value comes last and shows an en dash.
    The verdict is colour and shape; people are counted at the right.

    Args:
        departments: index department; columns `value`, `low`, `high`, `verdict`, `people`; where
            `people_few` is true, the headcount is known only to be below a step.
        median: of the departments' insularity.
        ax: axes to draw on; by default those of a new figure as tall as the departments need.
        narrow: for a phone: as wide as its screen, text as large as otherwise.
        language: of the text.

    Raises:
        SilosError: there is no department.

    Examples:
        >>> table = pd.DataFrame(
        ...     {"value": [0.2, 1.5], "low": [-0.1, 0.9], "high": [0.5, 2.1], "verdict": ["typical", "silo"],
        ...      "people": [20, 12]}, index=["HR", "IT"])
        >>> axes = insularity_forest(table, median=0.2)
        >>> [label.get_text() for label in axes.get_yticklabels()]
        ['IT', 'HR']
    """
    if departments.empty:
        raise SilosError("a forest plot needs at least one department.")
    words = phrases(language)
    say, number = words["plots"], Numerals(language)
    table = departments.assign(name=departments.index.map(str))
    table = table.sort_values(["value", "name"], ascending=[False, True], na_position="last", kind="stable")
    count = len(table)

    own = ax is None
    axes = new_axes() if ax is None else ax
    _stripes(axes, count)
    axes.axvline(median, color=INK, linewidth=1, linestyle=(0, (4, 3)), zorder=1, gid="median")
    for row, line in enumerate(table.itertuples(index=False)):
        fill, edge, marker = VERDICTS.get(str(line.verdict), NO_VERDICT)
        said = f"{line.name}: {words['verdicts'].get(str(line.verdict), MISSING)}"
        look = {"fill": fill, "edge": edge, "marker": marker, "url": mark(said, line.name)}
        _draw_estimate(axes, row, (line.value, line.low, line.high), **look)
    _count_people(axes, [counted(one, "people", number) for one in table.to_dict("records")])
    _above(axes, say["people"], (1, 1), "axes fraction", (12, 5), ha="left", color=QUIET)
    beside = (0, 17 if narrow else 5)
    _above(axes, say["forest_median"], (median, 1), ("data", "axes fraction"), beside, ha="center", color=INK)

    names = narrow_names(table["name"], MOST_ON_TWO_LINES) if narrow else shorts(table["name"])
    axes.set_yticks(np.arange(count), names, linespacing=LEADING)
    axes.set_ylim(count - 0.5, -0.5)
    axes.margins(x=0.04)
    numeric(axes.xaxis, number, most=3 if narrow else 6)
    axes.set_xlabel(_broken(say["forest_axis"]) if narrow else say["forest_axis"], loc="left")
    axes.xaxis.grid(True, color=RULE, linewidth=0.6)
    bare(axes, keep=["bottom"])
    height = count * (0.26 if count > 20 else TWO_LINES if any("\n" in name for name in names) else 0.3)
    if own:
        place(axes, width=4.6, height=height)
    lines = axes.get_xlabel().count("\n")
    _marks(axes, [str(verdict) for verdict in table["verdict"]], dict(words["verdicts"]), below=lines, narrow=narrow)
    width, above = (1.6, 36) if own and narrow else (4.6, 24)
    entitled(axes, say["forest_title"], own=own, width=width, height=height, narrow=narrow, above=above)
    return axes


def _draw_estimate(
    axes: Axes,
    row: int,
    estimate: tuple[float, float, float],
    *,
    fill: str,
    edge: str,
    marker: str,
    url: str | None = None,
) -> None:
    """Value and interval on the line `row`; an en dash where there is no value."""
    value, low, high = estimate
    if not np.isfinite(value):
        axes.annotate(
            MISSING,
            (0, row),
            xycoords=("axes fraction", "data"),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            color=INK,
        )
        return
    if np.isfinite(low) and np.isfinite(high):
        axes.plot(
            [low, high],
            [row, row],
            color=edge,
            linewidth=2,
            solid_capstyle="round",
            zorder=2,
            gid=f"interval-{row}",
            url=url,
        )
    axes.plot(
        [value],
        [row],
        marker=marker,
        markersize=6.5,
        color=edge,
        markerfacecolor=fill,
        markeredgecolor=edge,
        markeredgewidth=1.3,
        linestyle="none",
        zorder=3,
        gid=f"value-{row}",
        url=url,
    )


def _count_people(axes: Axes, counts: list[str]) -> None:
    """The number of people of each line, at its right."""
    beside = blended_transform_factory(axes.transAxes, axes.transData)
    longest = max(map(len, counts))
    for row, count in enumerate(counts):
        axes.annotate(
            count,
            (1, row),
            xycoords=beside,
            xytext=(14 + 6 * longest, 0),
            textcoords="offset points",
            ha="right",
            va="center",
            color=QUIET,
            annotation_clip=False,
        )


def _above(
    axes: Axes,
    text: str,
    at: tuple[float, float],
    coordinates: str | tuple[str, str],
    offset: tuple[float, float],
    *,
    ha: str,
    color: str,
) -> None:
    """What a line or a column is called, above the frame."""
    axes.annotate(
        text,
        at,
        xycoords=coordinates,
        xytext=offset,
        textcoords="offset points",
        ha=ha,
        va="bottom",
        fontsize=8.5,
        color=color,
        annotation_clip=False,
    )


@mpl.rc_context(STYLE)
def connector_ranking(
    candidates: pd.DataFrame,
    *,
    verdict: str,
    ax: Axes | None = None,
    narrow: bool = False,
    language: str = "en",
) -> Axes:
    """Which department binds the organisation: the score of up to 15 candidates, and how often each comes first.

    Bars of departments that cannot be proclaimed (service desks) are hatched and say so. The bar of the first is
    in colour if the verdict is "clear"; with "tied", those that come first in 5 % of the draws or more are.

    Args:
        candidates: index department; columns `score`, `probability_first`, `service`, `eligible`.
        verdict: "clear", "tied" or "none".
        ax: axes to draw on; by default those of a new figure as tall as the candidates need.
        narrow: for a phone: as wide as its screen, text as large as otherwise.
        language: of the text.

    Raises:
        SilosError: there is no candidate.

    Examples:
        >>> table = pd.DataFrame(
        ...     {"score": [0.1, 0.4], "probability_first": [0.02, 0.98], "service": False, "eligible": True},
        ...     index=["HR", "IT"])
        >>> axes = connector_ranking(table, verdict="clear")
        >>> [float(bar.get_width()) for bar in axes.patches]
        [0.4, 0.1]
    """
    if candidates.empty:
        raise SilosError("a ranking of connectors needs at least one candidate.")
    say, number = phrases(language)["plots"], Numerals(language)
    table = candidates.assign(name=candidates.index.map(str))
    table = table.sort_values(["score", "name"], ascending=[False, True], na_position="last", kind="stable")
    table = table.head(MOST_CANDIDATES)
    count = len(table)

    own = ax is None
    axes = new_axes() if ax is None else ax
    _draw_candidates(axes, table, verdict, language)
    if narrow:
        names = narrow_names(table["name"], MOST_ON_TWO_LINES)
    else:
        names = [wrapped(name, 30) for name in shorts(table["name"])]
    axes.set_yticks(np.arange(count), names, linespacing=LEADING)
    axes.set_ylim(count - 0.5, -0.5)
    axes.set_xlim(0, max(float(np.nanmax(table["score"].to_numpy(dtype=float), initial=0)) * 1.02, 1e-6))
    numeric(axes.xaxis, number, most=2 if narrow else 5)
    label = f"{say['connector_axis']}\n{say['connector_chance']}"
    axes.set_xlabel(_broken(label) if narrow else label, loc="left")
    axes.xaxis.grid(True, color=RULE, linewidth=0.6)
    bare(axes, keep=["left"])
    line = 0.36 if not narrow else TWO_LINES if any("\n" in name for name in names) else 0.3
    height = max(count * line, 0.72)
    width = 1.6 if narrow else 4.6
    entitled(axes, say["connector_title"], own=own, width=width, height=height, narrow=narrow)
    return axes


def _draw_candidates(axes: Axes, table: pd.DataFrame, verdict: str, language: str) -> None:
    """The bar of each candidate, and how often it comes first."""
    say, number = phrases(language)["plots"], Numerals(language)
    leader = next((row for row, eligible in enumerate(table["eligible"]) if eligible), None)
    for row, line in enumerate(table.itertuples(index=False)):
        leads = line.eligible and (
            (verdict == "clear" and row == leader)
            or (verdict == "tied" and (row == leader or line.probability_first >= 0.05))
        )
        given = np.isfinite(line.score)
        score = float(line.score) if given else 0.0
        axes.barh(
            row,
            score,
            height=0.66,
            zorder=2,
            linewidth=0.8,
            color=VERDICTS["open"][0] if leads else "#b6c1cb" if line.eligible else PAPER,
            edgecolor=QUIET if not line.eligible else "none",
            hatch=None if line.eligible else "////",
        )
        chance = number.chance(line.probability_first)
        told = "" if given else say["no_score"]
        note = told if line.eligible else say["service" if line.service else "not_eligible"]
        axes.annotate(
            f"{chance}   {note}" if note else chance,
            (score, row),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            fontsize=8.5,
            color=INK if leads else QUIET,
            fontweight="bold" if leads else "normal",
            annotation_clip=False,
        )


@mpl.rc_context(STYLE)
def trend(trend: pd.DataFrame, *, measure: str, ax: Axes | None = None, language: str = "en") -> Axes:
    """One measure over the windows, with its 95 % interval as a band.

    Args:
        trend: columns `window`, `measure`, `value`, `low`, `high`; the windows in their order.
        measure: which one to draw.
        ax: axes to draw on; by default those of a new figure.
        language: of the text.

    Raises:
        SilosError: the table does not hold the measure.

    Examples:
        >>> table = pd.DataFrame({"window": ["2025-01", "2025-02"], "measure": "ei_index", "value": [-0.2, -0.1],
        ...                       "low": [-0.3, -0.2], "high": [-0.1, 0.0]})
        >>> trend(table, measure="ei_index").lines[0].get_ydata().tolist()
        [-0.2, -0.1]
        >>> trend(table, measure="modularity")
        Traceback (most recent call last):
        ...
        silos.errors.SilosError: there is no trend of 'modularity'. Measures: ei_index.
    """
    course = trend[trend["measure"] == measure]
    if course.empty:
        known = ", ".join(sorted(map(str, trend["measure"].unique()))) or "none"
        raise SilosError(f"there is no trend of {measure!r}. Measures: {known}.")
    words = phrases(language)
    name, number = words["measures"].get(measure, measure.replace("_", " ")), Numerals(language)
    windows = [str(window) for window in course["window"]]
    value, low, high = (course[column].to_numpy(dtype=float) for column in ("value", "low", "high"))

    own = ax is None
    axes = new_axes() if ax is None else ax
    where = np.arange(len(windows))
    axes.plot(where, value, color=VERDICTS["open"][0], linewidth=2, marker="o", markersize=4.5, zorder=3)
    axes.fill_between(where, low, high, color=VERDICTS["open"][0], alpha=0.18, linewidth=0, zorder=2)
    # every label that fits: six inches hold about eight windows
    step = -(-len(windows) // 8)
    axes.set_xticks(where[::step], windows[::step])
    axes.set_xlim(-0.3, len(windows) - 0.7)
    axes.margins(y=0.12)
    numeric(axes.yaxis, number, most=5)
    axes.yaxis.grid(True, color=RULE, linewidth=0.6)
    bare(axes, keep=["bottom"])
    title = words["plots"]["trend_title"].format(measure=name)
    entitled(axes, title, own=own, width=6.0, height=2.6)
    return axes

"""Who answers whom, by department, and leaders compared with others."""

import textwrap
from functools import partial

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.lines import Line2D

from silos.errors import SilosError
from silos.locales.numerals import Numerals
from silos.locales.phrases import phrases
from silos.plots.canvas import (
    BAND,
    INK,
    PAPER,
    QUIET,
    RULE,
    STYLE,
    VERDICTS,
    bare,
    entitled,
    new_axes,
    numeric,
    shorts,
)
from silos.plots.heatmaps import (
    MOST_DRAWN,
    MOST_NUMBERED,
    SEQUENTIAL,
    cell_size,
    draw_scale,
    label_cells,
    readable_on,
    type_size,
)

#: Characters of a line beside and below the picture of leaders for a phone.
LONGEST_LINE = 22
#: Rows of the picture of leaders: the measure, what it is beside (an estimate, or the null of the measure itself).
ROWS = (
    ("reply_rate_below", "reply_rate_others"),
    ("two_way_below", "two_way_others"),
    ("broadcast_share", "broadcast_share_others"),
    ("silent_share", "silent_share_others"),
    ("flow_up", ""),
    ("flow_down", ""),
    ("flow_lateral", ""),
    ("flow_across", ""),
)


@mpl.rc_context(STYLE)
def reply_matrix(rates: pd.DataFrame, *, ax: Axes | None = None, language: str = "en") -> Axes:
    """How much of what one department asks another answers within a week.

    Rows ask, columns answer; both stand in the order of how much they answer, the most at the left. A cell without
    enough people to be shown is left grey.

    Args:
        rates: asking x answering departments, the same in both; NaN where nothing is to be shown.
        ax: axes to draw on; by default those of a new figure as large as the departments need.
        language: of the text.

    Raises:
        SilosError: rows and columns are not the same departments, or there are none.

    Examples:
        >>> rates = pd.DataFrame([[0.5, 0.9], [0.2, 0.8]], index=["HR", "IT"], columns=["HR", "IT"])
        >>> axes = reply_matrix(rates)
        >>> axes.collections[0].get_array().tolist()
        [[0.8, 0.2], [0.9, 0.5]]
    """
    if rates.empty or list(rates.index) != list(rates.columns):
        raise SilosError("a matrix of replies needs a square table with the same departments in rows and columns.")
    say, number = phrases(language)["plots"], Numerals(language)
    order = rates.mean().sort_values(ascending=False, kind="stable", na_position="last").index
    values = rates.loc[order, order].to_numpy(dtype=float)
    count = len(order)

    own = ax is None
    axes = new_axes() if ax is None else ax
    cell, size = cell_size(count), type_size(count)
    norm = Normalize(0, 1)
    edges = np.arange(count + 1)
    mesh = axes.pcolormesh(
        edges, edges, np.ma.masked_invalid(values), cmap=SEQUENTIAL, norm=norm, edgecolors=PAPER, linewidth=1.0,
        rasterized=count > MOST_DRAWN,
    )  # fmt: skip
    axes.set(xlim=(0, count), ylim=(count, 0), aspect="equal", facecolor=BAND)
    if count <= MOST_NUMBERED:
        for row, column in np.argwhere(np.isfinite(values)):
            axes.text(
                column + 0.5, row + 0.52, number.percent(values[row, column]), ha="center", va="center", fontsize=7,
                color=readable_on(SEQUENTIAL(norm(values[row, column]))), in_layout=False,
            )  # fmt: skip
    names = shorts(order)
    label_cells(axes, names, names, size)
    axes.set_ylabel(say["reply_asking"], fontsize=8.5)
    axes.set_xlabel(say["reply_answering"], fontsize=8.5, loc="left")
    axes.xaxis.set_label_position("top")
    bare(axes)
    ticks = [0.0, 0.5, 1.0]
    frame = (count * cell, count * cell)
    draw_scale(axes, mesh, frame, ticks=ticks, marks=[number.percent(tick) for tick in ticks], label=say["reply_scale"])
    entitled(axes, say["reply_title"], own=own, width=frame[0], height=frame[1])
    return axes


@mpl.rc_context(STYLE)
def leadership(
    measures: pd.DataFrame,
    *,
    verdict: str | None = None,
    ax: Axes | None = None,
    narrow: bool = False,
    language: str = "en",
) -> Axes:
    """What leaders do, with its interval, beside what others do or what chance would give.

    Filled marks are leaders (and flows as they are), hollow ones the others, ticks the value under shuffled ranks.

    Args:
        measures: index measure; columns `value`, `low`, `high`, `null_mean`. Those of `ROWS` that are there are drawn.
        verdict: on the leadership: colours what leaders do.
        ax: axes to draw on; by default those of a new figure.
        narrow: for a phone: as wide as its screen, text as large as otherwise.
        language: of the text.

    Raises:
        SilosError: none of the measures is there.

    Examples:
        >>> table = pd.DataFrame({"value": [0.2, 0.6], "low": [0.1, 0.5], "high": [0.3, 0.7], "null_mean": None},
        ...                      index=["reply_rate_below", "reply_rate_others"])
        >>> axes = leadership(table, verdict="broadcasting")
        >>> [label.get_text() for label in axes.get_yticklabels()]
        ['answered, of what comes from below']
    """
    words, number = phrases(language), Numerals(language)
    say = words["plots"]
    known = [row for row in ROWS if row[0] in measures.index and np.isfinite(measures.loc[row[0], "value"])]
    if not known:
        raise SilosError("a picture of leadership needs at least one of its measures.")
    own = ax is None
    axes = new_axes() if ax is None else ax
    colour = INK
    if verdict in ("listening", "broadcasting", "unresponsive"):
        colour = VERDICTS["open" if verdict == "listening" else "silo"][0]
    for at in range(0, len(known), 2):
        axes.axhspan(at - 0.5, at + 0.5, color=BAND, linewidth=0, zorder=0)
    _draw_leaders(axes, measures, known, colour)
    broken = partial(textwrap.fill, width=LONGEST_LINE) if narrow else str
    axes.set_yticks(np.arange(len(known)), [broken(say[f"leadership_{name}"]) for name, _ in known])
    axes.set_ylim(len(known) - 0.5, -0.5)
    axes.set_xlim(-0.02, 1.02)
    numeric(axes.xaxis, number)
    ticks = (0, 0.5, 1) if narrow else (0, 0.25, 0.5, 0.75, 1)
    axes.set_xticks(ticks, [number.percent(tick) for tick in ticks])
    axes.xaxis.grid(True, color=RULE, linewidth=0.6)
    bare(axes, keep=["bottom"])
    height = len(known) * (0.46 if narrow else 0.34)
    labels = [broken(say[f"leadership_{name}"]) for name in ("leaders", "others", "chance")]
    _tell_leaders(axes, labels, colour, below=-0.32 / height, columns=1 if narrow else 3)
    width = 1.8 if narrow else 4.2
    entitled(axes, say["leadership_title"], own=own, width=width, height=height, narrow=narrow)
    return axes


def _draw_leaders(axes: Axes, measures: pd.DataFrame, known: list[tuple[str, str]], colour: str) -> None:
    """The mark of each measure with its interval, and what it is beside."""
    for at, (name, beside) in enumerate(known):
        one = measures.loc[name]
        axes.plot([one["low"], one["high"]], [at, at], color=colour, linewidth=2, solid_capstyle="round", zorder=2)
        axes.plot(
            [one["value"]], [at], marker="o", markersize=6.5, color=colour, linestyle="none", zorder=4,
            gid=f"value-{name}",
        )  # fmt: skip
        if beside in measures.index:
            axes.plot(
                [measures.loc[beside, "value"]], [at], marker="o", markersize=10, color=QUIET, markerfacecolor="none",
                linestyle="none", zorder=3, gid=f"beside-{name}",
            )  # fmt: skip
        elif pd.notna(one["null_mean"]):
            axes.plot(
                [one["null_mean"]], [at], marker="|", markersize=13, markeredgewidth=2, color=QUIET, linestyle="none",
                zorder=3, gid=f"beside-{name}",
            )  # fmt: skip


def _tell_leaders(axes: Axes, labels: list[str], colour: str, *, below: float, columns: int) -> None:
    """What the marks mean."""
    leaders, others, chance = labels
    handles = [
        Line2D([], [], color=colour, marker="o", linewidth=2, label=leaders),
        Line2D(
            [], [], color=QUIET, marker="o", markerfacecolor=PAPER, linestyle="none",
            label=others,
        ),
        Line2D(
            [], [], color=QUIET, marker="|", markersize=11, markeredgewidth=2, linestyle="none",
            label=chance,
        ),
    ]  # fmt: skip
    axes.legend(
        handles=handles, loc="upper left", bbox_to_anchor=(0, below), ncols=columns,
        borderaxespad=0, borderpad=0,
        columnspacing=1.4, handlelength=1.6,
    )  # fmt: skip

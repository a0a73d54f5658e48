"""Departments in two runs: one line each, from what they were to what they are."""

from collections.abc import Mapping

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from silos.errors import SilosError
from silos.locales.numerals import Numerals
from silos.locales.phrases import phrases
from silos.plots.canvas import INK, STYLE, VERDICTS, bare, entitled, new_axes, place, short

#: Departments in the figure: those that changed most surely.
MOST_SLOPES = 30
#: Inches of height for each department, and the least.
ROW, LEAST = 0.26, 2.2
#: Colour and width of a line by the verdict on its change.
LINES = {"rose": (VERDICTS["silo"][0], 2.4), "fell": (VERDICTS["open"][0], 2.4)}
UNCHANGED = ("#9aa5b1", 1.2)


@mpl.rc_context(STYLE)
def department_slopes(departments: pd.DataFrame, *, ax: Axes | None = None, language: str = "en") -> Axes:
    """The insularity of each department in two runs, as slopes; those that changed beyond chance are in colour.

    Args:
        departments: index department, those that changed most surely first; columns `before`, `after`, and `verdict`
            (`rose`, `fell`, `unchanged`, `cannot say`).
        ax: axes to draw on; by default those of a new figure as tall as the departments need.
        language: of the text.

    Raises:
        SilosError: there is no department.

    Examples:
        >>> table = pd.DataFrame({"before": [1.8, 0.9], "after": [1.1, 1.0], "verdict": ["fell", "unchanged"]},
        ...                      index=["R&D", "HR"])
        >>> axes = department_slopes(table)
        >>> [line.get_ydata().tolist() for line in axes.lines]
        [[1.8, 1.1], [0.9, 1.0]]
    """
    if departments.empty:
        raise SilosError("slopes need at least one department.")
    say, number = phrases(language)["plots"], Numerals(language)
    table = departments.head(MOST_SLOPES)
    own = ax is None
    axes = new_axes() if ax is None else ax
    height = max(ROW * len(table) + 0.4, LEAST)
    for row in table.itertuples():
        colour, width = LINES.get(str(row.verdict), UNCHANGED)
        axes.plot(
            [0, 1], [row.before, row.after], color=colour, linewidth=width, marker="o", markersize=4.5,
            zorder=3 if str(row.verdict) in LINES else 2, gid=f"slope-{row.Index}",
        )  # fmt: skip
    values = table[["before", "after"]].to_numpy(dtype=np.float64)
    low, high = float(values.min()), float(values.max())
    pad = 0.06 * max(high - low, 0.1)
    axes.set_ylim(low - pad, high + pad)
    axes.set_xlim(-0.02, 1.02)
    # One line of text, in units of the axis.
    line = (high - low + 2 * pad) * 0.19 / height
    for side, (x, anchor, offset) in enumerate(((0, "right", -8), (1, "left", 8))):
        for at, where in enumerate(_apart(values[:, side], line)):
            name, verdict = short(table.index[at]), str(table["verdict"].iloc[at])
            value = number.decimal(values[at, side])
            axes.annotate(
                f"{name}  {value}" if side == 0 else f"{value}  {name}",
                (x, where),
                xytext=(offset, 0),
                textcoords="offset points",
                ha=anchor,
                va="center",
                fontsize=8.5,
                color=LINES[verdict][0] if verdict in LINES else INK,
                fontweight="bold" if verdict in LINES else "normal",
                annotation_clip=False,
            )
    axes.set_xticks([0, 1], [say["slopes_first"], say["slopes_second"]])
    axes.set_yticks([])
    axes.set_xlabel(say["slopes_axis"], loc="left")
    bare(axes)
    if own:
        place(axes, width=3.2, height=height)
    _explained(axes, table, say)
    entitled(axes, say["slopes_title"], own=own, width=3.2, height=height)
    return axes


def _explained(axes: Axes, table: pd.DataFrame, say: Mapping[str, str]) -> None:
    """A legend of the kinds of lines that occur, below the axis."""
    kinds = [kind for kind in ("rose", "fell") if kind in set(table["verdict"])]
    handles = [Line2D([], [], color=LINES[kind][0], linewidth=2.4, label=say[f"slopes_{kind}"]) for kind in kinds]
    if len(kinds) < table["verdict"].nunique() or not kinds:
        handles.append(Line2D([], [], color=UNCHANGED[0], linewidth=1.2, label=say["slopes_unchanged"]))
    bottom = -44 / (axes.bbox.height * 72 / axes.figure.dpi)
    axes.legend(handles=handles, loc="upper left", bbox_to_anchor=(0, bottom), borderaxespad=0, borderpad=0)


def _apart(values: np.ndarray, least: float) -> np.ndarray:
    """Places of labels as near to their values as lines of text allow.

    Examples:
        >>> _apart(np.array([1.0, 1.0, 3.0]), 0.5).tolist()
        [0.75, 1.25, 3.0]
    """
    order = np.argsort(values, kind="stable")
    # Labels that touch form a block around the mean of their values; blocks that touch are joined.
    blocks: list[list[float]] = []
    for value in values[order]:
        blocks.append([float(value)])
        while len(blocks) > 1 and _end(blocks[-2], least) + least > _start(blocks[-1], least):
            blocks[-2:] = [blocks[-2] + blocks[-1]]
    places = np.concatenate([_start(block, least) + least * np.arange(len(block)) for block in blocks])
    found = np.empty(len(values))
    found[order] = places
    return found


def _start(block: list[float], least: float) -> float:
    return float(np.mean(block)) - least * (len(block) - 1) / 2


def _end(block: list[float], least: float) -> float:
    return float(np.mean(block)) + least * (len(block) - 1) / 2

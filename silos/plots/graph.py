"""The picture of the organisation: departments as discs, ties above the expected as lines, missing ones broken."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from silos.errors import SilosError
from silos.locales.numerals import Numerals
from silos.locales.phrases import phrases
from silos.plots.canvas import (
    INK,
    LEADING,
    LONGEST_NAME,
    LONGEST_NARROW,
    NARROW,
    PAPER,
    QUIET,
    STYLE,
    VERDICTS,
    bare,
    figure_of,
    mark,
    new_axes,
    shorts,
    text_size,
    wrapped,
)
from silos.plots.graph_layout import MOST_NAMED, NAMING_PAIRS, layout, separate, told_of
from silos.plots.graph_lines import BIND, LINE, MISSING, WALL, Spots, draw_ties

DISC = "#a9b8c6"
#: Points between a disc and its name, around a department, and at the foot for the legend.
GAP, AIR, FOOT = 3.0, 4.0, 58.0
#: The same in a figure for a phone, where the legend has one column: for each line of it.
LEGEND_LINE = 13.5
#: Departments that have a name there, at most, if others stand on the ring.
FEW_NAMED = 8
#: Walls that are drawn, at most.
MOST_WALLS = 8
#: Diameter in points of a department that only stands on the ring.
DOT = 7.0
#: Part of the width and height inside the ring that the others have.
INSIDE = 0.74
#: Inches above the canvas of our own figure, for the title.
HEAD = 0.34


@mpl.rc_context(STYLE)
def department_graph(
    departments: pd.DataFrame,
    affinity: pd.DataFrame,
    *,
    connector: str | None,
    contact: pd.DataFrame | None = None,
    ties: str = "any",
    walls: Sequence[tuple[str, str]] = (),
    bridges: Sequence[tuple[str, str]] = (),
    spoken_of: Sequence[str] = (),
    ax: Axes | None = None,
    seed: int = 0,
    narrow: bool = False,
    language: str = "en",
) -> Axes:
    """Departments as discs (area = people), joined where they have more ties than their sizes let expect.

    Only the lines that matter are drawn (`strongest_pairs`); the width is the affinity, and a line bends around discs
    that it does not join. The connector stands in the middle, ringed, its lines coloured. Silos have a colour of their
    own, and a broken line towards every department that they have fewer ties with than expected; walls are broken lines
    from one department to the other. Service desks are hollow and grey. Each name stands below its disc; discs and
    names are pushed apart until nothing overlaps, and a figure of our own grows until they can be.

    From `QUIET_FROM` departments on, only those that something is said of have a name (`told_of`); the others stand on
    a ring around them.

    Args:
        departments: index department; columns `people`, `verdict` and, where there are any, `desk`.
        affinity: K x K, symmetric, 1 where ties are as expected; no line where it is NaN, as for pairs with few ties.
        connector: the department to ring.
        contact: the affinity by the ties that make a silo, by which ties are missing; by default the same.
        ties: the kind of ties that the lines show: `any`, `two_way` or `substantive`.
        walls, bridges: pairs of departments, the strongest first.
        spoken_of: departments that the text beside the picture names: they have a name in the picture too.
        ax: axes to draw on, which are filled whole; by default those of a new figure.
        seed: of the layout's start.
        narrow: for a phone: as wide as its screen, text as large as otherwise.
        language: of the text.

    Raises:
        SilosError: there is no department, or `affinity` is not about the same ones.

    Examples:
        >>> table = pd.DataFrame({"people": [10, 40], "verdict": ["silo", "typical"]}, index=["HR", "IT"])
        >>> affinity = pd.DataFrame([[0, 2.0], [2.0, 0]], index=["HR", "IT"], columns=["HR", "IT"])
        >>> axes = department_graph(table, affinity, connector="IT")
        >>> [text.get_text() for text in axes.texts]
        ['HR', 'IT']
    """
    affinity = _in_order(departments, affinity)
    contact = affinity if contact is None else _in_order(departments, contact)
    names, verdicts = list(departments.index), [str(verdict) for verdict in departments["verdict"]]
    silos = [name for name, verdict in zip(names, verdicts, strict=True) if verdict == "silo"]
    naming, most = (2, FEW_NAMED) if narrow else (NAMING_PAIRS, MOST_NAMED)
    people = departments["people"].to_numpy(dtype=float)
    told = told_of(names, silos, connector, [*walls[:naming], *bridges[:naming]], most, people, spoken_of)
    own, quiet = ax is None, len(told) < len(names)
    size = (NARROW, 3.4) if narrow else (8.4 if quiet else 7.4, 4.2 if len(told) <= 6 else 5.4)
    axes = new_axes(*size) if ax is None else ax
    desk = departments["desk"].to_numpy(dtype=bool) if "desk" in departments else np.zeros(len(names), dtype=bool)
    entries = 3 + sum((2 * bool(silos), connector in names, bool(desk[told].any()), bool(walls), quiet))
    foot = LEGEND_LINE * entries if narrow else FOOT
    written = _Names.of([names[at] for at in told], connector, axes, narrow=narrow)
    spots = _arranged(axes, written, people, affinity, told, seed=seed, own=own, foot=foot)
    axes.set(xlim=(0, spots.frame[0]), ylim=(0, spots.frame[1]), xticks=[], yticks=[])
    bare(axes)
    walls = walls[: NAMING_PAIRS if quiet else MOST_WALLS]
    lines = draw_ties(axes, affinity, contact, spots, told, silos=silos, desk=desk, connector=connector, walls=walls)
    lines |= {f"line_{ties}": lines["line"], "no_line": not lines["line"]}
    marks = _marks(departments, language)
    looks = ["silo" if said == "silo" else "desk" if one else "" for said, one in zip(verdicts, desk, strict=True)]
    _draw_discs(axes, spots, looks, told, np.array(names, dtype=object) == connector, marks)
    _draw_names(axes, spots, written, told, marks)
    drawn = {"department": True, "silo": bool(silos), "connector": connector in names, "rest": len(names) - len(told)}
    drawn |= {"desk": any(looks[at] == "desk" for at in told)}
    _legend(axes, drawn | lines, largest=people.max(), columns=1 if narrow else 2, language=language)
    title = phrases(language)["plots"]["graph_title"]
    axes.set_title(title, loc="left", x=0.012 if own else 0, pad=6, fontsize=9.5 if narrow else None)
    return axes


def _in_order(departments: pd.DataFrame, affinity: pd.DataFrame) -> pd.DataFrame:
    """The affinity in the order of the departments."""
    if departments.empty:
        raise SilosError("a department graph needs at least one department.")
    if set(affinity.index) != set(departments.index) or set(affinity.columns) != set(departments.index):
        raise SilosError("the affinity of a department graph must be about the departments of its table.")
    return affinity.loc[departments.index, departments.index]


@dataclass(frozen=True, eq=False)
class _Names:
    """The names as they are written: broken into lines, with their size in points.

    Attributes:
        labels: the text of each.
        styles: the font of each.
        boxes: width and height of each.
        ringed: whether it is the connector.
    """

    labels: list[str]
    styles: list[dict[str, Any]]
    boxes: np.ndarray
    ringed: np.ndarray

    @classmethod
    def of(cls, names: list[Any], connector: str | None, axes: Axes, *, narrow: bool) -> "_Names":
        count = len(names)
        size = 8.5 if narrow else 9.5 if count <= 14 else 8.5 if count <= 26 else 7.5
        # Where few have a name, there is room for the whole of it.
        crowded = narrow and count > FEW_NAMED
        width, longest = (16, LONGEST_NARROW) if crowded else (20 if count <= 14 else 18, LONGEST_NAME)
        labels = [wrapped(name, width) for name in shorts(names, longest)]
        styles: list[dict[str, Any]] = [
            {"fontsize": size, "fontweight": "bold" if name == connector else "normal"} for name in names
        ]
        sizes = [
            text_size(axes, label, linespacing=LEADING, **style) for label, style in zip(labels, styles, strict=True)
        ]
        return cls(labels, styles, np.array(sizes), np.array(names, dtype=object) == connector)


def _arranged(
    axes: Axes,
    names: _Names,
    people: np.ndarray,
    affinity: pd.DataFrame,
    told: list[int],
    *,
    seed: int,
    own: bool,
    foot: float,
) -> Spots:
    """Discs and names pushed apart until none overlap; a figure of our own grows until they can be."""
    figure, boxes = figure_of(axes), names.boxes
    quiet = len(told) < len(people)
    if own:
        # names with an average disc should fill no more than half of the canvas
        width, height = figure.get_size_inches()
        needed = 2 * ((boxes[:, 0] + 2 * AIR) * (boxes[:, 1] + 0.3 * 72)).sum() / 72**2 / width
        figure.set_size_inches(width, max(height, (1 / INSIDE**2 if quiet else 1) * needed + HEAD + foot / 72))
    unit = layout(affinity.iloc[told, told].to_numpy(dtype=float), seed)
    # It binds the others: it stands between them.
    unit[names.ringed] = 0.5
    ring = np.where(names.ringed, 9.0, 0.0)
    for _ in range(12):
        if own:
            axes.set_position((0, 0, 1, 1 - HEAD / figure.get_size_inches()[1]))
        frame = axes.get_window_extent()
        wide, tall = frame.width * 72 / figure.dpi, frame.height * 72 / figure.dpi
        # discs cover about a twelfth of the canvas, none is wider than a ninth of it
        area = min(0.085 * wide * tall / people.sum(), math.pi / 4 * (wide / 9) ** 2 / people.max())
        diameter = np.sqrt(people * area * 4 / math.pi)[told]
        half = np.column_stack(
            [
                np.maximum(diameter + ring, boxes[:, 0]) / 2 + AIR,
                (diameter + ring + GAP + boxes[:, 1]) / 2 + AIR,
            ]
        )
        low, high = np.array([4.0, foot]), np.array([wide - 4, tall - 4])
        if quiet:
            room = (1 - INSIDE) / 2 * (high - low)
            low, high = low + room, high - room
        start = low + half + unit * np.maximum(high - low - 2 * half, 0)
        centre, clear = separate(start, half, low, high)
        if clear or not own:
            break
        width, height = figure.get_size_inches()
        figure.set_size_inches(width, height * 1.1)
    discs = centre + np.column_stack([np.zeros(len(centre)), half[:, 1] - AIR - (diameter + ring) / 2])
    found = Spots(discs, diameter, ring, (wide, tall), foot)
    return _with_ring(found, told, len(people)) if quiet else found


def _with_ring(inner: Spots, told: list[int], count: int) -> Spots:
    """The others as dots on an ellipse around those that are told of, in their order."""
    wide, tall = inner.frame
    discs, diameter, ring = np.zeros((count, 2)), np.full(count, DOT), np.zeros(count)
    discs[told], diameter[told], ring[told] = inner.discs, inner.diameter, inner.ring
    rest = np.setdiff1d(np.arange(count), told)
    angle = 2 * math.pi * (np.arange(len(rest)) + 0.5) / len(rest)
    middle, half = np.array([wide / 2, (tall + inner.foot) / 2]), np.array([wide / 2, (tall - inner.foot) / 2]) - DOT
    discs[rest] = middle + half * np.column_stack([np.cos(angle), np.sin(angle)])
    return replace(inner, discs=discs, diameter=diameter, ring=ring)


def _marks(departments: pd.DataFrame, language: str) -> list[str]:
    """What each disc says to whoever points at it, as `mark` writes it."""
    verdicts = phrases(language)["verdicts"]
    said = departments["verdict"].map(lambda one: verdicts.get(str(one), ""))
    return [mark(f"{name}: {word}" if word else str(name), name) for name, word in said.items()]


def _draw_discs(
    axes: Axes, spots: Spots, looks: list[str], told: list[int], ringed: np.ndarray, marks: list[str]
) -> None:
    fill = {"silo": VERDICTS["silo"][0], "desk": PAPER, "": DISC}
    axes.scatter(
        spots.discs[told, 0],
        spots.discs[told, 1],
        s=spots.diameter[told] ** 2,
        c=[fill[looks[at]] for at in told],
        edgecolors=[LINE if looks[at] == "desk" else PAPER for at in told],
        linewidths=1.2,
        zorder=3,
        gid="discs",
        urls=[marks[at] for at in told],
    )
    rest = np.setdiff1d(np.arange(len(looks)), told)
    if len(rest):
        axes.scatter(
            spots.discs[rest, 0],
            spots.discs[rest, 1],
            s=DOT**2,
            c=DISC,
            linewidths=0,
            zorder=3,
            gid="rest",
            urls=[marks[at] for at in rest],
        )
    for at in np.flatnonzero(ringed):
        axes.scatter(
            spots.discs[at, 0],
            spots.discs[at, 1],
            s=(spots.diameter[at] + 6) ** 2,
            facecolors="none",
            edgecolors=BIND,
            linewidths=2.2,
            zorder=4,
            gid="ring",
        )


def _draw_names(axes: Axes, spots: Spots, names: _Names, told: list[int], marks: list[str]) -> None:
    for at, label, style in zip(told, names.labels, names.styles, strict=True):
        axes.annotate(
            label,
            spots.discs[at],
            xytext=(0, -(spots.diameter[at] + spots.ring[at]) / 2 - GAP),
            textcoords="offset points",
            ha="center",
            va="top",
            linespacing=LEADING,
            color=INK,
            zorder=5,
            annotation_clip=False,
            url=marks[at],
            bbox={"facecolor": PAPER, "edgecolor": "none", "alpha": 0.8, "pad": 0.8},
            **style,
        )


def _legend(axes: Axes, drawn: dict[str, int], *, largest: float, columns: int, language: str) -> None:
    """What the marks mean that occur."""
    say, number = phrases(language)["plots"], Numerals(language)
    values = {"people": number.count(largest), "count": number.count(drawn["rest"])}
    disc: dict[str, Any] = {"linestyle": "none", "marker": "o", "markersize": 8}
    marks: dict[str, dict[str, Any]] = {
        "department": disc | {"color": DISC},
        "silo": disc | {"color": VERDICTS["silo"][0]},
        "connector": disc | {"color": BIND, "markersize": 9, "markerfacecolor": "none", "markeredgewidth": 2},
        "desk": disc | {"color": LINE, "markerfacecolor": PAPER},
        **{f"line_{kind}": {"color": LINE, "linewidth": 2.4} for kind in ("any", "two_way", "substantive")},
        "no_line": {"linestyle": "none"},
        "missing": {"color": MISSING, "linewidth": 1.4, "linestyle": (0, (2, 1.6))},
        "wall": {"color": WALL, "linewidth": 1.6, "linestyle": (0, (1.2, 2.2))},
        "rest": disc | {"color": DISC, "markersize": 4},
    }
    axes.legend(
        handles=[
            Line2D([], [], **mark, label=say[f"graph_{name}"].format(**values))
            for name, mark in marks.items()
            if drawn.get(name)
        ],
        loc="lower left",
        bbox_to_anchor=(0.004, 0.004),
        borderaxespad=0,
        borderpad=0.2,
        ncols=columns,
        columnspacing=2.0,
        labelcolor=QUIET,
        handletextpad=0.6,
    )

"""The organisation as a picture: departments as discs, contact beyond the expected as lines."""

import math
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import networkx as nx
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgba
from matplotlib.lines import Line2D
from threadpoolctl import threadpool_limits

from silos.errors import SilosError
from silos.locales.numerals import Numerals
from silos.locales.phrases import phrases
from silos.plots.canvas import (
    INK,
    PAPER,
    QUIET,
    STYLE,
    VERDICTS,
    bare,
    figure_of,
    new_axes,
    text_size,
    wrapped,
)

DISC = "#a9b8c6"
LINE = "#8296a8"
BIND = "#14746f"
#: Points between a disc and its name, around a department, and at the foot for the legend.
GAP, AIR, FOOT = 3.0, 4.0, 44.0
#: Inches above the canvas of our own figure, for the title.
HEAD = 0.34


def strongest_pairs(affinity: pd.DataFrame, *, connector: str | None = None) -> list[tuple[int, int]]:
    """The pairs (positions, a < b) worth a line: affinity of 1 or more, and among the strongest of either.

    How many each department keeps falls with their number, from 5 to 2; the connector keeps all.

    Examples:
        >>> strongest_pairs(pd.DataFrame([[0, 2.0, 0.4], [2.0, 0, 1.0], [0.4, 1.0, 0]]))
        [(0, 1), (1, 2)]
    """
    values = np.nan_to_num(affinity.to_numpy(dtype=float).copy())
    np.fill_diagonal(values, 0)
    count = len(values)
    keep = 5 if count <= 8 else 4 if count <= 16 else 3 if count <= 28 else 2
    pairs: set[tuple[int, int]] = set()
    for a in range(count):
        strongest = np.argsort(-values[a], kind="stable")
        most = count if affinity.index[a] == connector else keep
        pairs.update((min(a, int(b)), max(a, int(b))) for b in strongest[:most] if values[a, b] >= 1)
    return sorted(pairs)


def _layout(affinity: np.ndarray, seed: int) -> np.ndarray:
    """Positions in the unit square: departments with more affinity stand closer.

    By stress (Kamada & Kawai 1989) up to 60 departments, beyond, as that takes long, by forces (Fruchterman &
    Reingold 1991).
    """
    count = len(affinity)
    if count == 1:
        return np.array([[0.5, 0.5]])
    close = np.clip(np.nan_to_num(affinity), 0, 12)
    if count <= 60:
        distance = 1 / np.sqrt(0.15 + close)
        start = np.random.default_rng(seed).uniform(size=(count, 2))
        # The matrices are tiny: threads of the linear algebra wait for one another ten times as long as they work.
        with threadpool_limits(1, user_api="blas"):
            placed: dict[int, np.ndarray] = nx.kamada_kawai_layout(
                nx.complete_graph(count),
                dist={a: {b: 0.0 if a == b else float(distance[a, b]) for b in range(count)} for a in range(count)},
                pos=dict(enumerate(start)),
            )
    else:
        placed = nx.spring_layout(nx.from_numpy_array(np.where(close >= 1, close, 0)), seed=seed, iterations=100)
    where = np.array([placed[node] for node in range(count)])
    # the long side lies flat, as the canvas does, and the same way round on every machine
    where = where - where.mean(axis=0)
    _, _, axes = np.linalg.svd(where, full_matrices=False)
    axes = axes * np.where(axes[np.arange(2), np.abs(axes).argmax(axis=1)] < 0, -1, 1)[:, None]
    where = where @ axes.T
    span = np.ptp(where, axis=0)
    unit: np.ndarray = (where - where.min(axis=0)) / np.where(span > 0, span, 1)
    # half way to even spacing: far groups come closer, crowds open
    rank: np.ndarray = where.argsort(axis=0, kind="stable").argsort(axis=0) / (count - 1)
    return np.asarray(0.5 * unit + 0.5 * rank)


def _separate(centre: np.ndarray, half: np.ndarray, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, bool]:
    """Push boxes (centres and half sides) apart within [low, high] until none overlap; whether that came true."""
    centre = np.clip(centre, low + half, high - half)
    reach_x, reach_y = (half[:, None, side] + half[None, :, side] for side in (0, 1))
    order = np.sign(np.arange(len(centre))[:, None] - np.arange(len(centre))[None])
    for _ in range(600):
        x, y = (centre[:, None, side] - centre[None, :, side] for side in (0, 1))
        inside_x, inside_y = reach_x - np.abs(x), reach_y - np.abs(y)
        overlap = (inside_x > 1e-3) & (inside_y > 1e-3)
        np.fill_diagonal(overlap, False)
        if not overlap.any():
            return centre, True
        # along the side that needs less of a push; of two boxes on the same spot the first goes left or down
        upright = inside_y < inside_x
        push = np.where(upright, inside_y, inside_x) * 0.5 + 0.05
        sign = np.sign(np.where(upright, y, x))
        move = np.where(overlap, push * np.where(sign == 0, order, sign), 0)
        step = np.stack([np.where(upright, 0, move).sum(axis=1), np.where(upright, move, 0).sum(axis=1)], axis=1)
        crowd = np.maximum(overlap.sum(axis=1), 1)[:, None]
        centre = np.clip(centre + step / np.sqrt(crowd), low + half, high - half)
    return centre, False


@mpl.rc_context(STYLE)
def department_graph(
    departments: pd.DataFrame,
    affinity: pd.DataFrame,
    *,
    connector: str | None,
    ax: Axes | None = None,
    seed: int = 0,
    language: str = "en",
) -> Axes:
    """Departments as discs (area = people), joined where they have more contact than their sizes let expect.

    Only the lines that matter are drawn (`strongest_pairs`); the width is the affinity. Silos stand in a colour of
    their own, the connector is ringed and its lines are coloured. Each name stands below its disc; discs and
    names are pushed apart until nothing overlaps, and a figure of our own grows until they can be.

    Args:
        departments: index department; columns `people`, `verdict`.
        affinity: K x K, symmetric, 1 where contact is as expected; the diagonal and NaN count as none.
        connector: the department to ring.
        ax: axes to draw on, which are filled whole; by default those of a new figure.
        seed: of the layout's start.
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
    if departments.empty:
        raise SilosError("a department graph needs at least one department.")
    if set(affinity.index) != set(departments.index) or set(affinity.columns) != set(departments.index):
        raise SilosError("the affinity of a department graph must be about the departments of its table.")
    say = phrases(language)["plots"]
    affinity = affinity.loc[departments.index, departments.index]
    own = ax is None
    count = len(departments)
    axes = new_axes(9.0, 4.6 if count <= 6 else 5.6 if count <= 14 else 6.8) if ax is None else ax
    names = _Names.of(list(departments.index), connector, axes)
    spots = _arranged(axes, names, departments["people"].to_numpy(dtype=float), affinity, seed=seed, own=own)
    axes.set(xlim=(0, spots.frame[0]), ylim=(0, spots.frame[1]), xticks=[], yticks=[])
    bare(axes)
    _draw_lines(axes, affinity, connector, spots.discs)
    silo = [str(verdict) == "silo" for verdict in departments["verdict"]]
    _draw_discs(axes, spots, silo, names.ringed)
    _draw_names(axes, spots, names)
    _legend(
        axes, largest=departments["people"].max(), silo=any(silo), connector=bool(names.ringed.any()), language=language
    )
    axes.set_title(say["graph_title"], loc="left", x=0.012 if own else 0, pad=6)
    return axes


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
    def of(cls, names: list[Any], connector: str | None, axes: Axes) -> "_Names":
        count = len(names)
        size = 9.5 if count <= 14 else 8.5 if count <= 26 else 7.5
        labels = [wrapped(name, 20 if count <= 14 else 18) for name in names]
        styles: list[dict[str, Any]] = [
            {"fontsize": size, "fontweight": "bold" if name == connector else "normal"} for name in names
        ]
        sizes = [text_size(axes, label, linespacing=1.05, **style) for label, style in zip(labels, styles, strict=True)]
        return cls(labels, styles, np.array(sizes), np.array(names) == connector)


@dataclass(frozen=True, eq=False)
class _Spots:
    """Where everything stands, in points: centres and diameters of discs, their rings, and the frame."""

    discs: np.ndarray
    diameter: np.ndarray
    ring: np.ndarray
    frame: tuple[float, float]


def _arranged(axes: Axes, names: _Names, people: np.ndarray, affinity: pd.DataFrame, *, seed: int, own: bool) -> _Spots:
    """Discs and names pushed apart until none overlap; a figure of our own grows until they can be."""
    figure, boxes = figure_of(axes), names.boxes
    if own:
        # names with an average disc should fill no more than half of the canvas
        width, height = figure.get_size_inches()
        needed = 2 * ((boxes[:, 0] + 2 * AIR) * (boxes[:, 1] + 0.3 * 72)).sum() / 72**2 / width
        figure.set_size_inches(width, max(height, needed + HEAD + FOOT / 72))
    unit = _layout(affinity.to_numpy(dtype=float), seed)
    ring = np.where(names.ringed, 9.0, 0.0)
    for _ in range(12):
        if own:
            axes.set_position((0, 0, 1, 1 - HEAD / figure.get_size_inches()[1]))
        frame = axes.get_window_extent()
        wide, tall = frame.width * 72 / figure.dpi, frame.height * 72 / figure.dpi
        # discs cover about a twelfth of the canvas, none is wider than a ninth of it
        area = min(0.085 * wide * tall / people.sum(), math.pi / 4 * (wide / 9) ** 2 / people.max())
        diameter = np.sqrt(people * area * 4 / math.pi)
        half = np.column_stack(
            [
                np.maximum(diameter + ring, boxes[:, 0]) / 2 + AIR,
                (diameter + ring + GAP + boxes[:, 1]) / 2 + AIR,
            ]
        )
        low, high = np.array([4.0, FOOT]), np.array([wide - 4, tall - 4])
        start = low + half + unit * np.maximum(high - low - 2 * half, 0)
        centre, clear = _separate(start, half, low, high)
        if clear or not own:
            break
        width, height = figure.get_size_inches()
        figure.set_size_inches(width, height * 1.1)
    discs = centre + np.column_stack([np.zeros(len(centre)), half[:, 1] - AIR - (diameter + ring) / 2])
    return _Spots(discs, diameter, ring, (wide, tall))


def _draw_lines(axes: Axes, affinity: pd.DataFrame, connector: str | None, discs: np.ndarray) -> None:
    pairs = strongest_pairs(affinity, connector=connector)
    strength = [float(np.log2(min(max(float(affinity.iloc[a, b]), 1.0), 16.0))) for a, b in pairs]
    names = affinity.index
    axes.add_collection(
        LineCollection(
            [discs[[a, b]] for a, b in pairs],
            linewidths=[0.9 + 1.3 * amount for amount in strength],
            colors=[
                to_rgba(BIND if connector in (names[a], names[b]) else LINE, min(0.35 + 0.15 * amount, 0.85))
                for amount, (a, b) in zip(strength, pairs, strict=True)
            ],
            capstyle="round",
            zorder=1,
            gid="lines",
        )
    )


def _draw_discs(axes: Axes, spots: _Spots, silo: list[bool], ringed: np.ndarray) -> None:
    axes.scatter(
        spots.discs[:, 0],
        spots.discs[:, 1],
        s=spots.diameter**2,
        c=[VERDICTS["silo"][0] if one else DISC for one in silo],
        edgecolors=PAPER,
        linewidths=1.2,
        zorder=3,
        gid="discs",
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


def _draw_names(axes: Axes, spots: _Spots, names: _Names) -> None:
    for at, label in enumerate(names.labels):
        axes.annotate(
            label,
            spots.discs[at],
            xytext=(0, -(spots.diameter[at] + spots.ring[at]) / 2 - GAP),
            textcoords="offset points",
            ha="center",
            va="top",
            linespacing=1.05,
            color=INK,
            zorder=5,
            annotation_clip=False,
            bbox={"facecolor": PAPER, "edgecolor": "none", "alpha": 0.8, "pad": 0.8},
            **names.styles[at],
        )


def _legend(axes: Axes, *, largest: float, silo: bool, connector: bool, language: str) -> None:
    say, number = phrases(language)["plots"], Numerals(language)
    disc: dict[str, Any] = {"linestyle": "none", "marker": "o", "markersize": 8}
    ring = disc | {"markersize": 9, "markerfacecolor": "none", "markeredgewidth": 2}
    handles = [Line2D([], [], **disc, color=DISC, label=say["graph_department"].format(people=number.count(largest)))]
    if silo:
        handles.append(Line2D([], [], **disc, color=VERDICTS["silo"][0], label=say["graph_silo"]))
    if connector:
        handles.append(Line2D([], [], **ring, color=BIND, label=say["graph_connector"]))
    handles.append(Line2D([], [], color=LINE, linewidth=2.4, label=say["graph_line"]))
    axes.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(0.004, 0.004),
        borderaxespad=0,
        borderpad=0.2,
        ncols=2,
        columnspacing=2.0,
        labelcolor=QUIET,
        handletextpad=0.6,
    )

"""Departments against departments, and departments against the communities that were detected."""

from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, Normalize, to_rgb
from matplotlib.patches import Rectangle
from scipy.cluster.hierarchy import leaves_list, linkage, optimal_leaf_ordering
from scipy.spatial.distance import squareform

from silos.errors import SilosError
from silos.locales.numerals import Numerals
from silos.locales.phrases import phrases
from silos.plots.canvas import (
    BAND,
    INK,
    LONGEST_NAME,
    PAPER,
    QUIET,
    RULE,
    STYLE,
    bare,
    entitled,
    figure_of,
    new_axes,
    shorts,
    unlabelled,
    wrapped,
)

#: Brown to teal around white: told apart with any colour vision, and in grey by the marks.
DIVERGING = LinearSegmentedColormap.from_list(
    "silos_diverging", ["#7a3b0e", "#b8672b", "#e3b98c", "#faf8f5", "#93c6c1", "#2f8f89", "#0b524e"]
).with_extremes(bad=BAND, under="#7a3b0e", over="#0b524e")
SEQUENTIAL = LinearSegmentedColormap.from_list(
    "silos_sequential", ["#ffffff", "#cfdcea", "#8fb0d0", "#4a7db0", "#1d4f86", "#0f2f57"]
).with_extremes(bad=BAND)

#: Up to this many departments the cells have room for a number.
MOST_NUMBERED = 16
#: Beyond so many departments an SVG holds the cells as a picture: as paths they are half of the report.
MOST_DRAWN = 30
#: Of a colour scale: nobody sees more, and each is a path in the SVG.
STEPS = 128


def cell_size(count: int) -> float:
    """Side of a cell in inches."""
    return float(np.clip(7.2 / max(count, 1), 0.165, 0.56))


def type_size(count: int) -> float:
    """Size of the labels in points."""
    return 9.0 if count <= 16 else 8.0 if count <= 30 else 7.0


def readable_on(colour: Any) -> str:
    """Dark or white, whichever is read better on the colour (relative luminance, WCAG 2)."""
    return str(_inks_on(np.array(to_rgb(colour))))


def _inks_on(colours: np.ndarray) -> np.ndarray:
    """The same on each of many colours, (..., 3 or 4)."""
    channels = colours[..., :3]
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return np.where(linear @ (0.2126, 0.7152, 0.0722) < 0.22, PAPER, INK)


def block_order(ratio: pd.DataFrame) -> list[int]:
    """Positions of the departments such that those in contact stand together.

    Average linkage on 1 / (1 + ratio), then the order of the leaves in which neighbours are closest
    (Bar-Joseph et al. 2001). A pair whose ratio is missing is taken at 1.

    Examples:
        >>> a = pd.DataFrame([[9, 0, 5], [0, 9, 0], [5, 0, 9]])
        >>> block_order(a)[1] in (0, 2)
        True
        >>> block_order(a.iloc[:1, :1])
        [0]
    """
    count = len(ratio)
    if count < 3:
        return list(range(count))
    values = ratio.to_numpy(dtype=float)
    closeness = np.nan_to_num(np.clip(values, 0, None), nan=1.0, posinf=1e6)
    apart = 1 / (1 + (closeness + closeness.T) / 2)
    np.fill_diagonal(apart, 0)
    condensed = squareform(apart, checks=False)
    return [int(leaf) for leaf in leaves_list(optimal_leaf_ordering(linkage(condensed, "average"), condensed))]


def label_cells(axes: Axes, rows: list[str], columns: list[str], size: float) -> None:
    """Names of the rows at the left, of the columns on top."""
    axes.set_xticks(np.arange(len(columns)) + 0.5, columns, rotation=90, fontsize=size, va="bottom", linespacing=1.08)
    axes.set_yticks(np.arange(len(rows)) + 0.5, rows, fontsize=size, linespacing=1.08)
    axes.xaxis.tick_top()
    axes.tick_params(pad=3)


def draw_scale(
    axes: Axes, mesh: Any, frame: tuple[float, float], *, ticks: list[float], marks: list[str], label: str
) -> None:
    """The colour scale, below a frame of so many inches, at its left edge."""
    width, height = frame
    length, thickness, gap = min(2.8, max(width, 1.6)), 0.11, 0.16
    inset = axes.inset_axes((0, -(gap + thickness) / height, length / width, thickness / height))
    steps = np.linspace(mesh.norm.vmin, mesh.norm.vmax, STEPS + 1)
    bar = figure_of(axes).colorbar(mesh, cax=inset, orientation="horizontal", boundaries=steps)
    # by default a picture, which an SVG would have to embed
    if bar.solids is not None:
        bar.solids.set(rasterized=False, edgecolor="face")
    inset.set_xticks(ticks, marks, fontsize=8)
    inset.minorticks_off()
    inset.tick_params(length=2, pad=2)
    for spine in inset.spines.values():
        spine.set_visible(False)
    inset.set_xlabel(label, fontsize=8.5, loc="left", labelpad=3)
    unlabelled(inset)


def mark_few(axes: Axes, values: np.ndarray) -> bool:
    """A dot in each cell of which the value may not be shown (NaN); whether there is any."""
    where = np.argwhere(np.isnan(values))
    if len(where):
        axes.scatter(
            where[:, 1] + 0.5, where[:, 0] + 0.5, s=4, color=QUIET, linewidths=0, zorder=3,
            rasterized=len(values) > MOST_DRAWN,
        )  # fmt: skip
    return bool(len(where))


@mpl.rc_context(STYLE)
def mixing_heatmap(
    ratio: pd.DataFrame, *, significant: pd.DataFrame, of: str = "volume", ax: Axes | None = None, language: str = "en"
) -> Axes:
    """Contact of every two departments against what is expected, on a logarithmic scale centred on 1.

    The departments are ordered so that blocks show (`block_order`). A dot marks what differs from the organisation's
    habit. The artist holds log2 of the ratio; up to 16 departments the ratio stands in the cell.

    Args:
        ratio: K x K, symmetric, observed over expected; NaN where there is none, as on the diagonal of ties.
        significant: K x K, True where the ratio differs from the organisation's habit beyond chance; missing is False.
        of: what is compared, as the scale says: the `ties` of a pair, or all `volume`.
        ax: axes to draw on; by default those of a new figure as large as the departments need.
        language: of the text.

    Raises:
        SilosError: rows and columns are not the same departments, or there are none.

    Examples:
        >>> ratio = pd.DataFrame([[4.0, 0.5], [0.5, 4.0]], index=["HR", "IT"], columns=["HR", "IT"])
        >>> axes = mixing_heatmap(ratio, significant=ratio < 1)
        >>> axes.collections[0].get_array().tolist()
        [[2.0, -1.0], [-1.0, 2.0]]
    """
    if ratio.empty or not ratio.index.equals(ratio.columns):
        raise SilosError("a mixing heatmap needs a square table with the same departments in rows and columns.")
    say = phrases(language)["plots"]
    ratio = ratio.iloc[(order := block_order(ratio)), order]
    marked = significant.reindex(index=ratio.index, columns=ratio.columns).eq(True).to_numpy()
    values = ratio.to_numpy(dtype=float)
    count = len(ratio)
    with np.errstate(divide="ignore"):
        logs = np.log2(values)

    # the scale ends where most pairs of different departments lie, between 4 and 16 times
    pairs = np.abs(logs[~np.eye(count, dtype=bool)])
    pairs = pairs[np.isfinite(pairs)]
    end = int(np.clip(np.ceil(np.quantile(pairs, 0.95)), 2, 4)) if pairs.size else 2
    norm = Normalize(-end, end)

    axes = new_axes() if ax is None else ax
    cell, size = cell_size(count), type_size(count)
    mesh = axes.pcolormesh(
        np.arange(count + 1),
        np.arange(count + 1),
        np.ma.masked_invalid(np.where(np.isneginf(logs), -99, logs)),
        cmap=DIVERGING,
        norm=norm,
        edgecolors=PAPER,
        linewidth=1.2 if count <= MOST_NUMBERED else 0.5,
        rasterized=count > MOST_DRAWN,
    )
    axes.set(xlim=(0, count), ylim=(count, 0), aspect="equal")
    for position in np.flatnonzero(np.isfinite(np.diagonal(values))).tolist():
        axes.add_patch(
            Rectangle((position, position), 1, 1, fill=False, edgecolor=INK, linewidth=1.1, clip_on=False, zorder=3)
        )

    numbered = count <= MOST_NUMBERED
    on_cells = _inks_on(np.asarray(DIVERGING(norm(np.clip(logs, -end, end)))))
    inks = np.where(np.isfinite(values), on_cells, QUIET).tolist()
    if numbered:
        _number_cells(axes, values, inks, Numerals(language))
    _mark_cells(axes, np.argwhere(marked & np.isfinite(values)), inks, numbered=numbered, cell=cell)

    # A second line takes the height of two: where cells are low, names keep to one.
    longest = 24 if numbered and cell * 72 > 2.3 * size else 2 * LONGEST_NAME
    names = [wrapped(name, longest) for name in shorts(ratio.index)]
    label_cells(axes, names, names, size)
    bare(axes)
    ticks = [float(tick) for tick in range(-end, end + 1)]
    marks = [f"1/{2 ** -int(tick)}" if tick < 0 else f"{2 ** int(tick)}" for tick in ticks]
    told = f"{say[f'mixing_scale_{of}']}\n{say['mixing_mark']}"
    draw_scale(axes, mesh, (count * cell, count * cell), ticks=ticks, marks=marks, label=told)
    entitled(axes, say["mixing_title"], own=ax is None, width=count * cell, height=count * cell)
    return axes


def _number_cells(axes: Axes, values: np.ndarray, inks: list[list[str]], number: Numerals) -> None:
    size = 8 if len(values) <= 12 else 7.5
    for row, column in np.ndindex(*values.shape):
        value = float(values[row, column])
        if row == column and np.isnan(value):
            continue
        digits = 0 if value == 0 or value >= 9.95 else 1 if value >= 0.995 else 2
        axes.text(
            column + 0.5,
            row + 0.54,
            number.decimal(value, digits),
            ha="center",
            va="center",
            fontsize=size,
            color=inks[row][column],
            in_layout=False,
        )


def _mark_cells(axes: Axes, where: np.ndarray, inks: list[list[str]], *, numbered: bool, cell: float) -> None:
    """A dot in each of these cells: in the corner where a number stands in the middle."""
    offset = (0.86, 0.15) if numbered else (0.5, 0.5)
    axes.scatter(
        where[:, 1] + offset[0],
        where[:, 0] + offset[1],
        s=(9 if numbered else (cell * 72 * 0.3) ** 2),
        zorder=4,
        linewidths=0,
        clip_on=False,
        c=[inks[row][column] for row, column in where] or None,
    )


def _staircase(shares: pd.DataFrame) -> pd.DataFrame:
    """Rows and columns so ordered that the largest shares run along the diagonal."""
    values = shares.fillna(0.0).to_numpy(dtype=float)
    home = values.argmax(axis=1)
    # communities that are home to more departments first; those that are home to none last, the larger before
    homes = np.bincount(home, minlength=values.shape[1])
    columns = np.lexsort((np.arange(values.shape[1]), -values.sum(axis=0), -homes))
    rank = np.empty_like(columns)
    rank[columns] = np.arange(len(columns))
    rows = np.lexsort((np.arange(len(values)), -values.max(axis=1), rank[home]))
    return shares.iloc[rows, columns]


@mpl.rc_context(STYLE)
def communities_heatmap(shares: pd.DataFrame, *, ax: Axes | None = None, language: str = "en") -> Axes:
    """Where the people of each department are among the communities that were detected in their ties.

    Departments and communities are ordered so that the diagonal shows: one block in a row means that a department is a
    community of its own, a row that is spread out that its people belong with others.

    Args:
        shares: departments x communities, share of the department's people, NaN where these are too few to be shown: a
            dot; at most 24 communities are drawn, the rest together as "others".
        ax: axes to draw on; by default those of a new figure as large as the departments need.
        language: of the text.

    Raises:
        SilosError: there is nothing to draw.

    Examples:
        >>> shares = pd.DataFrame([[0.0, 1.0], [0.75, 0.25]], index=["HR", "IT"])
        >>> axes = communities_heatmap(shares)
        >>> axes.collections[0].get_array().tolist()
        [[1.0, 0.0], [0.25, 0.75]]
    """
    if shares.empty:
        raise SilosError("a communities heatmap needs at least one department and one community.")
    say, number = phrases(language)["plots"], Numerals(language)
    shares = _staircase(shares)
    columns = [str(position + 1) for position in range(shares.shape[1])]
    if len(columns) > 24:
        # a few somewhere in the rest are some, not none
        few = shares.iloc[:, 23:].isna().any(axis=1)
        rest = shares.iloc[:, 23:].sum(axis=1)
        rest = rest.mask(few & (rest == 0))
        shares = shares.iloc[:, :23].assign(**{"rest of the communities": rest})
        columns = [*columns[:23], say["communities_rest"]]
    rows_count, columns_count = shares.shape
    values = shares.to_numpy(dtype=float)

    own = ax is None
    axes = new_axes() if ax is None else ax
    high, size = min(cell_size(rows_count), 0.34), type_size(rows_count)
    wide = max(high, 0.44 if columns_count <= 14 else 0.3)
    norm = Normalize(0, 1)
    mesh = axes.pcolormesh(
        np.arange(columns_count + 1),
        np.arange(rows_count + 1),
        np.ma.masked_invalid(values),
        cmap=SEQUENTIAL,
        norm=norm,
        edgecolors=RULE,
        linewidth=0.5,
        rasterized=rows_count > MOST_DRAWN,
    )
    axes.set(xlim=(0, columns_count), ylim=(rows_count, 0))
    if columns_count <= 14 and rows_count <= 30:
        for row, column in np.argwhere(values >= 0.045):
            axes.text(
                column + 0.5,
                row + 0.52,
                number.percent(values[row, column]),
                ha="center",
                va="center",
                fontsize=7,
                color=readable_on(SEQUENTIAL(norm(values[row, column]))),
                in_layout=False,
            )
    label_cells(axes, shorts(shares.index), columns, size)
    for label in axes.get_xticklabels():
        label.set_rotation(0 if label.get_text().isdigit() else 90)
    axes.set_xlabel(say["communities_axis"], fontsize=8.5, loc="left")
    axes.xaxis.set_label_position("top")
    bare(axes)
    ticks = [0.0, 0.5, 1.0]
    frame = (columns_count * wide, rows_count * high)
    legend = say["communities_scale"] + (f"\n{say['few_mark']}" if mark_few(axes, values) else "")
    draw_scale(axes, mesh, frame, ticks=ticks, marks=[number.percent(tick) for tick in ticks], label=legend)
    entitled(axes, say["communities_title"], own=own, width=frame[0], height=frame[1])
    return axes

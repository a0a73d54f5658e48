"""The lines of the picture of an organisation: ties above the expected, walls, and the ties that a silo lacks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgba

from silos.plots.canvas import mark
from silos.plots.graph_layout import MORE, routed, strongest_pairs

LINE = "#8296a8"
BIND = "#14746f"
#: The broken lines of a silo and of a wall.
MISSING = "#b8431a"
WALL = "#7a3b0e"
#: Points that a broken line of a silo is long.
STUB = 15.0


@dataclass(frozen=True, eq=False)
class Spots:
    """Where everything stands, in points: centres and diameters of all discs, their rings, the frame and its foot."""

    discs: np.ndarray
    diameter: np.ndarray
    ring: np.ndarray
    frame: tuple[float, float]
    foot: float

    def line(self, a: int, b: int) -> np.ndarray:
        """A line from one disc to another that keeps clear of the others."""
        others = np.array([at not in (a, b) for at in range(len(self.discs))])
        frame = np.array([2.0, self.foot]), np.array(self.frame) - 2
        return routed(self.discs[a], self.discs[b], self.discs[others], self.diameter[others] / 2, frame)


def draw_ties(
    axes: Axes,
    affinity: pd.DataFrame,
    contact: pd.DataFrame,
    spots: Spots,
    told: list[int],
    *,
    silos: list[Any],
    desk: np.ndarray,
    connector: str | None,
    walls: Sequence[tuple[str, str]],
) -> dict[str, bool]:
    """Lines, walls and what silos miss; whether there is any of each: `line`, `wall`, `missing`."""
    names, inner = list(affinity.index), set(told)
    place = {name: at for at, name in enumerate(names)}
    pairs = strongest_pairs(affinity, connector=connector)
    pairs = [pair for pair in pairs if inner.issuperset(pair) or connector in (names[pair[0]], names[pair[1]])]
    _draw_lines(axes, affinity, pairs, connector, spots)
    shut = [(place[a], place[b]) for a, b in walls if inner.issuperset((place[a], place[b]))]
    _draw_walls(axes, shut, spots, names)
    stubs = [place[name] for name in silos if place[name] in inner]
    return {"line": bool(pairs), "wall": bool(shut), "missing": _draw_stubs(axes, contact, stubs, desk, pairs, spots)}


def _draw_lines(
    axes: Axes, affinity: pd.DataFrame, pairs: list[tuple[int, int]], connector: str | None, spots: Spots
) -> None:
    """A line for each of these pairs, as wide as the affinity; those of the connector in its colour."""
    strength = [float(np.log2(min(max(float(affinity.iloc[a, b]), 1.0), 16.0))) for a, b in pairs]
    names = affinity.index
    axes.add_collection(
        LineCollection(
            [spots.line(a, b) for a, b in pairs],
            linewidths=[0.9 + 1.3 * amount for amount in strength],
            colors=[
                to_rgba(BIND if connector in (names[a], names[b]) else LINE, min(0.35 + 0.15 * amount, 0.85))
                for amount, (a, b) in zip(strength, pairs, strict=True)
            ],
            capstyle="round",
            zorder=1,
            gid="lines",
            urls=[mark(f"{names[a]} – {names[b]}", names[a], names[b]) for a, b in pairs],
        )
    )


def _draw_walls(axes: Axes, walls: list[tuple[int, int]], spots: Spots, names: list[Any]) -> None:
    """A broken line for each of these pairs."""
    if walls:
        axes.add_collection(
            LineCollection(
                [spots.line(a, b) for a, b in walls],
                linewidths=1.6,
                colors=WALL,
                linestyles=[(0, (1.2, 2.2))],
                zorder=1,
                gid="walls",
                urls=[mark(f"{names[a]} – {names[b]}", names[a], names[b]) for a, b in walls],
            )
        )


def _draw_stubs(
    axes: Axes,
    affinity: pd.DataFrame,
    silos: list[int],
    desk: np.ndarray,
    pairs: list[tuple[int, int]],
    spots: Spots,
) -> bool:
    """A broken line from each silo towards each department with which ties are missing; whether there is any.

    Args:
        axes: where to.
        affinity: by the ties that make a silo.
        silos: their positions.
        desk: which departments are service desks.
        pairs: those that are joined by a line.
        spots: where all stand.
    """
    values, joined, names = affinity.to_numpy(dtype=float), set(pairs), affinity.index
    stubs, urls = [], []
    for silo in silos:
        for other in range(len(values)):
            pair = (min(silo, other), max(silo, other))
            if other == silo or desk[other] or pair in joined or not values[silo, other] * MORE <= 1:
                continue
            towards = (spots.discs[other] - spots.discs[silo]) / np.hypot(*(spots.discs[other] - spots.discs[silo]))
            edge = spots.discs[silo] + towards * spots.diameter[silo] / 2
            stubs.append([edge, edge + towards * STUB])
            urls.append(mark(f"{names[silo]} – {names[other]}", names[silo], names[other]))
    if stubs:
        axes.add_collection(
            LineCollection(
                stubs,
                linewidths=1.4,
                colors=MISSING,
                linestyles=[(0, (2, 1.6))],
                zorder=2,
                gid="missing",
                urls=urls,
            )
        )
    return bool(stubs)

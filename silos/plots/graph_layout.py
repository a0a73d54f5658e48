"""Where the discs of the picture of an organisation stand, which of them have a name, and which way lines go."""

from collections.abc import Sequence
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd

from silos.system.threads import matrices_alone

#: Points that a line keeps away from discs it does not join.
CLEARANCE = 4.0
#: How far a line is bent to pass a disc, of its length, the least first.
BENDS = (0.0, 0.1, -0.1, 0.2, -0.2, 0.3, -0.3, 0.4, -0.4, 0.5, -0.5, 0.65, -0.65, 0.8, -0.8)
#: Affinity from which a pair has more ties than expected, or, turned over, fewer: nearer to 1, two digits of it, and
#: the classes of the counts that it follows from, do not tell more from fewer.
MORE = 1.1
#: Large departments that have a name where nothing is said of any.
LARGEST_NAMED = 5
#: From this many departments on, only those that something is said of have a name; at most so many, by these pairs.
QUIET_FROM, MOST_NAMED, NAMING_PAIRS = 25, 14, 4


def strongest_pairs(affinity: pd.DataFrame, *, connector: str | None = None) -> list[tuple[int, int]]:
    """The pairs (positions, a < b) worth a line: affinity of `MORE` at least, and among the strongest of either.

    How many each department keeps falls with their number, from 5 to 2; the connector keeps all.

    Examples:
        >>> strongest_pairs(pd.DataFrame([[0, 2.0, 0.4], [2.0, 0, 1.0], [0.4, 1.0, 0]]))
        [(0, 1)]
    """
    values = np.nan_to_num(affinity.to_numpy(dtype=float).copy())
    np.fill_diagonal(values, 0)
    count = len(values)
    keep = 5 if count <= 8 else 4 if count <= 16 else 3 if count <= 28 else 2
    pairs: set[tuple[int, int]] = set()
    for a in range(count):
        strongest = np.argsort(-values[a], kind="stable")
        most = count if affinity.index[a] == connector else keep
        pairs.update((min(a, int(b)), max(a, int(b))) for b in strongest[:most] if values[a, b] >= MORE)
    return sorted(pairs)


def layout(affinity: np.ndarray, seed: int) -> np.ndarray:
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
        with matrices_alone():
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


def separate(centre: np.ndarray, half: np.ndarray, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, bool]:
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


def told_of(
    names: list[Any],
    silos: list[Any],
    connector: str | None,
    pairs: list[tuple[str, str]],
    most: int = MOST_NAMED,
    people: np.ndarray | None = None,
    spoken_of: Sequence[Any] = (),
) -> list[int]:
    """Positions of the departments that get a name: all of a few, else those that something is said of.

    First the connector, the most inward silo and those that the text beside the picture is about; then the other silos,
    and walls and bridges.

    Where nothing is said of any, the largest have a name, by which readers find their way.

    Examples:
        >>> told_of(["HR", "IT"], [], None, [])
        [0, 1]
        >>> told_of([f"d{at}" for at in range(30)], ["d7"], "d3", [("d9", "d1")])
        [1, 3, 7, 9]
        >>> told_of([f"d{at}" for at in range(30)], ["d7", "d8"], None, [], 3, spoken_of=["d2", "d5"])
        [2, 5, 7]
    """
    if len(names) < QUIET_FROM:
        return list(range(len(names)))
    first = [connector, *silos[:1], *spoken_of]
    wanted = [name for name in [*first, *silos, *(name for pair in pairs for name in pair)] if name in names]
    if not wanted and people is not None:
        return sorted(int(at) for at in np.argsort(-people, kind="stable")[:LARGEST_NAMED])
    place = {name: at for at, name in enumerate(names)}
    return sorted(place[name] for name in list(dict.fromkeys(wanted))[:most])


def routed(
    start: np.ndarray,
    end: np.ndarray,
    discs: np.ndarray,
    radii: np.ndarray,
    frame: tuple[np.ndarray, np.ndarray] | None = None,
) -> np.ndarray:
    """A line from one point to another as (n, 2) points, bent where it would else run into one of these discs.

    Of several bends the least that touches none and stays between the corners of the frame; where none does, the one
    that touches least.

    Examples:
        >>> routed(np.array([0.0, 0.0]), np.array([90.0, 0.0]), np.array([[45.0, 40.0]]), np.array([9.0])).tolist()
        [[0.0, 0.0], [90.0, 0.0]]
        >>> len(routed(np.array([0.0, 0.0]), np.array([90.0, 0.0]), np.array([[45.0, 0.0]]), np.array([9.0])))
        33
    """
    step = np.linspace(0, 1, 33)[:, None]
    across = np.array([start[1] - end[1], end[0] - start[0]])
    best, least = np.array([start, end]), np.inf
    for bend in BENDS:
        middle = (start + end) / 2 + 2 * bend * across
        points = (1 - step) ** 2 * start + 2 * step * (1 - step) * middle + step**2 * end
        apart = np.hypot(*(points[:, None] - discs[None]).transpose(2, 0, 1))
        touched = float(np.clip(radii + CLEARANCE - apart, 0, None).max(axis=0, initial=0).sum()) if len(discs) else 0.0
        if frame is not None:
            touched += float(np.clip([frame[0] - points, points - frame[1]], 0, None).sum())
        if touched < least:
            best, least = points if bend else best, touched
        if not touched:
            break
    return best

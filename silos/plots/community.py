"""Communities of a tool: who is in them, and what they share with the others."""

from collections.abc import Mapping

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.lines import Line2D

from silos.errors import SilosError
from silos.locales.numerals import Numerals
from silos.locales.phrases import phrases
from silos.plots.canvas import NO_VERDICT, QUIET, RULE, STYLE, VERDICTS, bare, counted, entitled, new_axes, shorts
from silos.plots.heatmaps import SEQUENTIAL, cell_size, draw_scale, label_cells, mark_few, readable_on, type_size

#: Communities that are drawn: the first of the table.
MOST = 24
#: Verdict on a community -> how the same is drawn of a department.
_DRAWN = {"silo 2.0": "silo", "bridge": "open", "typical": "typical", "uncertain": "uncertain"}


@mpl.rc_context(STYLE)
def community_map(
    communities: pd.DataFrame, shares: pd.DataFrame, *, ax: Axes | None = None, language: str = "en"
) -> Axes:
    """From which departments the members of each community come; beside it the verdict, and how many are elsewhere too.

    A community with one dark cell is filled by one department; "0 of 12" beside it says that none of its 12 members is
    in a community which that department does not fill.

    Args:
        communities: rows with `community`, `members`, `shared`, `verdict`, the most telling first; 24 are drawn. Where
            `members_few` or `shared_few` is true, the count is known only to be below a step.
        shares: the same communities x departments, share of the members; NaN where these are too few to be shown: a
            dot.
        ax: axes to draw on; by default those of a new figure as large as the names need.
        language: of the text.

    Raises:
        SilosError: there is nothing to draw.

    Examples:
        >>> table = pd.DataFrame({"community": ["labs"], "members": [12], "shared": [0], "verdict": ["silo 2.0"]})
        >>> axes = community_map(table, pd.DataFrame([[1.0, 0.0]], index=["labs"], columns=["R&D", "HR"]))
        >>> axes.collections[0].get_array().tolist()
        [[1.0, 0.0]]
    """
    if communities.empty or shares.empty:
        raise SilosError("a map of communities needs at least one community and one department.")
    words, number = phrases(language), Numerals(language)
    say = words["plots"]
    table, values = communities.head(MOST), shares.head(MOST).to_numpy(dtype=float)
    rows, columns = values.shape

    own = ax is None
    axes = new_axes() if ax is None else ax
    high, size = min(cell_size(rows), 0.3), type_size(rows)
    wide = max(high, 0.4 if columns <= 14 else 0.26)
    norm = Normalize(0, 1)
    mesh = axes.pcolormesh(
        np.arange(columns + 1), np.arange(rows + 1), np.ma.masked_invalid(values), cmap=SEQUENTIAL, norm=norm,
        edgecolors=RULE, linewidth=0.5,
    )  # fmt: skip
    if columns <= 14:
        for row, column in np.argwhere(values >= 0.045):
            axes.text(
                column + 0.5, row + 0.52, number.percent(values[row, column]), ha="center", va="center", fontsize=7,
                color=readable_on(SEQUENTIAL(norm(values[row, column]))),
            )  # fmt: skip
    # the width of the two columns beside the cells, in cells
    mark, count = columns + 0.3 / wide, columns + 0.55 / wide
    for row, one in enumerate(table.to_dict("records")):
        fill, edge, marker = VERDICTS.get(_DRAWN.get(str(one["verdict"]), ""), NO_VERDICT)
        axes.plot([mark], [row + 0.5], marker=marker, color=fill, markeredgecolor=edge, markersize=6.5, clip_on=False)
        counts = {name: counted(one, name, number) for name in ("shared", "members")}
        shared = say["map_shared"].format(**counts)
        axes.text(count, row + 0.52, shared, va="center", ha="left", fontsize=size, clip_on=False)
    axes.set(xlim=(0, columns), ylim=(rows, 0))
    label_cells(axes, shorts(table["community"]), shorts(shares.columns), size)
    axes.text(
        count, -0.25, say["map_elsewhere"], rotation=90, va="bottom", ha="left", fontsize=size, color=QUIET,
        linespacing=1.08, clip_on=False,
    )  # fmt: skip
    bare(axes)
    ticks = [0.0, 0.5, 1.0]
    frame = (columns * wide, rows * high)
    few = mark_few(axes, values)
    label = say["map_scale"] + (f"\n{say['few_mark']}" if few else "")
    draw_scale(axes, mesh, frame, ticks=ticks, marks=[number.percent(tick) for tick in ticks], label=label)
    there = [verdict for verdict in _DRAWN if (table["verdict"] == verdict).any()]
    _legend(axes, there, (-0.87 if few else -0.72) / frame[1], words["community_verdicts"])
    entitled(axes, say["map_title"], own=own, width=frame[0], height=frame[1])
    return axes


def _legend(axes: Axes, verdicts: list[str], below: float, words: Mapping[str, str]) -> None:
    """The verdicts that occur, below the scale."""
    handles = [
        Line2D(
            [], [], linestyle="", marker=marker, color=fill, markeredgecolor=edge, markersize=6,
            label=words[verdict],
        )
        for verdict in verdicts
        for fill, edge, marker in [VERDICTS[_DRAWN[verdict]]]
    ]  # fmt: skip
    axes.legend(
        handles=handles, loc="upper left", bbox_to_anchor=(0, below), ncols=len(handles), borderaxespad=0,
        handletextpad=0.3, columnspacing=1.2, borderpad=0,
    )  # fmt: skip

"""What becomes of the contacts of people who change team."""

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes

from silos.errors import SilosError
from silos.locales.numerals import Numerals
from silos.locales.phrases import phrases
from silos.plots.canvas import QUIET, RULE, STYLE, VERDICTS, bare, entitled, new_axes, numeric

#: Inches of the frame.
WIDTH, HEIGHT = 6.0, 2.8
#: Points between the axis and the months: more than half a line, which the 0% beside it takes below the axis.
CLEAR = 7
#: Points from the frame to the title: the legend stands between them.
ABOVE = 24


@mpl.rc_context(STYLE)
def team_change(curve: pd.DataFrame, *, ax: Axes | None = None, language: str = "en") -> Axes:
    """Share of contacts with the old and the new team, by months from the move; dashed: of people who did not move.

    Args:
        curve: one row per period: `month` (its first, 0 that of the move), `months` (its length), `old`, `new`, each
            with `_low` and `_high`, `others_old`, `others_new`.
        ax: axes to draw on; by default those of a new figure.
        language: of the text.

    Raises:
        SilosError: no period has a value.

    Examples:
        >>> table = pd.DataFrame({"month": [-1, 0], "months": 1, "old": [0.4, 0.1], "new": [0.0, 0.3],
        ...     "old_low": [0.3, 0.0], "old_high": [0.5, 0.2], "new_low": [0.0, 0.2], "new_high": [0.1, 0.4],
        ...     "others_old": [0.4, 0.4], "others_new": [0.0, 0.0]})
        >>> axes = team_change(table)
        >>> [line.get_ydata().tolist() for line in axes.lines if line.get_gid() == "new"]
        [[0.0, 0.3]]
    """
    if curve.empty or not curve["new"].notna().any():
        raise SilosError("a plot of a change of team needs at least one period.")
    words, number = phrases(language)["plots"], Numerals(language)
    own = ax is None
    axes = new_axes() if ax is None else ax
    middle = curve["month"] + curve["months"] / 2
    for name, verdict in (("old", "silo"), ("new", "open")):
        colour = VERDICTS[verdict][0]
        axes.plot(
            middle,
            curve[name],
            color=colour,
            linewidth=2,
            marker="o",
            markersize=4.5,
            label=words[f"team_{name}"],
            gid=name,
        )
        axes.plot(
            middle, curve[f"others_{name}"], color=colour, linewidth=1, linestyle=(0, (4, 3)), gid=f"others-{name}"
        )
        axes.fill_between(middle, curve[f"{name}_low"], curve[f"{name}_high"], color=colour, alpha=0.18, linewidth=0)
    axes.axvline(0, color=QUIET, linewidth=1)
    axes.set_ylim(bottom=0)
    axes.set_xlabel(words["team_months"])
    numeric(axes.xaxis, number, most=7)
    numeric(axes.yaxis, number, most=5)
    axes.yaxis.set_major_formatter(lambda share, _: number.percent(share))
    axes.yaxis.grid(True, color=RULE, linewidth=0.6)
    # The first month may stand right under the corner, where the lowest share is written.
    axes.tick_params(axis="x", pad=CLEAR)
    bare(axes, keep=["bottom"])
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, borderaxespad=0)
    entitled(axes, words["team_title"], own=own, width=WIDTH, height=HEIGHT, above=ABOVE)
    return axes

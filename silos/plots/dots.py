"""Dot plots: any estimates with interval and null model; settings under which a first stays first."""

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from silos.errors import SilosError
from silos.locales.numerals import Numerals
from silos.locales.phrases import phrases
from silos.plots.canvas import BAND, INK, PAPER, QUIET, RULE, STYLE, VERDICTS, bare, entitled, new_axes, numeric, short

#: Inches of one line, and of the frame's width.
LINE, WIDTH = 0.3, 4.2
#: Points between a mark and the text beside it.
BESIDE = 7


def _lines(axes: Axes, labels: list[str]) -> None:
    """One line per label, every other one on a band."""
    for row in range(0, len(labels), 2):
        axes.axhspan(row - 0.5, row + 0.5, color=BAND, linewidth=0, zorder=0)
    axes.set_yticks(np.arange(len(labels)), labels)
    axes.set_ylim(len(labels) - 0.5, -0.5)


@mpl.rc_context(STYLE)
def estimates(
    table: pd.DataFrame, *, title: str, form: str = "decimal", ax: Axes | None = None, language: str = "en"
) -> Axes:
    """Numbers on one line each: the value, its interval where it has one, and an upright mark at its null model.

    Args:
        table: index the names of measures, departments or fates; columns `value` and, where there are any, `low`,
            `high`, `null_mean`. Rows without a value are left out.
        title: key of the title among the phrases of plots.
        form: how numbers are written: `decimal`, `percent` or `count`.
        ax: axes to draw on; by default those of a new figure as tall as the rows need.
        language: of the text.

    Raises:
        SilosError: no row has a value.

    Examples:
        >>> table = pd.DataFrame({"value": [0.5, None], "low": [0.4, None], "high": [0.6, None]}, index=["a_b", "c"])
        >>> axes = estimates(table, title="estimates_organisation")
        >>> [label.get_text() for label in axes.get_yticklabels()]
        ['a b']
    """
    columns = ["value", "low", "high", "null_mean"]
    known = table.reindex(columns=columns).astype(np.float64)
    known = known[np.isfinite(known["value"])]
    if known.empty:
        raise SilosError("a plot of estimates needs at least one row with a value.")
    words, number = phrases(language), Numerals(language)
    names = {**words["measures"], **words["left_out"], **words["fates"]}
    own = ax is None
    axes = new_axes() if ax is None else ax
    # Names of ours are short enough to stand whole.
    _lines(axes, [names.get(str(name)) or short(str(name).replace("_", " ")) for name in known.index])
    write = getattr(number, form)
    for row, (value, low, high, null) in enumerate(known.to_numpy()):
        axes.plot([low, high], [row, row], color=INK, linewidth=2, solid_capstyle="round", gid=f"interval-{row}")
        axes.plot([value], [row], marker="o", markersize=6.5, color=INK, linestyle="none", gid=f"value-{row}")
        axes.plot(
            [null], [row], marker="|", markersize=13, markeredgewidth=2, color=QUIET, linestyle="none",
            gid=f"null-{row}",
        )  # fmt: skip
        axes.annotate(
            write(value), (1, row), xycoords=("axes fraction", "data"), xytext=(BESIDE, 0), textcoords="offset points",
            va="center", color=QUIET, annotation_clip=False,
        )  # fmt: skip
    axes.margins(x=0.05)
    numeric(axes.xaxis, number, most=5)
    if form == "percent":
        axes.xaxis.set_major_formatter(lambda share, _: number.percent(share))
    axes.xaxis.grid(True, color=RULE, linewidth=0.6)
    bare(axes, keep=["bottom"])
    return _finish(axes, words["plots"][title], rows=len(known), own=own)


@mpl.rc_context(STYLE)
def settings(table: pd.DataFrame, *, ax: Axes | None = None, language: str = "en") -> Axes:
    """Which department comes first under other settings: a filled mark where it is the same, a hollow one where not.

    Args:
        table: one row per setting: `setting`, `value`, `first` (None for nobody), `stays`.
        ax: axes to draw on; by default those of a new figure as tall as the rows need.
        language: of the text.

    Raises:
        SilosError: there is no setting.

    Examples:
        >>> table = pd.DataFrame({"setting": ["weeks"], "value": ["2"], "first": ["HR"], "stays": [True]})
        >>> [text.get_text() for text in settings(table).texts]
        ['HR']
    """
    if table.empty:
        raise SilosError("a plot of settings needs at least one of them.")
    words = phrases(language)
    say = words["plots"]
    own = ax is None
    axes = new_axes() if ax is None else ax
    rows = table.to_dict("records")
    values = [words["values"].get(str(row["value"]), str(row["value"])) for row in rows]
    labels = [f"{say['setting_' + row['setting']]}: {value}" for row, value in zip(rows, values, strict=True)]
    _lines(axes, [short(label) for label in labels])
    for at, row in enumerate(rows):
        colour, marker = (VERDICTS["open"][0], "o") if row["stays"] else (VERDICTS["silo"][0], "s")
        axes.plot(
            [0], [at], marker=marker, markersize=7, color=colour, linestyle="none", gid=f"setting-{at}",
            markerfacecolor=colour if row["stays"] else PAPER, markeredgewidth=1.5,
        )  # fmt: skip
        first = row["first"] if pd.notna(row["first"]) else words["settings"]["nobody"]
        axes.annotate(
            short(first), (0, at), xytext=(BESIDE + 3, 0),
            textcoords="offset points", va="center", color=INK, annotation_clip=False,
        )  # fmt: skip
    axes.set(xlim=(-0.05, 1), xticks=[])
    bare(axes)
    handles = [
        Line2D([], [], linestyle="none", marker="o", color=VERDICTS["open"][0], label=say["setting_stays"]),
        Line2D(
            [], [], linestyle="none", marker="s", color=VERDICTS["silo"][0], markerfacecolor=PAPER,
            label=say["setting_changes"],
        ),
    ]  # fmt: skip
    axes.legend(
        handles=handles, loc="upper left", bbox_to_anchor=(0, -0.1 / (len(rows) * LINE)), ncols=2, borderaxespad=0,
        borderpad=0,
    )  # fmt: skip
    return _finish(axes, say["settings_title"], rows=len(rows), own=own)


@mpl.rc_context(STYLE)
def event_changes(changes: pd.DataFrame, *, ax: Axes | None = None, language: str = "en") -> Axes:
    """What changed across an event: the change, the interval of people (thick) and that of weeks (thin).

    Args:
        changes: one row per measure: `label`, `measure`, `department`, `change`, `change_low`, `change_high`,
            `weeks_low`, `weeks_high`, `verdict` (`rose`, `fell`: drawn in colour).
        ax: axes to draw on; by default those of a new figure as tall as the rows need.
        language: of the text.

    Raises:
        SilosError: there is no change.

    Examples:
        >>> table = pd.DataFrame([{"label": "Merger", "measure": "insularity", "department": "HR", "change": -0.4,
        ...     "change_low": -0.6, "change_high": -0.2, "weeks_low": -0.7, "weeks_high": -0.1, "verdict": "fell"}])
        >>> axes = event_changes(table)
        >>> [float(line.get_xdata()[0]) for line in axes.lines if line.get_gid() == "change-0"]
        [-0.4]
    """
    if changes.empty:
        raise SilosError("a plot of changes needs at least one of them.")
    words, number = phrases(language), Numerals(language)
    own = ax is None
    axes = new_axes() if ax is None else ax
    rows = changes.to_dict("records")
    names = [words["measures"].get(str(row["measure"]), str(row["measure"]).replace("_", " ")) for row in rows]
    _lines(
        axes,
        [
            short(words["report"]["of_department"].format(name=name, department=row["department"]))
            if row["department"]
            else name
            for name, row in zip(names, rows, strict=True)
        ],
    )
    axes.axvline(0, color=QUIET, linewidth=1, zorder=1)
    for at, row in enumerate(rows):
        colour = VERDICTS["silo"][0] if row["verdict"] in ("rose", "fell") else INK
        axes.plot([row["weeks_low"], row["weeks_high"]], [at, at], color=colour, linewidth=1, gid=f"weeks-{at}")
        axes.plot(
            [row["change_low"], row["change_high"]], [at, at], color=colour, linewidth=3, solid_capstyle="butt",
            gid=f"people-{at}",
        )  # fmt: skip
        axes.plot([row["change"]], [at], marker="o", markersize=6, color=colour, linestyle="none", gid=f"change-{at}")
    axes.margins(x=0.05)
    numeric(axes.xaxis, number, most=5)
    axes.xaxis.grid(True, color=RULE, linewidth=0.6)
    bare(axes, keep=["bottom"])
    title = words["plots"]["event_title"].format(label=short(str(rows[0]["label"])))
    return _finish(axes, title, rows=len(rows), own=own)


def _finish(axes: Axes, title: str, *, rows: int, own: bool) -> Axes:
    entitled(axes, title, own=own, width=WIDTH, height=rows * LINE)
    return axes

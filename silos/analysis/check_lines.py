"""What `silos check` says of one log, and of the media and columns of all of them, a line each."""

from collections.abc import Mapping, Sequence

from silos.analysis.log_figures import Figures
from silos.locales.numerals import Numerals
from silos.tables import Source
from silos.ties.losses import lost_of

#: What rows are called whose log names no medium.
NAMELESS = "without a medium"


def layers_said(media: Mapping[str, int], number: Numerals) -> list[str]:
    """How many rows each medium has, and how to name one that has no name."""
    said = ", ".join(f"{medium or NAMELESS} {number.count(count)}" for medium, count in media.items())
    if "" not in media or len(media) == 1:
        return [f"layers: {said}"]
    return [
        f"layers: {said}",
        f"  Rows {NAMELESS} are counted together as one. A column that says what each row is (mail, chat, ...) names "
        "it: a column 'medium', or --map medium=COLUMN.",
    ]


def fields_said(columns: Mapping[str, str]) -> str:
    return ", ".join(f"{field} from {column!r}" for field, column in columns.items())


def log_said(source: Source, figures: Figures, number: Numerals) -> list[str]:
    """What is said of one log, a line each."""
    period = "undated"
    if figures.first and figures.last:
        period = f"{figures.first:%Y-%m-%d} to {figures.last:%Y-%m-%d}"
        period += f", {number.count(figures.undated)} undated" if figures.undated else ""
    lines = []
    if source.groups:
        lines += [f"{number.count(figures.rows)} rows of groups, {period}"]
    elif figures.rows:
        share = number.percent(figures.broadcasts / figures.rows, 1)
        lines += [
            f"{number.count(figures.rows)} rows, {period}; broadcasts {share}",
            f"{number.count(figures.ids)} ids (a person may have several), {number.count(figures.known)} in the roster",
        ]
    if source.rejected:
        reasons = (f"{reason} {number.count(count)}" for reason, count in source.rejected.items())
        lines += [f"left out on reading: {', '.join(reasons)}"]
        lines += examples_said(source.problems)
    lines += source.notes
    lines += [
        f"{what}: mended in {number.count(count)} cell{'s' * (count != 1)}"
        for what, count in source.condition.mended.items()
    ]
    lacking = figures.lacks(source)
    return [*lines, f"To see more: {lacking}"] if lacking else lines


def examples_said(problems: Sequence[str]) -> list[str]:
    """Where rows stand that were left out: each that is lost, and one for every reason that is to be expected."""
    lines: list[str] = []
    told: set[str] = set()
    for problem in problems:
        reason = problem.rpartition(": ")[2]
        if lost_of({reason: 1}) or reason not in told:
            lines.append(f"  {problem}" if lost_of({reason: 1}) else f"  such as {problem}")
        told.add(reason)
    return lines

"""Shared by all plots: palette, type, figures as large as their text needs, reproducible files."""

import re
import textwrap
from collections.abc import Iterable, Mapping
from html import escape, unescape
from io import BytesIO, StringIO
from itertools import pairwise, zip_longest
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.ticker import Formatter, MaxNLocator
from matplotlib.transforms import BboxBase

from silos.errors import SilosError
from silos.locales.numerals import Numerals
from silos.privacy.gate import STEP
from silos.system.markup import xml_text

INK = "#1d2733"
QUIET = "#5b6773"
RULE = "#d5dbe1"
BAND = "#f4f6f8"
PAPER = "#ffffff"

#: Verdict -> fill, edge, marker: a reader who sees no colour has the shape, and "uncertain" is hollow.
VERDICTS: dict[str, tuple[str, str, str]] = {
    "silo": ("#b8431a", "#b8431a", "s"),
    "open": ("#14746f", "#14746f", "o"),
    "typical": ("#6d7b8a", "#6d7b8a", "D"),
    "uncertain": (PAPER, "#6d7b8a", "D"),
}
NO_VERDICT = (RULE, QUIET, "X")

#: Text stays text in the SVG, to be selected and searched. The font ships with matplotlib; a reader whose machine has
#: none of it sees Verdana, of nearly the same widths (`FALLBACK`). Names of departments may hold dollar signs, so
#: nothing is read as mathematics.
STYLE: Any = {
    "font.family": ["DejaVu Sans"],
    "font.size": 9.0,
    "text.color": INK,
    "text.parse_math": False,
    "text.usetex": False,
    # what is measured here must be what a figure shown elsewhere is drawn with
    "text.hinting": mpl.rcParamsDefault["text.hinting"],
    "axes.edgecolor": RULE,
    "axes.labelcolor": INK,
    "axes.labelsize": 9.0,
    "axes.titlesize": 11.0,
    "axes.titleweight": "bold",
    "axes.titlecolor": INK,
    "axes.linewidth": 0.8,
    "axes.facecolor": PAPER,
    "axes.unicode_minus": True,
    "axes.axisbelow": True,
    "figure.facecolor": PAPER,
    "figure.dpi": 100.0,
    "xtick.color": QUIET,
    "xtick.labelcolor": INK,
    "ytick.color": QUIET,
    "ytick.labelcolor": INK,
    "legend.frameon": False,
    "legend.fontsize": 8.5,
    "hatch.color": "#8a97a4",
    "hatch.linewidth": 0.8,
    "path.simplify": True,
    "savefig.facecolor": "auto",
    "savefig.bbox": None,
    "svg.fonttype": "none",
    "svg.hashsalt": "silos",
    "svg.image_inline": True,
}

#: Of a PNG: at its resolution letters need not be moved to whole dots, which takes a fifth of the time to draw them,
#: and they stand as far apart as in the SVG.
UNHINTED: Any = {"text.hinting": "no_hinting"}
#: Behind the font in the SVG, where it is not installed.
FALLBACK = "Verdana, sans-serif"
#: What the url of a mark begins with: see `mark`.
MARK = "#mark?"
_MARKED = re.compile(r'<a xlink:href="#mark\?([^"]*)"[^>]*>\s*(.*?)\s*</a>', re.DOTALL)

#: Beyond this many characters a name is cut: the tables hold it whole. In a figure for a phone, beyond fewer.
LONGEST_NAME, LONGEST_NARROW = 44, 26
#: Characters of a line of a title: as many as a phone shows, also of a figure that moves under the finger there.
LONGEST_TITLE = 36
#: A cut name begins and ends with whole words, if they take up between so much of the room that it has there.
LEAST_KEPT, MOST_KEPT = 0.5, 1.4
#: Between lines of a name, of the height of a line: letters with accents need room below those that hang down.
LEADING = 1.3
#: Inches that a figure for a phone is wide: 358 pixels, with text as large as that of the page beside it.
NARROW = 3.73
#: Inches that its frame is wide, at least.
LEAST_FRAME = 1.0
#: Inches around all that a figure holds.
PAD = 0.08


def short(name: object) -> str:
    """The name as it is written in a plot, on one line; a long one is cut in the middle, as names often end apart.

    Examples:
        >>> short("Legal"), len(short("x" * 100))
        ('Legal', 44)
        >>> short("Regional Office and Field Service of the North, team 12")
        'Regional Office and Field…the North, team 12'
    """
    return _cut(_one_line(name), LONGEST_NAME, 0.5)


def shorts(names: Iterable[object], longest: int = LONGEST_NAME) -> list[str]:
    """Several names as they are written in a plot: no two of them look alike.

    Names that would are cut elsewhere, where that tells them apart; else they show what follows their common beginning,
    and last of all their number.

    Examples:
        >>> shorts(["Regional Office North, sales", "Regional Office South, sales"], 22)
        ['Regional…North, sales', 'Regional…South, sales']
        >>> shorts([f"Office of the {where} for purchases, west" for where in ("North", "South")], 16)
        ['Offi…North for…', 'Offi…South for…']
    """
    texts = [_one_line(name) for name in names]
    told = [_cut(text, longest, 0.5) for text in texts]
    for label in {label for label in told if told.count(label) > 1}:
        alike = [at for at, one in enumerate(told) if one == label]
        if len({texts[at] for at in alike}) == 1:
            continue
        for at, one in zip(alike, _told_apart([texts[at] for at in alike], longest), strict=True):
            told[at] = one
    for at, label in enumerate(told):
        if label in told[:at]:
            number = f" ({told[:at].count(label) + 1})"
            told[at] = _cut(label, longest - len(number), 0.5) + number
    return told


def _told_apart(texts: list[str], longest: int) -> list[str]:
    """Names that look alike if they are cut in the middle, cut where they differ."""
    for share in (0.7, 0.3, 0.85, 0.15):
        cut = [_cut(text, longest, share) for text in texts]
        if len(set(cut)) == len(cut):
            return cut
    common = next((at for at, letters in enumerate(zip_longest(*texts)) if len(set(letters)) > 1), 0)
    head = longest // 4
    return [f"{text[:head].rstrip()}…{_begun(text[common:].strip(), longest - head - 1)}" for text in texts]


def _begun(text: str, longest: int) -> str:
    """The text, if need be without its end: of whole words, where that leaves half of it or more."""
    if len(text) <= longest:
        return text
    kept = text[: longest - 1]
    if text[longest - 1] != " " and kept.rfind(" ") >= longest * LEAST_KEPT:
        kept = kept[: kept.rfind(" ")]
    return f"{kept.rstrip(' ,;')}…"


def _one_line(name: object) -> str:
    return " ".join(str(name).split())


def _cut(text: str, longest: int, share: float) -> str:
    """The text, if need be without a part of it: about `share` of what is left stands before that.

    It is cut between words, if that leaves enough of it; else in a word.
    """
    if len(text) <= longest:
        return text
    head = int(longest * share)
    tail = longest - head - 1
    spaces = [at for at, letter in enumerate(text) if letter == " "]
    heads = [at for at in spaces if at >= LEAST_KEPT * head] or [head]
    tails = [len(text) - at - 1 for at in spaces if len(text) - at - 1 >= LEAST_KEPT * tail] or [tail]
    pairs = [(one, other) for one in heads for other in tails if one + other < longest]
    # What is cut in a word still ends with whole ones, if it can.
    ends = [other for other in tails if other <= MOST_KEPT * tail and longest - other - 1 >= LEAST_KEPT * head]
    pairs = pairs or [(longest - other - 1, other) for other in ends] or [(head, tail)]
    head, tail = max(pairs, key=lambda pair: (sum(pair), -abs(pair[0] - head)))
    return f"{text[:head].rstrip(' ,;')}…{text[len(text) - tail :].lstrip(' ,;')}"


def wrapped(name: object, width: int) -> str:
    """The name broken into lines of about `width` characters, none of them a lonely end.

    Examples:
        >>> print(wrapped("Research and Development Northern Europe", 22))
        Research and
        Development Northern
        Europe
        >>> wrapped("", 22)
        ''
    """
    # where a name is cut it may be broken
    text = short(name).replace("…", "… ")
    lines = textwrap.wrap(text, width, break_long_words=False)
    # the narrowest width that needs no more lines balances them
    for narrower in range(width - 1, 0, -1):
        tighter = textwrap.wrap(text, narrower, break_long_words=False)
        if len(tighter) > len(lines) or max(map(len, tighter), default=0) > max(map(len, lines), default=0):
            break
        lines = tighter
    return "\n".join(lines).replace("… ", "…")


def narrow_names(names: Iterable[object], most: int) -> list[str]:
    """Names beside the frame of a figure for a phone: on two lines, if there are no more than `most`; else cut.

    Examples:
        >>> [label.split("\\n") for label in narrow_names(["Direction des régions et de la cohésion, pôle 3"], 20)]
        [['Direction des régions…', 'de la cohésion, pôle 3']]
        >>> narrow_names(["Direction des régions et de la cohésion, pôle 3"], 0)
        ['Direction…cohésion, pôle 3']
    """
    whole = list(names)
    lines = [wrapped(name, LONGEST_NARROW) for name in shorts(whole)]
    fits = all(len(line) <= LONGEST_NARROW for label in lines for line in label.split("\n"))
    low = all(label.count("\n") < 2 for label in lines)
    return lines if len(whole) <= most and fits and low else shorts(whole, LONGEST_NARROW)


def counted(row: Mapping[Any, Any], name: str, number: Numerals) -> str:
    """A count of a row as it is written in a plot: of one that is kept back, below which step it is known to be.

    Examples:
        >>> [counted({"shared": None, "shared_few": few}, "shared", Numerals("en")) for few in (True, False)]
        ['<\u202f5', '–']
    """
    if row.get(f"{name}_few"):
        return number.below(STEP)
    return number.count(None if pd.isna(row[name]) else row[name])


def new_axes(width: float = 6.4, height: float = 4.8) -> Axes:
    """Axes on a figure of their own, which no pyplot state knows of."""
    figure = Figure(figsize=(width, height), dpi=STYLE["figure.dpi"])
    # The canvas that measures text: without one of its own, a figure makes one for each text.
    FigureCanvasAgg(figure)
    return figure.add_axes((0.1, 0.1, 0.8, 0.8))


def figure_of(axes: Axes) -> Figure:
    """The figure that holds the axes, through subfigures."""
    if not isinstance(axes, Axes):
        raise SilosError(f"ax is a pair of axes of matplotlib, not {axes!r}.")
    figure = axes.get_figure(root=True)
    if not isinstance(figure, Figure):
        raise ValueError("these axes were removed from their figure")
    return figure


def text_size(axes: Axes, text: str, **style: Any) -> tuple[float, float]:
    """Width and height of a text in points."""
    artist = Text(0, 0, text, parse_math=False, **style)
    artist.set_figure(figure_of(axes))
    box = artist.get_window_extent()
    scale = 72 / figure_of(axes).dpi
    return box.width * scale, box.height * scale


def place(
    axes: Axes, *, width: float, height: float, margins: tuple[float, float, float, float] = (1.0, 1.0, 1.0, 1.0)
) -> None:
    """Give the axes' frame a size in inches, and the figure so much more at the left, right, bottom and top."""
    left, right, bottom, top = margins
    whole = (left + width + right, bottom + height + top)
    figure_of(axes).set_size_inches(*whole)
    axes.set_position((left / whole[0], bottom / whole[1], width / whole[0], height / whole[1]))


def unlabelled(axes: Axes) -> None:
    """Keep the labels of axes that have none where they are: to place one, each drawing measures all ticks."""
    for axis in (axes.xaxis, axes.yaxis):
        if not axis.label.get_text():
            axis.set_label_coords(0.5, 0.5)


def entitled(
    axes: Axes, title: str, *, own: bool, width: float, height: float, narrow: bool = False, above: float | None = None
) -> None:
    """Give the axes their title: in a figure of their `own` with a frame of that size in inches, else as they stand.

    `narrow` is a figure for a phone; the title is `above` the frame and its labels by so many points, or as usual.
    """
    if not own:
        axes.set_title(title, loc="left", pad=above)
        return
    usual = {} if above is None else {"above": above}
    (fit_narrow if narrow else fit)(axes, width=width, height=height, title=title, **usual)


def fit_narrow(axes: Axes, *, width: float, height: float, title: str, above: float = 10) -> None:
    """Give the axes' frame a height in inches, and such a width that the figure is as wide as a phone, if it can be."""
    place(axes, width=width, height=height)
    unlabelled(axes)
    excess = _bounds(axes).width / figure_of(axes).dpi + 2 * PAD - NARROW
    fit(axes, width=max(width - excess, LEAST_FRAME), height=height, title=title, above=above)


def fit(axes: Axes, *, width: float, height: float, title: str = "", above: float = 10) -> None:
    """Give the axes' frame a size in inches, and the figure whatever the text around it needs.

    The title starts at the left edge of the whole, `above` the frame and its labels by so many points.
    """
    place(axes, width=width, height=height)
    unlabelled(axes)
    title = textwrap.fill(title, LONGEST_TITLE)
    # All text is measured at once, the title above the frame's left edge: that takes as long as drawing it.
    head = axes.set_title(title, loc="left", x=0, pad=above) if title else None
    frame, box = axes.get_window_extent(), _bounds(axes)
    left, right = frame.x0 - box.x0, box.x1 - frame.x1
    if head is not None:
        ends, rises = head.get_window_extent().x1, head.get_position()[1]
        if ends >= box.x1:
            head.set_visible(False)
            right = max(_bounds(axes).x1, ends - left) - frame.x1
            head.set_visible(True)
    dpi = figure_of(axes).dpi
    room = [max(side / dpi, 0) + PAD for side in (left, right, frame.y0 - box.y0, box.y1 - frame.y1)]
    # Title and labels stay where they were found to go: else each drawing measures all ticks anew to place them.
    if head is not None:
        axes.set_title(title, loc="left", x=-left / frame.width, y=rises, pad=above)
    if axes.xaxis.label.get_text():
        along, below = axes.xaxis.label.get_position()
        axes.xaxis.set_label_coords(along, (below - frame.y0) / frame.height)
    if axes.yaxis.label.get_text():
        beside, along = axes.yaxis.label.get_position()
        axes.yaxis.set_label_coords((beside - frame.x0) / frame.width, along)
    place(axes, width=width, height=height, margins=(room[0], room[1], room[2], room[3]))


def _bounds(axes: Axes) -> BboxBase:
    """Of the axes with all the text around them, in pixels."""
    box = axes.get_tightbbox()
    assert box is not None
    return box


class Decimals(Formatter):
    """Tick labels with as many decimals as their steps need, in the reader's numerals."""

    def __init__(self, number: Numerals) -> None:
        self.number = number
        self.digits = 0

    def format_ticks(self, values: Iterable[float]) -> list[str]:
        """The labels of all ticks."""
        ticks = list(values)
        step = min((b - a for a, b in pairwise(sorted(set(ticks)))), default=1.0)
        self.digits = next((digits for digits in range(6) if abs(step - round(step, digits)) < step * 1e-6), 6)
        return [self(tick) for tick in ticks]

    def __call__(self, x: float, pos: int | None = None) -> str:  # noqa: ARG002
        """The label of one tick."""
        return self.number.decimal(x, self.digits)


def numeric(axis: Axis, number: Numerals, *, most: int = 6) -> None:
    """Give an axis at most so many round ticks."""
    axis.set_major_locator(MaxNLocator(most, steps=[1, 2, 5, 10]))
    axis.set_major_formatter(Decimals(number))


def bare(axes: Axes, *, keep: Iterable[str] = ()) -> None:
    """Take the frame away but for the sides to `keep`, and the tick marks."""
    kept = set(keep)
    for side, spine in axes.spines.items():
        spine.set_visible(side in kept)
    axes.tick_params(length=0)


def mark(title: str, *names: object) -> str:
    """The url of an artist that stands for one department or for two: `rendered` makes a title and attributes of it.

    Args:
        title: what a reader sees who points at it, and what assistive technology reads.
        names: the departments, which a page can look for as `data-a` and `data-b`.

    Examples:
        >>> print(_titled('<a xlink:href="' + mark("R&D: silo", "R&D") + '"><path/></a>'))
        <g class="mark" data-a="R&amp;D"><title>R&amp;D: silo</title><path/></g>
    """
    return MARK + urlencode([("title", title), *zip(("a", "b"), map(str, names), strict=False)])


def _titled(svg: str) -> str:
    """The marks of an SVG as groups with a title, where matplotlib writes links."""

    def group(found: re.Match[str]) -> str:
        told = dict(parse_qsl(unescape(found[1]), keep_blank_values=True))
        title = told.pop("title", "")
        names = "".join(f' data-{key}="{escape(name)}"' for key, name in told.items())
        return f'<g class="mark"{names}><title>{escape(title)}</title>{found[2]}</g>'

    return _MARKED.sub(group, svg)


def rendered(axes: Axes, *, dpi: int = 150, dots: bool = True) -> tuple[str, bytes]:
    """The figure of the axes as SVG and as PNG: the same figure gives the same bytes.

    Args:
        axes: what a plot returned.
        dpi: resolution of the PNG; the SVG has twice that in what is no path in it.
        dots: whether the PNG is wanted; otherwise it is empty, which saves half of the time.
    """
    figure = figure_of(axes)
    svg, png = StringIO(), BytesIO()
    with mpl.rc_context(STYLE):
        figure.savefig(svg, format="svg", dpi=2 * dpi, metadata={"Date": None, "Creator": None})
        if dots:
            # Level 3 takes half the time of the usual 6, for files a seventh larger.
            quickly = {"compress_level": 3}
            with mpl.rc_context(UNHINTED):
                figure.savefig(png, format="png", dpi=dpi, metadata={"Software": None}, pil_kwargs=quickly)
    font = STYLE["font.family"][0]
    text = xml_text(svg.getvalue()).replace(f"'{font}'", f"'{font}', {FALLBACK}")
    return _titled(text), png.getvalue()


def save(axes: Axes, path: str | Path, *, dpi: int = 150) -> tuple[Path, Path]:
    """Write the figure of the axes as `path`.svg and `path`.png: the same figure gives the same bytes.

    Args:
        axes: what a plot returned.
        path: where to, without suffix; the folder exists.
        dpi: as in `rendered`.

    Returns:
        The two files, SVG first.

    Examples:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     [path.name for path in save(new_axes(), f"{folder}/empty")]
        ['empty.svg', 'empty.png']
    """
    base = Path(path)
    svg, png = base.with_name(f"{base.name}.svg"), base.with_name(f"{base.name}.png")
    text, dots = rendered(axes, dpi=dpi)
    svg.write_text(text, encoding="utf-8", newline="\n")
    png.write_bytes(dots)
    return svg, png

"""The picture of the organisation as shapes of a presentation: what matplotlib drew, disc by disc and line by line."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from silos.system.markup import xml_text

#: Of the points of a line that bends around discs, every so many are kept.
KEPT = 4
#: Points of a letter's width, of the size of the type; names have a box that is a little wider.
LETTER = 0.62


def draw(slide: Any, axes: Any, box: tuple[float, float, float, float], label: str) -> None:
    """Draw a department graph on a slide, as one group that has a description.

    Args:
        slide: of python-pptx.
        axes: of `silos.plots.department_graph`: its data are points, from the lower left corner.
        box: left, top, width and height of where it goes, in inches.
        label: what those hear who do not see it.
    """
    page = _Page(slide.shapes.add_group_shape(), axes, box)
    page.group._element.nvGrpSpPr.cNvPr.set("descr", xml_text(label))
    for collection in axes.collections:
        if hasattr(collection, "get_segments"):
            page.lines(collection)
    for collection in axes.collections:
        if not hasattr(collection, "get_segments"):
            page.discs(collection)
    for text in axes.texts:
        page.name(text)
    page.legend()


class _Page:
    """A group of shapes, and how points of the figure become its places."""

    def __init__(self, group: Any, axes: Any, box: tuple[float, float, float, float]) -> None:
        self.group, self.axes = group, axes
        self.wide, self.tall = axes.get_xlim()[1], axes.get_ylim()[1]
        left, top, width, height = box
        #: English metric units for each point.
        self.scale = 914400 * min(width / self.wide, height / self.tall)
        self.left = 914400 * (left + width / 2) - self.scale * self.wide / 2
        self.top = 914400 * top

    def at(self, point: Sequence[float]) -> tuple[int, int]:
        """The place of a point."""
        return int(self.left + self.scale * point[0]), int(self.top + self.scale * (self.tall - point[1]))

    def size(self, points: float) -> int:
        """A length."""
        return int(self.scale * points)

    def type(self, points: float) -> Any:
        """A size of type."""
        from pptx.util import Pt

        return Pt(max(round(self.scale * points / 12700, 1), 6))

    def lines(self, found: Any) -> None:
        """Ties, walls, and what silos miss."""
        segments, widths, colours = found.get_segments(), found.get_linewidths(), found.get_colors()
        for at, segment in enumerate(segments):
            points = segment if len(segment) < 2 * KEPT else segment[[*range(0, len(segment) - 1, KEPT), -1]]
            path = self.group.shapes.build_freeform(*self.at(points[0]), scale=1.0)
            path.add_line_segments([self.at(point) for point in points[1:]], close=False)
            shape = path.convert_to_shape()
            shape.fill.background()
            shape.shadow.inherit = False
            self._outline(
                shape, colours[at % len(colours)], widths[at % len(widths)], broken=found.get_gid() != "lines"
            )

    def discs(self, found: Any) -> None:
        """Departments, the ring of the connector, and those that stand back."""
        from pptx.enum.shapes import MSO_SHAPE

        offsets, sizes = found.get_offsets(), found.get_sizes()
        fills, edges = found.get_facecolors(), found.get_edgecolors()
        for at, centre in enumerate(offsets):
            across = float(np.sqrt(sizes[at % len(sizes)]))
            x, y = self.at(centre)
            half = self.size(across / 2)
            shape = self.group.shapes.add_shape(MSO_SHAPE.OVAL, x - half, y - half, 2 * half, 2 * half)
            if len(fills):
                shape.fill.solid()
                shape.fill.fore_color.rgb = _rgb(fills[at % len(fills)])
            else:
                shape.fill.background()
            if len(edges):
                self._outline(shape, edges[at % len(edges)], 1.2 if len(fills) else 2.2)
            else:
                shape.line.fill.background()
            shape.shadow.inherit = False

    def name(self, text: Any) -> None:
        """A name below its disc."""
        size, lines = text.get_fontsize(), text.get_text().split("\n")
        width = self.size(LETTER * size * max(map(len, lines)) + 8)
        x, y = self.at((text.xy[0], text.xy[1] + text.xyann[1]))
        self._box(
            (x - width // 2, y, width, self.size(1.3 * size * len(lines))),
            lines,
            size,
            bold=text.get_fontweight() == "bold",
        )

    def legend(self) -> None:
        """What the marks mean, in the corner where the figure has it."""
        from pptx.enum.shapes import MSO_SHAPE

        found = self.axes.get_legend()
        if found is None:
            return
        labels, handles = found.get_texts(), found.legend_handles
        half = -(-len(labels) // 2)
        for place, (label, handle) in enumerate(zip(labels, handles, strict=True)):
            size = label.get_fontsize()
            column, row = divmod(place, half)
            x, y = self.at((4 + column * self.wide / 2, (half - row) * 1.5 * size))
            middle, across = y + self.size(0.7 * size), self.size(0.9 * size)
            colour = _of(handle.get_color())
            if handle.get_marker() == "o":
                shape = self.group.shapes.add_shape(MSO_SHAPE.OVAL, x, middle - across // 2, across, across)
                hollow = str(handle.get_markerfacecolor()).lower() in ("none", "#ffffff")
                if hollow:
                    shape.fill.background()
                else:
                    shape.fill.solid()
                    shape.fill.fore_color.rgb = _rgb(colour)
                self._outline(shape, colour, 1.5 if hollow else 0.5)
                shape.shadow.inherit = False
            else:
                path = self.group.shapes.build_freeform(x, middle, scale=1.0)
                path.add_line_segments([(x + 2 * across, middle)], close=False)
                line = path.convert_to_shape()
                line.shadow.inherit = False
                self._outline(line, colour, handle.get_linewidth(), broken=handle.get_linestyle() != "-")
            box = (x + 2 * across + self.size(3), y, self.size(self.wide / 2 - 3 * size), self.size(1.4 * size))
            self._box(box, [label.get_text()], size, centred=False)

    def _outline(self, shape: Any, colour: Any, width: float, *, broken: bool = False) -> None:
        from pptx.enum.dml import MSO_LINE
        from pptx.util import Emu

        shape.line.color.rgb = _rgb(colour)
        shape.line.width = Emu(self.size(width))
        if broken:
            shape.line.dash_style = MSO_LINE.SQUARE_DOT

    def _box(
        self, box: tuple[int, int, int, int], lines: list[str], size: float, *, bold: bool = False, centred: bool = True
    ) -> None:
        """Lines of text without a margin."""
        from pptx.dml.color import RGBColor
        from pptx.enum.text import MSO_ANCHOR, PP_ALIGN

        frame = self.group.shapes.add_textbox(*box).text_frame
        frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
        frame.vertical_anchor, frame.word_wrap = MSO_ANCHOR.TOP, not centred
        for at, line in enumerate(lines):
            paragraph = frame.paragraphs[0] if at == 0 else frame.add_paragraph()
            paragraph.alignment = PP_ALIGN.CENTER if centred else PP_ALIGN.LEFT
            run = paragraph.add_run()
            run.text = xml_text(line)
            run.font.size, run.font.bold, run.font.color.rgb = self.type(size), bold, RGBColor(0x1D, 0x27, 0x33)


def _of(colour: Any) -> tuple[float, ...]:
    """A colour of matplotlib as numbers."""
    from matplotlib.colors import to_rgba

    return tuple(to_rgba(colour))


def _rgb(colour: Sequence[float]) -> Any:
    """A colour on white: red, green, blue, and how much of it covers."""
    from pptx.dml.color import RGBColor

    *channels, alpha = colour
    return RGBColor(*(round(255 * (alpha * one + 1 - alpha)) for one in channels))

"""report.pptx: five slides for a board, in shapes and text of the presentation itself, to be changed and restyled."""

import zipfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from io import BytesIO
from itertools import accumulate
from pathlib import Path
from textwrap import wrap
from typing import Any

from silos.analysis.result import Analysis
from silos.errors import SilosError
from silos.plots.drawing import Drawing
from silos.report.deck_picture import draw
from silos.report.html import sections
from silos.report.sections.spoken import spoken
from silos.report.wording import Wording
from silos.system.distribution import how_to_install, version
from silos.system.markup import xml_text

#: Inches of a slide, its margin, and the height down to which its title reaches.
WIDE, TALL, MARGIN, HEAD = 13.333, 7.5, 0.6, 1.25
#: Points of text: of a title, at most and at least of what stands below it, and of a table.
TITLE, MOST, LEAST, CELL = 30, 20, 11, 13
#: The width of a letter and the height of a line, of the size of the type.
LETTER, LINE = 0.52, 1.25
#: Rows of a table.
ROWS = 6
#: Letters of a cell that its column is made wide for, at most and at least: longer texts are broken.
WIDEST, NARROWEST = 30, 5
#: Colours of the report: text, what stands back, a silo, a connector.
INK, QUIET, SILO, OPEN = "1D2733", "55616D", "B8431A", "14746F"
#: The time of every part of the file: the same report gives the same bytes.
PARTS_OF = (1980, 1, 1, 0, 0, 0)


def refuse_no_deck() -> None:
    """Stop where nothing could write a deck.

    Raises:
        SilosError: python-pptx is not installed.
    """
    try:
        import pptx  # noqa: F401
    except ImportError:
        raise SilosError(
            f"python-pptx, which writes the deck (--deck), is not installed here. Install it with: "
            f"{how_to_install('deck')}."
        ) from None


def write_deck(analysis: Analysis, picture: Drawing, path: Path, *, language: str, generated: str) -> None:
    """Write the answer, the picture, silos and walls, the connector and what to do: five slides.

    Every sentence and number is that of the page: the sections of `silos.report.html` are written down here again.

    Args:
        analysis: its results, as they may be published.
        picture: the department graph.
        path: of the file.
        language: of everything.
        generated: when, an ISO time.

    Raises:
        SilosError: python-pptx is not installed.
    """
    refuse_no_deck()
    from pptx import Presentation
    from pptx.util import Inches

    words = Wording(
        analysis.results.asked.speech(language),
        groups=analysis.results.inputs.level == "department",
        published=analysis.results.inputs.published,
    )
    told = sections(analysis, words)
    deck = Presentation()
    deck.slide_width, deck.slide_height = Inches(WIDE), Inches(TALL)
    _describe(deck, told["head"]["title"], generated)
    slides = _Slides(deck, words, told, words.say["generated"].format(
        generated=words.number.day(generated), version=version(),
    ))  # fmt: skip
    slides.answer()
    slides.picture(picture, spoken(analysis.results, words)["department_graph"])
    slides.silos_and_walls()
    slides.connector()
    slides.what_to_do(step.brief for step in analysis.recommendations_in(language))
    whole = BytesIO()
    deck.save(whole)
    path.write_bytes(_same_bytes(whole))


def _describe(deck: Any, title: str, generated: str) -> None:
    about = deck.core_properties
    about.title, about.author, about.last_modified_by = title, "silos", "silos"
    about.created = about.modified = datetime.fromisoformat(generated).replace(tzinfo=None)


def _same_bytes(whole: BytesIO) -> bytes:
    """The file with the same time on all its parts."""
    written = BytesIO()
    with zipfile.ZipFile(whole) as parts, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as file:
        for part in parts.infolist():
            file.writestr(zipfile.ZipInfo(part.filename, PARTS_OF), parts.read(part), zipfile.ZIP_DEFLATED)
    return written.getvalue()


def fitting(texts: Iterable[str], width: float, height: float, *, most: float = MOST, least: float = LEAST) -> float:
    """The largest size of type, in points, at which paragraphs fit into a box of so many inches.

    Examples:
        >>> fitting(["Five words are few enough."], 6, 2), fitting(["word " * 200], 6, 2)
        (20, 11)
    """
    paragraphs = list(texts)
    for size in range(int(most), int(least), -1):
        a_line = width * 72 / (LETTER * size)
        lines = sum(-(-len(text) // int(a_line)) + 0.5 for text in paragraphs)
        if lines * LINE * size <= height * 72:
            return size
    return least


class _Slides:
    """The slides of a deck, one method each."""

    def __init__(self, deck: Any, words: Wording, told: dict[str, Any], foot: str) -> None:
        self.deck, self.words, self.say, self.told, self.foot = deck, words, words.say, told, foot

    def answer(self) -> None:
        """The three sentences, and how sure they are."""
        head, found = self.told["head"], self.told["answer"]
        slide = self._slide(head["title"])
        self._text(slide, [("", " · ".join(head["subtitle"]), QUIET)], (MARGIN, HEAD - 0.2, WIDE - 2 * MARGIN, 0.5), 14)
        parts = [("", found["hint"], INK)] if found["hint"] else []
        parts += [
            (one["label"], one["text"], {"apart": SILO, "connects": OPEN}.get(one["key"], QUIET))
            for one in found["sentences"]
        ]
        parts.append((self.words.words["answer"]["sure"], found["sure"], QUIET))
        self._text(slide, parts, (MARGIN, HEAD + 0.4, WIDE - 2 * MARGIN, TALL - HEAD - 1.0))

    def picture(self, picture: Drawing, label: str) -> None:
        """The organisation, as discs, lines and names that can be moved."""
        slide = self._slide(self.words.words["plots"]["graph_title"])
        draw(slide, picture.axes(), (MARGIN, HEAD, WIDE - 2 * MARGIN, TALL - HEAD - 0.6), label)

    def silos_and_walls(self) -> None:
        """The most inward departments on the left, walls and bridges on the right."""
        say, found, walls = self.say, self.told["silos"], self.told["walls"]
        slide = self._slide(f"{say['silos_heading']} · {say['pairs_heading']}")
        half = WIDE / 2 - 1.25 * MARGIN
        right = WIDE / 2 + 0.25 * MARGIN
        self._text(slide, [("", found["lead"], INK)], (MARGIN, HEAD, half, 1.3), 15)
        # What the table of walls leaves open is for the page: a board has the pairs.
        title = walls["tables"][0]["heading"] if walls["tables"] else walls["lead"]
        self._text(slide, [("", title, INK)], (right, HEAD, half, 1.3), 15)
        headings = [say["unit"], say["column_verdict"], say["column_likelier"]]
        rows = [
            [row["department"], row["verdict"]["word"], _with(row["likelier"], row["likelier_interval"])]
            for row in found["rows"][:ROWS]
        ]
        self._table(slide, headings, rows, (MARGIN, HEAD + 1.5, half))
        if walls["tables"]:
            table = walls["tables"][0]
            headings = [say["column_pair"], *table["columns"][:-1]]
            rows = [[row["pair"], *row["cells"][:-1]] for row in table["rows"][:ROWS]]
            self._table(slide, headings, rows, (right, HEAD + 1.5, half))

    def connector(self) -> None:
        """Who connects, why, and the candidates."""
        say, found = self.say, self.told["connector"]
        slide = self._slide(say["connector_heading"])
        answer = next(one["text"] for one in self.told["answer"]["sentences"] if one["key"] == "connects")
        parts = [("", text, INK) for text in (answer, found["reason"], found["warning"]) if text]
        self._text(slide, parts, (MARGIN, HEAD, WIDE - 2 * MARGIN, 2.0), 16)
        columns = ("column_first", "column_bind", "column_reach_evidence", "column_substantive")
        headings = [say[name] for name in ("unit", *columns)]
        rows = [
            [
                f"{row['department']} ({say['service']})" if row["service"] else row["department"],
                *(row[name] for name in ("first", "bind", "reach", "substantive")),
            ]
            for row in found["rows"][:ROWS]
        ]
        self._table(slide, headings, rows, (MARGIN, HEAD + 2.2, WIDE - 2 * MARGIN))

    def what_to_do(self, steps: Iterable[str]) -> None:
        """The plan, the most pressing first."""
        slide = self._slide(self.say["monday_heading"])
        hint = self.told["monday_hint"]
        parts = [("", hint, INK)] if hint else []
        parts += [(f"{at}.", step, OPEN) for at, step in enumerate(steps, start=1)]
        self._text(slide, parts, (MARGIN, HEAD, WIDE - 2 * MARGIN, TALL - HEAD - 1.7), beside=True)
        self._text(slide, [("", self.told["monday_note"], QUIET)], (MARGIN, TALL - 1.6, WIDE - 2 * MARGIN, 1.0), 12)

    def _slide(self, title: str) -> Any:
        """A slide with a title and a foot."""
        from pptx.util import Inches, Pt

        # the layout with a title alone, which is found by whoever reads titles
        slide = self.deck.slides.add_slide(self.deck.slide_layouts[5])
        head = slide.shapes.title
        head.left, head.top, head.width, head.height = (
            Inches(one) for one in (MARGIN, 0.35, WIDE - 2 * MARGIN, HEAD - 0.45)
        )
        head.text_frame.text = xml_text(title)
        paragraph = head.text_frame.paragraphs[0]
        paragraph.alignment = _left()
        paragraph.font.size, paragraph.font.bold, paragraph.font.color.rgb = Pt(TITLE), True, _colour(INK)
        self._text(slide, [("", self.foot, QUIET)], (MARGIN, TALL - 0.5, WIDE - 2 * MARGIN, 0.35), 10)
        return slide

    def _text(
        self,
        slide: Any,
        parts: Sequence[tuple[str, str, str]],
        box: tuple[float, float, float, float],
        most: float = MOST,
        *,
        beside: bool = False,
    ) -> None:
        """Paragraphs in a box, each with a label in its colour above it, or beside it."""
        from pptx.util import Inches, Pt

        frame = slide.shapes.add_textbox(*(Inches(one) for one in box)).text_frame
        frame.word_wrap = True
        said = [f"{label} {text}" for label, text, _ in parts]
        size = fitting([*said, *(label for label, _, _ in parts if label and not beside)], *box[2:], most=most)
        first = True
        for label, text, colour in parts:
            paragraph = frame.paragraphs[0] if first else frame.add_paragraph()
            first = False
            paragraph.space_after = Pt(0.5 * size)
            if label:
                run = paragraph.add_run()
                run.text = xml_text(label) + (" " if beside else "")
                run.font.bold, run.font.color.rgb = True, _colour(colour)
                run.font.size = Pt(size if beside else 0.75 * size)
                if not beside:
                    paragraph.add_line_break()
            run = paragraph.add_run()
            run.text = xml_text(text)
            run.font.size = Pt(size)
            run.font.color.rgb = _colour(INK if label else colour)

    def _table(
        self, slide: Any, headings: Sequence[str], rows: Sequence[Sequence[str]], at: tuple[float, float, float]
    ) -> None:
        """A table of the presentation's own, each column as wide as its longest text asks for, as far as it fits."""
        from pptx.util import Inches, Pt

        left, top, width = at
        asked = [
            max([NARROWEST, *(min(len(row[place]), WIDEST) for row in rows), *map(len, heading.split())]) + 2
            for place, heading in enumerate(headings)
        ]
        size = CELL if sum(asked) * LETTER * CELL <= 72 * width else LEAST
        widths = [width * letters / sum(asked) for letters in asked]
        heights = [_height(row, widths, size) for row in (headings, *rows)]
        shown = sum(bool(end <= TALL - top - 0.6) for end in accumulate(heights)) - 1
        if shown < 1:
            return
        whole = (left, top, width, sum(heights[: shown + 1]))
        table = slide.shapes.add_table(shown + 1, len(headings), *(Inches(one) for one in whole)).table
        for column, wide in zip(table.columns, widths, strict=True):
            column.width = Inches(wide)
        for down, row in enumerate([headings, *rows[:shown]]):
            table.rows[down].height = Inches(heights[down])
            for across, text in enumerate(row):
                cell = table.cell(down, across)
                cell.text_frame.text = xml_text(text)
                cell.margin_left = cell.margin_right = Inches(0.06)
                cell.fill.solid()
                cell.fill.fore_color.rgb = _colour("F4F6F8" if down == 0 else "FFFFFF")
                font = cell.text_frame.paragraphs[0].font
                font.size, font.bold, font.color.rgb = Pt(size), down == 0 or across == 0, _colour(INK)


def _height(row: Sequence[str], widths: Sequence[float], size: float) -> float:
    """Inches that the row of a table takes, its margins included."""
    letters = [max(int(72 * (wide - 0.12) / (1.1 * LETTER * size)), 1) for wide in widths]
    lines = max(len(wrap(text, most)) or 1 for text, most in zip(row, letters, strict=True))
    return lines * LINE * size / 72 + 0.12


def _colour(code: str) -> Any:
    from pptx.dml.color import RGBColor

    return RGBColor.from_string(code)


def _left() -> Any:
    from pptx.enum.text import PP_ALIGN

    return PP_ALIGN.LEFT


def _with(value: str, interval: str) -> str:
    """A value and, where it has one, its interval."""
    return f"{value} ({interval})" if interval else value

"""Every number that a report prints, and every number that may stand where it stands.

A page is taken apart into pieces: cells of tables, texts of figures, sentences. A cell has to be that of its row and
column in a table that was written; a figure holds each number as often as its table; a sentence holds numbers of what
it names, of the organisation, or counts of verdicts. Not looked for are digits that the catalogue itself writes ("95%
interval"), digits of names and days, and the ticks of axes.
"""

import csv
import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from html.parser import HTMLParser
from pathlib import Path
from statistics import median
from string import Formatter
from typing import Any

import networkx as nx

from silos.analysis.findings.limits import FALSE_SILOS
from silos.locales.numerals import Numerals
from silos.locales.phrases import phrases
from silos.locales.units import with_unit
from silos.privacy.gate import LEVELS, STEP
from silos.privacy.suppression import OTHER
from silos.report.sections.leadership import OF_PEOPLE

#: A number with what it is counted in, and the words for "less" and "more" before it.
NUMBER = re.compile(
    r"(<\u202f|>\u202f|fewer than |(?:under|over) (?=\d+%))?"
    r"(?<![\w.])([−-]?\d(?:[\d,]*\d)?(?:\.\d+)?)(%|\u202fmin\b|\u202fh\b| days\b)?"
)
#: How many of these are one: shares of 1, hours.
UNITS = {"": 1.0, "%": 100.0, "\u202fmin": 60.0, "\u202fh": 1.0, " days": 1 / 24}
HOURS = ("\u202fmin", "\u202fh", " days")
#: Columns and keys whose numbers are written as whole ones, although they are none.
RATIO = re.compile(
    r"odds|relative|expected|spanners|ties|missing|additional|ratio|coordinator|gatekeeper|liaison|itinerant|representative"
    r"|effective_resistance"
)
#: Elements that hold nothing, and those whose text is a piece of its own.
VOID = {"meta", "link", "img", "br", "input", "use", "path"}
PIECES = {"p", "li", "td", "th", "dt", "dd", "caption", "figcaption", "summary", "h1", "h2", "h3", "text", "title",
          "code", "a"}  # fmt: skip
#: Columns of tables that name what a row is about.
#: Sections of the summary of which the page has one line per key.
MEASURED = ("organisation", "communities.tools")
NAMES = ("department", "a", "b", "asking", "answering", "through", "community", "sponsor", "largest_department")


# ---- what is printed


@dataclass
class Element:
    """An element of a page."""

    tag: str
    attributes: dict[str, str]
    parent: "Element | None" = None
    children: "list[Element | str]" = field(default_factory=list)

    def text(self, *, own: bool = False) -> str:
        """Its text, with that of the elements in it; of its own, without those that are pieces themselves."""
        parts = [
            one if isinstance(one, str) else "" if own and one.tag in PIECES else one.text(own=own)
            for one in self.children
        ]
        return "".join(parts)

    def all(self, *tags: str) -> "Iterator[Element]":
        """Elements in it, in the order of the page."""
        for one in self.children:
            if isinstance(one, Element):
                if one.tag in tags:
                    yield one
                yield from one.all(*tags)

    def within(self, *tags: str) -> "Element | None":
        """The nearest element around it with one of the tags."""
        above = self.parent
        while above is not None and above.tag not in tags:
            above = above.parent
        return above


class Tree(HTMLParser):
    """A page as a tree, without its styles and scripts."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.root = self.at = Element("page", {})
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        made = Element(tag, {name: value or "" for name, value in attrs}, self.at)
        self.at.children.append(made)
        if tag not in VOID:
            self.at = made

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.at.children.append(Element(tag, {}, self.at))

    def handle_endtag(self, tag: str) -> None:
        above: Element | None = self.at
        while above is not None and above.tag != tag:
            above = above.parent
        if above is not None and above.parent is not None:
            self.at = above.parent

    def handle_data(self, data: str) -> None:
        if self.at.tag not in ("style", "script"):
            self.at.children.append(data)


@dataclass(frozen=True)
class Printed:
    """A number on a page.

    Attributes:
        text: as it stands there.
        section: id of the section, `deck` for slides.
        place: of a cell, the heading of its column; of a text of a figure, the name of the figure; else nothing.
        kind: `cell`, `card`, `figure` or `sentence`.
        row: of a cell, the names that head its row.
        around: the whole piece, for a message.
        names: names in it, or in its row.
        line: the cells of its row.
    """

    text: str
    section: str
    kind: str
    place: str
    row: frozenset[str]
    around: str
    names: frozenset[str]
    line: tuple[str, ...] = ()

    @property
    def parts(self) -> tuple[str, float, str, int]:
        """The word for "less" or "more", the number, its unit, and its decimals."""
        sign, digits, unit = re.fullmatch(NUMBER, self.text).groups()
        return sign or "", float(digits.replace(",", "").replace("−", "-")), unit or "", len(digits.partition(".")[2])

    def distance(self, fact: "Fact") -> float:
        """How far it is from a number."""
        return 0.0 if math.isnan(fact.value) else abs(fact.value * UNITS[self.parts[2]] - self.parts[1])

    def is_(self, fact: "Fact") -> bool:
        """Whether a number is written so; of a count that is kept back (NaN) it is said that it is less."""
        sign, written, unit, places = self.parts
        value = fact.value
        if (unit in HOURS) != ("hours" in fact.where):
            return False
        if "insiders_odds" in fact.where:
            value = math.exp(value)
        if sign == "fewer than " or (sign == "<\u202f" and not unit and written % 1 == 0):
            # Of the lowest class of a share of people it is told how many; in the files stands its middle.
            told = (*(f"leadership.{name}.value" for name in OF_PEOPLE), "parameters.min_department")
            return written == STEP and (math.isnan(value) or fact.where in told)
        if sign in ("under ", "over "):
            return value <= 0.01 and written == 1 if sign == "under " else value >= 0.99 and written == 99
        if sign and fact.where.endswith((".p", ".q", "change_q")):
            return written in LEVELS and (value <= written if sign == "<\u202f" else value > written)
        if sign:
            return written + STEP == value
        if not unit and not places and value % 1 and not RATIO.search(fact.where):
            return False
        # Tables have six digits of a number.
        value *= UNITS[unit]
        return abs(value - written) <= 0.5 * 10**-places * (1 + 1e-6) + 1e-5 * abs(written)


@cache
def literals(language: str) -> tuple[str, ...]:
    """What the catalogue itself writes with digits in it, between placeholders; the longest first."""
    found = set()
    for texts in phrases(language).values():
        for text in texts.values():
            for form in text.forms:
                found |= {literal for literal, *_ in Formatter().parse(form) if re.search(r"\d", literal)}
    return tuple(sorted((one.strip() for one in found), key=len, reverse=True))


def numbers(text: str, names: Iterable[str], days: Iterable[str] = (), language: str = "en") -> list[str]:
    """The numbers of a text that are no part of a name, of a day, or of what the catalogue itself writes.

    Examples:
        >>> numbers("Unit 7: 33 times, 22% (95% interval) from 1 May 2025", ["Unit 7"], ["1 May 2025"])
        ['33', '22%']
    """
    for literal in literals(language):
        text = text.replace(literal, "\0") if len(literal) > 2 else text
    for known in sorted((*names, *days), key=len, reverse=True):
        text = text.replace(known, "\0")
    return [found.group() for found in NUMBER.finditer(text)]


def printed(page: str, facts: "Facts") -> list[Printed]:
    """Every number of the page that is looked for, in the order of the page."""
    found = []
    for piece in Tree(page).root.all("svg", *PIECES):
        around = piece.within("section", "nav", "header", "footer", "head", "page")
        section = around.attributes.get("id", around.tag) if around else ""
        text = " ".join(piece.text(own=True).split(" ")).strip()
        kind, place, row, line = "sentence", "", frozenset[str](), (text,)
        figure, table = piece.within("svg"), piece.within("table")
        if figure is not None and any(text and text in name for name in facts.names):
            # A name, or what of it has room in the figure.
            continue
        if piece.tag == "svg":
            line = (piece.attributes.get("aria-label", ""),)
            text = line[0]
        elif figure is not None:
            if _at_a_tick(piece):
                continue
            kind, place = "figure", _called(figure)
        elif piece.tag == "td" and table is not None and table.attributes.get("class") != "plain":
            cells = [one for one in piece.parent.children if isinstance(one, Element)]
            headings = [one.text().strip() for one in next(table.all("tr")).all("th")]
            kind, place = "cell", headings[cells.index(piece)]
            row, line = frozenset(facts.named(cells[0].text())), tuple(one.text().strip() for one in cells)
        elif piece.tag == "dd":
            kind, line = "card", tuple(one.text().strip() for one in piece.parent.all("dt"))
        # What stands in this section is of the connector, named or not.
        names = frozenset(facts.named(" ".join((*line, facts.connector if section == "connector" else ""))))
        found += [
            Printed(number, section, kind, place, row, text, names, line)
            for number in numbers(text, names, facts.days, facts.speech)
        ]
    return found


def _called(figure: Element) -> str:
    """The name of a figure, the same for phones."""
    ids = (one.attributes.get("id", "") for one in figure.all("g"))
    return next(one for one in ids if "-figure" in one).partition("-figure")[0].removesuffix("-narrow")


def _at_a_tick(piece: Element) -> bool:
    """Whether a text of a figure stands at a tick of an axis, or of a scale."""
    above = piece.parent
    while above is not None and above.tag == "g":
        if re.search(r"[xy]tick_", above.attributes.get("id", "")):
            return True
        above = above.parent
    return False


# ---- what may be printed


@dataclass(frozen=True)
class Fact:
    """A number that was written.

    Attributes:
        where: table.column, or the keys of the summary.
        value: the number.
        names: the departments and communities that it is about.
        heads: what the page has in the line of such a number: the measure, the window.
    """

    where: str
    value: float
    names: frozenset[str] = frozenset()
    heads: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Facts:
    """What `silos analyze` wrote beside the page: summary.json and the tables."""

    folder: Path

    @cached_property
    def speech(self) -> str:
        """English, with the name that units have in it."""
        asked = self.summary["parameters"]
        return with_unit("en", asked["by"], asked["unit"])

    def headings(self, columns: Mapping[str, str]) -> dict[str, str]:
        """The same by the headings of the page, given by the keys of their phrases."""
        return {str(phrases(self.speech)["report"][key]): where for key, where in columns.items()}

    @cached_property
    def summary(self) -> dict[str, Any]:
        return dict(json.loads((self.folder / "summary.json").read_text("utf-8")))

    @cached_property
    def tables(self) -> dict[str, list[dict[str, str]]]:
        """Name of a table -> its rows."""
        found = {}
        for path in sorted((self.folder / "tables").glob("*.csv")):
            with path.open(encoding="utf-8", newline="") as file:
                found[path.stem] = [{key: _text(cell) for key, cell in row.items()} for row in csv.DictReader(file)]
        return found

    @property
    def connector(self) -> str:
        """The department that the verdict names, if it names one."""
        return self.summary["connector"]["department"] or ""

    @cached_property
    def loops(self) -> list[Fact]:
        """Of departments.graphml, how dense the inside of each department is."""
        graph = nx.read_graphml(self.folder / "departments.graphml")
        return [
            Fact("graph.ratio", data["ratio"], frozenset({a}))
            for a, b, data in graph.edges(data=True)
            if a == b and "ratio" in data
        ]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Departments and communities, those first that hold others."""
        found = {row[name] for rows in self.tables.values() for row in rows for name in NAMES if row.get(name)}
        return tuple(sorted((one for one in found if not one.isdigit()), key=len, reverse=True))

    def named(self, text: str) -> set[str]:
        """The names in a text, longest first: "R&D-team" is no mention of "R&D"."""
        found = set()
        for name in self.names:
            if name in text:
                found.add(name)
                text = text.replace(name, "\0")
        return found

    @cached_property
    def days(self) -> tuple[str, ...]:
        """Days and the version as the page writes them."""
        summary, number = self.summary, Numerals("en")
        known = (summary["generated"], summary["inputs"]["first"], summary["inputs"]["last"])
        unit = summary["parameters"]["window"]
        windows = [number.window(row["window"], unit) for row in self.tables.get("windows", ())]
        events = [number.day(row["date"]) for row in self.tables.get("events", ())]
        return (*map(number.day, known), *windows, *events, summary["parameters"]["version"])

    @cached_property
    def all(self) -> list[Fact]:
        """Every number of both, and counts of verdicts."""
        found = [
            Fact(
                ".".join(filter(None, (table, row.get("measure"), column))),
                number,
                frozenset(row[name] for name in NAMES if row.get(name)),
                self._heads(row),
            )
            for table, rows in self.tables.items()
            for row in rows
            for column, cell in row.items()
            for number in _numbers(cell)
        ]
        return [
            *found,
            *self._kept_back(),
            *_of(self.summary, "", phrases(self.speech)["measures"]),
            *self._counts(),
            *self._usual(),
            *self._steps(),
            *self.loops,
        ]

    def _kept_back(self) -> Iterator[Fact]:
        """Counts that are too small to be told, and what the difference of two others is."""
        for table, rows in self.tables.items():
            for row in rows:
                names = frozenset(row[name] for name in NAMES if row.get(name))
                for column in filter(None, row.get("suppressed", "").split(";")):
                    yield Fact(f"{table}.{column.strip()}", math.nan, names)
        for row in self.tables["pairs"]:
            if row["expected_ties"]:
                lacking = round(float(row["expected_ties"])) - round(float(row["ties"] or 0))
                for where, value in (("missing", lacking), ("additional", -lacking)):
                    yield Fact(f"pairs.{where}", value, frozenset((row["a"], row["b"])))

    def _heads(self, row: Mapping[str, str]) -> frozenset[str]:
        found = set()
        if "measure" in row:
            name = phrases(self.speech)["measures"].get(row["measure"], row["measure"].replace("_", " "))
            of = phrases(self.speech)["report"]["of_department"]
            found.add(of.format(name=name, department=row["department"]) if row.get("department") else name)
        if "window" in row:
            found.add(str(Numerals("en").window(row["window"], self.summary["parameters"]["window"])))
        return frozenset(found)

    def _steps(self) -> Iterator[Fact]:
        """New ties as they are told, for each person too; settings under which the connector stays; what is folded."""
        people = {row["department"]: float(row["people"] or "nan") for row in self.tables["departments"]}
        for step in self.summary["recommendations"]:
            if step["ties"]:
                # New ties are told to the nearest ten.
                told = int(step["ties"] / 10 + 0.5) * 10 if step["ties"] >= 20 else step["ties"]
                yield Fact("recommendations.told", told)
                if of := people.get((*step["between"], "")[0]):
                    yield Fact("recommendations.each", math.ceil(told / of))
        # How often ordinary departments are called silos is known from simulated organisations, not from the log.
        judged = sum(row["verdict"] not in ("uncertain", "cannot say") for row in self.summary["departments"])
        for rate in FALSE_SILOS:
            yield Fact("validated.false_silos", rate)
            yield Fact("validated.false_silos_here", rate * judged)
        yield Fact("trend.windows", len(self.tables.get("windows", ())))
        yield Fact("findings.further", max(len(self.summary["findings"]) - 7, 0))
        stays = [one["stays"] for one in self.summary["connector"]["stability"]["settings"]]
        yield Fact("connector.stability.stays", sum(stays))

    def _counts(self) -> Iterator[Fact]:
        """How many departments, pairs and communities there are of each verdict and reason, and of all."""
        for table in ("departments", "pairs", "communities", "external"):
            rows = self.tables.get(table, [])
            yield Fact(f"{table}.count", len(rows))
            judged = [row["verdict"] for row in rows if row.get("verdict", "") not in ("", "uncertain", "cannot say")]
            yield Fact(f"{table}.count.judged", len(judged))
            for column, always in (("verdict", {"silo", "wall", "bridge"}), ("reason", set())):
                for known in {row.get(column, "") for row in rows} | always:
                    yield Fact(f"{table}.count.{known}", sum(row.get(column) == known for row in rows))

    def _usual(self) -> Iterator[Fact]:
        """What is usual: the medians of departments that are no silo, and of candidates other than the connector."""
        odds = [
            float(row["insiders_odds"])
            for row in self.tables["departments"]
            if row["insiders_odds"] and row["department"] != OTHER and row["verdict"] != "silo"
        ]
        if odds:
            yield Fact("usual.insiders_odds", median(odds))
        others = [row for row in self.tables["connectors"] if row["eligible"] == "True" and row["bind"]]
        others = [row for row in others if row["department"] != self.summary["connector"]["department"]]
        for name in ("bind", "substantive_share"):
            if values := [float(row[name]) for row in others if row[name]]:
                yield Fact(f"usual.{name}", median(values))


def _text(cell: str) -> str:
    """A cell of a table without what keeps a spreadsheet from taking it for a formula."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in "=+-@\t\r\n" else cell


def _numbers(cell: object) -> Iterator[float]:
    try:
        value = float(str(cell))
    except ValueError:
        return
    if math.isfinite(value) and not isinstance(cell, bool):
        yield value


def _of(
    node: Any,
    where: str,
    called: Mapping[str, str],
    names: frozenset[str] = frozenset(),
    heads: frozenset[str] = frozenset(),
) -> Iterator[Fact]:
    """The numbers below a node of the summary; `called`: what a measure is called."""
    if isinstance(node, Mapping):
        names |= {str(node[name]) for name in NAMES if isinstance(node.get(name), str) and node[name]}
        for key, value in node.items():
            # Elsewhere the key is that of a column.
            below = frozenset({called[key]}) if key in called and where in MEASURED else heads
            yield from _of(value, f"{where}.{key}".lstrip("."), called, names, below)
    elif isinstance(node, list):
        yield Fact(f"{where}[]", len(node), names)
        for value in node:
            yield from _of(value, where, called, names, heads)
    elif isinstance(node, (int, float)) and not isinstance(node, bool):
        yield Fact(where, float(node), names, heads)

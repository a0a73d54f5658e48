"""Writes the output directory of `silos analyze`."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from silos.analysis.detected_communities import DetectedCommunities
from silos.analysis.result_protocol import SUPPRESSED, whole_counts
from silos.analysis.tool_communities import ToolCommunities, empty_table
from silos.analysis.what_would_help.help import help_tables
from silos.locales.phrases import phrases
from silos.plots.drawing import NARROWED, Drawing, Picture
from silos.report.department_graph import DepartmentGraph, graphml
from silos.report.figure_workers import Pens
from silos.report.page_template import compiled, template
from silos.system.distribution import version
from silos.system.figure_kinds import FIGURE_KINDS, figure_kinds
from silos.system.files import Result, whole_directory
from silos.system.helpers import elsewhere

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from silos.analysis.result import Analysis

#: The tables that there may be.
TABLES = (
    *("departments", "pairs", "connectors", "communities", "detected_communities", "community_shares", "dialogue"),
    *("dialogue_departments", "leadership", "external", "doors", "joins", "trend", "windows", "change_points"),
    *("events", "responsiveness", "joiners", "people"),
)
#: Of these, those that hold counts, some of which may not be given.
COUNTING = tuple(name for name in TABLES if name not in ("community_shares", "leadership", "joins", "trend", "people"))
#: The figures that there may be: those of `silos.report`, which takes long to load.
FIGURES = (
    *("department_graph", "insularity_forest", "mixing_heatmap", "connector_ranking", "communities_heatmap"),
    *("community_map", "reply_matrix", "leadership", "trend", "event_changes", "team_change"),
)
#: What an output directory is known by. A name stays when it is no longer written: whoever has it gets rid of it so.
OURS = Result(
    names=(
        *("report.html", "summary.json", "departments.graphml", "report.pptx"),
        *(f"tables/{name}.csv" for name in TABLES),
        "tables/silos.xlsx",
        *(f"figures/{name}.{kind}" for name in FIGURES for kind in FIGURE_KINDS),
    ),
    mark="summary.json",
    keys=("schema", "generated", "parameters", "findings"),
)
#: What a text begins with that a spreadsheet takes for a formula: departments and channels are called by others.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
#: Where a text begins anew for a spreadsheet that parts cells by semicolons or tabs, as in French and German.
_ANEW = re.compile(r"([;\t\r\n]\s*)(?=[=+\-@])")
#: Decimals of the CSV tables: what a spreadsheet shows, and the same bytes on every machine.
DECIMALS = 6
#: The figures that take longest to draw, the longest first: where several processes draw, none begins such a one last.
LONGEST = ("mixing_heatmap", "reply_matrix", "communities_heatmap", "community_map", "insularity_forest")


@dataclass(frozen=True, eq=False)
class Report:
    """An analysis in a language, ready to be written.

    Attributes:
        analysis: what was found.
        language: `en`, `fr` or `de`.
        people: also write `tables/people.csv`, the one output that has a row about a person.
        exact: write counts as they are; otherwise every number about a group is rounded as it is published.
        figures_as: the kinds of files that each figure is written as; the page holds its figures whatever is asked for.
        deck: also write `report.pptx`, for which python-pptx must be there.
    """

    analysis: "Analysis"
    language: str = "en"
    people: bool = False
    exact: bool = False
    figures_as: tuple[str, ...] = FIGURE_KINDS
    deck: bool = False

    def __post_init__(self) -> None:
        phrases(self.language)
        object.__setattr__(self, "figures_as", figure_kinds(self.figures_as))

    @cached_property
    def told(self) -> "Analysis":
        """The analysis that all files but that of people are written from: published, unless exact is asked for."""
        return self.analysis if self.exact else self.analysis.published()

    @cached_property
    def summary(self) -> dict[str, Any]:
        """The content of summary.json."""
        summary = self.told.summary(self.language)
        summary["parameters"] |= {"language": self.language, "people": self.people, "version": version()}
        return summary

    @cached_property
    def figures(self) -> dict[str, "Axes"]:
        """Every figure by its file's name."""
        return {name: drawing.axes() for name, drawing in self.drawings.items()}

    @cached_property
    def drawings(self) -> dict[str, Drawing]:
        """The figures as numbers, by the same names."""
        found = self.told.results.drawings(self.told.recommendations[0].between)
        mark = phrases(self.language)["report"]["mark_exact"] if self.exact else ""
        speech = self.told.results.asked.speech(self.language)
        return {
            name: replace(drawing, language=speech, mark=mark, dots="png" in self.figures_as)
            for name, drawing in found.items()
        }

    def write(self, directory: str | Path, *, pens: Pens | None = None, page: Callable[[], bytes] = compiled) -> Path:
        """Write report.html, summary.json, tables/, figures/, departments.graphml, the deck: whole or not at all.

        A directory that an earlier run wrote is replaced.

        Args:
            directory: where to.
            pens: draw the figures; by default they are drawn here.
            page: compiles its template, if it is not `compiled` already.

        Raises:
            OutputError: the place is somebody else's, or not writable.
        """
        generated = _now()
        with whole_directory(directory, ours=OURS) as draft:
            if self.people:
                # The one result with rows about persons: only its owner may enter it.
                draft.chmod(0o700)
            pictures, narrow = self._pictures(pens), self._narrow_pictures(pens)
            graph = elsewhere(graphml, DepartmentGraph.of(self.told, published=not self.exact))
            # Loaded while others draw.
            from silos.report.html import render
            from silos.report.workbook import write_workbook

            tables = self.tables()
            write_tables(tables, draft / "tables")
            write_workbook(tables, draft / "tables" / "silos.xlsx", digits=DECIMALS)
            stamped = {"schema": self.summary["schema"], "generated": generated, **self.summary}
            write_json(stamped, draft / "summary.json")
            (draft / "departments.graphml").write_bytes(graph())
            if self.figures_as:
                (draft / "figures").mkdir()
            drawn = {}
            for name, picture in pictures.items():
                drawn[name], dots = picture()
                if "svg" in self.figures_as:
                    (draft / "figures" / f"{name}.svg").write_text(drawn[name], encoding="utf-8", newline="\n")
                if "png" in self.figures_as:
                    (draft / "figures" / f"{name}.png").write_bytes(dots)
            phone = {name: picture()[0] for name, picture in narrow.items()}
            options: dict[str, Any] = {"language": self.language, "people": self.people, "generated": generated}
            report = render(self.told, drawn, phone, page=template(program=page()), **options)
            (draft / "report.html").write_text(report, encoding="utf-8")
            if self.deck:
                from silos.report.deck import write_deck

                discs = self.drawings["department_graph"]
                write_deck(self.told, discs, draft / "report.pptx", language=self.language, generated=generated)
        return Path(directory)

    def _pictures(self, pens: Pens | None) -> dict[str, Callable[[], Picture]]:
        """Every figure by its file's name, drawn when it is asked for or beside."""
        if pens is None:
            from silos.plots.canvas import rendered

            return {name: partial(rendered, axes, dots="png" in self.figures_as) for name, axes in self.figures.items()}
        longest_first = sorted(self.drawings, key=lambda name: LONGEST.index(name) if name in LONGEST else len(LONGEST))
        return {name: pens.draw(self.drawings[name]) for name in longest_first}

    def _narrow_pictures(self, pens: Pens | None) -> dict[str, Callable[[], Picture]]:
        """Those that the page has in another form for a phone."""
        narrow = {
            name: replace(drawing, narrow=True, dots=False)
            for name, drawing in self.drawings.items()
            if drawing.plot in NARROWED
        }
        return {name: drawing.picture if pens is None else pens.draw(drawing) for name, drawing in narrow.items()}

    def tables(self) -> dict[str, pd.DataFrame]:
        """The CSV tables by name."""
        found = self.told
        tables = {
            "departments": found.departments.reset_index(),
            "pairs": found.pairs,
            "connectors": found.connector.candidates.reset_index(),
            "communities": empty_table() if found.communities is None else found.communities.table,
            "detected_communities": found.detected.table,
            "community_shares": _community_shares(found.detected, found.communities),
        }
        tables |= {
            "dialogue": found.dialogue.pairs,
            "dialogue_departments": found.dialogue.departments.reset_index(),
            "leadership": found.leadership.table,
            "external": found.external.table.reset_index(),
        }
        tables |= help_tables(found.results.what_would_help)
        if len(found.trend):
            tables["trend"] = found.trend
        if len(found.results.trend.windows):
            tables["windows"] = found.results.trend.windows
            tables["change_points"] = found.results.change_points.table
        if len(found.events.table):
            tables["events"] = found.events.table
        tables["responsiveness"] = found.responsiveness.table
        tables["joiners"] = found.results.turnover.table
        for name, table in tables.items():
            # In exact form as well: the columns are the same whatever is asked for.
            given = {SUPPRESSED: table.get(SUPPRESSED, "")} if name in COUNTING else {}
            tables[name] = table.assign(**given, published=not self.exact)
        if self.people:
            tables["people"] = self.analysis.people().reset_index()
        return tables


def _community_shares(detected: DetectedCommunities, tools: ToolCommunities | None) -> pd.DataFrame:
    """The cells of the two maps of communities, one row per share that may be given; nobody and few have no row."""
    cells = {"tool": pd.DataFrame() if tools is None else tools.shares, "detected": detected.shares.T}
    rows = [
        (kind, str(community), str(department), share)
        for kind, shares in cells.items()
        for community, row in shares.iterrows()
        for department, share in row.items()
        if share > 0
    ]
    return pd.DataFrame(rows, columns=["kind", "community", "department", "share"])


def write_tables(tables: Mapping[str, pd.DataFrame], folder: Path) -> None:
    """Write each table as CSV into a new folder."""
    folder.mkdir()
    for name, table in tables.items():
        as_text(table).to_csv(folder / f"{name}.csv", index=False, float_format=f"%.{DECIMALS}g", lineterminator="\n")


def write_json(content: Mapping[str, Any], path: Path) -> None:
    """Write what is for scripts: numbers or null, no NaN."""
    text = json.dumps(whole_counts(content), ensure_ascii=False, indent=1, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")


def as_text(table: pd.DataFrame) -> pd.DataFrame:
    """The table with a quote before each text, or part behind a separator, that a spreadsheet takes for a formula."""
    plain = table.copy()
    for name, column in table.items():
        if not pd.api.types.is_numeric_dtype(column):
            cells = [_harmless(cell) if isinstance(cell, str) else cell for cell in column]
            if any(cell is not given for cell, given in zip(cells, column, strict=True)):
                plain[name] = pd.Series(cells, index=table.index, dtype=object)
    return plain


def _harmless(text: str) -> str:
    """A text with a quote before each beginning of a formula; the same one where there is none.

    Examples:
        >>> _harmless("=1"), _harmless("Legal;=1+cmd|calc!A0"), _harmless("R&D - x; y")
        ("'=1", "Legal;'=1+cmd|calc!A0", 'R&D - x; y')
    """
    if not (text.startswith(FORMULA) or _ANEW.search(text)):
        return text
    return ("'" if text.startswith(FORMULA) else "") + _ANEW.sub(r"\1'", text)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")

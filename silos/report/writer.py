"""Writes the output directory of `silos analyze`."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from silos.analysis.tool_communities import empty_table
from silos.analysis.what_would_help import help_tables
from silos.locales.phrases import phrases
from silos.plots.drawing import Drawing, Picture
from silos.report.figure_workers import Pens
from silos.system.distribution import version
from silos.system.files import Result, whole_directory

if TYPE_CHECKING:
    import networkx as nx
    from matplotlib.axes import Axes

    from silos.analysis.result import Analysis

#: The tables that there may be.
TABLES = (
    *("departments", "pairs", "connectors", "communities", "detected_communities", "dialogue", "dialogue_departments"),
    *("leadership", "external", "doors", "joins", "trend", "windows", "events", "responsiveness", "people"),
)
#: The figures that there may be: those of `silos.report`, which takes long to load.
FIGURES = (
    *("department_graph", "insularity_forest", "mixing_heatmap", "connector_ranking", "communities_heatmap"),
    *("community_map", "reply_matrix", "leadership", "trend", "event_changes", "team_change"),
)
#: What an output directory is known by. A name stays when it is no longer written: whoever has it gets rid of it so.
OURS = Result(
    names=(
        *("report.html", "summary.json", "departments.graphml"),
        *(f"tables/{name}.csv" for name in TABLES),
        "tables/silos.xlsx",
        *(f"figures/{name}.{kind}" for name in FIGURES for kind in ("svg", "png")),
    ),
    mark="summary.json",
    keys=("schema", "generated", "parameters", "findings"),
)
#: What a text begins with that a spreadsheet takes for a formula: departments and channels are called by others.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
#: Decimals of the CSV tables: what a spreadsheet shows, and the same bytes on every machine.
DECIMALS = 6
#: The figures that take longest to draw, the longest first: where several processes draw, none begins such a one last.
LONGEST = ("mixing_heatmap", "reply_matrix", "communities_heatmap", "community_map", "insularity_forest")


@dataclass(frozen=True, eq=False)
class Report:
    """An analysis in a language, ready to be written.

    Attributes:
        analysis: what was found.
        language: `en` or `fr`.
        people: also write `tables/people.csv`, the one output that has a row about a person.
    """

    analysis: "Analysis"
    language: str = "en"
    people: bool = False

    def __post_init__(self) -> None:
        phrases(self.language)

    @cached_property
    def summary(self) -> dict[str, Any]:
        """The content of summary.json."""
        summary = self.analysis.summary(self.language)
        summary["parameters"] |= {"language": self.language, "people": self.people, "version": version()}
        return summary

    @cached_property
    def figures(self) -> dict[str, "Axes"]:
        """Every figure by its file's name."""
        return {name: drawing.axes() for name, drawing in self.drawings.items()}

    @cached_property
    def drawings(self) -> dict[str, Drawing]:
        """The figures as numbers, by the same names."""
        found = self.analysis.results.drawings()
        return {name: replace(drawing, language=self.language) for name, drawing in found.items()}

    def write(self, directory: str | Path, *, pens: Pens | None = None) -> Path:
        """Write report.html, summary.json, tables/, figures/ and departments.graphml: whole or not at all.

        A directory that an earlier run wrote is replaced.

        Args:
            directory: where to.
            pens: draw the figures; by default they are drawn here.

        Raises:
            OutputError: the place is somebody else's, or not writable.
        """
        generated = _now()
        with whole_directory(directory, ours=OURS) as draft:
            pictures = self._pictures(pens)
            # Loaded while others draw, and compiled.
            import networkx as nx

            from silos.report.html import render, template
            from silos.report.workbook import write_workbook

            template()
            (draft / "tables").mkdir()
            tables = self.tables()
            write_workbook(tables, draft / "tables" / "silos.xlsx", digits=DECIMALS)
            for name, table in tables.items():
                as_text(table).to_csv(
                    draft / "tables" / f"{name}.csv", index=False, float_format=f"%.{DECIMALS}g", lineterminator="\n"
                )
            stamped = {"schema": self.summary["schema"], "generated": generated, **self.summary}
            text = json.dumps(stamped, ensure_ascii=False, indent=1, allow_nan=False)
            (draft / "summary.json").write_text(text + "\n", encoding="utf-8")
            nx.write_graphml(self.graph(), draft / "departments.graphml")
            (draft / "figures").mkdir()
            drawn = {}
            for name, picture in pictures.items():
                drawn[name], dots = picture()
                (draft / "figures" / f"{name}.svg").write_text(drawn[name], encoding="utf-8", newline="\n")
                (draft / "figures" / f"{name}.png").write_bytes(dots)
            page = render(self.analysis, drawn, language=self.language, people=self.people, generated=generated)
            (draft / "report.html").write_text(page, encoding="utf-8")
        return Path(directory)

    def _pictures(self, pens: Pens | None) -> dict[str, Callable[[], Picture]]:
        """Every figure by its file's name, drawn when it is asked for or beside."""
        if pens is None:
            from silos.plots.canvas import rendered

            return {name: partial(rendered, axes) for name, axes in self.figures.items()}
        longest_first = sorted(self.drawings, key=lambda name: LONGEST.index(name) if name in LONGEST else len(LONGEST))
        return {name: pens.draw(self.drawings[name]) for name in longest_first}

    def tables(self) -> dict[str, pd.DataFrame]:
        """The CSV tables by name."""
        found = self.analysis
        tables = {
            "departments": found.departments.reset_index(),
            "pairs": found.pairs,
            "connectors": found.connector.candidates.reset_index(),
            "communities": empty_table() if found.communities is None else found.communities.table,
            "detected_communities": found.detected.table,
        }
        tables |= {
            "dialogue": found.dialogue.pairs,
            "dialogue_departments": found.dialogue.departments.reset_index(),
            "leadership": found.leadership.table,
            "external": found.external.table.reset_index(),
        }
        tables |= help_tables(found.results.what_would_help)
        tables["responsiveness"] = found.responsiveness.table
        if len(found.trend):
            tables["trend"] = found.trend
        if len(found.results.trend.windows):
            tables["windows"] = found.results.trend.windows
        if len(found.events.table):
            tables["events"] = found.events.table
        if self.people:
            tables["people"] = found.people().reset_index()
        return tables

    def graph(self) -> "nx.Graph[Any]":
        """The department graph, for Gephi and networkx: departments that may be shown, without any person."""
        found = self.analysis
        graph = found.department_graph().subgraph(found.shown.rows).copy()
        candidates = found.connector.candidates
        for name, row in found.departments.iterrows():
            node = graph.nodes[name]
            node |= {"label": str(name), "verdict": row["verdict"] or "none"}
            if pd.notna(row["insularity"]):
                node["insularity"] = float(row["insularity"])
            if name in candidates.index and pd.notna(candidates.loc[name, "score"]):
                node["connector_score"] = float(candidates.loc[name, "score"])
        place = {name: at for at, name in enumerate(found.department_ratios.index)}
        ratios, affinity = found.department_ratios.to_numpy(), found.department_affinity.to_numpy()
        for a, b, edge in graph.edges(data=True):
            # Whoever reads the file can divide; and what is published of the weight is not undone here.
            edge.pop("distance", None)
            edge["affinity"] = float(affinity[place[a], place[b]])
            if pd.notna(ratios[place[a], place[b]]):
                edge["ratio"] = float(ratios[place[a], place[b]])
        return graph


def as_text(table: pd.DataFrame) -> pd.DataFrame:
    """The table with a quote before each text that a spreadsheet would take for a formula."""
    plain = table.copy()
    for name, column in table.items():
        if not pd.api.types.is_numeric_dtype(column):
            formulas = [isinstance(cell, str) and cell.startswith(FORMULA) for cell in column]
            if any(formulas):
                cells = zip(column, formulas, strict=True)
                plain[name] = pd.Series(
                    [f"'{cell}" if formula else cell for cell, formula in cells], index=table.index, dtype=object
                )
    return plain


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")

"""Writes the output directory of `silos compare`, and reads the two runs that it compares."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from silos.analysis.comparison.figures import OF_DEPARTMENT, OF_PAIR
from silos.analysis.comparison.result import Comparison
from silos.analysis.comparison.sentences import Telling
from silos.analysis.comparison.verdicts import measure_of
from silos.errors import ReadError
from silos.locales.phrases import phrases
from silos.report.html import style_sheet
from silos.report.page_template import template
from silos.report.wording import period
from silos.report.writer import OURS as OF_RUNS
from silos.report.writer import write_json, write_tables
from silos.system.distribution import version
from silos.system.files import Result, is_ours, whole_directory

#: What a directory of a comparison is known by.
OURS = Result(
    names=(
        *("comparison.json", "comparison.html", "tables/changes.csv", "tables/verdicts.csv"),
        *("tables/department_changes.csv", "tables/followed.csv"),
    ),
    mark="comparison.json",
    keys=("schema", "generated", "runs", "changes"),
)
#: Sections of a summary without which there is nothing to compare.
SECTIONS = ("inputs", "parameters", "organisation", "departments", "pairs", "connector")
#: Pairs in the page, those that changed most surely; the table has all.
MOST_PAIRS = 12

#: A column of a table of the page: its heading, and whether it holds numbers.
Column = tuple[str, bool]


def read_run(directory: str | Path) -> dict[str, Any]:
    """The summary of a run of `silos analyze`.

    Args:
        directory: what it wrote.

    Raises:
        ReadError: the directory is no run, or of a version that wrote less.
    """
    place = Path(directory)
    if not place.is_dir():
        raise ReadError(f"{directory} is not a directory. Name the output directory of a run of silos analyze.")
    file = place / OF_RUNS.mark
    if not is_ours(file, OF_RUNS.keys):
        there = sorted(path.name for path in place.iterdir())[:3]
        raise ReadError(
            f"{directory} is no run of silos analyze: it has no summary.json that silos wrote "
            f"(it holds: {', '.join(there) or 'nothing'}). Name the directory that was given as -o OUT."
        )
    summary: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    missing = [name for name in SECTIONS if name not in summary]
    if missing:
        raise ReadError(
            f"{directory}: its summary.json lacks {', '.join(missing)}. "
            "Analyse the log again with this version of silos."
        )
    return summary


@dataclass(frozen=True, eq=False)
class ComparisonReport:
    """A comparison in a language, ready to be written.

    Attributes:
        found: the comparison.
        language: as in `silos.locales.phrases.phrases`.
        exact: write the numbers of runs with exact counts as they are; otherwise as they are published.
    """

    found: Comparison
    language: str = "en"
    exact: bool = False

    @cached_property
    def told(self) -> Comparison:
        """What all files are written from: published, unless exact is asked for."""
        return self.found if self.exact else self.found.published()

    @property
    def sentences(self) -> tuple[str, ...]:
        """What changed."""
        return self.told.sentences_in(self.language)

    @property
    def limits(self) -> tuple[str, ...]:
        """What cannot be told; where counts are exact, that they are."""
        mark = () if self.told.is_published else (phrases(self.language)["limits"]["exact"],)
        return (*self.told.limits_in(self.language), *mark)

    def write(self, directory: str | Path) -> Path:
        """Write comparison.json, comparison.html and tables/: whole or not at all.

        Args:
            directory: where to; replaced where it holds an earlier comparison and nothing else.

        Raises:
            OutputError: the place is somebody else's, or not writable.
        """
        generated = datetime.now(UTC).isoformat(timespec="seconds")
        with whole_directory(directory, ours=OURS) as draft:
            write_tables(self.tables(), draft / "tables")
            content = self.told.to_dict(self.language)
            stamped = {"schema": content.pop("schema"), "generated": generated, "version": version(), **content}
            write_json(stamped, draft / "comparison.json")
            (draft / "comparison.html").write_text(self.page(generated), encoding="utf-8")
        return Path(directory)

    def tables(self) -> dict[str, pd.DataFrame]:
        """The CSV tables by name."""
        found = self.told
        tables = {
            "changes": found.table,
            "department_changes": found.departments.reset_index(),
            "verdicts": found.verdicts,
            "followed": found.followed,
        }
        return {name: table.assign(published=found.is_published) for name, table in tables.items()}

    def page(self, generated: str) -> str:
        """comparison.html: one self-contained page without script or request.

        Args:
            generated: when, an ISO date or time.
        """
        found = self.told
        telling = Telling(found, self.language)
        say = telling.words["comparison_page"]
        return template("comparison.html.j2").render(
            language=self.language,
            say=say,
            style=style_sheet(),
            figure=self._figure(say["slopes_caption"]),
            runs=[_run(run, name, telling) for run, name in zip(self._runs(), ("first", "second"), strict=True)],
            mark="" if found.is_published else telling.words["report"]["mark_exact"],
            sentences=self.sentences,
            limits=self.limits,
            tables=[
                _departments(found, telling),
                _organisation(found, telling),
                _pairs(found, telling),
                _verdicts(found, telling),
                _advice(found, telling),
            ],
            generated=say["generated"].format(version=version(), day=telling.number.day(generated)),
        )

    def _runs(self) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        return self.told.first, self.told.second

    def _figure(self, label: str) -> Any:
        drawing = self.told.drawing()
        if drawing is None:
            return ""
        from silos.report.figures import inline

        mark = "" if self.told.is_published else phrases(self.language)["report"]["mark_exact"]
        svg, _ = replace(drawing, language=self.language, mark=mark).picture()
        return inline(svg, name="slopes", label=label)


def _run(summary: Mapping[str, Any], name: str, telling: Telling) -> dict[str, Any]:
    """What the head of the page says of a run."""
    say, number, inputs = telling.words["comparison_page"], telling.number, summary["inputs"]
    parts = []
    if inputs.get("first") and inputs.get("last"):
        first, last = (datetime.fromisoformat(inputs[end]) for end in ("first", "last"))
        parts.append(period(say, number, first, last, inputs.get("waived", ())))
    if inputs.get("people") is not None:
        parts.append(say["people"].format(people=number.count(inputs["people"])))
    return {"name": say[name], "parts": parts}


def _table(
    name: str, heading: str, columns: Iterable[Column], rows: list[list[str]], telling: Telling, *, lead: str = ""
) -> dict[str, Any]:
    say = telling.words["comparison_page"]
    return {
        "id": name,
        "heading": say[heading],
        "lead": say[lead] if lead else "",
        "columns": [{"name": say[f"column_{column}"], "number": number} for column, number in columns],
        "rows": rows,
    }


#: The columns that every change has.
NUMBERS: tuple[Column, ...] = (("before", True), ("after", True), ("change", True), ("q", True), ("verdict", False))


def _cells(row: dict[Any, Any], telling: Telling) -> list[str]:
    """Before, after, the interval of the change, q, and the verdict on it."""
    measure = row["measure"]
    verdict: str = telling.words["comparison_verdicts"][row["verdict"]]
    if row["reason"]:
        verdict = f"{verdict} ({telling.words['comparison_reasons'][row['reason']]})"
    before, after = (telling.written(measure, row[end]) for end in ("before", "after"))
    interval = telling.interval(row)
    change = f"× {interval}" if interval and row["scale"] == "ratio" else interval
    return [before, after, change, telling.number.p(row["q"]), verdict]


def _organisation(found: Comparison, telling: Telling) -> dict[str, Any]:
    rows = found.table[found.table["department"] == ""].to_dict("records")
    cells = [[telling.measure(row["measure"]), *_cells(row, telling)] for row in rows]
    return _table("organisation", "organisation_heading", (("name", False), *NUMBERS), cells, telling)


def _departments(found: Comparison, telling: Telling) -> dict[str, Any]:
    say, verdicts = telling.words["comparison_page"], telling.words["verdicts"]
    about = found.departments
    cells = []
    for row in found.table[found.table["measure"] == OF_DEPARTMENT].to_dict("records"):
        one = about.loc[row["department"]]
        people = [
            telling.number.count(None if pd.isna(one[f"people_{end}"]) else float(one[f"people_{end}"]))
            for end in ("before", "after")
        ]
        called = [verdicts[one[f"verdict_{end}"]] for end in ("before", "after")]
        told = [
            ends[0] if ends[0] == ends[1] else say["people_change"].format(before=ends[0], after=ends[1])
            for ends in (people, called)
        ]
        cells.append([row["department"], *told, *_cells(row, telling)])
    columns = (("name", False), ("people", True), ("called", False), *NUMBERS)
    return _table("departments", "slopes_heading", columns, cells, telling)


def _pairs(found: Comparison, telling: Telling) -> dict[str, Any]:
    say = telling.words["comparison_page"]
    rows = found.table[found.table["measure"] == OF_PAIR]
    changed = rows["verdict"].isin(["rose", "fell"]).any()
    cells = [
        [say["pair"].format(a=row["department"], b=row["other"]), *_cells(row, telling)]
        for row in rows.head(MOST_PAIRS).to_dict("records")
    ]
    lead = "" if changed or not cells else "pairs_none"
    return _table("pairs", "pairs_heading", (("name", False), *NUMBERS), cells, telling, lead=lead)


def _verdicts(found: Comparison, telling: Telling) -> dict[str, Any]:
    say, words = telling.words["comparison_page"], telling.words
    cells = []
    for row in found.verdicts.to_dict("records"):
        pair = say["pair"].format(a=row["department"], b=row["other"])
        name = pair if row["kind"] == "pair" else row["department"]
        ends = [words["verdicts"][row[end] or "none"] for end in ("before", "after")]
        cells.append([name, *ends, words["comparison_verdicts"][row["measure_verdict"]]])
    columns = (("name", False), ("before", False), ("after", False), ("verdict", False))
    lead = "" if cells else "verdicts_none"
    return _table("verdicts", "verdicts_heading", columns, cells, telling, lead=lead)


def _advice(found: Comparison, telling: Telling) -> dict[str, Any]:
    cells = []
    for row in found.followed.to_dict("records"):
        measure = measure_of(row["watch"])
        ends = [telling.written(measure, row[end]) for end in ("before", "after")]
        outcome = telling.words["comparison_outcomes"][row["outcome"]]
        cells.append([row["sentence"], telling.measure(measure), *ends, outcome])
    columns = (("advice", False), ("watch", False), ("before", True), ("after", True), ("outcome", False))
    lead = "" if cells else "advice_none"
    return _table("advice", "advice_heading", columns, cells, telling, lead=lead)

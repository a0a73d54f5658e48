"""Writes the output directory of `silos what-if`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from silos.analysis.new_chart import Chart, NewChart
from silos.locales.numerals import MISSING, Numerals
from silos.locales.phrases import phrases
from silos.report.html import style_sheet, template
from silos.report.writer import write_json, write_tables
from silos.system.distribution import version
from silos.system.files import Result, whole_directory

#: What a directory of `silos what-if` is known by.
OURS = Result(
    names=("report.html", "summary.json", "tables/new_departments.csv", "tables/moves.csv"),
    mark="summary.json",
    keys=("schema", "generated", "new_chart", "before", "after"),
)


@dataclass(frozen=True, eq=False)
class ChartReport:
    """The same ties under another chart, in a language, ready to be written.

    Attributes:
        found: what was found.
        language: as in `silos.locales.phrases.phrases`.
    """

    found: NewChart
    language: str = "en"

    @property
    def say(self) -> Mapping[str, str]:
        """The phrases of the page."""
        return phrases(self.language)["new_chart"]

    @property
    def number(self) -> Numerals:
        """Numbers as the language writes them."""
        return Numerals(self.language)

    @cached_property
    def sentences(self) -> list[str]:
        """What the new chart does to the ties, the silos and the connector, and what is not known."""
        found, say, number = self.found, self.say, self.number
        counts = {name: number.count(getattr(found, name)) for name in ("people", "moved", "left_out", "ties")}
        told = [
            say["ties"].format(
                **counts,
                joined=number.count(found.joined),
                cut=number.count(found.cut),
                before=number.percent(found.inside_before / max(found.ties, 1)),
                after=number.percent(found.inside_after / max(found.ties, 1)),
            ),
            say["silos"].format(before=self._silos(found.before), after=self._silos(found.after)),
            say["connector"].format(before=self._connector(found.before), after=self._connector(found.after)),
            say["unknown"],
        ]
        if found.left_out:
            told.insert(1, say["left_out"].format(**counts))
        return told

    def _silos(self, chart: Chart) -> str:
        return self.number.listing(chart.called("silo")) if chart.called("silo") else self.say["none"]

    def _connector(self, chart: Chart) -> str:
        clear = chart.connector.verdict == "clear"
        return str(chart.connector.department) if clear else self.say["no_connector"]

    def write(self, directory: str | Path) -> Path:
        """Write summary.json, tables/ and report.html: whole or not at all.

        Raises:
            OutputError: the place is somebody else's, or not writable.
        """
        generated = datetime.now(UTC).isoformat(timespec="seconds")
        with whole_directory(directory, ours=OURS) as draft:
            write_tables(self.tables(), draft / "tables")
            content = self.found.to_dict()
            stamped = {"schema": content.pop("schema"), "generated": generated, "version": version(), **content}
            stamped["findings"] = self.sentences
            write_json(stamped, draft / "summary.json")
            (draft / "report.html").write_text(self.page(generated), encoding="utf-8")
        return Path(directory)

    def tables(self) -> dict[str, pd.DataFrame]:
        """The CSV tables by name."""
        return {"new_departments": self.found.table.reset_index(), "moves": self.found.moves}

    def page(self, generated: str) -> str:
        """report.html: one self-contained page without script or request."""
        say, number = self.say, self.number
        return template("new_chart.html.j2").render(
            language=self.language,
            say=say,
            style=style_sheet(),
            sentences=self.sentences,
            rows=[self._row(str(name), row) for name, row in self.found.table.iterrows()],
            moves=[
                [row["old"], row["new"], number.count(row["people"])] for row in self.found.moves.to_dict("records")
            ],
            generated=say["generated"].format(version=version(), day=number.day(generated)),
        )

    def _row(self, name: str, row: "pd.Series[Any]") -> list[str]:
        number = self.number
        interval = number.between(row["insularity_low"], row["insularity_high"])
        insularity = number.decimal(row["insularity"]) + (f" ({interval})" if interval else "")
        known = isinstance(row["insularity"], float) and np.isfinite(row["insularity"])
        counts = [number.count(row[column]) for column in ("people", "ties_inside", "joined", "ties_outside", "cut")]
        verdict = phrases(self.language)["verdicts"].get(str(row["verdict"]), MISSING)
        return [name, *counts, insularity if known else MISSING, verdict]

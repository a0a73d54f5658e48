"""Writes the output directory of `silos what-if`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from silos.analysis.new_chart import COUNTS, TOTALS, Chart, NewChart
from silos.analysis.result_protocol import SUPPRESSED
from silos.locales.numerals import MISSING, Numerals
from silos.locales.phrases import phrases
from silos.locales.units import split
from silos.privacy.gate import STEP
from silos.report.html import style_sheet
from silos.report.page_template import template
from silos.report.wording import Wording
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
        language: as in `silos.locales.phrases.phrases`, with a word for the units or without.
        exact: write counts as they are; otherwise every number about a group is rounded as it is published.
    """

    found: NewChart
    language: str = "en"
    exact: bool = False

    @cached_property
    def told(self) -> NewChart:
        """What all files are written from: published, unless exact is asked for."""
        return self.found if self.exact else self.found.published()

    @property
    def words(self) -> Wording:
        """Phrases, and counts as they are written."""
        return Wording(self.language, published=not self.exact)

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
        found, say, number = self.told, self.say, self.number
        counts = {name: self._about(getattr(found, name)) for name in TOTALS}
        ties = found.ties or 1
        told = [
            say["ties"].format(
                **counts,
                before=number.percent((found.inside_before or 0) / ties),
                after=number.percent((found.inside_after or 0) / ties),
            ),
            say["silos"].format(before=self._silos(found.before), after=self._silos(found.after)),
            *(
                say["engulfed"].format(silo=silo, department=department)
                for silo, department in sorted(found.engulfed.items())
            ),
            say["connector"].format(before=self._connector(found.before), after=self._connector(found.after)),
            self._follows(),
        ]
        if found.left_out != 0:
            told.insert(1, say["left_out"].format(**counts))
        if found.few != 0:
            told.insert(1, say["few"].format(**counts, minimum=number.count(found.after.shown.minimum)))
        return [*told, phrases(self.language)["limits"]["exact" if self.exact else "published"].format(step=STEP)]

    def _follows(self) -> str:
        """How far contacts will have followed after a quarter and a year; why that is not known."""
        found, number = self.told.follow, self.number
        words = phrases(self.language)["charts"]
        told = {"chart": words.get(str(found.chart), found.chart), "movers": self.words.about(found.movers)}
        for name in ("quarter", "year"):
            share = getattr(found, name)
            told |= {
                name: number.percent(share.value),
                f"{name}_interval": number.between(share.low, share.high, "percent"),
            }
        return self.say[f"follows_{found.unknown or 'known'}"].format(**told)

    def _about(self, count: float | None) -> str:
        """A count in a sentence: what is 0 whatever people do is not about so many."""
        return self.number.count(count) if count == 0 else self.words.about(count)

    def _silos(self, chart: Chart) -> str:
        if chart.called("silo"):
            return self.number.listing(chart.called("silo"))
        judged = chart.departments["verdict"].isin(("silo", "open", "typical"))
        return self.say["none" if judged.any() else "unjudged"]

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
            content = self.told.to_dict()
            stamped = {"schema": content.pop("schema"), "generated": generated, "version": version(), **content}
            stamped["findings"] = self.sentences
            write_json(stamped, draft / "summary.json")
            (draft / "report.html").write_text(self.page(generated), encoding="utf-8")
        return Path(directory)

    def tables(self) -> dict[str, pd.DataFrame]:
        """The CSV tables by name."""
        tables = {"new_departments": self.told.table.reset_index(), "moves": self.told.moves}
        return {
            name: table.assign(**{SUPPRESSED: table.get(SUPPRESSED, "")}, published=not self.exact)
            for name, table in tables.items()
        }

    def page(self, generated: str) -> str:
        """report.html: one self-contained page without script or request."""
        say, number = self.say, self.number
        return template("new_chart.html.j2").render(
            language=split(self.language)[0],
            say=say,
            style=style_sheet(),
            sentences=self.sentences,
            mark=phrases(self.language)["report"]["mark_exact"] if self.exact else "",
            rows=[self._row(str(name), row) for name, row in self.told.table.iterrows()],
            moves=[
                [row["old"], row["new"], self.words.counted(None if pd.isna(row["people"]) else row["people"])]
                for row in self.told.moves.to_dict("records")
            ],
            generated=say["generated"].format(version=version(), day=number.day(generated)),
        )

    def _row(self, name: str, row: "pd.Series[Any]") -> list[str]:
        number = self.number
        interval = number.between(row["insularity_low"], row["insularity_high"])
        insularity = number.decimal(row["insularity"]) + (f" ({interval})" if interval else "")
        known = isinstance(row["insularity"], float) and np.isfinite(row["insularity"])
        # Counts that are withheld are NA in the table.
        stated = [None if pd.isna(row[column]) else row[column] for column in COUNTS]
        counts = [number.count(0) if count == 0 else self.words.counted(count) for count in stated]
        verdict = phrases(self.language)["verdicts"].get(str(row["verdict"]), MISSING)
        return [name, *counts, insularity if known else MISSING, verdict]

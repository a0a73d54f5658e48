"""Writes the output directory of `silos analyze --dp-epsilon`: the noisy matrix, what follows from it, nothing else."""

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from silos.analysis.private_matrix import INWARD, PrivateMatrix
from silos.locales.numerals import MISSING, Numerals
from silos.locales.phrases import phrases
from silos.privacy.differential import ACROSS, INSIDE
from silos.report.html import style_sheet
from silos.report.page_template import template
from silos.report.writer import write_json, write_tables
from silos.system.distribution import version
from silos.system.files import Result, whole_directory

#: What a directory of `silos analyze --dp-epsilon` is known by.
OURS = Result(
    names=("report.html", "summary.json", "tables/dp_departments.csv", "tables/dp_pairs.csv"),
    mark="summary.json",
    keys=("schema", "generated", "dp", "departments", "pairs"),
)


@dataclass(frozen=True, eq=False)
class PrivateReport:
    """The noisy matrix in a language, ready to be written.

    Attributes:
        found: the matrix and what follows from it.
        language: as in `silos.locales.phrases.phrases`.
    """

    found: PrivateMatrix
    language: str = "en"

    @property
    def number(self) -> Numerals:
        """Numbers as the language writes them."""
        return Numerals(self.language)

    @cached_property
    def sentences(self) -> list[str]:
        """What is protected, what was found, and what that does not say."""
        found, say, number = self.found, phrases(self.language)["private_matrix"], self.number
        inward, noisy = found.called(INWARD), found.noisy
        index = found.ei_index
        return [
            say["silos"].format(silos=number.listing(inward)) if inward else say["silos_none"],
            say["ei_index"].format(value=number.decimal(index.value), interval=number.between(index.low, index.high)),
            say["protects"].format(epsilon=f"{noisy.epsilon:g}", factor=number.times(math.exp(min(noisy.epsilon, 99)))),
            say["clipped"].format(
                inside=number.count(INSIDE), across=number.count(ACROSS), accuracy=number.count(noisy.accuracy)
            ),
            say["noise_alone"],
            say["again"],
        ]

    def write(self, directory: str | Path) -> Path:
        """Write summary.json, tables/ and report.html: whole or not at all.

        Raises:
            OutputError: the place is somebody else's, or not writable.
        """
        generated, found = datetime.now(UTC).isoformat(timespec="seconds"), self.found
        with whole_directory(directory, ours=OURS) as draft:
            tables = {"dp_departments": found.table.reset_index(), "dp_pairs": found.pairs}
            write_tables(tables, draft / "tables")
            content = found.to_dict()
            stamped = {"schema": content.pop("schema"), "generated": generated, "version": version(), **content}
            write_json(stamped | {"findings": self.sentences}, draft / "summary.json")
            (draft / "report.html").write_text(self.page(generated), encoding="utf-8")
        return Path(directory)

    def page(self, generated: str) -> str:
        """report.html: one self-contained page without script or request."""
        say, words, number = phrases(self.language)["private_matrix"], phrases(self.language)["verdicts"], self.number
        departments = [
            [
                str(name),
                number.count(row["people"]),
                number.count(row["ties_inside"]),
                number.count(row["ties_across"]),
                self._with(row["insularity"], row["insularity_low"], row["insularity_high"]),
                say["inward"] if row["verdict"] == INWARD else words.get(str(row["verdict"]), MISSING),
            ]
            for name, row in self.found.table.iterrows()
        ]
        pairs = [
            [
                say["pair"].format(a=row["a"], b=row["b"]),
                number.count(row["ties"]),
                number.between(row["ties_low"], row["ties_high"], "count"),
            ]
            for row in self.found.pairs.to_dict("records")
        ]
        heads = ("department", "people", "ties_inside", "ties_across", "insularity", "verdict")
        return template("private_matrix.html.j2").render(
            language=self.language,
            say=say,
            style=style_sheet(),
            sentences=self.sentences,
            tables=[
                {
                    "id": "departments",
                    "heading": say["departments_heading"],
                    "columns": [say[f"column_{name}"] for name in heads],
                    "rows": departments,
                },
                {
                    "id": "pairs",
                    "heading": say["pairs_heading"],
                    "columns": [say[f"column_{name}"] for name in ("pair", "ties", "interval")],
                    "rows": pairs,
                },
            ],
            generated=say["generated"].format(version=version(), day=number.day(generated)),
        )

    def _with(self, value: Any, low: Any, high: Any) -> str:
        interval = self.number.between(low, high)
        return self.number.decimal(value) + (f" ({interval})" if interval else "")

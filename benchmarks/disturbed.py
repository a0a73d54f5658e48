"""The sample company, disturbed as real files are: are the verdicts the same, or is the trouble named?

python benchmarks/disturbed.py [--only NAME] [--bootstrap 200] [--page docs/messy_files.md]

One row per disturbance: whether the verdicts on departments, pairs and the connector are those of the clean sample, how
many rows were used, and what was said of the trouble. It asserts nothing; CI runs two of its rows.
"""

# ruff: noqa: ARG001 - every disturbance takes the same arguments
import argparse
import tempfile
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from validation import tables

import silos
from silos.analysis.result import Analysis
from silos.errors import SilosError
from silos.readers.tabular.id_repairs import repairs
from silos.tables import Interactions, Roster

SAMPLE = Path(__file__).parents[1] / "data" / "sample"
PLACEHOLDERS = ["#N/A", "NULL", "n/a", "-", "(blank)", "nicht zugeordnet", "non renseigné", "nan"]

Disturb = Callable[["Company", np.random.Generator], None]


@dataclass
class Company:
    """The sample as it is written to files.

    Attributes:
        log, roster: their rows, as text.
        encoding, delimiter: of both files.
        tail: lines after the last row of each.
        rule: whether a line of dashes follows the headings.
    """

    log: pd.DataFrame
    roster: pd.DataFrame
    encoding: str = "utf-8"
    delimiter: str = ","
    tail: str = ""
    rule: bool = False

    def write(self, folder: Path) -> tuple[Path, Path]:
        """The paths of the log and of the roster."""
        paths = folder / "interactions.csv", folder / "roster.csv"
        for path, table in zip(paths, (self.log, self.roster), strict=True):
            text = table.to_csv(index=False, sep=self.delimiter)
            if self.rule:
                head, rest = text.split("\n", 1)
                text = f"{head}\n{self.delimiter.join('-' * len(name) for name in table.columns)}\n{rest}"
            path.write_bytes((text + self.tail).encode(self.encoding, errors="replace"))
        return paths


def sample() -> Company:
    """The sample of the repository."""
    log, roster = (
        pd.read_csv(SAMPLE / name, dtype=str, keep_default_na=False) for name in ("interactions.csv", "roster.csv")
    )
    return Company(log, roster)


def some(table: pd.DataFrame, share: float, rng: np.random.Generator) -> pd.Index:
    """So many rows of a table."""
    return table.index[rng.random(len(table)) < share]


def known_as(company: Company, change: Callable[[str], str]) -> None:
    """Every id of the log, and the alias of the roster with it, spelled otherwise."""
    known = set(company.roster["aliases"]) - {""}
    for column in ("sender", "recipient"):
        company.log[column] = company.log[column].map(lambda value: change(value) if value in known else value)
    company.roster["aliases"] = company.roster["aliases"].map(lambda value: value and change(value))


# ---- what happens to files


def placeholder_departments(company: Company, rng: np.random.Generator) -> None:
    """Placeholders in 8 % of the departments."""
    chosen = some(company.roster, 0.08, rng)
    company.roster.loc[chosen, "department"] = rng.choice(PLACEHOLDERS, len(chosen))


def placeholder_managers(company: Company, rng: np.random.Generator) -> None:
    """Placeholders in 8 % of the managers and levels."""
    for column in ("manager", "level"):
        chosen = some(company.roster, 0.08, rng)
        company.roster.loc[chosen, column] = rng.choice(PLACEHOLDERS, len(chosen))


def placeholder_recipients(company: Company, rng: np.random.Generator) -> None:
    """Placeholders for 5 % of the recipients."""
    chosen = some(company.log, 0.05, rng)
    company.log.loc[chosen, "recipient"] = rng.choice(PLACEHOLDERS, len(chosen))


def wrapped_ids(company: Company, rng: np.random.Generator) -> None:
    """A tenth of the ids as formulas, in apostrophes, with invisible characters."""
    ways = ['="{}"', "'{}", "\u200e{}\u200b", "\ufeff{}", "{}\u00a0", '"{}"', "{} (External)"]
    for column in ("sender", "recipient"):
        chosen = some(company.log, 0.1, rng)
        company.log.loc[chosen, column] = [
            way.format(value)
            for way, value in zip(rng.choice(ways, len(chosen)), company.log.loc[chosen, column], strict=True)
        ]


def scientific_ids(company: Company, rng: np.random.Generator) -> None:
    """Numbers as ids, an eighth of the senders in scientific notation."""
    numbers = {
        value: str(100_000_000_000 + 37 * place) for place, value in enumerate(sorted(set(company.roster["aliases"])))
    }
    known_as(company, lambda value: numbers.get(value, value))
    chosen = some(company.log, 0.125, rng)
    company.log.loc[chosen, "sender"] = company.log.loc[chosen, "sender"].map(
        lambda value: f"{float(value):.5E}" if value.isdigit() else value
    )


def lost_zeros(company: Company, rng: np.random.Generator) -> None:
    """Numbers as ids, whose leading zeros the log has lost."""
    numbers = {value: f"{place:06}" for place, value in enumerate(sorted(set(company.roster["aliases"])), start=1)}
    known_as(company, lambda value: numbers.get(value, value))
    for column in ("sender", "recipient"):
        company.log[column] = company.log[column].map(lambda value: value.lstrip("0"))


def decimals(company: Company, rng: np.random.Generator) -> None:
    """Numbers as ids, as decimals in the log."""
    numbers = {value: str(1000 + place) for place, value in enumerate(sorted(set(company.roster["aliases"])))}
    known_as(company, lambda value: numbers.get(value, value))
    for column in ("sender", "recipient"):
        company.log[column] = company.log[column].map(lambda value: f"{value}.0" if value.isdigit() else value)


def _in_one_cell(company: Company, join: Callable[[list[str]], str]) -> None:
    others = [name for name in company.log.columns if name != "recipient"]
    grouped = company.log.groupby(["event", "sender"], sort=False)
    cells = grouped["recipient"].agg(lambda found: join(list(found)))
    rows = grouped.first()[[name for name in others if name not in ("event", "sender")]]
    company.log = rows.assign(recipient=cells).reset_index()[list(company.log.columns)]


def recipients_by_comma(company: Company, rng: np.random.Generator) -> None:
    """All the recipients of an event in one cell, by comma."""
    _in_one_cell(company, ", ".join)


def recipients_printed(company: Company, rng: np.random.Generator) -> None:
    """All the recipients of an event as a list that Python printed."""
    _in_one_cell(company, repr)


def names_and_addresses(company: Company, rng: np.random.Generator) -> None:
    """`Last, First <address>` for everybody, recipients of an event by semicolon."""
    names = dict(zip(company.roster["aliases"], company.roster["name"], strict=True))

    def written(value: str) -> str:
        first, _, last = names.get(value, "Some Stranger").partition(" ")
        return f"{last}, {first} <{value}@tool.example>"

    company.log["sender"] = company.log["sender"].map(written)
    company.log["recipient"] = company.log["recipient"].map(written)
    company.roster["aliases"] = [f"{value}@tool.example" if value else "" for value in company.roster["aliases"]]
    _in_one_cell(company, "; ".join)


def managers_by_name(company: Company, rng: np.random.Generator) -> None:
    """Managers as "Last, First", or as distinguished names."""
    names = dict(zip(company.roster["person"], company.roster["name"], strict=True))
    # Two people of one name cannot be told apart: the second bears a middle name.
    seen: set[str] = set()
    for person, name in names.items():
        if name in seen:
            first, _, last = name.partition(" ")
            names[person] = f"{first} {person[:5].upper()} {last}"
        seen.add(names[person])
    company.roster["name"] = company.roster["person"].map(names)

    def written(person: str) -> str:
        if not person:
            return ""
        first, _, last = names[person].rpartition(" ")
        name = f"{last}, {first}"
        return name if rng.random() < 0.5 else f"CN={name.replace(',', chr(92) + ',')},OU=People,DC=example"

    company.roster["manager"] = company.roster["manager"].map(written)


def decomposed(company: Company, rng: np.random.Generator) -> None:
    """Ids with accents, composed in the roster and decomposed in the log."""
    known_as(company, "é{}".format)
    for column in ("sender", "recipient"):
        company.log[column] = company.log[column].map(lambda value: unicodedata.normalize("NFD", value))


def entities(company: Company, rng: np.random.Generator) -> None:
    """HTML entities in ids of the log, and in half of the names of departments."""
    known_as(company, "é&{}".format)
    for column in ("sender", "recipient"):
        company.log[column] = company.log[column].map(lambda value: value.replace("&", "&amp;").replace("é", "&#233;"))
    chosen = some(company.roster, 0.5, rng)
    company.roster["department"] = company.roster["department"].map(lambda value: value.replace(" ", " & ", 1))
    company.roster.loc[chosen, "department"] = company.roster.loc[chosen, "department"].str.replace("&", "&amp;")


def listing(company: Company, rng: np.random.Generator) -> None:
    """A line of dashes under the headings, and the number of rows at the end."""
    company.rule, company.tail = True, "\n(51389 rows affected)\n"


def headings_again(company: Company, rng: np.random.Generator) -> None:
    """The headings again every thousand rows, and a total."""
    again = pd.DataFrame([list(company.log.columns)], columns=company.log.columns)
    parts = [company.log.iloc[start : start + 1000] for start in range(0, len(company.log), 1000)]
    company.log = pd.concat([part for rows in parts for part in (rows, again)], ignore_index=True)
    company.tail = "Total" + "," * (len(company.log.columns) - 1) + "\n"


def seconds(company: Company, rng: np.random.Generator) -> None:
    """Times as seconds since the log began."""
    moments = pd.to_datetime(company.log["timestamp"])
    company.log["timestamp"] = (moments - moments.min().floor("7D")).dt.total_seconds().astype(int).astype(str)


def days_of_excel(company: Company, rng: np.random.Generator) -> None:
    """Times as days of Excel with a decimal comma, in a file of semicolons in cp1252."""
    moments = pd.to_datetime(company.log["timestamp"]).dt.tz_localize(None)
    days = (moments - pd.Timestamp("1899-12-30")) / pd.Timedelta(days=1)
    company.log["timestamp"] = [f"{day:.6f}".replace(".", ",") for day in days]
    company.encoding, company.delimiter = "cp1252", ";"


def undated(company: Company, rng: np.random.Generator) -> None:
    """No time in 15 % of the rows."""
    company.log.loc[some(company.log, 0.15, rng), "timestamp"] = "n/a"


def mostly_undated(company: Company, rng: np.random.Generator) -> None:
    """No time in 60 % of the rows."""
    company.log.loc[some(company.log, 0.6, rng), "timestamp"] = "soon"


def null_events(company: Company, rng: np.random.Generator) -> None:
    """NULL for a tenth of the ids of threads."""
    company.log.loc[some(company.log, 0.1, rng), "thread"] = "NULL"


def other_heading(company: Company, rng: np.random.Generator) -> None:
    """Aliases under the heading "Work Secondary Login", by blanks, with prefixes."""
    company.roster = company.roster.rename(columns={"aliases": "Work Secondary Login"})


def wide_characters(company: Company, rng: np.random.Generator) -> None:
    """UTF-16 with tabs."""
    company.encoding, company.delimiter = "utf-16", "\t"


DISTURBANCES: dict[str, Disturb] = {
    disturb.__name__: disturb
    for disturb in (
        placeholder_departments, placeholder_managers, placeholder_recipients, wrapped_ids, scientific_ids, lost_zeros,
        decimals, recipients_by_comma, recipients_printed, names_and_addresses, managers_by_name, decomposed, entities,
        listing, headings_again, seconds, days_of_excel, undated, mostly_undated, null_events, other_heading,
        wide_characters,
    )
}  # fmt: skip


# ---- what comes of it


def verdicts(found: Analysis) -> tuple[dict[str, str], dict[tuple[str, str], str], tuple[str, str | None]]:
    """Verdicts on departments, on pairs, and on the connector; names without regard to "&"."""

    def plain(name: str) -> str:
        return name.replace(" & ", " ")

    pairs = {(plain(row["a"]), plain(row["b"])): row["verdict"] for row in found.pairs.to_dict("records")}
    department = found.connector.department
    return (
        {plain(str(name)): str(verdict) for name, verdict in found.departments["verdict"].items()},
        pairs,
        (found.connector.verdict, plain(department) if department else None),
    )


def said(interactions: Interactions, roster: Roster, found: Analysis) -> str:
    """What names the trouble: counts, and losses."""
    parts = []
    for name, condition in [
        ("roster", roster.condition),
        *(("log", source.condition) for source in interactions.sources),
    ]:
        parts += [f"{name}: {sum(condition.placeholders.values()):,} placeholders"] if condition.placeholders else []
        parts += [f"{name}: {count:,} {kind}" for kind, count in {**condition.mended, **condition.lost}.items()]
    for source in interactions.sources:
        parts += [note.rsplit(" were ", 1)[1].rstrip(".") for note in source.notes if " were read as " in note]
    known = roster.aliases["alias"].tolist()
    ids = interactions.connection.execute(
        f"select sender from ({interactions.query}) where sender is not null union select recipient from "
        f"({interactions.query}) where recipient is not null"
    ).fetchall()
    parts += [f"proposed: {repair}" for repair in repairs([one for (one,) in ids], known)[:1]]
    managers = roster.managers
    parts += [f"{managers.stated - managers.found:,} managers not found"] if managers.found < managers.stated else []
    parts += [
        f"{count:,} rows {reason}"
        for reason, count in found.tally.log.rejected.items()
        if reason not in ("not in the roster",)
    ]
    return "; ".join(parts)


def analysed(company: Company, bootstrap: int) -> tuple[Analysis, str]:
    """The company through its files, and what names its trouble."""
    with tempfile.TemporaryDirectory() as folder:
        log, hr = company.write(Path(folder))
        interactions, roster = silos.read_interactions(log), silos.read_roster(hr)
        found = silos.analyze(interactions, roster, bootstrap=bootstrap, seed=0)
        return found, said(interactions, roster, found)


@dataclass(frozen=True)
class Outcome:
    """What one disturbance comes to.

    Attributes:
        disturbed: what was done to the files.
        departments, pairs: how many verdicts are those of the clean sample, of how many; empty where it is refused.
        connector: "same", or the verdict and the department that came out.
        used: rows used.
        first: the first finding of the report.
        said: what names the trouble elsewhere: counts in the inputs, notes, proposals of `silos check`.
    """

    disturbed: str
    departments: str
    pairs: str
    connector: str
    used: str
    first: str
    said: str

    @property
    def cells(self) -> tuple[str, ...]:
        """A row of the table."""
        return self.disturbed, self.departments, self.pairs, self.connector, self.used, self.first, self.said


def outcome(name: str, clean: Analysis, bootstrap: int) -> Outcome:
    """The sample, disturbed in one way, beside the clean one."""
    expected = verdicts(clean)
    company = sample()
    DISTURBANCES[name](company, np.random.default_rng(17))
    label = (DISTURBANCES[name].__doc__ or name).rstrip(".")
    try:
        found, trouble = analysed(company, bootstrap)
    except SilosError as refusal:
        return Outcome(label, "refused", "", "", "", str(refusal).split(": ", 1)[-1], "")
    got = verdicts(found)
    same = [
        f"{sum(got[part].get(key) == verdict for key, verdict in expected[part].items())} of {len(expected[part])}"
        for part in (0, 1)
    ]
    connector = "same" if got[2] == expected[2] else f"{got[2][0]} {got[2][1] or ''}".rstrip()
    first = found.findings[0].sentence
    return Outcome(
        label, *same, connector, f"{found.tally.log.rows_used:,}",
        "as in the clean sample" if first == clean.findings[0].sentence else first, trouble,
    )  # fmt: skip


def page(clean: Analysis, outcomes: Sequence[Outcome], bootstrap: int) -> str:
    """docs/messy_files.md."""
    headings = ("disturbed", "departments", "pairs", "connector", "rows used", "first finding", "also said")
    kept = sum(
        one.connector == "same" and all(len(set(part.split(" of "))) == 1 for part in (one.departments, one.pairs))
        for one in outcomes
    )
    verdict, department = verdicts(clean)[2]
    return f"""# Files as people really have them

Made by `python benchmarks/disturbed.py --bootstrap {bootstrap} --page docs/messy_files.md`: the sample company, its
files disturbed in {len(outcomes)} ways, each of which was seen in a real export. The clean sample has
{clean.tally.log.rows_used:,} rows that are used and a {verdict} connector, {department}. {kept} of the {len(outcomes)}
disturbed ones give every verdict on departments, pairs and the connector as the clean one does. In the others something
is lost that no reader can bring back; the table shows what the report says first, and what else it says of it.

{tables.table(headings, (tuple(cell.replace("|", "&#124;") for cell in one.cells) for one in outcomes))}
"""


def main(words: Sequence[str] | None = None) -> None:
    """Print the page, or write it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=DISTURBANCES, action="append")
    parser.add_argument("--bootstrap", type=int, default=200)
    parser.add_argument("--page", type=Path)
    asked = parser.parse_args(words)
    clean, _ = analysed(sample(), asked.bootstrap)
    made = page(clean, [outcome(name, clean, asked.bootstrap) for name in asked.only or DISTURBANCES], asked.bootstrap)
    if asked.page:
        asked.page.write_text(made, encoding="utf-8")
    else:
        print(made)


if __name__ == "__main__":
    main()

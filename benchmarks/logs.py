"""Made-up logs of any size, kept in a folder: the same size gives the same rows.

    python benchmarks/logs.py SIZE csv|parquet FOLDER

The simulation writes up to 20 million rows. Larger logs are copies of these, each some weeks later or some minutes
later, with events and threads of its own: as many people and ties, but more rows.
"""

import argparse
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

#: Weeks that a simulated log runs for, and how many copies follow one another before the next ones fall in between.
WEEKS = 12
IN_A_ROW = 4
#: Minutes by which such copies are apart.
APART = 37


@dataclass(frozen=True)
class Size:
    """A log to be made: about so many rows."""

    rows: int
    people: int
    departments: int
    weeks: int = WEEKS
    copies: int = 1


SIZES = {
    "1e3": Size(1_000, 80, 8, weeks=4),
    "1e5": Size(100_000, 1_000, 20),
    "1e6": Size(1_000_000, 5_000, 20),
    "1e7": Size(10_000_000, 50_000, 50),
    "2e7": Size(20_000_000, 100_000, 100),
    "1e8": Size(100_000_000, 100_000, 100, copies=5),
    "1e9": Size(1_000_000_000, 100_000, 100, copies=50),
}
FORMATS: tuple[Literal["csv", "parquet"], ...] = ("csv", "parquet")
#: What the larger ones are copies of.
SIMULATED = "2e7"
#: A time in CSV, as SQL.
AS_TEXT = "strftime({}, '%Y-%m-%dT%H:%M:%SZ')"
FOLDER = Path(tempfile.gettempdir()) / "silos-logs"


def log_of(name: str, file_format: str, folder: Path) -> tuple[Path, Path]:
    """Where the log and the roster of a size are, or will be: a file, or a folder of the copies."""
    place = folder / f"{name}_{file_format}"
    log = place / "interactions" if SIZES[name].copies > 1 else place / f"interactions.{file_format}"
    return log, place / "roster.csv"


def make(name: str, file_format: Literal["csv", "parquet"], folder: Path) -> tuple[Path, Path]:
    """The log and the roster, made unless they are there."""
    log, roster = log_of(name, file_format, folder)
    if not log.exists():
        size = SIZES[name]
        if size.copies > 1:
            _copy(name, file_format, folder)
        elif file_format == "csv":
            _written_out(name, folder)
        else:
            from silos import simulate

            made = simulate.organisation(size.people, size.departments, size.weeks, rows=size.rows, seed=1)
            made.write(log.parent, file_format=file_format)
    return log, roster


def _written_out(name: str, folder: Path) -> None:
    """As CSV, from the Parquet: to simulate it twice would take minutes."""
    import duckdb

    log, roster = log_of(name, "csv", folder)
    source, source_roster = make(name, "parquet", folder)
    log.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(source_roster, roster)
    unfinished = log.with_name("unfinished")
    with duckdb.connect() as connection:
        connection.execute(
            f"copy (select * replace ({AS_TEXT.format('timestamp')} as timestamp) from '{source}') "
            f"to '{unfinished}' (format csv, header)"
        )
    unfinished.rename(log)


def _copy(name: str, file_format: str, folder: Path) -> None:
    import duckdb

    log, roster = log_of(name, file_format, folder)
    source, source_roster = make(SIMULATED, "parquet", folder)
    unfinished = log.with_name("unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    shutil.copy(source_roster, roster)
    options = "format parquet, compression zstd" if file_format == "parquet" else "format csv, header"
    written = "{}" if file_format == "parquet" else AS_TEXT
    with duckdb.connect() as connection:
        for copy in range(SIZES[name].copies):
            later = f"timestamp + interval {copy % IN_A_ROW * WEEKS} week + interval {copy // IN_A_ROW * APART} minute"
            target = unfinished / f"{copy:04}.{file_format}"
            connection.execute(
                f"copy (select {written.format(later)} as timestamp, sender, recipient, medium, "
                f"event || '_{copy}' as event, thread || '_{copy}' as thread, kind, recipients "
                f"from '{source}') to '{target}' ({options})"
            )
    unfinished.rename(log)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("size", choices=SIZES)
    parser.add_argument("file_format", choices=FORMATS)
    parser.add_argument("folder", type=Path)
    asked = parser.parse_args()
    print(*make(asked.size, asked.file_format, asked.folder))


if __name__ == "__main__":
    main()

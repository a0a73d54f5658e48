"""Makes formats.md, and what `silos formats` says in cli.md, from the registry of readers and the pages in formats/.

    python docs/make_formats.py

`tests/docs/test_made_pages.py` fails where a page is not what this makes.
"""

from pathlib import Path

from click.testing import CliRunner
from page_parts import replaced, table

from silos.cli import main
from silos.readers import FORMATS

DOCS = Path(__file__).parent

INTRODUCTION = """\
# Formats that can be read

Made by `python docs/make_formats.py` from the registry of readers. `silos formats` prints the same list.
A log is recognised by its content; `--format NAME` forces one.

"""

AFTER = """
## Tables

These rules apply to `delimited`, `parquet`, `edges` and DataFrames:

- A weight says how many interactions a row stands for; an empty cell counts as 1. A decimal comma is read as a point
  (`1,5`), but `1,234` only if `;` separates the cells, because otherwise it may mean more than a thousand. A row
  whose weight is not a number above 0 (0, negative, infinite, text) is left out and counted; this also applies to
  `graphml` and `gexf`.
- Numeric times from 20,000 to 80,000 (1954 to 2119) are read as Excel stores dates: days since 1899-12-30, with the
  time of day to the second after a point or a comma. Other numbers are seconds, milliseconds, microseconds or
  nanoseconds since 1970, depending on their size. If more than one in a hundred of the first rows holds another
  number, all of them are read as seconds. `silos check` says which reading was used.

Each of these tables, and each other format that is a table, may be a sheet of a [workbook](formats/excel.md)
(`.xlsx`, `.xlsm`, `.xls`, `.ods`).

A file that is named twice, by itself and through a folder that contains it, is read once, and `silos check` says so.

## Content that readers never keep

Readers do not keep subjects, bodies or titles, not even on disk, and messages never quote them. An error about a
table names its columns only if the first row is certainly a row of headings: the table is complete, and names that
look like headings stand above values that do not. Otherwise the error names the columns that silos knows and counts
the rest. Files whose names are subjects (`.eml`, `.msg`) are numbered instead. Links in a folder are not followed,
and `silos check` says so.

## Memory

Exports that Python reads (chats, mail, calendars, attendance) are written to disk as they are read. The table shows
the peak resident memory of reading and counting the rows, in one process per export, on two shared cores (`python
benchmarks/memory.py`). Python and its libraries take 158 MB of it; the part that grows slightly is DuckDB's, which
spills to disk:

| export | 50 MB of content | 500 MB of content |
| --- | --- | --- |
| Slack zip | 223 MB (59,984 rows) | 257 MB (603,850 rows) |
| mbox | 204 MB (29,958 rows) | 290 MB (297,675 rows) |
"""


def page() -> str:
    """The whole of formats.md."""
    rows = [[_linked(name), reader.description] for name, reader in FORMATS.items()]
    return INTRODUCTION + table(["format", "what it is"], rows) + AFTER


def _linked(name: str) -> str:
    return f"[{name}](formats/{name}.md)" if (DOCS / "formats" / f"{name}.md").is_file() else f"`{name}`"


def made() -> dict[Path, str]:
    said = CliRunner().invoke(main, ["formats"], catch_exceptions=False).output
    cli = DOCS / "cli.md"
    listed = replaced(cli.read_text(encoding="utf-8"), "formats", f"```console\n$ silos formats\n{said}```\n")
    return {DOCS / "formats.md": page(), cli: listed}


if __name__ == "__main__":
    for path, content in made().items():
        path.write_text(content, encoding="utf-8")

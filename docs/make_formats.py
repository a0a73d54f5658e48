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

Of `delimited`, `parquet`, `edges` and DataFrames:

- A weight is how many interactions a row stands for; an empty cell is 1. A decimal comma is read as a point (`1,5`),
  but `1,234` only where `;` parts the cells: elsewhere it may be a thousand and more. A row whose weight is no number
  above 0 (0, negative, infinite, text) is left out and counted, also of `graphml` and `gexf`.
- Times that are numbers are read as Excel keeps dates, days since 1899-12-30, if they lie from 20,000 to 80,000 (1954
  to 2119): the time of day to the second, after a point or a comma. Others are seconds, milli-, micro- or nanoseconds
  since 1970, by their size. More than one other number in a hundred of the first rows makes all
  of them seconds. `silos check` says which it was.

Each of these tables, and each other format that is a table, may be a sheet of a [workbook](formats/excel.md)
(`.xlsx`, `.xlsm`, `.xls`, `.ods`).

A file that is named twice, by itself and with a folder that it lies in, is read once, which `silos check` says.

## What no reader lets out

No subject, body or title is kept, not even on disk, and no message quotes one. An error about a table names its
columns only where its first row is beyond doubt a row of headings: a whole table, names that look like names, above
values that do not; of all others it names the columns it knows and counts the rest. Files that bear their subject as
name (`.eml`, `.msg`) are numbered. Links in a folder are not followed, which `silos check` says.

## Memory

Exports that Python reads (chats, mail, calendars, attendance) are put on disk as they are read. Peak resident memory
of reading and counting the rows, a process each, on two shared cores (`python benchmarks/memory.py`); 158 MB of it is
Python with its libraries, and what grows a little is DuckDB's, which spills to disk:

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

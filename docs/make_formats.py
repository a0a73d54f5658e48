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

- A weight is how many interactions a row stands for; an empty cell is 1. A decimal comma is read as a point (`1,5`),
  `1 234` and `1'234` as 1234, and `1.234` or `1,234` too where another number shows it (`1.234.567`, `0,5`). What stays
  open is refused (`1.234` beside `5` and `17`); beside `1,5`, `1,234` is read only where `;` parts the cells. A row
  whose weight is no number above 0 (0, negative, infinite, text) is left out and counted, also of `graphml` and `gexf`.
- Of `edges`, `graphml` and `gexf`, a column called "count", "n", "messages", "anzahl" and the like is the weight where
  all its numbers are whole; of `edges`, a note names another column of numbers that is not used.
- All the rows of a column decide what its values are, in one look through the table before it is counted.
- Times that are numbers: since 1970 in seconds, milli-, micro- or nanoseconds (from 100,000,000 on); days as Excel
  keeps dates, since 1899-12-30 (32,874 to 73,050: 1990 to 2100); days since 1970 (7,305 to 32,872); else seconds,
  milliseconds or days since the log began. A heading that names the unit (`Time (s)`) decides, and numbers that all
  end in 0 are no days. One number in a hundred may lie outside, as 0 for no time. Times that would span a century are
  no times. What was read is said: "The numbers in 't' were read as seconds since the log began".
- Ids are read as they are meant: `Name <address>`, `="000123"`, `1001.0`, `(External)` behind a name, invisible
  characters, HTML entities, composed and decomposed accents. A number in scientific notation that lost digits
  (`1.00123E+11`) is nobody's id. `#N/A`, `NULL`, `(blank)`, "nicht zugeordnet" and their like are not ids.
- The id of a message or a conversation is none where it is a placeholder (`null`, `0`, an id of zeros) or lost digits
  in a spreadsheet (`1.98765E+17`, or zeros behind the fifteenth digit of all): a note says how many. Rows without one
  are messages of their own; a `0` is an id where there is a `1`.
- A cell may name several recipients of one event: between commas, semicolons, line ends or bars, or as a list that a
  program printed. Between what are no addresses a comma parts people if at least half of what it parts are ids of
  their own elsewhere in the log; it belongs to a name ("Last, First") where the cells themselves are senders.
- Whoever got a copy is a recipient: columns Cc and Bcc (in several languages) beside that of the recipients are read
  where they hold addresses, or people of the log. `--map recipient=To` reads that column alone.
- A time of day may stand in a column of its own, as may AM and PM and the hour. Halves of the day are read in several
  languages (上午9:00, 9:00 π.μ.). Where such a column cannot be read, a note says so. Digits of a calendar are dates
  (20250131, 31012025); where day and month cannot be told apart, and of a year and a month (2501), they are refused.
- Lines that are no rows (a line of dashes under the headings, the headings again, a total, "(4 rows affected)") are
  left out and counted, each by its reason.
- Rows that reached nobody are left out and counted by reason where a column says so: `Failed`, `Draft`, `Pending`,
  `Quarantined`, `Cancelled` and their like in a column such as "Status", "Folder" or "Response" (in several
  languages), a yes or a date under `deleted_at`, `isDraft`, `isCancelled`. Words that are not known leave a row where
  it is, and so do those of tasks and tickets ("Blocked" or "Rejected" beside "Open" or "Done"; "Pending" beside words
  that are not known).
- If more than half of the rows are lost (unreadable, undated, without a sender or recipient), `silos analyze` refuses
  and says what to do about each reason.

Of rosters:

- A placeholder in any field is a blank, counted by field. `--roster-keep NA` keeps a department that is really called
  NA. In columns of names only what cannot be a name is a placeholder.
- Every column that holds another id of the person is an alias: it is known by its heading in several languages
  ("Work Secondary Email", `sAMAccountName`, "Personalnummer") or, of addresses, object ids and distinguished names, by
  its content. A column in which more than 5 % of the people share a value, or which holds ids of other people (a
  manager, a delegate), is not one.
- Rows of one id are one person; where they differ, the first counts and a note says so. If their names have no word in
  common ("Ann Roux", "Bob Li": a number given twice, `noemail@` for whoever has none), the id is nobody's: each is
  known by another id, and left out without one. In dated rows, where a name may change, their other ids must differ
  too.
- Aliases in one cell may be separated by blanks, commas, semicolons, line ends or bars, or be a JSON list, with
  prefixes (`smtp:`); addresses of other systems (`X500:`) are left out. Words between blanks that are not ids are one
  alias, and `silos check` says so.
- A manager is found by any id, a name that one person alone has, in whatever order, a distinguished name, "Name (id)",
  `DOMAIN\\account`, or the part of an address before the @. Others are counted, and shown as shapes (`aaaa, aaa`).

Each of these tables, and each other format that is a table, may be a sheet of a [workbook](formats/excel.md)
(`.xlsx`, `.xlsm`, `.xls`, `.ods`).

A file that is named twice, by itself and through a folder that contains it, is read once, and `silos check` says so.
A file with the same content as another is read once as well; of edges without times, which two years or tools may have
in common, only where its name marks a copy ("net (1).csv"): others count, and a note says so.

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

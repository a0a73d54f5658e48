"""An .xlsx log beside the same log as CSV: `python benchmarks/excel.py [ROWS]`, 500,000 unless given.

Makes both of one planted company in a temporary folder, analyses each by `silos analyze` in a process of its own, and
prints seconds and peak memory (as `/usr/bin/time -v` has them), and the ratios. Times are dates of Excel in the one and
text in the other; ids are shared texts, as Excel writes them. The xlsx should take no more than three times as long.
"""

import csv
import re
import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path

import xlsxwriter

ROWS = 500_000


def workbook(log: Path, target: Path) -> None:
    """The rows of a CSV as a workbook with one sheet."""
    book = xlsxwriter.Workbook(target, {"strings_to_numbers": False})
    sheet = book.add_worksheet("Log")
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    with log.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        sheet.write_row(0, 0, next(rows))
        for number, (time, *texts, recipients) in enumerate(rows, start=1):
            sheet.write_datetime(number, 0, datetime.fromisoformat(time).replace(tzinfo=None), moment)
            for column, text in enumerate(texts, start=1):
                if text:
                    sheet.write_string(number, column, text)
            sheet.write_number(number, len(texts) + 1, float(recipients or 1))
    book.close()


def measured(log: Path, roster: Path, out: Path) -> tuple[float, float]:
    """Seconds and peak megabytes of `silos analyze`."""
    command = [sys.executable, "-m", "silos", "analyze", str(log), "--roster", str(roster), "-o", str(out)]
    done = subprocess.run(["/usr/bin/time", "-v", *command], capture_output=True, text=True, check=True)
    clock = re.search(r"Elapsed \(wall clock\).*: (?:(\d+):)?(\d+):([\d.]+)\n", done.stderr)
    held = re.search(r"Maximum resident set size \(kbytes\): (\d+)", done.stderr)
    assert clock is not None
    assert held is not None
    hours, minutes, seconds = clock.groups(default="0")
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds), int(held[1]) / 1024


def main() -> None:
    """Print a table."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder, "company")
        command = [sys.executable, "-m", "silos", "simulate", "-o", str(made), "--rows", str(rows), "--people", "800"]
        subprocess.run(command, check=True)
        log = made / "interactions.csv"
        workbook(log, made / "interactions.xlsx")
        found = {}
        for name in ("csv", "xlsx"):
            found[name] = measured(made / f"interactions.{name}", made / "roster.csv", Path(folder, name))
            print(f"{name:<5} {found[name][0]:>7.1f} s {found[name][1]:>7,.0f} MB")
        (plain, held), (packed, held_packed) = found["csv"], found["xlsx"]
        print(f"ratio {packed / plain:>7.1f}   {held_packed / held:>7.1f}")
        summaries = [(Path(folder, name) / "summary.json").read_text(encoding="utf-8") for name in found]
        same = len({re.sub(r'"(generated|formats)".*?[\],]', "", text, flags=re.DOTALL) for text in summaries}) == 1
        print(f"the same summary: {same}")


if __name__ == "__main__":
    main()

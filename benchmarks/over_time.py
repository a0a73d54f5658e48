"""What twelve windows and one event add to an analysis of a million rows, in CPU seconds.

python benchmarks/over_time.py [--size 1e6] [--folder FOLDER]

Runs `silos analyze` once without and once with them, one after the other, and keeps the figures in
docs/data/scaling.json, from which docs/make_scaling.py makes the page. The log is that of `benchmarks/speed.py`: twelve
weeks, each a window. CPU seconds are added up over all processes of the command, so that other work on the machine
tells less.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from logs import FOLDER, SIZES, make
from machine import code, commit

KEPT = Path(__file__).parent.parent / "docs" / "data" / "scaling.json"
#: The logs begin on 6 January 2025: the event lies in the middle of them.
ASKED = ("--window", "week", "--event", "2025-02-17=Middle", "--event-departments", "Marketing,Sales")


def seconds(log: Path, roster: Path, *more: str) -> float:
    """CPU seconds of one analysis."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "silos", "analyze", str(log), "--roster", str(roster), "-o", f"{folder}/out"]
        subprocess.run([*command, *more], check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", choices=list(SIZES), default="1e6")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where logs are made, and stay")
    asked = parser.parse_args()
    log, roster = make(asked.size, "parquet", asked.folder)
    plain, with_time = seconds(log, roster), seconds(log, roster, *ASKED)
    figures = json.loads(KEPT.read_text(encoding="utf-8"))
    figures["over_time"] = {
        "size": asked.size,
        "windows": SIZES[asked.size].weeks,
        "cpu": round(plain, 1),
        "cpu_with": round(with_time, 1),
        "commit": commit(),
        "code": code(),
    }
    KEPT.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

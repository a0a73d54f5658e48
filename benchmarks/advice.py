"""Was the advice right? Planted organisations that follow it, a network without its hub, a chart that really changed.

python benchmarks/advice.py [--runs 100] [--processes 2] [--minutes 15] [--data DIR] [-o docs]

Writes docs/what_would_help.json and docs/what_would_help.md. It stops after so many minutes of processor time, and the
page says how many runs it rests on. DIR holds `email_eu_core` and `handbook_company`; without it their parts are kept
as they were.
"""

import argparse
import json
import multiprocessing
import os
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

# Small matrices, many of them: threads of the linear algebra only get in each other's way.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

from advising import page, planted, real  # noqa: E402

DOCS = Path(__file__).parent.parent / "docs"
#: Seeds of the organisations, apart from those of other benchmarks.
FIRST_SEED = 60_000
GENERATORS = ("blocks", "latent")


def timed(job: tuple[str, int]) -> tuple[dict[str, Any] | None, float]:
    """A run, and the processor time that it took."""
    begun = time.process_time()
    return planted.run(job), time.process_time() - begun


def runs(number: int, processes: int, minutes: float) -> tuple[list[dict[str, Any]], int]:
    """The records of runs whose silo was found, and how many were tried."""
    jobs = [(GENERATORS[at % len(GENERATORS)], FIRST_SEED + at) for at in range(number)]
    records, tried, spent = [], 0, 0.0
    with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn")) as pool:
        for first in range(0, number, 2 * processes):
            for record, seconds in pool.map(timed, jobs[first : first + 2 * processes]):
                tried, spent = tried + 1, spent + seconds
                if record is not None:
                    records.append(record)
            if spent > 60 * minutes:
                break
    return records, tried


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=100, help="planted organisations; 0 keeps those of the last time")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--minutes", type=float, default=15, help="of processor time for them")
    parser.add_argument("--data", type=Path, help="directory of the public data sets")
    parser.add_argument("-o", "--output", type=Path, default=DOCS, help="where the documents go")
    asked = parser.parse_args(arguments)
    kept = asked.output / "what_would_help.json"
    result = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}
    if asked.runs:
        records, tried = runs(asked.runs, asked.processes, asked.minutes)
        result["planted"] = planted.summarised(records, tried)
    if asked.data:
        result["email_eu_core"] = real.best_pairs(asked.data / "email_eu_core")
        result["handbook"] = real.back_test(asked.data / "handbook_company")
    asked.output.mkdir(parents=True, exist_ok=True)
    kept.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    (asked.output / "what_would_help.md").write_text(page.page(result), encoding="utf-8")


if __name__ == "__main__":
    main()

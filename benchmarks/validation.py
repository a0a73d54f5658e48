"""Do the verdicts find what was planted? Organisations with known silos, connectors and decoys, judged and counted.

python benchmarks/validation.py [--smoke | --medium | --full] [--processes 2] [-o docs]

Writes docs/validation.json, docs/validation.md and docs/figures/validation_*.svg. The same size gives the same bytes.
The full size takes some 25 minutes on two cores, the medium one 6, the smoke one less than one.
"""

import argparse
import json
import multiprocessing
import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Any

# Small matrices, many of them: threads of the linear algebra only get in each other's way.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

from validation import coverage, figures, runs, summary, tables, tasks  # noqa: E402

DOCS = Path(__file__).parents[1] / "docs"


def measured(size: str, processes: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The records of all organisations of a size, and of all draws for the coverage, in the order of the tasks."""
    made, drawn = tasks.tasks(size), tasks.draws(size)
    jobs: list[tuple[Callable[[Any], dict[str, Any]], Any]] = [(runs.run, task) for task in made]
    jobs += [(coverage.run, draw) for draw in drawn]
    if processes == 1:
        done = [work(item) for work, item in jobs]
        return done[: len(made)], done[len(made) :]
    start, results = time.monotonic(), dict[int, dict[str, Any]]()
    with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn")) as pool:
        places = {pool.submit(work, item): place for place, (work, item) in enumerate(jobs)}
        for future in as_completed(places):
            results[places[future]] = future.result()
            if len(results) % 20 == 0:
                print(f"{len(results)} of {len(jobs)}, {time.monotonic() - start:.0f} s", file=sys.stderr, flush=True)
    done = [results[place] for place in range(len(jobs))]
    return done[: len(made)], done[len(made) :]


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    sizes = parser.add_mutually_exclusive_group()
    for size in tasks.SIZES:
        sizes.add_argument(f"--{size}", dest="size", action="store_const", const=size)
    parser.set_defaults(size="smoke")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("-o", "--output", type=Path, default=DOCS, help="where the documents go")
    parser.add_argument("--raw", type=Path, help="also write the record of every organisation here, as JSON")
    parser.add_argument("--tables", action="store_true", help="only write validation.md from validation.json again")
    asked = parser.parse_args(arguments)
    kept = asked.output / "validation.json"
    if asked.tables:
        result = json.loads(kept.read_text(encoding="utf-8"))
    else:
        records, drawn = measured(asked.size, asked.processes)
        if asked.raw:
            asked.raw.write_text(json.dumps([records, drawn]), encoding="utf-8")
        result = summary.summarised(asked.size, records, drawn)
        asked.output.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    tables.write(result, asked.output / "validation.md")
    figures.write(result, asked.output / "figures")
    missed = [row["what"] for row in result["targets"] if row["met"] is False]
    print(f"{asked.output / 'validation.md'}: {len(result['targets']) - len(missed)} targets met, missed: {missed}")


if __name__ == "__main__":
    main()

"""Is every sentence true, and said where it must be? Organisations of every kind, and an oracle for each sentence.

python benchmarks/sentences.py [--count 300] [--only KIND] [--processes 2] [-o docs]

Each oracle recomputes what a sentence says from the raw log with pandas, and holds verdicts against what was planted.
Writes docs/sentences.json and docs/sentences.md, the same bytes for the same number; with --only it prints what is
wrong with organisations of that kind instead.
"""

import argparse
import json
import multiprocessing
import os
import warnings
from concurrent.futures import ProcessPoolExecutor
from itertools import zip_longest
from pathlib import Path

# Small matrices, many of them: threads of the linear algebra only get in each other's way.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

from sentences_battery import page, running  # noqa: E402
from sentences_battery.weaving import BUILDERS  # noqa: E402

DOCS = Path(__file__).parent.parent / "docs"
#: Numbers from which organisations are made: none of these was looked at when the oracles were written.
FIRST = 3_000


def one(job: tuple[str, int]) -> running.Record:
    """One organisation, in a process of its own."""
    # Numbers that cannot be had are missing, and said to be: numpy need not warn of each.
    warnings.simplefilter("ignore")
    return running.run(*job)


def in_turn(kinds: list[str], count: int) -> list[tuple[str, int]]:
    """So many organisations: kinds from the two halves of the battery in turn, then all of them again."""
    halves = kinds[: len(kinds) // 2], kinds[len(kinds) // 2 :]
    order = [kind for pair in zip_longest(*halves) for kind in pair if kind is not None]
    return [(order[at % len(order)], FIRST + at // len(order)) for at in range(count)]


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=300, help="organisations, all kinds in turn")
    parser.add_argument("--only", choices=sorted(BUILDERS), action="append", help="print what is wrong with these")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("-o", "--output", type=Path, default=DOCS, help="where the documents go")
    asked = parser.parse_args(arguments)
    jobs = in_turn(asked.only or list(BUILDERS), asked.count)
    with ProcessPoolExecutor(asked.processes, mp_context=multiprocessing.get_context("spawn")) as pool:
        records = []
        for record in pool.map(one, jobs):
            records.append(record)
            if asked.only:
                print(page.told(record), flush=True)
    if not asked.only:
        result = page.summarised(records)
        asked.output.mkdir(parents=True, exist_ok=True)
        (asked.output / "sentences.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
        (asked.output / "sentences.md").write_text(page.page(result), encoding="utf-8")


if __name__ == "__main__":
    main()

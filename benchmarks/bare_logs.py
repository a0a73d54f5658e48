"""Is the connector found on poorer logs, at the pace of real mail, and is no desk proclaimed? Prints only.

python benchmarks/bare_logs.py [--count 40] [--processes 2] [--bootstrap 200] [--raw FILE]

For each generator: so many organisations with a connector and half as many without, each on its whole log and on
sender, recipient and time alone; a quarter as many with threads as shallow as in the mail of an American company, with
threads given and without, and with desks that open and continue dialogues, which no such log can tell.
"""

import argparse
import json
import multiprocessing
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

from validation import bare  # noqa: E402


def organisations(count: int, bootstrap: int) -> list[bare.Bare]:
    """What is made and judged."""
    half, quarter = -(-count // 2), -(-count // 4)
    made = []
    for generator in bare.GENERATORS:
        same = {"generator": generator, "bootstrap": bootstrap}
        made += bare.tasks(count, kind="planted", **same)
        made += bare.tasks(half, kind="none", **same)
        made += bare.tasks(quarter, kind="mail room", first=500, **same)
        for kind in ("planted", "none"):
            made += bare.tasks(
                quarter, kind=kind, depth="shallow", logs=("whole", "threads", "bare"), first=1000, **same
            )
            made += bare.tasks(quarter, kind=kind, beyond=True, first=1500, **same)
    return made


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=40, help="organisations with a connector, of each generator")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--bootstrap", type=int, default=200)
    parser.add_argument("--raw", type=Path, help="also write the record of every organisation here, as JSON")
    asked = parser.parse_args()
    records = []
    with ProcessPoolExecutor(asked.processes, mp_context=multiprocessing.get_context("spawn")) as pool:
        for record in pool.map(bare.run, organisations(asked.count, asked.bootstrap)):
            records.append(record)
            if len(records) % 20 == 0:
                print(f"{len(records)} done", file=sys.stderr, flush=True)
    if asked.raw:
        asked.raw.write_text(json.dumps(records), encoding="utf-8")
    print(bare.summary(records).to_string())


if __name__ == "__main__":
    main()

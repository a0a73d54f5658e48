"""Walls, silos and thin logs: is what was planted called by its name, and nothing else?

python benchmarks/verdicts.py [--organisations 60] [--processes 2] [-o docs]

Writes docs/verdicts.json and docs/verdicts.md, the same bytes for the same number. 60 organisations of each setting
take some 40 minutes on two cores.
"""

import argparse
import json
import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

# Small matrices, many of them: threads of the linear algebra only get in each other's way.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

from validation import verdicts, verdicts_page  # noqa: E402

DOCS = Path(__file__).parent.parent / "docs"


def summarised(records: list[dict[str, Any]]) -> dict[str, Any]:
    """Everything that docs/verdicts.md says, as plain numbers."""
    return {
        "walls": verdicts.walls(records) + verdicts.walls(records, "shuffled"),
        "curve": verdicts.curve(records),
        "silos": verdicts.silos_found(records),
    }


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--organisations", type=int, default=60, help="of each setting")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("-o", "--output", type=Path, default=DOCS, help="where the documents go")
    asked = parser.parse_args(arguments)
    made = verdicts.jobs(asked.organisations)
    if asked.processes == 1:
        records = [verdicts.run(job) for job in made]
    else:
        with ProcessPoolExecutor(asked.processes, mp_context=multiprocessing.get_context("spawn")) as pool:
            records = list(pool.map(verdicts.run, made, chunksize=4))
    result = summarised(records)
    asked.output.mkdir(parents=True, exist_ok=True)
    (asked.output / "verdicts.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    (asked.output / "verdicts.md").write_text(verdicts_page.page(result, asked.organisations), encoding="utf-8")


if __name__ == "__main__":
    main()

"""Ties of the same log counted by DuckDB and by Spark: microseconds per row of each, and how far they differ.

python benchmarks/spark.py [--sizes 1e6 1e7] [--folder FOLDER]

Spark runs on a cluster of this machine, two workers of one core each, unless `spark-defaults.conf` (SPARK_CONF_DIR)
names another one. Each engine counts in a process of its own, DuckDB first. The seconds of a count begin where the
roster has been read and the session is there: what both need once is no matter of rows. Prints only; needs the extra
`spark`, and Java.
"""

import argparse
import json
import os
import pickle
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from logs import FOLDER, SIZES, make

import silos
from silos.ties.count import tally
from silos.ties.results import Tally

ENGINES = ("duckdb", "spark")
#: Two numbers are equal if they differ by this part of the greater.
SAME = 1e-9
#: What a cluster on this machine needs to be told, where no other is named.
HERE = {
    "spark.master": "local-cluster[2,1,4096]",
    "spark.executor.memory": "4g",
    "spark.driver.memory": "3g",
    "spark.driver.host": "127.0.0.1",
    "spark.sql.shuffle.partitions": "4",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "OFF",
}


def session() -> Any:
    """A session on the cluster."""
    import pyspark
    from pyspark.sql import SparkSession

    os.environ.setdefault("SPARK_HOME", str(Path(pyspark.__file__).parent))
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    settings = {} if "SPARK_CONF_DIR" in os.environ else HERE
    return SparkSession.builder.appName("silos").config(map=settings).getOrCreate()


def count(engine: str, log: Path, roster: Path, target: Path) -> None:
    """Count with one engine; what it found goes into a file, and its seconds are printed."""
    people = silos.read_roster(roster)
    connection = session() if engine == "spark" else None
    before = time.perf_counter()
    found = tally(silos.read_interactions(str(log), connection=connection), people)
    seconds = time.perf_counter() - before
    target.write_bytes(pickle.dumps(tables(found)))
    print(json.dumps({"seconds": seconds, "rows": found.log.rows_read}))


def tables(found: Tally) -> dict[str, pd.DataFrame]:
    """What both must count alike."""
    rhythm = {"hours": found.rhythm.hours, "minutes": found.rhythm.minutes}
    dialogue = {"waits": found.dialogue.waits, "sent": found.dialogue.sent, "wrote": found.dialogue.wrote}
    ties = {"arcs": found.ties.arcs.astype({"medium": str}), "dyads": found.ties.dyads}
    # Outsiders are numbers that mean nothing, and engines hash names in their own ways.
    outside = found.external.table.groupby("person", as_index=False).count()
    return ties | dialogue | rhythm | {"turns": found.turns, "outside": outside}


def furthest(one: pd.DataFrame, other: pd.DataFrame) -> float:
    """How far two tables differ at most, as a part of the greater number; infinite where their rows do."""
    if list(one.columns) != list(other.columns) or len(one) != len(other):
        return float("inf")
    apart = 0.0
    for name in one.columns:
        left, right = one[name].to_numpy(), other[name].to_numpy()
        if not np.issubdtype(left.dtype, np.number):
            apart = max(apart, 0.0 if (left == right).all() else float("inf"))
        elif len(left):
            greater = np.maximum(np.abs(left), np.abs(right)).astype(np.float64)
            differ = np.abs(left.astype(np.float64) - right.astype(np.float64))
            apart = max(apart, float((differ / np.where(greater > 0, greater, 1)).max()))
    return apart


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", nargs="+", choices=list(SIZES), default=["1e6", "1e7"])
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where logs are made, and stay")
    parser.add_argument("--count", nargs=4, metavar=("ENGINE", "LOG", "ROSTER", "TARGET"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.count:
        engine, *paths = asked.count
        count(engine, *map(Path, paths))
        return 0
    print("| rows | engine | seconds | µs per row | furthest apart |\n| --- | --- | --- | --- | --- |")
    differs = False
    for size in asked.sizes:
        log, roster = make(size, "parquet", asked.folder)
        with tempfile.TemporaryDirectory() as folder:
            found = []
            for engine in ENGINES:
                target = Path(folder) / engine
                command = [sys.executable, __file__, "--count", engine, str(log), str(roster), str(target)]
                done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
                told = json.loads(done.stdout.splitlines()[-1])
                found.append(pickle.loads(target.read_bytes()))
                apart = max(furthest(found[0][name], found[-1][name]) for name in found[0])
                differs = differs or apart > SAME
                each = 1e6 * told["seconds"] / told["rows"]
                far = "" if engine == ENGINES[0] else f"{apart:.1e}"
                print(f"| {told['rows']:,} | {engine} | {told['seconds']:.1f} | {each:.2f} | {far} |", flush=True)
    return 1 if differs else 0


if __name__ == "__main__":
    sys.exit(main())

"""`silos analyze`, whole, against a plain pandas and networkx script on the same file.

python benchmarks/against_pandas.py [--rows 1000000] [--people 5000] [--departments 20] [--keep DIRECTORY]

Makes an organisation, runs each as a process of its own, and prints seconds, peak memory and their ratios.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from silos import simulate


def measured(command: list[str]) -> tuple[float, float]:
    """Wall seconds and peak memory in MB of a process."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    if status:
        raise SystemExit(f"{' '.join(command)} failed")
    return seconds, usage.ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--people", type=int, default=5_000)
    parser.add_argument("--departments", type=int, default=20)
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "made"
        simulate.organisation(asked.people, asked.departments, rows=asked.rows, seed=1).write(made)
        log, roster = str(made / "interactions.csv"), str(made / "roster.csv")
        ours = [sys.executable, "-m", "silos", "analyze", log, "--roster", roster, "-o", str(Path(folder) / "out")]
        plain = [sys.executable, str(Path(__file__).with_name("plain.py")), log, roster]
        print(f"{asked.rows:,} rows, {asked.people:,} people, {asked.departments} departments; best of {asked.runs}")
        best = {}
        for name, command in (("silos analyze", ours), ("pandas + networkx", plain)):
            runs = [measured(command) for _ in range(asked.runs)]
            best[name] = min(run[0] for run in runs), max(run[1] for run in runs)
            print(f"{name:<20} {best[name][0]:8.1f} s {best[name][1]:8.0f} MB")
        (seconds, memory), (other_seconds, other_memory) = best.values()
        print(f"{'ratio':<20} {seconds / other_seconds:8.2f}   {memory / other_memory:8.2f}")


if __name__ == "__main__":
    main()

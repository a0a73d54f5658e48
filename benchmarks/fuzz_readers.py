"""Damaged inputs for every reader: no crash, no hang, nobody's text in an error. `make fuzz MINUTES=30`

Small valid inputs of every format and of rosters are damaged in ways that depend on a number, so that each can be made
again (`--only SEED NUMBER`). A failure is an exception that is no SilosError, a reader that takes more processor time
or memory than it may, and a message that holds what stood in a name, address or text. Among the
damaged inputs are whole ones, which must be read right: readers that refuse everything fail too.
"""

import argparse
import json
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.fuzzing.seeds import Seed, seeds
from silos.readers import FORMATS

#: Seconds after which a reader hangs that uses no processor.
LONGEST = 600
_SHOWN = 20


class Worker:
    """A process that reads; a new one where the last hung or died."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.process: subprocess.Popen[str] | None = None

    def ask(self, seed: int, number: int) -> tuple[str, str]:
        """What came of an input."""
        if self.process is None:
            command = [sys.executable, "-m", "benchmarks.fuzzing.worker", str(self.folder)]
            self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(f"{seed} {number}\n")
        self.process.stdin.flush()
        ready, _, _ = select.select([self.process.stdout], [], [], LONGEST)
        answer = self.process.stdout.readline() if ready else ""
        if answer:
            outcome, why = json.loads(answer)
            return outcome, why
        state = self.process.wait(60) if ready else None
        self.end()
        if not ready:
            return "failed", f"no answer after {LONGEST} seconds"
        return "failed", f"a hang, or the process died (exit code {state}; {-signal.SIGPROF}: it used too much time)"

    def end(self) -> None:
        """End the process."""
        if self.process is not None:
            self.process.kill()
            self.process.communicate()
            self.process = None


def fuzz(every: list[Seed], folder: Path, *, seconds: float, first: int) -> tuple[Counter[tuple[str, str]], list[str]]:
    """(format, outcome) -> how many inputs; and a text of each failure."""
    worker = Worker(folder)
    counts: Counter[tuple[str, str]] = Counter()
    failures: list[str] = []
    end, number = time.monotonic() + seconds, first
    try:
        while time.monotonic() < end:
            for place, seed in enumerate(every):
                outcome, why = worker.ask(place, number)
                counts[seed.format, outcome] += 1
                if outcome == "failed":
                    failures.append(f"--only {place} {number} ({seed.format})\n{why}")
                    print(failures[-1], flush=True)
            number += 1
    finally:
        worker.end()
    return counts, failures


def main() -> int:
    """Fuzz, print a table, and return 1 if anything failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--first", type=int, default=0, help="number of the first input")
    parser.add_argument("--only", nargs=2, type=int, metavar=("SEED", "NUMBER"), help="one input of a failure")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        every = seeds(folder)
        missing = sorted(set(FORMATS) - {seed.format for seed in every})
        if missing:
            print(f"no seed for {', '.join(missing)}")
            return 1
        if chosen.only:
            print(*Worker(folder).ask(*chosen.only), sep="\n")
            return 0
        counts, failures = fuzz(every, folder, seconds=chosen.minutes * 60, first=chosen.first)
    outcomes = ("accepted", "accepted without rows", "refused", "failed")
    print(f"{'format':14}" + "".join(f"{outcome:>23}" for outcome in outcomes))
    for format in sorted({format for format, _ in counts}):
        print(f"{format:14}" + "".join(f"{counts[format, outcome]:23,}" for outcome in outcomes))
    print(f"{sum(counts.values()):,} inputs, {len(failures)} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

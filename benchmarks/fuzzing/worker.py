"""Reads one damaged input after the other and says what came of it; a process of its own, as it may hang or die."""

import json
import random
import resource
import shutil
import signal
import sys
import traceback
import warnings
from collections.abc import Iterator
from pathlib import Path

from benchmarks.fuzzing.mutations import files_mutated, mutated, zipped
from benchmarks.fuzzing.seeds import MARK, Seed, seeds
from silos.errors import SilosError
from silos.readers import read_interactions, scanning, unreadable
from silos.readers.files.temporary import connect
from silos.readers.roster import read_roster
from silos.tables import Interactions

#: Bytes of address space that a worker may take.
MEMORY = 6 << 30
#: Seconds of processor time after which a reader hangs; a busy machine makes no reader hang.
LONGEST = 30
#: Of so many inputs one is left as it is: it must be read, and right.
VALID = 12
#: Inputs that one connection reads.
_PER_CONNECTION = 100


class WrongError(Exception):
    """A valid input was refused, or not read right; or what was said of one quotes it."""


def written(seed: Seed, number: int, folder: Path) -> tuple[Path, bool]:
    """The input of this number, on disk; and whether it is valid."""
    chance = random.Random(f"{seed.format} {number}")
    valid = number % VALID == 0
    files = dict(seed.files) if valid else files_mutated(seed.files, chance)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    if seed.packed or (not valid and chance.random() < 0.05):
        target = folder / "log.zip"
        packed = zipped(files)
        target.write_bytes(packed if valid or chance.random() < 0.8 else mutated(packed, chance))
        return target, valid
    if len(seed.files) == 1:
        name, content = next(iter(files.items()))
        target = folder / (name if name in seed.files else "log")
        target.write_bytes(content)
        return target, valid
    target = folder / "log"
    for name, content in files.items():
        pieces = [piece[:100] for piece in name.replace("\\", "/").split("/") if piece not in ("", "..")]
        path = target.joinpath(*pieces)
        if not any(above.is_file() for above in path.parents) and not path.is_dir():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    return target, valid


def rows_of(interactions: Interactions) -> int:
    """How many rows a log has: interactions, else affiliations, ties or groups."""
    count = 0
    with scanning(interactions):
        for source in interactions.sources:
            for query in (source.query, source.affiliations, source.ties, source.groups):
                if query:
                    found = len(interactions.connection.execute(query).fetchall())
                    count += found if query == source.query or not count else 0
    return count


def read(seed: Seed, path: Path, connection: object) -> tuple[int, str]:
    """What was read of an input, and all that was said beside it.

    Raises:
        SilosError: it is refused.
    """
    if seed.format == "roster":
        roster = read_roster(path)
        return len(roster.people), repr(getattr(roster, "notes", ""))
    interactions = read_interactions(path, connection=connection)
    rows = rows_of(interactions)
    said = [unreadable(interactions)]
    said += [(source.rejected, source.problems, source.notes, source.format) for source in interactions.sources]
    return rows, repr(said)


def _one(seed: Seed, number: int, folder: Path, connection: object) -> tuple[str, str]:
    """accepted, refused or failed; and why."""
    try:
        path, valid = written(seed, number, folder)
        try:
            rows, said = read(seed, path, connection)
        except SilosError as refusal:
            if valid:
                raise WrongError("a valid input was refused") from refusal
            if MARK in str(refusal) or MARK in repr(refusal):
                raise WrongError("the error quotes somebody") from refusal
            return "refused", ""
        if valid and rows != seed.rows:
            raise WrongError(f"a valid input has {rows} rows, not {seed.rows}")
        if MARK in said:
            raise WrongError("what is said quotes somebody")
        return "accepted" if rows else "accepted without rows", ""
    except Exception:
        return "failed", traceback.format_exc()


def _orders() -> Iterator[tuple[int, int]]:
    for line in sys.stdin:
        seed, number = line.split()
        yield int(seed), int(number)


def main() -> None:
    """Answer each line "SEED NUMBER" with a line of JSON."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    warnings.simplefilter("ignore")
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    every = seeds(folder)
    connection = connect()
    for count, (seed, number) in enumerate(_orders(), start=1):
        # The system ends the process when it has used so much of the processors, in whatever library it is.
        signal.setitimer(signal.ITIMER_PROF, LONGEST)
        outcome, why = _one(every[seed], number, folder / "input", connection)
        print(json.dumps([outcome, why]), flush=True)
        if count % _PER_CONNECTION == 0:
            connection.close()
            connection = connect()


if __name__ == "__main__":
    main()

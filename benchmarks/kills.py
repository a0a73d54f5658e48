"""Commands killed at random moments, as by the system: `python benchmarks/kills.py`

A small company is simulated. `analyze`, `ingest`, `forget` and `rekey` are killed (SIGKILL) at moments that a seed
draws: one in four over the time that each takes undisturbed, most of which Python takes to start, the others over the
time from the first file that it makes or changes; once to three times in a row, on a new or an earlier result. Then the
command runs once to its end. The result must equal, byte by byte but for the moment it was made, that of a command that
nobody disturbed; the temporary folder must be empty; and nothing may lie beside the result. Prints one row per command,
and every fault; exits with 1 if there is one. It takes some ten minutes.
"""

import argparse
import contextlib
import hashlib
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from machine import ROOT

#: Kills of each command.
KILLS = 25
#: Kills in a row at most, before the command runs to its end.
IN_A_ROW = 3
#: Share of the kills that strike once the command has begun to write.
WRITING = 0.75
#: Seconds between looks at whether it has.
LOOK = 0.0005
#: The simulated company.
PEOPLE, DEPARTMENTS, WEEKS = 100, 8, 8
#: Who is forgotten: somebody who writes.
PERSON = "p0007@example.com"
_PROBE = re.compile(r"[a-z0-9_]{8}")
_MADE = re.compile(rb'"generated": "[^"]*"')


@dataclass(frozen=True)
class Killed:
    """A command to be killed.

    Attributes:
        name: of it.
        prepare: makes what is there before in a folder; whether an earlier result is there is told to it.
        words: its arguments, for a folder.
        result: the directory in the folder that it writes.
        keys: files in the folder that it may make at random: the undisturbed command is given those of the killed one.
        whole: whether a kill may leave the result only as it was before, as it will be, or not there.
    """

    name: str
    prepare: Callable[[Path, bool], None]
    words: Callable[[Path], Sequence[object]]
    result: str
    keys: tuple[str, ...] = ()
    whole: bool = False


@dataclass
class Outcome:
    """What the kills of a command came to.

    Attributes:
        kills: that struck.
        early: of them, those after which nothing lay anywhere.
        rounds: clean runs after them.
        faults: what was wrong, in words.
    """

    kills: int = 0
    early: int = 0
    rounds: int = 0
    faults: list[str] = field(default_factory=list)


@dataclass
class Moment:
    """When to kill.

    Attributes:
        seconds: after which.
        at: a folder: they are counted from the first file that changes there, or in the temporary one; None for the
            start.
    """

    seconds: float
    at: Path | None = None

    def wait(self, process: "subprocess.Popen[bytes]", tmp: Path) -> None:
        """Until then, or until the process ends by itself."""
        if self.at is not None:
            before = written(self.at, tmp)
            while process.poll() is None and written(self.at, tmp) == before:
                time.sleep(LOOK)
        end = time.perf_counter() + self.seconds
        while process.poll() is None and time.perf_counter() < end:
            time.sleep(LOOK)


def written(*folders: Path) -> dict[str, int]:
    """When each file and folder below these was changed."""
    found = {}
    for folder in folders:
        for top, inner, names in os.walk(folder):
            for path in (Path(top, name) for name in (*inner, *names)):
                # It may have gone meanwhile.
                with contextlib.suppress(FileNotFoundError):
                    found[str(path)] = path.lstat().st_mtime_ns
    return found


def run(words: Sequence[object], tmp: Path, *, until: Moment | None = None) -> tuple[int, str]:
    """Run the command, or kill it. Its exit code, and what it says on standard error."""
    tmp.mkdir(exist_ok=True)
    environment = {**os.environ, "TMPDIR": str(tmp), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "silos", *map(str, words)]
    with (tmp.parent / "said.txt").open("w+", encoding="utf-8") as said:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=said, env=environment)
        if until is not None:
            until.wait(process, tmp)
            process.kill()
        process.wait()
        said.seek(0)
        return process.returncode, said.read().strip()


def clean(words: Sequence[object], tmp: Path) -> None:
    """Run a command that must succeed.

    Raises:
        RuntimeError: it does not.
    """
    code, said = run(words, tmp)
    if code:
        raise RuntimeError(f"{words[0]} ended with {code}: {said}")


def content(folder: Path) -> dict[str, str]:
    """The digest of every file below a folder, by its path.

    The empty file that a store is locked by, and the line of a summary that says when it was made, are left out.
    """
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(_MADE.sub(b"", path.read_bytes())).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }


def is_probe(path: Path, tmp: Path) -> bool:
    """Whether Python itself wrote a file, to see whether the temporary folder can be written; then it was killed."""
    return (
        path.parent == tmp
        and path.is_file()
        and _PROBE.fullmatch(path.name) is not None
        and path.read_bytes() in (b"", b"blat")
    )


def commands(base: Path) -> list[Killed]:
    """The commands, on a company that is simulated in `base`."""
    tmp = base / "tmp"
    company = base / "company"
    simulated = ["--people", PEOPLE, "--departments", DEPARTMENTS, "--weeks", WEEKS, "--seed", 18]
    clean(["simulate", *simulated, "-o", company], tmp)
    # Packed, so that it must be unpacked into the temporary folder.
    log = Path(shutil.make_archive(str(base / "log"), "zip", company, "interactions.csv"))
    early = base / "early.csv"
    lines = (company / "interactions.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    early.write_text("".join(lines[: len(lines) // 2]), encoding="utf-8")
    roster = company / "roster.csv"
    clean(["ingest", early, "-o", base / "half", "--key-file", base / "key"], tmp)
    shutil.copytree(base / "half", base / "whole")
    clean(["ingest", log, "-o", base / "whole", "--key-file", base / "key"], tmp)
    clean(["analyze", early, "--roster", roster, "-o", base / "former"], tmp)

    def key(folder: Path) -> None:
        shutil.copy2(base / "key", folder / "key")

    def analysed(folder: Path, former: bool) -> None:
        if former:
            shutil.copytree(base / "former", folder / "out")

    def ingested(folder: Path, former: bool) -> None:
        if former:
            key(folder)
            shutil.copytree(base / "half", folder / "store")

    def stored(folder: Path, _former: bool) -> None:
        key(folder)
        shutil.copytree(base / "whole", folder / "store")

    def keyed(folder: Path) -> list[object]:
        return ["--key-file", folder / "key"]

    return [
        Killed("analyze", analysed, lambda at: ["analyze", log, "--roster", roster, "-o", at / "out"], "out", (), True),
        Killed("ingest", ingested, lambda at: ["ingest", log, "-o", at / "store", *keyed(at)], "store", ("key",)),
        Killed("forget", stored, lambda at: ["forget", at / "store", "--person", PERSON, *keyed(at)], "store"),
        Killed(
            "rekey",
            stored,
            lambda at: ["rekey", at / "store", *keyed(at), "--new-key-file", at / "new"],
            "store",
            ("key", "new"),
        ),
    ]


def undisturbed(one: Killed, folder: Path, former: bool, keys: Path | None = None) -> tuple[float, float]:
    """Run a command in a new folder; returns the seconds it took, and those from the first file that it changed.

    Args:
        keys: a folder whose keys it is given.
    """
    at = folder / "at"
    at.mkdir(parents=True)
    one.prepare(at, former)
    for name in one.keys if keys is not None else ():
        shutil.copy2(keys / name, at / name)
    tmp, whole = folder / "tmp", time.perf_counter()
    tmp.mkdir()
    working = threading.Event()
    first: list[float] = []

    def look() -> None:
        before = written(at, tmp)
        while not working.is_set():
            if written(at, tmp) != before:
                first.append(time.perf_counter())
                return
            time.sleep(LOOK)

    looking = threading.Thread(target=look)
    looking.start()
    clean(one.words(at), tmp)
    end = time.perf_counter()
    working.set()
    looking.join()
    return end - whole, end - first[0] if first else 0.0


def kill(one: Killed, base: Path, kills: int, chance: random.Random) -> Outcome:
    """Kill a command, and see what the next one makes of it."""
    outcome = Outcome()
    seconds = {former: undisturbed(one, base / f"{one.name} {former}", former) for former in (False, True)}
    known = {former: content(base / f"{one.name} {former}" / "at") for former in seconds}
    # What may be there of a result that is written whole or not at all.
    whole = [{}, content(base / "former"), content(base / f"{one.name} True" / "at" / one.result)]
    while outcome.kills < kills:
        outcome.rounds += 1
        former = outcome.rounds % 2 == 0
        folder = base / f"{one.name} {outcome.rounds}"
        at, tmp = folder / "at", folder / "tmp"
        at.mkdir(parents=True)
        tmp.mkdir()
        one.prepare(at, former)
        before, moments = content(at), []
        for _ in range(min(chance.randint(1, IN_A_ROW), kills - outcome.kills)):
            whole_time, writing = seconds[former]
            late = chance.random() < WRITING
            moments.append(chance.uniform(0, writing if late else whole_time))
            code, said = run(one.words(at), tmp, until=Moment(moments[-1], at if late else None))
            outcome.kills += code < 0
            outcome.early += code < 0 and not any(tmp.rglob("*")) and content(at) == before
            if one.whole and content(at / one.result) not in whole:
                outcome.faults.append(f"{one.name}, killed at {moments}: a part of OUT is there")
            if code > 0:
                outcome.faults.append(f"{one.name}, killed before at {moments}: it ended with {code}, {said}")
        clean(one.words(at), tmp)
        wanted = known[former]
        if one.keys:
            twin = folder / "twin"
            undisturbed(one, twin, former, at)
            wanted = content(twin / "at")
        found = content(at)
        wrong = sorted(name for name in found.keys() | wanted.keys() if found.get(name) != wanted.get(name))
        left = sorted(str(path.relative_to(tmp)) for path in tmp.rglob("*") if not is_probe(path, tmp))
        if wrong or left:
            outcome.faults.append(f"{one.name}, killed at {moments}: {wrong} differ, {left} are left")
        else:
            shutil.rmtree(folder)
    return outcome


def killed(kills: int, seed: int) -> dict[str, Outcome]:
    """Kill each command; what came of it, by its name, which is printed as it is known."""
    chance, found = random.Random(seed), {}
    with tempfile.TemporaryDirectory() as place:
        base = Path(place)
        for one in commands(base):
            found[one.name] = outcome = kill(one, base, kills, chance)
            cells = (f"`{one.name}`", outcome.kills, outcome.early, outcome.rounds, len(outcome.faults))
            print("|", " | ".join(map(str, cells)), "|", flush=True)
    return found


def main() -> int:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=KILLS, help="of each command")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    print("| command | kills | before it wrote anything | clean runs after them | not as undisturbed |")
    print("| --- | --- | --- | --- | --- |")
    found = killed(given.kills, given.seed)
    faults = [fault for outcome in found.values() for fault in outcome.faults]
    print(*faults, sep="\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())

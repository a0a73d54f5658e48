"""How fast `silos analyze` is, stage by stage, and beside it what else reads such a log, in one run on one machine.

    python benchmarks/speed.py [--folder FOLDER] [--sizes 1e5 1e6 1e7 2e7 1e8 1e9]
    python benchmarks/speed.py --parts limit --memory-limit 4G

Logs of that many rows are made in FOLDER (one in the temporary folder unless given) and stay there. For each size and
format, one after the other in every round, each a process of its own held to two cores: `silos analyze`; its tie stage
alone; the bare query in DuckDB, which reads the log and the roster, looks up both ids and groups by pair; polars, which
reads and groups; `plain.py`, which is pandas and networkx; igraph's Leiden on the ties; the table of vivainsights,
installed into FOLDER. The best round counts.

Figures go to docs/data/scaling.json size by size: stopped, the same command goes on where it was. What was taken of
this code on this machine is not taken again without `--again`. `docs/make_scaling.py` makes the page from it.
"""

import argparse
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from logs import FOLDER, FORMATS, SIZES, log_of
from machine import ROOT, code, commit, machine

HERE = Path(__file__).parent
FIGURES = ROOT / "docs" / "data" / "scaling.json"
PACKAGES = ("duckdb", "igraph", "networkx", "numpy", "pandas", "polars", "pyarrow", "scipy")
CORES = 2
#: In the order of a round.
CONTESTANTS = ("sql", "analyze", "ties", "polars", "pandas", "leiden", "viva")
#: Seconds after which a process is stopped; what takes longer than `ONCE` is not repeated.
PATIENCE = {"pandas": 3600, "viva": 300}
ONCE = 600
#: Seconds from one look at the memory of a process and what it started to the next, and looks from one at its
#: temporary files to the next.
WATCH = 0.05
LOOKS = 20
#: What is installed is compiled once, not at each run.
AS_INSTALLED = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
#: Memory that is mapped but not used counts as address space: pools of the C library, what DuckDB's allocator keeps,
#: the gigabyte that pyarrow maps at its start.
FRUGAL = {
    "MALLOC_ARENA_MAX": "2",
    "DUCKDB_JE_MALLOC_CONF": "retain:false,dirty_decay_ms:0,muzzy_decay_ms:0",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
}
#: Rows beyond which a log is analysed once, stage by stage, which stands for the command, and beside it only queried.
MOST_COMPARED = 200_000_000
#: Rows beyond which pandas is not tried, and beyond which a log is not written as CSV.
MOST_PANDAS = 10_000_000
MOST_CSV = 100_000_000
#: What was divided by what: seconds of whole processes, or of the work inside.
RATIOS = (
    ("analyze", "sql", "seconds"),
    ("ties", "sql", "inside"),
    ("analyze", "pandas", "seconds"),
    ("analyze", "polars", "seconds"),
    ("ties", "polars", "inside"),
)
#: What everybody has first, against the import of pandas, DuckDB, networkx, scipy and igraph: at most so many times it.
STARTS = (
    ("small", "seconds", "`silos analyze` of a small log", "1e3 rows, csv", 1.1),
    ("sample", "seconds", "`silos analyze` of the sample", "5e4 rows, csv", 1.7),
    ("again", "inside", "a second `silos.analyze` in one process", "5e4 rows, csv", 0.6),
)
#: Seconds to begin with, and a million rows of CSV and of Parquet: only to say how long a run will take.
ABOUT = {
    "stages": (6, 11.0, 10.0),
    "analyze": (6, 11.0, 10.0),
    "ties": (2, 5.0, 4.0),
    "sql": (0.2, 0.6, 0.2),
    "polars": (0.4, 0.7, 0.4),
    "pandas": (2, 9.0, 11.0),
    "leiden": (0.8, 0.4, 0.4),
    "viva": (3, 60.0, 60.0),
    "log": (1, 7.0, 7.0),
}

Figures = dict[str, Any]


def ran(
    command: Iterable[str | Path],
    *,
    patience: float | None = None,
    address_space: int | None = None,
    environment: Mapping[str, str] | None = None,
) -> Figures:
    """A process on two cores: seconds, CPU seconds, what it held, what it says at last, and why it failed, if it did.

    Memory is that of the process and of all that it started, at one time; what they share counts for each. The disk is
    that of its temporary files, at one time.
    """
    with (
        tempfile.TemporaryFile("w+") as said,
        tempfile.TemporaryFile("w+") as complaints,
        tempfile.TemporaryDirectory(prefix="silos-speed-") as temporary,
    ):
        started = time.perf_counter()
        process = subprocess.Popen(
            list(map(str, command)),
            stdout=said,
            stderr=complaints,
            env={**AS_INSTALLED, "TMPDIR": temporary, **(environment or {})},
        )
        # from outside, while it loads: a function between fork and exec is not safe beside threads
        if hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(process.pid, sorted(os.sched_getaffinity(0))[:CORES])
        if address_space:
            resource.prlimit(process.pid, resource.RLIMIT_AS, (address_space, address_space))
        watch = threading.Timer(patience or threading.TIMEOUT_MAX, process.kill)
        watch.start()
        over, peaks = threading.Event(), [0, 0]
        together = threading.Thread(target=_watched, args=(process.pid, Path(temporary), over, peaks))
        together.start()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        watch.cancel()
        over.set()
        together.join()
        failed = None
        if patience and seconds >= patience:
            failed = f"not done after {patience:.0f} s"
        elif process.returncode:
            complaints.seek(0)
            failed = _reason(complaints.read()) or f"ended with {process.returncode}"
        said.seek(0)
        last = (said.read().strip().splitlines() or [""])[-1]
    return {
        "seconds": seconds,
        "cpu": usage.ru_utime + usage.ru_stime,
        "memory": max(usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024), peaks[0]),
        "disk": peaks[1],
        "failed": failed,
        "told": json.loads(last) if last.startswith("{") and not failed else {},
    }


def _watched(pid: int, temporary: Path, over: threading.Event, peaks: list[int]) -> None:
    """Note the most memory that a process and all that it started were seen to hold together, where Linux tells.

    And the most disk that its temporary files took.
    """
    page = os.sysconf("SC_PAGE_SIZE")
    looks = 0
    while not over.wait(WATCH):
        looks += 1
        if looks % LOOKS == 0:
            peaks[1] = max(peaks[1], _bytes_below(temporary))
        with suppress(OSError):
            family = [str(pid)]
            for one in family:
                family += Path(f"/proc/{one}/task/{one}/children").read_text(encoding="ascii").split()
            held = [Path(f"/proc/{one}/statm").read_text(encoding="ascii").split()[1] for one in family]
            peaks[0] = max(peaks[0], page * sum(map(int, held)))


def _bytes_below(folder: Path) -> int:
    """What the files of a folder take on the disk; they come and go meanwhile."""
    taken = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                taken += Path(place, name).stat().st_blocks * 512
    return taken


def _reason(complaints: str) -> str:
    """The line that names the error, else the last one: some messages point at their query below it."""
    lines = [line.strip() for line in complaints.splitlines() if re.search(r"\w", line)]
    named = [line for line in lines if re.match(r"[\w.]*(Error|Exception)\b", line)]
    return ["", *lines, *named][-1][:200]


def analyze_command(log: Path, roster: Path, out: Path) -> list[str | Path]:
    return [sys.executable, "-m", "silos", "analyze", log, "--roster", roster, "-o", out]


def contestant(name: str, *given: Path, python: str | Path = sys.executable) -> list[str | Path]:
    return [python, HERE / "contestants.py", name, *given]


def made(name: str, file_format: str, folder: Path) -> tuple[Path, Path]:
    """The log and the roster of a size. In a process of its own: a child's peak memory is never below its parent's."""
    outcome = ran([sys.executable, HERE / "logs.py", name, file_format, folder])
    if outcome["failed"]:
        raise SystemExit(f"no log of {name} rows: {outcome['failed']}")
    return log_of(name, file_format, folder)


# ---- one size, one format


def commands(
    log: Path, roster: Path, scratch: Path, graph: Path, *, rows: int, viva: Path | str
) -> tuple[dict[str, list[str | Path]], dict[str, str]]:
    """What is run in each round, and what is not with its reason."""
    left: dict[str, str] = {}
    chosen: dict[str, list[str | Path]] = {
        "sql": contestant("sql", log, roster, graph),
        "analyze": analyze_command(log, roster, scratch / "out"),
        "ties": contestant("ties", log, roster, graph),
        "polars": contestant("polars", log, roster, graph),
        "pandas": [sys.executable, HERE / "plain.py", log, roster],
        "leiden": contestant("leiden", log, roster, graph),
    }
    if rows > MOST_PANDAS:
        del chosen["pandas"]
        left["pandas"] = f"not tried beyond {MOST_PANDAS:.0e} rows"
    if isinstance(viva, Path):
        chosen["viva"] = contestant("viva", log, roster, graph, python=viva)
    else:
        left["viva"] = viva
    if rows > MOST_COMPARED:
        left |= dict.fromkeys(chosen.keys() - {"sql", "analyze"}, f"not tried beyond {MOST_COMPARED:.0e} rows")
        chosen = {"sql": chosen["sql"]}
    return chosen, left


def compared(name: str, file_format: str, *, folder: Path, repetitions: int, viva: Path | str) -> Figures:
    """All figures of one size in one format."""
    log, roster = made(name, file_format, folder)
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="silos-speed-") as place:
        scratch, graph = Path(place), Path(place) / "graph.npz"
        staged = ran(contestant("stages", log, roster, graph))
        if staged["failed"]:
            raise SystemExit(f"silos.analyze failed on {log}: {staged['failed']}")
        chosen, left = commands(log, roster, scratch, graph, rows=SIZES[name].rows, viva=viva)
        outcomes: dict[str, list[Figures]] = {each: [] for each in chosen}
        if "analyze" not in chosen:
            outcomes["analyze"] = [staged]
        for number in range(repetitions):
            for each, command in chosen.items():
                before = outcomes[each]
                if before and (before[0]["failed"] or before[0]["seconds"] > ONCE):
                    continue
                before.append(ran(command, patience=PATIENCE.get(each)))
                _say(f"{name} {file_format}, round {number + 1}: {each} {before[-1]['seconds']:.2f} s")
    told = staged["told"]
    return {
        "size": name,
        "format": file_format,
        "bytes": _bytes(log),
        **{key: told[key] for key in ("rows", "people", "ties", "contacts", "stages")},
        "repetitions": repetitions,
        "load": load,
        "contestants": {
            each: _best(outcomes[each]) if each in outcomes else {"failed": left[each]} for each in CONTESTANTS
        },
        "commit": commit(),
        "code": code(),
    }


def _best(rounds: list[Figures]) -> Figures:
    failed = [one["failed"] for one in rounds if one["failed"]]
    if failed:
        return {"failed": failed[0]}
    inside = [one["told"]["seconds"] for one in rounds if "seconds" in one["told"]]
    fastest = min(rounds, key=lambda one: one["seconds"])
    return {
        "seconds": fastest["seconds"],
        "cpu": fastest["cpu"],
        "inside": min(inside, default=None),
        "memory": max(one["memory"] for one in rounds),
        "disk": max(one["disk"] for one in rounds),
        "rounds": [one["seconds"] for one in rounds],
        "version": fastest["told"].get("version"),
        "failed": None,
    }


def _bytes(log: Path) -> int:
    return sum(path.stat().st_size for path in (log.iterdir() if log.is_dir() else [log]))


def environment_of_viva(folder: Path) -> Path | str:
    """The Python of an environment with vivainsights in FOLDER, or why there is none."""
    python = folder / "viva" / "bin" / "python"
    loads: list[str | Path] = [python, "-c", "import vivainsights"]
    if python.exists() and not ran(loads)["failed"]:
        return python
    _say("installing vivainsights into an environment of its own")
    creates: list[str | Path] = [sys.executable, "-m", "venv", folder / "viva"]
    installs: list[str | Path] = [python, "-m", "pip", "install", "--quiet", "vivainsights"]
    for command in (creates, installs, loads):
        outcome = ran(command, patience=PATIENCE["viva"])
        if outcome["failed"]:
            return f"cannot be installed: {outcome['failed']}"
    return python


# ---- the other parts


def start_up(folder: Path, *, repetitions: int) -> Figures:
    """What everybody has first: the help, a log of a thousand rows, the sample, a second call; and the libraries."""
    log, roster = made("1e3", "csv", folder)
    sample = ROOT / "data" / "sample"
    of_sample = sample / "interactions.csv", sample / "roster.csv"
    with tempfile.TemporaryDirectory(prefix="silos-speed-") as place:
        out, nothing = Path(place) / "out", Path(place) / "none"
        commands = {
            "help": [sys.executable, "-m", "silos", "--help"],
            "imports": contestant("imports", *of_sample, nothing),
            "small": analyze_command(log, roster, out),
            "sample": analyze_command(*of_sample, out),
            "again": contestant("again", *of_sample, nothing),
        }
        rounds: dict[str, list[Figures]] = {name: [] for name in commands}
        for _ in range(repetitions):
            for name, command in commands.items():
                rounds[name].append(ran(command))
    return {**{name: _best(of_name) for name, of_name in rounds.items()}, "commit": commit(), "code": code()}


def limited(name: str, limit: str, folder: Path) -> Figures:
    """`silos analyze` with no more address space than that a process: all that one maps counts, used or not."""
    log, roster = made(name, "parquet", folder)
    with tempfile.TemporaryDirectory(prefix="silos-speed-") as place:
        outcome = ran(
            analyze_command(log, roster, Path(place) / "out"),
            address_space=in_bytes(limit),
            environment=FRUGAL,
        )
    kept = {key: outcome[key] for key in ("seconds", "cpu", "memory", "disk", "failed")}
    return {"size": name, "limit": limit, **kept, "commit": commit(), "code": code()}


def in_bytes(limit: str) -> int:
    """4G as bytes."""
    return int(float(limit[:-1]) * 2 ** {"K": 10, "M": 20, "G": 30}[limit[-1].upper()])


# ---- what was asked for


def ratio(run: Figures, ours: str, theirs: str, what: str) -> float | None:
    """How many times as long ours took."""
    one, other = run["contestants"][ours], run["contestants"][theirs]
    return None if one["failed"] or other["failed"] else one[what] / other[what]


def ratios(run: Figures) -> list[Figures]:
    """All ratios of one size and format."""
    found = [(ours, theirs, what, ratio(run, ours, theirs, what)) for ours, theirs, what in RATIOS]
    return [
        {"ours": ours, "theirs": theirs, "of": what, "ratio": value}
        for ours, theirs, what, value in found
        if value is not None
    ]


def targets(found: Figures) -> list[Figures]:
    """The targets beside what was reached; `met` is None where it was not measured."""
    runs = {(run["size"], run["format"]): run for run in found["runs"]}

    def row(claim: str, most: float | None, unit: str, reached: float | None, *, of: str) -> Figures:
        met = None if reached is None else most is None or reached <= most
        return {"claim": claim, "most": most, "unit": unit, "reached": reached, "of": of, "met": met}

    def each(size: str, claim: str, most: float, unit: str, value: Callable[[Figures], float | None]) -> list[Figures]:
        return [
            row(claim, most, unit, value(runs[size, kind]) if (size, kind) in runs else None, of=f"{size} rows, {kind}")
            for kind in FORMATS
        ]

    def seconds(run: Figures) -> float | None:
        of_run: float | None = run["contestants"]["analyze"].get("seconds")
        return of_run

    def memory(run: Figures) -> float | None:
        of_run = run["contestants"]["analyze"].get("memory")
        return None if of_run is None else of_run / 1e9

    rows = [
        *each("1e5", "whole `silos analyze` against pandas and networkx", 2, "×", lambda run: ratio(run, *RATIOS[2])),
        *each("1e6", "whole `silos analyze` against pandas and networkx", 0.5, "×", lambda run: ratio(run, *RATIOS[2])),
        *each("2e7", "the tie stage against the bare query", 2.5, "×", lambda run: ratio(run, *RATIOS[1])),
        *each("2e7", "whole `silos analyze` against the bare query", 6, "×", lambda run: ratio(run, *RATIOS[0])),
        *each("2e7", "peak memory", 3, "GB", memory),
    ]
    for kind in FORMATS:
        growth = _growth(runs, "1e6", "1e8", kind, seconds, per_row=True)
        rows.append(row("time a row against that at 1e6", 1, "×", growth, of=f"1e8 rows, {kind}"))
    growth = _growth(runs, "2e7", "1e8", "parquet", memory, per_row=False)
    rows.append(
        row("peak memory against that at 2e7, of as many people and ties", 1.25, "×", growth, of="1e8 rows, parquet")
    )
    huge = runs.get(("1e9", "parquet"))
    rows.append(row("on one machine, out of core", None, "s", huge and seconds(huge), of="1e9 rows, parquet"))
    start = found.get("start", {})
    rows.append(row("`silos --help`", 0.3, "s", start["help"].get("seconds") if start else None, of=""))
    imports = start["imports"]["inside"] if "imports" in start else None
    for key, what, claim, of, most in STARTS:
        took = start[key][what] / imports if imports else None
        rows.append(row(f"{claim} against the import of its libraries", most, "×", took, of=of))
    for done in found.get("limited", []):
        claim, of = f"completes in an address space of {done['limit']}", f"{done['size']} rows, parquet"
        completed = row(claim, None, "s", done["seconds"], of=of)
        rows.append(completed | {"reached": None, "met": False} if done["failed"] else completed)
    return rows


def _growth(
    runs: Mapping[tuple[str, str], Figures],
    small: str,
    large: str,
    kind: str,
    value: Callable[[Figures], float | None],
    *,
    per_row: bool,
) -> float | None:
    one, other = runs.get((small, kind)), runs.get((large, kind))
    if one is None or other is None:
        return None
    before, after = value(one), value(other)
    if before is None or after is None:
        return None
    return after / before * (one["rows"] / other["rows"] if per_row else 1)


# ---- the run


def expected(name: str, file_format: str, repetitions: int, folder: Path) -> float:
    """About how many seconds a size will take."""
    size, column = SIZES[name], 1 + FORMATS.index(file_format)
    took = {each: about[0] + about[column] * size.rows / 1e6 for each, about in ABOUT.items()}
    rounds = sum(
        min(took[each], PATIENCE.get(each, float("inf"))) * (repetitions if took[each] < ONCE else 1)
        for each in CONTESTANTS
        if (each != "pandas" or size.rows <= MOST_PANDAS) and (each == "sql" or size.rows <= MOST_COMPARED)
    )
    making = 0 if log_of(name, file_format, folder)[0].exists() else took["log"] / (10 if size.copies > 1 else 1)
    return rounds + took["stages"] + making


def _left(seconds: float) -> str:
    """How long that is, and until when."""
    return f"; about {seconds / 60:.0f} minutes, until {datetime.now() + timedelta(seconds=seconds):%H:%M}"


def show(run: Figures) -> None:
    """A size, as text."""
    contacts = run["contacts"]
    print(
        f"\n{run['rows']:,} rows of {run['format']}, {run['bytes'] / 1e6:,.0f} MB, {run['people']:,} people with "
        f"{contacts['median']:.0f} contacts ({contacts['low']:.0f} to {contacts['high']:.0f}), {run['ties']:,} ties; "
        f"best of {run['repetitions']}; load of the machine before: {run['load']:.1f}"
    )
    for name, best in run["contestants"].items():
        if best["failed"]:
            print(f"  {name:34} {best['failed']}")
            continue
        inside = "" if best["inside"] is None else f", {best['inside']:.2f} s of work"
        per_row = best["seconds"] / run["rows"] * 1e6
        print(
            f"  {name:34} {best['seconds']:8.2f} s {best['cpu']:8.2f} s of CPU {best['memory'] / 1e6:8,.0f} MB "
            f"{per_row:8.2f} µs a row{inside}"
        )
    for stage in run["stages"]:
        print(
            f"    {stage['stage']:32} {stage['seconds']:8.2f} s {stage['cpu']:8.2f} s of CPU "
            f"{stage['memory'] / 1e6:8,.0f} MB {stage['read'] / 1e6:8,.0f} MB read {stage['written'] / 1e6:8,.0f} MB "
            f"written"
        )
    for one in run["ratios"]:
        print(f"  {one['ours']} / {one['theirs']:24} {one['ratio']:8.2f} ×")


def show_targets(rows: Iterable[Figures]) -> None:
    print("\ntargets")
    for row in rows:
        verdict = {None: "not measured", True: "met", False: "MISSED"}[row["met"]]
        reached = "" if row["reached"] is None else f"{row['reached']:.2f} {row['unit']}"
        most = "" if row["most"] is None else f"at most {row['most']:g} {row['unit']}"
        print(f"  {row['claim']:64} {row['of']:20} {most:16} {reached:>12}  {verdict}")


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _write(found: Figures, path: Path) -> None:
    order = list(SIZES)
    found["runs"].sort(key=lambda run: (order.index(run["size"]), run["format"]))
    found["targets"] = targets(found)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".unfinished")
    unfinished.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    unfinished.replace(path)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=FOLDER, help="of the logs")
    parser.add_argument("--sizes", nargs="+", choices=[*SIZES], default=["1e5", "1e6", "1e7", "2e7"])
    parser.add_argument("--formats", nargs="+", choices=FORMATS, default=list(FORMATS))
    parser.add_argument("--parts", nargs="+", choices=["start", "sizes", "limit"], default=["start", "sizes", "limit"])
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--memory-limit", default="4G", help="of the part `limit`")
    parser.add_argument("--limited-size", choices=[*SIZES], default="2e7", help="of the part `limit`")
    parser.add_argument("--no-viva", action="store_true", help="do not install nor run vivainsights")
    parser.add_argument("--again", action="store_true", help="also what was taken already")
    parser.add_argument("-o", "--output", type=Path, default=FIGURES)
    asked = parser.parse_args(arguments)

    here = {**machine(*PACKAGES), "used_cores": CORES}
    found: Figures = {"machine": here, "runs": []}
    if asked.output.exists():
        before = json.loads(asked.output.read_text(encoding="utf-8"))
        if before["machine"] == here:
            found = before
        else:
            _say(f"{asked.output} is of another machine or of other versions: started afresh")
    now = code()

    def fresh(entry: Figures) -> bool:
        return bool(entry) and entry["code"] == now and not asked.again

    done = {(run["size"], run["format"]) for run in found["runs"] if fresh(run)}
    wanted = [
        (name, kind)
        for name in asked.sizes
        for kind in asked.formats
        if "sizes" in asked.parts and (name, kind) not in done and (kind != "csv" or SIZES[name].rows <= MOST_CSV)
    ]
    asked.folder.mkdir(parents=True, exist_ok=True)
    costs = {one: expected(*one, asked.repetitions, asked.folder) for one in wanted}
    _say(f"{len(wanted)} logs, figures go to {asked.output}{_left(sum(costs.values()))}")

    if "start" in asked.parts and not fresh(found.get("start", {})):
        found["start"] = start_up(asked.folder, repetitions=asked.repetitions + 2)
        _write(found, asked.output)
    viva = "not asked for" if asked.no_viva or not wanted else environment_of_viva(asked.folder)
    started = time.monotonic()
    for number, (name, kind) in enumerate(wanted, start=1):
        # As it takes ties that are counted already, the format of the log changes nothing.
        given_up = [
            f"not tried: {why} at {run['size']}"
            for run in found["runs"]
            if SIZES[run["size"]].rows <= SIZES[name].rows
            and (why := run["contestants"]["viva"]["failed"])
            and not why.startswith(("not asked", "not tried"))
        ]
        tried = given_up[0] if given_up and isinstance(viva, Path) else viva
        run = compared(name, kind, folder=asked.folder, repetitions=asked.repetitions, viva=tried)
        run["ratios"] = ratios(run)
        found["runs"] = [old for old in found["runs"] if (old["size"], old["format"]) != (name, kind)] + [run]
        _write(found, asked.output)
        show(run)
        pace = (time.monotonic() - started) / sum(costs[one] for one in wanted[:number])
        _say(f"{number} of {len(wanted)} logs done{_left(pace * sum(costs[one] for one in wanted[number:]))}")
    limits = found.setdefault("limited", [])
    same = [one for one in limits if (one["size"], one["limit"]) == (asked.limited_size, asked.memory_limit)]
    if "limit" in asked.parts and not any(map(fresh, same)):
        _say(f"{asked.limited_size} rows in an address space of {asked.memory_limit}")
        limits[:] = [one for one in limits if one not in same]
        limits.append(limited(asked.limited_size, asked.memory_limit, asked.folder))
        _write(found, asked.output)
    show_targets(found["targets"])


if __name__ == "__main__":
    main()

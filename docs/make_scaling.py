"""Makes scaling.md from the figures that the benchmark wrote; only the section on what bounds it is by hand, below.

    python benchmarks/speed.py --folder FOLDER
    python docs/make_scaling.py

`tests/docs/test_made_pages.py` fails where the page is not what this makes.
"""

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PAGE = HERE / "scaling.md"
FIGURES = HERE / "data" / "scaling.json"
#: Load above which others were at work too: the benchmark itself makes one of up to 2, its cores.
BUSY = 2.5

#: What takes longest, and what bounds it: by hand. Figures that are in no table are of a profile of one run.
BOUNDS = """\
"Cores" is CPU seconds divided by seconds, of the main process alone, as is the memory. Near {used_cores}, the
processors limit a stage; near 1, the stage runs in a single thread; below 1, it waits, for the disk if much was read or
written. From the bootstrap on, a second process looks for communities (some 30 CPU seconds at 2e7 rows) until it has
found them: both processors may be busy at 1.1 cores.

What limits the slowest stages at 2e7 rows of CSV; figures that are in no table above are of a profile of one run:

1. *Counting ties*, with the reading. The rows become integers in `coded`: a quarter of its time goes into parsing the
   file, a quarter into cleaning five columns, a fifth into looking both ids up among 300,000 aliases, and a quarter
   into writing. Some 7 CPU seconds go into a second table, `messages`. What concerns a pair of people is then sorted,
   not grouped in hash tables, in pieces of 100,000 rows, which fit the cache (`silos.ties.pieces`): 6 CPU seconds, and
   as many to put rows into their pieces.
2. *Dialogue*, with the results about leaders: in each of 100 replicates the sums of ω_i ω_j over six million waits and
   three times over the ties; online ties swapped at random four times (5 CPU seconds); PageRank, of which igraph takes
   three quarters to make its graph. Waits are gone through pair by pair, and ties department by department, so that
   weights are in the cache more often.
3. *Bootstrap*: the sums over all ties of four layers in each of 500 replicates, and the margins of the gravity
   expectation in each, which wait for weights of people who are far apart in memory.
4. *Start*: the whole of a CSV is looked at before it is counted, for what its columns and times are, which takes six
   seconds; and a roster of 100,000 people is cleaned cell by cell in Python, in three.
5. *What would help* forecasts joins and losses in replicates of all departments; *report and files* works the published
   numbers out anew from rounded ones.

A log of 1,000 rows takes 3.0 CPU seconds and 2.0 seconds, the sample 3.7 and 2.4: one and a half of two processors.
Nearly all of it is loading libraries (half at 1,000 rows, and a third of that scikit-learn and the statistics of SciPy,
for AMI and q-values) and drawing figures. The command has three processes beside its own: one loads what tests and
communities need, and answers what the analysis asks in between; two load what draws, and work out the dialogue until
there is anything to draw. What was tried besides: two that answer, each of which loads the analysis once more, take 1.3
CPU seconds more at 1e5 rows and are not faster; and Newton's steps in place of Fisher's would fit the size exponent in
half of the rounds, but of 3,000 made-up tables they gave 4 another exponent.

Logs of 1e8 and of 1e9 rows of Parquet are in no file here. With 1e8 rows, 100,000 people and as many ties as at 2e7,
`silos.analyze` and its report took 211 s alone on a machine of the same kind (once, at dbca458; 301 CPU seconds of the
main process, of which 236 to start, read and count), at most 3.4 GB there, and 4.2 GB of temporary files. With 1e9 rows
it came to an end after 31 minutes, while counting, as 59 GB of temporary files were not enough: DuckDB held rows that
were to be written into parts, and spilled them. They are written some at a time now, which at 1e8 rows takes 1 GB of
disk less. Run again beside other work (at 13d56de), 1e9 rows were read, coded and gathered in 33 minutes with 36 CPU
minutes, 40 GB of temporary files and 3.5 GB of memory, and then waited for the disk, which gave 30 to 100 MB/s: 78 GB
had been read and 52 written when it was stopped after 41 minutes. What bounds it on such a disk is how often the two
kept tables of 21 GB each are read; for the parts that was ten times, and is twice now (125 parts at a time). It has not
been run to its end since.

Communities have no row of their own: if they are not found when everything else is done, the stage of the dialogue
waits for them. Through the Python API, as here, the second process is a new one, and figures are drawn one after the
other. The peak of the command is that of a stage and what its other processes hold then: 0.6 GB at 1e5 rows, most of
it libraries, of which shared memory counts for each process. At 2e7 it was 3.8 GB, in the dialogue and while files were
written, until what has been freed there went back to the system (`silos.system.memory`).
"""

TEMPLATE = """\
# Scaling

<!-- Made by `python docs/make_scaling.py` from docs/data/scaling.json: change these, not this page. -->

This page shows how long the same command takes on logs of 1,000 to 20 million rows, compared with other programs that
read such a log, run one after the other on the same machine:

- {processor}, {used_cores} of {cores} cores, {memory:.0f} GB of memory, {system}
- Python {python}, {packages}
- {state}

The logs are made up by `silos.simulate`: mail, chat and meetings of twelve weeks with planted silos and connectors
(of four weeks for 1,000 rows). Every program runs in a process of its own, limited to {used_cores} cores; in each round
all run one after the other, on files that have been read before. The fastest round counts, of memory and disk the
highest. Rounds differ by 5 to 30 %, and what is measured once, as everything at 2e7 rows, by up to a third: smaller
differences mean nothing. Memory is the peak of a process and all processes that it starts, added up at one time; shared
memory counts for each. [data/scaling.json](data/scaling.json) holds the figures in machine-readable form.

## In short

{short}

## Targets and results

{verdicts} They are aims, not promises.
"The import of its libraries" takes {imports} s: that of pandas, DuckDB, networkx, SciPy and igraph, without the start
of Python; the whole command is held against it.

{targets}

## The whole command

`silos analyze` with 500 bootstrap replicates, figures and report. Contacts are per person: the median, and the
10th to the 90th percentile. *disk* is the peak size of its temporary files; the temporary folder (`TMPDIR`) must have
room for it.

{whole}
{once}
## Compared with other programs

Seconds for whole processes, including the start of Python and the loading of libraries. *Query*: DuckDB reads the
log and the roster, looks up both ids and groups by pair, nothing else. *polars*: reads and groups. *pandas*: mixing
matrix, Louvain and sampled betweenness with networkx (`benchmarks/plain.py`). None of them knows
aliases, broadcasts, weeks, conversations, intervals or verdicts.

{beside}

The next table shows work within the processes, after libraries are loaded and rosters are read: the tie stage of
silos (duplicates, broadcasts, weeks, conversations, meetings) against the same query; one run of igraph's Leiden on
the ties; the table of vivainsights{viva} from ties that are counted already, with Leiden and betweenness.

{inside}
{left}
## Stage by stage

`silos.analyze` and its report through the Python API, measured once, before the rounds, so that some of the files still
came from the disk: peak memory within each stage, and the data read from and written to the disk. Together the stages
take longer than the command, which draws and helps itself in other processes.

{stages}

{bounds}
{graphs}{limited}{over_time}## To repeat it

```sh
python benchmarks/speed.py --folder FOLDER       # logs are made there and stay; --sizes 1e8 1e9 for more
python benchmarks/over_time.py --folder FOLDER   # windows and an event
python docs/make_scaling.py
```
"""

ONCE = """
{sizes} is analysed once through the Python API, as shown stage by stage below; this stands in for the command.
"""

LIMITED = """\
## Less memory

With at most {limit} of address space for each process, which includes memory that is mapped but not used,
`silos analyze` of {size} rows of Parquet {outcome}.

"""

OVER_TIME = """\
## Windows and an event

{table}

One run each of the whole command, at {commit}, one after the other; CPU seconds of all its processes. At most twice as
much was the aim.

"""

GRAPHS = """\
## People and ties

Bootstrap, departments, connector and dialogue together depend on people and ties, the dialogue also on waits, of which
there are more with more messages. For the logs above (Parquet; memory of the main process):

{table}

{beyond}

"""
#: Stages behind the count.
STAGES = ("bootstrap", "communities", "departments", "dialogue", "connector")
#: Of the logs that are in no table of sizes, how many rows and people they have.
SMALL = {"small": ("1e3", "80"), "sample": ("5e4", "300")}


def page(figures: Path) -> str:
    """The whole page."""
    found = json.loads(figures.read_text(encoding="utf-8"))
    machine, runs = found["machine"], found["runs"]
    return TEMPLATE.format(
        **{name: machine[name] for name in ("processor", "cores", "used_cores", "memory", "system", "python")},
        packages=", ".join(f"{name} {version}" for name, version in machine["packages"].items()),
        state=_state(runs),
        short=_in_short(found),
        verdicts=_verdicts(found["targets"]),
        imports=_short(found["start"]["imports"]["inside"]) if "start" in found else "–",
        targets=_targets(found["targets"]),
        whole=_whole(runs),
        once=_once(runs),
        beside=_beside(runs),
        viva=_viva(runs),
        inside=_inside(runs),
        left=_left(runs),
        stages="\n\n".join(map(_stages, [*_largest(runs), *_analysed_once(runs)])),
        bounds=BOUNDS.format(used_cores=machine["used_cores"]),
        graphs=_graphs(runs),
        limited="".join(map(_limited, found.get("limited", []))),
        over_time=_over_time(found["over_time"]) if "over_time" in found else "",
    )


def _state(runs: list[dict[str, Any]]) -> str:
    """The code that was run, and whether the machine was at rest."""
    commits = list(dict.fromkeys(run["commit"] for run in runs))
    load = max(run["load"] for run in runs)
    rough = f"\n- The machine was busy with other work (load up to {load:.1f}): the figures are rough."
    return f"silos at {', '.join(commits)} (+: with changes){rough if load > BUSY else ''}"


def _in_short(found: dict[str, Any]) -> str:
    """The whole command on a log of each size, the smallest first, in seconds."""
    small = [
        (size, people, "csv", len(found["start"][name]["rounds"]), found["start"][name])
        for name, (size, people) in SMALL.items()
        if name in found.get("start", {})
    ]
    large = [
        (run["size"], f"{run['people']:,}", run["format"], run["repetitions"], run["contestants"]["analyze"])
        for run in found["runs"]
    ]
    return _table(
        ["rows", "people", "format", "rounds", "fastest", "slowest", "CPU seconds", "peak GB"],
        (
            [
                *(size, people, form, str(rounds)),
                *(f"{_short(value)} s" for value in (min(one["rounds"]), max(one["rounds"]))),
                *(_short(one["cpu"]), f"{one['memory'] / 1e9:.2f}"),
            ]
            for size, people, form, rounds, one in [*small, *large]
            if not one["failed"]
        ),
    )


def _verdicts(rows: list[dict[str, Any]]) -> str:
    """How many targets are met, in words."""
    told = Counter(row["met"] for row in rows)
    return f"Of {len(rows)} targets, met: {told[True]}, missed: {told[False]}, not measured: {told[None]}."


def _targets(rows: list[dict[str, Any]]) -> str:
    verdict = {True: "met", False: "**missed**", None: "not measured"}
    return _table(
        ["claim", "of", "at most", "reached", ""],
        (
            [
                row["claim"],
                row["of"],
                "" if row["most"] is None else f"{row['most']:g} {row['unit']}",
                "" if row["reached"] is None else f"{_short(row['reached'])} {row['unit']}",
                verdict[row["met"]],
            ]
            for row in rows
        ),
    )


def _whole(runs: list[dict[str, Any]]) -> str:
    rows = []
    for run in runs:
        best, contacts = run["contestants"]["analyze"], run["contacts"]
        measured = (
            ["", "", "", best["failed"], ""]
            if best["failed"]
            else [
                _short(best["seconds"]),
                _short(best["seconds"] / run["rows"] * 1e6),
                _short(best["cpu"]),
                f"{best['memory'] / 1e9:.2f}",
                # Nobody looked at those of the first runs.
                "–" if "disk" not in best else f"{best['disk'] / 1e9:.1f}",
            ]
        )
        rows.append(
            [
                f"{run['rows']:,}",
                run["format"],
                f"{run['bytes'] / 1e6:,.0f}",
                f"{run['people']:,}",
                f"{contacts['median']:.0f} ({contacts['low']:.0f}–{contacts['high']:.0f})",
                f"{run['ties']:,}",
                *measured,
            ]
        )
    heads = ["rows", "format", "MB", "people", "contacts", "ties", "seconds", "µs a row", "CPU seconds", "peak GB"]
    return _table([*heads, "disk GB"], rows)


def _beside(runs: list[dict[str, Any]]) -> str:
    names = ("sql", "polars", "pandas")
    heads = [
        "rows",
        "format",
        "silos",
        "query",
        "polars",
        "pandas",
        *(f"silos / {name}" for name in ("query", *names[1:])),
    ]
    return _table(
        heads,
        (
            [
                run["size"],
                run["format"],
                *(_cell(run["contestants"][name], "seconds") for name in ("analyze", *names)),
                *(_ratio(run, "analyze", name, "seconds") for name in names),
            ]
            for run in runs
        ),
    )


def _inside(runs: list[dict[str, Any]]) -> str:
    heads = ["rows", "format", "ties of silos", "query", "ties / query", "polars", "Leiden", "vivainsights"]
    return _table(
        heads,
        (
            [
                run["size"],
                run["format"],
                _cell(run["contestants"]["ties"], "inside"),
                _cell(run["contestants"]["sql"], "inside"),
                _ratio(run, "ties", "sql", "inside"),
                *(_cell(run["contestants"][name], "inside") for name in ("polars", "leiden", "viva")),
            ]
            for run in runs
        ),
    )


def _viva(runs: list[dict[str, Any]]) -> str:
    versions = [run["contestants"]["viva"].get("version") for run in runs]
    known = [version for version in versions if version]
    return f" {known[-1]}" if known else ""


def _left(runs: list[dict[str, Any]]) -> str:
    """Why a cell is empty."""
    names = {"viva": "vivainsights"}
    reasons = [
        f"- {names.get(name, name)}, {run['size']} {run['format']}: {one['failed']}."
        for run in runs
        for name, one in run["contestants"].items()
        if one["failed"] and not one["failed"].startswith("not tried beyond")
    ]
    return "\n" + "\n".join(reasons) + "\n" if reasons else ""


def _largest(runs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The size that the section on bounds speaks of: 2e7, or the largest below it."""
    sizes = [run["size"] for run in runs if float(run["size"]) <= 2e7]
    return [run for run in runs if run["size"] == sizes[-1]]


def _analysed_once(runs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those too large to be read by all contestants."""
    return [run for run in runs if (run["contestants"]["ties"]["failed"] or "").startswith("not tried beyond")]


def _once(runs: list[dict[str, Any]]) -> str:
    once = _analysed_once(runs)
    sizes = [f"{run['size']} {run['format']}" for run in once]
    # What whoever took the figures has to say of them.
    notes = "".join(f"{run['note']}\n" for run in once if "note" in run)
    return ONCE.format(sizes=", ".join(sizes)) + notes if sizes else ""


def _stages(run: dict[str, Any]) -> str:
    whole = sum(row["seconds"] for row in run["stages"])
    table = _table(
        ["stage", "seconds", "share", "cores", "peak GB", "MB read", "MB written"],
        (
            [
                row["stage"],
                _short(row["seconds"]),
                f"{100 * row['seconds'] / whole:.0f} %",
                f"{row['cpu'] / row['seconds']:.1f}",
                f"{row['memory'] / 1e9:.2f}",
                f"{row['read'] / 1e6:,.0f}",
                f"{row['written'] / 1e6:,.0f}",
            ]
            for row in run["stages"]
        ),
    )
    return f"{run['rows']:,} rows of {run['format']}:\n\n{table}"


def _graphs(runs: list[dict[str, Any]]) -> str:
    """What people and ties cost."""
    behind = [
        (run, [row for row in run["stages"] if row["stage"] in STAGES]) for run in runs if run["format"] == "parquet"
    ]
    costs: dict[int, tuple[int, float, float]] = {}
    for run, rows in behind:
        # Of logs with the same people and ties the smallest: what more rows add is none of the graph's.
        memory = max(row["memory"] for row in rows) / 1e9
        costs.setdefault(run["ties"], (run["people"], sum(row["seconds"] for row in rows), memory))
    if len(costs) < 2:
        return ""
    table = _table(
        ["people", "ties", "seconds", "peak GB"],
        (
            [f"{people:,}", f"{ties:,}", _short(seconds), f"{memory:.2f}"]
            for ties, (people, seconds, memory) in sorted(costs.items())
        ),
    )
    (few, (_, short, small)), (many, (_, long, large)) = sorted(costs.items())[-2:]
    time, memory = ((after - before) / (many - few) * 1e6 for before, after in ((short, long), (small, large)))
    beyond = f"Between the last two that is {_short(time)} s and {memory:.2f} GB for a million ties more."
    return GRAPHS.format(table=table, beyond=beyond)


def _limited(one: dict[str, Any]) -> str:
    outcome = (
        f"fails: {one['failed']}"
        if one["failed"]
        else f"completes in {_short(one['seconds'])} s, with {one['memory'] / 1e9:.2f} GB in use at the peak"
    )
    return LIMITED.format(limit=one["limit"], size=one["size"], outcome=outcome)


def _over_time(one: dict[str, Any]) -> str:
    heads = ["rows", "CPU seconds", f"with {one['windows']} windows and one event", "times as much"]
    cells = [one["size"], _short(one["cpu"]), _short(one["cpu_with"]), _short(one["cpu_with"] / one["cpu"])]
    return OVER_TIME.format(table=_table(heads, [cells]), commit=one["commit"])


def _cell(one: dict[str, Any], of: str) -> str:
    return "–" if one["failed"] else _short(one[of])


def _ratio(run: dict[str, Any], ours: str, theirs: str, of: str) -> str:
    found = [row["ratio"] for row in run["ratios"] if (row["ours"], row["theirs"], row["of"]) == (ours, theirs, of)]
    return _short(found[0]) if found else "–"


def _short(value: float) -> str:
    """With as many decimals as tell anything."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def _table(heads: list[str], rows: Iterable[list[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def made() -> dict[Path, str]:
    return {PAGE: page(FIGURES)}


if __name__ == "__main__":
    for path, content in made().items():
        path.write_text(content, encoding="utf-8")

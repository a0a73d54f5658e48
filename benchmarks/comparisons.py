"""Two periods compared, where the truth is known: is what was planted found, and nothing where nothing was?

python benchmarks/comparisons.py [--pairs 20] [--processes 2] [-o docs]

Writes docs/comparisons.json and docs/comparisons.md, the same bytes for the same number. Half as many pairs are made
where neither nothing nor a silo is planted. 20 pairs take some 30 minutes on two cores.
"""

import argparse
import json
import multiprocessing
import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

# Small matrices, many of them: threads of the linear algebra only get in each other's way.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

import silos  # noqa: E402
from silos.analysis.comparison.result import of_summaries  # noqa: E402

DOCS = Path(__file__).parent.parent / "docs"
#: Weeks of each of the two periods, and the first day of the second.
WEEKS, HALF = 12, "2025-03-31"
#: Seeds from here on: none of these organisations was looked at when the test was chosen.
FIRST_SEED = 1000
#: Replicates of the bootstrap.
REPLICATES = 200
#: What becomes different between the two periods.
PLANTED: dict[str, dict[str, Any]] = {
    "nothing": {},
    "silo": {"silo_opens": WEEKS},
    "connector": {"connector_dissolves": WEEKS},
    "reorganisation": {"reorganisation": WEEKS, "half_life": 2.0, "moved": 30},
    "paper": {"paper_reorganisation": WEEKS, "moved": 30},
    "season": {"season": 0.5},
    "halves": {"traffic_halves": WEEKS},
    "replaced": {"leavers": 0.33, "joiners": 0.33},
}
NAMES = {
    "nothing": "nothing",
    "silo": "a silo opens (affinity from 0.3 to 1)",
    "connector": "the connector dissolves (from 3 to 1)",
    "reorganisation": "30 of 300 people move, and their ties follow with a half-life of 2 weeks",
    "paper": "30 of 300 people move on paper only",
    "season": "a season: in summer half of the traffic is missing",
    "halves": "traffic falls by half",
    "replaced": "a third of the people is replaced, one by one, over both periods",
}
#: What has to be said, by what was planted.
FOUND: dict[str, tuple[str, Callable[[dict[str, Any]], bool]]] = {
    "silo": ("its insularity fell", lambda way: bool(way["silo_fell"])),
    "connector": ("it is no longer the clear connector", lambda way: way["connector"] in ("lost", "other")),
    "reorganisation": ("contacts follow the second chart more closely", lambda way: way["charts"] == "second"),
    "paper": ("contacts follow the first chart more closely", lambda way: way["charts"] == "first"),
}
#: Of which a change of any number would be false, but for those of the department named in the truth.
QUIET = ("nothing", "silo", "connector", "season", "halves", "replaced")

Job = tuple[str, int]


def jobs(pairs: int) -> list[Job]:
    """What is made: `pairs` of nothing and of a silo, half as many of the rest."""
    counts = {kind: pairs if kind in ("nothing", "silo") else pairs // 2 for kind in PLANTED}
    return [(kind, FIRST_SEED + number) for kind, count in counts.items() for number in range(count)]


def run(job: Job) -> dict[str, Any]:
    """One pair of periods, compared with and without its persons."""
    kind, seed = job
    generator = "latent" if seed % 2 else "blocks"
    made = silos.simulate.organisation(
        people=300, departments=12, weeks=2 * WEEKS, seed=seed, communities=0, generator=generator, **PLANTED[kind]
    )
    log = made.interactions
    first = silos.analyze(log, made.roster, until=HALF, bootstrap=REPLICATES)
    second = silos.analyze(log, made.roster, since=HALF, bootstrap=REPLICATES)
    ways = {"paired": first.compare(second), "alone": of_summaries(first.summary(), second.summary())}
    [silo] = made.truth["silos"]
    planted = {"silo": silo, "connector": made.truth["connector"]}.get(kind)
    return {"kind": kind, "seed": seed, "generator": generator} | {
        name: _said(found, silo, planted) for name, found in ways.items()
    }


def _said(found: silos.Comparison, silo: str, planted: str | None) -> dict[str, Any]:
    changed = found.changed
    touched = (changed["department"] == planted) | (changed["other"] == planted)
    opened = changed[(changed["measure"] == "insularity") & (changed["department"] == silo)]
    # Where a department changed, the organisation as a whole did too.
    false = changed[~touched & ((changed["department"] != "") | (planted is None))]
    paired = found.table["paired_low"].notna()
    without = (found.table["paired_low"] > found.table["scale"].eq("ratio")) | (
        found.table["paired_high"] < found.table["scale"].eq("ratio")
    )
    return {
        "tested": found.tested,
        "changed": len(changed),
        "false": len(false),
        "silo_fell": bool((opened["verdict"] == "fell").any()),
        "connector": found.connector.change,
        "connector_before": found.connector.before,
        "charts": found.charts.verdict,
        "paired_excludes_none": int((paired & without).sum()),
        "paired": int(paired.sum()),
        "silo_verdict": _verdict(found, silo),
    }


def _verdict(found: silos.Comparison, silo: str) -> list[str]:
    row = found.departments.loc[silo] if silo in found.departments.index else None
    return [] if row is None else [str(row["verdict_before"]), str(row["verdict_after"])]


def summarised(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One row per thing planted and way of comparing."""
    rows = []
    for kind in PLANTED:
        of = [record for record in records if record["kind"] == kind]
        for way in ("paired", "alone"):
            told = [record[way] for record in of]
            row: dict[str, Any] = {"planted": kind, "way": way, "pairs": len(told)}
            if kind in FOUND:
                row["found"] = sum(FOUND[kind][1](one) for one in told)
            if kind in QUIET:
                row["pairs_with_false_changes"] = sum(one["false"] > 0 for one in told)
                row["false"] = sum(one["false"] for one in told)
                row["tested"] = sum(one["tested"] for one in told)
                row["connector_moved"] = sum(one["connector"] in ("lost", "found", "other") for one in told)
            if kind == "nothing" and way == "paired":
                row["paired_alone_outside"] = sum(one["paired_excludes_none"] for one in told)
                row["paired_intervals"] = sum(one["paired"] for one in told)
            if kind == "connector":
                row["clear_before"] = sum(one["connector_before"] == "clear" for one in told)
            rows.append(row)
    return rows


def _stopped(rows: list[dict[str, Any]], pairs: int) -> list[str]:
    """What is said of a run that was stopped before all pairs were made."""
    made, asked = sum(row["pairs"] for row in rows if row["way"] == "alone"), len(jobs(pairs))
    return (
        [f"The run was stopped after {made} of {asked} pairs; what is not listed was not run."] if made < asked else []
    )


def page(rows: list[dict[str, Any]], pairs: int) -> str:
    """docs/comparisons.md."""
    lines = [
        "# Two periods compared, where the truth is known",
        "",
        f"Made by `python benchmarks/comparisons.py --pairs {pairs}`: organisations of 300 people and 12 departments,",
        "24 weeks compared half with half, made by both generators in turn, with all decoys. None of them was looked",
        "at when the test was chosen. *Paired* is `analysis.compare(other)`, *results alone* is `silos compare`.",
        "How to compare: [compare.md](compare.md).",
        *_stopped(rows, pairs),
        "",
        "## What was planted is found",
        "",
        "| planted | said | paired | results alone |",
        "| --- | --- | --- | --- |",
    ]
    by = {(row["planted"], row["way"]): row for row in rows}
    for kind, (said, _) in FOUND.items():
        if not by[kind, "paired"]["pairs"]:
            continue
        cells = [f"{by[kind, way]['found']} of {by[kind, way]['pairs']}" for way in ("paired", "alone")]
        if kind in ("reorganisation", "paper"):
            cells[1] = "cannot say: needs persons"
        lines.append(f"| {NAMES[kind]} | {said} | {cells[0]} | {cells[1]} |")
    lines += [
        "",
        "## Nothing else is",
        "",
        "Pairs of periods of which any number is said to have changed that did not, and how many numbers these are.",
        "Where a silo opens or a connector dissolves, its own numbers, its pairs and the organisation did change. The",
        "last column counts the pairs in which the connector is said to be lost, found or another one.",
        "",
        "| planted | pairs with a false change, paired | results alone | false changes of numbers tested | connector |",
        "| --- | --- | --- | --- | --- |",
    ]
    for kind in QUIET:
        if not by[kind, "paired"]["pairs"]:
            continue
        cells = [
            f"{by[kind, way]['pairs_with_false_changes']} of {by[kind, way]['pairs']}" for way in ("paired", "alone")
        ]
        alone = by[kind, "alone"]
        moved = "–" if kind == "connector" else f"{alone['connector_moved']} of {alone['pairs']}"
        lines.append(f"| {NAMES[kind]} | {cells[0]} | {cells[1]} | {alone['false']} of {alone['tested']:,} | {moved} |")
    nothing, connector = by["nothing", "paired"], by["connector", "alone"]
    share = nothing["paired_alone_outside"] / max(nothing["paired_intervals"], 1)
    lines += [
        "",
        f"Where nothing changed, {nothing['paired_alone_outside']} of {nothing['paired_intervals']:,} paired intervals "
        f"({100 * share:.1f} %) exclude no change; 5 % would by chance alone.",
        "A change is therefore called one only if the interval of independent runs excludes it too. Where traffic",
        "falls by half, measures that count ties are not compared. Before it dissolved, the connector was clear in "
        f"{connector['clear_before']} of {connector['pairs']} organisations.",
        "",
    ]
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=20, help="of periods in which nothing, or a silo, changes")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("-o", "--output", type=Path, default=DOCS, help="where the documents go")
    asked = parser.parse_args(arguments)
    made = jobs(asked.pairs)
    if asked.processes == 1:
        records = [run(job) for job in made]
    else:
        with ProcessPoolExecutor(asked.processes, mp_context=multiprocessing.get_context("spawn")) as pool:
            records = list(pool.map(run, made))
    rows = summarised(records)
    asked.output.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"rows": rows, "records": records}, indent=1)
    (asked.output / "comparisons.json").write_text(text + "\n", encoding="utf-8")
    (asked.output / "comparisons.md").write_text(page(rows, asked.pairs), encoding="utf-8")


if __name__ == "__main__":
    main()

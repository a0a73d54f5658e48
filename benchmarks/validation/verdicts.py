"""Walls of several depths and sizes, silos on three generators, and logs that hold too little: judged and counted."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

import silos
from silos.analysis import departments, pairs
from silos.analysis.organisation import ANY, TRAFFIC
from silos.inference.bootstrap import resample
from silos.network import DEPARTMENT, Network
from silos.privacy.suppression import merge_small
from silos.simulate import Organisation, organisation
from silos.ties.count import tally
from silos.ties.layers import layer
from validation import distances
from validation.runs import MINIMUM, roles_of

PEOPLE, WEEKS = 400, 14
#: Shares of the ties left between two departments that were walled off; None plants no wall.
LEFT = (None, 0.0, 0.25, 0.5)
STRENGTHS = (0.5, 0.25, 0.5, 0.75)
#: Samples of the log, of the roster, and short logs.
SHARES, ROSTERS, SHORT = (0.5, 0.1, 0.01), (0.5, 0.25), (1, 2, 4)
#: Classes of the ties expected of a pair.
EXPECTED = (0, 12, 15, 20, 30, 50, 80, 10_000)
BOOTSTRAP = 200


@dataclass(frozen=True)
class Job:
    """One organisation to judge: what is varied, and its value."""

    kind: str
    generator: str
    seed: int
    value: float | None = None


def jobs(number: int) -> list[Job]:
    """`number` organisations of each setting."""
    made = []
    for place, generator in enumerate(("blocks", "latent")):
        seeds = range(20_000 + 1_000 * place, 20_000 + 1_000 * place + number)
        made += [Job("walls", generator, seed, left) for seed in seeds for left in LEFT]
        made += [Job("few departments", generator, seed, size) for seed in seeds for size in (5, 6, 8)]
        thin = [("sample", SHARES), ("roster", ROSTERS), ("weeks", SHORT)]
        made += [Job(kind, generator, seed, value) for kind, values in thin for seed in seeds for value in values]
    made += [Job("distances", "distances", seed, share) for seed in range(number) for share in (distances.SILOS, 0.0)]
    made += [
        Job("distances, few departments", "distances", 500 + seed, size)
        for seed in range(number)
        for size in range(4, 8)
    ]
    return made


def run(job: Job) -> dict[str, Any]:
    """What was planted in the job's organisation, and how it was judged."""
    record: dict[str, Any] = {"kind": job.kind, "generator": job.generator, "seed": job.seed, "value": job.value}
    if job.generator == "distances":
        few = job.kind != "distances"
        made = distances.organisation(
            job.seed, departments=int(job.value or 0) if few else None, silos=0.2 if few else float(job.value or 0)
        )
        return record | {"departments": _departments_at_distances(made)}
    planted = _organisation(job)
    counted = tally(*_log(job, planted))
    network = layer(counted, ANY)
    walled = job.kind in ("walls", "few departments")
    record["pairs"] = _pairs(network, planted.truth.get("walls", [])) if walled else []
    if job.kind == "walls" and job.value is None:
        order = np.random.default_rng([job.seed, 3]).permutation(len(network))
        dealt = network.people[DEPARTMENT].to_numpy()[order]
        record["shuffled"] = _pairs(network.regrouped(pd.Series(dealt, index=network.people.index)), [])
    if not walled or job.value is None:
        record["departments"] = _judged(network, departments.reciprocated(counted, network), planted)
    return record


def _organisation(job: Job) -> Organisation:
    """Decoys and two silos, or, where departments are few, nothing but a wall."""
    rng = np.random.default_rng([job.seed, 9])
    number, strength = int(rng.integers(12, 17)), STRENGTHS[job.seed % 4]
    bare: dict[str, Any] = {"communities": 0, "disjoint_communities": 0, "bridge_communities": 0}
    walls = {"walls": 1, "wall_left": job.value} if job.kind == "walls" and job.value is not None else {}
    if job.kind == "few departments":
        number, walls = int(job.value or 0), {"walls": 1}
        decoys = ("biggest", "mail_room", "newsletter", "bilateral_pair", "one_person_bridge")
        bare |= dict.fromkeys(decoys, False) | {"connector": None}
    return organisation(
        30 * number if job.kind == "few departments" else PEOPLE,
        number,
        int(job.value or 0) if job.kind == "weeks" else WEEKS,
        generator=job.generator,  # type: ignore[arg-type]
        silos=0 if job.kind == "few departments" else 2,
        silo_strength=strength,
        seed=job.seed,
        **walls,
        **bare,
    )


def _log(job: Job, made: Organisation) -> tuple[Any, Any]:
    """The log and the roster, of which a share is kept where that is what is varied."""
    log, roster = made.interactions, made.roster
    rng = np.random.default_rng([job.seed, 10])
    if job.kind == "sample":
        events = pd.factorize(log["event"])[0]
        log = log[rng.random(events.max() + 2)[events] < job.value]
    if job.kind == "roster":
        roster = roster[rng.random(len(roster)) < job.value]
    return silos.read_interactions(log), silos.read_roster(roster)


def _pairs(network: Network, walls: Sequence[Sequence[Any]]) -> list[dict[str, Any]]:
    """How many pairs there are; those that were walled off; and every other one that is called anything."""
    shown = merge_small(network.people[DEPARTMENT], MINIMUM)
    grouped = network.regrouped(shown.departments)
    # The verdict of a pair takes no replicates; two are enough for the columns that nobody reads here.
    drawn = resample(grouped, {ANY: None, TRAFFIC: grouped.dyad_volumes}, replicates=2, gravity=True)
    table = pairs.judge(grouped, drawn, shown)
    planted = {frozenset(wall[:2]) for wall in walls}
    table["planted"] = [frozenset(pair) in planted for pair in zip(table["a"], table["b"], strict=True)]
    said = table[table["planted"] | ~table["verdict"].isin(["typical", pairs.CANNOT_SAY])]
    return [{"of": len(table)}, *said[["planted", "ties", "expected_ties", "verdict"]].to_dict("records")]


def _judged(network: Network, layers: Mapping[str, np.ndarray], made: Organisation) -> list[dict[str, Any]]:
    shown = merge_small(network.people[DEPARTMENT], MINIMUM)
    grouped = network.regrouped(shown.departments)
    drawn = resample(grouped, {ANY: None} | dict(layers), replicates=BOOTSTRAP)
    # Short logs are judged as if their length were not known: what the minimum of weeks rests on.
    table, _ = departments.judge(grouped, drawn, shown, layers=layers)
    roles, strength = roles_of(made.truth), made.truth["parameters"]["silo_strength"]
    return [
        {
            "role": roles[str(name)],
            "strength": strength if str(name) in made.truth["silos"] else None,
            "people": int(row["people"]),
            "verdict": row["verdict"],
        }
        for name, row in table.loc[list(shown.candidates)].iterrows()
    ]


def _departments_at_distances(made: distances.Distances) -> list[dict[str, Any]]:
    shown = merge_small(made.network.people[DEPARTMENT], MINIMUM)
    layers = {departments.RECIPROCATED: made.reciprocated}
    drawn = resample(made.network, {ANY: None} | layers, replicates=BOOTSTRAP)
    table, _ = departments.judge(made.network, drawn, shown, layers=layers)
    return [
        {
            "role": "silo" if str(name) in made.silos else "plain",
            "strength": 0.35 if str(name) in made.silos else None,
            "people": int(row["people"]),
            "verdict": row["verdict"],
        }
        for name, row in table.iterrows()
    ]


def walls(records: Iterable[dict[str, Any]], key: str = "pairs") -> list[dict[str, Any]]:
    """By setting: walls found, and the false ones among what was called a wall (0 where nothing was)."""
    rows = []
    for (kind, generator, value), chosen in _by_setting([record for record in records if record.get(key)]).items():
        said = [record[key][1:] for record in chosen]
        for verdict in ("wall", "probable wall"):
            tiers = (verdict,) if verdict == "wall" else ("wall", verdict)
            called = [[pair for pair in one if pair["verdict"] in tiers] for one in said]
            planted = [pair for one in said for pair in one if pair["planted"]]
            false = [sum(not pair["planted"] for pair in one) for one in called]
            rows.append(
                {
                    "kind": kind if key == "pairs" else key,
                    "generator": generator,
                    "value": value,
                    "organisations": len(chosen),
                    "verdict": " or ".join(tiers),
                    "planted": len(planted),
                    "found": sum(pair["verdict"] in tiers for pair in planted),
                    "pairs": sum(record[key][0]["of"] for record in chosen),
                    "false": sum(false),
                    "discovery": float(
                        np.mean([wrong / max(len(one), 1) for wrong, one in zip(false, called, strict=True)])
                    ),
                }
            )
    return rows


def curve(records: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Walls found by the ties that were expected and the share that was left, both generators together."""
    cells = defaultdict(list)
    for record in records:
        if record["kind"] == "walls":
            for pair in record["pairs"][1:]:
                if pair["planted"]:
                    place = int(np.searchsorted(EXPECTED, pair["expected_ties"], side="right"))
                    cells[EXPECTED[place - 1], record["value"]].append(pair["verdict"])
    return [
        {
            "expected": low,
            "left": left,
            "walls": len(said),
            "found": said.count("wall"),
            "probable": said.count("probable wall"),
        }
        for (low, left), said in sorted(cells.items())
    ]


def silos_found(records: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """By setting: silos found by strength, plain departments called one, and their spread over organisations."""
    rows = []
    for (kind, generator, value), chosen in _by_setting([r for r in records if r.get("departments")]).items():
        everyone = [row for record in chosen for row in record["departments"]]
        plain = [[row["verdict"] == "silo" for row in r["departments"] if row["role"] == "plain"] for r in chosen]
        shares = [float(np.mean(one)) for one in plain if one]
        row = {
            "kind": kind,
            "generator": generator,
            "value": value,
            "organisations": len(chosen),
            "plain": sum(map(len, plain)),
            "false": sum(map(sum, plain)),
            "organisations_with_false": sum(share > 0 for share in shares),
            "most": max(shares, default=0.0),
            "decoys": _counted(everyone, lambda row: row["role"] not in ("plain", "silo")),
            "cannot_say": float(np.mean([row["verdict"] == departments.CANNOT_SAY for row in everyone])),
        }
        for strength in (0.25, 0.35, 0.5, 0.75):
            row[f"found_{strength}"] = _counted(everyone, lambda row, s=strength: row["strength"] == s)
        rows.append(row)
    return rows


def _counted(rows: list[dict[str, Any]], which: Callable[[dict[str, Any]], bool]) -> list[int]:
    """Called a silo, and of how many."""
    said = [row["verdict"] == "silo" for row in rows if which(row)]
    return [sum(said), len(said)]


def _by_setting(records: list[dict[str, Any]]) -> dict[tuple[str, str, Any], list[dict[str, Any]]]:
    cells: dict[tuple[str, str, Any], list[dict[str, Any]]] = defaultdict(list)
    for record in records:
        cells[record["kind"], record["generator"], record["value"]].append(record)
    return cells

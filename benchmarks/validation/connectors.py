"""The connector's verdicts added up."""

from itertools import pairwise
from typing import Any

from validation.runs import DECOYS, GRADES
from validation.shares import HALVES, Record, half_of, mean, rate, usual, verdict_on
from validation.tasks import CONNECTORS, GENERATORS

#: Thresholds of P(first) that are tried.
CLEAR_TRIED = (0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.925, 0.95, 0.975, 0.99, 1.0)
#: The level of the test against relabelling, as the package has it.
LEVEL = 0.05
BINS = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 1.0)


def hits(verdicts: list[dict[str, Any]]) -> dict[str, Any]:
    """What came of the verdicts on organisations with a connector."""
    return {
        "hit": rate(verdict["place"] == 1 for verdict in verdicts),
        "mrr": mean(1 / verdict["place"] if verdict["place"] else 0.0 for verdict in verdicts),
        "clear_right": rate(verdict["verdict"] == "clear" and verdict["place"] == 1 for verdict in verdicts),
        "clear_wrong": rate(verdict["verdict"] == "clear" and verdict["place"] != 1 for verdict in verdicts),
        "tied": rate(verdict["verdict"] == "tied" for verdict in verdicts),
        "tied_with_it": rate(
            verdict["verdict"] == "tied" and ("connector" in verdict["tied"] or verdict["place"] == 1)
            for verdict in verdicts
        ),
        "none": rate(verdict["verdict"] == "none" for verdict in verdicts),
    }


def by_strength(report: list[Record]) -> list[dict[str, Any]]:
    rows = []
    for generator in GENERATORS:
        for grade in GRADES:
            for strength in CONNECTORS:
                verdicts = [
                    record["evidence"][grade]
                    for record in report
                    if record["generator"] == generator
                    and record["connector"] == strength
                    and grade in record["evidence"]
                ]
                if verdicts:
                    rows.append({"generator": generator, "grade": grade, "strength": strength} | hits(verdicts))
    return rows


def false_clear(without: list[Record], planted: list[Record]) -> list[dict[str, Any]]:
    """Rate of `clear` where nobody is the connector."""
    rows = []

    def add(label: str, verdicts: list[dict[str, Any]]) -> None:
        if verdicts:
            clear = [verdict["first"] for verdict in verdicts if verdict["verdict"] == "clear"]
            rows.append(
                {
                    "organisations": label,
                    "clear": rate(verdict["verdict"] == "clear" for verdict in verdicts),
                    "tied": rate(verdict["verdict"] == "tied" for verdict in verdicts),
                    "proclaimed": {role: clear.count(role) for role in sorted(set(clear))},
                }
            )

    for half in HALVES:
        for generator in GENERATORS:
            add(
                f"all decoys, {generator}, {half} half",
                [verdict_on(r) for r in half_of(without, half) if r["kind"] == "none" and r["generator"] == generator],
            )
    add("a mail room alone", [verdict_on(record) for record in without if record["kind"] == "mail room"])
    for decoy in DECOYS:
        add(
            f"{decoy.replace('_', ' ')} alone",
            [verdict_on(record) for record in without if record["kind"] == "alone" and record["decoys"] == [decoy]],
        )
    add(
        "labels shuffled",
        [{"verdict": r["shuffled"]["connector"], "first": "shuffled"} for r in planted if r.get("shuffled")],
    )
    return rows


def clear_curve(planted: list[Record], without: list[Record]) -> list[dict[str, Any]]:
    """Right and wrong `clear` where P(first) must reach another threshold, the test against relabelling as it is."""
    rows = []
    with_one = [verdict_on(record) for record in usual(planted)]
    every = [verdict_on(record) for record in planted]
    with_none = [verdict_on(record) for record in without if record["kind"] == "none"]
    for threshold in CLEAR_TRIED:

        def clear(verdict: dict[str, Any], least: float = threshold) -> bool:
            return verdict["chance"] is not None and verdict["chance"] <= LEVEL and verdict["probability"] >= least

        rows.append(
            {
                "threshold": threshold,
                "right": rate(clear(verdict) and verdict["place"] == 1 for verdict in with_one),
                "wrong": rate(clear(verdict) and verdict["place"] != 1 for verdict in every),
                "false": rate(clear(verdict) for verdict in with_none),
            }
        )
    return rows


def calibration(planted: list[Record], without: list[Record]) -> list[dict[str, Any]]:
    """By P(first) of the first: how often it is the planted connector."""
    rows = []
    seen = [(verdict_on(record)["probability"], verdict_on(record)["place"] == 1) for record in planted]
    no_one = [verdict_on(record)["probability"] for record in without if record["kind"] == "none"]
    for low, high in pairwise(BINS):
        inside = [(p, hit) for p, hit in seen if low < p <= high or (low == 0 and p == 0)]
        rows.append(
            {
                "low": low,
                "high": high,
                "probability": mean(p for p, _ in inside),
                "hit": rate(hit for _, hit in inside),
                "without_connector": sum(low < p <= high for p in no_one),
            }
        )
    return rows


def misses(planted: list[Record]) -> list[dict[str, Any]]:
    """Who came first instead, where the planted connector did not."""
    rows = []
    for record in planted:
        verdict = verdict_on(record)
        if verdict["place"] == 1:
            continue
        rows.append(
            {
                name: record[name]
                for name in ("generator", "seed", "half", "people", "number", "weeks", "connector", "dyads")
            }
            | {name: verdict[name] for name in ("first", "place", "probability", "verdict")}
        )
    return rows


def mail_room(records: list[Record]) -> list[dict[str, Any]]:
    return [
        {
            "generator": generator,
            "undeclared": rate(verdict_on(record)["warning"] for record in chosen),
            "declared": rate(record["declared"]["warning"] for record in chosen),
            "proclaimed": rate(
                verdict["verdict"] == "clear" and verdict["first"] == "mail_room"
                for record in chosen
                for verdict in (verdict_on(record), record["declared"])
            ),
        }
        for generator in GENERATORS
        if (chosen := [record for record in records if record["generator"] == generator])
    ]

"""The records added up: everything that docs/validation.md says, as plain numbers."""

from typing import Any

import numpy as np

from validation import connectors, departments
from validation.coverage import MEASURES, covered
from validation.shares import HALVES, Record, half_of, mean, usual, verdict_on
from validation.targets import targets
from validation.tasks import GENERATORS

SIZE_CLASSES = ((5, 7), (8, 14), (15, 29), (30, 1_000))


def summarised(size: str, records: list[Record], draws: list[dict[str, Any]]) -> dict[str, Any]:
    """All tables, from the records of `runs.run` and of `coverage.run`."""
    planted = [record for record in records if record["kind"] == "planted"]
    halves = {half: [record for record in planted if record["half"] == half] for half in HALVES}
    without = [record for record in records if record["connector"] is None]
    report = halves["report"]
    summary: dict[str, Any] = {
        "size": size,
        "organisations": _organisations(records),
        "connector": connectors.by_strength(report),
        "connector_usual": {
            half: {
                generator: connectors.hits(
                    [verdict_on(record) for record in usual(halves[half]) if record["generator"] == generator]
                )
                for generator in GENERATORS
            }
            | {"both": connectors.hits([verdict_on(record) for record in usual(halves[half])])}
            for half in HALVES
        },
        "false_clear": connectors.false_clear(without, planted),
        "clear_curve": {half: connectors.clear_curve(halves[half], half_of(without, half)) for half in HALVES},
        "calibration": connectors.calibration(report, half_of(without, "report")),
        "misses": connectors.misses(planted),
        "mail_room": connectors.mail_room([record for record in records if record["kind"] == "mail room"]),
        "silos": departments.silos(report),
        "silo_curve": {half: departments.silo_curve(halves[half]) for half in HALVES},
        "rules": {half: [departments.ruled(halves[half], *rule) for rule in departments.RULES] for half in HALVES},
        "false_silos": departments.false_silos([record for record in records if record["half"] == "report"]),
        "spearman": departments.spearman(planted),
        "others": _others(report),
        "shuffled": departments.shuffled(planted),
        "coverage": _coverage(covered(draws)),
    }
    summary["targets"] = targets(summary)
    return summary


def _organisations(records: list[Record]) -> list[dict[str, Any]]:
    kinds = list(dict.fromkeys(record["kind"] for record in records))
    return [
        {"kind": kind, "generator": generator, "half": half, "organisations": len(chosen)}
        for kind in kinds
        for generator in GENERATORS
        for half in HALVES
        if (chosen := [r for r in half_of(records, half) if r["kind"] == kind and r["generator"] == generator])
    ]


def _others(report: list[Record]) -> list[dict[str, Any]]:
    """The same logs ranked by what others use; silos halved or quartered, connectors of the usual strength and more."""
    names = list(report[0]["others"]) if report else []
    rows = []
    for generator in GENERATORS:
        chosen = [record for record in report if record["generator"] == generator]
        strong = usual(chosen)
        halved = [record for record in chosen if record["silo"] == 0.5]
        verdicts = [verdict_on(record) for record in strong]
        rows.append(
            {
                "generator": generator,
                "measure": "connector score",
                "hit": mean(float(verdict["place"] == 1) for verdict in verdicts),
                "reciprocal": mean(1 / verdict["place"] if verdict["place"] else 0.0 for verdict in verdicts),
                "auc": mean([]),
                "auc_plain": mean([]),
                "precision": mean([]),
            }
        )
        for name in names:
            rows.append(
                {
                    "generator": generator,
                    "measure": name,
                    "hit": mean(record["others"][name]["hit"] for record in strong),
                    "reciprocal": mean(record["others"][name]["reciprocal"] for record in strong),
                }
                | {
                    key: mean(record["others"][name][key] for record in halved)
                    for key in ("auc", "auc_plain", "precision")
                }
            )
    return rows


def _coverage(cells: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """By measure, generator and size of the department: share of intervals that hold the mean over draws."""
    rows = []
    for measure in MEASURES:
        for generator in GENERATORS:
            for low, high in [*SIZE_CLASSES, (8, 1_000)]:
                chosen = [c for c in cells if c["generator"] == generator and low <= c["people"] <= high]
                total = sum(cell["draws"] for cell in chosen)
                if not total:
                    continue
                rows.append(
                    {
                        "measure": measure,
                        "generator": generator,
                        "people": [low, high],
                        "departments": len(chosen),
                        "intervals": total,
                        "covered": sum(cell[measure]["covered"] for cell in chosen) / total,
                        "too_low": sum(cell[measure]["below"] for cell in chosen) / total,
                        "too_high": sum(cell[measure]["above"] for cell in chosen) / total,
                        "width_over_need": float(
                            np.median(
                                [
                                    cell[measure]["width"] / (3.92 * max(cell[measure]["spread"], 1e-9))
                                    for cell in chosen
                                ]
                            )
                        ),
                    }
                )
    return rows

"""The departments' verdicts added up: silos found and missed, false ones, size, shuffled labels."""

from typing import Any

import numpy as np

from validation.runs import TRUTHS, correlation
from validation.shares import Record, mean, rate
from validation.tasks import GENERATORS, SILOS

#: The least insularity above the median of a silo, as the package has it, and those that are tried.
TWICE = 0.5 * float(np.log(2))
MARGINS_TRIED = (0.0, 0.1, 0.2, 0.25, 0.3, TWICE, 0.4, 0.45, 0.5, 0.6, 0.7)
#: Rules for a silo that were tried: the least value of insularity less the median, the least lower bound of its 95 %
#: interval, and whether that interval is narrowed (see `coverage.narrowed`).
RULES = (
    (0.0, 0.0, False),
    (0.25, 0.0, False),
    (0.3, 0.0, False),
    (TWICE, 0.0, False),
    (0.4, 0.0, False),
    (0.0, 0.05, False),
    (0.0, 0.1, False),
    (0.0, 0.0, True),
    (0.0, 0.1, True),
    (0.3, 0.0, True),
    (TWICE, 0.0, True),
)


def silos(report: list[Record]) -> list[dict[str, Any]]:
    """By generator and strength: how well insularity ranks silos, and how many are called one."""
    rows = []
    for generator in GENERATORS:
        for strength in SILOS:
            chosen = [record for record in report if record["generator"] == generator and record["silo"] == strength]
            if not chosen:
                continue
            ranking = [record["others"]["insularity"] for record in chosen]
            silos = [row for record in chosen for row in record["departments"] if row["role"] == "silo"]
            rows.append(
                {
                    "generator": generator,
                    "strength": strength,
                    "organisations": len(chosen),
                    "auc": mean(row["auc"] for row in ranking),
                    "auc_plain": mean(row["auc_plain"] for row in ranking),
                    "precision": mean(row["precision"] for row in ranking),
                    "found": rate(row["verdict"] == "silo" for row in silos),
                    "found_8": rate(row["verdict"] == "silo" for row in silos if row["people"] >= 8),
                    "found_15": rate(row["verdict"] == "silo" for row in silos if row["people"] >= 15),
                }
            )
    return rows


def false_silos(records: list[Record]) -> list[dict[str, Any]]:
    """Departments that are no silo and are called one, by the part they play; a silo of strength 1 is none."""
    rows = []
    roles = ["plain", "connector", *TRUTHS.values(), "silo of strength 1"]
    everything = [
        (record["generator"], "silo of strength 1" if row["role"] == "silo" else row["role"], row)
        for record in records
        for row in record["departments"]
        if row["role"] != "silo" or record["silo"] == 1
    ]
    for generator in GENERATORS:
        for role in [*roles, "all"]:
            chosen = [row for made, part, row in everything if made == generator and role in (part, "all")]
            if chosen:
                rows.append(
                    {
                        "generator": generator,
                        "role": role,
                        "false": rate(row["verdict"] == "silo" for row in chosen),
                        "openness": mean(row["openness"] for row in chosen if row["verdict"] == "silo"),
                    }
                )
    return rows


def called(row: dict[str, Any], least: float, bound: float = 0.0, narrow: bool = False) -> bool:
    """Whether a rule calls the department a silo."""
    if row["relative"] is None:
        return False
    low = row["low"]
    if narrow:
        spread = np.sqrt(max(row["error"] ** 2 / 3, row["error"] ** 2 - 2 * row["chance"]))
        low = row["relative"] - 1.96 * spread
    return bool(row["relative"] >= least and low > bound)


def ruled(planted: list[Record], least: float, bound: float = 0.0, narrow: bool = False) -> dict[str, Any]:
    """Silos found and others called silos by a rule."""
    rows = [
        (
            record["generator"],
            "plain" if row["role"] == "silo" and record["silo"] == 1 else row["role"],
            record["silo"],
            row,
        )
        for record in planted
        for row in record["departments"]
    ]
    entry: dict[str, Any] = {"least": least, "bound": bound, "narrow": narrow}
    for strength in SILOS[:-1]:
        entry[f"found_{strength}"] = rate(
            called(row, least, bound, narrow) for _, role, silo, row in rows if role == "silo" and silo == strength
        )
    entry["false_plain"] = rate(called(row, least, bound, narrow) for _, role, _, row in rows if role == "plain")
    entry["false_all"] = rate(called(row, least, bound, narrow) for _, role, _, row in rows if role != "silo")
    return entry


def silo_curve(planted: list[Record]) -> list[dict[str, Any]]:
    """Found and false where a silo must stand out from the median by more or less, its interval above it."""
    return [ruled(planted, least) for least in MARGINS_TRIED]


def spearman(planted: list[Record]) -> list[dict[str, Any]]:
    """Mean rank correlation over organisations: with log size and with what was planted."""
    rows = []
    for generator in GENERATORS:
        chosen = [record for record in planted if record["generator"] == generator and record["half"] == "report"]
        for measure in ("insularity", "insiders_odds", "external_share"):
            for among in ("all departments", "plain departments"):
                sizes, opens = [], []
                for record in chosen:
                    kept = [
                        row
                        for row in record["departments"]
                        if row[measure] is not None and (among == "all departments" or row["role"] == "plain")
                    ]
                    value, people, openness = (
                        np.array([row[key] for row in kept], dtype=np.float64)
                        for key in (measure, "people", "openness")
                    )
                    sizes.append(correlation(value, np.log(people)))
                    opens.append(correlation(value, openness))
                rows.append(
                    {
                        "generator": generator,
                        "measure": measure,
                        "among": among,
                        "log_size": mean(sizes),
                        "openness": mean(opens),
                    }
                )
        rows.append(
            {
                "generator": generator,
                "measure": "insularity",
                "among": "labels shuffled",
                "log_size": mean(record["shuffled"]["size_correlation"] for record in chosen if record.get("shuffled")),
                "openness": mean([]),
            }
        )
    return rows


def shuffled(planted: list[Record]) -> list[dict[str, Any]]:
    rows = []
    for generator in GENERATORS:
        chosen = [record["shuffled"] for record in planted if record["generator"] == generator and record["shuffled"]]
        if not chosen:
            continue
        rows.append(
            {
                "generator": generator,
                "organisations": len(chosen),
                "silos": _pooled(chosen, "silos", "departments"),
                "open": _pooled(chosen, "open", "departments"),
                "pairs": _pooled(chosen, "pairs_called", "pairs"),
                "any_pair": rate(one["pairs_called"] > 0 for one in chosen),
                "connector_not_none": rate(one["connector"] != "none" for one in chosen),
                "connector_clear": rate(one["connector"] == "clear" for one in chosen),
            }
        )
    return rows


def _pooled(chosen: list[dict[str, Any]], events: str, among: str) -> dict[str, Any]:
    count, total = sum(one[events] for one in chosen), sum(one[among] for one in chosen)
    return rate([True] * count + [False] * (total - count))

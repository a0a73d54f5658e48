"""Shares and means with their uncertainty, and which records a table is made of."""

from collections.abc import Iterable
from typing import Any

import numpy as np

Record = dict[str, Any]
HALVES = ("tuning", "report")
#: The strength from which a connector counts for the targets: the simulation's default.
USUAL = 3.0


def rate(events: Iterable[bool]) -> dict[str, Any]:
    """How many, of how many, and the Wilson 95 % interval of the share."""
    seen = [bool(event) for event in events]
    count, total = sum(seen), len(seen)
    if not total:
        return {"count": 0, "of": 0, "share": None, "low": None, "high": None}
    share, z = count / total, 1.959964
    middle = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = z * np.sqrt(share * (1 - share) / total + z * z / (4 * total * total)) / (1 + z * z / total)
    return {
        "count": count,
        "of": total,
        "share": share,
        "low": float(max(0.0, middle - half)),
        "high": float(min(1.0, middle + half)),
    }


def mean(values: Iterable[float | None]) -> dict[str, Any]:
    """Mean of the numbers that are known, its standard error, and how many they are."""
    known = np.array([value for value in values if value is not None], dtype=np.float64)
    if not len(known):
        return {"mean": None, "error": None, "of": 0}
    error = float(known.std(ddof=1) / np.sqrt(len(known))) if len(known) > 1 else None
    return {"mean": float(known.mean()), "error": error, "of": len(known)}


def half_of(records: list[Record], half: str) -> list[Record]:
    return [record for record in records if record["half"] == half]


def verdict_on(record: Record, grade: str = "substantive") -> dict[str, Any]:
    verdict: dict[str, Any] = record["evidence"][grade]
    return verdict


def usual(records: list[Record]) -> list[Record]:
    return [record for record in records if record["connector"] >= USUAL]

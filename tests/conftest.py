"""Small logs and rosters that tests write by hand."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import silos
from silos.tables import Interactions, Roster

SHARED = Path(__file__).parents[2] / "shared"

COLUMNS = ["timestamp", "sender", "recipient", "medium", "event", "thread", "kind", "recipients"]


def shared(path: str) -> Path:
    """A file beside the project; the test is skipped where it is not there."""
    found = SHARED / path
    if not found.exists():
        pytest.skip(f"needs ../shared/{path}, which lies beside the project and is not part of it")
    return found


def a_log(rows: Iterable[dict[str, Any]]) -> Interactions:
    """A log of rows with some canonical columns each; times default to one Monday morning."""
    table = pd.DataFrame(list(rows))
    table["timestamp"] = pd.to_datetime(table.get("timestamp", "2025-01-06T09:00:00"))
    return silos.read_interactions(table)


def a_roster(departments: dict[str, str], **columns: Any) -> Roster:
    """A roster of person -> department."""
    table = pd.DataFrame({"person": list(departments), "department": list(departments.values())})
    return silos.read_roster(table.assign(**columns))

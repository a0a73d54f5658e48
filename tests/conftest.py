"""Small logs and rosters that tests write by hand."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import settings

import silos
from silos.tables import Interactions, Roster
from tests.support import cluster
from tests.support.places import SHARED

# How long an example takes says how busy the machine is.
settings.register_profile("silos", deadline=None)
settings.load_profile("silos")


COLUMNS = ["timestamp", "sender", "recipient", "medium", "event", "thread", "kind", "recipients"]


def shared(path: str) -> Path:
    """A file beside the project; the test is skipped where it is not there."""
    found = SHARED / path
    if not found.exists():
        pytest.skip(f"needs ../shared/{path}, which lies beside the project and is not part of it")
    return found


#: What `a_log` makes of a table: what the engine of the test reads.
_given: list[Any] = []


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A session on a cluster of two workers, each a process of its own."""
    session = cluster.start(tmp_path_factory.mktemp("cluster"))
    yield session
    session.stop()


def _in_spark(session: Any, table: pd.DataFrame) -> Any:
    import pyarrow as pa

    return session.createDataFrame(pa.Table.from_pandas(table, preserve_index=False))


#: What PySpark warns of: pandas 3, through which nothing passes here, and sockets that it leaves to be collected.
SPARK_MARKS = (pytest.mark.spark, pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::ResourceWarning"))


@pytest.fixture(scope="module", params=["duckdb", pytest.param("spark", marks=SPARK_MARKS)])
def engine(request: pytest.FixtureRequest) -> Iterator[str]:
    """The engine on which the ties of `a_log` are counted. To add one: what makes a table its own."""
    if request.param == "spark":
        session = request.getfixturevalue("spark")
        _given.append(lambda table: _in_spark(session, table))
    yield request.param
    _given.clear()


def a_log(rows: Iterable[dict[str, Any]]) -> Interactions:
    """A log of rows with some canonical columns each; times default to one Monday morning."""
    table = pd.DataFrame(list(rows))
    table["timestamp"] = pd.to_datetime(table.get("timestamp", "2025-01-06T09:00:00"))
    return silos.read_interactions(_given[-1](table) if _given else table)


def a_roster(departments: dict[str, str], **columns: Any) -> Roster:
    """A roster of person -> department."""
    table = pd.DataFrame({"person": list(departments), "department": list(departments.values())})
    return silos.read_roster(table.assign(**columns))

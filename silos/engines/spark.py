"""Spark: the log stays on the cluster, and only ties come to the driver, as Arrow tables."""

import re
import warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd

from silos.errors import SilosError
from silos.system.distribution import how_to_install

#: Types of `Engine.give` whose names differ.
_TYPES = {"varchar": "string", "integer": "int", "timestamp": "timestamp_ntz"}
_FUNCTIONS = (
    "create or replace temporary function fingerprint(t string) returns bigint "
    "return case when t is not null then xxhash64(t) & 2305843009213693951 end",
    "create or replace temporary function seconds(t timestamp_ntz) returns bigint "
    "return unix_seconds(cast(t as timestamp))",
    "create or replace temporary function week_number(t timestamp_ntz) returns int "
    "return cast((unix_seconds(cast(t as timestamp)) + 62135596800) div 604800 as int)",
)
#: Times are UTC, and what overflows is an error, not null.
_SETTINGS = {"spark.sql.session.timeZone": "UTC", "spark.sql.ansi.enabled": "true"}
#: Where kept steps go if it is set.
_SAFE = "spark.checkpoint.dir"
#: A view that stands for more tables than these is kept as well: Spark would plan and run all of it at each use.
_BROAD = 12
_READ = re.compile(r"\b(?:from|join)\s+(\w+)")
_NEEDS = f"Spark needs PySpark and Java 17 or newer. Install PySpark with: {how_to_install('spark')}."


def session(connection: Any = None) -> Any:
    """The Spark session to work in: the one given, the one there is, or a new one as the environment configures it.

    Raises:
        SilosError: PySpark or Java is missing, or the cluster cannot be reached.
    """
    if connection is not None:
        return connection
    try:
        with warnings.catch_warnings():
            # PySpark warns of pandas 3, through which nothing passes here.
            warnings.simplefilter("ignore", FutureWarning)
            import pyarrow  # noqa: F401
            from pyspark.errors import PySparkException
            from pyspark.sql import SparkSession
    except ImportError as error:
        raise SilosError(_NEEDS) from error
    building = SparkSession.builder.appName("silos")
    if SparkSession.getActiveSession() is None:
        building = building.config("spark.ui.showConsoleProgress", "false").config("spark.log.level", "ERROR")
    try:
        return building.getOrCreate()
    except PySparkException as error:
        raise SilosError(f"no Spark session can be started ({error.getCondition()}). {_NEEDS}") from error
    except Exception as error:  # of py4j, of Java, of the cluster
        raise SilosError(
            f"no Spark session can be started ({type(error).__name__}): see what Spark itself says above."
        ) from error


@contextmanager
def spark_errors(doing: str) -> Iterator[None]:
    """Run Spark in here: what goes wrong becomes a `SilosError`.

    Spark's own message may quote the log and is not passed on; it stands in the log of the driver.
    """
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        yield
    except PySparkException as error:
        why = error.getCondition() or _why(str(error)) or type(error).__name__
        raise SilosError(f"Spark failed {doing} ({why}). The log of its driver says more.") from error
    except (Py4JError, ConnectionError, EOFError) as error:
        why = _why(str(error)) or "its driver is gone"
        raise SilosError(f"Spark failed {doing} ({why}). The log of its driver says more.") from error


def _why(message: str) -> str:
    """What happened to the cluster, of what can happen."""
    told = {
        "ExecutorLostFailure": "its workers were lost, more often than it tries again",
        "Master removed our application": "its workers were lost, more often than it tries again",
        "CHECKPOINT_RDD_BLOCK_ID_NOT_FOUND": "the workers that held a part were lost: set spark.checkpoint.dir",
        "Checkpoint block": "the workers that held a part were lost: set spark.checkpoint.dir",
        "cancelled because SparkContext was shut down": "its session was stopped",
        "stopped SparkContext": "its session was stopped",
        "OutOfMemoryError": "a worker ran out of memory: give spark.executor.memory more",
        "maxResultSize": "the ties are more than the driver takes: raise spark.driver.maxResultSize",
        "No space left on device": "a worker's disk is full",
        "FileNotFoundException": "a file was removed while it was read",
    }
    return next((words for sign, words in told.items() if sign in message), "")


class Spark:
    """A Spark session as an `Engine`.

    Views go by the names of the steps. Views of the user's that go by the same name are set aside and put back when the
    engine is closed; so are the settings that are changed. Kept steps are held by two workers each, so that one may be
    lost; with `spark.checkpoint.dir`, a directory that all of them see, they are written there, and all may be lost but
    the driver. What is lost while a step runs, Spark computes again: steps may not depend on the order of rows.
    """

    def __init__(self, connection: Any) -> None:
        self._session = connection
        self._before: dict[str, Any] = {}
        # How many tables each name stands for.
        self._breadth: dict[str, int] = {}
        with spark_errors("at the start"):
            self._settings = {name: connection.conf.get(name) for name in _SETTINGS}
            for name, value in _SETTINGS.items():
                connection.conf.set(name, value)
            for function in _FUNCTIONS:
                connection.sql(function)

    def give(self, name: str, table: pd.DataFrame, types: Mapping[str, str]) -> None:
        """See `Engine`."""
        import pyarrow as pa

        arrow = {
            "varchar": pa.string(), "integer": pa.int32(), "bigint": pa.int64(), "double": pa.float64(),
            "boolean": pa.bool_(), "timestamp": pa.timestamp("us"),
        }  # fmt: skip
        given = pa.table(
            {column: pa.array(table[column], arrow[kind], from_pandas=True) for column, kind in types.items()}
        )
        chosen = [f"cast({column} as {_TYPES.get(kind, kind)}) as {column}" for column, kind in types.items()]
        with spark_errors(f"at taking {name}"):
            self._name(name, self._session.createDataFrame(given).selectExpr(*chosen))

    def step(self, name: str, query: str, *, kept: bool, apart: Mapping[str, str] = {}, rows: int = 0) -> None:  # noqa: ARG002
        """See `Engine`: it is Spark itself that works in parts."""
        with spark_errors(f"in the step {name!r}"):
            found = self._session.sql(query)
            breadth = sum(self._breadth.get(read, 1) for read in _READ.findall(query))
            kept = kept or breadth > _BROAD
            self._breadth[name] = 1 if kept else breadth
            self._name(name, self._keep(found) if kept else found)

    def drop(self, names: Iterable[str]) -> None:
        """See `Engine`: what a view stood for, Spark frees by itself."""
        for name in names:
            self._session.catalog.dropTempView(name)

    def _keep(self, found: Any) -> Any:
        """The rows of a result, as they are now: plans that build on it begin there, not at the log."""
        # A session of Spark Connect has no context.
        context = getattr(self._session, "sparkContext", None)
        if self._session.conf.get(_SAFE, None) or (context is not None and context.getCheckpointDir()):
            return found.checkpoint()
        from pyspark import StorageLevel

        # On two workers each, so that one may be lost.
        return found.localCheckpoint(storageLevel=StorageLevel.MEMORY_AND_DISK_2)

    def _name(self, name: str, found: Any) -> None:
        """Give a result a name in the session."""
        if name not in self._before:
            there = any(
                view.isTemporary and view.name == name for view in self._session.catalog.listTables(pattern=name)
            )
            self._before[name] = self._session.table(name) if there else None
        found.createOrReplaceTempView(name)

    def rows(self, query: str) -> list[dict[str, Any]]:
        """See `Engine`."""
        with spark_errors("while counting"):
            found: list[dict[str, Any]] = self._session.sql(query).toArrow().to_pylist()
        return [{name: _utc(value) for name, value in row.items()} for row in found]

    def columns(self, query: str) -> dict[str, np.ndarray]:
        """See `Engine`."""
        with spark_errors("while counting"):
            table = self._session.sql(query).toArrow()
        return {name: _array(table.column(name)) for name in table.column_names}

    def close(self) -> None:
        """See `Engine`."""
        try:
            with spark_errors("at the end"):
                for name, view in self._before.items():
                    if view is None:
                        self._session.catalog.dropTempView(name)
                    else:
                        view.createOrReplaceTempView(name)
                for name, value in self._settings.items():
                    self._session.conf.set(name, value)
        except SilosError:
            pass  # the session is gone, and with it all there was to put back


def _utc(value: Any) -> Any:
    """A time without its zone."""
    return value.astimezone(UTC).replace(tzinfo=None) if isinstance(value, datetime) and value.tzinfo else value


def _array(column: Any) -> np.ndarray:
    """A column of Arrow as DuckDB gives it to numpy."""
    import pyarrow as pa

    kind = column.type
    if pa.types.is_decimal(kind):
        column = column.cast(pa.float64())
    elif pa.types.is_timestamp(kind):
        column = column.cast(pa.timestamp("us", kind.tz)).cast(pa.timestamp("us"))
    missing = np.asarray(column.is_null().to_numpy(zero_copy_only=False), dtype=bool)
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_null(kind):
        values = np.array(column.to_pylist(), dtype=object)
    else:
        values = (
            column.fill_null(0).to_numpy(zero_copy_only=False) if not pa.types.is_timestamp(kind) else column.to_numpy()
        )
    return np.ma.masked_array(values, missing) if missing.any() else values

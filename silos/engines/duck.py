"""DuckDB, in this process."""

import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from silos.engines.quoting import identifier, literal
from silos.system.scratch import Folder

_FUNCTIONS = (
    "create or replace temp macro fingerprint(t) as case when t is not null then cast(hash(t) >> 3 as bigint) end",
    "create or replace temp macro seconds(t) as cast(floor(epoch(t)) as bigint)",
    "create or replace temp macro week_number(t) as cast((epoch_us(t) + 62135596800000000) // 604800000000 as integer)",
)


#: Rows that are grouped at a time where tables are kept in files: what they take on the disk while they are grouped
#: is then about two thirds of what the tables themselves take.
AT_A_TIME = 150_000_000
#: Rows that a thread holds of all parts together until it writes them. As many of each as DuckDB would hold of each,
#: 100 million rows were held twice over, and spilled to the disk, which took twice as long.
_HELD = 2_500_000
#: Parts that are written at a time: for what does not go into these all is read again. 250 at once were no quicker, and
#: at 25 a time 21 GB were read ten times.
_OPEN = 125
#: Vectors of 2,048 rows that come at a time: some megabytes.
_VECTORS = 100


class Duck:
    """DuckDB as an `Engine`, on a cursor of its own: what is named here leaves the connection as it was.

    Args:
        connection: of DuckDB.
        on_disk: keep what is kept in temporary database files, one each, not in memory. There it is compressed, to a
            fifth of what it takes in memory or spilled, and what is not at work takes no memory; counting takes a tenth
            longer. Nothing outlives the engine, so nothing is logged for recovery.

    Examples:
        >>> import duckdb
        >>> engine = Duck(duckdb.connect())
        >>> engine.step("letters", "select * from (values ('a'), ('b'), (null)) as v(letter)", kept=True)
        >>> engine.rows("select count(distinct fingerprint(letter)) as different, count(*) as all_of_them from letters")
        [{'different': 2, 'all_of_them': 3}]
        >>> engine.close()
    """

    def __init__(self, connection: Any, *, on_disk: bool = False) -> None:
        self._whole, self._cursor = connection, connection.cursor()
        # What each name stands for: a table or a view, and of which query.
        self._named: dict[str, tuple[str, str]] = {}
        self._folder = Folder() if on_disk else None
        # Steps that are kept in files: the database, as SQL calls it, and where it lies.
        self._files: dict[str, tuple[str, Path]] = {}
        if self._folder:
            self._cursor.execute("set checkpoint_on_detach = 'DISABLED'")
        # Its own bar would go to standard output, terminal or not.
        self._cursor.execute("set enable_progress_bar = false")
        for function in _FUNCTIONS:
            self._cursor.execute(function)

    @property
    def connection(self) -> Any:
        """The cursor that everything runs on."""
        return self._cursor

    def give(self, name: str, table: pd.DataFrame, types: Mapping[str, str]) -> None:
        """See `Engine`."""
        chosen = ", ".join(f"cast({column} as {kind}) as {column}" for column, kind in types.items())
        self._cursor.register("given", table)
        try:
            self._cursor.execute(f"create or replace temp table {name} as select {chosen} from given")
        finally:
            self._cursor.unregister("given")

    def step(self, name: str, query: str, *, kept: bool, apart: Mapping[str, str] = {}, rows: int = 0) -> None:
        """See `Engine`."""
        if kept and self._folder:
            query, kept = f"from {self._filed(name, _parts(query, apart, rows))}", False
        kind = "table" if kept else "view"
        if not kept and self._named.get(name) == (kind, query):
            # A view looks up what it reads by name, at each use: it need not be made again when that was.
            return
        self._name(name, kind, query)

    def _name(self, name: str, kind: str, query: str) -> None:
        """Make a table or a view of that name, instead of either."""
        before, _query = self._named.get(name, (kind, ""))
        if before != kind:
            self._cursor.execute(f"drop {before} {name}")
        self._cursor.execute(f"create or replace temp {kind} {name} as {query}")
        self._named[name] = kind, query

    def _filed(self, name: str, queries: list[str]) -> str:
        """The rows of queries in a file of their own: how SQL calls the table."""
        self._empty(name)
        assert self._folder is not None
        path = self._folder.path / f"{name}.db"
        # By a name that no other engine on the same instance has.
        database = identifier(f"{path.parent.name}_{name}")
        self._cursor.execute(f"attach {literal(path)} as {database} (recovery_mode no_wal_writes)")
        self._files[name] = database, path
        table = f"{database}.main.kept"
        for number, part in enumerate(queries):
            self._cursor.execute(f"insert into {table} {part}" if number else f"create table {table} as {part}")
        return table

    def _empty(self, name: str) -> None:
        """Give back the disk that a step takes."""
        if name in self._files:
            database, path = self._files.pop(name)
            self._cursor.execute(f"detach {database}")
            path.unlink()

    def keep(self, name: str, columns: Mapping[str, np.ndarray]) -> None:
        """Give arrays a name, as the table of a step; they are copied, into memory."""
        self._cursor.register("given", dict(columns))
        try:
            self._name(name, "table", "select * from given")
        finally:
            self._cursor.unregister("given")

    def batches(self, query: str) -> Iterator[dict[str, np.ndarray]]:
        """The rows of a query that has no nulls, some at a time, as they come; nothing else runs meanwhile."""
        found = self._cursor.execute(query)
        while len(batch := found.fetch_df_chunk(_VECTORS)):
            yield {name: batch[name].to_numpy() for name in batch.columns}

    def spread(self, query: str, by: str, count: int) -> Iterator[Iterator[dict[str, np.ndarray]]]:
        """The rows of a query in parts, by the values of an integer column from 0 up to `count`: they are written once,
        each part into a file of its own, and read once. Without that column, and as `batches` has them; a value that no
        row has is no part. The query is run for some parts at a time, whose files are gone when the next are written.
        """
        folder = Folder()
        place = folder.path / "parts"
        try:
            # Files have groups of as many rows.
            self._cursor.execute(f"set partitioned_write_flush_threshold = {_HELD // min(count, _OPEN)}")
            for first in range(0, count, _OPEN):
                some = f"select * from ({query}) where {by} >= {first} and {by} < {first + _OPEN}"
                self._cursor.execute(f"copy ({some}) to {literal(place)} (format parquet, partition_by ({by}))")
                there = place.iterdir() if place.is_dir() else ()
                for part in sorted(int(one.name.partition("=")[2]) for one in there):
                    files = literal(place / f"{by}={part}" / "*.parquet")
                    yield self.batches(f"select * from read_parquet({files}, hive_partitioning = false)")
                shutil.rmtree(place, ignore_errors=True)
        finally:
            folder.remove()

    def drop(self, names: Iterable[str]) -> None:
        """See `Engine`."""
        for name in names:
            kind, _query = self._named.pop(name)
            self._cursor.execute(f"drop {kind} {name}")
            self._empty(name)
        self._give_back()

    def _give_back(self) -> None:
        """Give the memory of what was dropped to the system.

        DuckDB keeps it for what comes next, also when nothing does: of 20 million rows some 500 MB, for good. It gives
        it back where it is told to keep none.
        """
        threshold = "allocator_bulk_deallocation_flush_threshold"
        self._cursor.execute(f"set global {threshold} = '0B'")
        self._cursor.execute(f"reset global {threshold}")

    def rows(self, query: str) -> list[dict[str, Any]]:
        """See `Engine`."""
        found = self._cursor.execute(query)
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def columns(self, query: str) -> dict[str, np.ndarray]:
        """See `Engine`."""
        found: dict[str, np.ndarray] = self._cursor.execute(query).fetchnumpy()
        return found

    def close(self) -> None:
        """See `Engine`."""
        for name in [*self._files]:
            self._empty(name)
        # Its temporary tables go with the cursor, their memory with another.
        self._cursor.close()
        self._cursor = self._whole.cursor()
        self._give_back()
        self._cursor.close()
        if self._folder:
            self._folder.remove()


def _parts(query: str, apart: Mapping[str, str], rows: int) -> list[str]:
    """Queries that together yield what the query does."""
    count = -(-rows // AT_A_TIME)
    if not apart or count <= 1:
        return [query]
    # Under the names of what is read stand those of its rows whose turn it is.
    some = ", ".join(
        f"{read} as (select * from temp.main.{read} where abs(mod({column}, {count})) = {{part}})"
        for read, column in apart.items()
    )
    return [f"with {some.format(part=part)} {query}" for part in range(count)]

"""DuckDB, in this process."""

import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

_FUNCTIONS = (
    "create or replace temp macro fingerprint(t) as case when t is not null then cast(hash(t) >> 3 as bigint) end",
    "create or replace temp macro seconds(t) as cast(floor(epoch(t)) as bigint)",
    "create or replace temp macro week_number(t) as cast((epoch_us(t) + 62135596800000000) // 604800000000 as integer)",
)


class Duck:
    """DuckDB as an `Engine`, on a cursor of its own: what is named here leaves the connection as it was.

    Args:
        connection: of DuckDB.
        on_disk: keep what is kept in a temporary database file, not in memory. There it is compressed, to a fifth of
            what it takes in memory or spilled, and what is not at work takes no memory; counting takes a tenth longer.
            Nothing outlives the engine, so nothing is logged for recovery.

    Examples:
        >>> import duckdb
        >>> engine = Duck(duckdb.connect())
        >>> engine.step("letters", "select * from (values ('a'), ('b'), (null)) as v(letter)", kept=True)
        >>> engine.rows("select count(distinct fingerprint(letter)) as different, count(*) as all_of_them from letters")
        [{'different': 2, 'all_of_them': 3}]
        >>> engine.close()
    """

    def __init__(self, connection: Any, *, on_disk: bool = False) -> None:
        self._cursor = connection.cursor()
        # What each name stands for: a table or a view, and of which query.
        self._named: dict[str, tuple[str, str]] = {}
        self._folder = tempfile.TemporaryDirectory(prefix="silos-", ignore_cleanup_errors=True) if on_disk else None
        # The database in the file, by a name that no other engine on the same instance has.
        self._file = f'"{Path(self._folder.name).name}"' if self._folder else ""
        if self._folder:
            path = str(Path(self._folder.name) / "kept.db").replace("'", "''")
            self._cursor.execute(f"attach '{path}' as {self._file} (recovery_mode no_wal_writes)")
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

    def step(self, name: str, query: str, *, kept: bool) -> None:
        """See `Engine`."""
        if kept and self._folder:
            self._cursor.execute(f"create or replace table {self._file}.main.{name} as {query}")
            query, kept = f"from {self._file}.main.{name}", False
        kind = "table" if kept else "view"
        if not kept and self._named.get(name) == (kind, query):
            # A view looks up what it reads by name, at each use: it need not be made again when that was.
            return
        self._cursor.execute(f"create or replace temp {kind} {name} as {query}")
        self._named[name] = kind, query

    def drop(self, names: Iterable[str]) -> None:
        """See `Engine`."""
        for name in names:
            kind, _query = self._named.pop(name)
            self._cursor.execute(f"drop {kind} {name}")
            if self._folder:
                self._cursor.execute(f"drop table if exists {self._file}.main.{name}")
        if self._folder:
            # Only now what they took of the file is there for others.
            self._cursor.execute(f"checkpoint {self._file}")

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
        if self._folder:
            self._cursor.execute(f"detach {self._file}")
        self._cursor.close()
        if self._folder:
            self._folder.cleanup()

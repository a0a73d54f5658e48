"""DuckDB, in this process."""

from collections.abc import Iterable, Mapping
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

    Examples:
        >>> import duckdb
        >>> engine = Duck(duckdb.connect())
        >>> engine.step("letters", "select * from (values ('a'), ('b'), (null)) as v(letter)", kept=True)
        >>> engine.rows("select count(distinct fingerprint(letter)) as different, count(*) as all_of_them from letters")
        [{'different': 2, 'all_of_them': 3}]
    """

    def __init__(self, connection: Any) -> None:
        self._cursor = connection.cursor()
        self._kinds: dict[str, str] = {}
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
        self._kinds[name] = "table" if kept else "view"
        self._cursor.execute(f"create or replace temp {self._kinds[name]} {name} as {query}")

    def drop(self, names: Iterable[str]) -> None:
        """See `Engine`."""
        for name in names:
            self._cursor.execute(f"drop {self._kinds.pop(name)} {name}")

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
        self._cursor.close()

"""The six calls that counting ties needs from an engine."""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

import numpy as np
import pandas as pd


class Engine(Protocol):
    """A connection that runs the steps of `ties.sql` and its like as they stand.

    Beside standard SQL it knows three functions that engines name differently: `fingerprint(text)`, a hash in
    [0, 2^61), null of null; `seconds(timestamp)`, whole seconds since 1970; `week_number(timestamp)`, whole weeks from
    Monday to Sunday since the year 1.
    """

    def give(self, name: str, table: pd.DataFrame, types: Mapping[str, str]) -> None:
        """Make a small table known under a name.

        Args:
            name: of the table; replaced if it is there.
            table: the rows, `types` its columns.
            types: column -> SQL type: varchar, integer, bigint, double, boolean or timestamp.
        """
        ...

    def step(self, name: str, query: str, *, kept: bool, apart: Mapping[str, str] = {}, rows: int = 0) -> None:
        """Give a query a name, which is replaced if it is there; `kept`: it is run once, not at each use.

        Args:
            name: of the step.
            query: its SELECT.
            kept: whether it is run now, or at each use.
            apart: step that the query reads -> an integer column of it. Rows with different values there never come
                together in the result, and rows without a value make no difference: an engine may run the query for
                some of the values at a time, where all of them would take too much room.
            rows: about how many come together.
        """
        ...

    def drop(self, names: Iterable[str]) -> None:
        """Forget steps that are there, to be called once nothing that reads them is used any more."""
        ...

    def rows(self, query: str) -> list[dict[str, Any]]:
        """The few rows of a query: column -> value; times in UTC, without a zone."""
        ...

    def columns(self, query: str) -> dict[str, np.ndarray]:
        """The many rows of a query, as column -> array, masked where there are nulls; decimals as floats."""
        ...

    def close(self) -> None:
        """Forget what was given, named and kept."""
        ...

"""Engines that run the same SQL: DuckDB in this process, or Spark on a cluster."""

from typing import Any

from silos.engines.contract import Engine

__all__ = ["Engine", "engine_on"]


#: Bytes of the logs from which DuckDB keeps what it counts in a file: a tenth slower, a third less memory.
LARGE = 2**27


def engine_on(connection: Any, *, size: int = 0) -> Engine:
    """The engine of the connection that an `Interactions` has, for logs of so many bytes."""
    if type(connection).__module__.startswith("pyspark."):
        from silos.engines.spark import Spark

        return Spark(connection)
    from silos.engines.duck import Duck

    return Duck(connection, on_disk=size >= LARGE)

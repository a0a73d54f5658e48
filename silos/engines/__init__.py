"""What runs the SQL: DuckDB in this process, or Spark on a cluster. The text is the same."""

from typing import Any

from silos.engines.contract import Engine

__all__ = ["Engine", "engine_on"]


def engine_on(connection: Any) -> Engine:
    """The engine of the connection that an `Interactions` has."""
    if type(connection).__module__.startswith("pyspark."):
        from silos.engines.spark import Spark

        return Spark(connection)
    from silos.engines.duck import Duck

    return Duck(connection)

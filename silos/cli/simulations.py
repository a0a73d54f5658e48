"""`silos simulate`."""

from typing import Any, Literal

import click

from silos.cli.inputs import of_usage
from silos.system.options import planting


@click.command(short_help="Simulate an organisation with planted silos and a connector.")
@planting
def simulate(out: str, file_format: Literal["csv", "parquet"], connector: str, silo_count: int, **options: Any) -> None:
    """Simulate an organisation with planted silos, a connector and decoys, as a log, a roster and truth.json."""
    from silos.simulate import organisation

    with of_usage():
        made = organisation(silos=silo_count, connector=connector or None, **options)
    made.write(out, file_format=file_format)

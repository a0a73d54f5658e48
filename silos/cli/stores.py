"""What makes and changes a store: `silos ingest`."""

from typing import TYPE_CHECKING

import click

from silos.cli.inputs import refuse_words
from silos.system.console import bytes_read, progress
from silos.system.options import DATE_ORDER, FORMAT, LOGS, MAP, SHEET

if TYPE_CHECKING:
    from silos.readers.tabular.timestamps import DateOrder

#: The stages of `silos ingest`.
ADDING = ("reading", "adding", "writing")


@click.command()
@LOGS
@FORMAT
@MAP
@SHEET
@DATE_ORDER
@click.option(
    "-o",
    "--output",
    "out",
    required=True,
    metavar="DIR",
    help="Directory of the store: a new one, or one that silos ingest made.",
)
@click.option("--key-file", metavar="FILE", help="Replace ids with pseudonyms made with the key in this file.")
def ingest(
    logs: tuple[str, ...],
    log_format: str | None,
    columns: dict[str, str],
    sheets: tuple[str, ...],
    date_order: "DateOrder | None",
    out: str,
    key_file: str | None,
) -> None:
    """Add exports to a store of Parquet files without content, one folder per month, for silos analyze to read.

    LOG is a file, a zip, a folder or a quoted glob. Several logs may be given.
    """
    from silos.store.ingest import ingest as run

    refuse_words(log_format, columns)
    with bytes_read() as read, progress(ADDING) as stage:
        result = run(
            list(logs),
            out,
            key_file=key_file,
            format=log_format,
            columns=columns,
            date_order=date_order,
            sheet=sheets,
            progress=stage,
            bytes_read=read,
        )
    click.echo(result.text())

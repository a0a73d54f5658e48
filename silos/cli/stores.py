"""What makes and changes a store: `silos ingest`, `silos forget`, `silos rekey`."""

from typing import TYPE_CHECKING

import click

from silos.cli.inputs import refuse_words
from silos.system.console import bytes_read, progress
from silos.system.options import DATE_ORDER, FILLED, FORMAT, LOGS, MAP, SHEET

if TYPE_CHECKING:
    from silos.readers.tabular.timestamps import DateOrder

#: The stages of `silos ingest`.
ADDING = ("reading", "adding", "writing")


@click.command(short_help="Add exports to a store of Parquet files without content.")
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
    type=FILLED,
    metavar="DIR",
    help="Directory of the store: a new one, or one that silos ingest made.",
)
@click.option(
    "--key-file", type=FILLED, metavar="FILE", help="Replace ids with pseudonyms made with the key in this file."
)
@click.option(
    "--keep-months",
    type=click.IntRange(1),
    metavar="N",
    help="Keep the last N months; erase older ones, now and at every later run.",
)
def ingest(
    logs: tuple[str, ...],
    log_format: str | None,
    columns: dict[str, tuple[str, ...]],
    sheets: tuple[str, ...],
    date_order: "DateOrder | None",
    out: str,
    key_file: str | None,
    keep_months: int | None,
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
            keep_months=keep_months,
            format=log_format,
            columns=columns,
            date_order=date_order,
            sheet=sheets,
            progress=stage,
            bytes_read=read,
        )
    click.echo(result.text())


@click.command(short_help="Erase a person from a store, for later exports, too.")
@click.argument("store", type=FILLED)
@click.option(
    "--person",
    "people",
    multiple=True,
    required=True,
    type=FILLED,
    metavar="ID",
    help="Id of the person, as the logs have it.",
)
@click.option("--key-file", type=FILLED, metavar="FILE", help="Key file of the store, if it holds pseudonyms.")
def forget(store: str, people: tuple[str, ...], key_file: str | None) -> None:
    """Erase a person from a store, and leave a mark so that no export brings the person back.

    STORE is a directory that silos ingest made.
    """
    from silos.store.erasure import forget as run

    result = run(store, people, key_file=key_file)
    click.echo(result.text())
    if result.absent:
        raise SystemExit(1)


@click.command(short_help="Give a store of pseudonyms a new key.")
@click.argument("store", type=FILLED)
@click.option("--key-file", required=True, type=FILLED, metavar="OLD", help="Key file of the store.")
@click.option(
    "--new-key-file", required=True, type=FILLED, metavar="NEW", help="File to write, with the new key and the old one."
)
def rekey(store: str, key_file: str, new_key_file: str) -> None:
    """Give a store a new key: its pseudonyms become pseudonyms of pseudonyms.

    STORE is a directory that silos ingest made with a key.
    """
    from silos.store.erasure import rekey as run

    run(store, key_file=key_file, new_key_file=new_key_file)
    click.echo(
        f"{store} has a new key. {new_key_file} holds it and the one before it, as a roster needs both; "
        f"{key_file} opens only copies of the store from before. Destroy it when no such copy is needed any more."
    )

"""What only prints: `silos sql` and `silos formats`."""

from typing import Any

import click

from silos.cli.inputs import of_usage, refuse_words
from silos.system.options import FILLED, MAP, MAX_RECIPIENTS, SINCE, UNTIL


@click.command(short_help="Print the SQL script that counts ties in a warehouse.")
@click.option(
    "--dialect",
    type=click.Choice(["bigquery", "databricks", "duckdb", "postgres", "snowflake", "spark"]),
    required=True,
    help="SQL dialect of the warehouse.",
)
@click.option(
    "--log",
    default="interactions",
    show_default=True,
    metavar="TABLE",
    help="Table that says who wrote to whom, and when.",
)
@click.option(
    "--roster", default="roster", show_default=True, metavar="TABLE", help="Table of people and their departments."
)
@click.option(
    "--aliases",
    type=FILLED,
    metavar="TABLE",
    help="Table of other ids that people have in the log, with columns alias and person.",
)
@click.option(
    "--by",
    default="department",
    type=FILLED,
    show_default=True,
    metavar="COLUMN",
    help="Column of the roster that names each person's unit.",
)
@click.option(
    "--kind",
    type=FILLED,
    metavar="COLUMN",
    help="Column of the roster that says employee, external, bot, room or shared mailbox.",
)
@MAP
@click.option("--without", multiple=True, metavar="FIELD", help="Name a field that the log does not have (repeatable).")
@SINCE
@UNTIL
@MAX_RECIPIENTS
def sql(dialect: str, **options: Any) -> None:
    """Print the SQL script that counts ties in a warehouse; silos analyze reads its last table."""
    from silos.ties.warehouse import need_sqlglot, script

    refuse_words(None, options["columns"])
    for field, several in options["columns"].items():
        if len(several) > 1:
            raise click.BadParameter(f"{field!r} is one column of the table, not {len(several)}.", param_hint="--map")
    columns = {field: column for field, (column,) in options.pop("columns").items()}
    need_sqlglot()
    with of_usage():
        text = script(dialect, columns=columns, **options)
    click.echo(text, nl=False)


@click.command()
def formats() -> None:
    """List the formats that silos can read, one per line."""
    from silos.readers import FORMATS

    width = max(map(len, FORMATS))
    for name, reader in FORMATS.items():
        click.echo(f"{name:<{width}}  {reader.description}")

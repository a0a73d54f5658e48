"""The command line: it translates words into calls and results into words, and does nothing else."""

import os
from typing import TYPE_CHECKING, Any, Literal

import click

from silos.errors import SilosError
from silos.locales import languages
from silos.system.console import Failing, bytes_read, progress
from silos.system.distribution import DISTRIBUTION
from silos.system.options import DATE_ORDER, FORMAT, LOGS, MAP, MAX_RECIPIENTS, SHEET, SINCE, UNTIL, planting, reading

if TYPE_CHECKING:
    from silos.readers.tabular.timestamps import DateOrder

#: The stages of `silos analyze`, for the progress bar.
STAGES = (
    "reading",
    "counting ties",
    "varying settings",
    "bootstrap",
    "communities",
    "departments",
    "dialogue",
    "connector",
    "writing",
)
#: The stages of `silos ingest`.
ADDING = ("reading", "adding", "writing")


@click.group(cls=Failing, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name=DISTRIBUTION)
def main() -> None:
    """Find the silos of an organisation and the department that connects it."""
    from silos.system.processes import hardly_collect

    hardly_collect()
    # Matrices of departments are small: threads of the linear algebra would spin beside one another. It asks once, when
    # it is loaded; programs that import silos decide for themselves.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


@main.command()
@reading
@click.option(
    "-o",
    "--output",
    "out",
    required=True,
    metavar="OUT",
    help="Directory to write; it is written completely or not at all.",
)
@click.option(
    "--window",
    type=click.Choice(["week", "month", "quarter"]),
    help="Also analyse each week, month or quarter by itself.",
)
@click.option(
    "--min-department",
    type=click.IntRange(1),
    default=5,
    show_default=True,
    metavar="N",
    help="Merge smaller departments and never show one of them alone.",
)
@click.option(
    "--service-department",
    "service_departments",
    multiple=True,
    metavar="NAME",
    help="Declare a service desk, which is then never named as the connector.",
)
@click.option(
    "--bootstrap",
    type=click.IntRange(2),
    default=500,
    show_default=True,
    metavar="N",
    help="Number of bootstrap replicates (people are resampled).",
)
@click.option(
    "--seed", type=click.IntRange(0), default=0, show_default=True, metavar="N", help="Seed of every random choice."
)
@click.option("--lang", type=click.Choice(languages()), default="en", show_default=True, help="Language of the report.")
@click.option("--people", is_flag=True, help="Also write tables about individual people.")
@click.option("--leave-out-accounts", is_flag=True, help="Leave out senders that behave like accounts.")
def analyze(*, out: str, lang: str, people: bool, **options: Any) -> None:
    """Find silos, walls and the connector department, and write a report, tables and figures to OUT.

    LOG is a file, a zip, a folder or a quoted glob. Several logs may be given.
    """
    # First of all: the drawing processes load their libraries while the rest is loaded here.
    from silos.report.figure_workers import pens

    with pens() as others:
        _refuse_words(options["log_format"], options["columns"], options["roster_columns"])
        staff, interactions = _staff(options), _interactions(options)
        options = _of_analysis(options)
        from silos.analysis.pipeline import analyze as run
        from silos.report.writer import OURS, Report
        from silos.system.files import free

        free(out, ours=OURS)
        with progress(STAGES) as stage:
            found = run(interactions, staff, **options, progress=stage)
            stage("writing")
            report = Report(found, lang, people)
            report.write(out, pens=others)
    for finding in report.summary["findings"]:
        click.echo(f"- {finding['sentence']}")
    click.echo(f"\n{out}/report.html")


@main.command()
@reading
@click.option("-o", "--output", "out", metavar="FILE", help="Also write the result as JSON.")
@click.option("--people", is_flag=True, help="Show example ids in clear, not as shapes.")
def check(*, out: str | None, people: bool, **options: Any) -> None:
    """Show which rows and people of a log can be used, and what mends the others, before any analysis."""
    from silos.analysis.input_check import inspect, refuse_place, seen

    if out:
        key = options["key_file"]
        refuse_place(out, inputs=[options["roster"], *options["logs"], *([key] if key else [])])
    _refuse_words(options["log_format"], options["columns"], options["roster_columns"])
    faults: list[SilosError] = []
    staff = interactions = None
    try:
        staff = _staff(options)
    except SilosError as fault:
        faults.append(fault)
    try:
        interactions = _interactions(options)
    except SilosError as fault:
        faults.append(fault)
    if staff is None or interactions is None:
        # What could be read is said before why the other could not.
        if told := seen(interactions, staff):
            click.echo(told)
        raise SilosError("\n".join(map(str, faults)))
    result = inspect(interactions, staff, **_of_analysis(options))
    click.echo(result.text(people=people))
    if out:
        result.write(out, people=people)
    if result.refusal:
        raise SilosError(result.refusal)


@main.command()
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

    _refuse_words(log_format, columns)
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


@main.command()
@planting
def simulate(out: str, file_format: Literal["csv", "parquet"], connector: str, silo_count: int, **options: Any) -> None:
    """Simulate an organisation with planted silos, a connector and decoys, as a log, a roster and truth.json."""
    from silos.simulate import organisation

    made = organisation(silos=silo_count, connector=connector or None, **options)
    made.write(out, file_format=file_format)


@main.command()
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
    "--aliases", metavar="TABLE", help="Table of other ids that people have in the log, with columns alias and person."
)
@click.option(
    "--by",
    default="department",
    show_default=True,
    metavar="COLUMN",
    help="Column of the roster that names each person's unit.",
)
@click.option(
    "--kind", metavar="COLUMN", help="Column of the roster that says employee, external, bot, room or shared mailbox."
)
@MAP
@click.option("--without", multiple=True, metavar="FIELD", help="Name a field that the log does not have (repeatable).")
@SINCE
@UNTIL
@MAX_RECIPIENTS
def sql(dialect: str, **options: Any) -> None:
    """Print the SQL script that counts ties in a warehouse; silos analyze reads its last table."""
    from silos.ties.warehouse import script

    _refuse_words(None, options["columns"])
    click.echo(script(dialect, **options), nl=False)


@main.command()
def formats() -> None:
    """List the formats that silos can read, one per line."""
    from silos.readers import FORMATS

    width = max(map(len, FORMATS))
    for name, reader in FORMATS.items():
        click.echo(f"{name:<{width}}  {reader.description}")


#: Options that say how to read the log and the roster; all others are those of the analysis.
_OF_INPUTS = (
    *("logs", "log_format", "columns", "sheets", "date_order", "engine"),
    *("roster", "roster_columns", "roster_sheet", "keep", "same_domains", "key_file"),
)


def _of_analysis(options: dict[str, Any]) -> dict[str, Any]:
    """The options of the analysis itself."""
    from silos.ties.log_kinds import asked_kinds

    asked = {name: value for name, value in options.items() if name not in _OF_INPUTS}
    try:
        return asked | {"log_kinds": asked_kinds(asked["log_kinds"])}
    except SilosError as error:
        raise click.BadParameter(str(error), click.get_current_context(), param_hint="--log-kind") from None


def _staff(options: dict[str, Any]) -> Any:
    """The roster."""
    from silos.readers.roster import read_roster

    return read_roster(
        options["roster"],
        columns=options["roster_columns"],
        date_order=options["date_order"],
        key_file=options["key_file"],
        sheet=options["roster_sheet"],
        keep=options["keep"],
        same_domains=options["same_domains"],
    )


def _interactions(options: dict[str, Any]) -> Any:
    """The log."""
    from silos.readers import read_interactions

    with bytes_read() as read:
        return read_interactions(
            list(options["logs"]),
            format=options["log_format"],
            columns=options["columns"],
            date_order=options["date_order"],
            sheet=options["sheets"],
            engine=options["engine"],
            progress=read,
        )


def _refuse_words(
    log_format: str | None, columns: dict[str, str], roster_columns: dict[str, str] | None = None
) -> None:
    """Refuse a format or a field that does not exist: that is wrong usage, whatever the files hold.

    This is not a callback of the options: callbacks run before the drawing processes start, and this loads a lot.
    """
    from silos.readers import FORMATS
    from silos.readers.directory.headings import ROSTER_HEADINGS
    from silos.readers.tabular.columns import check_given
    from silos.tables import INTERACTION_FIELDS

    context = click.get_current_context()
    if log_format is not None and log_format not in FORMATS:
        raise click.BadParameter(f"{log_format!r} is not one of {', '.join(FORMATS)}.", context, param_hint="--format")
    try:
        check_given(columns, INTERACTION_FIELDS, option="--map")
        check_given(roster_columns, ROSTER_HEADINGS, option="--roster-map")
    except SilosError as error:
        raise click.UsageError(str(error), context) from None

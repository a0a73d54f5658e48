"""The command line: it translates words into calls and results into words, and does nothing else."""

import atexit
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

import click

from silos.errors import SilosError
from silos.locales import languages

if TYPE_CHECKING:
    from silos.readers.log import Engine
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


class Failing(click.Group):
    """A group whose commands print one sentence and exit with 1 when an input cannot be analysed."""

    def main(self, *given: Any, **options: Any) -> Any:
        """Run the command; without arguments, as this process's own command, which ends the process at once."""
        if not (given or options):
            # Services and jobs are stopped with this signal: like Ctrl-C, it leaves nothing behind.
            signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            return super().main(*given, **options)
        except SystemExit as ending:
            if given or options or not isinstance(ending.code, int):
                raise
            # Python needs up to half a second to free the libraries' objects one by one. The system drops them at once.
            atexit._run_exitfuncs()
            with suppress(OSError):
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(ending.code)
            raise

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except SilosError as error:
            click.echo(f"silos: {error}", err=True)
            ctx.exit(1)
        except RuntimeError as error:
            # DuckDB raises this when Ctrl-C interrupts a query.
            if str(error) != "Query interrupted":
                raise
            raise click.Abort from None


@click.group(cls=Failing, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="silos")
def main() -> None:
    """Find the silos of an organisation and the department that connects it."""
    from silos.system.processes import hardly_collect

    hardly_collect()
    # Matrices of departments are small: threads of the linear algebra would spin beside one another. It asks once, when
    # it is loaded; programs that import silos decide for themselves.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def _pairs(_context: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    pairs = {}
    for value in values:
        field, separator, column = value.partition("=")
        if not (separator and field and column):
            raise click.BadParameter(f"{value!r} is not FIELD=COLUMN.", param=parameter)
        pairs[field] = column
    return pairs


_LOGS = click.argument("logs", nargs=-1, required=True, metavar="LOG...")
_FORMAT = click.option(
    "--format", "log_format", metavar="NAME", help="Read every LOG in this format (see silos formats)."
)
_MAP = click.option(
    "--map", "columns", multiple=True, callback=_pairs, metavar="FIELD=COLUMN", help="Read this field from this column."
)
_SHEET = click.option(
    "--sheet", "sheets", multiple=True, metavar="NAME", help="Sheet to read from a workbook (.xlsx, .xls, .ods)."
)
_DATE_ORDER = click.option(
    "--date-order", type=click.Choice(["day-first", "month-first"]), help="How to read dates such as 03/04/2025."
)
_SINCE = click.option(
    "--since", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]), help="Use only rows from this date on."
)
_UNTIL = click.option(
    "--until", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]), help="Use only rows from before this date."
)
_MAX_RECIPIENTS = click.option(
    "--max-recipients",
    type=click.IntRange(1),
    default=20,
    show_default=True,
    metavar="N",
    help="Treat messages and meetings with more than N recipients as broadcasts, which make no ties.",
)
_READING: tuple[Callable[..., Any], ...] = (
    click.option("--roster", required=True, metavar="ROSTER", help="HR's list of people and their departments."),
    _FORMAT,
    _MAP,
    _SHEET,
    click.option(
        "--roster-map",
        "roster_columns",
        multiple=True,
        callback=_pairs,
        metavar="FIELD=COLUMN",
        help="Read this field of the roster from this column.",
    ),
    click.option("--roster-sheet", metavar="NAME", help="Sheet to read when the roster is a workbook."),
    click.option(
        "--roster-keep",
        "keep",
        multiple=True,
        metavar="WORD",
        help="Keep this value of the roster, although it looks like a placeholder.",
    ),
    click.option("--key-file", metavar="FILE", help="Key file that silos ingest used for the pseudonyms."),
    _DATE_ORDER,
    click.option(
        "--by",
        default="department",
        show_default=True,
        metavar="COLUMN",
        help="Column of the roster that names each person's unit.",
    ),
    _SINCE,
    _UNTIL,
    _MAX_RECIPIENTS,
    click.option(
        "--engine",
        type=click.Choice(["duckdb", "spark"]),
        default="duckdb",
        show_default=True,
        help="Engine that aggregates the log.",
    ),
)


def _reading(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(_READING):
        command = option(command)
    return _LOGS(command)


@main.command()
@_reading
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
def analyze(
    logs: tuple[str, ...],
    roster: str,
    log_format: str | None,
    columns: dict[str, str],
    sheets: tuple[str, ...],
    roster_columns: dict[str, str],
    roster_sheet: str | None,
    keep: tuple[str, ...],
    key_file: str | None,
    date_order: "DateOrder | None",
    by: str,
    since: datetime | None,
    until: datetime | None,
    max_recipients: int,
    engine: "Engine",
    out: str,
    window: str | None,
    min_department: int,
    service_departments: tuple[str, ...],
    bootstrap: int,
    seed: int,
    lang: str,
    people: bool,
) -> None:
    """Find silos, walls and the connector department, and write a report, tables and figures to OUT.

    LOG is a file, a zip, a folder or a quoted glob. Several logs may be given.
    """
    # First of all: the drawing processes load their libraries while the rest is loaded here.
    from silos.report.figure_workers import pens

    with pens() as others:
        interactions, staff = _inputs(
            logs, roster, log_format, columns, sheets, roster_columns, roster_sheet, keep, key_file, date_order, engine
        )
        from silos.analysis.pipeline import analyze as run
        from silos.report.writer import OURS, Report
        from silos.system.files import free

        free(out, ours=OURS)
        with _progress() as stage:
            found = run(
                interactions,
                staff,
                by=by,
                since=since,
                until=until,
                window=window,
                max_recipients=max_recipients,
                min_department=min_department,
                service_departments=service_departments,
                bootstrap=bootstrap,
                seed=seed,
                progress=stage,
            )
            stage("writing")
            report = Report(found, lang, people)
            report.write(out, pens=others)
    for finding in report.summary["findings"]:
        click.echo(f"- {finding['sentence']}")
    click.echo(f"\n{out}/report.html")


@main.command()
@_reading
@click.option("-o", "--output", "out", metavar="FILE", help="Also write the result as JSON.")
def check(
    logs: tuple[str, ...],
    roster: str,
    log_format: str | None,
    columns: dict[str, str],
    sheets: tuple[str, ...],
    roster_columns: dict[str, str],
    roster_sheet: str | None,
    keep: tuple[str, ...],
    key_file: str | None,
    date_order: "DateOrder | None",
    by: str,
    since: datetime | None,
    until: datetime | None,
    max_recipients: int,
    engine: "Engine",
    out: str | None,
) -> None:
    """Show which rows and people of a log can be used, before any analysis."""
    from silos.analysis.input_check import inspect, refuse_place

    if out:
        refuse_place(out, inputs=[roster, *logs, *([key_file] if key_file else [])])
    interactions, staff = _inputs(
        logs, roster, log_format, columns, sheets, roster_columns, roster_sheet, keep, key_file, date_order, engine
    )
    result = inspect(interactions, staff, by=by, since=since, until=until, max_recipients=max_recipients)
    click.echo(result.text())
    if out:
        result.write(out)


@main.command()
@_LOGS
@_FORMAT
@_MAP
@_SHEET
@_DATE_ORDER
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
    with _bytes_read() as read, _progress(ADDING) as stage:
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
@click.option(
    "-o",
    "--output",
    "out",
    required=True,
    metavar="DIR",
    help="Directory to write; it is written completely or not at all.",
)
@click.option(
    "--people",
    type=click.IntRange(20),
    default=300,
    show_default=True,
    metavar="N",
    help="Number of people in the roster.",
)
@click.option(
    "--departments", type=click.IntRange(3), default=12, show_default=True, metavar="N", help="Number of departments."
)
@click.option(
    "--weeks", type=click.IntRange(1), default=12, show_default=True, metavar="N", help="Length of the log in weeks."
)
@click.option("--rows", type=click.IntRange(1), metavar="N", help="Approximate number of rows in the log.")
@click.option(
    "--generator",
    type=click.Choice(["blocks", "latent", "tasks"]),
    default="blocks",
    show_default=True,
    help="Model of the organisation: block model, latent space with projects, or tasks in queues.",
)
@click.option(
    "--silos",
    "silo_count",
    type=click.IntRange(0),
    default=1,
    show_default=True,
    metavar="N",
    help="Number of silos to plant.",
)
@click.option(
    "--silo-strength",
    type=click.FloatRange(0, 1),
    default=0.3,
    show_default=True,
    metavar="X",
    help="Factor on a silo's affinity with every other department.",
)
@click.option(
    "--connector",
    default="Marketing",
    show_default=True,
    metavar="NAME",
    help="Department to plant as the connector; '' plants none.",
)
@click.option(
    "--connector-strength",
    type=click.FloatRange(1),
    default=3.0,
    show_default=True,
    metavar="X",
    help="Factor on the connector's affinity with every other department.",
)
@click.option("--biggest/--no-biggest", default=True, help="Make one department far bigger than the others.")
@click.option(
    "--mail-room/--no-mail-room",
    default=True,
    help="Add a mail room: everybody writes to it, and it only acknowledges.",
)
@click.option("--newsletter/--no-newsletter", default=True, help="Add an account that writes to everybody.")
@click.option(
    "--bilateral-pair/--no-bilateral-pair", default=True, help="Add two departments that talk to each other very much."
)
@click.option(
    "--one-person-bridge/--no-one-person-bridge",
    default=True,
    help="Add a department that reaches the others through a single person.",
)
@click.option(
    "--half-company/--no-half-company",
    default=False,
    help="Add a department with deep contact to half of the others only.",
)
@click.option(
    "--walls",
    type=click.IntRange(0),
    default=0,
    show_default=True,
    metavar="N",
    help="Number of pairs of departments to separate by removing ties between them.",
)
@click.option(
    "--wall-left",
    type=click.FloatRange(0, 1, max_open=True),
    default=0.0,
    show_default=True,
    metavar="X",
    help="Share of the ties that is left between two walled-off departments.",
)
@click.option(
    "--leadership",
    type=click.Choice(["listening", "broadcasting"]),
    help="How leaders respond to the people below them.",
)
@click.option(
    "--slow-across",
    type=click.FloatRange(0, min_open=True),
    default=1.0,
    show_default=True,
    metavar="X",
    help="Factor on the time that an answer to another department takes.",
)
@click.option(
    "--externals",
    type=click.IntRange(0),
    default=0,
    show_default=True,
    metavar="N",
    help="Number of customers in the roster.",
)
@click.option(
    "--communities",
    type=click.IntRange(0),
    default=24,
    show_default=True,
    metavar="N",
    help="Number of communities in a tool (channels, groups); 0 adds none.",
)
@click.option(
    "--disjoint-communities",
    type=click.IntRange(0),
    default=2,
    show_default=True,
    metavar="N",
    help="Number of communities that one department fills alone and that share no members with others.",
)
@click.option(
    "--bridge-communities",
    type=click.IntRange(0),
    default=2,
    show_default=True,
    metavar="N",
    help="Number of communities with people from all departments.",
)
@click.option(
    "--unknown",
    type=click.IntRange(0),
    default=8,
    show_default=True,
    metavar="N",
    help="Number of people in the log whom the roster does not list.",
)
@click.option("--start", default="2025-01-06", show_default=True, metavar="DATE", help="First day of the log.")
@click.option(
    "--seed", type=click.IntRange(0), default=0, show_default=True, metavar="N", help="Seed of every random choice."
)
@click.option(
    "--file-format", type=click.Choice(["csv", "parquet"]), default="csv", show_default=True, help="Format of the log."
)
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
@_MAP
@click.option("--without", multiple=True, metavar="FIELD", help="Name a field that the log does not have (repeatable).")
@_SINCE
@_UNTIL
@_MAX_RECIPIENTS
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


def _inputs(
    logs: tuple[str, ...],
    roster: str,
    log_format: str | None,
    columns: dict[str, str],
    sheets: tuple[str, ...],
    roster_columns: dict[str, str],
    roster_sheet: str | None,
    keep: tuple[str, ...],
    key_file: str | None,
    date_order: "DateOrder | None",
    engine: "Engine",
) -> tuple[Any, Any]:
    from silos.readers import read_interactions
    from silos.readers.roster import read_roster

    _refuse_words(log_format, columns, roster_columns)
    staff = read_roster(
        roster, columns=roster_columns, date_order=date_order, key_file=key_file, sheet=roster_sheet, keep=keep
    )
    with _bytes_read() as progress:
        interactions = read_interactions(
            list(logs),
            format=log_format,
            columns=columns,
            date_order=date_order,
            sheet=sheets,
            engine=engine,
            progress=progress,
        )
    return interactions, staff


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


@contextmanager
def _bytes_read() -> Iterator[Callable[[int, int], None] | None]:
    """A progress bar over the bytes of the logs, shown only when standard error is a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from tqdm import tqdm

    with tqdm(desc="reading", unit="B", unit_scale=True, leave=False) as bar:

        def read(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield read


@contextmanager
def _progress(stages: Sequence[str] = STAGES) -> Iterator[Callable[[str], None]]:
    """A progress bar over the stages, shown only when standard error is a terminal."""
    if not sys.stderr.isatty():
        yield lambda name: None
        return
    from tqdm import tqdm

    with tqdm(total=len(stages), leave=False, bar_format="{l_bar}{bar}| {desc}") as bar:

        def stage(name: str) -> None:
            bar.set_description_str(name)
            bar.n = stages.index(name)
            bar.refresh()

        yield stage

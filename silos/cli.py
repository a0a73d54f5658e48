"""The command line: it translates words into calls and results into words, and nothing more."""

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

#: What `silos analyze` goes through, for the progress bar.
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
#: What `silos ingest` goes through.
ADDING = ("reading", "adding", "writing")


class Failing(click.Group):
    """A group whose commands say one sentence and exit with 1 where an input cannot be analysed."""

    def main(self, *given: Any, **options: Any) -> Any:
        """Run the command; as that of this process, which then ends at once, where no arguments are given."""
        if not (given or options):
            # Whoever stops a service or a job says it so: like Ctrl-C, it leaves nothing behind.
            signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            return super().main(*given, **options)
        except SystemExit as ending:
            if given or options or not isinstance(ending.code, int):
                raise
            # What libraries hold takes Python up to half a second to take apart, object by object. The system drops it.
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
            # What DuckDB makes of Ctrl-C while it runs a query.
            if str(error) != "Query interrupted":
                raise
            raise click.Abort from None


@click.group(cls=Failing, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="silos")
def main() -> None:
    """Find the silos of an organisation, and the department that connects it."""
    from silos.system.processes import hardly_collect

    hardly_collect()
    # Matrices of departments are small: threads of the linear algebra would spin beside one another. It asks once, when
    # it is loaded; who imports silos decides for themselves.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def _pairs(_context: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    pairs = {}
    for value in values:
        field, separator, column = value.partition("=")
        if not (separator and field and column):
            raise click.BadParameter(f"{value!r} is not {parameter.metavar}.", param=parameter)
        pairs[field] = column
    return pairs


def _kinds(_context: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    from silos.ties.log_kinds import asked_kinds

    try:
        return asked_kinds(values)
    except SilosError as error:
        raise click.BadParameter(str(error), param=parameter) from None


_LOGS = click.argument("logs", nargs=-1, required=True, metavar="LOG...")
_FORMAT = click.option(
    "--format", "log_format", metavar="NAME", help="Read every LOG in this format (see silos formats)."
)
_MAP = click.option(
    "--map", "columns", multiple=True, callback=_pairs, metavar="FIELD=COLUMN", help="A field is in this column."
)
_SHEET = click.option(
    "--sheet", "sheets", multiple=True, metavar="NAME", help="The sheet to read of a workbook (.xlsx, .xls, .ods)."
)
_DATE_ORDER = click.option(
    "--date-order", type=click.Choice(["day-first", "month-first"]), help="How to read dates such as 03/04/2025."
)
_SINCE = click.option("--since", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]), help="Keep from this date on.")
_UNTIL = click.option("--until", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]), help="Keep before this date.")
_MAX_RECIPIENTS = click.option(
    "--max-recipients",
    type=click.IntRange(1),
    default=20,
    show_default=True,
    metavar="N",
    help="What reached more people is a broadcast and makes no tie.",
)
_READING: tuple[Callable[..., Any], ...] = (
    click.option("--roster", required=True, metavar="ROSTER", help="HR's list of people and departments."),
    _FORMAT,
    _MAP,
    _SHEET,
    click.option(
        "--roster-map",
        "roster_columns",
        multiple=True,
        callback=_pairs,
        metavar="FIELD=COLUMN",
        help="A field of the roster is in this column.",
    ),
    click.option("--roster-sheet", metavar="NAME", help="The sheet to read of a roster that is a workbook."),
    click.option(
        "--roster-keep",
        "keep",
        multiple=True,
        metavar="WORD",
        help="A value of the roster that looks like a placeholder and is none.",
    ),
    click.option(
        "--same-domain",
        "same_domains",
        multiple=True,
        callback=_pairs,
        metavar="OTHER=OURS",
        help="Addresses at OTHER are those of the same people at OURS.",
    ),
    click.option("--key-file", metavar="FILE", help="The key of the pseudonyms that silos ingest made."),
    _DATE_ORDER,
    click.option("--by", default="department", show_default=True, metavar="COLUMN", help="Names the units."),
    _SINCE,
    _UNTIL,
    _MAX_RECIPIENTS,
    click.option(
        "--log-kind",
        "log_kinds",
        multiple=True,
        callback=_kinds,
        metavar="[MEDIUM=]KIND",
        help="What a row is: messages, meetings, contacts, acts or survey.",
    ),
    click.option(
        "--engine",
        type=click.Choice(["duckdb", "spark"]),
        default="duckdb",
        show_default=True,
        help="What aggregates the log.",
    ),
)


def _reading(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(_READING):
        command = option(command)
    return _LOGS(command)


@main.command()
@_reading
@click.option("-o", "--output", "out", required=True, metavar="OUT", help="Directory to write: whole or not at all.")
@click.option("--window", type=click.Choice(["week", "month", "quarter"]), help="Also analyse each window.")
@click.option(
    "--min-department",
    type=click.IntRange(1),
    default=5,
    show_default=True,
    metavar="N",
    help="Smaller departments are merged and never shown alone.",
)
@click.option(
    "--service-department",
    "service_departments",
    multiple=True,
    metavar="NAME",
    help="A known service desk: never proclaimed the connector.",
)
@click.option(
    "--bootstrap",
    type=click.IntRange(2),
    default=500,
    show_default=True,
    metavar="N",
    help="Replicates of the person bootstrap.",
)
@click.option(
    "--seed", type=click.IntRange(0), default=0, show_default=True, metavar="N", help="Of every random choice."
)
@click.option("--lang", type=click.Choice(languages()), default="en", show_default=True, help="Of the report.")
@click.option("--people", is_flag=True, help="Also write person-level tables.")
@click.option("--leave-out-accounts", is_flag=True, help="Leave out senders that behave like accounts.")
def analyze(
    logs: tuple[str, ...],
    roster: str,
    log_format: str | None,
    columns: dict[str, str],
    sheets: tuple[str, ...],
    roster_columns: dict[str, str],
    roster_sheet: str | None,
    keep: tuple[str, ...],
    same_domains: dict[str, str],
    key_file: str | None,
    date_order: "DateOrder | None",
    by: str,
    since: datetime | None,
    until: datetime | None,
    max_recipients: int,
    log_kinds: dict[str, str],
    engine: "Engine",
    out: str,
    window: str | None,
    min_department: int,
    service_departments: tuple[str, ...],
    bootstrap: int,
    seed: int,
    lang: str,
    people: bool,
    leave_out_accounts: bool,
) -> None:
    """Find silos, walls and the connector department: write a report, tables and figures to OUT.

    LOG is a file, a zip, a folder or a quoted glob; several may be given.
    """
    # First of all: it loads what draws while the rest is loaded here.
    from silos.report.figure_workers import pens

    with pens() as others:
        _refuse_words(log_format, columns, roster_columns)
        staff = _staff(roster, roster_columns, roster_sheet, keep, same_domains, key_file, date_order)
        interactions = _interactions(logs, log_format, columns, sheets, date_order, engine)
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
                log_kinds=log_kinds,
                leave_out_accounts=leave_out_accounts,
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
@click.option("-o", "--output", "out", metavar="FILE", help="Also write what was found as JSON.")
@click.option("--people", is_flag=True, help="Show example ids as they are, not as shapes.")
def check(
    logs: tuple[str, ...],
    roster: str,
    log_format: str | None,
    columns: dict[str, str],
    sheets: tuple[str, ...],
    roster_columns: dict[str, str],
    roster_sheet: str | None,
    keep: tuple[str, ...],
    same_domains: dict[str, str],
    key_file: str | None,
    date_order: "DateOrder | None",
    by: str,
    since: datetime | None,
    until: datetime | None,
    max_recipients: int,
    log_kinds: dict[str, str],
    engine: "Engine",
    out: str | None,
    people: bool,
) -> None:
    """Say what was read, rejected and unmatched, and what mends it, before any analysis."""
    from silos.analysis.input_check import inspect, refuse_place, seen

    if out:
        refuse_place(out, inputs=[roster, *logs, *([key_file] if key_file else [])])
    _refuse_words(log_format, columns, roster_columns)
    faults: list[SilosError] = []
    staff = interactions = None
    try:
        staff = _staff(roster, roster_columns, roster_sheet, keep, same_domains, key_file, date_order)
    except SilosError as fault:
        faults.append(fault)
    try:
        interactions = _interactions(logs, log_format, columns, sheets, date_order, engine)
    except SilosError as fault:
        faults.append(fault)
    if staff is None or interactions is None:
        # What could be read is said before why the other could not.
        if told := seen(interactions, staff):
            click.echo(told)
        raise SilosError("\n".join(map(str, faults)))
    result = inspect(
        interactions, staff, by=by, since=since, until=until, max_recipients=max_recipients, log_kinds=log_kinds
    )
    click.echo(result.text(people=people))
    if out:
        result.write(out, people=people)
    if result.refusal:
        raise SilosError(result.refusal)


@main.command()
@_LOGS
@_FORMAT
@_MAP
@_SHEET
@_DATE_ORDER
@click.option("-o", "--output", "out", required=True, metavar="DIR", help="The store: new, or made by silos ingest.")
@click.option("--key-file", metavar="FILE", help="Replace ids by pseudonyms under the key in this file.")
def ingest(
    logs: tuple[str, ...],
    log_format: str | None,
    columns: dict[str, str],
    sheets: tuple[str, ...],
    date_order: "DateOrder | None",
    out: str,
    key_file: str | None,
) -> None:
    """Add exports to a store of canonical, content-free Parquet, a folder a month, that silos analyze reads.

    LOG is a file, a zip, a folder or a quoted glob; several may be given.
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
@click.option("-o", "--output", "out", required=True, metavar="DIR", help="Directory to write: whole or not at all.")
@click.option("--people", type=click.IntRange(20), default=300, show_default=True, metavar="N", help="In the roster.")
@click.option("--departments", type=click.IntRange(3), default=12, show_default=True, metavar="N", help="How many.")
@click.option("--weeks", type=click.IntRange(1), default=12, show_default=True, metavar="N", help="Length of the log.")
@click.option("--rows", type=click.IntRange(1), metavar="N", help="About how many rows; as the people make them.")
@click.option(
    "--generator",
    type=click.Choice(["blocks", "latent", "tasks"]),
    default="blocks",
    show_default=True,
    help="Block model, latent space with projects, or tasks in queues.",
)
@click.option(
    "--silos", "silo_count", type=click.IntRange(0), default=1, show_default=True, metavar="N", help="Planted ones."
)
@click.option(
    "--silo-strength",
    type=click.FloatRange(0, 1),
    default=0.3,
    show_default=True,
    metavar="X",
    help="Factor of a silo's affinity with the others.",
)
@click.option("--connector", default="Marketing", show_default=True, metavar="NAME", help="Planted; '' for none.")
@click.option(
    "--connector-strength",
    type=click.FloatRange(1),
    default=3.0,
    show_default=True,
    metavar="X",
    help="Factor of the connector's affinity with the others.",
)
@click.option("--biggest/--no-biggest", default=True, help="One department far bigger than the others.")
@click.option("--mail-room/--no-mail-room", default=True, help="Everybody writes to it; it acknowledges.")
@click.option("--newsletter/--no-newsletter", default=True, help="An account that writes to everybody.")
@click.option("--bilateral-pair/--no-bilateral-pair", default=True, help="Two departments that talk very much.")
@click.option("--one-person-bridge/--no-one-person-bridge", default=True, help="One person reaches all others.")
@click.option("--half-company/--no-half-company", default=False, help="A department deep with half of the others.")
@click.option(
    "--walls",
    type=click.IntRange(0),
    default=0,
    show_default=True,
    metavar="N",
    help="Pairs of departments between which ties are taken away.",
)
@click.option(
    "--wall-left",
    type=click.FloatRange(0, 1, max_open=True),
    default=0.0,
    show_default=True,
    metavar="X",
    help="Share of the ties between them that is left.",
)
@click.option("--leadership", type=click.Choice(["listening", "broadcasting"]), help="How leaders treat those below.")
@click.option(
    "--slow-across",
    type=click.FloatRange(0, min_open=True),
    default=1.0,
    show_default=True,
    metavar="X",
    help="Factor of the time an answer across departments takes.",
)
@click.option(
    "--externals", type=click.IntRange(0), default=0, show_default=True, metavar="N", help="Customers in the roster."
)
@click.option(
    "--communities",
    type=click.IntRange(0),
    default=24,
    show_default=True,
    metavar="N",
    help="Of a tool (channels, groups); 0 for none.",
)
@click.option(
    "--disjoint-communities",
    type=click.IntRange(0),
    default=2,
    show_default=True,
    metavar="N",
    help="Of one department alone, sharing nobody.",
)
@click.option(
    "--bridge-communities",
    type=click.IntRange(0),
    default=2,
    show_default=True,
    metavar="N",
    help="With people of all departments.",
)
@click.option("--unknown", type=click.IntRange(0), default=8, show_default=True, metavar="N", help="Not in the roster.")
@click.option("--start", default="2025-01-06", show_default=True, metavar="DATE", help="First day of the log.")
@click.option(
    "--seed", type=click.IntRange(0), default=0, show_default=True, metavar="N", help="Of every random choice."
)
@click.option(
    "--file-format", type=click.Choice(["csv", "parquet"]), default="csv", show_default=True, help="Of the log."
)
def simulate(out: str, file_format: Literal["csv", "parquet"], connector: str, silo_count: int, **options: Any) -> None:
    """Make up an organisation with planted silos, a connector and decoys: interactions, roster and truth.json."""
    from silos.simulate import organisation

    made = organisation(silos=silo_count, connector=connector or None, **options)
    made.write(out, file_format=file_format)


@main.command()
@click.option(
    "--dialect",
    type=click.Choice(["bigquery", "databricks", "duckdb", "postgres", "snowflake", "spark"]),
    required=True,
    help="Of the warehouse.",
)
@click.option("--log", default="interactions", show_default=True, metavar="TABLE", help="Who wrote to whom, and when.")
@click.option("--roster", default="roster", show_default=True, metavar="TABLE", help="People and departments.")
@click.option("--aliases", metavar="TABLE", help="Other ids of people in the log: alias, person.")
@click.option("--by", default="department", show_default=True, metavar="COLUMN", help="Names the units.")
@click.option("--kind", metavar="COLUMN", help="Of the roster: employee, external, bot, room, shared mailbox.")
@_MAP
@click.option("--without", multiple=True, metavar="FIELD", help="A field that the log lacks (repeatable).")
@_SINCE
@_UNTIL
@_MAX_RECIPIENTS
def sql(dialect: str, **options: Any) -> None:
    """Print the script that counts ties in a warehouse; its last table is what silos analyze reads."""
    from silos.ties.warehouse import script

    _refuse_words(None, options["columns"])
    click.echo(script(dialect, **options), nl=False)


@main.command()
def formats() -> None:
    """The formats that can be read, one line each."""
    from silos.readers import FORMATS

    width = max(map(len, FORMATS))
    for name, reader in FORMATS.items():
        click.echo(f"{name:<{width}}  {reader.description}")


def _staff(
    roster: str,
    roster_columns: dict[str, str],
    roster_sheet: str | None,
    keep: tuple[str, ...],
    same_domains: dict[str, str],
    key_file: str | None,
    date_order: "DateOrder | None",
) -> Any:
    from silos.readers.roster import read_roster

    return read_roster(
        roster,
        columns=roster_columns,
        date_order=date_order,
        key_file=key_file,
        sheet=roster_sheet,
        keep=keep,
        same_domains=same_domains,
    )


def _interactions(
    logs: tuple[str, ...],
    log_format: str | None,
    columns: dict[str, str],
    sheets: tuple[str, ...],
    date_order: "DateOrder | None",
    engine: "Engine",
) -> Any:
    from silos.readers import read_interactions

    with _bytes_read() as progress:
        return read_interactions(
            list(logs),
            format=log_format,
            columns=columns,
            date_order=date_order,
            sheet=sheets,
            engine=engine,
            progress=progress,
        )


def _refuse_words(
    log_format: str | None, columns: dict[str, str], roster_columns: dict[str, str] | None = None
) -> None:
    """Refuse a format or a field that does not exist: wrong usage, whatever the files hold.

    Not a callback of the options, as those run before what draws is started, and this loads much.
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
    """A bar over the bytes of the logs on standard error; none where that is no terminal."""
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
    """A bar over the stages on standard error; silent where that is no terminal."""
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

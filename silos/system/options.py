"""The options that several commands share: how to read the log and the roster, which part of them, how to judge."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import click

from silos.locales import languages


class Filled(click.ParamType):  # type: ignore[type-arg]  # generic in the newest click alone
    """A text that is not empty: an empty one is a variable of the shell that is not set, and stands for nothing."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The text."""
        if not str(value).strip():
            self.fail("it is empty: a variable of the shell that is not set, perhaps.", param, ctx)
        return str(value)


class Moment(click.ParamType):  # type: ignore[type-arg]  # generic in the newest click alone
    """A day, or a moment of one, in UTC."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """The moment, without its zone."""
        if isinstance(value, datetime):
            return value
        try:
            moment = datetime.fromisoformat(value.strip())
        except ValueError:
            self.fail(f"{value!r} is no date such as 2025-03-31, or time such as 2025-03-31T14:00.", param, ctx)
        return moment if moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None)


FILLED, MOMENT = Filled(), Moment()


def _pairs(_context: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for value in values:
        field, separator, column = value.partition("=")
        if not (separator and field and column):
            raise click.BadParameter(f"{value!r} is not {parameter.metavar}.", param=parameter)
        if pairs.setdefault(field, column) != column:
            raise click.BadParameter(
                f"{field!r} is given twice, with {pairs[field]!r} and {column!r}, and can have one value.",
                param=parameter,
            )
    return pairs


def _columns(context: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """The columns of each field, in the order in which they are given: each log has its own."""
    columns: dict[str, tuple[str, ...]] = {}
    for value in values:
        for field, column in _pairs(context, parameter, (value,)).items():
            columns[field] = tuple(dict.fromkeys((*columns.get(field, ()), column)))
    return columns


LOGS = click.argument("logs", nargs=-1, required=True, type=FILLED, metavar="LOG...")
FORMAT = click.option(
    "--format", "log_format", type=FILLED, metavar="NAME", help="Read every LOG in this format (see silos formats)."
)
MAP = click.option(
    "--map",
    "columns",
    multiple=True,
    callback=_columns,
    metavar="FIELD=COLUMN",
    help="Read a field from this column. Repeatable, also for one field where logs differ. Fields: timestamp, sender, "
    "recipient, medium, event, thread, kind, recipients, weight.",
)
SHEET = click.option(
    "--sheet",
    "sheets",
    multiple=True,
    type=FILLED,
    metavar="NAME",
    help="Sheet to read from a workbook (.xlsx, .xls, .ods).",
)
DATE_ORDER = click.option(
    "--date-order", type=click.Choice(["day-first", "month-first"]), help="How to read dates such as 03/04/2025."
)
SINCE = click.option("--since", type=MOMENT, metavar="DATE", help="Use only rows from this date on.")
UNTIL = click.option("--until", type=MOMENT, metavar="DATE", help="Use only rows from before this date.")
MAX_RECIPIENTS = click.option(
    "--max-recipients",
    type=click.IntRange(1),
    default=20,
    show_default=True,
    metavar="N",
    help="Treat a message or meeting with more recipients as a broadcast, which makes no tie.",
)
READING: tuple[Callable[..., Any], ...] = (
    click.option(
        "--roster", required=True, type=FILLED, metavar="ROSTER", help="HR's list of people and their departments."
    ),
    FORMAT,
    MAP,
    SHEET,
    click.option(
        "--roster-map",
        "roster_columns",
        multiple=True,
        callback=_pairs,
        metavar="FIELD=COLUMN",
        help="Read this field of the roster from this column.",
    ),
    click.option("--roster-sheet", type=FILLED, metavar="NAME", help="Sheet to read when the roster is a workbook."),
    click.option(
        "--roster-keep",
        "keep",
        multiple=True,
        type=FILLED,
        metavar="WORD",
        help="Keep this value of the roster, although it looks like a placeholder.",
    ),
    click.option(
        "--same-domain",
        "same_domains",
        multiple=True,
        callback=_pairs,
        metavar="OTHER=OURS",
        help="Addresses at OTHER are those of the same people at OURS.",
    ),
    click.option("--key-file", type=FILLED, metavar="FILE", help="Key file that silos ingest used for the pseudonyms."),
    DATE_ORDER,
    click.option(
        "--by",
        multiple=True,
        type=FILLED,
        callback=lambda _context, _option, columns: columns or "department",
        metavar="COLUMN",
        help="Column of the roster that names each person's unit, department if not given; several are crossed.",
    ),
    SINCE,
    UNTIL,
    MAX_RECIPIENTS,
    click.option(
        "--log-kind",
        "log_kinds",
        multiple=True,
        metavar="[MEDIUM=]KIND",
        help="What a row is: messages, meetings, contacts, acts or survey.",
    ),
    click.option(
        "--engine",
        type=click.Choice(["duckdb", "spark"]),
        default="duckdb",
        show_default=True,
        help="Engine that aggregates the log.",
    ),
)


def reading(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the arguments and options that say what to read."""
    for option in reversed(READING):
        command = option(command)
    return LOGS(command)


#: How departments and the connector are judged, and in which language that is told.
JUDGING: tuple[Callable[..., Any], ...] = (
    click.option(
        "--min-department",
        type=click.IntRange(3),
        default=5,
        show_default=True,
        metavar="N",
        help="Merge smaller departments and never show one of them alone; at least 3.",
    ),
    click.option(
        "--service-department",
        "service_departments",
        multiple=True,
        type=FILLED,
        metavar="NAME",
        help="Declare a service desk, which is then never named as the connector.",
    ),
    click.option(
        "--bootstrap",
        type=click.IntRange(2),
        default=500,
        show_default=True,
        metavar="N",
        help="Number of bootstrap replicates (people are resampled).",
    ),
    click.option(
        "--seed", type=click.IntRange(0), default=0, show_default=True, metavar="N", help="Seed of every random choice."
    ),
    click.option(
        "--unit",
        metavar="WORD",
        help="What a unit is called in sentences, as site or Werk/Werke; taken from --by if not given.",
    ),
    click.option(
        "--lang", type=click.Choice(languages()), default="en", show_default=True, help="Language of the report."
    ),
)


def judging(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that say how to judge."""
    for option in reversed(JUDGING):
        command = option(command)
    return command


#: Lets exact counts into the files of a command.
EXACT: Callable[..., Any] = click.option(
    "--exact", is_flag=True, help="Write counts as they are, instead of in steps of five."
)

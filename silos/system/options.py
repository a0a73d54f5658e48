"""The options that several commands share: how to read the log and the roster, and which part of them."""

from collections.abc import Callable
from typing import Any

import click

from silos.locales import languages


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


LOGS = click.argument("logs", nargs=-1, required=True, metavar="LOG...")
FORMAT = click.option(
    "--format", "log_format", metavar="NAME", help="Read every LOG in this format (see silos formats)."
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
    "--sheet", "sheets", multiple=True, metavar="NAME", help="Sheet to read from a workbook (.xlsx, .xls, .ods)."
)
DATE_ORDER = click.option(
    "--date-order", type=click.Choice(["day-first", "month-first"]), help="How to read dates such as 03/04/2025."
)
SINCE = click.option(
    "--since", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]), help="Use only rows from this date on."
)
UNTIL = click.option(
    "--until", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]), help="Use only rows from before this date."
)
MAX_RECIPIENTS = click.option(
    "--max-recipients",
    type=click.IntRange(1),
    default=20,
    show_default=True,
    metavar="N",
    help="Treat a message or meeting with more recipients as a broadcast, which makes no tie.",
)
READING: tuple[Callable[..., Any], ...] = (
    click.option("--roster", required=True, metavar="ROSTER", help="HR's list of people and their departments."),
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
    click.option("--roster-sheet", metavar="NAME", help="Sheet to read when the roster is a workbook."),
    click.option(
        "--roster-keep",
        "keep",
        multiple=True,
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
    click.option("--key-file", metavar="FILE", help="Key file that silos ingest used for the pseudonyms."),
    DATE_ORDER,
    click.option(
        "--by",
        multiple=True,
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

#: What `silos simulate` can plant.
PLANTING: tuple[Callable[..., Any], ...] = (
    click.option(
        "-o",
        "--output",
        "out",
        required=True,
        metavar="DIR",
        help="Directory to write; it is written completely or not at all.",
    ),
    click.option(
        "--people",
        type=click.IntRange(20),
        default=300,
        show_default=True,
        metavar="N",
        help="Number of people in the roster.",
    ),
    click.option(
        "--departments",
        type=click.IntRange(3),
        default=12,
        show_default=True,
        metavar="N",
        help="Number of departments.",
    ),
    click.option(
        "--weeks",
        type=click.IntRange(1),
        default=12,
        show_default=True,
        metavar="N",
        help="Length of the log in weeks.",
    ),
    click.option("--rows", type=click.IntRange(1), metavar="N", help="Approximate number of rows in the log."),
    click.option(
        "--generator",
        type=click.Choice(["blocks", "latent", "tasks"]),
        default="blocks",
        show_default=True,
        help="Model of the organisation: block model, latent space with projects, or tasks in queues.",
    ),
    click.option(
        "--silos",
        "silo_count",
        type=click.IntRange(0),
        default=1,
        show_default=True,
        metavar="N",
        help="Number of silos to plant.",
    ),
    click.option(
        "--silo-strength",
        type=click.FloatRange(0, 1),
        default=0.3,
        show_default=True,
        metavar="X",
        help="Factor on a silo's affinity with every other department.",
    ),
    click.option(
        "--connector",
        default="Marketing",
        show_default=True,
        metavar="NAME",
        help="Department to plant as the connector; '' plants none.",
    ),
    click.option(
        "--connector-strength",
        type=click.FloatRange(1),
        default=3.0,
        show_default=True,
        metavar="X",
        help="Factor on the connector's affinity with every other department.",
    ),
    click.option("--biggest/--no-biggest", default=True, help="Make one department far bigger than the others."),
    click.option(
        "--mail-room/--no-mail-room",
        default=True,
        help="Add a mail room: everybody writes to it, and it only acknowledges.",
    ),
    click.option("--newsletter/--no-newsletter", default=True, help="Add an account that writes to everybody."),
    click.option(
        "--bilateral-pair/--no-bilateral-pair",
        default=True,
        help="Add two departments that talk to each other very much.",
    ),
    click.option(
        "--one-person-bridge/--no-one-person-bridge",
        default=True,
        help="Add a department that reaches the others through a single person.",
    ),
    click.option(
        "--half-company/--no-half-company",
        default=False,
        help="Add a department with deep contact to half of the others only.",
    ),
    click.option(
        "--walls",
        type=click.IntRange(0),
        default=0,
        show_default=True,
        metavar="N",
        help="Number of pairs of departments to separate by removing ties between them.",
    ),
    click.option(
        "--wall-left",
        type=click.FloatRange(0, 1, max_open=True),
        default=0.0,
        show_default=True,
        metavar="X",
        help="Share of the ties that is left between two walled-off departments.",
    ),
    click.option(
        "--leadership",
        type=click.Choice(["listening", "broadcasting"]),
        help="How leaders respond to the people below them.",
    ),
    click.option(
        "--slow-across",
        type=click.FloatRange(0, min_open=True),
        default=1.0,
        show_default=True,
        metavar="X",
        help="Factor on the time that an answer to another department takes.",
    ),
    click.option(
        "--externals",
        type=click.IntRange(0),
        default=0,
        show_default=True,
        metavar="N",
        help="Number of customers in the roster.",
    ),
    click.option(
        "--communities",
        type=click.IntRange(0),
        default=24,
        show_default=True,
        metavar="N",
        help="Number of communities in a tool (channels, groups); 0 adds none.",
    ),
    click.option(
        "--disjoint-communities",
        type=click.IntRange(0),
        default=2,
        show_default=True,
        metavar="N",
        help="Number of communities that one department fills alone and that share no members with others.",
    ),
    click.option(
        "--bridge-communities",
        type=click.IntRange(0),
        default=2,
        show_default=True,
        metavar="N",
        help="Number of communities with people from all departments.",
    ),
    click.option(
        "--unknown",
        type=click.IntRange(0),
        default=8,
        show_default=True,
        metavar="N",
        help="Number of people in the log whom the roster does not list.",
    ),
    click.option(
        "--silo-opens",
        type=click.IntRange(1),
        metavar="WEEKS",
        help="Number of weeks after which the first silo opens.",
    ),
    click.option(
        "--connector-dissolves",
        type=click.IntRange(1),
        metavar="WEEKS",
        help="Number of weeks after which the connector becomes like any department.",
    ),
    click.option(
        "--reorganisation",
        type=click.IntRange(1),
        metavar="WEEKS",
        help="Number of weeks after which people change department and their ties follow.",
    ),
    click.option(
        "--half-life",
        type=click.FloatRange(0, min_open=True),
        default=4.0,
        show_default=True,
        metavar="WEEKS",
        help="Weeks in which half of the ties of those people follow.",
    ),
    click.option(
        "--paper-reorganisation",
        type=click.IntRange(1),
        metavar="WEEKS",
        help="Number of weeks after which people change department and their ties stay as they are.",
    ),
    click.option(
        "--moved",
        type=click.IntRange(1),
        default=20,
        show_default=True,
        metavar="N",
        help="Number of people who move in each of the two reorganisations.",
    ),
    click.option(
        "--season",
        type=click.FloatRange(0, 1, max_open=True),
        default=0.0,
        show_default=True,
        metavar="X",
        help="Share of the traffic that is missing at the height of summer.",
    ),
    click.option(
        "--traffic-halves",
        type=click.IntRange(1),
        metavar="WEEKS",
        help="Number of weeks after which everybody writes and meets half as much.",
    ),
    click.option(
        "--leavers",
        type=click.FloatRange(0, 0.4),
        default=0.0,
        show_default=True,
        metavar="X",
        help="Share of the people who leave during the log, one by one.",
    ),
    click.option(
        "--joiners",
        type=click.FloatRange(0, 0.4),
        default=0.0,
        show_default=True,
        metavar="X",
        help="Share of the people who join during the log, one by one.",
    ),
    click.option("--start", default="2025-01-06", show_default=True, metavar="DATE", help="First day of the log."),
    click.option(
        "--seed", type=click.IntRange(0), default=0, show_default=True, metavar="N", help="Seed of every random choice."
    ),
    click.option(
        "--file-format",
        type=click.Choice(["csv", "parquet"]),
        default="csv",
        show_default=True,
        help="Format of the log.",
    ),
)


def planting(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that say what to plant in a simulated organisation."""
    for option in reversed(PLANTING):
        command = option(command)
    return command

"""`silos simulate`."""

from collections.abc import Callable
from typing import Any, Literal

import click

from silos.cli.inputs import of_usage
from silos.system.options import FILLED

#: What `silos simulate` can plant.
PLANTING: tuple[Callable[..., Any], ...] = (
    click.option(
        "-o",
        "--output",
        "out",
        required=True,
        type=FILLED,
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
        type=click.Choice(["listening", "broadcasting", "unresponsive"]),
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


@click.command(short_help="Simulate an organisation with planted silos and a connector.")
@planting
def simulate(out: str, file_format: Literal["csv", "parquet"], connector: str, silo_count: int, **options: Any) -> None:
    """Simulate an organisation with planted silos, a connector and decoys, as a log, a roster and truth.json."""
    from silos.simulate import organisation

    with of_usage():
        made = organisation(silos=silo_count, connector=connector or None, **options)
    made.write(out, file_format=file_format)

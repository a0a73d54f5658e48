"""`silos analyze`."""

from typing import Any

import click
from click.core import ParameterSource

from silos.cli.inputs import interactions_of, of_analysis, parameters_of, refuse_words, staff_of
from silos.errors import SilosError
from silos.system.console import complain, progress
from silos.system.figure_kinds import figure_kinds
from silos.system.options import EXACT, FILLED, judging, reading

#: The stages of `silos analyze`, for the progress bar.
STAGES = (
    "reading",
    "counting ties",
    "varying settings",
    "bootstrap",
    "communities",
    "departments",
    "connector",
    "what would help",
    "dialogue",
    "writing",
)

#: What is more than the noisy matrix, or rests on what its budget does not cover: who behaves like an account is read
#: off the log.
BEYOND_MATRIX = ("people", "exact", "window", "events", "deck", "figures_as", "leave_out_accounts")
#: What changes nothing in the noisy matrix: there are no replicates, no connector, no advice and no communities.
IDLE_WITH_MATRIX = (
    *("event_departments", "service_departments", "bootstrap", "unit", "no_few", "name_communities"),
    *("most_new_ties", "never_join", "join_within", "log_kinds"),
)

#: The options of which the limits of new ties are made.
_OF_LIMITS = ("most_new_ties", "never_join", "join_within")


def _names(_context: click.Context, _parameter: click.Parameter, value: str | None) -> tuple[str, ...]:
    """Names separated by commas."""
    return tuple(name.strip() for name in (value or "").split(",") if name.strip())


def _kinds(context: click.Context, parameter: click.Parameter, value: str) -> tuple[str, ...]:
    """Kinds of files from a list, or `both`, or `none`."""
    try:
        return figure_kinds(value)
    except SilosError as error:
        raise click.BadParameter(str(error), context, parameter) from None


def _asked(options: dict[str, Any]) -> dict[str, Any]:
    """The options of the analysis itself, with what advice keeps to as one of them."""
    from silos.analysis.join_limits import JoinLimits, pairs_of

    try:
        limits = JoinLimits(options["most_new_ties"], pairs_of(options["never_join"]), options["join_within"])
    except SilosError as error:
        raise click.BadParameter(str(error), click.get_current_context(), param_hint="--never-join") from None
    asked = {name: value for name, value in of_analysis(options).items() if name not in _OF_LIMITS}
    return asked | {"join_limits": limits}


@click.command(short_help="Find silos, walls and the connector, and write a report.")
@reading
@click.option(
    "-o",
    "--output",
    "out",
    required=True,
    type=FILLED,
    metavar="OUT",
    help="Directory to write; it is written completely or not at all.",
)
@click.option(
    "--window",
    type=click.Choice(["week", "month", "quarter"]),
    help="Also analyse each week, month or quarter by itself.",
)
@click.option(
    "--event",
    "events",
    multiple=True,
    metavar="DATE=LABEL",
    help="Compare before with after something dated, such as a reorganisation.",
)
@click.option(
    "--event-departments",
    metavar="A,B",
    callback=_names,
    help="Departments that the events touched, separated by commas.",
)
@judging
@click.option(
    "--most-new-ties",
    type=click.IntRange(1),
    metavar="N",
    help="Advise a department at most this number of new ties.",
)
@click.option(
    "--never-join",
    multiple=True,
    metavar="A,B",
    help="Never advise bringing these two departments together.",
)
@click.option(
    "--join-within",
    type=FILLED,
    metavar="COLUMN",
    help="Advise new ties only between departments with people at one site, by this column of the roster.",
)
@click.option(
    "--name-communities",
    default="all",
    type=FILLED,
    show_default=True,
    metavar="all|none|FILE",
    help="Name all public communities, none, or those that a file lists, one on each line.",
)
@click.option("--deck", is_flag=True, help="Also write five slides, report.pptx (needs the extra deck).")
@click.option("--people", is_flag=True, help="Also write tables about individual people.")
@click.option(
    "--figures",
    "figures_as",
    default="svg,png",
    show_default=True,
    metavar="LIST",
    callback=_kinds,
    help="Write each figure as svg, png, both or none.",
)
@EXACT
@click.option("--no-few", is_flag=True, help="Say nothing that depends on very few people.")
@click.option(
    "--dp-epsilon",
    type=click.FloatRange(0, min_open=True),
    metavar="E",
    help="Publish only the matrix of departments, with noise: differential privacy of persons.",
)
@click.option("--leave-out-accounts", is_flag=True, help="Leave out senders that behave like accounts.")
def analyze(
    *, out: str, lang: str, people: bool, exact: bool, deck: bool, figures_as: tuple[str, ...], **options: Any
) -> None:
    """Find silos, walls and the connector department, and write a report, tables and figures to OUT.

    LOG is a file, a zip, a folder or a quoted glob. Several logs may be given.
    """
    if (epsilon := options.pop("dp_epsilon")) is not None:
        _refuse_beyond_matrix()
        _private(out, lang, epsilon, **options)
        return
    # First of all: other processes load what draws, and what else takes long to load, while the log is read here.
    from silos.report.figure_workers import pens
    from silos.report.page_template import compiled

    with pens(_load) as others:
        # They have nothing else to do yet.
        page = others.ask_long(compiled)
        refuse_words(options["log_format"], options["columns"], options["roster_columns"])
        asked = _asked(options)
        parameters_of(asked)
        from silos.analysis.pipeline import analyze as run
        from silos.report.writer import OURS, Report
        from silos.system.files import free

        free(out, ours=OURS)
        if deck:
            from silos.report.deck import refuse_no_deck

            refuse_no_deck()
        staff, interactions = staff_of(options), interactions_of(options)
        with progress(STAGES) as stage:
            found = run(interactions, staff, **asked, progress=stage)
            stage("writing")
            report = Report(found, lang, people, exact, figures_as, deck)
            report.write(out, pens=others, page=page)
    for note in (*found.results.inputs.unheeded, *report.told.unanswered_in(lang)):
        complain(note)
    for finding in report.summary["findings"]:
        click.echo(f"- {finding['sentence']}")
    click.echo(f"\n{out}/report.html")


def _load() -> None:
    """Load the analysis. DuckDB is loaded with it, but has no threads until it is connected to."""
    import silos.analysis.pipeline  # noqa: F401


def _refuse_beyond_matrix() -> None:
    """Refuse what asks for files or figures beside the noisy matrix, and say which options change nothing in it."""
    context = click.get_current_context()
    given = {
        parameter.name: parameter.opts[0]
        for parameter in context.command.params
        if isinstance(parameter, click.Option)
        and context.get_parameter_source(str(parameter.name)) is not ParameterSource.DEFAULT
    }
    beyond = [option for name, option in given.items() if name in BEYOND_MATRIX and context.params[str(name)]]
    if beyond:
        raise click.UsageError(f"--dp-epsilon publishes the noisy matrix alone: it cannot go with {', '.join(beyond)}.")
    idle = [option for name, option in given.items() if name in IDLE_WITH_MATRIX]
    if idle:
        complain(f"with --dp-epsilon, {', '.join(idle)} {'has' if len(idle) == 1 else 'have'} no effect.")


def _private(out: str, lang: str, epsilon: float, **options: Any) -> None:
    """Write the noisy matrix, and nothing that its budget does not cover."""
    from silos.analysis.pipeline import count
    from silos.analysis.private_matrix import release
    from silos.privacy.columns import in_units
    from silos.report.private_matrix import OURS, PrivateReport
    from silos.system.files import free

    refuse_words(options["log_format"], options["columns"], options["roster_columns"])
    asked = parameters_of(_asked(options))
    free(out, ours=OURS)
    staff, interactions = staff_of(options), interactions_of(options)
    staff, column = in_units(staff, options["by"])
    asked = asked.on(staff, column)
    with progress(("reading", "counting ties", "writing")) as stage:
        stage("counting ties")
        found = release(count(interactions, staff, asked), asked, epsilon)
        stage("writing")
        report = PrivateReport(found, lang)
        report.write(out)
    for sentence in report.sentences:
        click.echo(f"- {sentence}")
    click.echo(f"\n{out}/report.html")

"""`silos what-if`."""

from typing import Any

import click

from silos.cli.inputs import interactions_of, of_analysis, parameters_of, refuse_words, staff_of
from silos.system.console import progress
from silos.system.options import EXACT, FILLED, judging, reading

#: The stages of `silos what-if`, for the progress bar.
CHARTING = ("reading", "counting ties", "both charts", "writing")


@click.command(short_help="Show the same ties under another chart, before it is drawn.")
@reading
@click.option(
    "--new-roster",
    required=True,
    type=FILLED,
    metavar="NEW",
    help="The roster as it would be: the same ids, other departments.",
)
@click.option(
    "-o",
    "--output",
    "out",
    required=True,
    type=FILLED,
    metavar="DIR",
    help="Directory to write; it is written completely or not at all.",
)
@judging
@EXACT
def what_if(*, out: str, lang: str, new_roster: str, exact: bool, **options: Any) -> None:
    """Show the same ties under another chart, before it is drawn: silos and connector, ties joined and ties cut.

    LOG is a file, a zip, a folder or a quoted glob. Several logs may be given.
    """
    from silos.analysis.new_chart import under_chart
    from silos.analysis.over_time.responsiveness import respond
    from silos.analysis.pipeline import count
    from silos.privacy.columns import in_units
    from silos.report.new_chart import OURS, ChartReport
    from silos.system.files import free

    refuse_words(options["log_format"], options["columns"], options["roster_columns"])
    asked = parameters_of(of_analysis(options))
    free(out, ours=OURS)
    staff, interactions = staff_of(options), interactions_of(options)
    new = staff_of(options | {"roster": new_roster})
    staff, column = in_units(staff, options["by"])
    asked = asked.on(staff, column)
    with progress(CHARTING) as stage:
        stage("counting ties")
        counted = count(interactions, staff, asked)
        stage("both charts")
        past = respond(
            counted, staff, asked.by, minimum=asked.min_department, replicates=asked.bootstrap, seed=asked.seed
        )
        found = under_chart(counted, asked, new, past)
        stage("writing")
        report = ChartReport(found, asked.speech(lang), exact)
        report.write(out)
    for sentence in report.sentences:
        click.echo(f"- {sentence}")
    click.echo(f"\n{out}/report.html")

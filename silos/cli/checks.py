"""`silos check`."""

from typing import Any

import click

from silos.cli.inputs import interactions_of, of_analysis, refuse_words, staff_of
from silos.errors import SilosError
from silos.locales import languages
from silos.system.options import FILLED, reading


@click.command(short_help="Show what of a log can be used, and how to mend the rest.")
@reading
@click.option("-o", "--output", "out", type=FILLED, metavar="FILE", help="Also write the result as JSON.")
@click.option("--people", is_flag=True, help="Show example ids in clear, not as shapes.")
@click.option(
    "--lang", type=click.Choice(languages()), default="en", show_default=True, help="Language of what is shown."
)
def check(*, out: str | None, people: bool, lang: str, **options: Any) -> None:
    """Show which rows and people of a log can be used, and what mends the others, before any analysis."""
    from silos.analysis.input_check.check import inspect, refuse_place, seen

    if out:
        key = options["key_file"]
        refuse_place(out, inputs=[options["roster"], *options["logs"], *([key] if key else [])])
    refuse_words(options["log_format"], options["columns"], options["roster_columns"])
    asked = of_analysis(options)
    faults: list[SilosError] = []
    staff = interactions = None
    try:
        staff = staff_of(options)
    except SilosError as fault:
        faults.append(fault)
    try:
        interactions = interactions_of(options)
    except SilosError as fault:
        faults.append(fault)
    if staff is None or interactions is None:
        # What could be read is said before why the other could not.
        if told := seen(interactions, staff, lang):
            click.echo(told)
        raise SilosError("\n".join(map(str, faults)))
    result = inspect(interactions, staff, **asked)
    click.echo(result.text(people=people, language=lang))
    if out:
        result.write(out, people=people)
    if result.refusal:
        raise SilosError(result.refusal)

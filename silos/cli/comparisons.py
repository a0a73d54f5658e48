"""`silos compare`."""

import click

from silos.locales import languages
from silos.system.options import EXACT, FILLED


@click.command()
@click.argument("first", type=FILLED, metavar="OUT1")
@click.argument("second", type=FILLED, metavar="OUT2")
@click.option(
    "-o",
    "--output",
    "out",
    type=FILLED,
    metavar="DIR",
    help="Directory to write comparison.html, comparison.json and tables to; it is written completely or not at all.",
)
@click.option(
    "--lang", type=click.Choice(languages()), default="en", show_default=True, help="Language of the comparison."
)
@EXACT
def compare(first: str, second: str, out: str | None, lang: str, *, exact: bool) -> None:
    """Compare two runs of silos analyze: what changed beyond chance.

    OUT1 is the output directory of the earlier run, OUT2 that of the later one, or of the one under the other chart.
    """
    from silos.analysis.comparison.result import of_summaries
    from silos.report.comparison import OURS, ComparisonReport, read_run
    from silos.system.files import free

    if out is not None:
        free(out, ours=OURS)
    found = of_summaries(read_run(first), read_run(second))
    report = ComparisonReport(found, lang, exact)
    if out is not None:
        report.write(out)
    for sentence in report.sentences:
        click.echo(f"- {sentence}")
    click.echo()
    for limit in report.limits:
        click.echo(f"  {limit}")
    if out is not None:
        click.echo(f"\n{out}/comparison.html")

"""The command line: it translates words into calls and results into words, and does nothing else."""

import os

import click

from silos.cli.analyses import analyze
from silos.cli.checks import check
from silos.cli.comparisons import compare
from silos.cli.listings import formats, sql
from silos.cli.simulations import simulate
from silos.cli.stores import forget, ingest, rekey
from silos.cli.what_ifs import what_if
from silos.system.console import Failing
from silos.system.distribution import DISTRIBUTION


@click.group(cls=Failing, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name=DISTRIBUTION)
def main() -> None:
    """Find the silos of an organisation and the department that connects it."""
    from silos.system.processes import hardly_collect

    hardly_collect()
    # Matrices of departments are small: threads of the linear algebra would spin beside one another. It asks once, when
    # it is loaded; programs that import silos decide for themselves.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


# What a command needs is loaded when it runs, so that `silos --help` answers at once.
for command in (analyze, check, compare, forget, formats, ingest, rekey, simulate, sql, what_if):
    main.add_command(command)

"""The console: how a command ends, and how far it has come, on standard error."""

import atexit
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import click

from silos.errors import SilosError


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


@contextmanager
def bytes_read() -> Iterator[Callable[[int, int], None] | None]:
    """A bar over the bytes of the logs, printed only when standard error is a terminal."""
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
def progress(stages: Sequence[str]) -> Iterator[Callable[[str], None]]:
    """A bar over the stages, printed only when standard error is a terminal."""
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

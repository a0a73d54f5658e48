"""The console: how a command ends, and how far it has come, on standard error."""

import atexit
import errno
import os
import re
import select
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from typing import Any, NoReturn

import click

try:
    import resource
except ImportError:  # on Windows
    resource = None  # type: ignore[assignment]

from silos.errors import SilosError
from silos.system.scratch import Folder

#: What is said where the system gives no more memory.
NO_MEMORY = (
    "there is not enough memory. Give the process more (ulimit -v, the limit of the container), or analyse fewer logs, "
    "or a shorter period with --since."
)
#: What is said where the disk is full and nobody knows better whose that is.
FULL = (
    "the disk is full: that of the result, of standard output or of temporary files. Free some room, or name another "
    "place (TMPDIR for temporary files)."
)
#: Bytes of address space that a process needs, most of which is never used.
LEAST = 3 * 2**30
#: Seconds after which a process that was told to end does so, whatever it is at.
LAST = 1.5
#: What systems and libraries say where they get no memory, or no thread for want of it.
_WANTED = re.compile(r"allocat|failed to map segment|can't start new thread|out of memory", re.IGNORECASE)


class Failing(click.Group):
    """A group whose commands say one sentence and exit with 1 where an input cannot be analysed."""

    def main(self, *given: Any, **options: Any) -> Any:
        """Run the command; as that of this process, which then ends at once, where no arguments are given."""
        if not (given or options):
            # Whoever stops a service or a job says it so: like Ctrl-C, it leaves nothing behind.
            signal.signal(signal.SIGTERM, signal.default_int_handler)
            _end_soon()
            for stream in (sys.stdout, sys.stderr):
                # Where the locale knows no accents, names are printed with escapes.
                if isinstance(stream, TextIOWrapper):
                    stream.reconfigure(errors="backslashreplace")
        try:
            return super().main(*given, **options)
        except SystemExit as ending:
            if given or options or not isinstance(ending.code, int):
                raise
            # What libraries hold takes Python up to half a second to take apart, object by object. The system drops it.
            atexit._run_exitfuncs()
            try:
                for stream in (sys.stdout, sys.stderr):
                    if stream is not None:  # it was closed
                        stream.flush()
            except OSError as fault:
                if fault.errno != errno.ENOSPC:
                    raise ending from None
                complain(FULL)
                ending.code = 1
            os._exit(int(ending.code))

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            _refuse_little_memory()
            _refuse_no_temporary_folder()
            return super().invoke(ctx)
        except SilosError as error:
            complain(str(error))
            ctx.exit(1)
        except (MemoryError, ImportError, RuntimeError, OSError) as error:
            if isinstance(error, BrokenPipeError):
                raise
            if isinstance(error, OSError) and error.errno == errno.ENOSPC:
                complain(FULL)
                ctx.exit(1)
            # What DuckDB makes of Ctrl-C while it runs a query.
            if str(error) == "Query interrupted":
                raise click.Abort from None
            if not _for_want_of_memory(error):
                raise
            complain(NO_MEMORY)
            ctx.exit(1)


def complain(message: str) -> None:
    """A message on standard error, unless that is on a full disk as well."""
    with suppress(OSError):
        click.echo(f"silos: {message}", err=True)


def _refuse_little_memory() -> None:
    """Stop before libraries are loaded that crash, or compute for ever, where they get too little memory.

    Raises:
        SilosError: the process may have less than `LEAST`.
    """
    if resource is None:
        return  # type: ignore[unreachable]
    asked, _ = resource.getrlimit(resource.RLIMIT_AS)
    if asked != resource.RLIM_INFINITY and asked < LEAST:
        raise SilosError(
            f"this process may have {asked / 2**30:.1f} GB of address space (ulimit -v), and libraries alone take "
            f"2: at least {LEAST / 2**30:.0f} GB are needed. Raise the limit, or limit a container instead."
        )


def _refuse_no_temporary_folder() -> None:
    """Stop before libraries are loaded that need a temporary folder.

    Raises:
        SilosError: there is none, or its name cannot be told to the libraries.
    """
    try:
        tempfile.gettempdir().encode()
    except FileNotFoundError as fault:
        raise SilosError(
            "there is no folder for temporary files: none of those that the system has can be written, or the disk is "
            "full. Point the environment variable TMPDIR to one that can."
        ) from fault
    except UnicodeEncodeError as fault:
        raise SilosError(
            "the name of the folder for temporary files has characters that this locale does not know. Point the "
            "environment variable TMPDIR elsewhere, or set LC_ALL=C.UTF-8."
        ) from fault


def _for_want_of_memory(error: BaseException) -> bool:
    """Whether an error says that there is no more memory."""
    return (
        isinstance(error, MemoryError)
        or (isinstance(error, OSError) and error.errno == errno.ENOMEM)
        or _WANTED.search(str(error)) is not None
    )


def _end_soon() -> None:
    """Have the process end soon after it is told to: Python answers a signal between two of its own steps alone.

    A library that computes for minutes would keep it waiting. The signal itself writes into a pipe, whatever the
    process is at; a process at the other end leaves it `LAST` seconds to end in order, and then ends it.
    """
    if not hasattr(os, "fork"):
        return
    heard, said = os.pipe()
    # This is before any library is loaded: the other process is small, and no thread is lost in it.
    if os.fork() == 0:
        os.close(said)
        _watch(os.getppid(), heard)
    os.close(heard)
    os.set_blocking(said, False)
    signal.set_wakeup_fd(said, warn_on_full_buffer=False)


def _watch(process: int, heard: int) -> NoReturn:
    """Wait until a process ends, or is told to and does not."""
    try:
        for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(each, signal.SIG_IGN)
        told = b"\0"
        while told not in (b"", bytes([signal.SIGTERM])):
            told = os.read(heard, 1)
        if told:
            ended, last = False, time.monotonic() + LAST
            while not ended and (left := last - time.monotonic()) > 0:
                # Another signal, or the end of the process.
                ended = bool(select.select([heard], [], [], left)[0]) and os.read(heard, 1) == b""
            if not ended and os.getppid() == process:
                os.kill(process, signal.SIGKILL)
                os.write(2, b"Aborted!\n")
                # What it has left can be locked once the system has closed all that it had open.
                os.read(heard, 1)
                Folder().remove()
    finally:
        os._exit(0)


def _is_watched() -> bool:
    """Whether standard error is a terminal; there is none at all where it was closed."""
    return sys.stderr is not None and sys.stderr.isatty()


@contextmanager
def bytes_read() -> Iterator[Callable[[int, int], None] | None]:
    """A bar over the bytes of the logs, printed only when standard error is a terminal."""
    if not _is_watched():
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
    if not _is_watched():
        yield lambda name: None
        return
    from tqdm import tqdm

    with tqdm(total=len(stages), leave=False, bar_format="{l_bar}{bar}| {desc}") as bar:

        def stage(name: str) -> None:
            bar.set_description_str(name)
            bar.n = stages.index(name)
            bar.refresh()

        yield stage

"""Errors while logs are scanned, worded so that no message quotes them."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from silos.errors import ReadError, SilosError
from silos.tables import Interactions

_NO_MEMORY = "there is not enough memory, nor room on the disk for temporary files. Free some, or set TMPDIR."


@contextmanager
def enough_room() -> Iterator[None]:
    """Run queries in here: where memory or disk do not suffice, a `SilosError` says so."""
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise SilosError(_NO_MEMORY) from error
    except duckdb.Error as error:
        # A limit of the process, met before DuckDB's own; a full disk.
        if "allocat" in str(error) or os.strerror(errno.ENOSPC) in str(error):
            raise SilosError(_NO_MEMORY) from error
        raise


@contextmanager
def scanning(interactions: Interactions) -> Iterator[None]:
    """Run the queries of `interactions` in here: damage that shows only then becomes a `ReadError`.

    So does a file that changed since it was recognised: parts of it would be counted before, and parts after. DuckDB's
    own message may quote the log and is not passed on.
    """
    try:
        with enough_room():
            yield
        if changed := interactions.inputs.changed():
            raise ReadError(
                f"{', '.join(changed)}: it changed while it was read. Wait until the export is complete, or name a "
                "copy, and run this again."
            )
    except (duckdb.ParserException, duckdb.BinderException, duckdb.CatalogException, duckdb.InterruptException):
        raise  # of the query, not of the logs
    except duckdb.Error as error:
        names = ", ".join(source.name for source in interactions.sources)
        raise ReadError(f"{names}: a file is damaged, or changed while it was read. Export it again.") from error

"""Gives memory that is not needed any more to the system, where the C library would keep it."""

import ctypes
import os
import sys
from collections.abc import Callable
from pathlib import Path

#: Bytes that a process takes, below which it gives nothing back: what it asks for anew costs time, a tenth of a second
#: analysis of a small log, and others hardly lack it. Changes no result.
LEAST = 500_000_000


def taken() -> int:
    """Bytes that this process takes at present; Linux tells."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


def give_back() -> None:
    """Give what has been freed to the system, where this process takes much.

    What glibc has room for between arrays that stay, it keeps for what comes next: of two million ties half a gigabyte,
    which other processes then lack. On other systems nothing happens.
    """
    if sys.platform == "linux" and taken() >= LEAST:
        # The C library of musl has no such function.
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)


def freeing(progress: Callable[[str], None]) -> Callable[[str], None]:
    """The same, told the name of each stage: whenever one starts, what those before it have freed is given back."""

    def begin(stage: str) -> None:
        give_back()
        progress(stage)

    return begin

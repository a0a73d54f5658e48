"""A temporary folder, tied to the connection, for data that DuckDB cannot read directly."""

import errno
import glob
import math
import os
import shutil
import weakref
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, BinaryIO

import duckdb

from silos.engines.quoting import literal
from silos.errors import ReadError
from silos.readers.files.progress import Meter
from silos.system.scratch import Folder

try:
    import resource
except ImportError:  # on Windows
    resource = None  # type: ignore[assignment]

#: Bytes that DuckDB holds at most, whatever the log: 20 million rows are counted in it without a detour over the disk.
MEMORY = 2560 * 2**20
#: Bytes of logs up to which DuckDB works in one thread: of some 90 short statements, several threads take .35 CPU
#: seconds more to begin and end each together; changes no result.
ALONE = 5_000_000
#: Where the system says how much memory the container has that this process runs in.
CONTAINER = Path("/sys/fs/cgroup/memory.max")


@dataclass(eq=False)
class Scratch:
    """Temporary files of one connection.

    Attributes:
        folder: removed with the connection, at the latest when Python ends.
        names: path as DuckDB reports it -> (name to use in messages, lines before its first one).
        numbers: of the temporary files, for their names.
        links: path -> temporary path to the same file, see `plain`.
        meter: counts what is read of the logs, where somebody wants to know.
        archives: zips that are open; to be closed when a log has been recognised.
    """

    folder: Path
    names: dict[str, tuple[str, int]] = field(default_factory=dict)
    numbers: "count[int]" = field(default_factory=count)
    archives: ExitStack = field(default_factory=ExitStack)
    links: dict[Path, Path] = field(default_factory=dict)
    meter: Meter | None = None

    def opened(self, path: Path) -> BinaryIO:
        """A file of a log, open to be read."""
        return path.open("rb") if self.meter is None else self.meter.open(path)

    def file(self, suffix: str) -> Path:
        """A path for a new temporary file. Its name says nothing, so that no export can choose where it goes."""
        return self.folder / f"{next(self.numbers):06}{suffix}"

    def instead(self, old: Path, new: Path) -> Path:
        """`new`, to be read instead of `old`, which is removed if it is temporary."""
        if old.is_relative_to(self.folder):
            old.unlink()
        return new

    def plain(self, path: Path) -> Path:
        """The path, or another to the same file where DuckDB would take it for a pattern, or cannot be told it."""
        if not glob.has_magic(str(path)) and os.fsencode(path) == str(path).encode("utf-8", "surrogatepass"):
            return path
        if path not in self.links:
            self.links[path] = self.file("")
            try:
                self.links[path].symlink_to(path.resolve())
            except OSError:
                shutil.copy(path, self.links[path])
        return self.links[path]

    def room_for(self, size: int, name: str) -> None:
        """Refuse to unpack more than the disk holds."""
        free = shutil.disk_usage(self.folder).free
        if size > free * 0.9:
            raise ReadError(
                f"{name}: it has {size / 1e6:,.1f} MB when unpacked, but the temporary folder has room for "
                f"{free / 1e6:,.1f} MB. Free some, or point the environment variable TMPDIR elsewhere."
            )


@contextmanager
def copying(name: str) -> Iterator[None]:
    """Copy a file of the log `name` into the temporary folder in here: where that is full, a `ReadError` says so."""
    try:
        yield
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise ReadError(
            f"{name}: the temporary folder has no room for a copy. Free some, or point the environment variable TMPDIR "
            "elsewhere."
        ) from error


_SCRATCHES: "weakref.WeakKeyDictionary[Any, Scratch]" = weakref.WeakKeyDictionary()


def connect(*, size: float = math.inf) -> Any:
    """A DuckDB connection as readers want it: times in UTC, no order of rows to keep, room to spill.

    Args:
        size: bytes that are going to be read, if that is known.
    """
    connection = duckdb.connect(config={"threads": 1} if size <= ALONE else {})
    connection.execute("set global preserve_insertion_order = false")
    connection.execute(f"set global temp_directory = {literal(scratch_of(connection).folder / 'spill')}")
    connection.execute(f"set global memory_limit = '{memory() // 2**20}MiB'")
    # All its files are temporary: none need outlive a power cut.
    connection.execute("set global fsync_mode = 'NONE'")
    # What it has freed goes back to the system also when nobody asks it for anything any more.
    connection.execute("set global allocator_background_threads = true")
    # It does not know how many rows a text file has, and would put the log in a hash table, not the few names of the
    # roster: our joins are written with the larger side first. And it would keep a copy of the log where two parts of a
    # query read it, which takes more time and memory than reading it again.
    connection.execute("set global disabled_optimizers = 'build_side_probe_side,common_subplan'")
    return connection


def memory() -> int:
    """Bytes that DuckDB may hold before it spills to disk: it does not see the limits that a process is given."""
    limits = [MEMORY]
    if resource is not None:
        asked, _ = resource.getrlimit(resource.RLIMIT_AS)
        if asked != resource.RLIM_INFINITY:
            limits.append(asked * 3 // 8)
        limits.append(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2)
    with suppress(OSError, ValueError):  # "max", where a container has no limit
        limits.append(int(CONTAINER.read_text(encoding="ascii")) // 2)
    return min(limits)


def scratch_of(connection: Any) -> Scratch:
    """The temporary files of a connection; on first use it is told to take times as UTC."""
    if connection not in _SCRATCHES:
        connection.execute("set global TimeZone = 'UTC'")
        folder = Folder()
        weakref.finalize(connection, folder.remove)
        _SCRATCHES[connection] = Scratch(folder.path)
    return _SCRATCHES[connection]

"""Temporary folders that do not outlive their process, however that ends: the next run removes what it left.

A process holds a lock on each folder that it makes. The system drops locks as a process ends, so a folder that can be
locked is nobody's any more. Locks are on the folders themselves: no file says whose they are.
"""

import os
import shutil
import tempfile
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

try:
    import fcntl
except ImportError:  # on Windows, where nothing is swept
    fcntl = None  # type: ignore[assignment]

#: What the name of our place in the temporary folder begins with, and that of a folder that is not locked yet.
COMMON, UNNAMED = "silos-", ".silos-"
#: The folders of this process that are to be removed as it ends.
_OURS: set[Path] = set()


class Folder:
    """A folder of this process; what processes that have ended left beside it is removed first.

    Args:
        parent: where it lies; a folder of ours in the temporary folder unless given.
        prefix: what its name begins with, and that of those that are swept.
        rescue: what to do with one that is swept before it is removed.

    Attributes:
        path: of the folder; it is removed by `remove`, or as the object goes.
    """

    def __init__(
        self, parent: Path | None = None, *, prefix: str = "run-", rescue: Callable[[Path], None] = lambda path: None
    ) -> None:
        if parent is None:
            self.path, lock = _in_common(prefix)
        else:
            with held(parent):
                _sweep(parent, prefix, rescue)
                self.path = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
                lock = _locked(self.path)
        _OURS.add(self.path)
        self._end = weakref.finalize(self, _remove, self.path, lock, own=parent is None)

    def remove(self) -> None:
        """Remove it, with all that is in it."""
        self._end()


@contextmanager
def held(place: Path) -> Iterator[None]:
    """Nobody else makes, sweeps or moves folders in this place meanwhile."""
    lock = _locked(place, wait=True)
    try:
        yield
    finally:
        _unlock(lock)


def _in_common(prefix: str) -> tuple[Path, int | None]:
    """A folder in the place of all of us, and its lock.

    It waits for nobody: somebody who is suspended while it sweeps would hold up all others. Beside such a one the
    folder gets its name, by which it could be swept, only once it is locked.
    """
    while True:
        place = _common()
        place_lock = _locked(place)
        # Whoever removed its own folder may have removed the empty place as well, also just before it was locked.
        with suppress(FileNotFoundError):
            try:
                if place_lock is not None:
                    if os.fstat(place_lock).st_ino != place.stat().st_ino:
                        continue
                    _sweep(place, prefix, lambda path: None)
                path = Path(tempfile.mkdtemp(prefix=UNNAMED if place_lock is None else prefix, dir=place))
                lock = _locked(path)
                if place_lock is None:
                    path = path.rename(place / (prefix + path.name.removeprefix(UNNAMED)))
                return path, lock
            finally:
                _unlock(place_lock)


def _common() -> Path:
    """Our folder in the temporary folder, if it is nobody else's; else the temporary folder."""
    above = Path(tempfile.gettempdir())
    place = above / f"{COMMON}{os.getuid()}" if hasattr(os, "getuid") else above
    with suppress(FileExistsError):
        place.mkdir(mode=0o700)
    if place is above:
        return above
    found = place.lstat()
    ours = not place.is_symlink() and place.is_dir() and found.st_uid == os.getuid() and not found.st_mode & 0o077
    return place if ours else above


def _sweep(place: Path, prefix: str, rescue: Callable[[Path], None]) -> None:
    """Remove the folders of processes that have ended."""
    for path in place.glob(f"{prefix}*"):
        if path in _OURS or path.is_symlink() or not path.is_dir():
            continue
        lock = _locked(path)
        if lock is None:
            continue
        try:
            rescue(path)
            shutil.rmtree(path, ignore_errors=True)
        finally:
            _unlock(lock)


def _locked(path: Path, *, wait: bool = False) -> int | None:
    """A lock on a folder; None where another holds it, or the system knows none."""
    if fcntl is None:
        return None  # type: ignore[unreachable]
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


def _unlock(lock: int | None) -> None:
    if lock is not None:
        os.close(lock)


def _remove(path: Path, lock: int | None, *, own: bool) -> None:
    shutil.rmtree(path, ignore_errors=True)
    _OURS.discard(path)
    _unlock(lock)
    if own and path.parent.name.startswith(COMMON):
        with suppress(OSError):  # others are in it
            path.parent.rmdir()

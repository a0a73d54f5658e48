"""Directories that are written whole or not at all, and directories that one process at a time writes into."""

import os
import shutil
import sys
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from silos.errors import OutputError

#: The file in a directory that is locked while a process writes into it.
LOCK = ".lock"


@contextmanager
def whole_directory(directory: str | os.PathLike[str], *, ours: Collection[str]) -> Iterator[Path]:
    """A directory to write into that takes the place of `directory` when all went well, and vanishes otherwise.

    Args:
        directory: where the result will be: made with its parents, or replaced where it holds an earlier result.
        ours: the names that a result consists of; a directory that holds another name is somebody's.

    Raises:
        OutputError: `directory` is a file, or holds something that we did not write, or cannot be written.
    """
    target = Path(directory).absolute()
    if target.exists() and not target.is_dir():
        raise OutputError(f"{directory} is a file. Name a directory.")
    strange = sorted(path.name for path in target.iterdir() if path.name not in ours) if target.is_dir() else []
    if strange:
        raise OutputError(f"{directory} holds other files ({', '.join(strange[:3])}). Name an empty or new directory.")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    except OSError as fault:
        raise OutputError(f"{directory} cannot be written: {fault.strerror}.") from fault
    draft, former = aside / "new", aside / "old"
    try:
        # Made here, not by mkdtemp: it has the permissions that the user's directories have.
        draft.mkdir()
        yield draft
        if target.is_dir():
            target.rename(former)
        draft.rename(target)
    except OSError as fault:
        raise OutputError(f"{directory} cannot be written: {fault.strerror or fault}.") from fault
    finally:
        if former.exists() and not target.exists():
            former.rename(target)
        shutil.rmtree(aside, ignore_errors=True)


@contextmanager
def locked(directory: Path, *, name: str) -> Iterator[None]:
    """Nobody else who asks for it writes into `directory` meanwhile. A lock goes with its process, however that ends.

    A directory that is not there is made, and is gone again if nothing was left in it.

    Args:
        directory: to be written into.
        name: of it, for messages.

    Raises:
        OutputError: another process is writing into it, or it cannot be written.
    """
    new = not directory.exists()
    try:
        directory.mkdir(parents=True, exist_ok=True)
        descriptor = _locked(directory / LOCK)
    except BlockingIOError as fault:
        raise OutputError(f"{name}: another process is writing into it. Run this again when that has ended.") from fault
    except OSError as fault:
        raise OutputError(f"{name} cannot be written: {fault.strerror or fault}.") from fault
    try:
        yield
    finally:
        with suppress(OSError):
            if new and [path.name for path in directory.iterdir()] == [LOCK]:
                (directory / LOCK).unlink()
                directory.rmdir()
        os.close(descriptor)


def _locked(file: Path) -> int:
    """The descriptor of `file`, locked until it is closed."""
    while True:
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            _lock(descriptor)
            # Whoever had it before may have removed the file: a lock on what is no longer there keeps nobody out.
            if file.exists() and os.path.samestat(os.fstat(descriptor), file.stat()):
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError as fault:
            raise BlockingIOError from fault

else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def settle(file: Path) -> None:
    """Have the system write a file to the disk, so that a loss of power after this leaves it whole."""
    descriptor = os.open(file, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

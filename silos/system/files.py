"""Directories that are written completely or not at all, and directories that one process at a time writes to."""

import json
import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from silos.errors import OutputError
from silos.system.arguments import path_of
from silos.system.scratch import Folder, held

#: The file in a directory that is locked while a process writes into it.
LOCK = ".lock"
#: What lies in the folder beside a result while it is written: the new one, and the one before.
DRAFT, FORMER = "new", "old"
#: What systems leave in any directory that somebody has looked into.
LEFT_BEHIND = (".DS_Store", "Thumbs.db", "desktop.ini")


@dataclass(frozen=True)
class Result:
    """By what a directory is known as one that we wrote.

    Attributes:
        names: of the files that it may hold, as "tables/pairs.csv".
        mark: the one among them that is always there and tells it from a namesake: a JSON object.
        keys: what the mark has had in it ever since.
    """

    names: Collection[str]
    mark: str
    keys: Collection[str]

    def refuse_others(self, directory: Path, name: str) -> None:
        """Refuse a directory with something in it that we did not write.

        Raises:
            OutputError: what that is; `name` is that of the directory.
        """
        strange = self._stranger(directory, "")
        if strange:
            raise OutputError(f"{name} holds other files ({strange}). Name an empty or new directory.")
        there = sorted(path.name for path in directory.iterdir() if path.name not in LEFT_BEHIND)
        if there and not is_ours(directory / self.mark, self.keys):
            raise OutputError(
                f"{name} holds other files ({', '.join(there[:3])}): silos wrote no {self.mark} there. "
                "Name an empty or new directory."
            )

    def _stranger(self, directory: Path, above: str) -> str | None:
        """The first that is not ours; looks into no folder but those that a result has."""
        for path in sorted(directory.iterdir()):
            name = above + path.name
            if path.name in LEFT_BEHIND:
                continue
            if path.is_symlink():  # we write none
                return name
            if path.is_dir() and any(one.startswith(f"{name}/") for one in self.names):
                if found := self._stranger(path, f"{name}/"):
                    return found
            elif path.is_dir() or name not in self.names:
                return name
        return None


def is_ours(file: Path, keys: Collection[str]) -> bool:
    """Whether a file holds a JSON object with all these keys."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(content, dict) and content.keys() >= set(keys)


def free(directory: str | os.PathLike[str], *, ours: Result) -> Path:
    """Where a result is to be written: what is asked for before work that would be lost.

    Args:
        directory, ours: as in `whole_directory`.

    Raises:
        OutputError: `directory` is a file, or holds something that we did not write, or holds the current folder (which
            would be gone), or cannot be looked into.
    """
    if not path_of(directory, "the output directory"):
        raise OutputError("the name of the output directory is empty. Name a directory.")
    # Not Path.resolve: it raises where a link leads to itself.
    try:
        target, here = Path(os.path.realpath(directory)), Path(os.path.realpath(os.curdir))
    except OSError as fault:
        raise OutputError(f"{directory} cannot be written: the current folder is gone.") from fault
    if here.is_relative_to(target):
        raise OutputError(
            f"{directory} is the current folder, or holds it, and would be replaced. Name another directory."
        )
    try:
        # Where it will be made: only the attempt tells of modes, disks that may only be read, and those that are full.
        above = next(folder for folder in target.parents if folder.exists())
        Folder(above, prefix=".silos-").remove()
        with held(above):
            if target.exists() and not target.is_dir():
                raise OutputError(f"{directory} is a file. Name a directory.")
            if target.is_dir():
                ours.refuse_others(target, str(directory))
    except OSError as fault:
        raise OutputError(f"{directory} cannot be written: {fault.strerror}.") from fault
    return target


@contextmanager
def whole_directory(directory: str | os.PathLike[str], *, ours: Result) -> Iterator[Path]:
    """A directory to write into that takes the place of `directory` when all went well, and vanishes otherwise.

    Args:
        directory: where the result will be: made with its parents, or replaced where it holds an earlier result. Of a
            link, where it leads.
        ours: by what an earlier result is known; a directory that holds anything else is somebody's.

    Raises:
        OutputError: `directory` is a file, or holds something that we did not write, or cannot be written.
    """
    target = free(directory, ours=ours)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        folder = Folder(target.parent, prefix=f".{target.name}-", rescue=partial(_rescue, target))
    except OSError as fault:
        raise OutputError(f"{directory} cannot be written: {fault.strerror}.") from fault
    draft, former = folder.path / DRAFT, folder.path / FORMER
    try:
        # Made here, not by mkdtemp: it has the permissions that the user's directories have.
        draft.mkdir()
        yield draft
        # Of two that write to one directory at once, the last to end is the one that stays.
        with held(target.parent):
            try:
                if target.is_dir():
                    target.rename(former)
                draft.rename(target)
            finally:
                _rescue(target, folder.path)
    except OSError as fault:
        raise OutputError(f"{directory} cannot be written: {fault.strerror or fault}.") from fault
    finally:
        folder.remove()


def _rescue(target: Path, left: Path) -> None:
    """Put an earlier result back that a process had moved aside when it was killed."""
    former = left / FORMER
    if former.is_dir() and not target.exists():
        former.rename(target)


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
    # Loads asyncio, which nothing else here needs.
    from filelock import FileLock, Timeout

    new = not directory.exists()
    lock = FileLock(directory / LOCK, blocking=False)
    try:
        # A store holds who wrote to whom: only its owner may enter it. One that was there keeps its mode.
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock.acquire()
    except Timeout as fault:
        raise OutputError(
            f"{name}: another process is writing to it. Run this again when that process has ended."
        ) from fault
    except OSError as fault:
        raise OutputError(f"{name} cannot be written: {fault.strerror or fault}.") from fault
    try:
        yield
    finally:
        with suppress(OSError):
            if new and [path.name for path in directory.iterdir()] == [LOCK]:
                (directory / LOCK).unlink()
                directory.rmdir()
        lock.release()


def settle(file: Path) -> None:
    """Have the system write a file to the disk, so that a loss of power after this leaves it whole."""
    descriptor = os.open(file, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

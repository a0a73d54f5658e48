"""Directories that are written whole or not at all."""

import os
import shutil
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from silos.errors import OutputError


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

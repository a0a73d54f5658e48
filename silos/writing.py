"""Directories that are written whole or not at all."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from silos.errors import OutputError


@contextmanager
def whole_directory(directory: str | Path, *, mark: str) -> Iterator[Path]:
    """A directory to write into that takes the place of `directory` when all went well, and vanishes otherwise.

    Args:
        directory: where the result will be; made with its parents, or replaced where it holds the file `mark`.
        mark: the file that tells a directory of ours from somebody else's.

    Raises:
        OutputError: `directory` is a file, or holds something that we did not write, or its place is not writable.
    """
    target = Path(directory).absolute()
    if target.exists() and not target.is_dir():
        raise OutputError(f"{directory} is a file. Name a directory with -o.")
    if target.is_dir() and any(target.iterdir()) and not (target / mark).is_file():
        raise OutputError(
            f"{directory} is not empty and holds no {mark}, so it is not ours to replace. Name another with -o."
        )
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    except OSError as error:
        raise OutputError(f"cannot write beside {directory}: {error.strerror}.") from error
    try:
        yield draft
        draft.chmod(0o777 & ~_umask())
        if target.exists():
            old = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
            target.replace(old / "old")
            draft.replace(target)
            shutil.rmtree(old)
        else:
            draft.replace(target)
    except OSError as error:
        raise OutputError(f"cannot write {directory}: {error.strerror or error}.") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask

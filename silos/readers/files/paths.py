"""The files that a LOG or a roster names: a path, or a glob."""

import glob
import os
from difflib import get_close_matches
from pathlib import Path

from silos.errors import ReadError


def shown(path: str | os.PathLike[str]) -> str:
    r"""A path as text for messages and files: bytes that are no UTF-8 are written as escapes.

    Python reads the names of files as the locale says, and marks what it does not know with half characters, which
    nothing can write.

    Examples:
        >>> print(shown(os.fsdecode(b"caf\xe9.csv")), shown("café.csv"))
        caf\xe9.csv café.csv
    """
    return os.fspath(path).encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def paths_of(log: str | os.PathLike[str]) -> list[Path]:
    """The path that `log` names, or all that match it as a glob.

    Raises:
        ReadError: there is none.
    """
    if not os.fspath(log):
        raise ReadError("the name of the file is empty: an unset variable of the shell, perhaps.")
    path = Path(log).expanduser()
    if os.path.lexists(path):
        return [path]
    if glob.has_magic(str(path)):
        found = [Path(match) for match in sorted(glob.glob(str(path), recursive=True))]  # noqa: PTH207 - absolute globs
        found = [match for match in found if not match.name.startswith(".")]
        if not found:
            raise ReadError(f"{shown(log)}: no file matches. Check the folder, and put the pattern in quotes.")
        return found
    folder = path.parent
    try:
        beside = sorted(entry.name for entry in folder.iterdir()) if folder.is_dir() else []
    except OSError:
        beside = []
    close = get_close_matches(path.name, beside, n=1, cutoff=0.5)
    hint = (
        f" Did you mean '{shown(close[0])}'?"
        if close
        else ""
        if folder.is_dir()
        else f" There is no folder {str(folder)!r}."
    )
    raise ReadError(f"{shown(log)}: no such file.{hint}")

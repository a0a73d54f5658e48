"""Files that a run reads, as they were when it began: whoever changes one meanwhile changes the numbers."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Inputs:
    """Files, and those in folders, with their size and the time they were last written.

    Attributes:
        found: by what was named, by path. What is hidden in a folder is left out: it is nobody's log.

    Examples:
        >>> Inputs.of([Path("no such file")]).found
        {'no such file': {}}
    """

    found: Mapping[str, Mapping[str, tuple[int, int]]] = field(default_factory=dict)

    @classmethod
    def of(cls, paths: Iterable[str | os.PathLike[str]]) -> "Inputs":
        """The files that paths name, as they are now."""
        return cls({os.fspath(path): dict(_files(os.fspath(path))) for path in paths})

    @property
    def size(self) -> int:
        """Bytes of them all."""
        return sum(size for files in self.found.values() for size, _ in files.values())

    def changed(self) -> list[str]:
        """What was named and is not as it was, or is gone."""
        return [name for name, files in Inputs.of(self.found).found.items() if files != self.found[name]]


def _files(path: str) -> Iterable[tuple[str, tuple[int, int]]]:
    if not Path(path).is_dir():
        yield from _state(path)
        return
    for folder, inner, files in os.walk(path):
        inner[:] = [name for name in inner if not name.startswith(".")]
        for name in files:
            if not name.startswith("."):
                yield from _state(os.path.join(folder, name))  # noqa: PTH118 - a Path for each takes ten times as long


def _state(path: str) -> Iterable[tuple[str, tuple[int, int]]]:
    try:
        found = os.stat(path)  # noqa: PTH116
    except OSError:
        return
    yield path, (found.st_size, found.st_mtime_ns)

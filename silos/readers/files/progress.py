"""Progress of reading logs, in bytes of the files on disk."""

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

#: Told the bytes read so far and the bytes there are.
Progress = Callable[[int, int], None]

_BUFFER = 1 << 18


@dataclass(eq=False)
class Meter:
    """Counts what is read of the files of one call of `read_interactions`.

    What is read again counts once, and what DuckDB will scan counts as read when its log has been looked through.

    Attributes:
        told: what to tell.
        total: bytes of all the files.
        done: bytes read.
        before: bytes of the logs that are read.
        reached: how far each file of this log was read.
    """

    told: Progress
    total: int
    done: int = 0
    before: int = 0
    reached: dict[Path, int] = field(default_factory=dict)

    def open(self, path: Path) -> BinaryIO:
        """The file, counted as it is read."""
        return io.BufferedReader(_Counted(path, self), _BUFFER)

    def note(self, path: Path, place: int) -> None:
        """Count a file as read up to `place`."""
        more = place - self.reached.get(path, 0)
        if more > 0:
            self.reached[path] = place
            self.done += more
            self.told(min(self.done, self.total), self.total)

    def finish(self, size: int) -> None:
        """Count a log of `size` bytes as read."""
        self.before += size
        self.done = self.before
        self.reached.clear()
        self.told(min(self.done, self.total), self.total)


class _Counted(io.FileIO):
    def __init__(self, path: Path, meter: Meter) -> None:
        super().__init__(path)
        self._path, self._meter = path, meter

    def readinto(self, buffer: Any) -> int | None:
        count = super().readinto(buffer)
        self._meter.note(self._path, self.tell())
        return count

    def readall(self) -> bytes:
        content = super().readall()
        self._meter.note(self._path, self.tell())
        return content

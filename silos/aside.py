"""Communities and rewired graphs of a large network, sought in a process of their own beside the rest of an analysis.

Leiden keeps Python to itself, so a thread would not do. The process is a new Python that is told the ties as numbers
and nothing of who anybody is; it ends with the analysis, whatever ends that. The result is the same as without it.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from threading import Thread
from typing import IO
from zipfile import BadZipFile

import numpy as np

from silos.inference import Rewired, rewired_graphs
from silos.measures.detected import Detection, Graph, detected
from silos.network import Network

#: Ties from which a process of its own pays: starting it takes a second, which they take here.
ASIDE = 50_000
#: Bytes that say how many bytes follow.
LENGTH = 8
#: What the new Python runs, with the path of this one. It draws nothing: igraph does without matplotlib there.
PROGRAM = "import sys; sys.path[:] = {path!r}; sys.modules['matplotlib'] = None; from silos.aside import serve; serve()"


@dataclass(frozen=True)
class Effort:
    """How much is sought.

    Attributes:
        runs: of Leiden on the ties, from as many seeds.
        samples: rewired graphs.
        searched: those of them on which Leiden runs too.
        seed: of all random numbers.
    """

    runs: int
    samples: int
    searched: int
    seed: int


@dataclass(frozen=True, eq=False)
class Sought:
    """Partitions of the ties, and modularities of rewired graphs."""

    detection: Detection
    rewired: Rewired


def seek(i: np.ndarray, j: np.ndarray, membership: np.ndarray, effort: Effort) -> Sought:
    """Look for communities, and for what there is of them in rewired graphs.

    Args:
        i, j: the ends of each tie, ordered.
        membership: the department of each person.
        effort: how much.
    """
    found = detected(Graph.of(i, j, len(membership)), seeds=effort.runs, seed=effort.seed)
    rewired = rewired_graphs(i, j, membership, samples=effort.samples, searched=effort.searched, seed=effort.seed)
    return Sought(found, rewired)


class Search:
    """A search that is going on, or is yet to be done."""

    def __init__(self, network: Network, effort: Effort, process: "subprocess.Popen[bytes] | None") -> None:
        self._network, self._effort, self._process = network, effort, process
        self._sought: Sought | None = None
        if process is not None:
            i, j = network.dyads
            asked = [
                np.array([effort.runs, effort.samples, effort.searched, effort.seed]),
                *(each.astype(np.int32) for each in (i, j, network.membership)),
            ]
            # The other side takes it when it is ready.
            Thread(target=_tell, args=(process.stdin, asked), daemon=True).start()

    @property
    def away(self) -> bool:
        """Whether it goes on beside."""
        return self._process is not None

    def result(self) -> Sought:
        """What was found: waits for it, or looks for it now."""
        if self._sought is None and self._process is not None:
            self._sought = _hear(self._process)
        if self._sought is None:
            # Also where the other process came to nothing, for want of memory, say.
            self._sought = seek(*self._network.dyads, self._network.membership, self._effort)
        return self._sought


@contextmanager
def beside(network: Network, effort: Effort) -> Iterator[Search]:
    """A search, by a process of its own where the network is large and there is a second processor."""
    worth = network.ties >= ASIDE and _processors() > 1 and bool(sys.executable) and not hasattr(sys, "frozen")
    process = _started() if worth else None
    try:
        yield Search(network, effort, process)
    finally:
        if process is not None:
            process.kill()
            process.communicate()


def _started() -> "subprocess.Popen[bytes] | None":
    program = PROGRAM.format(path=sys.path)
    pipe = subprocess.PIPE
    try:
        return subprocess.Popen([sys.executable, "-c", program], stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL)
    except OSError:
        return None


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _tell(stream: "IO[bytes] | None", arrays: list[np.ndarray]) -> None:
    assert stream is not None
    try:
        packed = BytesIO()
        np.savez(packed, *arrays)
        stream.write(len(packed.getbuffer()).to_bytes(LENGTH, "little"))
        stream.write(packed.getbuffer())
        # It stays open: that it closes tells the other side that this one has ended.
        stream.flush()
    except (OSError, ValueError):
        # The other side has ended, or nobody waits for it any more.
        pass


def _told(stream: IO[bytes]) -> list[np.ndarray]:
    """The arrays that the other side tells."""
    length = int.from_bytes(stream.read(LENGTH), "little")
    if not length:
        raise EOFError("the other side has ended.")
    with np.load(BytesIO(stream.read(length)), allow_pickle=False) as packed:
        return [packed[name] for name in packed.files]


def _hear(process: "subprocess.Popen[bytes]") -> Sought | None:
    assert process.stdout is not None
    try:
        people, modularities, departments, best, *memberships = _told(process.stdout)
    except (EOFError, OSError, ValueError, BadZipFile):
        return None
    return Sought(Detection(people, tuple(memberships), tuple(modularities.tolist())), Rewired(departments, best))


def serve() -> None:
    """The other side: take the ties, look, tell what was found."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    asked, found = sys.stdin.buffer, sys.stdout.buffer
    numbers, i, j, membership = _told(asked)
    Thread(target=_end_with, args=(asked,), daemon=True).start()
    sought = seek(i, j, membership, Effort(*numbers.tolist()))
    detection, rewired = sought.detection, sought.rewired
    parts = (detection.people, np.array(detection.modularities), rewired.departments, rewired.best)
    _tell(found, [*parts, *detection.memberships])


def _end_with(stream: IO[bytes]) -> None:
    # Past the buffer, whose lock would be in the way when this side ends first.
    os.read(stream.fileno(), 1)
    os._exit(1)

"""Detects communities and rewires graphs in a separate process, in parallel with the analysis; and what else can be.

Whoever helps the command anyway is asked. Where nobody does, communities of a large log are for a process of their own,
as Leiden keeps Python to itself, and a thread would not do: a new Python that is told the ties as numbers, and nothing
of who anybody is. It ends with the analysis, whatever ends that. The results are the same as without it.
"""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from io import BytesIO
from threading import Thread
from typing import IO, Any, TypeVar

import numpy as np

from silos.inference.rewiring import Rewired, rewired_graphs
from silos.measures.community_detection import Detection, Graph, detected
from silos.network import Network
from silos.system.helpers import elsewhere, helped, meanwhile
from silos.system.processes import answer, end, started, tell, told
from silos.ties.results import Tally

T = TypeVar("T")

#: Ties from which a process of its own pays: starting it takes a second, which they take here; changes no result.
ASIDE = 50_000
#: Ties and waits up to which a question of its own is asked of whoever helps: they are told it all, which takes memory.
TOLD = 1_000_000
#: Said to the new Python first. It draws nothing: igraph does without matplotlib there.
UNDRAWN = "sys.modules['matplotlib'] = None; "


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
        ties = [each.astype(np.int32) for each in (*network.dyads, network.membership)]
        if process is None:
            ask = meanwhile if network.ties >= ASIDE else elsewhere
            self._asked = ask(seek, *ties, effort)
        else:
            numbers = np.array([effort.runs, effort.samples, effort.searched, effort.seed])
            # The other side takes it when it is ready.
            Thread(target=_ask, args=(process.stdin, [numbers, *ties]), daemon=True).start()

    @property
    def away(self) -> bool:
        """Whether it goes on beside."""
        return self._process is not None or helped()

    def result(self) -> Sought:
        """What was found: waits for it, or looks for it now."""
        if self._sought is None:
            self._sought = self._asked() if self._process is None else _hear(self._process)
        if self._sought is None:
            # Also where the other process came to nothing, for want of memory, say.
            self._sought = seek(*self._network.dyads, self._network.membership, self._effort)
        return self._sought


@contextmanager
def beside(network: Network, effort: Effort) -> Iterator[Search]:
    """A search: by whoever helps; else of a large network by a process of its own, if there is a second processor."""
    alone = network.ties >= ASIDE and not helped()
    process = started("silos.analysis.background", before=UNDRAWN) if alone else None
    try:
        yield Search(network, effort, process)
    finally:
        if process is not None:
            end(process)
            process.communicate()


def aside(work: Callable[..., T], counted: Tally, *given: Any, **options: Any) -> Callable[[], T]:
    """Have a question of its own answered by whoever helps, of a small log: what is returned waits for the answer.

    Args:
        work: a function of a module, which looks at neither windows nor other settings.
        counted: the log, its first argument.
        given, options: its other arguments.
    """
    if len(counted.ties.dyads) + len(counted.dialogue.waits) > TOLD:
        return partial(work, counted, *given, **options)
    return meanwhile(partial(work, **options), replace(counted, windows={}, variants={}), *given)


def _ask(stream: IO[bytes], arrays: list[np.ndarray]) -> None:
    # The other side may have ended, and here nobody may be waiting for it any more.
    with suppress(OSError, ValueError):
        tell(stream, _packed(arrays))


def _hear(process: "subprocess.Popen[bytes]") -> Sought | None:
    assert process.stdout is not None
    try:
        people, modularities, departments, best, *memberships = _unpacked(told(process.stdout))
    except EOFError:
        return None
    return Sought(Detection(people, tuple(memberships), tuple(modularities.tolist())), Rewired(departments, best))


def _packed(arrays: list[np.ndarray]) -> memoryview:
    packed = BytesIO()
    np.savez(packed, *arrays)
    return packed.getbuffer()


def _unpacked(said: bytes) -> list[np.ndarray]:
    with np.load(BytesIO(said), allow_pickle=False) as packed:
        return [packed[name] for name in packed.files]


def serve() -> None:
    """The other side: take the ties, look, tell what was found."""
    answer(_sought)


def _sought(asked: bytes) -> memoryview:
    numbers, i, j, membership = _unpacked(asked)
    sought = seek(i, j, membership, Effort(*numbers.tolist()))
    detection, rewired = sought.detection, sought.rewired
    parts = (detection.people, np.array(detection.modularities), rewired.departments, rewired.best)
    return _packed([*parts, *detection.memberships])

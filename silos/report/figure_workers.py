"""Draws the figures of the command in separate processes, with the same bytes as in this one.

To load what draws takes as long as to load the rest, and to draw as long as to analyse a small log. Once this process
has loaded what it has in common with drawing, it forks; where it cannot, a new Python is started before anything is
loaded. The other one loads what draws meanwhile, and forks where it can, so that each processor has a pen. It is told
numbers, and gives back files. This module is loaded first: it imports nothing large.
"""

import os
import pickle
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from queue import SimpleQueue
from threading import Event, Lock, Thread
from typing import IO, Any, cast

from silos.plots.drawing import Drawing, Picture
from silos.system.processes import (
    FORKS,
    Process,
    answer,
    end,
    forked,
    hardly_collect,
    may_fork,
    processors,
    started,
    tell,
    told,
)

#: Most processes that draw. There are some eight figures, of which the largest takes a fifth of the time.
PENS = 4


class Order:
    """A drawing that another process is to make."""

    def __init__(self, drawing: Drawing) -> None:
        self.packed = pickle.dumps(drawing)
        self._drawing = drawing
        self._settled = Event()
        self._said = b""

    def settle(self, said: bytes) -> None:
        """Take what a process said of it: nothing where it came to nothing."""
        self._said = said
        self._settled.set()

    def picture(self) -> Picture:
        """The files: waits for them. What came to nothing there is drawn here, and raises here whatever it raises."""
        self._settled.wait()
        if not self._said:
            return self._drawing.picture()
        picture, warned = pickle.loads(self._said)
        for message, category, file, line in warned:
            warnings.warn_explicit(message, category, file, line)
        return cast(Picture, picture)


class Pens:
    """Processes that draw, or none, and then all is drawn here."""

    def __init__(self, process: Process | None, pipes: list[tuple[IO[bytes], IO[bytes]]]) -> None:
        self._process, self._pipes = process, pipes
        self._orders: SimpleQueue[Order | None] = SimpleQueue()
        self._going, self._lock = len(pipes), Lock()
        self._threads = [Thread(target=self._use, args=pen, daemon=True) for pen in pipes]
        for thread in self._threads:
            thread.start()

    @property
    def away(self) -> bool:
        """Whether anything is drawn beside."""
        return self._process is not None

    def draw(self, drawing: Drawing) -> Callable[[], Picture]:
        """Have something drawn, first come, first served: what is returned waits for it, or draws it here."""
        if not self.away:
            return drawing.picture
        order = Order(drawing)
        self._orders.put(order)
        return order.picture

    def _use(self, asked: IO[bytes], given: IO[bytes]) -> None:
        """Have a process draw one order after another."""
        while (order := self._orders.get()) is not None:
            try:
                tell(asked, order.packed)
                order.settle(told(given))
            except (EOFError, OSError, ValueError):
                # A pipe that was closed here meanwhile is a ValueError.
                # It has ended, for want of memory, say. Others go on; where there are none, the orders are drawn here.
                with self._lock:
                    self._going -= 1
                    last = self._going < 1
                if not last:
                    self._orders.put(order)
                    return
                order.settle(b"")

    def __enter__(self) -> "Pens":
        """Itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """End the processes: whatever they are at, if something has failed here."""
        if self._process is None:
            return
        if kind is not None:
            end(self._process)
        for asked, _given in self._pipes:
            # What a process did not take before it ended would still be written.
            with suppress(BrokenPipeError):
                asked.close()
        self._process.wait()
        for _thread in self._threads:
            self._orders.put(None)
        for thread in self._threads:
            thread.join()
        for _asked, given in self._pipes:
            given.close()


@contextmanager
def pens() -> Iterator[Pens]:
    """What draws the figures of a command; it ends with the context, and with this process.

    Where matplotlib has been loaded here, there is little to gain, and all is drawn here.
    """
    with Pens(None, []) if "matplotlib" in sys.modules else start(fork=may_fork()) as made:
        if made.away:
            _without_matplotlib()
        yield made


def start(*, fork: bool = False) -> Pens:
    """Processes that draw, of which there are none where there is one processor: a context that they end with.

    Args:
        fork: this process, which spares them half of what they load; otherwise a new Python is started.
    """
    if fork:
        _load_in_common()
    forks = min(PENS, processors()) - 1 if FORKS else 0
    further = [(os.pipe(), os.pipe()) for _ in range(forks)]
    theirs = [(orders[0], answers[1]) for orders, answers in further]
    ends = [one for pair in theirs for one in pair]
    process: Process | None
    if fork:
        process = forked(partial(serve, theirs), ends=ends)
    else:
        process = started("silos.report.figure_workers", told=repr(theirs), ends=ends)
    for descriptor in ends:
        os.close(descriptor)
    pipes = [(os.fdopen(orders[1], "wb"), os.fdopen(answers[0], "rb")) for orders, answers in further]
    if process is None:
        for stream in (stream for pair in pipes for stream in pair):
            stream.close()
        return Pens(None, [])
    assert process.stdin is not None
    assert process.stdout is not None
    return Pens(process, [(process.stdin, process.stdout), *pipes])


def _load_in_common() -> None:
    """Load what an analysis and its figures both need."""
    import networkx  # noqa: F401
    import pandas as pd  # noqa: F401
    import scipy.sparse
    import scipy.special  # noqa: F401


def _without_matplotlib() -> None:
    """Load igraph. It loads all of matplotlib where that is installed, to draw graphs: here others draw."""
    cast(Any, sys.modules)["matplotlib"] = None
    try:
        import igraph  # noqa: F401
    finally:
        del sys.modules["matplotlib"]


def serve(further: Sequence[tuple[int, int]]) -> None:
    """The other side: load what draws, become one process more for each two ends of pipes, draw what is ordered."""
    hardly_collect()
    import pandas as pd

    # The first figure takes twice as long as any other: fonts, formats and libraries are loaded for all of them.
    names = ["A", "B"]
    table = pd.DataFrame({"people": [1, 1], "verdict": ["silo", "open"]}, index=names)
    Drawing(
        "department_graph",
        {
            "departments": table,
            "affinity": pd.DataFrame(1.0, index=names, columns=names),
            "connector": None,
        },
    ).picture()
    for orders, answers in further:
        if os.fork() == 0:
            os.dup2(orders, 0)
            os.dup2(answers, 1)
            break
    for descriptor in (one for pair in further for one in pair):
        # Each holds its own ends alone, else nobody would notice that another has ended.
        os.close(descriptor)
    answer(_drawn)


def _drawn(ordered: bytes) -> bytes:
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        try:
            picture = pickle.loads(ordered).picture()
            said = [(one.message, one.category, one.filename, one.lineno) for one in warned]
            return pickle.dumps((picture, said))
        except Exception:
            # Whatever it is, it is met again where the drawing is made instead.
            return b""

"""Draws the figures of the command in separate processes, with the same bytes as in this one; others help it.

To load what draws takes as long as to load the rest, and to draw as long as to analyse a small log. Once this process
has loaded the analysis, it forks; where it cannot, a new Python is started before anything is loaded. The other one
loads what communities and tests need, and helps with the analysis from then on. Where it can, it forks as well, for
processes that load what draws, one for each processor; they also help, with what takes long. They are told numbers,
and give back results and files. This module is loaded first: it imports nothing large.
"""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import NoReturn

from silos.plots.drawing import Drawing, Picture
from silos.system import helpers
from silos.system.helpers import Helpers, Queue, helped_by
from silos.system.processes import FORKS, Process, forked, hardly_collect, may_fork, processors, started

#: Most processes that draw. There are some eight figures, of which the largest takes a fifth of the time.
PENS = 4


class Pens(Helpers):
    """Processes that draw, and do what else they are asked; or none, and then all is done here."""

    def draw(self, drawing: Drawing) -> Callable[[], Picture]:
        """Have something drawn, first come, first served: what is returned waits for it, or draws it here."""
        return self.ask_long(_picture, drawing)


@contextmanager
def pens(load: Callable[[], None] = lambda: None) -> Iterator[Pens]:
    """What draws the figures of a command, and helps it; it ends with the context, and with this process.

    Where matplotlib has been loaded here, there is little to gain, and all is done here.

    Args:
        load: loads what the command needs; before this process forks, if it does.
    """
    alone = "matplotlib" in sys.modules
    with Pens(None) if alone else start(fork=may_fork(), load=load) as made, helped_by(made):
        yield made


def start(*, fork: bool = False, load: Callable[[], None] = lambda: None) -> Pens:
    """Processes that draw and help, of which there are none where there is one processor: a context they end with.

    Args:
        fork: this process, which spares them half of what they load; otherwise a new Python is started.
        load: as of `pens`.
    """
    if fork:
        _load_in_common()
        load()
    drawing = [(os.pipe(), os.pipe()) for _ in range(min(PENS, processors()) if FORKS else 0)]
    theirs = [(orders[0], answers[1]) for orders, answers in drawing]
    ends = [one for pair in theirs for one in pair]
    process: Process | None
    if fork:
        process = forked(partial(serve, theirs), ends=ends)
    else:
        process = started("silos.report.figure_workers", told=repr(theirs), ends=ends)
    _close(theirs)
    pipes = [(os.fdopen(orders[1], "wb"), os.fdopen(answers[0], "rb")) for orders, answers in drawing]
    if process is None:
        for stream in (stream for pair in pipes for stream in pair):
            stream.close()
        return Pens(None)
    assert process.stdin is not None
    assert process.stdout is not None
    helping = Queue([(process.stdin, process.stdout)])
    return Pens(process, helping, Queue(pipes) if pipes else helping)


def _load_in_common() -> None:
    """Load what an analysis and its figures both need."""
    import pandas as pd  # noqa: F401
    import scipy.sparse
    import scipy.special  # noqa: F401


def serve(drawing: Sequence[tuple[int, int]]) -> NoReturn:
    """The other side: load what helps with an analysis, do what is asked; where nobody else draws, draw as well.

    Args:
        drawing: two ends of pipes for each process that is to draw.
    """
    hardly_collect()
    # What takes as long to load as the figures.
    import networkx  # noqa: F401
    import pandas as pd  # noqa: F401
    import scipy.stats  # noqa: F401
    import sklearn.metrics  # noqa: F401

    from silos.measures.community_detection import load_igraph

    load_igraph(draws=False)
    if drawing and os.fork() == 0:
        _draw(drawing)
    _close(drawing)
    if not drawing:
        _load_drawing()
    helpers.serve()


def _draw(drawing: Sequence[tuple[int, int]]) -> NoReturn:
    """One who draws: load what does, become one process for each two ends of pipes, draw what is ordered."""
    _load_drawing()
    last = len(drawing) - 1
    for at, (orders, answers) in enumerate(drawing):
        if at == last or os.fork() == 0:
            os.dup2(orders, 0)
            os.dup2(answers, 1)
            break
    _close(drawing)
    helpers.serve()


def _close(pipes: Sequence[tuple[int, int]]) -> None:
    """Each process holds its own ends alone, else nobody would notice that another has ended."""
    for descriptor in (one for pair in pipes for one in pair):
        os.close(descriptor)


def _load_drawing() -> None:
    """Load what draws. The first figure takes twice as long as any other: fonts, formats and libraries of them all."""
    import pandas as pd

    names = ["A", "B"]
    table = pd.DataFrame({"people": [1, 1], "verdict": ["silo", "open"]}, index=names)
    numbers = {"departments": table, "affinity": pd.DataFrame(1.0, index=names, columns=names), "connector": None}
    Drawing("department_graph", numbers).picture()


def _picture(drawing: Drawing) -> Picture:
    return drawing.picture()

"""Draws the figures of the command in separate processes, with the same bytes as in this one; others help it.

To load what draws takes as long as to load the rest, and to draw as long as to analyse a small log. Once this process
has loaded what all of them need, it forks; where it cannot, a new Python is started before anything is loaded. The
other one loads what communities and tests need, and helps with the analysis; where it can, it forks as well, for
another helper and for processes that load what draws. They are told numbers, and give back results and files.
This module is loaded first: it imports nothing large.
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
#: Those that help: the dialogue and the leaders take longest of what they are asked, and while they are at that the
#: analysis asks for small things without which it cannot go on.
HELPERS = 2


class Pens(Helpers):
    """Processes that draw, and others that do what else they are asked; or none, and then all is done here.

    The last queue is that of drawings.
    """

    def draw(self, drawing: Drawing) -> Callable[[], Picture]:
        """Have something drawn, first come, first served: what is returned waits for it, or draws it here."""
        return self._asked(-1, _picture, drawing)


@contextmanager
def pens(load: Callable[[], None] = lambda: None) -> Iterator[Pens]:
    """What draws the figures of a command, and helps it; it ends with the context, and with this process.

    Where matplotlib has been loaded here, there is little to gain, and all is done here.

    Args:
        load: loads what the command needs, while the others load what they need.
    """
    alone = "matplotlib" in sys.modules
    with Pens(None) if alone else start(fork=may_fork()) as made, helped_by(made):
        load()
        yield made


def start(*, fork: bool = False) -> Pens:
    """Processes that draw and help, of which there are none where there is one processor: a context they end with.

    Args:
        fork: this process, which spares them part of what they load; otherwise a new Python is started.
    """
    if fork:
        _load_in_common()
    number = HELPERS - 1 + min(PENS, processors()) if FORKS else 0
    pipes = [(os.pipe(), os.pipe()) for _ in range(number)]
    theirs = [(orders[0], answers[1]) for orders, answers in pipes]
    ends = [one for pair in theirs for one in pair]
    process: Process | None
    if fork:
        process = forked(partial(serve, theirs), ends=ends)
    else:
        process = started("silos.report.figure_workers", told=repr(theirs), ends=ends)
    for descriptor in ends:
        os.close(descriptor)
    ours = [(os.fdopen(orders[1], "wb"), os.fdopen(answers[0], "rb")) for orders, answers in pipes]
    if process is None:
        for stream in (stream for pair in ours for stream in pair):
            stream.close()
        return Pens(None)
    assert process.stdin is not None
    assert process.stdout is not None
    helping = [(process.stdin, process.stdout), *ours[: HELPERS - 1]]
    return Pens(process, *(Queue(each) for each in (helping, ours[HELPERS - 1 :]) if each))


def _load_in_common() -> None:
    """Load what an analysis, its figures and those who help with it all need."""
    import pandas as pd  # noqa: F401
    import scipy.sparse
    import scipy.special  # noqa: F401


def serve(pipes: Sequence[tuple[int, int]]) -> NoReturn:
    """The other side: load what helps with an analysis, do what is asked; where nothing is forked, draw as well.

    Args:
        pipes: two ends for each process more that is to help, and for each that is to draw.
    """
    hardly_collect()
    _load_in_common()
    if pipes and os.fork() == 0:
        _load_drawing()
        _become(pipes, pipes[HELPERS - 1 :])
    # What takes as long to load as the figures.
    import networkx  # noqa: F401
    import scipy.stats  # noqa: F401
    import sklearn.metrics  # noqa: F401

    from silos.measures.community_detection import load_igraph

    load_igraph(draws=False)
    if pipes:
        _become(pipes, [None, *pipes[: HELPERS - 1]])
    _load_drawing()
    helpers.serve()


def _become(pipes: Sequence[tuple[int, int]], ours: Sequence[tuple[int, int] | None]) -> NoReturn:
    """Become one process for each of `ours`, which does what it is asked there; for None, on the pipes that it has."""
    for own in ours:
        if own is ours[-1] or os.fork() == 0:
            for end, standard in zip(own or (), (0, 1), strict=False):
                os.dup2(end, standard)
            break
    for descriptor in (one for pair in pipes for one in pair):
        # Each holds its own ends alone, else nobody would notice that another has ended.
        os.close(descriptor)
    helpers.serve()


def _load_drawing() -> None:
    """Load what draws. The first figure takes twice as long as any other: fonts, formats and libraries of them all."""
    import pandas as pd

    names = ["A", "B"]
    table = pd.DataFrame({"people": [1, 1], "verdict": ["silo", "open"]}, index=names)
    numbers = {"departments": table, "affinity": pd.DataFrame(1.0, index=names, columns=names), "connector": None}
    Drawing("department_graph", numbers).picture()


def _picture(drawing: Drawing) -> Picture:
    return drawing.picture()

"""Draws the figures of the command in separate processes, with the same bytes as in this one.

To load what draws takes as long as to load the rest, and to draw as long as to analyse a small log. Once this process
has loaded the analysis, it forks; where it cannot, a new Python is started before anything is loaded. The other one
loads what draws meanwhile, and forks where it can, so that each processor has a pen. It is told numbers, and gives back
files; until there are any, it helps with the analysis. This module is loaded first: it imports nothing large.
"""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial

from silos.plots.drawing import Drawing, Picture
from silos.system import helpers
from silos.system.helpers import Helpers, helped_by
from silos.system.processes import FORKS, Process, forked, hardly_collect, may_fork, processors, started

#: Most processes that draw. There are some eight figures, of which the largest takes a fifth of the time.
PENS = 4


class Pens(Helpers):
    """Processes that draw, and do what else they are asked; or none, and then all is done here."""

    def draw(self, drawing: Drawing) -> Callable[[], Picture]:
        """Have something drawn, first come, first served: what is returned waits for it, or draws it here."""
        return self.ask(_picture, drawing)


@contextmanager
def pens(load: Callable[[], None] = lambda: None) -> Iterator[Pens]:
    """What draws the figures of a command; it ends with the context, and with this process.

    Where matplotlib has been loaded here, there is little to gain, and all is drawn here.

    Args:
        load: loads what the command needs; before this process forks, if it does.
    """
    alone = "matplotlib" in sys.modules
    with Pens(None, []) if alone else start(fork=may_fork(), load=load) as made, helped_by(made):
        yield made


def start(*, fork: bool = False, load: Callable[[], None] = lambda: None) -> Pens:
    """Processes that draw, of which there are none where there is one processor: a context that they end with.

    Args:
        fork: this process, which spares them half of what they load; otherwise a new Python is started.
        load: as of `pens`.
    """
    if fork:
        _load_in_common()
        load()
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
    import pandas as pd  # noqa: F401
    import scipy.sparse
    import scipy.special  # noqa: F401


def serve(further: Sequence[tuple[int, int]]) -> None:
    """The other side: load what draws, become one process more for each two ends of pipes, draw what is ordered."""
    hardly_collect()
    # What figures and communities need, and what an analysis asks for here, as it takes as long to load as the figures.
    import networkx  # noqa: F401
    import pandas as pd
    import scipy.stats  # noqa: F401
    import sklearn.metrics  # noqa: F401

    from silos.measures.community_detection import load_igraph

    load_igraph(draws=False)
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
    helpers.serve()


def _picture(drawing: Drawing) -> Picture:
    return drawing.picture()

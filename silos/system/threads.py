"""Two things at a time in this process, for work that leaves Python to others: numbers by numpy, scipy and DuckDB."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

from threadpoolctl import threadpool_limits

from silos.system.processes import processors

Item = TypeVar("Item")
Made = TypeVar("Made")

#: What is begun before what came before it has been taken: so much is held at most.
AHEAD = 2


def two_at_a_time(work: Callable[[Item], Made], items: Iterable[Item], *, ahead: int = AHEAD) -> Iterator[Made]:
    """What `work` makes of each of the items, in their order; one after the other where there is one processor.

    Args:
        work: shares nothing that it changes.
        items: which are few.
        ahead: how many are begun before what came of one is taken.

    Examples:
        >>> list(two_at_a_time(str, range(3)))
        ['0', '1', '2']
    """
    if processors() < 2:
        yield from map(work, items)
        return
    with ThreadPoolExecutor(2) as pool:
        begun: deque[Future[Made]] = deque()
        try:
            for item in items:
                begun.append(pool.submit(work, item))
                if len(begun) > ahead:
                    yield begun.popleft().result()
            while begun:
                yield begun.popleft().result()
        finally:
            for one in begun:
                one.cancel()


@contextmanager
def matrices_alone() -> Iterator[None]:
    """Each matrix is worked on by one thread of the linear algebra, within a context or the function it decorates.

    Matrices of departments are small: threads would wait for one another, the longer the busier the machine is. To
    invert one of 100 departments takes half a millisecond alone, and up to fifty beside other work.
    """
    with threadpool_limits(1, user_api="blas"):
        yield

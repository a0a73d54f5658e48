"""Separate processes that work out what they are asked, with the same result as in this one.

What takes long to load, or to work out, need not hold up this process where there is a second processor. Whoever wants
something of that kind says so (`elsewhere`), and need not know whether anybody helps: without helpers, or if they come
to nothing, it is worked out here, when it is wanted.
"""

import pickle
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from queue import SimpleQueue
from threading import Event, Lock, Thread
from typing import IO, Any, Generic, NoReturn, Self, TypeVar, cast

from silos.system.memory import give_back
from silos.system.processes import Process, answer, end, tell, told
from silos.system.threads import matrices_alone

T = TypeVar("T")

#: Bytes of a question from which the memory that it took is worth giving back; changes no result.
LARGE = 1 << 20


class Order(Generic[T]):
    """Work that another process is to do.

    Args:
        work: a function of a module, and what it is given: plain data, as far as another process is concerned.
    """

    def __init__(self, work: Callable[..., T], *given: Any) -> None:
        self._work, self._given = work, given
        self._packed = self._pack()
        self._settled = Event()
        self._said = b""

    def _pack(self) -> bytes:
        return pickle.dumps((self._work, self._given), pickle.HIGHEST_PROTOCOL)

    def packed(self) -> bytes:
        """What a process is told of it. It is not kept here meanwhile: of a large network it is as large."""
        packed, self._packed = self._packed, b""
        return packed or self._pack()

    def settle(self, said: bytes) -> None:
        """Take what a process said of it: nothing where it came to nothing."""
        self._said = said
        self._settled.set()

    def result(self) -> T:
        """What came of it: waits for it. What came to nothing there is done here, and raises here what it raises."""
        self._settled.wait()
        if not self._said:
            return self._work(*self._given)
        result, warned = pickle.loads(self._said)
        for message, category, file, line in warned:
            warnings.warn_explicit(message, category, file, line)
        return cast(T, result)


class Queue:
    """Orders that processes take one after the other, whichever is free.

    Args:
        pipes: how each of them is told what is ordered, and how it answers.
    """

    def __init__(self, pipes: Sequence[tuple[IO[bytes], IO[bytes]]]) -> None:
        self._pipes = pipes
        self._orders: SimpleQueue[Order[Any] | None] = SimpleQueue()
        self._going, self._lock = len(pipes), Lock()
        self._threads = [Thread(target=self._use, args=pipe, daemon=True) for pipe in pipes]
        for thread in self._threads:
            thread.start()

    def put(self, order: Order[Any]) -> None:
        """Have something done, first come, first served."""
        self._orders.put(order)

    def _use(self, asked: IO[bytes], given: IO[bytes]) -> None:
        """Have a process do one order after another."""
        while (order := self._orders.get()) is not None:
            try:
                tell(asked, order.packed())
                order.settle(told(given))
            except (EOFError, OSError, ValueError):
                # A pipe that was closed here meanwhile is a ValueError.
                # It has ended, for want of memory, say. Others go on; where there are none, the orders are done here.
                with self._lock:
                    self._going -= 1
                    last = self._going < 1
                if not last:
                    self._orders.put(order)
                    return
                order.settle(b"")

    def close(self) -> None:
        """Tell the processes that no order is to come."""
        for asked, _given in self._pipes:
            # What a process did not take before it ended would still be written.
            with suppress(BrokenPipeError):
                asked.close()

    def join(self) -> None:
        """Wait until they have ended, and take leave of them."""
        for _thread in self._threads:
            self._orders.put(None)
        for thread in self._threads:
            thread.join()
        for _asked, given in self._pipes:
            given.close()


class Helpers:
    """Processes that help, or none, and then all is done here.

    Args:
        process: the first of them, which the others end with.
        short, long: where they take their orders from: what is asked in between, and what takes long; may be the same.
    """

    def __init__(self, process: Process | None, short: Queue | None = None, long: Queue | None = None) -> None:
        self._process, self._short, self._long = process, short, long

    @property
    def away(self) -> bool:
        """Whether anything is done beside."""
        return self._process is not None

    def ask(self, work: Callable[..., T], *given: Any) -> Callable[[], T]:
        """Have something done, first come, first served: what is returned waits for it, or does it here."""
        return self._asked(self._short, work, *given)

    def ask_long(self, work: Callable[..., T], *given: Any) -> Callable[[], T]:
        """The same of what takes long: what is asked in between does not wait for it, where there are several."""
        return self._asked(self._long, work, *given)

    @staticmethod
    def _asked(queue: Queue | None, work: Callable[..., T], *given: Any) -> Callable[[], T]:
        if queue is None:
            return lambda: work(*given)
        order = Order(work, *given)
        queue.put(order)
        return order.result

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """End the processes: whatever they are at, if something has failed here."""
        if self._process is None:
            return
        if kind is not None:
            end(self._process)
        queues = {queue for queue in (self._short, self._long) if queue is not None}
        for queue in queues:
            queue.close()
        self._process.wait()
        for queue in queues:
            queue.join()


#: Those that help at present.
_HELPERS: ContextVar[Helpers | None] = ContextVar("helpers", default=None)


@contextmanager
def helped_by(helpers: Helpers) -> Iterator[None]:
    """What is asked for `elsewhere` within the context is asked of these."""
    before = _HELPERS.set(helpers)
    try:
        yield
    finally:
        _HELPERS.reset(before)


def helped() -> bool:
    """Whether anybody helps."""
    helpers = _HELPERS.get()
    return helpers is not None and helpers.away


def elsewhere(work: Callable[..., T], *given: Any) -> Callable[[], T]:
    """Have something done by those who help, if anybody does: what is returned waits for it, or does it here.

    Args:
        work: a function of a module.
        given: its arguments, which are not to be changed before the result is there.

    Examples:
        >>> greatest = elsewhere(max, [3, 9, 4])
        >>> greatest()
        9
    """
    helpers = _HELPERS.get()
    return (lambda: work(*given)) if helpers is None else helpers.ask(work, *given)


def meanwhile(work: Callable[..., T], *given: Any) -> Callable[[], T]:
    """The same of what takes long: what is asked `elsewhere` does not wait for it."""
    helpers = _HELPERS.get()
    return (lambda: work(*given)) if helpers is None else helpers.ask_long(work, *given)


def serve() -> NoReturn:
    """The other side: do what is asked, as long as the process that asks goes on."""
    with matrices_alone():
        answer(_answered)


def _answered(ordered: bytes) -> bytes:
    """What comes of an order: who waits for the next one holds nothing of this."""
    large, packed = len(ordered) >= LARGE, [ordered]
    # Whoever unpacks it lets it go: it takes as much again as what was in it.
    del ordered
    said = _done(packed)
    if large:
        give_back()
    return said


def _done(packed: list[bytes]) -> bytes:
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        try:
            work, given = pickle.loads(packed.pop())
            result = work(*given)
            said = [(one.message, one.category, one.filename, one.lineno) for one in warned]
            return pickle.dumps((result, said), pickle.HIGHEST_PROTOCOL)
        except Exception:
            # Whatever it is, it is met again where the work is done instead.
            return b""

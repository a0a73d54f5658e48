"""Separate Python processes: started afresh, addressed through pipes, and ended with this process.

Python keeps itself to one thread at a time, so threads would not do; `multiprocessing` would run the user's own script
once more. Here nothing of the user's is run, and whatever ends this process ends the others.
"""

import gc
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Collection
from contextlib import suppress
from queue import SimpleQueue
from threading import Thread
from typing import IO

#: Bytes that say how many bytes follow.
LENGTH = 8
#: New objects after which Python looks for garbage among them, in processes that end soon.
NEW = 300_000
#: What the new Python runs, with the path of this one.
PROGRAM = "import sys; sys.path[:] = {path!r}; {before}from {module} import serve; serve({told})"


def hardly_collect() -> None:
    """Look for garbage rarely, in a process that ends soon: nearly all objects made while libraries load stay.

    To look among them after every 700 new ones, as Python does, takes a quarter of a short run; after every 100,000 it
    is done twice, and takes a tenth of a second.
    """
    gc.set_threshold(NEW)


def processors() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def started(
    module: str, *, told: str = "", before: str = "", ends: Collection[int] = ()
) -> "subprocess.Popen[bytes] | None":
    """A new Python that runs `serve` of a module of ours; None where there is one processor, or no Python to start.

    Ctrl-C at the terminal does not reach it: it is for this process to answer, which then ends the other.

    Args:
        module: its name.
        told: the arguments of `serve`, as Python.
        before: statements to run before the module is loaded, each with its semicolon.
        ends: descriptors of pipes that it inherits, on systems that can.
    """
    if processors() < 2 or not sys.executable or hasattr(sys, "frozen"):
        return None
    pipe = subprocess.PIPE
    try:
        return subprocess.Popen(
            [sys.executable, "-c", PROGRAM.format(path=sys.path, before=before, module=module, told=told)],
            stdin=pipe,
            stdout=pipe,
            stderr=subprocess.DEVNULL,
            pass_fds=tuple(ends),
            process_group=None if sys.platform == "win32" else 0,
        )
    except OSError:
        return None


def end(process: "subprocess.Popen[bytes]") -> None:
    """End a process that was started here and all that it has started, whatever they are at."""
    if sys.platform == "win32":
        process.kill()
    else:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def tell(stream: IO[bytes], said: bytes | memoryview) -> None:
    """Say something to the other side.

    Raises:
        OSError: the other side has ended.
    """
    stream.write(len(said).to_bytes(LENGTH, "little"))
    stream.write(said)
    # It stays open: that it closes tells the other side that this one has ended.
    stream.flush()


def told(stream: IO[bytes]) -> bytes:
    """The next thing that the other side says: waits for it.

    Raises:
        EOFError: the other side has ended.
    """
    length = stream.read(LENGTH)
    said = stream.read(int.from_bytes(length, "little"))
    if len(length) < LENGTH or len(said) < int.from_bytes(length, "little"):
        raise EOFError("the other side has ended.")
    return said


def answer(work: Callable[[bytes], bytes | memoryview]) -> None:
    """On the other side: do the work on each thing that is said, in turn, and say what came of it.

    It never returns: this process ends with the one that started it, also amid its work, or with work that raises.
    Whoever forks does so before, as a thread listens from here on.
    """
    said: SimpleQueue[bytes] = SimpleQueue()

    def listen() -> None:
        try:
            while True:
                said.put(told(sys.stdin.buffer))
        finally:
            _wait_for_forks()
            os._exit(1)

    Thread(target=listen, daemon=True).start()
    try:
        while True:
            tell(sys.stdout.buffer, work(said.get()))
    finally:
        # At once: an orderly end would wait for what the thread holds.
        os._exit(1)


def _wait_for_forks() -> None:
    """They end as this process does. The time they took is then known as part of its own."""
    with suppress(ChildProcessError):
        while hasattr(os, "wait"):
            os.wait()

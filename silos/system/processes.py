"""Separate Python processes: addressed through pipes, and ended with this process.

Python keeps itself to one thread at a time, so threads would not do; `multiprocessing` would run the user's own script
once more. Here nothing of the user's is run, and whatever ends this process ends the others. They are started afresh,
or forked, which spares them what has been loaded here.
"""

import gc
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from queue import SimpleQueue
from threading import Thread
from typing import IO, NoReturn

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


@dataclass(eq=False)
class Fork:
    """A process that was forked here, with as much of `subprocess.Popen` as is used of that.

    Attributes:
        pid: its number.
        stdin, stdout: what it is told, and what it says.
        returncode: what it ended with; None until it has been waited for.
    """

    pid: int
    stdin: IO[bytes]
    stdout: IO[bytes]
    returncode: int | None = None

    def wait(self) -> int:
        """What it ended with: waits until it has."""
        if self.returncode is None:
            self.returncode = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return self.returncode

    def kill(self) -> None:
        """End it, whatever it is at."""
        os.kill(self.pid, signal.SIGKILL)


Process = subprocess.Popen[bytes] | Fork


#: Whether processes can be forked: on a Mac, what one has loaded of the system may not outlive it.
FORKS = hasattr(os, "fork") and sys.platform != "darwin"


def may_fork() -> bool:
    """Whether a fork of this process could go on: no thread of Python's or of DuckDB's holds what it would wait for."""
    return FORKS and threading.active_count() == 1 and "duckdb" not in sys.modules


def forked(serve: Callable[[], None], *, ends: Collection[int] = ()) -> Fork | None:
    """A process that runs `serve` with all that is loaded here; None where there is one processor, or no room.

    Of what is open here it keeps `ends` alone. Like one that is `started`, it does not hear Ctrl-C.

    Args:
        serve: what it does; it ends when that does.
        ends: descriptors of pipes that it keeps.
    """
    if processors() < 2:
        return None
    asked, given = os.pipe(), os.pipe()
    # What is still to be written would be written twice.
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    try:
        pid = os.fork()
    except OSError:
        for descriptor in (*asked, *given):
            os.close(descriptor)
        return None
    if pid == 0:
        try:
            _alone(asked[0], given[1], ends)
            serve()
        finally:
            os._exit(1)
    os.close(asked[0])
    os.close(given[1])
    # Here as well as there: whichever comes first.
    with suppress(OSError):
        os.setpgid(pid, 0)
    return Fork(pid, os.fdopen(asked[1], "wb"), os.fdopen(given[0], "rb"))


def _alone(asked: int, given: int, ends: Collection[int]) -> None:
    """In a fork: a group of its own, two pipes as standard input and output, and nothing else open but `ends`."""
    os.setpgid(0, 0)
    os.dup2(asked, 0)
    os.dup2(given, 1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    first = 3
    for kept in (*sorted(ends), os.sysconf("SC_OPEN_MAX")):
        os.closerange(first, kept)
        first = kept + 1
    # The objects of the other process hold what it has read, or has yet to write.
    sys.stdin, sys.stdout, sys.stderr = (os.fdopen(end, mode) for end, mode in ((0, "r"), (1, "w"), (2, "w")))


def end(process: Process) -> None:
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


def answer(work: Callable[[bytes], bytes | memoryview]) -> NoReturn:
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

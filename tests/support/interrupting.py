"""Processes that are killed at every step by which they change a directory for good.

Python tells an audit hook of whatever a process does to files. The hook counts what is renamed, written or thrown away
in the directory and, at the step that was asked for, has the system kill the process: no handler runs, nothing is
tidied up. The children are forks of one process that has loaded everything and opened no database yet.
"""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path


def killed_at_each_step(
    logs: Sequence[Path | str], first: Path, key: Path, *, command: str = "ingest"
) -> Iterator[tuple[int, Path]]:
    """The stores that commands leave behind that are killed at their first step, their second, and so on.

    Args:
        logs: to be ingested; the person to `forget`; the file of the new key to `rekey`.
        first: the store as it is before, if there is one; it is copied.
        key: of the pseudonyms.
        command: `ingest`, `forget` or `rekey`.

    Yields:
        the step, and the store; the last one is complete.
    """
    words = [sys.executable, "-m", "tests.support.interrupting", command, str(first), str(key), *map(str, logs)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        killed, step = True, 0
        while killed:
            step += 1
            process.stdin.write(f"{step}\n")
            process.stdin.flush()
            status = int(process.stdout.readline())
            assert status in (0, -signal.SIGKILL), status
            killed = status != 0
            yield step, _store(first, step)
        process.stdin.close()


def _store(first: Path, step: int) -> Path:
    return first.with_name(f"{first.name} {step}")


def _child(command: str, store: Path, key: str, given: list[str], step: int) -> None:
    from silos.store.erasure import forget, rekey
    from silos.store.ingest import ingest

    taken = 0
    thrown = str(store / ".ingest")

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal taken
        named = str(arguments[0]) if arguments else ""
        if named.startswith(str(store)) and (
            event == "os.rename"
            or (event == "open" and arguments[1] == "w")
            or (event == "shutil.rmtree" and named == thrown)
        ):
            taken += 1
            if taken == step:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)
    if command == "ingest":
        ingest(given, store, key_file=key)
    elif command == "forget":
        forget(store, given, key_file=key)
    else:
        rekey(store, key_file=key, new_key_file=given[0])


def _serve() -> None:
    command, first, key, *given = sys.argv[1:]
    import silos.store.erasure
    import silos.store.ingest  # noqa: F401  before the forks

    for line in sys.stdin:
        store = _store(Path(first), int(line))
        if Path(first).exists():
            shutil.copytree(first, store)
        child = os.fork()
        if child == 0:
            try:
                _child(command, store, key, given, int(line))
            except BaseException:
                os._exit(1)
            os._exit(0)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    _serve()

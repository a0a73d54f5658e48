"""A PostgreSQL server of a test's own: private data, a Unix socket, no port."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

PROGRAMS = "/usr/lib/postgresql"


@dataclass(frozen=True)
class Server:
    """A running server.

    Attributes:
        folder: where its socket is.
        psql: the program that talks to it.
        who: the user it runs as, and therefore the only one that it needs to know.
    """

    folder: Path
    psql: Path
    who: str

    def run(self, script: str) -> str:
        """What psql says to a script, as CSV; the first error stops it."""
        said = subprocess.run(
            [self.psql, "-X", "-q", "--csv", "-v", "ON_ERROR_STOP=1", "-h", self.folder, "-U", self.who, "postgres"],
            input=script,
            capture_output=True,
            text=True,
            check=False,
        )
        assert said.returncode == 0, said.stderr
        return said.stdout

    def load(self, name: str, columns: str, table: str) -> None:
        """Make a table of CSV with headings."""
        self.run(f"create table {name} ({columns});\n\\copy {name} from pstdin csv header\n{table}\\.\n")


@contextmanager
def running() -> Iterator[Server]:
    """A server, stopped and forgotten at the end; skips where PostgreSQL is not installed."""
    found = sorted(Path(PROGRAMS).glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    if not found:
        pytest.skip("needs PostgreSQL: .ci/install installs it on a Debian")
    programs = found[-1].parent
    # It refuses to run as root.
    who = pwd.getpwuid(os.getuid()).pw_name if os.getuid() else "postgres"
    # Below /tmp, not pytest's folder: that is closed to other users, and too long a path for a socket.
    folder = Path(tempfile.mkdtemp(prefix="silos-pg-", dir="/tmp"))
    shutil.chown(folder, who)
    server = Server(folder, programs / "psql", who)
    rights = {"user": who, "cwd": "/", "capture_output": True, "text": True}

    def control(*words: str) -> None:
        said = subprocess.run([programs / "pg_ctl", "-D", folder / "data", "-w", *words], check=False, **rights)  # type: ignore[call-overload]
        assert said.returncode == 0, said.stdout + said.stderr

    try:
        made = subprocess.run(  # type: ignore[call-overload]
            [programs / "initdb", "-D", folder / "data", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"],
            check=False, **rights,
        )  # fmt: skip
        assert made.returncode == 0, made.stderr
        control(
            "-l", str(folder / "log"), "-o", f"-c listen_addresses= -c unix_socket_directories={folder} -F", "start"
        )
        try:
            yield server
        finally:
            control("-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)

"""Progress on a terminal, silence elsewhere, and what is left behind when somebody presses Ctrl-C: nothing."""

import os
import pty
import signal
import subprocess
import sys
import termios
import zipfile
from pathlib import Path

import pytest

from silos.readers import read_interactions
from tests.support.places import ROOT, SAMPLE

MAIL = (
    "From x Mon May  6 09:00:00 2024\nFrom: p{0}@acme.example\nTo: p{1}@acme.example\nMessage-ID: <{2}@x>\n"
    "Date: Mon, 6 May 2024 09:00:00 +0000\nSubject: Hello\n\nHello.\n\n"
)


def mailbox(path: Path, count: int) -> Path:
    path.write_text("".join(MAIL.format(n % 50, (n * 7 + 1) % 50, n) for n in range(count)))
    return path


def roster(path: Path) -> Path:
    path.write_text("email,department\n" + "".join(f"p{n}@acme.example,{'AB'[n % 2]}\n" for n in range(50)))
    return path


def interrupted(
    arguments: list[object], seen: bytes, folder: Path, by: signal.Signals = signal.SIGINT
) -> tuple[int, str]:
    """Run silos with a terminal as standard error, press Ctrl-C once `seen` is there: exit code and what it said."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 120))
    (folder / "tmp").mkdir()
    process = subprocess.Popen(
        [sys.executable, "-m", "silos", *map(str, arguments)],
        stdout=subprocess.DEVNULL,
        stderr=theirs,
        env={**os.environ, "TMPDIR": str(folder / "tmp"), "PYTHONPATH": str(ROOT)},
    )
    os.close(theirs)
    said, sent = b"", False
    try:
        while True:
            try:
                piece = os.read(ours, 4096)
            except OSError:  # the terminal is closed: the process has ended
                break
            if not piece:
                break
            said += piece
            if not sent and seen in said:
                process.send_signal(by)
                sent = True
    finally:
        os.close(ours)
        code = process.wait()
    assert sent, said
    return code, said.decode()


@pytest.mark.long
@pytest.mark.parametrize(
    ("stage", "by"),
    [
        ("reading", signal.SIGINT),
        ("bootstrap", signal.SIGINT),
        ("reading", signal.SIGTERM),
        ("bootstrap", signal.SIGTERM),
    ],
)
def test_ctrl_c_leaves_nothing_behind_nor_does_who_stops_a_job(tmp_path, stage, by):
    out = tmp_path / "out"
    if stage == "reading":
        log, staff, seen = mailbox(tmp_path / "box", 25_000), roster(tmp_path / "roster.csv"), b"M/"
    else:
        log, staff, seen = SAMPLE / "interactions.csv", SAMPLE / "roster.csv", b"bootstrap"
    before = set(tmp_path.iterdir()) | {tmp_path / "tmp"}
    code, said = interrupted(["analyze", log, "--roster", staff, "-o", out, "--bootstrap", 20_000], seen, tmp_path, by)
    assert code == 1, said
    assert "Aborted!" in said
    assert "Traceback" not in said
    assert set(tmp_path.iterdir()) == before
    assert list((tmp_path / "tmp").iterdir()) == []


@pytest.mark.long
def test_ctrl_c_within_a_query_of_duckdb_is_no_traceback(tmp_path):
    """DuckDB checks for signals as it runs, and raises its own error: the command ends as for any other Ctrl-C."""
    script = """
import os, signal, threading, click, duckdb
from silos.system.console import Failing
query = "select i % 1000003 as k, sum(i * i), count(distinct i % 77) from range(20000000000) r(i) group by 1"
def slow():
    with duckdb.connect() as connection:
        connection.execute("set threads = 1")
        running = threading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGINT))
        running.start()
        connection.execute(query)
Failing(commands={"slow": click.Command("slow", callback=slow)})(["slow"])
"""
    arguments = [sys.executable, "-c", script]
    done = subprocess.run(arguments, capture_output=True, text=True, check=False, cwd=ROOT)
    assert (done.returncode, done.stderr.strip()) == (1, "Aborted!")


def test_without_a_terminal_nothing_is_said_of_progress(tmp_path):
    log, staff = mailbox(tmp_path / "box", 3000), roster(tmp_path / "roster.csv")
    arguments = ["check", str(log), "--roster", str(staff)]
    done = subprocess.run([sys.executable, "-m", "silos", *arguments], capture_output=True, check=True)
    assert done.stderr == b""


@pytest.mark.parametrize("packed", [False, True])
def test_progress_counts_each_byte_of_the_files_once(tmp_path, packed):
    """A first look at a file, and a zip's list of what it holds, are read again, and count once."""
    box = mailbox(tmp_path / "box", 20_000)
    (tmp_path / "more").mkdir()
    if packed:
        with zipfile.ZipFile(tmp_path / "more" / "box.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(box, "a/1.eml")
            archive.write(box, "box")
    else:
        mailbox(tmp_path / "more" / "1", 5000)
        (tmp_path / "more" / "log.csv").write_text("from,to,date\na,b,2024-05-06\n")
    told: list[tuple[int, int]] = []
    read_interactions([box, tmp_path / "more"], progress=lambda done, total: told.append((done, total)))
    size = sum(path.stat().st_size for path in [box, *(tmp_path / "more").iterdir()])
    assert {total for _, total in told} == {size}
    done = [done for done, _ in told]
    assert done == sorted(done)
    assert done[-1] == size
    assert len(set(done)) > 4

"""Figures that other processes draw are those that are drawn here, and the processes end with the command."""

import os
import re
import select
import signal
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from silos.errors import SilosError
from silos.report.figure_workers import Drawing, start
from silos.system import processes
from silos.system.helpers import Order
from tests.support.places import ROOT, SAMPLE

LOG = [SAMPLE / "interactions.csv", "--roster", SAMPLE / "roster.csv", "--bootstrap", 20]
#: The command in a Python of its own, which says at its end whether it has loaded what others have.
COMMAND = """
import sys
from silos.system import processes
from silos.system.helpers import Order
from silos.cli import main
if sys.argv[1] == "here":
    processes.processors = lambda: 1
try:
    main(sys.argv[2:])
finally:
    beside = not {"matplotlib", "networkx", "igraph", "scipy.stats", "sklearn"}.intersection(sys.modules)
    print("drawn beside" if beside else "drawn here")
"""
#: The department of the second has a sign that no font of matplotlib has.
NAMES = {"plain": ["HR", "IT"], "odd": ["HR", "\U000f0000"]}

several = pytest.mark.skipif(processes.processors() < 2, reason="one processor: nothing is drawn beside")


def graph(names: list[str]) -> Drawing:
    table = pd.DataFrame({"people": [10, 40], "verdict": ["silo", "typical"]}, index=names)
    affinity = pd.DataFrame([[0, 2.0], [2.0, 0]], index=names, columns=names)
    return Drawing("department_graph", {"departments": table, "affinity": affinity, "connector": names[1]})


def descent(pid: int) -> list[int]:
    """A process, and all that it has started or that they have."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8").split()
    return [pid, *(one for child in children for one in descent(int(child)))]


def command(where: str, *arguments: object) -> "subprocess.CompletedProcess[str]":
    words = [sys.executable, "-c", COMMAND, where, *map(str, arguments)]
    return subprocess.run(words, capture_output=True, text=True, check=False, cwd=ROOT)


def files(folder: Path) -> dict[str, bytes]:
    """All files, without the time at which they were made."""
    return {
        path.relative_to(folder).as_posix(): re.sub(rb'"generated": "[^"]*"', b"", path.read_bytes())
        for path in folder.rglob("*")
        if path.is_file()
    }


@several
@pytest.mark.parametrize(("language", "places"), [("en", ["beside", "here"]), ("fr", ["beside", "beside", "here"])])
@pytest.mark.long
def test_files_are_the_same_bytes_whoever_draws(tmp_path, language, places):
    found = []
    for run, where in enumerate(places):
        done = command(where, "analyze", *LOG, "--lang", language, "-o", tmp_path / str(run))
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.endswith(f"drawn {where}\n")
        found.append(files(tmp_path / str(run)))
    assert len(found[0]) > 20
    assert all(each == found[0] for each in found)


@pytest.mark.long
@several
def test_what_is_ordered_is_drawn_by_others(monkeypatch):
    expected = graph(NAMES["plain"]).picture()
    with start() as pens:
        assert pens.away
        monkeypatch.setattr(Drawing, "picture", None)
        drawn = [pens.draw(graph(NAMES["plain"])) for _ in range(5)]
        assert [picture() for picture in drawn] == [expected] * 5


def test_with_one_processor_all_is_drawn_here(monkeypatch):
    monkeypatch.setattr(processes, "processors", lambda: 1)
    with start() as pens:
        assert not pens.away
        assert pens.draw(graph(NAMES["plain"]))() == graph(NAMES["plain"]).picture()


def test_processes_that_come_to_nothing_are_done_without(monkeypatch):
    monkeypatch.setattr(processes, "PROGRAM", "raise SystemExit(1)")
    with start() as pens:
        drawn = [pens.draw(graph(NAMES["plain"])) for _ in range(3)]
        assert [picture() for picture in drawn] == [graph(NAMES["plain"]).picture()] * 3


def test_without_a_python_to_start_all_is_drawn_here(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with start() as pens:
        assert not pens.away
        assert pens.draw(graph(NAMES["plain"]))() == graph(NAMES["plain"]).picture()


@several
@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="processes of others are followed on Linux alone")
def test_one_process_goes_on_when_another_has_ended(monkeypatch):
    """A process that draws is killed: what it is asked is drawn by another one, not here, and all else goes on."""
    expected = graph(NAMES["plain"]).picture()
    with start() as pens:
        pens.draw(graph(NAMES["plain"]))()
        _helper, one, *others = descent(pens._process.pid)
        assert others
        os.kill(one, signal.SIGKILL)
        monkeypatch.setattr(Drawing, "picture", None)
        drawn = [pens.draw(graph(NAMES["plain"])) for _ in range(4)]
        assert [picture() for picture in drawn] == [expected] * 4
        assert pens.ask(os.getpid)() != os.getpid()


@pytest.mark.long
@several
@pytest.mark.skipif(not hasattr(os, "fork") or sys.platform == "darwin", reason="one process draws")
def test_a_helper_that_has_ended_is_done_without(monkeypatch):
    """What it would have done is done by another or here; figures are still drawn beside."""
    expected = graph(NAMES["plain"]).picture()
    with start() as pens:
        pens.draw(graph(NAMES["plain"]))()
        pens._process.kill()
        assert pens.ask(divmod, 7, 2)() == (3, 1)
        monkeypatch.setattr(Drawing, "picture", None)
        assert pens.draw(graph(NAMES["plain"]))() == expected


@pytest.mark.long
@several
def test_what_fails_there_fails_here_as_if_it_had_been_drawn_here():
    one = graph(NAMES["plain"])
    nothing = Drawing(one.plot, {**one.numbers, "departments": one.numbers["departments"].head(0)})
    with start() as pens, pytest.raises(SilosError, match="needs at least one department"):
        pens.draw(nothing)()


@pytest.mark.long
@several
def test_what_is_warned_of_there_is_warned_of_here():
    with start() as pens:
        picture = pens.draw(graph(NAMES["odd"]))
        with pytest.warns(UserWarning, match="Glyph .* missing from font"):
            drawn = picture()
    with pytest.warns(UserWarning, match="Glyph .* missing from font"):
        assert drawn == graph(NAMES["odd"]).picture()


@pytest.mark.long
@several
def test_the_processes_end_when_the_command_fails():
    done = command("beside", "analyze", SAMPLE / "interactions.csv", "--roster", "nowhere.csv", "-o", "nothing")
    # All that still ran would hold the pipe that is read to its end here.
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "nowhere.csv: no such file" in done.stderr
    started = []

    def fails():
        with start() as pens:
            started.append(pens)
            pens.draw(graph(NAMES["plain"]))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fails()
    # A thread waits for its process, and ends when all that hold the pipe have ended.
    assert not any(thread.is_alive() for queue in (started[0]._short, started[0]._long) for thread in queue._threads)
    assert started[0]._process.returncode is not None


@pytest.mark.long
@several
@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="processes of others are followed on Linux alone")
@pytest.mark.parametrize("begun", ["forked", "started"])
def test_the_processes_end_with_a_command_that_is_killed(begun):
    """Before they draw, and while they do."""
    script = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from tests.report.test_figure_workers import NAMES, graph, start
pens = start(fork=sys.argv[2] == "forked")
if sys.argv[1] == "drawing":
    pens.draw(graph(NAMES["plain"]))()
    for _ in range(50):
        pens.draw(graph(NAMES["plain"]))
print(pens._process.pid, flush=True)
sys.stdin.read()
"""
    for when in ("loading", "drawing"):
        words = [sys.executable, "-c", script, when, begun]
        with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            going = descent(int(process.stdout.readline()))
            assert len(going) > 1 or when == "loading"
            followed = [os.pidfd_open(pid) for pid in going]
            process.send_signal(signal.SIGKILL)
            for descriptor in followed:
                assert select.select([descriptor], [], [], 60)[0], "it outlives the command"
                os.close(descriptor)


@several
@pytest.mark.skipif(not hasattr(os, "fork") or sys.platform == "darwin", reason="nothing is forked")
def test_a_fork_has_what_is_loaded_here_and_nothing_that_is_open_here(tmp_path):
    """A fork that held a file, or what was yet to be printed, would keep a lock, or print it twice."""
    script = """
import os, sys
from contextlib import suppress
from silos.system import processes
from silos.system.helpers import Order

def told(asked):
    is_open = []
    for one in descriptors:
        with suppress(OSError):
            os.fstat(one)
            is_open.append(one)
    return repr((is_open, loaded, os.getpgid(0) == os.getpid())).encode()

loaded = 9
print("said once", end="")
held = open(sys.argv[1], "w")
assert processes.may_fork()
kept, closed = os.pipe()
descriptors = [0, 1, 2, kept, closed, held.fileno()]
process = processes.forked(lambda: processes.answer(told), ends=[kept])
processes.tell(process.stdin, b"?")
found = eval(processes.told(process.stdout))
assert found == ([0, 1, 2, kept], 9, True), found
process.stdin.close()
assert process.wait() == process.wait() == 1
import duckdb
assert not processes.may_fork()
"""
    words = [sys.executable, "-c", script, tmp_path / "held"]
    assert subprocess.run(words, check=True, cwd=ROOT, capture_output=True).stdout == b"said once"


@pytest.mark.long
@several
def test_igraph_is_loaded_without_matplotlib_which_can_be_loaded_later():
    script = """
import sys
from silos.measures.community_detection import load_igraph
from silos.report.figure_workers import pens
with pens() as others:
    assert others.away
    assert "igraph" not in sys.modules
    load_igraph()
    assert "igraph" in sys.modules
    assert "matplotlib" not in sys.modules
    from silos.plots import save
    assert "matplotlib" in sys.modules
with pens() as others:
    assert not others.away
"""
    subprocess.run([sys.executable, "-c", script], check=True, cwd=ROOT)


def test_nothing_is_started_to_say_how_the_command_is_used():
    script = """
import sys
from silos.cli import main
try:
    main([*sys.argv[1:], "--help"])
finally:
    assert "silos.report.figure_workers" not in sys.modules
"""
    for words in ([], ["analyze"]):
        subprocess.run([sys.executable, "-c", script, *words], check=True, cwd=ROOT, stdout=subprocess.DEVNULL)


def test_a_drawing_is_plain_data():
    one = graph(NAMES["plain"])
    assert [text.get_text() for text in one.axes().texts] == NAMES["plain"]
    assert Order(one.picture).packed()

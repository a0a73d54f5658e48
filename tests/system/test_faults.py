"""What goes wrong around a run: it is said in one line, and nothing of the log is left behind."""

import os
import random
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import silos
from silos.errors import ReadError
from silos.report.workbook import write_workbook
from silos.system import scratch
from silos.system.scratch import Folder
from tests.support.places import ROOT, SAMPLE

LOG, STAFF = SAMPLE / "interactions.csv", SAMPLE / "roster.csv"
posix = pytest.mark.skipif(os.name != "posix", reason="limits, locks and signals of POSIX")


def command(*words: object) -> list[str]:
    return [sys.executable, "-m", "silos", *map(str, words)]


def environ(tmp: Path) -> dict[str, str]:
    """Of a Python that finds the package, and makes temporary files there."""
    return {**os.environ, "TMPDIR": str(tmp), "PYTHONPATH": str(ROOT)}


def run(*words: object, tmp: Path, before: Callable[[], None] | None = None, **env: str) -> Any:
    """The command, with a temporary folder of its own."""
    tmp.mkdir(exist_ok=True)
    return subprocess.run(
        command(*words),
        capture_output=True,
        text=True,
        check=False,
        env=environ(tmp) | env,
        preexec_fn=before,
        timeout=300,
    )


def left_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


# ---- folders of ours


def test_a_folder_is_gone_with_its_process_or_its_object(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    one, other = Folder(), Folder()
    (one.path / "log").write_text("content")
    assert one.path.parent == other.path.parent
    assert one.path.parent.stat().st_mode & 0o777 == 0o700
    one.remove()
    assert other.path.exists()
    other.remove()
    assert left_in(tmp_path) == []


@posix
def test_what_a_killed_process_left_is_swept_and_what_a_living_one_has_is_not(tmp_path, monkeypatch):
    script = (
        "from silos.system.scratch import Folder; import sys, time; f = Folder(); (f.path / 'log').write_text('x'); "
        "print(f.path, flush=True); time.sleep(600)"
    )
    processes = [
        subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, env=environ(tmp_path))
        for _ in range(2)
    ]
    paths = []
    for process in processes:
        assert process.stdout is not None
        paths.append(Path(process.stdout.readline().strip()))
    processes[0].kill()
    processes[0].wait()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    own = Folder()
    assert [path.exists() for path in paths] == [False, True]
    processes[1].kill()
    processes[1].wait()
    own.remove()
    Folder().remove()
    for process in processes:
        assert process.stdout is not None
        process.stdout.close()
    assert left_in(tmp_path) == []


@posix
def test_nobody_waits_for_somebody_who_is_suspended_while_it_sweeps(tmp_path, monkeypatch):
    """A job that was stopped by Ctrl-Z held the lock on the place of all, and each further run waited for it."""
    script = (
        "import os, signal\nfrom silos.system import scratch\n"
        "scratch._sweep = lambda *_: os.kill(os.getpid(), signal.SIGSTOP)\nscratch.Folder()"
    )
    with subprocess.Popen([sys.executable, "-c", script], env=environ(tmp_path)) as suspended:
        os.waitpid(suspended.pid, os.WUNTRACED)
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
        own = Folder()
        assert own.path.name.startswith("run-")
        suspended.kill()
    other = Folder()
    assert own.path.exists()
    own.remove()
    other.remove()
    assert left_in(tmp_path) == []


@posix
def test_a_lock_on_a_place_that_was_removed_and_made_anew_is_none(tmp_path, monkeypatch):
    """Who holds it would sweep beside somebody who holds the lock on the new one."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    former = scratch._common()
    lock, sweep, swept = scratch._locked, scratch._sweep, []

    def too_late(path, **how):
        found = lock(path, **how)
        monkeypatch.setattr(scratch, "_locked", lock)
        former.rename(tmp_path / "former")
        former.mkdir(mode=0o700)
        return found

    def seen(place, *how):
        swept.append(lock(place))
        sweep(place, *how)

    monkeypatch.setattr(scratch, "_locked", too_late)
    monkeypatch.setattr(scratch, "_sweep", seen)
    Folder().remove()
    assert swept == [None], "it is locked while it is swept"


@posix
def test_our_place_is_not_taken_from_somebody_else(tmp_path, monkeypatch):
    """A link, or a folder that others may enter, under our name: nothing is written through it."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    (tmp_path / "theirs").mkdir()
    place = tmp_path / f"silos-{os.getuid()}"
    place.symlink_to(tmp_path / "theirs")
    own = Folder()
    assert own.path.parent == tmp_path
    own.remove()
    assert left_in(tmp_path / "theirs") == []
    place.unlink()
    place.mkdir(mode=0o777)
    place.chmod(0o777)
    assert Folder().path.parent == tmp_path


@posix
def test_an_ingest_that_is_killed_leaves_nothing_of_the_log_after_the_next_run(tmp_path):
    """Kills at moments that a seed draws; the log is packed, so that it is unpacked into the temporary folder."""
    tmp, store, key = tmp_path / "tmp", tmp_path / "store", tmp_path / "key"
    tmp.mkdir()
    shutil.make_archive(str(tmp_path / "log"), "zip", SAMPLE, "interactions.csv")
    words = ["ingest", tmp_path / "log.zip", "-o", store, "--key-file", key]
    chance = random.Random(18)
    left = 0
    for _ in range(3):
        process = subprocess.Popen(command(*words), stdout=subprocess.DEVNULL, env=environ(tmp))
        # As soon as something lies there, and a little later each time.
        while process.poll() is None and not any(path.is_file() for path in tmp.rglob("*")):
            pass
        for _ in range(chance.randrange(200_000)):
            pass
        process.kill()
        process.wait()
        left += bool(left_in(tmp))
    assert left, "nothing was left by a kill: the test shows nothing"
    done = run(*words, tmp=tmp)
    assert done.returncode == 0, done.stderr
    assert left_in(tmp) == []


@posix
def test_what_a_killed_analysis_left_beside_out_goes_and_the_former_result_comes_back(tmp_path):
    from silos.report.writer import OURS
    from silos.system.files import whole_directory

    out = tmp_path / "out"
    left = tmp_path / ".out-killed"
    (left / "old").mkdir(parents=True)
    (left / "old" / "summary.json").write_text("{}")
    with pytest.raises(ZeroDivisionError), whole_directory(out, ours=OURS):
        raise ZeroDivisionError
    assert left_in(tmp_path) == ["out", "out/summary.json"]


# ---- signals, memory, disk


@posix
def test_sigterm_ends_what_computes_without_python_within_seconds(tmp_path):
    """Something that runs for hours in one step of Python, as a library might."""
    script = """
import click, hashlib, sys, threading
from silos.system.console import Failing
from silos.system.scratch import Folder
def slow():
    folder = Folder()
    (folder.path / "log").write_text("x")
    # Said from beside once this thread is out of Python: before, it would hear the signal itself.
    threading.Timer(0.5, print, ["ready"], {"flush": True}).start()
    hashlib.pbkdf2_hmac("sha256", b"x", b"y", 10**9)
sys.argv = ["silos", "slow"]
Failing(commands={"slow": click.Command("slow", callback=slow)}).main()
"""
    with subprocess.Popen(
        [sys.executable, "-c", script],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environ(tmp_path),
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGTERM)
        try:
            _, said = process.communicate(timeout=60)
        finally:
            process.kill()
    assert (process.returncode, said.strip()) == (-signal.SIGKILL, "Aborted!")
    # The other process has closed its end of the pipe: it has ended, and swept before.
    assert left_in(tmp_path) == []


@posix
def test_too_little_memory_is_said_at_once(tmp_path):
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (1_200_000 * 1024, 1_200_000 * 1024))

    done = run("analyze", LOG, "--roster", STAFF, "-o", tmp_path / "out", tmp=tmp_path / "tmp", before=limit)
    assert (done.returncode, done.stdout) == (1, "")
    assert "1.1 GB of address space (ulimit -v)" in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "out").exists()


@posix
@pytest.mark.parametrize("words", [["-o"], ["-o", "--key-file"]])
def test_a_full_disk_is_said_and_nothing_is_left(tmp_path, words):
    """The system lets no file grow beyond some kilobytes, as a full disk would."""

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    more = [word for option in words for word in (option, tmp_path / option.strip("-"))]
    done = run("ingest", LOG, *more, tmp=tmp_path / "tmp", before=limit)
    assert done.returncode == 1, done.stdout
    assert "Traceback" not in done.stderr, done.stderr
    assert done.stderr.startswith("silos: ")
    assert left_in(tmp_path / "tmp") == []
    assert not (tmp_path / "o" / "silos.json").exists()


def test_a_pipe_that_nobody_reads_is_no_traceback():
    words = " ".join(f"'{word}'" for word in command("check", LOG, "--roster", STAFF))
    done = subprocess.run(
        ["bash", "-c", f"{words} | head -c 1"], capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert "Traceback" not in done.stderr


PLAIN = {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


def test_in_the_locale_c_names_with_accents_are_read_and_written(tmp_path):
    log, staff, store = tmp_path / "café.csv", tmp_path / "équipe.csv", tmp_path / "dépôt"
    shutil.copy(LOG, log)
    shutil.copy(STAFF, staff)
    key = ["--key-file", tmp_path / "clé"]
    for words in (["ingest", log, "-o", store, *key], ["check", store, "--roster", staff, *key]):
        done = run(*words, tmp=tmp_path / "tmp", **PLAIN)
        assert (done.returncode, done.stderr) == (0, ""), done.stderr
    assert (store / "silos.json").exists()


@posix
def test_a_name_that_is_no_utf8_is_read_and_shown_with_escapes(tmp_path):
    (tmp_path / "logs").mkdir()
    log = tmp_path / "logs" / os.fsdecode(b"caf\xe9.csv")
    shutil.copy(LOG, log)
    for named in (log, tmp_path / "logs"):
        found = silos.read_interactions(named)
        assert len(found.to_pandas(10)) == 10
        assert found.sources[0].name.endswith("/logs/caf\\xe9.csv")


def test_an_input_that_is_cut_short_is_said(tmp_path):
    shutil.make_archive(str(tmp_path / "log"), "zip", SAMPLE, "interactions.csv")
    whole = (tmp_path / "log.zip").read_bytes()
    (tmp_path / "log.zip").write_bytes(whole[: len(whole) // 2])
    done = run("check", tmp_path / "log.zip", "--roster", STAFF, tmp=tmp_path / "tmp")
    assert (done.returncode, "Traceback" in done.stderr) == (1, False), done.stderr
    assert "log.zip" in done.stderr
    assert left_in(tmp_path / "tmp") == []


# ---- inputs that change, disks that are full or may only be read


def test_an_input_that_changes_while_it_is_read_is_said(tmp_path):
    log, folder = tmp_path / "log.csv", tmp_path / "logs"
    folder.mkdir()
    for path in (log, folder / "one.csv", folder / "other.csv"):
        shutil.copy(LOG, path)
    for named, changed in ((log, log), (folder, folder / "other.csv")):
        interactions = silos.read_interactions(named)
        interactions.to_pandas(1)
        whole = changed.read_text()
        changed.write_text(whole[: len(whole) // 2])
        with pytest.raises(ReadError, match=f"{named}: it changed while it was read. Wait until the export"):
            interactions.to_pandas(1)
        with pytest.raises(ReadError, match="it changed while it was read"):
            silos.ingest(interactions, tmp_path / "store")
        changed.unlink()
        with pytest.raises(ReadError, match="changed while it was read"):
            interactions.to_pandas(1)


def elsewhere(folder: Path, mount: str, *words: object, **env: str) -> Any:
    """The command where `folder` is another disk: in a namespace of its own, as only root may mount in this one."""
    script = f'{mount}; shift; "$@"; code=$?; find "$0" -mindepth 1; exit $code'
    within = ["unshare", "-Urm", "bash", "-c", script, str(folder)]
    if shutil.which("unshare") is None or subprocess.run([*within, "", "true"], capture_output=True).returncode:
        pytest.skip("the system lets nobody mount a disk in a namespace of their own")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **env}
    return subprocess.run(
        [*within, "", *command(*words)],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
        timeout=300,
    )


SMALL, READ_ONLY = 'mount -t tmpfs -o size={} none "$0"', 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0"'


def test_a_full_temporary_folder_is_said_by_its_name(tmp_path):
    """The log is a workbook, which is copied sheet by sheet; the roster is copied, too."""
    small, log = tmp_path / "small", tmp_path / "log.xlsx"
    small.mkdir()
    write_workbook({"log": pd.read_csv(LOG, nrows=2000)}, log, digits=6)
    done = elsewhere(small, SMALL.format("4k"), "check", log, "--roster", STAFF, TMPDIR=str(small))
    assert done.returncode == 1
    assert done.stderr.count("the temporary folder has no room for a copy. Free some, or point") == 2, done.stderr
    assert done.stdout == ""


@pytest.mark.long
@pytest.mark.parametrize("size", ["4k", "50k", "300k"])
def test_a_full_disk_of_the_result_is_said_and_nothing_is_left(tmp_path, size):
    """It is full at once, or as the workbook is closed, or as a table is written."""
    small = tmp_path / "small"
    small.mkdir()
    done = elsewhere(small, SMALL.format(size), "analyze", LOG, "--roster", STAFF, "-o", small / "out")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"silos: {small / 'out'} cannot be written: No space left on device.\n"


def test_a_place_that_may_only_be_read_is_said_before_anything_is_analysed(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    done = elsewhere(disk, READ_ONLY, "analyze", LOG, "--roster", STAFF, "-o", disk / "new" / "out")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"silos: {disk / 'new' / 'out'} cannot be written: Read-only file system.\n"


@posix
@pytest.mark.parametrize(("closed", "code", "said"), [(">&-", 0, ""), (">/dev/full", 1, "silos: the disk is full: ")])
def test_standard_output_that_takes_nothing_is_no_traceback(closed, code, said):
    words = " ".join(f"'{word}'" for word in command("formats"))
    done = subprocess.run(["bash", "-c", f"{words} {closed}"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr[: len(said) or None]) == (code, said)


# ---- two at once


def test_of_two_that_write_one_result_at_once_both_end_well_and_one_stays(tmp_path):
    script = """
import sys
from pathlib import Path
from silos.system.files import Result, whole_directory
ours = Result(names=("summary.json", "other.txt"), mark="summary.json", keys=("by",))
for number in range(600):
    with whole_directory(Path(sys.argv[1]), ours=ours) as draft:
        (draft / "summary.json").write_text('{"by": "%s %d"}' % (sys.argv[2], number))
        (draft / "other.txt").write_text('{"by": "%s %d"}' % (sys.argv[2], number))
"""
    out = tmp_path / "out"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    both = [
        subprocess.Popen([sys.executable, "-c", script, str(out), name], stderr=subprocess.PIPE, env=environment)
        for name in ("one", "other")
    ]
    assert [process.communicate()[1] for process in both] == [b"", b""]
    assert left_in(tmp_path) == ["out", "out/other.txt", "out/summary.json"]
    assert (out / "summary.json").read_text() == (out / "other.txt").read_text()

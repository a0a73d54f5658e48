"""Directories that are written whole: ours are replaced, and nobody else's."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from silos.cli import main
from silos.errors import OutputError
from silos.report import writer
from silos.simulate import log
from silos.system.files import Result, whole_directory
from tests.support.places import SAMPLE

OURS = Result(names=("page.html", "mark.json", "tables/one.csv"), mark="mark.json", keys=("schema", "findings"))
MARK = json.dumps({"schema": 1, "findings": []})


def write(directory, content="new"):
    with whole_directory(directory, ours=OURS) as draft:
        (draft / "tables").mkdir()
        (draft / "tables" / "one.csv").write_text(content)
        (draft / "mark.json").write_text(MARK)


def held(directory):
    """What lies in a directory, by its path."""
    return {path.relative_to(directory).as_posix(): path.read_text() for path in directory.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    "before", [{}, {"mark.json": MARK}, {"mark.json": MARK, "tables/one.csv": "", "page.html": ""}]
)
def test_an_empty_directory_and_an_earlier_result_are_replaced(tmp_path, before):
    place(tmp_path / "out", before)
    write(tmp_path / "out")
    assert held(tmp_path) == {"out/mark.json": MARK, "out/tables/one.csv": "new"}


def place(directory, files):
    directory.mkdir()
    for name, content in files.items():
        (directory / name).parent.mkdir(exist_ok=True)
        (directory / name).write_text(content)


SOMEBODYS = {
    "another name": ({"mark.json": MARK, "notes.txt": ""}, "notes.txt"),
    "another name in a folder of ours": ({"mark.json": MARK, "tables/mine.csv": ""}, "tables/mine.csv"),
    "a folder of a name of ours": ({"mark.json": MARK, "page.html/mine": ""}, "page.html"),
    "another folder": ({"mark.json": MARK, "figures/one.csv": ""}, "figures"),
    "our names alone": ({"page.html": "", "tables/one.csv": ""}, "page.html, tables): silos wrote no mark.json"),
    "a namesake of the mark": ({"mark.json": '{"schema": 1}'}, "mark.json): silos wrote no mark.json"),
    "a mark that is no object": ({"mark.json": "[]"}, "mark.json): silos wrote no mark.json"),
    "a mark that is no JSON": ({"mark.json": "schema, findings"}, "mark.json): silos wrote no mark.json"),
}


@pytest.mark.parametrize("case", SOMEBODYS)
def test_what_we_did_not_write_is_named_and_stays(tmp_path, case):
    files, named = SOMEBODYS[case]
    place(tmp_path / "out", files)
    with pytest.raises(OutputError) as refused:
        write(tmp_path / "out")
    assert f"out holds other files ({named}" in str(refused.value)
    assert str(refused.value).endswith("Name an empty or new directory.")
    assert held(tmp_path) == {f"out/{name}": content for name, content in files.items()}


def test_a_link_stays_and_what_it_leads_to_is_replaced(tmp_path):
    place(tmp_path / "there", {"mark.json": MARK, "page.html": ""})
    (tmp_path / "link").symlink_to("there")
    (tmp_path / "new").symlink_to("later")
    write(tmp_path / "link")
    write(tmp_path / "new")
    assert (tmp_path / "link").readlink() == Path("there")
    assert (tmp_path / "new").readlink() == Path("later")
    for name in ("there", "later"):
        assert held(tmp_path / name) == {"mark.json": MARK, "tables/one.csv": "new"}


def test_a_link_to_somebody_elses_directory_and_a_link_in_one_are_refused(tmp_path):
    place(tmp_path / "theirs", {"notes.txt": "mine"})
    (tmp_path / "link").symlink_to("theirs")
    place(tmp_path / "out", {"mark.json": MARK})
    (tmp_path / "out" / "tables").symlink_to(tmp_path / "theirs")
    for name, stranger in (("link", "notes.txt"), ("out", "tables")):
        with pytest.raises(OutputError, match=rf"{name} holds other files \({stranger}\)"):
            write(tmp_path / name)
    assert held(tmp_path / "theirs") == {"notes.txt": "mine"}
    assert (tmp_path / "out" / "tables").is_symlink()


def test_a_link_to_itself_and_a_name_that_is_too_long_cannot_be_written(tmp_path):
    (tmp_path / "loop").symlink_to("loop")
    for name in ("loop", "x" * 300):
        with pytest.raises(OutputError, match="cannot be written"):
            write(tmp_path / name)
    assert [path.name for path in tmp_path.iterdir()] == ["loop"]


def test_marks_are_among_the_names():
    for ours in (writer.OURS, log.OURS):
        assert ours.mark in ours.names


def test_what_systems_leave_behind_is_nobodys(tmp_path):
    out = tmp_path / "out"
    write(out)
    for folder in (out, out / "tables"):
        (folder / ".DS_Store").write_bytes(b"")
    write(out)
    assert held(out) == {"mark.json": MARK, "tables/one.csv": "new"}


def test_analyze_refuses_the_place_before_it_analyses(tmp_path, monkeypatch):
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    monkeypatch.setattr("silos.analysis.pipeline.analyze", None)
    words = ["analyze", str(SAMPLE / "interactions.csv"), "--roster", str(SAMPLE / "roster.csv"), "-o", str(tmp_path)]
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 1
    assert "holds other files (mine.txt)" in done.output


@pytest.mark.parametrize("name", [".", "..", "{here}"])
def test_the_current_folder_is_not_replaced_under_whoever_stands_in_it(tmp_path, monkeypatch, name):
    (tmp_path / "empty" / "deeper").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "empty" / "deeper")
    with pytest.raises(OutputError, match="current folder"):
        write(name.format(here=tmp_path / "empty"))
    assert Path.cwd().exists()


def test_an_empty_name_is_not_the_current_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(OutputError, match="empty"):
        write("")
    outcome = CliRunner().invoke(main, ["check", "", "--roster", str(SAMPLE / "roster.csv")])
    assert outcome.exit_code != 0
    assert "is empty" in outcome.output

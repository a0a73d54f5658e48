"""The command line: what it writes, what it refuses, in words."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from silos.cli import main
from tests.test_analysis import SAMPLE

LOG = "timestamp,sender,recipient\n" + "".join(
    f"2025-01-0{day}T09:00:00Z,p{a},p{b}\n" for day in range(6, 9) for a in range(12) for b in range(12) if a != b
)
ROSTER = "person,department\n" + "".join(f"p{number},{'AB'[number % 2]}\n" for number in range(12))


def run(*arguments: object):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture
def company(tmp_path):
    (tmp_path / "log.csv").write_text(LOG)
    (tmp_path / "roster.csv").write_text(ROSTER)
    return tmp_path


def analyze(company, *options, log="log.csv", roster="roster.csv"):
    return run("analyze", company / log, "--roster", company / roster, "-o", company / "out", *options)


def test_analyze_writes_what_the_interface_promises(tmp_path):
    said = run(
        "analyze", SAMPLE / "interactions.csv", "--roster", SAMPLE / "roster.csv", "-o", tmp_path / "out",
        "--bootstrap", 20, "--window", "month", "--people", "--lang", "fr",
    )  # fmt: skip
    assert said.exit_code == 0, said.output
    written = {path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*")}
    figures = {path.stem for path in (tmp_path / "out" / "figures").iterdir()}
    assert written >= {
        "report.html", "summary.json", "departments.graphml", "tables/departments.csv", "tables/pairs.csv",
        "tables/connectors.csv", "tables/communities.csv", "tables/detected_communities.csv", "tables/trend.csv",
        "tables/people.csv",
        *(f"figures/{name}.{kind}" for name in figures for kind in ("svg", "png")),
    }  # fmt: skip
    assert "trend" in figures
    assert "est un silo" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))["schema"] == 1
    assert list(tmp_path.iterdir()) == [tmp_path / "out"], "nothing is left beside it"


def test_the_same_input_and_seed_give_the_same_bytes_but_for_the_time_stamp(company):
    contents = []
    for name in ("one", "two"):
        said = run(
            "analyze", SAMPLE / "interactions.csv", "--roster", SAMPLE / "roster.csv", "-o", company / name,
            "--bootstrap", 20,
        )  # fmt: skip
        assert said.exit_code == 0, said.output
        files = sorted(path for path in (company / name).rglob("*") if path.is_file())
        contents.append({path.relative_to(company / name): path.read_bytes() for path in files})
    one, two = contents
    assert one.keys() == two.keys()
    stamp = re.compile(rb'"generated": "[^"]*"')
    for path, content in one.items():
        assert stamp.sub(b"", content) == stamp.sub(b"", two[path]), path


def test_without_people_no_output_names_a_person(company):
    run(
        "analyze",
        SAMPLE / "interactions.csv",
        "--roster",
        SAMPLE / "roster.csv",
        "-o",
        company / "out",
        "--bootstrap",
        2,
    )
    names = set(pd.read_csv(SAMPLE / "roster.csv")[["person", "name", "aliases"]].to_numpy().ravel())
    for path in (company / "out").rglob("*"):
        if path.suffix in (".html", ".json", ".csv", ".graphml", ".svg"):
            text = path.read_text(encoding="utf-8")
            assert not [name for name in names if name in text], path


REFUSED = {
    "no column for the sender": (
        {"log": LOG.replace("sender", "wer")}, (), ["'sender'", "timestamp, wer, recipient", "--map sender=COLUMN"]),
    "no column of that name": ({}, ("--by", "team"), ["has no column 'team'", "department"]),
    "nobody in the roster": (
        {"log": re.sub(r"p(\d+)", r"x\1", LOG)}, (), ["nobody in the log is in the roster", "aliases"]),
    "one department": (
        {"roster": ROSTER.replace(",A", ",B")}, (), ["12 people are in one single department, 'B'", "--by"]),
    "an empty period": ({}, ("--since", "2026-01-01"), ["from 2025-01-06 to 2025-01-08", "--since"]),
    "an empty log": ({"log": "timestamp,sender,recipient\n"}, (), ["no row"]),
    "only broadcasts": (
        {"log": "timestamp,sender,recipient,event\n" + "".join(
            f"2025-01-06T09:00:00Z,p0,p{number},e\n" for number in range(1, 12))},
        ("--max-recipients", 3), ["--max-recipients"]),
    "only small departments": ({}, ("--min-department", "50"), ["--min-department"]),
    "an unknown service desk": ({}, ("--service-department", "Mail"), ["no column 'Mail'"]),
    "an unreadable file": ({"log": "%PDF-1.7\n%\u00e2\u00e3\n"}, (), ["log.csv"]),
}  # fmt: skip


@pytest.mark.parametrize("fault", REFUSED)
def test_what_cannot_be_analysed_is_one_message_and_nothing_is_written(company, fault):
    files, options, words = REFUSED[fault]
    for name, content in files.items():
        (company / f"{name}.csv").write_text(content)
    said = analyze(company, *options)
    assert said.exit_code == 1, said.output
    assert said.stdout == ""
    assert said.stderr.startswith("silos: ")
    for word in words:
        assert word in said.stderr, said.stderr
    assert "Traceback" not in said.stderr
    assert sorted(path.name for path in company.iterdir()) == ["log.csv", "roster.csv"]


def test_a_missing_file_is_named(company):
    said = analyze(company, log="lgo.csv")
    assert said.exit_code == 1
    assert "lgo.csv" in said.stderr


def test_wrong_usage_is_exit_code_2(company):
    assert run("analyze").exit_code == 2
    assert analyze(company, "--map", "sender").exit_code == 2
    assert analyze(company, "--engine", "abacus").exit_code == 2


def test_somebody_elses_directory_is_left_alone(company):
    (company / "out").mkdir()
    (company / "out" / "thesis.txt").write_text("mine")
    said = analyze(company)
    assert said.exit_code == 1
    assert "thesis.txt" in said.stderr
    assert [path.name for path in (company / "out").iterdir()] == ["thesis.txt"]


def test_our_own_directory_is_replaced(company):
    assert analyze(company, "--bootstrap", 2).exit_code == 0
    (company / "out" / "report.html").write_text("old")
    assert analyze(company, "--bootstrap", 2).exit_code == 0
    assert (company / "out" / "report.html").read_text(encoding="utf-8") != "old"


def test_check_says_what_was_read_and_writes_nothing(company):
    (company / "log.csv").write_text(LOG + "not a date,p0,p1\n2025-01-06T09:00:00Z,p0,zoe\n")
    said = run("check", company / "log.csv", "--roster", company / "roster.csv")
    assert said.exit_code == 0, said.output
    for words in ("rows read: 398", "1    0.3%  undated", "not in the roster", "timestamp from 'timestamp'",
                  "evidence of the connector verdict: reciprocated", "column 'thread'"):  # fmt: skip
        assert words in said.stdout, said.stdout
    assert sorted(path.name for path in company.iterdir()) == ["log.csv", "roster.csv"]
    run("check", company / "log.csv", "--roster", company / "roster.csv", "-o", company / "found.json")
    assert json.loads((company / "found.json").read_text())["rows_rejected"] == {"not in the roster": 1, "undated": 1}


def test_formats_are_the_registry():
    from silos.readers import FORMATS

    lines = run("formats").stdout.splitlines()
    assert [line.split()[0] for line in lines] == list(FORMATS)


def test_the_sample_is_what_its_seed_makes(tmp_path):
    assert run("simulate", "-o", tmp_path / "made").exit_code == 0
    for path in sorted(Path(SAMPLE).iterdir()):
        assert (tmp_path / "made" / path.name).read_bytes() == path.read_bytes(), path.name


@pytest.mark.parametrize(("words", "code"), [(["formats"], 0), (["analyze"], 2), (["ingest", "nowhere", "-o", "x"], 1)])
def test_a_process_of_its_own_ends_at_once_but_for_what_was_to_be_done_at_its_end(tmp_path, words, code):
    script = """
import atexit
from silos.cli import main
class Held:
    def __del__(self):
        print("taken apart")
held = Held()
atexit.register(print, "done at the end")
main()
"""
    root = Path(__file__).parents[1]
    words = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(root)!r}){script}", *words]
    done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == code, done.stderr
    assert done.stdout.endswith("done at the end\n")

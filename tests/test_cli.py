"""The command line: what it writes, what it refuses, in words."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from silos.analysis.summary import SCHEMA
from silos.cli import main
from silos.report.writer import OURS
from tests.support.places import ROOT, SAMPLE

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
    files = {path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert files <= set(OURS.names), "it would not be replaced by the next run"
    assert "est un silo" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))["schema"] == SCHEMA
    assert list(tmp_path.iterdir()) == [tmp_path / "out"], "nothing is left beside it"


@pytest.mark.long
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
        {"roster": ROSTER.replace(",A", ",B")}, (), ["12 people are in a single department, 'B'", "--by"]),
    "an empty period": ({}, ("--since", "2026-01-01"), ["from 2025-01-06 to 2025-01-08", "--since"]),
    "an empty log": ({"log": "timestamp,sender,recipient\n"}, (), ["no row"]),
    "only broadcasts": (
        {"log": "timestamp,sender,recipient,event\n" + "".join(
            f"2025-01-06T09:00:00Z,p0,p{number},e\n" for number in range(1, 12))},
        ("--max-recipients", 3), ["--max-recipients"]),
    "only small departments": ({}, ("--min-department", "50"), ["--min-department"]),
    "merged cells": (
        {"roster": re.sub(r"(p([2-9]|1[01]),)[AB]", r"\1", ROSTER)}, ("--min-department", "3"),
        ["have no department in the roster", "merged cells"]),
    "an unknown service desk": ({}, ("--service-department", "Mail"), ["'Mail'"]),
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


def test_a_question_that_an_option_asked_in_vain_is_said_at_once(tmp_path):
    """It stood far down in the report; whoever gave the option read nothing of it."""
    asked = ("--event", "2030-01-01=Move", "--window", "quarter", "--bootstrap", "20", "--figures", "none")
    said = run(
        "analyze", SAMPLE / "interactions.csv", "--roster", SAMPLE / "roster.csv", "-o", tmp_path / "out", *asked
    )  # fmt: skip
    assert said.exit_code == 0, said.output
    assert "silos: Nothing can be said of Move (1 January 2030): it lies outside the log." in said.stderr
    assert "and here 0 of 1 do." in said.stderr


def test_a_missing_file_is_named(company):
    said = analyze(company, log="lgo.csv")
    assert said.exit_code == 1
    assert "lgo.csv" in said.stderr


def test_wrong_usage_is_exit_code_2(company):
    assert run("analyze").exit_code == 2
    assert analyze(company, "--map", "sender").exit_code == 2
    assert analyze(company, "--engine", "abacus").exit_code == 2
    company_files = (company / "log.csv", "--roster", company / "roster.csv")
    for words, said in (
        (["simulate", "-o", company / "made", "--seed", "-1"], "--seed"),
        (["analyze", *company_files, "-o", company / "out", "--seed", "-1"], "--seed"),
        (["analyze", *company_files, "-o", company / "out", "--format", "zzz"], "'zzz' is not one of store, slack"),
        (["check", *company_files, "--map", "sendr=from"], "Did you mean 'sender'?"),
        (["check", *company_files, "--roster-map", "name=a", "--roster-map", "name=b"], "'name' is given twice"),
        (["sql", "--dialect", "duckdb", "--map", "sender=a", "--map", "sender=b"], "'sender' is one column of the"),
        (["check", *company_files, "--roster-map", "foo=bar"], "there is no field 'foo'"),
        (["ingest", company / "log.csv", "-o", company / "store", "--format", "zzz"], "'zzz' is not one of"),
        (["sql", "--dialect", "duckdb", "--map", "foo=bar"], "there is no field 'foo'"),
        (["sql", "--dialect", "duckdb", "--without", "sender"], "a log must have the field sender"),
        (["sql", "--dialect", "duckdb", "--log", "de'pt"], "is not a valid table name in duckdb"),
        (["simulate", "-o", company / "made", "--silos", "9", "--departments", "5"], "Ask for more departments"),
        (["simulate", "-o", company / "made", "--start", "soon"], "a day as YYYY-MM-DD is needed"),
    ):
        refused = run(*words)
        assert (refused.exit_code, refused.stdout) == (2, ""), refused.output
        assert said in refused.stderr
    assert sorted(path.name for path in company.iterdir()) == ["log.csv", "roster.csv"]


def test_somebody_elses_directory_is_left_alone(company):
    (company / "out").mkdir()
    (company / "out" / "thesis.txt").write_text("mine")
    said = analyze(company)
    assert said.exit_code == 1
    assert "thesis.txt" in said.stderr
    assert [path.name for path in (company / "out").iterdir()] == ["thesis.txt"]


def test_somebody_elses_files_among_ours_are_left_alone(company):
    assert analyze(company, "--bootstrap", 2).exit_code == 0
    for name in ("figures/logo.svg", "tables/budget.csv"):
        (company / "out" / name).write_text("mine")
        said = analyze(company, "--bootstrap", 2)
        assert said.exit_code == 1
        assert f"holds other files ({name}). Name an empty or new directory." in said.stderr
        assert (company / "out" / name).read_text() == "mine"
        (company / "out" / name).unlink()


def test_a_project_with_files_called_like_ours_is_left_alone(company):
    (company / "out" / "tables").mkdir(parents=True)
    (company / "out" / "tables" / "departments.csv").write_text("mine")
    (company / "out" / "summary.json").write_text('{"title": "mine"}')
    said = analyze(company, "--bootstrap", 2)
    assert said.exit_code == 1
    assert "silos wrote no summary.json there" in said.stderr
    assert (company / "out" / "tables" / "departments.csv").read_text() == "mine"


def test_names_that_a_spreadsheet_would_run_are_written_as_text_and_told_as_they_are(company):
    # Only p0 writes to the other department.
    lines = [(line, re.findall(r"p(\d+)", line)) for line in LOG.splitlines()]
    inside = [line for line, ids in lines if "0" in ids or not ids or int(ids[0]) % 2 == int(ids[1]) % 2]
    (company / "log.csv").write_text("\n".join(inside) + "\n")
    (company / "roster.csv").write_text(ROSTER.replace(",A", ',"=HYPERLINK(""x"")"').replace(",B", ",-B"))
    assert analyze(company, "--bootstrap", 2, "--people").exit_code == 0
    written = {path.stem: pd.read_csv(path) for path in (company / "out" / "tables").glob("*.csv")}
    quoted = ["'-B", '\'=HYPERLINK("x")']
    assert sorted(written["departments"]["department"]) == sorted(written["people"]["department"].unique()) == quoted
    assert sorted([*written["pairs"]["a"], *written["pairs"]["b"]]) == quoted
    # Numbers are not text, whatever they begin with.
    assert (written["departments"]["ei_index"] < 0).all()
    summary = json.loads((company / "out" / "summary.json").read_text(encoding="utf-8"))
    assert sorted(row["department"] for row in summary["departments"]) == ["-B", '=HYPERLINK("x")']


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
                  "stand in both directions alike", "verdict: volume", "column 'thread'"):  # fmt: skip
        assert words in said.stdout, said.stdout
    assert sorted(path.name for path in company.iterdir()) == ["log.csv", "roster.csv"]
    run("check", company / "log.csv", "--roster", company / "roster.csv", "-o", company / "found.json")
    assert json.loads((company / "found.json").read_text())["rows_rejected"] == {"not in the roster": 1, "undated": 1}


def test_check_writes_where_it_can_and_over_no_input(company):
    (company / "logs").mkdir()
    (company / "logs" / "log.csv").write_text(LOG)
    (company / "key").write_text("k" * 32)
    (company / "key").chmod(0o600)
    (company / "link.json").symlink_to("roster.csv")
    before = {path: path.read_text() for path in company.rglob("*") if path.is_file()}
    for log, out, word in (
        ("log.csv", "no/x.json", "there is no directory"),
        ("log.csv", "logs", "is a directory. Name a file."),
        ("log.csv", "x" * 300, "cannot be written"),
        ("log.csv", "roster.csv", "would be overwritten. Name another file."),
        ("log.csv", "link.json", "would be overwritten"),
        ("log.csv", "log.csv", "would be overwritten"),
        ("log.csv", "key", "would be overwritten"),
        ("l*.csv", "log.csv", "would be overwritten"),
        ("logs", "logs/log.csv", "would be overwritten"),
    ):
        said = run(
            "check", company / log, "--roster", company / "roster.csv", "--key-file", company / "key",
            "-o", company / out,
        )  # fmt: skip
        assert (said.exit_code, said.stdout) == (1, ""), said.output
        assert word in said.stderr
        assert said.stderr.count("\n") == 1
    assert {path: path.read_text() for path in company.rglob("*") if path.is_file()} == before
    for _ in range(2):
        again = (
            "check",
            company / "log.csv",
            "--roster",
            company / "roster.csv",
            "-o",
            company / "logs" / "found.json",
        )
        assert run(*again).exit_code == 0


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
from silos.analysis.summary import SCHEMA
from silos.cli import main
class Held:
    def __del__(self):
        print("taken apart")
held = Held()
atexit.register(print, "done at the end")
main()
"""
    words = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}){script}", *words]
    done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == code, done.stderr
    assert done.stdout.endswith("done at the end\n")


def test_a_crossed_column_that_is_not_there_is_named(tmp_path):
    words = [
        "analyze",
        str(SAMPLE / "interactions.csv"),
        "--roster",
        str(SAMPLE / "roster.csv"),
        "-o",
        str(tmp_path / "o"),
    ]
    result = CliRunner().invoke(main, [*words, "--by", "department", "--by", "floor"])
    assert result.exit_code == 1
    assert "'floor'" in result.stderr
    result = CliRunner().invoke(main, [*words, "--by", "department", "--by", "manager"])
    assert "'manager' cannot name the units" in result.stderr


def test_the_help_says_what_each_command_does_without_cutting_it_short():
    said = run("--help").stdout.split("Commands:")[1]
    assert "..." not in said
    assert len(said.split("\n  ")) == 1 + len(main.commands)


@pytest.mark.long
def test_no_few_leaves_out_what_depends_on_very_few_people(tmp_path):
    log, staff = str(SAMPLE / "interactions.csv"), str(SAMPLE / "roster.csv")
    words = ["analyze", log, "--roster", staff, "--bootstrap", "100"]
    summaries = {}
    for name, more in (("all", []), ("no_few", ["--no-few"])):
        assert CliRunner().invoke(main, [*words, "-o", str(tmp_path / name), *more]).exit_code == 0
        summaries[name] = json.loads((tmp_path / name / "summary.json").read_text("utf-8"))
    said, silent = summaries["all"], summaries["no_few"]
    assert "one_person_bridge" in [one["id"] for one in said["findings"]]
    assert "very few" not in (tmp_path / "no_few" / "report.html").read_text("utf-8")
    assert [one["effective_spanners"] for one in silent["connector"]["candidates"]] == [None] * 12
    assert silent["what_if"]["losses"]["spanners"] == []
    # Verdicts stay as they are.
    verdicts = [[one["verdict"] for one in summary["departments"]] for summary in (said, silent)]
    assert verdicts[0] == verdicts[1]
    assert silent["connector"]["department"] == said["connector"]["department"] == "Marketing"


@pytest.mark.parametrize(("asked", "kinds"), [("svg", {".svg"}), ("both", {".svg", ".png"}), ("none", set())])
def test_figures_are_written_as_asked_for(tmp_path, asked, kinds):
    log, staff = str(SAMPLE / "interactions.csv"), str(SAMPLE / "roster.csv")
    words = ["analyze", log, "--roster", staff, "--bootstrap", "10", "-o", str(tmp_path / "out"), "--figures"]
    assert CliRunner().invoke(main, [*words, asked]).exit_code == 0
    assert {path.suffix for path in (tmp_path / "out").glob("figures/*")} == kinds
    assert "<svg" in (tmp_path / "out" / "report.html").read_text("utf-8")
    refused = CliRunner().invoke(main, [*words, "gif"])
    assert refused.exit_code == 2
    assert "'gif' is not one of svg, png, both, none" in refused.stderr

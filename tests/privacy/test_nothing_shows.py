"""No id, name or form of one in anything that is written, shown or said by default; and found where it is asked for."""

import copy
import dataclasses
import pickle
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner

import silos
from silos.analysis.input_check.check import inspect
from silos.cli import main
from silos.errors import SilosError
from silos.ties.people import population
from tests.support import identifiers
from tests.support.places import SAMPLE

LOGS = [SAMPLE / "interactions.csv", SAMPLE / "affiliations.csv"]
WANTED = identifiers.identifiers(identifiers.people())


def run(*words: object):
    return CliRunner().invoke(main, [str(word) for word in words])


def held(folder: Path) -> dict[str, set[str]]:
    found = {}
    for path, text in identifiers.texts(folder):
        if kinds := identifiers.found_in(f"{path.relative_to(folder)} {text}", WANTED):
            found[str(path.relative_to(folder))] = kinds
    return found


def test_900_identifiers_are_looked_for():
    plain = [form for form, kind in WANTED.items() if kind in ("id", "local part", "name") or kind.startswith("alias")]
    assert len(plain) >= 900
    assert {"md5 of id", "sha1 of name", "sha256 of local part", "reversed id", "reversed alias 0"} <= set(
        WANTED.values()
    )


@pytest.fixture(scope="module")
def out(tmp_path_factory) -> Path:
    """A default run and one with `--people`, in the words of the command line, and what both said."""
    folder = tmp_path_factory.mktemp("out")
    for name, more in (("default", ["--window", "month"]), ("people", ["--people", "--bootstrap", 2])):
        words = ["analyze", *LOGS, "--roster", SAMPLE / "roster.csv", "--bootstrap", 20, *more, "-o", folder / name]
        said = run(*words)
        assert said.exit_code == 0, said.output
        (folder / f"{name}.txt").write_text(said.output)
    return folder


def test_no_identifier_is_in_any_default_file_or_line(out):
    assert held(out / "default") == {}
    assert identifiers.found_in((out / "default.txt").read_text(), WANTED) == set()


def test_with_people_they_are_found(out):
    found = held(out / "people")
    assert {Path(name).parts[:2] for name in found} >= {("tables", "people.csv")}
    assert found["tables/people.csv"] >= {"id", "local part"}
    others = {name for name in found if "people" not in name and not name.startswith("tables/silos.xlsx")}
    assert others == set()


@pytest.mark.long
def test_check_and_errors_quote_nobody(tmp_path):
    said = run("check", *LOGS, "--roster", SAMPLE / "roster.csv", "-o", tmp_path / "found.json")
    assert said.exit_code == 0
    # A roster in which most ids of the log are strangers, and one with two departments for a person.
    staff = identifiers.people()
    staff.head(20).to_csv(tmp_path / "few.csv", index=False)
    pd.concat([staff, staff.head(3).assign(department="IT")]).to_csv(tmp_path / "twice.csv", index=False)
    log = pd.read_csv(LOGS[0], dtype=str)
    log.assign(timestamp=log["sender"]).to_csv(tmp_path / "times.csv", index=False)
    texts = [said.output, (tmp_path / "found.json").read_text()]
    for words in (
        ["check", *LOGS, "--roster", tmp_path / "few.csv"],
        ["analyze", *LOGS, "--roster", tmp_path / "few.csv", "-o", tmp_path / "a"],
        ["check", *LOGS, "--roster", tmp_path / "twice.csv"],
        ["check", tmp_path / "times.csv", "--roster", SAMPLE / "roster.csv"],
        ["analyze", LOGS[0], "--roster", SAMPLE / "roster.csv", "--service-department", "Nobody", "-o", tmp_path / "b"],
        ["check", LOGS[0], "--roster", LOGS[0]],
    ):
        texts.append(run(*words).output)
    assert [identifiers.found_in(text, WANTED) for text in texts] == [set()] * len(texts)
    assert run("check", *LOGS, "--roster", tmp_path / "few.csv", "--people").output != texts[2]


# ---- objects


@pytest.fixture(scope="module")
def analysis() -> Any:
    log = silos.read_interactions([str(path) for path in LOGS])
    return silos.analyze(log, silos.read_roster(SAMPLE / "roster.csv"), bootstrap=2, window="month")


def objects(one: Any, path: str, seen: set[int]) -> Iterator[tuple[str, Any]]:
    """Every object of ours that hangs on another, by attributes, properties and collections."""
    if id(one) in seen:
        return
    seen.add(id(one))
    if isinstance(one, dict):
        for key, value in one.items():
            yield from objects(value, f"{path}[{key!r}]", seen)
    elif isinstance(one, list | tuple):
        for place, value in enumerate(one):
            yield from objects(value, f"{path}[{place}]", seen)
    elif type(one).__module__.startswith("silos"):
        yield path, one
        names = {field.name for field in dataclasses.fields(one)} if dataclasses.is_dataclass(one) else set()
        for name in sorted(names | set(vars(one) if hasattr(one, "__dict__") else ())):
            yield from objects(getattr(one, name), f"{path}.{name}", seen)


def test_no_display_of_any_object_shows_an_identifier(analysis):
    # With a few ids of the log that the roster lacks, and a roster with dates.
    staff = identifiers.people()
    dated = silos.read_roster(
        pd.concat([staff.assign(effective_from="2024-01-01"), staff.assign(effective_from="2025-02-01").head(9)])
    )
    few = silos.read_roster(staff.head(20))
    log = silos.read_interactions(str(LOGS[0]))
    roots = {
        "analysis": analysis,
        "log": log,
        "dated": dated,
        "people": population(dated, "department"),
        "inspection": inspect(log, few),
        **{name: getattr(analysis, name) for name in ("findings", "recommendations", "tally", "shown", "network")},
    }
    seen: set[int] = set()
    count, shown = 0, {}
    for name, root in roots.items():
        for path, one in objects(root, name, seen):
            count += 1
            displays = [repr(one), str(one)]
            if hasattr(one, "_repr_html_"):
                displays.append(one._repr_html_() or "")
            if kinds := identifiers.found_in(" ".join(displays), WANTED):
                shown[path] = kinds
    assert shown == {}
    assert count > 40
    assert {type(one).__name__ for _, one in objects(roots, "", set())} >= {
        *("PersonAnalysis", "Tally", "Shown", "Network", "Interactions", "DatedRoster", "Parameters", "Unmatched"),
    }


def test_an_analysis_cannot_be_pickled_and_says_what_to_keep(analysis):
    with pytest.raises(SilosError, match=r"analysis.summary\(\)"):
        pickle.dumps(analysis)
    other = copy.copy(analysis)
    assert (other is not analysis, other.tally is analysis.tally) == (True, True)
    assert copy.deepcopy(analysis) is analysis


def test_neither_can_the_answers_that_hold_everybody(analysis):
    """What would help is a public answer, whose model holds the network."""
    for part in (analysis.results, analysis.what_would_help, analysis.what_would_help.model):
        with pytest.raises(SilosError, match="cannot be pickled"):
            pickle.dumps(part)


def test_a_figure_of_results_can_be_drawn_elsewhere(analysis):
    """What goes to other processes is numbers: it holds nobody."""
    for name, drawing in analysis.results.drawings().items():
        text = pickle.dumps(drawing).decode("latin-1")
        assert identifiers.found_in(text, WANTED) == set(), name


@pytest.mark.long
def test_channels_that_hold_ids_are_found_nowhere(tmp_path):
    staff = identifiers.people()
    address = dict(zip(staff["aliases"], staff["person"], strict=True))
    log = pd.read_csv(LOGS[0], dtype=str)
    channel = "dm-" + log["sender"].map(address) + "…" + log["recipient"].map(address)
    log.assign(channel=channel).drop(columns="medium").to_csv(tmp_path / "log.csv", index=False)
    done = run(
        "analyze", tmp_path / "log.csv", "--roster", SAMPLE / "roster.csv", "--bootstrap", 2, "-o", tmp_path / "out"
    )
    assert done.exit_code == 0, done.output
    checked = run("check", tmp_path / "log.csv", "--roster", SAMPLE / "roster.csv")
    assert "media are called 'other'" in checked.output
    assert held(tmp_path / "out") == {}
    assert identifiers.found_in(done.output + checked.output, WANTED) == set()
    shutil.rmtree(tmp_path / "out")

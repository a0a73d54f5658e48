"""The validation runs, judges as `silos.analyze` does, and its document says what its numbers say."""

import importlib.util
import json
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest
from threadpoolctl import threadpool_limits

import silos
from tests.support.places import ROOT

sys.path.insert(0, str(ROOT / "benchmarks"))

from validation import coverage, departments, others, runs, shares, tables, tasks

#: These guard what measures the package, not what it is.
pytestmark = pytest.mark.long


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    """Small matrices, many of them: threads of the linear algebra get in each other's way."""
    with threadpool_limits(1):
        yield


@cache
def command() -> ModuleType:
    """benchmarks/validation.py, beside the package of the same name."""
    spec = importlib.util.spec_from_file_location("validation_command", ROOT / "benchmarks" / "validation.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def smoke() -> runs.Task:
    return next(task for task in tasks.tasks("smoke") if task.kind == "planted" and task.generator == "latent")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    docs = tmp_path_factory.mktemp("docs")
    command().main(["--smoke", "--processes", "1", "-o", str(docs)])
    return docs


def test_judges_as_the_package_does() -> None:
    made = smoke().make()
    found = runs.judged(
        silos.read_interactions(made.interactions), silos.read_roster(made.roster), bootstrap=40, seed=3
    )
    analysis = silos.analyze(made.interactions, made.roster, bootstrap=40, seed=3)
    columns = list(found.departments.columns)
    pd.testing.assert_frame_equal(found.departments, analysis.departments[columns])
    pd.testing.assert_frame_equal(found.connector.candidates, analysis.connector.candidates)
    assert found.connector.verdict == analysis.connector.verdict
    assert found.connector.chance == analysis.connector.chance


def test_the_rule_of_the_record_is_the_rule_of_the_package() -> None:
    record = runs.run(smoke())
    assert record["departments"]
    for row in record["departments"]:
        assert (row["verdict"] == "silo") == departments.called(row, departments.TWICE)


@pytest.mark.long
def test_smoke_writes_everything(written: Path) -> None:
    result = json.loads((written / "validation.json").read_text(encoding="utf-8"))
    kinds = {row["kind"] for row in result["organisations"]}
    assert kinds == {"planted", "none", "mail room"}
    assert {row["grade"] for row in result["connector"]} == set(runs.GRADES)
    assert {row["generator"] for row in result["coverage"]} == set(tasks.GENERATORS)
    assert all(row["undeclared"]["of"] > 0 for row in result["mail_room"])
    assert {path.name for path in (written / "figures").iterdir()} == {
        f"validation_{name}.svg" for name in ("clear", "silos", "calibration", "coverage")
    }


@pytest.mark.long
def test_document_follows_from_the_numbers(written: Path) -> None:
    before = {path: path.read_bytes() for path in written.rglob("*") if path.is_file()}
    command().main(["--tables", "-o", str(written)])
    assert {path: path.read_bytes() for path in written.rglob("*") if path.is_file()} == before


def test_committed_document_is_of_the_committed_numbers(tmp_path: Path) -> None:
    docs = ROOT / "docs"
    tables.write(json.loads((docs / "validation.json").read_text(encoding="utf-8")), tmp_path / "validation.md")
    assert (tmp_path / "validation.md").read_text(encoding="utf-8") == (docs / "validation.md").read_text(
        encoding="utf-8"
    )


def test_poorer_logs() -> None:
    log = smoke().make().interactions
    assert set(runs.degraded(log, "turn-taking")["kind"]) == {"direct"}
    days = runs.degraded(log, "reciprocated")["timestamp"]
    assert (days == days.dt.normalize()).all()
    assert runs.degraded(log, "volume")["thread"].isna().all()
    assert (log["kind"] == "meeting").any()
    assert len(runs.degraded(log, "volume")) == (log["kind"] != "meeting").sum()


def test_people_are_drawn_anew_and_departments_are_not() -> None:
    task = smoke()
    one, other = coverage.anew(task, 0), coverage.anew(task, 1)
    assert one.truth == task.make().truth
    assert one.plan.company.sizes.tolist() == other.plan.company.sizes.tolist()
    assert not np.array_equal(one.plan.company.activity, other.plan.company.activity)
    count = task.departments
    streams = [coverage.PeopleAnew(count, task.seed, draw) for draw in (0, 1)]
    shared = [stream.normal(0, 1, (count, count)) for stream in streams]
    apart = [stream.normal(0, 1, 5) for stream in streams]
    np.testing.assert_array_equal(*shared)
    assert not np.array_equal(*apart)


def test_coverage_counts_intervals_that_hold_the_mean() -> None:
    def row(value: float, low: float, high: float) -> dict[str, object]:
        return {"department": "HR", "people": 9} | {name: [value, low, high] for name in coverage.MEASURES}

    draws = [
        {"generator": "blocks", "seed": 1, "draw": draw, "departments": [row(*numbers)]}
        for draw, numbers in enumerate([(0.0, -1, 2), (2.0, 1.5, 3), (1.0, 0, 0.9)])
    ]
    [cell] = coverage.covered(draws)
    assert (cell["insularity"]["covered"], cell["insularity"]["above"], cell["insularity"]["below"]) == (1, 1, 1)


def test_auc_and_first_place() -> None:
    assert others.auc(np.array([3.0, 1.0, 2.0, 2.0]), np.array([True, False, True, False])) == 0.875
    assert others.auc(np.array([1.0, 2.0]), np.array([True, True])) is None
    assert others.first_place(np.array([5.0, 5.0, 1.0]), ["a", "b", "c"], "b") == (0.5, pytest.approx(1 / 1.5))
    assert others.first_place(np.array([5.0, 1.0]), ["a", "b"], "b") == (0.0, 0.5)
    assert others.first_place(np.array([5.0]), ["a"], None) == (None, None)


def test_rate_is_wilson() -> None:
    # 8 of 10: 49.0 % to 94.3 %, as statsmodels 0.14 proportion_confint(8, 10, method="wilson") has it
    rate = shares.rate([True] * 8 + [False] * 2)
    assert (round(rate["low"], 4), round(rate["high"], 4)) == (0.4902, 0.9433)
    assert shares.rate([])["share"] is None


def test_halves_are_apart() -> None:
    for size in tasks.SIZES:
        seeds: dict[str, set[int]] = {"tuning": set(), "report": set()}
        for task in tasks.tasks(size):
            seeds[task.half].add(task.seed)
        assert not seeds["tuning"] & seeds["report"]
        assert len(tasks.tasks(size)) == len({task.seed for task in tasks.tasks(size)})

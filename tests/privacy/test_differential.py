"""Differential privacy of persons: what the noise must hide is bounded, and nothing leaves but the noisy matrix."""

import builtins
import json
from pathlib import Path
from typing import Any

import click
import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import sparse
from scipy.optimize import linprog

import silos
from silos.analysis.private_matrix import INWARD, follow, release
from silos.cli import main
from silos.cli.analyses import BEYOND_MATRIX, IDLE_WITH_MATRIX, analyze
from silos.errors import SilosError
from silos.privacy.differential import Noisy, clipped, sensitivity, with_noise
from silos.system.options import reading
from tests.support.places import SAMPLE

PRIVATE = ("analyze", str(SAMPLE / "interactions.csv"), "--roster", str(SAMPLE / "roster.csv"), "--dp-epsilon", "6")


@st.composite
def organisations(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, int]:
    """Contacts, departments, and how many of these."""
    people, count = draw(st.integers(2, 14)), draw(st.integers(1, 4))
    upper = np.triu(draw(arrays(np.bool_, (people, people))), 1)
    return upper | upper.T, draw(arrays(np.int64, people, elements=st.integers(0, count - 1))), count


@given(organisations(), st.data(), st.integers(1, 3), st.integers(1, 3))
def test_without_one_person_the_clipped_matrix_changes_by_the_sensitivity_at_most(
    organisation: tuple[np.ndarray, np.ndarray, int], data: st.DataObject, inside: int, across: int
):
    contacts, membership, count = organisation
    person = data.draw(st.integers(0, len(membership) - 1))
    without = contacts.copy()
    without[person] = without[:, person] = False
    matrices = [
        clipped(sparse.csr_array(ties.astype(float)), membership, count, inside=inside, across=across)
        for ties in (contacts, without)
    ]
    fall = np.triu(matrices[0] - matrices[1])
    assert (fall >= 0).all(), "nobody's absence lets other ties in"
    home = membership[person]
    assert fall[home, home] <= inside
    others = np.triu(np.ones((count, count), dtype=bool), 1)
    assert (fall[others] <= across).all()
    assert fall.sum() == fall[home].sum() + fall[:home, home].sum(), "only cells of the person's department change"
    assert fall.sum() <= sensitivity(count, inside=inside, across=across)


@settings(max_examples=30)
@given(organisations(), st.integers(1, 3))
def test_a_clipped_cell_is_the_program_that_it_is_said_to_be(
    organisation: tuple[np.ndarray, np.ndarray, int], most: int
):
    contacts, membership, count = organisation
    found = clipped(sparse.csr_array(contacts.astype(float)), membership, count, inside=most, across=most)
    i, j = np.nonzero(np.triu(contacts))
    for a in range(count):
        for b in range(a, count):
            here = [k for k in range(len(i)) if {membership[i[k]], membership[j[k]]} == {a, b}]
            limits = np.array([[float(person in (i[k], j[k])) for k in here] for person in range(len(membership))])
            best = 0.0
            if here:
                best = -linprog(-np.ones(len(here)), A_ub=limits, b_ub=np.full(len(limits), most), bounds=(0, 1)).fun
            assert found[a, b] == np.floor(best + 1e-9)


@pytest.mark.long
def test_limits_that_bind_nobody_change_nothing():
    analysis = silos.analyze(SAMPLE / "interactions.csv", SAMPLE / "roster.csv", bootstrap=2)
    network, ties = analysis.network, analysis.results.pairs.ties
    found = clipped(network.contacts, network.membership, len(network.departments), inside=300, across=300)
    assert found.tolist() == ties.loc[network.departments, network.departments].to_numpy().tolist()


def test_noise_is_as_large_as_said_and_never_the_same():
    matrix = np.zeros((40, 40), dtype=np.int64)
    one, other = with_noise(matrix, 2.0), with_noise(matrix, 2.0)
    assert one.sensitivity == sensitivity(40) == 88
    assert one.scale == pytest.approx(44, rel=1e-3)
    assert (one.matrix == one.matrix.T).all()
    assert (one.matrix != other.matrix).any(), "no seed gives it again"
    off = np.abs(one.matrix[np.triu_indices(40)])
    assert 0.9 < (off <= one.accuracy).mean() < 0.99
    # The mean of |discrete Laplace| of such a scale is nearly the scale; of 820 draws, within 15 %.
    assert off.mean() == pytest.approx(44, rel=0.15)


def test_no_noise_without_a_budget_or_without_opendp(monkeypatch: pytest.MonkeyPatch):
    for epsilon in (0.0, -1.0, float("nan"), float("inf")):
        with pytest.raises(SilosError, match="above 0"):
            with_noise(np.zeros((2, 2), dtype=np.int64), epsilon)
    there = builtins.__import__

    def missing(name: str, *rest: Any) -> Any:
        if name.startswith("opendp"):
            raise ImportError(name)
        return there(name, *rest)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(SilosError, match="OpenDP is not installed here"):
        with_noise(np.zeros((2, 2), dtype=np.int64), 1.0)


def test_what_follows_allows_for_the_noise():
    """One department of eight is far more inward; with much noise, nothing is said of it."""
    cells = np.full((8, 8), 60)
    np.fill_diagonal(cells, 150)
    cells[0], cells[:, 0] = 8, 8
    cells[0, 0] = 150
    names, sizes, alone = np.array(list("ABCDEFGH")), np.full(8, 30.0), np.ones(8, dtype=bool)

    def found(scale: float) -> Any:
        noisy = Noisy(cells, 24 / scale, 24, scale, 3 * scale)
        return follow(noisy, names, sizes, alone=alone, unit="department", seed=0)

    assert found(1.0).called(INWARD) == ["A"]
    assert found(1.0).table["insularity"].idxmax() == "A"
    assert found(60.0).called(INWARD) == []
    assert found(1.0).ei_index.value == pytest.approx(1 - 2 * 1200 / (1200 + 7 * 8 + 21 * 60))


@pytest.mark.long
def test_the_command_writes_the_matrix_and_nothing_else(tmp_path: Path):
    texts = []
    for name in ("one", "other"):
        said = CliRunner().invoke(main, [*PRIVATE, "-o", str(tmp_path / name)])
        assert said.exit_code == 0, said.output
        out = tmp_path / name
        assert {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()} == {
            "report.html", "summary.json", "tables/dp_departments.csv", "tables/dp_pairs.csv",
        }  # fmt: skip
        summary = json.loads((out / "summary.json").read_text("utf-8"))
        assert set(summary) == {
            "schema", "generated", "version", "dp", "by", "organisation", "departments", "pairs", "findings",
        }  # fmt: skip
        assert (summary["dp"]["epsilon"], summary["dp"]["sensitivity"]) == (6.0, 32)
        assert len(summary["pairs"]) == len(pd.read_csv(out / "tables" / "dp_pairs.csv")) == 66
        assert summary["findings"][0] in (out / "report.html").read_text("utf-8").replace("&amp;", "&")
        texts.append((out / "tables" / "dp_pairs.csv").read_text("utf-8"))
    assert texts[0] != texts[1]


@pytest.mark.parametrize(
    ("more", "named"),
    [
        (["--people", "--exact"], "--people, --exact"),
        (["--window", "week", "--event", "2025-02-03=Move"], "--window, --event"),
        (["--deck", "--figures", "png"], "--deck, --figures"),
        (["--leave-out-accounts"], "--leave-out-accounts"),
    ],
)
def test_what_the_budget_does_not_cover_is_refused(tmp_path: Path, more: list[str], named: str):
    """Slides and figures that were asked for were left out without a word, and accounts left in."""
    refused = CliRunner().invoke(main, [*PRIVATE, *more, "-o", str(tmp_path / "more")])
    assert refused.exit_code == 2
    assert f"it cannot go with {named}." in refused.stderr
    assert not (tmp_path / "more").exists()


def test_every_option_is_used_refused_or_said_to_be_idle():
    reads = {option.name for option in reading(click.Command("reads")).params}
    used = reads | {"out", "min_department", "seed", "lang", "dp_epsilon"}
    assert {option.name for option in analyze.params} - used == {*BEYOND_MATRIX, *IDLE_WITH_MATRIX} - reads


def test_units_that_identify_people_are_refused_here_too(tmp_path: Path):
    refused = CliRunner().invoke(main, [*PRIVATE, "--by", "manager", "-o", str(tmp_path / "out")])
    assert refused.exit_code == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.long
def test_options_without_effect_are_named(tmp_path: Path):
    more = ["--no-few", "--bootstrap", "9", "--figures", "none", "--by", "department", "--by", "location"]
    said = CliRunner().invoke(main, [*PRIVATE, *more, "-o", str(tmp_path / "out")])
    assert said.exit_code == 0, said.output
    assert "with --dp-epsilon, --bootstrap, --no-few have no effect." in said.stderr
    quiet = CliRunner().invoke(main, [*PRIVATE, "-o", str(tmp_path / "quiet")])
    assert "no effect" not in quiet.stderr


@pytest.mark.long
def test_who_changed_department_counts_once():
    """A person in two positions is one person, in the latest department."""
    days = pd.date_range("2025-01-06 09:00", periods=60, freq="D")
    people, rng = [f"p{at}" for at in range(24)], np.random.default_rng(0)
    rows = [(day, *rng.choice(people, 2, replace=False)) for day in days for _ in range(12)]
    log = pd.DataFrame(rows, columns=["timestamp", "sender", "recipient"])
    roster = pd.DataFrame({"person": people, "department": [f"D{at % 4}" for at in range(24)]})
    moved = pd.DataFrame({"person": ["p0"], "department": ["D1"], "effective_from": ["2025-02-01"]})
    analysis = silos.analyze(
        log, pd.concat([roster.assign(effective_from=None), moved], ignore_index=True), bootstrap=2
    )
    found = release(analysis.tally, analysis.parameters, 5.0)
    assert found.table["people"].to_dict() == {"D0": 5, "D1": 7, "D2": 6, "D3": 6}
    # Sizes are those of the roster: whether somebody has any contact is protected too.
    less = log[~log["sender"].eq("p1") & ~log["recipient"].eq("p1")]
    without = release(silos.analyze(less, roster, bootstrap=2).tally, analysis.parameters, 5.0)
    assert without.table["people"].to_dict() == dict.fromkeys(("D0", "D1", "D2", "D3"), 6)

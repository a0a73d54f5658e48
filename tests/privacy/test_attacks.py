"""The attacks that once gave hidden people away: each works on exact files, and fails on published ones."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import silos
from silos.analysis.result import Analysis
from silos.measures.basis import pair_totals
from silos.measures.mixing import ei_index
from silos.privacy.suppression import OTHER
from tests.support.attack import SIZES, STEP, Attack, Pair, contacts_of, margins, read, staff, width

TOWNS = ("Lyon", "Nantes", "Paris")
#: The person whose row is missing from the second roster.
MISSING = "p001"


@pytest.fixture(scope="module")
def roster() -> pd.DataFrame:
    people = staff()
    towns = [TOWNS[at % 3] if name != "Board" else "Paris" for at, name in enumerate(people["department"])]
    return people.assign(town=towns)


@pytest.fixture(scope="module")
def log(roster: pd.DataFrame) -> pd.DataFrame:
    """Four weeks of messages, more of them inside departments."""
    rng = np.random.default_rng(18)
    department, people = roster["department"].to_numpy(), roster["person"].to_numpy()
    i, j = np.triu_indices(len(people), k=1)
    tied = rng.random(len(i)) < np.where(department[i] == department[j], 0.6, 0.13)
    rows = []
    for a, b in zip(people[i[tied]], people[j[tied]], strict=True):
        for _ in range(1 + rng.poisson(2)):
            first, second = (a, b) if rng.random() < 0.5 else (b, a)
            minute = int(rng.integers(28 * 24 * 60))
            rows.append((pd.Timestamp("2025-01-06") + pd.Timedelta(minutes=minute), first, second, "email"))
    return pd.DataFrame(rows, columns=["timestamp", "sender", "recipient", "medium"]).sort_values("timestamp")


@dataclass
class Runs:
    """Analyses of the same log with other options, and their files."""

    log: pd.DataFrame
    roster: pd.DataFrame
    folder: Path

    def run(self, name: str, *, exact: bool = False, roster: pd.DataFrame | None = None, **options: Any) -> "Run":
        people = self.roster if roster is None else roster
        found = silos.analyze(self.log, people, bootstrap=20, **options)
        out = found.report(exact=exact).write(self.folder / f"{name}{'-exact' if exact else ''}")
        return Run(found, out, exact)


@dataclass
class Run:
    analysis: Analysis
    out: Path
    exact: bool

    def made_of(self, blocks: Mapping[str, str]) -> dict[str, str]:
        """Block -> the department of this run that its people are in."""
        people, shown = self.analysis.tally.people["person"], self.analysis.shown.departments
        return {blocks[person]: name for person, name in zip(people, shown, strict=True)}

    @property
    def hidden(self) -> set[str]:
        """The departments that are not shown by themselves."""
        shown = self.analysis.shown
        return set(self.analysis.network.people["department"]) - set(shown.candidates)


@pytest.fixture(scope="module")
def runs(log: pd.DataFrame, roster: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Runs:
    return Runs(log, roster, tmp_path_factory.mktemp("runs"))


@pytest.fixture(scope="module")
def published(runs: Runs) -> Run:
    return runs.run("published")


def solved(every: list[Run], blocks: Mapping[str, str]) -> Attack:
    """All that the files of the runs say, put together."""
    attack = Attack(tuple(sorted(set(blocks.values()))))
    for run in every:
        made_of = run.made_of(blocks)
        attack.learn(read(run.out), made_of)
        if not run.exact:
            for cells, ends in margins(run.analysis.results.pairs.ties).items():
                attack.learn_sum(cells, ends, made_of)
    return attack


def truth(run: Run, blocks: Mapping[str, str]) -> dict[Pair, int]:
    """The ties between the blocks."""
    network = run.analysis.network
    names = sorted(set(blocks.values()))
    place = np.array([names.index(blocks[person]) for person in run.analysis.tally.people["person"]])
    ties = pair_totals(place, len(names), *network.dyads)
    np.fill_diagonal(ties, np.diagonal(ties) / 2)
    return {frozenset((a, b)): int(ties[x, y]) for x, a in enumerate(names) for y, b in enumerate(names) if x <= y}


# ---- attack 2: one run gives away a department that is left out of it


def test_a_department_that_alone_is_left_out_follows_from_the_shares_of_the_others(published: Run):
    """Without combining: each department's ties across, less those to departments that are shown."""
    network = published.analysis.network
    graph = network.to_networkx("department")
    share = (1 + ei_index(network, level="department")) / 2
    for name in set(SIZES) - {"Board"}:
        inside = graph.edges[name, name]["ties"]
        across = inside * share[name] / (1 - share[name])
        ties = {
            other: graph.get_edge_data(name, other, graph.get_edge_data(other, name, {})).get("ties", 0)
            for other in set(SIZES) - {"Board", name}
        }
        hidden = across - sum(ties.values())
        there = graph.get_edge_data(name, "Board", graph.get_edge_data("Board", name, {}))
        assert round(hidden) == there.get("ties", 0)


def test_one_run_leaves_every_hidden_count_a_class_at_least(published: Run, roster: pd.DataFrame):
    assert published.analysis.shown.combined == ("Audit",), "the board is put together with the smallest other"
    assert published.hidden == {"Audit", "Board"}
    assert published.analysis.shown.rows[-1] == OTHER
    blocks = dict(zip(roster["person"], roster["department"], strict=True))
    attack, ties = solved([published], blocks), truth(published, blocks)
    for pair in attack.pairs:
        least, most = attack.within([pair])
        assert least <= ties[pair] <= most
        assert width((least, most)) >= STEP, (sorted(pair), least, most)


def test_exact_files_of_one_run_leave_no_class_to_what_they_show(runs: Runs, roster: pd.DataFrame):
    exact = runs.run("published", exact=True)
    blocks = dict(zip(roster["person"], roster["department"], strict=True))
    attack, ties = solved([exact], blocks), truth(exact, blocks)
    for pair in attack.pairs:
        if not pair & exact.hidden:
            assert attack.within([pair]) == (ties[pair], ties[pair])


def test_the_least_squares_guess_of_a_hidden_department_is_no_better_than_its_share(
    published: Run, roster: pd.DataFrame
):
    blocks = dict(zip(roster["person"], roster["department"], strict=True))
    attack, ties = solved([published], blocks), truth(published, blocks)
    guess = dict(zip(attack.pairs, attack.guess(), strict=True))
    board = [pair for pair in attack.pairs if "Board" in pair]
    off = [abs(guess[pair] - ties[pair]) for pair in board]
    assert max(off) > 1, "some count of the board is not told to the tie"


# ---- attack 4: two runs, with and without one row of the roster


def one_apart(roster: pd.DataFrame) -> dict[str, str]:
    """The departments, and the missing person a group of their own."""
    department = roster["department"].where(roster["person"] != MISSING, "the missing one")
    return dict(zip(roster["person"], department, strict=True))


@pytest.mark.long
def test_two_exact_runs_give_the_contacts_of_one_person(runs: Runs, roster: pd.DataFrame):
    with_all = runs.run("published", exact=True)
    without = runs.run("without", exact=True, roster=roster[roster["person"] != MISSING])
    attack = solved([with_all, without], one_apart(roster))
    known = contacts_of(with_all.analysis, MISSING).to_dict()
    for name in ("Finance", "IT", "Legal"):
        found = attack.within([frozenset(("the missing one", name))])
        assert found == (known[name], known[name])


@pytest.mark.long
@pytest.mark.parametrize("other", ["one row of the roster", "minimum 4", "minimum 6", "towns", "crossed"])
def test_two_published_runs_leave_every_hidden_count_a_class_at_least(
    runs: Runs, published: Run, roster: pd.DataFrame, other: str
):
    blocks = one_apart(roster)
    if other in ("towns", "crossed"):
        towns = dict(zip(roster["person"], roster["town"], strict=True))
        blocks = {person: f"{name} in {towns[person]}" for person, name in blocks.items()}
        second = runs.run(other, by="town" if other == "towns" else ["department", "town"])
    elif other == "one row of the roster":
        second = runs.run("without", roster=roster[roster["person"] != MISSING])
    else:
        second = runs.run(other, min_department=int(other[-1]))
    attack, ties = solved([published, second], blocks), truth(published, blocks)
    hidden = ("the missing one", "Board") if other == "one row of the roster" else ("Board",)
    for name in hidden:
        for department in {*SIZES, *published.hidden} - {name}:
            cells = [
                pair
                for pair in attack.pairs
                if len(pair) == 2 and {block.split(" in ")[0] for block in pair} == {name, department}
            ]
            least, most = attack.within(cells)
            assert least <= sum(ties[pair] for pair in cells) <= most
            assert width((least, most)) >= STEP, (name, department, least, most)


@pytest.mark.long
def test_a_day_less_leaves_what_only_that_day_knows_a_class_at_least(runs: Runs, published: Run):
    """Ties that are only of the first day: those of all days less those of the others."""
    exact = read(runs.run("published", exact=True).out)
    shorter = runs.run("a day less", since="2025-01-07")
    every, others = read(published.out), read(shorter.out)
    for group, (least, most) in every.items():
        low, high = others[group]
        assert width((max(0, least - high), most - low)) >= STEP, group
        assert exact[group][0] - high <= most - low


def test_another_language_tells_nothing_new(runs: Runs, published: Run):
    """The tables are the same to the byte."""
    french = published.analysis.report("fr").write(runs.folder / "fr")
    for name in ("pairs", "departments", "connectors", "external", "dialogue"):
        file = Path("tables") / f"{name}.csv"
        assert (french / file).read_bytes() == (published.out / file).read_bytes()

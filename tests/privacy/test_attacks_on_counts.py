"""Attacks on counts beside ties: questions and answers, contacts outside, members of communities.

All files of a run are solved together by whole numbers, and pairs of runs. Known are the code, everybody's department,
and, of each share, between which counts it may be.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import silos
from silos.analysis.result import PersonAnalysis
from silos.privacy.gate import Gate
from tests.support.attack import STEP, Class, Unknowns, width

#: A block that asks or is asked, and what of it is counted.
Cell = tuple[str, str, str]


pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def made() -> silos.simulate.Organisation:
    return silos.simulate.organisation(people=110, departments=8, weeks=6, communities=16, externals=60, seed=5)


@dataclass
class Run:
    """An analysis, and the files that were written of it."""

    analysis: PersonAnalysis
    out: Path
    exact: bool

    def table(self, name: str) -> pd.DataFrame:
        return pd.read_csv(self.out / "tables" / f"{name}.csv", keep_default_na=False, na_values=[""])

    def made_of(self, blocks: Mapping[str, str]) -> dict[str, str]:
        """Block -> the department of this run that its people are in."""
        people, shown = self.analysis.tally.people["person"], self.analysis.shown.departments
        return {blocks[person]: name for person, name in zip(people, shown, strict=True)}


class Runs:
    """Analyses of one log with other options, each run once."""

    def __init__(self, made: silos.simulate.Organisation, folder: Path) -> None:
        self.made, self.folder, self.known = made, folder, dict[str, PersonAnalysis]()

    def run(self, name: str, *, exact: bool = False, roster: pd.DataFrame | None = None, **options: Any) -> Run:
        if name not in self.known:
            people = self.made.roster if roster is None else roster
            found = silos.analyze([self.made.interactions, self.made.affiliations], people, bootstrap=10, **options)
            assert isinstance(found, PersonAnalysis)
            self.known[name] = found
        out = self.folder / f"{name}{'-exact' if exact else ''}"
        if not out.exists():
            self.known[name].report(exact=exact, figures_as=()).write(out)
        return Run(self.known[name], out, exact)


@pytest.fixture(scope="module")
def runs(made: silos.simulate.Organisation, tmp_path_factory: pytest.TempPathFactory) -> Runs:
    return Runs(made, tmp_path_factory.mktemp("counts"))


def staff(run: Run) -> pd.Series:
    """By person, the department as it is."""
    return pd.Series(run.analysis.network.people["department"].to_numpy(), run.analysis.tally.people["person"])


def ends(count: float, *, exact: bool) -> Class:
    """What a count of a table may be; of one that is missing, nothing is known."""
    if np.isnan(count):
        return (0, np.inf)
    return (count, count + (0 if exact else STEP - 1))


def behind(share: float, of: Class, *, exact: bool) -> Class:
    """The counts that a share may stand for: the classes that are published as this share."""
    if np.isnan(share):
        return (0, of[1])
    if exact:
        return (round(share * of[0]), round(share * of[0]))
    base = of[0] + (STEP - 1) / 2
    starts = np.arange(0, of[1] + 1, STEP)
    alike = starts[Gate().figure(np.minimum((starts + (STEP - 1) / 2) / base, 1.0)) == share]
    return (float(alike.min()), float(alike.max() + STEP - 1))


# ---- who answers whom


def questions(run: Run, blocks: Mapping[str, str]) -> Iterator[tuple[list[Cell], Class]]:
    """What the files say of questions, and of answers to them."""
    made_of = run.made_of(blocks)

    def cells(kind: str, asking: str | None, answering: str) -> list[Cell]:
        return [
            (kind, a, b) for a in made_of for b in made_of if asking in (None, made_of[a]) and made_of[b] == answering
        ]

    for row in run.table("dialogue").to_dict("records"):
        asked = ends(row["asked"], exact=run.exact)
        if "asked" in str(row["suppressed"]).split(";"):
            asked = (0, STEP - 1)
        yield cells("asked", row["asking"], row["answering"]), asked
        yield cells("answered", row["asking"], row["answering"]), behind(row["reply_rate"], asked, exact=run.exact)
    for row in run.table("dialogue_departments").to_dict("records"):
        name = row["department"]
        if run.exact:
            yield cells("asked", None, name), ends(row["asked"], exact=True)
        else:
            # What it was asked follows from its pairs, but for what those that are not given hold together.
            pairs = run.analysis.dialogue.pairs
            few = pairs[(pairs["answering"] == name) & ~(pairs["asked"] >= STEP).fillna(False)]
            given = pairs[(pairs["answering"] == name)]["asked"].where(pairs["asked"] >= STEP).sum()
            rest = float(run.analysis.dialogue.departments.loc[name, "asked"] - given)
            at_most = np.inf if few["asked"].isna().any() else (STEP - 1) * (len(few) - 1)
            if len(few) and rest // STEP * STEP <= at_most:
                together = [cell for asking in few["asking"] for cell in cells("asked", asking, name)]
                yield together, (rest // STEP * STEP, rest // STEP * STEP + STEP - 1)
        asked = ends(float(run.analysis.dialogue.departments.loc[name, "asked"]) // STEP * STEP, exact=False)
        if not run.exact:
            yield cells("answered", None, name), behind(row["reply_rate"], asked, exact=False)


def asked_of(runs: Iterable[Run], blocks: Mapping[str, str]) -> Unknowns:
    names = sorted(set(blocks.values()))
    found = Unknowns((kind, a, b) for kind in ("asked", "answered") for a in names for b in names)
    for run in runs:
        for cells, between in questions(run, blocks):
            found.tell(cells, between)
    return found


def truly_asked(run: Run, blocks: Mapping[str, str]) -> pd.Series:
    """Questions by asking and answering block."""
    person, waits = run.analysis.tally.people["person"].map(blocks), run.analysis.tally.dialogue.waits
    by = [person.to_numpy()[waits[end].to_numpy()] for end in ("sender", "recipient")]
    return waits.groupby(by)["waits"].sum()


def test_exact_files_give_questions_and_answers_that_are_not_shown_by_themselves(runs: Runs):
    run = runs.run("all", exact=True)
    blocks = dict(run.analysis.shown.departments.set_axis(staff(run).index))
    unknown, true = asked_of([run], blocks), truly_asked(run, blocks)
    given = run.table("dialogue").dropna(subset=["asked"])
    assert len(given) > 20
    for a, b in zip(given["asking"], given["answering"], strict=True):
        assert unknown.within([("asked", a, b)]) == (true.get((a, b), 0), true.get((a, b), 0))


def test_one_run_leaves_every_question_and_answer_a_class_at_least(runs: Runs):
    run = runs.run("all")
    blocks = dict(run.analysis.shown.departments.set_axis(staff(run).index))
    unknown, true = asked_of([run], blocks), truly_asked(run, blocks)
    for kind, a, b in unknown.names:
        between = unknown.within([(kind, a, b)])
        assert width(between) >= STEP, (kind, a, b, between)
        if kind == "asked":
            assert between[0] <= true.get((a, b), 0) <= between[1]


# ---- questions in two runs

#: The person whose row is missing from the second roster.
ONE = "p0001@example.com"


def pair_of_runs(runs: Runs, other: str, *, exact: bool) -> tuple[list[Run], dict[str, str]]:
    """Two runs, and the finest groups that the departments of either are made of."""
    first, roster = runs.run("all", exact=exact), runs.made.roster
    finer = pd.Series(first.analysis.network.people["department"].to_numpy(), staff(first).index)
    if other == "one row of the roster":
        second = runs.run("without", exact=exact, roster=roster[roster["person"] != ONE])
    elif other == "locations":
        second = runs.run("locations", exact=exact, by="location")
        finer = finer + " in " + finer.index.map(roster.set_index("person")["location"])
    else:
        second = runs.run(other, exact=exact, min_department=int(other[-1]))
    blocks = finer.to_dict()
    return [first, second], blocks | {ONE: "the one"} if other == "one row of the roster" else blocks


def test_two_exact_runs_give_what_one_person_was_asked(runs: Runs):
    pair, blocks = pair_of_runs(runs, "one row of the roster", exact=True)
    unknown, true = asked_of(pair, blocks), truly_asked(pair[0], blocks)
    # By whom they were asked, and whom they asked, where both runs give the pair.
    known = [unknown.within([cell]) for cell in unknown.names if cell[0] == "asked" and "the one" in cell[1:]]
    right = [true.get(cell[1:], 0) for cell in unknown.names if cell[0] == "asked" and "the one" in cell[1:]]
    found = [count for between, count in zip(known, right, strict=True) if between == (count, count)]
    assert max(found) > 0


@pytest.mark.parametrize("other", ["one row of the roster", "minimum 4", "minimum 6", "locations"])
def test_two_runs_leave_what_is_hidden_in_both_a_class_at_least(runs: Runs, other: str):
    pair, blocks = pair_of_runs(runs, other, exact=False)
    unknown = asked_of(pair, blocks)
    small = {"the one"} if other == "one row of the roster" else {"Mail Room"}
    for kind in ("asked", "answered"):
        for name in sorted({block.split(" in ")[0] for block in blocks.values()} - small):
            for a, b in ((small, {name}), ({name}, small)):
                cells = [
                    cell
                    for cell in unknown.names
                    if cell[0] == kind and cell[1].split(" in ")[0] in a and cell[2].split(" in ")[0] in b
                ]
                between = unknown.within(cells)
                # With 4, the mail room is shown: two parts in one run, their sum in the other (docs/privacy.md).
                assert width(between) >= STEP - (other == "minimum 4"), (kind, a, b, between)


def test_parts_in_one_run_and_their_sum_in_another_leave_what_the_docs_say():
    """The least width that any values leave, of so many parts in classes and a sum in its class."""
    for parts, least in ((2, 4), (3, 3), (4, 2), (5, 1), (6, 5)):
        widths = []
        for value in range(STEP * parts):
            # What each part has beyond the beginning of its class, as even as can be: the sum decides the rest.
            beyond = min(value, (STEP - 1) * parts)
            unknown = Unknowns(range(parts))
            for part in range(parts):
                unknown.tell([part], (0, STEP - 1))
            unknown.tell(range(parts), (beyond // STEP * STEP, beyond // STEP * STEP + STEP - 1))
            widths.append(width(unknown.within([0])))
        assert min(widths) == least, parts


def test_a_day_less_leaves_the_questions_of_that_day_a_class_at_least(runs: Runs):
    first = runs.run("all")
    shorter = runs.run("a day less", since="2025-01-07")
    tables = [run.table("dialogue").set_index(["asking", "answering"])["asked"] for run in (first, shorter)]
    for pair, count in tables[0].items():
        (low, high), (least, most) = (ends(one, exact=False) for one in (count, tables[1].get(pair, np.nan)))
        assert width((max(0, low - most), high - least)) >= STEP, pair


# ---- contacts outside


def outside(run: Run, blocks: Mapping[str, str]) -> Unknowns:
    """How many people of each block have a contact outside, by all that the files say."""
    made_of, sizes = run.made_of(blocks), pd.Series(blocks).value_counts()
    found, table = Unknowns(sorted(sizes.index)), run.table("external").set_index("department")
    people = pd.Series(made_of).map(sizes).groupby(pd.Series(made_of)).sum()
    for block in found.names:
        found.tell([block], (0, float(sizes[block])))
    for name, row in table.iterrows():
        here, count = [block for block in found.names if made_of[block] == name], row["people_outside"]
        last = (people[name] - STEP + 1) // STEP * STEP
        if run.exact and not np.isnan(count):
            found.tell(here, (count, count))
        elif not np.isnan(count):
            found.tell(here, (count, people[name] if count == last else count + STEP - 1))
        elif "people_outside" in str(row["suppressed"]).split(";"):
            found.tell(here, (0, people[name] if last <= 0 else STEP - 1))
        elif row["verdict"] == "never":
            found.tell(here, (0, STEP - 1))
    share, everybody = run.analysis.published().external.share.value, float(people.sum())
    if run.exact:
        share = run.analysis.external.share.value
    assert share is not None
    base = everybody if run.exact else everybody // STEP * STEP
    found.tell(found.names, behind(share, (base, base), exact=run.exact))
    return found


def test_contacts_outside_are_left_a_class_at_least_where_anybody_has_one(runs: Runs):
    exact, run = runs.run("all", exact=True), runs.run("all")
    blocks = dict(run.analysis.shown.departments.set_axis(staff(run).index))
    true = run.analysis.external.table["people_outside"]
    known, told = outside(exact, blocks), outside(run, blocks)
    given = [name for name, count in true.items() if pd.notna(count) and count > 0]
    assert given
    assert all(known.within([name]) == (true[name], true[name]) for name in given)
    for name in told.names:
        assert width(told.within([name])) >= STEP, (name, told.within([name]))


# ---- members of communities


def members(run: Run) -> Unknowns:
    """How many members each community has of each department: by the table, and by the shares in the figure.

    Each share is taken for the class of its count, which is more than the figure tells.
    """
    found = run.analysis.communities
    assert found is not None
    shares, table, gate = found.shares, found.table.set_index("community"), Gate()
    unknown = Unknowns((community, name) for community in shares.index for name in shares.columns)
    for community, row in shares.iterrows():
        number = float(table["members"][community])
        every = [(community, name) for name in shares.columns]
        start = number if run.exact else number // STEP * STEP
        unknown.tell(every, ends(start, exact=run.exact))
        for name, share in row.items():
            count = 0.0 if np.isnan(share) else round(share * number)
            if run.exact and not np.isnan(share):
                unknown.tell([(community, name)], (count, count))
            elif not run.exact and number >= 2 * STEP:
                least = float(np.nan_to_num(gate.count(gate.part(count, number))))
                last = least >= (number - STEP + 1) // STEP * STEP
                unknown.tell(
                    [(community, name)], (least, number // STEP * STEP + STEP - 1 if last else least + STEP - 1)
                )
    return unknown


def test_members_of_communities_are_left_a_class(runs: Runs):
    exact, run = members(runs.run("all", exact=True)), members(runs.run("all"))
    widths = [width(run.within([name])) for name in run.names]
    assert np.mean([width(exact.within([name])) == 1 for name in exact.names]) > 0.5
    assert min(widths) >= STEP

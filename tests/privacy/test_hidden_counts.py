"""A count that is kept back is moved through its class, with all that is worked out from it: what is told stays."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.special import bdtr

from silos.analysis.pairs import Pairs
from silos.analysis.published.answers import dialogue, external
from silos.analysis.published.help import _breach as published_breach
from silos.analysis.published.matrices import Matrices
from silos.analysis.published.members import communities
from silos.analysis.published.results import _departments as published_departments
from silos.analysis.published.results import _pairs as published_pairs
from silos.analysis.published.tables import figures
from silos.analysis.results import Results
from silos.analysis.what_would_help.help import Breach
from silos.inference.estimate import Estimate
from silos.inference.multiple_testing import false_discovery
from silos.inference.pair_ties import tails, variety
from silos.measures.mixing import log_density_ratios
from silos.privacy.gate import STEP, Gate
from tests.support.results import pairs

#: Made from one analysis of the sample, which takes its time.
pytestmark = pytest.mark.long


def alike(tables: list[pd.DataFrame]) -> None:
    """To the byte, as files have them."""
    assert len(tables) == STEP
    assert len({table.to_csv(index=True) for table in tables}) == 1


def with_ties(results: Results, place: int, count: int) -> Results:
    """So many ties of one pair, tested as `silos.analysis.pairs.judge` does; every verdict as it was."""
    found = results.pairs
    assert found.ties is not None
    assert found.volumes is not None
    table, ties, volumes = found.table.copy(), found.ties.copy(), found.volumes.copy()
    a, b = table.loc[place, ["a", "b"]]
    ties.loc[a, b] = ties.loc[b, a] = count
    volumes.loc[a, b], volumes.loc[b, a] = count, 0.0
    table.loc[place, ["ties", "observed"]] = count
    observed, expected = table["ties"].to_numpy(), table["expected_ties"].to_numpy()
    tau = variety(observed, expected, found.clustering)
    table["p"] = np.minimum(1, 2 * np.minimum(*tails(observed, expected, found.clustering, tau)))
    table["q"] = false_discovery(table["p"].to_numpy())
    table.loc[place, "ratio"] = count / table.loc[place, "expected"]
    table.loc[place, ["ratio_low", "ratio_high"]] = [count / 1000, count / 50]
    return replace(results, pairs=replace(found, table=table, ties=ties, volumes=volumes))


def told_of_pairs(results: Results) -> Pairs:
    return published_pairs(results, Matrices.of(results, Gate()), Gate())


@pytest.mark.parametrize("verdict", ["wall", "cannot say"])
def test_none_to_four_ties_of_a_pair_are_published_alike(results: Results, verdict: str):
    """The classes of p and q told each of them apart, and an interval from 0 to 0 said that there is none."""
    table = results.pairs.table
    table = table.assign(verdict=np.where(table.index == 0, verdict, table["verdict"]))
    results = replace(results, pairs=replace(results.pairs, table=table))
    moved = [with_ties(results, 0, count) for count in range(STEP)]
    assert len({Gate().chance(one.pairs.table.loc[0, "q"]).item() for one in moved}) > 1
    told = [told_of_pairs(one) for one in moved]
    alike([one.table for one in told])
    alike([one.ratios for one in told])
    row = told[0].table[told[0].table["suppressed"] == "ties"].iloc[0]
    # However large the volume of so few ties is.
    assert row[["observed", "ratio_low"]].isna().all()
    assert row["q"] <= 0.2 or verdict != "wall"


def test_no_wall_is_published_with_a_q_that_denies_it(results: Results):
    table = told_of_pairs(results).table
    called = table["verdict"].isin(["wall", "bridge"])
    assert called.any()
    assert (table.loc[called, "q"] <= 0.05).all()
    assert (table["p"] <= table["q"].fillna(1)).all()


def test_what_opens_a_wall_is_told_by_its_published_ties(results: Results):
    """The interval was that of as many ties as the exact number lacks."""
    help_ = results.what_would_help
    assert help_ is not None
    found = pairs({("Finance", "Legal"): (0.1, "wall")}, ties=np.nan, expected_ties=18.0)
    exact = [
        Breach("Finance", "Legal", one, Estimate(one / 18, one / 20, one / 15), Estimate(one / 250, 0, one / 200))
        for one in (5.0, 10.0)
    ]
    told = {str(published_breach(one, found, help_.model.by_classes(), Gate()).to_dict()) for one in exact}
    assert len(told) == 1


def test_none_to_four_members_elsewhere_are_published_alike(results: Results):
    """Of 12 members of whom a quarter would usually be elsewhere, p <= .05 said that nobody is."""
    found = results.communities
    assert found is not None
    place = int(found.table.index[found.table["verdict"] == "silo 2.0"][0])
    size = int(found.table.loc[place, "members"])
    told, classes = [], set()
    for count in range(STEP):
        table = found.table.copy()
        table.loc[place, ["shared", "reached"]] = [count, count]
        table.loc[place, "p"] = bdtr(count, size, 0.25)
        table["q"] = false_discovery(table["p"].to_numpy())
        table.loc[place, "insularity"] = size / (size + count)
        classes.add(Gate().chance(table.loc[place, "p"]).item())
        one = communities(replace(results, communities=replace(found, table=table)), Gate())
        assert one is not None
        told.append(one)
    assert len(classes) > 1
    alike([one.table for one in told])
    assert len({str(one.organisation) for one in told}) == 1


def test_none_to_four_people_in_contact_with_the_outside_are_published_alike(results: Results):
    found = results.external
    place = found.table.index[found.table["verdict"] == "never"][0]
    told = []
    for count in range(STEP):
        table = found.table.copy()
        table["people_outside"] = table["people_outside"].astype("Float64")
        table.loc[place, ["people_outside", "p", "q"]] = [count, 0.9 / (count + 1) ** 2, 0.9 / (count + 1)]
        told.append(external(replace(results, external=replace(found, table=table)), Gate()).table)
    alike(told)


def test_none_to_four_questions_are_published_alike(results: Results):
    found = results.dialogue
    for name in ("departments", "pairs"):
        exact, told = getattr(found, name), []
        row = exact.index[exact["reply_rate"].notna() & exact["answer_hours"].notna()][0]
        for count in range(STEP):
            table = exact.copy()
            for column in ("reply_rate", "answer_hours"):
                table.loc[row, [column, f"{column}_low", f"{column}_high"]] = [count / 5, count / 6, (count + 1) / 5]
            table.loc[row, ["asked", "q"]] = [count, 0.2 ** (count + 1)]
            table = table.assign(p=table["q"]) if name == "pairs" else table
            moved = replace(results, dialogue=replace(found, **{name: table}))
            told.append(getattr(dialogue(moved, Gate()), name))
        # What a department was asked follows from its pairs.
        alike([table.drop(columns="asked") for table in told] if name == "departments" else told)


def of_department(results: Results) -> Iterator[pd.DataFrame]:
    """A department with none to four ties to all others, and its intervals."""
    found, name = results.pairs, results.departments.silos[0]
    assert found.ties is not None
    first = next(other for other in found.ties.index if other != name)
    for count in range(STEP):
        ties = found.ties.copy()
        ties.loc[name, ties.columns != name] = ties.loc[ties.index != name, name] = 0
        ties.loc[name, first] = ties.loc[first, name] = count
        table = results.departments.table.copy()
        people = float(table.loc[name, "people"])
        mixing = np.array([[2 * ties.loc[name, name], count], [count, 1000.0]])
        odds = log_density_ratios(mixing, np.array([people * (people - 1)] * 2), np.array([people * 200] * 2))[0]
        for column, value in (("insiders_odds", odds), ("insularity", odds / 2), ("inwardness", odds / 3)):
            table.loc[name, [column, f"{column}_low", f"{column}_high"]] = [value, value - 1, value + 1]
        moved = replace(
            results,
            pairs=replace(found, ties=ties),
            departments=replace(results.departments, table=table),
        )
        yield published_departments(moved, Matrices.of(moved, Gate()), Gate()).table.loc[[name]]


def test_none_to_four_ties_of_a_department_with_all_others_are_published_alike(results: Results):
    told = list(of_department(results))
    alike(told)
    row = told[0].iloc[0]
    assert row["insiders_odds_low"] < row["insiders_odds"] < row["insiders_odds_high"]


def test_an_interval_about_what_is_not_given_is_not_given_either():
    table = pd.DataFrame({"reply_rate": [0.5, 0.5], "reply_rate_low": [0.3, 0.3], "reply_rate_high": [0.7, 0.7]})
    told = figures(table, Gate(), of={"reply_rate": [8, 80]})
    assert told.isna().all(axis=1).tolist() == [True, False]
    assert told.notna().all(axis=1).tolist() == [False, True]

"""What would be missing without a community: found, named as it may be, and never of a few people."""

import numpy as np
import pandas as pd
import pytest

import silos
from silos.analysis.tool_communities import ToolCommunities, empty_table
from silos.analysis.what_would_help.losses import LEAST_MEMBERS, MOST_COMMUNITIES, lost_communities
from silos.measures.two_mode import Memberships
from tests.support.places import SAMPLE


def joined(counts: list[list[int]]) -> ToolCommunities:
    """Communities with so many members of each department, everybody in one of them."""
    cells = [(c, a) for c, row in enumerate(counts) for a, many in enumerate(row) for _ in range(many)]
    community, department = (np.array(part) for part in zip(*cells, strict=True))
    people = np.arange(len(cells))
    places = Memberships(people, community, np.ones(len(cells)), department, len(counts[0]), len(counts))
    table = empty_table().reindex(range(len(counts))).assign(community=[f"c{at}" for at in range(len(counts))])
    return ToolCommunities(
        table=table, shares=pd.DataFrame(), organisation={}, sponsors=pd.DataFrame(), verdicts={}, active=len(counts),
        everybody=0, hidden=0, people=len(cells), strangers=0, readers=False, places=places,
        numbers=np.arange(len(counts)),
    )  # fmt: skip


NAMES = pd.Index(["HR", "IT", "Law"])


def test_the_community_that_joins_departments_alone_comes_first():
    found = lost_communities(joined([[20, 20, 0], [0, 20, 20], [0, 15, 15]]), NAMES, NAMES, seed=0)
    assert found.index.tolist() == ["c0", "c1", "c2"]
    # HR is joined to both others through it alone; IT and Law are not.
    assert found.loc["c0", "loss"] == pytest.approx(2 / 3)
    assert found.loc["c0", "cut_off"] == ("HR",)
    assert found["next_best"].tolist() == ["c1", "c0", "c0"]
    assert (found["loss_low"] < found["loss"]).all()
    # The first is sure: but for rounding.
    assert (found["loss"] < found["loss_high"] - 1e-6).sum() == 2
    assert lost_communities(joined([[20, 20, 0], [0, 20, 20]]), ["Law"], NAMES, seed=0).loc["c1", "cut_off"] == ("Law",)


def test_a_community_of_few_and_one_without_a_name_are_no_row_but_count():
    few = [LEAST_MEMBERS // 2 - 1, LEAST_MEMBERS // 2, 0]
    whole = joined([few, [20, 20, 20], [20, 20, 0]])
    found = lost_communities(whole, NAMES, NAMES, seed=0)
    assert found.index.tolist() == ["c1", "c2"]
    hidden = ToolCommunities(**{**vars(whole), "table": whole.table.iloc[[1]], "numbers": np.array([1])})
    unnamed = lost_communities(hidden, NAMES, NAMES, seed=0)
    assert unnamed["loss"].tolist() == [found.loc["c1", "loss"]]
    assert unnamed["next_best"].isna().all()


def test_without_communities_there_is_nothing_to_lose():
    assert lost_communities(None, NAMES, NAMES, seed=0).empty
    assert lost_communities(joined([[30, 0, 0], [0, 30, 0]]), NAMES, NAMES, seed=0).empty


@pytest.fixture(scope="module")
def logs() -> list[str]:
    return [str(SAMPLE / name) for name in ("interactions.csv", "affiliations.csv")]


@pytest.mark.long
def test_the_sample_is_told_in_steps_and_by_names_that_may_be_shown(logs):
    found = silos.analyze(logs, SAMPLE / "roster.csv", bootstrap=40)
    exact = found.results.what_would_help.losses.communities
    rows = found.published().summary()["what_if"]["losses"]["communities"]
    assert len(rows) == MOST_COMMUNITIES
    # The two clubs that everybody may join are the bridges that were planted.
    assert [row["community"] for row in rows][:2] == ["photography", "running"]
    for row, loss in zip(rows, exact["loss"], strict=True):
        assert row["loss"]["value"] == pytest.approx(loss, abs=0.026)
        assert all(value * 20 == pytest.approx(round(value * 20)) for value in row["loss"].values())
        assert row["loss"]["low"] <= row["loss"]["value"] <= row["loss"]["high"]
    [sentence] = [one.sentence for one in found.published().findings if one.id.startswith("community_lost")]
    assert sentence.startswith("Without the community photography, 20% (10% to 30%) of what joins the departments")
    assert sentence.endswith("; running would then carry most.")


@pytest.mark.long
def test_no_name_is_told_where_none_may_be(logs):
    found = silos.analyze(logs, SAMPLE / "roster.csv", bootstrap=20, name_communities="none")
    assert found.summary()["what_if"]["losses"]["communities"] == []
    assert not [one for one in found.findings if one.id.startswith("community_lost")]

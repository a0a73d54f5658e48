"""What would help: forecasts are what an analysis of the added ties gives, and advice is given where it is one."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

import silos
from silos.analysis import departments
from silos.analysis.connector.evidence import Candidacy
from silos.analysis.connector.verdict import find_connector
from silos.analysis.organisation import ANY
from silos.analysis.what_would_help.doors import find_doors
from silos.analysis.what_would_help.help import find_help
from silos.analysis.what_would_help.joins import find_joins, involve, open_up
from silos.analysis.what_would_help.losses import find_losses
from silos.analysis.what_would_help.what_if import Model
from silos.errors import SilosError
from silos.inference.bootstrap import resample
from silos.measures.affinity import effective_resistance
from silos.measures.insularity import insularity
from silos.measures.mixing import log_density_ratio
from silos.network import Network
from silos.privacy.suppression import merge_small
from tests.support.helping import no_log
from tests.support.networks import company
from tests.support.places import SAMPLE

#: Eight departments; `d0` has a fifth of the ties that the others have with each other.
SIZES = np.array([16, 20, 24, 18, 22, 26, 20, 18])
SEED = 5


def with_silo() -> Network:
    ties = np.full((8, 8), 30)
    ties[0] = ties[:, 0] = 5
    ties[0, 3] = ties[3, 0] = 12
    return company(ties, SIZES)


def model_of(network: Network, *, desks=(), replicates: int = 100) -> Model:
    return Model.of(
        network,
        resample(network, {ANY: None}, replicates=replicates, seed=SEED),
        merge_small(network.people["department"], 5),
        layers={},
        desks=desks,
        weeks=None,
        seed=SEED,
    )


def joined(network: Network, a: str, b: str, number: int) -> Network:
    """The network with so many ties more between people of two departments who were not in contact."""
    one, other = (np.flatnonzero(network.people["department"] == name) for name in (a, b))
    known = network.contacts
    free = [(i, j) for i in one for j in other if not known[i, j]]
    i, j = np.array(free)[np.random.default_rng(SEED).choice(len(free), number, replace=False)].T
    more = sparse.csr_array((np.ones(number), (i, j)), shape=known.shape)
    return Network(network.people, sparse.csr_array(network.adjacency + more + more.T), directed=False)


@pytest.fixture(scope="module")
def sample():
    return silos.analyze(SAMPLE / "interactions.csv", SAMPLE / "roster.csv", bootstrap=200, seed=0)


@pytest.mark.parametrize("number", [6, 40])
def test_a_forecast_is_what_the_organisation_with_these_ties_has(number):
    network = with_silo()
    model = model_of(network)
    forecast = model.forecast(model.added({("d0", "d5"): number}))
    after = joined(network, "d0", "d5", number)
    assert forecast.ties == number
    assert forecast.binding == model.binding(model.added({("d0", "d5"): number}))
    assert forecast.table["insularity_after"].to_numpy() == pytest.approx(insularity(after).to_numpy())
    assert forecast.table["insiders_odds_after"].to_numpy() == pytest.approx(log_density_ratio(after).to_numpy())
    odds = forecast.odds("d0")
    assert odds.low < odds.value < odds.high
    change = effective_resistance(after) - effective_resistance(network)
    # The exponent of size stays as it was fitted; an analysis fits it again.
    assert forecast.effective_resistance.value == pytest.approx(change, rel=0.1)
    own = forecast.change("d0")
    assert own.low < own.value < own.high < 0
    assert forecast.table.loc[["d1", "d2"], "change"].abs().max() < abs(own.value) / 4


def test_a_forecast_gives_the_verdict_that_the_analysis_of_these_ties_gives():
    network = with_silo()
    model = model_of(network)
    for number, expected in ((1, "silo"), (150, "typical")):
        after = joined(network, "d0", "d5", number)
        shown = merge_small(after.people["department"], 5)
        judged, _ = departments.judge(after, resample(after, {ANY: None}, replicates=100, seed=SEED), shown, seed=SEED)
        forecast = model.forecast(model.added({("d0", "d5"): number}))
        assert forecast.table.loc["d0", "verdict"] == "silo"
        assert forecast.table.loc["d0", "verdict_after"] == judged.loc["d0", "verdict"] == expected


@pytest.mark.parametrize(
    ("ties", "fault"),
    [
        ({("d0", "Sales"): 3}, "no department that may be shown is called 'Sales'"),
        ({("d0", "d0"): 3}, "not within 'd0'"),
        ({("d0", "d1"): 0}, "a number above 0"),
        ({("d0", "d1"): 10_000}, "too many between 'd0' and 'd1'"),
    ],
)
def test_ties_that_cannot_be_are_refused(ties, fault):
    with pytest.raises(SilosError, match=fault):
        model_of(with_silo()).added(ties)


def test_the_silo_is_in_the_pairs_that_bind_most_and_they_beat_chance_and_the_busiest():
    found = find_joins(model_of(with_silo()), number=4)
    assert found.verdict == "clear"
    assert {"d0"} <= {*found.table.iloc[0][["a", "b"]]}
    assert found.gain.value == pytest.approx(found.table["gain"].sum())
    assert found.gain.value > found.at_random.value > found.busiest.value
    assert found.effect.value < 0


def test_pairs_and_ties_that_an_organisation_rules_out_are_not_proposed():
    model = model_of(with_silo(), desks=["d7"])
    free = find_joins(model, number=4)
    first = tuple(free.table.iloc[0][["a", "b"]])
    bound = find_joins(model, number=4, each=10, room=np.full(8, 10.0), without=[first[::-1]])
    assert first not in set(bound.table[["a", "b"]].itertuples(index=False, name=None))
    ends = bound.table[["a", "b"]].to_numpy().ravel()
    assert len(set(ends)) == len(ends), "ten ties are one pair of ten for each department"
    assert "d7" not in {*free.table["a"], *free.table["b"], *ends}
    assert find_joins(model, each=10, room=np.full(8, 5.0)).verdict == "cannot say"
    with pytest.raises(SilosError, match="'Sales'"):
        find_joins(model, without=[("d0", "Sales")])


def test_departments_too_thin_for_a_verdict_are_joined_with_nobody():
    found = find_joins(model_of(with_silo()), number=4, apart=["d0", "d1"])
    assert not {"d0", "d1"} & {*found.table["a"], *found.table["b"]}
    thin = ["d0", "d1", "d2", "d3", "d4"]
    assert find_joins(model_of(with_silo()), apart=thin).verdict == "cannot say", "three that are left are no choice"


def test_where_all_pairs_are_alike_no_pair_is_advised():
    network = company(np.full((8, 8), 30), np.full(8, 20))
    assert find_joins(model_of(network)).verdict == "no better"


def test_of_people_assigned_at_random_few_organisations_get_a_pair_advised():
    """The pairs chosen are the best of one sample: in the replicates they still have to beat the others."""
    network = with_silo()
    labels = np.random.default_rng(1)
    advised = 0
    for _ in range(12):
        shuffled = network.regrouped(
            pd.Series(labels.permutation(network.people["department"].to_numpy()), network.people.index)
        )
        found = find_joins(model_of(shuffled, replicates=60))
        advised += found.verdict == "clear" and found.gain.value > 2 * found.at_random.value
    assert advised == 0


def test_the_plan_of_a_silo_takes_the_fewest_ties_with_which_it_is_as_open_as_others():
    model = model_of(with_silo())
    plan = open_up(model, "d0", "d3")
    assert next(iter(plan.ties)) == "d3"
    assert plan.outside == 12 + 6 * 5
    assert plan.total <= max(plan.outside, 12)
    assert plan.effect.high < 0
    if plan.needed is not None:
        assert plan.total >= plan.needed
        fewer = {("d0", name): (plan.needed - 3) / len(plan.ties) for name in plan.ties}
        assert model.inwardness(model.added(fewer), "d0") >= departments.TWICE
    assert open_up(model, "d2", "d3") is None, "what is not inward needs no opening"


def test_spreading_ties_from_the_department_with_fewest_of_them_binds_most():
    found = involve(model_of(with_silo()))
    assert found.index[0] == "d0"
    assert found["gain"].is_monotonic_decreasing
    assert found["probability_first"].sum() == pytest.approx(1)


def test_the_sample_names_the_widest_door_in_counts_that_can_be_checked(sample):
    doors = sample.what_would_help.doors
    assert doors.widest("R&D") == "Human Resources"
    first = doors.of("R&D").iloc[0]
    network = sample.network
    ours, theirs, desk = (network.people["department"] == name for name in ("R&D", "Human Resources", "Mail Room"))
    across = network.combined[ours.to_numpy()][:, (~ours & ~desk).to_numpy()].sum()
    assert first["share"] == pytest.approx(network.combined[ours.to_numpy()][:, theirs.to_numpy()].sum() / across)
    assert first["ties"] == network.contacts[ours.to_numpy()][:, theirs.to_numpy()].sum()
    assert first["outside"] == network.contacts[ours.to_numpy()][:, (~ours & ~desk).to_numpy()].sum()
    assert "Mail Room" not in set(doors.table["through"]), "a service desk is no door"
    assert doors.table["ties"].min() >= 5
    tally, network = sample.tally, sample.network
    met = tally.ties.dyads.query("meetings > 0")
    department, desk = network.people["department"].to_numpy(), "Mail Room"
    for name, row in doors.table.query("kind == 'meetings'").set_index("department").iterrows():
        pairs = [(department[a], department[b]) for a, b in zip(met["a"], met["b"], strict=True)]
        across = [pair for pair in pairs if name in pair and pair[0] != pair[1] and desk not in pair]
        assert (row["ties"], row["share"]) == (len(across), len(across) / row["outside"])
    via, ties = doors.between("R&D", "Legal")
    assert ties == min(doors.ties.loc[via, "R&D"], doors.ties.loc[via, "Legal"])


def test_no_department_is_a_door_to_itself():
    # All that leaves `a` is with `b`: it has no second door.
    roster = pd.DataFrame({"person": [f"{name}{at}" for name in "abcde" for at in range(8)]})
    roster["department"] = roster["person"].str[0]
    people = roster["person"].tolist()
    pairs = [(one, other) for at, one in enumerate(people) for other in people[at + 1 :]]
    talk = [(one, other) for one, other in pairs if one[0] != "a" or other[0] in "ab"]
    log = pd.DataFrame([*talk, *[(other, one) for one, other in talk]], columns=["sender", "recipient"])
    log["timestamp"] = pd.date_range("2024-01-01 09:00", periods=len(log), freq="4h")
    doors = silos.analyze(log, roster, bootstrap=20).what_would_help.doors
    assert doors.of("a")["through"].tolist() == ["b"]


def test_a_community_is_a_door_only_under_a_name_that_may_be_shown():
    found = silos.analyze(
        [SAMPLE / "interactions.csv", SAMPLE / "affiliations.csv"], SAMPLE / "roster.csv", bootstrap=20
    )
    named = {str(name) for name in found.tally.memberships.table["name"].dropna()}
    through = found.what_would_help.doors.table.query("kind == 'community'")["through"]
    assert set(through) <= named
    hidden = replace(found.tally.memberships, table=found.tally.memberships.table.assign(name=None))
    doors = find_doors(found.what_would_help.model, replace(found.tally, memberships=hidden))
    assert "community" not in set(doors.table["kind"])


def test_what_is_lost_without_the_connector_is_what_exists_only_through_it(sample):
    losses, connector = sample.what_would_help.losses, sample.connector
    row = sample.what_if(without="Marketing")
    assert losses.table.index[0] == connector.department == "Marketing"
    assert row["loss"] == pytest.approx(connector.candidates.loc["Marketing", "bind"])
    assert row["loss_low"] < row["loss"] < row["loss_high"]
    assert row["next_best"] != "Marketing"
    assert "Mail Room" not in losses.table.index


def test_a_desk_too_small_to_be_shown_counts_as_little_for_the_loss_as_for_the_verdict():
    """Two sentences on one department must give one number."""
    ties = np.full((6, 6), 12)
    ties[0] = ties[:, 0] = 40
    ties[5] = ties[:, 5] = 30
    people = company(ties, np.array([20, 20, 20, 20, 20, 4]))
    shown, desks = merge_small(people.people["department"], 5), ("Other (small)",)
    network = people.regrouped(shown.departments)
    replicates = resample(network, {ANY: None}, replicates=20, seed=SEED)
    model = Model.of(network, replicates, shown, layers={}, desks=desks, weeks=None, seed=SEED)
    connector = find_connector(
        network,
        network,
        model.replicates,
        Candidacy(evidence="volume", candidates=model.shown.candidates, service=desks),
    )
    losses = find_losses(model, network, connector, model.replicates)
    loss = losses.table["loss"]
    assert loss.to_dict() == pytest.approx(connector.candidates.loc[loss.index, "bind"].to_dict())


def test_people_are_told_in_steps_that_name_nobody(sample):
    losses = sample.what_would_help.losses
    assert set(losses.spanners["people"]) <= {5, 10, 20, 40}
    assert losses.spanners["share"].is_monotonic_increasing
    assert set(losses.depends["people"]) <= {5, 10, 20, 40}
    assert (losses.depends["of"] >= 10).all()
    assert losses.depends.loc["Legal", "people"] == 5, "the bridge of one person"
    text = str(losses.to_dict())
    assert not any(str(person) in text for person in sample.network.people.index)


def test_a_department_that_hangs_on_one_other_would_be_cut_off():
    ties = np.full((6, 6), 20)
    ties[5] = ties[:, 5] = 0
    ties[5, 2] = ties[2, 5] = 30
    network = company(ties, np.full(6, 20))
    model = model_of(network)
    connector = find_connector(
        network, network, model.replicates, Candidacy(evidence="volume", candidates=model.shown.candidates)
    )
    losses = find_losses(model, network, connector, model.replicates)
    assert losses.table.loc["d2", "cut_off"] == ("d5",)
    assert losses.table.drop("d2")["cut_off"].map(len).max() == 0
    assert losses.depends.empty, "shallow ties do not show what a department depends on"


def test_a_question_that_names_nothing_or_two_things_is_refused(sample):
    for asked in ({}, {"ties": {("R&D", "Sales"): 3}, "without": "Sales"}):
        with pytest.raises(SilosError, match="one of these"):
            sample.what_if(**asked)
    with pytest.raises(SilosError, match="no department that may be shown is called"):
        sample.what_if(without="Legal affairs")
    with pytest.raises(SilosError, match="service desk"):
        sample.what_if(without="Mail Room")


def test_ties_that_are_asked_for_are_added(sample):
    forecast = sample.what_if(ties={("R&D", "Human Resources"): 20})
    assert forecast.table.loc["R&D", "change"] < 0
    assert forecast.said().startswith("20 ties more")
    assert sample.what_would_help.connector == "Marketing"
    assert 0 <= sample.what_would_help.agreement <= 1


def test_departments_too_few_to_choose_from_get_no_advice():
    network = company(np.full((3, 3), 20), np.full(3, 20))
    model = model_of(network)
    connector = find_connector(
        network, network, model.replicates, Candidacy(evidence="volume", candidates=["d0", "d1", "d2"])
    )
    tally = silos.analyze(SAMPLE / "interactions.csv", SAMPLE / "roster.csv", bootstrap=2).tally
    without = replace(tally, memberships=replace(tally.memberships, table=tally.memberships.table.head(0)),
                      ties=replace(tally.ties, dyads=tally.ties.dyads.head(0)))  # fmt: skip
    helped = find_help(model, without, network, connector, model.replicates, silos=[], walls=pd.DataFrame())
    assert helped.verdict == "cannot say"
    assert helped.table.empty
    assert helped.agreement is None


def helped_by(ties: np.ndarray, sizes: np.ndarray):
    """What would help departments with these ties, and the model behind it."""
    network = company(ties, sizes)
    model = model_of(network)
    candidacy = Candidacy(evidence="volume", candidates=model.shown.candidates)
    connector = find_connector(network, network, model.replicates, candidacy)
    return find_help(model, no_log(network), network, connector, model.replicates, silos=["d0"], walls=pd.DataFrame())


def test_a_handful_of_people_is_in_no_advice():
    """Five people with two contacts to each: new ties from them would seem to do most."""
    ties = np.full((9, 9), 30)
    ties[0] = ties[:, 0] = 5
    ties[8] = ties[:, 8] = 2
    helped = helped_by(ties, np.append(SIZES, 5))
    assert helped.model.unjudged == ["d8"]
    assert "d8" not in helped.involved.index
    assert "d8" not in helped.openings["d0"].ties
    assert "d8" not in {*helped.table["a"], *helped.table["b"]}


def test_no_join_is_advised_for_what_nobody_would_notice():
    """Fifteen departments in equal contact: the best join is clearly the best, and does next to nothing."""
    ties = np.full((15, 15), 60)
    ties[0, 1] = ties[1, 0] = 50
    found = find_joins(model_of(company(ties, np.full(15, 30))), number=1)
    assert found.gain.value < 0.01
    assert found.verdict == "no better"

"""The chart, flows along it, leaders who listen or broadcast, online ties beside meetings, the outside."""

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse, stats

import silos
from silos.analysis.external import find_outside
from silos.analysis.leadership import PLAIN, Drawn, _answers, _communities, _flows, _layers, _style, lead
from silos.inference.estimate import interval
from silos.measures.boundary_spanning import outside_by_department
from silos.measures.hierarchy import KINDS, Chart, chart, flow_kinds, flow_shares, pagerank, weighted_spearman
from silos.measures.multiplex import overlap
from silos.network import Network
from silos.privacy.suppression import merge_small
from silos.ties.count import tally
from silos.ties.layers import layer
from silos.ties.results import DialogueCounts
from tests.conftest import a_log, a_roster
from tests.support.resampling import multipliers


def measured(organisation: silos.simulate.Organisation, **options: int):
    counted = tally(silos.read_interactions(organisation.interactions), silos.read_roster(organisation.roster))
    return lead(counted, layer(counted, "any"), replicates=100, **options)


def company(**options: object) -> silos.simulate.Organisation:
    given = {"people": 160, "departments": 8, "weeks": 8, "unknown": 0} | options
    return silos.simulate.organisation(**given)


# ---- the chart


@pytest.mark.parametrize(
    ("columns", "rank", "leads"),
    [
        # who is their own manager is at the top
        ({"manager": ["a", "a", "b", "b"]}, [0, 1, 2, 2], [1, 1, 0, 0]),
        # who has a manager that the roster lacks is no top, nor has a rank
        ({"manager": [None, "a", "a", "zoe"]}, [0, 1, 1, np.nan], [1, 0, 0, 0]),
        # managers in a circle: levels tell ranks, and managers which end is the top
        ({"manager": ["b", "a", "a", "b"], "level": [3, 3, 1, 1]}, [], []),
        ({"manager": ["b", "c", "b", "b"], "level": [5, 9, 9, 5]}, [1, 0, 0, 1], [0, 1, 1, 0]),
    ],
)
def test_ranks_follow_managers(columns, rank, leads):
    people = pd.DataFrame(columns, index=list("abcd"))
    found = chart(people)
    if not rank:
        # a and b lead one another on the same level: c and d are below
        assert found.rank.tolist() == [0, 0, 1, 1]
        return
    np.testing.assert_array_equal(found.rank, rank)
    assert found.leads.tolist() == [bool(one) for one in leads]


@pytest.mark.parametrize(
    ("levels", "unknown", "leaders"),
    [
        ([1] * 2 + [2] * 8 + [3] * 30, "", 2 + 0),
        ([3] * 2 + [2] * 6 + [1] * 32, "", 8),
        ([1] * 20 + [2] * 20, "direction", 0),
        ([1] * 40, "no_chart", 0),
    ],
)
def test_levels_alone_tell_the_top_by_numbers(levels, unknown, leaders):
    found = chart(pd.DataFrame({"level": levels}))
    assert found.unknown == unknown
    if not unknown:
        cumulative = np.cumsum(np.bincount(found.rank.astype(int)))
        assert found.leads.sum() == cumulative[cumulative <= 0.2 * len(levels)].max() == max(leaders, found.leads.sum())
        assert found.rank[found.leads].max() < found.rank[~found.leads].min()


def test_levels_in_words_say_nothing():
    assert chart(pd.DataFrame({"level": ["boss", "clerk", "clerk"]})).unknown == "no_chart"


# ---- flows


def small_network() -> tuple[Network, np.ndarray]:
    """Two departments of three: a leads b and c, d leads e and f."""
    weight = np.zeros((6, 6))
    weight[0, 1], weight[1, 0], weight[1, 2], weight[2, 4], weight[3, 5] = 4, 1, 2, 2, 1
    people = pd.DataFrame({"department": ["HR"] * 3 + ["IT"] * 3}, index=list("abcdef"))
    return Network(people, sparse.csr_array(weight)), np.array([0.0, 1, 1, 0, 1, 1])


def test_flows_are_those_counted_by_hand():
    network, rank = small_network()
    arcs = network.adjacency.tocoo()
    shares = flow_shares(flow_kinds(arcs.row, arcs.col, rank, network.membership), arcs.data)
    assert dict(zip(KINDS, shares, strict=True)) == {"up": 0.1, "down": 0.5, "lateral": 0.2, "across": 0.2}


def test_intervals_of_flows_are_those_of_the_arcs_one_by_one():
    network, rank = small_network()
    arcs = network.adjacency.tocoo()
    kinds = flow_kinds(arcs.row, arcs.col, rank, network.membership)
    draws = np.array([
        flow_shares(kinds, arcs.data * omega[arcs.row] * omega[arcs.col])
        for omega in multipliers(len(network), 40, 3)
    ])  # fmt: skip
    found = _flows(network, Chart(rank, rank == 0, "manager", ""), Drawn(network.membership, 40, 3))
    for kind, column in zip(KINDS, draws.T, strict=True):
        estimate = found[f"flow_{kind}"]
        assert (estimate.low, estimate.high) == pytest.approx(interval(column), rel=1e-12)


@pytest.mark.long
def test_ranks_dealt_out_anew_raise_no_alarms():
    organisation = company(seed=5)
    counted = tally(silos.read_interactions(organisation.interactions), silos.read_roster(organisation.roster))
    network = layer(counted, "any")
    found, rng = chart(network.people), np.random.default_rng(0)
    order = np.argsort(network.membership, kind="stable")
    p = []
    for _ in range(30):
        rank = np.empty_like(found.rank)
        rank[order] = found.rank[np.lexsort((rng.random(len(rank)), network.membership))]
        estimates = _flows(network, Chart(rank, found.leads), Drawn(network.membership, 2, 0))
        p.append([estimates[f"flow_{kind}"].p for kind in ("up", "down", "lateral")])
    assert (np.array(p) < 0.05).mean() <= 0.12


# ---- listening and broadcasting


@pytest.mark.long
@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("style", ["listening", "broadcasting", "unresponsive"])
def test_a_planted_leadership_is_known_for_what_it_is(style, seed):
    found = measured(company(people=260, weeks=10, leadership=style, seed=seed))
    assert found.verdict == style
    gap = found.estimates["reply_rate_gap"]
    assert gap.low > 0 if style == "listening" else gap.high < 0
    # Of who answers less the few broadcasts are a larger share.
    assert (found.estimates["broadcast_gap"].value > PLAIN) == (style == "broadcasting")


@pytest.mark.parametrize("seed", range(3))
def test_leaders_like_everybody_are_not_accused(seed):
    assert measured(company(seed=seed)).verdict in ("typical", "uncertain")


def test_six_leaders_who_answered_all_of_twelve_questions_are_not_said_to_listen():
    # Others answer nine of ten; so would six leaders like them in many a log.
    count, size = 60, 10
    leads = np.arange(count) % size == 0
    asked = [(own, at, True) for at in np.flatnonzero(leads) for own in (at + 1, at + 2)]
    asked += [
        (at // size * size + 1 + (at + step) % (size - 1), at, step < 10)
        for at in np.flatnonzero(~leads)
        for step in range(1, 11)
        if at // size * size + 1 + (at + step) % (size - 1) != at
    ]
    waits = pd.DataFrame(asked, columns=["sender", "recipient", "answered"]).astype({"answered": np.int64})
    waits["seconds"] = np.where(waits["answered"] == 1, 3_600, 604_800)
    waits = waits.assign(waits=1).sort_values(["sender", "recipient"], ignore_index=True)
    people = pd.DataFrame({"department": [f"D{at // size}" for at in range(count)]}, index=range(count))
    network = Network(people, sparse.csr_array((count, count)))
    found = _answers(DialogueCounts(waits=waits), network, Chart(np.where(leads, 0.0, 1.0), leads), 5, 200, 0)
    below, gap = found["reply_rate_below"], found["reply_rate_gap"]
    assert (below.value, below.high) == (1.0, 1.0)
    assert below.low < 0.8
    assert gap.low < 0 < gap.value
    assert _style(found) != "listening"


def test_leaders_too_few_to_be_shown_are_not_shown():
    found = measured(company(seed=1), minimum=200)
    assert (found.unknown, found.leaders, found.verdict) == ("few", None, None)
    assert not found.estimates


def test_silent_leaders_and_those_who_only_broadcast_are_shares():
    people = {f"p{number:02d}": "HR" if number < 15 else "IT" for number in range(30)}
    boss = {name: "p00" if name < "p06" else f"p{1 + number % 5:02d}" for number, name in enumerate(people)}
    rows = []
    for day in range(20):
        when = pd.Timestamp("2025-01-06T09:00") + pd.Timedelta(days=day)
        # the six who lead: two converse, one only broadcasts, three are silent
        for number in (1, 2, *range(6, 30)):
            one, other = f"p{number:02d}", f"p{6 + (number + day) % 24:02d}"
            if one == other:
                continue
            for hour, ends in ((0, (one, other)), (1, (other, one))):
                rows.append({"timestamp": when + pd.Timedelta(hours=hour), "sender": ends[0], "recipient": ends[1],
                             "thread": f"{day}-{number}", "event": f"{day}-{number}-{hour}"})  # fmt: skip
        rows.append({"timestamp": when, "sender": "p00", "recipient": "p09", "event": f"all{day}",
                     "recipients": 29})  # fmt: skip
    roster = a_roster(people, manager=[None if name == "p00" else boss[name] for name in people])
    counted = tally(a_log(rows), roster)
    found = lead(counted, layer(counted, "any"), replicates=100)
    assert found.leaders == 6
    assert found.estimates["silent_share"].value == pytest.approx(3 / 6)
    assert found.estimates["broadcast_only_share"].value == pytest.approx(1 / 6)
    assert found.estimates["silent_share_others"].value == 0
    # of a log of edits nothing is said of who writes
    counted = tally(a_log(rows), roster, log_kinds={"": "acts"})
    found = lead(counted, layer(counted, "any"), replicates=100)
    assert found.leaders == 6
    assert not [name for name in found.estimates if "silent" in name or "broadcast" in name]


# ---- communities, influence


def test_communities_without_leaders_are_counted_against_chance():
    network, _ = small_network()
    leads = np.array([True, False, False, True, False, False])
    members = [(community, person) for community in range(6) for person in (1, 2, 4, 5)]
    table = pd.DataFrame(members, columns=["community", "person"]).assign(medium="chat", posts=1)
    none = _communities(table, network, Chart(np.zeros(6), leads), 0)
    assert none["communities_without_leader"].value == none["communities_by_juniors"].value == 1
    assert none["communities_without_leader"].null_mean < 1
    # leaders who are members and never post
    present = pd.concat([table, table.drop_duplicates("community").assign(person=0, posts=0)])
    found = _communities(present, network, Chart(np.zeros(6), leads), 0)
    assert found["communities_without_leader"].value == 0
    assert found["communities_by_juniors"].value == 1
    # a community in which nobody wrote is none, as everywhere else
    quiet = present.assign(posts=np.where(present["community"] < 2, 0, present["posts"]))
    assert not _communities(quiet, network, Chart(np.zeros(6), leads), 0)
    assert not _communities(table.iloc[:0], network, Chart(np.zeros(6), leads), 0)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=4, max_size=30))
def test_the_correlation_unweighted_is_spearmans(pairs):
    one, other = (np.array(column, dtype=float) for column in zip(*pairs, strict=True))
    if np.ptp(one) and np.ptp(other):
        value = weighted_spearman(one, other, np.ones((1, len(one))))[0]
        assert value == pytest.approx(stats.spearmanr(one, other).statistic)


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1))
def test_pagerank_is_that_of_networkx(seed):
    rng = np.random.default_rng(seed)
    graph = nx.gnp_random_graph(12, 0.15, seed=seed % 1000, directed=True)
    for edge in graph.edges.values():
        edge["weight"] = float(rng.integers(1, 9))
    nx.set_node_attributes(graph, "HR", "department")
    expected = nx.pagerank(graph, alpha=0.85, tol=1e-13, max_iter=1000)
    np.testing.assert_allclose(pagerank(Network.from_networkx(graph)), list(expected.values()), atol=1e-10)


def test_what_runs_across_may_be_added_afterwards():
    rank, membership = np.array([0.0, 1.0, 1.0, np.nan]), np.array([0, 0, 1, 1])
    sender, recipient, volume = np.array([0, 1, 1, 2]), np.array([1, 0, 2, 3]), np.array([1.0, 2.0, 4.0, 8.0])
    kinds = flow_kinds(sender, recipient, rank, membership)
    np.testing.assert_array_equal(kinds, [1, 0, 3, -1])
    inside = membership[sender] == membership[recipient]
    np.testing.assert_allclose(flow_shares(kinds[inside], volume[inside], across=4.0), flow_shares(kinds, volume))
    there, back = (flow_kinds(*ends, rank, membership) for ends in ((sender, recipient), (recipient, sender)))
    both = flow_shares(np.concatenate([there, back]), np.concatenate([volume, volume + 1]))
    np.testing.assert_allclose(flow_shares(there, volume, volume + 1), both)


# ---- layers


def test_who_writes_where_they_meet_is_told_from_who_writes_anywhere():
    rng = np.random.default_rng(3)
    rows = []
    for number in range(1500):
        department = rng.integers(2)
        a, b = (f"p{30 * department + one:02d}" for one in rng.choice(30, 2, replace=False))
        when = {"timestamp": pd.Timestamp("2025-01-06T09:00") + pd.Timedelta(hours=int(number))}
        rows.append(
            {**when, "sender": a, "recipient": b, "kind": "meeting", "event": f"m{number}", "medium": "meeting"}
        )
        if number % 3 == 0:
            c, d = (f"p{30 * department + one:02d}" for one in rng.choice(30, 2, replace=False))
            for style, ends in (("with", (a, b)), ("apart", (c, d))):
                for turn, (sender, recipient) in enumerate((ends, ends[::-1])):
                    rows.append({**when, "sender": sender, "recipient": recipient, "kind": "direct", "medium": style,
                                 "event": f"{style}{number}{turn}"})  # fmt: skip
    people = {f"p{number:02d}": "HR" if number < 30 else "IT" for number in range(60)}
    found = {}
    for style in ("with", "apart"):
        counted = tally(a_log([one for one in rows if one["medium"] in ("meeting", style)]), a_roster(people))
        network = layer(counted, "any")
        found[style] = _layers(counted, network, Drawn(network.membership, 100, 0))
    assert found["with"]["online_who_meet"].value == 1
    assert found["with"]["lift"].low > 1
    assert found["with"]["online_who_meet"].p < 1e-6
    assert found["apart"]["online_who_meet"].p > 0.01
    assert overlap(np.array([True]), np.array([False]))[0] == 0


# ---- the outside


def test_the_departments_that_deal_with_the_outside_are_found():
    organisation = company(externals=40, seed=3)
    counted = tally(silos.read_interactions(organisation.interactions), silos.read_roster(organisation.roster))
    network = layer(counted, "any")
    found = find_outside(counted.external, network, merge_small(network.people["department"], 5))
    front = set(organisation.truth["external"]["departments"])
    table = found.table
    assert found.outsiders == 40
    assert set(table.index[table["verdict"] == "outward"]) <= front
    assert len(set(table.index[table["verdict"] == "outward"])) >= 1
    # Finance is put together with the mail room of four people, and what is together has no verdict.
    assert set(found.never) == set(table.index) - front - {"Other (small)"}


def mails(*ends: tuple[str, str], **more: object) -> list[dict[str, object]]:
    return [{"sender": a, "recipient": b, "medium": "email", "event": f"{a}{b}", **more} for a, b in ends]


def test_strangers_of_other_domains_are_outsiders_if_written_to():
    people = {"ann@acme.example": "HR", "bob@acme.example": "IT"}
    inside = mails(("ann@acme.example", "bob@acme.example"), ("bob@acme.example", "ann@acme.example"))
    rows = [
        *inside,
        *mails(("ann@acme.example", "eve@other.example"), ("ann@acme.example", "temp@acme.example")),
        *mails(("news@other.example", "bob@acme.example")),
        *mails(("bob@acme.example", "list@other.example"), recipients=500),
    ]
    counted = tally(a_log(rows), a_roster(people))
    assert counted.external.table.to_numpy().tolist() == [[0, 0]]
    met = [*rows, *mails(("guest@other.example", "bob@acme.example"), kind="meeting")]
    assert len(tally(a_log(met), a_roster(people)).external.table) == 2
    network = layer(counted, "any")
    quiet = tally(a_log(inside), a_roster(people))
    shown = merge_small(network.people["department"], 1)
    assert find_outside(quiet.external, network, shown).unknown == "no_outsiders"
    unnamed = tally(a_log(mails(("ann", "bob"), ("bob", "ann"))), a_roster({"ann": "HR", "bob": "IT"}))
    assert find_outside(unnamed.external, network, shown).unknown == "no_addresses"


@pytest.mark.parametrize("kind", ["direct", "meeting"])
@pytest.mark.parametrize("stranger", ["eve", "eve@other.example"])
def test_of_a_roster_without_addresses_strangers_are_no_outsiders(stranger, kind):
    rows = mails(("ann", "bob"), ("bob", "ann")) + mails(("ann", stranger), (stranger, "bob"), kind=kind)
    found = tally(a_log(rows), a_roster({"ann": "HR", "bob": "IT"})).external
    assert found.table.empty
    assert not found.domains


def test_a_mass_mail_without_an_event_id_makes_no_tie_to_outsiders_either():
    people = {"ann@acme.example": "HR", "bob@acme.example": "IT"}
    crowd = [("ann@acme.example", f"{name}@other.example") for name in ("eve", "fay", "gus", "hal")]
    both = [("ann@acme.example", "bob@acme.example"), ("bob@acme.example", "ann@acme.example")]
    rows = [
        *mails(*both, timestamp="2025-01-06T09:00:00"),
        *mails(*crowd, timestamp="2025-01-07T10:00:00", event=None),
    ]
    limits = {len(crowd) - 1: 0, len(crowd): len(crowd)}
    for limit, contacts in limits.items():
        counted = tally(a_log(rows), a_roster(people), max_recipients=limit)
        assert len(counted.external.table) == contacts


def test_externals_of_the_roster_are_outsiders_whatever_their_address():
    people = {"ann": "HR", "bob": "IT", "eve": None}
    roster = a_roster(people, kind=["employee", "employee", "external"])
    counted = tally(a_log(mails(("ann", "bob"), ("bob", "ann"), ("bob", "eve"))), roster)
    assert counted.external.table.to_numpy().tolist() == [[1, 0]]


def test_the_chance_of_an_outward_department_is_that_of_all_ways_to_deal_departments_out():
    rng = np.random.default_rng(0)
    membership = np.repeat([0, 1, 2], [4, 3, 5])
    outside = pd.DataFrame({"person": [0, 1, 2, 2, 7], "outsider": [0, 1, 2, 3, 0]})
    p = outside_by_department(outside, membership, 3)["p"]
    has = np.isin(np.arange(12), [0, 1, 2, 7])
    dealt = np.array([np.bincount(rng.permutation(membership), weights=has, minlength=3) for _ in range(20_000)])
    observed = np.array([3, 0, 1])
    tails = np.minimum((dealt >= observed).mean(axis=0), (dealt <= observed).mean(axis=0))
    np.testing.assert_allclose(p, np.minimum(2 * tails, 1), atol=0.02)


def test_a_single_person_with_an_outsider_is_not_shown():
    people = {f"{name}{at}@acme.example": name for name in ("HR", "IT", "R") for at in range(8)}
    names = list(people)
    rows = mails(*((one, other) for one in names for other in names if one != other))
    # one of HR, six of IT and seven of R write to somebody outside
    writers = [names[0], *names[8:14], *names[16:23]]
    rows += mails(*((one, f"x{at}@other.example") for at, one in enumerate(writers)))
    counted = tally(a_log(rows), a_roster(people))
    network = layer(counted, "any")
    table = find_outside(counted.external, network, merge_small(network.people["department"], 5)).table
    # the sum of all is known: with HR alone left out it would be told
    assert table["people_outside"].isna().to_dict() == {"HR": True, "IT": True, "R": False}
    assert table.loc["R", ["people_outside", "outsiders"]].tolist() == [7, 7]
    assert table.loc[["HR", "IT"], ["outside_share", "outsiders", "outsiders_per_head", "p", "q"]].isna().all(axis=None)
    assert table["verdict"].notna().all()
    # Four of eight people would not be few.
    assert "never" not in set(table["verdict"])


def test_leaders_stand_beside_several_or_nothing_is_said():
    """Five leaders are asked from below, but beside one of them alone anybody else is asked."""
    people = {f"{name}{at}": name for name in "ABCDEF" for at in range(6)}
    managers = {person: person if person.endswith("0") else f"{person[0]}0" for person in people}
    asked = [(f"{name}{at}", f"{name}0") for name in "ABCDEF" for at in range(1, 6)]
    # somebody else is asked in A alone
    asked.append(("A1", "A2"))
    rows = [
        one
        for week in range(4)
        for ends in asked
        for hour, pair in ((9, ends), (11, ends[::-1]))
        for one in mails(
            pair, event=f"{week}{pair}", thread=f"{week}{ends}", timestamp=f"2025-01-{6 + 7 * week:02d}T{hour:02d}:00"
        )
    ]
    counted = tally(a_log(rows), a_roster(people, manager=[managers[person] for person in people]))
    found = lead(counted, layer(counted, "any"), replicates=20)
    assert found.leaders == 6
    assert "silent_share" in found.estimates
    assert "reply_rate_below" not in found.estimates

"""ToolCommunities of tools: measures by hand, shuffles that keep what they should, and silos 2.0 that were planted."""

import importlib.util
import json
import zipfile
from collections import Counter
from dataclasses import replace
from itertools import combinations, product
from pathlib import Path
from types import ModuleType
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse, stats

import silos
from silos.analysis.detected_communities import compare
from silos.analysis.parameters import nameable
from silos.analysis.tool_communities import (
    BRIDGE,
    COLUMNS,
    SILO,
    UNCERTAIN,
    ToolCommunities,
    find_communities,
    only_named,
)
from silos.errors import SilosError
from silos.inference.rewiring import rewire
from silos.measures import two_mode as measures
from silos.measures.community_detection import detect
from silos.measures.two_mode import Memberships
from silos.network import Network
from silos.privacy.suppression import OTHER, merge_small
from silos.readers import read_interactions
from silos.ties.count import tally
from silos.ties.results import Memberships as Held
from tests.conftest import a_roster
from tests.support.places import ROOT


def of(rows: list[tuple[int, int, int]], departments: list[int], communities: int) -> Memberships:
    """Memberships of (person, community, posts)."""
    table = np.array(rows, dtype=np.int64).reshape(-1, 3)
    return Memberships(
        table[:, 0], table[:, 1], table[:, 2].astype(float), np.array(departments), max(departments) + 1, communities
    )


#: Six people of three departments in four communities. 0: ann, bo (HR), cy (IT); 1: bo, cy, dee (IT); 2: eve, fay
#: (Law); 3: fay alone.
HAND = of(
    [(0, 0, 4), (1, 0, 0), (2, 0, 1), (1, 1, 2), (2, 1, 3), (3, 1, 0), (4, 2, 0), (5, 2, 0), (5, 3, 7)],
    [0, 0, 1, 1, 2, 2],
    4,
)


# ---- names


def test_only_those_are_named_that_may_be(tmp_path):
    """All that is said of communities reads the names here; whoever is not listed stays judged and counted."""
    table = pd.DataFrame({"medium": "chat", "community": [1, 2, 3], "name": ["General", "union-talk", None]})
    held = Held(table.assign(person=0, posts=1))
    listed = tmp_path / "names.txt"
    listed.write_text("\ufeff#general\n\n", encoding="utf-8")
    told = {asked: only_named(held, nameable(asked)).table for asked in ("all", "none", str(listed))}
    assert told["all"] is held.table
    assert told["none"]["name"].isna().all()
    assert told[str(listed)]["name"].fillna("").tolist() == ["General", "", ""]
    assert len(told["none"]) == 3
    with pytest.raises(SilosError, match="--name-communities needs all, none or a text file"):
        nameable(str(tmp_path / "nowhere.txt"))


# ---- measures


def test_measures_of_a_small_case_by_hand():
    assert HAND.sizes.tolist() == [3, 3, 2, 1]
    assert HAND.composition.tolist() == [[2, 1, 0], [1, 2, 0], [0, 0, 2], [0, 0, 1]]
    assert HAND.written.tolist() == [[4, 1, 0], [2, 3, 0], [0, 0, 0], [0, 0, 7]]
    # most posts; where nobody wrote, most members
    assert measures.sponsors(HAND).tolist() == [0, 1, 2, 2]
    entropy = -(2 / 3 * np.log(2 / 3) + 1 / 3 * np.log(1 / 3))
    assert measures.community_mix(HAND) == pytest.approx([entropy / np.log(3)] * 2 + [0, 0])
    # members of 0 are in 1 + 2 + 2 communities
    assert measures.community_insularity(HAND) == pytest.approx([3 / 5, 3 / 5, 2 / 3, 1 / 2])
    assert measures.filled_by(HAND).tolist() == [0, 1, 2, 2]
    # bo and cy are in a community that the other department fills; fay's two are both of her own
    assert measures.shared_members(HAND, measures.filled_by(HAND)).tolist() == [2, 2, 0, 0]
    assert measures.co_membership(HAND).toarray().tolist() == [[0, 2, 0, 0], [2, 0, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0]]
    assert measures.reached(HAND).tolist() == [1, 1, 1, 1]
    assert measures.disjoint_pairs(HAND) == pytest.approx(4 / 6)
    assert measures.largest_component(HAND) == pytest.approx(2 / 4)


def test_bipartite_modularity_is_the_best_assignment_of_communities():
    total, degree, size = len(HAND), HAND.degrees, HAND.sizes
    held = {(person, community) for person, community in zip(HAND.person, HAND.community, strict=True)}
    best = max(
        sum(
            ((person, community) in held) - degree[person] * size[community] / total
            for person, community in product(range(6), range(4))
            if HAND.department[person] == part[community]
        )
        for part in product(range(3), repeat=4)
    )
    assert measures.bipartite_modularity(HAND) == pytest.approx(best / total)


def test_nobody_anywhere_has_no_values():
    nothing = of([], [0, 1], 0)
    assert np.isnan(measures.disjoint_pairs(nothing))
    assert np.isnan(measures.largest_component(nothing))
    assert np.isnan(measures.bipartite_modularity(nothing))
    assert np.isnan(measures.community_insularity(of([], [0], 2))).all()
    assert np.isnan(measures.community_mix(of([(0, 0, 1)], [0], 1))).all()


def test_a_membership_stands_once():
    with pytest.raises(silos.SilosError, match="twice"):
        of([(0, 0, 1), (0, 0, 2)], [0], 1)


@st.composite
def some_memberships(draw) -> Memberships:
    people, communities = draw(st.integers(2, 12)), draw(st.integers(1, 7))
    departments = draw(st.lists(st.integers(0, 2), min_size=people, max_size=people))
    pairs = draw(st.sets(st.tuples(st.integers(0, people - 1), st.integers(0, communities - 1)), min_size=1))
    rows = [(person, community, draw(st.integers(0, 3))) for person, community in sorted(pairs)]
    return replace(of(rows, departments, communities), departments=3)


@settings(max_examples=60, database=None)
@given(made=some_memberships(), seed=st.integers(0, 99))
def test_measures_hold_whatever_the_order_and_the_names(made: Memberships, seed: int):
    rng = np.random.default_rng(seed)
    people, places = rng.permutation(len(made.department)), rng.permutation(made.communities)
    rows = rng.permutation(len(made))
    department = np.empty_like(made.department)
    department[people] = made.department
    other = replace(
        made,
        person=people[made.person][rows],
        community=places[made.community][rows],
        posts=made.posts[rows],
        department=department,
    )
    carried = measures.sponsors(made)
    assert (measures.sponsors(other)[places] == carried).all()
    for one in (measures.community_mix, measures.community_insularity, measures.reached):
        np.testing.assert_allclose(one(other)[places], one(made))
    filled = measures.filled_by(made)
    shared = measures.shared_members(made, filled)
    assert (measures.shared_members(other, measures.filled_by(other))[places] == shared).all()
    for whole in (measures.disjoint_pairs, measures.largest_component, measures.bipartite_modularity):
        assert whole(other) == pytest.approx(whole(made), nan_ok=True)
    # against the definitions, one by one
    members = [set(made.person[made.community == place].tolist()) for place in range(made.communities)]
    for place, inside in enumerate(members):
        elsewhere = {
            person
            for person in inside
            if any(person in them and filled[there] != filled[place] for there, them in enumerate(members))
        }
        assert shared[place] == len(elsewhere)
    if made.communities > 1:
        apart = [not a & b for a, b in combinations(members, 2)]
        assert measures.disjoint_pairs(made) == pytest.approx(np.mean(apart))
    graph = nx.Graph()
    graph.add_nodes_from(range(made.communities))
    graph.add_edges_from((a, b) for a, b in combinations(range(made.communities), 2) if members[a] & members[b])
    largest = max(map(len, nx.connected_components(graph)))
    assert measures.largest_component(made) == pytest.approx(largest / made.communities)


# ---- shuffles


@settings(max_examples=40, database=None)
@given(made=some_memberships(), seed=st.integers(0, 99))
def test_shuffled_memberships_keep_the_degrees_of_both_sides(made: Memberships, seed: int):
    people = len(made.department)
    sides = np.repeat([0, 1], [people, made.communities])
    person, community = rewire(made.person, made.community + people, np.random.default_rng(seed), kinds=sides)
    assert (person < people).all()
    assert (community >= people).all()
    assert len(set(zip(person.tolist(), community.tolist(), strict=True))) == len(made)
    assert (np.bincount(person, minlength=people) == made.degrees).all()
    assert (np.bincount(community - people, minlength=made.communities) == made.sizes).all()


def test_all_matrices_of_these_margins_are_drawn_alike():
    """Rows 2, 1, 1 and columns 2, 1, 1: five matrices, by enumeration."""
    every = [
        matrix
        for matrix in product((0, 1), repeat=9)
        if [sum(matrix[3 * row : 3 * row + 3]) for row in range(3)] == [2, 1, 1]
        and [sum(matrix[column::3]) for column in range(3)] == [2, 1, 1]
    ]
    assert len(every) == 5
    rng = np.random.default_rng(0)
    person, community = np.array([0, 0, 1, 2]), np.array([3, 4, 3, 5])
    seen: Counter[tuple[tuple[int, int], ...]] = Counter()
    for _ in range(2000):
        person, community = rewire(person, community, rng, rounds=8, kinds=np.repeat([0, 1], 3))
        seen[tuple(sorted(zip(person.tolist(), community.tolist(), strict=True)))] += 1
    assert len(seen) == 5
    assert stats.chisquare(list(seen.values())).pvalue > 0.001


# ---- verdicts


def company(sizes: dict[str, int]) -> Network:
    """People without ties, in departments of these sizes."""
    names = [name for name, size in sizes.items() for _ in range(size)]
    people = pd.DataFrame({"department": names}, index=[f"p{at:03d}" for at in range(len(names))])
    return Network(people, sparse.csr_array((len(names), len(names))))


def judge(network: Network, members: dict[str, list[int]], *, minimum: int = 5, **more: Any) -> ToolCommunities | None:
    """Verdicts on communities that name their members; all but the last write as much."""
    rows = [
        ("chat", name, name, person, 2 * (person != people[-1]))
        for name, people in members.items()
        for person in people
    ]
    held = pd.DataFrame(rows, columns=["medium", "community", "name", "person", "posts"])
    held = more.pop("change", lambda table: table)(held)
    shown = merge_small(network.people["department"], minimum)
    return find_communities(held, network, network.regrouped(shown.departments), shown, **more)


#: 40 people in each of four departments. "labs" is of R alone, who are in nothing else; each department has a room, and
#: its people are in topics of all departments as well.
FOUR = company({"R": 40, "S": 40, "T": 40, "U": 40})
ROOMS = {
    "labs": list(range(16)),
    "r-room": [*range(18, 36), 40],
    "s-room": [*range(40, 62), 80],
    "t-room": [*range(80, 102), 120],
    "u-room": [*range(120, 142), 41],
    "music": [*range(18, 24), *range(44, 50), *range(84, 90), *range(124, 130)],
    "books": [*range(24, 32), *range(50, 58), *range(90, 98), *range(130, 138)],
    "chess": [*range(20, 28), *range(46, 54), *range(86, 94), *range(126, 134)],
}


def test_a_share_of_a_community_that_stands_for_a_few_is_not_shown():
    found = judge(FOUR, ROOMS)
    assert found is not None
    shares = found.shares
    assert shares.loc["labs"].tolist() == [1, 0, 0, 0], "nobody is nobody"
    # 18 of R, and one of S
    assert shares.loc["r-room", "R"] == pytest.approx(18 / 19)
    assert shares.loc["r-room"].isna().tolist() == [False, True, False, False]
    assert shares.loc["music"].tolist() == [0.25] * 4, "six people each"
    several = judge(FOUR, ROOMS, minimum=7)
    assert several is not None
    assert several.shares.loc["music"].isna().all()


def test_a_share_of_a_detected_community_that_stands_for_a_few_is_not_shown():
    # two departments of twelve that keep to themselves, but for one of the first who belongs with the second
    people = pd.DataFrame({"department": ["R"] * 12 + ["S"] * 12}, index=[f"p{at:02d}" for at in range(24)])
    together = [*range(1, 12)], [0, *range(12, 24)]
    ends = np.array([(a, b) for some in together for a in some for b in some if a != b]).T
    adjacency = sparse.csr_array((np.ones(ends.shape[1]), (ends[0], ends[1])), shape=(24, 24))
    network = Network(people, adjacency)
    found = compare(network, network, ("R", "S"), 5, detect(network))
    assert found.shares.isna().sum().sum() == 1
    assert found.shares.loc["S"].tolist() == [1, 0]
    assert np.isnan(found.shares.loc["R", 1])
    assert found.shares.loc["R", 2] == pytest.approx(11 / 12)


def test_a_planted_silo_stands_out_and_bridges_are_seen():
    found = judge(FOUR, ROOMS)
    assert found is not None
    assert list(found.table.columns) == list(COLUMNS)
    assert list(found.shares.index) == list(found.table["community"])
    table = found.table.set_index("community")
    assert table.index[0] == "labs"
    assert table["verdict"].to_dict() == {
        "labs": SILO, **dict.fromkeys(("r-room", "s-room", "t-room", "u-room"), "typical"),
        **dict.fromkeys(("music", "books", "chess"), BRIDGE),
    }  # fmt: skip
    labs = table.loc["labs"]
    assert (labs["members"], labs["posts"], labs["sponsor"], labs["shared"], labs["reached"]) == (16, 30, "R", 0, 0)
    assert (labs["mix"], labs["insularity"], labs["sponsor_posts"]) == (0, 1, 1)
    assert labs["mix_z"] < -5
    assert labs["mix_p"] == pytest.approx(1 / 500)
    assert table.loc["music", "departments"] == pytest.approx(4)
    assert found.verdicts == {SILO: 1, BRIDGE: 3, "typical": 4, UNCERTAIN: 0}
    assert found.sponsors.loc["R"].to_dict() == {"communities": 5, "silos": 1, "bridges": 3}  # equal posts: the first
    assert (found.active, found.everybody, found.hidden, found.people) == (8, 0, 0, 100)
    pairs = found.organisation["disjoint_pairs"]
    assert pairs.value is not None
    assert pairs.null_mean is not None
    assert pairs.value > pairs.null_mean
    assert found.organisation["largest_component"].value == pytest.approx(7 / 8)


def test_verdicts_hang_neither_on_the_order_of_rows_nor_on_names():
    found = judge(FOUR, ROOMS)
    mixed = judge(FOUR, ROOMS, change=lambda table: table.sample(frac=1, random_state=1))
    renamed = judge(FOUR, {f"z{99 - at}": people for at, people in enumerate(ROOMS.values())})
    assert found is not None
    assert mixed is not None
    assert renamed is not None
    pd.testing.assert_frame_equal(found.table, mixed.table)
    assert renamed.verdicts == found.verdicts
    assert renamed.table["apart"].iloc[0] == pytest.approx(found.table["apart"].iloc[0], abs=0.02)


def test_two_channels_of_one_department_are_no_bridge_for_each_other():
    found = judge(FOUR, {**ROOMS, "labs-2": list(range(16))})
    assert found is not None
    table = found.table.set_index("community")
    assert table.loc[["labs", "labs-2"], "verdict"].tolist() == [SILO, SILO]
    assert table.loc["labs", "shared"] == 0
    assert table.loc["labs", "reached"] == 1
    assert table.loc["labs", "insularity"] == 0.5


def test_a_community_of_everybody_neither_parts_nor_binds():
    found, again = judge(FOUR, ROOMS), judge(FOUR, {**ROOMS, "all": list(range(160))})
    assert found is not None
    assert again is not None
    assert "all" not in set(again.table["community"])
    assert (again.everybody, again.active) == (1, 9)
    pd.testing.assert_frame_equal(again.table, found.table)


def test_where_writers_alone_are_known_a_quarter_of_them_is_everybody():
    writers = judge(FOUR, ROOMS, change=lambda table: table.assign(posts=1))
    assert writers is not None
    assert not writers.readers
    assert writers.everybody == 2  # 32 of 100 people each
    assert not {"books", "chess"} & set(writers.table["community"])


def test_too_few_members_are_not_judged_and_too_few_to_tell_are_uncertain():
    found = judge(FOUR, {**ROOMS, "pair": [0, 40], "trio": [1, 41, 81], "five": [*range(32, 36), 46]})
    assert found is not None
    table = found.table.set_index("community")
    assert found.active == 10  # two are a pair
    assert not {"pair", "trio"} & set(table.index)
    assert table.loc["five", "verdict"] in (UNCERTAIN, "typical")
    assert (table["members"] >= 5).all()


def test_what_has_no_name_is_counted_and_not_shown():
    def hide(table: pd.DataFrame) -> pd.DataFrame:
        return table.assign(name=table["name"].where(table["community"] != "labs"))

    open_, hidden = judge(FOUR, ROOMS), judge(FOUR, ROOMS, change=hide)
    assert open_ is not None
    assert hidden is not None
    assert hidden.verdicts == open_.verdicts
    assert hidden.hidden == 1
    assert "labs" not in set(hidden.table["community"])
    assert len(hidden.shares) == len(hidden.table) == 7


def test_a_small_department_carries_nothing_by_name():
    network = company({"R": 40, "S": 40, "T": 4, "U": 3})
    members = {"den": [80, 81, 82, 83, 84, 85], "r": list(range(20)), "mix": [*range(10, 30), *range(40, 60)]}
    found = judge(network, members)
    assert found is not None
    table = found.table.set_index("community")
    assert table.loc["den", "sponsor"] == OTHER
    assert table.loc["den", "verdict"] == "typical"
    assert not {"T", "U"} & set(found.shares.columns)
    assert not {"T", "U"} & set(found.sponsors.index)


def test_names_that_two_communities_share_are_told_apart():
    def twice(table: pd.DataFrame) -> pd.DataFrame:
        same = table["community"].isin(["music", "books"])
        other = table["community"] == "chess"
        return table.assign(name=table["name"].where(~same & ~other, "topic"), medium=np.where(other, "mail", "chat"))

    found = judge(FOUR, ROOMS, change=twice)
    assert found is not None
    assert {"topic (mail)", "topic (chat) (1)", "topic (chat) (2)"} <= set(found.table["community"])


def test_lists_of_members_alone_are_judged_by_members():
    found = judge(FOUR, ROOMS, change=lambda table: table.assign(posts=0))
    assert found is not None
    table = found.table.set_index("community")
    assert table.loc["labs", ["verdict", "sponsor"]].tolist() == [SILO, "R"]
    assert table["sponsor_posts"].isna().all()
    assert found.readers
    # where something was written anywhere, a community without a word is not active
    silent = judge(FOUR, ROOMS, change=lambda table: table.assign(posts=table["posts"] * (table["name"] != "labs")))
    assert silent is not None
    assert silent.active == 7


def test_a_log_without_communities_has_none():
    assert judge(FOUR, {}) is None
    assert judge(FOUR, {"pair": [0, 1]}) is None
    assert judge(FOUR, {"all": list(range(160))}) is None


# ---- from a log


def test_memberships_are_counted_by_person_and_strangers_apart():
    log = pd.DataFrame({"sender": ["a", "b"], "recipient": ["b", "a"], "timestamp": ["2025-01-06", "2025-01-07"]})
    joined = pd.DataFrame(
        [
            ("2025-01-06T10:00:00", "A ", "C1", "sales", "chat", 2),
            ("2025-02-06T10:00:00", "a2", "C1", "sales", "chat", 3),
            (None, "b", "C1", "sales", "chat", 0),
            (None, "robot", "C1", "sales", "chat", 0),
            ("2025-01-07T10:00:00", "zed", "C1", "sales", "chat", 1),
            ("2025-01-07T10:00:00", "zed", "G1", None, "chat", 1),
            ("2025-01-07T10:00:00", "b", "G1", "board", "chat", 1),
            ("2025-01-07T10:00:00", "b", " ", None, "chat", 1),
        ],
        columns=["timestamp", "person", "community", "name", "medium", "posts"],
    )
    table = pd.DataFrame(
        {
            "person": ["a", "b", "robot"],
            "department": ["HR", "IT", "IT"],
            "aliases": ["a2", None, None],
            "kind": ["employee", "employee", "bot"],
        }
    )
    read = read_interactions([log, joined])
    held = tally(read, silos.read_roster(table))
    rows = held.memberships.table[["community", "name", "person", "posts"]].astype(object)
    rows = rows.where(rows.notna(), None).to_numpy().tolist()
    assert rows == [["C1", "sales", 0, 5], ["C1", "sales", 1, 0], ["G1", None, 1, 1]]  # once without a name, none
    assert held.memberships.strangers == 1
    first = held.memberships.table.loc[0]
    assert (str(first["first"]), str(first["last"])) == ("2025-01-06 10:00:00", "2025-02-06 10:00:00")
    assert pd.isna(held.memberships.table.loc[1, "first"])


def test_memberships_are_those_of_the_period_and_lists_always_count():
    log = pd.DataFrame({"sender": ["a", "b"], "recipient": ["b", "a"], "timestamp": ["2025-01-06", "2025-01-07"]})
    joined = pd.DataFrame(
        {
            "timestamp": ["2025-01-06", "2025-02-01", None],
            "person": ["a", "a", "b"],
            "community": "x",
            "posts": [1, 1, 0],
        }
    )
    read = read_interactions([log, joined])
    held = tally(read, a_roster({"a": "HR", "b": "IT"}), until=pd.Timestamp("2025-02-01").to_pydatetime())
    assert held.memberships.table[["person", "posts"]].to_numpy().tolist() == [[0, 1], [1, 0]]
    assert held.log.rows_read == 2


@pytest.mark.parametrize("dated", [True, False])
@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_table_of_members_is_recognised(tmp_path, kind, dated):
    table = pd.DataFrame({"Person": ["ann", "bob"], "Community": ["x", "x"], "Medium": ["Chat", "chat"]})
    if dated:
        table.insert(0, "Date", ["2025-01-06T10:00:00Z", "2025-01-07T10:00:00Z"])
    path = tmp_path / f"members.{kind}"
    _write(table, path)
    read = read_interactions(path)
    assert read.sources[0].format == "affiliations"
    rows = read.connection.execute(
        f"select timestamp is not null, person, community, name, medium, posts from ({read.affiliations}) order by 2"
    ).fetchall()
    assert rows == [(dated, "ann", "x", "x", "chat", 1), (dated, "bob", "x", "x", "chat", 1)]
    assert read.connection.execute(f"select count(*) from ({read.query})").fetchone() == (0,)


def _write(table: pd.DataFrame, path: Path) -> None:
    import duckdb

    with duckdb.connect() as connection:
        connection.register("made", table)
        connection.execute(f"copy made to '{path}'")


def slack_export(path: Path) -> Path:
    """A made-up company in a workspace: "labs" is of R alone, "secret" a private channel of S alone, "music" of all."""
    ids = {person: f"U{at:08d}" for at, person in enumerate(FOUR.people.index)}
    people = [{"id": ids[person], "profile": {"email": f"{person}@acme.example"}} for person in ids]
    rooms = {**ROOMS, "secret": list(range(64, 76)), "general": list(range(160))}
    files: dict[str, Any] = {"users.json": people, "channels.json": [], "groups.json": [], "dms.json": []}
    for number, (name, members) in enumerate(rooms.items()):
        who = [ids[FOUR.people.index[at]] for at in members]
        private = name == "secret"
        files["groups.json" if private else "channels.json"].append(
            {"id": f"{'G' if private else 'C'}{number:08d}", "name": name, "members": who}
        )
        # a quarter never writes; who writes is sometimes answered
        said = [
            {
                "type": "message",
                "user": one,
                "text": f"<@{who[0]}>",
                "ts": f"{1736150400 + 977 * at + 7 * number}.000100",
            }
            for at, one in enumerate(who[: 3 * len(who) // 4] * 3)
        ]
        files[f"{name}/2025-01-06.json"] = said
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, json.dumps(content))
    return path


def test_silos_2_are_found_in_a_slack_export(tmp_path):
    roster = FOUR.people.rename(index=lambda one: f"{one}@acme.example").rename_axis("person").reset_index()
    analysis = silos.analyze(str(slack_export(tmp_path / "export.zip")), roster, bootstrap=20)
    found = analysis.communities
    assert found is not None
    table = found.table.set_index("community")
    assert list(table.index[table["verdict"] == SILO]) == ["labs"]
    assert table.loc["labs", "members"] == 16
    assert table.loc["labs", "writers"] == 12
    assert "secret" not in repr(analysis.summary())
    assert (found.hidden, found.everybody, found.verdicts[SILO]) == (1, 1, 2)  # the private one is counted
    for language, word in (("en", " 2 of 9, among them labs ("), ("fr", " 2 sur 9, dont labs (")):
        [told] = [one for one in analysis.findings_in(language) if one.id == "silos_2_some"]
        assert word in told.sentence
        assert "labs (R" in told.sentence
        assert told.severity == "notable", "a closed group may be intended: it is a question"
        assert any(one.id.startswith("bridge_communities") for one in analysis.findings_in(language))
    summary = analysis.summary()["communities"]["tools"]
    assert summary["verdicts"] == found.verdicts
    assert summary["rows"][0]["community"] == "labs"
    assert [row["department"] for row in summary["sponsors"]] == list(found.sponsors.index)
    assert not any("which community" in limit for limit in analysis.limits_in("en"))
    directory = analysis.report("fr").write(tmp_path / "out")
    page = (directory / "report.html").read_text(encoding="utf-8")
    assert 'id="communities"' in page
    assert "labs" in page
    assert (directory / "figures" / "community_map.svg").exists()
    written = pd.read_csv(directory / "tables" / "communities.csv")
    assert list(written.columns) == [*COLUMNS, "suppressed", "published"]
    # Among those of one verdict, in the order of published numbers.
    assert sorted(written["community"]) == sorted(found.table["community"])
    assert written["verdict"].tolist() == found.table["verdict"].tolist()


def test_without_communities_the_output_says_so(tmp_path):
    rng = np.random.default_rng(0)
    people = FOUR.people.index.to_numpy()
    log = pd.DataFrame({"sender": rng.choice(people, 400), "recipient": rng.choice(people, 400)})
    log["timestamp"] = pd.date_range("2025-01-06", periods=400, freq="h")
    analysis = silos.analyze(log, FOUR.people.rename_axis("person").reset_index(), bootstrap=5)
    assert analysis.communities is None
    assert analysis.summary()["communities"]["tools"] == {}
    assert any("which community" in limit for limit in analysis.limits_in("en"))
    assert not any("2.0" in one.sentence for one in analysis.findings)
    directory = analysis.report().write(tmp_path / "out")
    assert 'id="communities"' not in (directory / "report.html").read_text(encoding="utf-8")
    written = pd.read_csv(directory / "tables" / "communities.csv")
    assert written.empty
    assert list(written.columns) == [*COLUMNS, "suppressed", "published"]


# ---- planted


def test_simulated_communities_are_what_the_truth_says_and_change_no_interaction(tmp_path):
    made = silos.simulate.organisation(people=150, departments=9, weeks=2, seed=4)
    bare = silos.simulate.organisation(people=150, departments=9, weeks=2, seed=4, communities=0)
    truth = made.truth["communities"]
    assert len(truth["silos"]) == len(truth["bridges"]) == 2
    assert bare.truth["communities"] == {key: {} for key in truth}
    assert bare.affiliations.empty
    held = made.affiliations
    person = made.roster.set_index("aliases")["department"]
    for name, department in truth["silos"].items():
        members = held.loc[held["community"] == name, "person"].unique()
        inside = [one for one in members if one in person.index]
        assert set(person[inside]) == {department}
        others = held[held["person"].isin(inside) & ~held["community"].isin([name, *truth["everybody"]])]
        assert others.empty
        assert set(members) - set(inside) <= {"x000@partner.example"}
    for name in truth["bridges"]:
        members = held.loc[held["community"] == name, "person"].unique()
        assert person.reindex(members).nunique() > 5
    directory, other = made.write(tmp_path / "with"), bare.write(tmp_path / "without")
    same = [(where / "interactions.csv").read_bytes() for where in (directory, other)]
    assert same[0] == same[1]
    assert not (other / "affiliations.csv").exists()
    read = read_interactions(directory / "affiliations.csv")
    query = f"select count(*), sum(posts), count(timestamp) from ({read.affiliations})"
    assert read.connection.execute(query).fetchone() == (len(held), held["posts"].sum(), held["timestamp"].count())


def benchmark() -> ModuleType:
    spec = importlib.util.spec_from_file_location("communities_benchmark", ROOT / "benchmarks" / "communities.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_planted_silos_2_are_found_and_shuffled_ones_are_not():
    command = benchmark()
    runs = [command.run(kind, seed) for seed, kind in enumerate(list(command.KINDS.values())[:2])]
    runs += [command.run(command.KINDS["leaky: a tenth of their members elsewhere too"], 5)]
    assert all(run["auc"] >= 0.95 for run in runs)
    total = pd.DataFrame(runs).sum()
    assert total["found"] >= 0.6 * total["planted"]
    assert total["bridges_found"] == total["bridges"]
    assert total["labels_false"] + total["drawn_false"] <= 0.05 * (total["labels"] + total["drawn"])
    assert total["false"] <= 0.05 * total["others"]


def test_posts_of_a_few_writers_are_not_shown():
    def change(table: pd.DataFrame) -> pd.DataFrame:
        # one writes in "labs", and six in "music"
        alone = (table["name"] == "labs") & (table["person"] > 0)
        some = (table["name"] == "music") & ~table["person"].isin([*range(18, 24)])
        return table.assign(posts=table["posts"].where(~alone & ~some, 0))

    found = judge(FOUR, ROOMS, change=change)
    assert found is not None
    table = found.table.set_index("community")
    assert table.loc["labs", ["writers", "posts", "sponsor_posts"]].isna().all()
    assert table.loc["labs", "sponsor_members"] == 1
    assert table.loc["music", ["writers", "posts"]].tolist() == [6, 12]


def test_shares_of_detected_communities_are_of_the_whole_department():
    # of 20 in S six are together with each other alone, 10 with R, and four are in contact with nobody
    people = pd.DataFrame({"department": ["R"] * 12 + ["S"] * 20}, index=[f"p{at:02d}" for at in range(32)])
    together = [*range(22)], [*range(22, 28)]
    ends = np.array([(a, b) for some in together for a in some for b in some if a != b]).T
    network = Network(people, sparse.csr_array((np.ones(ends.shape[1]), (ends[0], ends[1])), shape=(32, 32)))
    found = compare(network, network, ("R", "S"), 5, detect(network))
    assert found.shares.loc["S"].tolist() == [0.5, 0.3]
    assert found.table["share"].tolist() == [pytest.approx(12 / 22), 1]
    few = compare(network, network, ("R", "S"), 7, detect(network))
    assert few.shares.columns.tolist() == [1]

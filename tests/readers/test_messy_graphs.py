"""GraphML and GEXF with what libraries drop: defaults, groups, several graphs, directions, times."""

import pytest

from tests.conftest import shared
from tests.readers.messy import ANN, BOB, CLEO, DAN, notes, read, rejected, rows

FIELDS = ("sender", "recipient", "medium", "kind", "weight")


def graphml(body, *, keys="", default="directed"):
    graph = f'<graph edgedefault="{default}">{body}</graph>' if "<graph" not in body else body
    return f'<?xml version="1.0"?><graphml xmlns="http://graphml.graphdrawing.org/xmlns">{keys}{graph}</graphml>'


def gexf(nodes, edges, *, attributes="", default="directed"):
    inside = f"{attributes}<nodes>{nodes}</nodes><edges>{edges}</edges>"
    return f'<gexf xmlns="http://gexf.net/1.3" version="1.3"><graph defaultedgetype="{default}">{inside}</graph></gexf>'


# ---- defaults


def test_defaults_hold_for_edges_and_nodes_that_say_nothing(tmp_path):
    keys = (
        '<key id="d0" for="all" attr.name="weight" attr.type="int"><default>7</default></key>'
        '<key id="d1" for="node" attr.name="email"/>'
        '<key id="d2" for="edge" attr.name="channel"><default> Mail </default></key>'
    )
    people = "".join(f'<node id="{n}"><data key="d1">{one}</data></node>' for n, one in enumerate((ANN, BOB)))
    edges = '<edge source="0" target="1"/><edge source="1" target="0"><data key="d0">2</data><data key="d2"/></edge>'
    log = read(tmp_path / "g.graphml", graphml(people + edges, keys=keys))
    assert rows(log, *FIELDS) == [(ANN, BOB, "mail", None, 7.0), (BOB, ANN, "mail", None, 2.0)]


def test_defaults_of_gexf_hold_too(tmp_path):
    attributes = (
        '<attributes class="edge"><attribute id="0" title="medium" type="string"><default>chat</default></attribute>'
        '</attributes><attributes class="node"><attribute id="0" title="medium" type="string"/></attributes>'
    )
    edges = f'<edge source="{ANN}" target="{BOB}" weight="3"/><edge source="{BOB}" target="{ANN}">'
    edges += '<attvalues><attvalue for="0" value="Email"/></attvalues></edge>'
    nodes = f'<node id="{ANN}" label="A"/><node id="{BOB}" label="B"/>'
    log = read(tmp_path / "g.gexf", gexf(nodes, edges, attributes=attributes))
    assert rows(log, *FIELDS) == [(ANN, BOB, "chat", None, 3.0), (BOB, ANN, "email", None, None)]


def test_a_name_that_is_a_default_names_nobody(tmp_path):
    keys = '<key id="l" for="node" attr.name="label"><default>Person</default></key>'
    log = read(tmp_path / "g.graphml", graphml('<edge source="n0" target="n1"/>', keys=keys))
    assert rows(log) == [("n0", "n1")]


# ---- several graphs


def test_graphs_side_by_side_are_read_as_one_each_with_its_direction(tmp_path):
    one = f'<graph edgedefault="directed"><node id="{ANN}"/><edge source="{ANN}" target="{BOB}"/></graph>'
    two = f'<graph edgedefault="undirected"><node id="{CLEO}"/><edge source="{CLEO}" target="{ANN}"/></graph>'
    log = read(tmp_path / "g.graphml", graphml(one + two))
    assert rows(log, *FIELDS) == [(ANN, BOB, None, None, None), (CLEO, ANN, None, "contact", None)]
    assert "holds 2 graphs; they were read as one" in notes(log)


def test_numbers_that_two_graphs_use_for_different_people_make_them_no_one_person(tmp_path):
    keys = '<key id="l" for="node" attr.name="name"/>'

    def graph(*people):
        nodes = "".join(f'<node id="n{n}"><data key="l">{one}</data></node>' for n, one in enumerate(people))
        return f'<graph edgedefault="directed">{nodes}<edge source="n0" target="n1"/></graph>'

    log = read(tmp_path / "g.graphml", graphml(graph(ANN, BOB) + graph(BOB, CLEO), keys=keys))
    assert rows(log) == [(ANN, BOB), (BOB, CLEO)]


# ---- groups and names

YED = '<key for="node" id="d6" yfiles.type="nodegraphics"/>'


def yed(id, label, inside="", kind="ShapeNode"):
    name = f"<data key='d6'><y:{kind} xmlns:y='yworks'><y:NodeLabel>{label}</y:NodeLabel></y:{kind}></data>"
    group = f'<graph id="{id}:" edgedefault="directed">{inside}</graph>' if inside else ""
    return f'<node id="{id}">{name if label else ""}{group}</node>'


def test_a_group_box_takes_nothing_away(tmp_path):
    inner = yed("n0::n0", ANN) + yed("n0::n1::n0", BOB) + '<edge source="n0::n0" target="n0::n1::n0"/>'
    for group in (yed("n0", "Sales", inner, "GroupNode"), yed("n0", "", inner)):
        body = f'<graph edgedefault="directed">{group}{yed("n1", CLEO)}<edge source="n1" target="n0::n0"/></graph>'
        assert rows(read(tmp_path / "g.graphml", graphml(body, keys=YED))) == [(ANN, BOB), (CLEO, ANN)]


def test_names_on_some_nodes_count_and_the_others_go_by_their_numbers(tmp_path):
    body = yed("n0", ANN) + yed("n1", "") + yed("n2", "the same") + yed("n3", "the same")
    body += "".join(f'<edge source="n0" target="n{n}"/>' for n in (1, 2, 3))
    log = read(tmp_path / "g.graphml", graphml(f'<graph edgedefault="directed">{body}</graph>', keys=YED))
    assert rows(log) == [(ANN, "n1"), (ANN, "n2"), (ANN, "n3")]
    assert "3 of 4 nodes with edges" in notes(log)


def test_groups_of_gexf_and_nodes_without_a_label(tmp_path):
    nodes = f'<node id="0" label="Sales"><nodes><node id="1" label="{ANN}"/></nodes></node><node id="2" label="{BOB}"/>'
    nodes += '<node id="3"/>'
    assert rows(read(tmp_path / "g.gexf", gexf(nodes, '<edge source="1" target="2"/>'))) == [(ANN, BOB)]


@pytest.mark.parametrize("ids", [("a1b2c3", "ffee"), ("{0f8fad5b-d9cb-469f-a165-70867728950e}", "17.0")])
def test_ids_that_name_nobody_give_way_to_addresses(tmp_path, ids):
    nodes = f'<node id="{ids[0]}" label="{ANN}"/><node id="{ids[1]}" label="{BOB}"/>'
    log = read(tmp_path / "g.gexf", gexf(nodes, f'<edge source="{ids[0]}" target="{ids[1]}"/>'))
    assert rows(log) == [(ANN, BOB)]


def test_ids_that_are_addresses_stay(tmp_path):
    nodes = f'<node id="{ANN}" label="a@old.example"/><node id="{BOB}" label="b@old.example"/>'
    assert rows(read(tmp_path / "g.gexf", gexf(nodes, f'<edge source="{ANN}" target="{BOB}"/>'))) == [(ANN, BOB)]


# ---- directions, times, ids


def test_each_edge_has_its_own_direction(tmp_path):
    edges = f'<edge source="{ANN}" target="{BOB}" directed="false"/><edge source="{BOB}" target="{CLEO}"/>'
    log = read(tmp_path / "g.graphml", graphml(edges))
    assert rows(log, "sender", "recipient", "kind") == [(ANN, BOB, "contact"), (BOB, CLEO, None)]
    edges = (
        f'<edge source="{ANN}" target="{BOB}" type="mutual"/><edge source="{BOB}" target="{CLEO}" type="undirected"/>'
    )
    log = read(tmp_path / "g.gexf", gexf("", edges))
    assert rows(log, "sender", "recipient", "kind") == [(ANN, BOB, None), (BOB, ANN, None), (BOB, CLEO, "contact")]


def test_weights_that_change_over_time_are_added_up(tmp_path):
    attributes = '<attributes class="edge" mode="dynamic"><attribute id="w" title="Weight" type="float"/></attributes>'
    values = '<attvalue for="w" value="2" start="1" end="2"/><attvalue for="w" value="3.5" start="2" end="3"/>'
    edge = (
        f'<edge source="{ANN}" target="{BOB}"><attvalues>{values}</attvalues><spells><spell start="1"/></spells></edge>'
    )
    log = read(tmp_path / "g.gexf", gexf("", edge, attributes=attributes))
    assert rows(log, "weight") == [(5.5,)]
    assert "changes over time" in notes(log)


def test_an_edge_without_an_end_is_counted(tmp_path):
    hyper = '<hyperedge><endpoint node="a"/><endpoint node="b"/></hyperedge>'
    body = f'{hyper}<edge source="{ANN}"/><edge source="{ANN}" target="{BOB}"/>'
    log = read(tmp_path / "g.graphml", graphml(body))
    assert rows(log) == [(ANN, BOB)]
    assert rejected(log) == {"unreadable": 2}


def test_ids_in_disguise_and_placeholders(tmp_path):
    ends = [(f"\u200b{ANN}", "zoe\u0301"), (ANN, "zo\u00e9"), ("NULL", ANN), (ANN, "R&amp;amp;D"), (ANN, "Bob (Guest)")]
    edges = "".join(f'<edge source="{a}" target="{b}"/>' for a, b in ends)
    log = read(tmp_path / "g.graphml", graphml(edges))
    assert rows(log, "distinct sender, recipient") == [(ANN, "Bob"), (ANN, "R&D"), (ANN, "zoé")]
    assert rejected(log) == {"no sender": 1}


def test_the_cases_beside_the_project():
    defaults = read(shared("cases/graphml-default/g.graphml"))
    assert rows(defaults, *FIELDS) == [(ANN, BOB, "chat", None, 5.0), (CLEO, DAN, "email", None, 2.0)]
    assert rows(read(shared("cases/graphml-yed/g.graphml"))) == [(ANN, BOB), (ANN, CLEO)]


@pytest.mark.parametrize(
    ("name", "values", "weights"),
    [
        ("count", ("5", "2"), [2.0, 5.0]),
        ("Weight (sum)", ("5.0", "2"), [2.0, 5.0]),
        ("Messages", ("5", ""), [5.0, None]),
        ("messages", ("hello", "5"), [None, None]),
        ("count", ("0.3", "0.9"), [None, None]),
        ("strength", ("3", "5"), [None, None]),
        ("value", ("1", "2"), [None, None]),
        ("numero", ("101", "102"), [None, None]),
    ],
)
def test_a_count_of_messages_under_another_name_is_the_weight(name, values, weights, tmp_path):
    edges = "".join(
        f'<edge source="a{at}" target="b{at}"><data key="w">{value}</data></edge>' for at, value in enumerate(values)
    )
    nodes = "".join(f'<node id="{side}{at}"/>' for side in "ab" for at in range(2))
    key = f'<key id="w" for="edge" attr.name="{name}" attr.type="string"/>'
    graph = f'<graphml>{key}<graph edgedefault="directed">{nodes}{edges}</graph></graphml>'
    found = rows(read(tmp_path / "g.graphml", graph), "weight")
    assert sorted((weight for (weight,) in found), key=str) == weights

"""Reading GraphML and GEXF: edges without times, their weights kept."""

from pathlib import Path

import networkx as nx
import pytest

from silos.errors import ColumnError, ReadError
from silos.readers import read_interactions, scanning
from silos.readers.files.temporary import connect
from silos.readers.formats import graphs
from silos.tables import INTERACTION_FIELDS, Interactions
from silos.ties.count import tally
from tests.conftest import a_roster
from tests.support.damage import survives

SECRET = "XSECRETX"
WEIGHT = "a weight that is no number above 0"


def a_graph(kind=nx.DiGraph, *, weights=True):
    graph = kind(name=SECRET)
    for person in ("ann", "bob", "cleo"):
        graph.add_node(person, label=person.title(), remark=SECRET)
    for sender, recipient, weight in (("ann", "bob", 3), ("bob", "cleo", 0.5), ("cleo", "cleo", 1)):
        graph.add_edge(sender, recipient, remark=SECRET, **({"weight": weight} if weights else {}))
    return graph


def written(graph, path: Path, format: str) -> Path:
    (nx.write_graphml if format == "graphml" else nx.write_gexf)(graph, path)
    return path


def rows_of(interactions: Interactions) -> list[tuple]:
    fields = "sender, recipient, medium, kind, weight"
    with scanning(interactions):
        every = interactions.connection.execute(interactions.query).fetchall()
        rows = interactions.connection.execute(f"select {fields} from ({interactions.query}) order by all").fetchall()
    said = [(source.columns, source.rejected, source.problems, source.notes) for source in interactions.sources]
    assert SECRET not in repr((every, said))
    assert all(row[list(INTERACTION_FIELDS).index("timestamp")] is None for row in every)
    return rows


@pytest.mark.parametrize("format", ["graphml", "gexf"])
@pytest.mark.parametrize(("kind", "label"), [(nx.DiGraph, None), (nx.Graph, "contact")])
def test_edges_with_their_weights(tmp_path, format, kind, label):
    interactions = read_interactions(written(a_graph(kind), tmp_path / "company", format))
    assert [source.format for source in interactions.sources] == [format]
    assert not interactions.sources[0].dated
    assert rows_of(interactions) == [
        ("ann", "bob", None, label, 3.0),
        ("bob", "cleo", None, label, 0.5),
        ("cleo", "cleo", None, label, 1.0),
    ]


# ---- plain lists


def listed(folder: Path, text: str) -> Path:
    (folder / "edges.txt").write_text(text, encoding="utf-8")
    return folder / "edges.txt"


@pytest.mark.parametrize(
    "text",
    ["3 7\n7  12\n", "3\t7\n7\t12", "# Nodes: 3 Edges: 2\r\n3 7\r\n\r\n7 12\r\n", "% sym unweighted\n3 7 \n 7 12\n"],
    ids=["blanks", "tabs", "SNAP", "KONECT"],
)
def test_a_plain_list_is_recognised(tmp_path, text):
    [source] = (interactions := read_interactions(listed(tmp_path, text))).sources
    assert (source.format, source.dated, source.rejected) == ("edgelist", False, {})
    assert rows_of(interactions) == [("3", "7", None, None, None), ("7", "12", None, None, None)]


@pytest.mark.parametrize("attributes", [True, False])
def test_what_networkx_writes_is_read(tmp_path, attributes):
    nx.write_edgelist(a_graph(), tmp_path / "edges.txt", data=["weight"] if not attributes else True)
    given = {"columns": {} if attributes else {"weight": "3"}, "format": "edgelist"}
    found = rows_of(read_interactions(tmp_path / "edges.txt", **given))
    assert [row[::4] for row in found] == [("ann", 3.0), ("bob", 0.5), ("cleo", 1.0)]


def test_who_asks_for_a_table_of_edges_is_told_how_a_list_is_read(tmp_path):
    log = listed(tmp_path, "3 7\n7 12\n")
    with pytest.raises(ReadError, match=r"no line has headings.*--format edgelist"):
        read_interactions(log, format="edges")


def test_a_third_column_is_never_guessed_to_be_a_weight_or_a_time(tmp_path):
    log = listed(tmp_path, "20 3 7\n40 7 12\n60 3 12\n")
    with pytest.raises(ReadError, match=r"3 columns and no headings.*--map weight=3.*--map timestamp=3"):
        read_interactions(log)
    interactions = read_interactions(log, columns={"timestamp": "1", "sender": "2", "recipient": "3"})
    with scanning(interactions):
        rows = interactions.connection.execute(
            f"select sender, recipient, epoch(timestamp) from ({interactions.query}) order by all"
        ).fetchall()
    assert rows == [("3", "12", 60), ("3", "7", 20), ("7", "12", 40)]


@pytest.mark.parametrize("text", ["source target\n1 2\n", "Dear all\nMany thanks\n", "1 2\n", "1 2\n3 4 5\n"])
def test_what_is_no_list_without_doubt_is_not_taken_for_one(tmp_path, text):
    with pytest.raises(ReadError):
        read_interactions(listed(tmp_path, text))


@pytest.mark.parametrize("format", ["graphml", "gexf"])
def test_the_ties_of_a_graph(tmp_path, format):
    """An edge from oneself to oneself is no tie; half an undirected edge goes each way."""
    roster = a_roster({"ann": "Sales", "bob": "Legal", "cleo": "Legal"})
    directed = tally(read_interactions(written(a_graph(), tmp_path / "a", format)), roster)
    assert directed.ties.arcs[["sender", "recipient", "messages"]].values.tolist() == [[0, 1, 3.0], [1, 2, 0.5]]
    assert directed.log.selves == 1
    undirected = tally(read_interactions(written(a_graph(nx.Graph), tmp_path / "b", format)), roster)
    assert undirected.ties.arcs.set_index(["sender", "recipient"])["messages"].to_dict() == {
        **{(0, 1): 1.5, (1, 0): 1.5, (1, 2): 0.25, (2, 1): 0.25}
    }


def test_without_weights_an_edge_is_one_interaction_and_parallel_edges_are_several(tmp_path):
    graph = nx.MultiDiGraph([("ann", "bob"), ("ann", "bob")])
    rows = rows_of(read_interactions(written(graph, tmp_path / "a.graphml", "graphml")))
    assert rows == [("ann", "bob", None, None, None)] * 2


def test_a_weight_that_is_none_is_counted(tmp_path):
    graph = nx.DiGraph()
    for number, weight in enumerate((-1.0, float("nan"), float("inf"), 2.0, 0.0)):
        graph.add_edge("ann", f"p{number}", weight=weight)
    interactions = read_interactions(written(graph, tmp_path / "a.graphml", "graphml"))
    assert rows_of(interactions) == [("ann", "p3", None, None, 2.0)]
    assert interactions.sources[0].rejected == {WEIGHT: 4}


def test_nodes_that_a_tool_numbered_go_by_the_attribute_that_names_them(tmp_path):
    graph = nx.relabel_nodes(a_graph(), {"ann": "n0", "bob": "n1", "cleo": "n2"})
    interactions = read_interactions(written(graph, tmp_path / "a.graphml", "graphml"))
    assert [row[:2] for row in rows_of(interactions)] == [("Ann", "Bob"), ("Bob", "Cleo"), ("Cleo", "Cleo")]
    assert "go by the attribute 'label'" in interactions.sources[0].notes[0]
    for node in graph:
        graph.nodes[node]["label"] = "the same"
    interactions = read_interactions(written(graph, tmp_path / "a.graphml", "graphml"))
    assert [row[:2] for row in rows_of(interactions)] == [("n0", "n1"), ("n1", "n2"), ("n2", "n2")]


def test_attributes_may_be_named(tmp_path):
    graph = nx.DiGraph()
    graph.add_node("x", mailbox="ann@acme.example")
    graph.add_node("y", mailbox="bob@acme.example")
    graph.add_edge("x", "y", mails=7, tool="E-Mail")
    log = written(graph, tmp_path / "a.graphml", "graphml")
    interactions = read_interactions(log, columns={"sender": "mailbox", "weight": "mails", "medium": "tool"})
    assert rows_of(interactions) == [("ann@acme.example", "bob@acme.example", "e-mail", None, 7.0)]
    with pytest.raises(ColumnError, match="has no column 'mials'"):
        read_interactions(log, columns={"weight": "mials"})


GEPHI = """<?xml version="1.0" encoding="UTF-8"?>
<gexf xmlns="http://gexf.net/1.3" version="1.3" xmlns:viz="http://gexf.net/1.3/viz">
  <meta lastmodifieddate="2024-05-31"><creator>Gephi 0.10</creator><title>XSECRETX</title></meta>
  <graph defaultedgetype="undirected" mode="static">
    <nodes><node id="0" label="ann"/><node id="1" label="bob"><viz:size value="9.0"/></node></nodes>
    <edges><edge id="0" source="0" target="1" weight="4.0"/></edges>
  </graph>
</gexf>
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_gexf_as_gephi_writes_it(tmp_path, encoding):
    log = tmp_path / "a.gexf"
    log.write_bytes(GEPHI.replace("UTF-8", "UTF-16" if encoding == "utf-16" else "UTF-8").encode(encoding))
    assert rows_of(read_interactions(log)) == [("ann", "bob", None, "contact", 4.0)]


def test_an_edge_has_its_own_direction(tmp_path):
    log = tmp_path / "a.gexf"
    log.write_text(GEPHI.replace('<edge id="0"', '<edge id="1" source="1" target="0" type="directed"/><edge id="0"'))
    assert rows_of(read_interactions(log)) == [("ann", "bob", None, "contact", 4.0), ("bob", "ann", None, None, None)]


def test_entities_and_large_files_are_refused(tmp_path, monkeypatch):
    log = written(a_graph(), tmp_path / "a.graphml", "graphml")
    bomb = '<?xml version="1.0"?><!DOCTYPE g [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    text = log.read_text().split("?>", 1)[1]
    log.write_text(bomb + text)
    with pytest.raises(ReadError, match="declares XML entities"):
        read_interactions(log)
    monkeypatch.setattr(graphs, "MOST_GRAPH_BYTES", 100)
    log.write_text(text)
    with pytest.raises(ReadError, match=r"does not fit in memory. Export its edges as a table"):
        read_interactions(log)


def test_other_xml_is_not_taken_for_a_graph(tmp_path):
    log = tmp_path / "a.xml"
    log.write_text("<html><body>graphml and gexf</body></html>")
    with pytest.raises(ReadError, match="not recognised"):
        read_interactions(log)


CONNECTION = connect()


@pytest.mark.long
@pytest.mark.parametrize("format", ["graphml", "gexf"])
def test_damage_is_an_error_in_words_or_a_result(tmp_path, format):
    log = tmp_path / "log"

    def read(content: bytes) -> tuple[list[tuple], str]:
        log.write_bytes(content)
        interactions = read_interactions(log, connection=CONNECTION)
        with scanning(interactions):
            return interactions.connection.execute(interactions.query).fetchall(), ""

    survives(written(a_graph(), tmp_path / "whole", format).read_bytes(), read, secret=SECRET, examples=60, least=0.03)

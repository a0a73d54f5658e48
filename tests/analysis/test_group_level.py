"""Logs of groups (Viva Insights, group-to-group): departments and the time they invest, and no persons."""

import json
import re
from datetime import datetime
from html import unescape
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import silos
from silos.analysis.group_level import expectation
from silos.analysis.input_check.check import inspect
from silos.cli import main
from silos.errors import ColumnError, EmptyError, MatchError, ReadError, SilosError
from silos.locales import languages
from silos.locales.phrases import phrases
from silos.measures.affinity import affinities, kirchhoff_index, size_exponent
from silos.privacy.suppression import OTHER
from silos.readers.files.temporary import connect
from silos.report.html import render
from silos.ties.group_volumes import Volumes, count
from tests.conftest import a_roster
from tests.support.damage import survives

#: Planted in a column that no reader knows: it must not be in any output.
SECRET = "Kohinoor-7"
HEAD = (
    "PrimaryCollaborator_Organization,PrimaryCollaborator_GroupSize,SecondaryCollaborator_Organization,"
    "SecondaryCollaborator_GroupSize,MetricDate,Percent_Group_collaboration_time_invested,"
    "Group_collaboration_time_invested,Group_email_sent_count,Note"
)
LEGACY = (
    "TimeInvestors_Organization,Collaborators_Organization,Date,Time_investors_initiated_meeting_hours,Meetings,"
    "Meeting_hours,Email_hours,Collaboration_hours,Note"
)
NAMES = ["Finance", "Legal", "Research", "Sales"]
#: Finance is put together with the Board, which would else be the only department that is not shown.
SHOWN = ["Legal", "Research", "Sales", OTHER]


def row(a: str, n: object, b: str, m: object, day: str, minutes: object) -> str:
    return f"{a},{n},{b},{m},{day},0.5,{minutes},9,{SECRET}"


#: Two weeks, days first. Sales grows from 8 to 10; Board has three people.
WEEKS = [
    HEAD,
    row("Sales", 8, "Within Group", 8, "03/03/2024", 600),
    row("Sales", 8, "Legal", 6, "03/03/2024", 120),
    row("Sales", 10, "Legal", 6, "17/03/2024", 60),
    row("Legal", 6, "Sales", 8, "03/03/2024", 90),  # the other way round: another time
    row("Legal", 6, "Within Group", 6, "03/03/2024", 200),
    row("Legal", 6, "Legal", 6, "03/03/2024", 10),  # with people of Legal whom the tool does not measure
    row("Legal", 6, "Research", 20, "03/03/2024", 30),
    row("Research", 20, "Legal", 6, "03/03/2024", 40),
    row("Research", 20, "Collaborators Within Group", 20, "03/03/2024", 900),
    row("Research", 20, "Sales", 8, "17/03/2024", 15),
    row("Finance", 5, "Research", 20, "17/03/2024", 45),
    row("Finance", 5, "Sales", 10, "17/03/2024", 25),
    row("Finance", 5, "Within Group", 5, "17/03/2024", 100),
    row("Sales", 10, "Finance", 5, "17/03/2024", 35),
    row("Sales", 10, "Board", 3, "17/03/2024", 5),
    row("Board", 3, "Sales", 10, "17/03/2024", 7),
    row("Board", 3, "Within Group", 3, "17/03/2024", 50),
]
LEFT_OUT = [
    row("Sales", 8, "Other_Collaborators", "", "03/03/2024", 70),
    row("Legal", 6, "Unclassified Collaborators", "", "03/03/2024", 80),
    row("Unclassified_Internal", "", "Legal", 6, "03/03/2024", 80),
    row("Sales", 8, "Legal", 6, "03/03/2024", 120),  # exported twice
    row("Sales", 8, "", "", "03/03/2024", 50),
    row("Sales", 8, "Research", 20, "17/03/2024", "n/a"),
    row("Sales", 8, "Research", 20, "17/03/2024", -1),
    row("Sales", 8, "Research", 20, "", 10),
]
MINUTES = pd.DataFrame(
    [
        # Board, Finance, Legal, Research, Sales
        [50, 0, 0, 0, 7],
        [0, 100, 0, 45, 25],
        [0, 0, 210, 30, 90],
        [0, 0, 40, 900, 15],
        [5, 35, 180, 0, 600],
    ],
    index=["Board", *NAMES],
    columns=["Board", *NAMES],
    dtype=float,
)


def write(file: Path, rows: list[str]) -> Path:
    file.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return file


@pytest.fixture
def log(tmp_path) -> Path:
    return write(tmp_path / "g2g.csv", WEEKS + LEFT_OUT)


@pytest.fixture
def roster():
    return a_roster({"ann": "Elsewhere", "bob": "Sales"})


def counted(log: Any, roster: Any, **options: Any):
    return count(silos.read_interactions(log), roster, **options)


def frame(volumes: Volumes) -> pd.DataFrame:
    return pd.DataFrame(volumes.minutes, index=list(volumes.departments), columns=list(volumes.departments))


# ---- reading


def test_time_is_added_up_by_who_invests_it_in_whom(log, roster):
    found = counted(log, roster)
    pd.testing.assert_frame_equal(frame(found.volumes), MINUTES)
    assert found.volumes.sizes.tolist() == [3, 5, 6, 20, 9]  # Sales: the mean of 8 and 10
    held = found.log
    assert held.rejected == {"duplicate": 1, "no group": 1, "no time": 2, "pseudo-group": 3, "undated": 1}
    assert (held.rows_read, held.rows_used) == (len(WEEKS + LEFT_OUT) - 1, len(WEEKS) - 1)
    assert (held.first, held.last) == (datetime(2024, 3, 3), datetime(2024, 3, 17))
    assert found.sized_by == "log"


def test_a_log_of_groups_yields_no_person(log):
    interactions = silos.read_interactions(log)
    assert interactions.connection.execute(interactions.query).fetchall() == []
    assert interactions.sources[0].columns == {
        "timestamp": "MetricDate",
        "group": "PrimaryCollaborator_Organization",
        "other group": "SecondaryCollaborator_Organization",
    }
    assert "no persons" in " ".join(interactions.sources[0].notes)


def test_the_order_of_rows_and_exports_that_overlap_change_nothing(tmp_path, log, roster):
    head, *rest = WEEKS + LEFT_OUT
    write(tmp_path / "again.csv", [head, *reversed(rest)])
    found = counted([log, tmp_path / "again.csv"], roster)
    pd.testing.assert_frame_equal(frame(found.volumes), MINUTES)
    assert found.log.rejected["duplicate"] == 2 + len(WEEKS) - 1


def test_a_period_and_windows(log, roster):
    first = counted(log, roster, until=datetime(2024, 3, 10)).volumes
    assert frame(first).loc["Sales", "Legal"] == 120
    assert first.sizes[list(first.departments).index("Sales")] == 8
    second = counted(log, roster, since=datetime(2024, 3, 10))
    assert second.log.rejected["outside the period"] > 0
    weeks = counted(log, roster, window="week").windows
    assert list(weeks) == [datetime(2024, 2, 26), datetime(2024, 3, 11)]
    assert [frame(part).loc["Sales", "Legal"] for part in weeks.values()] == [120, 60]
    with pytest.raises(EmptyError, match="outside the period"):
        counted(log, roster, since=datetime(2025, 1, 1))


def legacy(a: str, b: str, hours: object, day: str = "2019-06-02") -> str:
    return f"{a},{b},{day},4,9,1,1,{hours},{SECRET}"


OLD = [
    LEGACY,
    legacy("Sales", "Collaborators Within Group", 10),
    legacy("Sales", "Legal", 2),
    legacy("Legal", "Sales", 0.5),
    legacy("Legal", "Collaborators Within Group", 4),
    legacy("Sales", "Unclassified_External", 4),
    legacy("Sales", "Contractors", 3),
]
STAFF = {
    **{f"s{i}": "SALES" for i in range(7)},
    **{f"l{i}": "Legal" for i in range(5)},
    "x": "Research",
}


def test_workplace_analytics_has_hours_and_its_sizes_are_those_of_the_roster(tmp_path):
    found = counted(write(tmp_path / "old.csv", OLD), a_roster(STAFF))
    expected = pd.DataFrame([[240.0, 30.0], [120.0, 600.0]], index=["Legal", "Sales"], columns=["Legal", "Sales"])
    pd.testing.assert_frame_equal(frame(found.volumes), expected)
    assert found.volumes.sizes.tolist() == [5, 7]
    assert found.sized_by == "roster"
    assert found.log.rejected == {"group of unknown size": 1, "pseudo-group": 1}


def test_groups_whose_size_nobody_knows_are_an_error(tmp_path):
    log = write(tmp_path / "old.csv", OLD)
    with pytest.raises(MatchError, match=r"how large the groups are \(Contractors, Legal, .*Add the group size"):
        counted(log, a_roster({"ann": "HR", "bob": "IT"}))


def test_the_attribute_is_that_of_by(tmp_path, roster):
    head = HEAD.replace("Organization", "Region").replace("Note", "PrimaryCollaborator_Organization")
    head += ",SecondaryCollaborator_Organization"
    rows = [
        head,
        "North,6,South,7,2024-03-03,.1,10,1,Sales,Legal",
        "North,4,South,7,2024-03-03,.1,20,1,Legal,Legal",
        "South,7,North,6,2024-03-03,.1,5,1,Legal,Sales",
    ]
    log = write(tmp_path / "a.csv", rows)
    north = counted(log, roster, by="region").volumes
    assert frame(north).loc["North", "South"] == 30
    assert dict(zip(north.departments, north.sizes, strict=True)) == {"North": 10, "South": 7}
    named = counted(log, roster).volumes
    assert frame(named).loc["Sales", "Legal"] == 10
    assert frame(named).loc["Legal", "Legal"] == 20
    with pytest.raises(ColumnError, match=r"no column 'level'\. Columns found: Region, department"):
        counted(log, roster, by="level")
    only = write(tmp_path / "b.csv", [line.rsplit(",", 2)[0] for line in rows[:1] + rows[1:2] + rows[3:]])
    assert counted(only, roster).volumes.departments.tolist() == ["North", "South"], "the only one there is"


@pytest.mark.parametrize(
    ("head", "error", "said"),
    [
        (
            HEAD.replace("Group_collaboration_time", "Group_meeting_time"),
            ColumnError,
            "Group collaboration time invested",
        ),
        (HEAD.replace("SecondaryCollaborator_Org", "SecondaryCollaborator_x"), ReadError, "same attribute"),
        (HEAD.replace("MetricDate", "Week"), ColumnError, "--map timestamp=COLUMN"),
    ],
)
def test_a_query_that_lacks_something_says_what(tmp_path, head, error, said):
    with pytest.raises(error, match=said) as raised:
        silos.read_interactions(write(tmp_path / "a.csv", [head, *WEEKS[1:]]))
    assert SECRET not in str(raised.value)


def test_a_table_in_memory_is_read_too(log, roster):
    table = pd.read_csv(log)
    found = counted(table, roster)
    pd.testing.assert_frame_equal(frame(found.volumes), MINUTES)


def test_groups_and_persons_are_not_joined(tmp_path, log, roster):
    people = write(tmp_path / "mail.csv", ["timestamp,sender,recipient", "2024-03-03T09:00:00Z,ann,bob"])
    with pytest.raises(SilosError, match=r"g2g.csv: these are groups .*mail.csv has persons.*apart"):
        silos.analyze([log, people], roster)
    with pytest.raises(SilosError, match="of groups and holds no persons"):
        silos.dialogue(silos.read_interactions(log), roster)
    with pytest.raises(ReadError, match="of groups, not of persons"):
        silos.ingest(log, tmp_path / "store")


LOGS = connect()


@pytest.mark.long
def test_damage_is_an_error_in_words_or_counted(tmp_path, roster):
    def read(content: bytes) -> tuple[list[tuple], str]:
        log = tmp_path / "damaged.csv"
        log.write_bytes(content)
        interactions = silos.read_interactions(log, connection=LOGS)
        if not interactions.groups:
            return [], ""
        counts = count(interactions, roster)
        assert counts.log.rows_read == counts.log.rows_used + sum(counts.log.rejected.values())
        return list(frame(counts.volumes).itertuples(name=None)), repr(counts.log.problems)

    survives("\n".join(WEEKS + LEFT_OUT).encode(), read, secret=SECRET, examples=30)


# ---- analysing


@pytest.fixture
def found(log, roster):
    return silos.analyze(log, roster)


def test_shares_of_time_are_those_of_the_minutes(found):
    table = found.departments
    assert table.index.tolist() == ["Research", "Sales", OTHER, "Legal"], "the least outward first"
    shares = {"Research": 55 / 955, "Sales": (180 + 35 + 5) / 820, OTHER: (70 + 7) / 227, "Legal": 120 / 330}
    assert table["external_share"].to_dict() == pytest.approx(shares)
    assert table["ei_index"].to_dict() == pytest.approx({name: 2 * share - 1 for name, share in shares.items()})
    across = MINUTES.to_numpy().sum() - np.trace(MINUTES.to_numpy())
    assert found.estimates["cross_department_share"].value == pytest.approx(across / MINUTES.to_numpy().sum())
    assert found.estimates["ei_index_volume"].value == pytest.approx(2 * across / MINUTES.to_numpy().sum() - 1)


def test_small_departments_are_a_place_that_others_reach(log, roster, found):
    assert found.shown.rows == ("Legal", "Research", "Sales", OTHER)
    assert found.shown.combined == ("Finance",), "the Board alone would be what the others lack of the whole"
    assert "Board" not in json.dumps(found.summary())
    both = silos.analyze(log, roster, min_department=6)
    assert both.shown.rows == ("Legal", "Research", "Sales", OTHER)
    assert both.shown.combined == ()
    joined = frame(both.joined)
    assert joined.loc["Sales", OTHER] == 40
    assert joined.loc[OTHER, OTHER] == 150
    assert both.departments.loc[OTHER, "verdict"] is None
    assert OTHER not in both.connector.candidates.index
    with pytest.raises(EmptyError, match="at least 50 people"):
        silos.analyze(log, roster, min_department=50)


def test_ratios_hold_both_margins_of_what_goes_across():
    rng = np.random.default_rng(3)
    minutes = rng.gamma(2, 50, size=(7, 7))
    volumes = Volumes(pd.Index(list("abcdefg")), np.full(7, 10), minutes)
    expected = expectation(volumes)
    np.testing.assert_allclose(np.nansum(expected, axis=1), volumes.across.sum(axis=1), rtol=1e-6)
    activity = np.arange(1.0, 8.0)
    by_activity = Volumes(pd.Index(list("abcdefg")), np.full(7, 10), np.outer(activity, activity[::-1]))
    np.testing.assert_allclose(expectation(by_activity), np.where(np.eye(7), np.nan, by_activity.across), rtol=1e-6)
    assert np.isnan(expectation(volumes.merged(dict.fromkeys("cdefg", "c")))).all(), "three explain themselves"


@pytest.mark.long
def test_a_department_that_all_go_through_has_a_report_too(tmp_path, roster):
    """No activities fit where one department has more time across than all others could take up together."""
    names = ["Hub", "A", "B", "C", "D"]
    rows = [HEAD]
    for name in names[1:]:
        rows += [row("Hub", 9, name, 9, "2024-03-03", 100), row(name, 9, "Hub", 9, "2024-03-03", 100)]
    rows += [row("A", 9, "B", 9, "2024-03-03", 1)]
    found = silos.analyze(write(tmp_path / "a.csv", rows), roster)
    assert found.connector.busiest == "Hub"
    assert found.pairs["expected"].notna().all()
    found.report().write(tmp_path / "out")


def test_pairs_and_the_connector_describe_and_judge_nobody(found):
    pairs = found.pairs
    assert len(pairs) == 6
    assert set(pairs["verdict"]) == {"cannot say"}
    assert pairs[["p", "q", "ratio_low", "ratio_high"]].isna().all(axis=None)
    sales = pairs[(pairs["a"] == "Legal") & (pairs["b"] == "Sales")].iloc[0]
    assert sales["observed"] == 270
    assert sales["ratio"] == pytest.approx(270 / sales["expected"])
    assert pairs["ratio"].is_monotonic_increasing
    connector = found.connector
    assert (connector.verdict, connector.department, connector.evidence) == ("cannot say", None, "volume")
    marks = [dots for dots in found.report().figures["mixing_heatmap"].collections if dots.get_offsets().any()]
    assert not marks, "no dot says that a pair differs beyond chance"
    assert connector.candidates["probability_first"].isna().all()
    assert ((connector.candidates["bind"] > 0) & (connector.candidates["bind"] < 1)).all()
    assert connector.candidates["score"].to_numpy() == pytest.approx(
        (connector.candidates["bind"] * connector.candidates["reach"]).to_numpy()
    )
    assert set(found.departments["verdict"].drop(OTHER)) == {"cannot say"}


def test_affinity_and_resistance_are_those_of_the_time_of_both(found):
    volumes = found.volumes
    sizes = volumes.sizes.astype(float)
    close = affinities(volumes.across, sizes, size_exponent(volumes.across, sizes))
    assert found.estimates["effective_resistance"].value == pytest.approx(float(kirchhoff_index(close)))
    assert found.results.pairs.affinity.index.tolist() == SHOWN


def test_a_service_desk_is_never_first_and_must_be_there(log, roster):
    best = silos.analyze(log, roster).connector.candidates.index[0]
    served = silos.analyze(log, roster, service_departments=[best])
    assert not served.connector.candidates.loc[best, "eligible"]
    assert served.connector.candidates.index[0] != best
    said = next(one.sentence for one in served.findings if one.id == "groups_first")
    assert said.startswith(f"By time alone, {served.connector.candidates.index[0]} ")
    with pytest.raises(SilosError, match="no department of the group-to-group query is called 'Mail room'"):
        silos.analyze(log, roster, service_departments=["Mail room"])


def test_a_log_without_time_within_groups_has_no_shares_and_says_so(tmp_path, roster):
    rows = [line for line in WEEKS if "Within Group" not in line and "Legal,6,Legal" not in line]
    found = silos.analyze(write(tmp_path / "a.csv", rows), roster)
    assert found.estimates["cross_department_share"].value is None
    assert found.departments["external_share"].isna().all()
    assert found.pairs["ratio"].notna().all()
    assert any("invest in themselves" in said for said in found.limits_in("en"))
    assert not any("invest in themselves" in said for said in silos.analyze(
        write(tmp_path / "b.csv", WEEKS), roster).limits_in("en"))  # fmt: skip


@pytest.mark.parametrize("names", [("Legal", "Sales"), ("Legal", "Research", "Sales")])
def test_few_departments_have_no_ratios_but_a_report(tmp_path, roster, names):
    rows = [HEAD, *(line for line in WEEKS[1:] if line.split(",")[0] in names and
                    line.split(",")[2] in (*names, "Within Group"))]  # fmt: skip
    found = silos.analyze(write(tmp_path / "a.csv", rows), roster)
    assert found.pairs["ratio"].isna().all()
    found.report().write(tmp_path / "out")
    assert not (tmp_path / "out" / "figures" / "mixing_heatmap.svg").exists()
    assert "fewer than four departments" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")


def test_the_result_is_an_analysis_with_the_same_keys_and_columns(found):
    log = pd.DataFrame(
        [{"timestamp": f"2025-01-{6 + k % 20:02}T09:{i:02}:00", "sender": f"p{i}", "recipient": f"p{(i + k) % 24}"}
         for i in range(24) for k in range(1, 9)]
    )  # fmt: skip
    persons = silos.analyze(log, a_roster({f"p{i}": "ABC"[i % 3] for i in range(24)}), bootstrap=10)
    assert isinstance(found, silos.GroupAnalysis)
    assert paths(found.summary()) == paths(persons.summary())
    theirs, ours = persons.report().tables(), found.report().tables()
    assert {name: list(table.columns) for name, table in ours.items()} == {
        name: list(table.columns) for name, table in theirs.items()
    }
    assert list(found.organisation.index) == list(persons.organisation.index)
    assert persons.summary()["inputs"]["level"] == "person"


def paths(value: Any, path: str = "") -> set[str]:
    """The keys of a summary; what a list holds is left out, as it may be empty."""
    if not isinstance(value, dict) or path.endswith(
        ("rows_rejected", ".lost", ".signs", ".kinds", ".kinds_guessed", ".placeholders")
    ):
        return {path}
    if set(value) >= {"value", "low", "high"}:
        return {path}
    return set().union(*(paths(part, f"{path}.{key}") for key, part in value.items())) if value else {path}


def test_what_needs_persons_is_null_and_the_limits_say_why(found):
    summary = found.summary()
    assert summary["inputs"]["level"] == "department"
    assert summary["inputs"]["people"] == 43
    assert [summary["inputs"][key] for key in ("people_matched", "people_unmatched", "broadcasts", "self")] == [
        None
    ] * 4
    organisation = summary["organisation"]
    assert (organisation["people"], organisation["departments"], organisation["ties"]) == (43, 5, None)
    known = {name for name, value in organisation.items() if isinstance(value, dict) and value["value"] is not None}
    assert known == {
        "ei_index_volume", "cross_department_share", "modularity_volume", "effective_resistance",
        "algebraic_connectivity",
    }  # fmt: skip
    assert all(value["low"] is value["high"] is None for value in organisation.values() if isinstance(value, dict))
    for one in summary["departments"]:
        assert one["insularity"] == one["insiders_odds"] == {"value": None, "low": None, "high": None}
        assert set(one["brokerage"].values()) == {None}
        assert one["constraint"] is None
    assert summary["communities"]["count"] is None
    assert (
        summary["dialogue"]["unknown"] == summary["leadership"]["unknown"] == summary["external"]["unknown"] == "groups"
    )
    assert "holds no persons" in summary["limits"][0]
    assert "aucune personne" in found.summary("fr")["limits"][0]
    json.dumps(summary, allow_nan=False)


def test_there_is_no_person_to_ask_for(found, tmp_path):
    with pytest.raises(SilosError, match="no persons"):
        found.people()
    with pytest.raises(SilosError, match="no persons"):
        found.network.to_networkx("person")
    assert set(found.network.to_networkx("department")) == {"Board", *NAMES}
    assert "Volumes(43 people, 5 departments" in repr(found)


# ---- written


def cli(*words: object):
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture
def company(tmp_path, log) -> Path:
    write(tmp_path / "hr.csv", ["person,department", "ann,Sales", "bob,Legal"])
    return tmp_path


@pytest.mark.parametrize("language", languages())
def test_analyze_writes_everything_but_what_needs_persons(company, language):
    said = cli("analyze", company / "g2g.csv", "--roster", company / "hr.csv", "-o", company / "out",
               "--lang", language, "--window", "month")  # fmt: skip
    assert said.exit_code == 0, said.output
    out = company / "out"
    assert {path.name for path in (out / "figures").iterdir()} == {
        f"{name}.{kind}" for name in ("department_graph", "mixing_heatmap") for kind in ("svg", "png")
    }
    trend = pd.read_csv(out / "tables" / "trend.csv")
    assert trend["measure"].tolist() == ["cross_department_share"]
    assert trend[["low", "high", "change_low"]].isna().all(axis=None)
    graph = nx.read_graphml(out / "departments.graphml")
    assert set(graph) == set(SHOWN)
    assert graph.edges["Sales", "Legal"]["weight"] == 180
    page = (out / "report.html").read_text(encoding="utf-8")
    assert phrases(language)["limits"]["groups"] in unescape(page)
    for path in out.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert SECRET.encode() not in content, path
            assert b"Board" not in content, path


def test_the_page_claims_nothing_that_takes_persons(found):
    page = re.sub(r"<style>.*?</style>", "", render(found, {}, generated="2025-04-01"), flags=re.DOTALL)
    for claim in ("No department is more inward", "beyond chance", "more than chance would give", "95%", "bootstrap",
                  "No department binds", "Several share"):  # fmt: skip
        assert claim not in page, claim


@pytest.mark.long
def test_the_same_input_gives_the_same_bytes(company):
    for name in ("one", "two"):
        said = cli("analyze", company / "g2g.csv", "--roster", company / "hr.csv", "-o", company / name)
        assert said.exit_code == 0, said.output
    files = {path.relative_to(company / "one") for path in (company / "one").rglob("*") if path.is_file()}
    assert {"summary.json", "report.html", "departments.csv", "silos.xlsx"} <= {file.name for file in files}
    # The page says on which day it was made.
    for file in sorted(file for file in files if file.name != "report.html"):
        one, two = ((company / name / file).read_bytes() for name in ("one", "two"))
        if file.name == "summary.json":
            one, two = (json.loads(text) | {"generated": ""} for text in (one, two))
        assert one == two, file


def test_people_are_refused_and_nothing_is_written(company):
    said = cli("analyze", company / "g2g.csv", "--roster", company / "hr.csv", "-o", company / "out", "--people")
    assert said.exit_code == 1
    assert "holds no persons" in said.output
    assert not (company / "out").exists()


def test_check_says_that_it_is_of_groups(company, log, roster):
    said = cli("check", log, "--roster", company / "hr.csv", "-o", company / "check.json")
    assert said.exit_code == 0, said.output
    told = (
        "25 rows of groups, 2024-03-03 to 2024-03-17, 1 undated",
        "departments: 5, with 43 people according to the log",
        "pseudo-group",
        "no persons, so there is no verdict",
    )
    for words in told:
        assert words in said.output, words
    assert "person may have several" not in said.output
    assert SECRET not in said.output + (company / "check.json").read_text(encoding="utf-8")
    held = inspect(silos.read_interactions(log), roster).to_dict()
    assert (held["departments"], held["people"], held["people_matched"], held["sizes"]) == (5, 43, None, "log")
    assert held["logs"][0]["lacks"] == ""

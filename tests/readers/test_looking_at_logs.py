"""Logs and rosters as tables and in a notebook: what was recognised, a few rows, and no id unless asked."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import silos
from silos.engines import looking
from silos.errors import ReadError
from silos.tables import AFFILIATION_FIELDS, INTERACTION_FIELDS, TIES_FIELDS, Interactions
from tests.conftest import SPARK_MARKS, a_log

PEOPLE = ("ann@acme.example", "bob@acme.example", "Ann@ACME.example")
ROWS = [
    {
        "timestamp": "2025-01-06 09:00",
        "sender": PEOPLE[0],
        "recipient": PEOPLE[1],
        "medium": "email",
        "event": "<m1@x>",
    },
    {
        "timestamp": "2025-01-07 10:00",
        "sender": PEOPLE[1],
        "recipient": PEOPLE[2],
        "medium": "email",
        "thread": "Secret",
    },
    {"timestamp": "2025-01-08 11:00", "sender": PEOPLE[0], "recipient": "cleo", "medium": "chat", "kind": "about ann"},
]


def the_log(**more: Any) -> Interactions:
    return a_log([{**row, **more} for row in ROWS])


def nobody(text: str) -> None:
    """Nothing of what the log says of people is there."""
    for word in ("ann", "bob", "cleo", "acme", "m1", "secret"):
        assert word not in text.casefold().replace("channel", ""), f"{word} in {text}"


def test_a_log_as_a_table_has_its_ids() -> None:
    table = the_log().to_pandas()
    assert list(table.columns) == list(INTERACTION_FIELDS)
    assert sorted(table["sender"]) == sorted(row["sender"] for row in ROWS)
    assert table["timestamp"].dtype == "datetime64[us]"
    assert table["recipients"].dtype == "Int64"
    assert table["event"].isna().sum() == 2
    assert len(the_log().to_pandas(limit=2)) == 2
    assert len(the_log().to_pandas(limit=0)) == 0


def test_a_few_rows_number_the_ids() -> None:
    log = the_log()
    shown = log.head()
    nobody(shown.to_csv())
    assert len(shown) == 3
    assert list(shown.columns) == list(INTERACTION_FIELDS)
    by_time = shown.sort_values("timestamp", ignore_index=True)
    # The same person is the same number, on both sides and however it is written.
    assert by_time.loc[0, "sender"] == by_time.loc[2, "sender"] == by_time.loc[1, "recipient"]
    assert by_time.loc[0, "recipient"] == by_time.loc[1, "sender"]
    assert set(shown["sender"]) | set(shown["recipient"]) == {"person 1", "person 2", "person 3"}
    assert by_time["kind"].tolist()[2] == "other"
    assert sorted(log.head(ids=True)["recipient"]) == sorted(row["recipient"] for row in ROWS)


def test_a_small_log_begins_with_its_first_rows(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    days = [*range(28, 0, -1)]
    path.write_text("timestamp,sender,recipient\n" + "".join(f"2025-01-{day:02}T09:00:00Z,a,b\n" for day in days))
    assert silos.read_interactions(path).head(2)["timestamp"].dt.day.tolist() == [1, 2]


def test_the_display_of_a_log(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    pd.DataFrame(ROWS).rename(columns={"sender": "From", "recipient": "To"}).to_csv(path, index=False)
    log = silos.read_interactions(path)
    html = log._repr_html_()
    nobody(html.replace(str(tmp_path), "").replace("recipient", ""))
    assert "sender from &#x27;From&#x27;" in html
    assert "<td>delimited</td>" in html
    assert "<td>rows</td><td>3</td>" in html
    assert "2025-01-06 to 2025-01-08" in html
    assert "email 2, chat 1" in html
    assert "person 1" in html
    assert html.count("<tr") == 2 + 3 + 4


def test_what_is_written_in_a_log_is_no_markup() -> None:
    assert "<script>" not in a_log([{**ROWS[0], "medium": "<script>"}])._repr_html_()


def test_a_large_log_is_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "COUNTED", 2)
    seen = looking.sight(the_log())
    assert seen.rows == 2
    assert "more than 2 rows" in seen.why
    assert "the rest was not looked at" in the_log()._repr_html_()


def test_a_large_log_that_must_be_read_whole_is_not_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "log.csv"
    pd.DataFrame(ROWS[:1]).to_csv(path, index=False)
    plain = silos.read_interactions(path)
    # As of formats that bring the rows of a message together: no row is known before all are read.
    source = replace(plain.sources[0], query=f"select distinct * from ({plain.sources[0].query})")
    log = replace(plain, sources=(source,))
    assert looking.sight(log).rows == 1
    monkeypatch.setattr(looking, "READ_WHOLE", 1)
    html = log._repr_html_()
    assert "not counted" in html
    assert "head() does" in html
    assert "person 1" not in html
    nobody(html.replace(str(tmp_path), ""))
    assert log.head()["sender"].tolist() == ["person 1"]


def test_a_plain_table_needs_no_reading_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "READ_WHOLE", 1)
    path = tmp_path / "log.csv"
    path.write_text("timestamp,sender,recipient\n2025-01-06T09:00:00Z,ann,bob;cleo\n")
    assert looking.sight(silos.read_interactions(path)).rows == 2


def test_a_log_without_times(tmp_path: Path) -> None:
    path = tmp_path / "edges.csv"
    path.write_text("Source,Target,Weight\nann,bob,2\n")
    log = silos.read_interactions(path)
    assert "no times" in log._repr_html_()
    assert log.head()["weight"].tolist() == [2.0]
    assert log.head()["timestamp"].isna().all()


def test_a_table_of_communities(tmp_path: Path) -> None:
    path = tmp_path / "members.csv"
    path.write_text("person,community,posts\nann,Secret plans,3\nbob,Secret plans,0\n")
    log = silos.read_interactions(path)
    assert list(log.to_pandas().columns) == list(AFFILIATION_FIELDS)
    assert log.to_pandas()["person"].tolist() == ["ann", "bob"]
    nobody(log.head().to_csv())
    assert set(log.head()["community"]) == {"community 1"}
    nobody(log._repr_html_().replace(str(tmp_path), ""))


def test_ties_that_were_counted_elsewhere(tmp_path: Path) -> None:
    path = tmp_path / "ties.csv"
    row = dict.fromkeys(TIES_FIELDS) | {
        "part": "arc",
        "a": "ann",
        "b": "bob",
        "medium": "email",
        "messages": 3,
        "volume": 3,
    }
    pd.DataFrame([row]).to_csv(path, index=False)
    log = silos.read_interactions(path)
    table = log.to_pandas()
    assert list(table.columns) == list(TIES_FIELDS)
    assert table[["a", "b", "messages"]].to_numpy().tolist() == [["ann", "bob", 3.0]]
    assert log.head()[["a", "b"]].to_numpy().tolist() == [["person 1", "person 2"]]
    nobody(log._repr_html_().replace(str(tmp_path), ""))


def test_a_log_of_groups(tmp_path: Path) -> None:
    path = tmp_path / "groups.csv"
    path.write_text(
        "PrimaryCollaborator_Organization,PrimaryCollaborator_GroupSize,SecondaryCollaborator_Organization,"
        "SecondaryCollaborator_GroupSize,MetricDate,Group_collaboration_time_invested\n"
        "Sales,8,Legal,6,2024-03-03,120\n"
    )
    log = silos.read_interactions(path)
    table = log.to_pandas()
    assert table["minutes"].tolist() == [120.0]
    assert list(table.loc[0, "a"].values()) == ["Sales"]
    assert "Sales" in log._repr_html_()


def test_damage_that_shows_late_is_said_without_a_quotation(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    pd.DataFrame(ROWS).to_csv(path, index=False)
    log = silos.read_interactions(path)
    path.unlink()
    with pytest.raises(ReadError, match="a file is damaged, or changed while it was read") as error:
        log.to_pandas()
    nobody(str(error.value).replace(str(tmp_path), ""))


@pytest.mark.parametrize("name", [pytest.param("spark", marks=SPARK_MARKS)])
def test_a_log_on_spark(name: str, spark: Any) -> None:
    table = pd.DataFrame([{**row, "timestamp": pd.Timestamp(row["timestamp"])} for row in ROWS])
    import pyarrow as pa

    log = silos.read_interactions(spark.createDataFrame(pa.Table.from_pandas(table, preserve_index=False)))
    assert sorted(log.to_pandas()["sender"]) == sorted(row["sender"] for row in ROWS)
    assert len(log.to_pandas(limit=1)) == 1
    nobody(log.head().to_csv())
    html = log._repr_html_()
    assert "they lie on Spark, where a look is a job" in html
    nobody(html)


# ---- rosters


def the_roster() -> silos.Roster:
    count = 7
    return silos.read_roster(
        pd.DataFrame(
            {
                "E-mail": [f"ann{n}@acme.example" for n in range(count)],
                "Name": [f"Ann Secret {n}" for n in range(count)],
                "Department": ["IT"] * (count - 1) + ["Office of Ann"],
                "Manager": [None] + ["ann0@acme.example"] * (count - 1),
                "Level": range(count),
                "Home phone": [f"+33 {n}" for n in range(count)],
            }
        )
    )


def test_a_roster_as_a_table_has_its_ids() -> None:
    table = the_roster().to_pandas()
    assert table["person"].tolist() == [f"ann{n}@acme.example" for n in range(7)]
    assert {"department", "name", "Home phone"} <= set(table.columns)
    table.loc[0, "person"] = "changed"
    assert the_roster().to_pandas().loc[0, "person"] == "ann0@acme.example"


def test_a_few_people_are_numbered() -> None:
    shown = the_roster().head(7)
    nobody(shown.to_csv())
    assert shown["person"].tolist() == [f"person {n}" for n in range(1, 8)]
    assert shown["manager"].tolist()[1:] == ["person 1"] * 6
    assert shown["department"].tolist() == ["IT"] * 6 + ["(fewer than 5)"]
    assert not {"name", "Home phone"} & set(shown.columns)
    assert the_roster().head(2, ids=True)["name"].tolist() == ["Ann Secret 0", "Ann Secret 1"]


def test_the_display_of_a_roster() -> None:
    roster = the_roster()
    html = roster._repr_html_()
    nobody(html)
    assert "department from &#x27;Department&#x27;" in html
    assert "<td>people</td><td>7</td>" in html
    assert "2; 0 people without one" in html
    nobody(repr(roster))
    assert "phone" not in repr(roster)


def test_a_roster_without_departments() -> None:
    roster = silos.read_roster(pd.DataFrame({"person": ["ann", "bob"], "Site": ["Oslo", "Rome"]}))
    nobody(roster._repr_html_())
    assert "departments" not in roster._repr_html_()

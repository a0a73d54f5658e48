"""The same ties under another chart: counted as they lie, judged as an analysis under that chart judges them."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import silos
from silos.analysis.new_chart import INSULARITY, MOST_ELSEWHERE, under_chart
from silos.cli import main
from silos.errors import ColumnError, EmptyError
from silos.locales.phrases import phrases
from silos.report.new_chart import ChartReport
from tests.support.places import SAMPLE


@pytest.fixture(scope="module")
def sample():
    return silos.analyze(SAMPLE / "interactions.csv", SAMPLE / "roster.csv", bootstrap=60, seed=0)


def merged() -> pd.DataFrame:
    """R&D and Human Resources become one department, and a third of Sales goes to Marketing."""
    roster = pd.read_csv(SAMPLE / "roster.csv")
    roster.loc[roster["department"].isin(["R&D", "Human Resources"]), "department"] = "People and products"
    sales = roster.index[roster["department"] == "Sales"]
    roster.loc[sales[: len(sales) // 3], "department"] = "Marketing"
    return roster


def test_ties_that_are_joined_and_cut_are_those_that_lie_so(sample):
    new = merged()
    found = sample.what_if(roster=new)
    old_of = sample.network.people["department"]
    new_of = new.set_index("person")["department"].reindex(old_of.index)
    i, j = sample.network.dyads
    before, after = (by.to_numpy()[i] == by.to_numpy()[j] for by in (old_of, new_of))
    assert (found.ties, found.inside_before, found.inside_after) == (len(i), before.sum(), after.sum())
    assert found.joined == (after & ~before).sum() > 0
    assert found.cut == (before & ~after).sum() > 0
    assert found.inside_after - found.inside_before == found.joined - found.cut
    assert found.moved == (old_of.to_numpy() != new_of.to_numpy()).sum()
    assert found.table["ties_inside"].sum() == found.inside_after
    assert found.table["joined"].sum() == found.joined
    assert found.table["cut"].sum() == 2 * found.cut, "a tie that is cut has an end in two departments"


@pytest.mark.long
def test_each_chart_is_judged_as_an_analysis_under_it(sample):
    new = merged()
    found = sample.what_if(roster=new)
    own = silos.analyze(SAMPLE / "interactions.csv", new, bootstrap=60, seed=0)
    assert found.after.departments["insularity"].to_dict() == pytest.approx(own.departments["insularity"].to_dict())
    assert found.after.departments["verdict"].to_dict() == own.departments["verdict"].to_dict()
    assert found.before.departments["verdict"].to_dict() == sample.departments["verdict"].to_dict()
    assert found.before.called("silo") == ["R&D"]
    assert found.before.connector.department == sample.connector.department
    assert found.after.connector.verdict == own.connector.verdict
    assert found.after.ei_index.value == pytest.approx(own.estimates["ei_index"].value)


def test_small_groups_of_movers_are_not_shown(sample):
    new = merged()
    few = new.index[new["department"] == "IT"][:3]
    new.loc[few, "department"] = "Legal"
    found = sample.what_if(roster=new)
    moves = {(row["old"], row["new"]): row["people"] for row in found.moves.to_dict("records")}
    assert moves["R&D", "People and products"] == 19
    assert moves["Sales", "Marketing"] == 22
    assert ("IT", "Legal") not in moves
    assert min(moves.values()) >= 5
    text = json.dumps(found.to_dict(), allow_nan=False)
    assert not any(str(person) in text for person in sample.network.people.index)


def scattered(people: int) -> pd.DataFrame:
    """So many people of R&D, one by one, over other departments; twenty of Sales go to Marketing together."""
    roster = pd.read_csv(SAMPLE / "roster.csv")
    gone = roster.index[roster["department"] == "R&D"][:people]
    sales = roster.index[roster["department"] == "Sales"][:20]
    roster.loc[gone, "department"] = np.resize(["Finance", "Legal", "Procurement", "Logistics", "IT"], len(gone))
    roster.loc[sales, "department"] = "Marketing"
    return roster


@pytest.mark.parametrize("exact", [(), ("--exact",)], ids=["published", "exact"])
def test_a_chart_that_scatters_people_is_not_told_as_another(tmp_path, exact):
    scattered(19).to_csv(tmp_path / "new.csv", index=False)
    words = ["what-if", str(SAMPLE / "interactions.csv"), "--roster", str(SAMPLE / "roster.csv")]
    words += ["--new-roster", str(tmp_path / "new.csv"), "--bootstrap", "20", *exact, "-o", str(tmp_path / "out")]
    said = CliRunner().invoke(main, words)
    assert said.exit_code == 1
    told = "cannot be told for this chart: 39 people would be in another department, and 15 people"
    assert told in " ".join(said.output.split())
    assert not (tmp_path / "out").exists()


def test_whether_a_chart_is_told_rests_on_how_many_are_counted_elsewhere(sample):
    told = sample.what_if(roster=scattered(2))
    assert (told.few, told.moved) == (2, 20)
    assert told.few <= MOST_ELSEWHERE * 22
    assert MOST_ELSEWHERE * 23 < 3
    with pytest.raises(EmptyError, match="23 people would be in another department, and 3 people"):
        sample.what_if(roster=scattered(3))


def test_nobody_is_said_to_move_where_they_do_not(sample):
    new = merged()
    # Two of the department that goes stay, and are counted with it.
    stay = new.index[pd.read_csv(SAMPLE / "roster.csv")["department"] == "R&D"][:2]
    new.loc[stay, "department"] = "R&D"
    found = sample.what_if(roster=new)
    assert found.few == 2
    old = sample.network.people["department"]
    true = pd.crosstab(old, new.set_index("person")["department"].reindex(old.index))
    for row in found.moves.to_dict("records"):
        assert row["people"] == true.loc[row["old"], row["new"]], row
    moves = {(row["old"], row["new"]): row["people"] for row in found.moves.to_dict("records")}
    assert moves["R&D", "People and products"] == 17


def test_a_silo_that_becomes_part_of_a_larger_department_is_hidden_and_not_opened(sample):
    roster = pd.read_csv(SAMPLE / "roster.csv")
    named = roster.assign(department=roster["department"].replace({"R&D": "Technology", "IT": "Technology"}))
    found = sample.what_if(roster=named)
    assert (found.before.called("silo"), found.after.called("silo")) == (["R&D"], [])
    assert found.engulfed == found.published().engulfed == {"R&D": "Technology"}
    [said] = [sentence for sentence in ChartReport(found).sentences if "larger department" in sentence]
    assert said.startswith("R&D, a silo today, would be inside a larger department, Technology.")
    # A silo under another name is as large as it was, and one.
    renamed = roster.assign(department=roster["department"].replace({"R&D": "Labs"}))
    sales = renamed.index[renamed["department"] == "Sales"][:10]
    renamed.loc[sales, "department"] = "Marketing"
    assert sample.what_if(roster=renamed).engulfed == {}


def test_people_whom_the_new_roster_lacks_are_left_out_of_both_charts(sample):
    new = merged()
    gone = new.index[new["department"] == "Legal"][:10]
    found = sample.what_if(roster=new.drop(gone))
    assert found.left_out == 10
    assert found.people == len(sample.network) - 10
    assert found.before.departments.loc["Legal", "people"] == 14


def test_who_changed_department_in_the_log_is_one_person():
    days = pd.date_range("2025-01-06 09:00", periods=60, freq="D")
    people = [f"p{at}" for at in range(24)]
    rng = np.random.default_rng(0)
    rows = [(day, *rng.choice(people, 2, replace=False)) for day in days for _ in range(12)]
    log = pd.DataFrame(rows, columns=["timestamp", "sender", "recipient"])
    roster = pd.DataFrame({"person": people, "department": [f"D{at % 4}" for at in range(24)]})
    moved = pd.DataFrame({"person": ["p0"], "department": ["D1"], "effective_from": ["2025-02-01"]})
    dated = pd.concat([roster.assign(effective_from=None), moved], ignore_index=True)
    analysis = silos.analyze(log, dated, bootstrap=10)
    assert len(analysis.network) == 25
    # Who moved goes with those of the later department.
    new = roster.assign(department=roster["department"].replace({"D0": "D3", "D1": "E"}))
    new.loc[0, "department"] = "E"
    found = analysis.what_if(roster=new)
    assert found.people == 24
    assert found.before.departments["people"].sum() == 24
    met = log.assign(a=log[["sender", "recipient"]].min(axis=1), b=log[["sender", "recipient"]].max(axis=1))
    assert found.ties == len(met[["a", "b"]].drop_duplicates())


def test_a_chart_that_changes_nothing_or_fits_nobody_is_refused(sample):
    with pytest.raises(EmptyError, match="nobody is in another department"):
        sample.what_if(roster=SAMPLE / "roster.csv")
    strangers = pd.DataFrame({"person": ["x", "y"], "department": ["A", "B"]})
    with pytest.raises(EmptyError, match="--new-roster"):
        sample.what_if(roster=strangers)
    with pytest.raises(ColumnError, match="department"):
        under_chart(
            sample.tally,
            sample.parameters,
            silos.read_roster(merged().rename(columns={"department": "x"})),
            sample.responsiveness,
        )


def test_a_department_that_is_written_otherwise_is_the_same_department(sample):
    plain = sample.what_if(roster=merged())
    shouted = merged()
    shouted["department"] = shouted["department"].str.upper() + " "
    found = sample.what_if(roster=shouted)
    assert (found.moved, found.joined, found.cut) == (plain.moved, plain.joined, plain.cut)
    moves = set(zip(found.moves["old"], found.moves["new"], strict=True))
    assert moves == {
        ("R&D", "PEOPLE AND PRODUCTS"), ("Human Resources", "PEOPLE AND PRODUCTS"), ("Sales", "Marketing"),
    }  # fmt: skip


@pytest.mark.parametrize(
    "by",
    [*(pytest.param((one,), marks=pytest.mark.long) for one in ("Abteilung", "location")), ("Abteilung", "location")],
)
def test_the_units_of_both_charts_are_those_that_were_asked_for(tmp_path, by):
    old, new = pd.read_csv(SAMPLE / "roster.csv"), merged()
    new["location"] = new["location"].replace(new["location"].mode()[0], "Lima")
    files = {name: tmp_path / f"{name}.csv" for name in ("old", "new")}
    for name, roster in (("old", old), ("new", new)):
        roster.rename(columns={"department": "Abteilung"}).to_csv(files[name], index=False)
    log = str(SAMPLE / "interactions.csv")
    words = ["what-if", log, "--roster", str(files["old"]), "--new-roster", str(files["new"]), "--bootstrap", "20"]
    asked = [word for column in by for word in ("--by", column)]
    said = CliRunner().invoke(main, [*words, *asked, "--exact", "-o", str(tmp_path / "out")])
    assert said.exit_code == 0, said.output
    summary = json.loads((tmp_path / "out" / "summary.json").read_text("utf-8"))
    found = silos.analyze(log, files["old"], by=by, bootstrap=20).what_if(roster=files["new"])
    assert summary["new_chart"]["moved"] == found.moved > 0
    assert summary["new_chart"]["joined"] == found.joined


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_command_writes_what_was_found(tmp_path, language):
    new = tmp_path / "new.csv"
    merged().to_csv(new, index=False)
    out = tmp_path / "out"
    logs = [str(SAMPLE / "interactions.csv"), "--roster", str(SAMPLE / "roster.csv")]
    words = ["what-if", *logs, "--new-roster", str(new), "--bootstrap", "20", "--lang", language, "-o", str(out)]
    said = CliRunner().invoke(main, words)
    assert said.exit_code == 0, said.output
    assert {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()} == {
        "report.html", "summary.json", "tables/new_departments.csv", "tables/moves.csv",
    }  # fmt: skip
    summary = json.loads((out / "summary.json").read_text("utf-8"))
    assert (summary["new_chart"]["moved"], summary["new_chart"]["published"]) == (75, True), "78, in steps of five"
    assert summary["before"]["silos"] == ["R&D"]
    assert summary["follow"]["unknown"] == "undated", "no past moves: nothing is claimed of what will follow"
    assert summary["follow"]["quarter"]["value"] is None
    page = (out / "report.html").read_text("utf-8")
    for sentence in summary["findings"]:
        assert sentence.split("&")[0].split("'")[0] in page
    for name in ("new_departments", "moves"):
        table = pd.read_csv(out / "tables" / f"{name}.csv")
        assert table["published"].all()
        numbers = table.select_dtypes("number").drop(columns=[*INSULARITY, "suppressed"], errors="ignore")
        assert (numbers % 5 == 0).all().all(), name
    again = CliRunner().invoke(main, [*words, "--exact"])
    assert again.exit_code == 0, "a directory of an earlier run is replaced"
    exact = json.loads((out / "summary.json").read_text("utf-8"))
    assert (exact["new_chart"]["moved"], exact["new_chart"]["published"]) == (78, False)
    mark = f"<span>{phrases(language)['report']['mark_exact']}</span>"
    assert mark in (out / "report.html").read_text("utf-8")
    assert mark not in page
    assert not pd.read_csv(out / "tables" / "new_departments.csv")["published"].any()


def test_a_published_chart_is_what_an_analysis_under_it_publishes(sample):
    new = merged()
    found = sample.what_if(roster=new).published()
    own = silos.analyze(SAMPLE / "interactions.csv", new, bootstrap=60, seed=0).published()
    for chart, analysis in ((found.before, sample.published()), (found.after, own)):
        for name in ("people", *INSULARITY):
            theirs = analysis.departments[name].reindex(chart.departments.index)
            assert chart.departments[name].tolist() == pytest.approx(theirs.tolist()), name
        assert chart.ei_index.value == analysis.estimates["ei_index"].value
    assert found.published() is found
    # What nobody's move can change is 0 and no secret; what may be few is not given.
    assert found.table.loc["Legal", ["joined", "cut"]].tolist() == [0, 0]
    assert "about 75 of about 300 people move" in repr(found)
    assert "78" not in sample.what_if(roster=new)._repr_html_().split("<table")[0]


def test_the_page_says_that_nothing_is_known_of_what_will_follow(sample):
    report = ChartReport(sample.what_if(roster=merged()))
    assert "unknown" in report.sentences[-2]


def test_of_charts_that_cannot_be_judged_no_silo_is_not_said(sample):
    found = sample.what_if(roster=merged())
    table = found.after.departments.assign(verdict="cannot say")
    page = ChartReport(replace(found, after=replace(found.after, departments=table)), "en")
    said = phrases("en")["new_chart"]
    assert page._silos(page.found.after) == said["unjudged"]
    assert page._silos(page.found.before) != said["unjudged"]


def test_counts_that_are_withheld_are_written_as_fewer(sample):
    found = sample.what_if(roster=merged()).published()
    table = found.table.astype({"joined": "Int64"})
    table.loc["Legal", "joined"] = pd.NA
    page = ChartReport(replace(found, table=table)).page("2025-01-01T00:00:00+00:00")
    assert page.count("&lt;\u202f5") == 1

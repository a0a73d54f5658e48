"""Two runs compared: what was planted is found, nothing where nothing was, and what cannot be told is said."""

import copy
import json
import re
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

import silos
from silos.analysis.comparison.changes import MOST_TRAFFIC, Change, between, both, paired, tabled
from silos.analysis.comparison.figures import OF_TIES, Figure
from silos.analysis.comparison.result import of_summaries
from silos.analysis.comparison.verdicts import HOPED, measure_of
from silos.errors import SilosError
from silos.locales.numerals import Numerals
from silos.locales.phrases import phrases
from tests.support.places import ROOT
from tests.support.two_runs import HALF, halves

OPENED = {"silo_opens": 10}


def summaries(**changes: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    first, second = halves(**changes)
    return copy.deepcopy(first.summary()), copy.deepcopy(second.summary())


def row(found: silos.Comparison, measure: str, department: str = "", other: str = "") -> pd.Series:
    table = found.table
    [one] = table[
        (table["measure"] == measure) & (table["department"] == department) & (table["other"] == other)
    ].to_dict("records")
    return pd.Series(one)


def keys(found: silos.Comparison) -> list[str]:
    return [limit.key for limit in found.limits]


# ---- one number


def test_a_difference_from_two_intervals_is_that_of_zou_and_donner():
    # Zou and Donner 2008, Statistics in Medicine 27:1693, equation for θ1 - θ2, by hand.
    found = between(Figure(0.30, 0.22, 0.40), Figure(0.45, 0.34, 0.54), ratio=False)
    assert found.value == pytest.approx(0.15)
    assert found.low == pytest.approx(0.15 - np.hypot(0.11, 0.10))
    assert found.high == pytest.approx(0.15 + np.hypot(0.09, 0.08))


def test_symmetric_intervals_give_the_usual_test():
    found = between(
        Figure(1.0, 1.0 - 1.96 * 0.3, 1.0 + 1.96 * 0.3), Figure(2.0, 2 - 1.96 * 0.4, 2 + 1.96 * 0.4), ratio=False
    )
    assert found.p == pytest.approx(2 * stats.norm.sf(1.0 / 0.5))
    assert (found.low > 0) == (found.p < 0.05)


@given(st.floats(0.05, 20), st.floats(0.05, 20), st.floats(1.01, 5), st.floats(1.01, 5), st.floats(0.1, 10))
def test_ratios_are_compared_as_ratios(one, other, spread, wider, unit):
    def figure(value: float, reach: float) -> Figure:
        return Figure(value, value / reach, value * reach)

    found = between(figure(one, spread), figure(other, wider), ratio=True)
    scaled = between(figure(unit * one, spread), figure(unit * other, wider), ratio=True)
    back = between(figure(other, wider), figure(one, spread), ratio=True)
    for changed, sign in ((scaled, 1), (back, -1)):
        assert changed.value == pytest.approx(sign * found.value, abs=1e-9)
        assert changed.p == pytest.approx(found.p, rel=1e-6)


@pytest.mark.parametrize(
    ("first", "second", "ratio", "reason"),
    [
        (Figure(), Figure(1, 0, 2), False, "missing"),
        (Figure(1, 0, 2), Figure(1), False, "interval"),
        (Figure(1, 0, 2), Figure(1, 0.5, 2), True, "zero"),
        (Figure(0, 0, 2), Figure(1, 0.5, 2), True, "zero"),
        (Figure(1, 1, 1), Figure(2, 2, 2), False, "interval"),
    ],
)
def test_what_cannot_be_tested_has_a_reason_and_no_p(first, second, ratio, reason):
    found = between(first, second, ratio=ratio)
    assert (found.reason, np.isnan(found.p)) == (reason, True)


def test_equal_numbers_without_any_spread_did_not_change():
    assert between(Figure(1, 1, 1), Figure(1, 1, 1), ratio=False).p == 1


def test_pairing_narrows_what_rises_and_falls_together():
    rng = np.random.default_rng(0)
    person, one, other = rng.normal(0, 1, (3, 500))
    found = paired(1.0, 1.5, (1 + person + 0.1 * one, 1.5 + person + 0.1 * other), ratio=False)
    assert found.high - found.low == pytest.approx(2 * 1.96 * 0.1 * np.sqrt(2), rel=0.1)
    careful = between(Figure(1.0, -1.0, 3.0), Figure(1.5, -0.5, 3.5), ratio=False)
    assert both(careful, found).p == careful.p
    assert both(careful, found).paired_low == found.low
    assert both(Change(reason="zero"), found).reason == "zero"


def test_what_answers_one_question_is_corrected_together():
    """A silo that the first run asked to watch, and the whole, were hidden by 66 pairs that tell little one by one."""
    names = [f"D{number:02}" for number in range(12)]
    of_parts = [("insularity", name, "") for name in names] + [("ratio", *pair) for pair in combinations(names, 2)]
    keys = [("ei_index", "", ""), ("modularity", "", ""), *of_parts]
    figures, surely = dict.fromkeys(keys, Figure(1.0, 0.9, 1.1)), Change(0.5, 0.1, 0.9, 0.01)
    silo = ("insularity", "D00", "")
    for key, expected, q, verdict in (
        (silo, (), 0.01 * 78, "unchanged"),
        (silo, (silo,), 0.01, "rose"),
        (silo, (silo, *keys[3:7]), 0.01 * 5, "unchanged"),
        (keys[0], (silo,), 0.01 * 2, "rose"),
        (keys[-1], (silo,), 0.01 * 77, "unchanged"),
    ):
        moved = dict.fromkeys(keys, Change(0.01, -0.4, 0.42, 0.9)) | {key: surely}
        first = tabled((figures, figures), moved, expected=expected).iloc[0]
        assert tuple(first[["measure", "department", "other"]]) == key
        assert (first["q"], first["verdict"]) == (pytest.approx(min(q, 0.9)), verdict)


def test_the_table_corrects_over_all_numbers_of_a_family():
    keys = [("insularity", f"D{number}", "") for number in range(20)]
    same = Figure(1.0, 0.9, 1.1)
    found = tabled(
        (dict.fromkeys(keys, same), dict.fromkeys(keys, same)),
        {key: Change(0.5, 0.1, 0.9, p) for key, p in zip(keys, [0.02, *[0.9] * 19], strict=True)},
    )
    assert found["q"].iloc[0] == pytest.approx(0.4)
    assert set(found["verdict"]) == {"unchanged"}


# ---- two runs


@pytest.mark.long
def test_a_silo_that_opened_is_found_by_both_ways_and_nothing_else():
    first, second = halves(**OPENED)
    for found in (first.compare(second), of_summaries(first.summary(), second.summary())):
        assert found.verdict == "changed"
        opened = row(found, "insularity", "R&D")
        assert (opened["verdict"], opened["change"] < -0.4, opened["q"] < 0.05) == ("fell", True, True)
        # What else changed is contact of the silo.
        others = found.changed[(found.changed["department"] != "R&D") & (found.changed["other"] != "R&D")]
        assert others.empty
        departments = found.verdicts[found.verdicts["kind"] == "department"].set_index("department")
        assert departments.loc["R&D", "before"] == "silo"
        [opening] = [sentence for sentence in found.sentences_in() if sentence.startswith("R&D opened")]
        odds = [run.departments.loc["R&D", "insiders_odds"] for run in (first, second)]
        before, after = (Numerals("en").times(float(np.exp(one))) for one in odds)
        assert f"now {after} times as likely" in opening
        assert f"were {before} times as likely" in opening
        [advice] = found.followed[found.followed["watch"] == "departments.R&D.insularity"].to_dict("records")
        assert advice["outcome"] == "better"


def test_traffic_that_fell_says_nothing_of_the_two_way_share():
    """Where traffic halves, single messages fall out of exchanges: ten of ten such pairs were told that it changed."""
    first, second = summaries()
    for rows, compared in ((1.0, True), (0.85, True), (0.79, False)):
        second["inputs"]["rows_used"] = round(rows * first["inputs"]["rows_used"])
        told = row(of_summaries(first, second), "two_way_share", "")
        assert (told["reason"] == "") == compared
        assert told["reason"] in ("", "traffic")
        assert ("traffic" in keys(of_summaries(first, second))) != compared


@pytest.mark.long
def test_nothing_changed_where_nothing_did():
    first, second = halves()
    for found in (first.compare(second), of_summaries(first.summary(), second.summary())):
        assert found.verdict == "unchanged"
        assert found.changed.empty
        assert found.tested > 40


@pytest.mark.long
@pytest.mark.parametrize("changes", [{}, OPENED], ids=["nothing", "a silo opened"])
def test_both_ways_agree_on_what_both_can_tell(changes):
    first, second = halves(**changes)
    known, alone = first.compare(second), of_summaries(first.summary(), second.summary())
    order = ["measure", "department", "other"]
    one, other = (found.table.sort_values(order, ignore_index=True) for found in (known, alone))
    same = [*order, "scale", "before", "after", "change", "change_low", "change_high", "reason"]
    pd.testing.assert_frame_equal(one[same], other[same])
    # The paired test may be more careful, and its own interval is narrower for most numbers.
    assert (one["p"].fillna(2) >= other["p"].fillna(2) - 1e-12).all()
    tested = one["paired_low"].notna()
    assert tested.sum() > 40
    narrower = (one["paired_high"] - one["paired_low"])[tested] < (one["change_high"] - one["change_low"])[tested]
    assert narrower.mean() > 0.8
    assert known.connector == alone.connector
    pd.testing.assert_frame_equal(
        known.verdicts[["kind", "department", "before", "after"]],
        alone.verdicts[["kind", "department", "before", "after"]],
    )


def test_a_run_did_not_change_from_itself():
    first, _ = halves()
    for found in (first.compare(first), of_summaries(first.summary(), first.summary("fr"))):
        assert found.verdict == "unchanged"
        assert keys(found) == ["identical"]
        assert found.verdicts.empty
        assert len(found.sentences_in()) == 1
        assert (found.table["p"].dropna() == 1).all()
        assert found.connector.change in ("same", "open")


def test_order_matters_and_is_said():
    first, second = halves(**OPENED)
    back = of_summaries(second.summary(), first.summary())
    assert "order" in keys(back)
    assert row(back, "insularity", "R&D")["verdict"] == "rose"


# ---- two charts


@pytest.mark.long
def test_contacts_follow_the_chart_under_which_they_are():
    # In the second half people sit where a reorganisation on paper put them, and their contacts where they were.
    made = silos.simulate.organisation(
        people=240, departments=11, weeks=10, communities=0, paper_reorganisation=5, moved=40, seed=3
    )
    log, roster = made.interactions, made.roster
    before = roster.drop_duplicates("person").drop(columns=["effective_from", "effective_to"])
    after = roster.drop_duplicates("person", keep="last").drop(columns=["effective_from", "effective_to"])
    old, new = (silos.analyze(log, chart, bootstrap=100) for chart in (before, after))
    found = old.compare(new)
    assert (found.charts.verdict, found.charts.people, found.charts.moved) == ("first", 240, 40)
    first, second = found.charts.modularity
    assert first > second
    assert found.charts.change.high < 0
    # The modularity of each chart is that of its own analysis: they are the same ties.
    for value, analysis in zip(found.charts.modularity, (old, new), strict=True):
        assert value == pytest.approx(analysis.estimates["modularity"].value)
    assert found.charts.ami[0] > found.charts.ami[1]
    back = new.compare(old)
    assert back.charts.verdict == "second"
    alone = of_summaries(old.summary(), new.summary())
    assert alone.charts.modularity == pytest.approx(found.charts.modularity)
    assert alone.charts.verdict in ("first", "alike")


def test_without_another_chart_nothing_is_said_of_charts():
    first, second = halves()
    assert (first.compare(second).charts.verdict, first.compare(second).charts.reason) == ("cannot say", "same")
    assert of_summaries(first.summary(), second.summary()).charts.reason == "persons"


# ---- what cannot be told


def changed(summary: dict[str, Any], section: str, **values: Any) -> dict[str, Any]:
    return summary | {section: summary[section] | values}


@pytest.mark.parametrize(
    ("section", "values", "key"),
    [
        ("parameters", {"by": "location"}, "by"),
        ("parameters", {"max_recipients": 5}, "option"),
        ("parameters", {"bootstrap": 20}, "replicates"),
        ("inputs", {"evidence": "volume"}, "evidence"),
        ("inputs", {"layers": ["chat"]}, "layers"),
        ("inputs", {"published": True}, "published"),
        ("inputs", {"last": "2025-12-31T00:00:00"}, "length"),
        ("inputs", {"first": None, "last": None}, "undated"),
        ("inputs", {"first": "2025-03-01T00:00:00"}, "overlap"),
    ],
)
def test_different_settings_are_named(section, values, key):
    first, second = summaries()
    assert key not in keys(of_summaries(first, second))
    found = of_summaries(first, changed(second, section, **values))
    assert key in keys(found)
    assert len(found.limits_in("fr")) == len(found.limits)


def test_other_units_leave_the_organisation_to_compare():
    first, second = summaries()
    found = of_summaries(first, changed(second, "parameters", by="location"))
    assert set(found.table["department"]) == {""}
    assert len(found.table) == 5


@pytest.mark.parametrize("language", ["en", "fr", "de"])
def test_nothing_is_said_of_units_that_the_other_run_cannot_have(language):
    first, second = summaries()
    first = with_connector(first, "clear", "IT", IT=0.96)
    first["recommendations"] = [{"id": "silo", "sentence": "Open it.", "watch": "departments.IT.insularity"}]
    second = with_connector(changed(second, "parameters", by="location"), "none", None, Oslo=0.4)
    for one in second["departments"]:
        if one["department"] != "IT":
            one["department"] += " (town)"
    found = of_summaries(first, second)
    assert (found.connector.change, found.connector.reason) == ("cannot say", "units")
    assert found.to_dict()["connector"]["reason"] == "units"
    assert found.verdicts.empty
    assert found.followed["outcome"].tolist() == ["cannot say"], "a unit of the same name is another one"
    said = " ".join(found.sentences_in(language))
    assert phrases(language)["comparison"]["connector_unsaid_units"] in said
    assert "IT" not in said, "neither as the connector, nor as renamed or closed"
    assert "(town)" not in said


def test_the_effective_resistance_is_not_compared_of_other_numbers_of_departments():
    first, second = summaries()
    first["recommendations"] = [
        {"id": "join", "sentence": "Join them.", "watch": "organisation.effective_resistance"},
    ]
    second = changed(second, "organisation", departments=first["organisation"]["departments"] + 1)
    second["organisation"]["effective_resistance"] = {"value": 1.0, "low": 0.9, "high": 1.1}
    found = of_summaries(first, second)
    unsaid = row(found, "effective_resistance")
    assert (unsaid["verdict"], unsaid["reason"], np.isnan(unsaid["p"])) == ("cannot say", "departments", True)
    assert found.followed["outcome"].tolist() == ["cannot say"], "nor is it said that what was advised came to anything"


def test_ties_are_not_compared_where_traffic_differs_too_much():
    first, second = summaries()
    rows = int(first["inputs"]["rows_used"] / MOST_TRAFFIC / 1.1)
    found = of_summaries(first, changed(second, "inputs", rows_used=rows))
    assert "traffic_too_far" in keys(found)
    unsaid = set(found.table.loc[found.table["reason"] == "traffic", "measure"])
    assert unsaid == {*OF_TIES, "two_way_share"}
    assert found.table.loc[found.table["measure"] == "cross_department_share", "p"].notna().all()


def test_published_figures_are_compared_as_far_as_they_go():
    first, second = summaries()
    second = changed(second, "inputs", published=True)
    for pair in second["pairs"]:
        pair |= {"ratio": {"value": None, "low": None, "high": None}, "ties": None, "suppressed": ["ratio", "ties"]}
    for department in second["departments"]:
        department |= {"people": None, "suppressed": ["people"]}
    second["departments"][0]["insularity"] = None
    second["organisation"]["ei_index"] = {"value": 0.1}
    found = of_summaries(first, second)
    pairs = found.table[found.table["measure"] == "ratio"]
    assert set(pairs["reason"]) == {"missing"}
    assert row(found, "ei_index")["reason"] == "interval"
    assert row(found, "insularity", second["departments"][0]["department"])["reason"] == "missing"
    json.dumps(found.to_dict(), allow_nan=False)
    assert found.drawing() is not None


def test_departments_that_only_one_run_has_are_named_and_not_compared():
    first, second = summaries()
    for one in second["departments"]:
        one["department"] = one["department"].replace("Finance", "Finance and Tax")
    for pair in second["pairs"]:
        pair |= {end: pair[end].replace("Finance", "Finance and Tax") for end in ("a", "b")}
    found = of_summaries(first, second)
    assert found.unmatched == (("Finance",), ("Finance and Tax",))
    assert not {"Finance", "Finance and Tax"} & {*found.table["department"], *found.table["other"]}
    told = " ".join(found.sentences_in())
    assert "Only in the first run, and so not compared: Finance." in told


@pytest.mark.long
def test_departments_are_compared_however_a_run_spells_them():
    made = silos.simulate.organisation(people=240, departments=11, weeks=20, communities=0, seed=2, silo_strength=0.2)
    otherwise = made.roster.assign(department=made.roster["department"].str.upper())
    first, plain = halves()
    second = silos.analyze(made.interactions, otherwise, since=HALF, bootstrap=100)
    wanted, found = first.compare(plain), first.compare(second)
    assert found.unmatched == ((), ())
    assert (found.charts.reason, found.charts.moved) == (wanted.charts.reason, wanted.charts.moved), "nobody moved"
    keyed = ["measure", "department", "other"]
    for one, other in (
        (found, wanted), (found.published(), wanted.published()),
        (of_summaries(first.summary(), second.summary()), of_summaries(first.summary(), plain.summary())),
    ):  # fmt: skip
        given, expected = (run.table.sort_values(keyed, ignore_index=True) for run in (one, other))
        pd.testing.assert_frame_equal(given[[*keyed, "before", "after"]], expected[[*keyed, "before", "after"]])
        assert given["paired_low"].notna().tolist() == expected["paired_low"].notna().tolist()
        assert one.connector.department_after == other.connector.department_after
        assert one.followed["after"].notna().tolist() == other.followed["after"].notna().tolist()


def test_small_departments_put_together_have_no_verdict_and_are_not_compared():
    first, second = summaries()
    for run in (first, second):
        run["departments"][-1]["verdict"] = None
    name = first["departments"][-1]["department"]
    second["departments"] = [
        one | {"verdict": None if one["department"] == name else one["verdict"]} for one in second["departments"]
    ]
    found = of_summaries(first, second)
    assert name not in {*found.table["department"], *found.table["other"]}


def test_people_that_are_nobody_in_the_other_run_are_compared_by_results():
    first, _ = halves()
    made = silos.simulate.organisation(people=240, departments=11, weeks=10, communities=0, seed=8)
    renamed = {name: f"q{name}" for name in made.roster["person"]}
    roster = made.roster.assign(person=made.roster["person"].map(renamed), aliases=None, manager=None)
    log = made.interactions
    log = log[log["sender"].isin(renamed) & log["recipient"].isin(renamed)]
    log = log.assign(sender=log["sender"].map(renamed), recipient=log["recipient"].map(renamed))
    other = silos.analyze(log, roster, bootstrap=100)
    found = first.compare(other)
    assert (found.in_both, found.paired) == (0, False)
    assert "nobody" in keys(found)


def test_runs_of_persons_and_of_groups_are_not_compared():
    first, second = summaries()
    with pytest.raises(SilosError, match="persons and the other of groups"):
        of_summaries(first, changed(second, "inputs", level="department"))


def with_connector(summary: dict[str, Any], verdict: str, department: str | None, **first: float) -> dict[str, Any]:
    candidates = [{"department": name, "probability_first": share} for name, share in first.items()]
    return changed(summary, "connector", verdict=verdict, department=department, candidates=candidates)


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        (("clear", "IT", 0.96), ("clear", "IT", 0.93), "same"),
        (("clear", "IT", 0.96), ("clear", "HR", 0.02), "other"),
        (("clear", "IT", 0.96), ("tied", "IT", 0.85), "weaker"),
        (("clear", "IT", 0.96), ("tied", "HR", 0.20), "lost"),
        (("tied", "IT", 0.70), ("clear", "IT", 0.99), "stronger"),
        (("none", None, 0.10), ("clear", "IT", 0.99), "found"),
        (("none", None, 0.10), ("tied", "HR", 0.30), "open"),
        (("clear", "IT", 0.96), ("cannot say", None, 0.30), "cannot say"),
    ],
)
def test_what_became_of_the_connector(before, after, change):
    first, second = summaries()
    found = of_summaries(
        with_connector(first, *before[:2], IT=before[2]), with_connector(second, *after[:2], IT=after[2])
    )
    assert found.connector.change == change
    for language in ("en", "fr"):
        told = " ".join(found.sentences_in(language))
        assert ("cannot say" in change) or "IT" in told or change == "open"


@pytest.mark.parametrize("turned", [False, True])
def test_a_connector_that_the_other_run_does_not_have_is_not_compared(turned):
    first, second = summaries()
    runs = with_connector(first, "clear", "IT", IT=0.96), with_connector(second, "none", None, Law=0.3)
    found = of_summaries(*(runs[::-1] if turned else runs))
    assert (found.connector.change, found.connector.reason) == ("cannot say", "missing")
    [said] = [sentence for sentence in found.sentences_in("en") if "connector" in sentence]
    assert said.startswith("IT clearly is the connector in one run alone")


@pytest.mark.parametrize("language", ["en", "fr", "de"])
def test_two_connectors_of_which_neither_run_knows_the_other_are_no_change(language):
    first, second = summaries()
    found = of_summaries(
        with_connector(first, "clear", "IT", IT=0.96), with_connector(second, "clear", "Press", Press=0.97)
    )
    assert (found.connector.change, found.connector.reason) == ("cannot say", "missing")
    said = phrases(language)["comparison"]["connector_unsaid_missing_both"].format(before="IT", after="Press")
    assert said in found.sentences_in(language)


def test_a_connector_that_either_run_has_a_figure_for_has_changed():
    first, second = summaries()
    found = of_summaries(
        with_connector(first, "clear", "IT", IT=0.96, Press=0.01), with_connector(second, "clear", "Press", Press=0.97)
    )
    assert (found.connector.change, found.connector.reason) == ("other", "")


def test_advice_in_another_language_is_told_by_whom_it_is_about():
    first, second = summaries()
    advice = [
        {"id": "silo_open:R&D:Sales:IT", "watch": "organisation.effective_resistance",
         "sentence": "Bring R&D together with Sales and IT: about 90 new contacts in all."},
        {"id": "answers", "watch": "organisation.effective_resistance", "sentence": "Agree on answers. Soon."},
    ]  # fmt: skip
    first["recommendations"] = advice
    found = of_summaries(first, second)
    told = {language: " ".join(found.sentences_in(language)) for language in ("en", "fr", "de")}
    assert "“Bring R&D together with Sales and IT …”" in told["en"]
    for language, again in (
        ("fr", "«\u202fMettre R&D en relation avec Sales et IT …\u202f»"),
        ("de", "„R&D mit Sales und IT zusammenbringen …“"),
    ):
        assert again in told[language], "a step whose id names all that its beginning says is said again"
        assert "Bring" not in told[language]
        assert "Agree on answers …" in told[language], "it is about nobody: as it was said"


def test_advice_in_another_language_that_its_id_does_not_hold_is_no_quotation():
    first, second = summaries()
    first["recommendations"] = [
        {"id": "join:Legal:Sales:IT", "watch": "organisation.effective_resistance",
         "sentence": "Join Legal with Sales (today about 10) and IT with Sales (today about 5): about 12 contacts."},
    ]  # fmt: skip
    found = of_summaries(first, second)
    for language, about in (
        ("fr", "analyse\u202f: une action qui concerne Legal, Sales et IT. L’"),
        ("de", "Auswertung: ein Schritt, der Legal, Sales und IT betrifft. Die"),
    ):
        assert about in " ".join(found.sentences_in(language))


@pytest.mark.parametrize(
    ("language", "proof", "may_be"),
    [("en", "no proof", "true change"), ("fr", "ne prouve pas", "vrai changement"), ("de", "Beweis", "wahre Ver")],
)
def test_that_no_change_is_seen_is_no_proof_and_one_number_tells_what_may_hide(language, proof, may_be):
    first, second = halves()
    found = first.compare(second)
    assert found.verdict == "unchanged"
    none, hidden, *_ = found.sentences_in(language)
    assert proof in none
    assert may_be in hidden
    low, high = (row(found, "cross_department_share")[f"change_{end}"] for end in ("low", "high"))
    ends = [Numerals(language).decimal(100 * end) for end in (low, high)]
    assert all(end in hidden for end in ends)
    opened = of_summaries(*(run.summary() for run in halves(**OPENED)))
    assert not any(may_be in sentence for sentence in opened.sentences_in(language))


def test_advice_is_read_against_the_later_run():
    first, second = summaries()
    watch = {
        "silo": "departments.R&D.insularity", "wall": "pairs.Finance|Procurement.relative",
        "clear": "connector.Marketing.bind", "answers": "dialogue.reply_rate_across",
        "strange": "dialogue.something_new", "show": None,
    }  # fmt: skip
    first["recommendations"] = [{"id": key, "sentence": "Do it.", "watch": path} for key, path in watch.items()]
    second["dialogue"]["reply_rate_across"] = {"value": 0.99, "low": 0.98, "high": 0.995}
    comparison = of_summaries(first, second)
    found = comparison.followed.set_index("id")
    assert found["outcome"].to_dict() == {
        "silo": "unchanged", "wall": "untested", "clear": "untested", "answers": "better", "strange": "cannot say",
    }  # fmt: skip
    [pair] = [pair for pair in first["pairs"] if {pair["a"], pair["b"]} == {"Finance", "Procurement"}]
    assert found.loc["wall", "before"] == pytest.approx(pair["relative"])
    silo = row(comparison, "insularity", "R&D")
    assert found.loc["silo", ["change", "p"]].tolist() == pytest.approx(silo[["change", "p"]].tolist())


def test_every_number_that_advice_watches_has_a_direction():
    source = "".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "silos" / "analysis" / "findings").glob("*.py")
    )
    paths = re.findall(r'watch="([a-z_.]+)"|watch_\w+\([^()]*(?:\([^()]*\))?[^()]*, "(\w+)"\)', source)
    measures = {measure_of(one or other) for one, other in paths}
    assert {"insularity", "bind", "relative"} <= measures <= set(HOPED)


def test_a_comparison_is_a_result_and_names_nobody():
    first, second = halves(**OPENED)
    found = first.compare(second)
    assert isinstance(found, silos.Comparison)
    assert isinstance(found.table, pd.DataFrame)
    page, printed, content = found._repr_html_(), repr(found), json.dumps(found.to_dict("fr"), allow_nan=False)
    assert found.title in page
    for text in (page, printed, content):
        assert not re.search(r"p\d{4}@|example\.com", text)
    assert found.plot().get_title(loc="left") or found.plot().texts
    assert HALF not in printed

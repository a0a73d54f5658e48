"""The number to watch under a step: in the unit in which the step tells its effect, with the digits that are known."""

from dataclasses import replace

import numpy as np
import pytest

from silos.analysis.watched import watch_candidate, watch_department, watch_pair
from silos.report.html import sections
from silos.report.sections.connector import connector
from silos.report.sections.watching import watching
from silos.report.wording import Wording
from tests.support.results import MadeUp, calm, changed, organisation

#: Of each language, how the silo is told: its ratio, that of the median department.
SILO = {
    "en": "To watch next quarter, in Sales: its people are 33 times as likely today to be in contact with each other "
    "as with someone in another department (median of the departments that are no silos: 11)",
    "fr": "À suivre au prochain trimestre, pour Sales : ses membres ont aujourd’hui 33 fois autant de chances d’être "
    "en contact entre eux qu’avec quelqu’un d’un autre département (médiane des départements qui ne sont pas des "
    "silos : 11)",
    "de": "Im nächsten Quartal im Blick behalten, bei Sales: Kontakt untereinander ist dort heute 33-mal so "
    "wahrscheinlich wie Kontakt mit Personen anderer Abteilungen (Median der Abteilungen, die keine Silos sind: 11)",
}


@pytest.mark.parametrize("language", SILO)
def test_a_silo_is_watched_in_times_as_the_step_tells_it(language):
    results = organisation()
    odds = {f"{name}.insiders_odds": np.log(11) for name in results.departments.table.index}
    results = changed(results, "departments", {**odds, "Sales.insiders_odds": np.log(33), "Sales.verdict": "silo"})
    [found] = watching([watch_department("Sales", "insularity")], results, Wording(language))
    assert " ".join(found["text"].split()) == " ".join(SILO[language].split())
    assert found["at"] == "silos"


def test_walls_and_the_connector_are_watched_in_percent_without_more_digits_than_are_known():
    results = organisation()
    a, b = results.pairs.table[["a", "b"]].iloc[0]
    table = results.pairs.table.assign(relative=0.12)
    results = replace(results, pairs=replace(results.pairs, table=table))
    [wall] = watching([watch_pair(a, b, "relative")], results, Wording("en"))
    assert wall["text"].endswith(": “Contact, as a share of what is usual”, 12% today")
    results = changed(results, "connector", {"Sales.bind": 0.18})
    [bind] = watching([watch_candidate("Sales", "bind")], results, Wording("en"))
    assert bind["text"].endswith("”, 18% today")


def test_a_resistance_is_told_as_an_index_that_falls_and_with_the_digits_that_are_known():
    results = organisation()
    found = results.organisation.estimates
    estimates = {**found, "effective_resistance": replace(found["effective_resistance"], value=13.0)}
    results = replace(results, organisation=replace(results.organisation, estimates=estimates))
    [told] = watching(["organisation.effective_resistance"], results, Wording("en"))
    assert told["text"] == (
        "To watch next quarter: “What separates the departments (effective resistance)”, today 13 on a scale without a "
        "unit; the better the departments are connected, the lower it is"
    )


@pytest.mark.parametrize(("published", "written"), [(True, "15"), (False, "15.0")])
def test_people_who_hold_ties_are_whole_ones_where_they_are_in_steps(published, written):
    results = changed(calm(), "connector", {"Sales.effective_spanners": 15.0})
    words = Wording("en", published=published)
    [told] = watching([watch_candidate("Sales", "effective_spanners")], results, words)
    assert told["text"].endswith(f"”, {written} today")
    rows = connector(results, words)["rows"]
    assert next(row for row in rows if row["department"] == "Sales")["spanners"] == written


def test_of_ties_that_very_few_hold_it_is_watched_whether_that_is_still_said():
    """Fewer people than may be told of are no number, but the step itself says that they are very few."""
    rows = {"IT.effective_spanners": 1.2, "IT.effective_spanners_high": 1.9}
    exact = changed(calm(), "connector", rows)
    held_by = exact.connector.candidates[["effective_spanners", "effective_spanners_high"]]
    hidden = changed(exact, "connector", dict.fromkeys(rows, np.nan), held_by=held_by)
    for results, said in ((exact, "1.2"), (hidden, "very few")):
        steps = sections(MadeUp(results), Wording("en"))["monday"]
        [number] = [step["number"] for step in steps if "Contact of IT " in step["sentence"]]
        assert number["text"] == f"To watch next quarter, in IT: “People who carry its contacts”, {said} today"
        assert number["at"] == "connector"


class Counted:
    """Pairs that count how often their section of the summary is put together."""

    def __init__(self, pairs):
        self.pairs, self.times = pairs, 0

    def to_dict(self):
        self.times += 1
        return self.pairs.to_dict()


def test_a_section_is_put_together_once_for_all_the_numbers_in_it():
    results = organisation()
    counted = Counted(results.pairs)
    walls = [watch_pair(a, b, "relative") for a, b in results.pairs.table[["a", "b"]].iloc[:3].to_numpy()]
    told = watching([walls[0], None, *walls[1:]], replace(results, pairs=counted), Wording("en"))
    assert told[1] == {}
    assert [step["at"] for step in told if step] == ["pairs"] * 3
    assert counted.times == 1

"""What is left out of a report, on paper or everywhere, and that the page says so."""

import re
from dataclasses import replace
from importlib import resources

import numpy as np
import pandas as pd
import pytest

from silos.analysis.external import External
from silos.analysis.findings.exchange_rules import NAMED_NEVER
from silos.inference.estimate import Estimate
from silos.locales.phrases import phrases
from silos.report.html import FIRST_ON_PAPER, ROWS_ON_PAPER, render, sections
from silos.report.wording import Wording
from tests.support.helping import helped
from tests.support.results import NAMES, MadeUp, calm, organisation


def page_of(results, language="en"):
    return render(MadeUp(results), {}, language=language, generated="2025-06-30T10:00:00")


@pytest.mark.parametrize(("count", "cut"), [(ROWS_ON_PAPER - 1, False), (ROWS_ON_PAPER + 8, True)])
def test_the_page_says_as_many_rows_as_the_style_leaves_on_paper(count, cut):
    style = resources.files("silos.report").joinpath("report.css").read_text(encoding="utf-8")
    assert f".long tbody tr:nth-child(n+{FIRST_ON_PAPER + 1}) {{ display: none; }}" in style
    page = page_of(organisation(count))
    # A row for the small departments put together stands last.
    note = phrases("en")["report"]["paper_rows"].format(
        count=FIRST_ON_PAPER, all=count + 1, table="tables/departments.csv"
    )
    assert (note in page) == cut
    silos = page[page.index('<section id="silos">') :]
    assert re.search(r"<table( class=\"long\")?>", silos).group(1) == (' class="long"' if cut else None)


def outside(never, others=1):
    """Results of which so many departments hardly deal with outsiders."""
    names = [f"Department {at:02d}" for at in range(never + others)]
    verdicts = ["typical"] * others + ["never"] * never
    table = pd.DataFrame(
        {"people": 20, "people_outside": 10, "outside_share": 0.5, "outside_share_low": 0.4, "outside_share_high": 0.6,
         "outsiders": 20, "outsiders_per_head": 1.0, "verdict": verdicts, "suppressed": ""},
        index=pd.Index(names, name="department"),
    )  # fmt: skip
    table.loc[table["verdict"] == "never", ["outside_share", "outside_share_low", "outside_share_high"]] = np.nan
    return replace(calm(), external=External(table=table, share=Estimate(0.1), outsiders=5, unknown=""))


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Few people or none deal with outsiders in 9 of 10 departments."),
        ("fr", "Peu de personnes, voire aucune, sont en relation avec des externes dans 9 départements sur 10."),
        ("de", "In 9 von 10 Abteilungen hat kaum jemand"),
    ],
)
def test_departments_of_which_nothing_is_told_are_counted_not_listed(language, said):
    results = outside(NAMED_NEVER + 1)
    told = sections(MadeUp(results), Wording(language))["external"]
    assert told["never"].startswith(said)
    assert [row["department"] for row in told["rows"]] == ["Department 00"]
    assert len(told["further"]) == NAMED_NEVER + 1
    page = page_of(results, language)
    section = page[page.index('<section id="external">') :]
    folded = section[section.index("<details>") : section.index("</details>")]
    assert folded.count('<th scope="row">') == NAMED_NEVER + 1
    assert section[: section.index("<details>")].count('<th scope="row">') == 1


def test_a_few_of_them_are_named():
    told = sections(MadeUp(outside(2)), Wording("en"))["external"]
    assert told["never"] == "Few people or none deal with outsiders in: Department 01 and Department 02."


@pytest.mark.parametrize(("language", "said"), [("en", "contacts"), ("fr", "contacts"), ("de", "Kontakte")])
def test_a_door_whose_share_is_kept_back_is_told_without_it(language, said):
    found = helped(NAMES, "Legal", desk="Mail room")
    doors = replace(found.doors, table=found.doors.table.assign(share=np.nan))
    told = sections(MadeUp(replace(calm(), what_would_help=replace(found, doors=doors))), Wording(language))
    rows = {row["department"]: row["first"] for row in told["help"]["rows"]}
    assert rows["Legal"] == f"Finance (10 {said})"

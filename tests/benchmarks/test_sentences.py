"""Every sentence has an oracle that recomputes it from the raw log and knows nothing of the package's verdicts.

A few organisations of the battery are run here; `python benchmarks/sentences.py` runs all of them.
"""

import ast
import json
import sys
from collections import Counter

import pytest

from tests.support.places import DOCS, ROOT

sys.path.insert(0, str(ROOT / "benchmarks"))

from sentences_battery import page, printed, running
from sentences_battery.oracle import ORACLES, Case
from sentences_battery.printed import Said
from sentences_battery.weaving import BUILDERS

#: These guard what measures the package, not what it is.
pytestmark = pytest.mark.long

FOLDER = ROOT / "benchmarks" / "sentences_battery"
#: The modules that decide what is true. The others make organisations and run the package.
DECIDING = (
    *("printed", "rawlog", "turns", "facts", "exchange_facts", "oracle"),
    *(path.stem for path in FOLDER.glob("on_*.py")),
)
#: A few organisations, each done in about a second.
SMALL = (
    *(("sealed", 0), ("three_departments", 1), ("symmetric", 1), ("tiny", 0), ("groups", 1), ("deaf", 1)),
    *(("strangers", 1), ("contacts", 1), ("survey", 1), ("small", 4)),
)
#: Of these, those whose sentences take seconds to falsify.
HEAVY = ("sealed", "deaf")
#: Phrases of the report that are sentences, but say nothing of an organisation: what a figure shows, how it is made.
EXPLAINED = (
    *("_caption", "_aria", "_note", "_intro", "_title", "_value", "_label", "_link", "_everybody"),
    *("how_", "looked_", "column_", "generated", "pairs_more", "paper_rows"),
)
#: Sentences without a number or a name that are true of every organisation there is.
ALWAYS = {"limits.causal", "limits.performance", "limits.exact", "recommendations.show", "recommendations.groups"}


@pytest.fixture(scope="module", name="cases")
def analysed_cases() -> dict[str, Case]:
    cases = {}
    for kind, seed in SMALL:
        made = BUILDERS[kind](seed)
        cases[kind] = running.case_of(made, running.collected(running.analysed(made)))
    return cases


# ---- the oracles


def test_every_kind_of_sentence_has_an_oracle():
    assert set(ORACLES) == set(printed.kinds())


def test_every_sentence_of_the_report_is_a_lead_or_explained():
    """A new phrase of the page is either said of an organisation, and needs an oracle, or explains the page."""
    texts = printed.phrases()["report"]
    explained = {key for key in texts if any(part in key for part in EXPLAINED)}
    sentences = {key for key, text in texts.items() if text.endswith(".")}
    assert sentences - explained - printed.LEADS == set()


@pytest.mark.parametrize("module", DECIDING)
def test_an_oracle_knows_nothing_of_the_package(module):
    tree = ast.parse((FOLDER / f"{module}.py").read_text(encoding="utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert not [name for name in names if name.split(".")[0] == "silos"]
    within = {name.split(".")[1] for name in names if name.startswith("sentences_battery.")}
    assert within <= set(DECIDING), "what it imports decides too"


# ---- what is said is so


@pytest.mark.parametrize(("kind", "seed"), SMALL, ids=[kind for kind, _ in SMALL])
def test_what_is_said_of_an_organisation_is_true(cases, kind, seed):
    case = cases[kind]
    assert len(case.said) > 5
    false = [(said.text, one.text) for said in case.said for one in running.complaints(said, case)]
    assert false == []


@pytest.mark.parametrize("kind", [kind for kind, _ in SMALL])
def test_what_must_be_said_is_said(cases, kind):
    owed = running.owed(cases[kind])
    assert [(name, what) for name, what, told in owed if not told] == []
    assert owed


@pytest.mark.parametrize(
    "kind", [pytest.param(kind, marks=pytest.mark.long) if kind in HEAVY else kind for kind, _ in SMALL]
)
def test_a_falsified_sentence_is_rejected(cases, kind):
    """Each number is made another, each name that of another department: nobody may believe it."""
    case = cases[kind]
    believed = []
    for said in case.said:
        for field in set(said.values) - ORACLES[said.kind].free:
            wrong = printed.falsified(said, field, case.names)
            believed += [(one.kind, field, one[field]) for one in wrong if not running.complaints(one, case)]
    assert believed == []


@pytest.mark.parametrize("kind", sorted(printed.kinds()))
def test_nonsense_is_rejected(cases, kind):
    """Values that are true nowhere; and what has no values is false somewhere, unless it says nothing of the log."""
    section, _, key = kind.partition(".")
    fields = printed.pattern(printed.phrases()[section][key]).groupindex
    said = Said(kind, dict.fromkeys(fields, "987,654"), "")
    judged = [bool(running.complaints(said, case)) for case in cases.values()]
    if fields:
        assert all(judged)
    else:
        assert any(judged) or kind in ALWAYS


def test_sentences_are_read_as_they_are_written(cases):
    for case in cases.values():
        for said in case.said:
            assert printed.written(said) == said.text


def test_sentences_that_stand_behind_each_other_are_told_apart():
    texts = printed.phrases()["report"]
    values = dict.fromkeys(("pairs", "walls", "bridges", "probable", "count", "a", "b", "ties", "expected"), "3")
    whole = " ".join(texts[key].format(**values) for key in ("pairs_intro", "pairs_probable", "pairs_unsaid"))
    kinds = [said.kind for said in running.split("report", whole, printed.LEADS)]
    assert kinds == ["report.pairs_intro", "report.pairs_probable", "report.pairs_unsaid"]


def test_every_organisation_of_the_battery_can_be_made():
    assert len(BUILDERS) >= 40
    assert Counter(kind for kind, _ in SMALL).most_common(1)[0][1] == 1
    assert {kind for kind, _ in SMALL} <= set(BUILDERS)


# ---- the page


def test_a_record_of_what_is_wrong_is_in_the_page():
    owed = [("findings.silo", "R&D", False), ("findings.silo", "IT", True)]
    false = [
        ("findings.silo", "planted", "IT was not planted as a silo", "IT is a silo."),
        ("findings.silo", "measured", "times is 9, not 4", "IT is a silo."),
    ]
    verdicts = {
        "silos": {"R&D": "typical"},
        "plain": {"IT": "silo"},
        "connector": "clear",
        "right": True,
        "no silo": False,
    }
    record = running.Record("large", 1, "", {"findings.silo": 2}, false, owed, verdicts)
    told = page.page(page.summarised([record]))
    assert "| `findings.silo` | 2 | 1 | 1: 50 % | 1: 50 % | 2 | 1: 50 % |" in told
    assert "| `findings.silo (planted)` | large 1 | IT was not planted as a silo | IT is a silo. |" in told
    assert "Of 2 sentences 1 misstate" in " ".join(told.split())
    refused = running.Record("tiny", 1, "nothing to compare", {}, [], [], {})
    assert page.summarised([record, refused])["refused"] == 1


def test_the_page_is_made_from_its_figures():
    kept = json.loads((DOCS / "sentences.json").read_text(encoding="utf-8"))
    assert (DOCS / "sentences.md").read_text(encoding="utf-8") == page.page(kept)
    assert sum(row["said"] for row in kept["sentences"]) > 0


def test_no_pairs_are_advised_where_the_interval_of_what_they_gain_does_not_hold_it():
    # in so thin a log replicates lack so many ties that new ones would gain more in nearly all of them
    found = running.analysed(BUILDERS["sample_hundredth"](3_000)).what_would_help
    thin = [part for part in (found.joining, found.beside) if part.gain.value is not None and not part.gain.held]
    assert [part.verdict for part in thin] == ["cannot say"] * len(thin)
    assert thin

"""Every number that the report prints is one of summary.json or of the tables, after rounding.

What the numbers themselves are worth is asked elsewhere (the sentences of the report have oracles that recompute them
from the log, see tests/benchmarks/test_sentences.py): here it is that a page, a slide and a table say the same.
"""

import re
from collections import Counter
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

import silos
from silos.plots.drawing import NARROWED
from tests.support.places import SAMPLE
from tests.support.printed_numbers import Fact, Facts, Printed, numbers, printed
from tests.support.slides import texts_of

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")

ROLES = ("coordinator", "gatekeeper", "representative", "itinerant", "liaison")
#: Section -> heading of a column -> the columns of tables, or keys of the summary, of which its cells are.
CELLS = {
    "monday": {
        "help_column_outside": r"doors\.outside",
        **dict.fromkeys(("help_column_first", "help_column_second"), r"doors\.(share|ties)"),
        "help_column_depends": r"what_if\.losses\.depends\.(people|of|share)",
        "help_column_loss": r"what_if\.losses\.departments\.loss\.(value|low|high)",
    },
    "silos": {
        "column_people": r"departments\.people",
        "column_likelier": r"departments\.insiders_odds(_low|_high)?",
        "column_insularity": r"departments\.insularity(_low|_high)?",
        "column_external": r"departments\.external_share",
        "column_reach": r"departments\.reach",
        **{role: rf"departments\.{role}" for role in ROLES},
        "gatekeeper_or_representative": r"departments\.gatekeeper",
    },
    "pairs": {
        "column_ties": r"pairs\.ties",
        "column_expected_ties": r"pairs\.expected_ties",
        "column_missing": r"pairs\.missing",
        "column_additional": r"pairs\.additional",
        "column_q": r"pairs\.q",
    },
    "connector": {
        "column_first": r"connectors\.probability_first",
        "column_score": r"connectors\.score",
        "column_bind": r"connectors\.bind",
        "column_reach_evidence": r"connectors\.reach",
        "column_substantive": r"connectors\.substantive_share",
        "column_spanners": r"connectors\.effective_spanners",
    },
    "organisation": {
        "column_value": r"organisation\.\w+(\.value)?",
        "column_interval": r"organisation\.\w+\.(low|high)",
        "column_chance": r"organisation\.\w+\.null_mean",
        "column_p": r"organisation\.\w+\.p",
    },
    "communities": {
        "column_members": r"communities\.members",
        "column_sponsor": r"communities\.sponsor_posts",
        "column_mix": r"communities\.departments",
        "column_community_loss": r"what_if\.losses\.communities\.loss\.(value|low|high)",
        "column_elsewhere": r"communities\.shared",
        "column_q": r"communities\.q",
        "column_value": r"communities\.tools\.\w+\.value",
        "column_chance": r"communities\.(shared_expected|tools\.\w+\.null_mean)",
        "column_p": r"communities\.tools\.\w+\.p",
    },
    "dialogue": {
        "column_asked": r"dialogue_departments\.asked",
        "column_replies": r"dialogue_departments\.reply_rate_across(_low|_high)?",
        "column_replies_within": r"dialogue_departments\.reply_rate_within",
        "column_half": r"dialogue_departments\.answer_hours",
        "column_answered": r"dialogue_departments\.answered_rate",
        "column_sustained": r"dialogue_departments\.sustained_share",
        "column_broadcast": r"dialogue_departments\.broadcast_share",
    },
    "leadership": {
        "column_value": r"leadership\.\w+\.value",
        "column_interval": r"leadership\.\w+\.(low|high)",
        "column_chance": r"leadership\.\w+\.null_mean",
        "column_p": r"leadership\.\w+\.p",
    },
    "external": {
        "column_people": r"external\.people",
        "column_people_outside": r"external\.people_outside",
        "column_outside_share": r"external\.outside_share(_low|_high)?",
        "column_outsiders": r"external\.outsiders",
        "column_outsiders_head": r"external\.outsiders_per_head",
    },
    "events": {
        "column_before": r"events\.\w+\.before",
        "column_after": r"events\.\w+\.after",
        "column_change": r"events\.\w+\.change(_low|_high)?",
        "column_weeks_interval": r"events\.\w+\.weeks_(low|high)",
        "column_placebo": r"events\.\w+\.p",
    },
    "responsiveness": {
        "column_people_moved": r"responsiveness\.movers",
        "column_old": r"responsiveness\.old(_low|_high)?",
        "column_new": r"responsiveness\.new(_low|_high)?",
        "column_others": r"responsiveness\.others_(old|new)",
    },
    "trend": {
        "column_active": r"windows\.people",
        "column_messages": r"windows\.messages",
        "column_ties": r"windows\.ties",
        **{f"column_{name}": rf"windows\.{name}" for name in ("joiners", "leavers", "movers")},
        "column_walls": r"windows\.walls",
        "column_first": r"windows\.probability_first",
        "column_stability": r"windows\.stability",
        "column_value": r"trend\.\w+\.value",
        "column_interval": r"trend\.\w+\.(low|high)",
        "column_before": r"trend\.\w+\.before",
        "column_after": r"trend\.\w+\.after",
        "column_change": r"trend\.\w+\.change(_low|_high)?",
        "column_q": r"trend\.\w+\.change_q",
    },
}
#: Figures that have another form for phones.
NARROW = {name.replace("_", "-") for name in NARROWED}
#: Figure -> the columns that its texts are of, and how often each stands there: a matrix holds each pair twice.
FIGURES = {
    "department-graph": {r"departments\.people": 1},
    "insularity-forest": {r"departments\.people": 1},
    "mixing-heatmap": {r"pairs\.relative": 2},
    "connector-ranking": {r"connectors\.probability_first": 1},
    "communities-heatmap": {r"community_shares\.share": 1},
    "community-map": {r"communities\.(shared|members)": 1, r"community_shares\.share": 1},
    "reply-matrix": {r"dialogue\.reply_rate": 1},
}
#: Section -> the columns and keys of which numbers in its sentences are; of departments and communities that it names.
SENTENCES = {
    "header": (r"organisation\.(departments|departments_shown)", r"inputs\.people"),
    "answer": (
        *(r"departments\.insiders_odds(_low|_high)?", r"departments\.count(\.(judged|silo))?"),
        *(r"organisation\.departments", r"usual\.(insiders_odds|bind)", r"connectors\.(bind|probability_first)"),
        *(r"recommendations\.(told|each)", r"what_if\.plans\.insiders_odds_after\.value", r"parameters\.bootstrap"),
        *(r"pairs\.(ties|expected_ties)", r"pairs\.count\.wall"),
        r"what_if\.(doors\.(ties|outside)|joining_beside\.(gain(_at_random)?\.value|pairs\.ties))",
    ),
    "findings": (
        *(r"departments\.(insiders_odds(_low|_high)?|people|count(\.\w+)?)", r"usual\.\w+", r"findings\.further"),
        r"connectors\.(bind|reach|probability_first|substantive_share|ties)",
        *(r"pairs\.(ties|expected_ties|relative|count(\.\w+)?)", r"communities\.(members|shared|count(\.\w[\w .]*)?)"),
        r"what_if\.losses\.communities\.loss\.(value|low|high)",
        r"communities\.tools\.(verdicts\.\w[\w .]*|disjoint_pairs\.\w+|sponsors\.bridges)",
        *(r"organisation\.(ei_index|department_community_ami)\.\w+", r"dialogue\.(reply_rate|answer_hours)\w*\.\w+"),
        r"leadership\.layers\.(online_who_meet|lift)\.\w+",
    ),
    "monday": (
        *(r"recommendations\.(told|each)", r"departments\.(insiders_odds|insularity)", r"usual\.insiders_odds"),
        *(r"pairs\.(ties|relative)", r"connectors\.(bind|probability_first|effective_spanners)"),
        r"external\.share\.value",
        *(r"organisation\.effective_resistance\.value", r"communities\.tools\.disjoint_pairs\.value"),
        r"what_if\.(doors\.(ties|outside)|plans\.insiders_odds_after\.\w+|joining_beside\.(gain\w*\.\w+|pairs\.ties))",
        r"what_if\.(involve\.(agreement|departments\.gain)|losses\.departments\.(loss\.\w+|next_bind))",
        *(r"dialogue\.(reply_rate|answer_hours)\w*\.value", r"leadership\.\w+\.(value|null_mean)"),
    ),
    "silos": (r"departments\.count\.(silo|judged)", r"organisation\.departments_shown"),
    "pairs": (r"pairs\.count(\.\w[\w ]*)?", r"pairs\.(ties|expected_ties)", r"organisation\.departments_shown"),
    "connector": (
        *(r"connectors\.(probability_first|effective_spanners)", r"connector\.binds\.loss", r"departments\.people"),
        *(r"connector\.stability\.settings\[\]", r"connector\.stability\.stays"),
    ),
    "organisation": (r"organisation\.\w+(\.\w+)?", r"communities\.detected\[\]"),
    "communities": (
        *(r"communities\.tools\.(people|everybody|hidden|active)", r"communities\.tools\.verdicts\.\w[\w .]*"),
        *(r"communities\.count", r"communities\.tools\.sponsors\.bridges", r"communities\.more"),
    ),
    "dialogue": (r"dialogue\.\w+\.\w+", r"parameters\.min_department"),
    "leadership": (r"leadership\.(leaders|layers\.\w+\.\w+|\w+\.\w+)",),
    "external": (r"external\.(share\.\w+|outsiders|count(\.\w[\w ]*)?)",),
    "limits": (r"validated\.\w+", r"parameters\.\w+", r"inputs\.\w+", r"departments\.count\.\w[\w ]*"),
    "how": (r"parameters\.(bootstrap|seed)",),
    "looked": (r"inputs\.\w+(\.[\w ']+)?", r"parameters\.\w+"),
    "events": (r"events\.\w+\.(weeks|people)",),
    "trend": (r"trend\.windows",),
    "responsiveness": (r"responsiveness\.(movers|others)",),
}

#: Of numbers that are one off in the last digit, the share that must be noticed: the rest stand beside such a number.
NOTICED = {"cell": 0.93, "card": 0.85, "figure": 0.7, "sentence": 0.65}
#: What the sample is analysed with.
ASKED: dict[str, dict[str, Any]] = {
    "published": {"window": "month", "events": {"2025-02-15": "Merger"}},
    "exact": {},
    "sites": {"by": "location"},
}


@pytest.fixture(
    scope="module",
    params=[pytest.param(name, marks=[] if name == "published" else pytest.mark.long) for name in ASKED],
)
def written(request, tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("run") / "out"
    logs = [SAMPLE / "interactions.csv", SAMPLE / "affiliations.csv"]
    analysis = silos.analyze(logs, SAMPLE / "roster.csv", bootstrap=60, **ASKED[request.param])
    analysis.report(exact=request.param == "exact", figures_as=(), deck=find_spec("pptx") is not None).write(out)
    return out


def test_every_number_of_the_page_is_in_the_tables_or_the_summary(written: Path) -> None:
    page, facts = (written / "report.html").read_text("utf-8"), Facts(written)
    found = printed(page, facts)
    assert Counter(one.kind for one in found).keys() == NOTICED.keys()
    assert {one.place for one in found if one.kind == "figure"} <= FIGURES.keys()
    assert [(one.section, one.place, one.text, one.around) for one in unmatched(found, facts)] == []


@pytest.mark.long
def test_a_falsified_number_is_noticed(written: Path) -> None:
    page, facts = (written / "report.html").read_text("utf-8"), Facts(written)
    if facts.summary["parameters"]["by"] != "department":
        pytest.skip("so few sites have so few numbers that many are alike")
    found = printed(page, facts)
    tried: Counter[str] = Counter()
    noticed: Counter[str] = Counter()
    for kind in NOTICED:
        there = [one for one in found if one.kind == kind]
        # Numbers of sentences are few and unlike: all are tried. Of 40 cells one more or less would decide.
        for one in there[:: 1 if kind == "sentence" else max(len(there) // 200, 1)]:
            false = replace(one, text=re.sub(r"\d(?=\D*$)", lambda digit: str((int(digit[0]) + 1) % 10), one.text))
            others = [other for other in there if other.place == one.place and other is not one]
            tried[kind] += 1
            noticed[kind] += bool(unmatched([false, *others] if kind == "figure" else [false], facts))
    assert {kind for kind in tried if noticed[kind] / tried[kind] < NOTICED[kind]} == set()


def test_every_number_of_the_slides_is_on_the_page(written: Path) -> None:
    pptx = pytest.importorskip("pptx", reason="needs the extra deck")
    facts = Facts(written)
    page = printed((written / "report.html").read_text("utf-8"), facts)
    there = {one.text for one in page}
    texts = [text for slide in pptx.Presentation(written / "report.pptx").slides for text in texts_of(slide.shapes)]
    assert len(texts) > 40
    for text in texts:
        # A name may be broken into lines, or cut; steps are numbered.
        if not any(text.strip("…") in name for name in facts.names) and not re.fullmatch(r"\d\. ", text):
            assert set(numbers(text, facts.named(text), facts.days, facts.speech)) <= there, text


def unmatched(found: list[Printed], facts: Facts) -> list[Printed]:
    """The numbers of a page that nothing written beside it is."""
    wrong = [one for one in found if one.kind != "figure" and not any(_may_be(one, fact, facts) for fact in facts.all)]
    for figure in sorted({one.place for one in found if one.kind == "figure"}):
        # A figure and the same for phones.
        left = [
            fact
            for where, times in FIGURES[figure].items()
            for fact in facts.all
            if re.fullmatch(where, fact.where)
            for _ in range(times * (2 if figure in NARROW else 1))
        ]
        # The finest first, and each takes the nearest: a number on the edge between two fits both.
        texts = [one for one in found if one.kind == "figure" and one.place == figure]
        for one in sorted(texts, key=lambda text: -len(text.text)):
            fitting = [fact for fact in left if one.is_(fact)]
            if fitting:
                left.remove(min(fitting, key=one.distance))
            else:
                wrong.append(one)
        if all(times == 2 for times in FIGURES[figure].values()):
            stands = Counter(one.text for one in texts)
            wrong.extend(one for one in texts if stands[one.text] % 2 and one not in wrong)
    return wrong


def _may_be(one: Printed, fact: Fact, facts: Facts) -> bool:
    """Whether a number may be that fact by its place: its column and row, or its section and what is named there."""
    if one.kind == "cell":
        where, there = facts.headings(CELLS.get(one.section, {})).get(one.place, "-"), one.row <= fact.names
    else:
        where, there = "|".join(SENTENCES.get(one.section, ())), True
    heads = one.kind == "sentence" or fact.heads <= set(one.line)
    return there and heads and fact.names <= one.names and bool(re.fullmatch(where, fact.where)) and one.is_(fact)

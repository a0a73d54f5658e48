"""The page as its readers meet it: nothing fetched, nothing lost, nothing of the machine showing."""

import json
import re
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pandas as pd
import pytest

from silos import plots
from silos.errors import SilosError
from silos.locales.numerals import Numerals
from silos.locales.phrases import phrases
from silos.report import html as report
from silos.report.figures import inline
from silos.report.view import View

NASTY = 'R&D <b>"Core"</b> $x$'
TWELVE = [
    "Production",
    "Purchasing",
    "Logistics",
    "Quality",
    NASTY,
    "IT",
    "Finance",
    "Legal",
    "Human resources",
    "Marketing",
    "Sales",
    "Mail room",
]
#: Headings of the page.
SECTIONS = {"findings", "picture", "monday", "silos", "pairs", "connector", "organisation", "limits", "how", "looked"}
STEPS = [f"Bring Purchasing & {NASTY} in.", "Show this page."]
LIMITS = [
    "It does not say why people are in contact, nor whether they should be.",
    "It knows only the tools that were exported: talk in the corridor leaves no row.",
]


def estimate(value: float, spread: float, **null: float) -> dict[str, float]:
    return {"value": value, "low": value - spread, "high": value + spread, **null}


def organisation(count: int = 12, *, connector: str = "clear", warning: bool = False) -> dict[str, Any]:
    """A made-up summary.json of an organisation with `count` departments: a silo, walls, bridges, a connector."""
    rng = np.random.default_rng(count)
    names = (TWELVE + [f"Regional office and field service {at:02d}" for at in range(count)])[:count]
    people = rng.integers(9, 80, count)
    sigma = rng.normal(1.1, 0.16, count)
    sigma[1 % count] = 2.6
    verdicts = ["typical" if abs(value - 1.1) < 0.25 else "open" if value < 1.1 else "uncertain" for value in sigma]
    verdicts[1 % count] = "silo"
    departments = [
        {
            "department": name,
            "people": int(people[at]),
            "insiders_odds": estimate(float(np.log(6) + sigma[at] - 1.1), 0.35),
            "insularity": estimate(float(sigma[at]), 0.22),
            "ei_index": estimate(-0.2, 0.1),
            "external_share": estimate(float(rng.uniform(0.2, 0.6)), 0.05),
            "reach": float(rng.uniform(0.3, 0.9)),
            "constraint": 0.21,
            "brokerage": {
                "coordinator": 120,
                "gatekeeper": 44,
                "representative": 41,
                "itinerant": 3,
                "liaison": int(rng.integers(900)),
            },
            "verdict": verdicts[at],
        }
        for at, name in enumerate(names)
    ]
    departments.append(
        {
            "department": "Other (small)",
            "people": 7,
            "insiders_odds": None,
            "insularity": None,
            "ei_index": None,
            "external_share": None,
            "reach": None,
            "constraint": None,
            "brokerage": None,
            "verdict": None,
        }
    )
    pairs = []
    for a in range(count):
        for b in range(a + 1, count):
            ratio = float(np.exp(rng.normal(-0.1, 0.5)))
            verdict = "wall" if ratio < 0.45 else "bridge" if ratio > 2 else "typical"
            pairs.append(
                {
                    "a": names[a],
                    "b": names[b],
                    "ratio": estimate(ratio, ratio / 4),
                    "expected": 120.4,
                    "observed": 120.4 * ratio,
                    "p": 0.0004,
                    "q": 0.0009 if verdict != "typical" else 0.4,
                    "verdict": verdict,
                }
            )
    order = [names.index("Marketing") if "Marketing" in names else 0, *range(count)]
    order = list(dict.fromkeys(order))
    first = np.exp(-2.9 * np.arange(count))
    candidates = [
        {
            "department": names[at],
            "score": 0.11 / (rank + 1),
            "bind": 0.15 / (rank + 1),
            "reach": 0.8 - 0.02 * rank,
            "probability_first": float(first[rank] / first.sum()),
            "substantive_share": 0.42,
            "effective_spanners": 2.4,
            "service": names[at] == "Mail room",
        }
        for rank, at in enumerate(order)
    ]
    return {
        "schema": 1,
        "inputs": {
            "rows_read": 184223,
            "rows_used": 171020,
            "rows_rejected": {"unreadable timestamp": 3, "no sender": 1200},
            "broadcasts": 12,
            "self": 4,
            "people": 331,
            "people_matched": 314,
            "people_unmatched": 17,
            "first": "2025-01-06T07:58:11",
            "last": "2025-03-30T18:02:00",
            "formats": ["csv"],
            "layers": ["email", "chat", "meeting"],
            "evidence": "substantive",
        },
        "organisation": {
            "ei_index": estimate(-0.303, 0.05, null_mean=0.486, null_sd=0.02, z=-39.0, p=0.0),
            "ei_index_volume": estimate(-0.641, 0.06, null_mean=0.486, null_sd=0.05, z=-22.0, p=0.0001),
            "modularity": estimate(0.373, 0.02, null_mean=0.031, null_sd=0.004, z=80.0, p=0.0),
            "department_community_ami": estimate(0.71, 0.08),
            "two_way_share": estimate(0.62, 0.03),
            "cross_department_share": estimate(0.348, 0.02),
            "effective_resistance": estimate(3.21, 0.4),
            "some_new_measure": {"value": None, "low": None, "high": None},
        },
        "departments": departments,
        "pairs": pairs,
        "connector": {
            "verdict": connector,
            "department": candidates[0]["department"] if connector == "clear" else None,
            "evidence": "substantive",
            "mail_room_warning": warning,
            "reason": "It comes first in 94% of the draws and has a normal share of substantive ties.",
            "candidates": candidates,
        },
        "communities": {"count": 8},
        "dialogue": {},
        "leadership": {},
        "trend": [
            {"window": f"2025-{month:02d}", "measure": "ei_index", **estimate(-0.3 + month / 50, 0.06)}
            for month in (1, 2, 3)
        ],
        "findings": [
            {"id": "size", "severity": "context", "sentence": "The E-I index is −0.30 where chance would give 0.49."},
            {
                "id": "silo",
                "severity": "serious",
                "measures": ["insularity"],
                "sentence": "Purchasing is a silo: a colleague is 27 times as likely to be a contact (19 to 38).",
            },
            {
                "id": "wall",
                "severity": "notable",
                "sentence": f"Finance and {NASTY} are walled off: 0.3 of the expected.",
            },
            {
                "id": "connector",
                "severity": "good",
                "sentence": "Marketing binds the organisation, first in 94% of draws.",
            },
        ],
        "recommendations": [{"id": step, "sentence": step} for step in STEPS],
        "limits": LIMITS,
        "parameters": {
            "by": "department",
            "since": None,
            "until": None,
            "window": None,
            "max_recipients": 20,
            "min_department": 5,
            "bootstrap": 500,
            "seed": 0,
            "service_departments": ["Mail room"],
            "language": "en",
            "version": "0.1.0",
        },
    }


def drawings(summary: dict[str, Any], folder: Any, language: str = "en") -> dict[str, str]:
    """All the figures of a made-up summary, as SVG."""
    table = pd.DataFrame(summary["departments"]).set_index("department")
    sigma = pd.DataFrame([one or {} for one in table["insularity"]], index=table.index)
    forest = table[["people", "verdict"]].join(sigma[["value", "low", "high"]].astype(float))
    shown = table.index[:-1]
    ratio = pd.DataFrame(np.where(np.eye(len(shown)), 5.0, np.nan), index=shown, columns=shown)
    significant = pd.DataFrame(False, index=shown, columns=shown)
    for pair in summary["pairs"]:
        for a, b in ((pair["a"], pair["b"]), (pair["b"], pair["a"])):
            ratio.loc[a, b] = pair["ratio"]["value"]
            significant.loc[a, b] = pair["verdict"] != "typical"
    candidates = pd.DataFrame(summary["connector"]["candidates"]).set_index("department")
    candidates["eligible"] = ~candidates["service"]
    shares = pd.DataFrame(np.random.default_rng(3).dirichlet(np.full(8, 0.15), len(shown)), index=shown)
    axes = {
        "department_graph": plots.department_graph(
            table.loc[shown], ratio, connector=summary["connector"]["department"], language=language
        ),
        "insularity_forest": plots.insularity_forest(forest, median=1.1, language=language),
        "mixing_heatmap": plots.mixing_heatmap(ratio, significant=significant, language=language),
        "connector_ranking": plots.connector_ranking(
            candidates, verdict=summary["connector"]["verdict"], language=language
        ),
        "communities_heatmap": plots.communities_heatmap(shares, language=language),
        "trend": plots.trend(pd.DataFrame(summary["trend"]), measure="ei_index", language=language),
    }
    return {name: plots.save(one, folder / name)[0].read_text("utf-8") for name, one in axes.items()}


@pytest.fixture(scope="module")
def figures(tmp_path_factory) -> dict[str, str]:
    return drawings(organisation(), tmp_path_factory.mktemp("figures"))


class Reader(HTMLParser):
    """What a person sees or hears of a page, and what a browser would follow."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.text: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.tags: list[str] = []
        self.open: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in ("meta", "link", "img", "br", "input", "use", "path"):
            self.open.append(tag)
        for name, value in attrs:
            if name in ("href", "src", "xlink:href", "action", "data", "srcset", "poster"):
                self.links.append(value or "")
            if name == "id":
                self.ids.append(value or "")
            if name == "aria-label":
                self.text.append(value or "")

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            while self.open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not {"style", "script"} & set(self.open):
            self.text.append(data)

    @property
    def visible(self) -> str:
        return re.sub(r"[ \n]+", " ", " ".join(self.text))


@pytest.mark.parametrize("language", ["en", "fr"])
def test_page_fetches_nothing(figures: dict[str, str], language: str) -> None:
    page = report.render(organisation(), figures, language=language, generated="2025-04-01")
    reader = Reader(page)
    assert {"script", "img", "link", "iframe", "object", "image"}.isdisjoint(reader.tags)
    assert reader.links
    assert [link for link in reader.links if not link.startswith("#")] == []
    assert {link[1:] for link in reader.links} <= set(reader.ids)
    assert not re.search(r"url\((?!#)|@import", page)
    namespaces = r'xmlns(:\w+)?="http://www\.w3\.org/[^"]*"'
    assert "http" not in re.sub(namespaces, "", page).replace("http-equiv", "")


def test_ids_are_unique_and_tags_are_closed(figures: dict[str, str]) -> None:
    reader = Reader(report.render(organisation(), figures, generated="2025-04-01"))
    assert len(reader.ids) == len(set(reader.ids))
    assert reader.open == []
    assert reader.tags.count("svg") == 6


def test_contents_follow_the_page_and_what_to_do_comes_before_the_details(figures: dict[str, str]) -> None:
    reader = Reader(report.render(organisation(), figures, generated="2025-04-01"))
    contents = list(dict.fromkeys(link[1:] for link in reader.links if link[1:] in SECTIONS))
    assert contents == [name for name in reader.ids if name in SECTIONS]
    assert contents[:4] == ["findings", "picture", "monday", "silos"]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_finding_and_limit_is_there_the_most_serious_first(figures: dict[str, str], language: str) -> None:
    summary = organisation()
    visible = Reader(report.render(summary, figures, language=language, generated="2025-04-01")).visible
    sentences = [finding["sentence"] for finding in summary["findings"]]
    at = [visible.index(sentence) for sentence in sentences]
    assert [at.index(place) for place in sorted(at)] == [1, 2, 3, 0]
    for limit in LIMITS:
        assert limit in visible
    for severity in ("serious", "notable", "good", "context"):
        assert phrases(language)["severity"][severity] in visible


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("connector", ["clear", "tied", "none"])
def test_what_is_missing_is_an_en_dash(figures: dict[str, str], language: str, connector: str) -> None:
    summary = organisation(connector=connector)
    summary["departments"][0]["external_share"] = float("nan")
    summary["pairs"][0]["q"] = None
    summary["inputs"]["first"] = None
    visible = Reader(report.render(summary, figures, language=language, generated="2025-04-01")).visible
    assert not re.search(
        r"\bNone\b(?! binds)|\bnan\b|\bNaN\b|\binf\b|Undefined|\{\w*\}", visible.replace("None no ", "")
    )
    assert "Other (small)" in visible
    assert "some new measure –" in visible


def test_names_are_escaped(figures: dict[str, str]) -> None:
    page = report.render(organisation(), figures, generated="2025-04-01")
    assert "<b>" not in page
    assert "R&amp;D &lt;b&gt;" in page
    assert NASTY in Reader(page).visible


def test_hostile_figure_label_stays_an_attribute() -> None:
    part = inline('<svg viewBox="0 0 1 1"></svg>', name="f", label='" onload="alert(1)')
    assert 'onload="' not in part
    with pytest.raises(ValueError, match="no SVG"):
        inline("<p>nothing</p>", name="f", label="")


def test_numbers_are_as_people_write_them(figures: dict[str, str]) -> None:
    english = Reader(report.render(organisation(), figures, generated="2025-04-01")).visible
    french = Reader(report.render(organisation(), figures, language="fr", generated="2025-04-01")).visible
    assert "27 times (19 to 38)" in english
    assert "27 fois (19 à 38)" in french
    assert "184,223 read" in english
    assert "184\u202f223 lues" in french
    assert "−0.30" in english
    assert "by chance 0.49" in english
    assert "−0,30" in french
    assert "6 January 2025 to 30 March 2025" in english
    assert "du 6 janvier 2025 au 30 mars 2025" in french
    assert "58\xa0%" in french
    assert "Produit le 1er avril 2025" in french


def test_mail_room_warning_is_shown_only_when_set(figures: dict[str, str]) -> None:
    calm = report.render(organisation(), figures, generated="2025-04-01")
    alarmed = report.render(organisation(connector="none", warning=True), figures, generated="2025-04-01")
    assert 'class="warning"' not in calm
    assert 'class="warning"' in alarmed


@pytest.mark.parametrize("evidence", ["substantive", "reciprocated", "volume"])
def test_grade_of_evidence_is_explained(figures: dict[str, str], evidence: str) -> None:
    summary = organisation()
    summary["connector"]["evidence"] = evidence
    visible = Reader(report.render(summary, figures, generated="2025-04-01")).visible
    for grade in ("substantive", "reciprocated", "volume"):
        assert (phrases("en")["report"][f"evidence_{grade}"] in visible) == (grade == evidence)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_what_to_do_is_all_there_in_its_order(figures: dict[str, str], language: str) -> None:
    """Which steps there are, and for whom, is decided in `silos.analysis.findings.recommendations`."""
    page = report.render(organisation(), figures, language=language, generated="2025-04-01")
    listed = Reader(page[page.index('<ol class="steps">') : page.index("</ol>")]).visible
    at = [listed.index(step["sentence"]) for step in organisation()["recommendations"]]
    assert at == sorted(at)
    nothing = organisation() | {"recommendations": []}
    assert STEPS[0] not in Reader(report.render(nothing, figures, generated="2025-04-01")).visible


def test_summary_that_lacks_almost_everything_still_gives_a_page() -> None:
    page = report.render({}, {}, generated="2025-04-01")
    visible = Reader(page).visible
    assert "What was looked at" in visible
    assert "Over time" not in visible
    assert "nan" not in visible


def test_summary_may_come_back_from_json(figures: dict[str, str]) -> None:
    summary = organisation()
    again = json.loads(json.dumps(summary))
    assert report.render(summary, figures, generated="x") == report.render(again, figures, generated="x")


def test_unknown_language_is_named() -> None:
    with pytest.raises(SilosError, match=r"'tlh'.*en, fr"):
        report.render({}, {}, language="tlh", generated="2025-04-01")


def test_numerals() -> None:
    english, french = Numerals("en"), Numerals("fr")
    assert [english.times(value) for value in (0.0, 0.314, 1.0, 4.94, 4.96, 1234.5)] == [
        "0.00",
        "0.31",
        "1.0",
        "4.9",
        "5",
        "1,234",
    ]
    assert english.decimal(-0.001) == "0.00"
    assert [write(float("nan")) for write in (english.decimal, english.count, english.times, english.percent)] == [
        "–"
    ] * 4
    assert english.chance(None) == english.p(None) == english.day(None) == "–"
    assert french.decimal(-1234.5, 1) == "−1\u202f234,5"
    assert english.between(0.1, None) == ""
    assert english.p(0.0001) == "<\u202f0.001"
    assert french.p(0.04) == "0,040"
    assert english.day("whenever") == "whenever"


def test_a_first_that_may_be_a_service_desk_is_no_several() -> None:
    summary = organisation(connector="tied")
    candidates = [one | {"tied": at == 0} for at, one in enumerate(summary["connector"]["candidates"])]
    names = [one["department"] for one in candidates]
    summary["connector"] |= {"department": names[0], "candidates": candidates}
    sections = View(summary, "en").sections()
    assert sections["head"]["connector"][0] == f"{names[0]}?"
    assert sections["connector"]["lead"].startswith(f"{names[0]} comes first, but")
    candidates[1]["tied"] = True
    assert View(summary, "en").sections()["head"]["connector"][0] == "Several"

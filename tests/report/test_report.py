"""The page as its readers meet it: nothing fetched, nothing lost, nothing of the machine showing."""

import re
import subprocess
import sys
from base64 import b64encode
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from html.parser import HTMLParser
from importlib import resources
from typing import Any

import numpy as np
import pandas as pd
import pytest

from silos import plots
from silos.analysis.external import COLUMNS, External
from silos.analysis.results import Results
from silos.analysis.tool_communities import VERDICTS, ToolCommunities
from silos.errors import SilosError
from silos.inference.estimate import Estimate
from silos.locales.numerals import Numerals
from silos.locales.phrases import phrases
from silos.privacy.gate import Gate
from silos.report.figures import inline
from silos.report.html import render, sections
from silos.report.page_template import template
from silos.report.sections.communities import COMMUNITY_MEASURES
from silos.report.sections.connector import MOST_CANDIDATES
from silos.report.wording import Wording
from tests.support.helping import helped
from tests.support.results import NAMES, NASTY, MadeUp, calm, candidates, changed, organisation, pairs

#: Headings of the page.
SECTIONS = {"findings", "monday", "silos", "pairs", "connector", "organisation", "limits", "how", "looked"}


def drawings(results: Results, folder: Any, language: str = "en") -> dict[str, str]:
    """All the figures of made-up results, as SVG."""
    axes = {name: replace(one, language=language).axes() for name, one in results.drawings().items()}
    return {name: plots.save(one, folder / name)[0].read_text("utf-8") for name, one in axes.items()}


def page_of(results: Results, figures: dict[str, str], language: str = "en", **options: Any) -> str:
    return render(MadeUp(results), figures, language=language, generated="2025-04-01", **options)


def told(results: Results, language: str = "en") -> dict[str, Any]:
    """What the template prints, section by section."""
    return sections(MadeUp(results), Wording(language))


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
    page = page_of(organisation(), figures, language)
    reader = Reader(page)
    assert {"img", "link", "iframe", "object", "image"}.isdisjoint(reader.tags)
    assert reader.links
    assert [link for link in reader.links if not link.startswith("#")] == []
    assert {link[1:] for link in reader.links} <= set(reader.ids)
    assert not re.search(r"url\((?!#)|@import", page)
    namespaces = r'xmlns(:\w+)?="http://www\.w3\.org/[^"]*"'
    assert "http" not in re.sub(namespaces, "", page).replace("http-equiv", "")


def test_the_only_script_is_the_one_that_the_policy_allows(figures: dict[str, str]) -> None:
    page = page_of(organisation(), figures)
    [script] = re.findall(r"<script[^>]*>(.*?)</script>", page, re.DOTALL)
    [allowed] = re.findall(r"script-src ([^;]*);", page)
    assert allowed == f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'"
    assert not re.search(r"\b(fetch|XMLHttpRequest|eval|innerHTML|localStorage|cookie)\b", script)


def test_a_page_is_the_same_whoever_compiles_its_template(figures: dict[str, str]) -> None:
    program = """
import sys
from silos.report.page_template import compiled
sys.stdout.buffer.write(compiled())
"""
    elsewhere = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True).stdout
    analysis, page = MadeUp(organisation()), template(program=elsewhere)
    assert render(analysis, figures, generated="2025-01-01", page=page) == render(
        analysis, figures, generated="2025-01-01"
    )


def test_ids_are_unique_and_tags_are_closed(figures: dict[str, str]) -> None:
    reader = Reader(page_of(organisation(), figures))
    assert len(reader.ids) == len(set(reader.ids))
    assert reader.open == []
    assert reader.tags.count("svg") == 6


def test_contents_follow_the_page_and_what_to_do_comes_before_the_details(figures: dict[str, str]) -> None:
    reader = Reader(page_of(organisation(), figures))
    contents = list(dict.fromkeys(link[1:] for link in reader.links if link[1:] in SECTIONS))
    assert contents == [name for name in reader.ids if name in SECTIONS]
    assert contents[:3] == ["findings", "monday", "silos"]
    assert reader.ids.index("answer") < reader.ids.index("picture") < reader.ids.index("findings")


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_finding_and_limit_is_there_the_most_serious_first(figures: dict[str, str], language: str) -> None:
    analysis = MadeUp(organisation())
    visible = Reader(page_of(analysis.results, figures, language)).visible
    said = [finding for finding in analysis.findings_in(language) if "ei_index" not in finding.measures]
    at = [visible.index(finding.sentence) for finding in said if "modularity" not in finding.measures]
    assert len(at) > 3
    assert at == sorted(at)
    assert all(finding.sentence in visible for finding in analysis.findings_in(language))
    assert all(limit in visible for limit in analysis.limits_in(language))
    for severity in {finding.severity for finding in analysis.findings}:
        assert phrases(language)["severity"][severity] in visible


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("connector", ["clear", "tied", "none"])
def test_what_is_missing_is_an_en_dash(figures: dict[str, str], language: str, connector: str) -> None:
    results = changed(organisation(), "departments", {"Purchasing.external_share": np.nan})
    if connector == "none":
        results = changed(results, "connector", verdict="none", reason="chance", department=None)
    elif connector == "tied":
        results = changed(results, "connector", {"Sales.tied": True}, verdict="tied", reason="not_separated")
    results = changed(results, "pairs", table=results.pairs.table.assign(q=np.nan))
    results = changed(results, "inputs", first=None)
    visible = Reader(page_of(results, figures, language)).visible
    assert not re.search(
        r"\bNone\b(?! binds)|\bnan\b|\bNaN\b|\binf\b|Undefined|\{\w*\}", visible.replace("None no ", "")
    )
    assert phrases(language)["report"]["other_small"] in visible
    assert "some new measure –" in visible


def test_names_are_escaped(figures: dict[str, str]) -> None:
    page = page_of(organisation(), figures)
    assert "<b>" not in page
    assert "R&amp;D &lt;b&gt;" in page
    assert NASTY in Reader(page).visible


def test_hostile_figure_label_stays_an_attribute() -> None:
    part = inline('<svg viewBox="0 0 1 1"></svg>', name="f", label='" onload="alert(1)')
    assert 'onload="' not in part
    with pytest.raises(ValueError, match="not an SVG"):
        inline("<p>nothing</p>", name="f", label="")


def test_numbers_are_as_people_write_them(figures: dict[str, str]) -> None:
    english = Reader(page_of(organisation(), figures)).visible
    french = Reader(page_of(organisation(), figures, "fr")).visible
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
    calm_page = page_of(organisation(), figures)
    warned = changed(organisation(), "connector", verdict="none", department=None, mail_room_warning=True)
    assert 'class="warning"' not in calm_page
    assert 'class="warning"' in page_of(changed(warned, "connector", reason="service_only"), figures)


GRADES = ("substantive", "turn-taking", "reciprocated", "volume")


@pytest.mark.parametrize("evidence", GRADES)
def test_grade_of_evidence_is_explained(figures: dict[str, str], evidence: str) -> None:
    visible = Reader(page_of(changed(organisation(), "connector", evidence=evidence), figures)).visible
    for grade in GRADES:
        assert (phrases("en")["report"][f"evidence_{grade}"] in visible) == (grade == evidence)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_what_to_do_is_all_there_in_its_order(figures: dict[str, str], language: str) -> None:
    """Which steps there are, and for whom, is decided in `silos.analysis.findings.recommendations`."""
    analysis = MadeUp(organisation())
    page = page_of(analysis.results, figures, language)
    listed = Reader(page[page.index('<ol class="steps">') : page.index("</ol>")]).visible
    at = [listed.index(step.sentence) for step in analysis.recommendations_in(language)]
    assert len(at) > 3
    assert at == sorted(at)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_head_of_department_can_be_briefed_from_one_line(language: str) -> None:
    found = replace(calm(), what_would_help=helped(NAMES, "Legal", desk="Mail room"))
    rows = {row["department"]: row for row in told(found, language)["help"]["rows"]}
    assert set(rows) == set(NAMES)
    assert rows["Legal"]["first"].startswith("Finance (")
    assert "10 contacts" in rows["Legal"]["first"]
    # 10 with Finance, 5 with Sales and with IT; the mail room is a desk.
    assert rows["Legal"]["outside"] == "20"
    assert rows["Mail room"]["loss"] == "–", "what would be lost without a desk is not asked"
    visible = Reader(page_of(found, {}, language)).visible
    assert phrases(language)["report"]["help_heading"] in visible
    folded = f"<summary>{phrases(language)['report']['monday_watch']}</summary><code>connector.Sales.bind</code>"
    assert folded in page_of(found, {}, language), "the key of the number to watch stands with its step, for analysts"
    assert not told(calm(), language)["help"], "a log of groups has none"


def test_results_that_lack_almost_everything_still_give_a_page() -> None:
    visible = Reader(page_of(calm(), {})).visible
    assert "What was looked at" in visible
    assert "Over time" not in visible
    assert not re.search(r"\bnan\b", visible)


def test_tables_of_persons_are_said_to_stand_beside_the_page(figures: dict[str, str]) -> None:
    said = phrases("en")["report"]["looked_intro_people"]
    assert said in Reader(page_of(organisation(), figures, people=True)).visible
    assert said not in Reader(page_of(organisation(), figures)).visible


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2) of "#rgb" or "#rrggbb"."""
    digits = colour.lstrip("#")
    digits = "".join(2 * one for one in digits) if len(digits) == 3 else digits
    channels = np.array([int(digits[at : at + 2], 16) for at in (0, 2, 4)]) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ (0.2126, 0.7152, 0.0722))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_is_read_by_day_and_by_night(scheme: str) -> None:
    """Contrast of 4.5 and more: WCAG 2, success criterion 1.4.3, level AA."""
    style = resources.files("silos.report").joinpath("report.css").read_text(encoding="utf-8")
    light, dark = style.split("(prefers-color-scheme: dark)")
    colours = dict(re.findall(r"--(\w+): (#\w+)", light)) | (
        dict(re.findall(r"--(\w+): (#\w+)", dark)) if scheme == "dark" else {}
    )
    paper = luminance(colours["paper"])
    assert (paper > 0.5) == (scheme == "light")
    for name in ("ink", "quiet", "silo", "open", "amber"):
        dim, bright = sorted((luminance(colours[name]), paper))
        assert (bright + 0.05) / (dim + 0.05) >= 4.5, name


@pytest.mark.parametrize(
    ("language", "word"),
    [("en", "sites"), ("fr", "sites"), ("de", "Niederlassungen"), ("en", "offices"), ("fr", "ateliers")],
)
def test_units_of_another_column_have_their_own_name(tmp_path, language: str, word: str) -> None:
    """In every sentence, heading and figure; the names of options and files stay."""
    made = organisation()
    made = replace(
        made, asked=replace(made.asked, by="location", unit=word[:-1] if word in ("offices", "ateliers") else None)
    )
    svg = drawings(made, tmp_path, made.asked.speech(language)) if word == "sites" else {}
    page = page_of(made, svg, language)
    # Names of options, files, keys of the summary and columns of the roster are what they are.
    named = r"--\S+|\w+/\S+|\b[\w.]+\.\w[\w&.|]*|(?:department|département|Abteilung) (?:and|et|und) Person(?:ne)?"
    seen = re.sub(named, "", Reader(page).visible, flags=re.IGNORECASE)
    assert re.findall(r".{0,30}\b(?:department|département|Abteilung(?:en)?\b).{0,20}", seen, re.IGNORECASE) == []
    assert len(re.findall(rf"\b{word}\b", seen, re.IGNORECASE)) > 20
    assert not re.search(r"\ba office|\b(de|le|ce|du|au) atelier", seen, re.IGNORECASE)
    assert f'<html lang="{language}">' in page


def test_unknown_language_is_named() -> None:
    with pytest.raises(SilosError, match=r"'tlh'.*en, fr"):
        page_of(calm(), {}, "tlh")


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
    first = organisation().connector.candidates.index[0]
    unproven = changed(
        organisation(), "connector", {f"{first}.tied": True}, verdict="tied", department=first, reason="evidence"
    )
    said = phrases("en")["answer"]
    assert sentence(unproven, "connects") == said["connects_unproven"].format(department=first)
    assert told(unproven)["connector"]["lead"].startswith(f"{first} comes first, but")
    several = changed(
        unproven, "connector", {"Sales.tied": True, f"{first}.probability_first": 0.6}, reason="not_separated"
    )
    assert sentence(several, "connects") == said["connects_tied"].format(departments=f"{first} and Sales", also="")
    probable = changed(several, "connector", {f"{first}.probability_first": 0.89})
    assert sentence(probable, "connects").startswith(f"{first} probably connects the others (89% sure")


def sentence(results: Results, key: str) -> str:
    """One of the three sentences on the first screen."""
    return {one["key"]: one["text"] for one in told(results)["answer"]["sentences"]}[key]


def test_the_first_screen_says_what_is_apart_who_connects_and_where_to_begin_with_a_yardstick() -> None:
    results, said, english = organisation(), phrases("en")["answer"], Numerals("en")
    odds = np.exp(results.departments.table["insiders_odds"].dropna())
    usual = english.times(odds.drop("Purchasing").median())
    assert sentence(results, "apart") == said["apart_silos"].format(
        count=english.count(1), department="Purchasing", times=english.times(odds["Purchasing"]), usual=usual
    )
    bind = results.connector.candidates["bind"]
    assert sentence(results, "connects") == said["connects_clear"].format(
        department="Marketing", desk="", bind=english.percent(bind["Marketing"]),
        usual=english.percent(bind.drop("Marketing").median()),
    )  # fmt: skip
    assert sentence(results, "begin") == MadeUp(results).recommendations[0].sentence
    sure = told(results)["answer"]["sure"]
    assert english.chance(results.connector.candidates.loc["Marketing", "probability_first"]) in sure
    assert f"{results.departments.judged} of 14 departments" in sure


@pytest.mark.parametrize("silos", [0, 2, 5])
def test_what_is_apart_is_named_while_it_can_be(silos: int) -> None:
    results = calm()
    names = list(results.departments.table.index[:silos])
    results = changed(results, "departments", {f"{name}.verdict": "silo" for name in names})
    said = sentence(results, "apart")
    assert said.startswith(("No department is clearly apart", "2 of 5", "5 of 5")[(0, 2, 5).index(silos)])
    assert ("Sales and Legal" in said) == (silos == 2)


def test_a_spread_over_seeds_stands_under_no_heading_of_an_interval() -> None:
    """It is how far runs of an algorithm differ, and no interval of what other people would give."""
    results = organisation()
    estimates = results.organisation.estimates | dict.fromkeys(
        ("department_community_ami", "community_homogeneity", "ei_index"), Estimate(0.55, 0.53, 0.58)
    )
    made = replace(results, organisation=replace(results.organisation, estimates=estimates))
    rows = {row["name"]: row["spread"] for row in told(made)["organisation"]["rows"]}
    measures = phrases("en")["measures"]
    assert rows[measures["department_community_ami"]]
    assert rows[measures["community_homogeneity"]]
    assert not rows[measures["ei_index"]]
    page = render(MadeUp(made), {}, generated="2025-01-01")
    assert page.count('<td class="interval">spread over seeds 0.53 to 0.58</td>') == 2


@pytest.mark.parametrize("language", ["en", "fr", "de"])
def test_the_first_screen_names_no_command(language: str) -> None:
    """Options and commands are for whoever runs the analysis: the plan has them, the three sentences do not."""
    words = phrases(language)
    commands = re.compile(r"--\w|\bsilos (?:check|compare|analyze)")
    with_commands = {key for key, text in words["recommendations"].items() if any(map(commands.search, text.forms))}
    assert {"unproven", "settle_few_departments", "settle_coverage"} <= with_commands <= set(words["briefs"])
    assert not [key for key, text in words["briefs"].items() if any(map(commands.search, text.forms))]


@pytest.mark.parametrize(("silos", "key"), [(2, "apart_silos"), (5, "apart_many")])
def test_of_silos_that_are_published_alike_the_alphabet_makes_none_the_first(silos: int, key: str) -> None:
    names = list(calm().departments.table.index[:silos])
    alike = {
        f"{name}.{column}": value for name in names for column, value in (("verdict", "silo"), ("insularity", 2.2))
    }
    first, second, *rest = names
    odds = {f"{first}.insiders_odds": 3.7, f"{second}.insiders_odds": 3.7, **{f"{one}.insularity": 1.2 for one in rest}}
    results = changed(calm(), "departments", {**alike, **odds})
    said, english = phrases("en")["answer"], Numerals("en")
    judged = english.count(results.departments.judged)
    values = {"count": english.count(silos), "all": judged, "departments": english.listing(names),
              "usual": english.times(results.departments.usual_times)}  # fmt: skip
    firsts = english.listing(names[:2])
    assert sentence(results, "apart") == said[f"{key}_tied"].format(
        firsts=firsts, times=english.times(np.exp(3.7)), **values
    )
    assert all(f"{name}: " in told(results)["answer"]["sure"] for name in names[:2])
    apart = changed(results, "departments", {f"{second}.insiders_odds": 3.4})
    assert "30 to 40 times as likely" in sentence(apart, "apart")
    one = changed(results, "departments", {f"{second}.insularity": 2.1})
    assert sentence(one, "apart") == said[key].format(department=first, times=english.times(np.exp(3.7)), **values)


def test_silos_are_so_many_of_those_that_could_be_judged() -> None:
    first, second, third, *_ = calm().departments.table.index
    verdicts = {f"{first}.verdict": "silo", f"{second}.verdict": "silo", f"{third}.verdict": "cannot say"}
    said = sentence(changed(calm(), "departments", verdicts), "apart")
    assert said.startswith("2 of 4 departments that could be judged are apart")


def test_what_cannot_be_said_is_not_called_none() -> None:
    table = calm().departments.table.assign(verdict="cannot say", reason="weeks")
    results = changed(calm(), "departments", table=table)
    assert phrases("en")["unsaid"]["weeks"] in sentence(results, "apart")
    [row, *_] = told(results)["silos"]["rows"]
    assert row["verdict"] == {"key": "none", "word": "cannot say", "reason": phrases("en")["unsaid"]["weeks"]}
    assert told(results)["answer"]["sure"].endswith("0 of 5 departments could be judged")


def test_where_no_pair_can_be_judged_the_reason_is_told() -> None:
    for reason in ("few_departments", "few_ties"):
        found = pairs({("IT", "Legal"): (1.0, "cannot say"), ("IT", "Sales"): (1.0, "cannot say")}, reason=reason)
        lead = told(replace(calm(), pairs=found))["walls"]["lead"]
        assert lead.endswith(f": {phrases('en')['unsaid'][reason]}.")


def test_nobody_is_said_to_leave() -> None:
    """What would go with the people who have most contacts is in the tables: a reader would ask who they are."""
    found = replace(calm(), what_would_help=helped(NAMES, "Legal"))
    assert len(found.what_would_help.losses.spanners)
    assert not [line for line in told(found)["help"]["lines"] if re.search(r"\bleft\b|\bleave", line)]


def test_less_than_as_likely_is_never_called_likelier() -> None:
    table = calm().departments.table.assign(insiders_odds=np.log(0.9))
    said = sentence(changed(calm(), "departments", table=table), "apart")
    assert "0.90 times as likely to be in contact with each other as with" in said


def test_the_table_of_candidates_has_all_that_the_picture_shows_and_says_how_many_are_left() -> None:
    names = [f"Unit {place:02}" for place in range(MOST_CANDIDATES + 2)]
    table = candidates(names, [1 / len(names)] * len(names))
    section = told(changed(calm(), "connector", candidates=table, department=names[0]))["connector"]
    assert len(section["rows"]) == MOST_CANDIDATES
    assert section["more"] == "2 more are in tables/connectors.csv."
    assert told(calm())["connector"]["more"] == ""


def test_shares_of_few_members_are_said_to_be_rough_where_counts_are_in_steps() -> None:
    """R&D has 5 to 9 of the 10 to 14 members of its team: a reader would take 58% for what it is not."""
    assert Numerals("en").percent(float(Gate().middle(5) / Gate().middle(10))) == "58%"
    found = ToolCommunities(
        table=pd.DataFrame({"verdict": ["typical"]}), shares=pd.DataFrame(),
        organisation=dict.fromkeys(COMMUNITY_MEASURES, Estimate(0.5)), sponsors=pd.DataFrame({"bridges": [0]}),
        verdicts=dict.fromkeys(VERDICTS, 0), active=9, everybody=0, hidden=0, people=30, strangers=0, readers=True,
    )  # fmt: skip
    results = replace(calm(), communities=found)
    rough = phrases("en")["report"]["joined_rough_note"]
    for published in (True, False):
        caption = sections(MadeUp(results), Wording("en", published=published))["joined"]["caption"]
        assert (rough in caption) == published


def test_why_times_and_verdicts_of_departments_may_disagree_is_told_where_both_are_there() -> None:
    table = calm().departments.table
    section = told(calm())["silos"]
    assert "of two departments that are alike in insularity" in section["note"]
    assert section["note"] in page_of(calm(), {})
    bare = changed(calm(), "departments", table=table.assign(insiders_odds=np.nan))
    assert told(bare)["silos"]["note"] == ""


def test_contacts_are_what_the_rows_of_the_log_are() -> None:
    said = {kind: told(changed(calm(), "inputs", kinds={"": kind}))["monday_note"] for kind in ("messages", "survey")}
    assert ["wrote to or met each other" in one for one in said.values()] == [True, False]
    assert "named the other in the survey" in said["survey"]
    found = replace(calm(), what_would_help=helped(NAMES, "Legal", desk="Mail room"))
    assert not found.what_would_help.losses.depends.size
    assert phrases("en")["report"]["help_column_depends"] not in page_of(found, {})


def test_gatekeeper_and_representative_are_one_where_no_direction_is_known() -> None:
    either = phrases("en")["report"]["gatekeeper_or_representative"]
    for directed, columns in ((True, 5), (False, 4)):
        section = told(changed(calm(), "inputs", directed=directed))["silos"]
        assert (len(section["role_names"]), either in section["role_names"]) == (columns, not directed)
        assert all(len(counts) == columns for _, counts in section["roles"])


def test_no_interval_ends_at_its_estimate_and_what_is_not_judged_has_no_value() -> None:
    name = calm().departments.table.index[0]
    ends = {"insiders_odds": 0.0, "insiders_odds_low": 0.0, "insiders_odds_high": 1.0}
    touching = changed(calm(), "departments", {f"{name}.{end}": value for end, value in ends.items()})
    row = told(touching)["silos"]["rows"][0]
    assert (row["likelier"], row["likelier_interval"]) == ("1.0 times", "")
    unsaid = changed(calm(), "departments", {f"{name}.verdict": "cannot say"})
    row = told(unsaid)["silos"]["rows"][-1]
    assert row["department"] == name
    assert (row["likelier"], row["likelier_interval"], row["insularity"]["value"]) == ("–", "", "–")


def test_published_p_values_are_said_to_be_classes() -> None:
    published, exact = Wording("en", published=True), Wording("en")
    assert [published.p(value) for value in (0.001, 0.05, 1.0)] == ["<\u202f0.001", "<\u202f0.05", ">\u202f0.2"]
    assert [exact.p(value) for value in (0.0004, 0.05, 1.0)] == ["<\u202f0.001", "0.050", "1.000"]
    found = pairs({("IT", "Legal"): (0.2, "wall")}, q=0.05)
    results = changed(replace(calm(), pairs=found), "inputs", published=True)
    [table] = sections(MadeUp(results), published)["walls"]["tables"]
    assert table["rows"][0]["cells"][-1] == "<\u202f0.05"


def test_how_we_know_says_what_the_methods_say() -> None:
    said = phrases("en")["report"]
    assert "A, B, A" in said["how_connector"]
    assert "three messages" not in said["how_connector"]
    assert all(number in said["how_silo"] for number in ("½ ln 2", "0.1", "0.25"))


def test_where_most_departments_could_not_be_judged_that_comes_first() -> None:
    names = list(calm().departments.table.index)
    few, most = (
        changed(calm(), "departments", {f"{name}.verdict": "cannot say" for name in names[:left_out]})
        for left_out in (3, 2)
    )
    visible = Reader(page_of(few, {})).visible
    hint = "For 3 of 5 departments there is too little data"
    assert hint in visible
    assert visible.index(hint) < visible.index(sentence(few, "apart"))
    assert told(most)["answer"]["hint"] == ""
    # Steps that follow from a hint are introduced as one.
    steps = visible.index(phrases("en")["report"]["monday_heading"], visible.index(sentence(few, "apart")))
    first = MadeUp(few).recommendations[0].sentence
    assert steps < visible.index(phrases("en")["report"]["monday_hint"]) < visible.index(first, steps)
    assert told(most)["monday_hint"] == ""


def test_without_silos_the_walls_are_what_is_apart() -> None:
    found = {("Sales", "Legal"): (0.1, "wall"), ("IT", "Legal"): (0.05, "wall"), ("IT", "Finance"): (1.0, "typical")}
    walled = pairs(found, ties=[8.0, 1.0, 9.0], expected_ties=[80.0, 20.0, 9.0])
    said = sentence(replace(calm(), pairs=walled), "apart")
    assert said.startswith(
        "No department is apart as a whole, but 2 pairs are walled off. Sales and Legal come first: 8"
    )


def test_walls_are_listed_by_missing_ties_the_probable_after_the_sure() -> None:
    found = {
        ("Sales", "Legal"): (0.1, "wall"), ("IT", "Legal"): (0.05, "wall"), ("IT", "Sales"): (0.2, "probable wall"),
        ("IT", "Finance"): (5.0, "probable bridge"), ("Legal", "Finance"): (1.0, "cannot say"),
    }  # fmt: skip
    numbers = {"ties": [0.0, 1.0, 2.0, 50.0, 1.0], "expected_ties": [71.0, 20.0, 90.4, 10.0, 1.0]}
    section = told(replace(calm(), pairs=pairs(found, **numbers)))["walls"]
    walls, bridges = section["tables"]
    assert [(row["pair"], *row["cells"][:4]) for row in walls["rows"]] == [
        ("Sales – Legal", "wall", "0", "71", "71"),
        ("IT – Legal", "wall", "1", "20", "19"),
        ("IT – Sales", phrases("en")["verdicts"]["probable wall"], "2", "90", "88"),
    ]
    likely = phrases("en")["verdicts"]["probable bridge"]
    assert [row["cells"][:4] for row in bridges["rows"]] == [[likely, "50", "10", "40"]]
    assert "Of 1 pair nothing can be said: too few ties would be usual between the two to miss any." in section["lead"]


def test_where_there_is_no_wall_the_closest_pair_is_told() -> None:
    found = {
        ("IT", "Finance"): (1.4, "typical"),
        ("Sales", "Legal"): (0.6, "typical"),
        ("IT", "Legal"): (0.5, "typical"),
    }
    lead = told(replace(calm(), pairs=pairs(found)))["walls"]["lead"]
    assert phrases("en")["report"]["pairs_none"] in lead
    assert "IT and Legal come closest to a wall: 10 ties, where 20 would be usual." in lead


def test_no_more_than_seven_findings_are_open_and_indices_are_for_analysts() -> None:
    never = pd.DataFrame({"verdict": {"IT": "never"}}).reindex(columns=COLUMNS)
    few = {f"{name}.effective_spanners{end}": 1.0 for name in ("IT", "Sales") for end in ("", "_high")}
    results = changed(organisation(), "connector", few, evidence="reciprocated")
    results = changed(results, "inputs", rejected={"not in the roster": 60_000})
    results = replace(results, external=External(never, Estimate(0.2), 9, ""))
    found = told(results)["findings"]
    assert len(found["first"]) <= 7
    analysis = MadeUp(results)
    assert sum(map(len, found.values())) == len(analysis.findings)
    indices = [one.sentence for one in analysis.findings if "ei_index" in one.measures]
    assert indices
    assert set(indices) <= {one["sentence"] for one in found["for_analysts"]}
    folded = [*found["further"], *found["for_analysts"]]
    visible = Reader(page_of(results, {})).visible
    assert all(one["sentence"] in visible for one in folded)


def test_numbers_of_a_section_are_those_of_the_results() -> None:
    results = organisation()
    rows = told(results)["silos"]["rows"]
    assert [row["department"] for row in rows] == list(results.departments.table.index)
    english = Numerals("en")
    for row, found in zip(rows, results.departments.table.to_dict("records"), strict=True):
        assert row["insularity"]["value"] == english.decimal(found["insularity"])
        assert row["external"] == english.percent(found["external_share"])
        if found["verdict"] is not None:
            assert row["likelier"] == f"{english.times(np.exp(found['insiders_odds']))} times"
    tables = told(results)["walls"]["tables"]
    for table, listed in zip(tables, (results.pairs.walls, results.pairs.bridges), strict=True):
        assert [row["cells"][1] for row in table["rows"]] == [english.count(one) for one in listed["ties"].head(8)]
        assert (table["more"] != "") == (len(listed) > 8)


def test_measures_that_were_not_tested_have_no_chance_beside_them() -> None:
    cards = {
        name: [card["name"] for card in told(organisation())["organisation"][name]] for name in ("cards", "indices")
    }
    assert cards["cards"] == ["Share of contact across departments", "Two-way share"]
    assert "E-I index, by ties" in cards["indices"]
    rows = {row["name"]: row for row in told(organisation())["organisation"]["rows"]}
    assert (rows["E-I index, by ties"]["chance"], rows["E-I index, by ties"]["p"]) == ("0.49", "<\u202f0.001")
    assert (rows["Two-way share"]["chance"], rows["Two-way share"]["p"]) == ("", "")
    assert rows["People"]["value"] == "331"
    assert rows["some new measure"]["value"] == "–"


def test_leaders_are_told_of_as_far_as_the_log_goes() -> None:
    assert told(calm())["leadership"] == {}
    rates = {"reply_rate_below": Estimate(0.22, 0.17, 0.27), "broadcast_gap": Estimate(0.1), "flow_up": Estimate(None)}
    said = told(changed(calm(), "leadership", estimates=rates, leaders=9))["leadership"]
    assert [(row["value"], row["interval"]) for row in said["rows"]] == [("0.10", ""), ("22%", "17% to 27%")]
    assert said["intro"].startswith("9 people lead")
    assert said["layers"] == ""


def test_a_department_whose_headcount_is_kept_back_has_a_disc() -> None:
    results = changed(organisation(), "departments", {"Sales.people": np.nan})
    people = results.drawings()["department_graph"].numbers["departments"]["people"]
    assert 0 < people["Sales"] < people.drop("Sales").min()


def test_a_step_ends_with_the_number_to_watch_and_where_it_stands() -> None:
    found = told(organisation())
    steps = [step for step in found["monday"] if step["number"]]
    assert steps
    page = page_of(organisation(), {})
    for step in steps:
        assert f'<section id="{step["number"]["at"]}">' in page
        assert step["number"]["text"].startswith("To watch next quarter")


def test_a_service_desk_is_marked_among_the_doors_and_the_candidates() -> None:
    found = replace(calm(), what_would_help=helped(NAMES, "Legal", desk="Mail room"))
    # Found by how it takes turns, not declared.
    desk = told(changed(found, "connector", {"Mail room.service": False, "Mail room.desk": True}))["connector"]["rows"]
    assert [row["department"] for row in desk if row["service"]] == ["Mail room"]
    rows = {row["department"]: row["service"] for row in told(found)["help"]["rows"]}
    assert [name for name, service in rows.items() if service] == ["Mail room"]


def test_a_count_that_is_not_known_is_not_said_to_be_few() -> None:
    results = calm()
    row = {"people": 20, "people_outside": pd.NA, "outside_share": np.nan, "outside_share_low": np.nan,
           "outside_share_high": np.nan, "outsiders": pd.NA, "outsiders_per_head": np.nan, "verdict": "typical",
           "suppressed": "outsiders"}  # fmt: skip
    table = pd.DataFrame([row], index=pd.Index(["Sales"], name="department"))
    results = replace(results, external=External(table=table, share=Estimate(0.1), outsiders=5, unknown=""))
    [cells] = sections(MadeUp(results), Wording("en", published=True))["external"]["rows"]
    assert (cells["outside"], cells["outsiders"]) == ("–", "<\u202f5")


@pytest.mark.parametrize(
    ("language", "listed"),
    [
        ("en", "chat, email and meetings"),
        ("fr", "messagerie instantanée, e-mail et réunions"),
        ("de", "Chat, E-Mail und Besprechungen"),
    ],
)
def test_media_that_can_be_counted_are_listed_in_the_plural(language: str, listed: str) -> None:
    found = changed(calm(), "inputs", layers=("chat", "email", "meeting"))
    assert any(listed in part for part in told(found, language)["head"]["subtitle"])


def test_very_few_people_are_said_to_hold_ties_only_where_a_sentence_says_so() -> None:
    """A number that is not shown is "very few" where the page tells that, a dash elsewhere, and none is hidden."""
    few = {"Legal.effective_spanners": np.nan, "IT.effective_spanners": np.nan}
    results = changed(calm(), "connector", few)
    held_by = results.connector.candidates[["effective_spanners", "effective_spanners_high"]].copy()
    held_by["effective_spanners_high"] = [{"Legal": 0.0, "IT": 2.0}.get(str(name), 5.0) for name in held_by.index]
    results = changed(results, "connector", held_by=held_by)
    page = told(results)
    assert any("few hands in Legal (" in one["sentence"] for part in page["findings"].values() for one in part)
    cells = {row["department"]: row["spanners"] for row in page["connector"]["rows"]}
    assert cells == {**dict.fromkeys(NAMES, "9.0"), "Legal": "very few", "IT": "–"}
    helped_ = told(replace(results, what_would_help=helped(NAMES, "Legal")))["help"]["rows"]
    depends = {row["department"]: row["depends"] for row in helped_}
    assert depends["Legal"] == "very few"
    # A small department is not named, so its cell says no more.
    small = told(replace(results, asked=replace(results.asked, min_department=16)))
    assert {row["spanners"] for row in small["connector"]["rows"]} == {"9.0", "–"}


def test_days_that_a_log_counts_itself_are_none_of_1970() -> None:
    known = calm()
    days = {"first": datetime(1970, 1, 1), "last": datetime(1970, 1, 12, 18), "waived": ("weeks",)}
    counted = changed(known, "inputs", **days)
    assert "12 days, counted from the beginning of the log" in told(counted)["head"]["subtitle"]
    assert "1970" not in page_of(counted, {})
    # Also of logs of nothing but the times of long ago, dates are dates.
    assert "1 January 1970 to 12 January 1970" in told(changed(counted, "inputs", waived=()))["head"]["subtitle"]

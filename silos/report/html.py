"""report.html: a single self-contained page, written for people who run an organisation."""

from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from importlib import resources
from types import MappingProxyType
from typing import Any

from jinja2 import Template
from markupsafe import Markup

from silos.analysis.findings.rules import HELD_BY_FEW, named_as_held_by_few
from silos.analysis.result import Analysis
from silos.report.figures import inline
from silos.report.page_template import template
from silos.report.sections.answer import answer
from silos.report.sections.communities import communities
from silos.report.sections.connector import connector
from silos.report.sections.departments import departments
from silos.report.sections.dialogue import dialogue
from silos.report.sections.events import events
from silos.report.sections.external import external
from silos.report.sections.findings import findings
from silos.report.sections.grounds import how, looked
from silos.report.sections.head import head
from silos.report.sections.help import helping, what_contacts_are
from silos.report.sections.leadership import leadership
from silos.report.sections.organisation import organisation
from silos.report.sections.pairs import pairs, pairs_of_groups
from silos.report.sections.responsiveness import responsiveness
from silos.report.sections.spoken import spoken
from silos.report.sections.trend import points, trend, windows
from silos.report.sections.turnover import turnover
from silos.report.sections.watching import still_few, watching
from silos.report.wording import Wording
from silos.system.distribution import version

#: A table of more rows than this is cut on paper, to so many as report.css has it: all of 42 departments would take
#: thirteen pages, the first twelve nine.
ROWS_ON_PAPER, FIRST_ON_PAPER = 12, 8


def render(
    analysis: Analysis,
    figures: Mapping[str, str | bytes],
    narrow: Mapping[str, str | bytes] = MappingProxyType({}),
    *,
    language: str = "en",
    people: bool = False,
    generated: str,
    page: Template | None = None,
) -> str:
    """The report as one self-contained HTML page: no request, readable on paper, on a phone and without its script.

    The script, report.js, is the only one that the page's Content-Security-Policy allows, by its hash.

    Args:
        analysis: its results, findings, recommendations and limits are printed; nothing is estimated here.
        figures: the plot's name -> SVG. A figure that is missing is left out.
        narrow: the same for phones, of some of them; the others are moved under the finger there.
        language: of everything.
        people: whether tables of persons are written beside the page, which says so.
        generated: when, an ISO date or time: the only part that differs between two runs.
        page: the template, if that is there already.

    Raises:
        SilosError: there is no such language.
        ValueError: a figure is not an SVG.
    """
    words = Wording(
        analysis.results.asked.speech(language),
        groups=analysis.results.inputs.level == "department",
        published=analysis.results.inputs.published,
    )
    labels = spoken(analysis.results, words)
    drawn, phone = (
        {name: inline(svg, name=name.replace("_", "-") + kind, label=labels[name]) for name, svg in given.items()}
        for given, kind in ((figures, ""), (narrow, "-narrow"))
    )
    script = resources.files("silos.report").joinpath("report.js").read_text(encoding="utf-8")
    day = words.number.day(generated)
    return (page or template()).render(
        language=language,
        say=words.say,
        figures=drawn,
        narrow=phone,
        style=style_sheet(),
        script=Markup(script),
        script_hash=b64encode(sha256(script.encode()).digest()).decode(),
        answers=words.words["answer"],
        paper={"most": ROWS_ON_PAPER, "first": FIRST_ON_PAPER},
        generated=words.say["generated"].format(generated=day, version=version()),
        **sections(analysis, words, people=people),
    )


def style_sheet() -> Markup:
    """The style of every page."""
    return Markup(resources.files("silos.report").joinpath("report.css").read_text(encoding="utf-8"))


def sections(analysis: Analysis, words: Wording, *, people: bool = False) -> dict[str, Any]:
    """What the template prints, section by section: every number and sentence as text.

    Args:
        analysis, people: as `render`.
        words: of the language, and of the kind of log.
    """
    results, steps = analysis.results, analysis.recommendations_in(words.language)
    answered, told = answer(results, words, steps), analysis.findings_in(words.language)
    few = named_as_held_by_few(results) if any(one.id == HELD_BY_FEW for one in told) else ()
    return {
        "head": head(results, words),
        "answer": answered,
        "findings": findings(told, words),
        "monday": [
            {"sentence": step.sentence, "watch": step.watch, "number": number or still_few(step, words)}
            for step, number in zip(steps, watching([step.watch for step in steps], results, words), strict=True)
        ],
        # Where what was found is a hint, so is what to do about it.
        "monday_hint": words.say["monday_hint"] if answered["hint"] else "",
        "monday_note": what_contacts_are(results, words),
        "help": helping(results, words, few),
        "silos": departments(results, words),
        "walls": (pairs_of_groups if words.groups else pairs)(results, words),
        "connector": connector(results, words, few),
        "organisation": organisation(results, words),
        "joined": communities(results, words),
        "dialogue": dialogue(results, words),
        "leadership": leadership(results, words),
        "external": external(results, words),
        "trend": trend(results, words),
        "windows": windows(results, words),
        "points": points(results, words),
        "events": events(results, words),
        "responsiveness": responsiveness(results, words),
        "turnover": turnover(results, words),
        "limits": analysis.limits_in(words.language),
        "how": how(results, words),
        "looked": looked(results, words, people=people, version=version()),
    }

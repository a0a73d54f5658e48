"""report.html: a single self-contained page, written for people who run an organisation."""

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from silos.report.figures import inline
from silos.report.groups import GroupView
from silos.report.view import View

#: The figures a report shows, by the plot's name. Further courses over time are named "trend", "trend_2" and so on.
FIGURES = (
    "department_graph",
    "insularity_forest",
    "mixing_heatmap",
    "connector_ranking",
    "communities_heatmap",
    "community_map",
    "reply_matrix",
    "leadership",
    "trend",
)


@cache
def template() -> Template:
    """The page that `render` fills in: to compile it takes longer than to fill it in."""
    environment = Environment(
        loader=PackageLoader("silos.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html.j2")


def render(
    summary: Mapping[str, Any], figures: Mapping[str, str | bytes], *, language: str = "en", generated: str
) -> str:
    """The report as one self-contained HTML page: no script, no request, readable on paper and on a phone.

    Args:
        summary: the dict of summary.json, with `limits` (sentences) and `parameters` besides. Findings, limits and
            the connector's reason are printed as they stand: in the language of the report.
        figures: figure name (`FIGURES`; every name that starts with "trend" is a course over time) -> SVG. A figure
            that is missing is left out.
        language: of everything else.
        generated: when, an ISO date or time: the only part that differs between two runs.

    Raises:
        SilosError: there is no such language.
        ValueError: a figure is no SVG.

    Examples:
        >>> page = render({"findings": [{"id": "x", "severity": "good", "sentence": "R&D is open."}]}, {},
        ...               generated="2025-04-01")
        >>> "R&amp;D is open." in page, "<script" in page
        (True, False)
    """
    of_groups = (summary.get("inputs") or {}).get("level") == "department"
    view = (GroupView if of_groups else View)(summary, language)
    sections = view.sections()
    aria = sections["aria"]
    drawn = {
        name: inline(svg, name=name.replace("_", "-"), label=aria["trend" if name.startswith("trend") else name])
        for name, svg in figures.items()
        if name in FIGURES or name.startswith("trend")
    }
    style = resources.files("silos.report").joinpath("report.css").read_text(encoding="utf-8")
    version = str((summary.get("parameters") or {}).get("version") or "")
    return template().render(
        language=language,
        say=view.say,
        figures=drawn,
        trends=[svg for name, svg in sorted(drawn.items()) if name.startswith("trend")],
        style=Markup(style),
        generated=view.say["generated"].format(generated=view.number.day(generated), version=version).strip(),
        **sections,
    )

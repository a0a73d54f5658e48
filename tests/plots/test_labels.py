"""Labels as a reader of the page has them, from the SVG: none is clipped, none lies over another, no two are equal."""

import re
from dataclasses import dataclass, replace
from functools import cache
from itertools import combinations
from xml.etree import ElementTree

import pandas as pd
import pytest

from silos import plots
from silos.analysis.results import Results
from silos.plots.canvas import (
    LONGEST_NAME,
    LONGEST_NARROW,
    LONGEST_TITLE,
    NARROW,
    new_axes,
    rendered,
    shorts,
    text_size,
)
from silos.plots.dialogue import ROWS
from silos.plots.drawing import NARROWED, Drawing
from tests.support.results import organisation

SVG = "{http://www.w3.org/2000/svg}"
#: Long names with accents above and below, alike but for their middles and ends.
KINDS = (
    "Direction générale des régions et de la cohésion, pôle {}",
    "Geschäftsführung für Qualitätssicherung, Außenstelle {}",
    "Ředitelství pro vývoj, výzkum a spolupráci – oddělení {}",
    "Ņģirķēšanās bureau {} pour la sûreté et l'intégrité numérique",
    "Åarhus Kundeservice {} og Økonomistyring, Østjylland",
)
#: What leaders do: all that can be told of them.
LEADERS = Drawing(
    "leadership",
    {
        "measures": pd.DataFrame(
            {"value": 0.4, "low": 0.3, "high": 0.5, "null_mean": 0.45},
            index=[name for row in ROWS for name in row if name],
        )
    },
)
#: Share of the size of a font that its letters rise above the line and hang below it.
RISES, HANGS = 0.74, 0.2
#: Letters from which a text is a name.
NAME = 10


def with_long_names(count: int) -> Results:
    """The made-up organisation of so many departments, each with a long name of its own."""
    return organisation(count, names=tuple(KINDS[at % 5].format(at // 5 + 1) for at in range(count)))


@dataclass(frozen=True)
class Label:
    """A line of text in an SVG: where it is, upright or not, and of which text it is a line."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    upright: bool
    of: int

    def over(self, other: "Label") -> bool:
        return (
            min(self.right, other.right) - max(self.left, other.left) > 0.5
            and min(self.bottom, other.bottom) - max(self.top, other.top) > 0.5
        )


@cache
def measured(text: str, size: float, weight: str) -> float:
    return text_size(new_axes(), text, fontsize=size, fontweight=weight)[0]


def labels_of(svg: str) -> tuple[list[Label], tuple[float, float]]:
    """Every line of text, and the size of the whole, in points."""
    root = ElementTree.fromstring(svg)
    width, height = map(float, root.attrib["viewBox"].split()[2:])
    groups = [group for group in root.iter(f"{SVG}g") if re.fullmatch(r"text_\d+", group.get("id", ""))]
    found = [label_of(line, of) for of, group in enumerate(groups) for line in group.iter(f"{SVG}text")]
    assert len(found) == len(list(root.iter(f"{SVG}text")))
    return found, (width, height)


def label_of(line: ElementTree.Element, of: int) -> Label:
    style = dict(part.strip().split(": ", 1) for part in line.attrib["style"].split(";") if part.strip())
    size = float(style["font-size"].removesuffix("px"))
    moved, turned = line.attrib.get("transform", ""), False
    numbers = [float(number) for number in re.findall(r"-?[\d.]+(?:e-?\d+)?", moved)]
    if moved.startswith("translate"):
        x, y, turned = numbers[0], numbers[1], numbers[2:3] == [-90.0]
    else:
        x, y, turned = float(line.attrib["x"]), float(line.attrib["y"]), numbers[:1] == [-90.0]
    text = line.text or ""
    wide = measured(text, size, style.get("font-weight", "normal"))
    before = {"start": 0.0, "middle": wide / 2, "end": wide}[style.get("text-anchor", "start")]
    if turned:
        return Label(text, x - RISES * size, y - wide + before, x + HANGS * size, y + before, False, of)
    return Label(text, x - before, y - RISES * size, x - before + wide, y + HANGS * size, True, of)


def faults(svg: str) -> list[str]:
    """What a reader would stumble over."""
    found, (width, height) = labels_of(svg)
    told = [
        f"clipped: {one.text}"
        for one in found
        if one.left < -1 or one.top < -1 or one.right > width + 1 or one.bottom > height + 1
    ]
    told += [f"over one another: {one.text} | {other.text}" for one, other in combinations(found, 2) if one.over(other)]
    whole: dict[tuple[int, bool], str] = {}
    for one in found:
        whole[one.of, one.upright] = f"{whole.get((one.of, one.upright), '')} {one.text}".strip()
    names = [(text, upright) for (_, upright), text in whole.items() if len(text) >= NAME]
    return told + [f"equal: {name}" for name in sorted({name for name in names if names.count(name) > 1})]


@pytest.mark.parametrize(
    "count", [pytest.param(5, marks=pytest.mark.long), 12, *(pytest.param(n, marks=pytest.mark.long) for n in (42, 60))]
)
def test_no_label_is_clipped_or_lies_over_another_or_equals_it(count: int) -> None:
    for name, drawing in with_long_names(count).drawings().items():
        for narrow in (False, True) if drawing.plot in NARROWED else (False,):
            form = {"narrow": True} if narrow else {}
            axes = getattr(plots, drawing.plot)(**drawing.numbers, **form)
            svg, _ = rendered(axes, dots=False)
            assert faults(svg) == [], (name, narrow)


def test_the_faults_are_seen() -> None:
    """Two names on one spot, alike, beyond the edge."""
    axes = new_axes(3, 2)
    for _ in range(2):
        axes.text(0.9, 0.5, "Direction générale du numérique")
    svg, _ = rendered(axes, dots=False)
    assert {fault.partition(":")[0] for fault in faults(svg)} == {"clipped", "over one another", "equal"}


@pytest.mark.parametrize("language", ["en", "fr", "de"])
@pytest.mark.parametrize("plot", NARROWED)
def test_a_figure_for_a_phone_is_as_wide_as_its_screen_with_every_word_in_it(plot: str, language: str) -> None:
    drawing = LEADERS if plot == "leadership" else with_long_names(12).drawings()[plot]
    svg, _ = rendered(replace(drawing, narrow=True, language=language).axes(), dots=False)
    assert labels_of(svg)[1][0] <= NARROW * 72 + 1
    # Chances may be equal, as words are.
    assert [fault for fault in faults(svg) if not fault.startswith("equal")] == []


@pytest.mark.parametrize("language", ["en", "fr", "de"])
def test_no_title_is_wider_than_a_phone(language: str) -> None:
    for name, drawing in with_long_names(5).drawings().items():
        title = replace(drawing, language=language).axes().get_title(loc="left")
        assert max(map(len, title.split("\n"))) <= LONGEST_TITLE or name == "department_graph"


@pytest.mark.parametrize("longest", [12, 16, LONGEST_NARROW, LONGEST_NAME])
def test_what_is_left_out_of_a_name_has_an_ellipsis_in_its_place(longest: int) -> None:
    names = [kind.format(at) for kind in KINDS for at in (1, 2, 13)]
    for name, label in zip(names, shorts(names, longest), strict=True):
        head, *parts = label.split("…")
        assert name.startswith(head)
        assert label == name or parts
        at = len(head)
        for part in parts:
            at = name.find(part, at) + len(part)
            assert at >= len(part), (name, label)
        assert not parts or parts[-1] == "" or name.endswith(parts[-1]), (name, label)


def test_names_are_cut_between_words_if_enough_of_them_is_left() -> None:
    assert shorts([KINDS[0].format(3), KINDS[1].format(2)], LONGEST_NARROW) == [
        "Direction…cohésion, pôle 3",
        "Geschäftsfüh…Außenstelle 2",
    ]


@pytest.mark.parametrize("plot", ["insularity_forest", "connector_ranking", "department_graph"])
def test_on_a_phone_names_of_few_departments_are_not_cut_where_there_is_room(plot: str) -> None:
    name = "Ředitelství pro vývoj, výzkum a – oddělení"
    results = organisation(6, names=(name, *(KINDS[at].format(1) for at in range(5))))
    drawing = results.drawings()[plot]
    axes = getattr(plots, plot)(**drawing.numbers, narrow=True)
    texts = [text.get_text() for text in (*axes.texts, *axes.get_yticklabels())]
    assert name in [" ".join(text.split()) for text in texts]


def test_cut_names_tell_apart_what_they_name() -> None:
    for longest in (LONGEST_NAME, LONGEST_NARROW):
        for kind in KINDS:
            names = [kind.format(f"{at} ") for at in range(1, 40)]
            labels = shorts(names, longest)
            assert len(set(labels)) == len(names)
            assert max(map(len, labels)) <= longest
    assert shorts(["HR", "HR ", "x" * 60, "x" * 61], 12)[:2] == ["HR", "HR (2)"]
    assert shorts(["Legal", "IT"]) == ["Legal", "IT"]

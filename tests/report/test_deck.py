"""The deck as a board has it: five slides that say what the page says, in shapes and text that can be changed."""

import re
import sys
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from silos.analysis.results import Results
from silos.errors import SilosError
from silos.locales.phrases import phrases
from silos.report.deck import write_deck
from silos.report.html import render, sections
from silos.report.wording import Wording
from tests.support.results import MadeUp, changed, organisation
from tests.support.slides import texts_of

pptx = pytest.importorskip("pptx", reason="needs the extra deck")

GENERATED = "2025-04-01T09:00:00+00:00"
NUMBER = re.compile(r"\d[\d.,]*\d|\d")
#: Names that do harm where they are taken for more than text.
HOSTILE = ("<script>alert(1)</script>", "=cmd|' /C calc'!A0", "\u202eevil\u202c R&D", "{0} %s \\ $x$")


def deck_of(results: Results, path: Path, language: str = "en") -> Any:
    picture = replace(results.drawings()["department_graph"], language=results.asked.speech(language))
    write_deck(MadeUp(results), picture, path, language=language, generated=GENERATED)
    return pptx.Presentation(path)


def test_that_all_is_a_hint_stands_before_the_answer_and_the_steps(tmp_path: Path) -> None:
    made = organisation()
    verdicts = dict.fromkeys(made.departments.table.index, "cannot say") | {"Legal": "typical"}
    few = changed(made, "departments", {f"{name}.verdict": verdict for name, verdict in verdicts.items()})
    told = sections(MadeUp(few), Wording("en"))
    slides = [texts_of(slide.shapes) for slide in deck_of(few, tmp_path / "report.pptx", "en").slides]
    assert told["answer"]["hint"].startswith("For ")
    assert told["answer"]["hint"] in slides[0]
    assert told["monday_hint"] in slides[4]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_it_says_what_the_page_says_on_five_slides(tmp_path: Path, language: str) -> None:
    made = organisation(names=HOSTILE + tuple(f"Département n° {at}" for at in range(8)))
    deck = deck_of(made, tmp_path / "report.pptx", language)
    assert len(deck.slides) == 5
    page = render(MadeUp(made), {}, language=language, generated=GENERATED)
    said = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page))
    seen = [texts_of(slide.shapes) for slide in deck.slides]
    answer = re.findall(r'<p class="\w+"><span class="label">(.*?)</span> (.*?)</p>', page)
    assert len(answer) == 4
    for label, sentence in answer:
        assert {unescape(label), unescape(sentence)} <= set(seen[0])
    # Those of the picture are in the names of departments.
    told = " ".join(text for texts in (seen[0], *seen[2:]) for text in texts)
    assert set(NUMBER.findall(told)) <= set(NUMBER.findall(unescape(said))), "numbers that the page does not have"
    assert all(slide.shapes.title.text_frame.text for slide in deck.slides)


def test_the_reach_of_candidates_is_called_as_on_the_page(tmp_path: Path) -> None:
    """It is that by the ties of the evidence; departments have another reach, by any contact."""
    say = phrases("en")["report"]
    slides = [texts_of(slide.shapes) for slide in deck_of(organisation(), tmp_path / "report.pptx").slides]
    assert say["column_reach_evidence"] in slides[3]
    assert say["column_reach"] not in slides[3]


def test_the_picture_is_shapes_with_a_description(tmp_path: Path) -> None:
    made = organisation()
    deck = deck_of(made, tmp_path / "report.pptx")
    slide = deck.slides[1]
    [group] = [one for one in slide.shapes if one.shape_type == pptx.enum.shapes.MSO_SHAPE_TYPE.GROUP]
    assert "Purchasing" in group._element.nvGrpSpPr.cNvPr.get("descr")
    names = " ".join(texts_of(group.shapes))
    for name in made.departments.candidates:
        assert all(word in names for word in name.split())
    assert not [one for one in slide.shapes if one.shape_type == pptx.enum.shapes.MSO_SHAPE_TYPE.PICTURE]
    wide, tall = deck.slide_width, deck.slide_height
    for shape in [*slide.shapes, *group.shapes]:
        assert -1 <= shape.left <= shape.left + shape.width <= wide + 1
        assert -1 <= shape.top <= shape.top + shape.height <= tall + 1


def test_hostile_names_are_text(tmp_path: Path) -> None:
    made = organisation(names=(*HOSTILE, *(f"D{at}" for at in range(8))))
    deck = deck_of(made, tmp_path / "report.pptx")
    seen = [text for slide in deck.slides for text in texts_of(slide.shapes)]
    for name in HOSTILE:
        assert any(name in text for text in seen), name
    assert not [rel for slide in deck.slides for rel in slide.part.rels.values() if rel.is_external]


def test_the_same_report_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one.pptx", "two.pptx"):
        deck_of(organisation(), tmp_path / name)
    assert (tmp_path / "one.pptx").read_bytes() == (tmp_path / "two.pptx").read_bytes()


def test_without_python_pptx_the_message_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pptx", None)
    with pytest.raises(SilosError, match=r"--deck.*\[deck\]"):
        deck_of(organisation(), tmp_path / "report.pptx")

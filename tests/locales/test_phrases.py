"""Every language says the same things: the same texts, with the same placeholders."""

import pickle
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.pofile import read_po

from silos.analysis.comparison.verdicts import HOPED
from silos.cli import main
from silos.locales import languages
from silos.locales.numerals import Numerals
from silos.locales.phrases import phrases, spoken
from silos.locales.said import Said
from tests.locales.snapshot import lines, path_of
from tests.support.places import ROOT

LOCALES = ROOT / "silos" / "locales"
CATALOGUES = sorted(LOCALES.glob("*.po"))


#: In French none takes the form of one.
FORMS = (
    ("en", 0, "0 more departments"),
    ("en", 1, "1 more department"),
    ("fr", 0, "0 autre département"),
    ("fr", 2, "2 autres départements"),
    ("de", 1, "1 weitere Abteilung"),
    ("de", 0, "0 weitere Abteilungen"),
)


#: What French would have to elide before a name that begins with a vowel (d'Achats), the imperative where all other
#: texts have the infinitive, a word in straight quotes, and a second word for what is called a département.
ASTRAY = re.compile(
    r"\b(?:de|que|jusque) \{(?:a|b|connector|departments?|door|next|others|partners|silo|via)\}(?! départements)"
    r"|'[a-z]+'|ez-(?:les?|la|en)\b|(?<!guichet de )(?<!guichets de )(?<!--)\bservices?\b(?! courrier)",
    re.IGNORECASE,
)


def placeholders(text: str) -> set[str]:
    return {field for _, field, _, _ in Formatter().parse(text) if field is not None}


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.name)
def test_catalogues_translate_every_text(path: Path) -> None:
    with path.open("rb") as file:
        texts = [message for message in read_po(file) if message.id]
    forms = {message.context: _forms(message.string) for message in texts}
    assert not [message.context for message in texts if message.fuzzy or not all(forms[message.context])]
    wrong = []
    for message in texts:
        known = set().union(*map(placeholders, _forms(message.id)))
        *few, many = map(placeholders, forms[message.context])
        # A form for few may leave out the number.
        if many != placeholders(_forms(message.id)[-1]) or not all(one <= known for one in few):
            wrong.append(message.context)
    assert not wrong, f"{path.name}: other placeholders than in English"
    assert str(spoken(path.stem).locale) == path.stem


def _forms(text: str | tuple[str, ...]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


@pytest.mark.parametrize(("language", "count", "said"), FORMS)
def test_a_text_takes_the_form_of_its_count(language: str, count: int, said: str) -> None:
    text = phrases(language)["plots"]["graph_rest"]
    assert text.format(count=Numerals(language).count(count)) == said
    assert Said("plots", "graph_rest", count=count).in_language(language) == said


def test_french_and_german_have_their_typography() -> None:
    """In French a narrow no-break space stands before : ; ? ! and within « », in German a no-break space before %."""
    for text in _all_forms("fr"):
        assert not re.search(r"(?<!\u202f)[»;?!](?!\S)|(?<![\u202f\d]):(?!\S)|«(?!\u202f)|\d %|[a-zé]'[a-zé]", text), (
            text
        )
    for text in _all_forms("de"):
        assert not re.search(r"\d %|\d%|\"| - ", text), text


def test_french_keeps_to_one_way_of_saying_it() -> None:
    """Names are never put where French would elide, advice is in the infinitive, and a thing has one word."""
    assert {text for text in _all_forms("fr") if ASTRAY.search(text)} == set()
    assert all(map(ASTRAY.search, ("le rôle de {connector}", "Retirez-la", "une colonne 'thread'", "un service")))


def _all_forms(language: str) -> Iterator[str]:
    for texts in phrases(language).values():
        for text in texts.values():
            yield from text.forms


def test_a_catalogue_is_all_that_a_language_takes(tmp_path: Path) -> None:
    """Put into a zip, as Spark takes packages; what the catalogue lacks, or has in doubt, is said in English."""
    archive = tmp_path / "silos.zip"
    with zipfile.ZipFile(archive, "w") as made:
        for path in [ROOT / "silos" / "__init__.py", ROOT / "silos" / "errors.py", *LOCALES.iterdir()]:
            if path.is_file():
                made.write(path, path.relative_to(ROOT))
        made.writestr("silos/locales/nl.po", DUTCH)
    said = subprocess.run(
        [sys.executable, "-c", ASKED],
        stdout=subprocess.PIPE,
        encoding="utf-8",
        cwd=tmp_path,
        env={"PYTHONPATH": str(archive), "PYTHONUTF8": "1"},
        check=True,
    )
    assert said.stdout.splitlines() == [str(tuple(sorted([*languages(), "nl"]))), "muur", "bridge", "silo", "12.345,6"]


DUTCH = r"""
msgid ""
msgstr "Language: nl\n"

msgctxt "verdicts.wall"
msgid "wall"
msgstr "muur"

#, fuzzy
msgctxt "verdicts.bridge"
msgid "bridge"
msgstr "brug?"

msgctxt "verdicts.silo"
msgid "silo"
msgstr ""
"""
ASKED = """
from silos.locales import languages
from silos.locales.numerals import Numerals
from silos.locales.phrases import phrases

print(languages(), *map(phrases("nl")["verdicts"].get, ("wall", "bridge", "silo")), sep="\\n")
print(Numerals("nl").decimal(12345.6, 1))
"""


def test_the_command_line_offers_every_language():
    [option] = [option for option in main.commands["analyze"].params if option.name == "lang"]
    assert list(option.type.choices) == list(languages())


def test_every_number_that_advice_asks_to_watch_has_a_name():
    assert HOPED.keys() <= phrases("en")["measures"].keys()


def test_phrases_cannot_be_changed():
    with pytest.raises(TypeError):
        phrases("en")["verdicts"]["wall"] = "hedge"  # type: ignore[index]


@pytest.mark.parametrize("language", languages())
def test_every_sentence_is_as_somebody_read_it(language: str) -> None:
    """What changed in `sentences/` is to be read, by one who grew up with the language, before it is committed."""
    read = path_of(language).read_text(encoding="utf-8").splitlines()
    assert list(lines(language)) == read, "run python -m tests.locales.snapshot, and read what it changes"


@pytest.mark.parametrize("language", ["en", "fr", "de"])
def test_texts_can_go_to_another_process(language: str) -> None:
    """Figures are drawn in processes of their own: marks such as "exact" go there as they are."""
    text = phrases(language)["plots"]["graph_rest"]
    again = pickle.loads(pickle.dumps(text))
    for count in (0, 1, 5):
        written = Numerals(language).count(count)
        assert again.format(count=written) == text.format(count=written)


def test_what_is_twice_as_dense_is_so_beside_something():
    told = [str(form) for texts in phrases("en").values() for text in texts.values() for form in text.forms]
    assert any("twice as dense" in text for text in told)
    assert [text for text in told if re.search(r"twice as dense(?! (inside )?as\b)", text)] == []

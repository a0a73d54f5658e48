"""Every language says the same things: the same texts, with the same placeholders."""

import subprocess
import sys
import zipfile
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.pofile import read_po

from silos.cli import main
from silos.locales import languages
from silos.locales.phrases import phrases, spoken
from tests.support.places import ROOT

LOCALES = ROOT / "silos" / "locales"
CATALOGUES = sorted(LOCALES.glob("*.po"))


def placeholders(text: str) -> set[str]:
    return {field for _, field, _, _ in Formatter().parse(text) if field is not None}


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.name)
def test_catalogues_translate_every_text(path: Path) -> None:
    with path.open("rb") as file:
        texts = [message for message in read_po(file) if message.id]
    assert not [message.context for message in texts if message.fuzzy or not message.string]
    wrong = [message.context for message in texts if placeholders(message.id) != placeholders(message.string)]
    assert not wrong, f"{path.name}: other placeholders than in English"
    assert str(spoken(path.stem).locale) == path.stem


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


def test_phrases_cannot_be_changed():
    with pytest.raises(TypeError):
        phrases("en")["verdicts"]["wall"] = "hedge"  # type: ignore[index]

"""Every language says the same things: the same keys, with the same placeholders."""

from string import Formatter

from silos.cli import main
from silos.locales import languages
from silos.locales.phrases import phrases


def test_languages_say_the_same_things() -> None:
    assert set(languages()) >= {"en", "fr"}
    english = phrases("en")
    for language in languages():
        other = phrases(language)
        assert {section: set(texts) for section, texts in other.items()} == {
            section: set(texts) for section, texts in english.items()
        }
        for section, texts in english.items():
            for key, text in texts.items():
                fields = {field for _, field, _, _ in Formatter().parse(text) if field is not None}
                translated = {field for _, field, _, _ in Formatter().parse(other[section][key]) if field is not None}
                assert fields == translated, f"{language}: [{section}] {key}"


def test_the_command_line_offers_every_language():
    [option] = [option for option in main.commands["analyze"].params if option.name == "lang"]
    assert list(option.type.choices) == list(languages())

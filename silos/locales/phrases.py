"""The sentences of each language, from its catalogue.

English is the source: `silos.pot` has every text, under the context `section.key` by which the code asks for it. A
language is a catalogue of the same contexts beside it, such as `fr.po`. Texts have `{placeholders}` for `str.format`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from gettext import c2py
from importlib import resources
from string import Formatter
from types import MappingProxyType

from babel import Locale
from babel.messages.pofile import read_po

from silos.errors import SilosError
from silos.locales import ENGLISH, SOURCE, languages
from silos.locales.units import DEPARTMENT, FIXED, Unit, speaking_of, split


class Counted(str):
    """A number as a language writes it, which knows the number: by it a text chooses its form."""

    number: float

    @classmethod
    def of(cls, number: float, written: str) -> "Counted":
        """A number, and how it is written."""
        made = cls(written)
        made.number = number
        return made


@dataclass(frozen=True)
class PluralRule:
    """Which form of a text a count takes, by the expression in the head of a catalogue.

    It can be pickled, as texts go to the processes that draw: a function that gettext makes cannot.

    Examples:
        >>> PluralRule("n != 1")(1), PluralRule("n != 1")(2)
        (0, 1)
    """

    expression: str

    def __call__(self, count: int) -> int:
        return int(_compiled(self.expression)(count))


@cache
def _compiled(expression: str) -> Callable[[int], int]:
    return c2py(expression)


class Phrase(str):
    """A text of a language; one that depends on a count has several forms, and is the last of them.

    The form is that of the placeholder `count`, or else of the first one in English that is filled with a `Counted`.

    Attributes:
        forms: as the catalogue has them; a text that does not depend on a count has one.
        place: the place of a count's form, by the rule of the catalogue.
        counts: the placeholders that may choose the form, the first that does first.
    """

    forms: tuple[str, ...]
    place: Callable[[int], int]
    counts: tuple[str, ...]

    @classmethod
    def in_forms(cls, forms: tuple[str, ...], place: Callable[[int], int], english: str) -> "Phrase":
        """The text of these forms, which translate `english`."""
        made = cls(forms[-1])
        fields = [field for _, field, _, _ in Formatter().parse(english) if field] if len(forms) > 1 else []
        made.forms, made.place = forms, place
        made.counts = tuple(sorted(dict.fromkeys(fields), key=lambda field: field != "count"))
        return made

    def changed(self, change: Callable[[str], str]) -> "Phrase":
        """The text with each of its forms changed, in which placeholders stay."""
        forms = tuple(map(change, self.forms))
        made = Phrase(forms[-1])
        made.forms, made.place, made.counts = forms, self.place, self.counts
        return made

    def format(self, /, *args: object, **values: object) -> str:
        """The text with its values, in the form for their count; without brackets around a value that is empty.

        Examples:
            >>> text = Phrase.in_forms(("{count} pair", "{count} pairs"), PluralRule("n != 1"), "{count} pairs")
            >>> text.format(count=Counted.of(1, "1")), text.format(count=Counted.of(0, "0"))
            ('1 pair', '0 pairs')
            >>> Phrase.in_forms(("{value} ({interval})",), text.place, "").format(value="0.4", interval="")
            '0.4'
        """
        counted = (value.number for field in self.counts if isinstance(value := values.get(field), Counted))
        text = next((self.forms[self.place(int(count))] for count in counted), str(self))
        said = str.format(text, *args, **values)
        return _GAP.sub("", said) if "" in values.values() else said


#: What is left of a text around an interval that there is not: brackets, or a comma, with nothing behind.
_GAP = re.compile(r"\s\((?:[^():]*:\s)?\)|,\s(?=\s?[;)])")

Phrases = Mapping[str, Mapping[str, Phrase]]


@dataclass(frozen=True)
class Language:
    """A language in which the package speaks.

    Attributes:
        texts: section -> key -> text.
        locale: how it writes numbers, dates and lists.
    """

    texts: Phrases
    locale: Locale


def phrases(language: str) -> Phrases:
    """All the phrases of a language: section -> key -> text with `{placeholders}`.

    Args:
        language: the name of a catalogue here, such as "fr", or "en"; with a word for a unit, as
            `silos.locales.units.with_unit` gives it.

    Raises:
        SilosError: there is no such language.

    Examples:
        >>> phrases("fr")["verdicts"]["wall"]
        'mur'
        >>> phrases("tlh")
        Traceback (most recent call last):
        ...
        silos.errors.SilosError: there is no translation 'tlh'. Languages: de, en, fr.
    """
    return spoken(language).texts


@cache
def spoken(language: str) -> Language:
    """A language, as its catalogue has it; English where a text is not translated, or its translation is in doubt.

    Raises:
        SilosError: there is no such language.
    """
    language, unit = split(language)
    if unit is not None:
        return _of_units(spoken(language), unit, language)
    if language not in languages():
        raise SilosError(f"there is no translation {language!r}. Languages: {', '.join(languages())}.")
    file = SOURCE if language == ENGLISH else f"{language}.po"
    with resources.files("silos.locales").joinpath(file).open("rb") as opened:
        catalogue = read_po(opened)
    place = PluralRule(catalogue.plural_expr)
    texts: dict[str, dict[str, Phrase]] = {}
    if language != ENGLISH:
        texts = {section: dict(found) for section, found in phrases(ENGLISH).items()}
    for message in catalogue:
        english = _forms(message.id)
        forms = english if language == ENGLISH else _forms(message.string)
        if message.context and forms and all(forms) and not message.fuzzy:
            section, _, key = message.context.partition(".")
            texts.setdefault(section, {})[key] = Phrase.in_forms(forms, place, english[-1])
    fixed = MappingProxyType({section: MappingProxyType(found) for section, found in texts.items()})
    return Language(fixed, Locale.parse(catalogue.locale_identifier))


def _forms(text: str | Sequence[str] | None) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text or ())


def _of_units(language: Language, unit: Unit, code: str) -> Language:
    """The same texts about units of another name."""
    put = speaking_of(unit, Unit(*language.texts["unit_words"][DEPARTMENT].forms), code)
    texts = {
        section: {key: text.changed(put) if section not in FIXED else text for key, text in found.items()}
        for section, found in language.texts.items()
    }
    return replace(language, texts=MappingProxyType({name: MappingProxyType(found) for name, found in texts.items()}))

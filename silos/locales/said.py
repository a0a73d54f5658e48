"""Sentences that are made before it is known in which language they are read."""

from typing import Any

from silos.locales import ENGLISH
from silos.locales.numerals import Numerals
from silos.locales.phrases import phrases


class Said(str):
    """A sentence in English that can also be said in another language.

    Whole numbers are written as each language writes them, and choose the form of a text that depends on a count.
    Shares of 1 are percentages. Several values are said in a row, and sentences within it in the same language.

    Examples:
        >>> said = Said("check", "units", column="'team'", count=1200)
        >>> said, said.in_language("fr")
        ("  units from 'team' (--by): 1,200", "  unités d’après 'team' (--by)\\u202f: 1\\u202f200")
    """

    section: str
    key: str
    values: dict[str, Any]

    def __new__(cls, section: str, key: str, /, **values: Any) -> "Said":
        """The text `section.key` with its values."""
        made = super().__new__(cls, _filled(section, key, values, ENGLISH))
        made.section, made.key, made.values = section, key, values
        return made

    def __getnewargs_ex__(self) -> tuple[tuple[str, str], dict[str, Any]]:
        return (self.section, self.key), self.values

    def in_language(self, language: str) -> str:
        """The sentence in a language."""
        return _filled(self.section, self.key, self.values, language)


def in_language(said: str, language: str) -> str:
    """A sentence in a language, as far as it can be said in it; as it is where it cannot."""
    return said.in_language(language) if isinstance(said, Said) else said


def _filled(section: str, key: str, values: dict[str, Any], language: str) -> str:
    return phrases(language)[section][key].format(**{name: _written(value, language) for name, value in values.items()})


def _written(value: Any, language: str) -> str:
    number = Numerals(language)
    if isinstance(value, str):
        return in_language(value, language)
    if isinstance(value, int):
        return number.count(value)
    if isinstance(value, float):
        return number.percent(value, 1)
    return ", ".join(_written(one, language) for one in value)

"""Sentences that are made before it is known in which language they are read."""

from collections.abc import Callable, Mapping
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


def with_values(said: str, change: Callable[[str], str]) -> str:
    """A sentence with its texts of the data changed, be they its values or, where it knows none, all of it.

    Examples:
        >>> said = with_values(Said("read", "no_zone", name="a.csv"), str.upper)
        >>> said, said.in_language("fr")
        ('The times in A.CSV have no time zone, so they were read as UTC.',
         'Les heures de A.CSV n’ont pas de fuseau horaire et ont été lues en UTC.')
    """
    if not isinstance(said, Said):
        return change(said)
    return Said(said.section, said.key, **_each(said.values, lambda value: with_values(value, change)))


def as_json(said: str) -> str | dict[str, Any]:
    """A sentence as a file keeps it: its name and its values beside the English; the text alone where it knows none."""
    if not isinstance(said, Said):
        return said
    return {"text": str(said), "name": f"{said.section}.{said.key}", "values": _each(said.values, as_json)}


def of_json(content: str | Mapping[str, Any]) -> str:
    """The sentence that a file keeps; in English alone if this version has another text of that name, or none.

    Examples:
        >>> kept = as_json(Said("read", "no_meeting", name="log.csv"))
        >>> of_json(kept).in_language("fr")
        'Aucune réunion de log.csv n’a deux participants et une heure.'
        >>> of_json({**kept, "name": "read.gone"}), of_json("It was read.")
        ('No meeting in log.csv has two participants and a time.', 'It was read.')
    """
    if isinstance(content, str):
        return content
    section, _, key = content["name"].partition(".")
    try:
        return Said(section, key, **_each(content["values"], of_json))
    except (KeyError, IndexError):
        return str(content["text"])


def _each(values: Mapping[str, Any], change: Callable[[Any], Any]) -> dict[str, Any]:
    """Values with each text and sentence changed, those in a row one by one; numbers stay."""
    changed: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, (int, float)):
            changed[name] = value
        elif isinstance(value, (list, tuple)):
            changed[name] = [change(one) for one in value]
        else:
            changed[name] = change(value)
    return changed


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

"""The sentences of each language, from its catalogue.

English is the source: `silos.pot` has every text, under the context `section.key` by which the code asks for it. A
language is a catalogue of the same contexts beside it, such as `fr.po`. Texts have `{placeholders}` for `str.format`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from gettext import c2py
from importlib import resources
from string import Formatter
from types import MappingProxyType

from babel import Locale
from babel.messages.pofile import read_po

from silos.errors import SilosError
from silos.locales import ENGLISH, SOURCE, languages


class Counted(str):
    """A number as a language writes it, which knows the number: by it a text chooses its form."""

    number: float

    @classmethod
    def of(cls, number: float, written: str) -> "Counted":
        """A number, and how it is written."""
        made = cls(written)
        made.number = number
        return made


class Phrase(str):
    """A text of a language; one that depends on a count has several forms, and is the last of them.

    The form is that of the first of its placeholders that is filled with a `Counted`.

    Attributes:
        forms: as the catalogue has them; a text that does not depend on a count has one.
        place: the place of a count's form, by the rule of the catalogue.
    """

    forms: tuple[str, ...]
    place: Callable[[int], int]

    @classmethod
    def in_forms(cls, forms: tuple[str, ...], place: Callable[[int], int]) -> "Phrase":
        """The text of these forms."""
        made = cls(forms[-1])
        made.forms, made.place = forms, place
        return made

    def format(self, /, *args: object, **values: object) -> str:
        """The text with its values, in the form for their count.

        Examples:
            >>> text = Phrase.in_forms(("{count} pair", "{count} pairs"), c2py("n != 1"))
            >>> text.format(count=Counted.of(1, "1")), text.format(count=Counted.of(0, "0"))
            ('1 pair', '0 pairs')
        """
        text: str = self
        if len(self.forms) > 1:
            fields = (field for _, field, _, _ in Formatter().parse(self) if field)
            counts = (value.number for field in fields if isinstance(value := values.get(field), Counted))
            text = next((self.forms[self.place(int(count))] for count in counts), self)
        return str.format(text, *args, **values)


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
        language: the name of a catalogue here, such as "fr", or "en".

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
    if language not in languages():
        raise SilosError(f"there is no translation {language!r}. Languages: {', '.join(languages())}.")
    file = SOURCE if language == ENGLISH else f"{language}.po"
    with resources.files("silos.locales").joinpath(file).open("rb") as opened:
        catalogue = read_po(opened)
    place = c2py(catalogue.plural_expr)
    texts: dict[str, dict[str, Phrase]] = {}
    if language != ENGLISH:
        texts = {section: dict(found) for section, found in phrases(ENGLISH).items()}
    for message in catalogue:
        text = message.id if language == ENGLISH else message.string
        forms = (text,) if isinstance(text, str) else tuple(text or ())
        if message.context and forms and all(forms) and not message.fuzzy:
            section, _, key = message.context.partition(".")
            texts.setdefault(section, {})[key] = Phrase.in_forms(forms, place)
    fixed = MappingProxyType({section: MappingProxyType(found) for section, found in texts.items()})
    return Language(fixed, Locale.parse(catalogue.locale_identifier))

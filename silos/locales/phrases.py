"""The sentences of each language, from its catalogue.

English is the source: `silos.pot` has every text, under the context `section.key` by which the code asks for it. A
language is a catalogue of the same contexts beside it, such as `fr.po`. Texts have `{placeholders}` for `str.format`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from gettext import c2py
from importlib import resources
from types import MappingProxyType

from babel import Locale
from babel.messages.pofile import read_po

from silos.errors import SilosError
from silos.locales import ENGLISH, SOURCE, languages


class Phrase(str):
    """A text of a language; one that depends on a count has several forms, and is the last of them where none is asked.

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

    def of(self, count: float) -> str:
        """The form for a count.

        Examples:
            >>> text = Phrase.in_forms(("{count} pair", "{count} pairs"), c2py("n != 1"))
            >>> text.of(1), text.of(0)
            ('{count} pair', '{count} pairs')
        """
        return self.forms[self.place(int(count))] if len(self.forms) > 1 else self


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
        silos.errors.SilosError: there is no translation 'tlh'. Languages: en, fr.
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

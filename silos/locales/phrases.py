"""The sentences of each language.

A language is a folder here that holds TOML files; a file holds sections of phrases with `{placeholders}` for
`str.format`. To add a language, translate the files of `en` into a new folder: a test compares keys and placeholders.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType

from silos.errors import SilosError
from silos.locales import languages

Phrases = Mapping[str, Mapping[str, str]]


@cache
def phrases(language: str) -> Phrases:
    """All the phrases of a language: section -> key -> text with `{placeholders}`.

    Args:
        language: the name of a folder here, such as "en".

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
    if language not in languages():
        raise SilosError(f"there is no translation {language!r}. Languages: {', '.join(languages())}.")
    sections: dict[str, dict[str, str]] = {}
    folder = resources.files("silos.locales") / language
    for entry in sorted(folder.iterdir(), key=lambda file: file.name):
        if entry.name.endswith(".toml"):
            for section, texts in tomllib.loads(entry.read_text(encoding="utf-8")).items():
                sections.setdefault(section, {}).update(texts)
    return MappingProxyType({section: MappingProxyType(texts) for section, texts in sections.items()})

"""What the units of an analysis are called: departments, unless they are sites, teams or whatever somebody names them.

The texts of a catalogue speak of departments. A language with a unit, such as `fr@site/sites`, has the same texts with
the other word in the place of that one. Texts agree with their word: where a language has genders, the word for a
department and the words of the section `unit_words` have one and the same, and a word of one's own should have it too.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from silos.errors import SilosError

#: Between a language and the word for a unit, and between its singular and its plural.
UNIT, PLURAL = "@", "/"
#: Characters of a word for a unit, at most.
LONGEST = 30
#: The column that texts speak of, and the unit of a column that has no word: two columns crossed, for one.
DEPARTMENT, OTHER = "department", "other"
#: Sections whose texts say `department` of the column of that name.
FIXED = frozenset({"unit_words", "units", "charts"})

_WORD = re.compile(r"[^\W\d_]+(?:[ '’-][^\W\d_]+)*")
#: A heading that is a word, and no name of a field.
_HEADING = re.compile(r"[A-Za-z]?[a-z]{2,}")
#: How a word begins that its language speaks with a vowel: "an office", but "a unit", "a hub"; "l’hôtel".
_VOWEL = {
    "en": re.compile(r"(?!uni|eu|use|one\b)[aeiou]", re.IGNORECASE),
    "fr": re.compile(r"[aeiouyhàâäæèéêëîïôöœùûü]", re.IGNORECASE),
}
#: French words that change before a vowel.
_ELIDED = {"le ": "l’", "de ": "d’", "du ": "de l’", "au ": "à l’", "ce ": "cet ", "nouveau ": "nouvel ", "que ": "qu’"}


@dataclass(frozen=True)
class Unit:
    """The word for a unit, in the singular and the plural."""

    one: str
    many: str

    @classmethod
    def of(cls, word: str, code: str = "en") -> "Unit":
        """A word that somebody gives, as `team` or `Werk/Werke`; of one alone, the plural of the language.

        Raises:
            SilosError: it is not one.

        Examples:
            >>> Unit.of("branch"), Unit.of("bureau", "fr"), Unit.of("Werk/Werke", "de")
            (Unit(one='branch', many='branches'), Unit(one='bureau', many='bureaux'), Unit(one='Werk', many='Werke'))
            >>> Unit.of("{x}")
            Traceback (most recent call last):
            ...
            silos.errors.SilosError: '{x}' is not a word for a unit (--unit): ...
        """
        one, _, many = (part.strip() for part in word.partition(PLURAL))
        if not all(_WORD.fullmatch(part) and len(part) <= LONGEST for part in (one, many or one)):
            raise SilosError(
                f"{word!r} is not a word for a unit (--unit): give one such as team, or with its plural: Werk/Werke."
            )
        return cls(one, many or _plural(one, code))


def _plural(word: str, code: str) -> str:
    """The plural of a word that has none given, as most words of English or French have it."""
    if code == "fr":
        if word.endswith("al"):
            return f"{word[:-1]}ux"
        return word if word[-1] in "sxz" else f"{word}x" if word.endswith(("au", "eu")) else f"{word}s"
    if re.search(r"(s|x|z|ch|sh)$", word):
        return f"{word}es"
    return f"{word[:-1]}ies" if re.search(r"[^aeiou]y$", word) else f"{word}s"


def with_unit(language: str, by: str, word: str | None = None) -> str:
    """The language in which units are called by a word; as it is where they are departments.

    Args:
        language: the code of a catalogue, which may have a unit already.
        by: the column that names the units.
        word: what they are called, whatever the column.

    Examples:
        >>> with_unit("en", "department"), with_unit("fr", "location"), with_unit("en", "squad")
        ('en', 'fr@site/sites', 'en@squad/squads')
        >>> with_unit("en", "team × location"), with_unit("en", "location", "store")
        ('en@unit/units', 'en@store/stores')
    """
    if UNIT in _named(language) or (by == DEPARTMENT and word is None):
        return language
    unit = Unit.of(word, language) if word else _known(language, by)
    return f"{language}{UNIT}{unit.one}{PLURAL}{unit.many}"


def _named(language: object) -> str:
    """The name of a language, as it was given.

    Raises:
        SilosError: it is no text.
    """
    if not isinstance(language, str):
        raise SilosError(f"a language is named by a text such as 'en', not by {language!r}.")
    return language


def _known(language: str, by: str) -> Unit:
    """The word for the units of a column: that of the catalogue, or in English its heading, if that is a word."""
    from silos.locales.phrases import phrases

    words = phrases(language)["unit_words"]
    if by not in words and language == "en" and _HEADING.fullmatch(by):
        return Unit.of(by.lower())
    return Unit(*words.get(by, words[OTHER]).forms)


def split(language: str) -> tuple[str, Unit | None]:
    """The code of a catalogue, and the word for a unit that stands behind it.

    Examples:
        >>> split("fr@site/sites"), split("en")
        (('fr', Unit(one='site', many='sites')), ('en', None))
    """
    code, _, word = _named(language).partition(UNIT)
    return code, Unit(*word.split(PLURAL)) if word else None


def speaking_of(unit: Unit, department: Unit, code: str) -> Callable[[str], str]:
    """What puts the word for a unit in the place of that for a department, but in placeholders and names of files.

    Args:
        unit: the word.
        department: the word of the texts.
        code: the language, whose articles follow the word.

    Examples:
        >>> put = speaking_of(Unit("office", "offices"), Unit("department", "departments"), "en")
        >>> put("A department is apart: {department} (--service-department). Departments' own, in departments.csv.")
        "An office is apart: {department} (--service-department). Offices' own, in departments.csv."
        >>> put = speaking_of(Unit("atelier", "ateliers"), Unit("département", "départements"), "fr")
        >>> put("Le département voit {count} des départements, et ce que disent de départements d'un département")
        "L’atelier voit {count} des ateliers, et ce que disent d’ateliers d'un atelier"
        >>> speaking_of(Unit("unit", "units"), Unit("department", "departments"), "en")("a department")
        'a unit'
    """
    before = {"en": r"\ba ", "fr": "|".join(rf"\b{one}" for one in _ELIDED)}.get(code, r"(?!)")
    told = re.compile(
        rf"\{{[^}}]*\}}|(?P<before>(?:{before}))?(?<![\w./_-])(?P<word>{department.many}|{department.one})(?![\w/_-]|\.\w)",
        re.IGNORECASE,
    )

    def put(found: re.Match[str]) -> str:
        if found["word"] is None:
            return found[0]
        word = unit.many if found["word"].lower() == department.many.lower() else unit.one
        lead = found["before"] or ""
        if lead and _VOWEL[code].match(word):
            changed = "an " if code == "en" else _ELIDED[lead.lower()]
            lead = changed.capitalize() if lead[0].isupper() else changed
        return lead + (word[:1].upper() + word[1:] if found["word"][0].isupper() else word)

    return lambda text: told.sub(put, text)

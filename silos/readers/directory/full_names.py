"""The names of people: in full, from one column or from two, and what two spellings of one name have in common."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from silos.readers.directory.headings import FAMILY, GIVEN
from silos.readers.tabular.columns import folded

_TITLES = frozenset(("dr", "prof", "mr", "mrs", "ms", "mme", "m", "herr", "frau", "ing", "dipl", "mag", "phd", "md"))
_WORD = re.compile(r"[^\W\d_]+")
_WORD_OR_NUMBER = re.compile(r"[^\W_]+")


def full_names(
    headings: Sequence[str], texts: Mapping[int, "pd.Series[Any]"], located: Mapping[str, int]
) -> "pd.Series[Any] | None":
    """The names of the people in full; None where a directory has none.

    Args:
        headings: of the directory.
        texts: its columns by position.
        located: field -> position, of what is known by its heading or the user's word.

    Examples:
        >>> texts = {0: pd.Series(["Roux", "Li"]), 1: pd.Series(["Ève", None])}
        >>> full_names(["Nom", "Prénom"], texts, {}).tolist()
        ['Ève Roux', 'Li']
    """
    if "name" in located:
        return texts[located["name"]]
    parts = parts_of_names(headings, texts)
    if not parts:
        return None
    joined = parts[0] if len(parts) == 1 else parts[0].fillna("") + " " + parts[1].fillna("")
    return joined.str.strip().mask(lambda names: names == "")


def parts_of_names(headings: Sequence[str], texts: Mapping[int, "pd.Series[Any]"]) -> list["pd.Series[Any]"]:
    """The columns of given names and family names, if there are any."""
    by_name = {folded(heading): position for position, heading in reversed(list(enumerate(headings)))}
    keys = [next((key for key in map(folded, names) if key in by_name), None) for names in (GIVEN, FAMILY)]
    return [texts[by_name[key]] for key in keys if key is not None]


def name_key(name: str, *, numbers: bool = False) -> tuple[str, ...]:
    """The words of a name in any order, without regard to case, accents and titles.

    Args:
        name: as it is written.
        numbers: whether numbers are words of it: "Employee 17" is not "Employee 18", but "Ann Roux (7)" is Ann Roux.

    Examples:
        >>> name_key("Roux, Ève") == name_key("Dr. Eve ROUX")
        True
        >>> name_key("Employee 17"), name_key("Employee 17", numbers=True), name_key("Dr. 17", numbers=True)
        (('employee',), ('17', 'employee'), ('17', 'dr'))
    """
    plain = name
    if not name.isascii():
        plain = "".join(sign for sign in unicodedata.normalize("NFKD", name) if not unicodedata.combining(sign))
    words = (_WORD_OR_NUMBER if numbers else _WORD).findall(plain.casefold())
    # What stands alone beside numbers is the name, not its title.
    alone = sum(not word.isdigit() for word in words) == 1
    return tuple(sorted(word for word in words if alone or word not in _TITLES))

"""Units as directories write them: distinguished names as departments, and titles of groups that stand among people."""

import re
from collections.abc import Collection, Mapping, Sequence

import pandas as pd

from silos.locales.said import Said
from silos.readers.tabular.columns import folded
from silos.tables import spellings

#: Why a row is no person: "Sales,," above the people of Sales.
TITLE = "the title of a group of people"
#: Share of the ids of a column with a digit or an @ from which a word with neither is no id.
ID_LIKE = 0.9
#: Columns that a table must have for a row with one cell to stand out.
FEWEST_COLUMNS = 3

#: Names that a note shows.
_EXAMPLES = 5
#: What tells 1.1 from 11.
_BETWEEN_DIGITS = re.compile(r"(?<=[0-9])[^\w]+(?=[0-9])")
_PART = re.compile(r"(?i)\s*(cn|uid|ou|o|dc|l|st|c)\s*=\s*((?:\\.|[^\\])*?)\s*")
_BETWEEN = re.compile(r"(?<!\\)[,;+]|(?<!\\)/(?=\s*(?:cn|uid|ou|o|dc|c)\s*=)", re.IGNORECASE)
_COUNT = re.compile(r"\s*(?:[(\[]\s*[0-9]+[^()\[\]]*[)\]]|[:–-])?\s*$")
#: Units that hold accounts, below those of the organisation.
_CONTAINERS = frozenset(("users", "people", "accounts", "employees", "staff", "persons", "benutzer", "utilisateurs"))
_ID = re.compile(r"[@0-9]")


def _units(name: str) -> tuple[str, ...]:
    """The domain and the units of a distinguished name from the top; nothing where it names no units."""
    parts = [_PART.fullmatch(part) for part in _BETWEEN.split(name)]
    if not all(parts):
        return ()
    named = [(part[1].lower(), re.sub(r"\\(.)", r"\1", part[2])) for part in parts if part]
    units = [value for kind, value in named if kind == "ou" and value]
    from_top = units if named[0][0] in ("dc", "o", "c") else units[::-1]
    domain = ".".join(value for kind, value in named if kind in ("dc", "o"))
    return (domain, *from_top) if units else ()


def _common(paths: Sequence[tuple[str, ...]]) -> int:
    """How many parts all paths begin with, beside one that each keeps."""
    same = 0
    while same < min(map(len, paths)) - 1 and len({path[same] for path in paths}) == 1:
        same += 1
    return same


def names_of_units(texts: Collection[str]) -> dict[str, str]:
    """Distinguished names among departments, and the units that tell them apart.

    Args:
        texts: all the departments.

    Examples:
        >>> names_of_units(["OU=Sales,OU=Berlin,DC=corp", "ou=R\\\\,D,ou=Berlin,dc=corp", "Legal"])
        {'OU=Sales,OU=Berlin,DC=corp': 'Sales', 'ou=R\\\\,D,ou=Berlin,dc=corp': 'R,D'}
        >>> list(names_of_units(["CN=Ann,OU=Users,OU=Sales,OU=Rome", "CN=Bob,OU=Users,OU=Sales,OU=Bern"]).values())
        ['Rome/Sales', 'Bern/Sales']
        >>> names_of_units(["DC=corp,OU=Sales", "CN=Users,DC=corp"])
        {'DC=corp,OU=Sales': 'Sales'}
    """
    paths = {text: units for text in texts if "=" in text and (units := _units(text))}
    if not paths:
        return {}
    while all(len(path) > 2 and path[-1].casefold() in _CONTAINERS for path in paths.values()):
        paths = {text: path[:-1] for text, path in paths.items()}
    first = _common(list(paths.values()))
    return {text: "/".join(filter(None, path[first:])) for text, path in paths.items()}


def titles_of_groups(rows: pd.DataFrame, located: Mapping[str, int]) -> "pd.Series[bool]":
    """Which rows hold nothing but the title of the group below: a department, or a word where others have an id.

    Args:
        rows: of a directory.
        located: field -> position of its column.
    """
    none = pd.Series(False, index=rows.index)
    texts = [rows.iloc[:, at].astype("string").fillna("").str.strip() for at in range(rows.shape[1])]
    filled = sum((column.ne("").astype(int) for column in texts), start=none.astype(int))
    if len(texts) < FEWEST_COLUMNS or not filled.eq(1).any() or not filled.gt(1).any():
        return none
    others, alone = filled.gt(1), filled.eq(1)
    department = located.get("department", -1)
    units = _named(texts[department][others]) if department >= 0 else frozenset()
    for at, column in enumerate(texts):
        here = alone & column.ne("")
        stated = column[others & column.ne("")]
        if at == department or not here.any() or stated.empty:
            continue
        ids = stated.str.contains(_ID).mean() >= ID_LIKE
        for row, text in column[here].items():
            title = _COUNT.sub("", text)
            none[row] = title.casefold() in units or bool(ids and not _ID.search(title))
    return none


def _named(departments: "Sequence[str] | pd.Series[str]") -> frozenset[str]:
    return frozenset(name.casefold() for name in departments if name)


def notes_on_spellings(departments: "pd.Series[str]", where: str) -> list[str]:
    """Notes on departments that are written in several ways: those that are one, and those that could be."""
    notes: list[str] = []
    spelt = spellings(departments)
    if taken := [f"{str(name)!r} ({as_one})" for name, as_one in spelt.items() if str(name) != as_one]:
        notes.append(Said("read", "variants", examples=_first(taken)))
    # "R & D" and "R&D", "Qualité" and "Qualite": whether they are one is for the owner to say.
    alike: dict[str, set[str]] = {}
    for name in spelt.values():
        alike.setdefault(folded(_BETWEEN_DIGITS.sub("x", name)), set()).add(name)
    pairs = [" / ".join(map(repr, sorted(names))) for key, names in alike.items() if len(key) > 1 and len(names) > 1]
    if pairs:
        notes.append(Said("read", "departments_alike", name=where, examples=_first(pairs)))
    return notes


def _first(examples: Sequence[str]) -> str:
    return f"{', '.join(examples[:_EXAMPLES])}{', …' if len(examples) > _EXAMPLES else ''}"

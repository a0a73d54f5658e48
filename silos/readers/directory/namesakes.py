"""Rows of a directory that share an id and are plainly of different people, and rows of one person that differ.

A number that is given twice, `noemail@` for whoever has no mailbox, ids whose last digits a spreadsheet cut off: whose
messages are those of such an id, nobody can tell. Rows whose names have a word in common may be of one person who
married, has two contracts or is written in two ways.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import pandas as pd

from silos.locales.said import Said
from silos.readers.directory.headings import KNOWN, STAFF_NUMBERS
from silos.readers.tabular import name_marks
from silos.readers.tabular.columns import folded, quotable
from silos.readers.tabular.whole_table import Whole, lines_text

#: Words from which a name says by itself who is meant: "Bob" may be "Robert".
FULL_NAME = 2
#: Names of one id that are compared pair by pair; an id with more of them stands for several people anyway.
MOST_NAMES = 20
#: Columns in which rows of one person differ that a note names.
MOST_COLUMNS = 5
#: Letters with which a longer word must begin to be the same one.
SHORTENED = 3

_BRACKET = r"[(\[{<（【]([^()\[\]{}<>（）【】]*)[)\]}>）】]\s*$"
_WORD = re.compile(r"[^\W\d_]+")
#: Writing in which a sign says as much as a word does.
_SIGNS = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL")


def of_several(
    ids: "pd.Series[Any]", names: "pd.Series[Any] | None", others: Sequence["pd.Series[Any]"], period: "pd.Series[Any]"
) -> "pd.Series[bool]":
    """Whether a row's id is also that of somebody else, by what the rows say.

    The names of two people have no word in common. Where a name is one word, or the rows hold at different times (a
    number is given anew, somebody is called otherwise), the other ids that both rows have must differ as well.

    Args:
        ids: of each row, missing where it has none.
        names: in full; None where there are none.
        others: further ids of the person.
        period: when each row holds, as text; the same throughout where rows are not dated.

    Examples:
        >>> ids, when = pd.Series(["7", "7", "8", "8"]), pd.Series([""] * 4)
        >>> of_several(ids, pd.Series(["Ann Roux", "Bob Li", "Cleo Diaz", "Diaz-Wolf, Cleo"]), [], when).tolist()
        [True, True, False, False]
    """
    none = pd.Series(False, index=ids.index)
    if names is None:
        return none
    key = ids.str.casefold()
    rows = pd.DataFrame({"id": key, "name": names, "period": period}).dropna(subset=["id", "name"])
    named = rows[["id", "name"]].drop_duplicates()
    open_ids = named["id"][named["id"].duplicated(keep=False)].unique()
    rows = rows[rows["id"].isin(open_ids)]
    further = pd.DataFrame({place: column.str.casefold() for place, column in enumerate(others)}, index=ids.index)
    several = [one for one, held in rows.groupby("id") if _differ(held, further.loc[held.index])]
    return key.isin(several)


def _differ(rows: pd.DataFrame, others: pd.DataFrame) -> bool:
    """Whether some two rows of one id are of different people."""
    held = [(_words(name), set(same["period"]), same.index[0]) for name, same in rows.groupby("name", sort=False)]
    for (a, when, one), (b, then, other) in combinations(held[:MOST_NAMES], 2):
        if not _strangers(a, b):
            continue
        if when & then and min(len(a), len(b)) >= FULL_NAME:
            return True
        both = others.loc[[one, other]].dropna(axis="columns")
        if both.shape[1] and bool((both.iloc[0] != both.iloc[1]).all()):
            return True
    return False


def _words(name: str) -> frozenset[str]:
    """The words of a name without accents; its signs where it is written in signs."""
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", name) if not unicodedata.combining(sign))
    words = _WORD.findall(plain.casefold())
    return frozenset(part for word in words for part in (word if _script(word) in _SIGNS else [word]))


def _script(word: str) -> str:
    return unicodedata.name(word[0], "?").split()[0]


def _strangers(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two names in the same writing have nothing in common, not even shortened (`R.`, `Alex`)."""
    if not one or not other or _script(min(one)) != _script(min(other)):
        return False
    return not any(_shortens(a, b) or _shortens(b, a) for a in one for b in other)


def _shortens(short: str, word: str) -> bool:
    """Whether a word is another, or its beginning: a first letter, or letters enough for that not to be by chance."""
    return short == word or (word.startswith(short) and (len(short) == 1 or len(short) >= SHORTENED))


def _renamed(numbers: "pd.Series[Any]", ids: "pd.Series[Any]", period: "pd.Series[Any]") -> "pd.Series[bool]":
    """Which rows are of people with several ids in one column over time, and one staff number throughout.

    Args:
        numbers: that of each row; not of several people (`of_several`).
        ids: of the other column.
        period: when each row holds, as text.

    Examples:
        >>> numbers, ids = pd.Series(["7", "7", "8"]), pd.Series(["ann.li@x.de", "ann.roux@x.de", "bob@x.de"])
        >>> _renamed(numbers, ids, pd.Series(["2024", "2025", "2024"])).tolist()
        [True, True, False]
        >>> _renamed(numbers, ids, pd.Series(["2024", "2024", "2024"])).tolist()
        [False, False, False]
    """
    rows = pd.DataFrame({"number": numbers.str.casefold(), "id": ids.str.casefold(), "period": period})
    found: pd.Series[bool] = rows.groupby("number")["id"].transform("nunique") > 1
    at_once = rows[found].duplicated(["number", "period"]).any()
    of_others = rows.groupby("id")["number"].nunique().gt(1).any()
    return found & (not at_once and not of_others and bool(numbers.notna().all()))


def steady_ids(
    table: Whole,
    ids: Mapping[int, "pd.Series[Any]"],
    chosen: int,
    identities: Sequence[int],
    several: Mapping[int, "pd.Series[bool]"],
    period: "pd.Series[str]",
) -> tuple[int, list[str]]:
    """The column by which dated rows are of one person, with a note where it is not the chosen one.

    Staff numbers tell it where addresses change with a name.

    Args:
        table: for its headings and its name.
        ids: of its columns by position.
        chosen: position of the ids that are the fittest otherwise.
        identities: positions of all columns of ids.
        several: which rows of them are of several people (`of_several`).
        period: when each row holds, as text.
    """
    headings = [str(heading) for heading in table.rows.columns]
    for at in identities:
        if at == chosen or folded(headings[at]) not in STAFF_NUMBERS or several[at].any():
            continue
        found = _renamed(ids[at], ids[chosen], period)
        if found.any():
            count = ids[at][found].str.casefold().nunique()
            columns = {"column": repr(headings[at]), "ids": repr(headings[chosen])}
            return at, [Said("read", "renamed", name=table.name, count=count, **columns)]
    return chosen, []


def nicknamed(ids: "pd.Series[Any]", raw: "pd.Series[Any]") -> "pd.Series[bool]":
    """Whether a row's id stands with several texts in brackets of which one may be somebody's name and no mark.

    "Minh Tran (Du)" and "Minh Tran (Lei)" are two people, although tools write so of the user and of a pronoun.

    Examples:
        >>> raw = pd.Series(["Minh Tran (Du)", "Minh Tran", "Bob Li (Guest)", "Bob Li"])
        >>> nicknamed(pd.Series(["Minh Tran", "Minh Tran", "Bob Li", "Bob Li"]), raw).tolist()
        [True, True, False, False]
    """
    bracket = raw.str.extract(_BRACKET, expand=False).str.strip().str.casefold()
    named = bracket.isin(name_marks.NAME_LIKE)
    if not named.any():
        return pd.Series(False, index=ids.index)
    key = ids.str.casefold()
    texts = pd.DataFrame({"id": key, "text": bracket.fillna("")}).groupby("id")["text"].nunique()
    return (key.isin(texts.index[texts > 1]) & key.isin(key[named])).astype(bool)


def note_on_several(table: Whole, ids: "pd.Series[Any]", several: "pd.Series[bool]") -> list[str]:
    """What is said of ids that are nobody's, as they stand for several people."""
    rows = ids.index[several]
    if rows.empty:
        return []
    count = ids[several].str.casefold().nunique()
    lines = lines_text(table.lines[rows].tolist())
    return [Said("read", "namesakes", name=table.name, count=count, lines=lines)]


def note_on_merged(table: Whole, rows: pd.DataFrame, headings: Mapping[str, str]) -> list[str]:
    """What is said of rows of one person that differ, of which only the first counts where they do.

    Args:
        table: for its name and its lines.
        rows: of people who are there more than once, with `person`.
        headings: label of a column of `rows` -> its heading in the file, where that is another.
    """
    differing: dict[str, pd.Series[bool]] = {}
    for label in rows.columns.drop("person"):
        values = rows[label].dropna().astype(str).str.casefold()
        apart = values.groupby(rows["person"]).nunique()
        if (apart > 1).any():
            differing[label] = rows["person"].isin(apart.index[apart > 1])
    if not differing:
        return []
    torn = pd.concat(differing.values(), axis="columns").any(axis="columns")
    found = [headings.get(label, label) for label in differing]
    quoted = [repr(heading) for heading in found if heading in quotable(found, evident=table.evident, known=KNOWN)]
    columns = quoted if len(quoted) == len(found) <= MOST_COLUMNS else [*quoted[:MOST_COLUMNS], "…"]
    count, lines = rows["person"][torn].nunique(), lines_text(table.lines[rows.index[torn]].tolist())
    return [Said("read", "merged", name=table.name, count=count, columns=columns, lines=lines)]

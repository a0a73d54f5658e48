"""Rows of a directory that hold from when to when: the latest row of each person, and the history behind it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import duckdb
import pandas as pd

from silos.errors import ReadError, SilosError
from silos.locales.said import Said
from silos.readers.directory.headings import KNOWN
from silos.readers.directory.months import day_meant
from silos.readers.directory.namesakes import note_on_merged
from silos.readers.tabular import timestamps
from silos.readers.tabular.columns import quotable
from silos.readers.tabular.whole_table import Whole, lines_text
from silos.tables import Roster

#: Share of people whose first row has no beginning, beyond which a roster holds since ever.
UNDATED = 0.5
#: Share of the rows that another row of the same person follows, from which on ends are kept up: a row without one then
#: holds to this day. Below, the next row of the person ends it.
KEPT_UP = 0.5
#: Days that two rows of a person may overlap and still follow each other, as the last day of one and the first of the
#: next do.
TURN = 1
#: Dates that cannot be read of which it is said how they look, at most.
MOST_LOOKS = 3
#: Years that stand for none: of the end of time, and of its beginning.
NO_YEAR = r"\b(?:9999|2999|0001)\b|^(?:9999|2999|0001)\d{4}|(?i:infinity)"
#: A day, however it is written.
_DATE = r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}\b"
#: What stands for no beginning and no end while periods are compared.
_EVER = pd.Timestamp("1700-01-01"), pd.Timestamp("2261-12-31")


@dataclass(frozen=True, eq=False, repr=False)
class DatedRoster(Roster):
    """A roster whose rows say from when to when they hold; `people` has the latest row of each person.

    Attributes:
        history: one row per person and period, ordered, with the columns of `people`, and `person` (as in `people`),
            `effective_from` and `effective_to` (timestamps; missing: open). Where the file has no end of a period, the
            next of the person ends it. Of several that hold at a time there is the one that began last; when it ends,
            another may go on.
    """

    history: pd.DataFrame = field(default_factory=pd.DataFrame)

    def spells(self, by: str) -> pd.DataFrame:
        """Who was in which unit from when to when; see `Roster.spells`.

        On a day of which no row of a person speaks the row before it holds, or the first.
        """
        rows = self._in_units(self.history, by).reset_index(drop=True)
        if "effective_from" not in rows.columns:
            rows["effective_from"] = rows.groupby("person")["effective_to"].shift(1)
        # Of several rows from the same day on, the last one counts.
        rows = rows.drop_duplicates(["person", "effective_from"], keep="last")
        unit = rows["unit"].fillna("")
        # Rows that follow one another in the same unit are one spell, with what the last of them says.
        spell = ((rows["person"] != rows["person"].shift()) | (unit != unit.shift())).cumsum()
        since = rows.groupby(spell)["effective_from"].transform("first")
        left = rows["effective_to"] if "effective_to" in rows.columns else pd.NaT
        spells = rows.assign(since=since, joined=since, left=left)[~spell.duplicated(keep="last")]
        spells["until"] = spells.groupby("person")["since"].shift(-1)
        spells["since"] = spells["since"].mask(~spells["person"].duplicated())
        return spells.drop(columns=["effective_from", "effective_to"], errors="ignore").reset_index(drop=True)

    @property
    def begins(self) -> datetime | None:
        """The first day of which it says who was where; None where most people's first row holds since ever."""
        if "effective_from" not in self.history.columns:
            return None
        since = self.history.loc[~self.history["person"].duplicated(), "effective_from"]
        return None if since.isna().mean() > UNDATED else since.min().to_pydatetime()

    def with_rows(self, change: Callable[[pd.DataFrame], pd.DataFrame]) -> "DatedRoster":
        return replace(self, people=change(self.people), history=change(self.history))


def one_row_each(
    rows: pd.DataFrame, table: Whole, order: timestamps.DateOrder | None, connection: Any, columns: Mapping[str, str]
) -> tuple[pd.DataFrame, pd.DataFrame | None, int]:
    """The latest row of each person; all of them where they are dated; people who are in several departments at a time.

    The people are counted by the dates as they stand in the file.
    """
    dated = [name for name in ("effective_from", "effective_to") if name in rows.columns]
    for name in dated:
        rows[name] = _dates(rows[name], table, columns[name], order, connection, last=name == "effective_to")
    if dated and (rows["person"].duplicated().any() or rows[dated].notna().any(axis=None)):
        by = ["person", *dated]
        history = rows.sort_values(by, kind="stable", na_position="first", ignore_index=True)
        several = 0
        if "effective_from" in dated:
            history, several = _one_at_a_time(history)
        return history.drop_duplicates("person", keep="last"), history, several
    _refuse_contradictions(rows, table)
    # Of several rows that agree, what one leaves blank another may fill.
    twice = rows["person"].duplicated(keep=False)
    if not twice.any():
        return rows, None, 0
    table.notes += note_on_merged(table, rows[twice], columns)
    return rows.groupby("person", sort=False, as_index=False).first(), None, 0


def _one_at_a_time(history: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Periods that do not overlap, and how many people have some of different departments that do.

    Of those that hold at a time, the one that began last counts for as long as it lasts: whoever is lent to another
    department for a year returns to the own one.
    """
    since, person = history["effective_from"], history["person"]
    following = since.groupby(person).shift(-1)
    until = history["effective_to"] if "effective_to" in history.columns else pd.Series(pd.NaT, history.index)
    followed = person.duplicated(keep="last")
    open_ended = until.isna() & (until[followed].notna().mean() >= KEPT_UP)
    overlapping = person.isin(person[followed & ((until > following) | open_ended)])
    alone = history.assign(effective_to=until.fillna(following))[~overlapping]
    if not overlapping.any():
        return alone, 0
    rows = pd.DataFrame({"person": person, "since": since.fillna(_EVER[0]), "until": until.fillna(_EVER[1])})
    rows = rows[overlapping].reset_index(names="row")
    resolved = _latest(rows)
    found = history.loc[resolved["row"]].reset_index(drop=True)
    found["effective_from"] = resolved["since"].mask(resolved["since"] == _EVER[0]).to_numpy()
    found["effective_to"] = resolved["until"].mask(resolved["until"] == _EVER[1]).to_numpy()
    whole = pd.concat([alone, found]).sort_values(
        ["person", "effective_from"], kind="stable", na_position="first", ignore_index=True
    )
    if "department" not in history.columns:
        return whole, 0
    department = history["department"].dropna().astype(str).str.casefold()
    return whole, _in_several(rows.join(department, on="row", how="inner"))


def _in_several(rows: pd.DataFrame) -> int:
    """How many people have rows of different departments that hold at a time."""
    pairs = rows.merge(rows, on="person", suffixes=("", "_other"))
    pairs = pairs[pairs["department"] != pairs["department_other"]]
    begun, over = pairs[["since", "since_other"]].max(axis=1), pairs[["until", "until_other"]].min(axis=1)
    return pairs.loc[over - begun > pd.Timedelta(days=TURN), "person"].nunique()


def _latest(rows: pd.DataFrame) -> pd.DataFrame:
    """Which `row` of a person counts `since` when and `until` when.

    Args:
        rows: `person`, `since`, `until` and `row`, in the order in which they began.
    """
    moments = pd.concat([rows[["person", name]].set_axis(["person", "begin"], axis=1) for name in ("since", "until")])
    spans = moments.drop_duplicates().sort_values(["person", "begin"], ignore_index=True)
    spans["end"] = spans.groupby("person")["begin"].shift(-1)
    held = spans.dropna(subset=["end"]).reset_index(names="span").merge(rows, on="person")
    held = held[(held["since"] <= held["begin"]) & (held["begin"] < held["until"])]
    last = held.drop_duplicates("span", keep="last")
    # Spans that follow each other and in which the same row counts are one.
    before = last.shift()
    goes_on = (last["row"] == before["row"]) & (last["begin"] == before["end"])
    return last.groupby((~goes_on).cumsum()).agg(row=("row", "first"), since=("begin", "first"), until=("end", "last"))


def _refuse_contradictions(rows: pd.DataFrame, table: Whole) -> None:
    if "department" not in rows.columns:
        return
    stated = rows.dropna(subset=["department"])
    departments = stated["department"].astype(str).str.casefold().groupby(stated["person"]).nunique()
    torn = departments.index[departments > 1]
    if len(torn):
        several = stated[stated["person"].isin(torn)]
        lines = table.lines[several.index].tolist()
        dated = _dates_beside(several, table)
        raise SilosError(
            f"{table.name}: {len(torn):,} {'person is' if len(torn) == 1 else 'people are'} in several "
            f"departments ({lines_text(lines)}). Keep one row for each person, or date the rows "
            f"(effective_from, effective_to).{dated}"
        )


def _dates_beside(rows: pd.DataFrame, table: Whole) -> str:
    """A hint at the columns that may say when each of the rows holds: dates in which those of one person differ."""
    found = []
    for label in map(str, rows.columns):
        stated = rows[label].dropna().astype(str)
        differ = stated.groupby(rows["person"]).nunique() > 1
        if len(stated) and stated.str.match(_DATE).all() and bool(differ.any()):
            found.append(label)
    headings = [heading for heading in found if heading in quotable(found, evident=table.evident, known=KNOWN)]
    if not headings:
        return ""
    called = headings[0] if '"' not in headings[0] else "COLUMN"
    columns = " or ".join(map(repr, headings))
    return f' If {columns} says when a row holds, name it: --roster-map "effective_from={called}".'


def _dates(
    values: "pd.Series[Any]",
    table: Whole,
    heading: str,
    order: timestamps.DateOrder | None,
    connection: Any,
    *,
    last: bool,
) -> "pd.Series[Any]":
    """Effective dates as timestamps, missing where they cannot be understood, which is said of the table.

    Args:
        values: as they stand in the table.
        table: for its name, and for what is said of it.
        heading: of the column.
        order: of day and month, where it is given.
        connection: to read them.
        last: whether a month means its last day.
    """
    name = table.name
    if pd.api.types.is_datetime64_any_dtype(values):
        return values
    stated = values.astype("string").str.strip()
    stated = stated.map(lambda text: day_meant(text, last=last), na_action="ignore").astype("string")
    writing = timestamps.writing_of(stated.dropna(), heading=heading)
    frame = pd.DataFrame({"position": range(len(stated)), "stated": stated.astype(object).where(stated.notna(), None)})
    connection.register("silos_effective", frame)
    try:
        if writing.undecided and order is None:
            query = f"select distinct {timestamps.day_month('stated', writing)} from silos_effective"
            pairs = [re.split("[-/.]", value) for (value,) in connection.execute(query).fetchall() if value]
            order = timestamps.decided({name: [(int(a), int(b)) for a, b in pairs]}, name=name, column=heading)
        query = f"select {timestamps.utc('stated', writing, order)} as at from silos_effective order by position"
        times = connection.execute(query).df()["at"]
    except duckdb.Error as error:
        raise ReadError(f"{name}: the dates in {heading!r} cannot be read. Write them as 2024-05-31.") from error
    finally:
        connection.unregister("silos_effective")
    dates = pd.Series(times.to_numpy(dtype="datetime64[us]"), index=values.index)
    given = stated.notna() & (stated != "") & ~stated.str.contains(NO_YEAR, regex=True).fillna(True).astype(bool)
    unread = stated[dates.isna() & given]
    if len(unread):
        looks = ", ".join(repr(shape) for shape in dict.fromkeys(map(timestamps.shape_of, unread.head(MOST_LOOKS))))
        table.notes.append(
            Said("read", "dates_unread", name=name, column=repr(heading), count=len(unread), looks=looks)
        )
    return dates

"""The tables that the steps of the SQL leave on an engine, fetched as results: ties, dialogue, external contacts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from silos.engines import Engine
from silos.tables import Ties, in_order
from silos.ties.definitions import HORIZON, waived
from silos.ties.results import (
    HOURS,
    MEMBERSHIPS,
    MINUTES,
    OUTSIDE,
    TURNS,
    WAITS,
    WEEKLY,
    WROTE,
    DialogueCounts,
    ExternalContacts,
    Memberships,
    Rhythm,
)

#: Columns of `Ties.arcs`, and of `Ties.dyads`.
ARC = ("sender", "recipient", "medium", "messages", "volume")
DYAD = (
    *("a", "b", "weeks", "sent_a", "sent_b", "conversations", "deep_a", "deep_b"),
    *("small_meetings", "meetings"),
)
#: The largest whole number of one byte.
NARROW = 127
#: Columns of steps that are people.
PERSONS = {"a", "b", "sender", "recipient", "person"}


@dataclass(frozen=True, eq=False)
class Messages:
    """The messages between two people of the roster, broadcasts included, summed up from the step `held`.

    Attributes:
        rows, broadcasts: of the log.
        threads, meetings: rows in a conversation, or of a meeting, broadcasts apart.
        sent: rows that have a sender, as contacts and meetings have not.
        first, last: times.
        weeks: the numbers of the distinct weeks, ascending.
        media: rows by medium, broadcasts apart.
    """

    rows: int
    broadcasts: int
    threads: int
    meetings: int
    sent: int
    first: datetime | None
    last: datetime | None
    weeks: np.ndarray
    media: Mapping[str, int]

    @classmethod
    def summed(cls, rows: Sequence[Mapping[str, Any]]) -> "Messages":
        """The sums over media and weeks."""
        media: dict[str, int] = {}
        for row in rows:
            media[row["medium"]] = media.get(row["medium"], 0) + int(row["lines"] - row["broadcasts"])
        return cls(
            rows=sum(int(row["lines"]) for row in rows),
            broadcasts=sum(int(row["broadcasts"]) for row in rows),
            threads=sum(int(row["threads"]) for row in rows),
            meetings=sum(int(row["meetings"]) for row in rows),
            sent=sum(int(row["sent"]) for row in rows),
            first=min((row["first"] for row in rows if row["first"]), default=None),
            last=max((row["last"] for row in rows if row["last"]), default=None),
            weeks=np.unique([int(row["week"]) for row in rows if row["week"] is not None]),
            media={medium: count for medium, count in media.items() if count},
        )

    @property
    def waived(self) -> tuple[str, ...]:
        """Clauses of the substantive tie that these messages cannot answer."""
        return waived(self.weeks, threads=self.threads > 0)


class StepTables:
    """What the steps have left on an engine.

    Args:
        engine: has run them.
        positions: by code of a person, the position among those who remain, -1 for who does not; None where all do.
    """

    def __init__(self, engine: Engine, positions: np.ndarray | None) -> None:
        self._engine = engine
        self._positions = positions

    def ties(self, *, windowed: bool = False) -> dict[datetime | None, Ties]:
        """The ties as they are counted at the moment, by the start of their window (None: no windows)."""
        media = [row["medium"] for row in self._engine.rows("select medium from media order by code")]
        period = "period, " if windowed else ""
        # The dyads first: to group them takes the most memory, and there are fewer of them than arcs.
        dyad_tables = dict(_windows(self._columns(f"select {period}{_integers(*DYAD)} from dyads"), ("a", "b")))
        arcs = self._columns(f"select {period}{_integers(*ARC[:3])}, messages, volume from arcs")
        arc_tables = dict(_windows(arcs, ARC[:3]))
        del arcs
        return {
            start: Ties(table.assign(medium=_named(table["medium"], media)), dyad_tables[start])
            for start, table in arc_tables.items()
        }

    def made(self, arcs: Mapping[str, np.ndarray], dyads: Mapping[str, np.ndarray]) -> Ties:
        """The ties of arcs and dyads that were counted otherwise, as `ties` has them."""
        media = [row["medium"] for row in self._engine.rows("select medium from media order by code")]
        table = in_order(self._placed({name: arcs[name] for name in ARC}), ARC[:3])
        found = in_order(self._placed({name: dyads[name] for name in DYAD}), DYAD[:2])
        return Ties(table.assign(medium=_named(table["medium"], media)), found)

    def dialogue(self, messages: Messages, *, directed: bool, spoken: bool) -> DialogueCounts:
        """Waits for answers, messages sent, and who wrote to whom.

        Args:
            messages: of the log.
            directed: whether anybody ever answers.
            spoken: whether any rows are messages, not acts or answers of a survey.
        """
        [most] = self._engine.rows("select max(waits) as waits from waits")
        # There are millions of them, and most rows stand for one wait.
        narrow = "tinyint" if (most["waits"] or 0) <= NARROW else "integer"
        waits = in_order(
            self._columns(
                f"select {_integers('sender', 'recipient')}, cast(answered as tinyint) as answered, "
                f"{_integers('seconds')}, cast(waits as {narrow}) as waits from waits"
            ),
            WAITS,
        )
        sent = self._columns(
            f"select {_integers('sender')}, cast(direct as double) as direct, cast(broadcast as double) as broadcast "
            "from outgoing"
        )
        nobody = DialogueCounts()
        wrote = nobody.wrote
        if messages.meetings:
            wrote = in_order(self._columns(f"select {_integers(*WROTE)} from talked"), WROTE)
        unknown = self._unknown(messages, directed=directed, spoken=spoken, waits=len(waits))
        return DialogueCounts(
            waits=waits.iloc[:0] if unknown else waits, sent=in_order(sent, ["sender"]), wrote=wrote, unknown=unknown
        )

    def _unknown(self, messages: Messages, *, directed: bool, spoken: bool, waits: int) -> str:
        """Why nothing is known of waits; empty where it is."""
        first, last = messages.first, messages.last
        if first is None or last is None:
            return "undated"
        if not directed:
            return "undirected"
        if not spoken:
            return "kind"
        if not waits:
            [row] = self._engine.rows("select sum(sent) as spoken from held where week is not null")
            return "days" if row["spoken"] else "silent"
        return "short" if (last - first).total_seconds() < HORIZON else ""

    def external(self, *, domains: bool) -> ExternalContacts:
        """Contacts with outsiders.

        Args:
            domains: whether the roster has mail addresses to tell them by.
        """
        contacts = self._columns("select person, outsider from outside")
        outsider = pd.factorize(np.asarray(contacts["outsider"]), sort=True)[0]
        table = in_order({"person": np.asarray(contacts["person"]), "outsider": outsider}, OUTSIDE)
        return ExternalContacts(table, domains)

    def turns(self) -> pd.DataFrame:
        """How pairs take turns."""
        return in_order(self._columns(f"select {_integers(*TURNS)} from turn_taking"), TURNS[:2])

    def weekly(self) -> pd.DataFrame:
        """Who wrote how much to whom in each week."""
        keys, sums = WEEKLY[:4], WEEKLY[4:]
        doubles = ", ".join(f"cast({name} as double) as {name}" for name in sums)
        return in_order(self._columns(f"select {_integers(*keys)}, {doubles} from weekly"), keys)

    def rhythm(self) -> Rhythm:
        """When each person writes."""
        hours, minutes = (
            in_order(
                self._columns(f"select {_integers(*names[:-1])}, cast(messages as double) as messages from {step}"),
                names[:-1],
            )
            for step, names in (("hours", HOURS), ("minutes", MINUTES))
        )
        return Rhythm(hours[hours["sender"] >= 0], minutes[minutes["sender"] >= 0])

    def memberships(self) -> Memberships:
        """Who is in which community, of a log that says so."""
        found = pd.DataFrame(self._columns("select * from memberships"))
        found = found[found["person"] >= 0].sort_values(["medium", "community", "person"], ignore_index=True)
        [row] = self._engine.rows("select count(distinct stranger) as strangers from affiliated")
        return Memberships(found[list(MEMBERSHIPS)], int(row["strangers"]))

    def _columns(self, query: str) -> dict[str, np.ndarray]:
        """The columns of a query, people by their position among those who remain."""
        return self._placed(self._engine.columns(query))

    def _placed(self, found: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """The columns, people by their position among those who remain."""
        if self._positions is not None:
            for name in PERSONS & found.keys():
                found[name] = self._positions[found[name]].astype(found[name].dtype)
        return found


def _integers(*names: str) -> str:
    """SQL of columns as whole numbers of four bytes: sums come in twice as many, or as decimals."""
    return ", ".join(f"cast({name} as integer) as {name}" for name in names)


def _named(medium: pd.Series, media: Sequence[str]) -> pd.Categorical:
    return pd.Categorical.from_codes(medium.to_numpy(), categories=list(media)).remove_unused_categories()


def _windows(columns: Mapping[str, np.ndarray], keys: Sequence[str]) -> Iterator[tuple[datetime | None, pd.DataFrame]]:
    """Each window's start and its rows in order."""
    found = dict(columns)
    if "period" not in found:
        yield None, in_order(found, keys)
        return
    periods = np.asarray(
        np.ma.filled(np.ma.asarray(found.pop("period")).astype("datetime64[us]"), np.datetime64("NaT"))
    )
    for start in np.unique(periods[~np.isnat(periods)]):
        yield start.astype(datetime), in_order({name: values[periods == start] for name, values in found.items()}, keys)

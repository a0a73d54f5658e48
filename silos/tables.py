"""The canonical tables that the stages pass to each other, with their columns and types.

`Interactions` is lazy: it knows how to read each log as one SQL query, and nothing is read before the ties are
counted. `Roster` is small and lives in memory. `Ties` is bounded by people and ties, never by the rows of the log.
"""

import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from silos.errors import ColumnError
from silos.system.inputs import Inputs

#: What an interaction can be. A contact is an observed one of two people that has no sender (face to face).
KINDS = ("direct", "group", "reply", "mention", "meeting", "reaction", "contact")

#: The canonical interaction: field -> SQL type. `kind` is one of `KINDS`; `weight` is the number of interactions a row
#: stands for (graph files).
INTERACTION_FIELDS: dict[str, str] = {
    "timestamp": "timestamp",
    "sender": "varchar",
    "recipient": "varchar",
    "medium": "varchar",
    "event": "varchar",
    "thread": "varchar",
    "kind": "varchar",
    "recipients": "integer",
    "weight": "double",
}

#: Between the names of columns whose combinations are the units.
CROSSED = " × "

#: The canonical affiliation: a person posted in a community of a tool (a channel, a group), or is a member of it
#: (`posts` 0, mostly without a time). `name` is how the community may be called in an output: null where not everybody
#: in the organisation may know of it (private channels, meetings).
AFFILIATION_FIELDS: dict[str, str] = {
    "timestamp": "timestamp",
    "person": "varchar",
    "community": "varchar",
    "name": "varchar",
    "medium": "varchar",
    "posts": "integer",
}

#: Ties that a warehouse counted: `part` says what a row is, and so which of the fields it has. `a` and `b` are persons,
#: by the ids of the roster of the warehouse; of an arc, a wait and what is outside, `a` is who sent, waits or is ours.
TIES_FIELDS: dict[str, str] = {
    "part": "varchar",
    **dict.fromkeys(("a", "b", "medium", "reason"), "varchar"),
    "week": "integer",
    **dict.fromkeys(("first", "last"), "timestamp"),
    **dict.fromkeys(("messages", "volume"), "double"),
    **dict.fromkeys(("weeks", "sent_a", "sent_b", "conversations", "deep_a", "deep_b"), "bigint"),
    **dict.fromkeys(("small_meetings", "meetings"), "bigint"),
    **dict.fromkeys(("lines", "broadcasts", "threads", "sent", "max_recipients"), "bigint"),
    **dict.fromkeys(("answered", "seconds", "waits"), "bigint"),
    **dict.fromkeys(("answers", "continued", "openings", "sessions_a", "sessions_b"), "bigint"),
    **dict.fromkeys(("direct", "broadcast"), "double"),
    "outsider": "bigint",
}

#: Of a log of groups: the period, the attributes of both groups by name, the minutes that the first invested in the
#: second, people in each.
GROUP_FIELDS = {
    "timestamp": "timestamp",
    **dict.fromkeys(("a", "b"), "map(varchar, varchar)"),
    **dict.fromkeys(("minutes", "size_a", "size_b"), "double"),
}

#: Kinds of account in a roster that are no person of a department.
NOT_PEOPLE = ("bot", "room", "shared mailbox")
EXTERNAL = "external"


@dataclass(frozen=True)
class Condition:
    """The condition in which an input came: what was mended as it was read, and what could not be.

    Attributes:
        placeholders: field (or heading, of a column that is not a field) -> cells that hold a placeholder, as `#N/A`.
        mended: what was amiss with ids ("Name <address>", "invisible characters") -> cells.
        lost: reason -> rows that are lost to the analysis, as far as it is known when the input is read: they are
            among those that the reader counts as rejected, or yields without sender, recipient or time.
        unused: headings of columns that were not read and look as if they mattered.
        several: people of a dated roster who are in several departments at a time.
    """

    placeholders: Mapping[str, int] = field(default_factory=dict)
    mended: Mapping[str, int] = field(default_factory=dict)
    lost: Mapping[str, int] = field(default_factory=dict)
    unused: tuple[str, ...] = ()
    several: int = 0


@dataclass(frozen=True)
class ManagersFound:
    """How many of the managers that a roster states are people of it.

    Attributes:
        stated: rows of people that state a manager.
        found: of these, rows whose manager is a person of the roster, by whatever spelling.
        shapes: how the first of the others look ("Aaaa aaaa"), never what they say.
    """

    stated: int = 0
    found: int = 0
    shapes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Source:
    """One log, recognised but not yet read.

    Attributes:
        name: what the user gave (a file name, "DataFrame"), for messages.
        format: the name of the reader.
        query: SQL that yields every field of `INTERACTION_FIELDS` (typed null where the log lacks it), run on the
            connection of its `Interactions`. A timestamp that cannot be understood is null.
        columns: canonical field -> column of the log it is read from.
        dated: whether rows carry a time.
        rejected: rows the reader itself left out, by reason.
        problems: up to a few examples of rejected rows, "file, line: reason" (never content).
        notes: what the reader wants said to the user (in English, one sentence each).
        affiliations: SQL like `query` that yields every field of `AFFILIATION_FIELDS`; empty where the log has none.
        key: where its ids are pseudonyms, the check value of the key that made them; empty where they are plain.
        ties: SQL that yields every field of `TIES_FIELDS`, of what holds counted ties and no interactions; else empty.
        groups: SQL that yields every field of `GROUP_FIELDS`, of what holds groups and no persons; else empty.
        condition: what was mended in it, what was lost, and which columns were not used.
    """

    name: str
    format: str
    query: str
    columns: Mapping[str, str]
    dated: bool = True
    rejected: Mapping[str, int] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    affiliations: str = ""
    key: str = ""
    ties: str = ""
    groups: str = ""
    condition: Condition = field(default_factory=Condition)


@dataclass(frozen=True, eq=False)
class Interactions:
    """The logs to analyse, as queries on one connection.

    Attributes:
        connection: a DuckDB connection on which the queries of the sources run.
        sources: one entry per log.
        inputs: the files that the logs lie in, as they were when they were recognised; tables in memory have no files.

    Examples:
        >>> import silos
        >>> log = pd.DataFrame({"sender": ["ann"], "recipient": ["bob"], "timestamp": ["2025-03-31 09:00"]})
        >>> silos.read_interactions(log).head(1)[["timestamp", "sender", "recipient"]]
                    timestamp    sender recipient
        0 2025-03-31 09:00:00  person 1  person 2
    """

    connection: Any
    sources: tuple[Source, ...]
    inputs: Inputs = field(default_factory=Inputs)

    @property
    def size(self) -> int:
        """Bytes of the files."""
        return self.inputs.size

    @property
    def query(self) -> str:
        """SQL of all the logs as one canonical table, with `dated` besides."""
        fields = ", ".join(INTERACTION_FIELDS)
        return " union all ".join(
            f"select {fields}, {'true' if source.dated else 'false'} as dated from ({source.query}) as log"
            for source in self.sources
        )

    @property
    def affiliations(self) -> str:
        """SQL of who is in which community, over all the logs; empty where none of them says."""
        fields = ", ".join(AFFILIATION_FIELDS)
        return " union all ".join(
            f"select {fields} from ({source.affiliations}) as log" for source in self.sources if source.affiliations
        )

    @property
    def ties(self) -> str:
        """SQL of ties that a warehouse counted; empty where these are logs."""
        return " union all ".join(source.ties for source in self.sources if source.ties)

    @property
    def groups(self) -> str:
        """SQL of the time that groups invest in each other; empty where none of the logs is of groups."""
        return " union all ".join(source.groups for source in self.sources if source.groups)

    def to_pandas(self, limit: int | None = None) -> pd.DataFrame:
        """The rows of the logs, with the ids as they are.

        Args:
            limit: rows at most; all of them, which must fit into memory, unless given.

        Returns:
            the columns of `INTERACTION_FIELDS`. Where the logs hold no interactions, those of what they hold:
            `TIES_FIELDS`, `GROUP_FIELDS` or `AFFILIATION_FIELDS`. On Spark a job runs, and its rows come here.

        Raises:
            SilosError: a log is damaged, which shows only now (`ReadError`), or there is not enough memory.
        """
        from silos.engines.looking import rows

        return rows(self, limit)

    def head(self, n: int = 5, *, ids: bool = False) -> pd.DataFrame:
        """A few rows; of a small log the first by time, else whichever come first.

        Args:
            n: how many.
            ids: show ids as they are. Otherwise persons, events, threads and communities are numbered in each call.

        Returns:
            the columns of `to_pandas`.
        """
        from silos.engines.looking import first_rows

        return first_rows(self, n, ids=ids)

    def _repr_html_(self) -> str:
        from silos.engines.looking import page_of_log

        return page_of_log(self)

    def __repr__(self) -> str:
        logs = ", ".join(f"{source.name} ({source.format})" for source in self.sources)
        return f"Interactions({logs})"


def spellings(names: pd.Series) -> dict[Any, str]:
    """How each name is written that differs from others by case, blanks or invisible signs alone: as most often.

    Examples:
        >>> spellings(pd.Series(["HR", "hr", "HR ", "HR", "IT"]))
        {'HR': 'HR', 'hr': 'HR', 'HR ': 'HR', 'IT': 'IT'}
        >>> spellings(pd.Series([4.0, 2.0, None]))
        {4.0: '4', 2.0: '2'}
    """
    counts = names.dropna().value_counts()
    # A column of whole numbers with a blank in it is one of floating ones.
    written = {
        name: _plainly(str(int(name)) if isinstance(name, float) and name.is_integer() else str(name))
        for name in counts.index
    }
    often: dict[str, Counter[str]] = {}
    for name, text in written.items():
        often.setdefault(text.casefold(), Counter())[text] += int(counts[name])
    chosen = {key: min(texts, key=lambda text: (-texts[text], text)) for key, texts in often.items()}
    return {name: chosen[text.casefold()] for name, text in written.items()}


def _plainly(text: str) -> str:
    """Composed, without signs that nobody sees, and with single blanks."""
    composed = unicodedata.normalize("NFC", text)
    return " ".join("".join(sign for sign in composed if unicodedata.category(sign) != "Cf").split()) or text


@dataclass(frozen=True, eq=False)
class Roster:
    """Who works where, as HR says.

    Attributes:
        people: one row per person, index `person` (text, as written by HR, unique without regard to case); columns as
            in the file, known ones under their canonical names (`department`, `name`, `manager`, `level`, `location`,
            `kind`); `kind` is one of employee, external, bot, room, shared mailbox.
        aliases: columns `alias` (lower case, unique) and `person`: every id under which a person may be in a log,
            the person's own id included.
        columns: canonical field -> column of the file it was read from.
        notes: what the reader wants said to the user.
        keys: where pseudonyms are among the aliases, the check values by which the key that made them is known.
        condition: what was mended in it, what was lost, and which columns were not used.
        managers: how many of the managers it states are people of it.

    Examples:
        >>> import silos
        >>> roster = silos.read_roster(pd.DataFrame({"Email": ["ann@x.org", "bob@x.org"], "Team": ["Sales", "Legal"]}))
        >>> roster.columns
        {'department': 'Team', 'person': 'Email'}
    """

    people: pd.DataFrame
    aliases: pd.DataFrame
    columns: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    condition: Condition = field(default_factory=Condition)
    managers: ManagersFound = field(default_factory=ManagersFound)

    def spells(self, by: str) -> pd.DataFrame:
        """Who was in which unit from when to when: here everybody in one, always.

        Args:
            by: the column that names the units.

        Returns:
            one row per person and unbroken time in one unit, by person and time: the columns of `people`, `person`,
            `unit` (the attribute `by` as text; missing for accounts that are no employee), `reason` (why a person
            without a unit makes no ties), `since` and `until` (timestamps; missing: always, ever after), `joined` and
            `left` (the same as HR states them; missing: not stated).

        Raises:
            ColumnError: the roster has no such column.
        """
        stated = self.people.reset_index()
        return self._in_units(stated, by).assign(**dict.fromkeys(("since", "until", "joined", "left"), pd.NaT))

    @property
    def begins(self) -> datetime | None:
        """The first day of which it says who was where; None where it speaks of no days, or of all."""
        return None

    def crossed(self, columns: Sequence[str]) -> "tuple[Roster, str]":
        """The roster with one more column, whose units are the combinations of several columns; and what it is called.

        A person who lacks one of them is in no combination.

        Examples:
            >>> people = pd.DataFrame({"team": ["R&D", "R&D", None], "site": ["Oslo", "Porto", "Porto"]})
            >>> both, name = Roster(people, pd.DataFrame()).crossed(["team", "site"])
            >>> name, both.people[name].tolist()
            ('team × site', ['R&D (Oslo)', 'R&D (Porto)', None])

        Raises:
            ColumnError: the roster lacks one of them.
        """
        missing = next((column for column in columns if column not in self.people.columns), None)
        if missing is not None:
            raise ColumnError.unknown(missing, found=[str(one) for one in self.people.columns], where="the roster")
        name = CROSSED.join(columns)

        def combined(rows: pd.DataFrame) -> pd.DataFrame:
            first, *others = (rows[column].astype(str) for column in columns)
            whole = rows[list(columns)].notna().all(axis=1)
            within = others[0].str.cat(others[1:], sep=", ")
            units = (first + " (" + within + ")").astype(object)
            return rows.assign(**{name: units.where(whole, None)})

        return self.with_rows(combined), name

    def with_rows(self, change: Callable[[pd.DataFrame], pd.DataFrame]) -> "Roster":
        """The roster after a change of every table of its people."""
        return replace(self, people=change(self.people))

    def _in_units(self, stated: pd.DataFrame, by: str) -> pd.DataFrame:
        """Rows of people with `unit` and `reason`."""
        if by not in stated.columns:
            raise ColumnError.unknown(by, found=map(str, self.people.columns), where="the roster", option="--by COLUMN")
        others = stated["kind"].isin([*NOT_PEOPLE, EXTERNAL])
        unit = stated[by].astype(object).where(stated[by].notna() & ~others, None)
        return stated.assign(
            unit=unit.map(spellings(unit)).astype(object).where(unit.notna(), None),
            reason=stated["kind"].where(others, f"no {by}"),
        )

    def to_pandas(self) -> pd.DataFrame:
        """Everybody, one row per person, with the ids as they are: `person` and the columns of `people`."""
        return self.people.reset_index()

    def head(self, n: int = 5, *, ids: bool = False) -> pd.DataFrame:
        """A few rows.

        Args:
            n: how many.
            ids: show all columns as they are. Otherwise only the recognised ones: persons and managers are numbered in
                each call, names left out, and what few people share is not shown.
        """
        from silos.engines.looking import first_people

        return first_people(self, n, ids=ids)

    def __len__(self) -> int:
        return len(self.people)

    def _repr_html_(self) -> str:
        from silos.engines.looking import page_of_roster

        return page_of_roster(self)

    def __repr__(self) -> str:
        known = [str(name) for name in self.people.columns if name in self.columns or name == "kind"]
        others = len(self.people.columns) - len(known)
        more = f" and {others} more" if others else ""
        return f"Roster({len(self):,} people; columns: {', '.join(known)}{more})"


@dataclass(frozen=True, eq=False)
class Ties:
    """Who is in contact with whom: bounded by people and ties.

    Attributes:
        arcs: one row per (sender, recipient, medium), sorted: `sender`, `recipient` (positions of people), `medium`,
            `messages` (count) and `volume` (each event shared out over those it reached).
        dyads: one row per pair in contact, sorted: `a` < `b` (positions), `weeks` (distinct weeks in contact),
            `conversations`, `deep_a`, `deep_b` (conversations started by a, by b, with two changes of speaker or
            more), `small_meetings`, `meetings`.
    """

    arcs: pd.DataFrame
    dyads: pd.DataFrame


def in_order(columns: Mapping[str, np.ndarray], keys: Sequence[str]) -> pd.DataFrame:
    """A table with its rows in the order of the columns `keys`: whole numbers from 0, which tell rows apart.

    Sorted by one number made of them, which is faster than by several; where there are no other columns, they are taken
    from that number again, which is faster than to fetch them from where they were.

    Examples:
        >>> in_order({"a": np.array([2, 1, 1]), "b": np.array([0, 5, 4])}, ["a", "b"]).to_numpy().tolist()
        [[1, 4], [1, 5], [2, 0]]
        >>> in_order({"a": np.array([2, 1]), "b": np.array([0.5, 0.25])}, ["a"]).to_numpy().tolist()
        [[1.0, 0.25], [2.0, 0.5]]
    """
    sizes = [int(columns[name].max(initial=0)) + 1 for name in keys]
    if np.prod(sizes, dtype=np.float64) >= 2**62:
        order = np.lexsort([columns[name] for name in reversed(keys)])
        return pd.DataFrame({name: values[order] for name, values in columns.items()}, copy=False)
    key = np.zeros(len(columns[keys[0]]), dtype=np.int64)
    for name, size in zip(keys, sizes, strict=True):
        key *= size
        key += columns[name]
    if len(keys) < len(columns):
        order = np.argsort(key)
        return pd.DataFrame({name: values[order] for name, values in columns.items()}, copy=False)
    key.sort()
    found = {}
    for name, size in zip(reversed(keys), reversed(sizes), strict=True):
        # Dividing is quick in numpy, remainders are not.
        rest = key // size
        key -= rest * size
        found[name] = key.astype(columns[name].dtype)
        key = rest
    return pd.DataFrame({name: found[name] for name in columns}, copy=False)

"""The canonical tables: what passes between the stages, with its columns and types.

`Interactions` is lazy: it knows how to read each log as one SQL query, and nothing is read before the ties are
counted. `Roster` is small and lives in memory. `Ties` is bounded by people and ties, never by the rows of the log.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from silos.errors import ColumnError

#: The canonical interaction: field -> SQL type. `kind` is direct, group, reply, mention, meeting, reaction, or contact:
#: an observed contact of two people that has no sender (face to face). `weight` is the number of interactions a row
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

#: The canonical affiliation: a person posted in a community (a channel, a group), to nobody in particular.
AFFILIATION_FIELDS: dict[str, str] = {
    "timestamp": "timestamp",
    "person": "varchar",
    "community": "varchar",
    "medium": "varchar",
    "posts": "integer",
}

#: Kinds of account in a roster that are no person of a department.
NOT_PEOPLE = ("bot", "room", "shared mailbox")
EXTERNAL = "external"


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


@dataclass(frozen=True, eq=False)
class Interactions:
    """The logs to analyse, as queries on one connection.

    Attributes:
        connection: a DuckDB connection on which the queries of the sources run.
        sources: one entry a log.
    """

    connection: Any
    sources: tuple[Source, ...]

    @property
    def query(self) -> str:
        """SQL of all the logs as one canonical table, with `dated` besides."""
        fields = ", ".join(INTERACTION_FIELDS)
        return " union all ".join(
            f"select {fields}, {'true' if source.dated else 'false'} as dated from ({source.query}) as log"
            for source in self.sources
        )

    def __repr__(self) -> str:
        logs = ", ".join(f"{source.name} ({source.format})" for source in self.sources)
        return f"Interactions({logs})"


@dataclass(frozen=True, eq=False)
class Roster:
    """Who works where, as HR says.

    Attributes:
        people: one row a person, index `person` (text, as written by HR, unique without regard to case); columns as
            in the file, known ones under their canonical names (`department`, `name`, `manager`, `level`, `location`,
            `kind`); `kind` is one of employee, external, bot, room, shared mailbox.
        aliases: columns `alias` (lower case, unique) and `person`: every id under which a person may be in a log,
            the person's own id included.
        columns: canonical field -> column of the file it was read from.
        notes: what the reader wants said to the user.
    """

    people: pd.DataFrame
    aliases: pd.DataFrame
    columns: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def units(self, by: str) -> pd.Series:
        """The attribute `by` of every employee that has one, as text, by person.

        Raises:
            ColumnError: the roster has no such column.
        """
        if by not in self.people.columns:
            raise ColumnError.unknown(by, found=[str(name) for name in self.people.columns], where="the roster")
        employees = self.people.loc[~self.people["kind"].isin([*NOT_PEOPLE, EXTERNAL]), by]
        return employees.dropna().astype(str)

    def __len__(self) -> int:
        return len(self.people)

    def __repr__(self) -> str:
        return f"Roster({len(self):,} people; columns: {', '.join(map(str, self.people.columns))})"


@dataclass(frozen=True, eq=False)
class Ties:
    """Who is in contact with whom: bounded by people and ties.

    Attributes:
        arcs: one row per (sender, recipient, medium), sorted: `sender`, `recipient` (positions in `people`), `medium`,
            `messages` (count) and `volume` (each event shared out over those it reached).
        dyads: one row per pair in contact, sorted: `a` < `b` (positions), `weeks` (distinct weeks in contact),
            `conversations`, `deep_a`, `deep_b` (conversations started by a, by b, in which both wrote and that ran to
            3 messages), `small_meetings`, `meetings`.
        people: the persons in order, the roster's ids.
    """

    arcs: pd.DataFrame
    dyads: pd.DataFrame
    people: pd.Index

"""The inputs: the rows read, used and left out with reasons, and the facts that the log records."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Literal

import numpy as np
import pandas as pd

from silos.analysis.result_protocol import Result, plain
from silos.locales.said import Said
from silos.measures.two_mode import active
from silos.network import Network
from silos.plots.drawing import Drawing
from silos.privacy.columns import read_for
from silos.privacy.file_names import without_file_names
from silos.privacy.gate import Gate
from silos.tables import Interactions, ManagersFound, Roster
from silos.ties.definitions import Evidence
from silos.ties.losses import odd_dates
from silos.ties.results import Tally

#: What rows without a medium are called, beside rows that have one (`other` are media whose names are not shown).
UNSTATED = "unstated"
#: What is said of senders that look like accounts.
ACCOUNTS = ("count", "signs", "messages", "share", "left_out")

#: The notes, by key, that say that options changed nothing.
UNHEEDED = ("no_medium", "idle_in_groups")


@dataclass(frozen=True)
class Given:
    """What is known of the inputs before they are counted.

    Attributes:
        formats: of the logs.
        fields: the columns of the roster that were read, by their canonical names.
        placeholders: cells that hold a placeholder (`#N/A`), by field or heading, in logs and roster.
        managers: how many of the roster's managers are people of it.
        notes: what was assumed and mended as they were read, one sentence each, in English.
        told: the same without the names of files: those of mailboxes are their owners'.
        several: people of the roster who are in several departments at a time.
    """

    formats: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    placeholders: Mapping[str, int] = field(default_factory=dict)
    managers: ManagersFound = field(default_factory=ManagersFound)
    notes: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    several: int = 0

    @classmethod
    def of(cls, logs: Interactions, roster: Roster, by: str, notes: Sequence[str] = ()) -> "Given":
        """Of logs and a roster whose units are `by`; more `notes` stand last."""
        placeholders: Counter[str] = Counter()
        for condition in (*(source.condition for source in logs.sources), roster.condition):
            placeholders.update(condition.placeholders)
        return cls(
            formats=tuple(sorted({source.format for source in logs.sources})),
            fields=tuple(sorted({*roster.columns, "person", *read_for(roster, by)})),
            placeholders=dict(placeholders),
            managers=roster.managers,
            notes=(*(note for source in logs.sources for note in source.notes), *roster.notes, *notes),
            told=(*_told(logs, roster), *notes),
            several=roster.condition.several if by in ("department", roster.columns.get("department")) else 0,
        )


def _told(logs: Interactions, roster: Roster) -> tuple[str, ...]:
    """The notes with logs by their number."""
    several = len(logs.sources) > 1
    return (
        *(
            without_file_names(note, f"log {number}" if several else "the log", [source.name])
            for number, source in enumerate(logs.sources, start=1)
            for note in source.notes
        ),
        *(without_file_names(note, "the roster") for note in roster.notes),
    )


@dataclass(frozen=True, eq=False)
class Inputs(Result):
    """What went into an analysis. What a log of groups cannot know is None.

    Attributes:
        level: `person`, or `department` for a log of groups.
        rows_read, rows_used, broadcasts, selves: rows of the log; with `rejected` they add up to those read.
        rejected: rows left out, by reason.
        people: of the roster, in the network; `matched`: those of them with a tie; `unmatched`: ids that the roster
            lacks.
        first, last: times of the first and the last row used.
        formats: of the logs.
        fields: the columns of the roster that were read, by their canonical names.
        memberships: people in communities of the tools.
        communities: how many of those communities are active, see `silos.measures.two_mode.active`.
        layers: the media of the log, as of `layers_of`.
        evidence: the grade of the ties that the connector verdict rests on.
        scarce: whether the log knows conversations or meetings, but too few ties rest on them for that grade.
        waived: clauses of the substantive tie that the log cannot answer.
        dated, directed: whether the log has times, and whether it says who wrote to whom.
        coverage: share of the rows within the organisation whose two people were found in the roster, if known.
        lost: rows lost to the analysis, by reason: unreadable, undated, or without a sender or recipient.
        kinds: medium -> what its rows are, as of `silos.ties.log_kinds`; `guessed`: medium -> why that was guessed.
        unnamed: media of the log that are not shown by their names.
        placeholders, managers, notes, told, several: as of `Given`.
        accounts: senders that look like an account and not like a person: `count`, `signs`, `messages`, `share`,
            `left_out`; all of them None where nobody asked.
        combined: departments that are large enough to be shown, but are put together with small ones, as
            `silos.privacy.suppression.Shown` has them.
        begins, early: the first day of which the roster says who was where, and how many rows are from before it, as of
            `silos.ties.results.LogFacts`.
        published: whether these numbers are rounded as they are published (`silos.analysis.published.results`).
    """

    title: ClassVar[str] = "Inputs"

    level: Literal["person", "department"]
    rows_read: int
    rows_used: int
    rejected: dict[str, int]
    broadcasts: int | None
    selves: int | None
    people: int
    matched: int | None
    unmatched: int | None
    first: datetime | None
    last: datetime | None
    formats: tuple[str, ...]
    fields: tuple[str, ...]
    memberships: int
    layers: tuple[str, ...]
    evidence: Evidence
    waived: tuple[str, ...]
    dated: bool
    directed: bool
    coverage: float | None = None
    lost: Mapping[str, int] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    guessed: Mapping[str, str] = field(default_factory=dict)
    unnamed: int = 0
    placeholders: Mapping[str, int] = field(default_factory=dict)
    managers: ManagersFound = field(default_factory=ManagersFound)
    notes: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    several: int = 0
    accounts: Mapping[str, Any] = field(default_factory=lambda: dict.fromkeys(ACCOUNTS))
    communities: int = 0
    scarce: bool = False
    combined: tuple[str, ...] = ()
    begins: datetime | None = None
    early: int = 0
    published: bool = False

    @property
    def table(self) -> pd.DataFrame:
        """One row per fate of a row of the log: used, broadcast, to oneself, or left out for a reason."""
        fates = {"used": self.rows_used, "broadcasts": self.broadcasts, "self": self.selves, **self.rejected}
        known = {name: rows for name, rows in fates.items() if rows is not None}
        return pd.DataFrame({"rows": known}).rename_axis("fate")

    @property
    def unheeded(self) -> tuple[str, ...]:
        """The notes that say of options that they changed nothing: whoever gave them should know at once."""
        return tuple(note for note in self.notes if isinstance(note, Said) and note.key in UNHEEDED)

    @property
    def broadcast_share(self) -> float | None:
        """Share of the rows between people of the roster that were broadcasts."""
        if self.broadcasts is None:
            return None
        share = self.broadcasts / max(self.rows_used + self.broadcasts, 1)
        return float(Gate().figure(share)) if self.published else share

    @property
    def early_share(self) -> float:
        """Share of the rows between people of the roster that are from before the roster says who was where."""
        return self.early / max(self.rows_used + (self.broadcasts or 0), 1)

    def drawing(self) -> Drawing:
        """How many rows were used, and how many were left out for which reason."""
        table = self.table.rename(columns={"rows": "value"})
        return Drawing("estimates", {"table": table, "title": "estimates_inputs", "form": "count"})

    def _time(self, moment: datetime | None) -> str | None:
        """When; published, the day alone: to the second, it is that of somebody's message."""
        if moment is None:
            return None
        return f"{moment:%Y-%m-%d}" if self.published else moment.isoformat()

    def to_dict(self) -> dict[str, Any]:
        """The section `inputs` of the summary."""
        return {
            "level": self.level,
            "rows_read": self.rows_read,
            "rows_used": self.rows_used,
            "rows_rejected": dict(self.rejected),
            "broadcasts": self.broadcasts,
            "self": self.selves,
            "people": self.people,
            "people_matched": self.matched,
            "people_unmatched": self.unmatched,
            "first": self._time(self.first),
            "last": self._time(self.last),
            "formats": list(self.formats),
            "roster_fields": list(self.fields),
            "memberships": self.memberships,
            "layers": list(self.layers),
            "evidence": self.evidence,
            "waived": list(self.waived),
            "coverage": plain(self.coverage),
            "lost": dict(self.lost),
            "kinds": dict(self.kinds),
            "kinds_guessed": dict(self.guessed),
            "media_unnamed": self.unnamed,
            "placeholders": dict(self.placeholders),
            "managers": {"stated": self.managers.stated, "found": self.managers.found},
            "people_in_several": self.several,
            "notes": list(self.told if self.published else self.notes),
            "accounts": dict(self.accounts),
            "combined": list(self.combined),
            "roster_begins": None if self.begins is None else f"{self.begins:%Y-%m-%d}",
            "rows_before_roster": self.early,
            "published": self.published,
        }


def layers_of(media: Iterable[str]) -> tuple[str, ...]:
    """The names of media; what has none is `UNSTATED` beside others, and nothing where no medium has a name.

    Examples:
        >>> layers_of(["", "chat"]), layers_of([""]), layers_of(["chat", "email"])
        (('chat', 'unstated'), (), ('chat', 'email'))
    """
    listed = list(media)
    named = [medium for medium in listed if medium]
    return tuple(dict.fromkeys([*named, UNSTATED])) if named and "" in listed else tuple(named)


def of_persons(
    counted: Tally,
    network: Network,
    evidence: Evidence,
    given: Given,
    *,
    accounts: Mapping[str, Any],
    combined: tuple[str, ...] = (),
) -> Inputs:
    """The inputs of an analysis of persons.

    Args:
        counted: the log.
        network: all ties.
        evidence: the grade that the connector verdict rests on.
        given: what is known of the inputs before they are counted.
        accounts: senders that look like accounts, as `Accounts.to_dict` has them.
        combined: departments that are put together with small ones although they are large enough.
    """
    log = counted.log
    # Who changed department is in the network once for each.
    person, met = counted.people["person"], np.diff(network.contacts.indptr) > 0
    odd = [note for note in [odd_dates(log.first, log.last, log.waived)] if note]
    return Inputs(
        level="person",
        rows_read=log.rows_read,
        rows_used=log.rows_used,
        rejected=dict(log.rejected),
        broadcasts=log.broadcasts,
        selves=log.selves,
        people=person.nunique(),
        matched=person[met].nunique(),
        unmatched=log.strangers,
        first=log.first,
        last=log.last,
        formats=given.formats,
        fields=given.fields,
        memberships=len(counted.memberships.table),
        layers=layers_of(log.media),
        evidence=evidence,
        waived=log.waived,
        dated=log.dated,
        directed=log.directed,
        coverage=log.coverage,
        lost=log.lost,
        kinds=log.kinds,
        guessed=log.guessed,
        unnamed=log.unnamed,
        placeholders=given.placeholders,
        managers=given.managers,
        notes=(*given.notes, *odd),
        told=(*given.told, *odd),
        several=given.several,
        accounts=accounts,
        communities=int(active(counted.memberships.table)["place"].nunique()),
        scarce=log.evidence == "substantive" and evidence != "substantive",
        combined=combined,
        begins=log.begins,
        early=log.early,
    )

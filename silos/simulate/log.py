"""A simulated organisation as a log: tables in memory, weeks one by one, or files."""

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import duckdb
import numpy as np
import pandas as pd

from silos.errors import SilosError
from silos.simulate.communities import Community, posts
from silos.simulate.events import KINDS, MEDIA, week_of
from silos.simulate.manners import USUAL, Manners, laid_over
from silos.simulate.plan import Plan, Rows
from silos.system.files import Result, whole_directory

#: What a directory of a simulation is known by.
OURS = Result(
    names=("interactions.csv", "interactions.parquet", "affiliations.csv", "roster.csv", "truth.json"),
    mark="truth.json",
    keys=("seed", "parameters", "departments", "openness", "silos", "expected"),
)

#: A coded week as the canonical interaction; ids of events and threads count on from week to week.
CANONICAL = """
    select {timestamp} as timestamp, sender::varchar as sender, recipient::varchar as recipient,
        medium::varchar as medium, 'e' || event as event, case when thread >= 0 then 't' || thread end as thread,
        kind::varchar as kind, recipients
    from coded
"""


@dataclass(frozen=True, eq=False)
class Organisation:
    """A simulated organisation.

    Attributes:
        roster: one row per person: person, name, department, manager, level (1 is the chief), location, aliases (the
            chat id), kind. Where people move, leave or join, one row per person and time in a department, with
            `effective_from` and `effective_to`.
        truth: what was planted, ready for JSON.
        plan: what the messages follow from.
        communities: those of a tool, as they were planted.
        manners: how leaders behave, and who deals with the outside.

    Examples:
        >>> import silos
        >>> company = silos.simulate.organisation(80, 8, weeks=4, silos=1, seed=1)
        >>> company.truth["silos"], company.truth["connector"], len(company.roster)
        ({'R&D': 0.3}, 'Marketing', 80)
    """

    roster: pd.DataFrame
    truth: dict[str, Any]
    plan: Plan
    communities: tuple[Community, ...] = ()
    manners: Manners = USUAL

    @property
    def affiliations(self) -> pd.DataFrame:
        """Who is in which community: timestamp (missing in the lists of members), person, community, medium, posts."""
        plan = self.plan
        absent = None if plan.changes is None else plan.changes.absent(plan.weeks)
        parts = list(
            posts(self.communities, plan.company, start=plan.start, weeks=plan.weeks, seed=plan.seed, absent=absent)
        )
        if not parts:
            return pd.DataFrame(columns=["timestamp", "person", "community", "medium", "posts"])
        return pd.concat(parts, ignore_index=True)

    @property
    def interactions(self) -> pd.DataFrame:
        """The whole log as one table with the canonical columns; see `chunks` where it is large."""
        return pd.concat(self.chunks(), ignore_index=True)

    def chunks(self) -> Iterator[pd.DataFrame]:
        """The log week by week, each sorted by time, with the canonical columns."""
        for coded in self._coded():
            thread = "t" + coded["thread"].astype(str)
            yield pd.DataFrame(
                {
                    "timestamp": coded["timestamp"],
                    "sender": coded["sender"].astype(str),
                    "recipient": coded["recipient"].astype(str),
                    "medium": coded["medium"].astype(str),
                    "event": "e" + coded["event"].astype(str),
                    "thread": thread.where(coded["thread"] >= 0),
                    "kind": coded["kind"].astype(str),
                    "recipients": coded["recipients"],
                }
            )

    def write(self, directory: str | os.PathLike[str], *, file_format: Literal["csv", "parquet"] = "csv") -> Path:
        """Write interactions, affiliations.csv (of communities), roster.csv and truth.json, all or nothing.

        Args:
            directory: made where it is missing; replaced where it holds an earlier simulation and nothing else.
            file_format: of the interactions.

        Returns:
            The directory.

        Raises:
            OutputError: the directory holds something else, or cannot be written.
            SilosError: an unknown format.
        """
        if file_format not in ("csv", "parquet"):
            raise SilosError(f"the interactions can be written as csv or parquet, not as {file_format!r}.")
        with whole_directory(directory, ours=OURS) as fresh:
            self._write_interactions(fresh, file_format)
            if self.communities:
                self.affiliations.to_csv(
                    fresh / "affiliations.csv", index=False, lineterminator="\n", date_format="%Y-%m-%dT%H:%M:%SZ"
                )
            self.roster.to_csv(fresh / "roster.csv", index=False, lineterminator="\n")
            truth = json.dumps(self.truth, indent=2, ensure_ascii=False)
            (fresh / "truth.json").write_text(truth + "\n", encoding="utf-8")
        return Path(directory)

    def _coded(self) -> Iterator[pd.DataFrame]:
        """The weeks with categories for text and numbers for ids: what both ways out read."""
        company = self.plan.company
        ids = pd.Index([*company.mails, *company.chats, *self.manners.addresses])
        origin = np.datetime64(self.plan.start, "s")
        events = threads = 1
        late: pd.DataFrame | None = None
        for week in range(self.plan.weeks):
            rows: Rows = laid_over(week_of(self.plan, week), self.manners, company, week)
            if self.plan.changes is not None:
                rows = self.plan.changes.attended(rows, company.people + company.unknown)
            coded = pd.DataFrame(
                {
                    "timestamp": origin + rows.time.astype("timedelta64[s]"),
                    "sender": pd.Categorical.from_codes(rows.sender, ids),
                    "recipient": pd.Categorical.from_codes(rows.recipient, ids),
                    "medium": pd.Categorical.from_codes(rows.medium, list(MEDIA)),
                    "event": rows.event + events,
                    "thread": np.where(rows.thread >= 0, rows.thread + threads, -1),
                    "kind": pd.Categorical.from_codes(rows.kind, list(KINDS)),
                    "recipients": rows.recipients.astype(np.int32),
                }
            )
            if self.plan.spills:
                # What a conversation of an earlier week has come to belongs to the week in which it is said.
                coded = pd.concat([late, coded], ignore_index=True).sort_values(
                    ["timestamp", "event", "sender", "recipient"], ignore_index=True
                )
                within = coded["timestamp"] < origin + np.timedelta64(7 * (week + 1), "D")
                coded, late = coded[within].reset_index(drop=True), coded[~within]
            yield coded
            events += int(rows.event.max(initial=-1)) + 1
            threads += int(rows.thread.max(initial=-1)) + 1

    def _write_interactions(self, directory: Path, file_format: str) -> None:
        with duckdb.connect() as connection:
            parts: list[Path] = []
            for number, coded in enumerate(self._coded()):
                connection.register("coded", coded)
                part = directory / f"part{number:05d}.{file_format}"
                if file_format == "csv":
                    # DuckDB writes text ten times as fast as pandas; weeks are appended to one file
                    written = connection.sql(CANONICAL.format(timestamp="strftime(timestamp, '%Y-%m-%dT%H:%M:%SZ')"))
                    written.write_csv(str(part), header=number == 0)
                    with (directory / "interactions.csv").open("ab") as whole, part.open("rb") as week:
                        shutil.copyfileobj(week, whole, 1 << 20)
                    part.unlink()
                else:
                    connection.sql(CANONICAL.format(timestamp="timestamp::timestamp")).write_parquet(str(part))
                    parts.append(part)
                connection.unregister("coded")
            if parts:
                whole_log = connection.read_parquet([str(part) for part in parts])
                whole_log.write_parquet(str(directory / "interactions.parquet"), compression="zstd")
                for part in parts:
                    part.unlink()

    def __repr__(self) -> str:
        return (
            f"Organisation({len(self.roster):,} people, {len(self.truth['departments'])} departments, "
            f"{self.plan.weeks} weeks, connector {self.truth['connector']!r}, silos {list(self.truth['silos'])})"
        )

"""Undeclared accounts: senders that the roster lists as people but that behave like a program.

Bots, ticket systems, newsletters and agents write as a person does. Four signs tell them: a name that accounts have;
nearly nobody writes back; they write at every hour of the day; they write at the same minutes of the hour. A name is
enough, and so is the clock of a very busy sender; of the others it takes two. A suspect is reported, never removed
unasked, but its ties are no evidence for a connector, a bridge or anybody's reach.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from silos.analysis.result_protocol import Result
from silos.measures.basis import quotient
from silos.measures.diversity import effective_number
from silos.readers.roster import DatedRoster
from silos.tables import Roster, Ties
from silos.ties.results import Tally

#: Messages below which nobody's behaviour is judged.
FEWEST = 30
#: People reached below which an account is no newsletter: somebody may simply not be answered.
REACHED = 10
#: Messages received for each one sent below which nearly nobody writes back.
UNANSWERED = 0.02
#: Effective number of the hours of the day (Hill number of order 1) from which somebody writes round the clock. Working
#: days have 8 to 12; people of three continents in one mailbox have more.
CLOCK = 20.0
#: Share of messages at weekends, of two days in seven, from which no working week shows.
WEEKEND = 0.2
#: Effective number of the minutes of the hour up to which messages come by a timer.
TIMER = 6.0
#: Messages from which the clock alone is enough.
BUSY = 200
#: Signs of behaviour that it takes.
SIGNS = 2

#: Words that are the name of an account, whole or as a part between separators.
NAMES = re.compile(
    r"(?:^|[^a-z])(?:no[-_.]?reply|do[-_.]?not[-_.]?reply|mailer[-_.]?daemon|postmaster|newsletters?|notifications?|notify"
    r"|alerts?|alerting|monitoring|nagios|jenkins|jira|confluence|gitlab|github|bitbucket|servicenow|zendesk|freshdesk"
    r"|autoresponder|auto[-_.]?reply|bounces?|daemon|cron|scheduler|backup|scanner|fax|webhook|bot|chatbot|robot|copilot"
    r"|agent[-_.]?ai|ai[-_.]?agent|ai[-_.]?assistant|svc|service[-_.]?account|serviceaccount|system|sysadmin|root|ticketing"
    r"|tickets|ticketsystem|ci|build|deploy)(?:$|[^a-z])"
)


@dataclass(frozen=True, eq=False)
class Accounts(Result):
    """Senders that look like an account and not like a person.

    Attributes:
        suspects: positions in the roster's people, ascending; none where they were left out.
        count: how many there are, left out or not.
        signs: by sign, how many suspects show it: `name`, `unanswered`, `clock`, `timer`.
        messages: those the suspects sent; `share`: of all messages between people of the roster.
        left_out: whether they were taken out of the roster, and so out of everything else.
    """

    title: ClassVar[str] = "Accounts that nobody declared"

    suspects: np.ndarray
    count: int
    signs: dict[str, int]
    messages: int
    share: float
    left_out: bool = False

    @property
    def table(self) -> pd.DataFrame:
        """One row per sign: how many suspects show it."""
        return pd.DataFrame({"accounts": self.signs}).rename_axis("sign")

    def to_dict(self) -> dict[str, Any]:
        """As the section `inputs` of the summary has it: nobody's name."""
        return {
            "count": self.count,
            "signs": dict(self.signs),
            "messages": self.messages,
            "share": self.share,
            "left_out": self.left_out,
        }


def find_accounts(tally: Tally) -> Accounts:
    """The senders of a log that behave like accounts.

    Args:
        tally: the counted log; `people` has the roster's names, `rhythm` the times of day where the log has them.
    """
    count = len(tally.people)
    arcs = tally.ties.arcs
    sent = np.bincount(arcs["sender"], weights=arcs["messages"], minlength=count)
    received = np.bincount(arcs["recipient"], weights=arcs["messages"], minlength=count)
    reached = np.bincount(arcs["sender"], minlength=count)
    # Contacts have no sender: nobody writes there.
    active = (sent >= FEWEST) if tally.log.directed else np.zeros(count, dtype=bool)
    hours, weekend, minutes = _rhythm(tally.rhythm.hours, tally.rhythm.minutes, count)
    signs = {
        "name": active & named(tally.people),
        "unanswered": active & (reached >= REACHED) & (quotient(received, sent) < UNANSWERED),
        "clock": active & (hours >= CLOCK) & (weekend >= WEEKEND),
        "timer": active & (minutes > 0) & (minutes <= TIMER),
    }
    behaviour = sum(signs[sign].astype(int) for sign in ("unanswered", "clock", "timer"))
    suspect = signs["name"] | (behaviour >= SIGNS) | (signs["clock"] & (sent >= BUSY))
    total = float(sent.sum())
    return Accounts(
        suspects=np.flatnonzero(suspect),
        count=int(suspect.sum()),
        signs={sign: int((shown & suspect).sum()) for sign, shown in signs.items()},
        messages=int(sent[suspect].sum()),
        share=float(sent[suspect].sum() / total) if total else 0.0,
    )


def without_accounts(tally: Tally, suspects: np.ndarray) -> Tally:
    """The log as evidence: the same people, without the ties and the turns of some of them.

    Args:
        tally: the counted log.
        suspects: their positions.
    """
    if not len(suspects):
        return tally

    def others(table: pd.DataFrame, one: str, other: str) -> pd.DataFrame:
        return table[~(table[one].isin(suspects) | table[other].isin(suspects))].reset_index(drop=True)

    def apart(ties: Ties) -> Ties:
        return Ties(others(ties.arcs, "sender", "recipient"), others(ties.dyads, "a", "b"))

    return replace(
        tally,
        ties=apart(tally.ties),
        variants={setting: apart(ties) for setting, ties in tally.variants.items()},
        turns=others(tally.turns, "a", "b"),
    )


def declared(roster: Roster, persons: Collection[str]) -> Roster:
    """The roster, in which some are bots: they make no ties.

    Args:
        roster: who is who.
        persons: their ids, as the roster has them.
    """
    people = roster.people.assign(kind=roster.people["kind"].mask(roster.people.index.isin(persons), "bot"))
    if isinstance(roster, DatedRoster):
        history = roster.history
        return replace(
            roster,
            people=people,
            history=history.assign(kind=history["kind"].mask(history["person"].isin(persons), "bot")),
        )
    return replace(roster, people=people)


def named(people: pd.DataFrame) -> np.ndarray:
    """Who has the name or the address of an account.

    Examples:
        >>> named(pd.DataFrame({"person": ["no-reply@acme.example", "ann@acme.example", "abbot.j@acme.example"]}))
        array([ True, False, False])
    """
    found = np.zeros(len(people), dtype=bool)
    for column in ("person", "name"):
        if column in people:
            texts = people[column].fillna("").astype(str).str.lower().str.split("@").str[0]
            found |= texts.str.contains(NAMES, regex=True).to_numpy(dtype=bool)
    return found


def _rhythm(hours: pd.DataFrame, minutes: pd.DataFrame, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """By person the effective number of hours, the share at weekends, and the effective number of minutes."""
    by_hour, by_minute = _by_sender(hours, "hour", 24, count), _by_sender(minutes, "minute", 60, count)
    late = hours[hours["weekend"] == 1]
    weekend = np.bincount(late["sender"], weights=late["messages"], minlength=count)
    return effective_number(by_hour), quotient(weekend, by_hour.sum(axis=1)), effective_number(by_minute)


def _by_sender(table: pd.DataFrame, column: str, values: int, count: int) -> np.ndarray:
    """Messages by sender and by what stands in the column, which is below `values`; (count, values)."""
    cell = table["sender"].to_numpy(dtype=np.int64) * values + table[column].to_numpy()
    counted = np.bincount(cell, weights=table["messages"], minlength=count * values)
    return counted.reshape(count, values)

"""What `dialogue.sql` and `external.sql` counted, as tables: waits for answers, messages sent, contacts outside.

Bounded by people, ties and `MESSAGES`, never by the rows of the log.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
import pandas as pd

from silos.tables import in_order

#: Seconds after which an answer is none, as in `dialogue.sql`: a week, so that no weekday counts more than another.
HORIZON = 7 * 86_400

#: Messages sent from which waits are a sample, as in `dialogue.sql`: of so many messages' worth.
MESSAGES = 20_000_000

WAITS = ("sender", "recipient", "answered", "seconds", "waits")
SENT = ("sender", "direct", "broadcast")
OUTSIDE = ("person", "outsider")
TALKED = ("a", "b")

#: Runs a query and gives its columns.
Columns = Callable[[str], Mapping[str, np.ndarray]]


def _none(columns: tuple[str, ...]) -> Callable[[], pd.DataFrame]:
    return lambda: pd.DataFrame({name: np.zeros(0, dtype=np.int64) for name in columns})


@dataclass(frozen=True, eq=False)
class Exchanges:
    """Waits, messages sent and contacts outside, by person.

    Attributes:
        waits: sender, recipient (positions of people), `answered` (0 or 1) and duration in `seconds`, with how many
            such `waits` a row stands for; sorted. None lasts longer than `HORIZON`. Durations are exact up to 10,000
            seconds, else rounded to four digits: less than 0.05 % off. A sample where the log holds more than
            `MESSAGES` messages.
        sent: one row a sender: messages `direct` and `broadcast` (each counts once, as far as it reached the roster).
        outside: one row a person and `outsider` (a number), in contact.
        talked: one row a pair a < b that wrote to one another at least once; empty where nobody met.
        unknown: why there are no waits: `undated` (no times), `undirected` (nobody ever answers: bare contacts),
            `days` (times are days), `silent` (nothing that asks for an answer), `short` (the log ends before the
            horizon); empty where there are.
        domains: whether the roster has mail addresses to tell outsiders by.
    """

    waits: pd.DataFrame = field(default_factory=_none(WAITS))
    sent: pd.DataFrame = field(default_factory=_none(SENT))
    outside: pd.DataFrame = field(default_factory=_none(OUTSIDE))
    talked: pd.DataFrame = field(default_factory=_none(TALKED))
    unknown: str = "undated"
    domains: bool = False


def exchanges(
    columns: Columns, *, first: datetime | None, last: datetime | None, directed: bool, meetings: bool
) -> Exchanges:
    """The tables, once the steps of both files have run.

    Args:
        columns: runs a query.
        first, last: of the log.
        directed: whether anybody ever answers.
        meetings: whether anybody ever met.
    """
    waits = in_order(columns(f"select {integers(*WAITS)} from waits"), WAITS)
    sent = in_order(
        columns(
            f"select {integers('sender')}, cast(direct as double) as direct, cast(broadcast as double) as broadcast "
            "from outgoing"
        ),
        ["sender"],
    )
    contacts = columns("select person, outsider from outside")
    outsider = pd.factorize(np.asarray(contacts["outsider"]), sort=True)[0]
    outside = in_order({"person": np.asarray(contacts["person"]), "outsider": outsider}, OUTSIDE)
    talked = in_order(columns(f"select {integers(*TALKED)} from talked"), TALKED) if meetings else _none(TALKED)()
    domains = str(columns("select domains from settings")["domains"][0]).strip()
    unknown = ""
    if first is None or last is None:
        unknown = "undated"
    elif not directed:
        unknown = "undirected"
    elif waits.empty:
        spoken = int(columns("select sum(sent) as spoken from held where week is not null")["spoken"][0] or 0)
        unknown = "days" if spoken else "silent"
    elif (last - first).total_seconds() < HORIZON:
        unknown = "short"
    return Exchanges(
        waits=waits.iloc[:0] if unknown else waits,
        sent=sent,
        outside=outside,
        talked=talked,
        unknown=unknown,
        domains=bool(domains),
    )


def integers(*names: str) -> str:
    """SQL of columns as whole numbers of four bytes: sums come in twice as many, or as decimals."""
    return ", ".join(f"cast({name} as integer) as {name}" for name in names)

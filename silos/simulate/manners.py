"""How leaders treat people below them, and who deals with customers: applied to a week of written messages.

All of it draws from random streams of its own: without it, a company writes what it always wrote.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from silos.simulate.company import Company
from silos.simulate.events import DIRECT, EMAIL, GROUP, REPLY
from silos.simulate.plan import Rows

Leadership = Literal["listening", "broadcasting", "unresponsive"]

#: Departments that deal with the outside, where there are any of these names.
FRONT = ("Sales", "Customer Service", "Procurement", "Export", "After-Sales", "Partnerships")
#: Probability that a broadcasting or unresponsive leader leaves unanswered what comes from below, that a listening one
#: answers what would have been left, and that a broadcasting one writes to so many in a week.
IGNORES, ANSWERS, BROADCASTS, CROWD = 0.7, 0.85, 0.7, 40
#: Contacts of an outsider in the company, and conversations of each with one of them in a week.
CONTACTS, TALKS = 2, 0.6
WEEK = 7 * 86_400


@dataclass(frozen=True, eq=False)
class Manners:
    """What is laid over the messages.

    Attributes:
        leadership: how leaders treat those below; None: as everybody treats everybody.
        front: departments that deal with the outside, positions.
        insider, outsider: pairs in contact: position of the person, number of the external.
        externals: how many externals the roster has.
        seed: of the simulation.
    """

    leadership: Leadership | None = None
    front: tuple[int, ...] = ()
    insider: np.ndarray | None = None
    outsider: np.ndarray | None = None
    externals: int = 0
    seed: int = 0

    @property
    def addresses(self) -> list[str]:
        """Of the externals."""
        return [f"c{number:03d}@customer.example" for number in range(self.externals)]


#: Nobody behaves in any way, and nobody is outside.
USUAL = Manners()


def manners(company: Company, *, leadership: Leadership | None, externals: int, seed: int) -> Manners:
    """Who of the company deals with how many externals, and how its leaders behave."""
    if not externals:
        return Manners(leadership, seed=seed)
    rng = np.random.default_rng([seed, 20])
    named = [place for place, name in enumerate(company.departments) if name in FRONT]
    others = [place for place in np.argsort(-company.sizes) if place != company.parts.mail_room]
    front = tuple(sorted(named or [int(place) for place in others[:2]]))
    people = np.flatnonzero(np.isin(company.department, front))
    outsider = np.repeat(np.arange(externals), min(CONTACTS, len(people)))
    insider = np.concatenate([rng.permutation(people)[: min(CONTACTS, len(people))] for _ in range(externals)])
    return Manners(leadership, front, insider, outsider, externals, seed)


def roster_rows(planted: Manners, columns: Sequence[str]) -> pd.DataFrame:
    """The externals as the roster has them."""
    known = pd.DataFrame({"person": planted.addresses, "name": planted.addresses, "kind": "external"})
    return known.reindex(columns=list(columns))


def truth(planted: Manners, company: Company) -> dict[str, Any]:
    """What was planted, ready for JSON."""
    return {
        "leadership": planted.leadership,
        "external": {
            "people": planted.externals,
            "departments": sorted(company.departments[place] for place in planted.front),
        }
        if planted.externals
        else None,
    }


def laid_over(rows: Rows, planted: Manners, company: Company, week: int) -> Rows:
    """The rows of a week with what was planted."""
    if planted.leadership is None and not planted.externals:
        return rows
    rng = np.random.default_rng([planted.seed, 21, week])
    ids = company.people + company.unknown
    if planted.leadership == "listening":
        rows = _answering(rows, company, ids, rng)
    elif planted.leadership is not None:
        rows = _ignoring(rows, company, ids, rng)
    if planted.leadership == "broadcasting":
        rows = _broadcasting(rows, company, week, rng)
    if planted.externals:
        rows = _with_outsiders(rows, planted, 2 * ids, week, rng)
    order = np.lexsort((rows.recipient, rows.sender, rows.event, rows.time))
    return _taken(rows, order)


def _taken(rows: Rows, which: np.ndarray) -> Rows:
    return Rows(**{name: column[which] for name, column in vars(rows).items()})


def _more(rows: Rows, **columns: np.ndarray | int) -> Rows:
    """The rows and new ones; what is a single number is that of all new ones."""
    count = np.size(columns["time"])
    return Rows(
        **{
            name: np.concatenate([column, np.broadcast_to(columns[name], count).astype(column.dtype)])
            for name, column in vars(rows).items()
        }
    )


def _upward(rows: Rows, company: Company, ids: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows that open a talk of two with a leader, from below; and for each row the one that opened its thread."""
    sender, recipient = rows.sender % ids, rows.recipient % ids
    first = np.full(int(rows.thread.max(initial=-1)) + 1, -1)
    threaded = np.flatnonzero(rows.thread >= 0)[::-1]
    first[rows.thread[threaded]] = threaded
    opener = np.where(rows.thread >= 0, first[rows.thread], -1)
    leads = np.zeros(ids, dtype=bool)
    leads[company.boss[company.boss >= 0]] = True
    rank = np.append(company.rank, np.zeros(company.unknown, dtype=company.rank.dtype))
    opens = (opener == np.arange(len(rows))) & (rows.recipients == 1)
    return opens & leads[recipient] & (rank[sender] > rank[recipient]), opener


def _ignoring(rows: Rows, company: Company, ids: int, rng: np.random.Generator) -> Rows:
    """Without most of what leaders answer to people below."""
    upward, opener = _upward(rows, company, ids)
    ignored = upward & (rng.random(len(rows)) < IGNORES)
    return _taken(rows, np.flatnonzero(~((opener >= 0) & ignored[opener] & (opener != np.arange(len(rows))))))


def _answering(rows: Rows, company: Company, ids: int, rng: np.random.Generator) -> Rows:
    """With an answer of the leader to most of what would have been left."""
    upward, opener = _upward(rows, company, ids)
    length = np.bincount(opener[opener >= 0], minlength=len(rows))
    left = np.flatnonzero(upward & (length == 1) & (rng.random(len(rows)) < ANSWERS))
    delay = (3600 * rng.lognormal(0, 1, len(left))).astype(np.int64) + 1
    latest = (rows.time[left] // WEEK + 1) * WEEK - 1
    return _more(
        rows,
        time=np.minimum(rows.time[left] + delay, latest),
        sender=rows.recipient[left],
        recipient=rows.sender[left],
        medium=rows.medium[left],
        kind=REPLY,
        event=int(rows.event.max(initial=-1)) + 1 + np.arange(len(left)),
        thread=rows.thread[left],
        recipients=1,
    )


def _broadcasting(rows: Rows, company: Company, week: int, rng: np.random.Generator) -> Rows:
    """With mails of leaders to a crowd."""
    leaders = np.unique(company.boss[company.boss >= 0])
    writing = leaders[rng.random(len(leaders)) < BROADCASTS]
    size = min(CROWD, company.people - 1)
    crowds = [rng.permutation(np.delete(np.arange(company.people), leader))[:size] for leader in writing]
    if not crowds:
        return rows
    moment = _moments(week, len(writing), rng)
    owner = np.repeat(np.arange(len(writing)), size)
    return _more(
        rows,
        time=moment[owner],
        sender=writing[owner],
        recipient=np.concatenate(crowds),
        medium=EMAIL,
        kind=GROUP,
        event=int(rows.event.max(initial=-1)) + 1 + owner,
        thread=int(rows.thread.max(initial=-1)) + 1 + owner,
        recipients=size,
    )


def _with_outsiders(rows: Rows, planted: Manners, base: int, week: int, rng: np.random.Generator) -> Rows:
    """With conversations between the front departments and the outside: a question and an answer."""
    assert planted.insider is not None
    assert planted.outsider is not None
    talks = np.flatnonzero(rng.random(len(planted.insider)) < TALKS)
    inside, outside = planted.insider[talks], base + planted.outsider[talks]
    asks = rng.random(len(talks)) < 0.5
    moment = _moments(week, len(talks), rng)
    later = moment + 60 + (1800 * rng.lognormal(0, 1, len(talks))).astype(np.int64)
    event, thread = int(rows.event.max(initial=-1)) + 1, int(rows.thread.max(initial=-1)) + 1
    for place, time in enumerate((moment, np.minimum(later, (week + 1) * WEEK - 1))):
        sends = asks == (place == 0)
        rows = _more(
            rows,
            time=time,
            sender=np.where(sends, inside, outside),
            recipient=np.where(sends, outside, inside),
            medium=EMAIL,
            kind=REPLY if place else DIRECT,
            event=event + place * len(talks) + np.arange(len(talks)),
            thread=thread + np.arange(len(talks)),
            recipients=1,
        )
    return rows


def _moments(week: int, count: int, rng: np.random.Generator) -> np.ndarray:
    """Times in the eight working hours of five days."""
    return week * WEEK + 8 * 3600 + rng.integers(5, size=count) * 86_400 + rng.integers(28_800, size=count)

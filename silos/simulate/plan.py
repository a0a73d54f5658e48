"""What a simulated company writes is made of: the plan of its weeks, conversations that are known, rows of a log."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from silos.simulate import rhythm as pace
from silos.simulate.company import Company
from silos.simulate.fabric import Dyads, Groups
from silos.simulate.rhythm import Rhythm
from silos.simulate.walls import Walls

if TYPE_CHECKING:
    from silos.simulate.changes import Changes


@dataclass(frozen=True, eq=False)
class Rows:
    """Coded interactions, sorted by time; arrays of one length.

    Attributes:
        time: seconds since the start of the simulation.
        sender, recipient: positions of people; + people of the log where the chat id is written.
        medium, kind: positions in `MEDIA`, `KINDS`.
        event: number of the message or meeting within the week.
        thread: number of the conversation within the week, -1 for a meeting.
        recipients: people reached.
    """

    time: np.ndarray
    sender: np.ndarray
    recipient: np.ndarray
    medium: np.ndarray
    kind: np.ndarray
    event: np.ndarray
    thread: np.ndarray
    recipients: np.ndarray

    def __len__(self) -> int:
        return len(self.time)


@dataclass(frozen=True, eq=False)
class Plan:
    """All that the messages follow from.

    Attributes:
        company: who works where.
        dyads: pairs in contact.
        groups: teams.
        start: first day.
        weeks: length.
        seed: of the simulation.
        scale: factor of all activity but that of the broadcasts.
        newsletters: a newsletter goes out every so many weeks.
        slower: factor of the time that an answer across departments takes.
        rhythm: at what pace people answer, and how the desk works.
        talks: conversations of two people that are known already; then `dyads` are only whom people know.
        walls: between which departments ties were taken away, if any were.
        changes: what becomes different while the log runs, if anything does.
        home: position of the department that each person works with, (N,), where it is no longer that of the company.
    """

    company: Company
    dyads: Dyads
    groups: Groups
    start: date
    weeks: int
    seed: int
    scale: float = 1.0
    newsletters: int = 1
    slower: float = 1.0
    rhythm: Rhythm = pace.USUAL
    talks: "Talks | None" = None
    walls: Walls | None = None
    changes: "Changes | None" = None
    home: np.ndarray | None = None

    @property
    def departments(self) -> np.ndarray:
        """Position of the department that each person works with, (N,)."""
        return self.company.department if self.home is None else self.home

    def staff(self) -> tuple[np.ndarray, np.ndarray]:
        """People department by department, the head of each first, (N,), and where each begins, (K + 1,)."""
        if self.home is None:
            return np.arange(self.company.people), self.company.first
        heads = self.company.first[self.home] == np.arange(self.company.people)
        sizes = np.bincount(self.home, minlength=len(self.company.sizes))
        return np.lexsort((~heads, self.home)), np.concatenate([[0], np.cumsum(sizes)])

    def apart(self, members: np.ndarray, owner: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Lists of people, in which nobody meets those whom a wall keeps from them."""
        return (members, owner) if self.walls is None else self.walls.apart(members, owner)

    @property
    def spills(self) -> bool:
        """Whether conversations run over the end of the week in which they begin."""
        return self.talks is not None or self.rhythm.spills


@dataclass(frozen=True, eq=False)
class Talks:
    """Conversations of two people, message by message; arrays of one length, conversation by conversation.

    Attributes:
        week: in which the conversation began.
        time: working seconds since the start of the simulation.
        sender, recipient: positions of people.
        thread: number of the conversation within its week.
        place: of the message in its conversation, from 0.
        chat: whether it is held in chat.
    """

    week: np.ndarray
    time: np.ndarray
    sender: np.ndarray
    recipient: np.ndarray
    thread: np.ndarray
    place: np.ndarray
    chat: np.ndarray

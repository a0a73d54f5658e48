"""The pace and depth of answers and the way a desk works, as in real mail.

The usual rhythm changes nothing of what a company always wrote. Every other draws from random streams of its own.
"""

from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import numpy as np

from silos.errors import SilosError
from silos.simulate.company import Company
from silos.simulate.fabric import Dyads

Desk = Literal["acknowledges", "tickets", "questions", "converses"]
DESKS = ("acknowledges", "tickets", "questions", "converses")

#: Median of the working time until a mail, a chat message is answered, in seconds.
MAIL, CHAT = 3600.0, 240.0
#: Of a desk's tickets: the share that is acknowledged and then done (A B B); the others are answered once. Where it
#: asks back, the share of the tickets about which it does (A B A B).
DONE, ASKED = 0.8, 0.5
#: Working time until a ticket is acknowledged, until somebody comes back to what they wrote, in seconds.
ACKNOWLEDGED, COMES_BACK = 300.0, 6 * 3600.0
#: A desk that converses: how many of its conversations go deep, and how many it opens.
CONVERSES, OPENS = 0.6, 0.5
#: Factor of the conversations of a busy pair.
BUSY = 5.0


@dataclass(frozen=True)
class Rhythm:
    """How the messages of a company follow one another.

    Attributes:
        reply_hours: median of the working hours until a mail is answered (log-normal; chat in a fifteenth of it);
            conversations may then run over weekends and beyond the end of the log. None: an hour, within one week.
        reply_spread: σ of the logarithm of that time. Quartiles of .18, 1 and 9.4 h, as in the mail of an American
            company, or of .5, 1.6 and 7.5 h on a developers' list, make it about 2 to 3 by the clock, nights included.
        one_day: two people begin all their conversations of a week on one day.
        depth: factor of the probability that a conversation goes deep; about .1 makes threads as shallow as in the mail
            of that company, where 2 % of them are deep.
        desk: how the mail room works: it "acknowledges" what it is sent; "tickets" are acknowledged and then done (A B
            B); it "questions" half of those who ask (A B A B); or it "converses" and opens conversations as a
            colleague does, so that no log can tell it from one.
        follow_ups: probability that whoever opened a conversation with the desk writes once more after its answer, and
            that whoever got no answer does.
        busy: share of the pairs that have five times as many conversations.

    Examples:
        >>> import silos
        >>> slow = silos.simulate.organisation(80, 8, weeks=4, rhythm=Rhythm(reply_hours=8))
        >>> len(slow.roster)
        80
    """

    reply_hours: float | None = None
    reply_spread: float = 1.3
    one_day: bool = False
    depth: float = 1.0
    desk: Desk = "acknowledges"
    follow_ups: float = 0.0
    busy: float = 0.0

    def __post_init__(self) -> None:
        faults = [
            f"{name} is {value!r}, a share from 0 to 1 is needed"
            for name, value in (("follow_ups", self.follow_ups), ("busy", self.busy), ("depth", self.depth))
            if not 0 <= value <= 1
        ]
        if self.reply_hours is not None and not 0 < self.reply_hours < float("inf"):
            faults.append(f"reply_hours is {self.reply_hours!r}, a positive number is needed")
        if not 0 <= self.reply_spread <= 4:
            faults.append(f"reply_spread is {self.reply_spread!r}, a number from 0 to 4 is needed")
        if self.desk not in DESKS:
            faults.append(f"desk is {self.desk!r}, one of {', '.join(DESKS)} is needed")
        if faults:
            raise SilosError(f"cannot simulate: {'; '.join(faults)}.")

    @property
    def spills(self) -> bool:
        """Whether conversations run over the end of their week."""
        return self.reply_hours is not None or self.one_day

    @property
    def pace(self) -> float:
        """Factor of the usual times until an answer."""
        return 1.0 if self.reply_hours is None else self.reply_hours * 3600 / MAIL

    @property
    def scripted(self) -> bool:
        """Whether conversations with the desk go by a script of their own."""
        return self.desk in ("tickets", "questions") or self.follow_ups > 0

    def as_dict(self) -> dict[str, Any]:
        """As `truth.json` has it."""
        return asdict(self)


#: As every company wrote before there was a choice.
USUAL = Rhythm()


def to_desk(dyads: Dyads, company: Company) -> np.ndarray:
    """Which pairs are of somebody, first, and a clerk of the mail room, second."""
    if company.parts.mail_room is None:
        return np.zeros(len(dyads), dtype=bool)
    department = np.append(company.department, np.full(company.unknown, -1))
    return np.asarray(dyads.service & (department[dyads.j] == company.parts.mail_room))


def paced(dyads: Dyads, rhythm: Rhythm, company: Company, seed: int) -> Dyads:
    """The pairs as the rhythm has them: how deep, how busy, and how open the desk is."""
    if rhythm == USUAL:
        return dyads
    rng = np.random.default_rng([seed, 30])
    deep, starts = dyads.deep * rhythm.depth, dyads.starts
    if rhythm.desk == "converses":
        desk = to_desk(dyads, company)
        deep, starts = np.where(desk, CONVERSES * rhythm.depth, deep), np.where(desk, OPENS, starts)
    busy = rng.random(len(dyads)) < rhythm.busy
    return replace(dyads, rate=dyads.rate * np.where(busy, BUSY, 1.0), deep=deep, starts=starts)


def scripts(
    desk: np.ndarray, by_i: np.ndarray, length: np.ndarray, rhythm: Rhythm, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """How conversations with the desk go.

    Args:
        desk: (n,) which conversations are with it.
        by_i: whether the one who is not the desk opened it.
        length: messages, as they would be.
        rhythm: how the desk works.
        rng: random numbers.

    Returns:
        Messages of each; (n, 5) who writes each of the first five, true for whoever opened it; and which conversations
        go by that script.
    """
    count = len(desk)
    length = length.copy()
    scripted = desk & by_i & (length > 1)
    opener = np.zeros((count, 5), dtype=bool)
    opener[:, 0] = True
    if rhythm.desk in ("tickets", "questions"):
        scripted = desk & by_i
        asked = scripted & (rhythm.desk == "questions") & (rng.random(count) < ASKED)
        done = scripted & ~asked & (rng.random(count) < DONE)
        length[scripted] = 2
        length[done], length[asked] = 3, 4
        opener[asked, 2] = True
    else:
        # What the desk acknowledges goes on in turns, as it always did.
        opener[:, 2] = opener[:, 4] = True
        scripted &= length < 4
    again = scripted & (rng.random(count) < rhythm.follow_ups)
    opener[again, length[again]] = True
    length[again] += 1
    # Whoever got no answer writes once more.
    ignored = ~scripted & (length == 1) & (rng.random(count) < rhythm.follow_ups)
    opener[ignored, 1] = True
    length[ignored] = 2
    return length, opener, scripted | ignored

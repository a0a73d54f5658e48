"""What a tie is and when it is substantive: every clause and every number of the definition.

**Contact.** Two people are in contact when at least one interaction passed between them that was not a broadcast, be it
a message, a meeting or an observed contact. An interaction that reached more than `--max-recipients` people is a
broadcast and makes no tie.

**Conversation.** What two people said to each other in one thread. In a medium that knows threads, a message outside
any thread is a conversation of its own. A conversation is *deep* when whoever opened it wrote again after the other had
answered: two changes of speaker. Three reminders without an answer are not, nor is a ticket: request, acknowledgement,
"done".

**Small meeting.** A meeting of at most `SMALL_MEETING` people: everybody in it may have spoken with everybody. It
counts as a deep conversation that both of them started.

**Substantive tie.** All three clauses hold:

1. each of the two started a deep conversation with the other, or they met in a small meeting;
2. of their conversations and small meetings together, at least `DEEP_SHARE` were that deep. Existence alone saturates:
   over a year, a help desk has a few deep threads with everybody;
3. they were in contact in at least `WEEKS` different weeks.

**Waived clauses.** A clause that the log cannot answer is waived, and said to be: otherwise a log of two weeks would
have no substantive tie at all. `waived` says when that is.

**Layers.** `any` holds every tie; `two-way` those in which both wrote to the other, or they met; `reciprocated` those
that are two-way and last `WEEKS` weeks; `turn-taking` is the same by the name of its grade; `substantive` as above;
`volume` is `any` by the name of its grade.

**Grades of evidence.** The connector verdict rests on the best layer that the log can show: `substantive` where it
knows threads or meetings, `turn-taking` where it knows who wrote to whom at which time of day, so that service desks
can be told by how they take turns, `reciprocated` where it knows who wrote to whom, else `volume`. With too little of a
grade, the verdict falls back to the next (`silos.analysis.connector.evidence`). A log in which no two people
ever wrote both ways does not know who wrote to whom, whatever its columns are called: where senders are known, somebody
answers somebody.

**Turns.** Between two people, whatever the log knows of threads, a message is an answer if one of the other's came
before it within `TURN_GAP`; after so long a silence a new session begins.

**Waits.** What comes after `HORIZON` is not an answer any more.

The SQL does the counting. It gets these numbers from here, through `silos.ties.steps`, and repeats none of them.
"""

from typing import Literal

import numpy as np
import pandas as pd

from silos.errors import SilosError

#: People in a meeting at most for it to be a conversation.
SMALL_MEETING = 8
#: Share of the conversations of two people that must be deep for their tie to be substantive.
DEEP_SHARE = 0.3
#: Distinct weeks of contact that a lasting tie takes.
WEEKS = 3
#: Weeks from one with contact to the next, in the median, beyond which a log does not know weeks.
GAP = 2
#: Seconds after which a message is not an answer any more: a week, so that no weekday counts more than another.
HORIZON = 7 * 86_400
#: Seconds within which a message answers the one before it, and after which a session ends: 72 hours, so that an answer
#: after a weekend is one.
TURN_GAP = 72 * 3600
#: Messages sent beyond which waits are a sample: of so many messages' worth.
MESSAGES = 20_000_000

#: The best kind of tie that a log can show: the grade of every sentence on the connector.
Evidence = Literal["substantive", "turn-taking", "reciprocated", "volume"]
#: Windows in which ties can be counted besides the whole period.
WINDOW_UNITS = ("week", "month", "quarter")


def grade(*, threads: bool, meetings: bool, directed: bool, turns: bool) -> Evidence:
    """The best kind of tie that a log can show.

    Args:
        threads: whether it knows which messages belong to one conversation.
        meetings: whether it holds meetings.
        directed: whether it knows who wrote to whom.
        turns: whether it knows that anybody answered anybody across time.
    """
    if threads or meetings:
        return "substantive"
    if directed and turns:
        return "turn-taking"
    return "reciprocated" if directed else "volume"


def waived(weeks: np.ndarray, *, threads: bool) -> tuple[str, ...]:
    """The clauses of the substantive tie that a log is too short, or too coarse, to answer: "weeks", "conversations".

    Args:
        weeks: the numbers of the distinct weeks in which it holds anything, ascending; none where it has no times.
        threads: whether it knows which messages belong to one conversation.

    Examples:
        >>> waived(np.array([5, 6, 7]), threads=True), waived(np.array([5, 6, 7, 8]), threads=False)
        (('weeks',), ('conversations',))
        >>> waived(np.array([4, 9, 13, 17]), threads=True)
        ('weeks',)
    """
    # Mostly more than two weeks from one that is seen to the next: the log holds days of the month, say, not weeks.
    unanswered = len(weeks) <= WEEKS or float(np.median(np.diff(weeks))) > GAP
    return (*(("weeks",) if unanswered else ()), *(() if threads else ("conversations",)))


def answered(dyads: pd.DataFrame) -> bool:
    """Whether anybody ever answers: else the order of the two columns says nothing, and the rows are contacts."""
    return bool(((dyads["sent_a"] > 0) & (dyads["sent_b"] > 0)).any())


def required_weeks(waived: tuple[str, ...], weeks: int = WEEKS) -> int:
    """The weeks of contact that a lasting tie takes, in a log that may not know weeks."""
    return 1 if "weeks" in waived else weeks


def in_layer(dyads: pd.DataFrame, name: str, *, weeks: int) -> np.ndarray | None:
    """Which ties are in a layer.

    Args:
        dyads: as in `silos.tables.Ties`.
        name: `any`, `two-way`, `turn-taking`, `reciprocated`, `substantive` or `volume`.
        weeks: distinct weeks of contact that a lasting tie takes.

    Returns:
        (dyads,) bool; None where all are.

    Raises:
        SilosError: there is no such layer.
    """
    if name in ("any", "volume"):
        return None
    two_way = (dyads["sent_a"] > 0) & (dyads["sent_b"] > 0)
    lasting = dyads["weeks"] >= weeks
    if name == "two-way":
        return np.asarray(two_way)
    if name in ("turn-taking", "reciprocated"):
        return np.asarray(two_way & lasting)
    if name == "substantive":
        met = dyads["small_meetings"]
        deep = dyads["deep_a"] + dyads["deep_b"] + met
        both = ((dyads["deep_a"] > 0) & (dyads["deep_b"] > 0)) | (met > 0)
        return np.asarray(both & (deep >= DEEP_SHARE * (dyads["conversations"] + met)) & lasting)
    raise SilosError(
        f"there is no layer {name!r}. Layers: any, two-way, substantive, turn-taking, reciprocated, volume."
    )

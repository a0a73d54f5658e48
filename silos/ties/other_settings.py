"""Counts the ties of a log again under other settings, from its messages as arrays.

What each number means is said by the SQL (`ties.sql`), from the step `windowed` on. Whatever the log, a database takes
some 40 ms to plan and start that, for each setting; of a small log the count itself takes 5. Tests hold both equal.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from silos.engines.duck import Duck
from silos.ties.definitions import SMALL_MEETING
from silos.ties.pieces import ALONE, EARLY, MICROSECONDS, PARTS
from silos.ties.sorted_pairs import A_WEEK, TO_1970, pairs_of
from silos.ties.sorting import Columns, reduced, starts_of, taken
from silos.ties.steps import ERA, Steps

#: The same two persons of one medium in one era, and of all media.
_MET = ("medium", "a", "b", "era")
_SEEN = ("a", "b", "era")
#: Senders, as of the step `eras`: a, b, or both.
_A, _B = 1, 2


@dataclass(frozen=True, eq=False)
class Recount:
    """The messages of a log, to be counted under other settings.

    Attributes:
        rows: of the step `messages`.
        threaded: media in which the log knows conversations.
        max_recipients, since, until: as settings have it.
    """

    rows: Columns
    threaded: Sequence[int]
    max_recipients: int
    since: datetime
    until: datetime

    @classmethod
    def of(cls, engine: Duck, steps: Steps) -> "Recount | None":
        """All messages; None where some of them have no time and others have: then weeks are compared as SQL does."""
        rows = engine.columns(
            f"""
            select medium, a, b, by_a, people, weight, meeting, sent, event is not null as known,
                coalesce(event, 0) as event, coalesce(thread, {ALONE}) as thread,
                coalesce(epoch_us(moment), {EARLY}) as moment,
                round(weight / people * {PARTS}) as share, round(weight / people * {PARTS // 2}) as half
            from messages
            """
        )
        undated = rows["moment"] == EARLY
        if undated.any() and not undated.all():
            return None
        threaded = [int(row["medium"]) for row in engine.rows("select medium from threaded")]
        return cls(rows, threaded, *(steps.settings[name] for name in ("max_recipients", "since", "until")))

    def count(
        self, *, max_recipients: int | None = None, since: datetime | None = None, until: datetime | None = None
    ) -> tuple[Columns, Columns]:
        """The steps `arcs` and `dyads` under these settings; those that are not given stay as they are."""
        most = self.max_recipients if max_recipients is None else max_recipients
        moment = self.rows["moment"]
        within = (moment >= _microseconds(since or self.since)) & (moment < _microseconds(until or self.until))
        chosen = (self.rows["people"] <= most) & (within | (moment == EARLY))
        rows = taken(self.rows, chosen)
        pairs = pairs_of(taken(rows, rows["sent"]), self.threaded)
        met = _met(rows)
        return _arcs(pairs, met), _dyads(pairs, met)


def _microseconds(moment: datetime) -> int:
    """Since 1970."""
    return (moment - datetime(1970, 1, 1)) // timedelta(microseconds=1)


def _summed(rows: Columns, keys: tuple[str, ...], ored: tuple[str, ...] = ()) -> Columns:
    """One row for each value of the keys, other columns added up; those of `ored` bit by bit."""
    order = np.lexsort([rows[name] for name in reversed(keys)])
    rows = taken(rows, order)
    starts = starts_of(*(rows[name] for name in keys))
    ways = {name: np.bitwise_or if name in ored else np.add for name in rows if name not in keys}
    return {name: rows[name][starts] for name in keys} | {
        name: reduced(way, rows[name], starts) for name, way in ways.items()
    }


def _joined(*parts: Columns) -> Columns:
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


# ---- meetings


def _met(rows: Columns) -> Columns:
    """The step `met`."""
    week = np.where(rows["moment"] != EARLY, (rows["moment"] // MICROSECONDS + TO_1970) // A_WEEK, 0)
    rows = {**rows, "week": week}
    gathered = rows["meeting"] & rows["known"]
    apart = taken(rows, ~rows["sent"] & ~gathered)
    alone = {name: apart[name] for name in ("medium", "week", "a", "b", "people", "meeting")}
    alone |= {"counted": apart["weight"], "half": apart["half"]}
    found = _joined(_encounters(taken(rows, gathered)), alone)
    small = found["meeting"] & (found["people"] + 1 <= SMALL_MEETING)
    bit = found["week"] % ERA
    return _summed(
        {
            **{name: found[name] for name in ("medium", "a", "b")},
            "era": found["week"] - bit,
            "weeks": np.left_shift(np.int64(1), bit),
            # Exact sums, whatever the order: of halves of 1/2^30.
            "messages": found["counted"] / 2,
            "volume": found["half"] / PARTS,
            "small_meetings": small.astype(np.int64),
            "meetings": found["meeting"].astype(np.int64),
        },
        _MET,
        ("weeks",),
    )


def _encounters(rows: Columns) -> Columns:
    """Everybody in a meeting met everybody: the steps `attendance` and `encounters`, of meetings that have an id."""
    both = [
        {"person": rows[end], **{name: rows[name] for name in ("event", "week", "medium", "people")}}
        for end in ("a", "b")
    ]
    there = _joined(*both)
    there = taken(there, np.lexsort([there[name] for name in ("medium", "person", "week", "event")]))
    starts = starts_of(*(there[name] for name in ("event", "week", "person", "medium")))
    people = reduced(np.maximum, there["people"], starts)
    there = taken(there, starts) | {"people": people}
    # Of those in a meeting each meets all who stand behind.
    ends = np.append(starts_of(there["event"], there["week"]), len(people))
    others = np.repeat(ends[1:], np.diff(ends)) - np.arange(len(people)) - 1
    one = np.repeat(np.arange(len(people)), others)
    other = one + 1 + np.arange(len(one)) - np.repeat(np.cumsum(others) - others, others)
    # Nobody meets themselves, though two media may hold the same meeting.
    differ = there["person"][one] != there["person"][other]
    one, other = one[differ], other[differ]
    people = np.maximum(people[one], people[other])
    return {
        "medium": there["medium"][one],
        "week": there["week"][one],
        "a": there["person"][one],
        "b": there["person"][other],
        "people": people,
        "meeting": np.ones(len(one), dtype=bool),
        "counted": np.ones(len(one)),
        "half": np.rint(1 / people * (PARTS // 2)),
    }


# ---- ties


def _arcs(pairs: Columns, met: Columns) -> Columns:
    """The step `arcs`."""
    ways = []
    for found, messages, volume in ((pairs, "messages_{}", "volume_{}"), (met, "messages", "volume")):
        for side, sender, recipient in (("a", "a", "b"), ("b", "b", "a")):
            sent = {
                "sender": found[sender],
                "recipient": found[recipient],
                "medium": found["medium"],
                "messages": found[messages.format(side)].astype(np.float64),
                "volume": found[volume.format(side)].astype(np.float64),
            }
            ways.append(taken(sent, sent["messages"] > 0))
    arcs = _summed(_joined(*ways), ("sender", "recipient", "medium"))
    return {
        name: values.astype(np.int32) if name in ("sender", "recipient", "medium") else values
        for name, values in arcs.items()
    }


def _dyads(pairs: Columns, met: Columns) -> Columns:
    """The step `dyads`, by way of `eras`."""
    nothing, none = np.zeros(len(pairs["a"]), dtype=np.int64), np.zeros(len(met["a"]), dtype=np.int64)
    wrote = {
        **{name: pairs[name] for name in (*_SEEN, "weeks")},
        "senders": _A * (pairs["messages_a"] > 0) + _B * (pairs["messages_b"] > 0),
        **{name: pairs[name] for name in ("conversations", "deep_a", "deep_b")},
        **dict.fromkeys(("small_meetings", "meetings"), nothing),
    }
    there = {
        **{name: met[name] for name in (*_SEEN, "weeks")},
        "senders": np.full(len(none), _A | _B),
        **dict.fromkeys(("conversations", "deep_a", "deep_b"), none),
        **{name: met[name] for name in ("small_meetings", "meetings")},
    }
    eras = _summed(_joined(wrote, there), _SEEN, ("weeks", "senders"))
    eras["weeks"] = np.bitwise_count(eras["weeks"])
    del eras["era"]
    dyads = _summed(eras, ("a", "b"), ("senders",))
    senders = dyads.pop("senders")
    dyads |= {"sent_a": senders & _A, "sent_b": (senders & _B) // _B}
    return {name: values.astype(np.int32) for name, values in dyads.items()}

"""The messages of a log in this process, in pieces that are small enough to be sorted in the processor's cache.

Rows come from the database a few at a time and are put where they belong: a piece holds all rows of some people `a`,
the lower of the two of a pair. What each person sent is added up on the way.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from silos.engines.duck import Duck
from silos.ties.sorting import Columns, starts_of
from silos.ties.steps import Steps

#: Rows of a part, which are read one after the other into memory.
PART = 4_000_000
#: Parts up to which all rows are read for each of them.
SCANS = 8
#: Rows of a piece: what is made of them takes some megabytes.
PIECE = 100_000
#: A moment earlier than any: it also stands for none.
EARLY = -(2**62)
#: The thread of a message outside of threads.
ALONE = -1
#: Volumes are whole numbers of such parts, so that their sums are exact whatever the order of adding up.
PARTS = 1 << 30
#: Microseconds of a second.
MICROSECONDS = 1_000_000
#: What a piece holds of each row.
KEPT = {
    **dict.fromkeys(("a", "b", "medium"), np.int32),
    **dict.fromkeys(("by_a", "known"), np.bool_),
    **dict.fromkeys(("thread", "moment"), np.int64),
    **dict.fromkeys(("weight", "share"), np.float64),
}


@dataclass(frozen=True)
class Log:
    """What is known of the whole log before its pieces are counted.

    Attributes:
        people: how many there are.
        max_recipients: what reached more is a broadcast.
        clocked, threaded: media that know the time of day, and threads.
        parts: of 2^31 - 1 parts of the waits, and of the pairs, so many are looked at.
        last: the last second of any message that knows the time of day.
    """

    people: int
    max_recipients: int
    clocked: Sequence[int]
    threaded: Sequence[int]
    parts: int
    last: int

    @classmethod
    def of(cls, engine: Duck, steps: Steps) -> "Log":
        """From the steps that are there."""
        clocked = engine.rows("select medium, seconds(last) as last from clocked")
        [patience] = engine.rows("select cast(parts as bigint) as parts from patience")
        return cls(
            people=len(steps.everybody.people),
            max_recipients=steps.settings["max_recipients"],
            clocked=[int(row["medium"]) for row in clocked],
            threaded=[int(row["medium"]) for row in engine.rows("select medium from threaded")],
            parts=int(patience["parts"]),
            last=max((int(row["last"]) for row in clocked), default=0),
        )


@dataclass(frozen=True, eq=False)
class Sent:
    """What each person sent, in 1/2^30 of a message.

    Attributes:
        direct, broadcast: (people,) to few, and to many.
        hours: (people x 2 x 24) on working days, then at weekends.
        minutes: (people x 60).
        present: by name of one of these (but `broadcast`), where there was any row at all.
    """

    direct: np.ndarray
    broadcast: np.ndarray
    hours: np.ndarray
    minutes: np.ndarray
    present: Mapping[str, np.ndarray]

    @classmethod
    def none(cls, people: int) -> "Sent":
        """Nothing yet."""
        widths = {"direct": 1, "broadcast": 1, "hours": 48, "minutes": 60}
        present = {name: np.zeros(people * widths[name], dtype=bool) for name in ("direct", "hours", "minutes")}
        return cls(**{name: np.zeros(people * width) for name, width in widths.items()}, present=present)

    def add(self, rows: Columns, few: np.ndarray, log: Log) -> None:
        """More messages; `few` tells those that are no broadcasts."""
        sender = np.where(rows["by_a"], rows["a"], rows["b"]).astype(np.int64)
        self._add("direct", sender, np.where(few, rows["share"], 0))
        many = np.flatnonzero(~few)
        np.add.at(self.broadcast, sender[many], rows["share"][many])
        timed = (rows["moment"] != EARLY) & np.isin(rows["medium"], log.clocked)
        second = rows["moment"] // MICROSECONDS
        day = second // 86_400
        of_day = second - 86_400 * day
        # The first of January 1970 was a Thursday.
        weekend = (day + 3) % 7 >= 5
        hour, minute = of_day // 3_600, of_day // 60
        share = rows["share"]
        if not timed.all():
            sender, weekend, hour, minute, share = (each[timed] for each in (sender, weekend, hour, minute, share))
        self._add("hours", 48 * sender + 24 * weekend + hour, share)
        self._add("minutes", 60 * sender + minute - 60 * hour, share)

    def _add(self, name: str, place: np.ndarray, share: np.ndarray) -> None:
        np.add.at(getattr(self, name), place, share)
        self.present[name][place] = True

    def tables(self) -> dict[str, Columns]:
        """The tables `outgoing`, `hours` and `minutes`."""
        there = {name: np.flatnonzero(present) for name, present in self.present.items()}
        senders, hours, minutes = there["direct"], there["hours"], there["minutes"]
        return {
            "outgoing": {
                "sender": senders,
                "direct": self.direct[senders] / PARTS,
                "broadcast": self.broadcast[senders] / PARTS,
            },
            "hours": {
                "sender": hours // 48,
                "hour": hours % 24,
                "weekend": hours % 48 // 24,
                "messages": self.hours[hours] / PARTS,
            },
            "minutes": {
                "sender": minutes // 60,
                "minute": minutes % 60,
                "messages": self.minutes[minutes] / PARTS,
            },
        }


def pieces(engine: Duck, log: Log, sent: Sent) -> Iterator[Columns]:
    """The messages that have a sender and are no broadcasts, piece by piece; one at least. `sent` is told all of them.

    Few parts are read from all rows, each time; where there are many, rows are written into their parts first.
    """
    few = f"case when people <= {log.max_recipients} then 1 end"
    held = engine.columns(
        f"select a, count(*) as rows, count({few}) as few from messages where sent group by a order by a"
    )
    if not len(held["a"]):
        yield {name: np.empty(0, dtype=kind) for name, kind in KEPT.items()}
        return
    part = np.cumsum(held["rows"]) // PART
    starts = starts_of(part)
    people = [slice(*ends) for ends in zip(starts, [*starts[1:], None], strict=True)]
    for one, batches in zip(people, _batches(engine, held["a"], part, starts), strict=True):
        rows, ends = _together(batches, held["a"][one], held["few"][one], log, sent)
        for start, end in zip([0, *ends[:-1]], ends, strict=True):
            yield {name: values[start:end] for name, values in rows.items()}


def _batches(engine: Duck, a: np.ndarray, part: np.ndarray, starts: np.ndarray) -> Iterator[Iterable[Columns]]:
    """The rows of each part, some at a time: `a` are the people, `part` the number of the part that each is in."""
    rows = f"""
        m.medium, m.a, m.b, m.by_a, m.people, m.weight, m.event is not null as known,
        coalesce(m.thread, {ALONE}) as thread, coalesce(epoch_us(m.moment), {EARLY}) as moment,
        round(m.weight / m.people * {PARTS}) as share
    """
    if len(starts) > SCANS:
        engine.keep("parts", {"a": a, "part": part})
        yield from engine.spread(
            f"select {rows}, p.part from messages m join parts p on m.a = p.a where m.sent",
            "part",
            int(part[-1]) + 1,
        )
        return
    first = a[starts].tolist()
    for start, end in zip(first, [*first[1:], None], strict=True):
        within = f"m.a >= {start}" + (f" and m.a < {end}" if end is not None else "")
        yield engine.batches(f"select {rows} from messages m where m.sent and {within}")


def _together(
    batches: Iterable[Columns], a: np.ndarray, few: np.ndarray, log: Log, sent: Sent
) -> tuple[Columns, np.ndarray]:
    """The rows of a part, those of a piece side by side, and where each piece ends.

    Args:
        batches: the rows, in any order.
        a, few: the people, ascending, and how many rows each has that are no broadcasts.
        log: which rows are.
        sent: is told all rows.
    """
    total = np.cumsum(few)
    piece = (total - few) // PIECE
    starts = starts_of(piece)
    ends = total[np.append(starts[1:], len(a)) - 1]
    # Numbers of two bytes are sorted by counting them.
    number = np.zeros(a[-1] - a[0] + 1, dtype=np.uint16)
    number[a - a[0]] = np.searchsorted(starts, np.arange(len(a)), side="right") - 1
    rows = {name: np.empty(total[-1], dtype=kind) for name, kind in KEPT.items()}
    free = total[starts] - few[starts]
    for batch in batches:
        chosen = batch["people"] <= log.max_recipients
        sent.add(batch, chosen, log)
        which = np.flatnonzero(chosen)
        of_row = number[batch["a"][which] - a[0]]
        which = which[np.argsort(of_row, kind="stable")]
        count = np.bincount(of_row, minlength=len(free))
        place = np.arange(len(which)) + np.repeat(free - np.cumsum(count) + count, count)
        for name, values in rows.items():
            values[place] = batch[name][which]
        free += count
    return rows, ends

"""The same count by sorting: what concerns a pair of people, or one person, of a log in this process.

What each number means is said by the SQL (`ties.sql`, `dialogue.sql`, `turn_taking.sql`, `rhythm.sql`), which runs on
clusters and counts windows. A database groups in hash tables, where with millions of pairs each row misses the cache,
several times over. Here rows are sorted once for each question, by what tells its groups apart packed into 64 bits, and
all of a group is added up where it lies. Pairs are independent: a piece (`silos.ties.pieces`) holds all rows of some
people `a`, the lower of the two, few enough for the cache, and pieces are counted in threads beside the reading.

Tests hold the tables of both ways equal, on fixtures and on made-up logs.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from silos.engines.duck import Duck
from silos.system.memory import give_back
from silos.system.threads import two_at_a_time
from silos.ties.definitions import HORIZON, TURN_GAP
from silos.ties.pieces import ALONE, EARLY, KEPT, MICROSECONDS, PARTS, Log, Sent, pieces
from silos.ties.sorting import Columns, Packing, in_order_of, like_before, reduced, starts_of, taken
from silos.ties.steps import ERA, Steps

#: Steps of `ties.sql` that are not run, as what follows from them is made here.
SORTED = ("repeated", "fragments", "conversations", "pairs")
#: Deliveries that are sorted at a time: while they are fetched they take twice their 8 bytes each.
SLICE = 25_000_000
#: Pieces that are read before the first of them has been counted: so many are in memory, and some of another part.
AHEAD = 20
#: A moment later than any.
LATE = 2**62
#: Seconds of a week.
A_WEEK = 604_800
#: Seconds from the first Monday of the year 1 to 1970.
TO_1970 = 62_135_596_800
#: The scrambling of `patience`: a Lehmer generator modulo this prime.
PRIME = 2_147_483_647


def find_repeated(engine: Duck, rows: int) -> None:
    """Make the table `repeated` of `ties.sql`: deliveries that stand in the log more than once, of so many rows.

    All of a large log do not fit into memory: they are written into slices, none of which holds what another does.
    """
    slices = -(-rows // SLICE) or 1
    query = "select delivery{} from usable where event is not null"
    parts: Iterable[Iterable[Columns]]
    if slices > 1:
        parts = engine.spread(query.format(f", abs(mod(delivery, {slices})) as slice"), "slice", slices)
    else:
        parts = [[engine.columns(query.format(""))]]
    found = [np.zeros(0, dtype=np.int64)]
    for batches in parts:
        deliveries = np.concatenate([batch["delivery"] for batch in batches])
        deliveries.sort()
        found.append(np.unique(deliveries[1:][deliveries[1:] == deliveries[:-1]]))
    engine.keep("repeated", {"delivery": np.concatenate(found)})


def count_sorted(engine: Duck, steps: Steps) -> None:
    """Make all tables that follow from the step `messages`, for the whole of a log."""
    steps.run_file("dialogue.sql", only=("patience", "clocked"))
    log = Log.of(engine, steps)
    sent = Sent.none(log.people)
    found = list(two_at_a_time(lambda rows: _counted(rows, log), pieces(engine, log, sent), ahead=AHEAD))
    for name in ("pairs", "waits", "turn_taking"):
        tables = [piece.pop(name) for piece in found]
        engine.keep(name, {column: np.concatenate([table[column] for table in tables]) for column in tables[0]})
        del tables
        give_back()
    for name, columns in sent.tables().items():
        engine.keep(name, columns)
    steps.count(but=SORTED)
    steps.run_file("dialogue.sql", only=("talked",))


def _counted(rows: Columns, log: Log) -> dict[str, Columns]:
    """The tables `pairs`, `waits` and `turn_taking` of a piece."""
    rows, starts = _in_threads(rows)
    said = _conversations(rows, starts)
    timed = np.isin(rows["medium"], log.clocked) & (rows["moment"] != EARLY)
    lone = timed & (rows["thread"] == ALONE)
    looked_at = _scrambled(7919 * rows["a"].astype(np.int64) + 104_729 * rows["b"].astype(np.int64)) < log.parts
    waiting = [_openings(said, log), _turns(_uttered(rows, lone))]
    return {
        "pairs": _pairs(rows, said, log.threaded),
        "waits": _waits({name: np.concatenate([part[name] for part in waiting]) for name in waiting[0]}, log),
        "turn_taking": _turn_taking(_uttered({**rows, "medium": np.zeros_like(rows["medium"])}, timed & looked_at)),
    }


# ---- conversations

#: What tells pairs in a medium apart.
_PAIR = ("a", "b", "medium")


def _in_threads(rows: Columns) -> tuple[Columns, np.ndarray]:
    """Rows by pair, medium and thread, and where each thread of a pair starts.

    They are sorted by the pair and the medium, packed, and by as many bits of the thread's hash as find room beside
    them. Few threads of a pair are alike in these: they are told apart where that happens.
    """
    packing = Packing.of(rows, _PAIR)
    # With room for a person's number twice beside that of the medium: nobody has 2^28 colleagues.
    room = 64 - packing.bits
    key = packing.packed(rows) << np.uint64(room) | rows["thread"].astype(np.uint64) & np.uint64((1 << room) - 1)
    order = np.argsort(key)
    key, thread = key[order], rows["thread"][order]
    mixed = np.flatnonzero((key[1:] == key[:-1]) & (thread[1:] != thread[:-1]))
    if len(mixed):
        places = np.flatnonzero(np.isin(key, key[mixed]))
        order[places] = order[places][np.lexsort((thread[places], key[places]))]
    rows = taken(rows, order)
    return rows, starts_of(*(rows[name] for name in (*_PAIR, "thread")))


def _conversations(rows: Columns, starts: np.ndarray) -> Columns:
    """What two people said to each other in one thread; all that they said outside of threads stands in one row.

    Returns:
        the pair, whether it is `alone`, how many `events` are known, and when each of the two wrote first and last:
        `LATE` and `EARLY` where they never did, or nobody knows when.
    """
    said = {name: rows[name][starts] for name in _PAIR}
    said["alone"] = rows["thread"][starts] == ALONE
    said["events"] = reduced(np.add, rows["known"].astype(np.int64), starts)
    there = rows["moment"] != EARLY
    for side, wrote in (("a", there & rows["by_a"]), ("b", there & ~rows["by_a"])):
        said[f"first_{side}"] = reduced(np.minimum, np.where(wrote, rows["moment"], LATE), starts)
        said[f"last_{side}"] = reduced(np.maximum, np.where(wrote, rows["moment"], EARLY), starts)
    return said


def pairs_of(rows: Columns, threaded: Sequence[int]) -> Columns:
    """The table `pairs` of messages that have a sender, of which those media know threads."""
    rows, starts = _in_threads({name: rows[name] for name in KEPT})
    return _pairs(rows, _conversations(rows, starts), threaded)


def _pairs(rows: Columns, said: Columns, threaded: Sequence[int]) -> Columns:
    """The table `pairs`: one row for each pair, medium and era of weeks.

    A conversation is deep if whoever opened it wrote again after the other had answered. Conversations stand in the
    first era of their pair: in the end they are added up over eras.
    """
    week = np.where(rows["moment"] != EARLY, (rows["moment"] // MICROSECONDS + TO_1970) // A_WEEK, 0)
    era = week - week % ERA
    if len(era) and era.min() != era.max():
        order = np.lexsort((era, *(rows[name] for name in reversed(_PAIR))))
        rows, week, era = taken(rows, order), week[order], era[order]
    starts = starts_of(*(rows[name] for name in _PAIR), era)
    pairs: Columns = {name: rows[name][starts] for name in _PAIR} | {"era": era[starts]}
    pairs["period"] = np.full(len(starts), np.datetime64("NaT", "us"))
    pairs["weeks"] = reduced(np.bitwise_or, np.left_shift(np.int64(1), week % ERA), starts)
    for side, wrote in (("a", rows["by_a"]), ("b", ~rows["by_a"])):
        pairs[f"messages_{side}"] = reduced(np.add, np.where(wrote, rows["weight"], 0), starts)
        pairs[f"volume_{side}"] = reduced(np.add, np.where(wrote, rows["share"], 0), starts) / PARTS
    # Outside of threads each message is a conversation, where the log knows conversations.
    apart = said["events"] * np.isin(said["medium"], threaded)
    counts = {
        "conversations": np.where(said["alone"], apart, 1),
        "deep_a": ~said["alone"] & _taken_up(said, "a"),
        "deep_b": ~said["alone"] & _taken_up(said, "b"),
    }
    first = starts_of(*(pairs[name] for name in _PAIR))
    of_pair = starts_of(*(said[name] for name in _PAIR))
    for name, values in counts.items():
        pairs[name] = np.zeros(len(starts), dtype=np.int64)
        pairs[name][first] = reduced(np.add, values.astype(np.int64), of_pair)
    return pairs


def _taken_up(said: Columns, side: str) -> np.ndarray:
    """Where this side opened, and wrote again after the other had answered; `a` opens what both began at once."""
    other = "b" if side == "a" else "a"
    mine, theirs = said[f"first_{side}"], said[f"first_{other}"]
    opened = mine <= theirs if side == "a" else mine < theirs
    return opened & (theirs < said[f"last_{side}"])


# ---- waits


def _openings(said: Columns, log: Log) -> Columns:
    """The step `openings`: whoever of the two wrote to the other first waits for the first that comes back."""
    mine, theirs = (np.where(said[name] == LATE, LATE, said[name] // MICROSECONDS) for name in ("first_a", "first_b"))
    # Who asked and who answered in the same second, nobody knows; nor does anybody where both have no time.
    which = np.flatnonzero(~said["alone"] & np.isin(said["medium"], log.clocked) & (mine != theirs))
    mine, theirs = mine[which], theirs[which]
    return {
        "a": said["a"][which],
        "b": said["b"][which],
        "by_a": mine < theirs,
        "asked": np.minimum(mine, theirs),
        "answered": np.maximum(mine, theirs),
    }


def _turns(uttered: Columns) -> Columns:
    """The step `turns`: messages of one of the two in a row are one turn, which waits for the next of the other."""
    starts = starts_of(*(uttered[name] for name in (*_PAIR, "side")))
    turns = taken(uttered, starts)
    answered = np.full(len(starts), LATE)
    same = like_before(*(turns[name] for name in _PAIR))
    answered[:-1][same] = turns["second"][1:][same]
    return {
        "a": turns["a"],
        "b": turns["b"],
        "by_a": turns["side"] == 0,
        "asked": turns["second"],
        "answered": answered,
    }


def _waits(waiting: Columns, log: Log) -> Columns:
    """The table `waits`: `answered` is `LATE` where nobody did."""
    a, b, asked = (waiting[name].astype(np.int64) for name in ("a", "b", "asked"))
    which = np.flatnonzero(_scrambled(asked + 7919 * a + 104_729 * b) < log.parts)
    a, b, asked, by_a = a[which], b[which], asked[which], waiting["by_a"][which]
    lasted = waiting["answered"][which] - asked
    answered = lasted <= HORIZON
    duration = np.where(answered, lasted, np.minimum(log.last - asked, HORIZON))
    coarse = np.where(duration < 100_000, (duration + 5) // 10 * 10, (duration + 50) // 100 * 100)
    seconds = np.where(duration < 10_000, duration, np.where(duration >= HORIZON - 50, HORIZON, coarse))
    waits = {
        "sender": np.where(by_a, a, b),
        "recipient": np.where(by_a, b, a),
        "answered": answered,
        "seconds": seconds,
    }
    waits["waits"] = np.ones(len(which))
    return {name: values.astype(np.int32) for name, values in waits.items()}


# ---- turn-taking


def _uttered(rows: Columns, which: np.ndarray) -> Columns:
    """Some of the rows by pair, medium, `second` and `side`, 0 for a and 1 for b."""
    chosen = taken({name: rows[name] for name in _PAIR}, which)
    chosen["second"] = rows["moment"][which] // MICROSECONDS
    chosen["side"] = (~rows["by_a"][which]).astype(np.int64)
    return in_order_of(chosen)


def _turn_taking(uttered: Columns) -> Columns:
    """The table `turn_taking`: sessions of a pair end where nobody writes for `TURN_GAP`."""
    second, side = uttered["second"], uttered["side"]
    soon = like_before(uttered["a"], uttered["b"]) & (np.diff(second) <= TURN_GAP)
    answers = np.zeros(len(second), dtype=np.int64)
    answers[1:] = soon & (side[1:] != side[:-1])
    continued = np.zeros_like(answers)
    continued[:-1] = answers[:-1] & answers[1:]
    starts = np.flatnonzero(np.concatenate([[True], ~soon])[: len(second)])
    sessions = {name: uttered[name][starts] for name in ("a", "b")}
    for name, mask in (("a", side == 0), ("b", side == 1)):
        sessions[f"first_{name}"] = reduced(np.minimum, np.where(mask, second, LATE), starts)
        sessions[f"last_{name}"] = reduced(np.maximum, np.where(mask, second, EARLY), starts)
    of_pair = starts_of(sessions["a"], sessions["b"])
    return {
        "a": sessions["a"][of_pair],
        "b": sessions["b"][of_pair],
        "answers": reduced(np.add, answers, starts[of_pair]),
        "continued": reduced(np.add, continued, starts[of_pair]),
        "openings": np.diff(np.append(of_pair, len(starts))),
        **{
            f"sessions_{name}": reduced(np.add, _taken_up(sessions, name).astype(np.int64), of_pair)
            for name in ("a", "b")
        },
    }


def _scrambled(number: np.ndarray) -> np.ndarray:
    """Whole numbers as if at random below `PRIME`; remainders have the sign of what is divided, as in SQL."""
    scrambled: np.ndarray = np.fmod(48_271 * np.fmod(number, PRIME), PRIME)
    return scrambled

"""From who works with whom to messages: threads, meetings, group mails and broadcasts, week by week.

A conversation lies within one week, or is written with the week in which it begins, so that a week can be written
without any other. Time is working time first (five days of ten hours), then the clock's.
"""

from dataclasses import dataclass, field
from datetime import date

import numpy as np

from silos.simulate import rhythm as pace
from silos.simulate.fabric import Groups, ragged
from silos.simulate.plan import Plan, Rows, Talks

MEDIA = ("email", "chat", "meeting")
EMAIL, CHAT, MEETING = range(3)
KINDS = ("direct", "group", "reply", "meeting")
DIRECT, GROUP, REPLY, MET = range(4)
DAY = 86_400
WORKING_DAY = 36_000
OPENING = 8 * 3600
#: Working time -> clock: busy mornings and afternoons, a dip at noon.
BUSY = np.array([0, 3600, 10_800, 15_300, 18_000, 20_700, 30_600, 36_000]) * 1.0
EVEN = np.array([0, 0.06, 0.36, 0.50, 0.53, 0.58, 0.92, 1.0]) * WORKING_DAY
LONGEST = 12


@dataclass(eq=False)
class _Week:
    """One week being written: collects messages, numbers events and threads."""

    start: date
    people: int
    rng: np.random.Generator
    events: int = 0
    threads: int = 0
    parts: list[dict[str, np.ndarray]] = field(default_factory=list)

    def number(self, messages: int, *, threads: int = 0) -> tuple[int, int]:
        """First free numbers of an event and of a thread; as many as asked for are taken."""
        first = self.events, self.threads
        self.events += messages
        self.threads += threads
        return first

    def add(self, **columns: np.ndarray | int) -> None:
        """More rows; the columns of `Rows`: `recipient` has one entry per row, others may be single numbers."""
        count = np.size(columns["recipient"])
        self.parts.append({name: np.broadcast_to(column, count) for name, column in columns.items()})

    def unhurried(
        self, conversation: np.ndarray, delays: np.ndarray, place: np.ndarray, begin: np.ndarray
    ) -> np.ndarray:
        """Time of each message where conversations may run over the end of the week, which begin at `begin`."""
        elapsed = np.cumsum(delays)
        elapsed -= elapsed[place == 0][conversation]
        return clocked(begin[conversation] + elapsed, self.start) + place

    def clock(self, conversation: np.ndarray, delays: np.ndarray, place: np.ndarray) -> np.ndarray:
        """Time of each message: its conversation begins some time in the week, `delays` (working time) separate it."""
        count = int(conversation[-1]) + 1 if len(conversation) else 0
        elapsed = np.cumsum(np.where(place > 0, delays, 0.0))
        heads = np.flatnonzero(place == 0)
        elapsed -= elapsed[heads][conversation]
        total = np.maximum.reduceat(elapsed, heads) if count else np.empty(0)
        length = 5 * WORKING_DAY
        begin = self.rng.random(count) * length
        # what would run into the weekend is answered faster, or began earlier
        begin = np.where(begin + total > length, np.maximum(0, length - 1.2 * total), begin)
        pace = np.minimum(1, (length - 1 - begin) / np.maximum(total, 1))
        moment = np.minimum(begin[conversation] + elapsed * pace[conversation], length - 1)
        slot = (moment // WORKING_DAY).astype(np.int64)
        seconds = np.interp(moment % WORKING_DAY, EVEN, BUSY)
        first = self.start.weekday()
        week = np.argsort([(first + day) % 7 >= 5 for day in range(7)], kind="stable")
        weekend = self.rng.random(count) < 0.02
        days = np.where(weekend[conversation], week[5 + slot % 2], week[slot])
        # a weekend conversation is squeezed into one day
        days = np.where(weekend[conversation], days[heads][conversation], days)
        share = seconds / WORKING_DAY
        late = np.where(weekend[conversation], (slot + share) / 5 * WORKING_DAY, seconds)
        moments: np.ndarray = (days * DAY + OPENING + late).astype(np.int64)
        moments += place  # no two messages of a conversation fall into the same second
        return moments

    def rows(self, offset: int) -> Rows:
        """All that was added, sorted by time, `offset` seconds after the start of the simulation."""
        whole = {name: np.concatenate([part[name] for part in self.parts]) for name in self.parts[0]}
        order = np.lexsort((whole["recipient"], whole["sender"], whole["event"], whole["time"]))
        coded = {name: column[order] for name, column in whole.items()}
        coded["time"] = coded["time"] + offset
        return Rows(**coded)


def clocked(moment: np.ndarray, start: date) -> np.ndarray:
    """Working time since the start, in seconds, as seconds by the clock: five days a week, ten hours a day."""
    slot = (moment // WORKING_DAY).astype(np.int64)
    week = np.argsort([(start.weekday() + day) % 7 >= 5 for day in range(7)], kind="stable")
    days = 7 * (slot // 5) + week[slot % 5]
    return np.asarray((days * DAY + OPENING + np.interp(moment % WORKING_DAY, EVEN, BUSY)).astype(np.int64))


def week_of(plan: Plan, week: int) -> Rows:
    """The interactions of one week, counted from 0; the same whatever weeks were written before.

    Where conversations run over the end of a week, they are of the week in which they began; what would be said after
    the last week is not in the log.
    """
    rng = np.random.default_rng([plan.seed, 2, week])
    if plan.changes is not None:
        plan = plan.changes.in_week(plan, week)
    writing = _Week(plan.start, plan.company.people + plan.company.unknown, rng)
    met = _conversations(writing, plan, week) if plan.talks is None else _said(writing, plan, plan.talks, week)
    _group_life(writing, plan, week, met)
    _broadcasts(writing, plan, week)
    rows = writing.rows(week * 7 * DAY)
    if plan.changes is not None:
        rows = plan.changes.attended(rows, writing.people)
    if not plan.spills:
        return rows
    within = rows.time < plan.weeks * 7 * DAY
    return Rows(**{name: column[within] for name, column in vars(rows).items()})


def _said(writing: _Week, plan: Plan, talks: Talks, week: int) -> tuple[np.ndarray, np.ndarray]:
    """Conversations that are known already; nobody met instead."""
    first, last = np.searchsorted(talks.week, [week, week + 1])
    some = slice(int(first), int(last))
    if first < last:
        chat = talks.chat[some]
        event, thread = writing.number(last - first, threads=int(talks.thread[some].max()) + 1)
        identity = np.where(chat, writing.people, 0)
        writing.add(
            time=clocked(talks.time[some], plan.start) - week * 7 * DAY + talks.place[some],
            sender=talks.sender[some] + identity,
            recipient=talks.recipient[some] + identity,
            medium=np.where(chat, CHAT, EMAIL),
            kind=np.where(talks.place[some] == 0, DIRECT, REPLY),
            event=event + np.arange(last - first),
            thread=thread + talks.thread[some],
            recipients=1,
        )
    return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)


def _conversations(writing: _Week, plan: Plan, week: int) -> tuple[np.ndarray, np.ndarray]:
    """Threads of two people; returns the pairs that met instead."""
    rng, dyads = writing.rng, plan.dyads
    scale = plan.scale * rng.uniform(0.97, 1.03)
    lasting = (dyads.begins <= week) & (week <= dyads.ends)
    which = np.repeat(np.arange(len(dyads)), rng.poisson(np.where(lasting, dyads.rate * scale, 0)))
    meets = rng.random(len(which)) < dyads.meets[which]
    met, which = which[meets], which[~meets]

    count = len(which)
    chat = rng.random(count) < dyads.chat[which]
    deep = rng.random(count) < dyads.deep[which]
    long = np.minimum(2 + rng.geometric(0.45, count), np.where(chat, 8, LONGEST))
    length = np.where(deep, long, 1 + (rng.random(count) < dyads.answered[which]))
    by_i = rng.random(count) < dyads.starts[which]
    manner, own = plan.rhythm, np.random.default_rng([plan.seed, 31, week])
    if manner.scripted:
        desk = pace.to_desk(dyads, plan.company)[which]
        length, opener, scripted = pace.scripts(desk, by_i, length, manner, own)
    talk, place = ragged(length)
    # the second message answers the first; after that people mostly take turns
    turns = np.cumsum((place == 1) | ((place > 1) & (rng.random(len(talk)) < 0.85)))
    turns -= turns[np.flatnonzero(place == 0)][talk]
    i_writes = by_i[talk] ^ (turns % 2 == 1)
    delays = np.where(chat[talk], pace.CHAT, pace.MAIL) * rng.lognormal(0, 1.1, len(talk))
    if manner.reply_hours is not None:
        delays = (
            np.where(chat[talk], pace.CHAT, pace.MAIL) * manner.pace * own.lognormal(0, manner.reply_spread, len(talk))
        )
    if manner.scripted:
        followed = scripted[talk] & (place < opener.shape[1])
        opens = opener[talk, np.minimum(place, opener.shape[1] - 1)]
        i_writes = np.where(followed, by_i[talk] == opens, i_writes)
        delays = np.where(followed & opens & (place > 0), pace.COMES_BACK * own.lognormal(0, 1, len(talk)), delays)
        if manner.desk != "acknowledges":
            delays = np.where(followed & desk[talk] & (place == 1), pace.ACKNOWLEDGED, delays)
    one, other = dyads.i[which][talk], dyads.j[which][talk]
    department = np.append(plan.departments, np.full(plan.company.unknown, -1))
    delays *= np.where(department[one] != department[other], plan.slower, 1.0)
    event, thread = writing.number(len(talk), threads=count)
    identity = np.where(chat[talk], writing.people, 0)
    if manner.spills:
        day = own.integers(5, size=len(dyads))[which] if manner.one_day else own.integers(5, size=count)
        begin = (day + own.random(count)) * WORKING_DAY
        moments = writing.unhurried(talk, delays, place, begin)
    else:
        moments = writing.clock(talk, delays, place)
    writing.add(
        time=moments,
        sender=np.where(i_writes, one, other) + identity,
        recipient=np.where(i_writes, other, one) + identity,
        medium=np.where(chat[talk], CHAT, EMAIL),
        kind=np.where(place == 0, DIRECT, REPLY),
        event=event + np.arange(len(talk)),
        thread=thread + talk,
        recipients=1,
    )
    return dyads.i[met], dyads.j[met]


def _group_life(writing: _Week, plan: Plan, week: int, meetings: tuple[np.ndarray, np.ndarray]) -> None:
    """Meetings of pairs (now and then with a third) and of teams, mails within teams and to some of one's contacts."""
    rng, company, dyads, groups, scale = writing.rng, plan.company, plan.dyads, plan.groups, plan.scale
    one, other = meetings
    # the third is a colleague of the second; where only one person deals with the outside, nobody else is brought in
    home = plan.departments
    third = company.draw(home[other], company.activity, rng)
    joins = (rng.random(len(one)) < 0.35) & (third != one) & (third != other) & (company.outward[third] > 0)
    joins &= home[third] == home[other]
    met = _gather([one, other, third[joins]], [np.arange(len(one))] * 2 + [np.flatnonzero(joins)])
    _meet(writing, *plan.apart(*met))

    lasting = (groups.begins <= week) & (week <= groups.ends)
    held = np.repeat(np.arange(len(groups)), rng.poisson(np.where(lasting, groups.meetings * scale, 0)))
    _meet(writing, *plan.apart(*_some_of(groups, held, rng, most=groups.most[held])))
    sent = np.repeat(np.arange(len(groups)), rng.poisson(np.where(lasting, groups.mails * scale, 0)))
    _mail(writing, *plan.apart(*_some_of(groups, sent, rng, most=np.full(len(sent), 10))), eager=0.45)

    working = ~dyads.service & (dyads.ends - dyads.begins >= min(2, int(dyads.ends.max(initial=0))))
    senders = np.concatenate([dyads.i[working], dyads.j[working]])
    contacts = np.concatenate([dyads.j[working], dyads.i[working]])
    order = np.argsort(senders, kind="stable")
    known = np.searchsorted(senders[order], np.arange(company.people + 1))
    author = np.repeat(np.arange(company.people), rng.poisson(0.12 * scale * company.activity))
    author = author[known[author + 1] > known[author]]
    mail, _ = ragged(rng.integers(2, 7, len(author)))
    room = (known[author + 1] - known[author])[mail]
    chosen = contacts[order][known[author][mail] + (rng.random(len(mail)) * room).astype(np.int64)]
    _, first = np.unique(mail * np.int64(writing.people) + chosen, return_index=True)
    first = np.sort(first)
    written = _gather([author, chosen[first]], [np.arange(len(author)), mail[first]])
    _mail(writing, *plan.apart(*written), eager=0.25)


def _broadcasts(writing: _Week, plan: Plan, week: int) -> None:
    """The newsletter and its smaller lists, heads to their whole department, and a few notes to oneself."""
    rng, company, newsletters = writing.rng, plan.company, plan.newsletters
    everyone = np.arange(company.people)
    staff, begins = plan.staff()
    sizes = np.diff(begins)
    writes = (rng.random(len(sizes)) < 0.25) & (sizes > 2) & (newsletters == 1)
    owner, place = ragged(np.where(writes, sizes, 0))
    _mail(writing, staff[begins[owner] + place], owner, eager=0)

    account = company.newsletter_account
    if account is not None:
        if week % newsletters == 0:
            readers = everyone[(rng.random(company.people) < 0.96) & (everyone != account)]
            _mail(writing, np.concatenate([[account], readers]), np.zeros(len(readers) + 1, dtype=np.int64), eager=0)
        lists = int(rng.poisson(plan.scale * max(3.0, company.people / 100)))
        size = np.minimum(rng.integers(12, 20, lists), company.people - 1)
        mail, _ = ragged(size)
        chosen = rng.integers(company.people, size=len(mail))
        _, first = np.unique(mail * np.int64(writing.people) + chosen, return_index=True)
        first = np.sort(first)
        first = first[chosen[first] != account]
        authors = np.full(lists, account)
        _mail(writing, *_gather([authors, chosen[first]], [np.arange(lists), mail[first]]), eager=0.03, to_all=0)

    author = everyone[rng.random(company.people) < 0.004 * plan.scale]
    event, thread = writing.number(len(author), threads=len(author))
    talk = np.arange(len(author))
    writing.add(
        time=writing.clock(talk, np.zeros(len(author)), np.zeros_like(talk)),
        sender=author,
        recipient=author,
        medium=EMAIL,
        kind=DIRECT,
        event=event + talk,
        thread=thread + talk,
        recipients=1,
    )


def _gather(people: list[np.ndarray], owners: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Members of several lists, by list: those of the first array come first in each."""
    owner = np.concatenate(owners)
    order = np.argsort(owner, kind="stable")
    return np.concatenate(people)[order], owner[order]


def _some_of(
    groups: Groups, which: np.ndarray, rng: np.random.Generator, *, most: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Members of each of the groups in `which` who attend, in random order, and the list they are in."""
    owner, place = ragged(np.diff(groups.offsets)[which])
    members = groups.members[groups.offsets[which][owner] + place]
    members = members[np.argsort(owner + rng.random(len(owner)), kind="stable")]
    stays = ((rng.random(len(owner)) < groups.attendance[which][owner]) | (place < 2)) & (place < most[owner])
    return members[stays], owner[stays]


def _meet(writing: _Week, members: np.ndarray, owner: np.ndarray) -> None:
    """A meeting of each list of people: a row for every ordered pair, one event."""
    heads, size, member, owner = _lists(members, owner)
    row, place = ragged(size[owner])
    other = heads[owner][row] + place
    apart = other != row
    row, other = row[apart], other[apart]
    event, _ = writing.number(len(size))
    begins = writing.clock(np.arange(len(size)), np.zeros(len(size)), np.zeros_like(size))
    begins = begins // 900 * 900
    writing.add(
        time=begins[owner[row]],
        sender=member[row],
        recipient=member[other],
        medium=MEETING,
        kind=MET,
        event=event + owner[row],
        thread=-1,
        recipients=size[owner[row]] - 1,
    )


def _mail(
    writing: _Week,
    members: np.ndarray,
    owner: np.ndarray,
    *,
    eager: float,
    to_all: float = 0.35,
) -> None:
    """A mail from the first of each list to the others; some reply to the first, or (`to_all`) to everybody.

    `eager` is the number of replies to expect for each of up to five recipients.
    """
    rng = writing.rng
    heads, size, member, owner = _lists(members, owner)
    replies = np.minimum(rng.poisson(eager * np.minimum(size - 1, 5)), LONGEST - 1)
    talk, place = ragged(1 + replies)
    author = np.where(place == 0, 0, (rng.random(len(talk)) * size[talk]).astype(np.int64))
    author = np.where((place == 1) & (author == 0), 1, author)  # nobody answers first to what they wrote themselves
    everybody = (place == 0) | (rng.random(len(talk)) < to_all)
    # who answers, answers the one who opened; the one who opened answers one of the others
    single = np.where(author == 0, 1 + (rng.random(len(talk)) * (size[talk] - 1)).astype(np.int64), 0)
    row, seat = ragged(np.where(everybody, size[talk], 1))
    to = np.where(everybody[row], seat, single[row])
    apart = to != author[row]
    row, to = row[apart], to[apart]
    reached = np.where(everybody, size[talk] - 1, 1)
    event, thread = writing.number(len(talk), threads=len(size))
    time = writing.clock(talk, 5400 * rng.lognormal(0, 1, len(talk)), place)
    writing.add(
        time=time[row],
        sender=member[heads[talk] + author][row],
        recipient=member[heads[talk][row] + to],
        medium=EMAIL,
        kind=np.where(place > 0, REPLY, np.where(reached > 1, GROUP, DIRECT))[row],
        event=event + row,
        thread=thread + talk[row],
        recipients=reached[row],
    )


def _lists(members: np.ndarray, owner: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Lists of two people and more: where each begins, how long it is, the members, and the list of each, from 0."""
    _, number, size = np.unique(owner, return_inverse=True, return_counts=True)
    stays = size[number] > 1
    member, number = members[stays], number[stays]
    _, number, size = np.unique(number, return_inverse=True, return_counts=True)
    return np.cumsum(size) - size, size, member, number

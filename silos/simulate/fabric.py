"""The plan from which all generators write messages: who works with whom, how often, how deeply, and when."""

from dataclasses import dataclass, fields

import numpy as np

from silos.simulate.company import SPAN, Company


@dataclass(frozen=True, eq=False)
class Dyads:
    """Pairs of people in contact; arrays of one length.

    Attributes:
        i, j: the two people.
        rate: conversations a week while the tie lasts.
        deep: probability that a conversation runs to 3 messages and more.
        starts: probability that i, not j, starts one.
        answered: probability that a conversation that is not deep gets one reply.
        chat: probability that a conversation is held in chat.
        meets: probability that it is held as a meeting.
        begins, ends: first and last week.
        service: a request to the mail room or an acknowledgement, no working tie.
    """

    i: np.ndarray
    j: np.ndarray
    rate: np.ndarray
    deep: np.ndarray
    starts: np.ndarray
    answered: np.ndarray
    chat: np.ndarray
    meets: np.ndarray
    begins: np.ndarray
    ends: np.ndarray
    service: np.ndarray

    def __len__(self) -> int:
        return len(self.i)


@dataclass(frozen=True, eq=False)
class Groups:
    """Teams that meet and write to one another; `members[offsets[g]:offsets[g + 1]]` are those of group g.

    Attributes:
        members, offsets: who is in it.
        meetings, mails: per week while it lasts.
        begins, ends: first and last week.
        attendance: the share of members whom one meeting or mail concerns.
        most: no meeting has more people.
    """

    members: np.ndarray
    offsets: np.ndarray
    meetings: np.ndarray
    mails: np.ndarray
    begins: np.ndarray
    ends: np.ndarray
    attendance: np.ndarray
    most: np.ndarray

    def __len__(self) -> int:
        return len(self.offsets) - 1


def ragged(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For lists of these lengths laid end to end: the list each item belongs to, and its place in it."""
    owner = np.repeat(np.arange(len(counts)), counts)
    return owner, np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)


def join_dyads(*parts: Dyads) -> Dyads:
    """All of them, one after the other."""
    return Dyads(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Dyads)))


def join_groups(*parts: Groups) -> Groups:
    """All of them, one after the other."""
    shifts = np.cumsum([0, *(len(part.members) for part in parts)])
    starts = [part.offsets[:-1] + shift for part, shift in zip(parts, shifts[:-1], strict=True)]
    joined = {
        field.name: np.concatenate([getattr(part, field.name) for part in parts])
        for field in fields(Groups)
        if field.name != "offsets"
    }
    return Groups(offsets=np.concatenate([*starts, shifts[-1:]]), **joined)


def some_dyads(dyads: Dyads, which: np.ndarray) -> Dyads:
    """Those that are selected, by position or by a mask."""
    return Dyads(*(getattr(dyads, field.name)[which] for field in fields(Dyads)))


def some_groups(groups: Groups, which: np.ndarray) -> Groups:
    """Those that a mask selects."""
    size = np.diff(groups.offsets)
    kept = {
        field.name: getattr(groups, field.name)[which]
        for field in fields(Groups)
        if field.name not in ("members", "offsets")
    }
    offsets = np.concatenate([[0], np.cumsum(size[which])])
    return Groups(members=groups.members[np.repeat(which, size)], offsets=offsets, **kept)


def distinct(i: np.ndarray, j: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The unordered pairs that occur, once each, sorted, i < j; nobody is paired with themselves."""
    low, high = np.minimum(i, j).astype(np.int64), np.maximum(i, j).astype(np.int64)
    base = int(high.max(initial=0)) + 1
    pairs = np.unique((low * base + high)[low != high])
    return pairs // base, pairs % base


def working_dyads(
    company: Company,
    i: np.ndarray,
    j: np.ndarray,
    *,
    working: np.ndarray,
    rate: float,
    begins: np.ndarray,
    ends: np.ndarray,
    rng: np.random.Generator,
) -> Dyads:
    """Ties of colleagues: `working` of them (a probability each) work together, the others know one another."""
    count = len(i)
    works = rng.random(count) < working
    within = company.department[i] == company.department[j]
    return Dyads(
        i=i,
        j=j,
        rate=rate * rng.lognormal(-0.125, 0.5, count) * np.where(works, 1.15, 0.8),
        deep=np.where(works, rng.uniform(0.45, 0.75, count), rng.uniform(0.03, 0.15, count)),
        starts=rng.beta(6, 6, count),
        answered=rng.uniform(0.35, 0.65, count),
        chat=np.where(within, 0.4, 0.22),
        meets=np.where(works, 0.1, 0.02),
        begins=begins,
        ends=ends,
        service=np.zeros(count, dtype=bool),
    )


def habits(company: Company, rng: np.random.Generator) -> np.ndarray:
    """The share of a department's ties with others that are working ties, (K,); the mail room has hardly any."""
    share = rng.uniform(0.42, 0.6, len(company.sizes))
    if company.parts.mail_room is not None:
        share[company.parts.mail_room] = 0.04
    if company.parts.connector is not None:
        share[company.parts.connector] = 0.6
    return share


def affinity(
    company: Company, *, silo_strength: float, connector_strength: float, noise: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """How much departments deal with one another, (K, K), symmetric, around 1: without and with what is planted."""
    count, parts = len(company.sizes), company.parts
    drawn = np.triu(rng.normal(0, noise, (count, count)), 1)
    plain = np.exp(drawn + drawn.T)
    planted = plain.copy()

    def factor(department: int, by: np.ndarray | float) -> None:
        planted[department] *= by
        planted[:, department] *= by

    if parts.connector is not None:
        planted[parts.connector] = planted[:, parts.connector] = 1  # with everybody alike
        factor(parts.connector, connector_strength)
    if parts.half_company is not None:
        factor(parts.half_company, np.where(company.friends, connector_strength, 0.25))
    if parts.bilateral_pair is not None:
        one, other = parts.bilateral_pair
        planted[one, other] = planted[other, one] = 8
    if parts.mail_room is not None:
        factor(parts.mail_room, 0.15)
    for silo in parts.silos:
        factor(silo, silo_strength)
    return plain, planted


def line_teams(company: Company, weeks: int, rng: np.random.Generator) -> Groups:
    """Every manager with the direct reports of the same department: a meeting in most weeks."""
    leads = company.boss[np.flatnonzero(company.boss >= 0)]
    staff = np.flatnonzero(company.boss >= 0)
    same = company.department[leads] == company.department[staff]
    leads, staff = leads[same], staff[same]
    order = np.lexsort((staff, leads))
    leads, staff = leads[order], staff[order]
    bosses, counts = np.unique(leads, return_counts=True)
    offsets = np.concatenate([[0], np.cumsum(counts + 1)])
    members = np.empty(offsets[-1], dtype=np.int64)
    members[offsets[:-1]] = bosses
    owner, place = ragged(counts)
    members[offsets[owner] + 1 + place] = staff
    count = len(bosses)
    return Groups(
        members=members,
        offsets=offsets,
        meetings=rng.uniform(0.25, 0.6, count),
        mails=rng.uniform(0.1, 0.5, count),
        begins=np.zeros(count, dtype=np.int64),
        ends=np.full(count, weeks - 1),
        attendance=np.full(count, 0.85),
        most=np.full(count, SPAN + 1),
    )


def department_meetings(company: Company, weeks: int) -> Groups:
    """Now and then a good part of a department sits together, up to thirty people."""
    count = len(company.sizes)
    return Groups(
        members=np.arange(company.people),
        offsets=company.first,
        meetings=np.full(count, 0.06),
        mails=np.zeros(count),
        begins=np.zeros(count, dtype=np.int64),
        ends=np.full(count, weeks - 1),
        attendance=np.full(count, 0.7),
        most=np.full(count, 30),
    )


def mail_room_dyads(company: Company, weeks: int, rng: np.random.Generator) -> Dyads:
    """Everybody's requests to the mail room, most to one clerk, some to another; it acknowledges, or sends a notice.

    Over a year a good many of these threads run to three messages by accident, on both sides: what an existence test
    takes for a working tie.
    """
    parts = company.parts
    clerks = np.flatnonzero(company.department == parts.mail_room) if parts.mail_room is not None else np.array([], int)
    callers = np.flatnonzero(company.department != parts.mail_room) if len(clerks) else np.array([], int)
    usual = clerks[rng.integers(len(clerks), size=len(callers))] if len(clerks) else callers
    other = clerks[rng.integers(len(clerks), size=len(callers))] if len(clerks) else callers
    count = 2 * len(callers)
    return Dyads(
        i=np.concatenate([callers, callers]),
        j=np.concatenate([usual, other]),
        rate=np.repeat([0.4, 0.12], len(callers)) * rng.lognormal(-0.125, 0.5, count),
        deep=rng.uniform(0.04, 0.16, count),
        starts=np.full(count, 0.75),
        answered=np.full(count, 0.9),
        chat=np.zeros(count),
        meets=np.zeros(count),
        begins=np.zeros(count, dtype=np.int64),
        ends=np.full(count, weeks - 1),
        service=np.ones(count, dtype=bool),
    )


def unknown_dyads(company: Company, weeks: int, rng: np.random.Generator) -> Dyads:
    """The people who are not in the roster (suppliers, leavers) write with a few who deal with the outside."""
    outsiders = np.repeat(np.arange(company.unknown) + company.people, 6)
    weights = company.outward / company.outward.sum()
    insiders = rng.choice(company.people, size=len(outsiders), p=weights)
    inside, outside = distinct(insiders, outsiders)
    count = len(inside)
    return Dyads(
        i=inside,
        j=outside,
        rate=rng.uniform(0.2, 0.6, count),
        deep=rng.uniform(0.1, 0.6, count),
        starts=rng.beta(6, 6, count),
        answered=np.full(count, 0.5),
        chat=np.zeros(count),
        meets=np.zeros(count),
        begins=np.zeros(count, dtype=np.int64),
        ends=np.full(count, weeks - 1),
        service=np.ones(count, dtype=bool),
    )

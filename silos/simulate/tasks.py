"""Generator "tasks": nobody is given a habit of talking; messages are what the work in people's queues makes of them.

Tasks come up in departments and need somebody of another one. Whoever gets a message has it in a queue with others and
with work of their own, most urgent first, so that answers take minutes or weeks and busy people lose some. A task that
two work out together goes back and forth until it is done; a question is answered; another one is passed on to a
colleague. A desk is a department whose tasks are tickets: it can do them alone, acknowledges some, hands some to
another clerk, and seldom has a task of its own for anybody else.
"""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

import numpy as np

from silos.simulate.company import Company
from silos.simulate.events import WORKING_DAY
from silos.simulate.fabric import (
    Dyads,
    Groups,
    affinity,
    department_meetings,
    habits,
    join_dyads,
    join_groups,
    line_teams,
    unknown_dyads,
    working_dyads,
)
from silos.simulate.plan import Talks
from silos.simulate.rhythm import Rhythm

#: Tasks of a person in a week that need another department, that need a colleague, that go to the desk.
ACROSS, INSIDE, TICKETS = 1.5, 1.5, 0.5
#: As in "blocks": ties grow more slowly than pairs of people.
GAMMA, NOISE = 0.55, 0.3
#: How readily a person turns to somebody they know in that department rather than to somebody new.
KNOWN = 2.0
#: A task worked out together takes another round with this probability; one of people who know each other in passing.
ROUNDS, PASSING = 0.62, 0.12
#: Shares of what is passed on to a colleague, and of what is confirmed although it is done.
PASSED_ON, CONFIRMED = 0.1, 0.12
#: A message takes so many working seconds (median, and σ of its logarithm), and so does work of one's own, of which
#: there may be some before the message, each with this probability.
MESSAGE, OWN, SPREAD, BUSY = 300.0, 1800.0, 1.2, 0.5
#: With this probability the most urgent message comes next, else any; what has waited longer is lost.
URGENT, LOST = 0.9, 10 * WORKING_DAY
#: Of a desk: the shares of tickets that are acknowledged at once, that go to another clerk, about which it asks back;
#: what it sends a person in a week of its own accord; and how much faster it works.
ACKNOWLEDGED, HANDED, ASKS, NOTICES, FASTER = 0.5, 0.15, 0.08, 0.12, 2.0
LONGEST = 12


@dataclass(eq=False)
class _Task:
    """A piece of work that two people or more write to each other about.

    Attributes:
        rounds: probability that an answer asks for another one.
        ticket: whether it goes to the desk.
        chat: whether it is written in chat.
        messages: (working time, sender, recipient).
    """

    rounds: float
    ticket: bool
    chat: bool
    messages: list[tuple[float, int, int]] = field(default_factory=list)


@dataclass(frozen=True, eq=False)
class _Letter:
    """A message on somebody's desk, and whether it asks for anything."""

    task: _Task
    sender: int
    recipient: int
    asks: bool


@dataclass(eq=False)
class _Office:
    """People with their queues. `events` are what is to come: (time, number, person, letter); without a letter, the
    person has finished one and takes the next."""

    company: Company
    end: float
    rhythm: Rhythm
    rng: np.random.Generator
    events: list[tuple[float, int, int, _Letter | None]] = field(default_factory=list)
    queues: dict[int, list[tuple[float, float, _Letter]]] = field(default_factory=dict)
    working: set[int] = field(default_factory=set)
    tasks: list[_Task] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=count)

    @property
    def desk(self) -> int:
        """The department that is one, -1 where there is none."""
        return -1 if self.company.parts.mail_room is None else self.company.parts.mail_room

    def begin(self, time: float, opener: int, other: int, *, rounds: float, ticket: bool = False) -> None:
        """A task comes up, and somebody is asked."""
        same = self.company.department[opener] == self.company.department[other]
        task = _Task(rounds, ticket, chat=not ticket and bool(self.rng.random() < (0.4 if same else 0.22)))
        self.tasks.append(task)
        self.due(time, opener, _Letter(task, opener, other, True))

    def due(self, time: float, person: int, letter: _Letter | None) -> None:
        """Something comes about at that time: a letter is sent, or a person is free."""
        # The number decides between what comes about at the same time.
        heapq.heappush(self.events, (time, next(self.numbers), person, letter))

    def run(self) -> None:
        """All that happens until the end."""
        while self.events:
            time, _, person, letter = heapq.heappop(self.events)
            if letter is None:
                self.take(time, person)
            elif time < self.end and len(letter.task.messages) < LONGEST:
                self.deliver(time, letter)

    def deliver(self, time: float, letter: _Letter) -> None:
        """A letter is sent, and lies in the queue of whom it goes to; the desk may acknowledge it at once."""
        task, person = letter.task, letter.recipient
        task.messages.append((time, letter.sender, person))
        if task.ticket and len(task.messages) == 1:
            share = 1.0 if self.rhythm.desk == "tickets" else ACKNOWLEDGED
            if self.rng.random() < share:
                task.messages.append((time + 60, person, letter.sender))
        self.queues.setdefault(person, []).append((float(self.rng.random()), time, letter))
        if person not in self.working:
            self.working.add(person)
            self.take(time, person)

    def take(self, time: float, person: int) -> None:
        """The person takes the next letter from the queue, and is busy with it for a while."""
        rng = self.rng
        queue = [item for item in self.queues.get(person, []) if time - item[1] < LOST * max(self.rhythm.pace, 1)]
        self.queues[person] = queue
        if not queue:
            self.working.discard(person)
            return
        urgent = max(range(len(queue)), key=lambda place: queue[place][0])
        _, _, letter = queue.pop(urgent if rng.random() < URGENT else int(rng.integers(len(queue))))
        at_desk = self.company.department[person] == self.desk
        takes = MESSAGE * rng.lognormal(0, SPREAD) / (FASTER if at_desk else 1)
        if not at_desk:
            takes += OWN * rng.lognormal(0, SPREAD, int(rng.geometric(1 - BUSY)) - 1).sum()
        done = time + takes * self.rhythm.pace
        self.due(done, person, None)
        self.answer(done, letter)

    def answer(self, time: float, letter: _Letter) -> None:
        """What comes of a letter: an answer, which may ask back; thanks; or somebody else who sees to it."""
        rng, task, person = self.rng, letter.task, letter.recipient
        if not letter.asks:
            share = max(CONFIRMED, self.rhythm.follow_ups) if task.ticket else CONFIRMED
            share *= self.rhythm.depth
            if rng.random() < share:
                self.due(time, person, _Letter(task, person, letter.sender, False))
            return
        if task.ticket and self.company.department[person] == self.desk:
            rounds = {"questions": 0.5, "converses": ROUNDS}.get(self.rhythm.desk, ASKS)
            writer = self.colleague(person) if rng.random() < HANDED else person
            self.due(
                time, writer, _Letter(task, writer, letter.sender, bool(rng.random() < rounds * self.rhythm.depth))
            )
            return
        if len(task.messages) == 1 and rng.random() < PASSED_ON:
            colleague = self.colleague(person)
            if colleague not in (person, letter.sender):
                self.due(time, person, _Letter(task, person, colleague, True))
                return
        self.due(
            time, person, _Letter(task, person, letter.sender, bool(rng.random() < task.rounds * self.rhythm.depth))
        )

    def colleague(self, person: int) -> int:
        """Somebody of the same department, or the same person."""
        return int(self.company.draw(self.company.department[[person]], self.company.activity, self.rng)[0])


@dataclass(eq=False)
class _Contacts:
    """Whom people know in each department, and with whom they work things out together."""

    company: Company
    share: np.ndarray
    rng: np.random.Generator
    known: dict[tuple[int, int], list[int]] = field(default_factory=dict)
    together: dict[tuple[int, int], bool] = field(default_factory=dict)

    def choose(self, person: int, department: int) -> int | None:
        """Somebody of that department: the more people one knows there, the likelier one of them."""
        rng, company = self.rng, self.company
        known = self.known.setdefault((person, department), [])
        if known and rng.random() < KNOWN * len(known) / (1 + KNOWN * len(known)):
            return known[int(rng.integers(len(known)))]
        inside = company.department[person] == department
        weights = company.activity if inside else company.outward
        other = int(company.draw(np.array([department]), weights, rng)[0])
        if other == person:
            return None
        if other not in known:
            known.append(other)
            self.known.setdefault((other, int(company.department[person])), []).append(person)
        return other

    def rounds(self, person: int, other: int) -> float:
        """How a task of these two goes on: some work things out together, others only ask."""
        a, b = (int(self.company.department[one]) for one in (person, other))
        share = 0.65 if a == b else float(min(self.share[a], self.share[b]))
        pair = (min(person, other), max(person, other))
        works = self.together.setdefault(pair, bool(self.rng.random() < share))
        return ROUNDS if works else PASSING


def weave(
    company: Company, *, weeks: int, silo_strength: float, connector_strength: float, rng: np.random.Generator
) -> tuple[Dyads, Groups, np.ndarray]:
    """Teams, people who are not in the roster, and how open each department is; the conversations are `worked`."""
    _, openness = _dealing(company, silo_strength, connector_strength, rng)
    nobody = np.zeros(0, dtype=np.int64)
    none = working_dyads(company, nobody, nobody, working=np.zeros(0), rate=0.0, begins=nobody, ends=nobody, rng=rng)
    return (
        join_dyads(none, unknown_dyads(company, weeks, rng)),
        join_groups(line_teams(company, weeks, rng), department_meetings(company, weeks)),
        openness,
    )


def worked(
    company: Company,
    *,
    weeks: int,
    silo_strength: float,
    connector_strength: float,
    rhythm: Rhythm,
    rng: np.random.Generator,
    own: np.random.Generator,
) -> Talks:
    """The conversations of such a company, all weeks of them.

    Args:
        company, weeks, silo_strength, connector_strength, rng: as `weave`, and in the same state.
        rhythm: its desk, its pace and its follow-ups; what its pairs do follows from their tasks.
        own: random numbers of what happens.
    """
    dealing, _ = _dealing(company, silo_strength, connector_strength, rng)
    office = _Office(company, weeks * 5 * WORKING_DAY, rhythm, own)
    contacts = _Contacts(company, habits(company, rng), own)
    size = len(company.sizes)
    inside = np.diag(company.sizes * INSIDE)
    tasks = own.poisson(weeks * (dealing + inside))
    a, b = np.repeat(np.divmod(np.arange(size * size), size), tasks.ravel(), axis=1)
    order = own.permutation(len(a))
    a, b = a[order], b[order]
    openers = np.where(a == b, company.draw(a, company.activity, own), company.draw(a, company.outward, own))
    for time, opener, department in zip(np.sort(own.random(len(a))) * office.end, openers, b, strict=True):
        other = contacts.choose(int(opener), int(department))
        if other is not None:
            office.begin(float(time), int(opener), other, rounds=contacts.rounds(int(opener), other))
    _tickets(office, weeks, own)
    office.run()
    return _written(office.tasks)


def _dealing(
    company: Company, silo_strength: float, connector_strength: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Tasks a week that the people of one department have for another, (K, K), and how open departments are, (K,)."""
    plain, planted = affinity(
        company, silo_strength=silo_strength, connector_strength=connector_strength, noise=NOISE, rng=rng
    )
    base = np.outer(company.sizes, company.sizes).astype(np.float64) ** GAMMA
    np.fill_diagonal(base, 0)
    openness = (base * planted).sum(axis=1) / base.sum(axis=1)
    return base * planted * company.people * ACROSS / (base * plain).sum(), openness


def _tickets(office: _Office, weeks: int, rng: np.random.Generator) -> None:
    """What everybody wants of the desk, most of one clerk, and the notices that it sends."""
    company = office.company
    clerks = np.flatnonzero(company.department == office.desk)
    if not len(clerks):
        return
    callers = np.flatnonzero(company.department != office.desk)
    usual = rng.choice(clerks, len(callers))
    notices = TICKETS if office.rhythm.desk == "converses" else NOTICES
    for rate, by_desk in ((TICKETS, False), (notices, True)):
        which = np.repeat(np.arange(len(callers)), rng.poisson(rate * weeks, len(callers)))
        clerk = np.where(rng.random(len(which)) < 0.75, usual[which], rng.choice(clerks, len(which)))
        for place, other, time in zip(which, clerk, rng.random(len(which)) * office.end, strict=True):
            caller = int(callers[place])
            if by_desk:
                rounds = ROUNDS if office.rhythm.desk == "converses" else PASSING
                office.begin(float(time), int(other), caller, rounds=rounds)
            else:
                office.begin(float(time), caller, int(other), rounds=PASSING, ticket=True)


def _written(tasks: list[_Task]) -> Talks:
    """The messages, conversation by conversation, in the order of the weeks in which these began."""
    said = sorted((task for task in tasks if task.messages), key=lambda task: task.messages[0][0])
    rows = [
        (int(task.messages[0][0] // (5 * WORKING_DAY)), *message, number, place, task.chat)
        for number, task in enumerate(said)
        for place, message in enumerate(sorted(task.messages))
    ]
    week, time, sender, recipient, number, place, chat = (np.array(column) for column in zip(*rows, strict=True))
    first = np.searchsorted(week, week)
    return Talks(week, time, sender, recipient, number - number[first], place, chat)

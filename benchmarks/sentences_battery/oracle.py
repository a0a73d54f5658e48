"""What an oracle is, the register of all of them, and the checks that they have in common."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from sentences_battery.exchange_facts import Exchange
from sentences_battery.facts import Facts, Truth
from sentences_battery.printed import MISSING, ONE, Said, between, number, phrases
from sentences_battery.rawlog import Raw

if TYPE_CHECKING:
    from sentences_battery.on_groups import Groups

#: How far an end of an interval may lie from that of other redraws, in widths of the interval.
WIDTH = 0.4


@dataclass(frozen=True)
class Complaint:
    """Why a sentence is not true: `measured` (it misstates the log) or `planted` (it misses what was planted)."""

    sort: str
    text: str


def measured(text: str) -> Complaint:
    """The log does not say so."""
    return Complaint("measured", text)


def planted(text: str) -> Complaint:
    """It is not what was planted."""
    return Complaint("planted", text)


Complaints = Iterator[Complaint]


@dataclass(frozen=True, eq=False)
class Case:
    """One organisation, and everything that was said of it.

    Attributes:
        facts: what is so.
        said: all sentences.
        groups: of a log of groups, which has no persons, what it holds; of others None.
    """

    facts: Facts
    said: tuple[Said, ...] = field(default=())
    groups: "Groups | None" = None

    @property
    def raw(self) -> Raw:
        """The log and the roster."""
        return self.facts.raw

    @property
    def truth(self) -> Truth:
        """What was planted."""
        return self.facts.truth

    @cached_property
    def exchange(self) -> Exchange:
        """Answers, leaders, the outside, communities."""
        return Exchange(self.facts)

    def tells(self, *kinds: str) -> list[Said]:
        """The sentences of some kinds, the form of one among them."""
        return [said for said in self.said if said.kind in kinds or said.kind.removesuffix(ONE) in kinds]

    @property
    def names(self) -> list[str]:
        """Every name that a sentence may hold: departments and communities."""
        if self.groups is not None:
            return self.groups.names
        return [*self.raw.rows_shown, *sorted(set(self.exchange.judged["community"]))]


Check = Callable[[Said, Case], Complaints]
#: What must be said: a name for it, and whether it was.
Owed = Callable[[Case], Iterator[tuple[str, bool]]]


@dataclass(frozen=True)
class Oracle:
    """How to tell whether sentences of one kind are true, and said where they must be.

    Attributes:
        check: complaints about a sentence; none where it is true.
        owed: what of this kind must be said.
        free: placeholders that are not measured.
    """

    check: Check
    owed: Owed | None = None
    free: frozenset[str] = frozenset()


ORACLES: dict[str, Oracle] = {}


def oracle(*kinds: str, owed: Owed | None = None, free: tuple[str, ...] = ()) -> Callable[[Check], Check]:
    """Register a check for kinds of sentences, and for their form of one."""

    def register(check: Check) -> Check:
        for kind in kinds:
            section, _, key = kind.partition(".")
            for form in (key, f"{key}{ONE}") if f"{key}{ONE}" in phrases()[section] else (key,):
                if f"{section}.{form}" in ORACLES:
                    raise ValueError(f"{section}.{form} has an oracle already")
                ORACLES[f"{section}.{form}"] = Oracle(check, owed, frozenset(free))
        return check

    return register


# ---- checks in common


def equals(said: Said, name: str, value: float | None, slack: float = 0.0) -> Complaints:
    """A number is written as `value`, give or take `slack`."""
    missing = value is None or not np.isfinite(value)
    if said[name] == MISSING or missing:
        if not (said[name] == MISSING and missing):
            yield measured(f"{name} is {said[name]}, not {value}")
    elif not number(said[name]).holds(float(value), slack):
        yield measured(f"{name} is {said[name]}, not {value:.4g}")


def ends(said: Said, low: float, high: float, *, name: str = "interval", log: bool = False) -> Complaints:
    """The ends of an interval are about those of other redraws of the people."""
    if not said[name] and not np.isfinite(low + high):
        return
    try:
        spans = between(said[name])
    except ValueError:
        yield measured(f"{name} is {said[name]!r}")
        return
    width = np.log(high / low) if log else high - low
    for span, end in zip(spans, (low, high), strict=True):
        there = (max(span.low, 1e-9), max(span.high, 1e-9), end) if log else (span.low, span.high, end)
        least, most, mine = np.log(there) if log else there
        if not least - WIDTH * width - 0.01 <= mine <= most + WIDTH * width + 0.01:
            yield measured(f"{name} is {said[name]}, not {low:.3g} to {high:.3g}")


def all_named(found: object, said: Said, name: str) -> Complaints:
    """A list could be read as names of the organisation."""
    if found is None:
        yield measured(f"{name} holds somebody else: {said[name]}")


def phrase(section: str, key: str) -> str:
    """A phrase without placeholders."""
    return phrases()[section][key]


def phrase_key(section: str, text: str) -> str | None:
    """Which phrase without placeholders a text is."""
    return next((key for key, phrase in phrases()[section].items() if phrase == text), None)


def reasons(text: str) -> list[str]:
    """The reasons why nothing can be said: one, or several with how many each is true of."""
    parts = text.split(phrases()["numbers"]["semicolon"])
    return [str(phrase_key("unsaid", re.sub(r" \(\d+\)$", "", part))) for part in parts]

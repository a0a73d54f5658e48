"""Small organisations woven tie by tie: who has a tie with whom is known, and what passes through each is talk."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from sentences_battery.facts import Truth

NAMES = (
    *("Finance", "Legal", "Sales", "R&D", "Quality", "Logistics", "Marketing", "IT", "Purchasing", "Production"),
    *("Service", "Design", "Training", "Facilities"),
)
START = pd.Timestamp("2025-01-06")
#: Seconds of a working day, from eight o'clock.
DAY = 10 * 3600
#: What the rows of media are.
MESSAGES = {"": "messages", "email": "messages", "chat": "messages", "meeting": "meetings"}
#: Nothing was planted.
NOTHING = Truth(silos={}, walls=(), communities=None)


@dataclass(frozen=True, eq=False)
class Organisation:
    """What an analysis is given, and what is known of it.

    Attributes:
        kind: of the battery.
        log, roster, memberships: tables as in files.
        kinds: medium -> what its rows really are.
        truth: what was planted.
        asked: options of the analysis.
        groups: whether the log is a query of groups.
    """

    kind: str
    log: pd.DataFrame
    roster: pd.DataFrame
    kinds: Mapping[str, str]
    truth: Truth
    memberships: pd.DataFrame | None = None
    asked: Mapping[str, Any] = field(default_factory=dict)
    groups: bool = False

    def with_truth(self, **changes: Any) -> "Organisation":
        """The same, of which something else is known."""
        return replace(self, truth=replace(self.truth, **changes))


Builder = Callable[[int], Organisation]
#: Every kind of organisation, by name.
BUILDERS: dict[str, Builder] = {}


def build(function: Builder) -> Builder:
    """Register a kind of organisation under the function's name."""
    BUILDERS[function.__name__] = function
    return function


def staff(sizes: Mapping[str, int], *, domain: str = "@acme.example", heads: bool = True) -> pd.DataFrame:
    """A roster: person, department, and the head of each department as the manager."""
    people = [
        (f"{name[:3].lower().replace('&', 'n')}{at}{domain}", name)
        for name, size in sizes.items()
        for at in range(size)
    ]
    roster = pd.DataFrame(people, columns=["person", "department"])
    if heads:
        head = roster.groupby("department")["person"].transform("first")
        chief = roster["person"].iloc[0]
        roster["manager"] = head.where(head != roster["person"], chief).where(roster["person"] != chief, "")
    return roster


def sizes(rng: np.random.Generator, count: int, low: int = 12, high: int = 30) -> dict[str, int]:
    """So many departments of so many people."""
    return {name: int(rng.integers(low, high)) for name in NAMES[:count]}


Likely = Callable[[str, str], float]


def tied(rng: np.random.Generator, roster: pd.DataFrame, likely: Likely) -> list[tuple[str, str]]:
    """Pairs of people who have a tie, each with the probability of its two departments."""
    people, unit = roster["person"].to_numpy(), roster["department"].to_numpy()
    chance = {(a, b): likely(a, b) for a in set(unit) for b in set(unit)}
    one, other = np.triu_indices(len(people), k=1)
    drawn = rng.random(len(one)) < [chance[unit[i], unit[j]] for i, j in zip(one, other, strict=True)]
    return list(zip(people[one[drawn]], people[other[drawn]], strict=True))


def talk(
    rng: np.random.Generator,
    ties: list[tuple[str, str]],
    *,
    weeks: int,
    often: float = 6.0,
    threads: bool = True,
    medium: str = "email",
) -> pd.DataFrame:
    """Conversations of every tie, opened by either side, of one to six messages in turns."""
    rows: list[tuple[Any, ...]] = []
    thread = 0
    for a, b in ties:
        for _ in range(1 + rng.poisson(often)):
            moment = _moment(rng, weeks)
            sides = (a, b) if rng.random() < 0.5 else (b, a)
            thread += 1
            for turn in range(int(rng.integers(1, 7))):
                rows.append((moment, sides[turn % 2], sides[1 - turn % 2], thread))
                moment += pd.Timedelta(minutes=int(rng.exponential(40)) + 1)
    log = pd.DataFrame(rows, columns=["timestamp", "sender", "recipient", "thread"]).sort_values(
        "timestamp", kind="stable", ignore_index=True
    )
    log["medium"] = medium
    log["event"] = [f"e{at}" for at in range(len(log))]
    log["thread"] = "t" + log["thread"].astype(str)
    return log if threads else log[["timestamp", "sender", "recipient"]]


def _moment(rng: np.random.Generator, weeks: int) -> pd.Timestamp:
    day = int(rng.integers(weeks)) * 7 + int(rng.integers(5))
    return START + pd.Timedelta(days=day, hours=8, seconds=int(rng.integers(DAY)))


def answered(rng: np.random.Generator, log: pd.DataFrame, keep: Callable[[str, str], float]) -> pd.DataFrame:
    """The log without some messages, each kept with the probability of its sender and recipient."""
    chance = [keep(a, b) for a, b in zip(log["sender"], log["recipient"], strict=True)]
    return log[rng.random(len(log)) < chance].reset_index(drop=True)

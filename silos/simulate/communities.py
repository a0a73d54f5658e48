"""Communities of a tool in a simulated company: disjoint ones, bridges, ordinary ones, and one for everybody."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from silos.simulate.company import Company

MEDIUM = "community"
#: Names of communities that are no department's.
TOPICS = (
    "photography", "running", "cooking", "books", "new-hires", "travel", "sustainability", "data", "events", "garden",
    "languages", "music", "ideas", "safety", "mentoring", "volunteers", "bikes", "parents", "chess", "security-tips",
)  # fmt: skip
#: What the communities of a department are called after its name.
ROOMS = ("team", "room", "help", "news", "desk", "corner")
EVERYBODY = "everybody"

#: A disjoint community takes so many people of one department, who are in no other.
DISJOINT = (8, 24)
#: Posts a week of a member who writes, and the share of members who only read.
POSTS, READERS = 0.6, 0.3
#: How much more the people of the department that carries a community write.
CARRYING = 3.0


@dataclass(frozen=True, eq=False)
class Community:
    """One community.

    Attributes:
        name: unique.
        kind: `silo`, `bridge`, `ordinary` or `everybody`.
        sponsor: position of the department that carries it.
        members: positions of its people.
        rate: posts a week of each; 0 for those who only read.
    """

    name: str
    kind: str
    sponsor: int
    members: np.ndarray
    rate: np.ndarray


def planted(company: Company, *, count: int, disjoint: int, bridges: int, seed: int) -> tuple[Community, ...]:
    """The communities of a company, from a stream of random numbers of their own.

    Disjoint ones go to departments with a silo first, then to the largest; as many as have people enough. Bridges are
    carried by the connector, where there is one, and by others in turn.

    Args:
        company: the people.
        count: communities in all, beside the one that is everybody's; 0 for none at all.
        disjoint: filled and carried by one department, whose people there are in no other.
        bridges: carried by one department, with people of all.
        seed: of the company.
    """
    if count == 0:
        return ()
    rng = np.random.default_rng([seed, 4])
    made: list[Community] = []
    free = np.ones(company.people, dtype=bool)
    names = _names(company)

    def add(kind: str, sponsor: int, members: np.ndarray, name: str) -> None:
        made.append(Community(name, kind, sponsor, members, _rates(company, sponsor, members, kind, rng)))

    order = [*company.parts.silos, *np.argsort(-company.sizes, kind="stable").tolist()]
    for place in dict.fromkeys(order):
        room = int(min(DISJOINT[1], company.sizes[place] - 2))
        if sum(one.kind == "silo" for one in made) >= min(disjoint, count) or place == company.parts.mail_room:
            continue
        if room < DISJOINT[0]:
            continue
        people = np.flatnonzero(company.department == place)
        members = np.sort(rng.choice(people, rng.integers(DISJOINT[0], room + 1), replace=False))
        free[members] = False
        add("silo", place, members, next(names[place]))
    carriers = [company.parts.connector, *np.argsort(-company.sizes, kind="stable").tolist()]
    carriers = [place for place in dict.fromkeys(carriers) if place is not None and place != company.parts.mail_room]
    topics = iter([*TOPICS, *(f"topic-{number}" for number in range(len(TOPICS) + 1, len(TOPICS) + count + 1))])
    for number in range(min(bridges, count - len(made))):
        sponsor = carriers[number % len(carriers)]
        add("bridge", sponsor, _mixed(company, free, sponsor, rng), next(topics))
    places = [place for place in range(len(company.sizes)) if place != company.parts.mail_room]
    for number in range(count - len(made)):
        sponsor = places[number % len(places)]
        if (number // len(places)) % 2 == 0 or rng.random() < 0.3:
            add("ordinary", sponsor, _mostly(company, free, sponsor, rng), next(names[sponsor]))
        else:
            add("ordinary", sponsor, _few_departments(company, free, sponsor, places, rng), next(topics))
    add("everybody", int(np.argmax(company.sizes)), np.arange(company.people), EVERYBODY)
    return tuple(one for one in made if len(one.members) >= 3)


def posts(
    communities: tuple[Community, ...],
    company: Company,
    *,
    start: date,
    weeks: int,
    seed: int,
    absent: np.ndarray | None = None,
) -> Iterator[pd.DataFrame]:
    """Who is in which community: lists of members first, then their posts, one row per member and week.

    Args:
        communities, company, start, weeks, seed: of the simulation.
        absent: who is not there in which week, (weeks, N).
    """
    rng = np.random.default_rng([seed, 5])
    strangers = company.mails[company.people :]
    origin = np.datetime64(start, "s")
    for community in communities:
        # a guest whom the roster lacks writes in every third
        guests = strangers[:1] if rng.random() < 1 / 3 else strangers[:0]
        ids = np.concatenate([company.chats[community.members], guests])
        rate = np.concatenate([community.rate, np.full(len(guests), POSTS)])
        counts = rng.poisson(rate, size=(weeks, len(rate)))
        if absent is not None:
            counts[:, : len(community.members)] *= ~absent[:, community.members]
        week, member = np.nonzero(counts)
        within = 86_400 * rng.integers(5, size=len(week)) + rng.integers(8 * 3600, 18 * 3600, size=len(week))
        written = pd.DataFrame(
            {
                "timestamp": origin + (7 * 86_400 * week + within).astype("timedelta64[s]"),
                "person": ids[member],
                "community": community.name,
                "medium": MEDIUM,
                "posts": counts[week, member],
            }
        )
        listed = pd.DataFrame(
            {
                "timestamp": np.full(len(ids), np.datetime64("NaT", "s")),
                "person": np.sort(ids),
                "community": community.name,
                "medium": MEDIUM,
                "posts": 0,
            }
        )
        yield listed
        yield written.sort_values(["timestamp", "person"], kind="stable")


def truth(communities: tuple[Community, ...], company: Company) -> dict[str, dict[str, str]]:
    """Which community is what, and who carries it, ready for JSON."""
    kinds = {"silo": "silos", "bridge": "bridges", "ordinary": "ordinary", "everybody": "everybody"}
    return {
        title: {one.name: company.departments[one.sponsor] for one in communities if one.kind == kind}
        for kind, title in kinds.items()
    }


def _names(company: Company) -> dict[int, Iterator[str]]:
    """Names of the communities of each department, without an end."""

    def calls(place: int) -> Iterator[str]:
        own = "".join(letter if letter.isalnum() else "-" for letter in company.departments[place].lower())
        number = 0
        while True:
            yield f"{own}-{ROOMS[number % len(ROOMS)]}" + (f"-{number // len(ROOMS) + 1}" * (number >= len(ROOMS)))
            number += 1

    return {place: calls(place) for place in range(len(company.sizes))}


def _rates(company: Company, sponsor: int, members: np.ndarray, kind: str, rng: np.random.Generator) -> np.ndarray:
    rate = POSTS * company.activity[members] * np.where(company.department[members] == sponsor, CARRYING, 1)
    if kind == "everybody":
        rate = np.where(company.department[members] == sponsor, 0.1, 0.02)
    reads = rng.random(len(members)) < READERS
    if reads.all():
        reads[0] = False
    return np.asarray(np.where(reads, 0, rate))


def _drawn(weights: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """So many people, or as many as there are, by weight and each once."""
    there = np.flatnonzero(weights)
    if len(there) <= count:
        return there
    return np.sort(rng.choice(len(weights), count, replace=False, p=weights / weights.sum()))


def _mostly(company: Company, free: np.ndarray, sponsor: int, rng: np.random.Generator) -> np.ndarray:
    """A part of a department and a few others."""
    inside = np.flatnonzero(free & (company.department == sponsor))
    count = max(min(len(inside), 3), int(len(inside) * rng.uniform(0.4, 0.9)))
    own = _drawn(free * (company.department == sponsor) * 1.0, count, rng)
    others = _drawn(free * (company.department != sponsor) * company.activity, 1 + int(0.3 * len(own)), rng)
    return np.union1d(own, others)


def _few_departments(
    company: Company, free: np.ndarray, sponsor: int, places: list[int], rng: np.random.Generator
) -> np.ndarray:
    """People of two to four departments."""
    chosen = np.union1d([sponsor], rng.choice(places, min(int(rng.integers(1, 4)), len(places)), replace=False))
    weights = free * np.isin(company.department, chosen) * company.activity
    return _drawn(weights, int(rng.integers(8, 25)), rng)


def _mixed(company: Company, free: np.ndarray, sponsor: int, rng: np.random.Generator) -> np.ndarray:
    """People of all departments, the carrying one foremost."""
    share = company.activity / np.bincount(company.department, company.activity)[company.department]
    others = _drawn(free * (company.department != sponsor) * share, int(rng.integers(16, 33)), rng)
    own = _drawn(free * (company.department == sponsor) * company.activity, 2 + len(others) // 3, rng)
    return np.union1d(own, others)

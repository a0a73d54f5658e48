"""Who works where in a simulated company: departments and their parts, people, chain of command, roster.

People are numbered department by department here, so that a department is a slice; the ids of the roster are
shuffled, so that nothing downstream can lean on the order.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from silos.errors import SilosError

if TYPE_CHECKING:
    from silos.simulate.recipe import Recipe

#: Department names, most usual first. Beyond these, departments are numbered.
NAMES = (
    "Sales", "Marketing", "R&D", "Finance", "Human Resources", "IT", "Procurement", "Legal", "Logistics",
    "Customer Service", "Communications", "Quality", "Production", "Engineering", "Maintenance", "Product",
    "Design", "Security", "Audit", "Risk", "Compliance", "Treasury", "Payroll", "Training", "Export", "After-Sales",
    "Partnerships", "Strategy", "Real Estate", "Environment", "Insurance", "Tax", "Planning", "Laboratory",
    "Regulatory Affairs", "Public Affairs", "Investor Relations", "Market Research", "Web", "Translation",
    "Documentation", "Analytics",
)  # fmt: skip
MAIL_ROOM = "Mail Room"
#: Names a part goes to first, where they are still free.
PREFERRED = {
    "biggest": ("Sales", "Production"),
    "newsletter": ("Communications", "Human Resources"),
    "bilateral_pair": ("Finance", "Procurement"),
    "bridge": ("Legal", "Audit"),
    "half_company": ("IT", "Quality"),
    "silos": ("R&D", "Logistics", "Customer Service", "Engineering", "Laboratory"),
}
FIRST_NAMES = (
    "Ada", "Amir", "Anouk", "Bruno", "Chiara", "Dario", "Elif", "Emil", "Farah", "Greta", "Hugo", "Ines", "Ivo",
    "Jana", "Kofi", "Lena", "Luca", "Mei", "Milo", "Nadia", "Noor", "Oscar", "Petra", "Quentin", "Rosa", "Sami",
    "Tara", "Umar", "Vera", "Yann", "Zoe",
)  # fmt: skip
LAST_NAMES = (
    "Abel", "Barros", "Castel", "Dupont", "Ekberg", "Fontaine", "Garnier", "Haddad", "Ito", "Jansen", "Keller",
    "Lopes", "Moreau", "Novak", "Okafor", "Pereira", "Quist", "Rossi", "Santos", "Tanaka", "Ulrich", "Vidal",
    "Weber", "Xavier", "Yilmaz", "Zeller", "Brandt",
)  # fmt: skip
LOCATIONS = ("Lyon", "Leeds", "Porto", "Gdansk")

#: Direct reports of one manager: with the manager, a line team of eight.
SPAN = 7
SMALLEST_DEPARTMENT = 4


@dataclass(frozen=True, eq=False)
class Parts:
    """Which department (its position) plays which part; None where a part is not played."""

    silos: tuple[int, ...]
    connector: int | None
    biggest: int | None
    mail_room: int | None
    newsletter: int | None
    bilateral_pair: tuple[int, int] | None
    bridge: int | None
    half_company: int | None


@dataclass(frozen=True, eq=False)
class Company:
    """The people and departments of a simulated organisation.

    Attributes:
        departments: K names.
        sizes: people per department, (K,).
        parts: who plays what.
        department: position of each person's department, (N,).
        boss: position of each person's manager, (N,), -1 for the chief.
        rank: steps below the chief + 1, (N,).
        location: position of each person's place in `LOCATIONS`, (N,).
        activity: how much each person communicates, mean 1, (N,).
        outward: each person's weight among those of the department who deal with other departments, (N,).
        unknown: people of the log whom the roster lacks; they follow the N others.
        mails, chats: ids of the N + unknown people.
        friends: for the department that is deep with half the company, whether each department is in that half, (K,).
    """

    departments: tuple[str, ...]
    sizes: np.ndarray
    parts: Parts
    department: np.ndarray
    boss: np.ndarray
    rank: np.ndarray
    location: np.ndarray
    activity: np.ndarray
    outward: np.ndarray
    unknown: int
    mails: np.ndarray
    chats: np.ndarray
    friends: np.ndarray

    @property
    def people(self) -> int:
        """N, the people of the roster."""
        return len(self.department)

    @property
    def first(self) -> np.ndarray:
        """Position of the first person of each department, who heads it, and N at the end, (K + 1,)."""
        return np.concatenate([[0], np.cumsum(self.sizes)])

    @property
    def newsletter_account(self) -> int | None:
        """Who sends the newsletter: the last of the department, no manager."""
        place = self.parts.newsletter
        return None if place is None else int(self.first[place + 1] - 1)

    @property
    def bridge_person(self) -> int | None:
        """Who alone deals with other departments where one person does."""
        place = self.parts.bridge
        if place is None:
            return None
        return int(self.first[place] + np.argmax(self.outward[self.first[place] : self.first[place + 1]]))

    @property
    def reachable(self) -> np.ndarray:
        """People of each department who deal with other departments, (K,)."""
        return np.asarray(np.bincount(self.department[self.outward > 0], minlength=len(self.sizes)))

    def draw(self, departments: np.ndarray, weights: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """A person of each of the `departments`, with probability in proportion to the `weights` (N,)."""
        reached = np.concatenate([[0.0], np.cumsum(weights)])
        low, high = reached[self.first[departments]], reached[self.first[departments + 1]]
        drawn = np.searchsorted(reached, low + rng.random(len(departments)) * (high - low), side="right") - 1
        return np.asarray(np.clip(drawn, self.first[departments], self.first[departments + 1] - 1))

    def roster(self) -> pd.DataFrame:
        """The roster as HR would export it, sorted by person."""
        count = self.people
        known = self.mails[:count]
        number = np.arange(count)
        order = np.argsort(known)
        names = np.array([f"{first} {last}" for last in LAST_NAMES for first in FIRST_NAMES], dtype=object)
        table = pd.DataFrame(
            {
                "person": known,
                "name": names[(number * 37) % len(names)],
                "department": np.array(self.departments, dtype=object)[self.department],
                "manager": np.where(self.boss >= 0, known[self.boss], None),
                "level": self.rank,
                "location": np.array(LOCATIONS, dtype=object)[self.location],
                "aliases": self.chats[:count],
                "kind": "employee",
            }
        )
        return table.iloc[order].reset_index(drop=True)


def company_of(recipe: "Recipe") -> Company:
    """The company of a recipe: sizes, parts, chain of command, ids.

    Raises:
        SilosError: too few departments for the parts asked for, or too few people for the departments.
    """
    rng = np.random.default_rng([recipe.seed, 0])
    people, departments = recipe.people, recipe.departments
    names, parts = _cast(recipe)
    sizes = _sizes(people, parts, departments, rng)
    first = np.concatenate([[0], np.cumsum(sizes)])
    department = np.repeat(np.arange(departments), sizes)
    boss, rank = _chain_of_command(sizes, first)

    home = rng.integers(len(LOCATIONS), size=departments)
    location = np.where(rng.random(people) < 0.8, home[department], rng.integers(len(LOCATIONS), size=people))
    heavy_tailed = recipe.generator == "latent"
    activity = np.minimum(1 + rng.pareto(2.5, people), 12) if heavy_tailed else rng.lognormal(0, 0.55, people)
    activity /= activity.mean()
    outward = activity.copy()
    if parts.bridge is not None:
        # the bridge is no head and no chief: someone in the ranks who happens to know everybody
        inside = slice(first[parts.bridge], first[parts.bridge + 1])
        outward[inside] = 0
        outward[first[parts.bridge] + rng.integers(1, sizes[parts.bridge])] = 1

    digits = max(4, len(str(people)))
    ids = rng.permutation(people)
    mails = [f"p{number:0{digits}d}@example.com" for number in ids]
    mails += [f"x{number:03d}@partner.example" for number in range(recipe.unknown)]
    chats = [f"U{number:0{digits}X}" for number in ids * 7 + 4099]
    chats += [f"W{number:03d}" for number in range(recipe.unknown)]  # never used: who is not in the roster only mails
    friends = np.zeros(departments, dtype=bool)
    if parts.half_company is not None:
        others = [position for position in range(departments) if position not in (parts.half_company, parts.mail_room)]
        friends[rng.permutation(others)[: len(others) // 2]] = True
    return Company(
        departments=names,
        sizes=sizes,
        parts=parts,
        department=department,
        boss=boss,
        rank=rank,
        location=location,
        activity=activity,
        outward=outward,
        unknown=recipe.unknown,
        mails=np.array(mails, dtype=object),
        chats=np.array(chats, dtype=object),
        friends=friends,
    )


def _cast(recipe: "Recipe") -> tuple[tuple[str, ...], Parts]:
    """The names of the departments, those with a part first, and the parts; no department plays two."""
    departments, connector = recipe.departments, recipe.connector
    cast: dict[str, list[str]] = {}
    taken: list[str] = []

    def give(part: str, count: int, preferred: Sequence[str]) -> None:
        pool = [*preferred, *NAMES, *(f"Department {number}" for number in range(len(NAMES) + 1, departments + 99))]
        cast[part] = [name for name in dict.fromkeys(pool) if name not in taken][:count]
        taken.extend(cast[part])

    give("connector", int(connector is not None), [connector] if connector is not None else [])
    give("mail_room", int(recipe.mail_room), [MAIL_ROOM])
    give("biggest", int(recipe.biggest), PREFERRED["biggest"])
    give("silos", recipe.silos, PREFERRED["silos"])
    give("newsletter", int(recipe.newsletter), PREFERRED["newsletter"])
    give("bilateral_pair", 2 * recipe.bilateral_pair, PREFERRED["bilateral_pair"])
    give("bridge", int(recipe.one_person_bridge), PREFERRED["bridge"])
    give("half_company", int(recipe.half_company), PREFERRED["half_company"])
    if len(taken) > departments:
        raise SilosError(
            f"{len(taken)} departments have a part ({', '.join(taken)}), but there are {departments}. "
            "Ask for more departments, or for less: silos=0, newsletter=False, bilateral_pair=False and so on "
            "(`--silos 0 --no-newsletter --no-bilateral-pair`)."
        )
    give("plain", departments - len(taken), ())
    places = {part: [taken.index(name) for name in names] for part, names in cast.items()}

    def single(part: str) -> int | None:
        return places[part][0] if places[part] else None

    pair = places["bilateral_pair"]
    return tuple(taken), Parts(
        silos=tuple(places["silos"]),
        connector=single("connector"),
        biggest=single("biggest"),
        mail_room=single("mail_room"),
        newsletter=single("newsletter"),
        bilateral_pair=(pair[0], pair[1]) if pair else None,
        bridge=single("bridge"),
        half_company=single("half_company"),
    )


def _sizes(people: int, parts: Parts, departments: int, rng: np.random.Generator) -> np.ndarray:
    """Lognormal sizes that add up to `people`; the mail room small, the biggest far ahead, the connector mid-size."""
    sizes = np.zeros(departments, dtype=np.int64)
    if parts.mail_room is not None:
        sizes[parts.mail_room] = max(SMALLEST_DEPARTMENT, min(7, people // 40), round(0.004 * people))
    if parts.biggest is not None:
        sizes[parts.biggest] = round(people * max(0.15, min(0.45, 2.7 / departments)))
    rest = np.flatnonzero(sizes == 0)
    left = people - int(sizes.sum())
    if left < SMALLEST_DEPARTMENT * len(rest) or departments < 2:
        raise SilosError(
            f"{people} people are too few for {departments} departments of at least {SMALLEST_DEPARTMENT}. "
            f"Ask for at least {2 * SMALLEST_DEPARTMENT * departments} people or for fewer departments (at least 2)."
        )
    share = np.clip(rng.lognormal(0, 0.55, len(rest)), 0.25, 2)
    spare = share / share.sum() * (left - SMALLEST_DEPARTMENT * len(rest))
    drawn = SMALLEST_DEPARTMENT + np.floor(spare).astype(np.int64)
    drawn[np.argsort(np.floor(spare) - spare, kind="stable")[: left - int(drawn.sum())]] += 1
    sizes[rest] = drawn

    def swap(one: int, other: int) -> None:
        sizes[[one, other]] = sizes[[other, one]]

    if parts.connector is not None:
        middle = rest[np.argsort(sizes[rest], kind="stable")[len(rest) // 2]]
        swap(parts.connector, int(middle))
    for part in (*parts.silos, *(() if parts.bridge is None else (parts.bridge,))):
        # nobody can tell a silo of four people from chance: the smallest sizes go to departments without a part
        free = [place for place in rest if place not in (*parts.silos, parts.bridge, parts.connector)]
        if sizes[part] < 8 and free:
            best = max(free, key=lambda place: (sizes[place] >= 8, -sizes[place]))
            if sizes[best] > sizes[part]:
                swap(part, int(best))
    return sizes


def _chain_of_command(sizes: np.ndarray, first: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Managers and ranks: in each department a tree of `SPAN` reports a manager; the heads report to the chief."""
    place = np.arange(sizes.sum()) - np.repeat(first[:-1], sizes)
    start = np.repeat(first[:-1], sizes)
    boss = np.where(place > 0, start + (place - 1) // SPAN, -1)
    rank = np.full(len(place), 2)
    ahead = boss.copy()
    while (ahead >= 0).any():
        rank += ahead >= 0
        ahead = np.where(ahead >= 0, boss[ahead], -1)
    chief = first[int(np.argmax(sizes))]
    boss[(boss < 0)] = chief
    boss[chief] = -1
    rank[chief] = 1
    return boss, rank

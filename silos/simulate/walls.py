"""Planted walls: pairs of departments between which ties are removed."""

from dataclasses import dataclass

import numpy as np

from silos.errors import SilosError
from silos.simulate.company import Company
from silos.simulate.fabric import Dyads, some_dyads

#: A wall stands between departments of this many people and more: between smaller ones hardly any tie is missed.
SMALLEST = 8


@dataclass(frozen=True, eq=False)
class Walls:
    """Which pairs of departments are walled off, and how far.

    Attributes:
        pairs: positions of the two departments of each wall, (W, 2).
        left: share of the ties between them that stays, decided once for each two people.
        department: position of each person's department, (N,).
        seed: of what stays.
    """

    pairs: np.ndarray
    left: float
    department: np.ndarray
    seed: int

    def parted(self, i: np.ndarray, j: np.ndarray) -> np.ndarray:
        """Which pairs of people have lost their tie: whatever they might do together, they do not."""
        known = (i < len(self.department)) & (j < len(self.department))
        a, b = (self.department[np.where(known, ends, 0)] for ends in (i, j))
        walled = np.zeros(np.shape(known), dtype=bool)
        for one, other in self.pairs:
            walled |= ((a == one) & (b == other)) | ((a == other) & (b == one))
        low, high = np.minimum(i, j).astype(np.uint64), np.maximum(i, j).astype(np.uint64)
        return known & walled & (_uniform(low, high, self.seed) >= self.left)

    def without(self, dyads: Dyads) -> Dyads:
        """The ties that are left."""
        return some_dyads(dyads, ~self.parted(dyads.i, dyads.j))

    def apart(self, members: np.ndarray, owner: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Lists of people (meetings, mails) without those who must not meet one who stands before them in the list."""
        touched = np.isin(np.append(self.department, np.full(members.max(initial=0) + 1, -1))[members], self.pairs)
        stays = np.ones(len(members), dtype=bool)
        for number in np.unique(owner[touched]):
            places = np.flatnonzero(owner == number)
            for at, place in enumerate(places[1:], start=1):
                before = places[:at][stays[places[:at]]]
                stays[place] = not self.parted(members[before], np.repeat(members[place], len(before))).any()
        return members[stays], owner[stays]


def planted(company: Company, *, count: int, left: float, seed: int) -> Walls | None:
    """Walls between departments that play no other part, no department behind two of them.

    Raises:
        SilosError: too few departments of `SMALLEST` people without a part.
    """
    if not count:
        return None
    parts = company.parts
    busy = {*parts.silos, *(parts.bilateral_pair or ()), parts.connector, parts.mail_room, parts.newsletter}
    busy |= {parts.bridge, parts.half_company}
    free = [place for place, size in enumerate(company.sizes) if size >= SMALLEST and place not in busy]
    if len(free) < 2 * count:
        raise SilosError(
            f"{count} walls need {2 * count} departments with at least {SMALLEST} people that play no part, "
            f"but there are {len(free)}. Ask for more departments or people, or switch parts off."
        )
    drawn = np.random.default_rng([seed, 5]).permutation(free)[: 2 * count]
    return Walls(np.sort(drawn.reshape(count, 2), axis=1), left, company.department, seed)


def _uniform(low: np.ndarray, high: np.ndarray, seed: int) -> np.ndarray:
    """A number in [0, 1) of each pair of people, always the same (splitmix64 of both)."""
    mixed = (low << np.uint64(32)) ^ high ^ (np.uint64(seed) << np.uint64(17))
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    mixed ^= mixed >> np.uint64(31)
    return np.asarray((mixed >> np.uint64(11)).astype(np.float64) / 2**53)

"""Which new ties an organisation can have: how many for a department, between whom, at which sites."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from silos.errors import SilosError
from silos.network import Network
from silos.privacy.columns import label_of
from silos.system.arguments import text, texts, whole
from silos.tables import Roster


@dataclass(frozen=True)
class JoinLimits:
    """What advice on new ties keeps to.

    Attributes:
        most: new ties that a department can take up, over all steps of the plan; any number unless given.
        never: pairs of departments that are not brought together, by name, in either order.
        within: column of the roster, such as a site: only departments are brought together that have enough people in
            the same one, as many as a department needs to be shown.

    Raises:
        SilosError: `most` is below 1, or a pair is no pair.

    Examples:
        >>> JoinLimits(most=24, never=[("Sales", "R&D")]).never
        (('Sales', 'R&D'),)
        >>> JoinLimits(never=[("Sales", "Sales")])
        Traceback (most recent call last):
        silos.errors.SilosError: a pair that is not to be joined names two departments, not ('Sales', 'Sales').
    """

    most: int | None = None
    never: Collection[tuple[str, str]] = ()
    within: str | None = None

    def __post_init__(self) -> None:
        if self.most is not None and whole(self.most, "most") < 1:
            raise SilosError(f"a department can take up at least 1 new tie (--most-new-ties), not {self.most}.")
        if self.within is not None:
            text(self.within, "within")
        never: Any = self.never
        if isinstance(never, str) or not isinstance(never, Iterable):
            raise SilosError(f"never is a list of pairs of departments, not {never!r}.")
        pairs = tuple(texts(pair, "a pair that is not to be joined") for pair in never)
        if wrong := [pair for pair in pairs if len(set(pair)) != 2 or len(pair) != 2]:
            raise SilosError(f"a pair that is not to be joined names two departments, not {wrong[0]!r}.")
        object.__setattr__(self, "never", pairs)

    def labelled(self, roster: Roster) -> "JoinLimits":
        """The same, `within` named as the roster has it: it may be given as its heading in the file."""
        return self if self.within is None else replace(self, within=label_of(roster, self.within))

    def allowed(self, network: Network, minimum: int) -> np.ndarray:
        """Which pairs of departments may be joined, (K, K).

        Args:
            network: the people, by departments as they may be shown, with the columns of the roster.
            minimum: people at the same site.
        """
        names = network.departments
        found = np.ones((len(names), len(names)), dtype=bool)
        if self.within is not None:
            sites, known = network.people[self.within].astype("string").factorize()
            people = np.zeros((len(names), len(known)), dtype=np.int64)
            np.add.at(people, (network.membership[sites >= 0], sites[sites >= 0]), 1)
            enough = (people >= minimum).astype(np.int64)
            found = enough @ enough.T > 0
        for pair in self.never:
            one, other = names.get_indexer(list(pair))
            found[one, other] = found[other, one] = False
        return found

    def to_dict(self) -> dict[str, Any]:
        """As the settings in the summary have it."""
        return {"most": self.most, "never": [", ".join(pair) for pair in self.never], "within": self.within}


def pairs_of(stated: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Pairs as the command takes them.

    Examples:
        >>> pairs_of(["R&D, Sales"])
        (('R&D', 'Sales'),)

    Raises:
        SilosError: one does not name two departments.
    """
    found = []
    for one in stated:
        names = [name.strip() for name in one.split(",")]
        if len(names) != 2 or not all(names):
            raise SilosError(f"--never-join needs two departments separated by a comma, not {one!r}.")
        found.append((names[0], names[1]))
    return tuple(found)

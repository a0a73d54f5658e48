"""What would help: whom to bring together, through which door, whom to involve, and what depends on whom."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from silos.analysis.connector.verdict import Connector
from silos.analysis.organisation import ANY
from silos.analysis.pairs import DEPTH
from silos.analysis.result_protocol import Result, plain, records
from silos.analysis.tool_communities import ToolCommunities
from silos.analysis.unpickled import Unpickled
from silos.analysis.what_would_help.doors import COLUMNS as DOORS_COLUMNS
from silos.analysis.what_would_help.doors import Doors, find_doors
from silos.analysis.what_would_help.joins import ROUNDED, Joining, Opening, find_joins, involve, no_joining, open_up
from silos.analysis.what_would_help.losses import Losses, find_losses
from silos.analysis.what_would_help.what_if import Forecast, Model
from silos.errors import SilosError
from silos.inference.bootstrap import Replicates
from silos.inference.estimate import Estimate
from silos.inference.pair_ties import left_out, off_diagonal_activities
from silos.network import Network
from silos.ties.results import Tally

#: Silos and walls that get a plan.
MOST_SILOS, MOST_WALLS = 5, 3
#: Pairs that are proposed beside the plans for silos.
BESIDE = 3
#: Replicates of what is expected of a pair.
DRAWS = 100


@dataclass(frozen=True)
class Breach:
    """What would make a wall one no longer.

    Attributes:
        a, b: the two departments.
        ties: new ones, with which they would have `silos.analysis.pairs.DEPTH` of those expected.
        effect: by how much their ties over the expected would change.
        binding: what these ties gain, as a share of the Kirchhoff index.
    """

    a: str
    b: str
    ties: float
    effect: Estimate
    binding: Estimate

    def to_dict(self) -> dict[str, Any]:
        """As the section `what_if` of the summary has it."""
        return {
            "kind": "wall",
            "department": self.a,
            "partners": [{"department": self.b, "ties": plain(self.ties)}],
            "needed": plain(self.ties),
            "effect": self.effect.to_dict(),
            "insiders_odds_after": Estimate(None).to_dict(),
            "verdict": "wall",
            "verdict_after": None,
        }


@dataclass(frozen=True, eq=False)
class WhatWouldHelp(Unpickled, Result):
    """What would help, as far as structure can tell.

    Attributes:
        joining: the pairs of departments whose joining would bind the organisation most.
        beside: the same beside silos and walls, which have plans of their own: fewer pairs.
        openings: a plan for each silo.
        breaches: a plan for each wall.
        doors: where most of each department's contact passes.
        involved: departments by how much the organisation would gain if each had new ties to all others.
        losses: what would be lost without a department or people, and what departments depend on.
        connector: the department that the connector verdict names, if it names one.
        agreement: share of the replicates in which `involved` is led by that department; None without one.
        gone: departments of which nobody is left at the end of the log: no advice is about them.
        ruled_out: pairs that advice may not be about: one is gone, or the limits leave them no tie.
        model: what forecasts are made from.
    """

    title: ClassVar[str] = "What would help"

    joining: Joining
    beside: Joining
    openings: Mapping[str, Opening]
    breaches: tuple[Breach, ...]
    doors: Doors
    involved: pd.DataFrame
    losses: Losses
    connector: str | None
    agreement: float | None
    gone: tuple[str, ...]
    ruled_out: frozenset[frozenset[str]] = field(repr=False)
    model: Model = field(repr=False)

    @property
    def table(self) -> pd.DataFrame:
        """The pairs to bring together, those first that gain most."""
        return self.joining.table

    @property
    def verdict(self) -> str:
        """Whether these pairs beat pairs at random and the busiest."""
        return self.joining.verdict

    def said(self) -> str:
        """The verdict."""
        return self.verdict

    def with_ties(self, ties: Mapping[tuple[str, str], float]) -> Forecast:
        """The organisation with so many new ties between departments.

        Raises:
            SilosError: a department does not exist or may not be shown, or there is no room for so many ties.
        """
        return self.model.forecast(self.model.added(ties))

    def may_meet(self, a: str, b: str) -> bool:
        """Whether advice may be about these two together: both are still there, and the limits leave the pair."""
        return frozenset((a, b)) not in self.ruled_out

    def without(self, department: str) -> pd.Series:
        """What would be lost without a department: see `Losses.table`.

        Raises:
            SilosError: there is no such department, or too few ties to say it.
        """
        self.model.place(department)
        found = self.losses.of(department)
        if found is None:
            raise SilosError(
                f"what would be lost without {department!r} cannot be said: it is a service desk, or the log holds too "
                "few ties between departments."
            )
        return found

    def to_dict(self) -> dict[str, Any]:
        """The section `what_if` of the summary."""
        return {
            "joining": self.joining.to_dict(),
            "joining_beside": self.beside.to_dict(),
            "plans": [opening.to_dict() for opening in self.openings.values()]
            + [breach.to_dict() for breach in self.breaches],
            "doors": self.doors.to_dict(),
            "involve": {
                "department": str(self.involved.index[0]) if len(self.involved) else None,
                "agreement": plain(self.agreement),
                "departments": records(self.involved.reset_index()),
            },
            "losses": self.losses.to_dict(),
        }


def unknown_help() -> dict[str, Any]:
    """The section `what_if` of the summary of a log of groups, which cannot say what would help."""
    return {
        "joining": no_joining().to_dict(),
        "joining_beside": no_joining().to_dict(),
        "plans": [],
        "doors": [],
        "involve": {"department": None, "agreement": None, "departments": []},
        "losses": {"departments": [], "communities": [], "spanners": [], "depends": []},
    }


def help_tables(found: WhatWouldHelp | None) -> dict[str, pd.DataFrame]:
    """The tables `doors` and `joins`; without rows in a log of groups."""
    if found is None:
        return {"doors": pd.DataFrame(columns=list(DOORS_COLUMNS)), "joins": no_joining().table}
    return {"doors": found.doors.table, "joins": found.table}


def find_help(
    model: Model,
    tally: Tally,
    layer: Network,
    connector: Connector,
    replicates: Replicates,
    joined: ToolCommunities | None = None,
    *,
    silos: Collection[str],
    walls: pd.DataFrame,
) -> WhatWouldHelp:
    """What would help an organisation.

    Args:
        model: of its departments.
        tally: the counted log.
        layer, connector, replicates, joined: as `silos.analysis.what_would_help.losses.find_losses`.
        silos: departments that are one, most inward first.
        walls: rows of `silos.analysis.pairs.Pairs.walls`.
    """
    doors, unjudged, room = find_doors(model, tally), model.unjudged, model.room
    # One plan: what one step asks of a department, the next can no longer ask.
    openings = {}
    for silo in [name for name in silos if name not in model.gone][:MOST_SILOS]:
        opening = open_up(model, silo, doors.widest(silo), room)
        if opening is not None:
            openings[silo] = opening
            _take(model, room, {silo: opening.total, **opening.ties})
    breaches = []
    for breach in _breaches(model, walls.head(MOST_WALLS)):
        if min(room[model.place(name)] for name in (breach.a, breach.b)) >= breach.ties:
            breaches.append(breach)
            _take(model, room, {breach.a: breach.ties, breach.b: breach.ties})
    beside = [*silos, *unjudged], [(breach.a, breach.b) for breach in breaches]
    involved = involve(model).drop(index=unjudged, errors="ignore")
    first = connector.department if connector.verdict == "clear" else None
    known = first in involved.index and bool(involved["probability_first"].notna().all())
    return WhatWouldHelp(
        joining=find_joins(model, apart=unjudged),
        beside=find_joins(model, number=BESIDE, room=room, apart=beside[0], without=beside[1]),
        openings=openings,
        breaches=tuple(breaches),
        doors=doors,
        involved=involved,
        losses=find_losses(model, layer, connector, replicates, joined, seed=model.seed),
        connector=first,
        agreement=float(involved.loc[first, "probability_first"]) if known else None,
        gone=model.gone,
        ruled_out=_ruled_out(model),
        model=model,
    )


def _ruled_out(model: Model) -> frozenset[frozenset[str]]:
    """The pairs of departments that advice may not be about: one is gone, or the limits leave them no tie."""
    names = [str(name) for name in model.names]
    gone = np.isin(names, list(model.gone))
    apart = ~model.allowed | gone[:, None] | gone[None, :]
    return frozenset(frozenset((names[a], names[b])) for a, b in zip(*np.nonzero(np.triu(apart, 1)), strict=True))


def _take(model: Model, room: np.ndarray, ties: Mapping[str, float]) -> None:
    """Take up new ties: so many fewer are left to each department."""
    for name, number in ties.items():
        room[model.place(name)] -= number


def _breaches(model: Model, walls: pd.DataFrame) -> list[Breach]:
    """What each wall would take; the expectation in replicates is that of `silos.inference.pair_ties`."""
    found = []
    for row in walls.to_dict("records"):
        a, b = model.place(row["a"]), model.place(row["b"])
        missing = DEPTH * row["expected_ties"] - row["ties"]
        room = float(model.network.sizes[a] * model.network.sizes[b] - model.mixing[a, b])
        ties = min(max(float(np.ceil(missing / ROUNDED) * ROUNDED), ROUNDED), room)
        if not (model.helpers[a] and model.helpers[b] and model.allowed[a, b]) or ties < 1:
            continue
        added = model.added({(row["a"], row["b"]): ties})
        drawn = np.array([ties / _expected(mixing, a, b) for mixing in model.replicates.mixing[ANY][:DRAWS]])
        effect = Estimate.of(ties / row["expected_ties"], drawn)
        found.append(Breach(str(row["a"]), str(row["b"]), ties, effect, model.binding(added)))
    return found


def _expected(mixing: np.ndarray, a: int, b: int) -> float:
    """Ties that the contacts of a and b with all others let expect of the two."""
    across = mixing * (1 - np.eye(len(mixing)))
    every = 1.0 - np.eye(len(mixing))
    expected = float(left_out(across, every, off_diagonal_activities(across, every))[a, b])
    return expected if expected > 0 else float("nan")

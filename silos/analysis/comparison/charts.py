"""Which of two charts contacts follow more closely: both are laid over the ties of the same people."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from silos.analysis.comparison.changes import Change, paired
from silos.analysis.comparison.pairing import People, numbered
from silos.analysis.organisation import ANY
from silos.analysis.published.members import exchanged
from silos.analysis.result_protocol import plain
from silos.inference.bootstrap import resample
from silos.inference.multiple_testing import FALSE_DISCOVERY
from silos.measures.community_detection import agreement, detect
from silos.measures.mixing import modularities, modularity
from silos.network import DEPARTMENT, Network

#: People who are in both runs, from which their ties are laid under both charts.
LEAST_PEOPLE = 20
#: Runs of the search for communities.
RUNS = 5
#: Where nothing was compared.
NO_CHANGE = Change()


@dataclass(frozen=True)
class Charts:
    """The charts of two runs, over the ties of the second.

    Attributes:
        people: who are in both runs and under both charts.
        moved: how many of them are in different departments; None where they are too few to be shown.
        modularity: of the ties under the first and the second chart.
        change: of it, second less first.
        ami: agreement of each chart with the communities that are detected in the ties.
        verdict: `first`, `second`, `alike` or `cannot say`.
        reason: why nothing can be said: `same` (nobody is in another department), `few_people`, `persons` (a summary
            does not say who is who).
        ties: that are laid under both charts; 0 where only the summaries are known.
        exchanged: agreement that each chart would have with communities that are its departments, but for a few people
            of two of them who are in that of the other (`silos.analysis.published.members.exchanged`).
    """

    people: int | None = None
    moved: int | None = None
    modularity: tuple[float | None, float | None] = (None, None)
    change: Change = NO_CHANGE
    ami: tuple[float | None, float | None] = (None, None)
    verdict: str = "cannot say"
    reason: str = "persons"
    ties: int = 0
    exchanged: tuple[float, float] = (1.0, 1.0)

    def to_dict(self) -> dict[str, Any]:
        """As `comparison.json` has it."""
        return {
            "people": self.people,
            "moved": self.moved,
            "modularity_first": plain(self.modularity[0]),
            "modularity_second": plain(self.modularity[1]),
            "difference": {name: plain(getattr(self.change, name)) for name in ("value", "low", "high")},
            "p": plain(self.change.p),
            "ami_first": plain(self.ami[0]),
            "ami_second": plain(self.ami[1]),
            "verdict": self.verdict,
            "reason": self.reason,
        }


def followed(first: People, second: People, *, replicates: int, seed: int) -> Charts:
    """Whether contacts in the second run follow the chart of the first, or their own, more closely.

    Both charts are laid over the same ties of the same people, so that neither traffic nor turnover can tell them
    apart. What differs is the modularity, tested by the person bootstrap.

    Args:
        first, second: the runs. Of who changed department within one, the department that stands first counts.
        replicates, seed: of the bootstrap.
    """
    one, other, _ = numbered(first, second)
    charts = [
        pd.Series(run.network.people[DEPARTMENT].to_numpy(), index=number).groupby(level=0).first()
        for run, number in ((first, one), (second, other))
    ]
    both = charts[0].index.intersection(charts[1].index)
    here = np.flatnonzero(np.isin(other, both))
    here = here[np.unique(other[here], return_index=True)[1]]
    if len(here) < LEAST_PEOPLE:
        return Charts(reason="few_people")
    person = other[here]
    old, new = (chart.loc[person].to_numpy() for chart in charts)
    moved = int((old != new).sum())
    if not moved or len(set(old)) < 2 or len(set(new)) < 2:
        return Charts(len(here), 0, reason="same")
    ties = second.network.adjacency[here][:, here]
    networks = [
        Network(pd.DataFrame({DEPARTMENT: chart}, index=pd.Index(person, name="person")), ties, second.network.directed)
        for chart in (old, new)
    ]
    if not networks[0].ties:
        return Charts(len(here), moved, reason="few_people")
    values = [modularity(network) for network in networks]
    drawn = [
        modularities(resample(network, {ANY: None}, replicates=replicates, seed=seed).mixing[ANY])
        for network in networks
    ]
    change = paired(values[0], values[1], (drawn[0], drawn[1]), ratio=False)
    found = detect(networks[1], seeds=RUNS, seed=seed)
    ami = [agreement(network.membership[found.people], found.memberships[0])["ami"] for network in networks]
    sure = np.isfinite(change.p) and change.p < FALSE_DISCOVERY
    verdict = ("second" if change.value > 0 else "first") if sure else "alike"
    least = max(first.minimum, second.minimum)
    return Charts(
        len(here),
        moved if moved >= least else None,
        (values[0], values[1]),
        change,
        (float(ami[0]), float(ami[1])),
        verdict,
        "",
        networks[0].ties,
        (exchanged(networks[0].sizes)["ami"], exchanged(networks[1].sizes)["ami"]),
    )


def of_summaries(first: Mapping[str, Any], second: Mapping[str, Any], change: Change | None) -> Charts:
    """The same from two summaries of one log: each has the modularity of its own chart.

    Args:
        first, second: the summaries.
        change: of the modularity, if it can be compared.
    """
    same_log = all(
        first["inputs"].get(name) == second["inputs"].get(name) for name in ("rows_read", "first", "last", "layers")
    )
    names = [{row["department"] for row in run["departments"]} for run in (first, second)]
    if not same_log or change is None or (names[0] == names[1] and _sizes(first) == _sizes(second)):
        return Charts()
    values = [run["organisation"]["modularity"]["value"] for run in (first, second)]
    ami = [(run["organisation"].get("department_community_ami") or {}).get("value") for run in (first, second)]
    sure = np.isfinite(change.p) and change.p < FALSE_DISCOVERY
    verdict = ("second" if change.value > 0 else "first") if sure else "alike"
    return Charts(None, None, (values[0], values[1]), change, (ami[0], ami[1]), verdict, "")


def _sizes(summary: Mapping[str, Any]) -> dict[str, Any]:
    return {row["department"]: row.get("people") for row in summary["departments"]}

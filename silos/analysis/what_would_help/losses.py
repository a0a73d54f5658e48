"""What is lost if a department, a community or those with most ties across were gone; what a department depends on."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from silos.analysis.connector.scores import among
from silos.analysis.connector.verdict import Connector
from silos.analysis.result_protocol import Result, plain, records
from silos.analysis.tool_communities import ToolCommunities
from silos.analysis.what_would_help.what_if import Model
from silos.inference.bootstrap import Replicates, each_batch
from silos.inference.estimate import Estimate
from silos.measures.affinity import affinities, size_exponent
from silos.measures.basis import department_totals, totals_across
from silos.measures.binding import binds, greatest_binds
from silos.measures.two_mode import Memberships, community_binds
from silos.network import Network

#: Replicates of the loss of a department.
DRAWS = 200
#: Part of a department's ties across that go to one other, from which it would be cut off without that one.
CUT_OFF = 0.5
#: Communities of which it is told what would be lost without them.
MOST_COMMUNITIES = 5
#: Members of such a community, at least: what follows from the departments of fewer tells of each of them.
LEAST_MEMBERS = 20
#: Ties across that a department needs before anything is said of what it depends on.
LEAST_TIES = 20
#: Steps in which numbers of people are told, times the smallest department that may be shown: coarse enough to name
#: nobody.
STEPS = (1, 2, 4, 8)
#: Part of those who have ties across that may be told about together: of nearly all of them nothing is learnt.
MOST_GONE = 0.5
#: Part of its ties across whose loss makes a department depend on those who hold them.
HALF = 0.5
#: Times the smallest department that may be shown, from which it is told what a department depends on.
SEVERAL = 2


@dataclass(frozen=True, eq=False)
class Losses(Result):
    """What would be lost.

    Attributes:
        table: one row per department that may be asked: `loss`, the share of the others' mutual conductance that exists
            only through it (Bind), with its interval; `cut_off`, departments that would lose half of their ties across
            or more; `next_best`, the department that binds most without it, and `next_bind`; the greatest loss first.
        spanners: one row per step: if so many `people` with the most ties across were gone (unnamed), `share` of all
            ties across.
        communities: one row per community, the greatest loss first, `MOST_COMMUNITIES` at most: see `lost_communities`;
            without rows where the log knows none.
        depends: one row per department with enough ties: `people`, up to how many of its own hold half of its ties
            across, in coarse steps.
        mixing: the ties between departments that `table` rests on; not in what is published.
    """

    title: ClassVar[str] = "What would be lost"

    table: pd.DataFrame
    spanners: pd.DataFrame
    depends: pd.DataFrame
    mixing: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    communities: pd.DataFrame = field(default_factory=lambda: _communities_table([]))

    def of(self, department: str) -> pd.Series | None:
        """The row of a department; None where nothing is known of its loss."""
        return self.table.loc[department] if department in self.table.index else None

    def to_dict(self) -> dict[str, Any]:
        """As the section `what_if` of the summary has it."""
        return {
            "departments": [
                {
                    "department": str(name),
                    "loss": {end: plain(row[column]) for end, column in _ENDS.items()},
                    "cut_off": list(row["cut_off"]),
                    "next_best": plain(row["next_best"]),
                    "next_bind": plain(row["next_bind"]),
                }
                for name, row in self.table.iterrows()
            ],
            "communities": [
                {
                    "community": str(name),
                    "loss": {end: plain(row[column]) for end, column in _ENDS.items()},
                    "cut_off": list(row["cut_off"]),
                    "next_best": plain(row["next_best"]),
                }
                for name, row in self.communities.iterrows()
            ],
            "spanners": records(self.spanners),
            "depends": records(self.depends.rename_axis("department").reset_index()),
        }


_ENDS = {"value": "loss", "low": "loss_low", "high": "loss_high"}


def find_losses(
    model: Model,
    layer: Network,
    connector: Connector,
    replicates: Replicates,
    joined: ToolCommunities | None = None,
    *,
    seed: int = 0,
) -> Losses:
    """What would be lost without each department, each community, and those who have the most ties across.

    Args:
        model: of the organisation.
        layer: the ties that the connector verdict rests on, the same people and departments.
        connector: the verdict: its desks are no evidence.
        replicates: of the mixing of `layer`, under the name of its layer.
        joined: the communities of the tools.
        seed: of their bootstrap.
    """
    stay = ~model.desks
    names, helpers = model.names[stay], model.helpers[stay]
    mixing, sizes = among(stay, department_totals(layer, layer.contacts), layer.sizes.astype(np.float64))
    exponent = size_exponent(mixing, sizes)
    across = totals_across(mixing)
    rows = []
    if len(names) > 3 and across.sum() > 0:
        whole = affinities(mixing, sizes, exponent)
        loss = binds(whole, of=helpers)
        drawn = among(stay, replicates.mixing[layer.layer][:DRAWS], replicates.sizes[:DRAWS])
        draws = binds(affinities(*drawn, exponent), of=helpers)
        # For each department that may be asked, the others.
        asked = np.flatnonzero(helpers)
        every = np.arange(len(names))
        left = np.array([every[every != at] for at in asked], dtype=np.intp).reshape(-1, len(names) - 1)
        ahead, bound = greatest_binds(whole[left[:, :, None], left[:, None, :]], helpers[left])
        for place, at in enumerate(asked):
            found = Estimate.of(float(loss[at]), draws[:, at])
            cut = (mixing[at] >= CUT_OFF * across) & (across >= LEAST_TIES) & helpers & (every != at)
            rows.append(
                {
                    "loss": found.value, "loss_low": found.low, "loss_high": found.high,
                    "cut_off": tuple(str(name) for name in names[cut]),
                    "next_best": str(names[left[place, ahead[place]]]), "next_bind": float(bound[place]),
                }
            )  # fmt: skip
    columns = ["loss", "loss_low", "loss_high", "cut_off", "next_best", "next_bind"]
    table = pd.DataFrame(rows, columns=columns, index=pd.Index(names[helpers] if rows else [], name="department"))
    table = table.sort_values("loss", ascending=False, kind="stable")
    communities = lost_communities(joined, names[helpers].tolist(), model.names, seed=seed)
    cells = pd.DataFrame(mixing, index=names, columns=names)
    return Losses(table, _spanners(model, layer), _depends(model, layer, connector), cells, communities)


def lost_communities(
    joined: ToolCommunities | None, helpers: Collection[str], names: pd.Index, *, seed: int
) -> pd.DataFrame:
    """What would be lost without each community of the tools.

    Args:
        joined: the communities, judged.
        helpers: departments that may be shown as cut off.
        names: of all departments, in the order of the memberships.
        seed: of the person bootstrap.

    Returns:
        by community, those first whose loss is greatest: `loss`, the share of the departments' mutual
        conductance over communities that exists only through it (`silos.measures.two_mode.community_binds`), with its
        interval; `cut_off`, departments that would lose `CUT_OFF` of what joins them to others in communities, or more;
        `next_best`, the community with the greatest loss without it, None where that has no name to be shown.
    """
    if joined is None or joined.places is None or joined.table.empty:
        return _communities_table([])
    places, table, numbers = joined.places, joined.table, joined.numbers
    called = dict(zip(numbers.tolist(), table["community"], strict=True))
    counts = places.composition.astype(np.float64)
    every = community_binds(counts)
    if not np.isfinite(every).any():
        return _communities_table([])
    told = numbers[places.sizes[numbers] >= LEAST_MEMBERS]
    told = told[np.argsort(-every[told], kind="stable")][:MOST_COMMUNITIES]
    draws = _community_draws(places, told, seed)
    # What joins a department to others through each community: its members, times the part of them who are others.
    joins = counts * (1 - counts / np.maximum(counts.sum(axis=1), 1)[:, None])
    part = joins / np.maximum(joins.sum(axis=0), 1e-12)
    rows = []
    for place, number in enumerate(told.tolist()):
        found = Estimate.of(float(every[number]), draws[:, place])
        rest = np.delete(np.arange(len(counts)), number)
        # Those that bind alike stay in their order, however the last digits are rounded.
        after = community_binds(counts[rest]).round(6)
        ahead = int(rest[np.nanargmax(after)]) if np.isfinite(after).any() else -1
        cut = [
            str(name) for name, share in zip(names, part[number], strict=True) if share >= CUT_OFF and name in helpers
        ]
        rows.append(
            {
                "community": called[number], "loss": found.value,
                "loss_low": found.low, "loss_high": found.high, "cut_off": tuple(cut), "next_best": called.get(ahead),
            }
        )  # fmt: skip
    return _communities_table(rows)


def _community_draws(places: Memberships, asked: np.ndarray, seed: int) -> np.ndarray:
    """(DRAWS, communities asked for) of `community_binds` with ω ~ Exp(1) for each person."""
    cell = places.community * places.departments + places.department[places.person]
    shape = places.communities, places.departments
    drawn: list[np.ndarray] = []

    def work(_: int, omega: np.ndarray) -> None:
        for weight in omega[places.person].T:
            counts = np.bincount(cell, weight, shape[0] * shape[1]).reshape(shape)
            drawn.append(community_binds(counts, asked))

    each_batch(work, len(places.department), DRAWS, seed)
    return np.array(drawn)


def _communities_table(rows: list[dict[str, Any]]) -> pd.DataFrame:
    columns = ["community", "loss", "loss_low", "loss_high", "cut_off", "next_best"]
    return pd.DataFrame(rows, columns=columns).set_index("community")


def _spanners(model: Model, layer: Network) -> pd.DataFrame:
    """The share of the ties across that go with so many people, those first who have most of them left."""
    i, j = layer.dyads
    across = layer.membership[i] != layer.membership[j]
    i, j = i[across], j[across]
    rows = []
    if len(i) >= LEAST_TIES:
        degree = np.bincount(np.r_[i, j], minlength=len(layer))
        order = np.argsort(-degree, kind="stable")
        for step in STEPS:
            people = step * model.shown.minimum
            if people <= MOST_GONE * (degree > 0).sum():
                gone = np.zeros(len(layer), dtype=bool)
                gone[order[:people]] = True
                rows.append({"people": people, "share": float((gone[i] | gone[j]).mean())})
    return pd.DataFrame(rows, columns=["people", "share"])


def _depends(model: Model, layer: Network, connector: Connector) -> pd.DataFrame:
    """Up to how many of its people hold half of a department's ties across; of deep ties alone, and enough of them."""
    rows = {}
    if connector.evidence == "substantive":
        i, j = layer.dyads
        across = layer.membership[i] != layer.membership[j]
        degree = np.bincount(np.r_[i[across], j[across]], minlength=len(layer))
        for at in np.flatnonzero(model.helpers):
            held = np.sort(degree[layer.membership == at])[::-1]
            if held.sum() < LEAST_TIES or len(held) < SEVERAL * model.shown.minimum:
                continue
            fewest = int(np.searchsorted(np.cumsum(held), HALF * held.sum()) + 1)
            steps = [step * model.shown.minimum for step in STEPS if step * model.shown.minimum >= fewest]
            if steps and steps[0] < len(held):
                rows[str(model.names[at])] = {"people": steps[0], "of": len(held)}
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["people", "of"]).rename_axis("department")
    return table.sort_values(["people", "of"], ascending=[True, False], kind="stable")

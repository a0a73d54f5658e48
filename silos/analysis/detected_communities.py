"""Communities detected in the ties, compared with the departments."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from silos.analysis.result_protocol import Result, plain, records
from silos.inference.estimate import Estimate
from silos.measures.community_detection import Detection, agreement
from silos.measures.diversity import effective_number
from silos.network import Network
from silos.plots.drawing import Drawing
from silos.privacy.suppression import without_few

#: Agreement of communities and departments, and homogeneity of communities, from which these are "largely the
#: departments".
LARGELY = 0.5
#: Agreement from which they are partly the departments: of less, nobody would know these by the groups.
PARTLY = 0.3


@dataclass(frozen=True, eq=False)
class DetectedCommunities(Result):
    """Detected communities against departments.

    Attributes:
        table: one row per community, largest first: `community`, `people`, `departments` (effective number),
            `largest_department`, `share` of the community's people who are of it: both missing for a few people.
        shares: departments x communities, share of the department's people; NaN where it stands for somebody, but for
            fewer than may be shown. Who has no tie, or is in a small community, is in none of them.
        modularity: of the best partition.
        agreement: AMI, homogeneity and completeness with the departments, each with its spread over seeds.
    """

    title: ClassVar[str] = "Detected communities"

    table: pd.DataFrame
    shares: pd.DataFrame
    modularity: float
    agreement: dict[str, Estimate]

    def drawing(self) -> Drawing | None:
        """Departments against the communities that were detected."""
        return Drawing("communities_heatmap", {"shares": self.shares}) if self.shares.size else None

    def to_dict(self) -> dict[str, Any]:
        """Of the section `communities` of the summary: how many, how far they are the departments, each of them."""
        return {
            "count": len(self.table),
            "modularity": plain(self.modularity),
            **{name: estimate.to_dict() for name, estimate in self.agreement.items()},
            "detected": records(self.table),
        }


def compare(
    network: Network, shown: Network, rows: tuple[str, ...], minimum: int, found: Detection
) -> DetectedCommunities:
    """Detected communities (Leiden over several seeds, by ties) and how far they are the departments.

    Args:
        network: all ties, departments as they are: what the agreement is measured with.
        shown: the same, departments as shown: what the tables name.
        rows: departments that may be a row.
        minimum: communities of fewer people are not shown, nor the share of a department of which fewer are in one.
        found: the partitions.
    """
    runs = [agreement(network.membership[found.people], membership) for membership in found.memberships]
    spread = {
        key: Estimate(runs[0][key], min(run[key] for run in runs), max(run[key] for run in runs))
        for key in ("ami", "homogeneity", "completeness")
    }
    cross = pd.crosstab(
        shown.departments[shown.membership[found.people]], found.memberships[0], rownames=["department"]
    )
    cross = cross[cross.sum().sort_values(ascending=False, kind="stable").index]
    cross.columns = pd.Index(range(1, cross.shape[1] + 1), name="community")
    cross = cross.loc[:, cross.sum() >= minimum]
    mix = cross / cross.sum()
    visible = cross.loc[[name for name in cross.index if name in rows]]
    leading = visible.idxmax() if len(visible) and visible.shape[1] else pd.Series(dtype=object)
    table = pd.DataFrame(
        {
            "community": cross.columns,
            "people": cross.sum().to_numpy(),
            "departments": effective_number(cross.to_numpy().T),
            "largest_department": [leading[community] for community in cross.columns],
            "share": [mix.loc[leading[community], community] for community in cross.columns],
        }
    )
    # an empty list has no type, and pandas cannot negate it: where no community is large enough to be shown
    few = np.array([visible.loc[leading[community], community] < minimum for community in cross.columns], dtype=bool)
    table["largest_department"] = table["largest_department"].astype(object).mask(few, None)
    table["share"] = table["share"].astype(np.float64).mask(few)
    people = pd.Series(shown.sizes, index=shown.departments).loc[visible.index]
    return DetectedCommunities(
        table=table,
        shares=without_few(visible.div(people, axis=0), visible, minimum),
        modularity=found.modularities[0],
        agreement=spread,
    )

"""External people: which departments hold the ties to the outside, and which never do."""

from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from scipy.special import bdtr

from silos.analysis.leadership import proportion
from silos.analysis.result_protocol import Result, records
from silos.inference.estimate import Estimate
from silos.inference.multiple_testing import FALSE_DISCOVERY, false_discovery
from silos.measures.boundary_spanning import outside_by_department, outside_contacts
from silos.network import DEPARTMENT, Network
from silos.plots.drawing import Drawing
from silos.privacy.gate import STEP
from silos.privacy.suppression import Shown, few
from silos.ties.results import ExternalContacts

COLUMNS = (
    *("people", "people_outside", "outside_share", "outside_share_low", "outside_share_high"),
    *("outsiders", "outsiders_per_head", "p", "q", "verdict"),
)
#: Times the people that are too few to be counted, from which a department of which so few have a contact outside
#: is said to have few or none.
SEVERAL = 2
#: Of these, whole numbers.
COUNTED = ("people_outside", "outsiders")


@dataclass(frozen=True, eq=False)
class External(Result):
    """Ties to people outside of the organisation.

    Attributes:
        table: one row per department that may be shown, the most outward first: `people_outside` of its people,
            `outside_share` of them with its interval, different `outsiders` and how many a head, whether that is
            more than chance (`p`, `q`), all missing where too few people have one (`silos.privacy.suppression.few`);
            `verdict`: `outward` (more of its people than by chance), `inward` (fewer), `never` (nobody or
            so few that no count is given, whatever chance would have it), `typical` (so too where so few may be most
            of a department's people); none for small departments put together.
        share: of all people, those with an outside contact.
        outsiders: how many different ones there are.
        unknown: why nothing is said: `no_outsiders` (none in the log), `no_addresses` (the roster has neither external
            accounts in contact nor addresses to tell outsiders by); empty where something is.
        asked: of `never`, those in which more people would have one by chance (q < 0.05 if it were half a step of them,
            whoever they are): that they are named tells no more than that they are few.
    """

    title: ClassVar[str] = "Contact with the outside"

    table: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(COLUMNS)))
    share: Estimate = field(default_factory=lambda: Estimate(None))
    outsiders: int = 0
    unknown: str = "no_outsiders"
    asked: tuple[str, ...] = ()

    @property
    def never(self) -> tuple[str, ...]:
        """Departments few or none of whose people have a contact outside."""
        return tuple(str(name) for name in self.table.index[self.table["verdict"] == "never"])

    def drawing(self) -> Drawing | None:
        """The share of each department's people who deal with outsiders, against that of all people."""
        share = self.table["outside_share"].astype(np.float64)
        if not share.notna().any():
            return None
        table = pd.DataFrame(
            {
                "value": share,
                "low": self.table["outside_share_low"],
                "high": self.table["outside_share_high"],
                "null_mean": self.share.value,
            }
        )
        return Drawing("estimates", {"table": table, "title": "estimates_external", "form": "percent"})

    def to_dict(self) -> dict[str, Any]:
        """The section `external` of the summary."""
        return {
            "unknown": self.unknown,
            "outsiders": self.outsiders,
            "share": self.share.to_dict(),
            "departments": records(self.table.reset_index()),
        }


def find_outside(contacts: ExternalContacts, network: Network, shown: Shown) -> External:
    """Which departments deal with the outside.

    Args:
        contacts: as counted.
        network: departments as they are.
        shown: departments as they may be shown.
    """
    outside = contacts.table
    if outside.empty:
        return External(unknown="no_outsiders" if contacts.domains else "no_addresses")
    grouped = network.regrouped(shown.departments)
    table = outside_by_department(outside, grouped.membership, len(grouped.departments))
    table.index = pd.Index(grouped.departments, name=DEPARTMENT)
    table = table.loc[list(shown.rows)]
    judged = table.index.isin(list(shown.candidates))
    table["p"] = np.where(judged, table["p"], np.nan)
    table["q"] = false_discovery(table["p"].to_numpy(dtype=np.float64))
    has = outside_contacts(outside, len(network)) > 0
    significant = (table["q"] < FALSE_DISCOVERY).to_numpy()
    verdict = np.where(significant, np.where(table["outside_share"] > has.mean(), "outward", "inward"), "typical")
    # That it is nobody would be said of each of its people: few or none are one verdict.
    least = max(shown.minimum, STEP)
    hardly = (table["people_outside"] < least).to_numpy() & (verdict != "outward")
    # So few may be most of a small department: that they are few is not said of it.
    rare = hardly & (table["people"] >= SEVERAL * least).to_numpy()
    verdict = np.where(rare, "never", np.where(hardly, "typical", verdict)).astype(object)
    verdict[~judged] = None
    lack = np.where(rare & judged, bdtr((STEP - 1) // 2, table["people"].to_numpy(), float(has.mean())), np.nan)
    asked = tuple(str(name) for name in table.index[false_discovery(lack) < FALSE_DISCOVERY])
    table["verdict"] = verdict
    # What stands for a few is not shown, nor what tells how many they are.
    hidden = few(table["people_outside"], shown.minimum)
    for name in COLUMNS[1:-1]:
        kind = "Int64" if name in COUNTED else np.float64
        table[name] = table[name].astype(kind).mask(hidden)
    table = table.sort_values(["outside_share", "outsiders_per_head"], ascending=False, kind="stable")
    return External(table[list(COLUMNS)], proportion(has), int(outside["outsider"].nunique()), "", asked)

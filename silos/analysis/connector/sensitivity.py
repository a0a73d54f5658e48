"""Tests the connector verdict under other settings: layer, weeks, recipients, period."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import pandas as pd

from silos.analysis.connector.scores import standings
from silos.analysis.result_protocol import Result, plain, records
from silos.measures.basis import pair_totals
from silos.network import Network
from silos.plots.drawing import Drawing
from silos.privacy.suppression import Shown
from silos.tables import Ties
from silos.ties.definitions import WEEKS, Evidence
from silos.ties.layers import contacts
from silos.ties.results import Tally

#: Weeks of contact that a tie may take instead.
OTHER_WEEKS = (1, 2, 4, 6)


@dataclass(frozen=True, eq=False)
class Sensitivity(Result):
    """The first department under other settings.

    Attributes:
        table: one row per setting: `setting`, `value`, `first`, `stays` (it is the one of the verdict).
    """

    title: ClassVar[str] = "The connector under other settings"

    table: pd.DataFrame

    @property
    def share(self) -> float | None:
        """Share of the other settings in which the first stays first."""
        return float(self.table["stays"].mean()) if len(self.table) else None

    @property
    def overturned(self) -> pd.DataFrame:
        """The settings that overturn it."""
        return self.table[~self.table["stays"].astype(bool)]

    def drawing(self) -> Drawing | None:
        """Which department comes first under each setting."""
        return Drawing("settings", {"table": self.table}) if len(self.table) else None

    def to_dict(self) -> dict[str, Any]:
        """As the section `connector` of the summary has it."""
        return {"share": plain(self.share), "settings": records(self.table)}


def vary(
    tally: Tally,
    grouped: Network,
    shown: Shown,
    department: str | None,
    *,
    evidence: Evidence,
    service: Collection[str] = (),
    desks: Collection[str] = (),
) -> Sensitivity:
    """Rank the departments again under other settings, one at a time.

    Standings rest on how many ties there are between departments: no network is built for that.

    Args:
        tally: the counted log, with its variants.
        grouped: its people, departments as they may be shown.
        shown: which departments stand alone.
        department: the first under the settings asked for; without one there is nothing to overturn.
        evidence: the grade of the verdict.
        service: declared service desks.
        desks: departments that take turns as a desk does.
    """
    rows = []
    if department is not None:
        for setting, value, ties, name, weeks in _settings(tally, evidence):
            traffic, mixing = (
                pair_totals(
                    grouped.membership, len(grouped.departments), *contacts(tally, each, ties=ties, weeks=weeks)
                )
                for each in ("any", name)
            )
            table, _ = standings(
                grouped,
                traffic,
                mixing,
                evidence=evidence,
                candidates=shown.candidates,
                service=service,
                desks=desks,
            )
            contest = table.loc[table["eligible"], "score"]
            first = str(contest.idxmax()) if len(contest) else None
            rows.append({"setting": setting, "value": value, "first": first, "stays": first == department})
    # In a column of text, None would become NaN.
    return Sensitivity(pd.DataFrame(rows, columns=["setting", "value", "first", "stays"], dtype=object))


def _settings(tally: Tally, evidence: Evidence) -> Iterator[tuple[str, str, Ties, str, int]]:
    """Setting, value, the ties counted under it, the layer of them that is evidence, and the weeks that a tie takes."""
    # Substantive ties are not tried instead of others: where the verdict does not rest on them there are too few.
    layers = ("reciprocated", "two-way", "any") if tally.log.directed else ("any",)
    # Ties on which turn-taking is judged are the reciprocated ones.
    same = {evidence, "reciprocated"} if evidence == "turn-taking" else {evidence}
    for name in layers:
        if name not in same and evidence != "volume":
            yield "layer", name, tally.ties, name, WEEKS
    if evidence != "volume" and "weeks" not in tally.log.waived:
        for weeks in OTHER_WEEKS:
            if weeks != WEEKS:
                yield "weeks", str(weeks), tally.ties, evidence, weeks
    spoken = not tally.log.kinds or {"messages", "meetings"} & set(tally.log.kinds.values())
    for (setting, value), ties in tally.variants.items():
        # Only messages and meetings reach several people; where none reached as many, nothing was tried.
        if setting == "max_recipients" and (not spoken or ties.dyads.equals(tally.ties.dyads)):
            continue
        yield setting, value, ties, evidence, WEEKS

"""How the connector verdict fares when what nobody can be sure of is varied: layer, weeks, recipients, period."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import pandas as pd

from silos.connector import standings
from silos.held import WEEKS
from silos.layers import layer
from silos.network import Network
from silos.privacy import Shown
from silos.ties import Evidence, Tally

#: Weeks of contact that a tie may take instead.
OTHER_WEEKS = (1, 2, 4, 6)


@dataclass(frozen=True, eq=False)
class Stability:
    """The first department under other settings.

    Attributes:
        settings: one row a setting: `setting`, `value`, `first`, `stays` (it is the one of the verdict).
    """

    settings: pd.DataFrame

    @property
    def share(self) -> float | None:
        """Share of the other settings in which the first stays first."""
        return float(self.settings["stays"].mean()) if len(self.settings) else None

    @property
    def overturned(self) -> pd.DataFrame:
        """The settings that overturn it."""
        return self.settings[~self.settings["stays"].astype(bool)]


def stability(
    tally: Tally, shown: Shown, department: str | None, *, evidence: Evidence, service: Collection[str] = ()
) -> Stability:
    """Rank the departments again under other settings, one at a time.

    Args:
        tally: the counted log, with its variants.
        shown: departments as they may be shown.
        department: the first under the settings asked for; without one there is nothing to overturn.
        evidence: the grade of the verdict.
        service: declared service desks.
    """
    rows = []
    if department is not None:
        whole = layer(tally, "any").regrouped(shown.departments)
        for setting, value, every, ties in _settings(tally, shown, whole, evidence):
            graded: Evidence = "volume" if ties.layer == "any" else evidence
            table, _ = standings(every, ties, evidence=graded, candidates=shown.candidates, service=service)
            contest = table.loc[table["eligible"], "score"]
            first = str(contest.idxmax()) if len(contest) else None
            rows.append({"setting": setting, "value": value, "first": first, "stays": first == department})
    return Stability(pd.DataFrame(rows, columns=["setting", "value", "first", "stays"]))


def _settings(
    tally: Tally, shown: Shown, whole: Network, evidence: Evidence
) -> Iterator[tuple[str, str, Network, Network]]:
    """Setting, value, the network of all ties and that of the ties that count."""
    layers = ("substantive", "reciprocated", "two-way", "any") if tally.directed else ("substantive", "any")
    for name in layers:
        if name != evidence and (name != "substantive" or tally.evidence == "substantive") and evidence != "volume":
            yield "layer", name, whole, layer(tally, name).regrouped(shown.departments)
    if evidence != "volume" and "weeks" not in tally.waived:
        for weeks in OTHER_WEEKS:
            if weeks != WEEKS:
                yield "weeks", str(weeks), whole, layer(tally, evidence, weeks=weeks).regrouped(shown.departments)
    for (setting, value), ties in tally.variants.items():
        every = layer(tally, "any", ties=ties).regrouped(shown.departments)
        deep = every if evidence == "volume" else layer(tally, evidence, ties=ties).regrouped(shown.departments)
        yield setting, value, every, deep

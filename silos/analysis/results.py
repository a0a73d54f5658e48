"""The answers to all questions, side by side: rules, summary, figures and report read them here."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import pandas as pd

from silos.analysis.connector.evidence import CANNOT_SAY
from silos.analysis.connector.sensitivity import Sensitivity
from silos.analysis.connector.verdict import Connector
from silos.analysis.departments import Departments
from silos.analysis.detected_communities import DetectedCommunities
from silos.analysis.dialogue import Dialogue
from silos.analysis.external import External
from silos.analysis.inputs import Inputs
from silos.analysis.leadership import Leadership
from silos.analysis.organisation import Organisation
from silos.analysis.over_time.change_points import ChangePoints
from silos.analysis.over_time.events import Events
from silos.analysis.over_time.responsiveness import Responsiveness
from silos.analysis.over_time.trend import Trend
from silos.analysis.over_time.turnover import Turnover
from silos.analysis.pairs import Pairs
from silos.analysis.parameters import Parameters
from silos.analysis.tool_communities import ToolCommunities
from silos.analysis.what_would_help.help import WhatWouldHelp
from silos.plots.drawing import Drawing
from silos.privacy.gate import STEP

#: Grade of evidence -> what its ties are called in the picture.
KINDS: Mapping[str, str] = {"substantive": "substantive", "turn-taking": "two_way", "reciprocated": "two_way"}


@dataclass(frozen=True, eq=False)
class Results:
    """One attribute per question.

    Attributes:
        inputs: what was read, used and left out.
        organisation: how inward, fragmented and bound the organisation is.
        departments: which departments are silos.
        pairs: walls and bridges.
        connector: which department binds the organisation.
        sensitivity: how that fares under other settings.
        detected: communities that were detected in the ties.
        communities: communities of the tools (channels, groups); None where the log knows none.
        dialogue: who answers whom.
        leadership: whether leaders listen.
        external: who deals with the outside.
        trend: the headline measures over time.
        asked: what was asked for.
        what_would_help: whom to bring together, and what depends on whom; None in a log of groups.
        change_points: changes that nobody announced.
        events: before and after what happened.
        responsiveness: whether the network follows the chart.
        turnover: how joiners' networks widen, and what leavers take along.
    """

    inputs: Inputs
    organisation: Organisation
    departments: Departments
    pairs: Pairs
    connector: Connector
    sensitivity: Sensitivity
    detected: DetectedCommunities
    communities: ToolCommunities | None
    dialogue: Dialogue
    leadership: Leadership
    external: External
    trend: Trend
    asked: Parameters
    what_would_help: WhatWouldHelp | None = None
    change_points: ChangePoints = field(default_factory=ChangePoints)
    events: Events = field(default_factory=Events)
    responsiveness: Responsiveness = field(default_factory=Responsiveness)
    turnover: Turnover = field(default_factory=Turnover)

    def drawings(self, spoken_of: Collection[str] = ()) -> dict[str, Drawing]:
        """The figures as numbers, by name, in the order of the report; those with nothing to show are missing.

        Args:
            spoken_of: departments that the first step of the advice is about, which the picture names too.
        """
        found = {
            "department_graph": self._picture(spoken_of),
            "insularity_forest": self.departments.drawing(),
            "mixing_heatmap": self.pairs.drawing(),
            "connector_ranking": self.connector.drawing(),
            "communities_heatmap": self.detected.drawing(),
            "community_map": None if self.communities is None else self.communities.drawing(),
            "reply_matrix": self.dialogue.drawing(),
            "leadership": self.leadership.drawing(),
            "trend": self.trend.drawing(),
            "event_changes": self.events.drawing(),
            "team_change": self.responsiveness.drawing(),
        }
        return {name: drawing for name, drawing in found.items() if drawing is not None}

    def _picture(self, spoken_of: Collection[str]) -> Drawing:
        """The organisation as a picture: the departments that stand alone, and what they have with each other.

        Lines are of the ties that the connector verdict rests on; where that cannot be given, of all ties. Pairs of
        which it is not published how many they have are not joined.
        """
        table, connector, pairs = self.departments.table, self.connector, self.pairs
        standing = [name for name in table.index if name in self.departments.candidates]
        contact = pairs.affinity.loc[standing, standing]
        evident = not connector.affinity.empty and connector.verdict != CANNOT_SAY
        told = contact if pairs.ties is None else contact.where(pairs.ties.loc[standing, standing].notna())
        numbers = {
            # Of a headcount that is kept back it is known that it is below a step: its disc is small, and it has one.
            "departments": table.loc[standing, ["people", "verdict"]].assign(
                people=table.loc[standing, "people"].fillna(STEP // 2),
                desk=[name in connector.aside for name in standing],
            ),
            "affinity": connector.affinity.loc[standing, standing] if evident else told,
            "contact": contact,
            "ties": KINDS.get(connector.evidence, "any") if evident else "any",
            "connector": connector.department if connector.verdict == "clear" else None,
            "walls": _named(pairs.walls, standing),
            "bridges": _named(pairs.bridges, standing),
            "spoken_of": [name for name in (connector.department, *spoken_of) if name in standing],
            "seed": self.asked.seed,
        }
        return Drawing("department_graph", numbers)


def _named(pairs: pd.DataFrame, standing: list[str]) -> list[tuple[str, str]]:
    """The pairs of departments that stand alone, by name."""
    both = pairs[pairs["a"].isin(standing) & pairs["b"].isin(standing)]
    return list(zip(both["a"], both["b"], strict=True))

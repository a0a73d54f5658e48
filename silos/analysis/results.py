"""The answers to all questions, side by side: rules, summary, figures and report read them here."""

from dataclasses import dataclass, field

import pandas as pd

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

    def drawings(self) -> dict[str, Drawing]:
        """The figures as numbers, by name, in the order of the report; those with nothing to show are missing."""
        found = {
            "department_graph": self._picture(),
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

    def _picture(self) -> Drawing:
        """The organisation as a picture: the departments that stand alone, by the ties that the verdict rests on."""
        table, connector = self.departments.table, self.connector
        standing = [name for name in table.index if name in self.departments.candidates]
        affinity = self.pairs.affinity if connector.affinity.empty else connector.affinity
        numbers = {
            # Of a headcount that is kept back it is known that it is below a step: its disc is small, and it has one.
            "departments": table.loc[standing, ["people", "verdict"]].assign(
                people=table.loc[standing, "people"].fillna(STEP // 2),
                desk=[name in connector.aside for name in standing],
            ),
            "affinity": affinity.loc[standing, standing],
            "connector": connector.department if connector.verdict == "clear" else None,
            "walls": _named(self.pairs.walls, standing),
            "bridges": _named(self.pairs.bridges, standing),
            "seed": self.asked.seed,
        }
        return Drawing("department_graph", numbers)


def _named(pairs: pd.DataFrame, standing: list[str]) -> list[tuple[str, str]]:
    """The pairs of departments that stand alone, by name."""
    both = pairs[pairs["a"].isin(standing) & pairs["b"].isin(standing)]
    return list(zip(both["a"], both["b"], strict=True))

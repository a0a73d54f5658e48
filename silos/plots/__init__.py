"""One function a plot: numbers in, matplotlib axes out. Nothing is estimated here.

Every plot takes `ax=` to draw into a figure of yours and `language=`; without `ax` it makes a figure that is as large
as its text needs, through matplotlib's objects and not through pyplot. `save` writes SVG and PNG that never differ.
"""

from silos.plots.canvas import save
from silos.plots.community import community_map
from silos.plots.dialogue import leadership, reply_matrix
from silos.plots.graph import department_graph
from silos.plots.heatmaps import communities_heatmap, mixing_heatmap
from silos.plots.intervals import connector_ranking, insularity_forest, trend

__all__ = [
    "communities_heatmap",
    "community_map",
    "connector_ranking",
    "department_graph",
    "insularity_forest",
    "leadership",
    "mixing_heatmap",
    "reply_matrix",
    "save",
    "trend",
]

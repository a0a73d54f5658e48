"""One function per plot: it takes numbers and returns matplotlib axes. Nothing is estimated here.

Every plot takes `ax=` to draw into a figure of yours and `language=`; without `ax` it makes a figure that is as large
as its text needs, through matplotlib's objects and not through pyplot. `save` writes SVG and PNG that never differ.
matplotlib is loaded when the first plot is used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from silos.plots.canvas import save
    from silos.plots.community import community_map
    from silos.plots.dialogue import leadership, reply_matrix
    from silos.plots.dots import estimates, event_changes, settings
    from silos.plots.graph import department_graph
    from silos.plots.heatmaps import communities_heatmap, mixing_heatmap
    from silos.plots.intervals import connector_ranking, insularity_forest, trend
    from silos.plots.moves import team_change
    from silos.plots.slopes import department_slopes

_HOME = {
    "communities_heatmap": "heatmaps",
    "community_map": "community",
    "connector_ranking": "intervals",
    "department_graph": "graph",
    "department_slopes": "slopes",
    "estimates": "dots",
    "event_changes": "dots",
    "insularity_forest": "intervals",
    "leadership": "dialogue",
    "mixing_heatmap": "heatmaps",
    "reply_matrix": "dialogue",
    "save": "canvas",
    "settings": "dots",
    "team_change": "moves",
    "trend": "intervals",
}

__all__ = [
    "communities_heatmap",
    "community_map",
    "connector_ranking",
    "department_graph",
    "department_slopes",
    "estimates",
    "event_changes",
    "insularity_forest",
    "leadership",
    "mixing_heatmap",
    "reply_matrix",
    "save",
    "settings",
    "team_change",
    "trend",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'silos.plots' has no attribute {name!r}")
    return getattr(import_module(f"silos.plots.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return list(__all__)

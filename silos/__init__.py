"""silos: find the walls inside an organisation, and the department that can take them down.

Everything here is loaded when it is first used, so that `silos --help` answers at once; editors and type checkers
see the imports under `TYPE_CHECKING`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from silos import measures, plots, simulate
    from silos.analysis.comparison.result import Comparison
    from silos.analysis.connector.verdict import Connector
    from silos.analysis.dialogue import dialogue
    from silos.analysis.findings.finding import Finding
    from silos.analysis.group_level import GroupAnalysis
    from silos.analysis.join_limits import JoinLimits
    from silos.analysis.pipeline import analyze
    from silos.analysis.result import Analysis
    from silos.errors import SilosError
    from silos.inference.estimate import Estimate
    from silos.network import Network
    from silos.readers import read_interactions
    from silos.readers.roster import read_roster
    from silos.store.erasure import Forgotten, forget, rekey
    from silos.store.ingest import Ingested, ingest
    from silos.tables import Interactions, Roster

    __version__: str

_HOME = {
    "Analysis": "silos.analysis.result",
    "Comparison": "silos.analysis.comparison.result",
    "Connector": "silos.analysis.connector.verdict",
    "Estimate": "silos.inference.estimate",
    "Finding": "silos.analysis.findings.finding",
    "Forgotten": "silos.store.erasure",
    "GroupAnalysis": "silos.analysis.group_level",
    "Ingested": "silos.store.ingest",
    "Interactions": "silos.tables",
    "JoinLimits": "silos.analysis.join_limits",
    "Network": "silos.network",
    "Roster": "silos.tables",
    "SilosError": "silos.errors",
    "analyze": "silos.analysis.pipeline",
    "dialogue": "silos.analysis.dialogue",
    "forget": "silos.store.erasure",
    "ingest": "silos.store.ingest",
    "read_interactions": "silos.readers",
    "read_roster": "silos.readers.roster",
    "rekey": "silos.store.erasure",
}
_MODULES = ("measures", "plots", "simulate")

__all__ = [
    "Analysis",
    "Comparison",
    "Connector",
    "Estimate",
    "Finding",
    "Forgotten",
    "GroupAnalysis",
    "Ingested",
    "Interactions",
    "JoinLimits",
    "Network",
    "Roster",
    "SilosError",
    "analyze",
    "dialogue",
    "forget",
    "ingest",
    "measures",
    "plots",
    "read_interactions",
    "read_roster",
    "rekey",
    "simulate",
]

# A type checker that saw it would take every name for one of ours.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        if name in _HOME:
            return getattr(import_module(_HOME[name]), name)
        if name in _MODULES:
            return import_module(f"silos.{name}")
        if name == "__version__":
            from silos.system.distribution import version

            return version()
        raise AttributeError(f"module 'silos' has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]

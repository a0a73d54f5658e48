"""The headline measures worked out from classes of the counts between departments: what is published of them.

Worked out from the counts themselves and rounded to two digits, an index leaves single numbers of ties between two
departments open (`tests/privacy/test_attacks_on_figures.py`), in a window of time as over the whole log.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from silos.measures.basis import department_totals
from silos.measures.insularity import insularities
from silos.network import Network
from silos.privacy.cells import middles
from silos.privacy.gate import Gate

#: Columns of a table of changes that are worked out from classes.
WORKED_OUT = ("value", "before", "after", "traffic")
#: What their names begin with in a row of such a table.
TOLD = "told_"


@dataclass(frozen=True, eq=False)
class Classes:
    """Counts between departments as they may be shown, each as the middle of its class.

    Attributes:
        ties: (K, K) symmetric, those inside twice.
        volumes: (K, K) from rows to columns; symmetric, those inside once, where senders are unknown.
        apart: ties and volume that departments which are put together have among them.
        directed: whether senders are known.
    """

    ties: np.ndarray
    volumes: np.ndarray
    apart: tuple[float, float]
    directed: bool

    @classmethod
    def of(cls, network: Network, grouped: Network, ties: tuple[np.ndarray, np.ndarray]) -> "Classes":
        """Those of a network.

        Args:
            network, grouped: with departments as they are, and as they may be shown.
            ties: of either, (K, K) symmetric, those inside twice.
        """
        gate, merged = Gate(), len(network.departments) > len(grouped.departments)
        counts = [_inside_once(cells) for cells in ties]
        volumes = [department_totals(one, one.adjacency) for one in (network, grouped)]
        if not network.directed:
            volumes = [_inside_once(cells) for cells in volumes]

        def apart(whole: np.ndarray, shown: np.ndarray, *, twice: bool) -> float:
            across = [(cells.sum() - np.trace(cells)) / (2 if twice else 1) for cells in (whole, shown)]
            return float(gate.middle(max(across[0] - across[1], 0.0))) if merged else 0.0

        told = middles(counts[1], gate)
        np.fill_diagonal(told, 2 * np.diagonal(told))
        return cls(
            ties=told,
            volumes=middles(volumes[1], gate),
            apart=(apart(*counts, twice=True), apart(*volumes, twice=not network.directed)),
            directed=network.directed,
        )

    @property
    def total_ties(self) -> float:
        """All ties."""
        return float(self.ties.sum() / 2)

    def overall(self, exact: Mapping[str, float]) -> dict[str, float]:
        """Those of the organisation: shares of ties and volume by the cells, others no finer than a step of ties.

        Args:
            exact: by measure.
        """
        gate, ties, volume = Gate(), self.total_ties, self.volumes
        whole = float(volume.sum() if self.directed else (volume.sum() + np.trace(volume)) / 2)
        by_volume = _index(float(np.trace(volume)), self.apart[1], whole)
        known = {
            "ei_index": _index(float(np.trace(self.ties)) / 2, self.apart[0], ties),
            "cross_department_share": (1 + by_volume) / 2,
        }
        return {
            name: known[name] if name in known else float(gate.share(value, of=ties)) for name, value in exact.items()
        }

    def insularities(self, within: np.ndarray, sizes: np.ndarray) -> np.ndarray:
        """The insularity of each department, (K,).

        Args:
            within, sizes: (K,) ordered pairs of people inside, and people.
        """
        return insularities(self.ties, within, sizes)


def ties_by_class(grouped: Network) -> float:
    """All ties of a network whose departments are as they may be shown, worked out from classes of its cells."""
    told = middles(_inside_once(department_totals(grouped, grouped.contacts)), Gate())
    return float((told.sum() + np.trace(told)) / 2)


def told_of(rows: Sequence[Mapping[str, object]]) -> pd.DataFrame:
    """What rows of a table of changes hold that is worked out from classes: columns of `WORKED_OUT`."""
    found = {name: [row.get(TOLD + name) for row in rows] for name in WORKED_OUT}
    return pd.DataFrame(found, dtype=np.float64)


def _inside_once(cells: np.ndarray) -> np.ndarray:
    """Symmetric cells with what is inside counted once."""
    return cells - np.diag(np.diagonal(cells) / 2)


def _index(inside: float, apart: float, total: float) -> float:
    """The E-I index; what departments have among them that are put together is across."""
    return 2 * (total - inside + apart) / total - 1 if total > 0 else float("nan")

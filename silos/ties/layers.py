"""Layers of ties: from what was counted to the networks that measures look at."""

import numpy as np
import pandas as pd
from scipy import sparse

from silos.errors import SilosError
from silos.network import Network
from silos.tables import Ties
from silos.ties.count import Tally
from silos.ties.results import WEEKS

#: Share of the conversations of two persons that must be deep for their tie to be substantive.
DEEP_SHARE = 0.3


def layer(tally: Tally, name: str, *, ties: Ties | None = None, weeks: int = WEEKS) -> Network:
    """The network of one layer of ties.

    Args:
        tally: the counted log.
        name: `any` (in contact in either direction), `two-way` (both wrote to the other, or they met), `substantive`,
            `turn-taking` and `reciprocated` (two-way, in at least 3 weeks), `volume` (the same as `any`): the last four
            are the grades of evidence.
        ties: those of a variant; the whole period's unless given.
        weeks: in how many distinct weeks two persons must have been in contact.
    """
    counted = tally.ties if ties is None else ties
    mask = _mask(counted.dyads, name, _required(tally, weeks))
    return network(counted, tally.people, mask=mask, directed=tally.directed, name=name)


def contacts(tally: Tally, name: str, *, ties: Ties | None = None, weeks: int = WEEKS) -> tuple[np.ndarray, np.ndarray]:
    """Who is in contact in one layer of ties: `dyads` of its network, which is not built for that.

    Args:
        tally, name, ties, weeks: as `layer`.
    """
    dyads = (tally.ties if ties is None else ties).dyads
    a, b = dyads["a"].to_numpy(), dyads["b"].to_numpy()
    mask = _mask(dyads, name, _required(tally, weeks))
    return (a, b) if mask is None else (a[mask], b[mask])


def _required(tally: Tally, weeks: int) -> int:
    """The weeks that a tie takes, of a log that may not know them."""
    return 1 if "weeks" in tally.waived else weeks


def _mask(dyads: pd.DataFrame, name: str, weeks: int) -> np.ndarray | None:
    if name in ("any", "volume"):
        return None
    two_way = (dyads["sent_a"] > 0) & (dyads["sent_b"] > 0)
    lasting = dyads["weeks"] >= weeks
    if name == "two-way":
        return np.asarray(two_way)
    if name in ("turn-taking", "reciprocated"):
        return np.asarray(two_way & lasting)
    if name == "substantive":
        met = dyads["small_meetings"]
        deep = dyads["deep_a"] + dyads["deep_b"] + met
        both = ((dyads["deep_a"] > 0) & (dyads["deep_b"] > 0)) | (met > 0)
        return np.asarray(both & (deep >= DEEP_SHARE * (dyads["conversations"] + met)) & lasting)
    raise SilosError(f"the layers are any, two-way, substantive, turn-taking, reciprocated and volume, not {name!r}.")


def network(
    ties: Ties, people: pd.DataFrame, *, mask: np.ndarray | None = None, directed: bool = True, name: str = "any"
) -> Network:
    """The network of counted ties, of those dyads alone where `mask` is true.

    Weights are volumes: each event shared out over those it reached. Where there are several media each is scaled to
    the same total first, so that chat does not drown mail; the grand total stays what it was.
    """
    count = len(people)
    arcs = ties.arcs
    volume = arcs["volume"].to_numpy()
    medium = arcs["medium"].cat.codes.to_numpy()
    totals = np.bincount(medium, weights=volume)
    present = totals > 0
    scale = np.divide(totals.sum() / max(present.sum(), 1), totals, out=np.zeros_like(totals), where=present)
    matrix = sparse.csr_array(
        (volume * scale[medium] if present.sum() > 1 else volume, (arcs["sender"], arcs["recipient"])),
        shape=(count, count),
    )
    if not directed:
        matrix = sparse.csr_array(matrix + matrix.T)
    if mask is not None:
        a, b = ties.dyads["a"].to_numpy()[mask], ties.dyads["b"].to_numpy()[mask]
        kept = sparse.csr_array(
            (np.ones(2 * len(a)), (np.concatenate([a, b]), np.concatenate([b, a]))), shape=(count, count)
        )
        matrix = sparse.csr_array(matrix.multiply(kept))
    return Network(people, matrix, directed=directed, layer=name)

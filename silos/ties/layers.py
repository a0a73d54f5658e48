"""Layers of ties: turns the counts into the networks that measures use."""

import numpy as np
import pandas as pd
from scipy import sparse

from silos.network import Network
from silos.tables import Ties
from silos.ties.definitions import WEEKS, in_layer, required_weeks
from silos.ties.people import labelled
from silos.ties.results import Tally


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
    mask = in_layer(counted.dyads, name, weeks=required_weeks(tally.log.waived, weeks))
    return network(counted, tally.people, mask=mask, directed=tally.log.directed, name=name)


def contacts(tally: Tally, name: str, *, ties: Ties | None = None, weeks: int = WEEKS) -> tuple[np.ndarray, np.ndarray]:
    """Who is in contact in one layer of ties: `dyads` of its network, which is not built for that.

    Args:
        tally, name, ties, weeks: as `layer`.
    """
    dyads = (tally.ties if ties is None else ties).dyads
    a, b = dyads["a"].to_numpy(), dyads["b"].to_numpy()
    mask = in_layer(dyads, name, weeks=required_weeks(tally.log.waived, weeks))
    return (a, b) if mask is None else (a[mask], b[mask])


def network(
    ties: Ties, people: pd.DataFrame, *, mask: np.ndarray | None = None, directed: bool = True, name: str = "any"
) -> Network:
    """The network of counted ties, of those dyads alone where `mask` is true.

    Weights are volumes: each event shared out over those it reached. Where there are several media each is scaled to
    the same total first, so that chat does not drown mail; the grand total stays what it was.

    Args:
        ties: between positions in `people`.
        people: as in `Tally`. The network's index is made of the persons' ids; see `silos.ties.people.labelled`.
        mask: by dyad.
        directed: whether senders are known.
        name: of the layer.
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
    return Network(labelled(people), matrix, directed=directed, layer=name)

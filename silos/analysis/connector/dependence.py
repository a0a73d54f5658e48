"""The connector verdict, and what it would be without the one account that holds most of the first's ties."""

from dataclasses import replace

import numpy as np

from silos.analysis.connector.evidence import Candidacy
from silos.analysis.connector.spanners import busiest_member, without_people
from silos.analysis.connector.verdict import Connector, find_connector
from silos.inference.bootstrap import Replicates, resample
from silos.network import Network


def find_with_and_without(
    every: Network, layer: Network, replicates: Replicates, candidacy: Candidacy, *, seed: int = 0
) -> Connector:
    """The connector department; with `without_one` where in effect few of its members hold its ties.

    Args:
        every, layer, replicates, candidacy, seed: as `silos.analysis.connector.verdict.find_connector`.
    """
    found = find_connector(every, layer, replicates, candidacy, seed=seed)
    if found.department is None or not found.resting_on_few:
        return found
    gone = busiest_member(layer, found.department)
    others, bare = without_people(every, gone), without_people(layer, gone)
    i, j = others.dyads
    mixing = {bare.layer: np.asarray(bare.contacts[i, j]).ravel()}
    redrawn = resample(others, mixing, replicates=len(replicates.sizes), seed=seed)
    return replace(found, without_one=find_connector(others, bare, redrawn, candidacy, seed=seed))

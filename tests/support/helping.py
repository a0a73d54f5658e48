"""What would help five departments of which one has few ties to the others, as an analysis finds it."""

from functools import cache

import numpy as np
import pandas as pd

from silos.analysis.connector.evidence import Candidacy
from silos.analysis.connector.verdict import find_connector
from silos.analysis.organisation import ANY
from silos.analysis.what_would_help.help import WhatWouldHelp, find_help
from silos.analysis.what_would_help.what_if import Model
from silos.inference.bootstrap import resample
from silos.network import Network
from silos.privacy.suppression import merge_small
from silos.tables import Ties
from silos.ties.results import LogFacts, Tally
from tests.support.networks import company

#: People of each department.
PEOPLE = 30


@cache
def helped(names: tuple[str, ...], silo: str, wall: tuple[str, str] | None = None, desk: str = "") -> WhatWouldHelp:
    """Departments with 40 ties each, but for a silo with 5 to each (10 and 15 to the last two), and a wall with 6.

    Args:
        names: of the departments.
        silo: one of them.
        wall: two of the others.
        desk: a service desk.
    """
    ties = np.full((len(names), len(names)), 40)
    at = names.index(silo)
    ties[at] = ties[:, at] = 5
    ties[at, -1] = ties[-1, at] = 15
    ties[at, -2] = ties[-2, at] = 10
    if wall:
        a, b = sorted(map(names.index, wall))
        ties[a, b] = 6
    network = company(ties, np.full(len(names), PEOPLE))
    labels = np.repeat(names, PEOPLE)
    network = network.regrouped(pd.Series(labels, network.people.index))
    replicates = resample(network, {ANY: None}, replicates=60, seed=1)
    shown = merge_small(network.people["department"], 5)
    model = Model.of(network, replicates, shown, layers={}, desks=[desk], weeks=None, seed=1)
    connector = find_connector(
        network, network, replicates, Candidacy(evidence="volume", candidates=shown.candidates, service=[desk])
    )
    walls = pd.DataFrame([{"a": a, "b": b, "ties": 6.0, "expected_ties": 60.0} for a, b in ([wall] if wall else [])])
    return find_help(model, no_log(network), network, connector, replicates, silos=[silo], walls=walls)


def no_log(network: Network) -> Tally:
    """The people of a network, without meetings and communities."""
    empty = pd.DataFrame({name: np.zeros(0, dtype=np.int64) for name in ("a", "b", "meetings")})
    return Tally(LogFacts(0, 0, {}, None, None, {}), network.people, Ties(empty, empty))

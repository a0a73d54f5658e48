"""How long the loops over ties take: the person bootstrap of departments, waits for answers, triangles.

    python benchmarks/bootstrap.py [--people 100000] [--ties 2000000] [--replicates 500]

Prints CPU seconds of each, and the peak memory of the process so far. docs/dependencies.md quotes the figures.
"""

import argparse
import resource
import time
from collections.abc import Callable

import numpy as np
import pandas as pd
from measures import company

from silos.analysis.answerers import Grouping
from silos.analysis.response_times import resampled
from silos.inference.bootstrap import affordable, resample
from silos.measures.triangles import OrientedTies
from silos.network import Network

#: People of a department: some hundred departments, as a large company has.
DEPARTMENT = 500


def staffed(people: int, ties: int) -> Network:
    """A company with large departments."""
    network = company(people, ties, directed=True)
    return network.regrouped(pd.Series(np.arange(people) // DEPARTMENT, index=network.people.index))


def waits_of(network: Network, seed: int = 0) -> tuple[pd.DataFrame, dict[str, Grouping]]:
    """One wait per tie, grouped as a whole, by department and by pair of departments."""
    rng = np.random.default_rng(seed)
    i, j = network.dyads
    seconds = np.minimum(rng.lognormal(8, 2, len(i)), 604_800).astype(np.int64)
    answered = ((rng.random(len(i)) < 0.7) & (seconds < 604_800)).astype(np.int8)
    waits = pd.DataFrame({"sender": i, "recipient": j, "seconds": seconds, "answered": answered, "waits": 1})
    one, other, count = network.membership[i], network.membership[j], len(network.departments)
    pair = np.minimum(one, other) * count + np.maximum(one, other)
    return waits, {
        "all": Grouping(np.zeros(len(i), dtype=np.intp), 1),
        "department": Grouping(other, count),
        "pair": Grouping(np.where(one != other, pair, -1), count**2),
    }


def timed(name: str, work: Callable[[], object]) -> None:
    """Do the work, and say what it took."""
    start = time.process_time()
    work()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{name:<42}{time.process_time() - start:8.1f} CPU s{peak:8,} MB", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--ties", type=int, default=2_000_000)
    parser.add_argument("--replicates", type=int, default=500)
    options = parser.parse_args()
    network = staffed(options.people, options.ties)
    rng = np.random.default_rng(1)
    layers = {
        "any": None,
        "traffic": network.dyad_volumes,
        "deep": (rng.random(network.ties) < 0.3).astype(np.float64),
        "returned": np.minimum(*network.dyad_arcs),
    }
    replicates = options.replicates
    timed(f"mixing of 4 layers, {replicates} replicates", lambda: resample(network, layers, replicates=replicates))
    timed(f"gravity, {replicates} replicates", lambda: resample(network, {}, replicates=replicates, gravity=True))
    waits, groupings = waits_of(network)
    fewer = affordable(replicates, len(waits))
    timed(f"waits, {fewer} replicates", lambda: resampled(waits, groupings, len(network), replicates=fewer))
    timed("triangles", lambda: sum(len(chunk[0]) for chunk in OrientedTies.of(network.combined).triangles()))


if __name__ == "__main__":
    main()

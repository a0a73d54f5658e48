"""How fast the measures are, against igraph and networkx, on the same network in the same run.

    python benchmarks/measures.py [--people 100000] [--ties 2000000] [--directed] [-o docs/data/measures_benchmark.json]

Prints, for a company of departments with dense insides, seconds and peak memory of constraint, effective size and
brokerage roles, the ratio to igraph's `Graph.constraint()`, and on a small network that to networkx. Each runs in a
process of its own, so that its peak memory is its own (the making of the network included). With `-o` the figures are
also written as JSON, from which `docs/make_measures.py` makes the table of docs/measures.md.
"""

import argparse
import json
import multiprocessing
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import igraph
import networkx as nx
import numpy as np
import pandas as pd
from machine import machine
from scipy import sparse

from silos.measures.brokerage import brokerage_roles
from silos.measures.structural_holes import constraint, effective_size
from silos.network import Network

#: People of a department, and the share of ties that stay within it.
DEPARTMENT = 50
WITHIN = 0.75
#: networkx is timed on networks of this size.
SMALL = (300, 2_000)


def company(people: int, ties: int, *, directed: bool = False, seed: int = 0) -> Network:
    """Departments of 50 with three quarters of the ties inside, people of uneven (lognormal) activity."""
    rng = np.random.default_rng(seed)
    activity = rng.lognormal(0, 0.7, people)
    keys = np.empty(0, dtype=np.int64)
    while len(keys) < ties:
        drawn = 2 * (ties - len(keys)) + 1_000
        one = rng.choice(people, drawn, p=activity / activity.sum())
        inside = one - one % DEPARTMENT + rng.integers(0, DEPARTMENT, drawn)
        other = np.where(rng.random(drawn) < WITHIN, np.minimum(inside, people - 1), rng.integers(0, people, drawn))
        low, high = np.minimum(one, other), np.maximum(one, other)
        keys = np.unique(np.concatenate([keys, (low * people + high)[low != high]]))
    keys = rng.permutation(keys)[:ties]
    tail, head = keys // people, keys % people
    # a directed company returns two ties in three
    there = np.ones(ties, dtype=bool)
    back = rng.random(ties) < 2 / 3 if directed else there
    rows, columns = np.concatenate([tail[there], head[back]]), np.concatenate([head[there], tail[back]])
    matrix = sparse.csr_array((np.ones(len(rows)), (rows, columns)), shape=(people, people))
    departments = pd.DataFrame({"department": np.arange(people) // DEPARTMENT})
    return Network(departments, matrix, directed=directed)


def as_igraph(network: Network) -> igraph.Graph:
    one, other = network.dyads
    return igraph.Graph(n=len(network), edges=np.column_stack([one, other]))


def as_networkx(network: Network) -> Any:
    return nx.from_scipy_sparse_array(network.contacts)


def same(network: Network) -> Network:
    return network


def all_three(network: Network) -> None:
    for measure in (constraint, effective_size, brokerage_roles):
        measure(network)


def igraph_constraint(graph: igraph.Graph) -> list[float]:
    return graph.constraint()


def networkx_effective_size(graph: Any) -> dict[Any, float]:
    return nx.effective_size(graph, nodes=list(graph))


def _measured(
    prepare: Callable[[Network], Any],
    function: Callable[[Any], Any],
    size: dict[str, Any],
    answer: Any,
) -> None:
    subject = prepare(company(**size))
    started = time.perf_counter()
    function(subject)
    seconds = time.perf_counter() - started
    # kilobytes on Linux, bytes on macOS
    unit = 2**30 if sys.platform == "darwin" else 2**20
    answer.put((seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit))


def measured(prepare: Callable[[Network], Any], function: Callable[[Any], Any], **size: Any) -> tuple[float, float]:
    """Seconds of `function`, and peak memory in GiB of a process that makes the network and runs it."""
    context = multiprocessing.get_context("spawn")
    answer = context.SimpleQueue()
    process = context.Process(target=_measured, args=(prepare, function, size, answer))
    process.start()
    result: tuple[float, float] = answer.get()
    process.join()
    return result


def large(size: dict[str, Any]) -> list[dict[str, Any]]:
    """Ours against igraph's constraint."""
    seconds, memory = measured(as_igraph, igraph_constraint, **size)
    rows = [{"function": "igraph constraint", "seconds": seconds, "memory": memory, "ratio": 1.0}]
    for function in (constraint, effective_size, brokerage_roles, all_three):
        taken, memory = measured(same, function, **size)
        rows.append({"function": function.__name__, "seconds": taken, "memory": memory, "ratio": taken / seconds})
    return rows


def small(size: dict[str, Any]) -> list[dict[str, Any]]:
    """Ours against networkx."""
    rows = []
    for ours, theirs in ((constraint, nx.constraint), (effective_size, networkx_effective_size)):
        taken, _ = measured(same, ours, **size)
        seconds, _ = measured(as_networkx, theirs, **size)
        rows.append(
            {"function": ours.__name__, "seconds": taken, "networkx_seconds": seconds, "ratio": taken / seconds}
        )
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--ties", type=int, default=2_000_000)
    parser.add_argument("--directed", action="store_true")
    parser.add_argument("-o", "--output", type=Path, help="also write the figures as JSON")
    options = parser.parse_args()

    kind = "directed" if options.directed else "undirected"
    size = {"people": options.people, "ties": options.ties, "directed": options.directed}
    print(f"{options.people:,} people, {options.ties:,} ties, {kind}")
    against_igraph = large(size)
    for row in against_igraph:
        print(
            f"{row['function']:34} {row['seconds']:8.2f} s {row['memory']:6.2f} GiB "
            f"{row['ratio']:8.3f} x igraph constraint"
        )

    few = {"people": SMALL[0], "ties": SMALL[1]}
    print(f"\n{few['people']:,} people, {few['ties']:,} ties, undirected")
    against_networkx = small(few)
    for row in against_networkx:
        print(
            f"{row['function']:34} {row['seconds']:8.4f} s {'networkx':>12} {row['networkx_seconds']:8.2f} s "
            f"{row['ratio']:8.4f} x networkx"
        )

    if options.output:
        found = {
            "machine": machine("igraph", "networkx", "numpy", "scipy"),
            "large": {**size, "rows": against_igraph},
            "small": {**few, "directed": False, "rows": against_networkx},
        }
        options.output.parent.mkdir(parents=True, exist_ok=True)
        options.output.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

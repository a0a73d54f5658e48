"""What `benchmarks/speed.py` holds against one another, each in a process of its own.

    python benchmarks/contestants.py NAME LOG ROSTER GRAPH

Prints one line of JSON: `seconds` of the work itself, without the start of Python and the loading of libraries, and
what else there is to tell. Every contestant imports what it needs within itself, so that none pays for another; `viva`
runs in an environment of its own.
"""

import json
import os
import resource
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

START = time.perf_counter()
#: Two cores for everybody.
THREADS = 2


def sql(log: str, roster: str, _graph: str) -> dict[str, Any]:
    """The bare query, by hand: read the log and the roster, look up both ids, group by pair."""
    import duckdb

    started = time.perf_counter()
    connection = duckdb.connect(config={"threads": THREADS})
    connection.execute(
        f"""
        create table pairs as
        with people as (select person, row_number() over () as code from '{roster}')
        select a.code as sender, b.code as recipient, count(*) as messages
        from '{_files(log)}' log
        join people a on log.sender = a.person
        join people b on log.recipient = b.person
        group by all
        """
    )
    [(pairs,)] = connection.execute("select count(*) from pairs").fetchall()
    return {"seconds": time.perf_counter() - started, "pairs": pairs}


def imports(_log: str, _roster: str, _graph: str) -> dict[str, Any]:
    """What no analysis goes without: the libraries."""
    started = time.perf_counter()
    import duckdb  # noqa: F401
    import igraph  # noqa: F401
    import networkx  # noqa: F401
    import pandas  # noqa: F401
    import scipy.sparse
    import scipy.stats  # noqa: F401

    return {"seconds": time.perf_counter() - started}


def again(log: str, roster: str, _graph: str) -> dict[str, Any]:
    """The second analysis of a notebook."""
    import silos

    interactions, staff = silos.read_interactions(log), silos.read_roster(roster)
    silos.analyze(interactions, staff)
    started = time.perf_counter()
    silos.analyze(interactions, staff)
    return {"seconds": time.perf_counter() - started}


def polars(log: str, _roster: str, _graph: str) -> dict[str, Any]:
    """Read and grouped with polars, streamed."""
    os.environ["POLARS_MAX_THREADS"] = str(THREADS)
    import polars as pl

    started = time.perf_counter()
    files = _files(log)
    rows = pl.scan_parquet(files) if files.endswith(".parquet") else pl.scan_csv(files)
    pairs = rows.group_by("sender", "recipient").agg(pl.len().alias("messages")).collect(engine="streaming")
    return {"seconds": time.perf_counter() - started, "pairs": len(pairs)}


def ties(log: str, roster: str, _graph: str) -> dict[str, Any]:
    """The tie stage alone: everything that a tie is made of, weeks and conversations included."""
    import silos
    from silos.ties.count import tally

    interactions, staff = silos.read_interactions(log), silos.read_roster(roster)
    started = time.perf_counter()
    counted = tally(interactions, staff)
    return {"seconds": time.perf_counter() - started, "ties": len(counted.ties.dyads)}


def leiden(_log: str, _roster: str, graph: str) -> dict[str, Any]:
    """igraph's Leiden, one run, on the graph of the ties."""
    import igraph
    import numpy as np

    with np.load(graph) as kept:
        network = igraph.Graph(n=len(kept["department"]), edges=np.column_stack([kept["i"], kept["j"]]))
    started = time.perf_counter()
    found = network.community_leiden(objective_function="modularity", n_iterations=2)
    return {"seconds": time.perf_counter() - started, "communities": len(found)}


def viva(_log: str, _roster: str, graph: str) -> dict[str, Any]:
    """vivainsights: the table of people by communities and centrality, from ties that are counted already.

    The layout is the fastest there is, as the table needs none.
    """
    import warnings
    from importlib.metadata import version

    import numpy as np
    import pandas as pd

    warnings.simplefilter("ignore")
    from vivainsights.network_p2p import network_p2p

    with np.load(graph) as kept:
        i, j, department = kept["i"], kept["j"], kept["department"]
    query = pd.DataFrame(
        {
            "PrimaryCollaborator_PersonId": i.astype(str),
            "SecondaryCollaborator_PersonId": j.astype(str),
            "PrimaryCollaborator_Organization": department[i].astype(str),
            "SecondaryCollaborator_Organization": department[j].astype(str),
        }
    )
    started = time.perf_counter()
    table = network_p2p(query, return_type="table", community="leiden", centrality="betweenness", layout="random")
    return {"seconds": time.perf_counter() - started, "people": len(table), "version": version("vivainsights")}


class Stages:
    """What each stage took: told the name of each as it starts.

    Seconds on the clock and of all cores; peak memory within the stage where Linux can reset it, else up to its end;
    bytes that went to and came from the disk, not from what the system kept in memory of it.
    """

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []
        self.name = "start, libraries, roster"
        self.since = START
        self.cpu, self.read, self.written = 0.0, 0, 0

    def __call__(self, name: str, *_: Any) -> None:
        """A stage ends, the next begins."""
        now, cpu, (read, written) = time.perf_counter(), time.process_time(), _disk()
        taken = {
            "seconds": now - self.since,
            "cpu": cpu - self.cpu,
            "memory": _peak(),
            "read": read - self.read,
            "written": written - self.written,
        }
        same = [row for row in self.rows if row["stage"] == self.name]
        if same:
            [row] = same
            row |= {key: row[key] + value for key, value in taken.items() if key != "memory"}
            row["memory"] = max(row["memory"], taken["memory"])
        else:
            self.rows.append({"stage": self.name, **taken})
        self.name, self.since, self.cpu, self.read, self.written = name, now, cpu, read, written
        with suppress(OSError):
            Path("/proc/self/clear_refs").write_text("5", encoding="utf-8")


def stages(log: str, roster: str, graph: str) -> dict[str, Any]:
    """`silos analyze` through the Python API, stage by stage; leaves the graph of the ties for others."""
    stage = Stages()
    import silos

    analysis = silos.analyze(silos.read_interactions(log), silos.read_roster(roster), progress=stage)
    report = analysis.report()
    stage("figures")
    drawn = report.figures
    stage("report and files")
    with tempfile.TemporaryDirectory() as folder:
        report.write(Path(folder) / "out")
        stage("")
    import numpy as np

    network = analysis.network
    i, j = network.dyads
    np.savez(graph, i=i, j=j, department=network.membership)
    contacts = np.bincount(np.concatenate([i, j]), minlength=len(network))
    low, median, high = np.quantile(contacts, [0.1, 0.5, 0.9])
    return {
        "seconds": sum(row["seconds"] for row in stage.rows),
        "stages": stage.rows,
        "figures": len(drawn),
        "rows": analysis.tally.log.rows_read,
        "people": len(network),
        "ties": network.ties,
        "contacts": {"mean": float(contacts.mean()), "median": median, "low": low, "high": high},
    }


def _files(log: str) -> str:
    """The file, or the pattern of the files of a folder."""
    if not Path(log).is_dir():
        return log
    suffixes = {path.suffix for path in Path(log).iterdir()}
    return f"{log}/*{suffixes.pop()}"


def _peak() -> float:
    """Peak memory in bytes since it was last reset."""
    with suppress(OSError):
        for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _disk() -> tuple[int, int]:
    """Bytes read from and written to the disk so far; none where the system does not say."""
    with suppress(OSError):
        told = dict(line.split(": ") for line in Path("/proc/self/io").read_text(encoding="utf-8").splitlines())
        return int(told["read_bytes"]), int(told["write_bytes"])
    return 0, 0


CONTESTANTS = {function.__name__: function for function in (sql, imports, again, polars, ties, leiden, viva, stages)}


if __name__ == "__main__":
    print(json.dumps(CONTESTANTS[sys.argv[1]](*sys.argv[2:])))

"""Are planted silos 2.0 found, and nothing else? Communities with a known truth, judged and counted.

python benchmarks/communities.py [--organisations 10]

Prints the table of docs/methods.md: a row a kind of organisation, with AUC of the ranking by `apart`, what the verdicts
hit and miss, and false alarms where departments were dealt out anew to persons, or persons to communities (everybody in
as many, every community of as many). Some three minutes of one processor for 10 organisations a kind.
"""

import argparse
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.metrics import roc_auc_score

import silos
from silos.analysis.tool_communities import BRIDGE, SILO, ToolCommunities, find_communities
from silos.inference.rewiring import rewire
from silos.network import Network
from silos.privacy.suppression import merge_small

#: Kinds of organisations: what `silos.simulate.organisation` makes, and whether lists of members are known.
KINDS: dict[str, dict[str, Any]] = {
    "300 people, 12 departments": {"people": 300, "departments": 12},
    "small: 120 people, 9 departments": {"people": 120, "departments": 9, "communities": 16},
    "large: 1,200 people, 20 departments": {"people": 1200, "departments": 20, "communities": 80,
                                            "disjoint_communities": 6, "bridge_communities": 6},
    "writers alone known, 12 weeks": {"people": 300, "departments": 12, "listed": False},
    "writers alone known, 2 weeks": {"people": 300, "departments": 12, "listed": False, "weeks": 2},
    "leaky: a tenth of their members elsewhere too": {"people": 300, "departments": 12, "leak": 0.1},
}  # fmt: skip


def held(made: silos.simulate.Organisation, *, listed: bool = True, leak: float = 0.0, seed: int = 0) -> pd.DataFrame:
    """Memberships as `silos.ties.count.tally` counts them, positions in the order of ids.

    Args:
        made: the organisation.
        listed: whether members who never wrote are known.
        leak: share of the members of disjoint communities who are put into one other community.
        seed: of who they are.
    """
    ids = made.roster.sort_values("person")["aliases"].reset_index(drop=True)
    table = made.affiliations
    table["person"] = table["person"].map(pd.Series(ids.index, index=ids))
    table = table.dropna(subset=["person"]).astype({"person": np.int64})
    counted = table.groupby(["medium", "community", "person"])["posts"].sum().reset_index()
    if leak:
        rng = np.random.default_rng([seed, 8])
        apart = counted[counted["community"].isin(made.truth["communities"]["silos"])]
        gone = apart.sample(frac=leak, random_state=rng)
        others = list(made.truth["communities"]["ordinary"])
        counted = pd.concat([counted, gone.assign(community=rng.choice(others, len(gone)), posts=1)])
    counted = counted[counted["posts"] > 0] if not listed else counted
    return counted.assign(name=counted["community"]).reset_index(drop=True)


def judged(memberships: pd.DataFrame, departments: pd.Series, *, seed: int) -> ToolCommunities:
    """The verdicts, without any log: communities need no ties."""
    people = pd.DataFrame({"department": departments})
    network = Network(people, sparse.csr_array((len(people), len(people))))
    shown = merge_small(people["department"], 5)
    found = find_communities(memberships, network, network.regrouped(shown.departments), shown, seed=seed)
    assert found is not None
    return found


def shuffled(memberships: pd.DataFrame, people: int, seed: int) -> pd.DataFrame:
    """Everybody in as many communities, every community of as many members; what is everybody's apart."""
    own = memberships[memberships["community"] != "everybody"]
    codes, names = pd.factorize(own["community"])
    rng = np.random.default_rng([seed, 9])
    sides = np.repeat([0, 1], [people, len(names)])
    person, community = rewire(own["person"].to_numpy(), codes + people, rng, rounds=30, kinds=sides)
    named = names[community - people]
    return own.assign(person=person, community=named, name=named)


def run(kind: dict[str, Any], seed: int) -> dict[str, Any]:
    """One organisation: what was found of the truth, and what where there is none."""
    options = dict(kind)
    listed, leak = options.pop("listed", True), options.pop("leak", 0.0)
    made = silos.simulate.organisation(seed=seed, **{"rows": None, **options})
    truth = made.truth["communities"]
    memberships = held(made, listed=listed, leak=leak, seed=seed)
    departments = made.roster.set_index("person")["department"].sort_index()
    table = judged(memberships, departments, seed=seed).table.set_index("community")
    planted, ordinary = table.index.isin(list(truth["silos"])), table.index.isin(list(truth["ordinary"]))
    bridges = table.index.isin(list(truth["bridges"]))
    silo, bridge = table["verdict"] == SILO, table["verdict"] == BRIDGE
    rng = np.random.default_rng([seed, 10])
    dealt = pd.Series(rng.permutation(departments.to_numpy(object)), index=departments.index)
    labels = judged(memberships, dealt, seed=seed).verdicts
    drawn = judged(shuffled(memberships, len(departments), seed), departments, seed=seed).verdicts
    return {
        "auc": roc_auc_score(planted, table["apart"]) if planted.any() else np.nan,
        "planted": int(planted.sum()), "found": int((silo & planted).sum()),
        "others": int((~planted).sum()), "false": int((silo & ~planted).sum()),
        "bridges": int(bridges.sum()), "bridges_found": int((bridge & bridges).sum()),
        "carried": int((table["sponsor"][bridges] == table.index[bridges].map(truth["bridges"])).sum()),
        "ordinary": int(ordinary.sum()), "ordinary_bridges": int((bridge & ordinary).sum()),
        "labels": sum(labels.values()), "labels_false": labels[SILO],
        "drawn": sum(drawn.values()), "drawn_false": drawn[SILO],
        "any_false": int(labels[SILO] > 0) + int(drawn[SILO] > 0),
    }  # fmt: skip


def row(name: str, kind: dict[str, Any], organisations: int, first: int = 0) -> str:
    """A line of the table."""
    runs = pd.DataFrame([run(kind, seed) for seed in range(first, first + organisations)])
    total = runs.sum()
    cells = [
        name,
        f"{runs['auc'].mean():.3f} ({runs['auc'].min():.3f})",
        f"{total['found']:.0f} of {total['planted']:.0f}",
        f"{total['false']:.0f} of {total['others']:.0f}",
        f"{total['bridges_found']:.0f} of {total['bridges']:.0f}",
        f"{total['ordinary_bridges']:.0f} of {total['ordinary']:.0f}",
        f"{total['labels_false']:.0f} of {total['labels']:.0f}",
        f"{total['drawn_false']:.0f} of {total['drawn']:.0f}",
        f"{total['any_false'] / (2 * len(runs)):.1%}",
    ]
    return f"| {' | '.join(cells)} |"


HEADINGS = (
    *("organisations", "AUC, mean (least)", "silos 2.0 found", "false among others", "bridges found"),
    *("ordinary called a bridge", "labels shuffled", "memberships shuffled", "shuffled organisations with any"),
)


def main(arguments: list[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--organisations", type=int, default=10, help="of each kind")
    asked = parser.parse_args(arguments)
    print(f"| {' | '.join(HEADINGS)} |\n|{' --- |' * len(HEADINGS)}")
    for name, kind in KINDS.items():
        print(row(name, kind, asked.organisations), flush=True)


if __name__ == "__main__":
    main()

"""Advice on public data: the best pairs of a network without its hub, and a change of a chart that really happened."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from silos.analysis.connector.evidence import Candidacy
from silos.analysis.connector.verdict import find_connector
from silos.analysis.organisation import ANY
from silos.analysis.what_would_help.joins import find_joins
from silos.analysis.what_would_help.losses import find_losses
from silos.analysis.what_would_help.what_if import Model
from silos.inference.bootstrap import resample
from silos.measures.affinity import effective_resistance
from silos.network import Network
from silos.privacy.suppression import merge_small

#: The hub of email_eu_core.
HUB = "36"
#: The months before and after the reorganisation of the handbook's company, without the month itself.
BEFORE, AFTER = ("2021-12-01", "2022-06-01"), ("2022-07-01", "2023-01-01")
#: Days on which the chart of either is read.
CHARTS = ("2022-05-31", "2022-08-31")
#: People of a branch that counts.
BRANCH = 5
#: Replicates over people.
DRAWS = 500


def email(folder: Path) -> Network:
    """E-mail of a research institution: who wrote to whom, and departments by number."""
    arcs = np.loadtxt(folder / "email-Eu-core.txt", dtype=int)
    labels = np.loadtxt(folder / "email-Eu-core-department-labels.txt", dtype=int)
    people = pd.DataFrame({"department": labels[np.argsort(labels[:, 0]), 1].astype(str)})
    arcs = arcs[arcs[:, 0] != arcs[:, 1]]
    matrix = sparse.csr_array((np.ones(len(arcs)), (arcs[:, 0], arcs[:, 1])), shape=(len(people), len(people)))
    return Network(people, matrix)


def best_pairs(folder: Path) -> dict[str, Any]:
    """What the network loses without department 36, and the five pairs whose joining would bind the rest most."""
    whole = email(folder)
    model = modelled(whole)
    connector = find_connector(
        whole.regrouped(model.shown.departments), model.network, model.replicates,
        Candidacy(evidence="volume", candidates=model.shown.candidates),
    )  # fmt: skip
    row = find_losses(model, model.network, connector, model.replicates).table.loc[HUB]
    stays = np.flatnonzero(whole.people["department"].to_numpy() != HUB)
    rest = Network(whole.people.iloc[stays], sparse.csr_array(whole.adjacency[stays][:, stays]))
    found = find_joins(modelled(rest))
    return {
        "loss": [row["loss"], row["loss_low"], row["loss_high"]],
        "next": [row["next_best"], row["next_bind"]],
        "resistance": [effective_resistance(whole), effective_resistance(rest)],
        "pairs": found.table.to_dict("records"),
        "gain": found.gain.to_dict(),
        "random": found.at_random.to_dict(),
        "busiest": found.busiest.to_dict(),
        "verdict": found.verdict,
    }


def modelled(network: Network) -> Model:
    """The model of a network that is no log."""
    shown = merge_small(network.people["department"], 5)
    grouped = network.regrouped(shown.departments)
    drawn = resample(grouped, {ANY: None}, replicates=200, seed=0)
    return Model.of(grouped, drawn, shown, layers={}, desks=(), weeks=None, seed=0)


def back_test(folder: Path) -> dict[str, Any]:
    """Which share of the ties across each pair of branches has after the reorganisation, by four forecasts.

    People are those in both charts. `persistence`: the share that it had, by the old chart, its branches under the
    names of those that most of their people are in now. `what_if`: the share of the same ties by the new chart. `half`:
    their mean, as if half of the ties had followed. `chart`: by the sizes of the branches of the new chart alone.
    """
    log = pd.read_csv(folder / "log.csv", parse_dates=["timestamp"])
    roster = pd.read_csv(folder / "roster.csv")
    old, new = (chart(roster, day) for day in CHARTS)
    both = old.index.intersection(new.index)
    old, new = old[both], new[both]
    # A branch is called by its lead's role: it goes on as the one in which most of its people are afterwards.
    old = old.map(pd.crosstab(old, new).idxmax(axis=1))
    sizes = new.value_counts()
    branches = sorted(sizes.index[sizes >= BRANCH])
    a, b = np.triu_indices(len(branches), k=1)
    place = pd.Series(np.arange(len(branches)), branches)
    earlier, later = (ties(log, *period, both) for period in (BEFORE, AFTER))
    rng = np.random.default_rng(0)
    weights = [np.ones(len(both)), *rng.standard_exponential((DRAWS, len(both)))]
    people = pd.Series(np.arange(len(both)), both)
    drawn = []
    for omega in weights:
        seen = shares(earlier, old, place, people, omega)[a, b]
        same = shares(earlier, new, place, people, omega)[a, b]
        came = shares(later, new, place, people, omega)[a, b]
        size = np.bincount(place.reindex(new).dropna().astype(int), minlength=len(branches)).astype(float)
        by_size = (size[a] * size[b]) / (size[a] * size[b]).sum()
        forecasts = {"persistence": seen, "what_if": same, "half": (seen + same) / 2, "chart": by_size}
        drawn.append(
            {name: {"missed": missed(value, came), "sign": signs(value - seen, came - seen)}
             for name, value in forecasts.items()}
        )  # fmt: skip
    first, rest = drawn[0], drawn[1:]
    return {
        "people": len(both),
        "moved": int((old != new).sum()),
        "branches": len(branches),
        "pairs": len(a),
        "ties": [len(earlier), len(later)],
        "ties_across": [
            int((by[t.a].to_numpy() != by[t.b].to_numpy()).sum()) for t, by in ((earlier, old), (later, new))
        ],
        "forecasts": {
            name: {
                part: [first[name][part], *np.nanquantile([one[name][part] for one in rest], [0.025, 0.975])]
                for part in ("missed", "sign")
            }
            for name in first
        },
        "what_if_less_persistence": list(
            np.quantile([one["what_if"]["missed"] - one["persistence"]["missed"] for one in rest], [0.025, 0.5, 0.975])
        ),
    }


def chart(roster: pd.DataFrame, day: str) -> pd.Series:
    """Person -> branch on a day."""
    there = (roster["effective_from"] <= day) & (roster["effective_to"].fillna("9999") > day)
    return roster[there].drop_duplicates("person", keep="last").set_index("person")["department"]


def ties(log: pd.DataFrame, start: str, end: str, people: pd.Index) -> pd.DataFrame:
    """Pairs of people in contact in [start, end)."""
    times = log["timestamp"].dt.tz_localize(None)
    some = log[(times >= start) & (times < end) & log["sender"].isin(people) & log["recipient"].isin(people)]
    ends = np.sort(some[["sender", "recipient"]].to_numpy(dtype=str), axis=1)
    found = pd.DataFrame(ends, columns=["a", "b"]).drop_duplicates()
    return found[found["a"] != found["b"]]


def shares(found: pd.DataFrame, by: pd.Series, place: pd.Series, people: pd.Series, omega: np.ndarray) -> np.ndarray:
    """The share of the ties across of each pair of branches, under weights of people."""
    one, other = (place.reindex(by[found[end]]).to_numpy() for end in ("a", "b"))
    weight = omega[people[found["a"]]] * omega[people[found["b"]]]
    known = ~(np.isnan(one) | np.isnan(other)) & (one != other)
    total = np.zeros((len(place), len(place)))
    np.add.at(total, (one[known].astype(int), other[known].astype(int)), weight[known])
    total = total + total.T
    return np.asarray(total / max(np.triu(total).sum(), 1e-12))


def missed(forecast: np.ndarray, came: np.ndarray) -> float:
    """The share of the ties that lie elsewhere than forecast (total variation)."""
    return float(np.abs(forecast - came).sum() / 2)


def signs(forecast: np.ndarray, came: np.ndarray) -> float:
    """Among pairs that gained or lost, the share of which the forecast says which, a half where it says nothing."""
    changed = np.abs(came) > 1e-9
    said = np.sign(forecast[changed]) * np.sign(came[changed])
    return float(((said + 1) / 2).mean()) if changed.any() else float("nan")

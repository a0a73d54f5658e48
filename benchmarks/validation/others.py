"""What others would use, on the same network of contacts: rankings of departments for connectors and for silos."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import igraph
import numpy as np
from scipy import sparse, stats

from silos.measures.brokerage import brokerage_roles
from silos.measures.mixing import mixing_matrix
from silos.network import Network

if TYPE_CHECKING:
    from validation.runs import Judged


def scores(network: Network) -> dict[str, np.ndarray]:
    """By name, a score of every department (K,): the higher, the more of a connector. Broadcasts are left out here too,
    which is more than a raw export does.
    """
    volume = mixing_matrix(network, by="volume").to_numpy()
    volume = volume + volume.T
    ties = mixing_matrix(network).to_numpy()
    inside, across = np.diag(volume) / 2, volume.sum(axis=1) - np.diag(volume)
    contacts = ties.sum(axis=1) - np.diag(ties)
    total = volume.sum()
    upper = sparse.triu(network.contacts, k=1).tocoo()
    graph = igraph.Graph(n=len(network), edges=np.column_stack([upper.row, upper.col]).tolist())
    between = np.bincount(network.membership, weights=graph.betweenness(), minlength=len(network.departments))
    roles = brokerage_roles(network, level="department").reindex(network.departments)
    return {
        "raw volume": inside + across,
        "volume across": across,
        "volume across per head": across / network.sizes,
        "external share (volume)": across / (inside + across),
        "E-I index (ties)": contacts / (contacts + np.diag(ties) / 2),
        "betweenness, summed": between,
        "betweenness per head": between / network.sizes,
        "modularity contribution": -(np.diag(volume) / total - (volume.sum(axis=1) / total) ** 2),
        "liaison count": roles["liaison"].to_numpy(dtype=np.float64),
        "degree in the department graph": ((ties > 0).sum(axis=1) - (np.diag(ties) > 0)).astype(np.float64),
    }


def rankings(found: "Judged", connector: str | None, roles: Mapping[str, str]) -> dict[str, Any]:
    """For each score: expected hit@1 and reciprocal rank of the connector, and, reversed, how it ranks silos."""
    network = found.grouped
    names = [str(name) for name in network.departments]
    shown = np.array([name in found.shown.candidates for name in names])
    kept = [name for name, show in zip(names, shown, strict=True) if show]
    role = np.array([roles[name] for name in kept])
    table = found.departments.reindex(kept)
    ours = {
        "insularity": table["insularity"].to_numpy(),
        "log density ratio": table["insiders_odds"].to_numpy(),
    }
    result: dict[str, Any] = {}
    for name, score in scores(network).items():
        score = np.nan_to_num(score[shown], nan=-np.inf)
        hit, reciprocal = first_place(score, kept, connector)
        result[name] = {"hit": hit, "reciprocal": reciprocal} | silo_ranking(-score, role)
    for name, score in ours.items():
        result[name] = {"hit": None, "reciprocal": None} | silo_ranking(np.nan_to_num(score, nan=-9.0), role)
    return result


def ranks(score: np.ndarray, names: list[str], wanted: str | None) -> float | None:
    """Mean rank (1 is the lowest score) of the department `wanted`."""
    return float(stats.rankdata(score)[names.index(wanted)]) if wanted in names else None


def first_place(score: np.ndarray, names: list[str], wanted: str | None) -> tuple[float | None, float | None]:
    """Chance that `wanted` comes first when equals are put in random order, and the reciprocal of its mean rank."""
    if wanted not in names:
        return None, None
    value = score[names.index(wanted)]
    best = (score == value).sum()
    place = ranks(-score, names, wanted)
    return (float(1 / best) if value == score.max() else 0.0), 1 / place if place else None


def silo_ranking(score: np.ndarray, role: np.ndarray) -> dict[str, float | None]:
    """AUC of planted silos against all other departments and against plain ones, and precision among the first k."""
    silo = role == "silo"
    plain = silo | (role == "plain")
    order = np.argsort(-score, kind="stable")[: int(silo.sum())]
    return {
        "auc": auc(score, silo),
        "auc_plain": auc(score[plain], silo[plain]),
        "precision": float(silo[order].mean()) if silo.any() else None,
    }


def auc(score: np.ndarray, positive: np.ndarray) -> float | None:
    """Probability that a positive outranks a negative, ties half; None without either."""
    count, rest = int(positive.sum()), int((~positive).sum())
    if not count or not rest:
        return None
    place = stats.rankdata(score)
    return float((place[positive].sum() - count * (count + 1) / 2) / (count * rest))

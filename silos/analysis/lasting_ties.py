"""Ties that last and ties that do not, and messages to many, beside the dialogue."""

import numpy as np
import pandas as pd

from silos.inference.bootstrap import affordable, tie_sums
from silos.inference.estimate import Estimate
from silos.measures.basis import quotient
from silos.measures.survival import SUSTAINED
from silos.network import Network
from silos.tables import Ties


def lasting(ties: Ties, network: Network, *, replicates: int, seed: int) -> dict[str, Estimate]:
    """Shares of ties that are sustained and one-off, all, within and across departments."""
    a, b, weeks = (ties.dyads[name].to_numpy() for name in ("a", "b", "weeks"))
    same = network.membership[a] == network.membership[b]
    kinds = {"sustained_share": weeks >= SUSTAINED, "one_off_share": weeks == 1}
    scopes = {"": np.ones(len(a), dtype=bool), "_within": same, "_across": ~same}
    cells = np.stack([mask & inside for inside in scopes.values() for mask in (inside, *kinds.values())], axis=1)
    apart = tie_sums(
        a, b, cells[:, 3:].astype(np.float64), people=len(network), replicates=affordable(replicates, len(a)), seed=seed
    )
    # All of them are those within and those across.
    sums = np.concatenate([apart[:, :3] + apart[:, 3:], apart], axis=1)
    estimates = {}
    for at, scope in enumerate(scopes):
        total, *parts = (slice(column, column + 1) for column in range(3 * at, 3 * at + 3))
        for kind, part in zip(kinds, parts, strict=True):
            value = quotient(cells[:, part].sum(), cells[:, total].sum())
            estimates[f"{kind}{scope}"] = Estimate.of(float(value), quotient(sums[:, part], sums[:, total])[:, 0])
    return {f"{kind}{scope}": estimates[f"{kind}{scope}"] for kind in kinds for scope in scopes}


def lasting_departments(ties: Ties, grouped: Network) -> pd.DataFrame:
    """Of the ties across departments that each has."""
    a, b, weeks = (ties.dyads[name].to_numpy() for name in ("a", "b", "weeks"))
    first, second = grouped.membership[a], grouped.membership[b]
    across = first != second

    def number(of: np.ndarray) -> np.ndarray:
        return np.bincount(np.r_[first[of], second[of]], minlength=len(grouped.departments))

    ties_across = number(across)
    return pd.DataFrame(
        {
            f"{name}_share": quotient(number(across & of_kind), ties_across)
            for name, of_kind in (("sustained", weeks >= SUSTAINED), ("one_off", weeks == 1))
        },
        index=grouped.departments,
    )


def broadcasting(sent: pd.DataFrame, grouped: Network, minimum: int) -> pd.DataFrame:
    """Of the messages that its people sent, the share that went to more than the recipients allowed."""
    place = grouped.membership[sent["sender"].to_numpy()]
    count = len(grouped.departments)
    direct, broadcast = (np.bincount(place, weights=sent[name], minlength=count) for name in ("direct", "broadcast"))
    enough = np.bincount(place, minlength=count) >= minimum
    share = np.where(enough, quotient(broadcast, direct + broadcast), np.nan)
    return pd.DataFrame({"broadcast_share": share}, index=grouped.departments)

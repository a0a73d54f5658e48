"""Ties that last and ties that do not, and messages to many, beside the dialogue."""

import numpy as np
import pandas as pd

from silos.analysis.answerers import Grouping, by_enough
from silos.inference.bootstrap import affordable, tie_sums
from silos.inference.estimate import Estimate
from silos.measures.basis import quotient
from silos.measures.survival import SUSTAINED
from silos.network import Network
from silos.tables import Ties


def lasting(ties: Ties, network: Network, *, replicates: int, seed: int) -> dict[str, Estimate]:
    """Shares of ties that are sustained and one-off, all, within and across departments."""
    a, b, weeks = (ties.dyads[name].to_numpy() for name in ("a", "b", "weeks"))
    across = network.membership[a] != network.membership[b]
    kinds = ("sustained_share", "one_off_share")
    # Sustained, one-off or neither; those within departments first.
    cell = np.select([weeks >= SUSTAINED, weeks == 1], [0, 1], 2) + 3 * across
    number = affordable(replicates, len(a))
    drawn = tie_sums(a, b, [(cell, None)], 6, membership=network.membership, replicates=number, seed=seed)
    shares = {}
    for scope, parts in {"": (0, 1), "_within": (0,), "_across": (1,)}.items():
        sums = (part.reshape(-1, 2, 3)[:, parts].sum(axis=1) for part in (np.bincount(cell, minlength=6), drawn))
        shares[scope] = [quotient(part[:, :2], part.sum(axis=1, keepdims=True)) for part in sums]
    return {
        f"{kind}{scope}": Estimate.of(float(value[0, at]), draws[:, at])
        for at, kind in enumerate(kinds)
        for scope, (value, draws) in shares.items()
    }


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
    sender = sent["sender"].to_numpy()
    place = grouped.membership[sender]
    count = len(grouped.departments)
    direct, broadcast = (np.bincount(place, weights=sent[name], minlength=count) for name in ("direct", "broadcast"))
    every = (sent["direct"] + sent["broadcast"]).to_numpy()
    enough = by_enough(Grouping(place, count), sender, every, len(grouped), minimum)
    share = np.where(enough, quotient(broadcast, direct + broadcast), np.nan)
    return pd.DataFrame({"broadcast_share": share}, index=grouped.departments)

"""What the bootstrap and the nulls draw, by the plainest code."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from silos.network import Network


def multipliers(people: int, replicates: int, seed: int) -> np.ndarray:
    """The weights of people in each replicate, (replicates, people): ω ~ Exp(1), to 24 bits."""
    drawn = [np.random.default_rng([seed, replicate]).standard_exponential(people) for replicate in range(replicates)]
    return np.array(drawn).astype(np.float32).astype(np.float64)


def permuted(network: Network, *, samples: int, seed: int) -> Iterator[Network]:
    """The same ties with the department labels dealt out anew to persons."""
    random_numbers = np.random.default_rng(seed)
    for _ in range(samples):
        dealt = network.people["department"].to_numpy()[random_numbers.permutation(len(network))]
        yield network.regrouped(pd.Series(dealt, index=network.people.index))

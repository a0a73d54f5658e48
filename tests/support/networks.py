"""Networks of departments with as many ties as a test wants."""

import numpy as np
import pandas as pd
from scipy import sparse

from silos.network import Network


def company(ties, sizes):
    """Departments of given sizes; ties[a, b] pairs of persons in contact, spread evenly over the members."""
    first = np.concatenate([[0], np.cumsum(sizes)])
    chosen = set()
    for a in range(len(sizes)):
        for b in range(a + 1, len(sizes)):
            pairs = [
                (first[a] + k % sizes[a], first[b] + (k * 7 + k // sizes[a]) % sizes[b]) for k in range(ties[a, b])
            ]
            chosen |= set(pairs)
        chosen |= {(first[a] + k, first[a] + (k + 1) % sizes[a]) for k in range(sizes[a])}
    i, j = np.array(sorted(chosen)).T
    matrix = sparse.csr_array((np.ones(len(i)), (i, j)), shape=(first[-1], first[-1]))
    labels = np.repeat([f"d{a}" for a in range(len(sizes))], sizes)
    return Network(pd.DataFrame({"department": labels}), sparse.csr_array(matrix + matrix.T), directed=False)

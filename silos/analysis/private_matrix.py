"""The matrix of departments under differential privacy, and what follows from it alone.

Nothing else of a log is looked at: sizes of departments are on the chart, and everything here is worked out from the
noisy matrix. Intervals say what the noise leaves open, not what chance would.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from scipy import sparse

from silos.analysis.departments import verdict_of
from silos.analysis.parameters import Parameters
from silos.analysis.refusals import refuse_one_department
from silos.analysis.result_protocol import Result, plain, records
from silos.inference.estimate import Estimate, intervals
from silos.measures.basis import totals_across
from silos.measures.insularity import insularities
from silos.measures.mixing import ei_indices
from silos.network import DEPARTMENT
from silos.privacy.differential import ACROSS, INSIDE, Noisy, clipped, with_noise
from silos.privacy.suppression import merge_small, refuse_none_shown
from silos.ties.layers import layer
from silos.ties.results import Tally

#: Version of the form of the summary of a private matrix.
SCHEMA = 1
#: Draws of the noise by which intervals are made.
DRAWS = 2000
#: A department with fewer ties inside than so many times the accuracy of a cell has no verdict: what it has inside is
#: then that of the noise.
LEAST_ACCURATE = 0.5
#: The verdict on a department that is clearly more inward than the median one, by as much as a silo must be.
INWARD = "inward"


@dataclass(frozen=True, eq=False)
class PrivateMatrix(Result):
    """The department matrix under differential privacy.

    Attributes:
        table: one row per department that may be shown: `people`, `ties_inside` and `ties_across` (noisy, of clipped
            contacts), `insularity` and its interval, `verdict`, which is missing where the noise leaves it open.
        pairs: one row per pair of departments: `a`, `b`, `ties`, `ties_low`, `ties_high`.
        noisy: the matrix, and what the noise is.
        ei_index: of all ties, with its interval.
        unit: what the departments are called in the roster.
    """

    title: ClassVar[str] = "Departments under differential privacy"

    table: pd.DataFrame
    pairs: pd.DataFrame
    noisy: Noisy
    ei_index: Estimate
    unit: str

    def called(self, verdict: str) -> list[str]:
        """The departments with a verdict."""
        return [str(name) for name in self.table.index[self.table["verdict"] == verdict]]

    def said(self) -> str:
        """What it cost."""
        return f"epsilon {self.noisy.epsilon:g}, a cell within {self.noisy.accuracy:.0f} in 95 of 100 cases"

    def to_dict(self) -> dict[str, Any]:
        """The content of `summary.json`, but for its sentences."""
        return {
            "schema": SCHEMA,
            "dp": {
                "epsilon": self.noisy.epsilon,
                "protects": "all ties of a person",
                "most_inside": INSIDE,
                "most_across": ACROSS,
                "sensitivity": self.noisy.sensitivity,
                "noise": "discrete Laplace",
                "scale": self.noisy.scale,
                "accuracy": self.noisy.accuracy,
            },
            "by": self.unit,
            "organisation": {"ei_index": self.ei_index.to_dict()},
            "departments": [
                {name: plain(value) for name, value in row.items()}
                for row in self.table.rename_axis("department").reset_index().to_dict("records")
            ],
            "pairs": records(self.pairs),
        }


def release(counted: Tally, asked: Parameters, epsilon: float) -> PrivateMatrix:
    """The matrix of a log's ties of any kind, and what follows from it.

    Each call costs `epsilon` again: two matrices of one log together cost the sum.

    Args:
        counted: the log. Who changed department within it is in the latest one.
        asked: what was asked for; its seed has no part in the noise.
        epsilon: what the matrix may cost of each person's privacy.

    Raises:
        EmptyError: everybody is in one department, or no department is large enough to be shown.
        SilosError: `epsilon` is no number above 0, or OpenDP is missing.
    """
    every = layer(counted, "any")
    refuse_one_department(every, asked.by)
    persons = counted.people["person"]
    first = ~persons.duplicated().to_numpy()
    shown = merge_small(every.people[DEPARTMENT][first], asked.min_department)
    refuse_none_shown(shown, counted.log.unplaced)
    # The positions of one person stand together, the latest first: the contacts of all are those of the person.
    number = np.cumsum(first) - 1
    i, j = (number[end] for end in every.dyads)
    names, membership = np.unique(shown.departments.to_numpy().astype(str), return_inverse=True)
    people = int(first.sum())
    apart = i != j
    contacts = sparse.coo_array((np.ones(apart.sum()), (i[apart], j[apart])), shape=(people, people)).tocsr()
    noisy = with_noise(clipped(contacts + contacts.T, membership, len(names)), epsilon)
    sizes = np.bincount(membership).astype(np.float64)
    return follow(noisy, names, sizes, alone=np.isin(names, list(shown.candidates)), unit=asked.by, seed=asked.seed)


def follow(
    noisy: Noisy, names: np.ndarray, sizes: np.ndarray, *, alone: np.ndarray, unit: str, seed: int
) -> PrivateMatrix:
    """What follows from a noisy matrix.

    Args:
        noisy: the matrix.
        names, sizes: (K,) the departments, and how many people are in each.
        alone: (K,) which of them stand alone, and may have a verdict.
        unit: what they are called.
        seed: of the draws by which intervals are made; no secret.
    """
    drawn = noisy.matrix - _noise(noisy, seed)
    within = sizes * (sizes - 1)
    value, spread = (insularities(_margins(cells), within, sizes) for cells in (noisy.matrix, drawn))
    low, high = intervals(spread)
    inside = np.diagonal(noisy.matrix)
    across = totals_across(noisy.matrix)
    verdicts: list[str | None] = []
    for place in range(len(names)):
        if not alone[place]:
            verdicts.append(None)
            continue
        inward = value[place] - np.median(value[alone])
        around = spread[:, place] - np.median(spread[:, alone], axis=1)
        ends = np.quantile(around, [0.025, 0.975])
        row = {"inwardness": inward, "inwardness_low": ends[0], "inwardness_high": ends[1]}
        # Neither its nearest departments nor densities are in the matrix.
        row |= dict.fromkeys(("inwardness_nearby", "insiders_odds_low"), np.inf)
        known = inside[place] >= LEAST_ACCURATE * noisy.accuracy
        verdict = verdict_of(pd.Series(row), None if known else "few_ties", few=False)[0]
        # Of clipped contacts: who holds all contacts of a department counts with two in each other one.
        verdicts.append(INWARD if verdict == "silo" else verdict)
    table = pd.DataFrame(
        {
            "people": sizes.astype(int),
            "ties_inside": inside,
            "ties_across": across,
            "insularity": value,
            "insularity_low": low,
            "insularity_high": high,
            "verdict": pd.Series(verdicts, dtype=object).to_numpy(),
        },
        index=pd.Index(names, name="department"),
    ).sort_values("insularity", ascending=False, kind="stable")
    a, b = np.triu_indices(len(names), k=1)
    ties = noisy.matrix[a, b].astype(np.float64)
    pairs = pd.DataFrame({"a": names[a], "b": names[b], "ties": noisy.matrix[a, b]})
    pairs = pairs.assign(ties_low=ties - noisy.accuracy, ties_high=ties + noisy.accuracy)
    index = Estimate.of(float(ei_indices(_margins(noisy.matrix))), ei_indices(_margins(drawn)))
    return PrivateMatrix(table, pairs, noisy, index, unit)


def _margins(cells: np.ndarray) -> np.ndarray:
    """Ties as measures of a department take them: those inside twice, those across all in one cell of its row.

    Noise may take a cell below 0, and all of a row together far less so: only sums are cut off at 0.
    """
    inside = np.diagonal(cells, axis1=-2, axis2=-1).astype(np.float64)
    across = np.maximum(totals_across(cells), 0.0)
    found, place = np.zeros(cells.shape), np.arange(cells.shape[-1])
    found[..., place, place] = 2 * np.maximum(inside, 0.0)
    found[..., place, (place + 1) % len(place)] = across
    return found


def _noise(noisy: Noisy, seed: int) -> np.ndarray:
    """Draws of noise of the same kind, (DRAWS, K, K): what the secret noise may have been."""
    rng, count = np.random.default_rng(seed), len(noisy.matrix)
    found = rng.laplace(scale=noisy.scale, size=(DRAWS, count, count))
    upper = np.triu(found)
    return np.asarray(upper + np.triu(found, 1).transpose(0, 2, 1))

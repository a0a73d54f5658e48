"""Two spans of time made comparable: the same people, under the chart of one of them, at equal traffic.

Fewer messages show fewer of the weak ties, most of which lead elsewhere: a quiet month would look inward by itself. So
the busier of two spans is thinned to the traffic of the other before they are compared.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import sparse

from silos.analysis.over_time.headline import View
from silos.network import DEPARTMENT, Network
from silos.privacy.gate import Gate
from silos.tables import Ties
from silos.ties.layers import network

#: Change of traffic from which nothing is said of the two-way share: what it would have been depends on whether whole
#: exchanges or single messages fall away, and nobody knows.
STEADY = 0.2


@dataclass(frozen=True, eq=False)
class Span:
    """Who exchanged how much with whom in one span of time.

    Attributes:
        messages: persons x persons, what each sent to each, counted.
        volume: the same as volume, each event shared out over those it reached.
        place: by person, the row of the table of people (a person in one department) under which they were most in
            contact; -1 who were not.
        directed: whether senders are known.
    """

    messages: sparse.csr_array
    volume: sparse.csr_array
    place: np.ndarray
    directed: bool

    @classmethod
    def of(cls, ties: Ties, people: pd.DataFrame, *, directed: bool) -> "Span":
        """The contacts of one window.

        Args:
            ties: between rows of `people`.
            people: as in `Tally`: one who changed department has several rows.
            directed: whether senders are known.
        """
        arcs, count = ties.arcs, len(people)
        ends = (arcs["sender"].to_numpy(), arcs["recipient"].to_numpy())
        messages = sparse.csr_array((arcs["messages"].to_numpy(dtype=np.float64), ends), shape=(count, count))
        volume = network(ties, people, directed=directed).adjacency
        person = persons(people)
        active = np.asarray(messages.sum(axis=0) + messages.sum(axis=1))
        place = np.full(person.max(initial=-1) + 1, -1)
        order = np.argsort(active, kind="stable")
        order = order[active[order] > 0]
        place[person[order]] = order
        if len(place) < count:
            fold = sparse.csr_array((np.ones(count), (np.arange(count), person)), shape=(count, len(place)))
            messages, volume = (sparse.csr_array(fold.T @ each @ fold) for each in (messages, volume))
        return cls(messages, volume, place, directed)

    @classmethod
    def of_weeks(
        cls, weekly: pd.DataFrame, weights: Mapping[int, float], people: pd.DataFrame, *, directed: bool
    ) -> "Span":
        """The contacts of some weeks.

        Args:
            weekly: as in `Tally`.
            weights: by number of a week, how much it counts; others count nothing.
            people, directed: as `of`.
        """
        share = weekly["week"].map(weights).to_numpy(dtype=np.float64)
        some, share = weekly[share > 0], share[share > 0]
        parts = []
        for sender, recipient, side in (("a", "b", "a"), ("b", "a", "b")):
            part = some[[sender, recipient, "medium"]].set_axis(["sender", "recipient", "medium"], axis=1)
            part["messages"] = some[f"messages_{side}"].to_numpy() * share
            part["volume"] = some[f"volume_{side}"].to_numpy() * share
            parts.append(part[part["messages"] > 0])
        return cls._of_arcs(parts, people, directed=directed)

    @classmethod
    def of_several(cls, windows: Sequence[Ties], people: pd.DataFrame, *, directed: bool) -> "Span":
        """The contacts of several windows together.

        Args:
            windows: the ties of each.
            people, directed: as `of`.
        """
        arcs = [ties.arcs.astype({"medium": object}) for ties in windows]
        return cls._of_arcs(arcs, people, directed=directed)

    @classmethod
    def _of_arcs(cls, parts: Sequence[pd.DataFrame], people: pd.DataFrame, *, directed: bool) -> "Span":
        """Of arcs in several tables: only those are looked at."""
        arcs = pd.concat(parts, ignore_index=True).astype({"medium": "category"})
        return cls.of(Ties(arcs, pd.DataFrame()), people, directed=directed)

    @property
    def active(self) -> np.ndarray:
        """By person, whether they were in contact with anybody."""
        return np.asarray(self.place >= 0)


def persons(people: pd.DataFrame) -> np.ndarray:
    """For each row of a table of people the number of the person, from 0 in the order of the table."""
    return np.asarray(pd.factorize(people["person"])[0])


@dataclass(frozen=True, eq=False)
class Matched:
    """Two spans of the same people.

    Attributes:
        before, after: as they are measured.
        traffic: messages in the second over those in the first; NaN where the first has none.
        told_traffic: the same by classes of both, as it is published.
        people: how many they are.
    """

    before: View
    after: View
    traffic: float
    told_traffic: float
    people: int


def matched(before: Span, after: Span, departments: np.ndarray, shown: np.ndarray, *, as_is: bool = False) -> Matched:
    """The people who were in contact with somebody in both spans, and what passed between them.

    Args:
        before, after: the spans.
        departments, shown: by row of the table of people, its department as it is and as it may be shown.
        as_is: everybody in the department of the time; otherwise the second span is seen under the chart of the first.
    """
    rows = np.flatnonzero(before.active & after.active)
    totals = [float(span.messages[rows][:, rows].sum()) for span in (before, after)]
    least = min(totals)
    steady = before.directed and least > (1 - STEADY) * max(totals)
    views = []
    for span, total in zip((before, after), totals, strict=True):
        at = (span if as_is else before).place[rows]
        kept = least / total if total else 1.0
        views.append(_view(span, rows, departments[at], shown[at], kept, returned=steady))
    traffic, told = (after / before if totals[0] else float("nan") for before, after in (totals, Gate().middle(totals)))
    return Matched(views[0], views[1], traffic, float(told), len(rows))


def _view(
    span: Span, rows: np.ndarray, departments: np.ndarray, shown: np.ndarray, kept: float, *, returned: bool
) -> View:
    """Some persons of a span of whose messages so large a share is kept; `returned`: also what is answered of all."""
    people = pd.DataFrame({DEPARTMENT: departments}, index=pd.Index(rows, name="person"))
    some = Network(people, span.volume[rows][:, rows], directed=span.directed)
    view = View(some, shown, returned=np.asarray(2 * np.minimum(*some.dyad_arcs)) if returned else None)
    if kept == 1:
        return view
    messages = span.messages[rows][:, rows]
    i, j = some.dyads
    there, back = (np.asarray(messages[ends]).ravel() for ends in ((i, j), (j, i)))
    # A tie of m messages is still seen with probability 1 - (1 - kept)^m.
    return replace(view, ties=1 - (1 - kept) ** (there + back))

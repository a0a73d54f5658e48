"""When departments existed: how long two of them together, and which are gone by the end of the log."""

import numpy as np
import pandas as pd

from silos.network import Network
from silos.privacy.suppression import Shown
from silos.ties.results import Tally
from silos.ties.weeks import week_of

#: The last part of the log's period: a department without anybody, or without any tie, from its beginning on is gone.
LAST_PART = 0.1
#: Weeks that this part has at least: in fewer, everybody may be on holiday.
LEAST_WEEKS = 4


def shared_time(tally: Tally, network: Network) -> np.ndarray | None:
    """The share of the log's period in which each pair of departments existed, (K, K); None where that is not known.

    A department exists from when the first of its people joined it until the last has left. Where ties are known by
    week, it is at most the share of either's contacts that falls into the time of the other: what is left of a
    department after most of its people went had no chance of many ties with one that came later.
    """
    first, last = tally.log.first, tally.log.last
    if first is None or last is None or last <= first or len(tally.terms) != len(network):
        return None
    start, end = pd.Timestamp(first).tz_localize(None), pd.Timestamp(last).tz_localize(None)
    terms = tally.terms.assign(joined=tally.terms["joined"].clip(lower=start), left=tally.terms["left"].clip(upper=end))
    # A roster that begins after the log does not say since when those are there whom it has on its first day.
    terms["joined"] = terms["joined"].where(terms["joined"] > terms["joined"].min(), start)
    spans = terms.groupby(network.membership).agg({"joined": "min", "left": "max"})
    joined, left = (((spans[name] - start) / (end - start)).to_numpy() for name in ("joined", "left"))
    together = np.clip(np.minimum.outer(left, left) - np.maximum.outer(joined, joined), 0, 1)
    if not len(tally.weekly):
        return np.asarray(together)
    count, week = len(network.departments), tally.weekly["week"].to_numpy()
    active = np.zeros((count, int(week.max() - week.min()) + 1))
    for end_of_tie in ("a", "b"):
        np.add.at(active, (network.membership[tally.weekly[end_of_tie]], week - week.min()), 1)
    begun, over = ([week_of(day) - week.min() for day in spans[name]] for name in ("joined", "left"))
    weeks = np.arange(active.shape[1])
    there = (weeks >= np.array(begun)[:, None]) & (weeks <= np.array(over)[:, None])
    total = active.sum(axis=1, keepdims=True)
    share = np.divide(active @ there.T, total, out=np.ones((count, count)), where=total > 0)
    return np.asarray(np.minimum(together, np.minimum(share, share.T)))


def gone(tally: Tally, network: Network, shown: Shown) -> tuple[str, ...]:
    """Departments that are no longer there by the end of the log: nobody can be brought together with them.

    Gone is who has fewer people than may be shown left at the beginning of the last part of the period, by the dates of
    the roster; and who has no tie in that part, where ties are known by week and the others have some. Where that would
    be true of all departments (a roster that ends before the log) nothing is known.

    Args:
        tally: the counted log.
        network: its people, by department.
        shown: which departments stand alone.
    """
    first, last = tally.log.first, tally.log.last
    if first is None or last is None or last <= first:
        return ()
    start, end = pd.Timestamp(first).tz_localize(None), pd.Timestamp(last).tz_localize(None)
    begins = end - max(LAST_PART * (end - start), pd.Timedelta(weeks=LEAST_WEEKS))
    ended = np.zeros(len(network.departments), dtype=bool)
    if len(tally.terms) == len(network):
        there = (tally.terms["left"] > begins).to_numpy()
        ended |= _unless_all(np.bincount(network.membership[there], minlength=len(ended)) < shown.minimum)
    late = tally.weekly[tally.weekly["week"] > week_of(begins)]
    if len(late) and begins > start:
        ends = network.membership[np.r_[late["a"], late["b"]]]
        ended |= _unless_all(np.bincount(ends, minlength=len(ended)) == 0)
    alone = network.departments.isin(list(shown.candidates))
    return tuple(str(name) for name in network.departments[ended & alone])


def _unless_all(ended: np.ndarray) -> np.ndarray:
    return ended & ~ended.all()

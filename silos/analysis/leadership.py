"""Leadership: how messages run along the chart, and whether leaders answer or only send, with intervals.

Nothing here is about one leader: every number is a share over all of them, and there is none where they are fewer than
a department may be to be shown.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

import numpy as np
import pandas as pd

from silos.analysis.answerers import Grouping, answered_by_enough, by_enough, taking_part
from silos.analysis.reply_rates import as_wide, not_certain
from silos.analysis.response_times import estimated, resampled
from silos.analysis.result_protocol import Result
from silos.inference.bootstrap import affordable, replicated, tie_sums
from silos.inference.estimate import Estimate
from silos.inference.rewiring import rewire
from silos.measures.basis import among, distinct, quotient
from silos.measures.hierarchy import (
    BACK,
    KINDS,
    Chart,
    chart,
    flow_kinds,
    flow_shares,
    pagerank,
    step_kinds,
    weighted_spearman,
)
from silos.measures.multiplex import overlap, pair_keys
from silos.measures.proportions import jeffreys
from silos.measures.two_mode import active
from silos.network import Network
from silos.plots.drawing import Drawing
from silos.system.memory import give_back
from silos.ties.results import DialogueCounts, Tally

#: Ranks reassigned at random within departments, by the number of arcs up to which so many are.
DEALT = ((100_000, 199), (float("inf"), 39))
#: Graphs of online ties swapped at random, by the number of ties up to which so many are.
SWAPPED = ((30_000, 40), (300_000, 10), (float("inf"), 4))
#: Swaps proposed per tie before the first graph of swapped online ties.
SWAPS = 8
#: Swaps proposed per tie from one graph of swapped online ties to the next.
APART = 2
#: Active communities from which those without a leader are counted.
COMMUNITIES = 5
#: A gap whose interval holds 0 and reaches further than this is uncertain, not typical.
DOUBTFUL = 0.2
#: Leaders answer, and broadcast, at least so much more or less than others for a verdict: heads are never quite like
#: those they head, and of who answers less the broadcasts are a larger share.
PLAIN = 0.05

#: Of every estimate, in the order of the summary.
NAMES = (
    *("flow_up", "flow_down", "flow_lateral", "flow_across"),
    *("silent_share", "silent_share_others", "broadcast_only_share"),
    *("broadcast_share", "broadcast_share_others", "broadcast_gap", "two_way_below", "two_way_others"),
    *("reply_rate_below", "reply_rate_others", "reply_rate_gap", "answer_hours_below", "answer_hours_others"),
    *("communities_without_leader", "communities_by_juniors", "influence_pagerank", "influence_brokerage"),
)
LAYERS = ("online_who_meet", "met_who_write", "jaccard", "lift")

Style = Literal["listening", "broadcasting", "unresponsive", "typical", "uncertain"]


@dataclass(frozen=True, eq=False)
class Leadership(Result):
    """What the log and the chart say of leaders, all together.

    Attributes:
        estimates: by name; those that the log cannot tell are missing.
        layers: who writes beside who meets; empty without meetings or without messages.
        leaders: how many lead; None where that is not known, or too few to be shown.
        source: `manager` or `level`.
        verdict: `listening`, `broadcasting`, `unresponsive`, `typical`, `uncertain`; None where there is nothing to
            judge.
        unknown: why nothing is said of leaders: as in `silos.measures.hierarchy.Chart`, or `few`, or `undirected`;
            empty where something is.
    """

    title: ClassVar[str] = "Leadership"

    estimates: Mapping[str, Estimate] = field(default_factory=dict)
    layers: Mapping[str, Estimate] = field(default_factory=dict)
    leaders: int | None = None
    source: str = ""
    verdict: Style | None = None
    unknown: str = "no_chart"

    @property
    def table(self) -> pd.DataFrame:
        """One row per measure: value, interval, and its null model where it was tested."""
        columns = ["value", "low", "high", "null_mean", "null_sd", "z", "p"]
        rows = [
            {"measure": name} | {column: getattr(estimate, column) for column in columns}
            for name, estimate in [*self.estimates.items(), *self.layers.items()]
        ]
        table = pd.DataFrame(rows, columns=["measure", *columns])
        table[columns] = table[columns].astype(np.float64)
        return table

    def said(self) -> str:
        """The verdict, where there is one."""
        return self.verdict or ""

    def drawing(self) -> Drawing | None:
        """What leaders do beside what others do."""
        if not self.estimates:
            return None
        return Drawing("leadership", {"measures": self.table.set_index("measure"), "verdict": self.verdict})

    def to_dict(self) -> dict[str, Any]:
        """The section `leadership` of the summary: every name, None where the log cannot tell."""

        def held(names: tuple[str, ...], estimates: Mapping[str, Estimate]) -> dict[str, Any]:
            return {name: estimates[name].to_dict() if name in estimates else None for name in names}

        about = {"unknown": self.unknown, "leaders": self.leaders, "source": self.source, "verdict": self.verdict}
        return about | held(NAMES, self.estimates) | {"layers": held(LAYERS, self.layers)}


def lead(
    tally: Tally,
    network: Network,
    *,
    brokerage: pd.Series | None = None,
    minimum: int = 5,
    replicates: int = 500,
    seed: int = 0,
) -> Leadership:
    """What the log says of those who lead, and of online ties beside meetings.

    Args:
        tally: the counted log.
        network: all ties; `people` has the columns `manager` and `level` where the roster has them.
        brokerage: open paths through each person, for the influence that no chart gives.
        minimum: leaders, and others beside them, from which something is said of them.
        replicates, seed: of the person bootstrap.
    """
    drawn = Drawn(network.membership, affordable(replicates, network.ties), seed)
    layers = _layers(tally, network, drawn)
    found = chart(network.people)
    unknown = found.unknown or ("" if network.directed else "undirected")
    if not unknown and found.leads.sum() < minimum:
        unknown = "few"
    if unknown:
        return Leadership(layers=layers, unknown=unknown)
    estimates: dict[str, Estimate] = {}
    # Of six who lead, of whom one alone has a mailbox, volumes and ties would be this one's.
    if (found.leads & network.in_contact).sum() >= minimum:
        estimates |= _flows(network, found, drawn) | _two_way(network, found, drawn)
    # Who edits a page or answers a survey has written to nobody.
    if "messages" in tally.log.kinds.values() and (~found.leads).sum() >= minimum:
        estimates |= _participation(tally, found, minimum, drawn)
    if not tally.dialogue.unknown:
        estimates |= _answers(tally.dialogue, network, found, minimum, replicates, seed)
    estimates |= _communities(tally.memberships.table, network, found, seed)
    # Here PageRank takes the most memory.
    give_back()
    estimates |= _influence(network, found, brokerage, drawn)
    return Leadership(estimates, layers, int(found.leads.sum()), found.source, _style(estimates), "")


@dataclass(frozen=True)
class Drawn:
    """The person bootstrap: the same weights for the same people, of these departments, whatever is measured."""

    membership: np.ndarray
    replicates: int
    seed: int

    def of(self, measured: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
        """What `measured` makes of the weights (people, r) of some replicates, (..., r): (..., replicates)."""
        return replicated(measured, len(self.membership), self.replicates, self.seed)

    def sums(
        self, i: np.ndarray, j: np.ndarray, parts: Sequence[tuple[np.ndarray, np.ndarray | None]], cells: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """Σ x over the ties of each cell, (1, cells), and Σ ω_i ω_j x, (replicates, cells): see `tie_sums`."""
        value = np.zeros((1, cells))
        for cell, weight in parts:
            value += np.bincount(cell + 1, weights=weight, minlength=cells + 1)[1:]
        draws = tie_sums(i, j, parts, cells, membership=self.membership, replicates=self.replicates, seed=self.seed)
        return value, draws


def _flows(network: Network, found: Chart, drawn: Drawn) -> dict[str, Estimate]:
    """Shares of the volume that go up, down, level and across, against ranks shuffled within departments."""
    i, j = network.dyads
    there, back = network.dyad_arcs
    onward = flow_kinds(i, j, found.rank, network.membership)
    value, draws = (
        quotient(sums, sums.sum(axis=1, keepdims=True))
        for sums in drawn.sums(i, j, [(onward, there), (BACK[onward], back)], len(KINDS))
    )
    rng = np.random.default_rng([drawn.seed, 11])
    samples = next(samples for most, samples in DEALT if network.adjacency.nnz <= most)
    order = np.argsort(network.membership, kind="stable")
    # What runs across does so whatever the ranks.
    inside = network.membership[i] == network.membership[j]
    across = float(there[~inside].sum() + back[~inside].sum())
    i, j, there, back = (values[inside] for values in (i, j, there, back))
    dealt = np.empty((samples, len(KINDS)))
    for sample in dealt:
        rank = np.empty_like(found.rank)
        # sorted by department, then at random
        rank[order] = found.rank[np.lexsort((rng.random(len(rank)), network.membership))]
        sample[:] = flow_shares(step_kinds(i, j, rank), there, back, across=across)
    estimates = {}
    for at, kind in enumerate(KINDS):
        null = (float(dealt[:, at].mean()), float(dealt[:, at].std(ddof=1))) if kind != "across" else None
        estimates[f"flow_{kind}"] = Estimate.of(float(value[0, at]), draws[:, at], null=null)
    return estimates


def _participation(tally: Tally, found: Chart, minimum: int, drawn: Drawn) -> dict[str, Estimate]:
    """Who never says anything, who only broadcasts, and how much of what is sent is broadcast: leaders and others.

    The last not where too few of either send anything.
    """
    count = len(found.leads)
    sent, memberships = tally.dialogue.sent, tally.memberships.table
    direct, broadcast = np.zeros(count), np.zeros(count)
    direct[sent["sender"]], broadcast[sent["sender"]] = sent["direct"], sent["broadcast"]
    posted = np.zeros(count)
    if len(memberships):
        np.add.at(posted, memberships["person"].to_numpy(dtype=np.intp), memberships["posts"].to_numpy())
    silent = direct + broadcast + posted == 0
    only = (direct == 0) & (broadcast > 0)
    estimates = {
        "silent_share": proportion(silent[found.leads]),
        "silent_share_others": proportion(silent[~found.leads]),
        "broadcast_only_share": proportion(only[found.leads]),
    }
    who = sent["sender"].to_numpy()
    grouping = Grouping(found.leads.astype(np.int8)[who], 2)
    if not by_enough(grouping, who, (sent["direct"] + sent["broadcast"]).to_numpy(), count, minimum).all():
        return estimates

    def shares(omega: np.ndarray) -> np.ndarray:
        parts = [(broadcast[who] @ omega[who], (direct + broadcast)[who] @ omega[who]) for who in groups]
        leading, others = (quotient(*part) for part in parts)
        return np.array([leading, others, leading - others], dtype=np.float64)

    groups = (found.leads, ~found.leads)
    value, draws = shares(np.ones(count)), drawn.of(shares)
    names = ("broadcast_share", "broadcast_share_others", "broadcast_gap")
    return estimates | {name: Estimate.of(float(value[at]), draws[at]) for at, name in enumerate(names)}


def proportion(has: np.ndarray) -> Estimate:
    """The share of people who have something, with Jeffreys' interval: a share of 0 says no more than that it is small.

    Examples:
        >>> estimate = proportion(np.zeros(10, dtype=bool))
        >>> estimate.value, estimate.low, round(estimate.high or 0, 3)
        (0.0, 0.0, 0.217)
    """
    count, number = len(has), int(has.sum())
    if not count:
        return Estimate(None)
    low, high = jeffreys(number, count)
    return Estimate(number / count, float(low) if number else 0.0, float(high) if number < count else 1.0)


def _two_way(network: Network, found: Chart, drawn: Drawn) -> dict[str, Estimate]:
    """What is returned, Σ min(a_ij, a_ji)/W, between a leader and people of lower rank, and between all others."""
    i, j = network.dyads
    returned = 2 * np.minimum(*network.dyad_arcs)
    rank, leads = found.rank, found.leads
    with np.errstate(invalid="ignore"):
        below = (leads[i] & (rank[j] > rank[i])) | (leads[j] & (rank[i] > rank[j]))
    # What is returned, and all, below; and so between the others.
    cell = np.where(below, 0, 2)
    value, draws = (
        quotient(sums[:, ::2], sums[:, 1::2])
        for sums in drawn.sums(i, j, [(cell, returned), (cell + 1, network.dyad_volumes)], 4)
    )
    names = ("two_way_below", "two_way_others")
    return {name: Estimate.of(float(value[0, at]), draws[:, at]) for at, name in enumerate(names)}


def _answers(
    dialogue: DialogueCounts, network: Network, found: Chart, minimum: int, replicates: int, seed: int
) -> dict[str, Estimate]:
    """How leaders answer people below, beside how those who lead nobody answer in the same departments.

    The others' reply rate is taken department by department, within and across, and weighed by what leaders were asked
    there: a service desk that answers everything is no yardstick for the others.
    """
    waits, rank = dialogue.waits, found.rank
    asker, answerer = waits["sender"].to_numpy(), waits["recipient"].to_numpy()
    with np.errstate(invalid="ignore"):
        up = found.leads[answerer] & (rank[asker] > rank[answerer])
    across = network.membership[asker] != network.membership[answerer]
    count = 2 * len(network.departments)
    # Of as few bytes as will do, as there are millions.
    stratum = (2 * network.membership).astype(np.min_scalar_type(-count))[answerer]
    stratum += across
    other = ~found.leads[answerer]
    asked = np.bincount(stratum[up], weights=waits["waits"].to_numpy()[up], minlength=count)
    held = np.bincount(stratum[other], minlength=count) > 0
    # leaders of strata where nobody else is asked have nobody to be beside
    up &= held[stratum]
    asked = asked * held
    other &= (asked > 0)[stratum]
    groupings = {
        "up": Grouping(up.astype(np.int8) - np.int8(1), 1),
        "others": Grouping(np.where(other, stratum, -1), count),
        "everybody": Grouping(other.astype(np.int8) - np.int8(1), 1),
    }
    asked_each = waits["waits"].to_numpy(dtype=np.float64)
    if not all(
        by_enough(groupings[one], answerer, asked_each, len(network), minimum)[0] for one in ("up", "everybody")
    ):
        return {}
    value = estimated(waits, groupings)
    drawn = resampled(waits, groupings, len(network), replicates=replicates, seed=seed)

    def standardised(rates: np.ndarray) -> np.ndarray:
        known = np.isfinite(rates) * asked
        return quotient(np.nansum(rates * asked, axis=-1), known.sum(axis=-1))

    others, others_drawn = standardised(value["others"][:, 0]), standardised(drawn["others"][..., 0])
    leaders, leaders_drawn = value["up"][0], drawn["up"][:, 0]
    hours = {
        "below": ("up", Estimate.of(float(leaders[2]), leaders_drawn[:, 2])),
        "others": ("everybody", Estimate.of(float(value["everybody"][0, 2]), drawn["everybody"][:, 0, 2])),
    }
    # Where leaders answered all of it, or nothing, no draw differs: of so few people that is not certain.
    number = int(taking_part(groupings["up"], answerer, asked_each, len(network))[0])
    below = not_certain(Estimate.of(float(leaders[0]), leaders_drawn[:, 0]), number)
    beside = Estimate.of(float(others), others_drawn)
    gap = Estimate.of(float(leaders[0] - others), leaders_drawn[:, 0] - others_drawn)
    return {
        "reply_rate_below": below,
        "reply_rate_others": beside,
        "reply_rate_gap": as_wide(gap, below, beside),
        **{
            f"answer_hours_{name}": estimate
            for name, (group, estimate) in hours.items()
            if answered_by_enough(groupings[group], waits, answerer, len(network), minimum).all()
        },
    }


def _communities(memberships: pd.DataFrame, network: Network, found: Chart, seed: int) -> dict[str, Estimate]:
    """Communities that no leader is in, and where none of the posts is a leader's, against leaders shuffled."""
    places = active(memberships)
    code, person = (places[name].to_numpy(dtype=np.intp) for name in ("place", "person"))
    posts = places["posts"].to_numpy(dtype=np.float64)
    if len(np.unique(code)) < COMMUNITIES or not posts.any():
        return {}

    def shares(leads: np.ndarray) -> np.ndarray:
        present = np.bincount(code, weights=leads[person])
        carried = np.bincount(code, weights=leads[person] * posts)
        return np.array([(present == 0).mean(), (carried == 0).mean()])

    rng = np.random.default_rng([seed, 12])
    order = np.argsort(network.membership, kind="stable")
    dealt = np.empty((199, 2))
    for sample in dealt:
        leads = np.empty_like(found.leads)
        leads[order] = found.leads[np.lexsort((rng.random(len(leads)), network.membership))]
        sample[:] = shares(leads)
    value = shares(found.leads)
    return {
        name: Estimate.of(float(value[at]), null=(float(dealt[:, at].mean()), float(dealt[:, at].std(ddof=1))))
        for at, name in enumerate(("communities_without_leader", "communities_by_juniors"))
    }


def _influence(network: Network, found: Chart, brokerage: pd.Series | None, drawn: Drawn) -> dict[str, Estimate]:
    """Spearman's correlation of seniority with PageRank and with brokerage, among those with a rank and a tie."""
    known = np.isfinite(found.rank) & network.in_contact
    estimates = {}
    weights = drawn.of(lambda omega: omega[known]).T
    scores = {"influence_pagerank": pagerank(network)}
    if brokerage is not None:
        scores["influence_brokerage"] = brokerage
    for name, score in scores.items():
        values, seniority = score.to_numpy(dtype=np.float64)[known], -found.rank[known]
        if known.sum() < 3 or not np.ptp(values) or not np.ptp(seniority):
            continue
        value = weighted_spearman(values, seniority, np.ones((1, int(known.sum()))))[0]
        draws = weighted_spearman(values, seniority, weights)
        estimates[name] = Estimate.of(float(value), draws, null=(0.0, float(1 / np.sqrt(known.sum() - 1))))
    return estimates


def _layers(tally: Tally, network: Network, drawn: Drawn) -> dict[str, Estimate]:
    """Online ties beside meetings, against online ties swapped among people of the same two departments."""
    met_pairs = tally.ties.dyads[tally.ties.dyads["meetings"] > 0]
    online, met = (
        distinct(pair_keys(pairs["a"].to_numpy(), pairs["b"].to_numpy(), len(network)))
        for pairs in (tally.dialogue.wrote, met_pairs)
    )
    if not len(online) or not len(met):
        return {}
    keys = distinct(np.concatenate([online, met]))
    wrote, sat = among(keys, online), among(keys, met)
    a, b = keys // len(network), keys % len(network)
    value = overlap(wrote, sat)
    # Who only write, who only meet, who do both.
    one, other, both = drawn.sums(a, b, [(wrote + 2 * sat - 1, None)], 3)[1].T
    either, one, other = both + one + other, both + one, both + other
    draws = np.stack([quotient(both, whole) for whole in (one, other, either)], axis=1)
    rng = np.random.default_rng([drawn.seed, 13])
    i, j = a[wrote], b[wrote]
    samples = next(samples for most, samples in SWAPPED if len(i) <= most)
    chance = np.empty((samples, 3))
    for sample in range(samples):
        i, j = rewire(i, j, rng, rounds=APART if sample else SWAPS, kinds=network.membership)
        common = float(among(met, np.sort(pair_keys(i, j, len(network)))).sum())
        chance[sample] = common / len(online), common / len(met), common / (len(online) + len(met) - common)
    nulls = [(float(column.mean()), float(column.std(ddof=1))) for column in chance.T]
    estimates = {name: Estimate.of(value[at], draws[:, at], null=nulls[at]) for at, name in enumerate(LAYERS[:3])}
    mean = nulls[0][0]
    estimates["lift"] = Estimate.of(value[0] / mean, draws[:, 0] / mean) if mean else Estimate(None)
    return estimates


def leaders_are_silent(estimates: Mapping[str, Estimate]) -> bool:
    """Whether more of those who lead are silent than of the others, beyond chance."""
    silent, others = estimates.get("silent_share"), estimates.get("silent_share_others")
    return silent is not None and others is not None and (silent.low or 0) > (others.value or 0)


def _style(estimates: Mapping[str, Estimate]) -> Style | None:
    """Whether leaders listen: they answer people below more, or less, than others beside them answer.

    Those who answer less are said to broadcast where what they send is so more often too.
    """
    gap, broadcast = estimates.get("reply_rate_gap"), estimates.get("broadcast_gap")
    if gap is None or gap.value is None:
        return None
    if gap.low is None or gap.high is None:
        return "uncertain"
    louder = broadcast is not None and (broadcast.low or 0) > 0 and (broadcast.value or 0) >= PLAIN
    if gap.low > 0 and gap.value >= PLAIN:
        return "listening"
    if gap.high < 0 and gap.value <= -PLAIN:
        return "broadcasting" if louder else "unresponsive"
    return "uncertain" if gap.low <= 0 <= gap.high and max(-gap.low, gap.high) > DOUBTFUL else "typical"

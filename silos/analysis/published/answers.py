"""The answers that rest on counts of their own, published: each question's tables and estimates through the gate."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from silos.analysis.connector.scores import scores
from silos.analysis.connector.verdict import CLEAR, Connector, losses
from silos.analysis.dialogue import Dialogue
from silos.analysis.external import External
from silos.analysis.leadership import Leadership, leaders_are_silent
from silos.analysis.published import chances
from silos.analysis.published.changes import change_points, events, responsiveness, trend, turnover
from silos.analysis.published.matrices import Matrices, scattered
from silos.analysis.published.members import communities, detected
from silos.analysis.published.tables import difference, estimate, figures, proportion, stepped, valued, withheld
from silos.analysis.reply_rates import WITHOUT_DESKS
from silos.analysis.result_protocol import whole
from silos.analysis.results import Results
from silos.inference.estimate import Estimate, finite
from silos.measures.affinity import affinities, size_exponent
from silos.measures.basis import totals_across
from silos.measures.proportions import jeffreys
from silos.privacy.cells import by_middles
from silos.privacy.gate import STEP, Gate

#: Effective numbers of people from which a sentence is another one: below a step no more is told than between which.
FEWER = (2.0, 3.0, 5.0)
#: P(first) that is not enough for a clear verdict, where it would be rounded to what is.
JUST_SHORT = 0.89
#: Shares of people who lead, and of all others: with the interval, as those of the middle of the class of a count.
OF_LEADERS, OF_OTHERS = ("silent_share", "broadcast_only_share"), ("silent_share_others",)
#: Shares of communities: none of them would say of each that somebody who leads is in it, and all that nobody is.
OF_COMMUNITIES = ("communities_without_leader", "communities_by_juniors")
#: Communities, by which such a share is told.
FEW_COMMUNITIES = 2
#: What rests on the questions that were asked, and is no share of them.
OF_ANSWERS = ("answer_hours", "answer_hours_low", "answer_hours_high", "p", "q")
#: Shares of a department's ties with others, and of all ties.
OF_TIES = ("sustained_share", "one_off_share")
#: Difference -> what it is the difference of.
GAPS = {"reply_rate_gap": ("reply_rate_within", "reply_rate_across")}
OF_LEADERS_APART = {
    "reply_rate_gap": ("reply_rate_below", "reply_rate_others"),
    "broadcast_gap": ("broadcast_share", "broadcast_share_others"),
}
#: Shares of the volume by who writes to whom.
FLOWS = ("flow_up", "flow_down", "flow_lateral")


def connector(results: Results, gate: Gate) -> Connector:
    """Candidates, and the ties that the verdict rests on."""
    sizes = results.departments.table["people"].astype(np.float64)
    matrices = Matrices.of(results, gate)
    return _published_connector(results.connector, sizes, matrices, gate)


def _worked_out(found: Connector, sizes: pd.Series, matrices: Matrices, gate: Gate) -> Connector:
    """The connector with what follows from its ties by the middles of their classes.

    Scores, and what is bound, are equations for the ties that they rest on: with exact ones, two digits of them narrow
    these. Nobody's score is beyond that of the first, who is told by exact ones.
    """
    if found.mixing.empty:
        return found
    names, people = found.mixing.index, sizes.reindex(found.mixing.index).to_numpy()
    cells = by_middles(found.mixing.to_numpy(np.float64), gate)
    exponent = size_exponent(cells, people)
    told = dict(zip(("score", "bind", "reach"), scores(cells, people, exponent), strict=True))
    table = found.candidates.copy()
    for name, values in told.items():
        values = pd.Series(values, index=names, dtype=np.float64).reindex(table.index)
        table[name] = values.where(table[name].notna())
    # Ties that are all alike, as the middles of the lowest class are, would look evenly spread.
    few = pd.Series(scattered(cells, np.isfinite(gate.count(found.mixing.to_numpy(np.float64)))), index=names)
    unknown = few.reindex(table.index, fill_value=False).to_numpy(dtype=bool) & (table.index != found.department)
    table.loc[unknown, ["score", "reach"]] = np.nan
    if found.department is not None:
        rivals = table["eligible"].astype(bool)
        table.loc[rivals, "score"] = table.loc[rivals, "score"].clip(upper=table.loc[found.department, "score"])
    if table["substantive_share"].notna().any() and matrices.ties is not None:
        mixing = matrices.mixing
        outside = pd.Series(totals_across(mixing.to_numpy()), mixing.index).reindex(table.index)
        deep = np.minimum(gate.middle(table["ties"].astype(np.float64)) / outside, 1.0)
        table["substantive_share"] = deep.where(table["substantive_share"].notna())
    binds = losses(pd.DataFrame(cells, names, names), people, found.department, exponent)
    # Pairs of which it is not told how many ties they have are not told to have more than expected either.
    affinity = pd.DataFrame(affinities(cells, people, exponent), names, names)
    affinity = affinity.where(np.isfinite(gate.count(found.mixing.to_numpy(np.float64))))
    affinity = affinity.reindex(index=found.affinity.index, columns=found.affinity.columns)
    return replace(found, candidates=table, binds=binds, affinity=affinity, mixing=pd.DataFrame())


def _held_by(found: Connector) -> pd.DataFrame:
    """Effective numbers of people as the least of the class that decides what is said of them."""
    exact = found.spanners[["effective_spanners", "effective_spanners_high"]]
    classes = np.array([0.0, *FEWER])
    place = np.searchsorted(classes, exact.fillna(np.inf).to_numpy(np.float64), side="right") - 1
    return pd.DataFrame(classes[place], index=exact.index, columns=exact.columns).where(exact.notna())


def _published_connector(exact: Connector, sizes: pd.Series, matrices: Matrices, gate: Gate) -> Connector:
    found, other = _worked_out(exact, sizes, matrices, gate), exact.without_one
    counts = ("effective_spanners", "effective_spanners_low", "effective_spanners_high", "answers", "ties")
    table = figures(stepped(found.candidates, counts, gate), gate, except_=counts)
    # Rounded, what is not enough for a clear verdict may look enough.
    short = found.candidates["probability_first"] < CLEAR
    table["probability_first"] = table["probability_first"].mask(
        short & (table["probability_first"] >= CLEAR), JUST_SHORT
    )
    # The order of the exact numbers would tell more than the published ones; the first is that of the verdict.
    table = table.assign(behind=table.index != found.department).sort_index()
    keys = ["behind", "eligible", "score", "probability_first"]
    table = table.sort_values(keys, ascending=[True, False, False, False], kind="stable")
    table = table.drop(columns="behind")
    return replace(
        found,
        candidates=table,
        held_by=_held_by(found).reindex(table.index),
        without_one=None if other is None else _published_connector(other, sizes, matrices, gate),
        chance=None if found.chance is None else float(gate.chance(found.chance)),
        binds=figures(found.binds, gate),
        ties=int(np.nan_to_num(gate.count(found.ties))),
        affinity=found.affinity
        if found.affinity.empty
        else pd.DataFrame(
            gate.figure(found.affinity.to_numpy(np.float64)),
            index=found.affinity.index,
            columns=found.affinity.columns,
        ),
    )


def dialogue(results: Results, gate: Gate) -> Dialogue:
    """Who answers whom: rates follow from published counts, and what a department was asked from its pairs."""
    found = results.dialogue

    def rates(table: pd.DataFrame, counts: tuple[str, ...], exact: pd.DataFrame) -> pd.DataFrame:
        if "asked" not in table:
            return figures(stepped(table, counts, gate), gate, except_=counts)
        of = dict.fromkeys(("reply_rate", "reply_rate_within", "reply_rate_across"), exact["asked"])
        few = np.isnan(gate.count(exact["asked"])) & exact["asked"].notna()
        rests = [name for name in OF_ANSWERS if name in table]
        # Of so few that they are not given, hours and what tests them would tell how many.
        told = table.assign(**{name: table[name].mask(few) for name in rests})
        return figures(stepped(told, counts, gate), gate, except_=counts, of=of)

    departments, matrices = found.departments, Matrices.of(results, gate)
    of = _all_asked(found.pairs, gate, found.desks) | _all_ties(matrices)
    if "asked" in departments and len(found.pairs):
        departments = departments.assign(asked=_asked(departments["asked"], found.pairs, gate))
    told = rates(departments, ("people", "asked"), found.departments)
    if matrices.ties is not None:
        across = pd.Series(totals_across(matrices.mixing.to_numpy()), matrices.names).reindex(told.index)
        for name in OF_TIES:
            # A share with a few digits gives the number that it is a share of, or leaves few.
            told[name] = gate.share(found.departments[name], of=across)
    estimates = {name: estimate(one, gate, of=of.get(name)) for name, one in found.estimates.items()}
    return replace(
        found,
        estimates=_apart(found.estimates, estimates, gate, GAPS),
        departments=told,
        pairs=rates(found.pairs, ("asked",), found.pairs),
        # Each fall is an answer: rounded, so many of them would give the questions that they are of.
        curves=found.curves.iloc[:0],
    )


def _apart(
    exact: Mapping[str, Estimate], told: Mapping[str, Estimate], gate: Gate, gaps: Mapping[str, tuple[str, str]]
) -> dict[str, Estimate]:
    """Estimates whose differences are those of what is told."""
    missing = Estimate(None)
    found = {
        name: difference(exact[name], told.get(one, missing), told.get(other, missing), gate)
        for name, (one, other) in gaps.items()
        if name in exact
    }
    return {**told, **found}


def _all_ties(matrices: Matrices) -> dict[str, float]:
    """Estimate -> how many ties it is a share of, by what is published."""
    if matrices.ties is None:
        return {}
    across = matrices.ties_across
    scopes = {"": matrices.total_ties, "_within": matrices.total_ties - across, "_across": across}
    return {f"{name}{scope}": of for name in OF_TIES for scope, of in scopes.items()}


def _all_asked(pairs: pd.DataFrame, gate: Gate, desks: Collection[str]) -> dict[str, float]:
    """Estimate -> how many questions it is a share of, by what is published of pairs: no finer than a step of them."""
    if not {"asking", "answering", "asked"} <= set(pairs):
        return {}
    asked = np.asarray(gate.middle(np.nan_to_num(pairs["asked"].astype(np.float64))))
    inside = (pairs["asking"] == pairs["answering"]).to_numpy(dtype=bool)
    aside = pairs[["asking", "answering"]].isin(list(desks)).any(axis=1).to_numpy(dtype=bool)
    parts = {"": asked.sum(), "_within": asked[inside].sum(), "_across": asked[~inside].sum()}
    of = {f"reply_rate{scope}": float(each) for scope, each in parts.items()}
    return of | {WITHOUT_DESKS: float(asked[~inside & ~aside].sum())}


def _asked(exact: pd.Series, pairs: pd.DataFrame, gate: Gate) -> pd.Series:
    """What each department was asked, as the sum of what is published of its pairs.

    Those too few, or of too few people, to be given are one count together, in its class; not so where that would bound
    one of them from below.
    """
    cells = pairs.assign(asked=pairs["asked"].astype(np.float64))
    given = cells[cells["asked"] >= STEP]
    shown = given.groupby("answering")["asked"].sum().reindex(exact.index, fill_value=0.0)
    middle = given["asked"].map(lambda count: float(gate.middle(count))).groupby(given["answering"]).sum()
    rest, every = exact - shown, cells.groupby("answering")
    number = every["asked"].size() - given.groupby("answering").size().reindex(exact.index, fill_value=0)
    unbounded = every["asked"].apply(lambda asked: asked.isna().any()).reindex(exact.index, fill_value=False)
    together = pd.Series(gate.middle(rest), index=exact.index)
    least = together - (STEP - 1) / 2
    bounds = ~unbounded & (least > (STEP - 1) * (number.reindex(exact.index) - 1))
    together = together.where(~bounds, (STEP - 1) / 2 * number.reindex(exact.index)).where(number > 0, 0.0)
    return (middle.reindex(exact.index, fill_value=0.0) + together).where(exact.notna(), exact)


def leadership(results: Results, gate: Gate) -> Leadership:
    """What is said of all who lead together."""
    found, leaders = results.leadership, results.leadership.leaders
    estimates = {name: estimate(one, gate) for name, one in found.estimates.items()}
    people = {name: float(leaders or 0) for name in OF_LEADERS}
    people |= {name: float(results.inputs.people - (leaders or 0)) for name in OF_OTHERS}
    estimates |= {
        name: proportion(found.estimates[name], of, gate) for name, of in people.items() if name in found.estimates
    }
    if {"silent_share", "silent_share_others"} <= estimates.keys():
        silent, others = estimates["silent_share"], estimates["silent_share_others"]
        # Whether it lies beyond the others' share is said: the interval does not contradict it.
        beyond = max if leaders_are_silent(found.estimates) else min
        if silent.low is not None and others.value is not None:
            edge = others.value + (10.0**-3 if beyond is max else 0.0)
            estimates["silent_share"] = replace(silent, low=beyond(silent.low, edge))
    count = results.inputs.communities
    for name in OF_COMMUNITIES:
        if name in found.estimates:
            exact = found.estimates[name]
            told = finite(float(gate.mean(exact.value, count, step=FEW_COMMUNITIES, most=1.0)))
            estimates[name] = withheld(exact, gate) if told is None else valued(exact, told, gate)
    estimates = _apart(found.estimates, estimates, gate, OF_LEADERS_APART)
    matrices = Matrices.of(results, gate)
    if matrices.total_volume and matrices.ei_volume is not None:
        for name in FLOWS:
            if name in found.estimates:
                estimates[name] = estimate(found.estimates[name], gate, of=matrices.total_volume)
        # It is the share across departments, by the same matrix.
        if "flow_across" in found.estimates:
            estimates["flow_across"] = valued(found.estimates["flow_across"], (1 + matrices.ei_volume) / 2, gate)
    return replace(
        found,
        estimates=estimates,
        layers={name: estimate(one, gate) for name, one in found.layers.items()},
        leaders=None if leaders is None else whole(gate.count(leaders)),
    )


def external(results: Results, gate: Gate) -> External:
    """Who deals with the outside: the share and its interval are those of the middle of the class of the count."""
    found = results.external
    if found.unknown:
        return found
    table = found.table.copy()
    people = table["people"].to_numpy(np.float64)
    table["people_outside"] = pd.array(gate.part(table["people_outside"], people), dtype="Float64").astype("Int64")
    # Nobody is told as a few are.
    table["people_outside"] = table["people_outside"].where(table["people_outside"].fillna(0) >= STEP)
    known = table["people_outside"].notna().to_numpy(dtype=bool)
    table["outsiders"] = table["outsiders"].where(known)
    everybody = gate.middle(people)
    number = np.minimum(gate.middle(table["people_outside"].astype(np.float64)), everybody)
    share = proportion(found.share, float(results.organisation.placed), gate)
    table[["p", "q"]] = chances.of_outside(found.table, np.where(known, number, np.nan), everybody, share.value, gate)
    told = known & (np.nan_to_num(gate.count(table["people_outside"].astype(np.float64))) > 0)
    low, high = jeffreys(number, everybody)
    outsiders = table["outsiders"].astype(np.float64)
    heads = np.where(np.isfinite(gate.count(outsiders)), gate.middle(outsiders) / everybody, np.nan)
    for name, values in (
        ("outside_share", number / everybody),
        ("outside_share_low", low),
        ("outside_share_high", high),
        ("outsiders_per_head", heads),
    ):
        table[name] = np.where(told, values, np.nan)
    # Named as withheld, whether it is nobody or a few.
    table["people_outside"] = table["people_outside"].mask(table["verdict"] == "never", 0)
    counts = ("people", "people_outside", "outsiders")
    table = figures(stepped(table, counts, gate), gate, except_=counts).sort_index()
    table = table.sort_values(["outside_share", "outsiders_per_head"], ascending=False, kind="stable")
    return replace(
        found,
        table=table,
        share=share,
        outsiders=whole(gate.count(found.outsiders)) or 0,
    )


#: Field of `Results` -> what publishes it.
ANSWERS: Mapping[str, Callable[[Results, Gate], Any]] = {
    "connector": connector,
    "detected": detected,
    "communities": communities,
    "dialogue": dialogue,
    "leadership": leadership,
    "external": external,
    "trend": lambda results, gate: trend(results.trend, gate),
    "change_points": lambda results, gate: change_points(results.change_points, gate),
    "events": lambda results, gate: events(results.events, gate),
    "responsiveness": lambda results, gate: responsiveness(results.responsiveness, gate),
    "turnover": lambda results, gate: turnover(results.turnover, gate),
}

"""Results as they are published: every number about a group through the gate, so that no hidden one follows from them.

Verdicts are those of the exact numbers. Measures that are sums or shares of ties and volumes are worked out again from
the published matrices of departments, and therefore tell nothing that these do not; all others are rounded.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from silos.analysis.connector.evidence import CANNOT_SAY
from silos.analysis.departments import NEARBY, ROLES, SEALED, TWICE, Departments
from silos.analysis.organisation import Organisation
from silos.analysis.pairs import DEPTH, PROBABLE_DEPTH, Pairs
from silos.analysis.published import chances
from silos.analysis.published.answers import ANSWERS
from silos.analysis.published.help import help_published
from silos.analysis.published.matrices import Matrices, by_department, scattered
from silos.analysis.published.members import agreements
from silos.analysis.published.tables import estimate, figures, stepped, within
from silos.analysis.published.very_few import TOP_SHARES
from silos.analysis.result_protocol import SUPPRESSED, whole
from silos.analysis.results import Results
from silos.measures.basis import totals_across
from silos.measures.person_table import MOST_ACTIVE
from silos.privacy.gate import STEP, Gate
from silos.system.threads import matrices_alone

#: Digits of what is no count: the next where with the first a sentence would be another one.
FINER = (2, 3)
#: Measures of people of which a department is told mean and median, and the largest value where they are a share: with
#: two digits, the mean with and without somebody would give theirs, and 0 would say that so are everybody's.
OF_PEOPLE = {"participation": 1.0, "cross_department_entropy": 1.0, "constraint": 1.0, "effective_size": None}
#: Measure of the organisation -> what it is called beside the detected communities.
AGREED = {
    "department_community_ami": "ami",
    "community_homogeneity": "homogeneity",
    "community_completeness": "completeness",
}
#: What is not said of a department that has too few ties to be given.
BLANK = ("insularity", "insularity_low", "insularity_high", "external_share", "ei_index")
#: What is not said beside fewer ties inside, or across, than are given: it rests on exact ones, of every kind.
FROM_HABIT = ("inwardness", "inwardness_low", "inwardness_high", "inwardness_nearby")
#: Steps in which the share of messages that fewer accounts than a step wrote is given.
PERCENT = 0.01
#: Standard deviations to either end of a 95 % interval.
NORMAL = 1.96
#: Verdict -> bounds of `relative` that it implies: a published figure does not contradict its verdict.
BOUNDS = {
    "wall": (0.0, DEPTH),
    "probable wall": (0.0, PROBABLE_DEPTH),
    "bridge": (1 / DEPTH, np.inf),
    "probable bridge": (1 / PROBABLE_DEPTH, np.inf),
}


@matrices_alone()
def publish(results: Results, told: Callable[[Results], Any]) -> Results:
    """The results as they may be published.

    Args:
        results: exact ones; published ones are returned as they are.
        told: what is said of results, in any form that can be compared: the figures get one digit more where they
            would else make it say something else.
    """
    if results.inputs.published:
        return results
    said = told(results)
    for digits in FINER:
        found = _published(results, Gate(digits))
        if told(found) == said:
            return found
    return _published(results, Gate())


def _memberships(count: int, gate: Gate) -> int:
    """Memberships in steps, fewer than one step as one: exact, two runs tell in how many communities somebody is.

    Examples:
        >>> [_memberships(count, Gate()) for count in (0, 3, 803, 804)]
        [0, 5, 800, 800]
    """
    return int(np.nanmax([*gate.count([count]), gate.count([STEP])[0]])) if count else 0


def _accounts(found: Mapping[str, Any], gate: Gate) -> dict[str, Any]:
    """What accounts wrote, in steps: of one that is a person after all, it would be how much this person writes.

    Examples:
        >>> _accounts({"count": 1, "messages": 62, "share": 0.0016}, Gate())
        {'count': 1, 'messages': None, 'share': 0.01}
        >>> _accounts({"count": 6, "messages": 4212, "share": 0.106}, Gate())
        {'count': 6, 'messages': 4210, 'share': 0.11}
    """
    if not found.get("count"):
        return dict(found)
    if found["count"] < STEP:
        return {**found, "messages": None, "share": float(gate.figure(np.ceil(found["share"] / PERCENT) * PERCENT))}
    return {**found, "messages": whole(gate.count(found["messages"])), "share": float(gate.figure(found["share"]))}


def _published(results: Results, gate: Gate) -> Results:
    matrices = Matrices.of(results, gate)
    answers = {name: publish_one(results, gate) for name, publish_one in ANSWERS.items()}
    pairs, helped = _pairs(results, matrices, gate), results.what_would_help
    departments = _departments(results, matrices, gate)
    return replace(
        results,
        inputs=replace(
            results.inputs,
            published=True,
            memberships=_memberships(results.inputs.memberships, gate),
            accounts=_accounts(results.inputs.accounts, gate),
        ),
        organisation=replace(_organisation(results, matrices, gate), median_insularity=departments.median),
        departments=departments,
        pairs=pairs,
        what_would_help=None
        if helped is None
        else help_published(
            helped, pairs, matrices, results.departments.candidates, gate, concentrated=concentrated(results, gate)
        ),
        **answers,
    )


def _organisation(results: Results, matrices: Matrices, gate: Gate) -> Organisation:
    """Shares of ties and volume by the published matrices; the rest no finer than a step of the ties."""
    found = results.organisation
    base = None if matrices.ties is None else matrices.total_ties
    bases = dict.fromkeys(found.estimates, base)
    if base is not None and matrices.total_volume is not None:
        inside = matrices.volume_inside
        for name, of in (("two_way_share_within", inside), ("two_way_share_across", matrices.total_volume - inside)):
            bases[name] = min(base, of)
    estimates = {name: estimate(one, gate, of=bases[name]) for name, one in found.estimates.items()}
    agreed = agreements(results, gate)
    estimates |= {name: agreed[measure] for name, measure in AGREED.items() if name in estimates and measure in agreed}
    ties, volume = matrices.ei_ties, matrices.ei_volume
    told = {name: value for name, value in found.told.items() if found.estimates[name].value is not None}
    estimates |= {name: within(found.estimates[name], value, gate) for name, value in told.items()}
    known: Mapping[str, float | None] = {
        "ei_index": ties,
        "ei_index_volume": volume,
        "cross_department_share": None if volume is None else (1 + volume) / 2,
    }
    for name, value in known.items():
        if value is not None and found.estimates[name].value is not None:
            estimates[name] = within(found.estimates[name], value, gate)
    return replace(
        found,
        estimates=estimates,
        people=whole(gate.count(found.people)) or 0,
        placed=whole(gate.count(found.placed)) or 0,
        ties=None if found.ties is None else whole(gate.count(matrices.total_ties)),
        told={},
    )


def concentrated(results: Results, gate: Gate) -> tuple[str, ...]:
    """Departments whose ties across are held by so few people, effectively, that it is not told how many."""
    held = results.connector.candidates.get("effective_spanners")
    if held is None:
        return ()
    held = held.astype(np.float64)
    return tuple(str(name) for name in held.index[held.notna() & np.isnan(gate.count(held))])


def _departments(results: Results, matrices: Matrices, gate: Gate) -> Departments:
    found = results.departments
    table, median = found.table.copy(), found.median
    if matrices.ties is not None:
        known = by_department(table, matrices.mixing, table["people"], results.organisation.placed)
        # On one kind of ties, it follows from the insularity.
        alone = np.allclose(table["inwardness"], table["insularity"] - (found.median or 0.0), equal_nan=True)
        for name, values in known.items():
            # What stands for nobody's tie is no estimate.
            table[name] = np.where(table[name].notna(), values, np.nan)
        if median is not None:
            # The exact one is one department's own insularity.
            median = float(table["insularity"].reindex(found.candidates).median())
        table["reach"] = matrices.reach.reindex(table.index).where(table["reach"].notna())
        table["ei_index"] = np.where(table["ei_index"].notna(), 2 * table["external_share"] - 1, np.nan)
        given = matrices.ties.notna()
        unknown = _unknown(table, given)
        table = _ends_of_few(table, found, matrices, unknown)
        table.loc[unknown, list(BLANK)] = np.nan
        few = pd.Series(scattered(matrices.middle_ties.to_numpy(), given.to_numpy()), index=given.index)
        table.loc[few.reindex(table.index).to_numpy(dtype=bool), "reach"] = np.nan
        if alone:
            middle = 0.0 if median is None else float(gate.figure(median))
            table["inwardness"] = (table["insularity"] - middle).where(table["inwardness"].notna())
        else:
            table = _no_finer_than_ties(table, matrices)
    counts = ("people", *(role for role in ROLES if role in table))
    for role in ROLES:
        # Paths are many: steps of five would be finer than two digits.
        table[role] = gate.figure(table[role]) if role in table else np.nan
    tenth = np.ceil(table["people"].astype(np.float64) / MOST_ACTIVE)
    # Of fewer people than a department may have nothing is told; nor where it is not told how few hold the ties.
    few = (tenth < results.asked.min_department) | table.index.isin(list(concentrated(results, gate)))
    for name in TOP_SHARES:
        if name in table:
            table[name] = table[name].mask(few)
    table = _means(table, found.valued, gate)
    table = stepped(table, counts, gate)
    table = figures(table, gate, except_=("people", *ROLES))
    # The order of the exact numbers would tell more than the published ones.
    table = table.sort_index().sort_values("insularity", ascending=False, kind="stable")
    return replace(found, table=table, median=None if median is None else float(gate.figure(median)))


def _no_finer_than_ties(table: pd.DataFrame, matrices: Matrices) -> pd.DataFrame:
    """The table with how inward departments are in steps of what as many ties across as a class has would change.

    It is a difference, and near 0 its first digits are finer than what it is a difference of. It rests on kinds of ties
    that are not published, and cannot be worked out from classes.
    """
    cells = matrices.mixing.loc[table.index, table.index].to_numpy()
    unit = np.log1p(STEP / np.maximum(totals_across(cells), STEP)) / 2
    found = table.copy()
    for name, least in (("inwardness", TWICE), ("inwardness_nearby", NEARBY)):
        steps = np.round(table[name] / unit) * unit + 0.0
        # What is called a silo is as inward as a silo must be.
        found[name] = steps.mask(table["verdict"].eq("silo"), steps.clip(lower=least))
    return found


def _unknown(table: pd.DataFrame, given: pd.DataFrame) -> np.ndarray:
    """Departments without a verdict whose ties inside, or all whose ties across, are too few to be given.

    What stands for ties that may be none is no estimate.

    Args:
        table: of departments.
        given: departments x departments, whether their ties are given.
    """
    cells = given.loc[table.index, table.index].to_numpy()
    inside, across = np.diagonal(cells), (cells & ~np.eye(len(cells), dtype=bool)).any(axis=1)
    return np.asarray((table["verdict"] == CANNOT_SAY).to_numpy() & ~(inside & across))


def _ends_of_few(table: pd.DataFrame, found: Departments, matrices: Matrices, unknown: np.ndarray) -> pd.DataFrame:
    """The table with other intervals where a department's ties inside, or all across, are too few to be given.

    Those of exact counts would tell whether there are any: they are those of independent ties instead, of as many as
    the middles of the classes. The odds stay as far out as is said of all departments together.

    Args:
        table: of departments, with what follows from published ties.
        found: the exact departments.
        matrices: the published ties.
        unknown: as of `_unknown`.
    """
    cells = matrices.mixing.loc[table.index, table.index].to_numpy()
    inside, across = np.diagonal(cells) / 2, totals_across(cells)
    few = unknown | (inside < STEP) | (across < STEP)
    if not few.any():
        return table
    table = table.copy()
    half = NORMAL * np.sqrt(1 / (inside + 0.5) + 1 / (across + 0.5))
    # Insularity is half a logarithm of odds.
    for name, wide in (("insiders_odds", half), ("insularity", half / 2)):
        for end, side in (("low", -1), ("high", 1)):
            column = f"{name}_{end}"
            table[column] = table[column].mask(few & table[column].notna(), table[name] + side * wide)
    if found.sealed is not None:
        table["insiders_odds_low"] = table["insiders_odds_low"].mask(
            few, table["insiders_odds_low"].clip(np.log(SEALED))
        )
    table.loc[few, list(FROM_HABIT)] = np.nan
    return table


def _means(table: pd.DataFrame, valued: pd.DataFrame, gate: Gate) -> pd.DataFrame:
    """The table with means over people in classes; a median, which is somebody's own, in one as wide as what it hides.

    Args:
        table: of departments.
        valued: how many people each mean is over.
        gate: what publishes.
    """
    result = table.copy()
    for name, most in OF_PEOPLE.items():
        # A log of groups has none of them.
        if name not in valued:
            continue
        of = valued[name].reindex(table.index)
        if most is None:
            result[name] = gate.mean(table[name], of, step=STEP)
            result[f"{name}_median"] = gate.middle(table[f"{name}_median"])
        else:
            for column in (name, f"{name}_median"):
                result[column] = gate.mean(table[column], of, most=most)
    return result


def _pairs(results: Results, matrices: Matrices, gate: Gate) -> Pairs:
    found = results.pairs
    table = found.table.copy()
    a, b = table["a"], table["b"]
    if matrices.ties is not None:
        ties, expected = _cells(matrices.middle_ties, a, b), gate.figure(_cells(matrices.expected_ties, a, b))
        least, most = (
            np.array([BOUNDS.get(verdict, (0.0, np.inf))[end] for verdict in table["verdict"]]) for end in (0, 1)
        )
        with np.errstate(divide="ignore", invalid="ignore"):
            relative = np.clip(np.where(expected > 0, ties / expected, np.nan), least, most)
        table["relative"] = np.where(table["relative"].notna(), relative, np.nan)
        table["expected_ties"] = expected
    if matrices.volumes is not None:
        # Of so few ties that they are not given, the volume is what a few people wrote to each other.
        told = np.ones(len(table), dtype=bool) if matrices.ties is None else np.isfinite(_cells(matrices.ties, a, b))
        table["observed"] = np.where(told, _cells(matrices.both_ways, a, b), np.nan)
        expected = gate.figure(_cells(matrices.expected_volume, a, b))
        table["expected"] = np.where(table["expected"].notna(), expected, np.nan)
        # The cell of the matrix: a figure and a table say the same of a pair.
        table["ratio"] = np.where(table["ratio"].notna(), _cells(matrices.ratios, a, b), np.nan)
    ratios, volumes = matrices.ratios, matrices.volumes
    if matrices.ties is None:
        table, ratios, volumes = _of_groups(found, gate)
    else:
        table[["p", "q"]] = chances.of_pairs(
            found.table, ties, table["expected_ties"].to_numpy(), found.clustering, gate
        )
    table = stepped(table, ("ties", "observed"), gate)
    # The interval is that of exact counts: from 0 to 0 for none.
    table.loc[table[SUPPRESSED] != "", ["ratio_low", "ratio_high"]] = np.nan
    table = figures(table, gate, except_=("ties", "observed", "p", "q"))
    # The order of the exact numbers would tell more than the published ones.
    order = ["ratio", "a", "b"] if results.inputs.level == "department" else ["p", "a", "b"]
    table = table.sort_values(order, kind="stable").reset_index(drop=True)
    return replace(
        found,
        table=table,
        ratios=_square(found.ratios, ratios, gate),
        affinity=_square(found.affinity, None if matrices.ties is None else matrices.affinity, gate),
        ties=matrices.ties,
        volumes=volumes,
    )


def _of_groups(found: Pairs, gate: Gate) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame | None]:
    """The table, ratios and volumes of a log of groups: less than a step by the middle of its class, or not at all."""
    table, ratios, volumes = found.table.copy(), found.ratios.copy(), found.volumes
    few = np.isnan(gate.count(table["observed"])) & table["ratio"].notna()
    least = gate.middle(0) / table["expected"].where(table["expected"] > 0)
    for name in ("ratio", "relative"):
        table[name] = table[name].mask(few, least)
    for a, b, ratio in table.loc[few, ["a", "b", "ratio"]].itertuples(index=False):
        ratios.loc[a, b] = ratios.loc[b, a] = ratio
    if volumes is not None:
        volumes = _square(volumes.where(np.isfinite(gate.count(volumes))), None, gate)
    return table, ratios, volumes


def _cells(matrix: pd.DataFrame, a: Iterable[Any], b: Iterable[Any]) -> np.ndarray:
    values = matrix.to_numpy()
    return np.asarray(values[matrix.index.get_indexer(list(a)), matrix.index.get_indexer(list(b))])


def _square(exact: pd.DataFrame, known: pd.DataFrame | None, gate: Gate) -> pd.DataFrame:
    """A square table rounded; by the published matrices where it follows from them."""
    if exact.empty:
        return exact
    values = exact if known is None else known.loc[exact.index, exact.columns].where(exact.notna())
    return pd.DataFrame(gate.figure(values.to_numpy(np.float64)), index=exact.index, columns=exact.columns)

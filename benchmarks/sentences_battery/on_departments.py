"""Oracles of the sentences on departments and pairs: silos, sealed organisations, walls and bridges."""

# ruff: noqa: ARG001 - every oracle takes the same arguments
from collections.abc import Iterator

import numpy as np
import pandas as pd

from sentences_battery.oracle import (
    Case,
    Complaints,
    all_named,
    ends,
    equals,
    measured,
    oracle,
    planted,
    reasons,
)
from sentences_battery.printed import Said, between, either, listed, names, number

#: Factor of affinity up to which a planted silo must be found: half.
HALVED = 0.5
#: People with a tie, ties inside, ties across or so many inside: with fewer nothing need be said of a department.
PEOPLE, INSIDE, ACROSS = 6, 8, 20
#: How many times likelier a contact an insider is, in every department, where all are sealed.
SEALED = 8.0
#: Departments, and weeks, from which anything can be said of silos.
DEPARTMENTS, WEEKS = 4, 2
#: Departments with ties enough from which a planted silo must be found: of fewer the habit is known badly, and a silo
#: among them may be uncertain, but never denied.
HABIT = 8
#: Ties expected of a pair, and its departments, from which anything can be said of the pair.
PAIR, PAIRED = 12.0, 5
#: Part by which the expected ties of a pair may differ between two ways of fitting them.
FITTED = 0.35
#: How many times the ties expected a bridge has, at least.
TWICE = 2.0


def judgeable(case: Case) -> list[str]:
    """Departments of which there are ties enough to say anything."""
    ties, raw = case.facts.ties, case.raw
    active = pd.concat([raw.pairs["p"], raw.pairs["q"]]).drop_duplicates().map(raw.shown).value_counts()
    found = []
    for name in raw.alone:
        inside = ties.loc[name, name]
        across = ties.loc[name].sum() - inside
        if active.get(name, 0) >= PEOPLE and inside >= INSIDE and (across >= ACROSS or inside >= INSIDE + ACROSS):
            found.append(name)
    return found


def weeks(case: Case) -> int | None:
    """Weeks that the log spans; None where it has no times, or no messages."""
    moments = case.raw.inside["moment"].dropna()
    if moments.empty or not case.raw.directed:
        return None
    return max(1, -(-(moments.max() - moments.min()).days // 7))


def askable(case: Case) -> bool:
    """Whether the log is long, and the departments are many, enough to ask for silos."""
    long_enough = weeks(case) is None or (weeks(case) or 0) >= WEEKS
    return len(case.raw.alone) >= DEPARTMENTS and long_enough


def planted_silos(case: Case) -> dict[str, float]:
    """The silos that were planted, and are departments here."""
    return {name: factor for name, factor in (case.truth.silos or {}).items() if name in case.raw.alone}


def _silos_owed(case: Case) -> Iterator[tuple[str, bool]]:
    """Planted silos with half of the affinity or less, in a log that is there as a whole, among many departments."""
    if not case.truth.known or case.truth.share < 1 or not askable(case):
        return
    told = [said["department"] for said in case.tells("findings.silo")]
    for said in case.tells("findings.silos_more"):
        told += names(said["departments"], case.raw.alone) or []
    enough = judgeable(case)
    if len(enough) < HABIT:
        return
    for name, factor in planted_silos(case).items():
        if factor <= HALVED and name in enough:
            yield name, name in told


def _is_silo(name: str, case: Case) -> Complaints:
    if case.truth.known and name not in planted_silos(case):
        yield planted(f"{name} was not planted as a silo")


def told_silos(case: Case) -> list[str]:
    """Departments that a finding calls silos."""
    told = [said["department"] for said in case.tells("findings.silo")]
    for said in case.tells("findings.silos_more"):
        told += names(said["departments"], case.raw.alone) or []
    return told


@oracle("findings.silo", owed=_silos_owed)
def silo(said: Said, case: Case) -> Complaints:
    """The department was planted, and the ratio of its densities is so."""
    name = said["department"]
    if name not in case.raw.alone:
        yield measured(f"there is no department {name}")
        return
    yield from equals(said, "times", case.facts.ratio()[name])
    low, high = case.facts.ratio_interval.loc[name]
    yield from ends(said, low, high, log=True)
    yield from _is_silo(name, case)


@oracle("findings.silos_more")
def silos_more(said: Said, case: Case) -> Complaints:
    """So many more, all of them planted."""
    found = names(said["departments"], case.raw.alone)
    yield from all_named(found, said, "departments")
    yield from equals(said, "count", len(found or []))
    for name in found or []:
        yield from _is_silo(name, case)


def _strong(case: Case) -> list[str]:
    """Planted silos that a log of this size shows."""
    return [name for name, factor in planted_silos(case).items() if factor <= HALVED and name in judgeable(case)]


def _left_open(case: Case) -> list[str]:
    """Departments of which the limits say that their intervals are too wide for a verdict."""
    told = [names(said["departments"], case.raw.alone) or [] for said in case.tells("limits.uncertain")]
    return [name for some in told for name in some]


def _denied(case: Case) -> Complaints:
    """A planted silo is among those judged: what is said of these is false of it."""
    denied = [name for name in _strong(case) if name not in _left_open(case)]
    if denied:
        yield planted(f"{', '.join(denied)} were planted as silos, and not left open")


def _without_silo(case: Case) -> Complaints:
    if _strong(case):
        yield planted(f"{', '.join(_strong(case))} were planted as silos")
    yield from _unsealed(case)


def _unsealed(case: Case) -> Complaints:
    if sealed_everywhere(case):
        yield measured("every department keeps to itself")


def sealed_everywhere(case: Case) -> bool:
    """Whether insiders are many times likelier contacts in every department."""
    ratio = case.facts.ratio()[case.raw.alone]
    low = case.facts.ratio_interval.loc[case.raw.alone, "low"]
    return len(ratio) > 1 and bool((low >= SEALED * 1.3).all())


@oracle("findings.no_silo")
def no_silo(said: Said, case: Case) -> Complaints:
    """No silo was planted that the log shows, and most departments can be judged."""
    yield from _without_silo(case)
    if not askable(case):
        yield measured("too few departments or weeks to tell what is usual")
    if len(judgeable(case)) < 0.75 * len(case.raw.alone):
        yield measured("most departments have too few ties or people to be judged")


@oracle("findings.no_silo_judged")
def no_silo_judged(said: Said, case: Case) -> Complaints:
    """So many departments have ties enough to be judged, of so many."""
    yield from _denied(case)
    yield from _unsealed(case)
    yield from equals(said, "all", len(case.raw.alone))
    yield from _count_judged(said["count"], case)


def _count_judged(count: str, case: Case) -> Complaints:
    """Of those with ties enough at most those that are not left open."""
    most = len(set(judgeable(case)) - set(_left_open(case)))
    if not 0 < number(count).middle <= most:
        yield measured(f"{most} departments at most can be judged, not {count}")


@oracle("findings.sealed", "findings.sealed_large", owed=lambda case: _sealed_owed(case))
def sealed(said: Said, case: Case) -> Complaints:
    """In every department insiders are at least so many times likelier contacts; the bound lies below the values."""
    ratio = case.facts.ratio()[case.raw.alone]
    low = case.facts.ratio_interval.loc[case.raw.alone, "low"]
    if number(said["times"]).low > ratio.min():
        yield measured(f"in {ratio.idxmin()} it is {ratio.min():.3g}, not {said['times']} or more")
    if number(said["times"]).high < low.min() / 2:
        yield measured(f"it is {low.min():.3g} and more everywhere, not {said['times']}")
    yield from _as_many(said, case)
    if case.truth.mixed:
        yield planted("departments were dealt out at random")


def _as_many(said: Said, case: Case) -> Complaints:
    """That is said of every department only where all are large enough to be shown; else of how many it is."""
    every, alone = len(case.raw.sizes), len(case.raw.alone)
    for name, count in (("all", every), ("count", alone), ("departments", alone)):
        if name in said.values:
            yield from equals(said, name, count)
    if "all" not in said.values and alone < every:
        yield measured(f"{every - alone} departments are too small to be judged")


def _sealed_owed(case: Case) -> Iterator[tuple[str, bool]]:
    if case.truth.sealed and case.truth.share == 1 and sealed_everywhere(case):
        yield "sealed", bool(case.tells("findings.sealed", "findings.sealed_large"))


@oracle("findings.cannot_judge", owed=lambda case: _cannot_owed(case))
def cannot_judge(said: Said, case: Case) -> Complaints:
    """The reason holds."""
    yield from _reason(said["reason"], case)


def _reason(text: str, case: Case) -> Complaints:
    few = len(case.raw.alone) < DEPARTMENTS
    active = pd.concat([case.raw.pairs["p"], case.raw.pairs["q"]]).drop_duplicates().map(case.raw.shown).value_counts()
    ties = case.facts.ties
    thin = [name for name in case.raw.alone if ties.loc[name].sum() < INSIDE + ACROSS or ties.loc[name, name] < INSIDE]
    holds = {
        "few_departments": few,
        "few_people": any(active.get(name, 0) < PEOPLE for name in case.raw.alone),
        "few_present": any(active.get(name, 0) < case.raw.sizes[name] / 4 for name in case.raw.alone),
        # Intervals are too wide: then some departments at least have not many ties.
        "uncertain": any(ties.loc[name, name] < 40 or ties.loc[name].sum() < 120 for name in case.raw.alone),
        "few_ties": bool(thin),
        "weeks": weeks(case) is not None and (weeks(case) or 0) < WEEKS,
        "coverage": covered(case) < 0.25,
    }
    if not all(holds.get(key, False) for key in reasons(text)):
        yield measured(f"the reason does not hold: {text}")


def covered(case: Case) -> float:
    """Share of the rows whose two people the roster has."""
    rows = case.raw.fate[~case.raw.fate.isin(["self", "undated", "reaction", "account", "no sender or recipient"])]
    return float((rows == "").mean()) if len(rows) else 0.0


def _cannot_owed(case: Case) -> Iterator[tuple[str, bool]]:
    """Where nothing can be asked, that is said; unless all are sealed."""
    if not askable(case):
        yield "cannot judge", bool(case.tells("findings.cannot_judge", "findings.sealed", "findings.sealed_large"))


# ---- the answer, and the lead of the section


@oracle("answer.apart_silos", "answer.apart_many")
def apart(said: Said, case: Case) -> Complaints:
    """Those that are apart were planted; the ratios are so."""
    name, ratio = said["department"], case.facts.ratio()
    if name not in case.raw.alone:
        yield measured(f"there is no department {name}")
        return
    told = _said_silos(case)
    if name not in told:
        yield measured(f"no finding says that {name} is a silo")
    yield from equals(said, "times", ratio[name])
    yield from _is_silo(name, case)
    yield from _those_apart(said, case, told)


@oracle("answer.apart_silos_tied", "answer.apart_many_tied")
def apart_tied(said: Said, case: Case) -> Complaints:
    """The same of several that come first: the ratios are those of the lowest and the highest."""
    firsts, told = names(said["firsts"], case.raw.alone), _said_silos(case)
    if firsts is None or len(firsts) < 2:
        yield measured(f"firsts are not several departments: {said['firsts']}")
        return
    for name in firsts:
        if name not in told:
            yield measured(f"no finding says that {name} is a silo")
        yield from _is_silo(name, case)
    ratio = case.facts.ratio()[firsts]
    spans = between(said["times"]) if " to " in said["times"] else (number(said["times"]),) * 2
    if not (spans[0].holds(ratio.min()) and spans[1].holds(ratio.max())):
        yield measured(f"times is {said['times']}, not {ratio.min():.3g} to {ratio.max():.3g}")
    yield from _those_apart(said, case, told)


def _said_silos(case: Case) -> list[str]:
    """The departments that the findings call silos."""
    told = [one["department"] for one in case.tells("findings.silo")]
    for one in case.tells("findings.silos_more"):
        told += names(one["departments"], case.raw.alone) or []
    return told


def _those_apart(said: Said, case: Case, told: list[str]) -> Complaints:
    """How many there are, of how many, and the ratio of the others."""
    yield from equals(said, "usual", usual(case, told))
    if "count" in said.values:
        yield from equals(said, "count", len(told))
        for one in case.tells("answer.sure_judged"):
            yield from equals(said, "all", number(one["judged"]).middle)
    if "departments" in said.values:
        found = names(said["departments"], case.raw.alone)
        if sorted(found or []) != sorted(told):
            yield measured(f"the findings name {', '.join(told)}, not {said['departments']}")


def usual(case: Case, but: list[str]) -> float:
    """The ratio of the median department; of two in the middle the geometric mean, as ratios have it."""
    return float(np.exp(np.log(case.facts.ratio()[case.raw.alone].drop(but, errors="ignore")).median()))


@oracle("answer.apart_walls")
def apart_walls(said: Said, case: Case) -> Complaints:
    """So many walls; the ties of the first and those expected are so."""
    yield from _without_silo(case)
    yield from _pair_numbers(said, case)
    walls = [number(one["count"]).middle for one in case.tells("findings.walls")]
    yield from equals(said, "count", walls[0] if walls else None)


def _pair_numbers(said: Said, case: Case) -> Complaints:
    pair = said["a"], said["b"]
    if not set(pair) <= set(case.raw.rows_shown):
        yield measured(f"there is no pair {' and '.join(pair)}")
        return
    yield from equals(said, "ties", case.facts.ties.loc[pair])
    expected = case.facts.expected.loc[pair]
    yield from equals(said, "expected", expected, FITTED * expected + 1)


@oracle("answer.apart_sealed", "answer.apart_sealed_large")
def apart_sealed(said: Said, case: Case) -> Complaints:
    """As the finding."""
    yield from sealed(said, case)


@oracle("answer.apart_none")
def apart_none(said: Said, case: Case) -> Complaints:
    """No silo that was planted, and the usual ratio."""
    yield from _without_silo(case)
    yield from equals(said, "usual", usual(case, []))


@oracle("answer.apart_unsaid")
def apart_unsaid(said: Said, case: Case) -> Complaints:
    """The reason holds."""
    yield from _reason(said["reason"], case)


@oracle("answer.apart_judged", "report.silos_judged")
def judged_apart(said: Said, case: Case) -> Complaints:
    """So many departments have ties enough to be judged, of so many; no silo was planted that the log shows."""
    yield from _denied(case)
    count, total = ("count", "all") if "all" in said.values else ("judged", "departments")
    yield from equals(said, total, len(case.raw.alone))
    yield from _count_judged(said[count], case)


@oracle("answer.sure_silo")
def sure_silo(said: Said, case: Case) -> Complaints:
    """The interval is that of the department."""
    if said["department"] not in case.raw.alone:
        yield measured(f"there is no department {said['department']}")
        return
    low, high = case.facts.ratio_interval.loc[said["department"]]
    yield from ends(said, low, high, log=True)


@oracle("answer.sure_judged")
def sure_judged(said: Said, case: Case) -> Complaints:
    """At most those with ties enough could be judged, of all departments of the roster."""
    yield from equals(said, "all", case.raw.department.nunique())
    if not 0 <= number(said["judged"]).middle <= len(judgeable(case)):
        yield measured(f"{len(judgeable(case))} departments at most can be judged, not {said['judged']}")


@oracle("answer.hint")
def hint(said: Said, case: Case) -> Complaints:
    """Of all departments, most were not judged: as many as the line on how sure it is leaves over."""
    yield from equals(said, "all", case.raw.department.nunique())
    judged = [number(one["judged"]).middle for one in case.tells("answer.sure_judged")]
    for one in judged:
        yield from equals(said, "count", case.raw.department.nunique() - one)
    if number(said["count"]).middle * 2 <= case.raw.department.nunique():
        yield measured(f"{said['count']} of {said['all']} departments are not most of them")


@oracle("report.silos", "report.silos_of_judged")
def silos_lead(said: Said, case: Case) -> Complaints:
    """Those named were planted."""
    found = names(said["names"], case.raw.alone)
    yield from all_named(found, said, "names")
    yield from equals(said, "departments", len(case.raw.alone))
    if "count" in said.values:
        yield from equals(said, "count", len(found or []))
    if "judged" in said.values:
        yield from _count_judged(said["judged"], case)
    for name in found or []:
        yield from _is_silo(name, case)


@oracle("report.silos_unsaid")
def silos_unsaid(said: Said, case: Case) -> Complaints:
    """The reason holds."""
    yield from _reason(said["reason"], case)


@oracle("report.silos_sealed", "report.silos_sealed_large")
def silos_sealed(said: Said, case: Case) -> Complaints:
    """As the finding."""
    yield from sealed(said, case)


@oracle("report.silos_none")
def silos_none(said: Said, case: Case) -> Complaints:
    """No silo that was planted."""
    if _strong(case):
        yield planted(f"{', '.join(_strong(case))} were planted as silos")


# ---- pairs


def count_of_pairs(case: Case) -> int:
    """Pairs of departments that may be shown."""
    rows = len(case.raw.rows_shown)
    return rows * (rows - 1) // 2


def _walls_owed(case: Case) -> Iterator[tuple[str, bool]]:
    """Walls without any tie left, where enough ties were to be expected."""
    if case.truth.walls is None or case.truth.share < 1 or len(case.raw.rows_shown) < 5:
        return
    told = {frozenset(pair[:2]) for said in case.tells("findings.walls") for pair in _pairs(said, case) or []}
    for pair in case.truth.walls:
        if set(pair) <= set(case.raw.alone) and case.facts.expected.loc[pair] >= ACROSS:
            yield " and ".join(pair), frozenset(pair) in told


def _pairs(said: Said, case: Case) -> list[tuple[str, ...]] | None:
    return listed(said["pairs"], case.raw.rows_shown, rf" and ({either(case.raw.rows_shown)}) at ([\d.,%]+)(?: times)?")


@oracle("findings.walls", owed=_walls_owed)
def walls(said: Said, case: Case) -> Complaints:
    """Each pair named was walled off, and has so few ties for what its departments have elsewhere."""
    found = _pairs(said, case)
    yield from all_named(found, said, "pairs")
    yield from equals(said, "all", count_of_pairs(case))
    if not len(found or []) <= number(said["count"]).middle <= count_of_pairs(case) / 2:
        yield measured(f"{said['count']} walls, of which {len(found or [])} are named")
    for a, b, share in found or []:
        expected = case.facts.expected.loc[a, b]
        value = case.facts.ties.loc[a, b] / expected if expected > 0 else np.nan
        if not number(share).holds(value, FITTED * value + 0.03):
            yield measured(f"{a} and {b} have {value:.3g} of the ties expected, not {share}")
        if case.truth.walls is not None and frozenset((a, b)) not in map(frozenset, case.truth.walls):
            yield planted(f"{a} and {b} were not walled off")


@oracle("findings.bridges", "findings.bridges_aside")
def bridges(said: Said, case: Case) -> Complaints:
    """Each pair named has at least twice the ties that its departments' contacts let expect, most additional first."""
    found = _pairs(said, case)
    yield from all_named(found, said, "pairs")
    yield from equals(said, "all", count_of_pairs(case))
    if not len(found or []) <= number(said["count"]).middle <= count_of_pairs(case) / 2:
        yield measured(f"{said['count']} bridges, of which {len(found or [])} are named")
    desks = set(case.facts.desks)
    for a, b, times in found or []:
        if said.kind == "findings.bridges_aside" and {a, b} & desks:
            yield measured(f"{a} or {b} is a service desk")
        expected = case.facts.expected.loc[a, b]
        value = case.facts.ties.loc[a, b] / expected if expected > 0 else np.nan
        if not number(times).holds(value, FITTED * value):
            yield measured(f"{a} and {b} have {value:.3g} times the ties expected, not {times}")
        if value < TWICE * (1 - FITTED):
            yield measured(f"{a} and {b} have only {value:.3g} times the ties expected")
    if case.truth.mixed:
        yield planted("departments were dealt out at random")


@oracle("report.pairs_intro")
def pairs_intro(said: Said, case: Case) -> Complaints:
    """So many pairs; as many walls and bridges as the findings say."""
    yield from equals(said, "pairs", count_of_pairs(case))
    for name in ("walls", "bridges"):
        told = [number(one["count"]).middle for one in case.tells(f"findings.{name}", f"findings.{name}_aside")]
        cut = len([one for one in case.said if one.kind.startswith("findings.")]) >= 10
        # Bridges of service desks alone are not told.
        if told or not (cut or case.facts.desks):
            yield from equals(said, name, told[0] if told else 0)
        elif not 0 <= number(said[name]).middle <= count_of_pairs(case) / 2:
            yield measured(f"{said[name]} {name} of {count_of_pairs(case)} pairs")


@oracle("report.pairs_probable")
def pairs_probable(said: Said, case: Case) -> Complaints:
    """Some pairs, and at most half of them."""
    if not 1 <= number(said["probable"]).middle <= count_of_pairs(case) / 2:
        yield measured(f"{said['probable']} probable ones of {count_of_pairs(case)} pairs")


@oracle("report.pairs_none")
def pairs_none(said: Said, case: Case) -> Complaints:
    """Pairs can be judged, no finding says otherwise, and nothing was walled off that the log shows."""
    if len(case.raw.rows_shown) < PAIRED or covered(case) < 0.25:
        yield measured("of no pair anything can be said")
    if case.tells("findings.walls", "findings.bridges", "findings.bridges_aside"):
        yield measured("findings name walls or bridges")
    missed = [what for what, told in _walls_owed(case) if not told]
    if missed:
        yield planted(f"{', '.join(missed)} were walled off")


@oracle("report.pairs_unsaid_all")
def pairs_unsaid_all(said: Said, case: Case) -> Complaints:
    """The reason holds: departments are few, few ties are expected of a pair, or HR's list lacks most people."""
    expected = case.facts.expected.loc[case.raw.rows_shown, case.raw.rows_shown].to_numpy()
    few, told = len(case.raw.rows_shown) < PAIRED, reasons(said["reason"])
    typical = np.nanmedian(expected) if len(told) == 1 else np.nanmin(expected)
    holds = {
        "few_departments": few,
        "few_ties": not few and bool(typical < ACROSS),
        "merged": len(case.raw.rows_shown) > len(case.raw.alone),
        "apart_in_time": bool({"effective_from", "effective_to"} & set(case.raw.roster)),
        "weeks": weeks(case) is not None and (weeks(case) or 0) < WEEKS,
        "coverage": covered(case) < 0.25,
    }
    if not all(holds.get(key, False) for key in told):
        yield measured(f"the reason does not hold: {said['reason']}")


@oracle("report.pairs_closest")
def pairs_closest(said: Said, case: Case) -> Complaints:
    """The ties of the pair, and those expected."""
    yield from _pair_numbers(said, case)


@oracle("report.pairs_apart")
def pairs_apart(said: Said, case: Case) -> Complaints:
    """Departments begin or end only in a roster with dates; at most all of the pairs are apart."""
    if not {"effective_from", "effective_to"} & set(case.raw.roster):
        yield measured("no department begins or ends in this roster")
    if not 1 <= number(said["count"]).middle <= count_of_pairs(case):
        yield measured(f"{said['count']} of {count_of_pairs(case)} pairs")


@oracle("report.pairs_unsaid")
def pairs_unsaid(said: Said, case: Case) -> Complaints:
    """Of so many pairs of departments that stand alone few ties are expected."""
    alone = case.raw.alone
    upper = np.triu_indices(len(alone), k=1)
    expected, ties = (part.loc[alone, alone].to_numpy()[upper] for part in (case.facts.expected, case.facts.ties))
    # What is far above the little that is expected is a bridge.
    surely = int(((expected < PAIR * (1 - FITTED)) & (ties < TWICE * expected)).sum())
    perhaps = int((expected < PAIR * (1 + FITTED)).sum())
    if not max(surely, 1) <= number(said["count"]).middle <= perhaps:
        yield measured(f"of {surely} to {perhaps} pairs few ties are expected, not of {said['count']}")

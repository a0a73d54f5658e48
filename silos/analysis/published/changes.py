"""What changed over time, published: windows, events, and people who move, join or leave, through the gate.

Before, after and the change between them follow from classes of the counts between departments, as the figures of the
whole log do. Means over people who moved, joined or left are in classes that leave open what each one's own is.
"""

from dataclasses import replace

import numpy as np
import pandas as pd

from silos.analysis.over_time.change_points import ChangePoints
from silos.analysis.over_time.events import Events
from silos.analysis.over_time.responsiveness import Curve, Responsiveness
from silos.analysis.over_time.trend import Trend
from silos.analysis.over_time.turnover import Turnover
from silos.analysis.published.tables import estimate, figures, stepped
from silos.analysis.result_protocol import whole
from silos.inference.estimate import Estimate, finite
from silos.inference.event_study import NEW, OLD, beyond, gain
from silos.privacy.gate import LEAST_SHARED, STEP, Gate

#: Columns of the windows that are counts of people, messages and ties, and those of them that the roster gives.
WINDOW_COUNTS = ("people", "messages", "ties", "joiners", "leavers", "movers")
OF_ROSTER = WINDOW_COUNTS[3:]
#: Width of the classes of a mean share beyond which it is not given but for its interval: of fewer than ten people, the
#: middle of a fifth stood for shares of 3 % and of 19 %, and 10 % before and after for a rise.
WIDEST = 0.1


def trend(found: Trend, gate: Gate) -> Trend:
    """The course of the measures, and the windows."""
    windows = found.windows.copy()
    if len(windows):
        if found.told_ties:
            windows["ties"] = list(found.told_ties)
        if found.dated:
            # Nobody is told as a few are.
            for name in OF_ROSTER:
                windows[name] = windows[name].fillna(0.0)
        kept = (*WINDOW_COUNTS, "walls", "bridges")
        windows = figures(stepped(windows, WINDOW_COUNTS, gate), gate, except_=kept)
    table = found.table if found.table.empty else figures(worked_out(found.table, found.told, gate), gate)
    return replace(found, table=table, windows=windows, told=None, told_ties=())


def change_points(found: ChangePoints, gate: Gate) -> ChangePoints:
    """Changes that nobody announced; how many windows they are seen in is no count of people."""
    table = worked_out(stepped(found.table, ("people",), gate), found.told, gate)
    return replace(found, table=figures(table, gate, except_=("people", "windows_before", "windows_after")), told=None)


def events(found: Events, gate: Gate) -> Events:
    """What changed across events."""
    counts = ("people",)
    table = worked_out(stepped(found.table, counts, gate), found.told, gate)
    return replace(found, table=figures(table, gate, except_=(*counts, "weeks")), told=None)


def worked_out(exact: pd.DataFrame, told: pd.DataFrame | None, gate: Gate) -> pd.DataFrame:
    """A table of changes with what follows from classes of counts in place of what is exact.

    The change is the difference of what is told of before and after, no further than its interval: a verdict rests on
    that. What is symmetric about the exact change, or is a multiple of it, would give it back: it is moved along.

    Args:
        exact: as of `silos.analysis.over_time.trend.follow` and its like.
        told: by row, what is worked out (`silos.analysis.over_time.headline_classes`); None where nothing is.
        gate: what rounds.
    """
    if told is None or exact.empty:
        return exact
    table, told = exact.copy(), told.set_index(exact.index)
    for name in told.columns.intersection(table.columns):
        table[name] = told[name].where(table[name].notna())
    low, high = (pd.Series(gate.figure(exact[f"change_{end}"]), index=exact.index) for end in ("low", "high"))
    change = np.fmin(np.fmax(table["after"] - table["before"], low), high)
    table["change"] = change.where(exact["change"].notna())
    table["after"] = table["before"] + table["change"]
    if "strength" in exact:
        errors = exact["change"].abs() / exact["strength"].where(exact["strength"] > 0)
        table["strength"] = (table["change"].abs() / errors).where(errors > 0, exact["strength"])
    if "weeks_low" in exact:
        moved = table["change"] - exact["change"]
        low, high = exact["weeks_low"] + moved, exact["weeks_high"] + moved
        # What lies beyond 0 is said to.
        table["weeks_low"] = low.where(~(exact["weeks_low"] > 0), low.clip(lower=0))
        table["weeks_high"] = high.where(~(exact["weeks_high"] < 0), high.clip(upper=0))
    return table


# ---- people who move, join or leave


def responsiveness(found: Responsiveness, gate: Gate) -> Responsiveness:
    """The contacts of people who moved."""
    return replace(found, curves={name: _curve(curve, gate) for name, curve in found.curves.items()})


def _curve(found: Curve, gate: Gate) -> Curve:
    table = stepped(found.table, ("movers",), gate)
    movers = found.table["movers"].to_numpy(np.float64)
    narrow = gate.count(movers) >= 1 / WIDEST
    given = bool((narrow | np.isnan(movers)).all())
    value = np.full((2, 2, len(table)), np.nan)
    for at, name in enumerate((OLD, NEW)):
        value[0, at] = gate.mean(found.table[name], movers, most=1.0)
        value[1, at] = gate.mean(found.table[f"others_{name}"], found.fewest, most=1.0)
        table[name] = np.where(narrow, value[0, at], np.nan)
        table[f"others_{name}"] = value[1, at] if gate.count(found.fewest) >= 1 / WIDEST else np.nan
        ends = gate.ends(found.table[f"{name}_low"], found.table[f"{name}_high"], movers, most=1.0)
        table[f"{name}_low"], table[f"{name}_high"] = ends
    gains = []
    for at, (name, exact) in enumerate(((OLD, found.old_loss), (NEW, found.new_gain))):
        since = beyond(value, at)
        # Classes are wide: a change that they put beyond its own interval is not told.
        within = (since >= found.table[f"beyond_{name}_low"]) & (since <= found.table[f"beyond_{name}_high"])
        table[f"beyond_{name}"] = np.where(within & given, since, np.nan)
        gains.append(_within(exact, float(gain(value, at)) if given else np.nan, gate))
    return replace(
        found,
        movers=int(np.nan_to_num(gate.count(found.movers))),
        others=int(np.nan_to_num(gate.count(found.others))),
        fewest=int(np.nan_to_num(gate.count(found.fewest))),
        table=figures(table, gate, except_=("month", "months", "movers")),
        half_life=estimate(found.half_life, gate),
        time_to_half=estimate(found.time_to_half, gate),
        old_loss=gains[0],
        new_gain=gains[1],
    )


def _within(exact: Estimate, value: float, gate: Gate) -> Estimate:
    """An estimate with a value that is worked out; the interval alone, as the verdict is its, where it lies beyond."""
    if exact.value is None:
        return Estimate(None)
    low, high = (None if end is None else finite(float(gate.figure(end))) for end in (exact.low, exact.high))
    told = finite(float(gate.figure(value)))
    inside = told is not None and (low is None or told >= low) and (high is None or told <= high)
    return Estimate(told if inside else None, low, high)


def turnover(found: Turnover, gate: Gate) -> Turnover:
    """Joiners and leavers, of whom there are enough together."""
    joiners, leavers = found.table["joiners"].to_numpy(np.float64), whole(gate.count(found.leavers)) or 0
    table = stepped(found.table, ("joiners",), gate)
    table["width"] = gate.mean(found.table["width"], joiners)
    table["width_low"], table["width_high"] = gate.ends(found.table["width_low"], found.table["width_high"], joiners)
    contacts = _mean(found.contacts, leavers, gate, step=STEP)
    only_theirs = _mean(found.only_theirs, leavers, gate, most=1.0)
    # A share of the contacts that are only theirs: in classes as wide as a step of these.
    alone = leavers * (contacts.value or 0.0) * (only_theirs.value or 0.0)
    taken_up = _mean(found.taken_up, alone, gate, step=STEP, most=1.0)
    return replace(
        found,
        joiners=whole(gate.count(found.joiners)) or 0,
        leavers=leavers,
        beside=whole(gate.count(found.beside)) or 0,
        table=figures(table, gate, except_=("weeks", "joiners")),
        as_wide=estimate(found.as_wide, gate),
        contacts=contacts,
        only_theirs=only_theirs,
        among_others=_mean(found.among_others, found.beside, gate, most=1.0),
        taken_up=taken_up if alone >= LEAST_SHARED else Estimate(None),
    )


def _mean(found: Estimate, of: float, gate: Gate, *, step: float = 1.0, most: float = np.inf) -> Estimate:
    """An estimate of a mean over so many people."""
    value, low, high = (np.nan if end is None else end for end in (found.value, found.low, found.high))
    told = finite(float(gate.mean(value, of, step=step, most=most)))
    if told is None:
        return Estimate(None)
    ends = [finite(float(end)) for end in gate.ends(low, high, of, step=step, most=most)]
    return Estimate(told, *ends)

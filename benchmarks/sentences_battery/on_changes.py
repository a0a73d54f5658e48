"""Oracles of the sentences on change: windows recounted, the same people, at equal traffic."""

# ruff: noqa: ARG001 - every oracle takes the same arguments
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import optimize

from sentences_battery.oracle import Case, Complaints, equals, measured, oracle, planted
from sentences_battery.printed import Said, number, phrases, recognised
from sentences_battery.rawlog import Raw

#: How far a measure may lie from that of other thinnings of the busier window.
THINNED = 0.02
#: How far the difference of two rounded numbers may lie from the rounded difference.
ROUNDED = 0.011
#: Windows on either side of a lasting change, at least; measures of the organisation that are followed.
LEAST_SIDE, ORGANISATION = 3, 4
#: Difference of traffic from which it must be said.
TRAFFIC = 0.1
MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September", "October"),
    *("November", "December"),
)


def written_window(start: pd.Timestamp, unit: str) -> str:
    """A window as sentences name it."""
    if unit == "month":
        return f"{MONTHS[start.month - 1]} {start.year}"
    if unit == "quarter":
        return f"quarter {(start.month + 2) // 3} of {start.year}"
    return f"the week of {start.day} {MONTHS[start.month - 1]} {start.year}"


@dataclass(frozen=True, eq=False)
class Compared:
    """Two windows of the same people: of each the pairs with the chance that they are still seen, and the volume."""

    case: Case
    before: Raw
    after: Raw

    @property
    def both(self) -> set[str]:
        """Who was in contact in both."""
        active = [{*raw.pairs["p"], *raw.pairs["q"]} for raw in (self.before, self.after)]
        return active[0] & active[1]

    def units(self, raw: Raw) -> pd.DataFrame:
        """By pair of these people, messages and meetings."""
        rows = pd.concat([part[["p", "q"]] for part in (raw.talk, raw.met) if len(part)])
        rows = rows[rows["p"].isin(self.both) & rows["q"].isin(self.both)]
        return rows.groupby(["p", "q"]).size().to_frame("count").reset_index()

    @property
    def traffic(self) -> float:
        """Messages in the second over those in the first."""
        return float(self.units(self.after)["count"].sum() / self.units(self.before)["count"].sum())

    def ties(self, raw: Raw, unit: pd.Series) -> pd.DataFrame:
        """Ties of departments, those inside once, as they would be at the lesser traffic."""
        units = self.units(raw)
        kept = min(self.units(one)["count"].sum() for one in (self.before, self.after)) / units["count"].sum()
        seen = 1 - (1 - kept) ** units["count"]
        names = sorted(set(unit[list(self.both)]))
        one, other = units["p"].map(unit), units["q"].map(unit)
        found = pd.crosstab(one, other, seen, aggfunc="sum").reindex(index=names, columns=names).fillna(0.0)
        both = found + found.T
        return both - pd.DataFrame(np.diag(np.diag(found)), index=names, columns=names)

    def value(self, measure: str, raw: Raw) -> float:
        """A measure of one window."""
        try:
            found = recognised("changes", measure, [key for key in phrases()["changes"] if key not in ("fell", "rose")])
        except LookupError:
            return float("nan")
        key, unit = found.kind.partition(".")[2], self.case.raw.department
        if key in ("ei_index", "modularity"):
            ties = self.ties(raw, unit)
            inside = float(np.trace(ties))
            total = (ties.to_numpy().sum() + inside) / 2
            ends = (ties.sum(axis=1) + np.diag(ties)) / (2 * total)
            return 1 - 2 * inside / total if key == "ei_index" else float(inside / total - (ends**2).sum())
        if key in ("cross_department_share", "two_way_share"):
            return self._volume(key, raw)
        shown = self.case.raw.shown
        people = shown[list(self.both)].value_counts()
        return insularity(self.ties(raw, shown), people).get(found.values.get("department", ""), float("nan"))

    def _volume(self, key: str, raw: Raw) -> float:
        unit = self.case.raw.department
        volume = raw.volume
        volume = volume[volume["p"].isin(self.both) & volume["q"].isin(self.both)]
        total = volume[["there", "back"]].to_numpy().sum()
        if key == "two_way_share":
            return float(2 * volume[["there", "back"]].min(axis=1).sum() / total)
        same = volume["p"].map(unit).to_numpy() == volume["q"].map(unit).to_numpy()
        return float(volume.loc[~same, ["there", "back"]].to_numpy().sum() / total)


@oracle("findings.trend")
def trend(said: Said, case: Case) -> Complaints:
    """The two values and their difference, of the windows that are named; something changed there."""
    unit = str(case.raw.asked.get("window"))
    named = {written_window(start, unit): raw for start, raw in case.exchange.windows(unit).items()}
    if not {said["first"], said["last"]} <= set(named) or said["first"] == said["last"]:
        yield measured(f"there are no windows {said['first']} and {said['last']}")
        return
    compared = Compared(case, named[said["first"]], named[said["last"]])
    before, after = (compared.value(said["measure"], raw) for raw in (compared.before, compared.after))
    # Of a thinned window the answered part has no short form.
    slack = 0.06 if "two-way" in said["measure"] else THINNED
    yield from equals(said, "before", before, slack)
    yield from equals(said, "after", after, slack)
    yield from equals(said, "change", after - before, slack)
    low, _, high = said["interval"].partition(" to ")
    if number(low).low <= 0 <= number(high).high:
        yield measured("the interval of the change holds nothing")
    if not number(low).low <= number(said["change"]).middle <= number(high).high:
        yield measured(f"{said['change']} is not in {said['interval']}")
    yield from _traffic(said, compared)
    if case.truth.known and not case.truth.changed:
        yield planted("nothing changed")


def _traffic(said: Said, compared: Compared) -> Complaints:
    """Where traffic was not the same, how it differs."""
    ratio = compared.traffic
    if not said["traffic"]:
        if abs(ratio - 1) > TRAFFIC + 0.01:
            yield measured(f"traffic is {ratio:.0%} of what it was")
        return
    found = recognised("changes", said["traffic"], ["fell", "rose"])
    yield from equals(found, "share", abs(ratio - 1), 0.01)
    if (ratio < 1) != found.kind.endswith("fell"):
        yield measured(f"traffic is {ratio:.0%} of what it was")


def _levels(said: Said, case: Case) -> tuple[list[Raw], list[Raw]]:
    """The windows before the one that is named, and those from it on, as far as they hold anything."""
    unit = str(case.raw.asked.get("window"))
    windows = case.exchange.windows(unit)
    names = [written_window(start, unit) for start in windows]
    at = names.index(said["window"]) if said["window"] in names else 0
    found = list(windows.values())
    return found[:at], found[at:]


@oracle("findings.change_point", free=("unit",))
def change_point(said: Said, case: Case) -> Complaints:
    """A window that there is, so many at most on either side, a difference that its interval holds, and no event."""
    before, after = _levels(said, case)
    if not before:
        yield measured(f"there is no window {said['window']} with others before it")
    for name, windows in (("windows_before", before), ("windows_after", after)):
        if not LEAST_SIDE <= number(said[name]).middle <= len(windows):
            yield measured(f"there are {len(windows)} windows, not {said[name]}")
    low, _, high = said["interval"].partition(" to ")
    if number(low).low <= 0 <= number(high).high:
        yield measured("the interval of the change holds nothing")
    if not number(low).low <= number(said["change"]).middle <= number(high).high:
        yield measured(f"{said['change']} is not in {said['interval']}")
    if abs(number(said["after"]).middle - number(said["before"]).middle - number(said["change"]).middle) > ROUNDED:
        yield measured(f"from {said['before']} to {said['after']} is not {said['change']}")
    try:
        recognised("changes", said["measure"], [key for key in phrases()["changes"] if key not in ("fell", "rose")])
    except LookupError:
        yield measured(f"{said['measure']} is no measure")
    if case.truth.known and not case.truth.changed:
        yield planted("nothing changed")


@oracle("report.points_none", "report.points_lead")
def points(said: Said, case: Case) -> Complaints:
    """No more windows than there are, and no more measures than the organisation's four and one of each department."""
    unit = str(case.raw.asked.get("window"))
    if unit not in ("week", "month", "quarter") or phrases()["windows"][unit] != said["unit"]:
        yield measured(f"nobody asked for {said['unit']}")
        return
    if not 2 * LEAST_SIDE < number(said["windows"]).middle <= len(case.exchange.windows(unit)):
        yield measured(f"there are no {said['windows']} windows")
    if not 0 < number(said["measures"]).middle <= ORGANISATION + len(case.raw.alone):
        yield measured(f"there are no {said['measures']} measures")
    if said.kind.endswith("none") == bool(case.tells("findings.change_point")):
        yield measured("the findings say otherwise")


def insularity(ties: pd.DataFrame, people: pd.Series) -> pd.Series:
    """½ ln of the density inside less ln of the activity across by head, g_a (Σg − g_a) = ties across."""
    inside = np.diag(ties).astype(float)
    across = (ties.sum(axis=1) - inside).to_numpy(float)
    inside, across = np.where(inside == 0, 0.5, inside), np.where(across == 0, 0.5, across)
    start = np.log(across / np.sqrt(across.sum()))
    found = optimize.root(lambda g: np.exp(g) * (np.exp(g).sum() - np.exp(g)) / across - 1, start, tol=1e-11)
    sizes = people.reindex(ties.index).to_numpy(float)
    return pd.Series(0.5 * np.log(2 * inside / (sizes * (sizes - 1))) - found.x + np.log(sizes), index=ties.index)


# ---- what windows cannot tell


def _whole(case: Case, unit: str) -> tuple[int, int]:
    """Windows of the log, and those that lie wholly within it, give or take three days at either end."""
    windows = list(case.exchange.windows(unit))
    first, last = case.raw.inside["moment"].min(), case.raw.inside["moment"].max()
    step = {"week": pd.DateOffset(weeks=1), "month": pd.DateOffset(months=1), "quarter": pd.DateOffset(months=3)}[unit]
    slack = pd.Timedelta(days=3)
    whole = [start for start in windows if first - start <= slack and start + step - last <= slack]
    return len(windows), len(whole)


@oracle("limits.windows_none")
def windows_none(said: Said, case: Case) -> Complaints:
    """So many windows, and no two that can be compared: no more than are whole can."""
    unit = str(case.raw.asked.get("window"))
    if unit not in ("week", "month", "quarter") or phrases()["windows"][unit] != said["unit"]:
        yield measured(f"nobody asked for {said['unit']}")
        return
    count, whole = _whole(case, unit)
    yield from equals(said, "count", count)
    if not 0 <= number(said["carrying"]).middle <= min(whole, 1):
        yield measured(f"{said['carrying']} windows can be compared")


@oracle("limits.windows_thin", free=("ties",))
def windows_thin(said: Said, case: Case) -> Complaints:
    """So many windows; those that are thin have departments with few ties."""
    unit = str(case.raw.asked.get("window"))
    if unit not in ("week", "month", "quarter"):
        yield measured("nobody asked for windows")
        return
    count, whole = _whole(case, unit)
    yield from equals(said, "all", count)
    if not 0 < number(said["count"]).middle <= whole:
        yield measured(f"{whole} windows are whole, not {said['count']}")


@oracle("limits.roster_undated")
def roster_undated(said: Said, case: Case) -> Complaints:
    """Windows were asked for, and the roster says of nobody when they joined, left or moved."""
    if not case.raw.asked.get("window"):
        yield measured("nobody asked for windows")
    if set(case.raw.roster) & {"start", "end", "joined", "left", "since", "until", "effective_date"}:
        yield measured("the roster has dates")

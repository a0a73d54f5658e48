"""Oracles of what the results do not say: each limit is stated where it holds, and nowhere else."""

# ruff: noqa: ARG001 - every oracle takes the same arguments
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd

from sentences_battery.on_departments import told_silos
from sentences_battery.oracle import Case, Complaints, all_named, equals, measured, oracle
from sentences_battery.printed import Said, names, number, phrases
from sentences_battery.rawlog import SMALL

VALIDATION = Path(__file__).parents[2] / "docs" / "validation.md"
VERDICTS = VALIDATION.with_name("verdicts.md")
Holds = Callable[[Case], bool]


def _limit(key: str, holds: Holds, *, owed: bool = True, free: tuple[str, ...] = ()) -> None:
    """A limit that is true where `holds` is, and must be said there if `owed`."""

    def must(case: Case) -> Iterator[tuple[str, bool]]:
        if owed and holds(case):
            yield key, bool(case.tells(f"limits.{key}"))

    @oracle(f"limits.{key}", owed=must, free=free)
    def limit(said: Said, case: Case) -> Complaints:
        """It holds of this log."""
        if not holds(case):
            yield measured(f"it does not hold of this log: {said.text}")


def _persons(case: Case) -> bool:
    return True


def _days(case: Case) -> bool:
    return case.raw.dated and case.raw.directed and "messages" in case.raw.taken.values() and not case.exchange.clocked


def _span(case: Case) -> float:
    moments = case.raw.inside["moment"].dropna()
    return (moments.max() - moments.min()).total_seconds() if len(moments) else 0.0


def _spoken(case: Case) -> bool:
    return bool(case.raw.inside["sent"].any())


def _leads(case: Case) -> bool:
    return len(case.exchange.leads) >= SMALL


def _stated(case: Case) -> int:
    return case.exchange.managers[0]


_limit("causal", _persons)
_limit("performance", _persons)
_limit("short", lambda case: case.raw.dated and not case.raw.weeks_known)
_limit("no_conversations", lambda case: not case.raw.threads and case.raw.directed, owed=False)
_limit("undirected", lambda case: not case.raw.directed)
_limit("undated", lambda case: not case.raw.dated)
_limit("no_communities", lambda case: case.raw.memberships is None)
_limit("communities_few", lambda case: case.raw.memberships is not None and case.exchange.places.empty, free=("least",))
_limit("communities_everybody", lambda case: not case.exchange.places.empty and case.exchange.judged.empty)
_limit("writers_only", lambda case: not case.exchange.places.empty and bool((case.exchange.places["posts"] > 0).all()))
_limit("answers_days", _days)
_limit("answers_kind", lambda case: "messages" not in case.raw.taken.values(), owed=False)
_limit(
    "answers_short",
    lambda case: case.raw.dated and case.raw.directed and _spoken(case) and 0 < _span(case) < 7 * 86_400,
)
_limit("answers_silent", lambda case: case.raw.dated and case.raw.talk.empty, owed=False)
_limit("answers_turns", lambda case: not case.raw.threads and not case.exchange.waits.empty, owed=False)
_limit("leaders_no_chart", lambda case: case.exchange.boss.empty and "level" not in case.raw.roster, owed=False)
_limit("leaders_direction", lambda case: case.exchange.boss.empty and "level" in case.raw.roster, owed=False)
_limit(
    "leaders_broken",
    lambda case: not case.exchange.boss.empty and case.exchange.rank.notna().mean() < 0.5,
    owed=False,
)
_limit("leaders_few", lambda case: 0 < len(case.exchange.leads) < SMALL, owed=False)
_limit("outside_no_outsiders", lambda case: case.exchange.outward.empty and bool(case.exchange.domains))
_limit("outside_no_addresses", lambda case: case.exchange.outward.empty and not case.exchange.domains)


def _observed(ending: str) -> None:
    """The media of the log, if it names any, in words for its rows: of face-to-face contacts no corridor is missing."""
    kinds = (ending.removeprefix("_"),) if ending else ("messages", "meetings")

    def named(said: Said, case: Case) -> Complaints:
        media = {phrases()["media"].get(name, name) for name in case.raw.taken if name}
        told = set(re.split(", | and ", said.values.get("media", ""))) - {phrases()["limits"]["unstated"]}
        if "media" in said.values and told != media:
            yield measured(f"the media are {', '.join(sorted(media))}")
        if "media" not in said.values and media:
            yield measured(f"the media are {', '.join(sorted(media))}")
        if case.raw.leading_kind not in kinds:
            yield measured(f"the rows are {case.raw.leading_kind}")

    def owed(case: Case) -> Iterator[tuple[str, bool]]:
        if case.raw.leading_kind in kinds:
            yield "observed", bool(case.tells(f"limits.observed{ending}", f"limits.observed_any{ending}"))

    oracle(f"limits.observed{ending}", owed=owed)(named)
    oracle(f"limits.observed_any{ending}")(named)


for _ending in ("", "_contacts", "_acts", "_survey"):
    _observed(_ending)


@oracle("limits.media_unnamed", free=("other",))
def media_unnamed(said: Said, case: Case) -> Complaints:
    """So many media of the log have names that are not well known."""
    if not 0 < number(said["count"]).middle <= len(case.raw.taken):
        yield measured(f"the log has {len(case.raw.taken)} media")


@oracle("limits.early")
def early(said: Said, case: Case) -> Complaints:
    """So many rows are from before the first date in the roster."""
    first = pd.to_datetime(case.raw.roster.get("effective_from", pd.Series(dtype=object))).min()
    moments = case.raw.inside["moment"].dropna()
    if pd.isna(first) or moments.empty:
        yield measured("the roster has no dates, or the log none")
        return
    yield from equals(said, "share", float((moments < first).mean()), 0.002)
    if said["day"] != f"{first.day} {first:%B %Y}":
        yield measured(f"the roster begins on {first:%Y-%m-%d}")


@oracle("limits.several")
def several(said: Said, case: Case) -> Complaints:
    """So many people have rows of the roster of different departments that hold at a time."""
    roster = case.raw.roster
    if "effective_from" not in roster:
        yield measured("the roster has no dates")
        return
    never = pd.Series(pd.NaT, roster.index)
    since, until = (pd.to_datetime(roster.get(name, never)) for name in ("effective_from", "effective_to"))
    rows = roster.assign(since=since.fillna(pd.Timestamp(0)), until=until.fillna(pd.Timestamp("2200-01-01")))
    pairs = rows.merge(rows, on="person")
    pairs = pairs[pairs["department_x"] != pairs["department_y"]]
    lasted = pairs[["until_x", "until_y"]].min(axis=1) - pairs[["since_x", "since_y"]].max(axis=1)
    people = pairs.loc[lasted > pd.Timedelta(days=1), "person"].nunique()
    yield from equals(said, "share", people / roster["person"].nunique(), 0.002)


def _silos_owed(case: Case) -> Iterator[tuple[str, bool]]:
    if told_silos(case):
        yield "silos_by_chance", bool(case.tells("limits.silos_by_chance"))


@oracle("limits.silos_by_chance", owed=_silos_owed)
def silos_by_chance(said: Said, case: Case) -> Complaints:
    """As many as are named silos, and what the rates of the validation make of those that were judged."""
    yield from equals(said, "count", len(told_silos(case)))
    judged, shares = number(said["judged"]).middle, _validated()
    if not len(told_silos(case)) <= judged <= len(case.raw.alone):
        yield measured(f"{len(case.raw.alone)} departments stand alone")
    for name, share, here in (("least", min(shares), "fewest"), ("most", max(shares), "many")):
        rate = number(said[name]).middle
        if not share <= rate < share + 0.01:
            yield measured(f"in the validation {name} is {share:.3f}")
        yield from equals(said, here, rate * judged)


def _validated() -> list[float]:
    """Shares of plain departments called silos in whole logs of many departments, by generator and setting."""
    text = VALIDATION.read_text(encoding="utf-8")
    shares = re.findall(r"no silos, called one, plain departments .*? \| ([\d.]+) % \|", text)
    # Where departments are at distances: generator, setting, organisations, four of what was found, then the plain.
    text = VERDICTS.read_text(encoding="utf-8")
    shares += re.findall(r"\| distances \| share of silos:(?:[^|]*\|){6} \d+ of \d+: ([\d.]+) % \|", text)
    return [float(share) / 100 for share in shares]


@oracle("limits.published")
def published(said: Said, case: Case) -> Complaints:
    """Steps of counts were asked for."""
    yield from equals(said, "step", SMALL)
    if case.tells("limits.exact"):
        yield measured("counts are as they are")


@oracle("limits.exact")
def exact(said: Said, case: Case) -> Complaints:
    """Counts are as they are, which all oracles of counts check."""
    if case.tells("limits.published"):
        yield measured("counts are in steps")


@oracle("limits.combined", free=("departments",))
def combined(said: Said, case: Case) -> Complaints:
    """Departments of the roster that are large enough to stand alone, beside one that is not."""
    sizes = case.raw.department.value_counts()
    found = names(said["departments"], list(sizes.index))
    yield from all_named(found, said, "departments")
    if not (sizes < SMALL).any():
        yield measured("no department is small")


@oracle("limits.small")
def small(said: Said, case: Case) -> Complaints:
    """The least number of people of a department that is shown."""
    yield from equals(said, "minimum", SMALL)


@oracle("limits.small_seen")
def small_seen(said: Said, case: Case) -> Complaints:
    """The same, and no department is named in which fewer than so many people are in contact with anybody."""
    yield from equals(said, "minimum", SMALL)
    known = case.raw.department[case.raw.in_contact].value_counts()
    few = set(known.index[known < SMALL]) & set(case.raw.alone)
    for one in case.said:
        for name in few & set(one.values.values()):
            yield measured(f"{known[name]} people of {name} are in contact with anybody, and {one.kind} names it")


@oracle("limits.kind_guessed", free=("why",))
def kind_guessed(said: Said, case: Case) -> Complaints:
    """The rows of the medium really are of that kind."""
    if said["medium"] not in case.raw.taken:
        yield measured(f"there is no medium {said['medium']}")
    elif not _same(said["kind"], case.raw.taken[said["medium"]]):
        yield measured(f"they are {case.raw.taken[said['medium']]}")


@oracle("limits.kind_guessed_all", free=("why",))
def kind_guessed_all(said: Said, case: Case) -> Complaints:
    """The rows of the log really are of that kind."""
    for kind in case.raw.taken.values():
        if not _same(said["kind"], kind):
            yield measured(f"they are {kind}")


def _same(text: str, kind: str) -> bool:
    return phrases()["kinds"].get(kind) == text


@oracle("limits.leaders_unfound")
def leaders_unfound(said: Said, case: Case) -> Complaints:
    """So many managers are nobody of the roster, and nobody else leads."""
    stated, found = case.exchange.managers
    yield from equals(said, "stated", stated)
    yield from equals(said, "lacking", stated - found)


# Another department may be as uncertain.
@oracle("limits.uncertain", free=("departments",))
def uncertain(said: Said, case: Case) -> Complaints:
    """Departments, none of which a finding calls a silo."""
    found = names(said["departments"], case.raw.alone)
    yield from all_named(found, said, "departments")
    told = [one["department"] for one in case.tells("findings.silo")]
    for name in found or []:
        if name in told:
            yield measured(f"a finding says that {name} is a silo")

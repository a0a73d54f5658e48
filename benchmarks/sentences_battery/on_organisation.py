"""Oracles of the sentences on the whole: inward or outward, groups, changes, and what became of the rows."""

# ruff: noqa: ARG001 - every oracle takes the same arguments
from collections.abc import Iterator

import numpy as np
import pandas as pd

from sentences_battery.on_departments import covered
from sentences_battery.oracle import Case, Complaints, ends, equals, measured, oracle, phrase_key, planted
from sentences_battery.printed import Said, number

#: Deviations from chance between which a test may go either way.
DOUBT = (1.5, 2.6)
#: Share of the rows whose people the roster has, from which the whole is described.
COVERED = 0.25
#: How far agreement may differ between two algorithms that look for groups.
GROUPS = 0.12
#: Share of the rows from which what became of them must be said.
WORTH_SAYING = 0.1
#: Share from which groups are "largely" the departments.
LARGELY = 0.5
#: Share from which they are partly.
PARTLY = 0.3


def _index(said: Said, case: Case) -> Complaints:
    yield from equals(said, "value", case.facts.ei)
    yield from equals(said, "null", case.facts.ei_chance[0])
    pairs, unit = case.raw.pairs, case.raw.department
    weight = case.facts.weights.loc[pairs["p"]].to_numpy() * case.facts.weights.loc[pairs["q"]].to_numpy()
    same = pairs["p"].map(unit).to_numpy() == pairs["q"].map(unit).to_numpy()
    draws = 1 - 2 * weight[same].sum(axis=0) / weight.sum(axis=0)
    yield from ends(said, *np.quantile(draws, [0.025, 0.975]))


def _told(case: Case) -> str:
    z = case.facts.ei_chance[1]
    return "inward" if z < -DOUBT[1] else "outward" if z > DOUBT[1] else "by_chance" if abs(z) < DOUBT[0] else ""


def _direction(key: str) -> None:
    def owed(case: Case) -> Iterator[tuple[str, bool]]:
        full = len([said for said in case.said if said.kind.startswith("findings.")]) >= 10
        if _told(case) == key and not full and covered(case) >= COVERED:
            yield key, bool(case.tells(f"findings.{key}"))

    @oracle(f"findings.{key}", owed=owed)
    def direction(said: Said, case: Case) -> Complaints:
        """The index, its mean by chance, and which side of that it lies by a test of labels dealt out anew."""
        yield from _index(said, case)
        if _told(case) not in (key, ""):
            yield measured(f"it lies {case.facts.ei_chance[1]:.1f} deviations from chance: {_told(case)}")


for _key in ("inward", "outward", "by_chance"):
    _direction(_key)


def _groups(said: Said, case: Case, *, agree: bool, whole: bool | None) -> Complaints:
    found = case.facts.agreement
    ami, homogeneity = found[0]
    if not any(number(said["value"]).holds(one, GROUPS) for one, _ in found):
        yield measured(f"the agreement is {ami:.2f}, not {said['value']}")
    if len({one >= LARGELY for one, _ in found}) > 1:
        return
    if (ami >= LARGELY + GROUPS and not agree) or (ami < LARGELY - GROUPS and agree):
        yield measured(f"the agreement is {ami:.2f}")
    if whole is not None and abs(homogeneity - LARGELY) > 2 * GROUPS and (homogeneity > LARGELY) != whole:
        yield measured(f"the homogeneity is {homogeneity:.2f}")


@oracle("findings.fragmented")
def fragmented(said: Said, case: Case) -> Complaints:
    """Groups by another algorithm agree with the departments, one by one."""
    yield from _groups(said, case, agree=True, whole=True)


@oracle("findings.bundled")
def bundled(said: Said, case: Case) -> Complaints:
    """They agree with them, several departments to a group."""
    yield from _groups(said, case, agree=True, whole=False)


@oracle("findings.mixed", "findings.partly")
def mixed(said: Said, case: Case) -> Complaints:
    """They do not agree with them, or partly."""
    yield from _groups(said, case, agree=False, whole=None)
    if (said.kind == "findings.partly") != (number(said["value"]).middle >= PARTLY):
        yield measured(f"an agreement of {said['value']} is called {said.kind}")


@oracle("findings.no_groups")
def no_groups(said: Said, case: Case) -> Complaints:
    """The best modularity is no more than that of rewired contacts, and no less than that of the departments."""
    if number(said["value"]).low > number(said["null"]).high:
        yield measured(f"{said['value']} is more than {said['null']}")
    pairs, unit = case.raw.pairs, case.raw.department
    one, other = pairs["p"].map(unit), pairs["q"].map(unit)
    ends_in = pd.concat([one, other]).value_counts(normalize=True)
    least = float((one.to_numpy() == other.to_numpy()).mean() - (ends_in**2).sum())
    if min(number(said[name]).high for name in ("value", "null")) < least or number(said["value"]).low > 1:
        yield measured(f"the departments themselves have a modularity of {least:.2f}, and none is above 1")


@oracle("findings.unclear_groups")
def unclear_groups(said: Said, case: Case) -> Complaints:
    """The best modularity is hardly more than that of rewired contacts, and the departments are not these groups."""
    if not number(said["null"]).low <= number(said["value"]).high <= 1.3 * number(said["null"]).high:
        yield measured(f"{said['value']} is not hardly more than {said['null']}")
    if max(number(said[name]).low for name in ("value", "null")) > 1:
        yield measured("no modularity is above 1")
    if case.truth.sealed:
        yield planted("every department keeps to itself")


@oracle("report.communities_count")
def communities_count(said: Said, case: Case) -> Complaints:
    """Not more groups than people could form."""
    if not 0 < number(said["count"]).middle <= max(len(case.raw.sizes) * 1.5, 6):
        yield measured(f"{said['count']} groups of {len(case.raw.sizes)} departments")


@oracle("findings.one_way")
def one_way(said: Said, case: Case) -> Complaints:
    """Of what passes between two people, twice the smaller side of all; only where rows are messages."""
    volume, unit = case.raw.volume, case.raw.department
    same = volume["p"].map(unit).to_numpy() == volume["q"].map(unit).to_numpy()
    for name, part in (("within", volume[same]), ("across", volume[~same])):
        total = part[["there", "back"]].to_numpy().sum()
        back = 2 * part[["there", "back"]].min(axis=1).sum()
        yield from equals(said, name, float(back / total) if total else None)
    if not case.raw.directed or "messages" not in case.raw.taken.values():
        yield measured("these are no messages: nothing is sent, or sent back")


# ---- what became of the rows


def _lost(case: Case) -> dict[str, int]:
    counts = case.raw.fate.value_counts()
    return {key: int(counts.get(key, 0)) for key in ("undated", "no sender or recipient")}


def _lost_owed(case: Case) -> Iterator[tuple[str, bool]]:
    told = [phrase_key("lost", said["reason"]) for said in case.tells("findings.lost")]
    for reason, rows in _lost(case).items():
        if rows > WORTH_SAYING * len(case.raw.rows):
            yield reason, reason in told


@oracle("findings.lost", owed=_lost_owed)
def lost(said: Said, case: Case) -> Complaints:
    """So many rows have no time that is one, or no sender or recipient."""
    reason = phrase_key("lost", said["reason"])
    rows = _lost(case).get(str(reason), 0)
    yield from equals(said, "rows", rows)
    yield from equals(said, "share", rows / len(case.raw.rows))


@oracle("findings.managers_lost", owed=lambda case: _managers_owed(case))
def managers_lost(said: Said, case: Case) -> Complaints:
    """So many managers of the roster are nobody of it."""
    stated, found = case.exchange.managers
    yield from equals(said, "stated", stated)
    yield from equals(said, "lacking", stated - found)


def _managers_owed(case: Case) -> Iterator[tuple[str, bool]]:
    stated, found = case.exchange.managers
    if stated - found > WORTH_SAYING * stated:
        yield "managers", bool(case.tells("findings.managers_lost"))


def _strangers(case: Case) -> float:
    return float((case.raw.fate == "not in the roster").mean())


def _strangers_owed(case: Case) -> Iterator[tuple[str, bool]]:
    full = len([said for said in case.said if said.kind.startswith("findings.")]) >= 10
    if _strangers(case) >= WORTH_SAYING and not full:
        yield "strangers", bool(case.tells("findings.unmatched"))


@oracle("findings.unmatched", owed=_strangers_owed)
def unmatched(said: Said, case: Case) -> Complaints:
    """So many rows name somebody whom the roster lacks."""
    yield from equals(said, "share", _strangers(case))


def _accounts_owed(case: Case) -> Iterator[tuple[str, bool]]:
    if case.truth.accounts and case.truth.share == 1:
        yield "accounts", bool(case.tells("findings.accounts", "findings.accounts_left_out"))


@oracle("findings.accounts", "findings.accounts_left_out", owed=_accounts_owed)
def accounts(said: Said, case: Case) -> Complaints:
    """So many programs were planted among the people, and they sent so much of the messages."""
    sent = case.raw.near
    mine = sent["a"].isin(case.truth.accounts) & sent["sent"]
    met = sent.loc[~sent["sent"], "weight"].sum()
    if case.truth.known:
        if not number(said["count"]).holds(len(case.truth.accounts)):
            yield planted(f"{len(case.truth.accounts)} were planted, not {said['count']}")
        share = float(sent.loc[mine, "weight"].sum() / (sent.loc[sent["sent"], "weight"].sum() + met))
        if case.truth.accounts:
            yield from equals(said, "share", share, 0.02)
    if number(said["count"]).middle > len(case.raw.department):
        yield measured("there are not so many people")


@oracle("report.findings_none")
def findings_none(said: Said, case: Case) -> Complaints:
    """Nothing was found at all."""
    found = [one for one in case.said if one.kind.startswith("findings.")]
    if found:
        yield measured(f"{len(found)} findings stand there")

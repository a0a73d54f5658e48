"""Organisations of the simulation, and what is done to logs and rosters: the planted half of the battery."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from sentences_battery.facts import Truth
from sentences_battery.weaving import MESSAGES, NOTHING, Organisation, build
from silos.simulate import organisation

# ---- planted by the simulation


def planted(
    kind: str, seed: int, people: int = 220, departments: int = 9, weeks: int = 10, **options: Any
) -> Organisation:
    """An organisation of the simulation, and its truth."""
    made = organisation(people, departments, weeks, seed=seed, **options)
    truth = made.truth
    communities = truth.get("communities", {}).get("silos", {})
    found = Truth(
        silos=truth["silos"],
        connector=truth["connector"],
        mail_room=truth["mail_room"],
        walls=tuple((a, b) for a, b, _ in truth.get("walls", [])),
        bridge=(truth["bridge"] or {}).get("department"),
        communities=communities or None,
        leadership=truth["leadership"],
    )
    memberships = made.affiliations
    return Organisation(
        kind, made.interactions, made.roster, MESSAGES, found, memberships if len(memberships) else None
    )  # fmt: skip


def _bare(made: Organisation) -> Organisation:
    """Sender, recipient and time of its mail and chat, nothing else."""
    log = made.log[made.log["medium"] != "meeting"]
    made = replace(made, log=log[["timestamp", "sender", "recipient"]].reset_index(drop=True), memberships=None)
    return made.with_truth(communities=None)


@build
def blocks(seed: int) -> Organisation:
    return planted("blocks", seed, silo_strength=(0.3, 0.5)[seed % 2], leadership=(None, "listening")[seed // 2 % 2])


@build
def latent(seed: int) -> Organisation:
    return planted("latent", seed, generator="latent", silo_strength=(0.3, 0.5)[seed % 2], externals=20 * (seed % 2))


@build
def tasks(seed: int) -> Organisation:
    return planted("tasks", seed, generator="tasks", silo_strength=(0.3, 0.5)[seed % 2])


@build
def small(seed: int) -> Organisation:
    return planted("small", seed, 130, 8, 5, silo_strength=0.25, externals=12, leadership="broadcasting")


@build
def large(seed: int) -> Organisation:
    return planted("large", seed, 420, 14, 14, silos=2, silo_strength=0.4, generator=("blocks", "latent")[seed % 2])


@build
def bare_blocks(seed: int) -> Organisation:
    return _bare(planted("bare_blocks", seed))


@build
def bare_latent(seed: int) -> Organisation:
    return _bare(planted("bare_latent", seed, generator="latent"))


@build
def bare_tasks(seed: int) -> Organisation:
    return _bare(planted("bare_tasks", seed, generator="tasks"))


@build
def without_meetings(seed: int) -> Organisation:
    made = planted("without_meetings", seed, communities=0, disjoint_communities=0, bridge_communities=0)
    return replace(made, log=made.log[made.log["medium"] != "meeting"].reset_index(drop=True))


@build
def walled(seed: int) -> Organisation:
    return planted("walled", seed, 400, 12, 12, walls=1, silos=0, generator=("blocks", "latent")[seed % 2])


@build
def no_connector(seed: int) -> Organisation:
    return planted("no_connector", seed, connector=None, silos=0)


@build
def many_silos(seed: int) -> Organisation:
    return planted("many_silos", seed, 360, 16, silos=5, silo_strength=0.25)


@build
def broadcasting(seed: int) -> Organisation:
    return planted("broadcasting", seed, leadership="broadcasting", externals=24)


@build
def unresponsive(seed: int) -> Organisation:
    return planted("unresponsive", seed, leadership="unresponsive")


@build
def slow_across(seed: int) -> Organisation:
    return planted("slow_across", seed, slow_across=12.0)


@build
def declared_desk(seed: int) -> Organisation:
    made = _bare(planted("declared_desk", seed))
    return replace(made, asked={"service_departments": (made.truth.mail_room,)})


@build
def mixed(seed: int) -> Organisation:
    """Departments dealt out at random among the people: nothing is where it was."""
    made = planted("mixed", seed, externals=0)
    roster = made.roster.assign(department=np.random.default_rng(seed).permutation(made.roster["department"]))
    return replace(made, roster=roster, truth=replace(NOTHING, mixed=True, leadership=None), memberships=None)


@build
def windows(seed: int) -> Organisation:
    """Nothing changes in half a year, looked at by month."""
    made = planted("windows", seed, weeks=26, people=160, departments=8)
    return replace(made, asked={"window": ("month", "quarter", "week")[seed % 3]})


@build
def changing(seed: int) -> Organisation:
    """From the fourth month on, nobody writes across departments but every fifth."""
    made = planted("changing", seed, weeks=24, people=180, departments=8, silos=0)
    unit = made.roster.set_index("person")["department"]
    alias = made.roster.set_index("aliases")["person"]
    ends = [made.log[side].map(lambda name: unit.get(alias.get(name, name))) for side in ("sender", "recipient")]
    late = made.log["timestamp"] >= pd.Timestamp("2025-05-01")
    drop = late & (ends[0] != ends[1]) & (np.random.default_rng(seed).random(len(made.log)) < 0.8)
    made = replace(made, log=made.log[~drop].reset_index(drop=True), asked={"window": "month"})
    return made.with_truth(changed=True, share=0.9)


# ---- samples and lengths


def _sample(kind: str, seed: int, share: float) -> Organisation:
    made = planted(kind, seed, 300, 11, 12, generator=("blocks", "latent", "tasks")[seed % 3], silo_strength=0.4)
    event = pd.factorize(made.log["event"])[0]
    kept = np.random.default_rng(seed).random(event.max() + 2)[event] < share
    return replace(made, log=made.log[kept].reset_index(drop=True)).with_truth(share=share)


@build
def sample_half(seed: int) -> Organisation:
    return _sample("sample_half", seed, 0.5)


@build
def sample_tenth(seed: int) -> Organisation:
    return _sample("sample_tenth", seed, 0.1)


@build
def sample_hundredth(seed: int) -> Organisation:
    return _sample("sample_hundredth", seed, 0.01)


@build
def two_days(seed: int) -> Organisation:
    made = planted("two_days", seed, weeks=1)
    return replace(made, log=made.log[made.log["timestamp"] < pd.Timestamp("2025-01-08")]).with_truth(share=0.4)


@build
def one_week(seed: int) -> Organisation:
    return planted("one_week", seed, weeks=1, communities=0).with_truth(share=0.9)


@build
def two_weeks(seed: int) -> Organisation:
    return planted("two_weeks", seed, weeks=2, communities=0).with_truth(share=0.9)


@build
def two_years(seed: int) -> Organisation:
    return planted("two_years", seed, 120, 8, 104, rows=40_000)


# ---- what is done to logs and rosters


@build
def bot(seed: int) -> Organisation:
    """A program of one department exchanges tickets with everybody, round the clock."""
    made = planted("bot", seed, communities=0, mail_room=False, newsletter=False)
    rng = np.random.default_rng(seed)
    unit = "Sales" if "Sales" in set(made.roster["department"]) else made.roster["department"].iloc[0]
    one = {**made.roster.iloc[0].to_dict(), "person": "ci-bot@example.com", "aliases": "", "department": unit}
    roster = pd.concat([made.roster, pd.DataFrame([one])], ignore_index=True)
    people = made.roster["person"].to_numpy()
    start = made.log["timestamp"].min()
    rows = [
        (start + pd.Timedelta(hours=int(at), minutes=0), "ci-bot@example.com", person)
        for person in people for at in rng.integers(0, 24 * 7 * 10, 20)
    ]  # fmt: skip
    sent = pd.DataFrame(rows, columns=["timestamp", "sender", "recipient"]).assign(
        medium="chat", kind="direct", recipients=1, thread=None
    )
    sent["event"] = [f"bot{at}" for at in range(len(sent))]
    some = sent[rng.random(len(sent)) < 0.3]
    back = some.assign(sender=some["recipient"], recipient="ci-bot@example.com", event="re" + some["event"])
    back["timestamp"] = back["timestamp"] + pd.Timedelta(minutes=7)
    log = pd.concat([made.log, sent, back]).sort_values("timestamp", kind="stable", ignore_index=True)
    return replace(made, log=log, roster=roster).with_truth(accounts=frozenset({"ci-bot@example.com"}))


@build
def half_a_roster(seed: int) -> Organisation:
    """HR's list lacks four people in ten."""
    made = planted("half_a_roster", seed, communities=0)
    kept = np.random.default_rng(seed).random(len(made.roster)) < 0.6
    return replace(made, roster=made.roster[kept].reset_index(drop=True)).with_truth(share=0.4)


@build
def another_roster(seed: int) -> Organisation:
    """Nearly all of the log's people are in no list."""
    made = planted("another_roster", seed, 300, communities=0)
    kept = np.random.default_rng(seed).random(len(made.roster)) < 0.2
    return replace(made, roster=made.roster[kept].reset_index(drop=True)).with_truth(share=0.05)


@build
def lost_rows(seed: int) -> Organisation:
    """Every sixth row has no time that is one, every seventh no recipient."""
    made = planted("lost_rows", seed, communities=0)
    rng = np.random.default_rng(seed)
    log = made.log.assign(timestamp=made.log["timestamp"].dt.strftime("%Y-%m-%dT%H:%M:%SZ"))
    log.loc[rng.random(len(log)) < 1 / 6, "timestamp"] = "n/a"
    log.loc[rng.random(len(log)) < 1 / 7, "recipient"] = ""
    return replace(made, log=log).with_truth(share=0.7)


@build
def lost_managers(seed: int) -> Organisation:
    """A third of the managers are nobody of the list; in odd ones nearly all."""
    made = planted("lost_managers", seed, communities=0)
    rng = np.random.default_rng(seed)
    roster, lost = made.roster.copy(), rng.random(len(made.roster)) < (0.3, 0.999)[seed % 2]
    roster.loc[lost & (roster["manager"].fillna("") != ""), "manager"] = "nobody@example.com"
    return replace(made, roster=roster.drop(columns="level")).with_truth(leadership=None)


@build
def levels_alone(seed: int) -> Organisation:
    """No managers: levels in even ones, nothing at all in odd ones."""
    made = planted("levels_alone", seed, communities=0)
    return replace(made, roster=made.roster.drop(columns=["manager", *(["level"] if seed % 2 else [])]))


@build
def silent_leaders(seed: int) -> Organisation:
    """Most of those who lead never write."""
    made = planted("silent_leaders", seed, 260)
    heads = set(made.roster["manager"].dropna()) - {""}
    rng = np.random.default_rng(seed)
    quiet = {person for person in sorted(heads) if rng.random() < 0.7}
    alias = made.roster.set_index("person")["aliases"]
    names = quiet | {alias[person] for person in quiet}
    log = made.log[~(made.log["sender"].isin(names) & (made.log["medium"] != "meeting"))].reset_index(drop=True)
    members = made.memberships
    members = members[~members["person"].isin(names)] if members is not None else None
    return replace(made, log=log, memberships=members).with_truth(share=0.9, communities=None)


@build
def days(seed: int) -> Organisation:
    """Times are whole days."""
    made = planted("days", seed, communities=0)
    return replace(made, log=made.log.assign(timestamp=made.log["timestamp"].dt.floor("D")))

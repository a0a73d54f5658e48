"""Organisations woven tie by tie, and rows that are no messages: the other half of the battery."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from sentences_battery.facts import Truth
from sentences_battery.weaving import MESSAGES, NAMES, NOTHING, Organisation, build, sizes, staff, talk, tied


def _woven(
    kind: str, seed: int, units: dict[str, int], likely: Any, truth: Truth = NOTHING, **options: Any
) -> Organisation:
    rng = np.random.default_rng([seed, 77])
    roster = staff(units)
    log = talk(rng, tied(rng, roster, likely), weeks=options.pop("weeks", 8), **options)
    return Organisation(kind, log, roster, MESSAGES, truth)


def _alike(inside: float, across: float) -> Any:
    return lambda a, b: inside if a == b else across


@build
def sealed(seed: int) -> Organisation:
    units = sizes(np.random.default_rng(seed), 5 + seed % 6)
    return _woven("sealed", seed, units, _alike(0.5, 0.012), replace(NOTHING, sealed=True))


@build
def blended(seed: int) -> Organisation:
    """Everybody deals with everybody alike."""
    units = sizes(np.random.default_rng(seed), 5 + seed % 6)
    return _woven("blended", seed, units, _alike(0.12, 0.12), replace(NOTHING, mixed=True))


@build
def two_departments(seed: int) -> Organisation:
    units = sizes(np.random.default_rng(seed), 2)
    return _woven("two_departments", seed, units, _alike(0.3, 0.1), threads=bool(seed % 2))


@build
def three_departments(seed: int) -> Organisation:
    units = sizes(np.random.default_rng(seed), 3)
    return _woven("three_departments", seed, units, _alike(0.3, 0.1), threads=bool(seed % 2))


@build
def four_departments(seed: int) -> Organisation:
    """The one of them that has most of its ties outside is no silo."""
    units = sizes(np.random.default_rng(seed), 4, 25, 40)
    return _woven("four_departments", seed, units, lambda a, b: 0.35 if a == b else 0.14)


@build
def tiny(seed: int) -> Organisation:
    rng = np.random.default_rng(seed)
    units = sizes(rng, 3 + seed % 3, 5, 8)
    return _woven("tiny", seed, units, _alike(0.6, 0.12), weeks=6)


@build
def merged(seed: int) -> Organisation:
    """Half of the departments are too small to be shown."""
    rng = np.random.default_rng(seed)
    units = sizes(rng, 5, 12, 20) | {name: int(rng.integers(2, 5)) for name in NAMES[5:10]}
    return _woven("merged", seed, units, _alike(0.35, 0.06))


@build
def dominated(seed: int) -> Organisation:
    units = {"Production": 140} | sizes(np.random.default_rng(seed), 5, 10, 16)
    return _woven("dominated", seed, units, _alike(0.15, 0.04))


@build
def bare_blended(seed: int) -> Organisation:
    units = sizes(np.random.default_rng(seed), 6)
    return _woven("bare_blended", seed, units, _alike(0.25, 0.08), threads=False)


@build
def deaf(seed: int) -> Organisation:
    """What comes from other departments is hardly answered; one department answers it even less."""
    made = _woven("deaf", seed, sizes(np.random.default_rng(seed), 7), _alike(0.3, 0.08))
    unit, rng = made.roster.set_index("person")["department"], np.random.default_rng(seed)
    first = ~made.log.duplicated("thread")
    across = made.log["sender"].map(unit) != made.log["recipient"].map(unit)
    deaf_one = made.log["sender"].map(unit) == NAMES[1]
    keep = first | ~across | (rng.random(len(made.log)) < np.where(deaf_one, 0.05, 0.4))
    return replace(made, log=made.log[keep].reset_index(drop=True))


# ---- rows that are no messages


def _edges(seed: int, count: int = 7) -> tuple[np.random.Generator, pd.DataFrame, list[tuple[str, str]]]:
    rng = np.random.default_rng([seed, 5])
    roster = staff(sizes(rng, count, 14, 28), heads=False)
    return rng, roster, tied(rng, roster, _alike(0.3, 0.06))


@build
def contacts(seed: int) -> Organisation:
    """Badges: two people were seen together, thrice as often with others as with their own in odd ones."""
    rng = np.random.default_rng([seed, 5])
    roster = staff(sizes(rng, 6, 14, 28), heads=False)
    ties = tied(rng, roster, _alike(0.1, 0.3) if seed % 2 else _alike(0.3, 0.05))
    rows = [
        (pd.Timestamp("2025-03-03 09:00") + pd.Timedelta(seconds=int(rng.integers(5 * 86_400))), a, b)
        for a, b in ties for _ in range(1 + rng.poisson(3))
    ]  # fmt: skip
    log = pd.DataFrame(rows, columns=["timestamp", "sender", "recipient"]).assign(medium="proximity", kind="contact")
    return Organisation("contacts", log, roster, {"proximity": "contacts"}, NOTHING)


@build
def survey(seed: int) -> Organisation:
    """Everybody names a few from whom they take advice."""
    rng, roster, ties = _edges(seed)
    named = [(a, b) if rng.random() < 0.5 else (b, a) for a, b in ties]
    named += [(b, a) for a, b in named if rng.random() < 0.3]
    log = pd.DataFrame(named, columns=["sender", "recipient"])
    return Organisation("survey", log, roster, {"": "survey"}, NOTHING)


@build
def acts(seed: int) -> Organisation:
    """Reviews of code."""
    rng, roster, ties = _edges(seed)
    log = talk(rng, ties, weeks=8, medium="code review").drop(columns=["thread"])
    return Organisation("acts", log, roster, {"code review": "acts"}, NOTHING)


@build
def symmetric(seed: int) -> Organisation:
    """An edge list without times, in which every edge stands both ways."""
    _, roster, ties = _edges(seed)
    log = pd.DataFrame([*ties, *((b, a) for a, b in ties)], columns=["sender", "recipient"])
    return Organisation("symmetric", log, roster, {"": "contacts"}, NOTHING)


@build
def strangers(seed: int) -> Organisation:
    """Ids without domains, a fifth of which the list lacks."""
    rng = np.random.default_rng([seed, 5])
    roster = staff(sizes(rng, 7, 14, 28), domain="", heads=False)
    log = talk(rng, tied(rng, roster, _alike(0.3, 0.06)), weeks=8)
    kept = rng.random(len(roster)) < 0.8
    return Organisation("strangers", log, roster[kept].reset_index(drop=True), MESSAGES, replace(NOTHING, share=0.6))


@build
def groups(seed: int) -> Organisation:
    """A group-to-group query: departments and minutes."""
    rng = np.random.default_rng(seed)
    units = sizes(rng, 4 + seed % 6, 8, 60)
    days_ = ["2024-03-04", "2024-03-11", "2024-03-18"]
    rows = [
        (a, n, b if a != b else "Within Group", units[b], day, int(rng.gamma(2.0, (900 if a == b else 120) / 2)))
        for a, n in units.items() for b in units for day in days_
    ]  # fmt: skip
    columns = [
        f"{side}Collaborator_{name}" for side in ("Primary", "Secondary") for name in ("Organization", "GroupSize")
    ]
    log = pd.DataFrame(rows, columns=[*columns, "MetricDate", "Group_collaboration_time_invested"])
    return Organisation("groups", log, staff(units), {}, Truth(known=False), groups=True)

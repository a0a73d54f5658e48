"""Simulated organisations with planted silos, connectors and decoys, as logs of messages: the truth is known.

organisation = silos.simulate.organisation(people=300, departments=12, seed=0)
organisation.write("sample")
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Literal

import numpy as np
import pandas as pd

from silos.errors import SilosError
from silos.simulate import blocks, latent, manners, tasks
from silos.simulate import communities as tool
from silos.simulate import rhythm as pace
from silos.simulate import walls as barriers
from silos.simulate.company import Company, found
from silos.simulate.events import Plan, Talks, week_of
from silos.simulate.log import Organisation
from silos.simulate.rhythm import Rhythm

__all__ = ["Organisation", "Rhythm", "organisation"]

GENERATORS = {"blocks": blocks.weave, "latent": latent.weave, "tasks": tasks.weave}
#: To find the activity that gives the rows asked for, weeks are written on trial until they hold this many rows.
TRIAL = 400_000
#: The days of a log lie in between: what is earlier or later, silos takes for no time.
EARLIEST, LATEST = date(1800, 1, 1), date(2200, 1, 1)
#: The least that may be asked for.
LEAST = {
    **{"people": 8, "departments": 2, "weeks": 1, "silos": 0, "unknown": 0, "seed": 0, "walls": 0},
    **{"communities": 0, "disjoint_communities": 0, "bridge_communities": 0, "externals": 0},
}


def organisation(
    people: int = 300,
    departments: int = 12,
    weeks: int = 12,
    *,
    generator: Literal["blocks", "latent", "tasks"] = "blocks",
    silos: int = 1,
    silo_strength: float = 0.3,
    connector: str | None = "Marketing",
    connector_strength: float = 3.0,
    biggest: bool = True,
    mail_room: bool = True,
    newsletter: bool = True,
    bilateral_pair: bool = True,
    one_person_bridge: bool = True,
    half_company: bool = False,
    walls: int = 0,
    wall_left: float = 0.0,
    communities: int = 24,
    disjoint_communities: int = 2,
    bridge_communities: int = 2,
    leadership: manners.Leadership | None = None,
    slow_across: float = 1.0,
    externals: int = 0,
    unknown: int = 8,
    rows: int | None = None,
    start: str = "2025-01-06",
    rhythm: Rhythm | Mapping[str, Any] | None = None,
    seed: int = 0,
) -> Organisation:
    """An organisation whose silos and connector are known, with the decoys that mislead other measures.

    Args:
        people: number of people in the roster.
        departments: number of departments; sizes are lognormal, with at least four people each.
        weeks: length of the log in weeks.
        generator: "blocks", a degree-corrected block model, or "latent", which shares none of its assumptions: people
            in a space of places and topics, a chain of command, project teams that form and end, heavy-tailed activity;
            or "tasks", in which messages are what the work in people's queues makes of them, and a desk is a department
            that does its tickets alone.
        silos: how many departments are silos.
        silo_strength: factor of a silo's affinity with every other department; .5 halves it, 1 plants nothing.
        connector: name of the mid-size department that binds all others by substantive, two-way talk, or None.
        connector_strength: factor of its affinity with every other department.
        biggest: one department is far bigger than the others.
        mail_room: everybody writes to the mail room, which acknowledges; hardly any thread gets deep.
        newsletter: one account mails nearly everyone, and smaller lists of fewer than 20.
        bilateral_pair: two departments deal very much with one another.
        one_person_bridge: one department reaches the others through a single person.
        half_company: one department has contact as deep as a connector's, but only with half of the company.
        walls: how many pairs of departments without another part are walled off from one another.
        wall_left: share of the ties that is left between two such departments.
        communities: number of communities of a tool, besides one for everybody. They do not change the interactions.
        disjoint_communities: how many of them are filled and carried by one department and share nobody with the
            others, as far as departments have ten people for it.
        bridge_communities: how many are carried by one department, the connector first, with people of all.
        leadership: "listening": leaders answer what comes from below; "broadcasting": they leave most of it and mail to
            crowds; None: they behave as everybody does.
        slow_across: factor of the time that an answer across departments takes.
        externals: number of customers in the roster, who only deal with a few departments.
        unknown: number of people in the log who are not in the roster.
        rows: rows of the log to aim at (within 10 %); by default the company decides.
        start: first day, as YYYY-MM-DD; it and the last day must be in the years from 1800 to 2199.
        rhythm: the pace and depth of answers, and how the mail room works; by default the usual rhythm.
        seed: the same arguments and seed give the same organisation, to the byte.

    Raises:
        SilosError: an argument is out of range, or too few departments or people for the parts asked for.

    Examples:
        >>> planted = organisation(people=120, departments=9, weeks=4, seed=1)
        >>> planted.truth["connector"], planted.truth["silos"]
        ('Marketing', {'R&D': 0.3})
        >>> organisation(people=20, departments=12)
        Traceback (most recent call last):
        silos.errors.SilosError: 20 people are too few for 12 departments of at least 4. Ask for at least 96 people ...
    """
    parameters: dict[str, Any] = dict(locals())
    manner = rhythm if isinstance(rhythm, Rhythm) else Rhythm(**(rhythm or {}))
    del parameters["rhythm"]
    if manner != pace.USUAL:
        parameters["rhythm"] = manner.as_dict()
    first = _check(parameters)
    rng = np.random.default_rng([seed, 0])
    company = found(
        people=people,
        departments=departments,
        silos=silos,
        connector=connector,
        biggest=biggest,
        mail_room=mail_room,
        newsletter=newsletter,
        bilateral_pair=bilateral_pair,
        one_person_bridge=one_person_bridge,
        half_company=half_company,
        unknown=unknown,
        heavy_tailed=generator == "latent",
        rng=rng,
    )
    dyads, groups, openness = GENERATORS[generator](
        company,
        weeks=weeks,
        silo_strength=silo_strength,
        connector_strength=connector_strength,
        rng=np.random.default_rng([seed, 1]),
    )
    between = barriers.planted(company, count=walls, left=wall_left, seed=seed)
    if between is not None:
        dyads = between.without(dyads)
    plan = Plan(
        company=company,
        dyads=pace.paced(dyads, manner, company, seed),
        groups=groups,
        start=first,
        weeks=weeks,
        seed=seed,
        slower=slow_across,
        rhythm=manner,
        talks=_talks(company, parameters, manner) if generator == "tasks" else None,
        walls=between,
    )
    if rows is not None:
        plan = _scaled(plan, rows / weeks)
    made = tool.planted(
        company, count=communities, disjoint=disjoint_communities, bridges=bridge_communities, seed=seed
    )
    held = manners.manners(company, leadership=leadership, externals=externals, seed=seed)
    truth = _truth(company, parameters, openness) | {"communities": tool.truth(made, company)}
    truth |= manners.truth(held, company) | {"slow_across": slow_across}
    if between is None:
        # a truth without walls stays, to the byte, what it was before they could be planted
        truth["parameters"] = {name: value for name, value in parameters.items() if not name.startswith("wall")}
    else:
        names = company.departments
        truth["walls"] = [[names[one], names[other], wall_left] for one, other in between.pairs]
    roster = company.roster()
    if externals:
        roster = pd.concat([roster.astype({"level": "Int64"}), manners.roster_rows(held, roster.columns)])
        roster = roster.reset_index(drop=True)
    return Organisation(roster=roster, truth=truth, plan=plan, communities=made, manners=held)


def _talks(company: Company, parameters: Mapping[str, Any], rhythm: Rhythm) -> Talks:
    """What the people of a company with tasks write to each other."""
    strengths = {name: parameters[name] for name in ("weeks", "silo_strength", "connector_strength")}
    rng, own = (np.random.default_rng([parameters["seed"], stream]) for stream in (1, 40))
    return tasks.worked(company, rhythm=rhythm, rng=rng, own=own, **strengths)


def _check(parameters: Mapping[str, Any]) -> date:
    """The first day, once every argument is in range."""
    faults = [
        f"{name} is {parameters[name]!r}, at least {least} is needed"
        for name, least in LEAST.items()
        if parameters[name] < least
    ]
    faults += [
        f"{name} is {parameters[name]!r}, a positive factor is needed"
        for name in ("silo_strength", "connector_strength", "slow_across")
        if not 0 < parameters[name] < float("inf")
    ]
    if not 0 <= parameters["wall_left"] < 1:
        faults.append(f"wall_left is {parameters['wall_left']!r}, a share from 0 to below 1 is needed")
    if parameters["generator"] not in GENERATORS:
        faults.append(f"generator is {parameters['generator']!r}, one of {', '.join(GENERATORS)} is needed")
    if parameters["generator"] == "tasks" and parameters["rows"] is not None:
        faults.append(
            "rows cannot be chosen with the generator tasks: ask for people and weeks, or use another generator"
        )
    if parameters["leadership"] not in (None, "listening", "broadcasting"):
        faults.append(f"leadership is {parameters['leadership']!r}, listening, broadcasting or None is needed")
    if parameters["rows"] is not None and parameters["rows"] < 1:
        faults.append(f"rows is {parameters['rows']!r}, at least 1 is needed")
    first = None
    try:
        first = date.fromisoformat(parameters["start"])
    except ValueError:
        faults.append(f"start is {parameters['start']!r}, a day as YYYY-MM-DD is needed")
    if first and (first < EARLIEST or first.toordinal() + 7 * parameters["weeks"] > LATEST.toordinal()):
        faults.append(
            f"start is {parameters['start']!r} and weeks {parameters['weeks']}, a log within the years from "
            f"{EARLIEST.year} to {LATEST.year - 1} is needed"
        )
    if faults or first is None:
        raise SilosError(f"cannot simulate: {'; '.join(faults)}.")
    return first


def _scaled(plan: Plan, wanted: float) -> Plan:
    """The plan with the activity, and the weeks from one newsletter to the next, that give `wanted` rows a week.

    Raises:
        SilosError: the broadcasts alone are more.
    """
    # what goes to everybody does not grow with activity: it may take a tenth of the rows
    every = int(np.clip(np.ceil(plan.company.people / (0.1 * wanted)), 1, plan.weeks))
    plan = replace(plan, newsletters=every)

    def written(scale: float) -> float:
        """Rows a week, from trial weeks spread over the period."""
        counts: list[int] = []
        for week in np.random.default_rng(0).permutation(plan.weeks):
            counts.append(len(week_of(replace(plan, scale=scale), int(week))))
            if sum(counts) > TRIAL:
                break
        return float(np.mean(counts))

    # rows = fixed + slope * scale, nearly: two trials settle the line
    low, high = 0.0, 1.0
    fixed, reached = written(low), written(high)
    if fixed > 0.9 * wanted:
        raise SilosError(
            f"{wanted * plan.weeks:,.0f} rows are too few: messages to everybody alone take {fixed * plan.weeks:,.0f}. "
            "Ask for more rows or fewer people, or switch the newsletter off."
        )
    for _ in range(4):
        scale = high * (wanted - fixed) / (reached - fixed)
        reached, high = written(scale), scale
        if abs(reached / wanted - 1) < 0.02:
            break
    return replace(plan, scale=high)


def _truth(company: Company, parameters: Mapping[str, Any], openness: np.ndarray) -> dict[str, Any]:
    """What was planted, ready for JSON."""
    names, parts, people = company.departments, company.parts, company.mails
    truth: dict[str, Any] = {
        "seed": parameters["seed"],
        "parameters": dict(parameters),
        "departments": {name: int(size) for name, size in sorted(zip(names, company.sizes, strict=True))},
        "openness": {name: round(float(factor), 4) for name, factor in sorted(zip(names, openness, strict=True))},
        "silos": {names[silo]: parameters["silo_strength"] for silo in parts.silos},
        "connector": None,
        "biggest": None,
        "mail_room": None,
        "newsletter": None,
        "bilateral_pair": None,
        "bridge": None,
        "half_company": None,
        "unknown": company.unknown,
        "expected": {},
    }
    expected: dict[str, str] = {names[silo]: "a silo: fewer ties with every other department" for silo in parts.silos}
    if parts.connector is not None:
        truth["connector"] = names[parts.connector]
        expected[names[parts.connector]] = "the connector: working ties with every department alike"
    if parts.biggest is not None:
        truth["biggest"] = names[parts.biggest]
        expected[names[parts.biggest]] = "no connector: most messages, because it has most people"
    if parts.mail_room is not None:
        truth["mail_room"] = names[parts.mail_room]
        expected[names[parts.mail_room]] = "no connector: everybody writes to it, hardly any thread gets deep"
    if parts.newsletter is not None:
        truth["newsletter"] = {"department": names[parts.newsletter], "account": people[company.newsletter_account]}
        expected[names[parts.newsletter]] = "no connector: one account writes to everybody, few answer"
    if parts.bilateral_pair is not None:
        one, other = parts.bilateral_pair
        truth["bilateral_pair"] = [names[one], names[other]]
        expected |= {names[one]: f"no connector: deals with {names[other]} above all"}
        expected |= {names[other]: f"no connector: deals with {names[one]} above all"}
    if parts.bridge is not None:
        truth["bridge"] = {"department": names[parts.bridge], "person": people[company.bridge_person]}
        expected[names[parts.bridge]] = "no connector: reaches the others through one single person"
    if parts.half_company is not None:
        friends = [name for name, friend in zip(names, company.friends, strict=True) if friend]
        truth["half_company"] = {"department": names[parts.half_company], "half": sorted(friends)}
        expected[names[parts.half_company]] = "no connector: deep with one half of the company only"
    truth["expected"] = expected
    return truth

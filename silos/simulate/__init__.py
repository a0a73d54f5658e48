"""Simulated organisations with planted silos, connectors and decoys, as logs of messages: the truth is known.

organisation = silos.simulate.organisation(people=300, departments=12, seed=0)
organisation.write("sample")
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Unpack

import numpy as np
import pandas as pd

from silos.errors import SilosError
from silos.simulate import blocks, latent, manners, openings, tasks
from silos.simulate import changes as changed
from silos.simulate import communities as tool
from silos.simulate import rhythm as pace
from silos.simulate import walls as barriers
from silos.simulate.changes import Changes
from silos.simulate.company import Company, company_of
from silos.simulate.events import week_of
from silos.simulate.fabric import Dyads, Groups
from silos.simulate.log import Organisation
from silos.simulate.moves import Moves, drawn, followed, moved
from silos.simulate.plan import Plan, Talks
from silos.simulate.recipe import Options, Recipe
from silos.simulate.rhythm import Rhythm

__all__ = ["Organisation", "Rhythm", "organisation"]

GENERATORS = {"blocks": blocks.weave, "latent": latent.weave, "tasks": tasks.weave}
#: To find the activity that gives the rows asked for, weeks are written on trial until they hold this many rows.
TRIAL = 400_000


def organisation(people: int = 300, departments: int = 12, weeks: int = 12, **options: Unpack[Options]) -> Organisation:
    """An organisation whose silos and connector are known, with the decoys that mislead other measures.

    Args:
        people: in the roster.
        departments: how many; sizes are lognormal, of four people and more.
        weeks: length of the log.
        options: what to plant, and the `seed`: the fields of `silos.simulate.recipe.Recipe`.

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
    return _made(Recipe(people, departments, weeks, **options))


def _made(recipe: Recipe) -> Organisation:
    first, seed = recipe.first_day(), recipe.seed
    parameters, manner = recipe.parameters(), recipe.manner
    company = company_of(recipe)
    dyads, groups, openness = _woven(recipe, company)
    changes = _changes(recipe, company, first) if recipe.changes else None
    if changes is not None:
        dyads, groups = _turning(recipe, company, changes, (dyads, groups))
    between = barriers.planted(company, count=recipe.walls, left=recipe.wall_left, seed=seed)
    if between is not None:
        dyads = between.without(dyads)
    plan = Plan(
        company=company,
        dyads=pace.paced(dyads, manner, company, seed),
        groups=groups,
        start=first,
        weeks=recipe.weeks,
        seed=seed,
        slower=recipe.slow_across,
        rhythm=manner,
        talks=_talks(company, parameters, manner) if recipe.generator == "tasks" else None,
        walls=between,
        changes=changes,
    )
    if recipe.rows is not None:
        plan = _scaled(plan, recipe.rows / recipe.weeks)
    made = tool.planted(
        company,
        count=recipe.communities,
        disjoint=recipe.disjoint_communities,
        bridges=recipe.bridge_communities,
        seed=seed,
    )
    held = manners.manners(company, leadership=recipe.leadership, externals=recipe.externals, seed=seed)
    truth = _truth(company, parameters, openness) | {"communities": tool.truth(made, company)}
    truth |= manners.truth(held, company) | {"slow_across": recipe.slow_across}
    if between is None:
        # a truth without walls stays, to the byte, what it was before they could be planted
        truth["parameters"] = {name: value for name, value in parameters.items() if not name.startswith("wall")}
    else:
        names = company.departments
        truth["walls"] = [[names[one], names[other], recipe.wall_left] for one, other in between.pairs]
    roster = company.roster()
    if changes is not None:
        truth["changes"] = changed.truth(changes, recipe, company)
        roster = changes.roster(roster, company, first)
    if recipe.externals:
        roster = pd.concat([roster.astype({"level": "Int64"}), manners.roster_rows(held, roster.columns)])
        roster = roster.reset_index(drop=True)
    return Organisation(roster=roster, truth=truth, plan=plan, communities=made, manners=held)


def _woven(recipe: Recipe, company: Company, *, silos: bool = True) -> tuple[Dyads, Groups, np.ndarray]:
    """Who works with whom, and how open each department is; as if no department were a silo unless `silos`."""
    return GENERATORS[recipe.generator](
        company,
        weeks=recipe.weeks,
        silo_strength=recipe.silo_strength if silos else 1.0,
        connector_strength=recipe.connector_strength,
        rng=np.random.default_rng([recipe.seed, 1] if silos else [recipe.seed, 50]),
    )


def _changes(recipe: Recipe, company: Company, first: date) -> Changes:
    """What becomes different while the log runs."""
    rng = np.random.default_rng([recipe.seed, 54])
    reorganisations: list[Moves] = []
    for week, half_life in ((recipe.reorganisation, recipe.half_life), (recipe.paper_reorganisation, None)):
        if week is not None:
            taken = moved(reorganisations)
            reorganisations.append(
                drawn(company, week=week, half_life=half_life, count=recipe.moved, taken=taken, rng=rng)
            )
    return changed.planned(
        company,
        weeks=recipe.weeks,
        moves=reorganisations,
        leavers=recipe.leavers,
        joiners=recipe.joiners,
        activity=changed.activity(first, recipe.weeks, season=recipe.season, halves=recipe.traffic_halves),
        turns=any(week is not None for week in (recipe.silo_opens, recipe.connector_dissolves, recipe.reorganisation)),
        seed=recipe.seed,
    )


def _turning(recipe: Recipe, company: Company, changes: Changes, fabric: tuple[Dyads, Groups]) -> tuple[Dyads, Groups]:
    """The ties and teams, of which some begin or end with what becomes different."""
    parts, seed = company.parts, recipe.seed
    if recipe.silo_opens is not None:
        dyads, groups, _ = _woven(recipe, company, silos=False)
        fabric = openings.opened(
            fabric,
            (dyads, groups),
            company,
            silo=parts.silos[0],
            strength=recipe.silo_strength,
            week=recipe.silo_opens,
            seed=seed,
        )
    if recipe.connector_dissolves is not None and parts.connector is not None:
        fabric = openings.dissolved(
            fabric,
            company,
            connector=parts.connector,
            strength=recipe.connector_strength,
            week=recipe.connector_dissolves,
            seed=seed,
        )
    dyads, groups = fabric
    for one in changes.moves:
        dyads = followed(dyads, company, one, moved(changes.moves), np.random.default_rng([seed, 55]))
    return dyads, groups


def _talks(company: Company, parameters: Mapping[str, Any], rhythm: Rhythm) -> Talks:
    """What the people of a company with tasks write to each other."""
    strengths = {name: parameters[name] for name in ("weeks", "silo_strength", "connector_strength")}
    rng, own = (np.random.default_rng([parameters["seed"], stream]) for stream in (1, 40))
    return tasks.worked(company, rhythm=rhythm, rng=rng, own=own, **strengths)


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

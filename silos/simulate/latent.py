"""Generator "latent": it does not build in what the methods assume about departments.

People live in a space of topics and places. They talk along the chain of command, saturate within their line team,
meet in project teams of several departments that form and end, and keep a few ties with people near to them in that
space. Activity is heavy-tailed. A silo's people get into projects and outside ties the more rarely, a connector's
the more often, and in everybody's.
"""

import numpy as np

from silos.simulate.company import Company
from silos.simulate.fabric import (
    Dyads,
    Groups,
    affinity,
    department_meetings,
    distinct,
    habits,
    join_dyads,
    join_groups,
    line_teams,
    mail_room_dyads,
    ragged,
    unknown_dyads,
    working_dyads,
)

#: How far apart in topics departments still deal with one another (their centres have a spread of 1).
REACH = 1.6
#: Lasting ties outside the department and the projects, per person; one project that runs for so many people.
OUTSIDE, PEOPLE_PER_PROJECT = 3.0, 6.0
CONVERSATIONS = 0.4


def weave(
    company: Company, *, weeks: int, silo_strength: float, connector_strength: float, rng: np.random.Generator
) -> tuple[Dyads, Groups, np.ndarray]:
    """Who works with whom in such a company, and how open each department is, as `truth.json` has it."""
    count, sizes = len(company.sizes), company.sizes
    topics = rng.normal(0, 1, (count, 2))
    distance = ((topics[:, None] - topics[None]) ** 2).sum(axis=2)
    near = np.exp(-distance / (2 * REACH**2))
    if company.parts.connector is not None:
        # a connector has business with every topic alike
        near[company.parts.connector] = near[:, company.parts.connector] = near.mean()
    plain, planted = affinity(
        company, silo_strength=silo_strength, connector_strength=connector_strength, noise=0.15, rng=rng
    )
    usual = np.sqrt(sizes[:, None] * sizes[None, :])
    np.fill_diagonal(usual, 0)
    base = usual * _even(near * plain, usual)
    ambient, dealing = base, base * planted / plain
    openness = dealing.sum(axis=1) / usual.sum(axis=1)
    place = np.column_stack(
        [topics[company.department] + rng.normal(0, 0.6, (company.people, 2)), company.location * 0.7]
    )
    share = habits(company, rng)
    parts = [
        _line(company, weeks, rng),
        _heads(company, dealing / ambient.mean(), share, weeks, rng),
        _neighbours(company, place, ambient, dealing, share, weeks, rng),
    ]
    projects, within = _projects(company, ambient, dealing, share, weeks, rng)
    return (
        join_dyads(*parts, within, mail_room_dyads(company, weeks, rng), unknown_dyads(company, weeks, rng)),
        join_groups(line_teams(company, weeks, rng), department_meetings(company, weeks), projects),
        openness,
    )


def _even(near: np.ndarray, usual: np.ndarray) -> np.ndarray:
    """Nearness scaled so that each department deals with the others as much as its size lets expect.

    A department at the edge of the space has fewer near ones, and would be a silo that nobody planted.
    """
    factor = np.ones(len(near))
    for _ in range(60):
        dealt = factor * ((near * usual) @ factor)
        factor *= np.sqrt(usual.sum(axis=1) / dealt)
    return near * factor[:, None] * factor[None, :]


def _whole(count: int, weeks: int) -> tuple[np.ndarray, np.ndarray]:
    """First and last week of ties that last all the time."""
    return np.zeros(count, dtype=np.int64), np.full(count, weeks - 1)


def _line(company: Company, weeks: int, rng: np.random.Generator) -> Dyads:
    """Everybody with everybody in the line team, and some colleagues of the department at large."""
    teams = line_teams(company, weeks, rng)
    size = np.diff(teams.offsets)
    row, seat = ragged(np.repeat(size, size))
    i, j = teams.members[row], teams.members[teams.offsets[np.repeat(np.arange(len(teams)), size)[row]] + seat]
    some = int(1.5 * company.people)
    anyone = rng.choice(company.people, size=some, p=company.activity / company.activity.sum())
    colleague = company.draw(company.department[anyone], company.activity, rng)
    i, j = distinct(np.concatenate([i, anyone]), np.concatenate([j, colleague]))
    begins, ends = _whole(len(i), weeks)
    works = np.full(len(i), 0.7)
    return working_dyads(company, i, j, working=works, rate=CONVERSATIONS, begins=begins, ends=ends, rng=rng)


def _heads(company: Company, dealing: np.ndarray, share: np.ndarray, weeks: int, rng: np.random.Generator) -> Dyads:
    """Heads of departments talk to one another as their departments deal with one another, and to the chief."""
    one, other = np.triu_indices(len(company.sizes), 1)
    chance = np.minimum(0.9, dealing[one, other] * 6 / max(6, len(company.sizes)))
    talk = rng.random(len(one)) < chance
    heads = company.first[:-1]
    i, j = distinct(heads[one[talk]], heads[other[talk]])
    if company.parts.bridge is not None:
        stays = company.outward[i] * company.outward[j] > 0
        i, j = i[stays], j[stays]
    begins, ends = _whole(len(i), weeks)
    works = np.minimum(share[company.department[i]], share[company.department[j]]) + 0.1
    return working_dyads(company, i, j, working=works, rate=0.4, begins=begins, ends=ends, rng=rng)


def _neighbours(
    company: Company,
    place: np.ndarray,
    ambient: np.ndarray,
    dealing: np.ndarray,
    share: np.ndarray,
    weeks: int,
    rng: np.random.Generator,
) -> Dyads:
    """Ties with people of other departments who are near in topic and place; some last, some are passing."""
    one, other = np.triu_indices(len(company.sizes), 1)
    lasting = company.people * OUTSIDE * (company.people / 300) ** 0.2 / 2
    passing = 0.2 * weeks * company.people / 2
    expected = dealing[one, other] * (lasting + passing) / ambient[one, other].sum()
    room = company.reachable[one] * company.reachable[other]
    counts = rng.poisson(-room * np.log1p(-np.minimum(expected / room, 0.8)))
    a, b = np.repeat(one, counts), np.repeat(other, counts)
    i = company.draw(a, company.outward, rng)
    candidates = np.stack([company.draw(b, company.outward, rng) for _ in range(3)])
    apart = ((place[candidates] - place[i]) ** 2).sum(axis=2)
    j = candidates[np.argmin(apart, axis=0), np.arange(len(i))]
    i, j = distinct(i, j)
    lasts = rng.random(len(i)) < lasting / (lasting + passing)
    begins = np.where(lasts, 0, rng.integers(weeks, size=len(i)))
    ends = np.where(lasts, weeks - 1, begins)
    works = np.minimum(share[company.department[i]], share[company.department[j]]) * np.where(lasts, 1, 0.5)
    dyads = working_dyads(company, i, j, working=works, rate=CONVERSATIONS, begins=begins, ends=ends, rng=rng)
    dyads.rate[~lasts] = 1.2
    return dyads


def _projects(
    company: Company, ambient: np.ndarray, dealing: np.ndarray, share: np.ndarray, weeks: int, rng: np.random.Generator
) -> tuple[Groups, Dyads]:
    """Project teams of several departments that form and end, and the ties within each while it lasts."""
    count = len(company.sizes)
    mean_length = min(7.0, weeks)
    usual = company.people / PEOPLE_PER_PROJECT * (weeks + mean_length) / mean_length
    planned = rng.poisson(usual * dealing.sum() / ambient.sum())
    leading = dealing.sum(axis=1)
    leader = rng.choice(count, size=planned, p=leading / leading.sum())
    length = np.minimum(rng.integers(4, 11, planned), weeks)
    begins = rng.integers(-int(mean_length), weeks, planned)
    runs = begins + length > 0
    leader, length, begins = leader[runs], length[runs], begins[runs]
    ends = np.minimum(begins + length, weeks) - 1
    begins = np.maximum(begins, 0)

    project, seat = ragged(rng.integers(4, 8, len(leader)))
    from_home = (rng.random(len(project)) < 0.3) | (seat == 0)
    steps = np.cumsum(dealing / leading[:, None], axis=1)
    # one search in the row of the leading department: rows are laid end to end, a whole number apart
    flat = (np.arange(count)[:, None] + np.minimum(steps, 1)).ravel()
    found = np.searchsorted(flat, leader[project] + rng.random(len(project)) * (1 - 1e-9), side="right")
    department = np.where(from_home, leader[project], np.minimum(found - leader[project] * count, count - 1))
    member = company.draw(department, company.outward, rng)
    pairs = np.unique(project * np.int64(company.people) + member)
    project, member = pairs // company.people, pairs % company.people
    size = np.bincount(project, minlength=len(leader))
    offsets = np.concatenate([[0], np.cumsum(size)])
    teams = Groups(
        members=member,
        offsets=offsets,
        meetings=rng.uniform(0.15, 0.5, len(size)),
        mails=rng.uniform(0.2, 0.6, len(size)),
        begins=begins,
        ends=ends,
        attendance=np.full(len(size), 0.85),
        most=np.full(len(size), 8),
    )
    row, other = ragged(size[project])
    i, j, team = member[row], member[offsets[project[row]] + other], project[row]
    once = (i < j) & (rng.random(len(i)) < 0.5)
    i, j, team = i[once], j[once], team[once]
    works = np.minimum(share[company.department[i]], share[company.department[j]]) + 0.1
    talk = working_dyads(company, i, j, working=works, rate=0.5, begins=begins[team], ends=ends[team], rng=rng)
    return teams, talk

"""Generator "blocks": a degree-corrected block model over departments.

Ties between departments a and b number c · affinity_ab · (n_a n_b)^γ, γ = .55: as in real organisations, a person's
contacts do not grow in step with the departments' sizes. Within a department ties saturate. A silo's affinity with
every other department is multiplied by its strength, nothing is made up for elsewhere.
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
    unknown_dyads,
    working_dyads,
)

GAMMA = 0.55
NOISE = 0.3
#: Ties a person has on average with other departments (in a company of 300), and at most within the department.
OUTSIDE, INSIDE = 7.0, 7.0
#: Passing contacts of one week, per person and week.
PASSING = 0.3
CONVERSATIONS = 0.42


def weave(
    company: Company, *, weeks: int, silo_strength: float, connector_strength: float, rng: np.random.Generator
) -> tuple[Dyads, Groups, np.ndarray]:
    """Who works with whom in a block-structured company, and how open each department is, as `truth.json` has it."""
    plain, planted = affinity(
        company, silo_strength=silo_strength, connector_strength=connector_strength, noise=NOISE, rng=rng
    )
    count = len(company.sizes)
    a, b = np.triu_indices(count, 1)
    base = (company.sizes[a] * company.sizes[b]).astype(float) ** GAMMA
    wanted = company.people * OUTSIDE * (company.people / 300) ** 0.2 / 2
    across = base * planted[a, b] * wanted / (base * plain[a, b]).sum()
    dealt = np.bincount(a, base * planted[a, b], count) + np.bincount(b, base * planted[a, b], count)
    openness = dealt / (np.bincount(a, base, count) + np.bincount(b, base, count))
    possible = company.sizes * (company.sizes - 1) / 2
    within = company.sizes * INSIDE * (1 - np.exp(-(company.sizes - 1) / (2 * INSIDE))) / 2

    one = np.concatenate([a, np.arange(count)])
    other = np.concatenate([b, np.arange(count)])
    expected = np.concatenate([across, within])
    room = np.concatenate([company.reachable[a] * company.reachable[b], possible])
    lasting = _ties(company, one, other, expected=expected, room=room, rng=rng)
    share = habits(company, rng)
    working = _share(company, share, *lasting)
    dyads = working_dyads(
        company,
        *lasting,
        working=working,
        rate=CONVERSATIONS,
        begins=np.zeros(len(working), dtype=np.int64),
        ends=np.full(len(working), weeks - 1),
        rng=rng,
    )

    part = PASSING * weeks * company.people / 2 / expected.sum()
    passing = _ties(company, one, other, expected=expected * part, room=room * weeks, rng=rng)
    week = rng.integers(weeks, size=len(passing[0]))
    seen = working_dyads(
        company, *passing, working=_share(company, share / 2, *passing), rate=1.2, begins=week, ends=week, rng=rng
    )
    return (
        join_dyads(dyads, seen, mail_room_dyads(company, weeks, rng), unknown_dyads(company, weeks, rng)),
        join_groups(line_teams(company, weeks, rng), department_meetings(company, weeks)),
        openness,
    )


def _ties(
    company: Company,
    one: np.ndarray,
    other: np.ndarray,
    *,
    expected: np.ndarray,
    room: np.ndarray,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of people for each pair of departments: about `expected`, where `room` pairs are possible."""
    # drawn with replacement, so draw as many as leave the expected number of distinct pairs
    drawn = -room * np.log1p(-np.minimum(expected / np.maximum(room, 1), 0.8))
    counts = rng.poisson(drawn)
    inside = np.repeat(one == other, counts)
    a, b = np.repeat(one, counts), np.repeat(other, counts)
    i = np.where(inside, company.draw(a, company.activity, rng), company.draw(a, company.outward, rng))
    j = np.where(inside, company.draw(b, company.activity, rng), company.draw(b, company.outward, rng))
    return distinct(i, j)


def _share(company: Company, share: np.ndarray, i: np.ndarray, j: np.ndarray) -> np.ndarray:
    """Probability that each tie is a working one: the mean habit of its departments, the mail room's where it is in."""
    a, b = company.department[i], company.department[j]
    habit = (share[a] + share[b]) / 2
    habit = np.where(np.minimum(share[a], share[b]) < 0.1, np.minimum(share[a], share[b]), habit)
    return np.where(a == b, 0.65, habit)

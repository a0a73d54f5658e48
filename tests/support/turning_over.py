"""A small organisation that people join and leave: how fast networks widen, and what leavers alone held, is known."""

import numpy as np
import pandas as pd

#: The first day of every log, a Monday, and its length in weeks.
START, WEEKS = pd.Timestamp("2023-01-02"), 60
TEAMS, SIZE = 8, 12
#: People of the next department with whom a department deals each week, and by the place of which of its own people.
ACROSS, DEALS = 6, (5, 6, 7)


def turning_over(
    *,
    joiners: int = 12,
    leavers: int = 10,
    widens: int = 12,
    alone: int = 3,
    taken: bool = False,
    seed: int = 0,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A log and a dated roster.

    Everybody deals with all of their department; the first leaver of each, and a few others, with people of the next.

    Args:
        joiners: people who join, one a week from week 10 on.
        leavers: people who leave in week 30.
        widens: weeks after which a joiner deals with as many as their colleagues; before, the share rises linearly.
        alone: of these people, how many the leaver alone deals with.
        taken: whether the others deal with those, too, afterwards.
        seed: of the random numbers.
    """
    rng = np.random.default_rng(seed)
    team = np.repeat(np.arange(TEAMS), SIZE)
    # The last of each department join, the first leave; others stand in between.
    come = np.array([SIZE * (at % TEAMS) + SIZE - 1 - at // TEAMS for at in range(joiners)], dtype=np.int64)
    gone = np.array([SIZE * (at % TEAMS) + at // TEAMS for at in range(leavers)], dtype=np.int64)
    begins, ends = np.full(len(team), -1), np.full(len(team), WEEKS + 1)
    begins[come], ends[gone] = 10 + np.arange(joiners), 30
    rows = []
    for week in range(WEEKS):
        there = (begins <= week) & (week < ends)
        for one in np.flatnonzero(there):
            mates = np.flatnonzero(there & (team == team[one]) & (np.arange(len(team)) != one))
            if begins[one] >= 0:
                known = int(np.ceil(len(mates) * min(1.0, (week - begins[one] + 1) / widens)))
                mates = mates[np.argsort(begins[mates] >= 0, kind="stable")][:known]
            # A joiner decides whom they deal with.
            mates = mates[(begins[mates] < 0) | (begins[one] >= 0)]
            other = SIZE * ((team[one] + 1) % TEAMS) + 2 + np.arange(ACROSS)
            first = gone[team[gone] == team[one]][:1]
            own = other[:alone] if len(first) else other[:0]
            across = other if one in first else other[:0]
            if leavers and one % SIZE in DEALS:
                across = other if taken and week >= 30 else np.setdiff1d(other, own)
            rows += [(week, one, two) for two in [*mates, *across[there[across]]]]
    log = pd.DataFrame(rows, columns=["week", "sender", "recipient"])
    seconds = pd.to_timedelta(log.pop("week") * 7 * 86_400 + rng.integers(0, 5 * 86_400, len(log)), unit="s")
    log.insert(0, "timestamp", START + seconds)
    log[["sender", "recipient"]] = "p" + log[["sender", "recipient"]].astype(str)
    roster = pd.DataFrame({"person": [f"p{at}" for at in range(len(team))], "department": [f"D{at}" for at in team]})
    day = [START + pd.Timedelta(weeks=int(week)) for week in begins]
    roster["effective_from"] = [f"{one:%Y-%m-%d}" for one in day]
    roster.loc[begins < 0, "effective_from"] = "2020-01-01"
    roster["effective_to"] = [f"{START + pd.Timedelta(weeks=30):%Y-%m-%d}" if at <= WEEKS else None for at in ends]
    return log, roster

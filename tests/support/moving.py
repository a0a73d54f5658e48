"""A small organisation in which people change department; their contacts follow with a known half-life, or not."""

import numpy as np
import pandas as pd

#: The first day of every log, a Monday, and its length in weeks; days of a month.
START, WEEKS, MONTH = pd.Timestamp("2023-01-02"), 60, 365.25 / 12
TEAMS, SIZE = 8, 9


def moving(
    *, half_life: float | None = 2.0, movers: int = 16, seed: int = 0, gone: int = 0
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A log and a dated roster.

    Args:
        half_life: months until half of the contacts with the old department are with the new one; None: they stay.
        movers: how many people move, in the middle of the log.
        seed: of the random numbers.
        gone: how many of the movers' old colleagues leave when they move.
    """
    rng = np.random.default_rng(seed)
    team = np.repeat(np.arange(TEAMS), SIZE)
    who = np.sort(rng.choice(len(team), movers, replace=False))
    to = (team[who] + rng.integers(1, TEAMS, movers)) % TEAMS
    at = START + pd.Timedelta(weeks=WEEKS // 2)
    rate = np.where(team[:, None] == team, 0.5, 0.04) * rng.lognormal(sigma=0.4, size=len(team))[:, None]
    np.fill_diagonal(rate, 0)
    left = rng.choice(np.setdiff1d(np.arange(len(team)), who), gone, replace=False)
    rows = []
    for week in range(WEEKS):
        now = rate.copy()
        months = (week + 0.5 - WEEKS // 2) * 7 / MONTH
        if half_life is not None and months > 0:
            stays = 2 ** (-months / half_life)
            for one, other in zip(who, to, strict=True):
                old, new = team == team[one], team == other
                now[one, new] += (now[one, old] * (1 - stays)).sum() / SIZE
                now[one, old] *= stays
        if week >= WEEKS // 2:
            now[left] = now[:, left] = 0
        # The movers decide: nobody else writes to them.
        now[:, who] = 0
        sent = rng.poisson(now)
        ends = np.nonzero(sent)
        sender, recipient = (np.repeat(end, sent[ends]) for end in ends)
        seconds = pd.to_timedelta(week * 7 * 86_400 + rng.integers(0, 5 * 86_400, len(sender)), unit="s")
        rows.append(pd.DataFrame({"timestamp": START + seconds, "sender": sender, "recipient": recipient}))
    log = pd.concat(rows, ignore_index=True)
    log[["sender", "recipient"]] = "p" + log[["sender", "recipient"]].astype(str)
    people = [f"p{one}" for one in range(len(team))]
    roster = pd.DataFrame({"person": people, "department": [f"D{one}" for one in team]})
    roster = roster.assign(effective_from="2022-06-01", effective_to=None)
    day = f"{at:%Y-%m-%d}"
    roster.loc[[*who, *left], "effective_to"] = day
    moved = pd.DataFrame({"person": [people[one] for one in who], "department": [f"D{one}" for one in to]})
    return log, pd.concat([roster, moved.assign(effective_from=day, effective_to=None)], ignore_index=True)

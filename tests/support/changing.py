"""Small organisations that change, or do not, from week to week: logs of messages whose truth is known."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

#: The first day of every log: a Monday.
START = pd.Timestamp("2024-01-01")


@dataclass(frozen=True)
class Changing:
    """What happens in an organisation.

    Attributes:
        departments, size: how many departments of how many people.
        weeks: length of the log.
        traffic: by week, the factor on all traffic; 1 throughout unless given.
        opens: from this week on, the first department writes to others so many times as much.
        opened: how many times.
        replaced: from this week on, a third of the people are others, in the same places.
        seed: of the random numbers.
    """

    departments: int = 6
    size: int = 14
    weeks: int = 26
    traffic: tuple[float, ...] = ()
    opens: int | None = None
    opened: float = 4.0
    replaced: int | None = None
    seed: int = 0

    def log(self) -> pd.DataFrame:
        """The messages."""
        rng = np.random.default_rng(self.seed)
        count = self.departments * self.size
        of = np.repeat(np.arange(self.departments), self.size)
        activity = rng.lognormal(sigma=0.5, size=count)
        rate = np.outer(activity, activity) * np.where(of[:, None] == of, 0.12, 0.012)
        np.fill_diagonal(rate, 0)
        first = (of == 0)[:, None] != (of == 0)
        there = np.full(count, True)
        there[rng.choice(count, count // 3, replace=False)] = False
        rows = []
        for week in range(self.weeks):
            factor = self.traffic[week] if self.traffic else 1.0
            opened = self.opened if self.opens is not None and week >= self.opens else 1.0
            sent = rng.poisson(rate * factor * np.where(first, opened, 1.0))
            sender, recipient = np.nonzero(sent)
            sender, recipient = (np.repeat(ends, sent[sender, recipient]) for ends in (sender, recipient))
            seconds = rng.integers(0, 5 * 86_400, len(sender))
            new = self.replaced is not None and week >= self.replaced
            names = np.array([f"p{at}" if there[at] or not new else f"n{at}" for at in range(count)])
            rows.append(
                pd.DataFrame(
                    {
                        "timestamp": START + pd.to_timedelta(week * 7 * 86_400 + seconds, unit="s"),
                        "sender": names[sender],
                        "recipient": names[recipient],
                    }
                )
            )
        return pd.concat(rows, ignore_index=True)

    def roster(self) -> pd.DataFrame:
        """Everybody who ever was there, without dates."""
        places = range(self.departments * self.size)
        names = [f"{letter}{at}" for letter in ("pn" if self.replaced is not None else "p") for at in places]
        return pd.DataFrame({"person": names, "department": [f"D{int(name[1:]) // self.size}" for name in names]})

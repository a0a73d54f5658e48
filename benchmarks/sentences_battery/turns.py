"""How departments take turns in dialogues with others, by the raw log: a desk answers, and the exchange ends there."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from sentences_battery.rawlog import Raw

#: Seconds within which a message answers the one before it.
GAP = 72 * 3600
#: Answers that a value takes, and the value below which a department is a desk.
ANSWERS, DESK = 30, 0.6


@dataclass(frozen=True, eq=False)
class Turns:
    """Turn-taking by department as shown.

    Attributes:
        raw: the log.
        accounts: people who are programs, whose messages are no evidence.
        weights: (people, draws) of the redraws.
    """

    raw: Raw
    accounts: Collection[str]
    weights: pd.DataFrame

    @cached_property
    def names(self) -> pd.Index:
        """The departments."""
        return pd.Index(sorted(self.raw.shown.unique()))

    @cached_property
    def sessions(self) -> pd.DataFrame:
        """Two people of different departments: what of their dialogues was answered, and went on."""
        raw, unit = self.raw, self.raw.shown
        talk = raw.talk[raw.talk["moment"].notna()]
        talk = talk[talk["medium"].map(raw.taken).eq("messages") & _of_hours(talk)]
        talk = talk[~talk["p"].isin(self.accounts) & ~talk["q"].isin(self.accounts)]
        talk = talk[talk["p"].map(unit).to_numpy() != talk["q"].map(unit).to_numpy()]
        if talk.empty:
            return talk
        pairs = _sessions(talk)
        first, last = raw.inside["moment"].min(), raw.inside["moment"].max()
        chance = 1 - np.exp(-pairs["openings"] * GAP / (last - first).total_seconds())
        return pairs.assign(chance=pairs["answers"] * chance, deep=pairs["opened_p"] + pairs["opened_q"])

    @cached_property
    def table(self) -> pd.DataFrame:
        """`answers` across, `value` (about 1 for colleagues), the `share` of redraws in which it is that of a desk."""
        pairs = self.sessions
        if pairs.empty:
            return pd.DataFrame({"answers": 0, "value": np.nan, "share": np.nan}, index=self.names)
        once = np.ones((len(pairs), 1))
        answers = self._sums(once)["answers"][:, 0]
        known = answers >= ANSWERS
        draws = self._values(self.weights.loc[pairs["p"]].to_numpy() * self.weights.loc[pairs["q"]].to_numpy(), known)
        told = draws[:, np.isfinite(draws[known]).all(axis=0)]
        share = (told < DESK).mean(axis=1) if told.size else np.nan
        return pd.DataFrame(
            {"answers": answers, "value": self._values(once, known)[:, 0], "share": share}, index=self.names
        )

    def _sums(self, weight: np.ndarray) -> dict[str, np.ndarray]:
        """What adds up by department, (K, draws) of each, with the weights (pairs, draws)."""
        pairs, unit = self.sessions, self.raw.shown
        sums = {
            name: np.zeros((len(self.names), weight.shape[1]))
            for name in ("answers", "continued", "chance", "deep", "opened")
        }
        for end in ("p", "q"):
            place = self.names.get_indexer(pairs[end].map(unit))
            for name, total in sums.items():
                column = pairs[f"opened_{end}" if name == "opened" else name].to_numpy(float)
                np.add.at(total, place, column[:, None] * weight)
        return sums

    def _values(self, weight: np.ndarray, known: np.ndarray) -> np.ndarray:
        """The value by department, (K, draws); NaN for those not `known`, and where nobody goes on."""
        sums = self._sums(weight)
        with np.errstate(divide="ignore", invalid="ignore"):
            rate = np.clip((sums["continued"] - sums["chance"]) / (sums["answers"] - sums["chance"]), 0, None)
            even = np.nan_to_num(2 * sums["opened"] / sums["deep"]).clip(max=1)
            middle = np.median(np.nan_to_num(rate[known]), axis=0) if known.any() else np.zeros(weight.shape[1])
            value = np.where(middle > 0, rate / middle * even, np.nan)
        return np.where(known[:, None], value, np.nan)


def _of_hours(talk: pd.DataFrame) -> pd.Series:
    """Rows of media whose times are not mostly whole days."""
    midnight = (talk["moment"] == talk["moment"].dt.floor("D")).groupby(talk["medium"]).transform("mean")
    return midnight < 0.5


def _sessions(talk: pd.DataFrame) -> pd.DataFrame:
    """By pair: answers, continued ones, sessions, and who opened those with two changes of speaker."""
    talk = talk.assign(side=(~talk["by_p"]).astype(int)).sort_values(["p", "q", "moment", "side"], kind="stable")
    by = talk.groupby(["p", "q"])
    before, after = by["moment"].shift(1), by["moment"].shift(-1)
    apart, next_ = (talk["moment"] - before).dt.total_seconds(), (after - talk["moment"]).dt.total_seconds()
    answers = (by["side"].shift(1) != talk["side"]) & (apart <= GAP)
    answered = by["side"].shift(-1).notna() & (by["side"].shift(-1) != talk["side"]) & (next_ <= GAP)
    opens = before.isna() | (apart > GAP)
    talk = talk.assign(answers=answers, continued=answers & answered, opens=opens, session=opens.cumsum())
    ends = talk.groupby(["p", "q", "session", "by_p"])["moment"].agg(["min", "max"]).unstack("by_p")  # noqa: PD010
    ends.columns = [f"{end}_{'p' if by_p else 'q'}" for end, by_p in ends.columns]
    ends = ends.reindex(columns=["min_p", "min_q", "max_p", "max_q"])
    ends["opened_p"] = (ends["min_p"] <= ends["min_q"]) & (ends["min_q"] < ends["max_p"])
    ends["opened_q"] = (ends["min_q"] < ends["min_p"]) & (ends["min_p"] < ends["max_q"])
    found = talk.groupby(["p", "q"]).agg(
        answers=("answers", "sum"), continued=("continued", "sum"), openings=("opens", "sum")
    )
    return found.join(ends.groupby(["p", "q"])[["opened_p", "opened_q"]].sum()).reset_index()

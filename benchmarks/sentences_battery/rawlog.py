"""A log and a roster as pandas sees them: who was in contact with whom, recounted row by row."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

OTHER = "Other (small)"
#: Recipients beyond which a row is a broadcast, people of a department below which it is merged, of a small meeting.
CROWD, SMALL, MEETING = 20, 5, 8
#: Share of the conversations that are deep, and weeks, of a substantive tie.
DEEP, WEEKS = 0.3, 3


@dataclass(frozen=True, eq=False)
class Raw:
    """What was given: the log as it is in the file, the roster, who is in which community, and what was asked.

    Attributes:
        log: canonical columns, any of which but sender and recipient may be missing.
        roster: person, department, and perhaps manager, level, aliases, kind.
        kinds: medium -> what its rows really are: messages, meetings, contacts, acts or survey.
        memberships: timestamp, person, community, medium, posts.
        asked: options of the analysis.
    """

    log: pd.DataFrame
    roster: pd.DataFrame
    kinds: Mapping[str, str]
    memberships: pd.DataFrame | None = None
    asked: Mapping[str, Any] = field(default_factory=dict)

    # ---- people

    @cached_property
    def kind_of(self) -> pd.Series:
        """By person of the roster: employee, external, bot ..."""
        kind = self.roster["kind"] if "kind" in self.roster else pd.Series("employee", index=self.roster.index)
        return pd.Series(kind.fillna("employee").to_numpy(), index=self._ids)

    @cached_property
    def _ids(self) -> pd.Index:
        return pd.Index(self.roster["person"].astype(str).str.strip().str.lower(), name="person")

    @cached_property
    def department(self) -> pd.Series:
        """By person of the network: the department as the roster has it."""
        unit = pd.Series(self.roster["department"].to_numpy(), index=self._ids)
        unit = unit[unit.notna() & (unit.astype(str).str.strip() != "")]
        return unit[self.kind_of[unit.index] == "employee"].sort_index()

    @cached_property
    def shown(self) -> pd.Series:
        """By person: the department as it may be shown."""
        sizes = self.department.value_counts()
        rising = sorted(sizes.index, key=lambda name: (sizes[name], name))
        small = int((sizes < SMALL).sum())
        # One alone, or few people, could be worked out from the others: the next larger are put together with them.
        while 0 < small < len(rising) and (small < 2 or sizes[rising[:small]].sum() < SMALL):
            small += 1
        return self.department.where(~self.department.isin(rising[:small]), OTHER)

    @cached_property
    def sizes(self) -> pd.Series:
        """People by department as shown."""
        return self.shown.value_counts().sort_index()

    @property
    def alone(self) -> list[str]:
        """Departments that stand alone."""
        return [name for name in self.sizes.index if name != OTHER]

    @cached_property
    def rows_shown(self) -> list[str]:
        """Departments that may be a row of a table: those that stand alone, and the small ones together."""
        return [*self.alone, *([OTHER] if (self.shown == OTHER).any() else [])]

    @cached_property
    def _names(self) -> dict[str, str]:
        names = dict(zip(self._ids, self._ids, strict=True))
        if "aliases" in self.roster:
            for person, text in zip(self._ids, self.roster["aliases"].fillna("").astype(str), strict=True):
                names |= {alias.strip().lower(): person for alias in text.replace("|", ";").split(";") if alias.strip()}
        return names

    # ---- rows

    @cached_property
    def rows(self) -> pd.DataFrame:
        """Every row: who sent it (`a`, `b`: persons of the roster or the id as it stands), when, to how many."""
        log = self.log.reset_index(drop=True)

        def column(name: str, default: Any) -> pd.Series:
            return log[name] if name in log else pd.Series(default, index=log.index)

        ids = {side: log[side].astype("string").str.strip().str.lower() for side in ("sender", "recipient")}
        a, b = (ids[side].map(self._names).fillna(ids[side]) for side in ids)
        kind = column("kind", "").fillna("").astype(str)
        medium = column("medium", "").fillna("").astype(str)
        taken = medium.map(self.kinds).fillna("messages")
        meeting = (kind == "meeting") | (taken == "meetings")
        sent = ~meeting & ~kind.eq("contact") & (taken != "contacts")
        moment = pd.to_datetime(column("timestamp", None), utc=True, errors="coerce", format="ISO8601")
        return pd.DataFrame(
            {
                "a": a.replace("", pd.NA), "b": b.replace("", pd.NA), "medium": medium,
                "moment": moment.dt.tz_localize(None).astype("datetime64[s]"),
                "event": column("event", None), "thread": column("thread", None), "meeting": meeting, "sent": sent,
                "stated": pd.to_numeric(column("recipients", np.nan), errors="coerce"),
                "weight": pd.to_numeric(column("weight", 1.0), errors="coerce").fillna(1.0), "kind": kind,
            }
        )  # fmt: skip

    @cached_property
    def dated(self) -> bool:
        """Whether the log has times."""
        return bool("timestamp" in self.log and self.rows["moment"].notna().any())

    @cached_property
    def fate(self) -> pd.Series:
        """By row, why it makes no tie, or "" (copies of a row are not told apart here)."""
        rows = self.rows
        outside = [~side.isin(self.department.index) for side in (rows["a"], rows["b"])]
        known = [side.isin(self._ids) for side in (rows["a"], rows["b"])]
        blank = rows["a"].isna() | rows["b"].isna()
        undated = rows["moment"].isna() & self.dated
        account = (outside[0] & known[0]) | (outside[1] & known[1])
        reasons = np.select(
            [blank, undated, rows["kind"] == "reaction", rows["a"] == rows["b"], account, outside[0] | outside[1]],
            ["no sender or recipient", "undated", "reaction", "self", "account", "not in the roster"],
            "",
        )
        return pd.Series(reasons, index=rows.index)

    @cached_property
    def deliveries(self) -> pd.DataFrame:
        """Rows that stand for something said, each event to each person once, with the number of people `reached`."""
        rows = self.rows[~self.fate.isin(["no sender or recipient", "undated", "reaction", "self"])]
        tagged = rows["event"].notna()
        once = rows[tagged].sort_values("moment", kind="stable")
        once = once.drop_duplicates(["medium", "event", "a", "b"])
        rows = pd.concat([once, rows[~tagged]]).sort_index()
        named = rows[rows["event"].notna()].groupby(["medium", "event", "a"])["b"].transform("nunique")
        reached = rows["stated"].where(rows["stated"] > 0).fillna(named.reindex(rows.index)).fillna(1)
        bare = rows["event"].isna() & rows["stated"].isna() & rows["sent"] & rows["moment"].notna()
        bare &= rows["moment"] != rows["moment"].dt.floor("D")
        crowd = rows[bare].groupby(["medium", "a", "moment"])["b"].transform("nunique").reindex(rows.index)
        return rows.assign(reached=reached.where(~(crowd > CROWD), crowd).astype(float))

    @cached_property
    def inside(self) -> pd.DataFrame:
        """Deliveries between two people of the network."""
        rows, people = self.deliveries, self.department.index
        return rows[rows["a"].isin(people) & rows["b"].isin(people)]

    @cached_property
    def near(self) -> pd.DataFrame:
        """Of these those that make ties."""
        return self.inside[self.inside["reached"] <= CROWD]

    # ---- ties

    @cached_property
    def met(self) -> pd.DataFrame:
        """Two people in one meeting or contact: p < q, the week, and whether few were there."""
        rows = self.near[~self.near["sent"]]
        events = rows[rows["meeting"] & rows["event"].notna()]
        ends = pd.concat([events.assign(person=events["a"]), events.assign(person=events["b"])])
        there = ends.groupby(["medium", "event", "person"]).agg(moment=("moment", "min"), reached=("reached", "max"))
        there = there.reset_index()
        both = there.merge(there, on=["medium", "event"])
        both = both[both["person_x"] < both["person_y"]]
        size = both[["reached_x", "reached_y"]].max(axis=1)
        meetings = pd.DataFrame(
            {"p": both["person_x"], "q": both["person_y"], "moment": both["moment_x"], "medium": both["medium"],
             "few": size + 1 <= MEETING, "meeting": True, "reached": size, "weight": 1.0}
        )  # fmt: skip
        others = rows[~(rows["meeting"] & rows["event"].notna())]
        bare = _paired(others).assign(few=others["meeting"] & (others["reached"] + 1 <= MEETING))
        columns = list(meetings.columns)
        return pd.concat([part for part in (meetings, bare[columns]) if len(part)] or [meetings], ignore_index=True)

    @cached_property
    def talk(self) -> pd.DataFrame:
        """Messages that make ties: p < q, and whether p sent it."""
        return _paired(self.near[self.near["sent"]])

    @cached_property
    def pairs(self) -> pd.DataFrame:
        """One row per two people in contact, p < q: weeks, who sent, conversations, deep ones, meetings."""
        talk, met = self.talk, self.met
        every = pd.concat([talk[["p", "q", "moment"]], met[["p", "q", "moment"]]])
        # Rows without a time are of one and the same week.
        week = every["moment"].dt.to_period("W-SUN").astype("string").fillna("undated")
        found = every.assign(week=week).groupby(["p", "q"])["week"].nunique().to_frame("weeks")
        sides = talk.groupby(["p", "q"])["by_p"].agg(["max", "min"])
        found["sent_p"] = sides["max"].reindex(found.index, fill_value=False).astype(bool)
        found["sent_q"] = (~sides["min"].astype(bool)).reindex(found.index, fill_value=False).astype(bool)
        seen = met.groupby(["p", "q"]).agg(small=("few", "sum"), meetings=("meeting", "sum"), contacts=("few", "size"))
        for name in ("small", "meetings", "contacts"):
            found[name] = seen[name].reindex(found.index, fill_value=0).astype(int)
        found["two_way"] = (found["sent_p"] & found["sent_q"]) | (found["contacts"] > 0)
        deep = self.conversations.groupby(["p", "q"]).agg(
            conversations=("thread", "size"), deep_p=("deep_p", "sum"), deep_q=("deep_q", "sum")
        )
        for name in ("conversations", "deep_p", "deep_q"):
            found[name] = deep[name].reindex(found.index, fill_value=0).astype(int)
        return found.reset_index()

    @property
    def in_contact(self) -> list[str]:
        """The people who are in contact with anybody."""
        return sorted(set(self.pairs["p"]) | set(self.pairs["q"]))

    @cached_property
    def conversations(self) -> pd.DataFrame:
        """What two people said to each other in one thread, and who opened it if it went back and forth twice."""
        talk = self.talk
        threaded = set(talk.loc[talk["thread"].notna(), "medium"])
        inside = talk[talk["thread"].notna()]
        single = talk[talk["thread"].isna() & talk["medium"].isin(threaded) & talk["event"].notna()]
        keys = ["medium", "thread", "p", "q"]
        inside = inside.sort_values("moment", kind="stable")
        first = inside.groupby([*keys, "by_p"])["moment"].agg(["min", "max"]).unstack("by_p")  # noqa: PD010
        first.columns = [f"{end}_{'p' if by else 'q'}" for end, by in first.columns]
        first = first.reindex(columns=["min_p", "min_q", "max_p", "max_q"]).reset_index()
        first["deep_p"] = (first["min_p"] <= first["min_q"]) & (first["min_q"] < first["max_p"])
        first["deep_q"] = (first["min_q"] < first["min_p"]) & (first["min_p"] < first["max_q"])
        alone = single[["medium", "p", "q"]].assign(thread="", deep_p=False, deep_q=False)
        columns = ["medium", "thread", "p", "q", "deep_p", "deep_q"]
        return pd.concat([part[columns] for part in (first, alone) if len(part)] or [alone[columns]], ignore_index=True)

    @cached_property
    def threads(self) -> bool:
        """Whether the log knows conversations."""
        return bool(self.near["thread"].notna().any())

    @cached_property
    def directed(self) -> bool:
        """Whether it says who wrote to whom."""
        spoken = {kind for kind in self.taken.values() if kind not in ("contacts", "meetings")}
        return bool(spoken) and bool((self.pairs["sent_p"] & self.pairs["sent_q"]).any())

    @cached_property
    def taken(self) -> dict[str, str]:
        """Medium -> kind, of the media that the log holds."""
        return {medium: self.kinds.get(medium, "messages") for medium in sorted(set(self.inside["medium"]))}

    @property
    def leading_kind(self) -> str:
        """What most is said of the rows: messages if there are any, else the first kind that there is."""
        there = set(self.taken.values())
        order = ("messages", "meetings", "acts", "survey", "contacts")
        return next((kind for kind in order if kind in there), "messages")

    @cached_property
    def weeks_known(self) -> bool:
        """Whether contact in three different weeks can be asked for."""
        moments = self.inside["moment"].dropna()
        days = (moments - pd.Timestamp("2000-01-03")).dt.days
        weeks = np.unique(days // 7)
        return len(weeks) > WEEKS and float(np.median(np.diff(weeks))) <= 2

    def layer(self, grade: str) -> pd.DataFrame:
        """The pairs of a grade of evidence; accounts have none as evidence."""
        pairs = self.pairs
        lasting = pairs["weeks"] >= (WEEKS if self.weeks_known else 1)
        if grade in ("reciprocated", "turn-taking"):
            return pairs[pairs["two_way"] & lasting]
        if grade == "substantive":
            deep = pairs["deep_p"] + pairs["deep_q"] + pairs["small"]
            both = ((pairs["deep_p"] > 0) & (pairs["deep_q"] > 0)) | (pairs["small"] > 0)
            enough = deep >= DEEP * (pairs["conversations"] + pairs["small"])
            return pairs[pairs["two_way"] & both & enough & lasting]
        return pairs

    def mixing(self, pairs: pd.DataFrame, *, shown: bool = True) -> pd.DataFrame:
        """Ties of departments with departments; those inside counted once."""
        unit = self.shown if shown else self.department
        one, other = pairs["p"].map(unit), pairs["q"].map(unit)
        names = sorted(unit.unique())
        count = pd.crosstab(one, other).reindex(index=names, columns=names, fill_value=0).to_numpy(dtype=float)
        total = count + count.T
        total[np.diag_indices_from(total)] = np.diag(count)
        return pd.DataFrame(total, index=names, columns=names)

    @cached_property
    def volume(self) -> pd.DataFrame:
        """By pair: what p sent to q and q to p, media scaled to the same total."""
        talk, met = self.talk, self.met
        sent = talk.assign(volume=talk["weight"] / talk["reached"])
        met = met.assign(volume=met["weight"] / met["reached"] / 2)
        there = pd.concat([sent.loc[sent["by_p"], ["p", "q", "medium", "volume"]], met[["p", "q", "medium", "volume"]]])
        back = pd.concat([sent.loc[~sent["by_p"], ["p", "q", "medium", "volume"]], met[["p", "q", "medium", "volume"]]])
        both = pd.concat([there.assign(way="there"), back.assign(way="back")])
        totals = both.groupby("medium")["volume"].sum()
        both["volume"] *= both["medium"].map(totals.mean() / totals)
        found = both.pivot_table(index=["p", "q"], columns="way", values="volume", aggfunc="sum", fill_value=0.0)
        return found.reindex(columns=["there", "back"], fill_value=0.0).reset_index()


def _paired(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows with their two people in order, and whether the first of these sent it."""
    first = rows["a"] < rows["b"]
    return rows.assign(p=rows["a"].where(first, rows["b"]), q=rows["b"].where(first, rows["a"]), by_p=first)

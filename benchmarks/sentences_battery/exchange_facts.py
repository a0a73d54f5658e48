"""Answers, leaders, the outside, communities and windows of time: recounted from the raw rows."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse import csgraph

from sentences_battery.facts import Facts
from sentences_battery.rawlog import CROWD, SMALL, Raw

#: Seconds after which an answer is none.
HORIZON = 7 * 86_400


def kaplan_meier(waits: pd.DataFrame) -> tuple[float, float]:
    """Share answered within the horizon, and hours within which half of these answers come."""
    if waits.empty:
        return float("nan"), float("nan")
    left, curve = 1.0, []
    counted = waits.groupby("seconds")["answered"].agg(["sum", "size"])
    waiting = float(len(waits))
    for seconds, (came, of) in zip(counted.index, counted.to_numpy(), strict=True):
        left *= 1 - came / waiting
        waiting -= of
        curve.append((seconds, 1 - left))
    rate = 1 - left
    half = next((seconds for seconds, share in curve if share >= rate / 2 - 1e-9), np.nan) if rate > 1e-9 else np.nan
    return rate, half / 3600


@dataclass(frozen=True, eq=False)
class Exchange:
    """What follows from the rows beside ties."""

    facts: Facts

    @property
    def raw(self) -> Raw:
        """The rows."""
        return self.facts.raw

    # ---- answers

    @cached_property
    def clocked(self) -> list[str]:
        """Media of messages that know the time of day."""
        sent = self.raw.inside[self.raw.inside["sent"] & self.raw.inside["moment"].notna()]
        midnight = (sent["moment"] == sent["moment"].dt.floor("D")).groupby(sent["medium"]).mean()
        kinds = self.raw.taken
        return [name for name in midnight.index if midnight[name] < 0.5 and kinds[name] in ("messages", "meetings")]

    @cached_property
    def waits(self) -> pd.DataFrame:
        """Who waited for whom, for how long, and whether an answer came."""
        talk = self.raw.talk[self.raw.talk["medium"].isin(self.clocked) & self.raw.talk["moment"].notna()]
        found = pd.concat([part for part in (_openings(talk), _turns(talk)) if len(part)] or [_turns(talk)])
        found = found.reset_index(drop=True)
        sent = self.raw.inside[self.raw.inside["sent"] & self.raw.inside["medium"].isin(self.clocked)]
        last = sent["moment"].max()
        lasted = (found["answer"] - found["asked"]).dt.total_seconds()
        answered = lasted <= HORIZON
        seen = (last - found["asked"]).dt.total_seconds().clip(upper=HORIZON)
        seconds = lasted.where(answered, seen)
        # As long as half a minute short of the horizon is the horizon.
        return found.assign(answered=answered, seconds=seconds.where(seconds < HORIZON - 50, HORIZON))

    @cached_property
    def scoped(self) -> pd.DataFrame:
        """The waits, with `across` and the departments as shown of who asks and who answers."""
        unit, shown = self.raw.department, self.raw.shown
        asks, answers = self.waits["asks"], self.waits["answers"]
        return self.waits.assign(
            across=asks.map(unit).to_numpy() != answers.map(unit).to_numpy(),
            a=asks.map(shown).to_numpy(), b=answers.map(shown).to_numpy(),
        )  # fmt: skip

    def rate(self, *, across: bool | None = None) -> tuple[float, float]:
        """Share answered and hours to half of the answers: within, across, or overall."""
        waits = self.scoped
        return kaplan_meier(waits if across is None else waits[waits["across"] == across])

    def rate_of(self, department: str) -> float:
        """Share of what others ask a department that it answers."""
        waits = self.scoped
        return kaplan_meier(waits[(waits["b"] == department) & (waits["a"] != department)])[0]

    # ---- leaders

    @cached_property
    def boss(self) -> pd.Series:
        """By person of the network: the manager, where that is one of them and somebody else."""
        if "manager" not in self.raw.roster:
            return pd.Series(dtype=object)
        boss = self.stated.map(self.raw._names)
        boss = boss[boss.isin(self.raw.department.index)]
        return boss[boss != boss.index]

    @cached_property
    def stated(self) -> pd.Series:
        """By person of the network: the manager as the roster has it, where it has one and it is somebody else."""
        given = pd.Series(self.raw.roster["manager"].to_numpy(), index=self.raw._ids)
        given = given[self.raw.department.index].astype("string").str.strip().str.lower()
        given = given[given.notna() & (given != "")]
        return given[given.map(self.raw._names).to_numpy() != given.index.to_numpy()]

    @cached_property
    def managers(self) -> tuple[int, int]:
        """Managers that the roster states, and those of them who are people of it."""
        if "manager" not in self.raw.roster:
            return 0, 0
        stated = self.raw.roster["manager"].astype("string").str.strip().str.lower()
        stated = stated[stated.notna() & (stated != "")]
        return len(stated), int(stated.isin(list(self.raw._names)).sum())

    @cached_property
    def leads(self) -> set[str]:
        """Who is somebody's manager."""
        return set(self.boss)

    @cached_property
    def rank(self) -> pd.Series:
        """Steps below the top; missing where the chart does not lead there."""
        # Who is led by somebody whom the roster lacks is no top.
        rank = {person: 0 for person in self.leads if person not in self.stated.index}
        grown = True
        while grown:
            below = {p: rank[b] + 1 for p, b in self.boss.items() if p not in rank and b in rank}
            grown = bool(below)
            rank |= below
        return pd.Series(rank, dtype=float).reindex(self.raw.department.index)

    @cached_property
    def below(self) -> tuple[float, float]:
        """What leaders answer of what comes from below, and what others answer in the same departments."""
        waits, rank = self.scoped, self.rank
        lead = waits["answers"].isin(self.leads)
        up = lead & (waits["asks"].map(rank).to_numpy() > waits["answers"].map(rank).to_numpy())
        stratum = waits["answers"].map(self.raw.department) + waits["across"].astype(str)
        others = waits[~lead].assign(stratum=stratum)
        rates = others.groupby("stratum").apply(lambda part: kaplan_meier(part)[0])
        asked = stratum[up].value_counts()
        asked = asked[asked.index.isin(rates.index)]
        standard = float((rates[asked.index] * asked).sum() / asked.sum()) if len(asked) else float("nan")
        return kaplan_meier(waits[up & stratum.isin(rates.index)])[0], standard

    @cached_property
    def wrote(self) -> pd.DataFrame:
        """By person: messages to few, to crowds, and posts."""
        rows = self.raw.inside[self.raw.inside["sent"]]
        part = rows["weight"] / rows["reached"]
        crowd = rows["reached"] > CROWD
        people = self.raw.department.index
        found = pd.DataFrame(
            {"few": part[~crowd].groupby(rows["a"]).sum(), "crowds": part[crowd].groupby(rows["a"]).sum()}
        ).reindex(people, fill_value=0.0)
        return found.fillna(0.0).assign(posts=self.posts.reindex(people, fill_value=0.0))

    @cached_property
    def posts(self) -> pd.Series:
        """By person: posts in communities."""
        members = self.raw.memberships
        if members is None:
            return pd.Series(dtype=float)
        person = members["person"].astype("string").str.strip().str.lower().map(self.raw._names)
        return members["posts"].fillna(1).groupby(person).sum().astype(float)

    def silent(self, *, leading: bool) -> float:
        """Share who never write."""
        part = self._of(leading)
        return float((part[["few", "crowds", "posts"]].sum(axis=1) == 0).mean()) if len(part) else float("nan")

    def broadcast(self, *, leading: bool) -> float:
        """Share of the messages that go to crowds."""
        part = self._of(leading)
        total = float((part["few"] + part["crowds"]).sum())
        return float(part["crowds"].sum()) / total if total else float("nan")

    def _of(self, leading: bool) -> pd.DataFrame:
        return self.wrote[self.wrote.index.isin(self.leads) == leading]

    # ---- online and meetings

    @cached_property
    def online(self) -> tuple[float, float]:
        """Share of the pairs who write that also meet, and what it would be with partners dealt out anew."""
        write = self.raw.talk[["p", "q"]].drop_duplicates()
        pairs = self.raw.pairs
        meet = pairs.loc[pairs["meetings"] > 0, ["p", "q"]]
        if write.empty or meet.empty:
            return float("nan"), float("nan")
        share = len(write.merge(meet)) / len(write)
        unit = self.raw.department
        ends = pd.concat([write, write.rename(columns={"p": "q", "q": "p"})])
        ends = ends.assign(unit=ends["q"].map(unit))
        toward = ends.groupby(["p", "unit"]).size()
        total = toward.groupby([toward.index.get_level_values(0).map(unit), toward.index.get_level_values(1)]).sum()

        def likely(p: str, q: str) -> float:
            a, b = unit[p], unit[q]
            there = toward.get((p, b), 0) * toward.get((q, a), 0)
            return min(1.0, there / total[a, b]) if there else 0.0

        return share, sum(likely(p, q) for p, q in meet.itertuples(index=False)) / len(write)

    # ---- the outside

    @cached_property
    def domains(self) -> set[str]:
        """Domains of the people's own addresses."""
        own = {name for name, person in self.raw._names.items() if self.raw.kind_of[person] != "external"}
        return {name.rsplit("@", 1)[1] for name in own if "@" in name}

    @cached_property
    def outward(self) -> pd.DataFrame:
        """Person of the network and outsider, whom they wrote to or met."""
        rows, people = self.raw.deliveries, self.raw.department.index
        rows = rows[rows["reached"] <= CROWD]

        def outside(ids: pd.Series) -> pd.Series:
            known = ids.map(self.raw.kind_of)
            at = ids.str.rsplit("@", n=1).str[1]
            return known.eq("external") | (known.isna() & at.notna() & ~at.isin(self.domains) & bool(self.domains))

        there = rows[rows["a"].isin(people) & outside(rows["b"])].rename(columns={"a": "person", "b": "outsider"})
        back = rows[rows["b"].isin(people) & outside(rows["a"]) & ~rows["sent"]]
        back = back.rename(columns={"b": "person", "a": "outsider"})
        return pd.concat([there, back])[["person", "outsider"]].drop_duplicates()

    @cached_property
    def outside_share(self) -> float:
        """Share of the people who deal with outsiders."""
        return self.outward["person"].nunique() / len(self.raw.department)

    @cached_property
    def outside_shares(self) -> pd.Series:
        """The same by department as shown."""
        deals = self.raw.shown.index.isin(set(self.outward["person"]))
        return pd.Series(deals, self.raw.shown.index).groupby(self.raw.shown).mean()

    @cached_property
    def outside_counts(self) -> pd.Series:
        """How many people of each department as shown deal with outsiders."""
        deals = self.raw.shown.index.isin(set(self.outward["person"]))
        return pd.Series(deals, self.raw.shown.index).groupby(self.raw.shown).sum()

    # ---- communities of the tools

    @cached_property
    def places(self) -> pd.DataFrame:
        """Person, community, medium and posts of the active communities, `everybody` where it is everybody's."""
        members = self.raw.memberships
        if members is None:
            return pd.DataFrame(columns=["person", "community", "posts", "everybody"])
        person = members["person"].astype("string").str.strip().str.lower().map(self.raw._names)
        found = members.assign(person=person, posts=members["posts"].fillna(1))
        found = found[found["person"].isin(self.raw.department.index)]
        found = found.groupby(["medium", "community", "person"], as_index=False)["posts"].sum()
        size = found.groupby(["medium", "community"])["person"].transform("size")
        wrote = found.groupby(["medium", "community"])["posts"].transform("sum") > 0
        found = found[(size >= 3) & (wrote if found["posts"].sum() > 0 else True)]
        most = 0.5 if (found["posts"] == 0).any() else 0.25
        size = found.groupby(["medium", "community"])["person"].transform("size")
        return found.assign(everybody=size > most * found["person"].nunique())

    @cached_property
    def judged(self) -> pd.DataFrame:
        """Memberships of communities that are not everybody's."""
        return self.places[~self.places["everybody"].astype(bool)]

    @cached_property
    def judged_count(self) -> int:
        """How many of these have enough members for a verdict."""
        sizes = self.judged.groupby("community")["person"].size()
        return int((sizes >= SMALL).sum())

    @cached_property
    def disjoint(self) -> tuple[float, float]:
        """Share of pairs of communities without a common member, and the same with memberships dealt out anew."""
        people, places = self.judged["person"].to_numpy(), self.judged["community"].to_numpy()
        rng = np.random.default_rng(self.facts.seed)
        return _disjoint(people, places), float(np.mean([_disjoint(*_dealt(people, places, rng)) for _ in range(12)]))

    def community(self, name: str) -> tuple[int, int, str]:
        """Members, those also in a community that the same department does not fill, and who carries it."""
        members = self.judged.assign(unit=self.judged["person"].map(self.raw.shown))
        own = members[members["community"] == name]
        shares = members.groupby("community")["unit"].agg(lambda units: units.value_counts(normalize=True).iloc[0])
        most = members.groupby("community")["unit"].agg(lambda units: units.value_counts().index[0])
        mine = most[name] if shares[name] > 0.5 else None
        same = {place for place in most.index if shares[place] > 0.5 and most[place] == mine} | {name}
        elsewhere = members[members["person"].isin(own["person"]) & ~members["community"].isin(same)]
        carried = own.groupby("unit")["posts"].sum().sort_values(ascending=False)
        return len(own), int(elsewhere["person"].nunique()), str(carried.index[0])

    @cached_property
    def composition(self) -> pd.DataFrame:
        """Members of each community by department, as it is shown."""
        members = self.judged.assign(unit=self.judged["person"].map(self.raw.shown))
        return pd.crosstab([members["medium"], members["community"]], members["unit"]).astype(float)

    def community_losses(self, *, without: str | None = None) -> dict[str, float]:
        """By community, the share of the conductance between departments over communities that goes with it.

        Of the whole two-mode network of departments and communities, short of one that is gone already.
        """
        names = self.composition.index.get_level_values("community")
        counts = self.composition[names != without]
        whole = _between_departments(counts.to_numpy())
        joined = whole > 1e-6
        found = {}
        for place, (_, name) in enumerate(counts.index):
            left = _between_departments(np.delete(counts.to_numpy(), place, axis=0))
            found[str(name)] = float(np.mean(1 - left[joined] / whole[joined])) if joined.any() else float("nan")
        return found

    def joined_by(self, name: str) -> pd.Series:
        """By department, which part of its conductance to others over communities runs through one."""
        counts = self.composition
        joins = counts * (1 - counts.div(counts.sum(axis=1), axis=0))
        return joins.xs(name, level="community").sum() / joins.sum()

    @cached_property
    def open_carried(self) -> dict[str, int]:
        """By department, how many communities it carries that it does not fill, and of which many are elsewhere too."""
        counts: dict[str, int] = {}
        members = self.judged.assign(unit=self.judged["person"].map(self.raw.shown))
        for name, own in members.groupby("community"):
            size, elsewhere, carried = self.community(str(name))
            if own["unit"].value_counts(normalize=True).iloc[0] <= 0.5 and elsewhere >= size / 4:
                counts[carried] = counts.get(carried, 0) + 1
        return counts

    # ---- windows of time

    def windows(self, unit: str) -> dict[pd.Timestamp, Raw]:
        """The log of each week, month or quarter."""
        code = {"week": "W-SUN", "month": "M", "quarter": "Q"}[unit]
        moment = self.raw.rows["moment"]
        part = moment.dt.to_period(code).dt.start_time
        return {
            start: Raw(self.raw.log.reset_index(drop=True)[part == start], self.raw.roster, self.raw.kinds, None, {})
            for start in sorted(part.dropna().unique())
        }


def _openings(talk: pd.DataFrame) -> pd.DataFrame:
    """In a thread: who of the two wrote first waits for the first that comes back."""
    rows = talk[talk["thread"].notna()]
    keys = ["medium", "thread", "p", "q"]
    first = rows.groupby([*keys, "by_p"])["moment"].min().unstack("by_p")  # noqa: PD010
    first = first.reindex(columns=[True, False]).reset_index()
    by_p, by_q = first[True], first[False]
    opened = by_q.isna() | (by_p < by_q)
    found = pd.DataFrame(
        {
            "asks": first["p"].where(opened, first["q"]), "answers": first["q"].where(opened, first["p"]),
            "asked": by_p.where(opened, by_q), "answer": by_q.where(opened, by_p),
        }
    )  # fmt: skip
    return found[~(by_p == by_q)]


def _turns(talk: pd.DataFrame) -> pd.DataFrame:
    """Outside of threads: what one writes in a row waits for the next of the other."""
    rows = talk[talk["thread"].isna()].assign(side=lambda part: (~part["by_p"]).astype(int))
    rows = rows.sort_values(["medium", "p", "q", "moment", "side"], kind="stable")
    by = ["medium", "p", "q"]
    starts = rows[rows.groupby(by)["side"].shift(1) != rows["side"]]
    return pd.DataFrame(
        {
            "asks": starts["p"].where(starts["by_p"], starts["q"]),
            "answers": starts["q"].where(starts["by_p"], starts["p"]),
            "asked": starts["moment"], "answer": starts.groupby(by)["moment"].shift(-1),
        }
    )  # fmt: skip


def _between_departments(counts: np.ndarray) -> np.ndarray:
    """1/R of each pair of departments, in a network in which each is joined to each community by its members there."""
    communities, departments = counts.shape
    size = departments + communities
    weights = np.zeros((size, size))
    weights[:departments, departments:] = counts.T
    weights += weights.T
    _, part = csgraph.connected_components(sparse.csr_array(weights), directed=False)
    inverse = np.linalg.pinv(np.diag(weights.sum(axis=1)) - weights, hermitian=True)
    a, b = np.triu_indices(departments, 1)
    resistance = inverse[a, a] + inverse[b, b] - 2 * inverse[a, b]
    return np.where(part[a] == part[b], 1 / np.maximum(resistance, 1e-300), 0.0)


def _disjoint(people: np.ndarray, places: np.ndarray) -> float:
    table = pd.crosstab(people, places).to_numpy() > 0
    common = table.T.astype(int) @ table.astype(int)
    upper = np.triu_indices(len(common), k=1)
    return float((common[upper] == 0).mean()) if len(upper[0]) else float("nan")


def _dealt(people: np.ndarray, places: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Memberships exchanged between two people at a time, nobody twice in one place."""
    places, held = places.copy(), set(zip(people.tolist(), places.tolist(), strict=True))
    for _ in range(12 * len(people)):
        i, j = rng.integers(len(people), size=2)
        one, other = (people[i], places[j]), (people[j], places[i])
        if one in held or other in held:
            continue
        held -= {(people[i], places[i]), (people[j], places[j])}
        held |= {one, other}
        places[i], places[j] = places[j], places[i]
    return people, places

"""Silos 2.0: communities of a tool that one department fills and carries and that share hardly any members.

Two nulls. *Shuffled labels*: the departments are shuffled, so that a community of n people is a draw
of n from the roster. *Shuffled memberships*: every person stays in as many communities and every community keeps as
many members, but who is where is drawn anew (`silos.inference.rewiring.rewire`), so that neither a busy person nor
a big community stands out by itself. A verdict holds against both.
"""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from scipy.special import bdtr, bdtrc

from silos.analysis.parameters import spelt
from silos.analysis.result_protocol import Result, kept_back, records
from silos.inference.estimate import Estimate
from silos.inference.multiple_testing import FALSE_DISCOVERY, false_discovery
from silos.inference.rewiring import rewire
from silos.measures.diversity import effective_number, entropies
from silos.measures.two_mode import (
    Memberships,
    active,
    bipartite_modularity,
    community_insularity,
    community_mix,
    disjoint_pairs,
    filled_by,
    largest_component,
    reached,
    shared_members,
    sponsors,
)
from silos.network import Network
from silos.plots.drawing import Drawing
from silos.privacy.suppression import OTHER, Shown, without_few
from silos.ties.results import Memberships as Held

#: A community with more than this share of all who are in any is everybody's, as a broadcast is no tie: that its
#: members meet there says nothing of them.
EVERYBODY = 0.5
#: The same where a log knows writers alone: of those who read, it sees nobody.
EVERYBODY_WRITING = 0.25
#: One department fills and carries a community that has more than this share of its members and of its posts.
MOST = 0.5
#: Sharing fewer members than by chance is not enough where hardly anybody is in two communities: then it must be fewer
#: than this share of the members.
SHARED = 0.25
#: "Far fewer": at most this part of the larger of the two.
FEWER = 0.25
#: A bridge is at least this part as mixed as chance would have it (effective number of departments).
MIXED = 0.7
#: Members of a bridge, at least: below, a mix is an accident.
BRIDGE_MEMBERS = 8
#: Difference up to which two mixes of departments are the same: rounding must decide nothing.
ROUNDING = 1e-9
#: Draws of members for the mix of departments by chance.
LABELS = 499
#: Memberships drawn anew, by the number of memberships up to which so many are drawn.
SHUFFLED = ((20_000, 200), (100_000, 60), (float("inf"), 20))
#: Swaps proposed per membership before the first shuffle: matrices of communities are denser than those of ties, so
#: that more swaps are refused.
SWAPS = 20
#: Swaps proposed per membership from one shuffle to the next.
APART = 4

SILO, BRIDGE, TYPICAL, UNCERTAIN = "silo 2.0", "bridge", "typical", "uncertain"
VERDICTS = (SILO, BRIDGE, TYPICAL, UNCERTAIN)
#: In which order communities are told.
ORDER = {SILO: 0, BRIDGE: 1, UNCERTAIN: 2, TYPICAL: 3}

COLUMNS = (
    *("community", "medium", "members", "writers", "posts", "departments", "mix", "mix_expected", "mix_z", "mix_p"),
    *("sponsor", "sponsor_members", "sponsor_posts", "insularity", "shared", "shared_expected", "reached", "apart"),
    *("p", "q", "verdict"),
)


@dataclass(frozen=True, eq=False)
class ToolCommunities(Result):
    """Communities of the tools in the log, judged.

    Attributes:
        table: one row per community that may be shown (`COLUMNS`), silos 2.0 first.
        shares: communities of the table x departments that may be shown: share of the members; NaN where it stands for
            somebody, but for fewer than may be shown.
        organisation: `disjoint_pairs`, `largest_component`, `bipartite_modularity`, each against shuffled memberships.
        sponsors: by department that may be shown: `communities`, `silos`, `bridges` that it carries.
        verdicts: how many communities have each verdict, those that have no name to be shown included.
        active: how many communities there are, of `silos.measures.two_mode.ACTIVE` people and more.
        everybody: those of them that are everybody's.
        hidden: those that were judged and are no row, as they have no name to be shown.
        people: people of the roster in any of them.
        strangers: ids in them that the roster lacks.
        readers: whether the log knows of members who never wrote.
        places: who is in which of those that are not everybody's; not in what is published.
        numbers: by row of the table, the community in `places`.
    """

    title: ClassVar[str] = "Communities of the tools"

    table: pd.DataFrame
    shares: pd.DataFrame
    organisation: dict[str, Estimate]
    sponsors: pd.DataFrame
    verdicts: dict[str, int]
    active: int
    everybody: int
    hidden: int
    people: int
    strangers: int
    readers: bool
    places: Memberships | None = field(default=None, repr=False)
    numbers: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=np.intp), repr=False)

    def said(self) -> str:
        """How many communities have which verdict."""
        return ", ".join(f"{count} {verdict}" for verdict, count in self.verdicts.items() if count)

    def drawing(self) -> Drawing | None:
        """Who is in them, and what they share."""
        if not len(self.table):
            return None
        few = {f"{name}_few": kept_back(self.table, name) for name in ("shared", "members")}
        return Drawing("community_map", {"communities": self.table.assign(**few), "shares": self.shares})

    def to_dict(self) -> dict[str, Any]:
        """As `communities.tools` of the summary has them."""
        return {
            "active": self.active,
            "everybody": self.everybody,
            "hidden": self.hidden,
            "people": self.people,
            "people_unmatched": self.strangers,
            "readers": self.readers,
            "verdicts": dict(self.verdicts),
            **{name: estimate.to_dict() for name, estimate in self.organisation.items()},
            "rows": records(self.table),
            "sponsors": records(self.sponsors.reset_index()),
        }


def empty_table() -> pd.DataFrame:
    """A table without a row, for a log that does not know communities."""
    return pd.DataFrame(columns=list(COLUMNS))


def only_named(held: Held, names: Collection[str] | None) -> Held:
    """The communities of a log, without the names of those that may not be named.

    Args:
        held: who is in which community.
        names: by which they may be called, as `silos.analysis.parameters.spelt` writes them; None for all.
    """
    if names is None:
        return held
    called = held.table["name"].astype(object)
    may = called.map(lambda name: isinstance(name, str) and spelt(name) in names).astype(bool)
    return replace(held, table=held.table.assign(name=called.where(may, None)))


def find_communities(
    held: pd.DataFrame, network: Network, grouped: Network, shown: Shown, *, strangers: int = 0, seed: int = 0
) -> ToolCommunities | None:
    """Judge the communities of a log.

    Args:
        held: the table of `silos.ties.results.Memberships`.
        network: the people, departments as they are: what the organisation is measured with.
        grouped: the same people, departments as they may be shown: what communities are measured with.
        shown: which departments stand alone; its `minimum` is also that of the members of a community that is judged.
        strangers: ids in communities that the roster lacks.
        seed: of the shuffles.

    Returns:
        None where the log knows no active community (`silos.measures.two_mode.active`) but those that are
        everybody's.
    """
    places = active(held)
    if places.empty:
        return None
    names = places.groupby("place")[["medium", "name"]].first()
    whole = _memberships(places, network, len(names))
    readers = bool((places["posts"] == 0).any())
    everybody = whole.sizes > (EVERYBODY if readers else EVERYBODY_WRITING) * (whole.degrees > 0).sum()
    if everybody.all():
        return None
    # what is everybody's keeps nobody apart and brings nobody together
    ours, own = _memberships(places, grouped, len(names)).only(~everybody), whole.only(~everybody)
    names = names[~everybody].reset_index(drop=True)
    carried_by = sponsors(ours)
    filled = filled_by(ours)
    shuffles = _shuffles(ours, own, carried_by, filled, seed)
    table = _judged(ours, carried_by, filled, shuffles, grouped, shown, seed)
    table.insert(0, "medium", names["medium"])
    table.insert(0, "community", _unique(names["name"], names["medium"]))
    judged = table["verdict"].notna()
    rows = table[judged & table["community"].notna()]
    rows = rows.assign(order=rows["verdict"].map(ORDER)).sort_values(
        ["order", "apart", "members", "community"], ascending=[True, False, False, True], kind="stable"
    )
    departments = [str(name) for name in grouped.departments if name in shown.rows]
    composition = pd.DataFrame(ours.composition, columns=grouped.departments)
    shares = without_few(composition.div(np.maximum(ours.sizes, 1), axis=0), composition, shown.minimum)
    return ToolCommunities(
        table=_without_persons(rows[list(COLUMNS)].reset_index(drop=True), shown.minimum),
        shares=shares.loc[rows.index, departments].set_axis(rows["community"], axis=0),
        organisation={
            name: Estimate.of(value, null=_moments(shuffles.organisation[name]))
            for name, value in _organisation(own).items()
        },
        sponsors=_sponsors(table[judged], shown),
        verdicts={verdict: int((table["verdict"] == verdict).sum()) for verdict in VERDICTS},
        active=len(everybody),
        everybody=int(everybody.sum()),
        hidden=int(judged.sum()) - len(rows),
        people=int((whole.degrees > 0).sum()),
        strangers=strangers,
        readers=readers,
        places=ours,
        numbers=rows.index.to_numpy(),
    )


def _without_persons(table: pd.DataFrame, minimum: int) -> pd.DataFrame:
    """The same, without what stands for the posts of fewer than `minimum` writers, or as few members."""
    few = (table["writers"] > 0) & (table["writers"] < minimum)
    for name in ("writers", "posts"):
        table[name] = table[name].astype("Int64").mask(few)
    unnamed = table["sponsor"].isna() | ((table["sponsor_members"] * table["members"]).round() < minimum)
    table["sponsor_members"] = table["sponsor_members"].mask(unnamed)
    table["sponsor_posts"] = table["sponsor_posts"].mask(unnamed | few)
    return table


# ---- who is where


def _memberships(places: pd.DataFrame, network: Network, count: int) -> Memberships:
    return Memberships(
        person=places["person"].to_numpy(dtype=np.intp),
        community=places["place"].to_numpy(dtype=np.intp),
        posts=places["posts"].to_numpy(dtype=np.float64),
        department=network.membership,
        departments=len(network.departments),
        communities=count,
    )


def _unique(names: pd.Series, media: pd.Series) -> pd.Series:
    """Names by which communities are told apart: those of the same name by medium, then by number."""
    names = names.astype("str")  # where none has a name they are objects
    for suffix in (media.where(media != "", "?"), names.groupby([names, media]).cumcount().add(1).astype(str)):
        again = names.duplicated(keep=False) & names.notna()
        names = names.where(~again, names + " (" + suffix + ")")
    return names


# ---- chance


@dataclass(frozen=True, eq=False)
class _Shuffles:
    """What communities would be with memberships drawn anew: means over the draws, and the organisation in each."""

    sponsored: np.ndarray
    shared: np.ndarray
    organisation: dict[str, np.ndarray]


def _organisation(memberships: Memberships) -> dict[str, float]:
    return {
        "disjoint_pairs": disjoint_pairs(memberships),
        "largest_component": largest_component(memberships),
        "bipartite_modularity": bipartite_modularity(memberships),
    }


def _shuffles(ours: Memberships, own: Memberships, carried_by: np.ndarray, filled: np.ndarray, seed: int) -> _Shuffles:
    """Memberships drawn anew, everybody in as many communities and every community with as many members."""
    samples = next(samples for count, samples in SHUFFLED if len(ours) <= count)
    rng = np.random.default_rng([seed, 2])
    people, place = len(ours.department), np.arange(ours.communities)
    sponsored, shared = np.zeros(ours.communities), np.zeros(ours.communities)
    drawn: dict[str, list[float]] = {}
    person, community = ours.person, ours.community + people
    sides = np.repeat([0, 1], [people, ours.communities])
    for sample in range(samples):
        rounds = APART if sample else SWAPS
        person, community = rewire(person, community, rng, rounds=rounds, kinds=sides)
        there = community - people
        dealt = _as(ours, person, there)
        sponsored += dealt.composition[place, carried_by]
        shared += shared_members(dealt, filled)
        for name, value in _organisation(_as(own, person, there)).items():
            drawn.setdefault(name, []).append(value)
    return _Shuffles(
        sponsored / samples, shared / samples, {name: np.asarray(values) for name, values in drawn.items()}
    )


def _as(memberships: Memberships, person: np.ndarray, community: np.ndarray) -> Memberships:
    return Memberships(
        person, community, memberships.posts, memberships.department, memberships.departments, memberships.communities
    )


def _moments(values: np.ndarray) -> tuple[float, float]:
    return float(values.mean()), float(values.std(ddof=1))


def mix_by_chance(sizes: np.ndarray, departments: np.ndarray, seed: int) -> tuple[dict[int, np.ndarray], ...]:
    """Entropy and effective number of the departments of n people drawn from the roster, for each n: (`LABELS`,)."""
    mix, effective = {}, {}
    for size in np.unique(sizes[sizes > 0]).tolist():
        rng = np.random.default_rng([seed, 3, size])
        counts = rng.multivariate_hypergeometric(departments, size, size=LABELS, method="marginals")
        mix[size], effective[size] = entropies(counts), effective_number(counts)
    return mix, effective


# ---- verdicts


def _judged(
    ours: Memberships,
    carried_by: np.ndarray,
    filled: np.ndarray,
    shuffles: _Shuffles,
    grouped: Network,
    shown: Shown,
    seed: int,
) -> pd.DataFrame:
    """One row per community: measures, tests, and a verdict for those of so many members that they are judged."""
    size, place = ours.sizes, np.arange(ours.communities)
    entropy = entropies(ours.composition)
    by_chance, effective_by_chance = mix_by_chance(size, grouped.sizes, seed)
    scale = np.log(ours.departments)
    expected = np.array([by_chance[n].mean() for n in size])
    spread = np.array([by_chance[n].std(ddof=1) for n in size])
    below = np.array([(by_chance[n] <= value + ROUNDING).sum() for n, value in zip(size, entropy, strict=True)])
    effective = np.array([effective_by_chance[n].mean() for n in size])
    members = ours.composition[place, carried_by]
    posts = ours.written.sum(axis=1)
    shared = shared_members(ours, filled)
    with np.errstate(divide="ignore", invalid="ignore"):
        table = pd.DataFrame(
            {
                "members": size,
                "writers": np.bincount(ours.community[ours.posts > 0], minlength=ours.communities),
                "posts": posts.astype(np.int64),
                "departments": effective_number(ours.composition),
                "mix": community_mix(ours),
                "mix_expected": expected / scale,
                "mix_z": np.where(spread > 0, (entropy - expected) / spread, np.nan),
                "mix_p": (1 + below) / (1 + LABELS),
                "sponsor": _shown_names(grouped.departments[carried_by], shown),
                "sponsor_members": members / size,
                "sponsor_posts": np.where(posts > 0, ours.written[place, carried_by] / posts, np.nan),
                "insularity": community_insularity(ours),
                "shared": shared,
                "shared_expected": shuffles.shared,
                "reached": reached(ours),
            }
        )
    # more of the sponsor's people than labels or memberships shuffled would bring; any department might have been
    likely = np.maximum(grouped.sizes[carried_by] / len(grouped), shuffles.sponsored / size)
    crowded = np.minimum(bdtrc(members - 1, size, np.minimum(likely, 1)) * ours.departments, 1)
    # fewer of its members elsewhere than memberships reassigned at random would have it, or than a quarter
    usual = np.clip(np.maximum(shuffles.shared / size, SHARED), 0, 1)
    apart = bdtr(shared, size, usual)
    # how much of a silo 2.0 it is, whatever its size; half a member keeps a few from being infinitely far apart
    kept = 1 - np.minimum((shared + 0.5) / (size * usual + 0.5), 1)
    table["apart"] = table["sponsor_members"] * kept
    alone = np.isin(grouped.departments[carried_by].to_numpy(), list(shown.candidates))
    judged = size >= shown.minimum
    # both must hold: the p-value of the pair is the larger one (Berger 1982)
    table["p"] = np.where(judged & alone, np.maximum(crowded, apart), np.where(judged, 1.0, np.nan))
    table["q"] = false_discovery(table["p"].to_numpy())
    carried = alone & (table["sponsor_members"] > MOST) & ~(table["sponsor_posts"] <= MOST)
    few = shared / size <= FEWER * usual
    mixed = (table["departments"] >= MIXED * effective) & (ours.composition.max(axis=1) / size <= MOST)
    open_ = (shared / size >= SHARED) & (shared >= FEWER * shuffles.shared)
    table["verdict"] = np.select(
        [
            ~judged,
            carried & few & (table["q"] < FALSE_DISCOVERY),
            (carried & few) | (mixed & open_ & (size < BRIDGE_MEMBERS)),
            mixed & open_,
        ],
        ["", SILO, UNCERTAIN, BRIDGE],
        TYPICAL,
    )
    table["verdict"] = table["verdict"].astype(object).where(judged, None)
    return table


def _shown_names(departments: pd.Index, shown: Shown) -> np.ndarray:
    """The names that may be shown; None for the others."""
    names = departments.to_numpy(dtype=object)
    return np.asarray(np.where(np.isin(names.astype(str), [str(name) for name in shown.rows]), names, None))


def _sponsors(table: pd.DataFrame, shown: Shown) -> pd.DataFrame:
    """By department: communities that it carries, and how many of them are silos 2.0 and bridges."""
    by = table["sponsor"]
    counted = pd.DataFrame(
        {
            "communities": by.value_counts(),
            "silos": by[table["verdict"] == SILO].value_counts(),
            "bridges": by[table["verdict"] == BRIDGE].value_counts(),
        }
    )
    counted = counted.reindex([name for name in shown.rows if name != OTHER or name in counted.index])
    counted = counted.fillna(0).astype(np.int64).rename_axis("department")
    return counted.sort_values(["bridges", "communities"], ascending=False, kind="stable")

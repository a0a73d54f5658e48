"""Communities of a tool (channels, groups, series of meetings): who carries them, and which members they share.

Pure functions of `Memberships`: a 0/1 matrix B of persons and communities, k_i = Σ_c B_ic communities of a person and
n_c = Σ_i B_ic members of a community. What an algorithm finds in the ties is something else: a detected community
(`silos.measures.communities`).
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
from scipy import sparse

from silos.errors import SilosError
from silos.measures.diversity import entropies

#: People of the roster from which a community is one: two who meet are a pair.
ACTIVE = 3


def active(held: pd.DataFrame) -> pd.DataFrame:
    """The memberships of active communities, numbered.

    A community is active where `ACTIVE` people of the roster are in it and somebody wrote; where the log has lists of
    members alone, the first.

    Args:
        held: one row per person and community: `medium`, `community`, `person`, `posts`; see
            `silos.ties.results.Memberships`.

    Returns:
        Those rows of active communities, with `place`, the number of the community, in order of place and person.

    Examples:
        >>> held = pd.DataFrame({"medium": "chat", "community": list("aaabb"), "person": [2, 1, 0, 0, 1], "posts": 1})
        >>> active(held)[["place", "person"]].to_numpy().tolist()
        [[0, 0], [0, 1], [0, 2]]
        >>> active(held.assign(posts=[0, 0, 0, 1, 1])).empty
        True
    """
    if held.empty:
        return held.assign(place=0)
    held = held.assign(place=held.groupby(["medium", "community"], sort=True).ngroup())
    # shuffles go through the memberships in order
    held = held.sort_values(["place", "person"], kind="stable")
    by_place = held.groupby("place")
    counts = by_place["person"].transform("size") >= ACTIVE
    if held["posts"].sum() > 0:
        counts &= by_place["posts"].transform("sum") > 0
    held = held[counts]
    return held.assign(place=held.groupby("place").ngroup())


@dataclass(frozen=True, eq=False)
class Memberships:
    """Who is in which community: one entry per person and community, each pair once.

    Attributes:
        person: position of the person, (M,).
        community: position of the community, (M,).
        posts: what the person wrote there; 0 for members who only read, (M,).
        department: position of each person's department, (N,).
        departments: how many departments there are, K.
        communities: how many communities there are, C.
    """

    person: np.ndarray
    community: np.ndarray
    posts: np.ndarray
    department: np.ndarray
    departments: int
    communities: int

    def __post_init__(self) -> None:
        key = self.person.astype(np.int64) * max(self.communities, 1) + self.community
        if len(np.unique(key)) != len(key):
            raise SilosError("a person is listed twice in a community.")

    def __len__(self) -> int:
        return len(self.person)

    @cached_property
    def sizes(self) -> np.ndarray:
        """n: members of each community, (C,)."""
        return np.bincount(self.community, minlength=self.communities)

    @cached_property
    def degrees(self) -> np.ndarray:
        """k: communities of each person, (N,)."""
        return np.bincount(self.person, minlength=len(self.department))

    @cached_property
    def composition(self) -> np.ndarray:
        """Members of each community by department, (C, K)."""
        return self._by_department(None)

    @cached_property
    def written(self) -> np.ndarray:
        """Posts in each community by department, (C, K)."""
        return self._by_department(self.posts)

    @cached_property
    def matrix(self) -> sparse.csr_array:
        """B: N x C, 0/1."""
        return sparse.csr_array(
            (np.ones(len(self)), (self.person, self.community)), shape=(len(self.department), self.communities)
        )

    @cached_property
    def common(self) -> sparse.csr_array:
        """BᵀB without its diagonal, C x C."""
        all_pairs = (self.matrix.T @ self.matrix).tocoo()
        apart = all_pairs.row != all_pairs.col
        ends = (all_pairs.row[apart], all_pairs.col[apart])
        return sparse.csr_array((all_pairs.data[apart], ends), shape=all_pairs.shape)

    def _by_department(self, weights: np.ndarray | None) -> np.ndarray:
        cell = self.community * self.departments + self.department[self.person]
        counted = np.bincount(cell, weights=weights, minlength=self.communities * self.departments)
        return np.asarray(counted.reshape(self.communities, self.departments))

    def only(self, communities: np.ndarray) -> "Memberships":
        """Those of some communities alone, (C,) bool; the positions of the others close up."""
        kept = communities[self.community]
        position = np.cumsum(communities) - 1
        return replace(
            self,
            person=self.person[kept],
            community=position[self.community[kept]],
            posts=self.posts[kept],
            communities=int(communities.sum()),
        )


def community_mix(memberships: Memberships) -> np.ndarray:
    """How evenly the members of each community come from the departments: normalised entropy, H_c / ln K.

    In [0, 1]: 0 one department alone, 1 all departments alike. A community of few people cannot be in many
    departments: read it against shuffled labels (`silos.analysis.tool_communities`).

    Source: Shannon 1948; Hill 1973 (e^H is an effective number of departments).

    Returns:
        (C,); NaN where there is but one department.

    Examples:
        >>> memberships = Memberships(
        ...     person=np.array([0, 1, 2, 3, 0]), community=np.array([0, 0, 0, 0, 1]), posts=np.zeros(5),
        ...     department=np.array([0, 0, 1, 1]), departments=2, communities=2)
        >>> community_mix(memberships).tolist()
        [1.0, 0.0]
    """
    if memberships.departments < 2:
        return np.full(memberships.communities, np.nan)
    return np.asarray(entropies(memberships.composition) / np.log(memberships.departments))


def sponsors(memberships: Memberships) -> np.ndarray:
    """The department that carries each community: most posts; among equals most members, then the first.

    Where nothing was written (lists of members alone) most members decide.

    Returns:
        Positions of departments, (C,).
    """
    members, posts = memberships.composition, memberships.written
    # posts decide; members add less than one post
    rank = posts + members / (members.sum(axis=1, keepdims=True) + 1)
    return np.asarray(rank.argmax(axis=1))


def community_insularity(memberships: Memberships) -> np.ndarray:
    """Share of its members' memberships that are in the community itself: I_c = n_c / Σ_{i∈c} k_i.

    In (0, 1]: 1 if no member is in any other community; 1/k if each is in k.

    Source: one less the conductance of the community in the bipartite graph, as seen by its members (Kannan, Vempala &
    Vetta 2004).

    Returns:
        (C,); NaN for a community without members.

    Examples:
        >>> memberships = Memberships(
        ...     person=np.array([0, 1, 1, 2]), community=np.array([0, 0, 1, 1]), posts=np.zeros(4),
        ...     department=np.zeros(3, dtype=int), departments=1, communities=3)
        >>> community_insularity(memberships).round(3).tolist()
        [0.667, 0.667, nan]
    """
    degrees = memberships.degrees[memberships.person]
    total = np.bincount(memberships.community, weights=degrees, minlength=memberships.communities)
    size = memberships.sizes
    return np.asarray(np.divide(size, total, out=np.full(len(size), np.nan), where=total > 0))


def filled_by(memberships: Memberships) -> np.ndarray:
    """The department that fills each community (more than half of its members); a number of its own where none does.

    Returns:
        Positions of departments, or K + the position of the community, (C,).
    """
    members, place = memberships.composition, np.arange(memberships.communities)
    most = members.argmax(axis=1)
    return np.where(2 * members[place, most] > memberships.sizes, most, memberships.departments + place)


def shared_members(memberships: Memberships, filled: np.ndarray) -> np.ndarray:
    """Members of each community who are also in a community that is not filled by the same department.

    Two channels of one department that share everybody are no bridge: what counts is the rest of the organisation, and
    what is mixed belongs to the rest of everybody.

    Args:
        memberships: who is where.
        filled: for each community the department that fills it, or a number of its own, (C,), from `filled_by`.

    Returns:
        Counts, (C,).

    Examples:
        >>> memberships = Memberships(
        ...     person=np.array([0, 1, 0, 1, 1]), community=np.array([0, 0, 1, 1, 2]), posts=np.zeros(5),
        ...     department=np.zeros(2, dtype=int), departments=2, communities=3)
        >>> shared_members(memberships, np.array([0, 0, 1])).tolist()
        [1, 1, 1]
    """
    labels = memberships.departments + memberships.communities
    cell = memberships.person.astype(np.int64) * labels + filled[memberships.community]
    _, inverse, counts = np.unique(cell, return_inverse=True, return_counts=True)
    elsewhere = memberships.degrees[memberships.person] > counts[inverse]
    return np.bincount(memberships.community[elsewhere], minlength=memberships.communities)


def co_membership(memberships: Memberships) -> sparse.csr_array:
    """BᵀB without its diagonal: how many members every two communities have in common, C x C."""
    return memberships.common


def reached(memberships: Memberships) -> np.ndarray:
    """To how many other communities the members of each lead: those with a member in common, (C,)."""
    return np.diff(co_membership(memberships).indptr)


def disjoint_pairs(memberships: Memberships) -> float:
    """Share of pairs of communities that have no member in common.

    In [0, 1]; NaN for fewer than two communities.

    Source: Breiger 1974 (the duality of persons and groups: communities are tied by the members they share).

    Examples:
        >>> memberships = Memberships(
        ...     person=np.array([0, 0, 1]), community=np.array([0, 1, 2]), posts=np.zeros(3),
        ...     department=np.zeros(2, dtype=int), departments=1, communities=3)
        >>> round(disjoint_pairs(memberships), 3)
        0.667
    """
    count = memberships.communities
    if count < 2:
        return float("nan")
    return float(1 - co_membership(memberships).nnz / (count * (count - 1)))


def largest_component(memberships: Memberships) -> float:
    """Share of the communities in the largest part of the co-membership graph that holds together.

    In (0, 1]: 1 if from every community one comes to every other over members they share; NaN without communities.
    """
    if memberships.communities == 0:
        return float("nan")
    # With all of linear algebra, which an analysis without communities does not need.
    from scipy.sparse import csgraph

    _, labels = csgraph.connected_components(co_membership(memberships), directed=False)
    return float(np.bincount(labels).max() / memberships.communities)


def bipartite_modularity(memberships: Memberships) -> float:
    """How far the departments part the communities among them: Q_B = 1/M Σ_{i,c} (B_ic − k_i n_c/M) [g_i = h_c].

    Persons are in the part of their department, g; each community is in that part, h_c, which makes Q_B the largest,
    so that no further choice enters. In [0, 1): 0 if every community draws on the departments as their activity says,
    high if each belongs to one.

    Source: Barber 2007, eq. 16–17, with persons' groups given.

    Returns:
        NaN where nobody is in any community.

    Examples:
        >>> apart = Memberships(
        ...     person=np.array([0, 1, 2, 3]), community=np.array([0, 0, 1, 1]), posts=np.zeros(4),
        ...     department=np.array([0, 0, 1, 1]), departments=2, communities=2)
        >>> bipartite_modularity(apart)
        0.5
        >>> bipartite_modularity(replace(apart, department=np.array([0, 1, 0, 1])))
        0.0
    """
    total = len(memberships)
    if total == 0:
        return float("nan")
    composition = memberships.composition
    expected = np.outer(memberships.sizes, composition.sum(axis=0)) / total
    return float((composition - expected).max(axis=1).sum() / total)


#: Of the usual conductance: the trace between all departments which stands for none, so that a network in parts has an
#: inverse as well, and below which a conductance counts as zero.
TRACE, NOTHING = 1e-9, 1e-6


def community_binds(composition: np.ndarray, of: np.ndarray | None = None) -> np.ndarray:
    """The share of the departments' mutual conductance over communities that exists only through each; (C,).

    Departments and communities are the nodes of a two-mode network; a department with n_ca members in community c is
    joined to it by the conductance n_ca. Seen from the departments, c is a star, which is the mesh n_ca n_cb / n_c
    between them (star-mesh transform): L = Σ_c [diag(n_c) − n_c n_cᵀ / Σ_a n_ca]. Of each community the mean over pairs
    of departments that any community joins of [G_ab(L) − G_ab(L without c)]/G_ab(L), G = 1/R, R the effective
    resistance (Klein & Randić 1993): what `silos.measures.binding.binds` is for departments. In [0, 1].

    Args:
        composition: (C, K) members of each community by department.
        of: which communities are asked for; all unless given.

    Returns:
        NaN where no community joins two departments.

    Examples:
        >>> community_binds(np.array([[3, 3, 0], [0, 3, 3], [5, 0, 0]])).round(3).tolist()
        [0.667, 0.667, 0.0]
        >>> community_binds(np.array([[3, 3], [3, 3]])).round(3).tolist()
        [0.5, 0.5]
    """
    asked = np.arange(len(composition)) if of is None else of
    counts = composition[:, composition.sum(axis=0) > 0].astype(np.float64)
    departments = counts.shape[1]
    if departments < 2:
        return np.full(len(asked), np.nan)
    sizes = np.maximum(counts.sum(axis=1), 1)
    whole = np.diag(counts.sum(axis=0)) - counts.T @ (counts / sizes[:, None])
    some = counts[asked]
    stars = some[:, :, None] * np.eye(departments) - some[:, :, None] * some[:, None, :] / sizes[asked, None, None]
    usual = np.trace(whole) / departments**2
    if not usual:
        return np.full(len(asked), np.nan)
    trace = TRACE * usual * (departments * np.eye(departments) - 1)
    conductances = _conductances(np.concatenate([whole[None], whole - stars]) + trace)
    joined = np.triu(conductances[0] > NOTHING * usual, 1)
    if not joined.any():
        return np.full(len(asked), np.nan)
    left = conductances[1:, joined] / conductances[0, joined]
    return np.asarray(np.clip(1 - left.mean(axis=1), 0.0, 1.0))


def _conductances(laplacians: np.ndarray) -> np.ndarray:
    """1/R of all pairs, (..., K, K), from Laplacians; 0 on the diagonal."""
    count = laplacians.shape[-1]
    inverse = np.linalg.inv(laplacians + np.abs(laplacians).max() / count)
    own = np.diagonal(inverse, axis1=-2, axis2=-1)
    resistance = own[..., :, None] + own[..., None, :] - 2 * inverse
    each = np.arange(count)
    resistance[..., each, each] = np.inf
    return np.asarray(1 / np.maximum(resistance, np.finfo(float).tiny))

"""Who binds the organisation: the department that communicates with all of it.

Raw volume crowns the biggest department, per-head measures two-person offices, and every score crowns the mail room
when it is fed raw messages: the layer of ties matters more than the score. The score is taken on the best layer that
the log can show, and its verdict needs the bootstrap: see `docs/methods.md` and the validation.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from silos.analysis.connector.desks import TURNS, unjudged
from silos.analysis.connector.evidence import BLIND, CANNOT_SAY, ENOUGH_TIES, Candidacy, seen, unsaid
from silos.analysis.connector.scores import among, contests, standings, wider
from silos.analysis.connector.spanners import effective_spanners, only_people, spanners
from silos.analysis.result_protocol import Result, plain, records
from silos.inference.bootstrap import Replicates
from silos.inference.permutation import no_more_across, relabelled
from silos.measures.affinity import affinities, resistances
from silos.measures.basis import department_totals, totals_across
from silos.network import Network
from silos.plots.drawing import Drawing
from silos.ties.definitions import Evidence

#: P(first) from which a connector is proclaimed.
CLEAR = 0.9
#: Relabellings against which the spread of scores is tested.
RELABELLINGS = 199
#: Level of the test of the spread of scores.
LEVEL = 0.05
#: Exponent of size of ties between people assigned at random: by a lower one large departments look like connectors.
BY_PAIRS = 1.0
#: A candidate that outranks the first in at least this share of draws is not separated from it.
SEPARATED = 0.05
#: P(first) of the first below which no department comes near to being the connector. Planted connectors that were not
#: clear had 0.7 and more where ties sufficed; without a connector the first had less in 19 of 20 organisations.
#: By 0.67 of 48 companies with nothing but a mail room 44 are told so, not 39, but so are 9 of 20 whose connector is
#: weak (strength 2), not 5.
NOBODY = 0.5
#: How many times the median score the first has at least where it stands out: nobody is said to be lacking then,
#: however uncertain it is who comes first. Of 77 simulated companies rightly warned of their mail room none had more
#: than 1.6; connectors that were clear had 2.0 and more.
STANDS_OUT = 1.75
#: How many times denser ties are inside departments than across, without desks, below which nobody lacks a connector:
#: people of other departments are then known as well as one's own. Nine planted organisations without a connector had
#: 15 and more, people who meet at random 1.
EVEN = 1.5
#: P(first) from which the first is probably the connector, if not clearly, and from which a spread no wider than by
#: chance is tested again (`_verdict`). Of 100 companies of 140 to 260 people with a connector 13 are told by 0.75 that
#: they have none, seven by 0.65; of 100 without one, 93 and 91 are. But by 0.7 already a company of which a test knows
#: that it has only a mail room is no longer warned of it.
PROBABLE = 0.75
#: Effective number of members who hold a department's ties across, below which it depends on single accounts.
FEW_SPANNERS = 3.0
#: Columns of the table of candidates.
CANDIDATE = (
    *("score", "bind", "reach", "probability_first", "tied", "substantive_share", "ties"),
    *("effective_spanners", "effective_spanners_low", "effective_spanners_high", "service", "eligible"),
    *TURNS,
)


@dataclass(frozen=True, eq=False)
class Connector(Result):
    """The verdict on who binds the organisation.

    Attributes:
        verdict: `clear`; `tied` (several are not separated; or one is first by evidence that cannot tell a service desk
            from a connector, and no desk was declared, or by turn-taking that is not like a colleague's); `none`
            (scores differ no more than under relabelling); or `cannot say` (the data do not allow the question).
        department: the first of the eligible candidates; None where the verdict is `none` or `cannot say`.
        evidence: the grade of the ties it rests on.
        mail_room_warning: the only one that reaches everybody is a service desk, and had there been a connector, ties
            would have sufficed to find it.
        reason: why, as a key for sentences: `first`, `not_separated`, `evidence`, `turn_taking` (the first takes turns
            too little like the others, or too seldom to judge that), `chance`, `service_only`; of `cannot say`:
            `coverage`, `weeks`, `few_departments`, `few_ties`, `contacts` (bare contacts show no connector reliably);
            `groups` in a log of groups.
        candidates: one row per department, best first: `score`, `bind`, `reach`, `probability_first`, `tied` (not
            separated from the first), `substantive_share`, `ties` (across, of the evidence), `effective_spanners` with
            `_low` and `_high`, `service`, `eligible`, and how it takes turns (see `silos.analysis.connector.desks`):
            `answers`, `turn_taking`, `turn_taking_low`, `turn_taking_high`, `desk`.
        chance: p-value of the spread of scores against random relabelling.
        busiest: the first on all traffic, whatever its depth.
        binds: the pairs of other departments that it binds, as `losses`.
        ties: how many ties between departments it rests on, those of desks left out.
        affinity: departments x departments of these ties, NaN where one is a desk; empty in a log of groups.
        mixing: the same ties between those that are none, counted, those inside twice; not in what is published.
        without_one: the same without the ties of that member of the first who holds most of them, where in effect fewer
            than `FEW_SPANNERS` hold them; else None.
        held_by: published, `effective_spanners` and its upper end in the classes at which sentences are decided.

    Examples:
        >>> import silos
        >>> from silos.simulate import organisation
        >>> company = organisation(120, 8, weeks=8, seed=1)
        >>> found = silos.analyze(company.interactions, company.roster, bootstrap=100).connector
        >>> found.verdict, found.department
        ('tied', 'Marketing')
    """

    title: ClassVar[str] = "Connector"

    verdict: str
    department: str | None
    evidence: Evidence
    mail_room_warning: bool
    reason: str
    candidates: pd.DataFrame
    chance: float | None
    busiest: str | None
    binds: pd.DataFrame
    ties: int = 0
    affinity: pd.DataFrame = field(default_factory=pd.DataFrame)
    mixing: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    without_one: "Connector | None" = None
    held_by: pd.DataFrame | None = None

    @property
    def spanners(self) -> pd.DataFrame:
        """The candidates' `effective_spanners`; where results are published, small numbers in classes."""
        return self.candidates if self.held_by is None else self.held_by

    @property
    def desks(self) -> tuple[str, ...]:
        """The candidates that are desks, by how they take turns."""
        return tuple(str(name) for name in self.candidates.index[self.candidates["desk"].astype(bool)])

    @property
    def aside(self) -> frozenset[str]:
        """The candidates whose ties are no evidence: the service desks that were declared, and those found."""
        served = self.candidates["service"].eq(True) | self.candidates["desk"].eq(True)
        return frozenset(map(str, self.candidates.index[served]))

    def bound(self, shown: Collection[str]) -> pd.DataFrame:
        """The pairs of `binds` of departments that may be shown."""
        return self.binds[self.binds["a"].isin(shown) & self.binds["b"].isin(shown)]

    @property
    def table(self) -> pd.DataFrame:
        """The candidates, best first."""
        return self.candidates

    @property
    def tied(self) -> tuple[str, ...]:
        """The departments that are not separated from the first, without it."""
        names = self.candidates.index[self.candidates["tied"].astype(bool)]
        return tuple(str(name) for name in names if name != self.department)

    @property
    def unproven(self) -> bool:
        """Whether one department comes first clearly, but may be a service desk for all that the log can tell."""
        return self.verdict == "tied" and self.reason in ("evidence", "turn_taking")

    @property
    def on_trust(self) -> bool:
        """Whether it is clear only if no other department is a service desk than those declared."""
        return self.verdict == "clear" and self.evidence in BLIND

    @property
    def probable(self) -> bool:
        """Whether one department comes first in most draws, if not in so many that it is clear."""
        if self.verdict != "tied" or self.unproven:
            return False
        return bool(self.candidates.loc[self.department, "probability_first"] >= PROBABLE)

    @property
    def resting_on_few(self) -> bool:
        """Whether the ties of the first are, in effect, those of fewer than `FEW_SPANNERS` of its members."""
        few = self.spanners["effective_spanners"] < FEW_SPANNERS
        return self.department in few.index[few]

    def said(self) -> str:
        """The verdict, the department and the grade of the evidence."""
        name = f", {self.department}" if self.department else ""
        return f"{self.verdict}{name} (evidence: {self.evidence})"

    def drawing(self) -> Drawing | None:
        """The ranking of the candidates."""
        if self.verdict == CANNOT_SAY or not self.candidates["probability_first"].notna().any():
            return None
        return Drawing("connector_ranking", {"candidates": self.candidates, "verdict": self.verdict})

    def to_dict(self) -> dict[str, Any]:
        """The section `connector` of the summary, but for its sentences."""
        return {
            **{name: getattr(self, name) for name in ("verdict", "department", "evidence", "mail_room_warning")},
            "cause": self.reason,
            "chance": plain(self.chance),
            "busiest": self.busiest,
            "ties": self.ties,
            "without_one": {name: getattr(self.without_one, name, None) for name in ("verdict", "department")},
            "candidates": records(self.candidates.rename_axis("department").reset_index()),
        }


def find_connector(
    every: Network,
    layer: Network,
    replicates: Replicates,
    candidacy: Candidacy,
    *,
    seed: int = 0,
) -> Connector:
    """The connector department and how sure that is.

    Args:
        every: all ties, departments as they may be shown.
        layer: the same people and departments, the ties that count as evidence.
        replicates: of the mixing of `layer`, under the name of its layer.
        candidacy: which departments may be proclaimed, and on which evidence.
        seed: of the relabellings.
    """
    names = every.departments
    traffic, mixing = (department_totals(ties, ties.contacts) for ties in (every, layer))
    evidence, candidates, service = candidacy.evidence, candidacy.candidates, candidacy.service
    turns = candidacy.turns or unjudged(names)
    table, exponent = standings(
        every, traffic, mixing, evidence=evidence, candidates=candidates, service=service, desks=turns.found
    )
    standing, stay = names.isin(list(candidates)), ~names.isin([*service, *turns.found])
    score, eligible = table["score"].to_numpy(), table["eligible"].to_numpy()
    ahead = int(np.argmax(np.where(eligible, score, -1.0)))
    drawn = among(stay, replicates.mixing[layer.layer], replicates.sizes)
    first, behind = np.zeros(len(names)), np.zeros(len(names), dtype=bool)
    first[stay], behind[stay] = _ranks(*drawn, exponent, eligible[stay], int(stay[:ahead].sum()))
    bare = only_people(layer, stay[layer.membership])
    verdict, reason, chance = _verdict(bare, exponent, score[stay], eligible[stay], first[ahead], seed)
    if verdict == "clear" and evidence in BLIND and not service:
        # A desk that acknowledges looks like a connector here: in the validation it was crowned in half of the cases.
        verdict, reason = "tied", "evidence"
    if verdict == "clear" and evidence == "turn-taking" and not turns.colleagues(names[ahead]):
        verdict, reason = "tied", "turn_taking"
    kept, sizes = among(stay, mixing, every.sizes.astype(np.float64))
    ties = round(float(totals_across(kept).sum()) / 2)
    each = ties / max(int(stay.sum()), 1)
    weeks, left = candidacy.weeks, int((standing & stay).sum())
    why = unsaid(evidence, left, int(eligible.sum()), each, coverage=candidacy.coverage, weeks=weeks)
    if verdict == "none" and each < ENOUGH_TIES[evidence]:
        why = why or ("contacts" if evidence == "volume" else "few_ties")
    if why:
        verdict, reason = CANNOT_SAY, why
    busiest, single = _busiest(every, traffic, candidates)
    served = busiest is not None and bool(not stay[names.get_loc(busiest)] or table.loc[busiest, "shallow"])
    nobody = verdict == "none" or (verdict == "tied" and first.max() < NOBODY)
    lacking = nobody and not _stands_out(score[stay & eligible]) and density_ratio(kept, sizes) >= EVEN
    warning = served and lacking and not single and seen(evidence, each, declared=bool(service), weeks=weeks)
    held = spanners(layer, seed)
    table = table.assign(
        probability_first=first,
        tied=behind & (verdict == "tied"),
        ties=held.ties,
        effective_spanners=held.effective,
        effective_spanners_low=held.low,
        effective_spanners_high=held.high,
        **{name: turns.table[name] for name in TURNS},
    )
    ranked = table.loc[standing, list(CANDIDATE)].sort_values(["eligible", "score"], ascending=False, kind="stable")
    leader = str(ranked.index[0]) if verdict in ("clear", "tied") else None
    cells = pd.DataFrame(kept, names[stay], names[stay])
    affinity = pd.DataFrame(affinities(kept, sizes, exponent), names[stay], names[stay])
    return Connector(
        verdict=verdict,
        department=leader,
        evidence=evidence,
        mail_room_warning=bool(warning),
        reason="service_only" if warning else reason,
        candidates=ranked,
        chance=chance,
        busiest=busiest,
        binds=losses(cells, sizes, leader, exponent),
        ties=ties,
        affinity=affinity.reindex(index=names, columns=names),
        mixing=cells,
    )


def _busiest(every: Network, traffic: np.ndarray, candidates: Collection[str]) -> tuple[str | None, bool]:
    """The candidate that comes first on all traffic, and whether single accounts make it so."""
    standing = every.departments.isin(list(candidates))
    score = standings(every, traffic, traffic, evidence="volume", candidates=candidates)[0]["score"].where(standing)
    # Where nobody is in contact with another department, none is busy.
    if not (score > 0).any():
        return None, False
    name = score.idxmax()
    return str(name), bool(effective_spanners(every)[every.departments.get_loc(name)] < FEW_SPANNERS)


def _stands_out(score: np.ndarray) -> bool:
    """Whether the first of some scores lies far above what is usual among them."""
    return bool(len(score) and score.max() >= STANDS_OUT * np.median(score))


def density_ratio(mixing: np.ndarray, sizes: np.ndarray) -> float:
    """How many times denser ties are inside departments than between them; infinite with none between.

    Args:
        mixing: ties, (K, K), those inside counted twice.
        sizes: people of each, (K,).

    Examples:
        >>> density_ratio(np.array([[6.0, 9.0], [9.0, 6.0]]), np.array([3.0, 3.0]))
        1.0
    """
    inside, across = float(np.trace(mixing)), float(totals_across(mixing).sum())
    if not across:
        return float("inf")
    pairs_inside, pairs_across = (sizes * (sizes - 1)).sum(), sizes.sum() ** 2 - (sizes**2).sum()
    return float(inside / pairs_inside / (across / pairs_across)) if inside else 0.0


def losses(mixing: pd.DataFrame, sizes: np.ndarray, department: str | None, exponent: float) -> pd.DataFrame:
    """What a department binds: how much of the conductance of each pair of others exists only through it.

    Args:
        mixing: ties between departments that are no desks.
        sizes: people of each.
        department: which; None for nobody.
        exponent: of the sizes in the affinity.

    Returns:
        `a`, `b`, `loss` in [0, 1], the largest first; empty without a department or with fewer than two others.
    """
    names = mixing.index
    if department is None or len(names) < 3:
        return pd.DataFrame({"a": [], "b": [], "loss": []})
    conductance = affinities(mixing.to_numpy(np.float64), sizes, exponent)
    others = np.flatnonzero(names != department)
    whole = resistances(conductance)[np.ix_(others, others)]
    without = resistances(conductance[np.ix_(others, others)])
    a, b = np.triu_indices(len(others), k=1)
    table = pd.DataFrame({"a": names[others[a]], "b": names[others[b]], "loss": 1 - whole[a, b] / without[a, b]})
    return table.sort_values(["loss", "a", "b"], ascending=[False, True, True], kind="stable").reset_index(drop=True)


def _ranks(
    mixing: np.ndarray, sizes: np.ndarray, exponent: float, eligible: np.ndarray, leader: int
) -> tuple[np.ndarray, np.ndarray]:
    """P(first) among the eligible in the replicates, and who is not separated from the leader."""
    first = np.zeros(len(eligible))
    if not eligible.any() or not len(mixing):
        return first, np.zeros(len(eligible), dtype=bool)
    draws = contests(mixing, sizes, exponent, eligible=eligible, leader=leader)
    contest = np.where(eligible & np.isfinite(draws), draws, -1.0)
    winners, counts = np.unique(contest.argmax(axis=1), return_counts=True)
    first[winners] = counts / len(draws)
    outranked = (contest >= contest[:, [leader]]).mean(axis=0)
    behind = eligible & (outranked >= SEPARATED)
    if behind.sum() <= 1 and first[leader] < CLEAR:
        # Many that seldom win: as many of them as it takes to hold the first in `CLEAR` of the draws.
        order = np.argsort(-np.where(np.arange(len(first)) == leader, np.inf, first), kind="stable")
        needed = int(np.searchsorted(np.cumsum(first[order]), CLEAR)) + 1
        behind[order[:needed]] = True
    return first, behind


def _verdict(
    layer: Network,
    exponent: float,
    score: np.ndarray,
    eligible: np.ndarray,
    first: float,
    seed: int,
) -> tuple[str, str, float | None]:
    """Verdict, reason and chance, of scores and P(first) of the first of them."""
    if eligible.sum() < 2 or len(score) < 3:
        return "none", "few_departments", None
    sizes = layer.sizes.astype(np.float64)
    across = float(totals_across(department_totals(layer, layer.contacts)).sum()) / 2
    # By as many ties as were seen: of more, small departments would be as even as large ones, which they are not here.
    shuffled = no_more_across(relabelled(layer, samples=RELABELLINGS, seed=seed), across, seed=seed)
    everywhere = np.broadcast_to(sizes, (RELABELLINGS, len(sizes)))
    spread = float(score[eligible].max() - np.median(score[eligible]))

    def rarity(law: float) -> float:
        wide = wider(shuffled, everywhere, law, eligible=eligible, spread=spread)
        return float((1 + wide.sum()) / (1 + RELABELLINGS))

    chance = rarity(exponent)
    if chance > LEVEL and first >= PROBABLE:
        # Ties of relabelled people go with the number of pairs. By a lower exponent large departments look like
        # connectors among them, the more so the more departments there are.
        chance = rarity(BY_PAIRS)
    if chance > LEVEL:
        return "none", "chance", chance
    if first >= CLEAR:
        return "clear", "first", chance
    return "tied", "not_separated", chance

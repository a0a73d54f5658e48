"""Chooses the grade of evidence for the connector, and tells where a log holds too little for a verdict."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from math import inf

import numpy as np

from silos.analysis.accounts import without_accounts
from silos.analysis.connector.desks import Desks, desks
from silos.locales.said import Said
from silos.measures.basis import pair_totals
from silos.network import DEPARTMENT, Network
from silos.privacy.suppression import FEWEST_SHOWN, merge_small
from silos.ties.definitions import Evidence
from silos.ties.layers import contacts, layer
from silos.ties.results import Tally

#: The verdict where the data do not allow the question.
CANNOT_SAY = "cannot say"
#: Substantive ties between departments, per department, below which a verdict falls back a grade. With fewer than 5 the
#: planted connector often did not come first, where turn-taking found it; with more than 8 it did. In the mail of an
#: American company with 14 departments there are 4 in all.
ENOUGH = 8
#: Weeks of messages from which departments and the connector have a verdict: in one week too many plain departments are
#: called silos, and hardly a planted connector is clearly first.
LEAST_WEEKS = 2
#: Share of the rows within the organisation whose people were found in the roster, from which there are verdicts.
LEAST_COVERAGE = 0.2
#: Departments that are neither small nor service desks, from which one can be said to bind the others. Of four, a
#: planted connector was clearly first in 4 of 6 organisations; of three, one was clearly first in 2 of 4 organisations
#: that had no connector.
LEAST_CANDIDATES = 4
#: Ties between departments, per department, from which the question can be asked, by grade: there the planted connector
#: comes first in at least half of the logs, thinned to between 2 and 100 % or to some weeks. By turn-taking it does in
#: 4 of 9 with 4 to 6 ties, and in 5 of 6 with 6 to 8. Substantive ties are too few for their grade before that.
LEAST_TIES: Mapping[str, float] = {"substantive": 6, "turn-taking": 6, "reciprocated": 6, "volume": 8}
#: The same from which it would have been found, had there been one: there the planted connector is clearly first in at
#: least half of the logs (by substantive ties in 4 of 7 with 8 to 12; by turn-taking in 9 of 16 with 16 to 24; by ties
#: both ways, if desks are declared, in 8 of 13 with 8 to 12). Of fewer, that none stands out says nothing. By bare
#: contacts it was so in 42 of 106 logs with 24 and more.
ENOUGH_TIES: Mapping[str, float] = {"substantive": 8, "turn-taking": 16, "reciprocated": 12, "volume": inf}
#: Weeks of messages from which it would have been found, had there been one: in two, 2 of 25 companies with a connector
#: would be told that only their mail room could play the part.
SEEN_WEEKS = 4
#: Grades of evidence on which a desk that acknowledges cannot be told from a connector: there it must be declared.
BLIND = ("reciprocated", "volume")
#: Departments, at least, whose turn-taking must be known.
JUDGED = 3
#: Share of the departments whose turn-taking must be known.
JUDGED_SHARE = 0.5


def covered(coverage: float | None) -> bool:
    """Whether enough of the log is of people of the roster for a verdict; so too where that is not known."""
    return coverage is None or coverage >= LEAST_COVERAGE


def weeks_of(tally: Tally) -> int | None:
    """Weeks from the first row to the last, begun ones counted; None where the log has no times, or only contacts.

    People meet in a day whom they write to in weeks, so that contacts are not measured by the calendar.
    """
    if tally.log.first is None or tally.log.last is None or not tally.log.directed:
        return None
    return max(1, -(-(tally.log.last - tally.log.first).days // 7))


@dataclass(frozen=True, eq=False, kw_only=True)
class Candidacy:
    """Which departments may be proclaimed the connector, on which evidence, and what may forbid a verdict.

    Attributes:
        evidence: the grade of the ties.
        candidates: departments that can be proclaimed; the others are places that may be reached.
        service: declared service desks: never proclaimed, and their ties are no evidence for others.
        turns: how the departments take turns; unless given, no desk is known but those declared.
        coverage, weeks: as of `silos.analysis.departments.judge`.
    """

    evidence: Evidence
    candidates: Collection[str]
    service: Collection[str] = ()
    turns: Desks | None = None
    coverage: float | None = None
    weeks: int | None = None


def ties_across(tally: Tally, grouped: Network, name: str) -> int:
    """How many ties of a layer lie between departments."""
    totals = pair_totals(grouped.membership, len(grouped.departments), *contacts(tally, name))
    return round(float(totals.sum() - totals.trace()) / 2)


def evidence(tally: Tally, grouped: Network, turns: Desks) -> Evidence:
    """The grade of evidence of a counted log.

    `substantive` where the log knows conversations or meetings and at least `ENOUGH` ties a department are substantive;
    `turn-taking` where it knows who wrote to whom at which time of day, and the turn-taking of at least `JUDGED`
    departments and half of them can be judged; `reciprocated` where it knows who wrote to whom; else `volume`.

    Args:
        tally: the counted log.
        grouped: its people, departments as they may be shown.
        turns: how the departments take turns.
    """
    count = len(grouped.departments)
    if tally.log.evidence == "substantive" and ties_across(tally, grouped, "substantive") >= ENOUGH * count:
        return "substantive"
    if tally.log.directed and turns.judged >= max(JUDGED, JUDGED_SHARE * count):
        return "turn-taking"
    return "reciprocated" if tally.log.directed else "volume"


def unsaid(
    evidence: Evidence, candidates: int, eligible: int, ties: float, *, coverage: float | None, weeks: int | None
) -> str | None:
    """Why nothing can be said of a connector, or None.

    Args:
        evidence: the grade.
        candidates: how many departments could be named if they had enough ties.
        eligible: how many of them can be.
        ties: between departments, per department.
        coverage, weeks: as of `Candidacy`.
    """
    if not covered(coverage):
        return "coverage"
    if weeks is not None and weeks < LEAST_WEEKS:
        return "weeks"
    if candidates < LEAST_CANDIDATES:
        return "few_departments"
    return "few_ties" if eligible <= 1 or ties < LEAST_TIES[evidence] else None


def seen(evidence: Evidence, ties: float, *, declared: bool, weeks: int | None) -> bool:
    """Whether a connector would most likely have been clear, had there been one: else that none is says nothing.

    Args:
        evidence: the grade.
        ties: between departments, per department.
        declared: whether service desks were declared.
        weeks: of messages; None where they do not matter.
    """
    told = evidence not in BLIND or declared
    return told and ties >= ENOUGH_TIES[evidence] and (weeks is None or weeks >= SEEN_WEEKS)


@dataclass(frozen=True)
class Grounds:
    """What a connector verdict would rest on, before any analysis.

    Attributes:
        grade: of the evidence.
        found: substantive ties between departments.
        needed: how many of them the grade `substantive` takes.
    """

    grade: Evidence
    found: int
    needed: int


def grounds(
    counted: Tally, suspects: np.ndarray, *, min_department: int = 5, bootstrap: int = 500, seed: int = 0
) -> Grounds:
    """What the connector verdict of `analyze` would rest on, decided as there.

    Args:
        counted: the log.
        suspects: positions in `Tally.people` of senders that look like accounts, whose ties are no evidence.
        min_department, bootstrap, seed: as `analyze` has them. Where no department is that large, which `analyze`
            refuses, the smallest that may be asked for is taken.
    """
    every, evident = layer(counted, "any"), without_accounts(counted, suspects)
    named = {"persons": counted.people["person"], "seen": every.in_contact}
    shown = merge_small(every.people[DEPARTMENT], min_department, **named)
    if not shown.candidates:
        shown = merge_small(every.people[DEPARTMENT], FEWEST_SHOWN, **named)
    grouped = every.regrouped(shown.departments)
    turns = desks(evident, grouped, replicates=bootstrap, seed=seed)
    found = ties_across(evident, grouped, "substantive")
    return Grounds(evidence(evident, grouped, turns), found, ENOUGH * len(grouped.departments))


def written(kinds: Collection[str]) -> bool:
    """Whether any rows are messages or meetings, which have more to tell than who was in contact."""
    return not {"messages", "meetings"}.isdisjoint(kinds)


def what_raises(grounds: Grounds | None, known: Evidence, kinds: Collection[str] = ()) -> Said:
    """What the verdict will rest on, and what would be better; never what is there already, or cannot be.

    Args:
        grounds: as far as they are known.
        known: the best grade of which the log holds anything.
        kinds: what rows of the log are: a survey has no conversations to export.
    """
    grade = known if grounds is None else grounds.grade
    if grounds is None or grade == "substantive" or known != "substantive":
        if grade in BLIND and kinds and not written(kinds):
            [*others, last] = sorted(kinds)
            named = f"{grade}_{last}" if not others and last in ("acts", "survey") else grade
            return Said("raise", f"{grade}_other", evidence=Said("evidence", named))
        return Said("raise", grade)
    scarce = Said("raise", "scarce", found=grounds.found, needed=grounds.needed)
    return Said("raise", f"{grade}_scarce", scarce=scarce)

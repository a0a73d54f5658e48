"""Chooses the grade of evidence for the connector: the best that the log offers in sufficient amount."""

from silos.analysis.desks import Desks
from silos.measures.basis import pair_totals
from silos.network import Network
from silos.ties.definitions import Evidence
from silos.ties.layers import contacts
from silos.ties.results import Tally

#: Substantive ties between departments, per department, below which a verdict falls back a grade. With fewer than 5 the
#: planted connector often did not come first, where turn-taking found it; with more than 8 it did. In the mail of an
#: American company with 14 departments there are 4 in all.
ENOUGH = 8
#: Departments, at least, whose turn-taking must be known.
JUDGED = 3
#: Share of the departments whose turn-taking must be known.
JUDGED_SHARE = 0.5


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

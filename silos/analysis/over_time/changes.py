"""What changed: from window to window, across events, and around moves on the chart."""

from collections.abc import Callable
from datetime import datetime

from silos.analysis.over_time.change_points import ChangePoints, find_change_points
from silos.analysis.over_time.events import Events, before_and_after
from silos.analysis.over_time.moves import Moves
from silos.analysis.over_time.responsiveness import Responsiveness, respond
from silos.analysis.over_time.trend import Judged, Trend, follow, none_asked
from silos.analysis.over_time.turnover import Turnover, come_and_go
from silos.analysis.parameters import Parameters
from silos.network import Network
from silos.privacy.suppression import Shown
from silos.tables import Roster
from silos.ties.results import Tally


def changed(
    counted: Tally,
    every: Network,
    shown: Shown,
    asked: Parameters,
    *,
    roster: Roster | None,
    judge: Callable[[datetime], Judged],
) -> tuple[Trend, ChangePoints, Events, Responsiveness, Turnover]:
    """The questions about time, each as far as it was asked and can be answered.

    Args:
        counted: the log, with its windows and weeks.
        every: all its ties, departments as they are.
        shown: departments as they may be shown.
        asked: what was asked for.
        roster: who was where when; None where nobody knows.
        judge: the verdicts of the window that starts then.
    """
    replicates, seed = asked.bootstrap, asked.seed
    moves = Moves() if roster is None else Moves.of(roster, asked.by)
    course, points = none_asked(), ChangePoints()
    if asked.window:
        course = follow(
            counted, every, shown, window=asked.window, moves=moves, judge=judge, replicates=replicates, seed=seed
        )
        points = find_change_points(
            course, counted, every, shown, events=asked.events, replicates=replicates, seed=seed
        )
    happened = before_and_after(
        counted,
        every,
        shown,
        events=asked.events,
        departments=asked.event_departments,
        moves=moves,
        replicates=replicates,
        seed=seed,
    )
    response = respond(counted, roster, asked.by, minimum=asked.min_department, replicates=replicates, seed=seed)
    turnover = come_and_go(counted, roster, asked.by, minimum=asked.min_department, replicates=replicates, seed=seed)
    return course, points, happened, response, turnover

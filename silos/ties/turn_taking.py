"""What `turn_taking.sql` counted: how two people take turns, whatever the log knows of threads."""

import pandas as pd

from silos.tables import in_order
from silos.ties.exchanges import Columns, integers

#: Seconds within which a message answers the one before it, and after which a session ends, as in `turn_taking.sql`: 72
#: hours, so that an answer after a weekend is one.
GAP = 72 * 3600

#: Columns of `Tally.turn_taking`.
TURN_TAKING = ("a", "b", "answers", "continued", "openings", "sessions_a", "sessions_b")


def turn_taking(columns: Columns) -> pd.DataFrame:
    """One row per pair that wrote, once the steps of `turn_taking.sql` have run, sorted.

    Args:
        columns: runs a query and gives its columns.

    Returns:
        `a` < `b` (positions of people), `answers`, `continued` (answers after which the other wrote again), `openings`
        (sessions), `sessions_a`, `sessions_b` (sessions with two changes of speaker, opened by a, by b). Empty where no
        message knows its time of day.
    """
    return in_order(columns(f"select {integers(*TURN_TAKING)} from turn_taking"), TURN_TAKING[:2])

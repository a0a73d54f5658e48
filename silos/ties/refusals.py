"""Refuses logs that cannot be counted, before the work begins, and says what was found instead."""

from collections.abc import Mapping
from datetime import datetime

from silos.engines import Engine
from silos.errors import EmptyError, MatchError, SilosError
from silos.privacy.pseudonyms import pseudonymised
from silos.tables import Interactions
from silos.ties.definitions import WINDOW_UNITS
from silos.ties.people import NOBODY, STRANGERS
from silos.ties.results import STRANGER

#: Where a refusal sends whoever did not come from there.
SAYS_MORE = " silos check says more."


def refuse_unknown_window(window: str | None) -> None:
    """Refuse what is no length of a window.

    Raises:
        SilosError: there is no such window.
    """
    if window is not None and window not in WINDOW_UNITS:
        raise SilosError(f"there is no window {window!r}. Windows: {', '.join(WINDOW_UNITS)}.")


def refuse_empty_period(since: datetime | None, until: datetime | None) -> None:
    """Refuse a period that ends before it begins: no log has a row in it.

    Raises:
        SilosError: it does.
    """
    if since is not None and until is not None and since >= until:
        raise SilosError(
            f"the period is empty: --since {_day(since)} is not before --until {_day(until)}, which is no part of it."
        )


def _day(moment: datetime) -> str:
    """A moment as people write it: of midnight the day alone."""
    return moment.isoformat().removesuffix("T00:00:00")


def refuse_unasked(
    interactions: Interactions, *, since: datetime | None, until: datetime | None, window: str | None
) -> None:
    """Refuse what can be refused before anything is read.

    Raises:
        SilosError: there is no such window; the log is of groups; or ties that a warehouse counted are given with other
            logs, or a part of their period is asked for.
    """
    refuse_unknown_window(window)
    if interactions.groups:
        names = ", ".join(source.name for source in interactions.sources if source.groups)
        raise SilosError(f"{names}: this log is of groups and holds no persons. Analyse it with silos analyze.")
    if not interactions.ties:
        return
    names = _names(interactions)
    if len(interactions.sources) > 1:
        raise SilosError(
            f"{names}: ties that a warehouse counted cannot be combined with other logs, as the same contacts may be "
            "in both. They must be analysed alone."
        )
    if since or until or window:
        raise SilosError(
            f"{names}: these ties were counted over their whole period, which cannot be divided. Leave out --since, "
            "--until and --window, or count again with silos sql --since --until."
        )


def refuse_log(
    engine: Engine, interactions: Interactions, left_out: Mapping[str, int], *, rows: int, people: int
) -> None:
    """Refuse a log that has been read and judged where nothing can come of it.

    Args:
        engine: has read it.
        interactions: the log.
        left_out: its rows that make no ties, by reason.
        rows: how many there are in all.
        people: how many are in the roster.

    Raises:
        EmptyError: there is no row, or none in the period.
        MatchError: nobody in it is in the roster.
    """
    logs = _names(interactions)
    if rows == 0:
        raise EmptyError(f"{logs}: the log has no rows. Export a period with interactions.")
    if left_out.get("outside the period", 0) + left_out.get("undated", 0) == rows:
        [row] = engine.rows("select min(moment) as first, max(moment) as last from coded")
        if row["first"]:
            held = f"the log runs from {row['first']:%Y-%m-%d} to {row['last']:%Y-%m-%d}"
        else:
            held = "no row has a time that can be read"
        raise EmptyError(f"{logs}: none of {rows:,} rows is in the period: {held}. Change --since and --until.")
    if sum(left_out.values()) < rows:
        return
    [row] = engine.rows(
        "select count(*) as found from known "
        f"where sender > {STRANGERS} and sender <> {NOBODY} or recipient > {STRANGERS} and recipient <> {NOBODY}"
    )
    if row["found"] == 0:
        raise MatchError(
            f"nobody in the log is in the roster: none of the ids in {logs} ({rows:,} rows) belongs to one of the "
            f"roster's {people:,} people or is one of their aliases. Add the log's ids to the roster's column "
            "'aliases' (separated by ;), or name the right columns with --map and --roster-map."
            f"{pseudonymised(interactions)}"
        )


def refuse_counted_ties(
    engine: Engine, interactions: Interactions, *, rows: int, people: int, max_recipients: int
) -> None:
    """The same of ties that a warehouse counted.

    Args:
        engine, interactions, rows, people: as in `refuse_log`.
        max_recipients: what is asked for.

    Raises:
        EmptyError: there is no row.
        SilosError: they were counted under another limit.
        MatchError: nobody in them is in the roster.
    """
    logs = _names(interactions)
    if rows == 0:
        raise EmptyError(f"{logs}: the log has no rows. Export a period with interactions.")
    [row] = engine.rows("select max(max_recipients) as most, count(a) as ends, count(code_a) as found from coded")
    if row["most"] != max_recipients:
        raise SilosError(
            f"{logs}: the warehouse counted messages to at most {row['most']} people, not {max_recipients}. Use "
            f"--max-recipients {row['most']}, or count again."
        )
    if row["ends"] and not row["found"]:
        raise MatchError(
            f"nobody in {logs} is in the roster of {people:,} people. Give the roster that the warehouse counted with, "
            "or add its ids to this one as aliases."
        )


def no_match(left_out: Mapping[str, int]) -> EmptyError:
    """No row is between two people of the roster; `left_out` says why, by reason."""
    # Of people whom the roster has the ids need no look.
    unplaced = max(left_out, key=lambda reason: left_out[reason], default="").startswith("no ") and not (
        left_out.get("no sender or recipient") or left_out.get(STRANGER)
    )
    advice = (
        "Fill in that column of the roster, or name another with --by."
        if unplaced
        else "Look at the ids on both sides: those that the roster lacks can go into its column 'aliases'."
    )
    left = ", ".join(f"{reason}: {count:,}" for reason, count in sorted(left_out.items()))
    return EmptyError(f"no row of the log is between two people of the roster ({left}). {advice}{SAYS_MORE}")


def no_contact(rows: int, max_recipients: int) -> EmptyError:
    """All `rows` between two people of the roster are broadcasts."""
    return EmptyError(
        f"nobody is in contact with anybody: each of the {rows:,} rows between two people of the roster "
        f"reached more than {max_recipients} people. Raise --max-recipients, or export direct messages."
    )


def _names(interactions: Interactions) -> str:
    return ", ".join(source.name for source in interactions.sources)

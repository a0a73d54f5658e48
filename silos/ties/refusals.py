"""Logs that cannot be counted: what is said instead, before the work."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from silos.engines import Engine
from silos.errors import EmptyError, MatchError, SilosError
from silos.privacy.pseudonyms import pseudonymised
from silos.tables import Interactions
from silos.ties.people import NOBODY, STRANGERS


def refuse_unusable(
    engine: Engine,
    interactions: Interactions,
    left_out: Mapping[str, int],
    total: int,
    *,
    people: int,
    settings: Mapping[str, Any],
) -> None:
    """Stop before the work where nothing can come of it, and say what was found instead."""
    logs = ", ".join(source.name for source in interactions.sources)
    if total == 0:
        raise EmptyError(f"{logs}: no row. Export a period with interactions.")
    if interactions.ties:
        _refuse_exported(engine, logs, people=people, settings=settings)
        return
    if left_out.get("outside the period", 0) + left_out.get("undated", 0) == total:
        [row] = engine.rows("select min(moment) as first, max(moment) as last from coded")
        if row["first"]:
            held = f"the log runs from {row['first']:%Y-%m-%d} to {row['last']:%Y-%m-%d}"
        else:
            held = "no row has a time we understand"
        raise EmptyError(f"{logs}: none of {total:,} rows is in the period: {held}. Change --since and --until.")
    if sum(left_out.values()) < total:
        return
    [row] = engine.rows(
        "select count(*) as found from known "
        f"where sender > {STRANGERS} and sender <> {NOBODY} or recipient > {STRANGERS} and recipient <> {NOBODY}"
    )
    if row["found"] == 0:
        raise MatchError(
            f"nobody in the log is in the roster: none of the ids in {logs} ({total:,} rows) is one of the "
            f"roster's {people:,} people or their aliases. Add the log's ids to the roster's column "
            "'aliases' (separated by ;), or name the right columns with --map and --roster-map."
            f"{pseudonymised(interactions)}"
        )


def _refuse_exported(engine: Engine, logs: str, *, people: int, settings: Mapping[str, Any]) -> None:
    """The same, of ties that a warehouse counted."""
    [row] = engine.rows("select max(max_recipients) as most, count(a) as ends, count(code_a) as found from coded")
    if row["most"] != settings["max_recipients"]:
        raise SilosError(
            f"{logs}: the warehouse counted what reached {row['most']} people at most, not "
            f"{settings['max_recipients']}. Say --max-recipients {row['most']}, or count again."
        )
    if row["ends"] and not row["found"]:
        raise MatchError(
            f"nobody in {logs} is in the roster of {people:,} people: give the roster that the warehouse "
            "counted with, or one with its ids as aliases."
        )


def refuse_to_count_again(
    interactions: Interactions, since: datetime | None, until: datetime | None, window: str | None
) -> None:
    """Ties that a warehouse counted stand as they are.

    Raises:
        SilosError: more than ties is given, or a part of their period is asked for.
    """
    names = ", ".join(source.name for source in interactions.sources)
    if len(interactions.sources) > 1:
        raise SilosError(f"{names}: ties that a warehouse counted are analysed alone: nobody knows what they share.")
    if since or until or window:
        raise SilosError(
            f"{names}: these ties were counted over one period, of which no part can be told: without --since, --until "
            "and --window, that is, or with silos sql --since --until."
        )

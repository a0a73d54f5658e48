"""Rows that are lost to an analysis: unreadable, undated in a log that has times, or without a sender or recipient.

Broadcasts, strangers and rows outside the period are no losses: they are seen, and left out on purpose.
"""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from functools import reduce

from silos.errors import SilosError
from silos.locales.said import Said
from silos.readers.tabular.scan import UNREADABLE
from silos.tables import Interactions

#: Reasons of rejected rows that are losses.
LOST = (UNREADABLE, "undated", "no sender or recipient", "no sender")
#: Rows of people whom the roster knows without saying where they work. They are no losses, as they may be left out on
#: purpose; where they are many, the roster lacks departments, and that is said as losses are.
UNPLACED = "no department"
#: Share of the rows beyond which nothing is said of what is left.
TOO_MANY = 0.5
#: Share of the rows lost for one reason from which it is the first finding.
WORTH_SAYING = 0.1

#: A log of nothing but rows before this is seldom one: its times count from another day than was thought.
OLDEST = datetime(1996, 1, 1)


class LossError(SilosError):
    """More than half of the rows of a log are lost."""


def lost_of(rejected: Mapping[str, int]) -> dict[str, int]:
    """Of the rejected rows those that are lost, by reason."""
    return {reason: rejected[reason] for reason in LOST if rejected.get(reason)}


def worth_saying(rejected: Mapping[str, int], total: int) -> dict[str, int]:
    """Reasons for which more than a tenth of all rows are missing from the analysis, the most frequent first."""
    missing = {
        reason: rejected[reason] for reason in (*LOST, UNPLACED) if rejected.get(reason, 0) > WORTH_SAYING * total
    }
    return dict(sorted(missing.items(), key=lambda one: -one[1]))


def counted_up(last: datetime, waived: Collection[str]) -> bool:
    """Whether the times of a log count from its own beginning: nobody knows of what days they are.

    Args:
        last: time of the last row, 0 being the start of 1970.
        waived: clauses of a tie that it cannot answer: it has no weeks of a calendar.

    Examples:
        >>> [counted_up(datetime(year, 1, 12), ["weeks"]) for year in (1970, 2025)]
        [True, False]
    """
    return "weeks" in waived and last < OLDEST


def odd_dates(first: datetime | None, last: datetime | None, waived: Collection[str]) -> Said | None:
    """What is to be said of a log whose rows are all of the future, or all of a time of which nobody has logs.

    Args:
        first, last: times of its rows.
        waived: clauses of a tie that it cannot answer; a log of seconds since it began has no dates.
    """
    if first is None or last is None or "weeks" in waived:
        return None
    if first > datetime.now(UTC).replace(tzinfo=None) + timedelta(days=1):
        return Said("troubles", "dates_future", first=f"{first:%Y-%m-%d}")
    if last < OLDEST:
        return Said("troubles", "dates_old", last=f"{last + timedelta(days=1):%Y-%m-%d}")
    return None


def refuse_losses(rejected: Mapping[str, int], total: int, interactions: Interactions) -> None:
    """Stop where more than half of the rows are lost.

    Args:
        rejected: rows left out, by reason, those that the readers left out themselves among them.
        total: all rows.
        interactions: the logs.

    Raises:
        LossError: that is so; the message says for what reasons, and what to do about each.
    """
    lost = lost_of(rejected)
    if sum(lost.values()) <= TOO_MANY * total:
        return
    logs = ", ".join(dict.fromkeys(source.name for source in interactions.sources))
    reasons = ", ".join(f"{reason} {count:,}" for reason, count in lost.items())
    told = " ".join(advice(reason, interactions) for reason in lost)
    raise LossError(
        f"{logs}: {sum(lost.values()):,} of {total:,} rows are lost ({reasons}): what is left would mislead. {told}"
    )


def advice(reason: str, interactions: Interactions) -> Said:
    """What to do about rows that are lost for a reason."""
    sources = interactions.sources
    if reason in (UNPLACED, UNREADABLE):
        return Said("losses", reason)
    if reason == "undated":
        columns = dict.fromkeys(source.columns["timestamp"] for source in sources if "timestamp" in source.columns)
        return Said("losses", "undated_named", columns=[*map(repr, columns)]) if columns else Said("losses", "undated")
    mangled = sum(sum(source.condition.lost.values()) for source in sources)
    blank = sum(sum(source.condition.placeholders.values()) for source in sources)
    told = [Said("losses", key, count=count) for key, count in (("mangled", mangled), ("blank", blank)) if count]
    return reduce(
        lambda first, then: Said("losses", "both", first=first, then=then), [*told, Said("losses", "columns")]
    )

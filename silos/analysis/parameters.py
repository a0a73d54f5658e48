"""The options of `silos.analyze`, checked before anything is read."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from numbers import Integral
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from silos.analysis.join_limits import JoinLimits
from silos.errors import ReadError, SilosError
from silos.locales.units import Unit, with_unit
from silos.network import DEPARTMENT
from silos.privacy.suppression import FEWEST_SHOWN
from silos.system.arguments import text, texts
from silos.tables import Roster
from silos.ties.log_kinds import asked_kinds
from silos.ties.refusals import refuse_empty_period, refuse_unknown_window

#: Replicates below which the person bootstrap has no interval at all.
FEWEST_REPLICATES = 2
#: Which communities may be named, where no names are given: those that are public, or none.
ALL, NONE = "all", "none"


@dataclass(frozen=True)
class Event:
    """Something dated that may have changed the network, such as a reorganisation.

    Attributes:
        date: its day.
        label: what it is called in sentences.
    """

    date: datetime
    label: str

    @property
    def day(self) -> str:
        """The date in ISO form."""
        return f"{self.date:%Y-%m-%d}"


def asked_events(given: Iterable[str] | Mapping[Any, str]) -> tuple[Event, ...]:
    """Events as `DATE=LABEL`, or a mapping of date to label, by date.

    Raises:
        SilosError: one has no date or no label, or two lie on one day.

    Examples:
        >>> asked_events(["2022-06-30=Reorganisation"])
        (Event(date=datetime.datetime(2022, 6, 30, 0, 0), label='Reorganisation'),)
    """
    pairs = given.items() if isinstance(given, Mapping) else [one.partition("=")[::2] for one in texts(given, "events")]
    found = []
    for stated, label in pairs:
        if not str(label).strip():
            raise SilosError(f"--event needs a date and a label, such as 2022-06-30=Reorganisation, not {stated!r}.")
        date = _moment(stated, "event")
        if date is None or not isinstance(label, str) or not _writable(label):
            raise SilosError(f"--event needs a date and a label, such as 2022-06-30=Reorganisation, not {stated!r}.")
        found.append(Event(date.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None), str(label).strip()))
    found.sort(key=lambda event: event.date)
    days = [event.day for event in found]
    twice = sorted({day for day in days if days.count(day) > 1})
    if twice:
        raise SilosError(f"two events lie on {twice[0]} (--event). Give one label for both.")
    return tuple(found)


@dataclass(frozen=True, eq=False)
class Parameters:
    """What was asked for."""

    by: str
    since: datetime | None
    until: datetime | None
    window: str | None
    max_recipients: int
    min_department: int
    service_departments: tuple[str, ...]
    bootstrap: int
    seed: int
    log_kinds: Mapping[str, str] = field(default_factory=dict)
    leave_out_accounts: bool = False
    events: tuple[Event, ...] = ()
    event_departments: tuple[str, ...] = ()
    no_few: bool = False
    join_limits: JoinLimits = field(default_factory=JoinLimits)
    unit: str | None = None
    name_communities: frozenset[str] | None = None

    @classmethod
    def of(
        cls,
        *,
        by: str = DEPARTMENT,
        since: str | date | None,
        until: str | date | None,
        window: str | None = None,
        max_recipients: int,
        min_department: int,
        service_departments: Collection[str],
        bootstrap: int,
        seed: int,
        log_kinds: Iterable[str] | Mapping[str, str] = (),
        leave_out_accounts: bool = False,
        events: Iterable[str] | Mapping[Any, str] = (),
        event_departments: Collection[str] = (),
        no_few: bool = False,
        join_limits: JoinLimits | None = None,
        unit: str | None = None,
        name_communities: str | Path | Collection[str] = ALL,
    ) -> "Parameters":
        """The options as they were given, checked.

        Raises:
            SilosError: one of them has no meaning.
        """
        whole: dict[str, Any] = {
            "max_recipients": max_recipients,
            "min_department": min_department,
            "bootstrap": bootstrap,
            "seed": seed,
        }
        for name, value in whole.items():
            if isinstance(value, bool) or not isinstance(value, Integral):
                raise SilosError(f"{name} is a whole number, not {value!r} (--{name.replace('_', '-')}).")
        if max_recipients < 1:
            raise SilosError("a message reaches at least one person (--max-recipients).")
        refuse_unknown_window(window)
        if min_department < FEWEST_SHOWN:
            raise SilosError(
                f"the smallest department that is shown alone has at least {FEWEST_SHOWN} people (--min-department): "
                "what is said of fewer can be told of each of them."
            )
        if seed < 0:
            raise SilosError("the seed is a whole number, zero or more (--seed).")
        if bootstrap < FEWEST_REPLICATES:
            raise SilosError("the bootstrap needs at least 2 replicates (--bootstrap); 500 give stable intervals.")
        if unit is not None:
            Unit.of(text(unit, "unit"))
        if not isinstance(join_limits, JoinLimits | None):
            raise SilosError(f"join_limits is a JoinLimits, such as silos.JoinLimits(most=3), not {join_limits!r}.")
        first, last = (_utc(_moment(day, option)) for day, option in ((since, "since"), (until, "until")))
        refuse_empty_period(first, last)
        return cls(
            by=by,
            since=first,
            until=last,
            window=window,
            **{name: int(value) for name, value in whole.items()},
            service_departments=texts(service_departments, "service_departments"),
            log_kinds=asked_kinds(log_kinds),
            leave_out_accounts=leave_out_accounts,
            events=asked_events(events),
            event_departments=texts(event_departments, "event_departments"),
            no_few=no_few,
            join_limits=join_limits or JoinLimits(),
            unit=unit,
            name_communities=nameable(name_communities),
        )

    def on(self, roster: Roster, column: str) -> "Parameters":
        """The same for a roster whose `column` names the units: columns are named as the roster has them."""
        return replace(self, by=column, join_limits=self.join_limits.labelled(roster))

    def unheeded(self) -> tuple[str, ...]:
        """The options that change nothing in a log of groups, and are not as they are when nobody names them."""
        limits = self.join_limits
        given = {
            "--event": self.events,
            "--event-departments": self.event_departments,
            "--log-kind": self.log_kinds,
            "--leave-out-accounts": self.leave_out_accounts,
            "--no-few": self.no_few,
            "--most-new-ties": limits.most,
            "--never-join": limits.never,
            "--join-within": limits.within,
            "--name-communities": self.name_communities is not None,
        }
        return tuple(option for option, value in given.items() if value)

    def speech(self, language: str) -> str:
        """The language in which units have their name, as `silos.locales.phrases.phrases` takes it."""
        return with_unit(language, self.by, self.unit)

    def to_dict(self) -> dict[str, Any]:
        """As the summary has it."""
        return {
            "by": self.by,
            "since": self.since.isoformat() if self.since else None,
            "until": self.until.isoformat() if self.until else None,
            "window": self.window,
            "max_recipients": self.max_recipients,
            "min_department": self.min_department,
            "service_departments": list(self.service_departments),
            "bootstrap": self.bootstrap,
            "seed": self.seed,
            "log_kinds": dict(self.log_kinds),
            "leave_out_accounts": self.leave_out_accounts,
            "events": {event.day: event.label for event in self.events},
            "event_departments": list(self.event_departments),
            "no_few": self.no_few,
            "join_limits": self.join_limits.to_dict(),
            "unit": self.unit,
            "name_communities": ALL if self.name_communities is None else "listed" if self.name_communities else NONE,
        }


def nameable(asked: str | Path | Collection[str]) -> frozenset[str] | None:
    """The names by which communities may be called, in one spelling; None if all may that are public.

    Args:
        asked: `all`, `none`, a file with one name per line, or the names.

    Raises:
        ReadError: the file cannot be read.

    Examples:
        >>> nameable("all"), nameable("none"), sorted(nameable(["#General ", "it-help"]))
        (None, frozenset(), ['general', 'it-help'])
    """
    if asked == ALL:
        return None
    if asked == NONE:
        return frozenset()
    if isinstance(asked, str | Path):
        try:
            asked = Path(asked).read_text(encoding="utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise ReadError(
                "--name-communities needs all, none or a text file with one name per line, and "
                f"{str(asked)!r} cannot be read as one: {error}."
            ) from None
    return frozenset(spelt(name) for name in texts(asked, "name_communities")) - {""}


def spelt(name: str) -> str:
    """The name of a community as it is compared: without the sign of a channel, in small letters."""
    return name.strip().removeprefix("#").strip().casefold()


def _writable(text: str) -> bool:
    """Whether a text can be written to a file: a word of the command line may hold bytes that are no UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _utc(moment: datetime | None) -> datetime | None:
    """A moment in UTC, as the times of a log are; one that names no zone is in UTC already."""
    return moment if moment is None or moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None)


def _moment(value: str | date | np.datetime64 | None, option: str) -> datetime | None:
    if isinstance(value, np.datetime64):
        return _moment(pd.Timestamp(value).to_pydatetime(), option)
    if value is pd.NaT:
        raise SilosError(f"--{option} needs a date such as 2025-03-31, not a missing one.")
    if value is None or isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)
    try:
        return datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise SilosError(f"--{option} needs a date such as 2025-03-31, not {value!r}.") from None

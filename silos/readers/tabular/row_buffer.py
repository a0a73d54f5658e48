"""Canonical rows that Python makes one by one (of JSON, mail, calendars), kept on disk and not in memory."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from silos.engines.quoting import literal
from silos.errors import ReadError
from silos.readers.files.temporary import Scratch
from silos.readers.tabular.ids import clean_id
from silos.readers.tabular.timestamps import EARLIEST, LATEST
from silos.tables import AFFILIATION_FIELDS, INTERACTION_FIELDS, Source

#: Rows that wait in memory before they are written.
BATCH = 50_000

#: Rejections of which file and line are named.
EXAMPLES = 10

#: pandas types of the SQL types of the canonical tables; a time waits as microseconds since 1970.
_TYPES = {"timestamp": "Int64", "varchar": "str", "integer": "Int32", "double": "Float64"}

_EPOCH = datetime(1970, 1, 1)
_FIRST, _LAST = (
    int((datetime.fromisoformat(limit) - _EPOCH).total_seconds()) * 1_000_000 for limit in (EARLIEST, LATEST)
)


class Rows:
    """Rows of one log, as they are read; `source` makes a `Source` of them.

    Ids of people are cleaned (`silos.readers.tabular.ids`), other texts lose blanks around them, and an empty one is
    null. A time is a `datetime` (UTC unless it has a zone) or a
    number of seconds since 1970; a placeholder (year 1, year 9999) is null.

    Args:
        scratch: where they are kept.
        medium: of all the rows that name no other.
        batch: rows that wait in memory before they are written.

    Examples:
        >>> from silos.readers.files.temporary import connect, scratch_of
        >>> connection = connect()
        >>> rows = Rows(scratch_of(connection), medium="chat")
        >>> rows.add(timestamp=1717164000.5, sender="ann ", recipient="bob", event="C1/1", kind="mention")
        >>> rows.add(timestamp=None, sender="bob", recipient="ann", recipients=2)
        >>> rows.affiliation(timestamp=datetime(2024, 5, 31, 14), person="ann", community="C1")
        >>> rows.reject("bot", where="general/2024-05-31.json, message 3")
        >>> source = rows.source("export.zip", "slack", notes=["No direct messages are in it."])
        >>> source.rejected, source.problems
        ({'bot': 1}, ('general/2024-05-31.json, message 3: bot',))
        >>> query = f"select timestamp, sender, recipient, medium, event, recipients from ({source.query}) order by 2"
        >>> for row in connection.execute(query).fetchall():
        ...     print(*row)
        2024-05-31 14:00:00.500000 ann bob chat C1/1 None
        None bob ann chat None 2
        >>> for row in connection.execute(source.affiliations).fetchall():
        ...     print(*row)
        2024-05-31 14:00:00 ann C1 None chat 1

        A log of which nothing is left has queries too:

        >>> source = Rows(scratch_of(connection)).source("empty.zip", "slack")
        >>> connection.execute(source.query).fetchall(), source.affiliations
        ([], '')
    """

    def __init__(self, scratch: Scratch, *, medium: str | None = None, batch: int = BATCH) -> None:
        self.rejected: Counter[str] = Counter()
        self.problems: list[str] = []
        self._medium = medium
        self._interactions = _Batches(scratch, INTERACTION_FIELDS, batch)
        self._affiliations = _Batches(scratch, AFFILIATION_FIELDS, batch)

    def __len__(self) -> int:
        """How many interactions were added."""
        return self._interactions.count

    def add(
        self,
        *,
        timestamp: datetime | float | None,
        sender: str | None,
        recipient: str | None,
        medium: str | None = None,
        event: str | None = None,
        thread: str | None = None,
        kind: str | None = None,
        recipients: int | None = None,
        weight: float | None = None,
    ) -> None:
        """Add an interaction: one event, one sender, one recipient; where either is nobody it is counted instead."""
        sender, recipient = person_of(sender), person_of(recipient)
        if sender is None or recipient is None:
            self.reject("no sender" if sender is None else "no recipient")
            return
        self._interactions.add(
            _microseconds(timestamp),
            sender,
            recipient,
            plain(medium) or self._medium,
            plain(event),
            plain(thread),
            plain(kind),
            None if recipients is None else min(recipients, 2**31 - 1),
            weight,
        )

    def affiliation(
        self,
        *,
        timestamp: datetime | float | None,
        person: str | None,
        community: str | None,
        name: str | None = None,
        medium: str | None = None,
        posts: int = 1,
    ) -> None:
        """Add posts of a person in a community; 0 for a member of it. `name` only if everybody may know of it."""
        person = person_of(person)
        if person is None:
            return
        self._affiliations.add(
            _microseconds(timestamp),
            person,
            plain(community),
            plain(name),
            plain(medium) or self._medium,
            posts,
        )

    def reject(self, reason: str, *, where: str = "", count: int = 1) -> None:
        """Count what makes no row.

        Args:
            reason: "bot", "system", "deleted", …: the same words for all that is left out for it.
            where: file and line (message, row), for the first few; never what stands there.
            count: how many.
        """
        if count > 0:
            self.rejected[reason] += count
            if where and len(self.problems) < EXAMPLES:
                self.problems.append(f"{where}: {reason}")

    def source(
        self,
        name: str,
        format: str,
        *,
        columns: Mapping[str, str] | None = None,
        dated: bool = True,
        notes: Sequence[str] = (),
    ) -> Source:
        """The log as a source that reads what was added; the last thing to do with it.

        Args:
            name: what the user gave.
            format: name of the reader.
            columns: canonical field -> field of the export it is read from.
            dated: whether rows carry a time.
            notes: what the user should be told.
        """
        return Source(
            name=name,
            format=format,
            query=self._interactions.query(),
            columns=dict(columns or {}),
            dated=dated,
            rejected=dict(sorted(self.rejected.items())),
            problems=tuple(self.problems),
            notes=tuple(notes),
            affiliations=self._affiliations.query() if self._affiliations.count else "",
        )


@dataclass(eq=False)
class _Batches:
    """Rows of one table, the last of them in memory, the others in Parquet files."""

    scratch: Scratch
    fields: Mapping[str, str]
    batch: int
    count: int = 0
    waiting: list[tuple[Any, ...]] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)

    def add(self, *row: Any) -> None:
        self.count += 1
        self.waiting.append(row)
        if len(self.waiting) >= self.batch:
            self.write()

    def write(self) -> None:
        columns = zip(*self.waiting, strict=True)
        # The type of each column is said, as a guess from the first rows would fail on later ones.
        frame = pd.DataFrame(
            {
                name: pd.array(list(values), dtype=_TYPES[kind])
                for (name, kind), values in zip(self.fields.items(), columns, strict=True)
            }
        )
        chosen = ", ".join(
            f"make_timestamp({name}) as {name}" if kind == "timestamp" else f"cast({name} as {kind}) as {name}"
            for name, kind in self.fields.items()
        )
        target = self.scratch.file(".parquet")
        try:
            with duckdb.connect() as aside:
                aside.register("waiting", frame)
                aside.execute(f"copy (select {chosen} from waiting) to {literal(target)} (format parquet)")
        except duckdb.IOException as error:
            raise ReadError(
                "the rows cannot be stored in the temporary folder. Is the disk full? Free some room, or point the "
                "environment variable TMPDIR elsewhere."
            ) from error
        self.files.append(target)
        self.waiting.clear()

    def query(self) -> str:
        if self.waiting:
            self.write()
        if not self.files:
            nothing = ", ".join(f"cast(null as {kind}) as {name}" for name, kind in self.fields.items())
            return f"select {nothing} where false"
        return f"select {', '.join(self.fields)} from read_parquet([{', '.join(map(literal, self.files))}])"


def conversations(source: Source) -> Source:
    """The same chat, its direct messages parted by silence (`by_silence`) and each membership told once.

    A post that stands in two places of an export adds its author to the channel twice.
    """
    affiliations = f"select distinct * from ({source.affiliations})" if source.affiliations else ""
    return replace(source, query=by_silence(source.query), affiliations=affiliations)


def by_silence(query: str, *, hours: int = 4) -> str:
    """SQL of the same interactions, where direct messages outside threads are parted into conversations.

    Chats of two or a few have no threads as a rule, yet are conversations: one ends, and the next begins, where nobody
    in it wrote for more than `hours`.

    Args:
        query: canonical interactions; the event of a direct message (kind `direct` or `group`) is "chat/message".
        hours: of silence that end a conversation.

    Examples:
        >>> from silos.readers.files.temporary import connect, scratch_of
        >>> connection = connect()
        >>> rows = Rows(scratch_of(connection))
        >>> for hour in (9, 13, 17.1):
        ...     rows.add(timestamp=3600 * hour, sender="ann", recipient="bob", event=f"D1/{hour}", kind="direct")
        >>> query = by_silence(rows.source("chat", "made up").query)
        >>> connection.execute(f"select event, thread from ({query}) order by timestamp").fetchall()
        [('D1/9', 'D1/32400'), ('D1/13', 'D1/32400'), ('D1/17.1', 'D1/61560')]
    """
    place = "case when kind in ('direct', 'group') then regexp_replace(event, '/[^/]*$', '') end"
    spoken = f"select distinct {place} as place, timestamp from ({query}) where timestamp is not null"
    gaps = (
        f"select *, timestamp - lag(timestamp) over (partition by place order by timestamp) <= interval {hours} hours "
        f"as goes_on from ({spoken}) where place is not null"
    )
    # The latest beginning up to a message is that of its conversation.
    talks = (
        "select place, timestamp, max(case when not coalesce(goes_on, false) then timestamp end) "
        f"over (partition by place order by timestamp) as began from ({gaps})"
    )
    thread = "coalesce(thread, place || '/' || cast(epoch_us(began) // 1000000 as varchar)) as thread"
    fields = ", ".join(thread if name == "thread" else name for name in INTERACTION_FIELDS)
    return (
        f"select {fields} from (select *, {place} as place from ({query})) left join ({talks}) using (place, timestamp)"
    )


@lru_cache(maxsize=1 << 16)
def person_of(value: str | None) -> str | None:
    """An id of a person without what tools wrap it in, that can be written as UTF-8; None for nobody's.

    Examples:
        >>> person_of(" U1 "), person_of("\u200eann@acme.example"), person_of("N/A"), person_of(None)
        ('U1', 'ann@acme.example', None, None)
    """
    value = plain(value)
    return plain(clean_id(value)) if value is not None else None


def plain(value: str | None) -> str | None:
    """A text without blanks around it, that can be written as UTF-8; None for an empty one.

    Examples:
        >>> plain(" U1 "), plain(" "), plain("a\\ud800b\\0")
        ('U1', None, 'a?b')
    """
    if value is None:
        return None
    if not value.isascii():
        value = value.encode("utf-8", errors="replace").decode("utf-8")
    if "\0" in value:
        value = value.replace("\0", "")
    return value.strip() or None


def _microseconds(time: datetime | float | None) -> int | None:
    """Microseconds since 1970; None for a placeholder."""
    if time is None:
        return None
    if isinstance(time, datetime):
        if time.tzinfo is not None:
            try:
                time = time.astimezone(UTC).replace(tzinfo=None)
            except OverflowError:
                return None
        past = time - _EPOCH
        found = (past.days * 86_400 + past.seconds) * 1_000_000 + past.microseconds
    else:
        try:
            found = round(time * 1_000_000)
        except (OverflowError, ValueError):  # not finite
            return None
    return found if _FIRST <= found < _LAST else None

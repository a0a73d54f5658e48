"""The audit log of Microsoft Purview, CSV with JSON in a column: it only shows who was in which Teams meeting."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from silos.locales.said import Said
from silos.readers.files.sniff import Head, Part
from silos.readers.formats.exchange import kept, with_note
from silos.readers.reader import Reader, Request
from silos.readers.tabular import interactions, timestamps
from silos.readers.tabular.columns import folded
from silos.readers.tabular.ids_sql import Cleaning
from silos.readers.tabular.scan import UNREADABLE, Column, Scan, rows_of
from silos.tables import Source

#: Canonical field -> headings; all but the time may stand in the JSON only, or there as well.
_HEADINGS = {
    "timestamp": ("creation date", "creation time", "creationdate utc", "date"),
    "sender": ("user id", "user ids", "user"),
    "recipient": ("audit data",),
    "operation": ("operation", "operations", "activity"),
}
_MEETING, _POSTS = "meetingparticipantdetail", "messagesent"
#: In a meeting of more people than this, rows of all of them to all would be too many: one is joined to the others,
#: and the number of those reached says that it was a broadcast.
_LARGE = 60


def _recognise(head: Head) -> bool:
    names = {folded(heading) for heading in head.headings}
    return "auditdata" in names and bool(names & {"operation", "operations"})


def _read(parts: Sequence[Part], request: Request) -> list[Source]:
    sources = interactions.read(
        parts, request, format="purview", headings=_HEADINGS, rows=partial(_rows, request), ids=("sender",)
    )
    note = Said("read", "purview", name=request.name)
    return [with_note(source, *_not_understood(source, request), note) for source in sources]


def _not_understood(source: Source, request: Request) -> Iterator[str]:
    """What the records did not tell: their fields are not documented in full, and differ by tenant."""
    nobody = source.rejected.get("no recipient", 0)
    if nobody:
        yield Said("read", "purview_nobody", count=nobody, name=source.name)
    count = f"select count(*) from (select 1 from ({source.query}) limit 1)"
    [(some,)] = rows_of(count, request.connection, source.name)
    if not some:
        yield Said("read", "purview_none", name=source.name)


def _rows(request: Request, scan: Scan, columns: Mapping[str, Column], time: str) -> tuple[str, Mapping[str, int]]:
    text = interactions.plain(columns["recipient"])
    records = (
        f"select {time} as noted, {interactions.plain(columns.get('sender'))} as account, "
        f"{interactions.plain(columns.get('operation'))} as done, "
        f"case when json_valid({text}) then json({text}) end as record from {scan.sql}"
    )
    joined = timestamps.utc("json_extract_string(record, '$.JoinTime')", timestamps.Writing((timestamps.ISO,)), None)
    # Entra names a person by UPN or by object id; an attendee with neither (by phone, anonymous) is nobody known.
    attendees = (
        "list_filter(list_transform(json_extract(record, '$.Attendees[*]'), lambda person: coalesce("
        f"{_person(_told('person', 'UPN'))}, {_person(_told('person', 'UserObjectId'))})), lambda id: id is not null)"
    )
    account = _person(f"coalesce({_told('record', 'UserId')}, account)")
    told = (
        f"select coalesce({joined}, noted) as moment, "
        f"{account} as account, "
        f"lower(coalesce({_told('record', 'Operation')}, done)) as done, "
        f"coalesce({_told('record', 'MeetingDetailId')}, {_told('record', 'Id')}) as event, "
        f"{attendees} as attendees, record from ({records})"
    )
    judged = (
        f"select *, case when record is null then '{UNREADABLE}' "
        f"when done = '{_POSTS}' then 'no recipient' when done is distinct from '{_MEETING}' then 'other operation' "
        "when event is null or account is null or coalesce(len(attendees), 0) = 0 then 'no recipient' "
        f"end as reason from ({told})"
    )
    return kept(_meetings(judged), scan, request, judged=judged)


def _person(text: str) -> str:
    """SQL of the id of a person, lower case; null where a placeholder stands for nobody."""
    return f"lower({Cleaning().id(text)})"


def _told(record: str, name: str) -> str:
    """SQL of a text in a record, null where it is empty."""
    return f"nullif(trim(json_extract_string({record}, '$.{name}')), '')"


def _meetings(judged: str) -> str:
    """SQL of who met whom: those whom the records are about with all who are named with them in one meeting.

    A record is about its organiser or about one attendee, as the tenant has it; either way everybody of a meeting is
    joined to somebody whom the roster is likely to know.
    """
    return (
        "select * from (with records as materialized "
        f"(select moment, account, event, attendees from ({judged}) where reason is null), "
        "present as (select event, person, min(moment) as moment, bool_or(own) as own from ("
        "select event, moment, account as person, true as own from records union all "
        "select event, moment, unnest(attendees) as person, false as own from records) group by event, person), "
        "meetings as (select event, min(moment) as moment, count(*) as people, "
        "min(case when own then person end) as first from present group by event) "
        "select m.moment as timestamp, x.person as sender, y.person as recipient, event, "
        f"case when m.people > {_LARGE} then m.people - 1 end as recipients, 'meeting' as medium, 'meeting' as kind "
        "from meetings as m join present as x using (event) join present as y using (event) "
        f"where x.own and x.person <> y.person and (m.people <= {_LARGE} or x.person = m.first) "
        "and not (y.own and y.person < x.person))"
    )


PURVIEW = Reader(
    "purview",
    "the audit log of Microsoft Purview (CSV with JSON): attendance of Teams meetings",
    _recognise,
    _read,
)

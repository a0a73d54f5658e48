"""Viva Engage (Yammer) network exports: Messages.csv, and Users.csv beside it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import duckdb

from silos.engines.quoting import literal
from silos.errors import ColumnError, ReadError, SilosError
from silos.locales.said import Said
from silos.readers.files.sniff import EmptyFileError, Head, Part
from silos.readers.reader import Reader, Request, raise_all
from silos.readers.tabular import thing_ids, timestamps
from silos.readers.tabular.columns import folded
from silos.readers.tabular.ids_sql import Cleaning
from silos.readers.tabular.scan import Column, Scan, counted_lines, refused_lines, rows_of, scans
from silos.tables import AFFILIATION_FIELDS, INTERACTION_FIELDS, Source

MEDIUM = "engage"
#: Letters of a group's name that are kept.
LONGEST_NAME = 80

_ADDRESS = "^[^\\s@]+@[^\\s@]+$"

#: Whom a message names: [[user:17]], with a name behind it in some exports.
_MENTION = r"(?i)\[\[user:\s*(\d+)[^\[\]]*\]\]"
#: What a spreadsheet makes of yes and no in its own language, in SQL.
_YES = "('true', '1', '1.0', 'yes', 'wahr', 'vrai', 'verdadero', 'verdadeiro', 'vero', 'waar', 'prawda', 'истина')"
_NO = "('false', '0', '0.0', 'no', 'falsch', 'faux', 'falso', 'onwaar', 'fałsz', 'ложь')"
#: Senders that are people, in SQL.
_PEOPLE = (
    "('user', 'guest', 'guestuser', 'guest user', 'external', 'externaluser', 'external user', 'person', 'member')"
)

#: Folded headings that only these messages have together.
_MARKS = frozenset({"repliedtoid", "threadid", "senderid", "createdat"})
_NEEDED = ("id", "replied_to_id", "thread_id", "sender_id", "created_at")
_BESIDE = frozenset({"users.csv", "groups.csv", "admins.csv", "networks.csv", "files.csv", "pages.csv"})


def _recognise(head: Head) -> bool:
    if head.kind == "container":
        return any(_beside(name, head.members) for name in head.members)
    return {folded(heading) for heading in head.headings} >= _MARKS


def _beside(member: str, members: Sequence[str]) -> bool:
    """Whether a member is Messages.csv, with other lists of a network export beside it."""
    path = PurePosixPath(member)
    if not _messages(path):
        return False
    return any(PurePosixPath(other).parent == path.parent and _is_list(PurePosixPath(other)) for other in members)


def _messages(path: PurePosixPath) -> bool:
    return path.suffix.lower() == ".csv" and path.stem.lower().startswith("messages")


def _is_list(path: PurePosixPath) -> bool:
    return path.name.lower() in _BESIDE


def _read(parts: Sequence[Part], request: Request) -> list[Source]:
    messages: list[Part] = []
    people: list[Part] = []
    for part in parts:
        if part.member is None:
            messages.append(part)
            continue
        for name in part.head.members:
            path = PurePosixPath(name)
            if _messages(path) or path.name.lower() == "users.csv":
                try:
                    (messages if _messages(path) else people).append(part.member(name))
                except EmptyFileError:
                    continue
    if not messages:
        raise ReadError(f"{request.name}: its Messages.csv is empty. Export it again, for a longer period.")
    faults: list[SilosError] = []
    tables = [_Table(scan) for scan in scans(messages, request)]
    for table in tables:
        lacking = [name for name in _NEEDED if name not in table.columns]
        if lacking:
            # A first line of values is content: headings are not quoted.
            faults.append(
                ColumnError(
                    f"{table.scan.files[0]}: this is no Messages.csv of Viva Engage: it has no column {lacking[0]!r}."
                )
            )
    raise_all(faults)
    return [_source(tables, _addresses(people, request), request, parts)]


class _Table:
    """A scan of messages, by the names that the columns have in an export."""

    def __init__(self, scan: Scan) -> None:
        self.scan = scan
        named = {folded(column.heading): column for column in reversed(scan.columns)}
        self.columns: Mapping[str, Column] = {name: named[folded(name)] for name in _FIELDS if folded(name) in named}

    def select(self, request: Request) -> str:
        """SQL of the messages in columns that are always there, the text of the message reduced to those it names."""

        def plain(name: str) -> str:
            column = self.columns.get(name)
            if column is None:
                return "cast(null as varchar)"
            return f"case when lower(trim({column.text})) not in ('', 'null') then trim({column.text}) end"

        def number(name: str) -> str:
            # In a damaged row the text of a message may stand where an id should. A spreadsheet writes 17.0 or ="17".
            wrapped = "'^[=\"'' ]*([0-9]+)(?:\\.0+)?[\"'' ]*$'"
            whole = f"nullif(regexp_extract({plain(name)}, {wrapped}, 1), '')"
            return f"case when not {lost(name)} then {whole} end" if name in _MANGLED else whole

        def lost(name: str) -> str:
            # Several messages have one such id, and whose reply is whose nobody can tell.
            column = self.columns.get(name)
            return "false" if column is None else f"coalesce({thing_ids.sql_lost(column, rounded)}, false)"

        rounded = thing_ids.is_rounded(self.scan.sample(plain("id"), request.connection))

        time = plain("created_at")
        writing = timestamps.writing_of(self.scan.sample(time, request.connection))
        if not writing.forms or writing.undecided:
            # Exports write ISO 8601; what a spreadsheet made of it may be read in two ways.
            order = request.date_order
            if not writing.forms or order is None:
                raise ColumnError(
                    f"{self.scan.files[0]}: 'created_at' does not hold times as the export writes them "
                    "(2024-05-31T14:00:00Z). Export it again, or use --date-order."
                )
        # Only of a group that says it is no private one.
        open_ = f"coalesce(lower({plain('in_private_group')}) in {_NO}, false)"
        fields = {
            "id": number("id"),
            "timestamp": timestamps.utc(time, writing, request.date_order),
            "parent": f"coalesce({number('replied_to_id')}, {number('parent_id')})",
            "thread": f"coalesce({number('thread_id')}, {number('conversation_id')})",
            "community": f"coalesce({number('group_id')}, 'all')",
            "community_name": f"case when {open_} then left({plain('group_name')}, {LONGEST_NAME}) end",
            "private": f"coalesce(lower({plain('in_private_conversation')}) in {_YES}, false)",
            "sender_id": number("sender_id"),
            "email": f"nullif(regexp_extract(lower({Cleaning().id(plain('sender_email'))}), '{_ADDRESS}'), '')",
            "participants": f"regexp_extract_all(coalesce({plain('participants')}, ''), '(?i)user:\\s*(\\d+)', 1)",
            "named": f"regexp_extract_all(coalesce({plain('body')}, ''), {literal(_MENTION)}, 1)",
            "reason": (
                f"case when lower({plain('message_type')}) = 'system' then 'system' "
                f"when coalesce({plain('deleted_at')}, {plain('deleted_by_id')}) is not null then 'deleted' "
                f"when lower({plain('sender_type')}) not in {_PEOPLE} then 'bot' "
                f"when {number('sender_id')} is null then 'no sender' end"
            ),
            **{f"lost_{name}": lost(name) for name in _MANGLED},
        }
        return f"select {', '.join(f'{sql} as {name}' for name, sql in fields.items())} from {self.scan.sql}"


_FIELDS = (
    *("id", "replied_to_id", "parent_id", "thread_id", "conversation_id", "group_id", "participants"),
    *("group_name", "in_private_group", "in_private_conversation", "sender_id", "sender_type", "sender_email", "body"),
    *("deleted_by_id", "created_at"),
    *("deleted_at", "message_type"),
)


#: Ids of messages, of which a spreadsheet that opened the export cut digits off: they have sixteen.
_MANGLED = ("id", "replied_to_id", "parent_id", "thread_id", "conversation_id")


def _addresses(parts: Sequence[Part], request: Request) -> list[str]:
    """SQL of (id, email) of each Users.csv that has them."""
    found = []
    for scan in scans([part for part in parts if part.head.dialect], request):
        named = {folded(column.heading): column for column in reversed(scan.columns)}
        if "id" in named and "email" in named:
            email = f"regexp_extract(lower({Cleaning().id(named['email'].text)}), '{_ADDRESS}')"
            found.append(f"select trim({named['id'].text}) as id, {email} as email from {scan.sql}")
    return found


@dataclass(frozen=True)
class _Steps:
    """What is made of the messages, as SQL.

    Attributes:
        every: all of them.
        kept: those that somebody wrote and nobody deleted.
        people: id -> address.
        others: `kept` with whom each reached.
    """

    every: str
    kept: str
    people: str
    others: str


def _steps(staged: Path, addresses: Sequence[str]) -> _Steps:
    every = f"select * from read_parquet({literal(staged)})"
    known = " union all ".join([*addresses, f"select sender_id as id, email from ({every})"])
    people = (
        f"select id, min(email) as address from ({known}) where contains(email, '@') and id is not null group by id"
    )
    # Overlapping exports hold a message twice. Who answers what was deleted later answered a person.
    authors = (
        f"select id, min(sender_id) as author from ({every}) where coalesce(reason, 'deleted') = 'deleted' group by id"
    )
    kept = f"select * from ({every}) where reason is null"
    reached = (
        "select m.*, case when m.private then m.participants else list_concat(m.named, "
        "case when coalesce(p.author, r.author) is not null then [coalesce(p.author, r.author)] else [] end) end "
        "as reached, coalesce(p.author, r.author) as answered "
        f"from ({kept}) m left join ({authors}) p on m.parent = p.id "
        f"left join ({authors}) r on m.thread = r.id and m.id <> m.thread"
    )
    others = f"select *, list_filter(list_distinct(reached), lambda one: one <> sender_id) as others from ({reached})"
    return _Steps(every, kept, people, others)


def _between_people(steps: _Steps) -> str:
    """SQL of who wrote to whom."""
    spread = f"select *, len(others) as recipients, unnest(others) as other from ({steps.others})"
    fields = {
        "timestamp": "m.timestamp",
        "sender": "coalesce(s.address, m.sender_id)",
        "recipient": "coalesce(o.address, m.other)",
        "medium": f"'{MEDIUM}'",
        "event": "m.id",
        "thread": "m.thread",
        "kind": (
            "case when m.private then case when m.recipients = 1 then 'direct' else 'group' end "
            "when m.other = m.answered then 'reply' else 'mention' end"
        ),
        "recipients": "m.recipients",
        "weight": "null",
    }
    people = steps.people
    return _select(fields, INTERACTION_FIELDS) + (
        f" from ({spread}) m left join ({people}) s on m.sender_id = s.id left join ({people}) o on m.other = o.id"
    )


def _in_communities(steps: _Steps) -> str:
    """SQL of who posted in which group."""
    kept = steps.kept
    posts = {
        "timestamp": "m.timestamp",
        "person": "coalesce(s.address, m.sender_id)",
        "community": "m.community",
        "name": "m.community_name",
        "medium": f"'{MEDIUM}'",
        "posts": "1",
    }
    # In a damaged row the text of a message may stand where the name of its group should: a name is what most say.
    named = (
        "select community, case when 2 * count(case when community_name = usual then 1 end) > count(*) then usual end "
        "as community_name from (select community, community_name, mode(community_name) over (partition by community) "
        f"as usual from ({kept}) where not private) group by community, usual"
    )
    # Outside groups a post is to the whole company, which is no community of some.
    written = (
        "select distinct k.id, k.timestamp, k.sender_id, k.community, n.community_name "
        f"from ({kept}) k join ({named}) n on k.community = n.community where not k.private and k.community <> 'all'"
    )
    return (
        _select(posts, AFFILIATION_FIELDS) + f" from ({written}) m left join ({steps.people}) s on m.sender_id = s.id"
    )


def _source(tables: Sequence[_Table], addresses: Sequence[str], request: Request, parts: Sequence[Part]) -> Source:
    name = parts[0].name if len(parts) == 1 else request.name
    staged, refused = _staged(tables, request)
    steps = _steps(staged, addresses)
    every, others = steps.every, steps.others
    counted = (
        f"select reason, count(*) from ({every}) where reason is not null group by reason union all "
        f"select 'no recipient', count(*) from ({others}) where private and len(others) = 0"
    )
    rejected: dict[str, int] = {}
    for table in tables:
        for reason, count in table.scan.rejected.items():
            rejected[reason] = rejected.get(reason, 0) + count
    rejected |= {reason: count for reason, count in rows_of(counted, request.connection, name) if count}
    for reason, count in counted_lines(refused).items():
        rejected[reason] = rejected.get(reason, 0) + count
    problems = [problem for table in tables for problem in table.scan.problems]
    problems += [f"{file}, line {line}: {reason}" for file, line, reason in refused]
    return Source(
        name=name,
        format="engage",
        query=_between_people(steps),
        columns={
            "timestamp": "created_at",
            "sender": "sender_email",
            "recipient": "replied_to_id, [[user:…]] in body, participants",
            "event": "id",
            "thread": "thread_id",
        },
        rejected=dict(sorted(rejected.items())),
        problems=tuple(problems[:10]),
        notes=tuple(_notes(tables, steps, request, name)),
        affiliations=_in_communities(steps),
    )


def _staged(tables: Sequence[_Table], request: Request) -> tuple[Path, list[tuple[str, int, str]]]:
    """The messages without their text as Parquet, as they are looked up by id; and the lines that were refused."""
    target = request.scratch.file(".parquet")
    every = " union all ".join(f"({table.select(request)})" for table in tables)
    try:
        with request.connection.cursor() as aside:
            aside.execute(f"copy ({every}) to {literal(target)} (format parquet)")
            refused = refused_lines(aside, request.scratch)
    except duckdb.Error as error:
        # DuckDB's own message may quote the log.
        raise ReadError(
            f"{tables[0].scan.files[0]}: the file is damaged, or the disk is full. Export it again."
        ) from error
    return target, refused or []


def _select(fields: Mapping[str, str], types: Mapping[str, str]) -> str:
    return "select " + ", ".join(f"cast({sql} as {types[name]}) as {name}" for name, sql in fields.items())


def _notes(tables: Sequence[_Table], steps: _Steps, request: Request, name: str) -> Iterator[str]:
    for table in tables:
        yield from table.scan.notes
    told = ("id", "replied_to_id", "thread_id")
    counts = ", ".join(f"count(*) filter (where lost_{field})" for field in told)
    [lost] = rows_of(f"select {counts} from ({steps.every})", request.connection, name)
    for field, count in zip(told, lost, strict=True):
        if count:
            yield Said("read", "things_lost", name=name, count=count, column=repr(field))
    query = (
        "select count(distinct sender_id), count(distinct case when address is null then sender_id end), "
        f"count(*) filter (where private) from ({steps.kept}) left join ({steps.people}) people "
        "on sender_id = people.id"
    )
    [(senders, without, private)] = rows_of(query, request.connection, name)
    if without:
        yield Said("read", "engage_ids", without=without, senders=senders, name=name)
    if not private:
        yield Said("read", "engage_private", name=name)
    query = (
        f"select count(*) from ({steps.others}) where not private and answered is null "
        "and coalesce(parent, nullif(thread, id)) is not null"
    )
    [(rootless,)] = rows_of(query, request.connection, name)
    if rootless:
        yield Said("read", "rootless", count=rootless, name=name)


ENGAGE = Reader(
    "engage",
    "Viva Engage (Yammer) network export, the zip or its Messages.csv",
    _recognise,
    _read,
    more="engage",
)

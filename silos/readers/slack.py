"""Slack exports: a zip or folder with lists of people and channels, and a file a day for each channel."""

import codecs
import json
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, cast

from silos.errors import ReadError
from silos.readers.contract import Reader, Request
from silos.readers.parts import Head, Part
from silos.readers.rows import Rows, by_silence
from silos.tables import Source

UNREADABLE, BROADCAST = "unreadable", "broadcast to a list"

_PEOPLE = ("users.json", "org_users.json")
_CHANNELS = ("channels.json", "groups.json")
_CHATS = ("dms.json", "mpims.json")
_LISTS = frozenset((*_PEOPLE, *_CHANNELS, *_CHATS))
_DAY = re.compile(r"(?:(.*)/)?([^/]+)/(\d{4}-\d{2}-\d{2})\.json")
_TIME = re.compile(r"(\d{1,11})(?:\.(\d{1,6})\d*)?")
_ID = re.compile(r"(?:FC:)?[A-Z][A-Z0-9]{7,15}")
_PERSON = re.compile(r"[UW][A-Za-z0-9]{1,24}")
_PLACE = re.compile(r"[CDG][A-Za-z0-9]{1,24}")
_ADDRESS = re.compile(r"[^\s@]{1,64}@[^\s@]{1,255}")
_MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")
_SUBTEAM = re.compile(r"<!subteam\^")
_CALL = re.compile(r"<!(here|channel|everyone|subteam\^)")

#: What people write; all other subtypes are Slack's own.
_HUMAN = (None, "", "file_share", "thread_broadcast", "me_message")
_HUDDLE = ("huddle_thread", "sh_room_created")
_DELETED = ("tombstone", "message_deleted")
_SLACKBOT = "USLACKBOT"

_BLOCK = 1 << 18
#: No message is longer; what is, is damage.
_LONGEST = 1 << 24


# ---- where things lie


def _recognise(head: Head) -> bool:
    return head.kind == "container" and bool(_days(head.members))


def _days(members: Sequence[str]) -> list[tuple[str, str, str, str]]:
    """Files of a day that lie in a folder beside the lists of an export: (base, folder, day, member)."""
    bases = _bases(members)
    found = []
    for member in members:
        match = _DAY.fullmatch(member)
        if match and ((match[1] or "") in bases or _team(match[1] or "") in bases):
            found.append((match[1] or "", match[2], match[3], member))
    return found


def _bases(members: Iterable[str]) -> set[str]:
    """The folders that hold lists: one, or in an Enterprise Grid the top and one a workspace."""
    return {_folder(member) for member in members if PurePosixPath(member).name in _LISTS}


def _folder(member: str) -> str:
    return member.rpartition("/")[0]


def _team(base: str) -> str | None:
    """The top of the Grid export in which `base` is the folder of a workspace."""
    above = _folder(base)
    return _folder(above) if base and PurePosixPath(above).name == "teams" else None


@dataclass(eq=False)
class _Talk:
    """A channel, or a chat of two or a few.

    Attributes:
        id: of Slack; of its folder where no list has it.
        direct: whether it is a chat, which reaches all its members.
        members: Slack ids; None where the export does not say.
        files: of its days: (day, number of the part, member).
        roots: the author of each message that was answered, by its time; "" where that is a bot.
    """

    id: str
    direct: bool
    members: list[str] | None
    files: list[tuple[str, int, str]] = field(default_factory=list)
    roots: dict[int, str] = field(default_factory=dict)


class _Archive:
    """The files of a zip or folder, opened one after the other without another look at each."""

    def __init__(self, part: Part, stack: ExitStack) -> None:
        assert part.path is not None
        self.part = part
        self._path = part.path
        try:
            self._zip = None if part.path.is_dir() else stack.enter_context(zipfile.ZipFile(part.path))
        except (OSError, zipfile.BadZipFile) as error:
            raise ReadError(f"{part.name}: the zip file is damaged ({error}). Export or copy it again.") from error

    def open(self, member: str) -> BinaryIO:
        if self._zip is None:
            return Path(self._path, member).open("rb")
        return cast(BinaryIO, self._zip.open(member))

    def label(self, member: str) -> str:
        """The file for messages; the folder of a canvas or list has its title in its name."""
        shown = re.sub(r"(^|/)(FC:[^:/]*):[^/]*", r"\1\2", member)
        return f"{self.part.name}: {shown}"


def items(stream: BinaryIO) -> Iterator[Any]:
    """The elements of a JSON array, one after the other.

    Raises:
        ValueError: the array is damaged from here on.

    Examples:
        >>> import io
        >>> list(items(io.BytesIO(b' [{"ts": "1"}, {"ts": "2"}] ')))
        [{'ts': '1'}, {'ts': '2'}]
        >>> list(items(io.BytesIO(b"")))
        Traceback (most recent call last):
        ...
        ValueError: no array
    """
    text = codecs.getincrementaldecoder("utf-8-sig")(errors="replace")
    decode = json.JSONDecoder().raw_decode
    buffer = text.decode(stream.read(_BLOCK)).lstrip()
    if not buffer.startswith("["):
        raise ValueError("no array")
    at, ended = 1, False
    while True:
        while at < len(buffer) and buffer[at] in " \t\r\n,":
            at += 1
        if buffer[at : at + 1] == "]":
            return
        try:
            item, at = decode(buffer, at)
        except (ValueError, RecursionError) as error:
            waiting = len(buffer) - at
            if ended or waiting > _LONGEST:
                raise ValueError("damaged") from error
            more = stream.read(max(_BLOCK, waiting))
            ended = not more
            buffer, at = buffer[at:] + text.decode(more, final=ended), 0
        else:
            yield item


# ---- reading


def _read(parts: Sequence[Part], request: Request) -> list[Source]:
    other = next((part.name for part in parts if part.member is None), None)
    if other is not None:
        raise ReadError(f"{other}: a Slack export is read whole: name its zip, or the folder that holds users.json.")
    rows = Rows(request.scratch, medium="chat")
    with ExitStack() as stack:
        archives = [_Archive(part, stack) for part in parts]
        reading = _Reading(rows)
        for archive in archives:
            for member in archive.part.head.members:
                if PurePosixPath(member).name in _PEOPLE and _folder(member) in _bases(archive.part.head.members):
                    reading.people(_entries(archive, member, rows))
        talks = _talks(archives, rows)
        for talk in sorted(talks.values(), key=lambda talk: talk.id):
            for _, number, member in sorted(talk.files):
                archive = archives[number]
                label = archive.label(member)
                for position, message in enumerate(_entries(archive, member, rows), start=1):
                    reading.message(message, talk, f"{label}, message {position}")
            talk.roots.clear()
    name = parts[0].name if len(parts) == 1 else request.name
    columns = {
        "timestamp": "ts",
        "sender": "user",
        "recipient": "members, <@…> in text, parent_user_id",
        "event": "channel, ts",
        "thread": "thread_ts",
    }
    source = rows.source(name, "slack", columns=columns, notes=[*_notes(name, archives, talks, reading)])
    # The time of a post is its id in the channel: a post that stands in two files is one.
    affiliations = f"select distinct * from ({source.affiliations})" if source.affiliations else ""
    return [replace(source, query=by_silence(source.query), affiliations=affiliations)]


def _entries(archive: _Archive, member: str, rows: Rows) -> Iterator[Any]:
    """The elements of the array in a file; from where it is damaged it is left out, which counts once."""
    position = 0
    try:
        with archive.open(member) as stream:
            for item in items(stream):
                position += 1
                yield item
    except (ValueError, EOFError, OSError, zlib.error, zipfile.BadZipFile, RuntimeError, NotImplementedError):
        rows.reject(UNREADABLE, where=f"{archive.label(member)}, from entry {position + 1} on")


def _talks(archives: Sequence[_Archive], rows: Rows) -> dict[str, _Talk]:
    """The channels and chats that have messages, by id, over all the exports of the LOG."""
    listed: dict[tuple[str, str], _Talk] = {}
    known: dict[str, _Talk] = {}
    talks: dict[str, _Talk] = {}
    for number, archive in enumerate(archives):
        members = archive.part.head.members
        bases = _bases(members)
        for member in members:
            kind = PurePosixPath(member).name
            if kind not in (*_CHANNELS, *_CHATS) or _folder(member) not in bases:
                continue
            for entry in _entries(archive, member, rows):
                if not (isinstance(entry, dict) and _PLACE.fullmatch(_text(entry.get("id")) or "")):
                    continue
                people = entry.get("members")
                named = [person for person in people if _person(person)] if isinstance(people, list) else None
                talk = known.setdefault(entry["id"], _Talk(entry["id"], kind in _CHATS, named))
                talk.members = sorted({*talk.members, *(named or ())}) if talk.members else named
                for name in (entry["id"], _text(entry.get("name"))):
                    listed.setdefault((f"{number}/{_folder(member)}", name or entry["id"]), talk)
        for base, folder, day, member in _days(members):
            # What workspaces share stands in the lists of the top; each has a channel "general" of its own.
            found = listed.get((f"{number}/{base}", folder)) or listed.get((f"{number}/{_team(base)}", folder))
            talk = found or _unlisted(folder, "" if _team(base) is None else base.rpartition("/")[2])
            talks.setdefault(talk.id, talk).files.append((day, number, member))
    return talks


def _unlisted(folder: str, workspace: str) -> _Talk:
    """A channel of which only the folder is known; its name may be the title of a canvas."""
    match = _ID.match(folder)
    named = f"{workspace}/{folder}".encode("utf-8", "replace")
    name = match[0] if match else blake2b(named, digest_size=8).hexdigest()
    return _Talk(name, bool(match) and folder.startswith("D"), None)


class _Reading:
    """Messages become rows.

    Attributes:
        rows: what becomes of them.
        ids: Slack id -> e-mail address.
        bots: Slack ids.
        listed: people in users.json.
        rootless: replies to a message that the export lacks.
    """

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.ids: dict[str, str] = {}
        self.bots = {_SLACKBOT}
        self.listed: set[str] = set()
        self.rootless = 0

    def people(self, entries: Iterable[Any]) -> None:
        """Note who is a bot, and who has which address."""
        for entry in entries:
            person = _person(entry.get("id")) if isinstance(entry, dict) else None
            if person is None:
                continue
            # In a Grid a person has an id in each workspace and one in the organisation.
            grid = entry.get("enterprise_user")
            own = {person, (_person(grid.get("id")) if isinstance(grid, dict) else None) or person}
            if entry.get("is_bot") is True:
                self.bots |= own
                continue
            self.listed.add(person)
            profile = entry.get("profile")
            email = _text(profile.get("email")) if isinstance(profile, dict) else None
            if email and _ADDRESS.fullmatch(email.strip()):
                self.ids |= dict.fromkeys(own, email.strip().lower())

    def persons(self, ids: Iterable[Any], sender: str) -> list[str]:
        """Those of `ids` who are people other than the sender, each once."""
        found = dict.fromkeys(self.ids.get(one, one) for one in ids if _person(one) and one not in self.bots)
        found.pop(sender, None)
        return list(found)

    def message(self, message: Any, talk: _Talk, where: str) -> None:
        """Make rows of a message, or count why it makes none."""
        if not isinstance(message, dict):
            self.rows.reject(UNREADABLE, where=where)
            return
        time, root = _microseconds(message.get("ts")), _microseconds(message.get("thread_ts"))
        reason = self._left_out(message, time)
        if root is not None and root == time and reason != "deleted":
            talk.roots[root] = "" if reason else message["user"]
        if reason == "meeting":
            self._huddle(message, talk, time, where)
        elif reason:
            self.rows.reject(reason, where=where)
        else:
            assert time is not None
            self._human(message, talk, time, root, where)

    def _left_out(self, message: dict[str, Any], time: int | None) -> str | None:
        subtype, user = message.get("subtype"), _person(message.get("user"))
        if subtype in _HUDDLE and isinstance(message.get("room"), dict):
            return "meeting"
        if subtype in _DELETED:
            return "deleted"
        if message.get("bot_id") or subtype == "bot_message" or user in self.bots:
            return "bot"
        if message.get("type", "message") != "message" or subtype not in _HUMAN:
            return "system"
        if user is None:
            return "no sender"
        return "undated" if time is None else None

    def _human(self, message: dict[str, Any], talk: _Talk, time: int, root: int | None, where: str) -> None:
        sender = self.ids.get(message["user"], message["user"])
        event = f"{talk.id}/{_stamp(time)}"
        if talk.direct:
            others = self.persons(talk.members or (), sender)
            kinds = dict.fromkeys(others, "direct" if len(others) == 1 else "group")
            reached, crowd = len(others), False
            if not others:
                alone = {self.ids.get(one, one) for one in talk.members or ()} == {sender}
                bots = self.bots.intersection(talk.members or ())
                self.rows.reject("self" if alone else "bot" if bots else "no recipient", where=where)
        else:
            kinds, crowd = self._named(message, talk, time, root, sender)
            reached = len(kinds)
            if crowd:
                # The named are reached like all the others in the channel; how many that are it alone knows.
                everybody = len(self.persons(talk.members or (), sender))
                known = everybody > 0 and not _SUBTEAM.search(_text(message.get("text")) or "")
                if not (known and kinds):
                    self.rows.reject(BROADCAST, where=where)
                    kinds = {}
                reached = max(reached, everybody)
            if not kinds:
                self.rows.affiliation(timestamp=time / 1e6, person=sender, community=talk.id)
        thread = None if root is None else f"{talk.id}/{_stamp(root)}"
        for person, kind in kinds.items():
            self.rows.add(
                timestamp=time / 1e6,
                sender=sender,
                recipient=person,
                event=event,
                thread=thread,
                kind=kind,
                recipients=reached,
            )
        self._reactions(message.get("reactions"), sender, time, event)

    def _named(
        self, message: dict[str, Any], talk: _Talk, time: int, root: int | None, sender: str
    ) -> tuple[dict[str, str], bool]:
        """Whom a post in a channel answers or mentions, and whether it calls everybody."""
        text = _text(message.get("text")) or ""
        kinds: dict[str, str] = {}
        if root is not None and root != time:
            copy = message.get("root")
            author = talk.roots.get(root)
            if author is None:
                author = _person(message.get("parent_user_id")) or (
                    _person(copy.get("user")) if isinstance(copy, dict) else None
                )
            self.rootless += author is None
            kinds |= dict.fromkeys(self.persons([author], sender), "reply")
        kinds = dict.fromkeys(self.persons(_MENTION.findall(text), sender), "mention") | kinds
        return kinds, _CALL.search(text) is not None

    def _reactions(self, reactions: Any, author: str, time: int, event: str) -> None:
        people: list[Any] = []
        for reaction in reactions if isinstance(reactions, list) else ():
            users = reaction.get("users") if isinstance(reaction, dict) else None
            people += users if isinstance(users, list) else ()
        for person in self.persons(people, author):
            self.rows.add(
                timestamp=time / 1e6,
                sender=person,
                recipient=author,
                event=f"{event}/reactions",
                kind="reaction",
                recipients=1,
            )

    def _huddle(self, message: dict[str, Any], talk: _Talk, time: int | None, where: str) -> None:
        room = message["room"]
        ids = [room.get("created_by")]
        for name in ("participants", "participant_history", "attended_user_ids"):
            ids += room[name] if isinstance(room.get(name), list) else ()
        present = self.persons(ids, "")
        begun = room.get("date_start")
        if isinstance(begun, int) and 0 < begun < 1 << 33:
            start: float | None = begun
        else:
            start = None if time is None else time / 1e6
        if time is None or len(present) < 2:
            self.rows.reject("undated" if time is None else "no recipient", where=where)
            return
        for person in present[1:]:
            self.rows.add(
                timestamp=start,
                sender=present[0],
                recipient=person,
                medium="meeting",
                event=f"{talk.id}/{_stamp(time)}",
                kind="meeting",
                recipients=len(present) - 1,
            )


def _notes(name: str, archives: Sequence[_Archive], talks: dict[str, _Talk], reading: _Reading) -> Iterator[str]:
    if not any(talk.direct for talk in talks.values()):
        listed = {PurePosixPath(member).name for archive in archives for member in archive.part.head.members}
        private = "groups.json" in listed
        yield (
            f"{name} holds no direct messages{'' if private else ' and no private channels'}, as exports of lower "
            "plans do: who is in contact there is not seen. Ask Slack for an export of all conversations."
        )
    if not reading.listed:
        yield f"{name} has no users.json: people go by their Slack ids, which the roster must have."
    else:
        without = len(reading.listed.difference(reading.ids))
        if without:
            yield (
                f"{without:,} of {len(reading.listed):,} people in the users.json of {name} have no e-mail address and "
                "go by their Slack ids, which the roster must have."
            )
    if reading.rootless:
        yield (
            f"{reading.rootless:,} replies in {name} answer a message that is not in the export; whom they reached is "
            "known only where they name somebody."
        )
    for archive in archives:
        members = archive.part.head.members
        inside = _bases(members)
        top = min(inside, key=len)
        outside = [member for member in members if top and not any(member.startswith(f"{base}/") for base in inside)]
        if outside:
            yield f"{len(outside):,} files in {archive.part.name} beside the Slack export were left out; name them."


def _person(value: Any) -> str | None:
    """A Slack id of a person; where something else stands, it may be text that nobody should see."""
    return value if isinstance(value, str) and _PERSON.fullmatch(value) else None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


def _microseconds(ts: Any) -> int | None:
    """A time of Slack, "1714730400.000100", as microseconds since 1970; None if it is none.

    Examples:
        >>> _microseconds("1714730400.0001"), _microseconds(1714730400), _microseconds("soon")
        (1714730400000100, 1714730400000000, None)
    """
    if isinstance(ts, int | float) and not isinstance(ts, bool):
        ts = format(ts, "f") if abs(ts) < 1e11 else ""
    match = _TIME.fullmatch(ts.strip()) if isinstance(ts, str) else None
    return int(match[1]) * 1_000_000 + int((match[2] or "").ljust(6, "0")) if match else None


def _stamp(microseconds: int) -> str:
    return f"{microseconds // 1_000_000}.{microseconds % 1_000_000:06}"


SLACK = Reader(
    "slack",
    "Slack export, the zip or its folder: users.json, channels.json, dms.json and a file a day for each channel",
    _recognise,
    _read,
)

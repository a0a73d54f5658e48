"""Where things lie in a Slack export: its lists of people and channels, and the files of its days."""

import codecs
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import PurePosixPath
from typing import Any, BinaryIO

from silos.readers.files.sniff import DAMAGE, Part
from silos.readers.formats.chat import UNREADABLE, text_of
from silos.readers.tabular.row_buffer import Rows

PEOPLE = ("users.json", "org_users.json")
_CHANNELS = ("channels.json", "groups.json")
_CHATS = ("dms.json", "mpims.json")
_LISTS = frozenset((*PEOPLE, *_CHANNELS, *_CHATS))
_DAY = re.compile(r"(?:(.*)/)?([^/]+)/(\d{4}-\d{2}-\d{2})\.json")
_ID = re.compile(r"(?:FC:)?[A-Z][A-Z0-9]{7,15}")
_PERSON = re.compile(r"[UW][A-Za-z0-9]{1,24}")
_PLACE = re.compile(r"[CDG][A-Za-z0-9]{1,24}")
#: Slack takes no other name for a channel; where something else stands, it may be text that nobody should see.
_NAME = re.compile(r"[^\s.,:;/\\<>A-Z\"']{1,80}")

_BLOCK = 1 << 18
#: No message is longer; what is, is damage.
_LONGEST = 1 << 24


def days_of(members: Sequence[str]) -> list[tuple[str, str, str, str]]:
    """Files of a day that lie in a folder beside the lists of an export: (base, folder, day, member)."""
    bases = bases_of(members)
    found = []
    for member in members:
        match = _DAY.fullmatch(member)
        if match and ((match[1] or "") in bases or _team(match[1] or "") in bases):
            found.append((match[1] or "", match[2], match[3], member))
    return found


def bases_of(members: Iterable[str]) -> set[str]:
    """The folders that hold lists: one, or in an Enterprise Grid the top and one a workspace."""
    return {folder_of(member) for member in members if PurePosixPath(member).name in _LISTS}


def folder_of(member: str) -> str:
    return member.rpartition("/")[0]


def _team(base: str) -> str | None:
    """The top of the Grid export in which `base` is the folder of a workspace."""
    above = folder_of(base)
    return folder_of(above) if base and PurePosixPath(above).name == "teams" else None


@dataclass(eq=False)
class Talk:
    """A channel, or a chat of two or a few.

    Attributes:
        id: of Slack; of its folder where no list has it.
        direct: whether it is a chat, which reaches all its members.
        members: Slack ids; None where the export does not say.
        name: of a public channel, which everybody may see; None of all others.
        files: of its days: (day, number of the part, member).
        roots: the author of each message that was answered, by its time; "" where that is a bot.
    """

    id: str
    direct: bool
    members: list[str] | None
    name: str | None = None
    files: list[tuple[str, int, str]] = field(default_factory=list)
    roots: dict[int, str] = field(default_factory=dict)


def label_of(part: Part, member: str) -> str:
    """A file of an export for messages; the folder of a canvas or list has its title in its name."""
    shown = re.sub(r"(^|/)(FC:[^:/]*):[^/]*", r"\1\2", member)
    return f"{part.name}: {shown}"


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


def entries_of(part: Part, member: str, rows: Rows) -> Iterator[Any]:
    """The elements of the array in a file; from where it is damaged it is left out, which counts once."""
    position = 0
    try:
        assert part.stream is not None
        with part.stream(member) as stream:
            for item in items(stream):
                position += 1
                yield item
    except DAMAGE:
        rows.reject(UNREADABLE, where=f"{label_of(part, member)}, from entry {position + 1} on")


def talks_of(parts: Sequence[Part], rows: Rows) -> dict[str, Talk]:
    """The channels and chats that have messages, by id, over all the exports of the LOG."""
    listed: dict[tuple[str, str], Talk] = {}
    known: dict[str, Talk] = {}
    talks: dict[str, Talk] = {}
    for number, part in enumerate(parts):
        members = part.head.members
        bases = bases_of(members)
        for member in members:
            kind = PurePosixPath(member).name
            if kind not in (*_CHANNELS, *_CHATS) or folder_of(member) not in bases:
                continue
            for entry in entries_of(part, member, rows):
                if not (isinstance(entry, dict) and _PLACE.fullmatch(text_of(entry.get("id")) or "")):
                    continue
                people = entry.get("members")
                named = [person for person in people if person_of(person)] if isinstance(people, list) else None
                public = kind == "channels.json" and not entry.get("is_private")
                name = text_of(entry.get("name")) if public else None
                shown = name if name and _NAME.fullmatch(name) else None
                talk = known.setdefault(entry["id"], Talk(entry["id"], kind in _CHATS, named, shown))
                talk.members = sorted({*talk.members, *(named or ())}) if talk.members else named
                for name in (entry["id"], text_of(entry.get("name"))):
                    listed.setdefault((f"{number}/{folder_of(member)}", name or entry["id"]), talk)
        for base, folder, day, member in days_of(members):
            # What workspaces share stands in the lists of the top; each has a channel "general" of its own.
            found = listed.get((f"{number}/{base}", folder)) or listed.get((f"{number}/{_team(base)}", folder))
            talk = found or _unlisted(folder, "" if _team(base) is None else base.rpartition("/")[2])
            talks.setdefault(talk.id, talk).files.append((day, number, member))
    return talks


def _unlisted(folder: str, workspace: str) -> Talk:
    """A channel of which only the folder is known; its name may be the title of a canvas."""
    match = _ID.match(folder)
    named = f"{workspace}/{folder}".encode("utf-8", "replace")
    name = match[0] if match else blake2b(named, digest_size=8).hexdigest()
    return Talk(name, bool(match) and folder.startswith("D"), None)


def person_of(value: Any) -> str | None:
    """A Slack id of a person; where something else stands, it may be text that nobody should see."""
    return value if isinstance(value, str) and _PERSON.fullmatch(value) else None

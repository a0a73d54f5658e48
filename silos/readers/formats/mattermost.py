"""Mattermost bulk exports: JSON lines with teams, channels, people, posts and direct posts."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from pathlib import PurePosixPath
from typing import Any

from silos.errors import ReadError
from silos.locales.said import Said
from silos.readers.files.sniff import DAMAGE, Head, Part
from silos.readers.formats.chat import BROADCAST, UNREADABLE, Posts, text_of
from silos.readers.reader import Reader, Request
from silos.readers.tabular.row_buffer import Rows, conversations
from silos.tables import Source

#: What a line may be; each stands under the key of its name.
_KINDS = (
    *("version", "scheme", "role", "emoji", "team", "channel", "user", "bot", "post", "direct_channel", "direct_post"),
)
_EVERYBODY = frozenset({"all", "channel", "here"})
_USER = re.compile(r"[a-z0-9._:@+-]{1,128}")
#: The name of an open channel as it stands in its address.
_CHANNEL = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_MENTION = re.compile(r"(?<![\w@./-])@([a-z0-9][a-z0-9._-]*)", re.IGNORECASE)
_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)

#: No line is longer; what is, is damage.
_LONGEST = 1 << 25


def _recognise(head: Head) -> bool:
    if head.kind == "container":
        return _lines_file(head) is not None
    if head.kind != "text":
        return False
    first = head.text.lstrip("\ufeff \t\n").partition("\n")[0]
    try:
        line = json.loads(first)
    except (ValueError, RecursionError):
        return False
    return isinstance(line, dict) and line.get("type") in _KINDS and line["type"] in line


def _lines_file(head: Head) -> str | None:
    """The lines in an export with attachments: one .jsonl, and all else under data/."""
    lines = [member for member in head.members if PurePosixPath(member).suffix == ".jsonl"]
    attachments = [member for member in head.members if "data" in PurePosixPath(member).parts[:-1]]
    alone = len(lines) == 1 and attachments and len(attachments) == len(head.members) - 1
    return lines[0] if alone and lines[0] not in attachments else None


def _read(parts: Sequence[Part], request: Request) -> list[Source]:
    rows = Rows(request.scratch, medium="chat")
    reading = _Reading(rows)
    for part in parts:
        if part.member is not None:
            name = _lines_file(part.head)
            if name is None:
                raise ReadError(f"{part.name}: a Mattermost export holds one .jsonl file, and attachments under data/.")
            part = part.member(name)
        if not _recognise(part.head) or part.compression != "none":
            raise ReadError(
                f"{part.name}: this is not a Mattermost bulk export, which begins with a line that gives its version"
                + (" (unpack it first)." if part.compression != "none" else ".")
            )
        for where, line in _lines(part, rows):
            reading.line(line, where)
    name = parts[0].name if len(parts) == 1 else request.name
    columns = {
        "timestamp": "create_at",
        "sender": "user",
        "recipient": "channel_members, @… in message, user of the post replied to",
        "event": "channel, create_at",
        "thread": "replies",
    }
    source = rows.source(name, "mattermost", columns=columns, notes=[*_notes(name, reading)])
    # A post is known by its channel and time: one that stands in two lines is one.
    return [conversations(source)]


def _notes(name: str, reading: "_Reading") -> Iterator[str]:
    if not reading.direct:
        yield Said("read", "mattermost_direct", name=name)
    people, without = len(reading.posts.listed), reading.posts.nameless
    if without or not people:
        if people:
            yield Said("read", "mattermost_names", without=without, people=people, name=name)
        else:
            yield Said("read", "mattermost_all_names", name=name)


def _lines(part: Part, rows: Rows) -> Iterator[tuple[str, dict[str, Any]]]:
    """The objects of the file, each with its file and line."""
    number = 0
    try:
        with part.open() as stream:
            while line := stream.readline(_LONGEST):
                number += 1
                where = f"{part.name}, line {number}"
                while len(line) >= _LONGEST and not line.endswith(b"\n"):
                    line = stream.readline(_LONGEST)
                    if len(line) < _LONGEST or line.endswith(b"\n"):
                        line = b"too long"
                try:
                    found = json.loads(line.decode("utf-8-sig", errors="replace")) if line.strip() else {"type": ""}
                except (ValueError, RecursionError):
                    found = None
                if isinstance(found, dict):
                    yield where, found
                else:
                    rows.reject(UNREADABLE, where=where)
    except DAMAGE:
        rows.reject(UNREADABLE, where=f"{part.name}, from line {number + 1} on")


class _Reading:
    """Lines become rows.

    Attributes:
        rows: what becomes of them.
        posts: people by their user names, and what they wrote.
        names: digest of an open channel, which everybody may see -> its name.
        direct: whether there are direct posts.
    """

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.posts = Posts(rows)
        self.names: dict[str, str] = {}
        self.direct = False

    def line(self, line: dict[str, Any], where: str) -> None:
        """Note a person, or make rows of a post."""
        kind = line.get("type")
        if kind not in ("channel", "user", "bot", "post", "direct_post"):
            return
        found = line.get(kind)
        if not isinstance(found, dict):
            self.rows.reject(UNREADABLE, where=where)
        elif kind == "channel":
            team, name = text_of(found.get("team")), text_of(found.get("name"))
            if found.get("type") == "O" and name and _CHANNEL.fullmatch(name):
                self.names[_digest(team, name)] = name
        elif kind in ("user", "bot"):
            self._person(found, bot=kind == "bot" or found.get("type") == "bot" or found.get("is_bot") is True)
        elif kind == "post":
            place = _digest(text_of(found.get("team")), text_of(found.get("channel")))
            self._thread(found, place, None, where)
        else:
            self.direct = True
            members = found.get("channel_members")
            names = sorted({_name(one) for one in members if _name(one)}) if isinstance(members, list) else []
            self._thread(found, _digest(*names), names, where)

    def _person(self, person: dict[str, Any], *, bot: bool) -> None:
        name = _name(person.get("username"))
        if not name:
            return
        self.posts.account([name], person.get("email"), bot=bot)
        if bot:
            return
        for place in _channels(person):
            self.rows.affiliation(
                timestamp=None, person=self.posts.person(name), community=place, name=self.names.get(place), posts=0
            )

    def _thread(self, post: dict[str, Any], place: str, members: list[str] | None, where: str) -> None:
        """A post and its replies, in a channel (`members` is None) or a chat."""
        replies = post.get("replies")
        replies = replies if isinstance(replies, list) else []
        time = _milliseconds(post.get("create_at"))
        thread = f"{place}/{time}" if replies and time is not None else None
        self._post(post, place, members, thread, "", where)
        author = "" if self._left_out(post) else _name(post.get("user"))
        for reply in replies:
            if isinstance(reply, dict):
                self._post(reply, place, members, thread, author, where)
            else:
                self.rows.reject(UNREADABLE, where=where)

    def _left_out(self, post: dict[str, Any]) -> str | None:
        flags = _props(post)
        kind = text_of(post.get("type")) or ""
        if any(str(flags.get(flag, "")).lower() == "true" for flag in ("from_webhook", "from_bot", "from_plugin")):
            return "bot"
        if _name(post.get("user")) in self.posts.bots:
            return "bot"
        if kind.startswith(("system_", "custom_")):
            return "system"
        if (_milliseconds(post.get("delete_at")) or 0) > 0:
            return "deleted"
        if not _name(post.get("user")):
            return "no sender"
        return "undated" if _milliseconds(post.get("create_at")) is None else None

    def _post(
        self,
        post: dict[str, Any],
        place: str,
        members: list[str] | None,
        thread: str | None,
        author: str,
        where: str,
    ) -> None:
        reason = self._left_out(post)
        if reason:
            self.rows.reject(reason, where=where)
            return
        sender = self.posts.person(_name(post.get("user")))
        time = _milliseconds(post.get("create_at"))
        assert time is not None
        event = f"{place}/{time}"
        kinds: dict[str, str] = {}
        if members is None:
            named, everybody = self._mentions(_text(post))
            kinds = dict.fromkeys(self.posts.others(named, sender), "mention")
            kinds |= dict.fromkeys(self.posts.others([author], sender), "reply")
            # Who answers somebody answers that one, whoever else is called to look.
            if everybody and "reply" not in kinds.values():
                # Of how many the channel has the export says nothing.
                self.rows.reject(BROADCAST, where=where)
                kinds = {}
            self.rows.affiliation(timestamp=time / 1e3, person=sender, community=place, name=self.names.get(place))
        else:
            kinds = self.posts.chat(members, sender, where=where)
        self.posts.add(kinds, time=time / 1e3, sender=sender, event=event, thread=thread, reached=len(kinds))
        reactions = post.get("reactions")
        reacted = [one.get("user") for one in reactions if isinstance(one, dict)] if isinstance(reactions, list) else []
        self.posts.react(map(_name, reacted), author=sender, time=time / 1e3, event=event)

    def _mentions(self, message: str) -> tuple[list[str], bool]:
        """Who is named in a message, and whether everybody is called; code names nobody."""
        if "@" not in message:
            return [], False
        named, everybody = [], False
        for match in _MENTION.findall(_CODE.sub(" ", message)):
            name = match.lower()
            # At the end of a sentence the stop belongs to the name as far as can be seen.
            while name and name not in self.posts.listed and name not in self.posts.bots and name[-1] in "._-":
                name = name[:-1]
            if name in self.posts.listed:
                named.append(name)
            everybody = everybody or (name in _EVERYBODY and name not in self.posts.listed)
        return named, everybody


def _channels(person: Mapping[str, Any]) -> Iterator[str]:
    """The channels that the line of a user says the user is in."""
    teams = person.get("teams")
    for team in teams if isinstance(teams, list) else ():
        channels = team.get("channels") if isinstance(team, dict) else None
        for channel in channels if isinstance(channels, list) else ():
            if isinstance(channel, dict) and text_of(channel.get("name")):
                yield _digest(text_of(team.get("name")), text_of(channel.get("name")))


def _props(post: Mapping[str, Any]) -> dict[str, Any]:
    """The properties of a post, which some versions write as text."""
    props = post.get("props")
    if isinstance(props, str):
        try:
            props = json.loads(props)
        except (ValueError, RecursionError):
            return {}
    return props if isinstance(props, dict) else {}


def _text(post: Mapping[str, Any]) -> str:
    """The text of a post, and of what is attached to it."""
    attached = _props(post).get("attachments")
    texts = [post.get("message")]
    for one in attached if isinstance(attached, list) else ():
        texts += [one.get("pretext"), one.get("text")] if isinstance(one, dict) else []
    return "\n".join(text for text in texts if isinstance(text, str))


def _digest(*names: str | None) -> str:
    """A channel as an id that does not tell its name."""
    return blake2b("\0".join(name or "" for name in names).encode("utf-8", "replace"), digest_size=8).hexdigest()


def _name(value: Any) -> str:
    """A user name; "" where something else stands, as it may be text that nobody should see."""
    name = value.strip().lower() if isinstance(value, str) else ""
    return name if _USER.fullmatch(name) else ""


def _milliseconds(value: Any) -> int | None:
    """A time of Mattermost; None if it is not one.

    Examples:
        >>> _milliseconds(1714730400000), _milliseconds("1714730400000"), _milliseconds(True), _milliseconds("soon")
        (1714730400000, 1714730400000, None, None)
    """
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,15}", value.strip()):
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**15 else None


MATTERMOST = Reader(
    "mattermost",
    "Mattermost bulk export (JSON lines), by itself or in the zip with its attachments",
    _recognise,
    _read,
    more="mattermost",
)

"""Slack exports: a zip or folder with lists of people and channels, and one file per channel and day."""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePosixPath
from typing import Any

from silos.errors import ReadError
from silos.locales.said import Said
from silos.readers.files.sniff import Head, Part
from silos.readers.formats.chat import BROADCAST, UNREADABLE, Posts
from silos.readers.formats.slack import text as slack_text
from silos.readers.formats.slack.layout import (
    PEOPLE,
    Talk,
    bases_of,
    days_of,
    entries_of,
    folder_of,
    label_of,
    person_of,
    talks_of,
)
from silos.readers.reader import Reader, Request
from silos.readers.tabular.row_buffer import Rows, conversations
from silos.tables import Source

_TIME = re.compile(r"(\d{1,11})(?:\.(\d{1,6})\d*)?")
_MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")
_SUBTEAM = re.compile(r"<!subteam\^")
_CALL = re.compile(r"<!(here|channel|everyone|subteam\^)")
#: What people write; all other subtypes are Slack's own.
_HUMAN = (None, "", "file_share", "thread_broadcast", "me_message")
_HUDDLE = ("huddle_thread", "sh_room_created")
_DELETED = ("tombstone", "message_deleted")
_SLACKBOT = "USLACKBOT"

# ---- where things lie


def _recognise(head: Head) -> bool:
    return head.kind == "container" and bool(days_of(head.members))


# ---- reading


def _read(parts: Sequence[Part], request: Request) -> list[Source]:
    other = next((part.name for part in parts if part.member is None), None)
    if other is not None:
        raise ReadError(
            f"{other}: a Slack export must be read as a whole. Name its zip, or the folder that holds users.json."
        )
    rows = Rows(request.scratch, medium="chat")
    reading = _Reading(rows)
    for part in parts:
        for member in part.head.members:
            if PurePosixPath(member).name in PEOPLE and folder_of(member) in bases_of(part.head.members):
                reading.people(entries_of(part, member, rows))
    talks = talks_of(parts, rows)
    for talk in sorted(talks.values(), key=lambda talk: talk.id):
        reading.members(talk)
        for _, number, member in sorted(talk.files):
            label = label_of(parts[number], member)
            for position, message in enumerate(entries_of(parts[number], member, rows), start=1):
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
    source = rows.source(name, "slack", columns=columns, notes=[*_notes(name, parts, talks, reading)])
    # The time of a post is its id in the channel: a post that stands in two files is one.
    return [conversations(source)]


class _Reading:
    """Messages become rows.

    Attributes:
        rows: what becomes of them.
        posts: people, and what they wrote.
        rootless: replies to a message that the export lacks.
    """

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.posts = Posts(rows, bots=[_SLACKBOT])
        self.rootless = 0

    def people(self, entries: Iterable[Any]) -> None:
        """Note who is a bot, and who has which address."""
        for entry in entries:
            person = person_of(entry.get("id")) if isinstance(entry, dict) else None
            if person is None:
                continue
            # In a Grid a person has an id in each workspace and one in the organisation.
            grid, profile = entry.get("enterprise_user"), entry.get("profile")
            whole = person_of(grid.get("id")) if isinstance(grid, dict) else None
            email = profile.get("email") if isinstance(profile, dict) else None
            self.posts.account(
                [person, *([whole] if whole else [])],
                email,
                bot=True in (entry.get("is_bot"), entry.get("is_workflow_bot")),
            )

    def members(self, talk: Talk) -> None:
        """Note who is in a channel, whether they write there or not."""
        if not talk.direct:
            for person in self.persons(talk.members or (), ""):
                self.rows.affiliation(timestamp=None, person=person, community=talk.id, name=talk.name, posts=0)

    def persons(self, ids: Iterable[Any], sender: str) -> list[str]:
        """Those of `ids` who are people other than the sender, each once."""
        return self.posts.others((one for one in ids if person_of(one)), sender)

    def message(self, message: Any, talk: Talk, where: str) -> None:
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
        subtype, user = message.get("subtype"), person_of(message.get("user"))
        if subtype in _HUDDLE and isinstance(message.get("room"), dict):
            return "meeting"
        if subtype in _DELETED:
            return "deleted"
        if message.get("bot_id") or message.get("bot_profile") or subtype == "bot_message" or user in self.posts.bots:
            return "bot"
        if message.get("type", "message") != "message" or subtype not in _HUMAN:
            return "system"
        if user is None:
            return "no sender"
        return "undated" if time is None else None

    def _human(self, message: dict[str, Any], talk: Talk, time: int, root: int | None, where: str) -> None:
        sender = self.posts.person(message["user"])
        event = f"{talk.id}/{_stamp(time)}"
        if talk.direct:
            kinds = self.posts.chat(talk.members or (), sender, where=where)
            reached = len(kinds)
        else:
            text = slack_text.text_of(message)
            kinds, crowd = self._named(message, text, talk, time, root, sender)
            reached = len(kinds)
            # Who answers somebody answers that one, whoever else is called to look.
            if crowd and "reply" not in kinds.values():
                # The named are reached like all the others in the channel; how many that are it alone knows.
                everybody = len(self.persons(talk.members or (), sender))
                known = everybody > 0 and not _SUBTEAM.search(text)
                if not (known and kinds):
                    self.rows.reject(BROADCAST, where=where)
                    kinds = {}
                reached = max(reached, everybody)
            self.rows.affiliation(timestamp=time / 1e6, person=sender, community=talk.id, name=talk.name)
        thread = None if root is None else f"{talk.id}/{_stamp(root)}"
        self.posts.add(kinds, time=time / 1e6, sender=sender, event=event, thread=thread, reached=reached)
        people = [
            one
            for reaction in _list(message.get("reactions"))
            if isinstance(reaction, dict)
            for one in _list(reaction.get("users"))
        ]
        self.posts.react(filter(person_of, people), author=sender, time=time / 1e6, event=event)

    def _named(
        self, message: dict[str, Any], text: str, talk: Talk, time: int, root: int | None, sender: str
    ) -> tuple[dict[str, str], bool]:
        """Whom a post in a channel answers or mentions, and whether it calls everybody."""
        kinds: dict[str, str] = {}
        if root is not None and root != time:
            copy = message.get("root")
            author = talk.roots.get(root)
            if author is None:
                author = person_of(message.get("parent_user_id")) or (
                    person_of(copy.get("user")) if isinstance(copy, dict) else None
                )
            self.rootless += author is None
            kinds |= dict.fromkeys(self.persons([author], sender), "reply")
        kinds = dict.fromkeys(self.persons(_MENTION.findall(text), sender), "mention") | kinds
        return kinds, _CALL.search(text) is not None

    def _huddle(self, message: dict[str, Any], talk: Talk, time: int | None, where: str) -> None:
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


def _notes(name: str, parts: Sequence[Part], talks: dict[str, Talk], reading: _Reading) -> Iterator[str]:
    if not any(talk.direct for talk in talks.values()):
        listed = {PurePosixPath(member).name for part in parts for member in part.head.members}
        private = "groups.json" in listed
        yield Said("read", "slack_direct" if private else "slack_private", name=name)
    if not reading.posts.listed:
        yield Said("read", "slack_users", name=name)
    else:
        without, people = reading.posts.nameless, len(reading.posts.listed)
        if without:
            yield Said("read", "slack_ids", without=without, people=people, name=name)
    if reading.rootless:
        yield Said("read", "rootless", count=reading.rootless, name=name)
    for part in parts:
        members = part.head.members
        inside = bases_of(members)
        top = min(inside, key=len)
        outside = [member for member in members if top and not any(member.startswith(f"{base}/") for base in inside)]
        if outside:
            yield Said("read", "slack_outside", count=len(outside), name=part.name)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _microseconds(ts: Any) -> int | None:
    """A time of Slack, "1714730400.000100", as microseconds since 1970; None if it is not one.

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
    "Slack export, the zip or its folder: users.json, channels.json, dms.json and one file per channel and day",
    _recognise,
    _read,
    more="slack",
)

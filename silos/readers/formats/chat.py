"""What the readers of chat tools share: accounts with their addresses, and posts and reactions as rows."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from silos.readers.tabular.ids import clean_id
from silos.readers.tabular.row_buffer import Rows
from silos.readers.tabular.scan import UNREADABLE

__all__ = ["ADDRESS", "BROADCAST", "UNREADABLE", "Posts", "text_of"]

BROADCAST = "broadcast to a list"
ADDRESS = re.compile(r"[^\s@]{1,64}@[^\s@]{1,255}")


class Posts:
    """Posts of one log become rows; people go by their e-mail addresses where the tool knows them.

    Attributes:
        rows: what becomes of them.
        ids: id in the tool -> e-mail address.
        bots: ids.
        listed: ids of people.
    """

    def __init__(self, rows: Rows, *, bots: Iterable[str] = ()) -> None:
        self.rows = rows
        self.ids: dict[str, str] = {}
        self.bots = set(bots)
        self.listed: set[str] = set()

    def account(self, own: Iterable[str], email: Any, *, bot: bool) -> None:
        """Note somebody, or a bot, with all the ids that are theirs; the first of them is listed."""
        known = list(own)
        if bot:
            self.bots.update(known)
            return
        self.listed.add(known[0])
        stated = clean_id(email) if text_of(email) else None
        if stated and ADDRESS.fullmatch(stated):
            self.ids |= dict.fromkeys(known, stated.lower())

    @property
    def nameless(self) -> int:
        """How many people have no e-mail address."""
        return len(self.listed.difference(self.ids))

    def person(self, id: str) -> str:
        """How an id stands in the rows."""
        return self.ids.get(id, id)

    def others(self, ids: Iterable[str], sender: str) -> list[str]:
        """Those of `ids` who are people other than the sender (as in the rows), each once."""
        found = dict.fromkeys(self.person(one) for one in ids if one and one not in self.bots)
        found.pop(sender, None)
        return list(found)

    def chat(self, members: Iterable[str], sender: str, *, where: str) -> dict[str, str]:
        """Whom a message in a chat reaches, with its kind; one that reaches nobody is counted."""
        everybody = list(members)
        others = self.others(everybody, sender)
        if not others:
            alone = {self.person(one) for one in everybody} == {sender}
            bot = not self.bots.isdisjoint(everybody)
            self.rows.reject("self" if alone else "bot" if bot else "no recipient", where=where)
        return dict.fromkeys(others, "direct" if len(others) == 1 else "group")

    def add(
        self, kinds: Mapping[str, str], *, time: float, sender: str, event: str, thread: str | None, reached: int
    ) -> None:
        """Add a post: recipient -> kind."""
        for person, kind in kinds.items():
            self.rows.add(
                timestamp=time,
                sender=sender,
                recipient=person,
                event=event,
                thread=thread,
                kind=kind,
                recipients=reached,
            )

    def react(self, ids: Iterable[str], *, author: str, time: float, event: str) -> None:
        """Add the reactions to a post."""
        for person in self.others(ids, author):
            self.rows.add(
                timestamp=time,
                sender=person,
                recipient=author,
                event=f"{event}/reactions",
                kind="reaction",
                recipients=1,
            )


def text_of(value: Any) -> str | None:
    """A text of JSON that is not blank; None for all else."""
    return value if isinstance(value, str) and value.strip() else None

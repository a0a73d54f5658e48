"""Free text that is published, held against the roster: names of communities and of units that hold a person's.

A person's full name counts, of two words at least and in either order, and so does an id, a login or an address. One
word of a name does not: a department may be called Martin, and so may somebody in it.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from silos.tables import NOT_PEOPLE, Roster

#: What is left of a unit that is called by nothing but a person.
UNNAMED_UNIT = "Unit"
#: Digits of a number from which it is somebody's id: shorter ones are years, rooms and cost centres as well.
SHORTEST_NUMBER = 5
#: Letters of a name without blanks, from which it is also looked for written as one word.
SHORTEST_JOINED = 7

_ADDRESS = re.compile(r"<?[^@\s<>()\[\],;]+@[^@\s<>()\[\],;]+\.[^@\s<>()\[\],;]+>?")
_WORD = re.compile(r"[^\W_]+")
#: What tools call a chat without a name after: its members.
_OF_MEMBERS = re.compile(r"^#?(mpdm|mpim|dm|im|gdm)[-_. ]", re.IGNORECASE)
_EMPTY = re.compile(r"\(\s*\)|\[\s*\]|\{\s*\}|<\s*>")
#: What stood between a name that went and what is left.
_EDGES = " \t-–—:,;/|·_"


@dataclass(frozen=True)
class NamedPeople:
    """What people are called, as runs of words in small letters without accents.

    Attributes:
        runs: the words of full names (in both orders), ids and addresses.
        lengths: how many words these have, the longest first.
        alone: ids of one word of letters alone: they name somebody only where they are all of a text.
    """

    runs: frozenset[tuple[str, ...]]
    lengths: tuple[int, ...]
    alone: frozenset[str]

    @classmethod
    def of(cls, roster: Roster, texts: Iterable[str] | None = None) -> "NamedPeople":
        """The people of a roster; its rooms, bots and mailboxes may be called as departments are.

        Args:
            roster: the people.
            texts: what alone will be looked at, if that is known: those whom it cannot name are not kept.
        """
        people = roster.people
        if "kind" in people.columns:
            people = people[~people["kind"].isin(NOT_PEOPLE)]
        aliases = roster.aliases
        ids = {*map(str, people.index), *aliases.loc[aliases["person"].isin(people.index), "alias"].astype(str)}
        names = people["name"].dropna().astype(str) if "name" in people.columns else ()
        return cls.called(ids, names, texts)

    @classmethod
    def called(cls, ids: Iterable[str], names: Iterable[str], texts: Iterable[str] | None = None) -> "NamedPeople":
        """People of these ids and names; `texts` as in `of`."""
        among = None if texts is None else frozenset(word for text in texts for word in words_of(text))
        runs: set[tuple[str, ...]] = set()
        alone: set[str] = set()
        for one in ids:
            words = words_of(one)
            # Every run of an id begins with its first word.
            if not words or (among is not None and words[0] not in among):
                continue
            login = one.partition("@")[0]
            login_words = words_of(login)
            for run in (words, login_words):
                if len(run) > 1 or any(map(_is_number, run)):
                    runs.add(run)
            if len(login_words) == 1 and login.isalpha():
                alone.update(login_words)
        for name in names:
            words = words_of(name)
            if len(words) > 1:
                ends = (words[0], words[-1])
                both = {words, ends, ends[::-1], (words[-1], *words[:-1]), (*words[1:], words[0])}
                joined = {("".join(run),) for run in both if len("".join(run)) >= SHORTEST_JOINED}
                runs.update(run for run in both | joined if among is None or among.issuperset(run))
        return cls(frozenset(runs), tuple(sorted({len(run) for run in runs}, reverse=True)), frozenset(alone))

    def named_in(self, community: str) -> bool:
        """Whether the name of a community is one of members, or holds what somebody is called.

        Examples:
            >>> people = NamedPeople.called(["p0020@acme.example", "eito"], ["Emil Ito"])
            >>> [people.named_in(name) for name in ("mpdm-x--y-1", "with emil.ito", "#p0020", "eito", "Ito")]
            [True, True, True, True, False]
        """
        if _OF_MEMBERS.match(community) or _ADDRESS.search(community):
            return True
        words = words_of(community)
        return (len(words) == 1 and words[0] in self.alone) or any(True for _span in self._spans(community))

    def without(self, unit: str) -> str:
        """A unit without what in it is a person's name, id or address; as it is where nothing is.

        Examples:
            >>> people = NamedPeople.called(["p21@acme.example"], ["Quentin Novak"])
            >>> [people.without(name) for name in ("R&D (Quentin Novak)", "Novak, Quentin", "Novak", "Lab p21")]
            ['R&D', '', 'Novak', 'Lab']
        """
        composed = unicodedata.normalize("NFC", unit)
        left = _ADDRESS.sub(" ", composed)
        for start, end in sorted(self._spans(left), reverse=True):
            left = left[:start] + " " + left[end:]
        return unit if left == composed else " ".join(_EMPTY.sub(" ", left).split()).strip(_EDGES)

    def _spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Where what people are called stands in a text."""
        found = [(_folded(match.group()), match.span()) for match in _WORD.finditer(unicodedata.normalize("NFC", text))]
        at = 0
        while at < len(found):
            for length in self.lengths:
                run = found[at : at + length]
                if len(run) == length and tuple(word for word, _ in run) in self.runs:
                    yield run[0][1][0], run[-1][1][1]
                    at += length
                    break
            else:
                at += 1


def units_without_people(units: Iterable[str], people: NamedPeople) -> Mapping[str, str]:
    """Those units that are called by people, and what they are called instead: no two alike.

    Examples:
        >>> people = NamedPeople.called(["p21"], ["Quentin Novak", "Eva Roux"])
        >>> dict(units_without_people(["R&D (Quentin Novak)", "R&D (Eva Roux)", "Sales", "p21"], people))
        {'R&D (Eva Roux)': 'R&D', 'R&D (Quentin Novak)': 'R&D (2)', 'p21': 'Unit'}
    """
    everything = sorted(set(units))
    left = {unit: kept for unit in everything if (kept := people.without(unit)) != unit}
    taken = {_plain(unit) for unit in everything if unit not in left}
    for unit, kept in left.items():
        base = name = kept or UNNAMED_UNIT
        number = 1
        while _plain(name) in taken:
            number += 1
            name = f"{base} ({number})"
        taken.add(_plain(name))
        left[unit] = name
    return left


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text in small letters without accents.

    Examples:
        >>> words_of("Zoë_Roux's #dm-2")
        ('zoe', 'roux', 's', 'dm', '2')
    """
    if text.isascii():
        # As most ids are: a roster has hundreds of thousands.
        return tuple(_WORD.findall(text.lower()))
    return tuple(_folded(word) for word in _WORD.findall(unicodedata.normalize("NFC", text)))


def _folded(word: str) -> str:
    """In small letters, without accents."""
    split = unicodedata.normalize("NFKD", word.casefold())
    return "".join(sign for sign in split if not unicodedata.combining(sign))


def _is_number(word: str) -> bool:
    """Whether one word is nobody's but a person's: letters with digits, or a long number."""
    digits = any(sign.isdigit() for sign in word)
    return digits and (len(word) >= SHORTEST_NUMBER or (not word.isdigit() and len(word) > 1))

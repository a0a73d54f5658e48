"""Names of people who were erased from a store: marks by which texts that hold one are known, while none is kept."""

import hashlib
import re
from collections.abc import Collection, Iterable

from silos.privacy.named_people import NamedPeople, words_of
from silos.privacy.pseudonyms import PSEUDONYM_DIGITS, Key
from silos.readers.tabular.ids import REMARK, clean_text

#: Characters that the words of a name have together, below which they are not looked for: "Al" stands in many texts.
SHORTEST_NAME = 3
#: Words of a text that are looked at together: no name of a person has more of them that matter.
MOST_WORDS = 8


def name_marks(people: Collection[tuple[str, str]], key: Key | None = None) -> frozenset[str]:
    """Marks of what these people are called: pseudonyms, or, without a key, digests, which trying out names finds.

    A name counts with its first and last word in either order, apart or as one word, and so does an id, as a whole and
    before the @. One word of a name does not: others have it as well.

    Args:
        people: for each the text by which somebody named them, such as `Ann Roux <ann@acme.example>`, and the id in it.
        key: of the store, where it has one.

    Examples:
        >>> marks = name_marks([("Ann Roux <u17@acme.example>", "u17@acme.example")])
        >>> texts = ("dm-roux-ann", "Ann Roux's project", "annroux", "u17 and others", "Ann", "Roux & Co", "u171")
        >>> [bool(marked([text], marks)) for text in texts]
        [True, True, True, True, False, False, False]
    """
    called = _called(people)
    return _marks({*called.runs, *((word,) for word in called.alone)}, key)


def alike(ids: Collection[str], people: Collection[tuple[str, str]]) -> frozenset[str]:
    """Those ids that may be of the same people: they hold the name, or are the same before the @.

    Args:
        ids: of others, in lower case.
        people: as of `name_marks`.

    Examples:
        >>> ids = ["ann.roux@old.example", "u17@old.example", "ann roux/sales/acme@acme", "ann@acme.example"]
        >>> sorted(alike(ids, [("Ann Roux <u17@acme.example>", "u17@acme.example")]))
        ['ann roux/sales/acme@acme', 'ann.roux@old.example', 'u17@old.example']
    """
    several = _marks(_called(people).runs)
    own = {_login(identity) for _given, identity in people}
    return frozenset(one for one in ids if _login(one) in own or _holds(words_of(_login(one)), several))


def _called(people: Iterable[tuple[str, str]]) -> NamedPeople:
    ids, names = set(), set()
    for given, identity in people:
        ids |= {identity, _login(identity)}
        # The first part of `CN=Ann Roux/OU=Sales/O=Acme`.
        names |= {_login(identity).partition("/")[0].rpartition("=")[2], _beside(given, identity)}
    return NamedPeople.called(ids, names)


def _login(identity: str) -> str:
    """An id without a domain: `login@acme.example`, `DOMAIN\\login`."""
    return identity.rpartition("\\")[2].partition("@")[0]


def _marks(runs: Iterable[tuple[str, ...]], key: Key | None = None) -> frozenset[str]:
    return frozenset(_mark(run, key) for run in runs if len("".join(run)) >= SHORTEST_NAME)


def marked(texts: Iterable[str], marks: Collection[str], key: Key | None = None) -> frozenset[str]:
    """Those texts that hold a name or an id of which there is a mark.

    Args:
        texts: names of communities and the like.
        marks: of `name_marks`; any others are of nothing here.
        key: by which these were made.
    """
    return frozenset(text for text in texts if _holds(words_of(text), marks, key))


def _holds(words: tuple[str, ...], marks: Collection[str], key: Key | None = None) -> bool:
    return any(
        _mark(words[start:end], key) in marks
        for start in range(len(words))
        for end in range(start + 1, min(start + MOST_WORDS, len(words)) + 1)
    )


def _mark(words: Iterable[str], key: Key | None) -> str:
    """The mark of a name whatever the order of its words; under a key as that of a person, and rekeyed as these are."""
    if key is not None:
        return key.person(f"forgotten name:{' '.join(sorted(words))}")
    return hashlib.sha256(f"forgotten name:{' '.join(sorted(words))}".encode()).hexdigest()[:PSEUDONYM_DIGITS]


def _beside(given: str, identity: str) -> str:
    """What stands beside an id: the person's name, without remarks in brackets unless it is in brackets itself."""
    left = re.sub(re.escape(identity), " ", clean_text(given), flags=re.IGNORECASE)
    plain = re.sub(REMARK, " ", left)
    return plain if words_of(plain) else left

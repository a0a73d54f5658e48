"""Names of people who were erased from a store: marks by which texts that hold one are known, while none is kept."""

import hashlib
import re
from collections.abc import Collection, Iterable

from silos.privacy.named_people import NamedPeople, words_of
from silos.privacy.pseudonyms import PSEUDONYM_DIGITS
from silos.readers.tabular.ids import REMARK, clean_text

#: Characters that the words of a name have together, below which they are not looked for: "Al" stands in many texts.
SHORTEST_NAME = 3
#: Words of a text that are looked at together: no name of a person has more of them that matter.
MOST_WORDS = 8


def name_marks(people: Iterable[tuple[str, str]]) -> frozenset[str]:
    """Marks of what these people are called: digests, which somebody who tries out names can find.

    A name counts with its first and last word in either order, apart or as one word, and so does an id, as a whole and
    before the @. One word of a name does not: others have it as well.

    Args:
        people: for each the text by which somebody named them, such as `Ann Roux <ann@acme.example>`, and the id in it.

    Examples:
        >>> marks = name_marks([("Ann Roux <u17@acme.example>", "u17@acme.example")])
        >>> texts = ("dm-roux-ann", "Ann Roux's project", "annroux", "u17 and others", "Ann", "Roux & Co", "u171")
        >>> [bool(marked([text], marks)) for text in texts]
        [True, True, True, True, False, False, False]
    """
    ids, names = set(), set()
    for given, identity in people:
        # `DOMAIN\\login`, and the first part of `CN=Ann Roux/OU=Sales/O=Acme`.
        login = identity.rpartition("\\")[2].partition("@")[0]
        ids |= {identity, login}
        names |= {login.partition("/")[0].rpartition("=")[2], _beside(given, identity)}
    called = NamedPeople.called(ids, names)
    runs = called.runs | {(word,) for word in called.alone}
    return frozenset(_mark(run) for run in runs if len("".join(run)) >= SHORTEST_NAME)


def marked(texts: Iterable[str], marks: Collection[str]) -> frozenset[str]:
    """Those texts that hold a name or an id of which there is a mark.

    Args:
        texts: names of communities and the like.
        marks: of `name_marks`; any others are of nothing here.
    """
    return frozenset(text for text in texts if _holds(words_of(text), marks))


def _holds(words: tuple[str, ...], marks: Collection[str]) -> bool:
    return any(
        _mark(words[start:end]) in marks
        for start in range(len(words))
        for end in range(start + 1, min(start + MOST_WORDS, len(words)) + 1)
    )


def _mark(words: Iterable[str]) -> str:
    """The mark of a name whatever the order of its words."""
    return hashlib.sha256(f"forgotten name:{' '.join(sorted(words))}".encode()).hexdigest()[:PSEUDONYM_DIGITS]


def _beside(given: str, identity: str) -> str:
    """What stands beside an id: the person's name, without remarks in brackets unless it is in brackets itself."""
    left = re.sub(re.escape(identity), " ", clean_text(given), flags=re.IGNORECASE)
    plain = re.sub(REMARK, " ", left)
    return plain if words_of(plain) else left

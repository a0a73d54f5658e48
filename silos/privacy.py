"""The one gate that every output passes: no person, and no group small enough to be one. Pseudonyms for what is kept.

Departments of fewer than `minimum` people are shown together, as a place that others may reach. Where even together
they are too few, or where there is only one of them, they are a place without a row of its own.
"""

import hashlib
import hmac
import os
import secrets
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from silos.errors import MatchError, OutputError, ReadError, SilosError
from silos.tables import Interactions, Roster

OTHER = "Other (small)"


@dataclass(frozen=True, eq=False)
class Shown:
    """Departments as they may be shown.

    Attributes:
        departments: by person, the department's name or `OTHER`.
        candidates: the departments that stand alone, sorted: those that get a verdict.
        rows: the names that may be a row of a table: the candidates, and `OTHER` where it is a group.
        merged: how many departments are in `OTHER`.
        minimum: people in a department that may stand alone.
    """

    departments: pd.Series
    candidates: tuple[str, ...]
    rows: tuple[str, ...]
    merged: int
    minimum: int


def merge_small(departments: pd.Series, minimum: int, *, persons: pd.Series | None = None) -> Shown:
    """Put departments of fewer than `minimum` people together.

    Args:
        departments: by person.
        minimum: 1 or more; 1 shows every department.
        persons: who each of these is, where one person may be several, in one department each; else all differ.

    Examples:
        >>> people = pd.Series(["HR"] * 5 + ["IT"] * 2 + ["Legal"] * 3)
        >>> shown = merge_small(people, 5)
        >>> shown.candidates, shown.rows, shown.merged
        (('HR',), ('HR', 'Other (small)'), 2)
        >>> merge_small(people, 5, persons=pd.Series([*"abcde", *"fg", *"fgh"])).rows
        ('HR',)
        >>> merge_small(people.iloc[:7], 5).rows
        ('HR',)
    """
    if minimum < 1:
        raise SilosError("the smallest department that is shown alone has 1 person or more (--min-department).")
    sizes = departments.value_counts()
    small = set(sizes.index[sizes < minimum])
    if small and OTHER in sizes.index:
        raise SilosError(f"a department is called {OTHER!r}, as small ones taken together are: name it otherwise.")
    candidates = tuple(sorted(name for name in sizes.index if name not in small))
    merged = departments.isin(small)
    together = int(merged.sum() if persons is None else persons[merged.to_numpy()].nunique())
    grouped = len(small) > 1 and together >= minimum
    return Shown(
        departments=departments.where(~merged, OTHER),
        candidates=candidates,
        rows=(*candidates, OTHER) if grouped else candidates,
        merged=len(small),
        minimum=minimum,
    )


def without_few(shares: pd.DataFrame, people: pd.DataFrame, minimum: int) -> pd.DataFrame:
    """Shares of people, without those that stand for somebody, but for fewer than `minimum` of them.

    Args:
        shares: to be shown.
        people: the same rows and columns, how many people each share stands for.
        minimum: as in `merge_small`.

    Returns:
        `shares`, NaN where too few stand behind; a share of nobody stays 0.

    Examples:
        >>> people = pd.DataFrame({"HR": [6, 0], "IT": [2, 8]}, index=["cooks", "chess"])
        >>> without_few(people.div(8), people, 5)
                 HR   IT
        cooks  0.75  NaN
        chess  0.00  1.0
    """
    return shares.mask((people > 0) & (people < minimum))


def few(people: pd.Series, minimum: int) -> pd.Series:
    """Which counts of people are not shown beside the sum of all: those of somebody, but of fewer than `minimum`.

    And so many of the next larger that nobody can take the others from the sum and be left with one of these: two
    are hidden, of `minimum` people together, or all are that are not 0.

    Args:
        people: how many each row stands for.
        minimum: as in `merge_small`.

    Examples:
        >>> few(pd.Series({"HR": 1, "IT": 9, "Legal": 6, "R&D": 0}), 5)
        HR        True
        IT       False
        Legal     True
        R&D      False
        dtype: bool
    """
    rising = people[people > 0].sort_values(kind="stable")
    hidden = int((rising < minimum).sum())
    while 0 < hidden < len(rising) and (hidden < 2 or rising.iloc[:hidden].sum() < minimum):
        hidden += 1
    return pd.Series(people.index.isin(rising.index[:hidden]), index=people.index)


def beside_few(few: np.ndarray, amount: np.ndarray, count: int) -> np.ndarray:
    """Which cells of a square table are not shown where its rows and columns have totals.

    A cell that alone is hidden in its row or its column could be taken from the total: the one with least beside it is
    hidden too.

    Args:
        few: (count²,), row by row, the cells that stand for too few people.
        amount: what each holds; cells of 0 tell nothing and hide nothing.
        count: of rows and of columns.

    Returns:
        (count, count)

    Examples:
        >>> amount = np.array([9, 2, 7, 8, 5, 9, 9, 6, 9])
        >>> beside_few(amount < 3, amount, 3).astype(int).tolist()
        [[0, 1, 1], [0, 1, 1], [0, 0, 0]]
    """
    hidden, held = few.reshape(count, count).copy(), amount.reshape(count, count)
    alone = True
    while alone:
        alone = False
        # Rows, then columns: views of the same cells.
        for cells, amounts in ((hidden, held), (hidden.T, held.T)):
            for cell, of in zip(cells, amounts, strict=True):
                others = np.flatnonzero(~cell & (of > 0))
                if cell.sum() == 1 and len(others):
                    cell[others[np.argmin(of[others])]] = True
                    alone = True
    return hidden


#: Bytes of a key at least.
SHORTEST_KEY = 16
#: Hexadecimal digits of a pseudonym: 128 bits. There are few domains.
PSEUDONYM_DIGITS, DOMAIN_DIGITS = 32, 16

_BLOCK = 64


@dataclass(frozen=True)
class Key:
    """The secret that makes pseudonyms: the same person is the same pseudonym, and nobody can turn it back without it.

    Attributes:
        secret: the content of the key file, line ends at its end apart; in no representation, message or output.
    """

    secret: bytes = field(repr=False)

    @classmethod
    def read(cls, file: str | os.PathLike[str]) -> "Key":
        """The key in a file.

        Raises:
            ReadError: there is no such file, or what it holds is too short for a key.
        """
        try:
            secret = Path(file).expanduser().read_bytes().rstrip(b"\r\n")
        except OSError as fault:
            raise ReadError(f"{file}: the key file cannot be read ({fault.strerror or fault}).") from fault
        if len(secret) < SHORTEST_KEY:
            raise ReadError(
                f"{file}: a key has {SHORTEST_KEY} bytes or more, this file has {len(secret)}. Name the right file, or "
                "one that is not there yet: silos ingest makes it, with a random key."
            )
        return cls(secret)

    @classmethod
    def make(cls, file: str | os.PathLike[str]) -> "Key":
        """A new random key in a new file that its owner alone may read; the key in the file, where there is one.

        Raises:
            OutputError: the file cannot be written.
            ReadError: what the file holds is no key.
        """
        target = Path(file).expanduser()
        if not target.exists():
            try:
                target.parent.mkdir(parents=True, exist_ok=True)
                # Written aside: whoever finds the file finds a whole key in it, and two who make it get the same.
                descriptor, name = tempfile.mkstemp(prefix=f".{target.name}-", dir=target.parent)
                aside = Path(name)
                try:
                    with os.fdopen(descriptor, "w", encoding="ascii") as text:
                        text.write(f"{secrets.token_hex(32)}\n")
                        text.flush()
                        os.fsync(text.fileno())
                    try:
                        target.hardlink_to(aside)
                    except FileExistsError:
                        pass
                    except OSError:  # a file system without links
                        aside.replace(target)
                finally:
                    aside.unlink(missing_ok=True)
            except OSError as fault:
                raise OutputError(f"{file}: the key file cannot be written ({fault.strerror or fault}).") from fault
        return cls.read(target)

    def pseudonym(self, kind: str, text: str) -> str:
        """What stands for `text`: HMAC-SHA-256 of `kind:text` under the key, its first 128 bits in hexadecimal digits.

        Args:
            kind: `person`, `domain`, `community` or `event`: the same text is something else as another kind.
            text: an id.

        Examples:
            >>> Key(b"sixteen bytes or more").pseudonym("person", "ann@acme.example")
            '3beee5ab5c165b1fce2445de6169c177'
        """
        return hmac.digest(self.secret, f"{kind}:{text}".encode(), "sha256").hex()[:PSEUDONYM_DIGITS]

    def person(self, identity: str) -> str:
        """What stands for a person's id: its pseudonym; of an address with that of its domain behind it.

        Where the people of the roster are known by addresses, who is from outside can be told by the domain.

        Args:
            identity: in lower case, without blanks around it.

        Examples:
            >>> key = Key(b"sixteen bytes or more")
            >>> key.person("ann@acme.example")
            '3beee5ab5c165b1fce2445de6169c177@33cf75724e71a7fe'
            >>> key.person("bob@acme.example").split("@")[1] == key.person("ann@acme.example").split("@")[1]
            True
            >>> "@" in key.person("u0042")
            False
        """
        domain = identity.rpartition("@")[2] if "@" in identity else ""
        shown = self.pseudonym("person", identity)
        return f"{shown}@{self.pseudonym('domain', domain)[:DOMAIN_DIGITS]}" if domain else shown

    @property
    def check(self) -> str:
        """A value by which the key is known again and that does not give it away.

        Examples:
            >>> Key(b"sixteen bytes or more").check == Key(b"sixteen bytes or mone").check
            False
        """
        return self.pseudonym("check", "silos")

    @property
    def pads(self) -> tuple[bytes, bytes]:
        """The key as the inner and the outer pad of RFC 2104, for a database that hashes but knows no HMAC."""
        secret = self.secret if len(self.secret) <= _BLOCK else hashlib.sha256(self.secret).digest()
        block = secret.ljust(_BLOCK, b"\0")
        return bytes(byte ^ 0x36 for byte in block), bytes(byte ^ 0x5C for byte in block)


def refuse_other_key(interactions: Interactions, roster: Roster) -> None:
    """Stop where a log is pseudonymised with another key than the roster: nobody would match.

    Raises:
        MatchError: that is so.
    """
    other = [source.name for source in interactions.sources if source.key and roster.key not in ("", source.key)]
    if other:
        raise MatchError(
            f"{', '.join(dict.fromkeys(other))}: its pseudonyms were made with another key than that of --key-file. "
            "Name the key file that silos ingest was given."
        )


def pseudonymised(interactions: Interactions) -> str:
    """What else to say where nobody in the log is in the roster: that it is for want of a key; "" where it is not."""
    keyed = dict.fromkeys(source.name for source in interactions.sources if source.key)
    if not keyed:
        return ""
    return f" The ids in {', '.join(keyed)} are pseudonyms: name the key file that they were made with (--key-file)."

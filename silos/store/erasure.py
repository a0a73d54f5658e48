"""People and keys that go: `silos forget` erases a person from a store, `silos rekey` gives a store a new key."""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from silos.errors import SilosError
from silos.privacy.pseudonyms import PSEUDONYM_DIGITS, Key
from silos.readers.files.paths import shown
from silos.readers.files.temporary import scratch_of
from silos.readers.formats.store import TABLES, table_of
from silos.readers.tabular.ids import clean_id, lowered
from silos.store import canonical_rows
from silos.store.forgotten_names import alike, name_marks
from silos.store.places import commit, existing, months_of, part_of, refuse_place, rewrite

#: Ids that are named of those that may be the same person's.
_MOST_OTHERS = 5


@dataclass(frozen=True)
class Forgotten:
    """What `forget` did.

    Attributes:
        interactions, memberships: rows that were erased.
        months: those that were removed, as nothing was left in them.
        known: whether all of these people were forgotten before.
        absent: how many of their ids no row had, and were not forgotten before.
        renamed: communities and media that were called by their name, and are called by digests now.
        others: ids that are left and may be of the same people, as far as a store without a key shows: they hold the
            name, or are the same before the @.

    Examples:
        >>> print(Forgotten(interactions=2, memberships=0, months=("2025-03",), known=False).text())
        erased: 2 interactions and 0 memberships
        months without rows, removed: 2025-03
        The store keeps a mark, so that no export brings the person back. Reports written earlier stay.
    """

    interactions: int
    memberships: int
    months: tuple[str, ...]
    known: bool
    absent: int = 0
    renamed: int = 0
    others: tuple[str, ...] = field(default=(), repr=False)

    def text(self) -> str:
        """What was done, in the words of `silos forget`."""
        lines = [f"erased: {self.interactions:,} interactions and {self.memberships:,} memberships"]
        lines += [f"months without rows, removed: {', '.join(self.months)}"] if self.months else []
        if self.renamed:
            names = "1 name" if self.renamed == 1 else f"{self.renamed:,} names"
            verb = "was" if self.renamed == 1 else "were"
            lines += [
                f"{names} of communities or media held the person's name or id, and {verb} replaced with digests."
            ]
        if self.others:
            more = len(self.others) - _MOST_OTHERS
            some = ", ".join(self.others[:_MOST_OTHERS]) + (f" and {more:,} more" if more > 0 else "")
            lines += [f"Still there, and perhaps the same person's: {some}. If so, erase them, too (--person)."]
        lines += ["This person was erased before."] if self.known else []
        if self.absent:
            ids = "1 id" if self.absent == 1 else f"{self.absent:,} of these ids"
            lines += [f"Nothing in the store is of {ids}: check the spelling, which must be that of the logs."]
        lines += ["The store keeps a mark, so that no export brings the person back. Reports written earlier stay."]
        return "\n".join(lines)


def forget(
    directory: str | os.PathLike[str],
    person: str | Sequence[str],
    *,
    key_file: str | os.PathLike[str] | None = None,
) -> Forgotten:
    """Erase a person from a store: all rows from, to or about them, and leave a mark that keeps them out.

    The mark is the person's pseudonym, or, in a store without a key, a digest of the id. `ingest` leaves out rows with
    it, so that the same export does not bring the person back. A store also keeps marks of the person's name, as far as
    `person` says it (`Ann Roux <ann@acme.example>`): communities and media that are called by it, or by the id, are
    called by digests, now and with every later export. With a key, media alone are concerned: communities are
    pseudonyms already.

    Args:
        directory: the store.
        person: the id as the logs have it; several, where the person is known by several.
        key_file: the key of the store, where it has one.

    Raises:
        SilosError: it is not a store, or is in use, or the key is another.

    Examples:
        >>> import tempfile
        >>> import pandas as pd
        >>> from silos.store.ingest import ingest
        >>> log = pd.DataFrame({"sender": ["ann", "bob"], "recipient": ["bob", "cleo"], "timestamp": "2025-03-31"})
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     first = ingest(log, f"{folder}/store")
        ...     forget(f"{folder}/store", "ann")
        ...     ingest(log, f"{folder}/store").rejected
        Forgotten(interactions=1, memberships=0, months=(), known=False, absent=0, renamed=0)
        {'of a person who was erased': 1}
    """
    people = [person] if isinstance(person, str) else list(person)
    # As readers clean the ids of a log.
    called = [(one, identity) for one in people if (identity := lowered(clean_id(one) or one.strip()))]
    if not called:
        raise SilosError("no person was named (--person).")
    with existing(directory, key_file) as (target, manifest, connection):
        key = None if key_file is None else Key.read(key_file)
        name, keyed = shown(directory), key is not None
        marks = {mark(identity, key) for _, identity in called}
        # With a key, communities are pseudonyms and notes are not kept; media may be called by anybody.
        forgotten = marks | name_marks(called, key)
        found: set[str] = set(manifest.forgotten)
        renamed: set[str] = set()
        others: set[str] = set()

        def query(table: str, file: Path) -> str:
            rows = table_of([file], TABLES[table], connection, name)
            left = canonical_rows.remaining(table, rows, marks, keyed=keyed)
            count = "select count(*) from ({})"
            [(before,)], [(after,)] = (connection.execute(count.format(one)).fetchall() for one in (rows, left))
            texts = canonical_rows.naming(table, left, connection, forgotten, key)
            if not keyed:
                others.update(canonical_rows.ids_in(table, left, connection))
            if before == after and not texts:
                return ""
            renamed.update(texts)
            found.update(canonical_rows.forgotten_in(table, rows, marks, connection, keyed=keyed))
            return canonical_rows.union(table, [[file]], connection, name, forgotten=forgotten, key=key)

        fewer, gone = rewrite(target, connection, name, query)
        marked = tuple(sorted({*manifest.forgotten, *forgotten}))
        commit(target, replace(manifest, forgotten=marked).with_logs(()), gone=gone)
    months = sorted({file.parent.name.removeprefix("month=") for file in gone})
    known = marks <= set(manifest.forgotten)
    return Forgotten(
        interactions=fewer["interactions"],
        memberships=fewer["affiliations"],
        months=tuple(months),
        known=known,
        absent=len(marks - found),
        renamed=len(renamed),
        others=tuple(sorted(alike(others, called))),
    )


def mark(identity: str, key: Key | None) -> str:
    """What a store keeps of a person who was erased.

    Args:
        identity: in lower case, without blanks around it.
        key: of the store.

    Examples:
        >>> mark("ann", None) == hashlib.sha256(b"forgotten:ann").hexdigest()[:32]
        True
    """
    if key is not None:
        return key.person(identity)
    return hashlib.sha256(f"forgotten:{identity}".encode()).hexdigest()[:PSEUDONYM_DIGITS]


def rekey(
    directory: str | os.PathLike[str],
    *,
    key_file: str | os.PathLike[str],
    new_key_file: str | os.PathLike[str],
) -> None:
    """Give a store a new key: its pseudonyms become pseudonyms of pseudonyms, as they cannot be turned back into ids.

    The new key file holds both keys, as a roster needs both; the old file alone does not open the store any more, but
    does open copies of it from before.

    Args:
        directory: the store.
        key_file: its key.
        new_key_file: a file that is not there yet, for the new key; or the one that an earlier, interrupted call made.

    Raises:
        SilosError: it is not a store, or is in use, or the key is another; the new key file holds something else.

    Examples:
        >>> import tempfile
        >>> from pathlib import Path
        >>> from secrets import token_hex
        >>> import pandas as pd
        >>> from silos.store.ingest import ingest
        >>> log = pd.DataFrame({"sender": ["ann"], "recipient": ["bob"], "timestamp": "2025-03-31"})
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     key = Path(folder, "key")
        ...     key.touch(0o600)
        ...     written = key.write_text(token_hex(32))
        ...     first = ingest(log, f"{folder}/store", key_file=key)
        ...     rekey(f"{folder}/store", key_file=key, new_key_file=f"{folder}/new key")
        ...     Path(folder, "new key").exists()
        True
    """
    name = shown(directory)
    old = Key.read(key_file)
    refuse_place(Path(directory).expanduser().absolute(), new_key_file, name=name)
    if _has_key(directory, old, new_key_file):
        return
    with existing(directory, key_file) as (target, manifest, connection):
        new = old.renewed(new_key_file)
        store = scratch_of(connection).plain(target)
        parts = [
            f"select {field} as id from ({table_of([store / part_of(table, month)], TABLES[table], connection, name)})"
            for table, fields in (("interactions", ("sender", "recipient")), ("affiliations", ("person",)))
            for month in months_of(target, table)
            for field in fields
        ]
        if parts:
            canonical_rows.pseudonyms(connection, " union ".join(parts), new.alone)
        rewrite(
            target,
            connection,
            name,
            lambda table, file: canonical_rows.rekeyed(
                table, table_of([file], TABLES[table], connection, name), new.alone
            ),
        )
        forgotten = tuple(sorted(map(new.alone.person, manifest.forgotten)))
        commit(target, replace(manifest, key=new.check, keys=len(new.secrets), forgotten=forgotten))


def _has_key(directory: str | os.PathLike[str], old: Key, new_key_file: str | os.PathLike[str]) -> bool:
    """Whether a store has the new key already: an earlier call was interrupted after its work was complete."""
    if not Path(new_key_file).expanduser().exists():
        return False
    new = old.renewed(new_key_file)
    try:
        with existing(directory, new_key_file) as (_target, manifest, _connection):
            return manifest.key in new.checks
    except SilosError:
        return False

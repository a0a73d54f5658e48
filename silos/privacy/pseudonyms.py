"""Pseudonyms under a key, for stores: only somebody who has the key can match a roster."""

import hashlib
import hmac
import os
import secrets
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from silos.errors import MatchError, OutputError, ReadError
from silos.tables import Interactions, Roster

#: Bytes of a key at least.
SHORTEST_KEY = 16
#: Hexadecimal digits of a pseudonym: 128 bits. There are few domains.
PSEUDONYM_DIGITS, DOMAIN_DIGITS = 32, 16
#: Bytes of a block of SHA-256, to which HMAC pads a key.
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
                f"{file}: a key has at least {SHORTEST_KEY} bytes, but this file has {len(secret)}. Name the right "
                "file, or one that does not exist yet: silos ingest then makes it with a random key."
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
            f"{', '.join(dict.fromkeys(other))}: its pseudonyms were made with a different key than the one in "
            "--key-file. Name the key file that silos ingest was given."
        )


def pseudonymised(interactions: Interactions) -> str:
    """What else to say where nobody in the log is in the roster: that it is for want of a key; "" where it is not."""
    keyed = dict.fromkeys(source.name for source in interactions.sources if source.key)
    if not keyed:
        return ""
    return f" The ids in {', '.join(keyed)} are pseudonyms: name the key file that they were made with (--key-file)."

"""Pseudonyms under a key, for stores: only somebody who has the key can match a roster."""

import hashlib
import hmac
import os
import secrets
import tempfile
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

from silos.errors import MatchError, OutputError, ReadError
from silos.privacy.key_strength import ENTROPY, entropy
from silos.tables import Interactions, Roster

#: Bytes of a key at least.
SHORTEST_KEY = 16
#: Hexadecimal digits of a pseudonym: 128 bits. There are few domains.
PSEUDONYM_DIGITS, DOMAIN_DIGITS = 32, 16
#: What scrypt is given for the check value of a key: rounds, block size, parallel lanes. A guess takes 16 MB.
SCRYPT_N, SCRYPT_R, SCRYPT_P = 2**14, 8, 1

#: Bytes of a block of SHA-256, to which HMAC pads a key.
_BLOCK = 64
#: The first line of a file with several keys, and the words before each of them.
_SEVERAL = (
    b"# Keys of silos: the pseudonyms are made with the first, and those with the next. A roster needs all of them."
)
_ONE = b"key "
_CHECK = "scrypt:"


@dataclass(frozen=True)
class Key:
    """The secret that makes pseudonyms: the same person is the same pseudonym, and nobody can turn it back without it.

    Attributes:
        secret: the content of the key file, line ends at its end apart; in no representation, message or output.
        under: the key of the pseudonyms that this one makes pseudonyms of, where a store was given a new key.
    """

    secret: bytes = field(repr=False)
    under: "Key | None" = None

    @classmethod
    def read(cls, file: str | os.PathLike[str], *, strong: bool = False) -> "Key":
        """The key in a file, which its owner alone may read.

        Args:
            file: the key file.
            strong: demand that nobody can guess it, as of a key that is to make the pseudonyms of a new store.

        Raises:
            ReadError: there is no such file, others may read it, or what it holds is too short or too easy for a key.
        """
        path = Path(file).expanduser()
        try:
            content = path.read_bytes().rstrip(b"\r\n")
            mode = path.stat().st_mode & 0o777
        except OSError as fault:
            raise ReadError(f"{file}: the key file cannot be read ({fault.strerror or fault}).") from fault
        if os.name == "posix" and mode & 0o077:
            raise ReadError(
                f"{file}: other users of this machine have rights to the key (mode {mode:04o}). Take them away: "
                f"chmod 600 {file}"
            )
        key: Key | None = None
        for secret in _secrets_in(content, str(file)):
            if len(secret) < SHORTEST_KEY:
                raise ReadError(
                    f"{file}: a key has at least {SHORTEST_KEY} bytes, but this file has {len(secret)}. Name the right "
                    "file, or one that does not exist yet: silos ingest then makes it with a random key."
                )
            bits = entropy(secret)
            if strong and bits < ENTROPY:
                raise ReadError(
                    f"{file}: this key can be guessed: it is worth about {bits:.0f} bits, and at least {ENTROPY} are "
                    "needed. Name a file that does not exist yet: silos ingest then makes it with a random key."
                )
            key = cls(secret, key)
        assert key is not None
        return key

    @classmethod
    def make(cls, file: str | os.PathLike[str]) -> "Key":
        """A new random key in a new file that its owner alone may read; the key in the file, where there is one.

        Raises:
            OutputError: the file cannot be written.
            ReadError: what the file holds is not a key, or one that can be guessed.
        """
        if not Path(file).expanduser().exists():
            _write(file, secrets.token_hex(32).encode())
        return cls.read(file, strong=True)

    def renewed(self, file: str | os.PathLike[str]) -> "Key":
        """A new key over this one, in a new file with both; the keys in the file, where it has a key over this one.

        Raises:
            OutputError: the file cannot be written, or holds something else.
            ReadError: what the file holds is not a key.
        """
        if not Path(file).expanduser().exists():
            lines = [_SEVERAL, *(_ONE + one.hex().encode() for one in (*self.secrets, secrets.token_hex(32).encode()))]
            _write(file, b"\n".join(lines))
        found = Key.read(file, strong=False)
        if found.under is None or found.under.secrets != self.secrets:
            raise OutputError(
                f"{file}: it holds another key already. Name a file that does not exist yet: it will hold the new key "
                "and the one under it."
            )
        return found

    @property
    def secrets(self) -> tuple[bytes, ...]:
        """The secrets of this key and those under it, the lowest first."""
        return (*(self.under.secrets if self.under else ()), self.secret)

    @property
    def alone(self) -> "Key":
        """This key without those under it."""
        return Key(self.secret)

    def pseudonym(self, kind: str, text: str) -> str:
        """What stands for `text`: HMAC-SHA-256 of `kind:text` under the key, its first 128 bits in hexadecimal digits.

        Args:
            kind: `person`, `domain`, `community` or `event`: the same text is something else as another kind.
            text: an id.

        Examples:
            >>> Key(b"sixteen bytes or more").pseudonym("person", "ann@acme.example")
            '3beee5ab5c165b1fce2445de6169c177'
        """
        given = self.under.pseudonym(kind, text) if self.under else text
        return hmac.digest(self.secret, f"{kind}:{given}".encode(), "sha256").hex()[:PSEUDONYM_DIGITS]

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
        given, own = self.under.person(identity) if self.under else identity, self.alone
        domain = given.rpartition("@")[2] if "@" in given else ""
        shown = own.pseudonym("person", given)
        return f"{shown}@{own.pseudonym('domain', domain)[:DOMAIN_DIGITS]}" if domain else shown

    @property
    def check(self) -> str:
        """A value by which the key is known again and that does not give it away: it is slow to guess.

        Examples:
            >>> Key(b"sixteen bytes or more").check == Key(b"sixteen bytes or mone").check
            False
        """
        return _slow(self.secrets)

    @property
    def checks(self) -> tuple[str, ...]:
        """The same, and the value that stores of earlier versions have, which is quick to guess."""
        return (self.check, *(() if self.under else (self.pseudonym("check", "silos"),)))

    @property
    def pads(self) -> tuple[bytes, bytes]:
        """The key as the inner and the outer pad of RFC 2104, for a database that hashes but knows no HMAC."""
        secret = self.secret if len(self.secret) <= _BLOCK else hashlib.sha256(self.secret).digest()
        block = secret.ljust(_BLOCK, b"\0")
        return bytes(byte ^ 0x36 for byte in block), bytes(byte ^ 0x5C for byte in block)


@lru_cache(maxsize=16)
def _slow(parts: tuple[bytes, ...]) -> str:
    """The check value of secrets: each with its length, so that no two lists are the same bytes."""
    joined = b"".join(len(part).to_bytes(8, "big") + part for part in parts)
    digest = hashlib.scrypt(
        joined, salt=b"silos:check", n=SCRYPT_N, r=SCRYPT_R, p=SCRYPT_P, dklen=PSEUDONYM_DIGITS // 2
    )
    return _CHECK + digest.hex()


def _secrets_in(content: bytes, name: str) -> tuple[bytes, ...]:
    """The secrets in a key file, the lowest first."""
    first, *lines = content.split(b"\n")
    if first.rstrip() != _SEVERAL:
        return (content,)
    try:
        found = tuple(bytes.fromhex(line.strip().removeprefix(_ONE).decode("ascii")) for line in lines if line.strip())
    except ValueError:
        found = ()
    if len(found) <= 1:
        raise ReadError(f"{name}: this file with several keys is damaged. Restore it from where you keep a copy.")
    return found


def _fill(out: BinaryIO, content: bytes) -> None:
    out.write(content + b"\n")
    out.flush()
    os.fsync(out.fileno())


def _write_unnamed(target: Path, content: bytes) -> bool:
    """Write a file that has no name until it is whole, as no copy of a key may stay where the process is killed.

    Whether this can be done here: Linux alone has such files, and not on each file system.
    """
    try:
        with os.fdopen(os.open(target.parent, os.O_TMPFILE | os.O_WRONLY, 0o600), "wb") as out:
            _fill(out, content)
            # Given a folder, Python follows the link to the file; the folder is not looked at for a whole path.
            os.link(f"/proc/self/fd/{out.fileno()}", target, src_dir_fd=out.fileno(), follow_symlinks=True)
    except FileExistsError:
        return True
    except (AttributeError, OSError):
        return False
    return True


def _write(file: str | os.PathLike[str], content: bytes) -> None:
    """Make a key file that its owner alone may read, unless somebody else makes it first.

    Raises:
        OutputError: it cannot be written.
    """
    target = Path(file).expanduser()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if _write_unnamed(target, content):
            return
        # Written aside: whoever finds the file finds a whole key in it, and two who make it get the same.
        descriptor, name = tempfile.mkstemp(prefix=f".{target.name}-", dir=target.parent)
        aside = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as out:
                _fill(out, content)
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


def refuse_other_key(interactions: Interactions, roster: Roster) -> None:
    """Stop where a log is pseudonymised with another key than the roster: nobody would match.

    Raises:
        MatchError: that is so.
    """
    other = [
        source.name for source in interactions.sources if source.key and roster.keys and source.key not in roster.keys
    ]
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

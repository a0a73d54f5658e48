"""What the tests of messy files have in common: a file as it is written, and what is read of it."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

from silos.readers import read_interactions, scanning
from silos.tables import Interactions

ANN, BOB, CLEO, DAN = (f"{name}@acme.example" for name in ("ann.roux", "bob.li", "cleo.diaz", "dan.wolf"))


def rows(interactions: Interactions, *fields: str) -> list[tuple]:
    """The rows of a log, ordered."""
    chosen = ", ".join(fields or ("sender", "recipient"))
    with scanning(interactions):
        return interactions.connection.execute(f"select {chosen} from ({interactions.query}) order by all").fetchall()


def rejected(interactions: Interactions) -> dict[str, int]:
    return {reason: count for source in interactions.sources for reason, count in source.rejected.items()}


def notes(interactions: Interactions) -> str:
    return " ".join(note for source in interactions.sources for note in source.notes)


def read(path: Path, content: str | bytes | None = None, encoding: str = "utf-8") -> Interactions:
    """The log at a path, written first where there is content."""
    if content is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode(encoding) if isinstance(content, str) else content)
    return read_interactions(path)


def zipped(files: Mapping[str, str | bytes], *, marked: bool = True) -> bytes:
    """A zip whose members have these names to the byte, backslashes and all.

    Args:
        files: name -> content, which holds no header of a zip.
        marked: whether names in UTF-8 are marked as such, as the standard wants and many programs do not.
    """
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo("x")
            entry.filename = entry.orig_filename = name
            archive.writestr(entry, content)
    found = bytearray(packed.getvalue())
    if not marked:
        for signature, flags in ((b"PK\3\4", 7), (b"PK\1\2", 9)):
            place = found.find(signature)
            while place >= 0:
                found[place + flags] &= ~0x08
                place = found.find(signature, place + 4)
    return bytes(found)

"""Names of the files in a zip, as the system that packed them meant them.

The standard has "/" between folders and UTF-8 marked as such; programs on Windows write backslashes, and many mark
nothing. Members are read where they lie and never written under their names.
"""

import re
import zipfile
from collections.abc import Iterable

#: In the flags of a member: its name is UTF-8.
_UTF8 = 0x800
_DRIVE = re.compile(r"[A-Za-z]:(?=/)")


def named(entries: Iterable[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    """The members of a zip by their names, with "/" between folders, and without folders.

    Where a name claims a place outside the zip ("/…", "C:…", ".."), only the rest of it counts.

    Args:
        entries: as `zipfile` has them.

    Examples:
        >>> list(named([zipfile.ZipInfo("general\\\\2025-01-06.json"), zipfile.ZipInfo("general\\\\")]))
        ['general/2025-01-06.json']
        >>> list(named(map(zipfile.ZipInfo, ("C:\\\\export\\\\users.json", "../../log.csv", "/a//b.json"))))
        ['export/users.json', 'log.csv', 'a/b.json']
    """
    found: dict[str, zipfile.ZipInfo] = {}
    for entry in entries:
        name = _DRIVE.sub("", _meant(entry).replace("\\", "/"), count=1)
        pieces = [piece for piece in name.split("/") if piece not in ("", ".", "..")]
        if pieces and not name.endswith("/"):
            found["/".join(pieces)] = entry
    return found


def _meant(entry: zipfile.ZipInfo) -> str:
    """The name of a member; `zipfile` reads as cp437 what is not marked, although most programs write UTF-8."""
    name = entry.orig_filename.partition("\0")[0]
    if entry.flag_bits & _UTF8 or name.isascii():
        return name
    try:
        return name.encode("cp437").decode("utf-8")
    except UnicodeError:
        return name

"""Notes on files without the names of these: a mailbox is called by its owner, and a folder by whose home it is in."""

from collections.abc import Iterable
from pathlib import PurePath
from typing import Any

from silos.locales.said import Said, with_values

#: Values of a note that are names of a file, a folder, a store or a workbook with its sheet; of several of them; of a
#: sheet alone.
OF_ONE, OF_SEVERAL, OF_SHEETS = ("name", "log", "where"), ("names",), ("sheet",)
#: What stands in the place of a name.
UNNAMED = "(unnamed)"


def without_file_names(note: str, called: str, names: Iterable[str] = ()) -> str:
    """A note, in English, that calls what was read by another name and says how many files others are.

    Args:
        note: on a log or a roster.
        called: what that is called instead.
        names: what it is called in notes that know no values.

    Examples:
        >>> without_file_names(Said("read", "cp1252", name="/home/ann/mail/ann@acme.io.mbox"), "log 2")
        'Log 2 is not UTF-8; it was read as cp1252 (Windows, Western European).'
        >>> left_out = Said("read", "some", names=["ann@acme.io.csv (empty)", "on ann.txt"], count=3)
        >>> without_file_names(Said("read", "no_logs", names=left_out), "the log")
        'Left out because they are not logs: 5 files.'
        >>> without_file_names("/home/ann/ann.csv has no times.", "log 1", ["/home/ann/ann.csv"])
        'Log 1 has no times.'
    """
    known = {form for name in names for form in (name, PurePath(name).name) if form}
    longest = sorted(known, key=len, reverse=True)

    def plain(text: str) -> str:
        for name in longest:
            text = text.replace(name, called)
        return text

    said = str(with_values(_renamed(note, called), plain))
    return said[:1].upper() + said[1:]


def unnamed(note: Said) -> Said:
    """A note without the names of files and sheets, in any language; how many there are stays.

    Examples:
        >>> unnamed(Said("read", "copies", names=["ann.csv", "ann (1).csv"], log="ann roux.csv"))
        '(unnamed), (unnamed) have the same content as (unnamed) and were not read again.'
    """
    return Said(note.section, note.key, **{key: _hidden(key, value) for key, value in note.values.items()})


def _hidden(key: str, value: Any) -> Any:
    if isinstance(value, Said):
        return unnamed(value)
    if key in (*OF_ONE, *OF_SEVERAL, *OF_SHEETS):
        return UNNAMED if isinstance(value, str) else [UNNAMED for _name in value]
    return [_hidden("", one) for one in value] if isinstance(value, (list, tuple)) else value


def _renamed(note: str, called: str) -> str:
    if not isinstance(note, Said):
        return note
    return Said(note.section, note.key, **{key: _value(key, value, called) for key, value in note.values.items()})


def _value(key: str, value: Any, called: str) -> Any:
    if key in OF_ONE:
        return called
    if key in OF_SEVERAL:
        count = _count(value)
        return f"{count} file" if count == 1 else f"{count} files"
    if key in OF_SHEETS:
        return UNNAMED
    return _renamed(value, called) if isinstance(value, str) else value


def _count(names: Any) -> int:
    if isinstance(names, Said):
        return _count(names.values.get("names", ())) + int(names.values.get("count", 0))
    return 1 if isinstance(names, str) else len(names)

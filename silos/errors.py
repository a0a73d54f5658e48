"""Errors about inputs, worded so that the owner of the input can correct it.

Every message names what was given, what was found instead and what to do. The command line prints a
`SilosError` as one message on standard error and exits with code 1.
"""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from shlex import quote


class SilosError(Exception):
    """An input that cannot be analysed. Base of every error that the package raises on purpose.

    Examples:
        >>> import silos
        >>> try:
        ...     silos.read_roster("nowhere.csv")
        ... except SilosError as error:
        ...     print(error)
        nowhere.csv: no such file.
    """


class ReadError(SilosError):
    """A file cannot be read, or its format is not recognised."""


class ColumnError(SilosError):
    """No column holds a field that is needed.

    Examples:
        >>> print(ColumnError.missing(["sender"], found=["from_user", "ts"], option="--map"))
        no column is known to hold 'sender'. Columns found: from_user, ts. Name it: --map sender=COLUMN
        >>> print(ColumnError.missing(["sender", "recipient"], found=["wer", "wem"], option="--map"))
        no columns are known to hold 'sender', 'recipient'. Columns found: wer, wem. Name them: --map sender=COLUMN
        --map recipient=COLUMN
    """

    @classmethod
    def missing(cls, fields: Sequence[str], *, found: Iterable[str], option: str) -> "ColumnError":
        """Error for canonical `fields` that none of the columns `found` holds, with one line to copy."""
        lacking = ", ".join(map(repr, fields))
        begins = "no column is known to hold" if len(fields) == 1 else "no columns are known to hold"
        return cls(
            f"{begins} {lacking}. Columns found: {', '.join(found) or 'none'}. "
            f"Name {'it' if len(fields) == 1 else 'them'}: " + " ".join(f"{option} {field}=COLUMN" for field in fields)
        )

    @classmethod
    def unknown(cls, column: str, *, found: Iterable[str], where: str, option: str = "") -> "ColumnError":
        """Error for a `column` that was asked for and is not among those `found` in `where`; an `option` names one."""
        columns = list(found)
        close = get_close_matches(column, columns, n=1)
        hint = f" Did you mean {close[0]!r}?" if close else ""
        several = [part.strip() for part in column.split(",")]
        if option and len(several) > 1 and set(several) <= set(columns):
            hint = f" Name each by itself: {' '.join(option.replace('COLUMN', quote(part)) for part in several)}."
        elif option and not hint:
            hint = f" Name the one that is meant: {option}."
        return cls(f"{where} has no column {column!r}. Columns found: {', '.join(columns) or 'none'}.{hint}")


class MatchError(SilosError):
    """The log and the roster have no person in common."""


class EmptyError(SilosError):
    """Nothing is left to analyse: an empty period, one single department, no tie."""


class OutputError(SilosError):
    """The output cannot be written where it was asked for."""

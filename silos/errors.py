"""Errors about inputs, worded so that the owner of the input can correct it.

Every message names what was given, what was found instead and what to do. The command line prints a
`SilosError` as one message on standard error and exits with code 1.
"""

from collections.abc import Iterable
from difflib import get_close_matches


class SilosError(Exception):
    """An input that cannot be analysed. Base of every error that the package raises on purpose."""


class ReadError(SilosError):
    """A file cannot be read, or its format is not recognised."""


class ColumnError(SilosError):
    """No column holds a field that is needed.

    Examples:
        >>> print(ColumnError.missing("sender", found=["from_user", "ts"], option="--map"))
        no column holds the field 'sender'. Columns found: from_user, ts. Name the column with --map sender=COLUMN.
    """

    @classmethod
    def missing(cls, field: str, *, found: Iterable[str], option: str) -> "ColumnError":
        """Error for a canonical `field` that none of the columns `found` holds."""
        columns = list(found)
        return cls(
            f"no column holds the field {field!r}. Columns found: {', '.join(columns) or 'none'}. "
            f"Name the column with {option} {field}=COLUMN."
        )

    @classmethod
    def unknown(cls, column: str, *, found: Iterable[str], where: str) -> "ColumnError":
        """Error for a `column` that was asked for and is not among those `found` in `where`."""
        columns = list(found)
        close = get_close_matches(column, columns, n=1)
        hint = f" Did you mean {close[0]!r}?" if close else ""
        return cls(f"{where} has no column {column!r}. Columns found: {', '.join(columns) or 'none'}.{hint}")


class MatchError(SilosError):
    """The log and the roster have no person in common."""


class EmptyError(SilosError):
    """Nothing is left to analyse: an empty period, one single department, no tie."""


class OutputError(SilosError):
    """The output cannot be written where it was asked for."""

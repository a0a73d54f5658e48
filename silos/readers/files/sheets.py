"""Finds the right sheet of a workbook."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from silos.errors import ReadError, SilosError
from silos.locales.said import Said
from silos.readers.files.sniff import Part

#: So many sheets are named in a message.
SHOWN = 12


class NoSheetError(ReadError):
    """A workbook none of whose sheets fits: a fault where it was named, of no account in a folder.

    Attributes:
        name: of the workbook.
    """

    def __init__(self, name: str, said: str) -> None:
        super().__init__(f"{name}: {said}")
        self.name = name


@dataclass(eq=False)
class Sheets:
    """The sheets that the user named, and in which workbooks they were met.

    A sheet need not be in every workbook, as several may be read at once; it must be in one.

    Attributes:
        names: as given; without any, sheets are found by content.
        option: names a sheet on the command line.
        met: those that some workbook has.
        others: names of the sheets of all the workbooks.
    """

    names: Sequence[str] = ()
    option: str = "--sheet"
    met: set[str] = field(default_factory=set)
    others: dict[str, None] = field(default_factory=dict)

    def of(self, book: Part) -> list[str]:
        """Those of the named sheets that a workbook has; remembered."""
        self.others |= dict.fromkeys(book.head.members)
        by_name = {_plain(name): name for name in book.head.members}
        found = [name for name in self.names if _plain(name) in by_name]
        self.met |= set(found)
        return [by_name[_plain(name)] for name in found]

    def faults(self) -> list[SilosError]:
        """Errors for the sheets that no workbook has."""
        sheets = f"sheets: {_listed([*self.others])}" if self.others else "nothing that was read is a workbook"
        return [
            ReadError(f"{self.option} {name}: there is no such sheet with cells; {sheets}.")
            for name in self.names
            if name not in self.met
        ]


def chosen(book: Part, sheets: Sheets, fits: Callable[[Part], int], *, what: str) -> dict[str, Part]:
    """The sheets of a workbook to read: those that are named, the only one there is, or the one that fits best.

    Hidden sheets are looked at only if none that is visible fits.

    Args:
        book: the workbook.
        sheets: that the user named.
        fits: how well a sheet fits; 0 if it does not.
        what: is looked for, for messages.

    Raises:
        NoSheetError: no sheet fits, or none is among those named.
        ReadError: several fit as well.
    """
    assert book.member is not None
    names = book.head.members
    visible = [name for name in names if name not in book.head.hidden]
    best = sheets.of(book)
    if not best and not sheets.names:
        best = visible if len(visible) == 1 else [*names] if len(names) == 1 else []
        for some in (visible, [name for name in names if name not in visible]):
            if not best:
                fitting = {name: fits(book.member(name)) for name in some}
                best = [name for name, fit in fitting.items() if fit and fit == max(fitting.values())]
        if len(best) > 1:
            raise ReadError(
                f"{book.name}: several sheets hold a {what} ({_listed(best)}). Name the one to read with "
                f"{sheets.option} NAME{f', or several with one {sheets.option} each' if what == 'log' else ''}."
            )
    if not best:
        raise NoSheetError(
            book.name,
            f"no sheet of this workbook {'has that name' if sheets.names else f'is recognised as a {what}'} "
            f"(sheets: {_listed(names)}). Name the one to read with {sheets.option} NAME.",
        )
    return {name: book.member(name) for name in best}


def hidden_notes(book: Part, parts: Iterable[str]) -> list[str]:
    """What is to be said of the sheets that were read though a spreadsheet program hides them."""
    return [Said("read", "hidden", name=book.name, sheet=repr(name)) for name in parts if name in book.head.hidden]


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"{', '.join(names[:SHOWN])}{more}"

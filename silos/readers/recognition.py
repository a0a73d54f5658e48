"""From a LOG as it was named to its sources: finds its files and the reader for each of them."""

import filecmp
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from silos.errors import ReadError, SilosError
from silos.locales.said import Said
from silos.readers.files import dataframes
from silos.readers.files.paths import paths_of, shown
from silos.readers.files.sheets import NoSheetError, chosen, hidden_notes
from silos.readers.files.sniff import UNPACKING, EmptyFileError, Part, is_titled, labels_in, part_of, why
from silos.readers.files.strangers import what_it_is
from silos.readers.reader import Reader, Request
from silos.readers.registry import FORMATS
from silos.readers.tabular.columns import LOG_HEADINGS, folded, known, locate, look_like_rows
from silos.tables import Source

KNOWN = known(LOG_HEADINGS)

#: Readers that take any table; the particular ones know their own.
GENERAL = ("parquet", "delimited")
_NAMED_IN_NOTES = 5
#: Readers of rows without times: those of two years, or of two tools, may be the same.
TIMELESS = ("edges", "edgelist", "graphml", "gexf")
#: What marks the name of a copy: "net (1).csv", "net - Copy.csv", "Copy of net.csv".
_COPY = re.compile(
    r" ?\(\d{1,2}\)|[ _-]+(?:kopie|cop(?:y|ie|ia))(?:[ _-]?\d{1,2})?(?=\.|$)|"
    r"^(?:copy of|kopie von|cop(?:ie|ia) de) ",
    re.IGNORECASE,
)


@dataclass
class Seen:
    """What was read already, by resolved path, with the LOG that named it.

    Attributes:
        files: files, and all that was named.
        folders: folders that a reader took whole.
        sizes: bytes -> the files of that size, with their names.
    """

    files: dict[Path, str] = field(default_factory=dict)
    folders: dict[Path, str] = field(default_factory=dict)
    sizes: dict[int, list[tuple[Path, str]]] = field(default_factory=dict)

    def first(self, path: Path) -> str | None:
        """The LOG with which a file was read, by itself or with a folder that it lies in."""
        above = (self.folders[folder] for folder in path.parents if folder in self.folders)
        return self.files.get(path) or next(above, None)

    def add(self, part: Part, log: str) -> None:
        """Remember a part that a reader takes."""
        if part.file is not None:
            (self.folders if part.file.is_dir() else self.files).setdefault(part.file.resolve(), log)

    def copied(self, part: Part) -> str | None:
        """The name of another file, read before, that holds the same bytes: a copy, or one that was downloaded again.

        Rows without ids of their messages would count twice.
        """
        if part.file is None or not part.file.is_file():
            return None
        alike = self.sizes.setdefault(part.file.stat().st_size, [])
        if any(path == part.file for path, _ in alike):
            return None
        for path, name in alike:
            if filecmp.cmp(path, part.file, shallow=False):
                return name
        alike.append((part.file, part.name))
        return None

    def unread(self, part: Part) -> tuple[Part, dict[str, list[str]]]:
        """A folder without the files in it that were read already, and those by LOG; another part as it is."""
        if part.file is None or not part.file.is_dir():
            return part, {}
        folder, members = part.file.resolve(), part.head.members
        label = labels_in(part.name, members)
        left: list[str] = []
        twice: dict[str, list[str]] = {}
        for member in members:
            if log := self.first(folder / member):
                twice.setdefault(log, []).append(label(member))
            else:
                left.append(member)
        return replace(part, head=replace(part.head, members=tuple(left))), twice


@dataclass(frozen=True)
class LogSources:
    """What one LOG comes to.

    Attributes:
        sources: what its readers make of it.
        faults: what is wrong with it.
        notes: what was not read, and why; and which files count though they are alike.
    """

    sources: Sequence[Source] = ()
    faults: Sequence[SilosError] = ()
    notes: Sequence[str] = ()


@dataclass
class _SortedOut:
    """The files of one LOG.

    Attributes:
        parts: format -> what its reader reads.
        twice: LOG -> files that were read with it.
        copies: file -> files of the same bytes.
        alike: file -> files of the same bytes that count as well.
        left_out: tables that are no logs.
        faults: what is wrong.
        remarks: what is to be said of links and hidden sheets.
    """

    parts: dict[str, list[Part]] = field(default_factory=dict)
    twice: dict[str, list[str]] = field(default_factory=dict)
    copies: dict[str, list[str]] = field(default_factory=dict)
    alike: dict[str, list[str]] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
    faults: list[SilosError] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def notes(self) -> list[str]:
        """What was not read, and why; and which files count though they are alike."""
        told: list[str] = []
        for log, names in self.twice.items():
            told.append(Said("read", "twice" if len(names) == 1 else "twice_several", names=_some(names), log=log))
        for log, names in self.copies.items():
            told.append(Said("read", "copy" if len(names) == 1 else "copies", names=_some(names), log=log))
        for log, names in self.alike.items():
            told.append(Said("read", "alike" if len(names) == 1 else "alike_several", names=_some(names), log=log))
        if self.left_out:
            told.append(Said("read", "no_logs", names=_some(self.left_out)))
        return told + self.remarks


def sources_of(log: Any, request: Request, forced: Reader | None, seen: Seen) -> LogSources:
    """The sources of one LOG, and what is wrong with it.

    Args:
        log: a path, a glob, a folder or a DataFrame.
        request: what goes with it.
        forced: the reader that `--format` names.
        seen: what was read with the LOGs before; this one is added to it.
    """
    if dataframes.is_frame(log):
        try:
            return LogSources(_frame(log, request, forced))
        except SilosError as fault:
            return LogSources(faults=[fault])
    try:
        paths = paths_of(log)
    except ReadError as fault:
        return LogSources(faults=[fault])
    except TypeError:
        return LogSources(faults=[ReadError(f"a log is a path or a DataFrame, not {type(log).__name__}.")])
    files = _Sorting(request, forced, seen).of(paths)
    sources: list[Source] = []
    faults = list(files.faults)
    for format_name, group in files.parts.items():
        try:
            sources += FORMATS[format_name].read(group, request)
        except SilosError as fault:
            faults.append(fault)
        except UNPACKING as error:
            faults.append(ReadError(f"{request.name}: a file is damaged{why(error)}. Export or copy it again."))
    if not (files.parts or files.twice or files.copies or faults):
        faults.append(ReadError(f"{request.name}: none of its files is a log. Formats: {', '.join(FORMATS)}."))
    return LogSources(sources, faults, files.notes())


def _named_as_copy(*names: str) -> bool:
    """Whether the names of files differ by nothing but the mark of a copy.

    Examples:
        >>> _named_as_copy("a/net.csv", "b/net (1).csv"), _named_as_copy("net.csv", "Copy of net.csv")
        (True, True)
        >>> _named_as_copy("2023/net.csv", "2024/net.csv"), _named_as_copy("mail.csv", "chat.csv")
        (False, False)
    """
    short = {re.split(r"[\\/]", name)[-1] for name in names}
    return len(short) > 1 and len({_COPY.sub("", name) for name in short}) == 1


def _some(names: Sequence[str]) -> Said | list[str]:
    some = list(names[:_NAMED_IN_NOTES])
    more = len(names) - _NAMED_IN_NOTES
    return Said("read", "some", names=some, count=more) if more > 0 else some


def _frame(frame: Any, request: Request, forced: Reader | None) -> list[Source]:
    part = dataframes.part_of_frame(frame, request.connection, known=KNOWN)
    reader = forced or recognised(part) or FORMATS["parquet"]
    found = reader.read([part], request)
    return [replace(source, format="dataframe") if source.format == "parquet" else source for source in found]


@dataclass(frozen=True, eq=False)
class _Sorting:
    """Sorts the files of one LOG by the format that reads them.

    Attributes:
        request: what goes with the LOG.
        forced: the reader that `--format` names.
        seen: what was read with the LOGs before; this one is added to it.
        found: the files, as far as they are sorted.
    """

    request: Request
    forced: Reader | None
    seen: Seen
    found: _SortedOut = field(default_factory=_SortedOut)

    def of(self, paths: Sequence[Path]) -> _SortedOut:
        """All these files, and what is in them."""
        # What the user names tells headings from the titles above them, as well as what everybody calls so.
        headings = KNOWN | {folded(column) for column in self.request.mapped.named}
        for number, path in enumerate(paths, start=1):
            several = f"{self.request.name}, file {number}" if is_titled(path.name) else shown(path)
            name = self.request.name if len(paths) == 1 else several
            resolved = path.resolve()
            if log := self.seen.first(resolved):
                self.found.twice.setdefault(log, []).append(name)
                continue
            self.seen.files[resolved] = self.request.name
            try:
                whole, twice = self.seen.unread(part_of(path, name, known=headings, scratch=self.request.scratch))
            except ReadError as fault:
                self.found.faults.append(fault)
                continue
            for log, names in twice.items():
                self.found.twice.setdefault(log, []).extend(names)
            for part in self._files(whole):
                self._sort(part, inside=part is not whole and whole.head.kind == "container")
        return self.found

    def _sort(self, part: Part, *, inside: bool) -> None:
        """One part, which lies inside a folder or zip, or was named itself."""
        reader = self.forced or recognised(part)
        if reader is None and not inside:
            self.found.faults.append(unrecognised(part))
        elif reader is None or (inside and not self.forced and _other_table(part, self.request, reader)):
            self.found.left_out.append(part.name)
        else:
            original = self.seen.copied(part)
            if original and (reader.name not in TIMELESS or _named_as_copy(part.name, original)):
                self.found.copies.setdefault(original, []).append(part.name)
                return
            if original:
                self.found.alike.setdefault(original, []).append(part.name)
            self.seen.add(part, self.request.name)
            self.found.parts.setdefault(reader.name, []).append(part)

    def _files(self, whole: Part) -> Iterator[Part]:
        """The part itself, or what is in it; what cannot be read is a fault."""
        try:
            yield from self._in(whole)
        except ReadError as fault:
            self.found.faults.append(fault)

    def _in(self, whole: Part) -> Iterator[Part]:
        """The part itself, the sheet of a workbook, or the files of a zip or folder that no reader takes whole."""
        if whole.head.kind == "workbook":
            sheets = chosen(whole, self.request.sheets, self._fit, what="log")
            self.found.left_out.extend(f"{whole.name}: {name}" for name in whole.head.members if name not in sheets)
            self.found.remarks.extend(hidden_notes(whole, sheets))
            yield from sheets.values()
            return
        if whole.head.links:
            self.found.remarks.append(Said("read", "links", name=whole.name, count=whole.head.links))
        if whole.member is None or (self.forced.recognise(whole.head) if self.forced else recognised(whole)):
            yield whole
            return
        for name in whole.head.members:
            try:
                yield from self._in(whole.member(name))
            except EmptyFileError as fault:
                self.found.left_out.append(f"{fault.name} (empty)")
            except NoSheetError as fault:
                self.found.left_out.append(fault.name)
            except ReadError as fault:
                self.found.faults.append(fault)

    def _fit(self, sheet: Part) -> int:
        """Whether a sheet is a log: 2 if a particular reader says so, 1 if it names who writes to whom."""
        reader = self.forced if self.forced and self.forced.recognise(sheet.head) else recognised(sheet)
        if reader is None or look_like_rows(sheet.head.headings):
            return 0
        if reader.name not in GENERAL:
            return 2
        located, _ = locate(sheet.head.headings, LOG_HEADINGS, given=self.request.mapped.columns)
        return int("sender" in located and bool({"recipient", "recipients"} & set(located)))


def recognised(part: Part) -> Reader | None:
    """The first reader that takes the part for its own."""
    return next((reader for reader in FORMATS.values() if reader.recognise(part.head)), None)


def unrecognised(part: Part) -> ReadError:
    """The error for a file that no reader takes for its own."""
    return ReadError(
        f"{part.name}: this format is not recognised: it is {what_it_is(part.head)}. Formats: {', '.join(FORMATS)}."
    )


def _other_table(part: Part, request: Request, reader: Reader) -> bool:
    """Whether a file in a folder is a table that names neither sender nor recipient: a roster beside the log, say."""
    headings = part.head.headings
    located, _ = locate(headings, LOG_HEADINGS, given=request.mapped.columns)
    if reader.name not in GENERAL:
        return False
    return bool(headings) and not look_like_rows(headings) and not {"sender", "recipient", "recipients"} & set(located)

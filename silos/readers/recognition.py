"""From a LOG as it was named to its sources: what files it is made of, and which reader takes them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from silos.errors import ReadError, SilosError
from silos.readers.files import dataframes
from silos.readers.files.paths import paths_of
from silos.readers.files.sniff import UNPACKING, EmptyFileError, Part, is_titled, labels_in, part_of, what_it_is, why
from silos.readers.reader import Reader, Request
from silos.readers.registry import FORMATS
from silos.readers.tabular.columns import LOG_HEADINGS, known, locate, look_like_rows
from silos.tables import Source

KNOWN = known(LOG_HEADINGS)

#: Readers that take any table; the particular ones know their own.
GENERAL = ("parquet", "delimited")
_NAMED_IN_NOTES = 5


@dataclass
class Seen:
    """What was read already, by resolved path, with the LOG that named it.

    Attributes:
        files: files, and all that was named.
        folders: folders that a reader took whole.
    """

    files: dict[Path, str] = field(default_factory=dict)
    folders: dict[Path, str] = field(default_factory=dict)

    def first(self, path: Path) -> str | None:
        """The LOG with which a file was read, by itself or with a folder that it lies in."""
        above = (self.folders[folder] for folder in path.parents if folder in self.folders)
        return self.files.get(path) or next(above, None)

    def add(self, part: Part, log: str) -> None:
        """Remember a part that a reader takes."""
        if part.file is not None:
            (self.folders if part.file.is_dir() else self.files).setdefault(part.file.resolve(), log)

    def unread(self, part: Part, twice: dict[str, list[str]]) -> Part:
        """A folder without the files in it that were read already: those go to `twice`. Another part as it is."""
        if part.file is None or not part.file.is_dir():
            return part
        folder, members = part.file.resolve(), part.head.members
        label = labels_in(part.name, members)
        left = []
        for member in members:
            if log := self.first(folder / member):
                twice.setdefault(log, []).append(label(member))
            else:
                left.append(member)
        return replace(part, head=replace(part.head, members=tuple(left)))


def add_log(
    log: Any,
    request: Request,
    forced: Reader | None,
    *,
    sources: list[Source],
    faults: list[SilosError],
    seen: Seen,
) -> None:
    """Add the sources of one LOG to `sources`, and what is wrong with it to `faults`.

    Args:
        log: a path, a glob, a folder or a DataFrame.
        request: what goes with it.
        forced: the reader that `--format` names.
        sources: of the LOGs before, and then of this one.
        faults: of the LOGs before, and then of this one.
        seen: what was read with the LOGs before; added to.
    """
    if dataframes.is_frame(log):
        try:
            sources += _frame(log, request, forced)
        except SilosError as fault:
            faults.append(fault)
        return
    parts: dict[str, list[Part]] = {}
    left_out: list[str] = []
    notes: list[str] = []
    links: list[str] = []
    twice: dict[str, list[str]] = {}
    try:
        paths = paths_of(log)
    except ReadError as fault:
        faults.append(fault)
        return
    except TypeError:
        faults.append(ReadError(f"a log is a path or a DataFrame, not {type(log).__name__}."))
        return
    before = len(faults)
    for number, path in enumerate(paths, start=1):
        several = f"{request.name}, file {number}" if is_titled(path.name) else str(path)
        name = request.name if len(paths) == 1 else several
        resolved = path.resolve()
        if log := seen.first(resolved):
            twice.setdefault(log, []).append(name)
            continue
        seen.files[resolved] = request.name
        try:
            whole = seen.unread(part_of(path, name, known=KNOWN, scratch=request.scratch), twice)
        except ReadError as fault:
            faults.append(fault)
            continue
        for part in _files(whole, forced, left_out, faults, links):
            reader = forced or recognised(part)
            inside = part is not whole
            if reader is None and not inside:
                faults.append(unrecognised(part))
            elif reader is None or (inside and forced is None and reader.name in GENERAL and _other_table(part)):
                left_out.append(part.name)
            else:
                seen.add(part, request.name)
                parts.setdefault(reader.name, []).append(part)
    for format_name, group in parts.items():
        try:
            sources += FORMATS[format_name].read(group, request)
        except SilosError as fault:
            faults.append(fault)
        except UNPACKING as error:
            faults.append(ReadError(f"{request.name}: a file is damaged{why(error)}. Export or copy it again."))
    if not parts and not twice and len(faults) == before:
        faults.append(ReadError(f"{request.name}: nothing in it is a log. Formats: {', '.join(FORMATS)}."))
    for log, names in twice.items():
        notes.append(f"{_some(names)} {'was' if len(names) == 1 else 'were'} named twice and read once, with {log}.")
    if left_out:
        notes.append(f"Left out, as no log: {_some(left_out)}.")
    if sources and (notes or links):
        sources[-1] = replace(sources[-1], notes=(*sources[-1].notes, *notes, *links))


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED_IN_NOTES} more" if len(names) > _NAMED_IN_NOTES else ""
    return f"{', '.join(names[:_NAMED_IN_NOTES])}{more}"


def _frame(frame: Any, request: Request, forced: Reader | None) -> list[Source]:
    part = dataframes.part_of_frame(frame, request.connection, known=KNOWN)
    reader = forced or recognised(part) or FORMATS["parquet"]
    found = reader.read([part], request)
    return [replace(source, format="dataframe") if source.format == "parquet" else source for source in found]


def _files(
    whole: Part, forced: Reader | None, left_out: list[str], faults: list[SilosError], links: list[str]
) -> Iterator[Part]:
    """The part itself, or the files in it if it is a zip or folder that no reader takes whole."""
    if whole.head.links:
        links.append(f"Links in {whole.name} were not followed ({whole.head.links:,}): name what they lead to.")
    if whole.member is None or (forced.recognise(whole.head) if forced else recognised(whole)):
        yield whole
        return
    for name in whole.head.members:
        try:
            yield from _files(whole.member(name), forced, left_out, faults, links)
        except EmptyFileError as fault:
            left_out.append(f"{fault.name} (empty)")
        except ReadError as fault:
            faults.append(fault)


def recognised(part: Part) -> Reader | None:
    """The first reader that takes the part for its own."""
    return next((reader for reader in FORMATS.values() if reader.recognise(part.head)), None)


def unrecognised(part: Part) -> ReadError:
    """The error for a file that no reader takes for its own."""
    return ReadError(
        f"{part.name}: this format is not recognised: it is {what_it_is(part.head)}. Formats: {', '.join(FORMATS)}."
    )


def _other_table(part: Part) -> bool:
    """Whether a file in a folder is a table that names neither sender nor recipient: a roster beside the log, say."""
    headings = part.head.headings
    located, _ = locate(headings, LOG_HEADINGS)
    return bool(headings) and not look_like_rows(headings) and not {"sender", "recipient", "recipients"} & set(located)

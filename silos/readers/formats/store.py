"""The store that `silos ingest` keeps: canonical Parquet, one folder per month, and a manifest.

Parts are plain Hive partitions, so that Spark, DuckDB or anything else reads them without this reader; the manifest
knows what they do not say: whether ids are pseudonyms, and what the logs lacked.
"""

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from silos.engines.quoting import literal
from silos.errors import ReadError
from silos.locales.said import Said, as_json, of_json
from silos.privacy.file_names import unnamed
from silos.readers.files.sniff import Head, Part
from silos.readers.reader import Reader, Request
from silos.readers.tabular.scan import rows_of
from silos.tables import AFFILIATION_FIELDS, INTERACTION_FIELDS, Source

NAME = "store"
MANIFEST = "silos.json"
#: Folder of an ingest that has not come to its end; a manifest in it: its results are being put in place.
PENDING = ".ingest"
#: The one file of a month.
PART = "part-0.parquet"
#: The month of rows that have no time, as those of graphs and lists of members.
UNDATED = "undated"
TABLES: dict[str, Mapping[str, str]] = {"interactions": INTERACTION_FIELDS, "affiliations": AFFILIATION_FIELDS}

_SCHEMA = 1
_METHOD = "the first 128 bits of HMAC-SHA-256, in hexadecimal digits"
_MEMBER = re.compile(rf"({'|'.join(TABLES)})/month=([\w-]+)/{re.escape(PART)}")


@dataclass(frozen=True)
class IngestedLog:
    """What is kept of a log that was ingested.

    Attributes:
        log: a digest of its rows, by which it is known again; not of any file.
        name: of the file, without the folders it lay in; "" where ids are pseudonyms or somebody was erased, as a file
            may bear a person's.
        format: name of the reader.
        rows: of interactions.
        first, last: times of the first and the last of them, ISO 8601.
        rejected: rows left out, by reason.
        notes: what the reader said of it; none where ids are pseudonyms.
    """

    log: str
    name: str
    format: str
    rows: int
    first: str | None
    last: str | None
    rejected: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def unnamed(self) -> "IngestedLog":
        """The same without names of files; a note that may hold one where nothing says so is not kept."""
        return replace(self, name="", notes=tuple(unnamed(note) for note in self.notes if isinstance(note, Said)))


@dataclass(frozen=True)
class Manifest:
    """What a store is made of.

    Attributes:
        key: the check value of the key that made its pseudonyms; "" where ids are as the logs have them.
        logs: one entry per log, ordered; a log that was ingested again has one.
        keys: how many keys, one over the other, made the pseudonyms.
        forgotten: marks of the people whose rows are not taken in: their pseudonyms, or digests of their ids.
        keep_months: how many months are kept; None where all are.
    """

    key: str = ""
    logs: tuple[IngestedLog, ...] = ()
    keys: int = 1
    forgotten: tuple[str, ...] = ()
    keep_months: int | None = None

    def with_logs(self, logs: Sequence[IngestedLog]) -> "Manifest":
        """The same store with these logs besides; where one is there already, the new entry holds, under one name.

        Once somebody was erased, no names of files are kept: nobody can tell which of them are that person's.
        """
        known = {log.log: log for log in self.logs}
        for log in logs:
            known[log.log] = replace(log, name=min(log.name, known.get(log.log, log).name))
        ordered = sorted(known.values(), key=lambda log: (log.first or "", log.format, log.log))
        return replace(self, logs=tuple(log.unnamed for log in ordered) if self.forgotten else tuple(ordered))

    def since(self, month: str) -> "Manifest":
        """The same store without the logs that end before a month."""
        return replace(self, logs=tuple(log for log in self.logs if log.last is None or log.last[:7] >= month))

    @property
    def rejected(self) -> dict[str, int]:
        """Rows that the logs left out, by reason; overlapping logs each count theirs."""
        total: Counter[str] = Counter()
        for log in self.logs:
            total.update(log.rejected)
        return dict(sorted(total.items()))

    @property
    def text(self) -> str:
        """The manifest as it is written."""
        content = {
            "schema": _SCHEMA,
            "pseudonyms": {"method": _METHOD, "key_check": self.key, "keys": self.keys} if self.key else None,
            "forgotten": list(self.forgotten),
            "keep_months": self.keep_months,
            "logs": [{**asdict(log), "notes": [as_json(note) for note in log.notes]} for log in self.logs],
        }
        return json.dumps(content, ensure_ascii=False, indent=1) + "\n"

    @classmethod
    def parse(cls, text: str, name: str) -> "Manifest":
        """The manifest in a text.

        Args:
            text: what stands in the file.
            name: of the store, for messages.

        Raises:
            ReadError: it is no manifest, or that of a later version.

        Examples:
            >>> manifest = Manifest("c0ffee", (IngestedLog("1", "", "slack", 3, None, None, {"bot": 2}),))
            >>> Manifest.parse(manifest.text, "store") == manifest
            True
            >>> Manifest.parse("{}", "store")
            Traceback (most recent call last):
            ...
            silos.errors.ReadError: store: its silos.json is damaged. Ingest the logs into a new directory.
        """
        try:
            content: dict[str, Any] = json.loads(text)
            if int(content["schema"]) > _SCHEMA:
                raise ReadError(f"{name}: it was written by a later version of silos. Update silos.")
            pseudonyms = content["pseudonyms"] or {"key_check": ""}
            forgotten = tuple(map(str, content.get("forgotten", ())))
            keep = content.get("keep_months")
            logs = [IngestedLog(**{**log, "notes": tuple(map(of_json, log["notes"]))}) for log in content["logs"]]
        except (ValueError, TypeError, KeyError) as error:
            fault = f"{name}: its {MANIFEST} is damaged. Ingest the logs into a new directory."
            raise ReadError(fault) from error
        return cls(str(pseudonyms["key_check"]), tuple(logs), pseudonyms.get("keys", 1), forgotten, keep)


def table_of(files: Sequence[Path], fields: Mapping[str, str], connection: Any, name: str) -> str:
    """SQL of the canonical table in these files; a field that they lack is null.

    Args:
        files: parts of the store; perhaps none.
        fields: name -> SQL type.
        connection: a DuckDB connection.
        name: of the store, for messages.

    Raises:
        ReadError: a file is damaged.
    """
    nothing = {name: f"cast(null as {kind}) as {name}" for name, kind in fields.items()}
    if not files:
        return f"select {', '.join(nothing.values())} where false"
    paths = ", ".join(literal(file) for file in files)
    scan = f"read_parquet([{paths}], hive_partitioning = false, union_by_name = true)"
    there = {column for column, *_ in rows_of(f"describe from {scan}", connection, name)}
    return f"select {', '.join(field if field in there else nothing[field] for field in fields)} from {scan}"


def _recognise(head: Head) -> bool:
    return head.kind == "container" and MANIFEST in head.members


def _read(parts: Sequence[Part], request: Request) -> list[Source]:
    return [source for part in parts for source in _sources(part, request)]


def _sources(part: Part, request: Request) -> list[Source]:
    if part.member is None or MANIFEST not in part.head.members:
        raise ReadError(f"{part.name}: this is not a directory that silos ingest wrote: it has no {MANIFEST}.")
    folder = part.path if part.path is not None and part.path.is_dir() else None
    if folder is not None and (folder / PENDING / MANIFEST).exists():
        raise ReadError(
            f"{part.name}: silos is writing to it, or was interrupted while it was. Run the command again: it first "
            "completes the interrupted run."
        )
    with part.member(MANIFEST).open() as file:
        manifest = Manifest.parse(file.read().decode("utf-8", errors="replace"), part.name)
    files: dict[str, dict[bool, list[Path]]] = {name: {True: [], False: []} for name in TABLES}
    for member in part.head.members:
        if found := _MEMBER.fullmatch(member):
            path = folder / member if folder else part.member(member).on_disk(request.scratch)
            files[found[1]][found[2] != UNDATED].append(request.scratch.plain(path))
    members = [path for group in files["affiliations"].values() for path in group]
    sources = [
        Source(
            name=part.name,
            format=NAME,
            query=table_of(paths, INTERACTION_FIELDS, request.connection, part.name),
            columns={field: field for field in INTERACTION_FIELDS},
            dated=dated,
            key=manifest.key,
        )
        for dated, paths in files["interactions"].items()
        if paths or dated
    ]
    sources[0] = replace(
        sources[0],
        rejected=manifest.rejected,
        notes=tuple(dict.fromkeys(notes_of(part.name, manifest))),
        affiliations=table_of(members, AFFILIATION_FIELDS, request.connection, part.name) if members else "",
    )
    return sources


def notes_of(name: str, manifest: Manifest) -> list[str]:
    """What to say of a store: what it was made of, and what was said of that."""
    formats = ", ".join(sorted({log.format for log in manifest.logs}))
    key = "store_pseudonyms" if manifest.key else "store"
    made = Said("read", key, name=name, count=len(manifest.logs), formats=formats)
    return [made, *(note for log in manifest.logs for note in log.notes)]


STORE = Reader(
    NAME,
    "the directory that silos ingest keeps: canonical Parquet, one folder per month, and its silos.json",
    _recognise,
    _read,
)

"""Logs that Spark reads where they lie: DataFrames of a session, and Parquet at any path that Hadoop knows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import count
from typing import Any

from silos.engines.spark import session, spark_errors
from silos.errors import ColumnError, ReadError, SilosError
from silos.readers.formats.store import MANIFEST, NAME, UNDATED, Manifest, notes_of
from silos.readers.reader import Mapped, raise_all
from silos.readers.tabular import timestamps
from silos.readers.tabular.columns import LOG_HEADINGS, known, listed, locate, missing
from silos.tables import AFFILIATION_FIELDS, INTERACTION_FIELDS, Interactions, Source

_NAMES = count()
_TIMES = ("timestamp", "timestamp_ntz", "date")
_SPARK_TYPES = {"varchar": "string", "integer": "int", "timestamp": "timestamp_ntz", "double": "double"}


def is_spark(thing: object) -> bool:
    """Whether it is a DataFrame or a session of Spark; nothing is imported to find out."""
    return type(thing).__module__.startswith("pyspark.")


def read_spark(logs: Sequence[Any], columns: Mapping[str, tuple[str, ...]], connection: Any = None) -> Interactions:
    """The interactions in Parquet that Spark reads, or in its DataFrames.

    Args:
        logs: paths as Spark takes them (s3a://, hdfs://, file://, globs): the folder that `silos ingest` wrote, or
            Parquet with a person in each of sender and recipient and a time; or DataFrames.
        columns: canonical field -> column that holds it.
        connection: a Spark session; the one there is, or a new one, unless given.

    Raises:
        SilosError: a path holds no Parquet, a field is in no column, a column of times holds none.
    """
    frames = [log for log in logs if is_spark(log)]
    working = session(frames[0].sparkSession if frames else connection)
    mapped = Mapped(dict(columns))
    sources: list[Source] = []
    faults: list[SilosError] = []
    for log in logs:
        try:
            sources += _sources(log, working, mapped)
        except SilosError as fault:
            faults.append(fault)
    raise_all([*faults, *mapped.faults()])
    return Interactions(working, tuple(sources))


def _sources(log: Any, working: Any, mapped: Mapped) -> list[Source]:
    if is_spark(log):
        return [_source(log, "DataFrame", "dataframe", mapped)]
    if not isinstance(log, str) and not hasattr(log, "__fspath__"):
        raise ReadError(f"Spark takes paths and its own DataFrames, not {type(log).__name__}.")
    path = str(log).rstrip("/")
    manifest = _there(path, lambda: working.read.text(f"{path}/{MANIFEST}", wholetext=True))
    if manifest is not None:
        with spark_errors(f"at looking at {log}"):
            [row] = manifest.toArrow().to_pylist()
        return _store(path, str(log), Manifest.parse(row["value"], str(log)), working, mapped)
    frame = _there(path, lambda: working.read.parquet(path))
    if frame is None:
        raise ReadError(f"{log}: Spark finds no Parquet there. Convert the export with silos ingest.")
    return [_source(frame, str(log), "parquet", mapped)]


def _store(path: str, name: str, manifest: Manifest, working: Any, mapped: Mapped) -> list[Source]:
    """The sources of a directory that `silos ingest` keeps, as `silos.readers.formats.store` has them."""
    interactions, affiliations = (
        _there(path, lambda table=table: working.read.parquet(f"{path}/{table}"))  # type: ignore[misc]
        for table in ("interactions", "affiliations")
    )
    if interactions is None:
        raise ReadError(f"{name}: it holds no interactions.")
    said = f"cast(month as string) {{}} '{UNDATED}'"
    sources = [_source(interactions.where(said.format("<>")), name, NAME, mapped)]
    with spark_errors(f"at looking at {name}"):
        undated = not interactions.where(said.format("=")).isEmpty()
    if undated:
        sources.append(replace(_source(interactions.where(said.format("=")), name, NAME, mapped), dated=False))
    sources = [replace(source, key=manifest.key) for source in sources]
    members = ""
    if affiliations is not None:
        view = _view(affiliations, name)
        members = f"select {', '.join(AFFILIATION_FIELDS)} from {view}"
    sources[0] = replace(
        sources[0],
        rejected=manifest.rejected,
        notes=tuple(dict.fromkeys(notes_of(name, manifest))),
        affiliations=members,
    )
    return sources


def _source(frame: Any, name: str, format: str, mapped: Mapped) -> Source:
    """A DataFrame as a source: which column is what."""
    view = _view(frame, name)
    headings, types = list(frame.columns), dict(frame.dtypes)
    located, absent = locate(headings, LOG_HEADINGS, given=mapped.columns)
    mapped.note(name, headings)
    needed = [field for field in ("timestamp", "sender", "recipient") if field not in located]
    if set(needed) & set(absent):
        raise mapped.lacking(name, needed, found=listed(headings))
    if needed:
        raise missing(name, needed, headings, option="--map", evident=True, known=known(LOG_HEADINGS))
    chosen = {field: headings[position] for field, position in located.items()}
    query = ", ".join(f"{_value(field, chosen, types, name)} as {field}" for field in INTERACTION_FIELDS)
    return Source(name, format, f"select {query} from {view}", chosen)


def _view(frame: Any, name: str) -> str:
    """The name in the session that a DataFrame gets."""
    view = f"silos_log_{next(_NAMES)}"
    with spark_errors(f"at looking at {name}"):
        frame.createOrReplaceTempView(view)
    return view


def _there(path: str, read: Callable[[], Any]) -> Any:
    """What Spark reads at a path; None where there is nothing."""
    from pyspark.errors import AnalysisException

    try:
        return read()
    except AnalysisException as error:
        if error.getCondition() in ("PATH_NOT_FOUND", "UNABLE_TO_INFER_SCHEMA"):
            return None
        raise ReadError(f"{path}: Spark cannot read it ({error.getCondition()}).") from error
    except Exception as error:  # of the file system: credentials, a scheme without its jar, another kind of file
        raise ReadError(
            f"{path}: Spark cannot read it as Parquet ({type(error).__name__}). The log of its driver shows more. "
            "Paths such as s3a:// need their jar and credentials in Spark's configuration."
        ) from error


def _value(field: str, chosen: Mapping[str, str], types: Mapping[str, str], name: str) -> str:
    """SQL of a canonical field."""
    kind = _SPARK_TYPES[INTERACTION_FIELDS[field]]
    if field not in chosen:
        return f"cast(null as {kind})"
    column, held = "`" + chosen[field].replace("`", "``") + "`", types[chosen[field]]
    if field == "timestamp":
        if held not in _TIMES:
            raise ColumnError(
                f"{name}: the column {chosen[field]!r} holds {held}, not times. Convert it to a timestamp, "
                "or convert the export to canonical Parquet with silos ingest."
            )
        return timestamps.plausible(f"cast({column} as timestamp_ntz)")
    if held.startswith(("array", "map", "struct")):
        raise ColumnError(f"{name}: the column {chosen[field]!r} holds lists, but {field} takes one value per row.")
    if kind != "string":
        return f"try_cast({column} as {kind})"
    text = f"nullif(trim(cast({column} as string)), '')"
    return f"lower({text})" if field in ("medium", "kind") else text

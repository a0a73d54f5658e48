"""Compressed single files: gzip as a stream, the first lines of zstd."""

import gzip
import io
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import duckdb

from silos.engines.quoting import literal
from silos.errors import ReadError


def unpacked(opener: Callable[[], BinaryIO]) -> BinaryIO:
    """What a gzip file holds, as a stream."""
    return io.BufferedReader(_Unzipped(opener()))


class _Unzipped(gzip.GzipFile):
    """An unpacking stream that closes what it reads from."""

    def __init__(self, packed: BinaryIO) -> None:
        self._packed = packed
        super().__init__(fileobj=packed, mode="rb")

    def close(self) -> None:
        super().close()
        self._packed.close()


def zstd_start(path: Path, name: str) -> bytes:
    """The first lines of a zstd file, unpacked by DuckDB: Python learned zstd in 3.14 only.

    Latin-1 maps bytes to characters one to one, so the bytes come back whatever their encoding.
    """
    query = (
        f"select line from read_csv({literal(path)}, auto_detect = false, delim = '', quote = '', escape = '', "
        "header = false, compression = 'zstd', encoding = 'latin-1', columns = {'line': 'varchar'}) limit 300"
    )
    try:
        with duckdb.connect() as connection:
            lines = [line or "" for (line,) in connection.execute(query).fetchall()]
    except duckdb.Error as error:
        raise ReadError(f"{name}: the zstd file cannot be read. Unpack it first.") from error
    return "".join(f"{line}\n" for line in lines).encode("latin-1", errors="replace")

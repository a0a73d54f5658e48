"""The formats that can be read. To add one: its file, and its line here."""

from silos.readers.contract import Reader
from silos.readers.delimited import DELIMITED, PARQUET
from silos.readers.edges import EDGES

#: By name, in the order in which they are asked whether they recognise a log: the particular before the general.
FORMATS: dict[str, Reader] = {
    reader.name: reader
    for reader in (
        EDGES,
        PARQUET,
        DELIMITED,
    )
}

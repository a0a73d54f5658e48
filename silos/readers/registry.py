"""The formats that can be read. To add one: its file, and its line here."""

from silos.readers.contract import Reader
from silos.readers.delimited import DELIMITED, PARQUET
from silos.readers.edges import EDGES
from silos.readers.exchange import EXCHANGE
from silos.readers.gmail import GMAIL
from silos.readers.mail import MAIL
from silos.readers.purview import PURVIEW

#: By name, in the order in which they are asked whether they recognise a log: the particular before the general.
FORMATS: dict[str, Reader] = {
    reader.name: reader
    for reader in (
        EXCHANGE,
        GMAIL,
        PURVIEW,
        MAIL,
        EDGES,
        PARQUET,
        DELIMITED,
    )
}

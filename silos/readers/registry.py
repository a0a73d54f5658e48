"""The formats that can be read. To add one: its file, and its line here."""

from silos.readers.affiliations import AFFILIATIONS
from silos.readers.attendance import ATTENDANCE
from silos.readers.calendar import CALENDAR
from silos.readers.contract import Reader
from silos.readers.counted import TIES
from silos.readers.delimited import DELIMITED, PARQUET
from silos.readers.edges import EDGES
from silos.readers.engage import ENGAGE
from silos.readers.exchange import EXCHANGE
from silos.readers.gmail import GMAIL
from silos.readers.graphs import GEXF, GRAPHML
from silos.readers.insights import INSIGHTS
from silos.readers.mail import MAIL
from silos.readers.mattermost import MATTERMOST
from silos.readers.purview import PURVIEW
from silos.readers.slack import SLACK
from silos.readers.store import STORE

#: By name, in the order in which they are asked whether they recognise a log: the particular before the general.
FORMATS: dict[str, Reader] = {
    reader.name: reader
    for reader in (
        STORE,
        SLACK,
        MATTERMOST,
        ENGAGE,
        EXCHANGE,
        GMAIL,
        PURVIEW,
        MAIL,
        CALENDAR,
        GRAPHML,
        GEXF,
        ATTENDANCE,
        INSIGHTS,
        EDGES,
        AFFILIATIONS,
        TIES,
        PARQUET,
        DELIMITED,
    )
}

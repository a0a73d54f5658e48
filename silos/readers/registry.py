"""The formats that can be read. To add one: its file, and its line here."""

from silos.readers.formats.affiliations import AFFILIATIONS
from silos.readers.formats.attendance.reader import ATTENDANCE
from silos.readers.formats.calendar.reader import CALENDAR
from silos.readers.formats.counted_ties import TIES
from silos.readers.formats.delimited import DELIMITED, PARQUET
from silos.readers.formats.edge_list import EDGE_LIST
from silos.readers.formats.edges import EDGES
from silos.readers.formats.engage import ENGAGE
from silos.readers.formats.exchange import EXCHANGE
from silos.readers.formats.gmail import GMAIL
from silos.readers.formats.graphs import GEXF, GRAPHML
from silos.readers.formats.insights import INSIGHTS
from silos.readers.formats.mail.reader import MAIL
from silos.readers.formats.mattermost import MATTERMOST
from silos.readers.formats.purview import PURVIEW
from silos.readers.formats.slack.reader import SLACK
from silos.readers.formats.store import STORE
from silos.readers.reader import Reader

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
        EDGE_LIST,
        AFFILIATIONS,
        TIES,
        PARQUET,
        DELIMITED,
    )
}

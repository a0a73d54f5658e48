"""Exchange message traces: the cmdlet's export, the enhanced summary, the extended report, on-premises tracking logs.

All in SQL over one scan, as traces have millions of rows. The subject is a column that no query names.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from silos.locales.said import Said
from silos.readers.files.sniff import Head, Part
from silos.readers.reader import Reader, Request
from silos.readers.tabular import interactions
from silos.readers.tabular.columns import folded
from silos.readers.tabular.scan import Column, Scan, rows_of
from silos.readers.tabular.status_words import (
    BOUNCED,
    EXPANDED,
    FAILED,
    PENDING,
    REASON_OF,
    SPAM,
    SYSTEM,
)
from silos.tables import INTERACTION_FIELDS, Source

#: Reasons that traces and log searches have beside those of any table.
REDIRECTED, OTHER_EVENT, UNKNOWN_STATUS = "redirected", "other event", "status not known"

#: Canonical field -> headings, the likelier first; `status`, `network` and `source` serve here only.
_HEADINGS = {
    "timestamp": (
        *("received", "date time utc", "origin timestamp utc", "origin timestamp", "date time", "fields date time"),
        *("fields date-time", "date"),
    ),
    "sender": ("sender address",),
    "recipient": ("recipient address", "recipient status"),
    "event": ("message id",),
    "status": ("status", "event id", "recipient status"),
    "network": ("network message id", "message trace id"),
}

#: Status in the cmdlet's export -> why a row is left out, in English and as consoles in other languages call it.
_STATUSES = {
    **{word: REASON_OF[word] for word in REASON_OF if REASON_OF[word] in (FAILED, BOUNCED, SPAM, PENDING, EXPANDED)},
    "failed": FAILED,
    "expanded": EXPANDED,
    "resolved": REDIRECTED,
    "pending": PENDING,
    "gettingstatus": PENDING,
    "none": PENDING,
    "quarantined": SPAM,
    "filteredasspam": SPAM,
}
#: Statuses of what arrived.
_DELIVERED = (
    *(
        "delivered",
        "zugestellt",
        "remis",
        "distribué",
        "entregado",
        "consegnato",
        "recapitato",
        "bezorgd",
        "afgeleverd",
    ),
    *("entregue", "dostarczono", "配信済み", "已送达", "已傳遞"),
)
#: The last event of a recipient in the enhanced summary.
_LAST_EVENTS = {
    **{"fail": FAILED, "expand": EXPANDED, "resolve": REDIRECTED, "redirect": REDIRECTED, "receive": PENDING},
    **{"defer": PENDING, "pending": PENDING, "quarantine": SPAM, "filteredasspam": SPAM},
}
#: Events of the extended report; a mail has some sixteen, of which the delivery counts.
_EVENTS = {"fail": FAILED, "badmail": FAILED, "dsn": BOUNCED, "expand": EXPANDED, "redirect": REDIRECTED}

_SYSTEM_SENDERS = r"^(healthmailbox|systemmailbox|inboundproxy@|maildeliveryprobe@|hubtransporthealth)"
_REPORTERS = r"^(microsoftexchange329e71ec88ae4615bbc36ab6ce41109e@|postmaster@|mailer-daemon@)"


def _shape(headings: Sequence[str]) -> str:
    """Which of the exports has these headings: `cmdlet`, `summary`, `extended`, or "" for none."""
    names = {folded(heading) for heading in headings}
    if "senderaddress" not in names:
        return ""
    if {"recipientaddress", "eventid", "source", "messageid"} <= names:
        return "extended"
    if {"recipientstatus", "messageid"} <= names and names & {"origintimestamp", "origintimestamputc"}:
        return "summary"
    traced = names & {"messagetraceid", "messageid"} and names & {"received", "messagetraceid"}
    return "cmdlet" if traced and {"recipientaddress", "status"} <= names else ""


def _recognise(head: Head) -> bool:
    return bool(_shape(head.headings))


def _read(parts: Sequence[Part], request: Request) -> list[Source]:
    sources = interactions.read(
        parts, request, format="exchange", headings=_HEADINGS, rows=partial(_rows, request), ids=_ids, several=True
    )
    note = Said("read", "exchange", name=request.name)
    return [with_note(source, *_not_understood(source), note) for source in sources]


def _ids(scan: Scan) -> tuple[str, ...]:
    """Columns with one id in a cell: what happened to several recipients stands in one cell of the other exports."""
    return ("sender", "recipient") if _shape(scan.headings) == "cmdlet" else ("sender",)


def _not_understood(source: Source) -> Iterator[str]:
    """What of a trace could not be told: its words are those of one release of Exchange, in English."""
    unknown = source.rejected.get(UNKNOWN_STATUS, 0)
    if unknown:
        yield Said("read", "exchange_unknown", count=unknown, name=source.name)
    steps = source.rejected.get(OTHER_EVENT, 0)
    if steps and not {FAILED, EXPANDED, BOUNCED} & set(source.rejected):
        yield Said("read", "exchange_steps", count=steps, name=source.name)


def with_note(source: Source, *notes: str) -> Source:
    """The source with more notes, and only the canonical fields in its columns."""
    columns = {name: heading for name, heading in source.columns.items() if name in INTERACTION_FIELDS}
    return replace(source, columns=columns, notes=(*source.notes, *notes))


def _rows(request: Request, scan: Scan, columns: Mapping[str, Column], time: str) -> tuple[str, Mapping[str, int]]:
    shape = _shape(scan.headings)
    place = interactions.plain(columns["recipient"])
    status = f"lower({interactions.plain(columns.get('status'))})"
    several = f"unnest(string_split({place}, ';'))" if shape != "cmdlet" else _each(columns["recipient"], place)
    if shape == "summary":
        # "ann@acme.example##Receive, Deliver": what happened to each recipient, in order.
        recipient, state = "split_part(place, '##', 1)", "lower(regexp_extract(place, '(\\w+)[^\\w]*$', 1))"
        reason = _case("state", _LAST_EVENTS, delivered=("deliver", "send", "sendexternal"), otherwise=UNKNOWN_STATUS)
    elif shape == "extended":
        recipient, state = "place", "status"
        reason = _case("state", _EVENTS, delivered=("deliver", "send", "sendexternal"), otherwise=OTHER_EVENT)
    else:
        recipient, state = "place", "status"
        reason = _case("state", _STATUSES, delivered=_DELIVERED, otherwise=UNKNOWN_STATUS)
    inner = (
        f"select {time} as timestamp, {interactions.plain(columns['sender'])} as sender, {several} as place, "
        f"{status} as status, {message(columns)} as event from {scan.sql}"
    )
    named = f"select *, {address(recipient)} as recipient, {state} as state from ({inner})"
    query = (
        f"select timestamp, {address('sender')} as sender, recipient, event, 'email' as medium, 'direct' as kind, case "
        f"when coalesce(sender, '') in ('', '<>') or regexp_matches(lower(sender), '{_REPORTERS}') then '{BOUNCED}' "
        f"when regexp_matches(lower(sender), '{_SYSTEM_SENDERS}') then '{SYSTEM}' "
        f"else {reason} end as reason from ({named})"
    )
    return kept(query, scan, request)


def _each(recipient: Column, place: str) -> str:
    """SQL of each recipient of a cell: one in the cmdlet's export, unless somebody has put its rows together."""
    people = f"coalesce(nullif({recipient.people}, []), [null])"
    return f"unnest(case when {recipient.several} then {people} else [{place}] end)" if recipient.several else place


def _case(state: str, reasons: Mapping[str, str], *, delivered: Sequence[str], otherwise: str) -> str:
    """SQL of the reason to leave a row out, by its state; null where it was delivered."""
    cases = " ".join(f"when '{name}' then '{reason}'" for name, reason in reasons.items())
    good = " ".join(f"when '{name}' then null" for name in delivered)
    return f"case {state} {good} {cases} else '{otherwise}' end"


def message(columns: Mapping[str, Column]) -> str:
    """SQL of the id of a mail as its own headers write it, without angle brackets; the trace's id where it has none."""
    own = f"nullif(trim({interactions.plain(columns.get('event'))}, '<> '), '')"
    return f"coalesce({own}, {interactions.plain(columns.get('network'))})"


def address(sql: str) -> str:
    """SQL of an address, lower case, without the angle brackets it may stand in."""
    return f"nullif(trim(lower({sql}), ' <>''\"'), '')"


def kept(query: str, scan: Scan, request: Request, *, judged: str = "") -> tuple[str, Mapping[str, int]]:
    """The canonical query of the rows that have no reason to be left out, and how many have which.

    Args:
        query: yields canonical fields (those it lacks are null), and `reason` unless `judged` does.
        scan: what it reads.
        request: with the connection to count on.
        judged: yields the `reason` of each row of the log, where rows of `query` are not those of the log.
    """
    rows = judged or query
    counting = f"select reason, count(*) from ({rows}) where reason is not null group by reason order by reason"
    rejected = dict(rows_of(counting, request.connection, scan.files[0]))
    nothing = ", ".join(f"cast(null as {kind}) as {name}" for name, kind in INTERACTION_FIELDS.items())
    chosen = ", ".join(f"cast({name} as {kind}) as {name}" for name, kind in INTERACTION_FIELDS.items())
    # By name, so that a query need not yield what its log lacks.
    left = query if judged else f"select * exclude (reason) from ({query}) where reason is null"
    return f"select {chosen} from (select {nothing} where false union all by name {left})", rejected


EXCHANGE = Reader(
    "exchange",
    "Exchange message traces: the cmdlet's export, enhanced summary and extended reports",
    _recognise,
    _read,
    more="exchange",
)

"""The e-mail log search of Google Workspace, as CSV: several rows per recipient, of which the delivery counts."""

from collections.abc import Mapping, Sequence
from functools import partial

from silos.locales.said import Said
from silos.readers.files.sniff import Head, Part
from silos.readers.formats.exchange import OTHER_EVENT, address, kept, message, with_note
from silos.readers.reader import Reader, Request
from silos.readers.tabular import interactions
from silos.readers.tabular.columns import folded
from silos.readers.tabular.scan import Column, Scan
from silos.readers.tabular.status_words import BOUNCED, EXPANDED, FAILED, PENDING, SPAM
from silos.tables import Source

#: Canonical field -> headings, the likelier first; `target` and `status` serve here only.
_HEADINGS = {
    "timestamp": ("start date", "event date", "end date", "date"),
    "sender": ("sender",),
    "recipient": ("recipient address", "recipient"),
    "event": ("message id",),
    "target": ("event target",),
    "status": ("event status",),
}

#: Where an event brought the mail -> why the row is left out; null where that is the recipient.
_TARGETS = {
    "smtp_in": OTHER_EVENT,
    "internal_server": OTHER_EVENT,
    "list_server": EXPANDED,
    "archive_list_server": EXPANDED,
    "gmail_spam": SPAM,
}
#: In a status: the recipient has not got the mail.
_STATUSES = (
    ("bounce", BOUNCED),
    ("reject|fail|drop|denied|undeliver|expired|not delivered|removed", FAILED),
    ("spam|quarantine|malware|phish", SPAM),
    ("queue|pending|delay|defer|retry|moderation|approval", PENDING),
)
#: Stands for an id in mails that were refused before they had told theirs.
_REFUSED = "SMTPIN_ADDED_REJECT"


def _recognise(head: Head) -> bool:
    names = {folded(heading) for heading in head.headings}
    return {"messageid", "sender", "recipientaddress"} <= names and bool(names & {"eventtarget", "eventstatus"})


def _read(parts: Sequence[Part], request: Request) -> list[Source]:
    sources = interactions.read(
        parts, request, format="gmail", headings=_HEADINGS, rows=partial(_rows, request), ids=("sender",)
    )
    note = Said("read", "gmail", name=request.name)
    return [with_note(source, note) for source in sources]


def _rows(request: Request, scan: Scan, columns: Mapping[str, Column], time: str) -> tuple[str, Mapping[str, int]]:
    target = f"lower({interactions.plain(columns.get('target'))})"
    status = f"lower({interactions.plain(columns.get('status'))})"
    # "bypassed spam", "not spam": it was delivered after all.
    failures = " ".join(
        f"when regexp_matches(status, '{words}') and not regexp_matches(status, 'bypassed|not spam') then '{reason}'"
        for words, reason in _STATUSES
    )
    places = " ".join(f"when target = '{name}' then '{reason}'" for name, reason in _TARGETS.items())
    known = "'gmail_inbox', 'smtp_out'"
    # Where it does not say where the event brought the mail, the status must say that it arrived.
    unsaid = "when status is null or regexp_matches(status, 'deliver|insert|sent|bypassed|success') then null"
    if "target" not in columns and "status" not in columns:
        unsaid = "when true then null"
    sender = interactions.plain(columns["sender"])
    inner = (
        f"select {time} as timestamp, {_one_address(sender)} as sender, "
        f"unnest(regexp_split_to_array({interactions.plain(columns['recipient'])}, '[,;\\s]+')) as recipient, "
        f"{message(columns)} as event, {target} as target, {status} as status from {scan.sql}"
    )
    query = (
        f"select timestamp, {address('sender')} as sender, {address('recipient')} as recipient, event, "
        "'email' as medium, 'direct' as kind, case "
        f"when coalesce(sender, '') in ('', '<>', 'n/a') then '{BOUNCED}' "
        f"when contains(coalesce(event, ''), '{_REFUSED}') then '{FAILED}' {failures} {places} "
        f"when target in ({known}) then null {unsaid} else '{OTHER_EVENT}' end as reason "
        f"from ({inner}) where coalesce(recipient, '') <> ''"
    )
    return kept(query, scan, request)


def _one_address(sender: str) -> str:
    """SQL of the first address: that of a delegate stands behind the sender's own."""
    first = f"regexp_extract({sender}, '[^\\s<>,;()\"]+@[^\\s<>,;()\"]+')"
    found = f"coalesce(nullif({first}, ''), {sender})"
    return f"case when regexp_matches({sender}, '[\\s,;<]') then {found} else {sender} end"


GMAIL = Reader(
    "gmail",
    "the e-mail log search of Google Workspace (Gmail), exported as CSV",
    _recognise,
    _read,
    more="gmail",
)

"""Columns of a table that say of a row that its message reached nobody, or that its meeting did not take place.

A row that says `Failed`, `Entwurf` or `Annulé` is no contact. Only whole words in columns of a few headings are taken
for it; what they do not say stays a row, as do "Read", "Sent" and "Tentative".
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from silos.engines.quoting import literal
from silos.locales.said import Said
from silos.readers.reader import Request
from silos.readers.tabular.columns import folded
from silos.readers.tabular.profile import MOST_VALUES
from silos.readers.tabular.scan import Column, Scan, rows_of
from silos.readers.tabular.status_words import (
    ARRIVED,
    CANCELLED,
    CARRIED,
    DECLINED,
    DELETED,
    DRAFT,
    INVITED,
    MATTER,
    OUTGOING,
    REASON_OF,
    REASONS,
    SHARED,
    SPAM,
    SYSTEM,
    WORDS,
    spelt,
)

#: Headings of columns of what became of a message or a meeting, and of what somebody answered to an invitation.
_STATUS = (
    *("status", "state", "message status", "mail status", "email status", "delivery status", "event status", "outcome"),
    *("send status", "meeting status", "last event", "delivery state", "statut", "état", "statut d'envoi"),
    *(
        "statut de remise",
        "zustand",
        "zustellstatus",
        "zustellungsstatus",
        "sendestatus",
        "nachrichtenstatus",
        "estado",
    ),
    *("estado de entrega", "estado del mensaje", "estado do e-mail", "stato", "stato consegna", "stato invio"),
    *("afleverstatus", "verzendstatus", "situação", "folder", "mail folder", "dossier", "ordner", "carpeta"),
    *("ステータス", "状態", "配信状況", "状态"),
)
_ANSWERS = (
    *(
        "response",
        "response status",
        "rsvp",
        "attendee status",
        "attendance status",
        "participation status",
        "partstat",
    ),
    *("réponse", "statut de réponse", "antwort", "teilnahmestatus", "respuesta", "risposta", "reactie", "resposta"),
)
#: Headings of columns in which a date or a yes says so.
_FLAGS: dict[str, str] = {
    **dict.fromkeys(
        ("deleted at", "deleted", "is deleted", "deleted date", "deleted date time", "date deleted"), DELETED
    ),
    **dict.fromkeys(("gelöscht", "gelöscht am", "supprimé", "supprimé le", "eliminado", "eliminado el"), DELETED),
    **dict.fromkeys(("is draft", "draft", "entwurf", "brouillon", "borrador", "bozza"), DRAFT),
    **dict.fromkeys(("is cancelled", "is canceled", "cancelled", "canceled", "cancelled at", "canceled at"), CANCELLED),
    **dict.fromkeys(("abgesagt", "annulé", "annulée", "cancelado", "annullato"), CANCELLED),
    **dict.fromkeys(("is spam", "spam", "is junk"), SPAM),
}
#: How a yes looks, and a time at which it happened; programs write the years 1, 1900, 1970 or 9999 for none.
_YES = (
    r"true|yes|y|x|1|1\.0|ja|oui|sí|si|sim|wahr|vrai|verdadero|vero|"
    r"(?:199\d|20[0-6]\d)-\d\d-\d\d.*|\d{1,2}[./]\d{1,2}[./](?:(?:19)?9\d|(?:20)?[0-6]\d)\b.*|1\d{9}(?:\d{3})?"
)
#: Numbers that are neither a yes nor a no nor a time: scores, versions, counts.
_AMOUNT = r"0*[2-9]|0*[1-9]\d{1,3}|\d+[.,]\d*[1-9]\d*|0*[2-9][.,]0+"

_MEETING_REASONS = (CANCELLED, DECLINED)
_MATTER_REASONS = (DELETED, SPAM, SYSTEM)
_SENT = re.compile(
    r"\b(?:sent|gesendete?|envoyée?s?|enviad[oa]s?|inviat[aio]|verzonden|wysłan[aey]|skickat|sendt|"
    r"lähetetyt|отправлен\w*|delivered|zugestellt|remis|entregado|consegnato|bezorgd|entregue|送信済み|已发送)\b"
)
_HEADED = {folded(name): "status" for name in _STATUS} | {folded(name): "answer" for name in _ANSWERS}
_FLAGGED = {folded(name): reason for name, reason in _FLAGS.items()}


def status_columns(scan: Scan, used: Collection[Column], kind: Column | None) -> list[Column]:
    """Columns of which the words may say that a row reached nobody.

    Args:
        scan: the table.
        used: columns of other fields, which say nothing of it.
        kind: the column of kinds of messages, which may.
    """
    return [
        column
        for column in _telling(scan, used, kind)
        if (column == kind or folded(column.heading) in _HEADED) and folded(column.heading) not in _FLAGGED
    ]


def without_undelivered(
    scan: Scan,
    used: Collection[Column],
    kind: Column | None,
    request: Request,
    values: Mapping[Column, Sequence[str]],
) -> tuple[Scan, list[str]]:
    """The scan without rows that reached nobody, by what a column says; and the headings of such columns.

    Args:
        scan: the table.
        used: columns of other fields, which say nothing of it.
        kind: the column of kinds of messages, which may.
        request: for its connection.
        values: of each of the `status_columns`, what stands in all the rows of the scan.
    """
    headings: list[str] = []
    before = scan
    for column in _telling(scan, used, kind):
        name = folded(column.heading)
        if name in _FLAGGED:
            if _holds_amounts(scan, column, request):
                continue
            why = {f"regexp_full_match({_value(column)}, {literal(_YES)})": _FLAGGED[name]}
        elif column in values:
            # Of rows that another column has left out, this one says nothing.
            there = values[column] if scan is before else _values(scan, column, request)
            words = there if len(there) <= MOST_VALUES else []
            why = _reasons(column, words, answers=_HEADED.get(name) == "answer")
        else:
            continue
        headings.append(column.heading)
        scan = _without(scan, column, why, request)
    return scan, headings


def _telling(scan: Scan, used: Collection[Column], kind: Column | None) -> list[Column]:
    """Columns that stand for nothing else, or for the kind of a message."""
    return [column for column in scan.columns if not column.is_list and (column not in used or column == kind)]


def _without(scan: Scan, column: Column, why: Mapping[str, str], request: Request) -> Scan:
    """The scan without some rows, which are counted.

    Args:
        scan: the table.
        column: that tells.
        why: SQL of a condition -> the reason to leave a row out that meets it.
        request: for its connection.
    """
    if not why:
        return scan
    judged = f"case {' '.join(f'when {one} then {literal(reason)}' for one, reason in why.items())} end"
    query = (
        f"select {judged} as reason, count(*) from {scan.sql} group by reason having reason is not null order by reason"
    )
    counts = dict(rows_of(query, request.connection, scan.files[0]))
    if not counts:
        return scan
    told = [Said("check", "reason", reason=Said("rejected", reason), count=count) for reason, count in counts.items()]
    note = Said("read", "undelivered", name=scan.files[0], column=repr(column.heading), reasons=told)
    rejected = Counter(scan.rejected) + Counter(counts)
    kept = f"(select * from {scan.sql} where ({judged}) is null)"
    return replace(scan, sql=kept, rejected=dict(rejected), notes=(*scan.notes, note))


def _value(column: Column) -> str:
    return f"lower(trim({column.text}))"


def _holds_amounts(scan: Scan, column: Column, request: Request) -> bool:
    """Whether numbers in a column are amounts, so that a 1 is no yes: a score of spam, the version of a draft."""
    amount = f"regexp_full_match({_value(column)}, {literal(_AMOUNT)})"
    [(found,)] = rows_of(f"select bool_or({amount}) from {scan.sql}", request.connection, scan.files[0])
    return bool(found)


def _values(scan: Scan, column: Column, request: Request) -> list[str]:
    """The values of a column in lower case: one more than words may be, at most."""
    # A table may have a column `value` too, which would be meant in a condition beside it.
    query = (
        f"select distinct value from (select {_value(column)} as value from {scan.sql}) where value is not null "
        f"order by value limit {MOST_VALUES + 1}"
    )
    return [value for (value,) in rows_of(query, request.connection, scan.files[0])]


def _reasons(column: Column, values: Iterable[str], *, answers: bool) -> dict[str, str]:
    """SQL of whether a row has a value -> why it is left out."""
    words_of = {value: spelt(value) for value in values}
    words = set(words_of.values())
    carried = bool(WORDS[CARRIED] & words)
    allowed: Collection[str] = REASONS
    if answers or WORDS[INVITED] & words:
        allowed = _MEETING_REASONS
    elif WORDS[MATTER] & words and not carried:
        allowed = _MATTER_REASONS
    # Words that are no reason in this column.
    silent: set[str] = set()
    if not any(map(_SENT.search, words)):
        silent |= WORDS[OUTGOING]
    if words - WORDS[ARRIVED] - WORDS[CARRIED] - REASON_OF.keys() - {""} and not carried:
        silent |= WORDS[SHARED]
    told = {value: REASON_OF[word] for value, word in words_of.items() if word in REASON_OF and word not in silent}
    return {f"{_value(column)} = {literal(value)}": reason for value, reason in told.items() if reason in allowed}

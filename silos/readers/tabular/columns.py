"""Column headings: which column holds which canonical field, whatever the export calls it."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches

from silos.errors import ColumnError, ReadError, SilosError

#: Canonical field of a log -> headings it is known by, the likelier first. Case, spaces, accents and punctuation do
#: not matter: "Message-ID", "message_id" and "messageId" are one.
LOG_HEADINGS: dict[str, tuple[str, ...]] = {
    "timestamp": (
        *("timestamp", "datetime", "date time", "time stamp", "created at", "sent at", "received at", "delivered at"),
        *("occurred at", "sent time", "sent date", "date sent", "received", "sent", "created", "event time"),
        *("timestamp utc", "utc time", "date", "time", "ts", "when"),
        *("horodatage", "date et heure", "date heure", "date d'envoi", "date envoi", "envoyé le", "créé le", "heure"),
    ),
    "sender": (
        *("sender", "from", "source", "sender id", "from id", "source id", "sender email", "sender address"),
        *("from address", "from email", "email from", "from user", "from user id", "user from", "sent by", "src"),
        *("expéditeur", "expéditrice", "émetteur", "id expéditeur", "adresse expéditeur", "de"),
    ),
    "recipient": (
        *("recipient", "to", "target", "recipient id", "to id", "target id", "recipient email", "recipient address"),
        *("to address", "to email", "email to", "to user", "to user id", "user to", "receiver", "receiver id"),
        *("sent to", "dst", "dest", "recipients", "destinataire", "id destinataire", "adresse destinataire"),
        *("destinataires", "à"),
    ),
    "medium": ("medium", "channel", "media", "layer", "platform", "tool", "canal", "média", "outil"),
    "event": ("event", "event id", "message id", "msg id", "mail id", "meeting id", "id message", "id événement"),
    "thread": (
        *("thread", "thread id", "thread ts", "conversation id", "conversation", "discussion id", "discussion"),
        *("id conversation", "fil", "fil de discussion"),
    ),
    "kind": ("kind", "type", "interaction type", "message type", "event type", "genre"),
    "recipients": ("recipients", "recipient count", "n recipients", "number of recipients", "nombre de destinataires"),
    "weight": ("weight", "poids"),
}

#: A heading that is quoted in a message is cut at this length, and no more than `SHOWN` are.
LONGEST, SHOWN = 40, 30

_DATA = re.compile(
    r"\S+@\S+|[-+]?\d+([.,:/ T-]\d+)*Z?|[\d\W]{6,}|\d{1,4}([-/.])\d{1,2}\2\d{1,4}\b.*|\d{1,2}[:hH]\d{2}\b.*"
)
#: What the name of a column looks like: a few words, brackets at most; no sentence, no quotation, no path.
_NAME = re.compile(r"[^\W\d][\w#+°'’./()\[\]-]*( [\w#+°'’./()\[\]-]+){0,4}")


def folded(heading: str) -> str:
    """The heading without regard to case, accents, spaces and punctuation.

    Examples:
        >>> folded("Expéditeur "), folded("Message-ID"), folded("recipient_address")
        ('expediteur', 'messageid', 'recipientaddress')
        >>> folded("#")
        ''
    """
    return "".join(letter for letter in unicodedata.normalize("NFKD", heading).casefold() if letter.isalnum())


def known(fields: Mapping[str, Iterable[str]]) -> frozenset[str]:
    """All the headings of `fields`, folded."""
    return frozenset(folded(name) for names in fields.values() for name in names)


def evident(row: Sequence[str], body: Sequence[Sequence[str]], known: frozenset[str]) -> bool:
    """Whether a first row holds the names of columns beyond doubt, so that a message may quote all of them.

    What is no table may still be cut into cells, and then its first row may be a title or what somebody said. So the
    table must be whole, its first row look like names, and either stand above values that do not (times, numbers,
    addresses) or hold enough names that are known.

    Args:
        row: the first row, as it stands.
        body: the rows below, as far as they were looked at.
        known: folded headings.

    Examples:
        >>> evident(["wer", "wen"], [["ann", "bob@acme.example"]], frozenset())
        True
        >>> evident(["Ann Roux", "Budget of May"], [["Bob Li", "Budget of June"]], frozenset())
        False
    """
    names = [cell.strip() for cell in row]
    if not body or any(len(other) != len(row) for other in body) or look_like_rows(names):
        return False
    if not all(len(name) <= LONGEST and _NAME.fullmatch(name) for name in names):
        return False
    columns = [[cell.strip() for cell in column if cell.strip()] for column in zip(*body, strict=True)]
    if any(column and all(_DATA.fullmatch(value) for value in column) for column in columns):
        return True
    # Words between commas are prose where a space follows, and several words a title.
    plain = not any(" " in cell for cell in row)
    return plain and 3 * sum(folded(name) in known for name in names) >= len(names)


def quotable(headings: Sequence[str], *, evident: bool, known: frozenset[str]) -> list[str]:
    """The headings that a message may quote: all where they are evidently headings, else those that are known."""
    if evident and not look_like_rows(headings):
        return list(headings)
    return [name for name in headings if folded(name) in known]


def listed(names: Sequence[str], hidden: int = 0) -> list[str]:
    """Headings as a message lists them: short, few, and how many others there are that it must not show.

    Examples:
        >>> listed(["from", "to"]), listed(["from"], 2)
        (['from', 'to'], ['from', '2 more, not shown, as they may be no headings'])
    """
    texts = [name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…" for name in names]
    if len(texts) > SHOWN:
        texts = [*texts[:SHOWN], f"… and {len(names) - SHOWN} more"]
    if hidden:
        texts.append(f"{hidden} {'more' if names else 'columns'}, not shown, as they may be no headings")
    return texts


def look_like_rows(headings: Sequence[str]) -> bool:
    """Whether a first line holds values (addresses, dates, numbers) rather than headings.

    Such a line is content: no message may quote it.

    Examples:
        >>> look_like_rows(["ann@acme.example", "bob@acme.example"]), look_like_rows(["from", "to"])
        (True, False)
    """
    return any(_DATA.fullmatch(name.strip()) for name in headings)


def locate(
    headings: Sequence[str], fields: Mapping[str, Sequence[str]], *, given: Mapping[str, str] | None = None
) -> tuple[dict[str, int], list[str]]:
    """Which column holds which field.

    Args:
        headings: the headings, in order.
        fields: field -> headings it is known by, the likelier first. The field's own name comes before all.
        given: field -> heading, as the user says; these columns are taken before any is recognised.

    Returns:
        field -> position in `headings`, and the given fields whose column is not there (recognised like others).

    Examples:
        >>> locate(["De", "À", "Date", "Objet"], LOG_HEADINGS)[0]
        {'timestamp': 2, 'sender': 0, 'recipient': 1}
        >>> locate(["from", "to"], LOG_HEADINGS, given={"sender": "to", "recipient": "author"})
        ({'sender': 1}, ['recipient'])
    """
    by_name: dict[str, int] = {}
    for position, heading in enumerate(headings):
        by_name.setdefault(folded(heading), position)
    found: dict[str, int] = {}
    absent: list[str] = []
    for field, heading in (given or {}).items():
        exact = [position for position, name in enumerate(headings) if name.strip() == heading.strip()]
        position = exact[0] if exact else by_name.get(folded(heading), -1) if folded(heading) else -1
        if position < 0:
            absent.append(field)
        else:
            found[field] = position
    for own_name in (True, False):
        for field, names in fields.items():
            if field in found:
                continue
            for name in (field,) if own_name else names:
                candidate = by_name.get(folded(name))
                if candidate is not None and candidate not in found.values():
                    found[field] = candidate
                    break
    return {field: found[field] for field in [*fields, *found] if field in found}, absent


def check_given(given: Mapping[str, str] | None, fields: Iterable[str], *, option: str) -> None:
    """Refuse a mapping of a field that does not exist."""
    names = list(fields)
    for field in given or {}:
        if field not in names:
            close = get_close_matches(field, names, n=1)
            hint = f" Did you mean {close[0]!r}?" if close else ""
            raise SilosError(f"{option} {field}=…: there is no field {field!r}. Fields: {', '.join(names)}.{hint}")


def missing(
    name: str, fields: Sequence[str], headings: Sequence[str], *, option: str, evident: bool, known: frozenset[str]
) -> SilosError:
    """The error for `fields` that are in no column of the log or roster `name`."""
    if look_like_rows(headings):
        return ReadError(
            f"{name}: the first line holds values, not headings ({len(headings)} columns). "
            f"Add a first line that names the columns, including {', '.join(fields)}."
        )
    names = quotable(headings, evident=evident, known=known)
    found = listed(names, len(headings) - len(names))
    texts = [str(ColumnError.missing(field, found=found, option=option)) for field in fields]
    return ColumnError(f"{name}: {' '.join(texts)}")


#: Words of headings that matter to an analysis, whatever they stand beside: a column of such a name that is not used is
#: named by `silos check`.
_TELLING = frozenset(
    (
        *(
            "date",
            "time",
            "timestamp",
            "value",
            "count",
            "weight",
            "duration",
            "minutes",
            "hours",
            "amount",
            "strength",
        ),
        *("sender", "recipient", "recipients", "from", "to", "cc", "bcc", "attendees", "participants", "organizer"),
        *(
            "organiser",
            "members",
            "user",
            "email",
            "mail",
            "thread",
            "conversation",
            "channel",
            "medium",
            "datum",
            "zeit",
        ),
        *("wert", "anzahl", "dauer", "absender", "empfänger", "teilnehmer", "valeur", "nombre", "durée", "horodatage"),
        *("expéditeur", "destinataire", "participants", "fecha", "hora", "valor", "remitente", "destinatario"),
    )
)


def unused(headings: Sequence[str], used: Iterable[str], *, evident: bool, known: frozenset[str]) -> list[str]:
    """Headings of columns that were not used and look as if they mattered, as a message may quote them.

    Examples:
        >>> unused(["from", "to", "EventDate", "Value", "Subject"], ["from", "to"], evident=True, known=frozenset())
        ['EventDate', 'Value']
    """
    taken = set(used)
    found = []
    for heading in quotable(headings, evident=evident, known=known):
        words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", heading).casefold()
        named = _TELLING & set(re.split(r"[\W_\d]+", words)) or folded(heading) in known
        if heading not in taken and named:
            found.append(heading)
    return listed(found)

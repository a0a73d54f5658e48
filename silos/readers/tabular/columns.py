"""Column headings: which column holds which canonical field, whatever the export calls it."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from difflib import get_close_matches

from silos.errors import ColumnError, ReadError, SilosError
from silos.readers.tabular.zone_names import offset_of
from silos.system.arguments import mapping, texts

#: Canonical field of a log -> headings it is known by, the likelier first. Case, spaces, accents and punctuation do
#: not matter: "Message-ID", "message_id" and "messageId" are one.
LOG_HEADINGS: dict[str, tuple[str, ...]] = {
    "timestamp": (
        *("timestamp", "datetime", "date time", "time stamp", "created at", "sent at", "received at", "delivered at"),
        *("occurred at", "sent time", "sent date", "date sent", "received", "sent", "created", "event time"),
        *("timestamp utc", "utc time", "date", "time", "ts", "when"),
        *("horodatage", "date et heure", "date heure", "date d'envoi", "date envoi", "envoyé le", "créé le", "heure"),
        *("zeitstempel", "datum und uhrzeit", "datum uhrzeit", "gesendet am", "gesendet", "sendedatum", "empfangen am"),
        *("empfangen", "erstellt am", "datum", "uhrzeit", "zeit"),
        *("marca de tiempo", "fecha y hora", "fecha de envío", "enviado el", "enviado", "recibido", "fecha"),
        *("data e ora", "data ora", "data di invio", "data invio", "data hora", "data de envio", "inviato", "ricevuto"),
        *("datum en tijd", "tijdstip", "verzonden op", "verzonden", "ontvangen", "tijd", "data", "hora", "ora"),
        *(
            "送信日時",
            "受信日時",
            "日時",
            "日付",
            "发送时间",
            "日期时间",
            "發送時間",
            "日期",
            "时间",
            "時間",
            "보낸 날짜",
            "일시",
            "날짜",
        ),
        *("дата и время", "дата отправки", "отправлено", "дата", "data wysłania", "wysłano", "skickat", "sendt"),
        *("lähetetty", "päivämäärä", "odesláno", "gönderme tarihi", "gönderildi", "tarih", "elküldve", "dátum"),
    ),
    "sender": (
        *("sender", "from", "source", "sender id", "from id", "source id", "sender email", "sender address"),
        *("from address", "from email", "email from", "from user", "from user id", "user from", "sent by", "src"),
        *("expéditeur", "expéditrice", "émetteur", "id expéditeur", "adresse expéditeur", "de"),
        *("de adresse", "von adresse", "de dirección", "da indirizzo", "van adres"),
        *("absender", "absenderin", "absenderadresse", "absender e-mail", "gesendet von", "von"),
        *("remitente", "emisor", "enviado por", "mittente", "inviato da", "da", "remetente"),
        *(
            "afzender",
            "verzender",
            "verzonden door",
            "van",
            "差出人",
            "送信者",
            "发件人",
            "寄件者",
            "보낸 사람",
            "발신자",
        ),
        *("отправитель", "від", "nadawca", "avsändare", "från", "afsender", "avsender", "fra", "lähettäjä"),
        *("odesílatel", "gönderen", "feladó", "expeditor", "αποστολέας", "المرسل", "שולח"),
    ),
    "recipient": (
        *("recipient", "to", "target", "recipient id", "to id", "target id", "recipient email", "recipient address"),
        *("to address", "to email", "email to", "to user", "to user id", "user to", "receiver", "receiver id"),
        *("sent to", "dst", "dest", "recipients", "destinataire", "id destinataire", "adresse destinataire"),
        *("destinataires", "à"),
        *("à adresse", "an adresse", "para dirección", "a indirizzo", "aan adres"),
        *("empfänger", "empfaenger", "empfängerin", "empfängeradresse", "empfaengeradresse", "empfänger e-mail"),
        *("gesendet an", "an", "destinatario", "destinatarios", "destinatari", "receptor", "enviado a", "para"),
        *("inviato a", "ontvanger", "ontvangers", "geadresseerde", "verzonden aan", "aan", "宛先", "受信者", "收件人"),
        *("收件者", "받는 사람", "수신자", "получатель", "получатели", "кому", "odbiorca", "odbiorcy", "mottagare"),
        *("till", "modtager", "mottaker", "til", "vastaanottaja", "příjemce", "alıcı", "címzett", "destinatar"),
        *("παραλήπτης", "المستلم", "נמען"),
    ),
    "medium": (
        "medium",
        "channel",
        "media",
        "layer",
        "platform",
        "tool",
        "canal",
        "média",
        "outil",
        "kanal",
        "canale",
        "kanaal",
    ),
    "event": (
        *("event", "event id", "message id", "msg id", "mail id", "meeting id", "id message", "id événement"),
        *("nachrichten id", "besprechungs id", "id de mensaje", "id del mensaje", "id messaggio", "bericht id"),
    ),
    "thread": (
        *("thread", "thread id", "thread ts", "conversation id", "conversation", "discussion id", "discussion"),
        *("id conversation", "fil", "fil de discussion"),
        *("unterhaltung", "unterhaltungs id", "konversation", "konversations id", "conversación", "id de conversación"),
        *("hilo", "conversazione", "id conversazione", "gesprek", "gespreks id"),
    ),
    "kind": (
        *("kind", "type", "interaction type", "message type", "event type", "genre", "nachrichtentyp", "art", "typ"),
        *("tipo", "soort"),
    ),
    "recipients": (
        *("recipients", "recipient count", "n recipients", "number of recipients", "nombre de destinataires"),
        *("anzahl empfänger", "anzahl der empfänger", "número de destinatarios", "numero di destinatari"),
        "aantal ontvangers",
    ),
    "weight": ("weight", "poids", "gewicht", "peso"),
}

#: Headings of those who got a copy, seen and unseen, the likelier first. They are reached as recipients are.
COPIES: tuple[tuple[str, ...], ...] = (
    (
        *("cc", "cc address", "cc email", "cc recipients", "cc list", "copy to", "carbon copy", "copie", "copie à"),
        *(
            "cc adresse",
            "kopie",
            "kopie an",
            "con copia",
            "copia",
            "cc dirección",
            "cc indirizzo",
            "kopia",
            "kopie aan",
        ),
    ),
    (
        *("bcc", "bcc address", "bcc email", "bcc recipients", "bcc list", "blind copy", "blind carbon copy", "cci"),
        *("copie cachée", "bcc adresse", "cci adresse", "blindkopie", "cco", "copia oculta", "ccn", "bcc dirección"),
    ),
)

#: A heading that is quoted in a message is cut at this length, and no more than `SHOWN` are.
LONGEST, SHOWN = 40, 30

_DATA = re.compile(
    r"\S+@\S+|[-+]?\d+([.,:/ T-]\d+)*Z?|[\d\W]{6,}|\d{1,4}([-/.])\d{1,2}\2\d{1,4}\b.*|\d{1,2}[:hH]\d{2}\b.*"
)
#: What the name of a column looks like: a few words, brackets at most; no sentence, no quotation, no path.
_NAME = re.compile(r"[^\W\d][\w#+°'’./()\[\]-]*( [\w#+°'’./()\[\]-]+){0,4}")

#: What tells a second column of one name from the first.
_NUMBERED = re.compile(r"\s+\([0-9]\)$|\.[1-9]$")
#: How the first cell begins where lines of JSON were cut into cells.
_JSON = re.compile(r"\s*\[?\s*\{\s*[\"']?\w+[\"']?\s*:")


def folded(heading: str) -> str:
    """The heading without regard to case, accents, spaces and punctuation.

    Examples:
        >>> folded("Expéditeur "), folded("Message-ID"), folded("recipient_address")
        ('expediteur', 'messageid', 'recipientaddress')
        >>> folded("#")
        ''
    """
    return "".join(letter for letter in unicodedata.normalize("NFKD", heading).casefold() if letter.isalnum())


#: Units in which a heading may say that its column is, in brackets at its end.
_UNITS = frozenset(
    (
        *("s", "sec", "secs", "second", "seconds", "sek", "ms", "min", "mins", "minute", "minutes", "minuten"),
        *("h", "hr", "hrs", "hour", "hours", "std", "stunden", "heures", "horas", "d", "day", "days", "tage"),
        *("local", "local time", "ortszeit", "heure locale", "hora local", "yyyy-mm-dd", "dd.mm.yyyy", "mm/dd/yyyy"),
    )
)
_AT_THE_END = re.compile(
    r"(?P<name>.*\S)\s*[(\[](?P<what>[^()\[\]]+)[)\]]\s*|(?P<before>.*\w)[\s_]+(?P<zone>UTC|GMT|utc|gmt)"
)


def zone_in(heading: str) -> str:
    """The time zone that a heading names at its end; "" where it names none.

    Examples:
        >>> zone_in("Sent (UTC)"), zone_in("Date (UTC+1)"), zone_in("date_utc"), zone_in("Duration (min)")
        ('UTC', 'UTC+1', 'utc', '')
    """
    match = _AT_THE_END.fullmatch(heading)
    zone = (match["what"] or match["zone"]).strip() if match else ""
    # A single letter is a zone to the military alone.
    return zone if len(zone) > 1 and offset_of(zone, datetime(2025, 1, 1)) is not None else ""


def bare(heading: str) -> str:
    """The heading without a unit or a time zone at its end.

    Examples:
        >>> bare("Sent (UTC)"), bare("Duration (min)"), bare("From: (Name)")
        ('Sent', 'Duration', 'From: (Name)')
    """
    match = _AT_THE_END.fullmatch(heading)
    if match and (zone_in(heading) or (match["what"] or "").strip().casefold() in _UNITS):
        return match["name"] or match["before"]
    return heading


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


def place_of(headings: Sequence[str], heading: str) -> int | None:
    """Where a heading stands: as it is written, or else as one of the same letters; None where it is not there.

    Examples:
        >>> place_of(["Date", "date"], "date"), place_of(["Sent (UTC)"], "sent utc"), place_of(["Date"], "Datum")
        (1, 0, None)
    """
    exact = [position for position, name in enumerate(headings) if name.strip() == heading.strip()]
    alike = [position for position, name in enumerate(headings) if folded(name) == folded(heading) != ""]
    return next(iter([*exact, *alike]), None)


def called_alike(headings: Sequence[str], position: int) -> list[int]:
    """The other columns that are called as one of them is, also by a number that was put behind to tell them apart.

    Examples:
        >>> called_alike(["Date", "To", "to ", "To (2)", "Total"], 1), called_alike(["To", "To: (Name)"], 0)
        ([2, 3], [])
    """
    names = [_NUMBERED.sub("", heading.strip()).casefold() for heading in headings]
    return [at for at, name in enumerate(names) if at != position and name == names[position] != ""]


def locate(
    headings: Sequence[str],
    fields: Mapping[str, Sequence[str]],
    *,
    given: Mapping[str, str | Sequence[str]] | None = None,
) -> tuple[dict[str, int], list[str]]:
    """Which column holds which field.

    Args:
        headings: the headings, in order.
        fields: field -> headings it is known by, the likelier first. The field's own name comes before all.
        given: field -> heading, as the user says; these columns are taken before any is recognised. Of several headings
            the first that is there.

    Returns:
        field -> position in `headings`, and the given fields whose column is not there (recognised like others).

    Examples:
        >>> locate(["De", "À", "Date", "Objet"], LOG_HEADINGS)[0]
        {'timestamp': 2, 'sender': 0, 'recipient': 1}
        >>> locate(["from", "to"], LOG_HEADINGS, given={"sender": "to", "recipient": "author"})
        ({'sender': 1}, ['recipient'])
        >>> locate(["wer", "to"], LOG_HEADINGS, given={"sender": ["qui", "wer"]})
        ({'sender': 0, 'recipient': 1}, [])
    """
    by_name: dict[str, int] = {}
    # A heading as it stands comes before one that says the same with a unit.
    for written in (str, bare):
        for position, heading in enumerate(headings):
            by_name.setdefault(folded(written(heading)), position)
    found: dict[str, int] = {}
    absent: list[str] = []
    for field, named in (given or {}).items():
        places = (place_of(headings, heading) for heading in ((named,) if isinstance(named, str) else named))
        there = [place for place in places if place is not None]
        if there:
            found[field] = there[0]
        else:
            absent.append(field)
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


def check_given(given: Mapping[str, object] | None, fields: Iterable[str], *, option: str) -> None:
    """Refuse a mapping of a field that does not exist, or to what is no column."""
    names = list(fields)
    for field, column in mapping(given or {}, "columns", of="canonical field to column").items():
        if not texts(column, f"the column of {field!r}"):
            raise SilosError(f"{option} {field}=…: no column is named.")
        if field not in names:
            close = get_close_matches(field, names, n=1)
            hint = f" Did you mean {close[0]!r}?" if close else ""
            raise SilosError(f"{option} {field}=…: there is no field {field!r}. Fields: {', '.join(names)}.{hint}")


def missing(
    name: str,
    fields: Sequence[str],
    headings: Sequence[str],
    *,
    option: str,
    evident: bool,
    known: frozenset[str],
    above: int = 0,
) -> SilosError:
    """The error for `fields` that are in no column of the log or roster `name`; `above` as of `Dialect`."""
    if look_like_rows(headings) and above > 1:
        return ReadError(
            f"{name}: the line above the rows has {above} cells, but the rows have {len(headings)}, so it is not known "
            "which column is which. Give every column one heading (and every row as many cells), including "
            f"{', '.join(fields)}."
        )
    if headings and _JSON.match(headings[0]):
        return ReadError(
            f"{name}: this is JSON, which is read only from the tools that `silos formats` lists. Write it as a table, "
            f"CSV or Parquet, with the columns {', '.join(fields)}."
        )
    if look_like_rows(headings):
        return ReadError(
            f"{name}: the first line holds values, not headings ({len(headings)} columns). "
            f"Add a first line that names the columns, including {', '.join(fields)}."
        )
    names = quotable(headings, evident=evident, known=known)
    found = listed(names, len(headings) - len(names))
    return ColumnError(f"{name}: {ColumnError.missing(fields, found=found, option=option)}")


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
        *("n", "nb", "num", "freq", "frequency", "occurrences", "volume", "total", "messages", "mails", "emails"),
        *("interactions", "häufigkeit", "fréquence"),
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

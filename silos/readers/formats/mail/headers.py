"""What the headers of a mail say: who wrote to whom and when, and whether a person did.

Only the headers that tell this are looked at; subject and body are neither decoded nor kept.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from silos.readers.formats.mail import folders
from silos.readers.formats.mail.encoded_words import decoded_words
from silos.readers.tabular.ids import REMARK, REMARK_BEHIND, visible
from silos.readers.tabular.placeholders import is_placeholder
from silos.readers.tabular.spelt_times import NO_TIME, Moment, moment_of
from silos.readers.tabular.status_words import DELETED, DRAFT, SPAM

#: Recipients of one mail that are read; nobody writes to more people than that and means them.
_MOST_RECIPIENTS = 20_000

_NAMES = {
    name.encode(): name
    for name in (
        *("from", "sender", "to", "cc", "bcc", "date", "received", "message-id", "in-reply-to", "references"),
        *("x-gm-thrid", "return-path", "auto-submitted", "content-type", "content-length", "list-id", "list-post"),
        *("precedence", "x-unsent", "x-gmail-labels", "x-spam-flag", "x-spam-status", "x-mozilla-status", "x-status"),
        "x-mozilla-draft-info",
    )
}
#: In the status that Thunderbird writes in hexadecimal: the mail was deleted, and its file not yet compacted.
_EXPUNGED = 0x0008
_SEVERAL = ("to", "cc", "bcc", "x-gmail-labels")
_FOLD = re.compile(rb"\r?\n[ \t]+")
_ASCTIME = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun) +[A-Z][a-z]{2} +\d{1,2} +\d\d?:\d\d(:\d\d)?( .*)?$")

# ---- addresses

_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"(?!@)')
_COMMENT, _COMMENT_BEHIND = re.compile(REMARK), re.compile(REMARK_BEHIND)
_WORD = re.compile(r"=\?[^?\s]+\?[BbQq]\?[^?]*\?=")
_ANGLE = re.compile(r"<([^<>]*)>")
_BARE = re.compile(r"[^\s<>,;:()\"]+@[^\s<>,;:()\"]+")
_ALONE = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_SPELT = re.compile(r"([\w.+-]+) at ([\w-]+(?:\.[\w-]+)+)")


def addresses(values: Sequence[str]) -> list[str]:
    """The addresses in headers such as To, lower case, each once; names, comments and groups are left.

    Examples:
        >>> addresses(['Martin, Zoé <Zoe@Acme.example>, "Roe, \\'Bob\\'" <bob@acme.example>'])
        ['zoe@acme.example', 'bob@acme.example']
        >>> addresses(["=?utf-8?Q?Roe, Bob?= <bob@acme.example>, cleo at acme.example", "undisclosed-recipients:;"])
        ['bob@acme.example', 'cleo@acme.example']
    """
    found: dict[str, None] = {}
    for value in map(visible, values):
        plain = _without_comments(_QUOTED.sub(" ", _WORD.sub(" ", value)))
        if "@" not in plain and " at " not in plain and "=?" in value:
            plain = _without_comments(_QUOTED.sub(" ", decoded_words(value)))
        for piece in re.split(r"[,;]", plain):
            if len(words := piece.split()) > 1 and all(map(_ALONE.fullmatch, words)):
                # Nothing but blanks stands between them.
                found |= dict.fromkeys(word.lower() for word in words[:_MOST_RECIPIENTS])
                continue
            angles = [angle for angle in _ANGLE.findall(piece) if "@" in angle or " at " in angle]
            place = angles[-1] if angles else piece
            match = _BARE.search(place)
            spelt = None if match else _SPELT.search(place)
            address = match[0] if match else f"{spelt[1]}@{spelt[2]}" if spelt else ""
            address = address.strip("'`.<>[]").lower().removeprefix("mailto:").removeprefix("smtp:")
            if 3 <= len(address) <= 320 and len(found) < _MOST_RECIPIENTS:
                found[address] = None
    return list(found)


def _without_comments(value: str) -> str:
    """A header without what stands in brackets, unless that is the address: "Bob Li (bob@acme.example)"."""
    return _COMMENT.sub(" ", _COMMENT_BEHIND.sub(r"\1 ", value))


# ---- headers

Headers = Mapping[str, list[str]]


def headers_of(block: bytes) -> Headers:
    """The headers of one mail that matter here: the first of each name, all of To, Cc, Bcc and labels."""
    headers: dict[str, list[str]] = {}
    for line in _FOLD.sub(b" ", block).split(b"\n"):
        key, _, value = line.partition(b":")
        name = _NAMES.get(key.strip().lower()) if len(key) <= 20 else None
        if name and (name not in headers or name in _SEVERAL):
            headers.setdefault(name, []).append(text_of(value))
    return headers


def text_of(value: bytes) -> str:
    """A raw header as text: UTF-8 if it is, else Western European as older programs write it."""
    try:
        return value.decode("utf-8").strip()
    except UnicodeDecodeError:
        return value.decode("latin-1").strip()


def first(headers: Headers, name: str) -> str:
    return headers[name][0] if name in headers else ""


def when(headers: Headers, separator: bytes) -> Moment:
    """When a mail was sent; where it does not say, or not in a zone that is known, when it arrived."""
    sent = moment_of(first(headers, "date")) if "date" in headers else NO_TIME
    if sent.time:
        return sent
    if "received" in headers:
        arrived = moment_of(first(headers, "received").rpartition(";")[2])
        if arrived.time and (arrived.zone == "known" or sent.zone != "unknown"):
            return Moment(arrived.time, sent.zone if sent.zone == "unknown" else "known")
    # Thunderbird writes "From - " and the time of day of the download.
    if sent.zone == "unknown" or separator.startswith(b"From - "):
        return sent
    match = _ASCTIME.search(text_of(separator))
    # By RFC 4155 this line is in UTC.
    return Moment(moment_of(match[0]).time, "known") if match else sent


def identity(value: str) -> str:
    """A Message-ID without its angle brackets, "" if there is none or a placeholder stands for it.

    Examples:
        >>> identity("<a.1@acme.example>"), identity("<null>"), identity("<00000000-0000-0000-0000-000000000000>")
        ('a.1@acme.example', '', '')
    """
    match = re.search(r"<([^<>]+)>", value)
    found = "".join((match[1] if match else value.strip("<>")).split())[:500]
    # All mails of one such word would be one.
    return "" if is_placeholder(found) else found


def left_out(headers: Headers) -> str | None:
    """Why a mail was not sent by a person; None if it was.

    Examples:
        >>> left_out({"auto-submitted": ["auto-replied"]}), left_out({"auto-submitted": ["no"]})
        ('bot', None)
        >>> left_out({"x-mozilla-status": ["0009"]}), left_out({"x-mozilla-status": ["0001"]})
        ('deleted', None)
    """
    null_path = "return-path" in headers and "".join(first(headers, "return-path").split()) == "<>"
    automatic = first(headers, "auto-submitted").split(";")[0].strip().lower() not in ("", "no")
    report = first(headers, "content-type").lower().startswith("multipart/report")
    bulk = first(headers, "precedence").lower() in ("bulk", "list", "junk")
    if null_path or automatic or report or bulk or "list-id" in headers:
        return "bot"
    if reason := next(filter(None, map(folders.reason_of_labels, headers.get("x-gmail-labels", []))), None):
        return reason
    filtered = first(headers, "x-spam-status").lower().startswith("yes")
    if filtered or first(headers, "x-spam-flag").upper() == "YES":
        return SPAM
    state = first(headers, "x-status").upper()
    if "T" in state or first(headers, "x-unsent") == "1" or "x-mozilla-draft-info" in headers:
        return DRAFT
    mozilla = first(headers, "x-mozilla-status")
    expunged = re.fullmatch(r"[0-9A-Fa-f]{4}", mozilla) is not None and int(mozilla, 16) & _EXPUNGED
    return DELETED if expunged or "D" in state else None


def lists_of(headers: Headers) -> Iterator[str]:
    """Addresses of the mailing list that a mail came by."""
    if "list-post" in headers:
        yield from addresses([first(headers, "list-post")])
    if "list-id" in headers:
        name = identity(first(headers, "list-id")).lower().replace(".", "@", 1)
        yield from (address for address in addresses(headers.get("to", [])) if address == name)

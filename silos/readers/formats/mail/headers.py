"""What the headers of a mail say: who wrote to whom and when, and whether a person did.

Only the headers that tell this are looked at; subject and body are neither decoded nor kept.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from email.errors import HeaderParseError
from email.header import decode_header
from email.utils import parsedate_tz
from typing import cast

#: Recipients of one mail that are read; nobody writes to more people than that and means them.
_MOST_RECIPIENTS = 20_000

_NAMES = {
    name.encode(): name
    for name in (
        *("from", "sender", "to", "cc", "bcc", "date", "received", "message-id", "in-reply-to", "references"),
        *("x-gm-thrid", "return-path", "auto-submitted", "content-type", "content-length", "list-id", "list-post"),
        *("precedence", "x-unsent", "x-gmail-labels", "x-spam-flag"),
    )
}
_SEVERAL = ("to", "cc", "bcc")
_FOLD = re.compile(rb"\r?\n[ \t]+")
_ASCTIME = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun) +[A-Z][a-z]{2} +\d{1,2} +\d\d?:\d\d(:\d\d)?( .*)?$")

# ---- addresses

_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"(?!@)')
_COMMENT = re.compile(r"\([^()]*\)")
_WORD = re.compile(r"=\?[^?\s]+\?[BbQq]\?[^?]*\?=")
_ANGLE = re.compile(r"<([^<>]*)>")
_BARE = re.compile(r"[^\s<>,;:()\"]+@[^\s<>,;:()\"]+")
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
    for value in values:
        plain = _COMMENT.sub(" ", _QUOTED.sub(" ", _WORD.sub(" ", value)))
        if "@" not in plain and " at " not in plain and "=?" in value:
            plain = _COMMENT.sub(" ", _QUOTED.sub(" ", _words(value)))
        for piece in re.split(r"[,;]", plain):
            angles = [angle for angle in _ANGLE.findall(piece) if "@" in angle or " at " in angle]
            place = angles[-1] if angles else piece
            match = _BARE.search(place)
            spelt = None if match else _SPELT.search(place)
            address = match[0] if match else f"{spelt[1]}@{spelt[2]}" if spelt else ""
            address = address.strip("'`.<>[]").lower().removeprefix("mailto:").removeprefix("smtp:")
            if 3 <= len(address) <= 320 and len(found) < _MOST_RECIPIENTS:
                found[address] = None
    return list(found)


def _words(value: str) -> str:
    """The text of encoded words; needed only where somebody encoded the addresses too."""
    try:
        parts = decode_header(value)
        return "".join(
            part if isinstance(part, str) else part.decode(charset or "latin-1", errors="replace")
            for part, charset in parts
        )
    except (ValueError, LookupError, HeaderParseError):
        return value


# ---- headers

Headers = Mapping[str, list[str]]


def headers_of(block: bytes) -> Headers:
    """The headers of one mail that matter here: the first of each name, all of To, Cc and Bcc."""
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


def time_of(value: str) -> datetime | None:
    """A time as mail writes it, in UTC; without a zone it is taken as UTC.

    Examples:
        >>> time_of("Fri, 3 May 2024 10:00:00 +0200 (CEST)"), time_of("soon")
        (datetime.datetime(2024, 5, 3, 8, 0), None)
    """
    try:
        parsed = parsedate_tz(value[:200])
        if parsed is None:
            time = datetime.fromisoformat(value.strip())
            return time if time.tzinfo is None else (time - cast(timedelta, time.utcoffset())).replace(tzinfo=None)
        year, month, day, hour, minute, second = parsed[:6]
        return datetime(year, month, day, hour, minute, min(second, 59)) - timedelta(seconds=parsed[9] or 0)
    except (ValueError, TypeError, IndexError, OverflowError, AttributeError):
        return None


def when(headers: Headers, separator: bytes) -> datetime | None:
    """When a mail was sent; where it does not say, when it arrived."""
    if "date" in headers and (time := time_of(first(headers, "date"))):
        return time
    if "received" in headers and (time := time_of(first(headers, "received").rpartition(";")[2])):
        return time
    # Thunderbird writes "From - " and the time of day of the download.
    match = None if separator.startswith(b"From - ") else _ASCTIME.search(text_of(separator))
    return time_of(match[0]) if match else None


def identity(value: str) -> str:
    """A Message-ID without its angle brackets, "" if there is none."""
    match = re.search(r"<([^<>]+)>", value)
    return "".join((match[1] if match else value.strip("<>")).split())[:500]


def left_out(headers: Headers) -> str | None:
    """Why a mail is none that a person sent; None if a person did.

    Examples:
        >>> left_out({"auto-submitted": ["auto-replied"]}), left_out({"auto-submitted": ["no"]})
        ('bot', None)
    """
    null_path = "return-path" in headers and "".join(first(headers, "return-path").split()) == "<>"
    automatic = first(headers, "auto-submitted").split(";")[0].strip().lower() not in ("", "no")
    report = first(headers, "content-type").lower().startswith("multipart/report")
    bulk = first(headers, "precedence").lower() in ("bulk", "list", "junk")
    if null_path or automatic or report or bulk or "list-id" in headers:
        return "bot"
    labels = {label.strip().lower() for label in first(headers, "x-gmail-labels").split(",")}
    if labels & {"spam"} or first(headers, "x-spam-flag").upper() == "YES":
        return "spam"
    if labels & {"draft", "drafts", "brouillon", "brouillons"} or first(headers, "x-unsent") == "1":
        return "never sent"
    return None


def lists_of(headers: Headers) -> Iterator[str]:
    """Addresses of the mailing list that a mail came by."""
    if "list-post" in headers:
        yield from addresses([first(headers, "list-post")])
    if "list-id" in headers:
        name = identity(first(headers, "list-id")).lower().replace(".", "@", 1)
        yield from (address for address in addresses(headers.get("to", [])) if address == name)

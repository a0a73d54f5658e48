"""Encoded words of mail headers as text, also where a program wrote them carelessly."""

import base64
import binascii
import codecs
import quopri
import re

_WORD = re.compile(r"=\?([^?\s]+)\?([BbQq])\?([^?]*)\?=")
_BETWEEN = re.compile(r"(\?=)\s+(=\?)")


def decoded_words(value: str) -> str:
    """The text of a header with encoded words; a word that cannot be decoded stays as it is.

    Bytes of one charset are put together before they are decoded, as programs cut letters in two.

    Examples:
        >>> decoded_words("=?UTF-8?Q?Entw=C3?= =?UTF-8?Q?=BCrfe,Inbox?="), decoded_words("=?utf-8?b?5LiL5pu444GN?=")
        ('Entwürfe,Inbox', '下書き')
        >>> decoded_words("=?x-none?Q?Spam?= and more")
        '=?x-none?Q?Spam?= and more'
    """
    if "=?" not in value:
        return value
    value = _BETWEEN.sub(r"\1\2", value)
    pieces: list[tuple[str, bytes, str]] = []  # charset, bytes, as it was
    place = 0
    for match in _WORD.finditer(value):
        if match.start() > place:
            pieces.append(("", b"", value[place : match.start()]))
        found = _bytes_of(match[2], match[3])
        charset = match[1].split("*")[0].lower()
        if found is None or not _known(charset):
            pieces.append(("", b"", match[0]))
        elif pieces and pieces[-1][0] == charset:
            pieces[-1] = (charset, pieces[-1][1] + found, pieces[-1][2] + match[0])
        else:
            pieces.append((charset, found, match[0]))
        place = match.end()
    pieces.append(("", b"", value[place:]))
    return "".join(content.decode(charset, errors="replace") if charset else text for charset, content, text in pieces)


def _bytes_of(encoding: str, text: str) -> bytes | None:
    try:
        if encoding in "Qq":
            return quopri.decodestring(text.replace("_", " ").encode("utf-8"), header=False)
        return base64.b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return None


def _known(charset: str) -> bool:
    try:
        return bool(codecs.lookup(charset)._is_text_encoding)
    except (LookupError, AttributeError, ValueError):
        return False

"""An estimate of how hard a key is to guess."""

import math
import re

#: Bits that a key must be worth.
ENTROPY = 128
#: Bits that a letter of a word is worth: words are guessed whole.
OF_A_WORD = 2.0
#: Share of the bytes that repeat the one before them or are next to it, beyond which these are worth nothing.
FOLLOWING = 0.25
#: Share of the distinct bytes that random ones would have, below which a key counts as made of its few bytes alone.
VARIED = 0.6

#: What a key may be written in -> how many signs there are.
_ALPHABETS = (
    (re.compile(rb"[0-9]*"), 10),
    (re.compile(rb"[0-9a-f]*|[0-9A-F]*"), 16),
    (re.compile(rb"[0-9A-Za-z+/=_-]*"), 64),
    (re.compile(rb"[\x20-\x7e]*"), 95),
)
#: How many bytes there are, for a key that is written in none of these.
_ANY = 256
_WORD = re.compile(rb"[A-Za-z]?[a-z]{3,}|[A-Z]{4,}")


def entropy(secret: bytes) -> float:
    """About how many bits a secret is worth to somebody who guesses: rather too few than too many.

    Each byte is worth the logarithm of how many signs it could have been: 10 where all are digits, 16 where all are
    hexadecimal ones, 64 of Base64, 95 printable ones, else 256. A letter of a word (four letters or more in a row,
    where not all are hexadecimal digits) is worth `OF_A_WORD`. Where many bytes repeat the one before them, or are next
    to it, as in "aaaa" and "abcd", these are worth nothing. Where the secret has far fewer distinct bytes than random
    ones would have, each is worth the logarithm of how many these are.

    Examples:
        >>> [round(entropy(key)) for key in (b"a" * 16, b"sixteen bytes or more", bytes(range(64)), b"0" * 64)]
        [4, 65, 0, 3]
        >>> round(entropy(b"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"))
        256
        >>> round(entropy(bytes.fromhex("9f86d081884c7d659a2feaa0c55ad015")))
        128
    """
    if not secret:
        return 0.0
    # What is written several times over is worth no more than once.
    secret = secret[: (secret + secret).find(secret, 1)]
    alphabet = next((count for pattern, count in _ALPHABETS if pattern.fullmatch(secret)), _ANY)
    distinct = len(set(secret))
    expected = alphabet * (1 - (1 - 1 / alphabet) ** len(secret))
    worth = [math.log2(distinct if distinct < VARIED * expected else alphabet)] * len(secret)
    if alphabet > _ALPHABETS[1][1]:
        for word in _WORD.finditer(secret):
            worth[word.start() : word.end()] = [min(OF_A_WORD, worth[word.start()])] * len(word[0])
    follows = [place for place in range(1, len(secret)) if abs(secret[place] - secret[place - 1]) <= 1]
    if len(follows) > FOLLOWING * len(secret):
        for place in [*follows, follows[0] - 1]:
            worth[place] = 0.0
    return sum(worth)

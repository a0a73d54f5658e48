"""Damage as files really take it, and some that nobody would: bytes, lines, cells, encodings, JSON, XML, zips."""

import gzip
import io
import json
import random
import zipfile
from collections.abc import Callable, Mapping

_ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "utf-32", "cp437", "shift-jis")
_ODD = ("\0", "\u200b", "\ufeff", "\u202e", "\ud800", "\x1a", "é", "e\u0301", "𝒜", "\x85", "\u2028", "'", '"', "`", "%")
_VALUES: tuple[object, ...] = (
    *(None, [], {}, "", 0, -1, 1e308, 10**30, True, "null", "NaN", [[[]]], {"id": {"id": []}}, "9" * 400),
    *("\ud800", -0.5),
    *("0001-01-01T00:00:00Z", "9999-12-31T24:00:00Z", float("inf")),
)
_CELLS = (
    *("", "#N/A", "NULL", "nan", "-", "=1+1", "1.00123E+11", "99999999999999999999", "31/02/2025", "24:00", "\u200b"),
    *("a;b,c|d", "' or 1=1 --", "{}", "[1,2]", "../../etc/passwd", "%s%n{0}", "1e999", "-0", "2025-13-45T99:99:99Z"),
)
_HUGE = 200_000
#: Bytes that an input has at most: what takes long for its size is sought, not what is large.
_LARGEST = 2_000_000
_DEEP = 3_000


def mutated(content: bytes, chance: random.Random) -> bytes:
    """The content with one to six kinds of damage."""
    for _ in range(chance.choice((1, 1, 1, 2, 2, 3, 6))):
        content = chance.choice(_KINDS)(content, chance)[:_LARGEST]
    return content


def _place(content: bytes, chance: random.Random) -> int:
    return chance.randrange(len(content) + 1)


def _flip(content: bytes, chance: random.Random) -> bytes:
    found = bytearray(content)
    for _ in range(chance.choice((1, 2, 8, 64)) if found else 0):
        found[chance.randrange(len(found))] = chance.randrange(256)
    return bytes(found)


def _cut(content: bytes, chance: random.Random) -> bytes:
    return content[: _place(content, chance)] if chance.random() < 0.5 else content[_place(content, chance) :]


def _drop(content: bytes, chance: random.Random) -> bytes:
    place = _place(content, chance)
    return content[:place] + content[place + chance.choice((1, 3, 20, 200)) :]


def _repeat(content: bytes, chance: random.Random) -> bytes:
    place, size = _place(content, chance), chance.choice((1, 5, 50, 500))
    return content[:place] + content[place : place + size] * chance.choice((2, 3, 40)) + content[place:]


def _insert(content: bytes, chance: random.Random) -> bytes:
    place = _place(content, chance)
    return content[:place] + chance.choice(_ODD).encode("utf-8", "surrogatepass") + content[place:]


def _lines(content: bytes, chance: random.Random) -> bytes:
    lines = content.split(b"\n")
    action = chance.randrange(6)
    if action == 0:
        chance.shuffle(lines)
    elif action == 1:
        lines = [line for line in lines if chance.random() < 0.7]
    elif action == 2:
        lines = [one for line in lines for one in [line] * chance.choice((1, 1, 2))]
    elif action == 3:
        lines = lines[chance.choice((1, 2)) :]
    elif action == 4:
        strange = chance.choice((b"", b"---,---", b"Total;9", b"(4 rows affected)"))
        lines.insert(chance.randrange(len(lines) + 1), strange)
    else:
        lines *= chance.choice((2, 50))
    return chance.choice((b"\n", b"\n", b"\r\n", b"\r", b"\n\n")).join(lines)


def _delimiter(content: bytes, chance: random.Random) -> bytes:
    old, new = chance.sample((b",", b";", b"\t", b"|", b":", b"="), 2)
    return content.replace(old, new, chance.choice((-1, -1, 1, 5)))


def _cell(content: bytes, chance: random.Random) -> bytes:
    mark = chance.choice((b",", b";", b"\t", b'"', b">", b":"))
    cells = content.split(mark)
    cells[chance.randrange(len(cells))] = chance.choice(_CELLS).encode()
    return mark.join(cells)


def _huge(content: bytes, chance: random.Random) -> bytes:
    place = _place(content, chance)
    much = chance.choice((b"x", b"9", b",", b'"', b" ", b"\n", b"<a>", b"[")) * _HUGE
    return content[:place] + much + content[place:]


def _recode(content: bytes, chance: random.Random) -> bytes:
    for encoding in ("utf-16", "utf-8-sig") if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeError:
            continue
        return text.encode(chance.choice(_ENCODINGS), "replace")
    return content


def _numbers(content: bytes, chance: random.Random) -> bytes:
    digits = [place for place, byte in enumerate(content) if 48 <= byte < 58]
    if not digits:
        return content
    place = chance.choice(digits)
    return content[:place] + chance.choice((b"-", b"9" * 30, b"0", b".", b"e99", b"/")) + content[place + 1 :]


def _json(content: bytes, chance: random.Random) -> bytes:
    lines = content.split(b"\n")
    number = chance.randrange(len(lines))
    try:
        found = json.loads(lines[number])
    except (ValueError, RecursionError):
        return _flip(content, chance)
    if chance.random() < 0.05:
        lines[number] = b"[" * _DEEP + lines[number] + b"]" * _DEEP
        return b"\n".join(lines)
    spots: list[tuple[object, object]] = []
    waiting = [found]
    while waiting:
        one = waiting.pop()
        inside = list(one.items()) if isinstance(one, dict) else list(enumerate(one)) if isinstance(one, list) else []
        spots += [(one, key) for key, _ in inside]
        waiting += [value for _, value in inside]
    for _ in range(chance.choice((1, 2, 4)) if spots else 0):
        holder, key = chance.choice(spots)
        if chance.random() < 0.2 and isinstance(holder, dict):
            holder.pop(key, None)
        elif isinstance(holder, dict) or key in range(len(holder)):  # type: ignore[arg-type]
            holder[key] = chance.choice(_VALUES)  # type: ignore[index]
    lines[number] = json.dumps(found).encode("utf-8", "replace")
    return b"\n".join(lines)


def _packed(content: bytes, chance: random.Random) -> bytes:
    kind = chance.randrange(4)
    if kind == 0:
        return gzip.compress(content)
    if kind == 1:
        return _zip({chance.choice(NAMES): content})
    if kind == 2:
        return _zip({"a.zip": _zip({"b.zip": _zip({"log.csv": content})})})
    return gzip.compress(gzip.compress(content))[: chance.choice((9, 40, 10**6))]


_KINDS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    *(_flip, _flip, _cut, _drop, _repeat, _insert, _insert, _lines, _lines, _delimiter, _cell, _cell, _cell, _huge),
    *(_recode, _recode, _numbers, _numbers, _json, _json, _json, _packed),
)

#: Names of members that no export has.
NAMES = (
    *("log.csv", "..\\..\\x.csv", "/etc/x.csv", "C:\\x\\users.json", "a/../../users.json", "Entwürfe/1.eml", "x" * 300),
    *("general\\2025-01-06.json", "con.csv", "a//b.csv", "\u202ecsv.gol", "users.json/", ".hidden/x.csv", "%s.csv"),
)


def _zip(files: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A zip of files."""
    return _zip(files)


def files_mutated(files: Mapping[str, bytes], chance: random.Random) -> dict[str, bytes]:
    """Files of which some are damaged, missing, or named otherwise."""
    found = dict(files)
    for _ in range(chance.choice((1, 1, 2, 3))):
        name = chance.choice(list(found))
        action = chance.random()
        if action < 0.75 or len(found) == 1:
            found[name] = mutated(found[name], chance)
        elif action < 0.85:
            del found[name]
        elif action < 0.95:
            found[chance.choice(NAMES)] = found.pop(name)
        else:
            found[f"more/{name}"] = found[name]
    return found

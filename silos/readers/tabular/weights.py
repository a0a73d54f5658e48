"""Weights of the rows of a table: how many interactions each stands for, and columns that may say so."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from silos.engines.quoting import literal
from silos.errors import ReadError
from silos.locales.said import Said
from silos.readers.reader import Request
from silos.readers.tabular.columns import folded
from silos.readers.tabular.scan import Column, Scan, rows_of

WEIGHT = "a weight that is no number above 0"
#: Columns and attributes that count the messages of an edge under another name than "weight"; used where all are whole
#: numbers. What may rate it ("strength", "value") or number it ("numero") is named by --map.
COUNTS = (
    *("edge weight", "weight sum", "count", "counts", "messages", "message count", "n messages", "number of messages"),
    *("emails", "email count", "mails", "interactions", "n", "anzahl", "nachrichten"),
    *("nombre", "nombre de messages", "cantidad", "mensajes", "messaggi"),
    *("nb", "nb messages", "nb mails", "num messages", "mail count", "number of emails", "number of mails"),
    *("frequency", "freq", "occurrences", "occurrence", "interaction count", "n interactions"),
    *("anzahl nachrichten", "anzahl mails", "anzahl e-mails", "häufigkeit", "fréquence", "échanges", "nb échanges"),
    *("nombre d'échanges", "frecuencia", "conteggio", "frequenza", "aantal", "berichten", "件数", "数量", "건수"),
)
COUNTED = frozenset(map(folded, COUNTS))

#: Columns of an edge that no count stands in: numbers and names that tools give it, and when it was there.
_NO_COUNTS = frozenset(("", "id", "edgeid", "label", "timeset", "interval", "index", "unnamed0", "key", "color"))
#: Whole numbers between which all of a column are years.
_YEARS = (1900, 2100)
#: Signs between groups of three digits that are nothing else: blanks of all kinds and apostrophes.
_BLANK_GROUPS = "[+-]?[0-9]{1,3}(?:[ \\x{00a0}\\x{2009}\\x{202f}'’][0-9]{3})+(?:[.,][0-9]+)?"
_BLANKS = "[ \\x{00a0}\\x{2009}\\x{202f}'’]"


def weighed(
    scan: Scan, columns: Mapping[str, Column], request: Request
) -> tuple[Scan, Mapping[str, Column], Mapping[str, int]]:
    """A table whose weights are numbers above 0 or empty: its scan, its columns, and the rows that were left out.

    Raises:
        ReadError: a sign in the numbers may part thousands as well as decimals.
    """
    column = columns.get("weight")
    if column is None:
        return scan, columns, {}
    if column.is_text:
        given, value = _stated(column), _number(column, scan, request)
    else:
        given, value = column.sql, f"try_cast({column.sql} as double)"
    bad = f"{given} is not null and not coalesce({value} > 0 and isfinite({value}), false)"
    # Few logs have weights: what is left out is counted at once.
    [(count,)] = rows_of(f"select count(*) from {scan.sql} where {bad}", request.connection, scan.files[0])
    if count:
        scan = replace(scan, sql=f"(select * from {scan.sql} where not ({bad}))")
    return scan, {**columns, "weight": Column(column.heading, value, "DOUBLE")}, {WEIGHT: count} if count else {}


def _stated(column: Column) -> str:
    return f"nullif(trim({column.text}), '')"


def _number(column: Column, scan: Scan, request: Request) -> str:
    """SQL of the numbers of a column of text, null where one is none; a decimal comma is read as a point."""
    text = f"trim({column.text})"
    # Most are whole, and part nothing: they are looked through once, not for each sign.
    if not _any(scan, f"regexp_matches({text}, '[^0-9]')", request):
        return f"try_cast({text} as double)"
    grouped = f"regexp_full_match({text}, {literal(_BLANK_GROUPS)})"
    if _any(scan, grouped, request):
        text = f"case when {grouped} then regexp_replace({text}, {literal(_BLANKS)}, '', 'g') else {text} end"
    for sign, other in ((".", ","), (",", ".")):
        if _part_thousands(text, sign, other, column.heading, scan, request):
            return f"try_cast(replace(replace({text}, '{sign}', ''), ',', '.') as double)"
    value = f"try_cast(replace({text}, ',', '.') as double)"
    if scan.delimiter == ";":
        return value
    # Beside another delimiter, 1,234 is as often a thousand and more: it is not guessed beside 1,5.
    return f"case when not regexp_full_match({text}, '[+-]?[1-9]\\d{{0,2}},\\d{{3}}') then {value} end"


def _part_thousands(text: str, sign: str, other: str, heading: str, scan: Scan, request: Request) -> bool:
    """Whether a sign parts the thousands of all numbers in which it stands: 1.234.567, or 1.234 beside 0,5.

    Raises:
        ReadError: it may part decimals as well: 1.234 beside 5 and 17, and nothing else.
    """
    groups = f"[+-]?[1-9][0-9]{{0,2}}(?:[{sign}][0-9]{{3}})"
    grouped = f"{groups}+(?:[{other}][0-9]+)?"
    signed = f"contains({text}, '{sign}')"
    # Of most columns the first number with a sign shows that it parts decimals.
    if _any(scan, f"{signed} and not regexp_full_match({text}, {literal(grouped)})", request):
        return False
    if not _any(scan, signed, request):
        return False
    proof = f"{groups}{{2,}}(?:[{other}][0-9]+)?|{groups}+[{other}][0-9]+"
    proof += f"|[+-]?[0-9]+[{other}](?:[0-9]{{1,2}}|[0-9]{{4,}})"
    if _any(scan, f"regexp_full_match({text}, {literal(proof)})", request):
        return True
    # Whoever writes three decimals writes them throughout. A semicolon parts cells where a comma parts decimals.
    small = not _any(scan, f"regexp_full_match({text}, '[+-]?[0-9]{{4,}}')", request)
    plain = _any(scan, f"regexp_full_match({text}, '[+-]?[0-9]{{1,3}}')", request)
    if small and plain and (sign == "." or scan.delimiter != ";"):
        raise ReadError(
            f"{scan.files[0]}: the numbers in {heading!r} can be read in two ways: 1{sign}234 may be one thousand two "
            f"hundred and thirty-four, or one and a fraction. Write them without a sign between thousands (1234), or "
            f"one of the fractions with another number of decimals (1{sign}2340)."
        )
    return False


def _any(scan: Scan, condition: str, request: Request) -> bool:
    query = f"select 1 from {scan.sql} where {condition} limit 1"
    return bool(rows_of(query, request.connection, scan.files[0]))


def are_counts(column: Column, scan: Scan, request: Request) -> bool:
    """Whether all numbers of a column are whole and above 0, and not those of the rows."""
    if _follow(scan.sample(column.text, request.connection)):
        return False
    given = _stated(column) if column.is_text else column.sql
    value = f"try_cast({given} as double)"
    whole = f"coalesce({value} > 0 and {value} = floor({value}) and isfinite({value}), false)"
    return not _any(scan, f"{given} is not null and not {whole}", request)


def note_on_numbers(scan: Scan, beside: Sequence[Column], quotable: Sequence[str], request: Request) -> list[str]:
    """What is to be said of a column of edges without a weight that may be one under a name that nobody knows.

    Args:
        scan: the table.
        beside: its columns that are not used.
        quotable: the headings that a note may quote.
        request: with the connection.
    """
    for column in beside:
        if column.is_list or folded(column.heading) in _NO_COUNTS or column.heading not in quotable:
            continue
        if _vary(scan.sample(column.text, request.connection)):
            heading = column.heading
            option = f'--map "weight={heading}"'
            return [Said("read", "weight_unused", name=scan.files[0], column=repr(heading), option=option)]
    return []


def _vary(values: Sequence[str]) -> bool:
    """Whether values are numbers above 0 that differ, and neither years nor the numbers of their rows.

    Examples:
        >>> _vary(["3", "1", "17"]), _vary(["0.4", "2"]), _vary(["2024", "2023"]), _vary(["1", "2", "3"]), _vary(["x"])
        (True, True, False, False, False)
    """
    try:
        numbers = [float(value) for value in values if value.strip()]
    except ValueError:
        return False
    if len(set(numbers)) < 2 or not all(0 < number < float("inf") for number in numbers):
        return False
    if all(_YEARS[0] <= number <= _YEARS[1] for number in numbers):
        return False
    return not _follow(values)


def _follow(values: Sequence[str]) -> bool:
    """Whether each of several numbers is the one before and 1, as numbers of rows are.

    Examples:
        >>> _follow(["7", "8", "9"]), _follow(["1", "2"]), _follow(["1", "3", "2"])
        (True, False, False)
    """
    if len(values) < 3 or not values[0].isdecimal():
        return False
    return all(value == str(int(values[0]) + at) for at, value in enumerate(values))

"""What a file that no reader recognises seems to be, in plain words."""

import re
from pathlib import PurePosixPath

from silos.readers.files.sniff import GRAPH, MARKUP, OTHERS, SERVICE_ERROR, Head

#: Cells between lines that are drawn, or such a line: what a terminal shows of a table.
_DRAWN = re.compile(r"(?m)^[ \ufeff]*(?:[│┃║┆].*[│┃║┆]\s*$|[┌┏╔╭├┣╠╞╟─━═][─━═┬┳╦╤┼╋╬╪┴ -]+\S*\s*$)")


def what_it_is(head: Head) -> str:
    """What a file that no reader recognises seems to be, from its first bytes.

    Examples:
        >>> what_it_is(Head("a folder", "container", members=("b.PDF", "Re. Our plans for May")))
        '2 files (.pdf)'
        >>> what_it_is(Head("a file", "binary", b"\\xca\\xfe\\0\\1")), what_it_is(Head("a file", "binary", b"Dear\\0"))
        ('a binary file that begins with the bytes ca fe 00 01', 'a binary file')
    """
    for magic, description in OTHERS:
        if head.start.startswith(magic):
            return description
    if head.kind == "container":
        # After the last stop of a name there may be the rest of a sentence.
        endings = {PurePosixPath(member).suffix.lower() for member in head.members}
        kinds = sorted(ending for ending in endings if re.fullmatch(r"\.[a-z0-9]{1,5}", ending))
        return f"{len(head.members)} files ({', '.join(kinds[:9]) or 'without extension'})"
    if head.kind == "parquet":
        return "a Parquet file"
    if head.kind == "binary":
        # Bytes that are letters may be content.
        begins = "" if head.start[:4].isascii() else f" that begins with the bytes {head.start[:4].hex(' ')}"
        return f"a binary file{begins}"
    begin = head.text.lstrip("\ufeff").lstrip()[:200].lower()
    if MARKUP.match(begin):
        if "<table" in head.text.lower() or "excel.sheet" in begin:
            return (
                "a web page or XML with a table, as old tools export it for Excel; open it there and save it as .xlsx"
            )
        return "a web page (perhaps a log-in page saved in place of the export)"
    if begin.startswith("<"):
        return "an XML file"
    if begin.startswith(("{", "[")):
        return _json(head.text.lstrip("\ufeff"))
    if re.match(r"(from |return-path:|received:|delivered-to:|message-id:)", begin):
        return "mail"
    if _DRAWN.search(head.text):
        return (
            "a table drawn with lines (│), as DuckDB, psql and sqlite3 print it. Export it as CSV: COPY (SELECT ...) "
            "TO 'log.csv' (HEADER), \\copy ... TO 'log.csv' CSV HEADER, .mode csv"
        )
    if head.dialect:
        return f"a table of {len(head.headings)} columns"
    return "text that is not a table: no line has headings between commas, semicolons, tabs or vertical bars"


def _json(text: str) -> str:
    """What a text of JSON seems to be.

    Examples:
        >>> _json('{"error": {"code": "InvalidAuthenticationToken", "message": "..."}}')[:60]
        'JSON with an error that a service answered in place of the e'
        >>> _json('{"value": [{"id": "1"}]}')[:34], _json('[{"who": "ann"}]')
        ('JSON as Microsoft Graph answers it', 'a JSON file')
    """
    if error := SERVICE_ERROR.match(text):
        return (
            f"JSON with an error that a service answered in place of the export ({error['code']}). Sign in again, "
            "or ask for the permission that is missing, and export once more"
        )
    if GRAPH.match(text):
        return (
            "JSON as Microsoft Graph answers it, which silos does not read. Export mail as a message trace, meetings "
            "as calendars (.ics) or attendance reports and people as CSV, or write the answers as a table with the "
            "columns timestamp, sender, recipient"
        )
    return "a JSON file"

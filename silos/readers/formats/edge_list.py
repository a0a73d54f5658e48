"""Plain lists of edges: two ids per line between blanks or tabs, no headings (SNAP, KONECT, networkx).

Their columns are called by their numbers. A third one is a weight or a time, and only whoever has the file can tell
which.
"""

import io
import re
from collections.abc import Iterator, Sequence
from functools import partial

from silos.errors import ReadError
from silos.readers.files.sniff import DAMAGE, HEAD_BYTES, Head, Part, part_of, why
from silos.readers.files.temporary import copying
from silos.readers.formats.edges import rows_of_edges
from silos.readers.reader import Reader, Request
from silos.readers.tabular import interactions
from silos.tables import Source

#: How lines begin that are no edges.
_COMMENTS = ("#", "%")
#: What `networkx.write_edgelist` writes behind the ids, and the weight in it.
_ATTRIBUTES = re.compile(r"\{.*\}")
_WEIGHT = re.compile(r"""['"]weight['"]\s*:\s*([^,}\s]+)""")
#: An id by which a list is known for one: a number or an address.
_ID = re.compile(r"\d+|[^\s,;|]+@[^\s,;|]+")
#: Columns that a list without headings has at most.
_MOST = 9


def _edges(lines: Iterator[str]) -> Iterator[list[str]]:
    """The cells of each line that is an edge; of attributes the weight."""
    for line in lines:
        text = line.strip()
        if not text or text.startswith(_COMMENTS):
            continue
        cells = text.split(maxsplit=2)
        if len(cells) == 3 and _ATTRIBUTES.fullmatch(cells[2]):
            weight = _WEIGHT.search(cells[2])
            yield [*cells[:2], weight[1] if weight else ""]
        else:
            yield text.split()


def _first(head: Head) -> tuple[list[list[str]], bool]:
    """The first edges, and whether behind their ids there are attributes."""
    cut = len(head.start) >= HEAD_BYTES
    lines = head.text.splitlines()[: -1 if cut else None]
    attributes = any(_ATTRIBUTES.search(line) for line in lines if not line.startswith(_COMMENTS))
    return list(_edges(iter(lines))), attributes


def _recognise(head: Head) -> bool:
    if head.kind != "text" or (head.dialect is not None and head.dialect.evident):
        return False
    edges, _ = _first(head)
    widths = {len(edge) for edge in edges}
    return (
        len(edges) > 1
        and len(widths) == 1
        and 2 <= widths.pop() <= _MOST
        and all(_ID.fullmatch(cell) for edge in edges for cell in edge[:2])
    )


def _read(parts: Sequence[Part], request: Request) -> list[Source]:
    tables = [_as_table(part, request) for part in parts]
    # By their numbers, unless somebody names other columns; the weight of attributes has a heading.
    headings = {"sender": ("1",), "recipient": ("2",), "weight": ("weight",), "kind": (), "medium": ()}
    return interactions.read(
        tables,
        request,
        format="edgelist",
        headings=headings,
        dated="timestamp" in request.mapped.columns,
        rows=partial(rows_of_edges, request),
    )


def _as_table(part: Part, request: Request) -> Part:
    """The list as a table with tabs and headings.

    Raises:
        ReadError: it is no such list, or has columns of which nobody says what they are.
    """
    edges, attributes = _first(part.head)
    if part.head.kind != "text" or not edges:
        raise ReadError(f"{part.name}: this is not a list of edges: two ids per line between blanks or tabs.")
    width = max(len(edge) for edge in edges)
    columns = ["1", "2", "weight"] if attributes else [str(number) for number in range(1, width + 1)]
    named = {column for several in request.mapped.columns.values() for column in several}
    if width > 2 and not attributes and not named & set(columns):
        raise ReadError(
            f"{part.name}: its lines have {width} columns and no headings. Say what the third is: --map weight=3 "
            "(how often) or --map timestamp=3 (when). Where the first two are not who and whom, name these as well: "
            "--map sender=2 --map recipient=3"
        )
    table = request.scratch.file(".tsv")
    try:
        with (
            copying(part.name),
            part.open() as packed,
            io.TextIOWrapper(packed, part.head.encoding, errors="replace") as lines,
            table.open("w", encoding="utf-8", newline="\n") as file,
        ):
            file.write("\t".join(columns) + "\n")
            for edge in _edges(lines):
                file.write("\t".join(edge) + "\n")
    except DAMAGE as error:
        raise ReadError(f"{part.name}: it cannot be read{why(error)}. Export or copy it again.") from error
    return part_of(table, part.name, known=frozenset(), scratch=request.scratch)


EDGE_LIST = Reader(
    "edgelist",
    "a plain list of edges (SNAP, KONECT, networkx): two ids per line between blanks or tabs, no headings",
    _recognise,
    _read,
    more="tables",
)

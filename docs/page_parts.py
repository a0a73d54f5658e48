"""Tables and marked parts of the pages that are made from the code."""

from collections.abc import Iterable, Sequence


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown, with a line break at its end."""
    return "".join(map(_row, [headings, ["---"] * len(headings), *rows]))


def _row(cells: Sequence[str]) -> str:
    # a vertical line would end the cell, and a star would set it in italics
    return "| " + " | ".join(cell.replace("|", "\\|").replace("*", "\\*") for cell in cells) + " |\n"


def replaced(page: str, part: str, content: str) -> str:
    """A page whose lines between `<!-- PART ... -->` and `<!-- end of PART -->` are the content.

    Raises:
        ValueError: the page does not have the two marks, once each and in this order.
    """
    head, opening, rest = page.partition(f"<!-- {part}")
    opened, arrow, rest = rest.partition(" -->\n")
    _, closing, tail = rest.partition(f"<!-- end of {part} -->")
    if not (opening and arrow and closing) or f"<!-- {part}" in tail:
        raise ValueError(f"the page needs one <!-- {part} --> and one <!-- end of {part} --> behind it")
    return f"{head}{opening}{opened}{arrow}\n{content}\n{closing}{tail}"

"""Lines of a table that are not data: rules under headings, repeated headings, totals, row counts, page breaks.

Databases print them (`sqlcmd`, `psql`, `mysql`), reports end in them, and files that were put together repeat their
headings.
"""

import re
from collections.abc import Sequence

#: Reasons of rows that are none.
RULE, HEADING, TOTAL = "a rule under headings", "the headings again", "a total or a footer"
NO_LINES = frozenset((RULE, HEADING, TOTAL))

#: What stands in the row of a total, or in the last line of a listing.
TOTALS = (
    r"(?i)\s*(?:(?:grand |sub-?|sous-?|gesamt|zwischen)?(?:totals?|totale?|totaux|summe|somme|suma|gesamt|insgesamt|"
    r"gesamtsumme|gesamtergebnis|total général|total general|totaal|razem|итого|всего|合計|总计|總計)(?:[ :;(].{0,40})?"
    r"|\(?\s*[0-9][0-9., ]*\s*(?:rows?|records?|row\(s\)|zeilen?|datensätze|lignes?|filas?|righe|rijen|linhas)"
    r"(?:[ :;,.()].{0,40})?|-- ?more ?--.{0,10}"
    r"|(?:end of (?:file|report|data)|query returned|rows? selected|no rows selected|completion time:).{0,60})"
)
#: A line of dashes and their like.
RULES = r"[-=_+|─═┼ \t]{2,}"

_TOTALS, _RULES = re.compile(TOTALS), re.compile(RULES)
#: A number, perhaps with the word for what was counted.
_NUMBER = re.compile(r"[-+0-9.,% ]+(?:[^\W\d_]{1,20}\.?)?")


def why_no_row(cells: Sequence[str], headings: Sequence[str]) -> str | None:
    """Why the cells of a line are no row; None where they are one.

    Examples:
        >>> why_no_row(["-----", "----"], ["email", "name"]), why_no_row(["Email ", "name"], ["email", "name"])
        ('a rule under headings', 'the headings again')
        >>> why_no_row(["(4 rows affected)", ""], ["email", "name"]), why_no_row(["ann", ""], ["email", "name"])
        ('a total or a footer', None)
        >>> why_no_row(["Total", "", "220 personnes"], ["id", "nom", "service"])
        'a total or a footer'
    """
    # Most lines: two cells that begin with a letter are neither numbers nor rules, and the first is no heading.
    if cells[0].strip().casefold() != headings[0].strip().casefold() and sum(map(_begins_with_letter, cells)) > 1:
        return None
    given = [cell.strip() for cell in cells]
    filled = [cell for cell in given if cell]
    if not filled:
        return None
    if all(_RULES.fullmatch(cell) for cell in filled) and len(filled) * 2 >= len(given):
        return RULE
    if [cell.casefold() for cell in given] == [heading.strip().casefold() for heading in headings]:
        return HEADING
    # A total stands beside numbers ("12", "220 people"), or alone.
    names = [cell for cell in filled if not _NUMBER.fullmatch(cell)]
    return TOTAL if len(names) == 1 and _TOTALS.fullmatch(names[0]) else None


def _begins_with_letter(cell: str) -> bool:
    return cell[:1].isalpha()


def why_no_line(line: str) -> str | None:
    """Why a line that could not be read as a row is none; None where nobody knows."""
    bare = line.strip().strip(",;|\t ")
    if _RULES.fullmatch(bare):
        return RULE
    return TOTAL if _TOTALS.fullmatch(bare) else None

"""Rows of a scan that are not rows of a log (`silos.readers.tabular.listings`), as SQL."""

from collections.abc import Mapping

from silos.engines.quoting import literal
from silos.readers.tabular.listings import ENDS, HEADING, RULE, RULES, TOTAL, TOTALS
from silos.readers.tabular.scan import Column, Scan

#: Codes of the signs that a line of dashes begins with: - = _ + | : * ~ . and blank, and those of boxes.
_RULED = "45, 61, 95, 43, 124, 58, 42, 126, 46, 32, 9472, 9552, 9566"


def sql_no_row(scan: Scan, columns: Mapping[str, Column], time: str = "") -> str:
    """SQL of why a row of a log is not an interaction; null where it is.

    Args:
        scan: the table.
        columns: field -> its column, `sender` and `recipient` among them.
        time: SQL of the time as text; empty where it is typed, or there is none.
    """
    one, other = columns.get("sender"), columns.get("recipient")
    if one is None or other is None or not (one.is_text and other.is_text):
        return "cast(null as varchar)"
    a, b = one.text, other.text
    first = next((column.text for column in scan.columns if column.is_text), a)
    stamps = [time] if time else []
    rule = " and ".join(f"regexp_full_match({cell}, {literal(RULES)})" for cell in [a, b, *stamps])
    cells = dict.fromkeys([first, a, b, *stamps])
    total = " or ".join(f"coalesce(regexp_full_match({cell}, {literal(TOTALS)}), false)" for cell in cells)
    ends = " or ".join(f"coalesce(regexp_full_match({cell}, {literal(ENDS)}), false)" for cell in cells)
    filled = " + ".join(f"cast(coalesce(trim({cell}), '') <> '' as integer)" for cell in cells)
    # What nearly no row is comes first, and is quick to see: a heading, a first sign, a blank.
    headed = " and ".join(
        f"contains({cell}, {literal(heading)}) and trim({cell}, ' \ufeff') = {literal(heading)}"
        for cell, heading in ((a, one.heading.strip()), (b, other.heading.strip()))
    )
    unnamed = " or ".join(f"coalesce({cell}, '') < '!' and coalesce(trim({cell}), '') = ''" for cell in (a, b))
    return (
        f"case when {headed} then {literal(HEADING)} "
        f"when ascii({a}) in ({_RULED}) and {rule} then {literal(RULE)} "
        f"when ({unnamed}) and ({total} or {filled} = 1 and ({ends})) then {literal(TOTAL)} end"
    )

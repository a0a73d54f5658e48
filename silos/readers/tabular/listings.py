"""Lines of a table that are not data: rules under headings, repeated headings, totals, row counts, page breaks.

Databases print them (`sqlcmd`, `psql`, `mysql`), reports end in them, and files that were put together repeat their
headings.
"""

import re
from collections.abc import Sequence

from silos.readers.tabular.columns import folded

#: Why rows are not interactions.
RULE, HEADING, TOTAL = "a rule under headings", "the headings again", "a total or a footer"
NO_LINES = frozenset((RULE, HEADING, TOTAL))

#: Words for totals, for how many there are, and for what is counted, in the languages of exports.
_SUM = (
    r"(?:grand |sub-?|sous-?|gesamt|zwischen|end)?(?:totals?|totale?|totaux|sum|summe|somme|suma|gesamt|insgesamt|"
    r"gesamtsumme|gesamtergebnis|ergebnis|totaal|razem|итого|всего|общий итог|合計|总计|總計|총계|"
    r"celkem|celkom|összesen|toplam|genel toplam|yhteensä|totalt|ukupno|skupaj|"
    r"kokku|kopā|iš viso|разом|усього|общо|σύνολο|小計|小计|합계)"
)
_COUNT = (
    r"(?:count|anzahl|nombre|número|numero|cantidad|aantal|liczba|количество|rows?|records?|zeilen|datensätze|lignes|"
    r"enregistrements|filas|registros|righe|rijen)"
)
_COUNTED = (
    r"(?:rows?|records?|row\(s\)|entries|results?|items|users|people|employees|zeilen?|einträge|datensätze|ergebnisse|"
    r"personen|lignes?|enregistrements?|résultats?|personnes|filas?|registros?|resultados?|personas|righe|risultati|"
    r"persone|rijen|linhas|wiersz[ey]?|строк[аи]?)"
)
#: What stands in the row of a total, or in the last line of a listing.
TOTALS = (
    rf"(?i)\W*(?:{_SUM}(?:[ :;(].*)?|.+ (?:totals?|ergebnis|totale|totaal)"
    rf"|{_COUNT}(?: (?:of|von|de|di|van|der|des) .+)?(?:\s*[:=].*)?"
    rf"|[0-9][0-9., ]*\s*(?:{_COUNTED}(?:[ :;,.()].*)?|[行件条筆건개名].*)"
    r"|(?:-- ?)?more ?--.*|<?eof>?|(?:only |now )?showing .*[0-9].*|[0-9]+ more .*"
    r"|(?:page|seite|página|pagina|strona|страница)\s*:?\s*[0-9]+(?:\s*(?:of|von|sur|de|di|van|z|из|/)\s*[0-9]+)?"
    r"|(?:end of|ende der?s?|fin du|fin de|fin del|fine della?|fim d[aoe]|einde van|koniec|konec) .*|fin d[’'].*"
    r"|(?:query (?:returned|ok)|rows? (?:selected|affected)|no rows|fetched|applied filters|angewendete filter|"
    r"filtres appliqués|changed database context|sql>|pl/sql procedure|msg [0-9]+,)(?s:.*)"
    r"|(?:completion time|elapsed|execution time|time|duration|stand|as of)\s*: .*"
    # "Headcount: 18", "Nombre total d'employés : 18", "Stand 06.01.2025", "*** Ende ***".
    r"|[^\W\d_][^:=@0-9]{1,60}(?:: | : |：)\s*[0-9][0-9., ]*[人名]?"
    r"|(?:stand|as of|état au|situation au|situazione al|a fecha de|per|stan na)\s*:? [0-9]{1,4}[./-][0-9].*"
    r"|(?:\w+ ){0,3}(?:generated|created|exported|printed|erstellt|exportiert|généré|exporté|generado|generato)"
    r"(?: (?:on|am|le|el|il))?\s*:? [0-9]{1,4}[./-][0-9].*"
    r"|以上|以下余白"
    r"|(?:strictly |streng |strictement |company )?(?:confidential|vertraulich|confidentiel|confidencial|riservato|"
    r"vertrouwelijk|poufne|社外秘|機密|internal use only|nur für den internen gebrauch|usage interne)(?:\W.*)?"
    r"|(?:©|\(c\)|copyright) .*"
    r"|(?:\w+ )?(?:generated|created|exported|printed|erstellt|exportiert|gedruckt|généré|édité|exporté|generado|"
    r"exportado|generato|esportato)e?s? (?:by|on|at|from|with|am|von|le|par|el|por|il|da)\b.*)\W*"
)
#: What ends a listing where it stands alone in its row: there are events of the kind "end".
ENDS = (
    r"(?i)\W*(?:(?:the )?end|(?:datei|listen|berichts|tabellen)?ende|fin|fine|fim|einde|koniec|konec|slut|конец|"
    r"конец файла|终|終わり|終了|끝)\W*"
)
#: What stands under headings and says of each column what it holds: types of a database, what must be filled in, the
#: keys of a survey tool.
_DESCRIBED = re.compile(
    r"(?i)\W*(?:(?:n?var)?char2?|nvarchar2?|string|text|int(?:eger)?|bigint|smallint|datetime2?|timestamp|date|uuid|"
    r"uniqueidentifier|bool(?:ean)?|double|float|decimal|numeric)(?: ?\((?:[0-9, ]+|max)\))?\W*|"
    r"\W*(?:required|optional|mandatory|pflichtfeld|pflicht|obligatoire|facultatif|obligatorio|opcional|verplicht)\W*|"
    r"\{\W*ImportId\W.*\}"
)
#: A remark under a table, or the title of a group of rows: "Source: Workday", "* with contractors".
_REMARK = re.compile(r"[^\W\d_][^:@]{1,40} ?: +[^\W_].*|\*+ ?[^\W_].* .*|[^\W\d_][^:@]{1,40} ?:\s*_{3,}")
#: Share of the cells of a second line of headings that say what the headings above them do.
_HEADED = 2 / 3
#: A line of dashes and their like.
RULES = r"[-=_+|:*~.─═┼╪╞╡ \t]{2,}"

_TOTALS, _RULES, _SUMS = re.compile(TOTALS), re.compile(RULES), re.compile(rf"(?i)\W*{_SUM}\W*")
_ENDS = re.compile(ENDS)
#: Blanks and the mark of byte order, which stands before the headings of a file that was put behind another.
_MARGIN = " \t\r\n\ufeff\u00a0"
#: A number, perhaps with the word for what was counted.
_NUMBER = re.compile(r"[-+0-9.,% ]+(?:[^\W\d_]{1,20}\.?)?")


def why_no_row(cells: Sequence[str], headings: Sequence[str], known: frozenset[str] = frozenset()) -> str | None:
    """Why the cells of a line are no row; None where they are one.

    Args:
        cells: of the line.
        headings: of the table.
        known: folded headings that such tables have: a line of nothing else heads what was put behind the table.

    Examples:
        >>> why_no_row(["-----", "----"], ["email", "name"]), why_no_row(["Email ", "name"], ["email", "name"])
        ('a rule under headings', 'the headings again')
        >>> why_no_row(["(4 rows affected)", ""], ["email", "name"]), why_no_row(["ann", ""], ["email", "name"])
        ('a total or a footer', None)
        >>> why_no_row(["Total", "", "220 personnes"], ["id", "nom", "service"])
        'a total or a footer'
        >>> why_no_row(["--- Fin ---", "", ""], ["id", "nom", "service"])
        'a total or a footer'
        >>> why_no_row(["1001", "Total Rewards", "2"], ["id", "department", "level"])
        >>> why_no_row(["E-Mail", "Dept"], ["email", "department"], frozenset(("email", "dept")))
        'the headings again'
        >>> why_no_row(["nvarchar(255)", "text"], ["email", "name"])
        'the headings again'
        >>> why_no_row(["Source: Workday", ""], ["email", "name"])
        'a total or a footer'
    """
    first = cells[0].strip(_MARGIN)
    headed = (
        first.casefold() == headings[0].strip(_MARGIN).casefold()
        or (first.isascii() and "@" not in first and not any(map(str.isdigit, first)) and folded(first) in known)
        or ("@" not in first and _DESCRIBED.fullmatch(first) is not None)
    )
    # Most lines: two cells that begin with a letter are neither numbers nor rules, and the first is no heading.
    if not headed and sum(map(_begins_with_letter, cells)) > 1:
        return None
    given = [cell.strip(_MARGIN) for cell in cells]
    filled = [cell for cell in given if cell]
    if not filled:
        return None
    if all(_RULES.fullmatch(cell) for cell in filled):
        # A border of a table that was drawn is one cell.
        drawn = any(set("+┼╪") & set(cell) for cell in filled)
        return RULE if drawn or len(filled) * 2 >= len(given) else None
    if len(filled) == 1 and _ENDS.fullmatch(filled[0]):
        return TOTAL
    if [cell.casefold() for cell in given] == [heading.strip(_MARGIN).casefold() for heading in headings]:
        return HEADING
    if len(filled) == len(given) > 1 and all(folded(cell) in known for cell in filled):
        return HEADING
    if len(filled) > 1 and (all(map(_DESCRIBED.fullmatch, filled)) or _heads_again(given, headings, known)):
        return HEADING
    # A total stands beside numbers ("12", "220 people"), or alone; behind one it is a word and no more: there is a
    # department called "Total Rewards".
    names = [cell for cell in filled if not _NUMBER.fullmatch(cell)]
    names = names or [cell for cell in filled if any(map(str.isalpha, cell))]
    if len(filled) == 1 < len(given) and _REMARK.fullmatch(filled[0]):
        return TOTAL
    pattern = _TOTALS if names[:1] == filled[:1] else _SUMS
    return TOTAL if len(names) == 1 and pattern.fullmatch(names[0]) else None


def _heads_again(cells: Sequence[str], headings: Sequence[str], known: frozenset[str]) -> bool:
    """Whether cells are the headings in other words: technical names above, and what people call them below."""
    if any("@" in cell or any(map(str.isdigit, cell)) for cell in cells):
        return False
    pairs = [(folded(cell), folded(heading)) for cell, heading in zip(cells, headings, strict=True) if cell]
    same = sum(cell == heading or cell in known for cell, heading in pairs)
    own = any(cell == heading for cell, heading in pairs)
    return own and same > 2 and same >= _HEADED * len(pairs)


def _begins_with_letter(cell: str) -> bool:
    return cell[:1].isalpha()


def why_no_line(line: str) -> str | None:
    """Why a line that could not be read is not a row; None where nobody knows."""
    bare = line.strip().strip(",;|\t ")
    if _RULES.fullmatch(bare):
        return RULE
    return TOTAL if _TOTALS.fullmatch(bare) or _ENDS.fullmatch(bare) else None

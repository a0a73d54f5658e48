"""The cleaning of `silos.readers.tabular.ids` as SQL of DuckDB, for columns of many rows; a test holds them equal.

Every expression costs something for each row, and most logs need none: `kinds` tells what the values of a column need,
on the distinct ones, and a `Cleaning` of those kinds is as long as it must be.
"""

from collections.abc import Callable
from dataclasses import dataclass

from silos.engines.quoting import literal
from silos.readers.tabular import ids
from silos.readers.tabular.ids import decoded
from silos.readers.tabular.placeholders import sql_is_no_account

#: What can be amiss with an id, each a bit of `kinds`.
INVISIBLE, HTML, WRAPPED, NAMED, MARKED, DECIMAL, SCIENTIFIC, PLACEHOLDER, SEVERAL, COMMA, UNNAMED = (
    1 << bit for bit in range(11)
)
#: What is said of each.
KINDS: dict[int, str] = {
    INVISIBLE: "invisible characters",
    HTML: "HTML entities",
    WRAPPED: "formulas and quotation marks around ids",
    NAMED: "Name <address>",
    MARKED: "marks behind names",
    DECIMAL: "whole numbers as decimals",
    SCIENTIFIC: "numbers in scientific notation",
    PLACEHOLDER: "placeholders",
    SEVERAL: "several people in a cell",
    COMMA: "commas or bars between or within ids",
    UNNAMED: "people who are counted and not named",
}

#: HTML entities of names that are decoded without a look at which there are.
COMMON_ENTITIES = (
    *("&amp;", "&lt;", "&gt;", "&quot;", "&apos;", "&nbsp;", "&#39;", "&#x27;", "&#34;", "&#38;", "&amp;amp;"),
    *("&eacute;", "&egrave;", "&agrave;", "&ccedil;", "&auml;", "&ouml;", "&uuml;", "&szlig;", "&Auml;", "&Ouml;"),
    *("&Uuml;", "&Eacute;", "&ntilde;", "&oacute;", "&iacute;", "&aacute;", "&#233;", "&#232;", "&#228;", "&#246;"),
    *("&#252;", "&#223;", "&#8211;", "&ndash;", "&mdash;", "&rsquo;", "&#8217;"),
)


def re2(pattern: str) -> str:
    r"""A pattern of Python's as RE2 and SQL write it: `\u00a0` is `\x{00a0}` there."""
    text = pattern
    while (start := text.find("\\u")) >= 0:
        text = f"{text[:start]}\\x{{{text[start + 2 : start + 6]}}}{text[start + 6 :]}"
    return literal(text)


def sql_visible(text: str, entities: tuple[str, ...] = ()) -> str:
    """SQL of `ids.visible`; of HTML entities those named are decoded."""
    for entity in sorted(entities, key=lambda name: (-len(name), name)):
        text = f"replace({text}, {literal(entity)}, {literal(decoded(entity))})"
    pattern = re2(rf"\p{{Cf}}|{ids.CONTROLS}")
    seen = f"regexp_replace(nfc_normalize({text}), {pattern}, '', 'g')"
    hyphens = f"regexp_replace({seen}, {re2(ids.HYPHENS)}, '-', 'g')"
    return f"regexp_replace({hyphens}, {re2(ids.SPACES)}, ' ', 'g')"


def sql_clean_text(text: str, entities: tuple[str, ...] = ()) -> str:
    """SQL of `ids.clean_text`; of HTML entities those named are decoded."""
    return f"trim(regexp_replace({sql_visible(text, entities)}, {re2(ids.BLANKS)}, ' ', 'g'))"


@dataclass(frozen=True)
class Cleaning:
    """What the ids of a column need.

    Attributes:
        kinds: the bits of what is amiss.
        entities: HTML entities that occur.
        commas, bars: whether a comma, a vertical bar parts people where there are no addresses.
    """

    kinds: int = -1
    entities: tuple[str, ...] = ()
    commas: bool = True
    bars: bool = True

    def id(self, text: str) -> str:
        """SQL of `ids.clean_id` of an SQL text; null for null."""
        if not self.kinds & ~(SEVERAL | COMMA):
            return text
        return _let(text, self._id, guard=f"regexp_full_match({{0}}, {literal(ids.PLAIN)})")

    def people(self, text: str) -> str:
        """SQL of `ids.people_in` of an SQL text, in lower case; an empty list for nobody."""
        return _let(text, self._people)

    def _id(self, text: str) -> str:
        named, marked = re2(ids.NAMED), re2(ids.MARKED)
        bare = f"regexp_replace(t, {re2(ids.UNNAMED)}, '')"
        bare = f"regexp_replace(trim(regexp_replace({bare}, {marked}, '\\1', 'g')), {named}, '\\1')"
        bare = f"regexp_replace({bare}, {re2(ids.DECIMAL)}, '\\1\\2')"
        return _let(
            sql_clean_text(text, self.entities),
            lambda clean: _let(
                _unwrapped(clean),
                lambda found: (
                    f"case when contains({found}, '@') then {_address(found)} else "
                    + _let(bare.replace("(t,", f"({found},"), _number_or_word)
                    + " end"
                ),
            ),
        )

    def _people(self, text: str) -> str:
        comma = "string_split(s, ',')" if self.commas else "[s]"
        behind = f"regexp_replace(s, {re2(ids.REMARK_BEHIND)}, '\\1', 'g')"
        boxes = f"regexp_extract_all(regexp_replace({behind}, {re2(ids.REMARK)}, '', 'g'), {re2(ids.BOX)})"
        parts = f"case when contains(s, '@') then {boxes} else {comma} end"
        whole = "" if self.bars else " or not contains({0}, '@')"
        segments = (
            f"case when contains({{0}}, '<'){whole} then regexp_extract_all({{0}}, {re2(ids.SEGMENT_NAMED)}) "
            f"else regexp_extract_all({{0}}, {re2(ids.SEGMENT)}) end"
        )
        printed = (
            f"case when contains({{0}}, '@') and (regexp_matches({{0}}, {re2(ids.NESTED)}) "
            f"or regexp_matches({{0}}, {re2(ids.BLANK_BETWEEN)})) "
            f"then regexp_extract_all({{0}}, {re2(ids.ADDRESS)}) "
            f"when regexp_matches({{0}}, {re2(ids.BLANK_PARTED)}) "
            f"then regexp_extract_all({{0}}, {re2(ids.NUMBERED)}) "
            f"when not contains({{0}}, '@') and regexp_matches({{0}}, {re2(ids.FIELD)}) "
            f"then regexp_extract_all({{0}}, {re2(ids.FIELD)}, 1) "
            f"else regexp_extract_all(regexp_replace(regexp_replace({{0}}, {re2(ids.CALL)}, '('), "
            f"{re2(ids.DTYPE)}, '', 'g'), {re2(ids.VALUE)}) end"
        )
        found = (
            f"case when regexp_matches({{0}}, {re2(ids.PRINTED)}) then {printed} "
            f"else flatten(list_transform({segments}, lambda s: {parts})) end"
        )
        cleaned = Cleaning(-1, self.entities, self.commas).id("trim(p, ', ')")
        shown_as = sql_visible(f"regexp_replace({text}, {re2(ids.UNIT_ENDS)}, ';', 'g')", self.entities)
        for pattern, by in ids.SEPARATORS:
            shown_as = f"regexp_replace({shown_as}, {re2(pattern)}, {literal(by)}, 'g')"
        return _let(
            shown_as,
            lambda shown: (
                "list_distinct(list_filter(list_transform("
                + found.replace("{0}", shown)
                + f", lambda p: lower({cleaned})), lambda p: p is not null))"
            ),
        )


def sql_kinds(text: str) -> str:
    """SQL of the bits of what is amiss with an id; null for a blank."""

    def bits(raw: str, clean: str) -> str:
        scientific = f"regexp_matches(trim({raw}), {re2(ids.SCIENTIFIC)})"
        quotes = " or ".join(f"regexp_matches({raw}, {re2(one)})" for one in (ids.FORMULA, ids.ZEROS, ids.QUOTED))
        around = f"regexp_matches({raw}, {re2(ids.AROUND_ADDRESS)}) and not regexp_matches({raw}, {re2(ids.NOTES)})"
        two = rf"'@[^@]*[\s\x0b\p{{Z}},;|<\\，、；،][^@]*@|{ids.UNIT_ENDS}'"
        printed = (
            f"(regexp_matches({raw}, {re2(ids.PRINTED)}) and left(ltrim({raw}), 1) <> '(' "
            f"or regexp_matches({raw}, {re2(ids.BLANK_PARTED)}))"
        )
        tests = {
            INVISIBLE: f"{sql_visible(raw)} <> {raw} or contains({raw}, '  ')",
            WRAPPED: quotes,
            NAMED: f"contains({raw}, '@') and {around} or regexp_matches({raw}, {re2(ids.NAMED)})",
            MARKED: f"not contains({raw}, '@') and regexp_matches({raw}, {re2(ids.MARKED)})",
            DECIMAL: f"regexp_matches(trim({raw}), {re2(ids.DECIMAL)})",
            SCIENTIFIC: f"{clean} is null and {scientific}",
            PLACEHOLDER: f"{clean} is null and not {scientific}",
            UNNAMED: f"not contains({raw}, '@') and regexp_matches({raw}, {re2(ids.UNNAMED)})",
            SEVERAL: f"regexp_matches({raw}, {two}) or regexp_matches({raw}, {re2(ids.PARTED)}) "
            f"or {clean} is not null and {printed}",
        }
        return " + ".join(f"case when {test} then {bit} else 0 end" for bit, test in tests.items())

    amiss = bits("b['r']", "b['c']")
    html = f"regexp_matches(t, {re2(ids.ENTITY)})"
    # The signs of an HTML entity do not belong to the id.
    plain = f"case when contains(t, '&') then regexp_replace(t, {re2(ids.ENTITY)}, 'e', 'g') else t end"
    judged = (
        f"case when {html} then {HTML} else 0 end + "
        f"list_transform([{{'r': {plain}, 'c': {Cleaning().id(plain)}}}], lambda b: {amiss})[1]"
    )
    return _unless_plain(text, f"list_transform([{text}], lambda t: {judged})[1]")


def sql_unsure(text: str) -> str:
    """SQL of what tells at once of most ids that nothing is amiss: 0, 1 where `sql_kinds` is to tell, null for a blank.

    To prepare `sql_kinds` takes longer than to read a small log.
    """
    return _unless_plain(text, "1")


def _unless_plain(text: str, otherwise: str) -> str:
    plain = f"regexp_full_match({text}, {literal(ids.PLAIN)})"
    return f"case when coalesce(trim({text}), '') = '' then null when {plain} then 0 else {otherwise} end"


def _let(value: str, body: Callable[[str], str], *, guard: str = "") -> str:
    """SQL of an expression on a value that is computed once."""
    inner = body("v")
    if guard:
        inner = f"case when {guard.replace('{0}', 'v')} then v else {inner} end"
    return f"list_transform([{value}], lambda v: {inner})[1]"


def _unwrapped(text: str) -> str:
    formula, quoted, link, zeros = re2(ids.FORMULA), re2(ids.QUOTED), re2(ids.LINK), re2(ids.ZEROS)
    number, width = (f"regexp_extract({text}, {zeros}, {group})" for group in (1, 2))
    bare = f"regexp_extract({text}, {quoted}, 1) || regexp_extract({text}, {quoted}, 2)"
    joined = f"regexp_replace(regexp_extract({text}, {formula}, 1), {re2(ids.JOINED)}, '', 'g')"
    return (
        f"trim(case when regexp_matches({text}, {link}) "
        f"then regexp_extract({text}, {link}, 1) || regexp_extract({text}, {link}, 2) "
        f"when regexp_matches({text}, {zeros}) "
        f"then lpad({number}, cast(greatest(length({number}), length({width})) as integer), '0') "
        f"when regexp_matches({text}, {formula}) then {joined} "
        f"when regexp_matches({text}, {quoted}) then {bare} else {text} end)"
    )


def _address(text: str) -> str:
    angled, plain = re2(ids.ANGLED), re2(ids.ADDRESS)
    return (
        f"nullif(case when regexp_matches({text}, {angled}) then trim(regexp_extract({text}, {angled}, 1), '''\"') "
        f"when regexp_matches({text}, {re2(ids.AROUND_ADDRESS)}) and not regexp_matches({text}, {re2(ids.NOTES)}) "
        f"and regexp_matches({text}, {plain}) "
        f"then regexp_extract({text}, {plain}) else {text} end, '')"
    )


def _number_or_word(text: str) -> str:
    scientific = re2(ids.SCIENTIFIC)
    digits = f"regexp_extract({text}, {scientific}, 2)"
    exponent = f"cast(regexp_extract({text}, {scientific}, 4) as integer)"
    return (
        f"case when regexp_matches({text}, {scientific}) then case when length({digits}) = {exponent} "
        f"then regexp_extract({text}, {scientific}, 1) || regexp_extract({text}, {scientific}, 3) || {digits} end "
        f"when not {sql_is_no_account(text)} then {text} end"
    )

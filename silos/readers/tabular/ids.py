"""Ids as people's tools write them, cleaned the same wherever they stand: in a log, in a roster, in any format.

Three functions do it: `clean_text` for any text (a department, a name), `clean_id` for a value that is one person's
id, `people_in` for a cell that may name several. `silos.readers.tabular.ids_sql` says the same in SQL, for columns of
many rows; a test holds the two equal.
"""

import html
import re
import unicodedata
from collections.abc import Iterable

from silos.readers.tabular import name_marks
from silos.readers.tabular.placeholders import is_no_account

#: Characters that nobody sees: controls, zero-width ones, direction marks, byte order marks, soft hyphens; fillers,
#: joiners and selectors of other scripts, which Unicode counts among the letters and marks.
CONTROLS = r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\ufe00-\ufe0f\uffa0\ufffc]"
#: Hyphens that word processors put in the place of the plain one.
HYPHENS = r"[\u2010\u2011]"
#: Separators of files, groups, records and units, which part people in a cell.
UNIT_ENDS = r"[\x1c-\x1f]+"
#: Blanks of all kinds but line ends; and what separates words once they are plain ones.
SPACES = r"[\t\v\f\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"
BLANKS = r"[ \n\r]+"
#: One character of HTML that was escaped, perhaps more than once (`&amp;#233;`).
ENTITY = r"&(?:amp;)*(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});"

_LOCAL = r"""[^\s@<>,;|:"'()\[\]{}\\/][^\s@<>,;|:"()\[\]{}\\/]*"""
_DOMAIN = r"""[^\s@<>,;|:"'()\[\]{}\\/]+"""
#: An address between whatever else: an apostrophe may stand inside what is before the @, not at its beginning.
ADDRESS = f"{_LOCAL}@{_DOMAIN}"
#: An address in angle brackets, with or without `mailto:`.
ANGLED = r"<\s*(?:[A-Za-z]+:)?\s*([^<>@\s]+@[^<>@\s]+?)\s*>"
#: A name of Notes, which ends in the domain of Domino: `Ann Roux/Sales/Acme@Acme`, `Ann Roux@Acme Corp`. All of it is
#: the person's id. Between blanks alone a small letter before the @ begins an address (`Ann Roux ann@localhost`).
NOTES = (
    r"""^(?:(?:[A-Za-z]+=)?[^@/\\<>,;|:"()\[\]{}]+/(?:[^@<>,;|:"()\[\]{}]*/)?[^\s@/<>,;|:"()\[\]{}]+"""
    r"""@[^\s@<>,;|:"()\[\]{}]+|[^@<>,;|:"()\[\]{}]+@[A-Z][a-z][^@.<>,;|:"()\[\]{}]*|"""
    r"""[^@<>,;|:"()\[\]{}]+ [^\s@<>,;|:"()\[\]{}0-9a-zß-öø-ÿ][^\s@.<>,;|:"()\[\]{}0-9]*\.?@[^@.<>,;|:"()\[\]{}]+)$"""
)
#: What else stands in a cell with an address that is more than an address.
AROUND_ADDRESS = r"""[\s<>,;|:"()\[\]{}]"""
#: Most ids: plain addresses, account names with a digit and plain numbers, which need not be looked at.
PLAIN = r"[0-9A-Za-z._+-]+@[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)+|[A-Za-z][A-Za-z_-]*[0-9][0-9A-Za-z_-]*|[0-9]+"

_MARKS = "|".join(re.escape(mark).replace(r"\ ", "[ -]") for mark in sorted(name_marks.MARKS, key=len, reverse=True))
#: A mark in brackets, wherever it stands in a name, and the blanks behind it.
MARKED = rf"(?i)\s*[{name_marks.OPENING}]\s*(?:{_MARKS})\s*[{name_marks.CLOSING}](\s*)"
#: A text that a spreadsheet was to leave alone: `="000123"`, `=T("000123")`, `="000123"&""`.
FORMULA = r"""^=\s*(?:""\s*&\s*)?(?:[A-Za-z]+\(\s*)?["']+(.*?)["']+\s*\)?(?:\s*&\s*"")*$"""
#: What stands between the pieces that a formula joins; a link and the text that it shows; a number and its zeros.
JOINED = r"""["']\s*[&,;]\s*["']"""
LINK = r"""(?i)^=\s*hyperlink\((?:\s*["']mailto:([^"'?]+)["'?].*|.*["']([^"']+)["']\s*)\)$"""
ZEROS = r"""(?i)^=\s*text\(\s*["']?([0-9]+)["']?\s*[,;]\s*["'](0+)["']\s*\)$"""
#: Quotation marks that were left over, the spreadsheet's own first of all: `'000123`.
#: `b'000123'` is what Python prints of bytes.
QUOTED = r"""^(?:[bB]['"](.+)['"]|["'`´‘’“”„]+(.*?)["'`´‘’“”„]*)$"""
#: `Name <u123>`: the id of a tool without addresses.
NAMED = r"^[^<>]*<([^<>\s]+)>$"
#: A whole number that became a decimal one.
#: Three zeros behind a few digits may be those of a thousand.
DECIMAL = r"^(?:([0-9]+)[.,](?:0{1,2}|0{4,})|([0-9]{4,})[.,]000)$"
#: Words for those whom a list that was cut short does not name.
_MORE = (
    r"(?:more|others?|additional|autres?|de plus|weitere[rns]?|andere[rns]?|mehr|más|otr[oa]s?|altr[ioea]|outr[oa]s?|"
    r"mais|meer|anderen|fler[ae]?|andra|andre|innych|inne|więcej|других|другие|ещё|еще)"
)
#: Those of them that may stand before the number: "Andre 2" and "More 3" are people.
_BEFORE = r"(?:weitere|autres|más|mais|otr[oa]s|altr[ie]|outr[oa]s|ещё|еще|другие)"
_PEOPLE = (
    r"(?:people|persons?|recipients?|attendees?|participants?|guests?|users?|members?|personnes?|destinataires?|"
    r"invités?|personen|teilnehmer|empfänger|personas?|persone|pessoas?)"
)
#: Names of lists in programs.
_KIND = r"[A-Za-z_.]*(?:[Ll]ist|[Ss]et|[Aa]rray|Seq|Vector|Buffer|[Tt]uple)"
#: A number in scientific notation: digits before the mark, behind it, alone, and the exponent.
SCIENTIFIC = r"^(?:([0-9]{1,3})[.,]([0-9]+)|([0-9]))[eE]\+?0*([0-9]{1,2})$"

#: What stands at the end of a list that was cut short: "+1 more", "and 3 others", "et 2 autres", "他2名".
UNNAMED = (
    r"(?i)(?:^|[\s,;|(\[]+)(?:(?:(?:and|plus|et|und|sowie|y|e|en|och|og|ja|i|и)\s+|[&+…]+\s*|\.{2,}\s*)*(?:"
    rf"[0-9]{{1,4}}\s+{_MORE}(?:\s+{_PEOPLE})?|{_BEFORE}\s+[0-9]{{1,4}}(?:\s+{_PEOPLE})?)|"
    r"(?:and|et|und|y|e|en)\s+(?:others|more|autres|andere|weitere|otros|altri|outros)|"
    rf"\+\s*[0-9]{{1,3}}|et al\.?|"
    r"(?:他|ほか|外|等|及其他)\s*[0-9]{1,4}\s*[名人位])[\s)\].…]*$"
)
#: A cell that a program printed: a list, a set, a dictionary, several of them; and what it writes before: `array(`,
#: `frozenset(`, `#<Set: `, `Set(2) `, `List(`, `%w`.
PRINTED = (
    rf"(?s)^\s*(?:#<[A-Za-z:]+\s*|@|%w|(?:{_KIND}\s*)?\([0-9]+\)\s*|{_KIND}|[A-Za-z_.]+\()?"
    r"\s*[\[{(].*[\]})]\s*\)?>?\s*$"
)
CALL = rf"^\s*(?:#<[A-Za-z:]+|%w|(?:{_KIND}\s*)?\([0-9]+\)\s*[\[{{(]|{_KIND}[\[{{(]|[A-Za-z_.]+\()"
#: The id in what a program printed of a person without an address.
FIELD = r"""(?i)["']?\b(?:id|user_?id|user|upn|login|account|username)["']?\s*[:=]\s*["']?([^"',;|{}\[\]()]+)"""
#: A value in what a program printed that is no dictionary; an apostrophe may stand inside.
VALUE = r"""\"[^\"]*\"|'[^'\[\]{}]*'|[^\s\[\]{}(),;|\"'][^\[\]{}(),;|\"\n\r]*"""
#: What has more in it than values one after the other: dictionaries, tuples.
NESTED = r"(?s)[\[{(].*[:=\[{(]"
#: What it writes behind it: `, dtype=object)`.
DTYPE = r",\s*(?:dtype|maxlen|length|name)=[^)]*"
#: Numbers or accounts with nothing but blanks between them, as numpy and Lisp print: `[101 102]`; one of them.
BLANK_PARTED = r"""^\s*(?:%w)?[\[({]\s*[\w.-]*[0-9][\w.-]*(?:\s+[\w.-]*[0-9][\w.-]*)+\s*[\])}]\s*$"""
NUMBERED = r"[\w.-]*[0-9][\w.-]*"
#: Two addresses with nothing but blanks between them.
BLANK_BETWEEN = r"""@[^\s,;|"'@]+\s+[^\s,;|"'@<>]+@"""
#: A claim of SharePoint before the address that it is of: `i:0#.f|membership|ann@acme.example`.
CLAIM = r"""(?i)(^|[;,\s"'<>])[ic]:0[^|;,\s]{1,4}\|(?:[a-z:./]+\|)?([^\s@|;,\\]+@)"""
#: Signs that part an address from the next one, of which no address holds any behind its @.
_BETWEEN = "؛¶§：:&·•^#~=／｜/\\\\¦‖。!+→"
#: `ann@acme.example -> bob@acme.example`. RE2 cannot look ahead: each second pair is found in a second turn.
PARTED = (
    rf"(@[\w.-]+)\s*(?:[{_BETWEEN}]|--|[-=]>|[?&]b?cc=|_x000[AD]_|%(?:3B|3b|2C|2c|7C|7c|20))+\s*"
    rf"""((?:[A-Za-z]+:)?[^\s@<>,;|"()\[\]{{}}{_BETWEEN}]+@)"""
)
#: What parts people in cells of web pages and in escaped texts, and how it is written plainly.
SEPARATORS: tuple[tuple[str, str], ...] = (
    (r"(?i)<\s*/?\s*(?:br|p|div|li|ul|ol)\s*/?\s*>", "\n"),
    (r"(@[0-9A-Za-z.-]+)(?:\\r)?\\n", "\\1\n"),
    (r'\\"', '"'),
    # `@{Name=Ann Roux; Mail=ann@acme.example}` of PowerShell; `Roux, Ann [ann@acme.example]`.
    (r"@\{", "{"),
    (r"(?i)([{;,]\s*)[A-Za-z]*(?:mail|address|upn|principalname)\s*=\s*", "\\1"),
    (rf"([^\s\[\]()<>;,|@\"'=:{{}}] )\s*[\[(]\s*((?:[A-Za-z]+:)?{ADDRESS})\s*[\])]", "\\1<\\2>"),
    # A list of SharePoint: 12;#ann@acme.example;#13;#bob@acme.example.
    (r"(?:^|;#)[0-9]+;#|;#", ";"),
    ("[，、،]", ","),
    ("；", ";"),
    (PARTED, "\\1;\\2"),
    (PARTED, "\\1;\\2"),
    (CLAIM, "\\1\\2"),
)
#: Parts of a cell between semicolons, line ends and bars, quotation marks respected; and the same where a bar may
#: belong to the name before an address.
SEGMENT, SEGMENT_NAMED = r'(?:"[^"]*"|[^;|\n\r"])+', r'(?:"[^"]*"|[^;\n\r"])+'
#: Remarks in brackets: behind an address whatever they say, elsewhere unless they are one.
REMARK, REMARK_BEHIND = r"\([^()@]*\)", r"(@[^\s()<>]+>?)\s*\([^()]*\)"
#: In a part with an address: `Last, First <address>`, an address, or a name without one up to the next comma.
BOX = (
    r'(?:"[^"]*"|[^"<>@])*<[^<>]*>|\s*[^\s/,<>"@][^/,<>"@]*/[^,<>"@]*@[^\s,<>"@]+(?:\s[^,<>"@]*(?:,|$))?|'
    r'\s*[^\s,<>"@]+@[^\s,<>"@]+|[^,<>"@]+(?:,|$)'
)

_CONTROLS, _SPACES, _BLANKS, _ENTITY = (re.compile(pattern) for pattern in (CONTROLS, SPACES, BLANKS, ENTITY))
_UNIT_ENDS, _HYPHENS = re.compile(UNIT_ENDS), re.compile(HYPHENS)
_ADDRESS, _ANGLED, _AROUND = re.compile(ADDRESS), re.compile(ANGLED), re.compile(AROUND_ADDRESS)
_NOTES = re.compile(NOTES)
_MARKED, _FORMULA, _QUOTED = re.compile(MARKED), re.compile(FORMULA), re.compile(QUOTED)
_NAMED, _DECIMAL, _SCIENTIFIC = re.compile(NAMED), re.compile(DECIMAL), re.compile(SCIENTIFIC)
_PRINTED, _FIELD, _VALUE, _NESTED = (re.compile(pattern) for pattern in (PRINTED, FIELD, VALUE, NESTED))
_SEGMENT, _SEGMENT_NAMED = re.compile(SEGMENT), re.compile(SEGMENT_NAMED)
_CALL, _BOX, _BLANK_PARTED = re.compile(CALL), re.compile(BOX), re.compile(BLANK_PARTED)
_REMARK, _REMARK_BEHIND, _DTYPE = re.compile(REMARK), re.compile(REMARK_BEHIND), re.compile(DTYPE)
_UNNAMED, _NUMBERED, _BLANK_BETWEEN = re.compile(UNNAMED), re.compile(NUMBERED), re.compile(BLANK_BETWEEN)
_JOINED, _LINK, _ZEROS = re.compile(JOINED), re.compile(LINK), re.compile(ZEROS)
_SEPARATORS = [(re.compile(pattern), by) for pattern, by in SEPARATORS]
_PLAIN = re.compile(PLAIN)
#: Plain words: nothing is wrapped around them, and they can only be a placeholder.
_WORDS = re.compile(r"[A-Za-z]+(?: [A-Za-z]+)*")


def decoded(entity: str) -> str:
    """The character that an HTML entity stands for, however often it was escaped; the text itself if it is not one.

    Examples:
        >>> decoded("&amp;"), decoded("&amp;#233;"), decoded("&acme;")
        ('&', 'é', '&acme;')
    """
    for _ in range(4):
        plain = html.unescape(entity)
        if plain == entity:
            break
        entity = plain
    return entity


def visible(text: str) -> str:
    """A text in composed characters and plain blanks, without HTML entities and what nobody sees; line ends stay."""
    if text.isascii() and text.isprintable() and "&" not in text:
        return text
    if "&" in text:
        text = _ENTITY.sub(lambda entity: decoded(entity[0]), text)
    text = "".join(sign for sign in unicodedata.normalize("NFC", text) if unicodedata.category(sign) != "Cf")
    return _SPACES.sub(" ", _HYPHENS.sub("-", _CONTROLS.sub("", text)))


def separated(cell: str) -> str:
    """A cell as it looks, with plain separators between those whom it names.

    Examples:
        >>> separated("ann@x.example<br/>bob@x.example；cleo@x.example")
        'ann@x.example\\nbob@x.example;cleo@x.example'
    """
    text = visible(_UNIT_ENDS.sub(";", cell))
    for pattern, by in _SEPARATORS:
        text = pattern.sub(by, text)
    return text


def clean_text(text: str) -> str:
    """Any text as it looks: entities decoded, invisible characters gone, blanks single; "" for nothing.

    Examples:
        >>> clean_text(" R&amp;D\\u200b"), clean_text("Re\\u0301seau\\u00a0 Nord")
        ('R&D', 'Réseau Nord')
    """
    return _BLANKS.sub(" ", visible(text)).strip(" ")


def clean_id(text: str) -> str | None:
    """One person's id, without what tools wrap it in; None where it is not an id, or no longer anybody's.

    A number in scientific notation that lost digits is None: it may be the number of several people.

    Examples:
        >>> clean_id('"Li, Bob" <bob.li@acme.example>'), clean_id("SMTP:ann@acme.example"), clean_id("Ann Roux (Guest)")
        ('bob.li@acme.example', 'ann@acme.example', 'Ann Roux')
        >>> clean_id("Ann Roux/Sales/Acme@Acme"), clean_id("CN=Ann Roux/OU=Sales/O=Acme@Acme Corp")
        ('Ann Roux/Sales/Acme@Acme', 'CN=Ann Roux/OU=Sales/O=Acme@Acme Corp')
        >>> clean_id('="000123"'), clean_id("'000123"), clean_id("1001.0"), clean_id("1.00123456789E+11")
        ('000123', '000123', '1001', '100123456789')
        >>> clean_id('=TEXT(123,"000000")'), clean_id('="000"&"123"'), clean_id('=HYPERLINK("https://hr.example/7","000123")')
        ('000123', '000123', '000123')
        >>> clean_id("Ann Roux and 3 others"), clean_id("+1 more"), clean_id("et 2 autres personnes")
        ('Ann Roux', None, None)
        >>> clean_id("1.00123E+11"), clean_id("#N/A"), clean_id("\\u200b")
        (None, None, None)
    """
    if _PLAIN.fullmatch(text):
        return text
    if _WORDS.fullmatch(text) and not _UNNAMED.search(text):
        return None if is_no_account(text) else text
    found = _unwrapped(clean_text(text))
    if "@" in found:
        return _address(found) or None
    found = _MARKED.sub(r"\1", _UNNAMED.sub("", found)).strip(" ")
    if named := _NAMED.match(found):
        found = named[1]
    if decimal := _DECIMAL.match(found):
        found = decimal[1] or decimal[2]
    elif scientific := _SCIENTIFIC.match(found):
        digits, exponent = scientific[2] or "", int(scientific[4])
        return (scientific[1] or scientific[3]) + digits if len(digits) == exponent else None
    return None if is_no_account(found) else found


def lowered(text: str) -> str:
    """A text in lower case as SQL's `lower` has it: sign by sign, so that ids are the same in both.

    Examples:
        >>> lowered("İPEK"), "İPEK".lower() == "ipek", lowered("ΝΙΚΟΣ")
        ('ipek', False, 'νικοσ')
    """
    # Most texts are ASCII, which is the same text by text.
    return text.lower() if text.isascii() else "".join(sign.lower()[0] for sign in text)


def _unwrapped(text: str) -> str:
    """Without the formula or the quotation marks that a spreadsheet put around it."""
    if link := _LINK.match(text):
        text = link[1] or link[2]
    elif zeros := _ZEROS.match(text):
        text = zeros[1].rjust(len(zeros[2]), "0")
    elif formula := _FORMULA.match(text):
        text = _JOINED.sub("", formula[1])
    elif quoted := _QUOTED.match(text):
        text = quoted[1] or quoted[2]
    return text.strip(" ")


def _address(text: str) -> str:
    """The address in a text with an @, or the text where it is nothing but one, or has none."""
    if angled := _ANGLED.search(text):
        return angled[1].strip("'\"")
    if _AROUND.search(text) and not _NOTES.match(text) and (found := _ADDRESS.search(text)):
        return found[0]
    return text


def people_in(cell: str, *, commas: bool = True, bars: bool = True) -> list[str]:
    """The ids of all whom a cell names, each once (without regard to case), in order.

    Args:
        cell: as it stands: ids between commas, semicolons, line ends or bars, `Last, First <address>; ...`, or a list
            that a program printed.
        commas: whether a comma parts people where there are no addresses; else it belongs to a name.
        bars: whether a vertical bar does; else it belongs to an id (`auth0|17`).

    Examples:
        >>> people_in('Ann Roux <ann@acme.example>; Li, Bob <bob@acme.example>, cleo@acme.example')
        ['ann@acme.example', 'bob@acme.example', 'cleo@acme.example']
        >>> people_in('[{"address": "ann@acme.example", "name": "Ann"}, {"address": "bob@acme.example"}]')
        ['ann@acme.example', 'bob@acme.example']
        >>> people_in("['u1', 'u2']"), people_in("[101 102]"), people_in("Li, Bob", commas=False)
        (['u1', 'u2'], ['101', '102'], ['Li, Bob'])
    """
    found: dict[str, str] = {}
    for part in _parts(separated(cell), commas, bars):
        person = clean_id(part)
        if person is not None:
            found.setdefault(person.lower(), person)
    return list(found.values())


def _parts(text: str, commas: bool, bars: bool) -> Iterable[str]:
    if _PRINTED.match(text):
        if "@" in text and (_NESTED.search(text) or _BLANK_BETWEEN.search(text)):
            return _ADDRESS.findall(text)
        if _BLANK_PARTED.match(text):
            return _NUMBERED.findall(text)
        return ("@" not in text and _FIELD.findall(text)) or _VALUE.findall(_DTYPE.sub("", _CALL.sub("(", text)))
    parts: list[str] = []
    whole = "<" in text or ("@" not in text and not bars)
    for segment in (_SEGMENT_NAMED if whole else _SEGMENT).findall(text):
        if "@" in segment:
            parts += _BOX.findall(_REMARK.sub("", _REMARK_BEHIND.sub(r"\1", segment)))
        else:
            parts += segment.split(",") if commas else [segment]
    return [part.strip(", ") for part in parts]


def shape(text: str) -> str:
    """How an id looks without saying what it is: letters as a, digits as 9, cut short.

    Examples:
        >>> shape("ann.roux@acme.example"), shape("Roux, Ann (17)")
        ('aaa.aaaa@aaaa.aaaaaaa', 'aaaa, aaa (99)')
    """
    short = text[:40]
    return "".join("9" if sign.isdigit() else "a" if sign.isalpha() else sign for sign in short) + "…" * (
        len(text) > 40
    )

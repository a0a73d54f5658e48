"""Ids are cleaned the same in Python and in SQL, and as people mean them."""

import re

import duckdb
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from silos.readers.directory.identities import aliases_in
from silos.readers.tabular import ids
from silos.readers.tabular.ids import clean_id, clean_text, lowered, people_in
from silos.readers.tabular.ids_sql import Cleaning, sql_clean_text
from silos.readers.tabular.listings import why_no_row
from silos.readers.tabular.placeholders import NO_UNITS, PLACEHOLDERS, is_placeholder

#: What exports are made of, and what is amiss with them.
PIECES = (
    *list("ab1.,;|<>@\"'()[]{}:= -\n&E+_0/\\é"),
    *(
        "\u200b",
        "\u200e",
        "\ufeff",
        "\u00ad",
        "e\u0301",
        "\u00a0",
        "\u2003",
        "\u2011",
        "\ufe0f",
        "\u3164",
        "&amp;",
        "&#233;",
        "&nbsp;",
        "&amp;amp;",
    ),
    *("(Guest)", "[EXTERN]", "（外部）", "(non vérifié)", "null", "#N/A", "nicht zugeordnet", "(blank)", "smtp:"),
    *("[ann@x.y]", "@{", "Mail=", "b'", "Ａ／", "\t", "\x1f", ";#", ";#12;#", '"&""', '=""&', "،"),
    *("[EXT]", "<External>", "〔外部〕", "(niet-geverifieerd)", "--none--", "#¡REF!", "System.String[]"),
    *('=TEXT(12,"0000")', '="0"&"12"', '=HYPERLINK("mailto:ann@x.y";"Ann")', '=HYPERLINK("https://x.y/1","0012")'),
    *("<br/>", "\\n", '\\"', "；", "、", "[101 102]", ", dtype=object)", "10.5E+010", "1001,00", "1.000", "(ann@x.y)"),
    *("1001.0", "1.5E+1", "1.00123E+11", '="000123"', "Li, Bob", "<bob@x.y>", '"id": "u1"', "['", "array([", "ann@x.y"),
)


def in_sql(texts: list[str], *, parted: bool = True) -> list[tuple[str | None, list[str], str]]:
    entities = tuple(sorted({found for text in texts for found in re.findall(ids.ENTITY, text)}))
    cleaning = Cleaning(entities=entities, commas=parted, bars=parted)
    with duckdb.connect() as connection:
        connection.register("given", pd.DataFrame({"place": range(len(texts)), "text": texts}))
        return connection.execute(
            f"select {cleaning.id('text')}, {cleaning.people('text')}, {sql_clean_text('text', entities)} "
            "from given order by place"
        ).fetchall()


@settings(max_examples=25)
@given(st.lists(st.lists(st.sampled_from(PIECES), max_size=9).map("".join), min_size=1, max_size=300), st.booleans())
def test_the_sql_says_what_python_says(texts, parted):
    for text, (one, several, plain) in zip(texts, in_sql(texts, parted=parted), strict=True):
        assert one == clean_id(text)
        people = people_in(text, commas=parted, bars=parted)
        assert sorted(several) == sorted(person.lower() for person in people)
        assert plain == clean_text(text)


@settings(max_examples=60)
@given(st.from_regex(ids.PLAIN, fullmatch=True) | st.from_regex("[A-Za-z]+( [A-Za-z]+)*", fullmatch=True))
def test_what_is_not_looked_at_needs_no_cleaning(text):
    # With a blank before it, it is looked at.
    assert clean_id(text) == clean_id(f" {text}")
    assert aliases_in(text) == aliases_in(f" {text}")
    assert why_no_row([text, text], ["id", "name"]) == why_no_row([f" {text}", f" {text}"], ["id", "name"])


def test_no_placeholder_is_taken_for_a_plain_id():
    assert not [word for word in PLACEHOLDERS if re.fullmatch(ids.PLAIN, word, re.IGNORECASE)]


@settings(max_examples=60)
@given(st.text(max_size=40))
def test_what_is_clean_stays_clean(text):
    once = clean_id(text)
    assert once is None or once == clean_text(once)
    assert clean_text(clean_text(text)) == clean_text(text)


def test_a_placeholder_is_nobody_in_any_case_and_brackets():
    texts = [text for word in sorted(PLACEHOLDERS) for text in (word, word.upper().lower(), f" ({word}) ", f'"{word}"')]
    assert [text for text in texts if clean_id(text) is not None] == []
    assert [text for text, row in zip(texts, in_sql(texts), strict=True) if row[0] is not None] == []


def test_what_may_be_an_account_is_one_and_yet_no_department():
    assert [text for text in sorted(NO_UNITS) if clean_id(text) != text] == []
    assert in_sql(sorted(NO_UNITS)) == [(text, [text], text) for text in sorted(NO_UNITS)]
    assert all(map(is_placeholder, NO_UNITS))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Ann Roux <Ann.Roux@acme.example>", "Ann.Roux@acme.example"),
        ("Ann O'Roux <ann.o'roux@acme.example>", "ann.o'roux@acme.example"),
        ("'ann@acme.example'", "ann@acme.example"),
        ("mailto:ann@acme.example", "ann@acme.example"),
        ("ann@acme.example (Ann Roux)", "ann@acme.example"),
        ("\u200eann@acme.example\u200b", "ann@acme.example"),
        ("\ufeffann@acme.example\u00a0", "ann@acme.example"),
        ("re\u0301mi@acme.example", "rémi@acme.example"),
        ("ann\u2011roux@acme.example\ufe0f", "ann-roux@acme.example"),
        ("ann1\u3164", "ann1"),
        ("r&#233;mi@acme.example", "rémi@acme.example"),
        ("Bob Li (Unverified)", "Bob Li"),
        ("Bob Li (Externer) [Gast]", "Bob Li"),
        ("[EXT] Bob Li", "Bob Li"),
        ("Li (External), Bob", "Li, Bob"),
        ("Bob Li <External>", "Bob Li"),
        ("Bob Li (Deactivated)", "Bob Li"),
        ("b'000123'", "000123"),
        ("b'ann@x.example'", "ann@x.example"),
        ("Bob Li (niet-geverifieerd)", "Bob Li"),
        ("Bob Li (2)", "Bob Li (2)"),
        ("Bob Li <u12>", "u12"),
        ('="000123"', "000123"),
        ('=T("000123")', "000123"),
        ("'000123", "000123"),
        ("000123", "000123"),
        ("1001.0", "1001"),
        ("1.00123456789E+11", "100123456789"),
        ("1.00123E+11", None),
        ("1,00123E+11", None),
        ("1.00123e+011", None),
        ("10.0123E+10", None),
        ("12E34", "12E34"),
        ("1001,0", "1001"),
        ("1001.000", "1001"),
        ("1.000", "1.000"),
        ('=TEXT(123,"000000")', "000123"),
        ('="000"&"123"', "000123"),
        ('="000123"&""', "000123"),
        ('=""&"000123"', "000123"),
        ('=T("000123") & ""', "000123"),
        ('=CONCATENATE("000";"123")', "000123"),
        ('=HYPERLINK("mailto:ann@x.example","Ann Roux")', "ann@x.example"),
        ('=HYPERLINK("https://hr.example/7","000123")', "000123"),
        ("12.5", "12.5"),
        ("Ann Roux ann@localhost", "ann@localhost"),
        ("Bob Li bob@MAIL01", "bob@MAIL01"),
        ("BOB LI BOB.LI@CORP", "BOB.LI@CORP"),
        ("Bob Li Jr.@Corp", "Bob Li Jr.@Corp"),
        ("Élodie Ünal@ACME", "Élodie Ünal@ACME"),
        ("Maria de la cruz@Acme Corp", "Maria de la cruz@Acme Corp"),
        ("-", None),
        ("??", None),
        ("#¡REF!", None),
        ("undisclosed-recipients:;", None),
    ],
)
def test_an_id(written, meant):
    assert clean_id(written) == meant


@pytest.mark.parametrize(
    ("cell", "people"),
    [
        ("Ann <ann@x.example>; Li, Bob <bob@x.example>", ["ann@x.example", "bob@x.example"]),
        ('"Li, Bob" <bob@x.example>, "Roux, Ann" <ann@x.example>', ["bob@x.example", "ann@x.example"]),
        ("Ann | Acme <ann@x.example>", ["ann@x.example"]),
        ("ann@x.example|bob@x.example", ["ann@x.example", "bob@x.example"]),
        ("ann@x.example\r\nbob@x.example\n", ["ann@x.example", "bob@x.example"]),
        ("ann@x.example bob@x.example", ["ann@x.example", "bob@x.example"]),
        ("['ann@x.example', 'bob@x.example']", ["ann@x.example", "bob@x.example"]),
        ("{ann@x.example,bob@x.example}", ["ann@x.example", "bob@x.example"]),
        ('[{"address": "ann@x.example", "name": "Ann, R"}]', ["ann@x.example"]),
        ("frozenset({'u1', 'u2'})", ["u1", "u2"]),
        ("[{'id': 'u1', 'name': 'Ann'}]", ["u1"]),
        ("ann@x.example; ANN@x.example; n/a", ["ann@x.example"]),
        ("Ann; Bob <bob@x.example>", ["Ann", "bob@x.example"]),
        ("['Ann <ann@x.example>', 'n/a', 'bob']", ["ann@x.example", "bob"]),
        ("{ann.o'roux@x.example,bob@x.example}", ["ann.o'roux@x.example", "bob@x.example"]),
        ("[('ann@x.example', 'Ann'), ('bob@x.example', 'Bob')]", ["ann@x.example", "bob@x.example"]),
        ("nan", []),
        ("Ann Roux (ann@x.example), Bob (bob@x.example)", ["ann@x.example", "bob@x.example"]),
        ("ann@x.example (for bob@x.example)", ["ann@x.example"]),
        ('EmailAddress(name="Ann", address="ann@x.example")', ["ann@x.example"]),
        ("ann@x.example<br/>bob@x.example", ["ann@x.example", "bob@x.example"]),
        ("ann@x.example；bob@x.example、cleo@x.example", ["ann@x.example", "bob@x.example", "cleo@x.example"]),
        ("ann@x.example\\nbob@x.example", ["ann@x.example", "bob@x.example"]),
        ('[\\"ann@x.example\\",\\"bob@x.example\\"]', ["ann@x.example", "bob@x.example"]),
        ("[101 102]", ["101", "102"]),
        ("Li, Bob [bob@x.example]; Roux, Ann [ann@x.example]", ["bob@x.example", "ann@x.example"]),
        ("Li, Bob (bob@x.example); Roux, Ann (ann@x.example)", ["bob@x.example", "ann@x.example"]),
        ("ann@x.example\tbob@x.example", ["ann@x.example", "bob@x.example"]),
        ("@{Name=Bob Li; Address=bob@x.example}", ["bob@x.example"]),
        ("@{Name=Bob Li; Mail=bob@x.example} @{Name=Ann; Mail=ann@x.example}", ["bob@x.example", "ann@x.example"]),
        ("array(['u1', 'u2'], dtype=object)", ["u1", "u2"]),
    ],
)
def test_everybody_in_a_cell(cell, people):
    assert people_in(cell) == people


def test_lower_case_is_that_of_sql():
    """Over all of Unicode but surrogates, which are no text."""
    signs = [chr(code) for code in range(1, 0x110000) if not 0xD800 <= code <= 0xDFFF]
    told = duckdb.connect().execute("select lower(unnest(?))", [signs]).fetchall()
    assert [sign for sign, (low,) in zip(signs, told, strict=True) if lowered(sign) != low] == []

"""Logs as spreadsheets, databases and scripts leave them: what each trouble must come to, in every table reader.

The inputs are made up; each stands for a kind that was met in public bug reports or in files nobody had prepared.
"""

import gzip
from datetime import datetime
from pathlib import Path

import duckdb
import pandas as pd
import pytest

import silos
from silos.errors import ColumnError, ReadError
from silos.locales.phrases import phrases
from silos.readers import read_interactions, unreadable
from silos.readers.tabular import numeric_times
from silos.readers.tabular.scan import SAMPLE
from silos.tables import Interactions
from silos.ties.count import tally
from silos.ties.losses import LossError

DAY = "2025-01-06T09:00:00Z"


def pairs(interactions: Interactions) -> list[tuple[str | None, str | None]]:
    query = f"select sender, recipient from ({interactions.query}) order by all"
    return interactions.connection.execute(query).fetchall()


def times(interactions: Interactions) -> list[datetime | None]:
    return [
        time for (time,) in interactions.connection.execute(f"select timestamp from ({interactions.query})").fetchall()
    ]


def log(folder: Path, *rows: str, headings: str = "timestamp,sender,recipient") -> Path:
    path = folder / "log.csv"
    path.write_text("\n".join([headings, *rows, ""]), encoding="utf-8")
    return path


def table(cells: list[tuple[str | None, str | None]]) -> pd.DataFrame:
    return pd.DataFrame(cells, columns=["sender", "recipient"]).assign(timestamp=DAY)


def as_csv(frame: pd.DataFrame, folder: Path) -> object:
    frame.to_csv(folder / "log.csv", index=False)
    return folder / "log.csv"


def as_gzipped_semicolons(frame: pd.DataFrame, folder: Path) -> object:
    (folder / "log.gz").write_bytes(gzip.compress(frame.to_csv(index=False, sep=";").encode()))
    return folder / "log.gz"


def as_parquet(frame: pd.DataFrame, folder: Path) -> object:
    with duckdb.connect() as connection:
        connection.register("given", frame)
        connection.execute(f"copy given to '{folder / 'log.parquet'}' (format parquet)")
    return folder / "log.parquet"


def as_frame(frame: pd.DataFrame, folder: Path) -> object:
    return frame


def as_edges(frame: pd.DataFrame, folder: Path) -> object:
    edges = frame.drop(columns="timestamp").rename(columns={"sender": "Source", "recipient": "Target"})
    edges.to_csv(folder / "edges.csv", index=False)
    return folder / "edges.csv"


WRITINGS = [as_csv, as_gzipped_semicolons, as_parquet, as_frame, as_edges]


@pytest.mark.parametrize("writing", WRITINGS)
def test_ids_are_what_they_mean_in_every_table(writing, tmp_path):
    cells = [
        ("Ann Roux <ann@x.example>", "bob@x.example"),
        ("\u200eann@x.example\u200b", "BOB@x.example"),
        ('="000123"', "'000456"),
        ("re\u0301mi@x.example", "r&#233;mi@x.example (External)"),
        ("Bob Li (Unverified)", "smtp:cleo@x.example"),
        ("#N/A", "ann@x.example"),
        ("1001.0", "1.00123E+11"),
        ("nicht zugeordnet", "--"),
    ]
    found = pairs(read_interactions(writing(table(cells), tmp_path)))
    expected = [
        ("ann@x.example", "bob@x.example"),
        ("ann@x.example", "BOB@x.example"),
        ("000123", "000456"),
        ("rémi@x.example", "rémi@x.example"),
        ("Bob Li", "cleo@x.example"),
        (None, "ann@x.example"),
        ("1001", None),
        (None, None),
    ]
    assert sorted(found, key=str) == sorted(expected, key=str)


@pytest.mark.parametrize("writing", WRITINGS)
@pytest.mark.parametrize(
    "cell",
    [
        "ann@x.example, bob@x.example",
        "ann@x.example;bob@x.example",
        "Ann Roux <ann@x.example>; Li, Bob <bob@x.example>",
        "ann@x.example\nbob@x.example",
        "['ann@x.example', 'bob@x.example']",
        '[{"address": "ann@x.example"}, {"address": "bob@x.example", "name": "Bob"}]',
        "{ann@x.example,bob@x.example}",
        "ann@x.example|bob@x.example|ann@x.example",
        "Ann Roux (ann@x.example), Bob Li (bob@x.example)",
        "ann@x.example<br>bob@x.example",
        "ann@x.example；bob@x.example",
    ],
)
def test_several_people_in_a_cell_are_several_recipients_of_one_event(writing, cell, tmp_path):
    interactions = read_interactions(
        writing(table([("cleo@x.example", cell), ("ann@x.example", "cleo@x.example")]), tmp_path)
    )
    query = f"select sender, recipient, event, recipients from ({interactions.query}) order by sender, recipient"
    found = interactions.connection.execute(query).fetchall()
    assert [row[:2] for row in found] == [
        ("ann@x.example", "cleo@x.example"),
        ("cleo@x.example", "ann@x.example"),
        ("cleo@x.example", "bob@x.example"),
    ]
    assert found[1][2] == found[2][2] is not None
    assert [row[3] for row in found[1:]] == [2, 2]


def test_a_list_column_holds_addresses_with_names(tmp_path):
    frame = pd.DataFrame({"timestamp": [DAY], "sender": ["cleo"], "recipient": [["Ann <ann@x.example>", "n/a", "bob"]]})
    assert pairs(read_interactions(frame)) == [("cleo", "ann@x.example"), ("cleo", "bob")]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        # The ids between the commas send mail of their own.
        (["cleo", "ann, bob"], [("ann", "cleo"), ("bob", "cleo"), ("cleo", "ann"), ("cleo", "bob")]),
        # "Li, Bob" sends as that, so it is one person.
        (["Li, Bob", "Li, Bob"], [("ann", "Li, Bob"), ("bob", "Li, Bob"), ("Li, Bob", "ann")]),
    ],
)
def test_the_column_tells_what_a_comma_means(cells, expected, tmp_path):
    name, several = cells
    rows = [("ann", name), ("bob", name)] + ([(name, several)] if several != name else [(name, "ann")])
    found = pairs(read_interactions(table(rows)))
    assert set(expected) <= set(found)


def test_numbers_between_commas_are_several_people():
    assert pairs(read_interactions(table([("1001", "1002,1003")]))) == [("1001", "1002"), ("1001", "1003")]


@pytest.mark.parametrize("other", ["auth0|18", "waad|zoe"])
def test_a_bar_within_ids_parts_nobody(other):
    rows = [("auth0|17", other), (other, "auth0|17")]
    assert pairs(read_interactions(table(rows))) == sorted(rows)
    # Nor where nobody with such an id ever sends.
    assert pairs(read_interactions(table([("ann", "auth0|17"), ("bob", other)]))) == [
        ("ann", "auth0|17"),
        ("bob", other),
    ]


def test_a_bar_between_ids_that_stand_alone_elsewhere_parts_people():
    found = pairs(read_interactions(table([("ann", "bob|cleo"), ("bob", "ann"), ("cleo", "ann")])))
    assert found == [("ann", "bob"), ("ann", "cleo"), ("bob", "ann"), ("cleo", "ann")]


def test_what_was_mended_is_counted(tmp_path):
    path = log(
        tmp_path,
        f"{DAY},Ann <ann@x.example>,bob@x.example",
        f'{DAY},ann@x.example,"a@x.example;b@x.example"',
        f"{DAY},NULL,bob@x.example",
        f"{DAY},unknown,n/a",
        f"{DAY},1.00123E+11,bob@x.example",
    )
    condition = read_interactions(path).sources[0].condition
    assert condition.placeholders == {"sender": 2, "recipient": 1}
    assert condition.mended == {"Name <address>": 1, "several people in a cell": 1}
    assert condition.lost == {"numbers in scientific notation": 1}


def test_a_tab_between_addresses_parts_them(tmp_path):
    """Within quotation marks: all but the first were lost."""
    interactions = read_interactions(log(tmp_path, f'{DAY},ann@x.example,"bob@x.example\tcleo@x.example"'))
    assert {recipient for _, recipient in pairs(interactions)} == {"bob@x.example", "cleo@x.example"}
    assert interactions.sources[0].condition.mended["several people in a cell"] == 1


@pytest.mark.parametrize("plain", [0, 3, 2 * SAMPLE], ids=["at once", "among the first rows", "later"])
def test_several_people_in_a_cell_are_seen_wherever_they_stand(tmp_path, plain):
    path = log(
        tmp_path,
        *[f"{DAY},ann@x.example,bob@x.example"] * plain,
        f'{DAY},ann@x.example,"Bob; Cleo"',
        f'{DAY},ann@x.example,"Dan <dan@x.example>; eva@x.example"',
        f'{DAY},ann@x.example,"M&eacute;lanie"',
    )
    interactions = read_interactions(path)
    found = {recipient for _, recipient in pairs(interactions)} - {"bob@x.example"}
    assert found == {"bob", "cleo", "dan@x.example", "eva@x.example", "mélanie"}
    assert interactions.sources[0].condition.mended["several people in a cell"] == 2


def test_an_event_called_null_is_none(tmp_path):
    path = log(
        tmp_path,
        f"{DAY},ann,bob,NULL,nan",
        f"{DAY},ann,cleo,NULL,t1",
        headings="timestamp,sender,recipient,event,thread",
    )
    interactions = read_interactions(path)
    query = f"select event, thread from ({interactions.query}) order by recipient"
    assert interactions.connection.execute(query).fetchall() == [(None, None), (None, "t1")]


def test_a_number_of_recipients_may_have_any_blanks_around_it(tmp_path):
    cells = ["3", " 3", "3 ", "\u00a03", "3\u00a0", " ", "", "three"]
    rows = [f"2025-01-06T08:00:00Z,ann,bob,{cell}" for cell in cells]
    interactions = read_interactions(log(tmp_path, *rows, headings="timestamp,sender,recipient,recipients"))
    found = interactions.connection.execute(f"select recipients from ({interactions.query})").fetchall()
    assert sorted((count for (count,) in found), key=str) == [3, 3, 3, 3, 3, None, None, None]


def test_columns_that_matter_and_were_not_used_are_named(tmp_path):
    path = log(tmp_path, f"{DAY},ann,bob,3,2025-01-07,x", headings="timestamp,sender,recipient,Value,EventDate,Subject")
    assert read_interactions(path).sources[0].condition.unused == ("Value", "EventDate")


def test_json_that_is_of_no_tool_is_said_to_be_json(tmp_path):
    path = tmp_path / "log.jsonl"
    path.write_text('{"timestamp":"2025-01-06T09:00:00Z","sender":"ann","recipient":"bob"}\n' * 3, encoding="utf-8")
    with pytest.raises(ReadError, match=r"this is JSON.*CSV or Parquet, with the columns timestamp, sender, recipient"):
        read_interactions(path)


# ---- rows that are none


SQLCMD = "timestamp,sender,recipient\n---------,------,---------\n{rows}\n\n(2 rows affected)\n"
PSQL = " timestamp            | sender | recipient \n----------------------+--------+-----------\n{bars}\n(2 rows)\n\n"
MYSQL = (
    "+-----+---+---+\n| timestamp | sender | recipient |\n+-----+---+---+\n{boxed}\n+-----+---+---+\n2 rows in set\n"
)
SPOOLED = "timestamp,sender,recipient\n{rows}\n\nQuery OK, 2 rows affected\nElapsed: 00:00:00.01\n2 Datensätze\n"
PAGED = "timestamp,sender,recipient\n{first}\n-- More --\ntimestamp,sender,recipient\n{second}\nTotal,,2\n"


@pytest.mark.parametrize(
    ("text", "reasons"),
    [
        (SQLCMD, {"a rule under headings": 1, "a total or a footer": 1}),
        (PSQL, {"a rule under headings": 1, "a total or a footer": 1}),
        (MYSQL, {"a rule under headings": 2, "a total or a footer": 1}),
        (SPOOLED, {"a total or a footer": 3}),
        (PAGED, {"a total or a footer": 2, "the headings again": 1}),
    ],
)
def test_lines_that_are_no_rows_are_left_out_by_their_reason(text, reasons, tmp_path):
    rows = [f"{DAY},ann,bob", f"{DAY},bob,ann"]
    bars = "\n".join(f" {row.replace(',', ' | ')} " for row in rows)
    path = tmp_path / "log.txt"
    boxed = "\n".join(f"| {row.replace(',', ' | ')} |" for row in rows)
    lines = {"rows": "\n".join(rows), "bars": bars, "boxed": boxed, "first": rows[0], "second": rows[1]}
    path.write_text(text.format(**lines), encoding="utf-8")
    interactions = read_interactions(path)
    assert pairs(interactions) == [("ann", "bob"), ("bob", "ann")]
    roster = silos.read_roster(pd.DataFrame({"person": ["ann", "bob"], "department": ["A", "B"]}))
    counted = tally(interactions, roster)
    assert counted.log.rejected == reasons
    assert {reason for _, _, reason in unreadable(interactions)} <= set(reasons)


@pytest.mark.parametrize("headings", ["sender,recipient,timestamp", "timestamp,sender,recipient"])
@pytest.mark.parametrize(
    "line", ["Fin,,", "END", "--- Ende ---,,", "<<EOF>>,,", "Dateiende,,", "Fin d'extraction,,", "Sum,,2", "Koniec;;"]
)
def test_a_line_that_ends_a_listing_is_no_row(headings, line, tmp_path):
    row = {"sender": "ann", "recipient": "bob", "timestamp": DAY}
    path = tmp_path / "log.csv"
    path.write_text(f"{headings}\n{','.join(row[name] for name in headings.split(','))}\n{line}\n", encoding="utf-8")
    interactions = read_interactions(path)
    assert pairs(interactions) == [("ann", "bob")]
    assert {**interactions.sources[0].rejected, **dict.fromkeys([one for *_, one in unreadable(interactions)], 1)} == {
        "a total or a footer": 1
    }


def test_an_event_called_end_is_not_the_end_of_a_listing(tmp_path):
    path = tmp_path / "log.csv"
    rows = f"Start,{DAY},ann,bob\nEnd,{DAY},ann,\nEnd,{DAY},bob,ann\n"
    path.write_text(f"event,timestamp,sender,recipient\n{rows}", encoding="utf-8")
    interactions = read_interactions(path)
    assert interactions.sources[0].rejected == {}
    assert len(pairs(interactions)) == 3


def test_rows_that_are_none_in_a_data_frame():
    rows = [
        ("sender", "recipient", "timestamp"),
        ("------", "---------", "-----"),
        ("ann", "bob", DAY),
        (None, None, "Total: 1"),
    ]
    interactions = read_interactions(pd.DataFrame(rows, columns=["sender", "recipient", "timestamp"]))
    assert pairs(interactions) == [("ann", "bob")]
    assert interactions.sources[0].rejected == {
        "a rule under headings": 1, "a total or a footer": 1, "the headings again": 1,
    }  # fmt: skip


def test_a_person_without_letters_is_no_row_of_dashes(tmp_path):
    interactions = read_interactions(log(tmp_path, f"{DAY},--,bob", f"{DAY},total,bob"))
    assert interactions.sources[0].rejected == {}
    assert pairs(interactions) == [("total", "bob"), (None, "bob")]


# ---- times


@pytest.mark.parametrize("typed", [False, True])
@pytest.mark.parametrize(
    ("numbers", "read_as", "last"),
    [
        # Eight in the morning on, in steps of 20 seconds: the first thousand look like days of Excel.
        (range(28_800, 148_800, 20), numeric_times.SECONDS, datetime(1970, 1, 2, 17, 19, 40)),
        (range(36_000, 50_000, 20), numeric_times.SECONDS, datetime(1970, 1, 1, 13, 53)),
        # An hour of the morning and one of the afternoon, at odd seconds.
        (range(28_803, 32_390, 7), numeric_times.SECONDS, datetime(1970, 1, 1, 8, 59, 47)),
        (range(54_003, 57_590, 7), numeric_times.SECONDS, datetime(1970, 1, 1, 15, 59, 47)),
        (range(0, 86_400, 7), numeric_times.SECONDS, datetime(1970, 1, 1, 23, 59, 54)),
        (range(0, 400), numeric_times.DAYS, datetime(1971, 2, 4)),
        (range(19_700, 20_100), numeric_times.EPOCH_DAYS, datetime(2025, 1, 11)),
        (range(45_300, 45_700), numeric_times.SERIAL, datetime(2025, 2, 11)),
        (range(1_735_689_600, 1_735_776_000, 60), numeric_times.EPOCH, datetime(2025, 1, 1, 23, 59)),
        (range(1_735_689_600_000, 1_735_776_000_000, 60_000), numeric_times.EPOCH, datetime(2025, 1, 1, 23, 59)),
    ],
)
def test_all_numbers_of_a_column_say_what_they_are(numbers, read_as, last, typed, tmp_path):
    values = list(numbers)
    frame = pd.DataFrame(
        {"timestamp": values if typed else list(map(str, values)), "sender": "ann", "recipient": "bob"}
    )
    interactions = read_interactions(frame)
    found = times(interactions)
    assert None not in found
    assert max(found) == last
    said = phrases("en")["read"][read_as]
    assert any(f"were read as {said}." in note for note in interactions.sources[0].notes)


def test_counts_of_windows_and_net_are_of_their_own_beginnings():
    for first, read_as in (
        (133_806_276_000_000_000, numeric_times.FILETIME),
        (638_717_508_000_000_000, numeric_times.TICKS),
    ):
        frame = pd.DataFrame({"timestamp": [first, first + 36_000_000_000], "sender": "ann", "recipient": "bob"})
        interactions = read_interactions(frame)
        assert sorted(times(interactions)) == [datetime(2025, 1, 6, 9), datetime(2025, 1, 6, 10)]
        assert phrases("en")["read"][read_as] in interactions.sources[0].notes[0]


@pytest.mark.parametrize(
    ("written", "hour"),
    [
        *(("2025-01-06 09:00:00 CET", 8), ("2025-07-06 09:00:00 EST5EDT", 13), ("2025-01-06T09:00:00 UTC+2", 7)),
        *(("2025-07-06T09:00:00+02:00[Europe/Berlin]", 7), ("2025-07-06 09:00:00 Europe/Berlin", 7)),
        *(
            ("Mon Jan 06 2025 09:00:00 GMT+0100 (Central European Standard Time)", 8),
            ("2025-01-06 09:00:00 +0000 UTC", 9),
        ),
        *(
            ("Mon Jan  6 09:00:00 CET 2025", 8),
            ("Mon, 06 Jan 25 09:00:00 EST", 14),
            ("06-JAN-25 09.00.00.000000 AM", 9),
        ),
        *(
            ("Montag, 6. Januar 2025 um 09:00 Uhr", 9),
            ("lundi 6 janvier 2025 à 09:00", 9),
            ("6 de enero de 2025, 09:00", 9),
        ),
        *(("2025年1月6日 09:00", 9), ("1/16/2025, 9:00:00\u202fAM", 9), ("16/01/2025 9:00:00 p. m.", 21)),
        *(("/Date(1736154000000+0100)/", 9), ('="2025-01-06 09:00"', 9), ("'2025-01-06 09:00:00", 9)),
        *(("2025-01-06-09.00.00.000000", 9), ("Jan  6 2025  9:00:00:000AM", 9)),
        ("2025-01-06 09:00:00 (UTC+01:00) Amsterdam, Berlin, Bern", 8),
    ],
)
@pytest.mark.parametrize("beside", [None, DAY])
def test_times_are_read_as_programs_and_people_write_them(written, hour, beside):
    frame = pd.DataFrame({"timestamp": [beside or written, written], "sender": "ann", "recipient": "bob"})
    assert [time.hour for time in times(read_interactions(frame))] == [9 if beside else hour, hour]


@pytest.mark.parametrize(
    "written", ["2025-01-06 09:00:00 XYZ", "2025-01-06T09:00:00 IST", "2025-01-06T09:00:00XYZ", "soon"]
)
def test_a_zone_that_is_not_known_is_said_and_never_taken_for_utc(written):
    frame = pd.DataFrame({"timestamp": [DAY, DAY, written], "sender": "ann", "recipient": "bob"})
    interactions = read_interactions(frame)
    assert times(interactions) == [datetime(2025, 1, 6, 9), datetime(2025, 1, 6, 9), None]
    assert any("whose time in 'timestamp' could not be read" in note for note in interactions.sources[0].notes)


@pytest.mark.parametrize(
    ("written", "hour"),
    [
        *(("2025-01-06 09:00 AM", 9), ("2025-01-06 09:00 PM", 21), ("2025-01-06 09:00 ET", 14)),
        *(("2025-01-06 9:00 EDT", 13), ("2025-01-06 9:00 JST", 0), ("2025-01-06 9:00 IST", None)),
        *(("2025-01-06 9:00 XYZ", None), ("2025-01-06 09:00 XYZ", None), ("2025-01-06 09:00 XX", None)),
    ],
)
def test_a_time_as_long_as_plain_iso_is_read_with_its_last_word(written, hour):
    frame = pd.DataFrame({"timestamp": [written] * 3, "sender": "ann", "recipient": "bob"})
    if hour is None:
        with pytest.raises(ColumnError, match="no time that can be read"):
            read_interactions(frame)
    else:
        assert times(read_interactions(frame)) == [datetime(2025, 1, 6, hour)] * 3


@pytest.mark.parametrize(
    ("date", "clock", "headings"),
    [
        ("2025-01-16", "09:00:00", "Date d'envoi,Heure d'envoi"),
        ("2025-01-16", "09:00:00", "Sendedatum,Sendezeit"),
        ("2025-01-16", "09:00", "Data,Godzina"),
        ("2025-01-16", "09:00", "Date,時刻"),
        ("2025-01-16", "10:00", "Date,Time (CET)"),
        ("Thu, 16 Jan 2025", "09:00", "Date,Time"),
        ("2025-01-16 00:00:00", "09.00", "Date,Time"),
        ("16/01/2025 00:00", "30/12/1899 09:00:00", "Date,Time"),
        ("20250116", "090000", "Date,Time"),
        ("2025-01-16", "900", "Date,Time"),
        ("2025-01-16", "T09:00:00", "Date,Time"),
        ("2025-01-16", "09:00 AM", "Date,Time"),
        ("16/01/2025", "9:00 a. m.", "Fecha,Hora"),
        ("2025-01-16", "9:00:00 a.m.", "Fecha,Hora"),
        ("16/01/2025", "9:00 a.\u00a0m.", "Fecha,Hora"),
        ("45673", "0.375", "Date,Time"),
    ],
)
def test_a_time_of_day_in_a_column_of_its_own_is_read(date, clock, headings, tmp_path):
    row = f'"{date}",{clock},ann,bob'
    interactions = read_interactions(log(tmp_path, row, row, headings=f"{headings},sender,recipient"))
    assert times(interactions) == [datetime(2025, 1, 16, 9)] * 2


@pytest.mark.parametrize("heading", ["Duration", "End time", "Working hours"])
def test_a_duration_is_no_time_of_day(heading, tmp_path):
    path = log(tmp_path, "2025-01-16,00:30:00,ann,bob", headings=f"Date,{heading},sender,recipient")
    assert times(read_interactions(path)) == [datetime(2025, 1, 16)]


@pytest.mark.parametrize(
    ("heading", "zones", "hours"),
    [
        ("TZ", ("Europe/Paris", "Asia/Tokyo"), (8, 0)),
        ("Time zone", ("UTC+2", ""), (7, 9)),
        ("UTC offset", ("+09:00", "-1"), (0, 10)),
        ("Offset (min)", ("60", "-60"), (8, 10)),
        ("Zeitzone", ("MEZ", "XYZ"), (8, None)),
    ],
)
def test_zones_in_a_column_of_their_own_are_applied(heading, zones, hours, tmp_path):
    rows = [f"2025-01-06 09:00:00,ann,bob,{zone}" for zone in zones] + [f"{DAY},ann,bob,{zones[0]}"]
    interactions = read_interactions(log(tmp_path, *rows, headings=f"timestamp,sender,recipient,{heading}"))
    assert [time and time.hour for time in times(interactions)] == [*hours, 9]
    assert any(f"the zone that {heading!r} says" in note for note in interactions.sources[0].notes)
    assert heading not in interactions.sources[0].condition.unused


@pytest.mark.parametrize(
    ("written", "hour"),
    [
        *(("2025-01-06T09:00:00+02", 7), ("2025-01-06 09:00 ET", 14), ("Mon Jan  6 09:00:00 CET 2025", 8)),
        *(("2025-01-06T09:00:00+02:00[Europe/Berlin]", 7), ("6. Januar 2025 um 09:00 Uhr", 0)),
    ],
)
def test_a_zone_of_its_own_goes_before_that_of_the_heading(written, hour):
    frame = pd.DataFrame({"Sent (UTC+9)": [written] * 2, "sender": "ann", "recipient": "bob"})
    assert [time.hour for time in times(read_interactions(frame, columns={"timestamp": "Sent (UTC+9)"}))] == [hour] * 2


def test_a_zone_column_of_what_are_no_zones_is_left_alone(tmp_path):
    path = log(tmp_path, "2025-01-06 09:00:00,ann,bob,North", headings="timestamp,sender,recipient,Zone")
    assert times(read_interactions(path)) == [datetime(2025, 1, 6, 9)]


@pytest.mark.parametrize(
    ("heading", "first", "last", "expected"),
    [
        ("timestamp", "202501060900", "202502281358", datetime(2025, 2, 28, 13, 58)),
        ("timestamp", "2501060900", "2502281358", datetime(2025, 2, 28, 13, 58)),
        ("timestamp", "1736154000", "1740751080", datetime(2025, 2, 28, 13, 58)),
        ("Date", "250106", "250228", datetime(2025, 2, 28)),
        ("Date", "2025006", "2025059", datetime(2025, 2, 28)),
        ("timestamp", "25-01-06 09:00", "25-02-28 13:58", datetime(2025, 2, 28, 13, 58)),
        ("timestamp", "25.01.06", "25.02.28", datetime(2025, 2, 28)),
        ("timestamp", "06.01.25", "28.02.25", datetime(2025, 2, 28)),
    ],
)
def test_dates_without_signs_or_with_short_years_first_are_read(heading, first, last, expected, tmp_path):
    path = log(tmp_path, f"{first},ann,bob", f"{last},ann,bob", headings=f"{heading},sender,recipient")
    assert max(times(read_interactions(path))) == expected


@pytest.mark.parametrize("ends", [("250106", "250228"), ("2025006", "2025059"), ("25-01-06", "25-01-07")])
def test_dates_that_may_be_other_times_are_refused(ends, tmp_path):
    with pytest.raises(ColumnError, match="no time that can be read"):
        read_interactions(log(tmp_path, *(f"{end},ann,bob" for end in ends)))


def test_the_heading_may_name_the_unit():
    frame = pd.DataFrame({"sender": "ann", "recipient": "bob", "time": list(range(100))})
    assert max(times(read_interactions(frame))) == datetime(1970, 4, 10)
    renamed = frame.rename(columns={"time": "Time (s)"})
    assert max(times(read_interactions(renamed, columns={"timestamp": "Time (s)"}))) == datetime(1970, 1, 1, 0, 1, 39)
    for heading, last in (("Time (min)", datetime(1970, 1, 1, 1, 39)), ("hours", datetime(1970, 1, 5, 3))):
        renamed = frame.rename(columns={"time": heading})
        assert max(times(read_interactions(renamed, columns={"timestamp": heading}))) == last


def test_times_that_would_span_a_century_are_no_times():
    frame = pd.DataFrame({"timestamp": [1, 10**17], "sender": "ann", "recipient": "bob"})
    with pytest.raises(ColumnError, match=r"no time that can be read.*--map timestamp=COLUMN"):
        read_interactions(frame)


def test_months_as_numbers_are_no_times():
    frame = pd.DataFrame({"timestamp": [202501, 202502, 202512] * 4, "sender": "ann", "recipient": "bob"})
    with pytest.raises(ColumnError, match="no time that can be read"):
        read_interactions(frame)


def test_zeros_among_times_since_1970_are_no_times_however_many():
    frame = pd.DataFrame({"timestamp": [0] * 50 + [1_735_689_600] * 50, "sender": "ann", "recipient": "bob"})
    assert set(times(read_interactions(frame))) == {None, datetime(2025, 1, 1)}


def test_a_placeholder_among_times_since_1970_is_no_time():
    frame = pd.DataFrame(
        {"timestamp": [0, *range(1_735_689_600, 1_735_776_000, 60)], "sender": "ann", "recipient": "bob"}
    )
    found = times(read_interactions(frame))
    assert found.count(None) == 1
    assert min(time for time in found if time) == datetime(2025, 1, 1)


def test_a_form_that_only_the_last_rows_have_is_read(tmp_path):
    rows = [f"2025-01-{1 + number % 28:02}T09:00:00Z,ann,bob" for number in range(3000)]
    assert None not in times(read_interactions(log(tmp_path, *rows, "20250301T090000Z,ann,bob", "3 Mar 2025,ann,bob")))


# ---- losses


def company(count: int = 20) -> tuple[pd.DataFrame, pd.DataFrame]:
    """People in two departments, of whom everybody writes to everybody."""
    people = [f"p{number}" for number in range(count)]
    roster = pd.DataFrame({"person": people, "department": ["A" if number % 2 else "B" for number in range(count)]})
    rows = [(a, b) for a in people for b in people if a != b]
    return table(rows), roster


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("timestamp", "soon", r"undated .*--map timestamp=COLUMN"),
        ("sender", "1.00123E\u002b11", r"no sender or recipient .*scientific notation"),
        ("recipient", "#N/A", r"no sender or recipient .*placeholders"),
    ],
)
def test_a_log_that_lost_more_than_half_of_its_rows_is_refused(column, value, message):
    frame, roster = company()
    worse = frame.copy()
    worse.loc[worse.index[: len(frame) * 6 // 10], column] = value
    with pytest.raises(LossError, match=message):
        silos.analyze(worse, roster, bootstrap=100)
    counted = tally(read_interactions(worse), silos.read_roster(roster), whatever_is_lost=True)
    assert sum(counted.log.lost.values()) == len(frame) * 6 // 10
    better = frame.copy()
    better.loc[better.index[: len(frame) * 4 // 10], column] = value
    counted = tally(read_interactions(better), silos.read_roster(roster))
    assert sum(counted.log.lost.values()) == len(frame) * 4 // 10


def test_strangers_and_broadcasts_are_no_losses():
    frame, roster = company()
    frame.loc[frame.index[: len(frame) * 9 // 10], "recipient"] = "somebody@else.example"
    assert tally(read_interactions(frame), silos.read_roster(roster)).log.lost == {}


# ---- affiliations, ties, traces


def test_communities_and_their_members_are_cleaned(tmp_path):
    frame = pd.DataFrame({
        "person": ["Ann <ann@x.example>", "bob@x.example\u200b", "#N/A"],
        "community": ["R&amp;D talk", "R&D  talk", "R&D talk"],
    })  # fmt: skip
    interactions = read_interactions(frame)
    query = f"select person, community, name from ({interactions.affiliations}) order by person"
    assert interactions.connection.execute(query).fetchall() == [
        ("ann@x.example", "R&D talk", "R&D talk"),
        ("bob@x.example", "R&D talk", "R&D talk"),
        (None, "R&D talk", "R&D talk"),
    ]


def test_a_trace_with_names_and_a_rule(tmp_path):
    path = tmp_path / "trace.csv"
    path.write_text(
        "Received,SenderAddress,RecipientAddress,Status,MessageId,MessageTraceId\n"
        "--------,-------------,----------------,------,---------,--------------\n"
        '2025-01-06 09:00:00,Ann Roux <ann@x.example>,"""Li, Bob"" <bob@x.example>",Delivered,<1@x>,t1\n'
        "2025-01-06 09:00:00,\ufeffann@x.example,cleo@x.example,Delivered,<2@x>,t2\n",
        encoding="utf-8",
    )
    interactions = read_interactions(path)
    assert interactions.sources[0].format == "exchange"
    assert interactions.sources[0].rejected == {"a rule under headings": 1}
    assert pairs(interactions) == [("ann@x.example", "bob@x.example"), ("ann@x.example", "cleo@x.example")]


def test_groups_of_viva_insights_are_called_as_they_look(tmp_path):
    path = tmp_path / "groups.csv"
    path.write_text(
        "PrimaryCollaborator_Organization,PrimaryCollaborator_GroupSize,SecondaryCollaborator_Organization,"
        "SecondaryCollaborator_GroupSize,MetricDate,Group_collaboration_time_invested\n"
        "R&amp;D,10,Sales,10,2025-01-06,60\nR&D,10,#N/A,10,2025-01-06,60\n",
        encoding="utf-8",
    )
    interactions = read_interactions(path)
    query = f"select a['department'], b['department'] from ({interactions.groups}) order by all"
    assert interactions.connection.execute(query).fetchall() == [("R&D", "Sales"), ("R&D", None)]

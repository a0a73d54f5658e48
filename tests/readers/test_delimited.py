"""Reading delimited text, Parquet, DataFrames and edge tables: every row under its canonical name, or a clear error."""

import csv
import gzip
import io
import os
import subprocess
import sys
import textwrap
import zipfile
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import silos
from silos.errors import ColumnError, EmptyError, ReadError, SilosError
from silos.readers import FORMATS, DateOrderError, read_interactions, scanning, unreadable
from silos.readers.tabular import csv_dialect, timestamps
from silos.tables import INTERACTION_FIELDS, Interactions
from tests.support.damage import Outcomes, survives
from tests.support.places import ROOT

HEADINGS = ("timestamp", "sender", "recipient", "medium", "event", "thread", "kind")
ROWS = [
    ("2024-05-03T10:00:00Z", "Zoé@acme.example", "bob@acme.example", "email", "m1", "t1", "direct"),
    ("2024-05-03T10:00:00Z", "Zoé@acme.example", "cleo@acme.example", "email", "m1", "t1", "direct"),
    ("2024-05-13T08:30:15.5Z", "bob@acme.example", "Zoé@acme.example", "chat", "m2", "t1", "reply"),
    ("2024-06-01T00:00:00+02:00", "cleo@acme.example", "bob, the builder", "chat", "m3", "", "Wave"),
]
CANONICAL = [
    (datetime(2024, 5, 3, 10), "Zoé@acme.example", "bob@acme.example", "email", "m1", "t1", "direct", None, None),
    (datetime(2024, 5, 3, 10), "Zoé@acme.example", "cleo@acme.example", "email", "m1", "t1", "direct", None, None),
    (datetime(2024, 5, 13, 8, 30, 15, 500000), *ROWS[2][1:], None, None),
    (datetime(2024, 5, 31, 22), "cleo@acme.example", "bob, the builder", "chat", "m3", None, "wave", None, None),
]


def csv_text(rows=ROWS, headings=HEADINGS, delimiter=",", end="\n"):
    cells = [[f'"{cell}"' if delimiter in cell else cell for cell in row] for row in (headings, *rows)]
    return end.join(delimiter.join(row) for row in cells) + end


def rows_of(interactions: Interactions):
    fields = ", ".join(INTERACTION_FIELDS)
    query = f"select {fields} from ({interactions.query}) order by all"
    return interactions.connection.execute(query).fetchall()


def write(path: Path, content: str | bytes, encoding: str = "utf-8") -> Path:
    path.write_bytes(content.encode(encoding) if isinstance(content, str) else content)
    return path


def log(folder: Path, content: str, name: str = "log.csv") -> Path:
    return write(folder / name, textwrap.dedent(content).lstrip())


def times_of(folder: Path, *values: str, **options) -> list[datetime | None]:
    path = write(folder / "log.csv", "from\tto\tdate\n" + "".join(f"a\tb\t{value}\n" for value in values))
    interactions = read_interactions(path, **options)
    return [row[0] for row in interactions.connection.execute(interactions.query).fetchall()]


# ---- one company, written in many ways


def typed_frame() -> pd.DataFrame:
    frame = pd.DataFrame(ROWS, columns=list(HEADINGS))
    return frame.assign(timestamp=pd.to_datetime(frame["timestamp"], utc=True, format="ISO8601"))


def as_csv(folder):
    return write(folder / "log.csv", csv_text())


def as_crlf(folder):
    return write(folder / "log.txt", csv_text(end="\r\n"))


def as_mixed_line_ends(folder):
    return write(folder / "log.csv", csv_text().replace("\n", "\r\n", 2))


def as_old_mac(folder):
    return write(folder / "log.csv", csv_text(end="\r"))


def as_marked_utf8(folder):
    return write(folder / "log.csv", csv_text(), "utf-8-sig")


def as_cp1252(folder):
    return write(folder / "log.csv", csv_text(delimiter=";"), "cp1252")


def as_cp1252_with_bars(folder):
    return write(folder / "log.csv", csv_text(delimiter="|"), "cp1252")


def as_utf16(folder):
    return write(folder / "log.tsv", csv_text(delimiter="\t"), "utf-16")


def as_utf16_unmarked(folder):
    return write(folder / "log.tsv", csv_text(delimiter="\t"), "utf-16-le")


def as_utf16_big_endian(folder):
    return write(folder / "log.tsv", csv_text(delimiter=";"), "utf-16-be")


def as_excel(folder):
    return write(folder / "log.csv", "sep=;\r\n" + csv_text(delimiter=";", end="\r\n"))


def as_gzip(folder):
    return write(folder / "log", gzip.compress(csv_text().encode()))


def as_zstd(folder):
    path = folder / "log.bin"
    with duckdb.connect() as connection:
        connection.register("rows", pd.DataFrame(ROWS, columns=list(HEADINGS)))
        connection.execute(f"copy rows to '{path}' (format csv, header, compression zstd)")
    return path


def as_zip(folder):
    path = folder / "log.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("export/one.csv", csv_text(ROWS[:2]))
        archive.writestr("export/two.csv.gz", gzip.compress(csv_text(ROWS[2:], delimiter=";").encode()))
        archive.writestr("export/empty.csv", "")
        archive.writestr("__MACOSX/._one.csv", b"\0\1")
        archive.writestr("read me.txt", "Exported on Friday.")
        archive.writestr("roster.csv", "person,department\nann,HR\n")
    return path


def as_folder(folder):
    (folder / "logs" / "may").mkdir(parents=True)
    write(folder / "logs" / "a.csv", csv_text(ROWS[:1]))
    write(folder / "logs" / "may" / "b.csv", csv_text(ROWS[1:]))
    write(folder / "logs" / ".DS_Store", b"\0")
    return folder / "logs"


def as_glob(folder):
    as_folder(folder)
    return str(folder / "logs" / "**" / "*.csv")


def as_list(folder):
    return [write(folder / "a.csv", csv_text(ROWS[:3])), pd.DataFrame(ROWS[3:], columns=list(HEADINGS))]


def as_parquet(folder):
    path = folder / "log.parquet"
    pl.DataFrame(ROWS, schema=list(HEADINGS), orient="row").write_parquet(path)
    return path


def as_parquet_parts(folder):
    (folder / "month=2024-05").mkdir()
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.register("rows", typed_frame())
        for part, where in enumerate(("event = 'm1'", "event <> 'm1'")):
            connection.execute(f"copy (from rows where {where}) to '{folder}/month=2024-05/{part}.parquet'")
    return folder


def as_pandas(folder):
    return pd.DataFrame(ROWS, columns=list(HEADINGS))


def as_pandas_typed(folder):
    frame = typed_frame()
    return frame.assign(
        timestamp=frame["timestamp"].dt.tz_convert("Europe/Paris"), medium=frame["medium"].astype("category")
    )


def as_pandas_naive(folder):
    frame = typed_frame()
    return frame.assign(timestamp=frame["timestamp"].dt.tz_localize(None)).astype({"sender": object})


def as_polars(folder):
    return pl.DataFrame(ROWS, schema=list(HEADINGS), orient="row")


def as_polars_lazy(folder):
    return as_polars(folder).lazy().with_columns(pl.col("timestamp").str.to_datetime(time_zone="UTC", format="%+"))


def as_relation(folder):
    return duckdb.connect().from_df(typed_frame())


WRITINGS = [value for name, value in sorted(globals().items()) if name.startswith("as_")]


@pytest.mark.parametrize("writing", WRITINGS, ids=lambda writing: writing.__name__)
def test_one_company_written_in_many_ways_gives_the_same_rows(writing, tmp_path):
    interactions = read_interactions(writing(tmp_path))
    assert rows_of(interactions) == CANONICAL
    assert unreadable(interactions) == []
    described = interactions.connection.execute(f"describe {interactions.query}").fetchall()
    types = {name: kind.lower() for name, kind, *_ in described}
    assert {name: types[name] for name in INTERACTION_FIELDS} == INTERACTION_FIELDS


def test_frames_need_no_pyarrow_and_times_no_local_clock(tmp_path):
    script = f"""
    import sys
    sys.modules["pyarrow"] = None
    sys.path[:0] = [{str(ROOT)!r}]
    import pathlib
    from tests.readers import test_delimited as t
    folder = pathlib.Path({str(tmp_path)!r})
    assert t.times_of(folder, "2024-05-03 10:00:00.5") == [t.datetime(2024, 5, 3, 10, 0, 0, 500000)]
    for writing in (t.as_pandas, t.as_pandas_typed, t.as_pandas_naive, t.as_polars, t.as_polars_lazy, t.as_relation):
        assert t.rows_of(t.read_interactions(writing(folder))) == t.CANONICAL, writing
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)],
        capture_output=True, text=True, check=False, cwd=ROOT,
        env={**os.environ, "TZ": "America/New_York"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_a_cursor_reads_what_the_connection_reads(tmp_path):
    interactions = read_interactions([as_csv(tmp_path), as_polars(tmp_path)])
    cursor = interactions.connection.cursor()
    cursor.execute(f"create temp view seen as {interactions.query}")
    fields = ", ".join(INTERACTION_FIELDS)
    assert cursor.execute(f"select distinct {fields} from seen order by all").fetchall() == CANONICAL


def test_temporary_files_go_with_the_connection(tmp_path):
    interactions = read_interactions(as_cp1252(tmp_path))
    [(path,)] = interactions.connection.execute(
        f"select regexp_extract('{interactions.query.replace(chr(39), chr(34))}', '\"([^\"]*csv)\"', 1)"
    ).fetchall()
    assert Path(path).exists()
    del interactions
    assert not Path(path).exists()


# ---- headings


@pytest.mark.parametrize(
    "headings",
    [
        "from,to,date", "From,To,Created At", "source,target,sent_at", "sender_id,recipient_id,time",
        "Sender Address,Recipient Address,Received", "expéditeur,destinataire,horodatage", "De,À,Date",
        "EXPEDITEUR,DESTINATAIRE,Date d'envoi", "SenderAddress,RecipientAddress,ts",
    ],
)  # fmt: skip
def test_well_known_headings_are_recognised(headings, tmp_path):
    path = write(tmp_path / "log.csv", f"{headings}\na,b,2024-05-03\n")
    assert rows_of(read_interactions(path))[0][:3] == (datetime(2024, 5, 3), "a", "b")


def test_the_other_well_known_fields(tmp_path):
    path = log(
        tmp_path,
        "from,to,date,Channel,Message-ID,thread_ts,Type,Recipients,weight\na,b,2024-05-03,Chat,7,8,Direct,3,2.5\n",
    )
    [row] = rows_of(read_interactions(path))
    assert row[3:] == ("chat", "7", "8", "direct", 3, 2.5)
    assert read_interactions(path).sources[0].columns["event"] == "Message-ID"


def test_a_named_column_comes_before_a_recognised_one(tmp_path):
    path = log(tmp_path, "from,author,to,date\nbot,ann,bob,2024-05-03\n")
    assert rows_of(read_interactions(path, columns={"sender": "Author"}))[0][1] == "ann"


def test_a_named_column_may_be_in_one_log_only(tmp_path):
    odd = log(tmp_path, "who,to,date\nann,bob,2024-05-03\n", "odd.csv")
    plain = log(tmp_path, "from,to,date\ncleo,bob,2024-05-03\n", "plain.csv")
    assert {row[1] for row in rows_of(read_interactions([odd, plain], columns={"sender": "who"}))} == {"ann", "cleo"}


def test_each_log_is_read_from_the_first_of_the_named_columns_that_it_has(tmp_path):
    german = log(tmp_path, "Wann;wer;wem\n03.05.2024 10:00;ann;bob\n31.05.2024 10:00;ann;bob\n", "german.csv")
    french = log(tmp_path, "quand,qui,à\n2024-05-03,cleo,bob\n", "french.csv")
    plain = log(tmp_path, "from,to,date\ndora,bob,2024-05-03\n", "plain.csv")
    columns = {"timestamp": ["Wann", "quand"], "sender": ["wer", "qui"], "recipient": "wem"}
    read = read_interactions([german, french, plain], columns=columns)
    assert {row[1] for row in rows_of(read)} == {"ann", "cleo", "dora"}
    with pytest.raises(
        ColumnError, match=r"plain.csv has no column 'Wann', 'wer', 'wem'\. Columns found: quand, qui, à"
    ):
        read_interactions([french, plain], columns=columns)


def test_a_log_that_lacks_the_named_columns_is_told_how_to_name_its_own(tmp_path):
    german = log(tmp_path, "Wann,wer,wem\n2024-05-03,ann,bob\n", "german.csv")
    odd = log(tmp_path, "quand,qui,wam\n2024-05-03,cleo,bob\n", "odd.csv")
    columns = {"sender": "wer", "recipient": "wem", "timestamp": "Wann"}
    with pytest.raises(ColumnError) as caught:
        read_interactions([german, odd], columns=columns)
    message = str(caught.value)
    assert "odd.csv has no column 'Wann', 'wer', 'wem'. " in message
    assert message.count("Columns found: quand, qui, wam") == 1
    assert "--map timestamp=COLUMN --map sender=COLUMN --map recipient=wam" in message
    line = message.split("as well: ")[1].split(" (")[0]
    named = dict(part.split("=") for part in line.split() if part != "--map")
    own = {"timestamp": "quand", "sender": "qui"}
    mended = {field: [columns[field], own.get(field, column)] for field, column in named.items()}
    assert {row[1] for row in rows_of(read_interactions([german, odd], columns=mended))} == {"ann", "cleo"}


def test_a_named_column_tells_a_log_in_a_folder_from_another_table(tmp_path):
    (tmp_path / "export").mkdir()
    log(tmp_path / "export", "Wann,wer,wem\n2024-05-03,ann,bob\n")
    columns = {"sender": "wer", "recipient": "wem", "timestamp": "Wann"}
    assert len(rows_of(read_interactions(tmp_path / "export", columns=columns))) == 1


def test_a_named_column_that_is_not_there(tmp_path):
    path = log(tmp_path, "from,to,date\na,b,2024-05-03\n")
    with pytest.raises(ColumnError, match=r"'autor'.*Columns found: from, to, date"):
        read_interactions(path, columns={"sender": "autor"})
    with pytest.raises(ColumnError, match="no column 'chanel'"):
        read_interactions(path, columns={"medium": "chanel"})
    with pytest.raises(SilosError, match=r"no field 'sendr'.*Did you mean 'sender'"):
        read_interactions(path, columns={"sendr": "from"})


def test_missing_fields_are_all_named_with_what_was_found(tmp_path):
    path = log(tmp_path, "author,to,body\nann,bob,SECRET\n")
    with pytest.raises(ColumnError) as caught:
        read_interactions(path)
    message = str(caught.value)
    assert "log.csv" in message
    assert "'sender'" in message
    assert "'timestamp'" in message
    assert "'recipient'" not in message
    assert "author, to, body" in message
    assert message.count("Columns found:") == 1
    assert message.endswith("Name them: --map timestamp=COLUMN --map sender=COLUMN")


def test_a_file_without_headings_is_not_quoted(tmp_path):
    path = log(tmp_path, "ann@acme.example,SECRET words,2024-05-03\nbob@acme.example,more,2024-05-04\n")
    with pytest.raises(ReadError, match="first line holds values") as caught:
        read_interactions(path)
    assert "SECRET" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "shown"),
    [
        # honest tables with headings nobody knows
        ("wer;wen;wann\nann;bob;2024-05-03\n", "wer, wen, wann"),
        ("sep=;\nwer;wen;wann\nann;bob;2024-05-03\n", "wer, wen, wann"),
        ("author, to, when\nann, bob, 2024-05-03\n", "author, to, when"),
        ("author,to,body\nann,bob,hello\n", "author, to, body"),
        # a title may stand where headings do
        ("SECRET,2. Participants\nann,bob\n", "2 columns, not shown"),
        ("from,SECRET plan\nann,bob\n", "from, 1 more, not shown"),
        ("SECRET,from\nann,2024-05-03\nbob\ncleo,2024-05-04\n", "from, 1 more, not shown"),
        ("Report of SECRET\n\ndate,SECRET,from\n2024-05-03,ann,bob\n", "date, from, 1 more, not shown"),
        ("SECRET is, to be said\nby, ann\n", "2 columns, not shown"),
        ("Hello,SECRET\nDear,bob\n", "2 columns, not shown"),
        ("'SECRET',to\n2024-05-03,bob\n", "to, 1 more, not shown"),
        ("SECRET: a plan,to\n2024-05-03,bob\n", "to, 1 more, not shown"),
    ],
)
def test_an_error_quotes_headings_and_never_what_may_be_content(content, shown, tmp_path):
    with pytest.raises(SilosError) as caught:
        read_interactions(log(tmp_path, content))
    assert f"{shown}" in str(caught.value)
    assert "SECRET" not in str(caught.value)


def test_what_a_library_says_of_damage_is_not_passed_on(tmp_path):
    """A zip quotes names, and where a name should be there may be content."""
    path = tmp_path / "log.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv", "SECRET " * 100)
    content = bytearray(path.read_bytes())
    content[26] = 60  # the name runs on into what is stored
    path.write_bytes(content)
    with pytest.raises(ReadError, match="cannot be read") as caught:
        read_interactions(path)
    assert "SECRET" not in str(caught.value)


def test_a_field_by_its_own_name_comes_before_recognised_ones(tmp_path):
    path = log(tmp_path, "from,recipients,destinataire,date\nann,3,bob,2024-05-03\n")
    assert rows_of(read_interactions(path))[0][2:8:5] == ("bob", 3)


def test_a_column_of_recipients_that_lists_people_is_no_count(tmp_path):
    path = log(tmp_path, "from,recipients,date\nann,bob;cleo,2024-05-03\n")
    assert [row[2] for row in rows_of(read_interactions(path))] == ["bob", "cleo"]


# ---- recipients


def test_recipients_in_one_cell_are_split_and_counted(tmp_path):
    path = log(tmp_path, "date,from,to\n2024-05-03,ann,bob; Cleo ;;cleo;ANN\n2024-05-03,bob,ann\n")
    first, second, third, alone = sorted(rows_of(read_interactions(path)), key=lambda row: (row[1], row[2]))
    assert [row[2] for row in (first, second, third, alone)] == ["ann", "bob", "cleo", "ann"]
    assert {row[7] for row in (first, second, third)} == {2}  # ann is not reached by her own message
    assert len({row[4] for row in (first, second, third)}) == 1
    assert first[4] is not None
    assert alone[4:8:3] == (None, None)


def test_recipients_of_an_event_in_several_rows_are_left_to_count(tmp_path):
    path = log(tmp_path, "date,from,to,event\n2024-05-03,ann,bob;cleo,1\n2024-05-03,ann,dora,1\n")
    rows = rows_of(read_interactions(path))
    assert sorted(row[2] for row in rows) == ["bob", "cleo", "dora"]
    assert {(row[4], row[7]) for row in rows} == {("1", None)}


def test_quoted_lists_in_a_semicolon_file_are_split(tmp_path):
    path = log(tmp_path, 'date;from;to\n2024-05-03;ann;"bob;cleo"\n')
    assert [row[2] for row in rows_of(read_interactions(path))] == ["bob", "cleo"]


def test_lists_of_recipients_in_a_frame(tmp_path):
    frame = pl.DataFrame({"date": ["2024-05-03"] * 3, "from": ["ann"] * 3, "to": [["bob", "cleo", "bob"], [], None]})
    assert sorted(str(row[2]) for row in rows_of(read_interactions(frame))) == ["None", "None", "bob", "cleo"]


def test_a_row_without_recipient_stays_to_be_counted(tmp_path):
    path = log(tmp_path, "date,from,to\n2024-05-03,ann,\n2024-05-03,ann,bob;cleo\n")
    assert sorted(str(row[2]) for row in rows_of(read_interactions(path))) == ["None", "bob", "cleo"]


def test_numbers_that_pandas_made_floating_stay_ids(tmp_path):
    frame = pd.DataFrame({"from": [1.0, None], "to": [2.0, 3.0], "date": pd.to_datetime(["2024-05-03"] * 2)})
    assert [row[1:3] for row in rows_of(read_interactions(frame))] == [("1", "2"), (None, "3")]


def test_objects_of_several_types_in_pandas(tmp_path):
    frame = pd.DataFrame({"from": ["ann"] * 3000 + [7], "to": ["bob"] * 3001, "date": ["2024-05-03"] * 3001})
    assert frame["from"].dtype == object
    assert {row[1] for row in rows_of(read_interactions(frame))} == {"ann", "7"}


@pytest.mark.parametrize(
    "row", ["2024-05-03, ann,bob", "2024-05-03,ann ,bob", '2024-05-03,ann," bob "', " 2024-05-03,ann,bob ", "x,   ,bob"]
)
def test_spaces_around_a_value_are_no_part_of_it(row, tmp_path):
    path = write(tmp_path / "log.csv", f"date,from,to\n2024-05-03,ann,bob\n{row}")
    people = {row[1:3] for row in rows_of(read_interactions(path))}
    assert people == ({("ann", "bob")} if "ann" in row else {("ann", "bob"), (None, "bob")})


def test_spaces_where_two_blocks_meet(tmp_path, monkeypatch):
    monkeypatch.setattr(csv_dialect, "_BLOCK", 24)
    path = write(tmp_path / "log.csv", "date,from,to\n2024-05-03, ann,bob\n")
    assert path.read_bytes()[23:25] == b", "
    assert rows_of(read_interactions(path))[0][1] == "ann"


# ---- times


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2024-05-03T10:00:00Z", (2024, 5, 3, 10)),
        ("2024-05-03 10:00:00+02:00", (2024, 5, 3, 8)),
        ("2024-05-03 10:00:00 +0200", (2024, 5, 3, 8)),
        ("2024-05-03T10:00-04", (2024, 5, 3, 14)),
        ("2024-05-03 10:00:00,250", (2024, 5, 3, 10, 0, 0, 250000)),
        ("2024-05-03T10:00:00.1234567Z", (2024, 5, 3, 10, 0, 0, 123456)),
        ("2024-05-03 10:00:00 UTC", (2024, 5, 3, 10)),
        ("2024-05-03", (2024, 5, 3)),
        ("2024/05/03 10:00", (2024, 5, 3, 10)),
        ("2024.05.03 10:00", (2024, 5, 3, 10)),
        ("2024-05-03 10:30:00 PM", (2024, 5, 3, 22, 30)),
        ("20240503", (2024, 5, 3)),
        ("20240503T100000Z", (2024, 5, 3, 10)),
        ("1714730400", (2024, 5, 3, 10)),
        ("1714730400000", (2024, 5, 3, 10)),
        ("1714730400.000250", (2024, 5, 3, 10, 0, 0, 250)),
        ("1714730400000000", (2024, 5, 3, 10)),
        ("45663", (2025, 1, 6)),
        ("45663.07", (2025, 1, 6, 1, 40, 48)),
        ("45663,420138889", (2025, 1, 6, 10, 5)),
        ("31/05/2024 10:00", (2024, 5, 31, 10)),
        ("31.05.2024 10:00:05", (2024, 5, 31, 10, 0, 5)),
        ("31-5-24", (2024, 5, 31)),
        ("31/05/2024 9h05", (2024, 5, 31, 9, 5)),
        ("31/05/2024 10:00:00 +02:00", (2024, 5, 31, 8)),
        ("31/05/2024 10:00:00Z", (2024, 5, 31, 10)),
        ("5/31/2024, 1:05:00 PM", (2024, 5, 31, 13, 5)),
        ("05/31/2024 01:05 am", (2024, 5, 31, 1, 5)),
        ("Fri, 3 May 2024 10:00:00 +0200", (2024, 5, 3, 8)),
        ("3 May 2024 10:00", (2024, 5, 3, 10)),
        ("May 3, 2024, 1:05 PM", (2024, 5, 3, 13, 5)),
    ],
)
def test_times_are_read_as_utc(value, expected, tmp_path):
    assert times_of(tmp_path, value) == [datetime(*expected)]


def test_placeholders_and_nonsense_are_no_time(tmp_path):
    good = "2024-05-03T10:00:00Z"
    bad = ["0001-01-01T00:00:00Z", "infinity", "null", "2024-13-01", "9999-12-31", ""]
    assert times_of(tmp_path, good, *bad) == [datetime(2024, 5, 3, 10), *[None] * len(bad)]


def test_clocks_beyond_the_first_rows(tmp_path):
    assert times_of(tmp_path, *["31/05/2024"] * 300, "31/05/2024 10:00:05")[-1] == datetime(2024, 5, 31, 10, 0, 5)


def test_a_column_of_no_times_is_refused_by_its_shape(tmp_path):
    with pytest.raises(ColumnError, match=r"'date'.*look like 'Aaaaaa 9'") as caught:
        times_of(tmp_path, "Secret 7")
    assert "Secret" not in str(caught.value)


def test_date_and_hour_in_two_columns(tmp_path):
    path = log(tmp_path, "Expéditeur;Destinataire;Date;Heure\na;b;31/05/2024;14h05\nb;a;31/05/2024;09h30\n")
    interactions = read_interactions(path)
    assert [row[0] for row in rows_of(interactions)] == [datetime(2024, 5, 31, 9, 30), datetime(2024, 5, 31, 14, 5)]
    assert interactions.sources[0].columns["timestamp"] == "Date + Heure"


def test_numbers_that_are_nearly_all_days_of_excel_are_read_as_such(tmp_path):
    """Seconds from some start, as in email-Eu-core-temporal of SNAP, may look like days for long: 944 in 1000 there."""
    assert set(times_of(tmp_path, *["45663"] * 99, "1714730400")) == {datetime(2025, 1, 6), datetime(2024, 5, 3, 10)}
    assert times_of(tmp_path, *["45663"] * 94, *["90000"] * 6)[0] == datetime(1970, 1, 1, 12, 41, 3)
    assert times_of(tmp_path, "2025-01-06", "45663") == [datetime(2025, 1, 6)] * 2


@pytest.mark.parametrize("values", [[45663, 45664], [45663.25, 45664.0], [45663.25, None, 45664.0]])
def test_typed_numbers_may_be_days_of_excel(values, tmp_path):
    frame = pl.DataFrame({"from": ["a"] * len(values), "to": ["b"] * len(values), "ts": values})
    interactions = read_interactions(frame)
    times = [row[0] for row in rows_of(interactions) if row[0]]
    assert times == [datetime(2025, 1, 6, 6 if len(str(values[0])) > 5 else 0), datetime(2025, 1, 7)]
    assert interactions.sources[0].notes == (
        "The numbers in 'ts' of DataFrame were read as days since 1899-12-30, as Excel keeps dates.",
    )


def test_typed_numbers_are_epochs():
    frame = pd.DataFrame({"from": ["a", "a"], "to": ["b", "b"], "ts": [1714730400, 1714730401]})
    interactions = read_interactions(frame)
    assert rows_of(interactions)[1][0] == datetime(2024, 5, 3, 10, 0, 1)
    assert "1970" in interactions.sources[0].notes[0]


def test_polars_times_with_a_zone():
    zone = timezone(timedelta(hours=2))
    moment = datetime(2024, 5, 3, 10, tzinfo=zone)
    frame = pl.DataFrame({"from": ["a"], "to": ["b"], "date": [moment.astimezone(UTC)]})
    assert rows_of(read_interactions(frame))[0][0] == datetime(2024, 5, 3, 8)


# ---- day first or month first


def test_the_order_of_day_and_month_is_decided_over_the_whole_column(tmp_path):
    values = [*["03/04/2024 10:00"] * 5000, "25/04/2024 10:00"]
    assert times_of(tmp_path, *values)[0] == datetime(2024, 4, 3, 10)
    assert times_of(tmp_path, *values[:-1], "04/25/2024 10:00")[0] == datetime(2024, 3, 4, 10)


def test_the_order_is_decided_over_all_files_of_one_log(tmp_path):
    (tmp_path / "logs").mkdir()
    log(tmp_path / "logs", "from,to,date\na,b,03/04/2024\n", "1.csv")
    log(tmp_path / "logs", "date;from;to\n25/04/2024;a;b\n", "2.csv")
    interactions = read_interactions(tmp_path / "logs")
    assert [row[0] for row in rows_of(interactions)] == [datetime(2024, 4, 3), datetime(2024, 4, 25)]
    assert "day-first" in interactions.sources[0].notes[0]
    with pytest.raises(DateOrderError):
        read_interactions([tmp_path / "logs" / "1.csv", tmp_path / "logs" / "2.csv"])


def test_an_open_order_is_refused_with_both_readings(tmp_path):
    with pytest.raises(DateOrderError, match=r"day-first \(3 April\) or month-first \(4 March\).*--date-order"):
        times_of(tmp_path, "03/04/2024", "05/05/2024")
    assert times_of(tmp_path, "03/04/2024", date_order="day-first") == [datetime(2024, 4, 3)]
    assert times_of(tmp_path, "03/04/2024", date_order="month-first") == [datetime(2024, 3, 4)]
    with pytest.raises(SilosError, match="'day-first', 'month-first', not 'dmy'"):
        times_of(tmp_path, "03/04/2024", date_order="dmy")


def test_an_order_that_changes_nothing_is_not_asked_for(tmp_path):
    assert times_of(tmp_path, "05/05/2024") == [datetime(2024, 5, 5)]


def test_contradictory_dates_are_refused(tmp_path):
    with pytest.raises(DateOrderError, match="only be day-first, others only month-first"):
        times_of(tmp_path, "25/04/2024", "04/25/2024")
    with pytest.raises(DateOrderError, match="none of them shows which"):
        times_of(tmp_path, "25/25/2024", "03/04/2024")


# ---- weights

WEIGHT = "a weight that is no number above 0"


@pytest.mark.parametrize("before", [("date", "2024-05-03"), ()], ids=["log", "edges"])
@pytest.mark.parametrize(
    ("delimiter", "written", "expected"),
    [
        (";", ["1,5", "2.5", " 3 ", "1,234", "1,234,567"], [1.234, 1.5, 2.5, 3.0]),
        (",", ["1,5", "0,125", "1,234"], [0.125, 1.5]),
    ],
)
def test_a_decimal_comma_of_a_weight_is_read(before, delimiter, written, expected, tmp_path):
    headings = (*before[:1], "source", "target", "weight")
    rows = [(*before[1:], "a", "b", weight) for weight in written]
    interactions = read_interactions(write(tmp_path / "log.csv", csv_text(rows, headings, delimiter)))
    assert sorted(row[8] for row in rows_of(interactions)) == expected
    assert interactions.sources[0].rejected == {WEIGHT: 1}


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (["1.234", "5", "1.234.567"], [5, 1234, 1234567]),
        (["1.234,5", "5", "2.000"], [5, 1234.5, 2000]),
        (["1,234.5", "5", "2,000"], [5, 1234.5, 2000]),
        (["1.234", "0,5", "17"], [0.5, 17, 1234]),
        (["1 234", "5", "12\u202f345 678"], [5, 1234, 12345678]),
        (["1'234", "5", "2’000,5"], [5, 1234, 2000.5]),
        (["1.234", "0.500", "7"], [0.5, 1.234, 7]),
        (["1.234", "2.000", "3.500"], [1.234, 2, 3.5]),
        (["1.234", "1500", "7"], [1.234, 7, 1500]),
    ],
)
def test_signs_between_thousands_of_weights_are_told_by_the_other_numbers(delimiter, written, expected, tmp_path):
    rows = [("a", "b", weight) for weight in written]
    path = write(tmp_path / "log.csv", csv_text(rows, ("source", "target", "weight"), delimiter))
    interactions = read_interactions(path)
    assert sorted(row[8] for row in rows_of(interactions)) == expected
    assert not interactions.sources[0].rejected


@pytest.mark.parametrize("headings", ["date,from,to,weight", "id,source,target,weight"])
@pytest.mark.parametrize("sign", [".", ","])
def test_weights_that_can_be_read_in_two_ways_are_refused(headings, sign, tmp_path):
    weights = [f"1{sign}234", "5", "17", f"12{sign}500"]
    path = write(
        tmp_path / "log.csv", csv_text([("2024-05-03", "a", "b", one) for one in weights], headings.split(","))
    )
    with pytest.raises(ReadError, match=rf"can be read in two ways: 1{sign}234 may be one thousand"):
        read_interactions(path)


def test_weights_of_a_log_that_are_none_are_left_out_and_counted(tmp_path):
    weights = ["-50", "NaN", "inf", "many", "0", "", " ", "2"]
    rows = [("2024-05-03", "a", "b; c", weight) for weight in weights]
    interactions = read_interactions(write(tmp_path / "log.csv", csv_text(rows, ("date", "from", "to", "weight"))))
    assert sorted(row[8] or 1 for row in rows_of(interactions)) == [1, 1, 1, 1, 2, 2]
    assert interactions.sources[0].rejected == {WEIGHT: 5}


def test_typed_weights_that_are_none_are_left_out_and_counted():
    columns = {"date": ["2024-05-03"] * 5, "from": ["a"] * 5, "to": ["b", "c", "b", "b;c", "b"]}
    frame = pl.DataFrame({**columns, "weight": [-1.0, float("nan"), 0.0, 2.5, None]})
    interactions = read_interactions(frame)
    assert sorted((row[2], row[8] or 1) for row in rows_of(interactions)) == [("b", 1), ("b", 2.5), ("c", 2.5)]
    assert interactions.sources[0].rejected == {WEIGHT: 3}


@pytest.mark.parametrize("headings", ["date,from,to,weight", "Id,Source,Target,Weight"])
@pytest.mark.parametrize("weight", ["0", "nan"])
def test_a_log_of_which_no_weight_is_one_is_empty(headings, weight, tmp_path):
    path = log(tmp_path, headings + "".join(f"\n2024-05-0{day},ann,bob,{weight}" for day in range(1, 6)))
    roster = pd.DataFrame({"person": ["ann", "bob"], "department": ["HR", "IT"]})
    with pytest.raises(EmptyError, match=r"log\.csv"):
        silos.analyze(path, roster)


# ---- graphs without times


def test_gephi_edges_are_undated_contacts(tmp_path):
    path = log(tmp_path, "Source,Target,Type,Id,Label,Weight\na,b,Undirected,0,,2.5\nb,c,Directed,1,,\nc,a,,2,,1\n")
    interactions = read_interactions(path)
    [source] = interactions.sources
    assert (source.format, source.dated) == ("edges", False)
    assert [row[:3] + row[6:] for row in rows_of(interactions)] == [
        (None, "a", "b", "contact", None, 2.5),
        (None, "b", "c", None, None, None),
        (None, "c", "a", None, None, 1.0),
    ]


def test_weights_that_are_none_are_left_out_and_counted(tmp_path):
    path = log(tmp_path, "source\ttarget\tweight\na\tb\t-1\nb\tc\tmany\nc\ta\t0\nc\tb\tnan\nb\ta\t0.5\n")
    interactions = read_interactions(path)
    assert [row[1:3] for row in rows_of(interactions)] == [("b", "a")]
    assert interactions.sources[0].rejected == {WEIGHT: 4}


@pytest.mark.parametrize("heading", ["count", "n", "Messages", "freq", "nb", "Anzahl", "Occurrences", "Häufigkeit"])
def test_a_count_of_edges_under_another_name_is_the_weight(heading, tmp_path):
    [source] = read_interactions(path := log(tmp_path, f"source,target,{heading}\na,b,12\nb,c,3\nc,a,1\n")).sources
    assert (source.columns["weight"], source.notes) == (heading, ())
    assert sorted(row[8] for row in rows_of(read_interactions(path))) == [1, 3, 12]


@pytest.mark.parametrize(
    ("heading", "values", "said"),
    [
        ("count", ["0.5", "2", "3"], True),
        ("strength", ["3", "1", "2"], True),
        ("total", ["30", "10", "20"], True),
        ("n", ["1", "2", "3"], False),
        ("year", ["2023", "2024", "2023"], False),
        ("Label", ["3", "1", "2"], False),
        ("remark", ["3", "x", "2"], False),
    ],
)
def test_numbers_of_edges_that_are_not_used_are_named_with_the_option_that_uses_them(heading, values, said, tmp_path):
    ends = ("a,b", "b,c", "c,a")
    path = log(
        tmp_path, f"source,target,{heading}\n" + "".join(f"{a},{b}\n" for a, b in zip(ends, values, strict=True))
    )
    [source] = read_interactions(path).sources
    assert "weight" not in source.columns
    assert any(f'--map "weight={heading}"' in note for note in source.notes) == said


def test_edges_in_a_frame_and_by_force(tmp_path):
    assert read_interactions(pd.DataFrame({"Source": ["a"], "Target": ["b"]})).sources[0].format == "edges"
    path = log(tmp_path, "from,to\na,b\n")
    with pytest.raises(ColumnError, match="--format edges"):
        read_interactions(path)
    assert rows_of(read_interactions(path, format="edges"))[0][1:3] == ("a", "b")


def test_source_and_target_with_times_are_a_log(tmp_path):
    assert read_interactions(log(tmp_path, "source,target,time\na,b,2024-05-03\n")).sources[0].format == "delimited"


# ---- what cannot be read


def test_lines_that_cannot_be_read_are_known_after_the_scan(tmp_path):
    content = "date,from,to\n2024-05-03,a,b\n2024-05-03,SECRET\n2024-05-03,a,b,SECRET\n2024-05-03,c,d\n"
    first, second = log(tmp_path, content, "1.csv"), log(tmp_path, content.replace(",", ";"), "2.csv")
    interactions = read_interactions([first, second])
    assert len(rows_of(interactions)) == 4
    expected = [
        (str(path), line, reason)
        for path in (first, second)
        for line, reason in ((3, "fewer cells than headings"), (4, "more cells than headings"))
    ]
    assert unreadable(interactions) == expected
    rows_of(interactions)
    assert unreadable(interactions) == expected  # once each, however often the log was scanned


def test_unreadable_lines_of_a_scan_on_a_cursor(tmp_path):
    interactions = read_interactions(log(tmp_path, "date,from,to\n2024-05-03,a\n2024-05-03,c,d\n"))
    cursor = interactions.connection.cursor()
    cursor.execute(f"create temp table t as {interactions.query}")
    assert len(unreadable(interactions, connection=cursor)) == 1
    assert len(unreadable(interactions)) == 1


def test_a_first_look_at_dates_is_no_scan(tmp_path):
    numeric = log(tmp_path, "date,from,to\n25/04/2024,a,b\n", "1.csv")
    short = log(tmp_path, "date,from,to\n2024-05-03,a\n2024-05-03,c,d\n", "2.csv")
    assert len(unreadable(read_interactions([numeric, short]))) == 1


def test_lines_keep_their_number_and_name_in_a_copy(tmp_path):
    path = write(tmp_path / "log.csv", "Export of May\n\ndate;from;to\n2024-05-03;é;b\n2024-05-03;é\n", "cp1252")
    interactions = read_interactions(path)
    assert len(rows_of(interactions)) == 1
    assert unreadable(interactions) == [(str(path), 5, "fewer cells than headings")]
    assert any("cp1252" in note for note in interactions.sources[0].notes)


def test_a_stray_quotation_mark_costs_one_line(tmp_path):
    lines = [f'2024-05-03,p{number},"q{number}"' for number in range(20_000)]
    lines[7] = '2024-05-03,p7,"SECRET'
    lines[9000] = '2024-05-03,p9000,"two\nlines"'
    lines[15_000] = '2024-05-03,p15000,5" screen'
    path = write(tmp_path / "log.csv", "date,from,to\n" + "\n".join(lines) + "\n")
    interactions = read_interactions(path)
    rows = rows_of(interactions)
    # What stands on two lines of a cell is two recipients.
    assert len(rows) == 20_000
    assert {'5" screen', "two", "lines"} <= {row[2] for row in rows}
    assert interactions.sources[0].rejected == {"unreadable": 1}
    assert interactions.sources[0].problems == (f"{path}, line 9: a quotation mark that is never closed",)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_two_stray_quotation_marks_cost_two_lines(end, tmp_path):
    lines = [f"2024-05-03,p{number},q" for number in range(5000)]
    lines[700] = lines[4000] = '2024-05-03,"p,q'
    interactions = read_interactions(write(tmp_path / "log.csv", end.join(["date,from,to", *lines, ""])))
    assert len(rows_of(interactions)) == 4998
    assert interactions.sources[0].rejected == {"unreadable": 2}


def test_a_stray_quotation_mark_at_the_very_end(tmp_path):
    interactions = read_interactions(write(tmp_path / "log.csv", 'date,from,to\n2024-05-03,a,b\n2024-05-03,a,"b'))
    assert len(rows_of(interactions)) == 1
    assert interactions.sources[0].rejected == {"unreadable": 1}


def test_an_accent_beyond_the_first_look_is_noticed(tmp_path):
    content = "date,from,to\n" + "2024-05-03,ann,bob\n" * 5000 + "2024-05-03,zoé,bob\n"
    interactions = read_interactions(write(tmp_path / "log.csv", content, "cp1252"))
    assert "zoé" in {row[1] for row in rows_of(interactions)}


def test_one_bad_line_does_not_make_utf8_cp1252(tmp_path):
    content = "date,from,to\n2024-05-03,zoé,bob\n".encode() + b"2024-05-03,zo\xe9,bob\n"
    interactions = read_interactions(write(tmp_path / "log.csv", content))
    assert [row[1] for row in rows_of(interactions)] == ["zoé"]
    assert [line for _, line, _ in unreadable(interactions)] == [3]


def test_delimiters_at_the_end_of_rows_make_no_column(tmp_path):
    assert len(rows_of(read_interactions(log(tmp_path, "date,from,to\n2024-05-03,a,b,\n2024-05-03,b,a,\n")))) == 2
    assert len(rows_of(read_interactions(log(tmp_path, "date,from,to,,\n2024-05-03,a,b\n2024-05-03,b,a\n")))) == 2


@pytest.mark.parametrize("writing", [as_csv, as_zstd, as_parquet], ids=lambda writing: writing.__name__)
def test_a_file_name_that_looks_like_a_pattern(writing, tmp_path):
    path = writing(tmp_path).rename(tmp_path / "log [1]*'s.x")
    assert rows_of(read_interactions(path)) == CANONICAL


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b"%PDF-1.7 x", "a PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "old Office file"),
        (b"<!DOCTYPE html><html>", "a web page"),
        (b'{"a": 1}', "a JSON file"),
        (b"Dear all", "text that is not a table"),
        (bytes(range(256)) * 4, "binary file"),
        (b"\x1f\x8b\x08\x00broken", "cannot be read"),
        (b"PK\x03\x04broken", "zip file is damaged"),
        (b"PAR1broken", "Parquet file is damaged"),
        (b"\x28\xb5\x2f\xfdbroken", "zstd file cannot be read"),
    ],
)
def test_files_that_are_no_log_say_what_they_are(content, message, tmp_path):
    path = write(tmp_path / "log.csv", content)
    with pytest.raises(ReadError, match=message) as caught:
        read_interactions(path)
    assert "log.csv" in str(caught.value)


def test_an_unknown_format_is_refused_with_those_that_exist(tmp_path):
    path = write(tmp_path / "log.csv", b"%PDF-1.7")
    with pytest.raises(ReadError, match=", ".join(FORMATS)):
        read_interactions(path)
    with pytest.raises(ReadError, match=r"no format 'delimted'.*Did you mean 'delimited'"):
        read_interactions(path, format="delimted")


def test_an_office_file_without_sheets_is_named_as_such(tmp_path):
    with zipfile.ZipFile(tmp_path / "log.docx", "w") as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
    with pytest.raises(ReadError, match="Office file, but not a workbook"):
        read_interactions(tmp_path / "log.docx")


def test_members_of_a_zip_stay_within(tmp_path):
    link = zipfile.ZipInfo("link.csv")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "log.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")
        archive.writestr("../../outside.csv", csv_text())
    assert rows_of(read_interactions(tmp_path / "log.zip")) == CANONICAL
    assert not (tmp_path.parent.parent / "outside.csv").exists()


def test_paths_that_lead_nowhere(tmp_path):
    log(tmp_path, "from,to,date\na,b,2024-05-03\n")
    with pytest.raises(ReadError, match=r"Did you mean 'log.csv'"):
        read_interactions(tmp_path / "lag.csv")
    with pytest.raises(ReadError, match="no file matches"):
        read_interactions(str(tmp_path / "*.tsv"))
    with pytest.raises(ReadError, match="no folder"):
        read_interactions(tmp_path / "x" / "log.csv")
    (tmp_path / "none").mkdir()
    with pytest.raises(ReadError, match="holds no file"):
        read_interactions(tmp_path / "none")
    with pytest.raises(ReadError, match="no log"):
        read_interactions([])
    with pytest.raises(ReadError, match="not int"):
        read_interactions(7)
    with pytest.raises(ReadError, match="no rows"):
        read_interactions(pd.DataFrame({"from": [], "to": [], "date": []}))


def test_a_folder_without_a_log_says_so(tmp_path):
    write(tmp_path / "roster.csv", "person,department\nann,HR\n")
    with pytest.raises(ReadError, match="none of its files is a log"):
        read_interactions(tmp_path)


def test_what_a_zip_holds_besides_is_noted(tmp_path):
    sources = read_interactions(as_zip(tmp_path)).sources
    [note] = [note for source in sources for note in source.notes]
    assert all(name in note for name in ("read me.txt", "roster.csv", "empty.csv"))


def test_a_file_named_twice_is_read_once(tmp_path):
    path = as_csv(tmp_path)
    interactions = read_interactions([path, str(tmp_path / "*.csv")])
    assert rows_of(interactions) == CANONICAL
    assert any("named twice" in note for note in interactions.sources[-1].notes)


def zipped(folder: Path) -> Path:
    with zipfile.ZipFile(folder / "log.zip", "w") as archive:
        archive.writestr("one.csv", csv_text(ROWS[:2]))
        archive.writestr("two.csv", csv_text(ROWS[2:]))
    return folder / "log.zip"


def mailed(folder: Path) -> Path:
    sent = "From: ann@acme.example\nTo: bob@acme.example\nDate: Fri, 3 May 2024 10:00:00 +0000\n\nDear Bob\n"
    write(folder / "other.eml", sent.replace("3 May", "4 May"))
    return write(folder / "SECRET.eml", sent)


@pytest.mark.parametrize("first", ["folder", "file"])
@pytest.mark.parametrize(
    ("writing", "what"),
    [(as_csv, "log.csv"), (as_gzip, "log"), (zipped, "log.zip"), (as_parquet, "log.parquet"), (mailed, ", file")],
)
def test_a_file_and_its_folder_are_read_once(writing, what, first, tmp_path):
    folder = tmp_path / "logs" / "inner"
    folder.mkdir(parents=True)
    file, outer = writing(folder), tmp_path / "logs"
    alone = rows_of(read_interactions(outer))
    interactions = read_interactions([outer, file] if first == "folder" else [file, outer])
    assert rows_of(interactions) == alone
    [note] = [note for note in interactions.sources[-1].notes if "named twice" in note]
    assert note.endswith(f"named twice and read once, with {outer if first == 'folder' else file}.")
    if writing is not mailed or first == "file":
        assert what in note
        assert "SECRET" not in note.split(", with")[0]


def test_a_file_that_its_folder_leaves_out_is_read_where_it_is_named(tmp_path):
    write(tmp_path / "log.csv", csv_text())
    odd = log(tmp_path, "wer,wen,wann\nann,bob,2024-05-03\n", "odd.csv")
    columns = {"sender": "wer", "recipient": "wen", "timestamp": "wann"}
    assert "ann" in {row[1] for row in rows_of(read_interactions([tmp_path, odd], columns=columns))}


def test_files_named_twice_make_one_note(tmp_path):
    for number in range(9):
        write(tmp_path / f"{number}.csv", csv_text() + number * "\n")
    interactions = read_interactions([str(tmp_path / "*.csv"), tmp_path])
    assert len(rows_of(interactions)) == 9 * len(ROWS)
    [note] = [note for note in interactions.sources[-1].notes if "named twice" in note]
    assert "4.csv and 4 more were named twice" in note


@pytest.mark.parametrize("writing", [as_csv, as_gzip, zipped, as_parquet])
def test_a_copy_of_a_file_is_not_read_again(writing, tmp_path):
    """Rows without ids of their messages counted twice, and nobody was told."""
    folder = tmp_path / "logs"
    folder.mkdir()
    file = writing(folder)
    alone = rows_of(read_interactions(file))
    (folder / f"Copy of {file.name}").write_bytes(file.read_bytes())
    (folder / f"{file.name} (1)").write_bytes(file.read_bytes())
    for logs, said in (folder, 1), (sorted(folder.iterdir()), 2):
        interactions = read_interactions(logs)
        assert rows_of(interactions) == alone
        notes = [note for source in interactions.sources for note in source.notes if "the same content as" in note]
        assert len(notes) == said


def test_edges_of_two_years_that_are_the_same_both_count_and_a_copy_does_not(tmp_path):
    for name in ("2023/net.csv", "2024/net.csv", "2024/net (1).csv", "2024/net - Copy.csv", "Copy of net.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        write(tmp_path / name, "source,target,weight\nann,bob,2\nbob,cleo,1\n")
    interactions = read_interactions(tmp_path)
    assert len(rows_of(interactions)) == 4
    [same, count] = [note for note in interactions.sources[-1].notes if "the same content as" in note]
    assert "were not read again" in same
    assert "and both count" in count


def test_all_faults_of_all_logs_are_reported_at_once(tmp_path):
    bad = log(tmp_path, "author,to,date\na,b,2024-05-03\n", "bad.csv")
    open_order = log(tmp_path, "from,to,date\na,b,03/04/2024\n", "open.csv")
    with pytest.raises(SilosError) as caught:
        read_interactions([tmp_path / "gone.csv", bad, open_order, as_csv(tmp_path)])
    lines = str(caught.value).splitlines()
    assert len(lines) == 3
    assert all(any(word in line for line in lines) for word in ("gone.csv", "bad.csv", "open.csv"))
    with pytest.raises(ReadError):
        read_interactions([tmp_path / "gone.csv", tmp_path / "lost.csv"])


def test_no_option_is_left_to_be_guessed(tmp_path):
    query = read_interactions(as_csv(tmp_path)).query
    assert "auto_detect = false" in query
    assert all(f"{option} = " in query for option in ("delim", "quote", "escape", "columns", "header"))


# ---- anything at all


CELLS = st.text(st.sampled_from("ab1;,\"'\t\n\r é\0|-/:@"), max_size=8)
TABLES = st.lists(st.lists(CELLS, min_size=1, max_size=5), max_size=8)
HEADED = st.sampled_from(["from,to,date", "source;target", "date\tfrom\tto\tevent", "Source,Target,Type,Weight", ""])


def rows_and_words(path: Path, content: bytes) -> tuple[list[tuple], str]:
    """The rows of a log, and what is said of those that cannot be read."""
    write(path, content)
    interactions = read_interactions(path)
    with scanning(interactions):
        rows = rows_of(interactions)
    return rows, repr(unreadable(interactions))


@pytest.mark.long
def test_any_bytes_give_rows_or_a_clear_error(tmp_path):
    good = b"timestamp,from,to\n2024-05-03 10:00,ann,bob\n2024-05-03 11:00,bob,cleo\n"
    outcomes = Outcomes(rows_and_words(tmp_path / "log", good)[0])
    assert outcomes.rows.total() == 2

    @settings(max_examples=60, derandomize=True, database=None)
    @given(content=st.one_of(st.binary(max_size=400), st.binary(max_size=60).map(good.__add__)))
    def one(content: bytes) -> None:
        outcomes.of(lambda: rows_and_words(tmp_path / "log", content))

    one()
    outcomes.check(read=0.1, kept=0.2)


@pytest.mark.long
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    headings=HEADED,
    table=TABLES,
    delimiter=st.sampled_from(",;\t|"),
    encoding=st.sampled_from(["utf-8", "cp1252", "utf-16", "utf-16-le"]),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_any_table_gives_rows_or_a_clear_error(headings, table, delimiter, encoding, end, tmp_path):
    """Which tables are read, and with which values, is the next test's."""
    lines = [headings, *(delimiter.join(row) for row in table)]
    with suppress(SilosError):
        rows_and_words(tmp_path / "log", end.join(lines).encode(encoding, errors="replace"))


#: Names with whatever a cell may hold, but for blanks that a reader may trim, `;`, which parts recipients, and `@`:
#: an address that stands amid other text is taken out of it.
NAMES = st.text(st.sampled_from("ab1é,'\"|#-"), min_size=1, max_size=6).map(lambda text: f"x{text}x")


@pytest.mark.long
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    pairs=st.lists(st.tuples(NAMES, NAMES), min_size=2, max_size=8),
    delimiter=st.sampled_from(",;\t|"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le"]),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_a_table_that_is_well_formed_is_read_whole(pairs, delimiter, encoding, end, tmp_path):
    text = io.StringIO()
    rows = [("timestamp", "sender", "recipient"), *(("2024-05-03T10:00:00Z", *pair) for pair in pairs)]
    csv.writer(text, delimiter=delimiter, lineterminator=end).writerows(rows)
    interactions = read_interactions(write(tmp_path / "log", text.getvalue().encode(encoding)))
    found = interactions.connection.execute(f"select sender, recipient from ({interactions.query})").fetchall()
    assert sorted(found) == sorted(pairs)


@pytest.mark.parametrize(
    ("pack", "least"),
    [(bytes, 0.15), (gzip.compress, 0), (lambda text: _zipped(), 0), (lambda text: _parquet(), 0)],
    ids=["csv", "gzip", "zip", "parquet"],
)
def test_any_damage_gives_rows_or_a_clear_error(tmp_path, pack, least):
    """What is packed bears a checksum: hardly any damage to it goes unseen, and it is refused as a whole."""
    content = pack(csv_text().encode())
    survives(content, partial(rows_and_words, tmp_path / "log"), examples=15, least=least)


def _zipped() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("a.csv"), csv_text())
    return target.getvalue()


def _parquet() -> bytes:
    target = io.BytesIO()
    pl.DataFrame(ROWS, schema=list(HEADINGS), orient="row").write_parquet(target)
    return target.getvalue()


@given(lines=st.lists(st.text(st.sampled_from('ab",\n'), max_size=12), max_size=12))
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_mending_keeps_every_line_but_those_it_names(lines, tmp_path):
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_text("\n".join(lines) + "\n")
    dropped = csv_dialect.mend(source, target, delimiter=",", width=2)
    before, after = source.read_text().split("\n"), target.read_text().split("\n")
    assert [line for number, line in enumerate(before, start=1) if number not in dropped] == [
        line for number, line in enumerate(after, start=1) if number not in dropped
    ]
    assert all(after[number - 1] == "" and before[number - 1].count('"') % 2 for number in dropped)


def test_a_line_with_cells_without_end_is_left_out_and_named(tmp_path):
    """DuckDB 2.0 notes each cell too many with the whole line: 60,000 of them took longer than a minute."""
    path = tmp_path / "log.csv"
    rows = [f"ann,bob,2024-05-03T10:0{n}:00Z\r\n" for n in range(3)]
    wide = "ann" + "," * 60_000 + "bob,2024-05-03T10:00:00Z\r\n"
    quoted = 'ann,bob,2024-05-03T10:05:00Z,"' + "," * 60_000 + '"\r\n'
    path.write_text(
        "from,to,date,note\r\n" + "".join(row.replace("\r", ",\r") for row in [*rows, wide, *rows]) + quoted
    )
    interactions = read_interactions(path)
    assert len(rows_of(interactions)) == 7
    assert interactions.sources[0].problems == (f"{path}, line 5: far more cells than headings",)


@given(st.datetimes(datetime(1990, 1, 1), datetime(2050, 1, 1)).map(lambda moment: moment.replace(microsecond=0)))
@settings(max_examples=20)
def test_every_way_of_writing_reads_the_same_moment(moment):
    ways = {
        moment.isoformat(): None,
        f"{moment:%d/%m/%Y %H:%M:%S}": "day-first",
        f"{moment:%m/%d/%Y %I:%M:%S %p}": "month-first",
        f"{moment:%Y%m%dT%H%M%SZ}": None,
        f"{moment:%a, %d %b %Y %H:%M:%S +0000}": None,
    }
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        for value, order in ways.items():
            query = f"select {timestamps.utc('x', timestamps.writing_of([value]), order)} from (select '{value}' as x)"
            assert connection.execute(query).fetchall() == [(moment,)], value


def test_lines_of_a_cell_are_no_rows_however_large_the_file(tmp_path):
    """A thread that begins in the middle of a cell would take these lines for rows of four columns."""
    cell = "so, many, more, commas\n" * 400
    rows = "".join(f'2025-01-06T09:00:00Z,p{row % 50},p{row % 7 + 50},"{cell}"\n' for row in range(5000))
    (tmp_path / "log.csv").write_text("timestamp,sender,recipient,body\n" + rows)
    interactions = read_interactions(tmp_path / "log.csv")
    count = interactions.connection.execute(f"select count(*), count(timestamp) from ({interactions.query})").fetchone()
    assert count == (5000, 5000)


@pytest.mark.parametrize(
    ("headings", "dates"),
    [
        ("Datum;Absender;Empfänger", "31.05.2024 10:00"),
        ("Gesendet am;Von;An", "31.05.2024 10:00"),
        ("Fecha;Remitente;Destinatario", "31/05/2024 10:00"),
        ("Fecha de envío;De;Para", "31/05/2024 10:00"),
        ("Data e ora;Mittente;Destinatario", "31/05/2024 10:00"),
        ("Datum en tijd;Afzender;Ontvanger", "31-05-2024 10:00"),
        ("Verzonden;Van;Aan", "31-05-2024 10:00"),
        ("Data;Remetente;Destinatário", "31/05/2024 10:00"),
        ("Datum;Uhrzeit;Von;An", "31.05.2024;10:00"),
        ("Sent (UTC);From;To", "31.05.2024 10:00"),
    ],
)
def test_headings_of_other_languages_and_with_a_zone_are_known(tmp_path, headings, dates):
    path = log(tmp_path, f"{headings}\n{dates};ann;bob\n")
    [row] = rows_of(read_interactions(path))
    assert row[:3] == (datetime(2024, 5, 31, 10), "ann", "bob")


@pytest.mark.parametrize(
    ("heading", "value", "hour"),
    [
        ("Date (UTC+1)", "2024-05-31 10:00", 9),
        ("Gesendet (MEZ)", "31.05.2024 10:00", 9),
        ("Date (Europe/Berlin)", "2024-05-31 10:00", 8),
        ("Date (Europe/Berlin)", "2024-01-31 10:00", 9),
        ("Date (UTC+1)", "2024-05-31T10:00:00Z", 10),
        ("Date (UTC+1)", "2024-05-31 10:00:00 +02:00", 8),
        ("Sent (UTC-05:00)", "05/31/2024 10:00 AM", 15),
        ("Date (UTC+1)", "1717149600", 10),
    ],
)
def test_a_zone_in_the_heading_is_that_of_times_without_one(tmp_path, heading, value, hour):
    path = log(tmp_path, f"{heading},from,to\n{value},ann,bob\n")
    assert rows_of(read_interactions(path))[0][0].hour == hour


@pytest.mark.parametrize(
    "headings",
    [
        "Date,From: (Name),From: (Address),To: (Address)",
        "Gesendet,Von: (Name),Von: (Adresse),An: (Adresse)",
        "Enviado,De: (nombre),De: (dirección),Para: (dirección)",
        "Date,De : (Nom),De : (Adresse),À : (Adresse)",
        "Inviato,Da: (nome),Da: (indirizzo),A: (indirizzo)",
    ],
)
def test_a_heading_in_brackets_that_is_no_unit_is_another_column(tmp_path, headings):
    text = f"{headings}\n2024-05-31,Ann,ann@x.example,bob@x.example\n"
    assert rows_of(read_interactions(log(tmp_path, text)))[0][1:3] == ("ann@x.example", "bob@x.example")


@pytest.mark.parametrize("headings", ["Wann,wer,wem,Betreff,Menge", "Wann,wer,wem"])
def test_headings_and_rows_of_different_counts_are_said_to_differ(tmp_path, headings):
    path = log(tmp_path, f"{headings}\n" + "2024-05-31 10:00,ann@x.example,SECRET@x.example,5\n" * 3)
    count = len(headings.split(","))
    with pytest.raises(ReadError, match=rf"line above the rows has {count} cells, but the rows have 4") as caught:
        read_interactions(path)
    assert "SECRET" not in str(caught.value)

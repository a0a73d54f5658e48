"""Logs and rosters in workbooks: the right sheet, the right rows, the values that a CSV would have."""

import csv
import io
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.utils.datetime import CALENDAR_MAC_1904

import silos
from silos.cli import main
from silos.errors import ReadError, SilosError
from silos.readers.files import workbook, workbook_size
from silos.tables import Interactions

HEADINGS = ["timestamp", "sender", "recipient"]
ROWS = [
    [datetime(2025, 1, 6, 9, 0), "ann@acme.example", "bob@acme.example"],
    [datetime(2025, 1, 7, 10, 30, 15), "bob@acme.example", "cleo@acme.example"],
]
READ = [
    ("2025-01-06 09:00:00", "ann@acme.example", "bob@acme.example"),
    ("2025-01-07 10:30:15", "bob@acme.example", "cleo@acme.example"),
]
STAFF = [["person", "department"], ["ann@acme.example", "IT"], ["bob@acme.example", "HR"], ["cleo@acme.example", "HR"]]


def book(path: Path, **sheets: list[list[Any]]) -> Path:
    """A workbook with these rows in these sheets; times are dates of Excel."""
    made = xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd hh:mm:ss"})
    for name, rows in sheets.items():
        sheet = made.add_worksheet(name)
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    made.close()
    return path


def read(interactions: Interactions) -> list[tuple[str, str, str]]:
    query = f"select cast(timestamp as varchar), sender, recipient from ({interactions.query}) order by all"
    return [(time, sender, recipient) for time, sender, recipient in interactions.connection.execute(query).fetchall()]


def departments(roster: silos.Roster) -> dict[str, str]:
    return roster.people["department"].fillna("").to_dict()


# ---- logs


def test_a_log_is_read_as_from_csv(tmp_path: Path) -> None:
    log = silos.read_interactions(book(tmp_path / "log.xlsx", Log=[HEADINGS, *ROWS]))
    assert read(log) == READ
    assert [source.format for source in log.sources] == ["delimited"]


def test_the_sheet_is_chosen_by_its_content(tmp_path: Path) -> None:
    path = book(tmp_path / "all.xlsx", Notes=[["Export of May"]], People=STAFF, Log=[HEADINGS, *ROWS], Empty=[])
    log = silos.read_interactions(path)
    assert read(log) == READ
    assert log.sources[0].name == f"{path}: Log"
    assert f"Left out because they are not logs: {path}: Notes, {path}: People." in log.sources[0].notes
    assert departments(silos.read_roster(path)) == dict(STAFF[1:])


def test_several_logs_in_a_workbook_are_an_error_that_names_the_sheets(tmp_path: Path) -> None:
    path = book(tmp_path / "log.xlsx", January=[HEADINGS, ROWS[0]], February=[HEADINGS, ROWS[1]])
    with pytest.raises(
        ReadError,
        match=r"several sheets hold a log \(January, February\).*NAME, or several with one --sheet each",
    ):
        silos.read_interactions(path)
    assert read(silos.read_interactions(path, sheet=" january")) == READ[:1]
    assert read(silos.read_interactions(path, sheet=["January", "February"])) == READ


def test_a_workbook_without_a_log_names_its_sheets(tmp_path: Path) -> None:
    path = book(tmp_path / "log.xlsx", A=[["x", "y"], ["1", "2"]], B=[["z", "w"], ["1", "2"]])
    with pytest.raises(ReadError, match=r"no sheet .* recognised as a log \(sheets: A, B\)"):
        silos.read_interactions(path)
    with pytest.raises(ReadError, match=r"no sheet .* recognised as a roster \(sheets: A, B\).*--roster-sheet"):
        silos.read_roster(path)


def test_a_sheet_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    path = book(tmp_path / "all.xlsx", People=STAFF, Log=[HEADINGS, *ROWS])
    with pytest.raises(ReadError, match=r"has that name \(sheets: People, Log\)"):
        silos.read_interactions(path, sheet="Logs")
    with pytest.raises(ReadError, match=r"has that name \(sheets: People, Log\)"):
        silos.read_roster(path, sheet="Staff")
    plain = tmp_path / "log.csv"
    plain.write_text("timestamp,sender,recipient\n2025-01-06T09:00,ann,bob\n")
    with pytest.raises(ReadError, match="--sheet Log: there is no such sheet with cells; nothing that was read is a"):
        silos.read_interactions(plain, sheet="Log")


def test_a_hidden_sheet_is_read_only_where_no_other_fits(tmp_path: Path) -> None:
    def hidden(path: Path, visible: list[list[Any]]) -> Path:
        made = xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd hh:mm:ss"})
        for name, rows in (("Now", visible), ("Front", [["Look", "here"]]), ("Before", [HEADINGS, ROWS[1]])):
            sheet = made.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
        sheet.very_hidden()
        made.close()
        return path

    assert read(silos.read_interactions(hidden(tmp_path / "a.xlsx", [HEADINGS, ROWS[0]]))) == READ[:1]
    log = silos.read_interactions(hidden(tmp_path / "b.xlsx", [["a", "b"], ["1", "2"]]))
    assert read(log) == READ[1:]
    assert any("the sheet 'Before', which was read, is hidden" in note for note in log.sources[0].notes)


def test_titles_blank_columns_and_headings_over_headings(tmp_path: Path) -> None:
    rows = [
        ["Message log of Acme"],
        [],
        [None, None, "When", "Who", "Who"],
        [None, None, *HEADINGS, None, "remark"],
        *([None, None, *row, None, "x"] for row in ROWS),
    ]
    log = silos.read_interactions(book(tmp_path / "log.xlsx", Log=rows))
    assert read(log) == READ


def test_titles_stand_above_headings_that_nobody_knows(tmp_path: Path) -> None:
    rows = [["Bericht"], ["Stand: Mai", None, "intern"], ["Wann", "Wer", "Wen", "Wie"], *([*row, "x"] for row in ROWS)]
    columns = {"timestamp": "Wann", "sender": "Wer", "recipient": "Wen"}
    log = silos.read_interactions(book(tmp_path / "log.xlsx", Log=rows), columns=columns)
    assert read(log) == READ
    with pytest.raises(SilosError, match="known to hold 'timestamp'"):
        silos.read_interactions(tmp_path / "log.xlsx")


def test_lines_of_messages_are_rows_of_the_sheet(tmp_path: Path) -> None:
    rows = [["Staff"], [], *STAFF, ["", "IT"]]
    roster = silos.read_roster(book(tmp_path / "staff.xlsx", Staff=rows))
    assert any("1 row without a person left out (line 7)" in note for note in roster.notes)


@pytest.mark.parametrize(
    ("cells", "times"),
    [
        ([45663.0, 45664.4376736111], ["2025-01-06 00:00:00", "2025-01-07 10:30:15"]),
        (["2025-01-06T09:00:00+02:00", "2025-01-07 10:30"], ["2025-01-06 07:00:00", "2025-01-07 10:30:00"]),
        ([datetime(2025, 1, 6), datetime(2025, 1, 7, 23, 59, 59)], ["2025-01-06 00:00:00", "2025-01-07 23:59:59"]),
        (["31.12.2024 08:00", "01.02.2025 09:00"], ["2024-12-31 08:00:00", "2025-02-01 09:00:00"]),
    ],
)
def test_times_are_dates_serial_numbers_or_text(tmp_path: Path, cells: list[Any], times: list[str]) -> None:
    rows = [[cell, "ann", "bob"] for cell in cells]
    assert [
        row[0] for row in read(silos.read_interactions(book(tmp_path / "log.xlsx", Log=[HEADINGS, *rows])))
    ] == times


def test_dates_of_a_workbook_that_counts_from_1904(tmp_path: Path) -> None:
    # 2025-01-06 is day 45,663 since 1899-12-30 and day 44,201 since 1904-01-01.
    made = openpyxl.Workbook()
    made.epoch = CALENDAR_MAC_1904
    sheet = made.active
    assert sheet is not None
    for row in (HEADINGS, [datetime(2025, 1, 6, 9, 0), "ann", "bob"], [44_201.5, "bob", "ann"]):
        sheet.append(row)
    sheet["A3"].number_format = "General"
    made.save(tmp_path / "log.xlsx")
    times = [row[0] for row in read(silos.read_interactions(tmp_path / "log.xlsx"))]
    assert times == ["2025-01-06 09:00:00", "2025-01-06 12:00:00"]


def test_numbers_are_ids_as_they_are_shown(tmp_path: Path) -> None:
    rows = [[datetime(2025, 1, 6, 9), 1001.0, 100_123_000_000.0], [datetime(2025, 1, 6, 9), 12345678901.0, "007"]]
    found = read(silos.read_interactions(book(tmp_path / "log.xlsx", Log=[HEADINGS, *rows])))
    assert [row[1:] for row in found] == [("1001", "100123000000"), ("12345678901", "007")]


def test_formulas_give_their_saved_values_and_errors_none(tmp_path: Path) -> None:
    made = xlsxwriter.Workbook(tmp_path / "staff.xlsx")
    sheet = made.add_worksheet()
    sheet.write_row(0, 0, ["person", "department", "level"])
    for row, (value, formula) in enumerate([("#N/A", "=NA()"), ("IT", '="I"&"T"'), ("#REF!", "=#REF!")], start=1):
        sheet.write(row, 0, f"p{row}")
        sheet.write_formula(row, 1, formula, None, value)
        sheet.write_boolean(row, 2, row == 1)
    made.close()
    assert departments(silos.read_roster(tmp_path / "staff.xlsx")) == {"p1": "", "p2": "IT", "p3": ""}
    assert silos.read_roster(tmp_path / "staff.xlsx").people["level"].tolist() == ["TRUE", "FALSE", "FALSE"]


def test_line_breaks_commas_and_quotation_marks_in_cells(tmp_path: Path) -> None:
    rows = [
        ["time\nstamp", "sender", "recipient", "subject"],
        [ROWS[0][0], 'An "A", ann', "bob", 'two\nlines, "quoted"\r\nthree'],
        [ROWS[1][0], "bob", "ann", '"'],
    ]
    found = read(silos.read_interactions(book(tmp_path / "log.xlsx", Log=rows)))
    assert [row[1:] for row in found] == [('An "A", ann', "bob"), ("bob", "ann")]


# ---- rosters


def test_a_merged_cell_holds_for_all_its_rows(tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    rows = [["Staff of Acme"], ["Department", "E-Mail"], ["IT", "ann"], [None, "bob"], ["HR", "cleo"], [None, "dan"]]
    for row in rows:
        sheet.append(row)
    for cells in ("A1:B1", "A3:A4", "A5:A6"):
        sheet.merge_cells(cells)
    made.save(tmp_path / "staff.xlsx")
    roster = silos.read_roster(tmp_path / "staff.xlsx")
    assert departments(roster) == {"ann": "IT", "bob": "IT", "cleo": "HR", "dan": "HR"}


def test_headings_in_two_rows_merged_over_both(tmp_path: Path) -> None:
    made = xlsxwriter.Workbook(tmp_path / "staff.xlsx")
    sheet = made.add_worksheet()
    sheet.merge_range("A1:A2", "Department")
    sheet.merge_range("B1:C1", "Contact")
    sheet.write_row("B2", ["E-mail", "Phone"])
    sheet.write_row("A3", ["IT", "ann", 123])
    made.close()
    assert departments(silos.read_roster(tmp_path / "staff.xlsx")) == {"ann": "IT"}


def test_the_sheet_of_a_roster_can_be_named(tmp_path: Path) -> None:
    old = [STAFF[0], ["ann@acme.example", "Old"]]
    path = book(tmp_path / "staff.xlsx", Staff=STAFF, Before=old)
    with pytest.raises(ReadError, match=r"several sheets hold a roster \(Staff, Before\)"):
        silos.read_roster(path)
    assert departments(silos.read_roster(path, sheet="Before")) == {"ann@acme.example": "Old"}


# ---- other formats in a workbook, and workbooks in folders and zips


def test_an_exchange_trace_saved_as_a_workbook(tmp_path: Path) -> None:
    headings = ["Received", "SenderAddress", "RecipientAddress", "Subject", "Status", "MessageId", "MessageTraceId"]
    rows = [[ROWS[0][0], "ann@x", "bob@x", "secret", "Delivered", "<1@x>", "t1"]]
    log = silos.read_interactions(book(tmp_path / "trace.xlsx", Trace=[headings, *rows], Other=[HEADINGS, *ROWS]))
    assert [source.format for source in log.sources] == ["exchange"]
    assert read(log) == [("2025-01-06 09:00:00", "ann@x", "bob@x")]


def test_a_report_of_attendance_saved_as_a_workbook(tmp_path: Path) -> None:
    rows = [
        ["1. Summary"],
        ["Meeting title", "Secret plans"],
        ["Start time", "1/6/25, 9:00:00 AM"],
        [],
        ["2. Participants"],
        ["Name", "First Join", "Last Leave", "In-Meeting Duration", "Email", "Role"],
        ["Ann", "1/6/25, 9:00:01 AM", "1/6/25, 9:30:01 AM", "30m", "ann@x", "Organizer"],
        ["Bob", "1/6/25, 9:00:02 AM", "1/6/25, 9:30:01 AM", "30m", "bob@x", "Presenter"],
    ]
    log = silos.read_interactions(book(tmp_path / "report.xlsx", Report=rows), date_order="month-first")
    assert [source.format for source in log.sources] == ["attendance"]
    assert {frozenset(row[1:]) for row in read(log)} == {frozenset(["ann@x", "bob@x"])}


def test_workbooks_in_a_folder_and_in_a_zip(tmp_path: Path) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    book(folder / "a.xlsx", Log=[HEADINGS, ROWS[0]])
    book(folder / "b.xlsx", People=STAFF, Log=[HEADINGS, ROWS[1]])
    book(folder / "staff.xlsx", Staff=STAFF)
    book(folder / "other.xlsx", A=[["x", "y"], ["1", "2"]], B=[["z", "w"], ["1", "2"]])
    log = silos.read_interactions(folder)
    assert read(log) == READ
    left_out = next(note for note in log.sources[-1].notes if note.startswith("Left out"))
    assert all(name in left_out for name in ("staff.xlsx", "other.xlsx", "b.xlsx: People"))
    with zipfile.ZipFile(tmp_path / "logs.zip", "w") as archive:
        for path in folder.iterdir():
            archive.write(path, path.name)
    assert read(silos.read_interactions(tmp_path / "logs.zip")) == READ


def test_a_workbook_named_twice_is_read_once(tmp_path: Path) -> None:
    path = book(tmp_path / "log.xlsx", Log=[HEADINGS, *ROWS])
    assert read(silos.read_interactions([path, tmp_path])) == READ


# ---- what is no workbook, or one that cannot be read


def test_a_csv_called_xlsx_is_read(tmp_path: Path) -> None:
    path = tmp_path / "log.xlsx"
    path.write_text("timestamp;sender;recipient\n2025-01-06 09:00;ann;bob\n")
    assert len(read(silos.read_interactions(path))) == 1


def test_a_web_page_called_xls_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "log.xls"
    path.write_text(
        "<html><body><table><tr><td>from, to</td></tr><tr><td>Ann, Bob</td></tr></table></body></html>\n" * 9
    )
    for reading in (silos.read_interactions, silos.read_roster):
        with pytest.raises(ReadError, match=r"a web page or XML with a table.*save it as \.xlsx"):
            reading(path)


def test_a_workbook_with_charts_only_or_nothing(tmp_path: Path) -> None:
    made = xlsxwriter.Workbook(tmp_path / "chart.xlsx")
    made.add_chartsheet().set_chart(_chart(made))
    made.close()
    with pytest.raises(ReadError, match="no sheet of cells, only charts"):
        silos.read_interactions(tmp_path / "chart.xlsx")
    with pytest.raises(ReadError, match="no cell with a value"):
        silos.read_interactions(book(tmp_path / "empty.xlsx", A=[]))


def _chart(made: Any) -> Any:
    chart = made.add_chart({"type": "line"})
    chart.add_series({"values": "=Gone!$A$1:$A$2", "values_data": [1, 2]})
    return chart


def test_a_damaged_workbook(tmp_path: Path) -> None:
    whole = book(tmp_path / "log.xlsx", Log=[HEADINGS, *ROWS]).read_bytes()
    (tmp_path / "cut.xlsx").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ReadError, match="damaged"):
        silos.read_interactions(tmp_path / "cut.xlsx")
    _rewritten(
        tmp_path / "log.xlsx", tmp_path / "inner.xlsx", lambda name, data: data[:300] if "sheet1" in name else data
    )
    with pytest.raises(ReadError, match=r"the workbook is damaged\. Open and save it"):
        silos.read_interactions(tmp_path / "inner.xlsx")


def test_a_workbook_behind_a_password(tmp_path: Path) -> None:
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        '<manifest:file-entry manifest:full-path="content.xml"><manifest:encryption-data/></manifest:file-entry>'
        "</manifest:manifest>"
    )
    with zipfile.ZipFile(tmp_path / "a.ods", "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", b"\x93\x01 not to be read")
        archive.writestr("META-INF/manifest.xml", manifest)
    with pytest.raises(ReadError, match="protected by a password"):
        silos.read_interactions(tmp_path / "a.ods")


def _rewritten(source: Path, target: Path, change: Callable[[str, bytes], bytes]) -> Path:
    with zipfile.ZipFile(source) as archive, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy:
        for name in archive.namelist():
            copy.writestr(name, change(name, archive.read(name)))
    return target


@pytest.mark.parametrize("damage", [0, 1, 2, 3, 4])
def test_an_old_document_that_is_no_workbook(tmp_path: Path, damage: int) -> None:
    path = tmp_path / "letter.doc"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes([damage]) * 2048)
    with pytest.raises(ReadError, match="an old Office file"):
        silos.read_interactions(path)


def test_a_sheet_that_claims_billions_of_cells_is_refused(tmp_path: Path) -> None:
    made = xlsxwriter.Workbook(tmp_path / "far.xlsx")
    sheet = made.add_worksheet()
    sheet.write_row(0, 0, HEADINGS)
    sheet.write(1_048_575, 16_383, "far")
    made.close()
    with pytest.raises(ReadError, match="spans more than 67,108,864 cells"):
        silos.read_interactions(tmp_path / "far.xlsx")
    moved = tmp_path / "moved.xlsx"
    with zipfile.ZipFile(tmp_path / "far.xlsx") as archive, zipfile.ZipFile(moved, "w") as copy:
        for name in archive.namelist():
            data = archive.read(name).replace(b"worksheets/sheet1.xml", b"other/cells.bin")
            copy.writestr(name.replace("worksheets/sheet1.xml", "other/cells.bin"), data)
    with pytest.raises(ReadError, match="spans more than"):
        silos.read_interactions(moved)
    # As XML may be written, though no program does.
    odd = {"quotes": (b'r="', b"r='"), "spaces": (b' r="', b' r = "')}
    for name, (usual, other) in odd.items():
        path = tmp_path / f"{name}.xlsx"

        def written(member: str, data: bytes, usual: bytes = usual, other: bytes = other) -> bytes:
            if "sheet1" not in member:
                return data
            changed = data.replace(usual, other)
            return changed.replace(b'" t=', b"' t=") if usual == b'r="' else changed

        _rewritten(tmp_path / "far.xlsx", path, written)
        with pytest.raises(ReadError, match=r"spans more|damaged"):
            silos.read_interactions(path)


def test_a_stray_cell_far_to_the_right_is_no_bomb(tmp_path: Path) -> None:
    rows = [[*HEADINGS, *[None] * 300, "note"], *ROWS]
    assert read(silos.read_interactions(book(tmp_path / "log.xlsx", Log=rows))) == READ


def test_a_workbook_that_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = book(tmp_path / "log.xlsx", Log=[HEADINGS, *ROWS])
    monkeypatch.setattr(workbook_size, "MOST_WORKBOOK_BYTES", 1000)
    with pytest.raises(ReadError, match="or the workbook unpacks to more"):
        silos.read_interactions(path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(at=st.integers(0, 9000), byte=st.integers(0, 255))
def test_a_flipped_byte_never_crashes_nor_is_quoted(tmp_path: Path, at: int, byte: int) -> None:
    whole = bytearray(book(tmp_path / "log.xlsx", Log=[HEADINGS, *ROWS]).read_bytes())
    whole[at % len(whole)] = byte
    path = tmp_path / "flipped.xlsx"
    path.write_bytes(whole)
    said = ""
    try:
        silos.read_interactions(path)
    except SilosError as error:
        said = str(error)
    assert "acme.example" not in said


# ---- other spreadsheet files, and LibreOffice


@pytest.fixture(scope="module")
def profile(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The settings of LibreOffice, which take long to make."""
    return f"-env:UserInstallation={tmp_path_factory.mktemp('profile').as_uri()}"


def _office(source: Path, kind: str, folder: Path, profile: str) -> Path:
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        pytest.skip("needs LibreOffice")
    command = [program, profile, "--headless", "--convert-to", kind]
    subprocess.run([*command, "--outdir", str(folder), str(source)], check=True, capture_output=True, timeout=180)
    made = folder / f"{source.stem}.{kind}"
    if not made.exists():
        pytest.skip("needs LibreOffice with Calc")
    return made


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_what_libreoffice_makes_of_a_csv(tmp_path: Path, kind: str, profile: str) -> None:
    plain = tmp_path / "log.csv"
    lines = [",".join([str(time), sender, recipient]) for time, sender, recipient in ROWS]
    plain.write_text("\n".join([",".join(HEADINGS), *lines, ""]))
    (tmp_path / "made").mkdir()
    assert read(silos.read_interactions(_office(plain, kind, tmp_path / "made", profile))) == READ


def test_a_sheet_of_an_ods_that_claims_billions_of_cells(tmp_path: Path) -> None:
    content = (
        '<office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x"><office:body><office:spreadsheet>'
        '<table:table table:name="A"><table:table-row table:number-rows-repeated="1000000">'
        '<table:table-cell table:number-columns-repeated="16000" office:value-type="string"><text:p>x</text:p>'
        "</table:table-cell></table:table-row></table:table></office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    with zipfile.ZipFile(tmp_path / "a.ods", "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", "<x/>")
    with pytest.raises(ReadError, match="spans more than"):
        silos.read_interactions(tmp_path / "a.ods")


# ---- the cells


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(
    st.lists(
        st.lists(
            st.text(
                st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"], exclude_characters="\ufffe\uffff"),
                min_size=1,
                max_size=9,
            ),
            min_size=3,
            max_size=3,
        ),
        min_size=1,
        max_size=5,
    )
)
def test_texts_come_through_unchanged(tmp_path: Path, rows: list[list[str]]) -> None:
    path = tmp_path / "log.xlsx"
    made = xlsxwriter.Workbook(path)
    sheet = made.add_worksheet("Log")
    for number, row in enumerate([HEADINGS, *rows]):
        for column, cell in enumerate(row):
            sheet.write_string(number, column, cell)
    made.close()
    target = tmp_path / "copy.csv"
    opened = workbook.Workbook(path, "log")
    assert opened.copy(opened.sheets[0], target, known=frozenset(HEADINGS))
    opened.close()
    with io.StringIO(target.read_bytes().decode("utf-8"), newline="") as text:
        assert list(csv.reader(text)) == [HEADINGS, *rows]


def test_dates_without_a_time_are_dates() -> None:
    assert workbook._text(date(2025, 1, 6)) == "2025-01-06"


# ---- the command line


def test_the_options_of_the_command_line(tmp_path: Path) -> None:
    path = book(
        tmp_path / "all.xlsx", Staff=STAFF, Old=STAFF[:3], January=[HEADINGS, ROWS[0]], February=[HEADINGS, ROWS[1]]
    )
    call = ["check", str(path), "--roster", str(path)]
    assert CliRunner().invoke(main, call).exit_code == 1
    named = ["--sheet", "February", "--roster-sheet", "Staff"]
    result = CliRunner().invoke(main, [*call, *named])
    assert result.exit_code == 0, result.output
    assert f"{path}: February: delimited" in result.stdout
    store = ["ingest", str(path), "-o", str(tmp_path / "store"), "--sheet", "January", "--sheet", "February"]
    assert "added: 2 interactions" in CliRunner().invoke(main, store).stdout

"""A folder as people have it, and nothing but the command line."""

import json
import zipfile

import pytest
import xlsxwriter
from click.testing import CliRunner

from silos.cli import main
from tests.support import one_company as company
from tests.support.one_company import DEPARTMENTS, LIMIT, MESSAGES, PEOPLE

PEOPLE_SET = frozenset(PEOPLE)


@pytest.fixture
def folder(tmp_path):
    """HR's workbook with a title and merged cells, two mail traces, a Slack export zipped by Windows, notes."""
    place = tmp_path / "from HR & IT"
    place.mkdir()
    book = xlsxwriter.Workbook(str(place / "Staff list (final) v2.xlsx"))
    sheet = book.add_worksheet("Staff")
    sheet.merge_range(0, 0, 0, 3, "Staff as of January 2025 - confidential")
    sheet.write_row(2, 0, ["Department", "Employee", "E-mail address", "Account"])
    line = 3
    for department, people in DEPARTMENTS.items():
        sheet.merge_range(line, 0, line + len(people) - 1, 0, department)
        for person in people:
            sheet.write_row(line, 1, [person.title(), company.mail_of(person), company.account_of(person)])
            sheet.write(line, 4, f"{company.slack_of(person)};{person}")
            line += 1
    sheet.write(2, 4, "Aliases")
    book.add_worksheet("Notes").write(0, 0, "Ask Kim")
    book.close()

    head, *rows = company.exchange(tmp_path).read_text("utf-16").splitlines()
    for number, part in enumerate((rows[::2], rows[1::2]), 1):
        (place / f"trace {number}.csv").write_text("\n".join([head, *part]), "utf-16")
    with zipfile.ZipFile(company.slack(tmp_path)) as export, zipfile.ZipFile(place / "slack.zip", "w") as windows:
        for name in export.namelist():
            entry = zipfile.ZipInfo("export/placeholder")
            entry.filename = f"export\\{name}".replace("/", "\\")
            windows.writestr(entry, export.read(name))
    (place / "Thumbs.db").write_bytes(b"\xd0\xcf\x11\xe0")
    (place / "readme.txt").write_text("Please find attached.\n")
    return place


def run(*given):
    found = CliRunner().invoke(main, list(map(str, given)))
    assert found.exception is None or isinstance(found.exception, SystemExit), found.exception
    return found


def test_a_messy_folder_leads_to_a_right_report(folder, tmp_path):
    roster = next(folder.glob("*.xlsx"))
    checked = run("check", folder, "--roster", roster, "--max-recipients", LIMIT)
    assert checked.exit_code == 0, checked.stderr
    assert "exchange" in checked.stdout
    assert "slack" in checked.stdout
    more = ["--max-recipients", LIMIT, "--min-department", 3, "--bootstrap", 10, "-o", tmp_path / "out"]
    done = run("analyze", folder, "--roster", roster, *more)
    assert done.exit_code == 0, done.stderr
    inputs = json.loads((tmp_path / "out" / "summary.json").read_text())["inputs"]
    assert inputs["formats"] == ["exchange", "slack"]
    assert inputs["people"] == inputs["people_matched"] == len(PEOPLE)
    assert inputs["lost"] == {}
    assert inputs["kinds"] == {"chat": "messages", "email": "messages"}
    # What each message makes of itself in the mail trace, and once more in Slack.
    sent = sum(len(PEOPLE_SET.intersection(message.to)) for message in MESSAGES if message.sender in PEOPLE_SET)
    assert inputs["rows_used"] + inputs["broadcasts"] == 2 * sent

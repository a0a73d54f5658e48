"""`tables/silos.xlsx`: the values of the tables, the same bytes each time, texts that stay texts."""

import math
import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

import silos
from silos.report.workbook import EXPLANATION, described, plain, write_workbook
from silos.report.writer import FORMULA, TABLES

ROOT = Path(__file__).parents[2]

#: Texts that a spreadsheet would make something else of.
TRAPS = ["=1+1", '=HYPERLINK("http://x","y")', "+1", "-1", "@SUM(A1)", "https://acme.example", "007", "1e5", "", " a "]


def traps() -> dict[str, pd.DataFrame]:
    size = len(TRAPS)
    departments = pd.DataFrame(
        {
            "department": TRAPS,
            "people": range(1_234_567, 1_234_567 + size),
            "insularity": [math.nan, 0.123456789, -2.5e-12, 1e9, 0.0, *[1.0] * (size - 5)],
            "eligible": [True, False] * (size // 2),
        }
    )
    return {"departments": departments, "pairs": pd.DataFrame({"a": [], "b": []})}


def cells(path: Path, sheet: str) -> list[list[Any]]:
    with CalamineWorkbook.from_path(path) as book:
        return list(book.get_sheet_by_name(sheet).iter_rows())


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output of a small company, with every option that adds a table."""
    made = silos.simulate.organisation(people=100, departments=10, weeks=8, communities=8, seed=3)
    folder = tmp_path_factory.mktemp("company")
    made.write(folder / "made")
    logs = [folder / "made" / "interactions.csv", folder / "made" / "affiliations.csv"]
    analysis = silos.analyze(
        silos.read_interactions(logs), silos.read_roster(folder / "made" / "roster.csv"), window="month",
        events={"2025-02-03": "Merger"}, bootstrap=50,
    )  # fmt: skip
    from silos.report.writer import Report

    return Report(analysis, people=True).write(folder / "out")


def test_every_table_is_a_sheet_with_the_values_of_its_csv(written: Path) -> None:
    path = written / "tables" / "silos.xlsx"
    with CalamineWorkbook.from_path(path) as book:
        assert book.sheet_names == [EXPLANATION, *(name for name in TABLES)]
    for name in TABLES:
        same_as_csv(cells(path, name), written / "tables" / f"{name}.csv")


def same_as_csv(found: list[list[Any]], csv: Path) -> None:
    table = pd.read_csv(csv, dtype=str, keep_default_na=False)
    assert found[0] == list(table.columns)
    assert len(found) == len(table) + 1
    for row, texts in zip(found[1:], table.itertuples(index=False), strict=True):
        for cell, text in zip(row, texts, strict=True):
            if isinstance(cell, bool):
                assert text.casefold() == str(cell).casefold()
            elif isinstance(cell, str):
                assert cell == (text[1:] if text.startswith("'") and text[1:].startswith(FORMULA) else text)
            else:
                assert math.isclose(cell, float(text), rel_tol=1e-12)


def test_the_first_sheet_explains_every_column(written: Path) -> None:
    rows = cells(written / "tables" / "silos.xlsx", EXPLANATION)
    assert rows[0] == ["table", "column", "type", "meaning"]
    explained = {(table, column): (kind, meaning) for table, column, kind, meaning in rows[1:]}
    for name in TABLES:
        assert explained[name, ""][1], f"nothing is said of the rows of {name}"
        for column in pd.read_csv(written / "tables" / f"{name}.csv", nrows=0).columns:
            assert all(explained[name, column]), f"nothing is said of {name}.{column}"
    assert not any("`" in meaning or "](" in meaning for _, meaning in explained.values())


def test_the_same_tables_are_the_same_bytes(written: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_workbook(traps(), tmp_path / f"{name}.xlsx", digits=6)
    first = (tmp_path / "a.xlsx").read_bytes()
    assert first == (tmp_path / "b.xlsx").read_bytes()
    for path in (tmp_path / "a.xlsx", written / "tables" / "silos.xlsx"):
        with zipfile.ZipFile(path) as archive:
            assert {entry.date_time[:2] for entry in archive.infolist()} == {(1980, 1)}
            assert b"2000-01-01T00:00:00Z" in archive.read("docProps/core.xml")


def test_texts_stay_texts_and_missing_numbers_are_empty(tmp_path: Path) -> None:
    path = tmp_path / "silos.xlsx"
    write_workbook(traps(), path, digits=6)
    found = cells(path, "departments")[1:]
    assert [row[0] for row in found] == TRAPS
    assert [row[1] for row in found] == list(range(1_234_567, 1_234_567 + len(TRAPS)))
    assert [row[2] for row in found][:5] == ["", 0.123457, -2.5e-12, 1e9, 0.0]
    assert [row[3] for row in found] == [True, False] * (len(TRAPS) // 2)
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/"):
                assert not re.search(rb"<f[ >]|hyperlink", archive.read(name))
        assert not any("_rels/sheet" in name for name in archive.namelist())
    assert cells(path, "pairs") == [["a", "b"]]


def test_what_numpy_calls_true_is_true(tmp_path: Path) -> None:
    table = pd.DataFrame({"tied": pd.Series([np.True_, None], dtype=object)})
    write_workbook({"connectors": table}, tmp_path / "silos.xlsx", digits=6)
    with zipfile.ZipFile(tmp_path / "silos.xlsx") as archive:
        assert b't="b"><v>1</v>' in archive.read("xl/worksheets/sheet2.xml")


def test_libreoffice_finds_the_same_values(written: Path, tmp_path: Path) -> None:
    program = shutil.which("soffice") or shutil.which("libreoffice")
    # It may be installed for texts or slides alone, and then ends well without having read a table.
    if program is None or not Path(program).resolve().with_name("scalc").exists():
        pytest.skip("needs LibreOffice Calc")
    # Every sheet to a CSV of its own: texts quoted, numbers in full, not as they are shown.
    kind = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1"
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    source = written / "tables" / "silos.xlsx"
    command = [program, profile, "--headless", "--convert-to", kind, "--outdir", str(tmp_path), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    for name in TABLES:
        converted = pd.read_csv(tmp_path / f"silos-{name}.csv", dtype=str, keep_default_na=False)
        rows = [[_value(cell) for cell in row] for row in converted.itertuples(index=False)]
        same_as_csv([list(converted.columns), *rows], written / "tables" / f"{name}.csv")


def test_the_graph_has_the_same_bytes_whether_lxml_is_installed(written: Path) -> None:
    """lxml begins the keys on the line of the root, Python's own XML on a line of their own."""
    first, second, third = (written / "departments.graphml").read_text(encoding="utf-8").splitlines()[:3]
    assert first.startswith("<?xml")
    assert second.endswith('graphml.xsd">')
    assert third.startswith("  <key ")


def _value(cell: str) -> Any:
    """A cell of LibreOffice's CSV as calamine would give it."""
    if cell in ("TRUE", "FALSE"):
        return cell == "TRUE"
    try:
        return float(cell)
    except ValueError:
        return cell


def test_every_table_is_described() -> None:
    assert set(described()) == set(TABLES)
    for table in described().values():
        names = [column.name for column in table.columns]
        assert len(names) == len(set(names))
        assert all(plain(column.meaning) for column in table.columns)

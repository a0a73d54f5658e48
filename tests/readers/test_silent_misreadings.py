"""Inputs that could be read wrongly without a word: each is read as it is meant, refused, or said to be open."""

import pandas as pd
import pytest
import xlsxwriter

from silos.readers import read_interactions
from silos.readers.roster import read_roster
from tests.readers.messy import notes, read

# ---- ids with decimals

DECIMALS = "have decimals and may have been numbers on their way"


@pytest.mark.parametrize(
    ("ids", "said"),
    [
        pytest.param([1.1, 1.10, 2.5], True, id="numbers"),
        pytest.param(["1.1", "1.2", "1.11"], True, id="text without a 0 at any end"),
        pytest.param(["1.1", "1.10", "1.2"], False, id="text"),
        pytest.param([1001.0, 1002.0, 1003.0], False, id="whole numbers"),
        pytest.param(["ann.1", "bob.2", "10.0.0.1"], False, id="points in other ids"),
    ],
)
@pytest.mark.parametrize("typed", [True, False], ids=["DataFrame", "CSV"])
def test_ids_that_lost_a_zero_as_numbers_are_said(ids, said, typed, tmp_path):
    log = pd.DataFrame({"from": ids, "to": ids[1:] + ids[:1], "sent": ["2025-01-06T09:00:00Z"] * 3})
    path = tmp_path / "log.csv"
    log.to_csv(path, index=False)
    found = notes(read_interactions(log) if typed else read(path))
    assert found.count(DECIMALS) == (2 if said else 0)
    people = pd.DataFrame({"id": ids, "department": ["A", "A", "B"]}).drop_duplicates("id")
    people.to_csv(path, index=False)
    assert (DECIMALS in " ".join(read_roster(people if typed else path).notes)) == said


def test_ids_that_are_numbers_in_a_workbook_are_said(tmp_path):
    path = tmp_path / "log.xlsx"
    made = xlsxwriter.Workbook(path)
    sheet = made.add_worksheet("Log")
    for number, row in enumerate([("from", "to", "sent"), (1.1, 1.2, "2025-01-06"), (1.2, 1.1, "2025-01-07")]):
        sheet.write_row(number, 0, row)
    made.close()
    assert DECIMALS in notes(read(path))

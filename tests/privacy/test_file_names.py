"""No default file names a file: mailboxes are called by their owners, folders lie in somebody's home."""

import shutil
from pathlib import Path

import pytest

import silos
from tests.support.places import SAMPLE


@pytest.mark.long
def test_files_name_neither_logs_nor_what_is_no_log(tmp_path: Path):
    given = tmp_path / "home of ann.roux"
    given.mkdir()
    log = given / "luca.vidal@example.com.csv"
    lines = (SAMPLE / "interactions.csv").read_text().splitlines()
    # Two sources, one of them with times that name no zone.
    log.write_text("\n".join([lines[0], *(line.replace("Z,", ",", 1) for line in lines[1:4000])]))
    shutil.copy(SAMPLE / "affiliations.csv", given / "on Tara Moreau.csv")
    (given / "tara.moreau@example.com.txt").write_text("Tara said that")
    (given / "quentin.novak@example.com.csv").write_text("")
    roster = tmp_path / "list of eva.roux.csv"
    roster.write_text((SAMPLE / "roster.csv").read_text().replace("Finance", "Finance ", 1) + '"",Nobody\n')
    analysis = silos.analyze([given, given / "on Tara Moreau.csv"], roster, bootstrap=10)
    notes = analysis.published().summary()["inputs"]["notes"]
    assert any("Left out because they are not logs: 2 files." in note for note in notes), notes
    analysis.report().write(tmp_path / "out")
    texts = (file for file in (tmp_path / "out").rglob("*.*") if file.suffix in {".json", ".html", ".csv", ".svg"})
    told = "".join(file.read_text() for file in texts).lower()
    for name in ("luca.vidal", "tara", "quentin.novak", "ann.roux", "eva.roux", str(tmp_path).lower()):
        assert name not in told, name
    # Whoever holds the logs is told which they are.
    assert any("quentin.novak@example.com.csv (empty)" in note for note in analysis.results.inputs.notes)

"""Times of another zone, or that count from another day: the zone above the headings applies, odd dates are said."""

from datetime import datetime, timedelta

import pandas as pd
import pytest

import silos
from silos import read_roster
from silos.analysis.input_check.check import inspect
from silos.errors import ColumnError
from silos.readers import read_interactions

PEOPLE = [f"p{number}@acme.example" for number in range(12)]
BEGIN = datetime(2025, 1, 6, 9)


def log(folder, times, *, above="", heading="timestamp"):
    rows = [f"{time};{PEOPLE[at % 12]};{PEOPLE[(at + 1 + at // 12) % 12]}" for at, time in enumerate(times)]
    (folder / "log.csv").write_text("\n".join([*above.splitlines(), f"{heading};sender;recipient", *rows]), "utf-8")
    return read_interactions(folder / "log.csv")


def first(read):
    return read.connection.execute(f"select min(timestamp) from ({read.query})").fetchall()[0][0]


def notes(read):
    return [note for source in read.sources for note in source.notes]


STAMPS = [f"{BEGIN + timedelta(hours=at):%Y-%m-%d %H:%M:%S}" for at in range(36)]


@pytest.mark.parametrize(
    ("title", "zone", "ahead"),
    [
        ("Time zone: Europe/Paris", "Europe/Paris", 1),
        ("All times in CET", "CET", 1),
        ("All times are in Pacific Time", "Pacific Time", -8),
        ("Mail report (UTC+01:00)", "UTC+01:00", 1),
        ("Time zone: (UTC+09:00) Tokyo", "(UTC+09:00) Tokyo", 9),
        ("Zeitzone;MEZ;", "MEZ", 1),
        ("Fuseau horaire : Europe/Paris", "Europe/Paris", 1),
        ("Alle Zeiten in MEZ", "MEZ", 1),
        ("タイムゾーン：Asia/Tokyo", "Asia/Tokyo", 9),
        ("Zona horaria: UTC-5", "UTC-5", -5),
        ("Times are UTC+2", "UTC+2", 2),
        ("All times GMT+1", "GMT+1", 1),
        ("Horaires : Europe/Paris", "Europe/Paris", 1),
    ],
)
def test_a_zone_above_the_headings_applies_and_is_said(title, zone, ahead, tmp_path):
    read = log(tmp_path, STAMPS, above=title)
    assert first(read) == BEGIN - timedelta(hours=ahead)
    assert [note for note in notes(read) if f"were read as {zone}, as a line above the headings says" in note]
    named = log(tmp_path, [f"{stamp}+02:00" for stamp in STAMPS], above=title)
    assert first(named) == BEGIN - timedelta(hours=2)


def test_what_names_no_zone_changes_nothing(tmp_path):
    titles = ("Export of May", "Exported 2025-03-01 09:00 (UTC+1)", "Response times in minutes", "All times in hours")
    for title in titles:
        read = log(tmp_path, STAMPS, above=title)
        assert first(read) == BEGIN
        assert not [note for note in notes(read) if "zone" in note]


def test_a_zone_that_nobody_knows_is_said(tmp_path):
    for title in ("Time zone: of the office", "Time zone: IST", "Toutes les heures sont en heure de Paris"):
        assert [note for note in notes(log(tmp_path, STAMPS, above=title)) if "is not known" in note]
    read = log(tmp_path, STAMPS, heading="timestamp (local time)")
    assert [note for note in notes(read) if "are local, as the heading says" in note]


def troubles(read):
    roster = read_roster(pd.DataFrame({"email": PEOPLE, "department": ["Sales"] * 6 + ["Legal"] * 6}))
    return [str(trouble.said) for trouble in inspect(read, roster).troubles if trouble.kind == "period"]


def seconds(since):
    return [int((BEGIN + timedelta(hours=17 * at) - since).total_seconds()) for at in range(60)]


def test_times_that_count_from_another_year_are_said(tmp_path):
    assert "all rows are from before 1994-02" in troubles(log(tmp_path, seconds(datetime(2001, 1, 1))))[0]
    assert "which is yet to come" in troubles(log(tmp_path, seconds(datetime(1960, 1, 1))))[0]
    assert troubles(log(tmp_path, seconds(datetime(1970, 1, 1)))) == []
    analysis = silos.analyze(
        log(tmp_path, seconds(datetime(2001, 1, 1)) * 3),
        read_roster(pd.DataFrame({"email": PEOPLE, "department": ["Sales"] * 6 + ["Legal"] * 6})),
        seed=0,
    )
    assert [note for note in analysis.summary()["inputs"]["notes"] if "all rows are from before 1994-02" in note]


def test_microseconds_since_1601_are_those_of_chrome(tmp_path):
    read = log(tmp_path, [1_000_000 * second for second in seconds(datetime(1601, 1, 1))])
    assert first(read) == BEGIN
    assert [note for note in notes(read) if "microseconds since 1601" in note]


@pytest.mark.parametrize(("unit", "since"), [(86400, datetime(1, 1, 1)), (3600, datetime(1970, 1, 1))])
def test_numbers_that_begin_long_before_the_log_are_no_times(unit, since, tmp_path):
    with pytest.raises(silos.SilosError, match="holds no time that can be read"):
        log(tmp_path, [second / unit for second in seconds(since)])


def test_a_time_of_day_without_a_sign_is_no_count_of_seconds(tmp_path):
    times = [f"{BEGIN + timedelta(minutes=7 * at):%H%M%S}" for at in range(60)]
    assert times[0] == "090000"
    with pytest.raises(silos.SilosError, match="holds no time that can be read"):
        log(tmp_path, times)


@pytest.mark.parametrize(
    "numbers",
    [
        [2024, 2025, 2025],
        [202450, 202501, 202513],
        [202411, 202412, 202501],
        ["2024.11", "2024.12", "2025.01"],
    ],
    ids=["years", "weeks", "months", "months behind a point"],
)
def test_years_months_and_weeks_as_numbers_are_no_seconds_since_the_log_began(numbers, tmp_path):
    with pytest.raises(ColumnError, match="the column 'date' holds no time that can be read"):
        log(tmp_path, numbers, heading="date")


@pytest.mark.parametrize(
    "numbers", [[2024, 2025, 2999], [1, 2, 53], [199050, 200000, 209930], [202501, 202512, 202599]]
)
def test_numbers_of_no_calendar_are_since_the_log_began(numbers, tmp_path):
    assert any("since the log began" in note for note in notes(log(tmp_path, numbers, heading="date")))

"""Calendars with parameters that are not quoted, addresses that are none of mail, and zones by any name."""

from datetime import datetime

import pytest

from silos.readers.formats.calendar.lines import split
from tests.conftest import shared
from tests.readers.messy import ANN, BOB, CLEO, read, rejected, rows


def calendar(*lines, start="DTSTART:20250106T090000Z", organiser=f"ORGANIZER;CN=Sales: Ann:mailto:{ANN}", zone=""):
    head = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{zone}BEGIN:VEVENT\r\nUID:1\r\n{start}\r\n"
    return head + "\r\n".join([organiser, *lines, "END:VEVENT", "END:VCALENDAR", ""])


# ---- parameters


@pytest.mark.parametrize(
    "line",
    [
        "ATTENDEE;CN=Sales: Bob Li;PARTSTAT=DECLINED:mailto:bob.li@acme.example",
        "ATTENDEE;PARTSTAT=DECLINED;CN=Sales: Bob: Li:MAILTO:bob.li@acme.example",
        'ATTENDEE;CN="Bob \\"Bobby\\" Li: Sales";PARTSTAT=DECLINED:mailto:bob.li@acme.example',
        'ATTENDEE;CN="Bob Li;PARTSTAT=DECLINED:mailto:bob.li@acme.example',
        "ATTENDEE;CN=Li; Bob: Sales;PARTSTAT=DECLINED;RSVP=TRUE:mailto:bob.li@acme.example",
        "ATTENDEE;CN=mailto:bob@old.example;PARTSTAT=DECLINED:mailto:bob.li@acme.example",
        "ATTENDEE;DIR=ldap://host:389/cn=Bob;PARTSTAT=DECLINED:MAILTO:mailto:bob.li@acme.example",
        "ATTENDEE;CN=Sales: Bob;PARTSTAT=DECLINED:bob.li@acme.example",
        # As in reports of bugs of vobject, khal and ics-parser.
        'ATTENDEE;PARTSTAT=DECLINED;SCHEDULE-STATUS="3.7;Invalid";INVALID USER":mailto:bob.li@acme.example',
        "ATTENDEE;PARTSTAT=DECLINED;SCHEDULE-STATUS=3.7\\\\;INVALID=:mailto:bob.li@acme.example",
        "ATTENDEE:CN=Bob;PARTSTAT=DECLINED:mailto:bob.li@acme.example",
        "ATTENDEE;CN=Sales: Bob;PARTSTAT=\r\n\tDECLINED:mailto:bob.li\r\n @acme.example",
        'ATTENDEE;CN="a;b:c";PARTSTAT="DECLINED";SENT-BY="mailto:x@acme.example":mailto:bob.li@acme.example',
    ],
)
def test_what_stands_before_the_address_holds_however_it_is_quoted(tmp_path, line):
    others = [f"ATTENDEE;CN=Finance: Cleo;PARTSTAT=ACCEPTED:mailto:{CLEO}", line]
    log = read(tmp_path / "c.ics", calendar(*others))
    assert rows(log) == [(ANN, CLEO)]
    assert rejected(log) == {"declined": 1}
    accepted = read(tmp_path / "d.ics", calendar(*others).replace("DECLINED", "ACCEPTED"))
    assert rows(accepted) == [(ANN, BOB), (ANN, CLEO)]


@pytest.mark.parametrize(
    ("line", "person"),
    [
        ("ATTENDEE;CN=Sales: Bob Li:invalid:nomail", "Sales: Bob Li"),
        ("ATTENDEE;CN=Bob Li (External):urn:uuid:123e4567-e89b-12d3-a456-426614174000", "Bob Li"),
        ("ATTENDEE;CN=Bob Li:/o=ACME/ou=First: Group/cn=Recipients/cn=bob", "Bob Li"),
        ("ATTENDEE:/o=ACME/ou=First/cn=Recipients/cn=0123456789abcdef0123456789ABCDEF-bob.li", "bob.li"),
        (f"ATTENDEE;CN=Bob;EMAIL={BOB}:/principals/users/bob/", BOB),
        ("ATTENDEE;PARTSTAT=ACCEPTED:/radicale/bob.li%4\r\n 0acme.example/", BOB),
        ("ATTENDEE;CN=Bob:https://caldav.example/principals/bob.li%40acme.example/", BOB),
        ("ATTENDEE;CN=Bob:mailto:bob.li%40acme.example?subject=x", BOB),
        (f"ATTENDEE;CN=Bob:mailto:\u200b{BOB}", BOB),
        (f"ATTENDEE;ROLE=ATTENDEE;STATUS=CONFIRMED:Bob Li <{BOB}>", BOB),
        (f"ATTENDEE;CN=Bob;X-CALENDARSERVER-EMAIL={BOB}:urn:x-uid:1234", BOB),
        (f'ATTENDEE;CN=Bob:"mailto:{BOB}"', BOB),
        (f"item1.ATTENDEE;CN=Bob:mailto:{BOB}", BOB),
    ],
)
def test_addresses_that_are_none_of_mail(tmp_path, line, person):
    assert rows(read(tmp_path / "c.ics", calendar(line))) == [(ANN, person)]


def test_a_room_with_a_colon_in_its_name_is_a_room(tmp_path):
    room = "ATTENDEE;CN=Floor 5: Blue;CUTYPE=ROOM:mailto:blue@acme.example"
    watcher = f"ATTENDEE;CN=a: b;ROLE=NON-PARTICIPANT:mailto:{CLEO}"
    log = read(tmp_path / "c.ics", calendar(room, watcher, f"ATTENDEE:mailto:{BOB}"))
    assert rows(log) == [(ANN, BOB)]
    assert rejected(log) == {"room": 1, "non-participant": 1}


def test_a_letter_that_is_folded_in_two_is_one(tmp_path):
    content = calendar("ATTENDEE;CN=Zoé Bö:invalid:nomail").encode()
    cut = content.index("ö".encode()) + 1
    assert rows(read(tmp_path / "c.ics", content[:cut] + b"\r\n " + content[cut:])) == [(ANN, "Zoé Bö")]


def test_uids_and_other_values_keep_their_colons():
    assert split("UID:urn:uuid:1:mailto:x") == ("UID", {}, "urn:uuid:1:mailto:x")
    assert split("RRULE:FREQ=DAILY") == ("RRULE", {}, "FREQ=DAILY")
    assert split("ATTENDEE;CN=x")[2] == ""


# ---- times


@pytest.mark.parametrize(
    "start",
    [
        "DTSTART;TZID=http://tz.example/zoneinfo/Europe/Paris:20250106T100000",
        "DTSTART;TZID=/citadel.org/20250101_1/Europe/Paris:20250106T100000",
        "DTSTART;TZID=(UTC+01:00) Amsterdam, Berlin, Bern:20250106T100000",
        'DTSTART;TZID="(UTC+01:00) Brussels, Copenhagen, Madrid, Paris":20250106T100000',
        "DTSTART;TZID=GMT+0100:20250106T100000",
        "DTSTART;TZID=UTC+01:00:20250106T100000",
        "DTSTART;TZID=CET:2025-01-06T10:00:00",
        "DTSTART;VALUE=DATE-TIME;TZID=W. Europe Standard Time:20250106T100000",
        "DTSTART:20250106T100000+0100",
        "DTSTART:20250106T0900Z",
        "DTSTART:2025-01-06T09:00:00Z",
    ],
)
@pytest.mark.parametrize("rule", ["", "RRULE:FREQ=WEEKLY;COUNT=2"])
def test_times_in_zones_by_any_name(tmp_path, start, rule):
    log = read(tmp_path / "c.ics", calendar(f"ATTENDEE:mailto:{BOB}", *([rule] if rule else []), start=start))
    times = [(datetime(2025, 1, 6, 9),), *([(datetime(2025, 1, 13, 9),)] if rule else [])]
    assert rows(log, "timestamp") == times
    assert rejected(log) == {}


def test_a_comma_with_nothing_behind_it_is_nothing(tmp_path):
    lines = ["RRULE:FREQ=WEEKLY;COUNT=2", "EXDATE:20250113T090000Z,", "RDATE:", f"ATTENDEE:mailto:{BOB}"]
    log = read(tmp_path / "c.ics", calendar(*lines))
    assert rows(log, "timestamp") == [(datetime(2025, 1, 6, 9),)]
    assert rejected(log) == {}


def test_a_zone_that_the_calendar_defines_goes_by_its_definition(tmp_path):
    zone = (
        "BEGIN:VTIMEZONE\r\nTZID:Office: main\r\nBEGIN:STANDARD\r\nDTSTART:16010101T000000\r\n"
        "TZOFFSETFROM:+0300\r\nTZOFFSETTO:+0300\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
    )
    start = "DTSTART;TZID=Office: main:20250106T120000"
    log = read(tmp_path / "c.ics", calendar(f"ATTENDEE:mailto:{BOB}", start=start, zone=zone))
    assert rows(log, "timestamp") == [(datetime(2025, 1, 6, 9),)]


def test_a_zone_that_nobody_knows_is_said(tmp_path):
    start = "DTSTART;TZID=Customized Time Zone:20250106T090000"
    log = read(tmp_path / "c.ics", calendar(f"ATTENDEE:mailto:{BOB}", start=start))
    assert any("no known time zone" in note for note in log.sources[0].notes)


def test_the_case_beside_the_project():
    log = read(shared("cases/ics-cn-colon/c.ics"))
    assert rows(log) == [(ANN, BOB)]
    assert rejected(log) == {"declined": 1}


# ---- series


@pytest.mark.parametrize(
    ("rule", "count"),
    [
        *(("FREQ=WEEKLY; COUNT=10", 10), ("FREQ=WEEKLY;BYDAY=MO, WE;COUNT=10", 10), ("W1 MO #10", 10)),
        *(("FREQ=WEEKLY;UNTIL=2025-03-10T09:00:00Z", 10), ("FREQ=WEEKLY;COUNT=10;X-NAME=a.b", 10)),
    ],
)
def test_a_rule_in_another_hand_is_followed(tmp_path, rule, count):
    log = read(tmp_path / "a.ics", calendar(f"RRULE:{rule}", f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:{BOB}"))
    assert len({row[0] for row in rows(log, "timestamp")}) == count
    assert rejected(log) == {}


@pytest.mark.parametrize(
    "rule",
    [
        *("WEEKLY", "MP1 1+ MO #5", "FREQ=WEEKLY;UNTIL=10.3.2025"),
        # As RFC 2445 allowed: a second rule, and one for what is left out. Neither is dropped in silence.
        "FREQ=WEEKLY;COUNT=10\r\nRRULE:FREQ=DAILY;COUNT=3",
        "FREQ=WEEKLY;COUNT=10\r\nEXRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=5",
        "FREQ=WEEKLY;COUNT=10\r\nEXRULE;X-A=1:FREQ=WEEKLY;UNTIL=20250310T090000Z",
    ],
)
def test_a_rule_that_is_not_followed_is_counted(tmp_path, rule):
    log = read(tmp_path / "a.ics", calendar(f"RRULE:{rule}", f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:{BOB}"))
    assert rejected(log) == {"a rule that is not followed": 1}
    assert len({row[0] for row in rows(log, "timestamp")}) == 1


@pytest.mark.parametrize(("more", "hours"), [("", [9, 15, 9]), ("STATUS:CANCELLED\r\n", [9, 9])])
def test_an_instance_that_is_named_by_its_day_alone_is_that_of_the_series(more, hours, tmp_path):
    series = calendar("RRULE:FREQ=WEEKLY;COUNT=3", f"ATTENDEE:mailto:{BOB}")
    moved = (
        "BEGIN:VEVENT\r\nUID:1\r\nRECURRENCE-ID;VALUE=DATE:20250113\r\nDTSTART:20250113T150000Z\r\n"
        f"ORGANIZER:mailto:{ANN}\r\nATTENDEE:mailto:{BOB}\r\n{more}END:VEVENT\r\nEND:VCALENDAR"
    )
    found = read(tmp_path / "c.ics", series.replace("END:VCALENDAR", moved))
    sent = rows(found, "timestamp", "sender")
    assert [time.hour for time, sender in sent if sender == ANN] == hours

"""Mail as programs really write it: dates and zones, labels and folders of drafts, spam and trash, ids in disguise."""

from datetime import datetime

import pytest

from silos.readers.formats.mail.folders import reason_of_path
from silos.readers.tabular.spelt_times import moment_of
from tests.conftest import shared
from tests.readers.messy import ANN, BOB, CLEO, notes, read, rejected, rows, zipped


def a_mail(number=0, *, to=BOB, date="Mon, 06 Jan 2025 09:00:00 +0200", **headers):
    lines = {"From": ANN, "To": to, "Date": date, "Message-ID": f"<{number}@acme.example>", **headers}
    head = "".join(f"{name.replace('_', '-')}: {value}\n" for name, value in lines.items() if value is not None)
    return f"{head}\nx\n"


def mbox(*mails):
    return "".join(f"From x Mon Jan  6 12:34:56 2025\n{mail}\n" for mail in mails)


# ---- dates

SEVEN, EIGHT, NINE = (datetime(2025, 1, 6, hour) for hour in (7, 8, 9))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Mon, 6 Jan 2025 09:00:00 +02:00", SEVEN),
        ("Mon, 06 Jan 2025 09.00.00 +0200", SEVEN),
        ("Mon, 6 Jan 2025 09:00:00 GMT +0200", SEVEN),
        ("Mon, 6 Jan 2025 09:00:00 UTC+2", SEVEN),
        ("Mon, 6 Jan 2025 09:00 +0200 (CEST)", SEVEN),
        ("Mon, 6 Jan 2025 09:00:00 CEST", SEVEN),
        ("Mon, 6 Jan 2025 09:00:00 (CEST)", SEVEN),
        ("Mon, 6 Jan 25 09:00:00 CET", EIGHT),
        ("Mon Jan  6 09:00:00 MEZ 2025", EIGHT),
        ("Mon, 6 Jan 2025 09:00:00 A", EIGHT),
        ("Mon, 6 Jan 2025 09:00:00 Europe/Paris", EIGHT),
        ("Mon, 6 Jan 2025 09:00:00 W. Europe Standard Time", EIGHT),
        ("Mon, 6 Jan 2025 04:00:00 EDT", EIGHT),
        ("Mon, 6 Jan 2025 03:00:00 EST5EDT", EIGHT),
        ("Mon, 5 Jan 2025 24:00:00 -0800", EIGHT),
        ("Mon Jan 06 2025 09:00:00 GMT+0100 (Central European Standard Time)", EIGHT),
        ("Monday, January 6, 2025 9:00 AM CET", EIGHT),
        ("lun., 6 janv. 2025 à 09:00 CET", EIGHT),
        ("Mo, 6. März 2025 09:00:00 +0000", datetime(2025, 3, 6, 9)),
        ("lunes, 6 de enero de 2025 10:00:00 CET", NINE),
        ("pon., 6 sty 2025 09:00:00 Z", NINE),
        ("пн, 6 янв. 2025 12:00:00 MSK", NINE),
        ("2025年1月6日 下午5:00 +0800", NINE),
        ("2025-01-06T09:00:00.123Z", NINE),
        ("Mar, 6 mai 2025 09:00:00 +0000", datetime(2025, 5, 6, 9)),
        ("06.01.2025 09:00:00 +0100", EIGHT),
        ("Mo, 06.01.2025 09:00 Uhr MEZ", EIGHT),
        ("Mon, 6 Jan 2025 09:00:00 CEST +0200", SEVEN),
        ("Mon, 6 Jan 2025 18:00:00 JST(+9)", NINE),
        ("Mon, 6 Jan 2025 09:00:00 CET-1CEST", EIGHT),
        ("Mon, 6 Jan 2025 09:00:00 (UTC+01:00) Amsterdam, Berlin", EIGHT),
    ],
)
def test_a_date_is_read_in_whatever_zone_and_language(tmp_path, value, expected):
    assert rows(read(tmp_path / "box", mbox(a_mail(date=value))), "timestamp") == [(expected,)]


@pytest.mark.parametrize("zone", ["XYZ", "IST", "Somewhere Standard Time", "+9900"])
def test_a_zone_that_is_not_known_is_counted_and_said_and_never_taken_for_utc(tmp_path, zone):
    strange = f"Mon, 6 Jan 2025 09:00:00 {zone}"
    arrived = "from a by b; Mon, 6 Jan 2025 08:00:01 +0100"
    log = read(tmp_path / "box", mbox(a_mail(1, date=strange), a_mail(2, date=strange, Received=arrived)))
    assert rows(log, "timestamp", "event") == [(datetime(2025, 1, 6, 7, 0, 1), "2@acme.example")]
    assert rejected(log) == {"unknown time zone": 1}
    assert "1 mail in" in notes(log)
    assert "its arrival was taken" in notes(log)


def test_a_date_without_a_zone_is_said_to_be_read_as_utc(tmp_path):
    log = read(tmp_path / "box", mbox(a_mail(date="Mon, 6 Jan 2025 09:00:00")))
    assert rows(log, "timestamp") == [(NINE,)]
    assert "1 mail" in notes(log)
    assert "read as UTC" in notes(log)


@pytest.mark.parametrize("value", ["", "soon", "31 Feb 2025 09:00 +0100", "Mon, 6 Jan 2025 25:61:00 +0100", "9" * 500])
def test_what_is_no_date_is_none(value):
    assert moment_of(value).time is None


# ---- drafts, spam, trash


@pytest.mark.parametrize(
    ("label", "reason"),
    [
        ("=?UTF-8?Q?Entw=C3=BCrfe?=", "never sent"),
        ("=?UTF-8?Q?Entw=C3?=\n =?UTF-8?Q?=BCrfe,Ge=C3=B6ffnet?=", "never sent"),
        ("=?utf-8?b?6I2J56i/?=", "never sent"),  # 草稿
        ("Rascunhos,Importante", "never sent"),
        ("Wersje robocze", "never sent"),
        ("Brouillons,Corbeille", "never sent"),
        ("=?UTF-8?Q?Courrier_ind=C3=A9sirable?=", "spam"),
        ("=?ISO-8859-1?Q?Skr=E4ppost?=", "spam"),
        ('"Spam","Unread"', "spam"),
        ("=?UTF-8?B?44K044Of566x?=", "deleted"),  # ゴミ箱
        ("Papelera", "deleted"),
        ("[Gmail]/Trash", "deleted"),
        ("Kosz,Nieprzeczytane", "deleted"),
        ("Scheduled", "never sent"),
        ("Outbox,Unread", "never sent"),
        ("=?UTF-8?Q?Programm=C3=A9s?=,Important", "never sent"),
        ("Geplant", "never sent"),
        ("=?UTF-8?B?5LqI57SE6YCB5L+h?=", "never sent"),  # 予約送信
    ],
)
def test_labels_of_drafts_spam_and_trash_are_known_in_the_language_of_the_export(tmp_path, label, reason):
    log = read(tmp_path / "takeout.mbox", mbox(a_mail(1, X_Gmail_Labels=label), a_mail(2, X_Gmail_Labels="Inbox,Work")))
    assert rows(log, "event") == [("2@acme.example",)]
    assert rejected(log) == {reason: 1}


@pytest.mark.parametrize(
    "label",
    [
        '"Drafts, old",Inbox',
        "Clients/Spam",
        "Spam-Beratung",
        "Sent,Opened",
        "=?bad?Q?Spam?=",
        "Inbox,Scheduled",
        "Gesendet,Geplant",
    ],
)
def test_labels_of_ones_own_are_none_of_them(tmp_path, label):
    assert len(rows(read(tmp_path / "box", mbox(a_mail(X_Gmail_Labels=label))))) == 1


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("Mail/Entwürfe.mbox", "never sent"),
        ("Mail/Entwu\u0308rfe.mbox/mbox", "never sent"),
        ("Brouillons/1.eml", "never sent"),
        (".Drafts/cur/1.M1.host:2,S", "never sent"),
        (".INBOX.Entw&APw-rfe/new/1.M1.host", "never sent"),
        ("Drafts-002.mbox", "never sent"),
        ("Local Folders/Outbox", "never sent"),
        ("Scheduled.mbox", "never sent"),
        ("Postausgang.mbox/mbox", "never sent"),
        ("[Gmail]/Messages programmés.mbox", "never sent"),
        (".Posta in uscita/cur/1.M1.host:2,S", "never sent"),
        ("cur/1.M1.host:2,DS", "never sent"),
        ("ann/deleted_items/17.", "deleted"),
        ("Éléments supprimés/1.eml", "deleted"),
        ("cur/1.M1.host:2,ST", "deleted"),
        ("Local Folders/Trash.sbd/2024", "deleted"),
        ("Junk E-mail/1.eml", "spam"),
        ("Inbox.sbd/Spam", "spam"),
        ("Takeout/Mail/All mail Including Spam and Trash.mbox", None),
        ("Projects/Draft of the contract/1.eml", None),
        ("cur/1.M1.host:2,RS", None),
        ("Inbox/DS:2,D.eml", None),
    ],
)
def test_folders_and_flags_tell_what_is_no_message(path, reason):
    assert reason_of_path(path) == reason


def test_mail_in_folders_of_an_export_is_left_out_by_their_names(tmp_path):
    files = {"Posteingang": 1, "Entwürfe": 2, "Junk-E-Mail": 3, "Gelöschte Elemente": 4}
    packed = zipped({f"Export/{folder}/{number}.eml": a_mail(number) for folder, number in files.items()})
    log = read(tmp_path / "mails.zip", packed)
    assert rows(log, "event") == [("1@acme.example",)]
    assert rejected(log) == {"never sent": 1, "spam": 1, "deleted": 1}
    for folder, number in files.items():
        read(tmp_path / "thunderbird" / folder, mbox(a_mail(number)))
    folders = read(tmp_path / "thunderbird")
    assert rows(folders, "event") == [("1@acme.example",)]
    assert rejected(folders) == {"never sent": 1, "spam": 1, "deleted": 1}


def test_every_header_of_labels_counts(tmp_path):
    labelled = a_mail(1).replace("Message-ID:", "X-Gmail-Labels: Inbox\nX-Gmail-Labels: Trash\nMessage-ID:", 1)
    log = read(tmp_path / "box", mbox(labelled, a_mail(2)))
    assert (rows(log, "event"), rejected(log)) == ([("2@acme.example",)], {"deleted": 1})


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({"X_Mozilla_Status": "0009"}, "deleted"),
        ({"X_Status": "D"}, "deleted"),
        ({"X_Status": "T"}, "never sent"),
        ({"X_Spam_Status": "Yes, score=9.1"}, "spam"),
    ],
)
def test_flags_in_headers_tell_it_too(tmp_path, headers, reason):
    kept = a_mail(2, X_Mozilla_Status="0001", X_Status="A", X_Spam_Status="No, score=0.1")
    log = read(tmp_path / "box", mbox(a_mail(1, **headers), kept))
    assert rows(log, "event") == [("2@acme.example",)]
    assert rejected(log) == {reason: 1}


# ---- ids


@pytest.mark.parametrize(
    "header",
    [
        f"\u200e{BOB}\u200b, CLEO.diaz@acme.example",
        f"Bob &lt;{BOB}&gt;; <mailto:{CLEO}>",
        f"{BOB} {CLEO}",
        f"Bob Li ({BOB}), {CLEO} (for {ANN})",
        f"{BOB}\t{CLEO}",
        f"'{BOB}' <{BOB}>,\n\t\"Diaz, Cleo (External)\" <{CLEO}>",
        f"=?utf-8?q?Bob_=28Guest=29?= <{BOB}>, {CLEO} <{CLEO}>, N/A",
    ],
)
def test_addresses_in_disguise(tmp_path, header):
    assert rows(read(tmp_path / "box", mbox(a_mail(to=header)))) == [(ANN, BOB), (ANN, CLEO)]


def test_an_address_is_one_however_its_letters_are_composed(tmp_path):
    log = read(tmp_path / "box", mbox(a_mail(1, to="zoe\u0301@acme.example"), a_mail(2, to="zo\u00e9@acme.example")))
    assert rows(log, "distinct recipient") == [("zoé@acme.example",)]


@pytest.mark.parametrize("nothing", ["<null>", "(none)", "<undefined>", "<00000000-0000-0000-0000-000000000000>"])
def test_mails_whose_id_is_a_placeholder_are_not_one_mail_nor_one_thread(tmp_path, nothing):
    headers = {"Message-ID": nothing, "In_Reply_To": nothing}
    mails = [a_mail(date=f"Mon, 06 Jan 2025 0{hour}:00:00 +0000", **headers) for hour in (7, 8, 9)]
    found = rows(read(tmp_path / "box", mbox(*mails)), "event", "thread")
    assert len({event for event, _ in found}) == 3
    assert nothing.strip("<>") not in {thread for _, thread in found}


def test_the_cases_beside_the_project():
    drafts = read(shared("cases/gmail-labels/takeout.mbox"))
    assert rows(drafts) == []
    assert rejected(drafts) == {"never sent": 7, "spam": 2}
    dates = read(shared("cases/mail-dates/box.mbox"))
    two = (SEVEN,)
    expected = {f"{number}@acme.example": two for number in (0, 1, 2, 3, 5, 7, 8, 9, 10)}
    expected |= {"4@acme.example": (datetime(2025, 1, 6, 14),), "6@acme.example": (EIGHT,)}
    assert {event: (time,) for event, time in rows(dates, "event", "timestamp")} == expected


@pytest.mark.parametrize(
    "word", ["Bozze", "Ciorne", "Wersje robocze", "임시보관함", "Später senden", "定时发送", "piszkozat"]
)
def test_a_folder_and_a_status_of_mail_that_was_never_sent_are_known_by_the_same_words(word, tmp_path):
    assert reason_of_path(f"Mail/{word}.mbox") == "never sent"
    text = f"timestamp,sender,recipient,status\n2025-01-16,ann@x.de,bob@x.de,{word}\n2025-01-16,bob@x.de,ann@x.de,\n"
    assert rows(read(tmp_path / "log.csv", text)) == [("bob@x.de", "ann@x.de")]


def test_a_blank_may_stand_before_the_colon_of_a_header(tmp_path):
    text = "From : ann@x.de\nTo : bob@x.de\nDate : Mon, 06 Jan 2025 09:00:00 +0000\n\nhi\n\n"
    assert (
        rows(read(tmp_path / "box", f"From x Mon Jan  6 09:00:00 2025\n{text}" * 2)) == [("ann@x.de", "bob@x.de")] * 2
    )

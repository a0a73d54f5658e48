"""Reading mail: the headers of every mail that a person sent, and not a word of what it says."""

import csv
import gzip
import io
import zipfile
from datetime import datetime
from pathlib import Path

import pytest

from silos.errors import ReadError, SilosError
from silos.readers import read_interactions, scanning, unreadable
from silos.readers.files.temporary import connect
from silos.tables import INTERACTION_FIELDS, Interactions
from tests.support.damage import survives

MARK = "XSECRETX"
FIELDS = ", ".join(INTERACTION_FIELDS)
CONNECTION = connect()


def a_mail(sender="ann@acme.example", to="bob@acme.example", *, at=0, id="m1", body=f"{MARK}\n", **headers) -> bytes:
    """A mail as bytes, sent `at` minutes after 9:00 UTC; a header that is None is not there."""
    lines = {
        "From": sender,
        "To": to,
        "Date": f"Mon, 13 May 2024 {11 + at // 60:02}:{at % 60:02}:00 +0200 (CEST)",
        "Message-ID": id and f"<{id}@acme.example>",
        "Subject": MARK,
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    head = b"".join(
        f"{name}: ".encode() + (value if isinstance(value, bytes) else str(value).encode()) + b"\n"
        for name, value in lines.items()
        if value is not None
    )
    return head + b"\n" + body.encode()


def mbox(*mails: bytes, line: bytes = b"From zo\xe9@acme.example Mon May 13 09:00:00 2024\n") -> bytes:
    return b"".join(line + mail + b"\n" for mail in mails)


def row(sender, recipient, *, at=0, event="m1", thread=None):
    domain = "acme.example"
    return (
        datetime(2024, 5, 13, 9 + at // 60, at % 60),
        f"{sender}@{domain}",
        f"{recipient}@{domain}",
        "email",
        f"{event}@{domain}",
        thread and f"{thread}@{domain}",
        "direct",
        None,
        None,
    )


def rows_of(interactions: Interactions):
    return interactions.connection.execute(f"select {FIELDS} from ({interactions.query}) order by all").fetchall()


def read(path: Path):
    """The rows and the one source of a log of mail; nothing in them says what a mail says."""
    interactions = read_interactions(path)
    [source] = interactions.sources
    assert source.format == "mail"
    rows = rows_of(interactions)
    said = f"{rows}{source.rejected}{source.problems}{source.notes}{source.columns}{unreadable(interactions)}"
    assert MARK not in said
    return rows, source


def mailbox(folder: Path, *mails: bytes, **options):
    path = folder / "box"
    path.write_bytes(mbox(*mails, **options))
    return read(path)


ATTACHED = f"--b0\nContent-Disposition: attachment;\n filename={MARK}.pdf\n\n{MARK}, to, date\n\n--b0--\n"
COMPANY = (
    a_mail(
        f'"{MARK}, Ann" <Ann@ACME.example>',
        f'Roe, {MARK} <bob@acme.example>,\n "Li; {MARK}" <cleo@acme.example>',
        body=ATTACHED,
        Content_Type=f'multipart/mixed; boundary="b0"; name="{MARK}"',
    ),
    a_mail("bob@acme.example", "ann@acme.example", at=5, id="m2", In_Reply_To="<m1@acme.example>"),
    a_mail("ann@acme.example", "bob@acme.example", at=9, id="m3", In_Reply_To="<m2@acme.example>"),
    a_mail("cleo@acme.example", None, at=70, id="m4", Bcc="dan@acme.example", Cc="bob at acme.example"),
)
TRUTH = [
    row("ann", "bob", thread="m1"),
    row("ann", "cleo", thread="m1"),
    row("bob", "ann", at=5, event="m2", thread="m1"),
    row("ann", "bob", at=9, event="m3", thread="m1"),
    row("cleo", "bob", at=70, event="m4"),
    row("cleo", "dan", at=70, event="m4"),
]


# ---- one company, kept in many ways


def as_mbox(folder):
    (folder / "box").write_bytes(mbox(*COMPANY))
    return folder / "box"


def as_crlf(folder):
    (folder / "box").write_bytes(mbox(*COMPANY).replace(b"\n", b"\r\n"))
    return folder / "box"


def as_gzip(folder):
    (folder / "box.gz").write_bytes(gzip.compress(mbox(*COMPANY)))
    return folder / "box.gz"


def as_eml(folder):
    target = folder / "mails"
    target.mkdir()
    for number, content in enumerate(COMPANY):
        (target / f"{MARK} {number}.eml").write_bytes(content)
    (target / f"{MARK}.pdf").write_bytes(b"%PDF")
    (target / "link.eml").symlink_to(target / f"{MARK} 1.eml")
    return target


def as_zip(folder):
    with zipfile.ZipFile(folder / "mails.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for number, content in enumerate(COMPANY):
            archive.writestr(f"inbox/{MARK} {number}.EML", content)
    return folder / "mails.zip"


def as_maildir(folder):
    for inner in ("cur", "new", "tmp"):
        (folder / "Maildir" / inner).mkdir(parents=True)
    for number, content in enumerate(COMPANY):
        place = "cur" if number else "new"
        (folder / "Maildir" / place / f"17000000{number}.M1P1.host:2,S").write_bytes(content)
    (folder / "Maildir" / "tmp" / "1700000009.half").write_bytes(a_mail(id="half"))
    return folder / "Maildir"


def as_maildir_with_folders(folder):
    """Maildir++: the folders of the mailbox are hidden ones."""
    for number, content in enumerate(COMPANY):
        place = folder / "Maildir" / ("" if number else f".{MARK} 2024") / "cur"
        place.mkdir(parents=True, exist_ok=True)
        (place / f"17000000{number}.M1P1.host:2,S").write_bytes(content)
    (folder / "Maildir" / ".cache").mkdir()
    (folder / "Maildir" / ".cache" / "1700000009.half").write_bytes(a_mail(id="half"))
    return folder / "Maildir"


def as_numbered_folders(folder):
    for number, content in enumerate(COMPANY):
        (folder / "box" / "ann").mkdir(parents=True, exist_ok=True)
        (folder / "box" / "ann" / f"{number}.").write_bytes(content)
    return folder / "box"


def as_table(folder):
    text = io.StringIO()
    rows = [[f"ann/{number}.", content.decode()] for number, content in enumerate(COMPANY)]
    csv.writer(text, lineterminator="\n").writerows([["file", "message"], *rows])
    (folder / "emails.csv").write_text(text.getvalue())
    return folder / "emails.csv"


@pytest.mark.parametrize(
    "keep",
    [
        *(as_mbox, as_crlf, as_gzip, as_eml, as_zip, as_maildir, as_maildir_with_folders, as_numbered_folders),
        as_table,
    ],
)
def test_a_mail_is_the_same_however_it_is_kept(tmp_path, keep):
    rows, source = read(keep(tmp_path))
    assert rows == sorted(TRUTH, key=lambda row: row[:3])
    assert source.rejected == {}
    if keep is as_eml:
        links = f"Links in {tmp_path / 'mails'} were not followed (1). Name the files they lead to."
        assert source.notes == (f"1 file in {tmp_path / 'mails'} is not a mail and was left out.", links)


# ---- who wrote to whom


@pytest.mark.parametrize(
    ("header", "people"),
    [
        ("bob@acme.example", ["bob"]),
        ("Surname, Given <bob@acme.example>, CLEO@acme.example", ["bob", "cleo"]),
        ("=?utf-8?Q?Roe=2C_Bob?= <bob@acme.example>", ["bob"]),
        ("=?utf-8?Q?Roe, Bob?= <bob@acme.example>, =?utf-8?B?w6k=?= <cleo@acme.example>", ["bob", "cleo"]),
        ("=?utf-8?Q?Bob_=3Cbob=40acme.example=3E?=", ["bob"]),
        (b"Zo\xe9 B\xf6b <bob@acme.example>", ["bob"]),
        ('"bob@old.example" <bob@acme.example>', ["bob"]),
        ("'bob@acme.example' (Bob, of course)", ["bob"]),
        ("Team: bob@acme.example, cleo@acme.example;", ["bob", "cleo"]),
        ("<mailto:bob@acme.example>; bob@acme.example", ["bob"]),
        ("bob at acme.example (Bob)", ["bob"]),
    ],
)
def test_addresses_are_found_however_they_are_written(tmp_path, header, people):
    rows, _ = mailbox(tmp_path, a_mail(to=header))
    assert rows == [row("ann", person) for person in people]


def test_a_mail_in_two_mailboxes_is_one_event_and_needs_no_id(tmp_path):
    anonymous = a_mail(id=None, Bcc="dan@acme.example")
    rows, _ = mailbox(tmp_path, a_mail(), a_mail(Bcc="dan@acme.example"), anonymous, a_mail(id=None))
    assert {row[4] for row in rows if row[4] != "m1@acme.example"} != {None}
    assert len({row[4] for row in rows}) == 2
    assert [row[2] for row in rows if row[4] == "m1@acme.example"] == [
        *("bob@acme.example", "bob@acme.example", "dan@acme.example"),
    ]


def test_the_time_is_that_of_the_arrival_where_the_mail_says_none(tmp_path):
    received = "from a by b; Mon, 13 May 2024 09:00:00 +0000"
    for date in (None, "lundi dernier"):
        rows, _ = mailbox(tmp_path, a_mail(Date=date, Received=received))
        assert rows == [row("ann", "bob")]
    rows, _ = mailbox(tmp_path, a_mail(Date=None))
    assert rows[0][0] == datetime(2024, 5, 13, 9)
    rows, _ = mailbox(tmp_path, a_mail(Date=None), line=b"From - Mon May 13 09:00:00 2024\n")
    assert rows[0][0] is None


# ---- what is left out


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({"Return_Path": "<>"}, "bot"),
        ({"Auto_Submitted": "auto-replied (vacation)"}, "bot"),
        ({"Content_Type": 'multipart/report; report-type="delivery-status"'}, "bot"),
        ({"List_Id": "News <news.acme.example>"}, "bot"),
        ({"Precedence": "bulk"}, "bot"),
        ({"sender": "MAILER-DAEMON@acme.example"}, "bot"),
        ({"X_Spam_Flag": "YES"}, "spam"),
        ({"X_Gmail_Labels": "Drafts,Work"}, "never sent"),
        ({"X_Mozilla_Draft_Info": "internal/draft; vcard=0; receipt=0; DSN=0"}, "never sent"),
        ({"to": "undisclosed-recipients:;"}, "no recipient"),
        ({"to": None}, "no recipient"),
        ({"sender": MARK}, "no sender"),
    ],
)
def test_mail_that_no_person_sent_to_a_person_is_left_out_and_counted(tmp_path, headers, reason):
    rows, source = mailbox(tmp_path, a_mail(id="other", **headers), a_mail())
    assert rows == [row("ann", "bob")]
    assert source.rejected == {reason: 1}
    assert source.problems in ((), (f"{tmp_path / 'box'}, message 1: {reason}",))


def test_a_person_may_say_that_a_mail_is_not_automatic(tmp_path):
    rows, _ = mailbox(tmp_path, a_mail(Auto_Submitted="no", Return_Path="<ann@acme.example>", Precedence="normal"))
    assert rows == [row("ann", "bob")]


def test_mail_to_a_mailing_list_is_a_broadcast(tmp_path):
    by_list = a_mail("dan@acme.example", "Team@acme.example", id="l1", List_Id="<team.acme.example>")
    rows, source = mailbox(tmp_path, by_list, a_mail(to="team@acme.example, bob@acme.example"))
    assert rows == [row("ann", "bob")]
    assert source.rejected == {"bot": 1, "broadcast to a list": 1}


INNER = "From eve@acme.example Mon May 13 09:00:00 2024\nFrom: eve@acme.example\nTo: bob@acme.example\n\nx\n"


def test_a_mail_within_a_mail_is_none(tmp_path):
    parts = f"--b1\nContent-Type: message/rfc822\n\n{INNER}\n--b1--\n"
    typed = 'multipart/mixed; boundary="b1"'
    quoted = f">{INNER}\n\nFrom here on it is mine.\nFrom: me\n"
    stated = f"Forwarded:\n\n{INNER}"
    rows, source = mailbox(
        tmp_path,
        a_mail(body=parts, Content_Type=typed),
        a_mail(id="m2", at=1, body=quoted),
        a_mail(id="m3", at=2, body=stated, Content_Length=len(stated)),
        a_mail(id="m4", at=3, body="--b2\ncut off\n", Content_Type="multipart/mixed; boundary=b2"),
        a_mail(id="m5", at=4, Content_Length=7),
    )
    assert rows == [row("ann", "bob", at=number, event=f"m{number + 1}") for number in range(5)]
    assert source.rejected == {}


def test_a_mail_may_be_far_longer_than_what_is_read_at_once(tmp_path):
    long = "".join(f"{number:075}\n" for number in range(40_000))
    references = "<m1@acme.example>\n " + "\n ".join(f"<{number}@acme.example>" for number in range(40_000))
    rows, _ = mailbox(tmp_path, a_mail(body=long), a_mail(id="m2", at=1, References=references), a_mail(id="m3", at=2))
    assert [(row[4], row[5]) for row in rows] == [
        *(("m1@acme.example", "m1@acme.example"), ("m2@acme.example", "m1@acme.example")),
        ("m3@acme.example", None),
    ]


# ---- threads


def test_replies_belong_to_the_first_mail_of_their_thread_in_whatever_order(tmp_path):
    chain = [a_mail(id=f"m{n}", at=n, In_Reply_To=f"<m{n - 1}@acme.example>") for n in range(1, 40)]
    rows, source = mailbox(tmp_path, *reversed(chain), a_mail(id="m50", at=50), a_mail(id="m0", at=0))
    assert {row[5] for row in rows} == {"m0@acme.example", None}
    assert [row[4] for row in rows if row[5] is None] == ["m50@acme.example"]
    assert source.notes == ()


def test_a_thread_of_gmail_holds_mail_that_names_no_other(tmp_path):
    first = a_mail(id="m1", X_GM_THRID="1790")
    rows, _ = mailbox(
        tmp_path, first, a_mail(id="m2", References="<m1@acme.example>"), a_mail(id="m3", X_GM_THRID=1790)
    )
    assert {row[5] for row in rows} == {"gmail 1790"}


def test_replies_in_a_circle_end(tmp_path):
    circle = [a_mail(id=f"m{n}", In_Reply_To=f"<m{(n + 1) % 3}@acme.example>") for n in range(3)]
    rows, _ = mailbox(tmp_path, *circle)
    assert len(rows) == 3


def test_mail_without_threads_says_so(tmp_path):
    _, source = mailbox(tmp_path, a_mail())
    assert "reciprocated" in source.notes[0]
    assert "thread" not in source.columns


# ---- what is no mail


def test_a_table_of_other_things_is_no_mail(tmp_path):
    (tmp_path / "log.csv").write_text("from,to,date\nann,bob,2024-05-13T09:00:00Z\n")
    assert read_interactions(tmp_path / "log.csv").sources[0].format == "delimited"
    (tmp_path / "box").mkdir()
    (tmp_path / "box" / "1").write_text(MARK)
    with pytest.raises(ReadError, match="it holds no mail"):
        read_interactions(tmp_path / "box")


def test_a_damaged_file_is_an_error_and_a_damaged_member_is_counted(tmp_path):
    whole = gzip.compress(mbox(*COMPANY * 900))
    (tmp_path / "box.gz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ReadError, match=r"cannot be read|damaged"):
        read_interactions(tmp_path / "box.gz")
    path = as_zip(tmp_path)
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        place = archive.infolist()[1].header_offset
    content[place + 60 : place + 90] = bytes(30)
    path.write_bytes(content)
    rows, source = read(path)
    assert len(rows) == 5
    assert source.rejected == {"unreadable": 1}
    assert source.problems == (f"{path}, file 2: unreadable",)


@pytest.mark.long
@pytest.mark.parametrize("keep", [as_mbox, as_eml, as_zip, as_table])
def test_damage_is_an_error_in_words_or_is_counted(tmp_path, keep):
    path = keep(tmp_path)
    target = path if path.is_file() else path / f"{MARK} 1.eml"

    def read(content: bytes) -> tuple[list[tuple], str]:
        target.write_bytes(content)
        return rows_and_words(path)

    survives(target.read_bytes(), read, secret=MARK, examples=12)


def rows_and_words(path: Path | str) -> tuple[list[tuple], str]:
    """The rows of a log, and all that is said beside them."""
    interactions = read_interactions(path, connection=CONNECTION)
    with scanning(interactions):
        rows = rows_of(interactions)
    return rows, repr([(vars(source) | {"query": ""}, unreadable(interactions)) for source in interactions.sources])


def said_of(path: Path | str) -> str:
    """All that is said of a log, in an error or beside its rows."""
    try:
        return rows_and_words(path)[1]
    except SilosError as error:
        return str(error)


def test_files_that_bear_a_subject_as_name_are_numbered(tmp_path):
    """Beside other files, in a glob, empty, or no mail at all."""
    for name, content in (("a.txt", b"a"), ("b.txt", b"b"), ("c.txt", b"c"), (f"{MARK}.eml", COMPANY[0])):
        (tmp_path / name).write_bytes(content)
    (tmp_path / f"{MARK} no mail.eml").write_bytes(b"Dear all")
    (tmp_path / f"{MARK} empty.msg").touch()
    (tmp_path / f"{MARK} lost.eml").write_bytes(a_mail("nobody"))
    said = said_of(tmp_path)
    assert MARK not in said
    assert f"{tmp_path}, file 2, message 1: no sender" in said
    assert "file 1 (empty)" in said
    assert "mail" in said_of(str(tmp_path / "*.eml"))
    assert MARK not in said_of(str(tmp_path / "*.eml"))


def test_a_table_of_mails_loses_a_damaged_row_only(tmp_path):
    said = 'He said "no", twice.\n\nThen,\n'
    mails = [a_mail(id=f"m{number}", at=number % 60, body=said * 200).decode() for number in range(600)]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(
        [["file", "message"], *([f"a/{n}.", m] for n, m in enumerate(mails))]
    )
    path = tmp_path / "emails.csv"
    path.write_text(text.getvalue())
    rows, source = read(path)
    assert len(rows) == 600
    assert source.rejected == {}
    path.write_text(text.getvalue().replace('a/7.,"', "a/7.,", 1).replace('\n"\na/300.', "\n\na/300.", 1))
    rows, source = read(path)
    assert len(rows) == 598
    assert source.rejected == {"unreadable": 2}
    assert source.problems == (f"{path}, mail 8: unreadable", f"{path}, mail 300: unreadable")

"""Reports of attendance: marks behind names, headings of totals and of other languages, zones in words."""

from datetime import datetime

import pytest

from silos.readers.tabular.name_marks import with_original, without_marks
from tests.conftest import shared
from tests.readers.messy import ANN, BOB, CLEO, notes, read, rejected, rows

TEAMS = (
    *("1. Summary", "Meeting title\tX", "Start time\t1/26/25, 9:00:00 AM", "", "2. Participants"),
    "Name\tFirst Join\tLast Leave\tIn-Meeting Duration\tEmail\tParticipant ID (UPN)\tRole",
    f"Ann Roux\t1/26/25, 9:00:00 AM\t1/26/25, 9:30:00 AM\t30m\t{ANN}\t{ANN}\tOrganizer",
)


def teams(*names, email=""):
    people = [f"{name}\t1/26/25, 9:00:00 AM\t1/26/25, 9:30:00 AM\t30m\t{email}\t{email}\tPresenter" for name in names]
    return "\r\n".join([*TEAMS, *people]) + "\r\n"


@pytest.mark.parametrize(
    "mark",
    [
        *("(Unverified)", "(External)", "(Guest)", "(Nicht verifiziert)", "(Extern)", "(Gast)", "(Non vérifié)"),
        *("(Invité(e))", "(Sin verificar)", "(Invitado)", "(Non verificato)", "(Ospite)", "(Não verificado)"),
        *("(Convidado)", "(Niet-geverifieerd)", "(Niezweryfikowany)", "(Gość)", "(Overifierad)", "(Ikke bekræftet)"),
        *(
            "(Ubekreftet)",
            "(Vieras)",
            "（未確認）",
            "(ゲスト)",
            "（未验证）",
            "(外部)",
            "(來賓)",
            "(게스트)",
            "(Не проверено)",
        ),
        *("<External>", "{Guest}", "〔外部〕", "(Guest, Unverified)", "(Hôte)", "(Gastgeber)", "(not signed in)"),
        *("[External]", "(Guest) (Unverified)", "(She/Her)", "\u00a0(Guest)\u200b"),
    ],
)
def test_marks_behind_a_name_leave_the_person_the_name(tmp_path, mark):
    log = read(tmp_path / "t.csv", teams(f"Bob Li {mark}", f"Cleo Diaz {mark}"), "utf-16")
    assert rows(log) == [(ANN, "Bob Li"), (ANN, "Cleo Diaz")]


@pytest.mark.parametrize(
    ("email", "upn"), [("Attendee Email", "Id"), ("x", "ID du participant (UPN)"), ("E-mail du participant", "UPN")]
)
def test_a_heading_that_is_not_listed_may_say_that_it_is_of_addresses(tmp_path, email, upn):
    text = teams("Bob Li", "Cleo Diaz", email=BOB).replace("\tEmail\tParticipant ID (UPN)", f"\t{email}\t{upn}")
    assert rows(read(tmp_path / "t.csv", text, "utf-16")) == [(ANN, BOB)]


def test_the_address_of_the_host_is_not_that_of_who_was_there(tmp_path):
    text = teams("Bob Li", email=BOB).replace("\tEmail\tParticipant ID (UPN)", "\tHost Email\tx")
    assert rows(read(tmp_path / "t.csv", text, "utf-16")) == [("Ann Roux", "Bob Li")]


def test_a_mark_may_stand_before_the_name(tmp_path):
    log = read(tmp_path / "t.csv", teams("[EXT] Bob Li", "(Guest) Cleo Diaz", "(Bob) Diaz"), "utf-16")
    assert rows(log) == [(ANN, "(Bob) Diaz"), (ANN, "Bob Li"), (ANN, "Cleo Diaz")]


def test_a_bracket_that_is_no_mark_tells_two_people_apart(tmp_path):
    log = read(tmp_path / "t.csv", teams("Bob Li (Sales)", "Bob Li (Legal)", "Bob (B) Li"), "utf-16")
    assert rows(log) == [(ANN, "Bob (B) Li"), (ANN, "Bob Li (Legal)"), (ANN, "Bob Li (Sales)")]


def test_a_mark_alone_and_a_placeholder_are_nobody(tmp_path):
    log = read(tmp_path / "t.csv", teams("Guest", "(Unverified)", "N/A", "Bob Li"), "utf-16")
    assert rows(log) == [(ANN, "Bob Li")]
    assert rejected(log) == {"no participant": 3}


@pytest.mark.parametrize("email", [f"\u200b{BOB}", f"Bob Li <{BOB}>", f"mailto:{BOB}"])
def test_addresses_in_disguise(tmp_path, email):
    assert rows(read(tmp_path / "t.csv", teams("Robert", email=email), "utf-16")) == [(ANN, BOB)]


def test_names_are_one_however_they_are_composed_and_escaped(tmp_path):
    people = teams("Zoe\u0301 R&amp;D", "Zo\u00e9 R&D")
    assert rows(read(tmp_path / "t.csv", people, "utf-16")) == [(ANN, "Zoé R&D")]


@pytest.mark.parametrize(
    ("name", "shown", "original"),
    [
        ("Bobby (Bob Li)", "Bobby", "Bob Li"),
        ("Bobby (Bob Li) (Guest)", "Bobby", "Bob Li"),
        ("Bobby (Bob Li (Sales))", "Bobby", "Bob Li (Sales)"),
        ("Bob Li (Gast)", "Bob Li", ""),
    ],
)
def test_only_where_a_tool_says_so_is_the_bracket_the_original(name, shown, original):
    assert with_original(name) == (shown, original)
    assert without_marks("Bobby (Bob Li)") == "Bobby (Bob Li)"


# ---- Zoom

BLOCK = {
    "English": "Meeting ID,Topic,Start Time,End Time,User Email,Duration (Minutes),Participants",
    "German": "Meeting-ID,Thema,Startzeit,Endzeit,Benutzer-E-Mail,Dauer (Minuten),Teilnehmer",
    "Icelandic": "Fundarnúmer,Efni,Upphaf,Lok,Netfang,Lengd,Fjöldi",
}
TOTALS = {
    "English": "Name (Original Name),User Email,Total Duration (Minutes),Guest",
    "now": "Name (original name),Email,Total duration (minutes),Guest",
    "French": "Nom (nom d'origine),E-mail de l'utilisateur,Durée totale (minutes),Invité",
    "German": "Name (ursprünglicher Name),Benutzer-E-Mail,Gesamtdauer (Minuten),Gast",
    "Japanese": "名前（元の名前）,ユーザーのメール,合計時間（分）,ゲスト",
    "without brackets": "Name,Email,Total Duration (Minutes),Guest",
}
TIMES = {
    "English": "Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest",
    "Italian": "Nome (nome originale),E-mail utente,Ora di ingresso,Ora di uscita,Durata (minuti),Ospite",
    "Portuguese": "Nome (nome original),E-mail do usuário,Hora de entrada,Hora de saída,Duração (minutos),Convidado",
    "Dutch": "Naam (oorspronkelijke naam),E-mail gebruiker,Deelnametijd,Vertrektijd,Duur (minuten),Gast",
    "Chinese": "姓名（原始姓名）,用户电子邮件,加入时间,离开时间,持续时间（分钟）,访客",
    "Romanian": "Nume (nume original),Adresa,Intrare,Ieșire,Durata,Invitat",
}


@pytest.mark.parametrize("totals", TOTALS.values(), ids=TOTALS)
@pytest.mark.parametrize("block", BLOCK.values(), ids=BLOCK)
def test_totals_of_zoom_take_the_start_of_the_meeting(tmp_path, block, totals):
    meeting = f"812 3456 7890,X,01/26/2025 09:00:00 AM,01/26/2025 10:00:00 AM,{ANN},60,3"
    people = [f"Ann,{ANN},60,No", f"Bobby,{BOB},59,No", f"C,{CLEO},5,Yes"]
    log = read(tmp_path / "z.csv", "\n".join([block, meeting, "", totals, *people]), "utf-8-sig")
    nine = datetime(2025, 1, 26, 9)
    assert rows(log, "timestamp", "sender", "recipient") == [(nine, ANN, BOB), (nine, ANN, CLEO)]


@pytest.mark.parametrize("headings", TIMES.values(), ids=TIMES)
def test_headings_of_zoom_in_other_languages(tmp_path, headings):
    when = "01/26/2025 09:00:00 AM,01/26/2025 09:59:00 AM,59,No"
    people = [f"Ann,{ANN},{when}", f"Bobby (Bob Li),,{when}"]
    log = read(tmp_path / "z.csv", "\n".join([headings, *people]))
    assert rows(log, "timestamp", "sender", "recipient") == [(datetime(2025, 1, 26, 9), ANN, "Bob Li")]


@pytest.mark.parametrize(
    ("value", "hour", "note"),
    [
        ("2025-01-26 09:00:00 CET", 8, ""),
        ("26.01.2025 09:00:00 GMT+02:00", 7, ""),
        ("01/26/2025 09:00:00 AM EST", 14, ""),
        ("26 janv. 2025 09:00:00", 9, "have no time zone"),
        ("26. Januar 2025 um 09:00:00 MEZ", 8, ""),
        ("2025年1月26日 9:00:00", 9, "have no time zone"),
        ("2025-01-26 09:00:00 IST", 9, "names an unknown time zone"),
        ("26 Jan 2025 09:00:00 XYZT", 9, "names an unknown time zone"),
    ],
)
def test_times_of_reports_with_zones_and_months_in_words(tmp_path, value, hour, note):
    people = [f'{name},{address},"{value}",,,' for name, address in (("Ann", ANN), ("Bob", BOB))]
    log = read(tmp_path / "z.csv", "\n".join([TIMES["English"], *people]))
    assert rows(log, "timestamp") == [(datetime(2025, 1, 26, hour),)]
    assert note in notes(log)


def test_the_case_beside_the_project():
    log = read(shared("cases/teams-unverified/t.csv"))
    assert rows(log) == [(ANN, "Bob Li"), (ANN, "Cleo Diaz"), (ANN, "Dan Wolf")]

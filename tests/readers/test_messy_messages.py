"""Logs whose rows say of which message they are, or what became of it: what each trouble must come to."""

import pandas as pd
import pytest

from silos.readers import read_interactions
from silos.tables import Interactions
from tests.readers.messy import notes, read, rejected, rows

TIMES = [f"2025-01-{day:02d}T09:00:00Z" for day in range(6, 16)]
HEADINGS = "timestamp,sender,recipient"


def one_a_day(column: str, values: list[str], sender: str = "ann@x.example") -> str:
    """Ten messages to Bob with a further column."""
    lines = [f'{time},{sender},bob@x.example,"{value}"' for time, value in zip(TIMES, values, strict=True)]
    return "\n".join([f"{HEADINGS},{column}", *lines, ""])


def events(interactions: Interactions, field: str = "event") -> list[str | None]:
    return [value for (value,) in rows(interactions, field)]


# ---- ids that are none


@pytest.mark.parametrize("field", ["event", "thread"])
@pytest.mark.parametrize(
    "word",
    ["N/A", "-", "null", "NULL ", "0", "000", "0.0", "-1", "unknown", "none", "(blank)", "#REF!", "{}", "<>", "[]",
     "00000000-0000-0000-0000-000000000000", "{00000000-0000-0000-0000-000000000000}", "aucun", "k.A.", "不明"],
)  # fmt: skip
def test_a_placeholder_is_no_id_of_a_message(field, word, tmp_path):
    found = read(tmp_path / "log.csv", one_a_day(f"{field} id", ["m1", *[word] * 8, "m9"]))
    assert sorted(map(str, events(found, field))) == ["None"] * 8 + ["m1", "m9"]
    assert f"8 cells of '{field} id' hold a placeholder ('{word.strip()}')" in notes(found)


@pytest.mark.parametrize("field", ["event", "thread"])
@pytest.mark.parametrize(
    "written",
    ["1.98765E+17", "1.98765e+17", "1,98765E+17", "2E+17", "198765432109876000", "1987654321098760"],
)
def test_an_id_that_lost_digits_in_a_spreadsheet_is_none(field, written, tmp_path):
    rounded = written.isdigit()
    others = ["198765432109877000", "198765432109878000"] if rounded else ["m1", "m2"]
    found = read(tmp_path / "log.csv", one_a_day(f"{field} id", [written] * 8 + others))
    assert set(events(found, field)) - {None} == set([] if rounded else others)
    assert f"ids in '{field} id' lost their last digits" in notes(found)
    assert "Export the column as text" in notes(found)


@pytest.mark.parametrize(
    "values",
    [
        [str(number) for number in range(10)],
        [f"{number}" for number in range(198765432109876000, 198765432109876010)],
        [f"1700000{number:03d}000000000" for number in range(9)] + ["1700000000123456789"],
        [f"CAE+{number}abc@mail.example" for number in range(10)],
        [f"1.0000{number}E+5" for number in range(10)],
        list("abcdefghij"),
    ],
)
def test_other_ids_stay_as_they_are(values, tmp_path):
    found = read(tmp_path / "log.csv", one_a_day("message id", values))
    assert sorted(events(found)) == sorted(values)
    assert not notes(found)


def test_numbers_in_a_data_frame_lose_digits_too():
    table = pd.DataFrame({"timestamp": TIMES, "sender": "a", "recipient": "b", "event": [2.0**60 + 3] * 5 + [7.0] * 5})
    found = read_interactions(table)
    assert sorted(map(str, events(found))) == ["7"] * 5 + ["None"] * 5
    assert sorted(map(str, events(read_interactions(table.assign(event=[0] * 9 + [5]))))) == ["5"] + ["None"] * 9


def test_a_mail_of_a_trace_without_its_id_is_known_by_the_traces():
    trace = pd.DataFrame(
        {"Received": TIMES, "SenderAddress": "a@x.example", "RecipientAddress": "b@x.example", "Status": "Delivered",
         "MessageId": ["<null>", "<00000000-0000-0000-0000-000000000000>"] * 5, "MessageTraceId": list("abcdefghij")}
    )  # fmt: skip
    assert events(read_interactions(trace)) == list("abcdefghij")


# ---- rows that reached nobody


@pytest.mark.parametrize(
    ("heading", "kept", "left", "reason"),
    [
        ("Status", "Delivered", "Failed", "failed"),
        ("Message status", "sent", "DRAFT", "never sent"),
        ("Zustellstatus", "Zugestellt", "Unzustellbar", "failed"),
        ("Statut", "Envoyé", "Brouillon", "never sent"),
        ("Estado", "Entregado", "En cuarentena", "spam"),
        ("delivery_status", "delivered", "soft_bounced", "bounced"),
        ("Status", "Delivered", "FilteredAsSpam", "spam"),
        ("Status", "Delivered", "Pending", "not delivered"),
        ("Status", "", "Expanded", "list, expanded"),
        ("State", "OK", "GettingStatus", "not delivered"),
        ("Folder", "Sent Items", "Deleted Items", "deleted"),
        ("Ordner", "Gesendete Elemente", "Postausgang", "never sent"),
        ("Status", "Confirmed", "Cancelled", "cancelled"),
        ("Stato", "Confermato", "Annullato", "cancelled"),
        ("Response", "Pending", "Declined", "declined"),
        ("Antwort", "Zugesagt", "Abgelehnt", "declined"),
        ("Status", "Needs Action,", "declined", "declined"),
        ("type", "message", "System message", "system"),
        ("deleted_at", "", "2025-03-01T00:00:00Z", "deleted"),
        ("deletedDateTime", "0001-01-01T00:00:00Z", "2025-03-01T00:00:00Z", "deleted"),
        ("isDraft", "false", "True", "never sent"),
        ("is_canceled", "0", "1", "cancelled"),
    ],
)
def test_what_a_column_says_reached_nobody_is_no_message(heading, kept, left, reason, tmp_path):
    found = read(tmp_path / "log.csv", one_a_day(heading, [kept] * 7 + [left] * 3))
    assert len(rows(found)) == 7
    assert rejected(found) == {reason: 3}
    assert f"rows whose column '{heading}' says that they reached nobody" in notes(found)


@pytest.mark.parametrize("beside", ["value", "note"])
def test_a_second_status_is_judged_by_the_rows_that_the_first_leaves(beside):
    """Where a state is in progress, one that is pending is a ticket's: here only a row that failed speaks of that."""
    statuses, states = ["Failed", *["Delivered"] * 9], ["In Progress", *["Pending"] * 5, *["ok"] * 4]
    table = pd.DataFrame({"timestamp": TIMES, "sender": "a", "recipient": "b", "Status": statuses, "State": states})
    found = read_interactions(table.assign(**{beside: None}))
    assert rejected(found) == {"failed": 1, "not delivered": 5}
    assert len(rows(found)) == 4


@pytest.mark.parametrize(
    ("heading", "value"),
    [
        ("Status", "Read"),
        ("Status", "Resolved"),
        ("Status", "Tentative"),
        ("Subject", "Failed"),
        ("deleted_by", "true"),
        ("Draft", "v2"),
        ("Status", "Failed to respond"),
    ],
)
def test_other_words_leave_no_row_out(heading, value, tmp_path):
    found = read(tmp_path / "log.csv", one_a_day(heading, [value] * 10))
    assert len(rows(found)) == 10
    assert not rejected(found)


@pytest.mark.parametrize("words", ["Open,Closed,Cancelled", "In Progress,Rejected,Pending", "offen,storniert,gelöst"])
def test_what_became_of_a_matter_leaves_no_row_out(words, tmp_path):
    """Who wrote in a ticket wrote, also where it was cancelled in the end."""
    found = read(tmp_path / "log.csv", one_a_day("Status", (4 * words.split(","))[:10]))
    assert len(rows(found)) == 10
    assert not rejected(found)


@pytest.mark.parametrize(
    ("heading", "values", "kept"),
    [
        ("Status", ["To Do", "In Progress", "Blocked", "Done"], 10),
        ("Status", ["New", "Pending", "Resolved", "Cancelled"], 10),
        ("state", ["OPEN", "MERGED", "DECLINED"], 10),
        ("Status", ["Not Started", "Deferred", "Completed"], 10),
        ("Status", ["Approved", "Rejected"], 10),
        ("Status", ["Won't Fix", "Rejected"], 10),
        ("Status", ["Active", "Expired"], 10),
        ("Zustand", ["Offen", "Abgelehnt", "Geschlossen"], 10),
        ("Statut", ["Ouvert", "En attente", "Rejeté"], 10),
        ("state", ["opened", "merged", "closed", "declined"], 10),
        ("Status", ["Waiting", "Pending"], 10),
        ("Status", ["Completed", "Pending"], 10),
        ("Status", ["Green", "Amber", "Blocked"], 10),
        ("Statut", ["Traité", "En attente"], 10),
        ("Estado", ["Atendido", "Pendiente"], 10),
        ("Status", ["New", "Escalated", "Cancelled"], 10),
        ("Status", ["Draft", "Final"], 10),
        ("Status", ["Neu", "Wartend", "Abgelehnt"], 10),
        ("Statut", ["À traiter", "Validé", "Refusé"], 10),
        ("Estado", ["Nuevo", "Asignado", "Cancelado"], 10),
        ("Status", ["Allowed", "Blocked"], 5),
        ("Status", ["Read", "Pending", ""], 7),
        ("Status", ["Completed", "Failed"], 5),
        ("Status", ["open", "deleted"], 5),
        ("Last event", ["delivered", "open", "dropped", "click", "deferred"], 6),
        ("Folder", ["Inbox", "Outbox"], 10),
        ("Status", ["Scheduled", "Completed"], 10),
        ("Meeting status", ["Geplant", "Bestätigt"], 10),
        ("Status", ["Delivered", "Scheduled"], 5),
        ("Folder", ["Sent Items", "Scheduled"], 5),
        ("Ordner", ["Gesendet", "Geplant"], 5),
        ("Dossier", ["Éléments envoyés", "Programmés"], 5),
        ("Ordner", ["Posteingang", "Postausgang"], 10),
        ("spam", ["0.1", "1", "2.5"], 10),
        ("Draft", ["1", "2"], 10),
        ("cancelled", ["0", "1", "12"], 10),
        ("deleted_at", ["1970-01-01 00:00:00", "9999-12-31", "1900-01-01", "01/01/1900"], 10),
    ],
)
def test_words_and_numbers_that_speak_of_something_else_leave_no_row_out(heading, values, kept, tmp_path):
    table = one_a_day(heading, [values[day % len(values)] for day in range(10)])
    assert len(rows(read(tmp_path / "log.csv", table))) == kept


@pytest.mark.parametrize(
    "values",
    [
        ["0000", "0001", "0002"],
        ["0-0", "0-1", "0-2"],
        [f"00000000-0000-0000-0000-00000000000{number}" for number in range(3)],
        [f"1736154{seconds:03}000000" for seconds in (0, 60, 120)],
        [f"1736154{seconds:03}000000000" for seconds in (0, 60, 120)],
    ],
)
def test_ids_that_are_counted_or_times_are_ids(values, tmp_path):
    found = read(tmp_path / "log.csv", one_a_day("message id", values * 3 + values[:1]))
    assert sorted(events(found)) == sorted(values * 3 + values[:1])


def test_two_logs_in_one_file_have_their_headings_once(tmp_path):
    text = one_a_day("message id", list("abcdefghij"))
    found = read(tmp_path / "log.csv", text + "\ufeff" + text.replace("2025-01", "2025-02").replace(',"', ',"x'))
    assert len(rows(found)) == 20
    assert rejected(found) == {"the headings again": 1}


# ---- accounts in claims


def test_a_claim_of_sharepoint_is_its_address_and_no_several_people(tmp_path):
    claims = [f"i:0#.f|membership|{name}@x.example" for name in ("ann", "bob", "cleo")]
    text = f"{HEADINGS}\n2025-01-06,{claims[0]},{claims[1]}\n2025-01-07,{claims[2]},{claims[0]};{claims[1]}\n"
    text += "2025-01-08,bob@x.example,i:05.t|adfs|ann@x.example\n2025-01-09,bob@x.example,auth0|17\n"
    assert rows(read(tmp_path / "log.csv", text), "sender", "recipient", "recipients") == [
        ("ann@x.example", "bob@x.example", None),
        ("bob@x.example", "ann@x.example", None),
        ("bob@x.example", "auth0|17", None),
        ("cleo@x.example", "ann@x.example", 2),
        ("cleo@x.example", "bob@x.example", 2),
    ]

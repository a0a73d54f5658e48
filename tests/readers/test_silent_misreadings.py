"""Inputs that could be read wrongly without a word: each is read as it is meant, refused, or said to be open."""

import pandas as pd
import pytest
import xlsxwriter

from silos.errors import ColumnError, ReadError
from silos.readers import read_interactions
from silos.readers.roster import read_roster
from tests.readers.messy import notes, read, rejected, rows

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


# ---- times of day, and seconds, as numbers


@pytest.mark.parametrize(
    ("heading", "values"),
    [
        ("time", ["0800", "0915", "1430"]),
        ("time", ["800", "915", "1430"]),
        ("time", [800, 915, 1430]),
        ("Uhrzeit", [800, 915, 1430]),
        ("hour", [800, 915, 1430]),
        ("time", [80000, 91500, 143059]),
        ("sent", [800, 815, 901, 915, 959, 1000, 1016, 1100, 1205, 1430]),
    ],
)
def test_times_of_day_without_a_date_are_no_days(heading, values):
    people = [f"p{number}@acme.example" for number in range(len(values))]
    log = pd.DataFrame({"from": people, "to": people[1:] + people[:1], heading: values})
    with pytest.raises(ColumnError, match=r"look like times of day.*--map timestamp=COLUMN.*date and time in one"):
        read_interactions(log, columns={"timestamp": heading})


@pytest.mark.parametrize(
    ("heading", "values"),
    [
        ("time (days)", [800, 915, 1430]),
        ("time", [800, 915, 1475]),
        ("time", [0, 1, 59]),
        ("time", range(50, 150)),
        ("time", range(28_800, 32_400, 20)),
    ],
)
def test_other_numbers_are_no_times_of_day(heading, values):
    log = pd.DataFrame({"from": "ann", "to": "bob", heading: list(values)})
    assert "since the log began" in notes(read_interactions(log, columns={"timestamp": heading}))


@pytest.mark.parametrize(
    ("clocks", "expected"),
    [
        ([5, 930, 1430], ["00:05:00", "09:30:00", "14:30:00"]),
        (["0005", "0930", "1430"], ["00:05:00", "09:30:00", "14:30:00"]),
        ([500, 93000, 143000], ["00:05:00", "09:30:00", "14:30:00"]),
    ],
)
def test_numbers_beside_a_date_are_times_of_day_without_their_zeros(clocks, expected):
    log = pd.DataFrame({"date": "2025-01-06", "time": clocks, "from": "ann", "to": "bob"})
    found = [str(time.time()) for (time,) in rows(read_interactions(log), "timestamp")]
    assert found == expected


@pytest.mark.parametrize("values", [[45_000, 45_060, 45_200], [20_100, 20_160, 20_200]])
def test_a_few_seconds_are_no_days(values):
    log = pd.DataFrame({"from": "ann", "to": "bob", "time": values})
    with pytest.raises(ColumnError, match=r"the heading must name the unit: 'time \(days\)', 'time \(s\)'"):
        read_interactions(log)
    seconds = log.rename(columns={"time": "time (s)"})
    assert "seconds since the log began" in notes(read_interactions(seconds, columns={"timestamp": "time (s)"}))
    assert "as days since" in notes(read_interactions(log.rename(columns={"time": "date"})))


# ---- several people in a cell


@pytest.mark.parametrize(
    ("cell", "people"),
    [
        ("bob@x.example; +1 more", ["bob@x.example"]),
        ("bob@x.example, cleo@x.example and 3 others", ["bob@x.example", "cleo@x.example"]),
        ("bob@x.example, cleo@x.example et 2 autres", ["bob@x.example", "cleo@x.example"]),
        ("Bob; Cleo; +1 more", ["bob", "cleo"]),
        ("Bob; Cleo und 3 weitere Personen", ["bob", "cleo"]),
        ("Bob; Cleo y otros 2", ["bob", "cleo"]),
        ("Bob; Cleo (+3)", ["bob", "cleo"]),
        ("Bob; Cleo e mais 2 pessoas", ["bob", "cleo"]),
        ("Bob; Cleo; … 12 more", ["bob", "cleo"]),
        ("佐藤; 鈴木 他2名", ["佐藤", "鈴木"]),
        ("Bob and others", ["bob"]),
        ("Bob & 12 others", ["bob"]),
    ],
)
def test_people_who_are_counted_and_not_named_are_nobody_and_said(cell, people):
    log = pd.DataFrame({"from": "ann@x.example", "to": [cell, "dan@x.example"], "sent": "2025-01-06T09:00:00Z"})
    interactions = read_interactions(log)
    assert [one.lower() for (one,) in rows(interactions, "recipient")] == sorted([*people, "dan@x.example"])
    assert "was cut short where it says 'and 3 others' or the like (rows: 1)" in notes(interactions)


@pytest.mark.parametrize("name", ["Ann Moreau", "Studio 54", "u+1", "More Others", "ann.+1", "Andre 2", "More 3"])
def test_names_are_not_cut_short(name):
    log = pd.DataFrame({"from": "ann@x.example", "to": [name, "dan@x.example"], "sent": "2025-01-06T09:00:00Z"})
    interactions = read_interactions(log)
    assert (name.lower(),) in [(one.lower(),) for (one,) in rows(interactions, "recipient")]
    assert "cut short" not in notes(interactions)


@pytest.mark.parametrize(
    "cell",
    [
        *(
            "({0} {1})",
            "#<Set: {{{0}, {1}}}>",
            '#<Set: {{"{0}", "{1}"}}>',
            "{{{0},{1}}}",
            "frozenset({{'{0}', '{1}'}})",
        ),
        *("frozenset({{{0}, {1}}})", "Set(2) {{{0}, {1}}}", "Set(2) {{'{0}', '{1}'}}", "(2) ['{0}', '{1}']"),
        *("%w[{0} {1}]", "[{0} {1}]", "HashSet{{{0}, {1}}}", "deque(['{0}', '{1}'], maxlen=5)", "({0}, {1})"),
        *("List({0}, {1})", "{{'{0}'; '{1}'}}"),
    ],
)
@pytest.mark.parametrize("ids", [("u2", "u3"), ("bob@x.example", "cleo@x.example")], ids=["accounts", "addresses"])
def test_what_programs_print_of_sets_and_lists_is_read(cell, ids):
    log = pd.DataFrame({"from": "ann@x.example", "to": [cell.format(*ids), "dan"], "sent": "2025-01-06T09:00:00Z"})
    assert [one for (one,) in rows(read_interactions(log), "recipient")] == [*sorted([*ids, "dan"])]


@pytest.mark.parametrize(
    "sign",
    [
        "¦",
        ":",
        " -> ",
        "--",
        "·",
        "•",
        "+",
        "/",
        "%3B",
        "\v",
        "~",
        "!",
        "‖",
        "。",
        ":smtp:",
        "\x1f",
        "\x1e",
        "،",
        "¶",
        ";#",
        ";#12;#",
    ],
)
def test_whatever_stands_between_two_addresses_parts_them(sign, tmp_path):
    people = [f"{name}@acme.example" for name in ("ann", "b.li", "cleo", "dan")]
    text = f"date,from,to\n2025-01-06,eva@acme.example,{sign.join(people)}\n"
    assert rows(read(tmp_path / "log.csv", text), "recipient", "recipients") == [(person, 4) for person in people]
    roster = read_roster(pd.DataFrame({"email": ["eva@acme.example"], "aliases": [sign.join(people)]}))
    assert sorted(roster.aliases["alias"]) == sorted([*people, "eva@acme.example"])


@pytest.mark.parametrize(
    "person", ["r&d@x.example", "a+b=c~d@x.example", "u/1@x.example", "a!b#c^d@x.example", "Ann Roux/Sales/Acme@Acme"]
)
def test_signs_of_one_address_part_nothing(person, tmp_path):
    text = f"date,from,to\n2025-01-06,eva@x.example,{person}\n2025-01-06,eva@x.example,u1@x.example:u2@x.example\n"
    found = rows(read(tmp_path / "log.csv", text), "recipient", "recipients")
    assert sorted(found) == sorted([(person, None), ("u1@x.example", 2), ("u2@x.example", 2)])


# ---- rosters


def test_an_alias_that_is_the_own_id_of_another_person_is_that_persons():
    people = pd.DataFrame(
        {
            "email": ["ann@x.example", "bob@x.example", "cleo@x.example"],
            "department": ["A", "B", "B"],
            "aliases": ["bob@x.example; annie@x.example", "shared@x.example", "shared@x.example"],
        }
    )
    roster = read_roster(people)
    owners = dict(zip(roster.aliases["alias"], roster.aliases["person"], strict=True))
    assert owners["bob@x.example"] == "bob@x.example"
    assert owners["annie@x.example"] == "ann@x.example"
    assert "shared@x.example" not in owners
    said = " ".join(roster.notes)
    assert "are another person's own were read as the other person's (ids: 1)" in said
    assert "1 id claimed by several people (2 in all) left out" in said
    assert "If they are one person, keep only one row." in said


@pytest.mark.parametrize(
    "text",
    [
        "name,department,title\nSales,,\nAnn Roux,Sales,rep\nBob Li,Sales,rep\nIT (1),,\nCleo Diaz,IT,dev\n",
        "email,department,title\nSales,,\nann@x.de,Sales,rep\nbob@x.de,Sales,rep\nIT:,,\ncleo@x.de,IT,dev\n",
        "id,name,title\nSales,,\n1,Ann Roux,rep\n2,Bob Li,rep\nIT,,\n3,Cleo Diaz,dev\n",
    ],
)
def test_the_title_of_a_group_is_no_person(text, tmp_path):
    path = tmp_path / "roster.csv"
    path.write_text(text)
    roster = read_roster(path)
    assert len(roster.people) == 3
    assert "2 rows left out: the title of a group of people." in " ".join(roster.notes)


@pytest.mark.parametrize(
    "vacant", ["Vacant", "VACANT - Analyst", "(unbesetzt)", "Poste à pourvoir", "Open headcount", "Vacante 2", "空席"]
)
@pytest.mark.parametrize("headings", ["Employee ID,Employee Name", "Position ID,Name", "Employee ID,Nom"])
def test_a_post_that_nobody_holds_is_no_person(vacant, headings, tmp_path):
    path = tmp_path / "roster.csv"
    path.write_text(f"{headings},Department\n1,Ann Roux,Sales\n2,{vacant},Sales\n3,Vacante Rosa,IT\n4,Vakant,IT\n")
    roster = read_roster(path)
    assert len(roster.people) == 2
    assert "2 rows left out: a post that nobody holds." in " ".join(roster.notes)
    assert len(read_roster(path, keep=["Vakant"]).people) == 3


@pytest.mark.parametrize(
    ("word", "said"), [("Future Hire", True), ("noch nicht eingetreten", True), ("Active", False), ("Pending", False)]
)
def test_people_who_have_not_started_are_said(word, said):
    people = {"email": ["ann@x.de", "bob@x.de"], "department": ["A", "B"], "Employee Status": ["Started", word]}
    told = f"1 row is of somebody who has not started yet, as 'Employee Status' says ('{word}' (1))"
    assert (told in " ".join(read_roster(pd.DataFrame(people)).notes)) == said


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        ("R & D", "R&D", True),
        ("Qualité", "Qualite", True),
        ("Field-Sales", "Field Sales", True),
        ("Team 1.1", "Team 11", False),
        ("C", "C#", False),
        ("HR", "hr", False),
    ],
)
def test_departments_that_nearly_have_one_name_are_said(one, other, said):
    people = pd.DataFrame({"email": ["a@x.de", "b@x.de", "c@x.de"], "department": [one, other, "IT"]})
    roster = read_roster(people)
    assert ("nearly the same name and count apart" in " ".join(roster.notes)) == said
    assert list(roster.people["department"]) == [one, other, "IT"]


@pytest.mark.parametrize(
    ("name", "begins", "people"),
    [
        pytest.param("Ann Smith", "2025-01-01", 5, id="married"),
        pytest.param("Eva Smith", "2025-01-01", 6, id="a number that was given anew"),
        pytest.param("Ann Smith", "2024-01-01", 6, id="two at a time"),
    ],
)
@pytest.mark.parametrize("heading", ["Employee ID", "Personalnummer", "Matricule"])
def test_an_address_that_changes_with_the_name_is_of_the_same_person(name, begins, people, heading):
    others = [(str(one), f"p{one}@x.de", f"Bob Li{one * 'a'}", "IT", "2024-01-01") for one in range(8, 12)]
    second = ("7", f"{name.replace(' ', '.').lower()}@x.de", name, "IT", begins)
    table = [("7", "ann.roux@x.de", "Ann Roux", "Sales", "2024-01-01"), second, *others]
    roster = read_roster(pd.DataFrame(table, columns=[heading, "Email", "Name", "Department", "Effective Date"]))
    owner = dict(zip(roster.aliases["alias"], roster.aliases["person"], strict=True))
    assert len(roster.people) == people
    assert (owner["ann.roux@x.de"] == owner.get("ann.smith@x.de")) == (people == 5)
    assert ("1 person has several ids in 'Email' over time" in " ".join(roster.notes)) == (people == 5)


def test_rows_without_an_id_are_in_scientific_notation_only_where_they_are():
    roster = read_roster(pd.DataFrame({"name": ["Ann Roux", "Unknown", "Bob Li"], "department": ["A", "B", "B"]}))
    assert len(roster.people) == 2
    assert "1 row without a person left out" in " ".join(roster.notes)
    assert "scientific" not in " ".join(roster.notes)


@pytest.mark.parametrize(
    "text",
    [
        "name,department,title\nAnn Roux,Sales,rep\nBob Li,Sales,rep\nCleo Diaz,,\n",
        "account,department,title\nann1,Sales,rep\nbob,Sales,rep\ncleo,,\n",
        "id,name,title\n1,Ann Roux,rep\n2,Bob Li,rep\n3,,\n",
    ],
)
def test_a_person_of_whom_nothing_else_is_known_is_no_title(text, tmp_path):
    path = tmp_path / "roster.csv"
    path.write_text(text)
    assert len(read_roster(path).people) == 3


@pytest.mark.parametrize(
    ("written", "departments"),
    [
        (["OU=Sales,OU=Berlin,DC=corp", "OU=IT,OU=Berlin,DC=corp"], ["Sales", "IT"]),
        (["OU=Sales,OU=Berlin,DC=corp", "OU=Sales,OU=Rome,DC=corp"], ["Berlin/Sales", "Rome/Sales"]),
        (["OU=Sales,DC=emea,DC=corp", "OU=Sales,DC=us,DC=corp"], ["emea.corp/Sales", "us.corp/Sales"]),
        (["ou=Sales", "ou=IT"], ["Sales", "IT"]),
        (["CN=Ann,OU=Users,OU=Sales,DC=corp", "CN=Bob,OU=Users,OU=IT,DC=corp"], ["Sales", "IT"]),
        (["OU=Sales/O=Acme", "OU=R\\,D/O=Acme"], ["Sales", "R,D"]),
        (["OU=Berlin,DC=corp", "OU=Sales,OU=Berlin,DC=corp"], ["Berlin", "Berlin/Sales"]),
    ],
)
def test_departments_that_are_distinguished_names_are_units(written, departments):
    people = pd.DataFrame({"email": ["ann@x.example", "bob@x.example"], "department": written})
    roster = read_roster(people)
    assert roster.people["department"].tolist() == departments
    assert "were read by their units (rows: 2)" in " ".join(roster.notes)


def test_managers_that_are_distinguished_names_are_people():
    people = pd.DataFrame(
        {
            "email": ["ann@x.example", "bob.li@x.example", "cleo@x.example", "dan@x.example"],
            "name": ["Ann Roux", "Li, Bob", "Cleo Diaz", "Dan Wolf"],
            "department": "A",
            "manager": [
                "CN=Li\\, Bob,OU=Sales,OU=Berlin,DC=corp",
                None,
                "uid=bob.li,ou=people,dc=corp",
                "OU=Sales,OU=Berlin,DC=corp",
            ],
        }
    )
    roster = read_roster(people)
    found = roster.people["manager"].fillna("").to_dict()
    assert [found[one] for one in ("ann@x.example", "cleo@x.example")] == ["bob.li@x.example"] * 2
    assert "1 of 3 managers in 'manager' were not found" in " ".join(roster.notes)


# ---- tables that were drawn, and lines above tables

DRAWN = """\
┌──────────────────────┬──────────┬───────────┐
│      timestamp       │  sender  │ recipient │
│       varchar        │ varchar  │  varchar  │
├──────────────────────┼──────────┼───────────┤
│ 2025-01-06T09:00:00Z │ ann@x.de │ bob@x.de  │
└──────────────────────┴──────────┴───────────┘
"""


@pytest.mark.parametrize(
    "text",
    [
        DRAWN,
        DRAWN.translate(str.maketrans("│┌┐└┘├┤┬┴┼─", "┃┏┓┗┛┣┫┳┻╋━")),
        DRAWN.translate(str.maketrans("│┌┐└┘├┤┬┴┼─", "║╔╗╚╝╠╣╦╩╬═")),
        "shape: (1, 3)\n" + DRAWN.translate(str.maketrans("│┼", "┆╪")),
        " timestamp │ sender │ recipient \n───────────┼────────┼───────────\n 2025-01-06 │ ann │ bob\n(1 row)\n",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_table_that_was_drawn_is_refused_with_the_export_to_use(text, encoding, tmp_path):
    path = tmp_path / "log.txt"
    for reader in (read_interactions, read_roster):
        path.write_bytes(text.encode(encoding))
        with pytest.raises(ReadError, match=r"drawn with lines .*COPY .*\\copy .*\.mode csv"):
            reader(path)


@pytest.mark.parametrize(
    "line",
    [
        *(
            "All times in the log are local times",
            "# times are local",
            "Times shown are local to the user",
            "Local time",
        ),
        *("Alle Zeiten sind Ortszeit", "Zeiten in lokaler Zeit", "Heures locales", "Hora local", "現地時間"),
        *("Timestamps are given in local time.", "All dates and times are local"),
    ],
)
def test_a_line_that_says_that_times_are_local_is_passed_on(line, tmp_path):
    table = "timestamp,sender,recipient\n2025-01-06T09:00:00,ann@x.de,bob@x.de\n"
    assert "says that times are local, but nothing names their zone" in notes(
        read(tmp_path / "log.csv", line + "\n" + table)
    )


@pytest.mark.parametrize(
    "line",
    ["Local offices", "Exported at 09:00 local time", "Times are local (Europe/Berlin)", "Reports of local teams"],
)
def test_a_line_about_something_else_says_nothing_of_local_times(line, tmp_path):
    table = "timestamp,sender,recipient\n2025-01-06T09:00:00,ann@x.de,bob@x.de\n"
    assert "times are local" not in notes(read(tmp_path / "log.csv", line + "\n" + table))


# ---- columns of one name


@pytest.mark.parametrize("second", ["To", "to ", "TO"])
def test_a_second_column_of_one_name_is_said(second, tmp_path):
    text = f"Date,From,To,{second}\n2025-01-06,ann@x.example,bob@x.example,cleo@x.example\n"
    log = read(tmp_path / "log.csv", text)
    assert rows(log) == [("ann@x.example", "bob@x.example")]
    assert "several columns are called 'To', and the first of them was read" in notes(log)
    other = read(tmp_path / "other.csv", text.replace(f",{second}\n", ",Total\n"))
    assert "several columns" not in notes(other)


@pytest.mark.parametrize(("second", "said"), [("Sales", False), ("", False), ("Legal", True)])
def test_a_second_department_is_said_where_it_says_something_else(second, said, tmp_path):
    path = tmp_path / "roster.csv"
    path.write_text(f"Email,Department,Email,Department\nann@x.de,Sales,a@x.de,{second}\nbob@x.de,IT,b@x.de,IT\n")
    roster = read_roster(path)
    assert list(roster.people["department"]) == ["Sales", "IT"]
    assert ("several columns are called 'Department'" in " ".join(roster.notes)) == said
    assert "'Email'" not in " ".join(roster.notes)


# ---- Viva Engage


@pytest.mark.parametrize(
    ("root", "other", "lost"),
    [
        ("2345678901234567", "2345678901234568", False),
        ("2.34568E+15", "2.34568E+15", True),
        ("2,34568E+15", "2,34568E+15", True),
        ("2345678901234560000", "2345678901234570000", True),
    ],
)
def test_replies_whose_ids_a_spreadsheet_mangled_are_said(root, other, lost, tmp_path):
    head = "id,replied_to_id,thread_id,sender_id,sender_email,created_at,body\n"
    first = f'"{root}",,"{root}",11,ann@x.example,2025-01-06T09:00:00Z,\n'
    reply = f'"{other}","{root}","{root}",12,bob@x.example,2025-01-06T09:05:00Z,[[user:13]]\n'
    log = read(tmp_path / "Messages.csv", head + first + reply)
    found = [("bob@x.example", "13")] if lost else [("bob@x.example", "13"), ("bob@x.example", "ann@x.example")]
    assert rows(log) == found
    assert ("1 id in 'replied_to_id' lost its last digits in a spreadsheet" in notes(log)) == lost
    assert ("2 ids in 'id' lost their last digits" in notes(log)) == lost


# ---- halves of the day, and dates of digits


@pytest.mark.parametrize(
    ("morning", "afternoon"),
    [
        *(("9:00a", "2:30p"), ("上午9:00", "下午2:30"), ("9:00 上午", "2:30 下午"), ("上午9点00分", "下午2点30分")),
        *(("오전 9:00", "오후 2:30"), ("午前9時0分", "午後2時30分"), ("9:00 π.μ.", "2:30 μ.μ."), ("9:00 ص", "2:30 م")),
        *(("9:00 vorm.", "2:30 nachm."), ("09:00 AM", "14:30 PM"), ("9:00 fm", "2:30 em")),
    ],
)
@pytest.mark.parametrize("apart", [True, False], ids=["in a column of its own", "behind the date"])
def test_the_half_of_the_day_is_read(morning, afternoon, apart, tmp_path):
    mark = '","' if apart else " "
    lines = [f'"2025-01-06{mark}{clock}","ann","bob"\n' for clock in (morning, afternoon)]
    found = read(tmp_path / "log.csv", f"date{',time' if apart else ''},from,to\n" + "".join(lines))
    assert [str(time)[11:16] for (time,) in rows(found, "timestamp")] == ["09:00", "14:30"]


@pytest.mark.parametrize("headings", ["date,time,AM/PM", "date,AM/PM"])
def test_am_and_pm_in_a_column_of_their_own_are_read(headings, tmp_path):
    mark = "," if "time" in headings else " "
    lines = [f"2025-01-06{mark}{clock},ann,bob\n" for clock in ("9:00,AM", "2:30,PM", "12:05,a.m.")]
    found = read(tmp_path / "log.csv", f"{headings},from,to\n" + "".join(lines))
    assert [str(time)[11:16] for (time,) in rows(found, "timestamp")] == ["00:05", "09:00", "14:30"]


def test_hours_beside_a_date_are_read_and_hours_that_are_counted_are_not(tmp_path):
    table = "date,{},from,to\n2025-01-06,9,ann,bob\n2025-01-06,14,bob,ann\n"
    found = rows(read(tmp_path / "log.csv", table.format("Hour")), "timestamp")
    assert [str(time)[11:16] for (time,) in found] == ["09:00", "14:00"]
    found = read(tmp_path / "other.csv", table.format("Hours"))
    assert {str(time)[11:16] for (time,) in rows(found, "timestamp")} == {"00:00"}
    assert "The times of day in 'Hours'" in notes(found)


def test_times_of_day_that_cannot_be_read_are_said(tmp_path):
    table = "date,time,from,to\n2025-01-06,half past nine,ann,bob\n2025-01-07,noon,bob,ann\n"
    assert "The times of day in 'time'" in notes(read(tmp_path / "log.csv", table))
    assert "times of day" not in notes(read(tmp_path / "other.csv", table.replace("half past nine", "9:30")[:60]))


@pytest.mark.parametrize(
    ("numbers", "days"),
    [
        pytest.param(["06012025", "17012025", "28022025"], ["01-06", "01-17", "02-28"], id="day first"),
        pytest.param(["6012025", "17012025", "9122025"], ["01-06", "01-17", "12-09"], id="zeros lost"),
        pytest.param(["01062025", "01172025", "02282025"], ["01-06", "01-17", "02-28"], id="month first"),
    ],
)
def test_digits_that_end_in_the_year_are_dates(numbers, days, tmp_path):
    text = "date,from,to\n" + "".join(f"{number},ann,bob\n" for number in numbers)
    found = read(tmp_path / "log.csv", text)
    assert [str(time)[5:10] for (time,) in rows(found, "timestamp")] == days
    assert "could not be read" not in notes(found)


@pytest.mark.parametrize("numbers", [["06012025", "07022025"], ["2411", "2412", "2501"]], ids=["either", "yymm"])
def test_digits_that_may_be_dates_are_no_days_and_no_seconds(numbers, tmp_path):
    text = "timestamp,from,to\n" + "".join(f"{number},ann,bob\n" for number in numbers)
    with pytest.raises(ColumnError, match="no time that can be read"):
        read(tmp_path / "log.csv", text)


# ---- what traces and chats hold beside the usual

TRACE = "Received,SenderAddress,RecipientAddress,Status,MessageId,MessageTraceId\n"


def test_several_recipients_in_a_cell_of_a_trace_are_all_reached(tmp_path):
    text = f'{TRACE}2025-01-06T09:00:00,ann@x.de,"bob@x.de; Cleo <cleo@x.de>",Delivered,<1@x>,t1\n'
    text += "2025-01-06T09:05:00,ann@x.de,Bob@x.de,Delivered,<2@x>,t2\n"
    found = read(tmp_path / "log.csv", text)
    assert rows(found, "recipient", "event") == [("bob@x.de", "1@x"), ("bob@x.de", "2@x"), ("cleo@x.de", "1@x")]


def test_a_status_of_a_trace_is_known_in_the_language_of_its_console(tmp_path):
    words = ["Zugestellt", "Fehlgeschlagen", "Erweitert", "Ausstehend", "Remis", "Quarantäne", "soon"]
    lines = [f"2025-01-06T09:00:00,ann@x.de,bob@x.de,{word},<{word[:3]}@x>,t\n" for word in words]
    found = read(tmp_path / "log.csv", TRACE + "".join(lines))
    assert len(rows(found)) == 2
    told = {"failed": 1, "list, expanded": 1, "not delivered": 1, "spam": 1, "status not known": 1}
    assert rejected(found) == told


ENGAGE = (
    "id,replied_to_id,thread_id,sender_id,sender_type,sender_email,in_private_conversation,participants,body,created_at"
)


@pytest.mark.parametrize(
    ("row", "people"),
    [
        pytest.param("2,1,1,12,Guest,bob@x.de,false,,x", ["ann@x.de"], id="a guest who answers"),
        pytest.param("2,,2,12,User,bob@x.de,false,,hi [[user:11|Ann Roux]]", ["ann@x.de"], id="a name in a mention"),
        pytest.param("2,,2,12,User,bob@x.de,false,,[[User: 11]]", ["ann@x.de"], id="a mention in capitals"),
        pytest.param('2,,2,12,User,bob@x.de,WAHR,"User:11,User:12",x', ["ann@x.de"], id="a yes in German"),
        pytest.param("2,1,1,12,Bot,bob@x.de,false,,x", [], id="a bot"),
    ],
)
def test_people_of_viva_engage_are_reached_however_the_export_names_them(row, people, tmp_path):
    first = "1,,1,11,User,ann@x.de,false,,x"
    text = "".join(f"{line}\n" for line in (ENGAGE, f"{first},2025-01-06T09:00:00Z", f"{row},2025-01-06T09:05:00Z"))
    found = read(tmp_path / "Messages.csv", text)
    assert [recipient for (recipient,) in rows(found, "recipient")] == people


def test_a_reply_in_viva_engage_to_what_is_not_in_the_export_is_said(tmp_path):
    text = f"{ENGAGE}\n2,1,1,12,User,bob@x.de,false,,x,2025-01-06T09:05:00Z\n"
    assert "1 reply in" in notes(read(tmp_path / "Messages.csv", text))
    text = text.replace("2,1,1,", "2,,2,")
    assert "1 reply in" not in notes(read(tmp_path / "other" / "Messages.csv", text))


# ---- copies


@pytest.mark.parametrize(
    "headings",
    ["Date,From,To,Cc,Bcc", "Date,From: (Address),To: (Address),CC: (Address),BCC: (Address)", "Date,De,À,Copie,Cci"],
)
@pytest.mark.parametrize("people", ["ann@x.de,bob@x.de,cleo@x.de; dan@x.de,eva@x.de", "u1,u2,u3; u4,u5"])
def test_whoever_got_a_copy_is_reached(headings, people, tmp_path):
    one, two, copies, blind = people.split(",")
    three, four = copies.split("; ")
    text = f"{headings}\n2025-01-16T09:00:00,{people}\n2025-01-17T09:00:00,{two},{one},{three},\n"
    text += f"2025-01-18T09:00:00,{four},{blind},{two},{three}\n"
    found = read(tmp_path / "log.csv", text)
    first = rows(found, "strftime(timestamp, '%d')", "recipient", "recipients")[:4]
    assert first == [("16", person, 4) for person in (two, three, four, blind)]
    assert len(rows(found)) == 4 + 2 + 3
    given = read_interactions(tmp_path / "log.csv", columns={"recipient": headings.split(",")[2]})
    assert len(rows(given)) == 3


def test_a_cost_centre_got_no_copy(tmp_path):
    found = read(tmp_path / "log.csv", "Date,From,To,CC\n2025-01-16,u1,u2,4711\n2025-01-17,u2,u1,4712\n")
    assert rows(found) == [("u1", "u2"), ("u2", "u1")]


def test_a_second_column_that_a_program_numbered_is_said(tmp_path):
    found = read(tmp_path / "log.csv", "Date,From,To,To.1\n2025-01-16,u1,u2,u3\n")
    assert "several columns are called 'To'" in notes(found)


# ---- files that were refused in words nobody understood


@pytest.mark.parametrize("name", ["box.mbox", "mail.eml"])
def test_mail_with_the_line_ends_of_old_macs_is_read(name, tmp_path):
    text = "From: ann@x.de\nTo: bob@x.de\nDate: Mon, 06 Jan 2025 09:00:00 +0000\nMessage-ID: <1@x>\n\nhi\n\n"
    text = f"From x Mon Jan  6 09:00:00 2025\n{text}" * 2 if name.endswith("mbox") else text
    found = read(tmp_path / name, text.replace("\n", "\r"))
    assert set(rows(found)) == {("ann@x.de", "bob@x.de")}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"error":{"code":"InvalidAuthenticationToken","message":"m"}}', "an error.*InvalidAuthenticationToken"),
        ('{"error": "invalid_grant", "error_description": "d"}', "an error.*invalid_grant"),
        ('{"@odata.context":"c","value":[]}', "Microsoft Graph"),
        ('[{"sentDateTime":"2025-01-06T09:00:00Z","toRecipients":[]}]', "Microsoft Graph"),
    ],
)
def test_what_a_service_answered_is_refused_by_its_name(text, said, tmp_path):
    with pytest.raises(ReadError, match=said):
        read(tmp_path / "answer.json", text)


# ---- people who start on a day to come


@pytest.mark.parametrize("heading", ["Hire Date", "Eintritt", "Date d'entrée"])
@pytest.mark.parametrize(("day", "said"), [("2150-05-01", 1), ("01/05/2150", 1), ("2020-05-01", 0), ("31.12.9999", 0)])
def test_people_who_start_on_a_day_to_come_are_said(heading, day, said):
    people = {"email": ["ann@x.de", "bob@x.de"], "department": ["A", "B"], heading: ["2019-01-01", day]}
    assert bool(said) == ("a day to come" in " ".join(read_roster(pd.DataFrame(people)).notes))


# ---- people who were invited and did not come


def test_whoever_has_no_time_of_joining_beside_those_who_have_did_not_attend(tmp_path):
    times = "1/26/25, 9:00:00 AM\t1/26/25, 9:30:00 AM\t30m"
    text = "1. Summary\nMeeting title\tX\nStart time\t1/26/25, 9:00:00 AM\n\n2. Participants\n"
    text += "Name\tFirst Join\tLast Leave\tIn-Meeting Duration\tEmail\tParticipant ID (UPN)\tRole\n"
    for name, said, role in (("ann", times, "Organizer"), ("bob", times, "Presenter"), ("cleo", "\t\t", "Attendee")):
        text += f"{name.title()} X\t{said}\t{name}@x.de\t{name}@x.de\t{role}\n"
    found = read(tmp_path / "report.csv", text, "utf-16")
    assert rows(found) == [("ann@x.de", "bob@x.de")]
    assert rejected(found) == {"declined": 1}


# ---- headings in other languages


@pytest.mark.parametrize(
    "headings",
    [
        *("E-post,Namn,Avdelning,Chef", "E-mail,Navn,Afdeling,Leder", "Sähköposti,Nimi,Osasto,Esimies"),
        *(
            "E-mail,Jméno a příjmení,Oddělení,Nadřízený",
            "E-posta,Ad Soyad,Departman,Yönetici",
            "邮箱,姓名,部门,直属上级",
        ),
        *("Электронная почта,ФИО,Отдел,Руководитель", "メールアドレス,氏名,部署,上司", "이메일,이름,부서,상사"),
        *("E-mail cím,Név,Osztály,Vezető", "Email,Ονοματεπώνυμο,Τμήμα,Προϊστάμενος", "E-mail,ПІБ,Відділ,Керівник"),
        *("البريد الإلكتروني,الاسم,القسم,المدير", "דואר אלקטרוני,שם,מחלקה,מנהל", "email,real_name,dept_name,manager"),
    ],
)
def test_a_roster_in_another_language_has_names_departments_and_managers(headings, tmp_path):
    path = tmp_path / "roster.csv"
    path.write_text(f"{headings}\nann@x.de,Ann Roux,Sales,\nbob@x.de,Bob Li,IT,Ann Roux\n", encoding="utf-8")
    people = read_roster(path).people
    assert people[["name", "department"]].values.tolist() == [["Ann Roux", "Sales"], ["Bob Li", "IT"]]
    assert people.loc["bob@x.de", "manager"] == "ann@x.de"


def test_names_in_two_columns_of_another_language_are_one(tmp_path):
    path = tmp_path / "roster.csv"
    path.write_text("E-mail,Jméno,Příjmení,Oddělení\nann@x.de,Ann,Roux,Sales\nbob@x.de,Bob,Li,IT\n", encoding="utf-8")
    assert read_roster(path).people["name"].tolist() == ["Ann Roux", "Bob Li"]


@pytest.mark.parametrize(
    "headings",
    [
        *(
            "送信日時,差出人,宛先",
            "发送时间,发件人,收件人",
            "날짜,보낸 사람,받는 사람",
            "Дата отправки,Отправитель,Получатель",
        ),
        *(
            "Data wysłania,Nadawca,Odbiorca",
            "Skickat,Från,Till",
            "Lähetetty,Lähettäjä,Vastaanottaja",
            "Tarih,Gönderen,Alıcı",
        ),
    ],
)
def test_a_log_in_another_language_is_read(headings, tmp_path):
    found = read(tmp_path / "log.csv", f"{headings}\n2025-01-16T09:00:00,ann@x.de,bob@x.de\n")
    assert rows(found) == [("ann@x.de", "bob@x.de")]


# ---- numbers of a DataFrame that are digits of a calendar, and departments that a spreadsheet made decimal


@pytest.mark.parametrize(
    ("numbers", "times"),
    [
        ([20250106, 20250117], ["2025-01-06 00:00", "2025-01-17 00:00"]),
        ([20250106.0, 20250117.0], ["2025-01-06 00:00", "2025-01-17 00:00"]),
        ([202501060900, 202501171430], ["2025-01-06 09:00", "2025-01-17 14:30"]),
        ([20250106090000, 20250117143000], ["2025-01-06 09:00", "2025-01-17 14:30"]),
        ([6012025, 17012025], ["2025-01-06 00:00", "2025-01-17 00:00"]),
        ([1736154000, 1737124200], ["2025-01-06 09:00", "2025-01-17 14:30"]),
    ],
)
def test_numbers_that_are_digits_of_a_calendar_are_read_as_in_text(numbers, times):
    frame = pd.DataFrame({"date": numbers, "from": ["ann", "bob"], "to": ["bob", "ann"]})
    found = rows(read_interactions(frame), "strftime(timestamp, '%Y-%m-%d %H:%M')")
    assert [time for (time,) in found] == times


def test_a_department_that_a_spreadsheet_made_a_decimal_number_is_the_one_it_was():
    people = {"email": ["a@x.de", "b@x.de", "c@x.de"], "department": ["10", "10.0", "20.0"]}
    assert read_roster(pd.DataFrame(people)).people["department"].tolist() == ["10", "10", "20.0"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        *(("1,200", 1200), ("1.200", 1200), ("1 200", 1200), ("1\u202f200", 1200), ("1'200", 1200), ("25+", 25)),
        *((">20", 20), ("3.0", 3), ("3", 3), ("~ 40", 40), ("1,2", None)),
    ],
)
def test_how_many_were_reached_is_read_however_it_is_written(written, meant, tmp_path):
    text = f'date,from,to,recipients\n2025-01-16,ann,bob,"{written}"\n2025-01-16,bob,ann,1\n'
    assert rows(read(tmp_path / "log.csv", text), "sender", "recipients") == [("ann", meant), ("bob", 1)]

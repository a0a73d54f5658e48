"""Rosters as directories, spreadsheets and databases leave them: what each trouble must come to."""

import pandas as pd
import pytest

import silos
from silos.readers.directory.identities import aliases_in
from silos.readers.tabular.id_repairs import repairs
from silos.tables import Roster


def roster(**columns: list[str]) -> Roster:
    return silos.read_roster(pd.DataFrame(columns))


def owners(found: Roster) -> dict[str, str]:
    return dict(zip(found.aliases["alias"], found.aliases["person"], strict=True))


def listed(found: Roster, column: str) -> list[object]:
    values = found.people[column].astype(object)
    return values.where(values.notna(), None).tolist()


# ---- placeholders


@pytest.mark.parametrize(
    "word", ["#N/A", "NULL", "n/a", "None", "nan", "-", "(blank)", "unknown", "#REF!", "??", "Nicht zugeordnet",
             "non renseigné", "sin asignar", "未設定", "<NULL>", "[none]", " — ", "#¿NOMBRE?", "#BLOCKED!", "--None--",
             "- please select -", "**unknown**", "#VALEUR !", "=NA()", "Ｎ／Ａ", "#N/A N/A", "sem dados", "н/д",
             "-- Select --",
             "System.String[]", "[object Object]", "(пусто)", "NULL,", "#DIV/0",
             "__HIVE_DEFAULT_PARTITION__"],
)  # fmt: skip
def test_a_placeholder_is_no_department_manager_level_or_place(word):
    found = roster(
        person=["p1", "p2", "p3"], department=["Sales", word, "IT"], manager=["p3", word, ""], level=["1", word, "2"],
        location=["Lyon", word, "Lyon"], name=["A B", "C D", "E F"],
    )  # fmt: skip
    assert [listed(found, column)[1] for column in ("department", "manager", "location")] == [None] * 3
    assert found.people["level"].isna().tolist() == [False, True, False]
    assert found.condition.placeholders == {"department": 1, "manager": 1, "level": 1, "location": 1}
    assert any("4 cells with a placeholder" in note and "--roster-keep" in note for note in found.notes)


@pytest.mark.parametrize(
    ("departments", "shown"),
    [
        (["0", "Sales", "IT"], [None, "Sales", "IT"]),
        (["0", "1", "2"], ["0", "1", "2"]),
        (["0", "17", "n/a"], ["0", "17", None]),
        (["0", "1a", "1b"], ["0", "1a", "1b"]),
        (["0.0", "4711.0", "Sales"], [None, "4711.0", "Sales"]),
    ],
)
def test_a_department_called_0_is_one_where_departments_are_numbers(departments, shown):
    """In a spreadsheet it is what a blank looked up comes to; in email-Eu-core the first of 42 departments."""
    assert listed(roster(person=["p1", "p2", "p3"], department=departments), "department") == shown


def test_a_department_that_is_called_na_is_kept_where_it_is_said():
    table = pd.DataFrame({"person": ["p1", "p2", "p3"], "department": ["NA", "na", "#N/A"]})
    assert listed(silos.read_roster(table), "department") == [None, None, None]
    kept = silos.read_roster(table, keep=["NA"])
    assert listed(kept, "department") == ["NA", "na", None]
    assert kept.spells("department")["unit"].tolist()[:2] == ["NA", "NA"]


def test_a_person_called_na_has_a_name():
    found = roster(**{"Employee ID": ["1", "2"], "First Name": ["Na", "Null"], "Last Name": ["Li", "Roux"]})
    assert listed(found, "name") == ["Na Li", "Roux"]


# ---- rows that are no people


@pytest.mark.parametrize(
    "line",
    ["\ufeffemail,name,department", "E-Mail,Full Name,Dept", "Anzahl Mitarbeiter: 18,,", "Effectif : 18,,",
     "Headcount: 18,,", "Report generated 2025-01-06 09:00,,", "Confidential - internal use only,,", "Vertraulich,,",
     "© 2025 Acme,,", "Stand 06.01.2025,,", "以上,,", "Liczba pracowników: 18,,", "-- end of report --,,", "Fin,,",
     "*** End ***,,", "Dateiende,,", "Fin d'extraction,,", "Sum,,3",
     "Celkem: 3,,", "varchar,varchar,varchar", "nvarchar(255),nvarchar(100),text", "(required),(optional),(required)",
     "Source: Workday,,", "* with contractors,,", "Filters: Status = Active,,", "Department: Sales,,",
     "Signature: ______,,"],
)  # fmt: skip
def test_a_line_that_is_no_person_is_left_out(line, tmp_path):
    path = tmp_path / "hr.csv"
    people = "email,name,department\na@x.example,Ann Roux,Sales\nb@x.example,Bob Li,Legal\n"
    path.write_text(f"{people}{line}\nc@x.example,Cleo Diaz,Sales\n", encoding="utf-8")
    found = silos.read_roster(path)
    assert found.people.index.tolist() == ["a@x.example", "b@x.example", "c@x.example"]
    assert any("1 row left out: " in note for note in found.notes)


def test_a_department_may_be_called_like_a_total():
    found = roster(
        employee_id=["1", "2", "3"],
        department=["Total Rewards", "End of Line", "Confidential Cases"],
        level=list("123"),
    )
    assert listed(found, "department") == ["Total Rewards", "End of Line", "Confidential Cases"]


# ---- rows of one id

#: People whose rows are in order, beside those of each test.
OTHERS = pd.DataFrame({"Employee ID": ["8", "9", "10", "11"], "Name": ["Dan Wolf", "Eve Ng", "Fay Ito", "Gus Ek"]})
THEMSELVES = {one: one for one in OTHERS["Employee ID"]}


def among_others(**columns: list[str]) -> Roster:
    rows = pd.DataFrame(columns).rename(columns={"number": "Employee ID", "name": "Name"})
    return silos.read_roster(pd.concat([rows, OTHERS], ignore_index=True))


def test_an_id_of_people_with_different_names_is_nobodys():
    found = among_others(number=["7", "7"], name=["Ann Roux", "Bob Li"], Department=["A", "B"])
    assert owners(found) == THEMSELVES
    assert [note for note in found.notes if "1 id is of several people by their names (lines 1, 2)" in note]


def test_whoever_shares_one_id_is_known_by_another():
    mail = ["no@x.example", "No@x.example", "ann@x.example", "zoe@x.example"]
    names = ["Bob Li", "Cleo Diaz", "Ann Roux", "Zoe Ash"]
    found = among_others(email=mail, number=["1", "2", "3", "4"], name=names)
    known = {"1": "1", "2": "2", "3": "3", "4": "4", "ann@x.example": "3", "zoe@x.example": "4"}
    assert owners(found) == known | THEMSELVES


def test_where_a_column_is_named_the_other_ids_help_out():
    table = {
        "nr": ["1", "1", "2"],
        "mail": ["b@x.example", "c@x.example", None],
        "name": ["Bob Li", "Cleo Diaz", "Dan"],
    }
    found = silos.read_roster(pd.DataFrame(table), columns={"person": "nr"})
    assert owners(found) == {"b@x.example": "b@x.example", "c@x.example": "c@x.example", "2": "2"}


@pytest.mark.parametrize(
    "other", ["Ann Martin", "Roux, Ann", "A. Wolf", "ROUX", "Annie Lee", "山田 花子", "", "Änn Wölf"]
)
def test_two_names_of_one_person_stay_one_person(other):
    found = among_others(number=["7", "7"], name=["Ann Roux", other], site=["Oslo", "Rome"])
    assert owners(found) == {"7": "7"} | THEMSELVES
    assert listed(found, "name").count("Ann Roux") == 1
    [told] = found.notes
    assert "1 person has several rows, which differ in" in told
    assert "'site' (lines 1, 2)" in told


def test_rows_that_agree_are_one_person_without_a_word():
    assert not among_others(number=["7", "7"], name=["Ann Roux", "ann roux"], site=["Oslo", ""]).notes


def test_a_number_given_anew_is_of_two_people_where_other_ids_say_so():
    table = {"number": ["7", "7"], "name": ["Ann Roux", "Bob Li"], "valid from": ["2023-01-01", "2024-01-01"]}
    assert owners(among_others(**table)) == {"7": "7"} | THEMSELVES
    found = among_others(**table, email=["ann@x.example", "bob@x.example"])
    assert owners(found) == {name: name for name in ("ann@x.example", "bob@x.example")} | THEMSELVES


# ---- managers


PEOPLE = {
    "person": ["1001", "1002", "1003", "1004"],
    "email": ["ann.roux@x.example", "bob.li@x.example", "eve.diaz@x.example", "dan.wolf@x.example"],
    "name": ["Ann Roux", "Li, Bob", "Ève Diaz", "Dan Wolf (External)"],
}


@pytest.mark.parametrize(
    ("stated", "person"),
    [
        ("CN=Ann Roux,OU=Users,DC=x,DC=example", "1001"),
        ("CN=Roux\\, Ann,OU=Users,DC=x,DC=example", "1001"),
        ("cn=ann.roux,ou=people,dc=x", "1001"),
        ("Roux, Ann", "1001"),
        ("ROUX Ann", "1001"),
        ("Bob Li", "1002"),
        ("Ann Roux (1001)", "1001"),
        ("1001 - Ann Roux", "1001"),
        ("Ann Roux [1001]", "1001"),
        ("1001.0", "1001"),
        ('="1001"', "1001"),
        ("Ann Roux <ann.roux@x.example>", "1001"),
        ("mailto:ANN.ROUX@x.example", "1001"),
        ("X\\ann.roux", "1001"),
        ("x.example/Users/Ann Roux", "1001"),
        ("12;#Ann Roux", "1001"),
        ("Eve Diaz", "1003"),
        ("Dr. E\u0300ve Diaz", "1003"),
        ("ann.roux", "1001"),
        ("001001", "1001"),
        ("Ann Roux, Head of Sales", "1001"),
        ("CN=Ann Roux/OU=Sales/O=X", "1001"),
        ("Ann Roux/Sales/X", "1001"),
        ("OU=Users,CN=Ann Roux", "1001"),
        ("cn=Roux\\2C Ann,ou=people", "1001"),
        ("CN=\\C3\\88ve Diaz,OU=Users", "1003"),
        ('[{"id":"1001","name":"Ann Roux"}]', "1001"),
        ("{'id': '1001'}", "1001"),
    ],
)
def test_a_manager_is_found_however_it_is_spelled(stated, person):
    found = roster(**PEOPLE, manager=["", "", "", stated], department=["A", "A", "B", "B"])
    assert found.people["manager"].tolist()[3] == person
    assert (found.managers.stated, found.managers.found) == (1, 1)


def test_zeros_before_a_number_are_no_other_manager_where_one_person_has_it():
    found = roster(
        person=["007", "07", "000123", "5"], department=["A", "A", "B", "B"],
        manager=["123", "Ann (123)", "7", "Team 05"],
    )  # fmt: skip
    assert found.people["manager"].to_dict() == {"007": "000123", "07": "000123", "000123": "7", "5": "Team 05"}


@pytest.mark.parametrize(
    "heading",
    ["managerUserPrincipalName", "Supervisor ID", "Direct Supervisor", "Manager's Email", "ManagerDN", "Manager.mail",
     "Worker's Manager", "E-Mail der Führungskraft", "Nom du responsable", "上司", "Manager N+1"],
)  # fmt: skip
def test_a_column_of_managers_is_known_by_the_words_of_its_heading(heading):
    found = roster(**PEOPLE, department=["A", "A", "B", "B"], **{"Manager Type": ["x"] * 4, heading: ["", "1001"] * 2})
    assert found.columns["manager"] == heading
    assert found.managers.found == 2


@pytest.mark.parametrize("heading", ["Account Manager", "Is Manager", "Manager - Level 01", "Project Manager"])
def test_a_manager_of_something_else_is_nobody_to_report_to(heading):
    assert "manager" not in roster(**PEOPLE, department=["A", "A", "B", "B"], **{heading: ["", "1001"] * 2}).columns


def test_a_manager_who_could_be_two_people_is_not_found_and_said():
    found = roster(
        person=["1", "2", "3", "4"], name=["Ann Roux", "Ann Roux", "Bob Li", "Eve Diaz"],
        manager=["", "", "Roux, Ann", "Zoë Nobody"], department=["A", "A", "B", "B"],
    )  # fmt: skip
    assert (found.managers.stated, found.managers.found) == (2, 0)
    assert set(found.managers.shapes) == {"aaaa, aaa", "aaa aaaaaa"}
    [note] = [note for note in found.notes if "managers" in note]
    assert "2 of 2 managers in 'manager' were not found" in note
    assert "Roux" not in note
    assert "Nobody" not in note


def test_a_distinguished_name_of_the_directory_itself():
    found = roster(
        DistinguishedName=["CN=A Roux,OU=1,DC=x", "CN=A Roux,OU=2,DC=x", "CN=B Li,OU=1,DC=x"],
        SamAccountName=["aroux", "aroux2", "bli"], Manager=["", "", "CN=A Roux,OU=2,DC=x"], Department=["A", "B", "B"],
    )  # fmt: skip
    assert found.people.loc["bli", "manager"] == "aroux2"


# ---- aliases


@pytest.mark.parametrize(
    ("cell", "aliases"),
    [
        ("SMTP:a@x.example smtp:b@x.example X500:/o=My Labs/cn=ann", ["a@x.example", "b@x.example"]),
        ("a@x.example,b@x.example", ["a@x.example", "b@x.example"]),
        ("a@x.example;U01", ["a@x.example", "u01"]),
        ('["SMTP:a@x.example","smtp:b@x.example"]', ["a@x.example", "b@x.example"]),
        ("smtp:a@x.example\nsmtp:b@x.example", ["a@x.example", "b@x.example"]),
        ("a@x.example|b@x.example", ["a@x.example", "b@x.example"]),
        ("{a@x.example b@x.example}", ["a@x.example", "b@x.example"]),
        ("Ann Roux <a@x.example>", ["a@x.example"]),
        ("U01 | U02", ["u01", "u02"]),
        ("auth0|17", ["auth0|17", "auth0", "17"]),
        ("a@x.example；b@x.example、U03", ["a@x.example", "b@x.example", "u03"]),
        ("a@x.example<br/>b@x.example", ["a@x.example", "b@x.example"]),
        ("a@x.example\\nb@x.example", ["a@x.example", "b@x.example"]),
        ("{SMTP:a@x.example, smtp:b@x.example...}", ["a@x.example", "b@x.example"]),
        ('[{"address":"a@x.example","type":"work","primary":true},{"value":"U02"}]', ["a@x.example", "u02"]),
        ("a@x.example et b@x.example", ["a@x.example", "b@x.example"]),
        ("a@x.example\x1fb@x.example", ["a@x.example", "b@x.example"]),
        ("mail=a@x.example; alt=b@x.example", ["a@x.example", "b@x.example"]),
        ("System.String[]", []),
        ("n/a", []),
    ],
)  # fmt: skip
def test_aliases_are_parted_whatever_stands_between_them(cell, aliases):
    assert aliases_in(cell) == aliases


def test_blanks_part_ids_and_not_names_and_where_nobody_can_tell_it_is_said():
    parted = roster(person=["ann", "bob"], aliases=["u01 u02", "u03"])
    assert set(owners(parted)) == {"ann", "bob", "u01", "u02", "u03"}
    named = roster(person=["ann", "bob"], aliases=["Annie Roux", "u03"])
    assert set(owners(named)) == {"ann", "bob", "annie roux", "u03"}
    assert any("1 cell of 'aliases' holds blanks" in note for note in named.notes)


@pytest.mark.parametrize(
    "heading",
    [
        *("Work Secondary Email", "Alternate Address", "previousUpn", "Former e-mail", "sAMAccountName", "Object GUID"),
        *("onPremisesSamAccountName", "Personalnummer", "Adresse secondaire", "Employee Number (legacy)"),
        *("mailNickname", "Correo anterior"),
    ],
)
def test_every_column_of_another_id_is_an_alias(heading):
    ids = (
        ["ann2@x.example", "bob2@x.example"]
        if "mail" in heading.lower() or "dd" in heading.lower()
        else ["k-17", "k-18"]
    )
    found = roster(**{"email": ["ann@x.example", "bob@x.example"], "department": ["A", "B"], heading: ids})
    assert owners(found)[ids[0]] == "ann@x.example"


@pytest.mark.parametrize(
    ("heading", "values"),
    [
        ("Team mailbox", ["sales@x.example", "sales@x.example", "it@x.example"]),
        ("Manager Email", ["bob@x.example", "", "bob@x.example"]),
        ("Kontakt", ["bob@x.example", "cleo@x.example", "ann@x.example"]),
        ("Office number", ["12", "13", "14"]),
        ("Assistant address", ["a1@x.example", "a2@x.example", "a3@x.example"]),
        ("Cost center code", ["k-1", "k-2", "k-3"]),
    ],
)
def test_a_column_of_others_or_of_several_is_no_alias(heading, values):
    found = roster(**{"email": ["ann@x.example", "bob@x.example", "cleo@x.example"], heading: values})
    assert set(owners(found)) == {"ann@x.example", "bob@x.example", "cleo@x.example"}


# ---- ids


def test_ids_that_a_spreadsheet_mangled_are_never_two_people_in_one():
    found = roster(
        person=["1.00123E+11", "1.00123E+11", "100125", "1.00123456789E+11"], department=["A", "A", "B", "B"]
    )
    assert list(found.people.index) == ["100123456789", "100125"]
    assert found.condition.lost == {"numbers in scientific notation": 2}
    assert any("2 ids in scientific notation" in note for note in found.notes)
    both = roster(**{"Employee ID": ["1.00123E+11", "1.00123E+11"], "email": ["ann@x.example", "bob@x.example"]})
    assert list(both.people.index) == ["ann@x.example", "bob@x.example"]


def test_wrapped_ids_are_unwrapped():
    found = roster(person=['="000123"', "'000456", "1001.0", "Ann <ann@x.example>"], department=["A", "B", "A", "B"])
    assert list(found.people.index) == ["000123", "000456", "1001", "ann@x.example"]


def test_what_nobody_sees_makes_no_other_person_and_no_other_department():
    found = roster(
        person=["\u200eann@x.example\u200b", "ann@x.example", "re\u0301mi@x.example"],
        department=["R&amp;D", "R&D\u00a0", "Re\u0301seau"], name=["Ann", "Ann", "R&eacute;mi"],
    )  # fmt: skip
    assert found.people["department"].to_dict() == {"ann@x.example": "R&D", "rémi@x.example": "Réseau"}
    assert found.people.loc["rémi@x.example", "name"] == "Rémi"
    assert found.condition.mended


def test_lines_that_are_no_people_are_left_out_and_counted(tmp_path):
    path = tmp_path / "hr.csv"
    path.write_text(
        "email,name,department\n-----,----,----------\nann@x.example,Ann,Sales\nemail,name,department\n"
        "bob@x.example,Bob,IT\nTotal,,2\nSomme,,2 personnes\n\n(2 rows affected)\n",
        encoding="utf-8",
    )
    found = silos.read_roster(path)
    assert list(found.people.index) == ["ann@x.example", "bob@x.example"]
    assert [note.split(": ", 1)[1] for note in found.notes] == [
        "1 row left out: a rule under headings.",
        "3 rows left out: a total or a footer.",
        "1 row left out: the headings again.",
    ]


def test_what_people_call_the_columns_below_their_technical_names_is_nobody(tmp_path):
    """SuccessFactors writes two lines of headings."""
    path = tmp_path / "hr.csv"
    path.write_text(
        "STATUS,USERID,EMAIL,FIRSTNAME,LASTNAME,JOBCODE,DEPARTMENT\n"
        "STATUS,USERID,Email Address,First Name,Last Name,Job Code,Department\n"
        "active,1001,ann@x.example,Ann,Roux,17,Sales\nactive,1002,bob@x.example,Bob,Li,18,IT\n",
        encoding="utf-8",
    )
    found = silos.read_roster(path)
    assert listed(found, "department") == ["Sales", "IT"]
    assert any("1 row left out: the headings again" in note for note in found.notes)


def test_a_job_called_manager_is_no_heading():
    found = roster(
        email=["ann@x.example", "bob@x.example"], title=["Manager", "Title"], department=["Department", "IT"]
    )
    assert len(found.people) == 2


def test_a_department_in_codes_is_the_one_that_is_written_plainly():
    codes = ["R%26D", "R\\u0026D", "R_x0026_D", "<div>R&amp;D</div>", "<![CDATA[R&D]]>", "Ｒ＆Ｄ", "R&D"]
    more = ["QualitÃ©", "Qualité", "Caf%C3%A9", "50%25", "Ann <u12>", "<ann@x.example>"]
    found = roster(person=[f"p{n:02}" for n in range(13)], department=codes + more)
    # Where the plain spelling is not there, nobody knows what was meant.
    assert listed(found, "department") == ["R&D"] * 7 + ["Qualité"] * 2 + more[2:]
    assert found.condition.mended["signs in codes or of full width"] == 7


def test_a_remark_in_place_of_a_department_is_none():
    found = roster(person=["p1", "p2", "p3", "p4"], department=["N/A - External", "n/a (contractor)", "IT", "IT"])
    assert listed(found, "department") == [None, None, "IT", "IT"]


@pytest.mark.parametrize(
    "line",
    ["Sales Total;;2", "Vertrieb Ergebnis;;2", "Anzahl;2;", "Anzahl von email;;2", "Count: 2;;", "2 Datensätze;;",
     "(2 行受影响);;", "2 résultats;;", "Seite 1 von 1;;", "Page 1 sur 1;;", "*** End of report ***;;",
     "Fin du rapport;;",
     "Erstellt am 06.01.2025;;", "Report generated by Workday on 2025-01-06;;", "Fetched 2 row(s);;", "<EOF>;;",
     "only showing top 2 rows;;", "[2 rows x 3 columns];;", "2 rows selected.;;", "2 lignes sélectionnées.;;"],
)  # fmt: skip
def test_a_total_or_footer_in_any_language_is_nobody(tmp_path, line):
    path = tmp_path / "hr.csv"
    people = "ann@x.example;Ann Roux;Sales\nbob@x.example;Bob Total;IT"
    path.write_text(f"email;name;department\n{people}\n{line}\n", encoding="utf-8")
    found = silos.read_roster(path)
    assert list(found.people.index) == ["ann@x.example", "bob@x.example"]
    assert any("1 row left out: a total or a footer" in note for note in found.notes)


def test_columns_that_matter_and_were_not_used_are_named():
    found = roster(email=["ann@x.example"], department=["A"], **{"location": ["L"], "Start date": ["2020-01-01"]})
    assert found.condition.unused == ("Start date",)


# ---- what would make ids match


@pytest.mark.parametrize(
    ("unmatched", "known", "said"),
    [
        (["123", "456"], ["000123", "000456"], "2 of 2 ids match if leading zeros are added (to 6 digits)"),
        (["000123", "000456"], ["123", "456"], "2 of 2 ids match if leading zeros are taken away"),
        (["ann", "bob"], ["ann@x.example", "bob@x.example"], "2 of 2 ids match if @x.example is added"),
        (["a@x.io", "b@x.io"], ["a@x.example", "b@x.example"],
         "2 of 2 ids match by what stands before the @: --same-domain x.io=x.example"),
        (["X\\ann", "X\\bob"], ["ann", "bob"], "2 of 2 ids match without 'x\\\\' before them"),
        (["ann_roux", "bob_li"], ["ann.roux", "bob.li"],
         "2 of 2 ids match if blanks, dots, commas, dashes and underscores are not compared"),
        (["1,001", "1'002"], ["1001", "1002"],
         "2 of 2 ids match if blanks, dots, commas, dashes and underscores are not compared"),
        (["E1001", "E1002"], ["1001", "1002"], "2 of 2 ids match without 'e' before them"),
    ],
)  # fmt: skip
def test_a_repair_is_proposed_with_what_it_would_match(unmatched, known, said):
    assert str(repairs(unmatched, known)[0]) == said


def test_no_repair_makes_two_people_one():
    assert repairs(["0123", "123"], ["000123", "9"]) == []


# ---- effective dates


@pytest.mark.parametrize("written", ["Feb-25", "02/2025", "2025-02", "février 2025"])
def test_a_month_is_its_first_day_and_an_end_its_last(written):
    found = roster(
        person=["ann", "ann"],
        department=["Sales", "Legal"],
        **{"Valid from": ["2024-01-01", written], "Valid until": ["2025-01-31", written]},
    )
    history = found.history
    assert history["effective_from"].max() == pd.Timestamp("2025-02-01")
    assert history["effective_to"].max() == pd.Timestamp("2025-02-28")
    assert found.notes == ()


def test_effective_dates_that_cannot_be_read_are_counted_and_shown():
    dates = ["2024-01-01", "15/01/2568", "ab 1. Februar", "2024-02-01"]
    found = roster(person=["ann", "ann", "bob", "bob"], department=["HR", "IT"] * 2, **{"Effective date": dates})
    [note] = [note for note in found.notes if "count as undated" in note]
    assert "'Effective date' could not be read, and which count as undated: 2" in note
    assert "'aa 9. Aaaaaaa'" in note


def test_the_end_of_time_is_no_date_that_cannot_be_read():
    dates = {"Valid from": ["2024-01-01"], "Valid until": ["9999-12-31"]}
    assert roster(person=["ann"], department=["HR"], **dates).notes == ()


@pytest.mark.parametrize(
    ("opened", "closed", "lines"),
    [
        ('2,"Bob Li,Sales', '5,Eva Berg",Legal', "line 3"),
        ('2,Bob Li,"Sales', '5,Eva Berg,"Legal', "lines 3, 6"),
        ('2,"Bob Li,Sales', "5,Eva Berg,Legal", "line 3"),
    ],
)
def test_a_quotation_mark_that_nobody_closes_swallows_no_people(tmp_path, opened, closed, lines):
    path = tmp_path / "hr.csv"
    rows = ["id,name,department", "1,Ann Roux,Sales", opened, "3,Cleo Diaz,Legal", '4,"Dan, Wolf",Legal', closed]
    path.write_text("\n".join([*rows, '6,"Fin\nShaw",Sales', ""]), encoding="utf-8")

    roster = silos.read_roster(path)

    damaged = {"3", "6"} & set(lines.replace(",", "").split())
    assert set(roster.people.index) == set("123456") - {str(int(line) - 1) for line in damaged}
    assert any(f"({lines})" in note for note in roster.notes)


def test_a_row_that_is_refused_ends_no_roster(tmp_path):
    path = tmp_path / "hr.csv"
    path.write_text(f"id,name,department\n1,Ann,Sales\n2,{'x' * 200_000},Sales\n3,Cleo,Legal\n", encoding="utf-8")

    roster = silos.read_roster(path)

    assert list(roster.people.index) == ["1", "3"]
    assert any("(line 3)" in note for note in roster.notes)

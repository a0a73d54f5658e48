"""Which columns of a roster hold what, in the layouts of HR tools: ids that rows repeat, departments, managers."""

import pandas as pd
import pytest

from silos.errors import ColumnError, SilosError
from silos.readers.roster import read_roster

NAMES = ("Ann Roux", "Bob Li", "Cleo Diaz", "Dan Fox", "Eve Ott", "Fay Kim")


def monthly(*columns: str) -> pd.DataFrame:
    """One row per person and month, with these columns and the department."""
    people = [
        {
            "Email": f"p{at}@acme.example",
            "Employee ID": str(1000 + at),
            "Full Name": name,
            "First Name": name.split()[0],
            "Last Name": name.split()[1],
            "Dział": "Sales",
            "Służbowy adres e-mail": f"p{at}@acme.example",
            "Department": ("Sales", "Legal")[at % 2],
        }
        for at, name in enumerate(NAMES)
    ]
    months = ("2024-01-01", "2024-02-01", "2024-03-01")
    rows = [{"Effective Date": month, **person} for month in months for person in people]
    return pd.DataFrame(rows)[["Effective Date", *columns, "Department"]]


@pytest.mark.parametrize(
    ("columns", "aliases"),
    [
        (["Email"], 6),
        (["Employee ID"], 6),
        (["Email", "Employee ID"], 12),
        (["Email", "Full Name"], 6),
        (["Employee ID", "Email", "First Name", "Last Name"], 12),
        (["Służbowy adres e-mail", "Full Name"], 6),
    ],
    ids=lambda value: str(value),
)
def test_a_row_per_month_repeats_the_ids_of_its_people(columns, aliases):
    roster = read_roster(monthly(*columns))
    assert roster.columns["person"] != "Full Name"
    assert (len(roster.people), len(roster.aliases)) == (6, aliases)


def test_an_address_that_most_people_share_is_nobodys_also_where_each_has_several_rows():
    rows = monthly("Email", "Employee ID", "Full Name")
    rows["Email"] = rows["Email"].where(rows["Employee ID"] == "1000", "noemail@acme.example")
    roster = read_roster(rows)
    assert roster.columns["person"] == "Employee ID"
    assert not roster.aliases["alias"].str.startswith("noemail").any()


def test_names_that_are_spelt_in_two_ways_do_not_make_the_ids_shared_ones():
    rows = pd.DataFrame({"Employee ID": range(6), "Email": [f"p{at}@acme.example" for at in range(6)], "Name": NAMES})
    spelt = rows.assign(Name=rows["Name"].map(lambda name: f"{name[0]}. {name.split()[1]}"))
    roster = read_roster(pd.concat([rows, spelt]))
    assert (roster.columns["person"], len(roster.people), len(roster.aliases)) == ("Email", 6, 12)


@pytest.mark.parametrize(
    "headings",
    [
        ("Employee #", "Last name, First name", "Work Email", "Department", "Division", "Reporting to"),
        ("Personalnummer", "Nachname, Vorname", "E-Mail", "Abteilung", "Division", "Berichtet an"),
        ("Matricule", "Nom, Prénom", "Courriel", "Département", "Direction", "Supérieur hiérarchique"),
        ("N.º de empleado", "Apellido, Nombre", "Correo", "Departamento", "División", "Supervisor"),
        ("Matricola", "Cognome, Nome", "E-mail", "Dipartimento", "Division", "Riporta a"),
        ("Personeelsnummer", "Achternaam, Voornaam", "E-mailadres", "Afdeling", "Organisation", "Rapporteert aan"),
        ("Numer pracownika", "Nazwisko, Imię", "Służbowy adres e-mail", "Dział", "Pion", "Przełożony"),
        ("Employee ID", "Legal Name", "Primary Work Email", "Supervisory Organization", "Company", "Worker's Manager"),
        ("Pers.No.", "Employee name", "E-Mail", "Organizational Unit", "Org.unit", "Superior"),
    ],
    ids=lambda headings: headings[3],
)
def test_layouts_of_hr_tools(headings):
    """Departments are not the divisions beside them, and managers who are named "Last, First" are found."""
    people = [
        (str(1000 + at), ", ".join(reversed(name.split())), f"p{at}@acme.example", ("Sales", "Legal")[at % 2], "Europe")
        for at, name in enumerate(NAMES)
    ]
    rows = pd.DataFrame([(*person, people[0][1] if at else "") for at, person in enumerate(people)], columns=headings)
    roster = read_roster(rows)
    assert sorted(roster.people["department"]) == ["Legal"] * 3 + ["Sales"] * 3
    assert (roster.managers.stated, roster.managers.found) == (5, 5)
    assert len(roster.aliases) == 12


def test_managers_are_told_apart_by_the_numbers_in_their_names():
    rows = pd.DataFrame(
        {
            "Email": [f"e{at}@acme.example" for at in range(4)],
            "Name": [f"Employee {at}" for at in range(4)],
            "Department": "Sales",
            "Manager": ["", "Employee 0", "Dr. employée 1", "Employee 9"],
        }
    )
    roster = read_roster(rows)
    assert roster.people["manager"].dropna().tolist() == ["e0@acme.example", "e1@acme.example", "Employee 9"]


def test_accounts_that_are_switched_off_are_not_all_of_people_who_left():
    rows = pd.DataFrame(
        {
            "userPrincipalName": ["ann@acme.example", "room.berlin@acme.example"],
            "department": ["Sales", ""],
            "accountEnabled": ["True", "False"],
        }
    )
    (note,) = read_roster(rows).notes
    assert "1 row is of an account that is switched off" in note
    assert "room or a shared mailbox" in note


def test_the_columns_that_may_date_the_rows_are_named_where_they_must_be_dated():
    rows = pd.DataFrame(
        [
            ("1001", "Sales", "2020-01-01", "2024-01-14", "2019-05-01"),
            ("1001", "Legal", "2024-01-15", "", "2019-05-01"),
            ("1002", "Legal", "2021-03-01", "", "2021-03-01"),
        ],
        columns=["Employee ID", "Department", "Start Date", "End Date", "Hire Date"],
    )
    hint = r"If 'Start Date' says when a row holds, name it: --roster-map \"effective_from=Start Date\"\."
    with pytest.raises(SilosError, match=hint):
        read_roster(rows)
    named = {"effective_from": "Start Date", "effective_to": "End Date"}
    assert read_roster(rows, columns=named).people.loc["1001", "department"] == "Legal"


def test_no_column_is_named_where_none_could_date_the_rows():
    rows = pd.DataFrame({"Employee ID": ["1", "1"], "Department": ["Sales", "Legal"], "Born": ["1980-01-02"] * 2})
    with pytest.raises(SilosError, match=r"date the rows \(effective_from, effective_to\)\.$"):
        read_roster(rows)


def test_a_roster_without_a_known_department_says_how_to_name_the_column_that_is_meant():
    roster = read_roster(pd.DataFrame({"Email": ["ann@acme.example"], "Squad": ["Sales"]}))
    with pytest.raises(ColumnError, match=r"no column 'department'.* Name the one that is meant: --by COLUMN\.$"):
        roster.spells("department")
    with pytest.raises(ColumnError, match=r"Did you mean 'Squad'\?$"):
        roster.spells("Sqad")


def test_what_successfactors_writes_of_whoever_has_no_manager_is_none():
    rows = {"USERID": ["1", "2"], "DEPARTMENT": ["Sales", "Sales"], "MANAGER": ["NO_MANAGER", "1"]}
    roster = read_roster(pd.DataFrame(rows))
    assert (roster.managers.stated, roster.managers.found) == (1, 1)

"""What a roster says of accounts, managers and missing departments in words of its own: understood, or said."""

import pandas as pd
import pytest

from silos import read_roster


def roster(**columns):
    ids = [f"p{number}@acme.example" for number in range(1, 5)]
    return read_roster(pd.DataFrame({"email": ids, "department": ["Sales", "Sales", "Legal", "Legal"], **columns}))


def note(read, words):
    return [said for said in read.notes if words in said]


@pytest.mark.parametrize("word", ["Contractor", "Zeitarbeit", "Freelance", "Prestation", "Konzern", "Vendor staff"])
def test_a_kind_that_is_not_known_is_counted_and_said(word):
    read = roster(**{"Account type": ["Member", word, word, "Room"]})
    assert read.people["kind"].tolist() == ["employee", "employee", "employee", "room"]
    assert note(read, "2 rows of 'Account type' have a kind of account that is not known")[0].count(repr(word)) == 1


def test_words_for_employees_are_not_said():
    for words in (["Member", "UserMailbox", "Employee", "Guest"], ["CDI", "CDD", "Salarié", "externe"]):
        assert not note(roster(**{"User type": words}), "a kind of account that is not known")


@pytest.mark.parametrize(
    ("heading", "here", "gone"),
    [
        ("Status", "Active", "Terminated"),
        ("Status", "aktiv", "Ausgeschieden"),
        ("Statut", "présent", "Sorti(e)"),
        ("Estado", "activo", "Baja"),
        ("Stato", "attivo", "Cessato"),
        ("Статус", "работает", "Уволен"),
        ("在籍区分", "在籍", "退職"),
        ("Actif", "oui", "non"),
    ],
)
def test_people_who_have_left_are_counted_and_said(heading, here, gone):
    read = roster(**{heading: [here, gone, gone, here]})
    assert len(read.people) == 4
    assert note(read, f"2 rows are of people who have left, as {heading!r} says ({gone!r} (2))")
    assert not note(roster(**{heading: [here] * 4}), "who have left")


@pytest.mark.parametrize("heading", ["Termination Date", "End date", "Date de sortie", "Austrittsdatum", "退職日"])
def test_days_on_which_people_left_are_counted_and_said_with_the_option_that_uses_them(heading):
    days = ["2023-05-31", None, "31/12/9999", "30/06/2031"]
    said = f"2 rows have a day in {heading!r} on which the person leaves or left, and count as the others. "
    said += f'--roster-map "effective_to={heading}" leaves out'
    assert note(roster(**{heading: days}), said)
    assert not note(roster(**{heading: [None, None, None, "31.12.9999"]}), "leaves or left")
    assert not note(roster(**{heading: days, "valid to": "2031-01-01"}), "leaves or left")


@pytest.mark.parametrize("heading", ["Employment Type", "Contract type", "Type de contrat", "Vertragsart"])
def test_kinds_of_employment_that_are_not_known_are_said(heading):
    read = roster(**{heading: ["Full-Time Regular", "Contractor", "CDI (temps plein)", "external"]})
    assert read.people["kind"].tolist() == ["employee", "employee", "employee", "external"]
    assert note(read, f"1 row of {heading!r} has a kind of account that is not known")[0].count("'Contractor' (1)") == 1
    assert read.people[heading].tolist()[0] == "Full-Time Regular"


def test_a_manager_of_another_company_is_nobody_of_the_same_name():
    managers = ["p2@parent.example", "p1@mail.acme.example", "p1@acme.onmicrosoft.com", None]
    read = roster(manager=managers)
    assert read.people["manager"].tolist()[:3] == ["p2@parent.example", "p1@acme.example", "p1@acme.example"]
    assert note(read, "1 of 3 managers in 'manager' were not found")


def test_managers_who_are_all_at_a_second_domain_are_those_of_the_roster():
    read = roster(manager=["p2@acme.io", "p3@acme.io", "p4@acme.io", "p1@acme.io"])
    assert read.people["manager"].tolist() == [f"p{number}@acme.example" for number in (2, 3, 4, 1)]


@pytest.mark.parametrize(
    ("own", "other", "found"),
    [
        ("acme.co.uk", "acme.com", True),
        ("acme.example", "acme.de", True),
        ("yahoo.com", "yahoo.fr", False),
        ("acme.example", "parent.example", False),
    ],
)
def test_the_managers_of_a_small_company_are_those_at_another_end_of_its_domain(own, other, found):
    ids = [f"{name}@{own}" for name in ("ann.roux", "bob.li", "cleo.diaz")]
    managers = [None, f"ann.roux@{other}", f"ann.roux@{other}"]
    read = read_roster(pd.DataFrame({"email": ids, "department": ["Sales"] * 3, "manager": managers}))
    assert read.people["manager"].tolist()[1:] == [ids[0] if found else f"ann.roux@{other}"] * 2


def test_managers_at_a_second_domain_are_known_although_others_of_it_have_left():
    names = ["ann.roux", "bob.li", "cleo.diaz", "dan.ek", "eve.wolf"]
    bosses = ["ann.roux", "bob.li", "cleo.diaz", "uma.gone", "vic.gone"]
    frame = {"email": [f"{name}@acme.example" for name in names], "department": ["Sales"] * 5}
    read = read_roster(pd.DataFrame({**frame, "manager": [f"{boss}@mail.example" for boss in bosses]}))
    assert (read.managers.stated, read.managers.found) == (5, 3)
    first = [f"{boss}@mail.example" for boss in ("ann", "bob", "cleo", "uma", "vic")]
    short = {**frame, "email": [f"{name.split('.')[0]}@acme.example" for name in names]}
    assert read_roster(pd.DataFrame({**short, "manager": first})).managers.found == 0


@pytest.mark.parametrize(
    "word",
    ["NO Services", "NO Team", "SEM Team", "SIN Division", "EI Unit", "UTEN Division", "No-Code", "Sin Fronteras",
     "Unit 0", "False Claims", "Ohne Grenzen GmbH", "N/A-Team", "Undefined Behavior Team", "Total Rewards"],
)  # fmt: skip
def test_departments_that_begin_like_a_word_for_none_are_some(word):
    read = roster(department=["SE Team", word, word, "SEO Team"])
    assert read.people["department"].tolist() == ["SE Team", word, word, "SEO Team"]


@pytest.mark.parametrize(
    "word", ["No team", "NO DEPARTMENT", "Sin división", "sem área", "ei osastoa", "uten avdeling", "Kein Team"]
)
def test_short_words_for_no_are_those_of_their_language(word):
    assert roster(department=["Sales", word, "Legal", "HR"]).people["department"].isna().tolist()[1]


@pytest.mark.parametrize(
    "word",
    [
        "0",
        "0.0",
        "FALSE",
        "Ningún departamento",
        "Geen afdeling",
        "Bez oddělení",
        "keine Abteilung zugeordnet",
        "tanımsız",
        "(Kein Bereich)",
        "Отдел не указан",
        "部署なし",
        "无部门",
        "ไม่ระบุ",
        "Δεν ορίστηκε",
        "N.N.",
        "Sans affectation",
    ],
)
def test_words_for_no_department_are_none(word):
    read = roster(department=["Sales", word, "Legal", "No. 7"])
    assert read.people["department"].isna().tolist() == [False, True, False, False]
    assert note(read, f"1 cell with a placeholder ({word!r}) taken as blank")


def test_a_nickname_that_is_a_mark_makes_no_two_people_one():
    names = ["Minh Tran (Du)", "Minh Tran (Lei)", "Bob Li (Guest)", "Ann Roux"]
    read = read_roster(pd.DataFrame({"Name": names, "department": ["Sales", "Sales", "Legal", "Legal"]}))
    assert sorted(read.people.index) == ["Ann Roux", "Bob Li"]
    assert note(read, "1 id is of several people by their names")


def test_ids_are_in_lower_case_as_logs_have_them():
    frame = pd.DataFrame({"Name": ["İpek Işık", "Anna Strauß", "Anna Strauss"], "department": ["Sales"] * 3})
    read = read_roster(frame)
    assert read.aliases["alias"].tolist() == ["anna strauss", "anna strauß", "ipek işık"]


@pytest.mark.parametrize("sign", ["/", "+", "&", "·", "->", "：", " & ", "\\"])
def test_signs_between_aliases_part_them(sign):
    addresses = [f"a{number}@acme.example{sign}b{number}@acme.example" for number in range(1, 5)]
    known = set(roster(aliases=addresses).aliases["alias"])
    assert {f"{letter}{number}@acme.example" for letter in "ab" for number in range(1, 5)} <= known
    if " " not in sign:
        known = set(roster(aliases=[f"u0{number}{sign}v0{number}" for number in range(1, 5)]).aliases["alias"])
        assert {f"{letter}0{number}" for letter in "uv" for number in range(1, 5)} <= known


@pytest.mark.parametrize(
    "ids", [["Ann Roux/Sales/Acme@Acme", "Bob Roux/Sales/Acme@Acme"], ["Ann Roux@Acme Corp", "Bob Roux@Acme Corp"]]
)
def test_names_of_notes_are_kept_whole(ids):
    read = read_roster(pd.DataFrame({"person": ids, "department": ["Sales", "Legal"]}))
    assert read.people.index.tolist() == ids


def test_kinds_of_account_in_further_languages():
    assert roster(**{"Kontotyp": ["Gäst", "Mötesrum", "Delad postlåda", "Anställd"]}).people["kind"].tolist() == (
        ["external", "room", "shared mailbox", "employee"]
    )
    assert note(
        roster(**{"Worker type": ["Employee", "Contingent Worker", "Employee", "Employee"]}), "'Contingent Worker'"
    )


def test_a_column_of_contracts_stays_an_attribute_and_tells_accounts():
    types = ["Regular", "Desk", "Shared mailbox", "External"]
    read = roster(**{"Employee Type": types})
    assert read.people["kind"].tolist() == ["employee", "employee", "shared mailbox", "external"]
    assert read.people["Employee Type"].tolist() == types
    assert "kind" not in read.columns


@pytest.mark.parametrize(
    ("before", "after", "day"),
    [
        ("2024", "2025", "2025-01-01"),
        ("202402", "202403", "2024-03-01"),
        ("H1 2024", "H2 2024", "2024-07-01"),
        ("2024.02.01.", "2024.03.01.", "2024-03-01"),
        ("febrero de 2024", "marzo de 2024", "2024-03-01"),
    ],
)
def test_effective_dates_of_years_and_parts_of_them(before, after, day):
    people = ["a@acme.example", *(f"{letter}@acme.example" for letter in "abcdef")]
    rows = {"email": people, "department": ["New"] + ["Old"] * 6, "Effective Date": [after] + [before] * 6}
    read = read_roster(pd.DataFrame(rows))
    assert read.people["department"].tolist() == ["New"] + ["Old"] * 5
    assert f"{read.history['effective_from'].max():%Y-%m-%d}" == day

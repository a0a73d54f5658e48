"""No community and no unit is published under what somebody of the roster is called."""

import pandas as pd
import pytest

import silos
from silos.privacy.columns import in_same_units, in_units
from silos.privacy.named_people import NamedPeople, units_without_people
from silos.ties.results import Memberships
from tests.conftest import a_roster
from tests.support.places import SAMPLE

IDS = ["p0010@acme.example", "eito", "1001", "jo.li@acme.example"]
NAMES = ["Emil Ito", "Zoë Müller-Roux", "Page, Marie", "Sales", "Ann Li Roux"]
PEOPLE = NamedPeople.called(IDS, NAMES)


@pytest.mark.parametrize(
    "name",
    [
        *("mpdm-a--b-1", "dm-x", "Emil Ito", "#emil.ito", "ito emil", "emilito", "for p0010 only"),
        *("p0010@acme.example", "who@else.example", "eito", "zoe muller roux", "Marie-Page"),
    ],
)
def test_communities_that_name_somebody(name):
    assert PEOPLE.named_in(name)


@pytest.mark.parametrize("name", ["emil", "Ito fans", "marie", "sales", "landing page", "2025", "q3", "1001", "dmz"])
def test_communities_that_name_nobody(name):
    assert not PEOPLE.named_in(name)


@pytest.mark.parametrize("unit", ["Marie", "Page", "Sales", "R&D (Oslo)", "eito", "Müller", " IT ", "1001"])
def test_units_that_hold_one_word_of_a_name_stay(unit):
    assert PEOPLE.without(unit) == unit


@pytest.mark.parametrize(
    "text",
    [
        *("emilito", "Ito, Emil", "Lab p0010", "eito", "jo li", "Roux Ann", "annliroux", "Ann Li", "zoe muller roux"),
        *("R&D (jo.li@acme.example)", "Li Roux Ann", "p0010@acme", "Emil", "dm-x", "", "Müller‐Roux"),
    ],
)
def test_those_whom_no_text_can_name_need_not_be_known(text):
    few = NamedPeople.called(IDS, NAMES, [text])
    assert (few.named_in(text), few.without(text)) == (PEOPLE.named_in(text), PEOPLE.without(text))
    assert len(few.runs) < len(PEOPLE.runs)


def test_units_stay_apart():
    given = ["R&D (Emil Ito)", "R&D (Marie Page)", "r&d", "Emil Ito", "p0010@acme.example", "Ops - Ito, Emil", "Legal"]
    found = units_without_people(given, PEOPLE)
    assert found == {
        "R&D (Emil Ito)": "R&D (2)",
        "R&D (Marie Page)": "R&D (3)",
        "Emil Ito": "Unit",
        "p0010@acme.example": "Unit (2)",
        "Ops - Ito, Emil": "Ops",
    }


def test_units_of_a_roster_are_called_without_people_once_and_a_note_says_so():
    people = {f"p{number}": ("Research (Ada Novak)", "Legal", "Novak")[number % 3] for number in range(30)}
    roster = a_roster(people)
    table = roster.people.assign(name=[f"Ada{'x' * number} Novak" for number in range(30)])
    roster = silos.read_roster(table.reset_index())
    new, by = in_units(roster, "department")
    assert set(new.people["department"]) == {"Research", "Legal", "Novak"}
    assert [str(note) for note in new.notes[len(roster.notes) :]] == [
        "1 unit of 'department' is called without the name, id or address of a person that it holds."
    ]
    assert in_units(new, by)[0].notes == new.notes
    assert set(in_same_units(roster, by).people["department"]) == {"Research", "Legal", "Novak"}


def test_names_of_communities_are_hidden_where_they_are_counted():
    roster = silos.read_roster(SAMPLE / "roster.csv")
    name = str(roster.people["name"].iloc[0])
    table = pd.DataFrame({"medium": "chat", "community": [1, 2, 3], "name": [name, "sales-team", None], "person": 0})
    assert Memberships(table).without_people(roster).table["name"].fillna("").tolist() == ["", "sales-team", ""]

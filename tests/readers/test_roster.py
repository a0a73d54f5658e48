"""Rosters as HR systems export them: people, departments, aliases, kinds of account, effective dates."""

import csv
import io
import itertools
import zipfile
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from silos.errors import ColumnError, ReadError, SilosError
from silos.privacy.columns import in_units
from silos.readers import DateOrderError
from silos.readers.roster import DatedRoster, read_roster
from silos.tables import Roster
from tests.support.damage import Outcomes


def read(content: str, folder: Path, encoding: str = "utf-8", **options) -> Roster:
    path = folder / "roster.csv"
    path.write_bytes(content.encode(encoding))
    return read_roster(path, **options)


def table(content: str) -> pd.DataFrame:
    return pd.read_csv(io.StringIO(content), dtype="str")


def owners(roster: Roster) -> dict[str, str]:
    return dict(zip(roster.aliases["alias"], roster.aliases["person"], strict=True))


COMPANY = """person,department,name,manager,level,location,aliases,kind,badge
ann@acme.example,Human  Resources ,Ann Ode,,1,Lyon,U01;Ann.Ode@acme.example,,7
bob@acme.example,IT,Bob Ray,ANN.ode@acme.example,2,Lyon,,,8
cleo@acme.example,,Cléo Lux,Bob Ray,2,,,,9
help@acme.example,IT,,,,,,bot,
"""
DEPARTMENTS = {
    "ann@acme.example": "Human Resources",
    "bob@acme.example": "IT",
    "cleo@acme.example": None,
    "help@acme.example": "IT",
}


def as_csv(folder):
    (folder / "r.csv").write_text(COMPANY, encoding="utf-8")
    return folder / "r.csv"


def as_cp1252(folder):
    table(COMPANY).to_csv(folder / "r.csv", sep=";", encoding="cp1252", index=False)
    return folder / "r.csv"


def as_utf16(folder):
    (folder / "r.txt").write_bytes(COMPANY.replace(",", "\t").encode("utf-16"))
    return folder / "r.txt"


def as_zip(folder):
    with zipfile.ZipFile(folder / "r.zip", "w") as archive:
        archive.writestr("out/roster.csv", COMPANY)
    return folder / "r.zip"


def as_pandas(folder):
    return table(COMPANY)


def as_polars(folder):
    return pl.read_csv(COMPANY.encode(), infer_schema=False)


def as_parquet(folder):
    as_polars(folder).write_parquet(folder / "r.parquet")
    return folder / "r.parquet"


def as_relation(folder):
    return duckdb.connect().from_df(table(COMPANY))


@pytest.mark.parametrize("writing", [value for name, value in sorted(globals().items()) if name.startswith("as_")])
def test_one_roster_written_in_many_ways(writing, tmp_path):
    roster = read_roster(writing(tmp_path))
    people = roster.people
    assert people["department"].astype(object).where(people["department"].notna(), None).to_dict() == DEPARTMENTS
    assert people["kind"].tolist() == ["employee", "employee", "employee", "bot"]
    assert people["manager"].tolist()[1:3] == ["ann@acme.example", "bob@acme.example"]
    assert people["level"].tolist()[:3] == [1, 2, 2]
    assert "badge" in people.columns
    own = {person: person for person in people.index}
    assert owners(roster) == own | {"u01": "ann@acme.example", "ann.ode@acme.example": "ann@acme.example"}
    units = roster.spells("department").set_index("person")["unit"].dropna()
    assert units.to_dict() == {"ann@acme.example": "Human Resources", "bob@acme.example": "IT"}
    assert not isinstance(roster, DatedRoster)


# ---- exports of HR systems


def test_entra_users(tmp_path):
    roster = read(
        "userPrincipalName,displayName,surname,mail,givenName,id,userType,jobTitle,department,accountEnabled\n"
        "ann@acme.onmicrosoft.example,Ann Ode,Ode,Ann.Ode@acme.example,Ann,0f-1,Member,,HR,True\n"
        "x_other.example#EXT#@acme.onmicrosoft.example,X,,x@other.example,,0f-2,,,HR,True\n"
        "y@other.example,Y,,y@other.example,,0f-3,Guest,,,True\n",
        tmp_path,
    )
    assert owners(roster)["ann.ode@acme.example"] == "ann@acme.onmicrosoft.example"
    assert owners(roster)["0f-1"] == "ann@acme.onmicrosoft.example"
    assert roster.people["kind"].tolist() == ["employee", "external", "external"]
    assert roster.people.loc["ann@acme.onmicrosoft.example", "name"] == "Ann Ode"
    assert roster.people.loc["ann@acme.onmicrosoft.example", "jobTitle"] is not None


def test_google_workspace_users(tmp_path):
    roster = read(
        "First Name [Required],Last Name [Required],Email Address [Required],Org Unit Path [Required],Employee ID,"
        "Manager Email,Department\n"
        "Ann,Ode,ann@acme.example,/HR,1,,People\nBob,Ray,bob@acme.example,/IT,2,Ann@acme.example,\n",
        tmp_path,
    )
    assert roster.people["department"].tolist() == ["People", "/IT"]
    assert roster.people["name"].tolist() == ["Ann Ode", "Bob Ray"]
    assert roster.people["manager"].tolist()[1] == "ann@acme.example"
    assert owners(roster)["2"] == "bob@acme.example"


def test_bamboo_hr(tmp_path):
    roster = read(
        "Employee #,First Name,Last Name,Department,Division,Location,Work Email,Reports To,Reports To Email\n"
        "1,Ann,Ode,HR,North,Lyon,ann@acme.example,,\n2,Bob,Ray,IT,North,Lyon,,Ann Ode,ann@acme.example\n",
        tmp_path,
    )
    # Bob has no mailbox, so the number names people.
    assert list(roster.people.index) == ["1", "2"]
    assert roster.people["manager"].tolist()[1] == "1"
    assert "Division" in roster.people.columns
    assert owners(roster)["ann@acme.example"] == "1"


def test_french_hr_file(tmp_path):
    roster = read(
        "Matricule;Nom;Prénom;Service;Responsable;Courriel\n"
        "7;Roux;Ève;Achats;;eve@acme.example\n8;Petit;Luc;Études;Ève Roux;luc@acme.example\n",
        tmp_path,
        "cp1252",
    )
    assert roster.people["name"].tolist() == ["Ève Roux", "Luc Petit"]
    assert roster.people["department"].tolist() == ["Achats", "Études"]
    assert roster.people["manager"].tolist()[1] == "eve@acme.example"
    assert roster.columns["department"] == "Service"
    assert owners(roster)["7"] == "eve@acme.example"


def test_viva_organisational_data_keeps_the_history(tmp_path):
    roster = read(
        "PersonId,EffectiveDate,ManagerId,LevelDesignation,Organization\n"
        "a@x.example,2024-06-01,,Junior,Sales\na@x.example,2024-01-01,b@x.example,Junior,HR\nA@x.example,,,Junior,Old\n"
        "b@x.example,2024-01-01,,Senior,HR\n",
        tmp_path,
    )
    assert isinstance(roster, DatedRoster)
    assert roster.people["department"].to_dict() == {"a@x.example": "Sales", "b@x.example": "HR"}
    history = roster.history[roster.history["person"] == "a@x.example"]
    assert history["department"].tolist() == ["Old", "HR", "Sales"]
    assert history["effective_from"].tolist()[1:] == [pd.Timestamp("2024-01-01"), pd.Timestamp("2024-06-01")]
    assert history["effective_to"].tolist()[:2] == [pd.Timestamp("2024-01-01"), pd.Timestamp("2024-06-01")]
    assert history["effective_to"].isna().tolist() == [False, False, True]


def test_effective_dates_of_either_order(tmp_path):
    content = "person,department,effective_from\na,HR,01/02/2024\na,IT,03/04/2024\n"
    with pytest.raises(DateOrderError, match="day-first"):
        read(content, tmp_path)
    roster = read(content, tmp_path, date_order="month-first")
    assert roster.history["effective_from"].tolist() == [pd.Timestamp("2024-01-02"), pd.Timestamp("2024-03-04")]


def test_typed_effective_dates():
    days = pd.to_datetime(["2024-06-01", "2024-01-01"], utc=True)
    roster = read_roster(pd.DataFrame({"person": [1, 1], "department": ["HR", "IT"], "effective_from": days}))
    assert roster.people["department"].to_dict() == {"1": "HR"}


# ---- who is who


def test_an_alias_of_two_people_is_dropped_and_said(tmp_path):
    roster = read("person,department,aliases\nann,HR,desk;a1\nbob,IT,Desk\n", tmp_path)
    assert owners(roster) == {"ann": "ann", "a1": "ann", "bob": "bob"}
    assert any("'aaaa'" in note for note in roster.notes)
    assert not any("desk" in note.lower() for note in roster.notes)


def test_prefixes_of_proxy_addresses_are_no_part_of_them(tmp_path):
    roster = read(
        "person,department,proxy addresses\nann,HR,SMTP:Ann@acme.example; smtp:a@acme.example;x:7\n", tmp_path
    )
    assert owners(roster) == dict.fromkeys(["ann", "ann@acme.example", "a@acme.example", "x:7"], "ann")
    assert owners(read("person,department,aliases\nbob,IT,B1;b2\n", tmp_path)) == dict.fromkeys(
        ["bob", "b1", "b2"], "bob"
    )


def test_a_manager_is_found_by_an_alias_before_a_name(tmp_path):
    content = (
        "person,name,manager,aliases,department\n1,Ann,Desk,,HR\n2,Desk,ann,,HR\n3,Bob,bob,desk,IT\n"
        "4,Lee,lee,,IT\n5,LEE,?,,IT\n"
    )
    assert read(content, tmp_path).people["manager"].tolist() == ["3", "1", "3", "lee", None]


def test_one_person_twice(tmp_path):
    assert len(read("person,department,phone\nann,HR,\nANN, hr ,12\n", tmp_path)) == 1
    roster = read("person,department,phone\nann,,\nann,HR,12\n", tmp_path)
    assert roster.people.loc["ann", ["department", "phone"]].tolist() == ["HR", "12"]
    with pytest.raises(SilosError, match="1 person is in several departments \\(lines 2, 4\\)"):
        read("person,department\nann,HR\nbob,IT\nann,IT\n", tmp_path)


def test_rows_that_are_none(tmp_path):
    roster = read('person,department\nann,HR\n,IT\n\nbob,IT,extra\ncleo\n"dora,HR\n', tmp_path)
    assert list(roster.people.index) == ["ann", "cleo"]
    assert any("line 3" in note for note in roster.notes)
    assert any("lines 5, 7" in note for note in roster.notes)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("", "employee"), ("Member", "employee"), ("CDI", "employee"), ("Guest", "external"), ("externe", "external"),
        ("Bot", "bot"), ("service account", "bot"), ("Room", "room"), ("RoomMailbox", "room"), ("resource", "room"),
        ("Shared mailbox", "shared mailbox"), ("SharedMailbox", "shared mailbox"),
        ("Freigegebenes Postfach", "shared mailbox"), ("Funktionspostfach", "shared mailbox"), ("Gast", "external"),
        ("Besprechungsraum", "room"), ("Sala riunioni", "room"), ("Ospite", "external"), ("Risorsa", "room"),
        ("Cassetta postale condivisa", "shared mailbox"), ("Utente di servizio", "bot"), ("Esterno", "external"),
        ("Buzón compartido", "shared mailbox"), ("Sala de reuniones", "room"), ("Invitado", "external"),
        ("Compte de service", "bot"), ("MailUniversalDistributionGroup", "shared mailbox"),
        ("GroupMailbox", "shared mailbox"), ("MailContact", "external"), ("GuestMailUser", "external"),
        ("Test account", "bot"), ("Distribution list", "shared mailbox"), ("Gedeeld postvak", "shared mailbox"),
        ("RemoteSharedMailbox", "shared mailbox"), ("Guest user", "external"), ("External consultant", "external"),
        ("Utilisateur invité", "external"), ("Externer Mitarbeiter", "external"), ("Salle de conférence", "room"),
        ("Shared services", "employee"), ("Field service", "employee"), ("Application developer", "employee"),
        ("Room attendant", "employee"), ("System engineer", "employee"), ("UserMailbox", "employee"),
    ],
)  # fmt: skip
def test_kinds_of_account(kind, expected, tmp_path):
    assert read(f"person,department,kind\nann,HR,{kind}\n", tmp_path).people["kind"].tolist() == [expected]


def test_numbers_that_pandas_made_floating_stay_ids():
    roster = read_roster(pd.DataFrame({"Employee #": [1.0, 2.0, None], "Dept": ["HR", " ", "IT"]}))
    assert list(roster.people.index) == ["1", "2"]
    assert roster.people["department"].isna().tolist() == [False, True]


# ---- columns


def test_named_columns(tmp_path):
    content = "wer,Abteilung,department\nann,HR,x\n"
    roster = read(content, tmp_path, columns={"person": "WER", "department": "Abteilung"})
    assert roster.people["department"].to_dict() == {"ann": "HR"}
    assert roster.people["department (2)"].tolist() == ["x"]
    with pytest.raises(ColumnError, match=r"no column 'Abteil'.*Did you mean 'Abteilung'"):
        read(content, tmp_path, columns={"person": "wer", "department": "Abteil"})
    with pytest.raises(SilosError, match="no field 'unit'"):
        read(content, tmp_path, columns={"unit": "Abteilung"})


def test_only_the_person_is_needed(tmp_path):
    assert "department" not in read("email,Site\nann@acme.example,Lyon\n", tmp_path).people.columns
    with pytest.raises(ColumnError, match=r"'person'.*Columns found: Abteilung, Ort.*--roster-map person=COLUMN"):
        read("Abteilung,Ort,Eintritt\nHR,Lyon,2020-02-01\n", tmp_path)
    with pytest.raises(ColumnError, match=r"'person'.*Columns found: 2 columns, not shown, as they may be no headings"):
        read("Ann Ode,Lyon\nBob Li,Lille\n", tmp_path)
    with pytest.raises(ReadError, match="first line holds values"):
        read("ann@acme.example,HR\nbob@acme.example,IT\n", tmp_path)


def test_names_alone_identify_if_nothing_else_does(tmp_path):
    assert list(read("Name,Department\nAnn Ode,HR\n", tmp_path).people.index) == ["Ann Ode"]


# ---- what cannot be read


def test_rosters_that_cannot_be_read(tmp_path):
    with pytest.raises(ReadError, match="empty"):
        read("", tmp_path)
    with pytest.raises(ReadError, match="no rows"):
        read("person,department\n", tmp_path)
    with pytest.raises(ReadError, match="a PDF"):
        read("%PDF-1.7", tmp_path)
    with pytest.raises(ReadError, match="no such file"):
        read_roster(tmp_path / "none.csv")
    with pytest.raises(ReadError, match="not int"):
        read_roster(7)
    (tmp_path / "more").mkdir()
    for name in "ab":
        (tmp_path / "more" / name).write_text("person,department\na,b\n")
    with pytest.raises(ReadError, match="2 files"):
        read_roster(tmp_path / "more")
    with pytest.raises(ReadError, match="no row names a person"):
        read("person,department\n,HR\n", tmp_path)


CELLS = st.text(st.sampled_from("ab1;,\"'\n\r é\0-/@#"), max_size=6)
HEADINGS = ["person", "department", "aliases", "kind", "EffectiveDate", "Nom", "Prénom", "manager", "level", "id"]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    headings=st.lists(st.sampled_from(HEADINGS), min_size=1, max_size=6),
    rows=st.lists(st.lists(CELLS, min_size=1, max_size=6), max_size=6),
    encoding=st.sampled_from(["utf-8", "cp1252", "utf-16"]),
)
def test_any_table_gives_a_roster_or_a_clear_error(headings, rows, encoding, tmp_path):
    """Which tables are read, and with which values, is the next test's."""
    content = "\n".join(",".join(row) for row in [headings, *rows])
    (tmp_path / "roster").write_bytes(content.encode(encoding, errors="replace"))
    try:
        roster = read_roster(tmp_path / "roster")
    except SilosError:
        return
    assert roster.people.index.is_unique
    assert roster.people.index.str.lower().is_unique
    assert roster.aliases["alias"].is_unique
    assert set(roster.aliases["person"]) <= set(roster.people.index)


#: Names with whatever a cell may hold, but for blanks, which a reader may trim.
NAMES = st.text(st.sampled_from("ab1é,;'\"|#@-"), min_size=1, max_size=6).map(lambda text: f"x{text}x")
#: Ids of people: of an id, an address amid other text is what stays.
IDS = NAMES.filter(lambda text: "@" not in text)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    people=st.dictionaries(IDS, NAMES, min_size=2, max_size=6),
    delimiter=st.sampled_from(",;\t"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16"]),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_a_table_that_is_well_formed_is_read_whole(people, delimiter, encoding, end, tmp_path):
    text = io.StringIO()
    rows = [("person", "department", "level"), *((person, name, 1) for person, name in people.items())]
    csv.writer(text, delimiter=delimiter, lineterminator=end).writerows(rows)
    (tmp_path / "roster").write_bytes(text.getvalue().encode(encoding))
    roster = read_roster(tmp_path / "roster")
    assert roster.people["department"].to_dict() == people


def test_any_bytes_give_a_roster_or_a_clear_error(tmp_path):
    good = b"person,department\nann,HR\nbob,IT\n"
    outcomes = Outcomes([("ann", "HR"), ("bob", "IT")])

    def read(content: bytes) -> tuple[list[tuple], str]:
        (tmp_path / "roster").write_bytes(content)
        return list(read_roster(tmp_path / "roster").people["department"].items()), ""

    @settings(max_examples=40, derandomize=True, database=None)
    @given(content=st.one_of(st.binary(max_size=300), st.binary(max_size=60).map(good.__add__)))
    def one(content: bytes) -> None:
        outcomes.of(lambda: read(content))

    one()
    outcomes.check(read=0.1, kept=0.2)


@pytest.mark.parametrize(
    "headings",
    [
        ("E-Mail-Adresse", "Anzeigename", "Abteilung", "Vorgesetzter", "Standort"),
        ("Personalnummer", "Mitarbeiter", "Bereich", "Führungskraft", "Ort"),
        ("Correo electrónico", "Nombre completo", "Departamento", "Jefe", "Oficina"),
        ("Indirizzo e-mail", "Nominativo", "Reparto", "Responsabile", "Sede"),
        ("E-mailadres", "Volledige naam", "Afdeling", "Leidinggevende", "Vestiging"),
    ],
)
def test_headings_of_other_languages_are_known(headings):
    rows = [
        ["a1@x.example", "Ann Roux", "Sales", "b2@x.example", "Oslo"],
        ["b2@x.example", "Bob Li", "IT", "", "Porto"],
    ]
    read = read_roster(pd.DataFrame(rows, columns=headings))
    fields = ("person", "name", "department", "manager", "location")
    assert {field: read.columns[field] for field in fields} == dict(zip(fields, headings, strict=True))


def test_an_employee_number_under_a_spanish_heading_is_an_alias():
    people = [[412 + place, f"Ruiz {place}, Ana", "IT", f"ana{place}@x.io"] for place in range(20)]
    read = read_roster(pd.DataFrame(people, columns=["Nº empleado", "Apellidos, Nombre", "Departamento", "Correo"]))
    assert {"412", "431"} <= set(read.aliases["alias"])
    assert read.columns["name"] == "Apellidos, Nombre"


def test_a_unit_may_be_asked_for_by_the_heading_of_its_column():
    table = pd.DataFrame({"person": ["a1", "b2"], "Abteilung": ["Sales", "IT"], "Team": ["x", "y"]})
    read = read_roster(table)
    assert in_units(read, "Abteilung")[1] == in_units(read, ["abteilung"])[1] == "department"
    assert in_units(read, "Team")[1] == "Team"


# ---- several departments at a time


def periods_of(*rows):
    """The history of one person whose rows are a department, a first and a last day."""
    table = pd.DataFrame(rows, columns=["department", "effective_from", "effective_to"], dtype="object")
    return read_roster(table.assign(person="ann@acme.example"))


def test_whoever_was_lent_returns():
    roster = periods_of(("HR", "2024-01-01", "2024-12-31"), ("IT", "2024-03-01", "2024-06-01"))
    found = roster.history[["department", "effective_from", "effective_to"]]
    assert found["department"].tolist() == ["HR", "IT", "HR"]
    assert found["effective_from"].dt.month.tolist() == [1, 3, 6]
    assert found["effective_to"].dt.month.tolist() == [3, 6, 12]
    assert roster.people["department"].tolist() == ["HR"]
    assert roster.condition.several == 1


def test_the_last_day_of_one_and_the_first_of_the_next_are_no_two_departments():
    roster = periods_of(
        ("HR", "2024-01-01", "2024-03-01"), ("IT", "2024-02-29", "2024-06-01"), ("HR", "2024-06-01", None)
    )
    assert roster.history["department"].tolist() == ["HR", "IT", "HR"]
    assert roster.condition.several == 0


def test_where_ends_are_not_kept_up_the_next_row_ends_the_one_before():
    roster = periods_of(("HR", "2024-01-01", None), ("IT", "2024-02-01", None), ("HR", "2024-03-01", "2024-04-01"))
    assert roster.history["department"].tolist() == ["HR", "IT", "HR"]
    assert roster.history["effective_to"].dt.month.tolist() == [2, 3, 4]
    assert roster.condition.several == 0


@given(
    st.lists(
        st.tuples(st.sampled_from("ab"), st.sampled_from("XYZ"), st.integers(0, 30), st.integers(1, 30)),
        min_size=1,
        max_size=8,
    )
)
@settings(max_examples=40, deadline=None)
def test_on_each_day_the_department_that_began_last_counts(rows):
    first = pd.Timestamp("2024-01-01")
    held = sorted(((person, day, day + lasts, unit) for person, unit, day, lasts in rows), key=lambda row: row[:3])
    table = pd.DataFrame(held, columns=["person", "effective_from", "effective_to", "department"])
    for name in ("effective_from", "effective_to"):
        table[name] = first + pd.to_timedelta(table[name], unit="D")
    roster = read_roster(table)
    found = [
        (row.person, (row.effective_from - first).days, (row.effective_to - first).days, row.department)
        for row in roster.history.itertuples()
    ]
    for person, day in itertools.product("ab", range(61)):
        there, here = (
            [unit for who, since, until, unit in periods if who == person and since <= day < until]
            for periods in (held, found)
        )
        assert here == there[-1:]
    several = {
        one[0]
        for one, other in itertools.combinations(held, 2)
        if one[0] == other[0] and one[3] != other[3] and min(one[2], other[2]) - max(one[1], other[1]) > 1
    }
    assert roster.condition.several == len(several)

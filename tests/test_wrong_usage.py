"""Wrong words and arguments: refused by what they alone say, before any log is read; or said to be idle."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import silos
from silos import SilosError
from silos.cli import main

GROUPS = {"Sales": 20, "Legal": 10, "Finance": 15, "HR": 12}


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    """A small company, as `silos simulate` writes it, and a log of groups beside it."""
    folder = tmp_path_factory.mktemp("company")
    made = silos.simulate.organisation(people=60, departments=7, weeks=4, seed=4, bilateral_pair=False)
    made.write(folder / "co")
    rows = [
        (a, b, sizes[0], sizes[1], "2025-03-02", 30 * sizes[0])
        for a, b, *sizes in ((a, b, GROUPS[a], GROUPS[b]) for a in GROUPS for b in GROUPS)
        if a != b
    ]
    columns = (
        "PrimaryCollaborator_Organization SecondaryCollaborator_Organization PrimaryCollaborator_GroupSize "
        "SecondaryCollaborator_GroupSize MetricDate Group_collaboration_time_invested"
    )
    pd.DataFrame(rows, columns=columns.split()).to_csv(folder / "groups.csv", index=False)
    return folder


def run(*words: object):
    return CliRunner().invoke(main, [str(word) for word in words])


def analyze(folder, *words: object, log: object = "nowhere.csv", roster: object = "nowhere.csv"):
    """The command; unless it is told another, on files that are not there, which exits with 1 once they are read."""
    return run("analyze", folder / log, "--roster", folder / roster, "-o", folder / "out", *words)


@pytest.mark.parametrize(
    "words",
    [
        ("--event", "nonsense"),
        ("--event", "2025-13-45=x"),
        ("--event", "2025-02-17="),
        ("--event", "2025-02-17=a", "--event", "2025-02-17=b"),
        ("--unit", ""),
        ("--unit", "{x}"),
        ("--since", "2025-04-01", "--until", "2025-01-01"),
        ("--since", "2025-04-01", "--until", "2025-04-01"),
        ("--since", "2025-02-30"),
        ("--until", "March"),
        ("--by", ""),
        ("--service-department", ""),
        ("--sheet", " "),
        ("--roster-sheet", ""),
        ("--roster-keep", ""),
        ("--key-file", ""),
        ("--format", ""),
        ("--join-within", ""),
        ("--name-communities", ""),
        ("--never-join", "Sales"),
        ("--log-kind", "foo"),
        ("--figures", "both,none"),
        ("--figures", "pdf"),
        ("--dp-epsilon", "1", "--since", "2025-04-01", "--until", "2025-01-01"),
    ],
    ids=" ".join,
)
def test_words_that_say_what_cannot_be_are_wrong_usage_before_a_file_is_looked_for(company, words):
    said = analyze(company, *words)
    assert (said.exit_code, "nowhere" in said.output) == (2, False), said.output


@pytest.mark.parametrize(
    "words",
    [
        ("check", "log.csv", "--roster", "roster.csv", "--since", "2025-04-01", "--until", "2025-01-01"),
        ("check", "", "--roster", "roster.csv"),
        ("check", "log.csv", "--roster", ""),
        ("check", "log.csv", "--roster", "roster.csv", "-o", ""),
        ("what-if", "log.csv", "--roster", "roster.csv", "--new-roster", "new.csv", "-o", "out", "--unit", "{x}"),
        ("what-if", "log.csv", "--roster", "roster.csv", "--new-roster", "", "-o", "out"),
        ("analyze", "log.csv", "--roster", "roster.csv", "-o", ""),
        ("ingest", "log.csv", "-o", ""),
        ("ingest", "", "-o", "store"),
        ("forget", "", "--person", "ann"),
        ("forget", "store", "--person", ""),
        ("rekey", "store", "--key-file", "", "--new-key-file", "new"),
        ("rekey", "store", "--key-file", "old", "--new-key-file", ""),
        ("compare", "", "later"),
        ("compare", "earlier", "later", "-o", ""),
        ("simulate", "-o", ""),
        ("sql", "--dialect", "duckdb", "--by", ""),
        ("sql", "--dialect", "duckdb", "--since", "2025-04-01", "--until", "2025-01-01"),
        ("sql", "--dialect", "duckdb", "--without", "foo"),
        ("sql", "--dialect", "duckdb", "--without", "thread", "--map", "thread=x"),
    ],
    ids=" ".join,
)
def test_so_it_is_for_every_command(words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    said = run(*words)
    assert said.exit_code == 2, said.output
    assert list(tmp_path.iterdir()) == []


def test_a_file_of_names_that_is_not_there_is_no_wrong_usage(company):
    said = analyze(company, "--name-communities", "nowhere.txt")
    assert said.exit_code == 1
    assert "cannot be read" in said.output


@pytest.mark.parametrize("since", ["2025-01-13", "2025-01-13 00:00", "2025-01-13T02:00:00+02:00", "2025-01-13T00:00Z"])
def test_a_period_begins_with_a_day_or_a_moment_of_any_zone(company, since):
    said = run("sql", "--dialect", "duckdb", "--since", since)
    assert said.exit_code == 0
    assert "2025-01-13 00:00:00" in said.output


def test_help_calls_a_date_a_date():
    for command in ("analyze", "check", "what-if", "sql"):
        assert "--since DATE" in run(command, "--help").output


def test_no_name_of_a_table_leaves_the_comment():
    said = run("sql", "--dialect", "duckdb", "--log", "a\ndrop table x; --")
    assert all(line.startswith("--") for line in said.output.partition("\n\n")[0].splitlines())


def test_a_field_that_does_not_exist_is_not_one_that_a_log_must_have():
    assert "there is no field 'foo'" in run("sql", "--dialect", "duckdb", "--without", "foo").output


def test_to_forget_somebody_in_no_store_asks_for_a_store(company):
    said = run("forget", company / "co", "--person", "ann")
    assert "not a directory that silos ingest wrote" in said.output


# ---- words that change nothing


@pytest.mark.long
def test_a_medium_that_the_log_lacks_is_said(company):
    log, roster = company / "co" / "interactions.csv", company / "co" / "roster.csv"
    found = silos.analyze(log, roster, bootstrap=2, log_kinds={"emial": "contacts", "Email": "messages"})
    [note] = found.results.inputs.unheeded
    assert "'emial'" in note
    assert "email" in note
    assert note in found.summary()["inputs"]["notes"]
    said = analyze(
        company, "--log-kind", "emial=contacts", "--bootstrap", 2, "--figures", "none", log=log, roster=roster
    )
    assert (said.exit_code, "--log-kind emial=contacts changed nothing" in said.output) == (0, True)
    said = run("check", log, "--roster", roster, "--log-kind", "emial=contacts")
    assert "'emial'" in said.output
    assert not silos.analyze(log, roster, bootstrap=2, log_kinds=["email=messages", "messages"]).results.inputs.unheeded


@pytest.mark.parametrize(
    ("option", "words"),
    {
        "--event": ("--event", "2025-03-02=Merger"),
        "--event-departments": ("--event-departments", "Nobody"),
        "--never-join": ("--never-join", "Nobody,Nowhere"),
        "--join-within": ("--join-within", "nope"),
        "--most-new-ties": ("--most-new-ties", "3"),
        "--leave-out-accounts": ("--leave-out-accounts",),
        "--log-kind": ("--log-kind", "foo=acts"),
        "--no-few": ("--no-few",),
        "--name-communities": ("--name-communities", "none"),
    }.items(),
)
def test_an_option_that_a_log_of_groups_does_not_heed_is_said(company, option, words):
    said = analyze(company, *words, "--figures", "none", log="groups.csv", roster="co/roster.csv")
    assert said.exit_code == 0, said.output
    assert f"these options changed nothing: {option}." in said.output


def test_of_a_log_of_groups_nothing_is_said_where_nothing_was_asked(company):
    found = silos.analyze(company / "groups.csv", company / "co" / "roster.csv")
    assert not found.results.inputs.unheeded
    with pytest.raises(SilosError, match="no department of the group-to-group query is called 'Nobody'"):
        silos.analyze(company / "groups.csv", company / "co" / "roster.csv", service_departments=["Nobody"])


# ---- arguments of Python


@pytest.mark.parametrize(
    "options",
    [
        {"window": "day"},
        {"bootstrap": "100"},
        {"bootstrap": None},
        {"seed": None},
        {"seed": True},
        {"max_recipients": None},
        {"max_recipients": 2.5},
        {"min_department": 5.5},
        {"since": pd.NaT},
        {"since": np.datetime64("NaT")},
        {"since": 20250301},
        {"since": dt.date(2025, 3, 1), "until": "2025-03-01"},
        {"by": None},
        {"by": [None]},
        {"service_departments": None},
        {"service_departments": [None]},
        {"log_kinds": None},
        {"log_kinds": [1]},
        {"events": None},
        {"events": [1]},
        {"events": {"2025-02-17": None}},
        {"event_departments": 5},
        {"unit": 5},
        {"name_communities": None},
        {"name_communities": [1]},
        {"join_limits": {"most": 3}},
    ],
    ids=str,
)
@pytest.mark.parametrize("log", ["co/interactions.csv", "groups.csv"])
def test_arguments_of_another_kind_are_refused_for_persons_and_groups_alike(company, options, log):
    with pytest.raises(SilosError):
        silos.analyze(company / log, company / "co" / "roster.csv", **options)


@pytest.mark.parametrize(
    "limits",
    [{"most": "3"}, {"never": 5}, {"never": "Sales,Legal"}, {"never": ["Sales", "Legal"]}, {"within": 5}],
    ids=str,
)
def test_limits_of_another_kind_are_refused(limits):
    with pytest.raises(SilosError):
        silos.JoinLimits(**limits)


@pytest.mark.parametrize(
    "options",
    [
        {"columns": {"sender": None}},
        {"columns": {"sender": 5}},
        {"columns": {"sender": []}},
        {"columns": ["sender=a"]},
        {"columns": "sender=a"},
        {"format": 5},
        {"engine": "polars"},
        {"connection": "x"},
        {"date_order": "dmy"},
        {"sheet": 5},
    ],
    ids=str,
)
def test_a_log_is_not_read_in_ways_that_there_are_not(company, options):
    with pytest.raises(SilosError):
        silos.read_interactions(company / "co" / "interactions.csv", **options)


@pytest.mark.parametrize(
    "options",
    [
        {"columns": {"person": None}},
        {"columns": "person=bar"},
        {"date_order": "foo"},
        {"keep": 5},
        {"same_domains": "a=b"},
        {"same_domains": ["a"]},
    ],
    ids=str,
)
def test_nor_is_a_roster(company, options):
    with pytest.raises(SilosError):
        silos.read_roster(company / "co" / "roster.csv", **options)


@pytest.mark.parametrize("number", [-1, "x", 2.7, float("nan"), True])
def test_so_many_rows_is_a_whole_number(company, number):
    log = silos.read_interactions(company / "co" / "interactions.csv")
    roster = silos.read_roster(company / "co" / "roster.csv")
    for ask in (log.head, log.to_pandas, roster.head):
        with pytest.raises(SilosError, match="is a whole number, 0 or more"):
            ask(number)


@pytest.fixture(scope="module")
def analysis(company):
    return silos.analyze(company / "co" / "interactions.csv", company / "co" / "roster.csv", bootstrap=20)


@pytest.mark.parametrize(
    "asked",
    [
        lambda found: found.what_if(ties={}),
        lambda found: found.what_if(ties=[("Sales", "R&D", 3)]),
        lambda found: found.what_if(ties={"Sales": 3}),
        lambda found: found.what_if(ties={("Sales", "R&D", "x"): 3}),
        lambda found: found.what_if(ties={("Sales", "R&D"): "3"}),
        lambda found: found.what_if(ties={("Sales", "R&D"): None}),
        lambda found: found.what_if(ties={("Sales", "R&D"): True}),
        lambda found: found.compare(None),
        lambda found: found.compare(found.summary()),
        lambda found: found.report(lang=None),
        lambda found: found.plot.department_graph(language=None),
        lambda found: found.plot.department_graph(ax="x"),
        lambda found: found.plot.insularity_forest(ax=3),
        lambda found: found.plot.organisation(ax=3),
        lambda found: found.report(figures_as=None),
        lambda found: found.report(figures_as="pdf"),
        lambda found: found.report(figures_as=("svg", "none")),
        lambda found: found.report().write(None),
        lambda found: found.report().write(5),
        lambda found: found.report().write(""),
    ],
)
def test_an_analysis_refuses_what_it_cannot_be_asked(analysis, asked):
    with pytest.raises(SilosError):
        asked(analysis)


def test_figures_say_which_there_are(analysis):
    shown = repr(analysis.plot)
    assert shown.startswith("Figures of this analysis, each drawn by its name: .department_graph(), ")
    assert len(shown) < 400
    names = [name.strip(" .()") for name in shown.split(":")[1].split(",")]
    assert {"inputs", "organisation", "external"} <= set(names)
    assert all(getattr(analysis.plot, name)().has_data() for name in names)
    with pytest.raises(SilosError, match=r"nothing to draw for 'trend'.* It has: department_graph, .*, inputs"):
        analysis.plot.trend()


@pytest.mark.parametrize("by", ["department,location", "department, location"])
def test_columns_between_commas_are_to_be_named_one_by_one(company, by):
    co = company / "co"
    with pytest.raises(SilosError, match=r"Name each by itself: --by department --by location\.$"):
        silos.analyze(co / "interactions.csv", co / "roster.csv", by=by)


def test_figures_are_asked_for_in_the_words_of_the_command(analysis):
    asked = {"both": ("svg", "png"), "none": (), "png,svg": ("png", "svg"), ("png",): ("png",), (): ()}
    for words, kinds in asked.items():
        assert analysis.report(figures_as=words).figures_as == kinds


@pytest.mark.parametrize(
    "options",
    [
        {"people": "100"},
        {"people": 100.5},
        {"seed": None},
        {"seed": 1.5},
        {"start": None},
        {"start": dt.date(2025, 1, 6)},
        {"silo_strength": "x"},
        {"connector": 5},
        {"rhythm": {"foo": 1}},
        {"season": None},
        {"silo_opens": 1.5},
    ],
    ids=str,
)
def test_no_organisation_is_made_of_what_is_of_another_kind(options):
    with pytest.raises(SilosError):
        silos.simulate.organisation(**{"people": 60, "departments": 5, "weeks": 2, **options})


@pytest.mark.parametrize("directory", [None, 5, ""])
def test_a_place_is_a_path(company, directory):
    made = silos.simulate.organisation(people=60, departments=7, weeks=1, bilateral_pair=False)
    for ask in (
        lambda: silos.ingest(company / "co" / "interactions.csv", directory),
        lambda: silos.forget(directory, "ann"),
        lambda: made.write(directory),
    ):
        with pytest.raises(SilosError):
            ask()


def test_months_that_are_kept_are_a_whole_number(company, tmp_path):
    with pytest.raises(SilosError, match="keep_months is a whole number"):
        silos.ingest(company / "co" / "interactions.csv", tmp_path / "store", keep_months="3")

"""The ties that a warehouse counts with the script of `silos sql` are those that are counted here."""

import re

import duckdb
import pytest
import sqlglot

import silos
from silos.errors import EmptyError, MatchError, SilosError
from silos.tables import INTERACTION_FIELDS
from silos.ties.count import tally
from silos.ties.warehouse import DIALECTS, RESULT, script
from tests.conftest import SPARK_MARKS
from tests.support import postgres
from tests.support.places import SAMPLE
from tests.support.summaries import differences

LOG, ROSTER = SAMPLE / "interactions.csv", SAMPLE / "roster.csv"
#: What ties cannot tell: how the log was written, and what took counting it again.
UNTOLD = ("/inputs/formats", "/connector/stability", "/connector/notes")


@pytest.fixture(scope="module")
def from_the_log():
    return silos.analyze(LOG, ROSTER, bootstrap=20).summary()


def counted_by_duckdb(folder, **options):
    """The file of ties that DuckDB makes of the sample company, as a warehouse would."""
    connection = duckdb.connect()
    connection.execute(f"create table interactions as from read_csv('{LOG}', all_varchar = true)")
    connection.execute(f"create table roster as from read_csv('{ROSTER}', all_varchar = true)")
    connection.register("known", silos.read_roster(ROSTER).aliases)
    connection.execute("create table ids as from known")
    connection.execute(script("duckdb", aliases="ids", without=lacking(), **options))
    connection.execute(f"copy {RESULT} to '{folder / 'ties.parquet'}' (format parquet)")
    return folder / "ties.parquet"


def assert_told(from_the_log, ties):
    found = silos.analyze(ties, ROSTER, bootstrap=20).summary()
    assert [one for one in differences(from_the_log, found) if not one.startswith(UNTOLD)] == []
    assert found["inputs"]["formats"] == ["ties"]


def test_the_summary_is_that_of_the_log(tmp_path, from_the_log):
    assert_told(from_the_log, counted_by_duckdb(tmp_path))


def test_ties_of_a_log_whose_times_are_days_say_so(tmp_path):
    log = tmp_path / "log.csv"
    rows = [
        f"2025-01-{day:02},{pair},e{day}{pair[0]}"
        for day in range(6, 28)
        for pair in ("ann,bob", "bob,ann", "cleo,dan")
    ]
    log.write_text("\n".join(["timestamp,sender,recipient,event", *rows]) + "\n", encoding="utf-8")
    roster = tmp_path / "roster.csv"
    roster.write_text("person,department\nann,HR\nbob,IT\ncleo,IT\ndan,HR\n", encoding="utf-8")
    connection = duckdb.connect()
    for name, file in (("interactions", log), ("roster", roster)):
        connection.execute(f"create table {name} as from read_csv('{file}', all_varchar = true)")
    connection.execute(script("duckdb", without=["medium", "thread", "kind", "recipients", "weight"]))
    connection.execute(f"copy {RESULT} to '{tmp_path / 'ties.parquet'}' (format parquet)")
    of_ties, of_log = (
        tally(silos.read_interactions(file), silos.read_roster(roster)) for file in (tmp_path / "ties.parquet", log)
    )
    assert of_ties.dialogue.unknown == of_log.dialogue.unknown == "days"


def lacking():
    """Canonical fields that the sample's log has no column for."""
    headings = LOG.read_text(encoding="utf-8").split("\n", 1)[0].split(",")
    return [field for field in ("medium", "event", "thread", "kind", "recipients", "weight") if field not in headings]


@pytest.mark.long
def test_postgresql_counts_the_same(tmp_path, from_the_log):
    with postgres.running() as server:
        tables = {name: path.read_text(encoding="utf-8") for name, path in (("interactions", LOG), ("roster", ROSTER))}
        tables["ids"] = silos.read_roster(ROSTER).aliases.to_csv(index=False)
        for name, table in tables.items():
            headings = ", ".join(f"{heading} text" for heading in table.split("\n", 1)[0].split(","))
            server.load(name, headings, table)
        server.run(script("postgres", aliases="ids", without=lacking()))
        ties = tmp_path / "ties.csv"
        ties.write_text(server.run(f"select * from {RESULT}"), encoding="utf-8")
    assert_told(from_the_log, ties)


@pytest.fixture
def database(spark, tmp_path):
    """A database of a Spark session, empty and soon forgotten."""
    spark.sql(f"create database warehouse location '{tmp_path / 'warehouse'}'")
    spark.sql("use warehouse")
    yield spark
    spark.sql("use default")
    spark.sql("drop database warehouse cascade")


@SPARK_MARKS[0]
@SPARK_MARKS[1]
def test_spark_runs_its_script_and_leaves_nothing_but_the_result(database, tmp_path, from_the_log):
    # Logs that other tests have read in this session are named in it still.
    before = {table.name for table in database.catalog.listTables("warehouse")}
    for name, path in (("interactions", LOG), ("roster", ROSTER)):
        database.read.csv(str(path), header=True).write.saveAsTable(name)
    import pyarrow as pa

    aliases = pa.Table.from_pandas(silos.read_roster(ROSTER).aliases, preserve_index=False)
    database.createDataFrame(aliases).write.saveAsTable("ids")
    for statement in sqlglot.parse(script("spark", aliases="ids", without=lacking()), read="spark"):
        if statement is not None and (text := statement.sql("spark", comments=False)):
            database.sql(text)
    left = {table.name for table in database.catalog.listTables("warehouse")} - before
    assert left == {"interactions", "roster", "ids", RESULT}
    database.table(RESULT).write.parquet(str(tmp_path / "ties"))
    assert_told(from_the_log, tmp_path / "ties")


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_script_is_of_its_dialect(dialect):
    text = script(dialect, log="hr.mail.sent", roster="hr.people", aliases="hr.ids", by="division", without=["thread"])
    parsed = [found for found in sqlglot.parse(text, read=dialect) if found is not None]
    made = [found.this.name for found in parsed if isinstance(found, sqlglot.exp.Create) and found.kind == "TABLE"]
    assert made[-1] == RESULT
    read = {table.sql(dialect) for found in parsed for table in found.find_all(sqlglot.exp.Table)}
    # BigQuery and Snowflake would count weeks from Sunday, or as they are told.
    assert not re.search(r"trunc\((week|[^()]*, week\))", text.lower())
    # All else that it reads it has made.
    ours = {name for name in read if name.split(" ")[0].strip('"`').startswith("silos_")}
    assert {name.split(" ")[0] for name in read - ours} == {"hr.mail.sent", "hr.people", "hr.ids"}


#: A name of a column -> what the script calls it.
COLUMNS = {
    "division": "division",
    "Division": "Division",
    "hr.division": "hr.division",
    "group": "group",
    "cost center": '"cost center"',
    '"cost center"': '"cost center"',
    "de'pt": '"de\'pt"',
    "Kosten-stelle": '"Kosten-stelle"',
    "1st": '"1st"',
    "current_date": '"current_date"',
    'a {0} "b" -- `c`': '"a {0} ""b"" -- `c`"',
}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_columns_of_any_name_are_columns(dialect):
    by, kind, *others = COLUMNS
    text = script(dialect, by=by, kind=kind, columns=dict(zip(INTERACTION_FIELDS, others, strict=True)))
    trees = [tree for tree in sqlglot.parse(text, read=dialect) if tree is not None]
    read = [column.parts for tree in trees for column in tree.find_all(sqlglot.exp.Column)]
    for name, called in COLUMNS.items():
        wanted = [part.name for part in sqlglot.parse_one(called, read="duckdb").parts]
        found = [parts for parts in read if [part.name for part in parts] == wanted]
        assert found, name
        if name.lower().endswith("division"):
            assert not any(part.args.get("quoted") for parts in found for part in parts), "case has its own meaning"


def test_a_script_with_columns_of_any_name_runs(tmp_path):
    connection = duckdb.connect()
    connection.execute("create table people as select 'ann' as person, 'HR' as \"de'pt\", 'x' as \"Kosten-stelle\"")
    connection.execute("insert into people values ('bob', 'IT', 'bot')")
    sent = "select timestamp '2025-01-06 10:00:00' as \"sent at\", 'ann' as \"from\", 'bob' as recipient"
    connection.execute(f"create table sent as {sent}")
    lacking = ["medium", "event", "thread", "kind", "recipients", "weight"]
    given = {"timestamp": "sent at", "sender": "from"}
    connection.execute(
        script("duckdb", log="sent", roster="people", by="de'pt", kind="Kosten-stelle", columns=given, without=lacking)
    )
    left_out = connection.execute(f"select reason, lines from {RESULT} where part = 'left out'").fetchall()
    assert left_out == [("bot", 1)]


def test_two_ids_of_the_warehouse_may_be_one_person_here(tmp_path):
    ties = counted_by_duckdb(tmp_path)
    roster = silos.read_roster(ROSTER)
    first, second = (str(name) for name in roster.people.index[:2])
    table = roster.people.drop(index=second).reset_index()
    merged = silos.read_roster(table.assign(aliases=[second if name == first else None for name in table["person"]]))
    before, after = tally(silos.read_interactions(ties), roster), tally(silos.read_interactions(ties), merged)
    assert len(after.people) == len(before.people) - 1
    assert (after.ties.dyads["a"] < after.ties.dyads["b"]).all()
    assert after.log.strangers == before.log.strangers


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"since": "2025-02-01"}, "which cannot be divided"),
        ({"window": "month"}, "which cannot be divided"),
        ({"max_recipients": 8}, "Use --max-recipients 20"),
    ],
)
def test_what_was_counted_elsewhere_is_not_counted_again(tmp_path, asked, message):
    with pytest.raises(SilosError, match=message):
        silos.analyze(counted_by_duckdb(tmp_path), ROSTER, **asked)


def test_ties_are_analysed_alone_and_with_their_roster(tmp_path):
    ties = counted_by_duckdb(tmp_path)
    with pytest.raises(SilosError, match="must be analysed alone"):
        silos.analyze([ties, LOG], ROSTER)
    others = silos.read_roster(ROSTER).people[["department"]].rename(index="other-{}".format)
    strangers = silos.read_roster(others.reset_index())
    with pytest.raises(MatchError, match="the roster that the warehouse counted with"):
        silos.analyze(ties, strangers)


def test_an_empty_period_makes_a_file_that_says_so(tmp_path):
    from datetime import datetime

    with pytest.raises(EmptyError):
        silos.analyze(counted_by_duckdb(tmp_path, since=datetime(2030, 1, 1)), ROSTER)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"dialect": "oracle"}, "there is no dialect 'oracle'"),
        ({"dialect": "duckdb", "without": ["sender"]}, "must have the field sender"),
        ({"dialect": "duckdb", "columns": {"form": "x"}}, "there is no field 'form'"),
        ({"dialect": "duckdb", "log": "de'pt"}, '"de\'pt" is not a valid table name in duckdb'),
    ],
)
def test_what_is_no_script_is_refused(asked, message):
    with pytest.raises(SilosError, match=message):
        script(**asked)

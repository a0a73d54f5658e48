"""Spark counts what DuckDB counts, on a cluster whose workers are processes of their own and may die."""

import os
import threading
from contextlib import contextmanager
from datetime import datetime

import pandas as pd
import pytest
from click.testing import CliRunner

import silos
from silos.cli import main
from silos.engines.spark import Spark
from silos.errors import ColumnError, ReadError, SilosError
from silos.ties.count import tally
from tests.conftest import SPARK_MARKS, a_roster
from tests.support import cluster
from tests.support.places import SAMPLE
from tests.support.summaries import differences

pytestmark = list(SPARK_MARKS)

ROSTER = SAMPLE / "roster.csv"


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """The sample company, ingested."""
    from silos.store.ingest import ingest

    folder = tmp_path_factory.mktemp("store") / "store"
    ingest(SAMPLE / "interactions.csv", folder)
    return folder


@pytest.fixture(scope="module")
def by_duckdb(store):
    return silos.analyze(store, ROSTER, bootstrap=20, window="month").summary()


def test_the_summary_is_that_of_duckdb_even_if_a_worker_dies(spark, store, by_duckdb):
    killed = []

    def watch(stage):
        # By then the log has been read and lies in the memory of both workers.
        if stage == "counting ties":
            killed.append(cluster.executors(os.getpid())[0])
            cluster.kill(killed[-1])

    logs = silos.read_interactions(store, engine="spark", connection=spark)
    found = silos.analyze(logs, ROSTER, bootstrap=20, window="month", progress=watch).summary()
    assert len(killed) == 1
    assert differences(by_duckdb, found) == []


@contextmanager
def striking(spark, victims):
    """Kill the executors that `victims` finds, as long as this runs; yields those that were."""
    tracker, stop, killed = spark.sparkContext.statusTracker(), threading.Event(), []

    def strike():
        while not stop.wait(0.02):
            for process in victims(tracker):
                cluster.kill(process)
                killed.append(process)

    thread = threading.Thread(target=strike)
    thread.start()
    try:
        yield killed
    finally:
        stop.set()
        thread.join()


def test_a_worker_that_dies_while_it_works_is_made_up_for(spark, store, by_duckdb):
    logs = silos.read_interactions(store, connection=spark)

    def one(tracker):
        return cluster.executors(os.getpid())[-1:] if tracker.getActiveStageIds() and not killed else []

    with striking(spark, one) as killed:
        found = tally(logs, silos.read_roster(ROSTER))
    assert len(killed) == 1
    assert found.log.rows_used == by_duckdb["inputs"]["rows_used"]
    assert len(found.ties.dyads) == by_duckdb["organisation"]["ties"]


def test_where_kept_steps_are_written_down_all_workers_may_be_lost(spark, store, by_duckdb, tmp_path):
    killed = []

    def watch(stage):
        if stage == "counting ties":
            killed.extend(cluster.executors(os.getpid()))
            for process in killed:
                cluster.kill(process)

    spark.sparkContext.setCheckpointDir(str(tmp_path))
    try:
        found = tally(silos.read_interactions(store, connection=spark), silos.read_roster(ROSTER), progress=watch)
    finally:
        spark.sparkContext.setCheckpointDir(None)
    assert len(killed) == 2
    assert found.log.rows_used == by_duckdb["inputs"]["rows_used"]
    assert len(found.ties.dyads) == by_duckdb["organisation"]["ties"]


def test_the_command_says_so_when_all_workers_are_lost_and_writes_nothing(spark, store, tmp_path):
    before = set(spark.sparkContext._jsc.getPersistentRDDs())

    def both(tracker):
        # When the third step that is kept begins, the log has been read and lies in the memory of both.
        kept = set(spark.sparkContext._jsc.getPersistentRDDs()) - before
        return cluster.executors(os.getpid()) if len(kept) >= 3 and not killed else []

    words = ["analyze", store, "--roster", ROSTER, "--engine", "spark", "-o", tmp_path / "out"]
    with striking(spark, both) as killed:
        said = CliRunner().invoke(main, [str(word) for word in words])
    assert len(killed) == 2
    assert said.exit_code == 1, said.output
    assert said.stderr.startswith("silos: Spark failed")
    assert "lost" in said.stderr
    assert len(said.stderr.splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_the_command_reads_a_store_on_spark(spark, store, tmp_path, by_duckdb):
    words = ["check", str(store), "--roster", str(ROSTER), "--engine", "spark", "-o", str(tmp_path / "found.json")]
    said = CliRunner().invoke(main, words)
    assert said.exit_code == 0, said.output
    assert f"rows read: {by_duckdb['inputs']['rows_read']:,}" in said.output


def a_frame(spark, rows, **columns):
    return spark.createDataFrame(rows, ", ".join(f"{name} {kind}" for name, kind in columns.items()))


def test_times_with_a_zone_are_instants_whatever_the_zone_of_the_session(spark):
    spark.conf.set("spark.sql.session.timeZone", "America/New_York")
    try:
        frame = spark.sql("select timestamp '2025-01-05 23:30:00' as date, 'ann' as `from`, 'bob' as `to`")
        counted = tally(silos.read_interactions(frame), a_roster({"ann": "A", "bob": "B"}))
        assert spark.conf.get("spark.sql.session.timeZone") == "America/New_York"
    finally:
        spark.conf.set("spark.sql.session.timeZone", "UTC")
    assert counted.log.first == datetime(2025, 1, 6, 4, 30)


def test_views_and_settings_of_the_session_are_left_as_they_were(spark):
    spark.sql("select 1 as mine").createOrReplaceTempView("settings")
    before = spark.conf.get("spark.sql.ansi.enabled")
    engine = Spark(spark)
    engine.give(
        "settings", pd.DataFrame({"number": [7, None], "text": ["a", None]}), {"number": "bigint", "text": "varchar"}
    )
    engine.step("doubled", "select 2 * number as twice, text from settings", kept=True)
    assert engine.rows("select twice, text from doubled order by twice nulls last") == [
        {"twice": 14, "text": "a"}, {"twice": None, "text": None},
    ]  # fmt: skip
    engine.close()
    assert spark.table("settings").toArrow().to_pylist() == [{"mine": 1}]
    assert not spark.catalog.tableExists("doubled")
    assert spark.conf.get("spark.sql.ansi.enabled") == before
    spark.catalog.dropTempView("settings")


PEOPLE = {"sender": "string", "recipient": "string"}


@pytest.mark.parametrize(
    ("row", "columns", "message"),
    [
        (("ann", "bob"), PEOPLE, "known to hold 'timestamp'"),
        (("x", "ann", "bob"), {"date": "string"} | PEOPLE, "not times"),
        ((None, "ann", ["bob"]), {"date": "timestamp"} | PEOPLE | {"recipient": "array<string>"}, "lists"),
    ],
)
def test_what_is_no_log_is_refused(spark, row, columns, message):
    with pytest.raises(ColumnError, match=message):
        silos.read_interactions(a_frame(spark, [row], **columns))


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/nowhere/at/all", "finds no Parquet"),
        ("nofs://bucket/log", "jar and credentials"),
        (str(ROSTER), "as Parquet"),
    ],
)
def test_a_path_that_holds_no_parquet_is_refused(spark, path, message):
    with pytest.raises(ReadError, match=message):
        silos.read_interactions(path, engine="spark")


def test_a_mapped_column_that_is_not_there_is_named(spark):
    frame = a_frame(spark, [(None, "ann", "bob")], date="timestamp", sender="string", recipient="string")
    with pytest.raises(ColumnError, match="no column 'whom'"):
        silos.read_interactions(frame, columns={"recipient": "whom"})


def test_an_error_of_spark_quotes_no_value_of_the_log(spark):
    engine = Spark(spark)
    try:
        with pytest.raises(SilosError, match="CAST_INVALID_INPUT") as raised:
            engine.rows("select cast(secret as int) as number from (select 'a secret' as secret)")
    finally:
        engine.close()
    assert "a secret" not in str(raised.value)

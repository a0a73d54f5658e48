"""DuckDB as an engine: it leaves the connection as it was, and gives the memory back."""

from pathlib import Path

import duckdb
import pytest

from silos.engines import duck
from silos.engines.duck import Duck

STATUS = Path("/proc/self/status")
#: A table of so many numbers takes 400 MB.
NUMBERS = 50_000_000


def held() -> float:
    """Megabytes that this process holds by itself."""
    told = dict(line.split(":", 1) for line in STATUS.read_text(encoding="utf-8").splitlines())
    return int(told["RssAnon"].split()[0]) / 1024


@pytest.mark.skipif(not STATUS.exists(), reason="only Linux says what a process holds by itself")
@pytest.mark.parametrize("how", ["drop", "close"])
def test_the_memory_of_what_is_dropped_goes_back_to_the_system(how):
    connection = duckdb.connect()
    engine = Duck(connection)
    # Of which DuckDB stores nothing but the numbers themselves.
    engine.step("numbers", f"select hash(range) as number from range({NUMBERS})", kept=True)
    before = held()
    if how == "drop":
        engine.drop(["numbers"])
        engine.close()
    else:
        engine.close()
    assert held() < before - 300


def test_a_connection_is_left_with_its_settings():
    connection = duckdb.connect()
    asked = "select * from duckdb_settings() where name like 'allocator%'"
    before = connection.execute(asked).fetchall()
    engine = Duck(connection)
    engine.step("letters", "select 'a' as letter", kept=True)
    engine.drop(["letters"])
    engine.close()
    assert connection.execute(asked).fetchall() == before


@pytest.mark.parametrize("at_once", [2, 25])
def test_rows_are_spread_into_parts_some_at_a_time(at_once, monkeypatch):
    monkeypatch.setattr(duck, "_OPEN", at_once)
    engine = Duck(duckdb.connect())
    # nothing is in parts 3 and 4, so that none of a whole group is when two are written at a time
    query = "select range as number, case when range % 7 in (3, 4) then 0 else range % 7 end as part from range(10000)"
    found = [
        sorted(number for batch in batches for number in batch["number"].tolist())
        for batches in engine.spread(query, "part", 7)
    ]
    expected = [[number for number in range(10_000) if number % 7 == part] for part in range(7)]
    expected[0] = sorted(expected[0] + expected[3] + expected[4])
    assert found == [expected[part] for part in (0, 1, 2, 5, 6)]
    assert list(engine.spread("select 1 as number, 0 as part where false", "part", 3)) == []
    engine.close()

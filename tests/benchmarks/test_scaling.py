"""docs/scaling.md is of its figures, the benchmark measures and judges, and 4 GB are enough for 20 million rows."""

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.support.pages import script
from tests.support.places import ROOT


@pytest.fixture(scope="module")
def speed() -> ModuleType:
    """benchmarks/speed.py, with what stands beside it."""
    sys.path.insert(0, str(ROOT / "benchmarks"))
    spec = importlib.util.spec_from_file_location("speed", ROOT / "benchmarks" / "speed.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    sys.path.pop(0)
    return module


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    return script("make_scaling")


@pytest.fixture(scope="module")
def measured(speed: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the benchmark writes of a small log."""
    folder = tmp_path_factory.mktemp("speed")
    _run(speed, folder)
    return folder / "scaling.json"


def _run(speed: ModuleType, folder: Path) -> None:
    small = ["--sizes", "1e3", "--formats", "csv", "--repetitions", "1", "--parts", "sizes", "--no-viva"]
    speed.main([*small, "--folder", str(folder), "-o", str(folder / "scaling.json")])


@pytest.mark.long
def test_every_contestant_is_measured_and_every_stage(measured: Path) -> None:
    [run] = json.loads(measured.read_text(encoding="utf-8"))["runs"]
    failed = {name: one["failed"] for name, one in run["contestants"].items() if one["failed"]}
    assert failed == {"viva": "not asked for"}
    for one in run["contestants"].values():
        assert one["failed"] or (one["seconds"] >= (one["inside"] or 0) > 0 or one["inside"] is None)
    assert 500 < run["rows"] < 1_500
    assert run["contacts"]["low"] <= run["contacts"]["median"] <= run["contacts"]["high"]
    names = [row["stage"] for row in run["stages"]]
    assert names[0].startswith("start")
    assert {"reading", "counting ties", "bootstrap", "communities", "connector"} < set(names)
    assert all(row["seconds"] > 0 and row["memory"] > 0 for row in run["stages"])


@pytest.mark.long
def test_what_was_measured_is_not_measured_again(speed: ModuleType, measured: Path) -> None:
    before = json.loads(measured.read_text(encoding="utf-8"))
    if before["runs"][0]["code"] != speed.code():
        pytest.skip("the package changed meanwhile")
    _run(speed, measured.parent)
    assert json.loads(measured.read_text(encoding="utf-8")) == before


@pytest.mark.long
def test_a_page_is_made_of_any_figures(maker: ModuleType, measured: Path) -> None:
    page = maker.page(measured)
    assert "vivainsights, 1e3 csv: not asked for." in page
    assert "| 6 × |  | not measured |" in page


def _figures(speed: ModuleType, **seconds: float) -> dict[str, Any]:
    """A run of which only these seconds are known."""
    contestants = {name: {"failed": "not asked for"} for name in speed.CONTESTANTS}
    contestants |= {
        name: {"seconds": value, "inside": value, "memory": 1e9, "failed": None} for name, value in seconds.items()
    }
    return {"size": "2e7", "format": "csv", "rows": 20_000_000, "contestants": contestants}


def _verdicts(speed: ModuleType, *runs: dict[str, Any], **found: Any) -> dict[tuple[str, str], Any]:
    return {(row["claim"], row["of"]): row["met"] for row in speed.targets({"runs": [*runs], **found})}


def test_targets_are_met_missed_or_not_measured(speed: ModuleType) -> None:
    whole = "whole `silos analyze` against the bare query", "2e7 rows, csv"
    stage = "the tie stage against the bare query", "2e7 rows, csv"
    met = _verdicts(speed, _figures(speed, sql=10, analyze=60, ties=25.1))
    assert met[whole] is True
    assert met[stage] is False
    assert met["peak memory", "2e7 rows, csv"] is True
    assert met["peak memory", "2e7 rows, parquet"] is None
    assert _verdicts(speed, _figures(speed, analyze=40, ties=20))[whole] is None


def test_what_everybody_has_first_is_held_against_the_import_of_libraries(speed: ModuleType) -> None:
    took = {name: {"seconds": 2.0, "inside": 1.0} for name in ("help", "imports", "small", "sample", "again")}
    met = _verdicts(speed, start=took | {"sample": {"seconds": 1.6}})
    assert met["`silos analyze` of a small log against the import of its libraries", "1e3 rows, csv"] is False
    assert met["`silos analyze` of the sample against the import of its libraries", "5e4 rows, csv"] is True
    assert met["a second `silos.analyze` in one process against the import of its libraries", "5e4 rows, csv"] is False


def test_time_a_row_is_held_against_that_of_a_million(speed: ModuleType) -> None:
    small = _figures(speed, analyze=10) | {"size": "1e6", "rows": 1_000_000}
    large = _figures(speed, analyze=999) | {"size": "1e8", "rows": 100_000_000}
    claim = "time a row against that at 1e6", "1e8 rows, csv"
    assert _verdicts(speed, small, large)[claim] is True
    large["contestants"]["analyze"]["seconds"] = 1_001
    assert _verdicts(speed, small, large)[claim] is False


def test_what_fails_within_a_limit_is_missed(speed: ModuleType) -> None:
    limited = {"size": "2e7", "limit": "4G", "seconds": 9.0, "failed": None}
    claim = "completes in an address space of 4G", "2e7 rows, parquet"
    assert _verdicts(speed, limited=[limited])[claim] is True
    assert _verdicts(speed, limited=[limited | {"failed": "MemoryError"}])[claim] is False


def test_a_process_that_fails_or_takes_too_long_says_so(speed: ModuleType) -> None:
    assert speed.ran([sys.executable, "-c", "print('{\"seconds\": 1}')"])["told"] == {"seconds": 1}
    assert speed.ran([sys.executable, "-c", "raise SystemExit('no ties')"])["failed"] == "no ties"
    assert "not done after" in speed.ran([sys.executable, "-c", "while True: pass"], patience=0.2)["failed"]


@pytest.mark.skipif(sys.platform != "linux", reason="limits of another process are Linux's")
def test_an_address_space_is_a_limit(speed: ModuleType) -> None:
    wasteful = [sys.executable, "-c", "import sys; sys.stdin.read(); bytearray(1 << 30)"]
    assert speed.ran(wasteful)["failed"] is None
    assert speed.ran(wasteful, address_space=speed.in_bytes("256M"))["failed"] == "MemoryError"


def test_copies_have_events_and_weeks_of_their_own(
    speed: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import duckdb

    logs = sys.modules["logs"]
    monkeypatch.setattr(logs, "SIMULATED", "1e3")
    monkeypatch.setitem(logs.SIZES, "more", logs.Size(6_000, 80, 8, copies=6))
    single, _ = logs.make("1e3", "parquet", tmp_path)
    told = "count(*), count(distinct event), count(distinct thread), count(distinct sender || ' ' || recipient)"
    [once] = duckdb.sql(f"select {told}, min(timestamp) from '{single}'").fetchall()
    for file_format in logs.FORMATS:
        several, roster = logs.make("more", file_format, tmp_path)
        assert roster.exists()
        times = "min(timestamp)::timestamp, date_diff('week', min(timestamp), max(timestamp))"
        [six] = duckdb.sql(f"select {told}, {times} from '{several}/*.{file_format}'").fetchall()
        assert six[:4] == (6 * once[0], 6 * once[1], 6 * once[2], once[3])
        assert six[4] == once[4]
        assert six[5] == 3 * logs.WEEKS + 3


@pytest.mark.scale
@pytest.mark.skipif(sys.platform != "linux", reason="limits of another process are Linux's")
def test_4_gb_are_enough_for_20_million_rows(speed: ModuleType) -> None:
    outcome = speed.limited("2e7", "4G", speed.FOLDER)
    assert outcome["failed"] is None

"""The store: canonical, content-free, the same whatever the order, and nothing lost or doubled by an interruption."""

import hashlib
import hmac
import importlib.util
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import silos
from silos.cli import main
from silos.engines.quoting import literal
from silos.errors import EmptyError, MatchError, OutputError, ReadError, SilosError
from silos.locales.said import in_language
from silos.privacy.pseudonyms import Key
from silos.report.writer import Report
from silos.store.ingest import Ingested, ingest
from silos.system.files import LOCK, locked
from silos.tables import AFFILIATION_FIELDS, INTERACTION_FIELDS
from silos.ties.count import Tally, tally
from tests.support import chat_exports as chat
from tests.support import interrupting
from tests.support import one_company as company
from tests.support.places import SAMPLE

MARK = "XSECRETX"
#: Keys that nobody guesses, and one that is long enough but easy.
KEY, OTHER = (hashlib.sha256(text).hexdigest().encode() for text in (b"a key", b"another"))
EASY = b"another key, long enough"
HEADINGS = ("timestamp", "sender", "recipient", "medium", "event", "thread", "kind", "recipients")


@pytest.fixture(scope="module")
def roster():
    return company.roster()


def run(*arguments: object):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def a_log(path: Path, rows: Iterable[Iterable[object]], headings: Iterable[str] = HEADINGS) -> Path:
    return company.written(path, company.table(headings, rows))


def rows_in(store: Path, table: str = "interactions") -> list[tuple]:
    """All rows of a table as any reader of a folder of Parquet would find them, with the month, ordered."""
    fields = INTERACTION_FIELDS if table == "interactions" else AFFILIATION_FIELDS
    files = f"{store}/{table}/*/*.parquet"
    query = f"select month, {', '.join(fields)} from read_parquet({literal(files)}, hive_partitioning = true)"
    return duckdb.sql(f"{query} order by all").fetchall() if (store / table).exists() else []


def bytes_of(store: Path) -> dict[str, str]:
    """Digests of the files of a store."""
    return {
        path.relative_to(store).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(store.rglob("*"))
        if path.is_file() and path.name != LOCK
    }


def content_of(store: Path) -> dict[str, object]:
    """The files of a store with all their rows in order, and the manifest. Bytes of Parquet hang on how it was made."""
    found: dict[str, object] = {}
    for path in sorted(store.rglob("*")):
        if path.is_file() and path.name != LOCK:
            table = path.suffix == ".parquet"
            query = f"from read_parquet({literal(path)}, hive_partitioning = false)"
            found[path.relative_to(store).as_posix()] = duckdb.sql(query).fetchall() if table else path.read_text()
    return found


def digest(text: str) -> str:
    return hashlib.sha256(f"event:{text}".encode()).hexdigest()[:32]


def a_key(path: Path) -> Path:
    path.write_bytes(KEY + b"\n")
    path.chmod(0o600)
    return path


def pseudonym(text: str, kind: str = "person") -> str:
    def keyed(said: str) -> str:
        return hmac.new(KEY, said.encode(), "sha256").hexdigest()

    domain = text.partition("@")[2] if kind == "person" else ""
    return keyed(f"{kind}:{text}")[:32] + ("@" + keyed(f"domain:{domain}")[:16] if domain else "")


# ---- what is kept

ROWS = [
    ("2025-01-31T23:59:59Z", " Ann@x ", "BOB@x", "Email", "<1.ann@x>", "<1.ann@x>", "direct", ""),
    ("2025-02-01T00:00:00Z", "bob@x", "ann@x", "email", "<2@x>", "<1.ann@x>", "Dear Ann", "0"),
    ("2025-02-01T00:00:00Z", "bob@x", "ann@x", "email", "<2@x>", "", "reply", "3"),
    ("2025-02-01T00:00:00Z", "bob@x", "ann@x", "email", "<2@x>", "", "reaction", ""),
    ("2025-02-01T00:00:00Z", "bob@x", "ann@x", "chat", "<2@x>", "", "", ""),
    ("2025-02-02T00:00:00Z", "ann@x", "ann@x", "", "", "", "", ""),
    ("", "ann@x", "bob@x", "email", "<3@x>", "", "direct", ""),
    ("2025-02-02T00:00:00Z", "ann@x", "", "email", "<4@x>", "", "direct", ""),
]


def test_rows_are_kept_in_canonical_form_by_month(tmp_path):
    result = ingest(a_log(tmp_path / "log.csv", ROWS), tmp_path / "store")
    assert [(row[0], str(row[1]), *row[2:]) for row in rows_in(tmp_path / "store")] == [
        (
            *("2025-01", "2025-01-31 23:59:59", "ann@x", "bob@x", "email", digest("<1.ann@x>"), digest("<1.ann@x>")),
            *("direct", None, 1.0),
        ),
        ("2025-02", "2025-02-01 00:00:00", "bob@x", "ann@x", "chat", digest("<2@x>"), None, None, None, 1.0),
        (
            *("2025-02", "2025-02-01 00:00:00", "bob@x", "ann@x", "email", digest("<2@x>"), digest("<1.ann@x>")),
            *("reply", 3, 1.0),
        ),
        ("2025-02", "2025-02-01 00:00:00", "bob@x", "ann@x", "email", digest("<2@x>"), None, "reaction", None, 1.0),
        ("2025-02", "2025-02-02 00:00:00", "ann@x", "ann@x", None, None, None, None, None, 1.0),
    ]
    assert result == Ingested(5, 1, 0, ("2025-01", "2025-02"), {"no sender or recipient": 1, "undated": 1})


def test_the_parquet_is_plain(tmp_path):
    """Partitions as Hive has them, no type that is DuckDB's own: what Spark reads."""
    ingest(chat.as_zip(tmp_path / "slack.zip", chat.SLACK_FILES), tmp_path / "store")
    files = [path.relative_to(tmp_path / "store").as_posix() for path in (tmp_path / "store").rglob("*.parquet")]
    assert sorted(files) == [
        *(f"affiliations/month={month}/part-0.parquet" for month in ("2024-05", "2024-06", "undated")),
        *(f"interactions/month={month}/part-0.parquet" for month in ("2024-05", "2024-06")),
    ]
    plain = {
        "timestamp": ("INT64", "TIMESTAMP_MICROS"),
        "varchar": ("BYTE_ARRAY", "UTF8"),
        "integer": ("INT32", "INT_32"),
        "double": ("DOUBLE", None),
    }
    for file in files:
        fields = INTERACTION_FIELDS if file.startswith("inter") else AFFILIATION_FIELDS
        query = f"select name, type, converted_type, logical_type from parquet_schema('{tmp_path / 'store' / file}')"
        found = duckdb.sql(f"{query} where type is not null").fetchall()
        assert {name: (type, converted) for name, type, converted, _ in found} == {
            name: plain[kind] for name, kind in fields.items()
        }
        [logical] = [logical for name, *_, logical in found if name == "timestamp"]
        assert "isAdjustedToUTC=0" in logical


def test_the_manifest_says_what_the_store_is_made_of(tmp_path):
    (tmp_path / "home of ann").mkdir()
    log = a_log(
        tmp_path / "home of ann" / "dated.csv", [(f"0{day}/04/2025", "ann", "bob") for day in (1, 2)], HEADINGS[:3]
    )
    options = ("--date-order", "day-first")
    said = run("ingest", log, "-o", tmp_path / "store", *options)
    assert said.exit_code == 0, said.output
    assert said.output == "added: 2 interactions\nmonths: 2025-04\n"
    manifest = json.loads((tmp_path / "store" / "silos.json").read_text(encoding="utf-8"))
    [entry] = manifest.pop("logs")
    assert manifest == {"schema": 1, "pseudonyms": None, "forgotten": [], "keep_months": None}
    assert len(entry.pop("log")) == 32
    assert entry == {
        "name": "dated.csv", "format": "delimited", "rows": 2, "first": "2025-04-01T00:00:00",
        "last": "2025-04-02T00:00:00", "rejected": {}, "notes": [],
    }  # fmt: skip


def test_notes_name_no_folder_and_go_on_to_who_reads_the_store(tmp_path):
    log = tmp_path / "home of ann" / "log.csv"
    a_log(log, [("2025-04-01T00:00:00Z", "zoé", "bob")], HEADINGS[:3])
    log.write_bytes(log.read_text(encoding="utf-8").encode("cp1252"))
    result = ingest(log, tmp_path / "store")
    assert result.notes == (f"{log} is not UTF-8; it was read as cp1252 (Windows, Western European).",)
    assert str(tmp_path) not in (tmp_path / "store" / "silos.json").read_text(encoding="utf-8")
    [source] = silos.read_interactions(tmp_path / "store").sources
    assert "log.csv is not UTF-8; it was read as cp1252 (Windows, Western European)." in source.notes
    # Whoever reads the store may speak another language than whoever made it.
    said = [in_language(note, "fr") for note in source.notes]
    assert "log.csv n’est pas en UTF-8\u202f; le fichier a été lu en cp1252 (Windows, Europe occidentale)." in said


# ---- the same ties

WRITERS = [
    *(company.canonical, company.french, company.mbox, company.slack, company.mattermost, company.engage),
    *(
        company.exchange,
        company.gmail,
        company.meetings_table,
        company.teams,
        company.purview,
        company.gephi,
        company.gexf,
    ),
]
if importlib.util.find_spec("recurring_ical_events"):
    WRITERS.append(company.calendar)


def counted(log: object, staff, **options: str) -> Tally:
    return tally(silos.read_interactions(log), staff, max_recipients=company.LIMIT, **options)


def assert_the_same(found: Tally, expected: Tally, *, left_out: int = 0) -> None:
    for ties, others in [
        (found.ties, expected.ties),
        *zip(found.windows.values(), expected.windows.values(), strict=True),
    ]:
        pd.testing.assert_frame_equal(ties.arcs, others.arcs)
        pd.testing.assert_frame_equal(ties.dyads, others.dyads)
    for name in (
        *("rows_used", "broadcasts", "selves", "strangers", "first", "last", "media", "threads", "meetings"),
        *("directed", "dated", "waived"),
    ):
        assert getattr(found.log, name) == getattr(expected.log, name), name
    assert found.memberships.strangers == expected.memberships.strangers
    # Duplicates are gone, those of rows that make no tie too, but for what the readers themselves left out.
    assert set(found.log.rejected) - {"duplicate"} == set(expected.log.rejected) - {"duplicate"}
    assert found.log.rejected.get("duplicate", 0) == left_out
    for reason, count in found.log.rejected.items():
        least = 1 if reason in ("not in the roster", "bot", "duplicate") else expected.log.rejected[reason]
        assert least <= count <= expected.log.rejected[reason], reason
    columns = ["medium", "person", "posts", "first", "last"]
    memberships = [
        table[columns].sort_values(columns, ignore_index=True)
        for table in (found.memberships.table, expected.memberships.table)
    ]
    pd.testing.assert_frame_equal(*memberships, check_dtype=len(found.memberships.table) > 0)


@pytest.mark.long
@pytest.mark.parametrize("write", WRITERS)
def test_a_store_with_pseudonyms_has_the_ties_of_the_log(tmp_path, write, roster):
    log = write(tmp_path)
    key = tmp_path / "key"
    ingest(log, tmp_path / "store", key_file=key)
    left_out = sum(source.rejected.get("duplicate", 0) for source in silos.read_interactions(log).sources)
    assert_the_same(counted(tmp_path / "store", _keyed(roster, key)), counted(log, roster), left_out=left_out)


@pytest.mark.parametrize("write", [company.canonical, company.slack, company.gephi])
def test_a_store_without_a_key_has_the_ties_of_the_log(tmp_path, write, roster):
    log = write(tmp_path)
    ingest(log, tmp_path / "store")
    options = {} if write is company.gephi else {"window": "week"}
    assert_the_same(counted(tmp_path / "store", roster, **options), counted(log, roster, **options))


def _keyed(staff, key: Path):
    """The roster of the company, with the pseudonyms of all its ids."""
    table = staff.aliases.groupby("person")["alias"].agg(";".join).rename("aliases")
    people = staff.people[["department", "kind"]].join(table).reset_index()
    return silos.read_roster(people, key_file=key)


@pytest.mark.long
def test_an_analysis_of_a_store_is_that_of_the_logs(tmp_path):
    """Byte for byte, with a row a person as well; with a key but for the names of communities."""
    key, staff = tmp_path / "key", SAMPLE / "roster.csv"
    logs = [SAMPLE / "interactions.csv", SAMPLE / "affiliations.csv"]
    ingest(logs, tmp_path / "store")
    ingest(logs, tmp_path / "keyed", key_file=key)
    written = []
    for log, options in ((logs, {}), (tmp_path / "store", {}), (tmp_path / "keyed", {"key_file": key})):
        read = silos.read_interactions(log)
        found = silos.analyze(read, silos.read_roster(staff, **options), since="2025-02-01", bootstrap=10)
        report = Report(found, people=True)
        summary = report.summary
        assert summary["inputs"].pop("formats") == (["affiliations", "delimited"] if log is logs else ["store"])
        notes = summary["inputs"].pop("notes")
        assert [" was made by silos ingest of 2 logs " in note for note in notes] == ([] if log is logs else [True])
        written.append(({name: table.to_csv() for name, table in report.tables().items()}, summary))
    plain, stored, keyed = written
    assert {"people", "external", "communities"} <= set(plain[0])
    assert stored == plain
    names, pseudonyms = (tables.pop("communities") for tables, _ in (plain, keyed))
    assert names.count("\n") == pseudonyms.count("\n") > 5
    assert pseudonyms.count("#") == names.count("\n") - 1
    assert "#" not in names
    for tables, summary in (plain, keyed):
        del tables["community_shares"], summary["communities"], summary["findings"], summary["recommendations"]
        del summary["what_if"]["losses"]["communities"]
    assert keyed == plain


def test_a_store_in_a_zip_is_read_as_the_folder_is(tmp_path):
    ingest(chat.as_zip(tmp_path / "slack.zip", chat.SLACK_FILES), tmp_path / "store")
    with zipfile.ZipFile(tmp_path / "store.zip", "w") as archive:
        for path in (tmp_path / "store").rglob("*"):
            archive.write(path, path.relative_to(tmp_path / "store"))
    tables = []
    for name in ("store", "store.zip"):
        read = silos.read_interactions(tmp_path / name)
        [source] = read.sources
        assert source.rejected == chat.SLACK_REJECTED
        tables.append(
            [read.connection.sql(f"{query} order by all").fetchall() for query in (source.query, source.affiliations)]
        )
    assert tables[0] == tables[1]
    assert all(tables[0])


def test_undated_rows_of_a_graph_have_a_month_of_their_own_and_count(tmp_path):
    log = a_log(tmp_path / "edges.csv", [("ann", "bob", 2), ("bob", "ann", 3)], ("Source", "Target", "Weight"))
    for _ in range(2):
        assert ingest(log, tmp_path / "store").months == ("undated",)
    assert [(row[0], row[-1]) for row in rows_in(tmp_path / "store")] == [("undated", 2.0), ("undated", 3.0)]
    dated, undated = silos.read_interactions(tmp_path / "store").sources
    assert dated.dated
    assert not undated.dated


def test_a_folder_may_be_called_anything(tmp_path):
    log = a_log(tmp_path / "log.csv", ROWS)
    (tmp_path / "month=3").mkdir()
    for name in ("st[o]re", "month=3/it's *", "spaced out"):
        for _ in range(2):
            ingest(log, tmp_path / name)
        read = silos.read_interactions(tmp_path / name)
        assert read.connection.sql(f"select count(*) from ({read.query})").fetchall() == [(5,)]


# ---- duplicates

HALVES = [row for row in ROWS if row[0] and row[2]]


def test_a_log_ingested_again_changes_nothing(tmp_path):
    log = chat.as_zip(tmp_path / "slack.zip", chat.SLACK_FILES)
    first = ingest([log, company.gephi(tmp_path)], tmp_path / "store")
    before = content_of(tmp_path / "store")
    shutil.copy(log, tmp_path / "other name.zip")
    again = ingest([tmp_path / "other name.zip", log, tmp_path / "edges.csv"], tmp_path / "store")
    assert (again.added, again.memberships) == (0, 0)
    assert again.duplicates > first.added
    after = content_of(tmp_path / "store")
    before.pop("silos.json")  # a log has the first of its names
    after.pop("silos.json")
    assert before == after
    assert len(json.loads((tmp_path / "store" / "silos.json").read_text(encoding="utf-8"))["logs"]) == 2


def test_rows_without_events_that_are_alike_are_as_many_as_in_one_export(tmp_path):
    """What two exports both have is the same; what one has twice happened twice."""
    twice, once, other = (
        ("2025-01-06T09:00:00Z", "ann", "bob"),
        ("2025-01-06T10:00:00Z", "ann", "bob"),
        ("2025-01-07", "bob", "ann"),
    )
    one = a_log(tmp_path / "one.csv", [twice, once, twice], HEADINGS[:3])
    two = a_log(tmp_path / "two.csv", [twice, other, (twice[0], "ANN", " bob")], HEADINGS[:3])
    result = ingest([one, two, one], tmp_path / "store")
    assert (result.added, result.duplicates) == (4, 2)
    assert Counter(str(row[1]) for row in rows_in(tmp_path / "store")) == {
        "2025-01-06 09:00:00": 2,
        "2025-01-06 10:00:00": 1,
        "2025-01-07 00:00:00": 1,
    }


def test_posts_of_one_moment_are_as_many_as_in_one_export(tmp_path):
    log = chat.as_zip(tmp_path / "slack.zip", chat.SLACK_FILES)
    fewer = {name: content for name, content in chat.SLACK_FILES.items() if not name.startswith("general/")}
    part = chat.as_zip(tmp_path / "part.zip", fewer)
    for name, logs in (("one", [log]), ("both", [part, log, part])):
        ingest(logs, tmp_path / name)
    found = rows_in(tmp_path / "both", "affiliations")
    assert found == rows_in(tmp_path / "one", "affiliations")
    assert sum(row[-1] for row in found) == sum(posts for _, _, posts in chat.SLACK_POSTS)


def test_a_community_that_one_log_keeps_to_itself_has_no_name(tmp_path):
    headings = ("timestamp", "person", "community", "name", "medium", "posts")
    row = ("2025-01-06T09:00:00Z", "ann", "C1", "general", "chat", 1)
    public = a_log(tmp_path / "a.csv", [row], headings)
    private = a_log(tmp_path / "b.csv", [(*row[:3], "", *row[4:])], headings)
    named = []
    for name, logs in (("one", [public]), ("both", [public, private]), ("again", [private, public])):
        ingest(logs, tmp_path / name)
        named.append([row[4:] for row in rows_in(tmp_path / name, "affiliations")])
    assert named == [[("general", "chat", 1)], [(None, "chat", 1)], [(None, "chat", 1)]]


EVENTS = st.sampled_from(["", "e1", "e2"])
A_ROW = st.tuples(
    st.sampled_from(["2025-01-31T12:00:00Z", "2025-02-01T12:00:00Z"]),
    st.sampled_from(["ann", "bob", "Bob "]),
    st.sampled_from(["bob", "cleo"]),
    st.sampled_from(["", "chat"]),
    EVENTS,
    st.sampled_from(["", "t1", "t2"]),
    st.sampled_from(["", "direct", "reaction"]),
    st.sampled_from(["", "1", "2"]),
)


@pytest.mark.long
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(exports=st.lists(st.lists(A_ROW, min_size=1, max_size=6), min_size=1, max_size=3), data=st.data())
def test_whatever_the_order_the_store_is_the_same(tmp_path_factory, exports, data):
    folder = tmp_path_factory.mktemp("any")
    logs = [a_log(folder / f"{number}.csv", rows) for number, rows in enumerate(exports)]
    ingest(logs, folder / "together")
    order = data.draw(st.permutations([*logs, data.draw(st.sampled_from(logs))]))
    for log in order:
        ingest(log, folder / "apart")
    assert content_of(folder / "apart") == content_of(folder / "together")

    # The truth, by another way: sets of events, and the largest of the bags of the rest.
    events = set()
    rest: Counter[tuple] = Counter()
    for rows in exports:
        bag: Counter[tuple] = Counter()
        for time, sender, recipient, medium, event, thread, kind, reached in rows:
            who = (time[:7], sender.strip().lower(), recipient, medium)
            if event:
                events.add((*who, event, kind == "reaction"))
            else:
                bag[*who, time, thread, kind, reached] += 1
        rest |= bag
    found = Counter(
        (month, sender, recipient, medium or "", event is not None)
        for month, _, sender, recipient, medium, event, *_ in rows_in(folder / "together")
    )
    assert found == Counter((*event[:4], True) for event in events) + Counter(
        (*row[:4], False) for row in rest.elements()
    )


# ---- pseudonyms


def everything_in(store: Path, *, said: str = "") -> str:
    """All bytes of a store as text, and all the values that its compressed tables hold."""
    content = [path.read_bytes().decode("latin-1") for path in store.rglob("*") if path.is_file()]
    content += [path.relative_to(store).as_posix() for path in store.rglob("*")]
    return repr([content, rows_in(store), rows_in(store, "affiliations"), said])


def test_with_a_key_no_id_is_left_and_pseudonyms_are_hmacs(tmp_path):
    key = a_key(tmp_path / "key")
    log = a_log(tmp_path / "mailbox of ann.csv", HALVES)
    said = run("ingest", log, "-o", tmp_path / "store", "--key-file", key)
    assert said.exit_code == 0, said.output
    people = {name for row in rows_in(tmp_path / "store") for name in row[2:4]}
    assert people == {pseudonym("ann@x"), pseudonym("bob@x")}
    events = {name for row in rows_in(tmp_path / "store") for name in row[5:7] if name}
    assert events == {pseudonym(event, "event") for event in ("<1.ann@x>", "<2@x>")}
    held = everything_in(tmp_path / "store").lower()
    assert "ann" not in held
    assert "bob" not in held
    assert KEY.decode() not in held
    assert key.read_bytes().hex() not in held


def test_with_a_key_communities_have_pseudonyms_for_ids_and_names(tmp_path):
    key = a_key(tmp_path / "key")
    log = chat.as_zip(tmp_path / "slack.zip", chat.SLACK_FILES)
    ingest(log, tmp_path / "plain")
    ingest(log, tmp_path / "store", key_file=key)
    plain, found = (rows_in(tmp_path / name, "affiliations") for name in ("plain", "store"))
    assert {row[4] for row in plain} == {"general", None}
    expected = [
        (
            *(*row[:2], pseudonym(row[2]), pseudonym(row[3], "community")),
            *(row[4] and f"#{pseudonym(row[3], 'community')[:8]}", *row[5:]),
        )
        for row in plain
    ]
    assert sorted(found, key=repr) == sorted(expected, key=repr)


def test_a_long_key_makes_hmacs_too(tmp_path):
    long = KEY + OTHER
    a_key(tmp_path / "key").write_bytes(long)
    ingest(a_log(tmp_path / "log.csv", HALVES), tmp_path / "store", key_file=tmp_path / "key")
    expected = hmac.new(long, b"person:ann@x", "sha256").hexdigest()[:32]
    assert expected in {row[2].split("@")[0] for row in rows_in(tmp_path / "store")}


def test_a_key_file_that_is_not_there_is_made_for_its_owner_alone(tmp_path):
    log = a_log(tmp_path / "log.csv", HALVES)
    keys = []
    for name in ("one", "two"):
        ingest(log, tmp_path / f"store {name}", key_file=tmp_path / "keys" / name)
        file = tmp_path / "keys" / name
        keys.append(file.read_text(encoding="ascii").strip())
        assert len(bytes.fromhex(keys[-1])) == 32
        if os.name == "posix":
            assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert sorted(path.name for path in (tmp_path / "keys").iterdir()) == ["one", "two"]
    assert keys[0] != keys[1]
    assert ingest(log, tmp_path / "store one", key_file=tmp_path / "keys" / "one").added == 0
    assert Key.make(tmp_path / "keys" / "one").secret == keys[0].encode()


@pytest.mark.skipif(not hasattr(os, "O_TMPFILE"), reason="this system has no files without a name")
def test_a_key_is_nowhere_else_when_the_command_is_killed_as_it_writes_it(tmp_path):
    killed = f"""
import os, sys
from silos.privacy.pseudonyms import Key
sys.addaudithook(lambda event, args: os._exit(9) if event == "os.link" else None)
Key.make({str(tmp_path / "key")!r})
"""
    assert subprocess.run([sys.executable, "-c", killed], check=False).returncode == 9
    assert list(tmp_path.iterdir()) == []
    assert Key.make(tmp_path / "key") == Key.read(tmp_path / "key")


def test_keys_that_are_none_or_not_the_right_one_are_refused(tmp_path):
    log, key = a_log(tmp_path / "log.csv", HALVES), a_key(tmp_path / "key")
    ingest(log, tmp_path / "plain")
    ingest(log, tmp_path / "store", key_file=key)
    before = bytes_of(tmp_path / "store"), bytes_of(tmp_path / "plain")
    a_key(tmp_path / "short").write_bytes(b"fifteen bytes.." + b"\r\n" * 9)
    a_key(tmp_path / "other").write_bytes(OTHER)
    a_key(tmp_path / "easy").write_bytes(EASY)
    (tmp_path / "link").symlink_to(tmp_path / "new store" / "key")
    refused = {
        ("store", None): "holds pseudonyms. Name the key file",
        ("store", "other"): "this is not the key that the pseudonyms",
        ("store", "not there"): "the key file cannot be read",
        ("plain", "key"): "it was made without --key-file",
        ("new store", "easy"): "this key can be guessed: it is worth about 66 bits",
        ("new store", "short"): "a key has at least 16 bytes, but this file has 15",
        ("new store", "new store/key"): "the key would be inside the store",
        ("new store", "link"): "the key would be inside the store",
    }
    for (name, file), message in refused.items():
        with pytest.raises(SilosError, match=message) as fault:
            ingest(log, tmp_path / name, key_file=file and tmp_path / file)
        assert "long enough" not in str(fault.value)
    assert not (tmp_path / "not there").exists()
    assert not (tmp_path / "new store").exists()
    assert (bytes_of(tmp_path / "store"), bytes_of(tmp_path / "plain")) == before


def test_a_roster_needs_the_key_of_the_store_or_its_pseudonyms(tmp_path):
    store, key = tmp_path / "store", tmp_path / "key"
    staff = SAMPLE / "roster.csv"
    ingest(SAMPLE / "interactions.csv", store, key_file=key)
    a_key(tmp_path / "other").write_bytes(OTHER)

    said = run("check", store, "--roster", staff)
    assert said.exit_code == 1
    assert "are pseudonyms: name the key file that they were made with (--key-file)" in said.stderr
    said = run("check", store, "--roster", staff, "--key-file", tmp_path / "other")
    assert said.exit_code == 1
    assert "made with a different key than the one in --key-file" in said.stderr
    assert run("check", store, "--roster", staff, "--key-file", tmp_path / "nowhere").exit_code == 1

    read = silos.read_interactions(store)
    with pytest.raises(MatchError):
        tally(read, silos.read_roster(staff))
    expected = tally(read, silos.read_roster(staff, key_file=key))
    known = silos.read_roster(staff)
    hidden = known.aliases.assign(alias=[Key.read(key).person(alias) for alias in known.aliases["alias"]])
    people = known.people[["department"]].join(hidden.groupby("person")["alias"].agg(";".join).rename("aliases"))
    of_pseudonyms = tally(read, silos.read_roster(people.reset_index()))
    pd.testing.assert_frame_equal(of_pseudonyms.ties.arcs, expected.ties.arcs)


def test_pseudonymised_and_plain_logs_can_be_read_together(tmp_path, roster):
    half = len(company.MESSAGES) // 2
    first = company.canonical(tmp_path / "a", company.MESSAGES[:half])
    second = company.canonical(tmp_path / "b", company.MESSAGES[half:])
    ingest(first, tmp_path / "store", key_file=tmp_path / "key")
    found = counted([tmp_path / "store", second], _keyed(roster, tmp_path / "key"))
    expected = counted([first, second], roster)
    columns = ["sender", "recipient", "messages", "volume"]
    pd.testing.assert_frame_equal(found.ties.arcs[columns], expected.ties.arcs[columns])


# ---- no content


def marked(path: Path) -> Path:
    """The same export with a mark where the subject or the title stands."""
    for file in [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]:
        content = file.read_bytes()
        for encoding in ("utf-8", "utf-16-le"):
            content = content.replace("Hello".encode(encoding), MARK.encode(encoding))
        file.write_bytes(content)
    return path


def exports(folder: Path) -> list[Path]:
    """Of every tool an export with a mark in every field that holds text."""
    written = [
        chat.as_zip(folder / "slack.zip", chat.SLACK_FILES),
        chat.as_zip(folder / "engage.zip", chat.engage_files()),
        company.written(folder / "mattermost.jsonl", chat.as_lines(chat.MATTERMOST_LINES)),
    ]
    writers = [
        company.mbox,
        company.enron,
        company.exchange,
        company.gmail,
        company.teams,
        company.zoom,
        company.purview,
    ]
    if importlib.util.find_spec("recurring_ical_events"):
        writers.append(company.calendar)
    written += [marked(write(folder)) for write in writers]
    rows = [(*row[:6], MARK, MARK, f"{MARK}.pdf") for row in HALVES]
    written.append(a_log(folder / "log.csv", rows, (*HEADINGS[:6], "kind", "subject", "attachment")))
    return written


def text_of(log: Path) -> str:
    """All that an export holds, unpacked."""
    contents = []
    for file in [log] if log.is_file() else [path for path in log.rglob("*") if path.is_file()]:
        contents.append(file.read_bytes())
        if zipfile.is_zipfile(file):
            with zipfile.ZipFile(file) as archive:
                contents += [archive.read(name) for name in archive.namelist()]
    return "".join(content.replace(b"\0", b"").decode("latin-1") for content in contents)


@pytest.mark.long
@pytest.mark.parametrize("keyed", [False, True])
def test_no_content_is_in_the_store_nor_said(tmp_path, keyed):
    (tmp_path / "in").mkdir()
    logs = exports(tmp_path / "in")
    assert all(MARK in text_of(log) for log in logs)
    options = ["--key-file", tmp_path / "key"] if keyed else []
    said = run("ingest", *logs, "-o", tmp_path / "store", *options)
    assert said.exit_code == 0, said.output
    found = everything_in(tmp_path / "store", said=said.output + said.stderr)
    assert len(rows_in(tmp_path / "store")) > 1000
    assert MARK not in found
    assert ("acme.example" in found) is not keyed


def test_a_text_that_is_mapped_to_an_id_by_mistake_is_not_kept(tmp_path):
    rows = [("2025-01-06T09:00:00Z", "ann", "bob", f"{MARK} {number}") for number in range(3)]
    log = a_log(tmp_path / "log.csv", rows, ("timestamp", "sender", "recipient", "subject"))
    for field in ("event", "thread", "kind"):
        ingest(log, tmp_path / field, columns={field: "subject"})
        assert MARK.lower() not in everything_in(tmp_path / field).lower()


# ---- what is refused


def test_a_directory_of_somebody_is_refused(tmp_path):
    log = a_log(tmp_path / "log.csv", HALVES)
    for name, inner in (("a", "thesis.txt"), ("b", "interactions/month=2025-01/part-0.parquet")):
        file = company.written(tmp_path / name / inner, "mine")
        with pytest.raises(OutputError, match="holds other files"):
            ingest(log, tmp_path / name)
        assert file.read_text() == "mine"
        assert [path for path in (tmp_path / name).rglob("*") if path.is_file()] == [file]
    with pytest.raises(OutputError, match="is a file"):
        ingest(log, log)
    with pytest.raises(ReadError, match="this is not a directory that silos ingest wrote"):
        silos.read_interactions(tmp_path / "a", format="store")


def test_nothing_is_left_where_nothing_could_be_read(tmp_path):
    good = a_log(tmp_path / "log.csv", HALVES)
    undated = a_log(tmp_path / "undated.csv", [("", "ann", "bob"), ("2025-01-01", "", "bob")], HEADINGS[:3])
    for logs in (tmp_path / "nowhere.csv", [good, tmp_path / "nowhere.csv"], undated):
        with pytest.raises((ReadError, EmptyError)):
            ingest(logs, tmp_path / "new" / "store")
        assert not (tmp_path / "new" / "store").exists()
    ingest(good, tmp_path / "store")
    before = bytes_of(tmp_path / "store")
    with pytest.raises(EmptyError, match=r"no row that can be kept \(1 no sender or recipient, 1 undated\)"):
        ingest(undated, tmp_path / "store")
    assert bytes_of(tmp_path / "store") == before
    with pytest.raises(ReadError, match="silos ingest made this"):
        ingest(tmp_path / "store", tmp_path / "other")


def test_damage_is_said_in_words(tmp_path):
    log = a_log(tmp_path / "log.csv", HALVES)
    ingest(log, tmp_path / "store")
    [part] = (tmp_path / "store" / "interactions" / "month=2025-01").iterdir()
    whole = part.read_bytes()
    for content in (b"", b"PAR1", whole[:-20], whole[:40] + bytes(60) + whole[100:]):
        part.write_bytes(content)
        with pytest.raises(ReadError):
            ingest(log, tmp_path / "store")
        assert part.read_bytes() == content
    part.write_bytes(whole)
    for text in ("", "{", "[]", '{"schema": 1}', '{"schema": 2, "pseudonyms": null, "logs": []}', "\0"):
        (tmp_path / "store" / "silos.json").write_text(text, encoding="utf-8")
        with pytest.raises(ReadError, match=r"silos\.json is damaged|later version"):
            ingest(log, tmp_path / "store")
        with pytest.raises(ReadError, match=r"silos\.json is damaged|later version|the file is empty"):
            silos.read_interactions(tmp_path / "store")


def test_lines_that_cannot_be_read_are_counted_for_their_log(tmp_path):
    good = a_log(tmp_path / "good.csv", HALVES)
    bad = a_log(tmp_path / "bad.csv", [*HALVES[:2], (*HALVES[2], "more"), (*HALVES[3], "more")])
    result = ingest([bad, good], tmp_path / "store")
    assert result.rejected == {"unreadable": 2}
    logs = json.loads((tmp_path / "store" / "silos.json").read_text(encoding="utf-8"))["logs"]
    assert {log["name"]: log["rejected"] for log in logs} == {"good.csv": {}, "bad.csv": {"unreadable": 2}}


def test_two_cannot_write_at_once(tmp_path):
    log = a_log(tmp_path / "log.csv", HALVES)
    ingest(log, tmp_path / "store")
    with locked(tmp_path / "store", name="store"):
        said = run("ingest", log, "-o", tmp_path / "store")
        assert said.exit_code == 1
        assert "another process is writing to it" in said.stderr
        assert silos.read_interactions(tmp_path / "store").sources, "it can be read meanwhile"
    assert run("ingest", log, "-o", tmp_path / "store").exit_code == 0


# ---- interruptions


@pytest.fixture(scope="module")
def halves(tmp_path_factory) -> tuple[Path, Path]:
    """Two overlapping exports of three months, the second without events."""
    folder = tmp_path_factory.mktemp("halves")
    log = pd.read_csv(SAMPLE / "interactions.csv").iloc[::40]
    log[log["timestamp"] < "2025-03"].to_csv(folder / "a.csv", index=False)
    log[log["timestamp"] > "2025-02"].drop(columns="event").to_csv(folder / "b.csv", index=False)
    return folder / "a.csv", folder / "b.csv"


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory, halves) -> tuple[Path, dict[str, object], dict[str, object]]:
    """The key, and the store before and after the second export."""
    folder = tmp_path_factory.mktemp("whole")
    key = a_key(folder / "key")
    ingest(halves[0], folder / "store", key_file=key)
    before = content_of(folder / "store")
    ingest(halves[1], folder / "store", key_file=key)
    return key, before, content_of(folder / "store")


@pytest.mark.long
def test_killed_at_any_step_nothing_is_lost_and_nothing_is_twice(tmp_path, halves, uninterrupted):
    """A process of its own is killed, as by the system, at each step that it takes in the directory."""
    key, before, after = uninterrupted
    ends = set()
    for existing in (False, True):
        first = tmp_path / f"first {existing}"
        if existing:
            ingest(halves[0], first, key_file=key)
        logs = [halves[1]] if existing else [*halves]
        for step, store in interrupting.killed_at_each_step(logs, first, key):
            assert store.exists() or step == 1
            pending = (store / ".ingest" / "silos.json").exists()
            # Without it the months would pass for any Parquet, of which nobody knows that some are missing.
            assert (store / "silos.json").exists() or not (store / "interactions").exists(), step
            if (store / "silos.json").exists() and not pending:
                # Whoever reads now finds what was there before, or all of it.
                silos.read_interactions(store)
                held = {name: value for name, value in content_of(store).items() if not name.startswith(".ingest/")}
                assert held in (before, after), step
                ends.add("before" if held == before else "after")
            elif pending and (store / "silos.json").exists():
                with pytest.raises(ReadError, match="Run the command again: it first completes the interrupted run"):
                    silos.read_interactions(store)
                ends.add("between")
            # The same again, or with what was there before another time as well.
            ingest(logs if step % 2 else [*halves], store, key_file=key)
            assert content_of(store) == after, step
    assert ends == {"before", "between", "after"}


@pytest.mark.long
def test_killed_at_any_time_nothing_is_lost_and_nothing_is_twice(tmp_path, halves, uninterrupted):
    """The command itself, killed as soon as something shows in the directory, some work later each time."""
    key, _, after = uninterrupted
    command = [sys.executable, "-m", "silos", "ingest", *map(str, halves), "-o", str(tmp_path / "store")]
    command += ["--key-file", str(key)]
    for wait in (1, 2_000, 8_000, 20_000):
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
            seen = 0
            while process.poll() is None and seen < wait:
                seen += (tmp_path / "store" / ".ingest").exists()
            process.send_signal(signal.SIGKILL)
            assert process.stderr is not None
            assert b"Traceback" not in process.stderr.read()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert content_of(tmp_path / "store") == after

"""People and keys that go from a store: wholly, for good, and at no moment by half."""

import hashlib
import json
import os
import re
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from click.testing import CliRunner

import silos
from silos.cli import main
from silos.errors import MatchError, OutputError, ReadError, SilosError
from silos.locales.said import Said
from silos.privacy.key_strength import ENTROPY, entropy
from silos.privacy.pseudonyms import Key
from silos.store.erasure import forget, rekey
from silos.store.ingest import ERASED, TOO_OLD, ingest
from silos.ties.count import tally
from tests.support import interrupting
from tests.support.places import SAMPLE

SECRET = hashlib.sha256(b"a key").hexdigest()
PEOPLE = ["ann@x", "bob@x", "cleo@x", "dan@y"]
HALF_A_YEAR = [f"2025-{month:02}-10T09:00:00Z" for month in range(1, 7)]


def a_key(path: Path, secret: str = SECRET) -> Path:
    path.write_text(secret)
    path.chmod(0o600)
    return path


@pytest.fixture
def log(tmp_path) -> Path:
    """Everybody writes to everybody each month, and two are in a community."""
    rows = [
        (time, one, other, f"e{time}{one}", "chat")
        for time in HALF_A_YEAR
        for one in PEOPLE
        for other in PEOPLE
        if one != other
    ]
    pd.DataFrame(rows, columns=["timestamp", "sender", "recipient", "event", "medium"]).to_csv(
        tmp_path / "mails of ann.csv", index=False
    )
    return tmp_path / "mails of ann.csv"


@pytest.fixture
def members(tmp_path) -> Path:
    rows = [(HALF_A_YEAR[0], "ann@x", "cooks", "cooks"), (HALF_A_YEAR[1], "bob@x", "cooks", "cooks")]
    pd.DataFrame(rows, columns=["timestamp", "person", "community", "name"]).to_csv(
        tmp_path / "members.csv", index=False
    )
    return tmp_path / "members.csv"


def content(store: Path) -> dict[str, bytes]:
    return {str(path.relative_to(store)): path.read_bytes() for path in sorted(store.rglob("*")) if path.is_file()}


def rows(store: Path, table: str = "interactions") -> list[list]:
    """The rows as they stand, file by file."""
    paths = sorted((store / table).rglob("*.parquet"))
    return [duckdb.read_parquet(str(path)).df().astype(str).values.tolist() for path in paths]


def ids(store: Path) -> set[str]:
    log = silos.read_interactions(store).to_pandas()
    return {*log["sender"], *log["recipient"]}


@pytest.mark.parametrize("keyed", [False, True])
def test_who_is_forgotten_is_gone_and_does_not_come_back(tmp_path, log, members, keyed):
    key = a_key(tmp_path / "key") if keyed else None
    store = tmp_path / "store"
    ingest([log, members], store, key_file=key)
    gone = Key.read(key).person("ann@x") if key else "ann@x"
    assert gone in ids(store)
    found = forget(store, " ANN@x ", key_file=key)
    assert (found.interactions, found.memberships, found.months, found.known) == (6 * 6, 1, ("2025-01",), False)
    assert gone not in ids(store)
    assert len(ids(store)) == 3
    held = b"".join(path.read_bytes() for path in store.rglob("*.parquet"))
    assert gone.encode() not in held
    before = content(store)
    again = ingest([log, members], store, key_file=key)
    assert again.added == 0
    assert again.rejected == {ERASED: 36 + 1}
    assert content(store).keys() == before.keys()
    assert all(content(store)[name] == before[name] for name in before if name.endswith(".parquet"))
    assert forget(store, "ann@x", key_file=key).known
    assert "ann" not in (store / "silos.json").read_text().replace(gone if keyed else "", "")


def test_names_of_files_go_with_the_person_and_do_not_come_back(tmp_path, log):
    """Files may be named after anybody, in any spelling: once somebody was erased none is kept, and notes say none."""
    table = pd.read_csv(log)
    (tmp_path / "copy for J. Doe.csv").write_bytes(log.read_bytes())
    french = tmp_path / "jdoe2024.csv"
    table.assign(medium="appel t\u00e9l\u00e9phonique").to_csv(french, index=False, encoding="cp1252")
    logs, store = [log, tmp_path / "copy for J. Doe.csv", french], tmp_path / "store"

    def manifest() -> str:
        return (store / "silos.json").read_text(encoding="utf-8")

    ingest(logs, store)
    assert [name in manifest() for name in ("copy for J. Doe", "jdoe2024", "mails of ann")] == [True] * 3
    before = manifest()
    forget(store, "dan@y")
    after = manifest()
    assert not re.search("doe|mails of|[.]csv", after)
    assert ["(unnamed) has the same content" in after, "(unnamed) is not UTF-8" in after] == [True, True]
    ingest(logs, store)
    assert manifest() == after
    later = tmp_path / "farewell of dan.csv"
    table.assign(medium="email", event=table["event"] + "later").to_csv(later, index=False)
    ingest([later], store)
    assert (len(json.loads(manifest())["logs"]), "farewell" in manifest()) == (3, False)
    # a store from which an earlier version erased somebody
    old = {**json.loads(before), "forgotten": json.loads(after)["forgotten"]}
    (store / "silos.json").write_text(json.dumps(old))
    ingest([later], store)
    assert not re.search("doe|[.]csv", manifest())
    notes = silos.read_interactions(store).sources[0].notes
    assert any("(unnamed) n’est pas" in said.in_language("fr") for said in notes if isinstance(said, Said))


HELD = ["dm-jane-doe", "C1", "Doe, Jane", "janedoe", "mpdm-u17--bob-1", "dm-bob", "jane", "doe & sons", "al", "u171"]
CALLED = [
    "dm-jane-doe",
    "Jane D\u00f3e's project",
    "Doe, Jane: farewell",
    "janedoe",
    None,
    "dm-bob",
    "Jane",
    "x",
    "Al",
    "y",
]


@pytest.fixture
def named(tmp_path) -> list[Path]:
    """Three people, of whom one has given her name to communities and to a medium; bytes may not hide it."""
    people = ["u17@acme.example", "bob@acme.example", "al@acme.example"]
    rows = [
        (time, one, other, medium, f"e{time}")
        for time, medium in zip(HALF_A_YEAR, ["chat", "DM Jane Doe", "dm al", "chat", "chat", "chat"], strict=True)
        for one in people
        for other in people
        if one != other
    ]
    posts = [(HALF_A_YEAR[0], one, *both) for one in people for both in zip(HELD, CALLED, strict=True)]
    columns = ["timestamp", "sender", "recipient", "medium", "event"]
    pd.DataFrame(rows, columns=columns).to_csv(tmp_path / "log.csv", index=False)
    pd.DataFrame(posts, columns=["timestamp", "person", "community", "name"]).to_csv(
        tmp_path / "posts.csv", index=False
    )
    return [tmp_path / "log.csv", tmp_path / "posts.csv"]


def distinct(store: Path, table: str, columns: str) -> set[tuple]:
    return set(duckdb.sql(f"select distinct {columns} from '{store}/{table}/**/*.parquet'").fetchall())


def communities(store: Path) -> set[tuple[str, str]]:
    return distinct(store, "affiliations", "community, name")


def test_communities_that_are_called_by_the_person_are_called_by_digests(tmp_path, named):
    store = tmp_path / "store"
    ingest(named, store)
    before = communities(store)
    assert len(before) == 10
    found = forget(store, "Jane Doe (external) <u17@acme.example>")
    # four communities' ids, three names beside those that are the same, and a medium
    assert (found.renamed, found.absent) == (7, 0)
    assert "7 names of communities or media held the person's name or id, and were replaced" in found.text()
    for text in (b"jane-doe", b"Jane D", b"janedoe", b"u17-", b"u17@", b"Doe, J", b"farewell"):
        assert [name for name, held in content(store).items() if text in held] == []
    after = communities(store)
    assert len(after) == 10
    digest = hashlib.sha256(b"community:C1").hexdigest()
    assert ("C1", f"#{digest[:8]}") in after
    # who shares one word with her, or has a short name, is in nobody's way
    assert {("dm-bob", "dm-bob"), ("jane", "Jane"), ("doe & sons", "x"), ("al", "Al"), ("u171", "y")} <= after
    digest = hashlib.sha256(b"medium:dm jane doe").hexdigest()[:32]
    assert distinct(store, "interactions", "medium") == {("chat",), ("dm al",), (digest,)}
    assert sum(map(len, rows(store))) == 6 * 2
    state = content(store)
    again = ingest(named, store)
    assert (again.added, again.memberships) == (0, 0)
    assert content(store) == state
    # a community of a later export
    later = pd.DataFrame({"timestamp": ["2025-07-01"], "person": ["bob@acme.example"], "community": ["jane.doe fans"]})
    later.to_csv(tmp_path / "later.csv", index=False)
    assert ingest([tmp_path / "later.csv"], store).memberships == 1
    assert not any("jane.doe" in community for community, _ in communities(store))
    # a short name stands in many texts
    forget(store, "al@acme.example")
    assert ("al", "Al") in communities(store)


def test_a_name_may_be_given_later(tmp_path, named):
    """Also to a store from which an earlier version erased the person."""
    store = tmp_path / "store"
    ingest(named, store)
    assert forget(store, "u17@acme.example").renamed == 1
    assert ("dm-jane-doe", "dm-jane-doe") in communities(store)
    found = forget(store, '"Doe, Jane" <u17@acme.example>')
    assert (found.known, found.interactions, found.memberships, found.renamed) == (True, 0, 0, 6)
    assert ("dm-jane-doe", "dm-jane-doe") not in communities(store)


def test_other_ids_that_may_be_the_same_person_are_named(tmp_path):
    """Who writes under a former address as well is not gone: nobody knows it but whoever asked."""
    ids = ["jane.doe@old.example", "jane doe/sales/acme@acme", "u17@old.example", "jane@acme.example"]
    more = [f"doe.jane@{number}.example" for number in range(4)]
    table = pd.DataFrame({"sender": "u17@acme.example", "recipient": [*ids, *more], "timestamp": "2025-03-31"})
    rest = table.assign(sender="bob@acme.example")
    store = tmp_path / "store"
    ingest(pd.concat([table, rest]), store)
    found = forget(store, "Jane Doe <u17@acme.example>")
    assert found.others == tuple(sorted([*ids[:3], *more]))
    assert "doe.jane@3.example, jane doe/sales/acme@acme and 2 more. If so, erase them" in found.text()
    assert "jane.doe@old" not in repr(found)
    assert forget(store, "bob@acme.example").others == ()
    key = a_key(tmp_path / "key")
    ingest(table, tmp_path / "other", key_file=key)
    assert forget(tmp_path / "other", "Jane Doe <u17@acme.example>", key_file=key).others == ()


@pytest.mark.parametrize("keyed", [False, True])
@pytest.mark.parametrize(
    ("held", "given"),
    [
        ("İpek.Yılmaz@acme.example", "İpek.Yılmaz@acme.example"),
        ("Ann Roux <ann.roux@acme.example>", "Ann Roux <ann.roux@acme.example>"),
        ("bob@acme.example", "mailto:BOB@acme.example"),
        ("dan@acme.example", "\u200bdan@acme.example"),
        ("Zoë.Müller@acme.example", "Zoe\u0308.Mu\u0308ller@acme.example"),
    ],
)
def test_ids_are_read_as_those_of_logs(tmp_path, held, given, keyed):
    key = a_key(tmp_path / "key") if keyed else None
    table = pd.DataFrame({"sender": [held, "x@y.z"], "recipient": ["x@y.z", "w@y.z"], "timestamp": "2025-03-31"})
    ingest(table, tmp_path / "store", key_file=key)
    found = forget(tmp_path / "store", given, key_file=key)
    assert (found.interactions, found.absent) == (1, 0)


def test_who_is_not_in_the_store_is_said_to_be_absent(tmp_path, log):
    ingest(log, tmp_path / "store")

    def run(*ids: str):
        words = ["forget", str(tmp_path / "store"), *(word for one in ids for word in ("--person", one))]
        return CliRunner().invoke(main, words)

    found = run("nobody@x")
    assert (found.exit_code, "Nothing in the store is of 1 id" in found.stdout) == (1, True)
    # its mark is kept, and so it is known from then on
    assert run("nobody@x").exit_code == 0
    found = run("ann@x", "anne@x", "ana@x")
    assert (found.exit_code, "Nothing in the store is of 2 of these ids" in found.stdout) == (1, True)
    assert run("bob@x").exit_code == 0


def test_a_store_of_forgotten_people_is_that_of_a_log_without_them(tmp_path, log):
    """Months and rows are those of an export that the person never was in."""
    key = a_key(tmp_path / "key")
    table = pd.read_csv(log)
    table[(table["sender"] != "ann@x") & (table["recipient"] != "ann@x")].to_csv(tmp_path / "without.csv", index=False)
    ingest(log, tmp_path / "store", key_file=key)
    forget(tmp_path / "store", "ann@x", key_file=key)
    ingest(tmp_path / "without.csv", tmp_path / "other", key_file=key)
    files = [{n: b for n, b in content(tmp_path / one).items() if n.endswith(".parquet")} for one in ("store", "other")]
    assert files[0] == files[1]


def test_forget_needs_a_store_and_its_key(tmp_path, log):
    key = a_key(tmp_path / "key")
    ingest(log, tmp_path / "store", key_file=key)
    before = content(tmp_path / "store")
    with pytest.raises(SilosError, match="holds pseudonyms"):
        forget(tmp_path / "store", "ann@x")
    with pytest.raises(SilosError, match="this is not the key"):
        forget(tmp_path / "store", "ann@x", key_file=a_key(tmp_path / "other", SECRET[::-1]))
    with pytest.raises(ReadError, match="no such directory"):
        forget(tmp_path / "nowhere", "ann@x")
    with pytest.raises(SilosError, match="no person was named"):
        forget(tmp_path / "store", " ", key_file=key)
    assert content(tmp_path / "store") == before


def test_a_new_key_is_a_keyed_hash_over_the_old_one(tmp_path, log, members):
    old, new, store = a_key(tmp_path / "old"), tmp_path / "new", tmp_path / "store"
    ingest([log, members], store, key_file=old)
    forget(store, "dan@y", key_file=old)
    rekey(store, key_file=old, new_key_file=new)
    first, both = Key.read(old), Key.read(new)
    assert both.secrets == (first.secret, both.secret)
    assert both.person("ann@x") == Key(both.secret).person(first.person("ann@x"))
    assert ids(store) == {both.person(one) for one in PEOPLE if one != "dan@y"}
    # The same as if the logs had been ingested with both keys from the beginning.
    ingest([log, members], tmp_path / "fresh", key_file=new)
    forget(tmp_path / "fresh", "dan@y", key_file=new)
    assert rows(store) == rows(tmp_path / "fresh")
    assert rows(store, "affiliations") == rows(tmp_path / "fresh", "affiliations")
    assert ingest([log, members], store, key_file=new).added == 0
    with pytest.raises(SilosError, match="It was given a new key since"):
        ingest(log, store, key_file=old)
    # Once more, over both.
    rekey(store, key_file=new, new_key_file=tmp_path / "newer")
    assert len(Key.read(tmp_path / "newer").secrets) == 3
    assert new.read_text().splitlines()[0].endswith("A roster needs all of them.")


def test_a_roster_with_the_new_key_file_matches_and_with_the_old_one_does_not(tmp_path):
    old, new, store = a_key(tmp_path / "old"), tmp_path / "new", tmp_path / "store"
    table = pd.read_csv(SAMPLE / "interactions.csv").iloc[::20]
    ingest(table, store, key_file=old)
    expected = tally(silos.read_interactions(store), silos.read_roster(SAMPLE / "roster.csv", key_file=old))
    rekey(store, key_file=old, new_key_file=new)
    counted = tally(silos.read_interactions(store), silos.read_roster(SAMPLE / "roster.csv", key_file=new))
    pd.testing.assert_frame_equal(counted.ties.dyads, expected.ties.dyads)
    with pytest.raises(MatchError, match="different key"):
        tally(silos.read_interactions(store), silos.read_roster(SAMPLE / "roster.csv", key_file=old))


def test_rekey_writes_over_no_key(tmp_path, log):
    old, store = a_key(tmp_path / "old"), tmp_path / "store"
    ingest(log, store, key_file=old)
    before = content(store)
    with pytest.raises(OutputError, match="it holds another key already"):
        rekey(store, key_file=old, new_key_file=a_key(tmp_path / "taken", SECRET[::-1]))
    with pytest.raises(OutputError, match="the key would be inside the store"):
        rekey(store, key_file=old, new_key_file=store / "key")
    assert content(store) == before
    rekey(store, key_file=old, new_key_file=tmp_path / "new")
    after = content(store)
    rekey(store, key_file=old, new_key_file=tmp_path / "new")
    assert content(store) == after


@pytest.mark.long
@pytest.mark.parametrize("command", ["forget", "rekey"])
def test_killed_at_any_step_it_ends_the_next_time(tmp_path, log, members, command):
    key, first = a_key(tmp_path / "key"), tmp_path / "store"
    ingest([log, members], first, key_file=key)
    new = tmp_path / "new"
    Key.read(key).renewed(new)
    given = ["ann@x"] if command == "forget" else [str(new)]
    done, before = {}, content(first)
    ends = set()
    for step, store in interrupting.killed_at_each_step(given, first, key, command=command):
        state = content(store)
        ends.add("before" if state == before else "between" if (store / ".ingest").exists() else "after")
        if command == "forget":
            forget(store, "ann@x", key_file=key)
        else:
            rekey(store, key_file=key, new_key_file=new)
        done[step] = content(store)
    assert all(state == done[1] for state in done.values())
    assert done[1] != before
    assert ends == {"before", "between", "after"}


def test_months_that_are_too_old_go_now_and_later(tmp_path, log):
    store = tmp_path / "store"
    table = pd.read_csv(log)
    early = table[table["timestamp"] < "2025-04"]
    ingest(early, store)
    found = ingest(log, store, keep_months=3)
    assert found.erased == ("2025-01", "2025-02", "2025-03")
    assert found.rejected == {TOO_OLD: 36}
    months = sorted(path.name for path in (store / "interactions").iterdir())
    assert months == ["month=2025-04", "month=2025-05", "month=2025-06"]
    # The store knows what was asked for.
    assert ingest(early, store).added == 0
    assert json.loads((store / "silos.json").read_text())["keep_months"] == 3
    # One row of the future makes no month old.
    late = table.tail(1).assign(timestamp="2199-01-01T00:00:00Z")
    ingest(late, store)
    assert len(list((store / "interactions").iterdir())) == 4
    with pytest.raises(SilosError, match="at least 1 month"):
        ingest(log, store, keep_months=0)


def test_keys_are_their_owners_alone(tmp_path, log):
    key = a_key(tmp_path / "key")
    ingest(log, tmp_path / "store", key_file=key)
    key.chmod(0o644)
    refused = rf"\(mode 0644\). Take them away: chmod 600 {re.escape(str(key))}"
    with pytest.raises(ReadError, match=refused):
        ingest(log, tmp_path / "store", key_file=key)
    with pytest.raises(ReadError, match=refused):
        silos.read_roster(SAMPLE / "roster.csv", key_file=key)


def test_a_key_that_can_be_guessed_makes_no_store_and_opens_an_old_one(tmp_path, log):
    """A store as an earlier version made it: with a weak key, and a check value that is quick to guess."""
    store, easy = tmp_path / "store", a_key(tmp_path / "easy", "sixteen bytes or more")
    with pytest.raises(ReadError, match="this key can be guessed"):
        ingest(log, store, key_file=easy)
    assert not store.exists()
    ingest(log, store, key_file=a_key(tmp_path / "key"))
    manifest = json.loads((store / "silos.json").read_text())
    assert manifest["pseudonyms"]["key_check"].startswith("scrypt:")
    # The check value of version 0.1: HMAC-SHA-256 of "check:silos" under the key, 32 digits.
    del manifest["forgotten"], manifest["keep_months"], manifest["pseudonyms"]["keys"]
    manifest["pseudonyms"]["key_check"] = Key(SECRET.encode()).pseudonym("check", "silos")
    (store / "silos.json").write_text(json.dumps(manifest))
    assert ingest(log, store, key_file=tmp_path / "key").added == 0
    assert json.loads((store / "silos.json").read_text())["pseudonyms"]["key_check"].startswith("scrypt:")


@pytest.mark.parametrize("length", [32, 48])
def test_random_keys_are_strong_and_patterns_are_not(length):
    digest = hashlib.sha512(b"seed").digest()
    for strong in (digest[:length].hex().encode(), digest[:length]):
        assert entropy(strong) >= ENTROPY
    for weak in (
        b"a" * length,
        b"ab" * length,
        bytes(range(length)),
        b"correct horse battery staple " * 2,
        b"1234567890" * 5,
    ):
        assert entropy(weak) < ENTROPY


def test_the_commands(tmp_path, log):
    def run(*words: object):
        return CliRunner().invoke(main, [str(word) for word in words])

    old, new, store = tmp_path / "old", tmp_path / "new", tmp_path / "store"
    assert run("ingest", log, "-o", store, "--key-file", old, "--keep-months", 4).exit_code == 0
    said = run("forget", store, "--person", "bob@x", "--key-file", old)
    assert said.stdout.splitlines()[0] == "erased: 24 interactions and 0 memberships"
    assert "bob" not in said.output
    said = run("rekey", store, "--key-file", old, "--new-key-file", new)
    assert (said.exit_code, "has a new key" in said.stdout) == (0, True)
    assert run("forget", store, "--person", "bob@x", "--key-file", new).stdout.count("erased before") == 1
    assert run("forget", store, "--key-file", new).exit_code == 2


@pytest.mark.skipif(os.name == "nt", reason="there are no such modes")
def test_only_the_owner_may_enter_a_new_store(tmp_path, log):
    former = os.umask(0o022)
    try:
        ingest(log, tmp_path / "store")
        forget(tmp_path / "store", "ann@x")
    finally:
        os.umask(former)
    assert (tmp_path / "store").stat().st_mode & 0o777 == 0o700


def test_media_that_are_called_by_the_person_go_from_a_store_with_a_key(tmp_path):
    """Whose ids do not show the name, nobody can tell that a channel is called by it but whoever knows the name."""
    log = pd.DataFrame(
        {
            "timestamp": "2025-03-31 10:00",
            "sender": ["u17@x", "bob@x", "bob@x", "cleo@x"],
            "recipient": ["bob@x", "cleo@x", "dan@x", "dan@x"],
            "medium": ["email", "jane doe", "email", "pigeon"],
            "event": list("abcd"),
        }
    )
    store, key = tmp_path / "store", a_key(tmp_path / "key")
    ingest(log, store, key_file=key)
    media = "select distinct medium from '{}/interactions/**/*.parquet'"
    assert ("jane doe",) in duckdb.sql(media.format(store)).fetchall()
    found = forget(store, "Jane Doe <u17@x>", key_file=key)
    assert (found.interactions, found.renamed, found.absent) == (1, 1, 0)

    def told() -> set[str]:
        return {medium for (medium,) in duckdb.sql(media.format(store)).fetchall()}

    before = told()
    assert {"email", "pigeon"} < before
    assert len(before) == 3
    assert not any(b"jane" in held for held in content(store).values())
    # What trying out names would find is no digest without the key.
    assert hashlib.sha256(b"medium:jane doe").hexdigest()[:32] not in before
    assert ingest(log, store, key_file=key).added == 0
    assert told() == before
    # A new key covers what was renamed, and the mark of the name.
    rekey(store, key_file=key, new_key_file=tmp_path / "new")
    after = told()
    assert {"email", "pigeon"} < after
    assert after != before
    assert ingest(log, store, key_file=tmp_path / "new").added == 0
    assert told() == after
    assert forget(store, "u17@x", key_file=tmp_path / "new").known

"""Simulated organisations: what is planted is there, and nothing else is."""

import json
from dataclasses import replace
from functools import cache
from itertools import pairwise

import duckdb
import numpy as np
import pandas as pd
import pytest

import silos
from silos.errors import OutputError, SilosError
from silos.readers.tabular import timestamps
from silos.simulate import Organisation, organisation
from silos.simulate.recipe import EARLIEST, LATEST

GENERATORS = ("blocks", "latent")
CANONICAL = ["timestamp", "sender", "recipient", "medium", "event", "thread", "kind", "recipients"]
OFF = {
    "silos": 0,
    "connector": None,
    "biggest": False,
    "mail_room": False,
    "newsletter": False,
    "bilateral_pair": False,
    "one_person_bridge": False,
    "unknown": 0,
}


@cache
def planted(generator: str, seed: int = 0) -> tuple[Organisation, pd.DataFrame]:
    made = organisation(generator=generator, half_company=True, departments=14, silos=2, people=350, seed=seed)
    return made, made.interactions


def matched(made: Organisation, log: pd.DataFrame) -> pd.DataFrame:
    """The log with the roster's person and department of both sides; strangers, self and broadcasts left out."""
    roster = made.roster
    person = dict(zip(roster["aliases"], roster["person"], strict=True)) | {name: name for name in roster["person"]}
    department = roster.set_index("person")["department"]
    rows = log.assign(sender=log["sender"].map(person), recipient=log["recipient"].map(person)).dropna(
        subset=["sender", "recipient"]
    )
    rows = rows[(rows["sender"] != rows["recipient"]) & (rows["recipients"] <= 20)]
    return rows.assign(origin=rows["sender"].map(department), target=rows["recipient"].map(department))


def pairs_in_contact(made: Organisation, log: pd.DataFrame, weeks: int = 1) -> pd.DataFrame:
    """Ordered pairs of people in contact in so many weeks, with their departments."""
    rows = matched(made, log)
    both = pd.concat(
        [
            rows,
            rows.rename(columns={"sender": "recipient", "recipient": "sender", "origin": "target", "target": "origin"}),
        ]
    )
    both = both.assign(week=both["timestamp"].dt.to_period("W"))
    seen = both.groupby(["sender", "recipient", "origin", "target"])["week"].nunique().reset_index()
    return seen[seen["week"] >= weeks]


def deep_share(made: Organisation, log: pd.DataFrame) -> pd.Series:
    """Share of the two-person threads across departments that ran to 3 messages, by department."""
    rows = matched(made, log)
    rows = rows[rows["thread"].notna() & (rows["recipients"] == 1) & (rows["origin"] != rows["target"])]
    threads = rows.groupby("thread").agg(
        messages=("sender", "size"), one=("origin", "first"), other=("target", "first")
    )
    deep = threads["messages"] >= 3
    sides = pd.concat([deep.groupby(threads[side]).agg(["sum", "size"]) for side in ("one", "other")])
    total = sides.groupby(level=0).sum()
    return total["sum"] / total["size"]


@pytest.mark.parametrize("generator", GENERATORS)
def test_same_arguments_same_bytes(generator, tmp_path):
    written = []
    for name in ("one", "two"):
        made = organisation(people=80, departments=9, weeks=3, generator=generator, seed=5)
        directory = made.write(tmp_path / name)
        made.write(tmp_path / f"{name}_parquet", file_format="parquet")
        written.append(
            [(directory / file).read_bytes() for file in ("interactions.csv", "roster.csv", "truth.json")]
            + [(tmp_path / f"{name}_parquet" / "interactions.parquet").read_bytes()]
        )
    assert written[0] == written[1]
    other = organisation(people=80, departments=9, weeks=3, generator=generator, seed=6).write(tmp_path / "three")
    assert (other / "interactions.csv").read_bytes() != written[0][0]


def test_files_say_what_the_tables_say(tmp_path):
    made = organisation(people=80, departments=9, weeks=3, seed=2)
    log = made.interactions
    read = pd.read_csv(made.write(tmp_path / "csv") / "interactions.csv", parse_dates=["timestamp"])
    read["timestamp"] = read["timestamp"].dt.tz_localize(None).astype(log["timestamp"].dtype)
    pd.testing.assert_frame_equal(read.astype(log.dtypes.to_dict()), log)
    path = made.write(tmp_path / "parquet", file_format="parquet") / "interactions.parquet"
    with duckdb.connect() as connection:
        parquet = connection.read_parquet(str(path)).df()
    assert parquet.columns.tolist() == CANONICAL
    pd.testing.assert_frame_equal(parquet.astype(log.dtypes.to_dict()), log)
    assert sorted(path.name for path in (tmp_path / "parquet").iterdir()) == [
        "affiliations.csv",
        "interactions.parquet",
        "roster.csv",
        "truth.json",
    ]
    roster = pd.read_csv(tmp_path / "csv" / "roster.csv")
    assert roster["person"].tolist() == made.roster["person"].tolist()


def test_truth_survives_json(tmp_path):
    made = organisation(people=90, departments=11, weeks=2, silos=2, half_company=True, seed=3)
    truth = json.loads((made.write(tmp_path / "out") / "truth.json").read_text(encoding="utf-8"))
    assert truth == made.truth
    assert truth["departments"] == made.roster["department"].value_counts().to_dict()
    assert truth["parameters"]["seed"] == truth["seed"] == 3
    assert len(truth["silos"]) == 2
    again = organisation(**truth["parameters"])
    pd.testing.assert_frame_equal(again.interactions, made.interactions)


@pytest.mark.parametrize("generator", GENERATORS)
def test_every_row_is_a_canonical_interaction(generator):
    _, log = planted(generator)
    assert log.columns.tolist() == CANONICAL
    assert log.drop(columns="thread").notna().all(axis=None)
    assert set(log["medium"]) == {"email", "chat", "meeting"}
    assert set(log["kind"]) == {"direct", "group", "reply", "meeting"}
    assert log["timestamp"].is_monotonic_increasing
    assert log["timestamp"].min() >= pd.Timestamp("2025-01-06")
    assert log["timestamp"].max() < pd.Timestamp("2025-01-06") + pd.Timedelta(weeks=12)
    assert not log.duplicated(["event", "sender", "recipient"]).any()
    events = log.groupby("event")
    assert (events[["medium", "kind", "timestamp", "recipients"]].nunique() == 1).all(axis=None)

    meeting = log["medium"] == "meeting"
    assert (meeting == (log["kind"] == "meeting")).all()
    assert (log["thread"].isna() == meeting).all()
    mails = log[~meeting].groupby("event")
    assert (mails["sender"].nunique() == 1).all()
    assert (mails["recipient"].nunique() == mails["recipients"].first()).all()
    assert (log[log["kind"] == "direct"]["recipients"] == 1).all()
    assert (log[log["kind"] == "group"]["recipients"] > 1).all()
    met = log[meeting].groupby("event")
    people = met["recipients"].first() + 1
    assert (met.size() == people * (people - 1)).all()
    assert people.between(2, 30).all()
    assert people.median() <= 8

    own = log["sender"] == log["recipient"]
    assert 0 < own.mean() < 0.01
    working_days = log["timestamp"].dt.day_of_week < 5
    assert 0.95 < working_days.mean() < 1


@pytest.mark.parametrize("generator", GENERATORS)
def test_threads_answer_and_have_all_lengths(generator):
    _, log = planted(generator)
    messages = log[log["thread"].notna()].drop_duplicates("event").sort_values(["timestamp", "event"])
    first = ~messages.duplicated("thread")
    assert (messages[first]["kind"] != "reply").all()
    assert (messages[~first]["kind"] == "reply").all()
    threads = messages.groupby("thread")
    assert set(range(1, 9)) <= set(threads.size()) <= set(range(1, 13))
    spans = [times.is_monotonic_increasing and times.is_unique for _, times in threads["timestamp"]]
    assert all(spans)


@pytest.mark.parametrize("generator", GENERATORS)
def test_ids_match_the_roster_but_for_the_unknown(generator):
    made, log = planted(generator)
    assert made.roster["person"].is_unique
    assert made.roster["aliases"].is_unique
    known = set(made.roster["person"]) | set(made.roster["aliases"])
    seen = set(log["sender"]) | set(log["recipient"])
    assert 1 <= len(seen - known) <= 8
    assert all(stranger.endswith("@partner.example") for stranger in seen - known)
    chat = log[log["medium"] == "chat"]
    assert set(chat["sender"]) <= set(made.roster["aliases"])
    assert not (set(log[log["medium"] != "chat"]["sender"]) & set(made.roster["aliases"]))


def test_roster_has_one_chief_and_managers_who_exist():
    roster = planted("blocks")[0].roster.set_index("person")
    assert roster["manager"].isna().sum() == 1
    led = roster.dropna(subset="manager")
    assert (led["level"].to_numpy() >= roster.loc[led["manager"], "level"].to_numpy()).all()
    assert roster["department"].nunique() == 14
    assert not any(
        one == other for one, other in pairwise(roster["department"].head(3))
    )  # ids do not follow departments


@pytest.mark.parametrize("generator", GENERATORS)
def test_silos_deal_less_with_others_than_their_peers(generator):
    share: dict[bool, list[float]] = {True: [], False: []}
    for seed in (0, 1, 2):
        made, log = planted(generator, seed)
        pairs = pairs_in_contact(made, log, weeks=2)
        outside = (pairs["origin"] != pairs["target"]).groupby(pairs["origin"]).mean()
        for name, value in outside.items():
            if name in made.truth["silos"] or name not in made.truth["expected"]:
                share[name in made.truth["silos"]].append(value)
    assert np.median(share[True]) < 0.7 * np.median(share[False])


@pytest.mark.parametrize("generator", GENERATORS)
def test_silo_strength_is_the_factor_of_the_ties_outside(generator):
    ties = {}
    for strength in (1.0, 0.25):
        made = organisation(generator=generator, **{**OFF, "silos": 1}, silo_strength=strength, seed=4, people=400)
        pairs = pairs_in_contact(made, made.interactions, weeks=3)
        ties[strength] = ((pairs["origin"] == "R&D") & (pairs["target"] != "R&D")).sum()
    assert 0.15 < ties[0.25] / ties[1.0] < 0.45


@pytest.mark.parametrize("generator", GENERATORS)
def test_connector_talks_deeply_and_the_mail_room_hardly_ever(generator):
    made, log = planted(generator)
    share = deep_share(made, log)
    median = share.median()
    assert share[made.truth["mail_room"]] < 0.35 * median
    assert share[made.truth["connector"]] > 0.9 * median
    reached = pairs_in_contact(made, log)
    reached = reached[reached["target"] == made.truth["mail_room"]]["sender"].nunique()
    assert reached > 0.95 * len(made.roster)


@pytest.mark.parametrize("generator", GENERATORS)
def test_connector_is_in_lasting_contact_with_every_department(generator):
    made, log = planted(generator)
    pairs = pairs_in_contact(made, log, weeks=3)
    ties = pd.crosstab(pairs["origin"], pairs["target"])
    size = made.roster["department"].value_counts()
    expected = np.sqrt(size.to_numpy()[:, None] * size.to_numpy()[None, :])
    affinity = ties.reindex(index=size.index, columns=size.index, fill_value=0) / expected
    for name in affinity:
        affinity.loc[name, name] = np.nan
    floor = affinity.drop(index=made.truth["mail_room"]).drop(columns=made.truth["mail_room"])
    # the weakest link (but to silos and the half company) is what a connector has and a decoy lacks
    floor = floor.drop(columns=[*made.truth["silos"]])
    assert floor.quantile(0.25, axis=1).idxmax() == made.truth["connector"]


@pytest.mark.parametrize("generator", GENERATORS)
def test_newsletter_reaches_nearly_everyone_and_small_lists(generator):
    made, log = planted(generator)
    sent = log[(log["sender"] == made.truth["newsletter"]["account"]) & (log["kind"] == "group")]
    sent = sent.drop_duplicates("event")
    assert (sent["recipients"] > 0.9 * len(made.roster)).sum() == 12
    assert sent["recipients"].between(9, 19).sum() >= 12


@pytest.mark.parametrize("generator", GENERATORS)
def test_bridge_is_one_person(generator):
    made, log = planted(generator)
    bridge = made.truth["bridge"]
    pairs = pairs_in_contact(made, log, weeks=3)
    service = {made.truth["mail_room"], made.truth["newsletter"]["department"]}
    across = pairs[(pairs["origin"] == bridge["department"]) & (pairs["target"] != bridge["department"])]
    across = across[~across["target"].isin(service)]
    assert (across["sender"] == bridge["person"]).mean() > 0.85


@pytest.mark.parametrize("generator", GENERATORS)
def test_bilateral_pair_and_half_company(generator):
    made, log = planted(generator)
    pairs = pairs_in_contact(made, log, weeks=3)
    ties = pairs.groupby(["origin", "target"]).size()
    one, other = made.truth["bilateral_pair"]
    others = [name for name in made.truth["departments"] if name not in (one, other, made.truth["connector"])]
    assert ties[one, other] > 2 * max(ties.get((one, name), 0) for name in others)
    half = made.truth["half_company"]
    size = pd.Series(made.truth["departments"])
    mine = ties[half["department"]].drop([half["department"], made.truth["mail_room"]]) / np.sqrt(size)
    friends = mine.index.isin(half["half"])
    assert mine[friends].mean() > 3 * mine[~friends].mean()


@pytest.mark.parametrize("generator", GENERATORS)
def test_what_is_switched_off_is_not_there(generator):
    made = organisation(generator=generator, **OFF, seed=1)
    log = made.interactions
    assert made.truth["expected"] == {}
    assert made.truth["silos"] == {}
    parts = ("connector", "biggest", "mail_room", "newsletter", "bilateral_pair", "bridge", "half_company")
    assert all(made.truth[part] is None for part in parts)
    sizes = made.roster["department"].value_counts()
    assert "Mail Room" not in sizes.index
    assert sizes.iloc[0] < 2 * sizes.iloc[1]
    known = set(made.roster["person"]) | set(made.roster["aliases"])
    assert set(log["sender"]) | set(log["recipient"]) <= known
    assert log["recipients"].max() < 0.5 * len(made.roster)
    assert deep_share(made, log).min() > 0.2
    outside = pairs_in_contact(made, log, weeks=3)
    ties = outside[outside["origin"] != outside["target"]].groupby("origin").size()
    per_head = ties / sizes**0.55
    assert per_head.max() / per_head.min() < 3
    assert list(made.truth["openness"].values()) == pytest.approx([1] * 12, abs=0.7)


def test_openness_says_what_was_planted():
    made = organisation(silo_strength=0.5, generator="latent")
    openness = made.truth["openness"]
    assert openness["R&D"] == min(value for name, value in openness.items() if name != "Mail Room")
    assert openness["Marketing"] == max(openness.values())


@pytest.mark.parametrize("generator", GENERATORS)
@pytest.mark.parametrize(("people", "rows"), [(60, 20_000), (300, 20_000), (300, 150_000), (2000, 200_000)])
def test_rows_are_met_within_a_tenth(generator, people, rows):
    made = organisation(people=people, departments=8, generator=generator, rows=rows, weeks=6, one_person_bridge=False)
    assert sum(len(chunk) for chunk in made.chunks()) == pytest.approx(rows, rel=0.1)


def test_default_is_the_sample_company():
    made = organisation()
    assert len(made.roster) == 300
    assert made.roster["department"].nunique() == 12
    assert 30_000 < len(made.interactions) < 60_000
    assert repr(made) == "Organisation(300 people, 12 departments, 12 weeks, connector 'Marketing', silos ['R&D'])"
    size = pd.Series(made.truth["departments"])
    assert size["Mail Room"] == 7
    assert size["Sales"] == size.max() > 1.7 * size.drop("Sales").max()
    assert size.rank()["Marketing"] in range(4, 10)


def test_chunks_are_the_weeks():
    made = organisation(people=80, departments=9, weeks=5, start="2024-02-28")
    chunks = list(made.chunks())
    assert len(chunks) == 5
    for week, chunk in enumerate(chunks):
        begin = pd.Timestamp("2024-02-28") + pd.Timedelta(weeks=week)
        assert chunk["timestamp"].between(begin, begin + pd.Timedelta(weeks=1), inclusive="left").all()
        assert (chunk["timestamp"].dt.day_of_week < 5).mean() > 0.9
    together = pd.concat(chunks, ignore_index=True)
    pd.testing.assert_frame_equal(together, made.interactions)
    assert together.groupby("event")["timestamp"].nunique().max() == 1


@pytest.mark.parametrize("generator", GENERATORS)
def test_many_departments_and_few(generator):
    many = organisation(people=900, departments=50, weeks=1, generator=generator)
    assert many.roster["department"].nunique() == 50
    assert many.roster["department"].value_counts().min() >= 4
    assert len(many.interactions) > 1000
    few = organisation(people=20, departments=2, weeks=1, generator=generator, **OFF)
    assert len(few.interactions) > 10
    named = organisation(people=60, departments=4, weeks=1, generator=generator, **{**OFF, "connector": "Sales"})
    assert named.truth["connector"] == "Sales"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"people": 40}, r"40 people are too few for 12 departments.*at least 96 people"),
        ({"departments": 5}, r"departments have a part \(Marketing, Mail Room, .*but there are 5"),
        ({"generator": "random"}, "generator is 'random', one of blocks, latent, tasks is needed"),
        ({"start": "6/1/2025"}, "start is '6/1/2025', a day as YYYY-MM-DD"),
        (
            {"start": "9999-12-30"},
            "start is '9999-12-30' and weeks 12, a log within the years from 1800 to 2199 is needed",
        ),
        ({"start": "1799-12-31"}, "from 1800 to 2199"),
        ({"start": "2199-12-26", "weeks": 1}, "from 1800 to 2199"),
        ({"weeks": 10**9}, "from 1800 to 2199"),
        ({"weeks": 0, "silo_strength": 0}, "weeks is 0, at least 1 is needed; silo_strength is 0, a positive"),
        ({"rows": 250}, "250 rows are too few: messages to everybody alone take"),
    ],
)
def test_impossible_requests_are_explained(arguments, said):
    with pytest.raises(SilosError, match=said):
        organisation(**arguments)


def test_writing_replaces_a_simulation_and_nothing_else(tmp_path):
    made = organisation(people=80, departments=9, weeks=1)
    target = made.write(tmp_path / "out")
    organisation(people=80, departments=9, weeks=1, seed=1).write(target, file_format="parquet")
    written = ["affiliations.csv", "interactions.parquet", "roster.csv", "truth.json"]
    assert sorted(path.name for path in target.iterdir()) == written
    (target / "notes.txt").write_text("mine")
    with pytest.raises(OutputError, match=r"holds other files \(notes.txt\)"):
        made.write(target)
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="is a file"):
        made.write(tmp_path / "file")
    with pytest.raises(SilosError, match="csv or parquet, not as 'xlsx'"):
        made.write(tmp_path / "other", file_format="xlsx")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "out"]


@pytest.mark.long
def test_logs_lie_where_times_are_read(tmp_path):
    assert [f"{day}" for day in (EARLIEST, LATEST)] == [timestamps.EARLIEST, timestamps.LATEST]
    for start in ("1800-01-01", "2199-12-25"):
        made = organisation(people=80, departments=9, weeks=1, start=start)
        log = silos.read_interactions(made.write(tmp_path / start) / "interactions.csv")
        [(rows, dated)] = log.connection.sql(f"select count(*), count(timestamp) from ({log.query})").fetchall()
        assert rows == dated > 0


def test_logs_of_others_that_are_called_like_ours_are_left_alone(tmp_path):
    for name in ("interactions.csv", "roster.csv"):
        (tmp_path / name).write_text("mine")
    made = organisation(people=80, departments=9, weeks=1)
    with pytest.raises(
        OutputError, match=r"holds other files \(interactions.csv, roster.csv\): silos wrote no truth.json"
    ):
        made.write(tmp_path)
    (tmp_path / "truth.json").write_text('{"seed": 1}')
    with pytest.raises(OutputError, match=r"silos wrote no truth.json there. Name an empty or new directory"):
        made.write(tmp_path)
    assert [(tmp_path / name).read_text() for name in ("interactions.csv", "roster.csv")] == ["mine", "mine"]


def test_failed_writing_leaves_nothing(tmp_path):
    made = organisation(people=80, departments=9, weeks=2)
    target = made.write(tmp_path / "out")
    kept = (target / "interactions.csv").read_bytes()
    # the truth is written last: everything else is there when this fails
    with pytest.raises(TypeError):
        replace(made, truth={**made.truth, "seed": object()}).write(target, file_format="parquet")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert (target / "interactions.csv").read_bytes() == kept
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be written"):
        made.write(tmp_path / "file" / "below")


# ---- walls


def ties_between(made, a, b):
    """Different pairs of people of two departments who are in contact by anything that reached 20 people or fewer."""
    roster = made.roster
    person = dict(zip(roster["aliases"], roster["person"], strict=True)) | dict.fromkeys(roster["person"])
    person |= {key: key for key, value in person.items() if value is None}
    department = dict(zip(roster["person"], roster["department"], strict=True))
    log = made.interactions
    log = log[log["recipients"] <= 20]
    ends = [log[end].map(person) for end in ("sender", "recipient")]
    places = [end.map(department) for end in ends]
    met = ((places[0] == a) & (places[1] == b)) | ((places[0] == b) & (places[1] == a))
    return {frozenset(pair) for pair in zip(ends[0][met], ends[1][met], strict=True)}


@pytest.mark.long
@pytest.mark.parametrize("generator", ["blocks", "latent"])
def test_between_walled_departments_as_many_ties_are_left_as_asked_for(generator):
    options = {"people": 400, "departments": 13, "weeks": 6, "generator": generator, "seed": 4, "communities": 0}
    options |= {"disjoint_communities": 0, "bridge_communities": 0}
    plain = organisation(**options)
    assert "walls" not in plain.truth
    assert not {"walls", "wall_left"} & set(plain.truth["parameters"])
    counts = {}
    for left in (0.0, 0.25, 0.5):
        made = organisation(**options, walls=2, wall_left=left)
        assert made.truth["parameters"]["wall_left"] == left
        assert len({name for wall in made.truth["walls"] for name in wall[:2]}) == 4
        counts[left] = [len(ties_between(made, a, b)) for a, b, _ in made.truth["walls"]]
        pairs = [wall[:2] for wall in made.truth["walls"]]
    whole = [len(ties_between(plain, a, b)) for a, b in pairs]
    assert counts[0.0] == [0, 0]
    assert 0.1 < sum(counts[0.25]) / sum(whole) < 0.4
    assert 0.3 < sum(counts[0.5]) / sum(whole) < 0.7


def test_walls_out_of_range():
    with pytest.raises(SilosError, match=r"wall_left is 1.0, a share from 0 to below 1 is needed"):
        organisation(wall_left=1.0)
    with pytest.raises(SilosError, match=r"9 walls need 18 departments with at least 8 people that play no part, but"):
        organisation(people=400, departments=13, walls=9)

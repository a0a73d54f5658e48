"""What `silos check` says of each log: what was read, what was left out, and what to export besides."""

import itertools
import json
from dataclasses import replace

import pandas as pd
import pytest

import silos
from silos.analysis.input_check.check import inspect, refuse_place
from silos.analysis.input_check.lines import examples_said
from silos.errors import OutputError
from silos.privacy.suppression import FEWEST_SHOWN
from tests.support import one_company as company
from tests.support.one_company import LIMIT, MESSAGES, PEOPLE, POSTS

SENT = sum(len(message.to) for message in MESSAGES)
COPIES = len(range(0, SENT, 9))


@pytest.fixture(scope="module")
def roster():
    return company.roster()


@pytest.fixture(scope="module")
def checked(tmp_path_factory, roster):
    folder = tmp_path_factory.mktemp("logs")
    logs = [company.slack(folder), company.exchange(folder), company.teams(folder)]
    return inspect(silos.read_interactions(logs), roster, max_recipients=LIMIT)


def test_figures_of_each_log_are_its_own(checked):
    slack, trace, met = checked.to_dict()["logs"]
    assert [log["format"] for log in (slack, trace, met)] == ["slack", "exchange", "attendance"]
    assert (trace["rows"], trace["undated"]) == (SENT + COPIES + 1, 0)  # and a note to oneself
    assert trace["ids"] == len(PEOPLE) + 1 + len(PEOPLE)  # two addresses each, and somebody from outside
    assert trace["ids_matched"] == 2 * len(PEOPLE)
    assert slack["ids_matched"] == slack["ids"] - 1 == len(PEOPLE)
    assert trace["rejected"] == {"bounced": 1, "failed": 1, "list, expanded": 1, "not delivered": 1}
    assert slack["rejected"]["bot"] > 0
    assert trace["broadcasts"] == len(PEOPLE)  # eleven people, and a copy
    assert trace["first"] == slack["first"] == MESSAGES[0].at.isoformat()
    assert [log["evidence"] for log in (slack, trace, met)] == ["substantive", "turn-taking", "substantive"]


def test_what_to_export_besides_is_said_of_the_logs_that_lack_it(checked):
    slack, trace, met = checked.to_dict()["logs"]
    assert slack["lacks"] == met["lacks"] == ""
    assert "no conversations: add mailboxes" in trace["lacks"]
    text = checked.text()
    assert text.count("To see more: ") == 1
    assert "left out on reading: bounced 1, failed 1" in text
    assert "ids (a person may have several)" in text
    options = {"max_recipients": LIMIT, "min_department": FEWEST_SHOWN, "bootstrap": 10}
    found = silos.analyze(checked.interactions, checked.roster, **options).connector.evidence
    assert f"evidence of the connector verdict: {found}" in text


def test_who_changed_department_is_counted_once():
    people = [f"p{number}" for number in range(20)]
    of = dict(zip(people, "ab" * 10, strict=True))
    moved = "p0"
    rows = [(person, unit, "2026-01-01", "2026-02-01" if person == moved else None) for person, unit in of.items()]
    roster = silos.read_roster(
        pd.DataFrame(
            [*rows, (moved, "b", "2026-02-01", None)],
            columns=["person", "department", "effective_from", "effective_to"],
        )
    )
    pairs = [*itertools.pairwise(people[:-1]), (moved, "p5")]
    days = pd.date_range("2026-01-05", periods=len(pairs), freq="3D", tz="UTC")
    log = pd.DataFrame(
        [(day, *pair) for day, pair in zip(days, pairs, strict=True)], columns=["timestamp", "sender", "recipient"]
    )
    checked = inspect(silos.read_interactions(log), roster)
    found = silos.analyze(log, roster, bootstrap=10).summary()["inputs"]
    assert checked.to_dict()["people"] == found["people"] == len(people)
    assert checked.to_dict()["people_matched"] == found["people_matched"] == len(people) - 1


def test_who_joined_after_the_log_is_in_the_roster_and_in_no_analysis():
    people = [f"p{number}" for number in range(20)]
    rows = [
        *((person, unit, "2026-01-01") for person, unit in zip(people, "ab" * 10, strict=True)),
        ("p99", "a", "2027-01-01"),
    ]
    roster = silos.read_roster(pd.DataFrame(rows, columns=["person", "department", "effective_from"]))
    days = pd.date_range("2026-01-05", periods=19, freq="3D", tz="UTC")
    log = pd.DataFrame({"timestamp": days, "sender": people[:-1], "recipient": people[1:]})
    said = inspect(silos.read_interactions(log), roster).text()
    assert "people in the roster: 21; in an analysis: 20; with a tie: 20" in said
    stayed = silos.read_roster(pd.DataFrame(rows[:-1], columns=["person", "department", "effective_from"]))
    assert "people in the roster: 20, with a tie: 20" in inspect(silos.read_interactions(log), stayed).text()


def test_posts_that_all_may_read_do_not_show_who_talks_in_private(tmp_path, roster):
    public = inspect(silos.read_interactions(company.slack(tmp_path, (), POSTS)), roster, max_recipients=LIMIT)
    [log] = public.to_dict()["logs"]
    assert log["evidence"] == "substantive"
    assert "direct messages included" in log["lacks"]


def test_examples_of_what_was_left_out_name_file_and_line_and_nothing_else(tmp_path, roster):
    log = company.mattermost(tmp_path)
    with log.open("a") as file:
        file.write('{"type": "post", "post": "XSECRETX"}\n{"type": "post", XSECRETX\n')
    result = inspect(silos.read_interactions(log), roster, max_recipients=LIMIT)
    count = len(log.read_text().splitlines())
    assert f"    {log}, line {count}: unreadable" in result.text()
    result.write(tmp_path / "found.json")
    assert "XSECRETX" not in result.text() + (tmp_path / "found.json").read_text()
    assert json.loads((tmp_path / "found.json").read_text())["logs"][0]["rejected"]["unreadable"] == 2


def test_what_cannot_be_written_is_said_so(tmp_path, checked):
    for place in (tmp_path, tmp_path / "no" / "found.json"):
        with pytest.raises(OutputError, match="cannot be written"):
            checked.write(place)


def test_an_earlier_check_in_the_folder_of_a_log_may_be_replaced(tmp_path, checked):
    checked.write(tmp_path / "found.json")
    refuse_place(tmp_path / "found.json", inputs=[str(tmp_path), "s3a://elsewhere", "gone.csv"])
    (tmp_path / "found.json").write_text('{"logs": []}')
    with pytest.raises(OutputError, match="would be overwritten"):
        refuse_place(tmp_path / "found.json", inputs=[str(tmp_path)])


def test_rows_of_one_sender_at_one_instant_are_broadcasts_too(roster):
    """A table without event ids hides its mass mails; whole days are no instant."""
    rows = [("2024-05-06T09:00:00Z", "ann", person) for person in PEOPLE]
    rows += [("2024-05-07", "bob", person) for person in PEOPLE]
    table = pd.DataFrame(rows, columns=["timestamp", "sender", "recipient"])
    [log] = inspect(silos.read_interactions(table), roster, max_recipients=LIMIT).to_dict()["logs"]
    assert (log["rows"], log["broadcasts"]) == (2 * len(PEOPLE), len(PEOPLE))


def test_a_broadcast_is_what_the_analysis_calls_one(roster):
    """Mails that follow within one second are no mass mail, and a stated 0 says nothing of whom they reached."""
    times = [f"2024-05-06T09:00:00.{number:02}Z" for number in range(len(PEOPLE))]
    mails = pd.DataFrame({"timestamp": times, "sender": "ann", "recipient": PEOPLE, "recipients": 0})
    news = mails.assign(timestamp="2024-05-07T09:00:00Z", event="news")
    found = inspect(silos.read_interactions(pd.concat([mails, news])), roster, max_recipients=LIMIT).to_dict()
    assert (found["logs"][0]["broadcasts"], found["broadcasts"]) == (len(PEOPLE), len(PEOPLE) - 1)  # one is to herself


def test_what_the_units_are_is_said_by_the_heading_in_the_file(tmp_path, roster):
    log = silos.read_interactions(company.slack(tmp_path))
    checked = inspect(log, replace(roster, columns={**roster.columns, "department": "Abteilung"}), max_recipients=LIMIT)
    units = roster.people["department"].nunique()
    assert f"  units from 'Abteilung' (--by): {units}" in checked.text().splitlines()
    assert (checked.to_dict()["by"], checked.to_dict()["units"]) == ("department", units)


def test_rows_whose_loss_is_expected_are_one_line_for_each_reason():
    problems = [f"slack.zip: general/2025-03-{day:02}.json, message 13: bot" for day in range(1, 11)]
    damaged = ["a.json, line 1: unreadable", "a.json, line 7: unreadable"]
    assert examples_said([*problems, "a.json, message 1: system", *damaged]) == [
        "  such as slack.zip: general/2025-03-01.json, message 13: bot",
        "  such as a.json, message 1: system",
        *(f"  {problem}" for problem in damaged),
    ]


@pytest.mark.long
@pytest.mark.parametrize(
    ("kind", "dated", "told"),
    [("survey", False, (False, False, False)), ("messages", False, (True, True, False)),
     ("contacts", True, (False, False, True))],
)  # fmt: skip
def test_advice_on_a_graph_can_be_followed(kind, dated, told):
    """Of a survey there are no conversations to export, and a log without times is not too short."""
    names = [f"p{number}" for number in range(24)]
    log = pd.DataFrame([(a, b) for a, b in itertools.permutations(names, 2) if a < b], columns=["sender", "recipient"])
    if dated:
        log["timestamp"] = pd.date_range("2025-01-06", periods=len(log), freq="h")
    people = silos.read_roster(pd.DataFrame({"person": names, "department": ["A", "B", "C", "D"] * 6}))
    interactions = silos.read_interactions(log, format="delimited" if dated else "edges")
    text = inspect(interactions, people, log_kinds={"": kind}).text()
    said = ("To see more" in text, "Export the conversation" in text or "export who sent" in text, "too short" in text)
    assert said == told, text

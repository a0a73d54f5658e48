"""What a row of a log is: known, guessed and said, or asked for."""

import itertools
import re

import pandas as pd
import pytest

import silos
from silos.errors import SilosError
from silos.ties.count import tally
from silos.ties.log_kinds import asked_kinds, kind_by_name
from tests.conftest import a_roster

PEOPLE = {f"p{number:02}": "HR" if number % 2 else "IT" for number in range(12)}
START = pd.Timestamp("2025-01-06T09:00:00Z")


def a_talk(medium="", weeks=3):
    """Everybody writes to the next five, and half of them are answered an hour later: 12 x 5 pairs."""
    names = list(PEOPLE)
    rows = []
    for week, (place, one) in itertools.product(range(weeks), enumerate(names)):
        for step in range(1, 6):
            other, at = (
                names[(place + step) % len(names)],
                START + pd.Timedelta(days=7 * week, minutes=13 * place + step),
            )
            rows.append((at, one, other, medium))
            if step % 2:
                rows.append((at + pd.Timedelta(hours=1), other, one, medium))
    return pd.DataFrame(rows, columns=["timestamp", "sender", "recipient", "medium"])


def counted(table, **options):
    return tally(silos.read_interactions(table), a_roster(PEOPLE), **options)


def test_messages_are_answered():
    found = counted(a_talk())
    assert (found.log.kinds, found.log.guessed) == ({"": "messages"}, {})
    assert found.log.directed
    assert found.dialogue.unknown == ""


def test_edges_that_stand_in_both_directions_alike_are_contacts():
    """Else 100 % of what is sent would be answered at once."""
    there = a_talk()
    back = there.rename(columns={"sender": "recipient", "recipient": "sender"})
    found = counted(pd.concat([there, back]))
    assert (found.log.kinds, found.log.guessed) == ({"": "contacts"}, {"": "mirrored"})
    assert not found.log.directed
    assert found.dialogue.unknown == "undirected"
    assert found.turns.empty


def test_edges_without_times_too():
    edges = a_talk(weeks=1).groupby(["sender", "recipient"], as_index=False).size()
    edges = edges.rename(columns={"sender": "source", "recipient": "target", "size": "weight"})
    both = pd.concat([edges, edges.rename(columns={"source": "target", "target": "source"})])
    both = both.groupby(["source", "target"], as_index=False)["weight"].sum()
    assert counted(both).log.guessed == {"": "mirrored"}


def test_a_log_in_which_nobody_ever_answers_is_of_contacts():
    table = a_talk()
    table = table[table["timestamp"].dt.minute % 60 == table["timestamp"].dt.minute].drop_duplicates(
        ["sender", "recipient"]
    )
    once = table[table["sender"] < table["recipient"]]
    assert counted(once).log.guessed == {"": "one-way"}


def test_a_plain_list_of_contacts_is_guessed_as_the_same_table_is(tmp_path):
    names = list(PEOPLE)
    seen = [(20 * place, *pair) for place, pair in enumerate(itertools.combinations(names, 2))]
    (tmp_path / "contacts.txt").write_text("".join(f"{at} {a} {b}\n" for at, a, b in seen), encoding="utf-8")
    columns = {"timestamp": "1", "sender": "2", "recipient": "3"}
    listed = silos.read_interactions(tmp_path / "contacts.txt", columns=columns, format="edgelist")
    assert [source.format for source in listed.sources] == ["edgelist"]
    log = tally(listed, a_roster(PEOPLE)).log
    assert (log.kinds, log.guessed) == ({"": "contacts"}, {"": "one-way"})
    assert counted(pd.DataFrame(seen, columns=["timestamp", "sender", "recipient"])).log.guessed == log.guessed


def test_names_without_times_are_answers_of_a_survey():
    named = a_talk(weeks=1)[["sender", "recipient"]].drop_duplicates()
    found = counted(named.rename(columns={"sender": "source", "recipient": "target"}))
    assert found.log.guessed == {"": "nominations"}
    assert found.log.kinds == {"": "survey"}
    assert found.log.directed


@pytest.mark.parametrize(
    ("medium", "kind"),
    [("review", "acts"), ("Code Review", "acts"), ("badge", "contacts"), ("email", ""), ("advice", "survey")],
)
def test_the_name_of_a_medium_says_what_it_is(medium, kind):
    found = counted(a_talk(medium)).log
    assert list(found.kinds.values()) == [kind or "messages"]
    assert list(found.guessed.values()) == (["name"] if kind else [])


def test_reviews_beside_mails_are_no_answers():
    """Those who are reviewed and write a mail an hour later have answered no review."""
    mails = a_talk("email")
    alone, beside = counted(mails), counted(pd.concat([mails, a_talk("review")]))
    assert beside.log.kinds == {"email": "messages", "review": "acts"}
    assert beside.dialogue.waits["waits"].sum() == alone.dialogue.waits["waits"].sum()
    assert beside.turns.equals(alone.turns)
    assert counted(a_talk("review")).dialogue.unknown == "kind"


def test_what_is_asked_for_holds():
    table = a_talk("review")
    assert counted(table, log_kinds=asked_kinds(["messages"])).dialogue.unknown == ""
    assert counted(table, log_kinds=asked_kinds(["review=contacts"])).log.directed is False
    met = counted(table, log_kinds=asked_kinds({"review": "meetings"})).log
    assert (met.meetings, met.directed, met.guessed) == (True, False, {})
    both = pd.concat([table, a_talk("email")])
    found = counted(both, log_kinds=asked_kinds(["contacts", "email=messages"]))
    assert found.log.kinds == {"email": "messages", "review": "contacts"}
    assert found.dialogue.unknown == ""


def test_there_are_five_kinds():
    with pytest.raises(SilosError, match="one of messages, meetings, contacts, acts, survey, not 'mail'"):
        asked_kinds(["email=mail"])


def test_a_word_within_another_is_no_word():
    assert kind_by_name("preview") == ""
    assert kind_by_name("code_review") == "acts"


def test_nothing_is_said_of_answers_to_what_is_no_message():
    for table in (a_talk("review"), a_talk("badge")):
        found = silos.analyze(silos.read_interactions(table), a_roster(PEOPLE), min_department=3, bootstrap=20)
        assert not any(re.search("answer|comes back", finding.sentence) for finding in found.findings)
        assert any("not messages" in limit or "not who turned to whom" in limit for limit in found.limits_in("en"))
    talked = silos.analyze(silos.read_interactions(a_talk("email")), a_roster(PEOPLE), min_department=3, bootstrap=20)
    assert any("comes back" in finding.sentence for finding in talked.findings)

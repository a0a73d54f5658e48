"""Senders that nobody declared and that behave like accounts: planted ones are found, and people are not."""

import gzip

import numpy as np
import pandas as pd
import pytest

import silos
from silos.analysis.accounts import declared, find_accounts, named
from silos.ties.count import tally
from tests.conftest import shared

START = pd.Timestamp("2025-01-06T00:00:00Z")
DAYS = 84
#: Where planted accounts work.
DESK = "Logistics"


@pytest.fixture(scope="module")
def company():
    """People of the generator, nobody of whom is an account."""
    return silos.simulate.organisation(
        people=120, departments=9, weeks=12, newsletter=False, mail_room=False, unknown=0, communities=0, seed=3
    )


def with_senders(company, **senders):
    """The log and roster with more senders, each a person of one department in the roster."""
    people = company.roster
    more = pd.DataFrame({"person": list(senders), "department": DESK})
    roster = pd.concat([people, more], ignore_index=True)
    log = pd.concat([company.interactions, *senders.values()], ignore_index=True)
    log["timestamp"] = pd.to_datetime(log["timestamp"], utc=True)
    return silos.read_interactions(log), silos.read_roster(roster)


def ticket_bot(company, name="p999@acme.example", every=50):
    """Exchanges a ticket with somebody every 50 minutes, day and night: both open threads and go on with them."""
    rng = np.random.default_rng(0)
    people = company.roster["person"].to_numpy()
    at = START
    rows = []
    for number in range(DAYS * 24 * 60 // every):
        at = START + pd.Timedelta(minutes=every * number)
        other = rng.choice(people)
        first, second = (name, other) if number % 2 else (other, name)
        for step, (sender, recipient) in enumerate(
            [(first, second), (second, first), (first, second), (second, first)]
        ):
            rows.append(
                (
                    at + pd.Timedelta(minutes=5 * step),
                    sender,
                    recipient,
                    "email",
                    f"bot-{number}-{step}",
                    f"bot-{number}",
                )
            )
    return pd.DataFrame(rows, columns=["timestamp", "sender", "recipient", "medium", "event", "thread"])


def newsletter(company, name="p998@acme.example"):
    """Writes to fifteen people every six hours at the full hour; nobody writes back."""
    people = company.roster["person"].to_numpy()
    hours = pd.date_range(START, periods=DAYS * 24 // 6, freq="6h")
    return pd.DataFrame(
        [
            (at, name, people[(15 * place + step) % len(people)], "email", f"news-{place}-{step}", None)
            for place, at in enumerate(hours)
            for step in range(15)
        ],
        columns=["timestamp", "sender", "recipient", "medium", "event", "thread"],
    )


def test_nobody_of_a_company_of_people_is_suspected(company):
    found = find_accounts(tally(silos.read_interactions(company.interactions), silos.read_roster(company.roster)))
    assert found.count == 0


def test_a_newsletter_and_a_ticket_bot_are(company):
    logs, roster = with_senders(
        company, **{"p999@acme.example": ticket_bot(company), "p998@acme.example": newsletter(company)}
    )
    counted = tally(logs, roster)
    found = find_accounts(counted)
    assert sorted(counted.people["person"].iloc[found.suspects]) == ["p998@acme.example", "p999@acme.example"]
    assert found.signs["clock"] == 1
    assert found.signs["unanswered"] == 1


def test_a_bot_that_exchanges_tickets_with_everybody_makes_its_department_no_connector(company):
    logs, roster = with_senders(company, **{"p999@acme.example": ticket_bot(company)})
    plain = silos.analyze(
        silos.read_interactions(company.interactions), silos.read_roster(company.roster), bootstrap=40
    )
    found = silos.analyze(logs, roster, bootstrap=40)
    gone = silos.analyze(logs, roster, bootstrap=40, leave_out_accounts=True)
    for analysis in (found, gone):
        assert analysis.connector.department == plain.connector.department
        spanners = analysis.connector.candidates["effective_spanners"]
        assert spanners[DESK] == pytest.approx(plain.connector.candidates["effective_spanners"][DESK], rel=0.2)
    assert found.summary()["inputs"]["accounts"]["count"] == 1
    assert found.summary()["inputs"]["accounts"]["left_out"] is False
    assert "1" in next(one.sentence for one in found.findings if one.id == "accounts")
    assert gone.summary()["inputs"]["rows_rejected"]["bot"] > 1000
    assert gone.summary()["inputs"]["people"] == found.summary()["inputs"]["people"] - 1
    assert "accounts_left_out" in {one.id for one in gone.findings}


@pytest.mark.parametrize(
    ("name", "account"),
    [
        ("no-reply@acme.example", True),
        ("jira@acme.example", True),
        ("ci-bot@acme.example", True),
        ("svc_backup", True),
        ("ann.abbott@acme.example", False),
        ("scanlon.root.jr@acme.example", True),  # a name alone may err: it is reported, never removed unasked
        ("boti@acme.example", False),
        ("systema.k@acme.example", False),
    ],
)
def test_names_of_accounts_are_whole_words(name, account):
    assert named(pd.DataFrame({"person": [name]})).tolist() == [account]


def test_a_roster_with_periods_declares_accounts_in_all_of_them():
    table = pd.DataFrame(
        {
            "person": ["ann", "ann", "bot7"],
            "department": ["HR", "IT", "IT"],
            "effective_from": ["2024-01-01", "2025-01-01", "2024-01-01"],
        }
    )
    roster = declared(silos.read_roster(table), {"bot7"})
    spells = roster.spells("department")
    assert spells.loc[spells["person"] == "bot7", "reason"].tolist() == ["bot"]
    assert spells.loc[spells["person"] == "ann", "unit"].tolist() == ["HR", "IT"]


def test_nobody_of_a_company_that_writes_a_handbook_is_suspected():
    place = shared("datasets/handbook_company")
    counted = tally(silos.read_interactions(place / "log.csv"), silos.read_roster(place / "roster.csv"))
    assert find_accounts(counted).count == 0


def test_hardly_anybody_of_a_research_institution_is_suspected():
    """Whoever mails much from a mailing list may be one: below 1 % of 986 people."""
    place = shared("datasets/email_eu_core_temporal/email-Eu-core-temporal.txt.gz")
    with gzip.open(place, "rt") as file:
        log = pd.read_csv(file, sep=" ", names=["sender", "recipient", "second"], dtype=str)
    log["timestamp"] = pd.Timestamp("2003-10-01T00:00:00Z") + pd.to_timedelta(log["second"].astype(int), unit="s")
    ids = sorted({*log["sender"], *log["recipient"]})
    roster = pd.DataFrame({"person": ids, "department": [f"D{number % 9}" for number in range(len(ids))]})
    counted = tally(silos.read_interactions(log[["timestamp", "sender", "recipient"]]), silos.read_roster(roster))
    found = find_accounts(counted)
    assert len(counted.people) == 986
    assert found.count < 0.01 * len(counted.people)

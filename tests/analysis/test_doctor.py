"""`silos check` as the doctor: it says what it saw, and what it says mends a trouble does mend it."""

import itertools
import json
import re

import pandas as pd
import pytest
from click.testing import CliRunner

from silos.cli import main

PEOPLE = [
    f"{first}.{last}" for first in ("ann", "bob", "cleo", "dan") for last in ("roux", "petit", "lang", "mora", "ito")
]
PLACES = ["Lyon", "Oslo"]
DOMAIN = "acme.example"


def roster(fourth="Ops"):
    return pd.DataFrame(
        {
            "email": [f"{person}@{DOMAIN}" for person in PEOPLE],
            "department": [("HR", "IT", "Legal", fourth)[place // 5] for place in range(20)],
            "location": [PLACES[place % 2] for place in range(20)],
        }
    )


def log():
    rows = []
    for week, place, step in itertools.product(range(4), range(20), (1, 2, 5)):
        at = pd.Timestamp("2025-01-20T09:00:00Z") + pd.Timedelta(days=7 * week, minutes=7 * place + step)
        one, other = PEOPLE[place], PEOPLE[(place + step) % 20]
        rows.append((at, one, other))
        if step < 5:
            rows.append((at + pd.Timedelta(hours=2), other, one))
    table = pd.DataFrame(rows, columns=["timestamp", "sender", "recipient"])
    return table.assign(**{side: table[side] + f"@{DOMAIN}" for side in ("sender", "recipient")})


def each_id(table, change, columns=("sender", "recipient")):
    return table.assign(**{column: table[column].map(change) for column in columns})


def run(command, folder, table, staff, options=()):
    """The command on the two files; its output and exit code."""
    table.to_csv(folder / "log.csv", index=False)
    staff.to_csv(folder / "hr.csv", index=False)
    more = ["-o", str(folder / "out"), "--bootstrap", "10", "--min-department", "3"] if command == "analyze" else []
    given = [command, str(folder / "log.csv"), "--roster", str(folder / "hr.csv"), *more, *options]
    found = CliRunner().invoke(main, given)
    assert found.exception is None or isinstance(found.exception, SystemExit), found.exception
    return found


def departments_in(folder):
    summary = json.loads((folder / "out" / "summary.json").read_text())
    return summary["inputs"], {row["department"] for row in summary["departments"]}


def healthy(folder):
    inputs, units = departments_in(folder)
    return inputs["people_matched"] == 20 and inputs["rows_used"] == len(log()) and len(units) > 1


ACCOUNT = {f"{person}@{DOMAIN}": f"{place + 1:05}" for place, person in enumerate(PEOPLE)}

#: One mistake each: the log, the roster, and what a reader of the output makes of it.
OPTIONS = {
    "a second domain": (each_id(log(), lambda one: one.replace(DOMAIN, "acme.io")), roster()),
    "ids in a column of another name": (
        each_id(log(), lambda one: f"XY{ACCOUNT[one]}"),
        roster().assign(Spind=[f"XY{ACCOUNT[one]}" for one in roster()["email"]]),
    ),
    "one department": (log(), roster().assign(department="Acme")),
    "no column of departments": (log(), roster().drop(columns="department")),
}


@pytest.mark.long
@pytest.mark.parametrize("mistake", OPTIONS)
def test_the_option_that_check_prints_mends_the_trouble(tmp_path, mistake):
    table, staff = OPTIONS[mistake]
    checked = run("check", tmp_path, table, staff)
    assert run("analyze", tmp_path, table, staff).exit_code == 1
    assert checked.exit_code == 1
    assert "hr.csv" in checked.stdout or "roster:" in checked.stdout
    option, value = re.search(r"(--(?:same-domain|roster-map|by)) ([^\s;()]+)", checked.stdout).groups()
    assert run("analyze", tmp_path, table, staff, [option, value]).exit_code == 0
    assert healthy(tmp_path)


#: The mistake, and the edit that is printed, made.
EDITS = {
    "leading zeros lost": (
        each_id(log(), lambda one: ACCOUNT[one].lstrip("0")),
        roster().assign(email=list(ACCOUNT.values())).rename(columns={"email": "person"}),
        r"as text of (\d+) digits, with the zeros",
        lambda one, width: one.zfill(int(width)),
    ),
    "logins for addresses": (
        each_id(log(), lambda one: one.split("@")[0]),
        roster(),
        r"write @(\S+) behind the log's ids",
        lambda one, domain: f"{one}@{domain}",
    ),
    "a domain before the account": (
        each_id(log(), lambda one: f"ACME\\{one.split('@')[0]}"),
        roster().assign(email=PEOPLE).rename(columns={"email": "person"}),
        r"write the log's ids without '(\S+)' in front",
        lambda one, prefix: one[len(prefix) :],
    ),
    "addresses for logins": (
        log(),
        roster().assign(email=PEOPLE).rename(columns={"email": "person"}),
        r"write the log's ids without the (@) and what follows it",
        lambda one, sign: one.split(sign)[0],
    ),
}


@pytest.mark.long
@pytest.mark.parametrize("mistake", EDITS)
def test_the_edit_that_check_prints_mends_the_trouble(tmp_path, mistake):
    table, staff, said, change = EDITS[mistake]
    checked = run("check", tmp_path, table, staff)
    assert run("analyze", tmp_path, table, staff).exit_code == 1
    [word] = re.search(said, checked.stdout).groups()
    mended = each_id(table, lambda one: change(one, word))
    assert run("analyze", tmp_path, mended, staff).exit_code == 0
    assert healthy(tmp_path)


def test_a_department_that_is_really_called_na_is_kept(tmp_path):
    staff = roster("NA")
    checked = run("check", tmp_path, log(), staff)
    assert "placeholder" in checked.stdout
    assert "--roster-keep WORD" in checked.stdout
    assert run("analyze", tmp_path, log(), staff, ["--roster-keep", "NA"]).exit_code == 0
    assert healthy(tmp_path)


def test_unknown_headings_of_a_log_are_named_beside_what_the_roster_is(tmp_path):
    table = log().rename(columns={"sender": "wer", "recipient": "wem"})
    checked = run("check", tmp_path, table, roster())
    assert checked.exit_code == 1
    assert "roster: 20 people" in checked.stdout
    assert "--map" in checked.stderr
    assert "wer" in checked.stderr
    assert run("analyze", tmp_path, table, roster(), ["--map", "sender=wer", "--map", "recipient=wem"]).exit_code == 0
    assert healthy(tmp_path)


def test_days_and_months_that_could_be_either(tmp_path):
    table = log().assign(timestamp=[f"0{1 + place % 4}/0{1 + place % 3}/2025 09:00" for place in range(len(log()))])
    checked = run("check", tmp_path, table, roster())
    assert "roster: 20 people" in checked.stdout
    [order] = re.search(r"--date-order[ =](day-first)", checked.stderr).groups()
    assert run("analyze", tmp_path, table, roster(), ["--date-order", order]).exit_code == 0


def test_a_log_that_lost_its_times_names_the_column_to_read_instead(tmp_path):
    times = log()["timestamp"].astype(str)
    table = log().assign(timestamp=times.where(times.index % 3 == 0, "soon"), EventDate=times)
    checked = run("check", tmp_path, table, roster())
    assert checked.exit_code == 1
    assert "are lost: undated" in checked.stdout
    assert "columns not used: 'EventDate'" in checked.stdout
    assert "--map timestamp=COLUMN" in checked.stdout
    assert "nothing more is needed" not in checked.stdout
    assert run("analyze", tmp_path, table, roster(), ["--map", "timestamp=EventDate"]).exit_code == 0
    assert healthy(tmp_path)


def test_managers_who_are_nobody_are_counted_and_shown_as_shapes(tmp_path):
    staff = roster().assign(manager=[f"Chief {place % 3}x Ørsted" for place in range(20)])
    checked = run("check", tmp_path, log(), staff)
    assert checked.exit_code == 0
    assert "20 of 20 managers not found" in checked.stdout
    assert "Ørsted" not in checked.stdout
    run("analyze", tmp_path, log(), staff)
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert summary["inputs"]["managers"] == {"stated": 20, "found": 0}
    assert "20 of 20 managers" in next(one["sentence"] for one in summary["findings"] if one["id"] == "managers_lost")
    assert "neither managers nor levels" not in json.dumps(summary)
    mended = staff.assign(manager=[f"{PEOPLE[place % 3]}@{DOMAIN}" for place in range(20)])
    assert "managers not found" not in run("check", tmp_path, log(), mended).stdout


def test_rows_that_are_lost_are_the_first_finding(tmp_path):
    table = log()
    table["recipient"] = table["recipient"].where(table.index % 5 > 0, None)
    assert run("analyze", tmp_path, table, roster()).exit_code == 0
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    lost = {"no sender or recipient": (len(table) + 4) // 5}
    assert summary["inputs"]["lost"] == lost
    first = summary["findings"][0]
    assert first["id"] == "lost:no sender or recipient"
    assert first["severity"] == "serious"
    assert "20%" in first["sentence"]


def test_example_ids_are_shapes_unless_people_are_asked_for(tmp_path):
    table = pd.concat([log(), log().head(3).assign(sender="zoe.quaid@elsewhere.example")])
    checked = run("check", tmp_path, table, roster(), ["-o", str(tmp_path / "found.json")])
    written = (tmp_path / "found.json").read_text()
    assert "quaid" not in checked.stdout + checked.stderr + written
    assert json.loads(written)["unmatched"]["log"] == ["aaa.aaaaa@aaaaaaaaa.aaaaaaa"]
    assert "aaa.aaaaa@aaaaaaaaa.aaaaaaa" in checked.stdout
    clear = run("check", tmp_path, table, roster(), ["-o", str(tmp_path / "found.json"), "--people"])
    assert "zoe.quaid@elsewhere.example" in clear.stdout
    assert json.loads((tmp_path / "found.json").read_text())["unmatched"]["log"] == ["zoe.quaid@elsewhere.example"]


def test_what_mends_a_trouble_is_there_for_scripts(tmp_path):
    table, staff = OPTIONS["a second domain"]
    run("check", tmp_path, table, staff, ["-o", str(tmp_path / "found.json")])
    found = json.loads((tmp_path / "found.json").read_text())
    assert found["troubles"][0]["options"] == ["--same-domain", f"acme.io={DOMAIN}"]
    assert "nobody in the log is in the roster" in found["refusal"]
    assert found["logs"][0]["rows"] == len(table)


def test_check_never_sends_its_reader_to_itself(tmp_path):
    """Nobody of the roster writes to anybody of it: analyze says that check says more; check says it."""
    table = log().assign(recipient="out@elsewhere.example")
    assert "silos check says more" in run("analyze", tmp_path, table, roster()).stderr
    checked = run("check", tmp_path, table, roster())
    assert "silos check" not in checked.stdout + checked.stderr


def test_a_domain_that_the_roster_lacks_is_refused_with_those_that_it_has(tmp_path):
    found = run("analyze", tmp_path, log(), roster(), ["--same-domain", "acme.io=acme.com"])
    assert found.exit_code == 1
    assert f"Its addresses are at: {DOMAIN}" in found.stderr
    assert run("check", tmp_path, log(), roster(), ["--same-domain", "acme.io"]).exit_code == 2
    assert run("check", tmp_path, log(), roster(), ["--log-kind", "email=letters"]).exit_code == 2


def test_a_row_years_away_from_all_others_is_named_with_the_option_that_leaves_it_out(tmp_path):
    far = log().iloc[:1].assign(timestamp="2199-01-01T00:00:00Z")
    found = run("check", tmp_path, pd.concat([log(), far]), roster(), ["-o", str(tmp_path / "found.json")])
    assert "1 row lies years away from all others, in 2199" in found.output
    [trouble] = [
        one for one in json.loads((tmp_path / "found.json").read_text())["troubles"] if one["kind"] == "period"
    ]
    assert trouble["options"] == ["--until", "2025-02-11"]
    mended = run("analyze", tmp_path, pd.concat([log(), far]), roster(), trouble["options"])
    assert mended.exit_code == 0
    assert departments_in(tmp_path)[0]["last"].startswith("2025-02-10")


def test_a_log_of_many_years_or_across_new_year_has_no_row_that_is_far_away(tmp_path):
    years = [log().assign(timestamp=log()["timestamp"] + pd.DateOffset(years=step)) for step in range(3)]
    few_before = log().iloc[:2].assign(timestamp="2024-12-31T09:00:00Z")
    found = run("check", tmp_path, pd.concat([few_before, *years]), roster())
    assert "years away" not in found.output


def test_rows_from_before_the_roster_are_named_with_the_option_that_leaves_them_out(tmp_path):
    dated = roster().assign(effective_from="2025-02-03")
    found = run("check", tmp_path, log(), dated, ["-o", str(tmp_path / "found.json")])
    early = int((pd.to_datetime(log()["timestamp"]) < pd.Timestamp("2025-02-03", tz="UTC")).sum())
    assert f"{early} of {len(log())} rows are from before 2025-02-03, the first date in the roster" in found.output
    troubles = json.loads((tmp_path / "found.json").read_text())["troubles"]
    [trouble] = [one for one in troubles if one["kind"] == "early"]
    assert trouble["options"] == ["--since", "2025-02-03"]
    mended = run("check", tmp_path, log(), dated, trouble["options"])
    assert "first date in the roster" not in mended.output
    assert "first date in the roster" not in run("check", tmp_path, log(), roster()).output


def test_people_in_several_departments_at_a_time_are_counted_until_one_is_left(tmp_path):
    home = roster().assign(effective_from="2025-01-01", effective_to="2026-01-01")
    lent = home.head(3).assign(department="Ops", effective_from="2025-02-01", effective_to="2025-06-01")
    found = run("check", tmp_path, log(), pd.concat([home, lent]), ["-o", str(tmp_path / "found.json")])
    assert "3 people are in several departments at a time" in found.output
    assert "several" in [one["kind"] for one in json.loads((tmp_path / "found.json").read_text())["troubles"]]
    back = home.head(3).assign(effective_from="2025-06-01")
    home.loc[home.index[:3], "effective_to"] = "2025-02-01"
    mended = run("check", tmp_path, log(), pd.concat([home, lent, back]))
    assert "several departments" not in mended.output

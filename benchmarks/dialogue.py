"""What the documentation says of dialogue and leadership, from a real log and from planted organisations.

    python benchmarks/dialogue.py [--seeds 10]

Prints the table of docs/methods.md: answers in the e-mail of a European research institution
(../shared/datasets/email_eu_core_temporal; left out where that is not there), and how often a planted leadership is
known for what it is.
"""

import argparse
import gzip
from collections import Counter
from pathlib import Path

import pandas as pd

import silos
from silos.analysis.leadership import lead
from silos.ties.count import tally
from silos.ties.layers import layer

DATASET = Path(__file__).parents[2] / "shared/datasets/email_eu_core_temporal/email-Eu-core-temporal.txt.gz"
STYLES = (None, "listening", "broadcasting", "unresponsive")


def institution() -> pd.DataFrame:
    """The log: sender, recipient, and seconds from a start that is not published."""
    with gzip.open(DATASET, "rt") as text:
        log = pd.read_csv(text, sep=" ", names=["sender", "recipient", "seconds"])
    start = pd.Timestamp("2000-01-01")
    return log.assign(timestamp=start + pd.to_timedelta(log.pop("seconds"), unit="s")).astype(
        {"sender": str, "recipient": str}
    )


def answers() -> None:
    """Answers in the institution's e-mail, beside what ignoring the censoring would give."""
    if not DATASET.exists():
        print("no ../shared/datasets/email_eu_core_temporal: left out")
        return
    log = institution()
    found = silos.dialogue(log)
    for name in ("reply_rate", "wait_hours", "answer_hours", "sustained_share", "one_off_share"):
        estimate = found.estimates[name]
        print(f"{name:<18}{estimate.value:8.3f}  ({estimate.low:.3f} to {estimate.high:.3f})")
    month = log[log["timestamp"] < log["timestamp"].min() + pd.Timedelta(days=14)]
    counted = tally(silos.read_interactions(month), _everybody(month))
    waits = counted.dialogue.waits
    naive = waits.loc[waits["answered"] == 1, "waits"].sum() / waits["waits"].sum()
    first = silos.dialogue(month).estimates["reply_rate"].value
    print(f"first two weeks: {first:.3f}; cut-off waits taken as unanswered: {naive:.3f}")


def _everybody(log: pd.DataFrame) -> silos.Roster:
    people = pd.unique(pd.concat([log["sender"], log["recipient"]]))
    return silos.read_roster(pd.DataFrame({"person": people, "department": "everybody"}))


def planted(seeds: int) -> None:
    """Verdicts on leaderships that were planted."""
    for style in STYLES:
        verdicts: Counter[str] = Counter()
        for seed in range(seeds):
            made = silos.simulate.organisation(leadership=style, seed=seed)
            counted = tally(silos.read_interactions(made.interactions), silos.read_roster(made.roster))
            verdicts[str(lead(counted, layer(counted, "any"), replicates=200).verdict)] += 1
        print(f"planted {style or 'nothing':<13} {dict(sorted(verdicts.items()))}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=10)
    given = parser.parse_args()
    answers()
    planted(given.seeds)

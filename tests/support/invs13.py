"""The face-to-face contacts of an office (SocioPatterns, workplace 2013) as a log and a roster.

Run it to convert: `python tests/support/invs13.py ../shared/datasets/invs13 DIRECTORY` writes contacts.csv and
roster.csv.

A contact lasts 20 seconds, has no sender, and its time counts from 2013-06-24 0:00.
"""

import sys
from pathlib import Path

import pandas as pd


def contacts(dataset: Path) -> pd.DataFrame:
    """One row a contact of 20 seconds."""
    table = pd.read_csv(dataset / "tij_InVS13.dat.gz", sep=r"\s+", names=["t", "sender", "recipient"])
    start = pd.Timestamp("2013-06-24") + pd.to_timedelta(table.pop("t"), unit="s")
    return table.assign(timestamp=start.dt.strftime("%Y-%m-%dT%H:%M:%S"), medium="face to face", kind="contact")


def roster(dataset: Path) -> pd.DataFrame:
    """One row a person."""
    return pd.read_csv(dataset / "metadata_InVS13.txt", sep=r"\s+", names=["person", "department"], dtype=str)


if __name__ == "__main__":
    dataset, target = Path(sys.argv[1]), Path(sys.argv[2])
    target.mkdir(parents=True, exist_ok=True)
    contacts(dataset).to_csv(target / "contacts.csv", index=False)
    roster(dataset).to_csv(target / "roster.csv", index=False)

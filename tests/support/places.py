"""Where the things lie that tests look at."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
#: The sample company, as it is committed.
SAMPLE = ROOT / "data" / "sample"
#: Public data sets and reference values beside the project, not part of it.
SHARED = ROOT.parent / "shared"

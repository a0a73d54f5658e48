"""An analysis that says nothing of very few people: `no_few`.

Colleagues may be able to name whoever holds most of a department's contacts. Where the organisation does not want that
to be read off, these figures and the sentences about them are left out, of Python's tables too.
"""

from dataclasses import replace

import numpy as np
import pandas as pd

from silos.analysis.results import Results

#: How few people hold the ties of a department.
SPANNERS = ("effective_spanners", "effective_spanners_low", "effective_spanners_high")
#: What the busiest tenth of a department's people hold.
TOP_SHARES = ("brokerage_top_share", "ties_across_top_share")


def without_very_few(results: Results) -> Results:
    """The same results without those that depend on very few people; verdicts stay as they are."""
    connector, departments, help_ = results.connector, results.departments, results.what_would_help
    if help_ is not None:
        losses = help_.losses
        help_ = replace(help_, losses=replace(losses, spanners=losses.spanners.head(0), depends=losses.depends.head(0)))
    return replace(
        results,
        connector=replace(connector, candidates=_blank(connector.candidates, SPANNERS), without_one=None),
        departments=replace(departments, table=_blank(departments.table, TOP_SHARES)),
        what_would_help=help_,
    )


def _blank(table: pd.DataFrame, columns: tuple[str, ...]) -> pd.DataFrame:
    """The table with some of its columns empty."""
    return table.assign(**{name: np.nan for name in columns if name in table.columns})

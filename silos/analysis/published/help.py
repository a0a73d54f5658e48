"""What would help, published: plans and losses through the gate."""

from collections.abc import Collection
from dataclasses import replace

import numpy as np
import pandas as pd

from silos.analysis.pairs import DEPTH, Pairs
from silos.analysis.published.matrices import Matrices
from silos.analysis.published.tables import estimate, figures, stepped
from silos.analysis.what_would_help.help import Breach, WhatWouldHelp
from silos.analysis.what_would_help.joins import ROUNDED, Joining, Opening
from silos.analysis.what_would_help.losses import Losses
from silos.privacy.gate import Gate

#: Steps in which it is told what would be lost without a community.
LOSS = 0.05


def help_published(
    found: WhatWouldHelp,
    pairs: Pairs,
    matrices: Matrices,
    candidates: tuple[str, ...],
    gate: Gate,
    *,
    concentrated: Collection[str] = (),
) -> WhatWouldHelp:
    """What would help.

    Args:
        found: exact.
        pairs: published: what a wall would take follows from its published ties.
        matrices: published: all ties of a department are the sum of its cells.
        candidates: departments that stand alone; those of them through which there is no door are service desks.
        gate: what rounds.
        concentrated: departments of which it is not told how few people hold their ties.
    """
    counts = ("ties", "outside")
    desks = [name for name in candidates if name not in found.doors.ties.index]
    mixing = matrices.mixing.where(~np.eye(len(matrices.mixing), dtype=bool), 0.0).drop(columns=desks)
    table = found.doors.table.assign(outside=mixing.sum(axis=1).reindex(found.doors.table["department"]).to_numpy())
    doors = figures(stepped(table, counts, gate), gate, except_=counts, of={"share": table["outside"]})
    ties = found.doors.ties
    return replace(
        found,
        joining=_joining(found.joining, gate),
        beside=None if found.beside is None else _joining(found.beside, gate),
        openings={name: _opening(one, gate) for name, one in found.openings.items()},
        breaches=tuple(_breach(one, pairs, gate) for one in found.breaches),
        doors=replace(
            found.doors,
            table=doors,
            ties=pd.DataFrame(np.nan_to_num(gate.count(ties.to_numpy())), index=ties.index, columns=ties.columns),
        ),
        involved=figures(found.involved, gate),
        losses=_losses(found.losses, gate, concentrated),
        agreement=None if found.agreement is None else float(gate.figure(found.agreement)),
    )


def _joining(found: Joining, gate: Gate) -> Joining:
    return replace(
        found,
        table=figures(found.table, gate),
        gain=estimate(found.gain, gate),
        at_random=estimate(found.at_random, gate),
        busiest=estimate(found.busiest, gate),
        effect=estimate(found.effect, gate),
        binding=estimate(found.binding, gate),
    )


def _opening(found: Opening, gate: Gate) -> Opening:
    forecast = found.forecast
    return replace(
        found,
        outside=float(np.nan_to_num(gate.count(found.outside))),
        needed=None if found.needed is None else float(gate.figure(found.needed)),
        binding=estimate(found.binding, gate),
        forecast=replace(
            forecast,
            table=figures(forecast.table, gate),
            effective_resistance=estimate(forecast.effective_resistance, gate),
        ),
    )


def _breach(found: Breach, pairs: Pairs, gate: Gate) -> Breach:
    """A wall's plan by its published ties: the exact number of new ones would narrow how many there are."""
    names = {found.a, found.b}
    row = pairs.table[pairs.table["a"].isin(names) & pairs.table["b"].isin(names)].iloc[0]
    expected = float(row["expected_ties"])
    missing = DEPTH * expected - float(gate.middle(np.nan_to_num(row["ties"])))
    ties = max(float(np.ceil(missing / ROUNDED) * ROUNDED), ROUNDED)
    return replace(
        found,
        ties=ties,
        effect=estimate(replace(found.effect, value=ties / expected), gate),
        binding=estimate(found.binding, gate),
    )


def _losses(found: Losses, gate: Gate, concentrated: Collection[str]) -> Losses:
    depends = found.depends[~found.depends.index.isin(list(concentrated))]
    of = np.nan_to_num(gate.count(depends["of"])).astype(np.int64)
    return replace(
        found,
        table=figures(found.table, gate),
        communities=_in_steps(found.communities),
        spanners=figures(found.spanners, gate, except_=("people",)),
        depends=depends.assign(of=of).sort_values(["people", "of"], ascending=[True, False], kind="stable"),
    )


def _in_steps(communities: pd.DataFrame) -> pd.DataFrame:
    """Losses of communities in coarse steps, the interval outwards: with all digits they would tell of members."""
    loss, low, high = (communities[name].astype(np.float64) / LOSS for name in ("loss", "loss_low", "loss_high"))
    steps = {"loss": np.round(loss), "loss_low": np.floor(low), "loss_high": np.ceil(high)}
    return communities.assign(**{name: np.round(values * LOSS, 2) for name, values in steps.items()})

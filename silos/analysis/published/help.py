"""What would help, published: plans and losses through the gate."""

from collections.abc import Collection
from dataclasses import replace

import numpy as np
import pandas as pd

from silos.analysis.pairs import DEPTH, Pairs
from silos.analysis.published.matrices import Matrices, bound
from silos.analysis.published.tables import estimate, figures, stepped
from silos.analysis.what_would_help.doors import DEPARTMENT
from silos.analysis.what_would_help.help import Breach, WhatWouldHelp
from silos.analysis.what_would_help.joins import EXCHANGE, ROUNDED, Joining, Opening, involving
from silos.analysis.what_would_help.losses import Losses
from silos.analysis.what_would_help.what_if import Model
from silos.inference.estimate import Estimate
from silos.measures.binding import binds
from silos.privacy.cells import by_middles
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
    table = table.assign(share=_door_shares(table, matrices, desks, gate))
    doors = figures(stepped(table, counts, gate), gate, except_=counts)
    doors["outside"] = pd.Series(gate.total(table["outside"]), index=table.index).astype("Int64")
    ties, model = found.doors.ties, found.model.by_classes()
    return replace(
        found,
        joining=_joining(found.joining.by(model), gate),
        beside=_joining(found.beside.by(model), gate),
        openings={name: _opening(one, model, gate) for name, one in found.openings.items()},
        breaches=tuple(_breach(one, pairs, model, gate) for one in found.breaches),
        doors=replace(
            found.doors,
            table=doors,
            ties=pd.DataFrame(np.nan_to_num(gate.count(ties.to_numpy())), index=ties.index, columns=ties.columns),
        ),
        involved=figures(_involved(found.involved, model), gate),
        losses=_losses(found.losses, matrices, gate, concentrated),
        agreement=None if found.agreement is None else float(gate.figure(found.agreement)),
    )


def _door_shares(table: pd.DataFrame, matrices: Matrices, desks: Collection[str], gate: Gate) -> np.ndarray:
    """What passes through each door, by published counts: with the exact shares, these would be narrowed.

    Args:
        table: of doors, `outside` the published one.
        matrices: of volumes, for doors that are departments.
        desks: through which nothing is counted.
        gate: what publishes ties, for doors of other kinds.
    """
    volume = matrices.both_ways.where(~np.eye(len(matrices.both_ways), dtype=bool), 0.0).drop(columns=list(desks))
    across = volume.sum(axis=1)
    shares = [
        volume.loc[row["department"], row["through"]] / across[row["department"]]
        if row["kind"] == DEPARTMENT
        else float(gate.middle(row["ties"])) / max(row["outside"], 1.0)
        for row in table.to_dict("records")
    ]
    return np.minimum(np.array(shares, dtype=np.float64), 1.0)


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


def _involved(found: pd.DataFrame, model: Model) -> pd.DataFrame:
    """Gains by the ties in classes; nobody's is beyond that of the first, who is told by exact ones."""
    if found.empty:
        return found
    gain = pd.Series(involving(model, EXCHANGE), index=model.names).reindex(found.index)
    gain = gain.clip(upper=gain.iloc[0])
    return found.assign(gain=gain).sort_values("gain", ascending=False, kind="stable")


def _opening(found: Opening, model: Model, gate: Gate) -> Opening:
    added = model.added({(found.department, name): ties for name, ties in found.ties.items()})
    told, forecast = model.forecast(added), found.forecast
    points = ["insularity", "insularity_after", "change", "insiders_odds_after"]
    forecast = replace(
        forecast,
        table=forecast.table.assign(**{name: told.table[name] for name in points}),
        effective_resistance=replace(forecast.effective_resistance, value=told.effective_resistance.value),
    )
    return replace(
        found,
        outside=float(np.nan_to_num(gate.count(found.outside))),
        # As plans are: exact, it would be an equation for the ties that it starts from.
        needed=None if found.needed is None else float(np.ceil(found.needed / ROUNDED) * ROUNDED),
        binding=estimate(replace(found.binding, value=told.binding.value), gate),
        forecast=replace(
            forecast,
            table=figures(forecast.table, gate),
            effective_resistance=estimate(forecast.effective_resistance, gate),
        ),
    )


def _breach(found: Breach, pairs: Pairs, model: Model, gate: Gate) -> Breach:
    """A wall's plan by its published ties: the exact number of new ones would narrow how many there are."""
    names = {found.a, found.b}
    row = pairs.table[pairs.table["a"].isin(names) & pairs.table["b"].isin(names)].iloc[0]
    expected = float(row["expected_ties"])
    missing = DEPTH * expected - float(gate.middle(np.nan_to_num(row["ties"])))
    ties = max(float(np.ceil(missing / ROUNDED) * ROUNDED), ROUNDED)
    added = np.where(model.names.isin([found.a])[:, None] & model.names.isin([found.b])[None, :], ties, 0.0)
    before, after = model.bound_by(np.zeros_like(added)), model.bound_by(added + added.T)
    # So would the interval, which is that of as many as the exact number lacks.
    effect, binding = (_times(one, ties / found.ties) for one in (found.effect, found.binding))
    return replace(
        found,
        ties=ties,
        effect=estimate(replace(effect, value=ties / expected), gate),
        binding=estimate(replace(binding, value=(before - after) / before), gate),
    )


def _times(found: Estimate, factor: float) -> Estimate:
    """An estimate whose interval is so many times as far out."""
    low, high = (None if end is None else end * factor for end in (found.low, found.high))
    return replace(found, low=low, high=high)


def _losses(found: Losses, matrices: Matrices, gate: Gate, concentrated: Collection[str]) -> Losses:
    depends = found.depends[~found.depends.index.isin(list(concentrated))]
    of = np.nan_to_num(gate.count(depends["of"])).astype(np.int64)
    table = found.table
    if len(table):
        names, people = found.mixing.index, pd.Series(matrices.sizes, matrices.names).reindex(found.mixing.index)
        cells = by_middles(found.mixing.to_numpy(np.float64), gate)
        whole, _ = bound(pd.DataFrame(cells, names, names), people.to_numpy())
        loss = pd.Series(binds(whole.to_numpy()), index=names)
        following = table["next_best"].items()
        after = [_bind(whole.drop(index=name, columns=name), then) for name, then in following]
        table = table.assign(loss=loss.reindex(table.index), next_bind=after).sort_values(
            "loss", ascending=False, kind="stable"
        )
    return replace(
        found,
        table=figures(table, gate),
        mixing=pd.DataFrame(),
        communities=_in_steps(found.communities),
        spanners=figures(found.spanners, gate, except_=("people",), of={"share": matrices.ties_across}),
        depends=depends.assign(of=of).sort_values(["people", "of"], ascending=[True, False], kind="stable"),
    )


def _bind(graph: pd.DataFrame, name: str) -> float:
    """Bind of one department, without those of all others."""
    asked = graph.index == name
    return float(binds(graph.to_numpy(), of=asked)[asked][0])


def _in_steps(communities: pd.DataFrame) -> pd.DataFrame:
    """Losses of communities in coarse steps, the interval outwards: with all digits they would tell of members."""
    loss, low, high = (communities[name].astype(np.float64) / LOSS for name in ("loss", "loss_low", "loss_high"))
    steps = {"loss": np.round(loss), "loss_low": np.floor(low), "loss_high": np.ceil(high)}
    return communities.assign(**{name: np.round(values * LOSS, 2) for name, values in steps.items()})

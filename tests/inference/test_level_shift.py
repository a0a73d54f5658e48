"""Level shifts: found where they are planted, and no more often than chance allows where there is nothing."""

import numpy as np
import pytest

from silos.inference.level_shift import LEAST_SIDE, level_shifts

WINDOWS, SERIES = 12, 8


def noise(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Series that depend on traffic and nothing else, and the traffic."""
    rng = np.random.default_rng(seed)
    traffic = rng.normal(size=WINDOWS)
    return rng.normal(size=(WINDOWS, SERIES)) + traffic[:, None], traffic


def test_a_shift_is_found_where_it_is():
    values, traffic = noise(0)
    values[5:, 3] -= 8
    found = level_shifts(values, traffic)
    assert found.at[3] == 5
    assert found.t[3] < 0
    assert (found.p < 0.05).tolist() == [at == 3 for at in range(SERIES)]


def test_nothing_raises_the_nominal_share_of_alarms_over_all_series():
    lowest = [np.nanmin(level_shifts(*noise(seed), seed=seed).p) for seed in range(200)]
    # 10 of 200 are expected; 19 or more have a chance of 0.5 %.
    assert sum(p < 0.05 for p in lowest) < 19
    assert sum(p < 0.5 for p in lowest) > 75


@pytest.mark.parametrize("traffic", [np.repeat([1.0, 0.5], 6), 1 + np.sin(np.arange(12) / 2)], ids=["halves", "season"])
def test_what_traffic_explains_is_no_shift(traffic):
    rng = np.random.default_rng(1)
    values = 10 * traffic[:, None] + 0.1 * rng.normal(size=(WINDOWS, SERIES))
    assert np.nanmin(level_shifts(values, traffic).p) > 0.05
    assert np.nanmin(level_shifts(values, np.zeros(WINDOWS)).p) < 0.05


def test_neither_few_windows_nor_the_ends_are_looked_at():
    values, traffic = noise(2)
    values[WINDOWS - LEAST_SIDE + 1 :, 0] += 50
    values[4:, 1] = np.nan
    found = level_shifts(values, traffic)
    assert LEAST_SIDE <= found.at[0] <= WINDOWS - LEAST_SIDE
    assert (found.at[1], np.isnan(found.p[1])) == (-1, True)
    assert (level_shifts(values[: 2 * LEAST_SIDE], traffic[: 2 * LEAST_SIDE]).at == -1).all()


def test_windows_without_a_value_keep_their_place():
    values, traffic = noise(3)
    values[6:, 0] += 9
    values[[2, 7], 0] = np.nan
    found = level_shifts(values, traffic)
    assert found.at[0] == 6
    assert found.p[0] < 0.05

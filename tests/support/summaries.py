"""Two summaries side by side."""

import pytest


def differences(one, other, *, path=""):
    """Where two summaries differ by more than 1e-9."""
    if isinstance(one, dict) and isinstance(other, dict):
        keys = sorted({*one, *other})
        return [found for key in keys for found in differences(one.get(key), other.get(key), path=f"{path}/{key}")]
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = enumerate(zip(one, other, strict=True))
        return [found for place, pair in pairs for found in differences(*pair, path=f"{path}/{place}")]
    numbers = all(isinstance(value, int | float) and not isinstance(value, bool) for value in (one, other))
    same = one == pytest.approx(other, rel=1e-9, abs=1e-9) if numbers else one == other
    return [] if same else [f"{path}: {one!r}, {other!r}"]

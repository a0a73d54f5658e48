"""The registry has what can be imported, and each entry says all there is to say."""

import pytest

from silos import measures
from silos.measures import REGISTRY


def test_every_public_measure_has_an_entry_and_every_entry_is_public():
    public = {name for name in measures.__all__ if name not in ("REGISTRY", "Measure")}
    assert public == set(REGISTRY)
    for name in public:
        assert REGISTRY[name].name == name
        assert REGISTRY[name].function is getattr(measures, name)


@pytest.mark.parametrize("measure", REGISTRY.values(), ids=REGISTRY)
def test_every_entry_says_all_there_is_to_say(measure):
    assert measure.levels
    assert set(measure.levels) <= {"person", "department", "pair", "organisation"}
    for text in (measure.range, measure.high, measure.low, measure.source):
        assert text.strip() == text != ""
    assert measure.says[0].isupper() or measure.says[0] == "λ"
    assert measure.says.endswith("."), "the first line of the docstring is a sentence"
    doc = measure.function.__doc__ or ""
    assert "Returns:" in doc
    assert ">>> " in doc, "an example"

"""What attacks on figures and on measures are tried on."""

import pytest

import silos
from silos.analysis.result import PersonAnalysis
from silos.analysis.results import Results
from tests.support.places import SAMPLE


@pytest.fixture(scope="module")
def sample() -> PersonAnalysis:
    logs = [SAMPLE / "interactions.csv", SAMPLE / "affiliations.csv"]
    found = silos.analyze(logs, SAMPLE / "roster.csv", bootstrap=10)
    assert isinstance(found, PersonAnalysis)
    return found


@pytest.fixture(scope="module")
def results(sample: PersonAnalysis) -> Results:
    return sample.results

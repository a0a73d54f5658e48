"""What French does to words beside a number: "de" before "environ" loses its vowel."""

import re
from dataclasses import replace

from silos.report.html import sections
from silos.report.wording import Wording
from tests.support.results import MadeUp, organisation


def test_no_vowel_stands_before_about_so_many():
    results = organisation()
    results = replace(results, inputs=replace(results.inputs, published=True))
    analysis = MadeUp(results)
    told = [one.sentence for one in (*analysis.findings_in("fr"), *analysis.recommendations_in("fr"))]
    told += [*analysis.limits_in("fr"), *sections(analysis, Wording("fr", published=True))["connector"]["notes"]]
    assert any("environ" in sentence for sentence in told)
    assert [sentence for sentence in told if re.search(r"\b(de|que|le) environ", sentence)] == []

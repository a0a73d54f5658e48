"""How far contacts will have followed a new chart is learnt from past moves, or said to be unknown with the reason."""

from dataclasses import replace

import pytest

import silos
from silos.analysis.over_time.following import Following
from silos.inference.estimate import Estimate
from silos.locales import languages
from silos.locales.phrases import phrases
from silos.report.new_chart import ChartReport
from tests.support.moving import moving


def followed(**planted: object) -> silos.Analysis:
    return silos.analyze(*moving(**planted), bootstrap=100)


@pytest.fixture(scope="module")
def two_months() -> silos.Analysis:
    return followed(half_life=2.0)


@pytest.mark.long
def test_a_quarter_and_a_year_are_told_by_the_half_life_of_past_moves(two_months):
    found = Following.of(two_months.responsiveness, "department")
    half = two_months.responsiveness.curves["department"].half_life
    assert (found.chart, found.movers, found.unknown) == ("department", 16, "")
    assert found.quarter.value == pytest.approx(1 - 0.5 ** (3 / half.value))
    assert found.quarter.low < 1 - 0.5**1.5 < found.quarter.high
    assert found.quarter.low == pytest.approx(1 - 0.5 ** (3 / half.high))
    assert found.year.low > found.quarter.high


def test_the_new_chart_says_it_with_published_numbers(two_months):
    roster = moving(half_life=2.0)[1].drop_duplicates("person", keep="last")
    one, other, *_ = sorted(roster["department"].unique())
    new = roster.assign(department=roster["department"].replace(one, other))
    found = two_months.what_if(roster=new).published()
    half = found.response.curves["department"].half_life
    assert half == two_months.published().responsiveness.curves["department"].half_life
    assert found.follow.quarter.value == 1 - 2 ** (-3 / half.value)
    assert found.to_dict()["follow"]["unknown"] is None
    [told] = [one for one in ChartReport(found).sentences if "at that pace" in one]
    assert told.startswith("Of their contact with their old colleagues, ")
    assert "about 15 people whose department changed" in told


@pytest.mark.long
@pytest.mark.parametrize(("planted", "reason"), [({"half_life": None}, "not_seen"), ({"movers": 4}, "few")])
def test_where_nothing_followed_or_few_moved_that_is_the_reason(planted, reason):
    found = Following.of(followed(**planted).responsiveness, "department")
    assert found.unknown == reason
    assert found.quarter.value is None


def test_a_half_life_without_an_end_tells_no_share(two_months):
    past = two_months.responsiveness
    curve = replace(past.curves["department"], half_life=Estimate(3.0, 1.0, None))
    assert Following.of(replace(past, curves={"department": curve}), "department").unknown == "wide"
    still = replace(past.curves["department"], old_loss=Estimate(-0.1, -0.3, 0.1))
    assert Following.of(replace(past, curves={"department": still}), "department").unknown == "wide"
    assert Following.of(replace(past, curves={"manager": curve}), "department").chart == "manager"
    assert Following.of(replace(past, curves={}, unknown="undated"), "department").unknown == "undated"


@pytest.mark.parametrize("reason", ["known", "undated", "few", "not_seen", "wide"])
def test_there_is_a_text_for_each_reason(reason):
    for language in languages():
        assert phrases(language)["new_chart"][f"follows_{reason}"]

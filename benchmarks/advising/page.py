"""docs/what_would_help.md: what `benchmarks/advice.py` found."""

from typing import Any

#: Arm -> how it is called.
CALLED = {
    "advised": "along the advice",
    "others": "the silo with other departments, at random",
    "random": "between pairs at random",
    "busiest": "between the busiest pairs",
}
#: Forecast -> how it is called.
FORECASTS = {
    "what_if": "the same ties, by the new chart (`silos what-if`)",
    "half": "half of that, as if half of the ties had followed",
    "chart": "the new chart alone: by the sizes of the branches",
    "persistence": "persistence: as by the old chart",
}


def page(result: dict[str, Any]) -> str:
    """The page."""
    parts = [
        "# Was the advice right?\n",
        "Made by `python benchmarks/advice.py --data DIR`. Methods: [methods.md](methods.md#what-would-help).\n",
    ]
    if "planted" in result:
        parts.append(_planted(result["planted"]))
    if "email_eu_core" in result:
        parts.append(_email(result["email_eu_core"]))
    if "handbook" in result:
        parts.append(_handbook(result["handbook"]))
    return "\n".join(parts)


def _planted(found: dict[str, Any]) -> str:
    runs = found["runs"]

    def of(count: int) -> str:
        return f"{count} of {runs}: {100 * count / max(runs, 1):.0f} %"

    rows = "\n".join(
        f"| {CALLED[arm]} | {one['insularity']:.2f} | {of(one['insularity_within'])} | {of(one['seen_within'])} | "
        f"{one['bound']:.2f} | {of(one['bound_within'])} | {of(one['verdict_right'])} | {of(one['all_right'])} |"
        for arm, one in found["arms"].items()
    )
    better = found["better_bound"]
    return f"""\
## Planted organisations that follow it

{found["tried"]} organisations of two generators, 220 people in 11 departments, one of them a silo; in
{runs} of them the silo was found in the first quarter, and a plan made from that quarter alone. In the
second quarter people write along the plan ({found["ties"]:.0f} new ties in the median run: for each, two
people who were not in contact have four conversations of three messages), or as many people do elsewhere.
Each second quarter is also analysed without these messages. *Effect* is the second quarter with the
messages less the same quarter without them, *as seen* the second quarter less the first. The forecast, with
its interval, is that of the first quarter; in {found["open_after"]} of {runs} runs it was that the department
would no longer be called a silo. Forecast in the median run: insularity
{found["forecast"]["insularity"]:.2f}, Kirchhoff index {found["forecast"]["bound"]:.2f}. The last column
counts runs in which effect on insularity, effect on the Kirchhoff index and verdict were all as forecast.

| the messages go | insularity, median effect | effect within the interval | as seen within the interval |\
 Kirchhoff index, median effect | within the interval | verdict as forecast | all three |
| --- | --- | --- | --- | --- | --- | --- | --- |
{rows}

The advice bound the organisation more than as many ties of the silo with other departments in
{better["others"]} of {runs} runs, than pairs at random in {better["random"]}, than the busiest pairs in
{better["busiest"]}. How far a silo opens depends on how many ties it gets, hardly on with whom; with whom shows in
the Kirchhoff index.

The verdict is foretold less well than the numbers. Of the first 16 organisations, looked at one by one, the department
was called a silo no more in all, as the plan says; in four of them it was `uncertain` where `typical` was forecast, or
the reverse, which counts as wrong here. A plan takes the fewest ties that suffice, so it is worded as probable.

These messages are what the forecast assumes: lasting, both ways, between people who did not know each
other, on top of everything else. Whether people can be brought to write them, no simulation shows.
"""


def _email(found: dict[str, Any]) -> str:
    rows = "\n".join(
        f"| {pair['a']} and {pair['b']} | {pair['ties']:.0f} | {100 * pair['gain']:.1f} % |" for pair in found["pairs"]
    )
    loss, gain, random, busiest = found["loss"], found["gain"], found["random"], found["busiest"]
    before, after = found["resistance"]
    return f"""\
## E-mail of a research institution, without its hub

`email_eu_core` (SNAP, 42 departments without names). Without department 36 the others would lose
{100 * loss[0]:.0f} % ({100 * loss[1]:.0f} to {100 * loss[2]:.0f} %) of what connects them; department
{found["next"][0]} would then bind most ({100 * found["next"][1]:.0f} %). The Kirchhoff index is
{before:.1f} with it and {after:.1f} without it, over one department less. The five best pairs then, small
departments put together:

| departments | new ties | fall of the Kirchhoff index |
| --- | --- | --- |
{rows}

Together {100 * gain["value"]:.1f} % ({100 * gain["low"]:.1f} to {100 * gain["high"]:.1f} %); as many ties
between pairs at random {100 * random["value"]:.1f} %, between the busiest pairs
{100 * busiest["value"]:.1f} %. Verdict: {found["verdict"]}.
"""


def _handbook(found: dict[str, Any]) -> str:
    def share(three: list[float]) -> str:
        return f"{100 * three[0]:.0f} % ({100 * three[1]:.0f} to {100 * three[2]:.0f})"

    rows = "\n".join(
        f"| {called} | {share(found['forecasts'][name]['missed'])} | {share(found['forecasts'][name]['sign'])} |"
        for name, called in FORECASTS.items()
    )
    less = found["what_if_less_persistence"]
    return f"""\
## A chart that really changed

`handbook_company`: acts on shared pages (edits of one another's pages, common commits) of a software firm that
reorganised in June 2022. From the half year before, by the chart of 31 May and of 31 August: which share of the ties
across will each pair of branches have in the half year after? {found["people"]} people are in both charts,
{found["moved"]} of them in another branch (a branch goes on as the one in which most of its people are
afterwards: branches are called by their lead's role). {found["branches"]} branches, {found["pairs"]} pairs;
{found["ties"][0]} ties before, of which {found["ties_across"][0]} across by the old chart, and
{found["ties"][1]} after, {found["ties_across"][1]} across by the new one.

*Missed* is the share of the ties across that lie elsewhere than forecast, *direction* the share of the
pairs that gained or lost of which the forecast says which (a half where it says nothing). Intervals are over persons.

| forecast | missed | direction |
| --- | --- | --- |
{rows}

The same ties by the new chart miss {100 * -less[1]:.0f} points less than persistence ({100 * -less[2]:.0f} to
{100 * -less[0]:.0f}). That is mostly arithmetic: ties that were inside a branch lie across once it is
split, and stayed. It rests on few ties and one reorganisation. That ties to new colleagues grow cannot be
read from it.
"""

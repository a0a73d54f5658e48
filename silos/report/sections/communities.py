"""Communities of the tools: silos 2.0, bridges, and who carries them."""

from typing import Any

from silos.analysis.results import Results
from silos.analysis.tool_communities import BRIDGE, SILO, UNCERTAIN, ToolCommunities
from silos.analysis.what_would_help.losses import Losses
from silos.locales.numerals import MISSING
from silos.report.sections.pairs import MOST_PAIRS
from silos.report.wording import Wording

#: How each measure of all communities together is written.
COMMUNITY_MEASURES = {"disjoint_pairs": "percent", "largest_component": "percent", "bipartite_modularity": "decimal"}
#: Verdicts that have a row -> how the same is drawn of a department.
DRAWN = {SILO: "silo", BRIDGE: "open", UNCERTAIN: "uncertain"}


def communities(results: Results, words: Wording) -> dict[str, Any]:
    """What stands out among the communities; empty where the log knows none."""
    found = results.communities
    if found is None:
        return {}
    say, number = words.say, words.number
    table = found.table[found.table["verdict"].isin(list(DRAWN))]
    return {
        "lead": say["joined_lead"].format(
            all=number.count(sum(found.verdicts.values())),
            silos=number.count(found.verdicts[SILO]),
            bridges=number.count(found.verdicts[BRIDGE]),
            people=words.about(found.people),
        ),
        "caption": say["joined_caption"] + (f" {say['joined_rough_note']}" if words.published else ""),
        "rows": [_row(row, words) for row in table.head(MOST_PAIRS).to_dict("records")],
        "measures": [
            {"name": words.measure(name), **words.estimate(found.organisation[name], form)}
            for name, form in COMMUNITY_MEASURES.items()
            if found.organisation[name].value is not None
        ],
        "lost": [] if results.what_would_help is None else _lost(results.what_would_help.losses, words),
        "notes": _notes(found, len(table) - MOST_PAIRS, words),
    }


def _row(row: dict[Any, Any], words: Wording) -> dict[str, Any]:
    number, verdict = words.number, row["verdict"]
    return {
        "community": str(row["community"]),
        "verdict": {"key": DRAWN[verdict], "word": words.words["community_verdicts"][verdict]},
        "members": words.counted_in(row, "members"),
        "sponsor": str(row["sponsor"] or MISSING),
        "posts": number.percent(row["sponsor_posts"]),
        "departments": number.decimal(row["departments"], 1),
        "shared": words.counted_in(row, "shared"),
        "expected": number.count(row["shared_expected"]),
        # It is that of a silo 2.0, and says nothing of a bridge.
        "q": MISSING if verdict == BRIDGE else words.p(row["q"]),
    }


def _lost(found: Losses, words: Wording) -> list[dict[str, str]]:
    """What would be missing without each of the communities that carry most."""
    number = words.number
    return [
        {
            "community": str(name),
            "loss": number.percent(row["loss"]),
            "interval": number.between(row["loss_low"], row["loss_high"], "percent"),
            "cut_off": words.names(row["cut_off"]),
            "next": row["next_best"] if isinstance(row["next_best"], str) else MISSING,
        }
        for name, row in found.communities.iterrows()
    ]


def _notes(found: ToolCommunities, more: int, words: Wording) -> list[str]:
    """Who carries bridges, and what was set apart, kept back or left out."""
    say, number = words.say, words.number
    carriers = found.sponsors[found.sponsors["bridges"] > 0]["bridges"]
    carried = words.names(f"{department} ({number.count(count)})" for department, count in carriers.items())
    notes = [say["joined_carried"].format(departments=carried)]
    for key, count in (("everybody", found.everybody), ("hidden", found.hidden), ("more", more)):
        if count > 0:
            notes.append(say[f"joined_{key}"].format(count=number.count(count)))
    return notes

"""The report on a log of groups: the same page without results that need persons, with its own wording."""

from typing import Any

from silos.locales.numerals import MISSING
from silos.report.view import MOST_PAIRS, Summary, View, point

#: The topics of "how we know" that hold for groups.
TOPICS = ("silo", "pairs", "connector", "organisation")


class GroupView(View):
    """What the template prints of a log of groups. `[group_report]` of the phrases stands in place of `[report]`."""

    def __init__(self, summary: Summary, language: str) -> None:
        super().__init__(summary, language)
        own = {"report": "group_report", "meanings": "group_meanings"}
        words = {name: {**self.words[name], **self.words[theirs]} for name, theirs in own.items()}
        self.words = {**self.words, **words}
        self.say = self.words["report"]
        known = [pair for pair in self.pairs if point(pair.get("ratio")) is not None]
        self.ranked = sorted(known, key=lambda pair: (point(pair["ratio"]) or 0.0, pair["a"], pair["b"]))

    def head(self) -> dict[str, Any]:
        """Title, period, basis, and the facts at a glance: no count of verdicts that nobody could give."""
        head, number = super().head(), self.number
        by, count = self.parameters.get("by") or "department", number.count(self.count)
        people = number.count(point(self.inputs.get("people")))
        about = "subtitle" if by == "department" else "subtitle_units"
        head["subtitle"][0] = self.say[about].format(people=people, departments=count, by=by)
        organisation: Summary = self.summary.get("organisation") or {}
        head["facts"] = [
            (people, self.say["fact_people"]),
            (count, self.say["fact_departments"]),
            (number.percent(point(organisation.get("cross_department_share"))), self.say["fact_across"]),
            (number.count(len(self.ranked)), self.say["fact_pairs"]),
        ]
        return head

    def _inward(self) -> list[Summary]:
        """The departments in the order of the summary, the least outward first."""
        return list(self.departments)

    def pair_section(self) -> dict[str, Any]:
        """The pairs at both ends of the ratios."""
        if not self.ranked:
            return {"lead": self.say["pairs_few"], "tables": []}
        half = min(MOST_PAIRS, len(self.ranked) // 2)
        ends = (("walls_table", self.ranked[:half]), ("bridges_table", self.ranked[::-1][:half]))
        tables = [{"heading": self.say[key], "rows": self._pair_rows(pairs), "more": ""} for key, pairs in ends]
        return {"lead": self.say["pairs_none"], "tables": tables}

    def organisation_section(self) -> dict[str, Any]:
        """Cards and a table of the measures that there are."""
        found = super().organisation_section()
        return {**found, "rows": [row for row in found["rows"] if row["value"] != MISSING]}

    def how(self) -> list[tuple[str, str]]:
        """What stands behind the numbers: title and text."""
        return [(self.say[f"how_{topic}_title"], self.say[f"how_{topic}"]) for topic in TOPICS]

    def looked(self) -> dict[str, Any]:
        """What went in: no recipients to limit, no persons to match, nothing drawn at random."""
        found, absent = super().looked(), ("broadcasts_label", "random_label")
        rows = [(name, value) for name, value in found["rows"] if name not in [self.say[key] for key in absent]]
        return {**found, "rows": rows}

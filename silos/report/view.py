"""The summary as a reader should see it: every number and sentence of the page as text, in the reader's language.

Nothing is estimated here; what is missing in the summary is left out, or stands as an en dash.
"""

import math
from collections.abc import Iterable, Mapping
from typing import Any

from silos.locales.numerals import MISSING, Numerals
from silos.locales.phrases import phrases
from silos.report import dialogue

#: Organisation-level measures shown as cards with what they mean, in this order; how each is written.
HEADLINE_MEASURES = {
    "ei_index": "decimal",
    "ei_index_volume": "decimal",
    "modularity": "decimal",
    "modularity_volume": "decimal",
    "department_community_ami": "decimal",
    "cross_department_share": "percent",
    "two_way_share": "percent",
    "effective_resistance": "decimal",
}
#: Of the communities of the tools: how each is written.
COMMUNITY_MEASURES = {"disjoint_pairs": "percent", "largest_component": "percent", "bipartite_modularity": "decimal"}
#: Measures whose interval is the spread over seeds of an algorithm, not a confidence interval.
SPREAD_OVER_SEEDS = ("department_community_ami",)
SEVERITIES = ("serious", "notable", "good", "context")
EVIDENCE = ("substantive", "turn-taking", "reciprocated", "volume")
#: Departments too small to be shown, taken together: counted as none.
MERGED = "Other (small)"
MOST_PAIRS = 8
MOST_CANDIDATES = 10
#: Of the organisation: whole numbers.
COUNTED = ("people", "departments", "departments_shown", "ties")
ROLES = ("coordinator", "gatekeeper", "representative", "itinerant", "liaison")

Summary = Mapping[str, Any]


def point(entry: Any) -> float | None:
    """The value of an estimate or of a plain number; None where there is none.

    Examples:
        >>> point({"value": 0.5, "low": 0.1, "high": 0.9}), point(3), point(None), point(float("nan"))
        (0.5, 3.0, None, None)
    """
    value = entry.get("value") if isinstance(entry, Mapping) else entry
    if value is None or isinstance(value, (str, list, tuple)) or not math.isfinite(value):
        return None
    return float(value)


def _part(entry: Any, key: str) -> float | None:
    return point(entry.get(key)) if isinstance(entry, Mapping) else None


def _listing(names: Iterable[object], say: Mapping[str, str], *, none: str) -> str:
    texts = [str(name) for name in names]
    if not texts:
        return none
    if len(texts) == 1:
        return texts[0]
    return say["list_and"].format(first=", ".join(texts[:-1]), last=texts[-1])


def _relative(pair: Summary) -> float:
    return point(pair.get("relative")) or 0.0


def unproven(connector: Summary) -> bool:
    """Whether one department alone comes first, but may be a service desk for all that the log can tell."""
    tied = [one for one in connector.get("candidates") or [] if one.get("tied")]
    return connector.get("verdict") == "tied" and connector.get("department") is not None and len(tied) == 1


def _exp(value: float | None) -> float | None:
    return None if value is None else math.exp(min(value, 50.0))


class View:
    """What the template prints, section by section. `View(summary, language).sections()` is the whole.

    Args:
        summary: the dict of summary.json.
        language: as in `silos.locales.phrases.phrases`.
    """

    def __init__(self, summary: Summary, language: str) -> None:
        self.summary = summary
        self.words = phrases(language)
        self.say = self.words["report"]
        self.number = Numerals(language)
        self.departments: list[Summary] = list(summary.get("departments") or [])
        self.count = sum(one.get("department") != MERGED for one in self.departments)
        self.pairs: list[Summary] = list(summary.get("pairs") or [])
        self.connector: Summary = summary.get("connector") or {}
        self.inputs: Summary = summary.get("inputs") or {}
        self.parameters: Summary = summary.get("parameters") or {}
        # By what the verdict goes by: contact beside what is usual here.
        self.walls = sorted(self._pairs("wall"), key=lambda pair: (_relative(pair), pair["a"], pair["b"]))
        self.bridges = sorted(self._pairs("bridge"), key=lambda pair: (-_relative(pair), pair["a"], pair["b"]))
        self.silos = [str(one["department"]) for one in self._inward() if one.get("verdict") == "silo"]

    def sections(self) -> dict[str, Any]:
        """Everything, by section of the page."""
        return {
            "head": self.head(),
            "findings": self.findings(),
            "silos": self.silo_section(),
            "walls": self.pair_section(),
            "connector": self.connector_section(),
            "organisation": self.organisation_section(),
            "joined": self.community_section(),
            **dialogue.sections(self.summary, self.words, self.number),
            "trend": self.trend_section(),
            "limits": [str(sentence) for sentence in self.summary.get("limits") or []],
            "monday": [str(step["sentence"]) for step in self.summary.get("recommendations") or []],
            "how": self.how(),
            "looked": self.looked(),
            "aria": self.aria(),
        }

    # ---- shared

    def _pairs(self, verdict: str) -> list[Summary]:
        return [pair for pair in self.pairs if pair.get("verdict") == verdict]

    def _inward(self) -> list[Summary]:
        """The departments, the most inward first, those without a value last."""

        def key(one: Summary) -> tuple[bool, float, str]:
            value = point(one.get("insularity"))
            return (value is None, -(value or 0.0), str(one["department"]))

        return sorted(self.departments, key=key)

    def _names(self, names: Iterable[object]) -> str:
        return _listing(names, self.words["numbers"], none=self.say["none"])

    def _estimate(self, entry: Any, form: str) -> dict[str, str]:
        write = getattr(self.number, form)
        like = {"like": point(entry)} if form == "times" else {}
        return {
            "value": write(point(entry)),
            "interval": self.number.between(_part(entry, "low"), _part(entry, "high"), form, **like),
            "chance": write(_part(entry, "null_mean")) if _part(entry, "null_mean") is not None else "",
            "p": self.number.p(_part(entry, "p")) if _part(entry, "p") is not None else "",
        }

    def _verdict(self, verdict: Any) -> dict[str, str]:
        known = str(verdict) if str(verdict) in ("silo", "open", "typical", "uncertain") else "none"
        return {"key": known, "word": self.words["verdicts"][known]}

    # ---- sections

    def head(self) -> dict[str, Any]:
        """Title, period, basis, and the facts at a glance."""
        say, number, by = self.say, self.number, self.parameters.get("by") or "department"
        organisation = self.parameters.get("organisation")
        every = point((self.summary.get("organisation") or {}).get("departments")) or self.count
        people, count = number.count(point(self.inputs.get("people"))), number.count(every)
        about = "subtitle" if by == "department" else "subtitle_units"
        subtitle = [say[about].format(people=people, departments=count, by=by)]
        if self.count < every:
            subtitle.append(say["subtitle_shown"].format(count=number.count(self.count)))
        if self.inputs.get("first") and self.inputs.get("last"):
            first, last = number.day(self.inputs["first"]), number.day(self.inputs["last"])
            subtitle.append(say["period"].format(first=first, last=last))
        if self.inputs.get("layers"):
            subtitle.append(say["basis"].format(layers=self._names(self.inputs["layers"])))
        verdict = "unproven" if unproven(self.connector) else self.connector.get("verdict")
        name = self.connector.get("department")
        connector = {
            "clear": (str(name), say["fact_connector"]),
            "tied": (say["several"], say["fact_connector_tied"]),
            "unproven": (f"{name}?", say["fact_connector_unproven"]),
        }.get(str(verdict), (say["nobody"], say["fact_connector_none"]))
        return {
            "title": say["title_of"].format(organisation=organisation) if organisation else say["title"],
            "subtitle": subtitle,
            "facts": [
                (people, say["fact_people"]),
                (count, say["fact_departments"]),
                (number.count(len(self.silos)), say["fact_silo" if len(self.silos) == 1 else "fact_silos"]),
                (number.count(len(self.walls)), say["fact_wall" if len(self.walls) == 1 else "fact_walls"]),
            ],
            "connector": connector,
        }

    def findings(self) -> list[dict[str, str]]:
        """The headline findings, the most serious first, otherwise in their order."""
        found = []
        for finding in self.summary.get("findings") or []:
            severity = finding.get("severity")
            severity = severity if severity in SEVERITIES else "context"
            found.append(
                {
                    "id": str(finding.get("id") or ""),
                    "severity": severity,
                    "word": self.words["severity"][severity],
                    "sentence": str(finding["sentence"]),
                }
            )
        return sorted(found, key=lambda finding: SEVERITIES.index(finding["severity"]))

    def silo_section(self) -> dict[str, Any]:
        """Verdicts, estimates and brokerage roles of the departments."""
        say, number = self.say, self.number
        key = {0: "silos_none", 1: "silos_one"}.get(len(self.silos), "silos_some")
        count, total = number.count(len(self.silos)), number.count(self.count)
        rows, roles = [], []
        for one in self._inward():
            odds = one.get("insiders_odds")
            value = _exp(point(odds))
            likelier = number.times(value)
            rows.append(
                {
                    "department": str(one["department"]),
                    "people": number.count(point(one.get("people"))),
                    "likelier": likelier if likelier == MISSING else say["likelier"].format(value=likelier),
                    "likelier_interval": number.between(
                        _exp(_part(odds, "low")), _exp(_part(odds, "high")), "times", like=value
                    ),
                    "insularity": self._estimate(one.get("insularity"), "decimal"),
                    "external": number.percent(point(one.get("external_share"))),
                    "reach": number.percent(point(one.get("reach"))),
                    "constraint": number.decimal(point(one.get("constraint"))),
                    "verdict": self._verdict(one.get("verdict")),
                }
            )
            brokerage = one.get("brokerage") or {}
            parts = [point(brokerage.get(role)) for role in ROLES]
            if any(part is not None for part in parts):
                roles.append((str(one["department"]), [number.count(part) for part in parts]))
        return {
            "lead": say[key].format(count=count, departments=total, names=self._names(self.silos)),
            "rows": rows,
            "roles": roles,
            "role_names": [say[role] for role in ROLES],
        }

    def _pair_rows(self, pairs: list[Summary]) -> list[dict[str, Any]]:
        return [
            {
                "pair": self.say["pair"].format(a=pair["a"], b=pair["b"]),
                "ratio": self._estimate(pair.get("ratio"), "times"),
                "relative": self.number.times(point(pair.get("relative"))),
                "observed": self.number.decimal(point(pair.get("observed")), 0),
                "expected": self.number.decimal(point(pair.get("expected")), 0),
                "q": self.number.p(point(pair.get("q"))),
            }
            for pair in pairs[:MOST_PAIRS]
        ]

    def pair_section(self) -> dict[str, Any]:
        """The strongest walls and bridges."""
        say, number = self.say, self.number
        lead = say["pairs_intro"].format(
            walls=number.count(len(self.walls)),
            bridges=number.count(len(self.bridges)),
            pairs=number.count(len(self.pairs)),
        )
        if not self.walls and not self.bridges:
            lead = say["pairs_none"]
        tables = []
        for heading, pairs in ((say["walls_table"], self.walls), (say["bridges_table"], self.bridges)):
            more = len(pairs) - MOST_PAIRS
            if pairs:
                note = say["pairs_more"].format(count=number.count(more)) if more > 0 else ""
                tables.append({"heading": heading, "rows": self._pair_rows(pairs), "more": note})
        return {"lead": lead, "tables": tables}

    def connector_section(self) -> dict[str, Any]:
        """Verdict, grade of evidence, warning and candidates."""
        say, number, connector = self.say, self.number, self.connector
        verdict = connector.get("verdict") if connector.get("verdict") in ("clear", "tied") else "none"
        evidence = connector.get("evidence") or self.inputs.get("evidence")
        candidates = sorted(
            connector.get("candidates") or [],
            key=lambda one: (-(point(one.get("score")) or 0.0), str(one["department"])),
        )
        warning = connector.get("mail_room_warning")
        return {
            "lead": say["connector_unproven" if unproven(connector) else f"connector_{verdict}"].format(
                department=connector.get("department")
            ),
            "verdict": verdict,
            "reason": str(connector.get("reason") or ""),
            "notes": [str(note) for note in connector.get("notes") or ()],
            "evidence": say[f"evidence_{evidence}"] if evidence in EVIDENCE else "",
            "warning": "" if not warning else warning if isinstance(warning, str) else say["warning"],
            "rows": [
                {
                    "department": str(one["department"]),
                    "service": bool(one.get("service")),
                    "score": number.decimal(point(one.get("score")), 3),
                    "bind": number.percent(point(one.get("bind")), 1),
                    "reach": number.percent(point(one.get("reach"))),
                    "first": number.chance(point(one.get("probability_first"))),
                    "substantive": number.percent(point(one.get("substantive_share"))),
                    "spanners": number.decimal(point(one.get("effective_spanners")), 1),
                }
                for one in candidates[:MOST_CANDIDATES]
            ],
        }

    def _measure_name(self, key: str) -> str:
        return self.words["measures"].get(key, key.replace("_", " "))

    def organisation_section(self) -> dict[str, Any]:
        """Cards of the headline measures, and a table of all."""
        measures: Summary = self.summary.get("organisation") or {}
        shown = [key for key in HEADLINE_MEASURES if point(measures.get(key)) is not None]
        order = [*shown, *(key for key in measures if key not in shown)]
        count = point((self.summary.get("communities") or {}).get("count"))
        return {
            "cards": [
                {
                    "name": self._measure_name(key),
                    "meaning": self.words["meanings"].get(key, ""),
                    "spread": key in SPREAD_OVER_SEEDS,
                    **self._estimate(measures[key], HEADLINE_MEASURES[key]),
                }
                for key in shown
            ],
            "rows": [
                {"name": self._measure_name(key), **self._estimate(measures[key], self._form(key))}
                for key in order
                if isinstance(measures[key], (Mapping, int, float)) or measures[key] is None
            ],
            "communities": self.say["communities_count"].format(count=self.number.count(count)) if count else "",
        }

    def community_section(self) -> dict[str, Any]:
        """Communities of the tools: silos 2.0, bridges, who carries them; empty where the log knows none."""
        held: Summary = (self.summary.get("communities") or {}).get("tools") or {}
        if not held:
            return {}
        say, number = self.say, self.number
        counts: Summary = held.get("verdicts") or {}
        rows = [row for row in held.get("rows") or [] if row.get("verdict") in ("silo 2.0", "bridge", "uncertain")]
        names = {"silo 2.0": "silo", "bridge": "open", "uncertain": "uncertain"}
        carriers = [row for row in held.get("sponsors") or [] if point(row.get("bridges"))]
        notes = [
            say["joined_carried"].format(
                departments=_listing(
                    (f"{row['department']} ({number.count(row['bridges'])})" for row in carriers),
                    self.words["numbers"],
                    none=say["none"],
                )
            )
        ]
        if held.get("everybody"):
            notes.append(say["joined_everybody"].format(count=number.count(held["everybody"])))
        if held.get("hidden"):
            notes.append(say["joined_hidden"].format(count=number.count(held["hidden"])))
        if len(rows) > MOST_PAIRS:
            notes.append(say["joined_more"].format(count=number.count(len(rows) - MOST_PAIRS)))
        return {
            "lead": say["joined_lead"].format(
                all=number.count(sum(counts.values())),
                silos=number.count(counts.get("silo 2.0")),
                bridges=number.count(counts.get("bridge")),
                people=number.count(held.get("people")),
            ),
            "rows": [
                {
                    "community": str(row["community"]),
                    "verdict": {
                        "key": names[row["verdict"]],
                        "word": self.words["community_verdicts"][row["verdict"]],
                    },
                    "members": number.count(row.get("members")),
                    "sponsor": str(row.get("sponsor") or MISSING),
                    "posts": number.percent(point(row.get("sponsor_posts"))),
                    "departments": number.decimal(point(row.get("departments")), 1),
                    "shared": number.count(row.get("shared")),
                    "expected": number.count(point(row.get("shared_expected"))),
                    # It is that of a silo 2.0, and says nothing of a bridge.
                    "q": MISSING if row["verdict"] == "bridge" else number.p(point(row.get("q"))),
                }
                for row in rows[:MOST_PAIRS]
            ],
            "measures": [
                {"name": self._measure_name(key), **self._estimate(held.get(key), form)}
                for key, form in COMMUNITY_MEASURES.items()
            ],
            "notes": notes,
        }

    def _form(self, key: str) -> str:
        return "count" if key in COUNTED else "percent" if "share" in key.split("_") else "decimal"

    def trend_section(self) -> list[dict[str, Any]]:
        """Every window and measure, as rows."""
        rows = []
        for entry in self.summary.get("trend") or []:
            key, form = str(entry.get("measure")), self._form(str(entry.get("measure")))
            name, department = self._measure_name(key), str(entry.get("department") or "")
            rows.append(
                {
                    "window": self.number.window(entry.get("window"), self.parameters.get("window")),
                    "name": self.say["of_department"].format(name=name, department=department) if department else name,
                    **self._estimate(entry, form),
                    "change": getattr(self.number, form)(point(entry.get("change"))),
                    "change_interval": self.number.between(
                        point(entry.get("change_low")), point(entry.get("change_high")), form
                    ),
                    "change_q": self.number.p(point(entry.get("change_q"))),
                }
            )
        return rows

    def how(self) -> list[tuple[str, str]]:
        """What stands behind the numbers: title and text."""
        numbers = {
            "bootstrap": self.number.count(point(self.parameters.get("bootstrap"))),
            "seed": str(self.parameters.get("seed", MISSING)),
        }
        joined = ("joined",) if (self.summary.get("communities") or {}).get("tools") else ()
        heard = ("dialogue",) if point((self.summary.get("dialogue") or {}).get("reply_rate")) is not None else ()
        topics = ("silo", "pairs", "connector", "organisation", *joined, *heard, "interval")
        return [(self.say[f"how_{topic}_title"], self.say[f"how_{topic}"].format(**numbers)) for topic in topics]

    def looked(self) -> dict[str, Any]:
        """What went in, for those who must approve of it."""
        say, number, inputs, parameters = self.say, self.number, self.inputs, self.parameters

        def count(key: str) -> str:
            return number.count(point(inputs.get(key)))

        first, last = number.day(inputs.get("first")), number.day(inputs.get("last"))
        rejected = [
            # What only the reader of one format leaves out is told as it says it.
            say["rejected_one"].format(reason=self.words["left_out"].get(reason, reason), count=number.count(rows))
            for reason, rows in (inputs.get("rows_rejected") or {}).items()
            if rows
        ]
        windows = parameters.get("window")
        rows = [
            (
                say["period_label"],
                say["period"].format(first=first, last=last) if inputs.get("first") else say["not_said"],
            ),
            (say["by_label"], str(parameters.get("by") or MISSING)),
            (say["formats_label"], self._names(inputs.get("formats") or [])),
            (say["roster_label"], self._names(inputs.get("roster_fields") or [])),
            (say["layers_label"], _listing(inputs.get("layers") or [], self.words["numbers"], none=say["not_said"])),
            (say["rows_label"], say["rows_value"].format(read=count("rows_read"), used=count("rows_used"))),
            *([(say["memberships_label"], count("memberships"))] if point(inputs.get("memberships")) else []),
            (say["rejected_label"], self.words["numbers"]["semicolon"].join(rejected) or say["rejected_none"]),
            (
                say["broadcasts_label"],
                say["broadcasts_value"].format(
                    broadcasts=count("broadcasts"),
                    limit=number.count(point(parameters.get("max_recipients"))),
                    self=count("self"),
                ),
            ),
            (
                say["people_label"],
                say["people_value"].format(
                    matched=count("people_matched"), people=count("people"), unmatched=count("people_unmatched")
                ),
            ),
            (
                say["smallest_label"],
                say["smallest_value"].format(count=number.count(point(parameters.get("min_department")))),
            ),
            (say["service_label"], self._names(parameters.get("service_departments") or [])),
            (say["window_label"], self.words["windows"].get(str(windows), say["no_window"])),
            (
                say["random_label"],
                f"{number.count(point(parameters.get('bootstrap')))}, {parameters.get('seed', MISSING)}",
            ),
            (say["version_label"], say["version_value"].format(version=parameters.get("version") or MISSING)),
        ]
        return {"intro": say["looked_intro_people" if parameters.get("people") else "looked_intro"], "rows": rows}

    def aria(self) -> dict[str, str]:
        """For each figure, what a reader who does not see it should know."""
        say, number = self.say, self.number
        inward, none = self._inward(), say["none"]
        candidates = self.connector.get("candidates") or []
        best = max(candidates, key=lambda one: point(one.get("score")) or 0.0, default={"department": none})
        total, silos = number.count(self.count), self._names(self.silos)

        def strongest(pairs: list[Summary]) -> str:
            return say["pair"].format(a=pairs[0]["a"], b=pairs[0]["b"]) if pairs else none

        clear = self.connector.get("verdict") == "clear"
        return {
            "department_graph": say["picture_aria"].format(
                departments=total, silos=silos, connector=self.connector.get("department") if clear else none
            ),
            "insularity_forest": say["silos_aria"].format(
                first=inward[0]["department"] if inward else none, silos=silos
            ),
            "mixing_heatmap": say["pairs_aria"].format(
                departments=total, wall=strongest(self.walls), bridge=strongest(self.bridges)
            ),
            "connector_ranking": say["connector_aria"].format(first=best["department"]),
            "communities_heatmap": say["communities_aria"],
            "community_map": say["joined_aria"],
            **dialogue.aria(self.summary, say, number),
            "trend": say["trend_aria"].format(
                windows=number.count(len({str(row.get("window")) for row in self.summary.get("trend") or []}))
            ),
        }

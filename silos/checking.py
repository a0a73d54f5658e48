"""What was read, rejected and unmatched, and how good a verdict the log allows: for `silos check`."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from silos.tables import Interactions, Roster
from silos.ties import Tally, tally
from silos.translations import Numerals

#: Examples of unreadable rows that are shown.
EXAMPLES = 10

#: What raises the evidence grade, by the grade there is.
RAISE = {
    "substantive": "The connector verdict will rest on conversations or meetings: nothing more is needed.",
    "reciprocated": (
        "The connector verdict will rest on who writes to whom both ways, so a service desk that acknowledges cannot "
        "be ruled out. Export the conversation of each message (a column 'thread') or meetings to raise it."
    ),
    "volume": (
        "The connector verdict will rest on bare contacts. Export who sent each message (columns 'sender' and "
        "'recipient') and its conversation (a column 'thread') to raise it."
    ),
}


@dataclass(frozen=True, eq=False)
class Inspection:
    """The result of `silos check`."""

    interactions: Interactions
    roster: Roster
    tally: Tally

    def as_dict(self) -> dict[str, Any]:
        """For scripts."""
        held = self.tally
        return {
            "logs": [
                {
                    "name": source.name,
                    "format": source.format,
                    "columns": dict(source.columns),
                    "notes": list(source.notes),
                    "problems": list(source.problems),
                }
                for source in self.interactions.sources
            ],
            "roster": {
                "people": len(self.roster),
                "columns": dict(self.roster.columns),
                "notes": list(self.roster.notes),
            },
            "rows_read": held.rows_read,
            "rows_used": held.rows_used,
            "rows_rejected": dict(held.rejected),
            "broadcasts": held.broadcasts,
            "self": held.selves,
            "people": len(held.people),
            "people_matched": self.matched,
            "people_unmatched": held.strangers,
            "first": held.first.isoformat() if held.first else None,
            "last": held.last.isoformat() if held.last else None,
            "layers": dict(held.media),
            "evidence": held.evidence,
            "waived": list(held.waived),
            "problems": [{"log": log, "line": line, "reason": reason} for log, line, reason in held.problems],
        }

    @property
    def matched(self) -> int:
        """People of the roster with a tie."""
        return len(set(self.tally.ties.dyads["a"]) | set(self.tally.ties.dyads["b"]))

    def text(self) -> str:
        """For people."""
        held, number = self.tally, Numerals("en")
        lines = []
        for source in self.interactions.sources:
            fields = ", ".join(f"{field} from {column!r}" for field, column in source.columns.items())
            lines += [f"{source.name}: {source.format}; {fields}"]
            lines += [f"  {note}" for note in (*source.notes, *source.problems)]
        fields = ", ".join(f"{field} from {column!r}" for field, column in self.roster.columns.items())
        lines += [f"roster: {number.count(len(self.roster))} people; {fields}"]
        lines += [f"  {note}" for note in self.roster.notes]
        total = max(held.rows_read, 1)
        rows = {"used": held.rows_used, "broadcasts": held.broadcasts, "to oneself": held.selves, **held.rejected}
        lines += ["", f"rows read: {number.count(held.rows_read)}"]
        lines += [
            f"  {number.count(count):>12}  {number.percent(count / total, 1):>6}  {reason}"
            for reason, count in rows.items()
            if count
        ]
        for log, line, reason in held.problems[:EXAMPLES]:
            lines += [f"  {log}, line {line}: {reason}" if line else f"  {log}: {reason}"]
        if len(held.problems) > EXAMPLES:
            lines += [f"  and {number.count(len(held.problems) - EXAMPLES)} more"]
        period = f"{held.first:%Y-%m-%d} to {held.last:%Y-%m-%d}" if held.first and held.last else "undated"
        media = ", ".join(f"{medium or 'unnamed'} {number.count(count)}" for medium, count in held.media.items())
        lines += [
            "",
            f"period: {period}",
            f"layers: {media}",
            f"people in the roster: {number.count(len(held.people))}, with a tie: {number.count(self.matched)}",
            f"ids in the log that the roster lacks: {number.count(held.strangers)}",
            f"evidence of the connector verdict: {held.evidence}",
            f"  {RAISE[held.evidence]}",
        ]
        if "weeks" in held.waived:
            lines += ["  The log is too short or too coarse in time to ask for contact in 3 different weeks."]
        return "\n".join(lines)

    def write(self, file: str | Path) -> None:
        """Write `as_dict()` as JSON."""
        text = json.dumps(self.as_dict(), ensure_ascii=False, indent=1, allow_nan=False)
        Path(file).write_text(text + "\n", encoding="utf-8")


def inspect(
    interactions: Interactions,
    roster: Roster,
    *,
    by: str = "department",
    since: datetime | None = None,
    until: datetime | None = None,
    max_recipients: int = 20,
) -> Inspection:
    """Count what an analysis would use, and say what it would leave out.

    Raises:
        SilosError: as `silos.ties.tally`.
    """
    counted = tally(interactions, roster, by=by, since=since, until=until, max_recipients=max_recipients)
    return Inspection(interactions, roster, counted)

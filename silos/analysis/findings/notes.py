"""The notes beside the connector verdict: what it is made of, and under which other settings it changes."""

from silos.analysis.findings.finding import Voice
from silos.analysis.results import Results

#: Pairs that the connector binds, in a sentence.
SPELLED_OUT = 3


def connector_notes(results: Results, language: str = "en") -> tuple[str, ...]:
    """What the connector is made of, and what its verdict hangs on: to be read next to the verdict."""
    voice, connector = Voice(language, results.inputs.published), results.connector
    numerals, department = voice.numerals, connector.department
    if department is None:
        return ()
    notes = []
    bound = connector.bound(results.departments.table.index).head(SPELLED_OUT)
    if len(bound):
        pairs = numerals.listing(f"{row.a} – {row.b}" for row in bound.itertuples())
        loss = numerals.percent(float(bound["loss"].iloc[0]))
        notes.append(voice.say("notes", "binds", department=department, pairs=pairs, loss=loss))
    if department in results.departments.table.index and not results.asked.no_few:
        spanners = voice.about(float(connector.candidates.loc[department, "effective_spanners"]))
        people = voice.about(float(results.departments.table.loc[department, "people"]))
        notes.append(voice.say("notes", "spanners", department=department, spanners=spanners, people=people))
    tried, overturned = results.sensitivity.table, results.sensitivity.overturned
    told = []
    for row in overturned.to_dict("records"):
        named = row["setting"] in ("layer", "period")
        value = voice.say("values", row["value"]) if named else row["value"]
        told.append(
            voice.say("settings", row["setting"], value=value, first=row["first"] or voice.say("settings", "nobody"))
        )
    kinds = [voice.say("tried", setting) for setting in dict.fromkeys(tried["setting"])]
    count, stays = numerals.count(len(tried)), numerals.count(len(tried) - len(overturned))
    if len(tried):
        key = "unstable" if told else "stable"
        notes.append(
            voice.say(
                "notes",
                key,
                department=department,
                count=count,
                stays=stays,
                kinds=numerals.listing(kinds),
                overturned=numerals.listing(told),
            )
        )
    return tuple(notes)

"""Posts that nobody holds: a chart of posts lists them among the people, under a name that says so."""

import re
from collections.abc import Collection, Mapping

import pandas as pd

from silos.readers.directory.full_names import full_names
from silos.readers.tabular.ids import clean_text

#: Why a row is no person: "Vacant - Analyst".
VACANT = "a post that nobody holds"

#: Words in place of a name, in the languages of charts of posts, with what may stand behind them: "Vacant 2", "Open
#: position (Berlin)". Words that are names too ("Vaga", "Ledig", "Open") count with the word for a post alone.
_VACANT = re.compile(
    r"(?:(?:currently |position |post )?(?:vacant|unfilled)|vacanc(?:y|ies)"
    r"|(?:vacant|open|unfilled|new) (?:position|post|role|job|seat|req(?:uisition)?|headcount|hc)"
    r"|position open|(?:to be|not yet) (?:hired|recruited|filled|appointed)|tbh|new (?:hire|joiner|starter)"
    r"|vakant|vakanz|unbesetzt|nicht besetzt|(?:noch )?zu besetzen|(?:offene|freie|vakante|unbesetzte|neue) stelle"
    r"|(?:stelle|position) (?:vakant|unbesetzt)|nachbesetzung|neueinstellung"
    r"|(?:poste? |position )?(?:vacante?|à pourvoir|non pourvue?)|à recruter|recrutement en cours"
    r"|(?:puesto|plaza|posición) (?:vacante|libre|abiert[ao])|por cubrir|por contratar"
    r"|(?:posto|posizione|ruolo) (?:vacante|scopert[ao]|apert[ao])|da assumere|da coprire"
    r"|vaga (?:aberta|em aberto)|posição (?:aberta|vaga)|a contratar"
    r"|vacature|openstaande (?:vacature|functie)|wakat|nieobsadzon[ye]|volná pozice|neobsazeno"
    r"|вакансия|вакантно|вакантная должность|空缺|欠員|空席|공석)"
    r"(?: ?#?[0-9]+| ?[-–—:/(\[,].*)?",
    re.IGNORECASE,
)
#: A family name before a given one: "Vacante, Rosa".
_FAMILY = re.compile(r"\w+, ?\w+")
_AROUND = " <>()[]{}*_-–—.\"'"


def is_vacancy(name: str) -> bool:
    """Whether what stands in place of a name says that nobody holds the post.

    Examples:
        >>> [is_vacancy(name) for name in ("Vacant 2", "(unbesetzt)", "Open position - Berlin", "Poste à pourvoir")]
        [True, True, True, True]
        >>> [is_vacancy(name) for name in ("Ann Vacant", "Vaga", "Vakant, Ann", "Open", "New Hire Desk")]
        [False, False, False, False, False]
    """
    bare = clean_text(name).strip(_AROUND)
    return _VACANT.fullmatch(bare) is not None and _FAMILY.fullmatch(bare) is None


def vacancies(rows: pd.DataFrame, located: Mapping[str, int], keep: Collection[str]) -> "pd.Series[bool]":
    """Which rows of a directory are posts that nobody holds.

    Args:
        rows: of the directory.
        located: field -> position of its column.
        keep: values that look as if they were none, and are names.
    """
    texts = {at: rows.iloc[:, at].astype("string") for at in range(rows.shape[1])}
    names = full_names([str(heading) for heading in rows.columns], texts, located)
    if names is None:
        return pd.Series(False, index=rows.index)
    kept = {word.casefold() for word in keep}
    vacant = {name for name in names.dropna().unique() if name.casefold() not in kept and is_vacancy(name)}
    return names.isin(vacant)

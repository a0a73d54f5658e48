"""Placeholders for missing values, in the languages and tools that exports come from.

A department `#N/A` is no department, and an id `null` is nobody's. The words here are compared without regard to case,
brackets and quotation marks; a value without a single letter or digit (`-`, `??`, `…`) is none either.
"""

import re
import unicodedata
from collections.abc import Collection

from silos.engines.quoting import literal

#: What spreadsheets and databases print: nobody is called so, and no department either.
CERTAIN = frozenset(
    (
        *(
            "#n/a",
            "#na",
            "#n/d",
            "#ref!",
            "#name?",
            "#value!",
            "#null!",
            "#div/0!",
            "#num!",
            "#error!",
            "#getting_data",
        ),
        *("#nv", "#bezug!", "#wert!", "#nom?", "#valeur!", "#nombre?", "#valor!", "#¡ref!", "#¡valor!", "#nome?"),
        *(
            "#spill!",
            "#calc!",
            "#unknown!",
            "#field!",
            "n/a",
            "n.a.",
            "n.a",
            "n/d",
            "n.d.",
            "k.a.",
            "k. a.",
            "k/a",
            "s/o",
        ),
        *("null", "\\n", "nan", "nat", "blank", "blanks", "empty", "undefined", "not available", "no value"),
        *("not applicable", "no data", "00000000-0000-0000-0000-000000000000"),
    )
)

#: Words that say the same, and that could be the name of somebody or something at a stretch.
PLACEHOLDERS = CERTAIN | frozenset(
    (
        *(
            "na",
            "nil",
            "nul",
            "none",
            "unknown",
            "not assigned",
            "unassigned",
            "not specified",
            "unspecified",
            "not set",
        ),
        *("not provided", "not defined", "not known", "missing", "undef", "tbd", "t.b.d.", "tba", "to be defined"),
        *("to be determined", "to be confirmed", "tbc", "no department", "no manager", "no name", "none assigned"),
        *("unbekannt", "leer", "nicht zugeordnet", "nicht zugewiesen", "nicht verfügbar", "nicht angegeben"),
        *("nicht vorhanden", "nicht definiert", "nicht gesetzt", "nicht bekannt", "nicht zutreffend", "keine angabe"),
        *("keine angaben", "keine zuordnung", "keine abteilung", "ohne angabe", "ohne zuordnung", "ohne abteilung"),
        *("keine", "keiner", "kein", "entfällt", "fehlt", "offen", "inconnu", "inconnue", "vide", "non renseigné"),
        *(
            "non renseignée",
            "non rempli",
            "non défini",
            "non définie",
            "non spécifié",
            "non spécifiée",
            "non disponible",
        ),
        *("non affecté", "non affectée", "non attribué", "non attribuée", "non précisé", "non précisée", "non connu"),
        *("non applicable", "non communiqué", "non assigné", "sans objet"),
        *("sans service", "aucun", "aucune", "néant"),
        *("à définir", "à compléter", "à renseigner", "pas de valeur"),
        *("desconocido", "desconocida", "vacío", "vacio"),
        *("ninguno", "ninguna", "no disponible", "no aplica"),
        *("no asignado", "no asignada", "sin asignar", "sin datos"),
        *("sin especificar", "sin departamento", "sin valor", "por definir", "no definido", "no especificado"),
        *("no informado", "sconosciuto", "sconosciuta", "vuoto", "nessuno", "nessuna", "non disponibile"),
        *("non assegnato", "non assegnata", "non applicabile", "non specificato", "non definito", "da definire"),
        *("onbekend", "leeg", "niet beschikbaar"),
        *("niet toegewezen", "niet van toepassing", "niet ingevuld", "n.v.t."),
        *("nvt", "geen", "niet bekend", "desconhecido"),
        *("desconhecida", "vazio", "nenhum", "nenhuma", "não disponível"),
        *("não atribuído", "não atribuída", "não aplicável", "não informado", "não definido", "não especificado"),
        *("a definir", "brak", "brak danych", "nie dotyczy"),
        *("nieznany", "nieznane", "nie przypisano", "nieprzypisany"),
        *("okänd", "saknas", "ej angivet", "ej tillgänglig", "ingen", "ukendt", "ukjent", "mangler", "ikke angivet"),
        *("ikke tildelt", "ei tiedossa", "tuntematon", "puuttuu", "neznámý", "neznámé", "neuvedeno", "nezařazeno"),
        *("ismeretlen", "nincs", "nincs megadva", "necunoscut", "nespecificat", "bilinmiyor", "belirtilmemiş", "yok"),
        *("нет", "нет данных", "неизвестно", "не указано", "не указан", "не задано", "не назначено", "невідомо"),
        *(
            "немає",
            "不明",
            "なし",
            "未設定",
            "未定",
            "該当なし",
            "空白",
            "未知",
            "无",
            "無",
            "暂无",
            "未分配",
            "未填写",
            "空",
        ),
        *("없음", "미지정", "알수없음", "미정"),
    )
)

_NOTHING = re.compile(r"[^\W_]")
_AROUND = "()[]{}<>\"'`«»“”„‚‘’ "


def _bare(word: str) -> str:
    """The word as it is compared: composed, lower case, without brackets, quotation marks and blanks around it."""
    return unicodedata.normalize("NFC", word).lower().strip(_AROUND)


_BARE = frozenset(_bare(word) for word in PLACEHOLDERS)
_BARE_CERTAIN = frozenset(_bare(word) for word in CERTAIN)


def is_placeholder(text: str, *, keep: Collection[str] = (), certain: bool = False) -> bool:
    """Whether a text stands where there is no value.

    Args:
        text: without blanks around it.
        keep: values that look like placeholders and are none, without regard to case.
        certain: only what cannot be a name: for names, as there are people called Na.

    Examples:
        >>> [is_placeholder(text) for text in ("#N/A", "(blank)", "--", "nicht zugeordnet", "Sales", "NA")]
        [True, True, True, True, False, True]
        >>> is_placeholder("NA", keep=["na"]), is_placeholder("Na", certain=True)
        (False, False)
    """
    if keep and text.lower() in {word.lower() for word in keep}:
        return False
    if _NOTHING.search(text) is None:
        return True
    return len(text) <= 40 and _bare(text) in (_BARE_CERTAIN if certain else _BARE)


def sql_is_placeholder(text: str) -> str:
    """SQL of `is_placeholder` of an SQL text that is not null, with nothing to keep."""
    words = ", ".join(literal(word) for word in sorted(_BARE))
    bare = f"trim(lower({text}), {literal(_AROUND)})"
    nothing = f"not regexp_matches({text}, '[\\p{{L}}\\p{{N}}]')"
    return f"({nothing} or (length({text}) <= 40 and nfc_normalize({bare}) in ({words})))"

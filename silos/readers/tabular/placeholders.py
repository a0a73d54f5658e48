"""Placeholders for missing values, in the languages and tools that exports come from.

A department `#N/A` is no department, and an id `null` is nobody's. The words here are compared without regard to case,
brackets, quotation marks and dashes around them; a value without a single letter or digit (`-`, `??`, `…`) is none
either.
"""

import re
import unicodedata
from collections.abc import Collection

from silos.engines.quoting import literal

#: What spreadsheets and databases print: nobody is called so, and no department either.
CERTAIN = frozenset(
    (
        *("#n/a", "#na", "#n/d", "#n/b", "#nv", "#ref!", "#name?", "#value!", "#null!", "#div/0!", "#num!"),
        *("#n/a n/a", "=na", "=nv", "n⁄a", "n∕a", "n／a", "ｎ／ａ", "ｎ/ａ", "н/д"),
        *("#getting_data", "n/a", "n\\a", "n.a.", "n.a", "n/d", "n.d.", "k.a.", "k. a.", "k/a", "s/o", "n/c", "n.c."),
        *("null", "\\n", "nan", "nat", "pd.na", "blank", "blanks", "empty", "undefined", "not available", "no value"),
        *("not applicable", "no data", "00000000-0000-0000-0000-000000000000", "undisclosed-recipients"),
        *("undisclosed recipients", "unlisted-recipients", "undisclosed recipient"),
        # What programs print of what has no text.
        *("[object object]", "system.string[]", "system.object[]", "system.object"),
        *("system.collections.generic.list`1[system.string]", "microsoft.exchange.data.proxyaddresscollection"),
        *("microsoft.activedirectory.management.adpropertyvaluecollection", "__hive_default_partition__"),
        # A given name and a family name that nobody has.
        *("null null", "none none", "nan nan", "undefined undefined"),
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
        *("to be determined", "to be confirmed", "tbc", "no department", "no manager", "no_manager"),
        *("no name", "none assigned"),
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
        *("없음", "미지정", "알수없음", "미정", "해당없음", "해당 없음", "미입력", "선택하세요"),
        *("unk", "unknown department", "unknown manager", "not found", "no match", "none specified", "none provided"),
        *("missing value", "no dept", "no information", "not recorded", "not entered", "unallocated", "not allocated"),
        *("to be assigned", "to be decided", "to be advised", "to be announced", "please select", "select one"),
        *("vacant", "vacant position", "vakant", "unbesetzt", "nicht besetzt", "poste vacant", "à pourvoir", "vacante"),
        *("nicht vergeben", "nicht gepflegt", "nicht hinterlegt", "nicht erfasst", "nicht ausgefüllt", "kein wert"),
        *("kein eintrag", "keine daten", "kein vorgesetzter", "keine führungskraft", "ohne vorgesetzten", "o.a."),
        *("bitte auswählen", "bitte wählen", "pas de manager", "aucun manager", "sans manager", "sans département"),
        *("non saisi", "non saisie", "non fourni", "non fournie", "indéfini", "indéterminé", "à préciser", "n/r"),
        *("à déterminer", "veuillez sélectionner", "sélectionner", "sélectionnez", "en blanco", "sin definir"),
        *("sin informar", "sin información", "no consta", "por asignar", "seleccione", "non indicato", "non inserito"),
        *("da assegnare", "in bianco", "em branco", "sem departamento", "não consta", "não se aplica", "a preencher"),
        *("selecione", "niet opgegeven", "niet ingesteld", "selecteer", "nie podano", "puste", "boş", "seçiniz"),
        *("prázdné", "üres", "tyhjä", "не заполнено", "не определено", "пусто", "отсутствует"),
        *("選択してください", "指定なし", "未入力", "未登録", "データなし", "空欄", "未割り当て", "未割当", "未指定"),
        *("请选择", "請選擇", "不详", "不適用", "不适用", "空值", "待定", "待分配", "没有", "沒有", "未指派"),
        *("未所属", "無所属", "所属なし", "部署なし", "部門なし", "未配属", "소속없음", "소속 없음", "부서없음"),
        *("부서 없음", "미배정", "无部门", "無部門", "未分类", "未分類", "未分配部门", "κανένα", "κανένας"),
        *("άγνωστο", "δεν ορίστηκε", "ללא", "לא ידוע", "לא מוגדר", "לא הוגדר", "لا يوجد", "غير محدد", "غير معروف"),
        *("لا شيء", "ไม่มี", "ไม่ระบุ", "ไม่ทราบ", "không có", "chưa xác định", "không xác định", "tidak ada"),
        *("belum ditentukan", "tidak diketahui", "не определён", "не определен", "не определена", "не задан"),
        *("не назначен", "не вказано", "не визначено", "neurčeno", "nepřiřazeno", "neurčené", "nezadané"),
        *("nije definirano", "ni podatka", "ei määritelty", "ei ole", "ei määritetty", "ikke oppgitt"),
        *("ikke oplyst", "ej tilldelad", "ej angiven", "inte angivet", "nincs megadva", "nincs besorolva"),
        *("nedefinit", "niciunul", "non rattaché", "non rattachée", "non affecté(e)", "non défini(e)"),
        *("non renseigné(e)", "non pervenuto", "pendiente de asignar", "não definida"),
        *("none given", "not yet assigned", "not in use", "select an option", "choose one", "choose an option"),
        *("s/d", "n/i", "sem dados", "sem informação", "noch offen", "noch nicht zugeordnet", "noch nicht vergeben"),
    )
)

#: Words that stand for no department, level or manager, and that may be the account of somebody: as ids they are.
NO_UNITS = frozenset(("ohne", "pendiente", "pendente", "n.n.", "xxx", "select", "auswählen"))

_UNIT = (
    r"(?:departments?|dept\.?|depts?|units?|org(?:anisation|anization)?(?:al)?(?: unit)?|teams?|divisions?|"
    r"cost cent(?:er|re)|business unit|abteilung|abt\.?|bereich|fachbereich|organisationseinheit|kostenstelle|"
    r"zuordnung|einheit|services?|d[ée]partement|direction|[ée]quipe|affectation|rattachement|p[ôo]le|departamento|d(?:e)?pto\.?|[áa]rea|"
    r"unidad|equipo|asignaci[óo]n|sector|setor|unidade|equipa|dipartimento|reparto|ufficio|afdeling|avdelning|avdeling|"
    r"afsnit|osastoa|yksikköä|oddělení|odd[ií]elenia|útvaru|działu|dział|departamentu|zespołu|departament|compartiment|"
    r"отдела|подразделения|відділу|підрозділу)"
)
#: Words for "no" that mean nothing else, which stand before a unit in any language: "kein Team", "sans Department".
_NO = (
    r"(?:without|un(?:known|assigned|defined|specified)|missing|keine?r?|ohne|unbekannte?|fehlende|sans|aucune?|"
    r"pas de|ning[uú]na?|nenhuma?|senza|nessun[ao]?|geen|zonder|onbekende?|ingen|intet|"
    r"brak|żaden|žádné|без|нет|немає|fără)"
)
#: Those that are also short for something stand before units of their own language alone: there are teams of search
#: engine marketing (SEM), and services in Singapore (SIN).
_SHORT_NO = (
    r"(?:no (?:departments?|dept\.?|depts?|units?|org(?:anisation|anization)?(?:al)?(?: unit)?|teams?|divisions?|"
    r"cost cent(?:er|re)|business unit|area|sector)|"
    r"sin (?:departamento|d(?:e)?pto\.?|[áa]rea|unidad|equipo|asignaci[óo]n|sector|división|direcci[óo]n|servicio)|"
    r"sem (?:departamento|d(?:e)?pto\.?|[áa]rea|unidade|equip[ae]|setor|sector|divisão|direção)|"
    r"(?:uden|uten|utan) (?:afdeling|afsnit|avdelning|avdeling|enhed|enhet)|ei (?:osastoa|yksikköä|tiimiä)|"
    r"bez (?:oddělení|odd[ií]elenia|útvaru|działu|departamentu|zespołu))"
)
#: "No department", "Ningún departamento", "Bez oddělení", "keine Abteilung zugeordnet", "отдел не указан".
_NO_UNIT = re.compile(
    rf"(?:{_NO} {_UNIT}|{_SHORT_NO})(?: (?:\w+ed|given|found|set|zugeordnet|zugewiesen|hinterlegt|angegeben|"
    r"asignad[oa]|definid[oa]|attribuée?|affectée?|assegnato|toegewezen))?|"
    r"(?:отдел|подразделение) не (?:указано?|определено?|задано?)|(?:departman|bölüm|birim) yok"
)
#: A country beside others: "NO Team" is Norway's, where small letters follow.
_NORWAY = re.compile(r"NO [A-Z][a-z]+")
#: What a spreadsheet shows of a department that it looked up and did not find.
_NO_TEXT = re.compile(
    # "N/A - External", "n/a (contractor)".
    r"n/[ad](?: ?[(:;]| [-–—] ).*|"
    r"false|falsch|faux|falso|onwaar|fałsz|ложь|1900-01-00|"
    r"tanımsız|bilinmeyen|ikke fordelt|žádné|ni dodeljeno|未配置|部門不明|待確認|atanmamış|tanımlanmamış"
)
_ZERO = re.compile(r"0+(?:[.,]0+)?")
_NUMBER = re.compile(r"[0-9]+(?:[.,][0-9]+|[A-Za-z])?")
_NOTHING = re.compile(r"[^\W_]")
_AROUND = "()[]{}<>\"'`«»“”„‚‘’ -–—_*.…:,;!?"
#: What spreadsheets show for an error, in any language: `#¡REF!`, `#NOM?`, `#SPILL!`.
ERROR = r"#[^\s#]{1,20} ?[!?]"
_ERROR = re.compile(ERROR)
#: Letters of the longest of all these words.
_LONGEST = 64


def _bare(word: str) -> str:
    """The word as it is compared: composed, lower case, without brackets, quotation marks, dashes and blanks around."""
    return unicodedata.normalize("NFC", word).lower().strip(_AROUND)


_BARE = frozenset(_bare(word) for word in PLACEHOLDERS)
_BARE_UNITS = _BARE | frozenset(_bare(word) for word in NO_UNITS)
_BARE_CERTAIN = frozenset(_bare(word) for word in CERTAIN)


def is_placeholder(text: str) -> bool:
    """Whether a text stands where there is no value: no department, level or manager.

    Args:
        text: without blanks around it.

    Examples:
        >>> [is_placeholder(text) for text in ("#N/A", "(blank)", "--", "- none -", "#¡REF!", "Sales", "NA", "xxx")]
        [True, True, True, True, True, False, True, True]
    """
    return _is_one_of(_BARE_UNITS, text)


def is_no_account(text: str) -> bool:
    """Whether a text stands where there is no id: a placeholder that is no account of anybody either.

    Args:
        text: without blanks around it.

    Examples:
        >>> is_no_account("unknown"), is_no_account("xxx")
        (True, False)
    """
    return _is_one_of(_BARE, text)


def is_no_name(text: str) -> bool:
    """Whether a text stands where there is no name: a placeholder that cannot be a name, as there are people called Na.

    Args:
        text: without blanks around it.

    Examples:
        >>> is_no_name("null"), is_no_name("Na")
        (True, False)
    """
    return _is_one_of(_BARE_CERTAIN, text)


def _is_one_of(words: Collection[str], text: str) -> bool:
    if _NOTHING.search(text) is None or _ERROR.fullmatch(text):
        return True
    return len(text) <= _LONGEST and _bare(text) in words


def are_numbered(texts: Collection[str]) -> bool:
    """Whether departments go by numbers, of which 0 is one: most of those that are not called 0 do.

    Examples:
        >>> are_numbered(["0", "1", "17", "Sales"]), are_numbered(["0", "Sales", "IT", "4711"]), are_numbered(["0"])
        (True, False, False)
    """
    others = [text for text in texts if not _ZERO.fullmatch(text) and not is_placeholder(text)]
    return 2 * sum(_NUMBER.fullmatch(text) is not None for text in others) > len(others)


def is_no_department(text: str, *, numbered: bool = False) -> bool:
    """Whether a text says that somebody has no department.

    Args:
        text: without blanks around it.
        numbered: whether departments go by numbers; else a 0 is what a spreadsheet shows of a blank that it looked up.

    Examples:
        >>> [is_no_department(text) for text in ("Ningún departamento", "0", "(Keine Abteilung)", "No. 7", "Services")]
        [True, True, True, False, False]
        >>> is_no_department("0", numbered=True)
        False
    """
    if _NORWAY.fullmatch(text):
        return False
    bare = _bare(text)
    if _ZERO.fullmatch(bare):
        return not numbered
    return len(text) <= _LONGEST and bool(_NO_UNIT.fullmatch(bare) or _NO_TEXT.fullmatch(bare))


def sql_is_placeholder(text: str) -> str:
    """SQL of `is_placeholder` of an SQL text that is not null."""
    return _sql_is_one_of(_BARE_UNITS, text)


def sql_is_no_account(text: str) -> str:
    """SQL of `is_no_account` of an SQL text that is not null."""
    return _sql_is_one_of(_BARE, text)


def _sql_is_one_of(words: Collection[str], text: str) -> str:
    listed = ", ".join(map(literal, sorted(words)))
    bare = f"trim(lower({text}), {literal(_AROUND)})"
    nothing = f"not regexp_matches({text}, '[\\p{{L}}\\p{{N}}]') or regexp_full_match({text}, {literal(ERROR)})"
    return f"({nothing} or (length({text}) <= {_LONGEST} and nfc_normalize({bare}) in ({listed})))"

"""What a roster says of accounts that is not understood, or not acted upon: unknown kinds, leavers and starters."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd

from silos.locales.said import Said
from silos.readers.directory.headings import unknown_kinds
from silos.readers.directory.periods import NO_YEAR
from silos.readers.tabular.columns import folded

#: Words that a note shows.
_SHOWN = 4
#: Columns that say whether somebody is still there, and those that say it by yes or no.
_STATUS = frozenset(
    folded(heading)
    for heading in (
        *(
            "status",
            "employment status",
            "employee status",
            "worker status",
            "person status",
            "hr status",
            "user status",
        ),
        *("account status", "active status", "state", "statut", "état", "statut du salarié", "situation", "estado"),
        *(
            "estado laboral",
            "situación",
            "situação",
            "stato",
            "stato dipendente",
            "mitarbeiterstatus",
            "anstellungsstatus",
        ),
        *(
            "beschäftigungsstatus",
            "beschäftigungsstand",
            "personalstatus",
            "statuut",
            "stan",
            "stav",
            "anställningsstatus",
        ),
        *(
            "статус",
            "состояние",
            "状态",
            "狀態",
            "在职状态",
            "在籍状況",
            "在職区分",
            "在籍区分",
            "状態",
            "재직상태",
            "상태",
        ),
    )
)
_ENABLED = frozenset(
    folded(heading)
    for heading in (
        *("active", "is active", "enabled", "account enabled", "aktiv", "actif", "activo", "activa", "attivo", "ativo"),
        *(
            "actief",
            "aktywny",
            "aktivní",
            "compte actif",
            "cuenta activa",
            "konto aktiv",
            "активен",
            "有効",
            "在籍",
            "在职",
        ),
    )
)
#: Those of them that speak of accounts: rooms and shared mailboxes have some that nobody signs in with.
_SWITCHES = frozenset(
    folded(heading)
    for heading in ("enabled", "account enabled", "compte actif", "cuenta activa", "konto aktiv", "有効")
)
#: Columns of the day on which somebody left, or will: not of the end of a contract, which may be renewed.
_LEAVING = frozenset(
    folded(heading)
    for heading in (
        *("termination date", "date of termination", "terminated on", "leaving date", "date of leaving", "leave date"),
        *("leaver date", "date left", "left date", "left on", "exit date", "date of exit", "last day"),
        "last working day",
        *("last day of work", "last day worked", "separation date", "departure date", "resignation date"),
        *("employment end date", "employment end", "end of employment", "end date", "date de sortie", "date sortie"),
        *("date de départ", "date départ", "sorti le", "dernier jour", "austrittsdatum", "austritt", "austritt am"),
        *("ausgetreten am", "ausgeschieden am", "letzter arbeitstag", "fecha de baja", "fecha baja", "fecha de salida"),
        *("data di cessazione", "data cessazione", "data di uscita", "data de desligamento", "data de demissão"),
        *("data de saída", "datum uit dienst", "uit dienst", "uit dienst per", "uitdiensttreding", "data zwolnienia"),
        *("data odejścia", "avslutningsdatum", "datum odchodu", "дата увольнения", "退職日", "退社日", "离职日期"),
        *("离职日", "퇴사일", "퇴직일"),
    )
)
#: Columns of the day on which somebody starts.
_JOINING = frozenset(
    folded(heading)
    for heading in (
        *("hire date", "date of hire", "hired on", "start date", "date started", "joining date", "date of joining"),
        *("join date", "date joined", "joined", "employment start date", "employment start", "first day"),
        *("original hire date", "date d'embauche", "date d'entrée", "date entrée", "date d'arrivée", "embauché le"),
        *("entrée le", "eintrittsdatum", "eintritt", "eintritt am", "einstellungsdatum", "eingestellt am"),
        *("fecha de alta", "fecha de ingreso", "fecha de contratación", "fecha de inicio", "data di assunzione"),
        *("data assunzione", "data de admissão", "data de início", "datum in dienst", "in dienst", "in dienst per"),
        *("datum indiensttreding", "data zatrudnienia", "anställningsdatum", "datum nástupu", "дата приёма"),
        *("дата приема", "入社日", "入职日期", "입사일"),
    )
)
_YEAR_FIRST = re.compile(r"\s*(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})\b.*", re.DOTALL)
_YEAR_LAST = re.compile(r"\s*(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})\b.*", re.DOTALL)
_LEFT = re.compile(
    r"terminated(?: .*)?|termination|left(?: .*)?|leavers?|inactive|in-active|resigned|resignation|retired|dismissed|"
    r"former(?: .*)?|ex[ -]?employee|separated|deceased|disabled|deactivated|offboarded|departed|gone|withdrawn|"
    r"ausgeschieden(?: .*)?|ausgetreten|inaktiv|gekündigt|ehemalige?r?(?: .*)?|deaktiviert|verlassen|pensioniert|"
    r"sorti(?:e|\(e\))?|parti(?:e|\(e\))?|démissionn(?:é|ée|aire)|licencié(?:e|\(e\))?|retraité(?:e|\(e\))?|"
    r"inactif|ancien(?:ne)?(?: .*)?|désactivé(?:e|\(e\))?|baja|de baja|inactiv[oa]|cesad[oa]|jubilad[oa]|despedid[oa]|"
    r"cessat[oa]|dimess[oa]|dimissionari[oa]|licenziat[oa]|inattiv[oa]|pensionat[oa]|in pensione|"
    r"desligad[oa]|demitid[oa]|inativ[oa]|aposentad[oa]|uit dienst|inactief|ontslagen|gepensioneerd|"
    r"zwolnion[ya]|nieaktywn[ya]|były pracownik|neaktivní|ukončen[ýo]?|avslutad|slutat|fratrådt|fratrådd|sluttet|"
    r"poistunut|kilépett|уволена?|неактив(?:ен|на|ный)|не работает|退職(?:済み?|者)?|離職|离职|離任|已离职|퇴사자?|퇴직"
)
#: Of people who are hired and have not begun.
_NOT_BEGUN = re.compile(
    r"future(?:[ -](?:hire|starter|joiner|dated|employee))?|pre-?hired?|pre-?start(?:er)?|pre-?boarding|"
    r"not (?:yet )?started|new hire pending|(?:pending|awaiting|upcoming) (?:hire|start(?:er)?|joiner|onboarding)|"
    r"to start|upcoming|offer accepted|accepted offer|zukünftig(?:e[rs]?)?|künftig(?:e[rs]?)?|"
    r"noch nicht (?:begonnen|eingetreten|gestartet)|eintritt ausstehend|vor eintritt|futur(?:e embauche)?|"
    r"embauche (?:future|à venir)|à venir|pas encore (?:arrivée?|commencé)|futur[oa](?: ingreso| contratación)?|"
    r"por ingresar|assunzione futura|toekomstig(?:e)?|入社予定|入社前|待入职|입사 ?예정"
)
_NO = frozenset(
    ("false", "no", "n", "0", "nein", "non", "falsch", "faux", "falso", "nee", "nie", "нет", "いいえ", "否", "無効")
)


def note_on_kinds(kinds: "pd.Series[str] | None", where: str, heading: str) -> list[str]:
    """What is to be said of words for kinds of account that mean nothing here."""
    unknown = unknown_kinds(kinds, heading)
    if not unknown:
        return []
    some = _some(Counter(unknown))
    return [Said("read", "kinds_unknown", where=where, count=sum(unknown.values()), column=repr(heading), some=some)]


def note_on_leavers(
    texts: Mapping[int, "pd.Series[Any]"], headings: Sequence[str], located: Mapping[str, int], where: str
) -> list[str]:
    """What is to be said of people who have left or not begun, as a column of the roster has it, and count as staff.

    Args:
        texts: position -> the column as it looks.
        headings: of the columns.
        located: field -> position.
        where: the roster.
    """
    notes = [] if "effective_to" in located else _note_on_days(texts, headings, where)
    notes += _note_on_starts(texts, headings, located, where)
    for position, heading in enumerate(headings):
        enabled = folded(heading) in _ENABLED
        if not enabled and folded(heading) not in _STATUS:
            continue
        counts = texts[position].value_counts().to_dict()
        left = Counter({word: count for word, count in counts.items() if _has_left(str(word), enabled)})
        to_come = Counter({word: count for word, count in counts.items() if _is_to_come(str(word))})
        gone = "accounts_off" if folded(heading) in _SWITCHES else "leavers"
        for key, found in ((gone, left), ("starters", to_come)):
            if found:
                count, some = int(found.total()), _some(found)
                notes.append(Said("read", key, where=where, count=count, column=repr(heading), some=some))
    return notes


def _note_on_days(texts: Mapping[int, "pd.Series[Any]"], headings: Sequence[str], where: str) -> list[str]:
    """What is to be said of days on which people left, which nobody said were to be used: once, with the option."""
    for position, heading in enumerate(headings):
        if folded(heading) not in _LEAVING:
            continue
        stated = texts[position].dropna()
        days = int((stated.str.contains(r"\d") & ~stated.str.contains(NO_YEAR)).sum())
        if days:
            option = f'--roster-map "effective_to={heading}"'
            return [Said("read", "leaving", where=where, count=days, column=repr(heading), option=option)]
    return []


def _note_on_starts(
    texts: Mapping[int, "pd.Series[Any]"], headings: Sequence[str], located: Mapping[str, int], where: str
) -> list[str]:
    """What is to be said of people who start on a day to come: once, of the first column of such days."""
    today = datetime.now(UTC).date()
    for position, heading in enumerate(headings):
        if folded(heading) in _JOINING and position != located.get("effective_from"):
            count = sum(_is_after(str(text), today) for text in texts[position].dropna())
            if count:
                return [Said("read", "starting", where=where, count=count, column=repr(heading))]
    return []


def _is_after(text: str, day: date) -> bool:
    """Whether a text is a date after a day, in whatever order its day and month stand; the end of time is none.

    Examples:
        >>> [_is_after(text, date(2025, 3, 1)) for text in ("2025-03-02", "02/04/2025", "05/02/2025", "9999-12-31")]
        [True, False, False, False]
        >>> _is_after("03/04/2025", date(2025, 3, 1)), _is_after("soon", date(2025, 3, 1))
        (True, False)
    """
    if re.search(NO_YEAR, text):
        return False
    readings: list[tuple[int, int, int]] = []
    if match := _YEAR_FIRST.fullmatch(text):
        readings = [(int(match[1]), int(match[2]), int(match[3]))]
    elif match := _YEAR_LAST.fullmatch(text):
        a, b, year = map(int, match.groups())
        readings = [(year, b, a), (year, a, b)]
    days = [f"{year:04}-{month:02}-{of_month:02}" for year, month, of_month in readings if month <= 12]
    return bool(days) and min(days) > f"{day:%Y-%m-%d}"


def _has_left(word: str, enabled: bool) -> bool:
    """Whether a value says that somebody is no longer there.

    Examples:
        >>> [_has_left(word, False) for word in ("Terminated", "Ausgeschieden", "sortie", "Active", "On leave")]
        [True, True, True, False, False]
        >>> _has_left("False", True), _has_left("No", False)
        (True, False)
    """
    plain = word.casefold().strip()
    return bool(_LEFT.fullmatch(plain)) or (enabled and plain in _NO)


def _is_to_come(word: str) -> bool:
    """Whether a value says that somebody has not begun yet.

    Examples:
        >>> [_is_to_come(word) for word in ("Future Hire", "noch nicht eingetreten", "Pending", "Active", "Started")]
        [True, True, False, False, False]
    """
    return _NOT_BEGUN.fullmatch(word.casefold().strip()) is not None


def _some(words: "Counter[str]") -> str:
    shown = ", ".join(f"{word!r} ({count})" for word, count in words.most_common(_SHOWN))
    return f"{shown}{', …' if len(words) > _SHOWN else ''}"

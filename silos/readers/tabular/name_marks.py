"""Marks that a tool sets behind the name it shows: (Guest), (Unverified), (External), in the language of the tool.

They are no part of the name. A bracket that is no mark is: two people may differ by it alone.
"""

import re

from silos.readers.tabular.columns import folded

#: The marks of Teams, Zoom, Webex, Meet and Outlook.
_UNVERIFIED = (
    *("unverified", "not verified", "nicht verifiziert", "nicht überprüft", "nicht bestätigt", "ungeprüft"),
    *("unbestätigt", "non vérifié", "non vérifiée", "sin verificar", "no verificado", "no verificada", "sin comprobar"),
    *("no comprobado", "non verificato", "non verificata", "não verificado", "não verificada", "não confirmado"),
    *("niet geverifieerd", "ongeverifieerd", "niet gecontroleerd", "niezweryfikowany", "niezweryfikowana"),
    *("niezweryfikowane", "niepotwierdzony", "overifierad", "ej verifierad", "inte verifierad", "ikke bekræftet"),
    *("ikke verificeret", "ubekræftet", "ikke bekreftet", "ubekreftet", "ikke verifisert", "uverifisert"),
    *("vahvistamaton", "ei vahvistettu", "varmentamaton", "óstaðfest", "neověřeno", "neověřený", "neověřená"),
    *("neoverené", "neoverený", "nem ellenőrzött", "nem igazolt", "ellenőrizetlen", "neverificat", "neverificată"),
    *("doğrulanmamış", "doğrulanmadı", "не проверено", "не проверен", "непроверенный", "не подтверждено"),
    *("неподтвержденный", "не перевірено", "неперевірений", "непотвърден", "непроверен", "nije potvrđeno"),
    *("neprovjereno", "nepreverjeno", "μη επαληθευμένος", "μη επαληθευμένη", "לא מאומת", "לא מאומתת", "غير متحقق منه"),
    *("لم يتم التحقق منه", "nepotvrđeno", "未確認", "未検証", "確認されていません", "未验证", "未经验证"),
    *("未核实", "未驗證", "未經驗證", "未確認身分"),
    *("확인되지 않음", "미확인", "미인증", "인증되지 않음", "ไม่ได้รับการยืนยัน", "ยังไม่ได้ยืนยัน", "chưa xác minh"),
    *("chưa được xác minh", "belum diverifikasi", "tidak terverifikasi", "असत्यापित", "no verificat", "sense verificar"),
)
_EXTERNAL = (
    *("external", "externals", "external user", "external guest", "ext"),
    *("extern", "externer", "externe", "externer gast"),
    *("externo", "externa", "esterno", "esterna", "zewnętrzny", "zewnętrzna", "zewnętrzne", "ekstern", "ulkoinen"),
    *("externí", "externý", "külső", "extern organizației", "harici", "dış"),
    *("внешний", "внешняя", "зовнішній", "външен"),
    *("vanjski", "zunanji", "εξωτερικός", "εξωτερική", "חיצוני", "חיצונית"),
    *("خارجي", "外部", "外部ユーザー", "外部用户"),
    *("外部使用者", "외부", "외부 사용자", "ภายนอก", "bên ngoài"),
    *("eksternal", "luar", "utanför organisationen", "federated", "extérieur", "extérieure", "esterni"),
)
_GUEST = (
    *("guest", "guest user", "gast", "gäste", "invité", "invitée", "invité(e)", "invitado", "invitada", "ospite"),
    *("convidado", "convidada", "gość", "gäst", "gæst", "gjest", "vieras"),
    *("gestur", "host", "hosť", "vendég", "invitat"),
    *("oaspete", "misafir", "konuk", "гость", "гість", "гост", "gost", "επισκέπτης", "προσκεκλημένος", "אורח", "אורחת"),
    *("ضيف", "ゲスト", "来宾", "访客", "嘉宾", "來賓", "訪客", "게스트", "손님", "ผู้เยี่ยมชม", "แขก", "khách", "tamu"),
    *("convidat", "anonymous", "anonym", "anonyme", "anónimo", "anônimo", "anonimo", "anoniem", "anonimowy", "匿名"),
    "来賓",
)
_ROLES = (
    *("deactivated", "inactive", "disabled", "deleted", "on leave", "désactivé", "désactivée", "inactif"),
    *("deaktiviert", "inaktiv", "gelöscht", "desactivado", "inactivo", "disattivato", "inattivo", "gedeactiveerd"),
    *("unverified user", "externer benutzer", "utilisateur externe", "usuario externo", "gast gebruiker", "ext."),
    *("externe gebruiker", "du", "sie", "vous", "tú"),
    *("organizer", "organiser", "organisator", "veranstalter", "organisateur", "organizador", "organizzatore"),
    *("co-host", "cohost", "host, me", "host, ich", "me", "you", "ich", "moi", "yo", "attendee", "presenter", "hôte"),
    *("animateur", "animatrice", "gastgeber", "gastgeberin", "anfitrión", "anfitriona", "anfitrião", "moderator"),
    *("meeting organizer", "meeting organiser", "room host", "not signed in", "nicht angemeldet", "verified", "pstn"),
    *("主催者", "共同主催者", "主持人", "联席主持人", "호스트", "verifiziert", "vérifié", "vérifiée"),
    *("she/her", "she/her/hers", "he/him", "he/him/his", "they/them", "they/them/theirs", "she/they", "he/they"),
    *("sie/ihr", "er/ihm", "elle", "il/lui", "elle/elle", "ella", "él", "lei", "lui", "hon/henne", "han/honom"),
)
MARKS = (*_UNVERIFIED, *_EXTERNAL, *_GUEST, *_ROLES)
_MARKS = frozenset(folded(mark) for mark in MARKS)

#: Marks that are also what people are called.
NAME_LIKE = frozenset(
    ("du", "sie", "lei", "lui", "ella", "elle", "él", "yo", "tú", "me", "moi", "you", "ich", "host", "gost")
)

#: Brackets that a mark may stand in, what opens and what closes them; and what may stand between two marks in one.
OPENING, CLOSING, BETWEEN = "(\\[{<（【〔「〈［", ")\\]}>）】〕」〉］", ",;/|·&+"

#: A text in the last brackets, of whatever kind; brackets within it are left as they are.
_LAST = re.compile(
    r"(?P<name>.*\S)\s*(?:\((?P<round>[^()]*(?:\([^()]*\)[^()]*)*)\)|\[(?P<square>[^\[\]]*)\]|"
    r"[{<（【〔「〈［](?P<other>[^{<（【〔「〈［}>）】〕」〉］]*)[}>）】〕」〉］])\s*",
    re.DOTALL,
)
#: A text in brackets before a name: "[EXT] Bob Li".
_FIRST = re.compile(rf"\s*[{OPENING}](?P<what>[^{OPENING}{CLOSING}]*)[{CLOSING}]\s*(?P<name>\S.*)", re.DOTALL)
_BETWEEN = re.compile(rf"[{BETWEEN}]")


def without_marks(name: str) -> str:
    """A name without the marks behind it and before it.

    Examples:
        >>> without_marks("Bob Li (Unverified)"), without_marks("Zoé Roux (invité(e)) (externe)")
        ('Bob Li', 'Zoé Roux')
        >>> without_marks("李博（未验证）"), without_marks("Bob Li (Sales)"), without_marks("(Guest)")
        ('李博', 'Bob Li (Sales)', '(Guest)')
        >>> [without_marks(name) for name in ("[EXT] Bob Li", "Bob Li (Guest, Unverified)", "Bob Li <External>")]
        ['Bob Li', 'Bob Li', 'Bob Li']
    """
    while len(name) < 1000 and (last := _LAST.fullmatch(name)) and is_mark(_bracket_of(last)):
        name = last["name"]
    while len(name) < 1000 and (first := _FIRST.fullmatch(name)) and is_mark(first["what"]):
        name = first["name"]
    return name.strip()


def is_mark(text: str) -> bool:
    """Whether what stands in brackets is a mark of the tool, or several."""
    return folded(text) in _MARKS or all(folded(part) in _MARKS for part in _BETWEEN.split(text))


def with_original(name: str) -> tuple[str, str]:
    """The name shown and the one in brackets behind it, "" if there is none; both without marks.

    Examples:
        >>> with_original("Bobby (Bob Li) (Guest)"), with_original("Bob Li (Guest)"), with_original("Bob Li")
        (('Bobby', 'Bob Li'), ('Bob Li', ''), ('Bob Li', ''))
    """
    name = without_marks(name)
    last = _LAST.fullmatch(name) if len(name) < 1000 else None
    original = without_marks(_bracket_of(last)) if last else ""
    return (last["name"].strip(), original) if last and original else (name, "")


def _bracket_of(match: "re.Match[str]") -> str:
    """What stands in the brackets that a pattern met."""
    return next((text for text in match.group("round", "square", "other") if text is not None), "").strip()

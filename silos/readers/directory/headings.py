"""What the columns of a directory are called, and what its words for kinds of account mean."""

import re
from collections.abc import Sequence

import pandas as pd

from silos.readers.tabular.columns import folded, known
from silos.tables import EXTERNAL

#: Canonical field of a roster -> headings it is known by, the likelier first.
ROSTER_HEADINGS: dict[str, tuple[str, ...]] = {
    "person": ("person", "person id"),
    "department": (
        # Departments of any language come before divisions: lists of one tool have both.
        *("department", "dept", "department name", "département", "abteilung", "departamento", "dipartimento"),
        *("reparto", "afdeling", "avdelning", "avdeling", "osasto", "oddělení", "dział", "departament", "departman"),
        *("отдел", "подразделение", "部署", "部門", "部门", "부서", "supervisory organization"),
        *("dept name", "home department", "home department description", "osztály", "τμήμα", "відділ"),
        *("القسم", "מחלקה", "所属", "部署名", "部门名称", "부서명"),
        *("organizational unit", "organisational unit", "service", "direction", "division"),
        *("organization", "organisation", "org unit", "org unit path", "org unit path [required]", "business unit"),
        "unit",
        *("bereich", "fachbereich", "geschäftsbereich", "organisationseinheit", "área", "unidad", "setor"),
        *("entité", "pôle", "équipe", "team"),
    ),
    "name": (
        *("name", "display name", "full name", "employee name", "nom complet", "nom et prénom", "nom prénom"),
        *("prénom et nom", "prénom nom", "anzeigename", "vollständiger name", "mitarbeitername", "mitarbeiter"),
        *("name, vorname", "nachname, vorname", "nombre completo", "apellidos, nombre", "empleado", "nome completo"),
        *("nominativo", "nome e cognome", "dipendente", "volledige naam", "naam", "medewerker", "legal name"),
        *("preferred name", "worker name", "last name, first name", "last name first name", "first name last name"),
        *("apellido, nombre", "apellidos y nombre", "nombre y apellidos", "cognome e nome", "cognome, nome"),
        *("achternaam, voornaam", "nazwisko, imię", "nazwisko i imię", "imię i nazwisko", "real name", "common name"),
        *("cn", "namn", "navn", "nimi", "jméno a příjmení", "příjmení a jméno", "meno a priezvisko", "név"),
        *("nume și prenume", "ad soyad", "adı soyadı", "фио", "піб", "ονοματεπώνυμο", "الاسم", "שם", "氏名"),
        *("名前", "社員名", "姓名", "이름", "성명"),
    ),
    "manager": (
        *("manager", "manager id", "manager email", "manager upn", "reports to email", "reports to", "supervisor"),
        *("line manager", "responsable", "responsable hiérarchique", "supérieur", "supérieur hiérarchique", "n+1"),
        *("matricule responsable", "courriel responsable", "vorgesetzter", "vorgesetzte", "vorgesetzte r"),
        *("führungskraft", "fuehrungskraft", "vorgesetzter e-mail", "jefe", "jefe directo", "gerente", "responsabile"),
        *("capo", "leidinggevende", "gestor", "reporting to", "berichtet an", "rapporte à", "reporta a", "riporta a"),
        *("rapporteert aan", "rapportiert an"),
    ),
    "level": (
        "level",
        "level designation",
        "job level",
        "grade",
        "niveau",
        "échelon",
        "ebene",
        "hierarchieebene",
        "nivel",
        "livello",
    ),
    "location": (
        *("location", "office location", "office", "site", "city", "lieu", "localisation", "ville"),
        *("standort", "arbeitsort", "dienstort", "ort", "büro", "ubicación", "oficina", "ciudad", "sede", "città"),
        *("locatie", "vestiging", "standplaats", "kantoor"),
    ),
    "aliases": ("aliases", "alias", "proxy addresses", "other mails", "email aliases", "autres adresses"),
    "effective_from": (
        *("effective from", "effective date", "valid from", "date d'effet", "date effet", "date de début"),
        *("date début", "début de validité", "gültig ab", "gueltig ab", "gültig von", "wirksam ab", "válido desde"),
        *("vigente desde", "valido dal", "geldig vanaf"),
    ),
    "effective_to": (
        *("effective to", "valid to", "valid until", "date de fin", "date fin", "fin de validité", "gültig bis"),
        *("gueltig bis", "válido hasta", "vigente hasta", "valido al", "geldig tot"),
    ),
    "kind": (
        "kind",
        "user type",
        "account type",
        "recipient type details",
        "type de compte",
        "type",
        *("kontotyp", "kontoart", "benutzertyp", "tipo de cuenta", "tipo di account", "accounttype"),
        *("アカウントの種類", "账户类型", "тип учётной записи"),
    ),
}

#: Columns of contracts, which may say of somebody what kind of account it is, and stay attributes of the people. The
#: likelier first.
_CONTRACTS = tuple(
    map(
        folded,
        (
            *("worker type", "employee type", "employment type", "type of employment", "contract type"),
            *("worker category", "employment category", "type de contrat", "nature du contrat", "vertragsart"),
            *("beschäftigungsart", "art der beschäftigung", "anstellungsart", "tipo de contrato", "tipo di contratto"),
            *("tipo contratto", "contracttype", "soort contract", "rodzaj umowy"),
        ),
    )
)

#: Headings of columns that identify a person, the fittest for an id of the roster first. All become aliases.
IDENTITIES: tuple[str, ...] = (
    *("person", "person id", "user principal name", "upn", "work email", "email address", "email address [required]"),
    *("email", "e-mail address", "mail", "primary email", "user email", "courriel", "adresse e-mail", "adresse mail"),
    *("adresse électronique", "adresse courriel", "email professionnel", "matricule", "employee id", "employee #"),
    *(
        "employee number",
        "employee no",
        "worker id",
        "staff id",
        "numéro employé",
        "identifiant",
        *("e-mail-adresse", "emailadresse", "mailadresse", "personalnummer", "personal nr", "mitarbeiternummer"),
        *("mitarbeiter nr", "benutzername", "anmeldename", "correo electrónico", "correo", "número de empleado"),
        *("e-post", "e-postadress", "e-postadresse", "epost", "sähköposti"),
        *("メールアドレス", "メール", "邮箱", "电子邮箱"),
        *("电子邮件", "電子郵件", "이메일", "e-posta", "электронная почта", "почта", "електронна пошта", "e-mail cím"),
        *("البريد الإلكتروني", "דואר אלקטרוני", "社員番号", "従業員番号", "员工编号", "工号", "사번"),
        "табельный номер",
        *("anställningsnummer", "medarbejdernummer", "ansattnummer", "sicil no", "osobní číslo", "numer pracownika"),
        *("legajo", "usuario", "indirizzo e-mail", "posta elettronica", "matricola", "e-mailadres", "personeelsnummer"),
        "gebruikersnaam",
        "user id",
        "user name",
    ),
    *("login", "sam account name", "object id", "id", "azure id", "entra id", "slack id", "slack user id", "viva id"),
    *("teams id", "node name", "node", "member id", "recovery email", "secondary email", "home email"),
)

#: Those of them that an employer gives once: an address changes with a name.
STAFF_NUMBERS = frozenset(
    map(
        folded,
        (
            *("employee id", "employee #", "employee number", "employee no", "worker id", "staff id", "person id"),
            *("matricule", "numéro employé", "personalnummer", "personal nr", "mitarbeiternummer", "mitarbeiter nr"),
            *("número de empleado", "legajo", "matricola", "personeelsnummer"),
        ),
    )
)

GIVEN = (
    *("first name", "given name", "first name [required]", "prénom", "vorname", "nombre", "nome", "voornaam", "imię"),
    *("förnamn", "fornavn", "etunimi", "jméno", "křestní jméno", "имя", "ім'я", "keresztnév", "prenume", "adı"),
)
FAMILY = (
    *("last name", "surname", "family name", "last name [required]", "nom", "nom de famille", "nachname"),
    *("familienname", "apellidos", "apellido", "cognome", "achternaam", "nazwisko", "sn", "efternamn", "efternavn"),
    *("etternavn", "sukunimi", "příjmení", "фамилия", "прізвище", "vezetéknév", "nume", "soyad", "soyadı"),
)
DEPARTMENT_FALLBACKS = ("org unit path", "org unit path [required]")

#: Words for whom somebody reports to, in headings that are not listed: `managerUserPrincipalName`, "Direct Supervisor".
_BOSS = frozenset(
    """
    manager supervisor boss superior vorgesetzter vorgesetzte vorgesetzten führungskraft chef chefin responsable
    supérieur jefe jefa gerente responsabile leidinggevende gestor chefe przełożony szef chefen esimies nadřízený
    leder vezető προϊστάμενοσ керівник المدير מנהל 直属上级 上级
    yönetici руководитель начальник 上司 上長 直属上司 直属の上司 经理 主管 直属主管 上级 상사 관리자
    """.split()  # noqa: SIM905 - a list of words reads better as words
)
#: Words that may stand beside them in such a heading: of ids, and of which of several it is.
_BOSS_ID = frozenset(
    """
    id upn email e mail mél dn distinguished user username principal employee number no nr login sam account uid object
    guid oid matricule courriel adresse address personalnummer mitarbeiternummer nummer correo key
    """.split()  # noqa: SIM905
)
_BOSS_BESIDE = _BOSS_ID | frozenset(
    """
    name full display direct line reporting immediate current worker workers s n nom nombre hiérarchique direkter
    direkte disziplinarischer disziplinarische directo directa inmediato directe of the de du des der del dell della di
    van
    """.split()  # noqa: SIM905
)

_MAILBOX = r"(?: (?:mailbox|account|user|list|calendar|principal))?"
#: Kind of account -> whole words for it: "Shared services" and "Field service" are work, and no mailboxes.
_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "shared mailbox",
        re.compile(
            rf"shared{_MAILBOX}|functional{_MAILBOX}|group{_MAILBOX}|team mailbox|(?:mail )?(?:universal |dynamic )?"
            r"(?:distribution|security) (?:group|list)|microsoft 365 group|bo[iî]te (?:aux lettres )?(?:fonctionnelle|"
            r"partag[ée]e)|compte partag[ée]|liste de distribution|(?:freigegebenes |gemeinsames |geteiltes |funktions|"
            r"gruppen|team)postfach|verteiler(?:liste|gruppe)?|casella (?:postale |di posta )?condivisa|"
            r"cassetta postale condivisa|lista di distribuzione|buz[óo]n compartido|lista de distribuci[óo]n|"
            r"caixa de correio partilhada|caixa (?:postal )?compartilhada|gedeelde? (?:postvak|mailbox)|"
            r"distributielijst|delad postlåda|fælles postkasse|skrzynka (?:współdzielona|udostępniona)|"
            r"sdílená schránka|общий почтовый ящик|共有メールボックス|共享邮箱"
        ),
    ),
    (
        "room",
        re.compile(
            rf"(?:(?:conference |meeting )?room|resource|equipment|workspace|desk){_MAILBOX}|ressource|[ée]quipement|"
            r"salle(?: de .+)?|(?:besprechungs|konferenz|meeting)?raum|ger[äa]t|sala(?: riunioni| de reuniones|"
            r" de reuni[õo]es| de juntas)?|risorsa|recurso|equipo|equipamento|vergaderruimte|ruimte|zaal|vergaderzaal|"
            r"rum|mötesrum|mødelokale|møterom|pokój|sala konferencyjna|místnost|переговорная|会議室|会议室"
        ),
    ),
    (
        "bot",
        re.compile(
            rf"(?:chat)?bot{_MAILBOX}|robot|app|application|(?:service|system|test|automation|automated){_MAILBOX}|"
            r"compte (?:de service|syst[èe]me|de test|applicatif)|(?:dienst|system|test|service)konto|"
            r"utente di servizio|"
            r"account di servizio|cuenta de servicio|conta de servi[çc]o|serviceaccount|automat(?:e|ion)?"
        ),
    ),
    (
        EXTERNAL,
        re.compile(
            r"(?:b2b )?guests?\b.*|external(?: (?:user|account|member|guest|contact|consultant|contractor|staff|"
            r"partner|employee|vendor|worker|collaborator))?|(?:mail )?contact|externa?|"
            r"externe[rs]?(?: mitarbeiter.*| berater.*)?|"
            r"(?:(?:compte|utilisateur|prestataire|personnel|collaborateur|consultant) )?(?:externe|invit[ée]e?)|"
            r"gast(?:benutzer|konto)?|"
            r"externer benutzer|esterno|ospite|invitado|externo|convidado|contacto|contatto|contato|kontakt|"
            r"gäst|gæst|gjest|vieras|gość|гость|ゲスト|来宾|访客|ingehuurd|inhuur"
        ),
    ),
)

#: Words for kinds of account that are work in a column of contracts: there are employees of the desk and of the field.
_WORK = frozenset(
    ("service", "system", "test", "automation", "desk", "resource", "equipment", "workspace", "recurso", "equipo")
)

#: Words of people of the company: kinds of account, contracts and work.
_EMPLOYEE = re.compile(
    r"(?:regular |permanent |internal |active )?(?:employees?|members?|users?|staff|persons?|people|workers?)"
    rf"|(?:user|person|personal|remote user|linked){_MAILBOX}|member|internal?|interne[rs]?|regular|permanent|"
    r"(?:full|part)[ -]?time|fixed[ -]?term|temporary|temp|intern(?:ship)?|trainee|apprentice|azubi|auszubildende[rs]?|"
    r"cd[id]|stagiaire|alternant[e]?|apprenti[e]?|salari[ée]+s?|int[ée]rimaire|collaborat(?:eur|rice)|employ[ée]+s?|"
    r"fonctionnaire|titulaire|utilisateur|membre|mitarbeiter(?:in)?|angestellte[rs]?|beschäftigte[rs]?|beamte[rs]?|"
    r"working student|"
    r"festangestellt(?:e[rs]?)?|unbefristet|befristet|vollzeit|teilzeit|werkstudent(?:in)?|praktikant(?:in)?|benutzer|"
    r"mitglied|postfach|benutzerpostfach|persönlich|empleado|empleada|indefinido|usuario|miembro|interno|interna|"
    r"dipendente|utente|membro|funcionári[oa]|colaborador[a]?|medewerker|werknemer|gebruiker|lid|vast|pracownik|"
    r"zaměstnanec|anställd|ansat|ansatt|työntekijä|сотрудник|работник|正社員|社員|従業員|员工|職員|직원"
)

#: Words of which any number says how long and how much an employee works: "Regular Full-Time", "CDI temps plein".
_EMPLOYED = frozenset(
    """
    full part time ft pt regular permanent fixed term temporary seasonal casual hourly salaried exempt non probation
    open ended cdi cdd temps plein partiel complet cadre stage alternance apprentissage
    unbefristet befristet vollzeit teilzeit in minijob geringfügig ausbildung praktikum tarif außertariflich arbeiter
    temporal tiempo jornada completa completo parcial a tempo indeterminato determinato pieno parziale tijdelijk voltijd
    deeltijd onbepaalde bepaalde tijd
    """.split()  # noqa: SIM905
)

#: Headings that identify a person, folded.
KNOWN_IDENTITIES = known({"identity": IDENTITIES})
KNOWN = known({**ROSTER_HEADINGS, "identity": IDENTITIES, "given": GIVEN, "family": FAMILY})


def contracts_among(headings: Sequence[str]) -> int | None:
    """The position of a column of contracts; None where there is none.

    Examples:
        >>> contracts_among(["id", "Vertragsart", "Worker Type"]), contracts_among(["id", "User Type"])
        (2, None)
    """
    names = [folded(heading) for heading in headings]
    return next((names.index(name) for name in _CONTRACTS if name in names), None)


def kinds_of(
    given: "pd.Series[str] | None", identities: Sequence["pd.Series[str]"], heading: str = ""
) -> "pd.Series[str]":
    """What each account is, as the roster says in a column of a heading or as its ids show."""
    kinds = pd.Series("employee", index=identities[0].index, dtype="str")
    if given is not None:
        meant = {value: _kind_under(heading, value) for value in given.dropna().unique()}
        kinds = given.map(meant).astype("str").fillna("employee")
    for texts in identities:
        kinds = kinds.mask(texts.str.contains("#EXT#", case=False, regex=False).fillna(False).astype(bool), EXTERNAL)
    return kinds


def unknown_kinds(given: "pd.Series[str] | None", heading: str = "") -> dict[str, int]:
    """Words of a column of kinds that mean nothing here, and so an employee, with how many rows have each."""
    counts = {} if given is None else given.value_counts().to_dict()
    unknown = [word for word in counts if _kind_under(heading, word) == "employee" and not _is_employee(word)]
    return {word: int(counts[word]) for word in unknown}


def _kind_under(heading: str, value: str) -> str:
    """What a word for a kind of account means in a column of a heading.

    Examples:
        >>> _kind_under("Employee Type", "Desk"), _kind_under("Employee Type", "Service account")
        ('employee', 'bot')
    """
    return "employee" if folded(heading) in _CONTRACTS and value.casefold() in _WORK else _kind(value)


def _is_employee(value: str) -> bool:
    """Whether a word is one for people of the company.

    Examples:
        >>> [_is_employee(value) for value in ("Regular Full-Time", "CDI (temps plein)", "Contractor", "")]
        [True, True, False, False]
    """
    words = re.sub(r"(?<=[a-z])(?=[A-Z])|[_-]", " ", value).casefold().split()
    terms = set(re.split(r"[\W_]+", value.casefold())) - {""}
    return bool(_EMPLOYEE.fullmatch(" ".join(words)) or (terms and terms <= _EMPLOYED))


def _kind(value: str) -> str:
    """What a roster's word for a kind of account means.

    Examples:
        >>> [_kind(value) for value in ("Guest", "SharedMailbox", "Service account", "Salle", "CDI", "Field service")]
        ['external', 'shared mailbox', 'bot', 'room', 'employee', 'employee']
        >>> [_kind(value) for value in ("Meeting room (Paris)", "Room - 4th floor", "SHAREDMAILBOX", "Bots")]
        ['room', 'room', 'shared mailbox', 'bot']
    """
    # What stands behind a sign says which one it is: "Room - 4th floor".
    words = re.split(r"\s*[(\[:,;/|]|\s[-–—]\s", value)[0]
    words = re.sub(r"(?<=[a-z])(?=[A-Z])|[_-]", " ", words).casefold()
    words = re.sub(r"(?<=[a-z])(?=mailbox)", " ", words)
    words = re.sub(r"^(?:remote|linked|legacy) ", "", " ".join(words.split()))
    # Several, or a numbered one: "Rooms", "Room 101".
    spelt = (words, re.sub(r"(?: \d\S*|s)$", "", words))
    return next((kind for kind, pattern in _KINDS if any(map(pattern.fullmatch, spelt))), "employee")


def words_of(heading: str) -> set[str]:
    """The words of a heading: `sAMAccountName` has those of "sam account name" and itself."""
    parted = re.sub(r"(?<=[a-zà-ÿ])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", heading)
    return {word for word in re.split(r"[\W_\d]+", parted.casefold()) if word} | {folded(heading)}


def manager_among(headings: Sequence[str]) -> int | None:
    """The position of the column of managers, told by the words of its heading; None where none tells.

    An id is chosen before a name.

    Examples:
        >>> manager_among(["id", "Manager Name", "managerUserPrincipalName"]), manager_among(["id", "Account Manager"])
        (2, None)
        >>> manager_among(["Direct Supervisor"]), manager_among(["Is Manager", "Manager - Level 01"])
        (0, None)
    """
    found = []
    for position, heading in enumerate(headings):
        words = words_of(heading)
        beside = words - _BOSS - {folded(heading)}
        if words & _BOSS and beside <= _BOSS_BESIDE and beside != {"account"}:
            found.append((not words & _BOSS_ID, position))
    return min(found)[1] if found else None

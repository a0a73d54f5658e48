"""Headings of attendance reports in the languages of Teams and Zoom, and how to read them in other languages."""

import re
from collections.abc import Mapping, Sequence

from silos.readers.tabular import timestamps
from silos.readers.tabular.columns import folded

_NAME = (
    *("name", "fullname", "nom", "nomcomplet", "vollstandigername", "nombre", "nombrecompleto", "nome", "naam"),
    *("nomecompleto", "nomecompleta", "volledigenaam", "imieinazwisko", "namn", "fullstandigtnamn", "navn", "nimi"),
    *("jmeno", "nev", "nume", "ad", "adsoyad", "имя", "имяифамилия", "名前"),
    *("氏名", "姓名", "名称", "全名", "이름", "참가자"),
    *("participant", "participante", "teilnehmer", "partecipante", "deelnemer", "uczestnik", "attendee"),
)
_ZOOM_NAME = (
    *("nameoriginalname", "nomnomdorigine", "nomnomoriginal", "nameursprunglichername", "nombrenombreoriginal"),
    *("nomenomeoriginale", "nomenomeoriginal", "naamoorspronkelijkenaam"),
)
#: "Name (original name)" whatever the language.
_WITH_ORIGINAL = re.compile(
    r"\s*[^()（）]{1,40}[(（][^()（）]*(?:origin|urspr[uü]ng|oorspronk|oryginal|původ|eredeti|orijinal|исходн|первонач|оригин|"
    r"元の|オリジナル|原|원래|원본)[^()（）]*[)）]\s*",
    re.IGNORECASE,
)
_EMAIL = (
    *("email", "useremail", "emailaddress", "mail", "courriel", "adresseemail", "emaildelutilisateur", "adressemail"),
    *("correoelectronico", "emailadresse", "benutzeremail", "useremail2", "correoelectronicodelusuario", "emailutente"),
    *("emaildousuario", "emaildoutilizador", "indirizzoemail", "indirizzodipostaelettronica", "enderecodeemail"),
    *("emailgebruiker", "emailadres", "emailvandegebruiker", "adresemail", "emailuzytkownika", "adresemailuzytkownika"),
    *("epost", "epostadress", "epostadresse", "sahkoposti", "eposta", "адресэлектроннойпочты", "электроннаяпочта"),
    *("メール", "メールアドレス", "ユーザーのメール", "ユーザーのメールアドレス", "电子邮件", "用户电子邮件"),
    *("邮箱", "電子郵件", "이메일", "사용자이메일"),
)
_UPN = (
    *("participantidupn", "participantid", "upn", "iddeparticipantupn", "iddeparticipant", "teilnehmeridupn"),
    *("iddelparticipanteupn", "idpartecipanteupn", "iddoparticipanteupn", "deelnemeridupn"),
    *("参加者idupn", "参与者idupn"),
)
_JOIN = (
    *("firstjoin", "jointime", "firstjointime", "premiereparticipation", "premiereconnexion", "joined"),
    *("heuredarrivee", "heuredejonction", "heuredeconnexion", "ersterbeitritt", "beitrittszeit", "beitrittsuhrzeit"),
    *("primerauniron", "primeraunion", "horadeunion", "horadeincorporacion", "horadeingreso", "horadeentrada"),
    *("oradiingresso", "oradiaccesso", "primoaccesso", "primapartecipazione", "primeiraentrada", "primeiroingresso"),
    *("deelnametijd", "tijdvandeelname", "eerstedeelname", "czasdolaczenia", "godzinadolaczenia", "pierwszedolaczenie"),
    *("времявхода", "времяподключения", "参加時間", "参加時刻", "最初の参加"),
    *("加入时间", "首次加入", "加入時間", "참가시간"),
    *("timestamp", "horodatage", "horodateur", "zeitstempel", "marcadetiempo"),
    *("fechayhora", "dataeora", "carimbodedatahora"),
    *("tijdstempel", "timestempel", "sygnaturaczasowa", "タイムスタンプ", "时间戳", "時間戳記"),
)
_LEAVE = (
    *("lastleave", "leavetime", "lastleavetime", "derniersortie", "dernieredeconnexion", "heurededepart", "left"),
    *("heuredesortie", "letztesverlassen", "austrittszeit", "verlassenszeit", "ultimasalida", "horadesalida"),
    *("zeitpunktdesverlassens", "dernieresortie", "dernierdepart", "oradiuscita", "ultimauscita", "horadesaida"),
    *("ultimasaida", "tijdvanvertrek", "vertrektijd", "laatstevertrek", "czasopuszczenia", "godzinaopuszczenia"),
    *("ostatnieopuszczenie", "времявыхода", "退出時間", "退出時刻", "最後の退出"),
    *("离开时间", "上次离开", "離開時間", "나간시간"),
)
_DURATION = (
    *("totaldurationminutes", "totalduration", "durationminutes", "duration", "inmeetingduration", "meetingduration"),
    *("dauerminuten", "gesamtdauerminuten", "gesamtdauer", "dureeminutes"),
    *("dureetotaleminutes", "dureetotale", "duree"),
    *("duracionminutos", "duraciontotalminutos", "durataminuti", "duratatotaleminuti", "duracaominutos"),
    *("duracaototalminutos", "duurminuten", "totaleduurminuten", "czastrwaniaminuty"),
    *("期間分", "合計時間分", "持续时间分钟"),
    *("timeinsessionminutes", "timeinmeetingminutes", "attendanceduration", "总时长分钟"),
    *("總時長分鐘", "totaltimeminutes"),
)
_GUEST = ("guest", "gast", "invite", "invitado", "ospite", "convidado", "gosc", "ゲスト", "访客", "來賓", "게스트")
_ROLE = (
    *("role", "rolle", "rol", "ruolo", "funcao", "participantrole", "papel", "rola", "roll", "rooli", "роль"),
    *("役割", "ロール", "角色", "역할"),
)
_ACTION = (
    *("useraction", "actiondelutilisateur", "actionutilisateur", "benutzeraktion", "acciondelusuario", "azioneutente"),
    *("acaodousuario", "acaodoutilizador", "gebruikersactie", "akcjauzytkownika", "ユーザーアクション", "用户操作"),
)
_NUMBER = (
    *("meetingid", "id", "idreunion", "iddelareunion", "meetingnumber", "besprechungsid", "webinarid", "iddereunion"),
    *("idriunione", "iddareuniao", "vergaderingid", "idspotkania", "ミーティングid", "会议id", "會議id", "회의id"),
)
_START = (
    *("starttime", "meetingstarttime", "heurededebut", "heurededebutdelareunion", "startzeit", "horadeinicio"),
    *("start", "debut", "actualstarttime", "oradiinizio", "horadeinicio", "begintijd", "starttijd", "czasrozpoczecia"),
    *("godzinarozpoczecia", "starttid", "startuhrzeit", "beginn", "inizio", "inicio", "начало", "開始時間", "开始时间"),
)
_HOST = ("useremail", "useremail1", "hostemail", "host", "emaildelutilisateur", "emaildelhote", "benutzeremail")
_WAITING = (
    *("inwaitingroom", "ensalledattente", "imwarteraum", "enlasaladeespera", "insaladattesa", "nasaladeespera"),
    *("indewachtkamer", "inwachtruimte", "wpoczekalni", "待機室", "在等候室", "等候室中"),
)


def _folded(fields: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """The headings as they are compared: folding takes more from some scripts than accents."""
    return {known_as: tuple(map(folded, names)) for known_as, names in fields.items()}


_FIELDS = _folded(
    {
        **{"name": _NAME, "email": _EMAIL, "upn": _UPN, "join": _JOIN, "leave": _LEAVE, "duration": _DURATION},
        **{"role": _ROLE, "action": _ACTION, "waiting": _WAITING, "guest": _GUEST},
    }
)
_MEETING_FIELDS = _folded({"number": _NUMBER, "start": _START, "host": _HOST})
#: The columns of the participants in a current report of Teams, whatever the language of its headings.
_TEAMS_ORDER = ("name", "join", "leave", "duration", "email", "upn", "role")
#: Those of Zoom from the name on, with the times of each stay, and with totals only.
_ZOOM_ORDER = ("name", "email", "join", "leave", "duration", "guest")
_ZOOM_TOTALS = ("name", "email", "duration", "guest")

#: What a heading of addresses says, in whatever language the rest of it is, and that they are of somebody else.
_UPN_WORD = re.compile(r"\bUPN\b", re.IGNORECASE)
_EMAIL_WORD = re.compile(r"\be-?mails?\b|\b(?:mail|courriel|correo)\b", re.IGNORECASE)
_OF_HOST = re.compile(r"host|organi[sz]|veranstalt|gastgeber|anfitri|h[ôo]te\b|invited by", re.IGNORECASE)

_MEETING_NUMBER = re.compile(r"\d{3}[ -]?\d{3,4}[ -]?\d{3,5}")


def is_zoom_name(heading: str) -> bool:
    """Whether a column holds a name and, in brackets, the one it was changed from."""
    return folded(heading) in _ZOOM_NAME or _WITH_ORIGINAL.fullmatch(heading) is not None


def is_number(name: str) -> bool:
    """Whether a folded heading is that of a meeting's number."""
    return name in _MEETING_FIELDS["number"]


def is_start(name: str) -> bool:
    """Whether a folded heading is that of the time when a meeting began."""
    return name in _MEETING_FIELDS["start"]


def is_name(heading: str) -> bool:
    """Whether a column holds names of participants."""
    return folded(heading) in _FIELDS["name"] or is_zoom_name(heading)


def participants(cells: Sequence[str]) -> dict[str, int] | None:
    """Where the headings of a table of participants have what; None if these are not such headings.

    Examples:
        >>> participants(["Name (Original Name)", "User Email", "Total Duration (Minutes)", "Guest"])
        {'name': 0, 'email': 1, 'duration': 2, 'guest': 3}
        >>> participants(["name", "department"]) is None
        True
    """
    names = [folded(cell) for cell in cells]
    zoom = next((position for position, heading in enumerate(cells) if is_zoom_name(heading)), None)
    own = {} if zoom is None else {"name": zoom}
    for known_as, headings in _FIELDS.items():
        # Before the participant's name stand columns of the meeting, the host's address among them.
        found = [i for i, name in enumerate(names) if name in headings and i not in own.values() and i >= (zoom or 0)]
        if found and known_as not in own:
            own[known_as] = min(found, key=lambda position: headings.index(names[position]))
    if zoom is not None:
        if {"join", "email", "duration", "guest"} & set(own):
            return own
        order = _ZOOM_ORDER if len(cells) - zoom >= len(_ZOOM_ORDER) else _ZOOM_TOTALS
        return in_order(order, len(cells), begin=zoom) if len(cells) - zoom >= 3 else None
    legacy = {"name", "action", "join"} <= set(own)
    teams = {"name", "join", "leave"} <= set(own) and ({"email", "upn", "role", "duration"} & set(own))
    return _with_address(own, cells) if legacy or teams or _has_totals(own) else None


def _with_address(own: dict[str, int], cells: Sequence[str]) -> dict[str, int]:
    """The columns with that of the address, where its heading is not listed and says what it is: "Attendee Email".

    Examples:
        >>> _with_address({"name": 1}, ["Host Email", "Name", "ID du participant (UPN)", "Attendee E-mail"])
        {'name': 1, 'upn': 2, 'email': 3}
        >>> _with_address({"name": 0}, ["Name", "Home Email", "Work Email"])
        {'name': 0}
    """
    for known_as, called in (("upn", _UPN_WORD), ("email", _EMAIL_WORD)):
        found = [
            place
            for place, cell in enumerate(cells)
            if place not in own.values() and called.search(cell) and not _OF_HOST.search(cell)
        ]
        if known_as not in own and len(found) == 1:
            own[known_as] = found[0]
    return own


def _has_totals(own: dict[str, int]) -> bool:
    return {"name", "email", "duration", "guest"} <= set(own)


def in_order(order: Sequence[str], width: int, *, begin: int = 0) -> dict[str, int]:
    """The columns of a table whose headings are in a language that is not known, by their places."""
    return {name: begin + place for place, name in enumerate(order) if begin + place < width}


def of_teams(width: int, section: str) -> dict[str, int]:
    """The columns of section 2 or 3 of a report of Teams, by their places."""
    found = in_order(_TEAMS_ORDER, width)
    if section == "3":
        found.pop("upn", None)
        found |= {"email": 4, "role": 5} if width > 5 else {}
    return found


def of_meeting(cells: Sequence[str], *, before: int | None = None) -> dict[str, int]:
    """Where headings have what is said of the meeting, up to the participant's own columns."""
    names = [folded(cell) for cell in cells][:before]
    found: dict[str, int] = {}
    for known_as, headings in _MEETING_FIELDS.items():
        for heading in headings:
            if heading in names and names.index(heading) not in found.values():
                found[known_as] = names.index(heading)
                break
    return found


def of_meeting_by_values(cells: Sequence[str]) -> dict[str, int]:
    """Where a line of values has what is said of the meeting, if its headings are in a language that is not known.

    Examples:
        >>> of_meeting_by_values(["812 3456 7890", "Topic", "03/15/2024 09:00:00 AM", "", "ann@acme.example", "60"])
        {'number': 0, 'start': 2, 'host': 4}
    """
    found: dict[str, int] = {}
    for place, cell in enumerate(cells):
        if _MEETING_NUMBER.fullmatch(cell.strip()):
            found.setdefault("number", place)
        elif is_time(cell):
            found.setdefault("start", place)
        elif re.fullmatch(r"[^\s@]+@[^\s@]+", cell):
            found.setdefault("host", place)
    return found if {"number", "start"} <= set(found) else {}


def is_time(value: str) -> bool:
    """Whether a cell holds a date with a time of day, and no number."""
    form = timestamps.form_of(value) if ":" in value and len(value) < 60 else None
    return form not in (None, timestamps.EPOCH, timestamps.SERIAL)

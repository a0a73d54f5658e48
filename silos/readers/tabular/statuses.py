"""Columns of a table that say of a row that its message reached nobody, or that its meeting did not take place.

A row that says `Failed`, `Entwurf` or `Annulé` is no contact. Only whole words in columns of a few headings are taken
for it; what they do not say stays a row, as do "Read", "Sent" and "Tentative".
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from silos.engines.quoting import literal
from silos.locales.said import Said
from silos.readers.reader import Request
from silos.readers.tabular.columns import folded
from silos.readers.tabular.scan import Column, Scan, rows_of

FAILED, BOUNCED, DRAFT, PENDING = "failed", "bounced", "never sent", "not delivered"
SPAM, EXPANDED, DELETED, SYSTEM = "spam", "list, expanded", "deleted", "system"
CANCELLED, DECLINED = "cancelled", "declined"

#: Different values from which a column is no status.
MOST_VALUES = 100

#: Headings of columns of what became of a message or a meeting, and of what somebody answered to an invitation.
_STATUS = (
    *("status", "state", "message status", "mail status", "email status", "delivery status", "event status", "outcome"),
    *("send status", "meeting status", "last event", "delivery state", "statut", "état", "statut d'envoi"),
    *(
        "statut de remise",
        "zustand",
        "zustellstatus",
        "zustellungsstatus",
        "sendestatus",
        "nachrichtenstatus",
        "estado",
    ),
    *("estado de entrega", "estado del mensaje", "estado do e-mail", "stato", "stato consegna", "stato invio"),
    *("afleverstatus", "verzendstatus", "situação", "folder", "mail folder", "dossier", "ordner", "carpeta"),
    *("ステータス", "状態", "配信状況", "状态"),
)
_ANSWERS = (
    *(
        "response",
        "response status",
        "rsvp",
        "attendee status",
        "attendance status",
        "participation status",
        "partstat",
    ),
    *("réponse", "statut de réponse", "antwort", "teilnahmestatus", "respuesta", "risposta", "reactie", "resposta"),
)
#: Headings of columns in which a date or a yes says so.
_FLAGS: dict[str, str] = {
    **dict.fromkeys(
        ("deleted at", "deleted", "is deleted", "deleted date", "deleted date time", "date deleted"), DELETED
    ),
    **dict.fromkeys(("gelöscht", "gelöscht am", "supprimé", "supprimé le", "eliminado", "eliminado el"), DELETED),
    **dict.fromkeys(("is draft", "draft", "entwurf", "brouillon", "borrador", "bozza"), DRAFT),
    **dict.fromkeys(("is cancelled", "is canceled", "cancelled", "canceled", "cancelled at", "canceled at"), CANCELLED),
    **dict.fromkeys(("abgesagt", "annulé", "annulée", "cancelado", "annullato"), CANCELLED),
    **dict.fromkeys(("is spam", "spam", "is junk"), SPAM),
}
#: How a yes looks, and a time at which it happened; programs write the years 1, 1900, 1970 or 9999 for none.
_YES = (
    r"true|yes|y|x|1|1\.0|ja|oui|sí|si|sim|wahr|vrai|verdadero|vero|"
    r"(?:199\d|20[0-6]\d)-\d\d-\d\d.*|\d{1,2}[./]\d{1,2}[./](?:(?:19)?9\d|(?:20)?[0-6]\d)\b.*|1\d{9}(?:\d{3})?"
)
#: Numbers that are neither a yes nor a no nor a time: scores, versions, counts.
_AMOUNT = r"0*[2-9]|0*[1-9]\d{1,3}|\d+[.,]\d*[1-9]\d*|0*[2-9][.,]0+"

#: Reason -> words that say it, as a whole.
_WORDS: dict[str, str] = {
    FAILED: "failed,failure,fail,undelivered,undeliverable,not delivered,delivery failed,send failed,"
    "sending failed,permanent failure,rejected,refused,blocked,dropped,expired,fehlgeschlagen,"
    "nicht zugestellt,unzustellbar,zustellung fehlgeschlagen,échec,échoué,échouée,échec de remise,non remis,"
    "non distribué,non délivré,rejeté,rejetée,fallido,fallida,no entregado,no entregada,rechazado,fallito,"
    "fallita,non consegnato,non recapitato,rifiutato,mislukt,niet bezorgd,niet afgeleverd,falhou,falha,"
    "não entregue,rejeitado,niedostarczone,niedostarczono,配信失敗,送信失敗,失敗,配信不能,发送失败,失败,"
    "投递失败",
    BOUNCED: "bounced,bounce,hard bounce,soft bounce,hard bounced,soft bounced,hardbounce,softbounce,"
    "returned to sender,ndr,zurückgewiesen,rebotado,rimbalzato,retourné à l'expéditeur",
    DRAFT: "draft,drafts,unsent,not sent,never sent,outbox,entwurf,entwürfe,nicht gesendet,nicht versendet,"
    "postausgang,brouillon,brouillons,non envoyé,boîte d'envoi,borrador,borradores,no enviado,"
    "bandeja de salida,bozza,bozze,non inviato,posta in uscita,niet verzonden,concepten,rascunho,rascunhos,"
    "não enviado,szkic,szkice,utkast,kladde,下書き,草稿,草稿箱",
    PENDING: "pending,queued,in queue,deferred,delayed,getting status,ausstehend,in warteschlange,verzögert,"
    "en attente,différé,pendiente,en cola,in attesa,in coda,in wachtrij,pendente,na fila,oczekujące,保留中",
    SPAM: "spam,junk,junk email,junk e-mail,quarantined,quarantine,in quarantine,filtered as spam,phish,"
    "phishing,malware,quarantäne,in quarantäne,junk-e-mail,en quarantaine,quarantaine,mis en quarantaine,"
    "courrier indésirable,en cuarentena,cuarentena,correo no deseado,in quarantena,quarantena,"
    "posta indesiderata,in quarantaine,em quarentena,隔離,迷惑メール",
    EXPANDED: "expanded",
    SYSTEM: "system message,system event,systemnachricht,message système,mensaje del sistema,"
    "messaggio di sistema,systeembericht",
    DELETED: "deleted,deleted items,soft deleted,hard deleted,trashed,trash,recalled,retracted,gelöscht,"
    "gelöschte elemente,papierkorb,zurückgerufen,zurückgezogen,supprimé,supprimée,éléments supprimés,"
    "corbeille,rappelé,eliminado,eliminada,elementos eliminados,papelera,borrado,eliminato,eliminata,"
    "posta eliminata,cestino,verwijderd,verwijderde items,prullenbak,excluído,excluída,apagado,lixeira,"
    "usunięte,usunięto,kosz,slettet,raderad,削除,削除済み,已删除",
    CANCELLED: "cancelled,canceled,event cancelled,meeting cancelled,abgesagt,storniert,annulé,annulée,"
    "annullato,annullata,cancelado,cancelada,geannuleerd,afgezegd,anulowane,odwołane,aflyst,avlyst,inställt,"
    "inställd,キャンセル,取消,已取消",
    DECLINED: "declined,not attending,did not attend,no show,decline,abgelehnt,nicht teilgenommen,décliné,"
    "déclinée,refusé,refusée,n'a pas participé,rechazada,no asistió,rifiutata,non partecipato,afgewezen,"
    "geweigerd,recusado,recusada,odrzucono,odrzucone,辞退,欠席,已拒绝",
}
_MEETING_REASONS = (CANCELLED, DECLINED)
#: Words of a column that says whether messages arrived, where an open one was opened.
_CARRIED = frozenset(
    (
        *("delivered", "sent", "received", "processed", "click", "clicked", "bounce", "bounced", "delivery"),
        *("zugestellt", "gesendet", "remis", "envoyé", "distribué", "entregado", "enviado", "consegnato", "inviato"),
        *("bezorgd", "verzonden", "entregue"),
    )
)
_MATTER_REASONS = (DELETED, SPAM, SYSTEM)
#: Folders of what is on its way, beside one of what was sent; without it they hold that, as an inbox what came.
_OUTGOING = frozenset(("outbox", "postausgang", "boîte d envoi", "bandeja de salida", "posta in uscita"))
_SENT = re.compile(r"\b(?:sent|gesendete?|envoyée?s?|enviad[oa]s?|inviat[aio])\b")
#: Words of a column that speaks of invitations: there a pending answer is none to the contrary.
_INVITED = frozenset(
    (
        *("accepted", "tentative", "confirmed", "needs action", "tentatively accepted", "organizer", "not responded"),
        *("accepté", "acceptée", "provisoire", "confirmé", "zugesagt", "angenommen", "mit vorbehalt", "bestätigt"),
        *("aceptado", "aceptada", "provisional", "confirmado", "accettato", "accettata", "confermato", "geaccepteerd"),
    )
)
#: Words of a column that speaks of a matter (a ticket, an order, a review): whoever wrote of what was cancelled wrote.
_MATTERS = frozenset(
    (
        *("open", "reopened", "closed", "resolved", "solved", "in progress", "to do", "todo", "backlog", "merged"),
        *("assigned", "on hold", "in review", "won", "lost", "paid", "shipped", "offen", "geschlossen", "gelöst"),
        *("fixed", "done", "approved", "not started", "won t fix", "wontfix", "changes requested", "triaged", "passed"),
        *("skipped", "active", "inactive", "suspended", "erledigt", "behoben", "genehmigt", "à faire", "clôturé"),
        *("in bearbeitung", "zugewiesen", "ouvert", "ouverte", "fermé", "fermée", "résolu", "résolue", "en cours"),
        *("terminé", "approuvé", "abierta", "cerrada", "resuelta", "aprobado", "aperta", "chiusa", "risolta"),
        *("abierto", "cerrado", "resuelto", "en curso", "aperto", "chiuso", "risolto", "in corso", "gesloten"),
        *("opgelost", "in behandeling", "aberto", "fechado", "resolvido", "em andamento", "approvato", "aberta"),
        *("fechada", "aprovado", "afgesloten", "goedgekeurd", "otwarte", "zamknięte", "rozwiązane"),
        # What has just come in, is being worked on, or is final, is no message that arrived.
        *("new", "waiting", "working", "escalated", "submitted", "published", "final"),
        *("neu", "wartend", "in arbeit", "fertig", "abgeschlossen", "eskaliert", "nouveau", "nouvelle", "à traiter"),
        *("traité", "traitée", "validé", "validée", "assigné", "assignée", "nuevo", "nueva", "asignado", "asignada"),
        *("atendido", "finalizado", "validado", "escalado", "novo", "nova", "em análise", "concluído", "nuovo"),
        *("nuova", "in lavorazione", "evaso", "assegnato", "completato", "nieuw", "wachten", "klaar", "toegewezen"),
        *("afgerond", "nowe", "nowy", "w toku", "zakończone", "ny", "pågår", "klar", "новый", "в работе", "открыт"),
        *("закрыт", "未対応", "新規", "対応中", "完了", "解決済み", "新建", "处理中", "已完成", "已关闭"),
    )
)
#: Words that a matter shares with messages; beside words that are of neither they are its own ("Waiting", "Pending").
_SHARED = frozenset(
    (
        *("pending", "deferred", "delayed", "rejected", "refused", "blocked", "expired", "ausstehend", "verzögert"),
        *("en attente", "différé", "rejeté", "rejetée", "pendiente", "rechazado", "in attesa", "rifiutato"),
        *("pendente", "rejeitado", "oczekujące", "保留中"),
    )
)
#: Words of a message that arrived, which say nothing of a matter.
_ARRIVED = _CARRIED | frozenset(
    (
        *("ok", "okay", "success", "successful", "succeeded", "read", "unread", "seen", "opened", "replied"),
        *("answered", "forwarded", "allowed", "allow", "permitted", "clean", "relayed", "transmitted", "released"),
        *("transferred",),
        *("gelesen", "ungelesen", "erfolgreich", "lu", "non lu", "réussi", "leído", "no leído", "letto", "non letto"),
        *("gelezen", "ongelezen", "lido", "não lido", "przeczytane", "已读", "既読", "未読"),
    )
)
_HEADED = {folded(name): "status" for name in _STATUS} | {folded(name): "answer" for name in _ANSWERS}
_FLAGGED = {folded(name): reason for name, reason in _FLAGS.items()}


def without_undelivered(
    scan: Scan, used: Collection[Column], kind: Column | None, request: Request
) -> tuple[Scan, list[str]]:
    """The scan without rows that reached nobody, by what a column says; and the headings of such columns.

    Args:
        scan: the table.
        used: columns of other fields, which say nothing of it.
        kind: the column of kinds of messages, which may.
        request: for its connection.
    """
    headings: list[str] = []
    for column in scan.columns:
        name = folded(column.heading)
        if (column in used and column != kind) or column.is_list:
            continue
        if name in _FLAGGED:
            if _holds_amounts(scan, column, request):
                continue
            why = {f"regexp_full_match({_value(column)}, {literal(_YES)})": _FLAGGED[name]}
        elif name in _HEADED or column == kind:
            why = _reasons(column, _values(scan, column, request), answers=_HEADED.get(name) == "answer")
        else:
            continue
        headings.append(column.heading)
        scan = _without(scan, column, why, request)
    return scan, headings


def _without(scan: Scan, column: Column, why: Mapping[str, str], request: Request) -> Scan:
    """The scan without some rows, which are counted.

    Args:
        scan: the table.
        column: that tells.
        why: SQL of a condition -> the reason to leave a row out that meets it.
        request: for its connection.
    """
    if not why:
        return scan
    judged = f"case {' '.join(f'when {one} then {literal(reason)}' for one, reason in why.items())} end"
    query = (
        f"select {judged} as reason, count(*) from {scan.sql} group by reason having reason is not null order by reason"
    )
    counts = dict(rows_of(query, request.connection, scan.files[0]))
    if not counts:
        return scan
    told = [Said("check", "reason", reason=Said("rejected", reason), count=count) for reason, count in counts.items()]
    note = Said("read", "undelivered", name=scan.files[0], column=repr(column.heading), reasons=told)
    rejected = Counter(scan.rejected) + Counter(counts)
    kept = f"(select * from {scan.sql} where ({judged}) is null)"
    return replace(scan, sql=kept, rejected=dict(rejected), notes=(*scan.notes, note))


def _value(column: Column) -> str:
    return f"lower(trim({column.text}))"


def _holds_amounts(scan: Scan, column: Column, request: Request) -> bool:
    """Whether numbers in a column are amounts, so that a 1 is no yes: a score of spam, the version of a draft."""
    amount = f"regexp_full_match({_value(column)}, {literal(_AMOUNT)})"
    [(found,)] = rows_of(f"select bool_or({amount}) from {scan.sql}", request.connection, scan.files[0])
    return bool(found)


def _values(scan: Scan, column: Column, request: Request) -> list[str]:
    """The values of a column in lower case; none where there are too many for words."""
    query = f"select distinct {_value(column)} as v from {scan.sql} order by v limit {MOST_VALUES + 2}"
    found = [value for (value,) in rows_of(query, request.connection, scan.files[0]) if value is not None]
    return [] if len(found) > MOST_VALUES else found


def _reasons(column: Column, values: Iterable[str], *, answers: bool) -> dict[str, str]:
    """SQL of whether a row has a value -> why it is left out."""
    spelt = {value: _spelt(value) for value in values}
    words = set(spelt.values())
    allowed: Collection[str] = _WORDS
    if answers or _INVITED & words:
        allowed = _MEETING_REASONS
    elif _MATTERS & words and not _CARRIED & words:
        allowed = _MATTER_REASONS
    if not any(map(_SENT.search, words)):
        spelt = {value: word for value, word in spelt.items() if word not in _OUTGOING}
    if words - _ARRIVED - _SPELT.keys() - {""} and not _CARRIED & words:
        spelt = {value: word for value, word in spelt.items() if word not in _SHARED}
    found = {value: _SPELT[word] for value, word in spelt.items() if word in _SPELT}
    return {f"{_value(column)} = {literal(value)}": reason for value, reason in found.items() if reason in allowed}


def _spelt(value: str) -> str:
    """A status in plain words.

    Examples:
        >>> _spelt("soft_bounced"), _spelt("[filteredasspam]"), _spelt("not-delivered")
        ('soft bounced', 'filtered as spam', 'not delivered')
    """
    words = " ".join(re.sub(r"[_\W]+", " ", value).split())
    return {"filteredasspam": "filtered as spam", "gettingstatus": "getting status"}.get(words, words)


_SPELT = {_spelt(word): reason for reason, words in _WORDS.items() for word in words.split(",")}

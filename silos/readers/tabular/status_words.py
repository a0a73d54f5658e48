"""What the words of a status mean, in the languages that exports come in: a table of words by meaning.

A word stands for a whole cell. Some have two meanings: "Pending" is a message that did not arrive, or a ticket.
"""

import re

from silos.readers.tabular.status_unsent import DRAFTS, TO_BE_SENT, WAITING

#: Reasons to leave a row out: what became of a message, and of a meeting.
FAILED, BOUNCED, DRAFT, PENDING = "failed", "bounced", "never sent", "not delivered"
SPAM, EXPANDED, DELETED, SYSTEM = "spam", "list, expanded", "deleted", "system"
CANCELLED, DECLINED = "cancelled", "declined"
REASONS = (FAILED, BOUNCED, DRAFT, PENDING, SPAM, EXPANDED, SYSTEM, DELETED, CANCELLED, DECLINED)
#: What a column speaks of, as its other words tell.
CARRIED, ARRIVED, INVITED, MATTER = "carried", "arrived", "invited", "matter"
#: Meanings that some of the words for a reason have besides.
SHARED, OUTGOING = "shared", "outgoing"

#: Words by meaning, but for those of `silos.readers.tabular.status_unsent`.
_WORDS: dict[str, str] = {
    FAILED: """
        failed, failure, fail, undelivered, undeliverable, not delivered, delivery failed, send failed,
        sending failed, permanent failure, rejected, refused, blocked, dropped, expired, fehlgeschlagen,
        nicht zugestellt, unzustellbar, zustellung fehlgeschlagen, échec, échoué, échouée, échec de remise, non remis,
        non distribué, non délivré, rejeté, rejetée, fallido, fallida, no entregado, no entregada, rechazado, fallito,
        fallita, non consegnato, non recapitato, rifiutato, mislukt, niet bezorgd, niet afgeleverd, falhou, falha,
        não entregue, rejeitado, niedostarczone, niedostarczono, 配信失敗, 送信失敗, 失敗, 配信不能,
        发送失败, 失败, 投递失败
    """,
    BOUNCED: """
        bounced, bounce, hard bounce, soft bounce, hard bounced, soft bounced, hardbounce, softbounce,
        returned to sender, ndr, zurückgewiesen, rebotado, rimbalzato, retourné à l'expéditeur
    """,
    DRAFT: """
        not sent, never sent, nicht gesendet, nicht versendet, non envoyé, no enviado, non inviato, niet verzonden, não
        enviado, szkic, szkice, concept, koncept, scheduled to send, waiting to send, to be sent, sending, wird
        gesendet, programmée, planifiée, envoi programmé, agendada, programmato, pianificato, zaplanowana, schemalagd,
        ajastettu, запланировано, 予約
    """,
    PENDING: """
        pending, queued, in queue, deferred, delayed, getting status, ausstehend, in warteschlange, verzögert,
        en attente, différé, pendiente, en cola, in attesa, in coda, in wachtrij, pendente, na fila, oczekujące, 保留中
    """,
    SPAM: """
        spam, junk, junk email, junk e-mail, quarantined, quarantine, in quarantine, filtered as spam, phish,
        phishing, malware, quarantäne, in quarantäne, junk-e-mail, en quarantaine, quarantaine, mis en quarantaine,
        courrier indésirable, en cuarentena, cuarentena, correo no deseado, in quarantena, quarantena,
        posta indesiderata, in quarantaine, em quarentena, 隔離, 迷惑メール
    """,
    EXPANDED: """
        expanded, erweitert, développé, développée, expandido, expandida, espanso, espansa, uitgebreid, 展開済み
    """,
    SYSTEM: """
        system message, system event, systemnachricht, message système, mensaje del sistema, messaggio di sistema,
        systeembericht
    """,
    DELETED: """
        deleted, deleted items, soft deleted, hard deleted, trashed, trash, recalled, retracted, gelöscht,
        gelöschte elemente, papierkorb, zurückgerufen, zurückgezogen, supprimé, supprimée, éléments supprimés,
        corbeille, rappelé, eliminado, eliminada, elementos eliminados, papelera, borrado, eliminato, eliminata,
        posta eliminata, cestino, verwijderd, verwijderde items, prullenbak, excluído, excluída, apagado, lixeira,
        usunięte, usunięto, kosz, slettet, raderad, 削除, 削除済み, 已删除
    """,
    CANCELLED: """
        cancelled, canceled, event cancelled, meeting cancelled, abgesagt, storniert, annulé, annulée, annullato,
        annullata, cancelado, cancelada, geannuleerd, afgezegd, anulowane, odwołane, aflyst, avlyst, inställt,
        inställd, キャンセル, 取消, 已取消
    """,
    DECLINED: """
        declined, not attending, did not attend, no show, decline, abgelehnt, nicht teilgenommen, décliné, déclinée,
        refusé, refusée, n'a pas participé, rechazada, no asistió, rifiutata, non partecipato, afgewezen, geweigerd,
        recusado, recusada, odrzucono, odrzucone, 辞退, 欠席, 已拒绝
    """,
    # Of whether messages arrived, where an open one was opened.
    CARRIED: """
        delivered, sent, received, processed, click, clicked, bounce, bounced, delivery, zugestellt, gesendet, remis,
        envoyé, distribué, entregado, enviado, consegnato, inviato, bezorgd, verzonden, entregue
    """,
    # Of messages that arrived as well; they say nothing of a matter.
    ARRIVED: """
        ok, okay, success, successful, succeeded, read, unread, seen, opened, replied, answered, forwarded, allowed,
        allow, permitted, clean, relayed, transmitted, released, transferred, gelesen, ungelesen, erfolgreich, lu,
        non lu, réussi, leído, no leído, letto, non letto, gelezen, ongelezen, lido, não lido, przeczytane, 已读, 既読,
        未読
    """,
    # Of invitations: there a pending answer is none to the contrary.
    INVITED: """
        accepted, tentative, confirmed, needs action, tentatively accepted, organizer, not responded, accepté,
        acceptée, provisoire, confirmé, zugesagt, angenommen, mit vorbehalt, bestätigt, aceptado, aceptada,
        provisional, confirmado, accettato, accettata, confermato, geaccepteerd
    """,
    # Of a matter (a ticket, an order, a review) that has come in, is worked on or is final: whoever wrote of what was
    # cancelled wrote.
    MATTER: """
        open, reopened, closed, resolved, solved, in progress, to do, todo, backlog, merged, assigned, on hold,
        in review, won, lost, paid, shipped, offen, geschlossen, gelöst, fixed, done, approved, not started,
        won't fix, wontfix, changes requested, triaged, passed, skipped, active, inactive, suspended, erledigt,
        behoben, genehmigt, à faire, clôturé, in bearbeitung, zugewiesen, ouvert, ouverte, fermé, fermée, résolu,
        résolue, en cours, terminé, approuvé, abierta, cerrada, resuelta, aprobado, aperta, chiusa, risolta, abierto,
        cerrado, resuelto, en curso, aperto, chiuso, risolto, in corso, gesloten, opgelost, in behandeling, aberto,
        fechado, resolvido, em andamento, approvato, aberta, fechada, aprovado, afgesloten, goedgekeurd, otwarte,
        zamknięte, rozwiązane, new, waiting, working, escalated, submitted, published, final, neu, wartend, in arbeit,
        fertig, abgeschlossen, eskaliert, nouveau, nouvelle, à traiter, traité, traitée, validé, validée, assigné,
        assignée, nuevo, nueva, asignado, asignada, atendido, finalizado, validado, escalado, novo, nova, em análise,
        concluído, nuovo, nuova, in lavorazione, evaso, assegnato, completato, nieuw, wachten, klaar, toegewezen,
        afgerond, nowe, nowy, w toku, zakończone, ny, pågår, klar, новый, в работе, открыт, закрыт, 未対応, 新規,
        対応中, 完了, 解決済み, 新建, 处理中, 已完成, 已关闭
    """,
    # Of a matter as well as of messages; beside words that are of neither they are its own ("Waiting", "Pending").
    SHARED: """
        pending, deferred, delayed, rejected, refused, blocked, expired, ausstehend, verzögert, en attente, différé,
        rejeté, rejetée, pendiente, rechazado, in attesa, rifiutato, pendente, rejeitado, oczekujące, 保留中
    """,
    # Folders of what is on its way, beside one of what was sent; without it they hold that, as an inbox what came. What
    # is scheduled is a mail beside what was sent, and else a meeting or a matter.
    OUTGOING: """
        concept, koncept, sending, programmée, planifiée, agendada, programmato, pianificato, zaplanowana, schemalagd,
        ajastettu, запланировано, 予約
    """,
}


def spelt(value: str) -> str:
    """A status in plain words.

    Examples:
        >>> spelt("soft_bounced"), spelt("[filteredasspam]"), spelt("not-delivered")
        ('soft bounced', 'filtered as spam', 'not delivered')
    """
    words = " ".join(re.sub(r"[_\W]+", " ", value).split())
    return {"filteredasspam": "filtered as spam", "gettingstatus": "getting status"}.get(words, words)


#: Meaning -> the words that have it, spelt plainly.
WORDS = {meaning: frozenset(map(spelt, words.split(","))) for meaning, words in _WORDS.items()}
WORDS[DRAFT] |= frozenset(map(spelt, (*DRAFTS, *WAITING, *TO_BE_SENT)))
WORDS[OUTGOING] |= frozenset(map(spelt, WAITING))
#: Word -> the reason that it says.
REASON_OF = {word: reason for reason in REASONS for word in WORDS[reason]}

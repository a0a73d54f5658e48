"""What a folder or label says of the mail in it, in the language of whoever kept it: draft, spam, thrown away.

Such mail was not sent, was not from a colleague, or its owner did away with it: none of it is a message.
"""

import base64
import binascii
import csv
import re
import unicodedata
from collections.abc import Iterable
from pathlib import PurePosixPath

from silos.readers.formats.mail.encoded_words import decoded_words
from silos.readers.tabular.status_unsent import DRAFTS, TO_BE_SENT, WAITING
from silos.readers.tabular.status_words import DELETED, DRAFT, SPAM

#: Mail under one of these labels as well came or was sent: a label "Scheduled" beside it is the owner's own.
_MOVED = (
    *("inbox", "sent", "sent mail", "sent messages", "posteingang", "gesendet", "boîte de réception", "envoyés"),
    *("messages envoyés", "recibidos", "enviados", "bandeja de entrada", "posta in arrivo", "inviati", "posta inviata"),
    *("caixa de entrada", "e-mails enviados", "postvak in", "verzonden", "odebrane", "wysłane", "inkorg", "skickat"),
    *("indbakke", "sendt", "innboks", "saapuneet", "lähetetyt", "doručená pošta", "odeslaná pošta", "gelen kutusu"),
    *(
        "gönderilmiş postalar",
        "входящие",
        "отправленные",
        "受信トレイ",
        "送信済み",
        "收件箱",
        "已发送",
        "收件匣",
        "寄件備份",
    ),
    *("받은편지함", "보낸편지함"),
)
_SPAMS = (
    *("spam", "junk", "junk e-mail", "junk email", "junk mail", "spamverdacht"),
    *("junk-e-mail", "junk-mail", "unerwünscht", "unerwünschte werbung", "unbekannt spam", "[spam]"),
    *("indésirable", "indésirables", "courrier indésirable", "pourriel"),
    *("pourriels", "correo no deseado", "no deseado"),
    *("correo basura", "correu brossa", "posta indesiderata", "indesiderata", "lixo eletrônico", "lixo eletrónico"),
    *("lixo electrónico", "correio eletrônico não solicitado", "ongewenste e-mail", "ongewenst"),
    *("wiadomości-śmieci", "śmieci", "niechciane", "skräppost", "skrappost", "søppelpost", "uønsket mail"),
    *("uønsket e-post", "uønsket", "uønskede mails", "roskaposti", "ruslpóstur", "nevyžádaná pošta", "nevyžádané"),
    *("nevyžiadaná pošta", "levélszemét", "mesaje nedorite", "nedorite", "önemsiz", "önemsiz e-posta", "gereksiz"),
    *("gereksiz e-posta", "istenmeyen", "спам", "нежелательная почта", "небажана пошта", "небажана", "нежелана поща"),
    *("neželjena pošta", "neželjeno", "neželena pošta", "rämpspost", "mēstules", "šlamštas", "ανεπιθύμητα"),
    *("ανεπιθύμητη αλληλογραφία", "ספאם", "דואר זבל", "דואר אלקטרוני זבל"),
    *("زبالة", "بريد عشوائي", "الرسائل غير المرغوب فيها"),
    *("البريد غير الهام", "هرزنامه", "迷惑メール", "垃圾邮件", "垃圾郵件", "垃圾箱", "스팸", "스팸함", "스팸메일함"),
    *("정크 메일", "จดหมายขยะ", "สแปม", "thư rác", "स्पैम", "sampah email", "email sampah"),
)
_TRASHES = (
    *("trash", "bin", "deleted", "deleted items", "deleted messages", "recoverable items", "deletions", "purges"),
    *("wastebasket", "papierkorb", "gelöschte elemente", "gelöschte objekte", "gelöschte nachrichten", "gelöscht"),
    *("corbeille", "éléments supprimés", "messages supprimés", "supprimés", "papelera", "papelera de reciclaje"),
    *("elementos eliminados", "mensajes eliminados", "eliminados", "paperera", "cestino", "posta eliminata"),
    *("elementi eliminati", "messaggi eliminati", "eliminata", "lixeira"),
    *("lixo", "itens excluídos", "mensagens excluídas"),
    *("excluídos", "itens eliminados", "reciclagem", "prullenbak", "prullenmand", "verwijderde items"),
    *("verwijderde berichten", "verwijderd", "kosz", "elementy usunięte", "usunięte", "papperskorg", "papperskorgen"),
    *("borttagna", "borttaget", "papirkurv", "papirkurven", "slettet post", "slettede elementer", "slettede beskeder"),
    *("slettede", "søppel", "søppelbøtte", "roskakori", "poistetut", "ruslakarfa"),
    *("rusl", "koš", "kôš", "odstraněná pošta"),
    *("odstraněné", "odstránené položky", "kuka", "lomtár", "törölt elemek", "törölt", "coș de gunoi", "coş de gunoi"),
    *("gunoi", "elemente șterse", "çöp", "çöp kutusu", "çöp sepeti", "silinmiş öğeler", "silinmiş", "корзина"),
    *("удаленные", "удалённые", "удаленные элементы", "кошик", "видалені", "кошче"),
    *("смеће", "отпад", "smeće", "smetnjak"),
    *("koš za smeće", "obrisano", "otpad", "izbrisano", "prügikast", "miskaste", "šiukšliadėžė", "šiukšlinė"),
    *("κάδος", "κάδος απορριμμάτων", "διαγραμμένα", "διεγραμμένα", "אשפה", "פריטים שנמחקו", "المهملات", "سلة المهملات"),
    *("العناصر المحذوفة", "زباله‌دان", "سطل زباله", "ゴミ箱", "ごみ箱"),
    *("削除済みアイテム", "削除済み", "已删除", "已删除邮件"),
    *("已刪除的郵件", "刪除的郵件", "垃圾桶", "回收站", "회수함", "휴지통"),
    *("지운 편지함", "삭제된 항목", "ถังขยะ", "รายการที่ถูกลบ"),
    *("thùng rác", "đã xóa", "các mục đã xóa", "sampah", "tong sampah", "item terhapus", "ट्रैश", "zakarrontzia"),
)
#: In front of a name that the server gave.
_ROOTS = frozenset({"[gmail]", "[google mail]", "[imap]", "inbox", "mail", "maildir", "posteingang", "", "."})
_MARKS = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_UTF7 = re.compile(r"&([A-Za-z0-9+,]*)-")
#: What stands behind the name of a file that is a folder of mail.
_ENDINGS = re.compile(r"\.(mbox|mbx|mbs|sbd|mail|txt|csv|gz|mboxrd)$", re.IGNORECASE)
#: Exports number the files of a label that is large: "Drafts-002.mbox", "Entwürfe (1).mbox".
_COUNT = re.compile(r"(?:[-_ ]0*\d{1,3}| \(\d{1,3}\))$")
_FLAGS = re.compile(r"[:;!\u2013]2,([A-Za-z]*)$")


def _plain(name: str) -> str:
    """A name without regard to case, composition and marks that nobody sees."""
    name = _MARKS.sub("", unicodedata.normalize("NFKC", name)).casefold()
    return " ".join(unicodedata.normalize("NFC", name).replace("_", " ").split())


_OWN = frozenset(map(_plain, (*WAITING, *TO_BE_SENT)))
_CAME_OR_WENT = frozenset(map(_plain, _MOVED))
_REASONS = {
    _plain(name): reason
    for names, reason in ((_TRASHES, DELETED), ((*DRAFTS, *WAITING, *TO_BE_SENT), DRAFT), (_SPAMS, SPAM))
    for name in names
}


def reason_of_labels(value: str) -> str | None:
    """Why a mail with these labels of Gmail is no message; None if it is one.

    Examples:
        >>> reason_of_labels("Inbox,Work"), reason_of_labels("=?UTF-8?Q?Entw=C3=BCrfe?="), reason_of_labels('"Spam"')
        (None, 'never sent', 'spam')
        >>> reason_of_labels('Inbox,"Drafts, old"') is None
        True
        >>> reason_of_labels("Scheduled"), reason_of_labels("Sent,Scheduled")
        ('never sent', None)
    """
    if not value:
        return None
    text = decoded_words(value)
    try:
        labels = next(csv.reader([text.replace("\n", " ")], skipinitialspace=True), [])
    except csv.Error:
        labels = text.split(",")
    if any(_plain(label) in _CAME_OR_WENT for label in labels):
        labels = [label for label in labels if _plain(label) not in _OWN]
    return reason_of_names(labels)


def reason_of_names(names: Iterable[str]) -> str | None:
    """Why mail in folders or under labels of these names is no message; None if it is one."""
    reasons = {reason for name in names if (reason := _reason_of(name))}
    return next((reason for reason in (DRAFT, SPAM, DELETED) if reason in reasons), None)


def _reason_of(name: str) -> str | None:
    name = _plain(name).strip('"')
    # "[Gmail]/Drafts", "INBOX.Trash", ".Drafts": under a root of the server only, as "Clients/Drafts" is anybody's own.
    pieces = re.split(r"[/.\\]", name)
    while len(pieces) > 1 and pieces[0].strip() in _ROOTS:
        pieces = pieces[1:]
        if reason := _REASONS.get(".".join(pieces).strip()):
            return reason
    return _REASONS.get(name)


def reason_of_path(path: str) -> str | None:
    """Why mail that an export keeps in this file is no message; None if it is one.

    Args:
        path: of the file below what the user named, with "/" between folders.

    Examples:
        >>> reason_of_path("Takeout/Mail/Entwürfe.mbox"), reason_of_path(".Entw&APw-rfe/cur/17.M1.host:2,S")
        ('never sent', 'never sent')
        >>> reason_of_path("cur/17.M1.host:2,ST"), reason_of_path("Mail/All mail Including Spam and Trash.mbox")
        ('deleted', None)
    """
    parts = PurePosixPath(path.replace("\\", "/")).parts
    if not parts:
        return None
    in_maildir = len(parts) > 1 and parts[-2] in ("cur", "new")
    if in_maildir and (flags := _FLAGS.search(parts[-1])):
        if "D" in flags[1]:
            return DRAFT
        if "T" in flags[1]:
            return DELETED
    names = []
    for part in parts[:-1] if in_maildir else parts:
        bare = _ENDINGS.sub("", _ENDINGS.sub("", part))
        names += [_utf7(bare), _utf7(_COUNT.sub("", bare))]
    return reason_of_names(names)


def _utf7(name: str) -> str:
    """The name of a folder that a server of IMAP wrote in its own UTF-7."""

    def letters(match: "re.Match[str]") -> str:
        if not match[1]:
            return "&"
        packed = match[1].replace(",", "/")
        try:
            return base64.b64decode(packed + "=" * (-len(packed) % 4)).decode("utf-16-be")
        except (binascii.Error, UnicodeDecodeError, ValueError):
            return match[0]

    return _UTF7.sub(letters, name)

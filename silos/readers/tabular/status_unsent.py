"""What folders, labels and statuses of mail that was never sent are called, in the languages that exports come in.

Folders of mail and columns of a status are told by the same words (`silos.readers.formats.mail.folders`,
`silos.readers.tabular.status_words`).
"""

#: Names of drafts, as Gmail, Outlook, Thunderbird, Apple Mail and web mailers call them.
DRAFTS = (
    *("draft", "drafts", "unsent", "unsent messages", "entwurf", "entwürfe"),
    *("brouillon", "brouillons", "borrador", "borradores", "bozza", "bozze", "rascunho", "rascunhos"),
    *("concepten", "wersje robocze", "wersja robocza", "robocze", "kopie robocze"),
    *("utkast", "kladde", "kladder", "udkast", "luonnos", "luonnokset", "drög", "koncepty"),
    *("rozepsané", "rozpísané", "rozpracované", "piszkozat", "piszkozatok", "ciorne", "schițe", "mesaje nefinalizate"),
    *("taslak", "taslaklar", "черновик", "черновики", "чернетка", "чернетки", "чернови", "нацрти", "nacrti"),
    *("osnutki", "osnutek", "skice poruka", "mustandid", "melnraksti", "juodraščiai", "πρόχειρα", "טיוטה"),
    *("טיוטות", "مسودة", "مسودات", "المسودات", "پیش‌نویس‌ها", "پیش نویس ها", "下書き", "草稿", "草稿箱", "草稿匣"),
    *("초안", "임시보관함", "임시 보관함", "ร่างจดหมาย", "จดหมายร่าง", "แบบร่าง", "thư nháp", "nháp", "bản nháp"),
    *("draf", "konsep", "draft messages", "ड्राफ़्ट", "ड्राफ्ट", "esborranys", "zirriborroak", "dréachtaí", "drafftiau"),
)
#: Of mail that waits to be sent, at a time to come or for the network. None of it was sent when the export was made; a
#: matter or a meeting may be scheduled, too.
WAITING = (
    *("outbox", "scheduled", "scheduled messages", "scheduled mail", "templates"),
    *("unsent mail", "postausgang", "geplant", "geplante nachrichten", "programmé"),
    *("programmés", "messages programmés", "messages planifiés", "planifié", "planifiés"),
    *("boîte d'envoi", "boîte d’envoi", "bandeja de salida", "buzón de salida", "programado", "programados"),
    *("mensajes programados", "posta in uscita", "in uscita", "programmata"),
    *("programmati", "programmate", "posta programmata", "pianificata"),
    *("caixa de saída", "a enviar", "agendado", "agendados", "programada", "programadas", "agendadas"),
    *("postvak uit", "gepland", "ingepland", "skrzynka nadawcza"),
    *("zaplanowane", "utkorg", "utkorgen", "utboks", "utboksen", "udbakke", "schemalagt", "schemalagda"),
    *("planlagt", "planlagte", "lähtevät", "ajoitettu", "ajastetut", "pošta k odeslání", "k odeslání", "naplánované"),
    *("na odoslanie", "pošta na odoslanie", "postázandó üzenetek", "kimenő", "ütemezett", "mesaje de trimis"),
    *("programate", "giden kutusu", "zamanlanmış", "planlanmış", "исходящие", "запланированные"),
    *("вихідні", "заплановані", "εξερχόμενα", "προγραμματισμένα", "דואר יוצא", "תיבת דואר יוצא", "מתוזמן"),
    *("البريد الصادر", "صندوق الصادر", "مجدولة", "送信トレイ", "发件箱", "已定时"),
    *("寄件匣", "已排定時間", "보낼 편지함", "예약", "예약됨", "예약 메일", "กล่องขาออก", "กำหนดเวลา"),
    *("hộp thư đi", "đã lên lịch", "kotak keluar", "terjadwal"),
)
#: Of mail that waits to be sent, and of nothing else.
TO_BE_SENT = (
    *("send later", "später senden", "envoyer plus tard", "enviar más tarde", "invia più tardi", "later verzenden"),
    *("do wysłania", "予約送信", "送信予約", "送信待ち", "定时发送"),
)

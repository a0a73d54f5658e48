"""Texts that are no UTF-8: read under the code page that they are written in, or refused, never names merged."""

import pytest

from silos import read_roster
from silos.errors import ReadError
from silos.readers import read_interactions

#: (code page, two departments, two people of each whose names are ids).
WRITTEN = [
    ("cp932", {"営業部": ["小田 一郎", "成田 一郎"], "法務部": ["佐藤 花子", "齋藤 花子"]}),
    ("euc_jp", {"営業部": ["小田 一郎", "成田 一郎"], "法務部": ["サトウ ハナコ", "タナカ ハナコ"]}),
    ("gb18030", {"销售部": ["王伟", "李娜"], "法务部": ["张敏", "刘洋"]}),
    ("cp950", {"業務部": ["王小明", "陳美玲"], "法務部": ["張志豪", "林佳蓉"]}),
    ("cp949", {"영업부": ["김민수", "이지은"], "법무팀": ["박준호", "최서연"]}),
    ("cp1251", {"Продажи": ["Анна Щукина", "Иван Петров"], "Юристы": ["Юрий Чехов", "Ольга Зуева"]}),
    ("koi8_r", {"Продажи": ["Анна Щукина", "Иван Петров"], "Юристы": ["Юрий Чехов", "Ольга Зуева"]}),
    ("cp866", {"ПРОДАЖИ": ["Анна Щукина", "Иван Петров"], "ЮРИСТЫ": ["Юрий Чехов", "Ольга Зуева"]}),
    ("iso8859_5", {"Продажи": ["Анна Щукина", "Иван Петров"], "Юристы": ["Юрий Чехов", "Ольга Зуева"]}),
    ("cp1253", {"Πωλήσεις": ["Νίκος Ξένος", "Μαρία Ιωάννου"], "Νομικό": ["Ελένη Παππά", "Όλγα Δήμου"]}),
    ("cp737", {"Πωλήσεις": ["Νίκος Ξένος", "Μαρία Ιωάννου"], "Νομικό": ["Ελένη Παππά", "Όλγα Δήμου"]}),
    ("cp862", {"מכירות": ["דוד כהן", "שרה לוי"], "משפטית": ["יעל מזרחי", "רון פרץ"]}),
    ("iso8859_6", {"المبيعات": ["محمد أحمد", "فاطمة علي"], "القانونية": ["يوسف حسن", "مريم خليل"]}),
    ("cp1250", {"Értékesítés": ["Győri Ágnes", "Szűcs Ödön"], "Pénzügy": ["Erdős Dóra", "Kővári Jenő"]}),
    ("cp1255", {"מכירות": ["דוד כהן", "שרה לוי"], "משפטית": ["יעל מזרחי", "רון פרץ"]}),
    ("cp1256", {"المبيعات": ["محمد أحمد", "فاطمة علي"], "القانونية": ["يوسف حسن", "مريم خليل"]}),
    ("cp874", {"ขาย": ["สมชาย ใจดี", "มาลี สุข"], "กฎหมาย": ["ประเสริฐ ทอง", "วิชัย แก้ว"]}),
    ("cp1250", {"Sprzedaż": ["Paweł Wójcik", "Łukasz Żak"], "Dział prawny": ["Anna Gąska", "Ewa Źrebiec"]}),
    ("iso8859_2", {"Řízení": ["Jiří Novák", "Věra Šťastná"], "Prodej": ["Zdeněk Žák", "Ludmila Říhová"]}),
    ("cp1254", {"Satış": ["Ayşe Yıldız", "Mehmet Doğan"], "Müşteri İlişkileri": ["İpek Güneş", "Çağla Işık"]}),
    ("cp1257", {"Pārdošana": ["Jānis Bērziņš", "Ģirts Ozoliņš"], "Juridiskā": ["Līga Kļaviņa", "Ēriks Šmits"]}),
    ("mac_roman", {"Qualité": ["Ève Roux", "Hélène Müller"], "Études": ["Zoë Ménard", "Gaël Forêt"]}),
    ("cp850", {"Qualité": ["Ève Roux", "Hélène Müller"], "Études": ["Zoë Ménard", "Gaël Forêt"]}),
    ("cp1252", {"Qualité": ["Ève Roux", "Hélène Müller"], "Sölustjórn": ["Guðrún Þórs", "Íñigo Muñoz"]}),
    ("cp1252", {"Études": ["Zoe McÉwen", "Jan MacÖrn"], "Sales": ["Una DeÁvila", "Bo LeÈvre"]}),
]


@pytest.mark.parametrize(("code", "company"), WRITTEN, ids=[code for code, _ in WRITTEN])
def test_names_are_read_under_their_code_page(code, company, tmp_path):
    people = {person: department for department, some in company.items() for person in some}
    rows = ["name;department", *(f"{person};{department}" for person, department in people.items())]
    (tmp_path / "hr.csv").write_bytes("\n".join(rows).encode(code))
    roster = read_roster(tmp_path / "hr.csv")
    assert roster.people["department"].to_dict() == people
    assert [note for note in roster.notes if "is not UTF-8; it was read as" in note]
    ids = list(people)
    pairs = [f"2025-01-06T09:0{i}:00Z;{a};{b}" for i, (a, b) in enumerate(zip(ids, ids[1:] + ids[:1], strict=True))]
    (tmp_path / "log.csv").write_bytes("\n".join(["timestamp;sender;recipient", *pairs]).encode(code))
    log = read_interactions(tmp_path / "log.csv")
    seen = {sender for (sender,) in log.connection.execute(f"select sender from ({log.query})").fetchall()}
    assert seen == {person.lower() for person in ids} or seen == set(ids)


@pytest.mark.parametrize("department", ["½ Day™", "±5 Lab", "µ-Electronics", "Team §12", "£ Sales"])
def test_a_sign_alone_is_no_word_of_another_code_page(department, tmp_path):
    (tmp_path / "hr.csv").write_bytes(f"name;department\nAnn Roux;{department}\nBob Li;HR".encode("cp1252"))
    assert read_roster(tmp_path / "hr.csv").people["department"].tolist() == [department, "HR"]


def test_a_text_of_no_code_page_is_refused(tmp_path):
    rows = [bytes([0x9D, 0x61 + i, 0xA7, 0x81, 0x7A, 0xC0]) for i in range(6)]
    (tmp_path / "hr.csv").write_bytes(b"name,department\n" + b"\n".join(row + b",HR" for row in rows))
    with pytest.raises(ReadError, match="its words look like words under no code page"):
        read_roster(tmp_path / "hr.csv")


def test_bytes_without_a_letter_make_no_two_names_one(tmp_path):
    written = "name,department\nÈve Roux,Qualité\nZoë Forêt,Études\n".encode("cp1252") + b"M\x81ller,HR\nM\x8dller,HR\n"
    (tmp_path / "hr.csv").write_bytes(written)
    assert sorted(read_roster(tmp_path / "hr.csv").people.index) == [
        "M\\x81ller",
        "M\\x8dller",
        "Zoë Forêt",
        "Ève Roux",
    ]


def test_damage_in_utf8_makes_no_two_names_one_and_is_said(tmp_path):
    written = "name,department\nÈve Roux,Qualité\n".encode() + b"M\xfcller,HR\nM\xf6ller,HR\n"
    (tmp_path / "hr.csv").write_bytes(written)
    roster = read_roster(tmp_path / "hr.csv")
    assert sorted(roster.people.index) == ["M\\xf6ller", "M\\xfcller", "Ève Roux"]
    assert [note for note in roster.notes if "2 rows hold letters that are not UTF-8" in note and "lines 3, 4" in note]

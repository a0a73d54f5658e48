"""Which code page a text is written in that is no UTF-8: the one under which its words look like words.

Each code page has letters for every byte, so that a wrong one refuses nothing: departments come out as other letters,
and what it has no letter for makes several names one. So words are looked at under every code page: whether their
letters are those of one language, capitals stand where capitals stand, and signs do not lie between letters.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

#: Read unless another fits better: Windows in Western Europe.
WESTERN = "cp1252"
#: Bytes of lines with other letters than ASCII that are looked at, and how many different words of them.
_SAMPLE, _WORDS = 1 << 15, 2000
#: Share of words that must look like words for a code page to be taken.
_FITS = 0.9
#: Below this share, with so many words that do not fit, a text is surely not of Western Europe.
_ODD, _ODD_WORDS = 0.5, 3
#: What a text without any capitals, or of nothing else, loses against one of a script that has none.
_ONE_CASE = 0.8
#: How much more of its letters must be frequent ones than of those of another that fits as well.
_LEAD = 1.3
#: Words with letters that Hungarian alone has by which it is told.
_FEW = 3
#: How much better than Western European another code page of Latin letters must fit.
_BETTER = 0.05
#: More letters in a row that are not ASCII are no word of Latin letters.
_RUN = re.compile(r"[^\x00-\x7f]{3}")

_WEST: tuple[str, ...] = (
    "àâçéèêëîïôùûüÿœ",
    "äöüß",
    "áéíóúñüç",
    "àçéèíïóòúü",
    "àèéìíîòóù",
    "áâãàçéêíóôõúü",
    "åäöæøéüáà",
    "áéíóúýðþæö",
)
_WEST += ("éëïóèüöáíê", "äöõüšžå")
_HUNGARIAN, _HUNGARIAN_LETTERS = "cp1250", "áéíóöőúüű"
_CENTRAL = ("ąćęłńóśźż", "áčďéěíňóřšťúůýžäĺľŕô", _HUNGARIAN_LETTERS, "čćđšž", "ăâîşţșț", "äöüß")
#: Code pages of Latin letters, and the letters of their languages.
_LATIN: Mapping[str, tuple[str, ...]] = {
    WESTERN: _WEST,
    "cp1250": _CENTRAL,
    "cp1254": ("çğıöşüâîû", "äöüß", "àâçéèêëîïôùûü"),
    "cp1257": ("ąčęėįšųūž", "āčēģīķļņšūž", "äöõüšž"),
    "iso8859_2": _CENTRAL,
    "mac_roman": _WEST,
    "cp850": _WEST,
    "cp852": _CENTRAL,
}
#: Code pages of other letters, and the pattern of their words.
_CYRILLIC = r"(?:[А-ЯЁІЇЄҐЎ]?[а-яёіїєґў]+|[А-ЯЁІЇЄҐЎ]+)"
_GREEK = r"(?:[Α-ΫΆΈ-Ώ]?[ά-ρσ-ώΐΰ]*[ά-ρτ-ώς]|[Α-ΫΆΈ-Ώ]+)"
_HEBREW = r"[אבגדהוזחטיכלמנסעפצקרשת]*[א-ת][׳״]?"
_ARABIC = r"[\u0621-\u063a\u0640-\u0652\u067e\u0686\u0698\u06a9\u06af\u06cc\u200c]+"
_THAI = r"(?:[เแโใไ]?[ก-ฮ][ก-ฺ็-๎ๅ]*)+"
_SCRIPTS: Mapping[str, str] = {
    "cp1251": _CYRILLIC,
    "koi8_r": _CYRILLIC,
    "koi8_u": _CYRILLIC,
    "cp866": _CYRILLIC,
    "iso8859_5": _CYRILLIC,
    "mac_cyrillic": _CYRILLIC,
    "cp1253": _GREEK,
    "cp737": _GREEK,
    "cp1255": _HEBREW,
    "cp862": _HEBREW,
    "cp1256": _ARABIC,
    "iso8859_6": _ARABIC,
    "cp874": _THAI,
}
#: Letters that make up most of a text of their script: they tell code pages that have the same letters elsewhere.
_FREQUENT = frozenset(
    "оаеинтрслвкОАЕИНТРСЛВК" + "αοιετσνηυρκπςλΑΟΙΕΤΣΝΗΥΡΚΠΛ" + "יולהמרבשתאנ" + "اليمونرتبةعد" + "านรกอเงมลวยสท่ั"
)
_JAPANESE = (
    "部課室営業総務人事経理財開発法企画技術製造品質管情報購買広販売支店本社長田中山佐藤"
    "鈴木高橋伊渡辺小林加吉村川子郎太一美井上野松大の名前氏所属署番号日時送信者受取宛先ーンスルイトリアッ"
)
#: Code pages of East Asia, and signs that many names of people and departments there have.
_EAST: Mapping[str, str] = {
    "cp932": _JAPANESE,
    "euc_jp": _JAPANESE,
    "gb18030": "部门公司人事财务销售市场技术研发法律行政管理总经客服采购生产质量信息中心王李张刘陈杨黄"
    "赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许姓名员工的时间发件收",
    "cp950": "部門公司人事財務銷售市場技術研發法律行政管理總經客服採購生產品質資訊中心王李張劉陳楊黃"
    "趙吳周徐孫馬朱胡郭何高林羅鄭梁謝宋唐許姓名員工的時間發件收蔡業",
    "cp949": "부팀영업인사재무총개발법기획관리김이박최정강조윤장임한오서신권황안송전홍수지민준현우영진경"
    "은이름서시간보낸받는사람원자구매",
}
#: The common signs of each: the first bytes, from and to, that the older code of them has.
_COMMON: Mapping[str, tuple[str, int, int]] = {
    "cp932": ("cp932", 0x81, 0x98),
    "euc_jp": ("cp932", 0x81, 0x98),
    "gb18030": ("gb2312", 0xB0, 0xD7),
    "cp950": ("big5", 0xA1, 0xC6),
    "cp949": ("euc_kr", 0xB0, 0xC8),
}
#: Names of code pages for messages, where they are not what Windows calls them.
_CALLED = {"cp932": "Shift-JIS", "gb18030": "GB18030", "cp950": "Big5", "cp949": "EUC-KR", "euc_jp": "EUC-JP"}
_CALLED |= {"koi8_r": "KOI8-R", "koi8_u": "KOI8-U", "iso8859_2": "ISO 8859-2", "iso8859_5": "ISO 8859-5"}
_CALLED |= {"mac_roman": "Mac Roman", "mac_cyrillic": "Mac Cyrillic", "cp874": "TIS-620"}

_LINE = re.compile(rb"[^\n]*[\x80-\xff][^\n]*")
_WORD = re.compile(r"[A-Za-z\x80-\x9f\u00a1-\u2fff\u3001-\U0010ffff]+")
#: Signs that may stand before a word or behind it, behind it alone, and between its parts.
_AROUND = "‘’“”„«»‹›…•·¿¡–—№、。「」『』（）・：，；"
_BEHIND = "™®©°€´"
#: Counts as a letter, and is a sign.
_MICRO = "µ"
#: Capitals with which a second word may begin within one (`McÉwen`, `SüdÖl`): no code page shows a small letter of
#: another one as these. Before it stand so many letters or more.
_INNER, _FIRST = frozenset("ÀÁÂÄÅÈÉÊÍÎÓÖÚÜÑÞ"), 2
_BETWEEN = re.compile(r"[’‘·]|[–—](?=[A-ZÀ-Þ])")


def code_page(text: bytes) -> str | None:
    """The code page of a text that is no UTF-8; None if its words look like words under none.

    Examples:
        >>> code_page("Müller,Qualité".encode("cp1252")), code_page("Продажи,Юристы".encode("koi8_r"))
        ('cp1252', 'koi8_r')
        >>> code_page("営業部,法務部,小田 一郎".encode("cp932")), code_page("Dział prawny,Sprzedaż".encode("cp1250"))
        ('cp932', 'cp1250')
    """
    sample = b"\n".join(dict.fromkeys(_LINE.findall(text)))[:_SAMPLE]
    western, odd = _fit(sample, WESTERN)
    if western >= _FITS:
        return _HUNGARIAN if _is_hungarian(sample) else WESTERN
    latin = {name: _fit(sample, name)[0] for name in _LATIN}
    best = max(latin, key=lambda name: latin[name])
    if latin[best] >= _FITS and latin[best] > western + _BETTER:
        return best
    fits = [name for name in (*_SCRIPTS, *_EAST) if _fit(sample, name)[0] >= _FITS]
    if fits:
        return _likeliest(sample, fits)
    return None if western < _ODD and odd >= _ODD_WORDS else WESTERN


def _is_hungarian(sample: bytes) -> bool:
    """Whether all words are Hungarian, whose letters another code page has as those of several languages."""
    own, others = _words(sample, _HUNGARIAN), _words(sample, WESTERN)
    if own is None or others is None or sum("ő" in word or "ű" in word for word in map(str.lower, own)) < _FEW:
        return False
    languages = ((letters,) for letters in _WEST)
    one = max(sum(_is_latin(word, letters) for word in others) for letters in languages)
    return all(_is_latin(word, (_HUNGARIAN_LETTERS,)) for word in own) and one < _FITS * len(others)


def code_page_of(path: Path) -> str | None:
    """The code page of a whole file that is no UTF-8, as `code_page`."""
    lines: dict[bytes, None] = {}
    size = 0
    with path.open("rb") as file:
        for line in file:
            if not line.isascii() and line not in lines:
                lines[line] = None
                size += len(line)
                if size > _SAMPLE:
                    break
    return code_page(b"".join(lines))


def called(name: str) -> str:
    """What a message calls a code page.

    Examples:
        >>> called("cp932"), called("cp1251")
        ('Shift-JIS', 'cp1251')
    """
    return _CALLED.get(name, name)


def _likeliest(sample: bytes, fits: list[str]) -> str | None:
    """Of code pages that all fit, the one whose letters are the frequent ones; None if that is not clear."""
    shares = {name: _frequent(_words(sample, name) or (), name) for name in fits}
    best = max(shares, key=lambda name: shares[name])
    near = [name for name in fits if shares[best] <= _LEAD * shares[name]]
    return best if all(_words(sample, name) == _words(sample, best) for name in near) else None


def _frequent(words: Iterable[str], name: str) -> float:
    letters = [sign for word in words for sign in word if not sign.isascii()]
    known = _EAST.get(name, _FREQUENT)
    share = sum(sign in known for sign in letters) / max(1, len(letters))
    # Scripts without capitals look like capitals, or small letters, throughout in those that have them.
    cases = {sign.isupper() for sign in letters if sign.upper() != sign.lower()}
    return share * _ONE_CASE if len(cases) == 1 else share


@lru_cache(maxsize=32)
def _words(sample: bytes, name: str) -> tuple[str, ...] | None:
    """The different words with other letters than ASCII under a code page; None where it has no letter for a byte.

    A stray byte may be damage in a text of Western Europe, which is what is read unless another code page fits.
    """
    try:
        text = sample.decode(name, errors="replace" if name == WESTERN else "strict")
    except UnicodeDecodeError as error:
        if error.end < len(sample) - 4:
            return None
        text = sample[: error.start].decode(name, errors="replace")
    return tuple(dict.fromkeys(word for word in _WORD.findall(text) if not word.isascii()))[:_WORDS]


@lru_cache(maxsize=64)
def _fit(sample: bytes, name: str) -> tuple[float, int]:
    """The share of words that look like words under a code page, and how many do not."""
    words = _words(sample, name)
    if words is None:
        return 0.0, _ODD_WORDS
    bare = [word for word in (word.strip(_AROUND).rstrip(_BEHIND) for word in words) if word and not word.isascii()]
    if name in _EAST:
        signs = [sign for word in bare for sign in word if not sign.isascii()]
        mixed = sum(any(sign.isascii() and sign.islower() for sign in word) for word in bare)
        good = sum(_is_common(sign, name) for sign in signs)
        return (good / len(signs) if signs and mixed * 10 <= len(bare) else 0.0), len(signs) - good
    if name in _SCRIPTS:
        pattern = re.compile(_SCRIPTS[name])
        long = [word for word in bare if len(word) > 1]
        good = sum(bool(pattern.fullmatch(word)) for word in long)
        return (good / len(long) if long else 0.0), len(long) - good
    # A letter alone is a word under any of them; a sign alone ("½ Day", "±5") is none.
    long = [word for word in bare if len(word) > 1] or [word for word in bare if word.isalpha() and word != _MICRO]
    good = sum(_is_latin(word, _LATIN[name]) for word in long)
    return (good / len(long) if long else 1.0), len(long) - good


def _is_common(sign: str, name: str) -> bool:
    code, first, last = _COMMON[name]
    if "\uff61" <= sign <= "\uff9f":  # half a sign wide: other bytes look like a run of them
        return False
    try:
        lead = sign.encode(code)[0]
    except UnicodeEncodeError:
        return False
    return first <= lead <= last or (sign > "\uff00" and lead < first)


def _is_latin(word: str, languages: Iterable[str]) -> bool:
    """Whether a word may be one of a language of Latin letters.

    Examples:
        >>> [_is_latin(word, _WEST) for word in ("L’Équipe", "Müller", "Sprzeda¿", "QualitŽ", "Müþteri")]
        [True, True, False, False, False]
    """
    if _RUN.search(word):
        return False
    for part in _BETWEEN.split(word):
        if not part.isalpha() or _has_odd_capital(part):
            return False
        letters = {sign for sign in part.replace("İ", "i").lower() if not sign.isascii()}
        if not any(letters <= set(language) for language in languages):
            return False
    return True


def _has_odd_capital(word: str) -> bool:
    """Whether a capital that is not ASCII stands beside a small letter, but where a word may begin.

    Examples:
        >>> [_has_odd_capital(word) for word in ("McÉwen", "GRÜß", "QualitÉ", "GuimarÆes", "MŸller")]
        [False, True, True, True, True]
    """
    for at, sign in enumerate(word):
        before, after = word[at - 1].islower(), word[at + 1 : at + 2].islower()
        begins = at >= _FIRST and sign in _INNER and before and after
        if at and sign.isupper() and not sign.isascii() and (before or after) and not begins:
            return True
    return False

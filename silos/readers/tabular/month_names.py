"""Months as mail programs and exports spell them in the languages they are used in."""

import unicodedata
from functools import lru_cache

#: The months of a year, one language a row, full names; forms that differ in a date ("5 stycznia") have their own row.
_YEARS = (
    "january february march april may june july august september october november december",
    "januar februar märz april mai juni juli august september oktober november dezember",
    "jänner feber maerz april mai juni juli august september oktober november dezember",
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "januari februari maart april mei juni juli augustus september oktober november december",
    "januari februari mars april maj juni juli augusti september oktober november december",
    "januar februar marts april maj juni juli august september oktober november december",
    "tammikuu helmikuu maaliskuu huhtikuu toukokuu kesäkuu heinäkuu elokuu syyskuu lokakuu marraskuu joulukuu",
    "styczeń luty marzec kwiecień maj czerwiec lipiec sierpień wrzesień październik listopad grudzień",
    "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
    "leden únor březen duben květen červen červenec srpen září říjen listopad prosinec",
    "ledna února března dubna května června července srpna září října listopadu prosince",
    "január február március április május június július augusztus szeptember október november december",
    "ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie",
    "ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık",
    "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь",
    "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "січень лютий березень квітень травень червень липень серпень вересень жовтень листопад грудень",
    "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня",
    "ιανουάριος φεβρουάριος μάρτιος απρίλιος μάιος ιούνιος ιούλιος αύγουστος σεπτέμβριος οκτώβριος "
    "νοέμβριος δεκέμβριος",
    "ιανουαρίου φεβρουαρίου μαρτίου απριλίου μαΐου ιουνίου ιουλίου αυγούστου σεπτεμβρίου οκτωβρίου "
    "νοεμβρίου δεκεμβρίου",
)
#: Short forms that are not the first letters of the full one.
_SHORT = {
    **{"sept": 9, "mrz": 3, "mrt": 3, "gen": 1, "ene": 1, "janv": 1, "févr": 2, "juil": 7, "août": 8, "déc": 12},
    **{"ago": 8, "dic": 12, "dez": 12, "out": 10, "set": 9, "paź": 10, "sie": 8, "gru": 12, "cze": 6, "okt": 10},
    **{"led": 1, "úno": 2, "bře": 3, "kvě": 5, "srp": 8, "říj": 10, "pro": 12, "maj": 5, "mei": 5, "des": 12},
    **{"desember": 12, "ağu": 8, "noi": 11, "iun": 6, "iul": 7, "čvn": 6, "čvc": 7},
}
#: Letters that a short form has at least.
_SHORTEST = 3


def _plain(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in decomposed if letter.isalpha()).replace("ı", "i")


def _table() -> dict[str, int]:
    full = {_plain(name): month for year in _YEARS for month, name in enumerate(year.split(), start=1)}
    # The beginning of a name stands for it where no language means another month by it.
    begins: dict[str, set[int]] = {}
    for name, month in full.items():
        for length in range(_SHORTEST, len(name)):
            begins.setdefault(name[:length], set()).add(month)
    short = {name: min(months) for name, months in begins.items() if len(months) == 1}
    # English has the last word: "Mar", "Jun" and "Jul" begin other months elsewhere.
    english = {name[:3]: month for month, name in enumerate(_YEARS[0].split(), start=1)}
    return short | {_plain(name): month for name, month in _SHORT.items()} | full | english


_MONTHS = _table()


@lru_cache(maxsize=4096)
def month_of(name: str) -> int | None:
    """The number of a month; None if the word is not a month.

    Examples:
        >>> month_of("Jan"), month_of("janv."), month_of("März"), month_of("stycznia"), month_of("декабря")
        (1, 1, 3, 1, 12)
        >>> month_of("juin"), month_of("juil."), month_of("Mon")
        (6, 7, None)
    """
    return _MONTHS.get(_plain(name))

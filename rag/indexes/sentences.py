"""Where sentences of a paragraph end: sentencex proposes, and what it takes for an end within a sentence is put right.

Put right are points behind abbreviations and ordinal numbers, and the ends of what somebody is quoted to have said.
"""

import re
from collections.abc import Iterator, Mapping

from sentencex import get_sentence_boundaries

_TITLES: Mapping[str, str] = {
    "de": "Abg|Bgm|Dez|Dipl|Fr|Hr|Hrn|Jan|Feb|Aug|Sept|Okt|Nov|Mio|Mrd|Tsd|Ing|Mag|Min|OB|Prof|Dr|Str|Sen|Vors",
    "fr": "M|MM|Mme|Mmes|Mlle|Me|Mgr|Dr|Pr|St|Ste|av|bd|no|art|chap|env|éd|p|pp|vol|janv|févr|avr|juill|sept|nov|déc",
    "es": "Sr|Sra|Srta|Sres|Dr|Dra|D|Dña|Lic|Ing|Gral|Cnel|Av|Avda|Ud|Uds|núm|pág|art|aprox|EE",
    "it": "Sig|Sigg|Dott|Prof|On|Avv|Ing|Arch|Gen|Mons|art|pag|ca|n|St",
    "pt": "Sr|Sra|Dr|Dra|Prof|Eng|Av|art|pág|nº|aprox|Exmo",
    "nl": "dhr|mw|mevr|dr|mr|ir|ing|prof|drs|ca|nr|art|blz|jl",
    "ru": "им|ул|пр|просп|пер|пл|акад|проф|ген|гг|тыс|млн|млрд|руб|коп|ст|стр|рис|гл|св|см|напр|др",
    "uk": "ім|вул|просп|пл|акад|проф|ген|тис|млн|млрд|грн|ст|див|напр",
    "pl": "dr|hab|prof|mgr|inż|ks|gen|płk|ul|al|pl|św|nr|art|ust|pkt|str|im|godz|tys|mln|mld|zł|tzw|np|ok|por",
}
"""Abbreviations that a name, noun or number follows, by language, written as here."""
_ABBREVIATED = {language: re.compile(rf"(?:^|[\s(„“«\"'])(?:{words})\.$") for language, words in _TITLES.items()}
_BEFORE_NUMBER = re.compile(
    r"(?:^|[\s(])(?:approx|ca|circa|est|paras?|arts?|secs?|sect|figs?|vols?|chap|ch|kl|cl|nos?|nr|pp?|ed|Abs|Art|Bd|Kap|Nr|"
    r"S|Tz|Ziff|núm|pág|cap|ст|п|гл|стр|рис|č|odst|str)\.$",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[\d§]")
_LIST_NUMBER = re.compile(r"^\d{1,3}[.)]$")
_SHORT_WORD = re.compile(r"(?:^|\s)(?:[^\W\d_]{1,3}\.){0,2}[^\W\d_]{1,4}\.$")
_UNCASED_LETTER = re.compile(r"(?:^|\s)[\u0590-\u06ff\u0900-\u0dff]\.$")
"""A word of one letter and a point, of a script in which it cannot be an initial at an end: Arabic, Hebrew, Indic."""
_ORDINAL = re.compile(
    r"(?:^|\b(?:der|die|das|dem|den|des|am|im|ins|vom|zum|zur|beim|bis|seit|ab|und|oder|vor|nach|jede[nrms]?|"
    r"ein(?:e[mnrs]?)?|(?:ihr|sein|unser|mein)(?:e[mnrs]?)?|dessen|deren|Montag|Dienstag|Mittwoch|Donnerstag|"
    r"Freitag|Samstag|Sonntag),?\s)\d{1,3}\.$",
    re.IGNORECASE,
)
_GERMAN_MONTH = re.compile(r"(?:Jan|Feb|März|Apr|Mai|Juni|Juli|Aug|Sep|Okt|Nov|Dez)")
_DAY_NUMBER = re.compile(r"(?:^|\s)\d{1,2}\.$")
_CLOCK = re.compile(r"\d\s?[ap]\.\s?m\.$", re.IGNORECASE)
_BEHIND_CLOCK = re.compile(
    r"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?|(?:Jan|Febr)uary|March|April|May|June|July|August|"
    r"(?:Septem|Octo|Novem|Decem)ber|(?:Jan|Feb|Mar|Apr|Aug|Sept?|Oct|Nov|Dec)\.|[A-Z]{0,3}[SD]?T|GMT|UTC|"
    r"(?:Eastern|Central|Mountain|Pacific)(?: (?:Standard|Daylight))? Time)(?![\w'’])"
)
_QUOTE_ENDS = re.compile(r"[。！？!?…，,][」』”’\"'»“]$")
_SAYS = re.compile(
    r"(?:と|って|など|、|，)|"
    r"[^\s。！？，、；：“「『]{0,12}(?:说|說|表示|称|稱|道|问|問|指出|回答|补充|補充|喊|强调|強調|告诉|告訴)|"
    r"(?:[A-ZÀ-ÞЀ-Я][\w.'’-]{0,30}\s){1,4}(?:said|says|asked|asks|cried|told|added|replied|wrote|shouted|"
    r"sagte|fragte|rief|erklärte|a dit|demande|dijo|preguntó|disse|chiese|сказал|спросил)",
)


def sentences_of(paragraph: str, language: str | None) -> Iterator[tuple[int, int]]:
    """Begin and end of each sentence of a paragraph, with the white space behind it, in order and without gaps.

    Args:
        paragraph: On one line.
        language: ISO 639 code; `None` for one that is not known, read as English.
    """
    begin, end = 0, 0
    for boundary in get_sentence_boundaries(language or "en", paragraph):
        if end > begin and not _goes_on(paragraph[begin:end].strip(), paragraph[end : end + 60].lstrip(), language):
            yield begin, end
            begin = end
        end = boundary["end_index"]
    if end > begin:
        yield begin, end


def _goes_on(before: str, after: str, language: str | None) -> bool:
    """What was taken for the end of a sentence is none."""
    tail = before[-60:]
    if len(before) <= 4 and _LIST_NUMBER.match(before):
        return True
    if _NUMBER.match(after) and _BEFORE_NUMBER.search(tail):
        return True
    if after[:1].islower() and (_SHORT_WORD.search(tail) or _DAY_NUMBER.search(tail)):
        return True
    if _CLOCK.search(tail):
        return bool(_BEHIND_CLOCK.match(after))
    if _QUOTE_ENDS.search(tail):
        return bool(_SAYS.match(after))
    if language == "de" and _DAY_NUMBER.search(tail):
        return bool(_ORDINAL.search(tail) or _GERMAN_MONTH.match(after))
    abbreviated = _ABBREVIATED.get(language or "")
    return bool((abbreviated and abbreviated.search(tail)) or _UNCASED_LETTER.search(tail))

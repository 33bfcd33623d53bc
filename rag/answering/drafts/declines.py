"""Telling a model's declines and refusals from its claims. Pure.

A decline speaks of the sources, or of the writer, and not of the news: it says of them, in the negative, that they
tell, hold or let one find something. Each of the three is a list of words, by stems, in the languages of most readers;
what holds one of each in this shape is a decline whatever its wording.
"""

import re
from collections.abc import Sequence
from typing import Literal

from rag.messages import DECLINES
from rag.text import FUNCTION_WORDS, content_words, words_of

SentenceKind = Literal["claim", "decline", "refusal"]

_SOURCES = r"""
    passages? | sources? | articles? | documents? | excerpts? | snippets? | context | provided | supplied |
    quelle\w* | artikel\w* | passagen | unterlagen | ausschnitt\w* | fuentes? | art[ií]culos? | pasajes? | textos? |
    documentos? | extraits? | fonti | articol[oi] | brani | fontes? | artigos? | trechos? | bronnen | artikelen |
    källor\w* | artiklar\w* | kilder\w* | artikler\w* | źród\w+ | artykuł\w* | fragmenty?\w* | источник\w* |
    стать[яеёюи]\w* | текст\w* | отрывк\w* | forrás\w* | cikk\w* | zdroj\w* | kaynak\w* | πηγ\w+ | άρθρ\w+
"""
_WRITER = r"""
    i | i['’]m | i['’]ve | we | ich | wir | mir | je | j['’]ai | nous | yo | ik | jag | jeg | я | мне
"""
_MATERIAL = r"""
    texts? | materials? | reports? | coverage | evidence | information\w* | details? | angaben | informaci[oó]n |
    informazion\w+ | informaç\w+ | informatie | informacj\w+ | информаци\w+ | data | mention | answer
"""
_LACKING = r"""
    not | no | none | nothing | neither | nor | never | cannot | \w+n['’]t | without | lacks? | lacking | silent |
    fails? | unable | insufficient | unclear | unknown | unavailable | missing | absent | omits? | unspecified |
    unanswered | nicht | kein\w* | nichts | weder | ohne | unklar | pas | aucun\w* | rien | ne | n['’]\w+ | ni |
    sans | ningun\w* | ning[uú]n | nada | tampoco | sin | non | nessun\w* | nulla | né | não | nenhum\w* | sem |
    niet | geen | niets | inte | ingen | inget | inga | ikke | intet | nie | żad\w+ | brak | не | нет | ничего | nem |
    nincs\w* | neuvád\w* | nezmiňuj\w* | neobsahuj\w* | není | žádn\w+ | yok | yoktur | değil | δεν | καμ[ιί]α
"""
_TELLING = r"""
    mention\w* | say\w* | said | state\w* | specif\w* | contain\w* | include\w* | provid\w* | give\w* | given |
    tell\w* | answer\w* | address\w* | indicat\w* | report\w* | reveal\w* | disclos\w* | describ\w* | discuss\w* |
    explain\w* | cover\w* | refer\w* | name | identify | identif\w* | confirm\w* | support\w* | find | found |
    determin\w* | establish\w* | know | not known | locate | see | publish\w* | enough | sufficient | information |
    details? | clear | unclear |
    unknown | silent | insufficient | lack\w* | available | conclu\w* | respond | erwähn\w* | nenn\w* | sag\w* |
    enthalt\w* | enthält | geb\w* | gib\w* | angab\w* | beantwort\w* | antwort\w* | find\w* | gefunden | hervor\w* |
    angegeben | genannt | mencion\w* | dic\w+ | indic\w+ | contien\w* | conten\w* | proporcion\w* | ofrec\w* |
    respond\w* | encontr\w* | inform\w* | respuesta | mentionn\w* | dis\w+ | précis\w* | contienn\w* | donn\w* |
    fourni\w* | répon\w* | trouv\w* | menzion\w* | dicono | contengon\w* | forni\w* | rispo\w* | trova\w* |
    menciona\w* | diz\w* | cont[eéê]m | fornec\w* | respost\w* | noem\w* | vermeld\w* | bevat\w* | geven | zegg\w* |
    antwoord\w* | vind\w* | vinden | nämn\w* | innehåll\w* | svar\w* | hitta\w* | säger | nevn\w* | inneh\w* |
    finn\w* | oplys\w* | wspomin\w* | podaj\w* | zawier\w* | odpowied\w* | znal\w* | mówi\w* | упомина\w* | говор\w*
    | содерж\w* | отве\w* | наш\w* | найти | сообща\w* | указ\w* | steht | stehen | említ\w* | szerepel\w* | uvád\w* |
    neuvád\w* | zmiňuj\w* | nezmiňuj\w* | obsahuj\w* | neobsahuj\w* | bilgi | bahset\w* | αναφέρ\w+
"""
_DOES_NOT_TELL = r"(?:does|do|did)(?: not|n['’]t) (?:mention|say|state|specify|give|report|name|tell|provide|contain)"
_SORRY = r"(?:i['’]m |i am )?(?:very |so )?(?:sorry|afraid)|unfortunately|i apologi[sz]e"
_HELPING = r"help|assist|comply|fulfil\w*|engage|continue|discuss|provide|generate|create|write|share|do that|answer"
_POLICY = r"polic(?:y|ies)|guidelines?|as an ai|language model|my programming|safety|not (?:able|allowed|permitted)"
_OTHER_SCRIPTS = re.compile(
    r"(?:没有|未|無|不).{0,20}(?:提及|提到|说明|包含|找到|回答|信息)|"
    r"(?:記載|言及|情報|答え|回答)[^。]{0,20}(?:ません|いない|ない)|"
    r"(?:정보|언급|답)[^.]{0,20}(?:없|않)|"
    r"(?:لا|لم|ليس)\s.{0,30}(?:تذكر|المصادر|معلومات|إجابة|المقالات)"
)


def _any_of(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(word.strip() for word in words.split('|'))})(?!\w)", re.IGNORECASE)


_IS_SOURCE, _IS_WRITER, _IS_MATERIAL, _IS_LACK, _IS_TELLING = map(
    _any_of, (_SOURCES, _WRITER, _MATERIAL, _LACKING, _TELLING)
)
_PASSIVE = re.compile(
    r"\b(?:is|are|was|were|be|been)(?: \w+)? (?:not|never)(?: \w+)? (?:mentioned|specified|stated|given|provided|"
    r"reported|known|named|identified|disclosed|clear|available|included|covered|addressed|answered|discussed|"
    r"described|said|found|determined|published)\b|\b(?:isn|aren|wasn|weren)['’]t \w+|"
    r"\b(?:has|have|had)(?: not|n['’]t)(?: yet)? been \w+|"
    r"^(?:it is |it['’]s |that is )?(?:unknown|unclear|not \w+|none|n/?a\b)|\bcan(?:not|['’]t| not) be \w+|"
    r"\b(?:is|are|remains?|stays?) (?:still )?(?:unknown|unclear|unspecified|undisclosed)\b|"
    r"\bno \w{1,20}(?: \w{1,20}){0,4} (?:is|are|was|were|has|have) \w+",
    re.IGNORECASE,
)
_IN_SOURCES = re.compile(
    r"\b(?:in|from|by|of) (?:the|these|those|any of the|your)(?: \w{1,20})? "
    r"(?:passages|articles|sources|documents|excerpts)\b|"
    r"\b(?:in|aus|en|dans|nelle|nei|negli|nas|nos|i|uit|w|we|в)\s(?:\w{1,6}\s){0,2}"
    r"(?:quellen|artikeln?|passagen|fuentes|art[ií]culos|sources|articles|extraits|fonti|articoli|fontes|artigos|"
    r"bronnen|artikelen|källorna|artiklarna|kilderne|artiklene|źródłach|artykułach|источниках|статьях)\b",
    re.IGNORECASE,
)
_ABSENT = re.compile(r"\b(?:nothing|no (?:mention|information|details?|answer|reference|word))\b", re.IGNORECASE)
_BRIEF = re.compile(
    r"(?:n/?a|none|null|nil|unknown)[.!]?|"
    r"(?:(?:sorry,? |unfortunately,? )?(?:i )?(?:can(?:no|['’])t|can not|could(?: not|n['’]t)) "
    r"(?:say|tell|answer|find|determine)|"
    r"(?:i have |sorry,? )?no (?:idea|clue|answer|information|data|mention)|"
    r"nothing (?:about|on|is (?:said|stated|mentioned|known))|"
    r"(?:it|this|that|they) (?:does|do|did)(?: not|n['’]t) say)\b.{0,60}",
    re.IGNORECASE,
)
"""What says no more than that there is no answer; a whole sentence."""
_TURNS = re.compile(r"[,;.] (?:but|however|although|though|whereas|yet)\b,? ", re.IGNORECASE)
"""What is behind it is said after all."""
_CONCEDES = re.compile(r"^(?:although|though|while|whereas|even though)\b[^,;.]{1,200}, ", re.IGNORECASE)
_SAID = re.compile(r", [^,.]{2,60} (?:said|says|told|added)\b[^,]{0,40}$")
_NOT_OURS = re.compile(r"\b(?:sources?|passages?) (?:of|on|through|between)\b(?! information)", re.IGNORECASE)
"""Sources and passages of which the news speak: of a leak, of a river, through a hill."""
_IS_REFUSAL = re.compile(
    rf"^(?:{_SORRY})?[\s,.;—-]{{0,3}}(?:but )?(?:i|we) (?:can(?:no|['’])t|can not|won['’]t|will not|am not able to|"
    rf"['’]m not able to|am unable to|must decline to|decline to)(?:\s\w+)?\s(?:{_HELPING})\b|"
    rf"^(?:i|we)\b[^.]{{0,60}}\b(?:{_POLICY})\b|^as an ai\b|"
    r"\b(?:against|violat\w{1,5}|breach\w{0,5}) (?:my|our|the|openai['’]s|content|usage)\b[^.]{0,30}"
    r"\b(?:guidelines?|polic(?:y|ies)|rules)\b",
    re.IGNORECASE,
)
_QUOTATION = re.compile('["“«„][^"“”«»]{1,600}["”»“]')
_FEWEST_WORDS = 2
_SHARED = frozenset(
    "a am an as at de die do en est he her i in is la me men no on or pas se si so sin son to war was".split()
)
"""Function words that are words of other languages, too."""
_OPENING_WORDS = 8
"""Words within which a decline names the sources or the writer: a claim begins with who or what it is about."""


def kind_of(sentence: str, *, is_cited: bool, outlets: Sequence[str] = ()) -> SentenceKind:
    """Return whether a sentence claims something, declines to answer, or refuses to.

    Args:
        sentence: Without markers.
        is_cited: It names a passage that says so: then only what speaks of the sources themselves is a decline.
        outlets: Of the passages; one that "does not mention" something is a source.
    """
    told = _NOT_OURS.sub(" ", _QUOTATION.sub(" ", sentence))
    for outlet in outlets:
        told = re.sub(rf"{re.escape(outlet)}(?=,? {_DOES_NOT_TELL})", "the article", told)
    opening = " ".join(told.split()[:_OPENING_WORDS])
    if _IS_REFUSAL.search(told) and not _IS_SOURCE.search(told):
        return "refusal"
    if is_cited and (_SAID.search(told) or _says_after_all(told)):
        return "claim"
    if sentence.lower().lstrip("\"“„«'([").startswith(tuple(each.lower().rstrip(".") for each in DECLINES)):
        return "decline"
    if _says_nothing(told, is_cited=is_cited):
        return "decline"
    if not _IS_LACK.search(told) or not _IS_TELLING.search(told):
        return "claim"
    if _speaks_of_sources(told, opening, is_cited=is_cited):
        return "decline"
    speaks_of_none = _IS_MATERIAL.search(opening) or _PASSIVE.search(told) or not is_english(told)
    return "decline" if speaks_of_none and not is_cited else "claim"


def _says_nothing(told: str, *, is_cited: bool) -> bool:
    """Whether it only says that there is no answer; a marker behind so little makes no claim of it."""
    if _OTHER_SCRIPTS.search(told) or (_ABSENT.search(told) and _IN_SOURCES.search(told)):
        return True
    if not is_cited and _BRIEF.fullmatch(told.strip()):
        return True
    is_short = len(content_words(told)) < _FEWEST_WORDS
    return is_short and told.lower().startswith("not ") and _PASSIVE.search(told) is not None


def _says_after_all(told: str) -> bool:
    """Whether a sentence goes on with something else than what is lacking."""
    turn = _TURNS.search(told) or _CONCEDES.search(told)
    return (
        turn is not None
        and not _IS_LACK.search(told[turn.end() :])
        and len(words_of(told[turn.end() :])) > _FEWEST_WORDS
    )


def _speaks_of_sources(told: str, opening: str, *, is_cited: bool) -> bool:
    source, lack = _IS_SOURCE.search(opening), _IS_LACK.search(told)
    if _IS_WRITER.search(opening) or _IN_SOURCES.search(told):
        return True
    # "Divers found no sources of the leak [2]" has them behind what is denied.
    return source is not None and (
        not is_cited or (lack is not None and (source.start() < lack.start() or not lack.start()))
    )


def may_decline(draft: str) -> bool:
    """Return whether a draft that cites nothing and gives no figure may be a decline in a language unknown here."""
    words = words_of(draft)
    is_told = len({word.lower() for word in words}) > _FEWEST_WORDS or not draft.isascii()
    return is_told and not is_english(draft) and not any(sign.isdigit() for sign in draft)


def is_english(text: str) -> bool:
    """Return whether at least one word in eight of a text is an English function word, and one in English only."""
    words = [word.lower() for word in words_of(text)]
    return 8 * sum(word in FUNCTION_WORDS - _SHARED for word in words) >= len(words)

"""What a line of dates says that each of them is: "Published 8 September 2026, updated 9 September 2026"."""

import re
from typing import Literal

_PUBLISHED = (
    r"(?:first |originally )?(?:published|posted|released|issued|created|printed)|date(?: of publication)?|"
    r"publication date|pubdate|"
    r"(?:erst)?ver(?:ö|oe)ffentlicht|erschienen|datum|"
    r"publi(?:é|ée|e)|paru|mis en ligne|"
    r"publicad[oa]|fecha(?: de publicaci(?:ó|o)n)?|"
    r"pubblicat[oa]|data(?: di pubblicazione)?|"
    r"gepubliceerd|geplaatst|"
    r"opublikowan[eoy]|data publikacji|dodano|"
    r"publicerad|publicerat|publisert|udgivet|julkaistu|"
    r"опубликован[оа]?|дата публикации|опубліковано|"
    r"publikov(?:a|á)n[oa]|zve(?:ř|r)ejn(?:ě|e)no|vyd(?:á|a)no|megjelent|k(?:ö|o)zz(?:é|e)t(?:é|e)ve|publicat|objavljeno|"
    r"yay(?:ı|i)nlanma(?: tarihi)?|yay(?:ı|i)nland(?:ı|i)|"
    r"نشر(?: في)?|تاريخ النشر"
)
_UPDATED = (
    r"(?:last |recently )?(?:updated|modified|revised|edited|corrected|amended|changed)|(?:last )?update|"
    r"(?:zuletzt )?(?:aktualisiert|ge(?:ä|ae)ndert)|(?:letzte )?aktualisierung|stand|"
    r"mise? (?:à|a) jour|(?:modifi|actualis)(?:é|ée|e)|"
    r"(?:(?:ú|u)ltima )?actualizaci(?:ó|o)n|actualizad[oa]|modificad[oa]|"
    r"(?:ultimo )?aggiornamento|aggiornat[oa]|"
    r"atualizad[oa]|atualiza(?:ç|c)(?:ã|a)o|"
    r"bijgewerkt|gewijzigd|"
    r"(?:ostatnia )?aktualizacj[ai]|zaktualizowano|"
    r"uppdaterad|uppdaterat|oppdatert|opdateret|p(?:ä|a)ivitetty|"
    r"aktualizov(?:a|á)n[oa]|friss(?:í|i)tve|actualizat|a(?:ž|z)urirano|"
    r"обновлен[оа]?|изменено|оновлено|"
    r"g(?:ü|u)ncelle(?:nme|me)(?: tarihi)?|g(?:ü|u)ncellendi|"
    r"(?:آخر )?تحديث"
)
_PUBLISHED_UNSPACED = r"发布(?:时间|于)?|發布(?:時間|於)?|发表于|公開日?|掲載日?|配信|게시|입력|등록"
_UPDATED_UNSPACED = r"更新(?:时间|時間|日|于)?|修改(?:时间)?|최종수정|수정"
"""Languages that set no spaces between words."""
_LABEL = re.compile(
    rf"(?:(?<![^\W\d_])(?:(?P<published>{_PUBLISHED})|(?P<updated>{_UPDATED}))(?![^\W\d_])"
    r"(?:\s(?:on|at|am|um|le|el|il|em|op|den|dnia|la|en|a)(?=\s))?"
    rf"|(?P<published_unspaced>{_PUBLISHED_UNSPACED})|(?P<updated_unspaced>{_UPDATED_UNSPACED}))"
    r"(?:\s?[:：|–—-])?\s?",
    re.IGNORECASE,
)
_BETWEEN = " ,;|·•/–—-()[]"


def labelled(text: str, *, of: Literal["published", "updated"]) -> str:
    """The part of a text that is labelled as what is asked for, or else carries no label.

    Args:
        text: On one line.
        of: `published` or `updated`.

    Raises:
        ValueError: All that is there is labelled as the other.
    """
    labels = list(_LABEL.finditer(text))
    if not labels:
        return text
    starts, ends = [0, *(label.end() for label in labels)], [*(label.start() for label in labels), len(text)]
    parts = [text[start:end].strip(_BETWEEN) for start, end in zip(starts, ends, strict=True)]
    names = [(label.lastgroup or "").removesuffix("_unspaced") for label in labels]
    stand_behind = parts[0] and not parts[-1]  # "2026年9月8日更新"
    named = [*names, ""] if stand_behind else ["", *names]
    found = dict(reversed([(name, part) for name, part in zip(named, parts, strict=True) if part]))
    if of not in found and "" not in found:
        raise ValueError(f"{text[:60]!r} does not say when it was {of}")
    return found.get(of) or found[""]

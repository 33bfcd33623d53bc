"""The notice in which an article says that it was corrected, and the date that the notice gives itself."""

import re

from ingest.normalize.dates import news_date
from rag.dates import NewsDate

_NOTICE = re.compile(
    r"^(?:[^\w\n]*(?:correction|clarification|editor['’]s note[^\n]{0,80}\bcorrect(?:s|ed|ing|ion)?|"
    r"this (?:article|story|report|headline) (?:was|has been) (?:amended|corrected|updated to correct)|"
    r"an earlier version of this (?:article|story|report))\b[^\n]*)",
    re.IGNORECASE | re.MULTILINE,
)
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]*\.?"
_DAY = rf"(\d{{1,2}} {_MONTH},? \d{{4}}|{_MONTH} \d{{1,2}}, \d{{4}}|\d{{4}}-\d{{2}}-\d{{2}})\b"
# A date elsewhere in a notice may be one of what it corrects.
_DATED = re.compile(
    rf"^\W*(?:corrections?|clarifications?|editor['’]s note)[\s,:(–—-]*{_DAY}"
    rf"|\b(?:amended|corrected|updated)(?: on)? {_DAY}",
    re.IGNORECASE,
)


def correction_notice(text: str) -> str | None:
    """The paragraph in which an article says that it was corrected, if it has one."""
    match = _NOTICE.search(text)
    return match.group().strip() if match else None


def notice_date(notice: str | None) -> NewsDate | None:
    """The day that a notice gives as its own, as in "This article was amended on 7 September 2026"."""
    match = _DATED.search(notice) if notice else None
    try:
        return news_date(match[1] or match[2]) if match else None
    except ValueError:
        return None

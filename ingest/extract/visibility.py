"""Taking out of a page what its reader cannot see, so that hidden text never becomes article text."""

import re

from lxml.html import HtmlElement

_NEVER_SEEN = "//template | //noscript | //*[@hidden] | //*[@aria-hidden='true' and not(self::img)]"
_SCREEN_READER_ONLY = re.compile(
    r"(?:^|\s)(?:sr-only|screen-reader-text|visually-?hidden|visuallyhidden|u-hidden|offscreen)(?:\s|$)", re.IGNORECASE
)
_HIDING_STYLE = re.compile(
    r"display:none|visibility:(?:hidden|collapse)|opacity:0(?:\.0+)?(?:;|$)|font-size:0(?:\.0+)?(?:px|em|rem|pt|%)?(?:;|$)|"
    r"(?:left|top|right|bottom|text-indent|margin-left|margin-top):-\d{3,}|clip:rect\(0|clip-path:inset\((?:50|100)%|"
    r"(?:^|;)(?:max-)?(?:height|width):[01](?:px)?;(?:.*;)?overflow:hidden|transform:scale\(0\)"
)
_COLOUR = re.compile(r"(?:^|;)color:([^;!]+)")
_BACKGROUND = re.compile(r"(?:^|;)background(?:-color)?:([^;!]+)")
_WHITES = {"white", "#fff", "#ffffff", "rgb(255,255,255)", "rgba(255,255,255,1)"}
_CLEAR = {"transparent", "rgba(0,0,0,0)"}


def drop_hidden(tree: HtmlElement) -> None:
    """Removes, in place, the elements that a browser would not show, with all they hold.

    Seen are attributes and inline styles; a style sheet is not evaluated.
    """
    for element in tree.xpath(_NEVER_SEEN):
        _drop(element)
    for element in tree.xpath("//*[@style]"):
        if _hides("".join(element.get("style", "").lower().split())):
            _drop(element)
    for element in tree.xpath("//*[@class]"):
        if _SCREEN_READER_ONLY.search(element.get("class", "")):
            _drop(element)


def _hides(style: str) -> bool:
    if _HIDING_STYLE.search(style):
        return True
    colour, background = _COLOUR.search(style), _BACKGROUND.search(style)
    if colour is None:
        return False
    if colour.group(1) in _CLEAR:
        return True
    behind = _plain(background.group(1)) if background else "white"
    return _plain(colour.group(1)) == behind


def _plain(colour: str) -> str:
    return "white" if colour in _WHITES else colour


def _drop(element: HtmlElement) -> None:
    if element.getparent() is not None:
        element.drop_tree()

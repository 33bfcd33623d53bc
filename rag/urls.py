"""One spelling of an article's address, and whose it is. Pure."""

import re
from collections.abc import Iterator
from itertools import combinations
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from tld import get_fld
from yarl import URL

_TRACKING = re.compile(
    r"utm_.*|at_(?:medium|campaign|custom\d|link.*|format|ptr_.*|bbc_team)|xtor|fbclid|gclid|dclid|msclkid|yclid|twclid|igshid|"
    r"gbraid|wbraid|mc_[ce]id|(?:mtm|pk|itm)_.*",
    re.IGNORECASE,
)
"""Parameters that tell how a reader came to the article, wherever they stand."""
_PERHAPS_TRACKING = re.compile(r"cmpid|ocid|smid|partner|ref|icid|outputtype|amp", re.IGNORECASE)
"""Parameters that do so at most outlets and name the article at others."""
_DEFAULT_PORTS = (None, 80, 443)
_MOBILE_HOST = re.compile(r"^(?:m|mobile|amp)\.(?=[^.]+\.)")
_MOBILE_PATH = re.compile(r"/amp$|\.amp(?=\.html?$)")
_ROUTE = re.compile(r"!?/")
"""A fragment that begins so is read by a script as the address proper."""
_SLASHES = re.compile(r"/{2,}")
_INDEX_PAGE = re.compile(r"/index\.(?:html?|php)$")
_USER = re.compile(r"/([@~][^/]+)|^/(?:u|users?|members?)/([^/]+)")
_MOST_PARAMETERS = 6
"""Of an address with more, only those without any are thought of as its shorter spellings."""


def canonical_url(url: str) -> str:
    """The address without what names no article at most outlets: `exact_url`, and other fragments, `m.`, `/amp`.

    Two articles may share it (`read.php?ref=1` and `?ref=2`), so that their texts must confirm that they are one.

    Raises:
        ValueError: It is not an http or https URL.
    """
    scheme, host, path, query, fragment = urlsplit(exact_url(url))
    named = [pair for pair in parse_qsl(query, keep_blank_values=True) if not _PERHAPS_TRACKING.fullmatch(pair[0])]
    path = _MOBILE_PATH.sub("", path)
    return urlunsplit(
        (scheme, _MOBILE_HOST.sub("", host), path, urlencode(named), fragment if _ROUTE.match(fragment) else "")
    )


def exact_url(url: str) -> str:
    """The address in one spelling: without scheme, `www.`, default port, user, tracking, last slash.

    Percent-encoding, dots and slashes in the path and the host's alphabet are spelled as RFC 3986 and IDNA have it.

    Raises:
        ValueError: It is not an http or https URL.
    """
    parts = urlsplit(url.strip())
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{url[:80]!r} is not an http(s) address")
    spelled = URL(url.strip())
    host = (spelled.raw_host or "").rstrip(".").removeprefix("www.")
    host = f"[{host}]" if ":" in host else host
    if spelled.explicit_port not in _DEFAULT_PORTS:
        host = f"{host}:{spelled.explicit_port}"
    path = _SLASHES.sub("/", spelled.raw_path).rstrip("/")
    query = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.fullmatch(pair[0])]
    return urlunsplit(("https", host, path, urlencode(sorted(query)), spelled.raw_fragment))


def shared_spelling(url: str) -> str:
    """`exact_url` as the phone's edition and the index page of a folder share it; parameters and fragment stay.

    Raises:
        ValueError: As `exact_url`.
    """
    scheme, host, path, query, fragment = urlsplit(exact_url(url))
    path = _INDEX_PAGE.sub("", _MOBILE_PATH.sub("", path))
    return urlunsplit((scheme, _MOBILE_HOST.sub("", host), path, query, fragment))


def shorter_spellings(url: str) -> Iterator[str]:
    """`shared_spelling` without some parameters or without the fragment: what may name the same article.

    A front page is none, and a fragment that is the address proper stays.

    Raises:
        ValueError: As `exact_url`.
    """
    scheme, host, path, query, fragment = urlsplit(shared_spelling(url))
    pairs = parse_qsl(query, keep_blank_values=True)
    kept = range(len(pairs) + 1) if len(pairs) <= _MOST_PARAMETERS else (0,)
    fragments = {fragment} if _ROUTE.match(fragment) else {fragment, ""}
    for some in (some for number in kept for some in combinations(pairs, number)):
        for one in fragments:
            shorter = urlunsplit((scheme, host, path, urlencode(some), one))
            if (len(some), one) != (len(pairs), fragment) and not is_front_page(shorter):
                yield shorter


def differ(one: str, other: str) -> bool:
    """Two addresses of one canonical spelling give one parameter or fragment two values, so that it may name articles.

    Raises:
        ValueError: As `exact_url`.
    """
    parts, others = urlsplit(exact_url(one)), urlsplit(exact_url(other))
    values, known = dict(parse_qsl(parts.query)), dict(parse_qsl(others.query))
    fragments = {parts.fragment, others.fragment} - {""}
    return len(fragments) > 1 or any(values[name] != known[name] for name in values.keys() & known.keys())


def is_front_page(url: str) -> bool:
    """The address names a site, not an article on it.

    Raises:
        ValueError: As `exact_url`.
    """
    parts = urlsplit(exact_url(url))
    return not parts.path and not parts.query and not _ROUTE.match(parts.fragment)


def is_same_host(one: str, other: str) -> bool:
    """Both addresses are served by one host; `www.`, `m.`, `mobile.` and `amp.` are the same one's.

    Raises:
        ValueError: As `exact_url`.
    """
    return urlsplit(canonical_url(one)).netloc == urlsplit(canonical_url(other)).netloc


def is_same_owner(one: str, other: str) -> bool:
    """Both addresses are under one registered domain, so that one owner answers for both.

    Domains that are rented out by the name, e.g. `blogspot.com`, are of many owners (Mozilla's Public Suffix List),
    and so are hosts that give each user a folder (`user_folder`).

    Raises:
        ValueError: As `exact_url`.
    """
    users = {user_folder(one), user_folder(other)} - {None}
    if len(users) > 1:
        return False
    domains = {get_fld(address, fail_silently=True, search_private=True) for address in (one, other)}
    return is_same_host(one, other) or (len(domains) == 1 and None not in domains)


def user_folder(url: str) -> str | None:
    """Whose folder of a shared host an address is in: `good` of `/@good/a`, `/~good/a`, `/users/good/a`; else `None`.

    Raises:
        ValueError: As `exact_url`.
    """
    found = _USER.search(urlsplit(exact_url(url)).path)
    return (found.group(1) or found.group(2)).lower() if found else None

"""Normalising the addresses of articles, and telling who owns them. Pure."""

import re
from collections.abc import Iterable, Iterator
from itertools import combinations
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from tld import get_fld
from yarl import URL

_TRACKING = re.compile(
    r"utm_.*|at_(?:medium|campaign|custom\d|link.*|format|ptr_.*|bbc_team)|xtor|fbclid|gclid|dclid|msclkid|yclid|twclid|igshid|"
    r"gbraid|wbraid|mc_[ce]id|(?:mtm|pk)_(?:campaign|kwd|keyword|source|medium|content|cid|group|placement)|"
    r"itm_(?:source|medium|campaign|content|term)|"
    r"wt_z?mc|ns_(?:mchannel|source|campaign|linkname|fee)|__twitter_impression|guccounter|guce_referrer(?:_sig)?|mkt_tok|"
    r"_hs(?:enc|mi)|hsa_\w{2,8}|(?:vero|oly)_(?:id|conv|anon_id|enc_id)|mibextid|sfnsn|ttclid|srsltid|li_fat_id|_gl|_ga|_openstat",
    re.IGNORECASE,
)
"""Tracking parameters at every outlet, as far as AdGuard's and ClearURLs' lists have them for every site."""
_PERHAPS_TRACKING = re.compile(
    r"cmpid|ocid|smid|partner|ref|icid|outputtype|amp|cmp|s_cid|ito|spref|sr_share|ref_src|ref_url|traffic_source|"
    r"feedtype|soc_(?:src|trk)|rss|cx_\w{2,20}",
    re.IGNORECASE,
)
"""Tracking parameters at most outlets; at others they identify the article."""
_DEFAULT_PORTS = (None, 80, 443)
_MOBILE_HOST = re.compile(r"^(?:m|mobile|amp)\.(?=[^.]+\.)")
_MOBILE_PATH = re.compile(r"/amp$|\.amp(?=\.html?$)")
_ROUTE = re.compile(r"!?/")
"""The beginning of a fragment that a script reads as a path."""
_SLASHES = re.compile(r"/{2,}")
_INDEX_PAGE = re.compile(r"/index\.(?:html?|php)$")
_FRONT_PATH = re.compile(r"(?:/[a-z]{2}(?:-[a-z]{2})?)?(?:/index\.(?:html?|php))?", re.IGNORECASE)
"""Nothing, or a language (`/en`, `/pt-BR`) at most."""
_USER = re.compile(r"/([@~][^/]+)|^/(?:u|users?|members?)/([^/]+)")
_MOST_PARAMETERS = 6
"""Of an address with more, only the spelling without any of them is tried."""


def with_ascii_host(url: str) -> str:
    """The address with its host as browsers send it, in ASCII: `xn--` for other scripts; as it is if it is none."""
    try:
        host, ascii_host = URL(url).host, URL(url).raw_host
    except ValueError:
        return url
    return url.replace(host, ascii_host, 1) if host and ascii_host else url


def canonical_url(url: str) -> str:
    """Return an address without the parts that identify no article at most outlets.

    Left out are the parts that `exact_url` leaves out, and `m.`, `/amp`, fragments and further tracking parameters.
    Two articles may share a canonical address (`read.php?ref=1` and `?ref=2`), so compare their texts before taking
    them for one.

    Raises:
        ValueError: It is not an http or https URL.
    """
    scheme, host, path, query, fragment = urlsplit(exact_url(url))
    named = [pair for pair in _pairs(query) if not _PERHAPS_TRACKING.fullmatch(pair[0])]
    path = _MOBILE_PATH.sub("", path)
    return urlunsplit(
        (scheme, _MOBILE_HOST.sub("", host), path, _query(named), fragment if _ROUTE.match(fragment) else "")
    )


def exact_url(url: str) -> str:
    """Return an address in one spelling: https, without `www.`, default port, user, tracking and last slash.

    Percent-encoding, dots and slashes in the path and the host's alphabet are spelled as RFC 3986 and IDNA have it.

    Raises:
        ValueError: It is not an http or https URL.
    """
    parts = urlsplit(url.strip())
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{url[:80]!r} is not an http(s) address")
    url.encode()  # as ValueError: lone surrogates, which stand for bytes further on
    spelled = URL(url.strip())
    host = (spelled.raw_host or "").rstrip(".").removeprefix("www.")
    host = f"[{host}]" if ":" in host else host
    if spelled.explicit_port not in _DEFAULT_PORTS:
        host = f"{host}:{spelled.explicit_port}"
    path = _SLASHES.sub("/", spelled.raw_path).rstrip("/")
    query = [pair for pair in _pairs(parts.query) if not _TRACKING.fullmatch(pair[0])]
    return urlunsplit(("https", host, path, _query(sorted(query)), spelled.raw_fragment))


def shared_spelling(url: str) -> str:
    """Return `exact_url` as mobile editions and the index page of a folder share it; parameters and fragment stay.

    Raises:
        ValueError: As `exact_url`.
    """
    scheme, host, path, query, fragment = urlsplit(exact_url(url))
    path = _INDEX_PAGE.sub("", _MOBILE_PATH.sub("", path))
    return urlunsplit((scheme, _MOBILE_HOST.sub("", host), path, query, fragment))


def shorter_spellings(url: str) -> Iterator[str]:
    """Yield `shared_spelling` without some parameters or the fragment: addresses that may name the same article.

    Front pages are left out, and a fragment that a script reads as a path stays.

    Raises:
        ValueError: As `exact_url`.
    """
    scheme, host, path, query, fragment = urlsplit(shared_spelling(url))
    pairs = _pairs(query)
    kept = range(len(pairs) + 1) if len(pairs) <= _MOST_PARAMETERS else (0,)
    fragments = {fragment} if _ROUTE.match(fragment) else {fragment, ""}
    for some in (some for number in kept for some in combinations(pairs, number)):
        for kept_fragment in fragments:
            shorter = urlunsplit((scheme, host, path, _query(some), kept_fragment))
            if (len(some), kept_fragment) != (len(pairs), fragment) and not is_front_page(shorter):
                yield shorter


def differ(url: str, other: str) -> bool:
    """Return whether two addresses of one canonical spelling differ in a parameter or fragment that both have.

    Such a parameter may tell articles apart.

    Raises:
        ValueError: As `exact_url`.
    """
    parts, others = urlsplit(exact_url(url)), urlsplit(exact_url(other))
    values, other_values = ({name: value for name, value in _pairs(of.query) if value} for of in (parts, others))
    fragments = {parts.fragment, others.fragment} - {""}
    return len(fragments) > 1 or any(values[name] != other_values[name] for name in values.keys() & other_values.keys())


def is_front_page(url: str) -> bool:
    """Return whether an address names a site, not an article on it.

    Raises:
        ValueError: As `exact_url`.
    """
    parts = urlsplit(exact_url(url))
    return bool(_FRONT_PATH.fullmatch(parts.path)) and not parts.query and not _ROUTE.match(parts.fragment)


def is_same_host(url: str, other: str) -> bool:
    """Return whether two addresses have the same host, `www.`, `m.`, `mobile.` and `amp.` left aside.

    Raises:
        ValueError: As `exact_url`.
    """
    return urlsplit(canonical_url(url)).netloc == urlsplit(canonical_url(other)).netloc


def is_same_owner(url: str, other: str) -> bool:
    """Return whether two addresses are under one registered domain, so that one owner is responsible for both.

    Domains whose subdomains are rented out, e.g. `blogspot.com`, have many owners (Mozilla's Public Suffix List),
    and so have hosts that give each user a folder (`user_folder`).

    Raises:
        ValueError: As `exact_url`.
    """
    users = {user_folder(url), user_folder(other)} - {None}
    if len(users) > 1:
        return False
    domains = {registered_domain(address) for address in (url, other)}
    return is_same_host(url, other) or (len(domains) == 1 and None not in domains)


def registered_domain(url: str) -> str | None:
    """Return the domain that an address's owner registered, e.g. `bbc.co.uk` of `news.bbc.co.uk`; `None` for none."""
    domain: str | None = get_fld(url, fail_silently=True, search_private=True)
    return domain


def user_folder(url: str) -> str | None:
    """Return the user whose folder of a shared host an address is in, e.g. `good` of `/@good/a` or `/users/good/a`.

    Returns:
        The user in lower case with its sign (`@good`), or `None`.

    Raises:
        ValueError: As `exact_url`.
    """
    match = _USER.search(urlsplit(exact_url(url)).path)
    return (match.group(1) or match.group(2)).lower() if match else None


def _pairs(query: str) -> list[tuple[str, str]]:
    """Return the parameters of a query; what is not UTF-8 (`B%E4r`) is kept byte for byte."""
    return parse_qsl(query, keep_blank_values=True, errors="surrogateescape")


def _query(pairs: Iterable[tuple[str, str]]) -> str:
    return urlencode(list(pairs), errors="surrogateescape")

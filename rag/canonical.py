"""One spelling of an article's address. Pure."""

import re
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

_TRACKING = re.compile(r"utm_.*|fbclid|gclid|mc_[ce]id|cmpid|ocid|smid|partner|ref|icid", re.IGNORECASE)
_DEFAULT_PORT = re.compile(r":(80|443)$")


def canonical_url(url: str) -> str:
    """The URL without what does not name the article: scheme, `www.`, fragment, tracking, last slash.

    Raises:
        ValueError: It is not an http or https URL.
    """
    parts = urlsplit(url.strip())
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{url[:80]!r} is not an http(s) address")
    host = _DEFAULT_PORT.sub("", parts.netloc.rpartition("@")[2].lower()).removeprefix("www.")
    query = [(name, value) for name, value in parse_qsl(parts.query) if not _TRACKING.fullmatch(name)]
    return urlunsplit(("https", host, parts.path.rstrip("/"), urlencode(sorted(query)), ""))

"""The reader of a page: in the language asked for, else the browser's, else English."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from rag.messages import ENGLISH, LANGUAGES, Catalogue, in_language


def language_of(accepted: str, *wanted: str) -> str:
    """The language of a request, one of `LANGUAGES`.

    Args:
        accepted: The `Accept-Language` header (RFC 9110, 12.5.4); empty if there is none.
        wanted: As `?lang=` or `data-lang` names it, the first that there is; it comes before what the browser accepts.
    """
    for each in wanted:
        asked = each.lower().partition("-")[0]
        if asked in LANGUAGES:
            return asked
    # Not `best_match`, which prefers any language that is named exactly: of `ar-EG, en;q=0.5`, English.
    for each, quality in parse_accept_header(accepted, LanguageAccept):
        named = each.lower().partition("-")[0]
        if quality > 0 and named in LANGUAGES:
            return named
    return ENGLISH


def words_of(language: str | None) -> Catalogue:
    """The catalogue of the chat page's language; English for what is no page of ours and names none."""
    return in_language(language or ENGLISH)


@dataclass(frozen=True, slots=True)
class Reader:
    """In which language, and under which addresses, a reader sees a page.

    Attributes:
        words: The catalogue in that language.
        lang: What the links to other pages take along: `?lang=uk` where the reader chose, else nothing.
        choices: Each language's code, its name in itself, and the query that shows the same page in it.
        root_path: Prefix of the server's paths, as the reader reaches it.
    """

    words: Catalogue
    lang: str
    choices: tuple[tuple[str, str, str], ...]
    root_path: str

    @property
    def headers(self) -> dict[str, str]:
        """Of the response."""
        return {"content-language": self.words.language, "vary": "accept-language"}


def reader_of(request: Request, lang: str = "") -> Reader:
    """The reader who sent a request."""
    words = in_language(language_of(request.headers.get("accept-language", ""), lang))
    chosen = f"?lang={words.language}" if lang else ""
    choices = ((code, f"?{request.url.include_query_params(lang=code).query}") for code in LANGUAGES)
    named = tuple((code, in_language(code).name, query) for code, query in choices)
    return Reader(words, chosen, named, request.scope.get("root_path", ""))


ReaderOf = Annotated[Reader, Depends(reader_of)]
"""The reader, as a parameter of a route."""

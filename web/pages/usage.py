"""`/sites/ID/usage`: what a publisher sees of a site's questions, behind the site's secret, as a page and as CSV."""

import csv
import hmac
import io
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Response
from fastapi.responses import HTMLResponse
from fastapi.security import HTTPBasic, HTTPBasicCredentials

from rag.library.base import ReadableLibrary
from rag.messages import SITE_SECRET_NEEDED
from rag.store.site_usage import DayOfQuestions, SiteUsage
from web.language import ReaderOf
from web.pages.routes import no_such_site, page_response
from web.pages.views import rendered
from web.sites import Site

_SHOWN_DAYS = 90
_COLUMNS = ("day", "what", "count", "article_id", "title", "outlet")
_BEGINS_FORMULA = tuple("=+-@\t\r\n")
"""A spreadsheet would compute a cell that begins so (OWASP, *CSV Injection*)."""
Credentials = Annotated[HTTPBasicCredentials | None, Depends(HTTPBasic(realm="Dateline", auto_error=False))]


@dataclass(frozen=True, slots=True)
class CitedRow:
    """An article that answers of a day cited, as it is held now.

    Attributes:
        day: UTC.
        id: Of the article; empty, as are title and outlet, once it is withdrawn or forgotten.
        title: Its headline.
        outlet: That published it.
        answers: That cited it.
    """

    day: date
    id: str
    title: str
    outlet: str
    answers: int


def usage_routes(library: ReadableLibrary, sites: Collection[Site], usage: SiteUsage) -> APIRouter:
    """The routes.

    Args:
        library: Tells what the cited articles are called.
        sites: Those with a secret can be seen.
        usage: Their counts.
    """
    routes = APIRouter(include_in_schema=False)
    secrets = {site.id: (site, site.usage_secret) for site in sites if site.usage_secret}

    def opened(site_id: str, credentials: HTTPBasicCredentials | None) -> Site | None:
        """The site, if there is one with a secret.

        Raises:
            HTTPException: The secret is wrong, or none was sent; browsers then ask for it.
        """
        site, secret = secrets.get(site_id, (None, None))
        if site is None or secret is None:
            return None
        given = credentials.password if credentials else ""
        if not hmac.compare_digest(given.encode(), secret.get_secret_value().encode()):
            challenge = {"www-authenticate": f'Basic realm="{site.id}", charset="UTF-8"', "cache-control": "no-store"}
            raise HTTPException(401, SITE_SECRET_NEEDED, challenge)
        return site

    @routes.get("/sites/{site_id}/usage")
    def page(site_id: str, credentials: Credentials, reader: ReaderOf) -> HTMLResponse:
        site = opened(site_id, credentials)
        if site is None:
            return no_such_site(reader)
        days, cited = _since(library, usage, site)
        shown = rendered("usage", reader, title=site.title, days=days, cited=cited, shown_days=_SHOWN_DAYS)
        return page_response(reader, shown, is_private=True)

    @routes.get("/sites/{site_id}/usage.csv")
    def table(site_id: str, credentials: Credentials, reader: ReaderOf) -> Response:
        site = opened(site_id, credentials)
        if site is None:
            return no_such_site(reader)
        headers = {"cache-control": "no-store", "content-disposition": f'attachment; filename="{site.id}-usage.csv"'}
        # With a byte order mark, without which Excel takes UTF-8 for something else.
        body = usage_csv(*_since(library, usage, site)).encode("utf-8-sig")
        return Response(body, media_type="text/csv; charset=utf-8", headers=headers)

    return routes


def usage_csv(days: Sequence[DayOfQuestions], cited: Sequence[CitedRow]) -> str:
    """The counts as CSV (RFC 4180), a row each: questions of a day, and answers that cite an article."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(_COLUMNS)
    for each in days:
        counts = (("asked", each.asked), ("declined", each.declined), ("failed", each.failed))
        writer.writerows((each.day, what, count, "", "", "") for what, count in counts)
    for row in cited:
        writer.writerow((row.day, "cited", row.answers, *map(_inert, (row.id, row.title, row.outlet))))
    return written.getvalue()


def _inert(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.lstrip(" ").startswith(_BEGINS_FORMULA) else cell


def _since(library: ReadableLibrary, usage: SiteUsage, site: Site) -> tuple[tuple[DayOfQuestions, ...], list[CitedRow]]:
    """The counts of the last days, and the articles that were cited in them."""
    since = datetime.now(UTC).date() - timedelta(days=_SHOWN_DAYS - 1)
    cited = usage.cited(site.id, since=since)
    held = {article: library.record.current(article) for article in {each.article for each in cited}}
    rows = []
    for each in cited:
        article = held[each.article]
        names = (article.id, article.title, article.source or "") if article else ("", "", "")
        rows.append(CitedRow(each.day, *names, each.answers))
    return usage.days(site.id, since=since), rows

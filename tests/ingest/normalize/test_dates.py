"""Dates as outlets spell them: formats, zones, digits, languages, labels, and what is no date."""

from datetime import UTC, datetime, timedelta
from typing import Literal

import pytest

from ingest.normalize.dates import best_date, news_date
from ingest.normalize.records import read_record


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("Fri, 03 Jul 26 08:05:00 GMT", "2026-07-03T08:05:00Z"),
        ("Fri, 03 Jul 2026 08:05:00 +02:00", "2026-07-03T06:05:00Z"),
        ("Fri, Jul 3 2026 8:05:00 PM", "2026-07-03T20:05:00Z"),
        ("Fri Jul 03 08:05:00 +0000 2026", "2026-07-03T08:05:00Z"),
        ("2026/07/03 08:05", "2026-07-03T08:05:00Z"),
        ("2026-7-3", "2026-07-03"),
        ("2026-W27-5", "2026-07-03"),
        ("3.7.2026, 20:05 Uhr", "2026-07-03T20:05:00Z"),
        ("3.7.2026 klo 8.05", "2026-07-03T08:05:00Z"),
        ("2026-07-03 8.05", "2026-07-03T08:05:00Z"),
        ("23/07/2026", "2026-07-23"),
        ("2026-07-03T08:05-500", "2026-07-03T13:05:00Z"),
        ("2026-07-03 08:05:00 +5:30", "2026-07-03T02:35:00Z"),
        ("2026-07-03 08:05 (UTC+2)", "2026-07-03T06:05:00Z"),
        ("2026-07-03T24:00:00Z", "2026-07-04T00:00:00Z"),
        ("Fri, 03 Jul 2026 24:00:00 GMT", "2026-07-04T00:00:00Z"),
        ("2026-06-30T23:59:60Z", "2026-06-30T23:59:59Z"),
        ("/Date(1783065900000+0200)/", "2026-07-03T08:05:00Z"),
        ("2026-07-03T08:05:00+02:00[Europe/Oslo]", "2026-07-03T06:05:00Z"),
        ("Fri Jul 03 2026 08:05:00 GMT+0200 (Central European Summer Time)", "2026-07-03T06:05:00Z"),
    ],
)
def test_formats(stated: str, expected: str) -> None:
    assert str(news_date(stated)) == expected


@pytest.mark.parametrize(
    ("zone", "in_july", "in_january"),
    [
        ("PST", 8, 8),
        ("CEST", -2, -2),
        ("BST", -1, -1),
        ("JST", -9, -9),
        ("WEST", -1, -1),
        ("AEST", -10, -10),
        ("MESZ", -2, -2),
        ("ET", 4, 5),
        ("PT", 7, 8),
        ("Eastern Time", 4, 5),
        ("London time", -1, 0),
        ("America/Los_Angeles", 7, 8),
    ],
)
def test_an_abbreviation_has_its_offset_and_a_region_that_days(zone: str, in_july: int, in_january: int) -> None:
    for month, behind in (("July", in_july), ("January", in_january)):
        date = news_date(f"9 {month} 2026 10:05 {zone}")
        assert date.at.hour == 10 + behind, (month, zone)
    assert news_date(f"10:05 {zone}, July 9, 2026") == news_date(f"9 July 2026 10:05 {zone}")


@pytest.mark.parametrize(
    ("digits", "expected"),
    [
        (20260703, "2026-07-03"),
        ("20260703", "2026-07-03"),
        ("202607030805", "2026-07-03T08:05:00Z"),
        (20260703080500, "2026-07-03T08:05:00Z"),
        (1783065900, "2026-07-03T08:05:00Z"),
        ("1783065900", "2026-07-03T08:05:00Z"),
        (1783065900000, "2026-07-03T08:05:00Z"),
        ("1783065900000", "2026-07-03T08:05:00Z"),
        (1783065900000000, "2026-07-03T08:05:00Z"),
        (1783065900.25, "2026-07-03T08:05:00Z"),
    ],
)
def test_digits_are_read_by_what_is_plausible(digits: object, expected: str) -> None:
    assert str(news_date(digits)) == expected


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("3. Juli 2026, 20.05 Uhr", "2026-07-03T20:05:00Z"),
        ("vendredi 3 juillet 2026 à 20h05", "2026-07-03T20:05:00Z"),
        ("3 de julio de 2026", "2026-07-03"),
        ("3 luglio 2026 alle 20:05", "2026-07-03T20:05:00Z"),
        ("3 de julho de 2026 às 20h05", "2026-07-03T20:05:00Z"),
        ("3 juli 2026", "2026-07-03"),
        ("3 lipca 2026", "2026-07-03"),
        ("3 июля 2026 г. 20:05 МСК", "2026-07-03T17:05:00Z"),
        ("3 Temmuz 2026", "2026-07-03"),
        ("3 يوليو 2026", "2026-07-03"),
        ("2026年7月3日 20:05", "2026-07-03T20:05:00Z"),
        ("2026년 7월 3일", "2026-07-03"),
        ("3. júla 2026", "2026-07-03"),
        ("3 de juliol de 2026", "2026-07-03"),
        ("3 تموز 2026", "2026-07-03"),
        ("3 جويلية 2026", "2026-07-03"),
    ],
)
def test_languages(stated: str, expected: str) -> None:
    assert str(news_date(stated)) == expected


@pytest.mark.parametrize(
    ("line", "published", "updated"),
    [
        ("Published: 3 July 2026", "2026-07-03", None),
        ("Updated: 3 July 2026", None, "2026-07-03"),
        ("3 July 2026 (updated)", None, "2026-07-03"),
        ("Published 3 July 2026 | Updated 5 July 2026", "2026-07-03", "2026-07-05"),
        ("Last updated 5 July 2026; first published 3 July 2026", "2026-07-03", "2026-07-05"),
        ("Publié le 3 juillet 2026 - Mis à jour le 5 juillet 2026", "2026-07-03", "2026-07-05"),
        ("Zuletzt aktualisiert: 5. Juli 2026", None, "2026-07-05"),
        ("发布时间：2026年7月3日", "2026-07-03", None),
        ("Publikováno: 3. 7. 2026, aktualizováno: 5. 7. 2026", "2026-07-03", "2026-07-05"),
        ("2026年7月5日更新", None, "2026-07-05"),
    ],
)
def test_an_update_is_no_publication(line: str, published: str | None, updated: str | None) -> None:
    kinds: tuple[tuple[Literal["published", "updated"], str | None], ...] = (
        ("published", published),
        ("updated", updated),
    )
    for kind, expected in kinds:
        if expected:
            assert str(news_date(line, of=kind)) == expected
        else:
            with pytest.raises(ValueError, match=f"when it was {kind}"):
                news_date(line, of=kind)


@pytest.mark.parametrize(
    "stated",
    [
        0,
        False,
        True,
        7,
        2026,
        -1,
        float("inf"),
        "0",
        "false",
        "0000-00-00 00:00:00",
        "0001-01-01T00:00:00Z",
        "1970-01-01T00:00:00Z",
        "2026-07",
        "2026-W27",
        "3 July",
        "31 February 2026",
        "yesterday",
        "2 hours ago",
        "03/07/2026 10:00 GMT",
        "03/07/26",
        "3 July 2026 10:05 XQZ",
        "2062-07-03",
        "9999-12-31T23:59:59Z",
        4102444800,
    ],
)
def test_what_is_no_date(stated: object) -> None:
    with pytest.raises(ValueError, match="."):
        news_date(stated)


def test_a_date_may_lie_some_days_ahead_and_no_more() -> None:
    now = datetime.now(UTC)
    assert news_date((now + timedelta(days=2)).isoformat()).at > now
    article = read_record({"text": "It rained.", "date": (now + timedelta(days=40)).isoformat()}, origin="t")
    assert article.article.published_at is None
    assert "lies in the future" in article.warnings[0]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"published_at": "N/A", "date": "2026-07-03T08:05:00Z"}, "2026-07-03T08:05:00Z"),
        ({"published_at": "0000-00-00 00:00:00", "publish_date": "2026-07-03"}, "2026-07-03"),
        ({"published_at": ["3 juillet 2026 à 20h05", "2026-07-03T20:05:00+02:00"]}, "2026-07-03T18:05:00Z"),
        ({"published_at": "2026-07-03", "date": "2026-09-01T10:00:00Z"}, "2026-07-03"),
        ({"published_at": {"$date": {"$numberLong": "1783065900000"}}}, "2026-07-03T08:05:00Z"),
    ],
)
def test_of_several_dates_the_first_that_can_be_read_counts_as_exactly_as_it_is_known(
    fields: dict[str, object], expected: str
) -> None:
    reading = read_record({"text": "It rained."} | fields, origin="t")
    assert (str(reading.article.published_at), reading.warnings) == (expected, ())
    assert best_date([]) is None


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("3 ก.ค. 2569", "2026-07-03"),
        ("3 กรกฎาคม 2569", "2026-07-03"),
        ("令和8年7月3日", "2026-07-03"),
        ("平成元年7月3日", "1989-07-03"),
    ],
)
def test_years_of_other_calendars(stated: str, expected: str) -> None:
    assert str(news_date(stated)) == expected


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("fr", "2026-07-03"),
        ("de_DE", "2026-07-03"),
        ("en-GB", "2026-07-03"),
        ("en-US", None),
        ("en", None),
        ("ja", None),
        (None, None),
    ],
)
def test_the_language_tells_whether_the_day_stands_first(language: str | None, expected: str | None) -> None:
    article = read_record({"text": "It rained.", "date": "03/07/2026", "language": language}, origin="test").article
    assert (str(article.published_at) if article.published_at else None) == expected


@pytest.mark.parametrize("stated", ["2026-13-08", "2026/13/08", "2026.13.08"])
def test_a_month_that_is_none_is_no_day(stated: str) -> None:
    with pytest.raises(ValueError, match="names no month"):
        news_date(stated)


@pytest.mark.parametrize(
    ("stated", "language", "expected"),
    [
        ("8. listopada 2026", "pl", "2026-11-08"),
        ("8. listopada 2026", "hr", "2026-10-08"),
        ("03.07.26", "de", "2026-07-03"),
        ("03/07/98 08:05", "fr-CA", "1998-07-03T08:05:00Z"),
    ],
)
def test_the_language_tells_what_is_meant(stated: str, language: str, expected: str) -> None:
    assert str(news_date(stated, language=language)) == expected

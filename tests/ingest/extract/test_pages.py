"""What pages say of themselves, in the ways that outlets say it."""

import json
from html import escape
from typing import Any

import pytest

from ingest.extract.json_ld import lenient_json
from ingest.extract.page_metadata import Evidence, PageRecord
from ingest.normalize.inputs import records_of_page
from rag.errors import RefusedArticle

PARAGRAPHS = (
    "The lock keepers of Saltmere went on strike on Monday, and no barge has passed the town since the early morning.",
    "Their union asks for two more keepers on each shift, which the canal board calls more than it can pay this year.",
    "Talks are to go on in the old customs house on Wednesday, said Odile Farrow, who speaks for the board.",
)
BODY = "<h1>Lock keepers strike at Saltmere</h1>" + "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
STATED = {
    "@context": "https://schema.org",
    "@type": "NewsArticle",
    "headline": "Lock keepers strike at Saltmere",
    "datePublished": "2026-05-04T18:20:00+02:00",
    "author": {"@type": "Person", "name": "Jorun Pell"},
    "publisher": {"@type": "Organization", "name": "Saltmere Register"},
}
TEXT = json.dumps(STATED)


def page(head: str = "", body: str = BODY, title: str = "Lock keepers strike at Saltmere") -> str:
    return f'<html lang="en"><head><title>{title}</title>{head}</head><body><article>{body}</article></body></html>'


def script(data: Any, kind: str = "application/ld+json") -> str:
    return f'<script type="{kind}">{data if isinstance(data, str) else json.dumps(data)}</script>'


def read(html: str, **evidence: Any) -> PageRecord:
    (record,) = records_of_page(html, Evidence(**evidence) if evidence else None)
    return record


def dated(record: PageRecord, name: str = "published_at") -> str | None:
    """What a page states first of a date."""
    return next(iter(record.fields[name]), None)


def but(**changed: Any) -> dict[str, Any]:
    return {**STATED, **changed}


@pytest.mark.parametrize(
    "block",
    [
        script(f"//<![CDATA[\n{TEXT}\n//]]>"),
        script(f"/*<![CDATA[*/ {TEXT} /*]]>*/"),
        script(f"<!-- {TEXT} -->"),
        script(f"{TEXT};"),
        script(f'{{"@type": "BreadcrumbList"}}\n{TEXT}'),
        script(TEXT.replace("strike at", "strike\nat")),
        script(TEXT[:-1] + ", }"),
        script(TEXT.replace('"author"', '/* by */ "author"')),
        script(TEXT.replace("strike", '"strike"')),
        script(TEXT.replace('"', "&quot;")),
        script(TEXT, 'application/ld+json; charset="utf-8"'.replace('"', "")),
        script(TEXT, "Application/LD+JSON"),
        script([[STATED]]),
        script({"@graph": [{"@type": "WebSite"}, STATED]}),
        script({"@type": "WebPage", "mainEntity": STATED}),
        script(but(**{"@type": ["http://schema.org/BackgroundNewsArticle", "Thing"]})),
        script(but(**{"@type": "schema:SatiricalArticle"})),
        script({f"https://schema.org/{name}" if name[0] != "@" else name: value for name, value in STATED.items()}),
        script(but(datePublished={"@type": "DateTime", "@value": "2026-05-04T16:20:00Z"})),
        script(but(publisher=[{"name": ["Saltmere Register"]}], author=[{"givenName": "Jorun", "familyName": "Pell"}])),
        script(but(publisher={"name": {"name": "Saltmere Register"}}, author={"name": ["By Jorun Pell"]})),
        script(
            {
                "@graph": [
                    but(author={"@id": "#pell"}, publisher=[{"@id": "#us"}]),
                    {"@type": "Organization", "@id": "#us", "name": "Saltmere Register"},
                    {"@type": "Person", "@id": "#pell", "name": "Jorun Pell"},
                ]
            }
        ),
        # Field by field: what one cannot be read for, the next one states.
        script(but(datePublished="once in May", author="https://social.example/pell"))
        + '<meta name="pubdate" content="2026-05-04T16:20:00Z"><meta name="author" content="Jorun Pell">',
        script(but(publisher={"@id": "#nobody"})) + '<meta property="og:site_name" content="Saltmere Register">',
        '<meta property="article:author" content="//social.example/pell"><meta name="author" content="Jorun Pell">'
        '<meta name="dc.publisher" content="Saltmere Register"><meta name="dc.date" content="2026-05-04T16:20:00Z">',
        # A related story says nothing of this one.
        script(but(headline="Bread prize", url="https://register.example/b", datePublished="2020")) + script(STATED),
        script({"@type": "ItemList", "itemListElement": [but(datePublished="2020-01-01")]}) + script(STATED),
    ],
)
def test_however_a_page_states_it_outlet_author_and_time_are_read(block: str) -> None:
    record = read(page(block))
    published = str(dated(record)).replace("18:20:00+02:00", "16:20:00Z")
    assert (record.fields["source"], published, record.dates) == ("Saltmere Register", "2026-05-04T16:20:00Z", "stated")
    assert record.fields["authors"] in ("Jorun Pell", ["Jorun Pell"])
    assert PARAGRAPHS[2] in record.fields["text"]


def test_microdata_is_read_and_a_headline_that_is_a_link_is_its_text() -> None:
    body = f"""<div itemscope itemtype="https://schema.org/NewsArticle">
    <h1><a itemprop="headline" href="/locks">Locks shut</a></h1>
    <span itemprop="author" itemscope itemtype="https://schema.org/Person"><b itemprop="name">Jorun Pell</b></span>
    <time itemprop="datePublished" datetime="2026-05-04T16:20:00Z">Monday</time>
    <time itemprop="dateModified" datetime="2026-05-05">Tuesday</time>{BODY}</div>"""
    record = read(page(body=body))
    assert (record.fields["title"], record.fields["authors"]) == ("Locks shut", ["Jorun Pell"])
    assert (dated(record), dated(record, "updated_at")) == ("2026-05-04T16:20:00Z", "2026-05-05")


@pytest.mark.parametrize(
    ("date", "author"),
    [
        ("og:published_time", "og:author"),
        ("OriginalPublicationDate", "article:author_name"),
        ("cXenseParse:recs:publishtime", "cXenseParse:author"),
        ("iso-8601-publish-date", "article.author"),
    ],
)
def test_meta_tags_under_unusual_names_are_read(date: str, author: str) -> None:
    tags = f'<meta name="{date}" content="2026-05-04T16:20:00Z"><meta property="{author}" content="Jorun Pell">'
    record = read(page(f'{tags}<meta name="twitter:author" content="@pell">'))
    assert (dated(record), record.fields["authors"], record.dates) == ("2026-05-04T16:20:00Z", "Jorun Pell", "stated")


def test_rdfa_is_read_with_its_prefixes() -> None:
    body = f"""<div prefix="schema: http://schema.org/" typeof="schema:NewsArticle">
    <span property="schema:author" typeof="schema:Person"><b property="schema:name">Jorun Pell</b></span>
    <time property="schema:datePublished" content="2026-05-04T16:20:00Z">Monday</time>{BODY}</div>"""
    record = read(page(body=body))
    assert (record.fields["authors"], dated(record)) == (["Jorun Pell"], "2026-05-04T16:20:00Z")


def test_a_publisher_that_is_named_like_the_headline_is_not_the_outlet() -> None:
    head = '<meta property="og:site_name" content="Saltmere Register">'
    assert (
        read(page(script(but(publisher={"name": STATED["headline"]})) + head)).fields["source"] == "Saltmere Register"
    )


@pytest.mark.parametrize("sign", ["\x08", "&#8;", "&#x1F;", "\uffff"])
def test_a_control_character_behind_what_is_taken_out_costs_nothing(sign: str) -> None:
    body = f"{BODY}<p>{script(STATED)}{sign}The board<span hidden>x</span>{sign} meets on Friday.</p>"
    assert "The board meets on Friday." in " ".join(read(page(body=body)).fields["text"].split())


@pytest.mark.parametrize(
    ("head", "line", "published", "updated"),
    [
        ("", "Published <time datetime='2026-05-04'>4 May</time>", "2026-05-04", None),
        ("", "Published 4 May, updated <time datetime='2026-05-09'>9 May</time>", None, "2026-05-09"),
        ("", "Last updated: 9 May 2026", None, "Last updated: 9 May 2026"),
        ("", "Zuletzt aktualisiert am 9. Mai 2026", None, "Zuletzt aktualisiert am 9. Mai 2026"),
        (
            '<meta property="article:modified_time" content="2026-06-09T08:00:00Z">',
            "<time datetime='2026-05-04T07:00Z'>4 May</time>",
            "2026-05-04T07:00Z",
            "2026-06-09T08:00:00Z",
        ),
        ('<meta property="article:modified_time" content="2026-06-09">', "By Jorun Pell", None, "2026-06-09"),
        (script(but(datePublished="0")), "<time datetime='2026-05-04'>4 May</time>", "2026-05-04", None),
    ],
)
def test_an_update_is_no_publication_and_a_visible_date_counts(
    head: str, line: str, published: str | None, updated: str | None
) -> None:
    record = read(page(head, BODY.replace("</h1>", f"</h1><p class='byline'>{line}</p>")))
    if published or "updated" not in line:
        assert dated(record) == published
    assert dated(record, "updated_at") == updated


def test_a_date_that_cannot_be_read_is_remarked_upon() -> None:
    record = read(page(script(but(datePublished="tomorrow, perhaps"))))
    assert dated(record) is None
    assert [remark.startswith("publication date: ") for remark in record.remarks] == [True]


@pytest.mark.parametrize(
    ("head", "body", "text"),
    [
        (script(but(articleBody="\n\n".join(PARAGRAPHS))), "<div id='app'></div>", "\n\n".join(PARAGRAPHS)),
        (script(but(articleBody=escape("".join(f"<p>{p}</p>" for p in PARAGRAPHS)))), "", "\n".join(PARAGRAPHS)),
        (
            script(but(articleBody="Much more. " * 90, isAccessibleForFree="False")),
            f"<p>{PARAGRAPHS[0]}</p>",
            PARAGRAPHS[0],
        ),
        (
            "",
            "<h1>In pictures</h1>" + "".join(f"<figure><img><figcaption>{p}</figcaption></figure>" for p in PARAGRAPHS),
            "\n\n".join(PARAGRAPHS),
        ),
        (
            script({"@type": "VideoObject", "name": "The locks", "description": PARAGRAPHS[0]}),
            "<video></video>",
            PARAGRAPHS[0],
        ),
        ("", "<h1>Lock keepers strike at Saltmere</h1>", ""),
    ],
)
def test_text_stands_in_the_data_or_under_the_pictures_where_the_page_shows_no_other(
    head: str, body: str, text: str
) -> None:
    assert read(page(head, body)).fields["text"] == text


def test_a_list_in_a_page_without_an_article_is_kept() -> None:
    items = ("Two keepers more on each shift.", "A ferry for the school run.", "A report each month.")
    listed = "<ul>" + "".join(f"<li>{item}</li>" for item in items) + "</ul>"
    for around in ("{}", "<div class='wide'>{}</div>"):
        html = f"<html><body>{around.format(BODY + '<p>The union has three wishes:</p>' + listed)}</body></html>"
        assert all(item in read(html).fields["text"] for item in items)


WHOLE = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)


def test_the_text_of_a_feed_serves_where_the_page_shows_none() -> None:
    shell = "<html><head><title>Saltmere Register</title></head><body><div id='app'></div></body></html>"
    here = {"url": "https://register.example/locks", "title": "Lock keepers strike"}
    record = read(shell, text=WHOLE, **here)
    assert (record.fields["title"], record.fields["text"]) == ("Lock keepers strike", "\n".join(PARAGRAPHS))
    assert read(shell, **here).fields["title"] == "Lock keepers strike"
    assert read(page(), text=WHOLE, **here).fields["title"] == "Lock keepers strike at Saltmere"
    assert read("", text=WHOLE, **here).fields["text"] == "\n".join(PARAGRAPHS)


def test_a_page_named_after_its_outlet_takes_the_headline_of_its_feed() -> None:
    html = page('<meta property="og:site_name" content="Saltmere Register">', title="Saltmere Register")
    html = html.replace("<h1>Lock keepers strike at Saltmere</h1>", "")
    assert read(html, url="https://register.example/l", title="Locks shut").fields["title"] == "Locks shut"


def test_entries_of_a_live_blog_in_one_minute_keep_their_names_when_another_comes() -> None:
    def names(*headlines: str) -> dict[str, str]:
        updates = [{"headline": h, "articleBody": f"{h}.", "datePublished": "2026-05-04T10:00Z"} for h in headlines]
        blog = {"@type": "LiveBlogPosting", "headline": "Strike: live", "liveBlogUpdate": updates}
        return {one.fields["title"]: one.entry for one in records_of_page(page(script(blog)), None)}

    before, after = names("Ferry runs", "Talks begin"), names("Rain", "Ferry runs", "Talks begin")
    assert len(set(after.values())) == 3
    assert before.items() <= after.items()


@pytest.mark.parametrize("data", ["", "{{ data }}", "not JSON", "<p>", '{"a": ' * 5000, '{"' * 150_000, "{," * 90_000])
def test_what_is_no_json_costs_little_and_says_nothing(data: str) -> None:
    assert all(not isinstance(value, dict) or "@type" not in value for value in lenient_json(data))


def test_a_page_says_that_machines_shall_not_use_it() -> None:
    tags = '<meta name="robots" content="index, noai, noimageai"><meta name="TDM-Reservation" content="1">'
    assert read(page(tags)).opt_outs == ("a meta tag noai", "a meta tag tdm-reservation")
    assert read(page('<meta name="robots" content="noindex, noimageai">')).opt_outs == ()


@pytest.mark.parametrize(
    "link",
    [
        '<link rel="Canonical" href="https://register.example/locks">',
        '<link rel="shortlink canonical" href="https://register.example/locks">',
        '<link rel="canonical" href="//register.example/locks">',
        '<base href="https://register.example/news/"><link rel="canonical" href="../locks">',
    ],
)
def test_a_canonical_address_is_read_however_it_is_written(link: str) -> None:
    assert read(page(link)).fields["url"] == "https://register.example/locks"


@pytest.mark.parametrize("path", ["%slug%", "{{slug}}", "undefined", ":id", "[slug]", "null?x=1"])
def test_an_address_that_a_template_did_not_fill_in_is_not_the_pages_own(path: str) -> None:
    link = f'<link rel="canonical" href="https://register.example/{path}">'
    assert read(page(link), url="https://register.example/locks").fields["url"] == "https://register.example/locks"


@pytest.mark.parametrize("markup", [lambda text: text, escape])
def test_lists_and_tables_in_the_text_that_data_hold_keep_their_lines(markup: Any) -> None:
    body = "<ul><li>No barges.</li><li>No ferry.</li></ul><table><tr><td>Keepers</td><td>12</td></tr></table>"
    data = but(articleBody=markup(f"{body}<style>.track{{}}</style><p>{PARAGRAPHS[0]}</p>"))
    text = read(page(script(data), body="<div id='root'></div>")).fields["text"]
    assert text.split("\n")[:2] == ["No barges.", "No ferry."]
    assert text.split("\n")[-1] == PARAGRAPHS[0]
    assert "track" not in text


@pytest.mark.parametrize(
    "data",
    [
        but(publisher=None, isPartOf={"@type": ["CreativeWork", "Product"], "name": "Saltmere Register"}),
        but(
            publisher=None,
            isPartOf=[{"@type": "WebPage", "name": "Strike"}, {"@type": "Periodical", "name": "Saltmere Register"}],
        ),
        but(publisher=None, copyrightHolder={"name": "Saltmere Register"}),
        {
            "@context": "https://schema.org",
            "@graph": [
                but(publisher=None, isPartOf={"@id": "#site"}),
                {"@type": "WebSite", "@id": "#site", "name": "Saltmere Register"},
            ],
        },
        but(**{"@type": "Newsarticle"}),
    ],
)
def test_the_outlet_is_read_wherever_it_is_named(data: Any) -> None:
    assert read(page(script(data))).fields["source"] == "Saltmere Register"


def test_the_name_of_the_site_counts_before_the_owner_of_the_copyright() -> None:
    head = '<meta property="og:site_name" content="Saltmere Register">'
    data = but(publisher=None, copyrightHolder={"name": "Canal Press Agency"})
    assert read(page(head + script(data))).fields["source"] == "Saltmere Register"


@pytest.mark.parametrize(
    ("author", "names"),
    [
        ("Jorun Pell, Odile Farrow and Bo Lund", ["Jorun Pell", "Odile Farrow", "Bo Lund"]),
        ("Jorun Pell & Odile Farrow", ["Jorun Pell", "Odile Farrow"]),
        ("Jorun Pell, Canal Correspondent", ["Jorun Pell, Canal Correspondent"]),
        ("Ministry of Locks and Canals", ["Ministry of Locks and Canals"]),
        ("Von Jorun Pell und Odile Farrow", ["Jorun Pell", "Odile Farrow"]),
        ("Par Jorun Pell", ["Jorun Pell"]),
        ("Written by Jorun Pell", ["Jorun Pell"]),
        ("Von Miller", ["Von Miller"]),
    ],
)
def test_one_name_may_name_several_people(author: str, names: list[str]) -> None:
    assert read(page(script(but(author={"@type": "Person", "name": author})))).fields["authors"] == names


def test_a_catalogue_writes_the_family_name_first() -> None:
    assert read(page('<meta name="DC.Creator" content="Pell, Jorun">')).fields["authors"] == "Jorun Pell"


def test_the_date_of_creation_counts_where_no_other_is_stated() -> None:
    record = read(page(script(but(datePublished="", dateCreated="2026-05-04T16:20:00Z"))))
    assert dated(record) == "2026-05-04T16:20:00Z"


def test_the_year_of_a_copyright_is_no_date() -> None:
    assert dated(read(page(body=f"{BODY}<footer>Copyright 2019 Saltmere Register</footer>"))) is None


@pytest.mark.parametrize(
    "title",
    [
        "{} | Saltmere Register",
        "Saltmere Register: {}",
        "{} - Saltmere Register",
        "Saltmere Register » {}",
        "{} – News from the canal",
        "{}",
    ],
)
def test_a_headline_is_without_the_name_of_its_outlet(title: str) -> None:
    headline = "Lock keepers strike at Saltmere"
    stated = title.format(headline)
    head = f'<meta property="og:title" content="{stated}"><meta property="og:site_name" content="Saltmere Register">'
    record = read(page(head, title=stated))
    assert record.fields["title"] == headline
    assert record.fields["text"].split("\n")[0] == PARAGRAPHS[0]


def test_a_table_that_lays_out_a_page_is_no_data() -> None:
    html = page(body=f"<table><tr><td><a href='/'>Home</a></td><td>{BODY}</td></tr></table>")
    assert [line for line in read(html).fields["text"].split("\n") if line in PARAGRAPHS] == list(PARAGRAPHS)


def test_a_front_page_is_no_article_and_its_feed_is_named() -> None:
    head = '<link rel="alternate" type="application/rss+xml" href="/feed.xml">'
    with pytest.raises(RefusedArticle, match=r"https://register\.example/feed\.xml"):
        read(page(head), url="https://register.example/")


def test_a_redirect_to_a_page_without_text_that_is_a_site_is_no_article() -> None:
    head = '<title>News</title><meta property="og:type" content="website">'
    html = f"<html><head>{head}</head><body><h1>News</h1></body></html>"
    with pytest.raises(RefusedArticle, match="no article"):
        read(html, url="https://register.example/news/2026", asked="https://register.example/locks")


def test_authors_and_outlet_of_a_feed_stand_in_for_what_a_page_does_not_say() -> None:
    record = read(
        page(), url="https://register.example/locks", authors=("Jorun Pell",), publication="Saltmere Register"
    )
    assert (record.fields["authors"], record.fields["source"]) == (["Jorun Pell"], "Saltmere Register")

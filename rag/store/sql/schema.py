"""The tables of the article store."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

metadata = MetaData()
facts = Table("facts", metadata, Column("name", String, primary_key=True), Column("value", String, nullable=False))
articles = Table(
    "articles",
    metadata,
    Column("row", Integer, primary_key=True),
    Column("id", String, nullable=False),
    Column("version", Integer, nullable=False),
    # The version that is found and quoted; a withdrawn article has none.
    Column("current", Boolean, nullable=False),
    # The newest version seen, withdrawn or not.
    Column("latest", Boolean, nullable=False),
    Column("withdrawn_at", String),
    Column("in_lexical", Boolean, nullable=False, default=False),
    Column("in_vectors", Boolean, nullable=False, default=False),
    Column("title", Text, nullable=False),
    Column("source", Text),
    Column("authors", Text, nullable=False),
    Column("published_at", String),
    Column("published_epoch", BigInteger),
    Column("updated_at", String),
    Column("fetched_at", String, nullable=False),
    Column("date_confidence", String, nullable=False),
    Column("section", Text),
    Column("kind", String, nullable=False),
    Column("language", String),
    Column("correction", Text),
    Column("corrected_at", String),
    Column("stub", Boolean, nullable=False),
    Column("digest", String, nullable=False),
    # SHA-256 of the input's bytes: an input that was read before is not read again.
    Column("raw_digest", String, nullable=False),
    # Null until the article was compared with the others.
    Column("cluster_id", String),
    # Large columns come last: SQLite reads through them to reach the columns behind.
    Column("signature", LargeBinary),
    Column("text", Text, nullable=False),
    # The text before cleaning, if cleaning changed it.
    Column("original", Text),
    Index("one_version", "id", "version", unique=True),
    Index("by_raw_digest", "raw_digest"),
    Index("by_cluster", "cluster_id"),
    Index("not_in_lexical", "in_lexical", "current"),
    Index("not_in_vectors", "in_vectors", "current"),
    Index("by_publication", "current", "published_epoch"),
    Index("by_section", "section", "current"),
)
addresses = Table(
    "article_addresses",
    metadata,
    Column("article_row", ForeignKey("articles.row"), primary_key=True),
    # `url`: the address of the article as it is shown to readers.
    # `canonical`: the same in one spelling (`rag.urls.exact_url`), by which articles are looked up.
    # `fetched_from`: where the article was read, if not at `url`: an address, or a file with or without a line.
    Column("role", String, primary_key=True),
    Column("address", Text, nullable=False),
    Index("articles_by_address", "role", "address"),
    sqlite_with_rowid=False,
)
passages = Table(
    "passages",
    metadata,
    Column("id", String, primary_key=True),
    Column("article_row", ForeignKey("articles.row"), nullable=False, index=True),
    Column("ordinal", Integer, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("sentences", Text, nullable=False),
    # Repeated from the article: candidates are filtered by these columns, and a look-up in one compact index
    # costs a tenth of a look-up in the rows of articles.
    Column("current", Boolean, nullable=False, default=True),
    Column("published_epoch", BigInteger),
    Column("source", Text),
    Column("kind", String, nullable=False, default="news"),
    Index("facts_of_passage", "id", "current", "published_epoch", "source", "kind"),
    Index("passages_by_time", "current", "published_epoch"),
)
paragraphs = Table(
    "paragraphs",
    metadata,
    Column("outlet", String, primary_key=True),
    Column("key", BigInteger, primary_key=True),
    Column("article_id", String, primary_key=True),
    sqlite_with_rowid=False,
)
bands = Table(
    "bands",
    metadata,
    Column("key", BigInteger, primary_key=True),
    Column("article_row", ForeignKey("articles.row"), primary_key=True),
    Index("bands_of_article", "article_row"),
    sqlite_with_rowid=False,
)
# The last visit to each address that was requested.
visits = Table(
    "visits",
    metadata,
    Column("address", String, primary_key=True),
    # The seed: the configured address through which this one was discovered; for that address itself, its own.
    Column("source", String, nullable=False, index=True),
    Column("outlet", String),
    Column("url", String),
    Column("etag", String),
    Column("last_modified", String),
    # SHA-256 of the body.
    Column("digest", String),
    Column("stamp", String),
    # As a listing states them; used where the page itself does not.
    Column("title", Text),
    Column("published_at", String),
    Column("publication", Text),
    # Ids of the articles that came from the address, as JSON.
    Column("articles", Text, nullable=False),
    # Epoch seconds.
    Column("first_at", Float, nullable=False),
    Column("asked_at", Float, nullable=False),
    Column("succeeded_at", Float),
    Column("added_at", Float),
    Column("changed_at", Float),
    Column("failing_since", Float),
    Column("failures", Integer, nullable=False),
    # Answers of 404 since the last success.
    Column("missing", Integer, nullable=False),
    # Why the request failed, and why the content is not accepted as an article.
    Column("failure", Text),
    Column("refusal", Text),
    Column("withdrawn", Boolean, nullable=False),
    # The body of a feed or sitemap, compressed; read again when the server answers that it did not change.
    Column("listing", LargeBinary),
)
# Digests of the ids of articles that were withdrawn or forgotten.
blocked = Table("barred", metadata, Column("digest", String, primary_key=True))
# Digests of the names under which each of them could return.
blocked_names = Table(
    "barred_names",
    metadata,
    Column("name", String, primary_key=True),
    # The digest of the article's id.
    Column("article", String, primary_key=True),
)
# Signatures of the texts of their versions (`rag.store.blocked.text_signatures`).
blocked_texts = Table(
    "barred_texts",
    metadata,
    Column("article", String, primary_key=True),
    # A digest of the outlet's name, or of its host, or of the empty name for an article without either; of the address
    # for a text that other articles of the outlet may have.
    Column("outlet", String, primary_key=True, index=True),
    Column("signature", LargeBinary, primary_key=True),
)
# The journal.
intentions = Table(
    "intentions",
    metadata,
    Column("row", Integer, primary_key=True),
    Column("intention", String, nullable=False),
    Column("subject", String, nullable=False),
)

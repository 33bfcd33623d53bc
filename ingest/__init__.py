"""From files and addresses to the library: read, extract, normalise, deduplicate, store.

`ingest.pipeline` holds the run itself, `ingest.crawl` finds articles on the web, `ingest.formats` reads files,
`ingest.extract` gets records out of pages, `ingest.normalize` makes articles of records, and `ingest.dedup` tells
versions and copies apart. The command line is `python -m ingest`.
"""

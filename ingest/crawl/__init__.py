"""Finding articles on the web: feeds, sitemaps, listings, and when to ask again."""

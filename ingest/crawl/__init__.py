"""Finding articles on the web: feeds, sitemaps, listings, and when to request them again.

Import from the modules: the sandbox imports some of them, and must not import the others with them.
"""

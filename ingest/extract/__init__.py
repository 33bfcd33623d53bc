"""Records from HTML pages: what they state about themselves, and what is known about them otherwise.

Import from the modules: the sandbox imports some of them, and must not import the others with them.
"""

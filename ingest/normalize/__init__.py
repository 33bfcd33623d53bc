"""From raw inputs to clean articles: fields, text, dates, language, kind.

Import from the modules: the sandbox imports some of them, and must not import the others with them.
"""

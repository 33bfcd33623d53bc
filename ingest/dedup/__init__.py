"""Identity, copies and boilerplate: what is the same as something that is stored.

Import from the modules: the sandbox imports some of them, and must not import the others with them.
"""

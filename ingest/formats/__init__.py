"""Files and archives as raw inputs.

Import from the modules: the sandbox imports some of them, and must not import the others with them.
"""

"""Training of the span reader. Needs the extra `training`; nothing else in Dateline imports this package.

`python -m rag.reading.training --help` tells what it takes.
"""

"""Requests to the network: bounded, polite, and to public addresses only.

Import from the modules: the sandbox imports some of them, and must not import the others with them.
"""

"""The web front: the chat and the routes beside it."""

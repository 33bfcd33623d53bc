"""Finding, answering and citing: the library of articles and the questions asked of it."""

"""What recurs: the same article, near-identical texts, boilerplate."""

"""What is derived from the record so that passages are found: chunks, embeddings, a lexical and a vector index."""

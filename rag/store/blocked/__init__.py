"""What must not come back: digests of the names and signatures of the texts of articles that were forgotten."""

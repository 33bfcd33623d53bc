"""A library: the record with its indexes, opened, written and checked together."""

"""Finding records: what they say, what they are, and whose they are."""

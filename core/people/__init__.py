"""Persons, organisations, posts, and the one answer to "may this person see this, do this"."""

"""Projects, their unit works, parties, posts, supervision team and position."""

"""The whole way in the real browser: stories, and the pictures taken of them."""

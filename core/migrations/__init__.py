"""Schema changes, applied in order before the code that needs them runs. A migration that landed is never edited."""

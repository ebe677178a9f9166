"""How each kind of field is asked and answered in chat: one file per kind."""

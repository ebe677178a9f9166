"""The case engine: each process is a declaration, ``perform`` is the only way a case changes."""

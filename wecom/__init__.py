"""The WeCom platform: callbacks parsed without I/O, the client, cards as types, errors, limits."""

"""Photos, voice, video and files: checked by content, kept byte for byte, shown as safe copies.

`keeping.keep` is the way in for bytes, `records.record` the way in for bytes that belong to somebody.
"""

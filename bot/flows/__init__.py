"""Conversations that are more than a form, one file each."""

"""Notices: the papers a station signs, from issue to closure."""

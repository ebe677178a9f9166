"""Supervision checks: the process, the standard-term and violation libraries."""

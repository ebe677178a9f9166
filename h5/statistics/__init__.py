"""Statistics: figures of records, each with the list behind it. Nothing here counts people."""

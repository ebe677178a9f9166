"""Papers that steps have promised: the queue of those that are to be made, and where those that were made lie."""

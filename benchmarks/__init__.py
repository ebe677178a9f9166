"""How fast the service is, beside its parts and its peers, in one run. ``python -m benchmarks`` prints it."""

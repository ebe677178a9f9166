"""What every test may ask for by name, and what hypothesis may not complain of: how fast the machine is just now."""

from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.databases", "tests.browser", "tests.side_by_side"]

settings.register_profile("busy machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy machine")

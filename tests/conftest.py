"""What every test may ask for by name, and how hypothesis works: never in a hurry, and on every change with the same
examples (large figures look for new ones, see tests/reliability/figures.py)."""

from hypothesis import HealthCheck, settings

from tests.reliability.figures import SOAK

pytest_plugins = ["tests.databases", "tests.browser", "tests.side_by_side"]

settings.register_profile(
    "zhian", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=not SOAK, print_blob=True
)
settings.load_profile("zhian")

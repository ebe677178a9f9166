"""What every test may ask for by name."""

pytest_plugins = ["tests.databases", "tests.browser", "tests.side_by_side"]

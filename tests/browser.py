"""The real browser for tests: Debian's Chromium, with Chinese letters whatever the machine has installed.

`chromium` starts one for each test, in the test's own event loop (half a second); `open_chromium` is the same for a
command.
"""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright, expect

expect.set_options(timeout=30_000)  # on a busy machine; what appears is seen at once
FONTS = Path(__file__).parents[1] / "node_modules" / "@expo-google-fonts" / "noto-sans-sc"
QUIET = (
    *("--no-sandbox", "--disable-gpu", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"),  # a microphone that hums
)
NO_CHROMIUM = "Chromium is missing. Install it (on Debian: apt-get install chromium), or run make setup-test."


@asynccontextmanager
async def open_chromium(folder: Path) -> AsyncIterator[Browser]:
    """`folder` keeps the list of fonts and their cache."""
    program = shutil.which("chromium")
    if program is None:
        raise FileNotFoundError(NO_CHROMIUM)
    environment = dict(os.environ, FONTCONFIG_FILE=str(_fonts_conf(folder)))
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=[*QUIET], env=environment)
        yield browser
        await browser.close()


@pytest.fixture
async def chromium(tmp_path: Path) -> AsyncIterator[Browser]:
    async with open_chromium(tmp_path) as browser:
        yield browser


def _fonts_conf(folder: Path) -> Path:
    """The packaged Noto Sans SC stands for every family that a page may ask for."""
    weights = "".join(f"<dir>{FONTS / weight}</dir>" for weight in ("400Regular", "500Medium", "600SemiBold"))
    families = "".join(
        f"<alias><family>{family}</family><prefer><family>Noto Sans SC</family></prefer></alias>"
        for family in ("sans-serif", "serif", "system-ui")
    )
    file = folder / "fonts.conf"
    file.write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">'
        f"<fontconfig>{weights}<cachedir>{folder / 'fonts'}</cachedir>{families}</fontconfig>"
    )
    return file

"""``python -m tests.h5.pictures FOLDER [words of a name]``: every page on a phone and on a PC, light and dark.

Beside the pictures lie sheets that show several of them at once.
"""

import asyncio
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from PIL import Image
from playwright.async_api import Browser, Page

from core import database
from simulator.pictures import draw
from tests.browser import open_chromium
from tests.h5.gallery import PROCESSES, View, hang
from tests.h5.story import Station, station_on
from tests.h5.test_browser import phone

SIZES = {"375": {"width": 375, "height": 812}, "1440": {"width": 1440, "height": 900}}
SHADES = ("light", "dark")
UNDRAWN = "() => !document.querySelector('.charted .figure:not(.bare) .chart:empty')"
DRAWN = """() => Promise.all([...document.images].map(image => {
    image.loading = "eager";
    return image.decode().catch(() => {});
}))"""


async def take_all(folder: Path, words: Sequence[str]) -> None:
    with tempfile.TemporaryDirectory() as name:
        url = f"sqlite://{name}/pages.sqlite3"
        await database.migrate(url)
        async with station_on(url, Path(name), PROCESSES) as station, open_chromium(Path(name)) as chromium:
            views = [
                view for view in await hang(station, draw) if not words or any(word in view.name for word in words)
            ]
            for view in views:
                await _take(station, chromium, view, folder)
    for width in SIZES:
        _lay_out(folder, [view.name for view in views], width)


async def _take(station: Station, chromium: Browser, view: View, folder: Path) -> None:
    async with phone(station, chromium, view.person or station.cast.stranger, device_scale_factor=1) as reader:
        if view.person is None:
            await reader.page.context.clear_cookies()
        for width, size in SIZES.items():
            for shade in SHADES:
                await reader.page.set_viewport_size(size)  # type: ignore[arg-type]
                await reader.page.emulate_media(color_scheme=shade, reduced_motion="reduce")
                await reader.page.goto(f"{reader.address}{view.address}", wait_until="networkidle")
                await _shoot(reader.page, folder / f"{view.name}-{width}-{shade}.png", whole=width == "375")
    sys.stdout.write(f"{view.name}\n")


async def _shoot(page: Page, file: Path, *, whole: bool) -> None:
    await page.evaluate(DRAWN)
    if whole:  # as if the screen were as long as the page: what sticks to its foot is there
        long = await page.evaluate("document.documentElement.scrollHeight")
        await page.set_viewport_size({"width": page.viewport_size["width"], "height": long})  # type: ignore[index]
        await page.wait_for_function(UNDRAWN)
    await page.screenshot(path=file)


def _lay_out(folder: Path, names: Sequence[str], width: str) -> None:
    """Eight phones or four screens to a sheet."""
    files = [folder / f"{name}-{width}-{shade}.png" for name in names for shade in SHADES]
    each = 8 if width == "375" else 4
    for number, some in enumerate(files[start : start + each] for start in range(0, len(files), each)):
        pictures = [Image.open(file).convert("RGB") for file in some]
        columns = 8 if width == "375" else 2
        wide, high = max(p.width for p in pictures), min(max(p.height for p in pictures), 1900)
        sheet = Image.new("RGB", (columns * (wide + 12), -(-len(pictures) // columns) * (high + 12)), "#8ab")
        for place, picture in enumerate(pictures):
            at = (place % columns * (wide + 12), place // columns * (high + 12))
            sheet.paste(picture.crop((0, 0, picture.width, min(picture.height, high))), at)
        sheet.save(folder / f"sheet-{width}-{number}.png")


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    asyncio.run(take_all(target, sys.argv[2:]))

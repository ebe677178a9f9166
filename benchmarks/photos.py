"""(j) A photo of 12 megapixels on its way: kept with its copies, and with its watermark for the first who sees it.

Beside it what Pillow alone takes to make it smaller and to write on it; and how late the event loop is meanwhile.
"""

import asyncio
import gc
import hashlib
import io
import itertools
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial

from PIL import Image, ImageDraw, ImageFont

from benchmarks import figures
from benchmarks.places import Places
from benchmarks.scale import Scale
from core import fonts
from core.evidence import keeping, marking
from core.evidence.models import Evidence
from core.evidence.store import Store

Work = Callable[[], Awaitable[object]]

_AT = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)
_PARTS = (
    "梁柱节点",
    "外脚手架",
    "临边防护",
    "砌体墙身",
    "塔式起重机",
    "配电箱",
    "屋面防水",
    "基坑支护",
    "楼梯间",
    "模板支撑",
)
_PEOPLE = ("林晓舟", "陈知远", "符海生", "吴清禾", "王若川", "郑书宁", "黄启明")
_LINES = ("收到：2026-11-21 14:00　监督员：林晓舟　工程：汐港市听潮小学新建工程", "部位：1号教学楼 三层梁柱节点")
_TICK = 0.001
_FLOOR, _KEPT, _MARKED = "Pillow alone: smaller, turned, written on", "zhian: kept", "zhian: watermark, once"
_IDLE = "nothing but waiting"


def measure(_places: Places, scale: Scale) -> None:
    gc.freeze()  # as the service does when it starts
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_measure(_works(_photo(), Store.open(folder)), scale))


async def _measure(works: dict[str, Work], scale: Scale) -> None:
    """Each once, then each again, so that what others do on the machine slows all alike."""
    taken: figures.Rounds = {name: [] for name in works}
    late: figures.Rounds = {name: [] for name in works}
    longest = dict.fromkeys(works, 0.0)
    for number in range(scale.rounds):
        figures.say(f"  round {number + 1} of {scale.rounds}: {scale.photos} photos each")
        shots: figures.Rounds = {name: [] for name in works}
        lags: figures.Rounds = {name: [] for name in works}
        for _ in range(scale.photos):
            for name, work in works.items():
                spent, lag = await _watched(work)
                shots[name].append(spent)
                lags[name].append(lag)
        for name in works:
            taken[name].append(min(shots[name]))
            late[name].append(statistics.median(lags[name]))
            longest[name] = max(longest[name], *lags[name])
    _tell(taken, late, longest, scale)


def _tell(taken: figures.Rounds, late: figures.Rounds, longest: dict[str, float], scale: Scale) -> None:
    together = "zhian: both"
    taken[together] = [kept + marked for kept, marked in zip(taken[_KEPT], taken[_MARKED], strict=True)]
    figures.table(
        f"(j) zhian photos, 12 megapixels: {scale.rounds} rounds, of each the fastest of {scale.photos}; milliseconds",
        ["", "one photo", "times Pillow", "event loop late, at worst of a photo", "of all"],
        [
            [name, *_speed(name, taken), *_lateness_of(name, late, longest)]
            for name in (_FLOOR, _KEPT, _MARKED, together, _IDLE)
        ],
    )


def _speed(name: str, taken: figures.Rounds) -> tuple[str, str]:
    if name == _IDLE:
        return "", ""
    return figures.spread(taken[name], 1), f"{figures.ratio(taken, name, _FLOOR):.2f}"


def _lateness_of(name: str, late: figures.Rounds, longest: dict[str, float]) -> tuple[str, str]:
    """Of what is two pieces of work each has its own line."""
    return (figures.spread(late[name], 1), f"{longest[name]:.1f}") if name in late else ("", "")


async def _watched(work: Work) -> tuple[float, float]:
    """Milliseconds: what it took, and by how much the event loop was late at its worst meanwhile."""
    ended = asyncio.Event()
    watch = asyncio.create_task(_lateness(ended))
    await asyncio.sleep(0)
    began = time.perf_counter()
    await work()
    spent = time.perf_counter() - began
    ended.set()
    return spent * 1000, await watch * 1000


async def _lateness(ended: asyncio.Event) -> float:
    worst = 0.0
    while not ended.is_set():
        due = time.perf_counter() + _TICK
        await asyncio.sleep(_TICK)
        worst = max(worst, time.perf_counter() - due)
    return worst


def _works(photo: bytes, store: Store) -> dict[str, Work]:
    font = ImageFont.truetype(fonts.REGULAR, 40, layout_engine=ImageFont.Layout.BASIC)
    ids, sha256 = itertools.count(1), hashlib.sha256(photo).hexdigest()

    async def kept() -> None:
        await keeping.keep(store, photo, kind_hint="photo")

    async def marked() -> None:
        """Of a photo that ``kept`` has left there."""
        shown_key = keeping.key_of(sha256, "shown.jpg")
        one = Evidence(id=next(ids), created_at=_AT, sha256=sha256, shown_key=shown_key)
        await marking.burned(store, one, partial(_mark, one.id))

    return {
        _FLOOR: partial(asyncio.to_thread, _floor, photo, font),
        _KEPT: kept,
        _MARKED: marked,
        _IDLE: partial(asyncio.sleep, 0.1),
    }


async def _mark(number: int) -> marking.Mark:
    """No two alike, as long as those of the floor."""
    return marking.Mark(
        _AT + timedelta(minutes=17 * number),
        project="汐港市听潮小学新建工程",
        part=f"{number % 9 + 1}号教学楼 {number % 20 + 1}层{_PARTS[number % len(_PARTS)]}",
        role="监督员",
        by=_PEOPLE[number % len(_PEOPLE)],
    )


def _floor(photo: bytes, font: ImageFont.FreeTypeFont) -> bytes:
    """The same reduction and the same quality, and nothing that is not seen on it."""
    with Image.open(io.BytesIO(photo)) as image:
        image.draft("RGB", (1600, 1200))
        small = image.resize((1600, 1200), Image.Resampling.LANCZOS, reducing_gap=2.0)
    turned = small.transpose(Image.Transpose.ROTATE_270)
    pen = ImageDraw.Draw(turned, "RGBA")
    pen.rectangle((0, 1440, 1200, 1600), fill=(0, 0, 0, 140))
    for row, line in enumerate(_LINES):
        pen.text((40, 1450 + 60 * row), line, font=font, fill="white")
    out = io.BytesIO()
    turned.save(out, "JPEG", quality=82)
    return out.getvalue()


def _photo() -> bytes:
    """As noisy as a site, and lying on its side, as a phone held upright stores it."""
    size = (4000, 3000)
    scene = Image.effect_noise((1000, 750), 60).resize(size, Image.Resampling.BICUBIC)
    bands = [Image.blend(scene, Image.effect_noise(size, 20), 0.2) for _ in range(3)]
    exif = Image.Exif()
    exif[0x0112] = 6
    out = io.BytesIO()
    Image.merge("RGB", bands).save(out, "JPEG", quality=88, exif=exif)
    return out.getvalue()

"""(f) Papers a second with their preview pictures, each different from the one before, and the memory of the press."""

import asyncio
import io
import os
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from PIL import Image

from benchmarks import figures
from benchmarks.places import Places
from benchmarks.scale import Scale
from checks.finding import Citation, Finding
from notices.papers.paper import CitedNotice, Deadline, Fact, Paper, RectificationNotice, Served, ServiceRecord
from notices.papers.rendering import Press

_AT = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)
_WARM = 2
_RULE = Citation(id="1", text="作业面临空一侧未设置防护栏杆。", basis="《高处作业规范》", clause="4.1.1")
_COMMON: dict[str, Any] = {
    "station": "汐港市建设工程质量安全监督站",
    "project_name": "汐港市听潮小学新建工程",
    "issued_at": _AT,
    "verify_url": "https://zhian.station.example/verify/7f3kq9x2m4t8w6zb",
    "addressee_units": ("汐港市临港建工集团有限公司",),
}


@dataclass
class Seen:
    """What the papers of one kind were like, for the table."""

    pages: int = 0
    pdf_kilobytes: float = 0
    picture_kilobytes: float = 0
    megabytes: float = 0


def measure(_places: Places, scale: Scale) -> None:
    many = min(60, 6 * scale.papers)
    kinds: dict[str, tuple[Callable[[int], Paper], Mapping[int, bytes]]] = {
        "service record of 3 people": (_service_record, {}),
        "5 findings, no photo": (partial(_notice, 0), {}),
        "5 findings, 6 photos": (partial(_notice, 6), _photos(6)),
        f"5 findings, {many} photos": (partial(_notice, many), _photos(many)),
    }
    seen = {name: Seen() for name in kinds}
    contestants = {
        name: partial(_a_second, paper, photos, max(1, scale.papers // (1 + len(photos) // 6)), seen[name])
        for name, (paper, photos) in kinds.items()
    }
    found = figures.interleave(scale.rounds, contestants)
    figures.table(
        f"(f) zhian papers, one press: {scale.rounds} rounds of {scale.papers}, fewer with photos; PDF and previews",
        ["", "papers a second", "pages a second", "pages", "PDF KB", "previews KB", "press MB"],
        [_row(name, rounds, seen[name]) for name, rounds in found.items()],
    )


def _row(name: str, rounds: list[float], one: Seen) -> list[str]:
    pages = [figures.spread(rounds, 1), figures.spread([papers * one.pages for papers in rounds]), str(one.pages)]
    return [name, *pages, *(f"{size:,.0f}" for size in (one.pdf_kilobytes, one.picture_kilobytes, one.megabytes))]


def _a_second(paper: Callable[[int], Paper], photos: Mapping[int, bytes], count: int, seen: Seen) -> float:
    return asyncio.run(_rendering(paper, photos, count, seen))


async def _rendering(paper: Callable[[int], Paper], photos: Mapping[int, bytes], count: int, seen: Seen) -> float:
    """Papers a second, after a few to warm up."""
    async with Press() as press:
        for number in range(_WARM):
            rendered = await press.render(paper(number), photos)
        began = time.perf_counter()
        for number in range(_WARM, _WARM + count):
            rendered = await press.render(paper(number), photos)
        taken = time.perf_counter() - began
        seen.megabytes = max(seen.megabytes, _press_megabytes())
    seen.pages, seen.pdf_kilobytes = len(rendered.pages), len(rendered.pdf) / 1024
    seen.picture_kilobytes = sum(map(len, rendered.pages)) / 1024
    return count / taken


def _press_megabytes() -> float:
    """The most memory that the press, the only child of this process at work, has held so far."""
    own = os.getpid()
    children = Path(f"/proc/{own}/task/{own}/children").read_text().split()
    states = [Path(f"/proc/{child}/status").read_text() for child in children]
    return max(int(held) / 1024 for state in states for held in re.findall(r"^VmHWM:\s+(\d+)", state, flags=re.M))


def _notice(photos: int, number: int) -> Paper:
    shown = [list(range(photos))[start::5] for start in range(5)]
    facts = tuple(
        Fact(number=n, finding=Finding(photos=shown[n - 1], terms=[_RULE], note=f"第{number}次，{n}层。"))
        for n in range(1, 6)
    )
    return RectificationNotice(
        **_COMMON,
        doc_no=f"汐港质安改〔2026〕{number:04}号",
        facts=facts,
        notice_text=f"请立即组织第{number}次整改。",
        deadline=Deadline(by=_AT, because="自送达次日起7个工作日。"),
    )


def _service_record(number: int) -> Paper:
    doc_no = f"汐港质安改〔2026〕{number:04}号"
    return ServiceRecord(
        **_COMMON,
        doc_no=doc_no,
        notice=CitedNotice(title="整改通知书", doc_no=doc_no, issued_at=_AT),
        document_sha256=f"{number:064x}",
        served=tuple(Served(name=name, sent_at=_AT, opened_at=_AT) for name in ("陈广泽", "白一帆", "沈亦汀")),
    )


def _photos(count: int) -> dict[int, bytes]:
    """As noisy as a site, so that they are as large as photos."""
    found = {}
    for number in range(count):
        scene = Image.effect_noise((200, 150), 60).resize((1600, 1200), Image.Resampling.BICUBIC)
        out = io.BytesIO()
        Image.blend(scene, Image.effect_noise((1600, 1200), 20), 0.2).convert("RGB").save(out, "JPEG", quality=82)
        found[number] = out.getvalue()
    return found

"""The process that sets papers: what it reads, what ends it, and what is told when no paper comes of it."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from notices.papers.paper import GenericNotice, Paper
from notices.papers.rendering import PaperFailed, Press
from tests.notices.papers.material import NOTICE, PAPERS, PHOTOS, words

ROOT = Path(__file__).parents[3]


def presses() -> list[int]:
    """Ids of the presses that this process has started."""
    listing = subprocess.run(
        ["pgrep", "-P", str(os.getpid()), "-f", "notices.papers.press"], capture_output=True, text=True, check=False
    )
    return [int(line) for line in listing.stdout.split()]


def environment(process: int) -> list[str]:
    return Path(f"/proc/{process}/environ").read_text().split("\0")


async def until(reached: Callable[[], bool]) -> None:
    for _ in range(1_000):
        if reached():
            return
        await asyncio.sleep(0.01)
    pytest.fail("not reached in ten seconds")


def short(words: str) -> Paper:
    return GenericNotice(title="约谈通知书", **NOTICE | {"facts": (), "notice_text": words})


async def test_papers_asked_for_at_once_do_not_mix() -> None:
    async with Press() as press:
        rendered = await asyncio.gather(*(press.render(short(f"第{n}份。")) for n in range(8)))
        assert len(presses()) == 1
    assert [words(one.pdf).count(f"通知事项第{n}份。") for n, one in enumerate(rendered)] == [1] * 8
    assert presses() == []


async def test_a_paper_that_takes_too_long_is_given_up() -> None:
    async with Press(seconds=0.001) as press:
        with pytest.raises(PaperFailed) as failed:
            await press.render(short("一份。"))
    assert failed.value.sentence == "文书内容太多，没有在规定时间内排完，请联系管理员。"
    assert presses() == []


async def test_a_press_that_dies_is_replaced_for_the_next_paper() -> None:
    async with Press() as press:
        first = await press.render(short("第一份。"))
        os.kill(presses()[0], signal.SIGSTOP)  # so that it certainly holds the next paper when it is killed
        under_way = asyncio.create_task(press.render(short("第二份。")))
        await asyncio.sleep(0)
        os.kill(presses()[0], signal.SIGKILL)
        with pytest.raises(PaperFailed) as failed:
            await under_way
        assert failed.value.sentence == "排版程序中途退出，文书没有生成，请稍后再试。"
        assert await press.render(short("第一份。")) == first


async def test_a_paper_that_needs_too_much_memory_fails_alone() -> None:
    async with Press(megabytes=80) as press:
        with pytest.raises(PaperFailed):
            await press.render(short("甲\n" * 5000))
    assert presses() == []


async def test_who_stops_waiting_leaves_nothing_behind_for_the_next() -> None:
    async with Press() as press:
        impatient = asyncio.create_task(press.render(PAPERS["rectification_notice"], PHOTOS))
        await until(lambda: presses() != [])
        impatient.cancel()
        rendered = await press.render(short("下一份。"))
    assert words(rendered.pdf).count("通知事项下一份。") == 1


async def test_a_press_with_nothing_to_do_ends() -> None:
    async with Press(idle_seconds=0) as press:
        await press.render(short("一份。"))
        await until(lambda: presses() == [])


async def test_a_missing_photo_is_said_before_anything_is_set() -> None:
    async with Press() as press:
        with pytest.raises(PaperFailed) as failed:
            await press.render(PAPERS["rectification_notice"], {11: PHOTOS[11]})
    assert failed.value.sentence == "有 2 张照片没有取到，文书暂时不能生成，请稍后再试。"


async def test_a_template_that_fails_does_not_end_the_press(monkeypatch: pytest.MonkeyPatch) -> None:
    async with Press() as press:
        with monkeypatch.context() as patched:
            patched.setattr(GenericNotice, "template", "nowhere")
            with pytest.raises(PaperFailed) as failed:
                await press.render(short("一份。"))
        assert failed.value.sentence == "文书没有生成，请联系管理员。"
        before = presses()
        await press.render(short("一份。"))
        assert presses() == before


async def test_the_press_does_not_know_the_services_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHIAN_SECRET_KEY", "never-tell-a-decoder-of-pictures-this")
    async with Press() as press:
        await press.render(short("一份。"))
        assert [name for name in environment(presses()[0]) if name.startswith("ZHIAN_")] == []


def test_the_press_ends_with_its_input() -> None:
    command = [sys.executable, "-m", "notices.papers.press", "640"]
    assert subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, timeout=30, check=False).returncode == 0


def test_templates_reach_for_nothing_but_their_base_and_their_data() -> None:
    folder = ROOT / "notices" / "papers"
    for template in folder.glob("*.typ"):
        text = template.read_text(encoding="utf-8")
        assert [word for word in ("@", "http", "eval(", "plugin(", "read(") if word in text] == [], template.name
        assert text.count("#import ") == (0 if template.stem == "base" else 1)


def test_every_template_belongs_to_a_paper() -> None:
    folder = ROOT / "notices" / "papers"
    assert {path.stem for path in folder.glob("*.typ")} == {"base", *PAPERS}
    assert {kind: paper.template for kind, paper in PAPERS.items()} == {kind: kind for kind in PAPERS}

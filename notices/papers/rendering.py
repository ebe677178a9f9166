"""Papers from their data: a PDF for the record and the pictures of its pages for a phone."""

import asyncio
import contextlib
import hashlib
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import structlog

from notices.papers import wire
from notices.papers.paper import Notice, Paper
from notices.papers.wording import printed

log = structlog.get_logger()

ROOT = Path(__file__).parents[2]
_SECONDS_PER_PHOTO = 0.2
_PROGRAM = ("-m", "notices.papers.press")
_NO_PHOTOS: Mapping[int, bytes] = {}


@dataclass(frozen=True)
class Rendered:
    """`pages` are PNG pictures; `sha256` is the PDF's, in hex."""

    pdf: bytes
    pages: tuple[bytes, ...]
    sha256: str


class PaperFailed(Exception):
    """No paper came of it; the sentence can be told to whoever waits for the paper."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Press:
    """Renders one paper after the other, in a process that starts with the first and ends when idle.

    ``async with Press() as press``. `seconds` bounds a paper without photos, each of which adds a fifth of a second;
    `megabytes` bounds the process.
    """

    def __init__(self, seconds: float = 60, megabytes: int = 640, idle_seconds: float = 60) -> None:
        self._seconds, self._megabytes, self._idle = seconds, megabytes, idle_seconds
        self._turn = asyncio.Lock()
        self._process: asyncio.subprocess.Process | None = None
        self._closing: asyncio.TimerHandle | None = None
        self._leaving: set[asyncio.Task[int]] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._end()

    async def render(
        self, paper: Paper, photos: Mapping[int, bytes] = _NO_PHOTOS, seal: bytes | None = None
    ) -> Rendered:
        """`photos` are JPEG pictures by evidence id, `seal` is a PNG or JPEG. The same arguments give the same bytes.

        A photo that cannot be decoded is named in the paper as unreadable. Raises PaperFailed when a photo is missing,
        or the paper takes too long or too much memory.
        """
        job = await asyncio.to_thread(_job, paper, photos, seal)
        seconds = self._seconds + _SECONDS_PER_PHOTO * len(photos)
        async with self._turn:
            try:
                return await asyncio.wait_for(self._set(paper, job), seconds)
            except TimeoutError as error:
                log.warning("paper.too_slow", template=paper.template, doc_no=paper.doc_no, seconds=seconds)
                raise PaperFailed("文书内容太多，没有在规定时间内排完，请联系管理员。") from error
            except (asyncio.IncompleteReadError, OSError) as error:
                log.warning("paper.press_died", template=paper.template, doc_no=paper.doc_no)
                raise PaperFailed("排版程序中途退出，文书没有生成，请稍后再试。") from error

    async def _set(self, paper: Paper, job: bytes) -> Rendered:
        """Whatever goes wrong on the way ends the process: nobody could tell its next answer from this one."""
        process = await self._running()
        try:
            answer = await _answer(process, job)
        except BaseException:
            self._kill()
            raise
        self._closing = asyncio.get_running_loop().call_later(self._idle, self._let_go)
        return await asyncio.to_thread(_rendered, paper, *answer)

    async def _running(self) -> asyncio.subprocess.Process:
        if self._closing is not None:
            self._closing.cancel()
        if self._process is None or self._process.returncode is not None:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, *_PROGRAM, str(self._megabytes)),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                cwd=ROOT,
                env=_without_secrets(),
                start_new_session=True,  # Ctrl-C is for the service, which lets a paper come to its end
            )
        return self._process

    def _kill(self) -> None:
        process = self._let_go()
        if process is not None and process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()

    def _let_go(self) -> asyncio.subprocess.Process | None:
        """The end of its input ends a press that has nothing to do."""
        process, self._process = self._process, None
        if process is not None and process.stdin is not None:
            process.stdin.close()
            task = asyncio.get_running_loop().create_task(process.wait())
            self._leaving.add(task)
            task.add_done_callback(self._leaving.discard)
        return process

    async def _end(self) -> None:
        async with self._turn:
            if self._closing is not None:
                self._closing.cancel()
            self._let_go()
            await asyncio.gather(*self._leaving)


async def _answer(process: asyncio.subprocess.Process, job: bytes) -> tuple[dict[str, Any], list[bytes]]:
    if process.stdin is None or process.stdout is None:
        raise TypeError("the press was started without pipes")
    process.stdin.write(job)
    await process.stdin.drain()
    size = wire.HEAD.unpack(await process.stdout.readexactly(wire.HEAD.size))[0]
    head = json.loads(await process.stdout.readexactly(size))
    return head, [await process.stdout.readexactly(length) for length in head["sizes"]]


def _job(paper: Paper, photos: Mapping[int, bytes], seal: bytes | None) -> bytes:
    wanted = _photos(paper)
    if absent := [photo for photo in wanted if photo not in photos]:
        log.warning("paper.photos_missing", template=paper.template, doc_no=paper.doc_no, photos=absent)
        raise PaperFailed(f"有 {len(absent)} 张照片没有取到，文书暂时不能生成，请稍后再试。")
    blobs = {str(photo): photos[photo] for photo in wanted} | ({"seal": seal} if seal else {})
    head = {"template": paper.template, "data": printed(paper), "blobs": list(blobs)}
    return wire.packed(head, list(blobs.values()))


def _photos(paper: Paper) -> list[int]:
    facts = paper.facts if isinstance(paper, Notice) else ()
    return list(dict.fromkeys(photo for fact in facts for photo in fact.finding.photos))


def _rendered(paper: Paper, head: dict[str, Any], blobs: list[bytes]) -> Rendered:
    if "error" in head:
        log.error("paper.failed", template=paper.template, doc_no=paper.doc_no, error=head["error"])
        raise PaperFailed("文书没有生成，请联系管理员。")
    pdf, *pages = blobs
    return Rendered(pdf, tuple(pages), hashlib.sha256(pdf).hexdigest())


def _without_secrets() -> dict[str, str]:
    """The press needs none of the service's settings."""
    return {name: value for name, value in os.environ.items() if not name.startswith("ZHIAN_")}

"""The state on disk: one JSON document and a folder of media beside it, written shortly after a change."""

import asyncio
from pathlib import Path

from pydantic import ValidationError

from simulator.clock import replace_file
from simulator.state import State

_PAUSE_SECONDS = 0.5


class BadState(Exception):
    """A state file that cannot be read; the text is for the person who starts the simulator."""


class Store:
    """Without a path everything lives in memory. `changed()` is cheap; the writing follows by itself."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._folder = path.with_suffix(".media") if path else None
        self._media: dict[str, bytes] = {}
        self._fresh = False
        self._writing: asyncio.Task[None] | None = None
        self.state = self._load()

    def changed(self) -> None:
        self._fresh = True
        if self._path and (self._writing is None or self._writing.done()):
            self._writing = asyncio.get_running_loop().create_task(self._write_soon(self._path))

    async def written(self) -> None:
        """Returns when every change so far is on disk."""
        if self._writing:
            await self._writing

    async def close(self) -> None:
        await self.written()
        if self._path:
            replace_file(self._path, self._document())

    def reset(self) -> None:
        self.state = State()
        self._media.clear()
        for file in self._folder.glob("*") if self._folder else ():
            file.unlink()

    def keep_media(self, media_id: str, content: bytes) -> None:
        if self._folder:
            replace_file(self._folder / media_id, content)
        else:
            self._media[media_id] = content

    def media(self, media_id: str) -> bytes:
        return (self._folder / media_id).read_bytes() if self._folder else self._media[media_id]

    def _load(self) -> State:
        if not self._path or not self._path.exists():
            return State()
        try:
            return State.model_validate_json(self._path.read_bytes())
        except ValidationError as error:
            raise BadState(f"{self._path} 不是这一版模拟器的状态文件，请把它移走或删除后再启动") from error

    async def _write_soon(self, path: Path) -> None:
        while self._fresh:
            await asyncio.sleep(_PAUSE_SECONDS)
            self._fresh = False
            document = self._document()  # on the loop, so that nothing changes meanwhile
            await asyncio.to_thread(replace_file, path, document)

    def _document(self) -> bytes:
        return self.state.model_dump_json().encode()

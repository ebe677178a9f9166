"""Logs help at night and tell nothing about people: ids, kinds and places; no words, names, numbers or tokens."""

import asyncio
import io
import json
import logging
import re
import sqlite3
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg
import pytest
import structlog
from pydantic import BaseModel, ValidationError
from tortoise.exceptions import IntegrityError

from bot import logs
from bot.router import Router
from core.cases.models import Case
from core.people.models import Organisation, Person
from core.projects.models import Project
from tests.town import Town, photo, town
from wecom.errors import from_answer

log = structlog.get_logger()
MOBILE = "10000000007"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    logs.configure(stream)
    yield stream
    structlog.reset_defaults()
    logging.basicConfig(force=True)


@pytest.fixture
async def place(written: io.StringIO, migrated_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    async with town(migrated_url, tmp_path) as made:
        yield made


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def failure_of(error: Exception, stream: io.StringIO) -> dict[str, Any]:
    try:
        raise error
    except type(error):
        log.exception("something.failed", case=7)
    told: dict[str, Any] = lines(stream)[-1]["failure"]
    return told


def test_a_failure_names_its_kind_and_its_place_not_its_words(written: io.StringIO) -> None:
    told = failure_of(ValueError(f"{MOBILE} 林小舟"), written)
    assert (told["kind"], told.get("said")) == ("ValueError", None)
    assert re.fullmatch(r".*test_logs.py:\d+ failure_of", told["at"][0])


class Form(BaseModel):
    count: int


def _invalid() -> ValidationError:
    with pytest.raises(ValidationError) as caught:
        Form.model_validate({"count": MOBILE + "x"})
    return caught.value


def _duplicate() -> asyncpg.PostgresError:
    fields = {"C": "23505", "n": "person_mobile_key", "t": "person", "M": "duplicate", "D": f"Key (mobile)=({MOBILE})"}
    made: asyncpg.PostgresError = asyncpg.UniqueViolationError.new(fields)
    return made


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(28, "No space left on device", f"media/{MOBILE}.jpg"), "No space left on device"),
        (_duplicate(), "23505 person person_mobile_key"),
        (IntegrityError(_duplicate()), "23505 person person_mobile_key"),
        (IntegrityError(sqlite3.IntegrityError("UNIQUE constraint failed: person.mobile")),
         "UNIQUE constraint failed: person.mobile"),
        (_invalid(), "count: int_parsing"),
    ],
)  # fmt: skip
def test_harmless_words_are_kept(error: Exception, said: str, written: io.StringIO) -> None:
    assert failure_of(error, written)["said"] == said


def test_wecoms_refusal_is_told_with_its_remedy(written: io.StringIO) -> None:
    said = failure_of(from_answer(60020, "not allow, from ip: 203.0.113.7, access_token=abcdef"), written)["said"]
    assert said.startswith("60020 config: 服务器的出口地址不在企业可信IP内")
    assert "abcdef" not in said


def test_a_cause_is_told_with_its_own_kind(written: io.StringIO) -> None:
    error = RuntimeError(MOBILE)
    error.__cause__ = KeyError(MOBILE)
    assert failure_of(error, written)["because"] == {"kind": "KeyError"}


def test_libraries_speak_without_their_values(written: io.StringIO) -> None:
    logging.getLogger("aiohttp.server").error("Error handling request from %s", "203.0.113.7")
    logging.getLogger("asyncio").error(f"Task exception was never retrieved\nfuture: <Task {MOBILE}>")
    assert [line["said"] for line in lines(written)] == [
        "Error handling request from %s",
        "Task exception was never retrieved",
    ]


def test_user_ids_and_mobiles_are_masked(written: io.StringIO) -> None:
    log.warning("sign_in.refused", userid=MOBILE, path=f"/h5/{MOBILE}")
    assert [(line["userid"], line["path"]) for line in lines(written)] == [("1…7", "/h5/1**********")]


async def test_a_whole_story_with_mishaps_leaves_nothing_personal(
    place: Town, written: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _check(place)
    await _mishaps(place, written, monkeypatch)
    for line in (told := lines(written)):
        del line["timestamp"]  # at twenty seconds past, it would hold a piece of the position
    said = json.dumps(told, ensure_ascii=False)
    assert len(told) >= 10
    for secret in [*_words(), *await _people(), *_secrets(place)]:
        assert secret not in said, f"the log holds {secret}"


async def test_lines_of_one_request_have_its_number(
    place: Town, written: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_: object) -> None:
        raise ValueError

    monkeypatch.setattr(Router, "handle", fails)
    place.world.knobs.callback_retries = 0
    place.world.type_text("lin", "上报")
    await place.settle()
    failed = [line for line in lines(written) if line["event"] == "answer.broken"]
    assert [bool(re.fullmatch("[0-9a-f]{8}", line["request"])) for line in failed] == [True]


async def _mishaps(place: Town, written: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything that a bad day brings: WeCom's errors, a broken picture, a failing handler, strangers, forgeries."""
    lin = place.phone("lin")
    for fault in ("-1", "500", "broken_json", "reset_after", "42001"):
        before = len(lines(written))
        place.world.faults.set(fault)
        place.world.type_text("lin", "帮助")
        while len(lines(written)) == before:  # noqa: ASYNC110  # the sender says it
            await asyncio.sleep(0.01)
        place.world.faults.clear()
        await place.settle()
    place.world.send_image("lin", b"\xff\xd8 no picture at all")
    await place.settle()
    place.world.faults.set("bad_signature")
    place.world.knobs.callback_retries = 0
    place.world.type_text("lin", "伪造的话")
    await place.settle()
    place.world.faults.clear()
    with monkeypatch.context() as patch:
        patch.setattr(Router, "handle", _quotes_everything)
        place.world.type_text("lin", "临边防护缺失")
        await place.settle()
    await lin.sends("location", 20.031415, 110.359265, "滨江路八号")
    async with aiohttp.ClientSession() as session:
        for path in ("/login?code=guessed-code&state=x", "/h5/", "/h5/cases/1", f"/h5/{MOBILE}"):
            async with session.get(place.service + path, allow_redirects=False):
                pass


async def _quotes_everything(_router: object, talk: Any) -> None:
    raise ValueError(f"{talk.person.name} {talk.person.mobile} {talk.event}")


async def _check(place: Town) -> None:
    lin, luo, qin = (place.phone(userid) for userid in ("lin", "luo", "qin"))
    await lin.says("上报")
    await lin.chooses("滨江花园一期")
    await lin.taps("安全检查")
    await lin.says("3号楼 5层")
    place.world.send_image("lin", photo())
    await place.settle()
    await lin.says("临边防护缺失")
    await lin.taps("确认，下一步")
    await lin.chooses("罗敬川", "秦若岩")
    await lin.chooses("陈光泽")
    await lin.taps("立即提交")
    await luo.taps("通过")
    await qin.says("待办")
    assert (await Case.get()).state == "passed"


def _words() -> list[str]:
    return ["临边防护缺失", "伪造的话", "3号楼", "帮助", "滨江路", "20.03", "110.35", "guessed-code"]


async def _people() -> list[str]:
    people = await Person.all()
    return [
        *(person.name for person in people),
        *(str(person.mobile) for person in people),
        *[org.name for org in await Organisation.all()],
        *[project.name for project in await Project.all()],
    ]


def _secrets(place: Town) -> list[str]:
    settings, issued = place.house.settings, place.world.api.tokens._issued
    assert issued
    kept = (settings.secret_key, settings.wecom_secret, settings.wecom_callback_token, settings.wecom_callback_aes_key)
    return [*kept, *issued]

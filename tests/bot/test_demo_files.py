"""The demo's files themselves: nothing real in them, and words that mean what they should."""

import re
from collections import Counter
from pathlib import Path

import pytest
from aiohttp import web

from bot.demo import loading, notices, records, rows
from bot.demo.pictures import pictures_from
from checks.library import CheckType, load
from core import clock
from simulator.pictures import PICTURES

FILES = sorted(Path(loading.__file__).parent.glob("*.json"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_no_number_could_be_somebodys_phone_and_no_address_leads_anywhere(file: Path) -> None:
    text = file.read_text("utf-8")
    numbers = re.findall(r"(?<![\d.])\d{7,}(?![\d.])", text)
    costs = re.findall(r'"cost": (\d+)', text)
    assert [n for n in numbers if n not in costs and not re.fullmatch(r"100\d{8}", n)] == []
    assert re.findall(r"https?:|www\.|@", text) == []


def test_names_mobiles_and_ids_are_given_once() -> None:
    for field in ("userid", "name", "mobile"):
        values = [getattr(row, field) for row in (*rows.people(), *rows.strangers())]
        assert [value for value, times in Counter(values).items() if times > 1] == []


def test_every_picture_of_a_record_is_one_that_the_rehearsals_wecom_has() -> None:
    shown = {*records.pictures_shown(), *notices.pictures_shown()}
    assert shown - {picture.id for picture in PICTURES} == set()


@pytest.mark.parametrize("row", rows.records(), ids=lambda row: row.key)
def test_the_words_of_a_record_find_the_entry_that_is_meant(row: rows.RecordRow) -> None:
    library, kind, on = load(), CheckType(row.check_type), clock.today()
    for finding in row.findings:
        for words in finding.terms:
            assert words in library.search_terms(words, kind, on, 1)[0].text
        for words in finding.violations:
            assert words in library.search_violations(words, kind, on, 1)[0].text


def test_the_directory_shows_everyone_with_unit_and_title() -> None:
    shown = {member["userid"]: member for member in loading.directory()}
    assert len(shown) == len(rows.people()) + 1
    assert shown["linxiaozhou"] == {
        "userid": "linxiaozhou",
        "name": "林晓舟",
        "mobile": "10000000014",
        "org": "汐港质安站",
        "title": "监督员",
        "role": "监督员",
        "department": [1],
        "status": 1,
        "visible": True,
    }
    assert shown["chenguangze"]["role"] == "项目经理"
    assert [userid for userid, member in shown.items() if member["status"] == 5] == ["liangzhigang"]


def test_places_are_where_the_projects_stand() -> None:
    places = loading.places()
    assert len(places) == len(rows.projects())
    assert places[0] == {
        "name": "汐港市听潮小学新建工程",
        "lat": 19.9862,
        "lon": 110.3374,
        "label": "汐港市听潮区望帆路18号",
    }


async def test_pictures_are_fetched_from_the_rehearsals_wecom() -> None:
    async def draw(request: web.Request) -> web.Response:
        return web.Response(body=request.match_info["id"].encode(), content_type="image/jpeg")

    application = web.Application()
    application.router.add_get("/sim/pictures/{id}", draw)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        pictures = pictures_from(f"http://127.0.0.1:{runner.addresses[0][1]}")
        assert await pictures("edge-open") == b"edge-open"
    finally:
        await runner.cleanup()

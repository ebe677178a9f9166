"""Evidence from the page: to those who may see the case, in the parts that phones ask for."""

import io
from pathlib import Path

import pytest
from aiohttp import ClientResponse
from PIL import Image

from core.cases.models import Case
from core.evidence.models import Evidence
from core.people.models import Organisation, OrgKind, Person, Role
from core.projects.models import TeamMember
from tests.core.evidence import material
from tests.h5.story import Browser, Station, photo, text


async def _fetch(browser: Browser, case: Case, evidence: Evidence, copy: str, **headers: str) -> ClientResponse:
    return await browser.get(f"/h5/cases/{case.id}/files/{evidence.id}/{copy}", **headers)


async def _case_with(station: Station, data: bytes, kind: str) -> tuple[Case, Evidence]:
    kept = await station.keep(data, station.cast.lin, kind)
    return await station.report(findings=[{f"{kind}s": [kept.id]}]), kept


async def test_a_photo_comes_small_large_and_as_it_was_taken(station: Station) -> None:
    taken = material.phone_photo()
    case, kept = await _case_with(station, taken, "photo")
    luo = await station.browser(station.cast.luo)
    copies = ("thumb", "shown", "original")
    answers = {copy: await _fetch(luo, case, kept, copy) for copy in copies}
    assert {(a.status, a.headers["Content-Type"]) for a in answers.values()} == {(200, "image/jpeg")}
    sizes = {copy: Image.open(io.BytesIO(await a.read())).size for copy, a in answers.items()}
    assert sizes == {"thumb": (240, 320), "shown": (1200, 1600), "original": (4000, 3000)}
    assert await answers["original"].read() == taken


async def test_a_browser_keeps_it_and_never_runs_it(station: Station) -> None:
    case, kept = await _case_with(station, photo(), "photo")
    luo = await station.browser(station.cast.luo)
    answer = await _fetch(luo, case, kept, "shown")
    wanted = (
        *("Cache-Control", "Content-Disposition", "Content-Security-Policy", "X-Content-Type-Options"),
        *("Accept-Ranges", "Content-Length"),
    )
    assert {name: answer.headers[name] for name in wanted} == {
        "Cache-Control": "private, max-age=31536000, immutable",
        "Content-Disposition": f"inline; filename*=UTF-8''{'%E7%85%A7%E7%89%87'}.jpg",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Accept-Ranges": "bytes",
        "Content-Length": str(len(await answer.read())),
    }
    again = await _fetch(luo, case, kept, "shown", **{"If-None-Match": answer.headers["ETag"]})
    assert (again.status, await again.read()) == (304, b"")


async def test_a_name_cannot_break_out_of_its_header(station: Station) -> None:
    kept = await station.keep(photo(), station.cast.lin)
    kept.name = '图"\r\nSet-Cookie: x=1; a.jpg'
    await kept.save()
    case = await station.report(findings=[{"photos": [kept.id]}])
    luo = await station.browser(station.cast.luo)
    answer = await _fetch(luo, case, kept, "original")
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Content-Disposition"] == (
        "inline; filename*=UTF-8''%E5%9B%BE%22%0D%0ASet-Cookie%3A%20x%3D1%3B%20a.jpg"
    )


@pytest.mark.parametrize(
    ("asked", "status", "part", "said"),
    [
        (None, 200, slice(None), None),
        ("bytes=0-", 206, slice(None), "bytes 0-{last}/{size}"),
        ("bytes=0-1", 206, slice(0, 2), "bytes 0-1/{size}"),
        ("bytes=100-199", 206, slice(100, 200), "bytes 100-199/{size}"),
        ("bytes=-10", 206, slice(-10, None), "bytes {tail}-{last}/{size}"),
        ("bytes=5-99999999", 206, slice(5, None), "bytes 5-{last}/{size}"),
        ("bytes=0-1,5-6", 200, slice(None), None),
        ("lines=1-2", 200, slice(None), None),
        ("bytes=99999999-", 416, slice(0, 0), "bytes */{size}"),
    ],
)
async def test_a_phone_plays_a_voice_in_parts(
    station: Station, asked: str | None, status: int, part: slice, said: str | None
) -> None:
    case, kept = await _case_with(station, material.voice(2), "voice")
    whole = await station.store.get(kept.shown_key)
    luo = await station.browser(station.cast.luo)
    answer = await _fetch(luo, case, kept, "shown", **({"Range": asked} if asked else {}))
    size = len(whole)
    expected = said and said.format(size=size, last=size - 1, tail=size - 10)
    assert (answer.status, answer.headers.get("Content-Range")) == (status, expected)
    assert await answer.read() == whole[part]
    assert status == 416 or answer.headers["Content-Type"] == "audio/mpeg"


async def test_a_part_of_another_version_is_not_mixed_in(station: Station) -> None:
    case, kept = await _case_with(station, material.voice(2), "voice")
    luo = await station.browser(station.cast.luo)
    answer = await _fetch(luo, case, kept, "shown", **{"Range": "bytes=0-1", "If-Range": '"older"'})
    assert (answer.status, len(await answer.read())) == (200, len(await station.store.get(kept.shown_key)))


async def test_a_supervisor_of_another_station_sees_no_originals_either(station: Station) -> None:
    """He is on the project's team, and works for somebody else."""
    case, kept = await _case_with(station, material.phone_photo(), "photo")
    other = await Organisation.create(name="南屿市质安监督站", short_name="南屿站", kind=OrgKind.STATION)
    guest = await Person.create(
        name="莫远航", userid="mo", mobile="10000000077", org_id=other.id, role=Role.SUPERVISOR, title="监督员"
    )
    await TeamMember.create(project_id=case.project_id, person_id=guest.id, lead=False)
    answers = [await _fetch(await station.browser(guest), case, kept, copy) for copy in ("shown", "original")]
    assert [answer.status for answer in answers] == [200, 404]


async def test_a_video_has_a_poster_and_plays(station: Station, tmp_path: Path) -> None:
    case, kept = await _case_with(station, material.film(tmp_path, "mov", place="+20.02+110.35/"), "video")
    luo = await station.browser(station.cast.luo)
    types = [(await _fetch(luo, case, kept, copy)).headers["Content-Type"] for copy in ("thumb", "shown", "original")]
    assert types == ["image/jpeg", "video/mp4", "video/quicktime"]


async def test_only_the_station_sees_originals(station: Station) -> None:
    """They hold what the record does not tell: the device and the exact position."""
    case, kept = await _case_with(station, material.phone_photo(), "photo")
    luo, chen = await station.browser(station.cast.luo), await station.browser(station.cast.chen)
    await luo.does(case, "pass")
    assert [(await _fetch(chen, case, kept, copy)).status for copy in ("thumb", "shown", "original")] == [200, 200, 404]
    assert "/original" not in await (await chen.get(f"/h5/cases/{case.id}")).text()
    assert b"Demo Phone" not in await (await _fetch(chen, case, kept, "shown")).read()


async def test_evidence_of_another_case_is_not_there(station: Station) -> None:
    case, kept = await _case_with(station, photo("red"), "photo")
    other, elsewhere = await _case_with(station, photo("blue"), "photo")
    loose = await station.keep(photo("green"), station.cast.lin)
    luo, chen = await station.browser(station.cast.luo), await station.browser(station.cast.chen)
    await luo.does(other, "pass")
    wrong = [
        await _fetch(luo, case, elsewhere, "shown"),
        await _fetch(luo, case, loose, "shown"),
        await _fetch(chen, case, kept, "shown"),
        await _fetch(chen, other, kept, "shown"),
    ]
    assert [a.status for a in wrong] == [404] * 4
    assert len({await a.text() for a in wrong}) == 1


@pytest.mark.parametrize("rest", ["1/burned", "0/shown", "x/shown", "²/shown", "99999999999999999999999/shown", "1/.."])
async def test_a_guessed_address_gets_the_same_answer(station: Station, rest: str) -> None:
    case = await station.report()
    luo = await station.browser(station.cast.luo)
    answer = await luo.get(f"/h5/cases/{case.id}/files/{rest}")
    assert (answer.status, text(await answer.text()).splitlines()[0]) == (404, "没有找到")


async def test_evidence_that_is_lost_is_said_to_be_missing(station: Station, tmp_path: Path) -> None:
    case, kept = await _case_with(station, photo(), "photo")
    (tmp_path / "media" / kept.shown_key).unlink()
    luo = await station.browser(station.cast.luo)
    assert (await _fetch(luo, case, kept, "shown")).status == 404

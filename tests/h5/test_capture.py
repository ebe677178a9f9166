"""Findings on a draft's page are those of the conversation: photos, words and terms reach the finding they are for."""

import asyncio
import re
from typing import Any

import pytest
from aiohttp import FormData

from checks.finding import Finding
from checks.hand import Hand
from core import clock
from core.cases import drafts
from core.cases.models import Case, Draft
from core.evidence.models import Evidence
from core.evidence.records import Source, record
from tests.h5.story import Browser, Station, photo, text
from tests.h5.test_drafting import hidden, post
from tests.h5.test_uploads import Phone

KEY = "c0ffee0123456789"
OTHER = "cafe0123456789ab"


class Desk:
    """林小舟 at the page of her check."""

    def __init__(self, station: Station, browser: Browser, draft: Draft) -> None:
        self.station = station
        self.browser = browser
        self.draft = draft
        self.address = f"/h5/drafts/{draft.id}"

    async def data(self) -> dict[str, Any]:
        return dict((await Draft.get(id=self.draft.id)).data)

    async def findings(self) -> list[Finding]:
        return [Finding.model_validate(one) for one in (await self.data())["answers"].get("findings", [])]

    async def photo(self, colour: str = "orange", marks: int | None = None) -> int:
        kept = await self.station.keep(photo(colour), self.station.cast.lin)
        if marks:
            await Evidence.filter(id=kept.id).update(marks_id=marks)
        return int(kept.id)

    async def attach(self, key: str, evidence: int) -> tuple[int, str]:
        fields = {"csrf": await self.browser.token(), "key": "0" * 32, "evidence": str(evidence)}
        answer = await post(self.browser, f"{self.address}/findings/{key}/evidence", fields)
        said = (await answer.json())["sentence"] if answer.content_type == "application/json" else await answer.text()
        return answer.status, said

    async def presses(self, do: str, **typed: str) -> tuple[int, str]:
        """As a browser without JavaScript: the whole form comes along."""
        fields = await hidden(self.browser, self.address) | typed | {"do": do}
        answer = await post(self.browser, f"{self.address}/findings", fields)
        return answer.status, answer.headers.get("Location", "")


@pytest.fixture
async def desk(station: Station) -> Desk:
    draft = await drafts.begin(station.cast.lin.id, "check_report", "submit")
    return Desk(station, await station.browser(station.cast.lin), draft)


async def test_a_check_is_captured_and_submitted(desk: Desk) -> None:
    first, second = await desk.photo(), await desk.photo("green")
    status, line = await desk.attach(KEY, first)
    assert (status, re.findall(r'data-evidence="(\d+)"', line)) == (200, [str(first)])
    assert await desk.attach(KEY, first) == (status, line)
    await desk.attach(OTHER, second)

    was = await hidden(desk.browser, desk.address)
    typed = {
        f"findings-{KEY}-note": "临边没有防护栏杆",
        f"findings-{KEY}-severity": "major",
        "checked_location": "3号楼",
    }
    kept = await post(desk.browser, f"{desk.address}/answers/findings", was | typed)
    assert text(await kept.text()).splitlines()[0] == "11月20日 09:00 已保存到草稿。"
    assert await desk.presses(f"cite:{OTHER}:terms") == (303, f"{desk.address}/findings/{OTHER}/terms")

    choose = f"{desk.address}/findings/{OTHER}/terms"
    page = await (await desk.browser.get(f"{choose}?q=lbfh")).text()
    entry = re.findall(r'name="entry" value="([\w-]+)"', page)[0]
    cited = await post(desk.browser, choose, {"csrf": was["csrf"], "entry": entry})
    assert (cited.status, cited.headers["Location"]) == (303, f"{desk.address}#finding-{OTHER}")

    answers = {"project": str(desk.station.cast.project.id), "check_type": "safety", "checked_location": "3号楼 5层"}
    checked = await post(
        desk.browser, desk.address, await hidden(desk.browser, desk.address) | answers | {"then": "submit"}
    )
    assert (checked.status, checked.headers.get("Location")) == (303, f"{desk.address}/summary")
    summary = (await desk.browser.read(f"{desk.address}/summary")).splitlines()
    assert summary[summary.index("问题") + 1 :][:2] == ["2 条，照片 2 张", "1. 临边没有防护栏杆（较大）"]
    await post(desk.browser, f"{desk.address}/submit", {"csrf": was["csrf"]})
    found = [Finding.model_validate(one) for one in (await Case.get()).data["findings"]]
    assert (found[0].photos, found[0].note, found[0].severity) == ([first], "临边没有防护栏杆", "major")
    assert [term.id for term in found[1].terms] == [entry]
    assert set((await Case.get()).data["findings"][0]) == set(Finding.model_fields) - {"place"}


async def test_two_tabs_and_the_chat_never_mix_findings_up(desk: Desk) -> None:
    await desk.attach(KEY, await desk.photo())
    await desk.attach(OTHER, await desk.photo("green"))
    one, other = await hidden(desk.browser, desk.address), await hidden(desk.browser, desk.address)
    assert one["tab"] != other["tab"]

    draft = await Draft.get()
    hand = Hand(draft.data, "findings", clock.now())
    taken_back = hand.take_back(0)  # in the conversation, the first one is in hand again
    hand.note(taken_back, "正在聊天中修改")
    await Draft.filter(id=draft.id).update(data=draft.data)

    note = {f"findings-{OTHER}-note": "写在第一个窗口"}
    await post(desk.browser, f"{desk.address}/answers/findings", one | note)
    await post(desk.browser, f"{desk.address}/answers/findings", one | {f"findings-{OTHER}-note": "第一个窗口，又改"})
    late = await post(
        desk.browser,
        f"{desk.address}/answers/findings",
        other | {f"findings-{KEY}-note": "也写了这条", f"findings-{OTHER}-note": "写在第二个窗口"},
    )
    how = "您在这里写的还没有保存；要用这里写的，请再点一次“保存”。"
    assert (late.status, *text(await late.text()).splitlines()[2:4]) == (
        422,
        f"第2条在别处改过了，现在写的是：正在聊天中修改。{how}",
        f"第1条在别处改过了，现在写的是：第一个窗口，又改。{how}",
    )
    assert await desk.presses(f"confirm:{KEY}") == (303, f"{desk.address}#finding-{KEY}")
    assert [found.note for found in await desk.findings()] == ["正在聊天中修改", "第一个窗口，又改"]


async def test_where_a_finding_is_comes_from_the_phone_and_lasts(desk: Desk) -> None:
    name, address = f"findings-{KEY}", f"{desk.address}/answers/findings"
    await desk.attach(KEY, await desk.photo())
    one, other = await hidden(desk.browser, desk.address), await hidden(desk.browser, desk.address)
    words, here = (
        {f"{name}-note": "临边没有防护栏杆"},
        {f"{name}-place-latitude": "20.0181", f"{name}-place-accuracy": "9"},
    )
    there = {f"{name}-place-longitude": "110.3454", f"{name}-place-system": "wgs84"}
    assert (await post(desk.browser, address, one | words | here | there)).status == 200
    [found] = await desk.findings()
    assert found.place is not None
    kept = (found.note, found.place.system, found.place.accuracy, round(found.place.latitude, 3))
    assert kept == ("临边没有防护栏杆", "gcj02", 9.0, 20.016)

    late = await post(desk.browser, address, other | words | {f"{name}-place-latitude": "21"} | there)
    said = "第1条的定位在别处改过了，您在这里取的没有保存。需要时请再取一次。"
    assert (late.status, text(await late.text()).splitlines()[2]) == (422, said)
    unplaced = {key: value for key, value in one.items() if "-place-" not in key}
    await post(desk.browser, address, unplaced | {f"{name}-note": "临边没有防护栏杆，约12米"})
    assert [one.place for one in await desk.findings()] == [found.place]


async def test_sixty_photos_at_once_reach_their_findings(desk: Desk) -> None:
    pictures = [await desk.photo(f"#{n * 1000003 % 2**24:06x}") for n in range(61)]
    token = await desk.browser.token()

    async def attach(key: str, evidence: int) -> int:
        fields = {"csrf": token, "evidence": str(evidence)}
        return (await post(desk.browser, f"{desk.address}/findings/{key}/evidence", fields)).status

    sent = [attach(KEY if n % 2 else OTHER, one) for n, one in enumerate(pictures[:60])]
    assert set(await asyncio.gather(*sent)) == {200}
    assert sorted(len(found.photos) for found in await desk.findings()) == [30, 30]
    status, said = await desk.attach(KEY, pictures[60])
    assert (status, said) == (422, "一条问题最多 30 张照片，这一个没有放进去。请另记一条问题。")


async def test_a_marked_picture_stands_where_its_original_stood(desk: Desk) -> None:
    original, second = await desk.photo(), await desk.photo("green")
    for one in (original, second):
        await desk.attach(KEY, one)
    marked, again = await desk.photo("red", original), await desk.photo("blue", original)
    for one in (marked, again, original):
        assert (await desk.attach(KEY, one))[0] == 200
    assert (await desk.findings())[0].photos == [again, second]
    await desk.presses(f"unmark:{KEY}:{again}")
    assert (await desk.findings())[0].photos == [original, second]


async def test_buttons_move_drop_and_remove(desk: Desk) -> None:
    kept = await desk.photo()
    await desk.attach(KEY, kept)
    status, address = await desk.presses("begin")
    key = address.rpartition("-")[2]
    await desk.presses(f"up:{key}", **{f"findings-{key}-note": "按钮也会保存所写的"})
    assert [found.note for found in await desk.findings()] == ["按钮也会保存所写的", ""]
    await desk.presses(f"drop:{KEY}:photos:{kept}")
    assert [found.photos for found in await desk.findings()] == [[], []]
    await desk.presses(f"remove:{KEY}")
    assert [found.note for found in await desk.findings()] == ["按钮也会保存所写的"]
    status, said = await desk.attach(KEY, kept)  # a late photo brings nothing back
    assert (status, len(await desk.findings())) == (422, 1)
    assert said == "这条问题已经在别处删除了，这里的改动没有保存。"


async def test_a_button_gives_back_the_words_that_were_not_kept(desk: Desk) -> None:
    await desk.attach(KEY, await desk.photo())
    typed = {f"findings-{KEY}-note": "临" * 1001, "do": f"confirm:{KEY}"}
    fields = await hidden(desk.browser, desk.address) | typed
    answer = await post(desk.browser, f"{desk.address}/findings", fields, **{"HX-Request-Type": "partial"})
    said = text(await answer.text()).splitlines()
    assert (answer.status, said[0], "临" * 1001 in said) == (422, "有一项没有保存，请看标红的地方。", True)
    assert "一条问题的说明最多 1000 字，请缩短后再保存。" in said


async def test_what_was_removed_elsewhere_goes_away_here_with_its_words(desk: Desk) -> None:
    await desk.attach(KEY, await desk.photo())
    typed = await hidden(desk.browser, desk.address) | {f"findings-{KEY}-note": "还没有保存的说明"}
    await desk.presses(f"remove:{KEY}")
    late = await post(desk.browser, f"{desk.address}/answers/findings", typed)
    said = "有一条问题已经在别处删除了，您写的说明没有保存：还没有保存的说明"
    assert (late.status, said in text(await late.text()).splitlines()) == (422, True)
    gone = await post(desk.browser, f"{desk.address}/findings", typed | {"do": f"remove:{KEY}"})
    assert (gone.status, await desk.findings()) == (303, [])


async def test_somebody_elses_photo_is_put_nowhere(desk: Desk) -> None:
    theirs = await record(desk.station.store, photo(), by=desk.station.cast.chen.id, source=Source.PAGE)
    assert [(await desk.attach(KEY, one))[0] for one in (int(theirs.id), 424242)] == [404, 404]
    chen = await desk.station.browser(desk.station.cast.chen)
    fields = {"csrf": await chen.token(), "evidence": str(theirs.id)}
    assert (await post(chen, f"{desk.address}/findings/{KEY}/evidence", fields)).status == 404
    assert await desk.findings() == []


async def test_files_of_a_plain_form_are_kept_or_named_with_a_reason(desk: Desk) -> None:
    """However often the button is pressed."""
    for _ in range(2):
        form = FormData(await hidden(desk.browser, desk.address) | {"do": f"files:{KEY}"})
        form.add_field(f"photos-{KEY}", photo(), filename="good.jpg", content_type="image/jpeg")
        form.add_field(f"photos-{KEY}", b"MZ" + bytes(99), filename="bad.jpg", content_type="image/jpeg")
        answer = await post(desk.browser, f"{desk.address}/findings/files", form)  # type: ignore[arg-type]
        assert answer.status == 422
        assert "bad.jpg：这是程序文件，为了安全没有收下，请改发照片、录音、视频或 PDF。" in text(await answer.text())
    assert [len(found.photos) for found in await desk.findings()] == [1]


async def test_what_is_sent_by_the_script_is_shown_on_the_page(desk: Desk) -> None:
    phone = await Phone.of(desk.station, desk.station.cast.lin)
    sent = await phone.upload(photo(), draft=str(desk.draft.id))
    await desk.attach(KEY, int(sent.headers["X-Evidence"]))
    page = await (await desk.browser.get(desk.address)).text()
    assert re.findall(r'src="(/h5/evidence/\d+/thumb)"', page) == [f"/h5/evidence/{sent.headers['X-Evidence']}/thumb"]

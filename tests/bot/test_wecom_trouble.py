"""WeCom is away, slow, strict or forgetful; what was promised arrives all the same, in order, and once."""

import asyncio

import pytest

from bot import talk
from bot.cards import notice
from bot.talk import update_letter
from core import database
from core.cases import inbox, outbox
from core.cases.models import Case, Delivery, OutboxRow
from core.people.models import Person
from tests.bot.material import photo
from tests.bot.test_review import NUMBER, TITLE, report
from tests.town import Phone, Town, read

DONE = f"已提交：{TITLE}\n编号：{NUMBER}\n状态：待审核\n在 罗敬川、秦若岩 手上，刚刚\n查看详情"


async def ready_to_submit(town: Town) -> Phone:
    lin = town.phone("lin")
    for said in ("上报", "滨江花园", "安全检查", "3号楼", "未发现问题", "罗敬川、秦若岩", "陈光泽"):
        await lin.says(said)
    return lin


async def wait(town: Town, *, minutes: int, inbox: bool = False) -> None:
    """Minute by minute, so that everything that comes round has its turn."""
    for _ in range(minutes):
        town.pass_time(minutes=1)
        await town.settle(inbox=inbox)


def calls(town: Town, path: str) -> int:
    return len([entry for entry in town.world.traffic.after(0) if entry.path == f"/cgi-bin/{path}"])


def texts(phone: Phone) -> list[str]:
    return [read(message) for message in phone.messages]


async def test_down_for_an_hour_and_nothing_is_lost(place: Town) -> None:
    lin, luo, qin = await ready_to_submit(place), place.phone("luo"), place.phone("qin")
    seen = len(lin.messages)
    place.world.faults.set("down")
    summary = lin.last
    place.world.click_card("lin", summary.id, summary.live_card["button_list"][0]["key"])
    await place.settle(inbox=False)
    for number in range(3):
        place.world.send_image("lin", photo(number)[1][0])
    place.world.type_text("lin", "6层配电箱没有上锁")
    await place.settle(inbox=False)
    await wait(place, minutes=60)
    assert (len(lin.messages), luo.messages, qin.messages) == (seen, [], [])
    assert (await Case.get()).state == "pending"

    place.world.faults.clear()
    await wait(place, minutes=2)
    await place.settle()
    assert texts(lin)[seen] == DONE
    assert texts(lin)[-1].splitlines()[:3] == ["第 1 条问题：请确认", "6层配电箱没有上锁", "材料：3 张照片"]
    assert [len(phone.messages) for phone in (luo, qin)] == [1, 1]
    assert read(summary).endswith("[已提交]")
    assert await OutboxRow.filter(state__in=[Delivery.FAILED, Delivery.UNCERTAIN]).count() == 0


async def test_what_arrived_without_an_answer_is_shown_once(place: Town) -> None:
    lin, luo = await ready_to_submit(place), place.phone("luo")
    seen = len(lin.messages)
    place.world.faults.set("timeout", "message/send", seconds=0)
    await lin.taps("立即提交")
    await wait(place, minutes=3)
    sends = calls(place, "message/send")
    place.world.faults.clear()
    await wait(place, minutes=2)
    assert calls(place, "message/send") > sends
    assert (texts(lin)[seen:], len(luo.messages)) == ([DONE], 1)


async def test_an_answer_that_stays_out_for_hours_is_left_to_a_person(small_place: Town) -> None:
    lin = await ready_to_submit(small_place)
    seen = len(lin.messages)
    small_place.world.faults.set("timeout", "message/send", seconds=0)
    await lin.taps("立即提交")
    small_place.pass_time(hours=3)
    await small_place.settle()
    assert (await OutboxRow.get(recipient="luo")).state == Delivery.UNCERTAIN
    small_place.world.faults.clear()
    await wait(small_place, minutes=2)
    assert (texts(lin)[seen:], len(small_place.phone("luo").messages)) == ([DONE], 1)


async def test_every_other_way_of_failing_delays_only(small_place: Town) -> None:
    lin = small_place.phone("lin")
    for number, fault in enumerate(("500", "502", "empty", "broken_json", "html", "reset_before", "reset_after", "-1")):
        small_place.world.faults.set(fault, "message/send")
        await lin.says("我发送的")
        await wait(small_place, minutes=1)
        small_place.world.faults.clear()
        await wait(small_place, minutes=1)
        assert texts(lin) == ["您还没有提交过记录。发送“上报”开始第一次上报。"] * (number + 1), fault


async def test_after_45009_nobody_calls_for_a_minute(place: Town) -> None:
    await ready_to_submit(place)
    place.world.faults.set("45009", "message/send")
    await place.phone("lin").taps("立即提交")
    blocked = calls(place, "message/send")
    place.world.faults.clear()
    place.pass_time(seconds=30)
    await place.phone("chen").says("帮助")
    assert calls(place, "message/send") == blocked
    assert place.phone("luo").messages == []
    await wait(place, minutes=1)
    assert texts(place.phone("lin"))[-1] == DONE
    assert [len(place.phone(userid).messages) for userid in ("luo", "qin", "chen")] == [1, 1, 1]


async def test_an_expired_token_is_renewed_once(place: Town) -> None:
    lin = await ready_to_submit(place)
    before = calls(place, "gettoken")
    place.world.api.tokens.expire()
    assert await lin.taps("立即提交") == DONE
    assert calls(place, "gettoken") == before + 1


async def test_a_member_out_of_range_fails_visibly_and_once(place: Town) -> None:
    place.world.put_person(place.world.person("luo").model_copy(update={"visible": False}))
    await ready_to_submit(place)
    assert await place.phone("lin").taps("立即提交") == DONE
    await wait(place, minutes=5)
    row = await OutboxRow.get(recipient="luo")
    assert (row.state, row.attempts) == (Delivery.FAILED, 1)
    assert row.error == "81013 drop: 收件人全部无效或不在应用的可见范围内。请核对成员,并在管理后台调整可见范围。"
    assert len(place.phone("qin").messages) == 1


async def test_what_may_have_arrived_is_never_called_failed(small_place: Town) -> None:
    chen = small_place.phone("chen")
    small_place.world.faults.set("reset_after", "message/send")
    await chen.says("帮助")
    small_place.world.faults.clear()
    small_place.world.faults.set("81013", "message/send")
    await wait(small_place, minutes=1)
    assert ((await OutboxRow.get()).state, len(chen.messages)) == (Delivery.UNCERTAIN, 1)


async def test_a_card_that_cannot_be_changed_any_more_is_said_in_words(place: Town) -> None:
    await report(place)
    place.pass_time(hours=73)
    luo, qin = place.phone("luo"), place.phone("qin")
    await luo.taps("通过")
    assert texts(qin)[1:] == [f"《{TITLE}》罗敬川已通过，您无需再办理。"]
    assert read(luo.messages[0]).endswith("[您已通过]")
    late = await qin.taps("通过", card=qin.messages[0])
    assert late.startswith(f"《{TITLE}》已由罗敬川于 ")


async def test_a_card_whose_code_never_came_is_said_in_words(place: Town) -> None:
    """WeCom took the card, and its answer with the code was lost."""
    await ready_to_submit(place)
    place.world.faults.set("reset_after", "message/send")
    await place.phone("lin").taps("立即提交")
    place.world.faults.clear()
    await wait(place, minutes=2)
    luo, qin = place.phone("luo"), place.phone("qin")
    await luo.taps("通过")
    assert texts(qin)[1:] == [f"《{TITLE}》罗敬川已通过，您无需再办理。"]


async def test_words_in_place_of_a_card_are_repeated_until_they_are_shown(small_place: Town) -> None:
    """WeCom refuses to change the card, and the words that are said instead get no answer."""
    await report(small_place)
    small_place.pass_time(hours=73)
    luo, qin = small_place.phone("luo"), small_place.phone("qin")
    small_place.world.faults.set("timeout", "message/send", seconds=0)
    await luo.taps("通过")
    await wait(small_place, minutes=1)
    small_place.world.faults.clear()
    await wait(small_place, minutes=2)
    assert texts(qin)[1:] == [f"《{TITLE}》罗敬川已通过，您无需再办理。"]
    (row,) = await OutboxRow.filter(recipient="qin", body__contains="您无需再办理")
    assert (row.state, row.kind, row.attempts > 1, row.sent_at is not None) == (Delivery.SENT, "text", True, True)


async def test_words_in_place_of_cards_count_as_messages(small_place: Town) -> None:
    """Thirty cards that cannot be changed any more: WeCom shows a member no more than thirty messages in a minute."""
    luo = small_place.cast.luo
    change = {"replace_name": "已办理"}
    letters = [
        update_letter(luo, change, f"gone{n}", f"said:{n}", fallback=f"第{n}份已由他人办理。") for n in range(30)
    ]
    await database.transaction(lambda: outbox.promise(letters))
    while await OutboxRow.filter(state=Delivery.SENT).count() < outbox.PER_MINUTE:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    assert await outbox.claim(1) == []
    await wait(small_place, minutes=1)
    assert len(small_place.phone("luo").messages) == 30


async def test_changing_cards_is_tried_again(place: Town) -> None:
    await report(place)
    place.world.faults.set("500", "message/update_template_card")
    luo, qin = place.phone("luo"), place.phone("qin")
    await luo.taps("通过")
    assert read(qin.messages[0]).endswith("[不通过]")
    place.world.faults.clear()
    await wait(place, minutes=2)
    assert read(qin.messages[0]).endswith("[罗敬川已通过]")
    assert len(qin.messages) == 1


async def test_photos_wait_for_a_wecom_that_is_busy(place: Town) -> None:
    lin = place.phone("lin")
    place.world.faults.set("45009", "media/get")
    place.world.send_image("lin", photo()[1][0])
    await place.put_off()
    place.world.faults.clear()
    await wait(place, minutes=3)
    await place.settle()
    assert texts(lin)[-1].splitlines()[2] == "材料：1 张照片"


async def test_cards_that_change_slow_nobody_down(place: Town) -> None:
    """An answer every four seconds, and nearly each changes a card: 30 calls a minute, of which 15 are messages."""
    await report(place)
    await report(place)
    rows = await OutboxRow.filter(state=Delivery.SENT, recipient="lin")
    assert len(rows) > 25
    late = [row.id for row in rows if row.sent_at and (row.sent_at - row.not_before).total_seconds() > 3]
    assert late == []


async def test_a_tap_that_was_kept_because_it_took_long_does_not_wait_for_itself(place: Town) -> None:
    lin = await ready_to_submit(place)
    tap = inbox.Arrival("e:slow", "lin", "CardClick", "<xml/>")
    await inbox.keep(tap)
    assert (await lin.taps("立即提交")).splitlines()[0] == f"已提交：{TITLE}"


async def test_the_same_words_again_and_again_are_shown_each_time(place: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """WeCom swallows the same request twice; only an interval tells equal texts apart."""
    monkeypatch.setattr(talk, "_INTERVALS", 6)
    lin = place.phone("lin")
    asked = [await lin.says("你好") for _ in range(6)]
    assert len(set(asked)) == 1
    assert len(lin.messages) == 6


async def test_the_same_card_again_and_again_is_shown_each_time(place: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(talk, "_INTERVALS", 1)
    lin = Person(id=1, userid="lin")
    card = notice("收到一份监督检查记录", "质量检查", "http://zhian.example/h5/cases/1")
    agent = place.house.settings.wecom_agent_id
    letters = [talk.card_letter(lin, card, agent, f"again:{n}") for n in range(3)]
    await database.transaction(lambda: outbox.promise(letters))
    await place.settle()
    assert len(place.phone("lin").messages) == 3

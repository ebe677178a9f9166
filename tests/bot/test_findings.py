"""林小舟 changes, cites, splits and drops what she found before it is submitted."""

from core.cases.models import Case
from tests.bot.material import photo, spot, voice, words
from tests.town import Phone, Town


async def found(town: Town) -> Phone:
    """林小舟 with one finding proposed."""
    lin = town.phone("lin")
    await lin.together(spot(), photo(), photo(1), words("3号楼5层临边没有栏杆"))
    return lin


def head(text: str, lines: int = 4) -> list[str]:
    return text.splitlines()[:lines]


async def finish(lin: Phone) -> list[dict[str, object]]:
    """From the confirmed findings to the submitted record; gives the findings as they were kept."""
    if "请选择抽查类型" not in lin.text:
        await lin.taps("没有其他问题了")
    await lin.taps("安全检查")
    if "抽查部位" in lin.text:
        await lin.says("3号楼")
    await lin.says("不选")
    await lin.says("不选")
    await lin.taps("立即提交")
    findings: list[dict[str, object]] = (await Case.all().order_by("-id").first()).data["findings"]  # type: ignore[union-attr]
    return findings


# ── changing ─────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_severity_is_changed_on_the_card(small_place: Town) -> None:
    lin = await found(small_place)
    assert await lin.taps("修改") == (
        "修改第 1 条问题\n3号楼5层临边没有栏杆\n材料：2 张照片\n严重程度：一般\n位置：海澄市滨江路 8 号\n"
        "▼一般\n▽较大\n▽重大\n[改好了]\n[重写说明]\n[去掉材料]\n[删除这条]"
    )
    assert "严重程度：较大" in head(await lin.taps("改好了", severity=["major"]))
    await lin.taps("确认，下一步")
    assert [f["severity"] for f in await finish(lin)] == ["major"]


async def test_more_words_are_added_and_new_words_replace(small_place: Town) -> None:
    lin = await found(small_place)
    assert head(await lin.says("长约20米"))[1] == "3号楼5层临边没有栏杆，长约20米"
    await lin.taps("修改")
    assert await lin.taps("重写说明") == "请发送新的文字说明，它会代替原来的说明。"
    assert head(await lin.says("5层东侧临边无防护"))[1] == "5层东侧临边无防护"


async def test_cancelling_new_words_goes_back_to_the_finding(small_place: Town) -> None:
    lin = await found(small_place)
    await lin.taps("修改")
    await lin.taps("重写说明")
    assert head(await lin.says("取消"), 2) == ["第 1 条问题：请确认", "3号楼5层临边没有栏杆"]


async def test_single_photos_are_taken_out(small_place: Town) -> None:
    lin = await found(small_place)
    await lin.together(voice())
    await lin.taps("修改")
    assert await lin.taps("去掉材料") == ("要去掉哪些？\n按发送的先后编号\n☐照片 1\n☐照片 2\n☐录音 1\n[去掉选中的]")
    assert head(await lin.chooses("照片 1", "录音 1"))[2] == "材料：1 张照片"


async def test_a_report_of_several_findings(place: Town) -> None:
    lin = await found(place)
    assert await lin.taps("确认，再记一条") == (
        "请拍摄或描述下一条问题\n已记 1 条问题。没有其他问题就进入下一步。\n[没有其他问题了]\n[修改已记的问题]"
    )
    assert head(await lin.says("6层配电箱没有上锁"), 2) == ["第 2 条问题：请确认", "6层配电箱没有上锁"]
    await lin.taps("确认，再记一条")
    await lin.photographs()
    assert head(await lin.taps("放弃"), 1) == ["请拍摄或描述下一条问题"]
    findings = await finish(lin)
    assert [(f["note"], len(f["photos"])) for f in findings] == [("3号楼5层临边没有栏杆", 2), ("6层配电箱没有上锁", 0)]  # type: ignore[arg-type]
    assert (await Case.get()).data["checked_location"] == "3号楼5层、6层"


async def test_one_finding_per_photo(small_place: Town) -> None:
    lin = await found(small_place)
    assert head(await lin.taps("拆成每图一条"), 2)[1] == "已记 2 条问题。没有其他问题就进入下一步。"
    findings = await finish(lin)
    assert [(f["note"], len(f["photos"])) for f in findings] == [("3号楼5层临边没有栏杆", 1), ("", 1)]  # type: ignore[arg-type]


async def test_a_confirmed_finding_comes_back_to_be_changed_or_dropped(small_place: Town) -> None:
    lin = await found(small_place)
    await lin.taps("拆成每图一条")
    assert await lin.taps("修改已记的问题") == (
        "要修改哪一条？\n选中后可以修改或删除\n☐1.（1图）3号楼5层临边没有栏杆\n☐2.（1图）（见照片）\n[修改这一条]"
    )
    assert head(await lin.chooses("3号楼5层"), 1) == ["修改第 1 条问题"]
    await lin.taps("改好了", severity=["critical"])
    assert head(await lin.taps("确认，再记一条"), 2)[1] == "已记 2 条问题。没有其他问题就进入下一步。"
    await lin.taps("修改已记的问题")
    await lin.chooses("2.（1图）")
    assert head(await lin.taps("删除这条"), 2)[1] == "已记 1 条问题。没有其他问题就进入下一步。"
    findings = await finish(lin)
    assert [(f["note"], f["severity"]) for f in findings] == [("3号楼5层临边没有栏杆", "critical")]


async def test_everything_on_the_card_can_be_said(small_place: Town) -> None:
    lin = await found(small_place)
    assert head(await lin.says("修改"), 1) == ["修改第 1 条问题"]
    assert head(await lin.says("选术语"), 1) == ["选择标准术语"]
    assert head(await lin.says("取消"), 1) == ["第 1 条问题：请确认"]
    assert head(await lin.says("违法行为"), 1) == ["选择违法违规行为"]
    await lin.says("取消")
    assert head(await lin.says("再记一条"), 1) == ["请拍摄或描述下一条问题"]
    await lin.says("洞口没有盖板")
    assert head(await lin.says("放弃"), 1) == ["请拍摄或描述下一条问题"]
    assert head(await lin.says("完成"), 1) == ["请选择抽查类型"]


async def test_words_of_buttons_are_no_findings(small_place: Town) -> None:
    lin = await found(small_place)
    await lin.taps("确认，再记一条")
    assert head(await lin.says("修改"), 1) == ["要修改哪一条？"]
    assert head(await lin.says("放弃"), 1) == ["请拍摄或描述下一条问题"]


async def test_a_place_far_from_the_chosen_project_is_pointed_out(small_place: Town) -> None:
    lin = small_place.phone("lin")
    for said in ("上报", "远洋中学"):
        await lin.says(said)
    shown = await lin.together(spot(), photo())
    assert "提醒：位置离所选工程 11.1公里，请核对" in shown.splitlines()


async def test_nothing_goes_on_over_an_unconfirmed_finding(small_place: Town) -> None:
    lin = await found(small_place)
    assert head(await lin.says("完成"), 1) == ["第 1 条问题：请确认"]
    assert "还有一条问题没有确认，请先在卡片上确认或放弃。" in [m.body.get("content") for m in lin.messages]


async def test_an_empty_finding_is_not_kept(small_place: Town) -> None:
    lin = await found(small_place)
    await lin.taps("修改")
    await lin.taps("去掉材料")
    await lin.chooses("照片 1", "照片 2")
    await lin.taps("修改")
    await lin.taps("重写说明")
    await lin.says("　")
    assert await lin.taps("确认，下一步") == "这条问题还是空的，请先发送照片、语音或文字说明。"
    await lin.photographs()
    assert head(await lin.taps("确认，下一步"), 1) == ["请选择抽查类型"]


async def test_a_button_of_a_finding_that_is_gone_says_so(small_place: Town) -> None:
    lin = await found(small_place)
    await lin.taps("修改")
    changes = lin.last
    await lin.taps("确认，下一步")
    assert await lin.taps("改好了", card=changes) == "这条问题已经处理过了，请看最新的卡片，或直接拍下一条。"


# ── citing ───────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_suggested_term_is_taken_from_the_drop_down_and_raises_the_severity(place: Town) -> None:
    lin = await found(place)
    offered = next(line for line in lin.text.splitlines() if line.startswith("▽"))
    assert offered == "▽临边防护缺失，坠落高度2米及以…"
    option = lin.last.live_card["button_selection"]["option_list"][1]["id"]
    card = lin.last
    await lin.taps("确认，下一步", term=[option])
    assert card.live_card["main_title"]["title"] == "第 1 条问题：请确认"
    finding = (await finish(lin))[0]
    term = finding["terms"][0]  # type: ignore[index]
    assert (finding["severity"], term["severity"], term["text"][:6]) == ("critical", "critical", "临边防护缺失")
    assert term["basis"]
    assert term["library"]


async def test_terms_are_found_by_words_and_by_initials(small_place: Town) -> None:
    lin = await found(small_place)
    first = await lin.taps("选术语")
    assert head(first, 3) == [
        "选择标准术语",
        "可多选；也可以发关键词或拼音首字母再找，如 lbfh",
        "☐临边防护缺失，坠落高度2米及以上…",
    ]
    assert head(await lin.says("lbfh"), 5)[2:] == [
        "☐临边防护缺失，坠落高度2米及以上…",
        "☐临边防护栏杆高度不足、横杆间距过…",
        "☐临边防护栏杆未设置挡脚板或未张挂…",
    ]
    assert head(await lin.says("连墙件"), 3)[2] == "☐脚手架连墙件缺失、数量不足或被擅…"
    assert head(await lin.says("天外飞仙"), 2)[1] == "没有找到“天外飞仙”，以下是常用的；请换个词再发"
    await lin.says("lb挡脚板")
    await lin.says("lbfh")
    proposed = await lin.chooses("临边防护缺失", "未设置挡脚板")
    assert "严重程度：重大" in proposed.splitlines()
    await lin.taps("修改")
    left = (await lin.taps("去掉引用")).splitlines()
    assert [line for line in left if line.startswith("引用")] == []


async def test_violations_are_cited_beside_terms(small_place: Town) -> None:
    lin = await found(small_place)
    await lin.taps("违法行为")
    assert "☐未取得施工许可证擅自开工建设。" in (await lin.says("施工许可")).splitlines()
    cited = await lin.chooses("未取得施工许可证擅自开工")
    assert "引用：未取得施工许可证擅自开工建设。" in cited.splitlines()
    assert "严重程度：重大" in cited.splitlines()
    await lin.taps("确认，下一步")
    findings = await finish(lin)
    assert [v["text"] for v in findings[0]["violations"]] == ["未取得施工许可证擅自开工建设。"]  # type: ignore[attr-defined]

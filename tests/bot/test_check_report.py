"""林小舟 reports a check; 罗敬川 and 秦若岩 review it; 陈光泽 of the site receives it."""

from core.cases.models import Case
from tests.town import Town


async def test_a_text_only_check_goes_the_whole_way(place: Town) -> None:
    lin, luo, qin, chen = (place.phone(u) for u in ("lin", "luo", "qin", "chen"))

    assert "请选择工程名称" in await lin.says("上报")
    assert "请选择抽查类型" in await lin.chooses("滨江花园一期")
    assert "请发送「抽查部位」" in await lin.taps("安全检查")
    assert "请拍摄或描述问题" in await lin.says("3号楼 5层")
    assert "第 1 条问题" in await lin.says("临边防护缺失")
    assert "请选择上报接收人" in await lin.taps("确认，下一步")
    assert "请选择下达接收人" in await lin.chooses("罗敬川", "秦若岩")
    assert "提交后不能修改" in await lin.chooses("陈光泽")
    done = await lin.taps("立即提交")
    assert done.startswith("已提交：滨江花园一期 安全检查")
    assert "在 罗敬川、秦若岩 手上" in done

    assert luo.card_with("通过")
    assert chen.messages == []
    await luo.taps("通过")

    assert "罗敬川已通过" in qin.text
    assert "收到一份监督检查记录" in chen.text
    assert "审核通过" in lin.text
    case = await Case.get()
    assert (case.state, case.number) == ("passed", "海澄检〔2026〕0001号")

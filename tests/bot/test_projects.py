"""工程: 林小舟 looks up a project of his station; 陈光泽 sees only the one he works on."""

from tests.town import Town


async def test_the_inspector_lists_the_projects_of_his_station(place: Town) -> None:
    said = await place.phone("lin").says("工程")

    assert said.startswith("您可以查看的工程，共 2 个。")
    assert "· 滨江花园一期\n  HC-2026-001｜正常｜" in said
    assert "· 远洋中学扩建" in said


async def test_initials_find_one_and_tell_its_people(place: Town) -> None:
    said = await place.phone("lin").says("工程 bjhy")

    assert said.startswith("滨江花园一期\n监督登记号：HC-2026-001\n监督状态：正常")
    assert "监督小组：林小舟（组长）" in said
    assert "施工单位：海澄临港建工有限公司（项目经理 陈光泽）" in said
    assert "监理单位：南屿正衡监理有限公司（总监 方知远）" in said
    assert "100000" not in said


async def test_the_project_manager_sees_only_his_own(place: Town) -> None:
    chen = place.phone("chen")

    assert (await chen.says("工程")).startswith("滨江花园一期")
    assert await chen.says("工程 远洋") == "没有找到工程。请换个关键词，例如：工程 滨江，或用拼音首字母：工程 bj。"

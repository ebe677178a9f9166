from tests.h5.story import Station


async def test_the_chief_sees_the_photos_and_approves_with_one_press(station: Station) -> None:
    case = await station.report()
    luo = await station.browser(station.cast.luo)
    page = await (await luo.get(f"/h5/cases/{case.id}")).text()
    answer = await luo.does(case, "pass")
    assert (answer.status, answer.headers["Location"]) == (303, f"/h5/cases/{case.id}")
    await case.refresh_from_db()
    assert case.state == "passed"

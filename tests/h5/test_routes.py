"""What every address of the pages has in common: answers in Chinese, headers, and assets that are fetched once."""

import pytest

from core.cases.models import Case
from h5 import assets
from tests.h5.story import Station, text


@pytest.mark.parametrize(
    "path", ["/h5/x", "/h5/cases", "/h5/cases/", "/h5/cases/1/", "/h5/static/0/../pages.py", "/h5/"]
)
async def test_what_is_not_there_is_answered_with_a_page(station: Station, path: str) -> None:
    browser = await station.browser(station.cast.luo)
    method = "DELETE" if path == "/h5/" else "GET"
    answer = await browser.client.request(method, path, allow_redirects=False)
    assert (answer.status, text(await answer.text()).splitlines()[0]) == (404, "没有找到")


@pytest.mark.parametrize("path", ["/", "/h5"])
async def test_whoever_types_the_host_alone_comes_home(station: Station, path: str) -> None:
    answer = await (await station.stranger()).get(path)
    assert (answer.status, answer.headers["Location"]) == (302, "/h5/")


async def test_every_page_forbids_what_it_does_not_need(station: Station) -> None:
    case = await station.report()
    luo = await station.browser(station.cast.luo)
    for path in ("/h5/me", f"/h5/cases/{case.id}", "/h5/cases/424242", "/login?code=x"):
        answer = await luo.get(path)
        assert {
            name: answer.headers[name] for name in ("Cache-Control", "Referrer-Policy", "X-Content-Type-Options")
        } == {
            "Cache-Control": "no-store",
            "Referrer-Policy": "same-origin",
            "X-Content-Type-Options": "nosniff",
        }
        assert answer.headers["Content-Security-Policy"].split("; ") == [
            *("default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data: blob:"),
            *(
                "media-src 'self' blob:",
                "worker-src 'self'",
                "connect-src 'self'",
                "form-action 'self'",
                "base-uri 'none'",
                "frame-ancestors 'none'",
            ),
        ]


async def test_styles_and_scripts_are_fetched_once_for_each_version(station: Station) -> None:
    luo = await station.browser(station.cast.luo)
    case = await station.report()
    page = await (await luo.get(f"/h5/cases/{case.id}")).text()
    found = {part.split('"')[0] for part in page.split('="/h5/static/')[1:]}
    assert {name.split("/")[1] for name in found} == {
        *("weui.css", "page.css", "frame.css", "desk.js", "icon.svg"),
        *("htmx.js", "photos.js", "typing.js"),
        *("replies.css", "judging.js"),
    }
    for address in found:
        answer = await luo.get(f"/h5/static/{address}")
        assert (answer.status, answer.headers["Cache-Control"]) == (200, "public, max-age=31536000, immutable")
    older = await luo.get("/h5/static/0123456789ab/page.css")
    assert (older.status, older.headers["Cache-Control"]) == (200, "no-store")


async def test_a_module_names_the_versions_of_what_it_imports(station: Station) -> None:
    luo = await station.browser(station.cast.luo)
    script = await (await luo.get(assets.address("evidence/store.js"))).text()
    assert f'import {{ openDB }} from "{assets.address("idb.js")}";' in script.splitlines()
    assert (await luo.get(assets.address("idb.js"))).content_type == "text/javascript"


async def test_a_failure_is_a_page_with_a_number_to_tell(station: Station) -> None:
    case = await station.report()
    luo = await station.browser(station.cast.luo)
    await Case.filter(id=case.id).update(process="gone")
    answer = await luo.get(f"/h5/cases/{case.id}")
    said = text(await answer.text()).splitlines()
    assert (answer.status, said[0], said[2]) == (500, "请稍后再试", "返回首页")
    assert "Traceback" not in "".join(said)

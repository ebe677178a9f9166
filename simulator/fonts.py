"""Chinese letters for a machine that has none; the stylesheet asks only when no installed font will do."""

from pathlib import Path

from aiohttp import web

_FOLDER = Path(__file__).parents[1] / "node_modules" / "@expo-google-fonts" / "noto-sans-sc"
_FILES = {
    "regular": _FOLDER / "400Regular" / "NotoSansSC_400Regular.ttf",
    "semibold": _FOLDER / "600SemiBold" / "NotoSansSC_600SemiBold.ttf",
}


def routes() -> list[web.RouteDef]:
    return [web.get("/fonts/{weight:regular|semibold}.ttf", _font)]


async def _font(request: web.Request) -> web.StreamResponse:
    file = _FILES[request.match_info["weight"]]
    if not file.exists():
        raise web.HTTPNotFound
    return web.FileResponse(file, headers={"Cache-Control": "max-age=604800"})

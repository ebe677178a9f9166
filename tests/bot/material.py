"""What people send from a site: things for ``Phone.together``."""

from typing import Any

from simulator import pictures, samples
from tests import town

Thing = tuple[str, tuple[Any, ...]]

ON_SITE = (20.0205, 110.3501, "海澄市滨江路 8 号")  # 57 metres from 滨江花园一期
FAR_AWAY = (19.5, 109.5, "椰林镇")


def photo(number: int = 0) -> Thing:
    return "send_image", (town.photo("orange", number),)


def drawn(picture: str) -> Thing:
    return "send_image", (pictures.draw(picture),)


def voice() -> Thing:
    return "send_voice", (samples.voice("edge"),)


def video() -> Thing:
    return "send_video", (samples.video("edge"),)


def spot(where: tuple[float, float, str] = ON_SITE) -> Thing:
    return "send_location", where


def words(text: str) -> Thing:
    return "type_text", (text,)

"""Concrete and steel seen close: bare bars, honeycombs, a mat before the pour."""

import math

from simulator.painting.camera import Camera
from simulator.painting.canvas import Canvas, Point
from simulator.painting.colours import (
    BLACK,
    CONCRETE,
    CONCRETE_DARK,
    CONCRETE_LIGHT,
    HAZE,
    RUST,
    SHADOW,
    STEEL,
    WHITE,
    WOOD,
    YELLOW,
    mix,
    shade,
)
from simulator.painting.props import ALL, city, sky, worker

_STONE = (142, 136, 126)


def exposed_rebar(canvas: Canvas) -> None:
    """The underside of a beam whose cover has come off."""
    canvas.fade(ALL, shade(CONCRETE, 0.62), shade(CONCRETE, 0.5))
    canvas.grain(ALL, 0.14, 6)
    canvas.fade([(0, 0), (1600, 0), (1600, 190), (0, 150)], shade(CONCRETE, 0.4), shade(CONCRETE, 0.56))
    beam = [(0, 240), (1600, 150), (1600, 900), (0, 960)]
    canvas.fade(beam, CONCRETE_LIGHT, shade(CONCRETE, 0.86))
    canvas.grain(beam, 0.2, 4)
    canvas.fade([(0, 960), (1600, 900), (1600, 1040), (0, 1110)], shade(CONCRETE, 0.62), shade(CONCRETE, 0.5))
    for share in (0.26, 0.52, 0.78):
        canvas.line([(0, 240 + 720 * share), (1600, 150 + 750 * share)], shade(CONCRETE, 0.84), 3, 0.7)
    _broken_patch(canvas)
    _rust_runs(canvas)
    _crack(canvas, (1340, 420), 9)
    _ruler(canvas, 250, 1010, 620)


def _broken_patch(canvas: Canvas) -> None:
    edge = _ragged(canvas, 800, 590, 560, 250)
    canvas.shadow(edge, 0.5, 16)
    canvas.area(edge, shade(CONCRETE, 0.72))
    inner = _ragged(canvas, 804, 598, 520, 216)
    canvas.fade(inner, (96, 92, 88), (134, 126, 116))
    for _ in range(240):
        angle, reach = canvas.dice.uniform(0, 2 * math.pi), math.sqrt(canvas.dice.random())
        x, y = 804 + 480 * reach * math.cos(angle), 598 + 190 * reach * math.sin(angle)
        size = canvas.dice.uniform(7, 19)
        canvas.blob(x + 2, y + 3, size, (60, 56, 54), 0.5, 0.8)
        canvas.blob(x, y, size, mix(_STONE, (214, 206, 194), canvas.dice.random()), 1, 0.8)
    for x in (440, 620, 800, 980, 1160):
        canvas.shadow([(x - 6, 420), (x + 34, 420), (x + 34, 780), (x - 6, 780)], 0.35, 12)
        _bar(canvas, (x, 398 + abs(x - 800) * 0.16), (x + 8, 796 - abs(x - 800) * 0.16), 21)
    for y, width in ((500, 32), (668, 36)):
        canvas.shadow([(310, y + 12), (1300, y + 2), (1300, y + 44), (310, y + 52)], 0.45, 12)
        _bar(canvas, (300, y + 10), (1310, y - 4), width)


def _bar(canvas: Canvas, start: Point, end: Point, width: float) -> None:
    """A ribbed, rusty bar."""
    canvas.pipe(start, end, RUST, width)
    length = math.hypot(end[0] - start[0], end[1] - start[1])
    dx, dy = (end[0] - start[0]) / length, (end[1] - start[1]) / length
    for step in range(int(length // 15)):
        x, y = start[0] + dx * step * 15, start[1] + dy * step * 15
        tilt = width * 0.42
        canvas.line(
            [(x - dy * tilt - dx * 4, y + dx * tilt - dy * 4), (x + dy * tilt + dx * 4, y - dx * tilt + dy * 4)],
            shade(RUST, 0.72),
            2.6,
            0.8,
        )
        if canvas.dice.random() < 0.25:
            canvas.blob(x, y, width * 0.32, (196, 116, 62), 0.5)


def _rust_runs(canvas: Canvas) -> None:
    for _ in range(12):
        x, y = canvas.dice.uniform(330, 1280), canvas.dice.uniform(770, 810)
        canvas.shadow(
            [(x, y), (x + 14, y), (x + 9, y + canvas.dice.uniform(60, 170)), (x + 5, y + 60)], 0.5, 8, (150, 92, 52)
        )


def _ragged(canvas: Canvas, x: float, y: float, wide: float, high: float) -> list[Point]:
    reach = [canvas.dice.uniform(0.88, 1.06) for _ in range(40)]
    angles = [2 * math.pi * step / 40 for step in range(40)]
    return [(x + wide * r * math.cos(a), y + high * r * math.sin(a)) for r, a in zip(reach, angles, strict=True)]


def _crack(canvas: Canvas, start: Point, steps: int) -> None:
    path = [start]
    for _ in range(steps):
        path.append((path[-1][0] + canvas.dice.uniform(6, 34), path[-1][1] + canvas.dice.uniform(-46, 30)))
    canvas.line(path, shade(CONCRETE, 0.45), 4)
    canvas.line([(x + 2, y + 3) for x, y in path], shade(CONCRETE, 1.2), 2, 0.6)


def _ruler(canvas: Canvas, left: float, top: float, long: float) -> None:
    """A steel tape laid along, so that sizes can be read."""
    canvas.shadow([(left, top + 12), (left + long, top + 2), (left + long, top + 66), (left, top + 78)], 0.5, 12)
    corners = [(left, top), (left + long, top - 14), (left + long, top + 40), (left, top + 56)]
    canvas.fade(corners, (255, 216, 84), (236, 184, 46))
    for step in range(63):
        x = left + step * long / 63
        y = top - 14 * step / 63
        tall = 26 if step % 10 == 0 else 18 if step % 5 == 0 else 11
        canvas.line([(x, y + 2), (x, y + tall)], BLACK, 2)
    canvas.block(left + long - 6, top - 60, left + long + 110, top + 60, (38, 42, 50), 16)
    canvas.disc(left + long + 52, top, 34, YELLOW)
    canvas.disc(left + long + 52, top, 20, (38, 42, 50))


def column(canvas: Canvas, repaired: bool) -> None:
    """The foot of a column: honeycombed, or repaired and levelled."""
    camera = Camera(eye=1.05, horizon=470, focal=1250)
    sky(canvas, horizon=520)
    city(canvas, 520, 150)
    floor = camera.floor(-90, 90, 1.3, 90)
    canvas.fade(floor, shade(CONCRETE, 1.08), shade(CONCRETE, 0.84))
    canvas.grain(floor, 0.24, 4)
    for x, z in ((-5.2, 12), (5.0, 12), (-3.9, 17), (3.9, 17)):
        canvas.fade(camera.wall(x, x + 0.7, 0, 6, z), mix(CONCRETE, HAZE, 0.5), mix(CONCRETE, HAZE, 0.3))
    _column_body(canvas, camera, repaired)
    worker(canvas, *camera(2.35, 0, 6.2), camera.size(1.72, 6.2), helmet=WHITE, turned=-1)


def _column_body(canvas: Canvas, camera: Camera, repaired: bool) -> None:
    left, right, near, far = -0.95, 0.35, 2.75, 3.9
    canvas.shadow(camera.floor(left - 0.1, right + 2.6, near - 0.1, far + 0.4), 0.5, 26)
    canvas.fade(camera.side(right, -0.01, 4, near, far), shade(CONCRETE, 0.62), shade(CONCRETE, 0.76))
    canvas.grain(camera.side(right, 0, 2.2, near, far), 0.14, 4)
    front = camera.wall(left, right, 0, 4, near)
    canvas.fade(front, CONCRETE_LIGHT, shade(CONCRETE, 0.98), across=True)
    canvas.grain(front, 0.15, 4)
    canvas.stains(camera.wall(left + 0.1, right - 0.1, 0.1, 1.2, near), 8, CONCRETE_DARK, 90, 0.06)
    for height in (0.62, 1.24):
        canvas.line([camera(left, height, near), camera(right, height, near)], shade(CONCRETE, 0.84), 3, 0.7)
    with canvas.within(front):
        if repaired:
            _patch(canvas, camera, near)
        else:
            _honeycomb(canvas, camera, near)
    if repaired:
        _level(canvas, camera, near)


def _honeycomb(canvas: Canvas, camera: Camera, z: float) -> None:
    """Stones without mortar between them."""
    x, y = camera(-0.32, 0.24, z)
    canvas.area(_ragged(canvas, x, y, 262, 124), shade(CONCRETE, 0.66))
    canvas.area(_ragged(canvas, x, y + 4, 240, 108), (84, 80, 76))
    for _ in range(300):
        angle, reach = canvas.dice.uniform(0, 2 * math.pi), math.sqrt(canvas.dice.random())
        px, py = x + 238 * reach * math.cos(angle), y + 108 * reach * math.sin(angle)
        size = canvas.dice.uniform(5, 17)
        canvas.blob(px + 2, py + 4, size * 1.1, (44, 42, 42), 0.75, 0.85)
        canvas.blob(px, py, size, mix(_STONE, (216, 208, 196), canvas.dice.random()), 1, 0.85)
    for _ in range(40):
        px, py = x + canvas.dice.uniform(-330, 330), y - canvas.dice.uniform(60, 260)
        canvas.disc(px, py, canvas.dice.uniform(2, 7), (98, 96, 92), 0.8, flat=0.8)
    for dx in (-120, 70):
        _bar(canvas, (x + dx, y - 82), (x + dx + 3, y + 88), 15)


def _patch(canvas: Canvas, camera: Camera, z: float) -> None:
    x, y = camera(-0.32, 0.26, z)
    edge = _ragged(canvas, x, y, 268, 132)
    canvas.area(edge, (150, 152, 152), 0.9)
    canvas.grain(edge, 0.1, 3)
    for index in range(7):
        top = y - 96 + index * 29
        canvas.curve((x - 220, top + 16), (x, top - 8), (x + 224, top + 12), (172, 174, 172), 2.5)


def _level(canvas: Canvas, camera: Camera, z: float) -> None:
    """A spirit level laid against the repair."""
    x, y = camera(-0.32, 0.26, z)
    left, right = x - 250, x + 250
    canvas.shadow([(left + 8, y - 8), (right + 8, y - 14), (right + 8, y + 30), (left + 8, y + 34)], 0.4, 10)
    canvas.fade([(left, y - 20), (right, y - 28), (right, y + 6), (left, y + 14)], (236, 238, 240), (190, 196, 202))
    canvas.block(x - 40, y - 20, x + 40, y + 4, (46, 60, 80), 6)
    canvas.block(x - 26, y - 15, x + 26, y - 1, (176, 226, 112), 6)
    canvas.disc(x, y - 8, 7, WHITE, 0.9)


def rebar_mat(canvas: Canvas) -> None:
    """A tied mat on its formwork, with a tape that shows the spacing."""
    camera = Camera(eye=2.6, horizon=250, focal=1150)
    sky(canvas, horizon=300)
    city(canvas, 300, 130)
    deck = camera.floor(-90, 90, 1.8, 70)
    canvas.fade(deck, mix(WOOD, HAZE, 0.35), shade(WOOD, 0.92))
    canvas.grain(deck, 0.16, 8)
    for step in range(-12, 13):
        canvas.line([camera(step * 1.22, 0, 1.8), camera(step * 1.22, 0, 26)], shade(WOOD, 0.66), 2.5, 0.7)
    rows = [2.1 + index * 0.3 for index in range(60)]
    for z in reversed(rows):
        _cross_bar(canvas, camera, z)
    for step in range(-26, 27):
        near, far = camera(step * 0.3, 0.11, 2.0), camera(step * 0.3, 0.11, 20)
        middle = camera(step * 0.3, 0.11, 5)
        canvas.line([middle, far], shade(STEEL, 0.8), 5)
        canvas.pipe(near, middle, STEEL, 14)
    for z in rows[:10]:
        for step in range(-12, 13):
            canvas.disc(*camera(step * 0.3, 0.12, z), camera.size(0.022, z), (58, 52, 50), 0.9)
    worker(canvas, *camera(-2.4, 0.12, 8.5), camera.size(1.7, 8.5), turned=1)
    worker(canvas, *camera(2.9, 0.12, 11), camera.size(1.7, 11), helmet=WHITE, turned=-1, vest=YELLOW)
    _tape(canvas, camera)


def _cross_bar(canvas: Canvas, camera: Camera, z: float) -> None:
    left, right = camera(-14, 0.09, z), camera(14, 0.09, z)
    lower = camera.size(0.05, z)
    canvas.line([(left[0], left[1] + lower), (right[0], right[1] + lower)], SHADOW, camera.size(0.03, z), 0.28)
    canvas.pipe(left, right, mix(STEEL, HAZE, min(0.7, z / 26)), camera.size(0.03, z))


def _tape(canvas: Canvas, camera: Camera) -> None:
    corners = camera.floor(-0.62, 0.95, 3.15, 3.3, 0.15)
    canvas.shadow([(x + 8, y + 22) for x, y in corners], 0.45, 10)
    canvas.fade(corners, (255, 216, 84), (240, 190, 50))
    for index in range(40):
        x = -0.6 + index * 0.038
        tall = 0.09 if index % 5 == 0 else 0.05
        canvas.line([camera(x, 0.15, 3.3), camera(x, 0.15, 3.3 - tall)], BLACK, 2.4)

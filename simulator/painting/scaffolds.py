"""Scaffolds beside a building, and the props below a slab."""

from simulator.painting.camera import Camera
from simulator.painting.canvas import Canvas
from simulator.painting.colours import (
    CONCRETE,
    CONCRETE_LIGHT,
    GREEN,
    ORANGE,
    STEEL,
    WHITE,
    WOOD,
    YELLOW,
    shade,
)
from simulator.painting.props import city, cloud, net, sky, worker

_STOREY = 205
_TUBE = (96, 108, 124)


def scaffold(canvas: Canvas, tied: bool) -> None:
    """A building from its side, with the scaffold in front of it: tied back to it, or leaning away."""
    sky(canvas, horizon=900)
    cloud(canvas, 1350, 190, 110)
    cloud(canvas, 1130, 400, 70, 0.5)
    city(canvas, 1010, 240)
    canvas.fade([(0, 1000), (1600, 1000), (1600, 1200), (0, 1200)], (176, 160, 132), (138, 118, 92))
    canvas.grain([(0, 1000), (1600, 1000), (1600, 1200), (0, 1200)], 0.3, 5)
    _building(canvas)
    lean = 0.0 if tied else 62.0
    _standing(canvas, lean)
    if tied:
        _ties(canvas)
    else:
        _gap(canvas)
    worker(canvas, 1320, 1120, 210, helmet=WHITE, turned=-1, vest=YELLOW)


def _building(canvas: Canvas) -> None:
    wall = [(0, 0), (640, 0), (640, 1040), (0, 1040)]
    canvas.fade(wall, shade(CONCRETE, 0.78), CONCRETE_LIGHT, across=True)
    canvas.grain(wall, 0.14, 5)
    for storey in range(6):
        y = 1040 - storey * _STOREY
        canvas.block(0, y - 26, 668, y, shade(CONCRETE, 0.84))
        canvas.block(0, y - 26, 668, y - 20, shade(CONCRETE, 1.16))
        canvas.shadow([(0, y), (640, y), (640, y + 16), (0, y + 16)], 0.35, 10)
        for left in (70, 360):
            _window(canvas, left, y - 168)
    canvas.fade([(640, 0), (668, 0), (668, 1040), (640, 1040)], shade(CONCRETE, 0.6), shade(CONCRETE, 0.72))


def _window(canvas: Canvas, left: float, top: float) -> None:
    canvas.block(left, top, left + 190, top + 110, shade(CONCRETE, 0.5))
    canvas.fade(
        [(left + 8, top + 12), (left + 182, top + 12), (left + 182, top + 110), (left + 8, top + 110)],
        (40, 46, 56),
        (84, 92, 100),
    )
    canvas.area([(left + 8, top + 12), (left + 70, top + 12), (left + 8, top + 84)], (255, 255, 255), 0.08)


def _standing(canvas: Canvas, lean: float) -> None:
    """Two rows of standards with decks; `lean` is how far the top stands off, in points."""

    def x(base: float, y: float) -> float:
        return base + lean * (1040 - y) / 1040

    inner, outer = 752.0, 978.0
    canvas.shadow([(700, 1030), (1080, 1030), (1180, 1080), (740, 1080)], 0.45, 20)
    for storey in range(6):
        y = 1020 - storey * _STOREY
        if storey:
            canvas.area(
                [
                    (x(inner - 22, y), y - 12),
                    (x(outer + 18, y), y - 12),
                    (x(outer + 18, y), y + 4),
                    (x(inner - 22, y), y + 4),
                ],
                WOOD,
            )
            canvas.area(
                [
                    (x(inner - 22, y), y + 4),
                    (x(outer + 18, y), y + 4),
                    (x(outer + 18, y), y + 11),
                    (x(inner - 22, y), y + 11),
                ],
                shade(WOOD, 0.62),
            )
        for height in (64, 118):
            canvas.pipe((x(outer, y - height), y - height), (x(outer + 4, y - height - 2), y - height), _TUBE, 8)
        canvas.pipe((x(inner - 30, y + 14), y + 14), (x(outer + 30, y + 14), y + 14), _TUBE, 12)
        start, end = ((inner, y), (outer, y - _STOREY)) if storey % 2 else ((outer, y), (inner, y - _STOREY))
        canvas.pipe((x(*start), start[1]), (x(*end), end[1]), shade(_TUBE, 0.86), 9)
    for base in (inner, outer):
        canvas.pipe((x(base, 1050), 1050), (x(base, -20), -20), shade(STEEL, 0.9), 17)
        canvas.block(base - 34, 1046, base + 34, 1060, shade(WOOD, 0.7), 3)
        for storey in range(6):
            y = 1034 - storey * _STOREY
            canvas.block(x(base, y) - 15, y - 12, x(base, y) + 15, y + 12, (78, 62, 44), 4)
    veil = [
        (x(outer + 10, 1000), 1000),
        (x(outer + 30, 1000), 1000),
        (x(outer + 30, -20), -20),
        (x(outer + 10, -20), -20),
    ]
    net(canvas, veil, GREEN, (3, 64), 0.9)
    for base, storey in ((850, 2), (880, 4)):
        y = 1020 - storey * _STOREY - 12
        worker(canvas, x(base, y), y, 150, turned=-1)


def _ties(canvas: Canvas) -> None:
    for storey in range(1, 6):
        y = 1040 - storey * _STOREY + 44
        canvas.pipe((640, y), (1000, y), ORANGE, 15)
        canvas.block(632, y - 22, 650, y + 22, shade(STEEL, 0.7), 2)
        for x in (752, 978):
            canvas.block(x - 18, y - 15, x + 18, y + 15, shade(ORANGE, 0.62), 4)
        canvas.glow(644, y, 60, (255, 226, 160), 0.35)


def _gap(canvas: Canvas) -> None:
    """Cut-off anchors in the wall, and the red measure of the gap."""
    for storey in range(1, 6):
        y = 1040 - storey * _STOREY + 44
        canvas.block(664, y - 14, 676, y + 14, shade(STEEL, 0.6), 2)
        canvas.pipe((674, y), (690, y + 2), shade(STEEL, 0.8), 11)
    level = 130.0
    canvas.line([(676, level), (800, level)], (220, 40, 40), 5)
    for x, side in ((676, 1), (800, -1)):
        canvas.area([(x, level), (x + side * 22, level - 13), (x + side * 22, level + 13)], (220, 40, 40))


def slab_props(canvas: Canvas) -> None:
    """Steel props below a slab's formwork, without the sweeping rods near the floor."""
    camera = Camera(eye=1.5, horizon=610, focal=1150)
    high = 3.4
    canvas.fade([(0, 0), (1600, 0), (1600, 1200), (0, 1200)], (206, 220, 226), (222, 224, 216))
    canvas.glow(800, 560, 420, (255, 252, 236), 0.9)
    floor = camera.floor(-16, 16, 1.3, 26)
    canvas.fade(floor, CONCRETE_LIGHT, shade(CONCRETE, 0.74))
    canvas.grain(floor, 0.22, 4)
    ceiling = camera.floor(-16, 16, 1.3, 26, high)
    canvas.fade(ceiling, shade(WOOD, 0.5), shade(WOOD, 0.92))
    for z in range(3, 26, 2):
        canvas.area(camera.wall(-16, 16, high - 0.11, high, z), shade(WOOD, 0.56 + z * 0.016))
    for step in range(-13, 14):
        canvas.area(
            [
                camera(step * 1.2, high, 1.3),
                camera(step * 1.2 + 0.09, high, 1.3),
                camera(step * 1.2 + 0.09, high, 26),
                camera(step * 1.2, high, 26),
            ],
            shade(WOOD, 0.46),
        )
    for row in range(11, -1, -1):
        _row_of_props(canvas, camera, 3.0 + row * 1.55, high)
    _missing_mark(canvas, camera)


def _row_of_props(canvas: Canvas, camera: Camera, z: float, high: float) -> None:
    away = min(1.0, z / 24)
    tone = (round(74 + 130 * away), round(110 + 104 * away), round(160 + 66 * away))
    canvas.pipe(camera(-9, 1.85, z), camera(9, 1.85, z), tone, camera.size(0.05, z))
    for step in range(-5, 6):
        x = step * 1.3
        canvas.disc(*camera(x + 0.05, 0, z), camera.size(0.16, z), (60, 64, 70), 0.3, flat=0.25)
        canvas.pipe(camera(x, 0.02, z), camera(x, high - 0.1, z), tone, camera.size(0.062, z))
        left, top = camera(x - 0.1, 0.03, z)
        right, bottom = camera(x + 0.1, 0, z)
        canvas.block(left, top, right, bottom, shade(tone, 0.7))
        left, top = camera(x - 0.055, 1.93, z)
        right, bottom = camera(x + 0.055, 1.77, z)
        canvas.block(left, top, right, bottom, shade(tone, 0.62), camera.size(0.015, z))


def _missing_mark(canvas: Canvas, camera: Camera) -> None:
    """A dashed line where the lowest bar belongs."""
    for index in range(28):
        x = -3.2 + index * 0.24
        canvas.line([camera(x, 0.2, 3.0), camera(x + 0.13, 0.2, 3.0)], (226, 48, 44), 7)

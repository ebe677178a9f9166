"""Edges and openings of a floor high above the ground, guarded and not."""

from simulator.painting.camera import Camera
from simulator.painting.canvas import Canvas
from simulator.painting.colours import (
    BLACK,
    CONCRETE,
    CONCRETE_DARK,
    CONCRETE_LIGHT,
    GREEN,
    HAZE,
    RUST,
    SHADOW,
    WOOD,
    YELLOW,
    mix,
    shade,
)
from simulator.painting.props import city, cloud, hazard, net, rail, sky, tower_crane, worker

_EDGE = 7.0
_CEILING = 3.5


def floor_edge(canvas: Canvas, guarded: bool) -> None:
    """Looking out over the edge of an unfinished floor."""
    camera = Camera(eye=1.75, horizon=500, focal=1120)
    _view(canvas)
    _slab(canvas, camera)
    if guarded:
        net(canvas, camera.wall(-6.5, 6.5, 0.18, 1.2, _EDGE - 0.1), GREEN, (64, 8), 0.62)
        rail(canvas, camera, (-6.6, 0, _EDGE - 0.25), (6.6, 0, _EDGE - 0.25), 8)
    else:
        _rough_edge(canvas, camera)
    _columns(canvas, camera)
    _ceiling(canvas, camera)
    if not guarded:
        feet = camera(1.3, 0, 6.3)
        worker(canvas, *feet, camera.size(1.72, 6.3), back=True)
    _heap(canvas, camera)


def _view(canvas: Canvas) -> None:
    sky(canvas, horizon=520)
    canvas.glow(1180, 250, 330, (255, 240, 205), 0.85)
    cloud(canvas, 940, 300, 100)
    city(canvas, 520, 170)
    tower_crane(canvas, 470, 520, 250, 250)
    canvas.fade([(0, 512), (1600, 512), (1600, 860), (0, 860)], (198, 212, 208), (150, 168, 150))
    _roofs(canvas)


def _roofs(canvas: Canvas) -> None:
    """Houses far below, so that the height is felt."""
    colours = [(186, 120, 98), (170, 176, 182), (202, 196, 184), (150, 170, 190)]
    for row, y in enumerate((560, 610, 672, 744)):
        size, away = 34 + row * 16, 0.5 - row * 0.1
        x = -20.0 - row * 13
        while x < 1600:
            wide, colour = size * canvas.dice.uniform(1.2, 2.2), canvas.dice.choice(colours)
            top = y - size * 0.5
            canvas.area([(x, y), (x + wide, y), (x + wide * 0.96, top), (x + wide * 0.1, top)], mix(colour, HAZE, away))
            canvas.block(x, y, x + wide, y + size * 0.42, mix(shade(colour, 0.8), HAZE, away))
            x += wide + size * canvas.dice.uniform(0.2, 0.9)


def _slab(canvas: Canvas, camera: Camera) -> None:
    top = camera.floor(-14, 14, 1.4, _EDGE)
    canvas.fade(top, CONCRETE_LIGHT, shade(CONCRETE, 0.82))
    canvas.grain(top, 0.22, 4)
    canvas.stains(top, 26, CONCRETE_DARK, 90, 0.07)
    for z in (2.6, 4.1, 5.6):
        canvas.line([camera(-14, 0, z), camera(14, 0, z)], shade(CONCRETE, 0.78), camera.size(0.012, z), 0.6)
    light = [camera(-3.6, 0, _EDGE), camera(4.6, 0, _EDGE), camera(2.6, 0, 2.2), camera(-5.4, 0, 2.2)]
    canvas.shadow(light, 0.35, 30, (255, 246, 222))
    canvas.area(camera.wall(-14, 14, -0.22, 0, _EDGE), shade(CONCRETE, 0.72))


def _rough_edge(canvas: Canvas, camera: Camera) -> None:
    """Starter bars stick out where a rail should be."""
    for step in range(-9, 10):
        x = step * 0.62 + canvas.dice.uniform(-0.1, 0.1)
        foot, head = (
            camera(x, 0, _EDGE - 0.1),
            camera(x + canvas.dice.uniform(-0.05, 0.05), canvas.dice.uniform(0.16, 0.34), _EDGE - 0.1),
        )
        canvas.pipe(foot, head, RUST, 5)


def _columns(canvas: Canvas, camera: Camera) -> None:
    for left, near in ((-4.6, 5.9), (3.9, 5.9)):
        right, far = left + 0.7, near + 0.7
        foot = camera.floor(left, right + 1.4, near - 0.3, far)
        canvas.shadow(foot, 0.4, 24)
        inner = camera.side(right if left < 0 else left, 0, _CEILING, near, far)
        canvas.fade(inner, shade(CONCRETE, 0.9), shade(CONCRETE, 0.66))
        front = camera.wall(left, right, 0, _CEILING, near)
        canvas.fade(front, shade(CONCRETE, 0.74), shade(CONCRETE, 0.86))
        canvas.grain(front, 0.16, 4)
        for height in (1.0, 2.0):
            canvas.line([camera(left, height, near), camera(right, height, near)], shade(CONCRETE, 0.66), 2.5, 0.7)


def _ceiling(canvas: Canvas, camera: Camera) -> None:
    under = camera.floor(-14, 14, 1.4, _EDGE, _CEILING)
    canvas.fade(under, shade(CONCRETE, 0.5), shade(CONCRETE, 0.72))
    canvas.grain(under, 0.12, 5)
    for z in (6.2, 3.6):
        beam = camera.wall(-14, 14, _CEILING - 0.4, _CEILING, z)
        canvas.fade(beam, shade(CONCRETE, 0.5), shade(CONCRETE, 0.64))


def _heap(canvas: Canvas, camera: Camera) -> None:
    """A few planks and bricks in the foreground, for depth."""
    for index in range(4):
        z, y = 3.1, 0.05 * index
        left = -2.35 + canvas.dice.uniform(-0.08, 0.08)
        face = camera.face([(left, y, z), (left + 1.5, y, z), (left + 1.5, y + 0.045, z), (left, y + 0.045, z)])
        top = camera.face(
            [
                (left, y + 0.045, z),
                (left + 1.5, y + 0.045, z),
                (left + 1.5, y + 0.045, z + 0.3),
                (left, y + 0.045, z + 0.3),
            ]
        )
        if index == 0:
            canvas.shadow(camera.floor(left - 0.15, left + 1.7, z - 0.12, z + 0.4), 0.5, 18)
        canvas.area(top, shade(WOOD, 1.1))
        canvas.fade(face, shade(WOOD, 0.86), shade(WOOD, 0.7))


def opening(canvas: Canvas, covered: bool) -> None:
    """A square hole in a floor, seen from above and in front."""
    camera = Camera(eye=3.0, horizon=120, focal=1150)
    floor = camera.floor(-12, 12, 2.0, 16)
    canvas.fade([(0, 0), (1600, 0), (1600, 340), (0, 340)], shade(CONCRETE, 0.55), shade(CONCRETE, 0.8))
    canvas.fade(floor, shade(CONCRETE, 0.92), CONCRETE_LIGHT)
    canvas.grain(floor, 0.24, 4)
    canvas.stains([(0, 200), (1600, 1200)], 34, CONCRETE_DARK, 100, 0.07)
    _back_wall(canvas, camera)
    window = [camera(-3.4, 0, 8.5), camera(-0.4, 0, 8.5), camera(1.8, 0, 4.2), camera(-2.0, 0, 4.2)]
    canvas.shadow(window, 0.4, 20, (255, 244, 214))
    if covered:
        _cover(canvas, camera)
    else:
        _hole(canvas, camera)
    _bucket(canvas, camera)


def _back_wall(canvas: Canvas, camera: Camera) -> None:
    wall = camera.wall(-14, 14, 0, 4, 11)
    canvas.fade(wall, (170, 120, 96), (198, 148, 118))
    for row in range(30):
        y = row * 0.14
        canvas.line([camera(-14, y, 11), camera(14, y, 11)], (214, 190, 170), 1.6, 0.8)
        for step in range(-26, 27):
            x = step * 0.42 + (0.21 if row % 2 else 0)
            canvas.line([camera(x, y, 11), camera(x, y + 0.14, 11)], (214, 190, 170), 1.4, 0.7)
    door = camera.wall(2.6, 4.2, 0, 4, 11)
    canvas.fade(door, (218, 232, 240), (240, 244, 240))
    canvas.shadow(camera.floor(-14, 14, 9.8, 11), 0.35, 20)


def _hole(canvas: Canvas, camera: Camera) -> None:
    left, right, near, far, deep = -1.35, 1.25, 4.2, 6.6, -2.6
    canvas.shadow(camera.floor(left - 0.2, right + 0.2, near - 0.2, far + 0.2), 0.35, 14)
    with canvas.within(camera.floor(left, right, near, far)):
        _inside(canvas, camera, (left, right, near, far), deep)
    _bent_bars(canvas, camera, left, near, far)
    _rubble(canvas, camera, left, right)


def _inside(canvas: Canvas, camera: Camera, sides: tuple[float, float, float, float], deep: float) -> None:
    left, right, near, far = sides
    canvas.area(camera.floor(left, right, near, far), (22, 26, 34))
    canvas.fade(camera.wall(left, right, deep, 0, far), (30, 34, 42), shade(CONCRETE, 0.62))
    canvas.fade(camera.wall(left, right, -0.16, 0, far), shade(CONCRETE, 0.72), shade(CONCRETE, 0.84))
    for x, near_side in ((left, 0.5), (right, 0.42)):
        canvas.fade(camera.side(x, deep, 0, near, far), shade(CONCRETE, near_side + 0.1), (26, 30, 38))
        canvas.fade(
            camera.side(x, -0.16, 0, near, far), shade(CONCRETE, near_side + 0.24), shade(CONCRETE, near_side + 0.14)
        )
    canvas.shadow(camera.floor(left + 0.3, right - 0.3, near + 0.6, far, deep), 0.8, 20, (10, 12, 18))


def _bent_bars(canvas: Canvas, camera: Camera, left: float, near: float, far: float) -> None:
    for index in range(9):
        x = left + 0.15 + index * 0.29
        bend = canvas.dice.uniform(-0.06, 0.1)
        canvas.curve(
            camera(x, -0.06, far), camera(x + bend, 0.05, far - 0.2), camera(x + bend, 0.02, far - 0.42), RUST, 6
        )
    for index in range(7):
        z = near + 0.3 + index * 0.32
        canvas.curve(camera(left, -0.06, z), camera(left + 0.2, 0.04, z), camera(left + 0.4, 0.0, z), RUST, 6)


def _rubble(canvas: Canvas, camera: Camera, left: float, right: float) -> None:
    for _ in range(16):
        x, z = (
            canvas.dice.uniform(left - 0.9, right + 1.0),
            canvas.dice.choice([canvas.dice.uniform(3.3, 3.95), canvas.dice.uniform(6.8, 7.4)]),
        )
        px, py = camera(x, 0, z)
        canvas.blob(px + 4, py + 5, camera.size(0.06, z), SHADOW, 0.3, 0.6)
        canvas.blob(px, py, camera.size(0.055, z), mix(CONCRETE, (255, 255, 255), canvas.dice.uniform(0, 0.4)), 1, 0.7)


def _cover(canvas: Canvas, camera: Camera) -> None:
    left, right, near, far, y = -1.65, 1.55, 3.95, 6.85, 0.05
    canvas.shadow(camera.floor(left - 0.08, right + 0.22, near - 0.14, far + 0.05), 0.6, 12)
    top = camera.floor(left, right, near, far, y)
    canvas.fade(top, shade(WOOD, 1.16), shade(WOOD, 0.96))
    canvas.grain(top, 0.14, 9)
    for share in (0.33, 0.66):
        x = left + (right - left) * share
        canvas.line([camera(x, y, near), camera(x, y, far)], shade(WOOD, 0.6), 4)
    border = 0.3
    hazard(canvas, camera.floor(left, right, near, near + border, y), 22)
    hazard(canvas, camera.floor(left, right, far - border, far, y), 26)
    hazard(canvas, camera.floor(left, left + border, near + border, far - border, y), 3)
    hazard(canvas, camera.floor(right - border, right, near + border, far - border, y), 3)
    canvas.area(camera.wall(left, right, 0, y, near), shade(WOOD, 0.55))
    for x, z in (
        (left + 0.14, near + 0.14),
        (right - 0.14, near + 0.14),
        (left + 0.14, far - 0.14),
        (right - 0.14, far - 0.14),
    ):
        px, py = camera(x, y, z)
        canvas.disc(px, py, camera.size(0.045, z), (90, 96, 104), flat=0.7)
    middle = [camera(-0.05, y, 5.95), camera(0.62, y, 4.75), camera(-0.72, y, 4.75)]
    canvas.area(middle, BLACK)
    inner = [camera(-0.05, y, 5.78), camera(0.47, y, 4.84), camera(-0.57, y, 4.84)]
    canvas.area(inner, YELLOW)
    canvas.area([camera(-0.12, y, 5.5), camera(0.02, y, 5.5), camera(0.0, y, 5.16), camera(-0.1, y, 5.16)], BLACK)
    canvas.disc(*camera(-0.05, y, 4.98), 8, BLACK, flat=0.7)


def _bucket(canvas: Canvas, camera: Camera) -> None:
    x, y = camera(2.75, 0, 4.6)
    size = camera.size(0.3, 4.6)
    canvas.disc(x + size * 0.3, y, size * 0.85, SHADOW, 0.35, flat=0.4)
    side = [(x - size * 0.42, y), (x + size * 0.42, y), (x + size * 0.55, y - size), (x - size * 0.55, y - size)]
    canvas.fade(side, (48, 110, 190), (30, 74, 140), across=True)
    canvas.disc(x, y, size * 0.42, (30, 74, 140), flat=0.3)
    canvas.disc(x, y - size, size * 0.55, (24, 56, 104), flat=0.34)
    canvas.disc(x, y - size * 0.96, size * 0.44, (150, 150, 146), flat=0.3)

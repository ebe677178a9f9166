"""Things that stand on every site: sky and city, cranes, people, rails, nets, signs."""

import itertools
import math

from simulator.painting.camera import Camera, Place
from simulator.painting.canvas import HEIGHT, WIDTH, Canvas, Point, Points
from simulator.painting.colours import (
    BLACK,
    BLUE,
    CONCRETE,
    HAZE,
    ORANGE,
    RED,
    SHADOW,
    SKIN,
    SKY_LOW,
    SKY_TOP,
    STEEL,
    WHITE,
    YELLOW,
    Colour,
    mix,
    shade,
)

ALL: Points = [(0, 0), (WIDTH, 0), (WIDTH, HEIGHT), (0, HEIGHT)]


def sky(canvas: Canvas, top: Colour = SKY_TOP, low: Colour = SKY_LOW, horizon: float = 620) -> None:
    canvas.fade([(0, 0), (WIDTH, 0), (WIDTH, horizon), (0, horizon)], top, low)
    canvas.area([(0, horizon - 1), (WIDTH, horizon - 1), (WIDTH, HEIGHT), (0, HEIGHT)], low)


def cloud(canvas: Canvas, x: float, y: float, size: float, strength: float = 0.75) -> None:
    shape = ((-1.15, 0.14, 0.5), (-0.45, -0.16, 0.72), (0.45, -0.06, 0.62), (1.15, 0.16, 0.42), (0, 0.2, 0.7))
    canvas.puffs([(x + dx * size, y + dy * size, radius * size) for dx, dy, radius in shape], WHITE, strength)


def city(canvas: Canvas, horizon: float, tall: float = 190, colour: Colour = HAZE) -> None:
    """Two rows of hazy towers, the nearer one darker."""
    for depth in (0.35, 0.7):
        x = -40.0
        while x < WIDTH:
            wide, high = canvas.dice.uniform(50, 120), tall * canvas.dice.uniform(0.3, 1.0) * (1.25 - depth * 0.6)
            tone = mix(colour, (146, 168, 188), depth * 0.7)
            canvas.fade(
                [(x, horizon - high), (x + wide, horizon - high), (x + wide, horizon + 4), (x, horizon + 4)],
                tone,
                mix(tone, HAZE, 0.6),
            )
            _windows(canvas, x, horizon - high, wide, high, shade(tone, 1.12))
            x += wide + canvas.dice.uniform(4, 46)


def _windows(canvas: Canvas, x: float, y: float, wide: float, high: float, colour: Colour) -> None:
    for row in range(int(high // 22)):
        for column in range(int(wide // 20)):
            left, top = x + 7 + column * 20, y + 9 + row * 22
            canvas.block(left, top, left + 9, top + 11, colour)


def tower_crane(canvas: Canvas, x: float, ground: float, high: float, reach: float, colour: Colour = YELLOW) -> Point:
    """A tower crane seen from the side; answers where its hook hangs."""
    wide = high * 0.035
    _lattice(canvas, (x, ground), (x, ground - high), wide, colour)
    top = ground - high
    _lattice(canvas, (x - reach * 0.34, top), (x + reach, top), wide * 0.8, colour)
    peak = (x, top - high * 0.13)
    canvas.area([(x - wide, top), (x + wide, top), peak], shade(colour, 0.85))
    for end in (x - reach * 0.3, x + reach * 0.45, x + reach * 0.88):
        canvas.line([peak, (end, top - wide * 0.6)], shade(colour, 0.6), max(1.5, wide * 0.12))
    weight = x - reach * 0.33
    canvas.block(weight, top - wide * 0.2, weight + wide * 2.2, top + wide * 1.8, shade(CONCRETE, 0.8), 3)
    canvas.block(x + wide, top + wide * 0.2, x + wide * 2.8, top + wide * 2.4, shade(colour, 0.92), 3)
    canvas.block(x + wide * 1.3, top + wide * 0.5, x + wide * 2.5, top + wide * 1.4, (150, 190, 214), 2)
    trolley = x + reach * 0.68
    canvas.block(trolley - wide, top + wide * 0.3, trolley + wide, top + wide * 0.9, BLACK, 2)
    return trolley, top + wide * 0.9


def _lattice(canvas: Canvas, start: Point, end: Point, wide: float, colour: Colour) -> None:
    length = math.hypot(end[0] - start[0], end[1] - start[1])
    along = ((end[0] - start[0]) / length, (end[1] - start[1]) / length)
    across = (-along[1] * wide / 2, along[0] * wide / 2)
    dark, thin = shade(colour, 0.78), max(1.5, wide * 0.12)
    steps = max(2, round(length / wide / 1.1))
    corners = [
        (start[0] + (end[0] - start[0]) * s / steps, start[1] + (end[1] - start[1]) * s / steps)
        for s in range(steps + 1)
    ]
    for index, (one, other) in enumerate(itertools.pairwise(corners)):
        side = 1 if index % 2 else -1
        canvas.line(
            [
                (one[0] + across[0] * side, one[1] + across[1] * side),
                (other[0] - across[0] * side, other[1] - across[1] * side),
            ],
            dark,
            thin,
        )
    for side in (1, -1):
        canvas.line([(p[0] + across[0] * side, p[1] + across[1] * side) for p in (start, end)], colour, thin * 1.6)


def worker(
    canvas: Canvas,
    x: float,
    feet: float,
    high: float,
    helmet: Colour | None = YELLOW,
    vest: Colour = ORANGE,
    turned: int = 1,
    back: bool = False,
) -> None:
    """A standing person. `turned` 1 looks to the right, -1 to the left; without a helmet the hair shows."""
    unit = high / 7.6
    canvas.disc(x + unit * 0.6, feet, unit * 1.7, SHADOW, 0.28, flat=0.2)
    trousers = (62, 78, 108)
    for side in (-1, 1):
        leg = [
            (x + side * unit * 0.75 - unit * 0.38, feet - unit * 0.2),
            (x + side * unit * 0.62 + unit * 0.38, feet - unit * 0.2),
            (x + side * unit * 0.3 + unit * 0.5, feet - unit * 3.4),
            (x + side * unit * 0.3 - unit * 0.5, feet - unit * 3.4),
        ]
        canvas.fade(leg, trousers, shade(trousers, 0.78))
        canvas.block(
            x + side * unit * 0.75 - unit * 0.42,
            feet - unit * 0.32,
            x + side * unit * 0.75 + unit * (0.5 + 0.2 * turned),
            feet + unit * 0.06,
            BLACK,
            unit * 0.14,
        )
    _torso(canvas, x, feet, unit, vest, turned, back)
    _head(canvas, x, feet - unit * 6.5, unit, helmet, turned, back)


def _torso(canvas: Canvas, x: float, feet: float, unit: float, vest: Colour, turned: int, back: bool) -> None:
    shirt, low, top = (92, 116, 150), feet - unit * 3.2, feet - unit * 5.75
    for side in (-1, 1):
        hand = (x + side * unit * 1.45 + turned * unit * 0.2, feet - unit * 3.1)
        canvas.line(
            [(x + side * unit * 0.95, top + unit * 0.35), (x + side * unit * 1.38, feet - unit * 4.3), hand],
            shirt,
            unit * 0.52,
        )
        canvas.disc(*hand, unit * 0.27, SKIN)
    body = [
        (x - unit * 0.92, low),
        (x + unit * 0.92, low),
        (x + unit * 1.1, top + unit * 0.25),
        (x + unit * 0.55, top),
        (x - unit * 0.55, top),
        (x - unit * 1.1, top + unit * 0.25),
    ]
    canvas.fade(body, shade(vest, 1.08), shade(vest, 0.86))
    band = (232, 238, 170)
    canvas.block(x - unit * 0.96, feet - unit * 4.1, x + unit * 0.96, feet - unit * 3.82, band)
    for side in (-1, 1):
        canvas.block(
            x + side * unit * 0.55 - unit * 0.13,
            top + unit * 0.1,
            x + side * unit * 0.55 + unit * 0.13,
            feet - unit * 3.82,
            band,
        )
    if not back:
        canvas.area([(x - unit * 0.3, top), (x + unit * 0.3, top), (x, top + unit * 0.7)], shirt)


def _head(canvas: Canvas, x: float, y: float, unit: float, helmet: Colour | None, turned: int, back: bool) -> None:
    hair = (44, 38, 36)
    canvas.block(x - unit * 0.24, y + unit * 0.3, x + unit * 0.24, y + unit * 0.95, shade(SKIN, 0.86), unit * 0.1)
    canvas.disc(x, y, unit * 0.6, hair if back else SKIN, flat=1.12)
    if not back:
        for side in (-1, 1):
            canvas.disc(x + side * unit * 0.2 + turned * unit * 0.14, y + unit * 0.02, unit * 0.055, BLACK)
    if helmet is None:
        cap = [(x + unit * 0.66 * math.cos(a), y - unit * 0.08 + unit * 0.7 * math.sin(a)) for a in _arc(180, 360)]
        canvas.area(
            [
                *cap,
                (x + unit * 0.5, y - unit * 0.22),
                (x - unit * 0.1 * turned, y - unit * 0.3),
                (x - unit * 0.5, y - unit * 0.2),
            ],
            hair,
        )
        return
    shell = [(x + unit * 0.72 * math.cos(a), y - unit * 0.14 + unit * 0.72 * math.sin(a)) for a in _arc(180, 360)]
    canvas.fade(shell, shade(helmet, 1.14), shade(helmet, 0.9))
    brim = x + turned * unit * 0.22
    canvas.block(
        brim - unit * 0.78, y - unit * 0.24, brim + unit * 0.78, y - unit * 0.08, shade(helmet, 0.82), unit * 0.08
    )


def _arc(start: int, end: int) -> list[float]:
    return [math.radians(start + (end - start) * step / 20) for step in range(21)]


def striped_pipe(
    canvas: Canvas, start: Point, end: Point, width: float, stripes: int, colours: tuple[Colour, Colour] = (RED, WHITE)
) -> None:
    for index in range(stripes):
        ends = [
            (start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share)
            for share in (index / stripes, (index + 1) / stripes)
        ]
        canvas.pipe(ends[0], ends[1], colours[index % 2], width)


def rail(canvas: Canvas, camera: Camera, start: Place, end: Place, posts: int, thick: float = 0.05) -> None:
    """A red and white guard rail, 1.2 m high, with two bars and a toe board."""
    spots = [_between(start, end, step / (posts - 1)) for step in range(posts)]
    board = [start, end, (end[0], end[1] + 0.18, end[2]), (start[0], start[1] + 0.18, start[2])]
    hazard(canvas, camera.face(board), 26, RED, WHITE)
    for x, y, z in spots:
        striped_pipe(canvas, camera(x, y, z), camera(x, y + 1.22, z), camera.size(thick, z), 5)
    for height in (0.62, 1.2):
        for one, other in itertools.pairwise(spots):
            low, high = camera(one[0], one[1] + height, one[2]), camera(other[0], other[1] + height, other[2])
            striped_pipe(canvas, low, high, camera.size(thick, (one[2] + other[2]) / 2), 6)


def hazard(canvas: Canvas, corners: Points, stripes: int, one: Colour = YELLOW, other: Colour = BLACK) -> None:
    """Slanted stripes on a four-sided face (bottom left, bottom right, top right, top left)."""
    canvas.area(corners, one)
    low_left, low_right, top_right, top_left = corners
    for index in range(0, stripes, 2):
        low = [_along(low_left, low_right, share) for share in (index / stripes, (index + 1) / stripes)]
        top = [_along(top_left, top_right, min(1.0, share)) for share in ((index + 1) / stripes, (index + 2) / stripes)]
        canvas.area([low[0], low[1], top[1], top[0]], other)


def net(canvas: Canvas, corners: Points, colour: Colour, cells: tuple[int, int], strength: float = 0.5) -> None:
    """A safety net: a veil and its threads, sagging a little."""
    canvas.area(corners, colour, strength * 0.55)
    low_left, low_right, top_right, top_left = corners
    columns, rows = cells
    for index in range(columns + 1):
        share = index / columns
        canvas.line(
            [_along(low_left, low_right, share), _along(top_left, top_right, share)], shade(colour, 0.75), 1.4, strength
        )
    for index in range(rows + 1):
        share = index / rows
        canvas.line(
            [_along(low_left, top_left, share), _along(low_right, top_right, share)], shade(colour, 0.75), 1.4, strength
        )


def _along(one: Point, other: Point, share: float) -> Point:
    return one[0] + (other[0] - one[0]) * share, one[1] + (other[1] - one[1]) * share


def _between(one: Place, other: Place, share: float) -> Place:
    x, y, z = (a + (b - a) * share for a, b in zip(one, other, strict=True))
    return x, y, z


def lightning_sign(canvas: Canvas, x: float, y: float, size: float) -> None:
    canvas.area([(x, y - size), (x + size * 1.05, y + size * 0.8), (x - size * 1.05, y + size * 0.8)], BLACK)
    canvas.area([(x, y - size * 0.8), (x + size * 0.88, y + size * 0.7), (x - size * 0.88, y + size * 0.7)], YELLOW)
    bolt = [(0.12, -0.5), (-0.26, 0.16), (0.0, 0.12), (-0.14, 0.58), (0.28, -0.08), (0.02, -0.04)]
    canvas.area([(x + dx * size, y + dy * size) for dx, dy in bolt], BLACK)


def helmet_sign(canvas: Canvas, x: float, y: float, size: float) -> None:
    """The blue round sign: helmets must be worn."""
    canvas.disc(x, y, size, WHITE)
    canvas.disc(x, y, size * 0.92, BLUE)
    canvas.disc(x, y + size * 0.18, size * 0.36, WHITE)
    canvas.area(
        [(x + size * 0.5 * math.cos(a), y + size * 0.02 + size * 0.5 * math.sin(a)) for a in _arc(180, 360)], WHITE
    )
    canvas.block(x - size * 0.62, y - size * 0.04, x + size * 0.62, y + size * 0.08, WHITE, size * 0.06)


def post(canvas: Canvas, x: float, top: float, foot: float, width: float, colour: Colour = STEEL) -> None:
    canvas.pipe((x, foot), (x, top), colour, width)

"""Down on the ground: foundation pits, a crane at work, people without helmets."""

from simulator.painting.camera import Camera
from simulator.painting.canvas import Canvas, Point
from simulator.painting.colours import (
    BLACK,
    BLUE,
    CONCRETE,
    CONCRETE_LIGHT,
    HAZE,
    ORANGE,
    SHADOW,
    SOIL,
    SOIL_DARK,
    STEEL,
    WHITE,
    WOOD,
    YELLOW,
    mix,
    shade,
)
from simulator.painting.props import city, cloud, hazard, helmet_sign, rail, sky, striped_pipe, tower_crane, worker


def pit(canvas: Canvas, supported: bool) -> None:
    """A deep pit, with struts and a rail, or with bare cracking sides."""
    sky(canvas, (120, 172, 214), (236, 236, 224), horizon=420)
    cloud(canvas, 320, 190, 110)
    city(canvas, 420, 190)
    tower_crane(canvas, 1240, 420, 330, 260)
    canvas.fade([(0, 412), (1600, 412), (1600, 620), (0, 620)], (190, 170, 134), SOIL)
    camera = Camera(eye=2.2, horizon=330, focal=1150)
    _bottom(canvas, camera)
    for side in (-1, 1):
        _bank(canvas, camera, side, supported)
    _far_bank(canvas, camera, supported)
    if supported:
        _struts(canvas, camera)
        worker(canvas, *camera(-1.2, -5.4, 15), camera.size(1.72, 15), turned=1)
        worker(canvas, *camera(0.6, -5.4, 13.5), camera.size(1.72, 13.5), helmet=WHITE, turned=-1)
    else:
        _water(canvas, camera)
        excavator(canvas, *camera(-1.5, -5.4, 17), camera.size(1, 17))
    _near_edge(canvas, camera, supported)


def _bottom(canvas: Canvas, camera: Camera) -> None:
    bottom = camera.floor(-7, 7, 6, 24, -5.4)
    canvas.fade(bottom, mix(SOIL, HAZE, 0.15), shade(SOIL_DARK, 0.92))
    canvas.grain(bottom, 0.3, 5)


def _bank(canvas: Canvas, camera: Camera, side: int, supported: bool) -> None:
    top, foot = (6.4, 6.0) if supported else (7.0, 5.4)
    face = camera.face([(side * top, 0, 3), (side * foot, -5.4, 3), (side * foot, -5.4, 24), (side * top, 0, 24)])
    if supported:
        canvas.fade(face, shade(STEEL, 0.95), shade(STEEL, 0.62))
        for index in range(46):
            z = 3 + index * 0.46
            tone = shade(STEEL, 0.72 if index % 2 else 1.02)
            canvas.area(
                camera.face(
                    [
                        (side * top, 0.25, z),
                        (side * foot, -5.4, z),
                        (side * foot, -5.4, z + 0.24),
                        (side * top, 0.25, z + 0.24),
                    ]
                ),
                tone,
                0.75,
            )
    else:
        canvas.fade(face, shade(SOIL, 1.05), shade(SOIL_DARK, 0.82))
        canvas.grain(face, 0.4, 8)
        _layers(canvas, camera, side, top, foot)
    ground = camera.face([(side * top, 0, 3), (side * 90, 0, 3), (side * 90, 0, 60), (side * top, 0, 24)])
    canvas.fade(ground, (196, 170, 128), shade(SOIL, 0.96))
    canvas.grain(ground, 0.28, 6)


def _layers(canvas: Canvas, camera: Camera, side: int, top: float, foot: float) -> None:
    for share in (0.22, 0.5, 0.74):
        path = [
            camera(
                side * (top + (foot - top) * share) - side * canvas.dice.uniform(0, 0.12),
                -5.4 * share + canvas.dice.uniform(-0.1, 0.1),
                3 + step * 1.5,
            )
            for step in range(15)
        ]
        canvas.line(path, shade(SOIL_DARK, 0.8), 7, 0.55)
    for z in (4.2, 6.5, 8.2, 11.5, 15):
        path = [camera(side * top, 0, z)]
        for step in range(1, 7):
            share = step / 8
            path.append(camera(side * (top + (foot - top) * share), -5.4 * share, z + canvas.dice.uniform(-0.25, 0.25)))
        canvas.line(path, (58, 38, 26), camera.size(0.07, z), 0.8)
    for _ in range(16):
        z = canvas.dice.uniform(6.5, 20)
        x, y = camera(side * (foot - canvas.dice.uniform(0, 1.0)), -5.4, z)
        canvas.blob(
            x, y, camera.size(canvas.dice.uniform(0.15, 0.5), z), shade(SOIL, canvas.dice.uniform(0.6, 0.95)), 1, 0.6
        )


def _far_bank(canvas: Canvas, camera: Camera, supported: bool) -> None:
    face = camera.wall(-7.2, 7.2, -5.4, 0, 24)
    if not supported:
        canvas.fade(face, mix(SOIL, HAZE, 0.3), shade(SOIL_DARK, 1.05))
        canvas.grain(face, 0.3, 6)
        return
    canvas.fade(face, mix(STEEL, HAZE, 0.5), mix(STEEL, HAZE, 0.15))
    for index in range(30):
        x = -7.2 + index * 0.48
        canvas.area(camera.wall(x, x + 0.22, -5.4, 0.2, 24), shade(STEEL, 0.84), 0.5)


def _struts(canvas: Canvas, camera: Camera) -> None:
    for level in (-3.3, -1.0):
        for side in (-1, 1):
            canvas.pipe(camera(side * 6.2, level, 24), camera(side * 6.2, level, 6), shade(ORANGE, 0.7), 16)
    for z in (21.0, 17.0, 13.0, 9.5):
        for level in (-3.3, -1.0):
            canvas.pipe(
                camera(-6.2, level, z), camera(6.2, level, z), mix(ORANGE, HAZE, (z - 9) / 26), camera.size(0.42, z)
            )
        canvas.pipe(camera(0, -5.4, z), camera(0, -0.7, z), mix(STEEL, HAZE, (z - 9) / 26), camera.size(0.3, z))


def _water(canvas: Canvas, camera: Camera) -> None:
    for x, z, size in ((2.2, 11.0, 1.5), (-2.4, 9.0, 1.0), (1.0, 15.0, 1.6)):
        px, py = camera(x, -5.4, z)
        canvas.disc(px, py, camera.size(size, z), (96, 112, 112), 0.95, flat=0.24)
        canvas.disc(px - 8, py - 3, camera.size(size * 0.7, z), (170, 190, 196), 0.55, flat=0.18)


def _near_edge(canvas: Canvas, camera: Camera, supported: bool) -> None:
    if supported:
        for side in (-1, 1):
            rail(canvas, camera, (side * 6.7, 0.0, 4.4), (side * 6.7, 0.0, 22), 11)
        lip = [(0, 1120), (1600, 1120), (1600, 1200), (0, 1200)]
        canvas.fade(lip, CONCRETE_LIGHT, shade(CONCRETE, 0.8))
        hazard(canvas, [(0, 1136), (1600, 1136), (1600, 1106), (0, 1106)], 56)
        return
    edge: list[Point] = [(0, 1090)]
    edge += [(x, 1110 + canvas.dice.uniform(-26, 34)) for x in range(80, 1600, 80)]
    canvas.area([*edge, (1600, 1080), (1600, 1200), (0, 1200)], shade(SOIL, 0.86))
    canvas.grain([(0, 1080), (1600, 1080), (1600, 1200), (0, 1200)], 0.3, 6)
    canvas.line([(40, 1160), (330, 1140), (560, 1168), (900, 1146), (1240, 1172), (1560, 1144)], (70, 46, 30), 9, 0.8)


def excavator(canvas: Canvas, x: float, y: float, metre: float) -> None:
    m = metre
    canvas.disc(x, y, m * 2.4, SHADOW, 0.35, flat=0.14)
    canvas.block(x - m * 1.7, y - m * 0.75, x + m * 1.7, y, (52, 54, 58), m * 0.36)
    for step in range(-3, 4):
        canvas.disc(x + step * m * 0.46, y - m * 0.37, m * 0.22, (90, 92, 96))
    canvas.fade(
        [
            (x - m * 1.6, y - m * 0.85),
            (x + m * 1.2, y - m * 0.85),
            (x + m * 1.1, y - m * 2.0),
            (x - m * 1.5, y - m * 1.9),
        ],
        YELLOW,
        shade(YELLOW, 0.76),
    )
    canvas.area(
        [
            (x + m * 0.1, y - m * 1.4),
            (x + m * 1.2, y - m * 1.4),
            (x + m * 1.0, y - m * 2.9),
            (x + m * 0.1, y - m * 2.9),
        ],
        shade(YELLOW, 0.92),
    )
    canvas.fade(
        [
            (x + m * 0.24, y - m * 1.75),
            (x + m * 1.06, y - m * 1.75),
            (x + m * 0.9, y - m * 2.75),
            (x + m * 0.24, y - m * 2.75),
        ],
        (186, 214, 228),
        (110, 142, 160),
    )
    elbow, tip = (x + m * 3.2, y - m * 3.7), (x + m * 4.5, y - m * 1.5)
    canvas.pipe((x + m * 0.7, y - m * 1.6), elbow, YELLOW, m * 0.42)
    canvas.pipe(elbow, tip, shade(YELLOW, 0.9), m * 0.32)
    canvas.line([(x + m * 1.4, y - m * 1.5), (x + m * 2.4, y - m * 2.9)], (200, 206, 212), m * 0.12)
    canvas.area(
        [
            (tip[0] - m * 0.35, tip[1] - m * 0.1),
            (tip[0] + m * 0.4, tip[1]),
            (tip[0] + m * 0.15, tip[1] + m * 0.9),
            (tip[0] - m * 0.75, tip[1] + m * 0.75),
        ],
        (66, 68, 74),
    )


def crane_load(canvas: Canvas) -> None:
    """A bundle of bars hangs over people at work; evening light."""
    sky(canvas, (84, 122, 186), (252, 214, 168), horizon=860)
    canvas.glow(330, 720, 420, (255, 214, 140), 0.9)
    cloud(canvas, 1080, 240, 120, 0.45)
    cloud(canvas, 240, 300, 90, 0.4)
    city(canvas, 880, 230, (196, 186, 190))
    _half_built(canvas)
    hook = tower_crane(canvas, 520, 930, 800, 640, (236, 150, 44))
    canvas.fade([(0, 880), (1600, 880), (1600, 1200), (0, 1200)], (170, 138, 104), (112, 86, 66))
    canvas.grain([(0, 880), (1600, 880), (1600, 1200), (0, 1200)], 0.3, 6)
    canvas.block(470, 900, 572, 960, shade(CONCRETE, 0.8), 4)
    _bundle(canvas, hook, 620)
    canvas.shadow([(740, 1060), (1180, 1060), (1220, 1110), (720, 1110)], 0.5, 30)
    worker(canvas, 860, 1090, 190, turned=1)
    worker(canvas, 1030, 1105, 196, helmet=WHITE, turned=-1, vest=YELLOW)
    worker(canvas, 300, 1060, 176, helmet=BLUE, turned=1)
    for x in (90, 180):
        canvas.area([(x, 1130), (x + 44, 1130), (x + 28, 1046), (x + 16, 1046)], ORANGE)
        canvas.area([(x + 8, 1100), (x + 36, 1100), (x + 32, 1078), (x + 12, 1078)], WHITE)


def _half_built(canvas: Canvas) -> None:
    for storey in range(5):
        y = 900 - storey * 118
        canvas.fade([(1180, y - 118), (1560, y - 118), (1560, y), (1180, y)], (112, 104, 108), (150, 134, 124))
        canvas.block(1165, y - 118, 1580, y - 102, (186, 174, 164))
        for x in (1180, 1300, 1420, 1540):
            canvas.block(x, y - 104, x + 22, y, (164, 152, 146))
        if storey < 3:
            canvas.area([(1206, y), (1540, y), (1540, y - 80), (1206, y - 80)], ORANGE, 0.34)
    for x in range(1184, 1570, 24):
        canvas.line([(x, 312), (x + 2, 250)], (120, 76, 56), 4)


def _bundle(canvas: Canvas, hook: Point, y: float) -> None:
    x, top = hook
    for offset in (-5, 5):
        canvas.line([(x + offset, top), (x + offset, y - 190)], (40, 42, 48), 3)
    canvas.block(x - 17, y - 200, x + 17, y - 150, (216, 66, 50), 8)
    canvas.curve((x, y - 150), (x + 26, y - 122), (x - 2, y - 112), (40, 42, 48), 9)
    for end in (-190, 170):
        canvas.line([(x, y - 116), (x + end, y + 4)], (60, 62, 68), 5)
    for index in range(7):
        drop = index * 7
        canvas.pipe((x - 290, y + drop + 14), (x + 280, y + drop - 12), shade(STEEL, 0.86 + 0.04 * (index % 3)), 9)
    for end in (-190, 170):
        canvas.block(x + end - 8, y - 2, x + end + 8, y + 58, (46, 48, 54), 4)


def no_helmet(canvas: Canvas) -> None:
    """Three people beside a brick wall; one is bareheaded below the sign."""
    sky(canvas, horizon=520)
    cloud(canvas, 260, 170, 100)
    city(canvas, 560, 170)
    canvas.fade([(0, 820), (1600, 820), (1600, 1200), (0, 1200)], (204, 196, 178), (158, 146, 124))
    canvas.grain([(0, 820), (1600, 820), (1600, 1200), (0, 1200)], 0.24, 5)
    _hoarding(canvas)
    helmet_sign(canvas, 800, 360, 118)
    _bricks(canvas)
    worker(canvas, 420, 1020, 470, turned=1, vest=YELLOW)
    worker(canvas, 800, 1050, 490, helmet=None, turned=1)
    worker(canvas, 1120, 1010, 460, helmet=WHITE, turned=-1)
    canvas.shadow([(610, 1120), (690, 1120), (690, 1140), (610, 1140)], 0.4, 12)
    _lying_helmet(canvas, 620, 1120)


def _hoarding(canvas: Canvas) -> None:
    canvas.fade([(0, 220), (1600, 220), (1600, 850), (0, 850)], (120, 176, 210), (84, 140, 180))
    for x in range(0, 1600, 40):
        canvas.block(x, 220, x + 14, 850, (132, 188, 220))
    for x in (0, 400, 800, 1200, 1586):
        canvas.block(x - 12, 196, x + 16, 860, (226, 232, 236))
    canvas.block(0, 206, 1600, 232, (236, 240, 242))
    canvas.block(0, 800, 1600, 850, (196, 202, 204))
    canvas.shadow([(0, 850), (1600, 850), (1600, 890), (0, 890)], 0.4, 16)
    for x in (130, 1330):
        canvas.block(x, 330, x + 170, 480, (250, 250, 246), 6)
        canvas.block(x + 12, 344, x + 158, 378, (206, 60, 52), 3)
        for row in range(4):
            canvas.block(x + 16, 392 + row * 20, x + 150 - row * 14, 400 + row * 20, (160, 168, 176), 2)


def _bricks(canvas: Canvas) -> None:
    canvas.shadow([(1290, 1000), (1580, 1000), (1590, 1050), (1280, 1050)], 0.5, 16)
    for row in range(6):
        for index in range(4):
            left, top = 1310 + index * 64 + (row % 2) * 20, 1000 - row * 32
            canvas.block(left, top, left + 60, top + 29, shade((186, 96, 66), canvas.dice.uniform(0.86, 1.12)), 3)
    canvas.block(40, 960, 250, 978, shade(WOOD, 0.9))
    canvas.block(60, 978, 78, 1060, shade(WOOD, 0.66))
    canvas.block(212, 978, 230, 1060, shade(WOOD, 0.66))
    canvas.block(90, 900, 190, 960, (226, 226, 220), 6)
    striped_pipe(canvas, (20, 1100), (290, 1084), 16, 6)


def _lying_helmet(canvas: Canvas, x: float, y: float) -> None:
    shell = YELLOW
    canvas.disc(x + 28, y - 16, 42, shade(shell, 0.94), flat=0.84)
    canvas.block(x - 26, y - 12, x + 82, y + 12, shade(shell, 0.76), 10)
    canvas.disc(x + 14, y - 30, 11, shade(shell, 1.4), 0.7, flat=0.7)
    canvas.line([(x - 18, y + 10), (x - 2, y + 24), (x + 26, y + 16)], BLACK, 4)

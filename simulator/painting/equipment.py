"""Electric boxes and fire points."""

from simulator.painting.canvas import Canvas
from simulator.painting.colours import (
    BLACK,
    CONCRETE,
    CONCRETE_LIGHT,
    ORANGE,
    RED,
    SHADOW,
    WHITE,
    YELLOW,
    Colour,
    shade,
)
from simulator.painting.props import ALL, hazard, lightning_sign

_BOX = (236, 178, 48)
_WIRES: tuple[Colour, ...] = ((206, 52, 46), (46, 128, 66), (240, 200, 60), (50, 90, 180), (60, 62, 68))


def electric_box(canvas: Canvas, locked: bool) -> None:
    _yard(canvas)
    left, top, right, bottom = 520.0, 250.0, 1080.0, 920.0
    for x in (left + 60, right - 60):
        canvas.pipe((x, bottom - 10), (x, 1090), (104, 110, 118), 26)
    canvas.shadow(
        [(left + 40, top + 40), (right + 70, top + 40), (right + 70, bottom + 30), (left + 40, bottom + 30)], 0.42, 30
    )
    canvas.area(
        [(left - 36, top - 6), (right + 36, top - 6), (right - 10, top - 66), (left + 10, top - 66)], shade(_BOX, 0.72)
    )
    canvas.fade([(left, top), (right, top), (right, bottom), (left, bottom)], shade(_BOX, 1.06), shade(_BOX, 0.86))
    if locked:
        _closed(canvas, left, top, right, bottom)
    else:
        _open(canvas, left, top, right, bottom)


def _yard(canvas: Canvas) -> None:
    canvas.fade([(0, 0), (1600, 0), (1600, 930), (0, 930)], (178, 190, 196), (208, 210, 204))
    for row in range(12):
        y = row * 78
        canvas.line([(0, y), (1600, y)], (164, 174, 178), 3, 0.8)
        for index in range(9):
            x = index * 200 + (100 if row % 2 else 0)
            canvas.line([(x, y), (x, y + 78)], (164, 174, 178), 3, 0.8)
    canvas.grain([(0, 0), (1600, 0), (1600, 930), (0, 930)], 0.1, 5)
    canvas.shadow([(0, 0), (460, 0), (0, 700)], 0.3, 60, (255, 250, 230))
    canvas.fade([(0, 920), (1600, 920), (1600, 1200), (0, 1200)], shade(CONCRETE, 0.82), CONCRETE_LIGHT)
    canvas.grain([(0, 920), (1600, 920), (1600, 1200), (0, 1200)], 0.26, 5)
    canvas.shadow([(0, 912), (1600, 912), (1600, 950), (0, 950)], 0.4, 14)


def _closed(canvas: Canvas, left: float, top: float, right: float, bottom: float) -> None:
    middle = (left + right) / 2
    canvas.block(left + 22, top + 22, right - 22, bottom - 22, shade(_BOX, 0.94), 10)
    canvas.line([(middle, top + 22), (middle, bottom - 22)], shade(_BOX, 0.6), 5)
    lightning_sign(canvas, middle, top + 210, 116)
    for x in (left + 60, right - 190):
        for row in range(5):
            canvas.block(x, bottom - 200 + row * 26, x + 130, bottom - 188 + row * 26, shade(_BOX, 0.66), 5)
    canvas.block(middle - 26, top + 392, middle + 26, top + 424, (88, 94, 102), 4)
    canvas.curve((middle - 20, top + 440), (middle, top + 372), (middle + 20, top + 440), (150, 156, 164), 11)
    canvas.fade(
        [(middle - 38, top + 436), (middle + 38, top + 436), (middle + 38, top + 500), (middle - 38, top + 500)],
        (210, 170, 80),
        (164, 122, 44),
    )
    canvas.disc(middle, top + 462, 8, BLACK)
    canvas.block(middle - 3, top + 462, middle + 3, top + 482, BLACK)
    canvas.block(left + 66, top + 380, left + 196, top + 470, WHITE, 5)
    for row in range(4):
        canvas.block(left + 78, top + 394 + row * 18, left + 184 - row * 12, top + 401 + row * 18, (120, 130, 142), 2)
    canvas.shadow([(400, 1080), (1230, 1080), (1310, 1180), (340, 1180)], 0.4, 12)
    mat = [(360, 1170), (1290, 1170), (1200, 1076), (430, 1076)]
    canvas.fade(mat, (44, 70, 62), (30, 50, 46))
    hazard(canvas, [(360, 1186), (1290, 1186), (1290, 1168), (360, 1168)], 44)


def _open(canvas: Canvas, left: float, top: float, right: float, bottom: float) -> None:
    inner = [(left + 26, top + 26), (right - 26, top + 26), (right - 26, bottom - 26), (left + 26, bottom - 26)]
    canvas.fade(inner, (66, 68, 72), (104, 106, 108))
    canvas.shadow(
        [(left + 26, top + 26), (right - 26, top + 26), (right - 26, top + 90), (left + 26, top + 90)], 0.6, 18
    )
    canvas.block(left + 60, top + 80, right - 60, bottom - 200, (206, 206, 198), 4)
    for x in (left + 84, left + 232, left + 380):
        _breaker(canvas, x, top + 116)
    for index in range(6):
        x = left + 90 + index * 66
        canvas.block(x, top + 330, x + 46, top + 400, (232, 232, 226), 4)
        canvas.block(x + 16, top + 352, x + 30, top + 378, BLACK if index != 3 else RED, 3)
    _wires(canvas, left, bottom)
    _door(canvas, right, top, bottom)
    _puddle(canvas)


def _breaker(canvas: Canvas, x: float, y: float) -> None:
    canvas.block(x, y, x + 110, y + 168, (58, 62, 70), 8)
    canvas.block(x + 34, y + 56, x + 76, y + 112, (150, 154, 160), 4)
    canvas.block(x + 42, y + 62, x + 68, y + 84, (228, 228, 222), 3)
    for offset in (18, 55, 92):
        for height in (16, 150):
            canvas.disc(x + offset, y + height, 9, (196, 156, 70))
            canvas.line([(x + offset - 6, y + height), (x + offset + 6, y + height)], (96, 72, 30), 3)


def _wires(canvas: Canvas, left: float, bottom: float) -> None:
    """Tangled, taped, two of them with bare copper."""
    for index in range(11):
        colour = _WIRES[index % len(_WIRES)]
        start = (left + 84 + index * 38, bottom - 268)
        end = (left + 60 + canvas.dice.uniform(0, 440), bottom + canvas.dice.uniform(60, 200))
        control = (start[0] + canvas.dice.uniform(-190, 190), bottom - canvas.dice.uniform(10, 110))
        canvas.curve(
            (start[0] + 4, start[1] + 7), (control[0] + 6, control[1] + 9), (end[0] + 6, end[1] + 9), (30, 32, 36), 11
        )
        canvas.curve(start, control, end, colour, 10)
        if index % 4 == 1:
            canvas.line([end, (end[0] + 6, end[1] + 38)], (214, 132, 74), 8)
            for spread in (-12, 0, 12):
                canvas.line([(end[0] + 6, end[1] + 34), (end[0] + 6 + spread, end[1] + 66)], (228, 150, 90), 3)
            canvas.glow(end[0] + 6, end[1] + 50, 46, (255, 220, 150), 0.5)
        elif index % 4 == 3:
            canvas.block(end[0] - 9, end[1] - 30, end[0] + 9, end[1] + 2, BLACK, 4)


def _door(canvas: Canvas, right: float, top: float, bottom: float) -> None:
    door = [(right, top), (right + 330, top - 46), (right + 330, bottom + 66), (right, bottom)]
    canvas.shadow([(x + 30, y + 34) for x, y in door], 0.35, 24)
    canvas.fade(door, shade(_BOX, 0.7), shade(_BOX, 0.88), across=True)
    canvas.line([door[1], door[2]], shade(_BOX, 1.2), 7)
    canvas.line(
        [
            (right + 36, top + 20),
            (right + 296, top - 12),
            (right + 296, bottom + 30),
            (right + 36, bottom - 24),
            (right + 36, top + 20),
        ],
        shade(_BOX, 0.6),
        4,
    )
    sheet = [(right + 80, top + 100), (right + 236, top + 84), (right + 236, top + 300), (right + 80, top + 296)]
    canvas.area(sheet, (244, 242, 232))
    for row in range(7):
        canvas.line([(right + 96, top + 130 + row * 23), (right + 220, top + 118 + row * 24)], (150, 156, 164), 4)
    for y in (top + 70, bottom - 70):
        canvas.block(right - 10, y - 26, right + 10, y + 26, (96, 84, 60), 4)


def _puddle(canvas: Canvas) -> None:
    for x, y, size in ((700, 1110, 260), (940, 1140, 190), (560, 1150, 120)):
        canvas.disc(x, y, size, (120, 136, 146), 0.9, flat=0.17)
    for x, y, size in ((680, 1104, 170), (960, 1136, 110)):
        canvas.disc(x, y, size, (196, 208, 214), 0.6, flat=0.13)
    canvas.curve((600, 1080), (740, 1176), (1290, 1120), (40, 42, 48), 17)
    canvas.curve((600, 1076), (740, 1172), (1290, 1116), (80, 84, 92), 5)


def fire_point(canvas: Canvas, complete: bool) -> None:
    """A red cabinet against a wall: with its extinguishers, or empty."""
    canvas.fade(ALL, (224, 222, 214), (206, 202, 192))
    canvas.grain(ALL, 0.08, 5)
    canvas.shadow([(900, 0), (1600, 0), (1600, 760)], 0.35, 80, (255, 248, 226))
    canvas.block(0, 720, 1600, 930, (150, 186, 176))
    canvas.block(0, 714, 1600, 726, (116, 154, 144))
    canvas.fade([(0, 926), (1600, 926), (1600, 1200), (0, 1200)], (150, 146, 140), (186, 182, 174))
    canvas.grain([(0, 926), (1600, 926), (1600, 1200), (0, 1200)], 0.22, 5)
    canvas.shadow([(0, 918), (1600, 918), (1600, 950), (0, 950)], 0.35, 12)
    _fire_board(canvas)
    _cabinet(canvas)
    if complete:
        for x in (600, 740, 880, 1020):
            extinguisher(canvas, x, 1000)
    else:
        _empty_shelf(canvas)
    _bucket_and_spade(canvas, complete)


def _fire_board(canvas: Canvas) -> None:
    canvas.shadow([(420, 130), (1210, 130), (1210, 500), (420, 500)], 0.35, 22)
    canvas.block(400, 100, 1200, 480, (250, 248, 242), 14)
    canvas.block(400, 100, 1200, 190, RED, 14)
    canvas.block(400, 160, 1200, 190, RED)
    for row in range(5):
        canvas.block(640, 226 + row * 46, 1140 - (row % 3) * 70, 244 + row * 46, (176, 180, 186), 6)
    _flame(canvas, 520, 390, 1.0)
    for x in (480, 640, 800, 960, 1120):
        canvas.block(x - 30, 130, x + 30, 156, (255, 232, 170), 8)


def _flame(canvas: Canvas, x: float, y: float, size: float) -> None:
    outer = [
        (0, 60),
        (-62, 40),
        (-72, -14),
        (-40, -66),
        (-30, -24),
        (-4, -120),
        (30, -60),
        (44, -82),
        (70, -6),
        (56, 44),
    ]
    canvas.area([(x + dx * size, y + dy * size) for dx, dy in outer], (232, 90, 44))
    inner = [(0, 58), (-34, 42), (-38, 4), (-14, -20), (2, -56), (28, -6), (36, 34)]
    canvas.area([(x + dx * size, y + dy * size) for dx, dy in inner], (255, 204, 84))


def _cabinet(canvas: Canvas) -> None:
    canvas.shadow([(520, 620), (1150, 620), (1170, 1060), (510, 1060)], 0.4, 28)
    canvas.block(490, 590, 1130, 1040, RED, 10)
    canvas.fade([(512, 612), (1108, 612), (1108, 1012), (512, 1012)], (110, 26, 24), (158, 44, 40))
    canvas.block(490, 1008, 1130, 1046, shade(RED, 0.82), 6)
    for left, outer in ((490, 330), (1130, 1290)):
        door = [(left, 590), (outer, 560), (outer, 1076), (left, 1040)]
        canvas.fade(door, shade(RED, 0.94), shade(RED, 0.7), across=left > 800)
        inset = 26 if outer > left else -26
        glass = [(left + inset, 624), (outer - inset, 602), (outer - inset, 900), (left + inset, 884)]
        canvas.area(glass, (214, 230, 236), 0.55)


def extinguisher(canvas: Canvas, x: float, foot: float) -> None:
    canvas.disc(x + 8, foot, 52, SHADOW, 0.4, flat=0.2)
    canvas.fade(
        [(x - 42, foot - 240), (x + 42, foot - 240), (x + 42, foot), (x - 42, foot)],
        (238, 70, 58),
        (168, 30, 28),
        across=True,
    )
    canvas.disc(x, foot - 240, 42, (214, 56, 48), flat=0.6)
    canvas.disc(x, foot, 42, (150, 28, 26), flat=0.2)
    canvas.block(x - 11, foot - 300, x + 11, foot - 254, (60, 62, 68), 4)
    canvas.line([(x - 6, foot - 300), (x + 56, foot - 322)], (50, 52, 58), 12)
    canvas.line([(x - 6, foot - 292), (x + 50, foot - 288)], (50, 52, 58), 10)
    canvas.disc(x - 14, foot - 282, 13, (60, 170, 90))
    canvas.curve((x + 6, foot - 280), (x + 84, foot - 210), (x + 46, foot - 60), (38, 40, 46), 12)
    canvas.block(x - 36, foot - 190, x + 30, foot - 90, (250, 246, 236), 6)
    _flame(canvas, x - 4, foot - 140, 0.3)
    canvas.block(x - 30, foot - 226, x - 20, foot - 20, (255, 190, 180), 5)


def _empty_shelf(canvas: Canvas) -> None:
    for x in (600, 740, 880, 1020):
        canvas.disc(x, 992, 46, (72, 18, 18), 0.55, flat=0.2)
        canvas.disc(x, 988, 40, (176, 92, 84), 0.5, flat=0.18)
    canvas.curve((512, 640), (570, 660), (512, 730), (226, 222, 214), 2)
    canvas.curve((512, 660), (610, 650), (560, 612), (226, 222, 214), 2)
    canvas.area([(690, 980), (770, 968), (792, 1000), (702, 1004)], (236, 232, 222))
    canvas.block(880, 930, 960, 1000, (196, 164, 112), 3)
    canvas.line([(880, 952), (960, 952)], (150, 120, 78), 4)


def _bucket_and_spade(canvas: Canvas, complete: bool) -> None:
    if not complete:
        return
    canvas.disc(1430, 1064, 92, SHADOW, 0.35, flat=0.2)
    canvas.fade([(1350, 900), (1510, 900), (1488, 1064), (1372, 1064)], shade(RED, 1.08), shade(RED, 0.76), across=True)
    canvas.disc(1430, 900, 80, shade(RED, 0.6), flat=0.26)
    canvas.disc(1430, 906, 68, (214, 184, 130), flat=0.24)
    canvas.pipe((180, 620), (210, 960), (190, 146, 92), 18)
    canvas.area([(170, 950), (252, 946), (246, 1050), (214, 1086), (178, 1052)], (110, 118, 128))
    canvas.line([(150, 622), (212, 616)], ORANGE, 16)
    canvas.line([(170, 950), (252, 946)], YELLOW, 6)

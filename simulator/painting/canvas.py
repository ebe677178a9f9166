"""A canvas of 1600 by 1200 points, painted at twice that size and reduced, so that every edge comes out smooth."""

import io
import math
import random
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from simulator.painting.colours import SHADOW, Colour, mix

WIDTH = 1600
HEIGHT = 1200
_FINE = 2
_COARSE = 4
"""Soft shadows are blurred on a small plane: nobody sees its points, and it costs a hundredth."""

Point = tuple[float, float]
Points = Sequence[Point]
Box = tuple[int, int, int, int]


class Canvas:
    """Coordinates are points from the top left corner. `dice` makes everything random repeatable."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self._image = Image.new("RGB", (WIDTH * _FINE, HEIGHT * _FINE))
        self._pen = ImageDraw.Draw(self._image, "RGBA")

    # areas

    def area(self, points: Iterable[Point], colour: Colour, strength: float = 1.0) -> None:
        self._pen.polygon(_fine(points), fill=(*colour, round(255 * strength)))

    def fade(self, points: Points, top: Colour, bottom: Colour, *, across: bool = False) -> None:
        """Fills an area with a gradient over its own height, or over its width."""
        whole = _bounds(_fine(points))
        box = _seen(whole)
        if box is None:
            return
        low, high = (0, 2) if across else (1, 3)
        span = max(1, whole[high] - whole[low])
        first, last = (mix(top, bottom, (box[side] - whole[low]) / span) for side in (low, high))
        self._image.paste(_gradient(box, first, last, across), box[:2], _mask(points, box))

    def block(self, left: float, top: float, right: float, bottom: float, colour: Colour, radius: float = 0) -> None:
        box = [left * _FINE, top * _FINE, right * _FINE, bottom * _FINE]
        self._pen.rounded_rectangle(box, radius * _FINE, fill=colour)

    def disc(self, x: float, y: float, radius: float, colour: Colour, strength: float = 1.0, flat: float = 1.0) -> None:
        """`flat` below 1 presses the circle into an ellipse."""
        box = [(x - radius) * _FINE, (y - radius * flat) * _FINE, (x + radius) * _FINE, (y + radius * flat) * _FINE]
        self._pen.ellipse(box, fill=(*colour, round(255 * strength)))

    def blob(self, x: float, y: float, radius: float, colour: Colour, strength: float = 1.0, flat: float = 1.0) -> None:
        """A disc that no compass drew."""
        corners = 11
        reach = [radius * self.dice.uniform(0.72, 1.12) for _ in range(corners)]
        angles = [2 * math.pi * step / corners for step in range(corners)]
        points = [(x + r * math.cos(a), y + r * flat * math.sin(a)) for r, a in zip(reach, angles, strict=True)]
        self.area(_rounded(points), colour, strength)

    # lines

    def line(self, points: Points, colour: Colour, width: float, strength: float = 1.0) -> None:
        fill = (*colour, round(255 * strength))
        self._pen.line(_fine(points), fill=fill, width=max(1, round(width * _FINE)), joint="curve")

    def pipe(self, start: Point, end: Point, colour: Colour, width: float) -> None:
        """A round bar: darker below, with a light along its upper side."""
        self.line([start, end], tuple(c * 7 // 10 for c in colour), width)  # type: ignore[arg-type]
        dx, dy = _across(start, end, width * 0.12)
        self.line([(start[0] - dx, start[1] - dy), (end[0] - dx, end[1] - dy)], colour, width * 0.7)
        light = tuple(min(255, c + 46) for c in colour)
        dx, dy = _across(start, end, width * 0.24)
        self.line([(start[0] - dx, start[1] - dy), (end[0] - dx, end[1] - dy)], light, width * 0.18)  # type: ignore[arg-type]

    def curve(self, start: Point, control: Point, end: Point, colour: Colour, width: float) -> None:
        steps = [step / 24 for step in range(25)]
        self.line([_on_curve(start, control, end, t) for t in steps], colour, width)

    # light and matter

    def shadow(self, points: Points, strength: float = 0.35, blur: float = 14, colour: Colour = SHADOW) -> None:
        """A soft-edged dark (or coloured) area."""
        small = (WIDTH // _COARSE, HEIGHT // _COARSE)
        mask = Image.new("L", small)
        shape = [(x / _COARSE, y / _COARSE) for x, y in points]
        ImageDraw.Draw(mask).polygon(shape, fill=round(255 * strength))
        self._blend(mask.filter(ImageFilter.GaussianBlur(blur / _COARSE)), colour)

    def glow(self, x: float, y: float, radius: float, colour: Colour, strength: float = 0.5) -> None:
        mask = Image.new("L", (WIDTH // _COARSE, HEIGHT // _COARSE))
        box = [(x - radius) / _COARSE, (y - radius) / _COARSE, (x + radius) / _COARSE, (y + radius) / _COARSE]
        ImageDraw.Draw(mask).ellipse(box, fill=round(255 * strength))
        self._blend(mask.filter(ImageFilter.GaussianBlur(radius / _COARSE / 2)), colour)

    def grain(self, points: Points, strength: float = 0.12, size: int = 5) -> None:
        """Roughness in an area: `size` is how large its specks are, in points."""
        box = _seen(_bounds(_fine(points)))
        if box is None:
            return
        noise, mask = Image.blend(self._noise(box, size * 3), self._noise(box, size), 0.5), _mask(points, box)
        for colour, side in (((0, 0, 0), noise), ((255, 255, 255), ImageChops.invert(noise))):
            weight = side.point([round(max(0, v - 128) * 1.6 * strength) for v in range(256)])
            self._image.paste(colour, box[:2], ImageChops.multiply(weight, mask))

    def stains(self, points: Points, count: int, colour: Colour, radius: float, strength: float = 0.12) -> None:
        """Patches of another tone, somewhere within the bounds of the area."""
        left, upper, right, lower = _seen(_bounds(points), 1) or (0, 0, 0, 0)
        for _ in range(count):
            x, y = self.dice.uniform(left, right), self.dice.uniform(upper, lower)
            self.blob(x, y, radius * self.dice.uniform(0.4, 1.2), colour, strength, self.dice.uniform(0.5, 1))

    def puffs(self, discs: Iterable[tuple[float, float, float]], colour: Colour, strength: float) -> None:
        """Soft discs grown together (x, y, radius), such as a cloud."""
        mask = Image.new("L", (WIDTH // _COARSE, HEIGHT // _COARSE))
        pen = ImageDraw.Draw(mask)
        for x, y, radius in discs:
            flat = radius * 0.62
            box = [(x - radius) / _COARSE, (y - flat) / _COARSE, (x + radius) / _COARSE, (y + flat) / _COARSE]
            pen.ellipse(box, fill=round(255 * strength))
        self._blend(mask.filter(ImageFilter.GaussianBlur(2.2)), colour)

    @contextmanager
    def within(self, points: Points) -> Iterator[None]:
        """What is painted meanwhile shows only inside the area."""
        before = self._image.copy()
        yield
        before.paste(self._image, (0, 0), _mask(points, (0, 0, *self._image.size)))
        self._image.paste(before)

    def jpeg(self) -> bytes:
        picture = self._image.reduce(_FINE)
        picture.paste((18, 22, 34), (0, 0), _vignette())
        written = io.BytesIO()
        picture.save(written, "JPEG", quality=86, optimize=True)
        return written.getvalue()

    def _noise(self, box: Box, size: int) -> Image.Image:
        wide, high = box[2] - box[0], box[3] - box[1]
        cells = (max(2, wide // (size * _FINE)), max(2, high // (size * _FINE)))
        specks = Image.frombytes("L", cells, self.dice.randbytes(cells[0] * cells[1]))
        return specks.resize((wide, high), Image.Resampling.BICUBIC)

    def _blend(self, small_mask: Image.Image, colour: Colour) -> None:
        box = small_mask.getbbox()
        if box is None:
            return
        factor = _COARSE * _FINE
        size = ((box[2] - box[0]) * factor, (box[3] - box[1]) * factor)
        mask = small_mask.crop(box).resize(size, Image.Resampling.BILINEAR)
        self._image.paste(colour, (box[0] * factor, box[1] * factor), mask)


def _fine(points: Iterable[Point]) -> list[Point]:
    return [(x * _FINE, y * _FINE) for x, y in points]


def _bounds(points: Iterable[Point]) -> Box:
    xs, ys = zip(*points, strict=True)
    return math.floor(min(xs)), math.floor(min(ys)), math.ceil(max(xs)), math.ceil(max(ys))


def _seen(bounds: Box, scale: int = _FINE) -> Box | None:
    """The part of a box that lies on the canvas: what camera rays leave beside it costs nothing."""
    left, upper, right, lower = bounds
    box = max(0, left), max(0, upper), min(WIDTH * scale, right), min(HEIGHT * scale, lower)
    return box if box[0] < box[2] and box[1] < box[3] else None


def _mask(points: Iterable[Point], box: Box) -> Image.Image:
    mask = Image.new("L", (box[2] - box[0], box[3] - box[1]))
    ImageDraw.Draw(mask).polygon([(x - box[0], y - box[1]) for x, y in _fine(points)], fill=255)
    return mask


def _gradient(box: Box, first: Colour, last: Colour, across: bool) -> Image.Image:
    size = box[2] - box[0], box[3] - box[1]
    ramp = Image.linear_gradient("L")
    if across:
        ramp = ramp.rotate(90)
    return Image.composite(Image.new("RGB", size, last), Image.new("RGB", size, first), ramp.resize(size))


def _across(start: Point, end: Point, distance: float) -> Point:
    """The step from a line to its upper left side."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = math.hypot(dx, dy) or 1
    x, y = -dy / length * distance, dx / length * distance
    return (x, y) if (y, x) > (0, 0) else (-x, -y)


def _on_curve(start: Point, control: Point, end: Point, t: float) -> Point:
    a, b, c = (1 - t) ** 2, 2 * t * (1 - t), t**2
    return a * start[0] + b * control[0] + c * end[0], a * start[1] + b * control[1] + c * end[1]


def _rounded(points: Points) -> list[Point]:
    """The closed curve through the middles of a polygon's sides."""
    middles = [((a[0] + b[0]) / 2, (a[1] + b[1]) / 2) for a, b in zip(points, [*points[1:], points[0]], strict=True)]
    corners = [*points[1:], points[0]]
    ends = [*middles[1:], middles[0]]
    return [
        _on_curve(start, corner, end, step / 6)
        for start, corner, end in zip(middles, corners, ends, strict=True)
        for step in range(6)
    ]


def _vignette() -> Image.Image:
    """Corners a little darker, as a lens makes them."""
    ring = Image.radial_gradient("L").resize((WIDTH, HEIGHT), Image.Resampling.BILINEAR)
    return ring.point([round(max(0, v - 120) * 0.34) for v in range(256)])

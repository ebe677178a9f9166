"""A pinhole camera: metres in, points on the canvas out. x to the right, y up, z away from the viewer."""

from collections.abc import Sequence
from dataclasses import dataclass

from simulator.painting.canvas import WIDTH, Point

Place = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Camera:
    """`eye` metres above the ground; `horizon` in points from the top; `focal` in points."""

    eye: float = 1.6
    horizon: float = 520.0
    focal: float = 1150.0
    x: float = 0.0

    def __call__(self, x: float, y: float, z: float) -> Point:
        scale = self.focal / max(z, 0.05)
        return WIDTH / 2 + (x - self.x) * scale, self.horizon - (y - self.eye) * scale

    def size(self, metres: float, z: float) -> float:
        return metres * self.focal / max(z, 0.05)

    def face(self, corners: Sequence[Place]) -> list[Point]:
        return [self(*corner) for corner in corners]

    def floor(self, left: float, right: float, near: float, far: float, y: float = 0.0) -> list[Point]:
        return self.face([(left, y, near), (right, y, near), (right, y, far), (left, y, far)])

    def wall(self, left: float, right: float, low: float, high: float, z: float) -> list[Point]:
        """Square to the view."""
        return self.face([(left, low, z), (right, low, z), (right, high, z), (left, high, z)])

    def side(self, x: float, low: float, high: float, near: float, far: float) -> list[Point]:
        """Along the view."""
        return self.face([(x, low, near), (x, high, near), (x, high, far), (x, low, far)])

"""The palette of the painted sites, and the two ways of changing a colour."""

Colour = tuple[int, int, int]

SKY_TOP: Colour = (104, 164, 216)
SKY_LOW: Colour = (226, 238, 244)
HAZE: Colour = (205, 220, 230)
CONCRETE: Colour = (176, 177, 174)
CONCRETE_LIGHT: Colour = (203, 203, 198)
CONCRETE_DARK: Colour = (124, 126, 126)
SHADOW: Colour = (38, 44, 56)
SOIL: Colour = (168, 122, 84)
SOIL_DARK: Colour = (118, 82, 56)
STEEL: Colour = (126, 136, 148)
RUST: Colour = (150, 84, 52)
ORANGE: Colour = (240, 120, 40)
YELLOW: Colour = (250, 200, 60)
RED: Colour = (214, 60, 52)
WHITE: Colour = (246, 246, 242)
BLUE: Colour = (50, 110, 190)
GREEN: Colour = (70, 150, 96)
WOOD: Colour = (206, 162, 104)
SKIN: Colour = (232, 186, 150)
BLACK: Colour = (34, 36, 42)


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """`share` 0 gives the first colour, 1 the second."""
    share = min(1.0, max(0.0, share))
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def shade(colour: Colour, factor: float) -> Colour:
    """Below 1 darker, above 1 lighter."""
    return mix(colour, (0, 0, 0), 1 - factor) if factor < 1 else mix(colour, (255, 255, 255), factor - 1)

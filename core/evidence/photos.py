import io
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from PIL import Image, ImageCms

from core.evidence.refusal import EvidenceRefused
from core.evidence.sniff import Kind, Sniffed, damaged

log = structlog.get_logger()

SHOWN_SIDE = 1_600
THUMB_SIDE = 320
SHOWN_QUALITY = 82
THUMB_QUALITY = 75
ORIENTATION = 0x0112
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
LYING = {5, 6, 7, 8}
SRGB = ImageCms.createProfile("sRGB")


@dataclass(frozen=True)
class Photo:
    """`width` and `height` are the original's, as a person sees it; both copies are JPEG without any metadata."""

    width: int
    height: int
    shown: bytes
    thumb: bytes
    phash: str


def prepare(data: bytes, sniffed: Sniffed, whole: Callable[[], object] = lambda: None) -> Photo:
    """Blocking. Raise EvidenceRefused when the picture cannot be decoded to its end; call ``whole`` as soon as it was,
    which is half-way."""
    try:
        return _prepare(data, sniffed, whole)
    except EvidenceRefused:
        raise
    except Exception as error:  # decoders answer hostile bytes with errors of every kind
        log.info("evidence.photo_damaged", error=type(error).__name__, size=len(data))
        raise damaged(Kind.PHOTO) from error


def _prepare(data: bytes, sniffed: Sniffed, whole: Callable[[], object]) -> Photo:
    with Image.open(io.BytesIO(data), formats=[sniffed.format.opener]) as image:
        if image.size != (sniffed.width, sniffed.height):
            raise damaged(Kind.PHOTO)
        width, height = image.size
        seen, orientation = _seen(image, whole)
    if orientation in LYING:
        width, height = height, width
    thumb = seen.copy()
    thumb.thumbnail((THUMB_SIDE, THUMB_SIDE), reducing_gap=1.0)  # a quarter of the time of 2.0, and nobody sees it
    return Photo(width, height, encode(seen, SHOWN_QUALITY), encode(thumb, THUMB_QUALITY), dhash(thumb))


def _seen(image: Image.Image, whole: Callable[[], object]) -> tuple[Image.Image, int]:
    """As a person sees it, and its orientation tag. Small first, then turned: the other order costs half more."""
    size = _fitted(*image.size)
    image.draft("RGB", size)
    image.load()
    whole()
    small = _without_alpha(_as_colours(image).resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0))
    orientation = _orientation(image)
    turned = small.transpose(TURNS[orientation]) if orientation in TURNS else small
    return _as_srgb(turned, image.info.get("icc_profile")), orientation


def _fitted(width: int, height: int) -> tuple[int, int]:
    scale = min(1.0, SHOWN_SIDE / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def _as_colours(image: Image.Image) -> Image.Image:
    if image.mode in ("RGB", "RGBA"):
        return image
    transparent = "transparency" in image.info or image.mode in ("LA", "PA")
    return image.convert("RGBA" if transparent else "RGB")


def _without_alpha(image: Image.Image) -> Image.Image:
    if image.mode == "RGB":
        return image
    white = Image.new("RGB", image.size, "white")
    white.paste(image, mask=image.getchannel("A"))
    return white


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(ORIENTATION, 1))
    except Exception as error:  # a photo with unreadable EXIF is still a photo
        log.info("evidence.exif_unreadable", error=type(error).__name__)
        return 1


def _as_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Phones photograph in wider colours; without their profile these would look dull."""
    if not profile:
        return image
    try:
        converted = ImageCms.profileToProfile(image, ImageCms.ImageCmsProfile(io.BytesIO(profile)), SRGB)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError) as error:
        log.info("evidence.colours_unreadable", error=type(error).__name__)
        return image
    return converted or image


def encode(image: Image.Image, quality: int) -> bytes:
    """JPEG of the pixels alone: comments and tags that came with the picture stay behind. Its rows begin anew, see
    ``core.evidence.strips``."""
    image.info.clear()
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, restart_marker_rows=1)
    return out.getvalue()


def dhash(image: Image.Image) -> str:
    """64 bits as 16 hex digits: is each of 8 × 8 spots brighter than its right neighbour (BY-05)."""
    small = image.convert("L").resize((9, 8), Image.Resampling.BOX)
    rows = [small.crop((0, y, 9, y + 1)).tobytes() for y in range(8)]
    bits = "".join("1" if row[x] > row[x + 1] else "0" for row in rows for x in range(8))
    return f"{int(bits, 2):016x}"
